"""Solutions to the exercises of the lesson 'The galaxies'."""

from pathlib import Path

import numpy as np
import pandas as pd


def read_catalogue(path: str | Path) -> pd.DataFrame:
    """Read the catalogue of a survey without damaging the ids."""
    # With `dtype`, pandas doesn't guess the type of this column: its cells stay text.
    return pd.read_csv(path, dtype={"objID": "str"}).set_index("objID")


def oxygen_per_million(metallicity: float | np.ndarray) -> float | np.ndarray:
    """Convert a metallicity to oxygen atoms per million hydrogen atoms."""
    return 1e6 * 10.0 ** (metallicity - 12)

"""Solutions to the exercises of the lesson 'The galaxies'."""

from pathlib import Path

import numpy as np
import pandas as pd


def read_catalogue(path: str | Path) -> pd.DataFrame:
    """Read a survey's table without harm to the galaxies' ids."""
    return pd.read_csv(path, dtype={"objID": "str"}).set_index("objID")


def oxygen_per_million(metallicity: float | np.ndarray) -> float | np.ndarray:
    """Turn a metallicity into oxygen atoms per million hydrogen atoms."""
    return 1e6 * 10.0 ** (metallicity - 12)

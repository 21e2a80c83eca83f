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


def mass_metallicity(catalogue: pd.DataFrame, n_bins: int) -> np.ndarray:
    """Compute the mean metallicity of galaxies of low to high mass."""
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    # A stable sort keeps the order of galaxies with equal mass. The default one doesn't.
    ordered = known.sort_values("log_mass_msun", kind="stable").to_numpy()
    return np.array([galaxies.mean(axis=0) for galaxies in np.array_split(ordered, n_bins)])

"""Solutions to the exercises of the lesson 'What do the components mean?'."""

import numpy as np
import pandas as pd


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Compute Pearson's r of two columns."""
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known] - x[known].mean(), y[known] - y[known].mean()
    lengths = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / lengths) if lengths > 0 else float("nan")


def which_cause(component: np.ndarray, causes: pd.DataFrame) -> str:
    """Name the cause that a component follows most closely: that with the largest |r|."""
    known = causes.loc[:, causes.max() > causes.min()]
    return max(known, key=lambda name: abs(correlation(component, known[name].to_numpy(float))))


def chance(component: np.ndarray, cause: np.ndarray, n_shuffles: int, seed: int) -> float:
    """Ask how often chance alone gives so close a relation: a permutation test."""
    random, found = np.random.default_rng(seed), abs(correlation(component, cause))
    shuffled = (abs(correlation(component, random.permutation(cause))) for _ in range(n_shuffles))
    return (1 + sum(r >= found for r in shuffled)) / (1 + n_shuffles)

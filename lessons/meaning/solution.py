"""Solutions to the exercises of the lesson 'What do the components mean?'."""

import numpy as np
import pandas as pd


def permute(values: np.ndarray, seed: int) -> np.ndarray:
    """Return a shuffled copy of some values."""
    return np.random.default_rng(seed).permutation(values)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Compute Pearson's r of two quantities, if some values are unknown."""
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    # Rounding can give equal values a small variance, so the values themselves are compared.
    if len(np.unique(x)) < 2 or len(np.unique(y)) < 2:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt(x @ x) / np.sqrt(y @ y))


def which_cause(component: np.ndarray, causes: pd.DataFrame) -> str:
    """Find the cause that a component follows most closely: the one with the largest |r|."""
    strengths = {name: abs(correlation(component, causes[name].to_numpy(float))) for name in causes}
    return max((name for name in strengths if not np.isnan(strengths[name])), key=strengths.get)


def chance(component: np.ndarray, cause: np.ndarray, n_shuffles: int, seed: int) -> float:
    """Measure how often chance alone gives such a strong correlation, with a permutation test."""
    random = np.random.default_rng(seed)
    original = abs(correlation(component, cause))
    shuffled = (abs(correlation(component, random.permutation(cause))) for _ in range(n_shuffles))
    return (1 + sum(r >= original for r in shuffled)) / (1 + n_shuffles)


def response(sweep: pd.DataFrame) -> tuple[float, float]:
    """Measure how the prediction responds to an intervention, and how the label does."""
    slopes = []
    for _, galaxy in sweep.groupby("objID"):
        if galaxy["value"].nunique() >= 2:
            slopes.append([np.polyfit(galaxy["value"], galaxy[label], 1)[0] for label in ("predicted", "true")])
    if not slopes:
        return float("nan"), float("nan")
    predicted, true = np.mean(slopes, axis=0)
    return float(predicted), float(true)

"""Solutions to the exercises of the lesson 'How many components?'."""

from collections.abc import Callable

import numpy as np


def components_for(ratios: np.ndarray, share: float) -> int:
    """Count how many of the first components together explain a share of the variance."""
    reached = np.cumsum(ratios) > share - 1e-9
    if not reached.any():
        raise ValueError(f"share must be at most {np.sum(ratios):.3g}, the sum of all ratios; got {share}.")
    return int(np.argmax(reached)) + 1  # argmax returns the index of the first True


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], values: np.ndarray, n_resamples: int, level: float, seed: int
) -> tuple[float, float]:
    """Compute an interval for a statistic, with the percentile bootstrap."""
    random, n = np.random.default_rng(seed), len(values)
    results = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def held_out_share(train: np.ndarray, test: np.ndarray, n_components: int) -> float:
    """Compute how much of the variance of held-out galaxies the components of other galaxies explain."""
    mean = train.mean(axis=0)
    components = np.linalg.svd(train - mean, full_matrices=False)[2][:n_components]
    centred = test - mean
    return float(((centred @ components.T) ** 2).sum() / (centred**2).sum())

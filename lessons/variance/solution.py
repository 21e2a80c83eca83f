"""Solutions to the exercises of the lesson 'How many components?'."""

from collections.abc import Callable

import numpy as np


def shares(variances: np.ndarray) -> np.ndarray:
    """Compute the share of the total variance that each component explains."""
    return variances / variances.sum()


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


def shares_of_networks(features: dict[str, np.ndarray], n_components: int) -> dict[str, float]:
    """Compute how much of the variance of each network's features lies in their first components."""
    result = {}
    for name, values in features.items():
        singular_values = np.linalg.svd(values - values.mean(axis=0), compute_uv=False)
        variances = singular_values**2  # up to a factor, which cancels in the shares
        result[name] = float(variances[:n_components].sum() / variances.sum())
    # Of the shipped networks, the one with random weights has the largest share for one component: 0.945, and 0.671 for
    # the trained one. So a large share is no evidence that a network has learnt anything.
    return result

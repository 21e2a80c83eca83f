"""Solutions to the exercises of the lesson 'Other maps'."""

import numpy as np
from sklearn.metrics import pairwise_distances


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank of galaxy j among the others by its distance from galaxy i, at [i, j]; 0 for the galaxy itself."""
    distances = pairwise_distances(values)
    np.fill_diagonal(distances, -1)
    return distances.argsort(axis=1).argsort(axis=1)


def neighbours_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure how many of each galaxy's neighbours a map keeps."""
    near, near_in_map = ((0 < ranks) & (ranks <= k) for ranks in (_ranks(high), _ranks(low)))
    return float((near & near_in_map).sum(axis=1).mean() / k)


def trustworthiness(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure how far neighbours in a map can be trusted (Venna & Kaski 2001)."""
    n, ranks, ranks_in_map = len(high), _ranks(high), _ranks(low)
    strangers = (0 < ranks_in_map) & (ranks_in_map <= k) & (ranks > k)
    return float(1 - 2 / (n * k * (2 * n - 3 * k - 1)) * (ranks - k)[strangers].sum())

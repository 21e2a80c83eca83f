"""Solutions to the exercises of the lesson 'Other maps'."""

import numpy as np
from scipy.spatial.distance import cdist


def nearest_on_map(positions: np.ndarray, row: int) -> int:
    """Find the galaxy that is nearest to another one in an embedding."""
    distances = np.linalg.norm(positions - positions[row], axis=1)
    distances[row] = np.inf  # the galaxy itself
    return int(distances.argmin())  # the first of equal ones


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank galaxy j among the others by its distance from galaxy i, at [i, j]; 0 for the galaxy itself."""
    distances = cdist(values, values)  # from differences, which is precise far from 0, too
    np.fill_diagonal(distances, -1)  # so that the galaxy itself comes first
    return distances.argsort(axis=1).argsort(axis=1)


def neighbours_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure which share of each galaxy's nearest neighbours an embedding keeps."""
    is_neighbour_high, is_neighbour_low = ((ranks > 0) & (ranks <= k) for ranks in (_ranks(high), _ranks(low)))
    return float((is_neighbour_high & is_neighbour_low).sum(axis=1).mean() / k)


def trustworthiness(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Compute the trustworthiness of an embedding (Venna & Kaski 2001)."""
    n, ranks_high, ranks_low = len(high), _ranks(high), _ranks(low)
    is_wrong = (ranks_low > 0) & (ranks_low <= k) & (ranks_high > k)
    return float(1 - 2 / (n * k * (2 * n - 3 * k - 1)) * (ranks_high - k)[is_wrong].sum())


def best_map(features: np.ndarray, maps: dict[str, np.ndarray], k: int) -> str:
    """Find the embedding that keeps the largest share of each galaxy's nearest neighbours."""
    shares = {name: neighbours_kept(features, coordinates, k) for name, coordinates in maps.items()}
    return max(shares, key=shares.get)  # the first of equal ones

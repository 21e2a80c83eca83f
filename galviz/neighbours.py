"""What a map keeps, as numbers: who is near, and how far apart all are.

With n galaxies and k neighbours each, let r(i, j) be the rank of j among the others by their distance from i in all
dimensions (1 is the nearest), and s(i, j) the same in the map. Then (Venna & Kaski 2001, Neighborhood preservation in
nonlinear projection methods, ICANN, Lecture Notes in Computer Science 2130, 485)

    trustworthiness = 1 − 2 / (n k (2 n − 3 k − 1)) Σᵢ Σ_{j: s(i, j) ≤ k < r(i, j)} (r(i, j) − k)

falls where galaxies are near in the map that were not, and continuity, the same with r and s exchanged, where some that
were near are so no more: torn apart, or pushed down in the ranks by strangers that fell between. Both are 1 at best; of
places dealt out at random they are about 0.5.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from galviz.projection import check_whole, checked_features


@dataclass(frozen=True)
class MapQuality:
    """What a map keeps of the distances between galaxies.

    Attributes
    ----------
    trustworthiness, continuity : float
        0 to 1; the module's docstring has the formulas.
    neighbours_kept : float
        Of each galaxy's nearest, the share that are among its nearest in the map; mean over galaxies. By chance it is
        k / (n − 1).
    distance_rank_correlation : float
        Spearman's: of the distances of all pairs in the map with those in all dimensions.
    """

    trustworthiness: float
    continuity: float
    neighbours_kept: float
    distance_rank_correlation: float


def map_qualities(values: ArrayLike, maps: Mapping[str, ArrayLike], *, n_neighbors: int = 10) -> pd.DataFrame:
    """Measure what each of several maps of the same galaxies keeps.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, as for `fit_pca`.
    maps : mapping of str to array of shape (n, any)
        Coordinates by the map's name, rows in the order of `values`.
    n_neighbors : int
        k, 1 to less than n / 2: with more the numbers above are not within 0 and 1.

    Returns
    -------
    DataFrame of one row a map, indexed by its name
        Columns as `MapQuality` has attributes.

    Raises
    ------
    ValueError
        If `values` or a map isn't a table of finite numbers, a map has another number of rows, or `n_neighbors` is out
        of range.
    """
    values = checked_features(values)
    check_neighbours(n_neighbors, len(values))
    high = _distances(values)
    ranked = _pair_ranks(high)
    found = {}
    for name, coordinates in maps.items():
        low = _distances(_of_as_many(coordinates, len(values), f"maps[{name!r}]"))
        found[name] = asdict(_quality(high, low, ranked, n_neighbors))
    return pd.DataFrame.from_dict(found, orient="index")


def neighbours_kept(one: ArrayLike, other: ArrayLike, *, n_neighbors: int = 10) -> float:
    """Share of each galaxy's nearest in one map that are among its nearest in another; mean over galaxies.

    Parameters
    ----------
    one, other : array of shape (n, any)
        Coordinates of the same galaxies.
    n_neighbors : int
        k, 1 to less than n / 2.

    Raises
    ------
    ValueError
        As `map_qualities`.
    """
    one = checked_features(one)
    check_neighbours(n_neighbors, len(one))
    nearest = [_nearest(_distances(each), n_neighbors) for each in (one, _of_as_many(other, len(one), "other"))]
    return _share_in_common(*nearest)


def procrustes_disparity(one: ArrayLike, other: ArrayLike) -> float:
    """How far two maps differ once they are shifted, turned, mirrored and scaled to fit best: 0 alike, 1 at worst.

    With both centred and of unit size (the root of the sum of squares), it is 1 − (Σ σⱼ)², where σⱼ are the singular
    values of the one, transposed, times the other (Gower 1975, Psychometrika 40, 33).

    Parameters
    ----------
    one, other : array of shape (n, k)
        Coordinates of the same galaxies.

    Raises
    ------
    ValueError
        As `map_qualities`, or if they don't have equally many columns.
    """
    one = checked_features(one)
    other = _of_as_many(other, len(one), "other")
    if one.shape[1] != other.shape[1]:
        raise ValueError(f"other must have {one.shape[1]} columns, as one; got {other.shape[1]}. Compare maps alike.")
    scaled = [centred / np.linalg.norm(centred) for centred in (each - each.mean(axis=0) for each in (one, other))]
    overlap = np.linalg.svd(scaled[0].T @ scaled[1], compute_uv=False).sum()
    return float(max(0.0, 1 - overlap**2))


def pieces(coordinates: ArrayLike, *, n_neighbors: int = 3) -> int:
    """Count the pieces that a map falls into once each galaxy is joined to its nearest.

    Parameters
    ----------
    coordinates : array of shape (n, any)
    n_neighbors : int
        To how many; 1 to less than n / 2.

    Returns
    -------
    int
        1 where one can walk from each galaxy to each other.

    Raises
    ------
    ValueError
        If `coordinates` isn't a table of finite numbers, or `n_neighbors` is out of range.
    """
    coordinates = checked_features(coordinates)
    check_neighbours(n_neighbors, len(coordinates))
    nearest = _nearest(_distances(coordinates), n_neighbors)
    # Each takes the lowest number among its own and its neighbours', both ways, until nothing changes.
    rows, piece = np.repeat(np.arange(len(nearest)), n_neighbors), np.arange(len(nearest))
    while True:
        lowest = piece.copy()
        np.minimum.at(lowest, rows, piece[nearest.ravel()])
        np.minimum.at(lowest, nearest.ravel(), piece[rows])
        if (lowest == piece).all():
            return len(np.unique(piece))
        piece = lowest


def check_neighbours(n_neighbors: int, n: int) -> None:
    """Refuse no neighbours, or n / 2 of n galaxies or more."""
    check_whole("n_neighbors", n_neighbors, 1, (n - 1) // 2, f"less than half of the {n} galaxies")


def _quality(high: np.ndarray, low: np.ndarray, ranked: np.ndarray, k: int) -> MapQuality:
    near, near_in_map = _nearest(high, k), _nearest(low, k)
    return MapQuality(
        trustworthiness=1 - _misplaced(high, near_in_map),
        continuity=1 - _misplaced(low, near),
        neighbours_kept=_share_in_common(near, near_in_map),
        distance_rank_correlation=float(np.corrcoef(ranked, _pair_ranks(low))[0, 1]),
    )


def _misplaced(distances: np.ndarray, chosen: np.ndarray) -> float:
    """By how many ranks the chosen k of each galaxy, shape (n, k), miss being its nearest; 0 to 1."""
    n, k = chosen.shape
    excess = 0
    for column in chosen.T:
        ranks = (distances < distances[np.arange(n), column][:, None]).sum(axis=1) + 1
        excess += np.clip(ranks - k, 0, None).sum()
    return float(2 * excess / (n * k * (2 * n - 3 * k - 1)))


def _distances(values: np.ndarray) -> np.ndarray:
    """Euclidean distances of shape (n, n); infinite on the diagonal, for nobody is its own neighbour."""
    distances = pairwise_distances(values)
    np.fill_diagonal(distances, np.inf)
    return distances


def _nearest(distances: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def _share_in_common(one: np.ndarray, other: np.ndarray) -> float:
    return float((one[:, :, None] == other[:, None, :]).any(axis=2).mean())


def _pair_ranks(distances: np.ndarray) -> np.ndarray:
    """Ranks of the distances of all pairs, ties averaged, shape (n (n − 1) / 2,)."""
    return pd.Series(distances[np.triu_indices(len(distances), 1)]).rank().to_numpy()


def _of_as_many(coordinates: ArrayLike, n: int, name: str) -> np.ndarray:
    coordinates = checked_features(coordinates)
    if len(coordinates) != n:
        raise ValueError(f"{name} must have a row for each of the {n} galaxies; got {len(coordinates)}. Give all.")
    return coordinates

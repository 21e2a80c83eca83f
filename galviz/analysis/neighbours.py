"""Metrics of how well embeddings of the same galaxies preserve neighbours and distances.

With n galaxies and k neighbours of each, let r(i, j) be the rank of j among the others by its distance from i in the
feature space (1 is the nearest), and s(i, j) the same in the embedding. Then (Venna & Kaski 2001, Neighborhood
preservation in nonlinear projection methods, ICANN, Lecture Notes in Computer Science 2130, 485)

    trustworthiness = 1 − 2 / (n k (2 n − 3 k − 1)) Σᵢ Σ_{j: s(i, j) ≤ k < r(i, j)} (r(i, j) − k)

decreases if neighbours in the embedding aren't neighbours in the feature space. Continuity is the same with r and s
exchanged: it decreases if neighbours in the feature space are separated. Both are at most 1, and about 0.5 for random
coordinates.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import procrustes
from scipy.stats import rankdata
from sklearn.manifold import trustworthiness
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import kneighbors_graph

from galviz.analysis.validation import check_features, check_whole


@dataclass(frozen=True)
class MapQuality:
    """How well an embedding preserves neighbours and distances.

    Attributes
    ----------
    trustworthiness, continuity : float
        0 to 1; the module's docstring has the formulas.
    neighbours_kept : float
        Share of each galaxy's nearest neighbours that are among its nearest in the embedding; mean over galaxies. By
        chance it is k / (n − 1).
    distance_rank_correlation : float
        Spearman's ρ of the distances of all pairs in the embedding and in the feature space.
    """

    trustworthiness: float
    continuity: float
    neighbours_kept: float
    distance_rank_correlation: float


def map_qualities(values: ArrayLike, maps: Mapping[str, ArrayLike], *, n_neighbors: int = 10) -> pd.DataFrame:
    """Measure how well each of several embeddings preserves neighbours and distances.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, as for `fit_pca`.
    maps : mapping of str to array of shape (n, any)
        Coordinates by the embedding's name, rows in the order of `values`.
    n_neighbors : int
        k, 1 to less than n / 2: beyond that trustworthiness and continuity may leave the range 0 to 1.

    Returns
    -------
    DataFrame of one row per embedding, indexed by its name
        The columns are the attributes of `MapQuality`.

    Raises
    ------
    ValueError
        If `values` or an embedding isn't a table of finite numbers, an embedding has another number of rows, or
        `n_neighbors` is out of range.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(40, 5))
    >>> map_qualities(values, {"first two": values[:, :2], "all": 2 * values})["trustworthiness"].round(2).tolist()
    [0.76, 1.0]
    """
    values = check_features(values)
    _check_neighbours(n_neighbors, len(values))
    features = _Table(values, n_neighbors)
    qualities = {}
    for name, coordinates in maps.items():
        embedding = _Table(_check_length(coordinates, len(values), f"maps[{name!r}]"), n_neighbors)
        qualities[name] = asdict(_quality(features, embedding))
    return pd.DataFrame.from_dict(qualities, orient="index")


def neighbours_kept(one: ArrayLike, other: ArrayLike, *, n_neighbors: int = 10) -> float:
    """Share of each galaxy's nearest neighbours in one embedding that are also nearest in another, averaged.

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

    Examples
    --------
    >>> neighbours_kept([[0.0], [1.0], [3.0], [7.0]], [[0.0], [2.0], [6.0], [14.0]], n_neighbors=1)
    1.0
    """
    one = check_features(one)
    _check_neighbours(n_neighbors, len(one))
    other = _check_length(other, len(one), "other")
    return _shared(_Table(one, n_neighbors), _Table(other, n_neighbors))


def procrustes_disparity(one: ArrayLike, other: ArrayLike) -> float:
    """Disparity of two embeddings after the best translation, rotation, reflection and scaling: 0 (equal) to 1.

    It is computed by `scipy.spatial.procrustes` (Gower 1975, Psychometrika 40, 33).

    Parameters
    ----------
    one, other : array of shape (n, k)
        Coordinates of the same galaxies.

    Raises
    ------
    ValueError
        As `map_qualities`, or if they don't have equally many columns.

    Examples
    --------
    >>> round(procrustes_disparity([[0, 0], [1, 0], [0, 2]], [[0, 0], [0, 3], [6, 0]]), 6)
    0.0
    """
    one = check_features(one)
    other = _check_length(other, len(one), "other")
    if one.shape[1] != other.shape[1]:
        raise ValueError(
            f"other must have {one.shape[1]} columns, as one; got {other.shape[1]}. Compare like with like."
        )
    return float(procrustes(one, other)[2])


def count_pieces(coordinates: ArrayLike, *, n_neighbors: int = 3) -> int:
    """Count the connected components of an embedding, each galaxy being linked to its nearest neighbours.

    Parameters
    ----------
    coordinates : array of shape (n, any)
    n_neighbors : int
        Number of neighbours that each galaxy is linked to; 1 to less than n / 2.

    Returns
    -------
    int
        1 if a path of links leads from each galaxy to every other.

    Raises
    ------
    ValueError
        If `coordinates` isn't a table of finite numbers, or `n_neighbors` is out of range.

    Examples
    --------
    >>> count_pieces([[0.0], [1.0], [10.0], [11.0]], n_neighbors=1)
    2
    """
    coordinates = check_features(coordinates)
    _check_neighbours(n_neighbors, len(coordinates))
    return int(connected_components(kneighbors_graph(coordinates, n_neighbors), directed=False)[0])


def _check_neighbours(n_neighbors: int, n: int) -> None:
    check_whole("n_neighbors", n_neighbors, 1, (n - 1) // 2, f"less than half of the {n} galaxies")


class _Table:
    """Galaxies in a feature space or an embedding, with their distances and neighbours."""

    def __init__(self, values: np.ndarray, n_neighbors: int) -> None:
        self.values, self.n_neighbors = values, n_neighbors

    @cached_property
    def distances(self) -> np.ndarray:
        """Euclidean distances, shape (n, n)."""
        return pairwise_distances(self.values)

    @cached_property
    def distance_ranks(self) -> np.ndarray:
        """Ranks of the distances of all pairs, ties averaged, shape (n (n − 1) / 2,)."""
        return rankdata(self.distances[np.triu_indices(len(self.values), 1)])

    @cached_property
    def neighbours(self) -> csr_array:
        """1 for each galaxy's nearest neighbours, else 0; shape (n, n)."""
        return csr_array(kneighbors_graph(self.values, self.n_neighbors))


def _quality(features: _Table, embedding: _Table) -> MapQuality:
    k = features.n_neighbors
    return MapQuality(
        trustworthiness=_trustworthiness(features.distances, embedding.values, k),
        continuity=_trustworthiness(embedding.distances, features.values, k),
        neighbours_kept=_shared(features, embedding),
        distance_rank_correlation=float(np.corrcoef(features.distance_ranks, embedding.distance_ranks)[0, 1]),
    )


def _trustworthiness(distances: np.ndarray, values: np.ndarray, k: int) -> float:
    return float(trustworthiness(distances, values, n_neighbors=k, metric="precomputed"))


def _shared(one: _Table, other: _Table) -> float:
    """Mean share of neighbours in common."""
    return float((one.neighbours * other.neighbours).sum() / one.neighbours.sum())


def _check_length(coordinates: ArrayLike, n: int, name: str) -> np.ndarray:
    coordinates = check_features(coordinates)
    if len(coordinates) != n:
        raise ValueError(f"{name} must have a row for each of the {n} galaxies; got {len(coordinates)}. Give all.")
    return coordinates

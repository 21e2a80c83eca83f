"""How far galaxies lie from those of a training set: the distance to the nearest, calibrated on held-out galaxies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.neighbors import NearestNeighbors

from galviz.analysis.validation import check_matrix, check_whole, read_only

N_NEIGHBORS = 5


@dataclass(frozen=True, eq=False)
class Novelty:
    """Distances to the nearest reference galaxies, and how they are distributed for held-out galaxies.

    `fit_novelty` makes it.

    Attributes
    ----------
    mean, scale : ndarray of float64, shape (d,)
        Of each feature over the reference galaxies: its mean and standard deviation, 1 if it is constant.
    held_out_distances : ndarray of float64, shape (n,)
        Of the held-out galaxies, in their order.
    n_reference : int
    n_neighbors : int
    """

    mean: np.ndarray
    scale: np.ndarray
    held_out_distances: np.ndarray
    n_reference: int
    n_neighbors: int
    _search: NearestNeighbors

    def distances(self, values: ArrayLike) -> np.ndarray:
        """Compute the mean distance of each galaxy to its nearest reference galaxies.

        Features are divided by their standard deviations over the reference galaxies first. So the unit is one
        standard deviation of a feature.

        Parameters
        ----------
        values : array of shape (m, d)
            Features of other galaxies; a reference galaxy would be its own nearest neighbour.

        Returns
        -------
        ndarray of float64, shape (m,)

        Raises
        ------
        ValueError
            If the features aren't finite, or not of the same layer.
        """
        rows = check_matrix(values, "values")
        _check_width(rows, "values", len(self.mean))
        return self._search.kneighbors((rows - self.mean) / self.scale)[0].mean(axis=1)

    def p_values(self, distances: ArrayLike) -> np.ndarray:
        """Compute how often a galaxy like the held-out ones lies at least as far away.

        (1 + count) / (1 + n) with the count of n held-out galaxies that are at least as far: a conformal p-value (Bates
        et al. 2023, arXiv:2104.08279). For a galaxy like the held-out ones, it is at most 5 % in at most 5 % of cases.

        Parameters
        ----------
        distances : array of shape (m,)

        Returns
        -------
        ndarray of float64, shape (m,)
            More than 0, at most 1.

        Examples
        --------
        >>> novelty = fit_novelty([[0.0], [2.0]], [[0.0], [0.5], [1.0]], n_neighbors=1)
        >>> novelty.p_values([0.0, 9.0]).tolist()
        [1.0, 0.25]
        """
        ranked = np.sort(self.held_out_distances)
        farther = len(ranked) - np.searchsorted(ranked, np.asarray(distances, dtype=np.float64), side="left")
        return (1 + farther) / (1 + len(ranked))

    def limit(self, level: float = 0.99) -> float:
        """The distance within which this share of held-out galaxies lies: a quantile.

        Examples
        --------
        >>> fit_novelty([[0.0], [2.0]], [[0.0], [0.5], [1.0]], n_neighbors=1).limit(0.5)
        0.5
        """
        return float(np.quantile(self.held_out_distances, level))


def fit_novelty(reference: ArrayLike, held_out: ArrayLike, *, n_neighbors: int = N_NEIGHBORS) -> Novelty:
    """Measure how far held-out galaxies lie from reference galaxies, to compare others with them.

    Parameters
    ----------
    reference : array of shape (n_reference, d)
        Features of galaxies of the training set, or of galaxies made like them.
    held_out : array of shape (n, d)
        Of further galaxies of the same kind, none of them in the reference.
    n_neighbors : int
        A galaxy's distance is the mean of those to this many nearest reference galaxies; 1 to `n_reference`.

    Returns
    -------
    Novelty

    Raises
    ------
    ValueError
        If there are no galaxies, features that aren't finite, or another number of features in the two arrays.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> novelty = fit_novelty(random.normal(size=(500, 3)), random.normal(size=(500, 3)))
    >>> near, far = novelty.distances([[0, 0, 0], [9, 9, 9]])
    >>> bool(near < novelty.limit(0.99) < far)
    True
    """
    known, others = check_matrix(reference, "reference"), check_matrix(held_out, "held_out")
    _check_width(others, "held_out", known.shape[1])
    if not len(others):
        raise ValueError("held_out must hold 1 galaxy or more; got none. Give galaxies to compare others with.")
    check_whole("n_neighbors", n_neighbors, 1, len(known), "the number of reference galaxies")
    # The mean of equal values may be off by rounding, so constant features are found by their range.
    constant = np.ptp(known, axis=0) == 0
    mean, scale = known.mean(axis=0), np.where(constant, 1.0, known.std(axis=0))
    search = NearestNeighbors(n_neighbors=n_neighbors).fit((known - mean) / scale)
    distances = search.kneighbors((others - mean) / scale)[0].mean(axis=1)
    return Novelty(read_only(mean), read_only(scale), read_only(distances), len(known), n_neighbors, search)


def _check_width(rows: np.ndarray, name: str, n_features: int) -> None:
    if rows.shape[1] != n_features:
        raise ValueError(
            f"{name} must have {n_features} features; got {rows.shape[1]}. Give features of the same layer."
        )

"""Similarity of two representations of the same galaxies, and nearest neighbours in one of them."""

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.validation import check_features, check_matrix, check_whole

METRICS = ("euclidean", "cosine")


def linear_cka(one: ArrayLike, other: ArrayLike) -> float:
    """Linear centred kernel alignment of two representations: 0 (unrelated) to 1 (equal up to rotation and scale).

    With the columns of X and Y centred, it is ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖), Frobenius norms (Kornblith et al. 2019,
    Similarity of Neural Network Representations Revisited, ICML, equation 4 and section 3).

    Parameters
    ----------
    one : array of shape (n, d)
    other : array of shape (n, e)
        The same galaxies in the same order. If n isn't much larger than d and e, the result is too high: random
        numbers of shape (n, d) have about d / (n + d).

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If either isn't a table of finite numbers that differ between galaxies, or the numbers of rows differ.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(50, 3))
    >>> round(linear_cka(values, 2 * values[:, ::-1] + 1), 6)
    1.0
    """
    x, y = check_features(one), check_features(other)
    if len(x) != len(y):
        raise ValueError(f"other must have a row for each of the {len(x)} galaxies; got {len(y)}. Give the same ones.")
    x, y = (values - values.mean(axis=0) for values in (x, y))
    x, y = (values / np.linalg.norm(values) for values in (x, y))
    if len(x) < max(x.shape[1], y.shape[1]):  # the same numbers from the smaller matrices of galaxies × galaxies
        gram_x, gram_y = x @ x.T, y @ y.T
        cross, within = (gram_x * gram_y).sum(), np.linalg.norm(gram_x) * np.linalg.norm(gram_y)
    else:
        cross, within = np.linalg.norm(y.T @ x) ** 2, np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(min(cross / within, 1.0))


def standardise_columns(values: ArrayLike) -> np.ndarray:
    """Subtract the mean of each column, and divide by its standard deviation.

    Parameters
    ----------
    values : array of shape (n, d)
        Of any size: huge numbers don't overflow, and tiny ones don't underflow.

    Returns
    -------
    ndarray of float, shape (n, d)
        A column whose values are all equal becomes 0.

    Raises
    ------
    ValueError
        If `values` isn't a table of finite numbers.

    Examples
    --------
    >>> standardise_columns([[0.0, 1e300], [4.0, 3e300]]).tolist()
    [[-1.0, -1.0], [1.0, 1.0]]
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise ValueError(f"values must be a table of finite numbers; got shape {values.shape}. Leave others out.")
    values = _scale_exactly(values)
    # The first row as origin: equal values become exactly 0, and close ones keep their digits.
    values = _scale_exactly(values - values[0])
    std = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(std > 0, std, 1)


def _scale_exactly(values: np.ndarray) -> np.ndarray:
    """Multiply each column by a power of two, which changes no digit; the largest number is between 0.5 and 1 then."""
    _, exponents = np.frexp(np.abs(values).max(axis=0))
    return np.ldexp(values, -exponents)


def nearest_rows(
    values: ArrayLike, row: int, *, n_neighbors: int = 10, metric: str = "euclidean"
) -> tuple[np.ndarray, np.ndarray]:
    """Find the galaxies that are nearest to one of them.

    Parameters
    ----------
    values : array of shape (n, d)
    row : int
        Row of the galaxy, from 0.
    n_neighbors : int
        1 to n − 1.
    metric : {"euclidean", "cosine"}
        The cosine distance is 1 − cos of the angle between two rows, seen from the origin.

    Returns
    -------
    rows : ndarray of int, shape (n_neighbors,)
        The nearest first, without the galaxy itself.
    distances : ndarray of float, shape (n_neighbors,)

    Raises
    ------
    ValueError
        If `values` isn't a table of finite numbers, or an option is out of range.

    Examples
    --------
    >>> nearest_rows([[0.0], [5.0], [1.0]], 0, n_neighbors=2)[0].tolist()
    [2, 1]
    """
    from sklearn.neighbors import NearestNeighbors  # here, because it takes a second to import

    values = check_matrix(values, "values")
    check_whole("n_neighbors", n_neighbors, 1, len(values) - 1, f"the number of other galaxies among {len(values)}")
    check_whole("row", row, 0, len(values) - 1, "the last row")
    if metric not in METRICS:
        raise ValueError(f"metric must be one of {', '.join(METRICS)}; got {metric!r}.")
    others = np.delete(np.arange(len(values)), row)
    # Squares of large, tiny or distant numbers lose digits; neither step changes the order, and angles need the origin.
    scale = np.abs(values).max() or 1.0
    values = values / scale
    if metric == "euclidean":
        values = values - values[row]
    model = NearestNeighbors(n_neighbors=n_neighbors, metric=metric, algorithm="brute").fit(values[others])
    distances, nearest = model.kneighbors(values[row : row + 1])
    return others[nearest[0]], distances[0] * (scale if metric == "euclidean" else 1)

"""Exercises of the lesson 'Other maps'. Write in your own copy: `python -m galviz start maps` makes it."""

import numpy as np


def neighbours_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure which share of each galaxy's nearest neighbours an embedding keeps.

    For each galaxy, find the k nearest other galaxies in the feature space, and the k nearest in the embedding. The
    galaxy's share is the number of galaxies that are in both lists, divided by k. Their order in the lists doesn't
    matter.

    Parameters
    ----------
    high : ndarray of float, shape (n, d)
        The features, one row per galaxy. Use Euclidean distances between the rows as they are, with all columns: don't
        centre, scale or round them. Don't modify the input.
    low : ndarray of float, shape (n, any)
        The coordinates in the embedding, with the rows in the same order. There may be one column, two or more: use
        all, as for `high`. Don't modify the input.
    k : int
        Number of neighbours, from 1 to n − 1. A galaxy isn't a neighbour of itself.

    Returns
    -------
    float
        The mean of the shares over all galaxies, from 0 to 1, not rounded.

    Notes
    -----
    There are no ties: no galaxy has two others at the same distance, so no two galaxies have the same coordinates.

    Examples
    --------
    The lesson's five galaxies. Only the fourth has another nearest neighbour in the embedding:

    >>> high = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]])
    >>> low = np.array([[0.0], [1.0], [3.0], [7.0], [7.5]])
    >>> float(neighbours_kept(high, low, k=1))
    0.8
    """
    raise NotImplementedError("maps.1")


def trustworthiness(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Compute the trustworthiness of an embedding (Venna & Kaski 2001).

    Let r(i, j) be the rank of galaxy j among all other galaxies by its distance from galaxy i in the feature space: 1
    is the nearest, n − 1 the farthest. Let U(i) be the galaxies that are among the k nearest neighbours of galaxy i in
    the embedding, but not among its k nearest in the feature space. Then

        T = 1 − 2 / (n k (2 n − 3 k − 1)) Σ_i Σ_{j in U(i)} (r(i, j) − k).

    So a wrong neighbour lowers T the more, the farther it is in the feature space.

    Parameters
    ----------
    high : ndarray of float, shape (n, d)
        The features, one row per galaxy. Use Euclidean distances between the rows as they are, with all columns: don't
        centre, scale or round them. Don't modify the input.
    low : ndarray of float, shape (n, any)
        The coordinates in the embedding, with the rows in the same order. There may be one column, two or more: use
        all, as for `high`. Don't modify the input.
    k : int
        Number of neighbours, at least 1 and less than n / 2. A galaxy isn't a neighbour of itself.

    Returns
    -------
    float
        From 0 to 1, not rounded. 1 if each neighbour in the embedding is one in the feature space.

    Notes
    -----
    There are no ties: no galaxy has two others at the same distance, so no two galaxies have the same coordinates.

    Examples
    --------
    The lesson's five galaxies. The nearest neighbour of the fourth in the embedding is its farthest in the feature
    space, of rank 4:

    >>> high = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]])
    >>> low = np.array([[0.0], [1.0], [3.0], [7.0], [7.5]])
    >>> round(float(trustworthiness(high, low, k=1)), 3)
    0.8
    """
    raise NotImplementedError("maps.2")

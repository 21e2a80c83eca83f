"""Exercises of the lesson 'Other maps'. Write in your own copy: `python -m galviz start maps` makes it."""

import numpy as np


def neighbours_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure how many of each galaxy's neighbours a map keeps.

    Of each galaxy, take the k others nearest to it in all dimensions and the k others nearest to it in the map. The
    share kept is the number of galaxies that are among both, divided by k. Nearest is meant in the straight (Euclidean)
    distance.

    Parameters
    ----------
    high : ndarray of shape (n, d)
        The galaxies in all dimensions, a row each. Leave them unchanged.
    low : ndarray of shape (n, any)
        Their places in the map, in the same order. Leave them unchanged. No two galaxies are equally near to a third,
        in neither.
    k : int
        How many neighbours, 1 to n − 1. A galaxy is no neighbour of its own.

    Returns
    -------
    float
        The mean of the shares over all galaxies, 0 to 1.
    """
    raise NotImplementedError("maps.1")


def trustworthiness(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure how far neighbours in a map can be trusted (Venna & Kaski 2001).

    Let r(i, j) be the rank of galaxy j among all others by its distance from galaxy i in all dimensions, 1 for the
    nearest. Let U(i) hold the galaxies that are among the k nearest to i in the map, but not in all dimensions. Then

        T = 1 − 2 / (n k (2 n − 3 k − 1)) Σ_i Σ_{j in U(i)} (r(i, j) − k).

    A neighbour in the map that is none costs the more, the farther it is in truth.

    Parameters
    ----------
    high : ndarray of shape (n, d)
        The galaxies in all dimensions, a row each. Leave them unchanged.
    low : ndarray of shape (n, any)
        Their places in the map, in the same order. Leave them unchanged. No two galaxies are equally near to a third,
        in neither. Distances are straight (Euclidean) ones.
    k : int
        How many neighbours, 1 to less than n / 2. A galaxy is no neighbour of its own.

    Returns
    -------
    float
        0 to 1; 1 where no galaxy has a neighbour in the map that it hasn't in all dimensions.
    """
    raise NotImplementedError("maps.2")

"""Exercises of the lesson 'Galaxies as points'. Write in your own copy: `python -m galviz start points` makes it."""

import numpy as np


def spread_out(coordinates: np.ndarray, count: int, first: int) -> list[int]:
    """Select galaxies that are far from each other, by farthest-point sampling.

    Start with the row `first`. Then repeat: for each galaxy that isn't selected yet, compute the distance to its
    nearest selected galaxy, and select the galaxy for which this distance is largest.

    On a tie, select the lowest row number. Select no row twice, even if all remaining galaxies have the same
    coordinates as selected ones.

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, 2)
        One row per galaxy, of any scale. Use Euclidean distances between the coordinates as they are: don't rescale or
        round them. Several galaxies may have the same coordinates. Don't modify the input.
    count : int
        Number of galaxies to select, including `first`: 1 to n.
    first : int
        Row number to start with: 0 to n − 1.

    Returns
    -------
    list of int, length `count`
        Row numbers, counted from 0, in the order of selection. The same input always gives the same list.

    Examples
    --------
    >>> spread_out(np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [0.0, 3.0]]), count=3, first=0)
    [0, 2, 3]
    """
    raise NotImplementedError("points.1")


def ends(coordinate: np.ndarray, k: int) -> tuple[list[int], list[int]]:
    """Find the galaxies with the lowest and the highest coordinates along one component.

    Parameters
    ----------
    coordinate : ndarray of float, shape (n,)
        One coordinate per galaxy, of any scale, without NaN. Values may be equal. Don't modify the input.
    k : int
        Number of galaxies per end, at least 1.

    Returns
    -------
    lowest, highest : list of int, length k
        Row numbers, counted from 0. Both lists are in ascending order of the coordinate: `lowest` begins with the
        lowest galaxy of all, and `highest` ends with the highest. If values are equal, the galaxy with the lower row
        number counts as lower.

    Raises
    ------
    ValueError
        If 2 k is larger than n, because a galaxy would be in both lists. This includes every k larger than n.

    Examples
    --------
    >>> ends(np.array([0.5, -1.0, 2.0, 0.1, -0.3]), k=2)
    ([1, 4], [0, 2])
    """
    raise NotImplementedError("points.2")

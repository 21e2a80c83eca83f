"""Exercises of the lesson 'Galaxies as points'. Write in your own copy: `python -m galviz start points` makes it."""

import numpy as np


def spread_out(coordinates: np.ndarray, count: int, first: int) -> list[int]:
    """Pick galaxies that lie far from each other, so that their pictures stand for all and don't cover each other.

    Begin with one galaxy. Then pick again and again the galaxy whose distance to the nearest of those already picked is
    the largest: it lies in the middle of the largest gap.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2)
        A galaxy a row. Distances are straight (Euclidean) ones, of the coordinates as they are. Several galaxies may
        lie in the same place. They belong to the caller: leave them unchanged.
    count : int
        How many to pick, the first one counted, 1 to n.
    first : int
        The row to begin with, 0 to n − 1.

    Returns
    -------
    list of int
        `count` different row numbers, in the order in which they were picked. Of rows that are equally far, the lowest
        is picked first; no row is picked twice, not even where all that are left lie on top of picked ones.
    """
    raise NotImplementedError("points.1")


def ends(coordinate: np.ndarray, k: int) -> tuple[list[int], list[int]]:
    """Find the galaxies at both ends of a component, to look at what changes between them.

    Parameters
    ----------
    coordinate : ndarray of shape (n,)
        Each galaxy's place along the component, no NaN among them. It belongs to the caller: leave it unchanged.
    k : int
        How many at each end, 1 or more.

    Returns
    -------
    lowest, highest : list of int
        Row numbers of the k lowest and of the k highest, each list in rising order of the coordinate: the first begins
        with the lowest of all, the second ends with the highest of all. Of equal ones, the lower row number counts as
        the lower.

    Raises
    ------
    ValueError
        If 2 k is more than n: a galaxy would be at both ends.
    """
    raise NotImplementedError("points.2")

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
        One row per galaxy, of any scale. Coordinates may be large compared with their differences, such as 1,000,000
        and 1,000,000.06: subtract first, then square. Use Euclidean distances between the coordinates as they are:
        don't rescale or round them. Several galaxies may have the same coordinates. Don't modify the input.
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


def along_component(coordinates: np.ndarray, component: int, count: int) -> list[int]:
    """Select galaxies along the axis of one principal component.

    Choose `count` evenly spaced positions along the component. The first is the smallest coordinate of any galaxy along
    this component, the last is the largest. If `count` is 1, the only position is the midpoint between the two.

    Each position is a point on the axis: its coordinate along the component is the position, and its other coordinates
    are 0. Go through the positions from low to high, and select for each the galaxy that is nearest to this point. Use
    the Euclidean distance in all columns. Skip galaxies that are selected already. On a tie, select the smaller row
    number.

    Try it with the shipped features. The selected galaxies show what changes along the first component:

        import galviz

        data, survey = galviz.load_features(), galviz.load_survey()
        pca = galviz.fit_pca(data.layers["features"], n_components=3)
        rows = along_component(pca.coordinates, component=0, count=6)
        images = [survey.image(data.object_ids[row]) for row in rows]  # images[0].show() opens the first

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, k)
        Principal coordinates, one row per galaxy, without NaN; the mean of each column is 0. k is usually 3, at least
        1. Several galaxies may have the same coordinates, and all coordinates along a component may be equal. Use the
        coordinates as they are, of any scale; they may be large compared with their differences, such as 1,000,000 and
        1,000,000.06. Don't modify the input.
    component : int
        The column of the component, counted from 0: 0 to k − 1.
    count : int
        Number of galaxies to select: 1 to n.

    Returns
    -------
    list of int, length `count`
        Different row numbers, counted from 0, in the order of the positions.

    Examples
    --------
    The positions are −4, 0 and 4. Row 3 is near the point (0, 0), but row 1 is nearer:

    >>> coordinates = np.array([[4.0, 1.0], [1.0, 0.0], [-4.0, 1.0], [-1.0, -2.0]])
    >>> along_component(coordinates, component=0, count=3)
    [2, 1, 0]
    """
    raise NotImplementedError("points.3")

"""Exercises of the lesson 'The feature space'. Write in your own copy: `python -m galviz start space` makes it."""

import numpy as np


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Remove the head's direction from the features: x − (x·u) u, with u = w / |w|.

    The head computes the prediction x·w + b from the features x of a galaxy. Without the part along w, it would predict
    the same for all galaxies. So the result shows what the features encode besides the prediction.

    Parameters
    ----------
    features : ndarray of float, shape (n, d)
        One row per galaxy; n and d may be 1. Use the features as they are, without centring or scaling them. Don't
        modify the input.
    weight : ndarray of float, shape (d,) or (1, d)
        w, the weight of the head. A linear layer of PyTorch stores it with the shape (1, d). The length |w| is the root
        of the sum of squares. It isn't 0, but may be as small as 1e-9. Don't modify the input.

    Returns
    -------
    ndarray of float, shape (n, d)
        Each row is at right angles to w. Don't round or scale the rows.

    Examples
    --------
    Here |w| is 5, so u is (0.6, 0.8) and x·u is 2.2 for the first row:

    >>> features = np.array([[1.0, 2.0], [3.0, -1.0]])
    >>> without_direction(features, np.array([3.0, 4.0])).round(2).tolist()
    [[-0.32, 0.24], [2.4, -1.8]]
    """
    raise NotImplementedError("space.1")


def nearest(features: np.ndarray, row: int, k: int) -> list[int]:
    """Find the k galaxies that are nearest to one galaxy in the feature space.

    The distance is Euclidean: the root of the sum of squared differences over all d features.

    Parameters
    ----------
    features : ndarray of float, shape (n, d)
        One row per galaxy, of any scale; n is at least 2. Use the features as they are, without centring, scaling or
        rounding them. Several galaxies may have the same features. Don't modify the input.
    row : int
        Row number of the galaxy whose neighbours are wanted, counted from 0: 0 to n − 1.
    k : int
        Number of neighbours: 1 to n − 1.

    Returns
    -------
    list of int, length k
        Row numbers in `features`, counted from 0, the nearest first. The galaxy itself isn't its neighbour, but another
        galaxy with the same features may be. If two distances are equal, the lower row number comes first.

    Examples
    --------
    The distances from row 0 are 0, 3, 1, 3 and 1:

    >>> nearest(np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 1.0], [0.0, 3.0], [1.0, 0.0]]), row=0, k=3)
    [2, 4, 1]
    """
    raise NotImplementedError("space.2")

"""Exercises of the lesson 'The feature space'. Write in your own copy: `python -m galviz start space` makes it."""

import numpy as np


def cosine_similarity(a: np.ndarray, b: np.ndarray) -> float:
    """Compute the cosine of the angle between two vectors: a·b / (|a| |b|).

    It is 1 if both point in the same direction, 0 if they are at right angles, and −1 if they point in opposite
    directions. Their lengths don't matter. The page uses it to compare a component with the direction of the head.

    Parameters
    ----------
    a, b : ndarray of float, shape (d,)
        Two vectors of the same size d, which may be 1. a·b is the sum of the products of their numbers. The length |a|
        is the root of the sum of squares. Neither length is 0, but both may be as small as 1e-9. Don't modify the
        inputs.

    Returns
    -------
    float
        From −1 to 1, not rounded. Because floats are rounded, a result such as 1.0000000000000002 is right, too.

    Examples
    --------
    Here a·b is 3 · 4 + 4 · 3 = 24, and both lengths are 5:

    >>> round(cosine_similarity(np.array([3.0, 4.0]), np.array([4.0, 3.0])), 6)
    0.96
    """
    raise NotImplementedError("space.0")


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Remove the head's direction from the features: x − (x·u) u, with u = w / |w|.

    The head computes the prediction x·w + b from the features x of a galaxy. Without the part along w, it would predict
    the same for all galaxies. So the result shows what the features encode besides the prediction.

    Parameters
    ----------
    features : ndarray of float, shape (n, d)
        One row per galaxy, of any scale, such as 1e-9; n and d may be 1. Use the features as they are, without centring
        or scaling them. Don't modify the input.
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
        One row per galaxy, of any scale, such as 1e-9 or 1e12; n is at least 2. Use the features as
        they are, without centring, scaling or rounding them. Several galaxies may have the same features. Don't modify
        the input.
    row : int
        Row number of the galaxy whose neighbours are wanted, from 0 to n − 1.
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


def strangest_neighbour(features: np.ndarray, causes: np.ndarray) -> int:
    """Find the galaxy whose nearest neighbour in the feature space has the most different causes.

    Among many galaxies, some have features that are alike although the galaxies aren't. To find the worst case:

    1. Standardise the causes: subtract each column's mean, and divide by its standard deviation. Then all causes count
       equally, whatever their units.
    2. For each galaxy i, find f, its nearest neighbour in features, and c, its nearest neighbour in the standardised
       causes. Both are other galaxies than i.
    3. Let d be the distance from i to f, minus the distance from i to c, both measured in the standardised causes. If f
       is also the nearest in causes, d is 0.
    4. Return the row i with the largest d.

    All distances are Euclidean: the root of the sum of squared differences over all columns.

    Try it with the 2,000 shipped galaxies (some 10 seconds with a loop), then with other causes. This shows the image
    of galaxy i; look at that of f too:

        import galviz

        survey, data = galviz.load_survey(), galviz.load_features()
        names = ["metallicity", "log_mass_msun", "inclination_deg"]
        causes = survey.catalogue.loc[data.object_ids, names].to_numpy()
        row = strangest_neighbour(data.layers["features"], causes)
        survey.image(data.object_ids[row]).show()

    Parameters
    ----------
    features : ndarray of float, shape (n, p)
        One row per galaxy, of any scale, such as 1e-9 or 1e12; n is at least 2. Use the features as
        they are, without scaling or rounding them. Several galaxies may have the same features. Don't modify the input.
    causes : ndarray of float, shape (n, q)
        Known causes of the same galaxies in the same order, one column per cause, of any scale, such as 1e-9. If a
        column has the same value for all galaxies, it must not contribute to the distances: dividing by its standard
        deviation, 0, would give NaN. Other columns do vary. Don't modify the input.

    Returns
    -------
    int
        Row number i, counted from 0. If several galaxies have the largest d, return the smallest row number. If two
        galaxies are equally near in features, f is the one with the smaller row number.

    Examples
    --------
    In features, row 3 is nearest to row 2. But its cause is like that of rows 0 and 1, which are far away in features:

    >>> features = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0], [5.0, 6.5], [5.0, 4.0]])
    >>> causes = np.array([[10.0], [11.0], [31.0], [12.0], [30.0]])
    >>> strangest_neighbour(features, causes)
    3
    """
    raise NotImplementedError("space.3")

"""Exercises of the lesson 'Other maps'. Write in your own copy: `python -m galviz start maps` makes it."""

import numpy as np


def nearest_on_map(positions: np.ndarray, row: int) -> int:
    """Find the galaxy that is nearest to another one in an embedding.

    Use the Euclidean distance, √(Δx² + Δy²). The galaxy itself doesn't count. Another galaxy at the same place does,
    with a distance of 0. If several galaxies are equally near, return the smallest of their row numbers.

    Parameters
    ----------
    positions : ndarray of float, shape (n, 2)
        x and y of each galaxy, one row per galaxy. There are two galaxies or more, and no NaN. Don't modify the input.
    row : int
        Row number of the galaxy, from 0 to n − 1.

    Returns
    -------
    int
        Row number of the nearest other galaxy.

    Examples
    --------
    >>> positions = np.array([[0.0, 0.0], [5.0, 5.0], [1.0, 0.0], [5.0, 3.0]])
    >>> int(nearest_on_map(positions, row=1))
    3
    """
    raise NotImplementedError("maps.0")


def neighbours_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """Measure which share of each galaxy's nearest neighbours an embedding keeps.

    For each galaxy, find the k nearest other galaxies in the feature space, and the k nearest in the embedding. The
    galaxy's share is the number of galaxies that are in both lists, divided by k. Their order in the lists doesn't
    matter.

    Parameters
    ----------
    high : ndarray of float, shape (n, d)
        The features, one row per galaxy, perhaps far from 0. Use Euclidean distances between the rows as they are, with
        all columns, in float64: don't centre, scale or round them. Subtract before you square. The formula
        |a|² + |b|² − 2 a·b, which scikit-learn's ``pairwise_distances`` uses, loses digits far from 0. Don't modify
        the input.
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


def best_map(features: np.ndarray, maps: dict[str, np.ndarray], k: int) -> str:
    """Find the embedding that keeps the largest share of each galaxy's nearest neighbours.

    For each galaxy and each embedding, count how many of the galaxy's k nearest neighbours in the feature space are
    also among its k nearest in the embedding, and divide by k. The best embedding has the largest mean of these shares
    over the galaxies, as `neighbours_kept` gives it.

    Parameters
    ----------
    features : ndarray of float, shape (n, d)
        One row per galaxy. Use Euclidean distances between the rows as they are. Don't modify the input.
    maps : dict of str to ndarray of float, shape (n, 2)
        The coordinates in each embedding, by its name, with the rows in the same order. There is at least one. Don't
        modify the dictionary or its arrays.
    k : int
        Number of neighbours, from 1 to n − 1. A galaxy isn't a neighbour of itself.

    Returns
    -------
    str
        The name of the best embedding. If several keep equally many neighbours, the one that comes first in `maps`.

    Notes
    -----
    No galaxy has two others at the same distance.

    Examples
    --------
    The lesson's five galaxies. 'moved' places the last one elsewhere, so the fourth has another nearest neighbour:

    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [7.0, 0.0], [15.0, 0.0]])
    >>> moved = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [7.0, 0.0], [7.5, 0.0]])
    >>> best_map(line, {"moved": moved, "enlarged": 10 * line}, k=1)
    'enlarged'

    Try it with the shipped features, the UMAPs of the lesson's page, and the first two principal components. Every
    fifth galaxy is enough:

        import galviz
        from galviz.artefacts.umaps import UMAPS

        features = galviz.load_features().layers["features"]
        maps = {settings.name: umap.to_numpy()[::5] for settings, umap in UMAPS.load().items()}
        maps["PCA"] = galviz.fit_pca(features, n_components=2).coordinates[::5]
        for k in (1, 10, 30):
            print(k, best_map(features[::5], maps, k))

    The first number in the name of a UMAP is its own number of neighbours. How does the best name change with k? UMAPs
    whose name begins with 'noise' are of random numbers, not of the features. What share do you expect for those?
    """
    raise NotImplementedError("maps.3")

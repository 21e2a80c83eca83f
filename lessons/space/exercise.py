"""Exercises of the lesson 'The feature space'. Write in your own copy: `python -m galviz start space` makes it."""

import numpy as np


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Take the head's direction out of the features: x − (x·u) u, with u = w / |w|.

    The network's last layer reads the features along one direction, w. What is left without it tells what the features
    hold beside the prediction.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        A galaxy a row. Take them as they are, not centred. They belong to the caller: leave them unchanged.
    weight : ndarray of shape (d,) or (1, d)
        w, the weight of the head; of any length but 0. A linear layer has it in the shape (1, d). The caller's too.

    Returns
    -------
    ndarray of shape (n, d)
        Each row is at right angles to w.
    """
    raise NotImplementedError("space.1")


def nearest(features: np.ndarray, row: int, k: int) -> list[int]:
    """Find the galaxies that are most like one galaxy to the network: those nearest to it in the feature space.

    Near is meant in the straight (Euclidean) distance over all d features, the root of the sum of squared differences.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        A galaxy a row. Two galaxies may have the very same features.
    row : int
        The galaxy that is asked about, 0 to n − 1.
    k : int
        How many neighbours, 1 to n − 1.

    Returns
    -------
    list of int
        The k row numbers, the nearest first. The galaxy itself isn't among them; one with the same features may be. Of
        two that are equally near, the one with the lower row number comes first.
    """
    raise NotImplementedError("space.2")

"""Exercises of the lesson 'Domain shift'. Write in your own copy: `python -m galviz start shift` makes it."""

import numpy as np


def distance_to_training(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Compute how far galaxies lie from the training set: the mean distance to the k nearest training galaxies.

    First divide each feature of both arrays by its standard deviation over the training galaxies, as `numpy.std` gives
    it. Otherwise the features with the largest numbers decide alone. Distances are Euclidean: √(Σ (difference)²) over
    the features. None of the galaxies is in the training set, but some may have the same features as a training galaxy;
    then that distance is 0.

    Parameters
    ----------
    features : ndarray of float64, shape (m, d)
        One row per galaxy. Don't modify it.
    training : ndarray of float64, shape (n, d)
        One row per training galaxy. No feature is the same for all of them. Don't modify it.
    k : int
        1 to n.

    Returns
    -------
    ndarray of float, shape (m,)
        In the order of the rows of `features`, not rounded.

    Examples
    --------
    The standard deviations of the training galaxies are 1 and 10. Divided by them, the galaxy is at (3, 0), and the
    training galaxies are at (0, 0) and (2, 2):

    >>> training = np.array([[0.0, 0.0], [2.0, 20.0]])
    >>> distance_to_training(np.array([[3.0, 0.0]]), training, k=1).round(3).tolist()
    [2.236]
    >>> distance_to_training(np.array([[3.0, 0.0]]), training, k=2).round(3).tolist()
    [2.618]

    Try it on the shipped galaxies: `galviz.load_features().layers["features"]` are those of the mock survey, and
    `HUBBLE_FIELD.load().features` from `galviz.artefacts.hubble` those of the Hubble deep field.
    """
    raise NotImplementedError("shift.1")


def p_values(distances: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Compute how often a galaxy like the training ones lies at least as far away.

    Held-out galaxies are like the training galaxies, but weren't used for training. For each distance, count the
    held-out galaxies that lie as far away or farther. The p-value is (1 + count) / (1 + n) with n held-out galaxies.
    The ones stand for the galaxy itself, so the p-value is never 0: n galaxies can't show that something occurs less
    often than once in n + 1.

    Parameters
    ----------
    distances : ndarray of float64, shape (m,)
        Of the galaxies in question. Don't modify it.
    held_out : ndarray of float64, shape (n,)
        Of one held-out galaxy or more, in any order; two may be equal. Don't modify it.

    Returns
    -------
    ndarray of float, shape (m,)
        In the order of `distances`: more than 0, at most 1, not rounded.

    Examples
    --------
    Three of four held-out galaxies are as far away as the first galaxy or farther, none as far as the second:

    >>> p_values(np.array([2.0, 9.0]), np.array([3.0, 1.0, 2.0, 4.0])).tolist()
    [0.8, 0.2]
    """
    raise NotImplementedError("shift.2")


def recalibrate(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Recalibrate predictions on a few labelled galaxies of the new kind.

    Fit a straight line by least squares to the galaxies of the fit set: true = slope · predicted + intercept. Then
    apply the line to the predictions of all other galaxies, the test set. Only the fit set has labels that you may
    use: the others are there to measure the error afterwards.

    Parameters
    ----------
    predicted : ndarray of float64, shape (n,)
        The network's predictions, in dex. Don't modify it.
    true : ndarray of float64, shape (n,)
        The labels in dex, in the same order; NaN for some galaxies of the test set, whose label is unknown. Don't
        modify it.
    fit : ndarray of bool, shape (n,)
        True for the galaxies of the fit set. At least two of them have different predictions. Don't modify it.

    Returns
    -------
    ndarray of float
        Recalibrated predictions of the test set in dex, in the order of its rows, not rounded.

    Examples
    --------
    The line through the first two galaxies has the slope 2 and the intercept −8:

    >>> predicted = np.array([8.0, 8.5, 8.25, 9.0])
    >>> true = np.array([8.0, 9.0, 8.75, np.nan])
    >>> fit = np.array([True, True, False, False])
    >>> recalibrate(predicted, true, fit).round(6).tolist()
    [8.5, 10.0]
    """
    raise NotImplementedError("shift.3")

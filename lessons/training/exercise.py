"""Exercises of the lesson 'Training'. Write in your own copy: `python -m galviz start training` makes it."""

import numpy as np


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step of gradient descent, for a model that is a single weighted sum.

    The model predicts ŷᵢ = xᵢ · weight + bias for galaxy i. The loss is the mean squared error over all n galaxies,
    L = (1/n) Σ (ŷᵢ − yᵢ)², without a root and without a factor of ½.

    Compute the derivative of L with respect to each weight and to the bias, all with the old weights and the old bias.
    Then subtract the learning rate times the derivative from each of them. Don't clip or normalise the gradient, don't
    rescale `x` or `y`, and don't draw a batch.

    Parameters
    ----------
    weight : ndarray of float, shape (d,)
        One weight per feature, d ≥ 1. Don't modify the input.
    bias : float
    x : ndarray of float, shape (n, d)
        Features, one row per galaxy, n ≥ 1. Don't modify the input.
    y : ndarray of float, shape (n,)
        Labels. Don't modify the input.
    rate : float
        The learning rate, greater than 0. It may exceed 1.

    Returns
    -------
    weight : ndarray of float, shape (d,)
        The new weights, not rounded.
    bias : float
        The new bias, not rounded.

    Examples
    --------
    >>> x, y = np.array([[1.0, 0.0], [2.0, 1.0]]), np.array([1.0, 4.0])
    >>> weight, bias = gradient_step(np.array([1.0, -1.0]), bias=0.5, x=x, y=y, rate=0.1)
    >>> weight.round(6).tolist(), round(float(bias), 6)
    ([1.45, -0.75], 0.7)
    """
    raise NotImplementedError("training.1")


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Divide galaxies at random into a training set and a validation set.

    Each galaxy is in exactly one of the two sets. The validation set has ``round(share * n)`` of the n galaxies, with
    Python's `round`, which rounds 2.5 to 2. Every subset of that size is equally likely.

    Create a random generator of your own, such as ``np.random.default_rng(seed)``. Don't use or seed the global
    generators of `random` and `np.random`, because the rest of the program may use them.

    Parameters
    ----------
    object_ids : list of str
        One or more ids, each once. Don't modify the list.
    share : float
        Share of the galaxies in the validation set, from 0 to 1. For 0 the validation set is empty, and for 1 the
        training set is.
    seed : int
        0 or more. The same list, share and seed always give the same two lists, in the same order, even after Python is
        restarted. The order of a set of strings changes then, so don't rely on it. Another seed gives another split.

    Returns
    -------
    training : list of str
        Ids of the training set, in any order.
    validation : list of str
        Ids of the validation set, in any order.

    Examples
    --------
    >>> training, validation = split(["12", "7", "30", "45", "8"], share=0.4, seed=1)
    >>> len(training), len(validation)
    (3, 2)
    >>> sorted([*training, *validation])
    ['12', '30', '45', '7', '8']
    """
    raise NotImplementedError("training.2")

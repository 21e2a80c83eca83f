"""Exercises of the lesson 'Training'. Write in your own copy: `python -m galviz start training` makes it."""

import numpy as np


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step down the gradient, for a network of a single weighted sum.

    It predicts ŷ = x · weight + bias. Its loss is the mean squared error L = (1/n) Σ (ŷᵢ − yᵢ)², without a root and
    without a factor ½. Each number moves by −rate times the derivative of L with respect to it: each weight and the
    bias, and all derivatives are taken where the step begins. No batch is drawn: all n galaxies count.

    Parameters
    ----------
    weight : ndarray of float, shape (d,)
        Leave it as it is: it belongs to the caller, as `x` and `y` do.
    bias : float
    x : ndarray of float, shape (n, d)
        Features, a galaxy a row.
    y : ndarray of float, shape (n,)
        The truth.
    rate : float
        The learning rate, above 0.

    Returns
    -------
    weight : ndarray of shape (d,)
        After the step.
    bias : float
        After the step.
    """
    raise NotImplementedError("training.1")


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Choose at random which galaxies are learnt from and which are kept apart.

    Each galaxy is in one of the two, never in both, and none is lost. The same seed gives the same two lists, another
    seed others. Draw with a generator of your own, such as `np.random.default_rng(seed)`: the global ones of `random`
    and `np.random` belong to the whole program, so leave their state as it is.

    Parameters
    ----------
    object_ids : list of str
        Each id once. Leave the list as it is: it belongs to the caller.
    share : float
        How large a part of the galaxies is kept apart, from 0 to 1, both included. With 0 nobody is kept apart.
    seed : int
        0 or more.

    Returns
    -------
    training : list of str
        Ids of the galaxies to learn from, in any order.
    validation : list of str
        Ids of the galaxies kept apart, in any order: ``round(share * n)`` of them, drawn from all with equal chances.
        Python's own `round` is meant, which takes 2.5 to 2.
    """
    raise NotImplementedError("training.2")

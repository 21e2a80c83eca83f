"""Exercises of 'How many components?'. Write in your own copy: `python -m galviz start variance` makes it."""

from collections.abc import Callable

import numpy as np


def components_for(ratios: np.ndarray, share: float) -> int:
    """Count how many components it takes until they explain a share of the variance together.

    Parameters
    ----------
    ratios : ndarray of shape (k,)
        The explained variance ratio of each component, 0 to 1, the largest first.
    share : float
        What they are to reach, above 0 and at most 1. To reach it exactly is enough. Sums of floats are rounded: one
        that falls short of it by less than 1e-9 has reached it.

    Returns
    -------
    int
        The smallest number of first components whose ratios add up to `share`, 1 to k.

    Raises
    ------
    ValueError
        If all k together don't reach it.
    """
    raise NotImplementedError("variance.1")


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], values: np.ndarray, n_resamples: int, level: float, seed: int
) -> tuple[float, float]:
    """Say how sure a number is, by the percentile bootstrap.

    Draw as many rows of `values` as it has, at random and with replacement; compute the statistic of them; do that
    `n_resamples` times. The interval holds the middle part, `level`, of the numbers that came out: what is left is cut
    off in equal parts at both ends.

    Parameters
    ----------
    statistic : callable
        Takes an array of the shape of `values`, one resample, and returns a number. Call it once for each resample.
    values : ndarray of shape (n,) or (n, d)
        A galaxy a row; a galaxy is drawn whole, with all its d numbers. Leave it unchanged.
    n_resamples : int
        How many times to draw.
    level : float
        0 to 1, such as 0.95.
    seed : int
        Seed of the draws: the same one gives the same interval, another one another.

    Returns
    -------
    low, high : float
    """
    raise NotImplementedError("variance.2")


def held_out_share(train: np.ndarray, test: np.ndarray, n_components: int) -> float:
    """Measure how much of the variance of unseen galaxies the components of others explain.

    Let m be the mean of the training galaxies, and w₁ … w_k their first principal components, unit vectors. The share
    is Σ_x Σ_{j ≤ k} ((x − m)·wⱼ)² / Σ_x |x − m|², where the sums go over the test galaxies x.

    Parameters
    ----------
    train : ndarray of shape (n, d)
        The galaxies to which the axes are fitted, a row each. Leave them unchanged.
    test : ndarray of shape (m, d)
        The galaxies to be explained. Leave them unchanged.
    n_components : int
        k, 1 to min(n, d).

    Returns
    -------
    float
        0 to 1.
    """
    raise NotImplementedError("variance.3")

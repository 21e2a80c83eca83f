"""Exercises of 'How many components?'. Write in your own copy: `python -m galviz start variance` makes it."""

from collections.abc import Callable

import numpy as np


def shares(variances: np.ndarray) -> np.ndarray:
    """Compute the share of the total variance that each component explains.

    The variance along each principal component is an eigenvalue λ of the covariance matrix. Divide each of them by the
    sum of all.

    Parameters
    ----------
    variances : ndarray of float, shape (k,)
        The eigenvalues in any order, none negative; k is at least 1. Some may be 0, but not all. They may be as small
        as 1e-9. Don't modify the input.

    Returns
    -------
    ndarray of float, shape (k,)
        The shares in the same order, from 0 to 1, not rounded. Their sum is 1.

    Examples
    --------
    The sum is 8:

    >>> shares(np.array([4.0, 3.0, 1.0]))
    array([0.5  , 0.375, 0.125])
    """
    raise NotImplementedError("variance.0")


def components_for(ratios: np.ndarray, share: float) -> int:
    """Count how many of the first components together explain a share of the variance.

    Add up the ratios from the first on. Return the smallest number of components whose sum is at least `share`. Floats
    are rounded, so a sum that is smaller than `share` by less than 1e-9 is enough too.

    Parameters
    ----------
    ratios : ndarray of float, shape (k,)
        Explained variance ratio of each component, from 0 to 1, in descending order; k is at least 1. Their sum may be
        less than 1, if not all components were computed. Use them as they are. Don't modify the input.
    share : float
        On the same scale as the ratios: 0.9 is 90 %. Above 0, and at most 1.

    Returns
    -------
    int
        1 to k: a number of components, not an index.

    Raises
    ------
    ValueError
        If the sum of all k ratios is still too small.

    Examples
    --------
    >>> components_for(np.array([0.5, 0.2, 0.15, 0.1, 0.05]), 0.6)  # 0.5 + 0.2 is enough
    2
    """
    raise NotImplementedError("variance.1")


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], values: np.ndarray, n_resamples: int, level: float, seed: int
) -> tuple[float, float]:
    """Compute an interval for a statistic, with the percentile bootstrap.

    Draw a resample: as many rows as `values` has, at random and with replacement, each row with the same probability.
    Compute its statistic. Repeat this `n_resamples` times, each time from `values`. The interval contains the central
    part `level` of the results. The rest, 1 − level, is cut off: half at the low end, half at the high end.

    Parameters
    ----------
    statistic : callable
        Takes an array of the shape of `values`, and returns a number. Call it once per resample.
    values : ndarray of float, shape (n,) or (n, d)
        One row per galaxy; n may be 1. Draw whole rows, with all d numbers. Don't modify the input.
    n_resamples : int
        Number of resamples, at least 1.
    level : float
        Above 0 and below 1, such as 0.95. Any usual definition of percentiles is accepted.
    seed : int
        Seed of the random numbers: the same seed gives the same interval, other seeds give others. Draw with one
        generator of your own, such as `np.random.default_rng(seed)`. Don't use the global generators of `random` and
        `np.random`, which belong to the whole program.

    Returns
    -------
    low, high : float
        The ends of the interval, not rounded.

    Examples
    --------
    The mean of these numbers is 49.5, and its standard error is 2.9. So the interval reaches from about 44 to 55:

    >>> low, high = bootstrap_interval(np.mean, np.arange(100.0), n_resamples=500, level=0.95, seed=0)
    >>> 43 < low < 45, 54 < high < 56.5
    (True, True)
    """
    raise NotImplementedError("variance.2")


def held_out_share(train: np.ndarray, test: np.ndarray, n_components: int) -> float:
    """Compute how much of the variance of held-out galaxies the components of other galaxies explain.

    Let m be the mean of the training galaxies (one number per feature), and w₁ … wₖ their first k principal components,
    vectors of length 1. The result is Σₓ Σⱼ ((x − m)·wⱼ)² / Σₓ |x − m|². Both sums over x are over the test galaxies,
    and the sum over j is over the k components. So everything that is fitted (m and wⱼ) comes from the training
    galaxies.

    Parameters
    ----------
    train : ndarray of float, shape (n, d)
        Training galaxies, one row per galaxy; n is at least 2. Don't modify the input.
    test : ndarray of float, shape (t, d)
        Held-out galaxies, one row per galaxy; t may be 1. Don't modify the input.
    n_components : int
        k, from 1 to min(n − 1, d), both included.

    Returns
    -------
    float
        A share, from 0 to 1, not rounded. Any method that gives this number is accepted. Use the features as they are,
        of any scale: only subtract m, without dividing by standard deviations.

    Examples
    --------
    Here m is (2, 2), and w₁ is the diagonal (1, 1) / √2. The test galaxies are at (2, 0) and (1, 1) from m. The sum of
    their squared coordinates along w₁ is 2 + 2, and that of their squared distances is 4 + 2:

    >>> train = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> round(held_out_share(train, np.array([[4.0, 2.0], [3.0, 3.0]]), n_components=1), 4)
    0.6667
    """
    raise NotImplementedError("variance.3")


def shares_of_networks(features: dict[str, np.ndarray], n_components: int) -> dict[str, float]:
    """Compute how much of the variance of each network's features lies in their first components.

    Treat each network on its own: centre its features (subtract the mean of each column), fit principal components to
    them, and add up the explained variance ratios of the first `n_components`. Don't divide the columns by their
    standard deviations.

    Try it with the shipped features of the trained network and of two control networks:

        import galviz

        networks = {
            "trained": galviz.load_features(),
            "random weights": galviz.load_features(control="random-weights"),
            "shuffled labels": galviz.load_features(control="shuffled-labels"),
        }
        features = {name: network.layers["features"] for name, network in networks.items()}
        shares_of_networks(features, n_components=1)

    Which network has the largest share, and what has it learnt? So what does a large share tell you about a network?

    Parameters
    ----------
    features : dict of str to ndarray of float, shape (n, d)
        Features by the name of their network, one row per galaxy. There is at least one network. n and d may differ
        between networks; n is at least 2, and may be smaller than d. Some columns may be constant, but not all. The
        arrays may be of any scale, and read-only. Modify neither the dict nor its arrays.
    n_components : int
        From 1 to the smallest n or d of all networks.

    Returns
    -------
    dict of str to float
        The same names in the same order, each with a share from 0 to 1, not rounded.

    Examples
    --------
    Here the columns are uncorrelated, so they are the components. The squares of the centred columns add up to 8 and 2
    for the first network, and to 0.5 and 0.5 for the second:

    >>> first = np.array([[0.0, 5.0], [2.0, 6.0], [4.0, 5.0], [2.0, 4.0]])
    >>> second = np.array([[0.5, 0.0], [0.0, 0.5], [-0.5, 0.0], [0.0, -0.5]])
    >>> result = shares_of_networks({"trained": first, "random weights": second}, n_components=1)
    >>> {name: round(share, 3) for name, share in result.items()}
    {'trained': 0.8, 'random weights': 0.5}
    """
    raise NotImplementedError("variance.4")

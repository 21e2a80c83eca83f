"""Exercises of 'What do the components mean?'. Write in your own copy: `python -m galviz start meaning` makes it."""

import numpy as np
import pandas as pd


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Compute Pearson's r of two quantities, if some values are unknown.

    r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²). A galaxy counts if both its x and its y are known. Leave all other
    galaxies out of every sum and of both means.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        One number per galaxy, NaN if it is unknown. Different values may be close together: 1,000,000 and
        1,000,000.001 are two values, and so are 1e-18 and 2e-18. So compute in float64, subtract the means first, and
        add nothing to the denominator. Don't modify the inputs.

    Returns
    -------
    float
        From −1 to 1, not rounded. Two galaxies that count are enough. NaN if x or y is the same for all galaxies that
        count, or if only one galaxy counts. There is at least one.

        To find out whether all values are the same, compare the values themselves. Because of rounding, the variance of
        equal values may be more than 0: the mean of 0.1, 0.1 and 0.1 isn't exactly 0.1.

    Examples
    --------
    >>> nan = float("nan")
    >>> x = np.array([1.0, 2.0, 3.0, nan, 6.0])
    >>> y = np.array([4.0, 2.0, 8.0, 5.0, 6.0])
    >>> round(float(correlation(x, y)), 3)
    0.478
    >>> float(correlation(x, np.array([0.1, 0.1, 0.1, 0.5, 0.1])))
    nan
    """
    raise NotImplementedError("meaning.1")


def which_cause(component: np.ndarray, causes: pd.DataFrame) -> str:
    """Find the cause that a component follows most closely: the one with the largest |r|.

    The sign of a component is arbitrary, so r = −0.9 is as close as r = 0.9. The units of the causes differ, so use
    Pearson's r, which has no unit.

    Parameters
    ----------
    component : ndarray of float64, shape (n,)
        The coordinate of each galaxy along the component, without NaN. Don't modify the input.
    causes : DataFrame of n rows
        One column of numbers per cause, with its name; one row per galaxy, in the order of `component`. The index is
        the objID, a string, and isn't sorted. Don't modify the table.

        NaN means that this cause of this galaxy is unknown. Leave the galaxy out of this cause's r only: it still
        counts for the other causes. It doesn't matter how few galaxies a cause is known for. But a cause that is the
        same for all of them has no r, nor has one that is known for none. Never return such a cause. At least one
        cause has an r.

    Returns
    -------
    str
        The name of one column. No two causes have the same |r|.

    Examples
    --------
    >>> component = np.array([-2.0, -1.0, 1.0, 2.0])
    >>> nan = float("nan")
    >>> causes = pd.DataFrame(
    ...     {"seeing": [1.1, 1.1, 1.1, 1.1], "mass": [9.0, 10.0, 9.5, 10.5], "inclination": [80.0, 70.0, nan, 10.0]},
    ...     index=["0042", "0007", "0019", "0003"],
    ... )
    >>> which_cause(component, causes)
    'inclination'
    """
    raise NotImplementedError("meaning.2")


def chance(component: np.ndarray, cause: np.ndarray, n_shuffles: int, seed: int) -> float:
    """Measure how often chance alone gives such a strong correlation, with a permutation test.

    Shuffle the values of the cause across the galaxies, `n_shuffles` times. Only chance relates a shuffled cause to the
    component. Count the shuffles whose |r| is at least as large as the |r| of the original order. The result is
    (1 + count) / (1 + n_shuffles). The two ones stand for the original order, so the result is never 0.

    Each shuffle contains each value of the cause once. All orders are equally likely in every shuffle. So an order may
    occur twice, and the original order may occur too, which counts.

    Parameters
    ----------
    component, cause : ndarray of float64, shape (n,)
        One number per galaxy, without NaN. Neither is the same for all galaxies. Don't modify the inputs.
    n_shuffles : int
        1 or more.
    seed : int
        Seed of the random numbers, 0 or more. The same seed gives the same result; another seed gives other shuffles.
        Use a generator of your own, such as ``np.random.default_rng(seed)``. Don't change the state of the global
        generators in `random` and `np.random`, because the whole program uses them.

    Returns
    -------
    float
        A share: more than 0, at most 1.

    Examples
    --------
    Here no shuffle is likely to reach the original |r|, so count is 0:

    >>> component = np.arange(30.0)
    >>> float(chance(component, 5 - 2 * component, n_shuffles=99, seed=1))
    0.01
    """
    raise NotImplementedError("meaning.3")

"""Exercises of 'What do the components mean?'. Write in your own copy: `python -m galviz start meaning` makes it."""

import numpy as np
import pandas as pd


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Compute Pearson's r of two columns.

    r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²) says how closely two quantities follow a straight line together.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        A number a galaxy, NaN where it isn't known. A galaxy of which one of the two isn't known is left out of all:
        sums, means and lengths. The arrays are the caller's: leave them unchanged.

    Returns
    -------
    float
        −1 to 1; NaN where x or y is the same for all galaxies that count.
    """
    raise NotImplementedError("meaning.1")


def which_cause(component: np.ndarray, causes: pd.DataFrame) -> str:
    """Name the cause that a component follows most closely: that with the largest |r|.

    A component's sign is arbitrary, so an r of −0.9 is as close as one of 0.9. Causes have different units: what counts
    is Pearson's r, which knows of none.

    Parameters
    ----------
    component : ndarray of shape (n,)
        Each galaxy's coordinate along the component, no NaN among them.
    causes : DataFrame of n rows
        A cause a column, numbers, named; the same galaxies in the same order, under their objID, a text. NaN where a
        galaxy's cause isn't known: it is left out of that cause's r, and of no other's. A cause that is the same for
        all galaxies, or known of none, has no r and is never the answer. The table is the caller's: leave it unchanged.

    Returns
    -------
    str
        The name of a column.
    """
    raise NotImplementedError("meaning.2")


def chance(component: np.ndarray, cause: np.ndarray, n_shuffles: int, seed: int) -> float:
    """Ask how often chance alone gives so close a relation: a permutation test.

    Deal the cause's values out to the galaxies anew, at random, each value once: whatever r comes out then is chance.
    Do it `n_shuffles` times, and count the shuffles whose |r| is at least as large as that of the galaxies as they are.
    The answer is (1 + count) / (1 + n_shuffles): the galaxies as they are count as one of the shuffles, so that it is
    never 0.

    Parameters
    ----------
    component, cause : ndarray of shape (n,)
        A number a galaxy, no NaN. The arrays are the caller's: leave them unchanged.
    n_shuffles : int
        1 or more.
    seed : int
        Seed of the shuffles: the same one gives the same answer, another one may give another.

    Returns
    -------
    float
        More than 0, at most 1.
    """
    raise NotImplementedError("meaning.3")

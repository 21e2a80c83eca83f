"""Exercises of the lesson 'Predictions'. Write in your own copy: `python -m galviz start predictions` makes it."""

import numpy as np
import pandas as pd


def rmse(predicted: np.ndarray, true: np.ndarray) -> float:
    """Measure how far predictions are from the truth: the root-mean-square error.

    With eᵢ = predicted − true it is √(mean eᵢ²). A bias, that is a mean error that isn't 0, counts as error too:
    nothing is subtracted. The truth of some galaxies isn't known, and stands as NaN: they are left out, and the mean is
    over the others.

    Parameters
    ----------
    predicted : ndarray of shape (n,)
        In dex; no NaN.
    true : ndarray of shape (n,)
        In dex, in the same order; NaN where it isn't known, of one galaxy or more it is. Leave both arrays as they are:
        they belong to the caller.

    Returns
    -------
    float
        In dex.
    """
    raise NotImplementedError("predictions.1")


def nmad(predicted: np.ndarray, true: np.ndarray) -> float:
    """Measure how far predictions are from the truth, so that a few bad misses hardly count.

    The normalised median absolute deviation is 1.4826 · median |eᵢ − median e| with eᵢ = predicted − true. The median
    of an even count is the mean of the two in the middle, as NumPy has it.

    Parameters
    ----------
    predicted, true : ndarray of shape (n,)
        In dex, in the same order; no NaN. Leave them as they are: they belong to the caller.

    Returns
    -------
    float
        In dex. It is 0 where all errors are equal.
    """
    raise NotImplementedError("predictions.2")


def match(predicted: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Put predictions and truth side by side, each galaxy with itself.

    They come from two files, in different orders, and each lacks galaxies that the other has. What belongs together is
    told by the objID alone.

    Parameters
    ----------
    predicted, true : Series of float, index objID (text)
        Each id stands once in each; no NaN. The Series may have any name or none. Leave them as they are: they belong
        to the caller.

    Returns
    -------
    DataFrame, index objID (text)
        Columns ``true`` and ``predicted``, and no others. A row for each galaxy that is in both, in the order of
        `predicted`.
    """
    raise NotImplementedError("predictions.3")

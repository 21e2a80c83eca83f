"""Exercises of the lesson 'Predictions'. Write in your own copy: `python -m galviz start predictions` makes it."""

import numpy as np
import pandas as pd


def rmse(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the root-mean-square error of predictions.

    With the errors eᵢ = predicted − true, it is √(mean eᵢ²). Don't subtract the bias, and don't leave out outliers.
    Leave out only the galaxies whose label is NaN, which means that it is unknown.

    Parameters
    ----------
    predicted : ndarray of float, shape (n,)
        Predicted metallicity in dex, without NaN. Don't modify it.
    true : ndarray of float, shape (n,)
        Label in dex, in the same order; NaN if unknown. At least one is known. Don't modify it.

    Returns
    -------
    float
        In dex, not rounded.

    Examples
    --------
    >>> rmse(np.array([8.75, 9.0, 8.5]), np.array([8.5, 9.25, np.nan]))
    0.25
    """
    raise NotImplementedError("predictions.1")


def nmad(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the normalised median absolute deviation of the errors, which is robust to outliers.

    With the errors eᵢ = predicted − true, it is 1.4826 · median |eᵢ − median e|. The median of an even number of values
    is the mean of the middle two, as in `numpy.median`.

    Parameters
    ----------
    predicted, true : ndarray of float, shape (n,)
        In dex, in the same order, without NaN. Don't modify them.

    Returns
    -------
    float
        In dex, not rounded; 0 if all errors are equal.

    Examples
    --------
    >>> round(nmad(np.array([8.5, 8.7, 9.3]), np.array([8.4, 8.8, 8.8])), 5)
    0.29652
    """
    raise NotImplementedError("predictions.2")


def match(predicted: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Join predictions and labels by objID.

    The two Series come from different files. Their rows are in different orders, and each lacks galaxies that the other
    has. Only the objID shows which rows belong together.

    Parameters
    ----------
    predicted, true : Series of float, index named ``objID`` (text)
        No id occurs twice in a Series, and no value is NaN; two galaxies may have equal values. A Series may have any
        name or none. Don't modify them.

    Returns
    -------
    DataFrame, index named ``objID`` (text)
        Columns ``true`` and ``predicted``, and no others. One row per galaxy that is in both, in the order of
        `predicted`.

    Examples
    --------
    >>> predicted = pd.Series([8.6, 8.9, 9.1], index=pd.Index(["12", "11", "14"], name="objID"))
    >>> true = pd.Series([8.8, 8.5], index=pd.Index(["11", "12"], name="objID"))
    >>> match(predicted, true)
           true  predicted
    objID
    12      8.5        8.6
    11      8.8        8.9
    """
    raise NotImplementedError("predictions.3")

"""Exercises of the lesson. Write in your own copy: `python -m galviz start template` makes it."""

import numpy as np


def mean(values: np.ndarray) -> float:
    """Compute the mean of the values that are known.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN where a value is unknown; at least one is known. Don't modify the input.

    Returns
    -------
    float
        Not rounded.

    Examples
    --------
    >>> mean(np.array([8.5, np.nan, 8.75]))
    8.625
    """
    raise NotImplementedError("template.1")

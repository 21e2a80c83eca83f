"""The one-cycle schedule: how the learning rate rises and falls over a training.

Smith & Topin (2018), arXiv:1708.07120, as fastai's ``fit_one_cycle`` does it: a quarter of the steps up, the rest down,
both along half a cosine.
"""

import numpy as np

_START, _END, _RISING = 25.0, 1e5, 0.25


def one_cycle(highest: float, n_steps: int) -> np.ndarray:
    """Learning rate at each step of a one-cycle schedule.

    Parameters
    ----------
    highest : float
        The largest learning rate, above 0.
    n_steps : int
        Batches in all, at least 1.

    Returns
    -------
    ndarray of float, shape (n_steps,)
        From ``highest / 25`` up to `highest`, then down towards ``highest / 100000``.

    Raises
    ------
    ValueError
        If `highest` is not above 0, or `n_steps` below 1.

    Examples
    --------
    >>> print(one_cycle(0.01, 8).round(4))
    [0.0004 0.0052 0.01   0.0093 0.0075 0.005  0.0025 0.0007]
    """
    if not highest > 0 or n_steps < 1:
        raise ValueError(f"highest must be above 0 and n_steps at least 1; got {highest} and {n_steps}.")
    done = np.arange(n_steps) / n_steps

    def half_cosine(start: float, end: float, share: np.ndarray) -> np.ndarray:
        return start + (end - start) * (1 - np.cos(np.pi * share)) / 2

    rising = half_cosine(highest / _START, highest, done / _RISING)
    falling = half_cosine(highest, highest / _END, (done - _RISING) / (1 - _RISING))
    return np.where(done < _RISING, rising, falling)

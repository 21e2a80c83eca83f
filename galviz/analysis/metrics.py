"""Errors of predictions: root-mean-square, its robust counterpart, and the bias."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# 1 / Φ⁻¹(3/4): a normal distribution's standard deviation over its median absolute deviation.
_NORMAL = 1.4826


@dataclass(frozen=True)
class Errors:
    """Errors e = predicted − true of predictions, in the label's unit.

    Attributes
    ----------
    rmse : float
        √(mean e²).
    nmad : float
        1.4826 · median |e − median e|: the standard deviation if errors are normal, but robust to outliers.
    bias : float
        Mean e.
    correlation : float
        Pearson's r of predicted and true; NaN if either is the same for all galaxies.
    spread : float
        Standard deviation of the true values (divisor n): the RMSE of always predicting their mean.
    n : int
        Number of galaxies with a true value.
    """

    rmse: float
    nmad: float
    bias: float
    correlation: float
    spread: float
    n: int


def prediction_errors(predicted: ArrayLike, true: ArrayLike) -> Errors:
    """Measure how far predictions are from the true values.

    Parameters
    ----------
    predicted, true : array of shape (n,)
        In the same unit and order; galaxies whose true value is NaN are left out.

    Returns
    -------
    Errors

    Raises
    ------
    ValueError
        If the shapes differ, a prediction isn't finite, or no true value is known.

    Examples
    --------
    >>> round(prediction_errors([8.5, 9.0, 8.8], [8.4, 9.1, float("nan")]).rmse, 3)
    0.1
    """
    predicted, true = np.asarray(predicted, float), np.asarray(true, float)
    if predicted.shape != true.shape or predicted.ndim != 1:
        raise ValueError(f"predicted and true must have the same shape (n,); got {predicted.shape} and {true.shape}.")
    if not np.isfinite(predicted).all():
        raise ValueError("predicted must be finite. Leave out galaxies without a prediction.")
    known = np.isfinite(true)
    if not known.any():
        raise ValueError("true must be known for at least one galaxy; got none. Give galaxies with a label.")
    predicted, true = predicted[known], true[known]
    error = predicted - true
    return Errors(
        rmse=float(np.sqrt(np.mean(error**2))),
        nmad=float(_NORMAL * np.median(np.abs(error - np.median(error)))),
        bias=float(error.mean()),
        correlation=_pearson(predicted, true),
        spread=float(true.std()),
        n=len(true),
    )


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    if not (np.ptp(x) > 0 and np.ptp(y) > 0):
        return float("nan")
    # Divided by the largest deviation, because squares of labels such as 1e-200 underflow to 0.
    deviations = [values / 2 - values.mean() / 2 for values in (x, y)]
    x, y = (values / np.abs(values).max() for values in deviations)
    return float((x @ y / np.sqrt((x @ x) * (y @ y))).clip(-1, 1))

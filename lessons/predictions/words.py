"""Checks shown on the page of predictions: labels, features and predictions belong to the same galaxies."""

from dataclasses import dataclass

import numpy as np

from galviz.analysis.metrics import prediction_errors
from galviz.network.head import Head


@dataclass(frozen=True)
class SameGalaxies:
    """Agreement of labels, features and predictions, with and without a shift by one row.

    Attributes
    ----------
    slipped_rmse : float
        RMSE of the predictions if the labels are shifted by one row, in the label's unit.
    apart : float
        Largest difference between the predictions and those computed from the features, in the label's unit. It is
        rounding error if both belong to the same galaxies.
    slipped_apart : float
        The same if the features are shifted by one row.
    """

    slipped_rmse: float
    apart: float
    slipped_apart: float


def same_galaxies(features: np.ndarray, predicted: np.ndarray, truth: np.ndarray, head: Head) -> SameGalaxies:
    """Check that rows belong together, and measure the effect of a shift by one row.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    predicted, truth : ndarray of shape (n,)
        In the label's unit, for the same galaxies in the same order.
    head : Head
        The last layer of the network that computed the features.

    Returns
    -------
    SameGalaxies

    Examples
    --------
    >>> head = Head(weight=np.array([1.0, 2.0]), bias=8.0)
    >>> features, truth = np.array([[0.0, 0.1], [0.5, 0.25]]), np.array([8.0, 9.0])
    >>> check = same_galaxies(features, np.array([8.2, 9.0]), truth, head)
    >>> round(check.slipped_rmse, 2), round(check.apart, 2), round(check.slipped_apart, 2)
    (0.91, 0.0, 0.8)
    """
    recomputed = features @ head.weight + head.bias
    return SameGalaxies(
        slipped_rmse=prediction_errors(predicted, np.roll(truth, 1)).rmse,
        apart=float(np.abs(recomputed - predicted).max()),
        slipped_apart=float(np.abs(np.roll(recomputed, 1) - predicted).max()),
    )

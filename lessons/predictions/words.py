"""What the page of predictions checks: whether labels, features and predictions are of the same galaxies."""

from dataclasses import dataclass

import numpy as np

from galviz.analysis.metrics import prediction_errors
from galviz.network.head import Head


@dataclass(frozen=True)
class SameGalaxies:
    """What happens to two agreements when the rows of one side slip by one.

    Attributes
    ----------
    slipped_rmse : float
        RMSE of the predictions with the labels shifted by one row, in the label's unit.
    apart : float
        Largest difference between predictions and features times head, in the label's unit: rounding alone.
    slipped_apart : float
        The same with the features' rows shifted by one.
    """

    slipped_rmse: float
    apart: float
    slipped_apart: float


def same_galaxies(features: np.ndarray, predicted: np.ndarray, truth: np.ndarray, head: Head) -> SameGalaxies:
    """Check that rows belong together, and see what a slip by one row would do.

    Parameters
    ----------
    features : ndarray of shape (n, d)
    predicted, truth : ndarray of shape (n,)
        In the label's unit, all in one order of galaxies.
    head : Head
        Of the network that the features are from.
    """
    again = features @ head.weight + head.bias
    return SameGalaxies(
        slipped_rmse=prediction_errors(predicted, np.roll(truth, 1)).rmse,
        apart=float(np.abs(again - predicted).max()),
        slipped_apart=float(np.abs(np.roll(again, 1) - predicted).max()),
    )

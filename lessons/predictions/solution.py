"""Solutions to the exercises of the lesson 'Predictions'."""

import numpy as np
import pandas as pd


def rmse(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the root-mean-square error of predictions."""
    return float(np.sqrt(np.nanmean((predicted - true) ** 2)))  # nanmean leaves out unknown labels


def nmad(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the normalised median absolute deviation of the errors, which is robust to outliers."""
    errors = predicted - true
    return float(1.4826 * np.median(np.abs(errors - np.median(errors))))


def match(predicted: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Join predictions and labels by objID."""
    common_ids = predicted.index[predicted.index.isin(true.index)]  # in the order of `predicted`
    return pd.DataFrame({"true": true[common_ids], "predicted": predicted[common_ids]})

"""Solutions to the exercises of the lesson 'Predictions'."""

import numpy as np
import pandas as pd


def rmse(predicted: np.ndarray, true: np.ndarray) -> float:
    """Measure how far predictions are from the truth: the root-mean-square error."""
    return float(np.sqrt(np.nanmean((predicted - true) ** 2)))


def nmad(predicted: np.ndarray, true: np.ndarray) -> float:
    """Measure how far predictions are from the truth, so that a few bad misses hardly count."""
    error = predicted - true
    return float(1.4826 * np.median(np.abs(error - np.median(error))))


def match(predicted: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Put predictions and truth side by side, each galaxy with itself."""
    both = predicted.index[predicted.index.isin(true.index)]
    return pd.DataFrame({"true": true[both], "predicted": predicted[both]})

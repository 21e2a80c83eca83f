"""Solutions to the exercises of the lesson 'Predictions'."""

from pathlib import Path

import numpy as np
import pandas as pd

import galviz


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


def bias_by_third(predicted: np.ndarray, true: np.ndarray) -> tuple[float, float, float]:
    """Compute the bias of the metal-poor, the middle and the metal-rich third of galaxies."""
    known = ~np.isnan(true)
    predicted, true = predicted[known], true[known]
    order = np.argsort(true, kind="stable")
    errors = (predicted - true)[order]  # from metal-poor to metal-rich
    poor, middle, rich = (float(np.mean(third)) for third in np.array_split(errors, 3))
    return poor, middle, rich


def predict_survey(folder: str | Path) -> pd.Series:
    """Predict the metallicity of all galaxies in a survey folder with the shipped network."""
    survey = galviz.load_survey(folder)
    features = galviz.extract(galviz.load_model(), survey)
    # The features' own ids: they belong to the rows of the predictions.
    return pd.Series(features.predictions, index=pd.Index(features.object_ids, name="objID"))

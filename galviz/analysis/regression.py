"""Regression of a label on the first principal components, evaluated on held-out galaxies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.pca import fit_pca
from galviz.analysis.validation import check_components, check_features, check_numbers, check_whole, read_only


@dataclass(frozen=True, eq=False)
class HeldOutRegression:
    """How well a label is predicted from the first 1, 2, … k components, for held-out galaxies.

    Attributes
    ----------
    rmse : ndarray of float64, shape (k,)
        Root-mean-square error over all galaxies, each predicted when it was held out, in the label's unit.
    standard_error : ndarray of float64, shape (k,)
        Of `rmse`: from the spread of the squared errors over the galaxies.
    baseline : float
        The same error if the mean label of the training galaxies is predicted.
    """

    rmse: np.ndarray
    standard_error: np.ndarray
    baseline: float


def held_out_regression(
    values: ArrayLike, label: ArrayLike, n_components: int, *, folds: int = 5, seed: int = 0
) -> HeldOutRegression:
    """Predict a label from the first components by linear regression, and measure the error on held-out galaxies.

    The galaxies are split into `folds` at random. For each fold, the components, and the least-squares fit of the label
    to the first 1, 2, … k coordinates, come from the galaxies outside it.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    label : array of shape (n,)
        Finite.
    n_components : int
        k, 1 to two less than the galaxies outside the largest fold, and at most d.
    folds : int
        2 to n.
    seed : int
        Of the split.

    Returns
    -------
    HeldOutRegression

    Raises
    ------
    ValueError
        As `fit_pca`; if `label` isn't n finite numbers; or if there are too few galaxies.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(300, 3)) * [3, 2, 1]
    >>> regression = held_out_regression(values, values[:, 1], 2)
    >>> (regression.rmse / regression.baseline).round(1).tolist()
    [1.0, 0.0]
    """
    values = check_features(values)
    n, d = values.shape
    label = check_numbers(label, "label", f"{n} numbers")
    if label.shape != (n,) or not np.isfinite(label).all():
        raise ValueError(f"label must be {n} finite numbers; got shape {label.shape}. Leave out galaxies without one.")
    check_whole("folds", folds, 2, n, "the number of galaxies")
    check_components(n_components, n - -(-n // folds) - 2, d)
    errors, baseline_errors = np.empty((n, n_components)), np.empty(n)
    for fold in np.array_split(np.random.default_rng(seed).permutation(n), folds):
        train = np.setdiff1d(np.arange(n), fold)
        fit = fit_pca(values[train], n_components)
        mean = label[train].mean()
        baseline_errors[fold] = label[fold] - mean
        # Whitened coordinates are uncorrelated, so the slope along one doesn't depend on the others.
        slopes = fit.coordinates.T @ (label[train] - mean) / (len(train) - 1)
        errors[fold] = baseline_errors[fold, None] - np.cumsum(fit.transform(values[fold]) * slopes, axis=1)
    rmse = np.sqrt((errors**2).mean(axis=0))
    spread = (errors**2).std(axis=0, ddof=1) / np.sqrt(n)
    standard_error = np.divide(spread, 2 * rmse, out=np.zeros_like(rmse), where=rmse > 0)
    return HeldOutRegression(read_only(rmse), read_only(standard_error), float(np.sqrt((baseline_errors**2).mean())))

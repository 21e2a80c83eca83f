"""Regressions that predict the label of real galaxies, cross-validated, and their errors; see `real.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from realism import colour_forest, scaled_ridge
from sklearn.base import RegressorMixin, clone
from sklearn.decomposition import PCA
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import RepeatedKFold
from sklearn.pipeline import make_pipeline

from galviz.artefacts.interval import Interval

COMPONENTS = 50
FEW_LABELS, DRAWS = (20, 50, 100, 200, 320), 50
RESAMPLES = 4000

MEAN, RANDOM, FEATURES = "the mean", "ridge on features, random weights", "ridge on features"
RECALIBRATED = "zero-shot, recalibrated linearly in the folds"


def out_of_fold(model: RegressorMixin, columns: np.ndarray, label: np.ndarray, folds: RepeatedKFold) -> np.ndarray:
    """Predictions of each galaxy by a model that was fitted without it.

    Parameters
    ----------
    model : regressor
        Fitted anew in each fold; stays unfitted itself.
    columns : ndarray of shape (n, d)
    label : ndarray of shape (n,)
    folds : RepeatedKFold
        With a seed, so that they are the same at each call.

    Returns
    -------
    ndarray of shape (n_repeats, n), in the label's unit
    """
    splits = list(folds.split(columns))
    predicted = np.full((folds.n_repeats, len(label)), np.nan)
    for number, (train, test) in enumerate(splits):
        repeat = number * folds.n_repeats // len(splits)
        predicted[repeat, test] = clone(model).fit(columns[train], label[train]).predict(columns[test])
    return predicted


def score(predicted: np.ndarray, label: np.ndarray) -> dict[str, float]:
    """RMSE and Pearson r over all out-of-fold predictions (n_repeats, n), and the repeats' sd in RMSE."""
    squares = (predicted - label) ** 2
    spread = np.sqrt(squares.mean(axis=1)).std(ddof=1) if len(predicted) > 1 else np.nan
    r = correlation(predicted.ravel(), np.tile(label, len(predicted)))
    return {"RMSE dex": float(np.sqrt(squares.mean())), "sd over repeats": float(spread), "r": float(r)}


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson's r along the last axis; NaN where one doesn't vary."""
    one, other = (values - values.mean(axis=-1, keepdims=True) for values in (one, other))
    product = np.sqrt((one**2).sum(axis=-1) * (other**2).sum(axis=-1))
    return np.divide((one * other).sum(axis=-1), product, out=np.full_like(product, np.nan), where=product > 0)


def distances_kept(pixels: np.ndarray) -> np.ndarray:
    """Turn images about their mean until all that differs between them lies in as many columns as there are images.

    A turn keeps every distance, so that principal components fitted in a fold are the same as on the pixels: this is
    for speed alone, and tells a fold nothing of the others' labels or images.

    Parameters
    ----------
    pixels : ndarray of shape (n, d)

    Returns
    -------
    ndarray of shape (n, n)
    """
    centred = pixels - pixels.mean(axis=0)
    variances, axes = np.linalg.eigh(centred @ centred.T)
    return axes * np.sqrt(variances.clip(min=0))


def regressions(
    pixels: np.ndarray,
    colours: np.ndarray,
    random_features: np.ndarray,
    features: np.ndarray,
    predictions: np.ndarray,
    seed: int,
) -> dict[str, tuple[RegressorMixin, np.ndarray]]:
    """The rows of the table: a model and the columns it is given, (n, d) each, for each name."""
    components = min(COMPONENTS, len(pixels) // 2)
    return {
        MEAN: (DummyRegressor(), colours),
        f"ridge on {components} principal components of pixels": (
            make_pipeline(PCA(components, svd_solver="full"), scaled_ridge()),
            distances_kept(pixels),
        ),
        "ridge on radial colours": (scaled_ridge(), colours),
        "ridge on log radial colours": (scaled_ridge(), np.log(colours)),
        "random forest on radial colours": (colour_forest(seed), colours),
        RANDOM: (scaled_ridge(), random_features),
        FEATURES: (scaled_ridge(), features),
        RECALIBRATED: (LinearRegression(), predictions[:, None]),
    }


def score_table(predicted: Mapping[str, np.ndarray], label: np.ndarray) -> pd.DataFrame:
    """A row for each regression, from its out-of-fold predictions (n_repeats, n)."""
    table = pd.DataFrame({name: score(values, label) for name, values in predicted.items()}).T
    if MEAN in table.index:
        # the mean without a fold is high where the fold is low: an r that says nothing
        table.loc[MEAN, "r"] = np.nan
    return table


def zero_shot(predictions: np.ndarray, label: np.ndarray, seed: int) -> dict[str, float]:
    """What the network's own predictions (n,) are worth: nothing fitted, intervals of r by bootstrap over galaxies."""
    rows = np.random.default_rng(seed).integers(len(label), size=(RESAMPLES, len(label)))
    quantiles = np.nanquantile(correlation(predictions[rows], label[rows]), (0.025, 0.16, 0.84, 0.975))
    errors = predictions - label
    return {
        "RMSE dex": float(np.sqrt((errors**2).mean())),
        "bias": float(errors.mean()),
        "r": float(correlation(predictions, label)),
        **dict(zip(("r 2.5%", "r 16%", "r 84%", "r 97.5%"), map(float, quantiles), strict=True)),
        "slope of truth on prediction": float(np.cov(predictions, label)[0, 1] / predictions.var(ddof=1)),
    }


def lower_by(better: np.ndarray, worse: np.ndarray, label: np.ndarray, seed: int) -> tuple[float, float, float]:
    """How much lower one RMSE is than another, with its 95% interval by bootstrap over the same galaxies.

    Parameters
    ----------
    better, worse : ndarray of shape (n_repeats, n)
    label : ndarray of shape (n,)
    seed : int

    Returns
    -------
    tuple of float
        Difference, lower and upper end, in the label's unit.
    """
    squares = [((predicted - label) ** 2).mean(axis=0) for predicted in (worse, better)]
    rows = np.random.default_rng(seed).integers(len(label), size=(RESAMPLES, len(label)))
    difference = float(np.sqrt(squares[0].mean()) - np.sqrt(squares[1].mean()))
    resampled = np.sqrt(squares[0][rows].mean(axis=1)) - np.sqrt(squares[1][rows].mean(axis=1))
    return difference, *map(float, np.quantile(resampled, (0.025, 0.975)))


def difference_of(better: np.ndarray, worse: np.ndarray, label: np.ndarray, seed: int) -> Interval:
    """As `lower_by`, of the galaxies that both predict."""
    known = np.isfinite(better).all(axis=0) & np.isfinite(worse).all(axis=0)
    return Interval(*lower_by(better[:, known], worse[:, known], label[known], seed))


def by_layer(layers: Mapping[str, Mapping[str, np.ndarray]], label: np.ndarray, folds: RepeatedKFold) -> pd.DataFrame:
    """RMSE of a ridge on each layer (n, channels) of each network: a row a layer, a column a network."""
    return pd.DataFrame(
        {
            network: {
                layer: score(out_of_fold(scaled_ridge(), columns, label, folds), label)["RMSE dex"]
                for layer, columns in found.items()
            }
            for network, found in layers.items()
        }
    )


def few_labels(inputs: Mapping[str, np.ndarray], label: np.ndarray, seed: int, *, draws: int = DRAWS) -> pd.DataFrame:
    """RMSE of a ridge fitted to few galaxies and judged by all others, mean over draws.

    Parameters
    ----------
    inputs : mapping of str to ndarray of shape (n, d)
        All are given the same draws.
    label : ndarray of shape (n,)
    seed : int
    draws : int

    Returns
    -------
    DataFrame
        A row an input, a column a number of labels; numbers that leave less than a fifth to judge by are left out.
    """
    pairs = {name: (scaled_ridge(), columns) for name, columns in inputs.items()}
    found = rmse_of_draws(pairs, label, FEW_LABELS, seed, draws=draws)
    return pd.DataFrame(
        {size: {name: values.mean() for name, values in rows.items()} for size, rows in found.items()},
        index=list(inputs),
    )


def rmse_of_draws(
    inputs: Mapping[str, tuple[RegressorMixin, np.ndarray]],
    label: np.ndarray,
    sizes: Sequence[int],
    seed: int,
    *,
    draws: int = DRAWS,
) -> dict[int, dict[str, np.ndarray]]:
    """RMSE of models that are fitted to few galaxies and judged by all others, by size and name: shape (draws,)."""
    rng, found = np.random.default_rng(seed), {}
    for size in (size for size in sizes if size <= 0.8 * len(label)):
        orders = [rng.permutation(len(label)) for _ in range(draws)]
        found[size] = {
            name: np.array([_rmse_of_draw(model, columns, label, order[:size], order[size:]) for order in orders])
            for name, (model, columns) in inputs.items()
        }
    return found


def _rmse_of_draw(
    model: RegressorMixin, columns: np.ndarray, label: np.ndarray, train: np.ndarray, test: np.ndarray
) -> float:
    predicted = clone(model).fit(columns[train], label[train]).predict(columns[test])
    return float(np.sqrt(np.mean((predicted - label[test]) ** 2)))

"""Aggregates of predictions and distances, with intervals by bootstrap over galaxies; `benchmarks/real.py` uses it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

from galviz.analysis.novelty import N_NEIGHBORS, fit_novelty
from galviz.artefacts.distance_results import DistanceGroup, Distances, Quartile
from galviz.artefacts.interval import Interval
from galviz.artefacts.real_results import Method

LEVEL = (0.025, 0.975)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DEFINITION = (
    f"mean Euclidean distance to the {N_NEIGHBORS} nearest reference galaxies in the layer 'features', each feature "
    "divided by its standard deviation over the reference galaxies"
)


# What the app shows, in the order of its table: title and kind by key.
TITLES = {
    "mean": ("the mean", "baseline"),
    "ridge-pixels": ("ridge on principal components of pixels", "baseline"),
    "ridge-log-colours": ("ridge on log radial colours", "baseline"),
    "forest-colours": ("random forest on radial colours", "baseline"),
    "ridge-random-weights": ("ridge on features of random weights", "control"),
    "ridge-permuted-labels": ("ridge on features, labels permuted", "control"),
    "zero-shot": ("zero-shot", "network"),
    "recalibrated": ("recalibrated (slope and offset)", "network"),
    "ridge-features": ("ridge on features", "network"),
    "fine-tuned": ("fine-tuned", "network"),
}


def resamples(n: int, n_resamples: int, seed: int) -> np.ndarray:
    """Positions of galaxies drawn with replacement, shape (n_resamples, n)."""
    return np.random.default_rng(seed).integers(n, size=(n_resamples, n))


def interval(value: float, values: np.ndarray) -> Interval:
    """A number and the interval that contains 95 % of its resampled values."""
    low, high = np.quantile(values, LEVEL)
    return Interval(float(value), float(low), float(high))


def measures(predicted: np.ndarray, label: np.ndarray) -> dict[str, np.ndarray]:
    """RMSE, NMAD, bias, R² and r over the last axis of predictions and labels (..., n)."""
    errors = predicted - label
    square = (errors**2).mean(axis=-1)
    centred = [values - values.mean(axis=-1, keepdims=True) for values in np.broadcast_arrays(predicted, label)]
    product = np.sqrt((centred[0] ** 2).sum(axis=-1) * (centred[1] ** 2).sum(axis=-1))
    middle = np.median(errors, axis=-1, keepdims=True)
    return {
        "rmse": np.sqrt(square),
        "nmad": 1.4826 * np.median(np.abs(errors - middle), axis=-1),
        "bias": errors.mean(axis=-1),
        "r_squared": 1 - square / label.var(axis=-1),
        "r": (centred[0] * centred[1]).sum(axis=-1) / np.where(product > 0, product, np.inf),
    }


def measures_with_intervals(predicted: np.ndarray, label: np.ndarray, rows: np.ndarray) -> dict[str, Interval]:
    """The measures of predictions (n_repeats, n), averaged over repeats, with intervals.

    Parameters
    ----------
    predicted : ndarray of shape (n_repeats, n)
    label : ndarray of shape (n,)
    rows : ndarray of int, shape (n_resamples, n)
        See `resamples`; the same galaxies are drawn for all repeats.
    """
    found = [measures(repeat, label) for repeat in predicted]
    drawn = [measures(repeat[rows], label[rows]) for repeat in predicted]
    return {
        name: interval(np.mean([values[name] for values in found]), np.mean([values[name] for values in drawn], axis=0))
        for name in found[0]
    }


def describe_methods(
    predicted: Mapping[str, np.ndarray], label: np.ndarray, n_fitted: int, rows: np.ndarray
) -> tuple[Method, ...]:
    """The methods in `TITLES` with predictions (n_repeats, n), with their errors on the galaxies that they predict."""
    methods = []
    for name, (title, kind) in TITLES.items():
        if name not in predicted:
            continue
        known = np.isfinite(predicted[name]).all(axis=0)
        drawn = rows if known.all() else resamples(int(known.sum()), len(rows), seed=0)
        found: dict[str, Interval | None] = dict(
            measures_with_intervals(predicted[name][:, known], label[known], drawn)
        )
        if name == "mean":
            found["r"] = None  # the mean without a fold is high where the fold is low: an r that says nothing
        fitted = 0 if name == "zero-shot" else n_fitted
        methods.append(Method(name, title, kind, fitted, int(known.sum()), len(predicted[name]), **found))
    return tuple(methods)


def rank_correlation(one: np.ndarray, other: np.ndarray, rows: np.ndarray) -> Interval:
    """Spearman's correlation of two quantities (n,), with its interval."""

    def spearman(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return measures(rankdata(x, axis=-1), rankdata(y, axis=-1))["r"]

    return interval(spearman(one, other), spearman(one[rows], other[rows]))


def describe_distances(
    reference: np.ndarray,
    groups: Mapping[str, tuple[str, np.ndarray]],
    predicted: Mapping[str, np.ndarray],
    label: np.ndarray,
    *,
    n_resamples: int,
    seed: int,
) -> Distances:
    """How far groups of galaxies are from reference galaxies, and how errors depend on it.

    Parameters
    ----------
    reference : ndarray of shape (m, d)
    groups : mapping of str to (title, features of shape (k, d))
        The first one gives the threshold, the last one are the n galaxies with predictions.
    predicted : mapping of str to ndarray of shape (n_repeats, n)
        By method.
    label : ndarray of shape (n,)
    n_resamples, seed : int
    """
    (held_out, (_, held_out_features)), *others = groups.items()
    novelty = fit_novelty(reference, held_out_features)
    distance = {held_out: novelty.held_out_distances}
    distance |= {name: novelty.distances(features) for name, (_, features) in others}
    threshold = novelty.limit(0.99)
    found = []
    for name, (title, features) in groups.items():
        beyond = (distance[name] > threshold).astype(float)
        share = interval(beyond.mean(), beyond[resamples(len(features), n_resamples, seed)].mean(axis=1))
        quantiles = tuple(map(float, np.quantile(distance[name], QUANTILES)))
        found.append(DistanceGroup(name, title, len(features), quantiles, share))
    real = distance[name]
    squares = {method: ((values - label) ** 2).mean(axis=0) for method, values in predicted.items()}
    quartiles = []
    for rows in np.array_split(np.argsort(real, kind="stable"), 4):
        drawn = resamples(len(rows), n_resamples, seed)
        rmse = {
            method: interval(np.sqrt(square[rows].mean()), np.sqrt(square[rows][drawn].mean(axis=1)))
            for method, square in squares.items()
        }
        quartiles.append(Quartile(len(rows), float(np.median(real[rows])), rmse))
    drawn = resamples(len(label), n_resamples, seed)
    errors = {method: np.abs(values - label).mean(axis=0) for method, values in predicted.items()}
    correlations = {method: rank_correlation(error, real, drawn) for method, error in errors.items()}
    return Distances(DEFINITION, len(reference), QUANTILES, threshold, tuple(found), tuple(quartiles), correlations)

"""The aggregates of real galaxies that the app shows, as `real.py --json` writes them."""

from __future__ import annotations

import argparse
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from aggregates import describe_distances, describe_methods, interval, resamples
from mock_gap import draw_mock
from regressions import RESAMPLES, difference_of, rmse_of_draws
from sklearn.base import RegressorMixin

from galviz.artefacts.real_galaxies import COMMAND, save_real_galaxies
from galviz.artefacts.real_results import (
    CurvePoint,
    Difference,
    LabelledSurvey,
    NetworkIdentity,
    RealGalaxies,
)
from galviz.survey.survey import Survey

if TYPE_CHECKING:
    from torch import nn

CURVE_LABELS = (20, 40, 80, 160, 320)
CREDIT = (
    "Sloan Digital Sky Survey, Data Release 14 (images), and the MPA-JHU catalogue (metallicities); gathered by the "
    "repository jwuphysics/convnet-demo"
)
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "fastai", "galsim")


def write_json(
    path: Path,
    network: nn.Module,
    survey: Survey,
    label: np.ndarray,
    rows: Mapping[str, tuple[RegressorMixin, np.ndarray]],
    predicted: Mapping[str, np.ndarray],
    options: argparse.Namespace,
    fine_tuning: Mapping[str, Any],
) -> RealGalaxies:
    """Write the aggregates that the app shows, and return them.

    Parameters
    ----------
    path : Path
    network : torch.nn.Module
        The shipped one.
    survey : Survey
    label : ndarray of shape (n,)
    rows : mapping
        Of `regressions`, under the keys of `aggregates.TITLES`.
    predicted : mapping of str to ndarray of shape (n_repeats, n)
        Under the same keys.
    options : Namespace
    fine_tuning : mapping
        How the network was fine-tuned.
    """
    from galviz.features.features import load_features

    seed, n_fitted = options.seed, round(len(label) * (1 - 1 / options.folds))
    methods = describe_methods(predicted, label, n_fitted, resamples(len(label), RESAMPLES, seed))
    best = min((method for method in methods if method.kind == "baseline"), key=lambda method: method.rmse.value).name
    pairs = [
        *(("ridge-features", other) for other in (best, "ridge-random-weights", "recalibrated")),
        *(("fine-tuned", other) for other in (best, "recalibrated", "ridge-features")),
    ]
    curve_inputs = {name: rows[name] for name in ("ridge-log-colours", "recalibrated", "ridge-features")}
    few = rmse_of_draws(curve_inputs, label, CURVE_LABELS, seed)
    mock = np.random.default_rng(seed).permutation(load_features().layers["features"].astype(float))
    with tempfile.TemporaryDirectory() as scratch:
        _, framed = draw_mock(network, Path(scratch) / "mock", options.n, seed=11)
    groups = {
        "held-out-mocks": ("held-out mock galaxies", mock[len(mock) // 2 :]),
        "framed-mocks": ("mock galaxies in the framing of the real ones", framed.astype(float)),
        "real": ("real galaxies", rows["ridge-features"][1]),
    }
    judged = ("zero-shot", "ridge-features", "fine-tuned")
    judged = {name: predicted[name] for name in judged if name in predicted and np.isfinite(predicted[name]).all()}
    results = RealGalaxies(
        survey=LabelledSurvey(
            name=f"{len(label)} galaxies of the Sloan Digital Sky Survey",
            credit=CREDIT,
            n_galaxies=len(label),
            sha256=survey.sha256,
            label=survey.label.column,
            unit=survey.label.unit,
            mean=float(label.mean()),
            std=float(label.std()),
        ),
        network=NetworkIdentity(network.card.name, network.card.weights_sha256, network.card.sha256),
        protocol={
            "n_folds": options.folds,
            "n_repeats": options.repeats,
            "seed": seed,
            "n_resamples": RESAMPLES,
            "fine_tuning": fine_tuning,
        },
        methods=methods,
        differences=tuple(
            Difference(better, worse, difference_of(predicted[better], predicted[worse], label, seed))
            for better, worse in pairs
            if better in predicted and worse in predicted
        ),
        learning_curve=tuple(
            CurvePoint(name, size, len(values), interval(values.mean(), values))
            for size, found in few.items()
            for name, values in found.items()
        ),
        distance=describe_distances(mock[: len(mock) // 2], groups, judged, label, n_resamples=RESAMPLES, seed=seed),
        versions={"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        command=COMMAND + (f" --fine-tune-folds {options.fine_tune_folds}" if options.fine_tune_folds else ""),
    )
    save_real_galaxies(results, path)
    return results

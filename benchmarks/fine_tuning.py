"""Fine-tune a network on labelled galaxies in the folds of a cross-validation; `benchmarks/real.py` uses it.

Each run is galviz's own ``train --from``: fastai's ``fine_tune``, first the head alone, then all layers, the body at a
hundredth of the head's learning rate. A run sees the galaxies of its folds only. The learning rate is chosen in the
first fold, by galaxies held out of those that it trains on, and then used in all folds. Finished runs are kept in a
folder, and a run that was interrupted continues from its last epoch, so the same command goes on after an interruption.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from galviz.survey.survey import Survey, load_survey

if TYPE_CHECKING:
    from galviz.training.recipe import Recipe

# Of the head: the default of `train --from`, and five and 25 times that, because there are few steps.
LEARNING_RATES = {"lr 0.002": 2e-3, "lr 0.01": 1e-2, "lr 0.05": 5e-2}
HEAD_EPOCHS, EPOCHS, BATCH_SIZE, VALID_SHARE = 1, 4, 16, 0.15


@dataclass(frozen=True, eq=False)
class FineTuned:
    """Predictions of fine-tuned networks.

    Attributes
    ----------
    predictions : ndarray of shape (n,)
        Each by a network that was fine-tuned without this galaxy, in the label's unit; NaN in folds that were left out.
    chosen : str
        The recipe.
    held_out : dict of str to float
        RMSE by recipe, on galaxies held out of the first fold's training galaxies: what the choice was made by.
    """

    predictions: np.ndarray
    chosen: str
    held_out: dict[str, float]


def recipes(seed: int, *, epochs: int = EPOCHS) -> dict[str, Recipe]:
    """The recipes that are tried, by name."""
    from galviz.training.recipe import Recipe

    common = {"epochs": epochs, "head_epochs": HEAD_EPOCHS, "batch_size": BATCH_SIZE, "valid_share": VALID_SHARE}
    return {name: Recipe(lr=lr, seed=seed, **common) for name, lr in LEARNING_RATES.items()}


def copy_survey(survey: Survey, object_ids: Sequence[str], folder: Path) -> Survey:
    """A survey folder of some of a survey's galaxies, with copies of their images."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "images").mkdir(parents=True)
    label = survey.catalogue[survey.label.column]
    with (folder / "master.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["objID", survey.label.column])
        rows.writerows([object_id, repr(float(label[object_id]))] for object_id in object_ids)
    for object_id in object_ids:
        shutil.copyfile(survey.folder / "images" / f"{object_id}.jpg", folder / "images" / f"{object_id}.jpg")
    return load_survey(folder, verify=False)


def fine_tune(
    start: Path,
    survey: Survey,
    train: Sequence[str],
    test: Sequence[str],
    recipe: Recipe,
    folder: Path,
    *,
    report: Callable[[str], object] = print,
) -> tuple[np.ndarray, float]:
    """Fine-tune a network on some galaxies of a survey and predict others.

    Parameters
    ----------
    start : Path
        Card of the network to start from.
    survey : Survey
    train, test : sequence of str
        Ids; no galaxy may be in both.
    recipe : Recipe
    folder : Path
        Where the results of runs are kept: those of an equal run are read instead of computed.
    report : callable
        Called with a sentence per epoch.

    Returns
    -------
    predictions : ndarray of shape (n_test,)
        In the label's unit.
    valid_rmse : float
        Error on the share of `train` that the recipe held out.
    """
    from galviz.features.extraction import extract
    from galviz.network.card import read_card
    from galviz.network.model import load_model
    from galviz.training.run import train as train_network

    if shared := set(train) & set(test):
        raise ValueError(f"train and test must not share galaxies; {len(shared)} are in both. Remove them from one.")
    settings = [read_card(start).sha256, survey.sha256, [*train], [*test], recipe.as_json()]
    key = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
    result = folder / f"{key}.json"
    if not result.exists():
        scratch = folder / key
        scratch.mkdir(parents=True, exist_ok=True)
        card = train_network(
            [copy_survey(survey, train, scratch / "survey")],
            scratch / "network.json",
            recipe=recipe,
            start=start,
            report=lambda epoch: report(f"{key} {_describe(epoch)}"),
            note=lambda sentence: report(f"{key} {sentence}"),
            force=True,
        )
        predictions = extract(load_model(scratch / "network.json"), survey, test).predictions
        found = {"predictions": predictions.astype(float).tolist(), "valid_rmse": card.training["valid_rmse"]}
        unfinished = result.with_suffix(".part")
        unfinished.write_text(json.dumps(found), encoding="utf-8")
        unfinished.rename(result)
        shutil.rmtree(scratch)
    found = json.loads(result.read_text(encoding="utf-8"))
    return np.array(found["predictions"]), found["valid_rmse"]


def _describe(epoch: Mapping[str, Any]) -> str:
    errors = f"{epoch['train_rmse']:.4f} training, {epoch['valid_rmse']:.4f} held out"
    return f"{epoch['phase']} {epoch['epoch']}: RMSE {errors}, {epoch['seconds']:.0f} s"


def fine_tune_in_folds(
    start: Path,
    survey: Survey,
    object_ids: Sequence[str],
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
    folder: Path,
    *,
    epochs: int = EPOCHS,
    n_folds: int | None = None,
    report: Callable[[str], object] = print,
) -> FineTuned:
    """Predict each galaxy by a network that was fine-tuned without it.

    Parameters
    ----------
    start : Path
    survey : Survey
    object_ids : sequence of str, length n
    splits : sequence of (train, test)
        Positions in `object_ids`; each is in one `test`.
    folder : Path
        As for `fine_tune`.
    epochs : int
        In which all layers are trained.
    n_folds : int, optional
        Fine-tune in the first folds only; the other galaxies have no prediction.
    """
    names, predicted = np.array(object_ids), np.full(len(object_ids), np.nan)
    held_out: dict[str, float] = {}
    for number, (train, test) in enumerate(splits[:n_folds]):
        ids = names[train].tolist(), names[test].tolist()
        tried = recipes(number, epochs=epochs)
        if number == 0:
            found = {}
            for name, recipe in tried.items():
                report(f"fold 1 of {len(splits)}, {name}")
                found[name], held_out[name] = fine_tune(start, survey, *ids, recipe, folder, report=report)
            chosen = min(held_out, key=held_out.get)
            predicted[test] = found[chosen]
            continue
        report(f"fold {number + 1} of {len(splits)}, {chosen}")
        predicted[test], _ = fine_tune(start, survey, *ids, tried[chosen], folder, report=report)
    return FineTuned(predicted, chosen, held_out)

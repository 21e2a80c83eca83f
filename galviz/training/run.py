"""Training itself: a Learner a phase, a checkpoint an epoch, and at the end weights with their card."""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from fastai.callback.schedule import Learner  # this module gives it fit_one_cycle
from fastai.data.core import DataLoaders
from fastai.optimizer import ranger
from fastai.torch_core import set_seed
from torch import nn

from galviz.card import Architecture, ModelCard, architecture_fault, combined_sha256, file_sha256, write_card
from galviz.files import clear_unfinished, saying_how_to_go_on
from galviz.model import answer, build_network, read_weights, write_weights
from galviz.survey import Survey
from galviz.training.checkpoint import (
    Progress,
    read_checkpoint,
    restore_optimiser,
    save_checkpoint,
)
from galviz.training.epochs import EpochKeeper
from galviz.training.galaxies import (
    Galaxy,
    make_dataloaders,
    pixel_statistics,
    select_galaxies,
    split,
    standardise_labels,
)
from galviz.training.networkfiles import NetworkFiles
from galviz.training.provenance import describe_survey, processor, versions
from galviz.training.recipe import Phase, Recipe
from galviz.training.scale import label_scale

_CAUSES_WEIGHT = 0.5
# Galaxies by which the head's constant is settled: enough to know a mean error to 2 % of its scatter.
_SETTLED_BY = 4096


def train(
    surveys: Sequence[Survey],
    out: str | os.PathLike[str],
    *,
    recipe: Recipe | None = None,
    architecture: Architecture | None = None,
    progress: Callable[[int, int], object] | None = None,
    report: Callable[[dict[str, Any]], object] | None = None,
    note: Callable[[str], object] | None = None,
    force: bool = False,
) -> ModelCard:
    """Train a network and write its weights and card.

    After each epoch the state is kept in ``<name>.checkpoint`` beside `out`; the same call goes on from there, to the
    same weights, and removes it at the end. Python's, NumPy's and torch's global random generators are seeded.

    Parameters
    ----------
    surveys : sequence of Survey
        With the same label.
    out : path-like
        The card, ``<name>.json``; the weights go beside it as ``<name>.safetensors``. Its folder must exist.
    recipe : Recipe, optional
        The tutorial's by default.
    architecture : Architecture, optional
    progress : callable, optional
        Called as progress(done, total), in batches trained on. What it raises ends the run and comes through.
    report : callable, optional
        Called with the record of each epoch as it ends: phase, epoch, side_px, train_rmse, valid_rmse (both of the
        label, in its unit), seconds.
    note : callable, optional
        Called before the first epoch with each sentence on galaxies that were left out, and why; by default they are
        warnings. How many they are stands on the card too.
    force : bool
        Replace a network of that name. Without it, one that appears during the training is left alone too, and this one
        gets another name, which its card has.

    Returns
    -------
    ModelCard

    Raises
    ------
    ValueError
        If there is a network of that name already and no checkpoint of its training, the galaxies don't suffice, their
        labels can't be learnt (see `select_galaxies`, `label_scale`), the
        checkpoint is of another run, or the loss is no number any more.
    OSError
        If a file can't be written.
    """
    recipe, architecture, card_path = recipe or Recipe(), architecture or Architecture(), Path(out)
    if card_path.suffix != ".json" or card_path.is_dir() or not card_path.parent.is_dir():
        raise ValueError(f"out must be a .json file in a folder that exists; got {card_path}.")
    if not card_path.name.isprintable():
        raise ValueError(
            f"out must have a name of printable characters, for the card names it; got {card_path.name!r}."
        )
    if fault := architecture_fault(asdict(architecture)):
        raise ValueError(f"{fault}. Leave it out for the tutorial's; causes to predict too stand in the recipe.")
    names = NetworkFiles(card_path, force=force)
    selection = select_galaxies(surveys, recipe)
    in_training, in_validation = split(selection.galaxies, recipe)
    labels = np.array([selection.galaxies[position].targets[0] for position in in_training])
    label_mean, label_std = label_scale(labels, surveys[0].label.column)
    galaxies = standardise_labels(selection.galaxies, label_mean, label_std)
    # A survey that is given twice adds nothing, and so counts once.
    different = list({survey.sha256: survey for survey in reversed(surveys)}.values())[::-1]
    descriptions = [describe_survey(survey) for survey in different]
    survey_sha256 = combined_sha256([survey.sha256 for survey in different])
    settings = {
        **recipe.as_json(),
        "architecture": asdict(architecture),
        "label": surveys[0].label.column,
        "survey_sha256": survey_sha256,
        "targets": "standardised",  # which those of older checkpoints aren't
        "versions": versions(),
    }
    checkpoint = card_path.with_suffix(".checkpoint")
    clear_unfinished(checkpoint.parent, target=checkpoint.name)
    done = read_checkpoint(checkpoint, settings)
    for sentence in selection.notes:
        (note or warnings.warn)(sentence)
    mean, std = pixel_statistics([galaxies[position] for position in in_training], recipe)

    network = None
    for number, phase in enumerate(recipe.phases):
        network = _network(architecture, phase, network, recipe.seed)
        if number < done.phase:
            continue
        if number > done.phase:
            done = Progress(number, history=done.history)
        if done.network is not None:
            network.load_state_dict(done.network)
        if done.epoch == phase.epochs:
            continue
        dataloaders = make_dataloaders(galaxies, recipe, phase, mean, std)
        save = partial(save_checkpoint, checkpoint, settings)
        _fit(network, dataloaders, recipe, phase, EpochKeeper(recipe, done, label_std, save, progress, report))

    dataloaders = make_dataloaders(galaxies, recipe, recipe.phases[-1], mean, std)
    _settle(network, dataloaders, [galaxies[position] for position in in_training[:_SETTLED_BY]])
    card_path = names.free_card()
    weights = card_path.with_suffix(".safetensors")
    with saying_how_to_go_on():
        write_weights(network, weights)
    network.load_state_dict(read_weights(weights))
    card = ModelCard(
        name=card_path.stem,
        task="regression",
        label=surveys[0].label.column,
        unit=surveys[0].label.unit,
        architecture=architecture,
        layers=architecture.layers,
        pad_px=recipe.pad_px,
        crop_px=recipe.crop_px,
        mean=mean,
        std=std,
        survey_sha256=survey_sha256,
        weights=weights.name,
        weights_sha256=file_sha256(weights),
        training={
            "recipe": recipe.as_json(),
            "surveys": descriptions,
            "n_training": len(in_training),
            "n_validation": len(in_validation),
            "n_missing": selection.missing,
            "n_duplicates": selection.n_duplicates,
            "n_near_copies": selection.n_near_copies,
            "epochs": done.history,
            "valid_rmse": label_std * float((_errors(network, dataloaders.valid) ** 2).mean().sqrt()),
            "seconds": round(sum(record["seconds"] for record in done.history)),
            "processor": processor(),
            "versions": settings["versions"],
        },
        label_mean=label_mean,
        label_std=label_std,
    )
    with saying_how_to_go_on():
        write_card(card, card_path)
    checkpoint.unlink(missing_ok=True)
    return card


def _network(architecture: Architecture, phase: Phase, previous: nn.Module | None, seed: int) -> nn.Module:
    """A network for a phase: with the body of the one before it and its head's first rows, or with fresh weights.

    A fresh head's bias is 0, the mean of the standardised labels.
    """
    set_seed(seed)
    n_out = 1 + len(phase.causes)
    network = build_network(replace(architecture, n_out=n_out))
    if previous is None:
        nn.init.zeros_(network[-1].bias)
        return network
    state = previous.state_dict()
    for name in ("weight", "bias"):
        head = f"{len(previous) - 1}.{name}"
        state[head] = state[head][:n_out]
    network.load_state_dict(state)
    return network


def _fit(network: nn.Module, dataloaders: DataLoaders, recipe: Recipe, phase: Phase, keeper: EpochKeeper) -> None:
    """Train one phase by the one-cycle schedule, from the epoch that `keeper` has come to."""
    network.to(dataloaders.device)
    learner = Learner(
        dataloaders,
        _InPrecision(network, recipe.precision),
        loss_func=_loss,
        opt_func=ranger,
        cbs=keeper,
    )
    learner.create_opt()
    if keeper.done.optimiser is not None:
        restore_optimiser(learner.opt, keeper.done.optimiser, dataloaders.device)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(phase.epochs, phase.lr, start_epoch=keeper.done.epoch)


def _loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Root-mean-square error of the label; where causes are predicted beside it, of all, the label counting most.

    Shapes (n, 1 + causes); each target is standardised.
    """
    errors = F.mse_loss(predictions, targets, reduction="none").mean(dim=0).sqrt()
    return errors[0] if len(errors) == 1 else errors[0] + _CAUSES_WEIGHT * errors[1:].mean()


class _InPrecision(nn.Module):
    """A network that computes in a precision and answers in float32."""

    def __init__(self, network: nn.Module, precision: str) -> None:
        super().__init__()
        self.network, self.precision = network, precision

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return answer(self.network, x, self.precision)


def _settle(network: nn.Module, dataloaders: DataLoaders, galaxies: list[Galaxy]) -> None:
    """Shift the head's constant so that galaxies learnt from come out right on average, shown as they will be.

    While it learns, a network sees them turned and varied, and its batch norm goes by each batch: what it predicts of
    the bare image is off by a little, and always to the same side.
    """
    errors = _errors(network, dataloaders.test_dl(galaxies, with_labels=True))
    with torch.no_grad():
        network[-1].bias -= errors.mean()


@torch.no_grad()
def _errors(network: nn.Module, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Predicted less true label, in standard deviations, over some batches; float32, shape (n_galaxies,)."""
    network.eval()
    device = next(network.parameters()).device
    errors = [network(x.to(device))[:, 0] - y.to(device)[:, 0] for x, y in batches]
    return torch.cat([error.as_subclass(torch.Tensor) for error in errors])

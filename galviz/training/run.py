"""Training itself: a Learner a phase, a checkpoint an epoch, and at the end weights with their card."""

import os
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
from galviz.training.galaxies import Galaxy, labelled_galaxies, make_dataloaders, pixel_statistics, split
from galviz.training.networkfiles import NetworkFiles
from galviz.training.provenance import describe_survey, processor, versions
from galviz.training.recipe import Phase, Recipe

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
    force : bool
        Replace a network of that name. Without it, one that appears during the training is left alone too, and this one
        gets another name, which its card has.

    Returns
    -------
    ModelCard

    Raises
    ------
    ValueError
        If there is a network of that name already and no checkpoint of its training, the galaxies don't suffice, the
        checkpoint is of another run, or the loss is no number any more.
    OSError
        If a file can't be written.
    """
    recipe, architecture, card_path = recipe or Recipe(), architecture or Architecture(), Path(out)
    if card_path.suffix != ".json" or card_path.is_dir() or not card_path.parent.is_dir():
        raise ValueError(f"out must be a .json file in a folder that exists; got {card_path}.")
    if fault := architecture_fault(asdict(architecture)):
        raise ValueError(f"{fault}. Leave it out for the tutorial's; causes to predict too stand in the recipe.")
    names = NetworkFiles(card_path, force=force)
    galaxies = labelled_galaxies(surveys, recipe)
    descriptions = [describe_survey(survey) for survey in surveys]
    survey_sha256 = combined_sha256([survey.sha256 for survey in surveys])
    settings = {
        **recipe.as_json(),
        "architecture": asdict(architecture),
        "label": surveys[0].label.column,
        "survey_sha256": survey_sha256,
        "versions": versions(),
    }
    checkpoint = card_path.with_suffix(".checkpoint")
    clear_unfinished(checkpoint.parent, target=checkpoint.name)
    done = read_checkpoint(checkpoint, settings)
    in_training, in_validation = split(galaxies, recipe)
    mean, std = pixel_statistics([galaxies[position] for position in in_training], recipe)
    labels = np.array([galaxies[position].targets[0] for position in in_training])

    network = None
    for number, phase in enumerate(recipe.phases):
        network = _network(architecture, phase, network, recipe.seed, labels.mean())
        if number < done.phase:
            continue
        if number > done.phase:
            done = Progress(number, history=done.history)
        if done.network is not None:
            network.load_state_dict(done.network)
        if done.epoch == phase.epochs:
            continue
        dataloaders = make_dataloaders(galaxies, recipe, phase, mean, std)
        keeper = EpochKeeper(recipe, done, partial(save_checkpoint, checkpoint, settings), progress, report)
        _fit(network, dataloaders, recipe, phase, labels.std(), keeper)

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
            "epochs": done.history,
            "valid_rmse": round(float((_errors(network, dataloaders.valid) ** 2).mean().sqrt()), 5),
            "seconds": round(sum(record["seconds"] for record in done.history)),
            "processor": processor(),
            "versions": settings["versions"],
        },
    )
    with saying_how_to_go_on():
        write_card(card, card_path)
    checkpoint.unlink(missing_ok=True)
    return card


def _network(
    architecture: Architecture, phase: Phase, previous: nn.Module | None, seed: int, mean_label: float
) -> nn.Module:
    """A network for a phase: with the body of the one before it and its head's first rows, or with fresh weights.

    A fresh head's bias begins at the mean label, which the tutorial's first epoch is spent on finding.
    """
    set_seed(seed)
    n_out = 1 + len(phase.causes)
    network = build_network(replace(architecture, n_out=n_out))
    if previous is None:
        nn.init.constant_(network[-1].bias, mean_label)
        nn.init.zeros_(network[-1].bias[1:])
        return network
    state = previous.state_dict()
    for name in ("weight", "bias"):
        head = f"{len(previous) - 1}.{name}"
        state[head] = state[head][:n_out]
    network.load_state_dict(state)
    return network


def _fit(
    network: nn.Module, dataloaders: DataLoaders, recipe: Recipe, phase: Phase, label_sd: float, keeper: EpochKeeper
) -> None:
    """Train one phase by the one-cycle schedule, from the epoch that `keeper` has come to."""
    network.to(dataloaders.device)
    learner = Learner(
        dataloaders,
        _InPrecision(network, recipe.precision),
        loss_func=partial(_loss, label_sd=label_sd),
        opt_func=ranger,
        cbs=keeper,
    )
    learner.create_opt()
    if keeper.done.optimiser is not None:
        restore_optimiser(learner.opt, keeper.done.optimiser, dataloaders.device)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(phase.epochs, phase.lr, start_epoch=keeper.done.epoch)


def _loss(predictions: torch.Tensor, targets: torch.Tensor, label_sd: float) -> torch.Tensor:
    """Root-mean-square error of the label; where causes are predicted beside it, of all, the label counting most.

    Shapes (n, 1 + causes). The label's error is then over its standard deviation, as the causes' are.
    """
    errors = F.mse_loss(predictions, targets, reduction="none").mean(dim=0).sqrt()
    if len(errors) == 1:
        return errors[0]
    return errors[0] / label_sd + _CAUSES_WEIGHT * errors[1:].mean()


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
    """Predicted less true label of the galaxies of some batches, in float32; shape (n_galaxies,)."""
    network.eval()
    device = next(network.parameters()).device
    errors = [network(x.to(device))[:, 0] - y.to(device)[:, 0] for x, y in batches]
    return torch.cat([error.as_subclass(torch.Tensor) for error in errors])

"""Training itself: a phase after another, a checkpoint per epoch, and at the end weights with their card."""

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from galviz.files.writing import clear_unfinished, saying_how_to_go_on
from galviz.network.card import ModelCard, file_sha256, write_card
from galviz.network.spec import NetworkSpec
from galviz.network.state import read_weights, write_weights
from galviz.survey.survey import Survey
from galviz.training.checkpoint import Progress, read_checkpoint, save_checkpoint
from galviz.training.epochs import EpochKeeper
from galviz.training.fitting import errors_of, fit, settle
from galviz.training.galaxies import make_dataloaders
from galviz.training.networkfiles import NetworkFiles
from galviz.training.networks import check_spec, make_network
from galviz.training.plan import Plan, choose_recipe_and_spec, make_plan
from galviz.training.provenance import processor, versions
from galviz.training.recipe import Recipe

# Galaxies by which the head's constant is settled: enough to know a mean error to 2 % of its scatter.
_SETTLED_BY = 4096


def train(
    surveys: Sequence[Survey],
    out: str | os.PathLike[str],
    *,
    recipe: Recipe | None = None,
    spec: NetworkSpec | None = None,
    start: str | os.PathLike[str] | None = None,
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
    spec : NetworkSpec, optional
        Of the network, with a head of one output and a registered builder; by default galviz's xresnet34.
    start : path-like, optional
        Instead of `spec`: the card of a network to fine-tune, as fastai's ``fine_tune`` does. Its head goes on if it
        predicts the same label. Images are cropped and normalised as for that network, whatever the recipe says.
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
        If `spec` and `start` are both given, there is a network of that name already and no checkpoint of its training,
        the galaxies don't suffice, their labels can't be learnt (see `select_galaxies`, `label_scale`), the checkpoint
        is of another run, or the loss is no number any more.
    OSError
        If a file can't be written.
    """
    card_path = _check_path(Path(out))
    recipe, spec, begun = choose_recipe_and_spec(recipe, spec, start)
    layers = check_spec(spec, recipe)
    names = NetworkFiles(card_path, force=force)
    plan = make_plan(surveys, recipe, spec, begun, layers)
    checkpoint, settings = card_path.with_suffix(".checkpoint"), plan.settings
    clear_unfinished(checkpoint.parent, target=checkpoint.name)
    done = read_checkpoint(checkpoint, settings)
    for sentence in plan.selection.notes:
        (note or warnings.warn)(sentence)
    save = partial(save_checkpoint, checkpoint, settings)
    network, done = _fit_phases(plan, done, save, progress, report)
    card = _write_network(plan, network, done, names.free_card())
    checkpoint.unlink(missing_ok=True)
    return card


def _check_path(card_path: Path) -> Path:
    if card_path.suffix != ".json" or card_path.is_dir() or not card_path.parent.is_dir():
        raise ValueError(f"out must be a .json file in a folder that exists; got {card_path}.")
    if not card_path.name.isprintable():
        raise ValueError(
            f"out must have a name of printable characters, for the card names it; got {card_path.name!r}."
        )
    return card_path


def _fit_phases(
    plan: Plan,
    done: Progress,
    save: Callable[[Progress], object],
    progress: Callable[[int, int], object] | None,
    report: Callable[[dict[str, Any]], object] | None,
) -> tuple[nn.Module, Progress]:
    """Train the phases that are not done yet; the network of the last."""
    recipe, spec, tensors, network = plan.recipe, plan.spec, None, None
    if plan.start is not None:
        tensors = plan.start.tensors_for(plan.surveys[0].label.column, plan.label_mean, plan.label_std)
    for number, phase in enumerate(recipe.phases):
        network = make_network(spec, phase, network, recipe.seed, tensors)
        if number < done.phase:
            continue
        if number > done.phase:
            done = Progress(number, history=done.history)
        if done.network is not None:
            network.load_state_dict(done.network)
        if done.epoch == phase.epochs:
            continue
        dataloaders = make_dataloaders(plan.galaxies, recipe, phase, plan.pixel_mean, plan.pixel_std)
        keeper = EpochKeeper(recipe, done, plan.label_std, save, progress, report)
        fit(network, spec.head, dataloaders, recipe.precision, phase, keeper)
    return network, done


def _write_network(plan: Plan, network: nn.Module, done: Progress, card_path: Path) -> ModelCard:
    """Settle the head, write the weights and, once they have been read again and judged, the card."""
    recipe, spec, label = plan.recipe, plan.spec, plan.surveys[0].label
    dataloaders = make_dataloaders(plan.galaxies, recipe, recipe.phases[-1], plan.pixel_mean, plan.pixel_std)
    settled_by = [plan.galaxies[position] for position in plan.in_training[:_SETTLED_BY]]
    settle(network.get_submodule(spec.head), network, dataloaders, settled_by)
    weights = card_path.with_suffix(".safetensors")
    with saying_how_to_go_on():
        write_weights(network, weights)
    network.load_state_dict(read_weights(weights))
    errors = errors_of(network, dataloaders.valid)
    card = ModelCard(
        name=card_path.stem,
        task="regression",
        label=label.column,
        unit=label.unit,
        spec=spec.with_pooling({name: output.pooling for name, output in plan.layers.items()}),
        layers={name: plan.layers[name].n_channels for name in spec.layers},
        pad_px=recipe.pad_px,
        crop_px=recipe.crop_px,
        mean=plan.pixel_mean,
        std=plan.pixel_std,
        survey_sha256=plan.survey_sha256,
        weights=weights.name,
        weights_sha256=file_sha256(weights),
        training=_describe(plan, done) | {"valid_rmse": plan.label_std * float((errors**2).mean().sqrt())},
        label_mean=plan.label_mean,
        label_std=plan.label_std,
    )
    with saying_how_to_go_on():
        write_card(card, card_path)
    return card


def _describe(plan: Plan, done: Progress) -> dict[str, Any]:
    """How a network was trained, as its card says it."""
    started = (
        {}
        if plan.start is None
        else {"started_from": {"name": plan.start.card.name, "weights_sha256": plan.start.card.weights_sha256}}
    )
    return {
        "recipe": plan.recipe.as_json(),
        "surveys": plan.descriptions,
        "n_training": len(plan.in_training),
        "n_validation": len(plan.in_validation),
        "n_missing": plan.selection.missing,
        "n_duplicates": plan.selection.n_duplicates,
        "n_near_copies": plan.selection.n_near_copies,
        "epochs": done.history,
        "seconds": round(sum(record["seconds"] for record in done.history)),
        "processor": processor(),
        "versions": versions(),
        **started,
    }

"""Training: one phase after the other, a checkpoint per epoch, and finally weights with their card."""

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from galviz.files.writing import remove_unfinished, with_resume_hint
from galviz.network.card import ModelCard
from galviz.network.device import choose_device
from galviz.network.networkfiles import NetworkFiles
from galviz.network.spec import NetworkSpec
from galviz.network.state import parse_weights, serialise_weights
from galviz.survey.survey import Survey
from galviz.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from galviz.training.dataloaders import make_dataloaders
from galviz.training.epochs import EpochCallback
from galviz.training.fitting import correct_bias, fit, prediction_errors
from galviz.training.networks import check_spec, make_network
from galviz.training.plan import Plan, choose_recipe_and_spec, make_plan
from galviz.training.provenance import describe_processor, package_versions
from galviz.training.recipe import Recipe

# Galaxies with which the head's bias is corrected: enough for a mean error to 2 % of its scatter.
_N_FOR_BIAS = 4096


@contextmanager
def _plain_torch() -> Iterator[None]:
    """Compute gradients in float32, whatever the caller's settings of torch are.

    Its autocast would make the network learn, and its error be measured, in another precision than the card says.
    """
    if torch.get_default_dtype() != torch.float32:
        raise ValueError(
            f"torch's default dtype must be float32 for a training; got {torch.get_default_dtype()}. Call "
            "torch.set_default_dtype(torch.float32) first."
        )
    with torch.inference_mode(False), torch.enable_grad(), ExitStack() as stack:
        for kind in {"cpu", choose_device().type}:
            stack.enter_context(torch.autocast(kind, enabled=False))
        yield


@_plain_torch()
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

    After each epoch the state is saved as ``<name>.checkpoint`` beside `out`. After an interruption, the same call
    continues from there to the same weights; it removes the checkpoint at the end. Python's, NumPy's and torch's global
    random generators are seeded.

    Parameters
    ----------
    surveys : sequence of Survey
        With the same label.
    out : path-like
        The card, ``<name>.json``; the weights are written to ``<name>.safetensors``. Its folder must exist.
    recipe : Recipe, optional
        The tutorial's by default.
    spec : NetworkSpec, optional
        Of the network, with a head of one output and a registered builder; by default galviz's xresnet34.
    start : path-like, optional
        Instead of `spec`: the card of a network to fine-tune, as fastai's ``fine_tune`` does. Its head is kept if it
        predicts the same label. Images are cropped and normalised as for that network, regardless of the recipe.
    progress : callable, optional
        Called as progress(done, total), in training batches. An exception that it raises ends the run.
    report : callable, optional
        Called with the record of each epoch: phase, epoch, side_px, train_rmse, valid_rmse (both of the label, in its
        unit), seconds.
    note : callable, optional
        Called before the first epoch with each sentence about galaxies that were left out; by default they are
        warnings. The card has their numbers too.
    force : bool
        Replace a network of that name. Without it, a network that another program writes during the training isn't
        replaced either: this one gets another name, which its card has.

    Returns
    -------
    ModelCard

    Raises
    ------
    ValueError
        If `spec` and `start` are both given, a network of that name exists already, there are too few galaxies, their
        labels can't be learnt (see `select_galaxies`, `label_scale`), the checkpoint belongs to another run, or the
        error isn't finite any more.
    OSError
        If a file can't be written.

    Examples
    --------
    >>> train([], "no such folder/net.json")
    Traceback (most recent call last):
    ValueError: out must be a .json file in a folder that exists; got no such folder/net.json.
    """
    card_path = _check_path(Path(out))
    recipe, spec, pretrained = choose_recipe_and_spec(recipe, spec, start)
    layers = check_spec(spec, recipe)
    files = NetworkFiles(card_path, force=force)
    plan = make_plan(surveys, recipe, spec, pretrained, layers)
    checkpoint, settings = card_path.with_suffix(".checkpoint"), plan.settings
    remove_unfinished(checkpoint.parent, target=checkpoint.name)
    files.remove_unfinished()
    done = load_checkpoint(checkpoint, settings)
    for sentence in plan.notes:
        (note or warnings.warn)(sentence)
    save = partial(save_checkpoint, checkpoint, settings)
    network, done = _fit_phases(plan, done, save, progress, report)
    card = _write_network(plan, network, done, files)
    checkpoint.unlink(missing_ok=True)
    return card


def _check_path(card_path: Path) -> Path:
    if card_path.suffix != ".json" or card_path.is_dir() or not card_path.parent.is_dir():
        raise ValueError(f"out must be a .json file in a folder that exists; got {card_path}.")
    if not card_path.name.isprintable():
        raise ValueError(
            f"out must have a name of printable characters, because the card contains it; got {card_path.name!r}."
        )
    return card_path


def _fit_phases(
    plan: Plan,
    done: Progress,
    save: Callable[[Progress], object],
    progress: Callable[[int, int], object] | None,
    report: Callable[[dict[str, Any]], object] | None,
) -> tuple[nn.Module, Progress]:
    """Train the phases that are not done yet; return the network of the last."""
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
        callback = EpochCallback(recipe, done, plan.label_std, save, progress, report)
        fit(network, spec.head, dataloaders, recipe.precision, phase, callback)
    return network, done


def _write_network(plan: Plan, network: nn.Module, done: Progress, files: NetworkFiles) -> ModelCard:
    """Correct the head's bias, validate the network as its file will have it, and write weights and card."""
    dataloaders = make_dataloaders(plan.galaxies, plan.recipe, plan.recipe.phases[-1], plan.pixel_mean, plan.pixel_std)
    galaxies = [plan.galaxies[position] for position in plan.in_training[:_N_FOR_BIAS]]
    head = network.get_submodule(plan.spec.head)
    correct_bias(network, head, dataloaders.test_dl(galaxies, with_labels=True))

    weights = serialise_weights(network)
    network.load_state_dict(parse_weights(weights, "the trained weights"))
    errors = prediction_errors(network, dataloaders.valid)
    card = _describe_network(plan, done, plan.label_std * float((errors**2).mean().sqrt()))
    with with_resume_hint():
        return files.write(weights, card)


def _describe_network(plan: Plan, done: Progress, valid_rmse: float) -> ModelCard:
    """The card of the trained network, for `NetworkFiles.write`."""
    recipe, spec, label = plan.recipe, plan.spec, plan.surveys[0].label
    return ModelCard(
        name="",
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
        weights="",
        weights_sha256="",
        training=_describe_training(plan, done) | {"valid_rmse": valid_rmse},
        label_mean=plan.label_mean,
        label_std=plan.label_std,
    )


def _describe_training(plan: Plan, done: Progress) -> dict[str, Any]:
    """The training as the card describes it."""
    description = {
        "recipe": plan.recipe.as_json(),
        "surveys": plan.descriptions,
        "n_training": len(plan.in_training),
        "n_validation": len(plan.in_validation),
        "n_missing": plan.selection.missing,
        "n_duplicates": plan.selection.n_duplicates,
        "n_near_copies": plan.selection.n_near_copies,
        "epochs": done.history,
        "seconds": round(sum(record["seconds"] for record in done.history)),
        "processor": describe_processor(),
        "versions": package_versions(),
    }
    if plan.start is not None:
        card = plan.start.card
        description["started_from"] = {"name": card.name, "weights_sha256": card.weights_sha256}
    return description

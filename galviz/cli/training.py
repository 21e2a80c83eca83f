"""train."""

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galviz.cli.command import (
    DONE,
    SCALE_HELP,
    Command,
    at_least,
    names_in,
    output_file,
    pairs_in,
    progress_bar,
    say,
)

if TYPE_CHECKING:
    from galviz.network.spec import NetworkSpec
    from galviz.training.recipe import Recipe


# The state of an xresnet34 in training: four numbers of four bytes for each of its 21.5 million weights.
_CHECKPOINT_BYTES = 345_000_000


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    # Defaults are Recipe's own: an option that isn't given isn't handed on.
    add = parser.add_argument
    add("--survey", metavar="FOLDER", action="append", required=True, help="may be given several times")
    add("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    add("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add("--out", type=output_file, required=True, metavar="CARD", help="NAME.json; the weights go beside it")
    add("--force", action="store_true", help="replace a network that is there already")
    given = {"default": argparse.SUPPRESS}
    add("--architecture", metavar="NAME", help="xresnet34 (default), torchvision:resnet18, timm:convnext_nano, …")
    add("--options", metavar="K=V,…", default="", help="of the architecture, such as img_size=112")
    add("--from", dest="start", metavar="CARD", help="fine-tune this network: its head first, then all layers")
    add("--epochs", type=at_least(1), metavar="E", help="predicting the label alone (default: 7)", **given)
    add("--lr", type=float, metavar="R", help="highest learning rate (default: 0.01; of --from 0.002)", **given)
    add("--batch-size", type=at_least(2), metavar="B", help="default: 128", **given)
    add("--seed", type=at_least(0), metavar="S", help="default: 2020", **given)
    add("--valid-share", type=float, metavar="F", help="share kept for validation (default: 0.2)", **given)
    add("--crop", dest="crop_px", type=at_least(32), metavar="PX", help="side of the crop (default: 112)", **given)
    add("--pad", dest="pad_px", type=at_least(32), metavar="PX", help="pad images to this (default: 144)", **given)
    add("--head-epochs", type=at_least(1), metavar="E", help="of --from: head alone (default: 1)", **given)
    warm_up = "epochs=E[,px=64][,lr=0.01][,variation=0]"
    told = "epochs before, on images of px, that predict --causes too; may be given several times"
    add("--warm-up", dest="warm_ups", type=_warm_up, action="append", metavar=warm_up, help=told, **given)
    add("--causes", metavar="COLUMN,…", help="columns that the warm-ups predict beside the label", **given)
    add("--variation", type=float, metavar="V", help="how strongly light and sharpness vary (default: 0)", **given)
    add("--shuffled-labels", action="store_true", help="deal the labels out at random: a control", **given)
    add("--precision", choices=("float32", "bfloat16"), help="bfloat16 only where the processor has it", **given)


def _warm_up(text: str) -> dict[str, float]:
    """Read a warm-up's settings, as the fields of `galviz.training.recipe.WarmUp`, which isn't imported for --help."""
    fields_of = {
        "epochs": ("epochs", int),
        "px": ("side_px", int),
        "lr": ("lr", float),
        "variation": ("variation", float),
    }
    found = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        try:
            field, read = fields_of[name.strip()]
            value = read(number)
        except (KeyError, ValueError) as error:
            raise argparse.ArgumentTypeError(
                f"must be like epochs=5,px=64,lr=0.01,variation=0; got {text!r}"
            ) from error
        if field in found:
            raise argparse.ArgumentTypeError(f"must say each setting once; got {name.strip()} twice in {text!r}")
        found[field] = value
    if "epochs" not in found:
        raise argparse.ArgumentTypeError(f"must say how many epochs, such as epochs=5; got {text!r}")
    return found


def recipe_of(options: argparse.Namespace) -> "Recipe":
    """The recipe that the arguments of train ask for; what they don't say is the tutorial's."""
    from galviz.training.recipe import FINE_TUNING_LR, Recipe, WarmUp

    asked = {item.name: getattr(options, item.name) for item in fields(Recipe) if hasattr(options, item.name)}
    if "causes" in asked:
        asked["causes"] = tuple(names_in("--causes", asked["causes"]))
    if options.start is not None:
        asked.setdefault("lr", FINE_TUNING_LR)
    asked["warm_ups"] = tuple(WarmUp(**warm_up) for warm_up in asked.get("warm_ups", ()))
    return Recipe(**asked)


def _train(options: argparse.Namespace) -> int:
    from galviz.files.lock import temporary_lock
    from galviz.survey.survey import load_survey
    from galviz.training.run import train

    recipe = recipe_of(options)
    spec = _spec_of(options, recipe)
    # Before minutes are spent; copies of a folder are noticed by train itself.
    if len(set(map(os.path.realpath, options.survey))) < len(options.survey):
        raise ValueError(f"--survey must name different folders; got {', '.join(options.survey)}. Name each once.")
    lock = _check_network_files(options)
    busy = f"another training writes {options.out} at this moment: wait for it, or name another file"
    with temporary_lock(lock, busy):
        surveys = []
        for folder in options.survey:
            with progress_bar(f"checking {folder}", "image") as progress:
                surveys.append(load_survey(folder, options.label, scale=options.scale, progress=progress))
        with progress_bar("training", "batch") as bar:
            card = train(
                surveys,
                options.out,
                recipe=recipe,
                spec=spec,
                start=options.start,
                progress=bar,
                report=_report_epoch,
                note=_note,
                force=options.force,
            )
    rmse = f"{card.training['valid_rmse']:.4g} {card.unit}".rstrip()
    path = options.out.with_name(f"{card.name}.json")
    print(f"RMSE {rmse} on {card.training['n_validation']} galaxies kept apart; the card is {path}")
    return DONE


def _spec_of(options: argparse.Namespace, recipe: "Recipe") -> "NetworkSpec | None":
    """The specification of the architecture that was asked for; None for galviz's own, or that of another network."""
    from galviz.network.builders import find_builder, parse_options
    from galviz.network.suggestion import suggest_spec

    if options.start is not None:
        for name in ("architecture", "options", "crop_px", "pad_px"):
            if getattr(options, name, None):
                raise ValueError(f"--{name.partition('_')[0]} is that of the network to fine-tune: leave it out.")
        return None
    if options.architecture is None and not options.options:
        return None
    name = options.architecture or "xresnet34"
    settings = parse_options(name, pairs_in("--options", options.options))
    spec = suggest_spec(name, {find_builder(name).n_outputs: 1} | settings, crop_px=recipe.crop_px)
    if spec.head is None:
        raise ValueError(f"--architecture {name} has no linear layer at its end that could be trained. Choose another.")
    return spec


def _check_network_files(options: argparse.Namespace) -> Path:
    """Refuse, before any galaxy is read, to write a network that can't be written; the name of a file to lock."""
    from galviz.cli.output import Output

    card = options.out
    if card.suffix != ".json":
        raise ValueError(f"--out must be a .json file in a folder that exists; got {card}.")
    checkpoint, weights = card.with_suffix(".checkpoint"), card.with_suffix(".safetensors")
    stopped = checkpoint.is_file()
    read = [
        *options.survey,
        *([options.start, Path(options.start).with_suffix(".safetensors")] if options.start else []),
    ]
    for path in (card, weights):
        Output(path, force=options.force, read=read)
    Output(checkpoint, force=True, read=options.survey, room=0 if stopped else _CHECKPOINT_BYTES)
    return card.with_name(f".{card.stem[:48]}.lock")


def _report_epoch(record: dict[str, Any]) -> None:
    errors = f"RMSE {record['train_rmse']:.4g} training, {record['valid_rmse']:.4g} validation"
    say(f"{record['phase']:8} {record['epoch']:3}  {record['side_px']} px  {errors}  {record['seconds']:.0f} s")


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


COMMANDS = {
    "train": Command(
        "Train a network, by the tutorial's recipe unless told otherwise; once stopped, the same command goes on.",
        _train_arguments,
        _train,
    ),
}

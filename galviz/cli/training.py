"""The command train."""

import argparse
import os
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galviz.cli.arguments import LABEL_HELP, SCALE_HELP, at_least, output_file, parse_names, parse_pairs
from galviz.cli.command import DONE, Command, warn
from galviz.cli.streams import print_above_bar, progress_bar

if TYPE_CHECKING:
    from galviz.network.spec import NetworkSpec
    from galviz.training.recipe import Recipe


# Training state of an xresnet34: four float32 numbers for each of its 21.5 million weights.
_XRESNET34_CHECKPOINT_BYTES = 345_000_000


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--survey",
        metavar="FOLDER",
        action="append",
        required=True,
        help="a survey folder to train on; repeat it for several",
    )
    add("--label", metavar="COLUMN", help=LABEL_HELP)
    add("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add(
        "--exclude",
        metavar="FILE",
        action="append",
        help="leave out these galaxies: one objID per line (see audit); for several surveys one file each",
    )
    add(
        "--out",
        type=output_file,
        required=True,
        metavar="CARD",
        help="NAME.json; NAME.safetensors is written beside it",
    )
    add("--force", action="store_true", help="replace an existing network")
    add("--architecture", metavar="NAME", help="xresnet34 (default), torchvision:resnet18, timm:convnext_nano, …")
    add("--options", metavar="K=V,…", default="", help="options of the architecture, such as img_size=112")
    add("--from", dest="start", metavar="CARD", help="fine-tune this network: first its head, then all layers")
    _recipe_arguments(parser)


def _recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the fields of the recipe; options that aren't given are left to its defaults."""
    add, optional = parser.add_argument, {"default": argparse.SUPPRESS}
    add("--epochs", type=at_least(1), metavar="E", help="epochs of training (default: 7)", **optional)
    add("--lr", type=float, metavar="R", help="maximum learning rate (default: 0.01; with --from 0.002)", **optional)
    add("--batch-size", type=at_least(2), metavar="B", help="images per batch (default: 128)", **optional)
    add("--seed", type=at_least(0), metavar="S", help="random seed (default: 2020)", **optional)
    add(
        "--valid-share",
        type=float,
        metavar="F",
        help="fraction of galaxies in the validation set (default: 0.2)",
        **optional,
    )
    add(
        "--crop",
        dest="crop_px",
        type=at_least(32),
        metavar="PX",
        help="side of the network's input (default: 112)",
        **optional,
    )
    add(
        "--pad",
        dest="pad_px",
        type=at_least(32),
        metavar="PX",
        help="crop or pad images to this side first (default: 144)",
        **optional,
    )
    add(
        "--head-epochs",
        type=at_least(1),
        metavar="E",
        help="with --from: epochs that train the head only (default: 1)",
        **optional,
    )
    warm_up = "epochs=E[,px=64][,lr=0.01][,variation=0]"
    warm_up_help = "epochs before training, on images of side px, that predict --causes too; repeat it for several"
    add("--warm-up", dest="warm_ups", type=_warm_up, action="append", metavar=warm_up, help=warm_up_help, **optional)
    add("--causes", metavar="COLUMN,…", help="columns that warm-ups predict in addition to the label", **optional)
    add(
        "--variation",
        type=float,
        metavar="V",
        help="strength of brightness and sharpness augmentation (default: 0)",
        **optional,
    )
    add(
        "--shuffled-labels",
        action="store_true",
        help="permute the labels across galaxies: trains a control network",
        **optional,
    )
    add(
        "--precision",
        choices=("float32", "bfloat16"),
        help="bfloat16 is fast only on processors that support it (default: float32)",
        **optional,
    )


def _warm_up(text: str) -> dict[str, float]:
    """Parse a warm-up into the fields of `galviz.training.recipe.WarmUp`, without importing it, for a fast --help."""
    fields_by_name = {
        "epochs": ("epochs", int),
        "px": ("side_px", int),
        "lr": ("lr", float),
        "variation": ("variation", float),
    }
    settings = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        try:
            field, parse = fields_by_name[name.strip()]
            value = parse(number)
        except (KeyError, ValueError) as error:
            raise argparse.ArgumentTypeError(
                f"must be like epochs=5,px=64,lr=0.01,variation=0; got {text!r}"
            ) from error
        if field in settings:
            raise argparse.ArgumentTypeError(f"must have each setting once; got {name.strip()} twice in {text!r}")
        settings[field] = value
    if "epochs" not in settings:
        raise argparse.ArgumentTypeError(f"must give the number of epochs, such as epochs=5; got {text!r}")
    return settings


def recipe_from(options: argparse.Namespace) -> "Recipe":
    """Build the recipe from the arguments of train; the defaults are the tutorial's.

    Examples
    --------
    >>> recipe_from(argparse.Namespace(epochs=3, start=None)).epochs
    3
    """
    from galviz.training.recipe import FINE_TUNING_LR, Recipe, WarmUp

    settings = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    if "causes" in settings:
        settings["causes"] = tuple(parse_names("--causes", settings["causes"]))
    if options.start is not None:
        settings.setdefault("lr", FINE_TUNING_LR)
    settings["warm_ups"] = tuple(WarmUp(**warm_up) for warm_up in settings.get("warm_ups", ()))
    return Recipe(**settings)


def _train(options: argparse.Namespace) -> int:
    from galviz.files.lock import temporary_lock
    from galviz.survey.survey import load_survey
    from galviz.training.run import train

    recipe = recipe_from(options)
    spec = _spec_from(options, recipe)
    # Checked before minutes of reading; copies of a folder are detected by train itself.
    if len(set(map(os.path.realpath, options.survey))) < len(options.survey):
        raise ValueError(f"--survey must name different folders; got {', '.join(options.survey)}. Give each once.")
    excluded = _read_excluded(options)
    lock = _check_network_files(options)
    busy = f"another training is writing {options.out}: wait until it ends, or name another file"
    with temporary_lock(lock, busy):
        surveys = []
        for folder, exclude in zip(options.survey, excluded, strict=True):
            with progress_bar(f"checking {folder}", "image") as progress:
                surveys.append(
                    load_survey(folder, options.label, scale=options.scale, exclude=exclude, progress=progress)
                )
        with progress_bar("training", "batch") as bar:
            card = train(
                surveys,
                options.out,
                recipe=recipe,
                spec=spec,
                start=options.start,
                progress=bar,
                report=_report_epoch,
                note=warn,
                force=options.force,
            )
    rmse = f"{card.training['valid_rmse']:.4g} {card.unit}".rstrip()
    path = options.out.with_name(f"{card.name}.json")
    print(f"RMSE {rmse} on {card.training['n_validation']} validation galaxies; the card is {path}")
    return DONE


def _read_excluded(options: argparse.Namespace) -> list[list[str]]:
    """The ids to exclude from each survey."""
    from galviz.survey.exclusion import read_exclusion

    files = options.exclude or []
    if files and len(files) != len(options.survey):
        rule = f"--exclude must be given once per --survey, in the same order; got {len(files)} for "
        raise ValueError(f"{rule}{len(options.survey)} surveys. For a survey to use entirely, name an empty file.")
    return list(map(read_exclusion, files)) or [[] for _ in options.survey]


def _spec_from(options: argparse.Namespace, recipe: "Recipe") -> "NetworkSpec | None":
    """The specification of ``--architecture``; None for galviz's own, or with ``--from``."""
    from galviz.network.builders import find_builder, parse_options
    from galviz.network.suggestion import suggest_spec

    if options.start is not None:
        for name in ("architecture", "options", "crop_px", "pad_px"):
            if getattr(options, name, None):
                raise ValueError(f"--{name.partition('_')[0]} is set by the network to fine-tune: omit it with --from.")
        return None
    if options.architecture is None and not options.options:
        return None
    name = options.architecture or "xresnet34"
    settings = parse_options(name, parse_pairs("--options", options.options))
    spec = suggest_spec(name, {find_builder(name).n_outputs: 1} | settings, crop_px=recipe.crop_px)
    if spec.head is None:
        raise ValueError(f"--architecture {name} has no linear layer at its end to train. Choose another.")
    return spec


def _check_network_files(options: argparse.Namespace) -> Path:
    """Check, before any galaxy is read, that the network can be written; return the path of the lock file."""
    from galviz.cli.output import Output
    from galviz.files.writing import shorten
    from galviz.network.card import read_card

    card = options.out
    if card.suffix != ".json":
        raise ValueError(f"--out must be a .json file in a folder that exists; got {card}.")
    checkpoint, weights = card.with_suffix(".checkpoint"), card.with_suffix(".safetensors")
    inputs = [*options.survey, *(options.exclude or [])]
    if options.start is not None:
        start = Path(options.start)
        # The card names its weights: it may have been renamed without them.
        inputs += [start, start.with_suffix(".json"), start.with_name(read_card(start).weights)]
    for path in (card, weights):
        Output(path, force=options.force, inputs=inputs)
    is_other_network = options.start is not None or options.architecture is not None or options.options
    size_bytes = 0 if checkpoint.is_file() or is_other_network else _XRESNET34_CHECKPOINT_BYTES
    Output(checkpoint, force=True, inputs=options.survey, size_bytes=size_bytes)
    return card.with_name(f".{shorten(card.stem)}.lock")


def _report_epoch(record: dict[str, Any]) -> None:
    errors = f"RMSE {record['train_rmse']:.4g} training, {record['valid_rmse']:.4g} validation"
    print_above_bar(
        f"{record['phase']:8} {record['epoch']:3}  {record['side_px']} px  {errors}  {record['seconds']:.0f} s"
    )


COMMANDS = {
    "train": Command(
        "Train a network to predict the label from images.",
        "It reads one or several survey folders and writes a model card (JSON) and weights (safetensors). The defaults "
        "are the tutorial's recipe. A checkpoint is written after each epoch: if training is interrupted, repeat the "
        "command to continue.",
        "train --survey my-survey --epochs 7 --out my-network.json",
        _train_arguments,
        _train,
    ),
}

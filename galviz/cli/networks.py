"""train, extract and predict."""

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galviz.cli.command import DONE, SCALE_HELP, Command, at_least, progress_bar, say

if TYPE_CHECKING:
    from galviz.card import ModelCard
    from galviz.features import Features
    from galviz.survey import Survey
    from galviz.training import Recipe


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    # Defaults are Recipe's own: an option that isn't given isn't handed on.
    add = parser.add_argument
    add("--survey", metavar="FOLDER", action="append", required=True, help="may be given several times")
    add("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    add("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add("--out", type=Path, required=True, metavar="CARD", help="NAME.json; the weights go beside it")
    given = {"default": argparse.SUPPRESS}
    add("--epochs", type=at_least(1), metavar="E", help="predicting the label alone (default: 7)", **given)
    add("--lr", type=float, metavar="R", help="highest learning rate (default: 0.01)", **given)
    add("--batch-size", type=at_least(2), metavar="B", help="default: 128", **given)
    add("--seed", type=at_least(0), metavar="S", help="default: 2020", **given)
    add("--valid-share", type=float, metavar="F", help="share kept for validation (default: 0.2)", **given)
    warm_up = "epochs=E[,px=64][,lr=0.01][,variation=0]"
    told = "epochs before, on images of px, that predict --causes too; may be given several times"
    add("--warm-up", dest="warm_ups", type=_warm_up, action="append", metavar=warm_up, help=told, **given)
    add("--causes", metavar="COLUMN,…", help="columns that the warm-ups predict beside the label", **given)
    add("--variation", type=float, metavar="V", help="how strongly light and sharpness vary (default: 0)", **given)
    add("--shuffled-labels", action="store_true", help="deal the labels out at random: a control", **given)
    add("--precision", choices=("float32", "bfloat16"), help="bfloat16 only where the processor has it", **given)


def _warm_up(text: str) -> dict[str, float]:
    """Read a warm-up's settings, as the fields of `galviz.training.WarmUp`, which isn't imported for --help."""
    fields_of = {
        "epochs": ("epochs", int),
        "px": ("side_px", int),
        "lr": ("lr", float),
        "variation": ("variation", float),
    }
    found = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        try:
            field, read = fields_of[name.strip()]
            found[field] = read(value)
        except (KeyError, ValueError) as error:
            raise argparse.ArgumentTypeError(
                f"must be like epochs=5,px=64,lr=0.01,variation=0; got {text!r}"
            ) from error
    if "epochs" not in found:
        raise argparse.ArgumentTypeError(f"must say how many epochs, such as epochs=5; got {text!r}")
    return found


def _listed(text: str) -> list[str]:
    """The names in a list with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def recipe_of(options: argparse.Namespace) -> "Recipe":
    """The recipe that the arguments of train ask for; what they don't say is the tutorial's."""
    from galviz.training import Recipe, WarmUp

    asked = {item.name: getattr(options, item.name) for item in fields(Recipe) if hasattr(options, item.name)}
    if "causes" in asked:
        asked["causes"] = tuple(_listed(asked["causes"]))
    asked["warm_ups"] = tuple(WarmUp(**warm_up) for warm_up in asked.get("warm_ups", ()))
    return Recipe(**asked)


def _train(options: argparse.Namespace) -> int:
    from galviz.survey import load_survey
    from galviz.training import train

    recipe = recipe_of(options)
    # Before minutes are spent; copies of a folder are noticed by train itself.
    if len(set(map(os.path.realpath, options.survey))) < len(options.survey):
        raise ValueError(f"--survey must name different folders; got {', '.join(options.survey)}. Name each once.")
    surveys = []
    for folder in options.survey:
        with progress_bar(f"checking {folder}", "image") as progress:
            surveys.append(load_survey(folder, options.label, scale=options.scale, progress=progress))

    def report(record: dict[str, Any]) -> None:
        errors = f"RMSE {record['train_rmse']:.4f} training, {record['valid_rmse']:.4f} validation"
        say(f"{record['phase']:8} {record['epoch']:3}  {record['side_px']} px  {errors}  {record['seconds']:.0f} s")

    def note(sentence: str) -> None:
        print(sentence, file=sys.stderr)

    with progress_bar("training", "batch") as progress:
        card = train(surveys, options.out, recipe=recipe, progress=progress, report=report, note=note)
    rmse = f"{card.training['valid_rmse']:.4f} {card.unit}".rstrip()
    print(f"RMSE {rmse} on {card.training['n_validation']} galaxies kept apart; the card is {options.out}")
    return DONE


def _use_arguments(parser: argparse.ArgumentParser) -> None:
    """What extract and predict share."""
    add = parser.add_argument
    add("--survey", metavar="FOLDER", required=True)
    add("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    add("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add("--model", metavar="CARD", help="a network's card, NAME.json (default: the shipped one)")
    add("--batch-size", type=at_least(1), default=64, metavar="B", help="default: 64")
    add("--device", metavar="D", help="cpu, cuda or mps (default: the fastest that is there)")
    add("--precision", choices=("float32", "bfloat16"), default="float32", help="default: float32")


def _extract_arguments(parser: argparse.ArgumentParser) -> None:
    _use_arguments(parser)
    parser.add_argument("--layers", metavar="LAYER,…", help="default: all five")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a Parquet file")


def _extract(options: argparse.Namespace) -> int:
    from galviz.features import save_features

    _check_folder(options.out)
    layers = options.layers and _listed(options.layers)
    _, features, _ = _run(options, layers)
    save_features(features, options.out)
    print(f"features of {len(features.object_ids)} galaxies at {', '.join(features.layers)} are in {options.out}")
    return DONE


def _predict_arguments(parser: argparse.ArgumentParser) -> None:
    _use_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="a CSV file (default: print it)")


def _predict(options: argparse.Namespace) -> int:
    import pandas as pd

    from galviz.files import write_text

    if options.out is not None:
        _check_folder(options.out)
    survey, features, card = _run(options, ())
    table = pd.DataFrame({"prediction": features.predictions}, index=pd.Index(features.object_ids, name="objID"))
    # A truth is one only if it is of what the network predicts.
    has_truth = survey.label is not None and survey.label.column == card.label
    if has_truth:
        table.insert(0, card.label, survey.catalogue[card.label])
    elif survey.label is not None:
        told = f"the network predicts {card.label} and not {survey.label.column}, so there are no errors to tell"
        print(told, file=sys.stderr)
    content = table.to_csv(float_format="%.5f", lineterminator="\n")
    if options.out is None:
        print(content, end="")
    else:
        write_text(options.out, content)
        print(f"predictions for {len(table)} galaxies are in {options.out}")
    if has_truth and (errors := (table["prediction"] - table[card.label]).dropna()).size:
        rmse, bias = (errors**2).mean() ** 0.5, errors.mean()
        print(f"RMSE {rmse:.4f}, bias {bias:+.4f} over {len(errors)} galaxies with a label", file=sys.stderr)
    return DONE


def _run(options: argparse.Namespace, layers: "list[str] | tuple[()] | None") -> "tuple[Survey, Features, ModelCard]":
    """Load the network and the survey, and send the one through the other."""
    from galviz.activations import extract
    from galviz.model import load_model
    from galviz.survey import load_survey

    network = load_model(options.model)
    with progress_bar("checking images", "image") as progress:
        survey = load_survey(options.survey, options.label, scale=options.scale, progress=progress)
    with progress_bar("extracting", "galaxy") as progress:
        features = extract(
            network,
            survey,
            layers=network.layer_names if layers is None else layers,
            batch_size=options.batch_size,
            device=options.device,
            precision=options.precision,
            progress=progress,
        )
    return survey, features, network.card


def _check_folder(out: Path) -> None:
    """Refuse a file that can't be written before minutes are spent on its content."""
    if not out.parent.is_dir() or out.is_dir():
        raise ValueError(f"--out must be a file in a folder that exists; got {out}.")


COMMANDS = {
    "train": Command(
        "Train a network, by the tutorial's recipe unless told otherwise; once stopped, the same command goes on.",
        _train_arguments,
        _train,
    ),
    "extract": Command(
        "Write what the layers of a network answer to each galaxy, and its predictions.", _extract_arguments, _extract
    ),
    "predict": Command("Write what a network predicts for each galaxy, as CSV.", _predict_arguments, _predict),
}

"""train, extract and predict."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galviz.cli.command import (
    DONE,
    SCALE_HELP,
    Command,
    at_least,
    output_file,
    progress_bar,
    require_stdout,
    say,
    tell,
)

if TYPE_CHECKING:
    from torch import nn

    from galviz.features import Features
    from galviz.origin import Origin
    from galviz.output import Output
    from galviz.survey import Survey
    from galviz.training import Recipe


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


def _listed(option: str, text: str) -> list[str]:
    """The names in a list with commas: at least one, as none would be taken for the option left out."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise ValueError(f"{option} must name at least one; got {text!r}. Leave it out for the default.")
    return names


def recipe_of(options: argparse.Namespace) -> "Recipe":
    """The recipe that the arguments of train ask for; what they don't say is the tutorial's."""
    from galviz.training import Recipe, WarmUp

    asked = {item.name: getattr(options, item.name) for item in fields(Recipe) if hasattr(options, item.name)}
    if "causes" in asked:
        asked["causes"] = tuple(_listed("--causes", asked["causes"]))
    asked["warm_ups"] = tuple(WarmUp(**warm_up) for warm_up in asked.get("warm_ups", ()))
    return Recipe(**asked)


def _train(options: argparse.Namespace) -> int:
    from galviz.files import only_one
    from galviz.survey import load_survey
    from galviz.training import train

    recipe = recipe_of(options)
    # Before minutes are spent; copies of a folder are noticed by train itself.
    if len(set(map(os.path.realpath, options.survey))) < len(options.survey):
        raise ValueError(f"--survey must name different folders; got {', '.join(options.survey)}. Name each once.")
    lock = _check_network_files(options)
    with only_one(lock, f"another training writes {options.out} at this moment: wait for it, or name another file"):
        try:
            surveys = []
            for folder in options.survey:
                with progress_bar(f"checking {folder}", "image") as progress:
                    surveys.append(load_survey(folder, options.label, scale=options.scale, progress=progress))
            with progress_bar("training", "batch") as bar:
                card = train(
                    surveys,
                    options.out,
                    recipe=recipe,
                    progress=bar,
                    report=_report_epoch,
                    note=_note,
                    force=options.force,
                )
        finally:
            lock.unlink(missing_ok=True)
    rmse = f"{card.training['valid_rmse']:.4g} {card.unit}".rstrip()
    path = options.out.with_name(f"{card.name}.json")
    print(f"RMSE {rmse} on {card.training['n_validation']} galaxies kept apart; the card is {path}")
    return DONE


def _check_network_files(options: argparse.Namespace) -> Path:
    """Refuse, before any galaxy is read, to write a network that can't be written; the name of a file to lock."""
    from galviz.output import Output

    card = options.out
    if card.suffix != ".json":
        raise ValueError(f"--out must be a .json file in a folder that exists; got {card}.")
    checkpoint, weights = card.with_suffix(".checkpoint"), card.with_suffix(".safetensors")
    stopped = checkpoint.is_file()
    for path in (card, weights):
        Output(path, force=options.force, read=options.survey)
    Output(checkpoint, force=True, read=options.survey, room=0 if stopped else _CHECKPOINT_BYTES)
    return card.with_name(f".{card.stem[:48]}.lock")


def _report_epoch(record: dict[str, Any]) -> None:
    errors = f"RMSE {record['train_rmse']:.4g} training, {record['valid_rmse']:.4g} validation"
    say(f"{record['phase']:8} {record['epoch']:3}  {record['side_px']} px  {errors}  {record['seconds']:.0f} s")


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


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
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="a Parquet file")
    _force_argument(parser)


def _extract(options: argparse.Namespace) -> int:
    from galviz.features import save_features
    from galviz.origin import Origin

    output = _output(options, replaces_features=True)
    layers = None if options.layers is None else _listed("--layers", options.layers)
    network, survey = _load(options, layers or ())
    layers = network.layer_names if layers is None else layers
    origin = Origin.expected(survey.sha256, network.card, precision=options.precision)
    if output.replaces and not options.force and not _can_be_remade(output.target, origin, layers):
        output.refuse()
    features = _run(options, network, survey, layers)
    with output.writing() as temporary:
        save_features(features, temporary)
    print(f"features of {len(features.object_ids)} galaxies at {', '.join(features.layers)} are in {options.out}")
    return DONE


def _can_be_remade(path: Path, origin: "Origin", layers: Sequence[str]) -> bool:
    """Whether a file holds features that this pass computes again, and nothing else."""
    from galviz.featurefile import holds_nothing_else
    from galviz.features import FeaturesError, load_features
    from galviz.origin import Origin

    try:
        features = load_features(path)
    except FeaturesError:
        return False
    ours = Origin.recorded(features.provenance) == origin and set(features.layers) <= set(layers)
    return ours and holds_nothing_else(path, features.layers)


def _predict_arguments(parser: argparse.ArgumentParser) -> None:
    _use_arguments(parser)
    parser.add_argument("--out", type=_file_or_stdout, metavar="FILE", help="a CSV file (default, and for -: print it)")
    _force_argument(parser)


def _file_or_stdout(text: str) -> Path | None:
    return None if text in ("-", "/dev/stdout") else output_file(text)


def _predict(options: argparse.Namespace) -> int:
    import pandas as pd

    from galviz.files import write_text

    output = None if options.out is None else _output(options)
    if output is None:
        require_stdout("predictions")
    network, survey = _load(options)
    features, label = _run(options, network, survey, ()), network.card.label
    table = pd.DataFrame({"prediction": features.predictions}, index=pd.Index(features.object_ids, name="objID"))
    # A truth is one only if it is of what the network predicts.
    has_truth = survey.label is not None and survey.label.column == label
    # Whatever the label is called, `prediction` is what the network predicts.
    truth = "true" if label == "prediction" else label
    if has_truth:
        table.insert(0, truth, survey.catalogue[label])
    elif survey.label is not None:
        tell(f"the network predicts {label} and not {survey.label.column}, so there are no errors to tell")
    # As pandas writes them, in as few digits as give back the same number, however small: float32 as float32.
    content = table.to_csv(lineterminator="\n")
    if output is None:
        print(content, end="")
    else:
        with output.writing() as temporary:
            write_text(temporary, content)
        print(f"predictions for {len(table)} galaxies are in {options.out}")
    if has_truth and (errors := (table["prediction"] - table[truth]).dropna()).size:
        rmse, bias = (errors**2).mean() ** 0.5, errors.mean()
        tell(f"RMSE {rmse:.4g}, bias {bias:+.4g} over {len(errors)} galaxies with a label")
    return DONE


def _force_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there already")


def _output(options: argparse.Namespace, *, replaces_features: bool = False) -> "Output":
    """Where the result goes, before minutes are spent on it; a features file is looked into once the survey is read."""
    from galviz.card import SHIPPED_CARD, read_card
    from galviz.output import Output

    path = SHIPPED_CARD if options.model is None else Path(options.model)
    weights = path.with_name(read_card(path).weights)
    return Output(
        options.out,
        force=options.force,
        read=[options.survey, path, path.with_suffix(".json"), weights],
        may_replace=_is_features_file if replaces_features else lambda path: False,
    )


def _is_features_file(path: Path) -> bool:
    from galviz.features import FeaturesError, load_features

    try:
        load_features(path)
    except FeaturesError:
        return False
    return True


def _load(options: argparse.Namespace, layers: Sequence[str] = ()) -> "tuple[nn.Module, Survey]":
    """Load the network and the survey; the other arguments are checked first, before all images are read."""
    from galviz.activations import choose_device
    from galviz.model import MAP_LAYERS, load_model
    from galviz.problems import listed
    from galviz.survey import load_survey

    network = load_model(options.model)
    if unknown := [layer for layer in layers if layer not in (*MAP_LAYERS, "features")]:
        raise ValueError(f"layers must be a list of names out of {listed((*MAP_LAYERS, 'features'))}; got {unknown!r}.")
    choose_device(options.device)
    with progress_bar("checking images", "image") as progress:
        survey = load_survey(options.survey, options.label, scale=options.scale, progress=progress)
    scales = {known.get("scale", 1.0) for known in network.card.training.get("surveys", ())}
    if scales - {1.0, options.scale}:
        told = ", ".join(f"{scale:g}" for scale in sorted(scales))
        tell(f"the network was trained on images scaled by {told}; these are scaled by {options.scale:g}")
    return network, survey


def _run(options: argparse.Namespace, network: "nn.Module", survey: "Survey", layers: Sequence[str]) -> "Features":
    """Send the survey through the network."""
    from galviz.activations import extract

    with progress_bar("extracting", "galaxy") as progress:
        return extract(
            network,
            survey,
            layers=layers,
            batch_size=options.batch_size,
            device=options.device,
            precision=options.precision,
            progress=progress,
        )


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

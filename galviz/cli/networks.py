"""extract and predict."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.command import (
    DONE,
    SCALE_HELP,
    Command,
    at_least,
    names_in,
    output_file,
    progress_bar,
    require_stdout,
    tell,
)

if TYPE_CHECKING:
    from torch import nn

    from galviz.cli.output import Output
    from galviz.features.features import Features
    from galviz.features.origin import Origin
    from galviz.survey.survey import Survey


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
    parser.add_argument("--layers", metavar="LAYER,…", help="layers, or paths of modules (default: all layers)")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="a Parquet file")
    _force_argument(parser)


def _extract(options: argparse.Namespace) -> int:
    from galviz.features.features import save_features
    from galviz.features.origin import Origin

    output = _output(options, replaces_features=True)
    layers = None if options.layers is None else names_in("--layers", options.layers)
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
    from galviz.features.features import FeaturesError, load_features
    from galviz.features.fileformat import has_only_own_columns
    from galviz.features.origin import Origin

    try:
        features = load_features(path)
    except FeaturesError:
        return False
    ours = Origin.recorded(features.provenance) == origin and set(features.layers) <= set(layers)
    return ours and has_only_own_columns(path, features.layers)


def _predict_arguments(parser: argparse.ArgumentParser) -> None:
    _use_arguments(parser)
    parser.add_argument("--out", type=_file_or_stdout, metavar="FILE", help="a CSV file (default, and for -: print it)")
    _force_argument(parser)


def _file_or_stdout(text: str) -> Path | None:
    return None if text in ("-", "/dev/stdout") else output_file(text)


def _predict(options: argparse.Namespace) -> int:
    import pandas as pd

    from galviz.files.writing import write_text
    from galviz.network.card import read_card

    card = read_card(options.model)
    if card.label is None:
        raise ValueError(
            f"The network {card.name} is an encoder and predicts no label. Write its features instead: "
            "python -m galviz extract."
        )
    output = None if options.out is None else _output(options)
    if output is None:
        require_stdout("predictions")
    network, survey = _load(options)
    features, label = _run(options, network, survey, ()), card.label
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
    from galviz.cli.output import Output
    from galviz.network.card import read_card, shipped_card_path

    path = shipped_card_path() if options.model is None else Path(options.model)
    weights = path.with_name(read_card(path).weights)
    return Output(
        options.out,
        force=options.force,
        read=[options.survey, path, path.with_suffix(".json"), weights],
        may_replace=_is_features_file if replaces_features else lambda path: False,
    )


def _is_features_file(path: Path) -> bool:
    from galviz.features.features import FeaturesError, load_features

    try:
        load_features(path)
    except FeaturesError:
        return False
    return True


def _load(options: argparse.Namespace, layers: Sequence[str] = ()) -> "tuple[nn.Module, Survey]":
    """Load the network and the survey; the other arguments are checked first, before all images are read."""
    from galviz.network.activations import check_layers, choose_device
    from galviz.network.model import load_model
    from galviz.survey.survey import load_survey

    network = load_model(options.model)
    check_layers(network, layers)
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
    from galviz.features.extraction import extract

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
    "extract": Command(
        "Write what the layers of a network answer to each galaxy, and its predictions.", _extract_arguments, _extract
    ),
    "predict": Command("Write what a network predicts for each galaxy, as CSV.", _predict_arguments, _predict),
}

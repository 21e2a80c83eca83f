"""The commands extract and predict."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.arguments import LABEL_HELP, SCALE_HELP, at_least, output_file, parse_names
from galviz.cli.auditing import add_exclude, read_excluded
from galviz.cli.command import DONE, Command, warn
from galviz.cli.streams import progress_bar, require_stdout

if TYPE_CHECKING:
    from torch import nn

    from galviz.cli.output import Output
    from galviz.features.cache_key import Origin
    from galviz.features.features import Features
    from galviz.survey.survey import Survey

# Largest difference of features computed on different processors, and rounded to float16, as a share of the largest.
_TOLERANCE = 0.02


def _add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--survey", metavar="FOLDER", required=True, help="the survey folder to read")
    add("--label", metavar="COLUMN", help=LABEL_HELP)
    add("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add_exclude(parser)
    add("--model", metavar="CARD", help="a network's card, NAME.json (default: the shipped network)")
    add("--batch-size", type=at_least(1), default=64, metavar="B", help="images per batch (default: 64)")
    add("--device", metavar="D", help="cpu, cuda or mps (default: the fastest available)")
    add("--precision", choices=("float32", "bfloat16"), default="float32", help="(default: float32)")


def _extract_arguments(parser: argparse.ArgumentParser) -> None:
    _add_shared_arguments(parser)
    parser.add_argument("--layers", metavar="LAYER,…", help="names of layers, or module paths (default: all layers)")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="the Parquet file to write")
    _force_argument(parser)


def _extract(options: argparse.Namespace) -> int:
    from galviz.features.cache_key import Origin
    from galviz.features.features import save_features

    output = _output(options, replaces_features=True)
    layers = None if options.layers is None else parse_names("--layers", options.layers)
    network, survey = _load(options, layers or ())
    layers = network.layer_names if layers is None else layers
    origin = Origin.expected(survey.sha256, network.card, precision=options.precision)
    is_compared = output.replaces and not options.force
    if is_compared and not _is_recomputed(output.target, origin, layers):
        output.refuse()
    features = _extract_features(options, network, survey, layers)
    replace = not is_compared or _has_values(output.target, features)
    with output.writing(replace=replace) as temporary:
        save_features(features, temporary)
    print(f"features of {len(features.object_ids)} galaxies at {', '.join(features.layers)}: {options.out}")
    return DONE


def _is_recomputed(path: Path, origin: "Origin", layers: Sequence[str]) -> bool:
    """Whether this command computes everything in an existing features file again."""
    from galviz.features.cache_key import Origin
    from galviz.features.features import FeaturesError, load_features
    from galviz.features.fileformat import has_only_own_columns

    try:
        features = load_features(path)
    except FeaturesError:
        return False
    is_same = Origin.recorded(features.provenance) == origin and set(features.layers) <= set(layers)
    return is_same and has_only_own_columns(path, features.layers)


def _has_values(path: Path, features: "Features") -> bool:
    """Whether an existing features file has the same values, up to rounding: if not, someone has changed them."""
    import numpy as np

    from galviz.features.features import FeaturesError, load_features

    def are_close(saved: np.ndarray, computed: np.ndarray) -> bool:
        return saved.shape == computed.shape and bool(
            (np.abs(saved - computed) <= _TOLERANCE * np.abs(computed).max(initial=0)).all()
        )

    try:
        saved = load_features(path)
        if saved.object_ids != features.object_ids or (saved.predictions is None) != (features.predictions is None):
            return False
        pairs = [(saved.layers[layer], features.layers[layer]) for layer in saved.layers]
        if features.predictions is not None:
            pairs.append((saved.predictions, features.predictions))
        return all(are_close(one, other) for one, other in pairs)
    except FeaturesError:
        return False  # changed or damaged in the meantime


def _predict_arguments(parser: argparse.ArgumentParser) -> None:
    _add_shared_arguments(parser)
    parser.add_argument(
        "--out", type=_file_or_stdout, metavar="FILE", help="the CSV file to write (default, and for -: print it)"
    )
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
            f"The network {card.name} is an encoder, which predicts no label. Extract its features instead: "
            "python -m galviz extract."
        )
    output = None if options.out is None else _output(options)
    if output is None:
        require_stdout("predictions")
    network, survey = _load(options)
    features, label = _extract_features(options, network, survey, ()), card.label
    table = pd.DataFrame({"prediction": features.predictions}, index=pd.Index(features.object_ids, name="objID"))
    # The survey's label is the ground truth only if the network predicts that label.
    has_truth = survey.label is not None and survey.label.column == label
    # The column `prediction` always has the network's predictions, even if the label has that name.
    truth_column = "true" if label == "prediction" else label
    if has_truth:
        table.insert(0, truth_column, survey.catalogue[label])
    elif survey.label is not None:
        warn(f"the network predicts {label}, not {survey.label.column}, so errors can't be computed")
    # pandas writes the fewest digits that restore the same number, for float32 as float32.
    content = table.to_csv(lineterminator="\n")
    if output is None:
        print(content, end="")
    else:
        with output.writing() as temporary:
            write_text(temporary, content)
        print(f"predictions for {len(table)} galaxies: {options.out}")
    if has_truth and (errors := (table["prediction"] - table[truth_column]).dropna()).size:
        rmse, bias = (errors**2).mean() ** 0.5, errors.mean()
        warn(f"RMSE {rmse:.4g}, bias {bias:+.4g} over {len(errors)} galaxies with a label")
    return DONE


def _force_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def _output(options: argparse.Namespace, *, replaces_features: bool = False) -> "Output":
    """Check that the result can be written, before the computation; an existing features file is compared later."""
    from galviz.cli.output import Output
    from galviz.network.card import read_card, shipped_card_path

    path = shipped_card_path() if options.model is None else Path(options.model)
    weights = path.with_name(read_card(path).weights)
    return Output(
        options.out,
        force=options.force,
        inputs=[options.survey, path, path.with_suffix(".json"), weights],
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
    """Load the network and the survey, after checking the other arguments, because reading all images takes time."""
    from galviz.network.activations import check_layers
    from galviz.network.device import choose_device
    from galviz.network.model import load_model
    from galviz.survey.survey import load_survey

    network = load_model(options.model)
    check_layers(network, layers)
    choose_device(options.device)
    excluded = read_excluded(options)
    with progress_bar("checking images", "image") as progress:
        survey = load_survey(options.survey, options.label, scale=options.scale, exclude=excluded, progress=progress)
    scales = {record.get("scale", 1.0) for record in network.card.training.get("surveys", ())}
    if scales - {1.0, options.scale}:
        trained = ", ".join(f"{scale:g}" for scale in sorted(scales))
        warn(f"the network was trained on images scaled by {trained}; these are scaled by {options.scale:g}")
    return network, survey


def _extract_features(
    options: argparse.Namespace, network: "nn.Module", survey: "Survey", layers: Sequence[str]
) -> "Features":
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
        "Extract the activations of a network's layers for each galaxy.",
        "It reads a survey folder and a network, and writes a Parquet file: one row per galaxy with its objID, one "
        "vector per layer and the prediction. `galviz.load_features` and the app read it.",
        "extract --survey my-survey --layers stage2,features --out features.parquet",
        _extract_arguments,
        _extract,
    ),
    "predict": Command(
        "Predict the label of each galaxy.",
        "It reads a survey folder and a network, and prints or writes a CSV table: objID, the true label if the survey "
        "has it, and the prediction.",
        "predict --survey my-survey --out predictions.csv",
        _predict_arguments,
        _predict,
    ),
}

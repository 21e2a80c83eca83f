"""The commands import-model and import-features: networks and embeddings from elsewhere."""

import argparse

from galviz.cli.arguments import at_least, output_file, parse_pairs
from galviz.cli.command import DONE, Command, warn
from galviz.cli.streams import progress_bar


def _model_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("weights", metavar="FILE", help="written by fastai's learn.save, a state dict (.pth, .pt), or .safetensors")
    add("--builder", metavar="NAME", required=True, help="xresnet18, torchvision:resnet18, timm:…, fastai:resnet18")
    add("--options", metavar="K=V,…", default="", help="options of the builder, such as sa=false,act_cls=ReLU")
    add("--layers", metavar="NAME=PATH,…", help="names and module paths of the layers (default: the network's blocks)")
    add(
        "--head", metavar="PATH", help="module path of the linear layer that predicts the label (default: the last one)"
    )
    predicted = parser.add_mutually_exclusive_group(required=True)
    predicted.add_argument("--label", metavar="COLUMN", help="the catalogue column that the network predicts")
    predicted.add_argument("--encoder", action="store_true", help="the network predicts no label")
    add("--unit", metavar="UNIT", default="", help="unit of the label, such as dex")
    add("--crop", type=at_least(32), required=True, metavar="PX", help="side of the central square that is the input")
    add("--pad", type=at_least(32), metavar="PX", help="crop or pad images to this side first (default: as --crop)")
    add("--normalize", choices=("imagenet",), help="normalise pixels with ImageNet's mean and standard deviation")
    add("--mean", metavar="R,G,B", help="or with this mean of red, green and blue, each from 0 to 1")
    add("--std", metavar="R,G,B", help="and this standard deviation; 1,1,1 for none")
    add("--prefix", metavar="TEXT", help="load only tensors whose names start with this, such as student.")
    add(
        "--out",
        type=output_file,
        required=True,
        metavar="CARD",
        help="NAME.json; NAME.safetensors is written beside it",
    )
    add("--force", action="store_true", help="replace an existing network")


def _import_model(options: argparse.Namespace) -> int:
    from galviz.cli.output import Output
    from galviz.network.builders import parse_options
    from galviz.network.importing import import_model
    from galviz.network.model import save_model
    from galviz.network.networkfiles import NetworkFiles

    if options.out.suffix != ".json":
        raise ValueError(f"--out must be a .json file in a folder that exists; got {options.out}.")
    for path in (options.out, options.out.with_suffix(".safetensors")):
        Output(path, force=options.force, inputs=[options.weights])
    files = NetworkFiles(options.out, force=options.force)
    mean, std = _normalisation(options)
    network = import_model(
        options.weights,
        options.builder,
        options=parse_options(options.builder, parse_pairs("--options", options.options)),
        layers=parse_pairs("--layers", options.layers) if options.layers else None,
        head=options.head,
        label=options.label,
        unit=options.unit,
        pad_px=options.pad,
        crop_px=options.crop,
        mean=mean,
        std=std,
        prefix=options.prefix,
    )
    card = save_model(network, options.out, files=files)
    layers = ", ".join(f"{name} ({card.spec.path_of(name) or 'output'})" for name in card.layers)
    output = "an encoder" if card.label is None else f"predicts {card.label}{f' in {card.unit}' * bool(card.unit)}"
    print(f"{card.spec.builder}, {output}; layers: {layers}; the card is {options.out.with_name(card.name + '.json')}")
    if card.label is not None:
        warn("Compare a few predictions (python -m galviz predict) with those of the program that trained it.")
    return DONE


def _normalisation(options: argparse.Namespace) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean and the standard deviation of the options."""
    from galviz.network.importing import IMAGENET

    if options.normalize == "imagenet" and options.mean is options.std is None:
        return IMAGENET
    if options.normalize is not None or options.mean is None or options.std is None:
        raise ValueError(
            "Specify how pixels are normalised: --normalize imagenet, or both --mean and --std. In fastai, "
            "cnn_learner and vision_learner use ImageNet's, unless the DataBlock has its own Normalize."
        )
    return _three_numbers("--mean", options.mean), _three_numbers("--std", options.std)


def _three_numbers(option: str, text: str) -> tuple[float, ...]:
    try:
        red, green, blue = map(float, text.split(","))
    except ValueError as error:
        raise ValueError(f"{option} must be three numbers, such as 0.485,0.456,0.406; got {text!r}.") from error
    return red, green, blue


def _features_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("embedding", metavar="FILE", help=".parquet, .csv, .npz, or .npy with --ids")
    add("--survey", metavar="FOLDER", required=True, help="the survey folder with the galaxies' images")
    add("--id-column", metavar="NAME", default="objID", help="column or array with the ids (default: objID)")
    add("--columns", metavar="NAME,…", help="column of lists, columns of numbers ('feat_*'), or array with the values")
    add("--ids", metavar="FILE", help="for .npy: a .npy of ids, or a text file with one id per line")
    add("--layer", metavar="NAME", default="embedding", help="name of the layer in the output (default: embedding)")
    add("--out", type=output_file, required=True, metavar="FILE", help="the features file to write, FILE.parquet")
    add("--force", action="store_true", help="replace FILE if it exists")


def _import_features(options: argparse.Namespace) -> int:
    from galviz.cli.output import Output
    from galviz.features.features import save_features
    from galviz.features.importing import import_features
    from galviz.survey.survey import load_survey

    inputs = [options.embedding, options.survey, *([options.ids] if options.ids else [])]
    output = Output(options.out, force=options.force, inputs=inputs)
    with progress_bar("checking images", "image") as progress:
        survey = load_survey(options.survey, progress=progress)
    imported = import_features(
        options.embedding,
        survey,
        id_column=options.id_column,
        columns=None if options.columns is None else options.columns.split(","),
        ids=options.ids,
        layer=options.layer,
    )
    with output.writing() as temporary:
        save_features(imported.features, temporary)
    n_galaxies, n_channels = imported.features.layers[options.layer].shape
    print(f"{n_channels} values per galaxy, for {n_galaxies:,} galaxies, from {imported.read_from}: {options.out}")
    if imported.note:
        warn(imported.note)
    if imported.n_left_out:
        warn(f"{imported.n_left_out:,} rows are left out, because the survey doesn't have these galaxies")
    warn(f"explore it: streamlit run app.py -- --survey {options.survey} --features {options.out}")
    return DONE


COMMANDS = {
    "import-model": Command(
        "Convert weights saved by fastai or PyTorch into a network that galviz loads.",
        "It reads a weights file and the options that describe the network, and writes a model card (JSON) and the "
        "weights (safetensors). Pickled models such as export.pkl are refused.",
        "import-model learn-saved.pth --builder fastai:resnet18 --label metallicity --unit dex --crop 112 "
        "--normalize imagenet --out mine.json",
        _model_arguments,
        _import_model,
    ),
    "import-features": Command(
        "Convert an embedding computed elsewhere into a features file.",
        "It reads one vector per galaxy from a table or an array and writes a Parquet file for the app's "
        "option --features.",
        "import-features zoobot.parquet --survey my-survey --out zoobot-features.parquet",
        _features_arguments,
        _import_features,
    ),
}

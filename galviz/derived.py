"""What is made from the shipped survey and weights: features, of controls too, thumbnails, lessons' figures, UMAPs.

A control is a network that can't have learnt metallicity: one with random weights, and one trained on labels dealt out
at random. What their features show as clearly as the trained network's wasn't learnt from the label.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from galviz.card import ModelCard, file_sha256, write_card
from galviz.evidence import (
    PIXELS,
    PREDICTION,
    SHIPPED_EVIDENCE,
    Evidence,
    gather_evidence,
    load_evidence,
    save_evidence,
)
from galviz.features import CONTROLS, Features, load_features, save_features
from galviz.figures import MAPS, SHIPPED_FIGURES, Figures, load_figures, save_figures
from galviz.manifest import ACCEPT, DATA_FOLDER, RESTORE, ShippedFileError, find_differences, record, write_manifest
from galviz.maps import SHIPPED_MAPS, Maps, load_maps, make_maps, save_maps
from galviz.pixelfeatures import pixel_features
from galviz.problems import listed
from galviz.sample import evenly_ranked
from galviz.survey import Survey, load_survey
from galviz.thumbnails import SHIPPED_THUMBNAILS, load_thumbnails, make_thumbnails, save_thumbnails

if TYPE_CHECKING:
    from torch import nn

# With which weights and card a features file was made, or for a control those that it is a control of.
MADE_FOR, MADE_FOR_CARD = "made_for_weights", "made_for_card"
_SEED = 2020
# Of the lessons' figures: galaxies, and channels kept of each map.
_EXAMPLES, _CHANNELS = 6, 16

Tell = Callable[[int, int], object]


@dataclass(frozen=True)
class Built:
    """A file of derived data.

    Attributes
    ----------
    path : pathlib.Path
    made : bool
        False if it was there already, of this survey and this network.
    """

    path: Path
    made: bool


def build_data(
    out: Path = DATA_FOLDER,
    *,
    survey: Survey | None = None,
    model: str | os.PathLike[str] | None = None,
    again: bool = False,
    accept_changes: bool = False,
    progress: Callable[[str, int, int], object] | None = None,
) -> Iterator[Built]:
    """Make what is derived from the shipped survey and weights, one file after the other.

    Parameters
    ----------
    out : pathlib.Path
        A folder for the folders ``features`` and ``figures``, which are made if they aren't there.
    survey : Survey, optional
    model : path-like, optional
        A card; survey and model are the shipped ones by default.
    again : bool
        Make files that are up to date too.
    accept_changes : bool
        Take everything under ``data/`` as it is now for what is shipped, though checksums differ. Without this, changed
        files are an error, save the derived ones, which are made again.
    progress : callable, optional
        Called as progress(name of the file, done, total).

    Yields
    ------
    Built

    Raises
    ------
    ValueError
        If survey or weights can't be used, or files differ from those that were shipped.
    OSError
        If a file can't be written.
    """
    from galviz.model import load_model

    if _is_data_folder(out):
        if accept_changes:
            write_manifest()
        _refuse_changes()
    survey, network = survey or load_survey(), load_model(model)
    for name, write in _WRITERS.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)

        def tell(done: int, total: int, name: str = path.stem) -> None:
            if progress:
                progress(name, done, total)

        made = again or not is_up_to_date(path, survey, network.card)
        if made:
            write(path, survey, network, tell)
            record(path)  # the files that follow are made from it
        yield Built(path, made)


def is_up_to_date(path: Path, survey: Survey, card: ModelCard) -> bool:
    """Whether a file of derived data is there, of this survey and, unless it holds thumbnails, this network.

    Of the network both weights and card count: with other statistics or another crop the same weights see other images.
    A file that came with galviz and has changed since isn't up to date.
    """
    try:
        if path.name == SHIPPED_THUMBNAILS.name:
            return load_thumbnails(path)[1] == survey.sha256
        if path.name == SHIPPED_FIGURES.name:
            found = _made_from(load_figures(path))
        elif path.name == SHIPPED_EVIDENCE.name:
            found = _made_from(load_evidence(path))
        elif path.name == SHIPPED_MAPS.name:
            found = _made_from(load_maps(path))
        else:
            provenance = load_features(path).provenance
            found = [provenance.get(name) for name in ("survey_sha256", MADE_FOR, MADE_FOR_CARD)]
    except ValueError:  # as FeaturesError is
        return False
    return found == [survey.sha256, card.weights_sha256, card.sha256]


def _made_from(made: Figures | Evidence | Maps) -> list[str]:
    return [made.survey_sha256, made.weights_sha256, made.card_sha256]


def _is_data_folder(folder: Path) -> bool:
    return folder.absolute() == DATA_FOLDER.absolute()


def _refuse_changes() -> None:
    """See to it that what the derived files are made from is what was shipped."""
    changed = [each for each in find_differences() if each.name not in FILES]
    if changed:
        raise ShippedFileError(
            f"Under {DATA_FOLDER} this isn't as it was shipped: {listed([str(each) for each in changed])}. Get it back "
            f"with `{RESTORE}`, and move away what isn't shipped; or, if you changed it on purpose: `{ACCEPT}`."
        )


def _write_features(
    make: Callable[[Survey, "nn.Module", Tell], Features], path: Path, survey: Survey, network: "nn.Module", tell: Tell
) -> None:
    found = make(survey, network, tell)
    made_for = {MADE_FOR: network.card.weights_sha256, MADE_FOR_CARD: network.card.sha256}
    provenance = {**found.provenance, **made_for}
    save_features(Features(found.object_ids, found.layers, found.predictions, provenance), path)


def _write_thumbnails(path: Path, survey: Survey, network: "nn.Module", tell: Tell) -> None:
    save_thumbnails(make_thumbnails(survey, progress=tell), survey.sha256, path)


def _write_figures(path: Path, survey: Survey, network: "nn.Module", tell: Tell) -> None:
    """The lessons' figures, of examples evenly spread over the label's range or, without labels, over the catalogue."""
    from galviz.inspection import attention_gamma, effect_of_training_mode, inside, table_of_layers
    from galviz.training.preview import augment

    catalogue, label = survey.catalogue, survey.label
    ranking = catalogue[label.column] if label else pd.Series(range(len(catalogue)), index=catalogue.index)
    object_ids = evenly_ranked(ranking, _EXAMPLES)
    seen, augmented = {}, {}
    for done, object_id in enumerate(object_ids, start=1):
        image = survey.image(object_id)
        seen[object_id] = inside(network, image)
        for step, drawn in augment(image, network.card, seed=_SEED + done).items():
            augmented[object_id, step] = drawn
        tell(done, len(object_ids))
    effect = asdict(effect_of_training_mode(network, [survey.image(object_id) for object_id in object_ids]))
    passes = effect.pop("passes")
    channels = {name: _liveliest([maps[name] for maps in seen.values()]) for name in MAPS}
    # What goes into a part, what it adds and what leaves it are looked at together: of the same channels.
    for part in ("block", "attention"):
        channels |= {name: channels[f"{part}/output"] for name in MAPS if name.startswith(f"{part}/")}
    save_figures(
        Figures(
            object_ids=object_ids,
            layers=table_of_layers(network.card),
            attention_gamma=attention_gamma(network),
            channels=channels,
            maps={(each, name): maps[name][channels[name]] for each, maps in seen.items() for name in MAPS},
            augmented=augmented,
            predictions={name: np.round(values, 4).astype(float).round(4).tolist() for name, values in effect.items()},
            passes=passes,
            survey_sha256=survey.sha256,
            weights_sha256=network.card.weights_sha256,
            card_sha256=network.card.sha256,
        ),
        path,
    )


def _write_evidence(path: Path, survey: Survey, network: "nn.Module", tell: Tell) -> None:
    """Probes of the features that were written before it, and of the pixels."""
    card, folder = network.card, path.parents[1] / "features"
    trained = load_features(folder / "mock-survey.parquet")
    controls = {name: load_features(folder / f"{name}.parquet").layers["features"] for name in CONTROLS}
    pixels = pixel_features(survey, pad_px=card.pad_px, crop_px=card.crop_px)
    sources = {**trained.layers, **controls, PIXELS: pixels, PREDICTION: trained.predictions[:, None]}
    checksums = {"survey_sha256": survey.sha256, "weights_sha256": card.weights_sha256}
    checksums["card_sha256"] = card.sha256
    save_evidence(gather_evidence(survey.catalogue, sources, **checksums, progress=tell), path)


def _write_maps(path: Path, survey: Survey, network: "nn.Module", tell: Tell) -> None:
    """UMAPs of the features that were written before them."""
    features = load_features(path.parent / "mock-survey.parquet")
    values = features.layers[network.layer_names[-1]]
    checksums = survey.sha256, network.card.weights_sha256
    made_by = network.card.sha256
    save_maps(make_maps(features.object_ids, values, *checksums, card_sha256=made_by, progress=tell), path)


def _liveliest(maps: list[np.ndarray]) -> np.ndarray:
    """The channels that vary most from place to place over some galaxies' maps (channels, height, width), in order."""
    spread = np.mean([each.std(axis=(1, 2)) for each in maps], axis=0)
    return np.sort(np.argsort(spread, kind="stable")[::-1][:_CHANNELS])


def _trained(survey: Survey, network: "nn.Module", tell: Tell) -> Features:
    from galviz.activations import extract

    return extract(network, survey, layers=network.layer_names, progress=tell)


def _random(survey: Survey, network: "nn.Module", tell: Tell) -> Features:
    """Of the same architecture with untrained weights, on images prepared alike."""
    from galviz.activations import extract
    from galviz.model import build_network, load_model, write_weights

    with tempfile.TemporaryDirectory() as scratch:
        weights = Path(scratch) / network.card.weights
        write_weights(build_network(network.card.architecture, seed=_SEED), weights)
        card = replace(network.card, name=CONTROLS[0], weights_sha256=file_sha256(weights), training={"seed": _SEED})
        path = weights.with_suffix(".json")
        write_card(card, path)
        return extract(load_model(path), survey, progress=tell)


def _shuffled(survey: Survey, network: "nn.Module", tell: Tell) -> Features:
    """Of the same architecture, trained for a few epochs on this survey with its labels dealt out at random."""
    from galviz.activations import extract
    from galviz.model import load_model
    from galviz.training import Recipe, train

    card = network.card
    # As the tutorial trains, save for fewer epochs: there is nothing to learn.
    recipe = Recipe(epochs=5, batch_size=64, seed=_SEED, shuffled_labels=True, pad_px=card.pad_px, crop_px=card.crop_px)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{CONTROLS[1]}.json"
        train([survey], path, recipe=recipe, architecture=card.architecture, progress=tell)
        return extract(load_model(path), survey)


_WRITERS = {
    "features/mock-survey.parquet": partial(_write_features, _trained),
    f"features/{CONTROLS[0]}.parquet": partial(_write_features, _random),
    f"features/{CONTROLS[1]}.parquet": partial(_write_features, _shuffled),
    "features/thumbnails.parquet": _write_thumbnails,
    "figures/lessons.safetensors": _write_figures,
    f"figures/{SHIPPED_EVIDENCE.name}": _write_evidence,
    f"features/{SHIPPED_MAPS.name}": _write_maps,  # last: whoever lacks umap-learn gets all else
}
FILES = tuple(_WRITERS)

"""The lessons' figures: activations, augmented images and predictions of a few example galaxies.

Pages show them without torch. They are stored in one safetensors file: numbers as float16, images as WebP, the rest as
JSON in its metadata.
"""

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from PIL import Image

from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.serialisation import decode_arrays, encode_arrays
from galviz.network.anatomy import MAPS, LayerRow
from galviz.survey.sample import evenly_ranked

# The steps of augmentation, in the order in which training applies them.
STEPS = ("crop", "turn", "light", "all")
_EXAMPLES, _CHANNELS, _SEED = 6, 16, 2020
_QUALITY = 85


@dataclass(frozen=True, eq=False)
class Figures:
    """Activations, augmented images and predictions of a few example galaxies.

    Attributes
    ----------
    object_ids : list of str
        The examples, from the lowest to the highest label.
    layers : list of LayerRow
    attention_gamma : float
        Learnt factor of the output of self-attention; it starts at 0.
    channels : Mapping of str to ndarray of int, shape (k,)
        Which channels of each of `MAPS` are in `maps`.
    maps : Mapping of (objID, name) to ndarray of float32, shape (k, height, width)
    augmented : Mapping of (objID, step) to list of PIL.Image.Image
        Augmented images after each of `STEPS`.
    predictions : Mapping of str to list of float
        In eval and in training mode, in the order of `object_ids`; keys are the attributes of
        `galviz.network.inspection.ModeComparison`.
    passes : int
        Number of batches in training mode before ``eval_after``.
    """

    object_ids: list[str]
    layers: list[LayerRow]
    attention_gamma: float
    channels: Mapping[str, np.ndarray]
    maps: Mapping[tuple[str, str], np.ndarray]
    augmented: Mapping[tuple[str, str], list[Image.Image]]
    predictions: Mapping[str, list[float]]
    passes: int


class LessonFigures(WholeFileArtefact[Figures]):
    """Figures of examples that are evenly spread over the label's range or, without a label, over the catalogue.

    Examples
    --------
    >>> len(LESSON_FIGURES.load().object_ids)
    6
    """

    name = "figures/lessons.safetensors"
    title = "The lessons' figures"
    packages = ("torch", "fastai", "pillow")

    def make(self, inputs: Inputs, progress: Progress) -> Figures:
        """Compute feature maps and predictions of the examples, and augment their images."""
        from galviz.network.inspection import attention_gamma, compare_modes, record_maps, summarise_layers
        from galviz.training.preview import augment

        survey, network, card = inputs.survey, inputs.network, inputs.card
        catalogue, label = survey.catalogue, survey.label
        ranking = catalogue[label.column] if label else pd.Series(range(len(catalogue)), index=catalogue.index)
        object_ids = evenly_ranked(ranking, _EXAMPLES)
        images = {object_id: survey.image(object_id) for object_id in object_ids}
        activations, augmented = {}, {}
        for done, (object_id, image) in enumerate(images.items(), start=1):
            activations[object_id] = record_maps(network, image)
            for step, samples in augment(image, card, seed=_SEED + done).items():
                augmented[object_id, step] = samples
            progress(done, len(object_ids))
        effect = asdict(compare_modes(network, list(images.values())))
        passes = effect.pop("passes")
        channels = _choose_channels(activations)
        return Figures(
            object_ids=object_ids,
            layers=summarise_layers(card),
            attention_gamma=attention_gamma(network),
            channels=channels,
            maps={
                (object_id, name): maps[name][channels[name]]
                for object_id, maps in activations.items()
                for name in MAPS
            },
            augmented=augmented,
            predictions={name: np.round(values, 4).astype(float).round(4).tolist() for name, values in effect.items()},
            passes=passes,
        )

    def encode(self, content: Figures, provenance: Provenance) -> bytes:
        """A safetensors file with arrays ``channels/…``, ``maps/…`` and ``augmented/…``."""
        arrays = {f"channels/{name}": np.asarray(numbers, np.int32) for name, numbers in content.channels.items()}
        for (object_id, name), values in content.maps.items():
            arrays[f"maps/{object_id}/{name}"] = values.astype(np.float16)
        for (object_id, step), images in content.augmented.items():
            for number, image in enumerate(images):
                arrays[f"augmented/{object_id}/{step}/{number}"] = np.frombuffer(_webp(image), np.uint8)
        metadata = {
            "object_ids": content.object_ids,
            "layers": [asdict(row) for row in content.layers],
            "attention_gamma": content.attention_gamma,
            "predictions": dict(content.predictions),
            "passes": content.passes,
            **provenance.to_json(),
        }
        return encode_arrays(arrays, metadata)

    def decode(self, raw: bytes) -> tuple[Figures, Provenance]:
        """Read the figures back; maps are float32."""
        arrays, metadata = decode_arrays(raw)
        channels, maps, augmented = _by_kind(arrays)
        rows = [LayerRow(**row | {"shape": tuple(row["shape"])}) for row in metadata["layers"]]
        others = {name: metadata[name] for name in ("object_ids", "attention_gamma", "predictions", "passes")}
        figures = Figures(**others, layers=rows, channels=channels, maps=maps, augmented=augmented)
        return figures, Provenance.from_json(metadata)


def _choose_channels(activations: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Choose for each of `MAPS` the channels whose activations vary most over the maps of all examples."""
    channels = {}
    for name in MAPS:
        deviations = np.mean([maps[name].std(axis=(1, 2)) for maps in activations.values()], axis=0)
        channels[name] = np.sort(np.argsort(deviations, kind="stable")[::-1][:_CHANNELS])
    # Input, branch and output of a module are compared channel by channel, so they need the same channels.
    for module in ("block", "attention"):
        channels |= {name: channels[f"{module}/output"] for name in MAPS if name.startswith(f"{module}/")}
    return channels


def _by_kind(
    arrays: Mapping[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], np.ndarray], dict[tuple[str, str], list[Image.Image]]]:
    """Parse channels, maps and augmented images by the names of the arrays."""
    channels: dict[str, np.ndarray] = {}
    maps: dict[tuple[str, str], np.ndarray] = {}
    pictures: dict[tuple[str, str], dict[int, Image.Image]] = {}
    for name, values in arrays.items():
        kind, _, rest = name.partition("/")
        if kind == "channels":
            channels[rest] = values
            continue
        object_id, _, rest = rest.partition("/")
        if kind == "maps":
            maps[object_id, rest] = values.astype(np.float32)
            maps[object_id, rest].setflags(write=False)
        else:
            step, _, number = rest.partition("/")
            with Image.open(io.BytesIO(values.tobytes())) as image:
                pictures.setdefault((object_id, step), {})[int(number)] = image.convert("RGB")
    augmented = {key: [images[number] for number in sorted(images)] for key, images in pictures.items()}
    return channels, maps, augmented


def _webp(image: Image.Image) -> bytes:
    encoded = io.BytesIO()
    image.save(encoded, format="WEBP", quality=_QUALITY, method=6)
    return encoded.getvalue()


LESSON_FIGURES = LessonFigures()

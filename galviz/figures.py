"""Figures of the lessons: what a network does to a few example galaxies, computed once, so that a page needs no torch.

One safetensors file: numbers as float16, pictures as WebP, the rest as JSON in its metadata, with the checksums of the
survey and weights it was made of.
"""

import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from galviz.files import write_bytes
from galviz.problems import BrokenFileError
from galviz.shipped import ShippedFileError, read_verified

SHIPPED_FIGURES = Path(__file__).parents[1] / "data" / "figures" / "lessons.safetensors"
# Maps that are kept of each example, in the order of the forward pass.
MAPS = (
    *("stem", "block/input", "block/branch", "block/output"),
    *("attention/input", "attention/mixture", "attention/output"),
    *("stage1", "stage2", "stage3", "stage4"),
)
# What training does to an image, in its order.
STEPS = ("crop", "turn", "light", "all")
_QUALITY = 85
_SAID = "galviz"


class FiguresError(BrokenFileError):
    """The file of the figures is missing or broken; the message says which and what to do."""


@dataclass(frozen=True)
class LayerRow:
    """One line of a network's table.

    Attributes
    ----------
    name : str
        As galviz calls the layer; "" where it has no name.
    module : str
        fastai's or torch's class.
    blocks : int
        Residual blocks in it; 0 if it isn't made of those.
    shape : tuple of int
        Of what leaves it for one image: channels, and height and width where it has them.
    parameters : int
    """

    name: str
    module: str
    blocks: int
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, eq=False)
class Figures:
    """What a network does to a few example galaxies.

    Attributes
    ----------
    object_ids : list of str
        The examples, from the lowest to the highest label.
    layers : list of LayerRow
    attention_gamma : float
        By how much the network multiplies what self-attention adds; it was learnt, from 0.
    channels : Mapping of str to ndarray of int, shape (k,)
        By the names of `MAPS`: which channels are kept.
    maps : Mapping of (objID, name) to ndarray of float32, shape (k, height, width)
    augmented : Mapping of (objID, step) to list of PIL.Image.Image
        By the names of `STEPS`.
    predictions : Mapping of str to list of float
        In eval and in training mode, by the names of `galviz.inspection.ModeEffect`, in the order of `object_ids`.
    passes : int
        Batches in training mode before ``eval_after``.
    survey_sha256, weights_sha256, card_sha256 : str
    """

    object_ids: list[str]
    layers: list[LayerRow]
    attention_gamma: float
    channels: Mapping[str, np.ndarray]
    maps: Mapping[tuple[str, str], np.ndarray]
    augmented: Mapping[tuple[str, str], list[Image.Image]]
    predictions: Mapping[str, list[float]]
    passes: int
    survey_sha256: str
    weights_sha256: str
    card_sha256: str = ""


def save_figures(figures: Figures, path: str | os.PathLike[str]) -> None:
    """Write figures, whole or not at all; equal figures give equal bytes.

    Raises
    ------
    OSError
        If the file can't be written; what was there before is as it was.
    """
    arrays = {f"channels/{name}": np.asarray(each, np.int32) for name, each in figures.channels.items()}
    for (object_id, name), values in figures.maps.items():
        arrays[f"maps/{object_id}/{name}"] = values.astype(np.float16)
    for (object_id, step), images in figures.augmented.items():
        for number, image in enumerate(images):
            arrays[f"augmented/{object_id}/{step}/{number}"] = np.frombuffer(_webp(image), np.uint8)
    said = {
        "object_ids": figures.object_ids,
        "layers": [asdict(row) for row in figures.layers],
        "attention_gamma": figures.attention_gamma,
        "predictions": dict(figures.predictions),
        "passes": figures.passes,
        "survey_sha256": figures.survey_sha256,
        "weights_sha256": figures.weights_sha256,
        "card_sha256": figures.card_sha256,
    }
    write_bytes(path, save_arrays(arrays, metadata={_SAID: json.dumps(said)}))


def load_figures(path: str | os.PathLike[str] | None = None) -> Figures:
    """Read the lessons' figures; torch isn't needed.

    Parameters
    ----------
    path : path-like, optional
        The shipped ones by default.

    Raises
    ------
    FiguresError
        If there is no such file, it isn't one, or it came with galviz and has changed since.
    """
    file = SHIPPED_FIGURES if path is None else Path(path)
    try:
        said, arrays = read_arrays(file)
        channels, maps, pictures = _sorted_out(arrays)
        rows = [LayerRow(**row | {"shape": tuple(row["shape"])}) for row in said.pop("layers")]
        return Figures(**said, layers=rows, channels=channels, maps=maps, augmented=pictures)
    except ShippedFileError as error:
        raise FiguresError(str(error)) from error
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise FiguresError(
            f"The lessons' figures {file} can't be read ({type(error).__name__}); "
            "make them again with `python -m galviz build-data`."
        ) from error


def read_arrays(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read a safetensors file whose metadata has JSON under ``galviz``: what that says, and the arrays by name.

    Raises
    ------
    OSError, SafetensorError, KeyError, TypeError, ValueError
        If it can't be read, or is no such file; `ShippedFileError` if it is a shipped one and has changed.
    """
    content = read_verified(path)
    arrays = load_arrays(content)
    # The header is JSON, as long as the first eight bytes say; safetensors gives its metadata of files on disk alone.
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return json.loads(header["__metadata__"][_SAID]), arrays


def _sorted_out(
    arrays: Mapping[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], np.ndarray], dict[tuple[str, str], list[Image.Image]]]:
    """Channels, maps and pictures, from the arrays' names."""
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
    return channels, maps, {key: [found[place] for place in sorted(found)] for key, found in pictures.items()}


def _webp(image: Image.Image) -> bytes:
    encoded = io.BytesIO()
    image.save(encoded, format="WEBP", quality=_QUALITY, method=6)
    return encoded.getvalue()

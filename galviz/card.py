"""A model card: what a weights file holds, how its images are prepared, how it was trained.

It is JSON beside the weights, and read without torch, so that pages can tell of the network where none can run.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from galviz.files import write_text
from galviz.jsonfile import parse_json
from galviz.problems import BrokenFileError, quoted
from galviz.regular import open_regular, read_regular
from galviz.shipped import ShippedFileError, check_shipped

MODELS_FOLDER = Path(__file__).parents[1] / "data" / "models"
SHIPPED_CARD = MODELS_FOLDER / "xresnet34-1.json"
# Predictions are float32; squares of labels and their errors must be finite numbers above 0 in float64 at least.
LARGEST_LABEL, SMALLEST_LABEL_STD = 1e30, 1e-30
_MOST_BYTES = 16 * 2**20  # the shipped card has 4 kB
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CardError(BrokenFileError):
    """A model card or the weights beside it can't be used; the message says which file, what is wrong, what to do."""


@dataclass(frozen=True)
class Architecture:
    """fastai's xresnet34, and the three choices that make it ours.

    Attributes
    ----------
    name : str
        ``"xresnet34"``, the only one.
    n_out : int
        Numbers it predicts of a galaxy.
    sa : bool
        Whether its first stage ends in self-attention.
    act_cls : str
        The activation, ``"Mish"``.
    widen : float
        Channels of the stages as a multiple of 64, 128, 256, 512. Small ones are for tests.
    """

    name: str = "xresnet34"
    n_out: int = 1
    sa: bool = True
    act_cls: str = "Mish"
    widen: float = 1.0

    @property
    def layers(self) -> dict[str, int]:
        """The named layers and how many channels each has, in the order of the forward pass."""
        stages = [int(width * self.widen) for width in (64, 128, 256, 512)]
        return {"stem": 64, "stage1": stages[0], "stage2": stages[1], "stage3": stages[2], "features": stages[3]}


@dataclass(frozen=True)
class ModelCard:
    """What must be known of a network to use it and to judge it.

    Attributes
    ----------
    name : str
    task : str
        ``"regression"``.
    label : str
        The catalogue's column that it predicts, ``"metallicity"``.
    unit : str
        The label's unit, ``"dex"``.
    architecture : Architecture
    layers : mapping of str to int
        Channels of each named layer.
    pad_px, crop_px : int
        Images are cropped or padded to a square of `pad_px`, and the central `crop_px` of it is looked at.
    mean, std : tuple of float, length 3
        Of red, green and blue (0 to 1) over the training images' crops; pixels are normalised with them.
    survey_sha256 : str
        Checksum of the survey trained on; of several, that of their checksums written one after the other.
    weights : str
        Name of the weights file, beside the card.
    weights_sha256 : str
        Its checksum.
    training : mapping
        How it was trained: recipe, seed, surveys, RMSE by epoch, versions, seconds, processor. For people and pages.
    label_mean, label_std : float
        Mean and standard deviation of the label, in its unit, over the galaxies trained on. The weights file predicts
        (label − mean) / std; `galviz.model.load_model` and `galviz.head.read_head` put the scale into the head, so
        that the network predicts in the label's unit. Cards written before there was a scale have 0 and 1.
    """

    name: str
    task: str
    label: str
    unit: str
    architecture: Architecture
    layers: Mapping[str, int]
    pad_px: int
    crop_px: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    survey_sha256: str
    weights: str
    weights_sha256: str
    training: Mapping[str, Any] = field(repr=False)
    label_mean: float = 0.0
    label_std: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", _frozen(self.layers))
        object.__setattr__(self, "training", _frozen(self.training))
        # float: JSON's 1 and 1.0 are the same statistics, and give the same checksum.
        object.__setattr__(self, "mean", tuple(map(float, self.mean)))
        object.__setattr__(self, "std", tuple(map(float, self.std)))
        object.__setattr__(self, "label_mean", float(self.label_mean))
        object.__setattr__(self, "label_std", float(self.label_std))

    @cached_property
    def sha256(self) -> str:
        """Checksum of all that the card says, in hexadecimal: of its fields as JSON with sorted keys.

        Neither the file's layout nor the order of its keys counts. It is what to key on if results depend on the card.
        """
        canonical = json.dumps(_content_of(self), sort_keys=True, separators=(",", ":"), default=dict, allow_nan=False)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    def __reduce__(self) -> tuple:
        # Read-only mappings can't be copied or pickled; dictionaries can, and become read-only again.
        return ModelCard, tuple(_thawed(getattr(self, item.name)) for item in fields(self))


def read_card(path: str | os.PathLike[str] | None = None) -> ModelCard:
    """Read and check a model card.

    Parameters
    ----------
    path : path-like, optional
        The card, or the weights of that name beside it; the shipped card by default.

    Returns
    -------
    ModelCard

    Raises
    ------
    CardError
        If it is missing, no JSON, says what can't be so, or came with galviz and has changed since. Whether the weights
        agree with it is checked by `galviz.model.load_model`.
    """
    file = SHIPPED_CARD if path is None else Path(path)
    if file.suffix == ".safetensors":
        file = file.with_suffix(".json")
    try:
        written = read_regular(file, at_most=_MOST_BYTES)
        check_shipped(file, written)
        content = parse_json(written)
    except ShippedFileError as error:
        raise CardError(str(error)) from error
    except FileNotFoundError as error:
        raise CardError(
            f"There is no model card {file}. Name one, or train a network: python -m galviz train."
        ) from error
    except OSError as error:
        raise CardError(f"The model card {file} can't be read: {error.strerror}. Check the file.") from error
    except ValueError as error:  # no UTF-8, no JSON, or JSON that says a thing twice or means nothing finite
        raise CardError(
            f"The model card {file} can't be read as JSON ({error}). Name the .json beside the weights."
        ) from error
    fault = _fault(content)
    if fault:
        raise CardError(f"The model card {file} can't be right: {fault}. Get card and weights again, or train anew.")
    # Equal to what was read, but with its own types (JSON's 1.0 for 1) and its layers in the order of the forward pass.
    architecture = Architecture(widen=content["architecture"]["widen"])
    return ModelCard(**content | {"architecture": architecture, "layers": architecture.layers})


def write_card(card: ModelCard, path: str | os.PathLike[str]) -> None:
    """Write a card as JSON, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written.
    """
    # A mapping that can't be changed isn't a dict, which is all that json writes.
    write_text(path, json.dumps(_content_of(card), indent=2, ensure_ascii=False, default=dict) + "\n")


def file_sha256(path: str | os.PathLike[str]) -> str:
    """Checksum of a file's bytes, in hexadecimal.

    Raises
    ------
    OSError
        If it can't be read, or is no regular file.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combined_sha256(checksums: list[str]) -> str:
    """One survey's checksum; of several, the checksum of theirs written one after the other."""
    return checksums[0] if len(checksums) == 1 else hashlib.sha256("".join(checksums).encode()).hexdigest()


def _content_of(card: ModelCard) -> dict[str, Any]:
    """What a card says, field by field."""
    content = {item.name: getattr(card, item.name) for item in fields(card)}
    return content | {"architecture": asdict(card.architecture)}


def _frozen(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """A copy of what JSON holds that can't be changed: mappings are proxies, lists are tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: _frozen(held) for name, held in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:  # noqa: ANN401
    """The same with dictionaries for the proxies."""
    if isinstance(value, Mapping):
        return {name: _thawed(held) for name, held in value.items()}
    return tuple(map(_thawed, value)) if isinstance(value, tuple) else value


def _fault(content: object) -> str | None:
    """What is wrong with a card's content, a clause; None if nothing is."""
    if not isinstance(content, dict):
        return "it is no JSON object"
    known = {item.name for item in fields(ModelCard)}
    if missing := sorted({item.name for item in fields(ModelCard) if item.default is MISSING} - content.keys()):
        return f"it doesn't say its {', '.join(missing)}"
    if unknown := sorted(content.keys() - known):
        return f"it says {', '.join(map(quoted, unknown))}, which no card has"
    for name in ("name", "label", "unit", "weights"):
        if not isinstance(content[name], str):
            return f"{name} is {content[name]!r} and no text"
    if not content["label"].strip() or not content["label"].isprintable() or content["label"] == "objID":
        return f"label is {quoted(content['label'])} and no name of a column"
    weights = content["weights"]
    if Path(weights).name != weights or not weights.endswith(".safetensors") or not weights.isprintable():
        return f"weights is {quoted(weights)} and no name of a .safetensors file beside the card"
    if content["task"] != "regression":
        return f"task is {content['task']!r}, and the only one is 'regression'"
    for name in ("survey_sha256", "weights_sha256"):
        if not (isinstance(content[name], str) and _SHA256.fullmatch(content[name])):
            return f"{name} is {content[name]!r} and no checksum of 64 hexadecimal digits"
    if not isinstance(content["training"], dict):
        return "training is no JSON object"
    return (
        _images_fault(content)
        or _label_scale_fault(content)
        or architecture_fault(content["architecture"])
        or _layers_fault(content)
    )


def _images_fault(content: dict[str, Any]) -> str | None:
    pad, crop = content["pad_px"], content["crop_px"]
    if not all(type(side) is int and 32 <= side <= 4096 for side in (pad, crop)) or crop > pad:
        return f"pad_px is {pad!r} and crop_px {crop!r}, not whole numbers with 32 <= crop_px <= pad_px"
    for name, lowest in (("mean", 0.0), ("std", 1e-4)):
        values = content[name]
        sound = isinstance(values, list) and len(values) == 3 and all(type(value) in (int, float) for value in values)
        if not sound or not all(lowest <= value <= 1 for value in values):  # nor is NaN
            return f"{name} is {values!r} and not three numbers from {lowest:g} to 1"
    return None


def _label_scale_fault(content: dict[str, Any]) -> str | None:
    mean, std = content.get("label_mean", 0.0), content.get("label_std", 1.0)
    numbers = all(type(value) in (int, float) for value in (mean, std))
    if not numbers or not (abs(mean) <= LARGEST_LABEL and SMALLEST_LABEL_STD <= std <= LARGEST_LABEL):
        limits = f"up to ±{LARGEST_LABEL:g} and from {SMALLEST_LABEL_STD:g} to {LARGEST_LABEL:g}"
        return f"label_mean is {mean!r} and label_std {std!r}, not two numbers {limits}"
    return None


def architecture_fault(said: object) -> str | None:
    """What keeps an architecture, as a card's JSON says it, from being one that galviz builds; None if nothing does."""
    if not isinstance(said, dict) or said.keys() != {item.name for item in fields(Architecture)}:
        return f"architecture is {said!r}, which doesn't name an xresnet34"
    widen = said["widen"]
    if not (type(widen) in (int, float) and 1 / 16 <= widen <= 4):
        return f"widen is {widen!r} and no number from 1/16 to 4"
    if said != asdict(Architecture(widen=widen)):
        return f"architecture is {said!r}, and galviz builds {asdict(Architecture(widen=widen))!r}"
    return None


def _layers_fault(content: dict[str, Any]) -> str | None:
    expected = Architecture(widen=content["architecture"]["widen"]).layers
    if content["layers"] != expected:
        return f"layers are {content['layers']!r}, and that architecture has {expected!r}"
    return None

"""A model card: what a weights file holds, how images are preprocessed for it, and how it was trained.

It is a JSON file beside the weights. It is read without torch, so that pages can describe a network that can't run.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from galviz.errors import BrokenFileError
from galviz.files.jsonfile import parse_json
from galviz.files.manifest import data_path
from galviz.files.reading import open_regular, read_regular
from galviz.files.shipped import ShippedFileError, check_shipped
from galviz.files.writing import write_text
from galviz.network.cardformat import card_problem, upgrade_card
from galviz.network.spec import NetworkSpec

_MOST_BYTES = 16 * 2**20  # the shipped card has 4 kB


class CardError(BrokenFileError):
    """A model card or the weights beside it can't be used; the message says which file, what is wrong, what to do."""


@dataclass(frozen=True)
class ModelCard:
    """What must be known of a network to use it and to judge it.

    Attributes
    ----------
    name : str
    task : str
        ``"regression"`` for a network that predicts one label, ``"embedding"`` for one without a head for a label.
    label : str or None
        The catalogue's column that the network predicts, ``"metallicity"``; None if it predicts none.
    unit : str
        The label's unit, ``"dex"``.
    spec : NetworkSpec
        How the network is built, which modules its layers are, and where its head is.
    layers : mapping of str to int
        Number of channels of each layer, in the order of the forward pass.
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
        (label − mean) / std; `galviz.network.model.load_model` and `galviz.network.head.read_head` put the scale into
        the head, so that the network predicts in the label's unit. Cards written before there was a scale have 0 and 1.
    """

    name: str
    task: str
    label: str | None
    unit: str
    spec: NetworkSpec
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
        if isinstance(self.spec, Mapping):
            object.__setattr__(self, "spec", NetworkSpec.from_json(self.spec))
        # In the order of the forward pass, which a file's order need not be.
        layers = {name: int(self.layers[name]) for name in self.spec.layers}
        object.__setattr__(self, "layers", _frozen(layers))
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


def shipped_card_path() -> Path:
    """Path of the card of the shipped network; its weights are beside it.

    Examples
    --------
    >>> shipped_card_path().name
    'xresnet34-1.json'
    """
    return data_path("models", "xresnet34-1.json")


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
        agree with it is checked by `galviz.network.model.load_model`.
    """
    file = shipped_card_path() if path is None else Path(path)
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
    content = upgrade_card(content)
    if problem := card_problem(content):
        raise CardError(f"The model card {file} can't be right: {problem}. Get card and weights again, or train anew.")
    return ModelCard(**content)


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
    return content | {"spec": card.spec.to_json()}


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

"""The model card: a JSON file beside the weights that says how the network is built, used and was trained.

Reading it needs no torch, so the light app can describe the network too.
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
    """A model card, or the weights beside it, that can't be used."""


@dataclass(frozen=True)
class ModelCard:
    """How a network is built, how images are preprocessed for it, and how it was trained.

    Attributes
    ----------
    name : str
    task : str
        ``"regression"`` for a network that predicts one label, ``"embedding"`` for an encoder, which predicts none.
    label : str or None
        The column of the catalogue that the network predicts, such as ``"metallicity"``; None if it predicts none.
    unit : str
        The label's unit, such as ``"dex"``.
    spec : NetworkSpec
        How the network is built, which modules its layers are, and where its head is.
    layers : mapping of str to int
        Number of channels of each layer, in the order of the forward pass.
    pad_px, crop_px : int
        Images are cropped or padded to a square of `pad_px`; the network takes the central `crop_px` of it.
    mean, std : tuple of float, length 3
        Mean and standard deviation of red, green and blue (0 to 1) over the crops of the training images, used to
        normalise pixels.
    survey_sha256 : str
        Checksum of the training survey; of several, see `combined_sha256`.
    weights : str
        Name of the weights file, beside the card.
    weights_sha256 : str
        Checksum of the weights file.
    training : mapping
        How the network was trained: recipe, seed, surveys, RMSE by epoch, versions, seconds, processor.
    label_mean, label_std : float
        Mean and standard deviation of the label, in its unit, over the training galaxies. The weights file predicts
        (label − mean) / std; `galviz.network.model.load_model` and `galviz.network.head.read_head` rescale the head, so
        that predictions are in the label's unit. Cards of earlier formats have 0 and 1.
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
        # The keys of a JSON object have no reliable order; the specification has that of the forward pass.
        layers = {name: int(self.layers[name]) for name in self.spec.layers}
        object.__setattr__(self, "layers", _frozen(layers))
        object.__setattr__(self, "training", _frozen(self.training))
        # float, so that 1 and 1.0 in JSON give the same checksum.
        object.__setattr__(self, "mean", tuple(map(float, self.mean)))
        object.__setattr__(self, "std", tuple(map(float, self.std)))
        object.__setattr__(self, "label_mean", float(self.label_mean))
        object.__setattr__(self, "label_std", float(self.label_std))

    @property
    def is_scaled(self) -> bool:
        """Whether the network in the weights file predicts in standard deviations of the label from its mean."""
        return (self.label_mean, self.label_std) != (0.0, 1.0)

    @cached_property
    def sha256(self) -> str:
        """Checksum of the content, in hexadecimal; the layout of the file and the order of its keys don't count.

        Use it as the key of anything that depends on the card.
        """
        canonical = json.dumps(_content_of(self), sort_keys=True, separators=(",", ":"), default=dict, allow_nan=False)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    def __reduce__(self) -> tuple:
        # Read-only mappings can't be copied or pickled, dictionaries can; __post_init__ makes them read-only again.
        return ModelCard, tuple(_thawed(getattr(self, item.name)) for item in fields(self))


def shipped_card_path() -> Path:
    """Path of the card of the shipped network.

    Examples
    --------
    >>> shipped_card_path().name
    'xresnet34-1.json'
    """
    return data_path("models", "xresnet34-1.json")


def read_card(path: str | os.PathLike[str] | None = None) -> ModelCard:
    """Read and validate a model card.

    Parameters
    ----------
    path : path-like, optional
        The card, or the weights file of the same name; the shipped card by default.

    Returns
    -------
    ModelCard

    Raises
    ------
    CardError
        If it is missing, isn't JSON, has invalid values, or is the shipped card and was changed. The weights are
        checked by `galviz.network.model.load_model`.

    Examples
    --------
    >>> card = read_card()
    >>> card.label, card.unit, card.crop_px
    ('metallicity', 'dex', 112)
    """
    file = shipped_card_path() if path is None else Path(path)
    if file.suffix == ".safetensors":
        file = file.with_suffix(".json")
    try:
        written = read_regular(file, max_bytes=_MOST_BYTES)
        check_shipped(file, written)
        content = parse_json(written)
    except ShippedFileError as error:
        raise CardError(str(error)) from error
    except FileNotFoundError as error:
        raise CardError(
            f"There is no model card {file}. Check the path, or train a network: python -m galviz train."
        ) from error
    except OSError as error:
        raise CardError(f"The model card {file} can't be read: {error.strerror}. Check the file.") from error
    except ValueError as error:  # not UTF-8, not JSON, a duplicate key, or a number that isn't finite
        raise CardError(
            f"The model card {file} can't be read as JSON ({error}). Name the .json beside the weights."
        ) from error
    content = upgrade_card(content)
    if problem := card_problem(content):
        raise CardError(f"The model card {file} is invalid: {problem}. Get card and weights again, or train again.")
    return ModelCard(**content)


def write_card(card: ModelCard, path: str | os.PathLike[str]) -> None:
    """Write a card as JSON, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_card(read_card(), f"{folder}/copy.json")
    ...     read_card(f"{folder}/copy.json") == read_card()
    True
    """
    # default=dict: json can't write read-only mappings.
    write_text(path, json.dumps(_content_of(card), indent=2, ensure_ascii=False, default=dict) + "\n")


def file_sha256(path: str | os.PathLike[str]) -> str:
    """Checksum of a file, in hexadecimal.

    Raises
    ------
    OSError
        If it can't be read, or isn't a regular file.

    Examples
    --------
    >>> file_sha256(shipped_card_path().with_suffix(".safetensors")) == read_card().weights_sha256
    True
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combined_sha256(checksums: list[str]) -> str:
    """The only checksum of a list, or the checksum of all of them concatenated.

    Examples
    --------
    >>> combined_sha256(["5b1e"])
    '5b1e'
    >>> combined_sha256(["5b1e", "77a0"])[:8]
    '5214dc92'
    """
    return checksums[0] if len(checksums) == 1 else hashlib.sha256("".join(checksums).encode()).hexdigest()


def _content_of(card: ModelCard) -> dict[str, Any]:
    content = {item.name: getattr(card, item.name) for item in fields(card)}
    return content | {"spec": card.spec.to_json()}


def _frozen(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """An immutable copy of a JSON value: mappings become proxies, lists tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: _frozen(item) for name, item in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """A copy with dictionaries in place of proxies."""
    if isinstance(value, Mapping):
        return {name: _thawed(item) for name, item in value.items()}
    return tuple(map(_thawed, value)) if isinstance(value, tuple) else value

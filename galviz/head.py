"""The network's head, without the network: the weight vector and the number by which features become a prediction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galviz.card import SHIPPED_CARD, CardError, read_card
from galviz.weightfile import read_tensors


@dataclass(frozen=True, eq=False)
class Head:
    """prediction = features · weight + bias.

    Attributes
    ----------
    weight : ndarray of float32, shape (n_features,)
    bias : float
    """

    weight: np.ndarray
    bias: float


def read_head(card: str | os.PathLike[str] | None = None) -> Head:
    """Read the last layer of a network from its weights file; torch isn't needed.

    Parameters
    ----------
    card : path-like, optional
        The network's card; the shipped one by default.

    Returns
    -------
    Head

    Raises
    ------
    CardError
        If card or weights can't be read, or there is no head for that many features.
    """
    weight, bias = read_tensors(card, _head_names)
    expected = read_card(card).layers["features"]
    if weight.shape != (1, expected) or bias.shape != (1,):
        named = card or SHIPPED_CARD
        raise CardError(f"The weights beside {named} have no head of {expected} features. Get both files again.")
    return Head(weight[0], float(bias[0]))


def _head_names(names: Sequence[str]) -> list[str]:
    """Names of the last layer's tensors."""
    last = max((name for name in names if name.endswith(".weight")), key=_position)
    return [f"{last.removesuffix('.weight')}.{name}" for name in ("weight", "bias")]


def _position(name: str) -> int:
    """A layer's place in the sequence, with which its tensors' names begin."""
    return int(name.partition(".")[0])

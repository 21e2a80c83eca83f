"""The network's head, without the network: the weight vector and the number by which features become a prediction."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galviz.card import SHIPPED_CARD, CardError, ModelCard, read_card
from galviz.weightfile import read_tensors


@dataclass(frozen=True, eq=False)
class Head:
    """prediction = features · weight + bias, in the label's unit.

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
    found = read_card(card)
    expected = found.layers["features"]
    if weight.shape != (1, expected) or bias.shape != (1,):
        named = card or SHIPPED_CARD
        raise CardError(f"The weights beside {named} have no head of {expected} features. Get both files again.")
    weight, bias = in_label_unit(weight, bias, found)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise CardError(f"The head beside {card or SHIPPED_CARD} holds a value that is no finite number. Train anew.")
    weight.setflags(write=False)
    return Head(weight[0], float(bias[0]))


def in_label_unit(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """A head as a weights file has it, in standard deviations of the label -> one that predicts in the label's unit.

    Parameters
    ----------
    weight, bias : ndarray of float
        Of any shape.
    card : ModelCard
        Has the label's mean and standard deviation.

    Returns
    -------
    weight, bias : ndarray of float32
        weight · std, and bias · std + mean, computed in float64; copies. Infinite where that is beyond float32.
    """
    if (card.label_mean, card.label_std) == (0.0, 1.0):  # a card from before there was a scale; -0.0 stays what it is
        return weight.astype(np.float32), bias.astype(np.float32)
    scaled, shifted = weight.astype(float) * card.label_std, bias.astype(float) * card.label_std + card.label_mean
    with np.errstate(over="ignore"):
        return scaled.astype(np.float32), shifted.astype(np.float32)


def in_standard_deviations(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `in_label_unit`, within float32's rounding: what the weights file beside that card holds."""
    scaled, shifted = weight.astype(float) / card.label_std, (bias.astype(float) - card.label_mean) / card.label_std
    return scaled.astype(np.float32), shifted.astype(np.float32)


def _head_names(names: Sequence[str]) -> list[str]:
    """Names of the last layer's tensors."""
    last = max((name for name in names if name.endswith(".weight")), key=_position)
    return [f"{last.removesuffix('.weight')}.{name}" for name in ("weight", "bias")]


def _position(name: str) -> int:
    """A layer's place in the sequence, with which its tensors' names begin."""
    return int(name.partition(".")[0])

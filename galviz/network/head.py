"""The network's head, without the network: the weight vector and the number by which features become a prediction."""

import os
from dataclasses import dataclass

import numpy as np

from galviz.network.card import CardError, ModelCard, read_card, shipped_card_path
from galviz.network.weights import read_tensors


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
    model = read_card(card)
    names = head_tensor_names(model)
    named = card or shipped_card_path()
    if names is None:
        raise CardError(f"The network of {named} has no head: it is an encoder, and predicts nothing.")
    weight, *biases = read_tensors(card, lambda there: [name for name in names if name in there])
    bias = biases[0] if biases else np.zeros(1, np.float32)
    expected = model.layers[list(model.layers)[-1]]
    if weight.shape != (1, expected) or bias.shape != (1,):
        raise CardError(f"The weights beside {named} have no head of {expected} features. Get both files again.")
    weight, bias = scale_head(weight, bias, model)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise CardError(f"The head beside {named} holds a value that is no finite number. Train again.")
    weight.setflags(write=False)
    return Head(weight[0], float(bias[0]))


def scale_head(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
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


def unscale_head(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `scale_head`, within float32's rounding: what the weights file beside that card holds."""
    scaled, shifted = weight.astype(float) / card.label_std, (bias.astype(float) - card.label_mean) / card.label_std
    return scaled.astype(np.float32), shifted.astype(np.float32)


def head_tensor_names(card: ModelCard) -> tuple[str, str] | None:
    """Names of the head's weight and bias in the state dict; None if the network has no head."""
    return None if card.spec.head is None else (f"{card.spec.head}.weight", f"{card.spec.head}.bias")

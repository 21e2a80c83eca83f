"""The head of a network, read without torch: the weight vector and bias that turn features into a prediction."""

import os
from dataclasses import dataclass

import numpy as np

from galviz.network.card import CardError, ModelCard, read_card, shipped_card_path
from galviz.network.weights import read_tensors


@dataclass(frozen=True, eq=False)
class Head:
    """A linear head: prediction = features · weight + bias, in the label's unit.

    Attributes
    ----------
    weight : ndarray of float32, shape (n_features,)
    bias : float
    """

    weight: np.ndarray
    bias: float


def read_head(card: str | os.PathLike[str] | None = None) -> Head:
    """Read the head of a network from its weights file, without torch.

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
        If card or weights can't be read, or there is no head for the number of features.

    Examples
    --------
    >>> read_head().weight.shape
    (512,)
    """
    model = read_card(card)
    names = head_tensor_names(model)
    path = card or shipped_card_path()
    if names is None:
        raise CardError(f"The network of {path} is an encoder without a head. Use a network that predicts a label.")
    weight, *biases = read_tensors(card, lambda available: [name for name in names if name in available])
    bias = biases[0] if biases else np.zeros(1, np.float32)
    expected = model.layers[list(model.layers)[-1]]
    if weight.shape != (1, expected) or bias.shape != (1,):
        raise CardError(f"The weights beside {path} have no head of {expected} features. Get both files again.")
    weight, bias = scale_head(weight, bias, model)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise CardError(f"The head beside {path} has a value that isn't finite. Train again.")
    weight.setflags(write=False)
    return Head(weight[0], float(bias[0]))


def scale_head(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """Rescale a head that predicts in standard deviations of the label, so that it predicts in the label's unit.

    Parameters
    ----------
    weight, bias : ndarray of float
        As in the weights file, of any shape.
    card : ModelCard
        Its label_mean and label_std are used.

    Returns
    -------
    weight, bias : ndarray of float32
        Copies: weight · std, and bias · std + mean, computed in float64. Infinite beyond the range of float32.

    Examples
    --------
    >>> from dataclasses import replace
    >>> card = replace(read_card(), label_mean=8.0, label_std=0.5)
    >>> scale_head(np.array([2.0]), np.array([1.0]), card)
    (array([1.], dtype=float32), array([8.5], dtype=float32))
    """
    if not card.is_scaled:  # keeps -0.0 as it is
        return weight.astype(np.float32), bias.astype(np.float32)
    scaled, shifted = weight.astype(float) * card.label_std, bias.astype(float) * card.label_std + card.label_mean
    with np.errstate(over="ignore"):
        return scaled.astype(np.float32), shifted.astype(np.float32)


def unscale_head(weight: np.ndarray, bias: np.ndarray, card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """Rescale a head that predicts in the label's unit to standard deviations: the inverse of `scale_head`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> card = replace(read_card(), label_mean=8.0, label_std=0.5)
    >>> unscale_head(np.array([1.0]), np.array([8.5]), card)
    (array([2.], dtype=float32), array([1.], dtype=float32))
    """
    scaled, shifted = weight.astype(float) / card.label_std, (bias.astype(float) - card.label_mean) / card.label_std
    return scaled.astype(np.float32), shifted.astype(np.float32)


def head_tensor_names(card: ModelCard) -> tuple[str, str] | None:
    """Names of the head's weight and bias in the state dict; None if the network has no head.

    Examples
    --------
    >>> head_tensor_names(read_card())
    ('11.weight', '11.bias')
    """
    return None if card.spec.head is None else (f"{card.spec.head}.weight", f"{card.spec.head}.bias")

"""The network's head, without the network: the weight vector and the number by which features become a prediction."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from galviz.card import SHIPPED_CARD, CardError, read_card


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
    path = Path(card or SHIPPED_CARD)
    said = read_card(path)
    weights = path.parent / said.weights
    try:
        with safe_open(weights, framework="numpy") as tensors:
            names = tensors.keys()
            last = max((name for name in names if name.endswith(".weight")), key=_position)
            stem = last.removesuffix(".weight")
            weight, bias = (tensors.get_tensor(f"{stem}.{name}").astype(np.float32) for name in ("weight", "bias"))
    except (OSError, SafetensorError, ValueError) as error:
        raise CardError(f"The weights {weights} can't be read ({error}). Get card and weights again.") from error
    if weight.shape != (1, said.layers["features"]) or bias.shape != (1,):
        raise CardError(f"The weights {weights} have no head of {said.layers['features']} features. Get them again.")
    weight.setflags(write=False)
    return Head(weight[0], float(bias[0]))


def _position(name: str) -> int:
    """A layer's place in the sequence, with which its tensors' names begin."""
    return int(name.partition(".")[0])

"""Single tensors of a network's weights file, read without torch."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from galviz.files.manifest import sha256_once
from galviz.network.card import CardError, read_card, shipped_card_path


def read_tensors(
    card: str | os.PathLike[str] | None, choose: Callable[[Sequence[str]], Sequence[str]]
) -> list[np.ndarray]:
    """Read some tensors from the weights beside a card.

    Parameters
    ----------
    card : path-like or None
        The network's card; None for the shipped one.
    choose : callable
        Given the names of all tensors, those of a state dict, returns the names wanted.

    Returns
    -------
    list of ndarray, float32
        Read-only, in the order of the names.

    Raises
    ------
    CardError
        If card or weights can't be read, don't agree, or lack a tensor.
    """
    path = Path(card or shipped_card_path())
    expected = read_card(path)
    weights = path.parent / expected.weights
    try:
        # First, because it refuses what is no regular file, for which safe_open may wait for ever.
        sha256 = sha256_once(weights)
        with safe_open(weights, framework="numpy") as tensors:
            found = [tensors.get_tensor(name).astype(np.float32) for name in choose(list(tensors.keys()))]
    except (OSError, SafetensorError, ValueError, TypeError) as error:  # TypeError: a number format that NumPy lacks
        reason = getattr(error, "strerror", None) or error
        raise CardError(f"The weights {weights} can't be read: {reason}. Get card and weights again.") from error
    if sha256 != expected.weights_sha256:
        raise CardError(f"The weights {weights} are not those of its card: checksums differ. Get both files again.")
    for values in found:
        values.setflags(write=False)
    return found


def read_first_kernels(card: str | os.PathLike[str] | None = None) -> np.ndarray:
    """Read the kernels of a network's first convolution.

    Parameters
    ----------
    card : path-like, optional
        The network's card; the shipped one by default.

    Returns
    -------
    ndarray of float32, shape (32, 3, 3, 3)
        Kernel, colour (red, green, blue), row, column.

    Raises
    ------
    CardError
        As `read_tensors`.
    """
    (kernels,) = read_tensors(card, lambda names: ["0.0.weight"])
    return kernels

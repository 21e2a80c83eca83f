"""Reading single tensors from a weights file, without torch."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from galviz.files.checksums import cached_sha256
from galviz.network.card import CardError, read_card, shipped_card_path


def read_tensors(
    card: str | os.PathLike[str] | None, choose: Callable[[Sequence[str]], Sequence[str]]
) -> list[np.ndarray]:
    """Read tensors from the weights file beside a card.

    Parameters
    ----------
    card : path-like or None
        The network's card; None for the shipped one.
    choose : callable
        Called with the names of all tensors, as in a state dict; returns the names of those to read.

    Returns
    -------
    list of ndarray, float32
        Read-only, in the order of the names.

    Raises
    ------
    CardError
        If card or weights can't be read, don't agree, or lack a tensor.

    Examples
    --------
    >>> (bias,) = read_tensors(None, lambda names: ["11.bias"])
    >>> bias.shape
    (1,)
    """
    path = Path(card or shipped_card_path())
    expected = read_card(path)
    weights = path.parent / expected.weights
    try:
        # First, because it refuses anything but a regular file; safe_open would wait for a named pipe.
        sha256 = cached_sha256(weights)
        with safe_open(weights, framework="numpy") as file:
            tensors = [file.get_tensor(name).astype(np.float32) for name in choose(list(file.keys()))]
    except (OSError, SafetensorError, ValueError, TypeError) as error:  # TypeError: a dtype that NumPy lacks
        reason = getattr(error, "strerror", None) or error
        raise CardError(f"The weights {weights} can't be read: {reason}. Get card and weights again.") from error
    if sha256 != expected.weights_sha256:
        raise CardError(f"The weights {weights} are not those of its card: checksums differ. Get both files again.")
    for values in tensors:
        values.setflags(write=False)
    return tensors


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

    Examples
    --------
    >>> read_first_kernels().shape
    (32, 3, 3, 3)
    """
    (kernels,) = read_tensors(card, lambda names: ["0.0.weight"])
    return kernels

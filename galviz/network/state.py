"""Weights files (safetensors): content, reading, loading into a network. Pickles are refused: they can run code."""

import os
from collections.abc import Callable, Mapping

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from galviz.errors import listed
from galviz.files.reading import read_regular
from galviz.network.card import CardError, ModelCard
from galviz.network.head import head_tensor_names, unscale_head

_MAX_WEIGHTS_BYTES = 4 * 2**30
_LARGEST_FLOAT16 = float(torch.finfo(torch.float16).max)
_PICKLE_MARKS = (b"\x80", b"PK")

State = dict[str, torch.Tensor]
Rescale = Callable[[np.ndarray, np.ndarray, ModelCard], tuple[np.ndarray, np.ndarray]]


def serialise_weights(network: nn.Module, *, dtype: torch.dtype = torch.float16) -> bytes:
    """Convert the state dict of a network to the content of a safetensors file.

    Buffers keep their dtype: float16 would round small running variances of batch norm to zero, and large ones to
    infinity. If the network has a card, its head is rescaled to standard deviations of the label, which
    `galviz.load_model` expects.

    Parameters
    ----------
    network : torch.nn.Module
    dtype : torch.dtype
        Of the parameters: float16 halves the file and rounds by one part in 2,048; float32 is exact.

    Raises
    ------
    ValueError
        If a parameter is not finite or too large for float16.

    Examples
    --------
    >>> sorted(load_tensors(serialise_weights(nn.Linear(2, 1))))
    ['bias', 'weight']
    """
    parameters = {name for name, _ in network.named_parameters()}
    state = {name: values.detach().cpu() for name, values in network.state_dict().items()}
    card = getattr(network, "card", None)
    if isinstance(card, ModelCard):
        state = rescale_head(state, unscale_head, card)
    for name, values in state.items():
        if not torch.isfinite(values).all():
            raise ValueError(f"{name} has a value that isn't finite: training has diverged. Lower --lr.")
        written = values.to(dtype) if name in parameters else values
        if not torch.isfinite(written).all():
            raise ValueError(
                f"{name} must be at most {_LARGEST_FLOAT16:g} to be written as float16; got "
                f"{values.abs().max().item():g}. Train with a lower learning rate."
            )
        state[name] = written.contiguous().clone()  # tied tensors would share memory, which safetensors refuses
    return save_tensors(state, metadata={"format": "pt"})


def read_weights(path: str | os.PathLike[str]) -> State:
    """Read a weights file; floating-point tensors become float32.

    Raises
    ------
    CardError
        If it is missing, unreadable, truncated, not a safetensors file, or holds complex numbers.

    Examples
    --------
    >>> from galviz.network.card import shipped_card_path
    >>> read_weights(shipped_card_path().with_suffix(".safetensors"))["11.weight"].shape
    torch.Size([1, 512])
    """
    return parse_weights(read_weights_bytes(path), path)


def read_weights_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read the bytes of a weights file; CardError if that isn't possible.

    Examples
    --------
    >>> read_weights_bytes("none.safetensors")
    Traceback (most recent call last):
    galviz.network.card.CardError: The weights none.safetensors are missing. Get them again and put them beside their card.
    """  # noqa: E501 (a message is one line)
    try:
        return read_regular(path, max_bytes=_MAX_WEIGHTS_BYTES)
    except FileNotFoundError as error:
        raise CardError(f"The weights {path} are missing. Get them again and put them beside their card.") from error
    except OSError as error:
        raise CardError(f"The weights {path} can't be read: {error.strerror}. Check the file.") from error


def parse_weights(content: bytes, path: str | os.PathLike[str]) -> State:
    """Parse the bytes of a weights file; floating-point tensors become float32. Raises CardError as `read_weights`.

    Examples
    --------
    >>> parse_weights(save_tensors({"bias": torch.zeros(1, dtype=torch.float16)}), "w.safetensors")
    {'bias': tensor([0.])}
    """
    try:
        state = load_tensors(content)
    except (SafetensorError, KeyError) as error:  # KeyError: a number format that torch doesn't have
        # Not checked before, because the header of a valid file may begin with the same bytes.
        if content.startswith(_PICKLE_MARKS):
            message = (
                f"{path} is a pickle, not a safetensors file. Pickles can run code and are never loaded as weights: "
                "convert a state dict with `python -m galviz import-model`."
            )
            raise CardError(message) from error
        raise CardError(f"The weights {path} are truncated or broken ({error}). Get the file again.") from error
    return as_float32(state, path)


def as_float32(state: Mapping[str, torch.Tensor], path: str | os.PathLike[str]) -> State:
    """Convert the floating-point tensors of a state dict to float32.

    Raises
    ------
    CardError
        If a tensor is complex, sparse, quantised, without data (``device="meta"``), or all of its values would be
        rounded to zero.

    Examples
    --------
    >>> as_float32({"bias": torch.zeros(1, dtype=torch.float16)}, "w.pth")
    {'bias': tensor([0.])}
    """
    converted = {}
    for name, values in state.items():
        kind = describe_unusual(values)
        if kind is not None:
            raise CardError(
                f"The weights {path} must be plain tensors of real numbers; {name} is {kind}. Save them again as "
                "{name: values.float() for name, values in model.state_dict().items()}."
            )
        converted[name] = values.float() if values.is_floating_point() else values
        if values.any() and not converted[name].any():
            raise CardError(
                f"The weights {path} must be numbers that float32 can hold, because networks compute in it; all of "
                f"{name} would become zero (the largest is {values.abs().max().item():g}). Rescale that layer."
            )
    return converted


def describe_unusual(values: object) -> str | None:
    """Describe an entry of a state dict that can't be loaded as weights; None if it can.

    Examples
    --------
    >>> describe_unusual(torch.zeros(1, dtype=torch.complex64))
    'complex (torch.complex64)'
    """
    if not isinstance(values, torch.Tensor):
        return f"a {type(values).__name__}, as of a quantised module"
    if values.is_quantized:
        return f"quantised ({values.dtype})"
    if values.layout is not torch.strided:
        return f"sparse ({values.layout})"
    if values.is_meta:
        return "without data (device meta)"
    return f"complex ({values.dtype})" if values.is_complex() else None


def rescale_head(state: Mapping[str, torch.Tensor], rescale: Rescale, card: ModelCard) -> State:
    """Rescale the head in a state dict with `scale_head` or `unscale_head` of `galviz.network.head`, if there is one.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from galviz.network.card import read_card
    >>> from galviz.network.head import scale_head
    >>> head = {"11.weight": torch.tensor([[2.0]]), "11.bias": torch.tensor([1.0])}
    >>> rescale_head(head, scale_head, replace(read_card(), label_mean=8.0, label_std=0.5))
    {'11.weight': tensor([[1.]]), '11.bias': tensor([8.5000])}
    """
    names = head_tensor_names(card)
    if names is None or not card.is_scaled or not {*names} <= state.keys():
        return dict(state)  # missing tensors are reported by `load_state`
    head = rescale(*(state[name].float().numpy() for name in names), card)
    return dict(state) | dict(zip(names, map(torch.from_numpy, head), strict=True))


def load_state(
    network: nn.Module,
    state: Mapping[str, torch.Tensor],
    path: str | os.PathLike[str],
    *,
    owner: str = "their card's network",
    advice: str = "",
) -> None:
    """Load a state dict into a network.

    Parameters
    ----------
    network : torch.nn.Module
    state : mapping of str to torch.Tensor
    path : path-like
        The file that the state was read from, for error messages.
    owner : str
        What the weights should fit, for error messages.
    advice : str
        A sentence that says what to do if they don't fit.

    Raises
    ------
    CardError
        If names or shapes don't agree, or a value is not finite.

    Examples
    --------
    >>> linear = nn.Linear(1, 1)
    >>> load_state(linear, {"weight": torch.ones(1, 1), "bias": torch.zeros(1)}, "w.safetensors")
    >>> linear.weight.item()
    1.0
    """
    expected = network.state_dict()
    misfit, advice = f"The weights {path} don't fit {owner}", f" {advice}" if advice else ""
    missing, unknown = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    if missing or unknown:
        problems = [f"lack {listed(missing, at_most=3)}"] * bool(missing)
        problems += [f"hold {listed(unknown, at_most=3)}"] * bool(unknown)
        raise CardError(f"{misfit}: they {' and '.join(problems)}.{advice}")
    for name, values in state.items():
        if values.shape != expected[name].shape:
            shapes = f"{tuple(values.shape)}, not {tuple(expected[name].shape)}"
            raise CardError(f"{misfit}: {name} has shape {shapes}.{advice}")
        if expected[name].is_floating_point() and not values.is_floating_point():
            raise CardError(f"{misfit}: {name} holds {values.dtype}, not numbers with a fraction.{advice}")
        if not torch.isfinite(values).all():
            raise CardError(f"The weights {path} have a value that isn't finite, in {name}. Train again.")
        if name.endswith("running_var") and (values < 0).any():
            raise CardError(f"The weights {path} have a negative variance, in {name}. Get the file again.")
    try:
        network.load_state_dict(state)
    except RuntimeError as error:  # such as an expanded buffer, whose elements share memory
        raise CardError(f"{misfit}: {error}.{advice}") from error

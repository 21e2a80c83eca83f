"""The weights of a network as a safetensors file: written, read, and loaded into a network built for them.

A pickle is never read as weights: loading one can run code.
"""

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
from galviz.files.writing import write_bytes
from galviz.network.card import CardError, ModelCard
from galviz.network.head import head_tensor_names, unscale_head

_MAX_WEIGHTS_BYTES = 4 * 2**30
_LARGEST_FLOAT16 = float(torch.finfo(torch.float16).max)
_PICKLE_MARKS = (b"\x80", b"PK")

State = dict[str, torch.Tensor]
Rescale = Callable[[np.ndarray, np.ndarray, ModelCard], tuple[np.ndarray, np.ndarray]]


def write_weights(network: nn.Module, path: str | os.PathLike[str], *, dtype: torch.dtype = torch.float16) -> None:
    """Write the state of a network: parameters in a number format, buffers as they are, whole or not at all.

    Buffers are the running statistics of batch norm, whose variances float16 would round to zero or infinity, and the
    vectors of spectral norm. The names are those of the state dict. If the network has a card, the label's scale is
    removed from its head, so that `galviz.load_model` can apply it again.

    Parameters
    ----------
    network : torch.nn.Module
    path : path-like
    dtype : torch.dtype
        Of the parameters: float16 halves the file and rounds by one part in 2,048; float32 keeps every bit.

    Raises
    ------
    ValueError
        If a parameter is not finite or too large for float16.
    OSError
        If the file can't be written.
    """
    parameters = {name for name, _ in network.named_parameters()}
    state = {name: values.detach().cpu() for name, values in network.state_dict().items()}
    card = getattr(network, "card", None)
    if isinstance(card, ModelCard):
        state = rescale_head(state, unscale_head, card)
    for name, values in state.items():
        if not torch.isfinite(values).all():
            raise ValueError(f"{name} holds a value that is no finite number: training has diverged. Lower --lr.")
        kept = values.to(dtype) if name in parameters else values
        if not torch.isfinite(kept).all():
            raise ValueError(
                f"{name} holds {values.abs().max().item():g}, and parameters are written as float16, which ends at "
                f"{_LARGEST_FLOAT16:g}. Train with a lower learning rate, so that the weights stay small."
            )
        state[name] = kept.contiguous()
    write_bytes(path, save_tensors(state, metadata={"format": "pt"}))


def read_weights(path: str | os.PathLike[str]) -> State:
    """Read a safetensors file; floating-point tensors become float32.

    Raises
    ------
    CardError
        If it is missing, unreadable, truncated or no safetensors file.
    """
    return parse_weights(read_weights_bytes(path), path)


def read_weights_bytes(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a weights file, or a `CardError`."""
    try:
        return read_regular(path, at_most=_MAX_WEIGHTS_BYTES)
    except FileNotFoundError as error:
        raise CardError(f"The weights {path} are missing. Get them again and put them beside their card.") from error
    except OSError as error:
        raise CardError(f"The weights {path} can't be read: {error.strerror}. Check the file.") from error


def parse_weights(content: bytes, path: str | os.PathLike[str]) -> State:
    """The tensors in the bytes of a weights file; a `CardError` names the file."""
    try:
        state = load_tensors(content)
    except (SafetensorError, KeyError) as error:  # KeyError: a number format that torch doesn't have
        # Checked only now: a valid file begins with the length of its header, which may look like a pickle's mark.
        if content.startswith(_PICKLE_MARKS):
            message = (
                f"{path} is a pickle and no safetensors file. Pickles can run code and are never loaded as weights: "
                "convert a state dict with `python -m galviz import-model`."
            )
            raise CardError(message) from error
        raise CardError(f"The weights {path} are truncated or broken ({error}). Get the file again.") from error
    return as_float32(state, path)


def as_float32(state: Mapping[str, torch.Tensor], path: str | os.PathLike[str]) -> State:
    """Convert the floating-point tensors of a state to float32.

    Raises
    ------
    CardError
        If a tensor is complex, sparse, quantised, without data (``device="meta"``), or has nothing but values that
        float32 would round to zero.
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


def describe_unusual(values: torch.Tensor) -> str | None:
    """What a tensor is, in words, if a network can't be given its values as they are."""
    if values.is_quantized:
        return f"quantised ({values.dtype})"
    if values.layout is not torch.strided:
        return f"sparse ({values.layout})"
    if values.is_meta:
        return "without data (device meta)"
    return f"complex ({values.dtype})" if values.is_complex() else None


def rescale_head(state: Mapping[str, torch.Tensor], rescale: Rescale, card: ModelCard) -> State:
    """A state with its head rescaled by the label_mean and label_std of a card, if it has a head."""
    names = head_tensor_names(card)
    if names is None or (card.label_mean, card.label_std) == (0.0, 1.0) or not {*names} <= state.keys():
        return dict(state)  # whatever is missing is reported by `load_state`
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
    """Load a state into a network built for it.

    Parameters
    ----------
    network : torch.nn.Module
    state : mapping of str to torch.Tensor
    path : path-like
        The file that the state was read from, for error messages.
    owner : str
        What the weights must fit, for error messages.
    advice : str
        What to do if they don't fit, a sentence.

    Raises
    ------
    CardError
        If names or shapes don't agree, or a value is not finite.
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
            raise CardError(f"The weights {path} hold a value that is no finite number, in {name}. Train again.")
        if name.endswith("running_var") and (values < 0).any():
            raise CardError(f"The weights {path} hold a negative variance, in {name}. Get the file again.")
    network.load_state_dict(state)

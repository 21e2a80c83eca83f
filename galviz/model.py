"""The network: fastai's xresnet34 with self-attention and Mish, its named layers, its weights on disk.

Weights are a safetensors file with a model card beside it. A pickle is never taken for weights: it can run code as it
is loaded.
"""

import hashlib
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from galviz.card import SHIPPED_CARD, Architecture, CardError, ModelCard, read_card
from galviz.crops import network_crop
from galviz.files import write_bytes
from galviz.head import in_label_unit, in_standard_deviations
from galviz.jsonfile import read_regular
from galviz.normalisation import normalise
from galviz.problems import listed

with warnings.catch_warnings():
    # fastai compiles layers with torch.jit.script and sets an option of pandas, both deprecated: its concern, not ours
    warnings.simplefilter("ignore", FutureWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from fastai.layers import Mish
    from fastai.vision.models.xresnet import XResNet, xresnet34

# Where each layer's output leaves fastai's XResNet, which is a sequence: three convolutions, a pooling, four stages,
# the average over what is left of the image, its flattening, dropout (of nothing) and the head.
_POSITIONS = {"stem": 2, "stage1": 4, "stage2": 5, "stage3": 6, "stage4": 7, "features": 9}
PRECISIONS = ("float32", "bfloat16")
MAP_LAYERS = ("stem", "stage1", "stage2", "stage3", "stage4")
_HEAD = ("11.weight", "11.bias")
_MAX_WEIGHTS_BYTES = 2 * 2**30  # the widest network that a card can name takes 0.7 GB
_LARGEST_FLOAT16 = float(torch.finfo(torch.float16).max)


def build_network(architecture: Architecture | None = None, *, seed: int | None = None) -> XResNet:
    """An untrained network: ``xresnet34(n_out=1, sa=True, act_cls=Mish)``.

    Parameters
    ----------
    architecture : Architecture, optional
    seed : int, optional
        Of its weights; torch's global generator is then as it was. By default they are drawn from that.

    Returns
    -------
    fastai.vision.models.xresnet.XResNet
        In training mode. Takes images of shape (n, 3, height, width), float32, normalised; returns (n, n_out).
    """
    asked = architecture or Architecture()
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        return xresnet34(n_out=asked.n_out, sa=asked.sa, act_cls=Mish, widen=asked.widen)


def layer_module(network: nn.Module, layer: str) -> nn.Module:
    """The module whose output is the layer called `layer`.

    Raises
    ------
    ValueError
        If no layer is called so.
    """
    if layer not in _POSITIONS:
        raise ValueError(f"layer must be one of {', '.join(_POSITIONS)}; got {layer!r}.")
    return network[_POSITIONS[layer]]


def answer(network: nn.Module, images: torch.Tensor, precision: str) -> torch.Tensor:
    """Send images through a network in a precision; what it predicts is float32, shape (n, n_out).

    In bfloat16 that is so for the body alone. The head stays in float32: near 8.8 bfloat16 knows steps of 1/16 only, as
    coarse as the error that the network is to have.

    Parameters
    ----------
    network : torch.nn.Module
        From `build_network` or `load_model`.
    images : torch.Tensor of shape (n, 3, height, width), float32
        On the network's device.
    precision : str
        One of `PRECISIONS`.
    """
    *body, head = network
    # Whatever autocast the caller is in, it is this precision that was asked for.
    with torch.autocast(images.device.type, enabled=False):
        if precision == "float32":
            return network(images)
        with torch.autocast(images.device.type, dtype=torch.bfloat16):
            values = images
            for module in body:
                values = module(values)
        return head(values.float())


def prepare(images: Sequence[Image.Image], card: ModelCard) -> torch.Tensor:
    """Crop images and normalise their pixels as the network was trained to see them.

    Parameters
    ----------
    images : sequence of PIL.Image.Image
        Any size: the central ``crop_px`` of it, black where it is smaller.
    card : ModelCard

    Returns
    -------
    torch.Tensor of shape (n, 3, crop_px, crop_px), float32
        (value / 255 - mean) / std of each of red, green, blue.
    """
    # RGB first: what a crop adds around a small image is black in RGB, and anything in a palette.
    crops = [network_crop(image.convert("RGB"), card.pad_px, card.crop_px) for image in images]
    pixels = normalise(np.stack([np.asarray(crop) for crop in crops]), card.mean, card.std)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def load_model(path: str | os.PathLike[str] | None = None) -> XResNet:
    """Load a trained network.

    Parameters
    ----------
    path : path-like, optional
        Its card (.json) or its weights (.safetensors, the card beside them); the shipped network by default.

    Returns
    -------
    fastai.vision.models.xresnet.XResNet
        In eval mode, on the CPU, float32; the caller's own. Its ``card`` is the `ModelCard`, its ``layer_names`` a
        list of str. It predicts in the unit of its label.

    Raises
    ------
    CardError
        If card or weights are missing, broken, or don't agree.
    """
    file = SHIPPED_CARD if path is None else Path(path)
    card = read_card(file)
    weights = file.parent / card.weights
    if file.suffix == ".safetensors" and file.name != card.weights:
        raise CardError(f"The card beside {file} speaks of other weights, {card.weights}. Name the card instead.")
    content = _read(weights)
    state = _parsed(content, weights)
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise CardError(f"The weights {weights} are not those of its card: checksums differ. Get both files again.")
    network = build_network(card.architecture, seed=0)  # to be overwritten; the global generator stays as it is
    _fill(network, _with_head(state, in_label_unit, card), weights)
    return with_card(network, card)


def with_card(network: XResNet, card: ModelCard) -> XResNet:
    """Give a network its card and layer names, and put it in eval mode; returns the same network."""
    network.card, network.layer_names = card, list(card.layers)
    return network.eval()


def write_weights(network: nn.Module, path: str | os.PathLike[str]) -> None:
    """Write a network's state as safetensors: parameters in float16, buffers as they are, whole or not at all.

    Buffers are the running statistics of the batch norms, whose variances float16 would round to nothing or to
    infinity, and the vectors that spectral norm keeps. The names are the state dict's own. The inverse of `load_model`:
    of a network with a card, the label's scale is taken out of the head again.

    Raises
    ------
    ValueError
        If a parameter is not finite or too large for float16.
    OSError
        If it can't be written.
    """
    parameters = {name for name, _ in network.named_parameters()}
    state = {name: values.detach().cpu() for name, values in network.state_dict().items()}
    card = getattr(network, "card", None)
    if isinstance(card, ModelCard):
        state = _with_head(state, in_standard_deviations, card)
    for name, values in state.items():
        if not torch.isfinite(values).all():
            raise ValueError(f"{name} holds a value that is no finite number: training has diverged. Lower --lr.")
        kept = values.half() if name in parameters else values
        if not torch.isfinite(kept).all():
            raise ValueError(
                f"{name} holds {values.abs().max().item():g}, and parameters are written as float16, which ends at "
                f"{_LARGEST_FLOAT16:g}. Train with a lower learning rate, so that the weights stay small."
            )
        state[name] = kept.contiguous()
    write_bytes(path, save_tensors(state, metadata={"format": "pt"}))


def read_weights(path: str | os.PathLike[str]) -> dict[str, torch.Tensor]:
    """Read a safetensors file, every number as float32 save counts.

    Raises
    ------
    CardError
        If it is missing, unreadable, truncated or no safetensors file.
    """
    return _parsed(_read(path), path)


def _read(path: str | os.PathLike[str]) -> bytes:
    """A weights file's bytes, or a `CardError`."""
    try:
        return read_regular(path, at_most=_MAX_WEIGHTS_BYTES)
    except FileNotFoundError as error:
        raise CardError(f"The weights {path} are missing. Get them again and put them beside their card.") from error
    except OSError as error:
        raise CardError(f"The weights {path} can't be read: {error.strerror}. Check the file.") from error


def _parsed(content: bytes, path: str | os.PathLike[str]) -> dict[str, torch.Tensor]:
    """The tensors in a weights file's bytes; a `CardError` names the file."""
    try:
        state = load_tensors(content)
    except (SafetensorError, KeyError) as error:  # KeyError: a number format that torch doesn't have
        # Asked only now: a sound file begins with the length of its header, which may look like a pickle's mark.
        if content[:1] == b"\x80" or content[:2] == b"PK":
            message = f"{path} is a pickle and no safetensors file; pickles can run code and are never read."
            raise CardError(message) from error
        raise CardError(f"The weights {path} are truncated or broken ({error}). Get the file again.") from error
    return {name: values.float() if values.is_floating_point() else values for name, values in state.items()}


def _with_head(
    state: Mapping[str, torch.Tensor],
    rescaled: Callable[[np.ndarray, np.ndarray, ModelCard], tuple[np.ndarray, np.ndarray]],
    card: ModelCard,
) -> dict[str, torch.Tensor]:
    """A state with its head rescaled by a card's label_mean and label_std, if it has a head."""
    if not {*_HEAD} <= state.keys():
        return dict(state)  # which `_fill` will tell
    head = rescaled(*(state[name].float().numpy() for name in _HEAD), card)
    return dict(state) | dict(zip(_HEAD, map(torch.from_numpy, head), strict=True))


def _fill(network: nn.Module, state: Mapping[str, torch.Tensor], weights: Path) -> None:
    """Put weights into a network built for them; say so where they don't fit or aren't numbers."""
    expected = network.state_dict()
    missing, unknown = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    if missing or unknown:
        told = [f"lack {listed(missing, at_most=3)}"] * bool(missing) + [f"hold {listed(unknown, at_most=3)}"] * bool(
            unknown
        )
        raise CardError(f"The weights {weights} don't fit their card's architecture: they {' and '.join(told)}.")
    for name, values in state.items():
        if values.shape != expected[name].shape:
            shapes = f"{tuple(values.shape)}, not {tuple(expected[name].shape)}"
            raise CardError(f"The weights {weights} don't fit their card's architecture: {name} has shape {shapes}.")
        if not torch.isfinite(values).all():
            raise CardError(f"The weights {weights} hold a value that is no finite number, in {name}. Train anew.")
    network.load_state_dict(state)

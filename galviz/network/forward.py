"""Images through a network: preprocessing, and a forward pass in float32 or bfloat16."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz.network.card import ModelCard
from galviz.network.crops import network_crop
from galviz.network.normalisation import normalise

PRECISIONS = ("float32", "bfloat16")


def preprocess(images: Iterable[Image.Image], card: ModelCard) -> torch.Tensor:
    """Crop images and normalise their pixels as the network's training did.

    Parameters
    ----------
    images : iterable of PIL.Image.Image
        At least one; of any size: the central ``crop_px`` of it, black outside if it is smaller.
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


def forward(network: nn.Module, images: torch.Tensor, precision: str, head: str | None = None) -> torch.Tensor:
    """Send images through a network in a precision; returns its output.

    In bfloat16 the head still computes in float32: near 8.8 bfloat16 has steps of 1/16, as coarse as the error that
    the network should have.

    Parameters
    ----------
    network : torch.nn.Module
    images : torch.Tensor of shape (n, 3, height, width), float32
        On the network's device.
    precision : str
        One of `PRECISIONS`.
    head : str, optional
        Path of the head.
    """
    # Whatever autocast the caller is in, this precision is the one that was asked for.
    with torch.autocast(images.device.type, enabled=False):
        if precision == "float32":
            return network(images)
        module = network.get_submodule(head) if head else None
        with _in_float32(module, images.device.type), torch.autocast(images.device.type, dtype=torch.bfloat16):
            return network(images)


@contextmanager
def _in_float32(module: nn.Module | None, device_type: str) -> Iterator[None]:
    """Have a module compute in float32 within an autocast."""
    if module is None:
        yield
        return
    contexts = []

    def enter(_: nn.Module, inputs: tuple) -> tuple:
        contexts.append(torch.autocast(device_type, enabled=False))
        contexts[-1].__enter__()
        return tuple(values.float() if isinstance(values, torch.Tensor) else values for values in inputs)

    def leave(_: nn.Module, inputs: tuple, output: object) -> None:
        contexts.pop().__exit__(None, None, None)

    handles = [module.register_forward_pre_hook(enter), module.register_forward_hook(leave, always_call=True)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()

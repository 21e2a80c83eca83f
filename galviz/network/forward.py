"""Preprocessing of images, and the forward pass in float32 or bfloat16."""

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
    """Crop images and normalise their pixels, as in the training of the network.

    Parameters
    ----------
    images : iterable of PIL.Image.Image
        At least one, of any size; small images are padded with black.
    card : ModelCard

    Returns
    -------
    torch.Tensor of shape (n, 3, crop_px, crop_px), float32
        (value / 255 - mean) / std of red, green and blue.

    Examples
    --------
    >>> from galviz.network.card import read_card
    >>> preprocess([Image.new("RGB", (160, 160))], read_card()).shape
    torch.Size([1, 3, 112, 112])
    """
    # RGB before cropping: padding is black in RGB, but any colour in a palette.
    crops = [network_crop(image.convert("RGB"), card.pad_px, card.crop_px) for image in images]
    pixels = normalise(np.stack([np.asarray(crop) for crop in crops]), card.mean, card.std)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def forward(network: nn.Module, images: torch.Tensor, precision: str, head: str | None = None) -> torch.Tensor:
    """Compute the output of a network in a precision.

    In bfloat16 the head still computes in float32: near 8.8 bfloat16 has steps of 1/16, as large as the prediction
    error.

    Parameters
    ----------
    network : torch.nn.Module
    images : torch.Tensor of shape (n, 3, height, width), float32
        On the network's device.
    precision : str
        One of `PRECISIONS`.
    head : str, optional
        Path of the head.

    Returns
    -------
    torch.Tensor

    Examples
    --------
    >>> forward(nn.Flatten(), torch.ones(2, 3, 4, 4), "float32").shape
    torch.Size([2, 48])
    """
    # The caller's autocast must not change the requested precision.
    with torch.autocast(images.device.type, enabled=False):
        if precision == "float32":
            return network(images)
        module = network.get_submodule(head) if head else None
        with _in_float32(module, images.device.type), torch.autocast(images.device.type, dtype=torch.bfloat16):
            return network(images)


@contextmanager
def _in_float32(module: nn.Module | None, device_type: str) -> Iterator[None]:
    """Make a module compute in float32 within an autocast."""
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

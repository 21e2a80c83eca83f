"""Exercises of the lesson 'Hooks'. Write in your own copy: `python -m galviz start hooks` makes it."""

import numpy as np
import torch
from torch import nn


def average_maps(maps: torch.Tensor) -> np.ndarray:
    """Make one number a channel of what a layer answered: average its maps over their places.

    So a layer's answers to thousands of galaxies stay small enough to keep, and any tool that knows NumPy can go on.

    Parameters
    ----------
    maps : Tensor of float32, shape (n, channels, height, width) or (n, channels)
        What a layer answered to n galaxies. It may hang on the record for gradients, and lie on a GPU. Leave it as it
        is: it belongs to the caller.

    Returns
    -------
    ndarray of float32, shape (n, channels)
        A NumPy array, no tensor; also for a single galaxy or channel. An answer of shape (n, channels) has no places to
        average over: its numbers come back as they are.
    """
    raise NotImplementedError("hooks.1")


def catch(network: nn.Module, layer: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Send images through a network, and return what one of its layers answered on the way.

    A forward hook does it. Leave everything as it was: the hook is gone afterwards, also where the network raises an
    error, and that error comes through to the caller; hooks that others have registered stay. While it listens, the
    network computes what it would compute without it.

    The layer behind may write into the same memory: many networks have `ReLU(inplace=True)`. What is asked for is what
    the layer answered, before anyone changed it.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode, of any make: it need not be a `Sequential`. Call it once, as ``network(images)``.
    layer : torch.nn.Module
        A module somewhere within it, which answers once with one tensor.
    images : Tensor of float32, shape (n, channels, height, width)

    Returns
    -------
    Tensor or ndarray of float32
        All of the layer's answer, in its own shape, detached from the record for gradients and on the CPU.
    """
    raise NotImplementedError("hooks.2")


def predict_in_eval(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Predict in eval mode, and leave the network in the mode in which it was.

    Each module has a mode of its own, its attribute `training`: in a network in training mode, a part may be in eval
    mode on purpose, or the other way round. For the prediction all must be in eval mode; afterwards each is in its own
    again, also where the network raises an error, and that error comes through to the caller. Weights and batch norm's
    statistics stay as they are.

    Parameters
    ----------
    network : torch.nn.Module
        Answers images with a tensor of shape (n, 1).
    images : Tensor of float32, shape (n, channels, height, width)
        Few enough for one batch; there may be a single one.

    Returns
    -------
    Tensor or ndarray of shape (n,)
        The predictions, without any record for gradients.
    """
    raise NotImplementedError("hooks.3")

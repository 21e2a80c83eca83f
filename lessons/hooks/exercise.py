"""Exercises of the lesson 'Hooks'. Write in your own copy: `python -m galviz start hooks` makes it."""

import numpy as np
import torch
from torch import nn


def average_maps(maps: torch.Tensor) -> np.ndarray:
    """Average the feature maps of a layer over all positions, and convert the result to NumPy.

    The averages are small enough to keep for thousands of galaxies, and any tool that uses NumPy can read them.

    Parameters
    ----------
    maps : Tensor of float32, shape (n, channels, height, width) or (n, channels)
        Output of a layer for n galaxies, of any height and width. A tensor is PyTorch's array. This one may belong to
        an autograd graph, and be on a GPU. Don't modify it, and leave torch's settings as they are.

    Returns
    -------
    ndarray of float32, shape (n, channels)
        A NumPy array, even if n or the number of channels is 1. An input of shape (n, channels) has no spatial axes:
        return the same numbers.

    Examples
    --------
    >>> average_maps(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 8.0]]]]))
    array([[2.5, 2. ]], dtype=float32)
    """
    raise NotImplementedError("hooks.1")


def catch(network: nn.Module, layer: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run a network on images, and return the activations of one of its layers.

    Record them with a forward hook. Return the layer's output as it was when the hook was called: a later layer may
    overwrite the same memory, as `ReLU(inplace=True)` does.

    Leave everything as it was:

    - Remove your hook, even if the network raises an error. Let that error reach the caller. Keep the hooks of others.
    - The network computes the same as without your hook. Its weights, modes and other attributes don't change.
    - Don't modify `images`. Leave torch's settings, such as gradient tracking and the random seed, as they are.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode, of any class. Call it once, as ``network(images)``.
    layer : torch.nn.Module
        A module inside `network` that runs once per pass and outputs one tensor.
    images : Tensor of float32, shape (n, channels, height, width)

    Returns
    -------
    Tensor or ndarray of float32
        The layer's full output, with its shape and precision, detached from the autograd graph and on the CPU.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.ReLU(inplace=True))
    >>> catch(network, network[0], torch.tensor([[[[-1.0, 2.0]]]]))
    tensor([[-1.,  2.]])
    >>> len(network[0]._forward_hooks)
    0
    """
    raise NotImplementedError("hooks.2")


def predict_in_eval(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Predict in eval mode, and restore the mode of every module.

    Each module (a layer, or a group of layers) has its own mode, the attribute `training`. A part of a network may be
    in another mode than the rest, on purpose. Put all modules into eval mode for the prediction, not only batch norm
    and dropout, and restore each module's own mode afterwards. Do this even if the network raises an error, and let
    that error reach the caller. Change nothing else: weights, batch norm's statistics, other attributes, hooks and
    torch's settings stay as they are.

    Parameters
    ----------
    network : torch.nn.Module
        Outputs a tensor of shape (n, 1).
    images : Tensor of float32, shape (n, channels, height, width)
        One batch; n may be 1. Don't modify it.

    Returns
    -------
    Tensor or ndarray of shape (n,)
        The predictions, detached from the autograd graph.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(2, 1))
    >>> _ = nn.init.ones_(network[2].weight), nn.init.zeros_(network[2].bias)
    >>> predict_in_eval(network, torch.tensor([[[[1.0, 2.0]]]]))
    tensor([3.])
    >>> network.training, network[1].training
    (True, True)
    """
    raise NotImplementedError("hooks.3")

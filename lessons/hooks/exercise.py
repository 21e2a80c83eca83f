"""Exercises of the lesson 'Hooks'. Write in your own copy: `python -m galviz start hooks` makes it."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn


def layers_of_kind(network: nn.Module, kind: type[nn.Module]) -> list[str]:
    """List the names of all modules of a network that are instances of a class.

    A module may contain modules, and these may contain others. Include modules at any depth, and instances of
    subclasses of `kind`. The network itself has the name "": include it too if it is an instance.

    Try it with the shipped network: ``layers_of_kind(galviz.load_model(), nn.Conv2d)``. How many convolutions does it
    have?

    Parameters
    ----------
    network : torch.nn.Module
        Don't modify it.
    kind : type
        A class of modules, such as ``nn.Conv2d``.

    Returns
    -------
    list of str
        Names in the order of ``network.named_modules()``, which lists each module once. Empty if there is none.

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(nn.ReLU(), nn.Conv2d(8, 8, 3)))
    >>> layers_of_kind(network, nn.Conv2d)
    ['0', '1.1']
    >>> layers_of_kind(network, nn.Sequential)
    ['', '1']
    """
    raise NotImplementedError("hooks.0")


def average_maps(maps: torch.Tensor) -> np.ndarray:
    """Average the feature maps of a layer over all positions, and convert the result to NumPy.

    The averages are small enough to keep for thousands of galaxies, and any tool that uses NumPy can read them.

    Parameters
    ----------
    maps : Tensor of float32, shape (n, channels, height, width) or (n, channels)
        Output of a layer for n galaxies, of any height and width. A tensor is PyTorch's array. This one may belong to
        an autograd graph, and be on a GPU. Don't modify it. Leave settings, such as gradient tracking and random
        seeds, as the caller had them.

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
    - The network computes the same as without your hook. Its weights, their gradients, modes and other attributes
      don't change.
    - Don't modify `images`. Leave settings, such as gradient tracking, default dtype and random seeds, as the caller
      had them.

    Parameters
    ----------
    network : torch.nn.Module
        A network of any class, in eval mode. Call it once, as ``network(images)``.
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
    that error reach the caller. Change nothing else: weights and their gradients, batch norm's statistics, other
    attributes and hooks stay as they are, and settings, such as gradient tracking and random seeds, as the caller had
    them.

    Call the network as ``network(images)``, so that its hooks run too. Return its output without changes, apart from
    the shape.

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


def stage_features(network: nn.Module, layer_names: Sequence[str], images: torch.Tensor) -> dict[str, np.ndarray]:
    """Record the features of several layers in a single pass of a network.

    Register one forward hook per layer, and call the network once, as ``network(images)``. Average each output over
    space. A later layer may overwrite an output, so average it in the hook, or record a copy. An output of shape (n,
    channels) isn't averaged, so it needs a copy in any case.

    Leave everything as it was:

    - Remove all your hooks, even if the network raises an error or lacks one of the layers. Let that error reach the
      caller. Keep the hooks of others.
    - The network computes the same as without your hooks. Its weights, their gradients, modes and other attributes
      don't change.
    - Don't modify `images`. Leave settings, such as gradient tracking, default dtype and random seeds, as the caller
      had them.

    Try it with ten shipped galaxies, and compare with the features that galviz ships:

        import galviz
        from galviz.network.forward import preprocess

        network, survey, data = galviz.load_model(), galviz.load_survey(), galviz.load_features()
        images = preprocess([survey.image(object_id) for object_id in data.object_ids[:10]], network.card)
        stage2 = network.card.spec.path_of("stage2")  # the layer's name in PyTorch, "5"
        stage_features(network, [stage2], images)[stage2] - data.layers["stage2"][:10]

    The differences are less than 0.001, because the file stores numbers in half precision.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode.
    layer_names : sequence of str
        One or more different names in any order, such as ``["5", "4.0"]``. ``network.get_submodule(name)`` returns the
        layer. Each layer runs once per pass, and outputs a tensor of shape (n, channels, height, width) or (n,
        channels).
    images : Tensor of float32, shape (n, 3, height, width)
        n is at least 1.

    Returns
    -------
    dict of str to ndarray of float32, shape (n, channels)
        For each name the layer's output, averaged over height and width. An output of shape (n, channels) has no
        spatial axes: return the same numbers.

    Raises
    ------
    AttributeError
        If the network has no layer of that name. ``network.get_submodule`` raises it.

    Examples
    --------
    >>> network = nn.Sequential(nn.ReLU(), nn.Flatten())
    >>> stage_features(network, ["0", "1"], torch.tensor([[[[-1.0, 2.0]]]]))
    {'0': array([[1.]], dtype=float32), '1': array([[0., 2.]], dtype=float32)}
    """
    raise NotImplementedError("hooks.4")


def ablate_channel(network: nn.Module, layer: nn.Module, channel: int, images: torch.Tensor) -> torch.Tensor:
    """Measure how predictions change if one channel of a layer is set to zero.

    This is called ablation. Predict twice, each time as ``network(images)``: with the network as it is (intact), and
    with a forward hook on `layer` (ablated). If a hook returns a tensor, the network goes on with it in place of the
    layer's output. Return a copy of the output, in which the channel is 0 for all images and at all positions.

    Change the copy alone. The output itself may be in use elsewhere: another hook may have recorded it, and some
    layers, such as ``nn.Flatten``, return the memory of their input.

    Leave everything as it was:

    - Remove your hook, even if the network raises an error. Let that error reach the caller. Keep the hooks of others.
    - The network's weights, their gradients, modes and other attributes don't change.
    - Don't modify `images`. Leave settings, such as gradient tracking, default dtype and random seeds, as the caller
      had them.

    Try it with the shipped network (for `network` and `images`, see `stage_features`). The head is the last layer, a
    weighted sum of the features. Ablate the feature with the largest weight, positive or negative:

        spec = network.card.spec
        weights = network.get_submodule(spec.head).weight[0]
        layer = network.get_submodule(spec.path_of("features"))
        ablate_channel(network, layer, int(weights.abs().argmax()), images)

    Which product of two numbers should each change be?

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode. Outputs a tensor of shape (n, 1).
    layer : torch.nn.Module
        A module inside `network` that runs once per pass, and outputs a tensor of shape (n, channels, height, width) or
        (n, channels).
    channel : int
        Index of the channel, from 0 to the number of channels − 1.
    images : Tensor of float32, shape (n, 3, height, width)
        n is at least 1.

    Returns
    -------
    Tensor or ndarray of shape (n,)
        For each image, the ablated prediction minus the intact one, detached from the autograd graph.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(3, 1, bias=False))
    >>> _ = network[1].weight.data.copy_(torch.tensor([[1.0, 5.0, -2.0]]))
    >>> images = torch.tensor([[[[10.0, 20.0, 30.0]]], [[[1.0, 1.0, 1.0]]]])
    >>> ablate_channel(network, network[0], 2, images)
    tensor([60.,  2.])
    """
    raise NotImplementedError("hooks.5")

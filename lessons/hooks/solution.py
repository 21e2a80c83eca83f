"""Solutions to the exercises of the lesson 'Hooks'."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn


def layers_of_kind(network: nn.Module, kind: type[nn.Module]) -> list[str]:
    """List the names of all modules of a network that are instances of a class."""
    return [name for name, module in network.named_modules() if isinstance(module, kind)]


def average_maps(maps: torch.Tensor) -> np.ndarray:
    """Average the feature maps of a layer over all positions, and convert the result to NumPy."""
    averages = maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps
    return averages.detach().cpu().numpy()


def catch(network: nn.Module, layer: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run a network on images, and return the activations of one of its layers."""
    activations = []

    def hook(module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> None:
        activations.append(output.detach().clone())  # a copy, because a later layer may overwrite `output`

    handle = layer.register_forward_hook(hook)
    try:
        with torch.no_grad():
            network(images)
    finally:
        handle.remove()
    return activations[0].cpu()


def predict_in_eval(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Predict in eval mode, and restore the mode of every module."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        with torch.no_grad():
            return network.eval()(images)[:, 0]
    finally:
        for module, training in modes:
            module.training = training  # `module.train()` would change the modules inside it too


def stage_features(network: nn.Module, layer_names: Sequence[str], images: torch.Tensor) -> dict[str, np.ndarray]:
    """Record the features of several layers in a single pass of a network."""
    features, handles = {}, []

    def make_hook(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> None:
            averages = output.mean(dim=(2, 3)) if output.ndim == 4 else output.clone()
            features[name] = averages.detach().cpu().numpy()

        return hook

    try:
        for name in layer_names:
            handles.append(network.get_submodule(name).register_forward_hook(make_hook(name)))
        with torch.no_grad():
            network(images)
    finally:
        for handle in handles:
            handle.remove()
    return features


def ablate_channel(network: nn.Module, layer: nn.Module, channel: int, images: torch.Tensor) -> torch.Tensor:
    """Measure how predictions change if one channel of a layer is set to zero."""

    def ablate(module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        ablated = output.clone()
        ablated[:, channel] = 0
        return ablated

    # Before the head, which is linear, each change is −weight · activation: a large weight alone doesn't show that a
    # channel matters. If it is inactive, its ablation changes nothing.
    with torch.no_grad():
        intact = network(images)[:, 0]
        with layer.register_forward_hook(ablate):  # removed at the end of the block, also after an error
            return network(images)[:, 0] - intact

"""Solutions to the exercises of the lesson 'Hooks'."""

import numpy as np
import torch
from torch import nn


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

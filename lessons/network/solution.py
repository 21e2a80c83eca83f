"""Solutions to the exercises of the lesson 'The network'."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def output_side(side: int, kernel_side: int, stride: int, padding: int) -> int:
    """Compute the side of a convolution's output."""
    return (side + 2 * padding - kernel_side) // stride + 1


def convolve(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Compute a convolution with a 3 × 3 kernel, a stride, and one pixel of zero padding."""
    padded = np.pad(image, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3))  # the last two axes are those of the window


def mish(x: np.ndarray) -> np.ndarray:
    """Compute the activation function Mish: x · tanh(ln(1 + eˣ))."""
    softplus = np.logaddexp(0, x)  # ln(e⁰ + eˣ), without overflow
    return x * np.tanh(softplus)


def parameters_per_stage(network: "torch.nn.Module") -> dict[str, int]:
    """Count the parameters of each stage of a network."""
    return {
        # `parameters` gives those of the modules inside, too, each tensor once.
        name: sum(parameter.numel() for parameter in child.parameters())
        for name, child in network.named_children()
    }

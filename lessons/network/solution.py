"""Solutions to the exercises of the lesson 'The network'."""

import numpy as np


def convolve(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Move a kernel over an image, and answer at each place with a weighted sum."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3))


def mish(x: np.ndarray) -> np.ndarray:
    """Bend numbers as the activation Mish does; logaddexp is ln(e⁰ + eˣ), without the overflow."""
    return x * np.tanh(np.logaddexp(0, x))

"""Solutions to the exercises of the lesson 'Preparing images'."""

from collections.abc import Sequence

import numpy as np


def centre_crop(pixels: np.ndarray, side: int) -> np.ndarray:
    """Cut the central square out of an image."""
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side, left : left + side]


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Turn the pixels of an image into the numbers that a network is given, around zero."""
    return (pixels / 255 - np.asarray(mean)) / np.asarray(std)

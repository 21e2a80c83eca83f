"""Pixels of an image -> the numbers that a network is given: shifted and scaled by its card's statistics."""

from collections.abc import Sequence

import numpy as np


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Bring each colour to a mean of about 0 and a standard deviation of about 1.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (…, 3)
        Red, green, blue along the last axis, 0 to 255.
    mean, std : sequence of float, length 3
        Of red, green and blue on a scale of 0 to 1, over the images that the network learnt from: a model card's.

    Returns
    -------
    ndarray of float32, shape (…, 3)
        (pixels / 255 − mean) / std.
    """
    shares = pixels.astype(np.float32) / np.float32(255)
    return (shares - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)

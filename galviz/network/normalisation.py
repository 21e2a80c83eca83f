"""Normalisation of pixels with the statistics of a model card."""

from collections.abc import Sequence

import numpy as np


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Normalise each colour to a mean of about 0 and a standard deviation of about 1.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (…, 3)
        Red, green, blue along the last axis, 0 to 255.
    mean, std : sequence of float, length 3
        Of red, green and blue (0 to 1) over the training images: those of a model card.

    Returns
    -------
    ndarray of float32, shape (…, 3)
        (pixels / 255 − mean) / std.

    Examples
    --------
    >>> normalise(np.array([0, 51, 255], np.uint8), mean=(0.2, 0.2, 0.2), std=(0.4, 0.4, 0.4)).round(3).tolist()
    [-0.5, 0.0, 2.0]
    """
    scaled = pixels.astype(np.float32) / np.float32(255)
    return (scaled - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)

"""Exercises of the lesson 'Preparing images'. Write in your own copy: `python -m galviz start images` makes it."""

from collections.abc import Sequence

import numpy as np


def centre_crop(pixels: np.ndarray, side: int) -> np.ndarray:
    """Crop an image to its central square.

    Remove as many rows at the top as at the bottom, and as many columns at the left as at the right. If the number of
    rows to remove is odd, remove one more at the bottom. If the number of columns to remove is odd, remove one more at
    the right.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Rows from top to bottom, columns from left to right; red, green and blue of each pixel. Height and width may
        differ. Don't modify the input.
    side : int
        Height and width of the square in pixels, from 1 to the smaller of the image's height and width.

    Returns
    -------
    ndarray, shape (side, side, 3)
        The values of these pixels, unchanged. A view of the input is allowed.

    Examples
    --------
    Of 5 rows and 5 columns, a square of 2 keeps those with the indices 1 and 2:

    >>> pixels = np.arange(75, dtype=np.uint8).reshape(5, 5, 3)
    >>> centre_crop(pixels, 2)[..., 0]  # red
    array([[18, 21],
           [33, 36]], dtype=uint8)
    """
    raise NotImplementedError("images.1")


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Normalise the pixels of an image with the statistics of a training set.

    Replace each value x by (x / 255 − μ) / σ, with the mean μ and the standard deviation σ of its colour. Use the same
    formula for every image: don't compute statistics of the image itself, and don't clip or round the result.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Red, green and blue of each pixel, 0 to 255. A single pixel is possible. Don't modify the input.
    mean, std : sequence of float, length 3
        μ and σ of red, green and blue, on a scale of 0 to 1. Each may be a tuple, a list or an array. Each σ is
        greater than 0, and may be small. Don't modify them.

    Returns
    -------
    ndarray of float, shape (height, width, 3)

    Examples
    --------
    >>> pixels = np.array([[[51, 102, 255]]], dtype=np.uint8)  # one pixel
    >>> normalise(pixels, mean=(0.3, 0.2, 0.1), std=(0.2, 0.25, 0.5)).round(3).tolist()
    [[[-0.5, 0.8, 1.8]]]
    """
    raise NotImplementedError("images.2")

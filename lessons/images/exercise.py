"""Exercises of the lesson 'Preparing images'. Write in your own copy: `python -m galviz start images` makes it."""

from collections.abc import Sequence

import numpy as np


def centre_crop(pixels: np.ndarray, side: int) -> np.ndarray:
    """Cut the central square out of an image.

    The galaxy is in the middle; what is at the rim is mostly sky, and costs time.

    Of the rows that are cut off, half go at the top and half at the bottom; of the columns, half at the left and half
    at the right. Where their number is odd, the one more goes at the bottom, or at the right: of 5 rows, a square of 2
    keeps rows 1 and 2, counted from 0.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Rows from top to bottom, columns from left to right, and red, green, blue of each pixel. Height and width may
        differ.
    side : int
        Of the square, in pixels: at least 1, at most the smaller of height and width.

    Returns
    -------
    ndarray of shape (side, side, 3)
        The square's pixels as they were. It may be a view of the image.
    """
    raise NotImplementedError("images.1")


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Turn the pixels of an image into the numbers that a network is given, around zero.

    Each value x becomes (x / 255 − μ) / σ, with the mean μ and the standard deviation σ of its colour. They are those
    of the images that the network learnt from, so that every image, whatever is on it, is scaled alike.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Red, green and blue of each pixel, 0 to 255. Leave them as they are: they belong to the caller.
    mean, std : sequence of float, length 3
        μ and σ of red, green and blue, on a scale of 0 to 1. A tuple, a list or an array.

    Returns
    -------
    ndarray of float, shape (height, width, 3)
    """
    raise NotImplementedError("images.2")

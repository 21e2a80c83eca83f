"""Exercises of the lesson 'Preparing images'. Write in your own copy: `python -m galviz start images` makes it."""

from collections.abc import Sequence

import numpy as np


def to_unit_range(pixels: np.ndarray) -> np.ndarray:
    """Scale the pixels of an image to the range of 0 to 1.

    Image files store a pixel as a whole number from 0 to 255 (the type uint8). Divide each by 255, so that 0 stays 0
    and 255 becomes 1. The scale is the same for each image, whatever its own darkest and brightest pixels are.

    Parameters
    ----------
    pixels : ndarray of uint8
        0 to 255. It has one axis or more: an image, one of its colours, or several images. Don't modify the input.

    Returns
    -------
    ndarray of float, same shape as `pixels`
        Not rounded.

    Examples
    --------
    >>> to_unit_range(np.array([[0, 51], [102, 255]], dtype=np.uint8))
    array([[0. , 0.2],
           [0.4, 1. ]])
    """
    raise NotImplementedError("images.0")


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


def channel_statistics(images: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Compute the mean and standard deviation of each colour over all pixels of a set of images.

    These are the μ and σ with which images are normalised: galviz computes them over the whole training set before it
    trains the network. Each pixel has the same weight, so an image with more pixels counts more.

    Parameters
    ----------
    images : list of ndarray of uint8, each of shape (height, width, 3)
        One image or more. Their heights and widths may differ. Red, green and blue, 0 to 255. Don't modify the list or
        the images.

    Returns
    -------
    mean, std : ndarray of float, each of shape (3,)
        Of red, green and blue, on a scale of 0 to 1, not rounded. The standard deviation is the root of the mean
        squared deviation: divide the sum of squares by the number of all pixels n, not by n − 1. It is 0 if all pixels
        are equal, or if there is only one.

    Examples
    --------
    The second image is a single pixel. The three red values are 0, 51 and 102, which is 0, 0.2 and 0.4:

    >>> images = [
    ...     np.array([[[0, 51, 255], [51, 51, 255]]], dtype=np.uint8),
    ...     np.array([[[102, 204, 255]]], dtype=np.uint8),
    ... ]
    >>> mean, std = channel_statistics(images)
    >>> mean.round(3).tolist(), std.round(3).tolist()
    ([0.2, 0.4, 1.0], [0.163, 0.283, 0.0])

    Try it on the shipped galaxies: with ``import galviz`` and ``survey = galviz.load_survey()``, the pixels of a galaxy
    are ``np.asarray(survey.image(survey.object_ids[0]))``. Crop them with your `centre_crop` to 112 × 112, the
    network's input. Are your means smaller than those in the network's card, `galviz.read_card().mean`?
    """
    raise NotImplementedError("images.3")

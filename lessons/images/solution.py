"""Solutions to the exercises of the lesson 'Preparing images'."""

from collections.abc import Sequence

import numpy as np


def to_unit_range(pixels: np.ndarray) -> np.ndarray:
    """Scale the pixels of an image to the range of 0 to 1."""
    return pixels / 255  # `/` gives floats, in a new array


def centre_crop(pixels: np.ndarray, side: int) -> np.ndarray:
    """Crop an image to its central square."""
    height, width, _ = pixels.shape
    top, left = (height - side) // 2, (width - side) // 2  # rounded down: an odd row goes at the bottom
    return pixels[top : top + side, left : left + side]


def normalise(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """Normalise the pixels of an image with the statistics of a training set."""
    # Division by 255 gives floats; mean and std align with the last axis, the colours.
    return (pixels / 255 - np.asarray(mean)) / np.asarray(std)


def channel_statistics(images: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Compute the mean and standard deviation of each colour over all pixels of a set of images."""
    # One row per pixel, so that images of different sizes can be put together.
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    return pixels.mean(axis=0), pixels.std(axis=0)

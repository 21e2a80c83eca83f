"""The fine structure of a galaxy's image, by which copies of one picture are recognised.

An image is laid on a small square grid around the galaxy's centre, and each place is compared with the contrast nearby.
What most galaxies have in common, a bright smooth middle, then hardly counts; stars, neighbours, arms and noise do. The
structure that a rotation by 180 degrees keeps and the structure that it inverts have the same weight: a regular galaxy
is nearly all in the first, so that only the second tells two of the same shape apart.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

# How much of an image's shorter side the grid covers: the central 70 % of it are found, which include the 112 of 160 px
# that galviz's own network sees, and so is a margin that makes the image 70 % of the whole.
ZOOMS = (1.0, 0.955, 0.91, 0.87, 0.83, 0.795, 0.76, 0.73, 0.70)
GRID_PX = 24
_RADIUS = 0.9  # of the disc on the grid that is compared, in half sides
_SCALE_PX = 2.0  # of fine structure, and of the contrast nearby; in pixels of the grid
# In square roots of grey levels, which have nearly the same noise everywhere. What is fainter than the least contrast
# counts less: JPEG changes it.
_OFFSET, _LEAST_CONTRAST = 4.0, 0.3
# The least root mean square of the relative structure that a rotation by 180 degrees inverts. 400 real galaxies have
# 0.40 and more, 2,000 mock galaxies 0.26. Ellipses drawn without noise or neighbours have what JPEG leaves of its
# blocks of 8 px: up to 0.22 at 96 px or more, and up to 0.36 in smaller images, of which a block is a larger part.
_LEAST_STRUCTURE, _LEAST_IN_SMALL = 0.25, 0.37
_SMALL_PX = 96
_WINDOW = 0.08  # standard deviation of the window in which the galaxy's centre is found, in shorter sides
_FARTHEST = 0.15  # from the image's middle to that centre; beyond it, something else was found
_STEPS = 6


def fingerprint(image: Image.Image) -> np.ndarray:
    """Describe an image's fine structure around the galaxy, at each of `ZOOMS`.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB or grey, any size.

    Returns
    -------
    ndarray of float16, shape (n_zooms, 24, 24)
        Each grid has norm 1. All zeros if the image has too little structure to tell a copy from another galaxy of
        the same shape.
    """
    least = _LEAST_IN_SMALL if min(image.size) < _SMALL_PX else _LEAST_STRUCTURE
    image = _reduced(image.convert("L"), 4 * GRID_PX)
    structure, strength = _structure(_grids(image, _frames(image, ZOOMS), GRID_PX))
    if strength[0] < least:
        structure = np.zeros_like(structure)
    return structure[..., 0].astype(np.float16)


def colour_structure(
    image: Image.Image, zooms: Sequence[float], *, shifts: Sequence[tuple[float, float]] = ((0.0, 0.0),), side_px: int
) -> np.ndarray:
    """Describe the fine structure of each colour, for comparing two images closely.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    zooms : sequence of float
        Shares of the image's shorter side that the grid covers.
    shifts : sequence of (float, float)
        Of the grid's centre from the galaxy's, down and to the right; in shorter sides.
    side_px : int
        Of the grid.

    Returns
    -------
    ndarray of float32, shape (n_zooms × n_shifts, side_px, side_px, 3)
        Each grid has norm 1.
    """
    image = _reduced(image, 4 * side_px)
    return _structure(_grids(image, _frames(image, zooms, shifts), side_px))[0]


def orientations(grids: np.ndarray, axes: tuple[int, int] = (-2, -1)) -> list[np.ndarray]:
    """The 8 flips and rotations by 90 degrees of two axes."""
    return [np.rot90(each, k, axes=axes) for each in (grids, np.flip(grids, axes[1])) for k in range(4)]


def _reduced(image: Image.Image, side_px: int) -> Image.Image:
    """Shrink an image whose shorter side is longer than that: finer detail isn't compared."""
    shorter = min(image.size)
    if shorter <= side_px:
        return image
    return image.resize([round(side * side_px / shorter) for side in image.size], Image.Resampling.BOX)


def _frames(
    image: Image.Image, zooms: Sequence[float], shifts: Sequence[tuple[float, float]] = ((0.0, 0.0),)
) -> list[tuple[float, float, float]]:
    """Row and column of the centre and half the side of each square to compare, in pixels."""
    levels = np.asarray(image.convert("L"), np.float32)
    side, (row, column) = min(levels.shape), _centre(levels)
    return [(row + down * side, column + right * side, zoom * side / 2) for zoom in zooms for down, right in shifts]


def _centre(levels: np.ndarray) -> tuple[float, float]:
    """Row and column of the galaxy's centre: the mean position of light in a window that follows it."""
    side, middle = min(levels.shape), tuple((length - 1) / 2 for length in levels.shape)
    light = (levels - np.median(levels)).clip(min=0)
    rows, columns = map(np.arange, levels.shape)
    row, column = middle
    for _ in range(_STEPS):
        row_weights = np.exp(-((rows - row) ** 2) / (2 * (_WINDOW * side) ** 2))
        column_weights = np.exp(-((columns - column) ** 2) / (2 * (_WINDOW * side) ** 2))
        by_row, by_column = (light @ column_weights) * row_weights, (row_weights @ light) * column_weights
        if (total := by_row.sum()) <= 0:
            return middle
        # The window holds the mean back: a step half as long again arrives sooner.
        row += 1.5 * (by_row @ rows / total - row)
        column += 1.5 * (by_column @ columns / total - column)
        if max(abs(row - middle[0]), abs(column - middle[1])) > _FARTHEST * side:
            return middle
    return row, column


def _grids(image: Image.Image, frames: Sequence[tuple[float, float, float]], side_px: int) -> np.ndarray:
    """The image within some squares, each on a grid; float32, shape (n_frames, side_px, side_px, n_channels)."""
    margin = int(np.ceil((_FARTHEST + 0.05) * min(image.size))) + 2
    levels = np.asarray(image)
    padded = Image.fromarray(np.pad(levels, [(margin, margin)] * 2 + [(0, 0)] * (levels.ndim - 2), mode="edge"))
    grids = []
    for row, column, half in frames:
        row, column = row + 0.5 + margin, column + 0.5 + margin
        box = (column - half, row - half, column + half, row + half)
        grids.append(np.asarray(padded.resize((side_px, side_px), Image.Resampling.BILINEAR, box=box), np.float32))
    return np.stack(grids).reshape(len(frames), side_px, side_px, -1)


def _structure(grids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Structure relative to the contrast nearby, of norm 1, and the root mean square of what 180 degrees invert."""
    disc = _disc(grids.shape[1])
    roots = np.sqrt(grids + _OFFSET)
    fine = roots - _smoothed(roots)
    rotated = fine[:, ::-1, ::-1]
    halves = []
    for half in ((fine + rotated) / 2, (fine - rotated) / 2):
        contrast = _smoothed((half**2).mean(axis=-1, keepdims=True))
        relative = half / np.sqrt(contrast + _LEAST_CONTRAST**2) * disc
        norm = np.sqrt((relative**2).sum(axis=(1, 2, 3)))
        halves.append(relative / np.maximum(norm, 1e-6)[:, None, None, None] / np.sqrt(2))
    strength = norm / np.sqrt((disc**2).sum() * grids.shape[-1])
    return sum(halves), strength


def _smoothed(grids: np.ndarray) -> np.ndarray:
    return gaussian_filter(grids, (0, _SCALE_PX, _SCALE_PX, 0), mode="nearest")


def _disc(side_px: int) -> np.ndarray:
    """1 within the disc that is compared, 0 outside, and in between on its rim; shape (side_px, side_px, 1)."""
    places = (np.arange(side_px) - (side_px - 1) / 2) / (side_px / 2)
    radius = np.hypot(*np.meshgrid(places, places))
    return ((_RADIUS - radius) * side_px / 4 + 0.5).clip(0, 1).astype(np.float32)[..., None]

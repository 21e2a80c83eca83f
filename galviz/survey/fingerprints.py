"""Fingerprints: the fine structure of a galaxy's image, by which near-duplicates are recognised.

An image is resampled to a small square grid around the galaxy's centre, smooth structure is subtracted, and the rest is
divided by the local contrast. The bright smooth centre that most galaxies share then has little weight, and stars,
neighbours, arms and noise have more. The parts that are symmetric and antisymmetric under rotation by 180 degrees have
the same weight: regular galaxies of the same shape differ only in the antisymmetric part.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

# Fraction of an image's shorter side that the grid covers. Down to 0.70 detects copies cropped to the central 112 of
# 160 px, which is what galviz's own network sees, and copies with a margin that makes the image 70 % of the whole.
ZOOMS = (1.0, 0.955, 0.91, 0.87, 0.83, 0.795, 0.76, 0.73, 0.70)
GRID_PX = 24
FINGERPRINT_SHAPE = (len(ZOOMS), GRID_PX, GRID_PX)
_RADIUS = 0.9  # of the disc that is compared, in half sides of the grid
_SCALE_PX = 2.0  # of the smoothing, in pixels of the grid
# In square roots of grey levels, whose noise is nearly uniform. Structure below the minimum contrast has less weight,
# because JPEG changes it.
_OFFSET, _MIN_CONTRAST = 4.0, 0.3
# Minimum root mean square of the antisymmetric structure. 400 real galaxies have at least 0.40 and 2,000 mock galaxies
# 0.26. Ellipses drawn without noise or neighbours have only the traces of JPEG's blocks of 8 px: up to 0.22 at 96 px or
# more, and up to 0.36 in smaller images.
_MIN_STRUCTURE, _MIN_STRUCTURE_SMALL = 0.25, 0.37
_SMALL_PX = 96
_WINDOW = 0.08  # standard deviation of the window for the galaxy's centre, in shorter sides
# A frame of one colour around an image isn't part of it; a dark one is like sky. In grey levels of 0 to 255.
_FRAME_RANGE, _MIN_FRAME = 8, 24
_MAX_FRAME = 0.3  # of each side, in lengths of the image
_MAX_OFFSET = 0.15  # of the galaxy's centre from the image's; farther away it is another object
_N_STEPS = 6


def fingerprint(image: Image.Image) -> np.ndarray:
    """Compute the fine structure of an image around the galaxy, at each of `ZOOMS`.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB or grey, any size.

    Returns
    -------
    ndarray of int8, shape (n_zooms, 24, 24)
        Each grid times a factor, so that its largest absolute value is 127: see `unit_grids`. All zeros if the image
        has too little structure to distinguish a copy from another galaxy of the same shape.

    Examples
    --------
    >>> noise = np.random.default_rng(0).integers(0, 99, (100, 100), dtype=np.uint8)
    >>> fingerprint(Image.fromarray(noise)).shape
    (9, 24, 24)
    >>> bool(fingerprint(Image.new("L", (100, 100))).any())
    False
    """
    image = trim_frame(image)
    min_structure = _MIN_STRUCTURE_SMALL if min(image.size) < _SMALL_PX else _MIN_STRUCTURE
    image = _shrink(image.convert("L"), 4 * GRID_PX)
    structure, strength = _structure(_grids(image, _frames(image, ZOOMS), GRID_PX))
    if strength[0] < min_structure:
        structure = np.zeros_like(structure)
    structure = structure[..., 0]
    highest = np.abs(structure).max(axis=(1, 2), keepdims=True)
    return np.rint(structure * (127 / np.maximum(highest, 1e-6))).astype(np.int8)


def unit_grids(fingerprints: np.ndarray) -> np.ndarray:
    """Grids of fingerprints with norm 1; float32, of the same shape. Those of zeros stay zeros.

    Examples
    --------
    >>> unit_grids(np.array([[[3, 4], [0, 0]]], dtype=np.int8)).round(1).tolist()
    [[[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]]
    """
    grids = fingerprints.astype(np.float32)
    norms = np.sqrt((grids**2).sum(axis=(-2, -1), keepdims=True))
    return grids / np.maximum(norms, 1e-6)


def colour_structure(
    image: Image.Image, zooms: Sequence[float], *, shifts: Sequence[tuple[float, float]] = ((0.0, 0.0),), side_px: int
) -> np.ndarray:
    """Compute the fine structure of each colour channel.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    zooms : sequence of float
        Fractions of the image's shorter side that the grid covers.
    shifts : sequence of (float, float)
        Offsets of the grid's centre from the galaxy's, down and to the right, in shorter sides.
    side_px : int
        Side of the grid.

    Returns
    -------
    ndarray of float32, shape (n_zooms × n_shifts, side_px, side_px, 3)
        Each grid has norm 1.

    Examples
    --------
    >>> noise = np.random.default_rng(0).integers(0, 99, (100, 100, 3), dtype=np.uint8)
    >>> colour_structure(Image.fromarray(noise), [1.0, 0.8], side_px=40).shape
    (2, 40, 40, 3)
    """
    image = _shrink(trim_frame(image), 4 * side_px)
    return _structure(_grids(image, _frames(image, zooms, shifts), side_px))[0]


def orientations(grids: np.ndarray, axes: tuple[int, int] = (-2, -1)) -> list[np.ndarray]:
    """The 8 combinations of reflections and rotations by 90 degrees of two axes.

    Examples
    --------
    >>> [grid.tolist() for grid in orientations(np.array([[1, 2], [3, 4]]))[:2]]
    [[[1, 2], [3, 4]], [[2, 4], [1, 3]]]
    """
    return [np.rot90(parity, k, axes=axes) for parity in (grids, np.flip(grids, axes[1])) for k in range(4)]


def trim_frame(image: Image.Image) -> Image.Image:
    """Crop a bright frame of one colour, which all images of a survey may have, from an image.

    Examples
    --------
    >>> framed = Image.new("RGB", (20, 20), "white")
    >>> framed.paste("navy", (3, 4, 17, 18))
    >>> trim_frame(framed).size
    (14, 14)
    """
    levels = np.asarray(image)
    ends = []
    for axis in (0, 1):
        lines = np.moveaxis(levels, axis, 0)
        most = int(_MAX_FRAME * len(lines))
        before, after = (_count_frame_lines(order[: most + 1]) for order in (lines, lines[::-1]))
        if max(before, after) > most:
            return image  # the image itself is of one colour
        ends.append((before, len(lines) - after))
    (top, bottom), (left, right) = ends
    return image.crop((left, top, right, bottom)) if (right - left, bottom - top) != image.size else image


def _count_frame_lines(lines: np.ndarray) -> int:
    """Number of lines at the beginning that are bright and of one colour; few images have any."""
    for number, line in enumerate(lines):
        if (np.ptp(line, axis=0) > _FRAME_RANGE).any() or line.mean() < _MIN_FRAME:
            return number
    return len(lines)


def _shrink(image: Image.Image, side_px: int) -> Image.Image:
    """Shrink an image to a shorter side of at most `side_px`: finer details aren't compared."""
    shorter = min(image.size)
    if shorter <= side_px:
        return image
    return image.resize([round(side * side_px / shorter) for side in image.size], Image.Resampling.BOX)


def _frames(
    image: Image.Image, zooms: Sequence[float], shifts: Sequence[tuple[float, float]] = ((0.0, 0.0),)
) -> list[tuple[float, float, float]]:
    """Row and column of the centre, and half the side, of each square to compare; in pixels."""
    levels = np.asarray(image.convert("L"), np.float32)
    side, (row, column) = min(levels.shape), _centre(levels)
    return [(row + down * side, column + right * side, zoom * side / 2) for zoom in zooms for down, right in shifts]


def _centre(levels: np.ndarray) -> tuple[float, float]:
    """Row and column of the galaxy's centre: the mean position of light in a Gaussian window around it, iterated."""
    side, middle = min(levels.shape), tuple((length - 1) / 2 for length in levels.shape)
    light = (levels - np.median(levels)).clip(min=0)
    rows, columns = map(np.arange, levels.shape)
    row, column = middle
    for _ in range(_N_STEPS):
        row_weights = np.exp(-((rows - row) ** 2) / (2 * (_WINDOW * side) ** 2))
        column_weights = np.exp(-((columns - column) ** 2) / (2 * (_WINDOW * side) ** 2))
        by_row, by_column = (light @ column_weights) * row_weights, (row_weights @ light) * column_weights
        if (total := by_row.sum()) <= 0:
            return middle
        # The window pulls the mean back. Steps longer by half converge faster.
        row += 1.5 * (by_row @ rows / total - row)
        column += 1.5 * (by_column @ columns / total - column)
        if max(abs(row - middle[0]), abs(column - middle[1])) > _MAX_OFFSET * side:
            return middle
    return row, column


def _grids(image: Image.Image, frames: Sequence[tuple[float, float, float]], side_px: int) -> np.ndarray:
    """Resample each square of the image to a grid; float32, shape (n_frames, side_px, side_px, n_channels)."""
    margin = int(np.ceil((_MAX_OFFSET + 0.05) * min(image.size))) + 2
    levels = np.asarray(image)
    padded = Image.fromarray(np.pad(levels, [(margin, margin)] * 2 + [(0, 0)] * (levels.ndim - 2), mode="edge"))
    grids = []
    for row, column, half in frames:
        row, column = row + 0.5 + margin, column + 0.5 + margin
        box = (column - half, row - half, column + half, row + half)
        grids.append(np.asarray(padded.resize((side_px, side_px), Image.Resampling.BILINEAR, box=box), np.float32))
    return np.stack(grids).reshape(len(frames), side_px, side_px, -1)


def _structure(grids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Structure relative to the local contrast, of norm 1, and the root mean square of its antisymmetric part."""
    disc = _disc(grids.shape[1])
    roots = np.sqrt(grids + _OFFSET)
    fine = roots - _smooth(roots)
    rotated = fine[:, ::-1, ::-1]
    halves = []
    for half in ((fine + rotated) / 2, (fine - rotated) / 2):
        contrast = _smooth((half**2).mean(axis=-1, keepdims=True))
        relative = half / np.sqrt(contrast + _MIN_CONTRAST**2) * disc
        norm = np.sqrt((relative**2).sum(axis=(1, 2, 3)))
        halves.append(relative / np.maximum(norm, 1e-6)[:, None, None, None] / np.sqrt(2))
    strength = norm / np.sqrt((disc**2).sum() * grids.shape[-1])
    return sum(halves), strength


def _smooth(grids: np.ndarray) -> np.ndarray:
    return gaussian_filter(grids, (0, _SCALE_PX, _SCALE_PX, 0), mode="nearest")


def _disc(side_px: int) -> np.ndarray:
    """Mask of the disc that is compared, with a soft edge; shape (side_px, side_px, 1)."""
    positions = (np.arange(side_px) - (side_px - 1) / 2) / (side_px / 2)
    radius = np.hypot(*np.meshgrid(positions, positions))
    return ((_RADIUS - radius) * side_px / 4 + 0.5).clip(0, 1).astype(np.float32)[..., None]

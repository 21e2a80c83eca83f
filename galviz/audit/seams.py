"""Seams: edges along the 8 px blocks of a JPEG, where the rest of the image is shifted or has another colour.

If a few bytes of a JPEG are lost, libjpeg often decodes the rest without a warning (benchmarks/damage.py): from some
block on, the image is shifted along its rows and has another brightness or colour. Two measures show it. The step from
row to row is larger at one boundary of blocks than within the blocks on both sides; and the level of the sky changes
from one row of blocks to the next.
"""

import numpy as np
from PIL import Image

_BLOCK_PX = 8  # of JPEG
# Width of the windows in which steps are averaged (px), the difference in levels that is added to the denominator, and
# the limit of the ratio. benchmarks/audit.py measures false alarms and detected damage.
_WINDOWS = ((64, 1.0, 1.75), (32, 1.0, 2.2), (16, 4.0, 1.65), (16, 2.0, 2.2), (8, 2.0, 2.6))
# The darker pixels of a row of blocks are sky: the mean from the 20th to the 60th percentile.
_SKY, _MAX_SKY_STEP = (0.2, 0.6), 3.1
# Memory for larger images would be hundreds of megabytes; damage that changes the sky shows in their left part too.
_MAX_SIDE_PX = 2048


def find_seam(image: Image.Image) -> int | None:
    """Find the most conspicuous boundary of blocks in an image, if it is an unusual one.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, not resampled: the blocks must begin at its upper left corner. At least 32 px high and wide.

    Returns
    -------
    int or None
        The row (px) below the seam; None if there is no seam.

    Examples
    --------
    >>> sky = np.random.default_rng(0).normal(20, 4, (96, 96, 3))
    >>> find_seam(Image.fromarray(sky.astype(np.uint8))) is None
    True
    >>> sky[40:] += 15
    >>> find_seam(Image.fromarray(sky.astype(np.uint8)))
    40
    """
    width, height = (min(side, _MAX_SIDE_PX) for side in image.size)
    levels = np.asarray(image.crop((0, 0, width, height)).convert("YCbCr"), np.float32)
    rows, excess = _conspicuous_steps(levels)
    row, excess_of_sky = _sky_step(levels)
    best = max((excess, rows), (excess_of_sky, row))
    return best[1] if best[0] > 1 else None


def _conspicuous_steps(levels: np.ndarray) -> tuple[int, float]:
    """The boundary with the largest step, relative to the steps beside it and to the limits."""
    steps = np.abs(np.diff(levels, axis=0))
    rows = np.arange(_BLOCK_PX, len(levels) - 3, _BLOCK_PX)
    at = steps[rows - 1]
    beside = (steps[rows - 2] + steps[rows - 3] + steps[rows] + steps[rows + 1]) / 4
    # JPEGs of low quality have a step at every boundary.
    usual = np.median((at - beside).mean(axis=1), axis=0).clip(0)
    best = (0, 0.0)
    for width, softening, limit in _WINDOWS:
        ratios = (_windows(at, width) - usual) / (_windows(beside, width) + softening + 2 * usual) / limit
        highest = ratios.max(axis=(1, 2))
        place = int(highest.argmax())
        best = max(best, (int(rows[place]), float(highest[place])), key=lambda pair: pair[1])
    return best


def _windows(values: np.ndarray, width: int) -> np.ndarray:
    """Means of windows along the second axis."""
    width = min(width, values.shape[1])
    n = values.shape[1] // width
    return values[:, : n * width].reshape(len(values), n, width, -1).mean(axis=2)


def _sky_step(levels: np.ndarray) -> tuple[int, float]:
    """The boundary at which the sky changes most, relative to changes at other boundaries and to the limit."""
    n, width = len(levels) // _BLOCK_PX, levels.shape[1]
    bands = np.sort(levels[: n * _BLOCK_PX].reshape(n, _BLOCK_PX * width, 3), axis=1)
    low, high = (round(share * _BLOCK_PX * width) for share in _SKY)
    steps = np.abs(np.diff(bands[:, low:high].mean(axis=1), axis=0))
    padded = np.pad(steps, ((1, 1), (0, 0)), mode="edge")
    beside = np.maximum(padded[:-2], padded[2:])
    ratios = (steps / (0.5 + beside + 2 * np.median(steps, axis=0)) / _MAX_SKY_STEP).max(axis=1)
    place = int(ratios.argmax())
    return (place + 1) * _BLOCK_PX, float(ratios[place])

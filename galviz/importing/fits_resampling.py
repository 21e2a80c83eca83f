"""Images of the sky -> pixels of a grid with north up and east left.

Values are surface brightness, so flux is conserved when pixels get larger or smaller. SciPy's cubic splines do the work
along astropy's WCS. reproject was compared (docs/real-galaxies.md says with what result).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from galviz.importing.fits_grid import Grid, world_to_pixel

if TYPE_CHECKING:
    from astropy.wcs import WCS


def turn(image: NDArray, grid: Grid) -> NDArray:
    """Turn and flip an image onto a grid without interpolating, and cut out or extend it about its centre.

    Examples
    --------
    >>> grid = Grid(None, 2, 2, 0.4, np.array([[-1, 0], [0, 1]]))
    >>> turn(np.array([[1, 2], [3, 4]]), grid).tolist()
    [[2.0, 1.0], [4.0, 3.0]]
    """
    if not grid.turns[0, 0]:
        image = image.T
    towards_west, towards_north = grid.turns.sum(axis=1)
    image = image[:: int(towards_north), :: int(towards_west)]
    picture = np.full((grid.height, grid.width), np.nan)
    inside, outside = [], []
    for length, wanted in zip(image.shape, picture.shape, strict=True):
        start = (length - wanted) // 2
        inside.append(slice(max(start, 0), min(start + wanted, length)))
        outside.append(slice(max(-start, 0), max(-start, 0) + min(length, wanted)))
    picture[tuple(outside)] = image[tuple(inside)]
    return picture


def resample(image: NDArray, wcs: WCS, grid: Grid) -> NDArray:
    """Resample surface brightness onto a grid.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Surface brightness, NaN where it is unknown; row 0 is the bottom.
    wcs : astropy.wcs.WCS
        Of the image.
    grid : Grid

    Returns
    -------
    ndarray of shape (grid.height, grid.width)
        NaN outside the image; row 0 is the bottom. Where pixels get larger it is averaged over as much of each as makes
        up the difference to a telescope with such pixels, which prevents aliasing.

    Examples
    --------
    >>> from galviz.importing.fits_calibration import north_up
    >>> from galviz.importing.fits_grid import choose_grid
    >>> picture = resample(np.ones((64, 64)), north_up(10, 20, 0.2), choose_grid(north_up(10, 20, 0.2), (64, 64),
    ...                    pixel_arcsec=0.4))
    >>> picture.shape, float(picture.mean().round(6))
    ((32, 32), 1.0)
    """
    x = np.arange(grid.width) - (grid.width - 1) / 2
    y = np.arange(grid.height) - (grid.height - 1) / 2
    # one more at each side, for derivatives
    columns, rows = np.meshgrid(np.r_[x[0] - 1, x, x[-1] + 1], np.r_[y[0] - 1, y, y[-1] + 1])
    with np.errstate(all="ignore"):
        sky = grid.wcs.all_pix2world(np.column_stack([columns.ravel(), rows.ravel()]), 0)
        positions = world_to_pixel(wcs, sky).reshape(*columns.shape, 2)[..., ::-1]  # row, column
    along_x = (positions[1:-1, 2:] - positions[1:-1, :-2]) / 2
    along_y = (positions[2:, 1:-1] - positions[:-2, 1:-1]) / 2
    centres = positions[1:-1, 1:-1]

    native = grid.pixel_arcsec / math.sqrt(np.nanmedian(np.abs(_cross(along_x, along_y))))
    ratio = grid.pixel_arcsec / native
    width = math.sqrt(max(ratio**2 - 1, 0)) / ratio  # in pixels of the grid
    steps = max(1, math.ceil(2 * width * ratio)) if width > 0.3 else 1
    offsets = ((np.arange(steps) + 0.5) / steps - 0.5) * width

    is_known = np.isfinite(image)
    filled = image.astype(float)
    weight = None
    if not is_known.all():  # a spline would spread an unknown pixel over the image
        nearest = ndimage.distance_transform_edt(~is_known, return_distances=False, return_indices=True)
        filled = filled[tuple(nearest)]
        weight = is_known.astype(np.float32)
    spline = ndimage.spline_filter(filled, order=3, mode="nearest")
    total = np.zeros(centres.shape[:2])
    known = np.zeros(centres.shape[:2])
    for down in offsets:
        for right in offsets:
            at = np.moveaxis(centres + down * along_y + right * along_x, -1, 0)
            inside = ((at > -0.5001) & (at < np.array(image.shape)[:, None, None] - 0.4999)).all(axis=0)
            at = np.where(inside, at, 0)
            total += ndimage.map_coordinates(spline, at, order=3, mode="nearest", prefilter=False)
            if weight is not None:
                inside &= ndimage.map_coordinates(weight, at, order=1, mode="nearest") > 0.5
            known += inside
    picture = total / len(offsets) ** 2
    picture[known < 0.5 * len(offsets) ** 2] = np.nan
    return picture


def _cross(first: NDArray, second: NDArray) -> NDArray:
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]

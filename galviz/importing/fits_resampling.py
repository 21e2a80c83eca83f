"""Images of the sky with any WCS -> one grid with north up and east left, at a given pixel scale.

Values are surface brightness, so flux is conserved when pixels get larger or smaller. SciPy's cubic splines do the work
along astropy's WCS. reproject was compared (docs/real-galaxies.md says with what result).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from galviz.importing.fits_calibration import north_up
from galviz.survey.images import ImageError

if TYPE_CHECKING:
    from astropy.wcs import WCS

_TOLERANCE_PX = 0.1  # grids that differ by less over the whole image are the same
_MIN_RATIO, _MAX_RATIO = 1 / 16, 16


@dataclass(frozen=True)
class Grid:
    """The pixels of a picture on the sky, with north up and east left.

    Attributes
    ----------
    wcs : astropy.wcs.WCS
        Pixel (0, 0) of this WCS is the picture's centre.
    height, width : int
    pixel_arcsec : float
    turns : ndarray of shape (2, 2) or None
        The reference image's axes on this grid, if they are the same but for turns by 90° and flips: no pixel is
        interpolated then. Else None.
    """

    wcs: WCS
    height: int
    width: int
    pixel_arcsec: float
    turns: NDArray | None


def pixel_axes(wcs: WCS, shape: tuple[int, int]) -> tuple[NDArray, tuple[float, float]]:
    """An image's pixel axes at its centre, and the centre's position.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
    shape : (height, width)

    Returns
    -------
    axes : ndarray of shape (2, 2)
        Arc seconds towards west (first row) and north per step along x and y (columns). The determinant's absolute
        value is a pixel's area.
    centre : (float, float)
        Right ascension and declination, degrees.

    Examples
    --------
    >>> axes, centre = pixel_axes(north_up(10, 20, 0.5), (11, 21))
    >>> print(axes.round(3).tolist(), abs(np.linalg.det(axes)).round(3))
    [[0.5, 0.0], [-0.0, 0.5]] 0.25
    """
    x, y = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    sky = wcs.all_pix2world([[x, y], [x + 1, y], [x, y + 1], [x - 1, y], [x, y - 1]], 0)
    if not np.isfinite(sky).all():
        raise ImageError("its WCS gives no position for its centre", "correct the header")
    offsets = north_up(*sky[0], 1.0).all_world2pix(sky, 0)
    axes = np.column_stack([offsets[1] - offsets[3], offsets[2] - offsets[4]]) / 2
    if not np.isfinite(axes).all() or not 1e-6 < abs(np.linalg.det(axes)) < 3600:
        raise ImageError("its WCS has an impossible pixel scale", "correct the header")
    return axes, (float(sky[0, 0]), float(sky[0, 1]))


def choose_grid(
    wcs: WCS, shape: tuple[int, int], *, pixel_arcsec: float | None = None, size_px: int | None = None
) -> Grid:
    """The grid of a picture of an image.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
    shape : (height, width)
        Of the image.
    pixel_arcsec : float, optional
        By default the image's.
    size_px : int, optional
        Side of a square about the image's centre; by default the image's extent, or the largest square within it if it
        isn't oriented north up.

    Raises
    ------
    ImageError
        If pixels would become more than 16 times larger or smaller.

    Examples
    --------
    >>> grid = choose_grid(north_up(10, 20, 0.262), (256, 256), pixel_arcsec=0.396)
    >>> grid.height, grid.width
    (169, 169)
    """
    axes, centre = pixel_axes(wcs, shape)
    native = math.sqrt(abs(np.linalg.det(axes)))
    scale = pixel_arcsec or native
    if not _MIN_RATIO <= scale / native <= _MAX_RATIO:
        raise ImageError(
            f"its pixels have {native:.3g} arcsec, which can't be resampled to {scale:g}",
            f"choose a --pixel-scale between {native * _MIN_RATIO:.2g} and {native * _MAX_RATIO:.2g}",
        )
    turns = np.round(axes / native)
    is_turned = np.abs(turns).sum() == 2 and abs(np.linalg.det(turns)) == 1
    drift = np.abs(axes / scale - turns).max() * max(shape) / 2
    height, width = shape if turns[0, 0] else shape[::-1]
    if not is_turned or np.abs(axes / native - turns).max() * max(shape) / 2 > 1:
        # the largest square in a rotated frame
        height = width = min(shape) / np.abs(np.linalg.inv(axes / native)).sum(axis=1).max()
    exact = is_turned and drift < _TOLERANCE_PX
    if not exact:
        height, width = round(height * native / scale), round(width * native / scale)
    if size_px is not None:
        height = width = size_px
    return Grid(north_up(*centre, scale), int(height), int(width), scale, turns if exact else None)


def same_pixels(wcs: WCS, shape: tuple[int, int], other: WCS, other_shape: tuple[int, int]) -> bool:
    """Whether two images have the same pixels on the sky, to a tenth of a pixel at their corners.

    Examples
    --------
    >>> same_pixels(north_up(10, 20, 0.4), (9, 9), north_up(10, 20, 0.4), (9, 9))
    True
    """
    if shape != other_shape:
        return False
    height, width = shape
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], float)
    with np.errstate(all="ignore"):
        moved = _world_to_pixel(other, wcs.all_pix2world(corners, 0))
    return bool(np.abs(moved - corners).max() < _TOLERANCE_PX)


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
        positions = _world_to_pixel(wcs, sky).reshape(*columns.shape, 2)[..., ::-1]  # row, column
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


def _world_to_pixel(wcs: WCS, sky: NDArray) -> NDArray:
    try:
        return wcs.all_world2pix(sky, 0, quiet=True)
    except Exception as error:  # wcslib and SIP have errors of their own, with no common class
        raise ImageError("its WCS can't be inverted", "correct the header, or remove its WCS") from error


def _cross(first: NDArray, second: NDArray) -> NDArray:
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]

"""The pixels of a picture of an image of the sky: north up and east left, at a given pixel scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    >>> np.allclose(axes, [[0.5, 0], [0, 0.5]], atol=1e-3)
    True
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
        moved = world_to_pixel(other, wcs.all_pix2world(corners, 0))
    return bool(np.abs(moved - corners).max() < _TOLERANCE_PX)


def world_to_pixel(wcs: WCS, sky: NDArray) -> NDArray:
    """Pixel coordinates of positions, from 0; NaN where they can't be computed.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
    sky : ndarray of shape (n, 2)
        Right ascension and declination, degrees.

    Returns
    -------
    ndarray of shape (n, 2)
        x and y.

    Raises
    ------
    ImageError
        If the WCS can't be inverted.

    Examples
    --------
    >>> np.allclose(world_to_pixel(north_up(10, 0, 3.6), np.array([[10.0, 0.001]])), [[0, 1]])
    True
    """
    try:
        return wcs.all_world2pix(sky, 0, quiet=True)
    except Exception as error:  # wcslib and SIP have errors of their own, with no common class
        raise ImageError("its WCS can't be inverted", "correct the header, or remove its WCS") from error

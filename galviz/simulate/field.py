"""Other sources in the field: distant galaxies, foreground stars, rarely a bleeding star or a satellite trail."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from galviz.simulate.photometry import flux_nmgy
from galviz.simulate.plane import random_stream
from galviz.simulate.stamp import PSF_WING_FLUX, PSF_WING_WIDTH

_STREAMS = {"neighbours": 21, "stars": 22, "bleeding star": 23, "satellite trail": 24}
FIELD_PARTS = tuple(_STREAMS)
_FIELD_ARCSEC = 64.0  # side of the square around the galaxy in which `neighbour_count` and `star_count` count
_FWHM_TO_SIGMA = 1 / 2.3548


def draw_field(causes: Mapping, side: int, *, without: tuple[str, ...] = ()) -> dict[str, NDArray]:
    """Draw the other sources in a galaxy's field.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of the catalogue.
    side : int
        Side of the frame in pixels of `pixel_scale_arcsec`; the galaxy is at its centre.
    without : tuple of str
        Parts (of `FIELD_PARTS`) to leave out.

    Returns
    -------
    dict of str to float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies per pixel, for the parts that the field has.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> galaxy = {**draw_causes(1, seed=1).iloc[0], "neighbour_count": 0, "star_count": 2}
    >>> {name: light.shape for name, light in draw_field(galaxy, 64).items()}
    {'stars': (3, 64, 64)}
    """
    draws = {
        "neighbours": _neighbours,
        "stars": _stars,
        "bleeding star": _bleeding_star,
        "satellite trail": _satellite_trail,
    }
    parts = {}
    for name, draw in draws.items():
        if name not in without and (light := draw(causes, side)) is not None:
            parts[name] = light
    return parts


def _add_gaussian(
    light: NDArray, flux: NDArray, column: float, row: float, covariance: tuple[float, float, float]
) -> None:
    """Add a Gaussian of g, r, i flux to an image, within five of its widths.

    Parameters
    ----------
    light : float32 ndarray of shape (3, side, side)
        Changed in place.
    flux : ndarray of shape (3,)
    column, row : float
    covariance : tuple of float
        Variances along columns and rows and their covariance, square pixels.
    """
    xx, yy, xy = covariance
    reach = int(np.ceil(5 * np.sqrt(max(xx, yy)))) + 1
    side = light.shape[-1]
    left, right = max(int(column) - reach, 0), min(int(column) + reach + 2, side)
    top, bottom = max(int(row) - reach, 0), min(int(row) + reach + 2, side)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right) - column
    y = (np.arange(top, bottom) - row)[:, None]
    determinant = xx * yy - xy**2
    exponent = -(yy * x**2 - 2 * xy * x * y + xx * y**2) / (2 * determinant)
    pattern = np.exp(exponent) / (2 * np.pi * np.sqrt(determinant))
    light[:, top:bottom, left:right] += (flux[:, None, None] * pattern).astype(np.float32)


def _psf_terms(causes: Mapping) -> list[tuple[float, float]]:
    """Share of the light and variance (square pixels, with that of the pixel) of the two Gaussians of the PSF."""
    narrow = (float(causes["seeing_arcsec"]) * _FWHM_TO_SIGMA / float(causes["pixel_scale_arcsec"])) ** 2
    return [(1 - PSF_WING_FLUX, narrow + 1 / 12), (PSF_WING_FLUX, narrow * PSF_WING_WIDTH**2 + 1 / 12)]


def _random_position(rng: np.random.Generator, causes: Mapping, side: int) -> NDArray:
    """Draw a column and a row (px), uniformly over the field."""
    return rng.uniform(-0.5, 0.5, 2) * _FIELD_ARCSEC / causes["pixel_scale_arcsec"] + side / 2


def _flux_gri(r_mag: float, g_minus_r: float, r_minus_i: float) -> NDArray:
    """g, r, i (nanomaggies) of a magnitude and two colours: shape (3,)."""
    return flux_nmgy(np.array([r_mag + g_minus_r, r_mag, r_mag - r_minus_i]))


# An exponential disc as a sum of Gaussians (after Hogg & Lang 2013, PASP 125, 719): share of light and width in scale
# lengths, a least-squares fit of our own to the light within a circle, good to 0.2 % at any radius.
_EXPONENTIAL = ((0.0493, 0.3940), (0.2637, 0.9046), (0.4899, 1.6381), (0.1971, 2.7104))


def _neighbours(causes: Mapping, side: int) -> NDArray | None:
    """Other galaxies: numbers rise as 10^(0.35 mag), colours redden with distance (Yasuda et al. 2001)."""
    count = int(causes["neighbour_count"])
    if count < 1:
        return None
    rng = random_stream(causes, _STREAMS["neighbours"])
    light = np.zeros((3, side, side), np.float32)
    psf = _psf_terms(causes)[0][1]  # the wings of such faint sources drown in the noise
    for _ in range(count):
        position = _random_position(rng, causes, side)
        mag = 22.5 + np.log10(rng.uniform(10 ** (-0.35 * 5.8), 1)) / 0.35
        # bright ones are near, with the colours of any galaxy; faint ones are far and red
        faintness = min(max((mag - 17.0) / 4.0, 0.0), 1.0)
        g_minus_r, r_minus_i = (
            rng.normal(0.65 + 0.65 * faintness, 0.25 + 0.15 * faintness),
            rng.normal(0.33 + 0.27 * faintness, 0.08 + 0.12 * faintness),
        )
        size = 0.5 * 10 ** (-0.13 * (mag - 20)) * np.exp(rng.normal(0, 0.3)) / causes["pixel_scale_arcsec"]
        axis_ratio, angle = rng.uniform(0.3, 1.0), rng.uniform(0, np.pi)
        flux = _flux_gri(mag, g_minus_r, r_minus_i)
        cos, sin = np.cos(angle), np.sin(angle)
        for share, width in _EXPONENTIAL:
            major, minor = (width * size) ** 2, (width * size * axis_ratio) ** 2
            xx, yy = major * cos**2 + minor * sin**2 + psf, major * sin**2 + minor * cos**2 + psf
            _add_gaussian(light, flux * share, *position, (xx, yy, (major - minor) * cos * sin))
    return light


def _add_star(light: NDArray, causes: Mapping, flux: NDArray, column: float, row: float) -> None:
    for share, variance in _psf_terms(causes):
        _add_gaussian(light, flux * share, column, row, (variance, variance, 0.0))


def _stars(causes: Mapping, side: int) -> NDArray | None:
    """Foreground stars on the stellar locus: dwarfs of type M and G, as in Fukugita et al. (2011), AJ 141, 47."""
    count = int(causes["star_count"])
    if count < 1:
        return None
    rng = random_stream(causes, _STREAMS["stars"])
    light = np.zeros((3, side, side), np.float32)
    for _ in range(count):
        position = _random_position(rng, causes, side)
        mag = 21.9 + np.log10(rng.uniform(10 ** (-0.2 * 6.6), 1)) / 0.2
        if rng.uniform() < (0.65 if mag > 18.5 else 0.25):
            g_minus_r, r_minus_i = 1.42 + rng.normal(0, 0.07), 0.5 + rng.exponential(0.2)
        else:
            g_minus_r = np.clip(rng.normal(0.55, 0.25), 0.1, 1.3)
            r_minus_i = 0.36 * g_minus_r - 0.02 + rng.normal(0, 0.03)
        _add_star(light, causes, _flux_gri(mag, g_minus_r, r_minus_i), *position)
    return light


def _bleeding_star(causes: Mapping, side: int) -> NDArray | None:
    """A star near an edge, so bright that its charge bleeds along the columns."""
    if not causes["bleeding_star"]:
        return None
    rng = random_stream(causes, _STREAMS["bleeding star"])
    light = np.zeros((3, side, side), np.float32)
    column, row = rng.choice([0.04, 0.96]) * side + rng.normal(0, 3), rng.uniform(0.1, 0.9) * side
    mag = rng.uniform(11.5, 13.5)
    _add_star(light, causes, _flux_gri(mag, 0.5, 0.2), column, row)
    length, brightness = rng.uniform(15, 45), rng.uniform(3, 10)
    rows = np.arange(side)
    streak = brightness * np.exp(-np.abs(rows - row) / length)
    width = np.exp(-0.5 * ((np.arange(side) - column) / 0.8) ** 2)
    return light + (streak[:, None] * width * np.array([1, 0.7, 0.8])[:, None, None]).astype(np.float32)


def _satellite_trail(causes: Mapping, side: int) -> NDArray | None:
    """A satellite trail in one band: SDSS exposed its bands minutes apart, so a trail has one colour."""
    if not causes["satellite_trail"]:
        return None
    rng = random_stream(causes, _STREAMS["satellite trail"])
    angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.35, 0.35) * side
    x, y = np.arange(side) - side / 2, (np.arange(side) - side / 2)[:, None]
    distance = x * np.sin(angle) - y * np.cos(angle) - offset
    light = np.zeros((3, side, side), np.float32)
    light[rng.integers(0, 3)] = rng.uniform(0.05, 0.3) * np.exp(-0.5 * (distance / rng.uniform(1.2, 2.0)) ** 2)
    return light

"""Light profiles as growth curves: the light within a circular aperture, and the Petrosian radii that follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

SCALE_TO_HALF_LIGHT = 1.678  # of an exponential disc
_RADII = np.geomspace(0.02, 60.0, 140)  # in disc scale lengths


def growth_curve(
    radius: NDArray,
    *,
    axis_ratio: NDArray,
    disc_n: NDArray,
    bulge_fraction: NDArray,
    bulge_n: NDArray,
    bulge_radius: NDArray,
) -> NDArray:
    """Fraction of a galaxy's light inside circular apertures on the sky.

    The galaxy is a thin Sersic disc seen at an axis ratio, and a round Sersic bulge.

    Parameters
    ----------
    radius : ndarray of shape (r,)
        In scale lengths of the disc.
    axis_ratio, disc_n, bulge_fraction, bulge_n, bulge_radius : ndarray of shape (n,)
        Apparent axis ratio of the disc and its Sersic index; fraction of light in the bulge, its Sersic index and its
        half-light radius in scale lengths of the disc.

    Returns
    -------
    ndarray of shape (n, r)

    Examples
    --------
    An exponential disc seen face on, without a bulge:

    >>> one, zero = np.ones(1), np.zeros(1)
    >>> disc = dict(axis_ratio=one, disc_n=one, bulge_fraction=zero, bulge_n=one, bulge_radius=one)
    >>> print(growth_curve(np.array([1.0, 1.678, 5.0]), **disc).round(2))
    [[0.26 0.5  0.96]]
    """
    angle = (np.arange(12) + 0.5) * np.pi / 24  # a quarter of the circle is enough
    stretch = np.sqrt(np.cos(angle) ** 2 + axis_ratio[:, None] ** 2 * np.sin(angle) ** 2)
    disc = np.zeros((len(axis_ratio), len(radius)))
    for column in range(len(angle)):
        x = radius[None, :] / stretch[:, column, None] / SCALE_TO_HALF_LIGHT
        disc += gammainc(2 * disc_n[:, None], _sersic_b(disc_n)[:, None] * x ** (1 / disc_n[:, None]))
    n = bulge_n[:, None]
    bulge = gammainc(2 * n, _sersic_b(n) * (radius[None, :] / bulge_radius[:, None]) ** (1 / n))
    return (1 - bulge_fraction[:, None]) * disc / len(angle) + bulge_fraction[:, None] * bulge


def petrosian_radii(**shape: NDArray) -> tuple[NDArray, NDArray]:
    """Radii that hold half and 90 % of the Petrosian flux, in scale lengths of the disc, before any seeing.

    The Petrosian radius is where the mean brightness in the annulus from 0.8 to 1.25 of it falls to a fifth of the mean
    inside; the Petrosian flux is that within twice this radius: Blanton et al. (2001), AJ 121, 2358.

    Parameters
    ----------
    **shape : ndarray of shape (n,)
        As for `growth_curve`.

    Returns
    -------
    r50, r90 : ndarray of shape (n,)

    Examples
    --------
    >>> one, zero = np.ones(1), np.zeros(1)
    >>> r50, r90 = petrosian_radii(axis_ratio=one, disc_n=one, bulge_fraction=zero, bulge_n=one, bulge_radius=one)
    >>> print(r50.round(1), r90.round(1))
    [1.7] [3.8]
    """
    curves = growth_curve(_RADII, **shape)
    log_radius = np.log(_RADII)
    r50, r90 = np.empty(len(curves)), np.empty(len(curves))
    for row, light in enumerate(curves):

        def within(factor: float, light: NDArray = light) -> NDArray:
            return np.interp(log_radius + np.log(factor), log_radius, light)

        annulus = (within(1.25) - within(0.8)) / (1.25**2 - 0.8**2)
        ratio = annulus / light  # both over pi r^2
        petrosian = _RADII[np.flatnonzero(ratio >= 0.2)[-1]]  # the outermost: with a small bulge it may dip further in
        flux = np.interp(np.log(2 * petrosian), log_radius, light)
        r50[row] = np.interp(0.5 * flux, light, _RADII)
        r90[row] = np.interp(0.9 * flux, light, _RADII)
    return r50, r90


def _sersic_b(n: NDArray) -> NDArray:
    """Coefficient b_n that makes the Sersic radius the half-light radius: Ciotti & Bertin (1999), A&A 352, 447."""
    return 2 * n - 1 / 3 + 4 / (405 * n) + 46 / (25515 * n**2)

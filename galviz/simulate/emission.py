"""Emission lines of star-forming gas and how much they brighten each band."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BAND_CENTRE_ANGSTROM = np.array([4720.0, 6170.0, 7500.0])  # SDSS g, r, i: Fukugita et al. (1996), AJ 111, 1748
_BAND_WIDTH_ANGSTROM = np.array([1390.0, 1370.0, 1530.0])


def h_alpha_width_angstrom(log_specific_sfr: ArrayLike) -> NDArray:
    """Equivalent width of H-alpha (Angstrom) at a specific star-formation rate (log10, per year).

    About 30 at 10^-10 per year and nearly proportional to it: Kennicutt (1998), ARA&A 36, 189; Brinchmann et al.
    (2004), MNRAS 351, 1151.

    Examples
    --------
    >>> print(h_alpha_width_angstrom([-11, -10, -9]).round())
    [  5.  30. 189.]
    """
    return 30 * 10 ** (0.8 * (np.asarray(log_specific_sfr) + 10))


def line_brightening(h_alpha_angstrom: ArrayLike, metallicity: ArrayLike, redshift: ArrayLike) -> NDArray:
    """Factor by which emission lines brighten a star-forming component in g, r, i; at least 1.

    H-alpha with [N II] and [S II] next to it, H-beta at a third of its width, [O III] by the metallicity; each
    contributes to the band that its redshifted wavelength falls in. Log [O III]/H-beta falls with metallicity as in
    Maiolino et al. (2008), A&A 488, 463 (a line through their figure 5 on the scale used here).

    Parameters
    ----------
    h_alpha_angstrom : array_like of shape (...)
        Rest-frame equivalent width of H-alpha, Angstrom.
    metallicity : array_like of shape (...)
        12 + log(O/H) *expected* from mass and star formation: the label's own scatter must leave no trace in an image.
    redshift : array_like of shape (...)

    Returns
    -------
    ndarray of shape (..., 3)

    Examples
    --------
    At redshift 0.02 H-alpha lies mostly in r, at 0.1 in i:

    >>> print(line_brightening(100.0, 9.0, [0.02, 0.1]).round(2))
    [[1.03 1.12 1.05]
     [1.02 1.01 1.12]]
    """
    width, z = np.asarray(h_alpha_angstrom, float), np.asarray(redshift, float)
    oxygen_to_h_beta = 10 ** np.clip(0.55 - 1.7 * (np.asarray(metallicity) - 8.5), -0.9, 0.75)
    brightening = np.ones((*np.broadcast_shapes(width.shape, z.shape, oxygen_to_h_beta.shape), 3))
    for rest_angstrom, equivalent_width in (
        (6590.0, 1.7 * width),
        (4861.0, 0.25 * width),
        (4990.0, 0.25 * width * 1.34 * oxygen_to_h_beta),
    ):
        observed = (rest_angstrom * (1 + z))[..., None]
        half_width = _BAND_WIDTH_ANGSTROM / 2
        transmission = 1 / (1 + np.exp((np.abs(observed - _BAND_CENTRE_ANGSTROM) - half_width) / 40.0))
        brightening += (equivalent_width * (1 + z))[..., None] * transmission / _BAND_WIDTH_ANGSTROM
    return brightening

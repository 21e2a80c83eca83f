"""The flux of each component in each band: from mass, colours, redshift and dust to nanomaggies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from galviz.simulate.colours import SUN_R_MAG, k_correction, log_mass_to_light, r_minus_i
from galviz.simulate.distances import distance_modulus
from galviz.simulate.dust import EXTINCTION, inclination_dust_v_mag
from galviz.simulate.emission import line_brightening

_ZERO_POINT_MAG = 22.5  # of 1 nanomaggy
_CLUMP_COLOUR_MAG = 0.0  # g - r of a young population: Leitherer et al. (1999), ApJS 123, 3
_CLUMP_LINES_ANGSTROM = 250.0  # H-alpha width of an H II region at the scale of the seeing
_CAUSES_READ = (
    "log_mass_msun",
    "redshift",
    "bulge_fraction",
    "disc_colour_mag",
    "bulge_colour_mag",
    "dust_v_mag",
    "inclination_deg",
    "h_alpha_angstrom",
    "metallicity_expected_dex",
)


def flux_nmgy(mag: ArrayLike) -> NDArray:
    """Convert AB magnitudes to nanomaggies.

    Examples
    --------
    >>> print(flux_nmgy([22.5, 20.0]))
    [ 1. 10.]
    """
    return 10 ** (0.4 * (_ZERO_POINT_MAG - np.asarray(mag, float)))


def component_fluxes(causes: Mapping[str, ArrayLike]) -> dict[str, NDArray]:
    """Observed flux of a galaxy's components.

    Parameters
    ----------
    causes : mapping of str to array_like of shape (...)
        A catalogue's columns, or one galaxy's values.

    Returns
    -------
    dict of str to ndarray of shape (..., 3)
        g, r, i in nanomaggies, dust and lines included: `disc`, `bulge`; and, for the same r light as the disc before
        dust, `young` (arms), `bar`, `clump`.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> fluxes = component_fluxes(draw_causes(1, seed=1).iloc[0])
    >>> {name: round(float(g / r), 2) for name, (g, r, i) in fluxes.items()}
    {'disc': 0.77, 'bulge': 0.46, 'young': 0.98, 'bar': 0.6, 'clump': 0.9}
    """
    log_mass, redshift, bulge_fraction, disc_colour, bulge_colour, face_on, inclination, line_width, metallicity = (
        np.asarray(causes[name], float) for name in _CAUSES_READ
    )
    g_light = (1 - bulge_fraction) * 10 ** (-0.4 * disc_colour) + bulge_fraction * 10 ** (-0.4 * bulge_colour)
    log_light = log_mass - log_mass_to_light(-2.5 * np.log10(g_light))
    r_mag = SUN_R_MAG - 2.5 * log_light + distance_modulus(redshift)

    # in a galaxy without dust, inclination adds none
    inclined = inclination_dust_v_mag(log_mass, inclination) * np.minimum(face_on / 0.15, 1.0)
    dimming = 10 ** (-0.4 * (face_on + inclined)[..., None] * EXTINCTION)
    lines = line_brightening(line_width, metallicity, redshift)
    clump_lines = line_brightening(np.full_like(redshift, _CLUMP_LINES_ANGSTROM), metallicity, redshift)
    clump_colour = np.full_like(redshift, _CLUMP_COLOUR_MAG)

    disc_share, bulge_share = (1 - bulge_fraction)[..., None], bulge_fraction[..., None]
    return {
        "disc": disc_share * dimming * lines * _band_fluxes(r_mag, disc_colour, redshift),
        "bulge": bulge_share * dimming * _band_fluxes(r_mag, bulge_colour, redshift),
        "young": disc_share * dimming * lines * _band_fluxes(r_mag, disc_colour - 0.24, redshift),
        "bar": disc_share * dimming * _band_fluxes(r_mag, (disc_colour + bulge_colour) / 2, redshift),
        "clump": disc_share * dimming * clump_lines * _band_fluxes(r_mag, clump_colour, redshift),
    }


def magnitudes(causes: Mapping[str, ArrayLike]) -> NDArray:
    """Apparent g, r, i magnitudes of disc and bulge, dust included.

    Returns
    -------
    ndarray of shape (..., 3)

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> print(magnitudes(galaxy).round(2), galaxy["mag_r"].round(2))
    [17.46 17.13 17.05] 17.13
    """
    flux = component_fluxes(causes)
    return _ZERO_POINT_MAG - 2.5 * np.log10(flux["disc"] + flux["bulge"])


def _band_fluxes(r_mag: NDArray, g_minus_r: NDArray, redshift: NDArray) -> NDArray:
    """Observed g, r, i nanomaggies of a dust-free component without lines: shape (..., 3).

    `r_mag` is the absolute r magnitude plus the distance modulus, `g_minus_r` the rest-frame colour.
    """
    rest_frame = r_mag[..., None] + np.stack([g_minus_r, np.zeros_like(g_minus_r), -r_minus_i(g_minus_r)], axis=-1)
    return flux_nmgy(rest_frame + k_correction(g_minus_r, redshift))

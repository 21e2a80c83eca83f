"""How bright each component is in each band: from mass, colours, redshift and dust to nanomaggies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from galviz.simulate import relations

ZERO_POINT_MAG = 22.5  # of 1 nanomaggy
CLUMP_COLOUR_MAG = 0.0  # g - r of a young population: Leitherer et al. (1999), ApJS 123, 3
_NEEDED = (
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
CLUMP_LINES_ANGSTROM = 250.0  # H-alpha width of an H II region at the scale of the seeing


def flux_nmgy(mag: ArrayLike) -> NDArray:
    """Nanomaggies of an AB magnitude."""
    return 10 ** (0.4 * (ZERO_POINT_MAG - np.asarray(mag, float)))


def band_fluxes(r_mag: ArrayLike, g_minus_r: ArrayLike, redshift: ArrayLike) -> NDArray:
    """Observed g, r, i nanomaggies of a dust-free component without lines: shape (..., 3).

    Parameters
    ----------
    r_mag : array_like of shape (...)
        Absolute r magnitude plus distance modulus.
    g_minus_r : array_like of shape (...)
        Rest-frame colour.
    redshift : array_like of shape (...)
    """
    colour = np.asarray(g_minus_r, float)
    rest = np.asarray(r_mag, float)[..., None] + np.stack(
        [colour, np.zeros_like(colour), -relations.r_minus_i(colour)], axis=-1
    )
    return flux_nmgy(rest + relations.k_correction(colour, redshift))


def component_fluxes(causes: Mapping[str, ArrayLike]) -> dict[str, NDArray]:
    """Observed light of a galaxy's components, as shares of its mass's light.

    Parameters
    ----------
    causes : mapping of str to array_like of shape (...)
        A catalogue's columns, or one galaxy's values.

    Returns
    -------
    dict of str to ndarray of shape (..., 3)
        g, r, i in nanomaggies, dust and lines included: `disc`, `bulge`; and, for the same r light as the disc before
        dust, `young` (arms), `bar`, `clump`.
    """
    log_mass, redshift, fraction, disc_colour, bulge_colour, face_on, inclination, width, metallicity = (
        np.asarray(causes[name], float) for name in _NEEDED
    )
    g_light = (1 - fraction) * 10 ** (-0.4 * disc_colour) + fraction * 10 ** (-0.4 * bulge_colour)
    log_light = log_mass - relations.log_mass_to_light(-2.5 * np.log10(g_light))
    r_mag = relations.SUN_R_MAG - 2.5 * log_light + relations.distance_modulus(redshift)

    # where a galaxy has no dust, its inclination adds none
    inclined = relations.inclination_dust_v_mag(log_mass, inclination) * np.minimum(face_on / 0.15, 1.0)
    dimming = 10 ** (-0.4 * (face_on + inclined)[..., None] * relations.EXTINCTION)
    lines = relations.line_brightening(width, metallicity, redshift)
    region = relations.line_brightening(np.full_like(redshift, CLUMP_LINES_ANGSTROM), metallicity, redshift)

    disc_share, bulge_share = (1 - fraction)[..., None], fraction[..., None]
    return {
        "disc": disc_share * dimming * lines * band_fluxes(r_mag, disc_colour, redshift),
        "bulge": bulge_share * dimming * band_fluxes(r_mag, bulge_colour, redshift),
        "young": disc_share * dimming * lines * band_fluxes(r_mag, disc_colour - 0.24, redshift),
        "bar": disc_share * dimming * band_fluxes(r_mag, (disc_colour + bulge_colour) / 2, redshift),
        "clump": disc_share * dimming * region * band_fluxes(r_mag, np.full_like(redshift, CLUMP_COLOUR_MAG), redshift),
    }


def magnitudes(causes: Mapping[str, ArrayLike]) -> NDArray:
    """Apparent g, r, i magnitudes of disc and bulge, dust included: shape (..., 3)."""
    light = component_fluxes(causes)
    return ZERO_POINT_MAG - 2.5 * np.log10(light["disc"] + light["bulge"])

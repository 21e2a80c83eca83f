"""The physics of the mock sky: each relation a function, each with its source.

Masses are decadic logarithms of solar masses, star-formation rates decadic logarithms of solar masses a year, colours
and magnitudes AB. All functions work on arrays and draw nothing at random: scatter is added where causes are drawn.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from astropy import units
from astropy.cosmology import FlatLambdaCDM
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from galviz.simulate.profiles import SCALE_TO_HALF_LIGHT

COSMOLOGY = FlatLambdaCDM(H0=70, Om0=0.3)
REDSHIFT_LIMITS = (0.02, 0.15)
BANDS = ("g", "r", "i")
SUN_R_MAG = 4.65  # absolute AB magnitude of the Sun in r, Willmer (2018), ApJS 236, 47
EXTINCTION = np.array([3.793, 2.751, 2.086]) / 3.1  # A_g, A_r, A_i per A_V: Stoughton et al. (2002), AJ 123, 485
FIBRE_RADIUS_ARCSEC = 1.5  # of SDSS's spectrograph: York et al. (2000), AJ 120, 1579
BAND_CENTRE_ANGSTROM = np.array([4720.0, 6170.0, 7500.0])  # SDSS g, r, i: Fukugita et al. (1996), AJ 111, 1748
BAND_WIDTH_ANGSTROM = np.array([1390.0, 1370.0, 1530.0])


def star_forming_mass_function(log_mass: ArrayLike) -> NDArray:
    """Relative number density per dex of blue galaxies, a Schechter function.

    Baldry et al. (2012), MNRAS 421, 621: blue population, log M* = 10.72. Their faint end of alpha = -1.45 is
    steepened to -1.6: the sample holds more near dwarfs than a uniform volume would (benchmarks/realism.py, the
    label's spread).
    """
    ratio = 10 ** (np.asarray(log_mass) - 10.72)
    return ratio ** (1 - 1.6) * np.exp(-ratio)


def main_sequence_log_sfr(log_mass: ArrayLike) -> NDArray:
    """Log star-formation rate of the main sequence; its scatter is about 0.3 dex.

    Renzini & Peng (2015), ApJ 801, L29: log SFR = 0.76 log M - 7.64.
    """
    return 0.76 * np.asarray(log_mass) - 7.64


def mass_metallicity(log_mass: ArrayLike) -> NDArray:
    """12 + log(O/H) of the gas at a stellar mass: the scale of the MPA-JHU catalogue, whose column is oh_p50.

    Tremonti et al. (2004), ApJ 613, 898, equation 3; valid for 8.5 < log M < 11.5, held constant beyond its maximum.
    """
    mass = np.minimum(np.asarray(log_mass), 1.847 / (2 * 0.08026))
    return -1.492 + 1.847 * mass - 0.08026 * mass**2


def star_formation_metallicity_offset(log_mass: ArrayLike, log_sfr: ArrayLike) -> NDArray:
    """Change of metallicity (dex) of a galaxy that forms more or fewer stars than the main sequence at its mass.

    Mannucci et al. (2010), MNRAS 408, 2115, equation 2, as the difference between the galaxy and the main sequence, so
    that the zero point stays that of Tremonti et al. (2004).
    """
    m = np.asarray(log_mass) - 10
    s, on_sequence = np.asarray(log_sfr), main_sequence_log_sfr(log_mass)

    def surface(rate: NDArray) -> NDArray:
        return -0.14 * rate + 0.12 * m * rate - 0.054 * rate**2

    return surface(s) - surface(on_sequence)


def main_sequence_scatter(log_mass: ArrayLike) -> NDArray:
    """Scatter (dex) of star formation about the main sequence: dwarfs form their stars in bursts.

    Bursts in dwarfs: Weisz et al. (2012), ApJ 744, 44. The numbers are set by the spread of the label
    (benchmarks/realism.py).
    """
    return 0.28 + 0.24 * expit((9.5 - np.asarray(log_mass)) / 0.25)


def size_metallicity_offset(log_mass: ArrayLike, size_offset_dex: ArrayLike) -> NDArray:
    """Change of metallicity (dex) of a galaxy larger or smaller than others of its mass: compact ones are richer.

    Ellison et al. (2008), ApJ 672, L107, find up to 0.1 dex between the extremes of half-light radius (some 0.5 dex),
    and more at low mass. Half of that is kept: with all of it, colours and structure would tell the label of real
    galaxies worse (benchmarks/realism.py, correlations at given radial colours).
    """
    return -(0.1 + 0.1 * expit((9.7 - np.asarray(log_mass)) / 0.3)) * np.asarray(size_offset_dex)


def fibre_metallicity_offset(disc_scale_arcsec: ArrayLike) -> NDArray:
    """Change of metallicity (dex) by what part of a galaxy the spectrograph's fibre sees: 3 arc seconds across.

    Metals grow fewer from the centre outwards, by 0.39 dex within the isophote of 25 mag a square arc second (Ho et al.
    2015, MNRAS 448, 2030), which is some 2 half-light radii of a disc: 0.2 dex a half-light radius. So a galaxy large
    on the sky, of which the fibre sees the middle alone, is measured richer than the same galaxy farther away (Kewley,
    Jansen & Geller 2005, PASP 117, 227). Measured from light 0.3 half-light radii out, about the mean of the sample.

    Parameters
    ----------
    disc_scale_arcsec : array_like
        Exponential scale length on the sky, arc seconds.
    """
    reach = FIBRE_RADIUS_ARCSEC / np.asarray(disc_scale_arcsec)
    # mean distance of an exponential disc's light within the fibre, in half-light radii
    light = 1 - (1 + reach) * np.exp(-reach)
    mean_radius = (2 - (2 + 2 * reach + reach**2) * np.exp(-reach)) / light / SCALE_TO_HALF_LIGHT
    return -0.2 * (mean_radius - 0.3)


def structure_metallicity_offset(merger: ArrayLike, barred: ArrayLike) -> NDArray:
    """Change of metallicity (dex) with what a galaxy looks like, at a given mass and star formation.

    Gas flows: merging pairs are diluted by 0.02 to 0.05 dex (Scudder et al. 2012, MNRAS 426, 549); barred galaxies are
    enriched by 0.06 dex (Ellison et al. 2011, MNRAS 416, 2182), here by half of that, as theirs are the strong bars
    alone. The offsets are about zero on average over the sample.
    """
    return -0.03 * np.asarray(merger, float) + 0.03 * (np.asarray(barred, float) - 0.3)


def disc_scale_kpc(log_mass: ArrayLike) -> NDArray:
    """Exponential scale length of a late-type galaxy of a stellar mass.

    Half-light radius of Shen et al. (2003), MNRAS 343, 978, equation 18 (gamma 0.1, alpha 0.14, beta 0.39, M0 3.98e10),
    divided by the half-light radius of an exponential disc in scale lengths. Theirs are radii of circles; along
    the major axis, which counts here, discs are larger (Lange et al. 2015, MNRAS 447, 2603). A factor of 1.27 gives
    stars in the frames nearly the width that they have in real ones, and a tilt by 0.02 about 10^10 dwarfs their
    brightness (benchmarks/realism.py).
    """
    mass = 10 ** np.asarray(log_mass)
    circular = 0.1 * mass**0.14 * (1 + mass / 3.98e10) ** (0.39 - 0.14)
    return 1.27 * circular * (mass / 1e10) ** 0.02 / SCALE_TO_HALF_LIGHT


def median_bulge_logit(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Logit of the median bulge fraction of the light: rises with mass, falls with star formation.

    Shape after Bluck et al. (2014), MNRAS 441, 599; level for star-forming galaxies after Gadotti (2009), MNRAS 393,
    1531.
    """
    return -1.9 + 0.95 * (np.asarray(log_mass) - 10) - 0.7 * np.asarray(sfr_offset_dex)


def disc_colour(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Dust-free rest-frame g - r (mag) of a disc: redder with mass, bluer with star formation.

    Slope with mass as the blue cloud of Baldry et al. (2004), ApJ 600, 681, made dust-free; level set by comparison
    with SDSS images (benchmarks/realism.py).
    """
    return 0.42 + 0.055 * (np.asarray(log_mass) - 10) - 0.09 * np.asarray(sfr_offset_dex)


def bulge_colour(log_mass: ArrayLike) -> NDArray:
    """Dust-free rest-frame g - r (mag) of a bulge: the red sequence and its slope.

    Red sequence of Baldry et al. (2004), ApJ 600, 681; bulges of late types are bluer by some 0.1 mag (Gadotti 2009).
    """
    return 0.80 + 0.05 * (np.asarray(log_mass) - 10)


def r_minus_i(g_minus_r: ArrayLike) -> NDArray:
    """Rest-frame r - i (mag) of a stellar population from its g - r.

    A line through the blue and red galaxies of Fukugita et al. (1995), PASP 107, 945 (their table 3: Im to E).
    """
    return -0.01 + 0.28 * np.asarray(g_minus_r)


def log_mass_to_light(g_minus_r: ArrayLike) -> NDArray:
    """Log M/L in r (solar units) from dust-free g - r.

    Bell et al. (2003), ApJS 149, 289, table 7, less 0.15 dex for a Kroupa initial mass function.
    """
    return -0.306 + 1.097 * np.asarray(g_minus_r) - 0.15


def k_correction(g_minus_r: ArrayLike, redshift: ArrayLike) -> NDArray:
    """K-corrections (mag) in g, r, i: shape (..., 3); to be added to a rest-frame magnitude.

    Linear in redshift and colour, good to a few hundredths of a magnitude up to 0.15: a plane through the values that
    Chilingarian et al. (2010), MNRAS 405, 1409 give for blue and red galaxies, not their polynomial.
    """
    colour, z = np.asarray(g_minus_r)[..., None], np.asarray(redshift)[..., None]
    return z * (np.array([-1.0, -0.3, 0.0]) + np.array([4.0, 1.6, 0.75]) * colour)


def face_on_dust_v_mag(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Median V extinction (mag) of starlight seen face on: more in massive and in star-forming galaxies.

    Rise with mass after Garn & Best (2010), MNRAS 409, 421, for H-alpha, times 0.44 for starlight (Calzetti et al.
    2000, ApJ 533, 682); lowered for the face-on view, as theirs averages over inclination.
    """
    x = np.clip(np.asarray(log_mass) - 10, -2.0, 1.3)
    h_alpha = np.clip(0.91 + 0.77 * x + 0.11 * x**2 - 0.09 * x**3, 0.1, None)
    return 0.44 * 0.4 * h_alpha * 10 ** (0.25 * np.asarray(sfr_offset_dex))


def apparent_axis_ratio(inclination_deg: ArrayLike, thickness: ArrayLike) -> NDArray:
    """Axis ratio of an oblate disc at an inclination, `thickness` if edge on: Hubble (1926), ApJ 64, 321."""
    return np.sqrt(np.cos(np.radians(inclination_deg)) ** 2 * (1 - thickness**2) + thickness**2)


def inclination_dust_v_mag(log_mass: ArrayLike, inclination_deg: ArrayLike) -> NDArray:
    """V extinction (mag) that a disc's inclination adds: gamma log10(a/b), with a gamma that rises with mass.

    Tully et al. (1998), AJ 115, 2264 (luminous galaxies dim by over a magnitude edge-on, dwarfs hardly).
    """
    gamma = np.clip(1.63 + 0.9 * (np.asarray(log_mass) - 10), 0.3, 2.7)
    return gamma * np.log10(1 / apparent_axis_ratio(inclination_deg, 0.15))


def line_brightening(h_alpha_angstrom: ArrayLike, metallicity: ArrayLike, redshift: ArrayLike) -> NDArray:
    """Factor by which emission lines brighten a star-forming component in g, r, i: shape (..., 3), at least 1.

    H-alpha with [N II] and [S II] next to it, H-beta at a third of its width, [O III] by the metallicity; each goes
    into the band where the redshift puts it. Log [O III]/H-beta falls with metallicity as in Maiolino et al. (2008),
    A&A 488, 463 (a line through their figure 5 on the scale used here).

    Parameters
    ----------
    h_alpha_angstrom : array_like of shape (...)
        Rest-frame equivalent width of H-alpha, Angstrom.
    metallicity : array_like of shape (...)
        12 + log(O/H) *expected* from mass and star formation: the label's own scatter must leave no trace in an image.
    redshift : array_like of shape (...)
    """
    width, z = np.asarray(h_alpha_angstrom, float), np.asarray(redshift, float)
    oxygen_to_h_beta = 10 ** np.clip(0.55 - 1.7 * (np.asarray(metallicity) - 8.5), -0.9, 0.75)
    brightening = np.ones((*np.broadcast_shapes(width.shape, z.shape, oxygen_to_h_beta.shape), 3))
    for rest_angstrom, equivalent in (
        (6590.0, 1.7 * width),
        (4861.0, 0.25 * width),
        (4990.0, 0.25 * width * 1.34 * oxygen_to_h_beta),
    ):
        seen = (rest_angstrom * (1 + z))[..., None]
        half = BAND_WIDTH_ANGSTROM / 2
        inside = 1 / (1 + np.exp((np.abs(seen - BAND_CENTRE_ANGSTROM) - half) / 40.0))
        brightening += (equivalent * (1 + z))[..., None] * inside / BAND_WIDTH_ANGSTROM
    return brightening


def h_alpha_width_angstrom(log_specific_sfr: ArrayLike) -> NDArray:
    """Equivalent width of H-alpha (Angstrom) at a specific star-formation rate (log, per year).

    About 30 at 10^-10 per year and nearly proportional to it: Kennicutt (1998), ARA&A 36, 189; Brinchmann et al.
    (2004), MNRAS 351, 1151.
    """
    return 30 * 10 ** (0.8 * (np.asarray(log_specific_sfr) + 10))


@cache
def _distance_table() -> tuple[NDArray, NDArray, NDArray]:
    z = np.geomspace(0.001, 1.0, 1200)
    modulus = COSMOLOGY.distmod(z).value
    kpc = COSMOLOGY.kpc_proper_per_arcmin(z).to(units.kpc / units.arcsec).value
    return z, modulus, kpc


def distance_modulus(redshift: ArrayLike) -> NDArray:
    """Distance modulus (mag), redshifts 0.001 to 1: flat cosmology, 70 km/s/Mpc, matter 0.3 (astropy), interpolated."""
    z, modulus, _ = _distance_table()
    return np.interp(np.log(redshift), np.log(z), modulus)


def kpc_per_arcsec(redshift: ArrayLike) -> NDArray:
    """Proper length (kpc) that an arc second spans at a redshift (astropy), interpolated."""
    z, _, kpc = _distance_table()
    return np.interp(redshift, z, kpc)


def redshift_at_volume(fraction: ArrayLike) -> NDArray:
    """Redshift below which a fraction (0 to 1) of the comoving volume between the survey's limits lies."""
    z = np.linspace(*REDSHIFT_LIMITS, 400)
    volume = COSMOLOGY.comoving_volume(z).value
    return np.interp(fraction, (volume - volume[0]) / (volume[-1] - volume[0]), z)

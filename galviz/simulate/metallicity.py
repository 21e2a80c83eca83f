"""Gas-phase metallicity from mass, star formation, size, structure and the part of a galaxy that a fibre covers.

Metallicities are 12 + log10(O/H) on the scale of the MPA-JHU catalogue, whose column is oh_p50. Nothing is drawn at
random here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from galviz.simulate.light_profiles import SCALE_TO_HALF_LIGHT
from galviz.simulate.scaling import main_sequence_log_sfr

FIBRE_RADIUS_ARCSEC = 1.5  # of SDSS's spectrograph: York et al. (2000), AJ 120, 1579


def mass_metallicity(log_mass: ArrayLike) -> NDArray:
    """Gas-phase metallicity at a stellar mass (log10 of solar masses).

    Tremonti et al. (2004), ApJ 613, 898, equation 3; valid for 8.5 < log M < 11.5, held constant beyond its maximum.

    Examples
    --------
    >>> print(mass_metallicity([9.0, 10.0, 11.0]).round(2))
    [8.63 8.95 9.11]
    """
    mass = np.minimum(np.asarray(log_mass), 1.847 / (2 * 0.08026))
    return -1.492 + 1.847 * mass - 0.08026 * mass**2


def star_formation_metallicity_offset(log_mass: ArrayLike, log_sfr: ArrayLike) -> NDArray:
    """Change of metallicity (dex) of a galaxy above or below the main sequence of star formation at its mass.

    Mannucci et al. (2010), MNRAS 408, 2115, equation 2, as the difference between the galaxy and the main sequence.
    The zero point stays that of Tremonti et al. (2004).

    Examples
    --------
    More star formation means lower metallicity:

    >>> print(star_formation_metallicity_offset(10.0, [-0.5, 0.5]).round(2))
    [ 0.05 -0.09]
    """
    log_mass_10 = np.asarray(log_mass) - 10

    def plane(rate: NDArray) -> NDArray:
        return -0.14 * rate + 0.12 * log_mass_10 * rate - 0.054 * rate**2

    return plane(np.asarray(log_sfr)) - plane(main_sequence_log_sfr(log_mass))


def size_metallicity_offset(log_mass: ArrayLike, size_offset_dex: ArrayLike) -> NDArray:
    """Change of metallicity (dex) of a galaxy larger or smaller than others of its mass; compact ones are metal-rich.

    Ellison et al. (2008), ApJ 672, L107, find up to 0.1 dex between the extremes of half-light radius (some 0.5 dex),
    and more at low mass. Half of that is used: with all of it, colours and structure would predict the label of real
    galaxies less well (benchmarks/realism.py, correlations at given radial colours).

    Examples
    --------
    >>> print(size_metallicity_offset(10.0, [-0.2, 0.2]).round(3))
    [ 0.025 -0.025]
    """
    return -(0.1 + 0.1 * expit((9.7 - np.asarray(log_mass)) / 0.3)) * np.asarray(size_offset_dex)


def fibre_metallicity_offset(disc_scale_arcsec: ArrayLike) -> NDArray:
    """Change of metallicity (dex) due to the part of a galaxy that the spectrograph's 3-arcsecond fibre covers.

    Metallicity falls from the centre outwards, by 0.39 dex within the isophote of 25 mag per square arc second (Ho et
    al. 2015, MNRAS 448, 2030), which is some 2 half-light radii of a disc: 0.2 dex per half-light radius. In a galaxy
    that is large on the sky the fibre covers the centre alone, so it is measured more metal-rich than the same galaxy
    farther away (Kewley, Jansen & Geller 2005, PASP 117, 227). The offset is 0 for light 0.3 half-light radii out,
    about the mean of the sample.

    Parameters
    ----------
    disc_scale_arcsec : array_like
        Exponential scale length on the sky, arc seconds.

    Examples
    --------
    >>> print(fibre_metallicity_offset([1.0, 10.0]).round(2))
    [-0.04  0.05]
    """
    reach = FIBRE_RADIUS_ARCSEC / np.asarray(disc_scale_arcsec)
    # mean distance of an exponential disc's light within the fibre, in half-light radii
    light = 1 - (1 + reach) * np.exp(-reach)
    mean_radius = (2 - (2 + 2 * reach + reach**2) * np.exp(-reach)) / light / SCALE_TO_HALF_LIGHT
    return -0.2 * (mean_radius - 0.3)


def expected_metallicity(
    log_mass: ArrayLike, log_sfr: ArrayLike, size_offset_dex: ArrayLike, disc_scale_arcsec: ArrayLike
) -> NDArray:
    """Metallicity that mass, star formation, size and the part that a fibre covers make one expect.

    Without `structure_metallicity_offset`, which is added once a galaxy's structure is known.

    Examples
    --------
    >>> print(expected_metallicity([9.0, 10.5], [-0.8, 0.3], 0.0, 2.0).round(2))
    [8.63 9.06]
    """
    return (
        mass_metallicity(log_mass)
        + star_formation_metallicity_offset(log_mass, log_sfr)
        + size_metallicity_offset(log_mass, size_offset_dex)
        + fibre_metallicity_offset(disc_scale_arcsec)
    )


def structure_metallicity_offset(merger: ArrayLike, barred: ArrayLike) -> NDArray:
    """Change of metallicity (dex) due to a merger or a bar, at a given mass and star-formation rate.

    Gas flows: merging pairs are diluted by 0.02 to 0.05 dex (Scudder et al. 2012, MNRAS 426, 549). Barred galaxies are
    enriched by 0.06 dex (Ellison et al. 2011, MNRAS 416, 2182), here by half of that, because theirs are strong bars
    only. The offsets are about zero on average over the sample.

    Examples
    --------
    >>> print(structure_metallicity_offset(merger=[0, 1, 0], barred=[0, 0, 1]).round(3))
    [-0.009 -0.039  0.021]
    """
    return -0.03 * np.asarray(merger, float) + 0.03 * (np.asarray(barred, float) - 0.3)

"""Scaling relations of star-forming galaxies: how common they are, how fast they form stars, how large they are.

Masses are log10 of solar masses, star-formation rates log10 of solar masses per year. All functions work on arrays
and draw nothing at random: scatter is added where the causes are drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from galviz.simulate.light_profiles import SCALE_TO_HALF_LIGHT


def star_forming_mass_function(log_mass: ArrayLike) -> NDArray:
    """Relative number density per dex of blue galaxies, a Schechter function.

    Baldry et al. (2012), MNRAS 421, 621: blue population, log M* = 10.72. Their faint-end slope of alpha = -1.45 is
    steepened to -1.6, because the sample holds more nearby dwarfs than a uniform volume would (benchmarks/realism.py,
    the label's spread).

    Examples
    --------
    >>> dwarf, massive = star_forming_mass_function([9.0, 11.0])
    >>> print(f"{dwarf / massive:.0f} dwarfs per massive galaxy")
    105 dwarfs per massive galaxy
    """
    ratio = 10 ** (np.asarray(log_mass) - 10.72)
    return ratio ** (1 - 1.6) * np.exp(-ratio)


def main_sequence_log_sfr(log_mass: ArrayLike) -> NDArray:
    """Log star-formation rate of the main sequence; its scatter is about 0.3 dex.

    Renzini & Peng (2015), ApJ 801, L29: log SFR = 0.76 log M - 7.64.

    Examples
    --------
    >>> print(main_sequence_log_sfr(10.0).round(2))
    -0.04
    """
    return 0.76 * np.asarray(log_mass) - 7.64


def main_sequence_scatter(log_mass: ArrayLike) -> NDArray:
    """Scatter (dex) of star formation about the main sequence: dwarfs form their stars in bursts.

    Bursts in dwarfs: Weisz et al. (2012), ApJ 744, 44. The numbers are set by the spread of the label
    (benchmarks/realism.py).

    Examples
    --------
    >>> print(main_sequence_scatter([8.0, 11.0]).round(2))
    [0.52 0.28]
    """
    return 0.28 + 0.24 * expit((9.5 - np.asarray(log_mass)) / 0.25)


def disc_scale_kpc(log_mass: ArrayLike) -> NDArray:
    """Exponential scale length of a late-type galaxy of a stellar mass.

    Half-light radius of Shen et al. (2003), MNRAS 343, 978, equation 18 (gamma 0.1, alpha 0.14, beta 0.39, M0 3.98e10),
    divided by the half-light radius of an exponential disc in scale lengths. Theirs are radii of circles; along the
    major axis, which is used here, discs are larger (Lange et al. 2015, MNRAS 447, 2603). A factor of 1.27 gives stars
    in the frames nearly the width that they have in real ones, and a tilt of 0.02 about 10^10 gives dwarfs their
    brightness (benchmarks/realism.py).

    Examples
    --------
    >>> print(disc_scale_kpc([9.0, 10.0, 11.0]).round(1))
    [1.3 2.  3.8]
    """
    mass = 10 ** np.asarray(log_mass)
    circular = 0.1 * mass**0.14 * (1 + mass / 3.98e10) ** (0.39 - 0.14)
    return 1.27 * circular * (mass / 1e10) ** 0.02 / SCALE_TO_HALF_LIGHT


def median_bulge_logit(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Logit of the median bulge fraction of the light: rises with mass, falls with star formation.

    Shape after Bluck et al. (2014), MNRAS 441, 599; level for star-forming galaxies after Gadotti (2009), MNRAS 393,
    1531.

    Examples
    --------
    >>> print(expit(median_bulge_logit([9.0, 11.0], 0.0)).round(2))
    [0.05 0.28]
    """
    return -1.9 + 0.95 * (np.asarray(log_mass) - 10) - 0.7 * np.asarray(sfr_offset_dex)

"""Colours of stellar populations, the mass-to-light ratio and K-corrections that follow from them (AB magnitudes)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

SUN_R_MAG = 4.65  # absolute AB magnitude of the Sun in r, Willmer (2018), ApJS 236, 47


def disc_colour(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Dust-free rest-frame g - r (mag) of a disc: redder with mass, bluer with star formation.

    Slope with mass as the blue cloud of Baldry et al. (2004), ApJ 600, 681, made dust-free; level set by comparison
    with SDSS images (benchmarks/realism.py).

    Examples
    --------
    >>> print(disc_colour([9.0, 10.0, 11.0], 0.0))
    [0.365 0.42  0.475]
    """
    return 0.42 + 0.055 * (np.asarray(log_mass) - 10) - 0.09 * np.asarray(sfr_offset_dex)


def bulge_colour(log_mass: ArrayLike) -> NDArray:
    """Dust-free rest-frame g - r (mag) of a bulge: the red sequence and its slope.

    Red sequence of Baldry et al. (2004), ApJ 600, 681; bulges of late types are bluer by some 0.1 mag (Gadotti 2009).

    Examples
    --------
    >>> print(bulge_colour([9.0, 10.0, 11.0]))
    [0.75 0.8  0.85]
    """
    return 0.80 + 0.05 * (np.asarray(log_mass) - 10)


def r_minus_i(g_minus_r: ArrayLike) -> NDArray:
    """Rest-frame r - i (mag) of a stellar population from its g - r.

    A line through the blue and red galaxies of Fukugita et al. (1995), PASP 107, 945 (their table 3: Im to E).

    Examples
    --------
    >>> print(r_minus_i([0.3, 0.8]).round(3))
    [0.074 0.214]
    """
    return -0.01 + 0.28 * np.asarray(g_minus_r)


def log_mass_to_light(g_minus_r: ArrayLike) -> NDArray:
    """Log M/L in r (solar units) from dust-free g - r.

    Bell et al. (2003), ApJS 149, 289, table 7, less 0.15 dex for a Kroupa initial mass function.

    Examples
    --------
    >>> print(log_mass_to_light([0.3, 0.8]).round(2))
    [-0.13  0.42]
    """
    return -0.306 + 1.097 * np.asarray(g_minus_r) - 0.15


def k_correction(g_minus_r: ArrayLike, redshift: ArrayLike) -> NDArray:
    """K-corrections (mag) in g, r, i, to be added to a rest-frame magnitude.

    Linear in redshift and colour, good to a few hundredths of a magnitude up to redshift 0.15: a plane through the
    values that Chilingarian et al. (2010), MNRAS 405, 1409 give for blue and red galaxies, not their polynomial.

    Returns
    -------
    ndarray of shape (..., 3)

    Examples
    --------
    >>> print(k_correction(0.8, 0.1).round(3))
    [0.22  0.098 0.06 ]
    """
    colour, z = np.asarray(g_minus_r)[..., None], np.asarray(redshift)[..., None]
    return z * (np.array([-1.0, -0.3, 0.0]) + np.array([4.0, 1.6, 0.75]) * colour)

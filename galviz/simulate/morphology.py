"""How a galaxy's structure depends on its other causes: the relations that `structure` adds scatter to.

All functions work on arrays and draw nothing at random. `structure` draws galaxies from them, and `intervention` uses
them to recompute what follows if one cause of a galaxy is changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit


def bulge_sersic_index(bulge_fraction: ArrayLike) -> NDArray:
    """Mean Sersic index of a bulge: from pseudo-bulges to classical ones, Fisher & Drory (2008), AJ 136, 773.

    Examples
    --------
    >>> print(bulge_sersic_index([0.0, 0.4]).round(2))
    [1.3 3.1]
    """
    return 1.3 + 4.5 * np.asarray(bulge_fraction)


def bulge_radius_scales(bulge_fraction: ArrayLike) -> NDArray:
    """Median half-light radius of a bulge in scale lengths of the disc, after Gadotti (2009), MNRAS 393, 1531.

    Examples
    --------
    >>> print(bulge_radius_scales([0.0, 0.15]).round(3))
    [0.    0.123]
    """
    return 0.123 * (np.asarray(bulge_fraction) / 0.15) ** 0.35


def arm_pitch_deg(bulge_fraction: ArrayLike) -> NDArray:
    """Mean pitch of spiral arms (degrees), which falls a little with the bulge: Davis et al. (2015), ApJ 802, L13.

    Examples
    --------
    >>> print(arm_pitch_deg([0.0, 0.5]))
    [23. 16.]
    """
    return 23 - 14 * np.asarray(bulge_fraction)


def arm_order(log_mass: ArrayLike, irregularity: ArrayLike) -> NDArray:
    """How far a disc is ordered into arms, 0 to 1.1: arms fade in dwarfs and in irregular galaxies.

    Examples
    --------
    >>> print(arm_order([8.5, 10.5], 0.1).round(2))
    [0.03 0.97]
    """
    return expit((np.asarray(log_mass) - 9.5) / 0.3) * np.clip(1.1 - np.asarray(irregularity), 0, 1)


def arm_contrast(log_mass: ArrayLike, irregularity: ArrayLike) -> NDArray:
    """Factor of the strength of arms by `arm_order`.

    Examples
    --------
    >>> print(arm_contrast([8.5, 10.5], 0.1).round(2))
    [0.24 1.31]
    """
    return 0.2 + 1.15 * arm_order(log_mass, irregularity)


def arm_star_formation(sfr_offset_dex: ArrayLike) -> NDArray:
    """Factor of the strength of arms by star formation relative to the main sequence (dex).

    Examples
    --------
    >>> print(arm_star_formation([-0.3, 0.3]).round(2))
    [0.24 0.5 ]
    """
    return 0.37 + 0.44 * np.asarray(sfr_offset_dex)


def median_clumpiness(sfr_offset_dex: ArrayLike) -> NDArray:
    """Median share of the disc's light in H II regions: Kennicutt, Edgar & Hodge (1989), ApJ 337, 761.

    Examples
    --------
    >>> print(median_clumpiness([-0.3, 0.3]).round(3))
    [0.016 0.042]
    """
    return 0.026 * 10 ** (0.7 * np.asarray(sfr_offset_dex))


def dwarf_irregularity(log_mass: ArrayLike) -> NDArray:
    """Part of the irregularity that dwarfs have: a smooth change around 10^9.35 solar masses.

    Examples
    --------
    >>> print(dwarf_irregularity([8.5, 10.5]).round(3))
    [0.068 0.001]
    """
    return expit((9.35 - np.asarray(log_mass)) / 0.25) * 0.07


def disc_thickness(irregularity: ArrayLike) -> NDArray:
    """Mean scale height of a disc in scale lengths; irregular galaxies are thicker.

    Examples
    --------
    >>> print(disc_thickness([0.0, 0.5]).round(3))
    [0.127 0.187]
    """
    return 0.127 + 0.12 * np.asarray(irregularity)


def disc_sersic_index(log_mass: ArrayLike) -> NDArray:
    """Mean Sersic index of a disc; most bend down outside, so it is below 1: Pohlen & Trujillo (2006), A&A 454, 759.

    Examples
    --------
    >>> print(disc_sersic_index([9.0, 10.0, 11.0]).round(2))
    [0.91 0.69 0.47]
    """
    return 0.69 - 0.22 * (np.asarray(log_mass) - 10)


def log_disc_ellipticity(log_mass: ArrayLike) -> NDArray:
    """Part of the log ellipticity of a disc that dwarfs have: Sanchez-Janssen et al. (2010), MNRAS 406, L65.

    Examples
    --------
    >>> print(log_disc_ellipticity([8.5, 11.0]).round(2))
    [1.09 0.02]
    """
    return 1.1 * expit((9.8 - np.asarray(log_mass)) / 0.3)


def dust_lane_strength(dust_v_mag: ArrayLike, inclination_deg: ArrayLike) -> NDArray:
    """Depth of the dust lane along the major axis: that of the dust, and much deeper if the disc is seen edge on.

    Examples
    --------
    >>> print(dust_lane_strength(0.4, [0, 90]).round(2))
    [0.06 0.4 ]
    """
    edge_on = np.sin(np.radians(inclination_deg)) ** 4
    return np.clip(np.asarray(dust_v_mag) * (0.15 + 0.85 * edge_on), 0, 2.5)

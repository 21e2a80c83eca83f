"""Extinction of starlight by dust: face on, by inclination, and in each band."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

EXTINCTION = np.array([3.793, 2.751, 2.086]) / 3.1  # A_g, A_r, A_i per A_V: Stoughton et al. (2002), AJ 123, 485


def face_on_dust_v_mag(log_mass: ArrayLike, sfr_offset_dex: ArrayLike) -> NDArray:
    """Median V extinction (mag) of starlight seen face on: more in massive and in star-forming galaxies.

    Rise with mass after Garn & Best (2010), MNRAS 409, 421, for H-alpha, times 0.44 for starlight (Calzetti et al.
    2000, ApJ 533, 682); lowered for the face-on view, because theirs averages over inclination.

    Examples
    --------
    >>> print(face_on_dust_v_mag([9.0, 10.0, 11.0], 0.0).round(2))
    [0.06 0.16 0.3 ]
    """
    x = np.clip(np.asarray(log_mass) - 10, -2.0, 1.3)
    h_alpha = np.clip(0.91 + 0.77 * x + 0.11 * x**2 - 0.09 * x**3, 0.1, None)
    return 0.44 * 0.4 * h_alpha * 10 ** (0.25 * np.asarray(sfr_offset_dex))


def apparent_axis_ratio(inclination_deg: ArrayLike, thickness: ArrayLike) -> NDArray:
    """Axis ratio of an oblate disc at an inclination, `thickness` if edge on: Hubble (1926), ApJ 64, 321.

    Examples
    --------
    >>> print(apparent_axis_ratio([0, 60, 90], 0.2).round(2))
    [1.   0.53 0.2 ]
    """
    return np.sqrt(np.cos(np.radians(inclination_deg)) ** 2 * (1 - thickness**2) + thickness**2)


def inclination_dust_v_mag(log_mass: ArrayLike, inclination_deg: ArrayLike) -> NDArray:
    """V extinction (mag) that a disc's inclination adds: gamma log10(a/b), where gamma rises with mass.

    Tully et al. (1998), AJ 115, 2264 (luminous galaxies dim by over a magnitude edge on, dwarfs hardly).

    Examples
    --------
    >>> print(inclination_dust_v_mag([8.5, 11.0], 90).round(2))
    [0.25 2.08]
    """
    gamma = np.clip(1.63 + 0.9 * (np.asarray(log_mass) - 10), 0.3, 2.7)
    return gamma * np.log10(1 / apparent_axis_ratio(inclination_deg, 0.15))

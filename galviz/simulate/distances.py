"""Distances and volumes: flat cosmology, 70 km/s/Mpc, matter 0.3, by astropy and interpolated."""

from __future__ import annotations

from functools import cache

import numpy as np
from astropy import units
from astropy.cosmology import FlatLambdaCDM
from numpy.typing import ArrayLike, NDArray

REDSHIFT_LIMITS = (0.02, 0.15)
_COSMOLOGY = FlatLambdaCDM(H0=70, Om0=0.3)


def distance_modulus(redshift: ArrayLike) -> NDArray:
    """Distance modulus (mag) at a redshift of 0.001 to 1.

    Examples
    --------
    >>> print(distance_modulus([0.02, 0.1]).round(2))
    [34.7  38.32]
    """
    z, modulus, _ = _distance_table()
    return np.interp(np.log(redshift), np.log(z), modulus)


def kpc_per_arcsec(redshift: ArrayLike) -> NDArray:
    """Proper length (kpc) of an arc second at a redshift of 0.001 to 1.

    Examples
    --------
    >>> print(kpc_per_arcsec([0.02, 0.1]).round(2))
    [0.41 1.84]
    """
    z, _, kpc = _distance_table()
    return np.interp(redshift, z, kpc)


def redshift_at_volume(fraction: ArrayLike) -> NDArray:
    """Redshift within which a fraction (0 to 1) of the comoving volume between the survey's limits lies.

    Examples
    --------
    >>> print(redshift_at_volume([0.0, 0.5, 1.0]).round(3))
    [0.02  0.118 0.15 ]
    """
    z = np.linspace(*REDSHIFT_LIMITS, 400)
    volume = _COSMOLOGY.comoving_volume(z).value
    return np.interp(fraction, (volume - volume[0]) / (volume[-1] - volume[0]), z)


@cache
def _distance_table() -> tuple[NDArray, NDArray, NDArray]:
    z = np.geomspace(0.001, 1.0, 1200)
    modulus = _COSMOLOGY.distmod(z).value
    kpc = _COSMOLOGY.kpc_proper_per_arcmin(z).to(units.kpc / units.arcsec).value
    return z, modulus, kpc

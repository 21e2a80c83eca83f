"""A galaxy's disc seen face on, and the random streams of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galviz.simulate.stamp import Stamp


def random_stream(causes: Mapping, number: int) -> np.random.Generator:
    """Make the random generator of one part of one galaxy.

    Examples
    --------
    The same part of the same galaxy always gets the same random numbers:

    >>> galaxy = {"texture_seed": 7}
    >>> random_stream(galaxy, 1).random() == random_stream(galaxy, 1).random()
    True
    """
    return np.random.default_rng([int(causes["texture_seed"]), number])


@dataclass(frozen=True)
class Plane:
    """The position in a galaxy's disc of each sample of a stamp.

    Attributes
    ----------
    radius : float32 ndarray
        In scale lengths of the disc.
    angle : float32 ndarray
        Radians from the major axis.
    along, across : float32 ndarray
        In scale lengths, in the disc's plane.
    axis_ratio : float
        Apparent, of a thin disc.
    """

    radius: NDArray
    angle: NDArray
    along: NDArray
    across: NDArray
    axis_ratio: float


def disc_plane(causes: Mapping, stamp: Stamp) -> Plane:
    """Deproject a stamp; beyond 78 degrees of inclination the thickness of the disc sets the axis ratio.

    Examples
    --------
    >>> from galviz.simulate.stamp import make_stamp
    >>> stamp = make_stamp(32, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(16, 16))
    >>> plane = disc_plane({"inclination_deg": 60, "disc_scale_arcsec": 2.0}, stamp)
    >>> print(round(plane.axis_ratio, 2), plane.radius[32, 32])
    0.5 0.0
    """
    axis_ratio = max(float(np.cos(np.radians(causes["inclination_deg"]))), 0.2)
    scale = np.float32(causes["disc_scale_arcsec"])
    along, across = stamp.along / scale, stamp.across / (scale * np.float32(axis_ratio))
    return Plane(np.sqrt(along**2 + across**2), np.arctan2(across, along), along, across, axis_ratio)


def sample_area(causes: Mapping, stamp: Stamp, plane: Plane) -> np.float32:
    """Area of one sample in square scale lengths of the disc's plane.

    Examples
    --------
    Over a large stamp, an exponential disc of unit flux sums to 1:

    >>> from galviz.simulate.stamp import make_stamp
    >>> stamp = make_stamp(128, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(64, 64))
    >>> galaxy = {"inclination_deg": 60, "disc_scale_arcsec": 2.0}
    >>> plane = disc_plane(galaxy, stamp)
    >>> surface_brightness = np.exp(-plane.radius) / (2 * np.pi)
    >>> print((surface_brightness * sample_area(galaxy, stamp, plane)).sum().round(2))
    1.0
    """
    step = stamp.pixel_arcsec / stamp.oversample / float(causes["disc_scale_arcsec"])
    return np.float32(step**2 / plane.axis_ratio)

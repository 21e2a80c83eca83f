"""A galaxy's disc seen from above, and the random numbers of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galviz.simulate.stamp import Stamp


def stream(causes: Mapping, number: int) -> np.random.Generator:
    """The random numbers of one part of one galaxy."""
    return np.random.default_rng([int(causes["texture_seed"]), number])


@dataclass(frozen=True)
class Plane:
    """A galaxy's disc seen from above: where each sample of a stamp lies in it.

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
    """Deproject a stamp; beyond 78 degrees of inclination the thickness of the disc takes over."""
    axis_ratio = max(float(np.cos(np.radians(causes["inclination_deg"]))), 0.2)
    scale = np.float32(causes["disc_scale_arcsec"])
    along, across = stamp.along / scale, stamp.across / (scale * np.float32(axis_ratio))
    return Plane(np.sqrt(along**2 + across**2), np.arctan2(across, along), along, across, axis_ratio)


def sample_area(causes: Mapping, stamp: Stamp, plane: Plane) -> np.float32:
    """Area of one sample in square scale lengths of the disc's plane: exp(-radius) / (2 pi) times it sums to one."""
    step = stamp.pixel_arcsec / stamp.oversample / float(causes["disc_scale_arcsec"])
    return np.float32(step**2 / plane.axis_ratio)

"""Spiral arms, the knots along them, and clumps of young stars."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from galviz.simulate.plane import Plane, random_stream, sample_area
from galviz.simulate.stamp import Stamp

# random streams, different from those of components.py: they must never change
_SPIRAL, _KNOTS, _CLUMPS, _ASYMMETRY = 1, 2, 4, 102


def _spiral(causes: Mapping, plane: Plane) -> NDArray:
    """Phase (radians) of a logarithmic spiral of `arm_number` arms, ragged by a few long waves."""
    rng = random_stream(causes, _SPIRAL)
    number, winding = int(causes["arm_number"]), float(causes["arm_winding"])
    log_radius = np.log(plane.radius + 0.15)
    phase = number * (plane.angle * winding - log_radius / math.tan(math.radians(causes["arm_pitch_deg"])))
    phase += rng.uniform(0, 2 * np.pi)
    for wave in range(3):
        amplitude = 0.9 * causes["arm_raggedness"] * rng.normal()
        turns, drift, start = int(rng.integers(1, 4)), rng.normal(0, 3.0), rng.uniform(0, 2 * np.pi)
        phase += amplitude * np.cos(turns * plane.angle + drift * log_radius + start) / (1 + 0.3 * wave)
    return phase


def draw_arms(causes: Mapping, stamp: Stamp, plane: Plane) -> NDArray | None:
    """Draw spiral arms: light moved from between the arms into them, with a slight asymmetry.

    Returns
    -------
    float32 ndarray of shape (side, side) or None
        In units of the disc's flux; None for a galaxy without arms.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> from galviz.simulate.plane import disc_plane
    >>> from galviz.simulate.stamp import make_stamp
    >>> galaxy = {**draw_causes(1, seed=1).iloc[0], "arm_number": 0}
    >>> stamp = make_stamp(64, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(32, 32))
    >>> draw_arms(galaxy, stamp, disc_plane(galaxy, stamp)) is None
    True
    """
    if causes["arm_number"] <= 0 or causes["arm_strength"] <= 0:
        return None
    phase = _spiral(causes, plane)
    rng = random_stream(causes, _ASYMMETRY)
    crest = np.exp(1.6 * (np.cos(phase) - 1)) - 0.34  # about zero on average over the phase
    asymmetry = 1 + 0.35 * np.cos(plane.angle + rng.uniform(0, 2 * np.pi)) * causes["arm_raggedness"]
    # arms begin where a bar ends
    inner = max(0.45, 0.9 * causes["bar_length_scales"]) if causes["bar_strength"] > 0 else 0.45
    envelope = expit((plane.radius - inner) / 0.18) * np.exp(-plane.radius / 1.12)
    envelope *= expit((4.3 - plane.radius) / 0.4)
    light = envelope * crest * asymmetry / (2 * np.pi)
    light *= sample_area(causes, stamp, plane) * np.float32(2.2 * causes["arm_strength"])
    return stamp.convolve(light)


def draw_knots(causes: Mapping, stamp: Stamp) -> NDArray | None:
    """Draw star-forming knots along the arms: float32 (side, side), in units of the disc's flux, or None.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> from galviz.simulate.stamp import make_stamp
    >>> galaxy = {**draw_causes(1, seed=1).iloc[0], "arm_number": 2, "arm_strength": 0.4, "clumpiness": 0.1}
    >>> stamp = make_stamp(64, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(32, 32))
    >>> print(draw_knots(galaxy, stamp).sum().round(2))
    0.06
    """
    if causes["arm_number"] <= 0 or causes["arm_strength"] <= 0 or causes["clumpiness"] <= 0:
        return None
    rng = random_stream(causes, _KNOTS)
    number = int(causes["arm_number"])
    count = 4 + rng.poisson(14)
    radius = rng.uniform(0.7, 3.4, count)
    light = rng.pareto(1.4, count) + 0.2
    light *= np.exp(-radius / 1.6)
    # on the crest of the spiral, whose phase is that of `_spiral` up to its ragged waves
    start = random_stream(causes, _SPIRAL).uniform(0, 2 * np.pi)
    crest = (np.log(radius + 0.15) / np.tan(np.radians(causes["arm_pitch_deg"]))) - start / number
    angle = float(causes["arm_winding"]) * (crest + 2 * np.pi * rng.integers(0, number, count) / number)
    angle += rng.normal(0, 0.13, count)
    share = 0.6 * float(causes["clumpiness"]) * min(float(causes["arm_strength"]) / 0.4, 1.5)
    return _points(causes, stamp, radius, angle, light / light.sum() * share)


def draw_clumps(causes: Mapping, stamp: Stamp) -> NDArray | None:
    """Draw H II regions anywhere in the disc, whose luminosities follow a power law.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> from galviz.simulate.stamp import make_stamp
    >>> galaxy = {**draw_causes(1, seed=1).iloc[0], "clumpiness": 0.1}
    >>> stamp = make_stamp(64, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(32, 32))
    >>> print(draw_clumps(galaxy, stamp).sum().round(2))  # in units of the disc's flux
    0.1
    """
    if causes["clumpiness"] <= 0:
        return None
    rng = random_stream(causes, _CLUMPS)
    count = 5 + rng.poisson(12)
    radius, angle = rng.gamma(2.0, 0.85, count), rng.uniform(0, 2 * np.pi, count)
    light = rng.pareto(1.3, count) + 0.15
    return _points(causes, stamp, radius, angle, light / light.sum() * float(causes["clumpiness"]))


def _points(causes: Mapping, stamp: Stamp, radius: NDArray, angle: NDArray, light: NDArray) -> NDArray:
    """Unresolved sources at polar coordinates in the disc (scale lengths, radians), convolved."""
    scale = float(causes["disc_scale_arcsec"])
    thickness = float(causes["disc_thickness"])
    axis_ratio = np.hypot(np.cos(np.radians(causes["inclination_deg"])), thickness)
    turn = np.radians(90 - stamp.position_angle_deg)
    along, across = scale * radius * np.cos(angle), scale * radius * np.sin(angle) * axis_ratio
    column = (along * np.cos(turn) - across * np.sin(turn)) / stamp.pixel_arcsec + stamp.centre[0]
    row = (along * np.sin(turn) + across * np.cos(turn)) / stamp.pixel_arcsec + stamp.centre[1]
    points = np.zeros(stamp.along.shape, np.float32)
    x, y = column * stamp.oversample, row * stamp.oversample
    inside = (x >= 0) & (y >= 0) & (x < points.shape[1] - 1) & (y < points.shape[0] - 1)
    x, y, light = x[inside], y[inside], light[inside]
    left, top = x.astype(int), y.astype(int)
    for down in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - down - (y - top)) * np.abs(1 - right - (x - left))
            np.add.at(points, (top + down, left + right), light * share)
    return stamp.convolve(points)

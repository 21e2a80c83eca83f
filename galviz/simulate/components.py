"""The parts of a galaxy as images of light: disc, bulge, arms, bar, clumps, irregular patches, companion, dust lane.

Each part has its own random stream and is convolved separately: removing one leaves the others unchanged bit for bit.
Arms and patches redistribute light and sum to almost zero; dust lanes are negative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import galsim
import numpy as np
from numpy.typing import NDArray

from galviz.simulate.dust import EXTINCTION
from galviz.simulate.light_profiles import SCALE_TO_HALF_LIGHT
from galviz.simulate.photometry import component_fluxes
from galviz.simulate.plane import Plane, disc_plane, random_stream, sample_area
from galviz.simulate.spirals import draw_arms, draw_clumps, draw_knots
from galviz.simulate.stamp import Stamp

# random streams, different from those of spirals.py: they must never change
_STREAMS = {"bar": 3, "irregular": 5, "companion": 6, "dust lane": 7, "disc": 8}
PARTS = ("disc", "bulge", "bar", "arms", "arm knots", "clumps", "irregular", "companion", "dust lane")


def draw_galaxy(causes: Mapping, stamp: Stamp, *, without: tuple[str, ...] = ()) -> dict[str, NDArray]:
    """Draw the parts of a galaxy.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of the catalogue.
    stamp : Stamp
    without : tuple of str
        Parts (of `PARTS`) to leave out.

    Returns
    -------
    dict of str to float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies per pixel, for the parts that the galaxy has.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> from galviz.simulate.stamp import make_stamp
    >>> galaxy = {**draw_causes(1, seed=1).iloc[0], "merger": 0, "bar_strength": 0.0}
    >>> stamp = make_stamp(64, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(32, 32))
    >>> list(draw_galaxy(galaxy, stamp, without=("arms", "arm knots", "clumps", "irregular", "dust lane")))
    ['disc', 'bulge']
    """
    flux = {name: values.astype(np.float32) for name, values in component_fluxes(causes).items()}
    plane = disc_plane(causes, stamp)
    patterns = {
        "disc": lambda: (_disc(causes, stamp), flux["disc"]),
        "bulge": lambda: (_bulge(causes, stamp), flux["bulge"]),
        "bar": lambda: (_bar(causes, stamp, plane), flux["bar"] * np.float32(causes["bar_strength"])),
        "arms": lambda: (draw_arms(causes, stamp, plane), flux["young"]),
        "arm knots": lambda: (draw_knots(causes, stamp), flux["clump"]),
        "clumps": lambda: (draw_clumps(causes, stamp), flux["clump"]),
        "irregular": lambda: (_patches(causes, stamp, plane), flux["young"]),
        "companion": lambda: (_companion(causes, stamp, plane), (flux["disc"] + flux["bulge"])),
    }
    parts = {}
    for name, draw in patterns.items():
        if name in without:
            continue
        pattern, colour = draw()
        if pattern is not None:
            parts[name] = pattern * colour[:, None, None]
    if "dust lane" not in without and causes["dust_lane_strength"] > 0:
        smooth = sum((parts[name] for name in ("disc", "bulge") if name in parts), np.zeros(1, np.float32))
        parts["dust lane"] = -smooth * _lane_opacity(causes, stamp)
    return parts


def _disc(causes: Mapping, stamp: Stamp) -> NDArray:
    """The disc in g, r, i: shape (3, side, side). Its scale length is larger in blue light: it is bluer outside."""
    gradient = float(causes["disc_colour_gradient"])
    radius = SCALE_TO_HALF_LIGHT * float(causes["disc_scale_arcsec"])
    inclination = float(causes["inclination_deg"]) * galsim.degrees
    # a disc that isn't round, at a random angle; edge on it makes no difference
    axis_ratio = 1 - float(causes["disc_ellipticity"]) * np.cos(inclination)
    angle = random_stream(causes, _STREAMS["disc"]).uniform(0, 180) * galsim.degrees
    return np.stack(
        [
            stamp.draw(
                galsim.InclinedSersic(
                    n=float(causes["disc_sersic_n"]),
                    inclination=inclination,
                    half_light_radius=radius * factor,
                    scale_height=float(causes["disc_thickness"] * causes["disc_scale_arcsec"]),
                ).shear(q=axis_ratio, beta=angle)
            )
            for factor in (1 + gradient, 1.0, 1 - 0.7 * gradient)
        ]
    )


def _bulge(causes: Mapping, stamp: Stamp) -> NDArray | None:
    if causes["bulge_fraction"] <= 0:
        return None
    radius = float(causes["bulge_radius_scales"] * causes["disc_scale_arcsec"])
    profile = galsim.Sersic(n=float(causes["bulge_sersic_n"]), half_light_radius=radius)
    return stamp.draw(profile.shear(q=float(causes["bulge_axis_ratio"]), beta=0 * galsim.degrees))


def _bar(causes: Mapping, stamp: Stamp, plane: Plane) -> NDArray | None:
    """A bar as an ellipse with flat light and soft ends (a Ferrers profile), at a random angle in the disc."""
    if causes["bar_strength"] <= 0:
        return None
    angle = random_stream(causes, _STREAMS["bar"]).uniform(0, np.pi)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = plane.along * cos + plane.across * sin, plane.across * cos - plane.along * sin
    length = max(float(causes["bar_length_scales"]), 0.1)
    inside = np.clip(1 - (x / length) ** 2 - (y / (0.35 * length)) ** 2, 0, None)
    light = inside**1.5
    return stamp.convolve(light / max(light.sum(), 1e-9))


def _patches(causes: Mapping, stamp: Stamp, plane: Plane) -> NDArray | None:
    """Patches of more and less light, and a lopsided disc, as in irregular dwarfs."""
    strength = float(causes["irregularity"])
    if strength < 0.02:
        return None
    rng = random_stream(causes, _STREAMS["irregular"])
    smooth = np.exp(-plane.radius / 1.3)  # flatter than the disc: patches lie outside its centre
    pattern = 0.6 * rng.normal() * np.tanh(plane.radius / 1.5) * np.cos(plane.angle - rng.uniform(0, 2 * np.pi))
    for _ in range(7):
        position, width = rng.normal(0, 1.5, 2).astype(np.float32), rng.uniform(0.3, 0.9)
        distance2 = (plane.along - position[0]) ** 2 + (plane.across - position[1]) ** 2
        pattern = pattern + rng.normal(0.4, 0.9) * np.exp(-distance2 / (2 * width**2))
    light = smooth * np.clip(strength * pattern, -0.75, 2.5)
    light -= smooth * (light.sum() / smooth.sum())
    return stamp.convolve(light * (sample_area(causes, stamp, plane) / np.float32(2 * np.pi)))


def _companion(causes: Mapping, stamp: Stamp, plane: Plane) -> NDArray | None:
    """A second galaxy close by, and a tidal tail of the first."""
    if not causes["merger"]:
        return None
    rng = random_stream(causes, _STREAMS["companion"])
    scale, ratio = float(causes["disc_scale_arcsec"]), float(causes["companion_flux_ratio"])
    angle = rng.uniform(0, 2 * np.pi)
    distance = float(causes["companion_distance_scales"]) * scale
    profile = galsim.Sersic(n=1.5, half_light_radius=max(1.2 * scale * ratio**0.35, 0.3))
    profile = profile.shear(q=rng.uniform(0.4, 0.95), beta=rng.uniform(0, 180) * galsim.degrees)
    light = stamp.draw(profile.shift(distance * np.cos(angle), distance * np.sin(angle))) * np.float32(ratio)
    # the tail starts on the far side and curls: a chain of soft spots that fades outwards
    fraction = np.linspace(0, 1, 28)
    turn = rng.choice([-1, 1]) * rng.uniform(0.6, 2.4)
    radii, angles = 1.2 + 4.2 * fraction, angle + np.pi + turn * fraction
    tail = np.zeros_like(plane.radius)
    for spot_radius, spot_angle, brightness in zip(
        radii.tolist(), angles.tolist(), (1 - 0.8 * fraction).tolist(), strict=True
    ):
        x, y = spot_radius * math.cos(spot_angle), spot_radius * math.sin(spot_angle)
        distance2 = (plane.along - x) ** 2 + (plane.across - y) ** 2
        tail += brightness * np.exp(-distance2 / (2 * 0.34**2))
    return light + stamp.convolve(tail / tail.sum() * np.float32(causes["tidal_tail_strength"]))


def _lane_opacity(causes: Mapping, stamp: Stamp) -> NDArray:
    """Share of the smooth light that a dust lane absorbs in g, r, i: float32 (3, side, side).

    A band along the major axis: thin and central if edge on, broader and on the near side if less inclined.
    """
    rng = random_stream(causes, _STREAMS["dust lane"])
    inclination = math.radians(causes["inclination_deg"])
    scale = float(causes["disc_scale_arcsec"])
    step = stamp.oversample
    along, across = stamp.along[::step, ::step], stamp.across[::step, ::step]
    side = float(rng.choice([-1.0, 1.0]))
    offset = side * 0.45 * scale * math.cos(inclination) + rng.normal(0, 0.05) * scale
    true_width = scale * (0.12 + 0.4 * math.cos(inclination))
    width = math.hypot(true_width, 0.55)  # with seeing: wider and shallower
    depth = 1.3 * float(causes["dust_lane_strength"]) * true_width / width
    waves = rng.normal(0, 0.06) * scale * np.sin(along / (0.9 * scale) + rng.uniform(0, 6.28))
    lane = np.exp(-(((across - offset - waves) / width) ** 2) / 2 - (along / (1.8 * scale)) ** 2 / 2)
    opacity = 1 - np.exp(-depth * EXTINCTION[:, None, None].astype(np.float32) * lane)
    opacity[opacity < 1e-4] = 0
    return opacity

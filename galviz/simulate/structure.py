"""What a galaxy looks like: bulge, arms, bar, clumps, irregularity, companions, and what lies around it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from galviz.simulate import relations
from galviz.simulate.observation import SEEING_ARCSEC
from galviz.simulate.photometry import magnitudes
from galviz.simulate.profiles import petrosian_radii


def draw_structure(causes: Mapping[str, NDArray], rng: Mapping[str, Generator]) -> dict[str, NDArray]:
    """Draw the shape of each galaxy: bulge, arms, bar, clumps, irregularity, companions, field."""
    log_mass = causes["log_mass_msun"]
    size = len(log_mass)
    sfr_offset = causes["log_sfr_msun_yr"] - relations.main_sequence_log_sfr(log_mass)
    bulge_fraction = causes["bulge_fraction"]

    bulge = rng["bulge"]
    # pseudo-bulges to classical ones: Fisher & Drory (2008), AJ 136, 773; sizes after Gadotti (2009), MNRAS 393, 1531
    sersic_n = np.clip(1.3 + 4.5 * bulge_fraction + bulge.normal(0, 0.5, size), 0.75, 4.5)
    bulge_radius = 0.123 * (bulge_fraction / 0.15) ** 0.35 * np.exp(bulge.normal(0, 0.3, size))

    irregular = rng["irregular"]
    # dwarfs are irregular: a smooth change around 10^9.3 solar masses
    irregularity = np.clip(expit((9.35 - log_mass) / 0.25) * 0.07 + irregular.exponential(0.115, size), 0.0, 1.0)

    arms = rng["arms"]
    # arms fade in dwarfs and with little star formation; two arms are commonest: Hart et al. (2016), MNRAS 461, 3663
    disciplined = expit((log_mass - 9.5) / 0.3) * np.clip(1.1 - irregularity, 0, 1)
    arm_number = arms.choice([0, 2, 3, 4], p=[0.12, 0.6, 0.16, 0.12], size=size)
    arm_number = np.where(arms.uniform(size=size) < 0.15 + 0.85 * disciplined, arm_number, 0)
    # pitch falls a little with the bulge: Davis et al. (2015), ApJ 802, L13; spread of Savchenko & Reshetnikov (2013)
    pitch = np.clip(23 - 14 * bulge_fraction + arms.normal(0, 6, size), 7, 40)
    strength = np.clip(
        (0.37 + 0.44 * sfr_offset) * np.exp(arms.normal(0, 0.6, size)) * (0.2 + 1.15 * disciplined), 0.0, 1.0
    )
    raggedness = np.clip(arms.beta(1.6, 2.4, size) + 0.25 * (arm_number > 2), 0, 1)

    bar = rng["bar"]
    # a third of discs are barred, more at higher mass: Masters et al. (2011), MNRAS 411, 2026
    barred = bar.uniform(size=size) < 0.22 + 0.18 * expit((log_mass - 10.2) / 0.3)
    bar_strength = np.where(barred, bar.uniform(0.04, 0.16, size), 0.0)

    clumps = rng["clumps"]
    # light of H II regions: a few per cent, more with more star formation: Kennicutt, Edgar & Hodge (1989), ApJ 337,
    # 761
    clumpiness = np.clip(0.026 * 10 ** (0.7 * sfr_offset) * np.exp(clumps.normal(0, 0.65, size)), 0.0, 0.3)

    merging = rng["merger"]
    merger = (merging.uniform(size=size) < 0.045).astype(int)  # pairs and remnants: Darg et al. (2010), MNRAS 401, 1043

    field = rng["field"]
    thickness = np.clip(0.127 + 0.12 * irregularity + field.normal(0, 0.02, size), 0.06, 0.35)
    inclination = causes["inclination_deg"]
    dust_lane = np.clip(causes["dust_v_mag"] * (0.15 + 0.85 * np.sin(np.radians(inclination)) ** 4), 0, 2.5)

    # most discs bend down outside: flatter inside and cut off sooner than an exponential, Pohlen & Trujillo (2006)
    disc_n = np.round(np.clip(0.69 - 0.22 * (log_mass - 10) + field.normal(0, 0.165, size), 0.3, 1.2), 1)
    axis_ratio = relations.apparent_axis_ratio(inclination, thickness)
    r50, r90 = petrosian_radii(
        axis_ratio=axis_ratio,
        disc_n=disc_n,
        bulge_fraction=bulge_fraction,
        bulge_n=sersic_n,
        bulge_radius=np.hypot(bulge_radius, 0.5 * SEEING_ARCSEC / causes["disc_scale_arcsec"]),
    )
    r50_arcsec, r90_arcsec = r50 * causes["disc_scale_arcsec"], r90 * causes["disc_scale_arcsec"]
    # outskirts of faint surface brightness drown in the noise: 11 % a magnitude
    surface_brightness = magnitudes(causes)[:, 1] + 2.5 * np.log10(2 * np.pi * r50_arcsec**2)
    r90_arcsec *= 1 - 0.11 * np.clip(surface_brightness - 20.9, -1.5, 1.5)
    # what seeing, arms and patches do to it, and the thick disc and halo that are not drawn
    r90_arcsec *= (1.12 - 0.2 * bulge_fraction - 0.2 * irregularity) * (0.96 + 0.12 * (1 - axis_ratio))
    return {
        "bulge_sersic_n": np.round(sersic_n * 4) / 4,  # GalSim tabulates each index: few different ones keep it quick
        "bulge_radius_scales": bulge_radius,
        "bulge_axis_ratio": 1 - (1 - axis_ratio) * bulge.uniform(0.3, 0.8, size),
        "half_light_radius_arcsec": np.hypot(r50_arcsec, 0.55 * SEEING_ARCSEC),
        "half_light_radius_kpc": r50_arcsec * relations.kpc_per_arcsec(causes["redshift"]),
        "petrosian_r90_arcsec": np.hypot(r90_arcsec, 0.85 * SEEING_ARCSEC),
        "disc_sersic_n": disc_n,
        # discs are not round either: Ryden (2004), ApJ 601, 214; dwarfs least of all: Sanchez-Janssen et al. (2010),
        # MNRAS 406, L65
        "disc_ellipticity": np.clip(
            np.exp(irregular.normal(-2.15, 0.6, size) + 1.1 * expit((9.8 - log_mass) / 0.3)), 0.0, 0.6
        ),
        "disc_thickness": thickness,
        # scale lengths shrink from blue to red: de Jong (1996), A&A 313, 377
        "disc_colour_gradient": np.clip(rng["colour"].normal(0.091, 0.05, size), 0.0, 0.3),
        "dust_lane_strength": dust_lane,
        # arms, bar and companion are drawn for every galaxy; arm_number, bar_strength and merger say whether it has
        # them
        "arm_number": arm_number,
        "arm_pitch_deg": pitch,
        "arm_strength": strength,
        "arm_raggedness": raggedness,
        "arm_winding": arms.choice([-1, 1], size=size),
        "bar_strength": bar_strength,
        "bar_length_scales": bar.uniform(0.7, 1.5, size),
        "clumpiness": clumpiness,
        "irregularity": irregularity,
        "merger": merger,
        "companion_flux_ratio": merging.uniform(0.1, 0.7, size),
        "companion_distance_scales": merging.uniform(1.5, 4.5, size),
        "tidal_tail_strength": merging.uniform(0.0, 0.25, size),
        # massive galaxies live where there are more others: Kauffmann et al. (2004), MNRAS 353, 713
        "neighbour_count": field.poisson(6.8 * 10 ** (0.3 * (log_mass - 9.9))),
        "star_count": field.poisson(1.6, size),
        "satellite_trail": (field.uniform(size=size) < 0.003).astype(int),
        "bleeding_star": (field.uniform(size=size) < 0.002).astype(int),
        "texture_seed": rng["texture"].integers(0, 2**31, size),
    }

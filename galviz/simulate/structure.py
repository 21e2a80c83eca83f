"""What a galaxy looks like: bulge, arms, bar, clumps, irregularity, companions, and the field around it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from galviz.simulate import morphology
from galviz.simulate.distances import kpc_per_arcsec
from galviz.simulate.dust import apparent_axis_ratio
from galviz.simulate.light_profiles import petrosian_radii
from galviz.simulate.observation import SEEING_ARCSEC
from galviz.simulate.photometry import magnitudes
from galviz.simulate.scaling import main_sequence_log_sfr

# The order of draws from each generator fixes which galaxy is which: it must never change.


def draw_structure(causes: Mapping[str, NDArray], rng: Mapping[str, Generator]) -> dict[str, NDArray]:
    """Draw the structure of each galaxy: bulge, arms, bar, clumps, irregularity, companions, field.

    Parameters
    ----------
    causes : mapping of str to ndarray of shape (n,)
        Of selected candidates, see `galviz.simulate.population`.
    rng : mapping of str to numpy.random.Generator
        One generator per group of causes; it advances.

    Returns
    -------
    dict of str to ndarray of shape (n,)

    Examples
    --------
    >>> from collections import defaultdict
    >>> from galviz.simulate.population import draw_candidates
    >>> rng = defaultdict(lambda: np.random.default_rng(1))
    >>> structure = draw_structure(draw_candidates(200, rng), rng)
    >>> np.unique(structure["arm_number"]).tolist()
    [0, 2, 3, 4]
    """
    irregularity = _draw_irregularity(causes, rng["irregular"])
    disc = _draw_disc(causes, irregularity, rng)
    axis_ratio = apparent_axis_ratio(causes["inclination_deg"], disc["disc_thickness"])
    bulge = _draw_bulge(causes["bulge_fraction"], axis_ratio, rng["bulge"])
    radii = measured_radii(causes, bulge, disc["disc_sersic_n"], axis_ratio, irregularity)
    # GalSim tabulates each index: few different ones keep it fast
    bulge["bulge_sersic_n"] = np.round(bulge["bulge_sersic_n"] * 4) / 4
    return {
        **bulge,
        **radii,
        **disc,
        # arms, bar and companion are drawn for every galaxy; arm_number, bar_strength and merger say whether it has
        # them
        **_draw_arms(causes, irregularity, rng["arms"]),
        **_draw_bar(causes["log_mass_msun"], rng["bar"]),
        "clumpiness": _draw_clumpiness(causes, rng["clumps"]),
        "irregularity": irregularity,
        **_draw_merger(len(irregularity), rng["merger"]),
        **_draw_field(causes["log_mass_msun"], rng["field"]),
        "texture_seed": rng["texture"].integers(0, 2**31, len(irregularity)),
    }


def _sfr_offset(causes: Mapping[str, NDArray]) -> NDArray:
    return causes["log_sfr_msun_yr"] - main_sequence_log_sfr(causes["log_mass_msun"])


def _draw_irregularity(causes: Mapping[str, NDArray], rng: Generator) -> NDArray:
    dwarf = morphology.dwarf_irregularity(causes["log_mass_msun"])
    return np.clip(dwarf + rng.exponential(0.115, len(dwarf)), 0.0, 1.0)


def _draw_disc(causes: Mapping[str, NDArray], irregularity: NDArray, rng: Mapping[str, Generator]) -> dict:
    log_mass, size = causes["log_mass_msun"], len(irregularity)
    thickness = np.clip(morphology.disc_thickness(irregularity) + rng["field"].normal(0, 0.02, size), 0.06, 0.35)
    sersic_n = morphology.disc_sersic_index(log_mass) + rng["field"].normal(0, 0.165, size)
    # discs are not round: Ryden (2004), ApJ 601, 214
    log_ellipticity = rng["irregular"].normal(-2.15, 0.6, size) + morphology.log_disc_ellipticity(log_mass)
    return {
        "disc_sersic_n": np.round(np.clip(sersic_n, 0.3, 1.2), 1),
        "disc_ellipticity": np.clip(np.exp(log_ellipticity), 0.0, 0.6),
        "disc_thickness": thickness,
        # scale lengths shrink from blue to red: de Jong (1996), A&A 313, 377
        "disc_colour_gradient": np.clip(rng["colour"].normal(0.091, 0.05, size), 0.0, 0.3),
        "dust_lane_strength": morphology.dust_lane_strength(causes["dust_v_mag"], causes["inclination_deg"]),
    }


def _draw_bulge(fraction: NDArray, axis_ratio: NDArray, rng: Generator) -> dict[str, NDArray]:
    size = len(fraction)
    return {
        "bulge_sersic_n": np.clip(morphology.bulge_sersic_index(fraction) + rng.normal(0, 0.5, size), 0.75, 4.5),
        "bulge_radius_scales": morphology.bulge_radius_scales(fraction) * np.exp(rng.normal(0, 0.3, size)),
        "bulge_axis_ratio": 1 - (1 - axis_ratio) * rng.uniform(0.3, 0.8, size),
    }


def measured_radii(
    causes: Mapping[str, NDArray],
    bulge: Mapping[str, NDArray],
    disc_n: NDArray,
    axis_ratio: NDArray,
    irregularity: NDArray,
) -> dict[str, NDArray]:
    """Half-light and Petrosian radii as measured; nothing is drawn.

    Parameters
    ----------
    causes : mapping of str to ndarray of shape (n,)
        With ``disc_scale_arcsec`` and what `photometry.magnitudes` reads.
    bulge : mapping of str to ndarray of shape (n,)
        ``bulge_sersic_n`` and ``bulge_radius_scales``.
    disc_n, axis_ratio, irregularity : ndarray of shape (n,)
        Sersic index and apparent axis ratio of the disc, and the irregularity.

    Returns
    -------
    dict of str to ndarray of shape (n,)

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> causes = {name: column.to_numpy() for name, column in draw_causes(1, seed=1).items()}
    >>> axis_ratio = apparent_axis_ratio(causes["inclination_deg"], causes["disc_thickness"])
    >>> radii = measured_radii(causes, causes, causes["disc_sersic_n"], axis_ratio, causes["irregularity"])
    >>> print(radii["half_light_radius_kpc"].round(1), causes["half_light_radius_kpc"].round(1))
    [1.6] [1.6]
    """
    disc_scale = causes["disc_scale_arcsec"]
    r50, r90 = petrosian_radii(
        axis_ratio=axis_ratio,
        disc_n=disc_n,
        bulge_fraction=causes["bulge_fraction"],
        bulge_n=bulge["bulge_sersic_n"],
        bulge_radius=np.hypot(bulge["bulge_radius_scales"], 0.5 * SEEING_ARCSEC / disc_scale),
    )
    r50_arcsec, r90_arcsec = r50 * disc_scale, r90 * disc_scale
    # outskirts of low surface brightness drown in the noise: 11 % per magnitude
    surface_brightness = magnitudes(causes)[:, 1] + 2.5 * np.log10(2 * np.pi * r50_arcsec**2)
    r90_arcsec *= 1 - 0.11 * np.clip(surface_brightness - 20.9, -1.5, 1.5)
    # effect of seeing, arms and patches, and of the thick disc and halo that are not drawn
    r90_arcsec *= (1.12 - 0.2 * causes["bulge_fraction"] - 0.2 * irregularity) * (0.96 + 0.12 * (1 - axis_ratio))
    return {
        "half_light_radius_arcsec": np.hypot(r50_arcsec, 0.55 * SEEING_ARCSEC),
        "half_light_radius_kpc": r50_arcsec * kpc_per_arcsec(causes["redshift"]),
        "petrosian_r90_arcsec": np.hypot(r90_arcsec, 0.85 * SEEING_ARCSEC),
    }


def _draw_arms(causes: Mapping[str, NDArray], irregularity: NDArray, rng: Generator) -> dict[str, NDArray]:
    size = len(irregularity)
    # arms fade in dwarfs and with little star formation; two arms are commonest: Hart et al. (2016), MNRAS 461, 3663
    order = morphology.arm_order(causes["log_mass_msun"], irregularity)
    number = rng.choice([0, 2, 3, 4], p=[0.12, 0.6, 0.16, 0.12], size=size)
    number = np.where(rng.uniform(size=size) < 0.15 + 0.85 * order, number, 0)
    # spread of Savchenko & Reshetnikov (2013), MNRAS 436, 1074
    pitch = np.clip(morphology.arm_pitch_deg(causes["bulge_fraction"]) + rng.normal(0, 6, size), 7, 40)
    contrast = morphology.arm_contrast(causes["log_mass_msun"], irregularity)
    strength = morphology.arm_star_formation(_sfr_offset(causes)) * np.exp(rng.normal(0, 0.6, size)) * contrast
    return {
        "arm_number": number,
        "arm_pitch_deg": pitch,
        "arm_strength": np.clip(strength, 0.0, 1.0),
        "arm_raggedness": np.clip(rng.beta(1.6, 2.4, size) + 0.25 * (number > 2), 0, 1),
        "arm_winding": rng.choice([-1, 1], size=size),
    }


def _draw_bar(log_mass: NDArray, rng: Generator) -> dict[str, NDArray]:
    # a third of discs are barred, more at higher mass: Masters et al. (2011), MNRAS 411, 2026
    barred = rng.uniform(size=len(log_mass)) < 0.22 + 0.18 * expit((log_mass - 10.2) / 0.3)
    return {
        "bar_strength": np.where(barred, rng.uniform(0.04, 0.16, len(log_mass)), 0.0),
        "bar_length_scales": rng.uniform(0.7, 1.5, len(log_mass)),
    }


def _draw_clumpiness(causes: Mapping[str, NDArray], rng: Generator) -> NDArray:
    median = morphology.median_clumpiness(_sfr_offset(causes))
    return np.clip(median * np.exp(rng.normal(0, 0.65, len(median))), 0.0, 0.3)


def _draw_merger(size: int, rng: Generator) -> dict[str, NDArray]:
    return {
        "merger": (rng.uniform(size=size) < 0.045).astype(
            int
        ),  # pairs and remnants: Darg et al. (2010), MNRAS 401, 1043
        "companion_flux_ratio": rng.uniform(0.1, 0.7, size),
        "companion_distance_scales": rng.uniform(1.5, 4.5, size),
        "tidal_tail_strength": rng.uniform(0.0, 0.25, size),
    }


def _draw_field(log_mass: NDArray, rng: Generator) -> dict[str, NDArray]:
    size = len(log_mass)
    return {
        # massive galaxies live in denser environments: Kauffmann et al. (2004), MNRAS 353, 713
        "neighbour_count": rng.poisson(6.8 * 10 ** (0.3 * (log_mass - 9.9))),
        "star_count": rng.poisson(1.6, size),
        "satellite_trail": (rng.uniform(size=size) < 0.003).astype(int),
        "bleeding_star": (rng.uniform(size=size) < 0.002).astype(int),
    }

"""Which galaxies there are, and which of them the sample holds: mass, distance, star formation, dust, viewing angle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from galviz.simulate import relations
from galviz.simulate.photometry import magnitudes

FAINT_LIMIT_MAG = 17.77  # r, SDSS main galaxy sample: Strauss et al. (2002), AJ 124, 1810
BRIGHT_LIMIT_MAG = 14.5  # brighter ones saturate the spectrograph
SURFACE_BRIGHTNESS_LIMIT = 23.0  # r mag per square arc second at which half of the galaxies make it into the sample
LINE_LIMIT_LOG_ANGSTROM = 1.0  # of H-alpha, for half of the galaxies at the faint limit to have measured lines


def draw_candidates(size: int, rng: Mapping[str, Generator]) -> dict[str, NDArray]:
    """Draw what decides whether a galaxy is in the sample: ndarrays of shape (size,), by cause."""
    # masses by importance: a proposal that favours massive galaxies, corrected in the selection
    log_mass = rng["mass"].uniform(7.8, 11.6, size)
    redshift = relations.redshift_at_volume(rng["redshift"].uniform(size=size))
    sfr_offset = relations.main_sequence_scatter(log_mass) * rng["star_formation"].standard_normal(size)
    size_offset = rng["size"].normal(0.0, 0.105, size)
    dust = relations.face_on_dust_v_mag(log_mass, sfr_offset) * np.exp(rng["dust"].normal(0.04, 0.47, size))
    logit = relations.median_bulge_logit(log_mass, sfr_offset) + rng["bulge"].normal(0.0, 0.65, size)
    scatter = rng["colour"].normal(0.0, 1.0, (2, size))
    disc_colour = np.clip(relations.disc_colour(log_mass, sfr_offset) + 0.10 * scatter[0], 0.1, 0.75)
    log_sfr = relations.main_sequence_log_sfr(log_mass) + sfr_offset
    disc_scale_kpc = relations.disc_scale_kpc(log_mass) * 10**size_offset
    disc_scale_arcsec = disc_scale_kpc / relations.kpc_per_arcsec(redshift)
    expected = (
        relations.mass_metallicity(log_mass)
        + relations.star_formation_metallicity_offset(log_mass, log_sfr)
        + relations.size_metallicity_offset(log_mass, size_offset)
        + relations.fibre_metallicity_offset(disc_scale_arcsec)
    )
    return {
        "log_mass_msun": log_mass,
        "log_sfr_msun_yr": log_sfr,
        "redshift": redshift,
        "metallicity_expected_dex": expected,
        "bulge_fraction": np.clip(expit(logit), 0.0, 0.75),
        "disc_colour_mag": disc_colour,
        "bulge_colour_mag": np.maximum(relations.bulge_colour(log_mass) + 0.05 * scatter[1], disc_colour + 0.03),
        "disc_scale_kpc": disc_scale_kpc,
        "disc_scale_arcsec": disc_scale_arcsec,
        "size_offset_dex": size_offset,
        "h_alpha_angstrom": relations.h_alpha_width_angstrom(log_sfr - log_mass),
        "dust_v_mag": dust,
        "inclination_deg": np.degrees(np.arccos(rng["orientation"].uniform(size=size))),
        "position_angle_deg": rng["orientation"].uniform(0.0, 180.0, size),
    }


def is_selected(causes: Mapping[str, NDArray], rng: Generator) -> NDArray:
    """Which candidates a spectroscopic sample of star-forming galaxies with measured lines would hold."""
    log_mass = causes["log_mass_msun"]
    draw = rng.uniform(size=len(log_mass))
    # masses were drawn evenly; the cap below 10^8.6 costs next to nothing, as so few of them are bright enough
    number = relations.star_forming_mass_function(log_mass) / relations.star_forming_mass_function(8.6)
    # active nuclei are taken out of the sample, and massive galaxies with them: Kauffmann et al. (2003), MNRAS 346,
    # 1055
    not_active = expit((11.05 - log_mass) / 0.22)
    # weak lines drop out: dusty galaxies, more so edge on
    dust = causes["dust_v_mag"] + relations.inclination_dust_v_mag(log_mass, causes["inclination_deg"])
    lines = expit((1.1 - dust) / 0.25)
    # what the seeing leaves unresolved was taken for a star: Strauss et al. (2002)
    chance = np.minimum(number, 1.0) * not_active * lines * (causes["disc_scale_arcsec"] > 0.6)

    # magnitudes take longest: only of those that may still be in
    selected = draw < chance
    left = {name: values[selected] for name, values in causes.items()}
    r_mag = magnitudes(left)[:, 1]
    surface_brightness = r_mag + 2.5 * np.log10(2 * np.pi * (1.5 * left["disc_scale_arcsec"]) ** 2)
    # seen inclined, the same light covers less sky
    surface_brightness += 2.6 * np.log10(np.maximum(np.cos(np.radians(left["inclination_deg"])), 0.15))
    bright_enough = expit((SURFACE_BRIGHTNESS_LIMIT - surface_brightness) / 0.2)
    # lines are faint where few stars form or the galaxy is far: Tremonti et al. (2004) ask for a signal above noise
    log_line = np.log10(left["h_alpha_angstrom"]) - 0.4 * (r_mag - FAINT_LIMIT_MAG)
    measured = expit((log_line - LINE_LIMIT_LOG_ANGSTROM) / 0.1)
    inside = (r_mag < FAINT_LIMIT_MAG) & (r_mag > BRIGHT_LIMIT_MAG)
    selected[selected] = inside & (draw[selected] < chance[selected] * (bright_enough * measured))
    return selected

"""The galaxy population and the sample's selection: mass, distance, star formation, dust and viewing angle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from galviz.simulate import colours, distances, metallicity, scaling
from galviz.simulate.dust import face_on_dust_v_mag, inclination_dust_v_mag
from galviz.simulate.emission import h_alpha_width_angstrom
from galviz.simulate.photometry import magnitudes

FAINT_LIMIT_MAG = 17.77  # r, SDSS main galaxy sample: Strauss et al. (2002), AJ 124, 1810
BRIGHT_LIMIT_MAG = 14.5  # brighter galaxies saturate the spectrograph
SMALLEST_SCALE_ARCSEC = 0.6  # galaxies that the seeing leaves unresolved were classified as stars
SURFACE_BRIGHTNESS_LIMIT = 23.0  # r mag per square arc second at which half of the galaxies enter the sample
LINE_LIMIT_LOG_ANGSTROM = 1.0  # of H-alpha, for half of the galaxies at the faint limit to have measured lines


def draw_candidates(size: int, rng: Mapping[str, Generator]) -> dict[str, NDArray]:
    """Draw the causes that decide whether a galaxy is in the sample.

    Parameters
    ----------
    size : int
        Number of candidates.
    rng : mapping of str to numpy.random.Generator
        One generator per group of causes; it advances.

    Returns
    -------
    dict of str to ndarray of shape (size,)

    Examples
    --------
    >>> from collections import defaultdict
    >>> rng = defaultdict(lambda: np.random.default_rng(1))
    >>> causes = draw_candidates(1000, rng)
    >>> print(causes["redshift"].min().round(2), causes["redshift"].max().round(2))
    0.02 0.15
    """
    # importance sampling of the masses: the proposal favours massive galaxies, the selection corrects for it
    log_mass = rng["mass"].uniform(7.8, 11.6, size)
    redshift = distances.redshift_at_volume(rng["redshift"].uniform(size=size))
    sfr_offset = scaling.main_sequence_scatter(log_mass) * rng["star_formation"].standard_normal(size)
    size_offset = rng["size"].normal(0.0, 0.105, size)
    dust = face_on_dust_v_mag(log_mass, sfr_offset) * np.exp(rng["dust"].normal(0.04, 0.47, size))
    logit = scaling.median_bulge_logit(log_mass, sfr_offset) + rng["bulge"].normal(0.0, 0.65, size)
    scatter = rng["colour"].normal(0.0, 1.0, (2, size))
    disc_colour = np.clip(colours.disc_colour(log_mass, sfr_offset) + 0.10 * scatter[0], 0.1, 0.75)
    log_sfr = scaling.main_sequence_log_sfr(log_mass) + sfr_offset
    disc_scale_kpc = scaling.disc_scale_kpc(log_mass) * 10**size_offset
    disc_scale_arcsec = disc_scale_kpc / distances.kpc_per_arcsec(redshift)
    expected = metallicity.expected_metallicity(log_mass, log_sfr, size_offset, disc_scale_arcsec)
    return {
        "log_mass_msun": log_mass,
        "log_sfr_msun_yr": log_sfr,
        "redshift": redshift,
        "metallicity_expected_dex": expected,
        "bulge_fraction": np.clip(expit(logit), 0.0, 0.75),
        "disc_colour_mag": disc_colour,
        "bulge_colour_mag": np.maximum(colours.bulge_colour(log_mass) + 0.05 * scatter[1], disc_colour + 0.03),
        "disc_scale_kpc": disc_scale_kpc,
        "disc_scale_arcsec": disc_scale_arcsec,
        "size_offset_dex": size_offset,
        "h_alpha_angstrom": h_alpha_width_angstrom(log_sfr - log_mass),
        "dust_v_mag": dust,
        "inclination_deg": np.degrees(np.arccos(rng["orientation"].uniform(size=size))),
        "position_angle_deg": rng["orientation"].uniform(0.0, 180.0, size),
    }


def is_selected(causes: Mapping[str, NDArray], rng: Generator) -> NDArray:
    """Select the candidates that a spectroscopic sample of star-forming galaxies with measured lines would hold.

    Parameters
    ----------
    causes : mapping of str to ndarray of shape (n,)
        From `draw_candidates`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> from collections import defaultdict
    >>> causes = draw_candidates(1000, defaultdict(lambda: np.random.default_rng(1)))
    >>> selected = is_selected(causes, np.random.default_rng(2))
    >>> bool(selected.mean() < 0.1)
    True
    """
    log_mass = causes["log_mass_msun"]
    draw = rng.uniform(size=len(log_mass))
    # masses were drawn uniformly; the cap below 10^8.6 hardly matters, because so few of those galaxies are bright
    # enough
    number = scaling.star_forming_mass_function(log_mass) / scaling.star_forming_mass_function(8.6)
    # active nuclei are excluded from the sample, and massive galaxies with them: Kauffmann et al. (2003), MNRAS 346,
    # 1055
    not_active = expit((11.05 - log_mass) / 0.22)
    # weak lines drop out: in dusty galaxies, more so edge on
    dust = causes["dust_v_mag"] + inclination_dust_v_mag(log_mass, causes["inclination_deg"])
    lines = expit((1.1 - dust) / 0.25)
    # galaxies that the seeing leaves unresolved were classified as stars: Strauss et al. (2002)
    probability = np.minimum(number, 1.0) * not_active * lines * (causes["disc_scale_arcsec"] > SMALLEST_SCALE_ARCSEC)

    # magnitudes take longest, so they are computed for the remaining candidates only
    selected = draw < probability
    remaining = {name: values[selected] for name, values in causes.items()}
    r_mag = magnitudes(remaining)[:, 1]
    surface_brightness = r_mag + 2.5 * np.log10(2 * np.pi * (1.5 * remaining["disc_scale_arcsec"]) ** 2)
    # seen inclined, the same light covers less sky
    surface_brightness += 2.6 * np.log10(np.maximum(np.cos(np.radians(remaining["inclination_deg"])), 0.15))
    bright_enough = expit((SURFACE_BRIGHTNESS_LIMIT - surface_brightness) / 0.2)
    # lines are faint if few stars form or the galaxy is far: Tremonti et al. (2004) require a signal above noise
    log_line = np.log10(remaining["h_alpha_angstrom"]) - 0.4 * (r_mag - FAINT_LIMIT_MAG)
    measured = expit((log_line - LINE_LIMIT_LOG_ANGSTROM) / 0.1)
    in_magnitude_range = (r_mag < FAINT_LIMIT_MAG) & (r_mag > BRIGHT_LIMIT_MAG)
    selected[selected] = in_magnitude_range & (draw[selected] < probability[selected] * (bright_enough * measured))
    return selected

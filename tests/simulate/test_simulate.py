"""Mock galaxies: relations against known values, causes that act one at a time, the same folder every time."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import galsim
import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.cosmology import FlatLambdaCDM
from PIL import Image

from galviz.simulate import (
    LABEL_SCATTER_DEX,
    draw_causes,
    draw_light,
    expose,
    relations,
    render,
    render_jpeg,
    stretch,
    write_survey,
)
from galviz.simulate.components import PARTS
from galviz.simulate.photometry import component_fluxes, magnitudes
from galviz.simulate.profiles import SCALE_TO_HALF_LIGHT, growth, petrosian_radii
from galviz.simulate.stamp import make_stamp
from galviz.survey.catalogue import SIMULATION_NAME
from galviz.survey.survey import SurveyError, load_survey

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def causes():
    return draw_causes(3000, seed=4)


@pytest.fixture(scope="module")
def spiral(causes):
    """A face-on galaxy with arms, bar, clumps and dust, not at the edge of anything."""
    chosen = causes[
        (causes["arm_number"] == 2)
        & (causes["arm_strength"] > 0.4)
        & (causes["bar_strength"] > 0)
        & (causes["inclination_deg"] < 40)
        & (causes["star_count"] > 0)
        & (causes["neighbour_count"] > 0)
        & (causes["disc_scale_arcsec"].between(1.2, 2.5))
        & (causes["merger"] == 0)
    ]
    return chosen.iloc[0]


# --- relations --------------------------------------------------------------------------------------------------------


def test_published_values():
    assert relations.mass_metallicity(10.0) == pytest.approx(8.952, abs=1e-3)  # Tremonti et al. 2004, equation 3
    assert relations.main_sequence_log_sfr(10.0) == pytest.approx(-0.04, abs=1e-6)  # Renzini & Peng 2015
    assert relations.log_mass_to_light(0.5) == pytest.approx(0.0925, abs=1e-4)  # Bell et al. 2003 less 0.15
    # Mannucci et al. 2010, equation 2, worked by hand at m = 0: s = 0.96 against -0.04
    by_hand = (-0.14 * 0.96 - 0.054 * 0.96**2) - (-0.14 * -0.04 - 0.054 * 0.04**2)
    assert relations.star_formation_metallicity_offset(10.0, 0.96) == pytest.approx(by_hand, abs=1e-9)
    # Shen et al. 2003: half-light radius of 10^10 solar masses, by hand; 1.27 times that along the major axis
    radius = 1.27 * 0.1 * 1e10**0.14 * (1 + 1 / 3.98) ** 0.25
    assert relations.disc_scale_kpc(10.0) * SCALE_TO_HALF_LIGHT == pytest.approx(radius, rel=1e-6)


def test_more_star_formation_or_size_means_less_metal():
    assert relations.star_formation_metallicity_offset(10.0, [-0.5, 0.0, 0.5])[::2] == pytest.approx(
        [0.06, -0.09], abs=0.02
    )
    assert relations.size_metallicity_offset(10.0, 0.2) < 0 < relations.size_metallicity_offset(10.0, -0.2)
    assert relations.size_metallicity_offset(9.0, -0.2) > relations.size_metallicity_offset(10.5, -0.2)


def test_a_fibre_sees_the_rich_middle_of_a_galaxy_large_on_the_sky():
    """Against the integral over the disc's light, and its limits: the very centre, and the whole disc."""
    for scale in (0.7, 2.0, 9.0):
        radius = np.linspace(0, relations.FIBRE_RADIUS_ARCSEC, 20_001)
        light = radius * np.exp(-radius / scale)
        mean = np.trapezoid(radius * light, radius) / np.trapezoid(light, radius) / (SCALE_TO_HALF_LIGHT * scale)
        assert relations.fibre_metallicity_offset(scale) == pytest.approx(-0.2 * (mean - 0.3), abs=1e-6)
    assert relations.fibre_metallicity_offset(1e3) == pytest.approx(0.06, abs=1e-3)
    assert relations.fibre_metallicity_offset(0.05) == pytest.approx(-0.2 * (2 / SCALE_TO_HALF_LIGHT - 0.3), abs=1e-6)


def test_distances_are_those_of_astropy():
    cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
    z = np.array([0.021, 0.0637, 0.149])
    assert relations.distance_modulus(z) == pytest.approx(cosmology.distmod(z).value, abs=1e-3)
    arcsec = (1 / cosmology.arcsec_per_kpc_proper(z)).to(units.kpc / units.arcsec).value
    assert relations.kpc_per_arcsec(z) == pytest.approx(arcsec, rel=1e-4)
    assert relations.redshift_at_volume([0.0, 1.0]) == pytest.approx([0.02, 0.15])
    half = relations.redshift_at_volume(0.5)
    shell = cosmology.comoving_volume([0.02, half, 0.15]).value
    assert shell[1] - shell[0] == pytest.approx(shell[2] - shell[1], rel=1e-3)


def test_a_line_brightens_the_band_that_it_falls_into():
    near, far = relations.line_brightening(100.0, 9.0, 0.03), relations.line_brightening(100.0, 9.0, 0.10)
    assert near[1] > 1.1 > near[2]  # H-alpha at 6790 angstrom: r
    assert far[2] > 1.1 > far[1]  # at 7250 angstrom: i
    poor, rich = relations.line_brightening(100.0, 8.4, 0.03), relations.line_brightening(100.0, 9.1, 0.03)
    assert poor[0] - 1 > 3 * (rich[0] - 1)  # [O III] in g: strong in metal-poor gas
    assert relations.line_brightening(0.0, 9.0, 0.05) == pytest.approx(np.ones(3))


ONE_DISC = {"disc_n": np.ones(1), "bulge_fraction": np.zeros(1), "bulge_n": np.ones(1), "bulge_radius": np.ones(1)}

# --- profiles ---------------------------------------------------------------------------------------------------------


def test_growth_of_a_face_on_exponential_disc_is_the_analytic_one():
    radius = np.array([0.3, 1.0, 1.678, 5.0])
    found = growth(radius, axis_ratio=np.ones(1), **ONE_DISC)[0]
    assert found == pytest.approx(1 - (1 + radius) * np.exp(-radius), abs=2e-3)


def test_growth_of_an_inclined_disc_against_brute_force():
    y, x = (np.mgrid[-600:601, -600:601]) * 0.02
    light = np.exp(-np.hypot(x, y / 0.4))
    inside = np.array([light[np.hypot(x, y) < radius].sum() for radius in (0.5, 1.0, 2.0)]) / light.sum()
    found = growth(np.array([0.5, 1.0, 2.0]), axis_ratio=np.full(1, 0.4), **ONE_DISC)[0]
    assert found == pytest.approx(inside, abs=5e-3)


def test_petrosian_radii_of_an_exponential_disc():
    r50, r90 = petrosian_radii(axis_ratio=np.ones(1), **ONE_DISC)
    # Graham et al. 2005, AJ 130, 1535, table 1: R90 / R50 of n = 1 is 2.34; the flux is that within twice 2.16 R50
    assert r50[0] == pytest.approx(SCALE_TO_HALF_LIGHT, rel=0.02)
    assert r90[0] / r50[0] == pytest.approx(2.3, abs=0.07)


# --- causes -----------------------------------------------------------------------------------------------------------


def test_a_shorter_catalogue_is_the_beginning_of_a_longer_one(causes):
    pd.testing.assert_frame_equal(draw_causes(50, seed=4), causes.iloc[:50])
    pd.testing.assert_frame_equal(draw_causes(700, seed=4), causes.iloc[:700])


def test_ids_are_strings_of_19_digits_outside_sdss_and_never_shared(causes):
    assert causes.index.is_unique
    assert {len(object_id) for object_id in causes.index} == {19}
    numbers = [int(object_id) for object_id in causes.index]
    assert max(numbers) < 2**63
    # bits 59 to 62 of an SDSS id hold the version of its sky: 1 or 2 (SkyServer, "Object IDs")
    assert {number >> 59 for number in numbers} == {15}
    assert not set(causes.index) & set(draw_causes(3000, seed=5).index)


def test_seeds_differ_and_numpy_s_global_state_does_not_matter(causes):
    np.random.seed(1)  # noqa: NPY002 - the global state is what must not matter
    again = draw_causes(20, seed=4)
    pd.testing.assert_frame_equal(again, causes.iloc[:20])
    assert not np.allclose(draw_causes(20, seed=5)["log_mass_msun"], again["log_mass_msun"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0, "seed": 1}, "n must be between 1 and 10,000,000 galaxies, not 0"),
        ({"n": 10_000_001, "seed": 1}, "n must be between 1 and 10,000,000"),
        ({"n": 5, "seed": -1}, "seed must be between 0 and 199,999,999"),
        ({"n": 5, "seed": 200_000_000}, "seed must be between 0 and 199,999,999"),
        ({"n": 5, "seed": 1, "variety": -0.1}, "variety must be between 0 and 5.0, not -0.1"),
        ({"n": 5, "seed": 1, "variety": float("inf")}, "variety must be between 0 and 5.0, not inf"),
        ({"n": 5, "seed": 1, "variety": float("nan")}, "variety must be between 0 and 5.0, not nan"),
    ],
)
def test_bad_arguments_of_draw_causes(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_causes(**arguments)


def test_the_label_is_what_the_relations_expect_and_a_scatter_of_its_own(causes):
    scatter = causes["metallicity_scatter_dex"]
    assert causes["oh_p50"].to_numpy() == pytest.approx(
        (causes["metallicity_expected_dex"] + scatter).to_numpy(), abs=3e-5
    )
    assert scatter.std() == pytest.approx(LABEL_SCATTER_DEX, rel=0.05)
    assert abs(scatter.mean()) < 4 * LABEL_SCATTER_DEX / np.sqrt(len(causes))
    others = causes.drop(
        columns=["oh_p50", "metallicity_scatter_dex", "pixel_scale_arcsec", "tile_jpeg_quality", "cutout_jpeg_quality"]
    )
    # of some 50 independent correlations the largest of pure chance is about 3.5 standard errors
    assert others.corrwith(scatter).abs().max() < 4.2 / np.sqrt(len(causes))


def test_what_is_expected_can_be_computed_from_the_other_causes(causes):
    mass, sfr = causes["log_mass_msun"], causes["log_sfr_msun_yr"]
    expected = (
        relations.mass_metallicity(mass)
        + relations.star_formation_metallicity_offset(mass, sfr)
        + relations.size_metallicity_offset(mass, causes["size_offset_dex"])
        + relations.fibre_metallicity_offset(causes["disc_scale_arcsec"])
        + relations.structure_metallicity_offset(causes["merger"], causes["bar_strength"] > 0)
    )
    assert causes["metallicity_expected_dex"].to_numpy() == pytest.approx(np.asarray(expected), abs=1e-4)


def test_the_scatter_leaves_no_trace_in_the_image(causes):
    galaxy = causes.iloc[7]
    other = galaxy.copy()
    other["oh_p50"], other["metallicity_scatter_dex"] = 8.2, -0.5
    assert render_jpeg(galaxy, "fixed") == render_jpeg(other, "fixed")


def test_the_sample_is_that_of_the_spectroscopic_survey(causes):
    assert causes["redshift"].between(0.02, 0.15).all()
    assert causes["mag_r"].max() < 17.78  # what is drawn after the selection moves it a little
    assert causes["oh_p50"].mean() == pytest.approx(8.90, abs=0.06)
    assert causes["oh_p50"].std() == pytest.approx(0.20, abs=0.04)
    assert causes["log_mass_msun"].corr(causes["redshift"]) > 0.5  # Malmquist: far ones are seen if massive
    assert causes["log_mass_msun"].corr(causes["bulge_fraction"]) > 0.2
    assert causes["log_mass_msun"].corr(causes["irregularity"]) < 0
    massive = causes[causes["log_mass_msun"] > 10.5]
    edge_on = causes["inclination_deg"] > 75
    assert edge_on[massive.index].mean() < edge_on.mean()  # dusty edge-on galaxies drop out


def test_magnitudes_in_the_catalogue_are_those_of_the_light(causes):
    assert causes[["mag_g", "mag_r", "mag_i"]].to_numpy() == pytest.approx(magnitudes(causes), abs=2e-5)


def test_variety_changes_the_telescope_and_nothing_else():
    plain, varied = draw_causes(400, seed=8), draw_causes(400, seed=8, variety=3.0)
    telescope = [
        name
        for name in plain
        if name.startswith(("seeing", "sky_", "band_", "stretch_", "noise_", "pixel_", "tile_", "cutout_"))
    ]
    pd.testing.assert_frame_equal(plain.drop(columns=telescope), varied.drop(columns=telescope))
    for name in ("seeing_arcsec", "stretch_factor", "band_scale_g", "sky_noise_r_nmgy"):
        assert np.log(varied[name]).std() == pytest.approx(3 * np.log(plain[name]).std(), rel=1e-3)
    for name in ("pixel_scale_arcsec", "tile_jpeg_quality", "cutout_jpeg_quality"):
        assert plain[name].nunique() == 1 < varied[name].nunique()
    still = draw_causes(400, seed=8, variety=0.0)
    assert (still[telescope] == still[telescope].iloc[0]).all().all()
    pd.testing.assert_frame_equal(plain.drop(columns=telescope), still.drop(columns=telescope))


# --- light ------------------------------------------------------------------------------------------------------------


def test_a_stamp_conserves_light_and_puts_it_in_its_place():
    stamp = make_stamp(
        96, pixel_arcsec=0.396, seeing_arcsec=1.2, position_angle_deg=30, disc_scale_arcsec=1.5, centre=(40.3, 51.8)
    )
    drawn = stamp.draw(galsim.Exponential(scale_radius=1.5).shear(q=0.5, beta=0 * galsim.degrees))
    spot = np.exp(-(stamp.along**2 + stamp.across**2) / 2)
    convolved = stamp.convolve(spot / spot.sum())
    row, column = np.mgrid[:96, :96]
    for image in (drawn, convolved):
        assert image.sum() == pytest.approx(1, abs=2e-3)
        assert (image * column).sum() / image.sum() == pytest.approx(40.3, abs=0.05)
        assert (image * row).sum() / image.sum() == pytest.approx(51.8, abs=0.05)


def test_a_stamp_draws_what_galsim_draws():
    profile = galsim.Sersic(n=2.0, half_light_radius=1.4).shear(q=0.6, beta=0 * galsim.degrees)
    stamp = make_stamp(
        128, pixel_arcsec=0.396, seeing_arcsec=1.2, position_angle_deg=20, disc_scale_arcsec=2.0, centre=(63.5, 63.5)
    )
    narrow = galsim.Gaussian(fwhm=1.2, flux=0.9) + galsim.Gaussian(fwhm=1.2 * 2.4, flux=0.1)
    expected = galsim.Convolve(profile.rotate(70 * galsim.degrees), narrow).drawImage(nx=128, ny=128, scale=0.396).array
    assert stamp.draw(profile) == pytest.approx(expected, abs=2e-3 * float(expected.max()))


def test_position_angle_turns_from_up_to_the_left():
    def direction(angle_deg):
        stamp = make_stamp(
            64,
            pixel_arcsec=0.4,
            seeing_arcsec=1.0,
            position_angle_deg=angle_deg,
            disc_scale_arcsec=2,
            centre=(31.5, 31.5),
        )
        image = stamp.draw(galsim.Exponential(scale_radius=2).shear(q=0.3, beta=0 * galsim.degrees))
        row, column = np.mgrid[:64, :64] - 31.5
        return (image * row * column).sum(), (image * (row**2 - column**2)).sum()

    assert direction(0)[1] > 0 > direction(90)[1]  # upright, lying
    assert direction(45)[0] > 0 > direction(135)[0]  # up is row 0: from the upper left to the lower right, and back


def test_the_light_drawn_is_the_light_of_the_magnitudes(causes):
    galaxy = causes[(causes["disc_scale_arcsec"] < 1.6) & (causes["inclination_deg"] < 60)].iloc[3]
    light = draw_light(galaxy, "fixed")
    flux = component_fluxes(galaxy)
    for part in ("disc", "bulge"):
        assert light[part].sum(axis=(1, 2)) == pytest.approx(flux[part], rel=0.03)


def test_arms_and_patches_only_move_light(spiral):
    light = draw_light(spiral, "fixed")
    disc = light["disc"].sum()
    for part in ("arms", "irregular"):
        assert abs(light[part].sum()) < 0.12 * disc
        assert np.abs(light[part]).sum() > 0.02 * disc
    assert (light["dust lane"] <= 0).all()


@pytest.mark.parametrize("framing", ["fixed", "petrosian"])
@pytest.mark.parametrize("part", [*PARTS, "neighbours", "stars"])
def test_taking_a_part_away_leaves_the_others_bit_for_bit(spiral, part, framing):
    galaxy = spiral.copy()
    if part == "companion":
        galaxy["merger"], galaxy["companion_flux_ratio"] = 1, 0.4
        galaxy["companion_distance_scales"], galaxy["tidal_tail_strength"] = 2.5, 0.1
    whole, without = draw_light(galaxy, framing), draw_light(galaxy, framing, without=(part,))
    assert part in whole
    assert set(whole) - set(without) == {part}
    # a dust lane dims the disc and the bulge behind it, so it goes with them
    depends = {"dust lane"} if part in ("disc", "bulge") else set()
    for name in set(without) - depends:
        assert np.array_equal(whole[name], without[name]), name


def test_without_arms_the_image_is_the_same_where_no_arm_was(spiral):
    smooth = spiral.copy()
    smooth["arm_number"], smooth["arm_strength"] = 0, 0.0
    before, after = (np.asarray(render(galaxy, jpeg=False)) for galaxy in (spiral, smooth))
    light = draw_light(spiral, "fixed")
    touched = np.abs(light["arms"]).max(axis=0) + np.abs(light["arm knots"]).max(axis=0) > 0
    # the bands are shifted against each other by less than a pixel
    touched = np.pad(touched, 1)
    touched = sum(np.roll(touched, shift, axis) for axis in (0, 1) for shift in (-1, 0, 1))[2:-2, 2:-2] > 0
    assert before.shape == after.shape == (160, 160, 3)
    assert np.array_equal(before[~touched], after[~touched])
    assert (before != after).any(axis=-1).sum() > 150
    assert (~touched).mean() > 0.3


def test_noise_has_numbers_of_its_own(spiral):
    redder = spiral.copy()
    redder["dust_v_mag"] = spiral["dust_v_mag"] + 0.5
    noise = []
    for galaxy in (spiral, redder):
        light = draw_light(galaxy, "fixed")
        clean = galaxy.copy()
        for band in "gri":
            clean[f"sky_noise_{band}_nmgy"] = 0.0
        noise.append(expose(galaxy, light) - expose(clean, light))
    corner = (slice(None), slice(0, 20), slice(0, 20))
    assert noise[0][corner] == pytest.approx(noise[1][corner], abs=1e-6)
    assert noise[0][corner].std(axis=(1, 2)) == pytest.approx(
        [spiral[f"sky_noise_{band}_nmgy"] for band in "gri"], rel=0.25
    )


@pytest.mark.parametrize(
    ("cause", "change", "what"),
    [
        ("dust_v_mag", +0.6, lambda before, after: after[2].sum() / after[0].sum() > before[2].sum() / before[0].sum()),
        ("dust_v_mag", +0.6, lambda before, after: after.sum() < 0.8 * before.sum()),
        ("log_mass_msun", +0.3, lambda before, after: 1.7 < after.sum() / before.sum() < 2.3),
        ("seeing_arcsec", +0.8, lambda before, after: after.max() < before.max()),
        (
            "disc_colour_mag",
            +0.2,
            lambda before, after: after[1].sum() / after[0].sum() > before[1].sum() / before[0].sum(),
        ),
        ("inclination_deg", +35, lambda before, after: _axis_ratio(after[1]) < 0.8 * _axis_ratio(before[1])),
    ],
)
def test_one_cause_changed_does_what_it_should(spiral, cause, change, what):
    changed = spiral.copy()
    changed[cause] += change
    bare = ("neighbours", "stars", "arms", "arm knots", "irregular", "clumps")
    before, after = (sum(draw_light(galaxy, without=bare).values()) for galaxy in (spiral, changed))
    assert what(before.astype(float), after.astype(float))


def _axis_ratio(image):
    row, column = np.mgrid[: image.shape[0], : image.shape[1]] - (image.shape[0] - 1) / 2
    weight = np.clip(image, 0.02 * image.max(), None) - 0.02 * image.max()
    yy, xx, xy = ((weight * product).sum() for product in (row**2, column**2, row * column))
    mean, half = (yy + xx) / 2, np.hypot((yy - xx) / 2, xy)
    return np.sqrt((mean - half) / (mean + half))


# --- colours ----------------------------------------------------------------------------------------------------------


def test_the_stretch_is_the_asinh_of_the_sum_of_bands(spiral):
    rng = np.random.default_rng(0)
    exposure = rng.uniform(0.01, 1.0, (3, 30, 30))
    found = np.asarray(stretch(spiral, exposure.astype(np.float32)), float)
    scaled = np.stack([exposure[k] * spiral[f"band_scale_{b}"] for k, b in ((2, "i"), (1, "r"), (0, "g"))], axis=-1)
    scaled *= spiral["stretch_factor"]
    steepness, total = spiral["stretch_nonlinearity"], scaled.sum(axis=-1, keepdims=True)
    expected = 255 * scaled * np.arcsinh(steepness * total) / (steepness * total)
    expected *= np.minimum(1, 255 / expected.max(axis=-1, keepdims=True))
    assert found == pytest.approx(np.floor(expected), abs=1)


def test_image_sizes_and_modes(causes):
    for framing, side in (("fixed", 160), ("petrosian", 128)):
        image = render(causes.iloc[0], framing)
        assert (image.size, image.mode) == ((side, side), "RGB")
        assert len(render_jpeg(causes.iloc[0], framing)) < 12_000


def test_render_takes_a_row_in_any_form_and_leaves_it_alone(causes):
    row = causes.iloc[5]
    before = row.copy()
    expected = render_jpeg(row, "petrosian")
    assert render_jpeg(dict(row), "petrosian") == expected
    assert render_jpeg(causes.to_dict("records")[5], "petrosian") == expected
    pd.testing.assert_series_equal(row, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.drop("redshift"), "redshift is missing; take a row of draw_causes"),
        (lambda row: row.drop("seeing_arcsec"), "seeing_arcsec is missing"),
        (lambda row: row.drop("texture_seed"), "texture_seed is missing"),
        (lambda row: row.where(row.index != "dust_v_mag", np.nan), "dust_v_mag must be a finite number, not nan"),
        (lambda row: pd.DataFrame([row, row]), "must be one galaxy, not a table of 2"),
        (lambda row: {**row, "redshift": "0.1"}, "redshift must be a finite number, not '0.1'"),
        (lambda row: {**row, "redshift": -0.01}, "redshift must be between 0.001 and 1, not -0.01"),
        (lambda row: {**row, "bulge_fraction": 1.2}, "bulge_fraction must be between 0 and 1, not 1.2"),
        (lambda row: {**row, "seeing_arcsec": 0}, "seeing_arcsec must be between 0.05 and 20, not 0"),
        (lambda row: {**row, "inclination_deg": 95}, "inclination_deg must be between 0 and 90, not 95"),
    ],
)
def test_causes_that_can_t_be_rendered(causes, change, message):
    with pytest.raises(ValueError, match=message):
        render(change(causes.iloc[0]))


def test_an_unknown_framing_is_refused(causes, tmp_path):
    with pytest.raises(ValueError, match="framing must be one of fixed, petrosian, not 'square'"):
        render(causes.iloc[0], "square")
    with pytest.raises(ValueError, match="framing must be one of"):
        write_survey(tmp_path / "out", n=2, seed=1, framing="square")
    assert not (tmp_path / "out").exists()


def test_an_unknown_component_is_refused(causes):
    with pytest.raises(
        ValueError, match=r"without must be a tuple of components \(disc, bulge, .*stars.*\), not of arm"
    ):
        render(causes.iloc[0], without=("arm",))


def test_a_label_that_was_not_measured_is_no_obstacle(causes):
    row = causes.iloc[0].copy()
    row["oh_p50"] = np.nan
    assert render(row).size == (160, 160)


@pytest.mark.parametrize(
    ("cause", "value"),
    [("satellite_trail", 1), ("bleeding_star", 1), ("merger", 1), ("arm_number", 2), ("bar_strength", 0.15)],
)
def test_what_a_galaxy_lacks_can_be_given_to_it(causes, cause, value):
    lacking = (causes["arm_number"] == 0) & (causes["bar_strength"] == 0) & (causes["merger"] == 0)
    galaxy = causes[lacking & (causes["arm_strength"] > 0.2) & (causes["inclination_deg"] < 50)].iloc[0].copy()
    images = []
    for there in (0, value):
        galaxy[cause] = there
        images.append(np.asarray(render(galaxy, jpeg=False), float))
    assert np.abs(images[1] - images[0]).max() > 8
    assert images[1][60:100, 60:100].mean() > 0.7 * images[0][60:100, 60:100].mean()


def test_what_the_extremes_of_causes_do(causes):
    """Any galaxy of the sample renders, the far corners included: finite, neither black nor white."""
    numbers = causes.drop(columns=["texture_seed"])
    extreme = pd.unique(pd.concat([numbers.idxmax(), numbers.idxmin()]))
    for object_id in extreme:
        pixels = np.asarray(render(causes.loc[object_id], "petrosian"))
        centre = pixels[44:84, 44:84].mean()
        assert 8 < centre < 200, object_id


# --- folders ----------------------------------------------------------------------------------------------------------


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mock") / "survey"
    write_survey(folder, n=20, seed=3, framing="petrosian", workers=1)
    return folder


def test_the_folder_is_a_sound_survey_that_draws_itself_again(written):
    survey = load_survey(written)
    assert survey.label.column == "metallicity"
    pd.testing.assert_series_equal(
        survey.catalogue["metallicity"], draw_causes(20, 3)["oh_p50"], check_names=False, check_index_type=False
    )
    object_id = survey.object_ids[4]
    again = render_jpeg(survey.catalogue.loc[object_id], "petrosian")
    assert again == (written / "images" / f"{object_id}.jpg").read_bytes()


def test_the_same_folder_from_any_number_of_workers_and_any_number_of_stops(written, tmp_path):
    folder = tmp_path / "again"

    class Stop(Exception):
        pass

    def stop(done, total):
        if done >= 9:
            raise Stop

    with pytest.raises(Stop):
        write_survey(folder, n=20, seed=3, framing="petrosian", workers=1, progress=stop)
    begun = contents(folder)
    assert "master.csv" not in begun
    assert sum(name.startswith("images") for name in begun) == 9
    calls = []
    write_survey(folder, n=20, seed=3, framing="petrosian", workers=2, progress=lambda *call: calls.append(call))
    assert calls[0] == (9, 20)
    assert calls[-1] == (20, 20)
    assert contents(folder) == contents(written)
    write_survey(folder, n=20, seed=3, framing="petrosian")
    assert contents(folder) == contents(written)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_a_killed_run_goes_on_to_the_same_folder(written, tmp_path):
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "galviz", "simulate", "--n", "20", "--seed", "3", "--framing", "petrosian"]
    command += ["--out", str(folder), "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(folder.glob("images/*.jpg")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20  # its workers end by themselves
    while _group_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _group_alive(process.pid)
    with pytest.raises(SurveyError, match="its simulation was stopped: run the same simulate command again"):
        load_survey(folder)
    (folder / "images" / ".half.jpg.0123456789ab.part").write_bytes(b"half")
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert contents(folder) == contents(written)


def _group_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are Unix's")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_is_a_sentence_and_leaves_whole_files_only(written, tmp_path, workers):
    folder = tmp_path / "full"

    def limit():
        import resource  # not on Windows, where this file is still to be imported

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    command = [sys.executable, "-m", "galviz", "simulate", "--n", "20", "--seed", "3", "--framing", "petrosian"]
    command += ["--out", str(folder), "--workers", workers]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert process.returncode == 2
    sentence = "galviz: File too large (make room, then run the same again: it goes on from here): "
    assert process.stderr.startswith(f"{sentence}{folder}{os.sep}images{os.sep}90000")
    assert process.stderr.count("\n") == 1
    assert set(contents(folder)) == {SIMULATION_NAME}
    write_survey(folder, n=20, seed=3, framing="petrosian")
    assert contents(folder) == contents(written)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda folder: (folder / "notes.txt").write_text("mine"), "isn't empty and no simulation was begun there"),
        (lambda folder: (folder / "images").mkdir(), "isn't empty and no simulation was begun there"),
        (lambda folder: (folder / SIMULATION_NAME).write_text("rubbish"), "can't be read"),
        (lambda folder: (folder / SIMULATION_NAME).write_text("[1]"), "was begun with"),
    ],
)
def test_a_folder_of_something_else_is_left_alone(tmp_path, prepare, message):
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=message):
        write_survey(tmp_path, n=2, seed=1)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_image_without_its_end_is_drawn_again(written, tmp_path):
    folder = tmp_path / "power-cut"
    write_survey(folder, n=np.int64(20), seed=np.int64(3), framing="petrosian", workers=1)
    first, second, *_ = sorted((folder / "images").iterdir())
    first.write_bytes(b"")
    cut = second.read_bytes()[:500]
    second.write_bytes(cut)
    write_survey(folder, n=20, seed=3, framing="petrosian", workers=1)
    aside = second.with_name(f"{second.name}.old1")  # it may be somebody's own, and is no image of the survey
    assert aside.read_bytes() == cut
    aside.unlink()
    assert contents(folder) == contents(written)


@pytest.mark.parametrize("catalogue", [True, False])
def test_an_image_that_is_no_longer_the_one_that_was_drawn_is_drawn_again(written, tmp_path, catalogue):
    folder = tmp_path / "changed"
    shutil.copytree(written, folder)
    first, second, third, *_ = sorted((folder / "images").iterdir())
    flipped = bytearray(second.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    second.write_bytes(flipped)
    shutil.copy2(third, first)  # a whole image, of another galaxy, and no younger than it was
    if not catalogue:
        (folder / "master.csv").unlink()
    calls = []
    write_survey(folder, n=20, seed=3, framing="petrosian", progress=lambda *call: calls.append(call))
    assert calls == [(18, 20), (19, 20), (20, 20)]
    for image, content in ((first, third.read_bytes()), (second, bytes(flipped))):
        aside = image.with_name(f"{image.name}.old1")
        assert aside.read_bytes() == content
        aside.unlink()
    assert contents(folder) == contents(written)


@pytest.mark.parametrize("left", ["nothing", "half a line"])
def test_images_without_a_record_are_compared_with_what_is_drawn(written, tmp_path, left):
    folder = tmp_path / "unrecorded"
    shutil.copytree(written, folder)
    first, second, *_ = sorted((folder / "images").iterdir())
    shutil.copy2(second, first)
    record = folder / "simulation.sha256"
    record.unlink() if left == "nothing" else record.write_bytes(record.read_bytes()[:20])
    write_survey(folder, n=20, seed=3, framing="petrosian")
    first.with_name(f"{first.name}.old1").unlink()
    assert contents(folder) == contents(written)


def test_a_finished_survey_is_left_alone(written):
    def states():
        return {path: path.stat().st_mtime_ns for path in written.rglob("*")}

    before, calls = states(), []
    write_survey(written, n=20, seed=3, framing="petrosian", progress=lambda *call: calls.append(call))
    assert states() == before
    assert calls == [(20, 20)]


@pytest.mark.parametrize("change", ["a column", "a row less", "a folder", "a broken link"])
def test_a_catalogue_that_was_changed_is_never_written_over(written, tmp_path, change):
    folder = tmp_path / "changed"
    shutil.copytree(written, folder)
    catalogue = folder / "master.csv"
    rows = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    if change == "a column":
        catalogue.write_text("".join(row.replace("\n", ",mine\n") for row in rows), encoding="utf-8")
    elif change == "a row less":
        catalogue.write_text("".join(rows[:-1]), encoding="utf-8")
    else:
        catalogue.unlink()
        catalogue.mkdir() if change == "a folder" else catalogue.symlink_to("gone")
    next((folder / "images").iterdir()).unlink()
    before = contents(folder)
    with pytest.raises(ValueError, match=r"master\.csv isn't what this simulation writes.*name another folder"):
        write_survey(folder, n=20, seed=3, framing="petrosian")
    assert contents(folder) == before


def test_two_runs_at_once_don_t_disturb_each_other(written, tmp_path):
    folder = tmp_path / "two"

    def second(done, total):
        with pytest.raises(ValueError, match="another process is simulating galaxies in"):
            write_survey(folder, n=20, seed=3, framing="petrosian", workers=1)

    write_survey(folder, n=20, seed=3, framing="petrosian", workers=1, progress=second)
    assert contents(folder) == contents(written)


def test_settings_with_something_more_are_others(written, tmp_path):
    shutil.copytree(written, tmp_path / "more")
    path = tmp_path / "more" / SIMULATION_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"notes": "mine"}))
    with pytest.raises(ValueError, match="was begun with notes 'mine', not notes None"):
        write_survey(tmp_path / "more", n=20, seed=3, framing="petrosian")
    assert json.loads(path.read_text())["notes"] == "mine"


def test_light_is_never_negative(causes):
    for object_id in causes.index[180:225]:
        galaxy = causes.loc[object_id].copy()
        for band in "gri":
            galaxy[f"sky_noise_{band}_nmgy"] = galaxy[f"sky_offset_{band}_nmgy"] = 0.0
        assert expose(galaxy, draw_light(galaxy)).min() >= 0


@pytest.mark.parametrize("width_px", [0.0, 0.3, 0.84, 3.0])
def test_noise_keeps_its_level_however_it_is_smeared(spiral, width_px):
    galaxy = spiral.copy()
    galaxy["noise_correlation_px"] = width_px
    dark = {"nothing": np.zeros((3, 320, 320), np.float32)}
    level = galaxy["sky_noise_r_nmgy"]
    assert expose(galaxy, dark)[1].std() == pytest.approx(level, rel=0.06)


def test_other_settings_don_t_mix(written):
    before = contents(written)
    with pytest.raises(ValueError, match=r"was begun with n 20, seed 3, not n 21, seed 4; give the same settings"):
        write_survey(written, n=21, seed=4, framing="petrosian")
    assert contents(written) == before
    assert json.loads(before[SIMULATION_NAME])["framing"] == "petrosian"


def test_a_file_in_the_folder_s_place_and_bad_workers(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="is a file; name a folder"):
        write_survey(tmp_path / "file", n=2, seed=1)
    with pytest.raises(ValueError, match="workers must be at least 1 process, not 0"):
        write_survey(tmp_path / "out", n=2, seed=1, workers=0)
    with pytest.raises(ValueError, match="n must be between 1 and"):
        write_survey(tmp_path / "out", n=0, seed=1)
    with pytest.raises(TypeError, match="float"):
        write_survey(tmp_path / "out", n=2, seed=1, workers=2.5)
    assert not (tmp_path / "out").exists()


# --- the shipped survey -----------------------------------------------------------------------------------------------


def test_the_shipped_survey_is_what_this_code_draws():
    survey = load_survey()
    settings = json.loads((survey.folder / SIMULATION_NAME).read_text())
    assert (settings["n"], settings["framing"], settings["variety"]) == (len(survey.object_ids), "fixed", 1.0)
    causes = draw_causes(settings["n"], settings["seed"])
    drawn = causes.rename(columns={"oh_p50": "metallicity"})
    shipped = survey.catalogue
    assert list(shipped.index) == list(drawn.index)
    assert shipped[drawn.columns].to_numpy(float) == pytest.approx(drawn.to_numpy(float), abs=1e-5)
    for object_id in causes.index[[0, 250, 999, 1999]]:
        with Image.open(io.BytesIO(render_jpeg(causes.loc[object_id], "fixed"))) as image:
            difference = np.asarray(image.convert("RGB"), float) - np.asarray(survey.image(object_id), float)
        # other versions of the JPEG library round otherwise
        assert np.abs(difference).mean() < 0.5

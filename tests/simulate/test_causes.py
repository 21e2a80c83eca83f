"""The catalogue of causes: ids, seeds, the label, the selection, and what `variety` changes."""

import numpy as np
import pandas as pd
import pytest

from galviz.simulate import LABEL_SCATTER_DEX, draw_causes, metallicity, render_jpeg
from galviz.simulate.photometry import magnitudes


def test_a_shorter_catalogue_is_the_beginning_of_a_longer_one(causes):
    pd.testing.assert_frame_equal(draw_causes(50, seed=4), causes.iloc[:50])
    pd.testing.assert_frame_equal(draw_causes(700, seed=4), causes.iloc[:700])


def test_ids_are_unique_19_digit_strings_outside_sdss(causes):
    assert causes.index.is_unique
    assert {len(object_id) for object_id in causes.index} == {19}
    numbers = [int(object_id) for object_id in causes.index]
    assert max(numbers) < 2**63
    # bits 59 to 62 of an SDSS id hold the version of its sky: 1 or 2 (SkyServer, "Object IDs")
    assert {number >> 59 for number in numbers} == {15}
    assert not set(causes.index) & set(draw_causes(300, seed=5).index)


def test_only_the_seed_matters(causes):
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
def test_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_causes(**arguments)


def test_the_label_is_the_expected_metallicity_plus_an_independent_scatter(causes):
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


def test_the_expected_metallicity_follows_from_the_other_causes(causes):
    mass, sfr = causes["log_mass_msun"], causes["log_sfr_msun_yr"]
    expected = (
        metallicity.mass_metallicity(mass)
        + metallicity.star_formation_metallicity_offset(mass, sfr)
        + metallicity.size_metallicity_offset(mass, causes["size_offset_dex"])
        + metallicity.fibre_metallicity_offset(causes["disc_scale_arcsec"])
        + metallicity.structure_metallicity_offset(causes["merger"], causes["bar_strength"] > 0)
    )
    assert causes["metallicity_expected_dex"].to_numpy() == pytest.approx(np.asarray(expected), abs=1e-4)


def test_the_scatter_leaves_no_trace_in_the_image(causes):
    galaxy = causes.iloc[7]
    other = galaxy.copy()
    other["oh_p50"], other["metallicity_scatter_dex"] = 8.2, -0.5
    assert render_jpeg(galaxy, "fixed") == render_jpeg(other, "fixed")


def test_the_sample_resembles_the_spectroscopic_survey(causes):
    assert causes["redshift"].between(0.02, 0.15).all()
    assert causes["mag_r"].max() < 17.78  # what is drawn after the selection moves it a little
    assert causes["oh_p50"].mean() == pytest.approx(8.90, abs=0.06)
    assert causes["oh_p50"].std() == pytest.approx(0.20, abs=0.04)
    assert (
        causes["log_mass_msun"].corr(causes["redshift"]) > 0.5
    )  # Malmquist bias: distant galaxies are in the sample if massive
    assert causes["log_mass_msun"].corr(causes["bulge_fraction"]) > 0.2
    assert causes["log_mass_msun"].corr(causes["irregularity"]) < 0
    massive = causes[causes["log_mass_msun"] > 10.5]
    edge_on = causes["inclination_deg"] > 75
    assert edge_on[massive.index].mean() < edge_on.mean()  # dusty edge-on galaxies drop out


def test_the_catalogue_s_magnitudes_are_those_of_the_components(causes):
    assert causes[["mag_g", "mag_r", "mag_i"]].to_numpy() == pytest.approx(magnitudes(causes), abs=2e-5)


def test_variety_changes_only_what_the_telescope_adds():
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
    constant = draw_causes(400, seed=8, variety=0.0)
    assert (constant[telescope] == constant[telescope].iloc[0]).all().all()
    pd.testing.assert_frame_equal(plain.drop(columns=telescope), constant.drop(columns=telescope))

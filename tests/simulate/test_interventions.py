"""Interventions: one cause is changed, what follows from it is recomputed, and the rest of the galaxy is the same."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galviz.simulate import draw_causes, draw_light, expose, render, render_jpeg
from galviz.simulate.consequences import CONSEQUENCES
from galviz.simulate.intervention import CHANGEABLE, applies_to, intervene, is_observable, sweep_range, sweep_values
from galviz.simulate.metallicity import fibre_metallicity_offset, structure_metallicity_offset
from galviz.survey.survey import load_survey

LABEL = {"oh_p50", "metallicity_expected_dex"}


def changed_columns(galaxy, other):
    return {name for name in galaxy.index if other[name] != galaxy[name]}


def moments_axis_ratio(image):
    """Axis ratio of the light near the centre, from its second moments."""
    light = np.asarray(image, float).sum(axis=2)[40:120, 40:120]
    light = np.clip(light - np.median(light) - 25, 0, None)
    y, x = np.indices(light.shape)
    x, y = x - (light * x).sum() / light.sum(), y - (light * y).sum() / light.sum()
    moments = [[(light * a * b).sum() / light.sum() for a in (x, y)] for b in (x, y)]
    small, large = np.linalg.eigvalsh(moments)
    return np.sqrt(small / large)


@pytest.fixture(scope="module")
def alone(spiral):
    """The spiral without neighbours, stars and merger, so that its light can be measured."""
    return pd.Series({**spiral, "neighbour_count": 0, "star_count": 0})


def test_a_galaxy_s_own_values_reproduce_the_shipped_image():
    survey = load_survey(verify=False)
    for object_id in survey.object_ids[::700]:
        row = survey.catalogue.loc[object_id]
        unchanged = [intervene(row, cause, row[cause]) for cause in CHANGEABLE]
        assert all(other == row.to_dict() for other in unchanged)
        with Image.open(io.BytesIO(render_jpeg(unchanged[0]))) as image:
            difference = np.asarray(image.convert("RGB"), float) - np.asarray(survey.image(object_id), float)
        # other versions of the JPEG library round otherwise
        assert np.abs(difference).mean() < 0.5


def test_there_and_back_again(causes):
    """Deviations from the relations are kept: restoring the cause restores the galaxy, unless a limit was met."""
    galaxy = causes[(causes["arm_strength"].between(0.2, 0.5)) & causes["log_mass_msun"].between(9.8, 10.2)].iloc[3]
    for cause, step in (("log_mass_msun", 0.2), ("log_sfr_msun_yr", 0.1), ("redshift", 0.01), ("bulge_fraction", 0.05)):
        there = intervene(galaxy, cause, galaxy[cause] + step)
        back = intervene(there, cause, galaxy[cause])
        assert len(changed_columns(galaxy, there)) > 3
        # rounding, and the steps of the two Sersic indices
        numbers = [name for name in galaxy.index if not name.endswith("_sersic_n")]
        assert [back[name] for name in numbers] == pytest.approx([galaxy[name] for name in numbers], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("cause", "factor", "followers"),
    [
        ("seeing_arcsec", 1.3, set()),
        ("clumpiness", 0.5, set()),
        ("arm_strength", 0.5, set()),
        ("position_angle_deg", 0.5, set()),
        (
            "redshift",
            1.4,
            {"disc_scale_arcsec", "half_light_radius_arcsec", "half_light_radius_kpc", "petrosian_r90_arcsec", "mag_g"}
            | {"mag_r", "mag_i", *LABEL},
        ),
    ],
)
def test_only_what_follows_from_a_cause_changes(spiral, cause, factor, followers):
    other = intervene(spiral, cause, spiral[cause] * factor)
    # the light's radius in kpc hardly depends on how bright the galaxy seems
    assert changed_columns(spiral, other) - {"half_light_radius_kpc"} == {cause, *followers} - {"half_light_radius_kpc"}


def test_nothing_random_and_nothing_counted_ever_changes(spiral):
    fixed = [name for name in spiral.index if name.startswith(("sky_", "noise_", "stretch_", "band_", "companion_"))]
    fixed += ["texture_seed", "neighbour_count", "star_count", "arm_number", "merger", "metallicity_scatter_dex"]
    catalogue = draw_causes(300, seed=4)
    for cause in CHANGEABLE:
        other = intervene(spiral, cause, sweep_values(catalogue, spiral, cause)[-1])
        assert not changed_columns(spiral, other) & set(fixed)


def test_stars_and_neighbours_are_identical_bit_for_bit(spiral):
    before = draw_light(spiral)
    for cause, value in (("redshift", 0.12), ("inclination_deg", 85.0), ("log_mass_msun", 9.0)):
        after = draw_light(intervene(spiral, cause, value))
        for part in ("stars", "neighbours"):
            np.testing.assert_array_equal(after[part], before[part])
        assert np.abs(after["disc"] - before["disc"]).max() > 0


def test_the_noise_is_the_same(spiral):
    dark = {"disc": np.zeros((3, 162, 162), np.float32)}
    np.testing.assert_array_equal(expose(intervene(spiral, "redshift", 0.1), dark), expose(spiral, dark))


def test_inclination_flattens_the_image_and_leaves_the_label(alone):
    face_on, edge_on = (intervene(alone, "inclination_deg", angle) for angle in (5.0, 86.0))
    assert moments_axis_ratio(render(face_on, jpeg=False)) > 0.75
    assert moments_axis_ratio(render(edge_on, jpeg=False)) < 0.5
    assert face_on["oh_p50"] == edge_on["oh_p50"] == alone["oh_p50"]
    assert edge_on["mag_r"] > face_on["mag_r"] + 0.1  # more dust in the line of sight
    assert edge_on["dust_lane_strength"] > face_on["dust_lane_strength"]


def test_a_distant_galaxy_is_smaller_and_fainter(alone):
    near, far = (intervene(alone, "redshift", z) for z in (0.03, 0.12))
    assert far["disc_scale_kpc"] == near["disc_scale_kpc"]
    assert far["mag_r"] - near["mag_r"] == pytest.approx(5 * np.log10(4.2), abs=0.4)  # about the distances' ratio
    areas = [(np.asarray(render(row, jpeg=False), float).sum(axis=2) > 120).sum() for row in (near, far)]
    assert areas[1] < areas[0] / 4
    offset = fibre_metallicity_offset(far["disc_scale_arcsec"]) - fibre_metallicity_offset(near["disc_scale_arcsec"])
    assert far["oh_p50"] - near["oh_p50"] == pytest.approx(float(offset), abs=1e-4)


def test_a_bar_changes_the_label_by_what_the_simulator_says(spiral):
    none, weak, strong = (intervene(spiral, "bar_strength", value) for value in (0.0, 0.05, 0.15))
    offset = structure_metallicity_offset(0, True) - structure_metallicity_offset(0, False)
    assert strong["oh_p50"] - none["oh_p50"] == pytest.approx(float(offset), abs=1e-4)
    assert weak["oh_p50"] == strong["oh_p50"]


def test_the_population_that_interventions_make_is_that_of_the_simulator(causes):
    """Galaxies given the mass of others are as dusty, blue and metal-rich as those of that mass are."""
    light = causes[causes["log_mass_msun"].between(9.4, 9.6)].iloc[:60]
    moved = pd.DataFrame([intervene(row, "log_mass_msun", 10.5) for _, row in light.iterrows()])
    massive = causes[causes["log_mass_msun"].between(10.4, 10.6)]
    for name, tolerance in (
        ("oh_p50", 0.04),
        ("dust_v_mag", 0.07),
        ("disc_colour_mag", 0.06),
        ("bulge_fraction", 0.06),
    ):
        assert moved[name].median() == pytest.approx(massive[name].median(), abs=tolerance), name


def test_a_sweep_covers_the_survey_and_contains_the_own_value(causes):
    for cause in CHANGEABLE:
        for _, galaxy in causes.iloc[[2, 30]].iterrows():
            values = sweep_values(causes, galaxy, cause)
            assert len(values) == 7
            assert (np.diff(values) > 0).all()
            assert galaxy[cause] in values
            low, high = sweep_range(causes, galaxy, cause)
            assert low <= galaxy[cause] <= high
            if cause != "log_sfr_msun_yr":
                assert causes[cause].between(low, high).mean() >= 0.97


def test_which_galaxies_a_survey_would_have(spiral, causes):
    # magnitudes moved a little after the selection
    assert np.mean([is_observable(row) for _, row in causes.iloc[:200].iterrows()]) > 0.98
    assert not is_observable(intervene(spiral, "log_mass_msun", 8.4))
    assert not applies_to({**spiral, "arm_number": 0}, "arm_strength")


def test_each_consequence_comes_after_its_parents():
    columns = [consequence.column for consequence in CONSEQUENCES]
    assert len(set(columns)) == len(columns)
    for place, consequence in enumerate(CONSEQUENCES):
        assert not set(consequence.parents) & set(columns[place:])


@pytest.mark.parametrize(
    ("cause", "value", "message"),
    [
        ("mag_r", 17, "cause must be one of log_mass_msun, .*; got 'mag_r'"),
        ("texture_seed", 1, "cause must be one of"),
        ("redshift", float("nan"), "redshift must be a finite number, not nan"),
        ("inclination_deg", 95, "inclination_deg must be between 0 and 90, not 95"),
    ],
)
def test_invalid_interventions(spiral, cause, value, message):
    with pytest.raises(ValueError, match=message):
        intervene(spiral, cause, value)

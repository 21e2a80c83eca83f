"""Rendered images: sizes, invalid causes, extreme galaxies, and the shipped survey reproduced."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galviz.simulate import draw_causes, render, render_jpeg
from galviz.survey.catalogue_file import SIMULATION_NAME
from galviz.survey.survey import load_survey


def test_image_sizes_and_modes(causes):
    for framing, side in (("fixed", 160), ("petrosian", 128)):
        image = render(causes.iloc[0], framing)
        assert (image.size, image.mode) == ((side, side), "RGB")
        assert len(render_jpeg(causes.iloc[0], framing)) < 12_000


def test_a_row_may_be_a_series_or_a_dict_and_is_unchanged(causes):
    row = causes.iloc[5]
    before = row.copy()
    expected = render_jpeg(row, "petrosian")
    assert render_jpeg(dict(row), "petrosian") == expected
    assert render_jpeg(causes.to_dict("records")[5], "petrosian") == expected
    pd.testing.assert_series_equal(row, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.drop("redshift"), "redshift is missing; start from a row of draw_causes"),
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
def test_invalid_causes(causes, change, message):
    with pytest.raises(ValueError, match=message):
        render(change(causes.iloc[0]))


def test_an_unknown_framing_is_refused(causes):
    with pytest.raises(ValueError, match="framing must be one of fixed, petrosian, not 'square'"):
        render(causes.iloc[0], "square")


def test_an_unknown_component_is_refused(causes):
    with pytest.raises(
        ValueError, match=r"without must be a tuple of components \(disc, bulge, .*stars.*\), not of arm"
    ):
        render(causes.iloc[0], without=("arm",))


def test_a_galaxy_without_a_label_is_rendered(causes):
    row = causes.iloc[0].copy()
    row["oh_p50"] = np.nan
    assert render(row).size == (160, 160)


@pytest.mark.parametrize(
    ("cause", "value"),
    [("satellite_trail", 1), ("bleeding_star", 1), ("merger", 1), ("arm_number", 2), ("bar_strength", 0.15)],
)
def test_a_missing_component_can_be_added(causes, cause, value):
    lacking = (causes["arm_number"] == 0) & (causes["bar_strength"] == 0) & (causes["merger"] == 0)
    galaxy = causes[lacking & (causes["arm_strength"] > 0.2) & (causes["inclination_deg"] < 50)].iloc[0].copy()
    images = []
    for there in (0, value):
        galaxy[cause] = there
        images.append(np.asarray(render(galaxy, jpeg=False), float))
    assert np.abs(images[1] - images[0]).max() > 8
    assert images[1][60:100, 60:100].mean() > 0.7 * images[0][60:100, 60:100].mean()


def test_galaxies_with_extreme_causes_are_rendered(causes):
    """Neither black nor white."""
    numbers = causes.drop(columns=["texture_seed"])
    extreme = pd.unique(pd.concat([numbers.idxmax(), numbers.idxmin()]))
    for object_id in extreme:
        pixels = np.asarray(render(causes.loc[object_id], "petrosian"))
        centre = pixels[44:84, 44:84].mean()
        assert 8 < centre < 200, object_id


def test_the_shipped_survey_is_reproduced():
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

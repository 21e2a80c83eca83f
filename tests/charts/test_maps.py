"""Charts of shares and of maps hold the numbers they were given, and say in words what they show."""

import json

import numpy as np
import pandas as pd
import pytest

from galviz.charts import error_by_components, map_scatter, plain_map, share_curves, shares_by_chance, shares_by_size
from galviz.survey.label import Label

METALLICITY = Label("metallicity", "Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
POINTS = pd.DataFrame(
    {"x": [0.0, 4.0, 2.0], "y": [1.0, 1.5, 2.0], "true": [8.5, 9.0, 8.8], "predicted": [8.6, 8.8, 9.2]},
    index=pd.Index(["9000000000000000001", "9000000000000000002", "9000000000000000003"], name="objID"),
)
CURVES = {
    "these": pd.DataFrame({"share": [0.6, 0.8], "low": [0.5, 0.7], "high": [0.7, 0.9]}),
    "left out": pd.DataFrame({"share": [0.55], "low": [0.5], "high": [0.6]}),
    "alone": pd.DataFrame({"share": [0.9, 0.95]}),
}


def rows(spec):
    return max((pd.DataFrame(each) for each in spec["datasets"].values()), key=len)


def test_share_curves_hold_each_account():
    spec = share_curves(CURVES).to_dict()
    table = rows(spec)
    assert table["by"].tolist() == ["these", "these", "left out", "alone", "alone"]
    assert table["components"].tolist() == [1, 2, 1, 1, 2]
    assert table["share"].tolist() == [0.6, 0.8, 0.55, 0.9, 0.95]
    assert table["low"].isna().tolist() == [False, False, False, True, True]
    assert "these: 60.0%, 80.0%; left out: 55.0%; alone: 90.0%, 95.0%" in spec["description"]
    (points,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    # told apart without colour too
    assert points["encoding"]["shape"]["scale"]["domain"] == list(CURVES)
    assert len(set(points["encoding"]["shape"]["scale"]["range"])) == len(CURVES)


def test_shares_by_size_has_a_band_a_line_and_the_level_of_all():
    table = pd.DataFrame(
        {"size": [10, 100], "components": 1, "median": [0.7, 0.65], "low": [0.5, 0.6], "high": [0.9, 0.7], "all": 0.64}
    )
    spec = shares_by_size(table).to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["area", "line", "line", "point"]
    assert rows(spec)["median"].tolist() == [0.7, 0.65]
    assert "At 10, 1 component: 50% to 90%, of all 64.0%." in spec["description"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"


def test_shares_by_chance_says_how_many_lie_above():
    spec = shares_by_chance([0.6, 0.2, 0.05], [0.3, 0.15, 0.1]).to_dict()
    assert rows(spec)["share"].tolist() == [0.6, 0.2, 0.05, 0.3, 0.15, 0.1]
    assert spec["description"] == "Of the first 3 components 2 lie above chance."


def test_error_by_components_has_bars_of_one_standard_error_and_the_error_without():
    spec = error_by_components([0.2, 0.1], [0.02, 0.01], 0.3, title="dust", unit="mag").to_dict()
    table = rows(spec)
    assert table["low"].to_numpy() == pytest.approx([0.18, 0.09])
    assert table["high"].to_numpy() == pytest.approx([0.22, 0.11])
    assert spec["description"] == "dust, error [mag], from 1 to 2 components: 0.2, 0.1; without any, 0.3."
    # the theme's black is lost on a dark page
    assert all(layer["mark"].get("color") for layer in spec["layer"] if layer["mark"]["type"] == "rule")


def test_both_axes_of_a_map_have_one_range_and_no_ticks():
    spec = map_scatter(POINTS, METALLICITY, title="t-SNE").to_dict()
    spans = [spec["encoding"][axis]["scale"]["domain"] for axis in ("x", "y")]
    assert np.ptp(spans[0]) == pytest.approx(np.ptp(spans[1]))
    assert spans[0][0] < 0 < 4 < spans[0][1]
    assert np.mean(spans[1]) == pytest.approx(1.5)
    assert spec["encoding"]["x"]["axis"] is None
    assert rows(spec)["objID"].tolist() == POINTS.index.tolist()
    assert (spec["encoding"]["fill"]["field"], spec["encoding"]["stroke"]["field"]) == ("predicted", "true")
    assert spec["title"]["text"] == "t-SNE"
    assert "t-SNE: 3 galaxies, coloured by" in spec["description"]


def test_a_map_is_coloured_by_a_column():
    colour = pd.Series([10.0, 60.0, 35.5], index=POINTS.index)
    spec = map_scatter(POINTS, METALLICITY, title="UMAP", colour=colour, colour_title="inclination").to_dict()
    assert rows(spec)["colour"].tolist() == [10.0, 60.0, 35.5]
    assert spec["description"] == "UMAP: 3 galaxies, coloured by inclination."


def test_a_map_whose_galaxies_coincide_is_drawn():
    spec = map_scatter(POINTS.assign(x=1.0, y=2.0), METALLICITY, title="t-SNE").to_dict()
    assert np.ptp(spec["encoding"]["x"]["scale"]["domain"]) > 0


def test_a_plain_map_of_a_survey_is_small():
    places = np.random.default_rng(0).normal(size=(2000, 2))
    spec = plain_map(places, title="noise").to_dict()
    assert rows(spec)[["x", "y"]].to_numpy() == pytest.approx(places, abs=6e-4)
    assert len(json.dumps(spec)) < 100_000
    assert spec["description"] == "noise: 2,000 points."

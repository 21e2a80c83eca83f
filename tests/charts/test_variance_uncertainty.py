"""Charts of the uncertainty of explained variance, and of errors by the number of components."""

import pandas as pd
import pytest

from galviz.charts import (
    error_by_components_chart,
    parallel_analysis_chart,
    variance_by_sample_size_chart,
    variance_estimates_chart,
)

ESTIMATES = {
    "these": pd.DataFrame({"share": [0.6, 0.8], "low": [0.5, 0.7], "high": [0.7, 0.9]}),
    "left out": pd.DataFrame({"share": [0.55], "low": [0.5], "high": [0.6]}),
    "alone": pd.DataFrame({"share": [0.9, 0.95]}),
}


def rows(spec):
    return max(map(pd.DataFrame, spec["datasets"].values()), key=len)


def test_every_estimate_is_drawn():
    spec = variance_estimates_chart(ESTIMATES).to_dict()
    table = rows(spec)
    assert table["estimate"].tolist() == ["these", "these", "left out", "alone", "alone"]
    assert table["components"].tolist() == [1, 2, 1, 1, 2]
    assert table["share"].tolist() == [0.6, 0.8, 0.55, 0.9, 0.95]
    assert table["low"].isna().tolist() == [False, False, False, True, True]
    (points,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    # told apart without colour too
    assert points["encoding"]["shape"]["scale"]["domain"] == list(ESTIMATES)
    assert len(set(points["encoding"]["shape"]["scale"]["range"])) == len(ESTIMATES)


def test_each_number_of_components_has_a_band_and_a_line():
    table = pd.DataFrame(
        {"size": [10, 100], "components": 1, "median": [0.7, 0.65], "low": [0.5, 0.6], "high": [0.9, 0.7], "all": 0.64}
    )
    spec = variance_by_sample_size_chart(table).to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["area", "line", "line", "point"]
    assert rows(spec)["median"].tolist() == [0.7, 0.65]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"


def test_parallel_analysis_has_both_series():
    spec = parallel_analysis_chart([0.6, 0.2, 0.05], [0.3, 0.15, 0.1]).to_dict()
    assert rows(spec)["share"].tolist() == [0.6, 0.2, 0.05, 0.3, 0.15, 0.1]


def test_error_bars_are_one_standard_error():
    spec = error_by_components_chart([0.2, 0.1], [0.02, 0.01], 0.3, title="dust", unit="mag").to_dict()
    table = rows(spec)
    assert table["low"].to_numpy() == pytest.approx([0.18, 0.09])
    assert table["high"].to_numpy() == pytest.approx([0.22, 0.11])
    # the theme's black is lost on a dark page
    assert all(layer["mark"].get("color") for layer in spec["layer"] if layer["mark"]["type"] == "rule")

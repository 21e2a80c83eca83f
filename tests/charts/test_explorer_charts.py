"""Colours of the explorer's map, their legend, and the charts of a selection."""

import altair as alt
import numpy as np
import pandas as pd
import pytest

from galviz.analysis.groups import compare_groups
from galviz.charts.colour import CATEGORICAL
from galviz.charts.colour_legend import colour_legend
from galviz.charts.group_differences import difference_chart
from galviz.charts.histograms import selection_histogram
from galviz.charts.map_figure import map_figure
from galviz.charts.point_colours import (
    GREY,
    MISSING,
    SCHEMES,
    colour_categories,
    colour_numbers,
    colour_residuals,
    scheme_colours,
)


def hexadecimal(colours):
    """The colour of each point, such as #2f5fb3."""
    return [f"#{bytes(row).hex()}" for row in colours.rgb]


def layer_tables(chart):
    spec = chart.to_dict()
    return [pd.DataFrame(spec["datasets"][layer["data"]["name"]]) for layer in spec.get("layer", [spec])]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_numbers_have_the_colours_of_the_scheme_between_its_anchors(scheme):
    anchors = scheme_colours(scheme)
    colours = colour_numbers(np.linspace(2, 4, len(anchors)), (2, 4), scheme=scheme)
    np.testing.assert_array_equal(colours.rgb, anchors)
    middle = colour_numbers(np.array([2 + 1 / (len(anchors) - 1)]), (2, 4), scheme=scheme).rgb[0]
    np.testing.assert_allclose(middle, anchors[:2].mean(axis=0), atol=0.51)


def test_values_beyond_the_ends_are_clipped_and_missing_ones_grey():
    colours = colour_numbers(np.array([-1e9, 1e9, np.nan, np.inf]), (0, 1))
    ends = scheme_colours("viridis")[[0, -1]]
    np.testing.assert_array_equal(colours.rgb[:2], ends)
    assert (colours.rgb[2:] == MISSING).all()
    assert colours.n_missing == 2


def test_the_range_is_robust_and_defined_for_any_column():
    values = np.r_[np.linspace(0, 1, 1000), -9999.0, 1e12]
    low, high = colour_numbers(values).domain
    assert -0.1 < low < high < 1.1
    for column in ([3.0, 3.0], [np.nan], []):
        low, high = colour_numbers(np.array(column)).domain
        assert high > low


def test_residuals_are_centred_on_zero():
    colours = colour_residuals(np.array([-0.5, 0, 0.1, np.nan]))
    assert colours.domain[0] == -colours.domain[1]
    np.testing.assert_array_equal(colours.rgb[1], scheme_colours("diverging")[4])
    assert colour_residuals(np.zeros(3)).domain == (-1.0, 1.0)


def test_frequent_categories_have_colours_of_their_own():
    values = pd.Series([letter for number, letter in enumerate("abcdefghij") for _ in range(20 - number)] + [None])
    colours = colour_categories(values)
    assert list(colours.categories) == list("abcdefgh")
    assert list(colours.categories.values()) == list(CATEGORICAL)
    assert len({tuple(row) for row in colours.rgb[values.isin(list("abcdefgh"))]}) == 8
    assert (colours.rgb[values.isin(["i", "j"]) | values.isna()] == MISSING).all()


def test_a_legend_counts_every_value():
    values = pd.Series(np.r_[np.random.default_rng(0).normal(size=500), np.nan, 50, -50])
    colours = colour_numbers(values.to_numpy())
    (table,) = layer_tables(colour_legend(values, colours, "x"))
    assert table["galaxies"].sum() == 502
    assert table["low"].iloc[0] == pytest.approx(colours.domain[0])
    kinds = pd.Series(["disc", "disc", "bulge", None])
    classes = pd.Series([f"class {number}" for number in range(40) for _ in range(50 - number)])
    (table,) = layer_tables(colour_legend(classes, colour_categories(classes), "class"))
    assert len(table) == 12
    assert table["galaxies"].sum() == len(classes)
    assert table["category"].iloc[-1] == "29 other categories"
    (table,) = layer_tables(colour_legend(kinds, colour_categories(kinds), "kind"))
    assert table.set_index("category")["galaxies"].to_dict() == {"disc": 2, "bulge": 1}


def test_a_histogram_counts_all_and_the_selected():
    values, selected = pd.Series([0.0, 0.5, 1.0, np.nan, 1.0]), np.array([True, False, True, True, False])
    everything, chosen = layer_tables(selection_histogram(values, selected, "x"))
    assert everything["galaxies"].sum() == 4
    assert chosen["galaxies"].sum() == 2
    assert list(everything["low"]) == list(chosen["low"])


def test_differences_keep_their_order_and_intervals():
    generator = np.random.default_rng(1)
    selected = np.arange(60) < 20
    table = pd.DataFrame(generator.normal(size=(60, 3)), columns=["a.b", "redshift", "c:d"])
    table["c:d"] += 5 * selected
    differences = compare_groups(table, selected)
    chart = difference_chart(differences)
    assert isinstance(chart, alt.LayerChart)
    _, bars, dots = layer_tables(chart)
    pd.testing.assert_frame_equal(bars[["low", "high"]], differences[["low", "high"]])
    assert dots["name"].iloc[0] == "c:d"


@pytest.mark.parametrize("kind", ["numbers", "categories"])
def test_the_figure_of_a_map_has_its_points_and_dims_the_rest(kind):
    values = pd.Series([0.1, 0.5, None] if kind == "numbers" else ["disc", "bulge", None])
    colours = colour_numbers(values.to_numpy(float)) if kind == "numbers" else colour_categories(values)
    coordinates = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    figure = map_figure(
        coordinates, values, colours, titles=("PC1", "PC2"), colour_title="z", selected=np.array([True, False, False])
    )
    spec = figure.to_dict()
    (rows,) = spec["datasets"].values()
    assert sorted((row["x"], row["y"]) for row in rows) == [tuple(row) for row in coordinates.tolist()]
    assert [row["chosen"] for row in rows] == [False, False, True]  # the selected are drawn last
    domain = spec["encoding"]["color"]["scale"]["domain"]
    assert domain == (list(colours.domain) if kind == "numbers" else list(colours.categories))


def test_categories_without_a_colour_of_their_own_are_grey_in_legend_and_figure():
    values = pd.Series([f"c{number}" for number in range(11) for _ in range(13 - number)])
    colours = colour_categories(values)
    expected = dict(zip(values, hexadecimal(colours), strict=True))
    assert list(expected.values()).count(GREY) == 3
    figure = map_figure(np.eye(len(values))[:, :2], values, colours, titles=("x", "y"), colour_title="k")
    for chart in (colour_legend(values, colours, "k"), figure):
        scale = chart.to_dict()["encoding"]["color"]["scale"]
        assert dict(zip(scale["domain"], scale["range"], strict=True)) == expected


@pytest.mark.parametrize(
    ("start", "end"), [(0.3, None), (2.0**50, None), (5e-324, None), (1e15, None), (-1.7e308, 1.7e308)]
)
def test_numbers_of_any_range_are_counted_by_histogram_and_legend(start, end):
    values = pd.Series(start + np.arange(12) * np.spacing(start) if end is None else np.r_[start, np.zeros(10), end])
    everything, _ = layer_tables(selection_histogram(values, np.zeros(12, dtype=bool), "x"))
    colours = colour_numbers(values.to_numpy())
    (legend,) = layer_tables(colour_legend(values, colours, "x"))
    assert (colours.rgb[0] != colours.rgb[-1]).any()
    for table in (everything, legend):
        assert table["galaxies"].sum() == 12
        assert np.isfinite(table.to_numpy(float)).all()

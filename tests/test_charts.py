"""Charts hold the numbers they were given, and say in words what they show."""

import numpy as np
import pandas as pd
import pytest

from galviz.charts import (
    column_scatter,
    explained_variance,
    image_scatter,
    label_distribution,
    learning_rate,
    loss_by_epoch,
    residuals,
    ring_scatter,
    true_against_predicted,
)
from galviz.label import Label

LABELS = pd.Series({"a": 8.5, "b": 8.7, "c": 9.1, "d": np.nan})
METALLICITY = Label("metallicity", "Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
REDSHIFT = Label("redshift", "redshift", "", 0.0, 0.3)
POINTS = pd.DataFrame(
    {
        "PC1": [0.0, 1.0, -1.23456],
        "PC2": [2.0, 0.5, 0.25],
        "true": [8.5, 9.0, np.nan],
        "predicted": [8.6, 8.8, 9.2],
        "image": ["data:,a", "data:,b", "data:,c"],
    },
    index=pd.Index(["9000000000000000001", "9000000000000000002", "9000000000000000003"], name="objID"),
)


def rows(chart, part=None):
    """The data of a chart, or of one of its layers, as a DataFrame."""
    data = (part or chart)["data"]
    return pd.DataFrame(chart["datasets"][data["name"]])


# The distribution of a label


def test_label_distribution_holds_the_known_labels_the_shown_and_the_chosen():
    chart = label_distribution(LABELS, "Metallicity [dex]", shown=["a", "c", "d"], chosen="c").to_dict()
    values = [list(rows(chart, layer)["label"]) for layer in chart["layer"]]
    assert values == [[8.5, 8.7, 9.1], [8.5, 9.1], [9.1]]
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["bar", "tick", "rule"]


def test_label_distribution_describes_itself():
    chart = label_distribution(LABELS, "Metallicity [dex]", shown=[], chosen="c")
    assert chart.description == (
        "Histogram of Metallicity [dex] for 3 galaxies, from 8.50 to 9.10, median 8.70. "
        "A line marks the chosen galaxy at 9.10."
    )


def test_a_chosen_galaxy_without_a_label_has_no_line():
    chart = label_distribution(LABELS, "Metallicity [dex]", shown=[], chosen="d")
    assert len(chart.layer) == 2
    assert "line" not in chart.description


# Rings around dots


def test_the_ring_is_the_truth_and_the_dot_the_prediction():
    chart = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()
    encoding = chart["encoding"]
    assert encoding["stroke"]["condition"]["field"] == "true"
    assert encoding["fill"]["field"] == "predicted"
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("PC1", "PC2")
    assert "Outer ring: true. Inner dot: predicted." in chart["title"]["text"]
    table = rows(chart).set_index("objID")
    assert list(table.index) == list(POINTS.index)  # as texts, every digit of them
    assert table["PC1"].to_list() == [0.0, 1.0, -1.2346]
    assert table["predicted"].to_list() == [8.6, 8.8, 9.2]
    assert table["true"].to_list()[:2] == [8.5, 9.0]


def test_a_galaxy_without_a_truth_has_no_ring():
    stroke = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]["stroke"]
    assert stroke["condition"]["test"] == "isValid(datum['true'])"
    assert stroke["value"] == "transparent"
    for points in (POINTS.drop(columns="true"), POINTS.assign(true=np.nan)):
        chart = ring_scatter(points, "PC1", "PC2", METALLICITY).to_dict()
        assert "stroke" not in chart["encoding"]
        assert chart["title"]["text"] == "Dot: predicted. No true label is known."


def test_both_colours_are_one_scale_and_one_bar():
    encoding = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]
    scale = {"domain": [8.2, 9.4], "scheme": "spectral", "reverse": True, "clamp": True}
    assert encoding["fill"]["scale"] == encoding["stroke"]["condition"]["scale"] == scale
    assert encoding["fill"]["legend"]["title"] == ["Metallicity", "12 + log10(O/H) [dex]"]
    assert encoding["stroke"]["condition"]["legend"] is None
    other = ring_scatter(POINTS, "PC1", "PC2", REDSHIFT).to_dict()["encoding"]["fill"]
    assert other["scale"]["domain"] == [0.0, 0.3]
    assert other["legend"]["title"] == ["redshift"]


def test_the_tooltip_shows_the_picture_the_id_and_the_numbers():
    told = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]["tooltip"]
    assert [each["field"] for each in told] == ["objID", "true", "predicted", "image"]
    assert [each["title"] for each in told[:3]] == ["objID", "true [dex]", "predicted [dex]"]
    bare = ring_scatter(POINTS.drop(columns="image"), "PC1", "PC2", METALLICITY).to_dict()
    assert [each["field"] for each in bare["encoding"]["tooltip"]] == ["objID", "true", "predicted"]


def test_a_scatter_says_in_words_what_it_shows():
    assert ring_scatter(POINTS, "PC1", "PC2", METALLICITY, y_title="component 2").description == (
        "3 galaxies in the plane of PC1 and component 2, coloured by Metallicity, 12 + log10(O/H), true outside and "
        "predicted inside."
    )


@pytest.mark.parametrize("name", ["a.b", "a:b", "a[0]"])
def test_a_column_may_be_called_anything(name):
    chart = ring_scatter(POINTS.rename(columns={"PC1": name}), name, "PC2", METALLICITY).to_dict()
    assert chart["encoding"]["x"]["field"].replace("\\", "") == name
    assert chart["encoding"]["x"]["type"] == "quantitative"
    assert name in rows(chart).columns


def test_points_are_not_changed():
    before = POINTS.copy()
    ring_scatter(POINTS, "PC1", "PC2", METALLICITY)
    image_scatter(POINTS, "PC1", "PC2", METALLICITY)
    pd.testing.assert_frame_equal(POINTS, before)


# Galaxies as points


@pytest.mark.parametrize(("framed_by", "title"), [("true", "True"), ("predicted", "Predicted")])
def test_the_frame_and_the_colour_bar_are_of_one_value(framed_by, title):
    chart = image_scatter(POINTS, "PC1", "PC2", METALLICITY, framed_by=framed_by).to_dict()
    frames, pictures = chart["layer"]
    colour = frames["encoding"]["color"]["condition"]
    assert colour["field"] == framed_by
    assert colour["legend"]["title"] == [f"{title} metallicity", "12 + log10(O/H) [dex]"]
    assert colour["scale"]["domain"] == [8.2, 9.4]
    assert frames["encoding"]["color"]["value"] == "gray"
    assert pictures["encoding"]["url"]["field"] == "image"
    for layer in (frames, pictures):
        assert (layer["encoding"]["x"]["field"], layer["encoding"]["y"]["field"]) == ("PC1", "PC2")
    side = pictures["mark"]["width"]
    assert pictures["mark"]["height"] == side
    assert frames["mark"]["size"] > side**2  # of which a rim is seen


# Explained variance


def test_explained_variance_is_single_and_cumulative():
    chart = explained_variance([0.9, 0.06, 0.01], low=[0.85, 0.9, 0.95], high=[0.95, 0.97, 0.99]).to_dict()
    bars, line, interval = chart["layer"]
    assert rows(chart, bars)["single"].to_list() == [0.9, 0.06, 0.01]
    assert rows(chart, line)["cumulative"].to_list() == pytest.approx([0.9, 0.96, 0.97])
    assert (bars["encoding"]["y"]["field"], line["encoding"]["y"]["field"]) == ("single", "cumulative")
    assert rows(chart, interval)[["low", "high"]].to_numpy().tolist() == [[0.85, 0.95], [0.9, 0.97], [0.95, 0.99]]
    assert chart["description"] == "Cumulative explained variance of 1 to 3 components: 90.0%, 96.0%, 97.0%."


def test_without_an_interval_there_is_none():
    assert len(explained_variance([0.9, 0.06]).to_dict()["layer"]) == 2


# True against predicted, and loss


def test_predictions_are_drawn_with_a_line_of_equals():
    chart = true_against_predicted(POINTS, METALLICITY).to_dict()
    dots, line = chart["layer"]
    table = rows(chart, dots)
    assert table["objID"].to_list() == list(POINTS.index[:2])  # the third has no true value
    assert (dots["encoding"]["x"]["field"], dots["encoding"]["y"]["field"]) == ("true", "predicted")
    equal = rows(chart, line)
    assert equal["true"].to_list() == equal["equal"].to_list() == [8.5, 9.0]
    assert dots["encoding"]["x"]["scale"] == dots["encoding"]["y"]["scale"]
    assert [each["field"] for each in dots["encoding"]["tooltip"]][-1] == "image"
    assert "of 2 galaxies" in chart["description"]


def test_residuals_are_predicted_less_true():
    chart = residuals(POINTS, METALLICITY).to_dict()
    dots, level = chart["layer"]
    assert rows(chart, dots)["residual"].to_list() == pytest.approx([0.1, -0.2])
    assert dots["encoding"]["y"]["field"] == "residual"
    assert rows(chart, level)["zero"].to_list() == [0.0]
    assert chart["description"].endswith("it changes by -0.60 a unit.")  # from 0.1 to -0.2 over 0.5


def test_no_galaxy_with_a_truth_is_an_empty_chart():
    nobody = POINTS.assign(true=np.nan)
    assert "of 0 galaxies" in true_against_predicted(nobody, METALLICITY).description
    assert "of 0 galaxies" in residuals(nobody, METALLICITY).description


EPOCHS = [
    {"phase": "warm-up", "epoch": 1, "side_px": 64, "train_rmse": 0.2, "valid_rmse": 0.15, "seconds": 9},
    {"phase": "training", "epoch": 1, "side_px": 112, "train_rmse": 0.12, "valid_rmse": 0.1, "seconds": 20},
]


def test_epochs_are_numbered_through():
    chart = loss_by_epoch(EPOCHS, METALLICITY, best_possible=0.05).to_dict()
    curves, floor = chart["layer"]
    table = rows(chart, curves)
    kept_apart = table[table["over"] == "galaxies kept apart"]
    assert kept_apart["number"].to_list() == [1, 2]
    assert kept_apart["rmse"].to_list() == [0.15, 0.1]
    assert table[table["over"] == "galaxies learnt from"]["rmse"].to_list() == [0.2, 0.12]
    assert table["images"].unique().tolist() == ["64 px", "112 px"]
    assert rows(chart, floor)["best"].to_list() == [0.05]
    assert chart["description"] == (
        "Root-mean-square error over galaxies kept apart, by epoch: 0.150, 0.100 [dex]. "
        "A line marks the best possible, 0.05."
    )


def test_a_learning_rate_is_drawn_phase_by_phase():
    chart = learning_rate([0.1, 0.2, 0.1, 0.3], phases=["one", "one", "two", "two"]).to_dict()
    table = rows(chart)
    assert table["rate"].to_list() == [0.1, 0.2, 0.1, 0.3]
    assert table["phase"].to_list() == ["one", "one", "two", "two"]
    assert chart["encoding"]["detail"]["field"] == "phase"
    assert table["done"].to_list() == pytest.approx([0, 1 / 3, 2 / 3, 1])


# Any column as the colour


def test_any_number_colours_the_galaxies():
    mass = pd.Series([9.0, np.inf, 11.0], index=POINTS.index)
    chart = column_scatter(POINTS, "PC1", "PC2", mass, METALLICITY, title="stellar mass").to_dict()
    colour = chart["encoding"]["color"]
    assert colour["condition"]["type"] == "quantitative"
    assert colour["condition"]["scale"]["domain"] == pytest.approx([9.04, 10.96])  # 2nd and 98th percentile
    assert colour["value"] == "gray"
    assert chart["encoding"]["tooltip"][0]["title"] == "stellar mass"
    assert rows(chart)["colour"].to_list()[::2] == [9.0, 11.0]
    assert rows(chart)["colour"].isna().tolist() == [False, True, False]
    constant = column_scatter(POINTS, "PC1", "PC2", mass * 0 + 3, METALLICITY, title="three").to_dict()
    assert constant["encoding"]["color"]["condition"]["scale"]["domain"] == [3.0, 4.0]


@pytest.mark.parametrize("kinds", [[True, False, True], ["disc", None, "bulge"]])
def test_kinds_colour_the_galaxies_too(kinds):
    chart = column_scatter(
        POINTS, "PC1", "PC2", pd.Series(kinds, index=POINTS.index), METALLICITY, title="kind"
    ).to_dict()
    assert chart["encoding"]["color"]["condition"]["type"] == "nominal"
    shown = rows(chart)["colour"]
    assert [None if pd.isna(each) else each for each in shown] == [
        None if each is None else str(each) for each in kinds
    ]
    assert rows(chart)["true"].to_list()[:2] == [8.5, 9.0]  # the chart's own columns are as they were


def test_no_number_at_all_is_all_grey():
    nothing = pd.Series([np.nan] * 3, index=POINTS.index)
    chart = column_scatter(POINTS, "PC1", "PC2", nothing, METALLICITY, title="none").to_dict()
    assert chart["encoding"]["color"]["condition"]["scale"]["domain"] == [0.0, 1.0]

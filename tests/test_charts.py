"""Charts hold the numbers they were given, and say in words what they show."""

import numpy as np
import pandas as pd
import pytest

from galviz.charts import (
    explained_variance,
    image_scatter,
    label_distribution,
    loss_by_epoch,
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
    assert encoding["fill"]["legend"]["title"] == "Metallicity, 12 + log10(O/H) [dex]"
    assert encoding["stroke"]["condition"]["legend"] is None
    other = ring_scatter(POINTS, "PC1", "PC2", REDSHIFT).to_dict()["encoding"]["fill"]
    assert other["scale"]["domain"] == [0.0, 0.3]
    assert other["legend"]["title"] == "redshift"


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
    assert colour["legend"]["title"] == f"{title} metallicity, 12 + log10(O/H) [dex]"
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


def test_predictions_are_drawn_over_a_line_of_equals_and_residuals_below():
    chart = true_against_predicted(POINTS, METALLICITY).to_dict()
    above, below = chart["vconcat"]
    table = rows(chart, above["layer"][0])
    assert table["objID"].to_list() == list(POINTS.index[:2])  # the third has no true value
    assert table["residual"].to_list() == pytest.approx([0.1, -0.2])
    diagonal = rows(chart, above["layer"][1])
    assert diagonal["true"].to_list() == diagonal["equal"].to_list() == [8.5, 9.0]
    assert above["layer"][0]["encoding"]["x"]["scale"] == above["layer"][0]["encoding"]["y"]["scale"]
    assert below["layer"][0]["encoding"]["y"]["field"] == "residual"
    rmse = np.sqrt((0.1**2 + 0.2**2) / 2)
    assert f"of 2 galaxies; root-mean-square residual {rmse:.3f} dex." in chart["description"]


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

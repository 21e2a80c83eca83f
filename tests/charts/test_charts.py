"""Charts hold the data that they are made from."""

import json
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galviz.charts import (
    column_scatter,
    explained_variance_chart,
    image_scatter,
    label_histogram,
    learning_rate_chart,
    loss_chart,
    prediction_scatter,
    residual_scatter,
    ring_scatter,
    value_format,
)
from galviz.charts.colour import CATEGORICAL, HIGHLIGHT
from galviz.survey.label import Label

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


def test_label_histogram_has_the_known_labels_the_marked_and_the_selected_galaxies():
    chart = label_histogram(LABELS, "Metallicity [dex]", marked_ids=["a", "c", "d"], selected_id="c").to_dict()
    values = [list(rows(chart, layer)["label"]) for layer in chart["layer"]]
    assert values == [[8.5, 8.7, 9.1], [8.5, 9.1], [9.1]]
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["bar", "tick", "rule"]


def test_a_selected_galaxy_without_a_label_has_no_line():
    chart = label_histogram(LABELS, "Metallicity [dex]", marked_ids=[], selected_id="d")
    assert len(chart.layer) == 2
    assert "line" not in chart.description


# Rings around dots


def test_the_ring_is_true_and_the_dot_predicted():
    chart = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()
    encoding = chart["encoding"]
    assert encoding["stroke"]["field"] == "true"
    assert encoding["fill"]["field"] == "predicted"
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("PC1", "PC2")
    assert "Outer ring: true. Inner dot: predicted." in chart["title"]["text"]
    table = rows(chart).set_index("objID")
    assert list(table.index) == list(POINTS.index)  # as texts, every digit of them
    assert table["PC1"].to_list() == [0.0, 1.0, -1.2346]
    assert table["predicted"].to_list() == [8.6, 8.8, 9.2]
    assert table["true"].to_list()[:2] == [8.5, 9.0]


def test_a_galaxy_without_a_true_label_has_no_ring():
    stroke = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]["stroke"]
    assert stroke["condition"] == {"test": "!isValid(datum['true'])", "value": "transparent"}
    for points in (POINTS.drop(columns="true"), POINTS.assign(true=np.nan)):
        chart = ring_scatter(points, "PC1", "PC2", METALLICITY).to_dict()
        assert "stroke" not in chart["encoding"]
        assert chart["title"]["text"] == "Dot: predicted. No true label is known."


def test_ring_and_dot_share_one_scale_and_one_colour_bar():
    encoding = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]
    scale = {"domain": [8.2, 9.4], "scheme": "spectral", "reverse": True, "clamp": True}
    assert encoding["fill"]["scale"] == scale
    assert encoding["stroke"]["scale"] == scale | {"domain": [{"expr": "8.2"}, {"expr": "9.4"}]}
    assert encoding["fill"]["legend"]["title"] == "Metallicity, 12 + log10(O/H) [dex]"
    assert encoding["stroke"]["legend"] is None
    other = ring_scatter(POINTS, "PC1", "PC2", REDSHIFT).to_dict()["encoding"]["fill"]
    assert other["scale"]["domain"] == [0.0, 0.3]
    assert other["legend"]["title"] == "redshift"


def test_the_tooltip_has_the_id_the_label_and_the_picture():
    tooltip = ring_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["encoding"]["tooltip"]
    assert [item["field"] for item in tooltip] == ["objID", "true", "predicted", "image"]
    assert [item["title"] for item in tooltip[:3]] == ["objID", "true [dex]", "predicted [dex]"]
    bare = ring_scatter(POINTS.drop(columns="image"), "PC1", "PC2", METALLICITY).to_dict()
    assert [item["field"] for item in bare["encoding"]["tooltip"]] == ["objID", "true", "predicted"]


@pytest.mark.parametrize("name", ["a.b", "a:b", "a[0]"])
def test_column_names_may_have_special_characters(name):
    chart = ring_scatter(POINTS.rename(columns={"PC1": name}), name, "PC2", METALLICITY).to_dict()
    assert chart["encoding"]["x"]["field"].replace("\\", "") == name
    assert chart["encoding"]["x"]["type"] == "quantitative"
    assert name in rows(chart).columns


def test_points_are_not_modified():
    before = POINTS.copy()
    ring_scatter(POINTS, "PC1", "PC2", METALLICITY)
    image_scatter(POINTS, "PC1", "PC2", METALLICITY)
    pd.testing.assert_frame_equal(POINTS, before)


# Galaxies as points


@pytest.mark.parametrize(("framed_by", "title"), [("true", "True"), ("predicted", "Predicted")])
def test_frame_and_colour_bar_show_the_same_value(framed_by, title):
    chart = image_scatter(POINTS, "PC1", "PC2", METALLICITY, framed_by=framed_by).to_dict()
    frames, pictures = chart["layer"]
    colour = frames["encoding"]["color"]
    assert colour["field"] == framed_by
    assert colour["legend"]["title"] == f"{title} metallicity, 12 + log10(O/H) [dex]"
    assert colour["scale"]["domain"] == [8.2, 9.4]
    assert colour["condition"] == {"test": f"!isValid(datum['{framed_by}'])", "value": "gray"}
    assert pictures["encoding"]["url"]["field"] == "image"
    for layer in (frames, pictures):
        assert (layer["encoding"]["x"]["field"], layer["encoding"]["y"]["field"]) == ("PC1", "PC2")


@pytest.mark.parametrize(
    ("width", "height", "side"),
    [(860, 800, 48), (330, 560, 18.1), (560, 330, 18.1), (100, 500, 14)],  # a screen, a phone, a low one, a watch
)
def test_pictures_do_not_overlap_on_a_small_plot(width, height, side):
    frames, pictures = image_scatter(POINTS, "PC1", "PC2", METALLICITY).to_dict()["layer"]
    known = {
        "width": width,
        "height": height,
        "min": min,
        "pow": pow,
        "clamp": lambda x, low, high: sorted((low, x, high))[1],
    }

    def px(expression):
        return eval(expression["expr"], known)  # Vega's arithmetic is Python's here

    assert px(pictures["mark"]["width"]) == px(pictures["mark"]["height"]) == pytest.approx(side)
    frame = px(frames["mark"]["size"]) ** 0.5
    assert frame == pytest.approx(side + 5)  # of which a rim is seen
    for layer, end in ((frames, "x"), (pictures, "y")):
        assert px(layer["encoding"][end]["scale"]["padding"]) == pytest.approx(side)
    if min(width, height) > 320:
        assert frame <= 0.08 * (min(width, height) - 2 * side)  # how far apart `spread_out` leaves them on a page


# Explained variance


def test_explained_variance_is_single_and_cumulative():
    chart = explained_variance_chart([0.9, 0.06, 0.01], low=[0.85, 0.9, 0.95], high=[0.95, 0.97, 0.99]).to_dict()
    bars, line, interval = chart["layer"]
    assert rows(chart, bars)["single"].to_list() == [0.9, 0.06, 0.01]
    assert rows(chart, line)["cumulative"].to_list() == pytest.approx([0.9, 0.96, 0.97])
    assert (bars["encoding"]["y"]["field"], line["encoding"]["y"]["field"]) == ("single", "cumulative")
    assert rows(chart, interval)[["low", "high"]].to_numpy().tolist() == [[0.85, 0.95], [0.9, 0.97], [0.95, 0.99]]
    assert chart["description"] == "Cumulative explained variance of 1 to 3 components: 90.0%, 96.0%, 97.0%."


def test_the_interval_is_optional():
    assert len(explained_variance_chart([0.9, 0.06]).to_dict()["layer"]) == 2


# True against predicted, and loss


def test_predictions_have_the_line_of_equality():
    chart = prediction_scatter(POINTS, METALLICITY).to_dict()
    dots, line = chart["layer"]
    table = rows(chart, dots)
    assert table["objID"].to_list() == list(POINTS.index[:2])  # the third has no true value
    assert (dots["encoding"]["x"]["field"], dots["encoding"]["y"]["field"]) == ("true", "predicted")
    equal = rows(chart, line)
    assert equal["true"].to_list() == equal["equal"].to_list() == [8.5, 9.0]
    assert dots["encoding"]["x"]["scale"] == dots["encoding"]["y"]["scale"]
    assert [item["field"] for item in dots["encoding"]["tooltip"]][-1] == "image"
    assert "of 2 galaxies" in chart["description"]


def test_residuals_are_predicted_minus_true():
    chart = residual_scatter(POINTS, METALLICITY).to_dict()
    dots, level = chart["layer"]
    assert rows(chart, dots)["residual"].to_list() == pytest.approx([0.1, -0.2])
    assert dots["encoding"]["y"]["field"] == "residual"
    assert rows(chart, level)["zero"].to_list() == [0.0]
    assert "slope -0.60" in chart["description"]  # from 0.1 to -0.2 over 0.5


def test_without_true_values_the_chart_is_empty():
    unlabelled = POINTS.assign(true=np.nan)
    assert "of 0 galaxies" in prediction_scatter(unlabelled, METALLICITY).description
    assert "of 0 galaxies" in residual_scatter(unlabelled, METALLICITY).description


EPOCHS = [
    {"phase": "warm-up", "epoch": 1, "side_px": 64, "train_rmse": 0.2, "valid_rmse": 0.15, "seconds": 9},
    {"phase": "training", "epoch": 1, "side_px": 112, "train_rmse": 0.12, "valid_rmse": 0.1, "seconds": 20},
]


def test_epochs_are_numbered_across_phases():
    chart = loss_chart(EPOCHS, METALLICITY, floor=0.05).to_dict()
    _, curves, floor = chart["layer"]
    table = rows(chart, curves)
    validation = table[table["set"] == "validation set"]
    assert validation["number"].to_list() == [1, 2]
    assert validation["rmse"].to_list() == [0.15, 0.1]
    assert table[table["set"] == "training set"]["rmse"].to_list() == [0.2, 0.12]
    assert table["images"].unique().tolist() == ["64 px", "112 px"]
    assert curves["encoding"]["y"]["scale"]["zero"]
    assert rows(chart, floor)["floor"].to_list() == [0.05]


def test_curves_break_between_phases():
    # Two warm-ups, the second begun anew on larger images, and one epoch of the training proper.
    phases = [("warm-up", 1, 64), ("warm-up", 2, 64), ("warm-up", 1, 112), ("warm-up", 2, 112), ("training", 1, 112)]
    epochs = [
        {"phase": phase, "epoch": epoch, "side_px": side_px, "train_rmse": 0.2, "valid_rmse": 0.1}
        for phase, epoch, side_px in phases
    ]
    chart = loss_chart(epochs, METALLICITY).to_dict()
    starts, curves = chart["layer"]
    assert curves["encoding"]["detail"]["field"] == "part"  # so a line breaks between them
    assert rows(chart, curves)["part"].to_list() == [1, 1, 2, 2, 3] * 2
    assert rows(chart, starts)["start"].to_list() == [2.5, 4.5]
    axis = starts["encoding"]["x"]["axis"]
    words, of_value = axis["labelExpr"][: -len("[datum.value]")], axis["labelExpr"][-len("[datum.value]") :]
    assert json.loads(words) == {
        "0.5": ["warm-up", "64 px"],
        "2.5": ["warm-up", "112 px"],
        "4.5": ["training", "112 px"],
    }
    assert of_value == "[datum.value]"
    assert axis["values"] == [0.5, 2.5, 4.5]
    assert starts["encoding"]["x"]["scale"] == curves["encoding"]["x"]["scale"]
    assert curves["encoding"]["x"]["axis"]["values"] == [1, 2, 3, 4, 5]


def test_a_single_phase_has_its_name_and_no_line():
    chart = loss_chart(EPOCHS[:1], METALLICITY).to_dict()
    assert rows(chart, chart["layer"][0]).empty
    assert chart["layer"][0]["encoding"]["x"]["axis"]["values"] == [0.5]


def test_each_phase_has_its_own_learning_rate_line():
    chart = learning_rate_chart([0.1, 0.2, 0.1, 0.3], phases=["one", "one", "two", "two"]).to_dict()
    table = rows(chart)
    assert table["rate"].to_list() == [0.1, 0.2, 0.1, 0.3]
    assert table["phase"].to_list() == ["one", "one", "two", "two"]
    assert chart["encoding"]["detail"]["field"] == "phase"
    assert table["progress"].to_list() == pytest.approx([0, 1 / 3, 2 / 3, 1])


# Any column as the colour


def test_numbers_have_a_continuous_scale():
    mass = pd.Series([9.0, np.inf, 11.0], index=POINTS.index)
    chart = column_scatter(POINTS, "PC1", "PC2", mass, METALLICITY, title="stellar mass").to_dict()
    colour = chart["encoding"]["color"]
    assert colour["type"] == "quantitative"
    assert colour["scale"]["domain"] == pytest.approx([9.04, 10.96])  # 2nd and 98th percentile
    assert colour["condition"] == {"test": "!isValid(datum['colour'])", "value": "gray"}
    assert chart["encoding"]["tooltip"][0]["title"] == "stellar mass"
    assert rows(chart)["colour"].to_list()[::2] == [9.0, 11.0]
    assert rows(chart)["colour"].isna().tolist() == [False, True, False]
    constant = column_scatter(POINTS, "PC1", "PC2", mass * 0 + 3, METALLICITY, title="three").to_dict()
    assert constant["encoding"]["color"]["scale"]["domain"] == [3.0, 4.0]


@pytest.mark.parametrize(
    ("kinds", "categories"),
    [([True, False, True], ["False", "True"]), (["disc", None, "bulge"], ["bulge", "disc"])],
)
def test_truth_values_and_text_are_categories(kinds, categories):
    chart = column_scatter(
        POINTS, "PC1", "PC2", pd.Series(kinds, index=POINTS.index), METALLICITY, title="kind"
    ).to_dict()
    assert chart["encoding"]["color"]["type"] == "nominal"
    assert chart["encoding"]["color"]["scale"] == {"domain": categories}  # in the theme's colours; unknown is no kind
    shown = rows(chart).set_index("objID").loc[POINTS.index]  # the rarest kind is drawn last
    assert [None if pd.isna(value) else value for value in shown["colour"]] == [
        None if kind is None else str(kind) for kind in kinds
    ]
    assert shown["true"].to_list()[:2] == [8.5, 9.0]  # the chart's own columns are as they were


def test_a_few_whole_numbers_are_categories_and_the_rarest_is_drawn_last():
    points = pd.DataFrame({"PC1": range(8), "PC2": range(8), "predicted": 8.8}, [f"9{n}" for n in range(8)])
    arms = pd.Series([4, 0, 2, 2, 2, 0, 2, np.nan], index=points.index)
    chart = column_scatter(points, "PC1", "PC2", arms, METALLICITY, title="arms").to_dict()
    assert chart["encoding"]["color"]["type"] == "nominal"
    assert chart["encoding"]["color"]["scale"] == {"domain": ["0", "2", "4"]}
    assert rows(chart)["colour"].dropna().to_list() == ["2"] * 4 + ["0"] * 2 + ["4"]
    many = column_scatter(points, "PC1", "PC2", pd.Series(range(8), index=points.index), METALLICITY, title="n")
    assert many.to_dict()["encoding"]["color"]["type"] == "quantitative"


def test_a_column_without_values_is_grey():
    nothing = pd.Series([np.nan] * 3, index=POINTS.index)
    chart = column_scatter(POINTS, "PC1", "PC2", nothing, METALLICITY, title="none").to_dict()
    assert chart["encoding"]["color"]["scale"]["domain"] == [0.0, 1.0]


def test_more_categories_than_theme_colours_use_another_scheme():
    many = pd.concat([POINTS] * 4).set_axis([str(number) for number in range(12)])
    for count, scheme in ((len(CATEGORICAL), None), (len(CATEGORICAL) + 1, "tableau20")):
        kinds = pd.Series([f"kind {number % count}" for number in range(12)], index=many.index)
        chart = column_scatter(many, "PC1", "PC2", kinds, METALLICITY, title="kind").to_dict()
        assert chart["encoding"]["color"]["scale"].get("scheme") == scheme


# Colours of the pages and the charts


THEMES = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
BACKGROUNDS = {"light": "#ffffff", "dark": THEMES["dark"]["backgroundColor"]}
# How red-green blind eyes see: linear RGB to linear RGB, severity 1 (Machado et al. 2009, IEEE TVCG 15, 1291, table 1).
EYES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "none": np.eye(3).tolist(),
}


def linear_rgb(colour):
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(rgb):
    """Ottosson 2020, in which distance is close to difference as it is seen."""
    cones = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
    axes = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])
    return axes @ np.cbrt(cones @ np.clip(rgb, 0, 1))


def contrast(one, other):
    """As WCAG 2 defines it; 3 is what it asks of a chart's marks."""
    light = sorted(float(linear_rgb(colour) @ [0.2126, 0.7152, 0.0722]) + 0.05 for colour in (one, other))
    return light[1] / light[0]


def test_charts_have_the_colours_of_the_theme():
    assert list(CATEGORICAL) == THEMES["light"]["chartCategoricalColors"]
    for theme in (THEMES["light"], THEMES["dark"]):  # beside them are the fonts of both
        assert theme["chartCategoricalColors"][0] == theme["primaryColor"]
        assert len(theme["chartCategoricalColors"]) == len(CATEGORICAL)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_distinguishable_for_red_green_blind_readers(theme):
    colours = [HIGHLIGHT, *THEMES[theme]["chartCategoricalColors"]]
    assert min(contrast(colour, BACKGROUNDS[theme]) for colour in colours) >= 3
    for eyes, matrix in EYES.items():
        seen = [oklab(np.array(matrix) @ linear_rgb(colour)) for colour in colours]
        apart = min(np.linalg.norm(one - other) for one, other in combinations(seen, 2))
        assert apart > 0.09, eyes


@pytest.mark.parametrize(
    ("low", "high", "extra_digits", "expected"),
    [
        (8.2, 9.4, 0, ".2f"),
        (8.2, 9.4, 1, ".3f"),
        (0.0, 1.0, 0, ".2f"),
        (0.0, 90.0, 0, ".1f"),
        (2e-11, 8e-11, 0, ".2e"),
        (1e10, 1.1e10, 0, ".3e"),
        (2_459_000.0, 2_459_000.5, 0, ".3f"),
        (-1e308, 1e308, 0, ".2e"),
        (0.0, 5e-324, 0, ".2e"),
    ],
)
def test_value_format_distinguishes_the_ends_of_the_range(low, high, extra_digits, expected):
    digits = value_format(Label("x", "x", "", low, high), extra_digits=extra_digits)
    assert digits == expected
    assert f"{low:{digits}}" != f"{high:{digits}}"


@pytest.mark.parametrize("unit", [1e-11, 1.0, 1e9])
def test_values_of_any_magnitude_remain_distinct(unit):
    label = Label("x", "x", "", 2 * unit, 8 * unit)
    points = pd.DataFrame({"true": [2 * unit, 8 * unit], "predicted": [3 * unit, 5 * unit]}, index=["a", "b"])
    values = prediction_scatter(points, label).to_dict()["datasets"].values()
    drawn = next(rows for rows in values if "predicted" in rows[0])
    assert [row["predicted"] / unit for row in drawn] == pytest.approx([3, 5], rel=1e-4)
    assert [row["residual"] / unit for row in drawn] == pytest.approx([1, -3], rel=1e-4)

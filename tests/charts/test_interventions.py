"""Charts of interventions: curves, the path through the feature space, ranked causes, pictures to choose from."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.cause_effects import CauseEffect
from galviz.charts import effects_chart, galaxy_strip, path_chart, sweep_chart
from galviz.charts.colour import HIGHLIGHT
from galviz.survey.label import Label

METALLICITY = Label("metallicity", "Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
SWEEP = pd.DataFrame(
    {
        "value": [0.02, 0.05, 0.1],
        "predicted": [8.9, 8.8, 8.6],
        "true": [8.9, 8.85, 8.8],
        "own": [False, True, False],
        "observable": [True, True, False],
    }
)


def layers(chart):
    """The layers of a chart, each with its rows, which may be those of the whole chart."""
    spec = chart.to_dict()
    return [
        (layer, pd.DataFrame(spec["datasets"][layer.get("data", spec.get("data"))["name"]])) for layer in spec["layer"]
    ]


def test_curves_mark_the_own_and_the_current_value():
    own, current, lines, points = layers(sweep_chart(SWEEP, "redshift", METALLICITY, current=0.1, limits=(8.5, 9.0)))
    assert own[1]["value"].tolist() == [0.05]
    assert current[1]["value"].tolist() == [0.1]
    assert current[0]["mark"]["color"] == HIGHLIGHT
    table = lines[1]
    assert table.groupby("label")["metallicity"].apply(list).to_dict() == {
        "predicted": [8.9, 8.8, 8.6],
        "true": [8.9, 8.85, 8.8],
    }
    assert lines[0]["encoding"]["y"]["scale"]["domain"] == [8.5, 9.0]
    assert points[0]["encoding"]["fillOpacity"]["condition"]["test"] == "datum.observable"


def test_without_a_true_label_only_the_prediction_is_drawn():
    chart = sweep_chart(SWEEP.drop(columns="true"), "redshift", METALLICITY, current=0.1)
    assert set(layers(chart)[2][1]["label"]) == {"predicted"}
    assert "true" not in chart.description


def test_the_path_is_inside_the_axes_and_in_the_order_of_the_values():
    generator = np.random.default_rng(1)
    points = pd.DataFrame(generator.normal(size=(500, 2)), columns=["PC1", "PC3"])
    points.iloc[0] = 60.0  # an outlier, which would leave the path no room
    path = pd.DataFrame({"PC1": [5.0, 0.0, -1.0], "PC3": [0.0, 4.0, 1.0], **SWEEP, "current": [False, False, True]})
    drawn = layers(path_chart(points, path, "PC1", "PC3", "redshift", METALLICITY, titles=("one", "three")))
    (low, high), (bottom, top) = (drawn[0][0]["encoding"][axis]["scale"]["domain"] for axis in "xy")
    assert (low, high) == pytest.approx((-2.6, 5.0), abs=0.5)
    assert bottom < 0
    assert top == 4.0
    assert len(drawn[0][1]) == 500
    assert drawn[1][1]["order"].tolist() == [0, 1, 2]
    assert drawn[1][1]["value"].tolist() == [0.02, 0.05, 0.1]


def test_causes_are_ranked_as_given_and_the_chosen_one_stands_out():
    effects = [CauseEffect("bulge_fraction", 0.3, 0.0), CauseEffect("redshift", 0.1, 0.2)]
    (bars, table), (ticks, _) = layers(effects_chart(effects, "redshift", METALLICITY))
    assert bars["encoding"]["y"]["sort"] == ["light in the bulge", "redshift"]
    assert table["chosen"].tolist() == [False, True]
    assert (bars["encoding"]["x"]["field"], ticks["encoding"]["x"]["field"]) == ("predicted", "true")


def test_pictures_fill_rows_and_can_be_selected():
    galaxies = pd.DataFrame({"image": [f"data:,{n}" for n in range(5)], "title": list("abcde")}, index=list("12345"))
    chart = galaxy_strip(galaxies, "4", columns=3)
    (_, table), _ = layers(chart)
    assert table[["row", "column"]].to_numpy().tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]
    assert table.loc[table["chosen"], "objID"].tolist() == ["4"]
    (parameter,) = chart.to_dict()["params"]
    assert parameter["name"] == "galaxy"
    assert parameter["select"]["fields"] == ["objID"]

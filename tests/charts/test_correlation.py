"""The correlation heatmap and the probe chart: the rows they are drawn from."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.correlation import Correlations
from galviz.charts import correlation_heatmap, export_chart, probe_chart

CORRELATIONS = Correlations(
    r=np.array([[0.9, -0.05, np.nan], [-0.4, 0.2, 0.1]]),
    low=np.array([[0.8, -0.2, np.nan], [-0.5, 0.1, -0.1]]),
    high=np.array([[0.95, 0.1, np.nan], [-0.3, 0.3, 0.3]]),
    n=1234,
    level=0.9,
    method="spearman",
)
COMPONENTS, NAMES = ["PC1", "PC2"], ["mass", "tilt", "merger"]
PROBES = pd.DataFrame(
    {
        "source": ["trained", "trained", "control", "control"],
        "cause": ["mass", "tilt"] * 2,
        "r2": [0.8, 0.5, 0.3, -0.02],
        "low": [0.75, 0.4, 0.25, -0.04],
        "high": [0.85, 0.6, 0.35, 0.01],
    }
)


def test_the_heatmap_has_a_cell_for_each_defined_correlation():
    spec = correlation_heatmap(CORRELATIONS, COMPONENTS, NAMES).to_dict()
    rows, undefined = (spec["datasets"][spec["layer"][number]["data"]["name"]] for number in (0, 2))
    assert [(row["component"], row["cause"]) for row in rows] == [
        ("PC1", "mass"), ("PC1", "tilt"), ("PC2", "mass"), ("PC2", "tilt"), ("PC2", "merger"),
    ]  # fmt: skip
    assert [row["text"] for row in rows] == ["+0.90", "·", "−0.40", "+0.20", "·"]
    assert (rows[0]["low"], rows[0]["high"]) == (0.8, 0.95)
    assert [(row["component"], row["cause"]) for row in undefined] == [("PC1", "merger")]
    assert spec["layer"][2]["mark"]["text"] == "–"


def test_the_heatmap_names_the_correlation_and_its_interval():
    spec = correlation_heatmap(CORRELATIONS, COMPONENTS, NAMES).to_dict()
    fields = spec["layer"][0]["encoding"]
    assert fields["color"]["scale"] == {"domain": [-1, 1], "scheme": "blueorange"}
    assert fields["color"]["legend"]["title"] == "correlation ρ"
    assert fields["y"]["sort"] == NAMES
    assert [item.get("title") for item in fields["tooltip"]][2:] == ["ρ", "90% interval from", "to"]


def test_the_numbers_of_names_must_match():
    with pytest.raises(ValueError, match="must name the 2 components and 3 causes of correlations; got 2 and 2"):
        correlation_heatmap(CORRELATIONS, COMPONENTS, NAMES[:2])


def test_negative_r2_is_drawn_at_0():
    before = PROBES.copy()
    spec = probe_chart(PROBES, ["mass", "tilt"], ["trained", "control"]).to_dict()
    rows = spec["datasets"].popitem()[1]
    assert [row["r2"] for row in rows] == [0.8, 0.5, 0.3, -0.02]
    assert (rows[3]["position"], rows[3]["start"], rows[3]["end"]) == (0, 0, 0.01)
    points = spec["layer"][1]["encoding"]
    assert points["shape"]["field"] == points["color"]["field"] == points["yOffset"]["field"] == "source"
    pd.testing.assert_frame_equal(PROBES, before)


@pytest.mark.full
def test_both_can_be_exported():
    assert b"PC1" in export_chart(correlation_heatmap(CORRELATIONS, COMPONENTS, NAMES), "svg")
    assert b"trained" in export_chart(probe_chart(PROBES, ["mass", "tilt"], ["trained", "control"]), "svg")

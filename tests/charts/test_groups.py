"""Charts of two groups: shares of each group, a limit, and pictures as tooltips."""

import numpy as np
import pandas as pd
import pytest

from galviz.charts import group_histogram, group_scatter
from galviz.charts.colour import CATEGORICAL, HIGHLIGHT


def test_each_group_adds_up_to_one():
    groups = {"many": np.linspace(0, 1, 1000), "few": np.array([0.5, 2.0])}
    chart = group_histogram(groups, "distance", limit=1.5, bins=10)
    bars, line = chart.layer
    shares = bars.data.groupby("group")["share"].sum()
    assert shares.to_dict() == pytest.approx({"many": 1, "few": 1}, abs=1e-4)
    assert bars.data.loc[bars.data["group"] == "few", "low"].tolist() == pytest.approx([0.4, 1.8])
    assert line.data["limit"].tolist() == [1.5]
    assert chart.description == "Histogram of distance: 1,000 many, median 0.5; 2 few, median 1.25; a line at 1.5."
    assert len(group_histogram(groups, "distance").layer) == 1


def test_groups_have_two_colours_in_their_order():
    points = pd.DataFrame(
        {"x": [0.0, 1.0, 2.0], "y": 0.0, "group": ["b", "a", "a"], "predicted": 8.8, "image": "data:"}
    )
    chart = group_scatter(points, ("PC1", "PC2"))
    scale = chart.encoding.color["scale"]
    assert (scale.domain, scale.range) == (["b", "a"], [CATEGORICAL[0], HIGHLIGHT])
    assert chart.data["image"].tolist() == ["data:"] * 3
    assert chart.description == "3 galaxies in the plane of PC1 and PC2: 1 b, 2 a."

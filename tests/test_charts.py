"""Charts hold the numbers they were given, and say in words what they show."""

import numpy as np
import pandas as pd

from galviz.charts import label_distribution

LABELS = pd.Series({"a": 8.5, "b": 8.7, "c": 9.1, "d": np.nan})


def test_label_distribution_holds_the_known_labels_the_shown_and_the_chosen():
    chart = label_distribution(LABELS, "Metallicity [dex]", shown=["a", "c", "d"], chosen="c").to_dict()
    values = [[row["label"] for row in chart["datasets"][layer["data"]["name"]]] for layer in chart["layer"]]
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

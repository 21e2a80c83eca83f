"""Standardised differences: against the formula by hand, SciPy's t statistic, and the coverage of their intervals."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from galviz.analysis.groups import MAX_CATEGORIES, compare_groups


def test_the_difference_is_that_of_the_t_statistic():
    generator = np.random.default_rng(0)
    values, selected = generator.normal(size=80), generator.random(80) < 0.3
    values[selected] += 0.8
    row = compare_groups(pd.DataFrame({"x": values}), selected).iloc[0]
    n, m = selected.sum(), (~selected).sum()
    t = ttest_ind(values[selected], values[~selected]).statistic
    assert row["difference"] == pytest.approx(t * np.sqrt(1 / n + 1 / m) * (1 - 3 / (4 * (n + m) - 9)))
    assert row["selected"] == pytest.approx(values[selected].mean())
    assert (row["n_selected"], row["n_rest"]) == (n, m)
    assert row["low"] < row["difference"] < row["high"]


def test_intervals_contain_the_true_difference_as_often_as_they_claim():
    generator = np.random.default_rng(1)
    selected = np.arange(120) < 40
    table = pd.DataFrame(generator.normal(size=(120, 400)) + 0.5 * selected[:, None])
    result = compare_groups(table, selected, level=0.9)
    covered = ((result["low"] < 0.5) & (result["high"] > 0.5)).mean()
    assert covered == pytest.approx(0.9, abs=0.04)


def test_scale_and_sign():
    generator = np.random.default_rng(2)
    values, selected = generator.normal(size=50), np.arange(50) < 20
    table = pd.DataFrame({"x": values, "scaled": 1e-200 * values + 3e-200, "negative": -values})
    result = compare_groups(table, selected).set_index("column")["difference"]
    assert result["scaled"] == pytest.approx(result["x"])
    assert result["negative"] == pytest.approx(-result["x"])
    swapped = compare_groups(table, ~selected).set_index("column")["difference"]
    assert swapped["x"] == pytest.approx(-result["x"])


def test_columns_are_ranked_and_categories_compared_one_by_one():
    selected = np.arange(40) < 20
    kinds = np.where(np.arange(40) % 2, "disc", "bulge").astype(object)
    kinds[:10] = "disc"
    kinds[39] = None
    table = pd.DataFrame(
        {"same": np.arange(40) % 2, "far": np.arange(40.0), "kind": kinds, "barred": np.arange(40) % 3 == 0}
    )
    result = compare_groups(table, selected)
    assert result["column"].iloc[0] == "far"
    assert (result["difference"].abs().diff().dropna() <= 0).all()
    disc = result[(result["column"] == "kind") & (result["category"] == "disc")].iloc[0]
    assert disc["selected"] == pytest.approx(15 / 20)
    assert (disc["n_selected"], disc["n_rest"]) == (20, 19)
    barred = result[result["column"] == "barred"].iloc[0]
    assert barred["selected"] == pytest.approx((np.arange(20) % 3 == 0).mean())


def test_columns_without_a_difference_are_left_out():
    columns = {"constant": 1.0, "missing": np.nan, "one value": [1.0, *[np.nan] * 9], "infinite": [np.inf] * 9 + [1.0]}
    table = pd.DataFrame(columns)
    assert compare_groups(table, np.arange(10) < 5).empty
    assert compare_groups(table, np.zeros(10, dtype=bool)).empty
    assert compare_groups(table, np.ones(10, dtype=bool)).empty
    n = 2 * (MAX_CATEGORIES + 1)
    categories = pd.DataFrame({"class": [str(row // 2) for row in range(n)]})
    assert compare_groups(categories, np.arange(n) < n // 2).empty


@pytest.mark.parametrize("selected", [[1, 0], [True], np.ones((2, 1), dtype=bool)])
def test_the_selection_is_one_bool_per_row(selected):
    with pytest.raises(ValueError, match="one bool per row"):
        compare_groups(pd.DataFrame({"x": [1.0, 2.0]}), selected)

"""What units respond to: ranks and correlations against independent computations."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr

from galviz.analysis.units import column_correlations, rank_units

RNG = np.random.default_rng(3)


def test_ranks_are_those_of_scipy_and_constant_units_are_left_out():
    values, target = RNG.normal(size=(80, 6)), RNG.normal(size=80)
    values[:, 4] = 7.0
    values[:, 2] += 2 * target
    target[::9] = np.nan
    known = np.isfinite(target)
    units, r = rank_units(values, target)
    assert sorted(units) == [0, 1, 2, 3, 5]
    assert units[0] == 2
    np.testing.assert_allclose(r, [pearsonr(values[known, unit], target[known]).statistic for unit in units])
    assert (np.diff(np.abs(r)) <= 0).all()


@pytest.mark.parametrize("factor", [1e-170, 1e200])
def test_ranks_do_not_depend_on_the_scale(factor):
    values, target = RNG.normal(size=(40, 3)), RNG.normal(size=40)
    units, r = rank_units(values, target)
    scaled_units, scaled_r = rank_units(values, target * factor)
    assert scaled_units.tolist() == units.tolist()
    np.testing.assert_allclose(scaled_r, r, rtol=1e-9)


@pytest.mark.parametrize(
    "target",
    [np.r_[np.inf, np.arange(8.0)], np.zeros(9), np.r_[np.zeros(4), np.ones(5)], np.full(9, np.nan), np.zeros(8)],
)
def test_a_target_without_three_values_is_refused(target):
    with pytest.raises(ValueError, match="target"):
        rank_units(RNG.normal(size=(9, 2)), target)


def test_each_column_is_correlated_over_the_galaxies_that_have_it():
    activations = RNG.normal(size=60)
    table = pd.DataFrame(
        {
            "follows": activations + 0.1 * RNG.normal(size=60),
            "noise": RNG.normal(size=60),
            "partly": np.where(np.arange(60) % 3, -activations, np.nan),
            "constant": 1.0,
            "rare": np.where(np.arange(60) < 9, activations, np.nan),
            "flag": activations > 0,
            "text": "a",
        }
    )
    result = column_correlations(activations, table).set_index("column")
    assert set(result.index) == {"follows", "noise", "partly", "flag"}
    assert result.loc["partly", ["r", "n"]].tolist() == pytest.approx([-1, 40])
    for name in ("follows", "noise", "flag"):
        assert result.loc[name, "r"] == pytest.approx(pearsonr(activations, table[name].astype(float)).statistic)
    assert result.loc["noise", "low"] < 0 < result.loc["noise", "high"]
    assert (np.diff(result["r"].abs()) <= 0).all()


@pytest.mark.parametrize("activations", [np.zeros(4), [1.0, np.nan, 2.0]])
def test_activations_that_do_not_match_are_refused(activations):
    with pytest.raises(ValueError, match="activations"):
        column_correlations(activations, pd.DataFrame({"a": [1.0, 2.0, 3.0]}))

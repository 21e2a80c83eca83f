"""A claim is compared with controls: known answers, and the same galaxies for both sides of a difference."""

import numpy as np
import pytest

from galviz.analysis.claims import compare_with_controls

RANDOM = np.random.default_rng(3)
FEATURES = RANDOM.normal(size=(300, 4))
NOISE = RANDOM.normal(size=(300, 2))
VALUES = FEATURES[:, 0] + 0.5 * RANDOM.normal(size=300)  # four fifths of the variance are in the features


def test_a_known_share_of_the_variance_is_found_and_noise_has_none():
    table = compare_with_controls(FEATURES, {"noise": NOISE, "the same": FEATURES}, VALUES)
    assert list(table.index) == ["network", "noise", "the same", "permuted values"]
    assert table.loc["network", "r2"] == pytest.approx(0.8, abs=0.05)
    assert (table["low"] < table["r2"]).all()
    assert (table["r2"] < table["high"]).all()
    for control in ("noise", "permuted values"):
        assert table.loc[control, "low"] < 0.01
        assert abs(table.loc[control, "r2"]) < 0.06
    assert table.loc["noise", "difference_low"] > 0.7
    # On the same resamples of the same galaxies, a representation doesn't differ from itself.
    assert table.loc["the same", ["difference", "difference_low", "difference_high"]].tolist() == [0, 0, 0]
    assert table.loc[["network", "permuted values"], "difference"].isna().all()


def test_results_depend_on_the_seed_alone():
    tables = [compare_with_controls(FEATURES, {"noise": NOISE}, VALUES, seed=seed) for seed in (0, 0, 1)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


@pytest.mark.parametrize(
    ("controls", "values", "message"),
    [
        ({}, VALUES[:10], "at least 20"),
        ({}, VALUES[:, None], "shape"),
        ({"network": NOISE}, VALUES, "'network'"),
        ({"noise": NOISE[:5]}, VALUES, "row for each"),
        ({}, np.full(300, 8.5), "differ between galaxies"),
        ({}, np.where(VALUES > 1, np.nan, VALUES), "finite"),
    ],
    ids=["few galaxies", "column", "reserved name", "other galaxies", "constant", "unknown value"],
)
def test_invalid_input_is_refused(controls, values, message):
    with pytest.raises(ValueError, match=message):
        compare_with_controls(FEATURES[: len(values)], controls, values)

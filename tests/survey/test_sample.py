"""Samples are seeded, nested and in the catalogue's order; ranks are even."""

import numpy as np
import pandas as pd
import pytest

from galviz.survey.sample import draw_sample, evenly_ranked, spread_out

IDS = [f"galaxy-{number:04d}" for number in range(500)]


def test_sample_depends_on_the_seed():
    assert draw_sample(IDS, 40, seed=3) == draw_sample(IDS, 40, seed=3)
    assert draw_sample(IDS, 40, seed=3) != draw_sample(IDS, 40, seed=4)


def test_a_larger_sample_contains_the_smaller():
    for size in range(0, 500, 50):
        assert set(draw_sample(IDS, size)) <= set(draw_sample(IDS, size + 50))


def test_sample_is_in_the_catalogues_order_without_duplicates():
    sample = draw_sample(IDS, 100)
    assert len(set(sample)) == 100
    assert sample == sorted(sample, key=IDS.index)
    assert draw_sample(IDS, 500) == IDS


def test_sample_is_uniform():
    counts = pd.Series([name for seed in range(400) for name in draw_sample(IDS, 50, seed=seed)]).value_counts()
    assert len(counts) == 500
    # 400 samples of a tenth: 40 each, with a standard deviation of 6.
    assert counts.between(40 - 5 * 6, 40 + 5 * 6).all()


@pytest.mark.parametrize("size", [-1, 501])
def test_size_out_of_range(size):
    with pytest.raises(ValueError, match=f"size must be 0 to 500, the number of galaxies; got {size}"):
        draw_sample(IDS, size)


def test_evenly_ranked_includes_both_ends():
    values = pd.Series({"b": 2.0, "a": 1.0, "e": 5.0, "c": 3.0, "d": 4.0})
    assert evenly_ranked(values, 3) == ["a", "c", "e"]
    assert evenly_ranked(values, 2) == ["a", "e"]
    assert evenly_ranked(values, 1) == ["a"]
    assert evenly_ranked(values, 99) == ["a", "b", "c", "d", "e"]


def test_evenly_ranked_with_missing_values_and_ties():
    values = pd.Series({"z": 1.0, "n": np.nan, "y": 1.0, "x": 1.0})
    assert evenly_ranked(values, 3) == ["x", "y", "z"]
    assert evenly_ranked(values.iloc[:0], 3) == []
    with pytest.raises(ValueError, match="count must be at least 1; got 0"):
        evenly_ranked(values, 0)


# Points that don't cover each other


def test_distant_points_are_chosen_first():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    middle = np.random.default_rng(1).uniform(0.4, 0.6, (200, 2))
    places = np.vstack([middle, corners])
    picked = spread_out(places, 5, seed=3)
    assert set(picked[1:]) == {200, 201, 202, 203}  # the first is any
    assert len(set(spread_out(places, 1000).tolist())) == 204
    assert spread_out(places, 20)[:5].tolist() == spread_out(places, 5).tolist()


def test_spread_out_does_not_depend_on_units():
    places = np.random.default_rng(2).uniform(size=(100, 2))
    assert spread_out(places, 10).tolist() == spread_out(places * [1000, 0.01] + 7, 10).tolist()


def test_min_distance():
    places = np.random.default_rng(4).uniform(size=(400, 2))
    picked = places[spread_out(places, 400, min_distance=0.1)]
    ranges = np.ptp(places, axis=0)
    apart = (np.abs(picked[:, None] - picked[None]) / ranges).max(axis=2)
    assert apart[~np.eye(len(picked), dtype=bool)].min() >= 0.1
    left = np.abs(places[:, None] - picked[None]) / ranges
    assert left.max(axis=2).min(axis=1).max() < 0.1  # there is no room for another
    assert 30 < len(picked) < 122  # a square of side 1 holds 11 × 11 at most


def test_equal_points_are_chosen_once():
    assert sorted(spread_out(np.zeros((4, 2)), 9).tolist()) == [0, 1, 2, 3]
    assert spread_out(np.zeros((0, 2)), 3).tolist() == []


@pytest.mark.parametrize(
    ("places", "count", "says"),
    [
        (np.zeros((3, 3)), 2, r"of shape \(n, 2\); got shape \(3, 3\)"),
        ([[0.0, np.nan]], 1, "must be finite"),
        (np.zeros((3, 2)), 0, "count must be at least 1; got 0"),
    ],
)
def test_invalid_points(places, count, says):
    with pytest.raises(ValueError, match=says):
        spread_out(places, count)

"""Samples are seeded, nested and in the catalogue's order; ranks are even."""

import numpy as np
import pandas as pd
import pytest

from galviz.survey.sample import draw_sample, evenly_ranked, spread_out

IDS = [f"galaxy-{number:04d}" for number in range(500)]


def test_same_seed_same_galaxies_other_seed_others():
    assert draw_sample(IDS, 40, seed=3) == draw_sample(IDS, 40, seed=3)
    assert draw_sample(IDS, 40, seed=3) != draw_sample(IDS, 40, seed=4)


def test_a_larger_sample_contains_the_smaller():
    for size in range(0, 500, 50):
        assert set(draw_sample(IDS, size)) <= set(draw_sample(IDS, size + 50))


def test_sample_keeps_the_catalogues_order_and_has_no_galaxy_twice():
    sample = draw_sample(IDS, 100)
    assert len(set(sample)) == 100
    assert sample == sorted(sample, key=IDS.index)
    assert draw_sample(IDS, 500) == IDS


def test_each_galaxy_is_as_likely():
    counts = pd.Series([name for seed in range(400) for name in draw_sample(IDS, 50, seed=seed)]).value_counts()
    assert len(counts) == 500
    # 400 samples of a tenth: 40 each, with a standard deviation of 6.
    assert counts.between(40 - 5 * 6, 40 + 5 * 6).all()


@pytest.mark.parametrize("size", [-1, 501])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises(ValueError, match=f"size must be 0 to 500, the number of galaxies; got {size}"):
        draw_sample(IDS, size)


def test_ranks_are_even_and_hold_both_ends():
    values = pd.Series({"b": 2.0, "a": 1.0, "e": 5.0, "c": 3.0, "d": 4.0})
    assert evenly_ranked(values, 3) == ["a", "c", "e"]
    assert evenly_ranked(values, 2) == ["a", "e"]
    assert evenly_ranked(values, 1) == ["a"]
    assert evenly_ranked(values, 99) == ["a", "b", "c", "d", "e"]


def test_ranks_leave_out_the_unknown_and_break_ties_by_id():
    values = pd.Series({"z": 1.0, "n": np.nan, "y": 1.0, "x": 1.0})
    assert evenly_ranked(values, 3) == ["x", "y", "z"]
    assert evenly_ranked(values.iloc[:0], 3) == []
    with pytest.raises(ValueError, match="count must be at least 1; got 0"):
        evenly_ranked(values, 0)


# Points that don't cover each other


def test_points_far_apart_are_picked_first():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    middle = np.random.default_rng(1).uniform(0.4, 0.6, (200, 2))
    places = np.vstack([middle, corners])
    picked = spread_out(places, 5, seed=3)
    assert set(picked[1:]) == {200, 201, 202, 203}  # the first is any
    assert len(set(spread_out(places, 1000).tolist())) == 204
    assert spread_out(places, 20)[:5].tolist() == spread_out(places, 5).tolist()


def test_axes_count_alike_whatever_their_unit():
    places = np.random.default_rng(2).uniform(size=(100, 2))
    assert spread_out(places, 10).tolist() == spread_out(places * [1000, 0.01] + 7, 10).tolist()


def test_points_that_would_touch_are_left_out():
    places = np.random.default_rng(4).uniform(size=(400, 2))
    picked = places[spread_out(places, 400, min_distance=0.1)]
    ranges = np.ptp(places, axis=0)
    apart = (np.abs(picked[:, None] - picked[None]) / ranges).max(axis=2)
    assert apart[~np.eye(len(picked), dtype=bool)].min() >= 0.1
    left = np.abs(places[:, None] - picked[None]) / ranges
    assert left.max(axis=2).min(axis=1).max() < 0.1  # there is no room for another
    assert 30 < len(picked) < 122  # a square of side 1 holds 11 × 11 at most


def test_points_on_top_of_each_other_are_each_picked_once():
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
def test_what_can_t_be_spread_out_is_told(places, count, says):
    with pytest.raises(ValueError, match=says):
        spread_out(places, count)

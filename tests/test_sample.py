"""Samples are seeded, nested and in the catalogue's order; ranks are even."""

import numpy as np
import pandas as pd
import pytest

from galviz.sample import draw_sample, evenly_ranked

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

"""Distances to the nearest reference galaxies, and their calibration on held-out galaxies."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from galviz.analysis.novelty import fit_novelty


def draw(n_galaxies, seed, shift=0.0, n_features=4):
    return np.random.default_rng(seed).normal(size=(n_galaxies, n_features)) + shift


def test_distances_are_those_of_all_pairs():
    reference, held_out, others = draw(40, 0) * [1, 5, 0.1, 2], draw(30, 1), draw(20, 2, shift=1.0)
    novelty = fit_novelty(reference, held_out, n_neighbors=3)
    scale = reference.std(axis=0)
    pairs = np.sort(cdist(others / scale, reference / scale), axis=1)[:, :3].mean(axis=1)
    assert novelty.distances(others) == pytest.approx(pairs)
    assert novelty.distances(held_out) == pytest.approx(novelty.held_out_distances)
    assert (novelty.n_reference, novelty.n_neighbors) == (40, 3)


def test_a_worked_example():
    """Reference galaxies at 0 and 2 have a standard deviation of 1."""
    novelty = fit_novelty([[0.0], [2.0]], [[0.0], [0.5], [1.0]], n_neighbors=1)
    assert novelty.held_out_distances.tolist() == [0.0, 0.5, 1.0]
    assert novelty.distances([[5.0], [1.5]]).tolist() == [3.0, 0.5]
    # as far as two of three held-out galaxies; an equal distance counts
    assert novelty.p_values([3.0, 0.5, 1.0, 0.0]).tolist() == [1 / 4, 3 / 4, 2 / 4, 1.0]
    assert novelty.limit(0.5) == 0.5


def test_p_values_of_galaxies_like_the_held_out_ones_are_calibrated():
    shares = []
    for seed in range(20):
        novelty = fit_novelty(draw(200, 3 * seed), draw(200, 3 * seed + 1))
        shares.append((novelty.p_values(novelty.distances(draw(200, 3 * seed + 2))) <= 0.1).mean())
    assert np.mean(shares) == pytest.approx(0.1, abs=0.015)


def test_a_shift_is_noticed_and_the_unit_of_a_feature_is_not():
    reference, held_out, others = draw(300, 0), draw(300, 1), draw(300, 2, shift=4.0)
    novelty = fit_novelty(reference, held_out)
    distances = novelty.distances(others)
    assert (distances > novelty.limit(0.99)).mean() > 0.99
    unit = np.array([1e-6, 1e3, 1.0, 20.0])
    assert fit_novelty(reference * unit, held_out * unit).distances(others * unit) == pytest.approx(distances)


def test_a_constant_feature_counts_where_it_differs():
    reference, held_out = draw(50, 0), draw(50, 1)
    reference[:, 1], held_out[:, 1] = 0.1, 0.1
    other = held_out[:1].copy()
    other[0, 1] = 100.1
    novelty = fit_novelty(reference, held_out)
    assert novelty.distances(other)[0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize(
    ("reference", "held_out", "k", "words"),
    [
        (draw(5, 0), draw(5, 1, n_features=3), 1, "4 features; got 3"),
        (draw(5, 0), np.full((2, 4), np.nan), 1, "held_out"),
        (draw(5, 0), draw(5, 1), 6, "number of reference galaxies"),
        (draw(5, 0), draw(0, 1), 1, "held_out must hold 1 galaxy or more"),
        (draw(0, 0), draw(5, 1), 1, "n_neighbors must be at most 0"),
    ],
)
def test_what_can_t_be_compared_is_refused(reference, held_out, k, words):
    with pytest.raises(ValueError, match=words):
        fit_novelty(reference, held_out, n_neighbors=k)
    with pytest.raises(ValueError, match="4 features; got 2"):
        fit_novelty(draw(5, 0), draw(5, 1)).distances(np.zeros((1, 2)))

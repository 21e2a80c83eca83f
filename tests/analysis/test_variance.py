"""Uncertainty of explained variance: worked by hand, from fits to the samples, or known of a Gaussian."""

import numpy as np
import pytest

from galviz.analysis.pca import fit_pca
from galviz.analysis.variance import bootstrap_explained_variance, held_out_explained_variance


def draw(n, d, *, seed=0, deviations=None):
    """n galaxies with d independent features, whose standard deviations fall as 1, 1/2, 1/3, … unless given."""
    deviations = 1 / np.arange(1, d + 1) if deviations is None else np.asarray(deviations)
    return np.random.default_rng(seed).normal(size=(n, d)) * deviations


def rotation(d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


# held_out_explained_variance


def test_held_out_share_worked_by_hand():
    """Left out one at a time, each corner of a square is on the one axis its diagonal neighbours span."""
    values = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    held_out = held_out_explained_variance(values, 1, folds=4)
    # Without (3, 0): the mean is (−1, 0), the others' spread 6 along x and 2 along y; (4, 0) lies along x. Without
    # (0, 1): the mean is (0, −1/3), the axis x; (0, 4/3) lies along y.
    assert sorted(held_out.by_fold.ravel().round(12)) == [0, 0, 1, 1]
    np.testing.assert_allclose(held_out.mean, [0.5])
    np.testing.assert_allclose(held_out.standard_deviation, [np.sqrt(1 / 3)])


def test_held_out_share_is_one_minus_what_reconstruction_leaves():
    values = draw(40, 6) @ rotation(6) + 1
    held_out = held_out_explained_variance(values, 3, folds=4, seed=7)
    fold = np.array_split(np.random.default_rng(7).permutation(40), 4)[2]
    pca = fit_pca(np.delete(values, fold, axis=0), 3)
    lost = values[fold] - pca.inverse_transform(pca.transform(values[fold]))
    expected = 1 - np.sum(lost**2) / np.sum((values[fold] - pca.mean) ** 2)
    np.testing.assert_allclose(held_out.by_fold[2, 2], expected)
    np.testing.assert_allclose(held_out.mean, held_out.by_fold.mean(axis=0))
    assert np.all(np.diff(held_out.by_fold, axis=1) >= 0)


def test_noise_is_explained_less_when_held_out_and_a_plane_as_well():
    noise = draw(100, 50, deviations=np.ones(50))
    in_sample = fit_pca(noise, 10).explained_variance_ratio.cumsum()
    held_out = held_out_explained_variance(noise, 10)
    assert np.all(held_out.mean < in_sample)
    # The axes of white noise mean nothing to other galaxies: ten of fifty explain a fifth.
    assert held_out.mean[9] == pytest.approx(0.2, abs=0.03)
    assert in_sample[9] > 0.35
    plane = draw(200, 2) @ rotation(20)[:2] + 0.001 * draw(200, 20, seed=1, deviations=np.ones(20))
    np.testing.assert_allclose(
        held_out_explained_variance(plane, 2).mean, fit_pca(plane, 2).explained_variance_ratio.cumsum(), atol=0.02
    )


def test_held_out_directions_without_variance_count_for_nothing():
    """4 of 5 galaxies span 3 directions; what an arbitrary fourth happens to catch is no explanation."""
    held_out = held_out_explained_variance(draw(5, 9, deviations=np.ones(9)), 4, folds=5)
    np.testing.assert_array_equal(held_out.by_fold[:, 3], held_out.by_fold[:, 2])


def test_held_out_folds_follow_the_seed():
    values = draw(60, 5)
    first, again, other = (held_out_explained_variance(values, 2, seed=seed).by_fold for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)


# bootstrap_explained_variance


def test_bootstrap_estimate_is_fit_pcas():
    for values in (draw(90, 12) + 4, draw(12, 90) + 4):
        bootstrap = bootstrap_explained_variance(values, 5, sample_size=12, n_resamples=20)
        ratio = fit_pca(values, 5).explained_variance_ratio
        np.testing.assert_allclose(bootstrap.single.estimate, ratio)
        np.testing.assert_allclose(bootstrap.cumulative.estimate, ratio.cumsum())


def test_bootstrap_percentiles_are_those_of_fits_to_the_samples():
    values = draw(30, 4)
    bootstrap = bootstrap_explained_variance(values, 2, sample_size=25, n_resamples=40, level=0.8, seed=3)
    random = np.random.default_rng(3)
    ratios = [fit_pca(values[random.integers(30, size=25)], 2).explained_variance_ratio for _ in range(40)]
    for interval, shares in ((bootstrap.single, np.array(ratios)), (bootstrap.cumulative, np.cumsum(ratios, axis=1))):
        np.testing.assert_allclose(interval.low, np.percentile(shares, 10, axis=0))
        np.testing.assert_allclose(interval.median, np.median(shares, axis=0))
        np.testing.assert_allclose(interval.high, np.percentile(shares, 90, axis=0))
    assert (bootstrap.sample_size, bootstrap.n_resamples, bootstrap.level) == (25, 40, 0.8)


def test_bootstrap_width_for_a_gaussian_is_the_known_one():
    """Two features' eigenvalues vary by 2 λ²/m each, so the ratio p has a deviation of 2 p (1 − p) / √m: 0.02 here."""
    values = draw(4000, 2, deviations=[2.0, 1.0]) @ rotation(2)
    bootstrap = bootstrap_explained_variance(values, 2, sample_size=256, n_resamples=800)
    assert bootstrap.single.low[0] < 0.8 < bootstrap.single.high[0]
    assert bootstrap.single.median[0] == pytest.approx(bootstrap.single.estimate[0], abs=0.003)
    assert bootstrap.single.high[0] - bootstrap.single.low[0] == pytest.approx(2 * 1.96 * 0.02, rel=0.15)
    # Two shares of two features are all there is, so what the first gains the second loses.
    np.testing.assert_allclose(bootstrap.single.low[0], 1 - bootstrap.single.high[1])
    np.testing.assert_allclose([bootstrap.cumulative.low[1], bootstrap.cumulative.high[1]], 1)


def test_bootstrap_intervals_have_their_nominal_coverage():
    truth = 9 / (9 + 4 + 1)
    hits = 0
    for seed in range(100):
        values = draw(150, 3, seed=seed, deviations=[3.0, 2.0, 1.0])
        interval = bootstrap_explained_variance(values, 1, sample_size=150, n_resamples=150, level=0.9).single
        hits += interval.low[0] <= truth <= interval.high[0]
    # 90 of 100 expected, with a standard deviation of 3.
    assert 80 <= hits <= 98


def test_larger_samples_differ_less_and_the_whole_survey_still_differs():
    values = draw(400, 5)
    widths = []
    for size in (50, 200, 400):
        single = bootstrap_explained_variance(values, 1, sample_size=size, n_resamples=300).single
        widths.append(single.high[0] - single.low[0])
    # As 1/√size: no sudden end where the sample is as large as the survey.
    np.testing.assert_allclose(widths / widths[0], [1, 0.5, 8**-0.5], rtol=0.2)


def test_bootstrap_follows_the_seed_and_bears_a_sample_all_alike():
    values = draw(60, 5)
    first, again, other = (
        bootstrap_explained_variance(values, 2, sample_size=30, n_resamples=20, seed=seed).single.low
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)
    # Two draws of two galaxies are the same one half the time: share 0, or else all along the line between them.
    pair = bootstrap_explained_variance(values[:2] + 0.1, 1, sample_size=2, n_resamples=50).single
    assert (pair.low[0], pair.high[0], pair.estimate[0]) == (0, pytest.approx(1), pytest.approx(1))


# Both


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_input_is_left_alone_and_computed_with_in_float64(dtype):
    values = (draw(40, 5) + 2).astype(dtype)
    values.flags.writeable = False
    before, double = values.copy(), values.astype(np.float64)
    held_out, expected = (held_out_explained_variance(table, 2).by_fold for table in (values, double))
    np.testing.assert_array_equal(held_out, expected)
    resampled, expected = (
        bootstrap_explained_variance(table, 2, sample_size=20, n_resamples=3).single.low for table in (values, double)
    )
    np.testing.assert_array_equal(resampled, expected)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.arange(5.0), r"values must be a 2-D table of numbers, one row per galaxy; got shape \(5,\)"),
        ([[1.0, 2.0], [np.nan, 3.0]], "1 of 2 rows hold NaN, infinity or .*, the first in row 1"),
        (np.full((7, 2), 0.1), "values must differ between galaxies; got 7 all alike"),
    ],
)
def test_invalid_values_are_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        held_out_explained_variance(values, 1, folds=2)
    with pytest.raises(ValueError, match=sentence):
        bootstrap_explained_variance(values, 1, sample_size=2, n_resamples=2)


VALUES = draw(20, 6)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: held_out_explained_variance(VALUES, 2, folds=1), "folds must be a whole number of at least 2; got 1"),
        (
            lambda: held_out_explained_variance(VALUES, 2, folds=21),
            "folds must be at most 20, the number of galaxies; got 21",
        ),
        (
            lambda: held_out_explained_variance(VALUES[:7], 5, folds=3),
            "n_components must be at most 4, the lesser of n = 4 galaxies",
        ),
        (
            lambda: held_out_explained_variance([[-1.0], [0.0], [1.0]], 1, folds=3),
            "folds must be so few that each has variance; got 3",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 2),
            "sample_size must be at most 20, the number of galaxies; got 256. Ask for 20 or fewer",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 2, sample_size=1),
            "sample_size must be a whole number of at least 2; got 1",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 4, sample_size=3),
            "n_components must be at most 3, the lesser of n = 3 galaxies and d = 6",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 2, sample_size=9, n_resamples=0),
            "n_resamples must be a whole number of at least 1; got 0",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 2, sample_size=9, level=95),
            "level must be more than 0 and less than 1; got 95",
        ),
        (
            lambda: bootstrap_explained_variance(VALUES, 2, sample_size=9, level=np.nan),
            "level must be more than 0 and less than 1; got nan",
        ),
    ],
)
def test_invalid_arguments_are_refused_with_a_remedy(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

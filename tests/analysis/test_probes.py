"""Linear probes: explicit leave-one-out fits as oracle, planted signals, and noise that must not be predicted."""

import numpy as np
import pytest

from galviz.analysis.probes import PENALTIES, Probe, probe


def draw(n, d, *, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def planted(n, d, share, *, seed=0):
    """Features, and causes of which a share of the variance is a weighted sum of them."""
    values, random = draw(n, d, seed=seed), np.random.default_rng(seed + 1)
    signal = values @ random.normal(size=(d, 2))
    signal /= signal.std(axis=0)
    return values, np.sqrt(share) * signal + np.sqrt(1 - share) * random.normal(size=(n, 2))


def ridge(x, y, penalty, other):
    """Predictions for other galaxies, from the normal equations in double precision."""
    centred = x - x.mean(axis=0)
    weights = np.linalg.solve(centred.T @ centred + penalty * np.eye(x.shape[1]), centred.T @ (y - y.mean(axis=0)))
    return (other - x.mean(axis=0)) @ weights + y.mean(axis=0)


@pytest.mark.parametrize("d", [3, 40])
def test_the_penalty_is_the_best_of_explicit_leave_one_out_fits(d):
    """With fewer and with more features than galaxies in the fit; each leave-one-out fit has its own intercept."""
    values, causes = planted(24, d, 0.5)
    values += 40
    result = probe(values, causes, folds=3, trim=0, seed=3)
    for fold in np.array_split(np.random.default_rng(3).permutation(24), 3):
        x, y = np.delete(values, fold, axis=0), np.delete(causes, fold, axis=0)
        penalties = PENALTIES * ((x - x.mean(axis=0)) ** 2).sum()
        errors = np.zeros((len(penalties), 2))
        for penalty, error in zip(penalties, errors, strict=True):
            for one in range(len(x)):
                left_out = ridge(np.delete(x, one, axis=0), np.delete(y, one, axis=0), penalty, x[one])
                error += (left_out - y[one]) ** 2
        for cause, best in enumerate(penalties[errors.argmin(axis=0)]):
            expected = ridge(x, y[:, cause], best, values[fold])
            np.testing.assert_allclose(result.predictions[fold, cause], expected, atol=1e-5)
        np.testing.assert_allclose(result.baseline[fold], np.tile(y.mean(axis=0), (len(fold), 1)))


def test_r2_worked_by_hand():
    """Causes 1, 2, 3 with a mean of 2, answers 1.5, 2, 2.5: 1 − 0.5 / 2."""
    column = np.array([[1.0], [2.0], [3.0]])
    assert Probe(np.array([[1.5], [2.0], [2.5]]), np.full((3, 1), 2.0), column).r2 == pytest.approx([0.75])
    assert Probe(np.full((3, 1), 2.0), np.full((3, 1), 2.0), column).r2 == pytest.approx([0])


def test_planted_causes_are_predicted():
    values, causes = planted(1500, 20, 0.6)
    result = probe(values, causes)
    assert result.r2 == pytest.approx([0.6, 0.6], abs=0.05)
    low, high = result.interval()
    assert (low < result.r2).all()
    assert (result.r2 < high).all()
    assert (high - low < 0.1).all()


@pytest.mark.parametrize("d", [5, 300])
def test_noise_predicts_nothing(d):
    """More features than galaxies: a fit tells those it has seen exactly, so a leak would show as a high R²."""
    result = probe(draw(200, d), draw(200, 12, seed=9))
    assert result.r2.max() < 0.06
    assert result.r2.mean() < 0.01
    low, _ = result.interval()
    assert (low < 0.02).all()


def test_a_galaxy_is_predicted_by_a_fit_to_others():
    """Its own cause may be anything: its prediction stays."""
    values, causes = planted(80, 6, 0.5)
    changed = causes.copy()
    changed[17] += 100
    before, after = probe(values, causes, seed=4), probe(values, changed, seed=4)
    np.testing.assert_allclose(after.predictions[17], before.predictions[17], atol=1e-12)
    np.testing.assert_allclose(after.baseline[17], before.baseline[17], atol=1e-12)
    assert not np.allclose(after.predictions, before.predictions, atol=0.1)


def test_each_cause_is_predicted_as_if_alone():
    values, causes = planted(120, 10, 0.7)
    both, one = probe(values, causes), probe(values, causes[:, 1:])
    np.testing.assert_allclose(both.predictions[:, 1:], one.predictions, atol=1e-9)


def test_a_binary_cause_has_a_share_of_explained_variance():
    values = draw(1000, 4)
    result = probe(values, (values[:, :1] > 0).astype(float))
    # A line through a step: r² of a bell-shaped x and its sign is 2/π.
    assert result.r2 == pytest.approx([2 / np.pi], abs=0.04)


def test_trimming_saves_a_fit_from_a_few_that_lie_far_out():
    values, causes = planted(400, 10, 0.8)
    far = values.copy()
    far[:6] *= 200
    assert probe(far, causes, trim=0).r2.min() < 0.3
    assert probe(far, causes).r2.min() > 0.5
    assert probe(values, causes).r2 == pytest.approx(probe(values, causes, trim=0).r2, abs=0.03)


def test_difference_is_paired():
    values, causes = planted(600, 8, 0.5)
    better, worse = probe(values, causes), probe(values[:, :5], causes)
    low, high = better.interval(worse)
    difference = better.r2 - worse.r2
    assert (low < difference).all()
    assert (difference < high).all()
    assert better.interval(better) == (pytest.approx([0, 0]), pytest.approx([0, 0]))
    # Those of the two, as if their galaxies had been drawn apart, would leave more room.
    widths = [np.subtract(*result.interval()[::-1]) for result in (better, worse)]
    assert (high - low < np.hypot(*widths)).all()


def test_scale_and_shift_of_features_change_nothing():
    values, causes = planted(100, 6, 0.5)
    np.testing.assert_allclose(
        probe(1e-3 * values + 7, causes).predictions, probe(values, causes).predictions, atol=1e-6
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64])
def test_any_numbers_do_and_are_left_alone(dtype):
    values, causes = (10 * draw(60, 4)).astype(dtype), draw(60, 2, seed=2)
    values.flags.writeable = causes.flags.writeable = False
    result = probe(values, causes)
    assert np.isfinite(result.predictions).all()
    np.testing.assert_array_equal(probe(values.astype(float), causes).predictions, result.predictions)


def test_features_that_do_not_vary_in_a_fit_give_the_mean():
    values = np.zeros((20, 1))
    values[0] = 1.0
    result = probe(values, draw(20, 1), trim=0, folds=20)
    assert np.isfinite(result.predictions).all()


VALUES, CAUSES = draw(30, 3), draw(30, 2, seed=1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: probe(VALUES, CAUSES[:29]), "causes must have a row for each of the 30 rows of values; got 29"),
        (
            lambda: probe(VALUES, np.c_[CAUSES, np.ones(30)]),
            r"causes must differ between galaxies; column 2",
        ),
        (lambda: probe(VALUES, CAUSES[:, 0]), "causes must be a 2-D table"),
        (lambda: probe(VALUES, np.full((30, 1), np.inf)), "causes must be finite; 30 of 30 rows are not"),
        (lambda: probe(np.ones((30, 3)), CAUSES), "values must differ between galaxies"),
        (lambda: probe(VALUES, CAUSES, folds=1), "folds must be a whole number of at least 2; got 1"),
        (lambda: probe(VALUES, CAUSES, folds=31), "folds must be at most 30"),
        (lambda: probe(VALUES, CAUSES, trim=0.5), "trim must be at least 0 and less than 0.5; got 0.5"),
        (lambda: probe(VALUES, CAUSES).interval(probe(VALUES, CAUSES + 1)), "other must be a probe of the same causes"),
        (lambda: probe(VALUES, CAUSES).interval(level=0), "level must be more than 0"),
    ],
)
def test_invalid_arguments_are_refused_with_a_remedy(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

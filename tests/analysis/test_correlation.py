"""Correlations with intervals: compared with values worked by hand, SciPy and closed forms."""

import numpy as np
import pytest
from scipy import stats

from galviz.analysis.correlation import correlate, curve_r2


def draw(n, r, *, seed=0):
    """Pairs from a bell-shaped plane of correlation r."""
    return np.random.default_rng(seed).multivariate_normal([3.0, -1.0], [[1.0, r], [r, 1.0]], size=n)


def test_worked_by_hand():
    """x = −1, 0, 1 and y = 1, 2, 2, thrice each, so that there are enough: r = 1 / √(2 · 2/3)."""
    x, y = np.tile([-1.0, 0.0, 1.0], 4), np.tile([1.0, 2.0, 2.0], 4)
    assert correlate(x[:, None], y[:, None]).r[0, 0] == pytest.approx(np.sqrt(0.75))
    turning = correlate(np.abs(x)[:, None], x[:, None])
    assert turning.r[0, 0] == pytest.approx(0, abs=1e-12)
    assert curve_r2(np.abs(x)[:, None], x[:, None])[0, 0] == pytest.approx(1)
    assert curve_r2(x[:, None], x[:, None])[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(("method", "oracle"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_every_pair_is_scipys(method, oracle):
    random = np.random.default_rng(1)
    x, y = random.normal(size=(60, 3)), np.column_stack([random.exponential(size=(60, 2)), random.integers(0, 2, 60)])
    y[:, 0] += x[:, 1]
    correlations = correlate(x, y, method=method, n_resamples=10)
    expected = [[oracle(a, b)[0] for b in y.T] for a in x.T]
    np.testing.assert_allclose(correlations.r, expected, atol=1e-12)
    assert (correlations.n, correlations.level, correlations.method) == (60, 0.95, method)


def test_intervals_are_fishers_where_those_hold():
    pairs = draw(800, 0.6)
    correlations = correlate(pairs[:, :1], pairs[:, 1:], n_resamples=4000)
    centre, step = np.arctanh(correlations.r[0, 0]), 1.96 / np.sqrt(800 - 3)
    assert correlations.low[0, 0] == pytest.approx(np.tanh(centre - step), abs=0.012)
    assert correlations.high[0, 0] == pytest.approx(np.tanh(centre + step), abs=0.012)


def test_intervals_are_scipys_bootstrap_where_fishers_are_wrong():
    random = np.random.default_rng(2)
    x = random.standard_t(3, size=150)
    y = x**2 + random.normal(size=150)
    correlations = correlate(x[:, None], y[:, None], n_resamples=3000)
    expected = stats.bootstrap(
        (x, y),
        lambda a, b: stats.pearsonr(a, b)[0],
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=2000,
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert (correlations.low[0, 0], correlations.high[0, 0]) == pytest.approx(tuple(expected), abs=0.06)
    fisher = 2 * 1.96 / np.sqrt(147)
    assert correlations.high[0, 0] - correlations.low[0, 0] > 2 * fisher


def test_intervals_have_their_nominal_coverage():
    held = 0
    for seed in range(200):
        pairs = draw(60, 0.4, seed=seed)
        correlations = correlate(pairs[:, :1], pairs[:, 1:], n_resamples=300, seed=seed)
        held += correlations.low[0, 0] <= 0.4 <= correlations.high[0, 0]
    assert 0.89 <= held / 200 <= 0.99


def test_noise_is_clear_of_0_one_time_in_twenty():
    random = np.random.default_rng(5)
    correlations = correlate(random.normal(size=(300, 20)), random.normal(size=(300, 25)), n_resamples=500)
    assert 0.02 < correlations.clear.mean() < 0.09


def test_constant_columns_have_no_correlation():
    x = np.column_stack([np.arange(12.0), np.full(12, 0.1)])
    y = np.column_stack([np.full(12, 7.0), np.arange(12.0), np.r_[np.zeros(11), 1]])
    correlations = correlate(x, y)
    assert np.isnan(correlations.r[:, 0]).all()
    assert np.isnan(correlations.low[1]).all()
    assert not correlations.clear[1].any()
    assert [correlations.r[0, 1], correlations.low[0, 1], correlations.high[0, 1]] == pytest.approx([1, 1, 1])
    # One galaxy is in 2 of 3 resamples: those without it say nothing, and are left out.
    assert np.isfinite([correlations.low[0, 2], correlations.high[0, 2]]).all()
    curve = curve_r2(x, y)
    assert np.isnan(curve[1]).all()
    assert np.isnan(curve[:, 0]).all()
    assert curve[0, 1] == pytest.approx(1)


def test_a_scale_and_a_shift_change_nothing_a_sign_all():
    pairs = draw(50, 0.5)
    one, other = (correlate(pairs[:, :1], y) for y in (pairs[:, 1:], 1e6 - 1e-3 * pairs[:, 1:]))
    np.testing.assert_allclose(other.r, -one.r, atol=1e-6)
    np.testing.assert_allclose(other.low, -one.high, atol=1e-5)
    assert curve_r2(pairs[:, :1], pairs[:, 1:])[0, 0] >= one.r[0, 0] ** 2


def test_the_same_seed_gives_the_same_and_input_is_left_alone():
    pairs = draw(40, 0.5)
    pairs.flags.writeable = False
    first, again, other = (correlate(pairs[:, :1], pairs[:, 1:], seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.low, again.low)
    assert first.low[0, 0] != other.low[0, 0]
    with pytest.raises(ValueError, match="read-only"):
        first.r[0, 0] = 0


X, Y = np.random.default_rng(0).normal(size=(2, 20, 2))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: correlate(X[:5], Y[:5]), "coordinates must have 10 rows or more; got 5. Take more galaxies"),
        (lambda: correlate(X, Y[:19]), "a row for each of the 20 rows of coordinates; got 19"),
        (lambda: correlate(X[:, 0], Y), r"coordinates must be a 2-D table of numbers.*; got shape \(20,\)"),
        (lambda: correlate(X, np.where(Y > 9, Y, np.nan)), "causes must be finite; 20 of 20 rows are not"),
        (lambda: correlate(X, Y.astype(str)), "causes must be a 2-D table of numbers.*; got dtype"),
        (lambda: correlate(X, Y, method="kendall"), "method must be one of pearson, spearman; got 'kendall'"),
        (lambda: correlate(X, Y, level=95), "level must be more than 0 and less than 1; got 95"),
        (lambda: correlate(X, Y, n_resamples=0), "n_resamples must be a whole number of at least 1; got 0"),
        (lambda: curve_r2(X[:3], Y[:3]), "got 3"),
    ],
)
def test_invalid_arguments_are_refused_with_a_remedy(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("power", [-700, 700])
def test_numbers_of_any_scale_correlate_alike(power):
    values = np.random.default_rng(3).normal(size=(40, 2))
    causes = np.column_stack([values[:, 0] + 0.5 * values[:, 1] ** 2])
    scaled = 2.0**power * values, 2.0**power * causes
    np.testing.assert_array_equal(correlate(*scaled, n_resamples=50).r, correlate(values, causes, n_resamples=50).r)
    np.testing.assert_array_equal(curve_r2(*scaled), curve_r2(values, causes))

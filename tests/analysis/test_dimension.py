"""The number of components: intervals, chance, elbow and later components, for data of known dimension."""

import numpy as np
import pytest

from galviz.analysis.dimension import (
    elbow,
    gaussian_standard_error,
    parallel_analysis,
    quick_bootstrap,
    share_by_sample_size,
)
from galviz.analysis.pca import fit_pca
from galviz.analysis.variance import bootstrap_explained_variance
from galviz.features.features import load_features


@pytest.fixture(scope="module")
def values():
    return load_features().layers["features"]


def test_the_quick_bootstrap_is_the_exact_one_within_its_promise(values):
    few = values[:200]
    quick, exact = (
        quick_bootstrap(few, 5, n_resamples=40),
        bootstrap_explained_variance(few, 5, sample_size=200, n_resamples=40),
    )
    for quick_interval, exact_interval in ((quick.single, exact.single), (quick.cumulative, exact.cumulative)):
        assert quick_interval.estimate == pytest.approx(exact_interval.estimate, abs=1e-12)
        for part in ("median", "low", "high"):
            assert getattr(quick_interval, part) == pytest.approx(getattr(exact_interval, part), abs=2e-4)


def test_with_few_features_the_quick_bootstrap_is_exact():
    few = np.random.default_rng(1).normal(size=(30, 7))
    quick = quick_bootstrap(few, 7, sample_size=20, n_resamples=15, seed=4).cumulative
    exact = bootstrap_explained_variance(few, 7, sample_size=20, n_resamples=15, seed=4).cumulative
    assert quick.low == pytest.approx(exact.low)


def test_small_samples_have_larger_and_more_variable_shares(values):
    table = share_by_sample_size(values, [10, 100, 1000], 2, n_resamples=60)
    assert table["size"].tolist() == [10, 10, 100, 100, 1000, 1000]
    first = table[table["components"] == 1]
    assert first["all"].to_numpy() == pytest.approx(fit_pca(values, 1).explained_variance_ratio[0])
    assert (first["median"].diff().dropna() < 0).all()
    assert ((first["high"] - first["low"]).diff().dropna() < 0).all()


def test_the_gaussian_error_is_what_samples_show():
    deviations = np.sqrt([8.0, 3.0, 1.0, 0.5])
    random = np.random.default_rng(0)
    samples = [random.normal(size=(300, 4)) * deviations for _ in range(400)]
    shares = np.array([fit_pca(sample, 4).explained_variance_ratio.cumsum() for sample in samples])
    expected = gaussian_standard_error(deviations**2 / 12.5, 300)
    assert expected[:3] == pytest.approx(shares.std(axis=0)[:3], rel=0.12)
    assert expected[3] == 0


def test_parallel_analysis_counts_the_factors_put_in():
    random = np.random.default_rng(2)
    factors = random.normal(size=(400, 3)) @ random.normal(size=(3, 20)) * 1.5
    analysis = parallel_analysis(factors + random.normal(size=(400, 20)))
    assert analysis.n_above == 3
    assert analysis.observed.sum() == pytest.approx(1)


def test_of_independent_columns_hardly_any_component_is_above_chance():
    assert parallel_analysis(np.random.default_rng(3).normal(size=(200, 15))).n_above <= 1


@pytest.mark.parametrize(("shares", "count"), [([0.6, 0.25, 0.03, 0.02, 0.01], 2), ([0.9, 0.02, 0.01], 1), ([1.0], 1)])
def test_the_elbow(shares, count):
    assert elbow(shares) == count


def test_same_seed_same_result_and_inputs_stay(values):
    few = values[:50].copy()
    assert np.array_equal(parallel_analysis(few).chance, parallel_analysis(few).chance)
    assert np.array_equal(quick_bootstrap(few, 2).single.low, quick_bootstrap(few, 2).single.low)
    assert np.array_equal(few, values[:50])

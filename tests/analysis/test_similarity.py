"""CKA against its definition by kernels, and nearest galaxies against distances computed one by one."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from galviz.analysis.similarity import linear_cka, nearest_rows, standardise_columns


def hsic(x, y):
    """The Hilbert-Schmidt independence criterion with linear kernels, by the centring matrix (Gretton et al. 2005)."""
    n = len(x)
    centring = np.eye(n) - np.ones((n, n)) / n
    return np.trace(x @ x.T @ centring @ y @ y.T @ centring) / (n - 1) ** 2


@pytest.mark.parametrize(("d", "e"), [(3, 5), (80, 4), (70, 90)])
def test_cka_is_the_normalised_independence_criterion(d, e):
    generator = np.random.default_rng(4)
    x = generator.normal(size=(60, d)) + 2
    y = np.tanh(x[:, :1]) + generator.normal(size=(60, e))
    expected = hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))
    assert linear_cka(x, y) == pytest.approx(expected)
    assert linear_cka(y, x) == pytest.approx(expected)
    rotation, _ = np.linalg.qr(generator.normal(size=(d, d)))
    assert linear_cka(3 * x @ rotation - 7, y) == pytest.approx(expected)
    assert linear_cka(x, x @ rotation) == pytest.approx(1)


def test_cka_of_random_numbers_is_what_the_docstring_says():
    generator = np.random.default_rng(5)
    x, y = generator.normal(size=(2, 400, 100))
    assert linear_cka(x, y) == pytest.approx(100 / 500, abs=0.01)


def test_cka_compares_the_same_galaxies():
    with pytest.raises(ValueError, match="a row for each of the 5"):
        linear_cka(np.eye(5), np.eye(4))


def test_columns_of_any_size_are_standardised():
    values = np.random.default_rng(4).integers(0, 9, size=(50, 4)).astype(float)
    expected = (values - values.mean(axis=0)) / values.std(axis=0)
    scaled = values * [1e200, 1e-310, 0.125, 3] + [0, 0, 1e15, 0]
    np.testing.assert_allclose(standardise_columns(scaled), expected, rtol=1e-9, atol=1e-12)
    assert (standardise_columns(np.full((7, 1), 0.1)) == 0).all()
    with pytest.raises(ValueError, match="finite"):
        standardise_columns([[np.nan]])


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_nearest_rows_are_those_of_all_distances(metric):
    values = np.random.default_rng(6).normal(size=(50, 7)) + 1
    values[10] = values[20]
    rows, distances = nearest_rows(values, 20, n_neighbors=49, metric=metric)
    expected = cdist(values[20:21], values, metric)[0]
    assert rows[0] == 10
    assert sorted(rows) == [row for row in range(50) if row != 20]
    np.testing.assert_allclose(distances, np.sort(np.delete(expected, 20)), atol=1e-6)


@pytest.mark.parametrize(
    "options", [{"n_neighbors": 0}, {"n_neighbors": 5}, {"metric": "manhattan"}, {"row": 5}, {"row": -1}]
)
def test_invalid_options_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        nearest_rows(np.eye(5), **{"row": 0, "n_neighbors": 2} | options)


@pytest.mark.parametrize(("factor", "offset"), [(1, 1e8), (1e-200, 0), (1e90, 0)])
def test_distances_keep_their_digits(factor, offset):
    values = np.random.default_rng(2).normal(size=(60, 4))
    shifted = np.column_stack([values * factor, np.full(60, offset)])
    rows, distances = nearest_rows(shifted, 5, n_neighbors=4)
    expected = np.linalg.norm(values - values[5], axis=1)
    assert rows.tolist() == np.argsort(expected)[1:5].tolist()
    np.testing.assert_allclose(distances, np.sort(expected)[1:5] * factor, rtol=1e-6)

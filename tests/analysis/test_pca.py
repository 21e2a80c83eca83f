"""Principal components are those worked by hand, NumPy's own, or planted; invalid input is refused."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from galviz.analysis.pca import Projection, fit_pca

# Four galaxies whose covariance is diag(16/3, 4/3): shares of 0.8 and 0.2, along the axes.
RECTANGLE = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])


def draw(n, d, *, seed=0, deviations=None):
    """n galaxies with d independent features, whose standard deviations fall as 1, 1/2, 1/3, … unless given."""
    deviations = 1 / np.arange(1, d + 1) if deviations is None else np.asarray(deviations)
    return np.random.default_rng(seed).normal(size=(n, d)) * deviations


def rotation(d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


def with_bad_cell(value, row=1):
    values = draw(6, 3)
    values[row, 2] = value
    return values


# fit_pca: known answers


def test_a_rectangle_worked_by_hand():
    pca = fit_pca(RECTANGLE + np.array([10.0, 20.0]), 2)
    np.testing.assert_allclose(pca.mean, [10, 20])
    np.testing.assert_allclose(pca.components, np.eye(2), atol=1e-15)
    np.testing.assert_allclose(pca.explained_variance, [16 / 3, 4 / 3])
    np.testing.assert_allclose(pca.explained_variance_ratio, [0.8, 0.2])
    half = np.sqrt(3) / 2
    np.testing.assert_allclose(pca.coordinates, half * np.sign(RECTANGLE))
    np.testing.assert_allclose(fit_pca(RECTANGLE, 2, whiten=False).coordinates, RECTANGLE, atol=1e-15)


def test_an_ellipse_has_its_axes():
    """Points at equal steps of angle on an ellipse of semi-axes 3 and 1, the long one 30 degrees from x."""
    angle, tilt = np.linspace(0, 2 * np.pi, 360, endpoint=False), np.radians(30)
    along, across = np.array([np.cos(tilt), np.sin(tilt)]), np.array([np.sin(tilt), -np.cos(tilt)])
    pca = fit_pca(np.outer(3 * np.cos(angle), along) + np.outer(np.sin(angle), across), 2)
    np.testing.assert_allclose(pca.components[0], along)
    # The larger loading of the second axis, along y, is made positive.
    np.testing.assert_allclose(pca.components[1], -across)
    np.testing.assert_allclose(pca.explained_variance_ratio, [0.9, 0.1])
    np.testing.assert_allclose(pca.explained_variance, np.array([9, 1]) / 2 * 360 / 359)


@pytest.mark.parametrize(("n", "d"), [(60, 8), (8, 60), (20, 20)])
@pytest.mark.parametrize("whiten", [True, False])
def test_it_agrees_with_numpys_svd(n, d, whiten):
    values = draw(n, d) @ rotation(d) + 5
    pca = fit_pca(values, 4, whiten=whiten)
    left, singular, right = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    signs = np.sign(np.sum(right[:4] * pca.components, axis=1))
    np.testing.assert_allclose(pca.components, signs[:, None] * right[:4], atol=1e-12)
    np.testing.assert_allclose(pca.explained_variance, singular[:4] ** 2 / (n - 1))
    np.testing.assert_allclose(pca.explained_variance_ratio, singular[:4] ** 2 / np.sum(singular**2))
    expected = left[:, :4] * signs * (np.sqrt(n - 1) if whiten else singular[:4])
    np.testing.assert_allclose(pca.coordinates, expected, atol=1e-12)


# fit_pca: properties


@pytest.mark.parametrize(("n", "d"), [(60, 8), (8, 60)])
def test_components_are_orthonormal_and_whitened_axes_have_variance_1(n, d):
    pca = fit_pca(draw(n, d) + 3, 5)
    np.testing.assert_allclose(pca.components @ pca.components.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(np.cov(pca.coordinates, rowvar=False), np.eye(5), atol=1e-12)
    np.testing.assert_allclose(pca.coordinates.mean(axis=0), 0, atol=1e-12)
    assert np.all(np.diff(pca.explained_variance_ratio) <= 0)


@pytest.mark.parametrize("whiten", [True, False])
def test_transform_and_inverse(whiten):
    values, new = draw(50, 6) + 2, draw(7, 6, seed=1) + 2
    whole, part = (fit_pca(values, k, whiten=whiten) for k in (6, 2))
    np.testing.assert_array_equal(part.transform(values), part.coordinates)
    np.testing.assert_allclose(part.transform(values[3:5]), part.coordinates[3:5], atol=1e-12)
    np.testing.assert_allclose(whole.inverse_transform(whole.transform(new)), new, atol=1e-12)
    # With fewer components than features: the nearest point of their span, the same when projected again.
    nearest = part.inverse_transform(part.transform(new))
    np.testing.assert_allclose(part.transform(nearest), part.transform(new), atol=1e-12)
    np.testing.assert_allclose((new - nearest) @ part.components.T, 0, atol=1e-12)
    assert part.transform(new[:0]).shape == (0, 2)


def test_order_of_rows_and_a_shift_change_nothing():
    values = draw(80, 10) @ rotation(10)
    order = np.random.default_rng(1).permutation(80)
    pca, shuffled, shifted = fit_pca(values, 4), fit_pca(values[order], 4), fit_pca(values + 100, 4)
    for other in (shuffled, shifted):
        np.testing.assert_allclose(other.components, pca.components, atol=1e-10)
        np.testing.assert_allclose(other.explained_variance, pca.explained_variance, atol=1e-10)
    np.testing.assert_allclose(shuffled.coordinates, pca.coordinates[order], atol=1e-10)
    np.testing.assert_allclose(shifted.coordinates, pca.coordinates, atol=1e-10)


def test_the_largest_loading_is_positive_and_ties_go_to_the_first():
    pca = fit_pca(draw(200, 30) @ rotation(30), 10)
    largest = np.abs(pca.components).argmax(axis=1)
    assert np.all(pca.components[np.arange(10), largest] > 0)
    # Two features, each the other's opposite: loadings of 1/√2 and −1/√2, in whichever order the rows come.
    line = np.random.default_rng(0).normal(size=40)
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(line)
        np.testing.assert_allclose(
            fit_pca(np.column_stack([-shuffled, shuffled]), 1).components, [[0.5**0.5, -(0.5**0.5)]]
        )


def test_the_same_values_give_the_same_bits():
    values = draw(300, 64)
    first = fit_pca(values, 5)
    for second in (fit_pca(values, 5), fit_pca(np.asfortranarray(values), 5), fit_pca(values.tolist(), 5)):
        np.testing.assert_array_equal(second.coordinates, first.coordinates)
        np.testing.assert_array_equal(second.components, first.components)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_input_is_left_alone_and_computed_with_in_float64(dtype):
    values = (draw(40, 5) + 2).astype(dtype)
    values.flags.writeable = False
    before = values.copy()
    pca = fit_pca(values, 3)
    np.testing.assert_array_equal(pca.coordinates, fit_pca(values.astype(np.float64), 3).coordinates)
    assert pca.transform(values).dtype == pca.inverse_transform(pca.coordinates).dtype == np.float64
    np.testing.assert_array_equal(values, before)


def test_whole_numbers_will_do():
    np.testing.assert_allclose(fit_pca(RECTANGLE.astype(int), 2).explained_variance_ratio, [0.8, 0.2])


def test_a_projection_cannot_be_changed():
    pca = fit_pca(RECTANGLE, 2)
    for name in ("coordinates", "explained_variance_ratio", "explained_variance", "components", "mean"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(pca, name)[0] = 0
    with pytest.raises(FrozenInstanceError):
        pca.whiten = False
    assert isinstance(pca, Projection)
    assert pca != fit_pca(RECTANGLE, 2)


@pytest.mark.parametrize("shift", [0.0, 0.1, 1e6])
def test_a_component_of_no_variance_has_coordinates_0(shift):
    """5 galaxies vary in 4 directions; on a plane, in 2."""
    few, plane = draw(5, 9, deviations=np.ones(9)) + shift, draw(30, 2) @ rotation(7)[:2] + shift
    for values, k, rank in ((few, 5, 4), (plane, 7, 2)):
        pca = fit_pca(values, k)
        assert np.all(pca.explained_variance[:rank] > 1e-3)
        np.testing.assert_array_equal(pca.explained_variance[rank:], 0)
        np.testing.assert_array_equal(pca.explained_variance_ratio[rank:], 0)
        np.testing.assert_array_equal(pca.coordinates[:, rank:], 0)
        np.testing.assert_array_equal(pca.transform(values + 3)[:, rank:], 0)
        np.testing.assert_allclose(pca.inverse_transform(pca.coordinates), values, atol=1e-12 * (1 + shift))
        np.testing.assert_allclose(pca.components @ pca.components.T, np.eye(k), atol=1e-12)


# What is refused


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.arange(5.0), r"values must be a 2-D table of numbers, one row per galaxy; got shape \(5,\)"),
        (np.zeros((2, 3, 4)), r"got shape \(2, 3, 4\)\. Give it galaxies × columns"),
        (np.zeros((4, 0)), r"got shape \(4, 0\)"),
        ([[1.0, 2.0], [3.0]], "got rows of different lengths"),
        ([["8.1", "8.2"], ["8.3", "8.4"]], "got dtype <U3"),
        ([[1.0, None], [2.0, 3.0]], "got dtype object"),
        (np.eye(3, dtype=bool), "got dtype bool"),
        (np.eye(3, dtype=complex), "got dtype complex128"),
        (with_bad_cell(np.nan, row=4), r"1 of 6 rows hold NaN, infinity or .*, the first in row 4 \(from 0\)"),
        (with_bad_cell(-np.inf, row=0), "1 of 6 rows hold NaN, infinity or .*, the first in row 0"),
        (with_bad_cell(1e200), r"a number beyond 1e\+100, the first in row 1"),
        (np.full((3, 2), np.inf, np.float16), "3 of 3 rows hold .*, the first in row 0"),
        (np.zeros((1, 4)), "values must hold 2 galaxies or more; got 1"),
        (np.zeros((0, 4)), "values must hold 2 galaxies or more; got 0"),
        (np.full((7, 4), 0.1), "values must differ between galaxies; got 7 all alike"),
        # Summed one by one, 3,000 tenths are off by more than the last digit.
        (np.full((3000, 4), 0.1), "values must differ between galaxies; got 3000 all alike"),
        (np.zeros((7, 4)), "values must differ between galaxies; got 7 all alike"),
    ],
)
def test_invalid_values_are_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit_pca(values, 1)


VALUES = draw(20, 6)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: fit_pca(VALUES, 0), "n_components must be a whole number of at least 1; got 0"),
        (lambda: fit_pca(VALUES, 2.0), "n_components must be a whole number of at least 1; got 2.0"),
        (lambda: fit_pca(VALUES, True), "n_components must be a whole number of at least 1; got True"),
        (lambda: fit_pca(VALUES, "3"), "n_components must be a whole number of at least 1; got '3'"),
        (
            lambda: fit_pca(VALUES, 7),
            "n_components must be at most 6, the lesser of n = 20 galaxies and d = 6 features; got 7. Ask for 6 or",
        ),
        (lambda: fit_pca(VALUES[:4], 5), "n_components must be at most 4, the lesser of n = 4 galaxies and d = 6"),
        (lambda: fit_pca(VALUES).transform(VALUES[:, :5]), "other must have the 6 features of the fit; got 5"),
        (lambda: fit_pca(VALUES).transform(VALUES[0]), r"other must be a 2-D table .*; got shape \(6,\)"),
        (lambda: fit_pca(VALUES).transform(with_bad_cell(np.nan)), "other must be finite; 1 of 6 rows"),
        (
            lambda: fit_pca(VALUES).inverse_transform(VALUES),
            "coordinates must have a column for each of the 3 components; got 6",
        ),
    ],
)
def test_invalid_arguments_are_refused_with_a_remedy(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_masked_values_are_refused():
    masked = np.ma.array(VALUES, mask=np.arange(VALUES.size).reshape(VALUES.shape) == 7)
    with pytest.raises(ValueError, match="masked"):
        fit_pca(masked)
    assert fit_pca(np.ma.array(VALUES)).explained_variance_ratio == pytest.approx(
        fit_pca(VALUES).explained_variance_ratio
    )

"""The share of the head that a projection explains: worked by hand, planted, or from an independent regression."""

import itertools

import numpy as np
import pytest

from galviz.analysis.alignment import head_alignment
from galviz.analysis.pca import fit_pca

# Four galaxies whose covariance is diag(16/3, 4/3): shares of 0.8 and 0.2, along the axes.
RECTANGLE = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])


def draw(n, d, *, seed=0, deviations=None):
    """n galaxies with d independent features, whose standard deviations fall as 1, 1/2, 1/3, … unless given."""
    deviations = 1 / np.arange(1, d + 1) if deviations is None else np.asarray(deviations)
    return np.random.default_rng(seed).normal(size=(n, d)) * deviations


def rotation(d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


def test_alignment_worked_by_hand():
    """Along the rectangle's diagonal, u = (1, 1)/√2: uᵀCu = (16/3 + 4/3)/2, half of the trace 20/3."""
    label = 8.8 + 0.1 * RECTANGLE[:, 0]
    alignment = head_alignment(RECTANGLE + 50, [3.0, 3.0], 2, label=label)
    np.testing.assert_allclose(alignment.cosines, [0.5**0.5, 0.5**0.5])
    np.testing.assert_allclose(alignment.prediction_correlations, [0.8**0.5, 0.2**0.5])
    assert alignment.weight_in_span == pytest.approx(1)
    assert alignment.head_variance_ratio == pytest.approx(0.5)
    # Off the diagonal there is one direction left.
    np.testing.assert_allclose(alignment.remaining_variance_ratio, [1, 0], atol=1e-12)
    # The label's whitened gradient is along PC1, the prediction's is (4, 2) to scale: cos² = 16/20.
    assert alignment.label_gradient_share == pytest.approx(0.8)
    assert alignment.label_r2 == pytest.approx(1)
    # x against x − y, whose variances are 16/3 and 20/3: r² = 16/20.
    assert alignment.label_r2_without_head == pytest.approx(0.8)


def test_alignment_with_one_component_and_no_label():
    alignment = head_alignment(RECTANGLE, [[-1.0, -1.0]], 1)
    np.testing.assert_allclose(alignment.cosines, [-(0.5**0.5)])
    assert alignment.weight_in_span == pytest.approx(0.5)
    np.testing.assert_allclose(alignment.remaining_variance_ratio, [1])
    assert alignment.label_gradient_share is alignment.label_r2 is alignment.label_r2_without_head is None


def test_a_planted_head_has_the_cosines_it_was_planted_with():
    axes = rotation(20)
    values = draw(5000, 20, deviations=np.r_[10, 5, 2, 0.1 * np.ones(17)]) @ axes
    pca = fit_pca(values, 3)
    planted = np.array([0.6, -0.3, 0.2])
    rest = axes[10] - pca.components.T @ (pca.components @ axes[10])
    rest *= np.sqrt(1 - planted @ planted) / np.linalg.norm(rest)
    alignment = head_alignment(values, 7 * (planted @ pca.components + rest))
    np.testing.assert_allclose(alignment.cosines, planted, atol=1e-12)
    assert alignment.weight_in_span == pytest.approx(planted @ planted)
    # The caveat itself: a head at cosine 0.6 with PC1 gives predictions that all but follow it, for it varies most.
    predictions = values @ (planted @ pca.components + rest)
    expected = [np.corrcoef(predictions, column)[0, 1] for column in pca.coordinates.T]
    np.testing.assert_allclose(alignment.prediction_correlations, expected, atol=1e-12)
    assert alignment.prediction_correlations[0] > 0.95
    assert alignment.head_variance_ratio == pytest.approx(predictions.var() / values.var(axis=0).sum())


def test_without_the_head_the_rest_is_ranked_anew():
    """Variances 9, 4, 1 with the head along the first: 4/5 and 1/5 of what is left."""
    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=3))) * [3, 2, 1]
    alignment = head_alignment(corners, [1.0, 0.0, 0.0], 2, label=corners[:, 0] + corners[:, 1])
    np.testing.assert_allclose(alignment.cosines, [1, 0], atol=1e-12)
    np.testing.assert_allclose(alignment.remaining_variance_ratio, [0.8, 0.2])
    # The label's gradient in standard deviations is (3, 2), the head's (3, 0): cos² = 9/13, and R² loses as much.
    assert alignment.label_gradient_share == pytest.approx(9 / 13)
    assert alignment.label_r2 == pytest.approx(1)
    assert alignment.label_r2_without_head == pytest.approx(4 / 13)


def test_gradient_share_is_the_squared_correlation_of_fitted_label_and_fitted_prediction():
    values, random = draw(500, 8) @ rotation(8), np.random.default_rng(5)
    weight, label = random.normal(size=8), values @ random.normal(size=8) + 0.3 * random.normal(size=500)
    coordinates = np.column_stack([fit_pca(values).coordinates, np.ones(500)])
    fitted = [coordinates @ np.linalg.lstsq(coordinates, target)[0] for target in (label, values @ weight)]
    alignment = head_alignment(values, weight, label=label)
    assert alignment.label_gradient_share == pytest.approx(np.corrcoef(fitted)[0, 1] ** 2)
    assert alignment.label_r2 == pytest.approx(np.corrcoef(fitted[0], label)[0, 1] ** 2)
    assert 0 < alignment.label_r2_without_head < 1


def test_galaxies_without_a_label_shape_the_axes_only():
    values = draw(100, 4)
    label = values @ [1.0, 2.0, 0.0, 0.0] + draw(100, 1, seed=2)[:, 0]
    label[::3] = np.nan
    alignment = head_alignment(values, [1, 0, 0, 0], 2, label=label)
    np.testing.assert_array_equal(alignment.cosines, head_alignment(values, [1, 0, 0, 0], 2).cosines)
    known = ~np.isnan(label)
    design = np.column_stack([fit_pca(values, 2).coordinates[known], np.ones(known.sum())])
    residual = label[known] - design @ np.linalg.lstsq(design, label[known])[0]
    assert alignment.label_r2 == pytest.approx(1 - residual.var() / label[known].var())


@pytest.mark.parametrize(("x", "y", "shift"), [(3.0, 4.0, 0.0), (3.0, 4.0, 0.1), (1.0, 0.0, 0.0)])
def test_nothing_left_and_nothing_predicted_are_0_not_nan(x, y, shift):
    line = np.outer(np.arange(8.0), [x, y]) + shift
    label = np.arange(8.0)
    along = head_alignment(line, [x, y], 2, label=label)
    np.testing.assert_allclose(along.cosines, [1, 0])
    np.testing.assert_array_equal(along.remaining_variance_ratio, 0)
    assert (along.head_variance_ratio, along.label_gradient_share) == (pytest.approx(1), pytest.approx(1))
    assert (along.label_r2, along.label_r2_without_head) == (pytest.approx(1), 0)
    across = head_alignment(line, [y, -x], 2, label=label)
    np.testing.assert_array_equal(across.prediction_correlations, 0)
    np.testing.assert_allclose(across.remaining_variance_ratio, [1, 0])
    assert (across.head_variance_ratio, across.label_gradient_share) == pytest.approx((0, 0), abs=1e-12)
    assert across.label_r2_without_head == pytest.approx(1)
    # A label as the product of both coordinates has no gradient on the rectangle.
    saddle = head_alignment(RECTANGLE, [1.0, 0.0], 1, label=RECTANGLE.prod(axis=1))
    assert (saddle.label_gradient_share, saddle.label_r2) == (0, pytest.approx(0))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_input_is_left_alone_and_computed_with_in_float64(dtype):
    values = (draw(40, 5) + 2).astype(dtype)
    weight, label = np.ones(5, dtype), values[:, 0].copy()
    before = [array.copy() for array in (values, weight, label)]
    for array in (values, weight, label):
        array.flags.writeable = False
    alignment = head_alignment(values, weight, label=label)
    double = head_alignment(values.astype(np.float64), np.ones(5), label=label.astype(np.float64))
    np.testing.assert_array_equal(alignment.cosines, double.cosines)
    assert alignment.label_r2 == double.label_r2
    for array, was in zip((values, weight, label), before, strict=True):
        np.testing.assert_array_equal(array, was)


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
        head_alignment(values, [1, 1], 1)


VALUES = draw(20, 6)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: head_alignment(VALUES, np.ones(5)), r"weight must be a vector of 6 numbers, .*; got shape \(5,\)"),
        (lambda: head_alignment(VALUES, np.ones((6, 1))), r"got shape \(6, 1\)"),
        (lambda: head_alignment(VALUES, np.zeros(6)), "weight must be finite and not 0 everywhere; its length is 0"),
        (lambda: head_alignment(VALUES, [1, 1, 1, 1, 1, np.nan]), "its length is nan"),
        (
            lambda: head_alignment(VALUES, np.ones(6), label=np.ones(19)),
            r"label must be 20 numbers, one per galaxy and NaN where not measured; got shape \(19,\)",
        ),
        (lambda: head_alignment(VALUES, np.ones(6), label=["8.8"] * 20), "label must be 20 numbers, .*; got dtype <U3"),
        (
            lambda: head_alignment(VALUES, np.ones(6), label=np.r_[1:5, [np.nan] * 16]),
            "known for 5 galaxies or more .* got 4 known, from 1 to 4. Omit label",
        ),
        (lambda: head_alignment(VALUES, np.ones(6), label=np.full(20, np.nan)), "got none known"),
        (lambda: head_alignment(VALUES, np.ones(6), label=np.full(20, 8.8)), "not the same for all; got 20 known"),
        (lambda: head_alignment(VALUES, np.ones(6), label=np.r_[np.inf, :19]), "finite, .* from 0 to inf"),
    ],
)
def test_invalid_arguments_are_refused_with_a_remedy(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

"""Errors: by hand, and against what is known of a normal distribution."""

import numpy as np
import pytest

from galviz.analysis.metrics import prediction_errors


def test_errors_by_hand():
    errors = prediction_errors([9.0, 8.6, 8.9, 8.0], [8.8, 8.8, 8.8, np.nan])
    assert errors.n == 3
    assert errors.rmse == pytest.approx(np.sqrt((0.04 + 0.04 + 0.01) / 3))
    assert errors.bias == pytest.approx(0.1 / 3)
    assert errors.nmad == pytest.approx(1.4826 * 0.1)  # errors 0.2, -0.2, 0.1: median 0.1, deviations 0.1, 0.3, 0
    assert errors.spread == 0.0


@pytest.mark.parametrize(
    ("predicted", "true"),
    [([9.0, 8.6, 8.9], [8.8, 8.8, 8.8]), ([8.8] * 3, [9.0, 8.6, 8.9]), ([8.8], [8.9]), ([8.8, 9.0], [8.9, np.nan])],
    ids=["label the same", "prediction the same", "one galaxy", "one label"],
)
def test_a_correlation_that_is_undefined_is_no_number(predicted, true):
    assert np.isnan(prediction_errors(predicted, true).correlation)


def test_the_correlation_of_very_small_labels():
    true = np.array([1.0, 2.0, 4.0]) * 1e-200
    assert prediction_errors(3 * true, true).correlation == pytest.approx(1)
    assert prediction_errors(-true, true).correlation == pytest.approx(-1)


def test_nmad_is_the_standard_deviation_of_normal_errors_whatever_few_outliers_do():
    rng = np.random.default_rng(0)
    true = rng.normal(9, 0.2, 40_000)
    predicted = true + rng.normal(0.03, 0.07, 40_000)
    clean = prediction_errors(predicted, true)
    assert clean.nmad == pytest.approx(0.07, rel=0.02)
    assert clean.rmse == pytest.approx(np.hypot(0.07, 0.03), rel=0.02)
    assert clean.correlation == pytest.approx(np.corrcoef(predicted, true)[0, 1])
    assert clean.spread == pytest.approx(0.2, rel=0.02)
    predicted[:40] += 5
    assert prediction_errors(predicted, true).nmad == pytest.approx(clean.nmad, rel=0.01)
    assert prediction_errors(predicted, true).rmse > 1.5 * clean.rmse


@pytest.mark.parametrize(
    ("predicted", "true", "message"),
    [
        ([1.0, 2.0], [1.0], r"the same shape \(n,\); got \(2,\) and \(1,\)"),
        ([[1.0]], [[1.0]], r"the same shape \(n,\)"),
        ([1.0, np.nan], [1.0, 1.0], "predicted must be finite"),
        ([1.0], [np.nan], "true must be known for at least one galaxy"),
        ([], [], "true must be known for at least one galaxy"),
    ],
)
def test_labels_that_cannot_be_compared_are_refused(predicted, true, message):
    with pytest.raises(ValueError, match=message):
        prediction_errors(predicted, true)

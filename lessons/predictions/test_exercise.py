"""Tests of the exercises on predictions; each takes the student's function."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from PIL import Image

import galviz
from galviz.course.judge import ATOL, WrongAnswer, as_array, expect, expect_close, expect_unchanged, format_items
from galviz.course.mistakes import call_on_cases, is_close, quiet, reject_mistakes, returns
from galviz.survey.survey import mock_survey_folder
from lessons.predictions.mistakes import THIRDS_MISTAKES, biases

# Loaded with the tests, because reading a table reserves 1 GB, which would count against the memory of an exercise.
SHIPPED = galviz.load_features()


def galaxies(n, seed, bias=0.07):
    """Predicted and true metallicity; the errors have a mean and two outliers."""
    rng = np.random.default_rng(seed)
    true = rng.uniform(8.2, 9.3, n)
    error = rng.normal(bias, 0.1, n)
    error[[1, 2]] += [0.7, -0.4]
    return true + error, true


ZERO = "A result of 0 is a number like any other: add nothing to it, and don't replace it."


def _check_limits(answer, right, what):
    """Reject a result that is limited, or to which something is added, found from errors of several sizes."""
    predicted, true = galaxies(12, seed=6)
    results, expected = [], []
    for factor in (0.0, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0, 4.0):
        errors = factor * (predicted - true)
        try:
            results.append(as_array(answer(true + errors, true.copy()), ()).item())
        except NotImplementedError:
            raise
        except Exception:  # the checks that follow report it
            return
        expected.append(right(errors))
    results, expected = np.array(results), np.array(expected)
    wrong = ~np.isclose(results, expected, rtol=1e-4, atol=3e-7)
    if wrong.sum() < 2 or not np.isfinite(results).all():
        return
    limit, added, added_squares = results[wrong][0], results - expected, results**2 - expected**2
    start = "Return the result as computed:"
    if not wrong[1:].all() and np.allclose(results[wrong], limit, rtol=1e-6, atol=0):
        side = "at least" if limit > expected[wrong].max() else "at most"
        raise WrongAnswer(f"{start} {what} that you return is always {side} {limit:.4g}, but it can have any size.")
    for difference, where in ((added, "to the result"), (added_squares, "before the root")):
        if abs(difference[0]) > 1e-14 and np.allclose(difference, difference[0], rtol=1e-3, atol=1e-7 * expected[-1]):
            raise WrongAnswer(f"{start} you add {difference[0]:.3g} {where}.")


def test_predictions_1(answer):
    _check_limits(answer, lambda errors: np.mean(errors**2) ** 0.5, "the RMSE")
    _check_rmse(answer, *galaxies(8, seed=1, bias=-0.2))
    _check_rmse(answer, np.array([8.6, 8.9, 9.0]), np.array([8.5, 9.0, 8.8]), expected=0.02**0.5)
    predicted, true = galaxies(11, seed=2, bias=0.15)
    _check_rmse(answer, predicted.astype(np.float32), true)
    _check_rmse(answer, true + 0.25, true, expected=0.25, hint="Here all predictions are 0.25 dex too high.")
    _check_rmse(answer, np.array([8.6]), np.array([8.2]), expected=0.4, hint="Here there is a single galaxy.")
    _check_rmse(answer, true.copy(), true, expected=0.0, hint=f"Here all predictions are exact. {ZERO}")
    predicted, true = galaxies(60, seed=3)
    for error in (2.5, -1.2):
        predicted[7] = true[7] + error
        hint = "Here one error is much larger than the others. All errors count: don't clip outliers or leave them out."
        _check_rmse(answer, predicted, true, hint=hint)
    for n, places in ((9, [0, 4, 5]), (6, [5]), (4, [0, 1, 2])):
        predicted, true = galaxies(n, seed=n)
        true[places] = np.nan
        _check_rmse(answer, predicted, true, hint=f"Here the labels of {len(places)} of {n} galaxies are NaN.")
    predicted, true = galaxies(10, seed=7)
    predicted[[3, 6]] = true[[3, 6]]
    _check_rmse(answer, predicted, true, hint="Here two predictions are exact. They count, too.")
    predicted, true = _relative_to_the_sun(12, seed=5)
    hint = "Here some labels are 0 or negative, as relative to the Sun. Only NaN means that a label is unknown."
    with quiet():
        result = answer(predicted.copy(), true.copy())
    expect(result is not None and np.isfinite(as_array(result)).all(), f"Your result isn't a finite number. {hint}")
    _check_rmse(answer, predicted, true, hint=hint)


def _relative_to_the_sun(n, seed):
    """Predictions and labels in dex relative to the Sun: most are negative, and one label is 0."""
    predicted, true = galaxies(n, seed=seed)
    predicted, true = predicted - 8.69, true - 8.69
    true[[2, 7]] = 0.0, np.nan
    return predicted, true


def _check_rmse(answer, predicted, true, *, expected=None, hint=""):
    """Compare one root-mean-square error with the right one."""
    given = predicted.copy(), true.copy()
    with quiet():
        returned = _call_rmse(answer, given, np.isnan(true))
    # NaN doesn't equal itself.
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect_unchanged(np.nan_to_num(before, nan=-9), np.nan_to_num(after, nan=-9), name)
    n, known = len(true), ~np.isnan(true)
    errors = (predicted.astype(float) - true)[known]
    expected = (sum(error * error for error in errors.tolist()) / len(errors)) ** 0.5 if expected is None else expected
    expect(returned is not None or expected, f"You return None where the RMSE is 0. {ZERO}")
    shape = as_array(returned).shape
    expect(
        shape not in ((n,), (len(errors),)) or shape == (1,),
        "You return one number per galaxy; return a single number, the root of the mean over all galaxies.",
    )
    number = np.squeeze(as_array(returned, ()))
    expect(not np.isnan(number) or expected, f"You return NaN where the RMSE is 0. {ZERO}")
    with np.errstate(all="ignore"):
        mistakes = rmse_mistakes(predicted, true, expected)
    expect_close(number, expected, mistakes, hint=hint, what="the RMSE", atol=ATOL if expected else 3e-7)


def _call_rmse(answer, given, unknown):
    """Call the student's function; explain arrays of different lengths."""
    try:
        return answer(*given)
    except (ValueError, IndexError) as error:
        lengths = ("broadcast", "inconsistent", "boolean index", "is shorter", "is longer", "same length", "mismatch")
        if unknown.any() and any(words in str(error) for words in lengths):
            raise WrongAnswer(
                "The two arrays have different lengths, because you removed the galaxies without a label from one of "
                "them only. Apply the same mask to both `predicted` and `true`."
            ) from None
        raise


def rmse_mistakes(predicted, true, expected):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, known = len(true), ~np.isnan(true)
    errors = (predicted.astype(float) - true)[known]
    squares, sizes = float(np.sum(errors**2)), np.abs(errors)
    unlabelled = predicted[~known].astype(float)
    filled = np.append(errors, unlabelled - true[known].mean())
    mispaired = predicted[: len(errors)].astype(float) - true[known]
    in_order = np.sort(predicted[known].astype(float)) - np.sort(true[known])
    return [
        (squares / len(errors), "This is the mean squared error. Take its square root, so that the result is in dex."),
        (
            sizes.mean(),
            "This is the mean absolute error. Square the errors first, then take the mean, and the root last.",
        ),
        (squares**0.5, "This is the root of the sum of the squares. Take the root of their mean."),
        (squares, "This is the sum of the squares. Take their mean, and then its root."),
        (
            errors.std(),
            "This is the standard deviation of the errors: their mean, the bias, was subtracted. Subtract nothing, "
            "because a bias is an error too.",
        ),
        (
            errors.std(ddof=1) if len(errors) > 1 else np.inf,
            "This is the sample standard deviation of the errors: their mean, the bias, was subtracted. Subtract "
            "nothing, because a bias is an error too.",
        ),
        (errors.var(), "This is the variance of the errors: you subtracted the bias, and the root is missing."),
        (squares**0.5 / len(errors), "You took the root of the sum and then divided by n. Take the root last."),
        ((squares / max(len(errors) - 1, 0.5)) ** 0.5, "You divided by n − 1; a mean over n galaxies divides by n."),
        ((squares / (len(errors) + 1)) ** 0.5, "You divided by n + 1; a mean over n galaxies divides by n."),
        (np.median(sizes), "This is the median of the absolute errors. Take the root of the mean square."),
        (np.median(errors**2) ** 0.5, "You took the median of the squares. Take their mean."),
        (errors.mean(), "This is the mean error, the bias. Square the errors before you take the mean."),
        (
            abs(errors.mean()),
            "You took the mean before the square, so errors of opposite signs cancel. Square the errors first.",
        ),
        (
            errors.mean() ** 2,
            "This is the square of the mean. Square the errors first, then take the mean, then the root.",
        ),
        *_outlier_mistakes(errors),
        *(
            (np.mean(part**2) ** 0.5, "You left out errors that are exactly 0. Use all galaxies that have a label.")
            for part in (errors[errors != 0],)
            if 0 < part.size < errors.size
        ),
        (sizes.max(), "This is the largest error. Take the root of the mean square of all errors."),
        (errors[0], "This is the error of the first galaxy. Use all galaxies."),
        (sizes[0], "This is the size of the first galaxy's error. Use all galaxies."),
        (sizes[-1], "This is the size of the last galaxy's error. Use all galaxies."),
        *(
            (np.mean(part**2) ** 0.5, f"You left out the {name} galaxy. Use all galaxies.")
            for part, name in ((errors[1:], "first"), (errors[:-1], "last"))
            if part.size
        ),
        (-expected, "A root-mean-square error is never negative."),
        (100 * expected, "This is 100 times the RMSE. Return it in dex, not as a percentage."),
        (
            np.mean((errors / true[known]) ** 2) ** 0.5,
            "You divided the errors by the labels. Use the errors in dex, as they are.",
        ),
        *(
            (np.mean(part**2) ** 0.5, "You left out labels of 0 or below. Only NaN means that a label is unknown.")
            for part in (errors[true[known] > 0], errors[true[known] >= 0], errors[true[known] != 0])
            if part.size
        ),
        (
            np.mean(in_order**2) ** 0.5,
            "You sorted each array, which pairs different galaxies. Keep the rows as they are.",
        ),
        (
            np.mean(mispaired**2) ** 0.5,
            "You removed the unknown labels from `true` alone, so the rest is paired with other galaxies' predictions. "
            "Apply the same mask to both arrays.",
        ),
        (
            np.nan,
            "The result is NaN: a mean that includes one NaN is NaN. Leave out the galaxies whose label is NaN first."
            if not known.all()
            else "The result is NaN, although the input has no NaN.",
        ),
        (
            (squares / n) ** 0.5,
            "Galaxies without a label count as galaxies without an error. Divide by the number of known labels.",
        ),
        (
            ((squares + (unlabelled**2).sum()) / n) ** 0.5,
            "NaN became 0, but a metallicity of 0 isn't a label. Leave those galaxies out.",
        ),
        (
            ((filled**2).sum() / n) ** 0.5,
            "NaN became the mean of the other labels. An unknown label can't be compared: leave those galaxies out.",
        ),
        (
            np.mean(predicted[known].astype(float) ** 2) ** 0.5,
            "This is the root mean square of `predicted` alone. Subtract the label from each prediction first.",
        ),
        (
            np.mean(true[known] ** 2) ** 0.5,
            "This is the root mean square of `true` alone. Subtract the label from each prediction first.",
        ),
        *(
            (round(expected, digits), "You rounded the result. Return it as computed.")
            for digits in (1, 2, 3, 4)
            if round(expected, digits)
        ),
        *(
            (
                (squares / divisor) ** 0.5,
                f"You divided by {divisor}; the number of galaxies with a label is {len(errors)}.",
            )
            for divisor in range(2, 31)
        ),
        *((expected / divisor, f"You divided by {what}. {IN_DEX}") for what, divisor in _divisors(true[known], errors)),
        *_power_mistakes(predicted[known].astype(float), true[known], lambda e: np.mean(e**2) ** 0.5),
        *(
            (float(np.sqrt(np.mean((half.astype(kind)) ** 2))), HALF)
            for half in _half_precision(predicted[known], true[known])
            for kind in (float, np.float16)
        ),
    ]


def _divisors(true, errors):
    """What errors or their statistics may be divided by, other than 0."""
    divisors = (
        ("the range of the labels", np.ptp(true)),
        ("the standard deviation of the labels", true.std()),
        ("the mean label", true.mean()),
        ("the median label", np.median(true)),
        ("the bias", abs(errors.mean())),
        ("the median error", abs(np.median(errors))),
        ("the standard deviation of the errors", errors.std()),
    )
    return [(what, divisor) for what, divisor in divisors if abs(divisor) > 1e-6]


def _power_mistakes(predicted, true, measure):
    """Results for abundances that aren't logarithms, which a measure takes as errors."""
    linear = measure(10**predicted - 10**true)
    hint = f"You computed 10 to the power of predictions and labels. {IN_DEX}"
    return [(linear, hint), (np.log10(linear), hint)] if linear > 0 else []


def _half_precision(predicted, true):
    """Errors, rounded before or after the subtraction."""
    errors = predicted.astype(float) - true
    halves = [predicted.astype(np.float16) - true.astype(np.float16), errors.astype(np.float16)]
    return [half.astype(float) for half in halves] + [predicted.astype(np.float16).astype(float) - true]


IN_DEX = "Use the errors in dex, as they are."
HALF = "You computed in half precision (float16), which rounds to about three digits: leave the numbers as they are."


def _outlier_mistakes(errors):
    """Results with the outliers clipped or left out."""
    hint = (
        "The largest errors were clipped or left out. An outlier is an error too: use all galaxies that have a label."
    )
    centre, deviation = errors.mean(), errors.std()
    median = np.median(errors)
    robust = 1.4826 * np.median(np.abs(errors - median))
    results = [np.delete(errors, np.argmax(np.abs(errors)))]
    for middle, width in ((centre, deviation), (median, robust), (0, deviation), (median, deviation)):
        for k in (2, 2.5, 3, 4, 5):
            low, high = middle - k * width, middle + k * width
            results += [errors[(errors >= low) & (errors <= high)], errors.clip(low, high)]
    for share in (1, 5):
        low, high = np.percentile(errors, [share, 100 - share])
        results += [errors[(errors >= low) & (errors <= high)], errors.clip(low, high)]
    results.append(errors.clip(-1, 1))
    return [(np.mean(result**2) ** 0.5, hint) for result in results if result.size]


def test_predictions_2(answer):
    _check_limits(answer, lambda errors: 1.4826 * np.median(np.abs(errors - np.median(errors))), "the NMAD")
    _check_factor(answer)
    _check_nmad(answer, *galaxies(8, seed=3, bias=-0.07))
    true = np.array([8.4, 8.5, 8.7, 8.8, 9.0])
    # The median error is 0.4; the distances from it are 0.1, 0, 0.2, 0.3 and 1.6.
    _check_nmad(answer, true + np.array([0.3, 0.4, 0.6, 0.1, 2.0]), true, expected=1.4826 * 0.2)
    true = np.array([8.4, 8.5, 8.7, 8.8])
    # The median error is 0.25; the distances from it are 0.25, 0.15, 0.15 and 0.65.
    _check_nmad(answer, true + np.array([0.0, 0.1, 0.4, 0.9]), true, expected=1.4826 * 0.2)
    predicted, true = galaxies(21, seed=4, bias=-0.3)
    _check_nmad(answer, predicted.astype(np.float32), true)
    _check_nmad(answer, *galaxies(30, seed=5))
    predicted, true = np.arange(9.0, 8.0, -0.125), np.arange(8.5, 7.5, -0.125)
    _check_nmad(answer, predicted, true, expected=0.0, hint=f"Here all predictions are 0.5 dex too high. {ZERO}")
    _check_nmad(answer, np.array([8.75]), np.array([8.25]), expected=0.0, hint=f"Here there is a single galaxy. {ZERO}")


def _check_factor(answer):
    """Reject any factor other than 1.4826, found as the same ratio for three samples."""
    ratios = []
    for n, seed in ((9, 11), (14, 12), (25, 13)):
        predicted, true = galaxies(n, seed=seed)
        errors = predicted - true
        try:
            value = as_array(answer(predicted, true), ()).item()
        except NotImplementedError:
            raise
        except Exception:  # the checks that follow report it
            return
        ratios.append(value / np.median(np.abs(errors - np.median(errors))))
    factor = ratios[0]
    known = (1.4826, 1, 1 / 1.4826, 1.48)  # these have hints of their own
    if (
        0.3 < factor < 5
        and np.allclose(ratios, factor, rtol=1e-4)
        and not any(np.isclose(factor, other, rtol=1e-4) for other in known)
    ):
        raise WrongAnswer(f"The medians are right, but the factor is 1.4826; yours is {factor:.5g}.")


def _check_nmad(answer, predicted, true, *, expected=None, hint=""):
    """Compare one normalised median absolute deviation with the right one."""
    given = predicted.copy(), true.copy()
    returned = answer(*given)
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect_unchanged(before, after, name)
    n, errors = len(true), (predicted.astype(float) - true).tolist()
    centre = _median(errors)
    expected = 1.4826 * _median([abs(error - centre) for error in errors]) if expected is None else expected
    expect(returned is not None or expected, f"You return None where the NMAD is 0. {ZERO}")
    shape = as_array(returned).shape
    expect(shape != (n,) or shape == (1,), "You return one number per galaxy; return a single number for all.")
    number = np.squeeze(as_array(returned, ()))
    expect(not np.isnan(number) or expected, f"You return NaN where the NMAD is 0. {ZERO}")
    with np.errstate(all="ignore"):
        mistakes = nmad_mistakes(predicted, true, expected)
    expect_close(number, expected, mistakes, hint=hint, what="the NMAD", atol=ATOL if expected else 1e-9)


def nmad_mistakes(predicted, true, expected):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, errors = len(true), predicted.astype(float) - true
    centre, sizes = _median(errors.tolist()), np.abs(errors)
    distances = np.abs(errors - centre)
    deviation = _median(distances.tolist())
    upper, lower = np.sort(errors)[n // 2], np.sort(errors)[(n - 1) // 2]
    relative, growing = errors / true, errors / (1 + true)
    in_order = np.sort(predicted.astype(float)) - np.sort(true)
    shift = np.median(predicted.astype(float)) - np.median(true)
    middle_two = "The median of an even number of values is the mean of the middle two; you took one of them."
    squares = "You took squares. The outer median is of absolute values."
    apart = "You subtracted one median from the other. Subtract the median from each error first."
    results = [
        (deviation, "The factor 1.4826 is missing. With it, Gaussian errors give their standard deviation."),
        (deviation / 1.4826, "You divided by 1.4826; multiply by it."),
        (
            1.4826 * np.median(sizes),
            "The inner median is missing. Subtract the median error before you take absolute values.",
        ),
        (np.median(sizes), "Two things are missing: the inner median, and the factor 1.4826."),
        (
            1.4826 * np.median(np.abs(sizes - np.median(sizes))),
            "You took absolute values of the errors first. The inner median is of the errors with their signs.",
        ),
        (1.4826 * deviation**2, squares),
        (1.4826 * np.median(distances**2), squares),
        (deviation**2, "You took squares, and the factor 1.4826 is missing. The outer median is of absolute values."),
        (1.48 * deviation, "The factor is 1.4826; yours is rounded."),
        (
            1.4826 * np.median(np.abs(errors - errors.mean())),
            "You subtracted the mean error, which outliers change. Subtract the median error.",
        ),
        (
            np.median(np.abs(errors - errors.mean())),
            "You subtracted the mean error instead of the median, and the factor 1.4826 is missing.",
        ),
        (1.4826 * distances.mean(), "Your outer average is a mean, which outliers change. Take the median."),
        (distances.mean(), "Your outer average is a mean instead of a median, and the factor 1.4826 is missing."),
        (
            1.4826 * np.abs(errors - errors.mean()).mean(),
            "You took two means, which outliers change. Both the inner and the outer average are medians.",
        ),
        (
            np.abs(errors - errors.mean()).mean(),
            "You took two means, and the factor 1.4826 is missing. Both averages are medians.",
        ),
        (
            1.4826 * np.median(np.abs(errors - shift)),
            "You subtracted the median of `true` from the median of `predicted`. Compute the error of each pair first; "
            "the inner median is the median of these errors.",
        ),
        (
            1.4826 * np.median(np.abs(in_order - np.median(in_order))),
            "You sorted each array, which pairs different galaxies. Keep the rows as they are.",
        ),
        (errors.std(), "This is the standard deviation of the errors, which outliers make large. Take medians."),
        (
            errors.std(ddof=1) if n > 1 else np.inf,
            "This is the sample standard deviation of the errors, which outliers make large. Take medians.",
        ),
        (1.4826 * errors.std(), "This is a standard deviation times 1.4826. Take medians instead."),
        (np.sqrt(np.mean(errors**2)), "This is the root-mean-square error, which outliers make large. Take medians."),
        (1.4826 * centre, "This is 1.4826 times the median error. Take the median distance from it."),
        (centre, "This is the median error. Take the median distance from it, times 1.4826."),
        (1.4826 * abs(centre), "This is 1.4826 times the absolute median error. Take the median distance from it."),
        (1.4826 * (np.median(sizes) - abs(centre)), apart),
        (1.4826 * (np.median(sizes) - centre), apart),
        (1.4826 * abs(np.median(sizes) - abs(centre)), apart),
        (
            np.subtract(*np.percentile(errors, [75, 25])) / 1.349,
            "This is the interquartile range over 1.349. That is robust too, but another quantity: take two medians.",
        ),
        (
            1.4826 * _median(np.abs(relative - np.median(relative)).tolist()),
            "You divided the errors by the labels. Use the errors in dex, as they are.",
        ),
        (
            1.4826 * _median(np.abs(growing - np.median(growing)).tolist()),
            "You divided the errors by 1 + label, as for redshifts. Use the errors in dex, as they are.",
        ),
        *((1.4826 * np.median(np.abs(errors - one)), middle_two) for one in (upper, lower)),
        (
            1.4826 * np.median(distances[distances > 0]) if distances.any() else np.inf,
            "You left out distances of 0. A galaxy with the median error counts, too.",
        ),
        *(
            (1.4826 * np.sort(np.abs(errors - one))[place], middle_two)
            for one in (centre, upper, lower)
            for place in (n // 2, (n - 1) // 2)
        ),
        (
            1.4826 * np.median(distances**2) ** 0.5,
            "You took the root of the median of squares. For an even number of galaxies it isn't the median distance.",
        ),
        (1.4826 * deviation**0.5, "You took a root. The median of absolute values is in dex already."),
        (100 * expected, "This is 100 times the NMAD. Return it in dex, not as a percentage."),
        (-expected, "The NMAD is never negative."),
        (np.nan, "The result is NaN, although the input has no NaN."),
        *(
            (
                1.4826 * np.median(np.abs(values - np.median(values))),
                f"This is the NMAD of `{name}` alone. Compute the errors first.",
            )
            for name, values in (("predicted", predicted.astype(float)), ("true", true))
        ),
        *(
            (
                1.4826 * np.median(np.abs(part - np.median(part))),
                "You left out the largest errors. The median is robust, so use all galaxies.",
            )
            for k in (2, 2.5, 3, 3.5, 4, 5, 6, 10)
            for middle, width in (
                (errors.mean(), errors.std()),
                (centre, errors.std()),
                (centre, deviation),
                (centre, 1.4826 * deviation),
            )
            for part in (errors[np.abs(errors - middle) <= k * width],)
            if 0 < part.size < n
        ),
        *(
            (round(expected, digits), "You rounded the result. Return it as computed.")
            for digits in (1, 2, 3, 4)
            if round(expected, digits)
        ),
        *((expected / divisor, f"You divided by {what}. {IN_DEX}") for what, divisor in _divisors(true, errors)),
        *_power_mistakes(predicted.astype(float), true, lambda e: 1.4826 * np.median(np.abs(e - np.median(e)))),
        *((1.4826 * np.median(np.abs(e - np.median(e))), HALF) for e in _half_precision(predicted, true)),
    ]
    # Last, because 0 is also what other mistakes give for equal errors.
    signs = (
        "The result is 0: half of the errors lie on each side of their median, and their signs cancel. Take absolute "
    )
    return [*results, (0.0, signs + "values of the distances.")]


def _median(values):
    ordered, n = sorted(values), len(values)
    return (ordered[n // 2] + ordered[(n - 1) // 2]) / 2


def ids_of(places):
    """Ids like those of a survey: 19 digits, more than a floating-point number can hold."""
    return [str(9_020_200_727_000_000_001 + place) for place in places]


def series_of(places, seed, name=None):
    return series_with(ids_of(places), seed, name)


def series_with(ids, seed, name=None):
    values = np.random.default_rng(seed).uniform(8.2, 9.3, len(ids))
    return pd.Series(values, index=pd.Index(ids, name="objID"), name=name)


def test_predictions_3(answer):
    # Equal lengths, so that pairing by row doesn't raise an error. Many rows, so that no wrong order equals another.
    rng = np.random.default_rng(2)
    _check_match(
        answer, series_of(rng.permutation(18)[:16], 1, "predicted"), series_of(rng.permutation(18)[:16], 2, "oh_p50")
    )
    rng = np.random.default_rng(3)
    some, others = rng.permutation(60)[:45], rng.permutation(60)[:50]
    _check_match(answer, series_of(some, 4), series_of(others, 5))
    _check_match(answer, series_of([5, 9, 2], 6, "oh"), series_of([9, 2, 5], 7, "oh"))
    _check_match(answer, series_of([6], 8, "a"), series_of([3, 6, 1, 2], 9, "b"))
    # Equal values of different galaxies.
    predicted, true = series_of([8, 3, 5, 1, 2], 10), series_of([2, 5, 1, 8, 4], 11)
    predicted.iloc[[1, 2, 4]] = 8.75
    true.iloc[[0, 1, 3]] = 8.75
    _check_match(answer, predicted, true, "Here some galaxies have equal values.")
    _check_similar_ids(answer)
    _check_nothing_in_common(answer)


def _check_nothing_in_common(answer):
    """Check that the table is empty if no galaxy is in both Series."""

    def match(*given):
        try:
            return answer(*given)
        except NotImplementedError:
            raise
        except Exception as error:
            raise WrongAnswer(
                f"Your function raises {type(error).__name__} if no galaxy is in both Series ({str(error)[:60]}). The "
                "table has no rows then."
            ) from None

    _check_match(match, series_of([2, 5, 3], 16), series_of([1, 7, 4, 6], 17))


def _check_similar_ids(answer):
    """Check ids that are equal only as numbers, or in parts."""
    hint = (
        "Here `predicted` has the ids '007' and '0045', and `true` has '7' and '045'. These are different galaxies: "
        "compare ids as text, not as numbers, and keep leading zeros."
    )
    predicted, true = series_with(["007", "12", "0045", "30", "8"], 12), series_with(["7", "30", "045", "12", "9"], 13)
    _check_match(answer, predicted, true, hint_on_ids=hint)
    hint = (
        "Here `predicted` has the ids 'A5', '51012' and '9', and `true` has 'a5', '41012' and '19'. These are "
        "different galaxies: compare the whole text, and change nothing in it."
    )
    predicted = series_with(["A5", "b1", "51012", "9", "30"], 14)
    true = series_with(["30", "a5", "41012", "b1", "19"], 15)

    def match(*given):
        try:
            return answer(*given)
        except ValueError as error:
            raise WrongAnswer(
                f"Your function raises ValueError ({str(error)[:60]}) if an id is 'A5' or 'b1'. An id is text of any "
                "kind: don't convert it to a number."
            ) from None

    _check_match(match, predicted, true, hint_on_ids=hint)


def _check_match(answer, predicted, true, hint="Do the values belong to other galaxies?", *, hint_on_ids=""):
    """Compare one table with the right one."""
    given = predicted.copy(), true.copy()
    try:
        table = answer(*given)
    except ValueError as error:
        if "columns overlap" not in str(error):
            raise
        raise WrongAnswer(
            f"Your function raises ValueError ({str(error)[:40]}). Both Series may have the same name, or none, and a "
            "join needs two names: give each Series a name of its own first."
        ) from None
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect(
            before.equals(after)
            and list(before.index) == list(after.index)
            and (before.name, before.index.name) == (after.name, after.index.name),
            f"Your function changes `{name}`, which belongs to the caller: work on a copy.",
        )
    true_of = dict(zip(true.index, true.tolist(), strict=True))
    predicted_of = dict(zip(predicted.index, predicted.tolist(), strict=True))
    ids = [object_id for object_id in predicted.index if object_id in true_of]
    expect(table is not None, "What you return is None: does the function end with `return`?")
    expect(isinstance(table, pd.DataFrame), f"You return an object of type {type(table).__name__}; return a DataFrame.")
    names = [str(name) for name in table.columns]
    expect(
        not {"objID", "index"} & set(names),
        "The ids are a column. Make them the index, which keeps each id with its row.",
    )
    expect(
        sorted(names) == ["predicted", "true"],
        f"The columns must be `true` and `predicted`; yours are {format_items(names) or 'none'}.",
    )
    columns = {name: _column_values(table[name], name) for name in ("true", "predicted")}
    _reject_rows_by_position(columns, ids, predicted, true)
    if any(np.isnan(values).any() for values in columns.values()):
        raise WrongAnswer(
            "Some rows contain NaN, although each of these galaxies is in both: do both columns have the same index?"
            if set(table.index) <= set(ids)
            else "Some rows contain NaN: those galaxies are in one of the Series only. Keep those that are in both."
        )
    if not hint_on_ids:
        _explain_borrowed_values(table, columns, predicted, true)
    _check_index([*table.index], ids, predicted, true, hint_on_ids)
    for name, right, wrong, content in (
        ("true", true_of, predicted_of, "the predictions"),
        ("predicted", predicted_of, true_of, "the labels"),
    ):
        values = [right[object_id] for object_id in ids]
        rounded = f"The values of the column `{name}` are rounded. Keep them as they are."
        expect_close(
            columns[name],
            values,
            [
                (
                    [wrong[object_id] for object_id in ids],
                    f"The column `{name}` contains {content}: did you exchange the two columns?",
                ),
                *((np.round(values, digits), rounded) for digits in range(6)),
            ],
            hint=hint,
            what=f"the column `{name}`",
            rtol=1e-6,  # wide enough for float32
            atol=0,
        )
    expect(
        table.index.name == "objID",
        f"The index is named {table.index.name!r}. Its name must be 'objID', as in `predicted`.",
    )


def _explain_borrowed_values(table, columns, predicted, true):
    """Raise the hint for an id that is in one of the Series only, but has a value from the other."""
    for own, other, name in ((predicted, true, "true"), (true, predicted, "predicted")):
        for object_id, value in zip(table.index, columns[name], strict=True):
            if object_id in own.index and object_id not in other.index and value in other.to_numpy():
                lender = other.index[other.to_numpy() == value][0]
                raise WrongAnswer(
                    f"The galaxy {object_id!r} isn't in `{name}`, but has a value there in your table: that of "
                    f"{lender!r}. Do you compare only a part of the ids, or numbers? Compare whole ids as text."
                )


def _column_values(column, name):
    """Numbers of a column."""
    if any(isinstance(value, str) for value in column):
        raise WrongAnswer(f"The column `{name}` contains text; it must contain numbers.")
    return as_array(column, (None,), what=f"the column `{name}`")


def _reject_rows_by_position(columns, ids, predicted, true):
    """Reject a table that pairs the n-th prediction with the n-th label."""
    common = [object_id for object_id in true.index if object_id in set(ids)]
    right = true[ids].to_numpy()
    for predictions, labels in ((predicted, true), (predicted[ids], true[common])):
        n = min(len(predictions), len(labels))
        paired = {"predicted": predictions.to_numpy()[:n], "true": labels.to_numpy()[:n]}
        expect(
            _is_same(paired["true"], right) or not all(_is_same(columns[name], paired[name]) for name in paired),
            "The rows are paired by their position: the first with the first, and so on. Pair them by id.",
        )


def _is_same(one, other):
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4)


def _check_index(index, ids, predicted, true, hint):
    """Compare the ids of the rows with the right ones."""
    if not all(isinstance(object_id, str) for object_id in index):
        expect(index != list(range(len(index))), "The index is the row numbers; it must be the ids of the galaxies.")
        kind = next(type(object_id).__name__ for object_id in index if not isinstance(object_id, str))
        raise WrongAnswer(
            f"The index must contain the ids as text; yours contains a value of type {kind}. A floating-point number "
            "can't hold an id's 19 digits, and an integer doesn't equal the text."
        )
    index = [str(object_id) for object_id in index]
    returned = set(index)
    n_missing, extra = len(set(ids) - returned), returned - set(ids)
    expect(
        not extra & set(_through_float(ids)),
        "The ids were converted to floating-point numbers, which can't hold 19 digits, and back. Keep them as text.",
    )
    expect(len(returned) == len(index), "Some galaxies have more than one row.")
    if extra:
        start = f"{len(extra)} of {len(index)} galaxies in your table aren't in both `predicted` and `true`."
        raise WrongAnswer(f"{start} {hint or 'Leave them out.'}")
    if n_missing:
        start = f"{n_missing} of {len(ids)} galaxies that are in both Series are missing from your table."
        repeated = predicted.duplicated(keep=False) | true.reindex(predicted.index).duplicated(keep=False)
        if all(repeated[object_id] for object_id in set(ids) - returned):
            hint = (
                "Each of these has the same value as another galaxy. Two galaxies may have equal values: don't drop "
                "duplicates, and don't use the values as keys."
            )
        errors = (predicted - true)[ids]
        missing = [object_id for object_id in ids if object_id not in returned]
        for centre in (0, errors.mean(), errors.median()):
            sizes = (errors - centre).abs()
            if len(ids) > 10 and sizes[missing].min() > sizes.drop(missing).max():
                hint = "Their errors are the largest. An outlier is in both Series, too: keep it."
        raise WrongAnswer(f"{start} {hint}".strip())
    if index != ids:
        _explain_order(index, ids, predicted, true)


def _explain_order(index, ids, predicted, true):
    """Raise the hint for the order of the rows; each row has an id."""
    ascending = "The rows are sorted by {}; they must be in the order of the rows of `predicted`."
    orders = [
        (
            [object_id for object_id in true.index if object_id in set(ids)],
            "The rows are in the order of `true`; they must be in the order of `predicted`.",
        ),
        (ids[::-1], "The rows are in reverse order; they must be in the order of `predicted`."),
        (sorted(ids), ascending.format("id")),
        (sorted(ids, key=predicted.__getitem__), ascending.format("the values of `predicted`")),
        (sorted(ids, key=true.__getitem__), ascending.format("the values of `true`")),
        (
            sorted(ids, key=lambda object_id: predicted[object_id] - true[object_id]),
            ascending.format("the errors, predicted − true"),
        ),
        (
            sorted(ids, key=lambda object_id: abs(predicted[object_id] - true[object_id])),
            ascending.format("the size of the errors"),
        ),
    ]
    for order, hint in orders:
        expect(index != order and index != order[::-1], hint)
    raise WrongAnswer("The rows aren't in the order of `predicted`. Did you use a set? A set has no order.")


def _through_float(ids):
    """Ids after a conversion to a floating-point number and back to text, in three spellings."""
    numbers = [float(object_id) for object_id in ids if object_id.isdecimal()]
    return [text for number in numbers for text in (str(int(number)), str(number), f"{number:.0f}")]


def test_predictions_4(answer):
    cases = _galaxies_to_sort()
    expected = [biases(*case) for case in cases]
    expected[-1] = np.array([0.375, 0.0, -0.25])  # the docstring's
    returned, error = call_on_cases(answer, cases, ("predicted", "true"))
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index])]
    if wrong:
        first = wrong[0]
        _explain_exchanged(answer, cases, expected)
        reject_mistakes(cases, returned, expected, THIRDS_MISTAKES)
        reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], THIRDS_MISTAKES)
        if all(len(np.unique(cases[index][1])) < len(cases[index][1]) / 2 for index in wrong):
            raise WrongAnswer(
                "Your result is wrong only if labels are equal. Those galaxies stay in the order of their rows: sort "
                'by the label alone, upwards, with a stable sort (`kind="stable"`).'
            )
        _explain_thirds(answer, cases[first], returned[first], expected[first])
    if error:
        _explain_thirds_error(error, cases[len(returned)])
        raise error
    _check_shipped_thirds(answer)


def _galaxies_to_sort():
    """Numbers that three divides and others, unknown labels, equal labels, three galaxies, and float32."""
    cases = [galaxies(n, seed=n + 20, bias=bias) for n, bias in ((24, 0.1), (17, -0.2), (22, 0.05))]
    predicted, true = galaxies(40, seed=30)
    # Regression to the mean, so that the order matters.
    predicted = predicted - 0.6 * (true - true.mean())
    true[[3, 8, 21, 22, 39]] = np.nan
    cases.append((predicted, true))
    predicted, true = galaxies(50, seed=31)
    cases.append((predicted.astype(np.float32), np.round(true, 1) // 0.25 * 0.25))
    predicted, true = galaxies(41, seed=32)
    cases.append((predicted, np.full(41, 8.75)))
    cases.append(_relative_to_the_sun(26, seed=33))
    cases.append((np.array([8.5, 9.5, 8.0]), np.array([9.25, 9.0, 8.5])))
    cases.append((np.array([9.0, 8.75, 8.5, 9.25, 8.5]), np.array([9.0, 8.5, np.nan, 9.5, 8.0])))
    return cases


def _explain_exchanged(bias_by_third, cases, expected):
    """Raise a hint if the parameters are in another order."""
    if all(
        returns(bias_by_third, (true, predicted), right)
        for (predicted, true), right in zip(cases, expected, strict=True)
    ):
        raise WrongAnswer("You exchanged the arguments: `predicted` comes first, `true` second, as for `rmse`.")


def _explain_thirds(bias_by_third, case, values, expected):
    """Raise a hint that follows from the values alone."""
    _, true = case
    n = int(np.isfinite(true).sum())
    what = f"the result for {n} galaxies with a label"
    if isinstance(values, dict):
        raise WrongAnswer("You return a dict: return the three numbers themselves, `return poor, middle, rich`.")
    array = as_array(values, what=what)
    if array.ndim == 2 and len(array) == 3:
        raise WrongAnswer("You return the errors of each third: return their three means.")
    if array.shape != (3,):
        shape = " × ".join(map(str, array.shape)) or "a single number"
        raise WrongAnswer(f"Three numbers are asked for, one per third; {what} has the shape {shape}.")
    if np.isnan(array).any() and np.isnan(true).any():
        raise WrongAnswer(
            "Your result contains NaN, because some labels are NaN (sorting puts them at the end). Leave out these "
            "galaxies first."
        )
    if np.isnan(array).any():
        raise WrongAnswer(f"Your result contains NaN for {n} galaxies with a label: is a third empty?")
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("Your result is float16, which rounds to about three digits: return float32 or float64.")
    added = array - expected
    if abs(added).max() > 1e-5 and np.ptp(added) < 1e-3 * abs(added.mean()):
        raise WrongAnswer(f"Your three numbers are all {added.mean():.4g} too large: add and subtract nothing else.")
    # Many calls, because galaxies sorted at random may have the same thirds twice.
    if not all(returns(bias_by_third, case, array) for _ in range(16)):
        raise WrongAnswer("Two calls with the same galaxies give different results: nothing is random here.")
    if np.allclose(array, expected, rtol=0.02, atol=0.002):
        raise WrongAnswer(
            f"Your numbers are close, but not right: {array[0]:.6g} instead of {expected[0]:.6g} for the metal-poor "
            "third. Don't round, add no small number, and leave no galaxy out."
        )
    hint = "Leave out unknown labels, sort the errors by the label, and cut with `np.array_split`, not at fixed limits."
    expect_close(array, expected, hint=hint, what=what)


def _explain_thirds_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    true, text = case[1], str(error)
    if isinstance(error, ValueError) and "equal division" in text:
        raise WrongAnswer(
            f"`np.split` and `reshape` need a number that 3 divides; here it is {np.isfinite(true).sum()}. "
            "`np.array_split` also cuts other numbers."
        ) from None
    if isinstance(error, ValueError) and "cannot reshape" in text:
        raise WrongAnswer(
            f"`reshape` needs a number that 3 divides; here it is {np.isfinite(true).sum()}. Cut with `np.array_split`."
        ) from None
    lengths = ("broadcast", "boolean index", "same length", "out of bounds", "must be of the same", "match")
    if np.isnan(true).any() and any(words in text for words in lengths):
        raise WrongAnswer(
            "The arrays have different lengths, because you removed the galaxies without a label from one of them "
            "only. Apply the same mask to both `predicted` and `true`."
        ) from None
    if np.isnan(true).any() or len(np.unique(true)) < len(true) or len(true) == 3:
        kind = "some labels NaN" if np.isnan(true).any() else f"{len(np.unique(true))} different labels"
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for {len(true)} galaxies, {kind}: {error}. Each third has a "
            "galaxy at least."
        ) from None


def _check_shipped_thirds(answer):
    """Compare the biases of the shipped predictions."""
    true = galviz.load_survey().catalogue["metallicity"].loc[SHIPPED.object_ids].to_numpy()
    case = SHIPPED.predictions.astype(float), true
    returned, error = call_on_cases(answer, [case], ("predicted", "true"))
    if error:
        raise error
    expected = biases(*case)
    if not is_close(returned[0], expected):
        reject_mistakes([case], returned, [expected], THIRDS_MISTAKES)
        expect_close(returned[0], expected, what="the result for the shipped galaxies")


def test_predictions_5(answer):
    # Galaxies of low and high metallicity, so that their predictions differ, in an order of their own.
    rows = np.argsort(SHIPPED.predictions)[[1990, 3, 1200, 500, 1700, 60, 900, 1500]]
    images = [SHIPPED.object_ids[row] for row in rows]
    expected = SHIPPED.predictions[rows].astype(float)
    with tempfile.TemporaryDirectory() as parent, _limited():
        _write_survey(Path(parent, "first", "survey"), images, images, labelled=True)
        _check_survey(answer, Path(parent, "first", "survey"), images, expected)
        # Other ids and files, without labels, and a path as text.
        ids = ["007", "12", "galaxy-b", "0100", "galaxy-a", "3"]
        _write_survey(Path(parent, "second", "survey"), ids, images[1:7], labelled=False)
        _check_survey(answer, f"{parent}/second/survey", ids, expected[1:7])
        # Ids that pandas reads as numbers, and some labels.
        ids = ["007", "0012", "7"]
        _write_survey(Path(parent, "third"), ids, images[:3], labelled=True, unknown=[1])
        _check_survey(answer, Path(parent, "third"), ids, expected[:3], "Only some of them have labels.")


@contextmanager
def _limited():
    """Reject a pass over the shipped survey, which takes minutes."""
    wrong = WrongAnswer("You load the shipped survey: give the parameter `folder` to `galviz.load_survey`.")
    with patch("galviz.survey.survey.mock_survey_folder", side_effect=wrong):
        yield


@cache
def _shipped_labels():
    table = pd.read_csv(mock_survey_folder() / "master.csv", dtype={"objID": str}, usecols=["objID", "oh_p50"])
    return table.set_index("objID")["oh_p50"]


def _write_survey(folder, ids, images, *, labelled, unknown=()):
    """Write a survey of shipped images under other ids; without labels, the images are PNG files."""
    (folder / "images").mkdir(parents=True)
    for object_id, image in zip(ids, images, strict=True):
        source = mock_survey_folder() / "images" / f"{image}.jpg"
        if labelled:
            shutil.copy(source, folder / "images" / f"{object_id}.jpg")
        else:
            with Image.open(source) as pixels:
                pixels.save(folder / "images" / f"{object_id}.png")
    table = pd.DataFrame({"objID": ids})
    if labelled:
        table["oh_p50"] = _shipped_labels()[images].to_numpy(copy=True)
        table.loc[list(unknown), "oh_p50"] = np.nan
    table.to_csv(folder / "master.csv", index=False)


def _check_survey(answer, folder, ids, expected, hint_on_missing=""):
    """Compare the predictions for one survey folder with the right ones."""
    before, here = _content_of(folder), Path.cwd()
    try:
        predictions = answer(folder)
    except (WrongAnswer, NotImplementedError):
        raise
    except Exception as error:
        _explain_survey_error(error, ids)
        raise
    finally:
        moved = Path.cwd() != here
        os.chdir(here)
    expect(
        not moved, "Your function changes the current folder (`os.chdir`), for the rest of the program: use `folder`."
    )
    expect(_content_of(folder) == before, "Your function changes files in the folder: it belongs to the caller.")
    _check_kind(predictions, ids, expected)
    _check_survey_index(predictions, ids, hint_on_missing)
    what = "the column of predictions"
    array = as_array(predictions, (len(ids),), what=what)
    _explain_predictions(array, predictions, ids, expected, folder)
    hint = "Use the shipped network, `galviz.load_model()`, and let `galviz.extract` crop and normalise the images."
    expect_close(array, expected, hint=hint, what=what, rtol=0, atol=1e-3)


def _content_of(folder):
    return {path: path.stat().st_mtime_ns for path in Path(folder).rglob("*") if path.is_file()}


def _explain_survey_error(error, ids):
    """Raise a hint for errors after typical mistakes."""
    text, kind = str(error), type(error).__name__
    unlabelled = "007" in ids
    if isinstance(error, TypeError) and "unsupported operand" in text and "'str'" in text:
        if "for +" in text:
            raise WrongAnswer(
                "`folder` may be a `Path`, which has no `+`: join it and a name with `Path(folder, name)`."
            ) from None
        raise WrongAnswer("`folder` may be text, which has no `/`: convert it with `Path(folder)`.") from None
    if (
        unlabelled
        and isinstance(error, KeyError | AttributeError)
        and any(n in text for n in ("metallicity", "oh_p50"))
    ):
        raise WrongAnswer(
            f"Your function raises {kind} for a survey without labels: predictions need none. Use the images and the "
            "ids."
        ) from None
    if unlabelled and isinstance(error, FileNotFoundError) and ".jpg" in text:
        raise WrongAnswer(
            "Your function fails for images in PNG files: let `galviz.load_survey` find and read them."
        ) from None
    if isinstance(error, ValueError) and "invalid literal" in text:
        raise WrongAnswer("You converted ids to numbers: an objID is text, such as 'galaxy-a'.") from None
    if unlabelled and kind in ("FeaturesError", "KeyError"):
        raise WrongAnswer(
            f"Your function works for galaxies of the shipped survey, and raises {kind} for others. Run the network on "
            "the images in the folder, with `galviz.extract`, instead of reading the shipped features."
        ) from None
    if isinstance(error, AttributeError) and "'object_ids'" in text and "Survey" not in text:
        raise WrongAnswer(f"{text}. `galviz.extract` takes the network first, then the survey.") from None
    if isinstance(error, ValueError) and "training mode" in text:
        raise WrongAnswer(
            "You put the network into training mode, in which batch norm mixes the galaxies of a batch. "
            "`galviz.load_model` returns it in eval mode: leave it so."
        ) from None


def _check_kind(predictions, ids, expected):
    """Raise a hint unless a result is a Series."""
    if isinstance(predictions, pd.Series):
        return
    kind = type(predictions).__name__
    if predictions is None:
        raise WrongAnswer("What you return is None: does the function end with `return`?")
    if hasattr(predictions, "object_ids"):
        raise WrongAnswer(
            f"You return an object of type {kind}: make a Series of its `predictions`, with its `object_ids` as index."
        )
    if isinstance(predictions, pd.DataFrame):
        raise WrongAnswer("You return a DataFrame: return a Series, which is one column with its index.")
    if isinstance(predictions, dict):
        raise WrongAnswer("You return a dict: make a Series of it, and name its index 'objID'.")
    if is_close(predictions, expected, rtol=0, atol=1e-3):
        raise WrongAnswer(
            f"The predictions are right, but in an object of type {kind}, which has no ids: return a Series with the "
            "ids as index."
        )
    raise WrongAnswer(f"You return an object of type {kind}: return a Series.")


def _check_survey_index(predictions, ids, hint_on_missing):
    """Compare the index of the predictions with the ids of the galaxies."""
    index = predictions.index
    n = len(index)
    expect(
        n < 2000,
        f"You return {n} predictions, for the shipped galaxies: the folder has {len(ids)}. Predict those.",
    )
    expect(
        list(index) != list(range(len(ids))),
        "The index is the row numbers: it must be the ids, `features.object_ids`, so that each prediction has its id.",
    )
    if not all(isinstance(object_id, str) for object_id in index):
        kind = next(type(object_id).__name__ for object_id in index if not isinstance(object_id, str))
        raise WrongAnswer(
            f"The index must contain the ids as text; yours contains a value of type {kind}. As a number, '007' loses "
            "its zeros, and a long id may lose digits. pandas reads text with `dtype=str`."
        )
    index = list(map(str, index))
    expect(
        index == ids or index != [one.lstrip("0") for one in ids],
        f"Ids have lost their zeros: {ids[0]!r} is {index[0]!r}. Read them as text, with `dtype=str`, or use those of "
        "the features.",
    )
    missing, extra = [one for one in ids if one not in index], [one for one in index if one not in ids]
    if extra and {Path(one).stem for one in extra} <= set(ids):
        raise WrongAnswer(f"Your ids are file names, such as {extra[0]!r}: the ids are those of master.csv.")
    if extra and set(extra) <= {one.lstrip("0") for one in ids}:
        raise WrongAnswer(f"Ids have lost their zeros: {extra[0]!r} isn't an id of the folder. Read them as text.")
    expect(
        not extra,
        f"Your index has ids that aren't in the folder: {format_items(extra)}. Do you keep results of another folder?",
    )
    expect(
        not missing,
        f"Predictions of galaxies are missing: {format_items(missing)}. {hint_on_missing} Predict all of the folder.",
    )
    expect(len(index) == len(ids), "Some galaxies have more than one prediction.")
    if index != ids:
        orders = {"sorted by id": sorted(ids), "in reverse order": ids[::-1]}
        values = predictions.to_list()
        ordered = next((name for name, order in orders.items() if order == index), None)
        if values in (sorted(values), sorted(values, reverse=True)):
            ordered = "sorted by prediction"
        raise WrongAnswer(
            f"Your rows are {ordered or 'in another order than the catalogue'}: return them in the order of the "
            "rows in master.csv, as `features.object_ids` has them."
        )
    name = predictions.index.name
    expect(name == "objID", f"The index is named {name!r}. Its name must be 'objID': `pd.Index(ids, name=\"objID\")`.")


def _explain_predictions(array, predictions, ids, expected, folder):
    """Raise a hint that follows from the values."""
    if is_close(array, expected, rtol=0, atol=1e-3):
        return
    if np.isnan(array).any():
        raise WrongAnswer(
            f"{int(np.isnan(array).sum())} of {len(array)} predictions are NaN. Do you look up ids in the shipped "
            "features, or use labels? Run the network on the images in the folder, with `galviz.extract`."
        )
    labels = _shipped_labels().reindex(ids).to_numpy()
    if is_close(array, labels):
        raise WrongAnswer("You return the labels of the catalogue: return the network's predictions.")
    if "float16" in str(predictions.dtype):
        raise WrongAnswer("Your predictions are float16, which rounds to about three digits: leave them float32.")
    for n_decimals in range(3):
        if np.allclose(array, np.round(expected, n_decimals), rtol=0, atol=1e-5):
            raise WrongAnswer(f"You rounded the predictions to {n_decimals} decimals: leave them unrounded.")
    if np.allclose(np.sort(array), np.sort(expected), rtol=0, atol=1e-3):
        raise WrongAnswer(
            "The predictions are right, but each belongs to another galaxy than its id says: take ids and predictions "
            "from the same object, in the same order."
        )
    for wrong in (10**expected, 10 ** (expected - 12), 10 ** (expected - 8.69)):
        if np.allclose(array, wrong, rtol=0.01):
            raise WrongAnswer(
                "You computed 10 to the power of the predictions: return them in dex, as the network gives them."
            )
    if not 7 < array.mean() < 10 and abs(array.mean()) > 1e-3:
        raise WrongAnswer(
            f"Your numbers, such as {array[0]:.3g}, aren't metallicities in dex, which are about 9: return the "
            "`predictions` of the features, from the trained network that `galviz.load_model()` gives."
        )
    if np.ptp(array) < 1e-6:
        raise WrongAnswer("Your predictions are all equal: return one prediction per galaxy, not their mean.")
    if is_close(array, expected - expected.mean(), rtol=0, atol=1e-3):
        raise WrongAnswer("You subtracted the mean of the predictions: return them in dex, as the network gives them.")
    added = array - expected
    if np.ptp(added) < 2e-3:
        raise WrongAnswer(
            f"Your predictions are all {abs(added.mean()):.3g} too {'large' if added.mean() > 0 else 'small'}: return "
            "what the network predicts, without adding or subtracting anything."
        )
    for control, name in (("random-weights", "random weights"), ("shuffled-labels", "shuffled labels")):
        try:
            other = galviz.load_features(control=control)
            others = other.predictions[other.rows(ids)]
        except galviz.FeaturesError:
            continue
        if is_close(array, others, rtol=0, atol=1e-3):
            raise WrongAnswer(f"These are the predictions of the control network with {name}: use the shipped network.")
    for scale in (0.5, 2):
        others = galviz.extract(galviz.load_model(), galviz.load_survey(folder, scale=scale)).predictions
        if is_close(array, others, rtol=0, atol=1e-3):
            raise WrongAnswer(
                f"These are the predictions for images resized by a factor of {scale}: leave `scale` out, because the "
                "network was trained on images of the original size."
            )
    if np.corrcoef(array, expected)[0, 1] > 0.97 and abs(added).max() < 0.15:
        raise WrongAnswer(
            f"Your predictions differ from the network's by up to {abs(added).max():.2g} dex: are they computed in "
            "half precision, from resized images, or with other crops? `galviz.extract` prepares the images itself."
        )

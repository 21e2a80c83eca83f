"""Tests of the exercises on domain shift; each takes the student's function."""

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect_close
from galviz.course.mistakes import call_on_cases, reject_mistakes
from lessons.shift.mistakes import LINE_MISTAKES, NEAREST_MISTAKES, P_VALUE_MISTAKES, distances, line


def _check(answer, names, cases, right, mistakes, what):
    """Compare the results for all cases with the right ones; `cases` are pairs of arguments and words about them."""
    arguments = [case for case, _ in cases]
    results, error = call_on_cases(answer, arguments, names)
    expected = [right(*case) for case in arguments]
    if results:
        _check_first(results[0], expected[0], arguments[0])
    reject_mistakes(arguments, results, expected, mistakes)
    for result, value, (_, words) in zip(results, expected, cases, strict=False):
        expect_close(result, value, hint=words, what=what)
    if error is not None:
        words = cases[len(results)][1]
        raise WrongAnswer(f"Your function raises {type(error).__name__}: {str(error)[:120]}. {words}") from error


def _check_first(result, expected, arguments):
    """Reject what isn't numbers, and an argument that is returned as it is."""
    array = as_array(result)
    for argument in arguments:
        if array.shape == np.shape(argument) and array.size > 1 and np.array_equal(array, argument):
            raise WrongAnswer("You return one of the arguments unchanged: return what the docstring describes.")
    if array.size == 1 and expected.size > 1:
        raise WrongAnswer("You return a single number: return one per galaxy.")


def _galaxies(n, d, seed, shift=0.0):
    return np.random.default_rng(seed).normal(size=(n, d)) * np.geomspace(0.1, 50, d) + shift


def test_shift_1(answer):
    near = _galaxies(3, 4, 5)
    training = _galaxies(30, 4, 4)
    same = np.vstack([training[7], near])
    cases = [
        ((_galaxies(6, 4, 1, shift=2.0), _galaxies(25, 4, 0), 5), "Here there are 6 galaxies, and k is 5."),
        ((_galaxies(9, 3, 3), _galaxies(40, 3, 2), 3), "Here the galaxies are like those of the training set."),
        ((_galaxies(1, 5, 7), _galaxies(12, 5, 6), 4), "Here there is a single galaxy."),
        ((_galaxies(8, 2, 9, shift=-1.0), _galaxies(8, 2, 8), 1), "Here k is 1."),
        ((_galaxies(4, 3, 11), _galaxies(7, 3, 10), 7), "Here k is the number of training galaxies."),
        ((same, training, 2), "Here the first galaxy has the features of a training galaxy, whose distance is 0."),
        ((_galaxies(5, 4, 13) * 1e-3, _galaxies(9, 4, 12) * 1e-3, 2), "Here the features are small numbers."),
    ]
    _check(answer, ["features", "training", "k"], cases, distances, NEAREST_MISTAKES, "the distances")


def _p_values(distances, held_out):
    return np.array([(1 + sum(other >= d for other in held_out)) / (1 + len(held_out)) for d in distances])


def test_shift_2(answer):
    draw = np.random.default_rng(0)
    ties = np.array([3.0, 1.0, 2.0, 2.0, 5.0])
    cases = [
        ((draw.uniform(0, 4, 7), draw.uniform(0, 3, 12)), "Here there are 12 held-out galaxies."),
        ((np.array([2.0, 5.0, 0.5, 3.0]), ties), "Here some distances are equal."),
        ((np.array([99.0, 0.0]), draw.uniform(1, 2, 9)), "Here one galaxy is farther than all, and one nearer."),
        ((np.array([1.5, 0.5, 2.5]), np.array([1.0])), "Here there is one held-out galaxy."),
        ((draw.normal(30, 9, 50), draw.normal(12, 5, 333)), "Here most galaxies are farther than the held-out ones."),
    ]
    _check(answer, ["distances", "held_out"], cases, _p_values, P_VALUE_MISTAKES, "the p-values")


def _recalibrated(predicted, true, fit):
    slope, intercept = line(predicted[fit], true[fit])
    return slope * predicted[~fit] + intercept


def _predictions(n, n_fit, seed, *, unknown=0):
    """Predictions that are too low and too similar, labels, and a random fit set."""
    draw = np.random.default_rng(seed)
    true = draw.normal(8.8, 0.2, n)
    predicted = 8.6 + 0.6 * (true - 8.8) + draw.normal(0, 0.08, n)
    fit = draw.permutation(n) < n_fit
    true[np.flatnonzero(~fit)[:unknown]] = np.nan
    return predicted, true, fit


def test_shift_3(answer):
    exact = np.array([8.0, 8.5, 9.0, 8.25, 8.75])
    cases = [
        (_predictions(20, 8, 0), "Here 8 of 20 galaxies are in the fit set."),
        (_predictions(60, 20, 1, unknown=5), "Here the labels of 5 galaxies of the test set are unknown."),
        (_predictions(15, 12, 2), "Here 12 of 15 galaxies are in the fit set."),
        (_predictions(9, 3, 3, unknown=2), "Here 3 of 9 galaxies are in the fit set."),
        ((exact, 2 * exact - 8, np.array([True, False, True, False, False])), "Here two galaxies fix the line."),
    ]
    _check(answer, ["predicted", "true", "fit"], cases, _recalibrated, LINE_MISTAKES, "the recalibrated predictions")

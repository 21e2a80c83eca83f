"""Mistakes as functions: which of them explains what a student's function returns."""

import numpy as np
import pytest

from galviz.course.judge import WrongAnswer
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns, returns_same

CASES = [(np.array([1.0, 2.0]), 1), (np.array([0.0, -3.0, 4.0]), 2)]
RIGHT = [np.array([1.0, 2.0]), np.array([0.0, 9.0, 16.0])]
MISTAKES = [
    (lambda x, power: x**1, "It ignores the power."),
    (lambda x, power: np.where(power == 1, x**2, np.nan), "It exchanges the powers."),
    (lambda x, power: x**power, "This is right."),
    (lambda x, power: np.full_like(x, np.nan), "It gives NaN alone."),
]


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda x, power: x, "ignores"),
        (lambda x, power: (x**2).tolist() if power == 1 else [7, 7, 7], "exchanges"),  # NaN stands for any number
        (lambda x, power: x * np.nan, "NaN alone"),
    ],
)
def test_the_mistake_that_explains_all_results_is_named(function, hint):
    results, error = call_on_cases(function, CASES, ["x", "power"])
    assert error is None
    with pytest.raises(WrongAnswer, match=hint):
        reject_mistakes(CASES, results, RIGHT, MISTAKES)


@pytest.mark.parametrize(
    "function", [lambda x, power: x**power, lambda x, power: x + 5, lambda x, power: 0 * x, lambda x, power: None]
)
def test_right_and_other_results_are_not_explained(function):
    results, _ = call_on_cases(function, CASES, ["x", "power"])
    reject_mistakes(CASES, results, RIGHT, MISTAKES)


def test_results_before_an_error_are_enough():
    def function(x, power):
        if power > 1:
            raise KeyError(power)
        return x**2

    results, error = call_on_cases(function, CASES, ["x", "power"])
    assert (len(results), type(error)) == (1, KeyError)
    with pytest.raises(WrongAnswer, match="exchanges"):
        reject_mistakes(CASES, results, RIGHT, MISTAKES)


def test_a_modified_argument_is_named_and_the_cases_stay():
    def function(x, power):
        x += 1
        return x

    with pytest.raises(WrongAnswer, match="`x`"):
        call_on_cases(function, CASES, ["x", "power"])
    assert CASES[0][0].tolist() == [1, 2]


def test_a_change_of_numpys_error_handling_stays_to_be_named():
    before = np.geterr()
    try:
        call_on_cases(lambda x, power: x / 0, CASES, ["x", "power"])
        assert np.geterr() == before
        call_on_cases(lambda x, power: np.seterr(all="ignore"), CASES, ["x", "power"])
        assert set(np.geterr().values()) == {"ignore"}
    finally:
        np.seterr(**before)


def test_close_results():
    assert is_close([[1, np.nan]], np.array([[1.00001, np.nan]]))
    assert not is_close([1, 2], [[1, 2]])
    assert returns(lambda x, power: x**power, CASES[1], RIGHT[1])
    assert returns_same(lambda x, power: x, CASES[0], (CASES[0][0], 5))
    assert not returns_same(lambda x, power: x / power if power else None, CASES[0], (CASES[0][0], 0))

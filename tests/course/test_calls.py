"""Recorded calls of a student's function: the smallest wrong one can be pasted, and two runs can be compared."""

import math

import numpy as np
import pytest

from galviz.course.calls import Call, CallRecorder, format_call
from galviz.course.reduction import smallest_wrong_call
from galviz.course.summary import ResultSummary, is_same

GROUPS = np.random.default_rng(0).normal(size=(40, 3))


def find(function, solution, *cases):
    recorder = CallRecorder(function)
    for case in cases:
        try:
            recorder.function(*case)
        except ValueError:
            continue
    return smallest_wrong_call(recorder.calls, function, solution)


def test_a_large_input_is_reduced_as_long_as_the_result_is_wrong():
    call, expected = find(lambda values: values - values.mean(), lambda values: values - values.mean(axis=0), (GROUPS,))
    (values,) = call.arguments
    assert values.shape == (3, 2)
    np.testing.assert_array_equal(values, values.round(1))
    np.testing.assert_allclose(call.result, values - values.mean())
    np.testing.assert_allclose(expected, values - values.mean(axis=0))


def test_integers_among_the_arguments_stay_possible():
    """A row number is below the number of rows, and k is at most the number of columns."""
    call, _ = find(lambda values, row: values[row] + 1, lambda values, row: values[row], (GROUPS, 7))
    assert len(call.arguments[0]) == 8
    assert call.arguments[1] == 7


@pytest.mark.parametrize("case", [(GROUPS,), (np.array([[1.0]]),)], ids=["large", "single number"])
def test_no_call_is_found_where_all_results_are_right(case):
    assert find(lambda values: list(values.sum(axis=0)), lambda values: values.sum(axis=0), case) is None


def test_errors_are_compared_by_their_class():
    def solution(k):
        if k < 1:
            raise ValueError("k must be 1 or more")
        return k

    def never_raises(k):
        return k

    assert find(solution, solution, (0,), (1,)) is None
    call, expected = find(never_raises, solution, (1,), (0,))
    assert call.arguments == (0,)
    assert expected is ValueError


def test_a_function_that_changes_its_argument_is_recorded_with_the_original():
    def in_place(values):
        values -= 1
        return values

    recorder = CallRecorder(in_place)
    recorder.function(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(recorder.calls[0].arguments[0], [1, 2])


ARGUMENTS = (
    np.array([[1.5, math.nan], [math.inf, -math.inf]]),
    np.array([250, 3], dtype=np.uint8),
    np.array([True, False]),
    np.zeros((0, 3)),
    ["a", "it's"],
    (1,),
    -0.25,
    None,
)


def test_a_formatted_call_is_python():
    text = format_call("collect", Call(ARGUMENTS, {"k": np.int64(3)}), None)
    arguments, keywords = eval(text, {"np": np, "collect": lambda *arguments, **keywords: (arguments, keywords)})
    assert keywords == {"k": 3}
    for given, pasted in zip(ARGUMENTS, arguments, strict=True):
        assert type(given) is type(pasted)
        if isinstance(given, np.ndarray):
            assert given.dtype == pasted.dtype
            np.testing.assert_array_equal(given, pasted)
        else:
            assert given == pasted


def summary(*results):
    one = ResultSummary()
    for result in results:
        one.add(result)
    return one.as_dict()


RESULT = (["b", "a"], {"x": GROUPS, "y": 3.5})


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ((["a", "b"], {"x": GROUPS * (1 + 1e-7), "y": 3.5}), True),
        ((["a", "c"], {"x": GROUPS, "y": 3.5}), False),
        ((["a", "b"], {"x": GROUPS[::-1], "y": 3.5}), False),
        ((["a", "b"], {"x": GROUPS, "y": 3.6}), False),
        ((["a", "b"], {"x": GROUPS}), False),
    ],
    ids=["rounding and order of texts", "another text", "order of numbers", "another number", "fewer numbers"],
)
def test_two_runs_are_the_same_apart_from_rounding_and_the_order_of_texts(other, same):
    assert is_same(summary(*RESULT), summary(*other)) is same
    assert not is_same({}, summary(*other))

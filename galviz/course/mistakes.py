"""Typical mistakes as functions: recognise a student's mistake by the results that it gives for several inputs.

A mistake is a function with the student's parameters, and a hint. Its hint is shown if it explains all results of the
student's function, and so it needs no case of its own in a test.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect_unchanged, has_same_numbers

__all__ = [
    "Mistake",
    "call_on_cases",
    "is_close",
    "quiet",
    "reject_mistakes",
    "reject_partial_mistakes",
    "returns",
    "returns_same",
    "varies",
]

Mistake = tuple[Callable[..., np.ndarray], str]
RTOL, ATOL = 1e-4, 1e-5


def call_on_cases(
    function: Callable[..., object], cases: Sequence[tuple], names: Sequence[str]
) -> tuple[list[object], Exception | None]:
    """Call a student's function for several inputs, until it raises an error.

    Parameters
    ----------
    function : callable
    cases : sequence of tuple
        The arguments of each call, of which the function gets copies.
    names : sequence of str
        Names of the arguments, for the hint if one is modified.

    Returns
    -------
    results : list
        Up to the first error.
    error : Exception or None

    Raises
    ------
    WrongAnswer
        If the function modifies an argument.

    Examples
    --------
    >>> call_on_cases(lambda x: 1 / x, [(2,), (0,), (4,)], ["x"])
    ([0.5], ZeroDivisionError('division by zero'))
    """
    results: list[object] = []
    for case in cases:
        arguments = [_copy(value) for value in case]
        try:
            results.append(_call(function, arguments))
        except NotImplementedError:
            raise
        except Exception as error:
            return results, error
        for name, before, after in zip(names, case, arguments, strict=True):
            expect_unchanged(before, after, name)
    return results, None


def reject_mistakes(
    cases: Sequence[tuple],
    results: Sequence[object],
    expected: Sequence[np.ndarray],
    mistakes: Sequence[Mistake],
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Raise the hint of the first mistake that explains all results.

    Parameters
    ----------
    cases : sequence of tuple
        The arguments of each call; there may be more than results.
    results : sequence
        What the student's function returned.
    expected : sequence of ndarray
        The right results. A mistake that gives them, too, is ignored.
    mistakes : sequence of Mistake
        NaN in the result of a mistake stands for any number, unless all its numbers are NaN.
    rtol, atol : float
        Relative and absolute tolerance, as in `numpy.isclose`.

    Raises
    ------
    WrongAnswer

    Examples
    --------
    >>> doubled = (lambda x: 2 * x, "You doubled x.")
    >>> reject_mistakes([(2,), (3,)], [4, 6], [4, 9], [doubled])
    Traceback (most recent call last):
    galviz.course.judge.WrongAnswer: You doubled x.
    """
    cases, expected = cases[: len(results)], expected[: len(results)]
    for mistake, hint in mistakes:
        with np.errstate(all="ignore"):
            explained = [np.asarray(mistake(*case)) for case in cases]
        if _all_match(results, explained, rtol, atol) and not _all_match(expected, explained, rtol, atol):
            raise WrongAnswer(hint)


def reject_partial_mistakes(
    cases: Sequence[tuple],
    results: Sequence[object],
    expected: Sequence[np.ndarray],
    wrong: Sequence[int],
    mistakes: Sequence[Mistake],
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Raise the hint of the first mistake that explains all wrong results, if there are three or more.

    The parameters are those of `reject_mistakes`, and `wrong`, the indices of the wrong results. Fewer results could
    agree with a mistake by chance.

    Examples
    --------
    >>> doubled = (lambda x: 2 * x, "You doubled x.")
    >>> reject_partial_mistakes([(1,), (2,)], [1, 4], [1, 2], [1], [doubled])
    """
    if len(wrong) > 2:
        chosen = [[values[index] for index in wrong] for values in (cases, results, expected)]
        reject_mistakes(*chosen, mistakes, rtol=rtol, atol=atol)


def returns(
    function: Callable[..., object], case: tuple, expected: object, *, rtol: float = RTOL, atol: float = ATOL
) -> bool:
    """Whether a function returns the expected numbers; False if it raises an error.

    Examples
    --------
    >>> returns(lambda x: 1 / x, (2,), 0.5), returns(lambda x: 1 / x, (0,), 0.5)
    (True, False)
    """
    try:
        return is_close(_call(function, [_copy(value) for value in case]), expected, rtol=rtol, atol=atol)
    except Exception:
        return False


def returns_same(function: Callable[..., object], one: tuple, other: tuple) -> bool:
    """Whether a function returns the same numbers for two tuples of arguments; False if it raises an error.

    Examples
    --------
    >>> returns_same(lambda x, side: x[:4], ([1, 2, 3], 2), ([1, 2, 3], 1))
    True
    """
    try:
        expected = _call(function, [_copy(value) for value in other])
    except Exception:
        return False
    return returns(function, one, expected)


def varies(function: Callable[..., object], case: tuple, n_calls: int = 40) -> bool:
    """Whether calls with the same arguments return different numbers; False if one raises an error.

    Parameters
    ----------
    function : callable
    case : tuple
        The arguments, of which each call gets copies.
    n_calls : int
        If a random result changes in half of the calls, 40 calls miss it once in 10¹² times.

    Examples
    --------
    >>> from itertools import count
    >>> counter = count()
    >>> varies(lambda x: x + next(counter) // 30, (1,)), varies(lambda x: 2 * x, (1,))
    (True, False)
    """
    try:
        first, *others = (_call(function, [_copy(value) for value in case]) for _ in range(n_calls))
    except Exception:
        return False
    return is_close(first, first) and not all(is_close(other, first) for other in others)


def is_close(result: object, expected: object, *, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether a result has the shape and the numbers of another, where NaN is close to NaN.

    Examples
    --------
    >>> is_close([1.0, 2.000001], np.array([1, 2])), is_close(None, 1)
    (True, False)
    """
    try:
        return has_same_numbers(as_array(result), as_array(expected), rtol, atol)
    except WrongAnswer:
        return False


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings and NumPy's errors during calls of a student's function: an overflow does no harm.

    What the function itself changes by `np.seterr` stays changed, so that `galviz.course.state` notices it at the end.

    Examples
    --------
    >>> with quiet():
    ...     float(np.float64(1) / 0)
    inf
    """
    before, before_call = np.geterr(), np.seterrcall(lambda *_: None)
    np.seterr(all="call")  # neither a default nor what students set
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if set(np.geterr().values()) == {"call"}:
            np.seterr(**before)
        np.seterrcall(before_call)


def _call(function: Callable[..., object], arguments: Sequence[object]) -> object:
    with quiet():
        return function(*arguments)


def _copy(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.copy()
    return list(value) if isinstance(value, list) else value


def _all_match(results: Sequence[object], explained: Sequence[np.ndarray], rtol: float, atol: float) -> bool:
    """Whether all results are those of a mistake, apart from its NaN, unless it gives nothing else."""
    if all(np.isnan(mistaken).all() for mistaken in explained):
        return all(is_close(result, mistaken) for result, mistaken in zip(results, explained, strict=True))
    for result, mistaken in zip(results, explained, strict=True):
        try:
            array = as_array(result)
        except WrongAnswer:
            return False
        if array.shape != mistaken.shape:
            return False
        known = ~np.isnan(mistaken)
        if not np.allclose(array[known], mistaken[known], rtol=rtol, atol=atol):
            return False
    return True

"""Find a call whose result is wrong, with arguments that are as small and round as possible."""

import copy
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from galviz.course.calls import Call
from galviz.course.judge import WrongAnswer, as_array
from galviz.course.mistakes import is_close

# How many numbers can be pasted.
_MAX_INPUT = 150
# Numbers of rows and columns to which an input is reduced, if its result is wrong then, too.
_FEW_ROWS, _FEW_COLUMNS = (3, 4, 5, 6, 8, 12, 20), (2, 3)
_DECIMALS = (0, 1, 2)
_MAX_SECONDS = 1.0


def smallest_wrong_call(
    calls: Sequence[Call], function: Callable[..., object], solution: Callable[..., object]
) -> tuple[Call, object] | None:
    """Find a call with a wrong result, and reduce its arguments as long as the result stays wrong.

    Parameters
    ----------
    calls : sequence of Call
    function, solution : callable
        Called with copies of the arguments.

    Returns
    -------
    call : Call
    expected : object
        The result of the solution, or the class of the exception that it raises.

    Examples
    --------
    >>> calls = [Call((list(range(9)),), result=9), Call(([0],), result=0)]
    >>> smallest_wrong_call(calls, lambda values: len(values), max)
    (Call(arguments=([0, 1, 2],), keywords={}, result=3, error=None), 2)
    """
    deadline = time.monotonic() + _MAX_SECONDS
    for call in sorted(calls, key=lambda call: call.size):
        if time.monotonic() > deadline:
            return None
        if call.error in (MemoryError, RecursionError):
            return None
        expected = _call(solution, call)
        if not _is_same(call, expected):
            break
    else:
        return None
    expected_result = expected.error if expected.error is not None else expected.result
    if expected.error is None:
        for reduce in (_reduce_rows, _reduce_columns, _round):
            for reduced in reduce(call):
                if time.monotonic() > deadline:
                    break
                right = _call(solution, reduced)
                tried = _call(function, reduced)
                if (
                    right.error is None
                    and not _is_same(tried, right)
                    and _has_as_many_nan(expected.result, right.result)
                ):
                    call, expected_result = tried, right.result
                    break
    return (call, expected_result) if call.size <= _MAX_INPUT else None


def _call(function: Callable[..., object], call: Call) -> Call:
    """Call a function with copies of a call's arguments."""
    arguments, keywords = copy.deepcopy((call.arguments, call.keywords))
    try:
        return Call(call.arguments, call.keywords, function(*arguments, **keywords))
    except Exception as error:
        return Call(call.arguments, call.keywords, error=type(error))


def _map_arguments(call: Call, change: Callable[[object], object]) -> Call:
    return Call(tuple(map(change, call.arguments)), {name: change(value) for name, value in call.keywords.items()})


def _reduce_rows(call: Call) -> Iterator[Call]:
    """Calls with the first rows of each array or list that is as long as the longest."""
    length = max([len(value) for value in call.values if isinstance(value, np.ndarray | list)], default=0)
    least = _largest_integer(call)
    for rows in _FEW_ROWS:
        if least < rows < length:
            yield _map_arguments(
                call,
                lambda value, rows=rows: (
                    value[:rows] if isinstance(value, np.ndarray | list) and len(value) == length else value
                ),
            )


def _reduce_columns(call: Call) -> Iterator[Call]:
    """Calls with the first columns of a single two-dimensional array."""
    tables = [value for value in call.arguments if isinstance(value, np.ndarray) and value.ndim == 2]
    others = (
        [value for value in call.arguments if isinstance(value, np.ndarray | list) and value is not tables[0]]
        if tables
        else []
    )
    if tables and not others:
        for columns in _FEW_COLUMNS:
            if _largest_integer(call) <= columns < tables[0].shape[1]:
                yield _map_arguments(
                    call, lambda value, columns=columns: value[:, :columns] if value is tables[0] else value
                )


def _largest_integer(call: Call) -> int:
    """The largest integer among the arguments: a row number or a number of neighbours, which must stay possible."""
    return max([value for value in call.values if isinstance(value, int)], default=0)


def _round(call: Call) -> Iterator[Call]:
    """Calls with rounded numbers, where none becomes 0."""
    for decimals in _DECIMALS:
        rounded = _map_arguments(call, lambda value, decimals=decimals: _rounded(value, decimals))
        pairs = zip(call.values, rounded.values, strict=True)
        if all(np.array_equal(np.equal(one, 0), np.equal(other, 0)) for one, other in pairs if _is_floats(one)):
            yield rounded


def _rounded(value: object, decimals: int) -> object:
    return (
        type(value)(np.round(value, decimals))
        if isinstance(value, float)
        else (np.round(value, decimals) if _is_floats(value) else value)
    )


def _is_floats(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _has_as_many_nan(result: object, reduced: object) -> bool:
    """Whether a reduced result has NaN or infinite numbers only if the original one has."""
    try:
        finite = [bool(np.isfinite(as_array(value)).all()) for value in (result, reduced)]
    except WrongAnswer:
        return True
    return finite[1] or not finite[0]


def _is_same(call: Call, expected: Call) -> bool:
    """Whether a call gives the result, or the kind of error, of another."""
    if call.error is not None or expected.error is not None:
        return expected.error is not None and issubclass(call.error or object, expected.error)
    return _is_equal(call.result, expected.result)


def _is_equal(result: object, expected: object) -> bool:
    if isinstance(expected, tuple) and isinstance(result, tuple | list):
        return len(result) == len(expected) and all(map(_is_equal, result, expected))
    try:
        as_array(expected)
    except WrongAnswer:
        try:
            return bool(result == expected)
        except ValueError:  # two tables
            return False
    return is_close(result, expected)

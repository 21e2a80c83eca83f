"""The calls of a student's function in a test: record them, and format them as Python."""

import copy
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from galviz.course.judge import WrongAnswer, as_array
from galviz.course.summary import ResultSummary

# How many numbers of an input are recorded, and how many of a result can be read.
_MAX_RECORDED, _MAX_RESULT = 5_000, 12
_MAX_TEXT = 100


@dataclass(frozen=True)
class Call:
    """A call of a student's function.

    Attributes
    ----------
    arguments : tuple
        As they were before the call.
    keywords : dict
    result : object
    error : type or None
        Class of the exception that the function raised. The exception itself would keep the function's variables.
    """

    arguments: tuple
    keywords: dict = field(default_factory=dict)
    result: object = None
    error: type[Exception] | None = None

    @property
    def values(self) -> tuple:
        """All arguments."""
        return (*self.arguments, *self.keywords.values())

    @property
    def size(self) -> float:
        """How many numbers and texts the arguments have."""
        return count_values(self.values)


class CallRecorder:
    """Wraps a function, and records its calls with short arguments and a summary of all its results.

    Parameters
    ----------
    function : callable

    Attributes
    ----------
    function : callable
        Does the same, and records it.
    calls : list of Call
        Those whose arguments are numbers, texts and small arrays.
    summary : ResultSummary

    Examples
    --------
    >>> recorder = CallRecorder(lambda x: 2 * x)
    >>> recorder.function(3)
    6
    >>> recorder.calls
    [Call(arguments=(3,), keywords={}, result=6, error=None)]
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self.calls: list[Call] = []
        self.summary = ResultSummary()

        @functools.wraps(function)
        def recording(*arguments: object, **keywords: object) -> object:
            short = count_values((*arguments, *keywords.values())) <= _MAX_RECORDED
            before = copy.deepcopy((arguments, keywords)) if short else None
            try:
                result = function(*arguments, **keywords)
            except Exception as error:
                if before:
                    self.calls.append(Call(*before, error=type(error)))
                raise
            if before:
                self.calls.append(Call(*before, result=_copy_result(result)))
            self.summary.add(result)
            return result

        self.function = recording


def format_call(name: str, call: Call, expected: object) -> str:
    """Format a call as Python, with its result and the expected one in comments.

    Examples
    --------
    >>> print(format_call("mean", Call((np.array([1.0, np.nan]), 3), result=None), 1.0))
    mean(np.array([1.0, np.nan]), 3)
    # returns None
    # expected: 1
    """
    arguments = [_literal(value) for value in call.arguments]
    arguments += [f"{key}={_literal(value)}" for key, value in call.keywords.items()]
    lines = [f"{name}({', '.join(arguments)})"]
    if call.error is not None:
        lines.append(f"# raises {call.error.__name__}")
    elif (shown := _shown(call.result)) is not None:
        lines.append(f"# returns {shown}")
    if isinstance(expected, type):
        lines.append(f"# expected: raises {expected.__name__}")
    elif (shown := _shown(expected)) is not None:
        lines.append(f"# expected: {shown}")
    return "\n".join(lines)


def count_values(values: tuple) -> float:
    """How many numbers and texts arguments consist of; infinite if they can't be written as short Python."""
    total = 0.0
    for value in values:
        if isinstance(value, list | tuple):
            total += count_values(tuple(value)) if len(value) <= _MAX_RECORDED else math.inf
        elif isinstance(value, np.ndarray) and value.dtype.kind in "buif" and value.ndim:
            total += max(value.size, 1)
        elif isinstance(value, str | int | float | np.integer | np.floating) or value is None:
            total += 1
        else:
            return math.inf
    return total


def _copy_result(result: object) -> object:
    """Copy a result, because it may be a view of an argument that the test goes on to use."""
    try:
        return copy.deepcopy(result)
    except Exception:  # a tensor with a graph can't be copied, and a class of the student's own may do anything
        return result


def _literal(value: object) -> str:
    """Format an argument as Python."""
    if isinstance(value, np.ndarray):
        dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype.name}"
        if value.size == 0:
            return f"np.zeros({value.shape}{dtype})"
        return f"np.array({_literal(value.tolist())}{dtype})"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _shown(result: object) -> str | None:
    """Format a result for a comment; None if it is too long to read."""
    if result is None:
        return "None"
    if isinstance(result, tuple):
        parts = [_shown(part) for part in result]
        return None if None in parts else f"({', '.join(parts)})"
    try:
        array = np.asarray(result)
        array = array if array.dtype.kind in "biuU" else as_array(result)
    except (ValueError, WrongAnswer):
        text = repr(result)
        return text if len(text) <= _MAX_TEXT and "\n" not in text else None
    if array.dtype.kind == "U":
        return repr(result) if array.size <= _MAX_RESULT else f"{array.size} texts"
    if array.size > _MAX_RESULT:
        return f"an array of the shape {array.shape}"
    if not array.ndim:
        return f"{array.item():.6g}"
    return np.array2string(array, precision=6, separator=", ", max_line_width=100_000).replace("\n", "")

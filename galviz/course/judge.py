"""Building blocks for the tests of exercises: read what a student's function returns, and reject it with a hint.

A test takes the student's function and raises `WrongAnswer`. A hint names the mistake, not the code to write. Numbers
may have any form: lists, float32, tensors and tables are all read.
"""

from collections.abc import Callable, Sequence

import numpy as np

# Wide enough for float32 and another order of summation, too narrow for another formula.
RTOL, ATOL = 1e-4, 1e-6


class WrongAnswer(AssertionError):
    """A function returns something wrong; the text is the hint, in sentences for the student."""


def expect(condition: bool, hint: str) -> None:
    """Raise `WrongAnswer` with a hint unless a condition holds.

    Examples
    --------
    >>> expect(2 + 2 == 4, "Two and two are four.")
    """
    if not condition:
        raise WrongAnswer(hint)


def as_array(
    values: object, shape: tuple[int | None, ...] | None = None, *, what: str = "what you return"
) -> np.ndarray:
    """Convert what a function returned to an array.

    Parameters
    ----------
    values : object
        A number, or numbers in lists, an array, a tensor, a Series or a DataFrame.
    shape : tuple of int or None, optional
        The expected shape; None for an axis of any length. ``()`` expects a single number.
    what : str
        Name of the values, for the hint.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    WrongAnswer
        If `values` is None, isn't numbers, or has another shape.

    Examples
    --------
    >>> as_array([[1, 2], [3, 4]], (None, 2))
    array([[1., 2.],
           [3., 4.]])
    """
    if values is None:
        raise WrongAnswer(f"{_capitalised(what)} is None: does the function end with `return`?")
    if callable(values) or isinstance(values, str | bytes | dict | set) or hasattr(values, "__next__"):
        raise WrongAnswer(f"{_capitalised(what)} is of type {type(values).__name__}; numbers are asked for.")
    array = _to_array(values)
    if array is None:
        raise WrongAnswer(f"{_capitalised(what)} can't be read as numbers: it is of type {type(values).__name__}.")
    if shape is not None and not _has_shape(array.shape, shape):
        if shape == () and array.size == 1:  # an array of one number will do
            return array.reshape(())
        raise WrongAnswer(_shape_hint(array.shape, shape, what))
    return array


def as_float(values: object, *, what: str = "what you return") -> float:
    """Convert what a function returned to one number; raises `WrongAnswer` as `as_array` does.

    Examples
    --------
    >>> as_float([[3]])
    3.0
    """
    return float(as_array(values, (), what=what))


def expect_close(
    values: object,
    expected: object,
    mistakes: Sequence[tuple[object, str]] = (),
    *,
    hint: str = "",
    what: str = "what you return",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Raise `WrongAnswer` unless numbers are close to the expected ones.

    Parameters
    ----------
    values : object
        What `as_array` takes, with the shape of `expected`.
    expected : array
        NaN is close to NaN.
    mistakes : sequence of (object, str)
        What a typical mistake gives, and the hint for it. The first that is close to `values` is raised. A mistake that
        makes no difference here, because it is close to `expected`, is ignored.
    hint : str
        For any other mistake; follows a sentence on the first difference.
    what : str
        Name of the values, for the hint.
    rtol, atol : float
        Relative and absolute tolerance, as in `numpy.isclose`.

    Raises
    ------
    WrongAnswer

    Examples
    --------
    >>> expect_close([1, 2.00001], [1, 2])
    >>> expect_close([2, 4], [1, 2], [([2, 4], "You doubled them.")])
    Traceback (most recent call last):
    galviz.course.judge.WrongAnswer: You doubled them.
    """
    expected = np.asarray(expected, dtype=np.float64)
    returned = _to_array(values)
    for mistake, its_hint in mistakes:
        wrong = _to_array(mistake)
        if has_same_numbers(returned, wrong, rtol, atol) and not has_same_numbers(wrong, expected, rtol, atol):
            raise WrongAnswer(its_hint)
    array = as_array(values, expected.shape, what=what)
    if not has_same_numbers(array, expected, rtol, atol):
        raise WrongAnswer(" ".join([_first_difference(array, expected, what, rtol, atol), hint]).strip())


def expect_unchanged(before: object, after: object, name: str) -> None:
    """Raise `WrongAnswer` if a function has changed its argument.

    Examples
    --------
    >>> expect_unchanged([1, 2], [1, 3], "values")
    Traceback (most recent call last):
    galviz.course.judge.WrongAnswer: Your function changes `values`, which belongs to the caller: work on a copy.
    """
    old, new = np.asarray(_to_numpy(before)), np.asarray(_to_numpy(after))
    same = np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    expect(same, f"Your function changes `{name}`, which belongs to the caller: work on a copy.")


def expect_error(call: Callable[[], object], error: type[BaseException], hint: str) -> BaseException:
    """Raise `WrongAnswer` unless a call raises an error of this class; return the error.

    Examples
    --------
    >>> expect_error(lambda: 1 / 0, ZeroDivisionError, "It must raise.")
    ZeroDivisionError('division by zero')
    """
    try:
        call()
    except error as raised:
        return raised
    except NotImplementedError:
        raise
    except Exception as other:
        raise WrongAnswer(f"{hint} Yours raises {type(other).__name__} there.") from None
    raise WrongAnswer(hint)


def format_items(items: Sequence[object]) -> str:
    """Join the first items for a sentence.

    Examples
    --------
    >>> format_items(["a", "b", "c", "d", "e"])
    "'a', 'b', 'c', 'd' …"
    """
    shown = ", ".join(map(repr, items[:4]))
    return shown + (" …" if len(items) > 4 else "")


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _to_numpy(values: object) -> object:
    """Convert a tensor to an array, and tensors in a list too; return anything else as it is."""
    if hasattr(values, "detach"):
        return values.detach().cpu().numpy()
    if isinstance(values, list | tuple):
        return [_to_numpy(value) for value in values]
    return values


def _has_shape(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        length is None or actual == length for actual, length in zip(shape, expected, strict=True)
    )


def _shape_hint(shape: tuple[int, ...], expected: tuple[int | None, ...], what: str) -> str:
    wanted = " × ".join("any" if length is None else str(length) for length in expected) or "a single number"
    actual = " × ".join(map(str, shape)) or "a single number"
    transposed = len(expected) > 1 and _has_shape(shape[::-1], expected)
    hint = " It is transposed: rows and columns are exchanged." if transposed else ""
    return f"{_capitalised(what)} must have the shape {wanted}; it has {actual}.{hint}"


def _to_array(values: object) -> np.ndarray | None:
    """Convert to an array; return None if that fails, because a mistake may return anything."""
    if values is None or isinstance(values, str | bytes):
        return None  # NumPy reads NaN, or a number, in them
    try:
        array = np.asarray(_to_numpy(values))
        return None if array.dtype.kind == "c" else array.astype(np.float64)
    except Exception:  # a class of the student's own may raise anything
        return None


def has_same_numbers(one: np.ndarray | None, other: np.ndarray | None, rtol: float, atol: float) -> bool:
    """Whether two arrays have the same shape and close numbers, where NaN is close to NaN; False if one is None.

    Examples
    --------
    >>> has_same_numbers(np.array([1.0, np.nan]), np.array([1.0, np.nan]), 1e-4, 1e-5)
    True
    """
    if one is None or other is None or one.shape != other.shape:
        return False
    return bool(np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True))


def _first_difference(values: np.ndarray, expected: np.ndarray, what: str, rtol: float, atol: float) -> str:
    if not values.ndim:
        return f"{_capitalised(what)} is {float(values):.6g}, and should be {float(expected):.6g}."
    wrong = ~np.isclose(values, expected, rtol=rtol, atol=atol, equal_nan=True)
    first = tuple(int(index) for index in np.argwhere(wrong)[0])
    at = ", ".join(map(str, first))
    count = f"{int(wrong.sum())} of {wrong.size} numbers are wrong; the first"
    return f"{_capitalised(what)}: {count}, at [{at}], is {values[first]:.6g} and should be {expected[first]:.6g}."

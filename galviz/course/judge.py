"""What the tests of exercises are written with: they look at an answer and say in a sentence what is wrong with it.

A test takes the student's function and raises `Wrong` with a hint. A hint names the mistake, not the code to write.
What a function returns may be of any kind and still be right: lists, float32, tensors and tables are read as numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np

# Wide enough for float32 and another order of summation, too narrow for another formula.
RTOL, ATOL = 1e-4, 1e-6


class Wrong(AssertionError):
    """An answer is wrong; the text is the hint, in sentences for the student."""


def expect(holds: bool, hint: str) -> None:
    """Refuse an answer for which something doesn't hold, with a hint."""
    if not holds:
        raise Wrong(hint)


def numbers(found: object, shape: tuple[int | None, ...] | None = None, *, what: str = "what you return") -> np.ndarray:
    """Read what a function returned as numbers.

    Parameters
    ----------
    found : object
        Numbers in any form: a number, lists, an array, a tensor, a Series or a DataFrame.
    shape : tuple of int or None, optional
        The shape that is asked for; None where a length is free. ``()`` asks for a single number.
    what : str
        What it is, for the hint.

    Returns
    -------
    ndarray of float64
        NaN where there are NaNs.

    Raises
    ------
    Wrong
        If it is None, no numbers, or of another shape.
    """
    if found is None:
        raise Wrong(f"{_capital(what)} is None: does the function end with `return`?")
    if callable(found) or isinstance(found, str | bytes | dict | set) or hasattr(found, "__next__"):
        raise Wrong(f"{_capital(what)} is of type {type(found).__name__}; numbers are asked for.")
    array = _loosely(found)
    if array is None:
        raise Wrong(f"{_capital(what)} can't be read as numbers: it is of type {type(found).__name__}.")
    if shape is not None and not _fits(array.shape, shape):
        # A single number in an array of one is a number.
        if shape == () and array.size == 1:
            return array.reshape(())
        raise Wrong(_of_another_shape(array.shape, shape, what))
    return array


def number(found: object, *, what: str = "what you return") -> float:
    """Read what a function returned as one number; raises `Wrong` as `numbers` does."""
    return float(numbers(found, (), what=what))


def compare(
    found: object,
    expected: object,
    mistakes: Sequence[tuple[object, str]] = (),
    *,
    otherwise: str = "",
    what: str = "what you return",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Compare numbers with the right ones; where they are those of a known mistake, its hint says which.

    Parameters
    ----------
    found : object
        As `numbers` takes it; its shape must be that of `expected`.
    expected : array
        NaN is expected where it is NaN.
    mistakes : sequence of (object, str)
        Numbers that a mistake gives, and its hint; tried in order. Those that equal the right ones are passed over: a
        mistake that makes no difference here is none.
    otherwise : str
        What to say where no known mistake gives these numbers; the first difference is told before it.
    what : str
        What the numbers are.
    rtol, atol : float
        How close is right.

    Raises
    ------
    Wrong
    """
    expected = np.asarray(expected, dtype=np.float64)
    for wrong, hint in mistakes:
        if _close(_loosely(found), _loosely(wrong), rtol, atol) and not _close(_loosely(wrong), expected, rtol, atol):
            raise Wrong(hint)
    array = numbers(found, expected.shape, what=what)
    if not _close(array, expected, rtol, atol):
        raise Wrong(" ".join([_first_difference(array, expected, what, rtol, atol), otherwise]).strip())


def unchanged(before: object, after: object, name: str) -> None:
    """Refuse an answer that changed what it was given."""
    old, new = np.asarray(_detached(before)), np.asarray(_detached(after))
    same = np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    expect(same, f"Your function changes `{name}`, which belongs to the caller: work on a copy.")


def expect_error(call: Callable[[], object], error: type[BaseException], hint: str) -> BaseException:
    """Refuse an answer that doesn't raise an error where it should; returns the error."""
    try:
        call()
    except error as raised:
        return raised
    except NotImplementedError:
        raise
    except Exception as other:
        raise Wrong(f"{hint} Yours raises {type(other).__name__} there.") from None
    raise Wrong(hint)


def listed(items: Sequence[object]) -> str:
    """A few items for a sentence."""
    shown = ", ".join(map(repr, items[:4]))
    return shown + (" …" if len(items) > 4 else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _detached(found: object) -> object:
    """A tensor as an array; tensors in a list too; anything else as it is."""
    if hasattr(found, "detach"):
        return found.detach().cpu().numpy()
    if isinstance(found, list | tuple):
        return [_detached(each) for each in found]
    return found


def _fits(shape: tuple[int, ...], asked: tuple[int | None, ...]) -> bool:
    return len(shape) == len(asked) and all(
        want is None or have == want for have, want in zip(shape, asked, strict=True)
    )


def _of_another_shape(shape: tuple[int, ...], asked: tuple[int | None, ...], what: str) -> str:
    wanted = " × ".join("any" if length is None else str(length) for length in asked) or "a single number"
    got = " × ".join(map(str, shape)) or "a single number"
    hint = " It is transposed: rows and columns are exchanged." if len(asked) > 1 and _fits(shape[::-1], asked) else ""
    return f"{_capital(what)} must have the shape {wanted}; it has {got}.{hint}"


def _loosely(values: object) -> np.ndarray | None:
    """Numbers, or None where there are none: a mistake is looked for in whatever was returned."""
    if values is None or isinstance(values, str | bytes):
        return None  # NumPy reads NaN, or a number, in them
    try:
        array = np.asarray(_detached(values))
        return None if array.dtype.kind == "c" else array.astype(np.float64)
    except Exception:  # a student's own class may raise anything when it is read
        return None


def _close(one: np.ndarray | None, other: np.ndarray | None, rtol: float, atol: float) -> bool:
    if one is None or other is None or one.shape != other.shape:
        return False
    return bool(np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True))


def _first_difference(found: np.ndarray, expected: np.ndarray, what: str, rtol: float, atol: float) -> str:
    if not found.ndim:
        return f"{_capital(what)} is {float(found):.6g}, and should be {float(expected):.6g}."
    apart = ~np.isclose(found, expected, rtol=rtol, atol=atol, equal_nan=True)
    place = tuple(int(index) for index in np.argwhere(apart)[0])
    at = ", ".join(map(str, place))
    count = f"{int(apart.sum())} of {apart.size} numbers are wrong; the first"
    return f"{_capital(what)}: {count}, at [{at}], is {found[place]:.6g} and should be {expected[place]:.6g}."

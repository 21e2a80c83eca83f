"""Validation of the arrays and numbers that the functions of this package take; each returns them as float64."""

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

# Squares of larger numbers, summed over a survey, overflow.
LARGEST = 1e100


class AllAlikeError(ValueError):
    """Features that are the same for all galaxies: they have no variance."""


def check_features(values: ArrayLike) -> np.ndarray:
    """Validate features to which something can be fitted, shape (n, d), as float64.

    Raises
    ------
    ValueError
        If they aren't a 2-D table of finite numbers, or have fewer than two galaxies.
    AllAlikeError
        If all galaxies are alike.

    Examples
    --------
    >>> check_features([[1, 2], [3, 4]]).dtype
    dtype('float64')
    """
    values = check_matrix(values, "values")
    if len(values) < 2:
        raise ValueError(f"values must hold 2 galaxies or more; got {len(values)}. One point has no variance.")
    if np.linalg.norm(values - values.mean(axis=0)) <= rounding_tolerance(values):
        raise AllAlikeError(f"values must differ between galaxies; got {len(values)} all alike. Give others, or more.")
    return values


def check_matrix(values: ArrayLike, name: str) -> np.ndarray:
    """Validate a table of shape (n, d), finite and at most `LARGEST`, as float64; ValueError names it by `name`.

    Examples
    --------
    >>> check_matrix([[1, 2]], "other").shape
    (1, 2)
    """
    shape = "a 2-D table of numbers, one row per galaxy"
    array = check_numbers(values, name, shape)
    if array.ndim != 2 or not array.shape[1]:
        raise ValueError(f"{name} must be {shape}; got shape {array.shape}. Give it galaxies × columns.")
    bad = np.flatnonzero(~(np.abs(array) < LARGEST).all(axis=1))
    if len(bad):
        problem = f"{len(bad)} of {len(array)} rows hold NaN, infinity or a number beyond {LARGEST:g}"
        raise ValueError(f"{name} must be finite; {problem}, the first in row {bad[0]} (from 0). Leave those rows out.")
    return array


def check_numbers(values: ArrayLike, name: str, shape: str) -> np.ndarray:
    """Validate an array of integers or floats, as float64; ValueError describes the `shape` it should have.

    Examples
    --------
    >>> check_numbers([8, 9], "label", "2 numbers")
    array([8., 9.])
    """
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must be {shape}; got masked values. Leave those rows out.")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be {shape}; got rows of different lengths. Make them equal.") from error
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be {shape}; got dtype {array.dtype}. Give integers or floats.")
    return np.ascontiguousarray(array, dtype=np.float64)


def check_whole(name: str, value: int, least: int, most: int | None = None, limit: str = "") -> None:
    """Raise ValueError unless `value` is a whole number from `least` to `most`; `limit` describes `most` in words.

    Examples
    --------
    >>> check_whole("folds", 1, 2)
    Traceback (most recent call last):
    ValueError: folds must be a whole number of at least 2; got 1. Ask for 2 or more.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}. Ask for {least} or more.")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}, {limit}; got {value}. Ask for {most} or fewer.")


def check_components(n_components: int, n: int, d: int) -> None:
    """Raise ValueError unless n galaxies with d features can have that many components, at least one.

    Examples
    --------
    >>> check_components(3, n=256, d=512)
    >>> check_components(4, n=256, d=3)
    Traceback (most recent call last):
    ValueError: n_components must be at most 3, the lesser of n = 256 galaxies and d = 3 features; got 4. Ask for 3 or fewer.
    """  # noqa: E501 (a message is one line)
    limit = f"the lesser of n = {n} galaxies and d = {d} features"
    check_whole("n_components", n_components, 1, min(n, d), limit)


def rounding_tolerance(values: np.ndarray) -> float:
    """The largest singular value that rounding alone may give: the mean of equal numbers isn't exactly that number.

    Examples
    --------
    >>> rounding_tolerance(np.ones((100, 4))) < 1e-12
    True
    """
    return float(np.finfo(np.float64).eps * max(values.shape) * np.linalg.norm(values))


def read_only(array: np.ndarray) -> np.ndarray:
    """Make an array read-only, and return it.

    Examples
    --------
    >>> read_only(np.zeros(2)).flags.writeable
    False
    """
    array.flags.writeable = False
    return array

"""Sentinel values: numbers that catalogues and file formats use for a missing value, such as -9999, 99.9 or 1e20."""

from enum import Enum, auto

import numpy as np

# Means 'not measured' in SDSS and in the MPA-JHU catalogue, in any column.
NOT_MEASURED = -9999.0
# Beside words such as the classes of Galaxy Zoo, these can't be values.
SENTINELS_AMONG_WORDS = (NOT_MEASURED, -999.0, -99.0)


class SentinelKind(Enum):
    """Families of sentinel values. Each of them may also be a measured value."""

    SDSS = auto()  # -9999
    LOW = auto()  # -99, -999.9, -1000 and similar
    RARE_LOW = auto()  # -77, -88.8 and similar, which are less common
    HIGH = auto()  # 99, 99.9, 999 and similar, often for non-detections
    INTEGER_LIMIT = auto()  # limits of 16, 32 and 64 bits: nulls of FITS and databases, and saturated counters
    FILL = auto()  # 1e20, the largest float32 and similar: fill values of netCDF and others, absurdly large


def _repeat_digit(digit: str, lengths: range, decimals: tuple[str, ...]) -> list[float]:
    """Numbers such as 99, 99.9 and 999.25; with decimals, up to seven digits, as many as a float32 holds."""
    texts = [digit * length + end for length in lengths for end in decimals if not end or length + len(end) <= 8]
    return list(map(float, texts))


_NINES = _repeat_digit("9", range(2, 11), ("", ".25", ".5", ".9", ".99", ".999", ".9999"))
_SEVENS = _repeat_digit("7", range(2, 7), ("", ".7", ".77"))
_EIGHTS = _repeat_digit("8", range(2, 7), ("", ".8", ".88"))
_SENTINELS = {
    **{-value: SentinelKind.RARE_LOW for value in (*_SEVENS, *_EIGHTS)},
    **{-value: SentinelKind.LOW for value in (*_NINES, 1000.0, 999999488.0, 999999500.0)},
    **{value: SentinelKind.HIGH for value in _NINES if value < 1e6},
    **dict.fromkeys((-32768.0, 32767.0, -(2.0**31), 2.0**31 - 1, -(2.0**63), 2.0**63), SentinelKind.INTEGER_LIMIT),
    **{sign * value: SentinelKind.FILL for value in (1e20, 1e30, 1e37, 9.96921e36, 3.4028235e38) for sign in (1, -1)},
    **{sign * value: SentinelKind.FILL for value in (1e300, 1e308) for sign in (1, -1)},
    -1.6375e30: SentinelKind.FILL,
    NOT_MEASURED: SentinelKind.SDSS,
}
_SORTED = np.array(sorted(_SENTINELS))
with np.errstate(over="ignore"):
    # A catalogue of float32 writes -99.9 as -99.9000015.
    _SENTINELS_FLOAT32 = {float(np.float32(value)): kind for value, kind in _SENTINELS.items() if abs(value) < 1e39}
_SORTED_FLOAT32 = np.array(sorted(_SENTINELS_FLOAT32), dtype=np.float32)
_SMALLEST = 77.0  # in absolute value


def sentinel_positions(numbers: np.ndarray) -> np.ndarray:
    """Positions of sentinel values, exact or rounded to float32.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of int
        Sorted.

    Examples
    --------
    >>> sentinel_positions(np.array([8.7, -9999.0, -99.9000015, 8.9])).tolist()
    [1, 2]
    """
    with np.errstate(invalid="ignore"):
        positions = np.flatnonzero(np.isfinite(numbers) & (np.abs(numbers) >= _SMALLEST))
    values = numbers[positions]
    with np.errstate(over="ignore"):
        values_float32 = values.astype(np.float32)
    return positions[_is_in_sorted(values, _SORTED) | _is_in_sorted(values_float32, _SORTED_FLOAT32)]


def sentinel_kind(value: float) -> SentinelKind:
    """The family of a value that `sentinel_positions` finds.

    Examples
    --------
    >>> sentinel_kind(-9999.0).name, sentinel_kind(99.9).name
    ('SDSS', 'HIGH')
    """
    return _SENTINELS[value] if value in _SENTINELS else _SENTINELS_FLOAT32[float(np.float32(value))]


def _is_in_sorted(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    nearest = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[nearest] == values

"""What stands for a missing value in a column: an empty cell, a word such as N/A, or a number that no galaxy has."""

import re
from collections.abc import Sequence

import numpy as np

# In small letters: what pandas reads as missing (pandas.read_csv, na_values), what spreadsheets write for an error, and
# what astropy, SQL and people write.
MISSING_WORDS = {
    *("", "n/a", "na", "n.a.", "<na>", "<n/a>", "nan", "+nan", "-nan", "nat", "null", r"\n", "none", "nil"),
    *("#n/a", "#n/a n/a", "#na", "#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#spill!", "#calc!"),
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "masked", "missing", "undefined", "undef"),
    *("no data", "nodata", "not available", "not measured", ".", "?", "-", "--", "---", "–", "—", "−"),
}
_PERHAPS_KINDS = {"na", "none", "nil", ".", "?", "-", "--", "---", "–", "—", "−", "undefined", "masked"}
# SDSS's and the MPA-JHU catalogue's mark for 'not measured', in any column.
NOT_MEASURED = -9999.0
# Marks of other catalogues, which may be values too: they count where they stand apart from all other values.
_LOW_MARKS = (-99.0, -99.9, -99.99, -999.0, -999.9, -999.99, -999.999, -1000.0, -9999.9, -9999.99, -99999.0, -999999.0)
_LOW_MARKS += (-9999999.0, -99999999.0, -999999999.0, -999999488.0, -999999500.0)
# Of magnitudes only, that of what was not detected.
_HIGH_MARKS = (99.0, 99.9, 99.99, 99.999, 999.0, 999.9, 999.99, 9999.0)
_MAGNITUDE = re.compile(r"mag(?![a-z])|magnitude", re.IGNORECASE)  # rmag, petroMag_r, mag_g; not image, magnification
# What FITS, databases and netCDF write for no value, and the largest float32: they too count if they stand apart.
_NULLS = (-888.0, -8888.0, -32768.0, 32767.0, -2147483648.0, 2147483647.0, -(2.0**63), 2.0**63, -1.6375e30, 1e20, -1e20)
_NULLS += (1e30, -1e30, 1e37, -1e37, 9.96921e36, -9.96921e36, 3.4028235e38, -3.4028235e38, 1e300, -1e300, 1e308, -1e308)
# A mark stands apart if its distance from the nearest value is that many times the range of the values; or if all of so
# many values are positive or 0.
_APART, _ENOUGH = 3.0, 10


def is_missing(cell: str) -> bool:
    """Whether a cell, without spaces around it, is empty or a word for a missing value."""
    return cell.lower() in MISSING_WORDS


def is_surely_missing(cell: str) -> bool:
    """Whether a cell among words is missing: `None`, `Na` or `-` may be a kind there, beside `Weak`, `Mg` or `+`."""
    return cell.lower() in MISSING_WORDS - _PERHAPS_KINDS


def missing_marks(column: str, numbers: np.ndarray) -> np.ndarray:
    """Find the numbers of a column that stand for a missing value.

    Parameters
    ----------
    column : str
        Its name.
    numbers : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
        True for what isn't finite; for −9999; for −99, −999, −1000 and the like if they lie below all other values, by
        three times the range of these or as the only negative ones; and for 99, 999 and the like if they lie as far
        above all other values of a column of magnitudes. A velocity of −99 among −120 and 50 stays. So do −32768, 1e20
        and other nulls of FITS, databases and netCDF, unless they lie as far from all other values.
    """
    missing = ~np.isfinite(numbers) | _among(numbers, (NOT_MEASURED,))
    low = _among(numbers, (*_LOW_MARKS, *(mark for mark in _NULLS if mark < 0)))
    marks = [mark for mark in _NULLS if mark > 0]
    high = _among(numbers, (*marks, *_HIGH_MARKS) if _MAGNITUDE.search(column) else marks)
    if not (low.any() or high.any()):
        return missing
    others = numbers[~(missing | low | high)]
    if others.size < 2:
        return missing
    lowest, highest = others.min(), others.max()
    with np.errstate(over="ignore"):
        room = _APART * (highest - lowest)
        positive = lowest >= 0 and others.size >= _ENOUGH
        below = (numbers < lowest) & ((lowest - numbers >= room) | positive)
        above = (numbers > highest) & (numbers - highest >= room)
    return missing | (low & below) | (high & above)


def _among(numbers: np.ndarray, marks: Sequence[float]) -> np.ndarray:
    """Which numbers are one of some marks, exactly or as a float32 holds it: -99.9 is written as -99.9000015 then."""
    with np.errstate(over="ignore"):
        single, single_marks = numbers.astype(np.float32), np.array(marks).astype(np.float32)
    return np.isin(numbers, marks) | (np.isin(single, single_marks) & np.isfinite(single))

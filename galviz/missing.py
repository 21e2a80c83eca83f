"""What stands for a missing value in a column: an empty cell, a word such as N/A, or a number that no galaxy has."""

import re

import numpy as np

# In small letters: what pandas reads as missing (pandas.read_csv, na_values), what spreadsheets write for an error, and
# what astropy, SQL and people write.
MISSING_WORDS = {
    *("", "n/a", "na", "n.a.", "<na>", "<n/a>", "nan", "+nan", "-nan", "nat", "null", r"\n", "none", "nil"),
    *("#n/a", "#n/a n/a", "#na", "#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#spill!", "#calc!"),
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "masked", "missing", "undefined", "undef"),
    *("no data", "nodata", "not available", "not measured", ".", "?", "-", "--", "---", "–", "—", "−"),
}
# SDSS's and the MPA-JHU catalogue's mark for 'not measured', in any column.
NOT_MEASURED = -9999.0
# Marks of other catalogues, which may be values too: they count where they stand apart from all other values.
_LOW_MARKS = (-99.0, -99.9, -99.99, -999.0, -999.9, -999.99, -999.999, -1000.0, -9999.9, -9999.99, -99999.0, -999999.0)
_LOW_MARKS += (-9999999.0, -99999999.0, -999999999.0, -999999488.0, -999999500.0)
# Of magnitudes only, that of what was not detected.
_HIGH_MARKS = (99.0, 99.9, 99.99, 99.999, 999.0, 999.9, 999.99, 9999.0)
_MAGNITUDE = re.compile(r"mag(?!e|net)", re.IGNORECASE)  # rmag, petroMag_r, magnitude; not image, magnetic
# A mark stands apart if its distance from the nearest value is that many times the range of the values; or if all of so
# many values are positive or 0.
_APART, _ENOUGH = 3.0, 10


def is_missing(cell: str) -> bool:
    """Whether a cell, without spaces around it, is empty or a word for a missing value."""
    return cell.lower() in MISSING_WORDS


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
        above all other values of a column of magnitudes. A velocity of −99 among −120 and 50 stays.
    """
    missing = ~np.isfinite(numbers) | (numbers == NOT_MEASURED)
    low = np.isin(numbers, _LOW_MARKS)
    high = np.isin(numbers, _HIGH_MARKS) if _MAGNITUDE.search(column) else np.zeros_like(missing)
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

"""Long ids -> whether a float or a spreadsheet may have rounded them, and how often a true id looks like that."""

import math

_LONG = 17  # digits from which an id is more than a float64 and a spreadsheet can hold
_SPREADSHEET_DIGITS = 15
_HARDLY_CHANCE = 1e-3


def is_long(object_id: str) -> bool:
    """Whether an id is a number of so many digits that software may round it."""
    return len(object_id) >= _LONG and object_id.isascii() and object_id.isdigit()


def looks_rounded(object_id: str) -> bool:
    """Whether an id is one that is left after rounding: a float64's value, or zeros after the 15th digit."""
    if not is_long(object_id):
        return False
    return int(float(object_id)) == int(object_id) or not object_id[_SPREADSHEET_DIGITS:].strip("0")


def rounding_chance(object_id: str) -> float:
    """The share of true ids as long as this that look rounded: one in 256 of SDSS's, which have 19 digits."""
    return 1 / max(1.0, math.ulp(float(object_id))) + 10.0 ** (_SPREADSHEET_DIGITS - len(object_id))


def improbable(count: int, expected: float) -> bool:
    """Whether `count`, two or more, is hardly chance if `expected` is the mean: below 0.1 % by Chernoff's bound."""
    return count >= 2 and expected < count and (math.e * expected / count) ** count < _HARDLY_CHANCE

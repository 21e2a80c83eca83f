"""Long ids -> whether a float or a spreadsheet may have rounded them, and how often a true id looks like that."""

import math

_LONG = 17  # digits from which an id is more than a float64 and a spreadsheet can hold
_SPREADSHEET_DIGITS = 15
_HARDLY_CHANCE = 1e-3


def is_long(object_id: str) -> bool:
    """Whether an id is a number of so many digits that software may round it."""
    return len(object_id) >= _LONG and object_id.isascii() and object_id.isdigit()


def looks_rounded(object_id: str) -> bool:
    """Whether an id is one that is left after rounding of any kind in `ROUNDINGS`."""
    return any(looks_like(object_id) for looks_like, _ in ROUNDINGS)


def _is_float(object_id: str) -> bool:
    return is_long(object_id) and int(float(object_id)) == int(object_id)


def _chance_of_float(object_id: str) -> float:
    return 1 / max(1.0, math.ulp(float(object_id)))


def _ends_in_zeros(object_id: str) -> bool:
    return is_long(object_id) and not object_id[_SPREADSHEET_DIGITS:].strip("0")


def _chance_of_zeros(object_id: str) -> float:
    return 10.0 ** (_SPREADSHEET_DIGITS - len(object_id))


# Whether a long id is a float64's value, or has zeros after the 15th digit as a spreadsheet writes; and the share of
# true ids as long as it that are so: of SDSS's, which have 19 digits, one in 256 and one in 10,000.
ROUNDINGS = ((_is_float, _chance_of_float), (_ends_in_zeros, _chance_of_zeros))


def improbable(count: int, expected: float) -> bool:
    """Whether `count`, two or more, is hardly chance if `expected` is the mean: below 0.1 % by Chernoff's bound."""
    return count >= 2 and expected < count and (math.e * expected / count) ** count < _HARDLY_CHANCE

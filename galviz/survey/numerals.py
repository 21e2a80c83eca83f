"""The text of a cell -> a number, and what a 64-bit float would lose of it."""

import math
import re
import sys
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation

# The largest integer up to which a float64 holds every one.
EXACT = 2**53
# Below this, a float64 loses digits, and below 5e-324 all of them.
SMALLEST = sys.float_info.min
# As many digits as tell one float64 from another; without limits of its own to the exponent.
_DIGITS = 17
_ROUND = Context(prec=_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
# Fortran's double precision, always with a point: 3D12 may be a name.
_FORTRAN = re.compile(r"\s*([+-]?(?:\d+\.\d*|\.\d+))[dD]([+-]?\d{1,3})\s*")
# Digits that name rather than count, one a line: 007 as an integer would lose its zeros, 1237648702973411443 its last.
_NAMES = re.compile(r"^[+-]*(0[0-9]+|[0-9]{16,})$", re.MULTILINE)


def parse_number(cell: str) -> float:
    """Read a cell as a number, as Python does, or in Fortran's form.

    Parameters
    ----------
    cell : str

    Returns
    -------
    float
        NaN for what is no number, and for ``1_000``, which Python takes and which may be a name.

    Examples
    --------
    >>> parse_number("1.5e3"), parse_number("1.5D+03"), parse_number("1_5")
    (1500.0, 1500.0, nan)
    """
    try:
        return math.nan if "_" in cell else float(cell)
    except ValueError:
        fortran = _FORTRAN.fullmatch(cell)
        return float(f"{fortran[1]}e{fortran[2]}") if fortran else math.nan


def is_name(cell: str) -> bool:
    """Whether a cell holds digits that a number would lose: leading zeros, or those of an integer beyond 2^53."""
    return bool(_NAMES.fullmatch(cell)) and holds_names(cell)


def holds_names(block: str) -> bool:
    """Whether one of some cells, one a line, is a name (see `is_name`)."""
    return any(digits[0] == "0" or len(digits) > 16 or int(digits) > EXACT for digits in _NAMES.findall(block))


def is_too_large(cell: str, value: float) -> bool:
    """Whether a cell is a finite number and its `value` as a float64 is infinite."""
    return math.isinf(value) and any(character.isdecimal() for character in cell)


def is_too_small(cell: str, value: float) -> bool:
    """Whether a float64 loses all digits of a cell, or some, because they are below its smallest normal number.

    Parameters
    ----------
    cell : str
    value : float
        As `parse_number` reads it.

    Examples
    --------
    >>> is_too_small("1e-400", 0.0), is_too_small("0.000", 0.0), is_too_small("5e-324", 5e-324)
    (True, False, False)
    """
    if not abs(value) < SMALLEST:
        return False
    exact = _exact(cell)
    if exact is None:
        return True
    # Written with as many digits, the float must be the cell again.
    digits = min(len(exact.as_tuple().digits), _DIGITS)
    return exact != 0 and Decimal(f"{value:.{digits - 1}e}") != _ROUND.plus(exact)


def meant_number(cell: str, value: float) -> Decimal | None:
    """Give the number that a cell stands for: with all its digits, or `value`, if it is that with fewer or more digits.

    Parameters
    ----------
    cell : str
    value : float
        As `parse_number` reads it, finite.

    Returns
    -------
    decimal.Decimal or None
        None if even a Decimal doesn't hold it.

    Examples
    --------
    >>> float(meant_number("0.1", 0.1)), float(meant_number("0.10000000000000000555", 0.1))
    (0.1, 0.1)
    >>> meant_number("0.10000000000000000001", 0.1)
    Decimal('0.10000000000000000001')
    """
    exact = _exact(cell)
    if exact is None:
        return None
    digits = max(1, len(exact.as_tuple().digits))
    as_float = Decimal(value)
    return as_float if Context(prec=digits).plus(as_float) == exact else exact


def _exact(cell: str) -> Decimal | None:
    """A cell's number with all its digits; None if even a Decimal doesn't hold it."""
    fortran = _FORTRAN.fullmatch(cell)
    try:
        return Decimal(f"{fortran[1]}e{fortran[2]}" if fortran else cell)
    except InvalidOperation:  # such an exponent
        return None

"""The text of a cell -> a number, and which digits a 64-bit float would lose."""

import math
import re
import sys
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
from pyarrow import csv

# A float64 holds every integer up to this one.
MAX_EXACT_INTEGER = 2**53
# Below this, a float64 loses digits, and below 5e-324 all of them.
SMALLEST_NORMAL = sys.float_info.min
# This many digits identify a float64. The exponent isn't limited.
_DIGITS = 17
_ROUND = Context(prec=_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
# Fortran's double precision. A decimal point is required, because 3D12 may be a name.
_FORTRAN = re.compile(r"\s*([+-]?(?:\d+\.\d*|\.\d+))[dD]([+-]?\d{1,3})\s*")
_MINUS = "\N{MINUS SIGN}"
# Digits that may be a code, one cell per line. A number would lose the zeros of 007, or the last digits of an id.
_CODE_CANDIDATES = re.compile(r"^[+-]*(0[0-9]+|[0-9]{16,})$", re.MULTILINE)
_READ = csv.ReadOptions(column_names=["cell"], use_threads=False)
_PARSE = csv.ParseOptions(quote_char=False, ignore_empty_lines=False)
_CONVERT = csv.ConvertOptions(column_types={"cell": pa.float64()}, null_values=[])


def parse_number(cell: str) -> float:
    """Read a cell as a number, as Python does, in Fortran's form, or with the minus sign of typesetting (U+2212).

    Returns
    -------
    float
        NaN if it isn't a number, and for ``1_000``, which Python accepts but which may be a name.

    Examples
    --------
    >>> parse_number("1.5e3"), parse_number("1.5D+03"), parse_number("\N{MINUS SIGN}0.5"), parse_number("1_5")
    (1500.0, 1500.0, -0.5, nan)
    """
    try:
        return math.nan if "_" in cell else float(cell)
    except ValueError:
        try:
            return float(_plain(cell))
        except ValueError:
            return math.nan


def parse_plain_numbers(block: str) -> np.ndarray | None:
    r"""Read cells, one per line, that are all finite numbers in a plain form; twice as fast as Python.

    Returns
    -------
    ndarray of float64 or None
        None if a cell isn't such a number.

    Examples
    --------
    >>> parse_plain_numbers("1.5e3\n2").tolist(), parse_plain_numbers("1\nx")
    ([1500.0, 2.0], None)
    """
    try:
        table = csv.read_csv(pa.py_buffer(block.encode()), _READ, _PARSE, _CONVERT)
    except pa.ArrowInvalid:
        return None
    numbers = table[0].to_numpy()
    return numbers if len(numbers) == block.count("\n") + 1 and np.isfinite(numbers).all() else None


def is_digit_code(cell: str) -> bool:
    """Whether a cell has digits that a number would lose: leading zeros, or those of an integer beyond 2^53.

    Examples
    --------
    >>> is_digit_code("007"), is_digit_code("1237648702973411443"), is_digit_code("7")
    (True, True, False)
    """
    return bool(_CODE_CANDIDATES.fullmatch(cell)) and contains_digit_code(cell)


def contains_digit_code(block: str) -> bool:
    r"""Whether one of several cells, one per line, is a digit code (see `is_digit_code`).

    Examples
    --------
    >>> contains_digit_code("1\n007\n3"), contains_digit_code("1\n2\n3")
    (True, False)
    """
    candidates = _CODE_CANDIDATES.findall(block)
    return any(digits[0] == "0" or len(digits) > 16 or int(digits) > MAX_EXACT_INTEGER for digits in candidates)


def overflows(cell: str, value: float) -> bool:
    """Whether a cell has a finite number that is too large for a float64.

    Parameters
    ----------
    cell : str
    value : float
        The result of `parse_number`.

    Examples
    --------
    >>> overflows("1e400", float("inf")), overflows("inf", float("inf"))
    (True, False)
    """
    return math.isinf(value) and any(character.isdecimal() for character in cell)


def underflows(cell: str, value: float) -> bool:
    """Whether a float64 loses digits of a cell because the number is below the smallest normal float64.

    Parameters
    ----------
    cell : str
    value : float
        The result of `parse_number`.

    Examples
    --------
    >>> underflows("1e-400", 0.0), underflows("0.000", 0.0), underflows("5e-324", 5e-324)
    (True, False, False)
    """
    if not abs(value) < SMALLEST_NORMAL:
        return False
    exact = _as_decimal(cell)
    if exact is None:
        return True
    # Nothing is lost if the float, written with as many digits, is the cell again.
    digits = min(len(exact.as_tuple().digits), _DIGITS)
    return exact != 0 and Decimal(f"{value:.{digits - 1}e}") != _ROUND.plus(exact)


def intended_number(cell: str, value: float) -> Decimal | None:
    """The number that a cell stands for: `value`, if the cell is `value` rounded to fewer digits, else all its digits.

    Parameters
    ----------
    cell : str
    value : float
        The result of `parse_number`, finite.

    Returns
    -------
    decimal.Decimal or None
        None if the exponent is too large for a Decimal.

    Examples
    --------
    >>> float(intended_number("0.1", 0.1)), float(intended_number("0.10000000000000000555", 0.1))
    (0.1, 0.1)
    >>> intended_number("0.10000000000000000001", 0.1)
    Decimal('0.10000000000000000001')
    """
    exact = _as_decimal(cell)
    if exact is None:
        return None
    digits = max(1, len(exact.as_tuple().digits))
    as_float = Decimal(value)
    return as_float if Context(prec=digits).plus(as_float) == exact else exact


def _as_decimal(cell: str) -> Decimal | None:
    """A cell's number with all its digits; None if the exponent is too large for a Decimal."""
    try:
        return Decimal(_plain(cell))
    except InvalidOperation:
        return None


def _plain(cell: str) -> str:
    """A number as Python writes it."""
    cell = cell.replace(_MINUS, "-")
    fortran = _FORTRAN.fullmatch(cell)
    return f"{fortran[1]}e{fortran[2]}" if fortran else cell

"""Numbers with commas and other separators, such as 1,234 and 8,75: which mean thousands, and what to write instead."""

import re
from collections.abc import Iterable
from enum import Enum, auto

_EXPONENT = r"([eE][+-]?\d+)?"
# 0,123 and 12,5 and 12345,678: no thousands.
_DECIMAL = re.compile(rf"[+-]?(\d*,(?!\d{{3}}(?!\d))\d+|0\d*,\d+|\d{{4,}},\d+|,\d+){_EXPONENT}")
# 1,234,567 and 1,234.5, and with an apostrophe or a space: 1'234, 1 234.
_THOUSANDS = re.compile(
    r"[+-]?[1-9]\d{0,2}((,\d{3}){2,}(\.\d*)?|,\d{3}\.\d*|([' \u2019\u00a0\u2009\u202f]\d{3})+(\.\d*)?)" + _EXPONENT
)
# 1.234,5 and 1.234.567,8.
_POINTS_AND_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+" + _EXPONENT)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_STARTS = frozenset("+-,")

# A number with an uncertainty, a unit, a flag or a percent sign, or in quotation marks.
_WITHIN = re.compile(r"""=?["']*([+-]?\d+\.?\d*)\s*(["']+|(±|\+/-|\(|%|:|[a-zA-Z]).*)?""")


class Separator(Enum):
    """What the separators of a number mean."""

    DECIMAL = auto()  # 8,75
    THOUSANDS = auto()  # 1,234,567
    EITHER = auto()  # 1,234


def separator_in(cell: str) -> Separator | None:
    """What the separators in a cell mean; None if it isn't a number with separators.

    Examples
    --------
    >>> [kind and kind.name for kind in map(separator_in, ("8,75", "1,234.5", "1.234,5", "1,234", "8.75", "a,b"))]
    ['DECIMAL', 'THOUSANDS', 'THOUSANDS', 'EITHER', None, None]
    """
    if not (cell[:1].isdigit() or cell[:1] in _STARTS):
        return None
    if _EITHER.fullmatch(cell):
        return Separator.EITHER
    if _DECIMAL.fullmatch(cell):
        return Separator.DECIMAL
    return Separator.THOUSANDS if _THOUSANDS.fullmatch(cell) or _POINTS_AND_COMMA.fullmatch(cell) else None


def separator_remedy(cells: Iterable[str]) -> str:
    """What to write instead of numbers with separators, a clause, judged by all of them.

    Parameters
    ----------
    cells : iterable of str
        At least one cell for which `separator_in` isn't None.

    Examples
    --------
    >>> separator_remedy(["8,75", "9,012"])
    "write a decimal point instead of the comma (pandas: read_csv(…, decimal=','))"
    >>> separator_remedy(["1,234", "2,234"])
    "galviz can't know whether '1,234' is a thousand: write 1234 or 1.234"
    """
    first: dict[Separator, str] = {}
    for cell in cells:
        if (kind := separator_in(cell)) is not None:
            first.setdefault(kind, cell)
    if Separator.DECIMAL in first and Separator.THOUSANDS not in first:
        return "write a decimal point instead of the comma (pandas: read_csv(…, decimal=','))"
    if Separator.THOUSANDS in first and Separator.DECIMAL not in first:
        cell = first[Separator.THOUSANDS]
        options = f"thousands={next(sign for sign in cell if not sign.isdigit() and sign not in '+-.')!r}"
        if _POINTS_AND_COMMA.fullmatch(cell):
            cell, options = cell.replace(".", "").replace(",", "."), "thousands='.', decimal=','"
        digits = re.sub(r"[^\d.eE+-]", "", cell)
        return f"write numbers without separators of thousands, {digits} here (pandas: read_csv(…, {options}))"
    cell = first.get(Separator.EITHER, next(iter(first.values())))
    plain = f"{cell.replace(',', '')} or {cell.replace(',', '.')}"
    return f"galviz can't know whether {cell!r} is a thousand: write {plain}"


def number_within(cell: str) -> str:
    """The number in a cell that holds more: an uncertainty, a unit, a spreadsheet's quotation marks; or empty.

    Examples
    --------
    >>> number_within("8.51 ± 0.05"), number_within('="8.51"'), number_within("Sb")
    ('8.51', '8.51', '')
    """
    match = _WITHIN.fullmatch(cell)
    return match[1] if match else ""

"""The cells of the label -> its values, and what is wrong with each cell that isn't a valid value."""

import math
from collections.abc import Sequence

import numpy as np

from galviz.errors import quoted, shown
from galviz.survey.header import CATALOGUE_NAME
from galviz.survey.label import METALLICITY, SDSS_METALLICITY
from galviz.survey.missing import is_missing
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.number_parsing import (
    MAX_EXACT_INTEGER,
    intended_number,
    is_digit_code,
    overflows,
    parse_number,
    underflows,
)
from galviz.survey.problems import Problem
from galviz.survey.sentinels import NOT_MEASURED

# Gas-phase 12 + log10(O/H) is measured from 7.0 (the most metal-poor dwarfs) to 9.5 (the most metal-rich spirals).
_METALLICITY_LIMITS = (6.0, 11.0)
_TOO_MANY_DIGITS = (
    "has more digits than a 64-bit float holds and would be rounded to the same number as another label",
    "subtract a constant from all labels, or round them if the last digits don't matter",
)
_MAX_SAFE_LENGTH = 15  # shorter cells that differ are different as a float64 too
# If all labels are invalid for the same reason, and there are more than this, that is one problem.
_MAX_REPEATED = 10
_LEAVE_EMPTY = "leave the cell empty if it wasn't measured"


def parse_label(column: str, cells: Sequence[tuple[int, str, str]]) -> tuple[list[float], list[Problem]]:
    """Parse the cells of the label as numbers.

    Parameters
    ----------
    column : str
        The label's column in master.csv.
    cells : sequence of (int, str, str)
        Line, id and label of each galaxy. An empty label means that it wasn't measured.

    Returns
    -------
    values : list of float
        In the order of `cells`, NaN if not measured.
    problems : list of Problem
        One per cell that isn't a finite, plausible number which a float64 holds without loss; a single one if all cells
        are invalid for the same reason. A number that may be a sentinel is treated as a value.

    Examples
    --------
    >>> values, problems = parse_label("oh_p50", [(2, "id-1", "8.75"), (3, "id-2", ""), (4, "id-3", "-9999")])
    >>> values[:2]
    [8.75, nan]
    >>> problems[0].row, problems[0].problem
    (4, "the label oh_p50 = '-9999' is SDSS's sentinel for 'not measured'")
    """
    values = [parse_number(cell) for _, _, cell in cells]
    low, high = _METALLICITY_LIMITS if column in (SDSS_METALLICITY, METALLICITY) else (-math.inf, math.inf)
    sentinels = find_missing_numbers(column, np.array(values, dtype=float)).missing
    merged = _merged_by_rounding([cell.strip() for _, _, cell in cells], values)
    invalid = []
    rows = zip(cells, values, sentinels.tolist(), strict=True)
    for place, ((line, object_id, cell), value, is_sentinel) in enumerate(rows):
        fault = _TOO_MANY_DIGITS if place in merged else _lossy_fault(cell.strip(), value)
        if fault is None and (is_sentinel or not low <= value <= high):
            fault = _value_fault(cell.strip(), value, low, high, is_sentinel=is_sentinel)
        if fault is not None:
            invalid.append((line, object_id, cell, *fault))
    n_labels = sum(bool(cell.strip()) for _, _, cell in cells)
    if len(invalid) == n_labels > _MAX_REPEATED and len({(fault, remedy) for *_, fault, remedy in invalid}) == 1:
        line, _, cell, fault, remedy = invalid[0]
        problem = (
            f"all {n_labels:,} labels {shown(column)} are invalid, the first on line {line}: {quoted(cell)} {fault}"
        )
        return values, [Problem(None, "", CATALOGUE_NAME, problem, remedy)]
    return values, [
        Problem(line, object_id, CATALOGUE_NAME, f"the label {shown(column)} = {quoted(cell)} {fault}", remedy)
        for line, object_id, cell, fault, remedy in invalid
    ]


def _merged_by_rounding(cells: Sequence[str], values: Sequence[float]) -> set[int]:
    """Positions of labels that differ but are the same number as a float64."""
    positions: dict[float, list[int]] = {}
    for place, value in enumerate(values):
        if math.isfinite(value) and value != 0:
            positions.setdefault(value, []).append(place)
    merged: set[int] = set()
    for value, group in positions.items():
        if len(group) > 1 and any(len(cells[place]) > _MAX_SAFE_LENGTH for place in group):
            exact = {intended_number(cells[place], value) for place in group}
            merged.update(group if len(exact) > 1 else ())
    return merged


def _lossy_fault(cell: str, value: float) -> tuple[str, str] | None:
    """Problem and remedy if a float64 would lose digits of a label."""
    if is_digit_code(cell) and cell.lstrip("+-").startswith("0"):
        plain = f"{value:.0f}" if abs(value) < MAX_EXACT_INTEGER else "the number"
        remedy = f"write {plain} without them, or choose another column for the label"
        return "has leading zeros, like a code", remedy
    if is_digit_code(cell):
        remedy = (
            "subtract a constant from all labels, or write them with a decimal point if the last digits don't matter"
        )
        return "has more digits than a 64-bit float holds and would be rounded", remedy
    if overflows(cell, value):
        return "is too large for a 64-bit float", "divide all labels by a constant, or write their logarithms"
    if underflows(cell, value):
        remedy = "multiply all labels by a constant, or write their logarithms; write 0 if zero is meant"
        return "is too small for a 64-bit float", remedy
    return None


def _value_fault(cell: str, value: float, low: float, high: float, *, is_sentinel: bool) -> tuple[str, str] | None:
    """Problem and remedy for a label that isn't a valid value; None if it is empty."""
    if not cell:
        return None
    if value == NOT_MEASURED:
        return "is SDSS's sentinel for 'not measured'", "leave the cell empty"
    if is_missing(cell):
        return "isn't a finite number", _LEAVE_EMPTY
    if not math.isfinite(value):
        if "," in cell and math.isfinite(parse_number(cell.replace(",", "."))):
            return "isn't a finite number", "write a decimal point instead of the comma"
        return "isn't a finite number", _LEAVE_EMPTY
    if is_sentinel:
        return "is a sentinel for 'not measured', far from all other labels", "leave the cell empty"
    return (
        f"isn't a plausible 12 + log10(O/H), which lies between {low:g} and {high:g}",
        f"correct it, {_LEAVE_EMPTY}, or choose the column that holds the label",
    )

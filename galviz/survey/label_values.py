"""The cells of the label -> its values, and what is wrong with each cell that isn't a valid value."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galviz.errors import quoted, shown
from galviz.survey.header import CATALOGUE_NAME
from galviz.survey.label import METALLICITY, SDSS_METALLICITY
from galviz.survey.missing import is_missing
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.named_missing import NONE_NAMED, NamedMissing
from galviz.survey.number_parsing import (
    MAX_EXACT_INTEGER,
    intended_number,
    is_digit_code,
    overflows,
    parse_number,
    underflows,
)
from galviz.survey.number_separators import separator_in, separator_remedy
from galviz.survey.problems import Problem
from galviz.survey.sentinels import sentinel_positions
from galviz.survey.text_labels import find_wrong_column

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


@dataclass(frozen=True)
class LabelValues:
    """The cells of the label, parsed.

    Attributes
    ----------
    values : ndarray of float, shape (n_galaxies,)
        NaN if missing, or if there is a problem.
    problems : list of Problem
    missing : dict of str to int
        The cells that were read as missing, as they are written, and how often; most frequent first.
    named_missing : bool
        Whether a cell is missing only because the user named its value.
    """

    values: np.ndarray
    problems: list[Problem]
    missing: dict[str, int]
    named_missing: bool = False


def parse_label(
    column: str,
    cells: Sequence[tuple[int, str, str]],
    named: NamedMissing = NONE_NAMED,
    *,
    file: str = CATALOGUE_NAME,
) -> LabelValues:
    """Parse the cells of the label as numbers.

    Parameters
    ----------
    column : str
        The label's column in the catalogue.
    cells : sequence of (int, str, str)
        Line, id and label of each galaxy. Empty cells, words such as N/A and sentinel values such as -9999 mean that it
        wasn't measured.
    named : NamedMissing
        The user's own values for missing ones.
    file : str
        The name of the catalogue, for messages.

    Returns
    -------
    LabelValues
        With one problem per cell that isn't a finite, plausible number which a float64 holds without loss, and a single
        one if the column holds words, booleans or numbers with separators, or if all cells are invalid for the same
        reason. A number that may be a sentinel is treated as a value.

    Examples
    --------
    >>> label = parse_label("oh_p50", [(2, "id-1", "8.75"), (3, "id-2", "N/A"), (4, "id-3", "-9999"), (5, "id-4", "x")])
    >>> label.values.tolist(), label.missing
    ([8.75, nan, nan, nan], {'N/A': 1, '-9999': 1})
    >>> label.problems[0].row, label.problems[0].problem
    (5, "the label oh_p50 = 'x' isn't a finite number")
    """
    texts = [cell.strip() for _, _, cell in cells]
    numbers = np.array([parse_number(text) for text in texts], dtype=float)
    missing, is_named = _find_missing(column, texts, numbers, named)
    values = np.where(missing, np.nan, numbers)
    present = [place for place, gone in enumerate(missing.tolist()) if not gone]
    counts = dict(Counter(texts[place] for place in np.flatnonzero(missing)).most_common())
    wrong = [place for place in present if math.isnan(values[place])]
    problems, explained = find_wrong_column(column, [cells[place] for place in wrong], len(present), file)
    merged = _merged_by_rounding(texts, values.tolist())
    low, high = _limits(column)
    invalid = []
    for place in present:
        line, object_id, cell = cells[place]
        if line in explained:
            continue
        value = float(values[place])
        fault = None
        if value == value:  # a cell that isn't a number loses no digits
            fault = _TOO_MANY_DIGITS if place in merged else _lossy_fault(texts[place], value)
        if fault is None and not (math.isfinite(value) and low <= value <= high):
            fault = _value_fault(texts[place], value, low, high)
        if fault is not None:
            invalid.append((line, object_id, cell, *fault))
    if len(invalid) == len(present) > _MAX_REPEATED and len({(fault, remedy) for *_, fault, remedy in invalid}) == 1:
        line, _, cell, fault, remedy = invalid[0]
        problem = (
            f"all {len(present):,} labels {shown(column)} are invalid, the first on line {line}: {quoted(cell)} {fault}"
        )
        problems.append(Problem(None, "", file, problem, remedy))
    else:
        problems += [
            Problem(
                line, object_id, file, f"the label {shown(column)} = {quoted(cell)} {fault}", remedy, f"label {fault}"
            )
            for line, object_id, cell, fault, remedy in invalid
        ]
    return LabelValues(values, problems, counts, is_named)


def _limits(column: str) -> tuple[float, float]:
    return _METALLICITY_LIMITS if column in (SDSS_METALLICITY, METALLICITY) else (-math.inf, math.inf)


def _find_missing(
    column: str, texts: Sequence[str], numbers: np.ndarray, named: NamedMissing
) -> tuple[np.ndarray, bool]:
    """Which labels are missing, and whether that depends on the values that the user named."""

    def sentinels(values: np.ndarray) -> np.ndarray:
        return find_missing_numbers(column, values).missing & np.isfinite(numbers)

    certain = np.array([is_missing(text) for text in texts], dtype=bool)
    low, high = _limits(column)
    positions = sentinel_positions(numbers)
    # Beyond the limits of a label they can't be values, however few labels there are.
    certain[positions[(numbers[positions] < low) | (numbers[positions] > high)]] = True
    missing = certain | sentinels(numbers)
    if not named:
        return missing, False
    by_name = np.array([named.matches(text) for text in texts], dtype=bool)
    if not (by_name & ~missing).any():
        return missing, False
    return certain | by_name | sentinels(np.where(by_name, np.nan, numbers)), True


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


def _value_fault(cell: str, value: float, low: float, high: float) -> tuple[str, str]:
    """Problem and remedy for a label that isn't a valid value."""
    if not math.isfinite(value):
        remedy = separator_remedy([cell]) if separator_in(cell) is not None else _LEAVE_EMPTY
        return "isn't a finite number", remedy
    return (
        f"isn't a plausible 12 + log10(O/H), which lies between {low:g} and {high:g}",
        f"correct it, {_LEAVE_EMPTY}, or choose the column that holds the label",
    )

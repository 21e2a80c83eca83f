"""The cells of the label -> its values, and what is wrong with each cell that isn't a valid value."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
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
    SMALLEST_NORMAL,
    contains_digit_code,
    intended_number,
    is_digit_code,
    overflows,
    parse_number,
    parse_plain_numbers,
    underflows,
)
from galviz.survey.number_separators import separator_in, separator_remedy
from galviz.survey.problem import Kind, Problem, Problems, SameCause
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
    problems : Problems
    missing : dict of str to int
        The cells that were read as missing, as they are written, and how often; most frequent first.
    named_missing : bool
        Whether a cell is missing only because the user named its value.
    """

    values: np.ndarray
    problems: Problems
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
    numbers = _parse_numbers(texts)
    missing, is_named = _find_missing(column, texts, numbers, named)
    values = np.where(missing, np.nan, numbers)
    present = np.flatnonzero(~missing)
    counts = dict(Counter(texts[place] for place in np.flatnonzero(missing).tolist()).most_common())
    wrong = present[np.isnan(values[present])].tolist()
    found, explained = find_wrong_column(column, [cells[place] for place in wrong], len(present), file)
    problems = Problems(found)
    merged = _merged_by_rounding(texts, values.tolist())
    limits = _limits(column)

    def find_fault(place: int) -> tuple[str, str] | None:
        return _TOO_MANY_DIGITS if place in merged else _find_fault(texts[place], float(values[place]), *limits)

    def describe(place: int) -> Problem:
        line, object_id, cell = cells[place]
        fault, remedy = find_fault(place)
        problem = f"the label {shown(column)} = {quoted(cell)} {fault}"
        return Problem(line, shown(object_id), file, problem, remedy, f"label {fault}", Kind.LABEL)

    invalid: dict[str, list[int]] = {}  # by fault
    remedies: set[str] = set()
    for place in sorted(merged | _suspicious(texts, values, present, limits)):
        if cells[place][0] not in explained and (fault := find_fault(place)) is not None:
            invalid.setdefault(fault[0], []).append(place)
            remedies.add(fault[1])
    n_invalid = sum(map(len, invalid.values()))
    if n_invalid == len(present) > _MAX_REPEATED and len(invalid) == len(remedies) == 1:
        ((fault, (place, *_)),) = invalid.items()
        line, _, cell = cells[place]
        problem = (
            f"all {len(present):,} labels {shown(column)} are invalid, the first on line {line}: {quoted(cell)} {fault}"
        )
        problems.append(Problem(None, "", file, problem, remedies.pop(), kind=Kind.LABEL))
    else:
        for places in invalid.values():
            problems.extend(SameCause(places, describe))
    return LabelValues(values, problems, counts, is_named)


def _parse_numbers(texts: Sequence[str]) -> np.ndarray:
    """Parse cells as numbers, NaN if a cell isn't one."""
    numbers = parse_plain_numbers("\n".join(texts))
    if numbers is not None and len(numbers) == len(texts):
        return numbers
    parsed = {text: parse_number(text) for text in set(texts)}
    return np.array([parsed[text] for text in texts], dtype=float)


def _suspicious(texts: Sequence[str], values: np.ndarray, present: np.ndarray, limits: tuple[float, float]) -> set[int]:
    """Positions of the labels that may be invalid, or lose digits; most labels are neither."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        valid = np.isfinite(values) & (values >= low) & (values <= high) & (np.abs(values) >= SMALLEST_NORMAL)
    suspicious = set(present[~valid[present]].tolist())
    if contains_digit_code("\n".join(texts)):
        suspicious.update(place for place in present.tolist() if is_digit_code(texts[place]))
    return suspicious


def _limits(column: str) -> tuple[float, float]:
    return _METALLICITY_LIMITS if column in (SDSS_METALLICITY, METALLICITY) else (-math.inf, math.inf)


def _find_missing(
    column: str, texts: Sequence[str], numbers: np.ndarray, named: NamedMissing
) -> tuple[np.ndarray, bool]:
    """Which labels are missing, and whether that depends on the values that the user named."""

    def sentinels(values: np.ndarray) -> np.ndarray:
        return find_missing_numbers(column, values).missing & np.isfinite(numbers)

    certain = _are_among(texts, is_missing)
    low, high = _limits(column)
    positions = sentinel_positions(numbers)
    # Beyond the limits of a label they can't be values, however few labels there are.
    certain[positions[(numbers[positions] < low) | (numbers[positions] > high)]] = True
    missing = certain | sentinels(numbers)
    if not named:
        return missing, False
    by_name = _are_among(texts, named.matches)
    if not (by_name & ~missing).any():
        return missing, False
    return certain | by_name | sentinels(np.where(by_name, np.nan, numbers)), True


def _are_among(texts: Sequence[str], is_member: Callable[[str], bool]) -> np.ndarray:
    """For each cell, whether it meets a condition: bool, shape (n,)."""
    members = set(filter(is_member, set(texts)))
    return np.array([text in members for text in texts], dtype=bool) if members else np.zeros(len(texts), dtype=bool)


def _merged_by_rounding(cells: Sequence[str], values: Sequence[float]) -> set[int]:
    """Positions of labels that differ but are the same number as a float64."""
    if max(map(len, cells), default=0) <= _MAX_SAFE_LENGTH:
        return set()
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


def _find_fault(cell: str, value: float, low: float, high: float) -> tuple[str, str] | None:
    """Problem and remedy for an invalid label; None for a valid one."""
    # A cell that isn't a number loses no digits.
    if not math.isnan(value) and (fault := _lossy_fault(cell, value)) is not None:
        return fault
    return None if math.isfinite(value) and low <= value <= high else _value_fault(cell, value, low, high)


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

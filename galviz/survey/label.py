"""The label, the quantity a network learns: which column holds it, whether its cells are sound, how it is shown."""

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galviz.errors import listed, quoted, shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.missing import NOT_MEASURED, find_marks, is_missing
from galviz.survey.numerals import EXACT, is_name, is_too_large, is_too_small, meant_number, parse_number
from galviz.survey.problems import Problem

# The MPA-JHU catalogue's column, a median of 12 + log10(O/H) (Tremonti et al. 2004), and what it is called once read.
SDSS_METALLICITY = "oh_p50"
METALLICITY = "metallicity"

# No gas-phase 12 + log10(O/H) has been measured outside: the poorest dwarfs have 7.0, the richest spirals 9.5.
_METALLICITY_POSSIBLE = (6.0, 11.0)
_METALLICITY_SHOWN = (8.2, 9.4)
_TOO_MANY_DIGITS = (
    "has more digits than a 64-bit float holds, and would be rounded to the same number as another label",
    "subtract a constant from all labels, or round them if the last digits don't matter",
)
_FEWEST_LOST = 15  # digits that any two numbers may differ in and be different as a float64 too
# A fault that all of so many galaxies share, or more, is told once.
_ALIKE = 10
# Units stand at the end of column names, as in inclination_deg; a label's name and unit are read from there.
_UNITS = {"deg", "arcsec", "px", "mag", "dex", "kpc"}


@dataclass(frozen=True)
class Label:
    """The quantity a survey's galaxies are labelled with.

    Attributes
    ----------
    column : str
        Its column in the survey's catalogue.
    name : str
        For people: ``"Metallicity, 12 + log10(O/H)"``, or the column's name in words.
    unit : str
        ``"dex"`` for metallicity; else the unit at the end of the column's name, or empty.
    low, high : float
        The range for colours, in the label's unit; ``low < high``.
    """

    column: str
    name: str
    unit: str
    low: float
    high: float


def choose_column(columns: Sequence[str], asked: str | None) -> tuple[str | None, Problem | None]:
    """Find the label's column.

    Parameters
    ----------
    columns : sequence of str
        The header of master.csv.
    asked : str or None
        A column by name; None for ``oh_p50``, or else ``metallicity``, or else no label.

    Returns
    -------
    column : str or None
        The column as the header has it; None where none was asked for and there is neither of the two.
    problem : Problem or None
        If there is no column `asked`, if it is the ids', or if ``oh_p50`` and ``metallicity`` are both there, so that
        the one would take the other's name.
    """
    if asked is None and SDSS_METALLICITY not in columns:
        return (METALLICITY if METALLICITY in columns else None), None
    chosen = SDSS_METALLICITY if asked is None else asked
    if chosen == ID_COLUMN:
        problem, remedy = f"{ID_COLUMN} was asked for as the label, and it is the ids' column", "name another column"
    elif chosen not in columns:
        near = [column for column in columns if column.lower() == chosen.strip().lower()]
        near += difflib.get_close_matches(chosen, columns, n=1)
        others = listed([column for column in columns if column != ID_COLUMN]) or "no others"
        problem = f"there is no column {quoted(chosen)} for the label; besides {ID_COLUMN} there are: {others}"
        remedy = f"perhaps you mean {quoted(near[0])}" if near else "name one of these, or add the column"
    elif chosen == SDSS_METALLICITY and METALLICITY in columns:
        problem = f"{SDSS_METALLICITY} is called {METALLICITY} once read, and there is a column {METALLICITY} already"
        remedy = f"remove one of the two, or ask for the label {METALLICITY}"
    else:
        return chosen, None
    return None, Problem(None, "", CATALOGUE_NAME, problem, remedy)


def parse_label(column: str, cells: Sequence[tuple[int, str, str]]) -> tuple[list[float], list[Problem]]:
    """Read the label's cells as numbers.

    Parameters
    ----------
    column : str
        The label's column in master.csv.
    cells : sequence of (int, str, str)
        Line, id and the label's cell of each galaxy. An empty cell says that it wasn't measured.

    Returns
    -------
    values : list of float
        In the order of `cells`, NaN where not measured.
    problems : list of Problem
        One for each cell that holds anything but a finite, possible number that a float64 holds without loss; one for
        all where all have the same fault. A number that only may stand for 'not measured' is taken as a value.
    """
    values = [parse_number(cell) for _, _, cell in cells]
    low, high = _METALLICITY_POSSIBLE if column in (SDSS_METALLICITY, METALLICITY) else (-math.inf, math.inf)
    marks = find_marks(column, np.array(values, dtype=float)).missing
    merged = _merged([cell.strip() for _, _, cell in cells], values)
    told = []
    for place, ((line, object_id, cell), value, mark) in enumerate(zip(cells, values, marks.tolist(), strict=True)):
        fault = _TOO_MANY_DIGITS if place in merged else _lost(cell.strip(), value)
        if fault is None and (mark or not low <= value <= high):
            fault = _fault(cell.strip(), value, low, high, mark=mark)
        if fault is not None:
            told.append((line, object_id, cell, *fault))
    n_given = sum(bool(cell.strip()) for _, _, cell in cells)
    if len(told) == n_given > _ALIKE and len({each[3:] for each in told}) == 1:
        line, _, cell, fault, remedy = told[0]
        problem = (
            f"all {n_given:,} labels {shown(column)} have the same fault, the first on line {line}: "
            f"{quoted(cell)} {fault}"
        )
        return values, [Problem(None, "", CATALOGUE_NAME, problem, remedy)]
    return values, [
        Problem(line, object_id, CATALOGUE_NAME, f"the label {shown(column)} = {quoted(cell)} {fault}", remedy)
        for line, object_id, cell, fault, remedy in told
    ]


def _merged(cells: Sequence[str], values: Sequence[float]) -> set[int]:
    """The places of labels that differ and are the same number once a float64 rounds them."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(values):
        if math.isfinite(value) and value != 0:
            places.setdefault(value, []).append(place)
    merged: set[int] = set()
    for value, group in places.items():
        if len(group) > 1 and any(len(cells[place]) > _FEWEST_LOST for place in group):
            exact = {meant_number(cells[place], value) for place in group}
            merged.update(group if len(exact) > 1 else ())
    return merged


def _lost(cell: str, value: float) -> tuple[str, str] | None:
    """Say what a float64 would lose of a label and the remedy; None if nothing."""
    if is_name(cell) and cell.lstrip("+-").startswith("0"):
        plain = f"{value:.0f}" if abs(value) < EXACT else "the number"
        return "has leading zeros, as names have", f"write {plain} without them, or name another column for the label"
    if is_name(cell):
        remedy = (
            "subtract a constant from all labels, or write them with a decimal point if the last digits don't matter"
        )
        return "has more digits than a 64-bit float holds, and would be rounded", remedy
    if is_too_large(cell, value):
        return "is too large for a 64-bit float", "divide all labels by a constant, or write their logarithms"
    if is_too_small(cell, value):
        remedy = "multiply all labels by a constant, or write their logarithms; write 0 if that is meant"
        return "is too small for a 64-bit float", remedy
    return None


def _fault(cell: str, value: float, low: float, high: float, *, mark: bool) -> tuple[str, str] | None:
    """Say what is wrong with a label and the remedy; None if it is empty."""
    if not cell:
        return None
    if value == NOT_MEASURED:
        return "is SDSS's mark for 'not measured'", "leave the cell empty"
    if is_missing(cell):
        return "is no finite number", "leave the cell empty if it wasn't measured"
    if not math.isfinite(value):
        remedy = "leave the cell empty if it wasn't measured"
        if "," in cell and math.isfinite(parse_number(cell.replace(",", "."))):
            remedy = "write a decimal point instead of the comma"
        return "is no finite number", remedy
    if mark:
        return "is a mark for 'not measured', far from all other labels", "leave the cell empty"
    return (
        f"is no 12 + log10(O/H), which lies between {low:g} and {high:g}",
        "mend it, leave the cell empty if it wasn't measured, or name the label's true column",
    )


def describe_label(column: str, values: np.ndarray) -> Label:
    """Give a label its name, unit and colour range.

    Parameters
    ----------
    column : str
        Its column in the survey's catalogue.
    values : ndarray of float, shape (n_galaxies,)
        NaN where not measured.

    Returns
    -------
    Label
        Its range is 8.2 to 9.4 dex for metallicity (usual for SDSS); for others the 2nd to 98th percentile, without
        what may stand for a missing value, a unit around a constant, and 0 to 1 where nothing was measured.
    """
    if column == METALLICITY:
        return Label(column, "Metallicity, 12 + log10(O/H)", "dex", *_METALLICITY_SHOWN)
    words = column.split("_")
    unit = words.pop() if len(words) > 1 and words[-1] in _UNITS else ""
    finite = values[np.isfinite(values)]
    possible = find_marks(column, finite).possible
    finite = finite if possible.all() else finite[~possible]
    low, high = np.percentile(finite, [2.0, 98.0]).tolist() if finite.size else (0.0, 1.0)
    if not low < high:
        # A constant: half a unit either side, or more where a float's grain is coarser than that.
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    return Label(column, " ".join(words), unit, low, high)

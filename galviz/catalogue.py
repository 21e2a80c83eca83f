"""master.csv -> the catalogue: ids that can be trusted, columns with their types, the label."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from galviz.label import METALLICITY, SDSS_METALLICITY, Label, choose_column, describe_label, parse_label
from galviz.problems import Problem, quoted, shown
from galviz.table import CATALOGUE_NAME, ID_COLUMN, Table, read_table

# An id names a file: nothing in it may lead out of the images' folder, hide the file or need quoting in a shell.
_ID = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
# What pandas and spreadsheets write for a long integer that they took for a float: 1.2376e+18, 123.0.
_FLOAT = re.compile(r"[+-]?(\d+\.0*|\d+(\.\d*)?[eE]\+?\d{2}|\d+\.\d+[eE][+-]?\d+)")
# The largest integer up to which a float64 holds every one.
_EXACT = 2**53


SIMULATION_NAME = "simulation.json"  # what a simulated survey was asked to be; written before anything else


@dataclass(frozen=True)
class Catalogue:
    """What master.csv says.

    Attributes
    ----------
    frame : pandas.DataFrame or None
        A row a galaxy, index objID (str); None if there are problems.
    label : Label or None
        None if the catalogue has no label, or problems.
    lines : dict of str to int
        Of each sound id its line in the file, in the file's order.
    problems : list of Problem
    """

    frame: pd.DataFrame | None
    label: Label | None
    lines: dict[str, int]
    problems: list[Problem]


def read_catalogue(content: bytes, label: str | None = None) -> Catalogue:
    """Read the bytes of master.csv.

    Parameters
    ----------
    content : bytes
        See `galviz.table.read_table`.
    label : str or None
        The label's column, see `galviz.label.choose_column`. ``oh_p50`` is called ``metallicity`` in the catalogue.

    Returns
    -------
    Catalogue
        With every problem found; bad input never raises. Columns whose cells are all numbers become int64, or float64
        with NaN for empty cells; True and False become bool; integers beyond 2^53, which a float would corrupt, and
        integers with leading zeros stay text; text has missing values for empty cells.
    """
    table = read_table(content)
    problems = list(table.problems)
    lines, id_problems = _check_ids(table)
    problems += id_problems
    column, values = None, []
    if table.columns:
        column, label_problem = choose_column(table.columns, label)
        problems += [label_problem] if label_problem else []
    if column is not None:
        values, label_problems = parse_label(column, _label_cells(table, column))
        problems += label_problems
    if problems:
        return Catalogue(None, None, lines, problems)

    cells_of = dict(zip(table.columns, zip(*(cells for _, cells in table.rows), strict=True), strict=True))
    del cells_of[ID_COLUMN]
    typed = {name: np.array(values) if name == column else _typed(cells) for name, cells in cells_of.items()}
    frame = pd.DataFrame(typed, index=pd.Index(list(lines), dtype="str", name=ID_COLUMN))
    if column == SDSS_METALLICITY:
        frame, column = frame.rename(columns={SDSS_METALLICITY: METALLICITY}), METALLICITY
    described = None if column is None else describe_label(column, frame[column].to_numpy())
    return Catalogue(frame, described, lines, [])


def read_catalogue_file(folder: Path) -> tuple[bytes, Problem | None]:
    """Read the bytes of a survey folder's master.csv; without one, say what there is instead and what to do."""
    here = str(folder)
    # os.path answers False where pathlib raises: for names too long, or parents that may not be read.
    if not os.path.isdir(folder):  # noqa: PTH112
        if os.path.isfile(folder):  # noqa: PTH113
            return b"", Problem(None, "", here, "it is a file and no folder", "give the survey folder that holds it")
        return b"", Problem(None, "", here, "there is no such folder", "check the path")
    try:
        return (folder / CATALOGUE_NAME).read_bytes(), None
    except FileNotFoundError:
        return b"", Problem(None, "", CATALOGUE_NAME, "there is no such file", _remedy_for_no_catalogue(folder))
    except IsADirectoryError:
        return b"", Problem(None, "", CATALOGUE_NAME, "it is a folder and no file", "put the table itself there")
    except OSError as error:
        problem = f"it can't be read: {error.strerror}"
        return b"", Problem(None, "", CATALOGUE_NAME, problem, "check the file, its permissions and the disk")


def _remedy_for_no_catalogue(folder: Path) -> str:
    """Look for the table where a user may have put it."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        names = []  # a folder that may be entered and not listed
    if SIMULATION_NAME in names:
        return "its simulation was stopped: run the same simulate command again, which goes on from there"
    for name in names:
        if os.path.isfile(folder / name / CATALOGUE_NAME):  # noqa: PTH113
            return f"there is one in {name}: give that folder"
    tables = [name for name in names if name.lower().endswith((".csv", ".csv.txt"))]
    return f"rename {tables[0]} to {CATALOGUE_NAME}" if len(tables) == 1 else "put the survey's table there"


def _check_ids(table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Find the line of each sound id, and what is wrong with the others."""
    lines: dict[str, int] = {}
    problems = []
    if ID_COLUMN not in table.columns:
        return lines, problems
    position = table.columns.index(ID_COLUMN)
    for line, cells in table.rows:
        if position >= len(cells) or (len(cells) != len(table.columns) and not "".join(cells).strip()):
            continue  # a short or blank row, which is a problem of the table's already
        object_id = cells[position]
        fault = _id_fault(object_id)
        if fault is None and object_id in lines:
            fault = (f"objID {object_id} is on line {lines[object_id]} already", "remove one of the two rows")
        if fault is None:
            lines[object_id] = line
        else:
            problems.append(Problem(line, shown(object_id), CATALOGUE_NAME, *fault))
    return lines, problems


def _id_fault(object_id: str) -> tuple[str, str] | None:
    """Say what is wrong with an id and the remedy; None if it is sound."""
    cell = quoted(object_id)
    if not object_id.strip():
        return f"{ID_COLUMN} is empty", "write the name of the galaxy's image there, without .jpg"
    if object_id.lower() in {"nan", "none", "null", "<na>"}:
        return f"{ID_COLUMN} {cell} stands for a missing value", "write the galaxy's id"
    if object_id != object_id.strip():
        return f"{ID_COLUMN} {cell} has spaces around it", "remove them"
    if _FLOAT.fullmatch(object_id):
        return (
            f"{ID_COLUMN} {cell} is a number that a spreadsheet or a float has rounded",
            f"write the catalogue again with {ID_COLUMN} as text (pandas: dtype={{'{ID_COLUMN}': str}})",
        )
    if "/" in object_id or "\\" in object_id or ".." in object_id:
        return f"{ID_COLUMN} {cell} has a path in it", "write the image's name alone"
    if not _ID.fullmatch(object_id):
        return (
            f"{ID_COLUMN} {cell} can't name a file",
            "use letters, digits and . _ + - only, with no dot at its start",
        )
    return None


def _label_cells(table: Table, column: str) -> Iterator[tuple[int, str, str]]:
    id_position = table.columns.index(ID_COLUMN) if ID_COLUMN in table.columns else None
    position = table.columns.index(column)
    for line, cells in table.complete_rows():
        yield line, "" if id_position is None else shown(cells[id_position]), cells[position]


def _typed(cells: Sequence[str]) -> np.ndarray | pd.Series:
    """Turn a column's cells into numbers or truth values if all of them are, else into text."""
    cells = [cell.strip() for cell in cells]
    given = [cell for cell in cells if cell]
    if given and len(given) == len(cells) and set(given) <= {"True", "False"}:
        return np.array([cell == "True" for cell in cells])
    if not any("_" in cell or _names_rather_than_counts(cell) for cell in given):
        try:
            numbers = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            pass  # some cell is no number
        else:
            integers = len(given) == len(cells) and set("".join(cells)) <= set("+-0123456789")
            return numbers.astype(np.int64) if integers else numbers
    return pd.array([cell or None for cell in cells], dtype="str")


def _names_rather_than_counts(cell: str) -> bool:
    """Whether a cell holds digits that a number would lose: 1237648702973411443 as a float, 007 as an integer."""
    digits = cell.lstrip("+-")
    if not (digits.isascii() and digits.isdigit()):
        return False
    return (len(digits) > 1 and digits[0] == "0") or len(digits) > 16 or int(digits) > _EXACT

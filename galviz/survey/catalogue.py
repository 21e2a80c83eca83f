"""master.csv -> the catalogue: ids that can be trusted, columns with their types, the label."""

import os
from collections import Counter
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd

from galviz.errors import listed, quoted, shown
from galviz.files.reading import NotRegularError, read_regular
from galviz.survey.columns import Mixed, read_column
from galviz.survey.identifiers import check_ids
from galviz.survey.label import METALLICITY, SDSS_METALLICITY, Label, choose_column, describe_label, parse_label
from galviz.survey.missing import find_marks
from galviz.survey.problems import Problem
from galviz.survey.table import CATALOGUE_NAME, ID_COLUMN, Table, read_table

_SAVE = f"save it as {CATALOGUE_NAME}"
_BY_ASTROPY = f"write it as CSV: astropy.table.Table.read(…).write('{CATALOGUE_NAME}')"
# What to do with a table of another format, by the ending of its name.
_REMEDIES = {
    ".csv.gz": f"unpack it (gunzip) and call it {CATALOGUE_NAME}",
    ".csv.bz2": f"unpack it (bunzip2) and call it {CATALOGUE_NAME}",
    ".csv.xz": f"unpack it (unxz) and call it {CATALOGUE_NAME}",
    ".csv.zip": f"unpack it and call it {CATALOGUE_NAME}",
    ".parquet": f"write it as CSV: pandas.read_parquet(…).to_csv('{CATALOGUE_NAME}', index=False)",
    **dict.fromkeys((".fits", ".fit", ".fits.gz", ".ecsv", ".vot", ".votable", ".xml", ".hdf5", ".h5"), _BY_ASTROPY),
    **dict.fromkeys((".tsv", ".tab", ".txt", ".dat", ".psv"), f"{_SAVE}, with commas between the cells"),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), f"{_SAVE} in the format 'CSV UTF-8', with {ID_COLUMN} as text"),
}

_SHOWN = 30  # characters of the last row, in a note

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
    missing : dict of str to dict of str to int
        Of each column of the frame that lacks values what was read as missing, as it is written, and how often:
        ``{"log_mass": {"-9999": 6, "": 2}}``.
    mixed : dict of str to Mixed
        Of each column that seems to be meant for numbers and is text what keeps it from being numbers.
    possibly_missing : dict of str to dict of str to int
        Of each column what was read as a value and may stand for a missing one, as `missing`.
    notes : list of str
        Sentences on what may be wrong with the file and need not be.
    """

    frame: pd.DataFrame | None
    label: Label | None
    lines: dict[str, int]
    problems: list[Problem]
    missing: dict[str, dict[str, int]] = field(default_factory=dict)
    mixed: dict[str, Mixed] = field(default_factory=dict)
    possibly_missing: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_catalogue(content: bytes, label: str | None = None) -> Catalogue:
    """Read the bytes of master.csv.

    Parameters
    ----------
    content : bytes
        See `galviz.survey.table.read_table`.
    label : str or None
        The label's column, see `galviz.survey.label.choose_column`. ``oh_p50`` is called ``metallicity`` in the
        catalogue.

    Returns
    -------
    Catalogue
        With every problem found; bad input never raises. Columns whose cells are all numbers become int64, or float64
        with NaN for what is missing (`galviz.survey.missing`); True and False (or TRUE and FALSE, true and false, T and
        F) become bool; integers beyond 2^53, which a float
        would corrupt, and integers with leading zeros stay text; text has missing values too.
    """
    table = read_table(content)
    problems = list(table.problems)
    lines, id_problems = check_ids(table.ids)
    problems += id_problems
    column, values = None, []
    if ID_COLUMN in table.columns:
        column, label_problem = choose_column(table.columns, label)
        problems += [label_problem] if label_problem else []
    if column is not None:
        values, label_problems = parse_label(column, _label_cells(table, column))
        problems += label_problems
    if problems:
        return Catalogue(None, None, lines, problems)

    typed, missing, mixed, possibly = {}, {}, {}, {}
    for name in table.columns:
        # The text of a column is let go once it is read: all of a large table's texts and numbers are too much at once.
        blocks = table.blocks.pop(name)
        if name == ID_COLUMN:
            continue
        if name == column:
            name = METALLICITY if name == SDSS_METALLICITY else name
            typed[name] = np.array(values)
            empty = int(np.isnan(typed[name]).sum())
            missing[name] = {"": empty} if empty else {}
            marked = find_marks(column, typed[name]).possible
            cells = (cell for block in blocks for cell in block.split("\n"))
            possibly[name] = dict(Counter(compress(cells, marked)).most_common())
        else:
            read = read_column(name, blocks, table.lines)
            typed[name], missing[name], possibly[name] = read.cells, read.missing, read.possibly_missing
            if read.mixed is not None:
                mixed[name] = read.mixed
    index = pd.Index(list(lines), dtype="str", name=ID_COLUMN)
    frame = pd.DataFrame(typed, index=index, copy=False)
    column = METALLICITY if column == SDSS_METALLICITY else column
    described = None if column is None else describe_label(column, frame[column].to_numpy())
    missing, possibly = ({name: cells for name, cells in each.items() if cells} for each in (missing, possibly))
    return Catalogue(frame, described, lines, [], missing, mixed, possibly, _notes(content))


def _notes(content: bytes) -> list[str]:
    """Say whether the last row may lack its end: cut anywhere in its last cell, a table has all its cells."""
    if content.endswith((b"\n", b"\r")):
        return []
    last = content[max(content.rfind(b"\n"), content.rfind(b"\r")) + 1 :].decode("utf-8-sig")
    row = "…" * (len(last) > _SHOWN) + last[-_SHOWN:]
    return [
        f"The last line of {CATALOGUE_NAME} has no line end: if the file was cut short there, the last cell may lack "
        f"digits, and rows may be missing. It ends in {quoted(row)}."
    ]


def read_catalogue_file(folder: Path) -> tuple[bytes, Problem | None]:
    """Read the bytes of a survey folder's master.csv; without one, say what there is instead and what to do."""
    here = str(folder)
    # os.path answers False where pathlib raises: for names too long, or parents that may not be read.
    if not os.path.isdir(folder):  # noqa: PTH112
        if os.path.isfile(folder):  # noqa: PTH113
            return b"", Problem(None, "", here, "it is a file and no folder", "give the survey folder that holds it")
        return b"", Problem(None, "", here, "there is no such folder", "check the path")
    try:
        return read_regular(folder / CATALOGUE_NAME), None
    except FileNotFoundError:
        if os.path.islink(folder / CATALOGUE_NAME):  # noqa: PTH114
            return b"", Problem(None, "", CATALOGUE_NAME, "it is a link to nothing", "put the table itself there")
        return b"", Problem(None, "", CATALOGUE_NAME, "there is no such file", _remedy_for_no_catalogue(folder))
    except NotRegularError as error:
        return b"", Problem(None, "", CATALOGUE_NAME, str(error.strerror), "put the table itself there")
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
    tables = [name for name in names if name.lower().endswith((".csv", ".csv.txt", ".csv.csv"))]
    if tables:
        which = f"rename {shown(tables[0])}" if len(tables) == 1 else f"rename one of {listed(tables)}"
        return f"{which} to {CATALOGUE_NAME}"
    for name in names:
        for ending, remedy in _REMEDIES.items():
            if name.lower().endswith(ending):
                return f"there is {shown(name)}: {remedy}"
    return "put the survey's table there"


def _label_cells(table: Table, column: str) -> list[tuple[int, str, str]]:
    ids = [shown(object_id) for object_id in table.cells(ID_COLUMN)]
    return list(zip(table.lines, ids, table.cells(column), strict=True))

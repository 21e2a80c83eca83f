"""The text of master.csv -> its header and cells, each with the line it stands on; nothing is interpreted here."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from galviz.problems import Problem, listed, quoted
from galviz.signatures import file_kind

CATALOGUE_NAME = "master.csv"
ID_COLUMN = "objID"


@dataclass(frozen=True)
class Table:
    """The cells of a CSV file.

    Attributes
    ----------
    columns : tuple of str
        The header, without spaces around the names; empty if there is none that can be read.
    rows : list of (int, list of str)
        Of each line below the header its number (the first line of the file is 1) and its cells, of which there may be
        fewer or more than columns: `problems` then says so.
    problems : list of Problem
        What is wrong with the file's form.
    """

    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    problems: list[Problem]

    def complete_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Go through the rows that have a cell for each column."""
        return ((line, cells) for line, cells in self.rows if len(cells) == len(self.columns))


def read_table(content: bytes) -> Table:
    """Split a CSV file into cells.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte order mark; lines end as on Unix, Windows or old Macs; a comma between cells;
        quotation marks around cells that hold a comma. A cell can't hold a line break, so that a row is a line and a
        quotation mark left open spoils one row instead of all that follow.

    Returns
    -------
    Table
        With its problems; bad input never raises.
    """
    problem = _not_text(content)
    if problem is not None:
        return Table((), [], [problem])
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    # Blank lines at either end mean nothing; in between they are short rows.
    lines = [(number, line) for number, line in enumerate(text.rstrip().split("\n"), start=1)]
    while not lines[0][1].strip():
        lines.pop(0)

    problems: list[Problem] = []
    header_line, header = lines[0]
    columns = tuple(name.strip() for name in _cells(header, header_line, problems))
    if columns:
        problems += _header_problems(columns, header_line)
        if len(lines) == 1:
            problems.append(_problem(None, "it has a header and no galaxies", "add a row for each galaxy"))
    rows = [(number, _cells(line, number, problems)) for number, line in lines[1:]] if columns else []
    # A row whose quotation marks don't pair up has no cells, and its problem already.
    rows = [(number, cells) for number, cells in rows if cells]
    for number, cells in rows:
        if len(cells) != len(columns):
            problems.append(_wrong_length(number, cells, len(columns)))
    return Table(columns, rows, problems)


def _problem(line: int | None, problem: str, remedy: str) -> Problem:
    return Problem(line, "", CATALOGUE_NAME, problem, remedy)


def _not_text(content: bytes) -> Problem | None:
    """Say why `content` isn't a text in UTF-8 with something in it, or None if it is."""
    save_as = "save the table as 'CSV UTF-8'"
    kind = file_kind(content)
    if kind == "an HTML page":
        return _problem(None, "it is an HTML page", "the download failed: fetch the table again")
    if kind is not None:
        return _problem(None, f"it is {kind} and no CSV table", save_as)
    if b"\0" in content:
        return _problem(None, "it holds NUL bytes: it is binary and no CSV table", save_as)
    try:
        if not content.decode("utf-8-sig").strip():
            return _problem(None, "it is empty", "write a header line with objID and a row for each galaxy")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _problem(line, f"its text isn't UTF-8 (byte 0x{content[error.start]:02x} on this line)", save_as)
    return None


def _cells(line: str, number: int, problems: list[Problem]) -> list[str]:
    """Split a line into cells; if its quotation marks don't pair up, add that to `problems` and return none."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        problems.append(
            _problem(
                number,
                "its quotation marks don't pair up on this line",
                'close the quotation mark (a cell holds no line break; a " inside a cell is written "")',
            )
        )
        return []


def _header_problems(columns: tuple[str, ...], line: int) -> list[Problem]:
    problems = []
    for position, name in enumerate(columns, start=1):
        if not name:
            problems.append(
                _problem(
                    line,
                    f"column {position} of {len(columns)} has no name",
                    "name it, or remove it (pandas: to_csv(…, index=False) leaves the row numbers out)",
                )
            )
        elif name in columns[: position - 1]:
            first = columns.index(name) + 1
            problems.append(
                _problem(line, f"columns {first} and {position} are both called {quoted(name)}", "rename one of them")
            )
    if ID_COLUMN not in columns:
        problems.append(_problem(line, *_missing_ids(columns)))
    return problems


def _missing_ids(columns: tuple[str, ...]) -> tuple[str, str]:
    """Word the problem of a header without objID, and its likeliest remedy."""
    problem = f"there is no column {ID_COLUMN} among its columns: {listed(columns)}"
    separators = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    for separator, name in separators.items():
        if any(separator in column and ID_COLUMN.lower() in column.lower().split(separator) for column in columns):
            return problem, f"the cells seem to be separated by {name}: save the table with commas"
    for column in columns:
        if column.lower().lstrip("#").strip() in {"objid", "object_id", "obj_id", "id"}:
            return problem, f"rename {quoted(column)} to {ID_COLUMN}"
    if columns[0].startswith("#"):
        return problem, "the first line is a comment: remove it"
    if all(column.replace(".", "", 1).isdigit() for column in columns):
        return problem, f"the header seems to be missing: begin with a line such as {ID_COLUMN},oh_p50"
    return problem, f"add a column {ID_COLUMN} with the name of each galaxy's image"


def _wrong_length(line: int, cells: list[str], n_columns: int) -> Problem:
    if not "".join(cells).strip():
        return _problem(line, "the line is empty", "remove it")
    if len(cells) < n_columns:
        remedy = "fill in the cells that are missing (an empty cell still needs its comma)"
    else:
        remedy = "remove the cells too many, or put a cell that holds a comma in quotation marks"
    count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
    return _problem(line, f"the row has {count} where the header has {n_columns}", remedy)

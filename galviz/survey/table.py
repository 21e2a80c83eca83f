"""The text of master.csv -> its header and cells, each with the line it stands on; nothing is interpreted here."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from galviz.errors import quoted
from galviz.files.signatures import file_kind
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN, file_problem, open_quotation, read_header, split_line
from galviz.survey.problems import Problem

__all__ = ["CATALOGUE_NAME", "ID_COLUMN", "Table", "read_table"]

# Lines read at a time. The cells of a large table as Python strings take ten times its size, so they are joined again
# column by column; no cell holds a line break.
_BLOCK = 2048
_PIECE = 2**20
# How to make a CSV table of what master.csv is instead.
_REMEDIES = {
    "a gzip archive": "unpack it (gunzip), or save the table as 'CSV UTF-8'",
    "a Parquet table": "write it as CSV: pandas.read_parquet(…).to_csv('master.csv', index=False)",
    "a FITS file": "write the table as CSV: astropy.table.Table.read(…).write('master.csv')",
    "an Excel workbook or another zip archive": f"save the table as 'CSV UTF-8', with {ID_COLUMN} as text",
    "an old Excel workbook": f"save the table as 'CSV UTF-8', with {ID_COLUMN} as text",
}


@dataclass(frozen=True)
class Table:
    """The cells of a CSV file.

    Attributes
    ----------
    columns : tuple of str
        The header, without spaces around the names; empty if there is none that can be read.
    ids : list of (int, str)
        Of each line below the header that has one its number (the first line of the file is 1) and its cell of objID,
        as it is.
    lines : list of int
        The numbers of the lines that have a cell for each column.
    blocks : dict of str to list of str
        Of each column its cells on these lines, without spaces around them: some thousand cells a text, one a line.
        Empty if there is no column objID.
    problems : list of Problem
        What is wrong with the file's form.
    """

    columns: tuple[str, ...]
    ids: list[tuple[int, str]]
    lines: list[int]
    blocks: dict[str, list[str]]
    problems: list[Problem]

    def cells(self, column: str) -> Iterator[str]:
        """Go through a column's cells, in the order of `lines`."""
        return (cell for block in self.blocks[column] for cell in block.split("\n"))


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
        With its problems; bad input never raises. If the header has no objID, the rows aren't looked at.
    """
    problem = _not_text(content)
    if problem is not None:
        return Table((), [], [], {}, [problem])
    # Decoded as it is read, with universal newlines.
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=None)
    lines = ((number, line.removesuffix("\n")) for number, line in enumerate(text, start=1))
    header = next(((number, line) for number, line in lines if line.strip()), None)
    if header is None:
        remedy = f"write a header line with {ID_COLUMN} and a row for each galaxy"
        return Table((), [], [], {}, [file_problem(None, "it is empty", remedy)])
    columns, problems = read_header(header[1], header[0])
    if ID_COLUMN not in columns:
        return Table(columns, [], [], {}, problems)
    return _read_rows(lines, columns, problems)


def _read_rows(lines: Iterator[tuple[int, str]], columns: tuple[str, ...], problems: list[Problem]) -> Table:
    """Read the lines below the header."""
    position = columns.index(ID_COLUMN)
    ids: list[tuple[int, str]] = []
    complete: list[int] = []
    blocks: list[list[str]] = [[] for _ in columns]
    misfits: list[Problem] = []
    blank: list[int] = []
    number = None
    while chunk := list(islice(lines, _BLOCK)):
        rows = []
        for number, line in chunk:
            if not line.strip():
                blank.append(number)
                continue
            # Blank lines at the end mean nothing; in between they are short rows.
            misfits += [file_problem(each, "the line is empty", "remove it") for each in blank]
            blank.clear()
            cells = split_line(line)
            if cells is None:
                problems.append(open_quotation(number))
            elif len(cells) == len(columns) and cells[position].strip() != ID_COLUMN:
                rows.append(cells)
                complete.append(number)
                ids.append((number, cells[position]))
            else:
                misfits.append(_misfit(number, cells, columns))
                if position < len(cells) and _may_be_galaxy(cells):
                    ids.append((number, cells[position]))
        # Cells that need stripping are few, and to see that there is none is quick.
        text = "\n".join(line for _, line in chunk)
        spaces = "\n".join(text.split()) != text
        for block, column in zip(blocks, zip(*rows, strict=True), strict=False):
            block.append("\n".join(map(str.strip, column) if spaces else column))
    if number is None or not (complete or misfits or problems):
        problems.append(file_problem(None, "it has a header and no galaxies", "add a row for each galaxy"))
    return Table(columns, ids, complete, dict(zip(columns, blocks, strict=True)), [*problems, *misfits])


def _not_text(content: bytes) -> Problem | None:
    """Say why `content` isn't a text in UTF-8, or None if it is."""
    save_as = "save the table as 'CSV UTF-8'"
    kind = file_kind(content)
    if kind == "an HTML page":
        return file_problem(None, "it is an HTML page", "the download failed: fetch the table again")
    if kind is not None:
        return file_problem(None, f"it is {kind} and no CSV table", _REMEDIES.get(kind, save_as))
    if b"\0" in content:
        return file_problem(None, "it holds NUL bytes: it is binary and no CSV table", save_as)
    try:
        # A piece at a time: the text of a large file may take four times its size.
        decoder = codecs.getincrementaldecoder("utf-8")()
        for start in range(0, len(content), _PIECE):
            decoder.decode(content[start : start + _PIECE], final=start + _PIECE >= len(content))
    except UnicodeDecodeError:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            byte = content[error.start]
            return file_problem(line, f"its text isn't UTF-8 (byte 0x{byte:02x} on this line)", save_as)
    return None


def _may_be_galaxy(cells: list[str]) -> bool:
    """Whether a row that doesn't fit has an id that is worth a look: not in a comment, nor in the header again."""
    return bool("".join(cells).strip()) and cells[0][:1] != "#" and ID_COLUMN not in map(str.strip, cells)


def _misfit(line: int, cells: list[str], columns: tuple[str, ...]) -> Problem:
    """Say what is wrong with a row that isn't as the header has it."""
    if not "".join(cells).strip():
        return file_problem(line, "the line is empty", "remove it")
    if cells[0].lstrip().startswith("#"):
        return file_problem(line, f"the line is a comment: {quoted(','.join(cells))}", "remove it")
    if ID_COLUMN in map(str.strip, cells):
        return file_problem(line, "the line is a header again", "remove it")
    if len(cells) < len(columns):
        remedy = "fill in the cells that are missing (an empty cell still needs its comma)"
    elif not "".join(cells[len(columns) :]).strip():
        remedy = "remove the comma at the line's end"
    else:
        remedy = "remove the cells too many, or put a cell that holds a comma in quotation marks"
    count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
    return file_problem(line, f"the row has {count} where the header has {len(columns)}", remedy)

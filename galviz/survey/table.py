"""The bytes of master.csv -> its header and cells, with line numbers; the cells stay text."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from galviz.errors import quoted
from galviz.files.signatures import LFS_POINTER, LFS_REMEDY, file_kind
from galviz.survey.header import (
    CATALOGUE_NAME,
    ID_COLUMN,
    catalogue_problem,
    quotation_problem,
    read_header,
    split_line,
)
from galviz.survey.problems import Problem

__all__ = ["CATALOGUE_NAME", "ID_COLUMN", "Table", "describe_cut", "read_table"]

# Lines read at a time. As Python strings, the cells of a large table take ten times its size, so the cells of each
# column are joined again, one per line; no cell contains a line break.
BLOCK_SIZE = 2048
_MAX_SHOWN = 30  # characters of a row that was cut short
_CHUNK_BYTES = 2**20
# How to get a CSV table from other kinds of files.
_REMEDIES = {
    "a gzip archive": "unpack it (gunzip), or save the table as 'CSV UTF-8'",
    "a Parquet table": "write it as CSV: pandas.read_parquet(…).to_csv('master.csv', index=False)",
    "a FITS file": "write the table as CSV: astropy.table.Table.read(…).write('master.csv')",
    "an Excel workbook or another zip archive": f"save the table as 'CSV UTF-8', with {ID_COLUMN} as text",
    LFS_POINTER: LFS_REMEDY,
    "an old Excel workbook": f"save the table as 'CSV UTF-8', with {ID_COLUMN} as text",
}


@dataclass(frozen=True)
class Table:
    r"""The cells of a CSV file.

    Attributes
    ----------
    columns : tuple of str
        The header, without spaces around the names; empty if it can't be read.
    ids : list of (int, str)
        Line number, from 1, and unchanged objID of each row that has one.
    lines : list of int
        The numbers of the lines that have a cell for each column.
    blocks : dict of str to list of str
        For each column, its cells on these lines without spaces around them: strings of thousands of cells, one per
        line. Empty if there is no column objID.
    problems : list of Problem
        What is wrong with the format of the file.

    Examples
    --------
    >>> table = Table(("objID", "z"), [(2, "a"), (3, "b")], [2, 3], {"objID": ["a\nb"], "z": ["0.1\n0.2"]}, [])
    >>> list(table.cells("z"))
    ['0.1', '0.2']
    """

    columns: tuple[str, ...]
    ids: list[tuple[int, str]]
    lines: list[int]
    blocks: dict[str, list[str]]
    problems: list[Problem]

    def cells(self, column: str) -> Iterator[str]:
        """Iterate over a column's cells, in the order of `lines`."""
        return (cell for block in self.blocks[column] for cell in block.split("\n"))


def read_table(content: bytes) -> Table:
    r"""Split a CSV file into cells.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte order mark; line ends of Unix, Windows or old Macs; cells separated by commas;
        quotation marks around cells that contain a comma. A cell can't contain a line break: a quotation mark that is
        never closed affects one row instead of all rows after it.

    Returns
    -------
    Table
        With its problems; invalid input doesn't raise. If the header has no objID, the rows aren't read.

    Examples
    --------
    >>> table = read_table(b"objID,name\na,\"x, y\"\n")
    >>> table.ids, list(table.cells("name"))
    ([(2, 'a')], ['x, y'])
    """
    problem = _text_problem(content)
    if problem is not None:
        return Table((), [], [], {}, [problem])
    # Decode while reading, with universal newlines.
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=None)
    lines = ((number, line.removesuffix("\n")) for number, line in enumerate(text, start=1))
    header = next(((number, line) for number, line in lines if line.strip()), None)
    if header is None:
        remedy = f"write a header with {ID_COLUMN} and one row per galaxy"
        return Table((), [], [], {}, [catalogue_problem(None, "it is empty", remedy)])
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
    row_problems: list[Problem] = []
    blank: list[int] = []
    number = None
    while chunk := list(islice(lines, BLOCK_SIZE)):
        rows = []
        for number, line in chunk:
            if not line.strip():
                blank.append(number)
                continue
            # Blank lines are ignored only at the end of the file.
            row_problems += [catalogue_problem(blank_line, "the line is empty", "remove it") for blank_line in blank]
            blank.clear()
            cells = split_line(line)
            if cells is None:
                problems.append(quotation_problem(number))
            elif len(cells) == len(columns) and cells[position].strip() != ID_COLUMN:
                rows.append(cells)
                complete.append(number)
                ids.append((number, cells[position]))
            else:
                row_problems.append(_row_problem(number, cells, columns))
                if position < len(cells) and _may_be_galaxy(cells):
                    ids.append((number, cells[position]))
        # Few blocks need stripping, and checking the whole text is fast.
        text = "\n".join(line for _, line in chunk)
        spaces = "\n".join(text.split()) != text
        for block, column in zip(blocks, zip(*rows, strict=True), strict=False):
            block.append("\n".join(map(str.strip, column) if spaces else column))
    if number is None or not (complete or row_problems or problems):
        problems.append(catalogue_problem(None, "it has a header but no galaxies", "add one row per galaxy"))
    return Table(columns, ids, complete, dict(zip(columns, blocks, strict=True)), [*problems, *row_problems])


def _text_problem(content: bytes) -> Problem | None:
    """Why `content` isn't text in UTF-8."""
    save_as = "save the table as 'CSV UTF-8'"
    kind = file_kind(content)
    if kind == "an HTML page":
        return catalogue_problem(None, "it is an HTML page", "the download failed: download the table again")
    if kind is not None:
        return catalogue_problem(None, f"it is {kind}, not a CSV table", _REMEDIES.get(kind, save_as))
    if b"\0" in content:
        return catalogue_problem(None, "it contains NUL bytes: it is binary, not a CSV table", save_as)
    try:
        # In chunks, because the text of a large file may take four times its size.
        decoder = codecs.getincrementaldecoder("utf-8")()
        for start in range(0, len(content), _CHUNK_BYTES):
            decoder.decode(content[start : start + _CHUNK_BYTES], final=start + _CHUNK_BYTES >= len(content))
    except UnicodeDecodeError:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            byte = content[error.start]
            return catalogue_problem(line, f"its text isn't UTF-8 (byte 0x{byte:02x} on this line)", save_as)
    return None


def _may_be_galaxy(cells: list[str]) -> bool:
    """Whether a row with the wrong number of cells may hold an id: it isn't a comment or a second header."""
    return bool("".join(cells).strip()) and cells[0][:1] != "#" and ID_COLUMN not in map(str.strip, cells)


def _row_problem(line: int, cells: list[str], columns: tuple[str, ...]) -> Problem:
    """What is wrong with a row whose cells don't match the header."""
    if not "".join(cells).strip():
        return catalogue_problem(line, "the line is empty", "remove it")
    if cells[0].lstrip().startswith("#"):
        return catalogue_problem(line, f"the line is a comment: {quoted(','.join(cells))}", "remove it")
    if ID_COLUMN in map(str.strip, cells):
        return catalogue_problem(line, "the line repeats the header", "remove it")
    if len(cells) < len(columns):
        remedy = "add the missing cells (an empty cell still needs its comma)"
    elif not "".join(cells[len(columns) :]).strip():
        remedy = "remove the comma at the end of the line"
    else:
        remedy = "remove the extra cells, or put quotation marks around a cell that contains a comma"
    count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
    return catalogue_problem(line, f"the row has {count}, the header has {len(columns)}", remedy)


def describe_cut(content: bytes, name: str) -> str:
    r"""Describe a CSV file without a line end after the last line: cut short in its last cell, it has all cells.

    Parameters
    ----------
    content : bytes
    name : str
        Of the file.

    Returns
    -------
    str
        A sentence; empty if the last line ends.

    Examples
    --------
    >>> describe_cut(b"objID,z\n12,0.25", "table.csv")[:46]
    'The last line of table.csv has no line end. If'
    >>> describe_cut(b"objID,z\n12,0.25\n", "table.csv")
    ''
    """
    if content.endswith((b"\n", b"\r")):
        return ""
    last = content[max(content.rfind(b"\n"), content.rfind(b"\r")) + 1 :].decode("utf-8-sig", errors="replace")
    row = "…" * (len(last) > _MAX_SHOWN) + last[-_MAX_SHOWN:]
    return (
        f"The last line of {name} has no line end. If the file was cut short there, the last cell may lack "
        f"digits, and rows may be missing. It ends in {quoted(row)}."
    )

"""A text file -> its header and cells, with line numbers."""

from collections.abc import Iterator
from pathlib import Path

from galviz.errors import quoted
from galviz.files.reading import open_regular
from galviz.survey.header import ID_COLUMN, UNCLOSED, missing_column, read_header, split_line
from galviz.survey.table_file import Table, TableFile
from galviz.survey.text_stream import LineReader, TextError

_MAX_SHOWN = 30  # characters of a row that was cut short


class TextTable(TableFile):
    """A table in a text file: UTF-8, cells separated by commas, quotation marks around cells that contain a comma.

    A cell can't contain a line break: a quotation mark that is never closed affects one row instead of all rows after
    it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._header_line = 0
        try:
            with open_regular(path) as file:
                self._read_header(LineReader(file, "utf-8-sig"))
        except TextError as error:
            self.problems = [self.problem(error.line, error.problem, error.remedy)]

    def rows(self, n: int) -> list[list[str]]:
        """The cells of the first `n` complete rows; see `TableFile.rows`."""
        rows: list[list[str]] = []
        if self.problems or n < 1:
            return rows
        try:
            with open_regular(self.path) as file:
                for _, line in self._lines(LineReader(file, "utf-8-sig")):
                    cells = split_line(line)
                    if cells is not None and len(cells) == len(self.columns):
                        rows.append(cells)
                    if len(rows) == n:
                        break
        except TextError:
            pass  # `read` reports it
        return rows

    def read(self, id_column: str = ID_COLUMN) -> Table:
        """Read all rows; see `TableFile.read`."""
        with open_regular(self.path) as file:
            reader = LineReader(file, "utf-8-sig")
            problems = list(self.problems)
            if self.columns and id_column not in self.columns:
                problems = [self.problem(self._header_line, *missing_column(self.columns, id_column))]
            if id_column not in self.columns:
                return Table(self.columns, [], [], {}, problems, list(self.notes), id_column, reader.digest())
            try:
                table = self._read_rows(reader, id_column)
            except TextError as error:
                problem = self.problem(error.line, error.problem, error.remedy)
                return Table((), [], [], {}, [problem], list(self.notes), id_column, reader.digest())
            return table

    def _read_header(self, reader: LineReader) -> None:
        number = 0
        for block in reader:
            for line in block:
                number += 1
                if line.strip():
                    self._header_line = number
                    self.columns, faults = read_header(line)
                    self.problems = [self.problem(number, *fault) for fault in faults]
                    return
        remedy = f"write a header with {ID_COLUMN} and one row per galaxy"
        self.problems = [self.problem(None, "it is empty", remedy)]

    def _lines(self, reader: LineReader) -> Iterator[tuple[int, str]]:
        """The lines below the header that aren't blank."""
        first = 1
        for block in reader:
            for number, line in enumerate(block, first):
                if number > self._header_line and line.strip():
                    yield number, line
            first += len(block)

    def _read_rows(self, reader: LineReader, id_column: str) -> Table:
        """Read the lines below the header."""
        columns, position = self.columns, self.columns.index(id_column)
        ids: list[tuple[int, str]] = []
        complete: list[int] = []
        blocks: list[list[str]] = [[] for _ in columns]
        problems, row_problems = list(self.problems), []
        blank: list[int] = []
        first, last = 1, ""
        for lines in reader:
            rows = []
            for number, line in enumerate(lines, first):
                if number <= self._header_line:
                    continue
                if not line.strip():
                    blank.append(number)
                    continue
                # Blank lines are ignored only at the end of the file.
                row_problems += [self.problem(blank_line, "the line is empty", "remove it") for blank_line in blank]
                blank.clear()
                cells = split_line(line)
                if cells is None:
                    problems.append(self.problem(number, *UNCLOSED))
                elif len(cells) == len(columns) and cells[position].strip() != id_column:
                    rows.append(cells)
                    complete.append(number)
                    ids.append((number, cells[position]))
                else:
                    row_problems.append(self.problem(number, *_row_fault(cells, columns, id_column)))
                    if position < len(cells) and _may_be_galaxy(cells, id_column):
                        ids.append((number, cells[position]))
            # Few blocks need stripping, and checking the whole text is fast.
            text = "\n".join(lines)
            spaces = "\n".join(text.split()) != text
            for block, column in zip(blocks, zip(*rows, strict=True), strict=False):
                block.append("\n".join(map(str.strip, column) if spaces else column))
            first, last = first + len(lines), lines[-1]
        if not (complete or row_problems or problems):
            problems.append(self.problem(None, "it has a header but no galaxies", "add one row per galaxy"))
        notes = [*self.notes, *([] if reader.ends else [describe_cut_line(last, self.name)])]
        return Table(
            columns,
            ids,
            complete,
            dict(zip(columns, blocks, strict=True)),
            [*problems, *row_problems],
            notes,
            id_column,
            reader.digest(),
        )


def _may_be_galaxy(cells: list[str], id_column: str) -> bool:
    """Whether a row with the wrong number of cells may hold an id: it isn't a comment or a second header."""
    return bool("".join(cells).strip()) and cells[0][:1] != "#" and id_column not in map(str.strip, cells)


def _row_fault(cells: list[str], columns: tuple[str, ...], id_column: str) -> tuple[str, str]:
    """Problem and remedy for a row whose cells don't match the header."""
    if not "".join(cells).strip():
        return "the line is empty", "remove it"
    if cells[0].lstrip().startswith("#"):
        return f"the line is a comment: {quoted(','.join(cells))}", "remove it"
    if id_column in map(str.strip, cells):
        return "the line repeats the header", "remove it"
    if len(cells) < len(columns):
        remedy = "add the missing cells (an empty cell still needs its comma)"
    elif not "".join(cells[len(columns) :]).strip():
        remedy = "remove the comma at the end of the line"
    else:
        remedy = "remove the extra cells, or put quotation marks around a cell that contains a comma"
    count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
    return f"the row has {count}, the header has {len(columns)}", remedy


def describe_cut_line(last: str, name: str) -> str:
    """Describe a last line without a line end: cut short in its last cell, it has all cells.

    Examples
    --------
    >>> describe_cut_line("12,0.25", "table.csv")[:46]
    'The last line of table.csv has no line end. If'
    """
    row = "…" * (len(last) > _MAX_SHOWN) + last[-_MAX_SHOWN:]
    return (
        f"The last line of {name} has no line end. If the file was cut short there, the last cell may lack "
        f"digits, and rows may be missing. It ends in {quoted(row)}."
    )

"""A text file -> its header and cells, with line numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from galviz.files.reading import open_regular
from galviz.survey.decimal_commas import replace_decimal_commas
from galviz.survey.dialect import N_LINES, SEPARATORS, recognise_dialect
from galviz.survey.header import ID_COLUMN, UNCLOSED, missing_column, read_header, split_line
from galviz.survey.other_lines import (
    NEW_TABLE,
    describe_below,
    describe_cut_line,
    explain_between,
    may_stand_below,
    server_message,
)
from galviz.survey.table_file import Table, TableFile
from galviz.survey.text_stream import GZIP, LineReader, TextError, detect_encoding, read_head

MAX_ROWS = 5_000_000  # more would take more memory than a laptop has
_BLANK = ' \t"'  # what a line without values may have, beside separators: spreadsheets add such lines
_ROW_NUMBER = "row_number"


class TextTable(TableFile):
    """A table in a text file.

    UTF-8 or UTF-16, perhaps in a gzip archive; cells separated by commas, tabs, semicolons, vertical bars or blanks;
    quotation marks around cells that contain the separator; lines of comments before the header. A cell can't contain a
    line break: a quotation mark that is never closed affects one row instead of all rows after it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with open_regular(path) as file:
            self._gzipped = file.read(2) == GZIP
        if self._gzipped:
            self.notes.append("It is compressed with gzip.")
        try:
            self._encoding = detect_encoding(read_head(path))
            if self._encoding.startswith("utf-16"):
                self.notes.append("Its text is UTF-16.")
            with self._reader() as reader:
                lines = list(islice(chain.from_iterable(reader), N_LINES))
        except TextError as error:
            self.problems = [self.problem(error.line, error.problem, error.remedy)]
            return
        self._dialect = recognise_dialect(lines)
        self.notes += self._dialect.notes
        self._read_header(lines)

    def _rows(self, n: int) -> list[list[str]]:
        try:
            with self._reader() as reader:
                lines = (line for _, line in self._lines(reader))
                cells = (self._split(line) for line in lines if line.strip())
                return list(islice((row for row in cells if row and len(row) == len(self.columns)), n))
        except TextError:
            return []  # `read` reports it

    def _read(self, id_column: str) -> Table:
        columns, name, notes = self.find_ids(id_column)
        problems = list(self.problems)
        if not problems and name is None:
            problems = [self.problem(self._dialect.header_line, *missing_column(columns, id_column))]
        with self._reader() as reader:
            if problems:
                return Table(columns, [], [], {}, problems, notes, id_column, reader.digest())
            try:
                rows = _Rows(self, columns.index(id_column), name)
                for lines in reader:
                    rows.add(lines)
            except TextError as error:
                problem = self.problem(error.line, error.problem, error.remedy)
                return Table((), [], [], {}, [problem], notes, id_column, reader.digest())
            problems = rows.all_problems()
            notes += describe_below([text for _, text in rows.below])
            if not reader.ends:
                notes.append(describe_cut_line(rows.last_line, self.name))
            blocks = dict(zip(columns, rows.blocks, strict=True))
            if self._dialect.decimal_comma:
                others = {column: parts for column, parts in blocks.items() if column != id_column}
                problems += [self.problem(None, *fault) for fault in replace_decimal_commas(others)]
            return Table(columns, rows.ids, rows.complete, blocks, problems, notes, id_column, reader.digest())

    @contextmanager
    def _reader(self) -> Iterator[LineReader]:
        with open_regular(self.path) as file:
            yield LineReader(file, self._encoding, gzipped=self._gzipped)

    def _read_header(self, lines: list[str]) -> None:
        dialect = self._dialect
        if not dialect.header:
            self.problems = [
                self.problem(None, "it is empty", f"write a header with {ID_COLUMN} and one row per galaxy")
            ]
            return
        if message := server_message(lines[dialect.header_line - 1 :]):
            problem = f"it holds a server's message, not a table: {message}"
            self.problems = [self.problem(dialect.header_line, problem, "repeat the query and download its result")]
            return
        columns, faults = read_header(dialect.header, dialect.separator)
        if len(columns) > 1 and not columns[0] and _ROW_NUMBER not in columns and self._counts_rows(lines):
            columns = (_ROW_NUMBER, *columns[1:])
            faults = [fault for fault in faults if not fault[0].startswith("column 1 of")]
            self.notes.append(f"Column 1 has no name and counts the rows: it was called {_ROW_NUMBER}.")
        self.problems = [self.problem(dialect.header_line, *fault) for fault in faults]
        if dialect.units:
            problem = f"the line holds units ({dialect.units}), not a galaxy"
            self.problems.append(self.problem(dialect.skipped, problem, "remove it"))
        self.columns = columns

    def _counts_rows(self, lines: list[str]) -> bool:
        """Whether the first cells are 0, 1, 2, … or 1, 2, 3, …."""
        rows = [self._split(line) for line in lines[self._dialect.skipped : self._dialect.skipped + 20] if line.strip()]
        cells = [row[0].strip() if row else "" for row in rows]
        return len(cells) > 0 and cells in ([str(k) for k in range(start, start + len(cells))] for start in (0, 1))

    def _lines(self, reader: LineReader) -> Iterator[tuple[int, str]]:
        """The lines below the header, with their numbers."""
        numbered = enumerate(chain.from_iterable(reader), start=1)
        return ((number, line) for number, line in numbered if number > self._dialect.skipped)

    def _split(self, line: str) -> list[str] | None:
        """Split a row into cells, without the empty ones at the ends of all lines."""
        cells = split_line(line, self._dialect.separator)
        trailing, n_columns = self._dialect.trailing, len(self.columns)
        if trailing and cells and n_columns < len(cells) <= n_columns + trailing:
            return cells if "".join(cells[n_columns:]).strip() else cells[:n_columns]
        return cells


class _Rows:
    """Collects the rows of a text table, block by block."""

    def __init__(self, table_file: TextTable, position: int, id_name: str) -> None:
        self._file, self._position, self._id_name, self._names = table_file, position, id_name, table_file.columns
        self.ids: list[tuple[int, str]] = []
        self.complete: list[int] = []
        self.blocks: list[list[str]] = [[] for _ in table_file.columns]
        self.last_line = ""
        self._problems, self._row_problems = [], []
        self.below: list[tuple[int, str]] = []  # lines that are ignored if no row follows
        self._first = 1  # the number of the next block's first line

    def add(self, lines: list[str]) -> None:
        """Add a block of lines."""
        file, position, rows = self._file, self._position, []
        n_columns, skipped, split = len(file.columns), file._dialect.skipped, file._split
        padded = file._dialect.separator == "|"  # usually with spaces beside it
        blank = _BLANK + file._dialect.separator
        for number, line in enumerate(lines, self._first):
            if number <= skipped:
                continue
            text = line.strip(blank)
            if not text:
                self.below.append((number, text))
                continue
            cells = split(line)
            if n_columns != len(cells or ()) and may_stand_below(text):
                self.below.append((number, text))
                continue
            if self.below:
                self._row_problems += [file.problem(other, *explain_between(text)) for other, text in self.below]
                self.below.clear()
            if cells is None:
                self._problems.append(file.problem(number, *UNCLOSED))
            elif len(cells) == n_columns and cells[position].strip() != self._id_name:
                rows.append(cells)
                self.complete.append(number)
                self.ids.append((number, cells[position].strip() if padded else cells[position]))
            else:
                self._row_problems.append(file.problem(number, *self._fault(cells)))
                if position < len(cells) and self._may_be_galaxy(cells):
                    self.ids.append((number, cells[position]))
        self._first += len(lines)
        self.last_line = lines[-1]
        if len(self.ids) > MAX_ROWS:
            raise TextError(None, f"it has more than {MAX_ROWS:,} rows", "keep the rows that you need")
        # Few blocks need stripping, and checking the whole text is fast.
        text = "\n".join(lines)
        spaces = "\n".join(text.split()) != text
        for block, column in zip(self.blocks, zip(*rows, strict=True), strict=False):
            block.append("\n".join(map(str.strip, column) if spaces else column))

    def all_problems(self) -> list:
        """The problems of rows."""
        if not (self.complete or self._problems or self._row_problems):
            return [self._file.problem(None, "it has a header but no galaxies", "add one row per galaxy")]
        return self._problems + self._row_problems

    def _may_be_galaxy(self, cells: list[str]) -> bool:
        """Whether a row with the wrong number of cells may hold an id: it isn't a comment or a second header."""
        return bool("".join(cells).strip()) and cells[0][:1] != "#" and self._id_name not in map(str.strip, cells)

    def _fault(self, cells: list[str]) -> tuple[str, str]:
        """Problem and remedy for a row whose cells don't match the header."""
        n_columns, separator = len(self._file.columns), self._file._dialect.separator
        sign = SEPARATORS[separator].removesuffix("s")
        if not "".join(cells).strip():
            return "the line is empty", "remove it"
        if self._id_name in map(str.strip, cells):
            is_same = [cell.strip() for cell in cells[:n_columns]] == [*self._names]
            return ("the line repeats the header", "remove it") if is_same else NEW_TABLE
        if len(cells) < n_columns:
            cell = "write nan for an empty cell" if separator == " " else f"an empty cell still needs its {sign}"
            remedy = f"add the missing cells ({cell})"
        elif not "".join(cells[n_columns:]).strip():
            remedy = f"remove the {sign} at the end of the line"
        else:
            remedy = f"remove the extra cells, or put quotation marks around a cell that contains a {sign}"
        count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
        return f"the row has {count}, the header has {n_columns}", remedy

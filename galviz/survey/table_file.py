"""A table's file: its columns and notes once it is opened, all cells once it is read. The cells stay text."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from galviz.errors import shown
from galviz.survey.header import ID_COLUMN
from galviz.survey.problems import Problem
from galviz.survey.typed_columns import as_blocks, cell_texts

UNREADABLE = "check the file, its permissions and the disk"  # what to do if a file can't be read


@dataclass(frozen=True)
class Table:
    r"""The cells of a table.

    Attributes
    ----------
    columns : tuple of str
        The header, without spaces around the names; empty if it can't be read.
    ids : list of (int, str)
        Line number, from 1, and unchanged id of each row that has one.
    lines : list of int
        The numbers of the lines that have a cell for each column.
    blocks : dict of str to list of str
        For each column, its cells on these lines without spaces around them: strings of thousands of cells, one per
        line. Empty if the rows weren't read; without the columns in `arrays`.
    problems : list of Problem
        What is wrong with the format of the file.
    notes : list of str
        Sentences about what was recognised and skipped, and about what may be wrong with the file.
    id_column : str
        The name of the id column in `columns`.
    digest : bytes
        SHA-256 of the file's bytes; empty if the file can't be read.
    arrays : dict of str to pyarrow.ChunkedArray
        Columns of numbers and booleans that have a type in the file; see `galviz.survey.typed_columns`.

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
    notes: list[str] = field(default_factory=list)
    id_column: str = ID_COLUMN
    digest: bytes = b""
    arrays: dict[str, pa.ChunkedArray] = field(default_factory=dict)

    def cells(self, column: str) -> Iterator[str]:
        """Iterate over a column's cells, in the order of `lines`; none if the rows weren't read."""
        if column in self.arrays:
            return iter(cell_texts(self.arrays[column]))
        return (cell for block in self.blocks.get(column, []) for cell in block.split("\n"))

    def take_blocks(self, column: str) -> list[str]:
        """Remove a column and return its blocks: a large table doesn't fit in memory twice."""
        if column in self.arrays:
            return as_blocks(cell_texts(self.arrays.pop(column)))
        return self.blocks.pop(column)


class TableFile(ABC):
    """A table that was opened: its header is read, its rows are read on request.

    Attributes
    ----------
    path : pathlib.Path
    columns : tuple of str
        The header, without spaces around the names; empty if it can't be read.
    problems : list of Problem
        What is wrong with the header and the format. `read` repeats them; if there are any, it reads no rows.
    notes : list of str
        Sentences about what was recognised and skipped.
    other_tables : tuple of str
        Names of further tables in the file, which aren't read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: tuple[str, ...] = ()
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.other_tables: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def problem(self, line: int | None, problem: str, remedy: str) -> Problem:
        """A problem of this file that doesn't belong to one galaxy."""
        return Problem(line, "", self.name, problem, remedy)

    def find_ids(self, id_column: str) -> tuple[tuple[str, ...], str | None, list[str]]:
        """Find the id column; a name in other capitals will do if it is the only one.

        Returns
        -------
        columns : tuple of str
            With the name that was asked for.
        name : str or None
            The name in the file; None if there is no such column.
        notes : list of str
            Those of the file, and one if the names differ.
        """
        same = [column for column in self.columns if column.lower() == id_column.lower()]
        if id_column in self.columns or len(same) != 1:
            return self.columns, id_column if id_column in self.columns else None, list(self.notes)
        columns = tuple(id_column if column == same[0] else column for column in self.columns)
        return columns, same[0], [*self.notes, f"Column {shown(same[0])} was read as {shown(id_column)}."]

    def rows(self, n: int) -> list[list[str]]:
        """The cells of the first `n` complete rows, as they are written; empty if there are problems."""
        if self.problems or n < 1:
            return []
        try:
            return self._rows(n)
        except OSError:
            return []  # `read` reports it

    def read(self, id_column: str = ID_COLUMN) -> Table:
        """Read all rows.

        Parameters
        ----------
        id_column : str
            The column that holds the ids.

        Returns
        -------
        Table
            With its problems; invalid input doesn't raise. If the header or the format has problems, or there is no id
            column, rows aren't read. In tables without lines, such as Parquet, rows are counted from 1.
        """
        try:
            return self._read(id_column)
        except OSError as error:  # for example, the disk was removed since the table was opened
            problem = self.problem(None, f"it can't be read: {error.strerror}", UNREADABLE)
            return Table((), [], [], {}, [problem], list(self.notes), id_column)

    @abstractmethod
    def _rows(self, n: int) -> list[list[str]]:
        """As `rows`, if there are no problems; may raise OSError."""

    @abstractmethod
    def _read(self, id_column: str) -> Table:
        """As `read`; may raise OSError."""

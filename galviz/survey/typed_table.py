"""Tables whose columns have types, such as Parquet -> columns that keep them where that loses nothing, else text."""

import hashlib
import tempfile
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from galviz.errors import listed, shown
from galviz.files.reading import open_regular
from galviz.survey.header import missing_column, name_faults
from galviz.survey.number_parsing import MAX_EXACT_INTEGER
from galviz.survey.table_file import Table, TableFile
from galviz.survey.text_stream import GZIP, TextError, unpack
from galviz.survey.typed_columns import as_blocks, can_stay_typed, cell_texts

MAX_ROWS = 5_000_000  # as in `galviz.survey.text_table`
MAX_CELLS = 500_000_000  # 4 GB; a small file may hold one number many times
MAX_CELL_LENGTH = 2**16  # characters; longer texts aren't cells of a catalogue
MAX_TEXT_BYTES = 2**29  # of the texts of all columns; a small file may hold a long one many times


class UnreadableError(ValueError):
    """A typed table can't be read.

    Attributes
    ----------
    problem, remedy : str
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy


class TypedTable(TableFile):
    """A table whose columns have types.

    Subclasses read a format: `_open` returns the columns' names and types, `_columns` the cells.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            with self._opened() as file:
                names, n_rows = self._describe(file)
        except UnreadableError as error:
            self.problems = [self.problem(None, error.problem, error.remedy)]
            return
        self._names = names  # as in the file
        self.columns = tuple(name.strip() for name in names)
        self.problems = [self.problem(None, *fault) for fault in name_faults(self.columns)]
        if not names:
            self.problems = [self.problem(None, "it has no columns of single values", "write one row per galaxy")]
        elif not n_rows:
            self.problems.append(self.problem(None, "it has columns but no galaxies", "add one row per galaxy"))
        elif n_rows * len(names) > MAX_CELLS:
            problem = f"it has {n_rows:,} rows of {len(names):,} columns, and galviz reads at most {MAX_CELLS:,} cells"
            self.problems.append(self.problem(None, problem, "keep the rows and columns that you need"))
        elif n_rows > MAX_ROWS:
            problem = f"it has {n_rows:,} rows, and galviz reads at most {MAX_ROWS:,}"
            self.problems.append(self.problem(None, problem, "keep the rows that you need"))

    @abstractmethod
    def _describe(self, file: BinaryIO) -> tuple[list[str], int]:
        """The names of the columns that can be read, and the number of rows; may add to `notes`.

        Raises
        ------
        UnreadableError
            If the file is damaged or needs a package that isn't installed.
        """

    @abstractmethod
    def _read_columns(self, file: BinaryIO, n_rows: int | None) -> Iterator[pa.ChunkedArray]:
        """The columns in the order of `_names`, all of their rows or the first; raises as `_describe`."""

    def _rows(self, n: int) -> list[list[str]]:
        try:
            with self._opened() as file:
                columns = [cell_texts(simplify(array)) for array in self._read_columns(file, n)]
        except UnreadableError:
            return []  # `read` reports it
        return [list(row) for row in zip(*columns, strict=True)]

    def _read(self, id_column: str) -> Table:
        columns, name, notes = self.find_ids(id_column)
        problems = list(self.problems)
        if not problems and name is None:
            problems = [self.problem(None, *missing_column(columns, id_column))]
        digest = self._digest()
        if problems:
            return Table(columns, [], [], {}, problems, notes, id_column, digest)
        arrays: dict[str, pa.ChunkedArray] = {}
        blocks: dict[str, list[str]] = {}
        ids: list[str] = []
        n_text_bytes = 0
        try:
            with self._opened() as file:
                for column, array in zip(columns, self._read_columns(file, None), strict=True):
                    if (n_text_bytes := n_text_bytes + text_bytes(array)) > MAX_TEXT_BYTES:
                        problem = f"its texts take more than {MAX_TEXT_BYTES >> 20} MiB up to column {shown(column)}"
                        raise UnreadableError(problem, "keep the rows and columns that you need")
                    array = simplify(array)
                    if column == id_column:
                        array, note = _whole_numbers(array, column)
                        notes += [note] if note else []
                        ids = cell_texts(array)
                        blocks[column] = as_blocks([cell.strip() for cell in ids])
                    elif can_stay_typed(array):
                        arrays[column] = array
                    else:
                        blocks[column] = as_blocks([cell.strip() for cell in cell_texts(array)])
        except UnreadableError as error:
            problems = [self.problem(None, error.problem, error.remedy)]
            return Table((), [], [], {}, problems, notes, id_column, digest)
        lines = list(range(1, len(ids) + 1))
        rows = list(zip(lines, ids, strict=True))
        return Table(columns, rows, lines, blocks, [], notes, id_column, digest, arrays)

    def leave_out(self, names: list[str]) -> None:
        """Add a note about columns that can't be read."""
        if names:
            which = f"Column {shown(names[0])} was" if len(names) == 1 else f"Columns {listed(names)} were"
            self.notes.append(f"{which} left out, because the cells there aren't single numbers or texts.")

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        with open_regular(self.path) as file:
            is_archive = file.read(2) == GZIP
            file.seek(0)
            if not is_archive:
                yield file
                return
            with tempfile.TemporaryFile() as unpacked:
                try:
                    for chunk in unpack(file):
                        unpacked.write(chunk)
                except TextError as error:
                    raise UnreadableError(error.problem, error.remedy) from error
                unpacked.seek(0)
                # astropy opens no file that can be written to.
                with open(unpacked.fileno(), "rb", closefd=False) as readable:
                    yield readable

    def _digest(self) -> bytes:
        with open_regular(self.path) as file:
            return hashlib.file_digest(file, "sha256").digest()


def simplify(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as float64, int64, bool or str, with missing cells.

    Parameters
    ----------
    array : pyarrow.ChunkedArray
        Of any type of single values.

    Returns
    -------
    pyarrow.ChunkedArray
        A float32 becomes the float64 with the same shortest decimal form, as in CSV files: 0.1 rather than
        0.10000000149. Line breaks in texts become spaces.

    Raises
    ------
    UnreadableError
        If a text isn't UTF-8 or is far too long.

    Examples
    --------
    >>> simplify(pa.chunked_array([pa.array([0.1, None], pa.float32())])).to_pylist()
    [0.1, None]
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        _check_lengths(pa.chunked_array([chunk.dictionary for chunk in array.chunks], kind.value_type))
        array = pa.chunked_array([chunk.dictionary_decode() for chunk in array.chunks], kind.value_type)
        kind = array.type
    if pa.types.is_float64(kind) or pa.types.is_int64(kind) or pa.types.is_boolean(kind):
        return array
    if pa.types.is_integer(kind):
        return array.cast(pa.uint64() if pa.types.is_uint64(kind) and _is_large(array) else pa.int64())
    if pa.types.is_floating(kind):
        return array.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    if pa.types.is_decimal(kind):
        return pa.chunked_array([[None if cell is None else str(cell) for cell in array.to_pylist()]], pa.string())
    _check_lengths(array)
    try:
        texts = array.cast(pa.large_string())
    except pa.ArrowException as error:
        raise UnreadableError("a text in it isn't UTF-8", "write the table again with text in UTF-8") from error
    return pc.replace_substring_regex(texts, r"[\r\n]+", " ")


def text_bytes(array: pa.ChunkedArray) -> int:
    """How many bytes the texts of a column take, each as often as it occurs; 0 for numbers.

    Examples
    --------
    >>> text_bytes(pa.chunked_array([pa.array(["abc", "abc", None]).dictionary_encode()]))
    6
    """
    if not pa.types.is_dictionary(array.type):
        return array.nbytes if _is_text(array.type) else 0
    if not _is_text(array.type.value_type):
        return 0
    lengths = (pc.take(pc.binary_length(chunk.dictionary), chunk.indices) for chunk in array.chunks)
    return sum(pc.sum(of_chunk).as_py() or 0 for of_chunk in lengths)


def is_single(kind: pa.DataType) -> bool:
    """Whether a column of this type has a single number, text, date or boolean per row.

    Examples
    --------
    >>> is_single(pa.int64()), is_single(pa.list_(pa.float64()))
    (True, False)
    """
    if pa.types.is_dictionary(kind):
        return is_single(kind.value_type)
    # Not fixed-size binary, such as UUIDs.
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view()
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or kind == pa.binary_view()
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    is_other = pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_null(kind)
    return is_text or is_bytes or is_number or (is_other and not pa.types.is_interval(kind))


def _is_large(array: pa.ChunkedArray) -> bool:
    largest = pc.max(array).as_py()
    return largest is not None and largest >= 2**63


def _check_lengths(array: pa.ChunkedArray) -> None:
    """Refuse texts that are too long for a cell."""
    if not _is_text(array.type):
        return
    longest = pc.max(pc.binary_length(array)).as_py()
    if longest is not None and longest > MAX_CELL_LENGTH:
        problem = f"a cell in it has {longest:,} characters, and galviz reads at most {MAX_CELL_LENGTH:,}"
        raise UnreadableError(problem, "leave out that column")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind)


def _whole_numbers(array: pa.ChunkedArray, name: str) -> tuple[pa.ChunkedArray, str]:
    """Ids that are floats as integers, and a note; raises UnreadableError if floats may have rounded them."""
    if not pa.types.is_float64(array.type):
        return array, ""
    numbers = array.drop_null().to_numpy()
    finite = numbers[np.isfinite(numbers)]
    large = finite[np.abs(finite) > MAX_EXACT_INTEGER]
    if large.size:
        problem = f"column {shown(name)} holds floats, which round long ids, such as {float(large[0])!r}"
        raise UnreadableError(problem, "write the table again with the ids as 64-bit integers or as text")
    if (finite != np.floor(finite)).any():
        return array, ""
    whole = pc.if_else(pc.is_finite(array), array, None).cast(pa.int64())
    return whole, f"The ids in column {shown(name)} are floats: they were read as whole numbers."

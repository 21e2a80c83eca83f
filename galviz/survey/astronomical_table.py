"""FITS and VOTable files, which astropy reads -> their columns."""

import mmap
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from galviz.errors import listed, shown
from galviz.files.fits_headers import header_fault
from galviz.survey.typed_table import MAX_ROWS, TypedTable, UnreadableError

if TYPE_CHECKING:
    from astropy.io.fits import BinTableHDU, TableHDU
    from astropy.table import Column, Table

_MAX_BYTES = 2**32  # of the table in memory
_MUCH = 10  # a table with a tenth of the rows of another is much shorter
# Of an element of a list, by the letter of its type (FITS 4.0, table 18).
_BYTES = {"L": 1, "X": 1 / 8, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16}
# An element STREAM with an attribute href, perhaps after other attributes.
_REFERENCE = re.compile(rb"""STREAM(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+href\s*=""")


class AstronomicalTable(TypedTable):
    """The first large table of a FITS or VOTable file; columns of vectors are left out."""

    FORMAT = ""
    _table: "Table | None" = None

    def _describe(self, file: BinaryIO) -> tuple[list[str], int]:
        # Kept until all cells are read: astropy parses a VOTable as a whole.
        self._table, names = self._load(file)
        if len(names) > 1:
            self.other_tables = tuple(names[1:])
            self.notes.append(f"It holds {len(names)} tables: {shown(names[0])} was read, {listed(names[1:])} not.")
        single = [name for name in self._table.colnames if _is_single(self._table[name])]
        self.leave_out([name for name in self._table.colnames if name not in single])
        return single, len(self._table)

    def _read_columns(self, file: BinaryIO, n_rows: int | None) -> Iterator[pa.ChunkedArray]:
        table = self._load(file)[0] if self._table is None else self._table
        if n_rows is None:
            self._table = None  # it may be large
        for name in self._names:
            yield pa.chunked_array([_to_arrow(table[name][:n_rows])])

    def _load(self, file: BinaryIO) -> "tuple[Table, list[str]]":
        """Read a table with astropy, whose parsers meet damage with errors of many kinds; its name is the first."""
        try:
            import astropy.table  # noqa: F401
        except ModuleNotFoundError as error:
            problem = f"{self.FORMAT} tables need astropy, which isn't installed"
            remedy = (
                'install it (pip install -e ".[fits]"), or save the table as CSV or Parquet (in TOPCAT, for example)'
            )
            raise UnreadableError(problem, remedy) from error
        with _quietly():
            try:
                return self._parse(file)
            except UnreadableError:
                raise
            except Exception as error:
                problem = f"astropy can't read it as {self.FORMAT} ({_first_line(error)})"
                raise UnreadableError(problem, "download it again, or write it again") from error

    def _parse(self, file: BinaryIO) -> "tuple[Table, list[str]]":
        raise NotImplementedError


class FitsTable(AstronomicalTable):
    """The first large table of a FITS file."""

    FORMAT = "FITS"

    def _parse(self, file: BinaryIO) -> "tuple[Table, list[str]]":
        from astropy.io import fits
        from astropy.table import Table

        if fault := header_fault(file):
            raise UnreadableError(fault, "download it again, or write it again")
        with fits.open(file, memmap=False, lazy_load_hdus=True) as hdus:
            places = [place for place, hdu in enumerate(hdus) if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
            places = [place for place in places if not isinstance(hdus[place], fits.CompImageHDU)]
            if not places:
                raise UnreadableError(
                    "it is a FITS file without a table", "give the file with the table, or the folder of FITS images"
                )
            place = places[_first_large([hdus[place].header["NAXIS2"] for place in places])]
            header = hdus[place].header
            if header["NAXIS2"] > MAX_ROWS or header["NAXIS1"] * header["NAXIS2"] > _MAX_BYTES:
                raise UnreadableError(
                    f"its table has {header['NAXIS2']:,} rows of {header['NAXIS1']:,} bytes, more than galviz reads",
                    "keep the rows and columns that you need",
                )
            _refuse_overlap(hdus[place])
            table = Table.read(hdus[place], format="fits", unit_parse_strict="silent", character_as_bytes=False)
            places = [place, *(other for other in places if other != place)]
            return table, [hdus[place].name or f"HDU {place}" for place in places]


def _refuse_overlap(hdu: "BinTableHDU | TableHDU") -> None:
    """Refuse lists of varying length that share bytes: they would take far more memory than the file."""
    columns = [column for column in hdu.columns if column.format.lstrip("0123456789")[:1] in ("P", "Q")]
    if not columns:
        return
    rows = hdu.data.view(np.ndarray)
    n_bytes = sum(
        rows[column.name].reshape(-1, 2)[:, 0].sum(dtype=float) * _BYTES[column.format.lstrip("0123456789")[1:2]]
        for column in columns
    )
    if n_bytes > hdu.header["PCOUNT"]:
        raise UnreadableError("lists in its cells overlap", "download it again, or write it again")


class VOTable(AstronomicalTable):
    """The first large table of a VOTable file."""

    FORMAT = "VOTable"

    def _parse(self, file: BinaryIO) -> "tuple[Table, list[str]]":
        from astropy.io import votable

        _refuse_references(file)
        document = votable.parse(file, verify="ignore", invalid="mask")
        tables = list(document.iter_tables())
        if not tables:
            raise UnreadableError("it is a VOTable without a table", "repeat the query, and read its error message")
        place = _first_large([len(table.array) for table in tables])
        names = [table.name or table.ID or f"table {number}" for number, table in enumerate(tables, start=1)]
        return tables[place].to_table(use_names_over_ids=True), [names.pop(place), *names]


def _refuse_references(file: BinaryIO) -> None:
    """Refuse a VOTable whose cells are elsewhere, because astropy would fetch them, and one that defines entities."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
        if not start.startswith(b"<") or content.find(b"\0") >= 0 or content.find(b"<!ENTITY") >= 0:
            problem = "it isn't a VOTable as programs write it"
            raise UnreadableError(problem, "save the table as CSV, with TOPCAT for example")
        if _REFERENCE.search(content):
            problem = "it is a VOTable whose cells are in another file or on the internet"
            raise UnreadableError(problem, "save the table with its cells, with TOPCAT for example")


def _first_large(lengths: Sequence[int]) -> int:
    """The first of several tables that isn't much shorter than the longest: short ones list settings or files."""
    return next(place for place, length in enumerate(lengths) if length * _MUCH >= max(lengths))


def _is_single(column: "Column") -> bool:
    """Whether a column has one number, text or boolean per row."""
    if column.shape[1:] not in ((), (1,)) or not hasattr(column, "dtype"):
        return False
    if column.dtype.kind == "O":  # texts of a VOTable; in FITS, lists of varying length
        return all(isinstance(cell, str | bytes | np.ma.core.MaskedConstant) or cell is None for cell in column)
    return column.dtype.kind in "biufSU"


def _to_arrow(column: "Column") -> pa.Array:
    column = column.reshape(-1)
    mask = np.ma.getmaskarray(column) if np.ma.isMaskedArray(column) else None
    values = np.asarray(column)
    if values.dtype.kind in "SUO":
        cells = values.tolist()
        masked = [False] * len(cells) if mask is None else mask.tolist()
        return pa.array([None if gone else _text(cell) for cell, gone in zip(cells, masked, strict=True)], pa.string())
    return pa.array(values.astype(values.dtype.newbyteorder("=")), mask=mask)


def _text(cell: object) -> str | None:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return cell if isinstance(cell, str) else None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


@contextmanager
def _quietly() -> Iterator[None]:
    """Without astropy's warnings about units and keywords that galviz doesn't use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

"""A table's file, in any form that galviz reads -> its columns, notes and cells."""

import codecs
from pathlib import Path

from galviz.files.reading import NotRegularError
from galviz.files.signatures import LFS_POINTER, LFS_REMEDY, file_kind
from galviz.survey.astronomical_table import FitsTable, VOTable
from galviz.survey.described_table import DescribedTable, find_description
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.other_lines import describe_cut_line
from galviz.survey.parquet_table import ParquetTable
from galviz.survey.problems import Problem
from galviz.survey.table_file import UNREADABLE, Table, TableFile
from galviz.survey.text_stream import TextError, read_head
from galviz.survey.text_table import TextTable

__all__ = ["CATALOGUE_NAME", "ID_COLUMN", "Table", "TableFile", "describe_cut", "open_table"]

_XML_BYTES = 4096  # before the root of a VOTable
_SAVE_AS = "save the table as 'CSV UTF-8'"
# How to get a table from other kinds of files.
_REMEDIES = {
    **dict.fromkeys(
        ("an Excel workbook or another zip archive", "an old Excel workbook"), f"{_SAVE_AS}, with the ids as text"
    ),
    "an HDF5 file": "write its table as Parquet: pandas.read_hdf(…).to_parquet('master.parquet')",
    "an Arrow (Feather) file": "write it as Parquet: pandas.read_feather(…).to_parquet('master.parquet')",
    "a Python pickle": "write the table as CSV or Parquet: a pickle can run any program, so it isn't read",
    "a NumPy array": "write the table as CSV or Parquet",
    "a JSON document": (
        "write it as CSV: pandas.read_json(…, dtype=False).to_csv('master.csv', index=False), with lines=True if each "
        "line is a galaxy"
    ),
    "an SQLite database": "write its table as CSV or Parquet",
    **dict.fromkeys(("a bzip2 archive", "an xz archive", "a Zstandard archive"), "unpack it"),
    LFS_POINTER: LFS_REMEDY,
}


class _Unreadable(TableFile):
    """A file that isn't a table; `problems` says why."""

    def __init__(self, path: Path, problem: Problem) -> None:
        super().__init__(path)
        self.problems = [problem]

    def _rows(self, n: int) -> list[list[str]]:
        return []

    def _read(self, id_column: str) -> Table:
        return Table((), [], [], {}, list(self.problems), [], id_column)


def open_table(path: Path) -> TableFile:
    r"""Open a table and read its header.

    Parameters
    ----------
    path : pathlib.Path
        The form is recognised by the content: text (see `galviz.survey.text_table.TextTable`), text with a
        description of its columns (`galviz.survey.described_table`), Parquet, FITS or VOTable; each may be in a gzip
        archive.

    Returns
    -------
    TableFile
        With its problems; a file that can't be read or isn't a table doesn't raise.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "master.csv")
    ...     _ = path.write_text("objID,name\na,\"x, y\"\n")
    ...     table_file = open_table(path)
    ...     table = table_file.read("objID")
    >>> table_file.columns, table.ids, list(table.cells("name"))
    (('objID', 'name'), [(2, 'a')], ['x, y'])
    """
    path = Path(path)
    try:
        head = read_head(path)
        kind = file_kind(head)
        if kind == "a Parquet table":
            return ParquetTable(path)
        if kind == "a FITS file":
            return FitsTable(path)
        is_xml = kind in (None, "an XML document") and head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")
        if is_xml and b"VOTABLE" in head[:_XML_BYTES]:
            return VOTable(path)
        if kind is None and (form := find_description(path, head)):
            return DescribedTable(path, form)
        if kind in (None, "UTF-16 text"):
            return TextTable(path)
        if kind == "an HTML page":
            fault = "it is an HTML page", "the download failed: download the table again"
        else:
            fault = f"it is {kind}, not a table that galviz reads", _REMEDIES.get(kind, _SAVE_AS)
    except TextError as error:
        fault = error.problem, error.remedy
    except FileNotFoundError:
        fault = "there is no such file", "check the path"
    except NotRegularError as error:
        fault = str(error.strerror), "put the table itself there"
    except OSError as error:
        fault = f"it can't be read: {error.strerror}", UNREADABLE
    return _Unreadable(path, Problem(None, "", path.name, *fault))


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
    return describe_cut_line(last, name)

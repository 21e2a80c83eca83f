"""A table's file, in any form that galviz reads -> its columns, notes and cells."""

from pathlib import Path

from galviz.files.reading import NotRegularError
from galviz.files.signatures import file_kind
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.problems import Problem
from galviz.survey.table_file import Table, TableFile
from galviz.survey.text_stream import TextError, read_head
from galviz.survey.text_table import TextTable, describe_cut_line

__all__ = ["CATALOGUE_NAME", "ID_COLUMN", "Table", "TableFile", "describe_cut", "open_table"]

# How to get a CSV table from other kinds of files.
_REMEDIES = {
    "a Parquet table": "write it as CSV: pandas.read_parquet(…).to_csv('master.csv', index=False)",
    "a FITS file": "write the table as CSV: astropy.table.Table.read(…).write('master.csv')",
    "an Excel workbook or another zip archive": "save the table as 'CSV UTF-8', with the ids as text",
    "an old Excel workbook": "save the table as 'CSV UTF-8', with the ids as text",
}


class _Unreadable(TableFile):
    """A file that isn't a table; `problems` says why."""

    def __init__(self, path: Path, problem: Problem) -> None:
        super().__init__(path)
        self.problems = [problem]

    def rows(self, n: int) -> list[list[str]]:
        return []

    def read(self, id_column: str = ID_COLUMN) -> Table:
        return Table((), [], [], {}, list(self.problems), [], id_column)


def open_table(path: Path) -> TableFile:
    r"""Open a table and read its header.

    Parameters
    ----------
    path : pathlib.Path
        The form is recognised by the content: CSV in UTF-8.

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
        fault = _kind_fault(read_head(path))
        if fault is None:
            return TextTable(path)
    except TextError as error:
        fault = error.problem, error.remedy
    except FileNotFoundError:
        fault = "there is no such file", "check the path"
    except NotRegularError as error:
        fault = str(error.strerror), "put the table itself there"
    except OSError as error:
        fault = f"it can't be read: {error.strerror}", "check the file, its permissions and the disk"
    return _Unreadable(path, Problem(None, "", path.name, *fault))


def _kind_fault(head: bytes) -> tuple[str, str] | None:
    """Problem and remedy for a file whose first bytes show that it isn't text."""
    kind = file_kind(head)
    if kind == "UTF-16 text":
        return None
    if kind == "an HTML page":
        return "it is an HTML page", "the download failed: download the table again"
    if kind is not None:
        return f"it is {kind}, not a CSV table", _REMEDIES.get(kind, "save the table as 'CSV UTF-8'")
    return None


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

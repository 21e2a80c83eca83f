"""Text tables that describe their columns, which astropy reads: those of IPAC, CDS and AAS, and SExtractor."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from galviz.files.reading import open_regular
from galviz.survey.astronomical_table import AstronomicalTable
from galviz.survey.typed_table import UnreadableError

if TYPE_CHECKING:
    from astropy.io.ascii.core import BaseReader
    from astropy.table import Table

MAX_BYTES = 2**26  # astropy needs ten times as much memory
_NOTES = {
    "IPAC": "It is an IPAC table.",
    "CDS": "Its columns are those of its byte-by-byte description.",
    "SExtractor": "It is a catalogue of SExtractor.",
}
# Lines of keywords, then names and types between vertical bars.
_IPAC_TYPES = rb"(\s*-?(i|int|integer|l|long|f|float|d|double|r|real|c|char|date)\s*\|)+\s*\n"
_IPAC = re.compile(rb"(\\[^\n]*\n)*\|[^\n]+\|\s*\n\|" + _IPAC_TYPES)
# A comment for each column, with its number and name, then numbers.
_SEXTRACTOR_COLUMN = rb"[ \t]+[A-Za-z]\w*[ \t\r\n][^\n]*\n"
_SEXTRACTOR = re.compile(rb"#\s+1" + _SEXTRACTOR_COLUMN + rb"(#\s+\d+" + _SEXTRACTOR_COLUMN + rb")*\s*[\d.+-]")
_DESCRIPTION = re.compile(r"^Byte-by-byte Description of file\S*\s+(.+)$", re.MULTILINE | re.IGNORECASE)
_README_NAMES = ("ReadMe", "README", "ReadMe.txt")
_MAX_README_BYTES = 2**22


class DescribedTable(AstronomicalTable):
    """A text table with a description of its columns.

    Parameters
    ----------
    path : pathlib.Path
    form : str
        As `find_description` returns it.
    """

    def __init__(self, path: Path, form: str) -> None:
        self.FORMAT = form
        super().__init__(path)
        self.notes.append(_NOTES[form])

    def _parse(self, file: BinaryIO) -> "tuple[Table, list[str]]":
        content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            problem = f"it is a {self.FORMAT} table of more than {MAX_BYTES >> 20} MB"
            raise UnreadableError(problem, "save it as CSV or Parquet (in TOPCAT, for example)")
        lines = content.decode("utf-8", errors="replace").splitlines()
        return self._reader().read(lines), [self.name]

    def _reader(self) -> "BaseReader":
        from astropy.io import ascii as astropy_ascii

        if self.FORMAT == "IPAC":
            return astropy_ascii.Ipac()
        if self.FORMAT == "SExtractor":
            return astropy_ascii.SExtractor()
        readme = _find_readme(self.path)
        reader = astropy_ascii.Cds(readme=None if readme is None else readme.splitlines())
        reader.data.table_name = self.path.name
        reader.data.start_line = 0  # by default astropy leaves out rows until it can read the rest
        reader.data.fill_values.append(("", "0"))  # empty cells are missing, even if the description doesn't say so
        return reader


def find_description(path: Path, head: bytes) -> str | None:
    r"""Recognise a text table that describes its columns.

    Parameters
    ----------
    path : pathlib.Path
        Tables of the CDS are described by a file ``ReadMe`` beside them.
    head : bytes
        Its beginning.

    Returns
    -------
    str or None
        ``"IPAC"``, ``"CDS"`` (also for tables of the AAS), ``"SExtractor"``, or None.

    Examples
    --------
    >>> find_description(Path("t.tbl"), b"|objid|ra    |\n|long |double|\n  12    0.5\n")
    'IPAC'
    """
    if _IPAC.match(head):
        return "IPAC"
    if _SEXTRACTOR.match(head):
        return "SExtractor"
    if _DESCRIPTION.search(head.decode("ascii", errors="replace")) or _find_readme(path) is not None:
        return "CDS"
    return None


def _find_readme(path: Path) -> str | None:
    """The text of the ReadMe beside a table, if it describes the table."""
    for readme in map(path.with_name, _README_NAMES):
        if path.suffix.lower() == ".csv" or not readme.is_file():
            continue
        with open_regular(readme) as file:
            text = file.read(_MAX_README_BYTES).decode("utf-8", errors="replace")
        names = [name for match in _DESCRIPTION.finditer(text) for name in re.split(r"[, ]+", match[1].strip())]
        if path.name.removesuffix(".gz") in names:
            return text
    return None

"""SkyServer's reply to the query: a table in CSV, or one of its many ways to say that something is wrong."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from galviz.sdss.session import ReplyError
from galviz.sdss.sql import COLUMNS

_ID = re.compile(r"[0-9]{1,20}")
_NEEDED = ("objID", "ra", "dec")
_NO_ROWS = "no objects have been found"
# Messages of the database that name what is wrong with a query.
_SQL_ERROR = re.compile(
    r"incorrect syntax|invalid (column|object) name|could not be bound|must be a select|is not a recognized|unclosed "
    r"quotation|conversion failed|error converting|divide by zero|arithmetic overflow|ambiguous column|timeout expired|"
    r"multi-part identifier",
    re.IGNORECASE,
)
_EMPTY_ERROR = re.compile(r"(an error occ?urr?ed)?", re.IGNORECASE)  # the database is down


@dataclass(frozen=True)
class Catalogue:
    r"""The rows of a query, as text.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of tuple of str
        One row per galaxy, in the order of the query. The first column is objID, and each objID occurs once.
    n_duplicates : int
        Number of rows that were left out, because their objID occurred before.

    Examples
    --------
    >>> catalogue = Catalogue(("objID", "ra"), (("1237648704043942146", "146.7"),))
    >>> catalogue.to_csv()
    'objID,ra\n1237648704043942146,146.7\n'
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_duplicates: int = 0

    def to_csv(self) -> str:
        r"""The catalogue as CSV with a header, and ``\n`` at the end of each line."""
        return format_csv(self.columns, self.rows)


def format_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Write rows of text as CSV.

    Examples
    --------
    >>> format_csv(("objID", "reason"), [("1", "HTTP 404, no imaging")])
    'objID,reason\n1,"HTTP 404, no imaging"\n'
    """
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([columns, *rows])
    return stream.getvalue()


def parse_reply(text: str, n: int, *, is_complete: bool = False) -> Catalogue:
    """Parse SkyServer's reply to the query: CSV, whose first line may be ``#Table1``.

    Parameters
    ----------
    text : str
    n : int
        Number of galaxies that were asked for; further rows are left out.
    is_complete : bool
        Whether the length of the reply was checked. If not, its last line must end with a line break.

    Raises
    ------
    ReplyError
        If it is an error message, another table, or truncated.

    Examples
    --------
    >>> parse_reply("<html><h2>An error occurred</h2>Invalid column name 'oh'.</html>", 1)
    Traceback (most recent call last):
    galviz.sdss.session.ReplyError: Invalid column name 'oh'
    """
    if message := server_message(text):
        raise ReplyError(message, retry="queries allowed per minute" in message, permanent=True)
    if _NO_ROWS in text[:200].lower():
        return Catalogue(tuple(COLUMNS), ())
    if text.lstrip()[:1] in ("<", "{"):
        raise ReplyError("the reply is no table but " + ("an HTML page" if "<" in text[:9] else "JSON"))
    lines = [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    if lines and lines[0][0].startswith("#"):
        del lines[0]
    if not lines:
        raise ReplyError("the reply is empty")
    columns = _column_names(lines[0])
    order = sorted(range(len(columns)), key=lambda place: columns[place] != "objID")  # first, otherwise as it is
    if not (is_complete or text.endswith("\n")):
        raise ReplyError("the reply is truncated")
    rows: dict[str, tuple[str, ...]] = {}
    for line in lines[1 : n + 1]:
        row = tuple(cell.strip() for cell in line)
        if len(row) != len(columns) or not _is_valid(dict(zip(columns, row, strict=True))):
            raise ReplyError(f"the reply has an invalid row that begins with {','.join(row)[:60]!r}")
        row = tuple(row[place] for place in order)
        rows.setdefault(row[0], row)
    columns = tuple(columns[place] for place in order)
    return Catalogue(columns, tuple(rows.values()), len(lines[1 : n + 1]) - len(rows))


def _column_names(header: Sequence[str]) -> tuple[str, ...]:
    """The columns of a reply, spelt as in the query: the database may return another case."""
    spelling = {name.lower(): name for name in COLUMNS}
    columns = tuple(spelling.get(name.strip().lower(), name.strip()) for name in header)
    if not set(_NEEDED) <= set(columns) or len(set(columns)) < len(columns):
        raise ReplyError("the reply has other columns than the query")
    return columns


def _is_valid(cells: Mapping[str, str]) -> bool:
    """Whether the ids are whole numbers and the position is on the sky: file names and requests are made of them."""
    try:
        ra, dec = float(cells["ra"]), float(cells["dec"])
    except ValueError:
        return False
    on_sky = math.isfinite(ra) and 0 <= ra <= 360 and -90 <= dec <= 90
    return on_sky and all(_ID.fullmatch(cells[name]) for name in ("objID", "specObjID") if name in cells)


def server_message(text: str) -> str:
    """What SkyServer says is wrong with the query, on one line; empty if the reply isn't such a message.

    Examples
    --------
    >>> server_message('{"ErrorCode": 500, "ErrorMessage": "Invalid object name"}')
    'Invalid object name'
    """
    start = text.lstrip()
    message = ""
    if start.startswith("{"):
        with suppress(ValueError):
            content = json.loads(start)
            message = str(content.get("ErrorMessage") or content.get("Error Message") or "")
    elif start.startswith("<"):
        body = re.sub(r"(?is)<(script|style|title)\b.*?</\1\s*>", " ", start)
        message = html.unescape(re.sub(r"<[^>]*>", " ", body))
        if (known := _SQL_ERROR.search(message)) is not None:
            message = message[known.start() :]  # without the page's navigation
        elif "skyserver error" not in start[:2000].lower():
            message = ""  # of a proxy, or a page for people
    else:
        lines = [line for line in start.splitlines() if not line.startswith("#")]
        first = lines[0].strip().strip('"').lower() if lines else ""
        if first == "error_message":
            message = " ".join(lines[1:]).strip().strip('"')
        elif "objid" not in first and (re.match(r"\W*(sql )?error\b", first) or _SQL_ERROR.search(start[:2000])):
            message = start
    message = " ".join(message.split()).rstrip(". ")
    if _EMPTY_ERROR.fullmatch(message):
        return ""
    return message if len(message) <= 300 else message[:300] + "…"

"""The catalogue: the query is sent through astroquery, and its reply checked and kept as text.

astroquery's own table is not used: it converts ids to numbers, and takes an error page for a table. Here the cells stay
as the server wrote them, so that ids keep all digits and -9999 stays -9999.
"""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galviz.sdss.limits import Limits
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import ReplyError, is_unknown_host, new_session
from galviz.sdss.sql import COLUMNS, build_query

if TYPE_CHECKING:
    import requests

_ID = re.compile(r"[0-9]{1,20}")
_NEEDED = ("objID", "ra", "dec")
_ROW_BYTES = 2000  # more than a row has
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


def run_query(request: SdssRequest, limits: Limits, wait: Callable[[float], object]) -> Catalogue:
    """Send the query to SkyServer, through astroquery.

    Parameters
    ----------
    request : SdssRequest
    limits : Limits
    wait : callable
        Called as wait(seconds) before another attempt.

    Returns
    -------
    Catalogue

    Raises
    ------
    ModuleNotFoundError
        If astroquery isn't installed.
    ValueError
        If the server can't be reached, refuses the query, or its reply isn't the table that the query asks for.

    Examples
    --------
    >>> run_query(SdssRequest(n=1, server="http://127.0.0.1:1"), Limits(attempts=1), wait=print)
    Traceback (most recent call last):
    ValueError: The query to http://127.0.0.1:1 failed: the connection was refused. Run the same command again later.
    """
    attempt = 1
    while True:
        try:
            return _query_once(request, limits)
        except ReplyError as error:
            if is_unknown_host(error):
                raise ValueError(
                    f"{request.server} can't be reached: its name can't be resolved. Check the connection to the "
                    "internet, and the server's name, then run the same command again."
                ) from error
            if not error.retry or attempt >= limits.attempts or error.retry_after_s > limits.max_retry_after_s:
                raise ValueError(_explain(error, request)) from error
            wait(max(limits.backoff(attempt), error.retry_after_s))
            attempt += 1


def _explain(error: ReplyError, request: SdssRequest) -> str:
    if error.retry_after_s:
        remedy = f"Run the same command again after {error.retry_after_s:.0f} s."
    elif error.permanent:  # the server's own words about the query
        return f"{request.server} refuses the query: {error}." + " Check --where." * (request.where is not None)
    else:
        remedy = "Run the same command again later." if error.retry else "Check the server's address."
    return f"The query to {request.server} failed: {error}. {remedy}"


def _query_once(request: SdssRequest, limits: Limits) -> Catalogue:
    from astroquery.sdss import SDSSClass, conf

    max_bytes = 2**20 + request.n * _ROW_BYTES
    with new_session(limits, total_s=limits.query_s, max_bytes=max_bytes) as session:
        sdss = SDSSClass()
        sdss._session = session
        with conf.set_temp("skyserver_baseurl", request.server):
            response = sdss.query_sql_async(build_query(request), data_release=request.release, cache=False)
    text = response.content.decode("utf-8-sig", "replace")
    check_status(response, _server_message(text))
    has_length = any(name in response.headers for name in ("Content-Length", "Transfer-Encoding"))
    return parse_reply(text, request.n, is_complete=has_length)


def check_status(response: requests.Response, message: str = "") -> None:
    """Raise `ReplyError` unless the status of a reply is 200.

    Parameters
    ----------
    response : requests.Response
    message : str
        What the server says about the query; then another attempt would get the same reply.

    Examples
    --------
    >>> import requests
    >>> response = requests.Response()
    >>> response.status_code = 503
    >>> check_status(response)
    Traceback (most recent call last):
    galviz.sdss.session.ReplyError: HTTP 503 Service Unavailable
    """
    from http import HTTPStatus

    status = response.status_code
    if status == 200:
        return
    if message and status not in (429, 503):
        raise ReplyError(message, retry=False, permanent=True)
    phrase = ""
    with suppress(ValueError):
        phrase = f" {HTTPStatus(status).phrase}"
    busy = status in (408, 425, 429) or status >= 500
    raise ReplyError(f"HTTP {status}{phrase}", retry=busy, retry_after_s=_retry_after(response) if busy else 0.0)


def _retry_after(response: requests.Response) -> float:
    """Seconds of the Retry-After header, which is a number or a date; 0 without one."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    with suppress(InvalidHeader, OverflowError):
        return float(Retry().parse_retry_after(response.headers.get("Retry-After", "0")))
    return 0.0


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
    if message := _server_message(text):
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


def _server_message(text: str) -> str:
    """What SkyServer says is wrong with the query, on one line; empty if the reply isn't such a message."""
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

"""The query is sent to SkyServer through astroquery; the cells of its reply are kept as text.

astroquery's own table is not used: it converts ids to numbers, and takes an error page for a table. Here the cells stay
as the server wrote them, so that ids keep all digits and -9999 stays -9999.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from galviz.sdss.limits import Limits
from galviz.sdss.reply import Catalogue, parse_reply, server_message
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import ReplyError, is_unknown_host, new_session, within
from galviz.sdss.sql import build_query

if TYPE_CHECKING:
    import requests

_ROW_BYTES = 2000  # more than a row has


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
    import astroquery.sdss  # noqa: F401 (that it is missing is told first)

    _resolve_host(request, limits)
    attempt = 1
    while True:
        try:
            return _query_once(request, limits)
        except ReplyError as error:
            if is_unknown_host(error):
                raise _offline(request) from error
            if not error.retry or attempt >= limits.attempts or error.retry_after_s > limits.max_retry_after_s:
                raise ValueError(_explain(error, request)) from error
            wait(max(limits.backoff(attempt), error.retry_after_s))
            attempt += 1


def _resolve_host(request: SdssRequest, limits: Limits) -> None:
    """Resolve the server's name: offline, some systems take minutes to say that they can't. A proxy does it itself."""
    from requests.utils import get_environ_proxies, select_proxy

    parts = urlsplit(request.server)
    if select_proxy(request.server, get_environ_proxies(request.server)):
        return
    try:
        within(3 * limits.connect_s, lambda: socket.getaddrinfo(parts.hostname, parts.port or parts.scheme))
    except (OSError, UnicodeError, ReplyError) as error:
        raise _offline(request) from error


def _offline(request: SdssRequest) -> ValueError:
    return ValueError(
        f"{request.server} can't be reached: its name can't be resolved. Check the connection to the internet, and the "
        "server's name, then run the same command again."
    )


def _explain(error: ReplyError, request: SdssRequest) -> str:
    if error.retry_after_s:
        remedy = f"Run the same command again after {error.retry_after_s:.0f} s."
    elif error.permanent:  # the server's own words about the query
        if "timeout" in str(error).lower():
            return f"{request.server} ended the query: {error}. Ask for a part of the sky (--sky), or add a condition."
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
    check_status(response, server_message(text))
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

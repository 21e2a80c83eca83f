"""A requests session with limits: total time and size of a reply, and where redirects may lead.

astroquery and the images use the same session. requests itself limits only the time to connect and between two bytes.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from galviz import __version__
from galviz.sdss.limits import Limits

if TYPE_CHECKING:
    import requests

_MAX_REDIRECTS = 5
_CHUNK_BYTES = 1 << 14
_Result = TypeVar("_Result")


class ReplyError(Exception):
    """A reply can't be used; the message says why, a clause without a full stop.

    Parameters
    ----------
    reason : str
    retry : bool
        Whether another attempt may succeed.
    permanent : bool
        Whether the reply is final: the server doesn't have what was requested.
    retry_after_s : float
        How long the server asks to wait.

    Examples
    --------
    >>> str(ReplyError("the reply is empty"))
    'the reply is empty'
    """

    def __init__(self, reason: str, *, retry: bool = True, permanent: bool = False, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry = retry
        self.permanent = permanent
        self.retry_after_s = retry_after_s


def new_session(limits: Limits, *, total_s: float, max_bytes: int) -> requests.Session:
    """Create a session whose replies are complete, or raise an error.

    Parameters
    ----------
    limits : Limits
    total_s : float
        Time for a complete reply, redirects included.
    max_bytes : int
        Largest reply, after decompression.

    Returns
    -------
    requests.Session
        Its `request` raises `ReplyError` if the limits are exceeded, or a redirect leads to another host without
        https. The ``timeout`` and ``stream`` of a caller are ignored.

    Examples
    --------
    >>> new_session(Limits(), total_s=60, max_bytes=10_000).headers["User-Agent"].startswith("galviz/")
    True
    """
    import requests
    import urllib3

    class LimitedSession(requests.Session):
        def request(self, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401
            options |= {"timeout": (limits.connect_s, min(limits.read_s, total_s)), "stream": True}
            options["allow_redirects"] = False
            deadline = time.monotonic() + total_s
            try:
                return within(total_s, lambda: self._follow(method, url, options, deadline))
            except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
                raise ReplyError(describe(error)) from error

        def _follow(self, method: str, url: str, options: dict[str, Any], deadline: float) -> requests.Response:
            for _ in range(_MAX_REDIRECTS + 1):
                with closing(super().request(method, url, **options)) as response:
                    target = self.get_redirect_target(response)
                    if target is None:
                        _read(response, max_bytes, deadline, total_s)
                        return response
                target = urljoin(url, target)
                check_redirect(url, target)
                url = target
                options.pop("params", None)  # they are part of the target
            raise ReplyError(f"it redirects more than {_MAX_REDIRECTS} times", retry=False)

    session = LimitedSession()
    session.headers["User-Agent"] = f"galviz/{__version__} (fetch-sdss) {requests.utils.default_user_agent()}"
    return session


def _read(response: requests.Response, max_bytes: int, deadline: float, total_s: float) -> None:
    """Read the body of a reply. The limit holds for decompressed bytes, because a small reply can expand."""
    content = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > max_bytes:
            raise ReplyError(f"the reply has more than {max_bytes:,} bytes", retry=False)
        if time.monotonic() > deadline:
            raise _timed_out(total_s)
    response._content = bytes(content)


def within(seconds: float, function: Callable[[], _Result]) -> _Result:
    """Run a function, but no longer than some seconds.

    It runs in a thread of its own. If it takes longer, the thread is abandoned: nothing can interrupt a look-up of a
    host name, or a reply of which one byte arrives each second.

    Raises
    ------
    ReplyError
        If it takes longer.

    Examples
    --------
    >>> within(10, lambda: "done")
    'done'
    """
    outcome: SimpleQueue[tuple[_Result | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((function(), None))
        except BaseException as error:  # it is raised in the caller's thread
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except Empty:
        raise _timed_out(seconds) from None
    if error is not None:
        raise error
    return result


def _timed_out(seconds: float) -> ReplyError:
    return ReplyError(f"there was no complete reply within {seconds:g} s")


def check_redirect(url: str, target: str) -> None:
    """Raise `ReplyError` unless a redirect stays on its host or leads to https.

    Examples
    --------
    >>> check_redirect("http://a.org/x", "https://b.org/x")
    >>> check_redirect("http://a.org/x", "http://b.org/x")
    Traceback (most recent call last):
    galviz.sdss.session.ReplyError: it redirects to another host, b.org, without https
    """
    try:
        parts, origin = urlsplit(target), urlsplit(url)
        allowed = parts.scheme == "https" or (parts.scheme == origin.scheme and parts.netloc == origin.netloc)
        host = parts.hostname or target[:80]
    except ValueError:
        allowed, host = False, target[:80]
    if not allowed:
        raise ReplyError(f"it redirects to another host, {host}, without https", retry=False)


def describe(error: Exception) -> str:
    """Why a request failed, a clause: requests' own messages are long and contain object addresses.

    Examples
    --------
    >>> import requests
    >>> describe(requests.exceptions.ConnectionError("Connection refused by host"))
    'the connection was refused'
    """
    import requests

    text = repr(error)
    with contextlib.suppress(AttributeError):
        text += repr(error.args[0].reason)
    if is_unknown_host(error):
        return "the host name can't be resolved"
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "the server didn't answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "the reply can't be decompressed"
    if "refused" in text:
        return "the connection was refused"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "the connection broke before the reply was complete"
    return f"the request failed ({type(error).__name__})"


def is_unknown_host(error: BaseException | None) -> bool:
    """Whether the name of the server can't be resolved, for example because the computer is offline.

    Examples
    --------
    >>> is_unknown_host(OSError("disk full"))
    False
    """
    names = ("NameResolutionError", "gaierror", "getaddrinfo", "Name or service not known", "Failed to resolve")
    while error is not None:
        if any(name in repr(error) for name in names):
            return True
        error = error.__cause__ or error.__context__
    return False

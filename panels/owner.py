"""Decide whether a visitor is the owner, the person who started the app on this machine.

Behind a reverse proxy on the same machine a stranger's request looks like the owner's: it comes from 127.0.0.1, and the
proxy may rewrite the Host header and add no header of its own. So the owner needs a token, as in Jupyter: the terminal
prints a URL with the token, and the browser keeps it as a cookie. A visitor is the owner only if all of this holds:

- the server listens on loopback addresses only;
- the request was sent to a loopback name, by a page of the same origin, and has no header of a proxy;
- the session has the token.
"""

import functools
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from galviz.features.cache import cache_folder
from galviz.files.reading import read_regular

COOKIE, PARAMETER, TOKEN_NAME = "galviz-home", "token", "home-token"
_SESSION, _WRONG = "home_token", "home_token_wrong"
_VALID_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes, as secrets.token_urlsafe writes them
_PROXY_HEADERS = {
    *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-for", "x-original-host"),
    *("true-client-ip", "cf-connecting-ip", "fastly-client-ip", "fly-client-ip"),
}
_IN_MEMORY = secrets.token_urlsafe(32)  # used if no file can store one
_COOKIE_SCRIPT = """
export default function({ data, setStateValue }) {
    document.cookie = `${data.cookie}=${data.token}; path=/; max-age=31536000; samesite=strict`;
    let kept = "{}";
    try { kept = localStorage.getItem(data.progress) ?? "{}"; } catch {}
    if (kept !== "{}") { setStateValue("kept", kept); }  // which runs the page again
}
"""


def is_owner() -> bool:
    """Return whether the session belongs to the person who started the app, and may run code and use their files."""
    tokens = _take_tokens_from_url()  # for every visitor, because a token in the URL would be passed on with links
    return could_be_owner() and _has_token(tokens)


def has_wrong_token() -> bool:
    """Return whether the session has only a token of another server."""
    return bool(st.session_state.get(_WRONG))


def could_be_owner() -> bool:
    """Return whether the visitor would be the owner with the token, and so should be told about it."""
    addresses = listening_addresses()
    is_local = bool(addresses) and all(_is_loopback(ip) for ip, _ in addresses)
    if addresses:
        print_in_terminal(url_with_token(addresses) if is_local else None)
    return is_local and _is_direct(st.context.headers, st.context.ip_address)


def store_token(progress_name: str) -> str | None:
    """Store the token as a cookie in the owner's browser, and read the progress that the browser has stored.

    Parameters
    ----------
    progress_name : str
        Name of the progress in the browser's storage, from visits without the token.

    Returns
    -------
    str or None
        That progress as JSON, the first time; None before the browser's reply, if it has stored none, and later.
    """
    if st.context.cookies.get(COOKIE) == owner_token() or st.session_state.get("home_carried"):
        return None
    component = st.components.v2.component("galviz_home", js=_COOKIE_SCRIPT)
    with st.container(height=1, border=False, key="home_cookie"):
        reply = component(
            key="home_in_browser",
            data={"cookie": COOKIE, "token": owner_token(), "progress": progress_name},
            default={"kept": None},
            on_kept_change=lambda: None,
        )
    if reply.kept is not None:
        st.session_state["home_carried"] = True
    return reply.kept


def owner_token() -> str:
    """Read the token from a file that only the user may read, or create a new one.

    The file keeps it for the next start of the app, so a browser needs the URL from the terminal only once.
    """
    path = cache_folder() / TOKEN_NAME
    with suppress(OSError, ValueError):
        token = read_regular(path, max_bytes=1000).decode("ascii")
        if _VALID_TOKEN.fullmatch(token) and _is_private(path):
            return token
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=TOKEN_NAME)  # readable by the user only
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token := secrets.token_urlsafe(32))
        Path(name).replace(path)
    except OSError:
        return _IN_MEMORY
    return token


def _is_private(path: Path) -> bool:
    if os.name == "nt":
        return True  # the cache is in the user's own folder, and Windows has no file modes
    status = path.lstat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _take_tokens_from_url() -> list[str]:
    """Remove the tokens from the URL, which may have several, and return them."""
    tokens = st.query_params.get_all(PARAMETER)
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    return tokens


def _has_token(tokens: list[str]) -> bool:
    """Whether the session has the owner's token, in its URL now or before, or in its browser's cookie."""
    token = owner_token()
    for candidate in (st.session_state.get(_SESSION), *tokens, st.context.cookies.get(COOKIE)):
        if isinstance(candidate, str) and secrets.compare_digest(candidate.encode(), token.encode()):
            st.session_state[_SESSION] = token
            st.session_state[_WRONG] = False
            return True
    if tokens:
        st.session_state[_WRONG] = True
    return False


@functools.cache
def listening_addresses() -> tuple[tuple[str, int], ...]:
    """Return the addresses and ports on which this process accepts connections.

    They are read from the system, because the configuration may have changed since the start. Empty if that isn't
    possible, as in the light app, which has no psutil.

    Examples
    --------
    >>> all(port > 0 for _, port in listening_addresses())
    True
    """
    try:
        import psutil
    except ModuleNotFoundError:
        return ()
    try:
        connections = psutil.Process().net_connections("tcp")
    except (psutil.Error, OSError):
        return ()
    return tuple((item.laddr.ip, item.laddr.port) for item in connections if item.status == psutil.CONN_LISTEN)


def _is_direct(headers: Mapping[str, str], visitor: str | None) -> bool:
    """Whether a request comes from a browser on this machine, not through a proxy."""
    names = {name.lower() for name in headers}
    if names & _PROXY_HEADERS or any(name.startswith("x-forwarded") for name in names):
        return False
    host, origin = headers.get("Host", ""), headers.get("Origin", "")
    try:
        # The same origin, port included, because a page of another server on this machine isn't ours.
        local = _is_loopback(urlsplit(f"//{host}").hostname or "") and urlsplit(origin).netloc == host
    except ValueError:
        return False
    return local and (visitor is None or _is_loopback(visitor))  # Streamlit reports 127.0.0.1 and ::1 as None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def url_with_token(addresses: tuple[tuple[str, int], ...]) -> str:
    """Return the URL of the app with the owner's token.

    Examples
    --------
    >>> url_with_token((("127.0.0.1", 8501),)).partition("token=")[0]
    'http://localhost:8501/?'
    """
    host = st.get_option("server.address") or "localhost"
    ports = [port for _, port in addresses]
    port = st.get_option("server.port") if st.get_option("server.port") in ports else ports[0]
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    folder = st.get_option("server.baseUrlPath").strip("/")
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{port}/{folder}{'/' * bool(folder)}?{PARAMETER}={owner_token()}"


@functools.cache
def print_in_terminal(url: str | None) -> None:
    """Print the URL with the token once, to the terminal, which only the owner can see."""
    if url is None:
        reason = "other machines can connect to it (server.address); see the settings in docs/teaching.md"
        text = f"Exercises can't be checked in the app: {reason}."
    else:
        text = f"To check exercises in the app, open this URL once in your browser:\n  {url}"
    sys.stdout.write(f"\n  {text}\n\n")
    sys.stdout.flush()

"""Whether a visitor is the person who started the app on this machine. The server decides; no claim counts.

Behind a reverse proxy on the same machine a stranger's request looks like the owner's: it comes from 127.0.0.1, and the
proxy may rewrite the Host header and add nothing of its own. So the owner shows a token, as with Jupyter: the terminal
prints an address that carries it, and the browser keeps it as a cookie. A visitor is at home only if all of this holds:

- the server listens on loopback addresses alone;
- the request was made to a loopback name, by a page of the same origin, and carries no proxy's header;
- the session presents the token.
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
_IN_MEMORY = secrets.token_urlsafe(32)  # where no file can keep one
_COOKIE_SCRIPT = """
export default function({ data, setStateValue }) {
    document.cookie = `${data.cookie}=${data.token}; path=/; max-age=31536000; samesite=strict`;
    let kept = "{}";
    try { kept = localStorage.getItem(data.progress) ?? "{}"; } catch {}
    setStateValue("kept", kept);
}
"""


def is_owner() -> bool:
    """Whether this session belongs to the person who started the app; only then may it run code and use their files."""
    presented = _take_from_address()  # whoever it is: what stays in the address is passed on with links
    return could_be_owner() and _presents_token(presented)


def has_wrong_token() -> bool:
    """Whether the session came with a token that isn't this server's, and with no other."""
    return bool(st.session_state.get(_WRONG))


def could_be_owner() -> bool:
    """Whether nothing but the token is missing, so that telling this visitor about it makes sense."""
    addresses = _listening_addresses()
    alone = bool(addresses) and all(_is_loopback(ip) for ip, _ in addresses)
    if addresses:
        _print_in_terminal(_address_with_token(addresses) if alone else None)
    return alone and _is_direct(st.context.headers, st.context.ip_address)


def carry_home(progress_name: str) -> str | None:
    """Have the browser of a session that came with the token keep it as a cookie.

    Parameters
    ----------
    progress_name : str
        The name under which the browser's storage has the progress of a visitor who isn't at home.

    Returns
    -------
    str or None
        That progress as JSON, the first time; None before the browser has replied, and later.
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
    """The token, read from a file that the user alone may read; a new one where there is none to trust.

    The file keeps it for the next start of the app, so that a browser needs the address from the terminal only once.
    """
    path = cache_folder() / TOKEN_NAME
    with suppress(OSError, ValueError):
        token = read_regular(path, at_most=1000).decode("ascii")
        if _VALID_TOKEN.fullmatch(token) and _is_private(path):
            return token
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=TOKEN_NAME)  # for the user alone
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token := secrets.token_urlsafe(32))
        Path(name).replace(path)
    except OSError:
        return _IN_MEMORY
    return token


def _is_private(path: Path) -> bool:
    if os.name == "nt":
        return True  # the user's own folder; Windows has no such mode
    status = path.lstat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _take_from_address() -> list[str]:
    """Take the tokens out of the address bar; an address may carry several."""
    presented = st.query_params.get_all(PARAMETER)
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    return presented


def _presents_token(presented: list[str]) -> bool:
    """Whether the session came with the token, in its address now or before, or in its browser's cookie."""
    token = owner_token()
    for given in (st.session_state.get(_SESSION), *presented, st.context.cookies.get(COOKIE)):
        if isinstance(given, str) and secrets.compare_digest(given.encode(), token.encode()):
            st.session_state[_SESSION] = token
            st.session_state[_WRONG] = False
            return True
    if presented:
        st.session_state[_WRONG] = True
    return False


@functools.cache
def _listening_addresses() -> tuple[tuple[str, int], ...]:
    """Addresses and ports on which this process accepts connections; the server has bound its own before any session.

    The system is asked, because the configuration may have changed since the start. Empty if that isn't possible, as in
    the light app, which comes without psutil.
    """
    try:
        import psutil
    except ModuleNotFoundError:
        return ()
    try:
        connections = psutil.Process().net_connections("tcp")
    except (psutil.Error, OSError):
        return ()
    return tuple((each.laddr.ip, each.laddr.port) for each in connections if each.status == psutil.CONN_LISTEN)


def _is_direct(headers: Mapping[str, str], visitor: str | None) -> bool:
    """Whether a request seems to come from a browser on this machine: not through a proxy, nor from outside."""
    names = {name.lower() for name in headers}
    if names & _PROXY_HEADERS or any(name.startswith("x-forwarded") for name in names):
        return False
    host, origin = headers.get("Host", ""), headers.get("Origin", "")
    try:
        # The same origin, port included: another server's page on this machine is another's.
        local = _is_loopback(urlsplit(f"//{host}").hostname or "") and urlsplit(origin).netloc == host
    except ValueError:
        return False
    return local and (visitor is None or _is_loopback(visitor))  # None: so Streamlit reports 127.0.0.1 and ::1


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _address_with_token(addresses: tuple[tuple[str, int], ...]) -> str:
    host = st.get_option("server.address") or "localhost"
    ports = [port for _, port in addresses]
    port = st.get_option("server.port") if st.get_option("server.port") in ports else ports[0]
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    folder = st.get_option("server.baseUrlPath").strip("/")
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{port}/{folder}{'/' * bool(folder)}?{PARAMETER}={owner_token()}"


@functools.cache
def _print_in_terminal(address: str | None) -> None:
    """Print, once, where exercises run: to the terminal, which only the person who started the app can see."""
    if address is None:
        reason = "the app listens on more than this machine (server.address); docs/teaching.md has the settings"
        text = f"No exercises run in the app: {reason}."
    else:
        text = f"To run exercises in the app, open this address once in your browser:\n  {address}"
    sys.stdout.write(f"\n  {text}\n\n")
    sys.stdout.flush()

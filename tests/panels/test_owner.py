"""Who is at home, decided from what the server knows; tests/browser/test_home.py tries it with a real reverse proxy."""

import os
import socket
import stat
import sys
from types import SimpleNamespace

import pytest
from streamlit.runtime.context import StreamlitHeaders

from panels import owner, settings
from panels.owner import COOKIE, could_be_owner, is_owner, owner_token


class Query(dict):
    """As Streamlit's: of a name that an address has several times, `get` gives the last value."""

    def get(self, name):
        return self.get_all(name)[-1] if name in self else None

    def get_all(self, name):
        values = super().get(name, [])
        return list(values) if isinstance(values, (list, tuple)) else [values]


BROWSER = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}
LOOPBACK = (("127.0.0.1", 8501),)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def session(monkeypatch):
    """A function that makes the session that pages see: session(addresses, visitor, headers, cookies=…, query=…)."""

    def begin(addresses=LOOPBACK, visitor=None, headers=BROWSER, *, cookies=None, query=None):
        monkeypatch.setattr(owner, "listening_addresses", lambda: addresses)
        monkeypatch.setattr(owner, "print_in_terminal", lambda address: None)
        headers = StreamlitHeaders(list(headers.items()))
        context = SimpleNamespace(headers=headers, ip_address=visitor, cookies=cookies or {})
        streamlit = SimpleNamespace(
            context=context, session_state={}, query_params=Query(query or {}), get_option=owner.st.get_option
        )
        monkeypatch.setattr(owner, "st", streamlit)
        return streamlit

    return begin


@pytest.mark.parametrize(
    ("addresses", "visitor", "changed"),
    [
        (LOOPBACK, None, {}),
        (LOOPBACK, "127.0.0.1", {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}),
        ((("::1", 8501),), "::1", {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"}),
        ((("::ffff:127.0.0.1", 8501),), "::ffff:127.0.0.1", {}),
        (LOOPBACK, None, {"Host": "localhost:9000", "Origin": "http://localhost:9000"}),  # an SSH tunnel
        (LOOPBACK, None, {"Host": "localhost", "Origin": "https://localhost"}),
    ],
)
def test_the_token_is_all_that_is_missing_on_this_machine(session, addresses, visitor, changed):
    session(addresses, visitor, BROWSER | changed)
    assert could_be_owner()
    assert not is_owner()


@pytest.mark.parametrize(
    ("addresses", "visitor", "changed"),
    [
        ((), None, {}),
        ((("0.0.0.0", 8501),), None, {}),
        ((("::", 8501),), None, {}),
        ((("192.168.1.5", 8501),), None, {}),
        ((*LOOPBACK, ("0.0.0.0", 8502)), None, {}),
        (LOOPBACK, "192.168.1.7", {}),
        (LOOPBACK, "::ffff:10.0.0.3", {}),
        (LOOPBACK, "somebody", {}),
        (LOOPBACK, None, {"Host": "galviz.example.org"}),
        (LOOPBACK, None, {"Host": "galviz.example.org", "Origin": "http://galviz.example.org"}),
        (LOOPBACK, None, {"Host": "localhost.example.org", "Origin": "http://localhost.example.org"}),
        (LOOPBACK, None, {"Host": "127.0.0.1.example.org", "Origin": "http://127.0.0.1.example.org"}),
        (LOOPBACK, None, {"Host": "localhost@example.org", "Origin": "http://localhost@example.org"}),
        (LOOPBACK, None, {"Host": "[", "Origin": "http://["}),
        (LOOPBACK, None, {"Host": "", "Origin": ""}),
        (LOOPBACK, None, {"Origin": "http://localhost:3000"}),
        (LOOPBACK, None, {"Origin": "http://127.0.0.1:8501"}),
        (LOOPBACK, None, {"Origin": "null"}),
        (LOOPBACK, None, {"X-Forwarded-For": ""}),
        (LOOPBACK, None, {"x-forwarded-proto": "http"}),
        (LOOPBACK, None, {"X-Forwarded-Prefix": "/"}),
        (LOOPBACK, None, {"Forwarded": "for=127.0.0.1"}),
        (LOOPBACK, None, {"VIA": "1.1 localhost"}),
        (LOOPBACK, None, {"X-Real-IP": "127.0.0.1"}),
    ],
)
def test_elsewhere_the_token_is_of_no_use(session, addresses, visitor, changed):
    session(addresses, visitor, BROWSER | changed, cookies={COOKIE: owner_token()}, query={"token": owner_token()})
    assert not could_be_owner()
    assert not is_owner()


def test_the_token_in_the_address_counts_for_the_session_and_leaves_the_address(session):
    seen = session(query={"token": owner_token(), "layer": "stem"})
    assert is_owner()
    assert seen.query_params == {"layer": "stem"}
    assert is_owner()


@pytest.mark.parametrize("others", [["x"], ["x", "y"], [""]])
def test_one_right_token_among_several_counts_and_all_leave_the_address(session, others):
    for presented in ([owner_token(), *others], [*others, owner_token()]):
        seen = session(query={"token": presented, "layer": "stem"})
        assert is_owner()
        assert not owner.has_wrong_token()
        assert seen.query_params == {"layer": "stem"}


@pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "é" * 43])
def test_a_wrong_token_leaves_the_address_and_is_known_as_wrong(session, wrong):
    seen = session(query={"token": wrong, "layer": "stem"})
    assert not is_owner()
    assert seen.query_params == {"layer": "stem"}
    assert not is_owner()  # the next run
    assert owner.has_wrong_token()
    # The cookie is right all the same.
    session(query={"token": wrong}, cookies={COOKIE: owner_token()})
    assert is_owner()
    assert not owner.has_wrong_token()


def test_without_a_token_none_is_wrong(session):
    session(cookies={COOKIE: "x"})
    assert not is_owner()
    assert not owner.has_wrong_token()


def test_elsewhere_too_the_token_leaves_the_address(session):
    seen = session((("0.0.0.0", 8501),), query={"token": owner_token()})
    assert not is_owner()
    assert seen.query_params == {}
    assert not owner.has_wrong_token()


def test_the_token_in_the_cookie_counts(session):
    session(cookies={COOKIE: owner_token()})
    assert is_owner()


@pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "é" * 43, None])
def test_another_token_does_not_count(session, wrong):
    token = owner_token()
    for given in (wrong, token[:-1], token + "x", token.swapcase()):
        given = {} if given is None else {COOKIE: given, "token": given}
        seen = session(cookies=given, query=dict(given))
        seen.session_state["home_token"] = wrong
        assert not is_owner()


def test_a_new_token_puts_an_end_to_sessions_and_cookies_of_the_old_one(session, own_cache):
    old = owner_token()
    session(cookies={COOKIE: old}, query={"token": old})
    assert is_owner()
    (own_cache / "home-token").unlink()
    assert owner_token() != old
    assert not is_owner()


def test_the_token_is_kept_for_the_user_alone(own_cache):
    token, path = owner_token(), own_cache / "home-token"
    assert owner_token() == token == path.read_text()
    assert [file.name for file in own_cache.iterdir()] == ["home-token"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)  # others may have read it
        assert owner_token() != token
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 44, b"\xff" * 43, b"x" * 42 + b"\n"])
def test_a_file_without_a_token_is_replaced(own_cache, content):
    own_cache.mkdir()
    (own_cache / "home-token").write_bytes(content)
    (own_cache / "home-token").chmod(0o600)
    token = owner_token()
    assert token.encode() != content
    assert owner_token() == token


def test_where_nothing_can_be_kept_the_token_lasts_as_long_as_the_app(own_cache):
    own_cache.write_text("a file")
    assert len(owner_token()) == 43
    assert owner_token() == owner_token()


@pytest.mark.full
def test_the_system_says_where_this_process_listens():
    with socket.socket() as listening, socket.socket() as other:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        other.bind(("127.0.0.1", 0))
        addresses = owner.listening_addresses.__wrapped__()
        assert listening.getsockname() in addresses
        assert other.getsockname() not in addresses


def test_the_terminal_is_told_once(session, capsys):
    session()
    address = owner.url_with_token(LOOPBACK)
    assert address == f"http://localhost:8501/?token={owner_token()}"
    print_in_terminal = owner.functools.cache(PRINT)
    for url in (address, address, None, None):
        print_in_terminal(url)
    printed = capsys.readouterr().out
    assert printed.count(address) == 1
    assert printed.count("Exercises can't be checked in the app") == 1


PRINT = owner.print_in_terminal.__wrapped__


def test_without_psutil_nobody_is_at_home(monkeypatch):
    """The light app comes without it."""
    owner.listening_addresses.cache_clear()
    monkeypatch.setitem(sys.modules, "psutil", None)
    try:
        assert owner.listening_addresses() == ()
    finally:
        owner.listening_addresses.cache_clear()


@pytest.mark.parametrize("token", ["wrong", None])
def test_a_page_tells_of_a_wrong_token(run_app, monkeypatch, token):
    for module in (owner, settings):
        monkeypatch.setattr(module, "could_be_owner", lambda: True)
    app = run_app(page="instruments/home", **({"token": token} if token else {}))
    warnings = [warning.value for warning in app.warning if "open the URL that the terminal printed" in warning.value]
    assert len(warnings) == (1 if token else 0)
    assert "token" not in app.query_params


def test_a_page_tells_of_progress_that_can_t_be_understood(run_app, monkeypatch, tmp_path):
    for module in (owner, settings):
        monkeypatch.setattr(module, "could_be_owner", lambda: True)
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path))
    (tmp_path / "progress.jsonl").write_bytes(b"\x00\x01\n" * 50)
    app = run_app(page="instruments/home", token=owner_token())
    (warning,) = [warning.value for warning in app.warning if "progress.jsonl" in warning.value]
    assert "progress" in warning
    assert (tmp_path / "progress.jsonl").read_bytes() == b"\x00\x01\n" * 50

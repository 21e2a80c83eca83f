"""Who may run code: only a browser with the token from the terminal, and never a visitor behind a reverse proxy.

The proxy is a real one, nginx; a missing one is an error here, never a skipped test.
"""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from galviz.course.manifest import find_lesson
from galviz.course.progress import read_progress
from galviz.course.questions import read_questions
from tests.browser.test_course import choose, expect_chosen, open_step

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PCA = find_lesson("pca")
FIRST = read_questions(PCA).quiz[0]
# Only at home: the button that copies the stubs, the one that runs code, and where the student writes.
AT_HOME = ("Create the file", "Check my code", "Write your code in")
UPGRADE = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
GUIDE = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")


def proxies(app_port):
    """Ways to set up nginx before an app, by name: each the inside of a location."""
    to_app = f"proxy_pass http://127.0.0.1:{app_port}; {UPGRADE}"
    in_guide = re.search(r"```nginx\nlocation / \{\n(.*?)\n\}\n```", GUIDE, re.DOTALL)[1]
    assert "127.0.0.1:8501" in in_guide
    return {
        "guide": in_guide.replace("127.0.0.1:8501", f"127.0.0.1:{app_port}"),
        "default": to_app,
        "localhost": f"proxy_pass http://localhost:{app_port}; {UPGRADE}",
        "forwarded": f"{to_app} proxy_set_header X-Forwarded-For $remote_addr;",
        "real-ip": f"{to_app} proxy_set_header X-Real-IP $remote_addr; proxy_set_header Host localhost:{app_port};",
        # Nothing shows that this is a proxy, unless by what it lacks: the token.
        "hidden": f"{to_app} proxy_set_header Host localhost:{app_port}; "
        f"proxy_set_header Origin http://localhost:{app_port};",
    }


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """A function that puts nginx before an app, in all the ways of `proxies`; returns their ports by name."""
    path = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(path).exists():
        pytest.fail(f"no nginx at {path}: apt-get install nginx-light")
    running = []

    def start(address):
        folder = tmp_path_factory.mktemp("nginx")
        folder.chmod(0o755)
        ways = proxies(address.rpartition(":")[2])
        ports = {name: free_port() for name in ways}
        servers = [
            f"server {{ listen 127.0.0.1:{ports[name]}; location / {{ {inside} }} }}" for name, inside in ways.items()
        ]
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ access_log off; {folders}\n" + "\n".join(servers) + "\n}\n"
        )
        process = subprocess.Popen([path, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"])
        running.append(process)
        for port in ports.values():
            wait_until_open(port, process)
        return ports

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)


def wait_until_open(port, process):
    for _ in range(100):
        if process.poll() is not None:
            pytest.fail("nginx ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"nginx does not listen on {port}")


def page_as_seen(port, *, host, headers, query="", claimed):
    """What a client of its own gets of the exercises of the PCA lesson, as text; None where it is refused."""
    request = BackMsg()
    request.rerun_script.page_name = "pca"
    request.rerun_script.query_string = f"step=exercises&{query}".removesuffix("&")
    request.rerun_script.context_info.url = claimed
    headers = dict(headers)
    origin = headers.pop("Origin", f"http://{host}")
    options = {"origin": origin, "subprotocols": ["streamlit"], "additional_headers": headers, "max_size": None}
    with socket.create_connection(("127.0.0.1", port)) as tcp:
        try:
            with connect(f"ws://{host}/_stcore/stream", sock=tcp, **options) as stream:
                stream.send(request.SerializeToString())
                seen = []
                while True:
                    message = ForwardMsg.FromString(stream.recv(timeout=60))
                    seen.append(str(message))
                    if message.WhichOneof("type") == "script_finished":
                        return "\n".join(seen)
        except InvalidStatus:
            return None


def is_local(page):
    """Whether a page is that of somebody at home; it must be the page."""
    assert page is not None
    assert "Centre the features" in page
    signs = [sign in page for sign in AT_HOME]
    assert all(signs) or not any(signs)
    return any(signs)


def claims(app_port):
    """What a stranger may claim: headers, the query and the address of the page."""
    here = f"http://localhost:{app_port}"
    wrong = "x" * 43
    return [
        {"host": "class.example", "headers": {}, "claimed": "https://class.example/pca"},
        {"host": "class.example", "headers": {"Origin": here}, "claimed": f"{here}/pca"},
        {"host": f"localhost:{app_port}", "headers": {"Origin": here}, "claimed": f"{here}/pca"},
        {"host": f"127.0.0.1:{app_port}", "headers": {}, "claimed": f"http://127.0.0.1:{app_port}"},
        {
            "host": f"localhost:{app_port}",
            "headers": {"Origin": here, "Cookie": f"galviz-home={wrong}", "X-Forwarded-For": "127.0.0.1"},
            "query": f"token={wrong}",
            "claimed": f"{here}/pca?token={wrong}",
        },
        {
            "host": f"localhost:{app_port}",
            "headers": {
                "Origin": here,
                "Cookie": "galviz-home=",
                "X-Real-IP": "127.0.0.1",
                "Forwarded": "for=127.0.0.1",
            },
            "query": "token=&token=&home_token=true",
            "claimed": here,
        },
    ]


@pytest.fixture(scope="module")
def guarded(serve, nginx, tmp_path_factory):
    """An app with the usual settings, nginx before it, and its student's folder with a progress of theirs."""
    work = tmp_path_factory.mktemp("owner") / "work"
    work.mkdir()
    (work / "progress.jsonl").write_text('{"key": "pca.1", "value": "passed"}\n')
    address = serve(GALVIZ_WORK=work)
    return address, nginx(address), work


@pytest.mark.parametrize("way", proxies(0))
def test_no_claim_of_a_visitor_behind_a_proxy_makes_them_the_owner(guarded, way):
    address, ports, work = guarded
    before = {file.name: file.read_bytes() for file in work.iterdir()}
    pages = [page_as_seen(ports[way], **claim) for claim in claims(address.rpartition(":")[2])]
    assert any(pages)
    assert not any(is_local(page) for page in pages if page is not None)
    assert not any("check_circle: passed" in page for page in pages if page is not None)
    assert {file.name: file.read_bytes() for file in work.iterdir()} == before


@pytest.mark.parametrize("way", ["guide", "forwarded", "real-ip"])
def test_behind_a_proxy_that_shows_not_even_the_token_runs_code(guarded, token, way):
    address, ports, _ = guarded
    port = address.rpartition(":")[2]
    here = {
        "host": f"localhost:{port}",
        "headers": {"Cookie": f"galviz-home={token}"},
        "claimed": f"http://localhost:{port}",
    }
    page = page_as_seen(port, **here)
    assert is_local(page)
    assert "check_circle: passed" in page
    assert not is_local(page_as_seen(ports[way], **here))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Proto": "http"},
        {"Via": "1.1 proxy"},
        {"CF-Connecting-IP": "127.0.0.1"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://class.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_with_the_token_a_request_must_still_come_from_this_machine_directly(guarded, token, headers):
    address, _, _ = guarded
    port = address.rpartition(":")[2]
    cookie = {"Cookie": f"galviz-home={token}"}
    page = page_as_seen(port, host=f"localhost:{port}", headers=cookie | headers, claimed=f"http://localhost:{port}")
    assert page is None or not is_local(page)


def test_a_name_that_leads_here_is_not_this_machine(guarded, token):
    """As after DNS rebinding: the attacker's name, our address."""
    address, _, _ = guarded
    port = address.rpartition(":")[2]
    cookie = {"Cookie": f"galviz-home={token}"}
    page = page_as_seen(port, host=f"evil.example:{port}", headers=cookie, claimed=f"http://localhost:{port}")
    assert page is None or not is_local(page)


def test_a_browser_behind_the_guides_proxy_reads_and_keeps_its_answers_to_itself(guarded, visit):
    _, ports, work = guarded
    before = (work / "progress.jsonl").read_bytes()
    tab = visit(f"http://127.0.0.1:{ports['guide']}", "/pca?step=quiz")
    choose(tab, FIRST, FIRST.right)
    tab.page.wait_for_function("localStorage.getItem('galviz-progress')?.includes('pca.q1')")
    open_step(tab, "Exercises")
    expect(tab.page.get_by_role("button", name="Check my code")).to_have_count(0)
    assert (work / "progress.jsonl").read_bytes() == before
    assert tab.complaints == []


def test_the_address_in_the_terminal_brings_a_browser_home(serve, visit, token, tmp_path, monkeypatch):
    work = tmp_path / "work"
    address = serve(GALVIZ_WORK=work)
    tab = visit(address, "/pca?step=exercises")
    expect(tab.main).to_contain_text("Did you start this app yourself?")
    open_step(tab, "Quiz")
    choose(tab, FIRST, FIRST.right)
    tab.page.wait_for_function("localStorage.getItem('galviz-progress')?.includes('pca.q1')")
    assert not work.exists()
    tab.page.goto(f"{address}/pca?step=exercises&token={token}")
    expect(tab.page.get_by_role("button", name="Create the file")).to_be_visible()
    expect(tab.page).to_have_url(f"{address}/pca?step=exercises")  # the token is gone from it
    open_step(tab, "Quiz")
    expect_chosen(tab, FIRST, FIRST.right)  # what was answered before came along
    monkeypatch.setenv("GALVIZ_WORK", str(work))
    assert read_progress() == {FIRST.key: FIRST.right}
    # The browser keeps it, for a reload and for other pages; another browser has nothing of it.
    tab.page.goto(f"{address}/pca?step=exercises")
    expect(tab.page.get_by_role("button", name="Create the file")).to_be_visible()
    (cookie,) = [each for each in tab.page.context.cookies() if each["name"] == "galviz-home"]
    assert cookie["sameSite"] == "Strict"
    other = visit(address, "/pca?step=exercises")
    expect(other.main).to_contain_text("Did you start this app yourself?")
    expect(other.page.get_by_role("button", name="Create the file")).to_have_count(0)
    assert tab.complaints == []

"""The running app and a headless Chromium. A missing browser is an error here, never a skipped test."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from panels.owner import owner_token

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "output" / "screenshots"
# As root and on a machine without a network: no sandbox, and nothing that Chromium does of its own accord.
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# Long enough for a machine with other work; what is right is there sooner. An element is waited for as long as a text.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("GALVIZ_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.fail(f"no browser at {path}: apt-get install chromium, or set GALVIZ_CHROMIUM to Chromium's path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A cache folder of the tests' own, for all apps that they start."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def token(cache):
    """The token with which a browser is at home in these apps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GALVIZ_CACHE", str(cache))
        return owner_token()


@pytest.fixture(scope="session")
def serve(tmp_path_factory, cache):
    """A function that starts the app with arguments, once for each and its variables, and returns its address."""
    servers, addresses = [], {}

    def start(*arguments, **variables):
        app_key = (arguments, *sorted(variables.items()))
        if app_key in addresses:
            return addresses[app_key]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *options, "--server.fileWatcherType=none"]
        log = (tmp_path_factory.mktemp("server") / "log.txt").open("w+", encoding="utf-8")
        # A student's folder of its own: what a test answers isn't for the next, nor for whoever works here.
        own = {"GALVIZ_WORK": tmp_path_factory.mktemp("student") / "work", "GALVIZ_CACHE": cache}
        environment = {**os.environ, **{name: str(value) for name, value in (own | variables).items()}}
        command += ["--", *map(str, arguments)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        servers.append((server, log))
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(server, address, log)
        addresses[app_key] = address
        return address

    yield start
    for server, _ in servers:
        server.terminate()
    for server, log in servers:
        server.wait(timeout=60)
        log.close()


def wait_until_healthy(server, address, log):
    for _ in range(300):
        if server.poll() is not None:
            log.seek(0)
            pytest.fail(f"the app ended at once:\n{log.read()}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the app did not answer within 30 s")


class Visit:
    """One user's page, and what went on behind it."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.main = page.locator("[data-testid=stMain]")
        self.images = page.locator("[data-testid=stImage] img")
        self.complaints, self.foreign, self.bytes = [], [], 0
        self._listeners = {
            "console": self._note_complaint,
            "pageerror": lambda error: self.complaints.append(str(error)),
            "request": self._count_foreign,
            "response": self._count_bytes,
            "websocket": lambda socket: socket.on("framereceived", self._count_frame),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def open(self, path):
        """Open a page of the app at its address."""
        self.bytes = 0
        self.page.goto(self.address + path)
        self.page.wait_for_selector("h1")
        return self.settle()

    def leave(self):
        """Leave a blank page that knows nothing of this user."""
        for page in self.page.context.pages:
            if page != self.page:
                page.close()
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.context.clear_cookies()
        self.page.goto("about:blank")

    def _note_complaint(self, message):
        # Opened at a page's own address, Streamlit looks for its server below that address first.
        url = message.location.get("url", "")
        if url.endswith(("/_stcore/health", "/_stcore/host-config")):
            return
        # A picture of a page that is being left may be gone; for those that are shown, settle() waits.
        # Chromium says so, and Streamlit once more.
        pictures = f"{self.address}/media/"
        if (url.startswith(pictures) and "404" in message.text) or f"Image source error - {pictures}" in message.text:
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _count_foreign(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def _count_bytes(self, response):
        if response.url.startswith(f"{self.address}/media/"):
            self.bytes += int(response.headers.get("content-length", 0))

    def _count_frame(self, frame):
        self.bytes += len(frame)

    def settle(self):
        """Wait until the script has run and every image has come."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        self.page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        return self

    def rest(self):
        """Settle, and wait until nothing more is received: some values are passed on only after the page has run.

        What is pressed as another run starts is lost.
        """
        received = None
        while received != self.bytes:
            received = self.bytes
            self.settle()
            self.page.wait_for_timeout(700)
        return self

    def press(self, control):
        """Press a button, link or choice once the page stands still: one that moves may slip from under the press."""
        self.settle()
        control.click()

    def insist(self, act, check):
        """Act until a check passes, three times at most: on a busy machine a press is lost as another run begins.

        Parameters
        ----------
        act : callable
            Without arguments, may be called again.
        check : callable
            Takes a timeout in milliseconds; raises AssertionError.
        """
        for _ in range(2):
            act()
            try:
                return check(timeout=PATIENCE_MS / 2)
            except AssertionError:
                self.rest()
        act()
        return check(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def blank_pages():
    """Pages that tests have left, by whether they are touchscreens.

    Chromium has compiled Streamlit's scripts for them, which is half the work of opening the app.
    """
    return {False: [], True: []}


@pytest.fixture
def visit(chromium, blank_pages):
    """A function that opens an address as a new user: visit(address, path, width=…, theme=…, touch=…)."""
    visits = []

    def open_page(address, path="/", *, width=1280, theme="light", touch=False):
        known = blank_pages[touch]
        page = known.pop() if known else chromium.new_context(has_touch=touch, is_mobile=touch).new_page()
        page.context.set_default_timeout(PATIENCE_MS)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        tab = Visit(page, address)
        visits.append((tab, touch))
        return tab.open(path)

    yield open_page
    for tab, touch in visits:
        tab.leave()
        blank_pages[touch].append(tab.page)


@pytest.fixture
def photograph():
    """A function that keeps a picture of the whole page for the eye: photograph(visit, name)."""

    def take(tab, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page = tab.page
        # Streamlit scrolls inside the page, so that a screenshot of all of it needs a window as high.
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height + 20})
        tab.settle()
        page.wait_for_timeout(300)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return take

"""How fast home is there, beside a bare Streamlit page that shows nothing but home's map.

    python benchmarks/first_page.py [--rounds 9]

Headless Chromium, a fresh browser context for each visit, the two pages in turns. 'first content' is the first heading
or component on the page, 'finished map' the moment at which the map and its pictures are drawn. The exit status is 1
unless home's medians are at most 1.0 and 1.15 times the bare page's, no page takes more than 2 MB beyond Streamlit's
own files, and torch stayed out of the server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
FIRST_AT_MOST, MAP_AT_MOST, BYTES_AT_MOST = 1.0, 1.15, 2_000_000
FIRST = "() => document.querySelector('[data-testid=stMain] h1, [data-testid=stMain] [data-testid^=stBidiComponent]')"
DRAWN = """() => [...(globalThis.galvizMaps?.values() ?? [])].some(map => map.ids?.length && map.canvas.width
    && map.shown.every(row => map.picture(row).complete && map.picture(row).naturalWidth))"""


def serve(script: Path, *arguments: str) -> tuple[subprocess.Popen, str]:
    """Start a Streamlit script; its process and address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options, "--server.fileWatcherType=none", "--"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([*command, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return server, address
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{script} did not answer within a minute")


def visit(browser: Browser, address: str) -> tuple[float, float, int]:
    """Seconds to first content and to the finished map, and bytes beyond Streamlit's own files."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page, counted = context.new_page(), [0]

    def framed(content: str | bytes) -> None:
        counted[0] += len(content)

    page.on("websocket", lambda socket: socket.on("framereceived", framed))
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(FIRST, polling=20)
    first = time.perf_counter() - began
    page.wait_for_function(DRAWN, polling=20)
    finished = time.perf_counter() - began
    context.close()
    return first, finished, counted[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    chromium = os.environ.get("GALVIZ_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    servers = {"home": serve(ROOT / "app.py"), "bare": serve(ROOT / "benchmarks" / "bare_page.py", "home")}
    seen = {name: [] for name in servers}
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            for _, address in servers.values():
                visit(browser, address)  # the server reads its files once
            for _ in range(options.rounds):
                for name, (_, address) in servers.items():
                    seen[name].append(visit(browser, address))
            browser.close()
        maps = Path(f"/proc/{servers['home'][0].pid}/maps")
        torch_there = maps.exists() and "libtorch" in maps.read_text()
    finally:
        for server, _ in servers.values():
            server.terminate()
            server.wait(timeout=20)
    median = {
        name: [statistics.median(each[place] for each in visits) for place in range(3)] for name, visits in seen.items()
    }
    print(f"medians of {options.rounds} visits in turns")
    print(f"{'':8}{'first content':>16}{'finished map':>17}{'received':>12}")
    for name, (first, finished, size) in median.items():
        print(f"{name:8}{first:14.2f} s{finished:15.2f} s{size / 1e6:9.2f} MB")
    ratios = median["home"][0] / median["bare"][0], median["home"][1] / median["bare"][1]
    print(f"{'ratio':8}{ratios[0]:14.2f}  {ratios[1]:15.2f}")
    print(f"torch in the server: {'yes' if torch_there else 'no'}")
    held = ratios[0] <= FIRST_AT_MOST and ratios[1] <= MAP_AT_MOST
    return 0 if held and median["home"][2] <= BYTES_AT_MOST and not torch_there else 1


if __name__ == "__main__":
    sys.exit(main())

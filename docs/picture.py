"""Make the README's picture, docs/home.png: home of the running app, its map finished.

python -m docs.picture     # in the project's folder, with the test extra and Chromium, as for the browser tests
"""

import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.first_page import CHROMIUM_ARGUMENTS, DRAWN, ROOT, serve

PICTURE = ROOT / "docs" / "home.png"
N_COLOURS, LARGEST_BYTES = 128, 100_000


def photograph(address: str, path: Path) -> None:
    """Write what a browser of 1280 × 870 px shows at an address, in the dark theme, once its map is drawn."""
    chromium = os.environ.get("GALVIZ_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 870}, color_scheme="dark", device_scale_factor=1)
        page.goto(address)
        page.wait_for_function(DRAWN)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_timeout(1000)  # what fades in has done so
        page.screenshot(path=path)
        browser.close()
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(N_COLOURS).save(path, optimize=True)


def main() -> None:
    """Serve the app, photograph home and stop."""
    server, address = serve(ROOT / "app.py")
    try:
        photograph(address, PICTURE)
    finally:
        server.terminate()
        server.wait(timeout=20)
    if PICTURE.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{PICTURE} has {PICTURE.stat().st_size:,} bytes; {LARGEST_BYTES:,} are allowed")


if __name__ == "__main__":
    main()

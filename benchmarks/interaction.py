"""How fast Explore responds, beside a bare Streamlit page with the same map and the same grid of images.

    python benchmarks/interaction.py [--rounds 9]

Headless Chromium, the two pages in turns. 'lasso' is the time from the end of a lasso around many galaxies to the
finished grid of 16 images, 'slider' from a key on the slider of the number of images to the finished grid, and 'page'
from a click on a link in the navigation to the next page's heading and images. The exit status is 1 unless Explore's
medians are at most 0.7, 0.6 and 0.8 s and its lasso takes at most 1.5 times as long as the bare page's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_page import CHROMIUM_ARGUMENTS, ROOT, serve

LASSO_S, SLIDER_S, PAGE_S, LASSO_RATIO = 0.7, 0.6, 0.8, 1.5
# The corners of two lassos in fractions of the map; they select different galaxies.
LASSOS = (
    [(0.05, 0.4), (0.5, 0.4), (0.5, 0.97), (0.05, 0.97)],
    [(0.5, 0.2), (0.97, 0.03), (0.97, 0.7), (0.5, 0.97)],
)
FINISHED = """([count, before]) => {
    const images = [...document.querySelectorAll('[data-testid=stImage] img')];
    return images.length === count && images[0].src !== before
        && images.every(image => image.complete && image.naturalWidth);
}"""


def first_image(page: Page) -> str:
    return page.evaluate("document.querySelector('[data-testid=stImage] img')?.src ?? ''")


def wait_for_images(page: Page, count: int, before: str) -> None:
    page.wait_for_function(FINISHED, arg=[count, before], polling=10)


def time_lasso(page: Page, corners: list[tuple[float, float]]) -> float:
    before = first_image(page)
    box = page.get_by_role("application").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    began = time.perf_counter()
    page.mouse.up()
    wait_for_images(page, 16, before)
    return time.perf_counter() - began


def time_slider(page: Page) -> float:
    slider = page.get_by_role("slider", name="Images")
    slider.focus()
    began = time.perf_counter()
    page.keyboard.press("ArrowRight")
    wait_for_images(page, 17, "")
    seconds = time.perf_counter() - began
    page.keyboard.press("ArrowLeft")
    wait_for_images(page, 16, "")
    return seconds


def time_page(page: Page) -> float:
    """From Explore to Units and back; the mean of both."""
    began = time.perf_counter()
    for title in ("Units", "Explore"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
        page.wait_for_function("title => document.querySelector('h1')?.innerText.trim() === title", arg=title)
        ready = "[...document.images].length > 1 && [...document.images].every(image => image.complete)"
        page.wait_for_function(ready, polling=10)
    return (time.perf_counter() - began) / 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    chromium = os.environ.get("GALVIZ_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    servers = {
        "explore": serve(ROOT / "app.py"),
        "bare": serve(ROOT / "benchmarks" / "bare_page.py", "explore"),
    }
    seconds: dict[str, dict[str, list[float]]] = {name: {"lasso": [], "slider": []} for name in servers}
    seconds["explore"]["page"] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            pages = {}
            for name, (_, address) in servers.items():
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"{address}/explore" if name == "explore" else address)
                page.get_by_role("application").wait_for(timeout=60_000)
                page.wait_for_timeout(2_000)  # everything that comes after the first picture of the map
                time_lasso(page, LASSOS[1])
                pages[name] = page
            for number in range(options.rounds):
                for name, page in pages.items():
                    seconds[name]["lasso"].append(time_lasso(page, LASSOS[number % 2]))
                    seconds[name]["slider"].append(time_slider(page))
                seconds["explore"]["page"].append(time_page(pages["explore"]))
                pages["explore"].get_by_role("application").wait_for()
                pages["explore"].wait_for_timeout(500)
            browser.close()
    finally:
        for server, _ in servers.values():
            server.terminate()
            server.wait(timeout=20)
    medians = {
        name: {kind: statistics.median(times) for kind, times in kinds.items()} for name, kinds in seconds.items()
    }
    print(f"medians of {options.rounds} rounds in turns")
    for kind in ("lasso", "slider", "page"):
        explore, bare = medians["explore"][kind], medians["bare"].get(kind)
        beside = "" if bare is None else f"   bare page {bare:.2f} s   ratio {explore / bare:.2f}"
        print(f"{kind:8}{explore:.2f} s{beside}")
    explore = medians["explore"]
    fast = explore["lasso"] <= LASSO_S and explore["slider"] <= SLIDER_S and explore["page"] <= PAGE_S
    return 0 if fast and explore["lasso"] <= LASSO_RATIO * medians["bare"]["lasso"] else 1


if __name__ == "__main__":
    sys.exit(main())

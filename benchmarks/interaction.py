"""How fast Explore responds, beside a bare Streamlit page with the same map and the same grid of images.

    python benchmarks/interaction.py [--rounds 9] [--galaxies 20000]

Headless Chromium, the two pages in turns. 'lasso' is the time from the end of a lasso around many galaxies to the
finished grid of 16 images, 'slider' from a key on the slider of the number of images to the finished grid, and 'page'
from a click on a link in the navigation to the next page's heading and images. The exit status is 1 unless Explore's
medians are at most 0.7, 0.6 and 0.8 s and its lasso takes at most 1.5 times as long as the bare page's. With another
number of galaxies than the shipped 2,000 both pages show a survey of so many, and the limits are 1.4, 1.2 and 1.6 s and
3.0 times.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.first_page import CHROMIUM_ARGUMENTS, ROOT, serve
from benchmarks.many_galaxies import write_many_galaxies

SHIPPED = 2_000
# Of Explore: seconds for lasso, slider and page, and the lasso's ratio to the bare page's.
LIMITS, LIMITS_OF_MANY = (0.7, 0.6, 0.8, 1.5), (1.4, 1.2, 1.6, 3.0)
# Reading a large survey takes half a minute, twice on two cores.
LOADING_MS = 300_000
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


def wait_until_finished(page: Page) -> None:
    """Wait until the script has run; what a visitor does before may be lost."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=LOADING_MS)


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
    parser.add_argument("--galaxies", type=int, default=SHIPPED)
    options = parser.parse_args()
    if options.galaxies == SHIPPED:
        return measure(options.rounds, LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        survey, features = write_many_galaxies(options.galaxies, Path(folder))
        return measure(options.rounds, LIMITS_OF_MANY, survey, features)


def measure(rounds: int, limits: tuple[float, float, float, float], *own: Path) -> int:
    """Measure both pages, of the shipped galaxies or of a survey folder and a features file; print the medians."""
    chromium = os.environ.get("GALVIZ_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    servers = {
        "explore": serve(ROOT / "app.py", *(["--survey", str(own[0]), "--features", str(own[1])] if own else [])),
        "bare": serve(ROOT / "benchmarks" / "bare_page.py", "explore", *map(str, own)),
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
                page.get_by_role("application").wait_for(timeout=LOADING_MS)
                wait_until_finished(page)
                page.wait_for_timeout(2_000)  # everything that comes after the first picture of the map
                time_lasso(page, LASSOS[1])
                pages[name] = page
            for number in range(rounds):
                for name, page in pages.items():
                    seconds[name]["lasso"].append(time_lasso(page, LASSOS[number % 2]))
                    seconds[name]["slider"].append(time_slider(page))
                seconds["explore"]["page"].append(time_page(pages["explore"]))
                pages["explore"].get_by_role("application").wait_for()
                wait_until_finished(pages["explore"])
                pages["explore"].wait_for_timeout(500)
            browser.close()
    finally:
        for server, _ in servers.values():
            server.terminate()
            server.wait(timeout=20)
    medians = {
        name: {kind: statistics.median(times) for kind, times in kinds.items()} for name, kinds in seconds.items()
    }
    print(f"medians of {rounds} rounds in turns")
    for kind in ("lasso", "slider", "page"):
        explore, bare = medians["explore"][kind], medians["bare"].get(kind)
        beside = "" if bare is None else f"   bare page {bare:.2f} s   ratio {explore / bare:.2f}"
        print(f"{kind:8}{explore:.2f} s{beside}")
    explore = medians["explore"]
    reached = (*(explore[kind] for kind in ("lasso", "slider", "page")), explore["lasso"] / medians["bare"]["lasso"])
    return 0 if all(value <= limit for value, limit in zip(reached, limits, strict=True)) else 1


if __name__ == "__main__":
    sys.exit(main())

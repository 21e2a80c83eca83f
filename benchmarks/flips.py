"""Flip one bit of a file under data/, again and again, and see who notices.

    python benchmarks/flips.py [--flips 500] [--pages-every 1] [--seed 0]

Works on a copy of the project in a temporary folder. A quarter of the flips are in survey images, and the other files
share the rest; byte and bit are drawn at random. After each flip come `doctor`'s check of the shipped files, the Python
call that reads the file, and a page that reads it. Each must say what is wrong in one explained error. Of files that
nothing reads (README.md, simulation.json) that is asked of `doctor` alone. The exit status is 1 unless all notice every
flip, and nothing is said of the sound files afterwards.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = (
    "app.py",
    "benchmarks",
    "data",
    "galviz",
    "instruments",
    "lessons",
    "panels",
    ".streamlit",
    "requirements.txt",
)
# By file: the page that reads it.
PAGES = {
    "SHA256SUMS": "instruments/home",
    "features/maps.parquet": "lessons/maps",
    "features/mock-survey.parquet": "instruments/home",
    "features/random-weights.parquet": "lessons/meaning",
    "features/shuffled-labels.parquet": "lessons/meaning",
    "features/thumbnails.parquet": "instruments/home",
    "figures/lessons.safetensors": "lessons/network",
    "figures/meaning.safetensors": "lessons/meaning",
    "mock-survey/master.csv": "lessons/galaxies",
    "models/xresnet34-1.json": "instruments/home",
    "models/xresnet34-1.safetensors": "lessons/predictions",
}
UNREAD = ("README.md", "mock-survey/simulation.json")


def readers() -> dict[str, Callable[[], object]]:
    """By file: the Python call that reads it."""
    from galviz.artefacts.figures import LESSON_FIGURES
    from galviz.artefacts.probes import PROBE_RESULTS
    from galviz.artefacts.thumbnails import THUMBNAILS
    from galviz.artefacts.umaps import UMAPS
    from galviz.features.features import CONTROLS, load_features
    from galviz.network.card import read_card
    from galviz.network.head import read_head
    from galviz.survey.survey import load_survey

    calls = {
        "SHA256SUMS": load_features,
        "features/maps.parquet": UMAPS.load,
        "features/mock-survey.parquet": load_features,
        "features/thumbnails.parquet": THUMBNAILS.load,
        "figures/lessons.safetensors": LESSON_FIGURES.load,
        "figures/meaning.safetensors": PROBE_RESULTS.load,
        "mock-survey/master.csv": load_survey,
        "models/xresnet34-1.json": read_card,
        "models/xresnet34-1.safetensors": read_head,
    }
    return calls | {f"features/{name}.parquet": lambda name=name: load_features(control=name) for name in CONTROLS}


def notices_call(call: Callable[[], object]) -> str | None:
    """What an error says that a call raises; None if it raises none."""
    from galviz.errors import BrokenFileError
    from galviz.survey.survey import SurveyError

    try:
        call()
    except (BrokenFileError, SurveyError) as error:
        return str(error)
    return None


def notices_doctor() -> str | None:
    """What doctor says of the shipped files, if something is wrong with them."""
    from galviz.cli.check_result import OK, run_check
    from galviz.cli.data_checks import DATA_CHECKS

    check = run_check("shipped files", DATA_CHECKS["shipped files"])
    return None if check.state == OK else check.result


def notices_page(page: str, **query: str) -> str | None:
    """What a page says that explains a file that can't be read; None if it is shown as ever, or as a traceback."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    st.cache_resource.clear()
    st.cache_data.clear()
    sys.argv = ["app.py"]
    with contextlib.redirect_stderr(io.StringIO()):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if page != "instruments/home":
            app.switch_page(f"{page}/page.py").run()
    explained = not app.exception and app.title and "can't be read" in app.title[0].value and app.error
    return app.error[0].value if explained and app.code[0].value == "git checkout -- data" else None


def flip(path: Path, place: random.Random) -> bytes:
    """Flip one bit of a file; returns what was there before."""
    before = path.read_bytes()
    content = bytearray(before)
    content[place.randrange(len(content))] ^= 1 << place.randrange(8)
    path.write_bytes(content)
    return before


def run(options: argparse.Namespace) -> int:
    from galviz.features.features import CONTROLS
    from galviz.survey.survey import load_survey

    logging.disable(logging.CRITICAL)  # of what pages are told when they run outside a browser
    survey = load_survey()
    ranking = survey.catalogue[survey.label.column].sort_values(kind="stable").index
    draw, calls = random.Random(options.seed), readers()
    files = [*PAGES, *UNREAD]
    images = draw.choices(survey.object_ids, k=options.flips // 4)
    names = sorted(files[number % len(files)] for number in range(options.flips - len(images)))
    names += [f"mock-survey/images/{object_id}.jpg" for object_id in images]
    asked = {kind: dict.fromkeys(("flips", "doctor", "call", "page", "pages asked"), 0) for kind in [*files, "images"]}
    unnoticed, began = [], time.perf_counter()
    for number, name in enumerate(names):
        path = ROOT / "data" / name
        if name in PAGES or name in UNREAD:
            kind, page, call = name, PAGES.get(name), calls.get(name)
            query = {"source": path.stem.replace("-", " ")} if path.stem in CONTROLS else {}
        else:
            kind, page, call = "images", "lessons/images", lambda path=path: survey.image(path.stem)
            query = {"live": "true", "sample": "2000", "place": str(ranking.get_loc(path.stem) + 1)}
        before = flip(path, draw)
        count = asked[kind]
        count["flips"] += 1
        said = {"doctor": notices_doctor()}
        if call is not None:
            said["call"] = notices_call(call)
        if page is not None and number % options.pages_every == 0:
            said["page"] = notices_page(page, **query)
            count["pages asked"] += 1
        for who, words in said.items():
            named = words is not None and (Path(name).stem in words or who != "doctor")
            count[who] += named
            if not named:
                unnoticed.append(f"{name}: {who} says {words}")
        path.write_bytes(before)
        if options.verbose:
            print(name, {who: (words or "nothing")[:100] for who, words in said.items()}, flush=True)
    sound = [call() is not None for call in calls.values()]
    pages = [notices_page(page) for page in sorted(set(PAGES.values()))]
    print(f"{len(names)} flips in {time.perf_counter() - began:.0f} s; noticed by")
    print(f"{'':34}{'flips':>7}{'doctor':>8}{'call':>7}{'page':>12}")
    for kind, count in asked.items():
        by_page = f"{count['page']} of {count['pages asked']}"
        print(f"{kind:34}{count['flips']:7}{count['doctor']:8}{count['call']:7}{by_page:>12}")
    print("\n".join(unnoticed) or "none went unnoticed")
    quiet = all(sound) and not any(pages) and notices_doctor() is None
    print(f"of the sound files afterwards nothing is said: {'yes' if quiet else 'no'}")
    return 0 if quiet and not unnoticed else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--pages-every", type=int, default=1, metavar="N", help="ask a page after every Nth flip alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="tell of each flip")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the copy
    options = parser.parse_args()
    if options.here:
        return run(options)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "galviz"
        copy.mkdir()
        for name in COPIED:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
        environment = os.environ | {
            "PYTHONPATH": str(copy),
            "GALVIZ_WORK": str(Path(scratch) / "work"),
            "GALVIZ_CACHE": str(Path(scratch) / "cache"),
        }
        command = [sys.executable, str(copy / "benchmarks" / "flips.py"), *sys.argv[1:], "--here"]
        return subprocess.run(command, cwd=copy, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())

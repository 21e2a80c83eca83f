"""What the tests share: survey folders of drawn galaxies, and the rule that CI skips nothing."""

import os
import sys
from pathlib import Path

# Before torch is imported: with two workers on two cores, threads of their own cost each of them more than they give.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from PIL import Image

from galviz.card import write_card
from galviz.survey import load_survey
from tests.cards import TINY, card_for

# The same examples each time, on a machine of any speed.
settings.register_profile("galviz", deadline=None, derandomize=True, database=None)
settings.load_profile("galviz")

ROOT = Path(__file__).parents[1]
FIRST_ID = 9_100_000_000_000_000_000


@pytest.fixture(scope="session")
def make_survey(tmp_path_factory):
    """A function that writes a survey folder: make_survey(count, labelled=…, causes=…, side_px=…, suffix=…)."""

    def write(count=40, *, labelled=True, causes=True, side_px=160, suffix=".jpg", seed=1) -> Path:
        folder = tmp_path_factory.mktemp("survey")
        catalogue = draw_catalogue(count, seed)
        (folder / "images").mkdir()
        for galaxy in catalogue.itertuples():
            draw_galaxy(galaxy, side_px).save(folder / "images" / f"{galaxy.objID}{suffix}", quality=90)
        columns = ["objID"] + ["oh_p50"] * labelled + [name for name in catalogue if name[0] != "o"] * causes
        catalogue[columns].to_csv(folder / "master.csv", index=False)
        return folder

    return write


@pytest.fixture(scope="session")
def small_survey(make_survey):
    """A hundred labelled galaxies of 64 px with their causes: enough to train a tiny network on in seconds."""
    return load_survey(make_survey(100, side_px=64))


@pytest.fixture(scope="session")
def tiny_card(tmp_path_factory):
    """The card of a tiny untrained network, beside its weights."""
    from galviz.model import build_network, write_weights

    weights = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    write_weights(build_network(TINY, seed=1), weights)
    path = weights.with_suffix(".json")
    write_card(card_for(weights), path)
    return path


@pytest.fixture(autouse=True)
def own_main():
    """AppTest leaves the app as this process's __main__; processes that are spawned later would run it again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def run_app(monkeypatch):
    """A function that runs a page of the app as `streamlit run app.py -- ARGUMENTS` would, at an address with a query.

    run_app(*arguments, page="lessons/galaxies", **query)
    """
    from streamlit.testing.v1 import AppTest

    def run(*arguments, page="lessons/galaxies", **query):
        monkeypatch.setattr(sys, "argv", ["app.py", *map(str, arguments)])
        app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = str(value)
        app.run()  # home, and with it the registry of pages
        return app.switch_page(f"{page}/page.py").run() if page != "instruments/home" else app

    return run


def draw_catalogue(count: int, seed: int) -> pd.DataFrame:
    """Causes of `count` galaxies, evenly spaced in metallicity and shuffled, with some columns of the mock survey."""
    random = np.random.default_rng(seed)
    metallicity = random.permutation(np.linspace(8.3, 9.2, count))
    return pd.DataFrame(
        {
            "objID": [str(FIRST_ID + seed * 1_000_000 + number) for number in range(count)],
            "oh_p50": metallicity.round(4),
            "log_mass_msun": (9 + 2 * (metallicity - 8.3)).round(3),
            "log_sfr_msun_yr": 0.3,
            "redshift": 0.07,
            "bulge_fraction": random.uniform(0, 0.8, count).round(3),
            "half_light_radius_kpc": 4.0,
            "inclination_deg": random.uniform(0, 90, count).round(1),
            "arm_number": random.choice([0, 2, 3], count),
            "arm_pitch_deg": 18.0,
            "bar_strength": 0.0,
            "dust_v_mag": 0.4,
            "merger": 0,
        }
    )


def draw_galaxy(galaxy: object, side_px: int) -> Image.Image:
    """A blob whose colour turns from blue to red with metallicity, as flat as it is inclined."""
    y, x = np.mgrid[:side_px, :side_px] - side_px / 2
    axis_ratio = max(0.2, np.cos(np.radians(galaxy.inclination_deg)))
    light = np.exp(-np.hypot(x, y / axis_ratio) / (0.08 * side_px))
    red = (galaxy.oh_p50 - 8.3) / 0.9
    colour = np.array([0.5 + 0.5 * red, 0.7, 1.0 - 0.5 * red])
    return Image.fromarray((255 * light[..., None] * colour).astype(np.uint8))


def pytest_sessionfinish(session):
    """In CI a test that did not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = [] if reporter is None else reporter.stats.get("skipped", []) + reporter.stats.get("xfailed", [])
    if os.environ.get("CI") and left_out:
        reporter.ensure_newline()
        reporter.write_line(f"{len(left_out)} tests were skipped, which CI does not allow.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

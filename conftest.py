"""What the tests share: survey folders of drawn galaxies, and the rule that CI skips nothing."""

import gc
import os
import sys
from pathlib import Path

# Before torch is imported: with two workers on two cores, threads of their own cost each of them more than they give.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from galviz.network.card import write_card
from galviz.survey.survey import load_survey
from tests.cards import TINY, card_for
from tests.galaxies import draw_catalogue, draw_galaxy

# The same examples each time, on a machine of any speed.
settings.register_profile("galviz", deadline=None, derandomize=True, database=None)
settings.load_profile("galviz")

ROOT = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect the tests without garbage collection.

    Importing torch, astropy and streamlit makes millions of objects that stay: searching them for garbage, again and
    again, takes a fifth of the time of collecting. Freezing them spares the searches during the tests, too, which are
    also fewer: one per 10,000 new objects instead of 700.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000)
        gc.enable()


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
    from galviz.network.builders import build_network
    from galviz.network.networkfiles import write_weights

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


@pytest.fixture(scope="session")
def page_hashes():
    """What AppTest's `switch_page` has set for each page: a second session needs no run before it to know its pages."""
    return {}


@pytest.fixture
def run_app(monkeypatch, page_hashes):
    """A function that runs a page of the app as `streamlit run app.py -- ARGUMENTS` would, at an address with a query.

    run_app(*arguments, page="lessons/galaxies", **query)
    """
    from streamlit.testing.v1 import AppTest, local_script_runner

    poll = local_script_runner.require_widgets_deltas

    def wait(runner, timeout):
        """Wait for the page's thread to end; AppTest asks every millisecond, which slows the page."""
        runner._script_thread.join(timeout)
        poll(runner, 0.1)  # raises the error of a page that takes longer

    monkeypatch.setattr(local_script_runner, "require_widgets_deltas", wait)

    def run(*arguments, page="lessons/galaxies", **query):
        monkeypatch.setattr(sys, "argv", ["app.py", *map(str, arguments)])
        # AppTest looks for components among all installed packages, half a second each time; galviz uses none of them.
        monkeypatch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = str(value)
        if page == "instruments/home":
            return app.run()
        if page in page_hashes:
            app._page_hash = page_hashes[page]
            return app.run()
        with pytest.MonkeyPatch.context() as patch:
            # The first run registers the pages; drawing home, too, would cost more than most pages do.
            patch.setattr("panels.page_loader.draw_page", lambda source: None)
            app.run()
        app.switch_page(f"{page}/page.py")
        page_hashes[page] = app._page_hash
        return app.run()

    return run


def pytest_sessionfinish(session):
    """In CI a test that did not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = [] if reporter is None else reporter.stats.get("skipped", []) + reporter.stats.get("xfailed", [])
    if os.environ.get("CI") and left_out:
        reporter.ensure_newline()
        reporter.write_line(f"{len(left_out)} tests were skipped, which CI does not allow.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

"""Explore in a real browser, for surveys as users bring them, with a tiny network."""

import pytest
from playwright.sync_api import expect

from galviz.features.cache import cache_features
from galviz.features.extraction import extract
from galviz.network.model import load_model
from galviz.survey.survey import load_survey

pytestmark = pytest.mark.browser

LARGEST_PAGE_BYTES = 2_000_000
MANY = 640  # ten batches: time enough to press Cancel


@pytest.fixture
def start(serve, tiny_card, tmp_path, monkeypatch):
    """A function that starts the app for a survey folder and the tiny network, with a cache of its own."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))

    def run(folder, *arguments):
        return serve("--survey", folder, "--model", tiny_card, *arguments, GALVIZ_CACHE=tmp_path / "kept")

    return run


@pytest.fixture
def start_known(start, tiny_card):
    """The same for a survey that the network has seen."""

    def run(folder, *arguments):
        network = load_model(tiny_card)
        cache_features(extract(network, load_survey(folder), layers=network.layer_names))
        return start(folder, *arguments)

    return run


def compute(tab):
    return tab.page.get_by_role("button", name="Compute their features")


def test_features_are_computed_with_a_way_out_and_found_by_others(start, visit, photograph, make_survey, tmp_path):
    folder = make_survey(MANY, side_px=48)
    address = start(folder)
    home = visit(address)
    home.press(home.page.get_by_text(f"Explore your survey: {MANY} galaxies of {folder.name}"))
    home.press(compute(home))
    expect(home.main).to_contain_text(f" of {MANY} galaxies, about ", timeout=60_000)
    expect(compute(home)).to_be_disabled()
    home.page.get_by_role("button", name="Cancel").click()
    expect(home.page.locator("[data-testid=stProgress]")).to_have_count(0)
    expect(compute(home)).to_be_enabled()
    assert list((tmp_path / "kept").glob("*.parquet")) == []

    home.press(compute(home))
    expect(home.page.get_by_role("application")).to_be_visible(timeout=60_000)
    home.settle()
    expect(home.main).to_contain_text(f"0 of {MANY} galaxies selected")
    assert home.complaints == []

    other = visit(address, "/explore")
    expect(other.page.get_by_role("application")).to_be_visible()
    expect(compute(other)).to_have_count(0)
    other.press(other.page.get_by_text("Table, export, and the variance of the components"))
    with other.page.expect_download() as download:
        other.press(other.page.get_by_role("button", name=f"Download {MANY} galaxies as CSV"))
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 1 + MANY
    assert other.bytes <= LARGEST_PAGE_BYTES
    assert other.complaints == []
    photograph(other, "own-survey-1280-light")


def test_features_that_vanish_while_a_part_of_the_page_runs_are_explained(start_known, visit, make_survey, tmp_path):
    tab = visit(start_known(make_survey(12)), "/explore")
    expect(tab.page.get_by_role("application")).to_be_visible()
    for file in (tmp_path / "kept").glob("*.parquet"):
        file.unlink()
    tab.press(tab.page.get_by_role("radio", name="stage2"))  # a layer that was not read before
    expect(tab.page.locator("h1")).to_have_text(["A file that galviz needs can't be read"])
    tab.press(tab.page.get_by_role("button", name="Check again"))
    expect(compute(tab)).to_be_visible()
    assert tab.complaints == []


@pytest.mark.parametrize(
    ("survey", "arguments", "sentence"),
    [
        (
            {"count": 30, "labelled": False, "side_px": 424, "suffix": ".png"},
            [],
            "there is no ground truth to compare with",
        ),
        ({"count": 30}, ["--label", "inclination_deg"], "predicts another quantity than inclination"),
        ({"count": 1}, [], "A map needs at least two galaxies"),
    ],
    ids=["no-label-424-png", "other-label", "one-galaxy"],
)
def test_any_folder_has_its_picture_or_its_sentence(
    start_known, visit, photograph, make_survey, request, survey, arguments, sentence
):
    address = start_known(make_survey(**survey), *arguments)
    for width, theme in ((1280, "light"), (390, "dark")):
        tab = visit(address, "/explore?panel=Predictions", width=width, theme=theme)
        expect(tab.main).to_contain_text(sentence)
        expect(tab.page.get_by_role("application")).to_have_count(0 if survey["count"] == 1 else 1)
        tab.settle()
        assert tab.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert tab.bytes <= LARGEST_PAGE_BYTES
        photograph(tab, f"own-survey-{request.node.callspec.id}-{width}-{theme}")
        assert tab.complaints == []


def test_a_broken_image_has_a_page_of_its_own(start, visit, photograph, make_survey):
    folder = make_survey(12)
    broken = sorted((folder / "images").iterdir())[0]
    content = broken.read_bytes()
    broken.write_bytes(content[:400])
    tab = visit(start(folder), "/explore")
    expect(tab.page.locator("h1")).to_have_text(["This survey can't be read yet"])
    expect(tab.main).to_contain_text(broken.name)
    photograph(tab, "own-survey-broken-image")
    broken.write_bytes(content)
    tab.press(tab.page.get_by_role("button", name="Check again"))
    expect(tab.page.locator("h1")).to_have_text(["Explore"])
    expect(compute(tab)).to_be_visible()
    assert tab.complaints == []

"""The page Explore in a real browser, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from galviz.survey.survey import load_survey
from tests.browser.keys import choose_by_key
from tests.browser.maps import drag
from tests.panels.embeddings import write_features

pytestmark = pytest.mark.browser

COUNT = re.compile(r"([\d,]+) of 2,000 galaxies selected")


@pytest.fixture
def explore(serve, visit):
    """A visit of the page, whose map has been drawn."""
    tab = visit(serve(), "/explore")
    expect(map_of(tab)).to_be_visible()
    return tab.settle()


def map_of(tab):
    return tab.page.get_by_role("application")


def count(tab):
    tab.settle()
    text = tab.page.get_by_text(COUNT).inner_text()
    return int(COUNT.search(text)[1].replace(",", ""))


def expect_count(tab, pattern):
    """Wait until the number of selected galaxies matches a pattern; return it."""
    expect(tab.page.get_by_text(re.compile(rf"^{pattern} of 2,000 galaxies selected"))).to_be_visible()
    return count(tab)


def zoom(tab):
    return tab.page.evaluate("galvizMaps.get('galaxy_map').zoom")


def test_a_lasso_and_a_box_select_and_undo_goes_back(explore, photograph):
    drag(explore, map_of(explore), [(0.5, 0.2), (0.97, 0.05), (0.97, 0.6), (0.55, 0.6)])
    by_lasso = expect_count(explore, "[1-9][0-9]*")
    expect(explore.images.first).to_be_visible()
    explore.page.get_by_role("button", name="Box").click()
    drag(explore, map_of(explore), [(0.02, 0.02), (0.98, 0.98)])
    expect_count(explore, "2,000")
    explore.press(explore.page.get_by_role("button", name="Undo"))
    assert expect_count(explore, f"{by_lasso:,}") == by_lasso
    photograph(explore, "explore-selected")
    assert explore.complaints == []


def test_a_click_opens_a_galaxy_and_shift_adds_to_the_selection(explore):
    survey = load_survey()
    map_of(explore).focus()
    explore.page.keyboard.press("Enter")
    caption = explore.page.get_by_text(re.compile(r"^\d{19}$")).first
    expect(caption).to_be_visible()
    assert caption.inner_text() in survey.object_ids


def test_galaxies_are_selected_by_the_keyboard_alone(explore):
    map_of(explore).focus()
    keyboard = explore.page.keyboard
    keyboard.press("Space")
    expect_count(explore, "1")
    keyboard.press("ArrowRight")
    keyboard.press("Space")
    expect_count(explore, "2")
    keyboard.press("b")
    for _ in range(12):
        keyboard.press("ArrowRight")
    keyboard.press("b")
    assert expect_count(explore, "([3-9]|[1-9][0-9]+)") > 2
    keyboard.press("Escape")
    expect_count(explore, "0")


def test_a_condition_selects_and_the_view_stays(explore):
    zoom_in = explore.page.get_by_role("button", name="Zoom in")
    for _ in range(3):
        zoom_in.click()
    assert zoom(explore) == pytest.approx(1.5**3)
    field = explore.page.get_by_role("textbox", name="Select by a condition")
    field.fill("metallicity < 8.5")
    field.press("Enter")
    expected = (load_survey().catalogue["metallicity"] < 8.5).sum()
    expect_count(explore, f"{expected:,}")
    explore.press(explore.page.get_by_role("button", name="Clear"))
    expect_count(explore, "0")
    assert zoom(explore) == pytest.approx(1.5**3)


def test_own_galaxies_are_explored_by_the_keyboard_alone(serve, visit, make_survey, tmp_path_factory):
    folder = make_survey(40, side_px=64)
    file = write_features(folder, tmp_path_factory.mktemp("features"))
    tab = visit(serve("--survey", folder, "--features", file), "/explore")
    page, keyboard = tab.page, tab.page.keyboard
    map_of(tab).focus()
    keyboard.press("Space")
    expect(page.get_by_text(re.compile("^1 of 40 galaxies selected"))).to_be_visible()
    keyboard.press("Enter")
    panels = page.get_by_role("radiogroup", name="Panel")
    expect(panels.get_by_role("radio", name="Galaxy")).to_be_checked()
    for name in ("Images", "Differences"):
        choose_by_key(tab, panels, panels.get_by_role("radio", name=name))
    tab.rest()
    field = page.get_by_role("textbox", name="Select by a condition")
    field.focus()
    keyboard.type("metallicity < 9")
    keyboard.press("Enter")
    expected = (load_survey(folder).catalogue["metallicity"] < 9).sum()
    expect(page.get_by_text(re.compile(f"^{expected} of 40 galaxies selected"))).to_be_visible()
    tab.rest()
    page.get_by_role("button", name="Undo").focus()
    keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^1 of 40 galaxies selected"))).to_be_visible()
    tab.rest()
    page.get_by_role("radio", name="pictures").focus()
    keyboard.press("Space")
    expect(page.get_by_role("radio", name="pictures")).to_be_checked()
    assert tab.complaints == []

"""Charts on a touchscreen."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CHART = "[data-testid=stVegaLiteChart]"
# Beside a point of the chart, and not on it: a finger isn't a mouse.
BESIDE_PX = 7


def test_a_tap_beside_a_point_shows_its_galaxy_until_the_next_tap(serve, visit):
    tab = visit(serve(), "/space?sample=24", width=390, touch=True)
    point = tab.page.locator(f"{CHART} .mark-symbol.role-mark [role=graphics-symbol]").first
    tooltip = tab.page.locator("#vg-tooltip-element")
    for _ in range(2):
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        tab.page.touchscreen.tap(box["x"] + box["width"] + BESIDE_PX, box["y"] + box["height"] / 2)
        expect(tooltip).to_be_visible()
        expect(tooltip).to_contain_text("predicted [dex]")
        tab.main.get_by_role("heading", level=1).tap()
        expect(tooltip).to_be_hidden()
    assert tab.complaints == []


def test_a_tap_chooses_a_picture_of_a_chart(serve, visit):
    tab = visit(serve(), "/laboratory", width=390, touch=True)
    for place in (20, 3):  # more than once: Vega remembers what it picked before
        tab.settle()
        picture = tab.page.locator(f"{CHART} image").nth(place - 1)
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        tab.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.page.wait_for_url(f"**/laboratory?lab_galaxy={place}")
    assert tab.complaints == []

"""The page Cause laboratory in a real browser: a picture chooses a galaxy, a slider changes it, the URL keeps both."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_click_chooses_a_galaxy_and_the_slider_changes_it(serve, visit):
    tab = visit(serve(), "/laboratory")
    page = tab.page
    strip = page.locator("[data-testid=stVegaLiteChart]").first
    expect(strip.locator("canvas, svg").first).to_be_visible()
    box = strip.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 7.5 / 12, box["y"] + box["height"] * 0.75)  # the 8th of the second row
    expect(page).to_have_url(re.compile("lab_galaxy=20"))
    tab.settle()
    before = tab.images.nth(1).get_attribute("src")
    page.get_by_role("slider", name="Value").press("End")
    expect(page).to_have_url(re.compile("lab_value="))
    tab.settle()
    expect(tab.images.nth(1)).not_to_have_attribute("src", before)

    again = visit(tab.address, page.url.removeprefix(tab.address))
    expect(again.page.get_by_text(re.compile("^Changed: "))).to_be_visible()
    assert again.complaints == []

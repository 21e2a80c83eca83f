"""The page Audit in a real browser: pictures of what was found, ticks, and the list to exclude."""

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from galviz.survey.survey import load_survey
from tests.audit.test_audit import copy_mock_galaxies, path_of
from tests.browser.test_pages import TELEPHONE_PX, check_accessibility, check_width

pytestmark = pytest.mark.browser


@pytest.fixture
def folder(tmp_path):
    """Twelve mock galaxies: one black, six placeholders."""
    folder = copy_mock_galaxies(tmp_path / "survey")
    Image.new("RGB", (160, 160)).save(path_of(folder, 0))
    placeholder = Image.new("RGB", (160, 160), (20, 20, 70))
    ImageDraw.Draw(placeholder).text((30, 75), "no imaging here", fill="white")
    for number in range(1, 7):
        placeholder.save(path_of(folder, number))
    return folder


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_findings_are_shown_ticked_and_downloaded(serve, visit, photograph, folder, width, theme):
    tab = visit(serve("--survey", folder), "/audit", width=width, theme=theme)
    tab.press(tab.page.get_by_role("button", name="Audit the galaxies"))
    expect(tab.main).to_contain_text("Placeholder (6)", timeout=60_000)
    tab.settle()
    check_width(tab)
    check_width(tab, TELEPHONE_PX)
    check_accessibility(tab)
    photograph(tab, f"audit-{width}-{theme}")
    expect(tab.main).to_contain_text("1 galaxy is ticked.")
    tab.press(tab.page.get_by_role("button", name="Tick all 6").first)
    expect(tab.main).to_contain_text("7 galaxies are ticked.")
    with tab.page.expect_download() as download:
        tab.press(tab.page.get_by_role("button", name="Download the list to exclude"))
    excluded = download.value.path().read_text(encoding="utf-8")
    assert all(f"\n{object_id}  # " in excluded for object_id in load_survey().object_ids[:7])
    expect(tab.page.locator("[data-testid=stException]")).to_have_count(0)
    assert tab.complaints == []

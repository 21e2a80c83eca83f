"""The pages on features, in a real browser."""

import pytest
from playwright.sync_api import expect

from lessons import LESSONS

pytestmark = pytest.mark.browser

LARGEST_PAGE_BYTES = 2_000_000
TITLES = {
    "home": "What a neural network sees in galaxies",
    "feature-space": "Feature space",
    **{lesson.slug: lesson.title for lesson in LESSONS if lesson.slug != "galaxies"},
}


def drawn(found):
    """Charts that have been drawn."""
    return found.page.locator("[data-testid=stVegaLiteChart]").locator("canvas, svg")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("slug", TITLES)
def test_page_loads_clean(serve, visit, photograph, slug, width, theme):
    found = visit(serve(), "/" if slug == "home" else f"/{slug}", width=width, theme=theme)
    expect(found.page.locator("h1")).to_have_text(TITLES[slug])
    expect(drawn(found).first).to_be_visible()
    expect(found.page.locator("[data-testid=stException]")).to_have_count(0)
    found.settle()
    assert found.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found.bytes <= LARGEST_PAGE_BYTES
    photograph(found, f"{slug}-{width}-{theme}")
    assert found.complaints == []
    assert found.foreign == []


def test_a_point_shows_its_galaxy(serve, visit):
    found = visit(serve(), "/space?sample=24")
    chart = found.page.locator("[data-testid=stVegaLiteChart]").first
    canvas = drawn(found).first
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    tooltip = found.page.locator("#vg-tooltip-element")
    # The points' places are the sample's own: look along a grid until one answers.
    for step in range(12, int(box["width"]) - 160, 6):
        for level in range(30, int(box["height"]) - 60, 6):
            found.page.mouse.move(box["x"] + step, box["y"] + level)
            if tooltip.is_visible() and tooltip.locator("img").count():
                assert tooltip.locator("img").get_attribute("src").startswith("data:image/webp")
                expect(tooltip).to_contain_text("predicted [dex]")
                assert chart.is_visible()
                return
    pytest.fail("no point of the chart has a tooltip with its galaxy")


def test_controls_act_and_keep_their_values_from_page_to_page(serve, visit):
    found = visit(serve(), "/pca")
    found.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    found.page.wait_for_url("**/pca?sample=257")
    found.page.get_by_role("radio", name="stage1", exact=True).or_(
        found.page.get_by_text("stage1", exact=True)
    ).first.click()
    expect(found.main).to_contain_text("257 simulated galaxies, layer stage1")
    found.page.get_by_role("link", name="Next: The feature space").click()
    expect(found.page.locator("h1")).to_have_text("The feature space")
    expect(found.main).to_contain_text("257 simulated galaxies, layer stage1")
    found.page.get_by_role("link", name="Back: Principal components").click()
    expect(found.page.locator("h1")).to_have_text("Principal components")
    expect(found.main).to_contain_text("257 simulated galaxies, layer stage1")
    assert found.complaints == []


def test_a_deep_link_opens_what_it_says(serve, visit):
    found = visit(serve(), "/space?sample=64&layer=stage3&components=5&x=PC2&y=PC4")
    expect(found.main).to_contain_text("64 simulated galaxies, layer stage3")
    expect(found.page.get_by_role("combobox", name="Across")).to_have_value("PC2")
    expect(found.page.get_by_role("combobox", name="Up")).to_have_value("PC4")
    assert found.complaints == []


def test_two_users_at_once_have_their_own_layers(serve, visit):
    one, other = visit(serve(), "/pca?layer=stage1"), visit(serve(), "/pca?layer=stem&sample=100")
    one.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    expect(one.main).to_contain_text("257 simulated galaxies, layer stage1")
    expect(other.main).to_contain_text("100 simulated galaxies, layer stem")

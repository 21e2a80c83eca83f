"""The pages on features, in a real browser."""

import re
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from galviz.artefacts.figures import LESSON_FIGURES
from galviz.course.manifest import load_lessons
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey

LESSONS = load_lessons()

pytestmark = pytest.mark.browser

LARGEST_PAGE_BYTES = 2_000_000
# Two screens at 1280 × 900.
TALLEST_STEP_PX = 1_800
TELEPHONE_PX = 390
# Streamlit scrolls the page inside an element of its own.
FITS = """width => innerWidth === width && [document.documentElement, document.querySelector("[data-testid=stMain]")]
    .every(element => element.scrollWidth <= element.clientWidth)"""
IS_DARK = """() => {
    const colour = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
    return Math.max(...colour.match(/[0-9]+/g)) < 50;
}"""
TABLE = "[data-testid=stDataFrame]"
UPLOADER = "[data-testid=stFileUploader]"
TITLES = {
    "home": "What has a neural network learnt about galaxies?",
    "own": "Your galaxies",
    "explore": "Explore",
    "laboratory": "Cause laboratory",
    "layers": "Layer by layer",
    "units": "Units",
    "compare": "Compare",
    "galaxy": "One galaxy",
    "glossary": "Glossary",
    "certificate": "Your certificate",
    **{lesson.slug: lesson.title for lesson in LESSONS},
}
# Pages without pictures.
TEXTS = ("glossary", "certificate")


@pytest.fixture(scope="module")
def survey():
    return load_survey()


@pytest.fixture(scope="module")
def features():
    return load_features()


def drawn(tab):
    """Charts that have been drawn."""
    return tab.page.locator("[data-testid=stVegaLiteChart]").locator("canvas, svg")


def serious_violations(tab):
    """Serious violations of accessibility rules that axe-core detects, but for those of Streamlit 1.67 itself.

    Its navigation's list holds headings beside its items, and its code blocks have pale words and scroll sideways.
    """
    context = {"exclude": [["[data-testid=stSidebarNav]"], ["[data-testid=stCode]"]]}
    violations = Axe().run(tab.page, context=context).response["violations"]
    return [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]


def check_accessibility(tab):
    """Fail if axe-core detects a serious violation; what fades in has less contrast until it is there."""
    for _ in range(10):
        if not (violations := serious_violations(tab)):
            return
        tab.page.wait_for_timeout(500)
    assert violations == []


def check_width(tab, width=None):
    """Fail if the page can be scrolled sideways, at another width too if one is given."""
    before = tab.page.viewport_size
    if width is not None:
        tab.page.set_viewport_size(before | {"width": width})
    # What changes with the width comes a moment later.
    tab.page.wait_for_function(FITS, arg=width or before["width"])
    tab.page.set_viewport_size(before)


@pytest.mark.parametrize("slug", TITLES)
def test_page_loads_clean_and_is_accessible(serve, visit, photograph, slug):
    """Loaded in the light theme, changed to the dark one, and loaded in that by a telephone."""
    path = "/" if slug == "home" else f"/{slug}"
    tab = visit(serve(), path)
    check_page(tab, slug)
    check_width(tab, TELEPHONE_PX)
    photograph(tab, f"{slug}-1280-light")
    tab.page.emulate_media(color_scheme="dark")
    tab.page.wait_for_function(IS_DARK)
    check_accessibility(tab)
    photograph(tab, f"{slug}-1280-dark")
    tab.page.set_viewport_size({"width": TELEPHONE_PX, "height": 900})
    check_page(tab.open(path), slug)
    photograph(tab, f"{slug}-390-dark")
    assert tab.complaints == []
    assert tab.foreign == []


def check_page(tab, slug):
    """Fail if a page lacks its title or its pictures, doesn't fit, isn't accessible, is large or has failed."""
    # A list, because for a moment the page before may still be there.
    expect(tab.page.locator("h1")).to_have_text([TITLES[slug]])
    if slug not in TEXTS:
        pictures = (
            tab.page.get_by_role("application")
            if slug == "home"
            else tab.images.or_(drawn(tab)).or_(tab.page.locator(TABLE)).or_(tab.page.locator(UPLOADER))
        )
        # A closed expander keeps what it holds in the page, hidden.
        expect(pictures.filter(visible=True).first).to_be_visible()
    expect(tab.page.locator("[data-testid=stException]")).to_have_count(0)
    tab.settle()
    check_width(tab)
    assert tab.bytes <= LARGEST_PAGE_BYTES
    check_accessibility(tab)


def go_on(tab, title):
    """Go to the next lesson, which the last step of a lesson leads to."""
    link = tab.page.get_by_role("link", name=f"Next: {title}")
    tab.insist(lambda: tab.press(tab.page.get_by_role("radio", name="Quiz", exact=True)), expect(link).to_be_visible)
    tab.press(link)


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_every_step_of_a_lesson_is_accessible_and_fits_the_screen(serve, visit, slug):
    """At most two screens high, and on a telephone no wider than the screen.

    In the light theme: both have the same elements, and their colours are the same on all steps.
    """
    tab = visit(serve(), f"/{slug}")
    following = tab.page.locator(".st-key-step_next button")
    position = re.compile(r"Step 1 of (\d+)\b")
    expect(tab.main).to_contain_text(position)
    n_steps = int(position.search(tab.main.inner_text())[1])
    expect(tab.page.locator(".st-key-lesson_outline").get_by_role("radio")).to_have_count(n_steps)
    for number in range(1, n_steps + 1):
        expect(tab.main).to_contain_text(re.compile(rf"Step {number} of {n_steps}\b"))
        tab.settle()
        expect(tab.page.locator("[data-testid=stException]")).to_have_count(0)
        assert tab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        assert tab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= TALLEST_STEP_PX
        check_accessibility(tab)
        check_width(tab, TELEPHONE_PX)
        if number < n_steps:
            tab.press(following)
            expect(tab.page.locator("h2").first).to_be_focused()
    expect(following).to_have_count(0)
    assert tab.complaints == []


def test_a_point_shows_its_galaxy(serve, visit):
    tab = visit(serve(), "/space?sample=24")
    chart = tab.page.locator("[data-testid=stVegaLiteChart]").first
    canvas = drawn(tab).first
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    tooltip = tab.page.locator("#vg-tooltip-element")
    # The points' places are the sample's own: look along a grid until one answers.
    for step in range(12, int(box["width"]) - 160, 6):
        for level in range(30, int(box["height"]) - 60, 6):
            tab.page.mouse.move(box["x"] + step, box["y"] + level)
            if tooltip.is_visible() and tooltip.locator("img").count():
                assert tooltip.locator("img").get_attribute("src").startswith("data:image/webp")
                expect(tooltip).to_contain_text("predicted [dex]")
                assert chart.is_visible()
                return
    pytest.fail("no point of the chart has a tooltip with its galaxy")


def test_controls_act_and_keep_their_values_from_page_to_page(serve, visit):
    tab = visit(serve(), "/pca")
    tab.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    tab.page.wait_for_url("**/pca?sample=257")
    tab.page.get_by_role("radio", name="stage1", exact=True).or_(
        tab.page.get_by_text("stage1", exact=True)
    ).first.click()
    expect(tab.main).to_contain_text("257 simulated galaxies, layer stage1")
    go_on(tab, "The feature space")
    expect(tab.page.locator("h1")).to_have_text(["The feature space"])
    expect(tab.main).to_contain_text("257 simulated galaxies, layer stage1")
    tab.press(tab.page.get_by_role("link", name="Back: Principal components"))
    expect(tab.page.locator("h1")).to_have_text(["Principal components"])
    expect(tab.main).to_contain_text("257 simulated galaxies, layer stage1")
    assert tab.complaints == []


def test_a_deep_link_opens_what_it_says(serve, visit):
    tab = visit(serve(), "/space?sample=64&layer=stage3&components=5&x=PC2&y=PC4")
    expect(tab.main).to_contain_text("64 simulated galaxies, layer stage3")
    expect(tab.page.get_by_role("combobox", name="Across")).to_have_value("PC2")
    expect(tab.page.get_by_role("combobox", name="Up")).to_have_value("PC4")
    assert tab.complaints == []


def test_what_a_deep_link_says_is_kept_from_page_to_page(serve, visit):
    tab = visit(serve(), "/pca?layer=stage2&components=7&sample=500")
    for title in ("The feature space", "Galaxies as points"):
        go_on(tab, title)
        expect(tab.page.locator("h1")).to_have_text([title])
        expect(tab.main).to_contain_text("layer stage2")
        expect(tab.page.get_by_role("slider", name="Galaxies in the sample")).to_have_value("500")
        expect(tab.page.get_by_role("slider", name="Components")).to_have_value("7")
        tab.rest()  # parameters are added to the URL one by one
        assert parse_qs(urlsplit(tab.page.url).query) == {"components": ["7"], "layer": ["stage2"], "sample": ["500"]}
    assert tab.complaints == []


def test_an_example_and_a_channel_are_kept_from_page_to_page(serve, visit):
    tab = visit(serve(), "/images")
    tab.press(tab.page.get_by_role("radio", name="5", exact=True))
    tab.page.wait_for_url("**/images?example=5")
    galaxy = f"Simulated galaxy {LESSON_FIGURES.load().object_ids[4]}"
    expect(tab.main).to_contain_text(galaxy)
    go_on(tab, "The network")
    expect(tab.page.locator("h1")).to_have_text(["The network"])
    tab.press(tab.page.get_by_role("radio", name="Convolution"))
    expect(tab.main).to_contain_text(galaxy)
    tab.page.get_by_role("slider", name="Kernel").press("End")
    tab.page.wait_for_url("**/network?*kernel=32*")
    assert tab.complaints == []


def test_every_page_leads_on_and_back(serve, visit):
    tab = visit(serve(), "/")
    tab.press(tab.page.get_by_role("link", name=f"Begin the course: {LESSONS[0].title}"))
    for before, after in pairwise(LESSONS):
        expect(tab.page.locator("h1")).to_have_text([before.title])
        go_on(tab, after.title)
    for before, after in pairwise(reversed(LESSONS)):
        expect(tab.page.locator("h1")).to_have_text([before.title])
        tab.press(tab.page.get_by_role("link", name=f"Back: {after.title}"))
    expect(tab.page.locator("h1")).to_have_text([LESSONS[0].title])
    assert tab.complaints == []


def test_two_users_compute_live_at_different_layers_each_their_own(serve, visit, survey, features):
    """Five times in a row, pressed at the same time: what each is told is of their own layer and sample."""
    users = {layer: visit(serve(), f"/hooks?step=2&sample=30&hook={layer}") for layer in ("stem", "stage3")}
    for size in range(30, 35):
        if size > 30:
            for tab in users.values():
                tab.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
            for tab in users.values():
                # The page has run with the slider's value: a press before that is lost.
                expect(tab.page.get_by_text(f"of {size - 1} galaxies, computed live")).to_have_count(0)
                tab.settle()
        for tab in users.values():
            tab.page.get_by_role("button", name="Compute it live", exact=True).click()
        ids = draw_sample(survey.object_ids, size)
        for layer, tab in users.items():
            values = features.layers[layer][features.rows(ids)]
            result = tab.page.get_by_text("computed live: shape")
            expect(result).to_contain_text(f"Layer {layer} of {size} galaxies", timeout=60_000)
            expect(result).to_contain_text(f"shape {size} × {values.shape[1]}")
            difference = float(result.inner_text().partition("what is shipped: ")[2].split(",")[0])
            assert difference <= 1e-3 * np.abs(values).max()
    assert all(tab.complaints == [] for tab in users.values())


def test_a_live_computation_can_be_cancelled(serve, visit):
    tab = visit(serve(), "/hooks?step=2&sample=2000&hook=stage2")
    tab.press(tab.page.get_by_role("button", name="Compute it live", exact=True))
    expect(tab.main).to_contain_text("of 2,000 galaxies, about", timeout=60_000)
    tab.page.get_by_role("button", name="Cancel").click()
    expect(tab.page.get_by_role("button", name="Compute it live", exact=True)).to_be_visible()
    expect(tab.main).not_to_contain_text("computed live")
    assert tab.complaints == []


def test_two_users_at_once_have_their_own_layers(serve, visit):
    one, other = visit(serve(), "/pca?layer=stage1"), visit(serve(), "/pca?layer=stem&sample=100")
    one.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    expect(one.main).to_contain_text("257 simulated galaxies, layer stage1")
    expect(other.main).to_contain_text("100 simulated galaxies, layer stem")


@pytest.mark.parametrize("seed", ["Infinity", "1e999", "nan", "-1", "1&tsne_seed=Infinity", "9" * 400])
def test_a_number_that_can_t_be_leaves_the_address(serve, visit, seed):
    tab = visit(serve(), f"/maps?tsne_seed={seed}&sample=40")
    tab.press(tab.page.get_by_role("button", name="t-SNE"))
    expect(tab.page.get_by_role("slider", name="Seed")).to_have_attribute("aria-valuetext", "0")
    expect(tab.page.locator("[data-testid=stException]")).to_have_count(0)
    expect(tab.page).to_have_url(re.compile(r"/maps\?sample=40$"))
    assert tab.complaints == []


def test_text_is_larger_in_presentation_mode(serve, visit):
    tab = visit(serve(), "/pca", width=1920)
    text = tab.page.locator(".st-key-lesson_step p").first
    before = text.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    tab.press(tab.page.locator("label").filter(has_text="Presentation mode"))
    tab.page.wait_for_url("**/pca?present=true")
    tab.page.wait_for_function("parseFloat(getComputedStyle(document.documentElement).fontSize) > 20")
    assert text.evaluate("element => parseFloat(getComputedStyle(element).fontSize)") > 1.3 * before
    assert tab.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert tab.complaints == []

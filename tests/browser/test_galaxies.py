"""The page of the galaxies in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LARGEST_PAGE_BYTES = 2_000_000
GRID_SIZE = 24


@pytest.mark.parametrize(("step", "n_images"), [(1, GRID_SIZE), (2, 1), (3, 3)])
def test_every_image_says_what_it_is(serve, visit, step, n_images):
    images = visit(serve(), f"/galaxies?step={step}").images
    expect(images).to_have_count(n_images)
    described = images.evaluate_all("images => images.map(image => image.alt)")
    assert all(described)
    assert len(set(described)) == len(described)


def test_sample_slider_acts_lands_in_the_address_and_survives_a_reload(serve, visit):
    tab = visit(serve(), "/galaxies")
    expect(tab.main).to_contain_text("24 of the 256 simulated galaxies")
    tab.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    tab.page.wait_for_url("**/galaxies?sample=257")
    expect(tab.main).to_contain_text("24 of the 257 simulated galaxies")
    tab.page.reload()
    expect(tab.main).to_contain_text("24 of the 257 simulated galaxies")
    assert tab.complaints == []


def test_deep_link_opens_what_it_says(serve, visit):
    tab = visit(serve(), "/galaxies?sample=64&galaxy=24")
    expect(tab.main).to_contain_text("24 of the 64 simulated galaxies")
    richest = tab.page.locator("[data-testid=stImageCaption]").filter(has_text="24 · ").inner_text()
    tab.press(tab.page.get_by_role("button", name="Next: One galaxy"))
    expect(tab.main).to_contain_text(f"12 + log10(O/H): {richest.removeprefix('24 · ')} dex")


def test_address_that_cannot_be_is_ignored(serve, visit):
    tab = visit(serve(), "/galaxies?step=99&sample=many&galaxy=99")
    expect(tab.main).to_contain_text("24 of the 256 simulated galaxies")
    assert tab.complaints == []


def test_galaxy_slider_changes_the_galaxy(serve, visit):
    tab = visit(serve(), "/galaxies?step=2")
    slider = tab.page.get_by_role("slider", name="Its place in the grid")
    before = tab.page.get_by_text("Simulated galaxy ").inner_text()
    slider.press("End")
    tab.page.wait_for_url("**/galaxies?*galaxy=24*")
    expect(tab.main).not_to_contain_text(before)
    assert tab.complaints == []


def test_crop_control_shows_more_of_each_picture(serve, visit):
    tab = visit(serve(), "/galaxies")
    expect(tab.images).to_have_count(GRID_SIZE)
    widths = "images => images.slice(0, 24).map(image => image.naturalWidth)"
    assert set(tab.settle().images.evaluate_all(widths)) == {72}
    tab.page.get_by_text("whole", exact=True).click()
    tab.page.wait_for_url("**/galaxies?crop=whole")
    tab.page.wait_for_function("document.querySelector('[data-testid=stImage] img').naturalWidth === 160")
    assert set(tab.settle().images.evaluate_all(widths)) == {160}
    assert tab.complaints == []


def test_two_users_at_once_have_their_own_samples(serve, visit):
    few, many = visit(serve(), "/galaxies?sample=30"), visit(serve(), "/galaxies?sample=200")
    few.page.get_by_role("slider", name="Galaxies in the sample").press("ArrowRight")
    expect(few.main).to_contain_text("24 of the 31 simulated galaxies")
    expect(many.main).to_contain_text("24 of the 200 simulated galaxies")


def test_bad_survey_is_explained_and_the_shipped_one_offered(serve, visit, photograph, make_survey):
    folder = make_survey(30)
    images = sorted((folder / "images").iterdir())
    images[0].unlink()
    images[1].write_text("<html>404</html>")
    tab = visit(serve("--survey", folder), "/galaxies", width=390)
    expect(tab.main).to_contain_text("has 2 problems")
    photograph(tab, "bad-survey-390-light")
    tab.press(tab.page.get_by_role("button", name="Continue with the survey that comes with galviz"))
    expect(tab.main).to_contain_text("24 of the 256 simulated galaxies")
    assert tab.complaints == []


def test_survey_without_labels(serve, visit, photograph, make_survey):
    folder = make_survey(30, labelled=False, causes=False, side_px=424, suffix=".png")
    tab = visit(serve("--survey", folder), "/galaxies", theme="dark")
    expect(tab.main).to_contain_text("no label column")
    expect(tab.images).to_have_count(GRID_SIZE)
    expect(tab.page.get_by_text("Simulated galaxies", exact=True)).to_have_count(0)
    expect(tab.main).not_to_contain_text("simulated galaxies in the sample")
    assert tab.bytes <= LARGEST_PAGE_BYTES
    photograph(tab, "no-label-1280-dark")
    assert tab.complaints == []

"""The pages Units, Compare, One galaxy and Layer by layer in a real browser: each function by mouse and by keyboard."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from galviz.analysis.exemplars import extreme_rows
from galviz.features.features import load_features
from galviz.survey.survey import load_survey
from tests.browser.keys import choose_by_key, press_by_key, reach, select_by_key
from tests.browser.maps import drag, expect_count, expect_selected, selected_on
from tests.panels.embeddings import write_features

pytestmark = pytest.mark.browser

N_EXTREME, N_SHIPPED, N_OWN = 12, 2_000, 40
# The first feature maps need PyTorch and the network.
LOADING_MS = 60_000
LASSO = [(0.5, 0.2), (0.95, 0.05), (0.95, 0.6), (0.55, 0.6)]
LAYERS = ("stem", "stage1", "stage2", "stage3", "features")
LAYER_MAPS = [f"map-{layer}" for layer in LAYERS]
MASS = "stellar mass, log10 [solar masses]"
# A channel, and how it correlates with a property.
SUGGESTED = re.compile("^[0-9]+: r = ")
COMPARED = ["compare-left", "compare-right"]


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def own(make_survey, tmp_path_factory):
    """A survey folder of forty galaxies, and files of two embeddings of them."""
    folder = make_survey(N_OWN, side_px=64)
    files = [write_features(folder, tmp_path_factory.mktemp("features"), channels) for channels in (16, 4)]
    return folder, *files


@pytest.fixture
def visit_own(serve, visit, own):
    """A function that opens a page of the app for these galaxies."""
    folder, file, _ = own
    return lambda path: visit(serve("--survey", folder, "--features", file), path)


def button(tab, name):
    return tab.main.get_by_role("button", name=name).first


def group(tab, name):
    return tab.main.get_by_role("radiogroup", name=name, exact=True)


def combobox(tab, name):
    return tab.main.get_by_role("combobox", name=name, exact=True)


def choose(tab, name, option):
    """Choose one of a few options beside each other with the mouse."""
    choice = group(tab, name).get_by_role("radio", name=option, exact=True)
    tab.insist(lambda: tab.press(choice), expect(choice).to_be_checked)


def choose_by_keyboard(tab, name, option):
    choose_by_key(tab, group(tab, name), group(tab, name).get_by_role("radio", name=option, exact=True))


def select(tab, name, option):
    """Choose an option of a list with the mouse."""
    box = combobox(tab, name)

    def choose():
        if box.get_attribute("aria-expanded") != "true":
            tab.press(box)
        tab.page.get_by_role("option", name=option, exact=True).click()

    tab.insist(choose, partial(expect(box).to_have_value, option))


def expect_in_url(tab, text):
    tab.page.wait_for_url(re.compile(re.escape(text)))


def map_of(tab, name):
    """The canvas of one of several maps, by its key."""
    return tab.page.locator(f".st-key-{name}").get_by_role("application")


def extremes(features, channel):
    """The galaxies with the highest and the lowest activations of a channel of the last layer."""
    highest, lowest = extreme_rows(features.layers["features"][:, channel], N_EXTREME)
    return ([features.object_ids[row] for row in rows] for rows in (highest, lowest))


def in_url(object_ids):
    return "ids=" + "~".join(sorted(object_ids))


def test_units_by_mouse(serve, visit, features):
    tab = visit(serve(), "/units")
    suggested = button(tab, SUGGESTED)
    before = suggested.inner_text()
    select(tab, "Which follow", "redshift")
    expect(suggested).not_to_have_text(before)
    channel = int(suggested.inner_text().partition(":")[0])
    tab.press(suggested)
    expect(tab.page.get_by_role("slider", name="Channel")).to_have_value(str(channel))
    highest, lowest = extremes(features, channel)
    expect(tab.images.first).to_have_attribute(
        "alt", re.compile(f"^Galaxy {highest[0]}, channel {channel} of features")
    )
    for name, object_ids in (("highest", highest), ("lowest", lowest)):
        tab.press(button(tab, f"Select the {name}"))
        expect_in_url(tab, in_url(object_ids))
    choose(tab, "Layer", "stage2")
    expect(tab.images.first).to_have_attribute("alt", re.compile("of stage2: "))
    choose(tab, "Units", "components")
    expect(tab.main).to_contain_text("Along component 1")
    expect(tab.images).to_have_count(3 * N_EXTREME)
    tab.press(tab.main.get_by_text("Table", exact=True))
    expect(tab.page.get_by_test_id("stDataFrame")).to_be_visible()
    assert tab.settle().complaints == []


def test_units_by_keyboard(serve, visit, features):
    tab = visit(serve(), "/units")
    slider = tab.page.get_by_role("slider", name="Channel")
    reach(tab, slider)
    tab.page.keyboard.press("ArrowRight")
    expect_in_url(tab, "channel=1")
    highest, lowest = extremes(features, 1)
    expect(tab.images.first).to_have_attribute("alt", re.compile(f"^Galaxy {highest[0]}, channel 1 of features"))
    for name, object_ids in (("highest", highest), ("lowest", lowest)):
        press_by_key(tab, button(tab, f"Select the {name}"))
        expect_in_url(tab, in_url(object_ids))
    suggested = button(tab, SUGGESTED)
    before = suggested.inner_text()
    select_by_key(tab, combobox(tab, "Which follow"), "redshift")
    expect(suggested).not_to_have_text(before)
    channel = suggested.inner_text().partition(":")[0]
    press_by_key(tab, suggested)
    expect(slider).to_have_value(channel)
    choose_by_keyboard(tab, "Layer", "stage2")
    choose_by_keyboard(tab, "Units", "components")
    reach(tab, tab.page.get_by_role("slider", name="Component"))
    tab.page.keyboard.press("ArrowRight")
    expect(tab.main).to_contain_text("Along component 2")
    expect(tab.images).to_have_count(3 * N_EXTREME)
    press_by_key(tab, tab.main.locator("summary").filter(has_text="Table"))
    expect(tab.page.get_by_test_id("stDataFrame")).to_be_visible()
    assert tab.settle().complaints == []


def test_units_of_own_galaxies(visit_own, own):
    tab = visit_own("/units")
    tab.press(button(tab, SUGGESTED))
    expect_in_url(tab, "channel=")
    press_by_key(tab, button(tab, "Select the highest"))
    expect_in_url(tab, "ids=")
    choose_by_keyboard(tab, "Units", "components")
    expect(tab.main).to_contain_text("Along component 1")
    assert tab.settle().complaints == []


def lasso(tab, names, one):
    """Draw a lasso on one of some linked maps, and check that its galaxies are selected on all of them; return them."""
    drag(tab.settle(), map_of(tab, one), LASSO)
    expect(tab.main).to_contain_text(re.compile("[1-9][0-9,]* of 2,000 galaxies selected"))
    selected = selected_on(tab, one)
    assert 0 < len(selected) < N_SHIPPED
    expect_selected(tab, names, selected)
    return selected


def test_compare_by_mouse(serve, visit):
    tab = visit(serve(), "/compare")
    select(tab, "Left network", "shuffled labels")
    expect(tab.main).to_contain_text("shuffled labels, features: ")
    select(tab, "Right network", "trained")
    expect(tab.main).to_contain_text("trained, features: ")
    choose(tab, "Right layer", "stage1")
    expect(tab.main).to_contain_text("trained, stage1: ")
    selected = lasso(tab, COMPARED, COMPARED[0])
    tab.press(button(tab, "Invert"))
    expect_count(tab, N_SHIPPED - len(selected), N_SHIPPED)
    tab.press(button(tab, "Undo"))
    expect_count(tab, len(selected), N_SHIPPED)
    tab.press(button(tab, "Clear"))
    expect_selected(tab, COMPARED, [])
    select(tab, "Colour", "redshift")
    expect(map_of(tab, COMPARED[1])).to_have_attribute("aria-label", re.compile("trained.*coloured by redshift"))
    assert tab.settle().complaints == []


def test_compare_by_keyboard(serve, visit):
    tab = visit(serve(), "/compare")
    select_by_key(tab, combobox(tab, "Right network"), "shuffled labels")
    expect(tab.main).to_contain_text("shuffled labels, features: ")
    choose_by_keyboard(tab, "Left layer", "stage1")
    expect(tab.main).to_contain_text("trained, stage1: ")
    reach(tab, map_of(tab, COMPARED[0]))
    tab.page.keyboard.press("Space")
    expect_count(tab, 1, N_SHIPPED)
    (selected,) = selected_on(tab, COMPARED[0])
    expect_selected(tab, COMPARED, [selected])
    press_by_key(tab, button(tab, "Keep"))
    press_by_key(tab, tab.page.get_by_role("button", name="Keep this selection"))
    expect(tab.page.get_by_role("button", name="Restore")).to_be_visible()
    tab.page.keyboard.press("Escape")
    press_by_key(tab, button(tab, "Invert"))
    expect_count(tab, N_SHIPPED - 1, N_SHIPPED)
    press_by_key(tab, button(tab, "Keep"))
    press_by_key(tab, tab.page.get_by_role("button", name="Restore"))
    expect_selected(tab, COMPARED, [selected])
    assert tab.settle().complaints == []


def test_compare_own_galaxies_with_an_uploaded_file(visit_own, own):
    tab = visit_own("/compare")
    press_by_key(tab, tab.main.locator("summary").filter(has_text="Compare with a features file"))
    with tab.page.expect_file_chooser() as chooser:  # before Tab: Chromium must have been told of it when Enter comes
        reach(tab, tab.main.get_by_role("button", name="Upload", exact=True))
        tab.page.keyboard.press("Enter")
    chooser.value.set_files(own[2])
    expect(combobox(tab, "Right network")).to_be_visible()
    reach(tab, map_of(tab, COMPARED[0]))
    tab.page.keyboard.press("Space")
    expect_count(tab, 1, N_OWN)
    expect_selected(tab, COMPARED, selected_on(tab, COMPARED[0]))
    drag(tab.settle(), map_of(tab, COMPARED[1]), [(0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99)])
    expect_count(tab, N_OWN, N_OWN)
    expect_selected(tab, COMPARED, load_survey(own[0]).object_ids)
    assert tab.settle().complaints == []


def open_galaxy(tab, object_id):
    """Wait until the page shows a galaxy."""
    expect(tab.page.get_by_text(re.compile(f"^Galaxy {object_id}, "))).to_be_visible()
    expect(tab.images.first).to_have_attribute("alt", f"Galaxy {object_id}")


def feature_maps(tab, layer):
    return tab.page.get_by_role("img", name=re.compile(f"^Feature map of channel [0-9]+ of {layer}$"))


def test_one_galaxy_by_mouse(serve, visit):
    catalogue = load_survey().catalogue
    ids, by_redshift = list(catalogue.index), list(catalogue.sort_values("redshift", kind="stable").index)
    tab = visit(serve(), f"/galaxy?ids={ids[3]}~{ids[5]}")
    open_galaxy(tab, ids[0])
    tab.press(button(tab, "Next"))
    open_galaxy(tab, ids[1])
    select(tab, "In the order of", "redshift")
    expect(tab.main).to_contain_text(f"{by_redshift.index(ids[1]) + 1:,} of 2,000")
    tab.press(button(tab, "Previous"))
    open_galaxy(tab, by_redshift[by_redshift.index(ids[1]) - 1])
    field = tab.page.get_by_role("textbox", name="objID")
    field.fill(by_redshift[0])
    field.press("Enter")
    open_galaxy(tab, by_redshift[0])
    choose(tab, "Among", "the selected")
    expect(tab.main).to_contain_text("not among them")
    tab.press(button(tab, "Next"))
    open_galaxy(tab, min(ids[3], ids[5], key=by_redshift.index))
    choose(tab, "Nearest by distance", "cosine")
    expect_in_url(tab, "metric=cosine")
    tab.press(tab.main.get_by_text("Run the network on this galaxy"))
    expect(feature_maps(tab, "stem")).to_have_count(8, timeout=LOADING_MS)
    choose(tab, "Layer of the maps", "stage1")
    expect(feature_maps(tab, "stage1")).to_have_count(8)
    assert tab.settle().complaints == []


def test_one_galaxy_by_keyboard(serve, visit):
    catalogue = load_survey().catalogue
    ids, by_redshift = list(catalogue.index), list(catalogue.sort_values("redshift", kind="stable").index)
    tab = visit(serve(), f"/galaxy?ids={ids[3]}~{ids[5]}")
    press_by_key(tab, button(tab, "Previous"))
    open_galaxy(tab, ids[-1])
    select_by_key(tab, combobox(tab, "In the order of"), "redshift")
    expect_in_url(tab, "galaxy_order=redshift")
    reach(tab, tab.page.get_by_role("textbox", name="objID"))
    tab.page.keyboard.type("none")
    tab.page.keyboard.press("Enter")
    expect(tab.main).to_contain_text("This survey has no galaxy of that objID.")
    reach(tab, tab.page.get_by_role("textbox", name="objID"))
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type(by_redshift[0])
    tab.page.keyboard.press("Enter")
    open_galaxy(tab, by_redshift[0])
    press_by_key(tab, button(tab, "Next"))
    open_galaxy(tab, by_redshift[1])
    choose_by_keyboard(tab, "Among", "the selected")
    expect(tab.main).to_contain_text("not among them")
    choose_by_keyboard(tab, "Nearest by distance", "cosine")
    expect_in_url(tab, "metric=cosine")
    press_by_key(tab, tab.page.get_by_role("switch", name="Run the network on this galaxy"), "Space")
    expect(feature_maps(tab, "stem")).to_have_count(8, timeout=LOADING_MS)
    choose_by_keyboard(tab, "Layer of the maps", "stage1")
    expect(feature_maps(tab, "stage1")).to_have_count(8)
    reach(tab, tab.page.get_by_role("slider", name="Maps"))
    tab.page.keyboard.press("ArrowRight")
    expect(feature_maps(tab, "stage1")).to_have_count(9)
    assert tab.settle().complaints == []


def test_one_galaxy_of_own_ones(visit_own, own):
    ids = load_survey(own[0]).object_ids
    tab = visit_own("/galaxy")
    tab.press(button(tab, "Next"))
    open_galaxy(tab, ids[1])
    press_by_key(tab, button(tab, "Previous"))
    open_galaxy(tab, ids[0])
    field = tab.page.get_by_role("textbox", name="objID")
    field.fill(ids[7])
    field.press("Enter")
    open_galaxy(tab, ids[7])
    expect(tab.main).to_contain_text("there is no network to run")
    assert tab.settle().complaints == []


def test_layer_by_layer_by_mouse(serve, visit):
    tab = visit(serve(), "/layers")
    selected = lasso(tab, LAYER_MAPS, LAYER_MAPS[1])
    tab.press(button(tab, "Keep"))
    tab.press(tab.page.get_by_role("button", name="Keep this selection"))
    restore = tab.page.get_by_role("button", name="Restore")
    expect(restore).to_be_visible()
    tab.page.keyboard.press("Escape")
    tab.press(button(tab, "Clear"))
    expect_selected(tab, LAYER_MAPS, [])
    tab.press(button(tab, "Keep"))
    tab.press(restore)
    expect_selected(tab, LAYER_MAPS, selected)
    tab.page.keyboard.press("Escape")
    expect(restore).to_be_hidden()
    select(tab, "Colour", "redshift")
    expect(map_of(tab, LAYER_MAPS[0])).to_have_attribute("aria-label", re.compile("coloured by redshift"))
    choose(tab, "Control", "raw pixels")
    expect(tab.main).to_contain_text("the first principal components of the pixels")
    tab.press(combobox(tab, "Quantities"))
    tab.page.get_by_role("option", name=MASS, exact=True).click()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("button", name=f"Remove {MASS}")).to_be_visible()
    assert tab.settle().complaints == []


def test_layer_by_layer_by_keyboard(serve, visit):
    tab = visit(serve(), "/layers")
    reach(tab, map_of(tab, LAYER_MAPS[2]))
    tab.page.keyboard.press("Space")
    expect_count(tab, 1, N_SHIPPED)
    expect_selected(tab, LAYER_MAPS, selected_on(tab, LAYER_MAPS[2]))
    press_by_key(tab, button(tab, "Undo"))
    expect_selected(tab, LAYER_MAPS, [])
    select_by_key(tab, combobox(tab, "Colour"), "redshift")
    expect(map_of(tab, LAYER_MAPS[0])).to_have_attribute("aria-label", re.compile("coloured by redshift"))
    select_by_key(tab, combobox(tab, "Quantities"), MASS)
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("button", name=f"Remove {MASS}")).to_be_visible()
    choose_by_keyboard(tab, "Control", "raw pixels")
    expect(tab.main).to_contain_text("the first principal components of the pixels")
    assert tab.settle().complaints == []


def test_layer_by_layer_of_own_galaxies(visit_own):
    tab = visit_own("/layers")
    canvas = tab.page.get_by_role("application")
    drag(tab, canvas, [(0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99)])
    expect_count(tab, N_OWN, N_OWN)
    press_by_key(tab, button(tab, "Clear"))
    expect_count(tab, 0, N_OWN)
    press_by_key(tab, button(tab, f"Fit probes for {N_OWN} galaxies"))
    expect(tab.main).to_contain_text("R² of ridge regressions from each layer")
    assert tab.settle().complaints == []

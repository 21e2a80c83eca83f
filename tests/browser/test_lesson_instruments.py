"""The cloud of galaxies and the network's diagram in a real browser, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_cloud_is_rotated_by_mouse_and_by_keyboard_without_running_the_page(serve, visit, photograph):
    tab = visit(serve(), "/pca?step=2&sample=60")
    cloud = tab.page.get_by_role("application")
    expect(cloud).to_have_attribute("aria-label", re.compile("whitened"))

    def drawing():
        tab.page.wait_for_timeout(200)
        return cloud.evaluate("canvas => canvas.toDataURL()")

    def bytes_per_rotation():
        received = tab.bytes
        cloud.press("ArrowRight")
        tab.page.wait_for_timeout(1_000)
        return tab.bytes - received

    start = drawing()
    cloud.scroll_into_view_if_needed()
    box = cloud.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x + 80, y + 20, steps=5)
    tab.page.mouse.up()
    by_mouse = drawing()
    cloud.press("ArrowRight")
    by_keyboard = drawing()
    assert len({start, by_mouse, by_keyboard}) == 3
    # More than once, because what the page did before may still be arriving.
    assert 0 in [bytes_per_rotation() for _ in range(3)]
    tab.page.get_by_role("button", name="Reset view").click()
    assert drawing() == start
    tab.press(tab.page.get_by_text("Whiten", exact=True).first)
    expect(cloud).not_to_have_attribute("aria-label", re.compile("whitened"))
    tab.page.wait_for_timeout(1_200)
    assert drawing() != start
    photograph(tab, "pca-cloud")
    assert tab.complaints == []


def test_a_block_chosen_by_mouse_and_by_keyboard_shows_its_inside(serve, visit, photograph):
    tab = visit(serve(), "/network")
    blocks = tab.page.get_by_role("list", name="Blocks of the network")

    def block(name):
        return blocks.get_by_role("button", name=re.compile(f"^{name} "))

    def expect_open(name):
        expect(block(name)).to_have_attribute("aria-pressed", "true")
        expect(tab.main.get_by_role("heading", name=name, exact=True)).to_be_visible()

    expect_open("stem")
    tab.press(block("stage3"))
    tab.page.wait_for_url("**/network?block=stage3")
    expect_open("stage3")
    expect(block("stem")).to_have_attribute("aria-pressed", "false")
    tab.settle()
    block("stage3").press("Tab")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/network?block=features")
    expect_open("features")
    tab.page.reload()
    expect_open("features")
    photograph(tab, "network-diagram")
    assert tab.complaints == []


def test_the_cloud_is_no_wider_than_a_telephone(serve, visit):
    tab = visit(serve(), "/pca?step=2", width=390)
    assert tab.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert tab.complaints == []

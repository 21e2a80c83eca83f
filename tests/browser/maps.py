"""The canvases of galaxy maps in a browser: lassos on them, and which galaxies they show as selected."""

from playwright.sync_api import expect

SELECTED = """name => {
    const map = globalThis.galvizMaps?.get(name);
    return map?.ids ? [...map.selected ?? []].map(row => map.ids[row]).sort() : null;
}"""


def drag(tab, canvas, points):
    """Drag from point to point, in fractions of a map's canvas."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    mouse = tab.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=5)
    mouse.up()


def selected_on(tab, name):
    """The galaxies that a map, by its key, shows as selected, as soon as there are any."""
    found = f"name => {{ const ids = ({SELECTED})(name); return ids?.length ? ids : null; }}"
    return tab.page.wait_for_function(found, arg=name).json_value()


def expect_selected(tab, names, object_ids):
    """Wait until maps, by their keys, show some galaxies as selected and no others."""
    expected = sorted(object_ids)
    for name in names:
        tab.page.wait_for_function(f"([name, ids]) => String(({SELECTED})(name)) === String(ids)", arg=[name, expected])


def expect_count(tab, count, total):
    """Wait until the page says how many of all galaxies are selected."""
    expect(tab.page.get_by_text(f"{count:,} of {total:,} galaxies selected")).to_be_visible()

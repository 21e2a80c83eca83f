"""A page used by the keyboard alone: everything is reached by Tab, as by a visitor without a mouse."""

from playwright.sync_api import expect

# More than any page has.
MOST_TABS = 250
# Where a control is: at the focus, or before or after it. A component's own elements are in a shadow tree.
WHERE = """control => {
    const root = control.getRootNode(), focus = document.activeElement, place = root.host ?? control;
    if (root.activeElement === control || GROUP && control.contains(focus)) { return "here"; }
    const isAfter = focus.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING;
    return isAfter || focus === document.body ? "after" : "before";
}"""


def reach(tab, control, *, group=False):
    """Press Tab, or Shift and Tab, until a control has the focus, or one of a group's controls."""
    tab.settle()
    expect(control).to_be_enabled()
    script = WHERE.replace("GROUP", str(group).lower())
    for _ in range(MOST_TABS):
        where = control.evaluate(script)
        if where == "here":
            return
        tab.page.keyboard.press("Tab" if where == "after" else "Shift+Tab")
    raise AssertionError(f"Tab never reaches {control}")


def press_by_key(tab, button, key="Enter"):
    """Reach a button, a link or a switch, and press it."""
    reach(tab, button)
    tab.page.keyboard.press(key)


def choose_by_key(tab, group, option):
    """Choose one of a few options beside each other: Tab reaches the group, arrow keys the option."""
    reach(tab, group, group=True)
    count = group.get_by_role("radio").count()
    for key in ["ArrowRight"] * count + ["ArrowLeft"] * count:
        if option.evaluate("element => element === document.activeElement"):
            break
        tab.page.keyboard.press(key)
    tab.page.keyboard.press("Space")
    expect(option).to_be_checked()


def select_by_key(tab, combobox, text):
    """Choose an option of a list by its name."""
    reach(tab, combobox)
    tab.page.keyboard.type(text)
    expect(tab.page.get_by_role("option", name=text)).to_be_visible()
    tab.page.keyboard.press("Enter")

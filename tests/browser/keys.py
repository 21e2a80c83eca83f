"""A page used by the keyboard alone: everything is reached by Tab, as by a visitor without a mouse."""

from playwright.sync_api import expect

# More than any page has; the order begins again after the last one.
MOST_TABS = 250
FOCUSED = "element => element.getRootNode().activeElement === element"


def reach(tab, control, is_reached=FOCUSED):
    """Press Tab until a control has the focus."""
    tab.settle()
    expect(control).to_be_enabled()
    for _ in range(MOST_TABS):
        if control.evaluate(is_reached):
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {control}")


def press_by_key(tab, button, key="Enter"):
    """Reach a button, a link or a switch, and press it."""
    reach(tab, button)
    tab.page.keyboard.press(key)


def choose_by_key(tab, group, option):
    """Choose one of a few options beside each other: Tab reaches the group, arrow keys the option."""
    count = group.get_by_role("radio").count()
    reach(tab, group, "element => element.contains(document.activeElement)")
    for key in ["ArrowRight"] * count + ["ArrowLeft"] * count:
        if option.evaluate(FOCUSED):
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

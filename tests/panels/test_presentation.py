"""Presentation mode: charts grow with the text, in this session alone; tests/browser looks at the text."""

import pytest

from tests.drawn import chart


def font_size(app):
    return chart(app)[0]["config"]["axis"]["labelFontSize"]


def test_a_session_that_presents_has_larger_charts_and_others_don_t(run_app):
    ordinary, presenting = run_app(page="lessons/pca"), run_app(page="lessons/pca", present="true")
    assert font_size(presenting) > font_size(ordinary.run())
    (switch,) = [toggle for toggle in presenting.sidebar.toggle if toggle.value]
    assert font_size(switch.set_value(False).run()) == font_size(ordinary)


@pytest.mark.parametrize("value", ["", "maybe", "2"])
def test_an_invalid_value_in_the_url_means_off(run_app, value):
    app = run_app(page="lessons/pca", present=value)
    assert not app.exception
    assert not any(toggle.value for toggle in app.sidebar.toggle)

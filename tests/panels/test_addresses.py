"""An address that asks for what can't be: every control bound to it shows its default, and the address follows."""

import pytest

from galviz.course.manifest import load_lessons

LESSONS = load_lessons()

PAGES = ("instruments/feature_space", *(f"lessons/{lesson.slug}" for lesson in LESSONS if lesson.slug != "training"))
LIVE = ("lessons/images", "lessons/network", "lessons/hooks")


def bound(app):
    """Values of the controls that are bound to the address, by their keys."""
    found = {}
    for element in app.main:
        if key := getattr(getattr(element, "proto", None), "query_param_key", ""):
            found[key] = element.value
    return found


def check(run_app, page, *values, **query):
    usual = bound(run_app(page=page, **query))
    assert usual
    for value in values:
        app = run_app(page=page, **dict.fromkeys(usual, value) | query)
        assert not app.exception
        assert not app.error
        # Of a few options, none is chosen by an empty value; then the default holds.
        assert {key: usual[key] if found is None else found for key, found in bound(app).items()} == usual
        assert not {key for key in usual.keys() - query.keys() if app.query_params.get(key)}


@pytest.mark.parametrize("page", PAGES)
def test_an_infinite_number_is_the_default(run_app, page):
    check(run_app, page, "Infinity")


@pytest.mark.full
@pytest.mark.parametrize("page", PAGES)
def test_what_can_t_be_is_the_default(run_app, page):
    check(run_app, page, "nan", "-1", "9" * 400, "9" * 5_000, "", "text", "\0")


@pytest.mark.full
@pytest.mark.parametrize("page", LIVE)
def test_what_can_t_be_is_the_default_of_live_computing_too(run_app, page):
    check(run_app, page, "Infinity", "1e999", "nan", "0", live="true")


@pytest.mark.parametrize("value", ["3.7", "3.2e0", "  3 "])
def test_a_number_that_is_no_whole_one_is_written_as_it_is_used(run_app, value):
    app = run_app(page="lessons/network", kernel=value)
    assert app.slider(key="kernel").value == 3
    assert float(app.query_params["kernel"]) == 3

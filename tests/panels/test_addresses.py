"""Query parameters that a control can't take: the control shows its default, and the address drops the parameter."""

import pytest

from galviz.course.manifest import load_lessons
from tests.steps import step_names

LESSONS = load_lessons()

PAGES = ("instruments/explore", *(f"lessons/{lesson.slug}" for lesson in LESSONS))
LIVE = ("lessons/images", "lessons/network", "lessons/hooks")
INVALID = ("Infinity", "nan", "-1", "9" * 400, "9" * 5_000, "", "text", "\0")


def bound_controls(app):
    """Controls that are bound to the address, by their keys."""
    controls = {}
    for element in app.main:
        if key := getattr(getattr(element, "proto", None), "query_param_key", ""):
            controls[key] = element
    return controls


def check_defaults(run_app, page, values, n_runs, **query):
    """Open a page, at each step of a lesson, with invalid values for its controls, n_runs times.

    Each control gets another one of the values, and the next one in the next run.
    """
    names = step_names(run_app(page=page, **query)) if page.startswith("lessons/") else [None]
    for name in names:
        check_step(run_app, page, values, n_runs, **query | ({"step": name} if name and name != "1" else {}))


def check_step(run_app, page, values, n_runs, **query):
    """See `check_defaults`."""
    defaults = {key: control.value for key, control in bound_controls(run_app(page=page, **query)).items()}
    for run in range(n_runs):
        invalid = {key: values[(place + run) % len(values)] for place, key in enumerate(defaults)}
        app = run_app(page=page, **invalid | query)
        assert not app.exception
        assert not app.error
        # Of a few options, none is chosen by an empty value; then the default holds.
        shown = {key: control.value for key, control in bound_controls(app).items()}
        assert {key: defaults[key] if value is None else value for key, value in shown.items()} == defaults
        assert not {key for key in defaults.keys() - query.keys() if app.query_params.get(key)}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_invalid_value_falls_back_to_the_default(run_app, page):
    check_defaults(run_app, page, INVALID, n_runs=len(INVALID))


def test_every_invalid_value_falls_back_to_the_default_for_every_kind_of_control(run_app):
    """This page has sliders, select boxes and segmented controls."""
    page = "lessons/space"
    kinds = {type(control).__name__ for control in bound_controls(run_app(page=page)).values()}
    assert len(kinds) >= 3
    check_defaults(run_app, page, INVALID, n_runs=len(INVALID))


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.parametrize("page", LIVE)
def test_invalid_query_parameters_fall_back_to_the_default_of_live_computing_too(run_app, page):
    check_defaults(run_app, page, ("Infinity", "1e999", "nan", "0"), n_runs=4, live="true")


@pytest.mark.full
def test_invalid_query_parameters_fall_back_to_the_default_of_one_live_page(run_app):
    check_defaults(run_app, "lessons/images", ("Infinity", "1e999", "nan", "0"), n_runs=1, live="true")


@pytest.mark.parametrize("value", ["3.7", "3.2e0", "  3 "])
def test_a_whole_number_is_read_from_a_decimal_and_the_address_shows_it(run_app, value):
    app = run_app(page="lessons/network", step=2, kernel=value)
    assert app.slider(key="kernel").value == 3
    assert float(app.query_params["kernel"]) == 3

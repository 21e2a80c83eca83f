"""The steps of a lesson's page, for tests."""


def step_names(app):
    """Names of the steps of the lesson that an app shows, as in its address: "1", …, "exercises", "quiz"."""
    (outline,) = [control for control in app.segmented_control if control.key.startswith("outline_")]
    return [*map(str, range(1, len(outline.options) - 1)), "exercises", "quiz"]


def open_steps(run_app, page, **query):
    """Open every step of a lesson, one after the other."""
    app = run_app(page=page, **query)
    yield app
    for name in step_names(app)[1:]:
        yield run_app(page=page, step=name, **query)

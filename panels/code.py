"""The code behind a picture: from the source itself, so that it can't drift."""

import inspect
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from galviz.course.coursefile import course_file_error, read_python
from galviz.course.lesson import Lesson

_ROOT = Path(__file__).parents[1]


def show_code(*functions: Callable | str, matplotlib: str | None = None) -> None:
    """Draw an expander with the source of the functions that made a picture.

    Parameters
    ----------
    *functions : callable or str
        A function, or ``"package/module.py:name"`` of one whose module imports what a page must not.
    matplotlib : str, optional
        How the tutorial's figure is made with matplotlib.
    """
    with st.expander("The code behind this", icon=":material/code:"):
        for function in functions:
            name, source = _source(function)
            st.caption(f"`{name}`")
            st.code(source, language="python")
        if matplotlib is not None:
            st.caption("The same figure with matplotlib")
            st.code(matplotlib, language="python")


def figure_source(lesson: Lesson) -> str:
    """Source of a lesson's figure.py, which draws the picture of its page with matplotlib.

    Raises
    ------
    CourseError
        If it can't be read, or is no Python; `explain_errors` around the page tells the student.
    """
    return read_python(lesson.folder / "figure.py")[0]


def _source(function: Callable | str) -> tuple[str, str]:
    """Name and source of a function; of one that is only named, without importing it."""
    if callable(function):
        try:
            return f"{function.__module__}.{function.__qualname__}", inspect.getsource(function)
        except (OSError, IndexError, SyntaxError) as error:  # its file has changed or gone since the app was started
            path = _ROOT.joinpath(*function.__module__.split(".")).with_suffix(".py")
            raise course_file_error(
                path, "has changed since the app was started, and can't be read any more"
            ) from error
    path, _, name = function.partition(":")
    text, tree = read_python(_ROOT / path)
    found = next((node for node in tree.body if getattr(node, "name", None) == name), None)
    if found is None:
        raise course_file_error(_ROOT / path, f"has no {name}, which this page shows")
    module = path.removesuffix(".py").replace("/", ".")
    return f"{module}.{name}", "\n".join(text.splitlines()[found.lineno - 1 : found.end_lineno])

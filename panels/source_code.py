"""The code behind a chart, read from the source files."""

import inspect
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from galviz.course.coursefile import course_file_error, read_python
from galviz.course.lesson import Lesson

_ROOT = Path(__file__).parents[1]


def show_code(*functions: Callable | str, matplotlib: str | None = None) -> None:
    """Draw an expander with the source of the functions behind a chart.

    Parameters
    ----------
    *functions : callable or str
        A function, or ``"package/module.py:name"`` if its module must not be imported by a page.
    matplotlib : str, optional
        Code that draws the tutorial's figure with matplotlib.
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
    """Read the source of a lesson's figure.py, which draws the chart of its page with matplotlib.

    Raises
    ------
    CourseError
        If it can't be read or isn't valid Python; `explain_errors` shows it to the student.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> "import matplotlib.pyplot as plt" in figure_source(find_lesson("pca"))
    True
    """
    return read_python(lesson.folder / "figure.py")[0]


def _source(function: Callable | str) -> tuple[str, str]:
    """Name and source of a function, without importing it if only its path is given."""
    if callable(function):
        try:
            return f"{function.__module__}.{function.__qualname__}", inspect.getsource(function)
        except (OSError, IndexError, SyntaxError) as error:  # its file has changed since the app was started
            path = _ROOT.joinpath(*function.__module__.split(".")).with_suffix(".py")
            raise course_file_error(path, "has changed since the app was started; restart the app") from error
    path, _, name = function.partition(":")
    text, tree = read_python(_ROOT / path)
    definition = next((node for node in tree.body if getattr(node, "name", None) == name), None)
    if definition is None:
        raise course_file_error(_ROOT / path, f"has no {name}, which this page shows")
    module = path.removesuffix(".py").replace("/", ".")
    return f"{module}.{name}", "\n".join(text.splitlines()[definition.lineno - 1 : definition.end_lineno])

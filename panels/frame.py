"""Pages run in the app's own frame, so that a control of one name is the same control on every page."""

import ast
import traceback
from pathlib import Path

from streamlit.logger import get_logger

from galviz.course.coursefile import CourseError, broken, read_python
from galviz.course.lesson import LESSONS_FOLDER

_LOGGER = get_logger(__name__)


def run_in_frame(script: Path) -> None:
    """Run a page's script as if its lines stood in app.py.

    To Streamlit a control belongs to the script that draws it. Run by ``st.navigation``'s own ``run``, each page has
    controls of its own: Streamlit 1.67 hands their values on when they were touched, but drops those that an address
    brought along, and leaves an entry without any in the browser's history. Drawn by app.py they are the same controls,
    and keep value and address from page to page.

    Parameters
    ----------
    script : pathlib.Path

    Raises
    ------
    CourseError
        If the script, or a module of the lessons that it imports, is missing, damaged or cut short.
    """
    _, tree = read_python(script)
    if script.is_relative_to(LESSONS_FOLDER) and not any(map(_ends_lesson, tree.body)):
        raise broken(script, "does not call `end`, which draws a lesson's exercises: it may be cut short")
    try:
        exec(compile(tree, script, "exec"), {"__name__": "__main__", "__file__": str(script)})
    except (SyntaxError, ImportError, NameError, AttributeError) as error:
        damaged = _damaged_file(error, script)
        if damaged is None:
            raise
        _LOGGER.exception("A page's file is damaged")
        raise damaged from error


def _ends_lesson(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and getattr(call.func, "id", None) == "end"


def _damaged_file(error: Exception, script: Path) -> CourseError | None:
    """The error that names the course's file that is damaged; None if the fault lies elsewhere."""
    if isinstance(error, SyntaxError):
        line = f", line {error.lineno}" if error.lineno else ""
        if error.filename is None:  # Python names no file that holds a null byte
            return broken(script, f"or a module that it imports, is no Python: {error.msg}")
        path, problem = Path(error.filename), f"is no Python: {error.msg}{line}"
    elif isinstance(error, ImportError):
        package, _, module = (error.name or "").partition(".")
        if package != LESSONS_FOLDER.name:
            return None  # a package that isn't installed
        file = error.path or LESSONS_FOLDER.joinpath(*module.split(".")).with_suffix(".py")
        return broken(Path(file), f"can't be imported: {error.msg}")
    elif isinstance(error, AttributeError) and not str(error).startswith("module "):
        return None  # not a name that is misspelt or cut short, but a fault in what the page computes
    else:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(Path(frame.filename), script)
        ]
        if not frames:
            return None
        path, problem = Path(frames[-1].filename), f"is incomplete or wrong in line {frames[-1].lineno}: {error}"
    return broken(path, problem) if _is_ours(path, script) else None


def _is_ours(path: Path, script: Path) -> bool:
    return path == script or path.is_relative_to(LESSONS_FOLDER)

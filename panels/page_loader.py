"""Load a page's module and call its function ``page`` within the run of app.py."""

import ast
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from streamlit.logger import get_logger

from galviz.course.coursefile import CourseError, course_file_error, read_python
from galviz.course.lesson import LESSONS_FOLDER

_LOGGER = get_logger(__name__)


def draw_page(path: Path) -> None:
    """Load the module of a page and call its function ``page``.

    Not ``st.navigation``'s ``run``: to Streamlit a widget belongs to the script that draws it, so each page would have
    its own widgets. Streamlit 1.67 then passes on values that the user set, but drops those from the URL and adds an
    entry without them to the browser's history. Drawn by app.py, widgets keep value and URL across pages.

    The module is loaded at each run, as Streamlit does with a script, so changes show at once.

    Parameters
    ----------
    path : pathlib.Path
        A module with a function ``page``, which takes no argument.

    Raises
    ------
    CourseError
        If the module, or a module of the lessons that it imports, is missing, damaged or truncated.
    """
    _, tree = read_python(path)
    page = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "page"), None)
    if path.is_relative_to(LESSONS_FOLDER) and not (page and any(map(_draws_lesson, ast.walk(page)))):
        raise course_file_error(path, "has no function `page` that calls `show_lesson`: it may be truncated")
    if page is None:
        raise course_file_error(path, "has no function `page`: it may be truncated")
    with explain_damage(path):
        _load(path, tree).page()


@contextmanager
def explain_damage(path: Path) -> Iterator[None]:
    """Raise CourseError if a page's module, or a module of the lessons that it imports, is damaged.

    Parameters
    ----------
    path : pathlib.Path
        The page's module.
    """
    try:
        yield
    except (SyntaxError, ImportError, NameError, AttributeError) as error:
        damage = _damaged_file(error, path)
        if damage is None:
            raise
        _LOGGER.exception("A page's file is damaged")
        raise damage from error


class _TreeLoader(SourceFileLoader):
    """Loads a module from its parsed source, because bytecode in __pycache__ could be from an older file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        super().__init__(name, str(path))
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return _compile(self._tree, self.path)


# `read_python` returns the same tree until the file changes.
@lru_cache(maxsize=32)
def _compile(tree: ast.Module, path: str) -> CodeType:
    return compile(tree, path, "exec")


def _load(path: Path, tree: ast.Module) -> ModuleType:
    """Load a page's module without adding it to `sys.modules`, where sessions would share it."""
    name = f"{path.parents[1].name}.{path.parent.name}.{path.stem}"
    spec: ModuleSpec = spec_from_file_location(name, path, loader=_TreeLoader(name, path, tree))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _draws_lesson(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == "show_lesson"


def _damaged_file(error: Exception, page: Path) -> CourseError | None:
    """The error that names the damaged file of the course; None if the cause is elsewhere."""
    if isinstance(error, SyntaxError):
        line = f", line {error.lineno}" if error.lineno else ""
        if error.filename is None:  # Python names no file if it contains a null byte
            return course_file_error(page, f"or a module that it imports, isn't valid Python: {error.msg}")
        path, problem = Path(error.filename), f"isn't valid Python: {error.msg}{line}"
    elif isinstance(error, ImportError):
        package, _, module = (error.name or "").partition(".")
        if package != LESSONS_FOLDER.name:
            return None  # a package that isn't installed
        file = error.path or LESSONS_FOLDER.joinpath(*module.split(".")).with_suffix(".py")
        return course_file_error(Path(file), f"can't be imported: {error.msg}")
    elif isinstance(error, AttributeError) and not str(error).startswith("module "):
        return None  # an error in a computation, not a truncated or misspelt name
    else:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if _is_course_file(Path(frame.filename), page)
        ]
        if not frames:
            return None
        path, problem = Path(frames[-1].filename), f"is incomplete or wrong in line {frames[-1].lineno}: {error}"
    return course_file_error(path, problem) if _is_course_file(path, page) else None


def _is_course_file(path: Path, page: Path) -> bool:
    return path == page or path.is_relative_to(LESSONS_FOLDER)

"""Read the course's own text files. An error names the file, the problem and the way to restore it."""

import ast
import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from galviz.errors import BrokenFileError
from galviz.files.reading import read_regular

_PROJECT = Path(__file__).parents[2]


class CourseError(BrokenFileError):
    """A lesson's files don't fit together; the text says which, where and what to do."""


def read_course_file(path: Path) -> str:
    r"""Read one of the course's text files.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
        Its text, without a byte order mark, with ``"\n"`` as line ends.

    Raises
    ------
    CourseError
        If it is missing, not a regular file, not readable, not UTF-8, empty, or contains null bytes.

    Examples
    --------
    >>> from galviz.course.manifest import MANIFEST_FILE
    >>> "[[lesson]]" in read_course_file(MANIFEST_FILE)
    True
    """
    try:
        content = read_regular(path)
    except FileNotFoundError:
        raise course_file_error(path, "is missing") from None
    except OSError as error:
        raise course_file_error(path, f"can't be read ({error.strerror})") from error
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")  # as some editors on Windows write
    except UnicodeDecodeError as error:
        raise course_file_error(path, f"is not UTF-8 text (byte {error.start})") from error
    if not text.strip():
        raise course_file_error(path, "is empty")
    if "\0" in text:
        raise course_file_error(path, "contains a null byte, so it is not text")
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """Read and parse one of the course's TOML files.

    Raises
    ------
    CourseError
        If it can't be read, or isn't TOML.

    Examples
    --------
    >>> from galviz.course.manifest import MANIFEST_FILE
    >>> list(read_toml(MANIFEST_FILE))
    ['lesson']
    """
    text = read_course_file(path)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise course_file_error(path, f"is not TOML: {error}") from error


def read_python(path: Path) -> tuple[str, ast.Module]:
    """Read and parse one of the course's Python files, without running it.

    Returns
    -------
    text : str
    tree : ast.Module
        Shared by all callers, who must not change it.

    Raises
    ------
    CourseError
        If it can't be read, or isn't valid Python.

    Examples
    --------
    >>> _, tree = read_python(Path(__file__))
    >>> ast.get_docstring(tree)[:9]
    'Read the '
    """
    text = read_course_file(path)
    try:
        return text, _parse(text, str(path))
    except SyntaxError as error:
        raise course_file_error(
            path, f"isn't valid Python: {error.msg}{f', line {error.lineno}' if error.lineno else ''}"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:  # a null byte; nested too deeply for the parser
        raise course_file_error(path, f"isn't valid Python: {error or 'it is nested too deeply'}") from error


# Pages parse the same dozen files at each run.
@lru_cache(maxsize=128)
def _parse(text: str, path: str) -> ast.Module:
    return ast.parse(text, path)


def course_file_error(path: Path, problem: str) -> CourseError:
    """Make an error that names a file, the problem and the way to restore it.

    Parameters
    ----------
    path : pathlib.Path
    problem : str
        The end of a sentence that begins with the file's name.

    Examples
    --------
    >>> str(course_file_error(Path("text.md"), "is empty"))
    'text.md is empty; restore it, or write it as docs/teaching.md says'
    """
    inside = path.is_relative_to(_PROJECT) and (_PROJECT / ".git").exists()
    name = path.relative_to(_PROJECT).as_posix() if inside else os.fspath(path)
    remedy = f"restore it with `git checkout -- {name}` in the project's folder" if inside else "restore it"
    return CourseError(f"{path} {problem}; {remedy}, or write it as docs/teaching.md says")

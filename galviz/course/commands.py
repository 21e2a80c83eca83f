"""Commands to show to the user, with the Python that runs now."""

import os
import shutil
import sys
from pathlib import Path

from galviz.course.lesson import LESSONS_FOLDER


def command(arguments: str) -> str:
    """Format a galviz command for the project's folder, such as ``.venv/bin/python -m galviz check pca``.

    Parameters
    ----------
    arguments : str
        Such as ``"check pca"``.

    Examples
    --------
    >>> command("check pca").endswith(" -m galviz check pca")
    True
    """
    return f"{_python()} -m galviz {arguments}"


def project_python() -> str | None:
    """Path of the Python in the project's own .venv; None if that is the one that runs now, or there is none.

    Examples
    --------
    >>> python = project_python()
    >>> python is None or ".venv" in python
    True
    """
    venv = LESSONS_FOLDER.parent / ".venv"
    name = _inside(venv)
    if not (LESSONS_FOLDER.parent / name).exists() or Path(sys.prefix) == venv:
        return None
    return str(name)


def _python() -> str:
    prefix = Path(sys.prefix)
    # In an activated venv, `python` is the venv's own.
    if os.environ.get("VIRTUAL_ENV") != str(prefix) and prefix.is_relative_to(LESSONS_FOLDER.parent):
        return str(_inside(prefix))
    return "python" if shutil.which("python") else "python3"


def _inside(venv: Path) -> Path:
    """The Python of a venv in the project's folder, as seen from there."""
    place = ("Scripts", "python") if os.name == "nt" else ("bin", "python")
    return venv.relative_to(LESSONS_FOLDER.parent).joinpath(*place)

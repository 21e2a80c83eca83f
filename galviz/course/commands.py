"""Commands as whoever reads them can type them: with the Python that this is."""

import os
import shutil
import sys
from pathlib import Path

from galviz.course.lesson import LESSONS_FOLDER


def command(arguments: str) -> str:
    """A `galviz` command, such as ``.venv/bin/python -m galviz check pca``, to be typed in the project's folder.

    Parameters
    ----------
    arguments : str
        Such as ``"check pca"``.
    """
    return f"{_python()} -m galviz {arguments}"


def project_python() -> str | None:
    """The Python of the project's own .venv, as it is typed there; None if this is it, or there is none."""
    venv = LESSONS_FOLDER.parent / ".venv"
    name = _inside(venv)
    if not (LESSONS_FOLDER.parent / name).exists() or Path(sys.prefix) == venv:
        return None
    return str(name)


def _python() -> str:
    prefix = Path(sys.prefix)
    # Where a venv is activated, `python` is its own.
    if os.environ.get("VIRTUAL_ENV") != str(prefix) and prefix.is_relative_to(LESSONS_FOLDER.parent):
        return str(_inside(prefix))
    return "python" if shutil.which("python") else "python3"


def _inside(venv: Path) -> Path:
    """The Python of a venv in the project's folder, as seen from there."""
    place = ("Scripts", "python") if os.name == "nt" else ("bin", "python")
    return venv.relative_to(LESSONS_FOLDER.parent).joinpath(*place)

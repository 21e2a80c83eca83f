"""A student's folder: `work/` beside the course, git-ignored, with a copy of each lesson's stubs to write in.

The stubs stay as they are, so that an update of the course meets no changed file, and what a student wrote is never
overwritten.
"""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.files.writing import move_to_free_name, write_new

FOLDER_VARIABLE = "GALVIZ_WORK"
EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME = "exercise.py", "solution.py", "test_exercise.py"


@dataclass(frozen=True)
class WrittenFile:
    """What became of a file of a lesson: its stubs or its notebook.

    Attributes
    ----------
    path : pathlib.Path
        The student's file.
    created : bool
        False where it was there already, and left alone.
    backup : pathlib.Path or None
        Where the file that was there before is now, if it had to make place.
    """

    path: Path
    created: bool
    backup: Path | None = None


def work_folder() -> Path:
    """The student's folder: the one that ``GALVIZ_WORK`` names, or `work` in the project's folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).absolute() if named else LESSONS_FOLDER.parent / "work"


def exercise_path(slug: str) -> Path:
    """The student's file for a lesson, whether it is there or not."""
    return work_folder() / f"{slug}.py"


def stub_path(lesson: Lesson) -> Path:
    """The pristine stubs of a lesson."""
    return lesson.folder / EXERCISE_NAME


def solution_path(lesson: Lesson) -> Path:
    """What right answers look like."""
    return lesson.folder / SOLUTION_NAME


def start(lessons: Iterable[Lesson], *, again: bool = False) -> list[WrittenFile]:
    """Copy stubs to the student's folder, where there is no file of theirs yet.

    Parameters
    ----------
    lessons : iterable of Lesson
    again : bool
        Copy them where there is one too; that one is renamed first, to `hooks-1.py` and so on.

    Returns
    -------
    list of WrittenFile
        One for each lesson.

    Raises
    ------
    OSError
        If a stub can't be read or the folder can't be written; no file is half-written.
    """
    return [write_once(exercise_path(lesson.slug), stub_path(lesson).read_bytes(), again=again) for lesson in lessons]


def write_once(path: Path, content: bytes, *, again: bool = False) -> WrittenFile:
    """Write a file that is the student's from then on: what they have is never written over.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if it isn't there.
    content : bytes
    again : bool
        Write it where there is one too, unless that is the same; that one is renamed first, to `hooks-1.py` and so on.

    Returns
    -------
    WrittenFile

    Raises
    ------
    OSError
        If the folder can't be made or the file not written; nothing is half-written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    backup = None
    if path.is_symlink() and not path.exists():
        target = path.readlink()
        raise FileNotFoundError(
            errno.ENOENT,
            f"it is a link to {target}, which doesn't exist; remove the link or put the file there",
            str(path),
        )
    if path.exists():
        if not again or (path.is_file() and path.read_bytes() == content):
            return WrittenFile(path, created=False)
        backup = move_to_free_name(path, path)
    write_new(path, content)
    return WrittenFile(path, created=True, backup=backup)

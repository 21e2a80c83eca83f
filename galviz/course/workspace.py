"""A student's folder: `work/` in the project's folder, git-ignored, with a copy of each lesson's stubs.

Students edit the copies. So an update of the course meets no changed file, and no student's file is ever overwritten.
"""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.files.moving import move_to_free_name, move_to_new
from galviz.files.writing import removing_temporary, temporary_name

FOLDER_VARIABLE = "GALVIZ_WORK"
EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME = "exercise.py", "solution.py", "test_exercise.py"


@dataclass(frozen=True)
class WrittenFile:
    """A file written for a student: a lesson's stubs or its notebook.

    Attributes
    ----------
    path : pathlib.Path
        The student's file.
    created : bool
        False if it existed and was left unchanged.
    backup : pathlib.Path or None
        The new name of the file that existed before, if it was renamed.
    """

    path: Path
    created: bool
    backup: Path | None = None


def work_folder() -> Path:
    """Path of the student's folder: the value of ``GALVIZ_WORK``, or `work` in the project's folder.

    Examples
    --------
    >>> work_folder().is_absolute()
    True
    """
    path = os.environ.get(FOLDER_VARIABLE)
    return Path(path).absolute() if path else LESSONS_FOLDER.parent / "work"


def exercise_path(slug: str) -> Path:
    """Path of the student's file for a lesson, whether it exists or not.

    Examples
    --------
    >>> exercise_path("pca").name
    'pca.py'
    """
    return work_folder() / f"{slug}.py"


def stub_path(lesson: Lesson) -> Path:
    """Path of a lesson's stubs.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> stub_path(find_lesson("pca")).name
    'exercise.py'
    """
    return lesson.folder / EXERCISE_NAME


def solution_path(lesson: Lesson) -> Path:
    """Path of a lesson's solutions.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> solution_path(find_lesson("pca")).name
    'solution.py'
    """
    return lesson.folder / SOLUTION_NAME


def start(lessons: Iterable[Lesson], *, again: bool = False) -> list[WrittenFile]:
    """Copy the stubs of lessons to the student's folder, unless the student has the file already.

    Parameters
    ----------
    lessons : iterable of Lesson
    again : bool
        Copy them even then; the student's file is first renamed to `hooks-1.py` or the next free name.

    Returns
    -------
    list of WrittenFile
        One per lesson.

    Raises
    ------
    OSError
        If a stub can't be read or a file can't be written; no file is written in part.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.course.manifest import find_lesson
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["GALVIZ_WORK"] = folder
    ...     [written.path.name for written in start([find_lesson("pca")])]
    ['pca.py']
    >>> del os.environ["GALVIZ_WORK"]
    """
    return [write_once(exercise_path(lesson.slug), stub_path(lesson).read_bytes(), again=again) for lesson in lessons]


def write_once(path: Path, content: bytes, *, again: bool = False) -> WrittenFile:
    """Write a file that belongs to the student from then on; an existing file is never overwritten.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is created if it doesn't exist.
    content : bytes
    again : bool
        Write it even if a different one exists, which is first renamed to `hooks-1.py` or the next free name.

    Returns
    -------
    WrittenFile

    Raises
    ------
    OSError
        If the folder can't be created or the file can't be written; no file is written in part.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "pca.py"
    ...     write_once(path, b"mine").created, write_once(path, b"other").created, path.read_bytes()
    (True, False, b'mine')
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
    if path.exists() and (not again or (path.is_file() and path.read_bytes() == content)):
        return WrittenFile(path, created=False)
    temporary = temporary_name(path)
    with removing_temporary(temporary, path):
        temporary.write_bytes(content)  # first: on a full disk the student's file keeps its name
        if path.exists():
            backup = move_to_free_name(path, path)
        move_to_new(temporary, path)
    return WrittenFile(path, created=True, backup=backup)

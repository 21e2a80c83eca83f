"""An instructor's settings: course.toml in the project's folder, checked as a whole before anything is shown.

lessons = ["galaxies", "images", "pca"]   # which; all of them by default, always in the course's order
solutions = "closed"                      # "open" (on request) or "closed"
exercises = "show"                        # "home": run for the person who started the app; "run"; "show"
survey = "../my-survey"                   # what the app shows without --survey; as seen from course.toml
"""

import difflib
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from galviz.course.coursefile import CourseError
from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.course.manifest import load_lessons
from galviz.files.reading import read_regular

FILE_VARIABLE = "GALVIZ_COURSE"
# Goes before the file: the light entry point sets it to "show".
EXERCISES_VARIABLE = "GALVIZ_EXERCISES"
OPEN, CLOSED = "open", "closed"
HOME, RUN, SHOW = "home", "run", "show"
_CHOICES = {"solutions": (OPEN, CLOSED), "exercises": (HOME, RUN, SHOW)}


@dataclass(frozen=True)
class Settings:
    """What an instructor decides.

    Attributes
    ----------
    lessons : tuple of Lesson
        Those offered, in the course's order.
    solutions : str
        ``"open"``: shown on request; ``"closed"``: not shown.
    exercises : str
        Whether pages run a student's code: ``"home"``, for the person who started the app, on the same machine (the
        server decides, and asks for a token); ``"run"``, for everybody who reaches it; ``"show"``, never.
    survey : str or None
        A survey folder to show instead of the one that comes with galviz.
    """

    lessons: tuple[Lesson, ...]
    solutions: str = OPEN
    exercises: str = HOME
    survey: str | None = None


def settings_path() -> Path:
    """The settings' file: the one that ``GALVIZ_COURSE`` names, or course.toml in the project's folder."""
    named = os.environ.get(FILE_VARIABLE)
    return Path(named).absolute() if named else LESSONS_FOLDER.parent / "course.toml"


def read_settings() -> Settings:
    """Read and check the settings.

    Returns
    -------
    Settings
        The usual ones where there is no file, unless ``GALVIZ_COURSE`` names one.

    Raises
    ------
    CourseError
        If the file or the manifest of the lessons can't be read, or says something that can't be.
    """
    lessons = load_lessons()
    path, forced = settings_path(), os.environ.get(EXERCISES_VARIABLE)
    if forced and forced not in _CHOICES["exercises"]:
        raise CourseError(f"{EXERCISES_VARIABLE} must be {' or '.join(_CHOICES['exercises'])}; got {forced!r}")
    try:
        found = tomllib.loads(read_regular(path).decode("utf-8-sig"))  # as some editors on Windows write
    except FileNotFoundError:
        if not os.environ.get(FILE_VARIABLE):
            return Settings(lessons, exercises=forced or HOME)
        raise CourseError(f"{path}, which {FILE_VARIABLE} names, isn't there") from None
    except OSError as error:
        raise CourseError(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"{path} is no TOML: {error}") from error
    known = ("lessons", *_CHOICES, "survey")
    for name in found:
        if name not in known:
            raise CourseError(
                f"{path} sets {name!r}, which is no setting{_near(name, known)}: there are {', '.join(known)}"
            )
    for name, choices in _CHOICES.items():
        if name in found and found[name] not in choices:
            rule = " or ".join(f'"{choice}"' for choice in choices)
            raise CourseError(f"{path}: {name} must be {rule}; got {found[name]!r}")
    return Settings(
        _lessons(found.get("lessons"), lessons, path),
        found.get("solutions", OPEN),
        forced or found.get("exercises", HOME),
        _survey(found.get("survey"), path),
    )


def _lessons(asked: object, lessons: tuple[Lesson, ...], path: Path) -> tuple[Lesson, ...]:
    if asked is None:
        return lessons
    if not isinstance(asked, list) or not asked or not all(isinstance(slug, str) for slug in asked):
        raise CourseError(f'{path}: lessons must be a list of names such as ["{lessons[0].slug}"]; got {asked!r}')
    known = [lesson.slug for lesson in lessons]
    for slug in asked:
        if slug not in known:
            raise CourseError(
                f"{path}: lessons names {slug!r}, no lesson{_near(slug, known)}: there are {', '.join(known)}"
            )
    return tuple(lesson for lesson in lessons if lesson.slug in asked)


def _survey(asked: object, path: Path) -> str | None:
    if asked is None:
        return None
    if not isinstance(asked, str) or not asked:
        raise CourseError(f"{path}: survey must be the name of a folder; got {asked!r}")
    folder = path.parent / asked
    if not folder.is_dir():
        raise CourseError(f"{path}: survey names {asked!r}, and there is no folder {folder}")
    return str(folder)


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" (is {near[0]!r} meant?)" if near else ""

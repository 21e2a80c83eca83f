"""An instructor's settings, from course.toml in the project's folder; the whole file is validated before use.

lessons = ["galaxies", "images", "pca"]   # all by default; always in the course's order
solutions = "closed"                      # "open" (on request) or "closed"
exercises = "show"                        # "home": run for the person who started the app; "run"; "show"
survey = "../my-survey"                   # what the app shows without --survey; relative to course.toml
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from galviz.course.coursefile import CourseError
from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.course.manifest import load_lessons
from galviz.errors import quoted, suggest
from galviz.files.reading import read_regular

FILE_VARIABLE = "GALVIZ_COURSE"
# Overrides the file: the light entry point sets it to "show".
EXERCISES_VARIABLE = "GALVIZ_EXERCISES"
OPEN, CLOSED = "open", "closed"
HOME, RUN, SHOW = "home", "run", "show"
_CHOICES = {"solutions": (OPEN, CLOSED), "exercises": (HOME, RUN, SHOW)}


@dataclass(frozen=True)
class Settings:
    """The settings of a course.

    Attributes
    ----------
    lessons : tuple of Lesson
        The lessons on offer, in the course's order.
    solutions : str
        ``"open"``: shown on request; ``"closed"``: not shown.
    exercises : str
        Whether pages run a student's code: ``"home"``, for the person who started the app, on the same machine (the
        server decides, and asks for a token); ``"run"``, for everybody who reaches it; ``"show"``, never.
    survey : str or None
        A survey folder to show instead of the shipped one.
    """

    lessons: tuple[Lesson, ...]
    solutions: str = OPEN
    exercises: str = HOME
    survey: str | None = None


def settings_path() -> Path:
    """Path of the settings file: the value of ``GALVIZ_COURSE``, or course.toml in the project's folder.

    Examples
    --------
    >>> settings_path().name
    'course.toml'
    """
    path = os.environ.get(FILE_VARIABLE)
    return Path(path).absolute() if path else LESSONS_FOLDER.parent / "course.toml"


def read_settings() -> Settings:
    """Read and validate the settings.

    Returns
    -------
    Settings
        The defaults if there is no file, unless ``GALVIZ_COURSE`` names one.

    Raises
    ------
    CourseError
        If the file or the manifest can't be read, or has an invalid value.

    Examples
    --------
    >>> read_settings().lessons[0].slug
    'galaxies'
    """
    lessons = load_lessons()
    path, forced = settings_path(), os.environ.get(EXERCISES_VARIABLE)
    if forced and forced not in _CHOICES["exercises"]:
        raise CourseError(f"{EXERCISES_VARIABLE} must be {' or '.join(_CHOICES['exercises'])}; got {forced!r}")
    try:
        content = tomllib.loads(read_regular(path).decode("utf-8-sig"))  # as some editors on Windows write
    except FileNotFoundError:
        if not os.environ.get(FILE_VARIABLE):
            return Settings(lessons, exercises=forced or HOME)
        raise CourseError(f"{path}, which {FILE_VARIABLE} names, isn't there") from None
    except OSError as error:
        raise CourseError(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"{path} is not TOML: {error}") from error
    known = ("lessons", *_CHOICES, "survey")
    for name in content:
        if name not in known:
            raise CourseError(
                f"{path} sets {name!r}, which is no setting{suggest(name, known)}: there are {', '.join(known)}"
            )
    for name, choices in _CHOICES.items():
        if name in content and content[name] not in choices:
            rule = " or ".join(f'"{choice}"' for choice in choices)
            raise CourseError(f"{path}: {name} must be {rule}; got {content[name]!r}")
    return Settings(
        _lessons(content.get("lessons"), lessons, path),
        content.get("solutions", OPEN),
        forced or content.get("exercises", HOME),
        _survey(content.get("survey"), path),
    )


def _lessons(value: object, lessons: tuple[Lesson, ...], path: Path) -> tuple[Lesson, ...]:
    if value is None:
        return lessons
    if not isinstance(value, list) or not value or not all(isinstance(slug, str) for slug in value):
        raise CourseError(f'{path}: lessons must be a list of names such as ["{lessons[0].slug}"]; got {value!r}')
    known = [lesson.slug for lesson in lessons]
    for slug in value:
        if slug not in known:
            raise CourseError(
                f"{path}: lessons names {slug!r}, no lesson{suggest(slug, known)}: there are {', '.join(known)}"
            )
    return tuple(lesson for lesson in lessons if lesson.slug in value)


def _survey(value: object, path: Path) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise CourseError(f"{path}: survey must be the name of a folder; got {value!r}")
    folder = path.parent / value
    if not os.path.isdir(folder):  # noqa: PTH112 (pathlib raises for a name that is too long)
        raise CourseError(f"{path}: survey names {quoted(value)}, and there is no such folder in {path.parent}")
    return str(folder)

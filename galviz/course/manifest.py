"""The manifest `lessons/manifest.toml`: the lessons of the course, in order, one ``[[lesson]]`` table per lesson."""

import dataclasses
from functools import lru_cache
from pathlib import Path

from galviz.course.coursefile import CourseError, course_file_error, read_toml
from galviz.course.lesson import DIFFICULTIES, INSTRUMENTS, LESSONS_FOLDER, PAGE_ADDRESSES, Lesson, is_slug
from galviz.errors import suggest

MANIFEST_FILE = LESSONS_FOLDER / "manifest.toml"
LONGEST_MINUTES = 60
# What the value of each key must be, for the error message.
_RULES = {
    "slug": "the name of its folder, in small letters, digits and _, and not the address of another page",
    "title": "a text",
    "minutes": f"a whole number from 1 to {LONGEST_MINUTES}",
    "difficulty": f"a whole number from 1 to {max(DIFFICULTIES)}",
    "claim": "a text",
    "afterwards": "a text",
    "before": 'a list of slugs such as ["galaxies"]',
    "part": f"a text other than {INSTRUMENTS}",
}
_REQUIRED = tuple(field.name for field in dataclasses.fields(Lesson) if field.default is dataclasses.MISSING)


def load_lessons() -> tuple[Lesson, ...]:
    """Load the lessons of the course, in the order of the manifest.

    The file is parsed again only if it has changed since the last call.

    Returns
    -------
    tuple of Lesson

    Raises
    ------
    CourseError
        If the manifest can't be read, isn't TOML, or has an entry that can't be; the error names the entry and the key.

    Examples
    --------
    >>> load_lessons()[0].title
    'The galaxies'
    """
    try:
        status = MANIFEST_FILE.stat()
    except OSError:
        return _parse(MANIFEST_FILE)  # which raises the error that names the file
    return _parse_cached(MANIFEST_FILE, (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))


def find_lesson(slug: str) -> Lesson:
    """Find a lesson by the name of its folder.

    Parameters
    ----------
    slug : str

    Returns
    -------
    Lesson

    Raises
    ------
    ValueError
        If the manifest has no lesson of that name.
    CourseError
        As `load_lessons`.

    Examples
    --------
    >>> find_lesson("pca").minutes
    20
    """
    lessons = {lesson.slug: lesson for lesson in load_lessons()}
    if slug not in lessons:
        raise ValueError(f"slug must be one of {', '.join(lessons)}; got {slug!r}. Add a new lesson to {MANIFEST_FILE}")
    return lessons[slug]


@lru_cache(maxsize=2)
def _parse_cached(path: Path, stamp: tuple[int, ...]) -> tuple[Lesson, ...]:
    return _parse(path)


def _parse(path: Path) -> tuple[Lesson, ...]:
    content = read_toml(path)
    for key in content:
        if key != "lesson":
            raise course_file_error(path, f"has an unknown key {key!r}: it holds one [[lesson]] table per lesson")
    entries = content.get("lesson")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise course_file_error(path, "must hold one [[lesson]] table per lesson")
    lessons: list[Lesson] = []
    for number, entry in enumerate(entries, start=1):
        lessons.append(_lesson(path, number, entry, [lesson.slug for lesson in lessons]))
    return tuple(lessons)


def _lesson(path: Path, number: int, entry: dict[str, object], earlier: list[str]) -> Lesson:
    """Check one entry of the manifest."""
    name = f"lesson {number} ({entry['slug']!r})" if "slug" in entry else f"lesson {number}"

    def error(problem: str) -> CourseError:
        return course_file_error(path, f"is wrong in {name}: {problem}")

    for key in entry:
        if key not in _RULES:
            raise error(f"unknown key {key!r}{suggest(key, _RULES)}; known are {', '.join(_RULES)}")
    for key in _REQUIRED:
        if key not in entry:
            raise error(f"{key} is missing; it must be {_RULES[key]}")
    for key, value in entry.items():
        if not _is_valid(key, value):
            raise error(f"{key} must be {_RULES[key]}; got {value!r}")
    if entry["slug"] in earlier:
        raise error("an earlier lesson has the same slug")
    unknown = [slug for slug in entry.get("before", ()) if slug not in earlier]
    if unknown:
        raise error(
            f"before names {unknown[0]!r}, which is no earlier lesson; those are {', '.join(earlier) or 'none'}"
        )
    return Lesson(**{**entry, "before": tuple(entry.get("before", ()))})


def _is_valid(key: str, value: object) -> bool:
    if key in ("minutes", "difficulty"):
        allowed = DIFFICULTIES if key == "difficulty" else range(1, LONGEST_MINUTES + 1)
        return type(value) is int and value in allowed  # a TOML true is a bool, which is an int too
    if key == "before":
        return isinstance(value, list) and all(isinstance(slug, str) for slug in value)
    if key == "slug":
        return isinstance(value, str) and is_slug(value) and value not in PAGE_ADDRESSES
    if key == "part" and value == INSTRUMENTS:
        return False
    return isinstance(value, str) and bool(value.strip())

"""The list of lessons, and the icons of lessons, with the student's progress."""

from collections.abc import Mapping

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.events import Value
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.questions import QUESTIONS_NAME, Questions, read_questions
from panels.certificate import count_results
from panels.links import link_to
from panels.markdown import escape_markdown_except_code
from panels.progress import progress
from panels.settings import settings

_DONE, _BEGUN, _NEW, _UNREADABLE = (
    f":material/{name}:" for name in ("check_circle", "clock_loader_40", "radio_button_unchecked", "error")
)


def lesson_icons() -> dict[str, str]:
    """Return the icon of each lesson by its slug: complete, begun, new, or unreadable."""
    results = progress()
    return {lesson.slug: _icon(lesson, results) for lesson in settings().lessons}


def show_course() -> None:
    """List the lessons with links and progress."""
    st.header("The course")
    with st.container(key="course"):
        _list_lessons()


def _list_lessons() -> None:
    lessons, results = settings().lessons, progress()
    part = None
    for number, lesson in enumerate(lessons, start=1):
        if lesson.part != part:
            part = lesson.part
            st.subheader(part)
        # One element per lesson: home is slower with three.
        label, description = f"{number}. {lesson.title}", _describe(lesson, results)
        link_to(lesson, label=label, description=description, icon=_icon(lesson, results))


def _describe(lesson: Lesson, results: Mapping[str, Value]) -> str:
    try:
        row = _count(lesson, results)
    except CourseError as error:  # the lesson's page explains it; the other lessons still work
        return f"This lesson can't be read: {escape_markdown_except_code(error)}."
    description = f"{lesson.minutes} min · {DIFFICULTIES[lesson.difficulty]} · afterwards you can {lesson.afterwards}"
    if row["exercises"] or row["right"]:
        description += f" · {row['exercises']} of {row['of exercises']} exercises"
        description += f", {row['right']} of {row['of questions']} questions"
    return description


def _icon(lesson: Lesson, results: Mapping[str, Value]) -> str:
    try:
        row = _count(lesson, results)
    except CourseError:
        return _UNREADABLE
    if row["complete"]:
        return _DONE
    return _BEGUN if row["exercises"] or row["right"] else _NEW


def _count(lesson: Lesson, results: Mapping[str, Value]) -> dict:
    path = lesson.folder / QUESTIONS_NAME
    try:
        status = path.stat()
        stamp = (str(path), status.st_mtime_ns, status.st_size)
    except OSError:
        stamp = (str(path), 0, 0)
    (row,) = count_results([(lesson, _questions(lesson, stamp))], results)
    return row


@st.cache_data(max_entries=100, show_spinner=False)
def _questions(_lesson: Lesson, stamp: tuple[str, int, int]) -> Questions:
    """Read the questions of a lesson, again only if the file has changed: all pages need those of all lessons."""
    return read_questions(_lesson)

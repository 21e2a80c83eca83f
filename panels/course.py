"""The course at a glance: its lessons, what each takes and gives, and how far the student is."""

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.lesson import DIFFICULTIES
from galviz.course.questions import read_questions
from panels.certificate import summed_up
from panels.links import link_to
from panels.plain import plain_with_code
from panels.progress import progress
from panels.settings import settings


def show_course() -> None:
    """List the lessons on offer, each with the way to it."""
    st.header("The course")
    lessons, known = settings().lessons, progress()
    part = None
    for number, lesson in enumerate(lessons, start=1):
        if lesson.part != part:
            part = lesson.part
            st.subheader(part)
        with st.container(gap=None):
            try:
                (row,) = summed_up([(lesson, read_questions(lesson))], known)
            except CourseError as error:  # the lesson's own page explains it; the others are as they were
                link_to(lesson, label=f"{number}. {lesson.title}", icon=":material/error:")
                st.caption(f"This lesson can't be read: {plain_with_code(error)}.")
                continue
            link_to(
                lesson,
                label=f"{number}. {lesson.title}",
                icon=":material/check_circle:" if row["complete"] else ":material/radio_button_unchecked:",
            )
            told = f"{lesson.minutes} min · {DIFFICULTIES[lesson.difficulty]} · afterwards you can {lesson.afterwards}"
            if row["exercises"] or row["right"]:
                told += (
                    f" · {row['exercises']} of {row['of exercises']} exercises, {row['right']} of "
                    f"{row['of questions']} questions"
                )
            st.caption(told)

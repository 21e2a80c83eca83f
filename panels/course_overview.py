"""The list of lessons, with the student's progress."""

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.lesson import DIFFICULTIES
from galviz.course.questions import read_questions
from panels.certificate import count_results
from panels.links import link_to
from panels.markdown import escape_markdown_except_code
from panels.progress import progress
from panels.settings import settings


def show_course() -> None:
    """List the lessons with links and progress."""
    st.header("The course")
    lessons, results = settings().lessons, progress()
    part = None
    for number, lesson in enumerate(lessons, start=1):
        if lesson.part != part:
            part = lesson.part
            st.subheader(part)
        with st.container(gap=None):
            try:
                (row,) = count_results([(lesson, read_questions(lesson))], results)
            except CourseError as error:  # the lesson's page explains it; the other lessons still work
                link_to(lesson, label=f"{number}. {lesson.title}", icon=":material/error:")
                st.caption(f"This lesson can't be read: {escape_markdown_except_code(error)}.")
                continue
            link_to(
                lesson,
                label=f"{number}. {lesson.title}",
                icon=":material/check_circle:" if row["complete"] else ":material/radio_button_unchecked:",
            )
            caption = (
                f"{lesson.minutes} min · {DIFFICULTIES[lesson.difficulty]} · afterwards you can {lesson.afterwards}"
            )
            if row["exercises"] or row["right"]:
                caption += (
                    f" · {row['exercises']} of {row['of exercises']} exercises, {row['right']} of "
                    f"{row['of questions']} questions"
                )
            st.caption(caption)

"""The frame of every lesson page: title, claim and a question at the top; exercises, quiz and links at the bottom."""

from pathlib import Path

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.prose import Sections, read_sections
from galviz.course.questions import read_questions
from panels.exercises import show_exercises
from panels.glossary import link_terms
from panels.links import link_to
from panels.markdown import escape_markdown_except_code
from panels.quiz import ask_opening_question, return_to_opening_question, show_quiz
from panels.settings import settings
from panels.surveys import OpenSurvey

SIMULATED = ":material/science:"
_INSTRUMENTS = Path(__file__).parents[1] / "instruments"
HOME, EXPLORE, LABORATORY, LAYERS, UNITS, COMPARE, GALAXY, SPACE, GLOSSARY, CERTIFICATE = (
    _INSTRUMENTS / name / "page.py"
    for name in (
        *("home", "explore", "laboratory", "layers", "units", "compare", "galaxy"),
        *("feature_space", "glossary", "certificate"),
    )
)


def begin_lesson(lesson: Lesson, opened: OpenSurvey) -> Sections:
    """Draw a lesson's title, claim, duration and prerequisites, and its opening question.

    Returns
    -------
    Sections
        The sections of its text.md by name, with terms linked to the glossary.

    Raises
    ------
    CourseError
        If a file of the lesson can't be read; `explain_errors` shows it to the student.
    """
    st.title(lesson.title)
    st.markdown(f"**{lesson.claim}**")
    with st.container(horizontal=True):
        mark_simulated(opened)
        st.badge(f"{lesson.minutes} min", icon=":material/schedule:", color="gray")
        st.badge(DIFFICULTIES[lesson.difficulty], icon=":material/signal_cellular_alt:", color="gray")
    prerequisites = ", ".join(other.title for other in settings().lessons if other.slug in lesson.before)
    st.caption(f"Afterwards you can {lesson.afterwards}." + (f" Before it: {prerequisites}" if prerequisites else ""))
    ask_opening_question(read_questions(lesson))
    text = read_sections(lesson.folder / "text.md")
    try:
        return Sections(text.path, link_terms(text))
    except CourseError as error:
        # Show the text without links to the glossary.
        st.warning(f"The glossary can't be read: {escape_markdown_except_code(error)}.", icon=":material/link_off:")
        return text


def mark_simulated(opened: OpenSurvey) -> None:
    """Draw a badge if the galaxies are simulated."""
    if opened.shipped:
        st.badge("Simulated galaxies", icon=SIMULATED, color="orange")


def end_lesson(lesson: Lesson, text: Sections) -> None:
    """Draw a lesson's tasks, limitations, exercises, quiz and sources, and links to its neighbouring lessons."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Try it yourself")
        st.markdown(text["try"])
    with right:
        st.header("Limitations")
        st.markdown(text["limits"])
    questions = read_questions(lesson)
    show_exercises(lesson, questions)
    show_quiz(questions)
    return_to_opening_question(questions)
    with st.expander("Sources", icon=":material/menu_book:"):
        st.markdown(text["sources"])
    lessons = settings().lessons
    position = lessons.index(lesson)
    back, forward = st.columns(2)
    with back:
        if position > 0:
            link_to(lessons[position - 1], label=f"Back: {lessons[position - 1].title}", icon=":material/arrow_back:")
        else:
            st.page_link(HOME, label="Back: Home", icon=":material/arrow_back:")
    with forward:
        if position + 1 < len(lessons):
            link_to(
                lessons[position + 1], label=f"Next: {lessons[position + 1].title}", icon=":material/arrow_forward:"
            )
        else:
            st.page_link(CERTIFICATE, label="Next: Your certificate", icon=":material/arrow_forward:")

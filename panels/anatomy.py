"""What every lesson has in the same place: its claim and a question at the top; what there is to do at the bottom."""

from pathlib import Path

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.prose import Sections, read_sections
from galviz.course.questions import read_questions
from panels.exercises import exercises
from panels.glossary import link_terms
from panels.links import link_to
from panels.plain import plain_with_code
from panels.quiz import close_opening, open_cold, quiz
from panels.settings import settings
from panels.surveys import OpenSurvey

SIMULATED = ":material/science:"
_INSTRUMENTS = Path(__file__).parents[1] / "instruments"
HOME, SPACE, GLOSSARY, CERTIFICATE = (
    _INSTRUMENTS / name / "page.py" for name in ("home", "feature_space", "glossary", "certificate")
)


def begin(lesson: Lesson, opened: OpenSurvey) -> Sections:
    """Draw a lesson's title and claim, what it asks of a student, and the question before the text.

    Returns
    -------
    Sections
        The sections of its text.md, by name, with their terms linked to the glossary.

    Raises
    ------
    CourseError
        If a file of the lesson can't be read; `explain_errors` around the page tells the student.
    """
    st.title(lesson.title)
    st.markdown(f"**{lesson.claim}**")
    with st.container(horizontal=True):
        mark_simulated(opened)
        st.badge(f"{lesson.minutes} min", icon=":material/schedule:", color="gray")
        st.badge(DIFFICULTIES[lesson.difficulty], icon=":material/signal_cellular_alt:", color="gray")
    before = ", ".join(each.title for each in settings().lessons if each.slug in lesson.before)
    st.caption(f"Afterwards you can {lesson.afterwards}." + (f" Before it: {before}" if before else ""))
    open_cold(read_questions(lesson))
    text = read_sections(lesson.folder / "text.md")
    try:
        return Sections(text.path, link_terms(text))
    except CourseError as error:
        # The text itself is sound: it is shown without links to the glossary.
        st.warning(f"The glossary can't be read: {plain_with_code(error)}.", icon=":material/link_off:")
        return text


def mark_simulated(opened: OpenSurvey) -> None:
    """Say that the galaxies shown are simulated, where they are."""
    if opened.shipped:
        st.badge("Simulated galaxies", icon=SIMULATED, color="orange")


def end(lesson: Lesson, text: Sections) -> None:
    """Draw what there is to do, what the lesson doesn't say, its sources, and the ways to those before and after it."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Try it yourself")
        st.markdown(text["try"])
    with right:
        st.header("Limitations")
        st.markdown(text["limits"])
    questions = read_questions(lesson)
    exercises(lesson, questions)
    quiz(questions)
    close_opening(questions)
    with st.expander("Sources", icon=":material/menu_book:"):
        st.markdown(text["sources"])
    offered = settings().lessons
    place = offered.index(lesson)
    back, forward = st.columns(2)
    with back:
        if place > 0:
            link_to(offered[place - 1], label=f"Back: {offered[place - 1].title}", icon=":material/arrow_back:")
        else:
            st.page_link(HOME, label="Back: Home", icon=":material/arrow_back:")
    with forward:
        if place + 1 < len(offered):
            link_to(offered[place + 1], label=f"Next: {offered[place + 1].title}", icon=":material/arrow_forward:")
        else:
            st.page_link(CERTIFICATE, label="Next: Your certificate", icon=":material/arrow_forward:")

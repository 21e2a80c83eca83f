"""What lesson pages begin with: title, claim and badges; their text; and the files of the other pages."""

from pathlib import Path

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.prose import Sections, read_sections
from panels.glossary import link_terms
from panels.markdown import escape_markdown_except_code
from panels.settings import settings
from panels.surveys import OpenSurvey

SIMULATED, SIMULATED_GALAXIES = ":material/science:", "Simulated galaxies"
_INSTRUMENTS = Path(__file__).parents[1] / "instruments"
HOME, OWN, EXPLORE, LABORATORY, LAYERS, UNITS, COMPARE, GALAXY, AUDIT, GLOSSARY, CERTIFICATE = (
    _INSTRUMENTS / name / "page.py"
    for name in "home own explore laboratory layers units compare galaxy audit glossary certificate".split()
)


def show_head(lesson: Lesson, opened: OpenSurvey, badge: str = SIMULATED_GALAXIES, *, small: bool = False) -> None:
    """Draw a lesson's title, claim, duration and prerequisites; only its title if `small`. Simulated data is marked."""
    if small:
        with st.container(key="lesson_title_small", horizontal=True, vertical_alignment="center"):
            st.title(lesson.title, width="content")
            mark_simulated(opened, badge)
        return
    st.title(lesson.title)
    st.markdown(f"**{lesson.claim}**")
    with st.container(horizontal=True):
        mark_simulated(opened, badge)
        st.badge(f"{lesson.minutes} min", icon=":material/schedule:", color="gray")
        st.badge(DIFFICULTIES[lesson.difficulty], icon=":material/signal_cellular_alt:", color="gray")
    prerequisites = ", ".join(other.title for other in settings().lessons if other.slug in lesson.before)
    st.caption(f"Afterwards you can {lesson.afterwards}." + (f" Before it: {prerequisites}" if prerequisites else ""))


def read_text(lesson: Lesson) -> Sections:
    """Read the sections of a lesson's text.md by name, with terms linked to the glossary.

    Raises
    ------
    CourseError
        If it can't be read; `explain_errors` shows it to the student.
    """
    text = read_sections(lesson.folder / "text.md")
    try:
        return Sections(text.path, link_terms(text))
    except CourseError as error:
        # Show the text without links to the glossary.
        st.warning(f"The glossary can't be read: {escape_markdown_except_code(error)}.", icon=":material/link_off:")
        return text


def mark_simulated(opened: OpenSurvey, badge: str = SIMULATED_GALAXIES) -> None:
    """Draw a badge if the galaxies are simulated."""
    if opened.shipped:
        st.badge(badge, icon=SIMULATED, color="orange")

"""What every lesson has in the same place: its claim and a question at the top; what there is to do at the bottom."""

from pathlib import Path

import streamlit as st

from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.prose import sections
from galviz.course.questions import read_questions
from panels.exercises import exercises
from panels.glossary import link_terms
from panels.quiz import close_opening, open_cold, quiz
from panels.settings import settings
from panels.surveys import OpenSurvey

SIMULATED = ":material/science:"
_INSTRUMENTS = Path(__file__).parents[1] / "instruments"
HOME, SPACE, GLOSSARY, CERTIFICATE = (
    _INSTRUMENTS / name / "page.py" for name in ("home", "feature_space", "glossary", "certificate")
)


def begin(lesson: Lesson, opened: OpenSurvey) -> dict[str, str]:
    """Draw a lesson's title and claim, what it asks of a student, and the question before the text.

    Returns
    -------
    dict of str to str
        The sections of its text.md, by name, with their terms linked to the glossary.
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
    return link_terms(sections(lesson.folder / "text.md"))


def mark_simulated(opened: OpenSurvey) -> None:
    """Say that the galaxies shown are simulated, where they are."""
    if opened.shipped:
        st.badge("Simulated galaxies", icon=SIMULATED, color="orange")


def end(lesson: Lesson, text: dict[str, str]) -> None:
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
    before = (offered[place - 1].page, offered[place - 1].title) if place > 0 else (HOME, "Home")
    last = place + 1 == len(offered)
    after = (CERTIFICATE, "Your certificate") if last else (offered[place + 1].page, offered[place + 1].title)
    back, forward = st.columns(2)
    back.page_link(before[0], label=f"Back: {before[1]}", icon=":material/arrow_back:")
    forward.page_link(after[0], label=f"Next: {after[1]}", icon=":material/arrow_forward:")

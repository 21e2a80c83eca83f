"""What every page has in the same place: its claim at the top; sources, back and next at the bottom."""

from pathlib import Path

import streamlit as st

from lessons import LESSONS, Lesson
from panels.prose import sections
from panels.surveys import OpenSurvey

SIMULATED = ":material/science:"
_INSTRUMENTS = Path(__file__).parents[1] / "instruments"
HOME, SPACE = (_INSTRUMENTS / name / "page.py" for name in ("home", "feature_space"))


def begin(lesson: Lesson, opened: OpenSurvey) -> dict[str, str]:
    """Draw a lesson's title and claim.

    Returns
    -------
    dict of str to str
        The sections of its text.md, by name.
    """
    st.title(lesson.title)
    st.markdown(f"**{lesson.claim}**")
    mark_simulated(opened)
    return sections(lesson.folder / "text.md")


def mark_simulated(opened: OpenSurvey) -> None:
    """Say that the galaxies shown are simulated, where they are."""
    if opened.shipped:
        st.badge("Simulated galaxies", icon=SIMULATED, color="orange")


def end(lesson: Lesson, text: dict[str, str]) -> None:
    """Draw a lesson's sources and the ways to the lessons before and after it."""
    if "sources" in text:
        with st.expander("Sources", icon=":material/menu_book:"):
            st.markdown(text["sources"])
    place = LESSONS.index(lesson)
    before = (LESSONS[place - 1].page, LESSONS[place - 1].title) if place > 0 else (HOME, "Home")
    after = (
        (LESSONS[place + 1].page, LESSONS[place + 1].title) if place + 1 < len(LESSONS) else (SPACE, "Feature space")
    )
    back, forward = st.columns(2)
    back.page_link(before[0], label=f"Back: {before[1]}", icon=":material/arrow_back:")
    forward.page_link(after[0], label=f"Next: {after[1]}", icon=":material/arrow_forward:")

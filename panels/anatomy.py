"""What every page has in the same place: its claim at the top; sources, back and next at the bottom."""

import streamlit as st

from lessons import LESSONS, Lesson
from panels.prose import sections
from panels.surveys import OpenSurvey

SIMULATED = ":material/science:"


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
    back, forward = st.columns(2)
    if place > 0:
        before = LESSONS[place - 1]
        back.page_link(before.page, label=f"Back: {before.title}", icon=":material/arrow_back:")
    if place + 1 < len(LESSONS):
        after = LESSONS[place + 1]
        forward.page_link(after.page, label=f"Next: {after.title}", icon=":material/arrow_forward:")

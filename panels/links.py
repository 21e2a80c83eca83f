"""Links from page to page."""

import streamlit as st

from galviz.course.lesson import Lesson
from panels.markdown import escape_markdown


def link_to(
    lesson: Lesson, *, label: str | None = None, description: str | None = None, icon: str | None = None
) -> None:
    """Draw the link to a lesson's page, or a caption if the page is missing.

    Parameters
    ----------
    lesson : Lesson
    label : str, optional
        By default the lesson's title.
    description : str, optional
        An emphasised part of the link. style.css puts it below the label in a container of the key ``course``.
    icon : str, optional
    """
    label = label or lesson.title
    if lesson.page.is_file():
        st.page_link(lesson.page, label=f"{label} *{description}*" if description else label, icon=icon)
    else:
        st.caption(f"{label} (not available: {escape_markdown(lesson.page)} is missing)")

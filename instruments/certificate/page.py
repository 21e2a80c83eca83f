"""Instrument 'Certificate': what a student has done, in a table and as a page to keep."""

from datetime import date

import streamlit as st

from galviz.course.questions import read_questions
from panels.certificate import certificate_html, count_results
from panels.progress import progress
from panels.settings import is_local, settings


def _show_totals(rows: list[dict]) -> None:
    exercises, passed = sum(row["of exercises"] for row in rows), sum(row["exercises"] for row in rows)
    questions, right = sum(row["of questions"] for row in rows), sum(row["right"] for row in rows)
    with st.container(horizontal=True):
        st.metric("Exercises passed", f"{passed} of {exercises}")
        st.metric("Quiz questions right", f"{right} of {questions}")
        complete = f"{sum(row['complete'] for row in rows)} of {len(rows)}"
        st.metric("Lessons complete", complete, help="All exercises passed, all questions right")


def _show_lessons(rows: list[dict]) -> None:
    st.dataframe(
        [
            {
                "lesson": row["lesson"],
                "exercises passed": f"{row['exercises']} of {row['of exercises']}",
                "quiz questions right": f"{row['right']} of {row['of questions']}",
                "complete": "yes" if row["complete"] else "not yet",
            }
            for row in rows
        ],
        hide_index=True,
        height="content",
    )


def page() -> None:
    """Draw the page."""
    st.title("Your certificate")
    st.markdown("**Your results in this course.** They are counted automatically, and nobody verifies them.")
    rows = count_results([(lesson, read_questions(lesson)) for lesson in settings().lessons], progress())
    _show_totals(rows)
    _show_lessons(rows)
    if not is_local():
        st.info(
            "Exercises run on your own machine and are counted there. This page counts the quizzes that you answered "
            "in this browser.",
            icon=":material/home:",
        )
    name = st.text_input("Your name", key="name", max_chars=80, placeholder="as it should appear on the certificate")
    st.download_button(
        "Download the certificate",
        certificate_html(name, rows, date.today()),
        file_name="galviz-certificate.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        help="An HTML page, to read or print in any browser",
    )
    st.markdown(
        "**What next?** Test a claim of your own: `python -m galviz project` creates a folder for its text and "
        "analysis, and assembles the report."
    )

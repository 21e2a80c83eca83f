"""The problems of a survey, listed by kind."""

import pandas as pd
import streamlit as st

from galviz.survey.survey import SurveyError
from panels.markdown import markdown_code
from panels.spreadsheet import spreadsheet_csv

# Kinds of problems that the page lists; the CSV file has all.
_MAX_KINDS = 40


def show_problem_groups(error: SurveyError, survey: str) -> None:
    """List the problems of a survey, called `survey` (Markdown), by kind, with remedies and a file of all of them."""
    first = markdown_code(str(error.first))
    is_single = error.n_problems == 1
    st.error(f"{survey} has {error.count}{': ' if is_single else '. The first: '}{first}", icon=":material/folder_off:")
    if is_single:
        return
    examples = _examples(error)
    st.dataframe(
        examples,
        hide_index=True,
        column_config={
            "how_many": st.column_config.TextColumn("how many", help="Problems of this kind", width=80),
            "row": st.column_config.TextColumn("row", help="Line of master.csv; the header is line 1", width=60),
            "objID": st.column_config.TextColumn("objID", width=150),
            "file": st.column_config.TextColumn("file", width=130),
            "problem": st.column_config.TextColumn("what is wrong", width=190),
            "remedy": st.column_config.TextColumn("what to do", width=210),
        },
    )
    if error.n_problems > len(examples):
        st.markdown(f"The first of each kind are shown, {len(examples)} of {error.n_problems:,}.")
        st.download_button(
            f"Download all {error.n_problems:,} problems as CSV",
            lambda: spreadsheet_csv(error.problems, index=False),  # called when the button is pressed
            "problems.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _examples(error: SurveyError) -> pd.DataFrame:
    """The first problems of each kind; the first row of a kind has their number."""
    rows = [
        {
            "how_many": "" if number else f"{group.count:,}",
            "row": "" if problem.row is None else str(problem.row),
            "objID": problem.object_id,
            "file": problem.file,
            "problem": problem.problem,
            "remedy": problem.remedy,
        }
        for group in error.groups[:_MAX_KINDS]
        for number, problem in enumerate(group.examples)
    ]
    return pd.DataFrame(rows)

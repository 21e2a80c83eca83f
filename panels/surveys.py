"""The survey the pages show, read once; and the page a student sees when it can't be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from galviz.survey import Survey, SurveyError, load_survey
from panels.arguments import read_arguments

_GO_ON = "go_on_with_shipped_survey"


@dataclass(frozen=True)
class OpenSurvey:
    """A survey, and whether its galaxies are ours.

    Attributes
    ----------
    survey : Survey
        What the pages show.
    shipped : bool
        Whether it is the one that comes with galviz, whose galaxies are simulated; of a user's folder we can't say.
    """

    survey: Survey
    shipped: bool

    @property
    def galaxies(self) -> str:
        """The word for its galaxies, in text."""
        return "simulated galaxies" if self.shipped else "galaxies"


def open_survey() -> OpenSurvey:
    """Give a page its survey: the folder the app was started with, or the shipped one.

    Raises
    ------
    SurveyError
        If it can't be read; `explain_survey_errors` around the page tells the student.
    """
    arguments = read_arguments()
    if arguments.survey and not st.session_state.get(_GO_ON):
        return OpenSurvey(_read(arguments.survey, arguments.label), shipped=False)
    if arguments.survey:
        _offer_return(arguments.survey)
    return open_shipped_survey()


def open_shipped_survey() -> OpenSurvey:
    """Give a lesson the survey that comes with galviz, whose causes and features are known."""
    return OpenSurvey(_read(None, None), shipped=True)


@contextmanager
def explain_survey_errors() -> Iterator[None]:
    """Turn a SurveyError from inside the block into a page that shows every problem with its remedy."""
    try:
        yield
    except SurveyError as error:
        # The folder may have changed since it was read: "check again" must read it anew.
        _read.clear()
        own = read_arguments().survey is not None and not st.session_state.get(_GO_ON)
        _show_problems(error, offer_shipped=own)


@st.cache_resource(max_entries=4, show_spinner="Reading the survey …")
def _read(folder: str | None, label: str | None) -> Survey:
    """Read a survey once for all sessions; an error is not kept, so that a mended folder is read anew."""
    return load_survey(folder, label)


def _show_problems(error: SurveyError, *, offer_shipped: bool) -> None:
    """Say what is wrong with a survey folder, row by row, and what to do."""
    st.title("This survey can't be read yet")
    st.error(f"{error.summary}. The first: {error.details[0]}", icon=":material/folder_off:")
    st.dataframe(
        error.problems.assign(row=error.problems["row"].astype("string").fillna("")),
        hide_index=True,
        column_config={
            "row": st.column_config.TextColumn("row", help="Line of master.csv; the header is line 1", width="small"),
            "objID": st.column_config.TextColumn("objID", width="medium"),
            "file": st.column_config.TextColumn("file"),
            "problem": st.column_config.TextColumn("what is wrong", width="large"),
            "remedy": st.column_config.TextColumn("what to do", width="large"),
        },
    )
    st.markdown("Mend the folder, then check it again. The same list in a terminal:")
    st.code(f'python -m galviz check-survey "{error.folder}"', language="bash")
    with st.container(horizontal=True):
        st.button("Check again", icon=":material/refresh:", type="primary")
        if offer_shipped:
            st.button(
                "Go on with the survey that comes with galviz", on_click=lambda: st.session_state.update({_GO_ON: True})
            )


def _offer_return(folder: str) -> None:
    """Say in the sidebar that these aren't the student's own galaxies, with the way back."""
    with st.sidebar:
        st.info(f"You are looking at the survey that comes with galviz, not at {Path(folder).name}.")
        st.button("Back to my survey", on_click=lambda: st.session_state.pop(_GO_ON))

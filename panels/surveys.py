"""The survey the pages show, read once; and the page a student sees when it, or what galviz brings, can't be read."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pandas as pd
import streamlit as st

from galviz.errors import BrokenFileError
from galviz.files.manifest import data_path
from galviz.network.card import CardError, read_card
from galviz.network.framing import framing_warnings
from galviz.survey.survey import ChangedSurveyError, Survey, SurveyError, load_survey
from panels.arguments import read_arguments
from panels.plain import code
from panels.watch import FolderWatch

_GO_ON, _ERROR, _READ_AGAIN = "go_on_with_shipped_survey", "error_to_explain", "survey_read_again"
# A folder that somebody keeps writing to is a page with a sentence, after so many attempts.
_MOST_READINGS = 3
# A bar that moves more often only keeps the browser busy.
_REPORTED_EVERY = 256
# Kinds of problems that a page lists; the rest is in the file to download.
_MOST_KINDS = 40


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

    @property
    def counted(self) -> str:
        """How many galaxies it has, in text."""
        count = len(self.survey.object_ids)
        return f"{count:,} {self.galaxies}" if count != 1 else f"1 {self.galaxies.removesuffix('ies')}y"


def open_survey() -> OpenSurvey:
    """Give a page its survey: the folder the app was started with, or the shipped one.

    Raises
    ------
    SurveyError
        If it can't be read; `explain_errors` around the page tells the student.
    """
    arguments = read_arguments()
    if arguments.survey is not None and not st.session_state.get(_GO_ON):
        survey = _read(arguments.survey, arguments.label, arguments.scale)
        _say_what_is_seen(survey, arguments.model)
        return OpenSurvey(survey, shipped=False)
    if arguments.survey is not None:
        _offer_return(arguments.survey)
    return open_shipped_survey()


def open_shipped_survey() -> OpenSurvey:
    """Give a lesson the survey that comes with galviz, whose causes and features are known."""
    return OpenSurvey(_shipped(), shipped=True)


@st.cache_resource(show_spinner="Reading the survey …")
def _shipped() -> Survey:
    return load_survey()


@dataclass
class _Shelf:
    """Where a user's survey is kept for all sessions: the first that comes reads it, others wait for their turn."""

    watch: FolderWatch
    turn: Lock = field(default_factory=Lock)
    survey: Survey | None = None


@st.cache_resource(max_entries=4, show_spinner=False)
def _shelf(folder: str, label: str | None, scale: float) -> _Shelf:
    return _Shelf(FolderWatch(Path(folder)))


def _read(folder: str, label: str | None, scale: float) -> Survey:
    """Read a user's survey and take its checksum, with progress; once, until a file of it changes.

    A hundred thousand galaxies take half a minute. What raises isn't kept, so that a mended folder is read anew.
    """
    name = Path(folder).absolute().name
    shelf = _shelf(folder, label, scale)
    with st.spinner(f"Reading the survey {code(name)} …"), shelf.turn:
        if shelf.watch.has_changed() or shelf.survey is None:
            shelf.survey = None
            bar = st.progress(0.0, "Looking for its galaxies …")

            def report(done: int, total: int) -> None:
                if done % _REPORTED_EVERY == 0:
                    bar.progress(done / total, f"{done:,} of {total:,} images read")

            try:
                survey = load_survey(folder, label, scale=scale, progress=report)
                survey.sha256  # noqa: B018 (it is kept, and tells whether the network has seen these galaxies)
            finally:
                bar.empty()
            shelf.survey = survey
        return shelf.survey


def _say_what_is_seen(survey: Survey, model: str | None) -> None:
    """Say in the sidebar if the network sees little of the images, or much padding, or no colour."""
    try:
        card = read_card(model)
    except CardError:
        return  # the page that uses the network tells
    said = framing_warnings(survey.image_sizes, card.pad_px, card.crop_px, survey.scale)
    if survey.n_grey:
        said.append(f"{survey.n_grey:,} of its images are grey; galviz's own network needs colour.")
    if said:
        st.sidebar.info("\n\n".join(said), icon=":material/crop:")


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn a survey or a file that can't be read, inside the block, into a page of its own that says what to do."""
    error, readings = st.session_state.pop(_ERROR, None), st.session_state.pop(_READ_AGAIN, 0)
    if error is not None:
        _show_problems(error) if isinstance(error, SurveyError) else _show_broken_file(error)
        st.stop()
    try:
        yield
    except (SurveyError, BrokenFileError) as error:
        if isinstance(error, ChangedSurveyError) and readings < _MOST_READINGS:
            # The folder may well be sound: it is read again, and all that is kept of its old checksum is left alone.
            _shelf.clear()
            _shipped.clear()
            st.session_state[_READ_AGAIN] = readings + 1
            st.rerun()
        # What was read before may be of files that have changed since: "check again" must read them anew.
        st.cache_resource.clear()
        st.cache_data.clear()
        # From the top, because the page may be half drawn.
        st.session_state[_ERROR] = error
        st.rerun()


def _show_problems(error: SurveyError) -> None:
    """Say what is wrong with a survey folder, by kind, and what to do."""
    arguments = read_arguments()
    own = arguments.survey
    users = own is not None and Path(own).absolute() == Path(error.folder).absolute()
    st.title("This survey can't be read yet" if users else "The galaxies that come with galviz can't be read")
    st.error(
        f"The survey folder {code(error.folder)} has {error.count}. The first: {code(str(error.details[0]))}",
        icon=":material/folder_off:",
    )
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
    if len(error.details) > len(examples):
        st.markdown(f"The first of each kind are shown, {len(examples)} of {len(error.details):,}.")
        st.download_button(
            f"Download all {len(error.details):,} problems as CSV",
            lambda: error.problems.to_csv(index=False),  # made when it is asked for
            "problems.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if users:
        st.markdown("Fix the folder, then check it again. The same list in a terminal:")
        command = ["python", "-m", "galviz", "check-survey", str(Path(error.folder).absolute())]
        st.code(shlex.join([*command, *([f"--label={arguments.label}"] if arguments.label else [])]), language="bash")
    _offer_shipped_files(error)
    with st.container(horizontal=True):
        st.button("Check again", icon=":material/refresh:", type="primary")
        if users:
            st.button(
                "Go on with the survey that comes with galviz", on_click=lambda: st.session_state.update({_GO_ON: True})
            )


def _examples(error: SurveyError) -> pd.DataFrame:
    """The first problems of each kind, with how many there are of it beside the first."""
    rows = [
        {
            "how_many": "" if number else f"{group.count:,}",
            "row": "" if problem.row is None else str(problem.row),
            "objID": problem.object_id,
            "file": problem.file,
            "problem": problem.problem,
            "remedy": problem.remedy,
        }
        for group in error.groups[:_MOST_KINDS]
        for number, problem in enumerate(group.examples)
    ]
    return pd.DataFrame(rows)


def _show_broken_file(error: ValueError) -> None:
    """Say which of the files that galviz needs can't be read, and what to do."""
    st.title("A file that galviz needs can't be read")
    st.error(code(str(error)), icon=":material/broken_image:")
    _offer_shipped_files(error)
    st.button("Check again", icon=":material/refresh:", type="primary")


def _offer_shipped_files(error: ValueError) -> None:
    """Say how to have back what comes with galviz, where it is that what can't be read."""
    if str(data_path()) in str(error):
        st.markdown("It came with galviz. In the project's folder, a terminal brings it back as it was:")
        st.code("git checkout -- data", language="bash")


def _offer_return(folder: str) -> None:
    """Say in the sidebar that these aren't the student's own galaxies, with the way back."""
    with st.sidebar:
        st.info(f"You are looking at the survey that comes with galviz, not at {code(Path(folder).absolute().name)}.")
        st.button("Back to my survey", on_click=lambda: st.session_state.pop(_GO_ON))

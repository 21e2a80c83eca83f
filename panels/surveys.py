"""The survey that pages show, loaded once, and the page that explains files that can't be read."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import NoReturn, ParamSpec

import streamlit as st

from galviz.course.coursefile import CourseError
from galviz.errors import BrokenFileError
from galviz.files.manifest import data_path
from galviz.network.card import CardError, read_card
from galviz.network.framing import framing_warnings
from galviz.survey.survey import ChangedSurveyError, Survey, SurveyError, load_survey
from panels.arguments import read_arguments
from panels.chosen_survey import ChosenSurvey, choose_shipped_survey, chosen_survey, offer_own_survey
from panels.exclusion import offer_return, session_excluded
from panels.folder_watch import FolderWatch, folder_state
from panels.markdown import escape_markdown, markdown_code
from panels.own_survey import own_galaxies
from panels.survey_problems import show_problem_groups
from panels.uploads import UPLOAD_NAME

P = ParamSpec("P")

_ERROR, _ATTEMPTS = "error_to_explain", "survey_load_attempts"
_AUDIT_PAGE = Path(__file__).parents[1] / "instruments" / "audit" / "page.py"
# Attempts to load a folder that another program keeps writing to, before the page reports it.
_MAX_ATTEMPTS = 3
# Images per update of the progress bar; more frequent updates would only slow the browser.
_IMAGES_PER_UPDATE = 256
# Notes about a survey in the sidebar; check-survey prints all.
_MAX_NOTES = 5


@dataclass(frozen=True)
class OpenSurvey:
    """A survey, and whether it is the shipped one.

    Attributes
    ----------
    survey : Survey
        The survey that pages show.
    shipped : bool
        Whether it comes with galviz: its galaxies are simulated. Those of a user's folder may or may not be.
    private : bool
        Whether this session has uploaded it: nothing that is computed from it may be kept for other sessions.
    """

    survey: Survey
    shipped: bool
    private: bool = False

    @property
    def name(self) -> str:
        """The name of its folder; that of an upload is temporary and says nothing."""
        return UPLOAD_NAME if self.private else self.survey.folder.name

    @property
    def galaxies(self) -> str:
        """The noun for its galaxies."""
        return "simulated galaxies" if self.shipped else "galaxies"

    @property
    def counted(self) -> str:
        """The number of its galaxies, with the noun."""
        count = len(self.survey.object_ids)
        return f"{count:,} {self.galaxies}" if count != 1 else f"1 {self.galaxies.removesuffix('ies')}y"


def open_survey(*, remarks: bool = True) -> OpenSurvey:
    """Load a page's survey: what the session has uploaded, the folder of the app's arguments, or the shipped one.

    Parameters
    ----------
    remarks : bool
        Whether to draw remarks on it in the sidebar, which a page may do once.

    Raises
    ------
    SurveyError
        If it can't be read; `explain_errors` shows it to the student.
    """
    chosen = chosen_survey()
    if chosen.path is None:
        if remarks:
            offer_own_survey(chosen)
        return open_shipped_survey()
    if chosen.private:
        with st.spinner("Reading your galaxies …"):
            survey = own_galaxies().load()
    else:
        survey = _load(chosen)
    if remarks:
        if not chosen.private:
            _show_notes(survey)
        offer_return(chosen.path)
        if not chosen.private:
            _show_framing_warnings(survey, read_arguments().model)
    return OpenSurvey(survey, shipped=False, private=chosen.private)


def open_shipped_survey() -> OpenSurvey:
    """Load the shipped survey, whose causes and features are known."""
    return OpenSurvey(_shipped(), shipped=True)


@st.cache_resource(show_spinner="Reading the survey …")
def _shipped() -> Survey:
    return load_survey()


@dataclass
class _SharedSurvey:
    """A user's survey, or its problems, for all sessions: the first session loads it, others wait for the lock."""

    watch: FolderWatch
    lock: Lock = field(default_factory=Lock)
    survey: Survey | None = None
    error: SurveyError | None = None
    error_state: int = 0  # of the folder that has these problems


@st.cache_resource(max_entries=4, show_spinner=False)
def _shared_survey(folder: str, label: str | None, scale: float, exclude: tuple[str, ...]) -> _SharedSurvey:
    return _SharedSurvey(FolderWatch(Path(folder)))


def _load(chosen: ChosenSurvey) -> Survey:
    """Load a user's survey and compute its checksum, with progress; once, until one of its files changes.

    A hundred thousand galaxies take half a minute. If it has problems, the next run of the page shows them.
    """
    exclude = tuple(sorted({*chosen.excluded, *session_excluded(chosen.path)}))
    shared = _shared_survey(chosen.path, chosen.label, chosen.scale, exclude)
    with st.spinner(f"Reading the survey {markdown_code(chosen.name)} …"), shared.lock:
        if shared.error is not None and shared.error_state == folder_state(Path(chosen.path)):
            _explain_in_next_run(shared.error)
        if shared.watch.has_changed() or shared.survey is None:
            shared.survey = shared.error = None
            state = folder_state(Path(chosen.path))
            bar = st.progress(0.0, "Reading the catalogue …")

            def report(done: int, total: int) -> None:
                if done % _IMAGES_PER_UPDATE == 0:
                    bar.progress(done / total, f"{done:,} of {total:,} images read")

            try:
                options = {"scale": chosen.scale, "exclude": exclude, "progress": report}
                survey = load_survey(chosen.path, chosen.label, **options)
                survey.sha256  # noqa: B018 (cached property, which identifies the features of this survey)
            except ChangedSurveyError:
                raise
            except SurveyError as error:
                shared.error, shared.error_state = error.with_traceback(None), state
                _explain_in_next_run(error)
            finally:
                bar.empty()
            shared.survey = survey
        return shared.survey


def _show_notes(survey: Survey) -> None:
    """List in the sidebar what was read in another form than written, and how many images have no row."""
    notes = survey.notes
    if n_unlisted := len(survey.images_without_row):
        subject = "1 image has" if n_unlisted == 1 else f"{n_unlisted:,} images have"
        notes.append(f"{subject} no row in the table, and {'is' if n_unlisted == 1 else 'are'} left out.")
    if notes:
        more = [f"… and {len(notes) - _MAX_NOTES:,} more"] if len(notes) > _MAX_NOTES else []
        st.sidebar.info("\n\n".join([*map(escape_markdown, notes[:_MAX_NOTES]), *more]), icon=":material/info:")


def _show_framing_warnings(survey: Survey, model: str | None) -> None:
    """Warn in the sidebar if the network's input has little of the images, much padding or no colour."""
    try:
        card = read_card(model)
    except CardError:
        return  # the page that uses the network reports it
    warnings = framing_warnings(survey.image_sizes, card.pad_px, card.crop_px, survey.scale)
    if survey.n_grey:
        warnings.append(f"{survey.n_grey:,} of its images are grey; galviz's own network needs colour.")
    if warnings:
        st.sidebar.info("\n\n".join(warnings), icon=":material/crop:")


@contextmanager
def explain_errors(*, in_fragment: bool = False) -> Iterator[None]:
    """Show a page that explains what to do if a survey or a file can't be read inside the block.

    Errors in a fragment don't reach the block around the page: a fragment needs one of its own.
    """
    error, attempts = st.session_state.pop(_ERROR, None), st.session_state.get(_ATTEMPTS, 0)
    if error is not None:
        _show_problems(error) if isinstance(error, SurveyError) else _show_broken_file(error)
        st.stop()
    try:
        yield
        if not in_fragment:
            st.session_state.pop(_ATTEMPTS, None)
    except (SurveyError, BrokenFileError) as error:
        if isinstance(error, ChangedSurveyError) and attempts < _MAX_ATTEMPTS:
            # The folder may be valid: load it again. Cached results of its old checksum stay.
            _shared_survey.clear()
            _shipped.clear()
            st.session_state[_ATTEMPTS] = attempts + 1
            st.rerun()
        # Cached files may have changed since: "check again" must read them again. Those of the course are not cached,
        # and all sessions would have to compute their results again.
        if not isinstance(error, CourseError):
            _clear_caches()
        _explain_in_next_run(error)


def _explain_in_next_run(error: ValueError) -> NoReturn:
    """Run the page again, because it may be half drawn, and explain an error instead."""
    st.session_state[_ERROR] = error
    st.rerun()


def _clear_caches() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def fragment(draw: Callable[P, None]) -> Callable[P, None]:
    """Decorate a part of a page that Streamlit reruns alone, as ``st.fragment`` does; errors in it are explained."""

    @st.fragment
    @wraps(draw)
    def explained(*args: P.args, **kwargs: P.kwargs) -> None:
        with explain_errors(in_fragment=True):
            draw(*args, **kwargs)

    return explained


def _show_problems(error: SurveyError) -> None:
    """List the problems of a survey folder by kind, with remedies."""
    chosen = chosen_survey()
    is_users = chosen.path is not None and Path(chosen.path).absolute() == Path(error.folder).absolute()
    st.title("This survey can't be read yet" if is_users else "The galaxies that come with galviz can't be read")
    name = "Your upload" if is_users and chosen.private else f"The survey folder {markdown_code(error.folder)}"
    show_problem_groups(error, name)
    if is_users and not chosen.private:
        st.markdown("Fix the folder, then check it again. The same list in a terminal:")
        command = ["python", "-m", "galviz", "check-survey", str(Path(error.folder).absolute())]
        st.code(shlex.join([*command, *([f"--label={chosen.label}"] if chosen.label else [])]), language="bash")
        if chosen.label:
            st.markdown("Without the label, or with another column as the label, the app may start as it is:")
            st.code(shlex.join(["streamlit", "run", "app.py", "--", "--survey", chosen.path]), language="bash")
    _offer_shipped_files(error)
    with st.container(horizontal=True):
        # The problems are known for as long as the files are the same, but a disk or a permission may have failed.
        st.button("Check again", icon=":material/refresh:", type="primary", on_click=_clear_caches)
        if is_users:
            st.page_link(_AUDIT_PAGE, label="See the images, and choose which to exclude", icon=":material/fact_check:")
            st.button("Continue with the survey that comes with galviz", on_click=choose_shipped_survey)


def _show_broken_file(error: ValueError) -> None:
    """Name the file that can't be read, and the remedy."""
    st.title("A file that galviz needs can't be read")
    st.error(markdown_code(str(error)), icon=":material/broken_image:")
    _offer_shipped_files(error)
    st.button("Check again", icon=":material/refresh:", type="primary")


def _offer_shipped_files(error: ValueError) -> None:
    """Explain how to restore a shipped file, if that is what can't be read."""
    if str(data_path()) in str(error):
        st.markdown("It came with galviz. To restore it, run in the project's folder:")
        st.code("git checkout -- data", language="bash")

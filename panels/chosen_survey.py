"""Which survey a session shows: what it has uploaded, the folder of the app's arguments, or the shipped one."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from panels.arguments import read_arguments
from panels.markdown import markdown_code
from panels.own_survey import has_uploaded, own_galaxies
from panels.uploads import UPLOAD_NAME

_USE_SHIPPED = "use_shipped_survey"


@dataclass(frozen=True)
class ChosenSurvey:
    """A survey folder and how it is read.

    Attributes
    ----------
    path : str or None
        None for the shipped survey.
    name : str
        As users know it; an upload's folder is temporary and says nothing.
    label : str or None
    scale : float
        Factor by which images are resampled.
    excluded : tuple of str
        The ids that the app's arguments leave out.
    private : bool
        Whether the session has uploaded it.
    set_aside : str
        The name of the user's survey, if the user has chosen the shipped one instead of it.
    """

    path: str | None = None
    name: str = ""
    label: str | None = None
    scale: float = 1.0
    excluded: tuple[str, ...] = ()
    private: bool = False
    set_aside: str = ""


def chosen_survey() -> ChosenSurvey:
    """Return which survey this session shows."""
    users = _users_survey()
    if users.path is not None and st.session_state.get(_USE_SHIPPED):
        return ChosenSurvey(set_aside=users.name)
    return users


def choose_shipped_survey() -> None:
    """Show the shipped survey instead of the user's from now on."""
    st.session_state[_USE_SHIPPED] = True


def choose_users_survey() -> None:
    """Show the user's survey again."""
    st.session_state.pop(_USE_SHIPPED, None)


def offer_own_survey(chosen: ChosenSurvey) -> None:
    """If the user has a survey that isn't shown, remind of it in the sidebar, with a button to return to it."""
    if chosen.set_aside:
        with st.sidebar:
            st.info(f"This is the survey that comes with galviz, not {markdown_code(chosen.set_aside)}.")
            st.button("Back to my survey", on_click=choose_users_survey)


def _users_survey() -> ChosenSurvey:
    if has_uploaded():
        own = own_galaxies()
        return ChosenSurvey(str(own.folder), UPLOAD_NAME, own.label, own.scale, private=True)
    arguments = read_arguments()
    if arguments.survey is None:
        return ChosenSurvey()
    name = Path(arguments.survey).absolute().name
    return ChosenSurvey(arguments.survey, name, arguments.label, arguments.scale, tuple(arguments.excluded))

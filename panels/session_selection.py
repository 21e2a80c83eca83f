"""What the session's maps have in common: the selected galaxies and the open one, which are in the URL while few."""

import streamlit as st

from panels.galaxy_map import Picked
from panels.selection import Selection, format_ids, parse_ids
from panels.surveys import OpenSurvey

_STATE, _OPENED = "explorer_selection", "explorer_galaxy"
# Names in the URL.
_IDS, _GALAXY = "ids", "galaxy"


def session_selection(opened: OpenSurvey) -> Selection:
    """Return the selection of this session for the open survey; the first one is read from the URL."""
    known = opened.survey.object_ids
    selections: dict[str, Selection] = st.session_state.setdefault(_STATE, {})
    sha256 = opened.survey.sha256
    if not selections:
        selections[sha256] = Selection(parse_ids(st.query_params.get(_IDS, ""), known))
    elif sha256 not in selections:
        # Another survey, or another state of it: of the last selections, those of its galaxies. The others are kept.
        selections[sha256] = next(reversed(selections.values())).restricted(known)
    selections[sha256] = selections.pop(sha256)  # the last one
    return selections[sha256]


def opened_galaxy() -> str | None:
    """Return the galaxy that is open in this session, at first that of the URL, or None; it may be unknown."""
    if _OPENED not in st.session_state and (object_id := st.query_params.get(_GALAXY)):
        st.session_state[_OPENED] = object_id
    return st.session_state.get(_OPENED)


def open_galaxy(object_id: str) -> None:
    """Open a galaxy of the survey in this session; write it to the URL."""
    st.session_state[_OPENED] = object_id
    if st.query_params.get(_GALAXY) != object_id:
        st.query_params[_GALAXY] = object_id


def apply_pick(selection: Selection, picked: Picked) -> None:
    """Apply what the visitor did on a map to the session: open a galaxy, or change the selection."""
    if picked.how == "open":
        open_galaxy(*picked.object_ids)
    else:
        selection.change(picked.object_ids, picked.how)


def show_in_url(selection: Selection) -> None:
    """Write a small selection to the URL, and remove it from there if it is empty or large."""
    text = format_ids(selection.ids)
    if text is not None:
        if st.query_params.get(_IDS) != text:
            st.query_params[_IDS] = text
    elif _IDS in st.query_params:
        del st.query_params[_IDS]

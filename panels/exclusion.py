"""The galaxies that a session leaves out of the user's survey, besides those of ``--exclude``."""

from collections.abc import Sequence

import streamlit as st

_STATE = "excluded_galaxies"


def session_excluded(folder: str | None) -> tuple[str, ...]:
    """The ids that this session leaves out of a survey folder, sorted."""
    return st.session_state.get(_STATE, {}).get(folder, ())


def set_session_excluded(folder: str | None, object_ids: Sequence[str]) -> None:
    """Leave galaxies out of a survey folder in this session, instead of those before."""
    st.session_state.setdefault(_STATE, {})[folder] = tuple(sorted(object_ids))


def offer_return(folder: str) -> None:
    """Tell in the sidebar how many galaxies are left out, with a button that takes them back in."""
    if count := len(session_excluded(folder)):
        with st.sidebar:
            noun = "galaxy is" if count == 1 else "galaxies are"
            st.info(f"{count:,} {noun} left out in this session.", icon=":material/visibility_off:")
            st.button("Take them back in", on_click=set_session_excluded, args=(folder, ()))

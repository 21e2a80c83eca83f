"""Presentation mode: text and charts large enough for a projector."""

import streamlit as st

from panels.controls import in_url

_KEY = "present"
# Against 16 px; Streamlit measures nearly all else in multiples of it.
_STYLE = "<style>html { font-size: 22px !important; }</style>"


def choose_presentation() -> None:
    """Draw the switch for the presentation mode in the sidebar, and enlarge the page's text if it is on."""
    with st.sidebar:
        in_url(st.toggle, "Presentation mode", key=_KEY, help="Larger text and charts, for a projector.")
    if is_presenting():
        st.html(_STYLE)


def is_presenting() -> bool:
    """Return whether the presentation mode is on in this session."""
    return bool(st.session_state.get(_KEY, False))

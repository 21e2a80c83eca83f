"""A layer's answers to the student's own sample, computed live: one network for all, to each their own result."""

from collections.abc import Sequence

import streamlit as st

from galviz.features import Features
from galviz.survey import Survey
from panels.live import report_in, say_how_to_get_torch, shared_network, torch_is_here

_ASKED, _FOUND = "live_sample_asked", "live_sample_found"


def extract_live(survey: Survey, object_ids: Sequence[str], layer: str) -> Features | None:
    """Draw the offer to run the network over a sample, then its progress with a way out, then return what it found.

    What was found stays for this session until another sample or layer is chosen.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
    layer : str

    Returns
    -------
    Features or None
        Of `layer` alone; None where it was not asked for, was cancelled, or torch isn't here.
    """
    if not torch_is_here():
        say_how_to_get_torch()
        return None
    key = (layer, tuple(object_ids))
    kept_key, found = st.session_state.get(_FOUND, (None, None))
    if kept_key == key:
        return found
    asked = st.session_state.get(_ASKED) == key
    with st.container(horizontal=True):
        # Disabled and not gone: what a page leaves out is drawn at its end, faded, until the run is over.
        st.button(
            "Compute it live",
            type="primary",
            icon=":material/play_arrow:",
            disabled=asked,
            help=f"Runs the network over your {len(object_ids):,} galaxies and catches what {layer} answers.",
            on_click=lambda: st.session_state.update({_ASKED: key}),
        )
        if asked:
            # A press, or any other control, reruns the page: the next report of progress then ends the pass.
            st.button("Cancel", icon=":material/close:", on_click=lambda: st.session_state.pop(_ASKED, None))
    if not asked:
        return None
    st.session_state[_FOUND] = (key, _extract(survey, object_ids, layer))
    st.rerun()


def _extract(survey: Survey, object_ids: Sequence[str], layer: str) -> Features:
    bar = st.progress(0.0, "Loading PyTorch …")
    from galviz.activations import extract

    try:
        return extract(
            shared_network(),
            survey,
            object_ids,
            layers=[layer],
            batch_size=32,
            progress=report_in(bar),
        )
    finally:
        st.session_state.pop(_ASKED, None)  # whoever comes back later is asked again

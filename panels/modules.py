"""An advanced control: any module of the network hooked live, beside the layers that its specification names."""

from collections.abc import Sequence

import streamlit as st

from galviz.features.features import Features
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.controls import in_address
from panels.live import say_how_to_get_torch, shared_network, torch_is_here
from panels.live_sample import extract_live
from panels.plain import code, plain


def choose_module(survey: Survey, object_ids: Sequence[str], model: str | None) -> Features | None:
    """Draw the control for a module to hook, closed at first, and compute its activations if the student asks for it.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
        The sample.
    model : str or None
        The network's card; None for the shipped one.

    Returns
    -------
    Features or None
        Of the sample at that module alone; None if no module is chosen, or it wasn't computed.
    """
    with st.expander("Hook another module", icon=":material/cable:"):
        on = in_address(
            st.toggle,
            "Look at a module that is none of the layers",
            key="hook_module",
            help="The network runs over your sample and the output of this module is recorded.",
        )
        if not on:
            return None
        if not torch_is_here():
            say_how_to_get_torch()
            return None
        paths = _paths(model, read_card(model).sha256)
        path = in_address(st.selectbox, "Module", paths, key="module", help="Its path in the network.")
        try:
            features = extract_live(survey, object_ids, path, model)
        except ValueError as error:
            st.info(f"{code(path)} can't be looked at: {plain(error)}", icon=":material/info:")
            return None
        if features is not None:
            shape = features.layers[path].shape
            st.caption(f"{shape[1]:,} activations of {code(path)} for each of {shape[0]:,} galaxies, computed live.")
        return features


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _paths(model: str | None, card_sha256: str) -> list[str]:
    from galviz.network.layers import module_paths

    return module_paths(shared_network(model))

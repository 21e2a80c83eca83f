"""An advanced control: hook any module of the network, not only its named layers."""

import streamlit as st

from galviz.features.features import Features
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.controls import in_url
from panels.live_activations import extract_live
from panels.markdown import escape_markdown, markdown_code
from panels.network import explain_torch, has_torch, shared_network
from panels.sampling import choose_sample

_ENABLED = "hook_module"


def choose_module(survey: Survey, model: str | None) -> Features | None:
    """Draw the controls of a module and a sample, and compute its activations when the student presses the button.

    Parameters
    ----------
    survey : Survey
    model : str or None
        The network's card; None for the shipped one.

    Returns
    -------
    Features or None
        Of the sample, at that module only; None if no module is chosen or it wasn't computed.
    """
    # Expanded if the URL had the switch on when the page was opened: read again at each run, this would close the
    # expander as the switch is turned off.
    expanded = st.session_state.setdefault("hook_module_expanded", st.query_params.get(_ENABLED) == "true")
    with st.expander("Hook another module", expanded=expanded, icon=":material/cable:"):
        enabled = in_url(
            st.toggle,
            "Use a module instead of a layer",
            key=_ENABLED,
            help="Run the network on your sample and record the output of this module.",
        )
        if not enabled:
            return None
        if not has_torch():
            explain_torch()
            return None
        object_ids = choose_sample(survey)
        paths = _module_paths(model, read_card(model).sha256)
        path = in_url(st.selectbox, "Module", paths, key="module", help="Path of the module in the network.")
        try:
            features = extract_live(survey, object_ids, path, model)
        except ValueError as error:
            st.info(f"{markdown_code(path)} can't be hooked: {escape_markdown(error)}", icon=":material/info:")
            return None
        if features is not None:
            n_galaxies, n_channels = features.layers[path].shape
            name = markdown_code(path)
            st.caption(f"{n_channels:,} activations of {name} per galaxy, for {n_galaxies:,} galaxies, computed live.")
        return features


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _module_paths(model: str | None, card_sha256: str) -> list[str]:
    from galviz.network.layers import module_paths

    return module_paths(shared_network(model))

"""Activations of a layer for the student's sample, computed live."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from galviz.features.features import Features
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.computation import Computation, progress_in
from panels.network import explain_torch, has_torch, shared_network

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_RESULT = "live_activations"


def extract_live(survey: Survey, object_ids: Sequence[str], layer: str, model: str | None = None) -> Features | None:
    """Draw the buttons and the progress bar of a forward pass over a sample, and return the activations.

    They are kept in the session until another sample or layer is chosen.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
    layer : str
        Name of a layer, or path of any module.
    model : str, optional
        The network's card; None for the shipped one.

    Returns
    -------
    Features or None
        Of `layer` only; None if it wasn't requested or was cancelled, or torch isn't installed.
    """
    if not has_torch():
        explain_torch()
        return None
    key = (layer, tuple(object_ids), survey.sha256, read_card(model).sha256)
    result_key, features = st.session_state.get(_RESULT, (None, None))
    if result_key == key:
        return features
    computation = Computation("sample", key)
    help = f"Run the network on your {len(object_ids):,} galaxies and record the activations of {layer}."
    if not computation.is_requested("Compute it live", help=help):
        return None
    features = computation.run(lambda bar: _extract(survey, object_ids, layer, model, bar))
    st.session_state[_RESULT] = (key, features)
    st.rerun()


def _extract(
    survey: Survey, object_ids: Sequence[str], layer: str, model: str | None, bar: "DeltaGenerator"
) -> Features:
    from galviz.features.extraction import extract  # here, because importing torch takes seconds

    network = shared_network(model)
    return extract(network, survey, object_ids, layers=[layer], batch_size=32, progress=progress_in(bar))

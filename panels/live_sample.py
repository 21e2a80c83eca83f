"""A layer's answers to the student's own sample, computed live: one network for all, to each their own result."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from galviz.features.features import Features
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.computation import Computation, report_in
from panels.live import say_how_to_get_torch, shared_network, torch_is_here

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_FOUND = "live_sample_found"


def extract_live(survey: Survey, object_ids: Sequence[str], layer: str, model: str | None = None) -> Features | None:
    """Draw the offer to run the network over a sample, then its progress with a way out, then return what it found.

    What was found stays for this session until another sample or layer is chosen.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
    layer : str
        A layer, or the path of any module.
    model : str, optional
        The network's card; None for the shipped one.

    Returns
    -------
    Features or None
        Of `layer` alone; None where it was not asked for, was cancelled, or torch isn't here.
    """
    if not torch_is_here():
        say_how_to_get_torch()
        return None
    key = (layer, tuple(object_ids), survey.sha256, read_card(model).sha256)
    kept_key, features = st.session_state.get(_FOUND, (None, None))
    if kept_key == key:
        return features
    computation = Computation("sample", key)
    help = f"Runs the network over your {len(object_ids):,} galaxies and catches what {layer} answers."
    if not computation.is_asked_for("Compute it live", help=help):
        return None
    features = computation.run(lambda bar: _extract(survey, object_ids, layer, model, bar))
    st.session_state[_FOUND] = (key, features)
    st.rerun()


def _extract(
    survey: Survey, object_ids: Sequence[str], layer: str, model: str | None, bar: "DeltaGenerator"
) -> Features:
    from galviz.features.extraction import extract  # only now: torch takes some seconds to come

    network = shared_network(model)
    return extract(network, survey, object_ids, layers=[layer], batch_size=32, progress=report_in(bar))

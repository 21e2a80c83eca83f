"""The shipped galaxies of the Hubble deep field, and their distances to simulated galaxies."""

import streamlit as st

from galviz.analysis.novelty import Novelty
from galviz.artefacts.hubble import HUBBLE_FIELD, HubbleField, survey_novelty
from galviz.network.thumbnails import data_uri
from panels.feature_space import shipped_features


@st.cache_resource(show_spinner="Reading the deep field …")
def hubble_field() -> HubbleField:
    """Load the galaxies of the deep field."""
    return HUBBLE_FIELD.load()


@st.cache_resource(show_spinner="Computing distances …")
def shipped_novelty() -> Novelty:
    """Measure distances from one half of the shipped survey, calibrated on the other."""
    features = shipped_features()
    return survey_novelty(features.layers[features.last_layer])


@st.cache_resource(show_spinner=False)
def hubble_thumbnails() -> list[str]:
    """Thumbnails of the chosen galaxies, as data URIs."""
    return [data_uri(webp) for webp in hubble_field().thumbnails]

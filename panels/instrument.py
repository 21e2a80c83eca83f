"""The head of the instruments that show a survey in a network's feature space."""

import streamlit as st

from panels.feature_plane import FeatureSpace, open_feature_space
from panels.feature_space import warn_about_domain_shift
from panels.features_source import read_source
from panels.lesson_frame import mark_simulated
from panels.surveys import open_survey


def open_instrument(title: str) -> FeatureSpace:
    """Draw the title, the badge of simulated galaxies and the warning about the network; open the feature space.

    Until the features of the survey are computed, the page stops.
    """
    opened = open_survey()
    source = read_source(opened)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, width="content")
        mark_simulated(opened)
    warn_about_domain_shift(opened, source)
    return open_feature_space(opened, source)

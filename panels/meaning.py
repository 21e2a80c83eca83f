"""What the lesson on meaning compares, for its page: probes, features of the controls, correlations of a sample."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.correlation import Correlations, correlate
from galviz.evidence import PIXELS, TRAINED, Evidence, load_evidence
from galviz.features import Features
from galviz.projection import Projection, fit_pca
from panels.feature_space import control_features


@st.cache_resource(show_spinner="Reading probes …")
def shipped_evidence() -> Evidence:
    """The shipped probes, once for all sessions."""
    return load_evidence()


@st.cache_data(max_entries=32, show_spinner=False)
def components_of(
    made_from: str, source: str, object_ids: list[str], n_components: int, _features: Features
) -> Projection:
    """Principal components of a sample, of the trained features or of a control.

    Parameters
    ----------
    made_from : str
        Checksums of survey and weights: see `panels.feature_space.origin`.
    source : str
        ``"features"``, the name of a control, or ``"pixels"``.
    object_ids : list of str
    n_components : int
    _features : Features
        By the shipped network.
    """
    if source == PIXELS:
        values = shipped_evidence().pixels
    else:
        values = (_features if source == TRAINED else control_features(source)).layers[TRAINED]
    return fit_pca(values[_features.rows(object_ids)], n_components)


@st.cache_data(max_entries=64, show_spinner="Drawing galaxies again and again …")
def correlations_of(coordinates: np.ndarray, causes: pd.DataFrame, method: str, *, dealt: bool = False) -> Correlations:
    """Correlations of coordinates with causes, the same for all who ask.

    Parameters
    ----------
    coordinates : ndarray of shape (n, k)
    causes : DataFrame of shape (n, c)
    method : {"pearson", "spearman"}
    dealt : bool
        Deal the causes out to other galaxies first: what is still found is chance.
    """
    values = causes.to_numpy(float)
    if dealt:
        values = np.random.default_rng(0).permutation(values, axis=0)
    return correlate(coordinates, values, method=method)

"""What the lesson on meaning compares, for its page: probes, features of the controls, correlations of a sample."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.correlation import Correlations, correlate
from galviz.analysis.pca import Projection, fit_pca
from galviz.artefacts.probes import PIXELS, PROBE_RESULTS, TRAINED, ProbeResults
from galviz.features.features import Features
from panels.caching import cache_data
from panels.feature_space import control_features


@st.cache_resource(show_spinner="Reading probes …")
def shipped_probes() -> ProbeResults:
    """The shipped probes, once for all sessions."""
    return PROBE_RESULTS.load()


@cache_data(max_entries=32, show_spinner=False)
def components_of(features: Features, source: str, object_ids: list[str], n_components: int) -> Projection:
    """Principal components of a sample, of the trained features or of a control.

    Parameters
    ----------
    features : Features
        By the shipped network.
    source : str
        ``"features"``, the name of a control, or ``"pixels"``.
    object_ids : list of str
    n_components : int
    """
    if source == PIXELS:
        values = shipped_probes().pixels
    else:
        values = (features if source == TRAINED else control_features(source)).layers[TRAINED]
    return fit_pca(values[features.rows(object_ids)], n_components)


@cache_data(max_entries=64, show_spinner="Drawing galaxies again and again …")
def correlations_of(
    coordinates: np.ndarray, causes: pd.DataFrame, method: str, *, permuted: bool = False
) -> Correlations:
    """Correlations of coordinates with causes, the same for all who ask.

    Parameters
    ----------
    coordinates : ndarray of shape (n, k)
    causes : DataFrame of shape (n, c)
    method : {"pearson", "spearman"}
    permuted : bool
        Permute the causes across galaxies first: the correlations that remain are chance.
    """
    values = causes.to_numpy(float)
    if permuted:
        values = np.random.default_rng(0).permutation(values, axis=0)
    return correlate(coordinates, values, method=method)

"""Components of trained and control features, their correlations with causes, and shipped probes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.correlation import METHODS, Correlations, correlate, curve_r2
from galviz.analysis.pca import Projection, fit_pca
from galviz.artefacts.probes import PIXELS, PROBE_RESULTS, TRAINED, ProbeResults
from galviz.features.features import Features
from panels.caching import cache_data
from panels.feature_space import control_features

MEASURES = {"straight (Pearson's r)": METHODS[0], "by rank (Spearman's ρ)": METHODS[1]}


@st.cache_resource(show_spinner="Reading probes …")
def shipped_probes() -> ProbeResults:
    """Load the shipped results of linear probes."""
    return PROBE_RESULTS.load()


@cache_data(max_entries=32, show_spinner=False)
def source_components(features: Features, source: str, object_ids: list[str], n_components: int) -> Projection:
    """Fit the principal components of a sample for trained features, a control or raw pixels.

    Parameters
    ----------
    features : Features
        From the shipped network.
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


@cache_data(max_entries=64, show_spinner="Computing bootstrap intervals …")
def cause_correlations(
    coordinates: np.ndarray, causes: pd.DataFrame, method: str, *, permuted: bool = False
) -> Correlations:
    """Correlate coordinates with causes.

    Parameters
    ----------
    coordinates : ndarray of shape (n, k)
    causes : DataFrame of shape (n, c)
    method : {"pearson", "spearman"}
    permuted : bool
        Whether to permute the causes across galaxies first, which leaves only chance correlations.
    """
    values = causes.to_numpy(float)
    if permuted:
        values = np.random.default_rng(0).permutation(values, axis=0)
    return correlate(coordinates, values, method=method)


@dataclass(frozen=True)
class ComponentSample:
    """Components of a sample, and the causes that they are compared with.

    Attributes
    ----------
    object_ids : list of str
    source : str
        Name of the features, as the page's control shows it.
    measure : str
        A key of `MEASURES`.
    n_components : int
    causes : DataFrame
        The known causes, one row per galaxy.
    coordinates : ndarray of shape (n, n_components), or None
        None if the sample is too small for intervals.
    """

    object_ids: list[str]
    source: str
    measure: str
    n_components: int
    causes: pd.DataFrame
    coordinates: np.ndarray | None

    @property
    def component_names(self) -> list[str]:
        """Names of the components."""
        return [f"PC{number}" for number in range(1, self.n_components + 1)]

    def correlations(self, *, permuted: bool = False) -> Correlations:
        """Correlations of the components with all causes."""
        return cause_correlations(self.coordinates, self.causes, MEASURES[self.measure], permuted=permuted)

    def variance_shares(self, cause: str) -> dict[str, np.ndarray]:
        """The share of each component's variance that a cause explains: by a line, by ranks and by a parabola."""
        values = self.causes[[cause]]
        return {
            "line, r²": cause_correlations(self.coordinates, values, "pearson").r[:, 0] ** 2,
            "ranks, ρ²": cause_correlations(self.coordinates, values, "spearman").r[:, 0] ** 2,
            "parabola, R²": curve_r2(self.coordinates, values.to_numpy(float))[:, 0],
        }

"""Explained variance of three networks' features, cached for all sessions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from galviz.analysis.dimension import ChanceShares, parallel_analysis, quick_bootstrap, share_by_sample_size
from galviz.analysis.regression import HeldOutRegression, held_out_regression
from galviz.analysis.variance import BootstrapVariance, HeldOutVariance, held_out_explained_variance
from galviz.features.features import CONTROLS, Features
from panels.caching import cache_data
from panels.controls import MAX_COMPONENTS, choose_one
from panels.feature_space import control_features, shipped_features

TRAINED = "trained"
NETWORKS = {TRAINED: TRAINED, **{name: name.replace("-", " ") for name in CONTROLS}}
FOLDS = 5
_SIZES = (10, 20, 50, 100, 256, 500, 1000, 2000)


@dataclass(frozen=True)
class VarianceSample:
    """A sample of galaxies at one layer, and what is computed of its components."""

    features: Features
    layer: str
    object_ids: list[str]

    @property
    def n_channels(self) -> int:
        """Number of channels of the layer."""
        return self.features.layers[self.layer].shape[1]

    @property
    def max_components(self) -> int:
        """Maximum number of components of the sample, at most `MAX_COMPONENTS`."""
        return min(MAX_COMPONENTS, len(self.object_ids), self.n_channels)

    def limit_held_out(self, n_components: int) -> int:
        """Limit a number of components to what can be fitted if one fold is held out."""
        return limit_held_out(n_components, len(self.object_ids), self.n_channels)

    def bootstrap(self, n_components: int) -> BootstrapVariance:
        """Explained variance with bootstrap intervals."""
        return bootstrap_variance(self.features, self.layer, self.object_ids, n_components)

    def held_out(self, n_components: int) -> HeldOutVariance:
        """Explained variance of held-out galaxies."""
        return held_out_variance(self.features, self.layer, self.object_ids, n_components)

    def permuted(self) -> ChanceShares:
        """Explained variance of each component, and of permuted columns."""
        return permuted_variance(self.features, self.layer, self.object_ids)

    def by_sample_size(self) -> pd.DataFrame:
        """Explained variance of samples of several sizes from the survey."""
        return variance_by_sample_size(self.features, self.layer)

    def predict(self, label: pd.Series) -> HeldOutRegression | None:
        """Errors of a label predicted from the first components; None if there are too few galaxies."""
        # The regression needs two galaxies more than it has components.
        n_components = min(self.limit_held_out(MAX_COMPONENTS + 2) - 2, MAX_COMPONENTS)
        if n_components < 1:
            return None
        return regression_on_components(self.features, self.layer, self.object_ids, n_components, label)


def choose_network() -> Features:
    """Draw the control for the network, and return its features."""
    chosen = choose_one(
        "Network",
        list(NETWORKS.values()),
        NETWORKS[TRAINED],
        key="network",
        help="Trained on metallicity, never trained, or trained on permuted labels. For the last two, only the last "
        "layer is shipped.",
    )
    return features_of_network(next(name for name, title in NETWORKS.items() if title == chosen))


def features_of_network(name: str) -> Features:
    """Load the shipped features of a network, by the keys of `NETWORKS`."""
    return shipped_features() if name == TRAINED else control_features(name)


def limit_held_out(n_components: int, n_galaxies: int, n_channels: int) -> int:
    """Limit the number of components to what can be fitted if one fold of the galaxies is held out.

    Examples
    --------
    >>> limit_held_out(10, n_galaxies=10, n_channels=512)
    8
    """
    return min(n_components, n_galaxies - -(-n_galaxies // FOLDS), n_channels)


@cache_data(max_entries=64, show_spinner=False)
def bootstrap_variance(features: Features, layer: str, object_ids: list[str], n_components: int) -> BootstrapVariance:
    """Explained variance of a sample with bootstrap intervals."""
    return quick_bootstrap(_values(features, layer, object_ids), n_components)


@cache_data(max_entries=64, show_spinner="Cross-validating …")
def held_out_variance(features: Features, layer: str, object_ids: list[str], n_components: int) -> HeldOutVariance:
    """Explained variance of held-out galaxies of a sample."""
    return held_out_explained_variance(_values(features, layer, object_ids), n_components, folds=FOLDS)


@cache_data(max_entries=16, show_spinner="Drawing samples …")
def variance_by_sample_size(features: Features, layer: str) -> pd.DataFrame:
    """Explained variance of one, two and three components for samples of several sizes from the survey."""
    total = len(features.object_ids)
    sizes = sorted({size for size in _SIZES if size < total} | {min(total, _SIZES[-1])})
    return share_by_sample_size(features.layers[layer], sizes)


@cache_data(max_entries=64, show_spinner="Permuting columns …")
def permuted_variance(features: Features, layer: str, object_ids: list[str]) -> ChanceShares:
    """Explained variance of each component, and of permuted columns (parallel analysis)."""
    return parallel_analysis(_values(features, layer, object_ids))


@cache_data(max_entries=64, show_spinner=False)
def regression_on_components(
    features: Features, layer: str, object_ids: list[str], n_components: int, label: pd.Series
) -> HeldOutRegression:
    """Errors of a label predicted from the first components, for held-out galaxies.

    Parameters
    ----------
    features : Features
    layer : str
    object_ids : list of str
    n_components : int
    label : Series, index objID
    """
    values = label.loc[object_ids].to_numpy(float)
    return held_out_regression(_values(features, layer, object_ids), values, n_components, folds=FOLDS)


def _values(features: Features, layer: str, object_ids: list[str]) -> np.ndarray:
    return features.layers[layer][features.rows(object_ids)]

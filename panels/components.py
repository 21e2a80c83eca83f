"""How many components, for a page: the shares of three networks' features, each computed once for all who ask."""

import numpy as np
import pandas as pd

from galviz.analysis.dimension import ChanceShares, parallel_analysis, quick_bootstrap, share_by_sample_size
from galviz.analysis.regression import HeldOutRegression, held_out_regression
from galviz.analysis.variance import BootstrapVariance, HeldOutVariance, held_out_explained_variance
from galviz.features.features import CONTROLS, Features
from panels.caching import cache_data
from panels.controls import choose_one
from panels.feature_space import control_features, shipped_features

TRAINED = "trained"
NETWORKS = {TRAINED: TRAINED, **{name: name.replace("-", " ") for name in CONTROLS}}
FOLDS = 5
_SIZES = (10, 20, 50, 100, 256, 500, 1000, 2000)


def choose_network() -> Features:
    """Draw the control for the network whose features are looked at, and give them."""
    chosen = choose_one(
        "Network",
        list(NETWORKS.values()),
        NETWORKS[TRAINED],
        key="network",
        help="Trained on metallicity; never trained; trained on labels dealt out at random. Of the last two only the "
        "last layer is shipped.",
    )
    return features_of_network(next(name for name, words in NETWORKS.items() if words == chosen))


def features_of_network(name: str) -> Features:
    """The shipped features of a network, by the names of `NETWORKS`."""
    return shipped_features() if name == TRAINED else control_features(name)


def most_held_out(n_galaxies: int, n_channels: int, asked: int) -> int:
    """How many components can be fitted where a fold of the galaxies is left out."""
    return min(asked, n_galaxies - -(-n_galaxies // FOLDS), n_channels)


@cache_data(max_entries=64, show_spinner=False)
def shares(features: Features, layer: str, object_ids: list[str], n_components: int) -> BootstrapVariance:
    """Shares of the variance of some galaxies, with the interval of their bootstrap."""
    return quick_bootstrap(_values(features, layer, object_ids), n_components)


@cache_data(max_entries=64, show_spinner="Leaving galaxies out …")
def held_out(features: Features, layer: str, object_ids: list[str], n_components: int) -> HeldOutVariance:
    """Shares of the variance of galaxies that were left out of the fit."""
    return held_out_explained_variance(_values(features, layer, object_ids), n_components, folds=FOLDS)


@cache_data(max_entries=16, show_spinner="Drawing samples …")
def by_sample_size(features: Features, layer: str) -> pd.DataFrame:
    """Shares in one, two and three components that samples of several sizes from the survey would find."""
    total = len(features.object_ids)
    sizes = sorted({size for size in _SIZES if size < total} | {min(total, _SIZES[-1])})
    return share_by_sample_size(features.layers[layer], sizes)


@cache_data(max_entries=64, show_spinner="Shuffling columns …")
def chance_shares(features: Features, layer: str, object_ids: list[str]) -> ChanceShares:
    """Shares of each component beside those of shuffled columns."""
    return parallel_analysis(_values(features, layer, object_ids))


@cache_data(max_entries=64, show_spinner=False)
def regression(
    features: Features, layer: str, object_ids: list[str], n_components: int, label: pd.Series
) -> HeldOutRegression:
    """How well a label is predicted from the first components, in galaxies left out of the fit.

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

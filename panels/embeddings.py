"""Embeddings of a sample: t-SNE and UMAP computed live, shipped UMAPs, and how well each preserves the features."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.embeddings import (
    FEATURES,
    MIN_DISTS,
    N_NEIGHBORS,
    SEEDS,
    UmapSettings,
    fit_tsne,
    fit_umap,
)
from galviz.artefacts.umaps import UMAPS, Coordinates
from galviz.features.features import Features
from panels.caching import cache_data
from panels.computation import Computation
from panels.controls import choose_number, choose_one, in_url

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

LAYER = "features"
# Samples up to this size are embedded without pressing a button: that takes about two seconds.
MAX_IMMEDIATE = 300
_PERPLEXITIES = (2, 5, 10, 30, 50, 100)
# Neighbours for the quality measures, if the sample is large enough.
_N_NEIGHBOURS = 10


@dataclass(frozen=True)
class TsneSettings:
    """Settings of a t-SNE, see `galviz.analysis.embeddings.fit_tsne`."""

    perplexity: int
    init: str
    seed: int

    def with_next_seed(self) -> "TsneSettings":
        """The same settings with the next seed."""
        return TsneSettings(self.perplexity, self.init, self.seed + 1)


@st.cache_resource(show_spinner="Reading UMAPs …")
def shipped_umaps() -> Coordinates:
    """Load the shipped UMAPs."""
    return UMAPS.load()


def shipped_umap(object_ids: list[str], settings: UmapSettings) -> np.ndarray:
    """Return the coordinates of some galaxies on a shipped UMAP, of shape (n, 2)."""
    return shipped_umaps()[settings].loc[object_ids].to_numpy(float)


def choose_perplexity(n_galaxies: int, default: int, *, key: str, label: str = "Perplexity") -> int:
    """Draw the control for t-SNE's perplexity, which must be less than the number of galaxies."""
    perplexity = in_url(
        st.select_slider,
        label,
        _PERPLEXITIES,
        value=default,
        key=key,
        help="About how many neighbours of each galaxy t-SNE tries to preserve.",
    )
    if perplexity >= n_galaxies:
        st.info(f"The perplexity must be less than the {n_galaxies} galaxies.", icon=":material/info:")
    return min(perplexity, n_galaxies - 1)


def choose_tsne(n_galaxies: int) -> TsneSettings:
    """Draw the controls of t-SNE."""
    perplexity = choose_perplexity(n_galaxies, 30, key="perplexity")
    init = choose_one(
        "Start", ["pca", "random"], "pca", key="init", help="Initial positions: the first two components, or random."
    )
    return TsneSettings(perplexity, init, choose_number("Seed", 0, 99, 0, key="tsne_seed"))


def choose_umap(n_galaxies: int) -> UmapSettings:
    """Draw the controls of UMAP; the settings are those of the shipped ones, as far as there are enough galaxies."""
    n_neighbors = [number for number in N_NEIGHBORS if number < n_galaxies]
    return UmapSettings(
        FEATURES,
        choose_one("Neighbours", n_neighbors, n_neighbors[min(1, len(n_neighbors) - 1)], key="umap_neighbours"),
        choose_one("Least distance", MIN_DISTS, MIN_DISTS[0], key="umap_distance"),
        choose_one("Seed", SEEDS, SEEDS[0], key="umap_seed"),
    )


def limit_neighbours(n_galaxies: int) -> int:
    """Return the number of neighbours for the quality measures of a sample.

    Examples
    --------
    >>> limit_neighbours(256), limit_neighbours(11)
    (10, 5)
    """
    return min(_N_NEIGHBOURS, (n_galaxies - 1) // 2)


def compute_tsne(
    features: Features, layer: str, object_ids: list[str], settings: TsneSettings, *, with_next_seed: bool
) -> np.ndarray | None:
    """Compute the t-SNE of a sample; a large sample needs the press of a button.

    Parameters
    ----------
    features : Features
    layer : str
    object_ids : list of str
    settings : TsneSettings
    with_next_seed : bool
        Whether to compute also that of the next seed, for `fit_sample_tsne` to find in the cache.

    Returns
    -------
    ndarray of shape (n, 2) or None
        None if it wasn't requested yet.
    """
    n_galaxies = len(object_ids)
    steps = [settings, settings.with_next_seed()] if with_next_seed else [settings]
    seconds = max(1, round(len(steps) * _seconds(n_galaxies)))
    about = (
        f"t-SNE of {n_galaxies:,} galaxies{', with another seed to compare,' if with_next_seed else ''} takes about "
        f"{seconds} seconds."
    )
    key = (features.content_sha256, layer, n_galaxies, settings, with_next_seed)
    fits = [partial(fit_sample_tsne, features, layer, object_ids, step) for step in steps]
    return _compute("t-SNE", key, fits, about, at_once=n_galaxies <= MAX_IMMEDIATE)


def compute_umap(features: Features, layer: str, object_ids: list[str], settings: UmapSettings) -> np.ndarray | None:
    """Compute the UMAP of a sample with umap-learn when the user presses a button.

    Returns
    -------
    ndarray of shape (n, 2) or None
        None if it wasn't requested yet.
    """
    n_galaxies = len(object_ids)
    about = f"UMAP of {n_galaxies:,} galaxies takes seconds; the first one takes up to half a minute longer."
    key = (features.content_sha256, layer, n_galaxies, settings)
    return _compute("UMAP", key, [partial(_fit_sample_umap, features, layer, object_ids, settings)], about)


@st.cache_resource
def _finished() -> set[tuple]:
    """Keys of embeddings that a session has computed, and that are probably still cached."""
    return set()


def _compute(
    method: str, key: tuple, fits: Sequence[Callable[[], np.ndarray]], about: str, *, at_once: bool = False
) -> np.ndarray | None:
    """Compute embeddings, unless `at_once` when the user presses a button; return the first."""
    if at_once or key in _finished():
        return fits[0]()
    computation = Computation(method, key)
    st.info(about, icon=":material/hourglass_empty:")
    if not computation.is_requested(f"Compute {method}"):
        return None

    def compute(bar: "DeltaGenerator") -> None:
        for number, fit in enumerate(fits, start=1):
            bar.progress((number - 1) / len(fits), f"Computing {method} {number} of {len(fits)} …")
            fit()
        bar.progress(1.0, "Computed.")

    computation.run(compute, first_step=f"Computing {method} …")
    _finished().add(key)
    st.rerun()


def _seconds(n_galaxies: int) -> float:
    """Duration of a t-SNE: half a second for 256 galaxies and 7 s for 2,000, on a processor with AVX-512."""
    return 0.5 * (n_galaxies / 256) ** 1.3


@cache_data(max_entries=128, show_spinner="Computing t-SNE …")
def fit_sample_tsne(features: Features, layer: str, object_ids: list[str], settings: TsneSettings) -> np.ndarray:
    """Compute the t-SNE of a sample at a layer, of shape (n, 2)."""
    values = sample_values(features, object_ids, layer)
    return fit_tsne(values, perplexity=settings.perplexity, init=settings.init, seed=settings.seed)


@cache_data(max_entries=32, show_spinner="Computing UMAP …")
def _fit_sample_umap(features: Features, layer: str, object_ids: list[str], settings: UmapSettings) -> np.ndarray:
    return fit_umap(sample_values(features, object_ids, layer), settings).astype(float)


@cache_data(max_entries=64, show_spinner="Comparing distances …")
def embedding_qualities(features: Features, object_ids: list[str], embeddings: dict[str, np.ndarray]) -> pd.DataFrame:
    """Measure how well embeddings of a sample preserve its features: one row per embedding."""
    from galviz.analysis.neighbours import map_qualities  # here, because scikit-learn takes a second to import

    values = sample_values(features, object_ids)
    return map_qualities(values, embeddings, n_neighbors=limit_neighbours(len(object_ids)))


@cache_data(max_entries=64, show_spinner="Comparing seeds …")
def seed_differences(pairs: dict[str, tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Compare two embeddings of the same galaxies with different seeds: one row per method."""
    from galviz.analysis.neighbours import neighbours_kept, procrustes_disparity

    rows = {
        f"{name}, two seeds": {
            "neighbours kept": neighbours_kept(*pair, n_neighbors=limit_neighbours(len(pair[0]))),
            "disparity": procrustes_disparity(*pair),
        }
        for name, pair in pairs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def sample_values(features: Features, object_ids: list[str], layer: str = LAYER) -> np.ndarray:
    """Select a sample's activations of a layer, of shape (n, channels)."""
    return features.layers[layer][features.rows(object_ids)]

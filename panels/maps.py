"""Maps of a sample for a page: PCA and t-SNE computed, UMAP as it is shipped, and what each keeps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.embeddings import fit_tsne, noise_like
from galviz.analysis.neighbours import count_pieces, map_qualities
from galviz.artefacts.umaps import UMAPS, Coordinates
from galviz.features.features import Features
from panels.caching import cache_data
from panels.controls import choose_number, choose_one, in_address

LAYER = "features"
# So many galaxies are mapped without being asked: three maps of them take about two seconds.
AT_ONCE = 300
PERPLEXITIES = (2, 5, 10, 30, 50, 100)
# Neighbours by which maps are measured, and those that pieces are joined by, where there are galaxies enough.
NEIGHBOURS, JOINED = 10, 3
_ASKED = "tsne_asked"


@dataclass(frozen=True)
class TsneSettings:
    """How a t-SNE is made; see `galviz.analysis.embeddings.fit_tsne`."""

    perplexity: int
    init: str
    seed: int

    def other_seed(self) -> "TsneSettings":
        """The same from the next seed."""
        return TsneSettings(self.perplexity, self.init, self.seed + 1)


@st.cache_resource(show_spinner="Reading UMAPs …")
def shipped_umaps() -> Coordinates:
    """The shipped UMAPs, once for all sessions."""
    return UMAPS.load()


def choose_perplexity(n_galaxies: int, default: int, *, key: str, label: str = "Perplexity") -> int:
    """Draw the control for t-SNE's perplexity; fewer than the galaxies, with a sentence that says so."""
    asked = in_address(
        st.select_slider,
        label,
        PERPLEXITIES,
        value=default,
        key=key,
        help="About how many neighbours of each galaxy t-SNE tries to keep.",
    )
    if asked >= n_galaxies:
        st.info(f"The perplexity must be less than the {n_galaxies} galaxies.", icon=":material/info:")
    return min(asked, n_galaxies - 1)


def choose_tsne(n_galaxies: int) -> TsneSettings:
    """Draw the controls of t-SNE."""
    perplexity = choose_perplexity(n_galaxies, 30, key="perplexity")
    init = choose_one(
        "Start", ["pca", "random"], "pca", key="init", help="Galaxies start on the first two components, or anywhere."
    )
    return TsneSettings(perplexity, init, choose_number("Seed", 0, 99, 0, key="tsne_seed"))


def neighbours_for(n_galaxies: int) -> int:
    """By how many neighbours maps of so many galaxies are measured."""
    return min(NEIGHBOURS, (n_galaxies - 1) // 2)


def may_compute(key: tuple, n_galaxies: int) -> bool:
    """Whether to compute now: few galaxies, computed before, or asked for; else draws the button that asks."""
    if n_galaxies <= AT_ONCE or key in _computed() or st.session_state.get(_ASKED) == key:
        return True
    st.info(
        f"t-SNE of {n_galaxies:,} galaxies, with another seed to compare, takes about {_seconds(n_galaxies)} seconds.",
        icon=":material/hourglass_empty:",
    )
    st.button("Compute t-SNE", type="primary", on_click=lambda: st.session_state.update({_ASKED: key}))
    return False


def _seconds(n_galaxies: int) -> int:
    """Two maps: 1 s at 256 galaxies and 15 s at 2,000, on a processor with AVX-512."""
    return max(1, round((n_galaxies / 256) ** 1.3))


@st.cache_resource
def _computed() -> set[tuple]:
    """What was computed for some session, and so is in the cache unless it was long ago."""
    return set()


@cache_data(max_entries=128, show_spinner="Computing t-SNE …")
def map_by_tsne(features: Features, object_ids: list[str], settings: TsneSettings) -> np.ndarray:
    """t-SNE of a sample's features, shape (n, 2)."""
    return fit_tsne(
        values_of(features, object_ids), perplexity=settings.perplexity, init=settings.init, seed=settings.seed
    )


def remember(key: tuple) -> None:
    """Note that a map which may take long is there."""
    _computed().add(key)


def noise_of(features: Features, object_ids: list[str]) -> np.ndarray:
    """Random numbers with the covariance of a sample's features."""
    return noise_like(values_of(features, object_ids))


@cache_data(max_entries=64, show_spinner="Computing t-SNE of noise …")
def map_noise(features: Features, object_ids: list[str], perplexity: int) -> np.ndarray:
    """t-SNE of `noise_of`."""
    return fit_tsne(noise_of(features, object_ids), perplexity=perplexity)


def strewn(n_points: int) -> np.ndarray:
    """Points dealt out evenly at random over a square, shape (n_points, 2): a map in which there is nothing."""
    return np.random.default_rng(0).random((n_points, 2))


def joined_of(n_points: int) -> int:
    """To how many of its nearest each of so many points is joined."""
    return min(JOINED, neighbours_for(n_points))


@cache_data(max_entries=64, show_spinner="Counting pieces …")
def pieces_of(coordinates: np.ndarray) -> int:
    """Pieces that points fall into once each is joined to its nearest."""
    return count_pieces(coordinates, n_neighbors=joined_of(len(coordinates)))


@cache_data(max_entries=64, show_spinner="Comparing distances …")
def measure(features: Features, object_ids: list[str], maps: dict[str, np.ndarray]) -> pd.DataFrame:
    """What each of some maps of a sample keeps of its features: one row per map."""
    return map_qualities(values_of(features, object_ids), maps, n_neighbors=neighbours_for(len(object_ids)))


def values_of(features: Features, object_ids: list[str]) -> np.ndarray:
    """The features themselves, in 512 dimensions."""
    return features.layers[LAYER][features.rows(object_ids)]

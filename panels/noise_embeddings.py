"""Embeddings of noise: t-SNE and UMAP show clusters where there are none."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from galviz.analysis.embeddings import (
    FEATURES,
    MIN_DISTS,
    N_NEIGHBORS,
    NOISE,
    SEEDS,
    UmapSettings,
    fit_tsne,
    noise_like,
)
from galviz.analysis.neighbours import count_pieces
from galviz.features.features import Features
from panels.caching import cache_data
from panels.controls import choose_one
from panels.embeddings import LAYER, TsneSettings, fit_sample_tsne, limit_neighbours, sample_values, shipped_umaps

# Neighbours to which points are joined, if there are enough points.
_N_JOINED = 3


def choose_noise_neighbours() -> str:
    """Draw the control for the number of neighbours of the UMAP of noise."""
    neighbours = list(map(str, N_NEIGHBORS))
    return choose_one("UMAP's neighbours for the noise", neighbours, neighbours[0], key="noise_neighbours")


def limit_joined(n_points: int) -> int:
    """Return the number of neighbours to which each point is joined in `count_joined_pieces`.

    Examples
    --------
    >>> limit_joined(256), limit_joined(5)
    (3, 2)
    """
    return min(_N_JOINED, limit_neighbours(n_points))


@cache_data(max_entries=64, show_spinner="Computing t-SNE of noise …")
def fit_noise_tsne(features: Features, object_ids: list[str], perplexity: int) -> np.ndarray:
    """Compute the t-SNE of `sample_noise`, of shape (n, 2)."""
    return fit_tsne(sample_noise(features, object_ids), perplexity=perplexity)


def sample_noise(features: Features, object_ids: list[str]) -> np.ndarray:
    """Draw Gaussian noise with the covariance of a sample's features."""
    return noise_like(sample_values(features, object_ids))


def uniform_points(n_points: int) -> np.ndarray:
    """Draw points uniformly from a square: an embedding without structure.

    Examples
    --------
    >>> uniform_points(3).shape
    (3, 2)
    """
    return np.random.default_rng(0).random((n_points, 2))


@cache_data(max_entries=64, show_spinner="Counting pieces …")
def count_joined_pieces(coordinates: np.ndarray) -> int:
    """Count the connected pieces of points after joining each to its nearest neighbours."""
    return count_pieces(coordinates, n_neighbors=limit_joined(len(coordinates)))


@dataclass(frozen=True)
class NoiseEmbeddings:
    """Embeddings of galaxies, and of noise with the covariance of their features.

    Attributes
    ----------
    tsne, umap : ndarray of shape (n, 2)
        Of the noise.
    pieces : DataFrame
        One row per space: the number of connected pieces of galaxies, noise and uniform points, as text.
    """

    tsne: np.ndarray
    umap: np.ndarray
    pieces: pd.DataFrame


def embed_noise(features: Features, object_ids: list[str], perplexity: int, umap_neighbours: str) -> NoiseEmbeddings:
    """Embed noise like a sample's features, and count the pieces of noise and galaxies."""
    umaps = shipped_umaps()
    galaxies_umap, noise_umap = (
        umaps[UmapSettings(data, int(umap_neighbours), MIN_DISTS[0], SEEDS[0])].to_numpy(float)
        for data in (FEATURES, NOISE)
    )
    galaxies_tsne = fit_sample_tsne(features, LAYER, object_ids, TsneSettings(perplexity, "pca", 0))
    noise_tsne = fit_noise_tsne(features, object_ids, perplexity)
    rows = {
        "all 512 dimensions": (sample_values(features, object_ids), sample_noise(features, object_ids), None),
        f"t-SNE, perplexity {perplexity}": (galaxies_tsne, noise_tsne, uniform_points(len(object_ids))),
        f"UMAP, {umap_neighbours} neighbours": (galaxies_umap, noise_umap, uniform_points(len(noise_umap))),
    }
    counts = [["–" if points is None else str(count_joined_pieces(points)) for points in row] for row in rows.values()]
    pieces = pd.DataFrame(counts, index=list(rows), columns=["galaxies", "noise", "points in a square"])
    return NoiseEmbeddings(noise_tsne, noise_umap, pieces)

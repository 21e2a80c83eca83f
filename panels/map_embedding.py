"""The coordinates of galaxies on a map: principal components, t-SNE or UMAP of a layer or of another module."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from galviz.analysis.embeddings import has_umap
from galviz.analysis.pca import Projection
from galviz.features.features import Features
from galviz.survey.sample import draw_sample
from panels.controls import choose_axes, choose_layer, choose_one
from panels.embeddings import LAYER, choose_tsne, choose_umap, compute_tsne, compute_umap, shipped_umap
from panels.feature_space import project_if_different
from panels.hooked_module import choose_module
from panels.instrument import FeatureSpace

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

# Galaxies on the map; of larger surveys a random sample.
MAX_ON_MAP = 20_000
N_COMPONENTS = 10
# Galaxies on a map of t-SNE or UMAP, which take 7 s for 2,000 and longer than in proportion for more.
_LEAST_TSNE, _LEAST_UMAP, _MAX_COMPUTED = 3, 10, 2_000
_PCA, _TSNE, _UMAP = "PCA", "t-SNE", "UMAP"


@dataclass(frozen=True, eq=False)
class Embedding:
    """Coordinates of the galaxies on the map.

    Attributes
    ----------
    features : Features
        What they were computed from: those of the survey, or of a sample at another module only.
    object_ids : list of str
    coordinates : ndarray of shape (n, 2)
    titles : tuple of two str
    layer : str
    caption : str
        How it was computed.
    projection : Projection or None
        The components that the axes are chosen from; None for another method.
    """

    features: Features
    object_ids: list[str]
    coordinates: np.ndarray
    titles: tuple[str, str]
    layer: str
    caption: str
    projection: Projection | None = None


def choose_embedding(space: FeatureSpace, axes: "DeltaGenerator", modules: "DeltaGenerator") -> Embedding:
    """Draw the controls of what the map shows, and compute the coordinates.

    Parameters
    ----------
    space : FeatureSpace
    axes, modules : DeltaGenerator
        Containers of the controls of the axes, and of those of another module.
    """
    features, layer = _choose_features(space, modules)
    object_ids = draw_sample(features.object_ids, min(len(features.object_ids), MAX_ON_MAP))
    methods = [_PCA]
    if len(object_ids) >= _LEAST_TSNE and features.layers[layer].shape[1] > 1:
        methods.append(_TSNE)
    is_shipped = not space.is_own and layer == LAYER
    if is_shipped or (_TSNE in methods and len(object_ids) >= _LEAST_UMAP and has_umap()):
        methods.append(_UMAP)
    method = choose_one("Map", methods, _PCA, key="method") if len(methods) > 1 else _PCA
    if method == _TSNE:
        sample = draw_sample(object_ids, min(len(object_ids), _MAX_COMPUTED))
        with axes, st.popover("t-SNE settings"):
            tsne = choose_tsne(len(sample))
        coordinates = compute_tsne(features, layer, sample, tsne, with_next_seed=False)
        if coordinates is not None:
            titles, caption = ("t-SNE 1", "t-SNE 2"), f"t-SNE of the layer {layer}"
            return Embedding(features, sample, coordinates, titles, layer, caption)
    if method == _UMAP:
        with axes, st.popover("UMAP settings"):
            settings = choose_umap(len(object_ids))
        sample = object_ids if is_shipped else draw_sample(object_ids, min(len(object_ids), _MAX_COMPUTED))
        compute = shipped_umap if is_shipped else partial(compute_umap, features, layer)
        coordinates = compute(sample, settings)
        if coordinates is not None:
            titles, caption = ("UMAP 1", "UMAP 2"), f"UMAP of the layer {layer}"
            return Embedding(features, sample, coordinates, titles, layer, caption)
    with axes:
        return _principal_components(features, layer, object_ids)


def _choose_features(space: FeatureSpace, modules: "DeltaGenerator") -> tuple[Features, str]:
    """Draw the controls of the layer and of another module; return the features and the layer's name in them."""
    hooked = None
    if space.source.file is None:
        with modules:
            hooked = choose_module(space.opened.survey, space.source.model)
    layer = choose_layer(list(space.features.layers), space.source.spec, disabled=hooked is not None)
    return (space.features, layer) if hooked is None else (hooked, hooked.last_layer)


def _principal_components(features: Features, layer: str, object_ids: list[str]) -> Embedding:
    n_components = min(N_COMPONENTS, len(object_ids), features.layers[layer].shape[1])
    if n_components < 2 or not (projection := project_if_different(features, layer, object_ids, n_components)):
        return component_embedding(features, layer, object_ids)
    x, y = choose_axes(n_components)
    columns = [int(name.removeprefix("PC")) - 1 for name in (x, y)]
    ratios = projection.explained_variance_ratio[columns]
    x_title, y_title = (f"{name}, {ratio:.0%} of the variance" for name, ratio in zip((x, y), ratios, strict=True))
    caption = f"Principal components of the layer {layer}; both axes are drawn equally wide"
    coordinates = projection.coordinates[:, columns]
    return Embedding(features, object_ids, coordinates, (x_title, y_title), layer, caption, projection)


def component_embedding(features: Features, layer: str, object_ids: list[str]) -> Embedding:
    """Compute the first two principal components of a layer, for a map without controls of its own."""
    n_components = min(2, len(object_ids), features.layers[layer].shape[1])
    projection = project_if_different(features, layer, object_ids, n_components)
    if projection is None:
        nowhere = np.zeros((len(object_ids), 2))
        return Embedding(features, object_ids, nowhere, ("", ""), layer, f"{layer}: the same for all galaxies")
    caption = f"{layer}: {projection.explained_variance_ratio.sum():.0%} of the variance"
    if n_components < 2:
        coordinates = np.column_stack([projection.coordinates[:, 0], np.zeros(len(object_ids))])
        return Embedding(features, object_ids, coordinates, ("PC1", ""), layer, caption, projection)
    return Embedding(features, object_ids, projection.coordinates, ("PC1", "PC2"), layer, caption, projection)

"""The explorer: the table of a survey's galaxies, what its map shows, and the selection of the session."""

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.exemplars import atlas_rows
from galviz.analysis.pca import Projection
from galviz.charts import value_format
from galviz.charts.point_colours import PointColours, colour_categories, colour_numbers, colour_residuals
from galviz.features.features import Features
from galviz.survey.causes import cause_title
from galviz.survey.sample import draw_sample, spread_out
from panels.caching import cache_resource
from panels.colouring import colour_columns
from panels.controls import choose_axes, choose_layer, choose_number, choose_one, in_url
from panels.embeddings import LAYER, choose_tsne, choose_umap, compute_tsne
from panels.feature_plane import FeatureSpace
from panels.feature_space import project, thumbnails
from panels.galaxy_map import MapPoints, Picked, draw_map
from panels.selection import Selection, format_ids, parse_ids
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

# Galaxies on the map; of larger surveys a random sample. With thumbnails the page has 400 bytes more per galaxy.
MAX_ON_MAP, MAX_THUMBNAILS = 20_000, 2_000
# Galaxies as pictures: their number, and their least distance as a fraction of the map, of which a picture takes 0.07.
_MAX_PICTURES, _MIN_DISTANCE = 100, 0.07
N_COMPONENTS = 10
TRUE_AND_PREDICTED = "true and predicted"
POINTS, PICTURES, ATLAS = "points", "pictures", "atlas"
# Galaxies on a map of t-SNE, which takes 7 s for 2,000 and longer than in proportion for more.
_LEAST_TSNE, _MAX_TSNE = 3, 2_000
_PCA, _TSNE, _UMAP = "PCA", "t-SNE", "UMAP"
_STATE, _OPENED = "explorer_selection", "explorer_galaxy"
# Names in the URL.
_IDS, _GALAXY = "ids", "galaxy"


@dataclass(frozen=True, eq=False)
class GalaxyTable:
    """All columns that can be queried, compared and drawn.

    Attributes
    ----------
    data : DataFrame, index objID
        The catalogue, and the network's prediction and its residual (predicted minus true) if they are known.
    true, predicted, residual : str or None
        Their columns; None if unknown.
    """

    data: pd.DataFrame
    true: str | None
    predicted: str | None
    residual: str | None


@dataclass(frozen=True, eq=False)
class Embedding:
    """Coordinates of the galaxies on the map.

    Attributes
    ----------
    object_ids : list of str
    coordinates : ndarray of shape (n, 2)
    titles : tuple of two str
    layer : str
    caption : str
        How it was computed.
    projection : Projection or None
        The components that the axes are chosen from; None for another method.
    """

    object_ids: list[str]
    coordinates: np.ndarray
    titles: tuple[str, str]
    layer: str
    caption: str
    projection: Projection | None = None


@dataclass(frozen=True, eq=False)
class Colouring:
    """The colours of the map and what they show.

    Attributes
    ----------
    fill : PointColours
    ring : PointColours or None
        Of the true label, if `fill` shows the predicted one.
    title : str
        Of the legend; empty if there is nothing to colour by.
    column : Series, index objID
        The values that `fill` shows.
    """

    fill: PointColours
    ring: PointColours | None
    title: str
    column: pd.Series


def session_selection(opened: OpenSurvey) -> Selection:
    """Return the selection of this session for the open survey; the first one is read from the URL."""
    known = opened.survey.object_ids
    selections: dict[str, Selection] = st.session_state.setdefault(_STATE, {})
    sha256 = opened.survey.sha256
    if not selections:
        selections[sha256] = Selection(parse_ids(st.query_params.get(_IDS, ""), known))
    elif sha256 not in selections:
        # Another survey, or another state of it: of the last selections, those of its galaxies. The others are kept.
        selections[sha256] = next(reversed(selections.values())).restricted(known)
    selections[sha256] = selections.pop(sha256)  # the last one
    return selections[sha256]


def column_texts(table: pd.DataFrame, object_id: str) -> pd.Series:
    """Format the values of one galaxy, each by the type of its column: a row of numbers would make integers floats.

    Examples
    --------
    >>> column_texts(pd.DataFrame({"mjd": [51600], "z": [0.123456]}, index=["12"]), "12").tolist()
    ['51600', '0.1235']
    """
    values = [table[name].loc[object_id] for name in table]
    texts = [f"{value:.4g}" if isinstance(value, float) else str(value) for value in values]
    return pd.Series(texts, index=table.columns)


def show_label_values(space: FeatureSpace, table: GalaxyTable, object_id: str) -> None:
    """Draw the true and the predicted label of a galaxy, and the residual, as far as they are known."""
    row = table.data.loc[object_id]
    with st.container(horizontal=True):
        for title, name in (("True", table.true), ("Predicted", table.predicted), ("Residual", table.residual)):
            if name is not None and pd.notna(row[name]):
                sign = "+" if name == table.residual else ""
                st.metric(title, f"{row[name]:{sign}{space.number_format()}} {space.unit}")


def opened_galaxy() -> str | None:
    """Return the galaxy that is open in this session, at first that of the URL, or None; it may be unknown."""
    if _OPENED not in st.session_state and (object_id := st.query_params.get(_GALAXY)):
        st.session_state[_OPENED] = object_id
    return st.session_state.get(_OPENED)


def open_galaxy(object_id: str) -> None:
    """Open a galaxy of the survey in this session; write it to the URL."""
    st.session_state[_OPENED] = object_id
    if st.query_params.get(_GALAXY) != object_id:
        st.query_params[_GALAXY] = object_id


def apply_pick(selection: Selection, picked: Picked) -> None:
    """Apply what the visitor did on a map to the session: open a galaxy, or change the selection."""
    if picked.how == "open":
        open_galaxy(*picked.object_ids)
    else:
        selection.change(picked.object_ids, picked.how)


def show_in_url(selection: Selection) -> None:
    """Write a small selection to the URL, and remove it from there if it is empty or large."""
    text = format_ids(selection.ids)
    if text is not None:
        if st.query_params.get(_IDS) != text:
            st.query_params[_IDS] = text
    elif _IDS in st.query_params:
        del st.query_params[_IDS]


def galaxy_table(space: FeatureSpace) -> GalaxyTable:
    """Join the catalogue with the network's predictions and residuals.

    If the catalogue has columns of these names, those of the network are called ``network: predicted`` and so on.
    """
    labels, catalogue = space.all_labels, space.opened.survey.catalogue
    values = catalogue.loc[labels.index].copy()
    true = space.label.column if "true" in labels and space.label is not None else None
    predicted = residual = None
    if "predicted" in labels:
        predicted = _free_name("predicted", catalogue)
        values[predicted] = labels["predicted"]
    if predicted is not None and true is not None:
        residual = _free_name("residual", catalogue)
        values[residual] = labels["predicted"] - labels["true"]
    return GalaxyTable(values, true, predicted, residual)


def _free_name(name: str, catalogue: pd.DataFrame) -> str:
    while name in catalogue:
        name = f"network: {name}"
    return name


def choose_embedding(space: FeatureSpace, axes: "DeltaGenerator") -> Embedding:
    """Draw the controls of layer and method, those of the axes in the container `axes`, and compute the coordinates."""
    features = space.features
    layer = choose_layer(list(features.layers), space.source.card.spec if space.source.file is None else None)
    object_ids = draw_sample(features.object_ids, min(len(features.object_ids), MAX_ON_MAP))
    methods = [_PCA]
    if len(object_ids) >= _LEAST_TSNE and features.layers[layer].shape[1] > 1:
        methods.append(_TSNE)
    if space.opened.shipped and space.source.is_shipped and layer == LAYER:
        methods.append(_UMAP)
    method = choose_one("Map", methods, _PCA, key="method") if len(methods) > 1 else _PCA
    if method == _TSNE:
        sample = draw_sample(object_ids, min(len(object_ids), _MAX_TSNE))
        with axes, st.popover("t-SNE settings"):
            tsne = choose_tsne(len(sample))
        coordinates = compute_tsne(features, layer, sample, tsne, with_next_seed=False)
        if coordinates is not None:
            return Embedding(sample, coordinates, ("t-SNE 1", "t-SNE 2"), layer, f"t-SNE of the layer {layer}")
    if method == _UMAP:
        with axes, st.popover("UMAP settings"):
            settings = choose_umap()
        coordinates = settings.coordinates(object_ids)[int(settings.seed)]
        return Embedding(object_ids, coordinates, ("UMAP 1", "UMAP 2"), layer, f"UMAP of the layer {layer}")
    with axes:
        return _principal_components(features, layer, object_ids)


def _principal_components(features: Features, layer: str, object_ids: list[str]) -> Embedding:
    n_components = min(N_COMPONENTS, len(object_ids), features.layers[layer].shape[1])
    projection = project(features, layer, object_ids, n_components)
    if n_components < 2:
        coordinates = np.column_stack([projection.coordinates[:, 0], np.zeros(len(object_ids))])
        return Embedding(object_ids, coordinates, ("PC1", ""), layer, f"The only component of the layer {layer}")
    x, y = choose_axes(n_components)
    columns = [int(name.removeprefix("PC")) - 1 for name in (x, y)]
    ratios = projection.explained_variance_ratio[columns]
    x_title, y_title = (f"{name}, {ratio:.0%} of the variance" for name, ratio in zip((x, y), ratios, strict=True))
    caption = f"Principal components of the layer {layer}; both axes are drawn equally wide"
    coordinates = projection.coordinates[:, columns]
    return Embedding(object_ids, coordinates, (x_title, y_title), layer, caption, projection)


def component_embedding(features: Features, layer: str, object_ids: list[str]) -> Embedding:
    """Compute the first two principal components of a layer, for a small map without controls of its own."""
    n_components = min(2, len(object_ids), features.layers[layer].shape[1])
    projection = project(features, layer, object_ids, n_components)
    ratios = projection.explained_variance_ratio
    caption = f"{layer}: {ratios.sum():.0%} of the variance"
    if n_components < 2:
        coordinates = np.column_stack([projection.coordinates[:, 0], np.zeros(len(object_ids))])
        return Embedding(object_ids, coordinates, ("PC1", ""), layer, caption)
    return Embedding(object_ids, projection.coordinates, ("PC1", "PC2"), layer, caption)


def _small_map(embedding: Embedding, colouring: Colouring, network: str | None) -> MapPoints:
    """Build the points of a map that is one of several: without pictures, which would be sent once for each."""
    description = f"{len(embedding.object_ids):,} galaxies by {' and '.join(filter(None, embedding.titles))}"
    layer = f"layer {embedding.layer}" + (f" of the network {network}" if network else "")
    return MapPoints(
        object_ids=embedding.object_ids,
        coordinates=embedding.coordinates,
        fill=colouring.fill.rgb,
        ring=None if colouring.ring is None else colouring.ring.rgb,
        texts=embedding.object_ids,
        images={},
        shown=np.array([], dtype=int),
        cells=None,
        n_cells=None,
        titles=embedding.titles,
        description=f"{description} of the {layer}" + (f", coloured by {colouring.title}." if colouring.title else "."),
    )


def draw_small_map(
    embedding: Embedding, colouring: Colouring, selection: Selection, *, key: str, network: str | None = None
) -> None:
    """Draw one of several maps, linked to the others by the session's selection and open galaxy.

    The name of the network is for screen readers, if the maps are of different ones.
    """
    draw_map(
        _small_map(embedding, colouring, network),
        selected=selection.ids,
        opened=opened_galaxy(),
        on_pick=partial(apply_pick, selection),
        key=key,
        compact=True,
        tools=False,
    )


def choose_colouring(space: FeatureSpace, table: GalaxyTable, object_ids: list[str]) -> Colouring:
    """Draw the control for the colour, and colour the galaxies on the map."""
    values = table.data.loc[object_ids]
    special = [name for name in (table.true, table.predicted, table.residual) if name and values[name].notna().any()]
    both = _free_name(TRUE_AND_PREDICTED, values)
    if table.residual in special:
        special = [both, *special]
    columns = [name for name in colour_columns(values) if name not in special]
    choices = [*special, *columns]
    if not choices:
        blank = pd.Series(np.nan, index=object_ids)
        return Colouring(colour_numbers(blank.to_numpy()), None, "", blank)
    titles = {name: _title(space, table, name) for name in choices if name != both} | {both: both}
    chosen = in_url(st.selectbox, "Colour", choices, format_func=lambda name: titles[name], key="map_colour")
    column = values[table.predicted if chosen == both else chosen]
    if chosen == table.residual:
        return Colouring(colour_residuals(column.to_numpy(float)), None, titles[chosen], column)
    if chosen in special:
        domain = (space.label.low, space.label.high)
        fill = colour_numbers(column.to_numpy(float), domain, scheme="spectral")
        ring = None
        if chosen == both:
            ring = colour_numbers(values[table.true].to_numpy(float), domain, scheme="spectral")
        return Colouring(fill, ring, titles[table.predicted if chosen == both else chosen], column)
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return Colouring(colour_numbers(column.to_numpy(float, na_value=np.nan)), None, titles[chosen], column)
    return Colouring(colour_categories(column), None, titles[chosen], column)


def _title(space: FeatureSpace, table: GalaxyTable, name: str) -> str:
    if name not in (table.true, table.predicted, table.residual):
        return cause_title(name)
    kind = {table.predicted: "predicted", table.residual: "residual of"}.get(name, "true")
    return f"{kind} {space.label.name}" + (f" [{space.label.unit}]" if space.label.unit else "")


def make_points(
    space: FeatureSpace, embedding: Embedding, colouring: Colouring, table: GalaxyTable, settings: "DeltaGenerator"
) -> MapPoints:
    """Draw the control for the marks, its settings in another container, and build what the map shows."""
    object_ids, coordinates = embedding.object_ids, embedding.coordinates
    marks = choose_one("Galaxies as", [POINTS, PICTURES, ATLAS], POINTS, key="marks")
    shown, cells, n_cells = np.array([], dtype=int), None, None
    if marks == PICTURES:
        shown = spread_out(coordinates, _MAX_PICTURES, min_distance=_MIN_DISTANCE)
    elif marks == ATLAS:
        with settings:
            n_cells = choose_number("Cells", 6, 24, 16, key="cells", help="Along each axis. Each shows one galaxy.")
        shown, cells = atlas_rows(coordinates, n_cells)
    rows = range(len(object_ids)) if len(object_ids) <= MAX_THUMBNAILS else shown.tolist()
    images = dict(zip(map(str, rows), thumbnails(space.opened, [object_ids[row] for row in rows]), strict=True))
    key = (
        space.opened.survey,
        space.features,
        space.label,
        len(object_ids),  # with the features they determine which
        coordinates,
        embedding.titles,
        (colouring.title, colouring.column.name),
        colouring.fill.rgb,
        None if colouring.ring is None else colouring.ring.rgb,
        (shown, cells, n_cells),
    )
    return _map_points(key, space, embedding, colouring, table, images)


# Shared by all sessions; its payload, which takes longest, is computed once.
@cache_resource(max_entries=8, show_spinner=False)
def _map_points(
    key: tuple,
    _space: FeatureSpace,
    _embedding: Embedding,
    _colouring: Colouring,
    _table: GalaxyTable,
    _images: dict[str, str],
) -> MapPoints:
    """Build what the map shows, and its payload; `key` has all that they depend on."""
    *_, (shown, cells, n_cells) = key
    object_ids = _embedding.object_ids
    description = f"{len(object_ids):,} {_space.opened.galaxies} in the plane of {' and '.join(_embedding.titles)}"
    return MapPoints(
        object_ids=object_ids,
        coordinates=_embedding.coordinates,
        fill=_colouring.fill.rgb,
        ring=None if _colouring.ring is None else _colouring.ring.rgb,
        texts=_tooltips(_space, _table, _colouring, object_ids),
        images=_images,
        shown=shown,
        cells=cells,
        n_cells=n_cells,
        titles=_embedding.titles,
        description=description + (f", coloured by {_colouring.title}." if _colouring.title else "."),
    )


def _tooltips(space: FeatureSpace, table: GalaxyTable, colouring: Colouring, object_ids: list[str]) -> list[str]:
    """The id of each galaxy, its true and predicted label, and the column of the colours, on a line each."""
    texts = list(object_ids)
    for kind, name in (("true", table.true), ("predicted", table.predicted)):
        if name is not None:
            digits, unit = value_format(space.label), space.label.unit
            column = table.data.loc[object_ids, name]
            texts = [
                f"{text}\n{kind}: unknown" if math.isnan(value) else f"{text}\n{kind} {value:{digits}} {unit}"
                for text, value in zip(texts, column.to_numpy(float).tolist(), strict=True)
            ]
    if colouring.column.name not in (table.true, table.predicted, None):
        shown = [f"{value:.4g}" if isinstance(value, float) else str(value) for value in colouring.column]
        texts = [f"{text}\n{colouring.title}: {value}" for text, value in zip(texts, shown, strict=True)]
    return texts

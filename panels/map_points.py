"""What a map shows of its galaxies: colours, pictures and tooltips."""

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.exemplars import atlas_rows
from galviz.charts import value_format
from galviz.charts.point_colours import PointColours, colour_categories, colour_numbers, colour_residuals
from galviz.survey.sample import spread_out
from panels.caching import cache_resource
from panels.colouring import colour_columns
from panels.controls import choose_number, choose_one, in_url
from panels.feature_space import thumbnails
from panels.galaxy_map import MapPoints, draw_map
from panels.galaxy_table import GalaxyTable, free_name
from panels.instrument import FeatureSpace
from panels.map_embedding import Embedding
from panels.selection import Selection
from panels.session_selection import apply_pick, opened_galaxy

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

# With thumbnails the page has 400 bytes more per galaxy.
MAX_THUMBNAILS = 2_000
# Galaxies as pictures: their number, and their least distance as a fraction of the map, of which a picture takes 0.07.
_MAX_PICTURES, _MIN_DISTANCE = 100, 0.07
TRUE_AND_PREDICTED = "true and predicted"
POINTS, PICTURES, ATLAS = "points", "pictures", "atlas"


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


def choose_colouring(space: FeatureSpace, table: GalaxyTable, object_ids: list[str]) -> Colouring:
    """Draw the control for the colour, and colour the galaxies on the map."""
    values = table.data.loc[object_ids]
    special = [name for name in (table.true, table.predicted, table.residual) if name and values[name].notna().any()]
    both = free_name(TRUE_AND_PREDICTED, values)
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
        return table.title(name)
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
        (space.features, embedding.features),
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

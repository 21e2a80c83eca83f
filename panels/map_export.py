"""What can be taken away from the explorer's map: a figure, and a table of all galaxies on its axes."""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from galviz.charts.explained_variance import explained_variance_chart
from galviz.charts.map_figure import map_figure
from panels.export import offer_export
from panels.feature_space import points_table, survey_csv
from panels.selection import are_among
from panels.spreadsheet import spreadsheet_csv

if TYPE_CHECKING:
    from panels.instrument import FeatureSpace
    from panels.map_embedding import Embedding
    from panels.map_points import Colouring
    from panels.selection import Selection


def show_map_export(
    space: "FeatureSpace", embedding: "Embedding", colouring: "Colouring", selection: "Selection"
) -> None:
    """Draw an expander with the figure's buttons, the table, and the explained variance of the components."""
    title = "Table, export, and the variance of the components"
    expander = st.expander(title, icon=":material/table:", key="map_export", on_change="rerun")
    if not expander.open:  # the figure takes longer than all else at a new selection
        return
    with expander:
        chosen = are_among(embedding.object_ids, selection.ids) if selection.ids else None
        figure = map_figure(
            embedding.coordinates,
            colouring.column,
            colouring.fill,
            titles=embedding.titles,
            colour_title=colouring.title,
            selected=chosen,
        )
        offer_export(figure, f"galviz-map-{embedding.layer}", key="export_map")
        table = _table(space, embedding)
        st.dataframe(table, height=330)
        if embedding.projection is None:
            make, n_galaxies = partial(spreadsheet_csv, table), len(table)
        else:
            make = partial(
                survey_csv, space.opened, embedding.features, embedding.layer, embedding.projection, space.label
            )
            n_galaxies = len(embedding.features.object_ids)
        st.download_button(
            f"Download {n_galaxies:,} galaxies as CSV",
            make,  # called when the button is pressed
            "galviz-map.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if embedding.projection is not None:
            st.altair_chart(explained_variance_chart(embedding.projection.explained_variance_ratio), key="variance")


def _table(space: "FeatureSpace", embedding: "Embedding") -> pd.DataFrame:
    """The galaxies on the map with their true and predicted label and all coordinates, in full precision."""
    object_ids = embedding.object_ids
    if embedding.projection is not None:
        coordinates = embedding.projection.coordinates
        return points_table(space.opened, embedding.features, coordinates, object_ids, space.label, pictures=False)
    coordinates = pd.DataFrame(embedding.coordinates, object_ids, list(embedding.titles))
    return coordinates.rename_axis("objID").join(space.all_labels)

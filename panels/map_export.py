"""What can be taken away from the explorer's map: a figure, and a table of all galaxies on its axes."""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from galviz.charts.explained_variance import explained_variance_chart
from galviz.charts.map_figure import map_figure
from panels.export import offer_export
from panels.feature_space import survey_csv

if TYPE_CHECKING:
    from panels.explorer import Colouring, Embedding
    from panels.feature_plane import FeatureSpace
    from panels.selection import Selection, are_among


def show_map_export(
    space: "FeatureSpace", embedding: "Embedding", colouring: "Colouring", selection: "Selection"
) -> None:
    """Draw an expander with the figure's buttons, the table's button and the explained variance of the components."""
    title = "Export, and the variance of the components"
    expander = st.expander(title, icon=":material/download:", key="map_export", on_change="rerun")
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
        if embedding.projection is None:
            table = pd.DataFrame(embedding.coordinates, embedding.object_ids, list(embedding.titles))
            make = partial(table.to_csv, index_label="objID", lineterminator="\n")
            count = len(table)
        else:
            make = partial(survey_csv, space.opened, space.features, embedding.layer, embedding.projection, space.label)
            count = len(space.features.object_ids)
        st.download_button(
            f"Coordinates of all {count:,} galaxies as CSV",
            make,  # called when the button is pressed
            "galviz-map.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if embedding.projection is not None:
            st.altair_chart(explained_variance_chart(embedding.projection.explained_variance_ratio), key="variance")

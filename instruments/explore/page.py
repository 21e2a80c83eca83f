"""Page 'Explore': a map of any survey in any network's feature space, to select from and to look into."""

from functools import partial

import pandas as pd
import streamlit as st

from galviz.analysis.groups import compare_groups
from galviz.analysis.similarity import METRICS, nearest_rows
from galviz.charts.colour_legend import colour_legend
from galviz.charts.group_differences import difference_chart
from galviz.charts.histograms import selection_histogram
from galviz.survey.survey import Survey
from panels.colouring import explain_colours, varies
from panels.controls import choose_one, in_url
from panels.galaxy_map import Picked, draw_map
from panels.galaxy_table import GalaxyTable, column_texts, galaxy_table, show_label_values
from panels.instrument import FeatureSpace, open_instrument
from panels.lesson_frame import GALAXY
from panels.map_embedding import Embedding, choose_embedding
from panels.map_export import show_map_export
from panels.map_points import choose_colouring, make_points
from panels.markdown import escape_markdown
from panels.pictures import show_grid, show_picture
from panels.prediction_summary import show_predictions
from panels.selection import REST, SELECTED, Selection, are_among
from panels.selection_tools import show_selected_images, show_selection_tools
from panels.session_selection import apply_pick, opened_galaxy, session_selection, show_in_url
from panels.surveys import fragment

_PANEL, _IMAGES, _GALAXY = "panel", "Images", "Galaxy"
_CROP_PX, _LARGE_PX, _N_NEIGHBOURS = 96, 300, 8
_MOST_DIFFERENT, _SLIDER_STEPS = 15, 200


@fragment
def _explore(space: FeatureSpace) -> None:
    """Draw the map and what is selected on it; only this part of the page runs again at each selection."""
    selection, table = session_selection(space.opened), galaxy_table(space)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        embedding = _show_map(space, selection, table)
    with right:
        show_selection_tools(selection, table)
        contents = {
            _IMAGES: lambda: show_selected_images(space, embedding.layer, selection, table),
            "Differences": lambda: _show_differences(selection, table),
            "Predictions": lambda: show_predictions(space, selection, table),
            "Histogram": lambda: _show_histogram(selection, table),
            _GALAXY: lambda: _show_galaxy(space, embedding, table),
        }
        # Not st.tabs, which Streamlit 1.67 disables for a moment as they run again, and so loses the keyboard's focus.
        options = {"key": _PANEL, "widget": st.pills, "label_visibility": "collapsed"}
        contents[choose_one("Panel", list(contents), _IMAGES, **options)]()
    show_in_url(selection)


def _show_map(space: FeatureSpace, selection: Selection, table: GalaxyTable) -> Embedding:
    first_row = st.container(horizontal=True, vertical_alignment="bottom")
    axes, colour, marks = st.columns([9, 8, 11], vertical_alignment="bottom")
    picture, modules = st.container(), st.container()
    with first_row:
        embedding = choose_embedding(space, axes, modules)
    with colour:
        colouring = choose_colouring(space, table, embedding.object_ids)
    with marks:
        points = make_points(space, embedding, colouring, table, first_row)

    def apply(picked: Picked) -> None:
        apply_pick(selection, picked)
        if picked.how == "open":
            st.session_state[_PANEL] = _GALAXY
        elif st.session_state[_PANEL] == _GALAXY:
            st.session_state[_PANEL] = _IMAGES

    with picture:
        draw_map(points, selected=selection.ids, opened=opened_galaxy(), on_pick=apply, key="galaxy_map")
        total = len(space.all_labels)
        sample = (
            "" if len(points.object_ids) == total else f" A random {len(points.object_ids):,} of {total:,} galaxies."
        )
        if colouring.title:
            st.altair_chart(colour_legend(colouring.column, colouring.fill, colouring.title), key="legend")
        reading = " Ring: true. Dot: predicted." if colouring.ring is not None else ""
        st.caption(f"{escape_markdown(embedding.caption)}.{sample}{reading}")
        if colouring.title:
            explain_colours(space.opened.survey, colouring.column)
        show_map_export(space, embedding, colouring, selection)
    return embedding


def _show_differences(selection: Selection, table: GalaxyTable) -> None:
    values, first, second = table.data, SELECTED, REST
    if selection.saved:
        with st.container(horizontal=True):
            first = in_url(st.selectbox, "Compare", [SELECTED, *selection.saved], key="compare")
            second = in_url(st.selectbox, "with", [REST, *selection.saved], key="compare_with")
    chosen = are_among(values.index, selection.ids if first == SELECTED else selection.saved[first])
    if second != REST:
        others = are_among(values.index, selection.saved[second])
        values, chosen = values[chosen != others], chosen[chosen != others]  # without those in both
    differences = compare_groups(values, chosen)
    if differences.empty:
        st.info("Select at least two galaxies, and leave two, to compare them.", icon=":material/compare_arrows:")
        return
    st.altair_chart(difference_chart(differences.head(_MOST_DIFFERENT), table.short_name), key="differences")
    without = "" if second == REST else ", without galaxies in both"
    groups = f"{escape_markdown(first)} minus {escape_markdown(second)}{without}"
    st.caption(
        f"Difference of the means in standard deviations (Hedges' g) with 95 % intervals: {groups}. The "
        f"{min(_MOST_DIFFERENT, len(differences))} largest of {len(differences)}."
    )
    with st.expander("Table"):
        st.dataframe(differences, hide_index=True)


def _show_histogram(selection: Selection, table: GalaxyTable) -> None:
    values = table.data
    names = [name for name in values if pd.api.types.is_numeric_dtype(values[name]) and varies(values[name])]
    if not names:
        st.info("This survey has no column of numbers that differ.", icon=":material/info:")
        return
    name = in_url(st.selectbox, "Column", names, format_func=table.title, key="histogram_column")
    column = values[name].astype(float)
    chosen = are_among(column.index, selection.ids)
    st.altair_chart(selection_histogram(column, chosen, table.title(name)), key="histogram")
    low, high = float(column.min()), float(column.max())
    step = (high - low) / _SLIDER_STEPS
    limits = st.slider("Range", low, high, (low, high), step, key=f"explorer_range-{name}", format="%.4g")
    within = column.index[column.between(*limits)]
    with st.container(horizontal=True):
        st.button("Select the range", on_click=partial(selection.change, within))
        narrow = partial(selection.change, selection.ids & set(within))
        st.button("Narrow the selection to it", disabled=not selection.ids, on_click=narrow)


def _show_galaxy(space: FeatureSpace, embedding: Embedding, table: GalaxyTable) -> None:
    survey, current = space.opened.survey, opened_galaxy()
    if current not in table.data.index:
        st.info("Click a galaxy on the map.", icon=":material/touch_app:")
        return
    show_picture(survey.image(current), escape_markdown(current), f"Galaxy {current}", width_px=_LARGE_PX)
    show_label_values(space, table, current)
    if current in embedding.features.object_ids:
        _show_nearest(survey, embedding, current)
    else:
        st.info("This galaxy isn't in the sample for which the module was computed.", icon=":material/info:")
    st.page_link(GALAXY, label="Its neighbours at each layer, and its feature maps", icon=":material/arrow_forward:")
    with st.expander("All columns"):
        st.dataframe(column_texts(table.data, current).rename(index=table.title).rename("value").to_frame())


def _show_nearest(survey: Survey, embedding: Embedding, current: str) -> None:
    metric, features = choose_one("Nearest by distance", list(METRICS), METRICS[0], key="metric"), embedding.features
    values, n_neighbors = features.layers[embedding.layer], min(_N_NEIGHBOURS, len(features.object_ids) - 1)
    rows, distances = nearest_rows(values, features.rows([current])[0], n_neighbors=n_neighbors, metric=metric)
    nearest = [features.object_ids[position] for position in rows]
    show_grid(survey, nearest, [f"{distance:.3g}" for distance in distances], nearest, side_px=_CROP_PX)
    st.caption(f"Nearest in the layer {escape_markdown(embedding.layer)}, with their distance.")


def _show_the_galaxy(space: FeatureSpace) -> None:
    """Draw the only galaxy of a survey."""
    (object_id,) = space.opened.survey.object_ids
    image = space.opened.survey.image(object_id)
    show_picture(image, escape_markdown(object_id), f"Galaxy {object_id}", width_px=_LARGE_PX)
    show_label_values(space, galaxy_table(space), object_id)


def page() -> None:
    """Draw the page."""
    space = open_instrument("Explore")
    if len(space.all_labels) < 2:
        st.info("A map needs at least two galaxies.", icon=":material/info:")
        _show_the_galaxy(space)
        return
    _explore(space)

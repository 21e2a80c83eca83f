"""Page 'Explore': a map of any survey in any network's feature space, to select from and to look into."""

from functools import partial

import pandas as pd
import streamlit as st

from galviz.analysis.groups import compare_groups
from galviz.analysis.metrics import prediction_errors
from galviz.analysis.query import QueryError, select_rows
from galviz.analysis.similarity import METRICS, nearest_rows
from galviz.charts.colour_legend import colour_legend
from galviz.charts.group_differences import difference_chart
from galviz.charts.histograms import selection_histogram
from galviz.survey.causes import cause_title
from panels.controls import choose_number, choose_one, in_url
from panels.explorer import (
    Embedding,
    GalaxyTable,
    choose_colouring,
    choose_embedding,
    galaxy_table,
    make_points,
    session_selection,
    show_in_url,
)
from panels.feature_plane import FeatureSpace, open_feature_space
from panels.feature_space import warn_about_domain_shift
from panels.features_source import read_source
from panels.galaxy_map import Picked, draw_map
from panels.lesson_frame import mark_simulated
from panels.markdown import escape_markdown
from panels.pictures import show_grid, show_picture
from panels.selection import Selection
from panels.surveys import open_survey

_OPENED, _QUERY, _PROBLEM = "explorer_galaxy", "explorer_query", "explorer_query_problem"
_TAB, _IMAGES, _GALAXY = "panel", "Images", "One galaxy"
_CROP_PX, _LARGE_PX, _N_NEIGHBOURS = 96, 300, 8
_MOST_DIFFERENT = 15
_NAMES = ("A", "B")
_REST = "selected and rest"


@st.fragment
def _explore(space: FeatureSpace) -> None:
    """Draw the map and what is selected on it; only this part of the page runs again at each selection."""
    selection, table = session_selection(space.opened), galaxy_table(space)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        embedding = _show_map(space, selection, table)
    with right:
        _show_selection_tools(selection, table)
        contents = {
            _IMAGES: lambda: _show_images(space, selection, table),
            "Differences": lambda: _show_differences(selection, table),
            "Histogram": lambda: _show_histogram(selection, table),
            _GALAXY: lambda: _show_galaxy(space, embedding, table),
        }
        # Only the tab that is open is computed.
        for tab, show in zip(st.tabs(list(contents), key=_TAB, bind="query-params"), contents.values(), strict=True):
            if tab.open:
                with tab:
                    show()
    show_in_url(selection)


def _show_map(space: FeatureSpace, selection: Selection, table: GalaxyTable) -> Embedding:
    first_row = st.container(horizontal=True, vertical_alignment="bottom")
    axes, colour, marks = st.columns([9, 8, 11], vertical_alignment="bottom")
    with first_row:
        embedding = choose_embedding(space, axes)
    with colour:
        colouring = choose_colouring(space, table, embedding.object_ids)
    with marks:
        points = make_points(space, embedding, colouring, table, first_row)

    def apply(picked: Picked) -> None:
        if picked.how == "open":
            (st.session_state[_OPENED],) = picked.object_ids
            st.session_state[_TAB] = _GALAXY
        else:
            selection.change(picked.object_ids, picked.how)
            if st.session_state[_TAB] == _GALAXY:
                st.session_state[_TAB] = _IMAGES

    draw_map(points, selected=selection.ids, opened=st.session_state.get(_OPENED), on_pick=apply, key="galaxy_map")
    total = len(space.all_labels)
    sample = "" if len(points.object_ids) == total else f" A random {len(points.object_ids):,} of {total:,} galaxies."
    if colouring.title:
        st.altair_chart(colour_legend(colouring.column, colouring.fill, colouring.title), key="legend")
    st.caption(f"{embedding.caption}.{sample}" + (" Ring: true. Dot: predicted." if colouring.ring else ""))
    return embedding


def _apply_query(selection: Selection, table: pd.DataFrame) -> None:
    """Select the galaxies of the query in the text field."""
    st.session_state.pop(_PROBLEM, None)
    if not (query := st.session_state[_QUERY].strip()):
        return
    try:
        selection.change(table.index[select_rows(table, query)])
    except QueryError as error:
        st.session_state[_PROBLEM] = str(error)


def _show_selection_tools(selection: Selection, table: GalaxyTable) -> None:
    st.text_input(
        "Select by a condition",
        placeholder="metallicity < 8.5 and inclination_deg > 70",
        key=_QUERY,
        on_change=_apply_query,
        args=(selection, table.data),
        help=f"Columns: {', '.join(map(str, table.data))}. Write text, and every objID, in quotes.",
    )
    if problem := st.session_state.get(_PROBLEM):
        st.error(escape_markdown(problem), icon=":material/error:")
    st.markdown(f"**{len(selection.ids):,} of {len(table.data):,} galaxies selected**")
    invert = partial(selection.change, table.data.index, "toggle")
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Undo", icon=":material/undo:", disabled=not selection.history, on_click=selection.undo)
        st.button("Invert", icon=":material/contrast:", on_click=invert)
        st.button("Clear", icon=":material/close:", disabled=not selection.ids, on_click=partial(selection.change, []))
        for name in _NAMES:
            st.button(
                f"Keep {name}",
                disabled=not selection.ids,
                on_click=partial(selection.save, name),
                type="tertiary",
                help=f"Keep this selection as {name}, to compare A and B under Differences.",
            )


def _show_images(space: FeatureSpace, selection: Selection, table: GalaxyTable) -> None:
    rows = table.data.loc[table.data.index.isin(selection.ids)]
    if rows.empty:
        st.info("Draw around galaxies on the map, or write a condition.", icon=":material/gesture_select:")
        return
    if table.residual is not None and rows[table.residual].notna().any():
        errors, digits = prediction_errors(rows[table.predicted], rows[table.true]), space.number_format(extra_digits=1)
        st.caption(
            f"RMSE {errors.rmse:{digits}} {space.unit}, bias {errors.bias:+{digits}} {space.unit}, of the "
            f"{errors.n:,} that have a label."
        )
    names = [name for name in rows if pd.api.types.is_numeric_dtype(rows[name])]
    names = sorted(names, key=lambda name: name != table.residual)
    order = None
    if names:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            order = in_url(st.selectbox, "Sorted by", names, format_func=cause_title, key="sorted_by")
            descending = in_url(st.toggle, "Highest first", value=False, key="descending")
        rows = rows.sort_values(order, ascending=not descending, kind="stable")
    shown = rows.iloc[: choose_number("Images", 4, 48, 16, key="images")]
    captions = [f"{value:.3g}" for value in shown[order]] if order else list(shown.index)
    show_grid(
        space.opened.survey, list(shown.index), captions, [f"Galaxy {name}" for name in shown.index], side_px=_CROP_PX
    )
    st.caption(
        f"{len(shown)} of {len(rows):,}" + (f", sorted by {escape_markdown(cause_title(order))}." if order else ".")
    )
    st.download_button(
        f"Download {len(rows):,} rows as CSV",
        rows.to_csv,  # called when the button is pressed
        "selected-galaxies.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_differences(selection: Selection, table: GalaxyTable) -> None:
    values, compared = table.data, _REST
    if set(_NAMES) <= set(selection.saved):
        compared = choose_one("Compare", [_REST, "A and B"], _REST, key="compare")
    if compared == _REST:
        chosen = values.index.isin(selection.ids)
    else:
        first, second = (values.index.isin(selection.saved[name]) for name in _NAMES)
        values, chosen = values[first != second], first[first != second]  # without those in both
    differences = compare_groups(values, chosen)
    if differences.empty:
        st.info("Select at least two galaxies, and leave two, to compare them.", icon=":material/compare_arrows:")
        return
    st.altair_chart(difference_chart(differences.head(_MOST_DIFFERENT)), key="differences")
    groups = "the selected minus the rest" if compared == _REST else "A minus B, without galaxies in both"
    st.caption(
        f"Difference of the means in standard deviations (Hedges' g) with 95 % intervals: {groups}. The "
        f"{min(_MOST_DIFFERENT, len(differences))} largest of {len(differences)}."
    )
    with st.expander("Table"):
        st.dataframe(differences, hide_index=True)


def _show_histogram(selection: Selection, table: GalaxyTable) -> None:
    values = table.data
    names = [name for name in values if pd.api.types.is_numeric_dtype(values[name]) and _varies(values[name])]
    if not names:
        st.info("This survey has no column of numbers that differ.", icon=":material/info:")
        return
    name = in_url(st.selectbox, "Column", names, format_func=cause_title, key="histogram_column")
    column = values[name].astype(float)
    st.altair_chart(selection_histogram(column, column.index.isin(selection.ids), cause_title(name)), key="histogram")
    low, high = float(column.min()), float(column.max())
    limits = st.slider("Range", low, high, (low, high), key=f"explorer_range-{name}", format="%.4g")
    within = column.index[column.between(*limits)]
    with st.container(horizontal=True):
        st.button("Select the range", on_click=partial(selection.change, within))
        narrow = partial(selection.change, selection.ids & set(within))
        st.button("Narrow the selection to it", disabled=not selection.ids, on_click=narrow)


def _show_galaxy(space: FeatureSpace, embedding: Embedding, table: GalaxyTable) -> None:
    survey, current = space.opened.survey, st.session_state.get(_OPENED)
    if current not in table.data.index:
        st.info("Click a galaxy on the map.", icon=":material/touch_app:")
        return
    show_picture(survey.image(current), escape_markdown(current), f"Galaxy {current}", width_px=_LARGE_PX)
    row = table.data.loc[current]
    with st.container(horizontal=True):
        for title, name in (("True", table.true), ("Predicted", table.predicted), ("Residual", table.residual)):
            if name is not None and pd.notna(row[name]):
                sign = "+" if name == table.residual else ""
                st.metric(title, f"{row[name]:{sign}{space.number_format()}} {space.unit}")
    metric = choose_one("Nearest by distance", list(METRICS), METRICS[0], key="metric")
    features = space.features
    values, n_neighbors = features.layers[embedding.layer], min(_N_NEIGHBOURS, len(features.object_ids) - 1)
    rows, distances = nearest_rows(values, features.rows([current])[0], n_neighbors=n_neighbors, metric=metric)
    nearest = [features.object_ids[position] for position in rows]
    show_grid(survey, nearest, [f"{distance:.3g}" for distance in distances], nearest, side_px=_CROP_PX)
    st.caption(f"Nearest in the layer {escape_markdown(embedding.layer)}, with their distance.")
    with st.expander("All columns"):
        st.dataframe(row.rename(index=cause_title).rename("value").astype(str).to_frame())


def _varies(column: pd.Series) -> bool:
    return bool(column.max() > column.min())  # False if all are missing


def page() -> None:
    """Draw the page."""
    opened = open_survey()
    source = read_source(opened)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Explore", width="content")
        mark_simulated(opened)
    warn_about_domain_shift(opened, source)
    space = open_feature_space(opened, source)
    if len(space.all_labels) < 2:
        st.info("A map needs at least two galaxies.", icon=":material/info:")
        return
    _explore(space)

"""Page 'Units': what a channel of a layer, or a principal component, responds to."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.exemplars import extreme_rows, strip_rows
from galviz.analysis.units import column_correlations, rank_units
from galviz.analysis.validation import AllAlikeError, check_features
from galviz.charts.histograms import selection_histogram
from galviz.charts.ranked_intervals import ranked_intervals
from galviz.features.features import Features
from galviz.survey.sample import draw_sample
from panels.caching import cache_data
from panels.controls import choose_layer, choose_number, choose_one, in_url
from panels.feature_space import project
from panels.galaxy_table import GalaxyTable, galaxy_table
from panels.instrument import FeatureSpace, open_instrument
from panels.map_embedding import MAX_ON_MAP, N_COMPONENTS
from panels.markdown import escape_markdown
from panels.pictures import show_grid
from panels.selection import Selection, are_among
from panels.session_selection import session_selection, show_in_url
from panels.surveys import fragment

_CHANNEL, _COMPONENT = "channels", "components"
_CROP_PX, _N_EXTREME, _N_STRIP, _N_SUGGESTED, _N_COLUMNS = 96, 12, 12, 6, 12


@cache_data(max_entries=64, show_spinner="Computing correlations …")
def _correlations(activations: np.ndarray, table: pd.DataFrame) -> pd.DataFrame:
    return column_correlations(activations, table)


@fragment
def _show_units(space: FeatureSpace) -> None:
    selection, table = session_selection(space.opened), galaxy_table(space)
    features = space.features
    object_ids = draw_sample(features.object_ids, min(len(features.object_ids), MAX_ON_MAP))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = choose_layer(list(features.layers), space.source.spec)
        kind = choose_one("Units", [_CHANNEL, _COMPONENT], _CHANNEL, key="unit_kind")
    values = features.layers[layer][features.rows(object_ids)]
    if len(values) > 1 and _all_alike(features, layer, object_ids):
        st.info("The galaxies are all alike in this layer. Choose another one.", icon=":material/info:")
        return
    if kind == _COMPONENT:
        n_components = min(N_COMPONENTS, *values.shape)
        if len(values) < 2:
            st.info("Components need at least two galaxies.", icon=":material/info:")
            return
        values = project(features, layer, object_ids, n_components).coordinates
    number = _choose_unit(kind, values, object_ids, table)
    activations, name = values[:, number], f"{kind.removesuffix('s')} {number if kind == _CHANNEL else number + 1}"
    title = f"{name} of {layer}"

    left, right = st.columns([5, 4], gap="medium")
    with left:
        _show_extremes(space, selection, object_ids, activations, title)
        if kind == _COMPONENT and values.shape[1] > 1 and len(values) >= _N_STRIP:
            _show_strip(space, object_ids, values, number)
    with right:
        chosen = are_among(object_ids, selection.ids)
        st.altair_chart(selection_histogram(pd.Series(activations), chosen, title), key="unit_histogram")
        _show_correlations(activations, object_ids, table, title)
    show_in_url(selection)


@cache_data(max_entries=64, show_spinner=False)
def _all_alike(features: Features, layer: str, object_ids: list[str]) -> bool:
    try:
        check_features(features.layers[layer][features.rows(object_ids)])
    except AllAlikeError:
        return True
    return False


def _choose_unit(kind: str, values: np.ndarray, object_ids: list[str], table: GalaxyTable) -> int:
    """Draw the slider for the unit, and buttons for those that follow a column most closely; return its column."""
    first, key = (0, "channel") if kind == _CHANNEL else (1, "component")
    last = first + values.shape[1] - 1
    if last == first:
        return 0
    columns = table.data.loc[object_ids]
    names = [name for name in columns if pd.api.types.is_numeric_dtype(columns[name]) and columns[name].nunique() > 2]
    slider, suggested = st.columns([2, 3], gap="medium", vertical_alignment="bottom")
    with suggested:
        if names:
            column = in_url(st.selectbox, "Which follow", names, format_func=table.title, key="unit_follows")
            units, r = rank_units(values, columns[column].to_numpy(float, na_value=np.nan))
            with st.container(horizontal=True, gap="xsmall"):
                for unit, one in zip(units[:_N_SUGGESTED] + first, r, strict=False):
                    choose = partial(st.session_state.__setitem__, key, int(unit))
                    text = f"{unit}: r = {one:+.2f}".replace("-", "−")
                    st.button(text, key=f"unit-{unit}", on_click=choose, type="tertiary")
    with slider:
        label = "Channel" if kind == _CHANNEL else "Component"
        return choose_number(label, first, last, first, key=key) - first


def _show_extremes(
    space: FeatureSpace, selection: Selection, object_ids: list[str], activations: np.ndarray, title: str
) -> None:
    n_galaxies = min(_N_EXTREME, len(object_ids))
    for name, rows in zip(("Highest", "Lowest"), extreme_rows(activations, n_galaxies), strict=True):
        shown = [object_ids[row] for row in rows]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{name} activation**", width="stretch")
            select = partial(selection.change, shown)
            label = f"Select the {name.lower()}"
            st.button(label, key=f"select-{name}", on_click=select, type="tertiary", icon=":material/select:")
        captions = [f"{activations[row]:.3g}" for row in rows]
        descriptions = [
            f"Galaxy {object_id}, {title}: {activations[row]:.3g}" for object_id, row in zip(shown, rows, strict=True)
        ]
        show_grid(space.opened.survey, shown, captions, descriptions, side_px=_CROP_PX)


def _show_strip(space: FeatureSpace, object_ids: list[str], coordinates: np.ndarray, component: int) -> None:
    shown = [object_ids[row] for row in strip_rows(coordinates, component, _N_STRIP)]
    st.markdown(f"**Along component {component + 1}**")
    show_grid(space.opened.survey, shown, [""] * len(shown), [f"Galaxy {name}" for name in shown], side_px=_CROP_PX)
    st.caption("At even quantiles of this component, from the lowest; the other components are near their medians.")


def _show_correlations(activations: np.ndarray, object_ids: list[str], table: GalaxyTable, title: str) -> None:
    correlations = _correlations(activations, table.data.loc[object_ids])
    if correlations.empty:
        st.info("No column of this survey can be correlated with the unit.", icon=":material/info:")
        return
    shown = correlations.head(_N_COLUMNS)
    shown = shown.assign(name=[table.short_name(column) for column in shown["column"]])
    chart = ranked_intervals(shown, "r", "Pearson's r", tooltips=("n",), limits=(-1, 1))
    description = f"Correlation of {title} with {len(shown)} columns; the largest is that of {shown['name'].iloc[0]}."
    st.altair_chart(chart.properties(description=description), key="unit_correlations")
    compared = "the catalogue" if table.predicted is None else "the catalogue and the prediction"
    st.caption(
        f"Correlation of {escape_markdown(title)} with {compared}, with 95 % bootstrap intervals: the "
        f"{len(shown)} largest of {len(correlations)}."
    )
    with st.expander("Table"):
        st.dataframe(correlations, hide_index=True)


def page() -> None:
    """Draw the page."""
    space = open_instrument("Units")
    st.markdown(
        "A unit is one channel of a layer, averaged over the image, or one principal component of a layer. Which "
        "galaxies activate it most, and which property does it follow?"
    )
    _show_units(space)

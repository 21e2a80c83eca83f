"""Page 'One galaxy': its image, its values, its neighbours at each layer, and its feature maps."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from galviz.analysis.similarity import METRICS, nearest_rows, standardise_columns
from galviz.charts.heatmap import heatmap
from panels.controls import choose_number, choose_one, in_url
from panels.galaxy_table import GalaxyTable, column_texts, complete_columns, galaxy_table, show_label_values
from panels.instrument import FeatureSpace, open_instrument
from panels.markdown import escape_markdown
from panels.network import explain_torch, has_torch, shared_network
from panels.pictures import show_grid, show_picture, show_pictures
from panels.selection import Selection, are_among
from panels.session_selection import open_galaxy, opened_galaxy, session_selection, show_in_url
from panels.surveys import fragment

_LARGE_PX, _CROP_PX, _N_NEIGHBOURS, _N_MAPS = 340, 96, 8, 8
_CATALOGUE_ORDER = "(the catalogue)"
_UNKNOWN = "galaxy_unknown"
_ALL, _SELECTED = "all galaxies", "the selected"


def _choose_galaxy(selection: Selection, table: GalaxyTable) -> str:
    """Draw the controls for the galaxy, and return its objID."""
    numbers = [name for name in table.data if pd.api.types.is_numeric_dtype(table.data[name])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        among = choose_one("Among", [_ALL, _SELECTED], _ALL, key="among") if selection.ids else _ALL
        order = in_url(
            st.selectbox, "In the order of", [_CATALOGUE_ORDER, *numbers], format_func=table.title, key="galaxy_order"
        )
        values = table.data[are_among(table.data.index, selection.ids)] if among == _SELECTED else table.data
        if order != _CATALOGUE_ORDER:
            values = values.sort_values(order, kind="stable")
        object_ids = list(values.index)
        current = opened_galaxy()
        if current not in table.data.index:
            if current is not None:
                st.session_state[_UNKNOWN] = True
            current = object_ids[0]
        position = object_ids.index(current) if current in values.index else None
        for name, icon, step in (("Previous", "arrow_back", -1), ("Next", "arrow_forward", 1)):
            # Of a galaxy that isn't among them, both go to the first.
            target = object_ids[(position + step) % len(object_ids) if position is not None else 0]
            st.button(name, icon=f":material/{icon}:", on_click=partial(open_galaxy, target))
        st.text_input(
            "objID",
            value=current,
            key=f"galaxy_field-{current}",
            on_change=_open_typed,
            args=(current, table.data.index),
        )
    place = "not among them" if position is None else f"{position + 1:,} of {len(object_ids):,}"
    st.caption(f"Galaxy {escape_markdown(current)}, {place}.")
    if st.session_state.pop(_UNKNOWN, None):
        st.error("This survey has no galaxy of that objID.", icon=":material/error:")
    return current


def _open_typed(current: str, known: pd.Index) -> None:
    typed = st.session_state[f"galaxy_field-{current}"].strip()
    if typed in known:
        open_galaxy(typed)
    else:
        st.session_state[_UNKNOWN] = True
        del st.session_state[f"galaxy_field-{current}"]


@fragment
def _show(space: FeatureSpace) -> None:
    selection, table = session_selection(space.opened), galaxy_table(space)
    current = _choose_galaxy(selection, table)
    open_galaxy(current)
    survey = space.opened.survey
    left, right = st.columns([3, 4], gap="medium")
    with left:
        image = survey.image(current)
        show_picture(image, f"{image.width} × {image.height} px", f"Galaxy {current}", width_px=_LARGE_PX)
    with right:
        show_label_values(space, table, current)
        st.dataframe(_ranks(table, current), height=300)
    st.header("Its path through the layers")
    _show_path(space, table, current)
    st.header("Feature maps")
    _show_feature_maps(space, current)
    show_in_url(selection)


def _ranks(table: GalaxyTable, current: str) -> pd.DataFrame:
    """The galaxy's columns, and of numbers the percentage of galaxies with a lower value."""
    values, percentages = table.data, []
    for name in values:
        column, value = values[name], values[name].loc[current]
        is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        known = pd.notna(value) and is_number
        percentages.append(100 * float((column < value).sum() / column.notna().sum()) if known else np.nan)
    index = pd.Index([table.title(str(name)) for name in values], name="column")
    texts = column_texts(values, current).to_numpy()
    return pd.DataFrame({"value": texts, "% of galaxies below": np.round(percentages, 1)}, index=index)


def _show_path(space: FeatureSpace, table: GalaxyTable, current: str) -> None:
    features = space.features
    n_neighbors = min(_N_NEIGHBOURS, len(features.object_ids) - 1)
    if n_neighbors == 0:
        st.info("Neighbours need at least two galaxies.", icon=":material/info:")
        return
    metric = choose_one("Nearest by distance", list(METRICS), METRICS[0], key="metric")
    row = features.rows([current])[0]
    labels = next(
        (table.data[name] for name in (table.true, table.predicted) if name and table.data[name].notna().any()), None
    )
    for layer, values in features.layers.items():
        nearest, _ = nearest_rows(values, row, n_neighbors=n_neighbors, metric=metric)
        _show_neighbours(space, layer, [features.object_ids[one] for one in nearest], labels)
    columns = complete_columns(table)
    if columns:
        standardised = standardise_columns(table.data.loc[features.object_ids, columns].to_numpy(float))
        nearest, _ = nearest_rows(standardised, row, n_neighbors=n_neighbors)
        name = "known causes" if space.opened.shipped else "the catalogue"
        _show_neighbours(space, name, [features.object_ids[one] for one in nearest], labels)
        st.caption(
            f"The last row: nearest in the {len(columns)} complete columns of numbers of the catalogue, each divided "
            "by its standard deviation."
        )


def _show_neighbours(space: FeatureSpace, name: str, object_ids: list[str], values: pd.Series | None) -> None:
    captions = [""] * len(object_ids)
    if values is not None:
        number_format = space.number_format()
        captions = ["unknown" if pd.isna(value) else f"{value:{number_format}}" for value in values.loc[object_ids]]
    label, grid = st.columns([1, 8], vertical_alignment="center")
    label.markdown(f"**{escape_markdown(name)}**")
    with grid:
        show_grid(space.opened.survey, object_ids, captions, [f"Galaxy {one}" for one in object_ids], side_px=_CROP_PX)


@st.cache_data(max_entries=64, show_spinner="Computing feature maps …")
def _feature_maps(_image: Image.Image, key: tuple, model: str | None, layer: str) -> np.ndarray:
    from galviz.network.activations import feature_maps

    return feature_maps(shared_network(model), _image, layer)


def _show_feature_maps(space: FeatureSpace, current: str) -> None:
    source, survey = space.source, space.opened.survey
    if source.file is not None:
        st.info("These features come from a file, so there is no network to run.", icon=":material/info:")
        return
    if not has_torch():
        explain_torch()
        return
    if not in_url(st.toggle, "Run the network on this galaxy", value=False, key="feature_maps"):
        return
    network = shared_network(source.model)
    names = list(network.layer_names)
    layer = choose_one("Layer of the maps", names, names[0], key="map_layer")
    key = (current, survey.sha256, source.card.sha256)
    try:
        maps = _feature_maps(survey.image(current), key, source.model, layer)
    except ValueError as error:
        st.info(escape_markdown(error), icon=":material/info:")
        return
    spread = maps.std(axis=(1, 2))
    shown = np.argsort(-spread, kind="stable")[: choose_number("Maps", 4, 24, _N_MAPS, key="n_maps")]
    vmax = float(np.abs(maps[shown]).max())
    show_pictures(
        [heatmap(maps[channel], vmax=vmax) for channel in shown],
        [f"channel {channel}" for channel in shown],
        [f"Feature map of channel {channel} of {layer}" for channel in shown],
        sharp=True,
    )
    st.caption(
        f"The {len(shown)} of {len(maps):,} channels that vary most over the image, {maps.shape[1]} × {maps.shape[2]} "
        f"activations each, on one scale: orange positive, blue negative, up to {vmax:.3g}."
    )


def page() -> None:
    """Draw the page."""
    _show(open_instrument("One galaxy"))

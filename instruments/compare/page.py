"""Page 'Compare': two representations of the same galaxies, or two surveys, and how similar they are in numbers."""

import itertools
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from galviz.analysis.neighbours import neighbours_kept
from galviz.analysis.similarity import linear_cka
from galviz.analysis.validation import AllAlikeError
from galviz.charts.similarity import cka_heatmap
from galviz.features.features import CONTROLS, Features, FeaturesError, load_features
from galviz.files.parquet import open_parquet
from galviz.survey.sample import draw_sample
from galviz.survey.survey import Survey
from panels.caching import cache_data
from panels.controls import choose_one, in_url
from panels.feature_space import control_features
from panels.features_source import SHIPPED
from panels.galaxy_table import galaxy_table
from panels.instrument import FeatureSpace, open_instrument
from panels.map_embedding import component_embedding
from panels.map_points import choose_colouring, draw_small_map
from panels.markdown import escape_markdown
from panels.selection_tools import show_selection_buttons
from panels.session_selection import session_selection, show_in_url
from panels.survey_comparison import compare_surveys, simulated_features
from panels.survey_features import find_features
from panels.surveys import fragment

# Beyond this number, the distances of all pairs would take seconds and the memory of a small server.
_MAX_GALAXIES, _N_NEIGHBOURS = 2_000, 10
_MAX_FEATURES_BYTES = 2**29  # of an uploaded file, decoded
_SHIPPED_NAME = "the network that comes with galviz"
_NETWORKS, _SURVEYS = "networks and layers", "surveys"


@dataclass(frozen=True, eq=False)
class Representation:
    """A layer of a network, for one side of the page.

    Attributes
    ----------
    network : str
        The network's name, as the control shows it.
    features : Features
    layer : str
    """

    network: str
    features: Features
    layer: str


def _networks(space: FeatureSpace) -> dict[str, Features]:
    """The features of all networks that are known for the open survey, by the names that the controls show."""
    source = space.source
    name = "trained" if source.is_shipped else source.name
    networks = {name: space.features}
    if space.opened.shipped:
        if not source.is_shipped:
            networks[_SHIPPED_NAME] = find_features(space.opened, SHIPPED)
        for control in CONTROLS:
            networks[_free_name(control.replace("-", " "), networks)] = control_features(control)
    elif not source.is_shipped and (features := find_features(space.opened, SHIPPED)) is not None:
        networks[_SHIPPED_NAME] = features
    uploaded = _upload(space.opened.survey)
    if uploaded is not None:
        networks[_free_name(uploaded[0], networks)] = uploaded[1]
    return networks


def _free_name(name: str, networks: dict[str, Features]) -> str:
    """A name that no other network has: a file may be called like another one."""
    numbers = itertools.count(2)
    free = name
    while free in networks:
        free = f"{name} ({next(numbers)})"
    return free


def _upload(survey: Survey) -> tuple[str, Features] | None:
    """Draw the control for another features file, and read it."""
    with st.expander("Compare with a features file", icon=":material/upload_file:"):
        st.caption("From `python -m galviz extract` or `import-features`, for the galaxies of this survey.")
        file = st.file_uploader("Features file", type="parquet", key="compare_file")
        if file is None:
            return None
        try:
            return file.name, _read(file.getvalue(), survey)
        except FeaturesError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return None


@cache_data(max_entries=2, show_spinner="Reading features …")
def _read(content: bytes, survey: Survey) -> Features:
    with TemporaryDirectory() as folder:
        path = f"{folder}/features.parquet"
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(content)
        try:
            features = load_features(path, survey=survey)
        except FeaturesError as error:
            raise FeaturesError(str(error).replace(path, "features.parquet")) from error
        if (n_bytes := _decoded_bytes(path)) > _MAX_FEATURES_BYTES:
            raise FeaturesError(
                f"The layers of this file take {n_bytes >> 20:,} MB, more than {_MAX_FEATURES_BYTES >> 20} MB: start "
                "galviz on your own machine with --features FILE."
            )
        return Features(
            features.object_ids,
            {name: np.array(values) for name, values in features.layers.items()},  # read before the file is removed
            features.predictions,
            features.provenance,
            features.content_sha256,
        )


def _decoded_bytes(path: str) -> int:
    """How much memory all layers of a features file take: a small file may hold one number many times."""
    with open_parquet(path) as parquet:
        lists = [field.type for field in parquet.schema_arrow if pa.types.is_fixed_size_list(field.type)]
        widths = [kind.list_size * kind.value_type.bit_width // 8 for kind in lists]
        return parquet.metadata.num_rows * sum(widths)


def _values(features: Features, layer: str, object_ids: list[str]) -> np.ndarray:
    return features.layers[layer][features.rows(object_ids)]


@cache_data(max_entries=64, show_spinner="Comparing …")
def _similarity(
    one: Features, layer: str, other: Features, other_layer: str, object_ids: list[str]
) -> dict[str, float]:
    """CKA and the neighbours in common, and the same with one side's galaxies permuted."""
    x, y = _values(one, layer, object_ids), _values(other, other_layer, object_ids)
    permuted = np.random.default_rng(0).permutation(y)
    n_neighbors = min(_N_NEIGHBOURS, (len(x) - 1) // 2)
    result = {"cka": linear_cka(x, y), "cka_permuted": linear_cka(x, permuted), "k": n_neighbors}
    if n_neighbors:
        result["kept"] = neighbours_kept(x, y, n_neighbors=n_neighbors)
    return result


@cache_data(max_entries=16, show_spinner="Comparing all layers …")
def _all_layers(one: Features, other: Features, object_ids: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (name, other_name, _cka(_values(one, name, object_ids), _values(other, other_name, object_ids)))
            for name in one.layers
            for other_name in other.layers
        ],
        columns=["one", "other", "cka"],
    )


def _cka(x: np.ndarray, y: np.ndarray) -> float:
    """Linear CKA; NaN if in one of the layers all galaxies are alike."""
    try:
        return linear_cka(x, y)
    except AllAlikeError:
        return np.nan


def _choose(networks: dict[str, Features], side: str, default: str) -> Representation:
    name = default
    if len(networks) > 1:
        names = list(networks)
        name = in_url(
            st.selectbox, f"{side.capitalize()} network", names, index=names.index(default), key=f"{side}_network"
        )
    features = networks[name]
    layers = list(features.layers)
    default_layer = layers[-1] if len(networks) > 1 or side == "left" else layers[0]
    layer = choose_one(f"{side.capitalize()} layer", layers, default_layer, key=f"{side}_layer")
    return Representation(name, features, layer)


@fragment
def _show(space: FeatureSpace, networks: dict[str, Features]) -> None:
    selection, table = session_selection(space.opened), galaxy_table(space)
    names = list(networks)
    columns = st.columns(2, gap="medium")
    sides = []
    for column, side, default in zip(
        columns, ("left", "right"), (names[0], names[min(1, len(names) - 1)]), strict=True
    ):
        with column:
            sides.append(_choose(networks, side, default))
    known = set(sides[1].features.object_ids)
    shared = [one for one in sides[0].features.object_ids if one in known]
    object_ids = draw_sample(shared, min(len(shared), _MAX_GALAXIES))
    colouring = choose_colouring(space, table, object_ids)
    show_selection_buttons(selection, table.data.index)
    for column, side, one in zip(st.columns(2, gap="medium"), ("left", "right"), sides, strict=True):
        with column:
            embedding = component_embedding(one.features, one.layer, object_ids)
            draw_small_map(embedding, colouring, selection, key=f"compare-{side}", network=one.network)
            st.caption(escape_markdown(f"{one.network}, {embedding.caption}"))
    _show_numbers(*sides, object_ids)
    show_in_url(selection)


def _show_numbers(one: Representation, other: Representation, object_ids: list[str]) -> None:
    try:
        numbers = _similarity(one.features, one.layer, other.features, other.layer, object_ids)
    except ValueError as error:
        st.info(escape_markdown(error), icon=":material/info:")
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.metric("Linear CKA", f"{numbers['cka']:.2f}", help="0: unrelated. 1: equal up to rotation and scale.")
        st.caption(f"With the galaxies of one side permuted, which leaves chance only: {numbers['cka_permuted']:.2f}.")
        if "kept" in numbers:
            st.metric(
                f"Nearest {numbers['k']} in common",
                f"{numbers['kept']:.0%}",
                help="Share of each galaxy's nearest neighbours in one that are nearest in the other too, averaged.",
            )
            st.caption(f"By chance: {numbers['k'] / (len(object_ids) - 1):.1%}. Of {len(object_ids):,} galaxies.")
    with right:
        layers = _all_layers(one.features, other.features, object_ids)
        st.altair_chart(cka_heatmap(layers, one.network, other.network), key="cka")
        with st.expander("Table"):
            st.dataframe(layers, hide_index=True)


def page() -> None:
    """Draw the page."""
    space = open_instrument("Compare")
    if len(space.all_labels) < 3:
        st.info("A comparison needs at least three galaxies.", icon=":material/info:")
        return
    simulated = simulated_features(space)
    compared = _NETWORKS
    if simulated is not None:
        compared = choose_one("Compare", [_NETWORKS, _SURVEYS], _NETWORKS, key="compared")
    if compared == _SURVEYS:
        st.markdown("Do the features of your galaxies differ from those of the simulated ones?")
        compare_surveys(space, simulated)
        return
    st.markdown("Do two networks, or two layers, place the same galaxies close together?")
    _show(space, _networks(space))

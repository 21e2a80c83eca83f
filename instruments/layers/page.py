"""Page 'Layer by layer': the same galaxies at each layer of a network, and what linear probes predict from it."""

import pandas as pd
import streamlit as st

from galviz.artefacts.probes import PERMUTED
from galviz.charts.colour_legend import colour_legend
from galviz.charts.probes import probe_by_layer_chart
from galviz.survey.sample import draw_sample
from panels.controls import choose_one, in_url
from panels.correlations import shipped_probes
from panels.galaxy_table import complete_columns, galaxy_table
from panels.instrument import FeatureSpace, open_instrument
from panels.layer_probes import fit_layer_probes
from panels.map_embedding import component_embedding
from panels.map_points import choose_colouring, draw_small_map
from panels.markdown import escape_markdown
from panels.selection_tools import show_selection_buttons
from panels.session_selection import session_selection, show_in_url
from panels.surveys import fragment

# Galaxies on each of the maps.
_MAX_ON_SMALL_MAPS = 2_000
_MAX_CAUSES = 6
_DEFAULT_CAUSES = ("metallicity", "redshift", "inclination_deg", "seeing_arcsec")
_CONTROLS = {"permuted values": PERMUTED, "random weights": "random-weights", "raw pixels": "pixels"}
_DESCRIPTIONS = {
    "permuted values": "the last layer, with the values permuted across galaxies",
    "random weights": "the last layer of an untrained network",
    "raw pixels": "the first principal components of the pixels",
}


@fragment
def _show_maps(space: FeatureSpace) -> None:
    selection, table = session_selection(space.opened), galaxy_table(space)
    features = space.features
    object_ids = draw_sample(features.object_ids, min(len(features.object_ids), _MAX_ON_SMALL_MAPS))
    colouring = choose_colouring(space, table, object_ids)
    show_selection_buttons(selection, table.data.index)
    with st.grid(3, min_column_width=240, gap="small"):
        for layer in features.layers:
            with st.container(gap="xsmall"):
                embedding = component_embedding(features, layer, object_ids)
                draw_small_map(embedding, colouring, selection, key=f"map-{layer}")
                st.caption(escape_markdown(f"{embedding.caption}, {features.layers[layer].shape[1]:,} channels"))
        if colouring.title:
            st.altair_chart(colour_legend(colouring.column, colouring.fill, colouring.title), key="legend")
    ring = " Ring: true. Dot: predicted." if colouring.ring else ""
    total = len(table.data)
    sample = "" if len(object_ids) == total else f" A random {len(object_ids):,} of {total:,} galaxies."
    st.caption(f"First two principal components of each layer, PC1 across, PC2 up.{ring}{sample}")
    show_in_url(selection)


@fragment
def _show_probes(space: FeatureSpace) -> None:
    table = galaxy_table(space)
    shipped = space.opened.shipped and space.source.is_shipped
    names = list(dict.fromkeys(shipped_probes().probes["cause"])) if shipped else complete_columns(table)
    if not names:
        st.info("This survey has no complete column of numbers to predict.", icon=":material/info:")
        return
    options = {"max_selections": _MAX_CAUSES, "format_func": table.title, "key": "probed"}
    default = [name for name in _DEFAULT_CAUSES if name in names] or names[:2]
    chosen = in_url(st.multiselect, "Quantities", names, default=default, **options)
    if not chosen:
        st.info("Choose at least one quantity.", icon=":material/info:")
        return
    control = "permuted values"
    if shipped:
        control = choose_one("Control", list(_CONTROLS), control, key="control")
        probes = shipped_probes().probes
    else:
        probes = fit_layer_probes(space, table.data[chosen])
        if probes is None:
            return
    layers = list(space.features.layers)
    probes = probes[probes["source"].isin([*layers, _CONTROLS[control]]) & probes["cause"].isin(chosen)]
    probes = probes.assign(
        source=probes["source"].replace(_CONTROLS[control], control),
        cause=pd.Categorical(probes["cause"], chosen, ordered=True),
    ).sort_values("cause", kind="stable")
    probes["cause"] = [table.title(name) for name in probes["cause"]]
    st.altair_chart(probe_by_layer_chart(probes, layers, control), key="layer_probes")
    st.caption(
        "R² of ridge regressions from each layer, for galaxies that the regression wasn't fitted to, with 95 % "
        f"intervals; negative values are drawn at 0. Dashed: the same from {_DESCRIPTIONS[control]}."
    )
    with st.expander("Table"):
        st.dataframe(
            probes[["source", "cause", "r2", "low", "high"]].rename(columns={"cause": "quantity"}), hide_index=True
        )


def page() -> None:
    """Draw the page."""
    space = open_instrument("Layer by layer")
    if len(space.all_labels) < 2:
        st.info("A map needs at least two galaxies.", icon=":material/info:")
        return
    st.markdown(
        "Each map shows the same galaxies at one layer of the network, from the first to the last. Select galaxies on "
        "one of them, by drawing around them, to see where they are on the others."
    )
    _show_maps(space)
    st.header("What a linear probe predicts from each layer")
    _show_probes(space)

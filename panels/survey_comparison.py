"""The open survey and the simulated one on one map, and how well the network can tell them apart."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.domain_shift import LEAST_GALAXIES, DomainShift, domain_shift
from galviz.analysis.pca import Projection, fit_pca
from galviz.charts.colour_legend import colour_legend
from galviz.charts.point_colours import colour_categories
from galviz.features.features import Features
from galviz.survey.sample import draw_sample
from panels.caching import cache_data
from panels.controls import choose_layer
from panels.galaxy_map import MapPoints, Picked, draw_map
from panels.galaxy_table import galaxy_table
from panels.instrument import FeatureSpace
from panels.markdown import escape_markdown
from panels.selection_tools import show_selection_buttons
from panels.session_selection import apply_pick, opened_galaxy, session_selection, show_in_url
from panels.survey_features import find_features
from panels.surveys import fragment, open_shipped_survey

# Of each survey: a logistic regression of more takes seconds.
_MAX_GALAXIES = 1_000
_SIMULATED = "simulated"


def simulated_features(space: FeatureSpace) -> Features | None:
    """Find the features of the shipped survey by the same network; None if there are none to compare with."""
    if space.opened.shipped or space.source.file is not None or len(space.features.object_ids) < LEAST_GALAXIES:
        return None
    return find_features(open_shipped_survey(), space.source)


@cache_data(max_entries=16, show_spinner="Comparing the surveys …")
def _compare(
    own: Features, own_ids: list[str], simulated: Features, simulated_ids: list[str], layer: str
) -> tuple[Projection, DomainShift]:
    """Fit components to both samples together, and measure how well the samples can be told apart."""
    samples = [one.layers[layer][one.rows(ids)] for one, ids in ((own, own_ids), (simulated, simulated_ids))]
    n_neighbors = min(10, *(len(sample) - 1 for sample in samples))
    return fit_pca(np.concatenate(samples), 2), domain_shift(*samples, n_neighbors=n_neighbors)


@fragment
def compare_surveys(space: FeatureSpace, simulated: Features) -> None:
    """Draw the map of both surveys and the measures of their difference."""
    selection, table, own = session_selection(space.opened), galaxy_table(space), space.features
    layers = [name for name, values in own.layers.items() if name in simulated.layers and values.shape[1] > 1]
    layer = choose_layer(layers, space.source.spec)
    # As many of each, or the larger survey would hide the other.
    n_galaxies = min(len(own.object_ids), len(simulated.object_ids), _MAX_GALAXIES)
    own_ids, simulated_ids = (draw_sample(one.object_ids, n_galaxies) for one in (own, simulated))
    projection, shift = _compare(own, own_ids, simulated, simulated_ids, layer)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        ratios, name = projection.explained_variance_ratio, space.opened.name
        name = f"{name} (yours)" if name == _SIMULATED else name
        # A galaxy may be in both surveys.
        object_ids = [*own_ids, *(f"{_SIMULATED}: {object_id}" for object_id in simulated_ids)]
        # In random order: one survey drawn after the other would hide it.
        order = np.random.default_rng(0).permutation(2 * n_galaxies)
        survey = pd.Series(np.repeat([name, _SIMULATED], n_galaxies)[order])
        fill = colour_categories(survey)
        points = MapPoints(
            object_ids=[object_ids[row] for row in order],
            coordinates=projection.coordinates[order],
            fill=fill.rgb,
            texts=[object_ids[row] if row >= n_galaxies else f"{name}: {object_ids[row]}" for row in order],
            titles=tuple(f"PC{number}, {ratio:.0%} of the variance" for number, ratio in enumerate(ratios, start=1)),
            description=f"{n_galaxies:,} galaxies of {name} and as many simulated ones by the first two principal "
            f"components of the layer {layer} for both together.",
        )

        def apply(picked: Picked) -> None:
            """Select or open galaxies of the open survey; the simulated ones are ignored."""
            known = [object_id for object_id in picked.object_ids if object_id in table.data.index]
            if known or picked.how != "open":
                apply_pick(selection, Picked(known, picked.how))

        draw_map(points, selected=selection.ids, opened=opened_galaxy(), on_pick=apply, key="survey_map")
        st.altair_chart(colour_legend(survey, fill, "survey"), key="legend")
        st.caption(
            f"{n_galaxies:,} galaxies of {escape_markdown(name)} and as many simulated ones, layer "
            f"{escape_markdown(layer)}. Components fitted to both."
        )
    with right:
        show_selection_buttons(selection, table.data.index)
        _show_shift(shift)
    show_in_url(selection)


def _show_shift(shift: DomainShift) -> None:
    st.metric(
        "Told apart (AUC)",
        f"{shift.auc:.2f}",
        help="Probability that a logistic regression on the layer is right about one galaxy of each survey.",
    )
    st.caption("0.5: the surveys can't be told apart. 1: always.")
    st.metric("Neighbours of the same survey", f"{shift.same_survey:.0%}")
    st.caption(f"By chance: {shift.same_survey_by_chance:.0%}. Both measures: {shift.n_galaxies:,} galaxies of each.")
    st.markdown(
        "If surveys can be told apart, the features encode something that differs between them: noise, seeing, colours "
        "or kinds of galaxies. What the network learnt from one survey may then be wrong for the other."
    )

"""Page of the lesson 'The feature space': galaxies along two components, turning points, and the head."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.alignment import head_alignment
from galviz.analysis.pca import fit_pca
from galviz.charts import column_scatter, ring_scatter
from galviz.course.manifest import find_lesson
from galviz.survey.causes import cause_title
from lessons.space.words import turning_point
from panels.colouring import choose_colour
from panels.controls import choose_axes, choose_components, choose_layer, limit_components
from panels.export import offer_export
from panels.feature_space import align_head, points_table, project, shipped_features
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

# A regression needs at least this many galaxies more than components.
MIN_MORE_GALAXIES = 2
# The input of the head.
LAYER = "features"


def _choose_points(*, with_colour: bool) -> tuple[pd.DataFrame, str, tuple[str, str], str | None]:
    """Draw the controls of a plot; return the sample's coordinates, the layer, both axes and the colour."""
    opened, features = open_shipped_survey(), shipped_features()
    layer = choose_layer(list(features.layers))
    sample = choose_sample(opened.survey)
    n_components = limit_components(choose_components(), len(sample), features.layers[layer].shape[1])
    axes = choose_axes(n_components)
    colour = choose_colour(opened.survey.catalogue.loc[sample]) if with_colour else None
    coordinates = project(features, layer, sample, n_components).coordinates
    return points_table(opened, features, coordinates, sample, opened.survey.label), layer, axes, colour


def _show_plane(controls: DeltaGenerator) -> None:
    """Draw the sample along two components, coloured by any column."""
    with controls:
        points, layer, (x, y), colour = _choose_points(with_colour=True)
    _show_space(points, (x, y), colour, layer)


def _show_swoosh(controls: DeltaGenerator) -> None:
    """Draw the same plot, and describe where the vertical component turns over."""
    with controls:
        points, layer, (x, y), _ = _choose_points(with_colour=False)
    _show_space(points, (x, y), None, layer)
    _show_turning_point(points, y)


def _show_space(points: pd.DataFrame, axes: tuple[str, str], colour: str | None, layer: str) -> None:
    (x, y), survey = axes, open_shipped_survey().survey
    if colour is None:
        chart = ring_scatter(points, x, y, survey.label)
    else:
        column = survey.catalogue.loc[points.index, colour]
        chart = column_scatter(points, x, y, column, survey.label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{colour}-{layer}")
    st.caption(f"{len(points):,} simulated galaxies, layer {layer}. Point at a galaxy to see its image.")
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export")


def _show_turning_point(points: pd.DataFrame, component: str) -> None:
    turn = turning_point(points["true"], points[component])
    if turn is None:
        st.markdown(f"In your sample, {component} doesn't turn over.")
    else:
        st.markdown(f"In your sample, a parabola fitted to {component} turns over at a metallicity of **{turn:.1f}**.")


def _show_head(controls: DeltaGenerator) -> None:
    """Draw a table of how closely each component follows the head, and describe what remains without it."""
    survey, features = open_shipped_survey().survey, shipped_features()
    with controls:
        sample = choose_sample(survey)
        n_components = limit_components(choose_components(), len(sample), features.layers[LAYER].shape[1])
    if len(sample) < n_components + MIN_MORE_GALAXIES:
        st.info(
            f"A regression on {n_components} components fits any {len(sample)} labels exactly: choose more galaxies "
            "or fewer components.",
            icon=":material/info:",
        )
        return
    truth = survey.catalogue.loc[sample, survey.label.column].to_numpy(float)
    alignment = align_head(features, sample, n_components, truth)
    st.dataframe(
        {
            "component": [f"PC{number}" for number in range(1, n_components + 1)],
            "cosine to head": alignment.cosines,
            "r with predicted": alignment.prediction_correlations,
        },
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f") for name in ("cosine to head", "r with predicted")
        },
    )
    st.markdown(
        f"Of the features' variance, **{alignment.head_variance_ratio:.0%}** lies along the head's direction. The "
        f"components explain **{alignment.label_r2:.0%}** of the variance of the true metallicity. Without the head's "
        f"direction, the components explain **{alignment.label_r2_without_head:.0%}**. By chance, {n_components} "
        f"components would explain {n_components / (len(sample) - 1):.0%} for {len(sample):,} galaxies."
    )
    st.caption(f"Layer {LAYER}, {n_components} components, {len(sample):,} galaxies.")


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("space")
    steps = [
        Step(
            "Reading the plot",
            _show_plane,
            ("reading",),
            (0, 1),
            code=(ring_scatter, fit_pca),
            figure=figure_source(lesson),
        ),
        Step("The bent band", _show_swoosh, ("swoosh",), (2,)),
        Step("What exists by construction", _show_head, ("head",), (3,), code=(head_alignment,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

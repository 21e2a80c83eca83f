"""Page of the lesson 'The feature space': galaxies in the plane of two components, coloured by any column."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.alignment import head_alignment
from galviz.analysis.pca import fit_pca
from galviz.charts import column_scatter, ring_scatter
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.survey.causes import cause_title
from galviz.survey.survey import Survey
from lessons.space.words import turning_point
from panels.colouring import choose_colour
from panels.controls import choose_axes, choose_components, choose_layer, limit_components
from panels.export import offer_export
from panels.feature_space import align_head, points_table, project, shipped_features
from panels.lesson_frame import begin_lesson, end_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import open_shipped_survey

# Fewer galaxies than components and this, and a regression on them says nothing.
LEAST_BESIDE = 2


def _show_space(survey: Survey, points: pd.DataFrame, axes: tuple[str, str], colour: str | None, layer: str) -> None:
    x, y = axes
    if colour is None:
        chart = ring_scatter(points, x, y, survey.label)
    else:
        column = survey.catalogue.loc[points.index, colour]
        chart = column_scatter(points, x, y, column, survey.label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{colour}-{layer}")
    st.caption(f"{len(points):,} simulated galaxies, layer {layer}. Point at one to see it.")
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export")


def _show_turning_point(points: pd.DataFrame, component: str) -> None:
    turn = turning_point(points["true"], points[component])
    if turn is None:
        st.markdown(f"In your sample {component} doesn't turn over.")
    else:
        st.markdown(f"In your sample a parabola fitted to {component} turns over at a metallicity of **{turn:.1f}**.")


def _show_head(features: Features, sample: list[str], n_components: int, truth: np.ndarray) -> None:
    """Show how far the components follow the direction of the head."""
    if len(sample) < n_components + LEAST_BESIDE:
        st.info(
            f"{n_components} axes fitted to {len(sample)} labels fit any: take more galaxies, or fewer components.",
            icon=":material/info:",
        )
        return
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
        f"components explain **{alignment.label_r2:.0%}** of the true metallicity's variance; those of features from "
        f"which that direction was taken out, **{alignment.label_r2_without_head:.0%}**. By chance alone "
        f"{n_components} axes would explain {n_components / (len(sample) - 1):.0%} of {len(sample):,} galaxies."
    )
    st.caption(f"Layer features, {n_components} components, {len(sample):,} galaxies.")


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("space"), open_shipped_survey(), shipped_features()
    text = begin_lesson(lesson, opened)
    catalogue, label = opened.survey.catalogue, opened.survey.label

    top = st.container()  # above its controls
    left, right = st.columns(2, gap="large")
    with left:
        sample = choose_sample(opened.survey)
        n_components = choose_components()
    with right:
        layer = choose_layer(list(features.layers))
        n_components = limit_components(n_components, len(sample), features.layers[layer].shape[1])
        x, y = choose_axes(n_components)
        colour = choose_colour(catalogue.loc[sample])
    projection = project(features, layer, sample, n_components)
    points = points_table(opened, features, projection.coordinates, sample, label)
    with top:
        _show_space(opened.survey, points, (x, y), colour, layer)

    left, right = st.columns(2, gap="large")
    left.markdown(text["reading"])
    with right:
        st.markdown(text["swoosh"])
        _show_turning_point(points, y)

    st.header("What is there by construction")
    left, right = st.columns(2, gap="large")
    left.markdown(text["head"])
    with right:
        _show_head(features, sample, n_components, catalogue.loc[sample, label.column].to_numpy(float))
    show_code(
        ring_scatter,
        fit_pca,
        head_alignment,
        matplotlib=figure_source(lesson),
    )
    end_lesson(lesson, text)

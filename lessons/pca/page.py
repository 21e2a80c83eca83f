"""Page of the lesson 'Principal components': a sample's features in a few components, and their explained variance."""

import numpy as np
import streamlit as st

from galviz.analysis.pca import Projection, fit_pca
from galviz.charts import explained_variance_chart
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from lessons.pca.by_hand import pca_by_svd
from panels.controls import choose_components, choose_layer, choose_whitening, limit_components
from panels.feature_space import project, shipped_features
from panels.lesson_frame import begin_lesson, end_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import open_shipped_survey


def _show_shares(ratios: np.ndarray, n_channels: int, n_galaxies: int, layer: str) -> None:
    with st.container(horizontal=True):
        st.metric("Numbers a galaxy", n_channels, help=f"Channels of the layer {layer}.")
        for count in (1, 2, 3):
            if count <= len(ratios):
                st.metric(f"In {'the first' if count == 1 else f'{count} components'}", f"{ratios[:count].sum():.1%}")
    st.altair_chart(explained_variance_chart(ratios))
    st.caption(
        f"{n_galaxies:,} simulated galaxies, layer {layer}; other samples have other shares. The tutorial has 92, 97 "
        "and 98 %, from 256 real ones."
    )


def _show_widths(projection: Projection) -> None:
    ratios = projection.explained_variance_ratio
    st.dataframe(
        {
            "component": [f"PC{number}" for number in range(1, len(ratios) + 1)],
            "explained variance": [f"{ratio:.1%}" for ratio in ratios],
            "standard deviation of the coordinates": projection.coordinates.std(axis=0, ddof=1).round(4),
        },
        hide_index=True,
    )


def _compare_with_svd(features: Features, layer: str, sample: list[str], ratios: np.ndarray) -> None:
    n_components = len(ratios)
    values = features.layers[layer][features.rows(sample)].astype(float)
    by_hand, ratios_by_hand = pca_by_svd(values, n_components)
    unwhitened = project(features, layer, sample, n_components, whiten=False).coordinates
    signs = np.sign((by_hand * unwhitened).sum(axis=0))
    st.markdown(
        f"Largest difference between the two, of a coordinate: **{np.abs(by_hand * signs - unwhitened).max():.1e}**; "
        f"of an explained variance ratio: **{np.abs(ratios_by_hand - ratios).max():.1e}**. Columns whose sign had to "
        f"be turned: **{int((signs < 0).sum())} of {n_components}**."
    )


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("pca"), open_shipped_survey(), shipped_features()
    text = begin_lesson(lesson, opened)

    top = st.container()  # above its controls
    left, right = st.columns(2, gap="large")
    with left:
        sample = choose_sample(opened.survey)
        n_components = choose_components()
    with right:
        layer = choose_layer(list(features.layers))
        whiten = choose_whitening()
    n_channels = features.layers[layer].shape[1]
    n_components = limit_components(n_components, len(sample), n_channels)
    projection = project(features, layer, sample, n_components, whiten=whiten)
    ratios = projection.explained_variance_ratio
    with top:
        _show_shares(ratios, n_channels, len(sample), layer)

    left, right = st.columns(2, gap="large")
    left.markdown(text["idea"])
    right.markdown(text["formula"])

    st.header("Whitening")
    st.container(width=720).markdown(text["whitening"])
    _show_widths(projection)

    st.header("The same by hand")
    st.container(width=720).markdown(text["svd"])
    _compare_with_svd(features, layer, sample, ratios)
    show_code(explained_variance_chart, fit_pca, pca_by_svd, matplotlib=figure_source(lesson))
    end_lesson(lesson, text)

"""Page of the lesson 'Principal components': a sample's features in a few components, and their explained variance."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.pca import fit_pca
from galviz.charts import explained_variance_chart
from galviz.charts.point_colours import colour_numbers
from galviz.course.manifest import find_lesson
from lessons.pca.by_hand import pca_by_svd
from panels.controls import choose_components, choose_layer, choose_whitening, limit_components
from panels.feature_space import project, shipped_features
from panels.point_cloud import N_AXES, CloudPoints, draw_cloud
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey


def _choose() -> tuple[str, list[str], int]:
    """Draw the controls for the layer, the sample and the number of components."""
    layers = shipped_features().layers
    layer = choose_layer(list(layers))
    sample = choose_sample(open_shipped_survey().survey)
    return layer, sample, limit_components(choose_components(), len(sample), layers[layer].shape[1])


def _show_shares(controls: DeltaGenerator) -> None:
    with controls:
        layer, sample, n_components = _choose()
    features = shipped_features()
    ratios = project(features, layer, sample, n_components).explained_variance_ratio
    with st.container(horizontal=True):
        st.metric("Numbers a galaxy", features.layers[layer].shape[1], help=f"Channels of the layer {layer}.")
        for count in (1, 2, 3):
            if count <= len(ratios):
                st.metric(f"In {'the first' if count == 1 else f'{count} components'}", f"{ratios[:count].sum():.1%}")
    st.altair_chart(explained_variance_chart(ratios))
    st.caption(
        f"{len(sample):,} simulated galaxies, layer {layer}; other samples have other shares. The tutorial has 92, 97 "
        "and 98 %, from 256 real ones."
    )


def _show_cloud(controls: DeltaGenerator) -> None:
    with controls:
        layer, sample, n_components = _choose()
    whiten = choose_whitening()
    projection = project(shipped_features(), layer, sample, n_components, whiten=whiten)
    deviations, ratios = projection.coordinates.std(axis=0, ddof=1), projection.explained_variance_ratio
    names = [f"PC{number}" for number in range(1, len(ratios) + 1)]
    draw_cloud(_cloud_points(sample, projection.coordinates, names, whiten), key="pca_cloud")
    st.caption(f"{len(sample):,} simulated galaxies, layer {layer}.")
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(
            {
                "component": names,
                "explained variance": [f"{ratio:.1%}" for ratio in ratios],
                "standard deviation of the coordinates": deviations.round(4),
            },
            hide_index=True,
        )


def _cloud_points(sample: list[str], coordinates: np.ndarray, names: list[str], whiten: bool) -> CloudPoints:
    """Prepare the first components of a sample for the cloud, coloured by the label."""
    survey = open_shipped_survey().survey
    label, shown = survey.label, names[:N_AXES]
    deviations = coordinates.std(axis=0, ddof=1)
    widths = ", ".join(f"{name} {deviation:.3g}" for name, deviation in zip(shown, deviations, strict=False))
    return CloudPoints(
        object_ids=sample,
        coordinates=coordinates,
        colours=colour_numbers(
            survey.catalogue.loc[sample, label.column].to_numpy(float), (label.low, label.high), scheme="spectral"
        ),
        colour_title=label.name,
        titles=shown,
        description=f"Cloud of {len(sample):,} galaxies by {len(shown)} {'whitened ' * whiten}principal components, "
        f"coloured by {label.name}. Standard deviations of the coordinates: {widths}.",
    )


def _compare_with_svd(controls: DeltaGenerator) -> None:
    with controls:
        layer, sample, n_components = _choose()
    features = shipped_features()
    values = features.layers[layer][features.rows(sample)].astype(float)
    by_hand, ratios_by_hand = pca_by_svd(values, n_components)
    projection = project(features, layer, sample, n_components, whiten=False)
    unwhitened, ratios = projection.coordinates, projection.explained_variance_ratio
    signs = np.sign((by_hand * unwhitened).sum(axis=0))
    st.dataframe(
        {
            "component": [f"PC{number}" for number in range(1, n_components + 1)],
            "explained variance by hand": [f"{ratio:.4%}" for ratio in ratios_by_hand],
            "by the library": [f"{ratio:.4%}" for ratio in ratios],
            "sign": ["turned" if sign < 0 else "the same" for sign in signs],
        },
        hide_index=True,
    )
    st.markdown(
        f"Largest difference between the two, of a coordinate: **{np.abs(by_hand * signs - unwhitened).max():.1e}**; "
        f"of an explained variance ratio: **{np.abs(ratios_by_hand - ratios).max():.1e}**. Columns whose sign had to "
        f"be turned: **{int((signs < 0).sum())} of {n_components}**."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("pca")
    steps = [
        Step(
            "Explained variance",
            _show_shares,
            ("idea", "formula"),
            (0, 1),
            code=(explained_variance_chart, fit_pca),
            figure=figure_source(lesson),
        ),
        Step("Whitening", _show_cloud, ("whitening",), (2, 3, 4), code=(fit_pca,)),
        Step("The same by hand", _compare_with_svd, ("svd",), code=(pca_by_svd,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

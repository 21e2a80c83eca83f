"""Page 'Feature space': components, predictions and galaxies as points for any survey and network."""

from functools import partial

import streamlit as st

from galviz.analysis.metrics import prediction_errors
from galviz.analysis.pca import fit_pca
from galviz.charts import (
    column_scatter,
    explained_variance_chart,
    image_scatter,
    prediction_scatter,
    residual_scatter,
    ring_scatter,
)
from galviz.survey.causes import cause_title
from galviz.survey.sample import spread_out
from panels.evaluation import format_correlation
from panels.export import offer_export
from panels.feature_plane import FeatureSpace, Plane, choose_plane, has_truth, open_feature_space
from panels.feature_space import (
    MAX_PICTURES,
    MIN_DISTANCE,
    survey_csv,
    warn_about_domain_shift,
)
from panels.features_source import FeaturesSource, read_source
from panels.lesson_frame import mark_simulated
from panels.links import link_to
from panels.markdown import escape_markdown
from panels.pictures import show_picture
from panels.settings import settings
from panels.source_code import show_code
from panels.surveys import OpenSurvey, open_survey

ALONE_PX = 320


def _introduce(opened: OpenSurvey, source: FeaturesSource) -> None:
    st.title("Feature space")
    if not opened.shipped:
        st.markdown(f"**{opened.counted} of {escape_markdown(opened.survey.folder.name)}, by {source.description}.**")
    elif not source.is_shipped:
        st.markdown(f"**{opened.counted} that come with galviz, by {source.description}.**")
    else:
        st.markdown("**The whole path on one page. With your own galaxies:**")
        st.code("streamlit run app.py -- --survey FOLDER [--label COLUMN] [--model CARD] [--features FILE]")
    mark_simulated(opened)
    warn_about_domain_shift(opened, source)


def _show_single_galaxy(space: FeatureSpace) -> None:
    st.info("A feature space needs at least two galaxies.", icon=":material/info:")
    survey = space.opened.survey
    (object_id,) = survey.object_ids
    show_picture(survey.image(object_id), escape_markdown(object_id), f"Galaxy {object_id}", width_px=ALONE_PX)
    with st.container(horizontal=True):
        for name, value in space.all_labels.loc[object_id].dropna().items():
            shown = f"{value:{space.number_format()}} {space.unit}"
            st.metric(f"{name.capitalize()}: {space.label_name}", shown)


def _explain_missing_labels(space: FeatureSpace, plane: Plane) -> None:
    survey = space.opened.survey
    if survey.label is None:
        st.info("This survey has no label, so there is no ground truth to compare with.", icon=":material/label_off:")
    elif space.has_predictions and survey.label.column != space.label.column:
        name = escape_markdown(survey.label.name)
        st.info(
            f"The network predicts {space.label_name}, but the survey's label is {name}. They aren't compared, but you "
            f"can colour by {name}. To compare, start the app with `--label` and the column of {space.label_name}.",
            icon=":material/label_off:",
        )
    elif not plane.has_truth:
        st.info("No galaxy of this sample has a label.", icon=":material/label_off:")


def _show_plane(space: FeatureSpace, plane: Plane) -> None:
    points, layer, x, y, colour = plane.points, plane.layer, plane.x, plane.y, plane.colour
    if colour is None:
        chart = ring_scatter(points, x, y, space.label)
    else:
        column = space.opened.survey.catalogue.loc[points.index, colour]
        chart = column_scatter(points, x, y, column, space.label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{layer}-{colour}")
    ratios = plane.projection.explained_variance_ratio
    st.caption(
        f"{len(points):,} {space.opened.galaxies}, layer {escape_markdown(layer)}. "
        f"{x} explains {ratios[int(x[2:]) - 1]:.0%} of the variance, {y} {ratios[int(y[2:]) - 1]:.0%}; both are drawn "
        "equally wide."
    )
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export-space")


def _show_pictures(space: FeatureSpace, plane: Plane) -> None:
    points, layer, x, y = plane.points, plane.layer, plane.x, plane.y
    shown = points.iloc[spread_out(points[[x, y]], MAX_PICTURES, min_distance=MIN_DISTANCE)]
    framed_by = "true" if plane.has_truth else "predicted" if space.has_predictions else None
    chart = image_scatter(shown, x, y, space.label, framed_by=framed_by)
    st.altair_chart(chart, key=f"images-{x}-{y}-{layer}")
    framed = "" if framed_by is None else f", framed in the colour of their {framed_by} value"
    st.caption(f"{len(shown)} of the {len(points):,}, selected to be far from each other{framed}.")
    offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export-points")


def _show_errors(space: FeatureSpace) -> None:
    if not has_truth(space.all_labels):
        return
    errors = prediction_errors(space.all_labels["predicted"], space.all_labels["true"])
    digits, unit = space.number_format(extra_digits=1), space.unit
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:{digits}} {unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:{digits}} {unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+{digits}} {unit}", help="Mean of predicted minus true")
        r, meaning = format_correlation(errors)
        st.metric("Correlation", r, help=meaning)
        st.metric(
            "Guessing the mean", f"{errors.spread:{digits}} {unit}", help="RMSE of a constant prediction, the mean"
        )
    st.caption(f"Of all {errors.n:,} {space.opened.galaxies} that have a label. The charts below show the sample.")


def _show_table(space: FeatureSpace, plane: Plane) -> None:
    numbers = plane.points.drop(columns="image")  # full precision; only the display is rounded
    digits = space.number_format(extra_digits=1)
    formats = {name: f"%{digits}" if name in ("true", "predicted") else "%.3f" for name in numbers}
    st.dataframe(
        numbers,
        height=330,
        column_config={name: st.column_config.NumberColumn(format=text) for name, text in formats.items()},
    )
    st.download_button(
        f"Download all {len(plane.features.object_ids):,} galaxies as CSV",
        # called when the button is pressed
        partial(survey_csv, space.opened, plane.features, plane.layer, plane.projection, space.label),
        "feature-space.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="With each galaxy's coordinates on the components fitted to the sample.",
    )


def page() -> None:
    """Draw the page."""
    opened = open_survey()
    source = read_source(opened)
    _introduce(opened, source)
    space = open_feature_space(opened, source)
    if len(space.all_labels) < 2:
        _show_single_galaxy(space)
        return
    chart = st.container()  # above its controls
    plane = choose_plane(space, chart)
    with chart:
        _explain_missing_labels(space, plane)
        _show_plane(space, plane)

    st.header("Galaxies as points")
    _show_pictures(space, plane)

    st.header("Principal components")
    st.altair_chart(explained_variance_chart(plane.projection.explained_variance_ratio))

    st.header("Predictions" if space.has_predictions else "Coordinates")
    if space.has_predictions:
        _show_errors(space)
    else:
        st.caption("These features have no predictions to compare with labels.")
    if plane.has_truth and space.has_predictions:
        left, right = st.columns(2, gap="large")
        left.altair_chart(prediction_scatter(plane.points, space.label))
        right.altair_chart(residual_scatter(plane.points, space.label))
    _show_table(space, plane)
    with st.container(horizontal=True):
        for lesson in settings().lessons:
            if lesson.slug in ("hooks", "pca", "space", "points"):
                link_to(lesson, icon=":material/school:")
    show_code("galviz/features/extraction.py:extract", fit_pca, ring_scatter, image_scatter)

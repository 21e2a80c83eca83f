"""Instrument 'Feature space': the whole path for the survey the app was started with, on one page."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.metrics import prediction_errors
from galviz.analysis.pca import Projection, fit_pca
from galviz.charts import (
    column_scatter,
    explained_variance_chart,
    image_scatter,
    prediction_scatter,
    residual_scatter,
    ring_scatter,
    value_format,
)
from galviz.features.features import Features
from galviz.survey.causes import cause_title
from galviz.survey.label import Label
from galviz.survey.sample import spread_out
from panels.anatomy import mark_simulated
from panels.code import show_code
from panels.colouring import choose_colour
from panels.controls import choose_components, choose_layer, choose_pair, limit_components
from panels.evaluation import correlation_in_words
from panels.export import offer_export
from panels.feature_space import (
    APART,
    MOST_PICTURES,
    all_as_csv,
    points_table,
    project,
    shown_label,
    warn_of_simulations,
)
from panels.links import link_to
from panels.live import features_of
from panels.modules import choose_module
from panels.pictures import show_picture
from panels.plain import plain
from panels.sampling import choose_sample
from panels.settings import settings
from panels.source import Source, read_source
from panels.surveys import OpenSurvey, open_survey

ALONE_PX = 320


@dataclass(frozen=True)
class Space:
    """A survey as a network sees it.

    Attributes
    ----------
    opened : OpenSurvey
    source : Source
    features : Features
        Of all its galaxies.
    label : Label or None
        What charts show: what the network predicts, or without predictions the label of the survey, if it has one.
    everyone : DataFrame
        True and predicted label of all galaxies, as `points_table` has them.
    """

    opened: OpenSurvey
    source: Source
    features: Features
    label: Label | None
    everyone: pd.DataFrame

    @property
    def label_name(self) -> str:
        """Name of the label, as Markdown shows it."""
        return "" if self.label is None else plain(self.label.name)

    @property
    def unit(self) -> str:
        """Unit of the label, as Markdown shows it."""
        return "" if self.label is None else plain(self.label.unit)

    @property
    def predicts(self) -> bool:
        """Whether there are predictions."""
        return self.features.predictions is not None

    def digits(self, *, finer: int = 0) -> str:
        """Format of a value of the label."""
        return ".3f" if self.label is None else value_format(self.label, extra_digits=finer)


@dataclass(frozen=True)
class Plane:
    """A sample of a survey in the plane of two components.

    Attributes
    ----------
    features : Features
        Of all galaxies; of the sample alone if a module was hooked.
    points : DataFrame
        As `points_table`, one row per galaxy.
    projection : Projection
    layer, x, y : str
    colour : str or None
        A column of the catalogue; None for the label and its prediction.
    """

    features: Features
    points: pd.DataFrame
    projection: Projection
    layer: str
    x: str
    y: str
    colour: str | None

    @property
    def labelled(self) -> bool:
        """Whether the label of any galaxy of the sample is known."""
        return _is_labelled(self.points)


def _is_labelled(points: pd.DataFrame) -> bool:
    return "true" in points and bool(points["true"].notna().any())


def _introduce(opened: OpenSurvey, source: Source) -> None:
    st.title("Feature space")
    if not opened.shipped:
        st.markdown(f"**{opened.counted} of {plain(opened.survey.folder.name)}, as {source.seen_by} sees them.**")
    elif not source.is_shipped:
        st.markdown(f"**{opened.counted} that come with galviz, as {source.seen_by} sees them.**")
    else:
        st.markdown("**The whole path on one page. With your own galaxies:**")
        st.code("streamlit run app.py -- --survey FOLDER [--label COLUMN] [--model CARD] [--features FILE]")
    mark_simulated(opened)
    warn_of_simulations(opened, source)


def _open_space(opened: OpenSurvey, source: Source) -> Space:
    """The features of the survey; draws the offer to compute them, and stops the page, where they are not there yet."""
    features = features_of(opened, source)
    label = shown_label(source.card, features, opened.survey.label)
    nowhere = np.empty((len(features.object_ids), 0))
    everyone = points_table(opened, features, nowhere, features.object_ids, label, pictures=False)
    return Space(opened, source, features, label, everyone)


def _show_the_only_galaxy(space: Space) -> None:
    st.info("One galaxy has no feature space: there is nothing that it differs from.", icon=":material/info:")
    survey = space.opened.survey
    (object_id,) = survey.object_ids
    show_picture(survey.image(object_id), plain(object_id), f"Galaxy {object_id}", width_px=ALONE_PX)
    with st.container(horizontal=True):
        for name, value in space.everyone.loc[object_id].dropna().items():
            shown = f"{value:{space.digits()}} {space.unit}"
            st.metric(f"{name.capitalize()}: {space.label_name}", shown)


def _choose_plane(space: Space) -> Plane:
    """Draw the controls, and above them the plane that they decide on; stops the page if there is none."""
    survey, features = space.opened.survey, space.features
    picture = st.container()  # above the controls that decide on it
    left, right = st.columns(2, gap="large")
    with left:
        sample = choose_sample(survey)
        asked = choose_components()
    with right:
        layer = choose_layer(list(features.layers), space.source.card.spec if space.source.file is None else None)
    if space.source.file is None:
        hooked = choose_module(survey, sample, space.source.model)
        if hooked is not None:
            features, layer = hooked, hooked.last_layer
    n_components = limit_components(asked, len(sample), features.layers[layer].shape[1])
    try:
        projection = project(features, layer, sample, n_components)
    except ValueError as error:
        picture.warning(plain(error), icon=":material/info:")
        st.stop()
    points = points_table(space.opened, features, projection.coordinates, sample, space.label)
    with right:
        x, y = choose_pair(n_components)
        colour = choose_colour(
            survey.catalogue.loc[sample],
            labelled=_is_labelled(points),
            predicted=space.predicts,
            mixed=survey.mixed,
            possibly_missing=survey.possibly_missing,
        )
    plane = Plane(features, points, projection, layer, x, y, colour)
    with picture:
        _say_what_is_missing(space, plane)
        _show_plane(space, plane)
    return plane


def _say_what_is_missing(space: Space, plane: Plane) -> None:
    survey = space.opened.survey
    if survey.label is None:
        st.info("This survey has no label: there is no truth to compare with.", icon=":material/label_off:")
    elif space.predicts and survey.label.column != space.label.column:
        st.info(
            f"The network predicts {space.label_name}; the survey's label is {plain(survey.label.name)}. So its "
            "predictions aren't compared with it here, but you can colour by it. To compare, start with `--label` and "
            f"the column of {space.label_name}.",
            icon=":material/label_off:",
        )
    elif not plane.labelled:
        st.info("No galaxy of this sample has a label.", icon=":material/label_off:")


def _show_plane(space: Space, plane: Plane) -> None:
    points, layer, x, y, colour = plane.points, plane.layer, plane.x, plane.y, plane.colour
    if colour is None:
        chart = ring_scatter(points, x, y, space.label)
    else:
        column = space.opened.survey.catalogue.loc[points.index, colour]
        chart = column_scatter(points, x, y, column, space.label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{layer}-{colour}")
    ratios = plane.projection.explained_variance_ratio
    st.caption(
        f"{len(points):,} {space.opened.galaxies}, layer {layer}. {x} explains {ratios[int(x[2:]) - 1]:.0%} of the "
        f"variance, {y} {ratios[int(y[2:]) - 1]:.0%}; both are drawn equally wide."
    )
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export-space")


def _show_pictures(space: Space, plane: Plane) -> None:
    points, layer, x, y = plane.points, plane.layer, plane.x, plane.y
    shown = points.iloc[spread_out(points[[x, y]], MOST_PICTURES, least_apart=APART)]
    framed_by = "true" if plane.labelled else "predicted" if space.predicts else None
    chart = image_scatter(shown, x, y, space.label, framed_by=framed_by)
    st.altair_chart(chart, key=f"images-{x}-{y}-{layer}")
    framed = "" if framed_by is None else f", framed in the colour of their {framed_by} value"
    st.caption(f"{len(shown)} of the {len(points):,}, those farthest from each other{framed}.")
    offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export-points")


def _show_errors(space: Space) -> None:
    if not _is_labelled(space.everyone):
        return
    errors = prediction_errors(space.everyone["predicted"], space.everyone["true"])
    digits, unit = space.digits(finer=1), space.unit
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:{digits}} {unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:{digits}} {unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+{digits}} {unit}", help="Mean of predicted less true")
        r, meaning = correlation_in_words(errors)
        st.metric("Correlation", r, help=meaning)
        st.metric("Guessing the mean", f"{errors.spread:{digits}} {unit}", help="RMSE of always saying the mean")
    st.caption(f"Of all {errors.n:,} {space.opened.galaxies} that have a label. What follows is of the sample.")


def _show_table(space: Space, plane: Plane) -> None:
    numbers = plane.points.drop(columns="image")  # in full: only what is shown of them is short
    digits = space.digits(finer=1)
    formats = {name: f"%{digits}" if name in ("true", "predicted") else "%.3f" for name in numbers}
    st.dataframe(
        numbers,
        height=330,
        column_config={name: st.column_config.NumberColumn(format=each) for name, each in formats.items()},
    )
    st.download_button(
        f"Download all {len(plane.features.object_ids):,} galaxies as CSV",
        # made when it is asked for
        partial(all_as_csv, space.opened, plane.features, plane.layer, plane.projection, space.label),
        "feature-space.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="With each galaxy's place on the axes that the sample decides on.",
    )


def page() -> None:
    """Draw the page."""
    opened = open_survey()
    source = read_source(opened)
    _introduce(opened, source)
    space = _open_space(opened, source)
    if len(space.everyone) < 2:
        _show_the_only_galaxy(space)
        return
    plane = _choose_plane(space)

    st.header("Galaxies as points")
    _show_pictures(space, plane)

    st.header("Principal components")
    st.altair_chart(explained_variance_chart(plane.projection.explained_variance_ratio))

    st.header("Predictions" if space.predicts else "Coordinates")
    if space.predicts:
        _show_errors(space)
    else:
        st.caption("These features come without predictions: there is nothing to compare with labels.")
    if plane.labelled and space.predicts:
        left, right = st.columns(2, gap="large")
        left.altair_chart(prediction_scatter(plane.points, space.label))
        right.altair_chart(residual_scatter(plane.points, space.label))
    _show_table(space, plane)
    with st.container(horizontal=True):
        for lesson in settings().lessons:
            if lesson.slug in ("hooks", "pca", "space", "points"):
                link_to(lesson, icon=":material/school:")
    show_code("galviz/features/extraction.py:extract", fit_pca, ring_scatter, image_scatter)

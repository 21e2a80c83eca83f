"""Instrument 'Feature space': the whole path for the survey the app was started with, on one page."""

from functools import partial

import numpy as np
import streamlit as st

from galviz.charts import (
    column_scatter,
    explained_variance,
    image_scatter,
    residuals,
    ring_scatter,
    true_against_predicted,
    value_format,
)
from galviz.metrics import errors_of
from galviz.projection import fit_pca
from galviz.sample import spread_out
from lessons.galaxies.words import cause_title
from panels.anatomy import mark_simulated
from panels.arguments import read_arguments
from panels.code import show_code
from panels.colouring import choose_colour
from panels.controls import choose_components, choose_layer, choose_pair, limit_components
from panels.evaluation import correlation_in_words
from panels.export import offer_export
from panels.feature_space import (
    APART,
    MOST_PICTURES,
    all_as_csv,
    origin,
    points_table,
    predicted_label,
    project,
    warn_of_simulations,
)
from panels.links import link_to
from panels.live import features_of, open_card
from panels.pictures import show_picture
from panels.plain import plain
from panels.sampling import choose_sample
from panels.settings import settings
from panels.surveys import open_survey

ALONE_PX = 320

opened, arguments = open_survey(), read_arguments()
survey, card = opened.survey, open_card(arguments.model)
seen_by = "the network" if arguments.model is None else f"your network {plain(card.name)}"
st.title("Feature space")
if not opened.shipped:
    st.markdown(f"**{opened.counted} of {plain(survey.folder.name)}, as {seen_by} sees them.**")
elif arguments.model is not None:
    st.markdown(f"**{opened.counted} that come with galviz, as {seen_by} sees them.**")
else:
    st.markdown("**The whole path on one page. With your own galaxies:**")
    st.code("streamlit run app.py -- --survey FOLDER [--label COLUMN] [--model CARD]", language="bash")
mark_simulated(opened)
warn_of_simulations(opened, arguments.model)
features = features_of(opened, arguments.model)
label = predicted_label(card, features, survey.label)
of_values, of_errors = value_format(label), value_format(label, finer=1)
label_name, unit = plain(label.name), plain(label.unit)
everyone = points_table(
    opened, features, np.empty((len(features.object_ids), 0)), features.object_ids, label, pictures=False
)
if len(everyone) < 2:
    st.info("One galaxy has no feature space: there is nothing that it differs from.", icon=":material/info:")
    (object_id,) = survey.object_ids
    show_picture(survey.image(object_id), plain(object_id), f"Galaxy {object_id}", width_px=ALONE_PX)
    with st.container(horizontal=True):
        for name, value in everyone.loc[object_id].dropna().items():
            st.metric(f"{name.capitalize()}: {label_name}", f"{value:{of_values}} {unit}")
    st.stop()

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with left:
    sample = choose_sample(survey)
    asked = choose_components()
with right:
    layer = choose_layer(list(features.layers))
n_components = limit_components(asked, len(sample), features.layers[layer].shape[1])
try:
    projection = project(origin(features), layer, sample, n_components, True, features)
except ValueError as error:
    picture.warning(plain(error), icon=":material/info:")
    st.stop()
points = points_table(opened, features, projection.coordinates, sample, label)
labelled = "true" in points and bool(points["true"].notna().any())
with right:
    x, y = choose_pair(n_components)
    colour = choose_colour(
        survey.catalogue.loc[sample],
        labelled=labelled,
        mixed=survey.mixed,
        possibly_missing=survey.possibly_missing,
    )
with picture:
    if survey.label is None:
        st.info("This survey has no label: there is no truth to compare with.", icon=":material/label_off:")
    elif survey.label.column != label.column:
        st.info(
            f"The network predicts {label_name}; the survey's label is {plain(survey.label.name)}. So its predictions "
            "aren't compared with it here, but you can colour by it. To compare, start with `--label` and the column "
            f"of {label_name}.",
            icon=":material/label_off:",
        )
    elif not labelled:
        st.info("No galaxy of this sample has a label.", icon=":material/label_off:")
    if colour is None:
        chart = ring_scatter(points, x, y, label)
    else:
        chart = column_scatter(points, x, y, survey.catalogue.loc[sample, colour], label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{layer}-{colour}")
    ratios = projection.explained_variance_ratio
    st.caption(
        f"{len(sample):,} {opened.galaxies}, layer {layer}. {x} explains {ratios[int(x[2:]) - 1]:.0%} of the variance, "
        f"{y} {ratios[int(y[2:]) - 1]:.0%}; both are drawn equally wide."
    )
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export-space")

st.header("Galaxies as points")
shown = points.iloc[spread_out(points[[x, y]], MOST_PICTURES, least_apart=APART)]
framed_by = "true" if labelled else "predicted"
chart = image_scatter(shown, x, y, label, framed_by=framed_by)
st.altair_chart(chart, key=f"images-{x}-{y}-{layer}")
st.caption(
    f"{len(shown)} of the {len(sample):,}, those farthest from each other, framed in the colour of their {framed_by} "
    "value."
)
offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export-points")

st.header("Principal components")
st.altair_chart(explained_variance(ratios))

st.header("Predictions")
if "true" in everyone and everyone["true"].notna().any():
    errors = errors_of(everyone["predicted"], everyone["true"])
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:{of_errors}} {unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:{of_errors}} {unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+{of_errors}} {unit}", help="Mean of predicted less true")
        r, meaning = correlation_in_words(errors)
        st.metric("Correlation", r, help=meaning)
        st.metric("Guessing the mean", f"{errors.spread:{of_errors}} {unit}", help="RMSE of always saying the mean")
    st.caption(f"Of all {errors.n:,} {opened.galaxies} that have a label. What follows is of the sample.")
if labelled:
    left, right = st.columns(2, gap="large")
    left.altair_chart(true_against_predicted(points, label))
    right.altair_chart(residuals(points, label))
numbers = points.drop(columns="image")  # in full: only what is shown of them is short
formats = {name: f"%{of_errors}" if name in ("true", "predicted") else "%.3f" for name in numbers}
st.dataframe(
    numbers,
    height=330,
    column_config={name: st.column_config.NumberColumn(format=digits) for name, digits in formats.items()},
)
st.download_button(
    f"Download all {len(everyone):,} galaxies as CSV",
    partial(all_as_csv, opened, features, layer, projection, label),  # made when it is asked for
    "feature-space.csv",
    "text/csv",
    icon=":material/download:",
    on_click="ignore",
    help="With each galaxy's place on the axes that the sample decides on.",
)
with st.container(horizontal=True):
    for lesson in settings().lessons:
        if lesson.slug in ("hooks", "pca", "space", "points"):
            link_to(lesson, icon=":material/school:")
show_code("galviz/activations.py:extract", fit_pca, ring_scatter, image_scatter)

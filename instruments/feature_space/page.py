"""Instrument 'Feature space': the whole path for the survey the app was started with, on one page."""

import streamlit as st

from galviz.charts import column_scatter, image_scatter, ring_scatter
from galviz.metrics import errors_of
from galviz.sample import spread_out
from lessons.galaxies.words import cause_title
from panels.anatomy import mark_simulated
from panels.arguments import read_arguments
from panels.colouring import choose_colour
from panels.controls import choose_components, choose_layer, choose_pair
from panels.feature_space import APART, MOST_PICTURES, origin, points_table, predicted_label, project, shipped_features
from panels.live import features_of, open_card
from panels.sampling import choose_sample
from panels.surveys import open_survey

opened, arguments = open_survey(), read_arguments()
survey, own_network = opened.survey, arguments.model is not None
st.title("Your own survey" if not opened.shipped else "Any survey")
if opened.shipped:
    st.markdown("**The whole path on one page. With your own galaxies:**")
    st.code("streamlit run app.py -- --survey FOLDER [--label COLUMN] [--model CARD]", language="bash")
    mark_simulated(opened)
else:
    st.markdown(f"**{len(survey.object_ids):,} galaxies of {survey.folder.name}, as the network sees them.**")
    if not own_network:
        st.warning(
            "This network learnt from simulated galaxies alone. Of yours its predictions may be off: compare them with "
            "labels before you rely on them.",
            icon=":material/science:",
        )
card = open_card(arguments.model)
features = shipped_features() if opened.shipped and not own_network else features_of(opened, arguments.model)
label = predicted_label(card, features, survey.label)

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with left:
    sample = choose_sample(survey)
    asked = choose_components()
with right:
    layer = choose_layer(list(features.layers))
if len(sample) < 2:
    picture.info("One galaxy has no feature space: there is nothing that it differs from.", icon=":material/info:")
    st.metric(f"Predicted {label.name}", f"{features.predictions[features.rows(sample)][0]:.2f} {label.unit}")
    st.stop()
most = min(len(sample), features.layers[layer].shape[1])
n_components = min(asked, most)
if n_components < asked:
    st.info(f"{len(sample)} galaxies have at most {most} components.", icon=":material/info:")
try:
    projection = project(origin(features), layer, sample, n_components, True, features)
except ValueError as error:
    picture.warning(str(error), icon=":material/info:")
    st.stop()
points = points_table(opened, features, projection.coordinates, sample, label)
labelled = "true" in points and bool(points["true"].notna().any())
with right:
    x, y = choose_pair(n_components)
    colour = choose_colour(survey.catalogue.loc[sample])
with picture:
    if survey.label is None:
        st.info("This survey has no label: there is no truth to compare with.", icon=":material/label_off:")
    elif survey.label.column != label.column:
        st.info(
            f"The network predicts {label.name}; the survey's label is {survey.label.name}. So its predictions aren't "
            f"compared with it here, but you can colour by it. To compare, start with `--label` and the column of "
            f"{label.name}.",
            icon=":material/label_off:",
        )
    elif not labelled:
        st.info("No galaxy of this sample has a label.", icon=":material/label_off:")
    if colour is None:
        st.altair_chart(ring_scatter(points, x, y, label), key=f"chart-{x}-{y}-{layer}")
    else:
        chart = column_scatter(points, x, y, survey.catalogue.loc[sample, colour], label, title=cause_title(colour))
        st.altair_chart(chart, key=f"chart-{x}-{y}-{layer}-{colour}")
    ratios = projection.explained_variance_ratio
    st.caption(
        f"{len(sample):,} {opened.galaxies}, layer {layer}. {x} explains {ratios[int(x[2:]) - 1]:.0%} of the variance, "
        f"{y} {ratios[int(y[2:]) - 1]:.0%}; both are drawn equally wide."
    )

st.header("Galaxies as points")
shown = points.iloc[spread_out(points[[x, y]], MOST_PICTURES, least_apart=APART)]
framed_by = "true" if labelled else "predicted"
st.altair_chart(image_scatter(shown, x, y, label, framed_by=framed_by), key=f"images-{x}-{y}-{layer}")
st.caption(
    f"{len(shown)} of the {len(sample):,}, those farthest from each other, framed in the colour of their {framed_by} "
    "value."
)

st.header("Predictions")
if labelled:
    errors = errors_of(points["predicted"], points["true"])
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:.3f} {label.unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:.3f} {label.unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+.3f} {label.unit}", help="Mean of predicted less true")
        st.metric("Correlation", f"{errors.correlation:.2f}" if errors.n > 2 else "–", help="Pearson's r")
        st.metric("Guessing the mean", f"{errors.spread:.3f} {label.unit}", help="RMSE of always saying the mean")
    st.caption(f"Of the {errors.n:,} galaxies of the sample that have a label.")
table = points.drop(columns="image")
st.dataframe(table.round(3), height=330)
st.download_button(
    "Download the sample as CSV", table.to_csv(), "feature-space.csv", "text/csv", icon=":material/download:"
)

"""Page of the lesson 'The feature space': galaxies in the plane of two components, coloured by what you like."""

import streamlit as st

from galviz.alignment import head_alignment
from galviz.charts import column_scatter, ring_scatter
from galviz.projection import fit_pca
from lessons import lesson
from lessons.galaxies.words import cause_title
from lessons.space.words import turning_point
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.colouring import choose_colour
from panels.controls import choose_components, choose_layer, choose_pair, limit_components
from panels.export import offer_export
from panels.feature_space import align_head, origin, points_table, project, shipped_features
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

# Fewer galaxies than components and this, and a regression on them says nothing.
LEAST_BESIDE = 2

LESSON = lesson("space")
opened, features = open_shipped_survey(), shipped_features()
TEXT = begin(LESSON, opened)
catalogue, label = opened.survey.catalogue, opened.survey.label

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with left:
    sample = choose_sample(opened.survey)
    asked = choose_components()
with right:
    layer = choose_layer(list(features.layers))
    n_components = limit_components(asked, len(sample), features.layers[layer].shape[1])
    x, y = choose_pair(n_components)
    colour = choose_colour(catalogue.loc[sample])
projection = project(origin(features), layer, sample, n_components, True, features)
points = points_table(opened, features, projection.coordinates, sample, label)
with picture:
    if colour is None:
        chart = ring_scatter(points, x, y, label)
    else:
        chart = column_scatter(points, x, y, catalogue.loc[sample, colour], label, title=cause_title(colour))
    st.altair_chart(chart, key=f"chart-{x}-{y}-{colour}-{layer}")
    st.caption(f"{len(sample):,} simulated galaxies, layer {layer}. Point at one to see it.")
    offer_export(chart, f"feature-space-{layer}-{x}-{y}", key="export")

left, right = st.columns(2, gap="large")
left.markdown(TEXT["reading"])
with right:
    st.markdown(TEXT["swoosh"])
    turn = turning_point(points["true"], points[y])
    if turn is None:
        st.markdown(f"In your sample {y} doesn't turn over.")
    else:
        st.markdown(f"In your sample a parabola fitted to {y} turns over at a metallicity of **{turn:.1f}**.")

st.header("What is there by construction")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["head"])
with right:
    truth = catalogue.loc[sample, label.column].to_numpy(float)
    if len(sample) < n_components + LEAST_BESIDE:
        st.info(
            f"{n_components} axes fitted to {len(sample)} labels fit any: take more galaxies, or fewer components.",
            icon=":material/info:",
        )
    else:
        found = align_head(origin(features), sample, n_components, features, truth)
        st.dataframe(
            {
                "component": [f"PC{number}" for number in range(1, n_components + 1)],
                "cosine to head": found.cosines,
                "r with predicted": found.prediction_correlations,
            },
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.2f") for name in ("cosine to head", "r with predicted")
            },
        )
        st.markdown(
            f"Of the features' variance, **{found.head_variance_ratio:.0%}** lies along the head's direction. The "
            f"components explain **{found.label_r2:.0%}** of the true metallicity's variance; those of features from "
            f"which that direction was taken out, **{found.label_r2_without_head:.0%}**. By chance alone "
            f"{n_components} axes would explain {n_components / (len(sample) - 1):.0%} of {len(sample):,} galaxies."
        )
        st.caption(f"Layer features, {n_components} components, {len(sample):,} galaxies.")
show_code(
    ring_scatter,
    fit_pca,
    head_alignment,
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)

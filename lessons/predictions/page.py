"""Page of the lesson 'Predictions': true against predicted, three numbers for the errors, the worst misses."""

import pandas as pd
import streamlit as st

from galviz.charts import residuals, true_against_predicted
from galviz.head import read_head
from galviz.metrics import errors_of
from lessons import lesson
from lessons.predictions.words import same_galaxies
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.feature_space import shipped_features, thumbnails
from panels.pictures import show_grid
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

WORST = 8
CROP_PX = 72

LESSON = lesson("predictions")
opened, features = open_shipped_survey(), shipped_features()
TEXT = begin(LESSON, opened)
catalogue, label = opened.survey.catalogue, opened.survey.label

picture = st.container()  # above the controls that decide on it
sample = choose_sample(opened.survey)
truth = catalogue.loc[sample, label.column].to_numpy(float)
predicted = features.predictions[features.rows(sample)]
results = pd.DataFrame({"true": truth, "predicted": predicted}, index=pd.Index(sample, name="objID"))
results["error"] = results["predicted"] - results["true"]
errors = errors_of(predicted, truth)
floor = float(catalogue.loc[sample, "metallicity_scatter_dex"].std())
with picture:
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:.3f} {label.unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:.3f} {label.unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+.3f} {label.unit}".replace("-", "−"), help="Mean of predicted less true")
        st.metric("Guessing the mean", f"{errors.spread:.3f} {label.unit}", help="RMSE of always saying the mean")
        st.metric("Floor: the scatter", f"{floor:.3f} {label.unit}", help="Drawn at random, so in no picture")
    points = results.assign(image=thumbnails(opened, sample).to_numpy())
    left, right = st.columns(2, gap="large")
    left.altair_chart(true_against_predicted(points, label))
    right.altair_chart(residuals(points, label))
    st.caption(
        f"{len(sample):,} simulated galaxies that the network never learnt from; all numbers above are theirs. Orange: "
        "where both are equal."
    )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["numbers"])
with right:
    st.markdown(TEXT["table"])
    st.dataframe(
        results, height=330, column_config=dict.fromkeys(results, st.column_config.NumberColumn(format="%.3f"))
    )

st.header("The worst misses")
st.container(width=720).markdown(TEXT["misses"])
worst = results["error"].abs().nlargest(WORST).index
captions = [f"{results['true'][one]:.2f} → {results['predicted'][one]:.2f}" for one in worst]
show_grid(
    opened.survey,
    worst,
    captions,
    [f"Galaxy {one}, true → predicted {c}" for one, c in zip(worst, captions, strict=True)],
    side_px=CROP_PX,
)
st.caption("Below each: true → predicted.")

st.header("Are these the same galaxies?")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["same-batch"])
with right:
    check = same_galaxies(features.layers["features"][features.rows(sample)], predicted, truth, read_head())
    st.markdown(
        f"RMSE with the labels shifted by one row: **{check.slipped_rmse:.3f} {label.unit}**, instead of "
        f"{errors.rmse:.3f}. Guessing the mean: {errors.spread:.3f}."
    )
    st.markdown(
        f"Largest difference of the {len(sample):,} predictions from features times head: "
        f"**{check.apart:.0e} {label.unit}**. With the rows shifted by one: "
        f"**{check.slipped_apart:.1f} {label.unit}**."
    )
show_code(
    true_against_predicted,
    residuals,
    errors_of,
    same_galaxies,
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)

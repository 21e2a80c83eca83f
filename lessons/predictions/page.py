"""Page of the lesson 'Predictions': true against predicted values, measures of the errors, and the largest errors."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.metrics import Errors, prediction_errors
from galviz.charts import prediction_scatter, residual_scatter
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.network.head import read_head
from galviz.survey.survey import Survey
from lessons.predictions.words import same_galaxies
from panels.feature_space import shipped_features, thumbnails
from panels.lesson_frame import begin_lesson, end_lesson
from panels.pictures import show_grid
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import OpenSurvey, open_shipped_survey

WORST = 8
CROP_PX = 72


def _table_of_results(survey: Survey, features: Features, sample: list[str]) -> pd.DataFrame:
    """True and predicted label of each galaxy of a sample, and the error of the prediction."""
    truth = survey.catalogue.loc[sample, survey.label.column].to_numpy(float)
    predicted = features.predictions[features.rows(sample)]
    results = pd.DataFrame({"true": truth, "predicted": predicted}, index=pd.Index(sample, name="objID"))
    results["error"] = results["predicted"] - results["true"]
    return results


def _show_errors(opened: OpenSurvey, results: pd.DataFrame, errors: Errors) -> None:
    label, sample = opened.survey.label, list(results.index)
    floor = float(opened.survey.catalogue.loc[sample, "metallicity_scatter_dex"].std())
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:.3f} {label.unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:.3f} {label.unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+.3f} {label.unit}".replace("-", "−"), help="Mean of predicted less true")
        st.metric("Guessing the mean", f"{errors.spread:.3f} {label.unit}", help="RMSE of always saying the mean")
        st.metric("Floor: the scatter", f"{floor:.3f} {label.unit}", help="Drawn at random, so no image contains it")
    points = results.assign(image=thumbnails(opened, sample).to_numpy())
    left, right = st.columns(2, gap="large")
    left.altair_chart(prediction_scatter(points, label))
    right.altair_chart(residual_scatter(points, label))
    st.caption(
        f"{len(sample):,} simulated galaxies that the network never learnt from; all numbers above are theirs. Orange: "
        "where both are equal."
    )


def _show_worst(survey: Survey, results: pd.DataFrame) -> None:
    worst = results["error"].abs().nlargest(WORST).index
    captions = [f"{results['true'][one]:.2f} → {results['predicted'][one]:.2f}" for one in worst]
    descriptions = [f"Galaxy {one}, true → predicted {c}" for one, c in zip(worst, captions, strict=True)]
    show_grid(survey, worst, captions, descriptions, side_px=CROP_PX)
    st.caption("Below each: true → predicted.")


def _check_rows(values: np.ndarray, results: pd.DataFrame, errors: Errors, unit: str) -> None:
    """Show the effect of shifting predictions by one row on their agreement with labels and features."""
    check = same_galaxies(values, results["predicted"].to_numpy(), results["true"].to_numpy(), read_head())
    st.markdown(
        f"RMSE with the labels shifted by one row: **{check.slipped_rmse:.3f} {unit}**, instead of "
        f"{errors.rmse:.3f}. Guessing the mean: {errors.spread:.3f}."
    )
    st.markdown(
        f"Largest difference of the {len(results):,} predictions from features times head: "
        f"**{check.apart:.0e} {unit}**. With the rows shifted by one: **{check.slipped_apart:.1f} {unit}**."
    )


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("predictions"), open_shipped_survey(), shipped_features()
    text = begin_lesson(lesson, opened)

    top = st.container()  # above its controls
    sample = choose_sample(opened.survey)
    results = _table_of_results(opened.survey, features, sample)
    errors = prediction_errors(results["predicted"], results["true"])
    with top:
        _show_errors(opened, results, errors)

    left, right = st.columns(2, gap="large")
    left.markdown(text["numbers"])
    with right:
        st.markdown(text["table"])
        st.dataframe(
            results, height=330, column_config=dict.fromkeys(results, st.column_config.NumberColumn(format="%.3f"))
        )

    st.header("The worst misses")
    st.container(width=720).markdown(text["misses"])
    _show_worst(opened.survey, results)

    st.header("Are these the same galaxies?")
    left, right = st.columns(2, gap="large")
    left.markdown(text["same-batch"])
    with right:
        values = features.layers["features"][features.rows(sample)]
        _check_rows(values, results, errors, opened.survey.label.unit)
    show_code(
        prediction_scatter,
        residual_scatter,
        prediction_errors,
        same_galaxies,
        matplotlib=figure_source(lesson),
    )
    end_lesson(lesson, text)

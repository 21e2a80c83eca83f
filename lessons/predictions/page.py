"""Page of the lesson 'Predictions': true against predicted values, measures of the errors, and the largest errors."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.metrics import prediction_errors
from galviz.charts import prediction_scatter, residual_scatter
from galviz.course.manifest import find_lesson
from galviz.network.head import read_head
from lessons.predictions.words import same_galaxies
from panels.feature_space import shipped_features, thumbnails
from panels.pictures import show_grid
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

WORST = 8
CROP_PX = 72


def _choose_results(controls: DeltaGenerator) -> pd.DataFrame:
    """Draw the control for the sample; return true and predicted metallicity and the error, one row per galaxy."""
    opened, features = open_shipped_survey(), shipped_features()
    with controls:
        sample = choose_sample(opened.survey)
    truth = opened.survey.catalogue.loc[sample, opened.survey.label.column].to_numpy(float)
    predicted = features.predictions[features.rows(sample)]
    results = pd.DataFrame({"true": truth, "predicted": predicted}, index=pd.Index(sample, name="objID"))
    results["error"] = results["predicted"] - results["true"]
    return results


def _with_pictures(results: pd.DataFrame) -> pd.DataFrame:
    return results.assign(image=thumbnails(open_shipped_survey(), list(results.index)).to_numpy())


def _show_predictions(controls: DeltaGenerator) -> None:
    results = _choose_results(controls)
    st.altair_chart(prediction_scatter(_with_pictures(results), open_shipped_survey().survey.label))
    st.caption(
        f"{len(results):,} simulated galaxies, held out from the network's training. Orange line: predicted = true. "
        "Point at a dot to see its image."
    )


def _show_errors(controls: DeltaGenerator) -> None:
    survey, results = open_shipped_survey().survey, _choose_results(controls)
    errors, unit = prediction_errors(results["predicted"], results["true"]), survey.label.unit
    floor = float(survey.catalogue.loc[results.index, "metallicity_scatter_dex"].std())
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:.3f} {unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:.3f} {unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+.3f} {unit}".replace("-", "−"), help="Mean of predicted minus true")
        st.metric(
            "Guessing the mean",
            f"{errors.spread:.3f} {unit}",
            help="Baseline: RMSE if the mean is predicted for every galaxy",
        )
        st.metric(
            "Floor: the scatter",
            f"{floor:.3f} {unit}",
            help="Standard deviation of the random scatter in the labels, which no image contains",
        )
    st.altair_chart(residual_scatter(_with_pictures(results), survey.label))
    st.caption(f"{len(results):,} simulated galaxies, which the numbers above refer to. Orange line: no error.")


def _show_worst(controls: DeltaGenerator) -> None:
    results = _choose_results(controls)
    worst = results["error"].abs().nlargest(WORST).index
    pairs = results.loc[worst, ["true", "predicted"]].to_numpy()
    captions = [f"{true:.2f} → {predicted:.2f}" for true, predicted in pairs]
    descriptions = [
        f"Galaxy {object_id}, true → predicted {caption}" for object_id, caption in zip(worst, captions, strict=True)
    ]
    show_grid(open_shipped_survey().survey, worst, captions, descriptions, side_px=CROP_PX, columns=4)
    st.caption("Below each image: true → predicted metallicity.")


def _show_table(controls: DeltaGenerator) -> None:
    results = _choose_results(controls)
    st.dataframe(
        results, height=430, column_config=dict.fromkeys(results, st.column_config.NumberColumn(format="%.3f"))
    )


def _check_rows(controls: DeltaGenerator) -> None:
    """Show how a shift by one row changes the agreement of predictions with labels and features."""
    features, results, unit = shipped_features(), _choose_results(controls), open_shipped_survey().survey.label.unit
    errors = prediction_errors(results["predicted"], results["true"])
    values = features.layers["features"][features.rows(list(results.index))]
    check = same_galaxies(values, results["predicted"].to_numpy(), results["true"].to_numpy(), read_head())
    st.markdown(
        f"RMSE with the labels shifted by one row: **{check.slipped_rmse:.3f} {unit}**, instead of "
        f"{errors.rmse:.3f}. Baseline, guessing the mean: {errors.spread:.3f}."
    )
    st.markdown(
        f"Largest difference between the {len(results):,} predictions and features times head: "
        f"**{check.apart:.0e} {unit}**. With the rows shifted by one: **{check.slipped_apart:.1f} {unit}**."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("predictions")
    steps = [
        Step(
            "Predicted against true",
            _show_predictions,
            ("ends",),
            (1,),
            code=(prediction_scatter,),
            figure=figure_source(lesson),
        ),
        Step(
            "Measures of the error",
            _show_errors,
            ("numbers", "compare"),
            (0, 3),
            code=(residual_scatter, prediction_errors),
        ),
        Step("Outliers", _show_worst, ("misses",)),
        Step("Match by objID", _show_table, ("table",), (2,)),
        Step("Row order", _check_rows, ("same-batch",), code=(same_galaxies,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

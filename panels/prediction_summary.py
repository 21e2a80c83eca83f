"""The errors of predictions: of all galaxies, or of the selected ones."""

from typing import TYPE_CHECKING

import streamlit as st

from galviz.analysis.metrics import prediction_errors
from galviz.charts.predictions import prediction_scatter, residual_scatter
from galviz.survey.sample import draw_sample
from panels.evaluation import format_correlation
from panels.markdown import escape_markdown
from panels.sampling import MAX_SAMPLE_SIZE
from panels.selection import are_among
from panels.survey_features import predicts_another_quantity

if TYPE_CHECKING:
    from panels.galaxy_table import GalaxyTable
    from panels.instrument import FeatureSpace
    from panels.selection import Selection


def show_predictions(space: "FeatureSpace", selection: "Selection", table: "GalaxyTable") -> None:
    """Draw the errors and the charts of predicted against true values, of the selection if there is one."""
    if table.predicted is None:
        st.info(_why_no_predictions(space), icon=":material/label_off:")
        return
    if table.true is None or table.residual is None or not table.data[table.residual].notna().any():
        st.info(_why_not_compared(space), icon=":material/label_off:")
        return
    labels = space.all_labels.dropna(subset="true")
    if selection.ids:
        labels = labels[are_among(labels.index, selection.ids)]
        if labels.empty:
            st.info("No selected galaxy has a label.", icon=":material/label_off:")
            return
    errors = prediction_errors(labels["predicted"], labels["true"])
    digits, unit = space.number_format(extra_digits=1), space.unit
    with st.container(horizontal=True):
        st.metric("RMSE", f"{errors.rmse:{digits}} {unit}", help="Root-mean-square error")
        st.metric("NMAD", f"{errors.nmad:{digits}} {unit}", help="1.4826 times the median absolute deviation")
        st.metric("Bias", f"{errors.bias:+{digits}} {unit}", help="Mean of predicted minus true")
        r, meaning = format_correlation(errors)
        st.metric("Correlation", r, help=meaning)
        st.metric("RMSE of the mean", f"{errors.spread:{digits}} {unit}", help="Of a constant prediction, the mean")
    which = f"the {errors.n:,} selected" if selection.ids else f"all {errors.n:,}"
    shown = draw_sample(list(labels.index), min(len(labels), MAX_SAMPLE_SIZE))
    sample = "" if len(shown) == len(labels) else f" The charts show a random {len(shown):,} of them."
    st.altair_chart(prediction_scatter(labels.loc[shown], space.label), key="predictions")
    st.altair_chart(residual_scatter(labels.loc[shown], space.label), key="residuals")
    st.caption(f"Of {which} {space.opened.galaxies} that have a label.{sample}")


def _why_no_predictions(space: "FeatureSpace") -> str:
    if predicts_another_quantity(space.opened, space.source):
        return (
            f"The network predicts another quantity than {space.label_name}, the label that you chose. Without this "
            "label, pages show its predictions."
        )
    return "These features have no predictions."


def _why_not_compared(space: "FeatureSpace") -> str:
    truth = space.opened.survey.label
    if truth is None:
        return "This survey has no label, so there is no ground truth to compare with."
    if space.label is not None and truth.column != space.label.column:
        remedy = "start the app with its column as `--label`"
        if space.opened.private:
            remedy = "choose its column under Label in Your galaxies"
        return (
            f"The network predicts {space.label_name}, but the survey's label is {escape_markdown(truth.name)}. If the "
            f"survey has {space.label_name}, too, {remedy} to compare them."
        )
    return "No galaxy has a label."

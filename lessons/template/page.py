"""Page of the lesson 'template'."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import label_histogram
from galviz.course.manifest import find_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey


def _show_mean(controls: DeltaGenerator) -> None:
    """Draw the labels of a sample, and their mean."""
    survey = open_shipped_survey().survey
    label = survey.label
    with controls:
        sample = choose_sample(survey)
    values = survey.catalogue.loc[sample, label.column]
    st.altair_chart(label_histogram(values, f"{label.name} [{label.unit}]", marked_ids=[]))
    st.caption(f"{len(sample):,} simulated galaxies.")
    st.markdown(f"The mean of your sample is **{values.mean():.2f} {label.unit}**.")


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("template")
    steps = [
        Step("One idea", _show_mean, ("idea",), (0,), code=(label_histogram,), figure=figure_source(lesson)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

"""Page of the lesson 'template'."""

import streamlit as st

from galviz.charts import label_histogram
from galviz.course.manifest import find_lesson
from panels.lesson_frame import begin_lesson, end_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import open_shipped_survey


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("template"), open_shipped_survey()
    text = begin_lesson(lesson, opened)
    catalogue, label = opened.survey.catalogue, opened.survey.label

    top = st.container()  # above its controls
    sample = choose_sample(opened.survey)
    values = catalogue.loc[sample, label.column]
    with top:
        st.altair_chart(label_histogram(values, f"{label.name} [{label.unit}]", marked_ids=[]))
        st.caption(f"{len(sample):,} simulated galaxies.")

    st.container(width=720).markdown(text["idea"])
    st.markdown(f"In your sample the mean is **{values.mean():.2f} {label.unit}**.")
    show_code(label_histogram, matplotlib=figure_source(lesson))
    end_lesson(lesson, text)

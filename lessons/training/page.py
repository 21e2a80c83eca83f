"""Page of the lesson 'Training': the error by epoch with its lower bound, and the learning rate."""

import numpy as np
import streamlit as st

from galviz.charts import learning_rate_chart, loss_chart
from galviz.course.manifest import find_lesson
from galviz.network.card import ModelCard, read_card
from galviz.survey.survey import Survey
from galviz.training.duration import format_duration
from galviz.training.schedule import one_cycle
from lessons.training.words import Phase, phases_of
from panels.lesson_frame import begin_lesson, end_lesson
from panels.source_code import figure_source, show_code
from panels.surveys import open_shipped_survey

# Points per epoch at which the learning rate is drawn.
_POINTS = 60


def _show_losses(survey: Survey, card: ModelCard) -> None:
    catalogue, label, epochs = survey.catalogue, survey.label, card.training["epochs"]
    floor = float(catalogue["metallicity_scatter_dex"].std())
    guessing = float(catalogue[label.column].std())
    st.altair_chart(loss_chart(epochs, label, floor=floor))
    st.caption(
        f"Orange line: the scatter drawn at random, {floor:#.2g} {label.unit}. The error can't fall below it; how much "
        f"more pictures hide isn't known. Always guessing the mean would give {guessing:.2g} {label.unit}. Both of all "
        f"{len(catalogue):,} galaxies of the course's survey."
    )
    steps = card.training["n_training"] // card.training["recipe"]["batch_size"] * len(epochs)
    with st.container(horizontal=True):
        st.metric("Training galaxies", f"{card.training['n_training']:,}")
        st.metric("Kept apart", f"{card.training['n_validation']:,}")
        st.metric("Epochs", len(epochs))
        st.metric("Steps", f"{steps:,}", help="Number of batches; after each, the optimiser updates all weights.")
        st.metric("Time", format_duration(card.training["seconds"]), help=card.training["processor"])


def _show_learning_rate(phases: list[Phase]) -> None:
    rates = np.concatenate([one_cycle(phase.lr, _POINTS * phase.epochs) for phase in phases])
    names = np.repeat([phase.name for phase in phases], [_POINTS * phase.epochs for phase in phases])
    st.altair_chart(learning_rate_chart(rates, phases=names))


def page() -> None:
    """Draw the page."""
    lesson, opened, card = find_lesson("training"), open_shipped_survey(), read_card()
    text = begin_lesson(lesson, opened)
    _show_losses(opened.survey, card)
    left, right = st.columns(2, gap="large")
    left.markdown(text["loss"])
    right.markdown(text["validation"])

    st.header("The learning rate")
    phases = phases_of(card.training["recipe"])
    _show_learning_rate(phases)
    left, right = st.columns(2, gap="large")
    left.markdown(text["one-cycle"])
    right.markdown(text["phases"])
    st.dataframe(
        [
            {"what": phase.name, "epochs": phase.epochs, "image side [px]": phase.side_px, "highest rate": phase.lr}
            for phase in phases
        ],
        hide_index=True,
    )

    st.header("The floor")
    st.container(width=720).markdown(text["floor"])
    show_code(
        loss_chart,
        learning_rate_chart,
        "galviz/training/fitting.py:fit",
        one_cycle,
        matplotlib=figure_source(lesson),
    )
    end_lesson(lesson, text)

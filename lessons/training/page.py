"""Page of the lesson 'Training': the error by epoch with its lower bound, and the learning rate."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import learning_rate_chart, loss_chart
from galviz.course.manifest import find_lesson
from galviz.network.card import read_card
from galviz.training.duration import format_duration
from galviz.training.schedule import one_cycle
from lessons.training.words import phases_of
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

# Points per epoch at which the learning rate is drawn.
_POINTS = 60


def _show_losses(controls: DeltaGenerator) -> None:  # it has none
    survey, card = open_shipped_survey().survey, read_card()
    catalogue, label, epochs = survey.catalogue, survey.label, card.training["epochs"]
    floor = float(catalogue["metallicity_scatter_dex"].std())
    guessing = float(catalogue[label.column].std())
    st.altair_chart(loss_chart(epochs, label, floor=floor))
    st.caption(
        f"Orange line: the scatter drawn at random, {floor:#.2g} {label.unit}. The error can't fall below it; how much "
        f"more pictures hide isn't known. Always guessing the mean would give {guessing:.2g} {label.unit}. Both of all "
        f"{len(catalogue):,} galaxies of the course's survey."
    )


def _show_numbers(controls: DeltaGenerator) -> None:
    """Draw the error of both sets, and the numbers of the training."""
    _show_losses(controls)
    card = read_card()
    epochs = card.training["epochs"]
    steps = card.training["n_training"] // card.training["recipe"]["batch_size"] * len(epochs)
    with st.container(horizontal=True):
        st.metric("Training galaxies", f"{card.training['n_training']:,}")
        st.metric("Kept apart", f"{card.training['n_validation']:,}")
        st.metric("Epochs", len(epochs))
        st.metric("Steps", f"{steps:,}", help="Number of batches; after each, the optimiser updates all weights.")
        st.metric("Time", format_duration(card.training["seconds"]), help=card.training["processor"])


def _show_learning_rate(controls: DeltaGenerator) -> None:  # it has none
    phases = phases_of(read_card().training["recipe"])
    rates = np.concatenate([one_cycle(phase.lr, _POINTS * phase.epochs) for phase in phases])
    names = np.repeat([phase.name for phase in phases], [_POINTS * phase.epochs for phase in phases])
    st.altair_chart(learning_rate_chart(rates, phases=names))


def _show_phases(controls: DeltaGenerator) -> None:
    """Draw the table of phases below the learning rate."""
    _show_learning_rate(controls)
    st.dataframe(
        [
            {"what": phase.name, "epochs": phase.epochs, "image side [px]": phase.side_px, "highest rate": phase.lr}
            for phase in phases_of(read_card().training["recipe"])
        ],
        hide_index=True,
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("training")
    steps = [
        Step(
            "The error by epoch",
            _show_losses,
            ("loss",),
            (0,),
            code=(loss_chart, "galviz/training/fitting.py:fit"),
            figure=figure_source(lesson),
        ),
        Step("Two curves", _show_numbers, ("validation",)),
        Step("The learning rate", _show_learning_rate, ("one-cycle",), (3,), code=(learning_rate_chart, one_cycle)),
        Step("Phases", _show_phases, ("phases",), (2,)),
        Step("The floor", _show_losses, ("floor",), (1,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

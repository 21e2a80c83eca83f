"""Page of the lesson 'Training': the error by epoch with its lower bound, and the learning rate."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import learning_rate_chart, loss_chart
from galviz.charts.descent import descent_chart, descent_error_chart, weight_grid
from galviz.course.manifest import find_lesson
from galviz.network.card import read_card
from galviz.survey.sample import draw_sample
from galviz.training.descent import descend, lowest_point, root_mean_square_error
from galviz.training.duration import format_duration
from galviz.training.schedule import one_cycle
from lessons.training.words import describe_descent, phases_of
from panels.controls import choose_number, in_url
from panels.feature_space import project, shipped_features
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

# Points per epoch at which the learning rate is drawn.
_POINTS = 60
# Gradient descent: galaxies, and the choices of the learning rate in units of the largest stable one.
_N_GALAXIES = 256
_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 1.0, 1.05)
_BATCH_SIZES = (4, 16, 64, _N_GALAXIES)
# Start of the weights and half the width of the picture around the lowest point, in standard deviations of the label.
_START, _EXTENT = 2.0, 3.0


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


def _two_inputs() -> tuple[np.ndarray, np.ndarray]:
    """The first two components of a sample and its metallicity, less its mean.

    Both components are divided by the standard deviation of the first: the largest stable learning rate is then 1.
    """
    survey, features = open_shipped_survey().survey, shipped_features()
    sample = draw_sample(survey.object_ids, _N_GALAXIES)
    coordinates = project(features, features.last_layer, sample, 2, whiten=False).coordinates
    metallicity = survey.catalogue.loc[sample, survey.label.column].to_numpy(float)
    return coordinates / coordinates[:, 0].std(), metallicity - metallicity.mean()


def _show_descent(controls: DeltaGenerator) -> None:
    with controls:
        rate = in_url(st.select_slider, "Learning rate", _RATES, value=0.1, key="rate")
        batch_size = in_url(
            st.select_slider,
            "Batch size",
            _BATCH_SIZES,
            value=_N_GALAXIES,
            key="batch",
            help="Galaxies per step. A batch of a few has another gradient than all of them.",
        )
        n_steps = choose_number("Steps taken", 0, 60, 12, key="steps")
    inputs, target = _two_inputs()
    lowest, width = lowest_point(inputs, target), float(target.std())
    start = lowest + _START * width
    path = descend(inputs, target, rate, n_steps, batch_size=batch_size, start=tuple(start))
    extent = tuple((value - _EXTENT * width, value + _EXTENT * width) for value in lowest)
    surface = root_mean_square_error(inputs, target, weight_grid(extent))
    errors = root_mean_square_error(inputs, target, path)
    smallest = float(root_mean_square_error(inputs, target, lowest))
    st.altair_chart(descent_chart(path, lowest, surface, extent))
    st.altair_chart(descent_error_chart(errors, smallest, highest=1.5 * float(errors[0])))
    st.caption(describe_descent(errors, smallest, _N_GALAXIES))


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
        Step(
            "Gradient descent",
            _show_descent,
            ("descent",),
            (4, 5),
            code=(descend, lowest_point, root_mean_square_error),
        ),
        Step("One cycle", _show_learning_rate, ("one-cycle",), (3,), code=(learning_rate_chart, one_cycle)),
        Step("Phases", _show_phases, ("phases",), (2,)),
        Step("The floor", _show_losses, ("floor",), (1,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

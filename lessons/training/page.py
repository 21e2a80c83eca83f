"""Page of the lesson 'Training': the loss by epoch with its lower bound, gradient descent, and the learning rate."""

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

# Points per epoch of the learning-rate curve.
_POINTS = 60
# Gradient descent: the number of galaxies, and the learning rates to choose from, in units of the largest stable one.
_N_GALAXIES = 256
_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 1.0, 1.05)
_BATCH_SIZES = (4, 16, 64, _N_GALAXIES)
# Distance of the start from the minimum, and half the width of the chart, in standard deviations of the label.
_START, _EXTENT = 2.0, 3.0


def _show_losses(controls: DeltaGenerator) -> None:  # no controls
    """Draw the training and validation loss by epoch."""
    survey, card = open_shipped_survey().survey, read_card()
    catalogue, label, epochs = survey.catalogue, survey.label, card.training["epochs"]
    floor = float(catalogue["metallicity_scatter_dex"].std())
    baseline = float(catalogue[label.column].std())
    st.altair_chart(loss_chart(epochs, label, floor=floor))
    st.caption(
        f"Orange line: the random scatter, {floor:#.2g} {label.unit}, a lower bound of the expected error. What else "
        f"the images don't show isn't known. Baseline: predicting the mean gives {baseline:.2g} {label.unit}. Both "
        f"numbers are for all {len(catalogue):,} galaxies of the course's survey."
    )


def _show_numbers(controls: DeltaGenerator) -> None:
    """Draw the losses, and the numbers of the training."""
    _show_losses(controls)
    card = read_card()
    epochs = card.training["epochs"]
    steps = card.training["n_training"] // card.training["recipe"]["batch_size"] * len(epochs)
    with st.container(horizontal=True):
        st.metric("Training galaxies", f"{card.training['n_training']:,}")
        st.metric("Validation galaxies", f"{card.training['n_validation']:,}")
        st.metric("Epochs", len(epochs))
        st.metric("Steps", f"{steps:,}", help="Number of batches. After each batch, the optimiser updates all weights.")
        st.metric("Time", format_duration(card.training["seconds"]), help=card.training["processor"])


def _two_inputs() -> tuple[np.ndarray, np.ndarray]:
    """Compute the first two components of a sample, and its metallicity minus the mean.

    Both components are divided by the standard deviation of the first, which makes the largest stable learning rate 1.
    """
    survey, features = open_shipped_survey().survey, shipped_features()
    sample = draw_sample(survey.object_ids, _N_GALAXIES)
    coordinates = project(features, features.last_layer, sample, 2, whiten=False).coordinates
    metallicity = survey.catalogue.loc[sample, survey.label.column].to_numpy(float)
    return coordinates / coordinates[:, 0].std(), metallicity - metallicity.mean()


def _show_descent(controls: DeltaGenerator) -> None:
    """Draw the path of two weights over the surface of the error, and the error by step."""
    with controls:
        rate = in_url(st.select_slider, "Learning rate", _RATES, value=0.1, key="rate")
        batch_size = in_url(
            st.select_slider,
            "Batch size",
            _BATCH_SIZES,
            value=_N_GALAXIES,
            key="batch",
            help="Galaxies per step. The gradient of a small batch differs from that of all galaxies.",
        )
        n_steps = choose_number("Steps", 0, 60, 12, key="steps")
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


def _show_learning_rate(controls: DeltaGenerator) -> None:  # no controls
    """Draw the learning rate by epoch."""
    phases = phases_of(read_card().training["recipe"])
    rates = np.concatenate([one_cycle(phase.lr, _POINTS * phase.epochs) for phase in phases])
    names = np.repeat([phase.name for phase in phases], [_POINTS * phase.epochs for phase in phases])
    st.altair_chart(learning_rate_chart(rates, phases=names))


def _show_phases(controls: DeltaGenerator) -> None:
    """Draw the learning rate, and a table of the phases."""
    _show_learning_rate(controls)
    st.dataframe(
        [
            {"phase": phase.name, "epochs": phase.epochs, "image side [px]": phase.side_px, "highest rate": phase.lr}
            for phase in phases_of(read_card().training["recipe"])
        ],
        hide_index=True,
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("training")
    steps = [
        Step(
            "The loss by epoch",
            _show_losses,
            ("loss",),
            (0,),
            code=(loss_chart, "galviz/training/fitting.py:fit"),
            figure=figure_source(lesson),
        ),
        Step("Training and validation loss", _show_numbers, ("validation",)),
        Step(
            "Gradient descent",
            _show_descent,
            ("descent",),
            (4, 5),
            code=(descend, lowest_point, root_mean_square_error),
        ),
        Step(
            "The one-cycle schedule", _show_learning_rate, ("one-cycle",), (3,), code=(learning_rate_chart, one_cycle)
        ),
        Step("Phases", _show_phases, ("phases",), (2,)),
        Step("The floor", _show_losses, ("floor",), (1,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

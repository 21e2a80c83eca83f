"""Page of the lesson 'The network': its layers, a convolution, a residual block and self-attention."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.artefacts.figures import Figures
from galviz.charts.heatmap import heatmap
from galviz.course.manifest import find_lesson
from galviz.network.card import read_card
from galviz.network.crops import network_crop
from galviz.network.normalisation import normalise
from galviz.network.weights import read_first_kernels
from lessons.network.by_hand import convolve
from lessons.network.words import rows_of
from panels.controls import choose_number, in_url
from panels.example_galaxy import ChosenGalaxy, choose_galaxy, feature_maps_of, galaxy_caption, shipped_figures
from panels.pictures import show_pictures
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

ROW = 5
COLOURS = ("red", "green", "blue")
BLOCK = {"block/input": "input x", "block/branch": "two convolutions F(x)", "block/output": "output"}
ATTENTION = {"attention/input": "input", "attention/mixture": "added to it", "attention/output": "output"}


def _show_layers(controls: DeltaGenerator) -> None:  # it has none
    card, figures = read_card(), shipped_figures()
    with st.container(horizontal=True):
        size = f"{card.crop_px} × {card.crop_px} pixels, three colours"
        st.metric("Numbers in", f"{card.crop_px**2 * 3:,}", help=size)
        st.metric("Features", card.layers["features"], help="Channels of the last layer before the head")
        st.metric("Numbers out", figures.layers[-1].shape[0], help=f"The {card.label}, in {card.unit}")
        parameters = sum(layer.parameters for layer in figures.layers)
        st.metric("Parameters", f"{parameters:,}", help="All of them are trained")
    st.dataframe(
        rows_of(figures.layers),
        hide_index=True,
        height="content",
        column_config={"parameters": st.column_config.NumberColumn(format="localized")},
    )


def _show_convolution(controls: DeltaGenerator) -> None:
    card, survey, kernels = read_card(), open_shipped_survey().survey, read_first_kernels()
    with controls:
        left, right = st.columns(2, gap="large")
        with left:
            number = choose_number("Kernel", 1, len(kernels), 1, key="kernel")
        with right:
            chosen = choose_galaxy(survey, shipped_figures())
    crop = network_crop(survey.image(chosen.object_id), card.pad_px, card.crop_px)
    kernel = kernels[number - 1]
    numbers = normalise(np.asarray(crop), card.mean, card.std)
    output = convolve(numbers, kernel)
    vmax = float(np.abs(kernel).max())
    size = f"Out: {len(output)} × {len(output)} places"
    show_pictures(
        [crop, *(heatmap(weights, vmax=vmax) for weights in kernel), heatmap(output)],
        [f"In: {card.crop_px} px", *(f"weights of {colour}" for colour in COLOURS), size],
        [
            "The galaxy's central crop",
            *(f"The kernel's weights of {colour}" for colour in COLOURS),
            f"Output of kernel {number}",
        ],
        columns=ROW,
        sharp=True,
    )
    _show_scale(chosen)
    row, column = np.unravel_index(np.abs(output).argmax(), output.shape)
    window = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    shares = (window * kernel.transpose(1, 2, 0)).sum(axis=(0, 1))
    red, green, blue, together = (f"{value:+.2f}".replace("-", "−") for value in (*shares, shares.sum()))
    st.markdown(
        f"**Worked through.** At row {row + 1}, column {column + 1} of the output, where it is largest, the nine red "
        f"products add up to {red}, the green ones to {green}, the blue ones to {blue}: together **{together}**."
    )


def _show_block(controls: DeltaGenerator) -> None:
    figures = shipped_figures()
    channels = figures.channels["block/output"]
    with controls:
        chosen = choose_galaxy(open_shipped_survey().survey, figures)
        channel = _choose_channel("Channel of the block", channels, key="channel", help="Those that vary most.")
    _show_channel(BLOCK, feature_maps_of(chosen, open_shipped_survey().survey, figures), channels, channel)
    _show_scale(chosen)


def _show_attention(controls: DeltaGenerator) -> None:
    figures = shipped_figures()
    channels = figures.channels["attention/output"]
    with controls:
        chosen = choose_galaxy(open_shipped_survey().survey, figures)
        channel = _choose_channel("Channel of self-attention", channels, key="attention")
    maps = feature_maps_of(chosen, open_shipped_survey().survey, figures)
    _show_channel(ATTENTION, maps, channels, channel)
    _show_scale(chosen)
    st.markdown(_describe_attention(maps, figures))


def _show_scale(chosen: ChosenGalaxy) -> None:
    caption = galaxy_caption(chosen, open_shipped_survey().survey)
    st.caption(f"{caption}. Orange is positive, blue negative, dark zero.")


def _show_channel(parts: dict[str, str], maps: dict[str, np.ndarray], channels: np.ndarray, channel: int) -> None:
    """Draw one channel of several feature maps side by side, with one colour scale; `parts` has their captions."""
    index = list(channels).index(channel)
    arrays = [maps[name][index] for name in parts]
    vmax = max(float(np.abs(array).max()) for array in arrays)
    images, captions = [heatmap(array, vmax=vmax) for array in arrays], list(parts.values())
    show_pictures(images, captions, [f"Channel {channel}: {text}" for text in captions], columns=3, sharp=True)


def _choose_channel(label: str, channels: np.ndarray, *, key: str, help: str | None = None) -> int:
    return in_url(st.select_slider, label, [int(channel) for channel in channels], key=key, help=help)


def _describe_attention(maps: dict[str, np.ndarray], figures: Figures) -> str:
    added, inputs = (float(np.abs(maps[f"attention/{name}"]).mean()) for name in ("mixture", "input"))
    n_channels = len(figures.channels["attention/output"])
    return (
        f"In this network $\\gamma$ = **{figures.attention_gamma:.3f}**. Over the {n_channels} channels kept here, "
        f"the mean absolute value added to this galaxy's maps is **{added / inputs:.1f} times** that of the input."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("network")
    steps = [
        Step(
            "From image to metallicity",
            _show_layers,
            ("layers", "stages"),
            (3,),
            wide=True,
            code=("galviz/network/builders.py:build_network", "galviz/network/inspection.py:summarise_layers"),
        ),
        Step(
            "One convolution",
            _show_convolution,
            ("convolution",),
            (0, 1),
            wide=True,
            code=(convolve,),
            figure=figure_source(lesson),
        ),
        Step(
            "One residual block",
            _show_block,
            ("residual", "batch-norm"),
            (2,),
            code=("galviz/network/inspection.py:record_maps",),
        ),
        Step("Self-attention", _show_attention, ("attention",)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

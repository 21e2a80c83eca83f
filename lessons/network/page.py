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
from lessons.network.block_view import show_inside, show_table
from lessons.network.blocks import INPUT, Activations, diagram_blocks, group_layers
from lessons.network.by_hand import convolve
from panels.controls import choose_number, in_url, option_in_url, put_in_url
from panels.example_galaxy import ChosenGalaxy, choose_galaxy, feature_maps_of, galaxy_caption, shipped_figures
from panels.feature_space import shipped_features
from panels.network_diagram import draw_diagram
from panels.pictures import show_pictures
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

ROW = 5
DEFAULT_BLOCK = "stem"
COLOURS = ("red", "green", "blue")
BLOCK = {"block/input": "input x", "block/branch": "two convolutions F(x)", "block/output": "output"}
ATTENTION = {"attention/input": "input", "attention/mixture": "added to the input", "attention/output": "output"}


def _show_flow(controls: DeltaGenerator) -> None:
    survey, figures = open_shipped_survey().survey, shipped_figures()
    with controls, st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        chosen = choose_galaxy(survey, figures)
    activations, groups = _record_activations(chosen), {INPUT: []} | group_layers(figures.layers)
    selected = option_in_url(list(groups), DEFAULT_BLOCK, key="block")
    draw_diagram(
        diagram_blocks(figures.layers, activations),
        selected=selected,
        subject=chosen.object_id,
        on_select=lambda name: put_in_url(name, DEFAULT_BLOCK, key="block"),
        key="network_diagram",
    )
    _show_scale(chosen, "One colour scale per block. Select a block to see inside it.")
    with st.container(border=True, key="network_block"):
        show_inside(selected, groups[selected], activations, survey.label)
    parameters = sum(layer.parameters for layer in figures.layers)
    with st.expander(f"All {len(figures.layers)} layers, {parameters:,} parameters", icon=":material/table:"):
        show_table(figures.layers)


def _record_activations(chosen: ChosenGalaxy) -> Activations:
    """Compute or load the activations of a galaxy; features and prediction are shipped for every galaxy."""
    card, survey, figures = read_card(), open_shipped_survey().survey, shipped_figures()
    features = shipped_features()
    (row,) = features.rows([chosen.object_id])
    return Activations(
        crop=network_crop(survey.image(chosen.object_id), card.pad_px, card.crop_px),
        maps=feature_maps_of(chosen, survey, figures),
        channels=dict(figures.channels),
        features=features.layers[features.last_layer][row],
        prediction=float(features.predictions[row]),
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
    size = f"Output: {len(output)} × {len(output)} positions"
    show_pictures(
        [crop, *(heatmap(weights, vmax=vmax) for weights in kernel), heatmap(output)],
        [f"Input: {card.crop_px} px", *(f"weights for {colour}" for colour in COLOURS), size],
        [
            "The galaxy's central crop",
            *(f"The kernel's weights for {colour}" for colour in COLOURS),
            f"Output of kernel {number}",
        ],
        columns=ROW,
        sharp=True,
    )
    _show_scale(chosen)
    row, column = np.unravel_index(np.abs(output).argmax(), output.shape)
    window = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    sums = (window * kernel.transpose(1, 2, 0)).sum(axis=(0, 1))
    red, green, blue, total = (f"{value:+.2f}".replace("-", "−") for value in (*sums, sums.sum()))
    st.markdown(
        f"**Worked example.** At row {row + 1}, column {column + 1} of the output, its absolute value is largest. The "
        f"nine products for red add up to {red}, for green to {green}, for blue to {blue}: together **{total}**."
    )


def _show_block(controls: DeltaGenerator) -> None:
    figures = shipped_figures()
    channels = figures.channels["block/output"]
    with controls:
        chosen = choose_galaxy(open_shipped_survey().survey, figures)
        channel = _choose_channel("Channel of the block", channels, key="channel", help="The channels that vary most.")
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


def _show_scale(chosen: ChosenGalaxy, hint: str = "") -> None:
    caption = galaxy_caption(chosen, open_shipped_survey().survey)
    st.caption(f"{caption}. Orange is positive, blue negative, dark zero. {hint}")


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
        f"In this network, $\\gamma$ = **{figures.attention_gamma:.3f}**. Over the {n_channels} channels shown here, "
        f"the mean absolute value of what is added is **{added / inputs:.1f} times** that of the input."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("network")
    steps = [
        Step(
            "Layers and feature maps",
            _show_flow,
            ("layers",),
            (3, 4),
            wide=True,
            code=("galviz/network/builders.py:build_network", "galviz/network/inspection.py:summarise_layers"),
        ),
        Step(
            "Convolution",
            _show_convolution,
            ("convolution",),
            (0, 1),
            wide=True,
            code=(convolve,),
            figure=figure_source(lesson),
        ),
        Step(
            "Residual block",
            _show_block,
            ("batch-norm", "residual"),
            (2,),
            code=("galviz/network/inspection.py:record_maps",),
        ),
        Step("Self-attention", _show_attention, ("attention",)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)

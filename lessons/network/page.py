"""Page of the lesson 'The network': its layers, and what a convolution, a residual block and self-attention do."""

import numpy as np
import streamlit as st

from galviz.card import read_card
from galviz.crops import network_crop
from galviz.heatmap import heatmap
from galviz.normalisation import normalise
from galviz.weightfile import read_first_kernels
from lessons import lesson
from lessons.network.by_hand import convolve
from lessons.network.words import rows_of
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_number
from panels.galaxy import choose_galaxy, maps_of, shipped_figures, told
from panels.pictures import show_pictures
from panels.surveys import open_shipped_survey

ROW = 5
COLOURS = ("red", "green", "blue")


def show_parts(parts: dict[str, np.ndarray], channel: int) -> None:
    """Draw the maps of one channel side by side, on one scale of colours."""
    largest = max(float(np.abs(values).max()) for values in parts.values())
    maps = [heatmap(values, largest=largest) for values in parts.values()]
    show_pictures(maps, list(parts), [f"Channel {channel}: {words}" for words in parts], columns=ROW, sharp=True)


LESSON = lesson("network")
opened, figures, card = open_shipped_survey(), shipped_figures(), read_card()
TEXT = begin(LESSON, opened)

with st.container(horizontal=True):
    st.metric("Numbers in", f"{card.crop_px**2 * 3:,}", help=f"{card.crop_px} × {card.crop_px} pixels, three colours")
    st.metric("Features", card.layers["features"], help="What the last layer before the head says of a galaxy")
    st.metric("Numbers out", card.architecture.n_out, help=f"The {card.label}, in {card.unit}")
    st.metric("Parameters", f"{sum(layer.parameters for layer in figures.layers):,}", help="All learnt from galaxies")
st.dataframe(
    rows_of(figures.layers),
    hide_index=True,
    height="content",
    column_config={"parameters": st.column_config.NumberColumn(format="localized")},
)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["layers"])
right.markdown(TEXT["stages"])

st.header("One galaxy")
chosen = choose_galaxy(opened.survey, figures)
crop = network_crop(opened.survey.image(chosen.object_id), card.pad_px, card.crop_px)
maps = maps_of(chosen, opened.survey, figures)
st.caption(f"{told(chosen, opened.survey)}. In the maps below, orange is positive, blue negative, grey zero.")

st.header("One convolution")
kernels = read_first_kernels()
number = choose_number("Kernel", 1, len(kernels), 1, key="kernel")
kernel = kernels[number - 1]
numbers = normalise(np.asarray(crop), card.mean, card.std)
answer = convolve(numbers, kernel)
largest = float(np.abs(kernel).max())
show_pictures(
    [crop, *(heatmap(weights, largest=largest) for weights in kernel), heatmap(answer)],
    [
        f"In: {card.crop_px} px",
        *(f"weights of {colour}" for colour in COLOURS),
        f"Out: {len(answer)} × {len(answer)} places",
    ],
    [
        "The galaxy's central crop",
        *(f"The kernel's weights of {colour}" for colour in COLOURS),
        f"Kernel {number} answers",
    ],
    columns=ROW,
    sharp=True,
)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["convolution"])
with right:
    row, column = np.unravel_index(np.abs(answer).argmax(), answer.shape)
    window = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    shares = (window * kernel.transpose(1, 2, 0)).sum(axis=(0, 1))
    red, green, blue, together = (f"{value:+.2f}".replace("-", "−") for value in (*shares, shares.sum()))
    st.markdown(
        f"**Worked through.** At row {row + 1}, column {column + 1} of the answer, where it is largest, the nine red "
        f"products add up to {red}, the green ones to {green}, the blue ones to {blue}: together **{together}**."
    )

st.header("One residual block")
kept = figures.channels["block/output"]
channel = st.select_slider(
    "Channel of the block", [int(one) for one in kept], key="channel", bind="query-params", help="Those that vary most."
)
place = list(kept).index(channel)
parts = {"block/input": "goes in: x", "block/branch": "two convolutions add: F(x)", "block/output": "comes out"}
show_parts({words: maps[name][place] for name, words in parts.items()}, channel)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["residual"])
right.markdown(TEXT["batch-norm"])

st.header("Self-attention")
kept = figures.channels["attention/output"]
channel = st.select_slider(
    "Channel of self-attention", [int(one) for one in kept], key="attention", bind="query-params"
)
place = list(kept).index(channel)
parts = {"attention/input": "goes in", "attention/mixture": "is added", "attention/output": "comes out"}
show_parts({words: maps[name][place] for name, words in parts.items()}, channel)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["attention"])
added, went_in = (float(np.abs(maps[f"attention/{name}"]).mean()) for name in ("mixture", "input"))
right.markdown(
    f"In this network $\\gamma$ = **{figures.attention_gamma:.3f}**. Over the {len(kept)} channels kept here, what is "
    f"added to this galaxy's maps is, on average, **{added / went_in:.1f} times** as large as what goes in."
)
show_code(
    "galviz/model.py:build_network",
    convolve,
    "galviz/inspection.py:table_of_layers",
    "galviz/inspection.py:inside",
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)

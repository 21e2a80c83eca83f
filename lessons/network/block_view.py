"""The view of one block of the network's diagram: its description, its layers, and one galaxy's activations."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from galviz.network.anatomy import LayerRow
from galviz.network.head import read_head
from galviz.survey.label import Label
from lessons.network.blocks import FEATURES, INPUT, N_ENLARGED, PREDICTION, Activations, feature_picture, map_pictures
from lessons.network.words import describe_block, rows_of
from panels.pictures import show_pictures

_COLUMNS = 4
_COLOURS = ("red", "green", "blue")
_ENLARGED_PX, _WIDE_PX = 224, 640


def show_inside(block: str, layers: Sequence[LayerRow], activations: Activations, label: Label) -> None:
    """Draw a block's name, description and layers, and beside them its activations, enlarged."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(block, anchor=False)
        st.markdown(describe_block(block, layers))
        if layers:
            _show_layers(layers, ("what it does", "parameters", "output shape"))
    if block == PREDICTION:
        _show_prediction(left, right, activations, label)
        return
    with right:
        if block == INPUT:
            _show_input(activations.crop)
        elif block == FEATURES:
            _show_features(activations.features)
        else:
            _show_maps(block, activations)


def show_table(layers: Sequence[LayerRow]) -> None:
    """Draw the table of all layers of a network."""
    _show_layers(layers, None)


def _show_layers(layers: Sequence[LayerRow], columns: Sequence[str] | None) -> None:
    st.dataframe(
        rows_of(layers),
        hide_index=True,
        height="content",
        column_order=columns,
        column_config={"parameters": st.column_config.NumberColumn(format="localized")},
    )


def _show_input(crop: Image.Image) -> None:
    pictures = [crop, *crop.split()]
    captions = ["all colours", *_COLOURS]
    descriptions = [
        "The network's input",
        *(f"Its {colour} channel: bright pixels have much light" for colour in _COLOURS),
    ]
    _show_enlarged(pictures, captions, descriptions)
    st.caption(f"{len(_COLOURS)} channels of {crop.height} × {crop.width} pixels.")


def _show_maps(block: str, activations: Activations) -> None:
    numbered = map_pictures(block, activations, N_ENLARGED)
    if not numbered:
        st.caption("No feature maps of this block are stored.")
        return
    channels, pictures = zip(*numbered, strict=True)
    captions = [f"channel {channel}" for channel in channels]
    _show_enlarged(pictures, captions, [f"Feature map of channel {channel} of {block}" for channel in channels])


def _show_features(features: np.ndarray) -> None:
    picture = _enlarge(feature_picture(features, wide=True), _WIDE_PX)
    show_pictures(
        [picture], [f"{len(features)} features, row by row"], ["One square per feature"], columns=1, sharp=True
    )


def _show_prediction(left: DeltaGenerator, right: DeltaGenerator, activations: Activations, label: Label) -> None:
    head = read_head()
    products = activations.features * head.weight
    total = f"{products.sum():.3f}".replace("-", "−")
    left.markdown(
        f"The {len(products)} products add up to {total}. With the constant, {head.bias:.3f}, the prediction is "
        f"**{activations.prediction:.3f} {label.unit}**."
    )
    picture = _enlarge(feature_picture(products, wide=True), _WIDE_PX)
    caption = "feature × weight, row by row: orange raises the prediction, blue lowers it"
    with right:
        show_pictures([picture], [caption], ["One square per product of feature and weight"], columns=1, sharp=True)


def _show_enlarged(pictures: Sequence[Image.Image], captions: Sequence[str], descriptions: Sequence[str]) -> None:
    enlarged = [_enlarge(picture, _ENLARGED_PX) for picture in pictures]
    show_pictures(enlarged, captions, descriptions, columns=_COLUMNS, sharp=True)


def _enlarge(picture: Image.Image, width_px: int) -> Image.Image:
    """Enlarge a picture by a whole factor, to at least a width; each pixel stays a square."""
    factor = -(-width_px // picture.width)
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)

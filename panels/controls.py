"""Controls that act wherever they appear: each has one key, is in the address, and so kept from page to page."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")

MOST_COMPONENTS = 10
DEFAULT_COMPONENTS = 3
LAYER_WORDS = {
    "stem": "edges and colours; the first three convolutions",
    "stage1": "first residual stage, with self-attention",
    "stage2": "second residual stage",
    "stage3": "third residual stage",
    "features": "the 512 numbers that the head reads",
}


def choose_one(label: str, options: Sequence[T], default: T, *, key: str, help: str | None = None) -> T:
    """Draw a control for one of a few options; where the address names none (``?layer=``), it is the default."""
    chosen = st.segmented_control(
        label, list(options), default=default, required=True, key=key, bind="query-params", help=help
    )
    return default if chosen is None else chosen


def choose_number(label: str, least: int, most: int, default: int, *, key: str, help: str | None = None) -> int:
    """Draw a slider for a whole number that is in the address.

    A value in the address that is no number from `least` to `most` (``?draw=inf``) is removed from it, and the default
    shown. Of ``st.number_input``, Streamlit 1.67 raises OverflowError there.
    """
    return st.slider(label, min_value=least, max_value=most, value=default, key=key, bind="query-params", help=help)


def choose_layer(layers: Sequence[str]) -> str:
    """Draw the control for the layer whose answers are looked at.

    Parameters
    ----------
    layers : sequence of str
        In the order of the forward pass; the last is the default.
    """
    if len(layers) == 1:
        return layers[0]
    return choose_one(
        "Layer",
        layers,
        layers[-1],
        key="layer",
        help="; ".join(f"{name}: {LAYER_WORDS[name]}" for name in layers if name in LAYER_WORDS) + ".",
    )


def choose_components() -> int:
    """Draw the slider for the number of components."""
    return choose_number(
        "Components",
        2,
        MOST_COMPONENTS,
        DEFAULT_COMPONENTS,
        key="components",
        help="How many axes to keep, those of largest variance first.",
    )


def limit_components(asked: int, n_galaxies: int, n_channels: int) -> int:
    """As many components as were asked for, or, with a sentence that says so, as many as there are."""
    most = min(n_galaxies, n_channels)
    if asked > most:
        st.info(f"{n_galaxies} galaxies have at most {most} components.", icon=":material/info:")
    return min(asked, most)


def choose_whitening() -> bool:
    """Draw the switch for whitening."""
    return st.toggle(
        "Whiten",
        value=True,
        key="whiten",
        bind="query-params",
        help="Divide each axis by its standard deviation, so that all are equally wide.",
    )


def choose_pair(n_components: int, *, up: str = "PC2", key: str = "y") -> tuple[str, str]:
    """Draw the controls for the two components that are the picture's axes.

    Parameters
    ----------
    n_components : int
        At least 2.
    up : str
        What is shown upwards at first, where there are as many components.
    key : str
        Of the control for what is shown upwards; another default needs another.

    Returns
    -------
    x, y : str
        ``"PC1"`` and the like; never the same.
    """
    names = [f"PC{number}" for number in range(1, n_components + 1)]
    left, right = st.columns(2)
    x = left.selectbox("Across", names, index=0, key="x", bind="query-params")
    others = [name for name in names if name != x]
    first = others.index(up) if up in others else 0
    y = right.selectbox("Up", others, index=first, key=key, bind="query-params")
    return x, y

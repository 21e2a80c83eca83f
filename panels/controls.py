"""Widgets that are the same wherever they appear: each has one key, is in the address, and so keeps its value."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from galviz.network.spec import NetworkSpec, xresnet_spec
from panels.plain import plain

T = TypeVar("T")

MOST_COMPONENTS = 10
DEFAULT_COMPONENTS = 3
_XRESNET = xresnet_spec()
# Of that network, and of no other.
_XRESNET_WORDS = {
    "stem": "edges and colours; the first three convolutions",
    "stage1": "first residual stage, with self-attention",
    "stage2": "second residual stage",
    "stage3": "third residual stage",
    "features": "the 512 numbers that the head reads",
}


def in_address(widget: Callable[..., T], label: str, *arguments: object, key: str, **options: object) -> T:
    """Draw a widget whose value is in the page's address: ``?layer=stage1`` for the key ``"layer"``.

    A copied address then shows the same page, and a widget of the same key keeps its value from page to page.

    Parameters
    ----------
    widget : callable
        One of Streamlit's, such as ``st.selectbox``.
    label : str
    *arguments, **options
        As the widget takes them.
    key : str
        Its name in the address, and in the session's state.

    Returns
    -------
    object
        The widget's value.
    """
    return widget(label, *arguments, key=key, bind="query-params", **options)


def choose_one(label: str, options: Sequence[T], default: T, *, key: str, help: str | None = None) -> T:
    """Draw a control for one of a few options; where the address names none (``?layer=``), it is the default."""
    chosen = in_address(st.segmented_control, label, list(options), default=default, required=True, key=key, help=help)
    return default if chosen is None else chosen


def choose_number(label: str, least: int, most: int, default: int, *, key: str, help: str | None = None) -> int:
    """Draw a slider for a whole number that is in the address.

    A value in the address that is no number from `least` to `most` (``?draw=inf``) is removed from it, and the default
    shown. Of ``st.number_input``, Streamlit 1.67 raises OverflowError there.
    """
    return in_address(st.slider, label, min_value=least, max_value=most, value=default, key=key, help=help)


def choose_layer(layers: Sequence[str], spec: NetworkSpec | None = _XRESNET) -> str:
    """Draw the control for the layer whose activations are looked at.

    Parameters
    ----------
    layers : sequence of str
        In the order of the forward pass; the last is the default.
    spec : NetworkSpec, optional
        Of the network, by default galviz's own; None if nothing is known of it.
    """
    if len(layers) == 1:
        return layers[0]
    return choose_one("Layer", layers, layers[-1], key="layer", help=describe_layers(layers, spec))


def describe_layers(layers: Sequence[str], spec: NetworkSpec | None) -> str | None:
    """What the layers of a network are, in words: of galviz's own what they do, of others their modules."""
    if spec is None:
        return None
    if spec == _XRESNET:
        words = _XRESNET_WORDS
    else:
        words = {name: f"module {path}" if path else "the output of the network" for name, path in spec.layers.items()}
        words |= {name: f"{text}, which the head reads" for name, text in words.items() if _is_read(spec, name)}
    told = [f"{name}: {words[name]}" for name in layers if name in words]
    return plain("; ".join(told) + ".") if told else None


def _is_read(spec: NetworkSpec, layer: str) -> bool:
    return spec.head is not None and layer == spec.layer_names[-1]


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
    return in_address(
        st.toggle,
        "Whiten",
        value=True,
        key="whiten",
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
    x = in_address(left.selectbox, "Across", names, index=0, key="x")
    others = [name for name in names if name != x]
    first = others.index(up) if up in others else 0
    y = in_address(right.selectbox, "Up", others, index=first, key=key)
    return x, y

"""Widgets that several pages share. Their values are in the URL and so are kept from page to page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from galviz.network.spec import NetworkSpec, xresnet_spec
from panels.markdown import escape_markdown

T = TypeVar("T")

MAX_COMPONENTS = 10
DEFAULT_COMPONENTS = 3
_XRESNET = xresnet_spec()
# Descriptions of the layers of galviz's own network.
_XRESNET_LAYERS = {
    "stem": "edges and colours; the first three convolutions",
    "stage1": "first residual stage, with self-attention",
    "stage2": "second residual stage",
    "stage3": "third residual stage",
    "features": "the 512 numbers that are the input of the head",
}


def in_url(widget: Callable[..., T], label: str, *arguments: object, key: str, **options: object) -> T:
    """Draw a widget whose value is in the page's URL: ``?layer=stage1`` for the key ``"layer"``.

    A copied URL shows the same page, and widgets with the same key share their value across pages.

    Parameters
    ----------
    widget : callable
        A Streamlit widget, such as ``st.selectbox``.
    label : str
    *arguments, **options
        Passed to the widget.
    key : str
        Its name in the URL and in the session state.

    Returns
    -------
    object
        The widget's value.
    """
    return widget(label, *arguments, key=key, bind="query-params", **options)


def option_in_url(options: Sequence[str], default: str, *, key: str) -> str:
    """Return the option in the URL, for a control that isn't one of Streamlit's; `put_in_url` writes it.

    An invalid value is removed from the URL, and means the default.
    """
    value = st.query_params.get(key)
    if value in options:
        return value
    if value is not None:
        del st.query_params[key]
    return default


def put_in_url(value: str, default: str, *, key: str) -> None:
    """Write an option to the URL; the default is removed from there, as by Streamlit's own controls."""
    if value != default:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def choose_one(
    label: str,
    options: Sequence[T],
    default: T,
    *,
    key: str,
    widget: Callable[..., T | None] = st.segmented_control,
    **appearance: object,
) -> T:
    """Draw a control for one of a few options; if the URL has an empty value (``?layer=``), use the default.

    Parameters
    ----------
    label : str
    options : sequence
    default : object
    key : str
        Its name in the URL and in the session state.
    widget : callable
        ``st.segmented_control`` or ``st.pills``.
    **appearance
        ``help``, ``disabled`` or ``label_visibility``, passed to the widget.

    Returns
    -------
    object
        One of the options.
    """
    chosen = in_url(widget, label, list(options), default=default, required=True, key=key, **appearance)
    return default if chosen is None else chosen


def choose_number(label: str, minimum: int, maximum: int, default: int, *, key: str, help: str | None = None) -> int:
    """Draw a slider for a whole number in the URL.

    An invalid value in the URL (``?draw=inf``) is replaced by the default. ``st.number_input`` of Streamlit 1.67 would
    raise OverflowError.
    """
    return in_url(st.slider, label, min_value=minimum, max_value=maximum, value=default, key=key, help=help)


def choose_layer(layers: Sequence[str], spec: NetworkSpec | None = _XRESNET, *, disabled: bool = False) -> str:
    """Draw the control for the layer.

    Parameters
    ----------
    layers : sequence of str
        In the order of the forward pass. The last one is the default.
    spec : NetworkSpec, optional
        Of the network, by default galviz's own; None if it is unknown.
    disabled : bool
        Whether something else is shown instead.
    """
    if len(layers) == 1:
        return layers[0]
    help = describe_layers(layers, spec)
    return choose_one("Layer", layers, layers[-1], key="layer", help=help, disabled=disabled)


def describe_layers(layers: Sequence[str], spec: NetworkSpec | None) -> str | None:
    """Describe the layers of a network for a tooltip: galviz's own by their role, others by their modules."""
    if spec is None:
        return None
    if spec == _XRESNET:
        descriptions = _XRESNET_LAYERS
    else:
        descriptions = {
            name: f"module {path}" if path else "the output of the network" for name, path in spec.layers.items()
        }
        if spec.head is not None:
            descriptions[spec.layer_names[-1]] += ", the input of the head"
    texts = [f"{name}: {descriptions[name]}" for name in layers if name in descriptions]
    return escape_markdown("; ".join(texts) + ".") if texts else None


def choose_components() -> int:
    """Draw the slider for the number of components."""
    return choose_number(
        "Components",
        2,
        MAX_COMPONENTS,
        DEFAULT_COMPONENTS,
        key="components",
        help="Number of principal components, in order of decreasing variance.",
    )


def limit_components(n_components: int, n_galaxies: int, n_channels: int) -> int:
    """Limit the number of components to what the sample has, and say so on the page."""
    maximum = min(n_galaxies, n_channels)
    if n_components > maximum:
        st.info(f"{n_galaxies} galaxies have at most {maximum} components.", icon=":material/info:")
    return min(n_components, maximum)


def choose_whitening() -> bool:
    """Draw the switch for whitening."""
    return in_url(
        st.toggle,
        "Whiten",
        value=True,
        key="whiten",
        help="Divide each axis by its standard deviation, which makes all equally wide.",
    )


def choose_axes(n_components: int, *, y_default: str = "PC2", key: str = "y") -> tuple[str, str]:
    """Draw the controls for the two components that are the chart's axes.

    Parameters
    ----------
    n_components : int
        At least 2.
    y_default : str
        Default of the vertical axis, if there are as many components.
    key : str
        Key of the control for the vertical axis; another default needs another key.

    Returns
    -------
    x, y : str
        Such as ``"PC1"``; never the same.
    """
    names = [f"PC{number}" for number in range(1, n_components + 1)]
    left, right = st.columns(2)
    x = in_url(left.selectbox, "Across", names, index=0, key="x")
    others = [name for name in names if name != x]
    index = others.index(y_default) if y_default in others else 0
    y = in_url(right.selectbox, "Up", others, index=index, key=key)
    return x, y

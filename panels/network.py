"""The network for live computation, if torch is installed: one for all sessions."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import streamlit as st

from galviz.network.card import read_card

if TYPE_CHECKING:
    from torch import nn


def has_torch() -> bool:
    """Return whether torch and fastai are installed, without importing them.

    Examples
    --------
    >>> isinstance(has_torch(), bool)
    True
    """
    return find_spec("torch") is not None and find_spec("fastai") is not None


def explain_torch() -> None:
    """Say how to install what live computation needs."""
    st.info(
        "Computing with the network needs PyTorch and fastai, which aren't installed here. On your own machine, run "
        "`pip install -r requirements.txt` in a clone of the project, then start the app again.",
        icon=":material/memory:",
    )


def shared_network(path: str | None = None) -> "nn.Module":
    """Load the network of a card, once for all sessions, and again if its card has changed."""
    return _load_network(path, read_card(path).sha256)


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _load_network(path: str | None, card_sha256: str) -> "nn.Module":
    from galviz.network.model import load_model

    return load_model(path)

"""Computing with the network itself, where torch is installed: one network for all sessions, progress, a way out."""

from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from galviz.card import CardError, ModelCard, read_card
from galviz.features import Features, FeaturesError
from galviz.kept import keep, kept_folder, load_kept
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from torch import nn

_ASKED, _UNKEPT = "compute_features", "features_not_kept"


def torch_is_here() -> bool:
    """Whether the network can be run; nothing is imported to find out."""
    return find_spec("torch") is not None and find_spec("fastai") is not None


def say_how_to_get_torch() -> None:
    """Say what is missing for live computing, and the command that brings it."""
    st.info(
        "Computing with the network needs PyTorch and fastai, which aren't installed here. On your own machine: "
        "`pip install -r requirements.txt` in a clone of the project, then start the app again.",
        icon=":material/memory:",
    )


def open_card(path: str | None) -> ModelCard:
    """Read the card of the network that the app was started with, or of the shipped one; if it can't be, say so."""
    try:
        return _card(path, Path(path).stat().st_mtime if path and Path(path).is_file() else 0.0)
    except CardError as error:
        st.error(str(error), icon=":material/network_node:")
        st.stop()


def features_of(opened: OpenSurvey, path: str | None) -> Features:
    """Features of a user's survey by a network: those kept from before, or computed at the press of a button.

    Draws the offer, then progress with a way out, and stops the page until they are there.

    Parameters
    ----------
    opened : OpenSurvey
    path : str or None
        The network's card; None for the shipped one.
    """
    card = open_card(path)
    key = (opened.survey.sha256, card.weights_sha256)
    found = _found(opened, key)
    if found is not None:
        return found
    if not torch_is_here():
        say_how_to_get_torch()
        st.stop()
    if st.session_state.get(_ASKED) != key:
        st.markdown(
            f"The network hasn't seen these {len(opened.survey.object_ids):,} galaxies yet. It looks at them once. "
            f"What it finds is kept in `{kept_folder()}`; nothing is written beside your data."
        )
        st.button(
            "Compute their features",
            type="primary",
            icon=":material/play_arrow:",
            on_click=lambda: st.session_state.update({_ASKED: key}),
        )
        st.stop()
    _compute(opened, path, key)


@st.cache_data(max_entries=8, show_spinner=False)
def _card(path: str | None, changed: float) -> ModelCard:
    return read_card(path)


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _network(path: str | None, weights_sha256: str) -> "nn.Module":
    from galviz.model import load_model

    return load_model(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(key: tuple[str, str], _opened: OpenSurvey) -> Features:
    """Features kept from before; what raises isn't kept, so that it is looked for again."""
    found = load_kept(_opened.survey, key[1])
    if found is None:
        raise LookupError
    for name in found.layers:
        found.layers[name]  # read now: the file may be gone when a student comes to that layer
    return found


@st.cache_resource
def _turn(key: tuple[str, str]) -> Lock:
    """Held while features are computed: a class that presses the button at once computes them once."""
    return Lock()


def _found(opened: OpenSurvey, key: tuple[str, str]) -> Features | None:
    """Features that are there already, on disk or, where they couldn't be kept, in this session."""
    unkept = st.session_state.get(_UNKEPT)
    if unkept is not None and unkept[0] == key:
        st.warning(unkept[2], icon=":material/save:")
        return unkept[1]
    try:
        return _kept(key, opened)
    except (LookupError, FeaturesError):
        return None


def _compute(opened: OpenSurvey, path: str | None, key: tuple[str, str]) -> NoReturn:
    """Run the network over a survey and keep what it finds; then, or if it fails, this run of the page ends."""
    from galviz.activations import extract

    # A press reruns the page: the next report of progress then ends the pass, and no hook is left behind.
    st.button("Cancel", icon=":material/close:", on_click=lambda: st.session_state.pop(_ASKED, None))
    bar = st.progress(0.0, "Waiting for the network …")
    turn = _turn(key)
    while not turn.acquire(timeout=0.5):
        bar.progress(0.0, "Another session computes the same features …")
    try:
        if _found(opened, key) is None:
            network = _network(path, key[1])
            features = extract(
                network,
                opened.survey,
                layers=network.layer_names,
                progress=lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} galaxies"),
            )
            _try_to_keep(features, key)
    except CardError as error:
        st.error(str(error), icon=":material/network_node:")
        st.stop()
    finally:
        turn.release()
        st.session_state.pop(_ASKED, None)  # whoever comes back later is asked again
    st.rerun()


def _try_to_keep(features: Features, key: tuple[str, str]) -> None:
    """Keep features on disk; where that can't be, in this session, with a sentence that says so."""
    try:
        keep(features)
    except (OSError, FeaturesError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        said = f"The features can't be kept in `{kept_folder()}` ({reason}): they are there until you close this page."
        st.session_state[_UNKEPT] = (key, features, said)

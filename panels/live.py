"""Computing with the network itself, where torch is installed: one network for all sessions, progress, a way out."""

from collections.abc import Callable
from importlib.util import find_spec
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from galviz.card import ModelCard, read_card
from galviz.features import Features, FeaturesError
from galviz.kept import keep, kept_folder, load_kept
from galviz.origin import Origin
from lessons.training.words import told_duration
from panels.feature_space import shipped_features
from panels.plain import code, plain
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
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
    """Read the card of the network that the app was started with, or of the shipped one.

    Raises
    ------
    CardError
        If it can't be read; `explain_errors` around the page tells the student.
    """
    return read_card(path)  # a few kB: reading it each time is simpler than noticing that it has changed


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _network(path: str | None, card_sha256: str) -> "nn.Module":
    from galviz.model import load_model

    return load_model(path)


def shared_network(path: str | None = None) -> "nn.Module":
    """The network of a card, one for all sessions; another if anything on the card has changed."""
    return _network(path, open_card(path).sha256)


def report_in(bar: "DeltaGenerator") -> Callable[[int, int], None]:
    """A `progress` for `extract` that draws itself in a progress bar, with the time that is left.

    Time is taken from the first report on: what comes before, a first batch, is slower than the others.
    """
    first: tuple[int, float] | None = None

    def report(done: int, total: int) -> None:
        nonlocal first
        now = monotonic()
        first = first or (done, now)
        since, began = done - first[0], first[1]
        left = (now - began) * (total - done) / since if since else None
        bar.progress(done / total, told_progress(done, total, left))

    return report


def told_progress(done: int, total: int, seconds_left: float | None) -> str:
    """How far a computation is: ``1,200 of 130,000 galaxies, about 35 min left``."""
    said = f"{done:,} of {total:,} galaxies"
    return said if seconds_left is None else f"{said}, about {told_duration(seconds_left)} left"


def find_features(opened: OpenSurvey, path: str | None) -> Features | None:
    """Features of a survey by a network that are there already: shipped, kept from before, or of this session.

    Parameters
    ----------
    opened : OpenSurvey
    path : str or None
        The network's card; None for the shipped one.

    Returns
    -------
    Features or None
        None where they would have to be computed.
    """
    if opened.shipped and path is None:
        return shipped_features()
    origin = _origin(opened, path)
    unkept = st.session_state.get(_UNKEPT)
    if unkept is not None and unkept[0] == origin:
        return unkept[1]
    try:
        return _kept(origin)
    except LookupError:
        return None


def features_of(opened: OpenSurvey, path: str | None) -> Features:
    """Features of a survey by a network: those that are there, or else computed at the press of a button.

    Draws the offer, then progress with a way out, and stops the page until they are there.

    Parameters
    ----------
    opened : OpenSurvey
    path : str or None
        The network's card; None for the shipped one.
    """
    found = find_features(opened, path)
    if found is not None:
        _, unkept, said = st.session_state.get(_UNKEPT, (None, None, ""))
        if found is unkept:
            st.warning(said, icon=":material/save:")
        return found
    if not torch_is_here():
        say_how_to_get_torch()
        st.stop()
    st.markdown(
        f"The network hasn't seen these {opened.counted} yet. It looks at them once. What it finds is kept in "
        f"{code(kept_folder())}; nothing is written beside your data."
    )
    origin = _origin(opened, path)
    asked = st.session_state.get(_ASKED) == origin
    with st.container(horizontal=True):
        # Disabled and not gone: what a page leaves out is drawn at its end, faded, until the run is over.
        st.button(
            "Compute their features",
            type="primary",
            icon=":material/play_arrow:",
            disabled=asked,
            on_click=lambda: st.session_state.update({_ASKED: origin}),
        )
        if asked:
            # A press reruns the page: the next report of progress then ends the pass, and no hook is left behind.
            st.button("Cancel", icon=":material/close:", on_click=lambda: st.session_state.pop(_ASKED, None))
    if not asked:
        st.stop()
    _compute(opened, path, origin)


def _origin(opened: OpenSurvey, path: str | None) -> Origin:
    """What the features of a survey by a network must have been computed from."""
    return Origin.expected(opened.survey.sha256, open_card(path))


@st.cache_resource(max_entries=2, show_spinner="Reading features …", hash_funcs={Origin: lambda origin: origin.key})
def _kept(origin: Origin) -> Features:
    """Load features from the cache folder; what raises isn't cached here, so that it is looked for again."""
    features = load_kept(origin)
    if features is None:
        raise LookupError
    return features


@st.cache_resource(hash_funcs={Origin: lambda origin: origin.key})
def _turn(origin: Origin) -> Lock:
    """Held while features are computed: a class that presses the button at once computes them once."""
    return Lock()


def _compute(opened: OpenSurvey, path: str | None, origin: Origin) -> NoReturn:
    """Run the network over a survey and keep what it finds; then, or if it fails, this run of the page ends."""
    bar = st.progress(0.0, "Loading PyTorch …")
    st.caption("Keep this page open meanwhile: closed, it begins anew.")
    from galviz.activations import extract  # only now: torch takes some seconds to come

    turn = _turn(origin)
    while not turn.acquire(timeout=0.5):
        bar.progress(0.0, "Another session computes the same features …")
    try:
        if find_features(opened, path) is None:
            bar.progress(0.0, f"The network looks at the first of {opened.counted} …")
            network = shared_network(path)
            features = extract(network, opened.survey, layers=network.layer_names, progress=report_in(bar))
            _try_to_keep(features)
    finally:
        turn.release()
        st.session_state.pop(_ASKED, None)  # whoever comes back later is asked again
    st.rerun()


def _try_to_keep(features: Features) -> None:
    """Keep features on disk; where that can't be, in this session, with a sentence that says so."""
    try:
        keep(features)
    except (OSError, FeaturesError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"{code(kept_folder())} ({plain(reason)})"
        said = f"The features can't be kept in {where}: they are there until you close this page."
        st.session_state[_UNKEPT] = (Origin.recorded(features.provenance), features, said)

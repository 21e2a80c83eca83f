"""Computing with the network itself, where torch is installed: one network for all sessions, progress, a way out."""

from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from galviz.features.cache import cache_features, cache_folder, load_cached
from galviz.features.features import Features, FeaturesError, load_features
from galviz.features.origin import Origin
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.caching import cache_resource
from panels.computation import Computation, report_in
from panels.feature_space import shipped_features
from panels.plain import code, plain
from panels.source import Source
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from torch import nn

_UNKEPT = "features_not_kept"


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


@st.cache_resource(max_entries=2, show_spinner="Loading the network …")
def _network(path: str | None, card_sha256: str) -> "nn.Module":
    from galviz.network.model import load_model

    return load_model(path)


def shared_network(path: str | None = None) -> "nn.Module":
    """The network of a card, one for all sessions; another if anything on the card has changed."""
    return _network(path, read_card(path).sha256)


def find_features(opened: OpenSurvey, source: Source) -> Features | None:
    """Features of a survey by a network that are there already: shipped, kept from before, or of this session.

    Parameters
    ----------
    opened : OpenSurvey
    source : Source

    Returns
    -------
    Features or None
        None where they would have to be computed.

    Raises
    ------
    FeaturesError
        If a features file can't be read, or is of another survey; `explain_errors` around the page tells the student.
    """
    if source.file is not None:
        return _in_file(opened, source)
    if opened.shipped and source.is_shipped:
        return shipped_features()
    origin = _origin(opened, source)
    unkept = st.session_state.get(_UNKEPT)
    if unkept is not None and unkept[0] == origin:
        return unkept[1]
    try:
        return _kept(origin)
    except LookupError:
        return None


def _in_file(opened: OpenSurvey, source: Source) -> Features:
    try:
        status = Path(source.file).stat()
    except OSError:
        return load_features(source.file)  # which says in words what is wrong
    features = _read_file(source.file, (status.st_mtime_ns, status.st_size), opened.survey)
    if features.predictions is None or features.provenance.get("weights_sha256") == source.card.weights_sha256:
        return features
    # Of a network of which nothing is known: not even what it predicts.
    return Features(features.object_ids, features.layers, None, features.provenance)


@cache_resource(max_entries=2, show_spinner="Reading features …")
def _read_file(file: str, stamp: tuple[int, int], survey: Survey) -> Features:
    return load_features(file, survey=survey)


def features_of(opened: OpenSurvey, source: Source) -> Features:
    """Features of a survey by a network: those that are there, or else computed at the press of a button.

    Draws the offer, then progress with a way out, and stops the page until they are there.

    Parameters
    ----------
    opened : OpenSurvey
    source : Source
    """
    found = find_features(opened, source)
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
        f"{code(cache_folder())}; nothing is written beside your data."
    )
    computation = Computation("features", _origin(opened, source))
    if not computation.is_asked_for("Compute their features"):
        st.stop()
    computation.run(lambda bar: _compute(opened, source, bar))
    st.rerun()


def _origin(opened: OpenSurvey, source: Source) -> Origin:
    """What the features of a survey by a network must have been computed from."""
    return Origin.expected(opened.survey.sha256, source.card)


@cache_resource(max_entries=2, show_spinner="Reading features …")
def _kept(origin: Origin) -> Features:
    """Load features from the cache folder; what raises isn't cached here, so that it is looked for again."""
    features = load_cached(origin)
    if features is None:
        raise LookupError
    return features


@cache_resource()
def _turn(origin: Origin) -> Lock:
    """Held while features are computed: a class that presses the button at once computes them once."""
    return Lock()


def _compute(opened: OpenSurvey, source: Source, bar: "DeltaGenerator") -> None:
    """Run the network over a survey and keep the features, unless another session does so first."""
    st.caption("Keep this page open meanwhile: closed, it begins anew.")
    from galviz.features.extraction import extract  # only now: torch takes some seconds to come

    turn = _turn(_origin(opened, source))
    while not turn.acquire(timeout=0.5):
        bar.progress(0.0, "Another session computes the same features …")
    try:
        if find_features(opened, source) is None:
            bar.progress(0.0, f"The network looks at the first of {opened.counted} …")
            network = shared_network(source.model)
            features = extract(network, opened.survey, layers=network.layer_names, progress=report_in(bar))
            _try_to_keep(features)
    finally:
        turn.release()


def _try_to_keep(features: Features) -> None:
    """Keep features on disk; where that can't be, in this session, with a sentence that says so."""
    try:
        cache_features(features)
    except (OSError, FeaturesError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"{code(cache_folder())} ({plain(reason)})"
        said = f"The features can't be kept in {where}: they are there until you close this page."
        st.session_state[_UNKEPT] = (Origin.recorded(features.provenance), features, said)

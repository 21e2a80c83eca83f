"""Features of a survey: shipped, from a file, from the cache, or computed when the user presses a button."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from galviz.features.cache import cache_features, cache_folder, load_cached
from galviz.features.cache_key import Origin
from galviz.features.features import Features, FeaturesError, load_features
from galviz.survey.label import METALLICITY
from galviz.survey.survey import Survey
from panels.caching import cache_resource
from panels.computation import Computation, progress_in
from panels.feature_space import shipped_features
from panels.features_source import FeaturesSource
from panels.markdown import escape_markdown, markdown_code
from panels.network import explain_torch, has_torch, shared_network
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_IN_SESSION = "features_in_session"


def find_features(opened: OpenSurvey, source: FeaturesSource) -> Features | None:
    """Find the features of a survey: shipped, from a file, from the cache or from this session.

    If the user has chosen a label and the network predicts another quantity, they are without predictions: pages would
    compare or mix up the two.

    Parameters
    ----------
    opened : OpenSurvey
    source : FeaturesSource

    Returns
    -------
    Features or None
        None if they have to be computed.

    Raises
    ------
    FeaturesError
        If a features file can't be read, or belongs to another survey; `explain_errors` shows it to the student.
    """
    features = _find(opened, source)
    if features is None or features.predictions is None or not predicts_another_quantity(opened, source):
        return features
    return Features(features.object_ids, features.layers, None, features.provenance, features.content_sha256)


def predicts_another_quantity(opened: OpenSurvey, source: FeaturesSource) -> bool:
    """Return whether the user has chosen a label that isn't what the network predicts."""
    label = opened.survey.label
    is_chosen = not opened.shipped and label is not None and label.column != METALLICITY
    return is_chosen and source.file is None and label.column != source.card.label


def _find(opened: OpenSurvey, source: FeaturesSource) -> Features | None:
    if source.file is not None:
        return _read_features_file(opened, source)
    if opened.shipped and source.is_shipped:
        return shipped_features()
    origin = _origin(opened, source)
    in_session = st.session_state.get(_IN_SESSION)
    if in_session is not None and in_session[0] == origin:
        return in_session[1]
    if opened.private:
        return None
    try:
        return _load_cached(origin, opened.survey, source.card.spec.layer_names)
    except LookupError:
        return None


def _read_features_file(opened: OpenSurvey, source: FeaturesSource) -> Features:
    try:
        status = Path(source.file).stat()
    except OSError:
        return load_features(source.file)  # raises FeaturesError with the reason
    features = _load_file(source.file, (status.st_mtime_ns, status.st_size), opened.survey)
    if features.predictions is None or features.provenance.get("weights_sha256") == source.card.weights_sha256:
        return features
    # From an unknown network, whose predictions could be of any quantity.
    return Features(features.object_ids, features.layers, None, features.provenance, features.content_sha256)


@cache_resource(max_entries=2, show_spinner="Reading features …")
def _load_file(file: str, stamp: tuple[int, int], survey: Survey) -> Features:
    return load_features(file, survey=survey)


def find_or_compute_features(opened: OpenSurvey, source: FeaturesSource) -> Features:
    """Find the features of a survey, or compute them when the user presses a button.

    Until they are computed, the page shows the buttons and the progress, and stops.

    Parameters
    ----------
    opened : OpenSurvey
    source : FeaturesSource
    """
    features = find_features(opened, source)
    if features is not None:
        origin, _, warning = st.session_state.get(_IN_SESSION, (None, None, ""))
        if warning and source.file is None and origin == _origin(opened, source):
            st.warning(warning, icon=":material/save:")
        return features
    if not has_torch():
        explain_torch()
        st.stop()
    place = f"saved in {markdown_code(cache_folder())}; nothing is written to your data's folder"
    if opened.private:
        place = "kept until you close or reload this page in the browser; no other visitor sees them"
    st.markdown(
        f"The features of these {opened.counted} haven't been computed yet. They are computed once and {place}."
    )
    computation = Computation("features", _origin(opened, source))
    if not computation.is_requested("Compute their features"):
        st.stop()
    computation.run(lambda bar: _compute(opened, source, bar))
    st.rerun()


def _origin(opened: OpenSurvey, source: FeaturesSource) -> Origin:
    """The origin that features of this survey and network must have."""
    return Origin.expected(opened.survey.sha256, source.card)


@cache_resource(max_entries=2, show_spinner="Reading features …")
def _load_cached(origin: Origin, survey: Survey, layers: list[str]) -> Features:
    """Load features from the cache folder; raise LookupError, which Streamlit doesn't cache, if there are none."""
    features = load_cached(origin, survey.object_ids, layers)
    if features is None:
        raise LookupError
    return features


@cache_resource()
def _lock(origin: Origin) -> Lock:
    """Held while features are computed, so that several sessions compute them only once."""
    return Lock()


def _compute(opened: OpenSurvey, source: FeaturesSource, bar: "DeltaGenerator") -> None:
    """Extract and cache the features, unless another session does so first."""
    st.caption("Keep this page open: closing it stops the computation.")
    from galviz.features.extraction import extract  # here, because importing torch takes seconds

    lock = _lock(_origin(opened, source))
    while not lock.acquire(timeout=0.5):
        bar.progress(0.0, "Another session is computing the same features …")
    try:
        if find_features(opened, source) is None:
            bar.progress(0.0, f"Extracting features of {opened.counted} …")
            network = shared_network(source.model)
            features = extract(network, opened.survey, layers=network.layer_names, progress=progress_in(bar))
            if opened.private:
                st.session_state[_IN_SESSION] = (Origin.recorded(features.provenance), features, "")
            else:
                _save(features)
    finally:
        lock.release()


def _save(features: Features) -> None:
    """Save features to the cache folder, or if that fails in this session, with a warning."""
    try:
        cache_features(features)
    except (OSError, FeaturesError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        folder = f"{markdown_code(cache_folder())} ({escape_markdown(reason)})"
        warning = f"The features can't be saved in {folder}. They are available until you close this page."
        st.session_state[_IN_SESSION] = (Origin.recorded(features.provenance), features, warning)

"""Features of a survey, their principal components for a sample, and tables of galaxies for charts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.alignment import HeadAlignment, head_alignment
from galviz.analysis.pca import Projection, fit_pca
from galviz.analysis.validation import AllAlikeError
from galviz.artefacts.thumbnails import THUMBNAILS
from galviz.features.features import Features, load_features
from galviz.network.card import ModelCard
from galviz.network.head import read_head
from galviz.network.thumbnails import make_thumbnails
from galviz.survey.label import Label, describe_label
from panels.caching import cache_data
from panels.features_source import FeaturesSource
from panels.spreadsheet import spreadsheet_csv
from panels.surveys import OpenSurvey

# Galaxies as points: the number of pictures, and their minimum distance as a fraction of the plot.
MAX_PICTURES = 60
MIN_DISTANCE = 0.08
# Galaxies transformed at a time: all of a large survey in double precision would exhaust the memory.
GALAXIES_PER_BATCH = 10_000
_THUMBNAILS = "thumbnails_in_session"


@st.cache_resource(show_spinner="Reading features …")
def shipped_features() -> Features:
    """Load the shipped features; layers are read when they are first used."""
    return load_features()


@st.cache_resource(show_spinner="Reading features …")
def control_features(name: str) -> Features:
    """Load the shipped features of a control network, which can't have learnt metallicity."""
    return load_features(control=name)


@st.cache_resource(show_spinner="Reading thumbnails …")
def _shipped_thumbnails() -> pd.Series:
    return THUMBNAILS.load()


@st.cache_resource(max_entries=4, show_spinner=False)
def _shared_thumbnails(survey_sha256: str) -> dict[str, str]:
    """A dictionary of thumbnails of a user's survey that grows as sessions need them."""
    return {}


def _own_thumbnails(opened: OpenSurvey) -> dict[str, str]:
    """The thumbnails of a user's survey that have been made: for all sessions, or only for the one that uploaded it."""
    sha256 = opened.survey.sha256
    if not opened.private:
        return _shared_thumbnails(sha256)
    if st.session_state.get(_THUMBNAILS, (None,))[0] != sha256:
        st.session_state[_THUMBNAILS] = (sha256, {})
    return st.session_state[_THUMBNAILS][1]


def thumbnails(opened: OpenSurvey, object_ids: list[str]) -> pd.Series:
    """Return thumbnails of some galaxies as data URIs by objID."""
    if opened.shipped:
        return _shipped_thumbnails().loc[object_ids]
    cached = _own_thumbnails(opened)
    missing = [object_id for object_id in object_ids if object_id not in cached]
    if missing:
        with st.spinner(f"Making {len(missing):,} thumbnails …"):
            cached.update(make_thumbnails(opened.survey, missing))
    return pd.Series([cached[object_id] for object_id in object_ids], index=object_ids, dtype=str)


@cache_data(max_entries=64, show_spinner=False)
def project(
    features: Features, layer: str, object_ids: list[str], n_components: int, *, whiten: bool = True
) -> Projection:
    """Fit the principal components of a sample at a layer.

    Parameters
    ----------
    features : Features
    layer : str
    object_ids : list of str
    n_components : int
    whiten : bool
    """
    return fit_pca(features.layers[layer][features.rows(object_ids)], n_components, whiten=whiten)


def project_if_different(features: Features, layer: str, object_ids: list[str], n_components: int) -> Projection | None:
    """Fit the principal components as `project`; None if the galaxies are all alike in this layer."""
    try:
        return project(features, layer, object_ids, n_components)
    except AllAlikeError:
        return None


@cache_data(max_entries=64, show_spinner=False)
def align_head(features: Features, object_ids: list[str], n_components: int, truth: np.ndarray) -> HeadAlignment:
    """Measure how far the components of a sample follow the shipped network's head.

    Parameters
    ----------
    features : Features
        From the shipped network.
    object_ids : list of str
    n_components : int
    truth : ndarray of shape (n,)
        The true label of each galaxy, NaN if unknown.
    """
    values = features.layers[features.last_layer][features.rows(object_ids)]
    return head_alignment(values, read_head().weight, n_components, label=truth)


def chart_label(card: ModelCard, features: Features, survey_label: Label | None) -> Label | None:
    """Return the label that charts show: the predicted one, or without predictions that of the survey.

    Its unit and colour range are those of the survey's label if both are the same quantity.
    """
    if features.predictions is None or (survey_label is not None and survey_label.column == card.label):
        return survey_label
    return replace(describe_label(card.label, features.predictions), unit=card.unit)


def points_table(
    opened: OpenSurvey,
    features: Features,
    coordinates: np.ndarray,
    object_ids: list[str],
    label: Label | None,
    *,
    pictures: bool = True,
) -> pd.DataFrame:
    """Build the table of a scatter chart: ``PC1`` …, ``true`` and ``predicted`` if available, ``image``.

    The survey's label is ``true`` only if it is the quantity that the network predicts.

    Parameters
    ----------
    opened : OpenSurvey
    features : Features
    coordinates : ndarray of shape (n, k)
        Rows in the order of `object_ids`.
    object_ids : list of str
    label : Label or None
        See `chart_label`.
    pictures : bool
        Whether to add each galaxy's thumbnail, for tooltips and galaxies as points.
    """
    names = [f"PC{number}" for number in range(1, coordinates.shape[1] + 1)]
    table = pd.DataFrame(coordinates, columns=names, index=pd.Index(object_ids, name="objID"))
    truth = opened.survey.label
    if truth is not None and label is not None and truth.column == label.column:
        table["true"] = opened.survey.catalogue.loc[object_ids, truth.column].to_numpy(float)
    if features.predictions is not None:
        table["predicted"] = features.predictions[features.rows(object_ids)]
    if pictures:
        table["image"] = thumbnails(opened, object_ids).to_numpy()
    return table


def survey_csv(
    opened: OpenSurvey,
    features: Features,
    layer: str,
    projection: Projection,
    label: Label | None,
    *,
    batch_size: int = GALAXIES_PER_BATCH,
) -> str:
    """Format all galaxies of a survey as CSV, on the components fitted to a sample; columns as in `points_table`.

    Numbers have the fewest digits that restore the same number. No Streamlit function is called, so a download button
    may call this outside a page.
    """
    values = features.layers[layer]
    parts = [values[start : start + batch_size] for start in range(0, len(values), batch_size)]
    coordinates = np.concatenate([projection.transform(part) for part in parts])
    table = points_table(opened, features, coordinates, features.object_ids, label, pictures=False)
    return spreadsheet_csv(table)


def warn_about_domain_shift(opened: OpenSurvey, source: FeaturesSource, *, is_predicted: bool) -> None:
    """Warn that the shipped network, applied to a user's galaxies, was trained on simulated ones.

    Parameters
    ----------
    opened : OpenSurvey
    source : FeaturesSource
    is_predicted : bool
        Whether pages show the network's predictions.
    """
    if opened.shipped or not source.is_shipped:
        return
    warning = "This network was trained on simulated galaxies only. "
    if is_predicted:
        warning += "Its predictions for your galaxies may be wrong: compare them with labels before you rely on them."
    else:
        warning += "It predicts another quantity than your label, so pages show its features, not its predictions."
    st.warning(warning, icon=":material/science:")

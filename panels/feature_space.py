"""The feature space of a survey, for a page: features, a projection of a sample of them, and the tables of galaxies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.alignment import HeadAlignment, head_alignment
from galviz.analysis.pca import Projection, fit_pca
from galviz.artefacts.thumbnails import THUMBNAILS
from galviz.features.features import Features, load_features
from galviz.network.card import ModelCard
from galviz.network.head import read_head
from galviz.network.thumbnails import make_thumbnails
from galviz.survey.label import Label, describe_label
from panels.caching import cache_data
from panels.source import Source
from panels.surveys import OpenSurvey

# Galaxies as points: no more pictures than this, no closer than a picture's width as a share of the plot's.
MOST_PICTURES = 60
APART = 0.08
# Galaxies put on the axes at a time: in double precision all of a large survey would fill the memory.
_AT_A_TIME = 10_000


@st.cache_resource(show_spinner="Reading features …")
def shipped_features() -> Features:
    """The shipped features, once for all sessions; their layers are read when first asked for."""
    return load_features()


@st.cache_resource(show_spinner="Reading a control's features …")
def control_features(name: str) -> Features:
    """The shipped features of a network that can't have learnt metallicity, once for all sessions."""
    return load_features(control=name)


@st.cache_resource(show_spinner="Reading small pictures …")
def _shipped_thumbnails() -> pd.Series:
    return THUMBNAILS.load()


@st.cache_resource(max_entries=4, show_spinner=False)
def _own_thumbnails(survey_sha256: str) -> dict[str, str]:
    """Those made so far of a user's images, for all sessions; two that make the same one make it alike."""
    return {}


def thumbnails(opened: OpenSurvey, object_ids: list[str]) -> pd.Series:
    """Small pictures of some galaxies of a survey, as data URIs by objID; those of a user's are made once."""
    if opened.shipped:
        return _shipped_thumbnails().loc[object_ids]
    made = _own_thumbnails(opened.survey.sha256)
    missing = [object_id for object_id in object_ids if object_id not in made]
    if missing:
        with st.spinner(f"Making {len(missing):,} small pictures …"):
            made.update(make_thumbnails(opened.survey, missing))
    return pd.Series([made[object_id] for object_id in object_ids], index=object_ids, dtype=str)


@cache_data(max_entries=64, show_spinner=False)
def project(
    features: Features, layer: str, object_ids: list[str], n_components: int, *, whiten: bool = True
) -> Projection:
    """Principal components of a sample at a layer; the same for all who ask for the same.

    Parameters
    ----------
    features : Features
    layer : str
    object_ids : list of str
    n_components : int
    whiten : bool
    """
    return fit_pca(features.layers[layer][features.rows(object_ids)], n_components, whiten=whiten)


@cache_data(max_entries=64, show_spinner=False)
def align_head(features: Features, object_ids: list[str], n_components: int, truth: np.ndarray) -> HeadAlignment:
    """How much of a sample's picture is there because of the shipped network's head; the same for all who ask.

    Parameters
    ----------
    features : Features
        By the shipped network.
    object_ids : list of str
    n_components : int
    truth : ndarray of shape (n,)
        The true label of each, NaN where not known.
    """
    values = features.layers[features.last_layer][features.rows(object_ids)]
    return head_alignment(values, read_head().weight, n_components, label=truth)


def shown_label(card: ModelCard, features: Features, of_survey: Label | None) -> Label | None:
    """The label that charts show: what the network predicts, or without predictions that of the survey, if it has one.

    It has its unit and a range for colours: those of the survey's label if that is the same.
    """
    if features.predictions is None or (of_survey is not None and of_survey.column == card.label):
        return of_survey
    return replace(describe_label(card.label, features.predictions), unit=card.unit)


def points_table(
    opened: OpenSurvey,
    features: Features,
    coordinates: np.ndarray,
    object_ids: list[str],
    shown: Label | None,
    *,
    pictures: bool = True,
) -> pd.DataFrame:
    """The table that the scatters draw: ``PC1`` …, ``true`` and ``predicted`` if there are any, ``image``.

    Only a label of the quantity that the network predicts is its truth.

    Parameters
    ----------
    opened : OpenSurvey
    features : Features
    coordinates : ndarray of shape (n, k)
        Rows in the order of `object_ids`.
    object_ids : list of str
    shown : Label or None
        See `shown_label`.
    pictures : bool
        Whether to add each galaxy's small picture, for tooltips and as points.
    """
    names = [f"PC{number}" for number in range(1, coordinates.shape[1] + 1)]
    table = pd.DataFrame(coordinates, columns=names, index=pd.Index(object_ids, name="objID"))
    label = opened.survey.label
    if label is not None and shown is not None and label.column == shown.column:
        table["true"] = opened.survey.catalogue.loc[object_ids, label.column].to_numpy(float)
    if features.predictions is not None:
        table["predicted"] = features.predictions[features.rows(object_ids)]
    if pictures:
        table["image"] = thumbnails(opened, object_ids).to_numpy()
    return table


def all_as_csv(opened: OpenSurvey, features: Features, layer: str, projection: Projection, shown: Label | None) -> str:
    """Every galaxy of a survey as CSV, the columns as in `points_table`, on axes that were fitted to a sample of them.

    Numbers have the fewest digits that give back the same number, however small the label's unit makes them.

    It calls nothing of Streamlit, and so may run outside a page, when somebody presses a button.
    """
    values = features.layers[layer]
    parts = [values[start : start + _AT_A_TIME] for start in range(0, len(values), _AT_A_TIME)]
    coordinates = np.concatenate([projection.transform(part) for part in parts])
    table = points_table(opened, features, coordinates, features.object_ids, shown, pictures=False)
    return table.to_csv(lineterminator="\n")  # each number in full: a label may be as small as 1e-11


def warn_of_simulations(opened: OpenSurvey, source: Source) -> None:
    """Say, where the shipped network looks at a user's galaxies, that it never learnt from any like them."""
    if not opened.shipped and source.is_shipped:
        st.warning(
            "This network learnt from simulated galaxies alone. Of yours its predictions may be off: compare them with "
            "labels before you rely on them.",
            icon=":material/science:",
        )

"""The feature space of a survey, for a page: features, a projection of a sample of them, and the table to draw."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from galviz.card import ModelCard
from galviz.features import Features, load_features
from galviz.label import Label, describe_label
from galviz.projection import Projection, fit_pca
from galviz.thumbnails import load_thumbnails, make_thumbnails
from panels.surveys import OpenSurvey

# Galaxies as points: no more pictures than this, no closer than a picture's width as a share of the plot's.
MOST_PICTURES = 100
APART = 0.11


@st.cache_resource(show_spinner="Reading features …")
def shipped_features() -> Features:
    """The shipped features, once for all sessions; their layers are read when first asked for."""
    return load_features()


@st.cache_resource(max_entries=4, show_spinner="Making small pictures …")
def _thumbnails(survey_sha256: str | None, object_ids: tuple[str, ...], _opened: OpenSurvey) -> pd.Series:
    """Data URIs by objID: the shipped file's, or made of a user's images once for all sessions."""
    if _opened.shipped:
        return load_thumbnails()[0]
    return make_thumbnails(_opened.survey, object_ids)


def thumbnails(opened: OpenSurvey, object_ids: list[str]) -> pd.Series:
    """Small pictures of some galaxies of a survey, as data URIs by objID."""
    if opened.shipped:
        return _thumbnails(None, (), opened).loc[object_ids]
    return _thumbnails(opened.survey.sha256, tuple(object_ids), opened)


@st.cache_data(max_entries=64, show_spinner=False)
def project(
    made_from: str, layer: str, object_ids: list[str], n_components: int, whiten: bool, _features: Features
) -> Projection:
    """Principal components of a sample at a layer; the same for all who ask for the same.

    Parameters
    ----------
    made_from : str
        What tells these features from others: checksums of survey and weights.
    layer : str
    object_ids : list of str
    n_components : int
    whiten : bool
    """
    rows = _features.rows(object_ids)
    return fit_pca(_features.layers[layer][rows], n_components, whiten=whiten)


def predicted_label(card: ModelCard, features: Features, of_survey: Label | None) -> Label:
    """What a network predicts, with its unit and a range for colours: the survey's label where that is the same."""
    if of_survey is not None and of_survey.column == card.label:
        return of_survey
    return replace(describe_label(card.label, features.predictions), unit=card.unit)


def origin(features: Features) -> str:
    """What tells features from others: the checksums of the survey and of the weights they were made from."""
    return "".join(features.provenance.get(name, "") for name in ("survey_sha256", "weights_sha256"))


def points_table(
    opened: OpenSurvey,
    features: Features,
    coordinates: np.ndarray,
    object_ids: list[str],
    predicted: Label,
    *,
    pictures: bool = True,
) -> pd.DataFrame:
    """The table that the scatters draw: ``PC1`` …, ``true`` where it is known, ``predicted``, ``image``.

    Only a label of the quantity that the network predicts is its truth.

    Parameters
    ----------
    opened : OpenSurvey
    features : Features
    coordinates : ndarray of shape (n, k)
        Rows in the order of `object_ids`.
    object_ids : list of str
    predicted : Label
        What the network predicts.
    pictures : bool
        Whether to add each galaxy's small picture, for tooltips and as points.
    """
    names = [f"PC{number}" for number in range(1, coordinates.shape[1] + 1)]
    table = pd.DataFrame(coordinates, columns=names, index=pd.Index(object_ids, name="objID"))
    label = opened.survey.label
    if label is not None and label.column == predicted.column:
        table["true"] = opened.survey.catalogue.loc[object_ids, label.column].to_numpy(float)
    table["predicted"] = features.predictions[features.rows(object_ids)]
    if pictures:
        table["image"] = thumbnails(opened, object_ids).to_numpy()
    return table

"""The survey and the features that an instrument shows, and the head of its page."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.charts import value_format
from galviz.features.features import Features
from galviz.survey.label import Label
from panels.feature_space import chart_label, points_table, warn_about_domain_shift
from panels.features_source import FeaturesSource, read_source
from panels.lesson_frame import mark_simulated
from panels.markdown import escape_markdown
from panels.survey_features import find_or_compute_features, predicts_another_quantity
from panels.surveys import OpenSurvey, open_survey


@dataclass(frozen=True)
class FeatureSpace:
    """A survey and its features.

    Attributes
    ----------
    opened : OpenSurvey
    source : FeaturesSource
    features : Features
        Of all galaxies.
    label : Label or None
        The label that charts show, see `panels.feature_space.chart_label`.
    all_labels : DataFrame
        True and predicted label of all galaxies, as in `points_table`.
    """

    opened: OpenSurvey
    source: FeaturesSource
    features: Features
    label: Label | None
    all_labels: pd.DataFrame

    @property
    def is_own(self) -> bool:
        """Whether the survey or the network is the user's."""
        return not (self.opened.shipped and self.source.is_shipped)

    @property
    def label_name(self) -> str:
        """Name of the label, escaped for Markdown."""
        return "" if self.label is None else escape_markdown(self.label.name)

    @property
    def unit(self) -> str:
        """Unit of the label, escaped for Markdown."""
        return "" if self.label is None else escape_markdown(self.label.unit)

    def number_format(self, *, extra_digits: int = 0) -> str:
        """Format of a value of the label."""
        return ".3f" if self.label is None else value_format(self.label, extra_digits=extra_digits)


def open_instrument(title: str) -> FeatureSpace:
    """Draw the title, what is shown and the warning about the network; open the survey's features.

    Until the features of the survey are computed, the page stops.
    """
    opened = open_survey()
    source = read_source(opened)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, width="content")
        mark_simulated(opened)
        if not (opened.shipped and source.is_shipped):
            place = "that come with galviz" if opened.shipped else f"of {escape_markdown(opened.name)}"
            st.markdown(f"{opened.counted} {place}, by {source.description}", width="content")
    warn_about_domain_shift(opened, source, is_predicted=not predicts_another_quantity(opened, source))
    return make_feature_space(opened, source, find_or_compute_features(opened, source))


def make_feature_space(opened: OpenSurvey, source: FeaturesSource, features: Features) -> FeatureSpace:
    """Join a survey with its features and its labels."""
    label = chart_label(source.card, features, opened.survey.label)
    no_coordinates = np.empty((len(features.object_ids), 0))
    all_labels = points_table(opened, features, no_coordinates, features.object_ids, label, pictures=False)
    return FeatureSpace(opened, source, features, label, all_labels)

"""The feature space page: a survey's features, and the plane of components that its controls select."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.pca import Projection
from galviz.charts import value_format
from galviz.features.features import Features
from galviz.survey.label import Label
from panels.colouring import choose_colour
from panels.controls import choose_axes, choose_components, choose_layer, limit_components
from panels.feature_space import chart_label, points_table, project
from panels.features_source import FeaturesSource
from panels.hooked_module import choose_module
from panels.markdown import escape_markdown
from panels.sampling import choose_sample
from panels.survey_features import find_or_compute_features
from panels.surveys import OpenSurvey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


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
    def label_name(self) -> str:
        """Name of the label, escaped for Markdown."""
        return "" if self.label is None else escape_markdown(self.label.name)

    @property
    def unit(self) -> str:
        """Unit of the label, escaped for Markdown."""
        return "" if self.label is None else escape_markdown(self.label.unit)

    @property
    def has_predictions(self) -> bool:
        """Whether there are predictions."""
        return self.features.predictions is not None

    def number_format(self, *, extra_digits: int = 0) -> str:
        """Format of a value of the label."""
        return ".3f" if self.label is None else value_format(self.label, extra_digits=extra_digits)


@dataclass(frozen=True)
class Plane:
    """A sample of a survey in the plane of two components.

    Attributes
    ----------
    features : Features
        Of all galaxies, or only of the sample if a module was hooked.
    points : DataFrame
        One row per galaxy, see `panels.feature_space.points_table`.
    projection : Projection
    layer, x, y : str
    colour : str or None
        A column of the catalogue; None for the label and its prediction.
    """

    features: Features
    points: pd.DataFrame
    projection: Projection
    layer: str
    x: str
    y: str
    colour: str | None

    @property
    def has_truth(self) -> bool:
        """Whether any galaxy of the sample has a true label."""
        return has_truth(self.points)


def has_truth(points: pd.DataFrame) -> bool:
    """Return whether any galaxy of a table has a true label.

    Examples
    --------
    >>> has_truth(pd.DataFrame({"true": [8.5, None]})), has_truth(pd.DataFrame({"true": [None]}))
    (True, False)
    """
    return "true" in points and bool(points["true"].notna().any())


def open_feature_space(opened: OpenSurvey, source: FeaturesSource) -> FeatureSpace:
    """Find or compute the features of the survey; until they are computed, the page stops."""
    features = find_or_compute_features(opened, source)
    label = chart_label(source.card, features, opened.survey.label)
    no_coordinates = np.empty((len(features.object_ids), 0))
    all_labels = points_table(opened, features, no_coordinates, features.object_ids, label, pictures=False)
    return FeatureSpace(opened, source, features, label, all_labels)


def choose_plane(space: FeatureSpace, chart: "DeltaGenerator") -> Plane:
    """Draw the controls of the sample, the layer, the axes and the colour, and fit the components.

    If they can't be fitted, say why in the container `chart`, and stop the page.
    """
    survey, features = space.opened.survey, space.features
    left, right = st.columns(2, gap="large")
    with left:
        sample = choose_sample(survey)
        n_components = choose_components()
    with right:
        layer = choose_layer(list(features.layers), space.source.card.spec if space.source.file is None else None)
    if space.source.file is None:
        hooked = choose_module(survey, sample, space.source.model)
        if hooked is not None:
            features, layer = hooked, hooked.last_layer
    n_components = limit_components(n_components, len(sample), features.layers[layer].shape[1])
    if n_components < 2:
        chart.warning("A plane needs two components: choose another layer, or more galaxies.", icon=":material/info:")
        st.stop()
    try:
        projection = project(features, layer, sample, n_components)
    except ValueError as error:
        chart.warning(escape_markdown(error), icon=":material/info:")
        st.stop()
    points = points_table(space.opened, features, projection.coordinates, sample, space.label)
    with right:
        x, y = choose_axes(n_components)
        colour = choose_colour(
            survey.catalogue.loc[sample],
            labelled=has_truth(points),
            predicted=space.has_predictions,
            mixed=survey.mixed,
            possibly_missing=survey.possibly_missing,
        )
    return Plane(features, points, projection, layer, x, y, colour)

"""The galaxies of a lesson that needs no known causes: the user's if their features are known, else the simulated."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from galviz.analysis.pca import Projection
from panels.arguments import read_arguments
from panels.controls import choose_components, choose_layer, limit_components
from panels.feature_space import points_table, project_if_different, shipped_features
from panels.features_source import SHIPPED, read_source
from panels.instrument import FeatureSpace, make_feature_space
from panels.lesson_frame import EXPLORE
from panels.own_survey import has_uploaded
from panels.sampling import choose_sample
from panels.survey_features import find_features
from panels.surveys import open_shipped_survey, open_survey

# With fewer galaxies there is no plane of components to look at.
_LEAST_GALAXIES = 3


def open_lesson_space(*, remarks: bool = True) -> FeatureSpace:
    """Return the survey and the network of the app's arguments, or those that come with galviz.

    The latter if the features of the former haven't been computed, or are of fewer than three galaxies. `remarks` is
    that of `open_survey`.
    """
    opened = open_survey(remarks=remarks)
    source = read_source(opened)
    features = find_features(opened, source)
    if features is None or len(features.object_ids) < _LEAST_GALAXIES:
        return make_feature_space(open_shipped_survey(), SHIPPED, shipped_features())
    return make_feature_space(opened, source, features)


def explain_galaxies(*, uses_own: bool | None) -> None:
    """If the app was started with a survey or a network, say whether a lesson shows it, and if not, why.

    Parameters
    ----------
    uses_own : bool or None
        None for a lesson that is about the galaxies that come with galviz.
    """
    arguments = read_arguments()
    if not has_uploaded() and arguments.survey is None and arguments.model is None and arguments.features is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_galaxies"):
        if uses_own:
            st.caption("This lesson shows your galaxies. Its text and exercises are about the simulated ones.")
            return
        if uses_own is None:
            st.caption("This lesson is about the galaxies that come with galviz.", width="content")
            st.page_link(EXPLORE, label="Explore yours", icon=":material/scatter_plot:")
        else:
            st.caption("This lesson can show your galaxies once their features are computed.", width="content")
            st.page_link(EXPLORE, label="Compute them in Explore", icon=":material/scatter_plot:")


@dataclass(frozen=True, eq=False)
class LessonSample:
    """A sample of galaxies on its principal components.

    Attributes
    ----------
    space : FeatureSpace
    layer : str
    object_ids : list of str
    projection : Projection
    """

    space: FeatureSpace
    layer: str
    object_ids: list[str]
    projection: Projection

    @property
    def counted(self) -> str:
        """The number of galaxies, with the noun."""
        return f"{len(self.object_ids):,} {self.space.opened.galaxies}"

    def points(self) -> pd.DataFrame:
        """The table of a scatter chart, see `panels.feature_space.points_table`."""
        space, coordinates = self.space, self.projection.coordinates
        return points_table(space.opened, space.features, coordinates, self.object_ids, space.label)


def choose_lesson_sample(*, least_components: int = 1) -> LessonSample | None:
    """Draw the controls of the layer, the sample and the components, and fit them.

    Parameters
    ----------
    least_components : int
        How many the picture needs.

    Returns
    -------
    LessonSample or None
        None if the layer hasn't as many components; the page says so.
    """
    space = open_lesson_space(remarks=False)
    layer = choose_layer(list(space.features.layers), space.source.spec)
    object_ids = choose_sample(space.opened.survey)
    n_components = limit_components(choose_components(), len(object_ids), space.features.layers[layer].shape[1])
    projection = project_if_different(space.features, layer, object_ids, n_components)
    if projection is None:
        st.info("The galaxies are all alike in this layer: choose another one.", icon=":material/info:")
        return None
    if n_components < least_components:
        st.info("The layer has only one component: choose another one.", icon=":material/info:")
        return None
    return LessonSample(space, layer, object_ids, projection)

"""Home page: a feature space, of the user's galaxies if their features exist, and links to the lessons."""

from dataclasses import dataclass

import streamlit as st

from galviz.analysis.pca import Projection
from galviz.charts import ring_scatter
from galviz.features.features import Features, FeaturesError
from galviz.survey.sample import draw_sample
from panels.course_overview import show_course
from panels.feature_space import chart_label, points_table, project, warn_about_domain_shift
from panels.features_source import SHIPPED, FeaturesSource, read_source
from panels.lesson_frame import SPACE, mark_simulated
from panels.links import link_to
from panels.markdown import escape_markdown
from panels.sampling import MAX_SAMPLE_SIZE
from panels.settings import settings
from panels.survey_features import find_features
from panels.surveys import OpenSurvey, open_shipped_survey, open_survey


@dataclass(frozen=True)
class Space:
    """A survey's features, and a sample of it on the first two components."""

    opened: OpenSurvey
    source: FeaturesSource
    features: Features
    projection: Projection
    sample: list[str]


def _space_of(opened: OpenSurvey, source: FeaturesSource) -> Space | None:
    """The feature space of a survey; None if its features don't exist or can't be projected."""
    features = find_features(opened, source)
    if features is None:
        return None
    sample = draw_sample(features.object_ids, min(len(features.object_ids), MAX_SAMPLE_SIZE))
    try:
        return Space(opened, source, features, project(features, features.last_layer, sample, 2), sample)
    except FeaturesError:
        raise  # the page explains files that can't be read
    except ValueError:
        return None  # a single galaxy, or identical features


def _introduce(space: Space, *, labelled: bool) -> None:
    of_which = "" if space.opened.shipped else f" of {escape_markdown(space.opened.survey.folder.name)}"
    if space.features.predictions is None:
        right = "The colour is the true label." if labelled else "There are neither predictions nor labels."
    else:
        right = (
            "Ring and dot have the same colour if the prediction is right."
            if labelled
            else "The colour is the prediction."
        )
    seen_by = (
        "a network trained to predict metallicity from images" if space.source.is_shipped else space.source.description
    )
    st.markdown(
        f"Each point is one of {len(space.sample):,} galaxies{of_which}. Galaxies with similar features in {seen_by} "
        f"are close together. **{right}**"
    )


def _show_links(shown: OpenSurvey, yours: OpenSurvey) -> None:
    """Draw the links to the first lesson and, if the app was started with a survey or a network, to its own page."""
    source = read_source(yours)
    with st.container(horizontal=True, vertical_alignment="center"):
        mark_simulated(shown)
        first = settings().lessons[0]
        link_to(first, label=f"Begin: {first.title}", icon=":material/arrow_forward:")
        if not yours.shipped:
            label = f"Open your survey: {yours.counted} of {escape_markdown(yours.survey.folder.name)}"
            st.page_link(SPACE, label=label, icon=":material/folder_open:")
        elif not source.is_shipped:
            label = f"Open your {'network' if source.file is None else 'features'}: {source.name}"
            st.page_link(SPACE, label=label, icon=":material/folder_open:")


def page() -> None:
    """Draw the page."""
    yours = open_survey()
    space = _space_of(yours, read_source(yours)) or _space_of(open_shipped_survey(), SHIPPED)
    opened, features, sample = space.opened, space.features, space.sample
    label = chart_label(space.source.card, features, opened.survey.label)
    points = points_table(opened, features, space.projection.coordinates, sample, label)

    st.title("What a neural network sees in galaxies")
    _introduce(space, labelled="true" in points)
    if opened is not yours:
        st.info(
            "These galaxies and this network come with galviz. Open yours with the button below.",
            icon=":material/info:",
        )
    warn_about_domain_shift(opened, space.source)
    _show_links(opened, yours)
    st.altair_chart(
        ring_scatter(points, "PC1", "PC2", label, x_title="Principal component 1", y_title="Principal component 2")
    )
    total = len(features.object_ids)
    chosen = f" {len(sample):,} of the {total:,}, drawn at random." if len(sample) < total else ""
    st.caption(f"Point at a galaxy to see it.{chosen}")
    show_course()

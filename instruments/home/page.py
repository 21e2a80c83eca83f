"""Home: a feature space at once, of the galaxies you brought if the network has seen them; and the way in."""

from dataclasses import dataclass

import streamlit as st

from galviz.analysis.pca import Projection
from galviz.charts import ring_scatter
from galviz.features.features import Features, FeaturesError
from galviz.survey.sample import draw_sample
from panels.anatomy import SPACE, mark_simulated
from panels.course import show_course
from panels.feature_space import points_table, project, shown_label, warn_of_simulations
from panels.links import link_to
from panels.live import find_features
from panels.plain import plain
from panels.sampling import LARGEST_SIZE
from panels.settings import settings
from panels.source import SHIPPED, Source, read_source
from panels.surveys import OpenSurvey, open_shipped_survey, open_survey


@dataclass(frozen=True)
class Space:
    """A survey as a network sees it, and a sample of it on the first two components."""

    opened: OpenSurvey
    source: Source
    features: Features
    projection: Projection
    sample: list[str]


def _space_of(opened: OpenSurvey, source: Source) -> Space | None:
    """The feature space of a survey; None where there is nothing to see yet."""
    features = find_features(opened, source)
    if features is None:
        return None
    sample = draw_sample(features.object_ids, min(len(features.object_ids), LARGEST_SIZE))
    try:
        return Space(opened, source, features, project(features, features.last_layer, sample, 2), sample)
    except FeaturesError:
        raise  # a file that can't be read is another matter
    except ValueError:
        return None  # one galaxy, or all alike


def _introduce(space: Space, *, labelled: bool) -> None:
    of_which = "" if space.opened.shipped else f" of {plain(space.opened.survey.folder.name)}"
    if space.features.predictions is None:
        right = "The colour is the true label." if labelled else "There are neither predictions nor labels."
    else:
        right = "Ring and dot have one colour where it is right." if labelled else "The colour is what it predicts."
    seen_by = (
        "a network that learnt to read chemistry from pictures" if space.source.is_shipped else space.source.seen_by
    )
    st.markdown(
        f"Each point is one of {len(space.sample):,} galaxies{of_which}: {seen_by} puts those close together that it "
        f"finds alike. **{right}**"
    )


def _offer_ways_on(shown: OpenSurvey, yours: OpenSurvey) -> None:
    """Draw the links to the first lesson and, if the app was started with a survey or a network, to its own page."""
    source = read_source(yours)
    with st.container(horizontal=True, vertical_alignment="center"):
        mark_simulated(shown)
        first = settings().lessons[0]
        link_to(first, label=f"Begin: {first.title}", icon=":material/arrow_forward:")
        if not yours.shipped:
            label = f"Open your survey: {yours.counted} of {plain(yours.survey.folder.name)}"
            st.page_link(SPACE, label=label, icon=":material/folder_open:")
        elif not source.is_shipped:
            label = f"Open your {'network' if source.file is None else 'features'}: {source.name}"
            st.page_link(SPACE, label=label, icon=":material/folder_open:")


def page() -> None:
    """Draw the page."""
    yours = open_survey()
    space = _space_of(yours, read_source(yours)) or _space_of(open_shipped_survey(), SHIPPED)
    opened, features, sample = space.opened, space.features, space.sample
    label = shown_label(space.source.card, features, opened.survey.label)
    points = points_table(opened, features, space.projection.coordinates, sample, label)

    st.title("What a neural network sees in galaxies")
    _introduce(space, labelled="true" in points)
    if opened is not yours:
        st.info(
            "These galaxies come with galviz, and so does the network. Yours are one step away.", icon=":material/info:"
        )
    warn_of_simulations(opened, space.source)
    _offer_ways_on(opened, yours)
    st.altair_chart(
        ring_scatter(points, "PC1", "PC2", label, x_title="Principal component 1", y_title="Principal component 2")
    )
    total = len(features.object_ids)
    chosen = f" {len(sample):,} of the {total:,}, drawn at random." if len(sample) < total else ""
    st.caption(f"Point at a galaxy to see it.{chosen}")
    show_course()

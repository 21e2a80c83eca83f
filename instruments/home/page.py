"""Home page: what galviz is, a guided tour of the feature space with the galaxies themselves, and the lessons."""

from functools import partial

import pandas as pd
import streamlit as st

from panels.controls import choose_one
from panels.course_overview import show_course
from panels.feature_space import shipped_features
from panels.features_source import FeaturesSource, read_source
from panels.galaxy_map import draw_map
from panels.lesson_frame import EXPLORE, OWN, mark_simulated
from panels.links import link_to
from panels.markdown import escape_markdown
from panels.selection import Selection
from panels.session_selection import apply_pick, session_selection, show_in_url
from panels.settings import settings
from panels.surveys import OpenSurvey, fragment, open_shipped_survey, open_survey
from panels.tour import STEPS, TourSurvey, tour_facts, tour_points

_STEP = "tour"


def _show_links(yours: OpenSurvey, source: FeaturesSource) -> None:
    """Draw the links to the first lesson and to Explore."""
    with st.container(horizontal=True, vertical_alignment="center"):
        first = settings().lessons[0]
        link_to(first, label=f"Begin the course: {first.title}", icon=":material/school:")
        label = "Explore"
        if not yours.shipped:
            label = f"Explore your survey: {yours.counted} of {escape_markdown(yours.name)}"
        elif not source.is_shipped:
            label = (
                f"Explore with your {'network' if source.file is None else 'features'}: {escape_markdown(source.name)}"
            )
        st.page_link(EXPLORE, label=label, icon=":material/scatter_plot:")
        if yours.shipped:
            st.page_link(OWN, label="Bring your own galaxies", icon=":material/upload:")


@fragment
def _show_tour(survey: TourSurvey, *, explorable: bool) -> None:
    """Draw the tour; what is selected in its last step is explored if these galaxies are those of the other pages."""
    left, right = st.columns([5, 2], gap="medium")
    with right:
        number = choose_one(f"A tour in {len(STEPS)} steps", range(1, len(STEPS) + 1), 1, key=_STEP)
        step = STEPS[number - 1]
        st.subheader(step.title)
        st.markdown(step.text.format(**tour_facts(survey.features, survey.true)))
        with st.container(horizontal=True):
            back, forward = (partial(st.session_state.__setitem__, _STEP, number + change) for change in (-1, 1))
            st.button("Back", icon=":material/arrow_back:", disabled=number == 1, on_click=back)
            st.button("Next", type="primary", disabled=number == len(STEPS), on_click=forward)
    points, selected, view = tour_points(survey, step)
    last = number == len(STEPS)
    selection = session_selection(survey.opened) if last and explorable else Selection()
    with left:
        draw_map(
            points,
            selected=selection.ids or selected,
            opened=None,
            on_pick=partial(apply_pick, selection),
            key="tour_map",
            view=view,
            tools=last,
        )
    if selection.ids:
        with right:
            label = f"Explore the {len(selection.ids):,} selected"
            st.page_link(EXPLORE, label=label, icon=":material/arrow_forward:")
            show_in_url(selection)


def page() -> None:
    """Draw the page."""
    yours, opened, features = open_survey(), open_shipped_survey(), shipped_features()
    label, true = opened.survey.label, opened.survey.catalogue[opened.survey.label.column]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("What has a neural network learnt about galaxies?", width="content")
        mark_simulated(opened)
    st.markdown(
        "galviz shows what a network trained on galaxy images has learnt: as a course in "
        f"{len(settings().lessons)} lessons, and for your own galaxies and networks."
    )
    _show_links(yours, read_source(yours))
    predicted = pd.Series(features.predictions, index=features.object_ids)
    _show_tour(TourSurvey(opened, features, label, true, predicted), explorable=yours.shipped)
    show_course()

"""A bare Streamlit page to compare with: a map of the explorer and the images of what is selected, and nothing else.

``bare_page.py home`` draws the map of the home page, ``bare_page.py explore [FOLDER FEATURES]`` that of Explore, of the
shipped galaxies or of those of a survey folder and a features file.
"""

import sys
from functools import partial
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from galviz.charts.point_colours import colour_numbers
from galviz.features.features import Features, load_features
from galviz.survey.survey import load_survey
from panels.feature_space import shipped_features, thumbnails
from panels.galaxy_map import MapPoints, Picked, draw_map
from panels.map_embedding import component_embedding
from panels.map_points import MAX_THUMBNAILS
from panels.pictures import show_grid
from panels.selection import Selection
from panels.surveys import OpenSurvey, open_shipped_survey
from panels.tour import STEPS, TourSurvey, tour_points

st.set_page_config(layout="wide")


@st.cache_resource
def open_own(folder: str, file: str) -> tuple[OpenSurvey, Features]:
    """The survey of a folder, and its features."""
    survey = load_survey(folder)
    return OpenSurvey(survey, shipped=False), load_features(file, survey=survey)


def explore_points(opened: OpenSurvey, features: Features) -> MapPoints:
    """The points that Explore shows at first."""
    embedding = component_embedding(features, "features", features.object_ids)
    label = opened.survey.label
    true = opened.survey.catalogue[label.column].to_numpy()
    fill, ring = (colour_numbers(each, (label.low, label.high)) for each in (features.predictions, true))
    images = thumbnails(opened, features.object_ids) if len(features.object_ids) <= MAX_THUMBNAILS else []
    return MapPoints(
        object_ids=features.object_ids,
        coordinates=embedding.coordinates,
        fill=fill.rgb,
        ring=ring.rgb,
        texts=features.object_ids,
        images=dict(zip(map(str, range(len(images))), images, strict=True)),
        titles=embedding.titles,
        description="galaxies",
    )


def home_points() -> MapPoints:
    """The points of the tour's first step."""
    opened, features = open_shipped_survey(), shipped_features()
    true = opened.survey.catalogue[opened.survey.label.column]
    return tour_points(TourSurvey(opened, features, opened.survey.label, true, true), STEPS[0])[0]


def apply(selection: Selection, picked: Picked) -> None:
    """Change the selection."""
    selection.change(picked.object_ids, "replace")


if sys.argv[1] == "home":
    draw_map(home_points(), selected=[], opened=None, on_pick=print, key="bare", tools=False)
else:
    opened, features = open_own(*sys.argv[2:]) if sys.argv[2:] else (open_shipped_survey(), shipped_features())
    selection = st.session_state.setdefault("selection", Selection())
    left, right = st.columns([5, 3])
    with left:
        pick = partial(apply, selection)
        draw_map(explore_points(opened, features), selected=selection.ids, opened=None, on_pick=pick, key="bare")
    with right:
        count = st.slider("Images", 4, 48, 16)
        shown = sorted(selection.ids)[:count]
        show_grid(opened.survey, shown, shown, shown, side_px=96)

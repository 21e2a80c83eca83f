"""Home: a feature space at once, of the galaxies you brought if the network has seen them; and the way in."""

import streamlit as st

from galviz.charts import ring_scatter
from galviz.features import Features, FeaturesError
from galviz.projection import Projection
from galviz.sample import draw_sample
from panels.anatomy import SPACE, mark_simulated
from panels.arguments import read_arguments
from panels.course import show_course
from panels.feature_space import origin, points_table, predicted_label, project, warn_of_simulations
from panels.links import link_to
from panels.live import find_features, open_card
from panels.plain import plain
from panels.sampling import LARGEST_SIZE
from panels.settings import settings
from panels.surveys import OpenSurvey, open_shipped_survey, open_survey


def space_of(opened: OpenSurvey, model: str | None) -> tuple[Features, Projection, list[str]] | None:
    """Features of a survey, and a sample of it on their first two axes; None where there is nothing to see yet."""
    features = find_features(opened, model)
    if features is None:
        return None
    sample = draw_sample(features.object_ids, min(len(features.object_ids), LARGEST_SIZE))
    try:
        return features, project(origin(features), "features", sample, 2, True, features), sample
    except FeaturesError:
        raise  # a file that can't be read is another matter
    except ValueError:
        return None  # one galaxy, or all alike


yours, model = open_survey(), read_arguments().model
brought = not yours.shipped or model is not None
found = space_of(yours, model)
opened = yours
if found is None:
    opened, model = open_shipped_survey(), None
    found = space_of(opened, model)
features, projection, sample = found
total, label = len(features.object_ids), predicted_label(open_card(model), features, opened.survey.label)
points = points_table(opened, features, projection.coordinates, sample, label)

st.title("What a neural network sees in galaxies")
of_which = "" if opened.shipped else f" of {plain(opened.survey.folder.name)}"
right = "Ring and dot have one colour where it is right." if "true" in points else "The colour is what it predicts."
st.markdown(
    f"Each point is one of {len(sample):,} galaxies{of_which}: a network that learnt to read chemistry from pictures "
    f"puts those close together that it finds alike. **{right}**"
)
if opened is not yours:
    st.info(
        "These galaxies come with galviz, and so does the network. Yours are one step away.", icon=":material/info:"
    )
warn_of_simulations(opened, model)
with st.container(horizontal=True, vertical_alignment="center"):
    mark_simulated(opened)
    first = settings().lessons[0]
    link_to(first, label=f"Begin: {first.title}", icon=":material/arrow_forward:")
    if brought:
        own = f"survey: {yours.counted} of {plain(yours.survey.folder.name)}"
        if yours.shipped:
            own = f"network: {plain(open_card(read_arguments().model).name)}"
        st.page_link(SPACE, label=f"Open your {own}", icon=":material/folder_open:")
st.altair_chart(
    ring_scatter(points, "PC1", "PC2", label, x_title="Principal component 1", y_title="Principal component 2")
)
chosen = f" {len(sample):,} of the {total:,}, drawn at random." if len(sample) < total else ""
st.caption(f"Point at a galaxy to see it.{chosen}")
show_course()

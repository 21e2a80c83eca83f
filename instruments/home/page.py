"""Home: the feature space of the shipped survey at once, two sentences, and the way in."""

from pathlib import Path

import streamlit as st

from galviz.charts import ring_scatter
from lessons import LESSONS
from panels.anatomy import mark_simulated
from panels.arguments import read_arguments
from panels.feature_space import origin, points_table, project, shipped_features
from panels.surveys import open_shipped_survey

OWN_SURVEY = Path(__file__).parents[1] / "feature_space" / "page.py"

opened, features = open_shipped_survey(), shipped_features()
object_ids, label = features.object_ids, opened.survey.label
projection = project(origin(features), "features", object_ids, 3, True, features)

st.title("What a neural network sees in galaxies")
st.markdown(
    f"Each point is one of {len(object_ids):,} galaxies: a network that learnt to read their chemistry from their "
    "pictures puts those close together that it finds alike. **Ring and dot have one colour where it is right.**"
)
with st.container(horizontal=True, vertical_alignment="center"):
    mark_simulated(opened)
    st.page_link(LESSONS[0].page, label="Begin with the galaxies", icon=":material/arrow_forward:")
    if read_arguments().survey is not None:
        st.page_link(OWN_SURVEY, label="To your own survey", icon=":material/folder_open:")
points = points_table(opened, features, projection.coordinates, object_ids, label)
st.altair_chart(
    ring_scatter(points, "PC1", "PC2", label, x_title="Principal component 1", y_title="Principal component 2")
)
st.caption("Point at a galaxy to see it.")

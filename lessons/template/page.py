"""Page of the lesson 'template'."""

import streamlit as st

from galviz.charts import label_distribution
from lessons import lesson
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

LESSON = lesson("template")
opened = open_shipped_survey()
TEXT = begin(LESSON, opened)
catalogue, label = opened.survey.catalogue, opened.survey.label

picture = st.container()  # above the controls that decide on it
sample = choose_sample(opened.survey)
values = catalogue.loc[sample, label.column]
with picture:
    st.altair_chart(label_distribution(values, f"{label.name} [{label.unit}]", shown=[]))
    st.caption(f"{len(sample):,} simulated galaxies.")

st.container(width=720).markdown(TEXT["idea"])
st.markdown(f"In your sample the mean is **{values.mean():.2f} {label.unit}**.")
show_code(label_distribution, matplotlib=figure_source(LESSON))
end(LESSON, TEXT)

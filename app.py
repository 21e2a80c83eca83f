"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from lessons import LESSONS
from panels.surveys import explain_survey_errors

HERE = Path(__file__).parent

st.set_page_config(page_title="galviz", page_icon=str(HERE / "panels" / "favicon.png"), layout="wide")
home = st.Page(HERE / "instruments" / "home" / "page.py", title="Home", url_path="home", default=True)
course = [st.Page(lesson.page, title=lesson.title, url_path=lesson.slug) for lesson in LESSONS]
own = st.Page(HERE / "instruments" / "feature_space" / "page.py", title="Any survey", url_path="feature-space")
page = st.navigation({"": [home], "The path": course, "Instruments": [own]})
with explain_survey_errors():
    page.run()

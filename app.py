"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from lessons import LESSONS
from panels.surveys import explain_errors

HERE = Path(__file__).parent

st.set_page_config(page_title="galviz", page_icon=str(HERE / "panels" / "favicon.png"), layout="wide")
home = st.Page(HERE / "instruments" / "home" / "page.py", title="Home", url_path="home", default=True)
course = [st.Page(lesson.page, title=lesson.title, url_path=lesson.slug) for lesson in LESSONS]
space = st.Page(HERE / "instruments" / "feature_space" / "page.py", title="Feature space", url_path="feature-space")
page = st.navigation({"": [home], "The path": course, "Instruments": [space]})
with explain_errors():
    page.run()

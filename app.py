"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from lessons import LESSONS
from panels.frame import run_in_frame
from panels.surveys import explain_errors

HERE = Path(__file__).parent
HOME, SPACE = (HERE / "instruments" / name / "page.py" for name in ("home", "feature_space"))

st.set_page_config(page_title="galviz", page_icon=str(HERE / "panels" / "favicon.png"), layout="wide")
home = st.Page(HOME, title="Home", url_path="home", default=True)
course = [st.Page(lesson.page, title=lesson.title, url_path=lesson.slug) for lesson in LESSONS]
space = st.Page(SPACE, title="Feature space", url_path="feature-space")
page = st.navigation({"": [home], "The path": course, "Instruments": [space]})
scripts = {home.url_path: HOME, space.url_path: SPACE, **{lesson.slug: lesson.page for lesson in LESSONS}}
with explain_errors():
    run_in_frame(scripts[page.url_path])

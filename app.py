"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from lessons import LESSONS
from panels.surveys import explain_survey_errors

FAVICON = Path(__file__).parent / "panels" / "favicon.png"

st.set_page_config(page_title="galviz", page_icon=str(FAVICON), layout="wide")
page = st.navigation([st.Page(lesson.page, title=lesson.title, url_path=lesson.slug) for lesson in LESSONS])
with explain_survey_errors():
    page.run()

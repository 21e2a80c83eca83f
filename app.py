"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from panels.anatomy import CERTIFICATE, GLOSSARY, HOME, SPACE
from panels.frame import run_in_frame
from panels.progress import keep_in_browser
from panels.settings import settings
from panels.surveys import explain_errors
from panels.threads import one_thread_each

HERE = Path(__file__).parent

st.set_page_config(page_title="galviz", page_icon=str(HERE / "panels" / "favicon.png"), layout="wide")
one_thread_each()
with explain_errors():
    home = st.Page(HOME, title="Home", url_path="home", default=True)
    instruments = [
        st.Page(SPACE, title="Feature space", url_path="feature-space"),
        st.Page(GLOSSARY, title="Glossary", url_path="glossary"),
        st.Page(CERTIFICATE, title="Your certificate", url_path="certificate"),
    ]
    scripts = {
        home.url_path: HOME,
        **dict(zip((page.url_path for page in instruments), (SPACE, GLOSSARY, CERTIFICATE), strict=True)),
    }
    parts = {}
    for lesson in settings().lessons:
        # A page.py that is missing must not close the other pages: run_in_frame explains it on its own.
        source = lesson.page if lesson.page.is_file() else lambda: None
        parts.setdefault(lesson.part, []).append(st.Page(source, title=lesson.title, url_path=lesson.slug))
        scripts[lesson.slug] = lesson.page
    page = st.navigation({"": [home], **parts, "Instruments": instruments})
    run_in_frame(scripts[page.url_path])
    keep_in_browser()

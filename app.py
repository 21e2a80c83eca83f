"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from galviz.course.lesson import INSTRUMENTS as HEADING
from panels.chart_theme import enable_chart_theme
from panels.lesson_frame import CERTIFICATE, COMPARE, EXPLORE, GALAXY, GLOSSARY, HOME, LABORATORY, LAYERS, SPACE, UNITS
from panels.page_loader import draw_page
from panels.progress import sync_with_browser
from panels.settings import settings
from panels.surveys import explain_errors
from panels.threads import limit_blas_threads

HERE = Path(__file__).parent
INSTRUMENTS = {
    "explore": ("Explore", EXPLORE),
    "laboratory": ("Cause laboratory", LABORATORY),
    "layers": ("Layer by layer", LAYERS),
    "units": ("Units", UNITS),
    "compare": ("Compare", COMPARE),
    "galaxy": ("One galaxy", GALAXY),
    "feature-space": ("Feature space", SPACE),
    "glossary": ("Glossary", GLOSSARY),
    "certificate": ("Your certificate", CERTIFICATE),
}

st.set_page_config(
    page_title="galviz", page_icon=str(HERE / "panels" / "favicon.png"), layout="wide", initial_sidebar_state=248
)
st.logo(str(HERE / "panels" / "logo.svg"), size="large")
st.html(HERE / "panels" / "style.css")
limit_blas_threads()
enable_chart_theme()
with explain_errors():
    # Pages are known to Streamlit by their files, which it watches for changes; draw_page says why it never runs them.
    home = st.Page(HOME, title="Home", url_path="home", default=True)
    instruments = [st.Page(path, title=title, url_path=address) for address, (title, path) in INSTRUMENTS.items()]
    files = {home.url_path: HOME} | {address: path for address, (_, path) in INSTRUMENTS.items()}
    parts = {}
    for lesson in settings().lessons:
        # A page.py that is missing must not close the other pages: draw_page explains it on its own.
        source = lesson.page if lesson.page.is_file() else lambda: None
        parts.setdefault(lesson.part, []).append(st.Page(source, title=lesson.title, url_path=lesson.slug))
        files[lesson.slug] = lesson.page
    page = st.navigation({"": [home], **parts, HEADING: instruments})
    draw_page(files[page.url_path])
    sync_with_browser()

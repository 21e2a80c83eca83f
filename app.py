"""The app's entry: page configuration and navigation; nothing else."""

from pathlib import Path

import streamlit as st

from galviz.course.lesson import INSTRUMENTS as HEADING
from panels.chart_theme import enable_chart_theme
from panels.course_overview import lesson_icons
from panels.lesson_frame import (
    AUDIT,
    CERTIFICATE,
    COMPARE,
    EXPLORE,
    GALAXY,
    GLOSSARY,
    HOME,
    LABORATORY,
    LAYERS,
    OWN,
    UNITS,
)
from panels.page_loader import draw_page
from panels.presentation import choose_presentation
from panels.progress import sync_with_browser
from panels.settings import settings
from panels.surveys import explain_errors
from panels.threads import limit_blas_threads
from panels.touch_tooltips import show_tooltips_on_tap

HERE = Path(__file__).parent
INSTRUMENTS = {
    "own": ("Your galaxies", OWN, "upload"),
    "explore": ("Explore", EXPLORE, "scatter_plot"),
    "laboratory": ("Cause laboratory", LABORATORY, "experiment"),
    "layers": ("Layer by layer", LAYERS, "layers"),
    "units": ("Units", UNITS, "lightbulb"),
    "compare": ("Compare", COMPARE, "compare"),
    "galaxy": ("One galaxy", GALAXY, "center_focus_strong"),
    "audit": ("Audit", AUDIT, "fact_check"),
    "glossary": ("Glossary", GLOSSARY, "dictionary"),
    "certificate": ("Your certificate", CERTIFICATE, "workspace_premium"),
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
    home = st.Page(HOME, title="Home", url_path="home", icon=":material/home:", default=True)
    instruments = [
        st.Page(path, title=title, url_path=address, icon=f":material/{icon}:")
        for address, (title, path, icon) in INSTRUMENTS.items()
    ]
    files = {home.url_path: HOME} | {address: path for address, (_, path, _) in INSTRUMENTS.items()}
    parts, icons = {}, lesson_icons()
    for lesson in settings().lessons:
        # A page.py that is missing must not close the other pages: draw_page explains it on its own.
        source = lesson.page if lesson.page.is_file() else lambda: None
        page = st.Page(source, title=lesson.title, url_path=lesson.slug, icon=icons[lesson.slug])
        parts.setdefault(lesson.part, []).append(page)
        files[lesson.slug] = lesson.page
    page = st.navigation({"": [home], **parts, HEADING: instruments}, expanded=True)
    choose_presentation()
    show_tooltips_on_tap()
    draw_page(files[page.url_path])
    sync_with_browser()

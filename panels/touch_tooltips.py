"""Tooltips of charts on a touchscreen, where Vega-Lite has none: it shows them as the pointer moves over a mark."""

from pathlib import Path

import streamlit as st

from panels.component_files import read_file

_SCRIPT = Path(__file__).with_suffix(".js")


def show_tooltips_on_tap() -> None:
    """Show the tooltip of a chart's mark when a visitor taps it; a mouse is unaffected. Once per run of a page."""
    component = st.components.v2.component("galviz_touch_tooltips", js=read_file(_SCRIPT))
    with st.sidebar, st.container(height=1, border=False, key="touch_tooltips_container"):
        component(key="touch_tooltips")

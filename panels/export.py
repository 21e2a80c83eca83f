"""Buttons below a chart that export it as PNG and SVG."""

from functools import partial
from typing import get_args

import altair as alt
import streamlit as st

from galviz.charts.export import DPI, INSTALL, Kind, can_export, export_chart

_MIME = {"png": "image/png", "svg": "image/svg+xml"}


def offer_export(chart: alt.Chart | alt.LayerChart, name: str, *, key: str) -> None:
    """Draw the buttons that export a chart as PNG and SVG, or explain what to install.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        The chart drawn above.
    name : str
        File name without extension.
    key : str
        Distinguishes these buttons from others on the page.
    """
    if not can_export():
        st.caption(
            f"To export this chart for a publication: `{INSTALL}`, then start the app again. Without it, point at the "
            "chart: *Download as PNG* above it saves a picture of the screen."
        )
        return
    with st.container(horizontal=True):
        for kind in get_args(Kind):
            st.download_button(
                kind.upper(),
                partial(export_chart, chart, kind),  # runs when pressed
                f"{name}.{kind}",
                _MIME[kind],
                key=f"{key}-{kind}",
                help=f"For a publication: on white, {f'{DPI} dots per inch' if kind == 'png' else 'vector graphics'}.",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )

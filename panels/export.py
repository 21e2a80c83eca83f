"""A chart to take away: two small buttons below it, which make the file when pressed."""

from functools import partial
from typing import get_args

import altair as alt
import streamlit as st

from galviz.charts.export import DPI, INSTALL, Kind, can_export, export_chart

_MIME = {"png": "image/png", "svg": "image/svg+xml"}


def offer_export(chart: alt.Chart | alt.LayerChart, name: str, *, key: str) -> None:
    """Draw the buttons that save a chart as PNG and SVG, or say how to get them.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        As it was drawn above.
    name : str
        Of the file, without its ending.
    key : str
        Tells these buttons from others of the page.
    """
    if not can_export():
        st.caption(
            f"To save it for a publication: `{INSTALL}`, then start the app again. Without that, point at the chart: "
            "*Download as PNG* above it saves what the screen shows."
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
                help=f"For a publication: on white, {f'{DPI} dots an inch' if kind == 'png' else 'lines, not pixels'}.",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )

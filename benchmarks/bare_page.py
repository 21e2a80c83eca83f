"""A bare Streamlit page for `first_page.py` to compare with: home's chart, read from a file, and nothing else."""

import sys
from pathlib import Path

import altair as alt
import streamlit as st


@st.cache_resource
def chart(path: str) -> alt.Chart:
    """Home's own chart, as first_page.py wrote it."""
    return alt.Chart.from_json(Path(path).read_text(encoding="utf-8"))


st.altair_chart(chart(sys.argv[1]))

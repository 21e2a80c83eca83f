"""The code behind a picture: from the source itself, so that it can't drift."""

import inspect
from collections.abc import Callable

import streamlit as st


def show_code(*functions: Callable) -> None:
    """Draw an expander with the source of the functions that made a picture."""
    with st.expander("The code behind this", icon=":material/code:"):
        for function in functions:
            st.caption(f"`{function.__module__}.{function.__qualname__}`")
            st.code(inspect.getsource(function), language="python")

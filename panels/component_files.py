"""What the app's own components share: their files, and arrays as the text that their JavaScript decodes."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st


def load_component(name: str, folder: Path, stem: str) -> Callable[..., Any]:
    """Register a component whose HTML, CSS and JavaScript are files of one folder, and return what draws it.

    Parameters
    ----------
    name : str
        Of the component, unique in the app.
    folder : Path
    stem : str
        Name of the three files without their suffixes.
    """
    html, css, js = (read_file(folder / f"{stem}{suffix}") for suffix in (".html", ".css", ".js"))
    return st.components.v2.component(name, html=html, css=css, js=js)


def encode_array(array: np.ndarray) -> str:
    """Encode the bytes of an array as base64, in C order.

    Examples
    --------
    >>> encode_array(np.array([1, 2, 3], dtype=np.uint8))
    'AQID'
    """
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


@st.cache_resource
def read_file(path: Path) -> str:
    """Read a file of a component, once per process."""
    return path.read_text(encoding="utf-8")

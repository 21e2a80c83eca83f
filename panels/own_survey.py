"""The survey that a visitor has uploaded: private to the session, read like any other survey."""

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from galviz.survey.survey import Survey
from panels.uploads import Uploads

_STATE = "own_galaxies"


@dataclass
class OwnGalaxies:
    """What a session has uploaded, and how far it has been read.

    Attributes
    ----------
    uploads : Uploads
    source : pathlib.Path or None
        The folder of the last upload.
    folder : pathlib.Path or None
        The survey folder that was made of it.
    label : str or None
        The label's column in that folder.
    scale : float
        Factor by which images are resampled.
    survey : Survey or None
        The survey, once it could be read; all pages show it.
    """

    uploads: Uploads = field(default_factory=Uploads)
    source: Path | None = None
    folder: Path | None = None
    label: str | None = None
    scale: float = 1.0
    survey: Survey | None = None

    def start_again(self) -> None:
        """Remove the uploads and all that was made of them."""
        self.uploads.clear()
        self.source = self.folder = self.label = self.survey = None
        self.scale = 1.0


def own_galaxies() -> OwnGalaxies:
    """Return what this session has uploaded. Streamlit drops it with the session, and so removes the files."""
    if _STATE not in st.session_state:
        st.session_state[_STATE] = OwnGalaxies()
    return st.session_state[_STATE]


def uploaded_survey() -> Survey | None:
    """Return the survey that this session has uploaded, or None."""
    own = st.session_state.get(_STATE)
    return None if own is None else own.survey

"""The survey that a visitor has uploaded: private to the session, read like any other survey."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from galviz.survey.cutouts import ImageFacts
from galviz.survey.survey import Survey, load_survey
from panels.exclusion import session_excluded
from panels.uploads import Uploads, remove_when_left

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
        The survey folder that was made of it; all pages show it.
    label : str or None
        The label's column in that folder.
    scale : float
        Factor by which images are resampled.
    facts : dict of str to ImageFacts
        What is known about the folder's images, so that they aren't decoded again.
    """

    uploads: Uploads = field(default_factory=Uploads)
    source: Path | None = None
    folder: Path | None = None
    label: str | None = None
    scale: float = 1.0
    facts: dict[str, ImageFacts] = field(default_factory=dict)
    _loaded: tuple[tuple, Survey] | None = None

    def load(self, progress: Callable[[int, int], object] | None = None) -> Survey:
        """Load the survey folder, once for the same scale and the same galaxies left out.

        Raises
        ------
        SurveyError
            If it can't be read.
        """
        excluded = session_excluded(str(self.folder))
        key = (self.folder, self.label, self.scale, excluded)
        if self._loaded is None or self._loaded[0] != key:
            options = {"scale": self.scale, "exclude": excluded, "inspected": self.facts, "progress": progress}
            self._loaded = (key, load_survey(self.folder, self.label, **options))
        return self._loaded[1]

    def start_again(self) -> None:
        """Remove the uploads and all that was made of them."""
        self.uploads.clear()
        self.source = self.folder = self.label = self._loaded = None
        self.scale, self.facts = 1.0, {}


def own_galaxies() -> OwnGalaxies:
    """Return what this session has uploaded; it is removed when the session is over."""
    if _STATE not in st.session_state:
        own = st.session_state[_STATE] = OwnGalaxies()
        context = get_script_run_ctx()
        if context is not None and runtime.exists():  # not so in tests without a server
            remove_when_left(own.uploads, partial(runtime.get_instance().is_active_session, context.session_id))
    return st.session_state[_STATE]


def has_uploaded() -> bool:
    """Return whether this session has uploaded a survey that could be read."""
    own = st.session_state.get(_STATE)
    return own is not None and own.folder is not None

"""What the instructor has decided, for the pages; and whether this is the student's own machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

from galviz.course.settings import HOME, RUN, Settings, read_settings
from lessons import LESSONS

_NAMES_OF_HOME = ("localhost", "127.0.0.1", "::1")


def settings() -> Settings:
    """The instructor's settings, read anew at each run: the file is small, and may be mended while the app runs.

    Raises
    ------
    CourseError
        If they can't be read; `explain_errors` around the page tells.
    """
    return read_settings(LESSONS)


def is_home() -> bool:
    """Whether the course is on the student's own machine: there code in `work/` runs, and files keep the progress.

    Elsewhere, as on a public deployment, no student's code ever runs, and nothing of a visitor is kept on the server.
    """
    chosen = settings().exercises
    if chosen == HOME:
        return _same_machine()
    return chosen == RUN


def _same_machine() -> bool:
    """Whether the page is open in a browser on the machine that serves it; not through a proxy, nor from outside."""
    url, visitor = st.context.url, st.context.ip_address
    if not isinstance(url, str) or urlsplit(url).hostname not in _NAMES_OF_HOME:
        return False
    if visitor is None:
        return True  # so Streamlit tells that it is localhost
    try:
        found = ip_address(visitor)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback

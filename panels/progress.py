"""A student's progress: passed exercises and given answers.

On the student's own machine it is a file in `work/`, which `python -m galviz check` also uses. A deployment stores no
data of its visitors on the server. There the progress is in their browser's storage, which needs no account and is kept
across reloads and restarts. A small Streamlit component accesses it, because no maintained package offers more.
"""

import json
import re

import streamlit as st

from galviz.course.outcome import TESTED_STATES
from galviz.course.progress import Value, progress_problem, read_progress, record
from galviz.course.settings import HOME
from panels.markdown import escape_markdown
from panels.owner import has_wrong_token, store_token
from panels.settings import is_local, needs_token, settings

_STATE, _IS_LOADED, _PROBLEM = "progress", "progress_loaded", "progress_problem"
_STORAGE_NAME = "galviz-progress"  # as in _SCRIPT
# The whole course takes about 5 kB.
_MAX_CHARACTERS, _MAX_ANSWERS = 100_000, 100
_KEY = re.compile(r"[a-z][\w-]{0,60}\.\w[\w.]{0,30}", re.ASCII)
_SCRIPT = """
export default function({ data, setStateValue }) {
    const NAME = "galviz-progress";
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(NAME) ?? "{}"); } catch {}
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) { kept = {}; }
    if (data.changed) {
        kept = { ...kept, ...data.changed };
        try { localStorage.setItem(NAME, JSON.stringify(kept)); } catch {}
    }
    // Each value that is sent runs the page again.
    const known = data.changed ?? {};
    if (!data.loaded && Object.keys(kept).some(key => !(key in known))) { setStateValue("kept", JSON.stringify(kept)); }
}
"""


def progress() -> dict[str, Value]:
    """Return the student's results by key, such as ``"hooks.2": "passed"`` and ``"hooks.q1": 0``."""
    unsaved = st.session_state.setdefault(_STATE, {})
    if is_local():
        try:
            if problem := progress_problem():
                st.session_state[_PROBLEM] = escape_markdown(problem)
            return read_progress() | unsaved
        except OSError as error:
            _report_problem("read", error)
    return unsaved


def save_progress(key: str, value: Value) -> None:
    """Save an answer or the outcome of an exercise."""
    if is_local():
        try:
            record({key: value})
        except OSError as error:
            _report_problem("saved", error)
        else:
            st.session_state.get(_STATE, {}).pop(key, None)
            return
    st.session_state.setdefault(_STATE, {})[key] = value


def sync_with_browser() -> None:
    """Exchange the progress with the browser's storage; call it once per run, at the end."""
    if is_local():
        if settings().exercises == HOME and (stored := store_token(_STORAGE_NAME)) is not None:
            _import_missing(parse_stored(stored))
        if problem := st.session_state.get(_PROBLEM):
            st.warning(problem, icon=":material/save:")
        return
    if needs_token() and has_wrong_token():
        st.warning(
            "The token in the URL belongs to another server: open the URL that the terminal printed.",
            icon=":material/key_off:",
        )
    component = st.components.v2.component("galviz_progress", js=_SCRIPT)
    results, loaded = st.session_state.setdefault(_STATE, {}), st.session_state.get(_IS_LOADED, False)
    with st.container(height=1, border=False, key="progress_store"):
        reply = component(
            key="progress_in_browser",
            data={"changed": results or None, "loaded": loaded},
            default={"kept": None},
            on_kept_change=lambda: None,
        )
    if not loaded and reply.kept is not None:
        st.session_state[_IS_LOADED] = True
        st.session_state[_STATE] = {**parse_stored(reply.kept), **results}
        st.rerun()


def _import_missing(stored: dict[str, Value]) -> None:
    """Save the results that only the browser has, from visits without the token."""
    results = progress()
    missing = {key: value for key, value in stored.items() if key not in results}
    for key, value in missing.items():
        save_progress(key, value)
    if missing:
        st.rerun()  # to show them


def parse_stored(stored: object) -> dict[str, Value]:
    """Parse the progress in a browser's storage, and drop invalid entries: a visitor may write anything there.

    Examples
    --------
    >>> parse_stored('{"hooks.2": "passed", "hooks.q1": 0, "nonsense": []}')
    {'hooks.2': 'passed', 'hooks.q1': 0}
    """
    if not isinstance(stored, str) or len(stored) > _MAX_CHARACTERS:
        return {}
    try:
        results = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(results, dict):
        return {}
    return {key: value for key, value in results.items() if _KEY.fullmatch(key) and _is_value(value)}


def _is_value(value: object) -> bool:
    """Whether a value is the state of an exercise or the number of an answer."""
    if isinstance(value, str):
        return value in TESTED_STATES
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_ANSWERS


def _report_problem(action: str, error: OSError) -> None:
    """Note for the page that progress can't be read or saved; the session continues with what it has."""
    reason = f"{escape_markdown(error.strerror)}: {escape_markdown(error.filename)}"
    st.session_state[_PROBLEM] = f"Your progress can't be {action} ({reason}). It is kept until you close this page."

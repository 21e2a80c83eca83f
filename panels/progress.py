"""What a student has passed and answered, across reloads and restarts.

At home it is a file in `work/`, which `python -m galviz check` reads and writes too. On a deployment the server keeps
nothing of its visitors and may forget everything when it sleeps: there it is the storage of their own browser, which
stays on their machine, needs no account, and is there again after a reload, a restart or a night. It is reached by
Streamlit's own means (a component of a few lines) because no maintained package does more than that.
"""

import json
import re

import streamlit as st

from galviz.course.outcome import TESTED_STATES
from galviz.course.progress import Value, progress_problem, read_progress, record
from galviz.course.settings import HOME
from panels.home import carry_home, has_wrong_token
from panels.plain import plain
from panels.settings import is_home, needs_token, settings

_STATE, _HEARD, _TROUBLE = "progress", "progress_heard", "progress_trouble"
_IN_BROWSER = "galviz-progress"  # as in _SCRIPT
# All of the course takes some 5 kB.
_MOST_KEPT_BYTES, _MOST_ANSWERS = 100_000, 100
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
    if (!data.heard) { setStateValue("kept", JSON.stringify(kept)); }
}
"""


def progress() -> dict[str, Value]:
    """What is known of this student, by key: ``"hooks.2": "passed"``, ``"hooks.q1": 0``."""
    unsaved = st.session_state.setdefault(_STATE, {})
    if is_home():
        try:
            if problem := progress_problem():
                st.session_state[_TROUBLE] = plain(problem)
            return read_progress() | unsaved
        except OSError as error:
            _tell_trouble("read", error)
    return unsaved


def remember(key: str, value: Value) -> None:
    """Keep an answer or an outcome."""
    if is_home():
        try:
            record({key: value})
        except OSError as error:
            _tell_trouble("written", error)
        else:
            st.session_state.get(_STATE, {}).pop(key, None)
            return
    st.session_state.setdefault(_STATE, {})[key] = value


def keep_in_browser() -> None:
    """Exchange the progress with the browser's storage, where that keeps it; once in each run, after all else."""
    if is_home():
        if settings().exercises == HOME and (kept := carry_home(_IN_BROWSER)) is not None:
            _take_over(_sound(kept))
        if said := st.session_state.get(_TROUBLE):
            st.warning(said, icon=":material/save:")
        return
    if needs_token() and has_wrong_token():
        st.warning(
            "The token in the address isn't this server's: open the address that the terminal printed.",
            icon=":material/key_off:",
        )
    store = st.components.v2.component("galviz_progress", js=_SCRIPT)
    known, heard = st.session_state.setdefault(_STATE, {}), st.session_state.get(_HEARD, False)
    with st.container(height=1, border=False, key="progress_store"):
        found = store(
            key="progress_in_browser",
            data={"changed": known or None, "heard": heard},
            default={"kept": None},
            on_kept_change=lambda: None,
        )
    if not heard and found.kept is not None:
        st.session_state[_HEARD] = True
        st.session_state[_STATE] = {**_sound(found.kept), **known}
        st.rerun()


def _take_over(from_browser: dict[str, Value]) -> None:
    """Record what the browser kept before its user came home, unless the file has it already."""
    known = progress()
    missing = {key: value for key, value in from_browser.items() if key not in known}
    for key, value in missing.items():
        remember(key, value)
    if missing:
        st.rerun()  # the page shows it


def _sound(kept: object) -> dict[str, Value]:
    """What the browser kept, as far as it makes sense: a visitor may write anything there."""
    if not isinstance(kept, str) or len(kept) > _MOST_KEPT_BYTES:
        return {}
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if _KEY.fullmatch(key) and _is_value(value)}


def _is_value(value: object) -> bool:
    """Whether a value can be of ours: the state of a task, or the number of an answer."""
    if isinstance(value, str):
        return value in TESTED_STATES
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_ANSWERS


def _tell_trouble(what: str, error: OSError) -> None:
    """Say once a page that progress can't be kept; the session goes on with what it has."""
    st.session_state[_TROUBLE] = (
        f"Your progress can't be {what} ({plain(error.strerror)}: {plain(error.filename)}): it lasts until you close "
        "this page."
    )

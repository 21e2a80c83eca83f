"""A lesson's exercises on its page: what to write, how far the student is; at home their tests, at a button."""

import time
from collections.abc import Mapping
from threading import Lock

import streamlit as st

from galviz.course.check import check, states_to_record
from galviz.course.commands import command
from galviz.course.events import Value
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.outcome import Outcome, TaskState
from galviz.course.questions import Questions, Task
from galviz.course.settings import OPEN
from galviz.course.source import docstring_summary, function_source
from galviz.course.workspace import exercise_path, solution_path, start, stub_path
from panels.plain import code, plain, plain_with_code
from panels.progress import progress, remember
from panels.settings import is_home, needs_token, settings

ICONS = {
    TaskState.PASSED: ":material/check_circle:",
    TaskState.FAILED: ":material/replay:",
    TaskState.NOT_YET: ":material/edit:",
}
COLOURS = {TaskState.PASSED: "green", TaskState.FAILED: "orange"}
_AT_HOME = """\
.venv/bin/python -m galviz start {slug}
.venv/bin/python -m galviz check {slug}"""


def exercises(lesson: Lesson, questions: Questions) -> None:
    """Draw a lesson's exercises."""
    st.header("Exercises")
    home = is_home()
    if home:
        _say_where(lesson)
    else:
        _say_how_at_home(lesson)
    known = progress()
    for task in questions.tasks:
        with st.container(border=True):
            _task(lesson, task, known, home=home)


def _say_where(lesson: Lesson) -> None:
    """Say in which file the student writes; offer to make it."""
    path = exercise_path(lesson.slug)
    shown = code(f"{path.parent.name}/{path.name}")
    if path.exists():
        st.markdown(f"You write in {shown}. Save it, then check it here or in a terminal.")
        st.code(command(f"check {lesson.slug}"), language="bash")
        return
    st.markdown(f"You write in a file of your own, {shown}, with the editor you like.")
    if st.button("Put the stubs there", key=f"start-{lesson.slug}", icon=":material/note_add:"):
        try:
            start([lesson])
        except OSError as error:
            st.error(
                f"It can't be written: {plain(error.strerror)}: {plain(error.filename)}.", icon=":material/folder_off:"
            )
        else:
            st.rerun()


def _say_how_at_home(lesson: Lesson) -> None:
    """Say how to do the exercise where the student's code may run: not here."""
    if needs_token():
        st.info(
            "**Did you start this app yourself?** Its terminal shows an address that ends in `?token=…`. Open it once "
            "in this browser: then this page runs your exercises, and files on your machine keep your progress.",
            icon=":material/key:",
        )
    st.markdown(
        "Exercises are written in an editor, and run on your own machine; in this app nobody's code is run. In a clone "
        "of the project, installed as its README says:"
    )
    st.code(_AT_HOME.format(slug=lesson.slug), language="bash")


def _task(lesson: Lesson, task: Task, known: Mapping[str, Value], *, home: bool) -> None:
    """Draw one exercise."""
    state = known.get(task.id)
    stub = function_source(stub_path(lesson), task.function)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{task.id} · {task.title}**", width="content")
        if state in ICONS:  # of a file that anyone may edit, or of the browser's storage
            st.badge(state, icon=ICONS[state], color=COLOURS.get(state, "gray"))
            if state != TaskState.PASSED and f"{task.id}.passed" in known:
                st.badge("passed before", icon=ICONS[TaskState.PASSED], color="green")
    st.caption(f"{DIFFICULTIES[task.difficulty]} · {task.minutes} min · `{task.function}`")
    st.markdown(docstring_summary(stub_path(lesson), task.function))
    with st.expander("What to write", icon=":material/edit:"):
        st.code(stub, language="python", wrap_lines=True)
    with st.expander("A hint", icon=":material/lightbulb:"):
        st.markdown(task.hint)
    shown = f"solution-shown-{task.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = home and st.button("Check my code", key=f"check-{task.id}", icon=":material/play_arrow:")
        if settings().solutions == OPEN:
            st.toggle("Show a solution", key=shown)
        else:
            st.caption("Your instructor keeps the solutions closed.")
    if pressed:
        _run(lesson, task)
    if home:
        _show(task)
    if settings().solutions == OPEN and st.session_state.get(shown):
        st.code(function_source(solution_path(lesson), task.function), language="python", wrap_lines=True)


def _run(lesson: Lesson, task: Task) -> None:
    """Run a task's tests on the student's file, in another process, and record the outcome.

    If the user presses anything or changes the page, Streamlit stops this script when it next shows the time. That
    cancels the run.
    """
    placeholder, started, last_shown = st.empty(), time.monotonic(), -1

    def show_time() -> None:
        nonlocal last_shown
        if (half_seconds := int(2 * (time.monotonic() - started))) > last_shown:
            last_shown = half_seconds
            placeholder.caption(f"Running your code … {half_seconds / 2:.1f} s")

    show_time()
    turn = _turn()
    while not turn.acquire(timeout=0.5):
        show_time()
    try:
        (checked,) = check(lesson, [task], on_poll=show_time)
    finally:
        turn.release()
    for key, state in states_to_record([checked]).items():
        remember(key, state)
    st.session_state[f"outcome-{task.id}"] = checked.outcome
    st.rerun()  # the badge above must show the new state


def _show(task: Task) -> None:
    """Show the outcome of the last check in this session."""
    outcome: Outcome | None = st.session_state.get(f"outcome-{task.id}")
    if outcome is None:
        return
    if outcome.state == TaskState.PASSED:
        st.success("Passed: all its tests.", icon=ICONS[TaskState.PASSED])
    elif outcome.state == TaskState.FAILED:
        st.warning(plain_with_code(outcome.message), icon=ICONS[TaskState.FAILED])
    else:
        st.info(plain_with_code(outcome.message), icon=ICONS[TaskState.NOT_YET])
    if outcome.printed:
        st.caption("It printed:")
        st.code(outcome.printed, language=None)


@st.cache_resource
def _turn() -> Lock:
    """A lock to run one student's code at a time: memory is limited per run, and the machine has only so much."""
    return Lock()

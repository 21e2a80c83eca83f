"""The exercises of a lesson on its page. On the student's own machine a button checks them."""

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
from panels.markdown import escape_markdown, escape_markdown_except_code, markdown_code
from panels.progress import progress, save_progress
from panels.settings import is_local, needs_token, settings

ICONS = {
    TaskState.PASSED: ":material/check_circle:",
    TaskState.FAILED: ":material/replay:",
    TaskState.NOT_YET: ":material/edit:",
}
COLOURS = {TaskState.PASSED: "green", TaskState.FAILED: "orange"}
_COMMANDS = """\
.venv/bin/python -m galviz start {slug}
.venv/bin/python -m galviz check {slug}"""


def show_exercises(lesson: Lesson, questions: Questions) -> None:
    """Draw a lesson's exercises."""
    local = is_local()
    if local:
        _explain_file(lesson)
    else:
        _explain_installation()
        st.code(_COMMANDS.format(slug=lesson.slug), language="bash")
    results = progress()
    with st.container(gap="xsmall"):
        for task in questions.tasks:
            with st.container(border=True, gap="xxsmall"):
                _show_task(lesson, task, results, local=local)


def _explain_file(lesson: Lesson) -> None:
    """Name the file that the student edits, and offer to create it."""
    path = exercise_path(lesson.slug)
    shown = markdown_code(f"{path.parent.name}/{path.name}")
    if path.exists():
        st.markdown(f"Write your code in {shown}. Save it, then check it here or in a terminal.")
        st.code(command(f"check {lesson.slug}"), language="bash")
        return
    st.markdown(f"Write your code in a file of your own, {shown}, with any editor.")
    if st.button("Create the file", key=f"start-{lesson.slug}", icon=":material/note_add:"):
        try:
            start([lesson])
        except OSError as error:
            st.error(
                f"The file can't be written: {escape_markdown(error.strerror)}: {escape_markdown(error.filename)}.",
                icon=":material/folder_off:",
            )
        else:
            st.rerun()


def _explain_installation() -> None:
    """Explain that exercises run only on the student's own machine."""
    if needs_token():
        st.info(
            "**Did you start this app yourself?** Its terminal shows an address that ends in `?token=…`. Open it once "
            "in this browser. Then this page checks your exercises, and your progress is saved on your machine.",
            icon=":material/key:",
        )
    st.markdown(
        "Write exercises in an editor and check them on your own machine; this app doesn't run code of visitors. Clone "
        "and install the project as its README says, then run:"
    )


def _show_task(lesson: Lesson, task: Task, results: Mapping[str, Value], *, local: bool) -> None:
    state = results.get(task.id)
    stub = function_source(stub_path(lesson), task.function)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{task.id} · {task.title}**", width="content")
        if state in ICONS:  # the progress file or the browser's storage may have other values
            st.badge(state, icon=ICONS[state], color=COLOURS.get(state, "gray"))
            if state != TaskState.PASSED and f"{task.id}.passed" in results:
                st.badge("passed before", icon=ICONS[TaskState.PASSED], color="green")
        st.caption(f"{DIFFICULTIES[task.difficulty]} · {task.minutes} min · `{task.function}`", width="content")
    st.markdown(docstring_summary(stub_path(lesson), task.function))
    with st.expander("What to write", icon=":material/edit:"):
        st.code(stub, language="python", wrap_lines=True)
    shown = f"solution-shown-{task.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = local and st.button("Check my code", key=f"check-{task.id}", icon=":material/play_arrow:")
        with st.popover("Hints", icon=":material/lightbulb:"):
            _show_hints(task)
        if settings().solutions == OPEN:
            st.toggle("Show a solution", key=shown)
        else:
            st.caption("Your instructor has closed the solutions.")
    if pressed:
        _check(lesson, task)
    if local:
        _show_outcome(task)
    if settings().solutions == OPEN and st.session_state.get(shown):
        st.code(function_source(solution_path(lesson), task.function), language="python", wrap_lines=True)


def _show_hints(task: Task) -> None:
    """Show the hints of a task, one more at each press of a button."""
    key = f"hints-{task.id}"
    shown = st.session_state.setdefault(key, 1)
    st.markdown("\n".join(f"{number}. {hint}" for number, hint in enumerate(task.hints[:shown], start=1)))
    if shown < len(task.hints):
        st.button("Next hint", key=f"next-hint-{task.id}", on_click=_count_up, args=(key,))


def _count_up(key: str) -> None:
    st.session_state[key] += 1


def _check(lesson: Lesson, task: Task) -> None:
    """Run an exercise's tests in a separate process and record the outcome.

    Using a widget, or leaving the page, reruns the script: the next update of the elapsed time then ends the process.
    """
    message, start_time, shown_at = st.empty(), time.monotonic(), -1

    def show_time() -> None:
        nonlocal shown_at
        if (now := int(2 * (time.monotonic() - start_time))) > shown_at:  # twice a second
            shown_at = now
            message.caption(f"Running your code … {now / 2:.1f} s")

    show_time()
    lock = _lock()
    while not lock.acquire(timeout=0.5):
        show_time()
    try:
        (checked,) = check(lesson, [task], on_poll=show_time)
    finally:
        lock.release()
    for key, state in states_to_record([checked]).items():
        save_progress(key, state)
    st.session_state[f"outcome-{task.id}"] = checked.outcome
    st.rerun()  # the state is shown above the button


def _show_outcome(task: Task) -> None:
    """Show the outcome of the last check in this session."""
    outcome: Outcome | None = st.session_state.get(f"outcome-{task.id}")
    if outcome is None:
        return
    if outcome.state == TaskState.PASSED:
        st.success("All tests passed.", icon=ICONS[TaskState.PASSED])
    elif outcome.state == TaskState.UNAVAILABLE:
        st.info(escape_markdown_except_code(outcome.message), icon=":material/download:")
    elif outcome.state == TaskState.FAILED:
        st.warning(escape_markdown_except_code(outcome.message), icon=ICONS[TaskState.FAILED])
    else:
        st.info(escape_markdown_except_code(outcome.message), icon=ICONS[TaskState.NOT_YET])
    if outcome.failing_call:
        st.caption("The smallest input with a wrong result, to try in Python:")
        st.code(outcome.failing_call, language="python", wrap_lines=True)
    if outcome.printed:
        st.caption("Printed output:")
        st.code(outcome.printed, language=None)


@st.cache_resource
def _lock() -> Lock:
    """Held while a student's code runs: running several at once could exhaust the machine's memory."""
    return Lock()

"""Run a student's code in a process of its own, within limits, and leave nothing of it running."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from galviz.course.commands import command
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.limits import Limits, exceeded_limit
from galviz.course.outcome import Outcome, TaskState
from galviz.course.questions import Task
from galviz.course.report import Report
from galviz.course.sandbox import Sandbox
from galviz.course.workspace import TESTS_NAME

_POLL_SECONDS = 0.05
# These would change how Python runs the student's code.
_PYTHON_VARIABLES = {"PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT"}


def run_tasks(
    path: Path,
    tasks: Sequence[Task],
    *,
    limits: Limits | None = None,
    on_poll: Callable[[], object] | None = None,
) -> list[Outcome]:
    """Test functions of a student's file.

    Parameters
    ----------
    path : pathlib.Path
        The file. If it is missing or can't be run, the outcome of each task says so.
    tasks : sequence of Task
        All of one lesson.
    limits : Limits, optional
    on_poll : callable, optional
        Called several times per second during the run. Raising in it cancels the run.

    Returns
    -------
    list of Outcome
        One per task. No error of the student's code is raised here.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> from galviz.course.questions import read_questions
    >>> (outcome,) = run_tasks(Path("missing/pca.py"), read_questions(find_lesson("pca")).tasks[:1])
    >>> str(outcome.state), outcome.message.partition(':')[0]
    ('failed', 'There is no file pca.py in missing')
    """
    limits, outcomes = limits or Limits(), []
    while len(outcomes) < len(tasks):
        # If the process ends during a task, a new one runs the tasks that are left.
        outcomes += _run_once(path.absolute(), tasks[len(outcomes) :], limits, on_poll)
    return outcomes


def describe_exit(returncode: int) -> str:
    """Describe how a process ended that ended before its work was done.

    Parameters
    ----------
    returncode : int
        As `Sandbox.returncode` has it.

    Examples
    --------
    >>> describe_exit(-11), describe_exit(139), describe_exit(0xC0000005)
    ('It crashed Python (SIGSEGV).', 'It crashed Python (SIGSEGV).', 'It crashed Python (status 0xc0000005).')
    """
    if returncode > 255:  # a crash on Windows
        return f"It crashed Python (status {returncode:#x})."
    try:
        name = signal.Signals(-returncode if returncode < 0 else returncode - 128).name
    except ValueError:
        return f"It ends Python, with exit status {returncode} (`os._exit`?): a function returns instead."
    if name == "SIGKILL":
        return "It was killed (SIGKILL): does it need more memory than there is?"
    return f"It crashed Python ({name})."


def _run_once(path: Path, tasks: Sequence[Task], limits: Limits, on_poll: Callable[[], object] | None) -> list[Outcome]:
    """Outcomes of the first tasks, at least one: up to the one during which the process ended."""
    if not path.is_file():
        step = f"`{command(f'start {tasks[0].slug}')}` puts the stub there"
        message = f"There is no file {path.name} in {path.parent.name}: {step}."
        return [Outcome(task.id, TaskState.FAILED, message) for task in tasks]
    request = {
        "file": str(path),
        "tests": str(LESSONS_FOLDER / tasks[0].slug / TESTS_NAME),
        "tasks": [{"id": task.id, "function": task.function, "test": task.test} for task in tasks],
        "memory_mb": limits.memory_mb,
        "printed_mb": limits.printed_mb,
    }
    environment = {name: value for name, value in os.environ.items() if name not in _PYTHON_VARIABLES}
    environment |= {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    with (
        tempfile.TemporaryDirectory(prefix="galviz-", ignore_cleanup_errors=True) as folder,
        Report(Path(folder) / "report.jsonl") as report,
    ):
        arguments = ["-m", "galviz.course.worker", str(report.path)]
        with Sandbox(arguments, request, cwd=LESSONS_FOLDER.parent, environment=environment) as sandbox:
            message = _watch(sandbox, report, limits, path.name, on_poll)
        ending = message or describe_exit(sandbox.returncode)
        return report.outcomes([task.id for task in tasks], ending, sandbox.output)


def _watch(
    sandbox: Sandbox, report: Report, limits: Limits, file_name: str, on_poll: Callable[[], object] | None
) -> str | None:
    """Wait until the process has ended; return early with a message if it exceeds a limit."""
    since, n_lines, baseline_bytes = time.monotonic(), 0, 0
    while not sandbox.wait(_POLL_SECONDS):
        if on_poll is not None:
            on_poll()
        lines = report.lines()
        if len(lines) > n_lines:
            since, n_lines = time.monotonic(), len(lines)
        phase = lines[-1]["phase"] if lines else "starting"
        memory_bytes, processes = sandbox.resources()
        if phase == "starting":
            baseline_bytes = memory_bytes
        message = exceeded_limit(
            limits,
            file_name,
            phase=phase,
            seconds=time.monotonic() - since,
            memory_bytes=memory_bytes - baseline_bytes,
            processes=processes,
            output_bytes=sandbox.output_bytes,
        )
        if message:
            return message
    return None

"""Run a student's code in a process of its own, within limits, and leave nothing of it running."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from galviz.course.commands import command
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.limits import Limits, exceeded_limit
from galviz.course.outcome import Outcome, TaskState
from galviz.course.questions import Task
from galviz.course.report import Report
from galviz.course.sandbox import Sandbox
from galviz.course.summary import depends_on_hashes, is_same
from galviz.course.workspace import SOLUTION_NAME, TESTS_NAME

_POLL_SECONDS = 0.05
# These would change how Python runs the student's code.
_PYTHON_VARIABLES = {"PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT"}
# The order of a `set` of texts depends on this seed, which is another one at each start of Python.
_HASH_SEEDS = ("0", "1")
_UNSTABLE = (
    "Your function returns something else each time Python starts: the order of a `set` of texts changes then, and so "
    "does `hash`. Put the elements into a fixed order first, as with `sorted`, or keep the order that they have."
)


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
    path, limits = path.absolute(), limits or Limits()
    outcomes = _run_all(path, tasks, limits, on_poll, _HASH_SEEDS[0])
    if not any(outcome.state == TaskState.PASSED for outcome in outcomes) or not depends_on_hashes(path):
        return outcomes
    passed = [task for task, outcome in zip(tasks, outcomes, strict=True) if outcome.state == TaskState.PASSED]
    again = {outcome.id: outcome for outcome in _run_all(path, passed, limits, on_poll, _HASH_SEEDS[1])}
    return [_compare(outcome, again.get(outcome.id, outcome)) for outcome in outcomes]


def _compare(first: Outcome, second: Outcome) -> Outcome:
    """The outcome of two runs, with another order of sets in each."""
    if second.state != TaskState.PASSED or is_same(first.summary, second.summary):
        return second
    return replace(second, state=TaskState.FAILED, message=_UNSTABLE)


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


def _run_all(
    path: Path, tasks: Sequence[Task], limits: Limits, on_poll: Callable[[], object] | None, hash_seed: str
) -> list[Outcome]:
    """Outcomes of all tasks. If the process ends during a task, a new one runs the tasks that are left."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(tasks):
        outcomes += _run_once(path, tasks[len(outcomes) :], limits, on_poll, hash_seed)
    return outcomes


def _run_once(
    path: Path, tasks: Sequence[Task], limits: Limits, on_poll: Callable[[], object] | None, hash_seed: str
) -> list[Outcome]:
    """Outcomes of the first tasks, at least one: up to the one during which the process ended."""
    if not path.is_file():
        step = f"`{command(f'start {tasks[0].slug}')}` puts the stub there"
        message = f"There is no file {path.name} in {path.parent.name}: {step}."
        return [Outcome(task.id, TaskState.FAILED, message) for task in tasks]
    request = {
        "file": str(path),
        "tests": str(LESSONS_FOLDER / tasks[0].slug / TESTS_NAME),
        "solution": str(LESSONS_FOLDER / tasks[0].slug / SOLUTION_NAME),
        "tasks": [
            {
                **{"id": task.id, "function": task.function, "test": task.test},
                **{"unique": task.unique_result, "needs": task.needs},
            }
            for task in tasks
        ],
        "memory_mb": limits.memory_mb,
        "printed_mb": limits.printed_mb,
    }
    environment = {name: value for name, value in os.environ.items() if name not in _PYTHON_VARIABLES}
    environment |= {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": hash_seed}
    with (
        tempfile.TemporaryDirectory(prefix="galviz-", ignore_cleanup_errors=True) as folder,
        Report(Path(folder) / "report.jsonl") as report,
    ):
        arguments = ["-m", "galviz.course.worker", str(report.path)]
        with Sandbox(arguments, request, cwd=LESSONS_FOLDER.parent, environment=environment) as sandbox:
            message, n_lines = _watch(sandbox, report, tasks, limits, path.name, on_poll)
        ending = message or describe_exit(sandbox.returncode)
        return report.outcomes([task.id for task in tasks], ending, sandbox.output, n_lines)


def _watch(
    sandbox: Sandbox,
    report: Report,
    tasks: Sequence[Task],
    limits: Limits,
    file_name: str,
    on_poll: Callable[[], object] | None,
) -> tuple[str | None, int | None]:
    """Wait until the process has ended, or return early if it exceeds a limit.

    Returns
    -------
    message : str or None
    n_lines : int or None
        How many lines the report has, if there is a message.
    """
    seconds_of = {task.id: task.seconds or limits.task_seconds for task in tasks}
    times, n_lines, baseline_bytes = _PhaseTimes(), 0, 0
    while not sandbox.wait(_POLL_SECONDS):
        if on_poll is not None:
            on_poll()
        lines = report.lines()
        memory_bytes, processes, cpu_seconds = sandbox.resources()
        for line in lines[n_lines:]:
            times.enter(line["phase"])
            if line["phase"] == "begin" and line["id"] in seconds_of:
                limits = replace(limits, task_seconds=seconds_of[line["id"]])
        n_lines = len(lines)
        times.add(cpu_seconds)
        if times.phase == "starting":
            baseline_bytes = memory_bytes
        message = exceeded_limit(
            limits,
            file_name,
            phase=times.phase,
            cpu_seconds=times.cpu_seconds,
            wall_seconds=times.wall_seconds,
            memory_bytes=memory_bytes - baseline_bytes,
            processes=processes,
            output_bytes=sandbox.output_bytes,
        )
        # If another task has begun meanwhile, the memory may be that of either.
        if message and len(report.lines()) == n_lines:
            return message, n_lines
    return None, None


class _PhaseTimes:
    """CPU and wall time of the phase that a worker is in; imports are a phase of their own within another."""

    def __init__(self) -> None:
        self.phase = self._outer = "starting"
        self._used = {False: [0.0, 0.0], True: [0.0, 0.0]}  # CPU and wall, without and with importing
        self._cpu, self._wall = 0.0, time.monotonic()

    @property
    def cpu_seconds(self) -> float:
        return self._used[self.phase == "importing"][0]

    @property
    def wall_seconds(self) -> float:
        return self._used[self.phase == "importing"][1]

    def enter(self, phase: str) -> None:
        if phase == "imported":
            self.phase = self._outer
        elif phase == "importing":
            self.phase = phase
        else:
            self.phase = self._outer = phase
            self._used = {False: [0.0, 0.0], True: [0.0, 0.0]}

    def add(self, cpu_seconds: float) -> None:
        """Add the time since the last call to the phase, given the CPU seconds that the process has used so far."""
        used, wall = self._used[self.phase == "importing"], time.monotonic()
        used[0] += max(0.0, cpu_seconds - self._cpu)  # the times of a process that was killed are lost
        used[1] += wall - self._wall
        self._cpu, self._wall = max(self._cpu, cpu_seconds), wall

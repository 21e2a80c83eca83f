"""A student's code, run apart: in a process of its own, with limits of time and memory, and nothing left behind.

The process is killed, with all that it started, when a limit is reached, and when it is done. The time is watched from
here on every system. Memory is limited by Linux itself (`galviz.course.worker.limit_resources`); there and elsewhere,
as on Windows and macOS, the process and its children are also looked at several times a second and killed if they hold
too much.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from galviz.course.commands import command
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.questions import Task
from galviz.course.worker import FAILED, MOST_SHOWN

TESTS_NAME = "test_exercise.py"
# Marks our processes, and is handed on to all that they start, however they go about it.
_MARK = "GALVIZ_EXERCISE"
_LOOK_EVERY_S = 0.05
_MOST_OUTPUT = 5_000_000


@dataclass(frozen=True)
class Limits:
    """What an exercise may use.

    Attributes
    ----------
    start_seconds : float
        For starting Python and what the tests import; none of it is the student's.
    load_seconds : float
        For the student's file, and what it imports.
    task_seconds : float
        For the tests of one task.
    memory_mb : int
        Beyond what Python and the tests' imports hold.
    """

    start_seconds: float = 120.0
    load_seconds: float = 30.0
    task_seconds: float = 10.0
    memory_mb: int = 2_000


@dataclass(frozen=True)
class Outcome:
    """What came of one task.

    Attributes
    ----------
    id : str
    state : str
        ``"passed"``, ``"not yet"`` or ``"failed"``.
    message : str
        The hint, in sentences; empty where passed.
    seconds : float
        How long the tests ran.
    printed : str
        The beginning of what the student's code printed meanwhile.
    """

    id: str
    state: str
    message: str
    seconds: float = 0.0
    printed: str = ""


def run_tasks(
    path: Path,
    tasks: Sequence[Task],
    *,
    limits: Limits | None = None,
    tell: Callable[[Outcome], object] | None = None,
    look: Callable[[], object] | None = None,
) -> list[Outcome]:
    """Test functions of a student's file, all of one lesson, in their order.

    Parameters
    ----------
    path : pathlib.Path
        The file; where it isn't there, or can't be run, each task's outcome says so.
    tasks : sequence of Task
    limits : Limits, optional
    tell : callable, optional
        Called with each outcome as it comes.
    look : callable, optional
        Called several times a second meanwhile; raising in it ends the run, and nothing of it is left.

    Returns
    -------
    list of Outcome
        One for each of `tasks`. Whatever the student's code does, nothing is raised because of it.
    """
    limits, found = limits or Limits(), []
    while len(found) < len(tasks):
        # A process that ended over one task leaves the others to a new one.
        for outcome in _run_once(path.absolute(), tasks[len(found) :], limits, look):
            found.append(outcome)
            if tell is not None:
                tell(outcome)
    return found


def _run_once(path: Path, tasks: Sequence[Task], limits: Limits, look: Callable[[], object] | None) -> list[Outcome]:
    """Outcomes of the first tasks, at least one: of those until the process ended."""
    if not path.is_file():
        begin = f"`{command(f'start {tasks[0].slug}')}` puts the stub there"
        return [
            Outcome(task.id, FAILED, f"There is no file {path.name} in {path.parent.name}: {begin}.") for task in tasks
        ]
    with tempfile.TemporaryDirectory(prefix="galviz-", ignore_cleanup_errors=True) as scratch:
        run = _Run(path, tasks, limits, look, Path(scratch) / "report.jsonl")
        return run.outcomes()


@dataclass
class _Run:
    """One process, from its start until nothing of it is left."""

    path: Path
    tasks: Sequence[Task]
    limits: Limits
    look: Callable[[], object] | None
    report: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    def outcomes(self) -> list[Outcome]:
        process = self._start()
        output = _Output(process.stdout)
        try:
            stopped = self._watch(process, output)
        finally:
            self._end(process)
            output.close()
        return self._read(stopped or _told_end(process.returncode), output)

    def _start(self) -> subprocess.Popen:
        self.report.touch()
        root = LESSONS_FOLDER.parent
        environment = {**os.environ, _MARK: self.mark, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
        for name in ("PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-m", "galviz.course.worker", str(self.report)],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        limits = self.limits
        longest = limits.start_seconds + limits.load_seconds + limits.task_seconds * len(self.tasks)
        request = {
            "file": str(self.path),
            "tests": str(LESSONS_FOLDER / self.tasks[0].slug / TESTS_NAME),
            "tasks": [{"id": task.id, "function": task.function, "test": task.test} for task in self.tasks],
            "memory_mb": limits.memory_mb,
            # Last resorts, should this process be killed, and the other hang so hard that no thread of it runs.
            "seconds": longest + 60,
            "cpu_seconds": int(longest + 60) * (os.cpu_count() or 1),
        }
        with suppress(OSError):  # one that has ended already is read like any other that did
            process.stdin.write(json.dumps(request).encode("utf-8"))
            process.stdin.close()
        return process

    def _watch(self, process: subprocess.Popen, output: "_Output") -> str | None:
        """Wait until the process ends or is to be ended; why, in the latter case."""
        import psutil

        phase, since, seen = "starting", time.monotonic(), 0
        allowed = {"starting": self.limits.start_seconds, "loading": self.limits.load_seconds}
        base = None
        while True:
            try:
                process.wait(_LOOK_EVERY_S)
                return None
            except subprocess.TimeoutExpired:
                if self.look is not None:
                    self.look()
            lines = self._lines()
            if len(lines) > seen:
                phase, since, seen = lines[-1]["phase"], time.monotonic(), len(lines)
            held = _memory(psutil, process.pid)
            if phase == "starting":
                base = held
            elif held > (base or 0) + self.limits.memory_mb * (1 << 20):
                return f"It needs more memory than the {_size(self.limits.memory_mb)} that an exercise may have."
            if output.count > _MOST_OUTPUT:
                return f"It prints more than {_MOST_OUTPUT // 1_000_000} MB: is there a loop that never stops?"
            limit = allowed.get(phase, self.limits.task_seconds)
            if time.monotonic() - since > limit:
                if phase == "starting":
                    return f"Python did not start within {limit:g} s: is the machine very busy? Check again."
                what = f"Running {self.path.name} from its top" if phase == "loading" else "It"
                return f"{what} takes more than {limit:g} s and was stopped: is there a loop that never ends?"

    def _end(self, process: subprocess.Popen) -> None:
        """Kill the process and all that came of it, until none is left."""
        import psutil

        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        for _ in range(20):
            left = [each for each in psutil.process_iter() if self._is_ours(each)]
            if not left:
                break
            for each in left:
                with suppress(psutil.Error):
                    each.kill()
            psutil.wait_procs(left, timeout=0.5)
        process.wait()

    def _is_ours(self, process: object) -> bool:
        """Whether a process has our mark in its environment, which all have that the student's code starts."""
        import psutil

        try:
            return process.environ().get(_MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            return False

    def _lines(self) -> list[dict]:
        try:
            text = self.report.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        lines = []
        for line in text.splitlines(keepends=True):
            if line.endswith("\n"):
                try:
                    # What UTF-8 can't hold, such as half a surrogate pair, is shown by its number.
                    lines.append(json.loads(line, object_hook=_showable))
                except ValueError:
                    continue
        return lines

    def _read(self, stopped: str, output: "_Output") -> list[Outcome]:
        """Outcomes of what was reported, and of the task over which the process ended, if it did."""
        found, begun = [], None
        for line in self._lines():
            if line["phase"] == "unloadable":
                return [Outcome(task.id, FAILED, line["message"], 0.0, line["printed"]) for task in self.tasks]
            if line["phase"] == "begin":
                begun = line["id"]
            elif line["phase"] == "end":
                found.append(Outcome(*(line[name] for name in ("id", "state", "message", "seconds", "printed"))))
        if len(found) == len(self.tasks):
            return found
        printed = output.kept.decode("utf-8", errors="replace")
        if begun is None:
            # It ended before any task: each would.
            return [Outcome(task.id, FAILED, stopped, 0.0, printed) for task in self.tasks]
        found.append(Outcome(self.tasks[len(found)].id, FAILED, stopped, 0.0, printed))
        return found


class _Output:
    """Reads what a process writes past Python, so that it never waits for a reader; keeps the beginning."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.kept, self.count = b"", 0
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while chunk := os.read(self._stream.fileno(), 1 << 16):
            self.count += len(chunk)
            self.kept += chunk[: max(0, MOST_SHOWN - len(self.kept))]

    def close(self) -> None:
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self._stream.close()


def _showable(line: dict) -> dict:
    """What a student's code said, as text that can be shown and written anywhere."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
        for name, value in line.items()
    }


def _memory(psutil: object, pid: int) -> int:
    """Bytes that a process and its descendants hold."""
    total = 0
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    for each in family:
        try:
            total += each.memory_info().rss
        except psutil.Error:
            continue
    return total


def _size(megabytes: int) -> str:
    return f"{megabytes / 1000:g} GB"


def _told_end(status: int) -> str:
    """A sentence on a process that ended by itself, before it was done."""
    if status > 255:  # as Windows tells a crash, such as 0xC0000005
        return f"It crashed Python (status {status:#x})."
    if status >= 0:
        return f"It ends Python, with exit status {status} (`os._exit`?): a function returns instead."
    name = signal.Signals(-status).name
    if -status == getattr(signal, "SIGXCPU", 0):
        return "It computes without end and was stopped: is there a loop that never ends?"
    if -status == getattr(signal, "SIGKILL", 0):
        return "It was killed (SIGKILL): does it need more memory than there is?"
    return f"It crashed Python ({name})."

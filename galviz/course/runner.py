"""A student's code, run apart: in a process of its own, with limits of time and memory, and nothing left behind.

The process is killed, with all that it started, when a limit is reached, and when it is done. The time is watched from
here on every system. Memory is limited by Linux itself (`galviz.course.worker.limit_resources`); there and elsewhere,
as on Windows and macOS, the process and its children are also looked at several times a second and killed if they hold
too much. On Linux nothing that it started outlives it (`galviz.course.containment`). Elsewhere that holds for all but a
process that hides (`galviz.course.process.end_all`).
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from galviz.course.commands import command
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.outcome import Limits, Outcome, TaskState
from galviz.course.process import MARK, Family, Output, end_all, told_end
from galviz.course.questions import Task
from galviz.course.report import Report
from galviz.course.workspace import TESTS_NAME

_LOOK_EVERY_S = 0.05
_MOST_OUTPUT = 5_000_000
_MOST_PROCESSES = 200


def run_tasks(
    path: Path,
    tasks: Sequence[Task],
    *,
    limits: Limits | None = None,
    look: Callable[[], object] | None = None,
) -> list[Outcome]:
    """Test functions of a student's file, all of one lesson, in their order.

    Parameters
    ----------
    path : pathlib.Path
        The file; where it isn't there, or can't be run, each task's outcome says so.
    tasks : sequence of Task
    limits : Limits, optional
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
        found += _run_once(path.absolute(), tasks[len(found) :], limits, look)
    return found


def _run_once(path: Path, tasks: Sequence[Task], limits: Limits, look: Callable[[], object] | None) -> list[Outcome]:
    """Outcomes of the first tasks, at least one: of those until the process ended."""
    if not path.is_file():
        begin = f"`{command(f'start {tasks[0].slug}')}` puts the stub there"
        return [
            Outcome(task.id, TaskState.FAILED, f"There is no file {path.name} in {path.parent.name}: {begin}.")
            for task in tasks
        ]
    with tempfile.TemporaryDirectory(prefix="galviz-", ignore_cleanup_errors=True) as scratch:
        report = Report(Path(scratch) / "report.jsonl")
        try:
            return _Run(path, tasks, limits, look, report).outcomes()
        finally:
            report.close()


@dataclass
class _Run:
    """One process, from its start until nothing of it is left."""

    path: Path
    tasks: Sequence[Task]
    limits: Limits
    look: Callable[[], object] | None
    report: Report
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    def outcomes(self) -> list[Outcome]:
        process = self._start()
        output, family = Output(process.stdout), Family(process.pid)
        try:
            stopped = self._watch(process, output, family)
        finally:
            end_all(process, self.mark, family.seen)
            with suppress(OSError):
                process.stdin.close()
            output.close()
        return self._read(stopped or told_end(process.returncode), output)

    def _start(self) -> subprocess.Popen:
        root = LESSONS_FOLDER.parent
        environment = {**os.environ, MARK: self.mark, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
        for name in ("PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-m", "galviz.course.worker", str(self.report.path)],
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
            process.stdin.write(json.dumps(request).encode("utf-8") + b"\n")
            process.stdin.flush()  # and left open: that it closes tells the other that this process is gone
        return process

    def _watch(self, process: subprocess.Popen, output: Output, family: Family) -> str | None:
        """Wait until the process ends or is to be ended; why, in the latter case."""
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
            lines = self.report.lines()
            if len(lines) > seen:
                phase, since, seen = lines[-1]["phase"], time.monotonic(), len(lines)
            held = family.look()
            if phase == "starting":
                base = held
            elif held > (base or 0) + self.limits.memory_mb * (1 << 20):
                return f"It needs more memory than the {self.limits.memory_mb / 1000:g} GB that an exercise may have."
            if family.size > _MOST_PROCESSES:
                return f"It starts more than {_MOST_PROCESSES} processes: does it start itself again and again?"
            if output.count > _MOST_OUTPUT:
                return f"It prints more than {_MOST_OUTPUT // 1_000_000} MB: is there a loop that never stops?"
            limit = allowed.get(phase, self.limits.task_seconds)
            if time.monotonic() - since > limit:
                if phase == "starting":
                    return f"Python did not start within {limit:g} s: is the machine very busy? Check again."
                what = f"Running {self.path.name} from its top" if phase == "loading" else "It"
                return f"{what} takes more than {limit:g} s and was stopped: is there a loop that never ends?"

    def _read(self, stopped: str, output: Output) -> list[Outcome]:
        """Outcomes of what was reported, and of the task over which the process ended, if it did."""
        found, begun = [], None
        for line in self.report.lines():
            if line["phase"] == "unloadable":
                return [
                    Outcome(task.id, TaskState.FAILED, line["message"], 0.0, line["printed"]) for task in self.tasks
                ]
            if line["phase"] == "begin":
                begun = line["id"]
            elif line["phase"] == "end" and len(found) < len(self.tasks) and line["id"] == self.tasks[len(found)].id:
                rest = (line[name] for name in ("message", "seconds", "printed"))
                found.append(Outcome(line["id"], TaskState(line["state"]), *rest))
        if len(found) == len(self.tasks):
            return found
        printed = output.kept.decode("utf-8", errors="replace")
        if begun is None:
            # It ended before any task: each would.
            return [Outcome(task.id, TaskState.FAILED, stopped, 0.0, printed) for task in self.tasks]
        found.append(Outcome(self.tasks[len(found)].id, TaskState.FAILED, stopped, 0.0, printed))
        return found

"""The process in which a student's code runs: it loads one file, tests some of its functions, and reports the results.

    python -m galviz.course.worker REPORT

`galviz.course.runner` starts it in a sandbox and sends it a request. It reports to the file REPORT, because standard
output belongs to the student's code.
"""

import builtins
import io
import os
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.course.commands import command
from galviz.course.grading import describe_error, grade, load_module
from galviz.course.limits import LimitedOutput, limit_resources
from galviz.course.outcome import TaskState
from galviz.course.report import ReportWriter
from galviz.course.sandbox import enter_sandbox
from galviz.course.state import known_state

if TYPE_CHECKING:
    from galviz.course.calls import CallRecorder

_MAX_IMPORTS = 200
_FORK = "it starts another process (fork), which no exercise needs"


class _ForkDetector:
    """Notices a fork and ends the copy, which would go on with the same test."""

    def __init__(self) -> None:
        self.forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._notice, after_in_child=lambda: os._exit(0))

    def _notice(self) -> None:
        self.forked = True


def _report_imports(report: ReportWriter) -> None:
    """Report when the code imports a module for the first time, because imports have a limit of their own."""
    original, left, is_importing = builtins.__import__, _MAX_IMPORTS, False

    def import_and_report(name: str, *arguments: object, **keywords: object) -> object:
        nonlocal left, is_importing
        known = is_importing or not left or name in sys.modules
        if known or threading.current_thread() is not threading.main_thread():
            return original(name, *arguments, **keywords)
        left, is_importing = left - 1, True
        report.write(phase="importing")
        try:
            return original(name, *arguments, **keywords)
        finally:
            is_importing = False
            report.write(phase="imported")

    builtins.__import__ = import_and_report


def main() -> None:
    """Do what the request asks for, then end the process, with the student's threads if there are any."""
    request = enter_sandbox()
    with ReportWriter(Path(sys.argv[1])) as report:
        _run(request, report)
    os._exit(0)


def _run(request: dict, report: ReportWriter) -> None:
    path, solution = Path(request["file"]), Path(request["solution"])
    # The tests come first: what they import must not count against the student's limits.
    tests = load_module(Path(request["tests"]), "tests_of_exercises")
    from galviz.course.calls import CallRecorder  # and NumPy with it, which must not be imported before the sandbox

    for name in sorted({name for task in request["tasks"] for name in task["needs"]}):
        import_module(name)  # so its memory and time don't count either
    output, detector = LimitedOutput(request["printed_mb"]), _ForkDetector()
    limit_resources(request["memory_mb"])
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = output
    os.chdir(path.parent)  # a file that the code writes under a bare name belongs beside the exercise
    report.write(phase="loading")
    _report_imports(report)
    try:
        module = load_module(path, "exercise")
        if detector.forked:
            raise OSError(_FORK)
    except BaseException as error:
        report.write(phase="unloadable", message=describe_error(error, path), printed=output.text)
        return
    for task in request["tasks"]:
        output.clear()
        sys.stdin = io.StringIO()  # `exit()` in another task closes it
        detector.forked = False
        report.write(phase="begin", id=task["id"])
        started = time.perf_counter()
        function = getattr(module, task["function"], None)
        recorder = CallRecorder(function) if callable(function) else None
        if function is None:
            state, message = TaskState.FAILED, _missing_function(task, path)
        else:
            test = getattr(tests, task["test"])
            state, message = grade(test, recorder.function if recorder else function, task["id"], path)
        if detector.forked:
            state, message = TaskState.FAILED, f"{_FORK.capitalize()}."
        report.write(
            phase="end",
            id=task["id"],
            state=state,
            message=message,
            seconds=round(time.perf_counter() - started, 3),
            printed=output.text,
            failing_call=_failing_call(recorder, function, task, solution)
            if recorder and state == TaskState.FAILED
            else "",
            summary=recorder.summary.as_dict() if recorder else {},
        )


def _failing_call(recorder: "CallRecorder", function: Callable, task: dict, solution_file: Path) -> str:
    """The smallest call whose result is wrong, as Python; empty if there is none."""
    from galviz.course.calls import format_call
    from galviz.course.reduction import smallest_wrong_call

    # If several results are right, another one than the solution's may be right, but an error isn't.
    calls = [call for call in recorder.calls if task["unique"] or call.error is not None]
    if not calls:
        return ""
    try:
        solution = getattr(load_module(solution_file, "solutions"), task["function"])
        with known_state():
            wrong = smallest_wrong_call(calls, function, solution)
        return format_call(task["function"], *wrong) if wrong else ""
    except BaseException:  # whatever the student's function raises now, its hint is known already
        return ""


def _missing_function(task: dict, path: Path) -> str:
    slug = task["id"].rpartition(".")[0]
    return (
        f"There is no `{task['function']}` in {path.name}: was it renamed or deleted? "
        f"`{command(f'start {slug} --again')}` brings the stub back and keeps your file."
    )


if __name__ == "__main__":
    main()

"""The process in which a student's code runs: it loads one file, tests some of its functions, and reports the results.

    python -m galviz.course.worker REPORT

`galviz.course.runner` starts it in a sandbox and sends it a request. It reports to the file REPORT, because standard
output belongs to the student's code.
"""

import io
import os
import sys
import time
from pathlib import Path

from galviz.course.commands import command
from galviz.course.grading import describe_error, grade, load_module
from galviz.course.limits import LimitedOutput, limit_resources
from galviz.course.outcome import TaskState
from galviz.course.report import ReportWriter
from galviz.course.sandbox import enter_sandbox

_FORK = "it starts another process (fork), which no exercise needs"


class _ForkDetector:
    """Notices a fork and ends the copy, which would go on with the same test."""

    def __init__(self) -> None:
        self.forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._notice, after_in_child=lambda: os._exit(0))

    def _notice(self) -> None:
        self.forked = True


def main() -> None:
    """Do what the request asks for, then end the process, with the student's threads if there are any."""
    request = enter_sandbox()
    with ReportWriter(Path(sys.argv[1])) as report:
        _run(request, report)
    os._exit(0)


def _run(request: dict, report: ReportWriter) -> None:
    path = Path(request["file"])
    # The tests come first: what they import must not count against the student's limits.
    tests = load_module(Path(request["tests"]), "tests_of_exercises")
    output, detector = LimitedOutput(request["printed_mb"]), _ForkDetector()
    limit_resources(request["memory_mb"])
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = output
    os.chdir(path.parent)  # a file that the code writes under a bare name belongs beside the exercise
    report.write(phase="loading")
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
        if function is None:
            state, message = TaskState.FAILED, _missing_function(task, path)
        else:
            state, message = grade(getattr(tests, task["test"]), function, task["id"], path)
        if detector.forked:
            state, message = TaskState.FAILED, f"{_FORK.capitalize()}."
        seconds = round(time.perf_counter() - started, 3)
        report.write(phase="end", id=task["id"], state=state, message=message, seconds=seconds, printed=output.text)


def _missing_function(task: dict, path: Path) -> str:
    slug = task["id"].rpartition(".")[0]
    return (
        f"There is no `{task['function']}` in {path.name}: was it renamed or deleted? "
        f"`{command(f'start {slug} --again')}` brings the stub back and keeps your file."
    )


if __name__ == "__main__":
    main()

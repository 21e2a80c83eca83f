"""The process in which a student's code runs: loads one file, tests some of its functions, writes down what came out.

    python -m galviz.course.worker REPORT   (a request as a line of JSON on stdin, which then stays open)

`galviz.course.runner` starts it, watches over it and ends it. What it reports are lines of JSON in the file REPORT,
because standard output belongs to the student.
"""

import io
import json
import linecache
import os
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path

from galviz.course.commands import command
from galviz.course.outcome import TaskState

# What a student printed is shown to them, the beginning of it.
MOST_SHOWN = 2_000
_MOST_PRINTED = 1_000_000
_MB = 1 << 20
_LARGEST_FILE_MB = 100


class TooMuchPrinted(BaseException):
    """Printing goes on and on; not an Exception, so that `except Exception` in a loop doesn't keep it going."""


class _Capped(io.TextIOBase):
    """Takes what is printed: keeps the beginning, counts the rest, and ends a loop that prints for ever."""

    def __init__(self) -> None:
        self.kept, self.count = "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.count += len(text)
        self.kept += text[: max(0, MOST_SHOWN - len(self.kept))]
        if self.count > _MOST_PRINTED:
            raise TooMuchPrinted
        return len(text)


class _Forks:
    """Notices a fork, and ends the copy: two processes would go on with the same test."""

    def __init__(self) -> None:
        self.seen = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._notice, after_in_child=lambda: os._exit(0))

    def _notice(self) -> None:
        self.seen = True


def limit_resources(memory_mb: int, cpu_seconds: int) -> None:
    """Have the system refuse more memory than is in use now and `memory_mb`, and end what computes for ever.

    On Linux. Elsewhere the runner alone watches the memory; macOS knows these limits and doesn't keep the first.
    """
    try:
        import resource
    except ModuleNotFoundError:
        return
    limits = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: _LARGEST_FILE_MB * _MB,
        resource.RLIMIT_CORE: 0,
    }
    status = Path("/proc/self/status")
    if status.exists():
        data_kb = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmData"))
        limits[resource.RLIMIT_DATA] = data_kb * 1024 + memory_mb * _MB
    for limit, value in limits.items():
        _, most = resource.getrlimit(limit)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (value, most))


def load(path: Path, name: str) -> types.ModuleType:
    """Run a file as a module of that name, from its source each time: bytecode could be of an older one."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    source = path.read_bytes()
    linecache.checkcache(str(path))
    sys.modules[name] = module
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def examine(test: Callable[[object], object], answer: object, task_id: str, path: Path) -> tuple[TaskState, str]:
    """Test an answer.

    Returns
    -------
    state : TaskState
    message : str
        A sentence; empty if it passed.
    """
    from galviz.course.judge import Wrong

    try:
        test(answer)
    except Wrong as wrong:
        return TaskState.FAILED, str(wrong)
    except NotImplementedError as error:
        if _text_of(error) == task_id:
            return TaskState.NOT_YET, "Not written yet."
        return TaskState.FAILED, f"It raises NotImplementedError{_where(error, path)}."
    except BaseException as error:
        return TaskState.FAILED, in_words(error, path)
    return TaskState.PASSED, ""


def in_words(error: BaseException, path: Path) -> str:
    """An error of a student's code in a sentence, with its line."""
    where, kind = _where(error, path), type(error).__name__
    match error:
        case SyntaxError() if error.filename in (None, str(path)):
            line = f", in line {error.lineno}" if error.lineno else ""
            return f"{path.name} can't be read as Python: {error.msg}{line}."
        case SystemExit():
            return f"It ends Python (`sys.exit`, `exit` or `quit`){where}: a function returns instead."
        case TooMuchPrinted():
            much = f"{_MOST_PRINTED // 1_000_000} MB"
            return f"It prints more than {much}{where}: is there a `print` in a loop that never stops?"
        case MemoryError():
            return f"It needs more memory than an exercise may have{where}."
        case RecursionError():
            return f"It calls itself without end{where}."
        case EOFError():
            return f"It asks for input{where}: what a function needs comes as its arguments."
        case KeyboardInterrupt():
            return f"It raises KeyboardInterrupt{where}."
        case ModuleNotFoundError():
            return f"It imports `{error.name}`, which isn't installed here{where}."
        case UnicodeDecodeError() | ValueError() if not where:
            return f"{path.name} can't be read: {_text_of(error)}."
    said = " ".join(_text_of(error).split())
    said = said if len(said) <= 300 else said[:300] + " …"
    return f"It raises {kind}{where}: {said}" if said else f"It raises {kind}{where}."


def _text_of(error: BaseException) -> str:
    """What an error says; a student's own class may fail even at that."""
    try:
        return str(error)
    except BaseException:
        return "its message can't be read, because its __str__ fails"


def _where(error: BaseException, path: Path) -> str:
    """The line of the student's file that an error comes from, the last one on its way."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" (line {lines[-1]} of {path.name})" if lines else ""


def main() -> None:
    """Do what a request on stdin asks for; ends the process, threads of the student's and all."""
    report_path = Path(sys.argv[1])
    request = json.loads(sys.stdin.readline())
    _contain()
    threading.Thread(target=_end_without, args=(os.getppid(), request["seconds"]), daemon=True).start()
    with report_path.open("a", encoding="utf-8") as report:

        def tell(**line: object) -> None:
            report.write(json.dumps(line) + "\n")
            report.flush()

        _work(request, tell)
    os._exit(0)


def _contain() -> None:
    """See to it that nothing which is started from here on outlives this process, on Linux."""
    lifeline = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 (a device)
        os.dup2(nothing.fileno(), 0)
    if sys.platform == "linux":
        from galviz.course.containment import contain

        contain(lifeline)
    else:
        os.close(lifeline)


def _work(request: dict, tell: Callable[..., None]) -> None:
    path = Path(request["file"])
    # The tests first: what they import is ours, and no student should wait within a limit for it.
    tests = load(Path(request["tests"]), "tests_of_exercises")
    out, forks = _Capped(), _Forks()
    limit_resources(request["memory_mb"], request["cpu_seconds"])
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = out
    os.chdir(path.parent)  # a file that it writes under a bare name goes beside the exercise, and not into galviz
    tell(phase="loading")
    try:
        module = load(path, "exercise")
        if forks.seen:
            raise OSError("it starts another process (fork), which no exercise needs")
    except BaseException as error:
        message = in_words(error, path)
        tell(phase="unloadable", message=message, printed=out.kept)
        return
    for task in request["tasks"]:
        out.kept, out.count, forks.seen = "", 0, False
        tell(phase="begin", id=task["id"])
        began = time.perf_counter()
        answer = getattr(module, task["function"], None)
        if answer is None:
            state, message = TaskState.FAILED, _no_function(task, path)
        else:
            state, message = examine(getattr(tests, task["test"]), answer, task["id"], path)
        if forks.seen:
            state, message = TaskState.FAILED, "It starts another process (fork), which no exercise needs."
        seconds = round(time.perf_counter() - began, 3)
        tell(phase="end", id=task["id"], state=state, message=message, seconds=seconds, printed=out.kept)


def _no_function(task: dict, path: Path) -> str:
    slug = task["id"].rpartition(".")[0]
    return (
        f"There is no `{task['function']}` in {path.name}: was it renamed or deleted? "
        f"`{command(f'start {slug} --again')}` brings the stub back and keeps your file."
    )


def _end_without(parent: int, seconds: float) -> None:
    """End the process once its parent has gone, or should have ended it: nothing is left running."""
    latest = time.monotonic() + seconds
    while os.getppid() == parent and time.monotonic() < latest:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main()

"""A Python process that ends together with every process that it starts.

`Sandbox` starts the process and ends it; the process calls `enter_sandbox` first. The two are connected by a pipe, the
*lifeline*: when the parent closes it or dies, everything ends.

On Linux a supervisor inside the sandbox does that (`galviz.course.supervisor`), and nothing survives. On other systems,
the process group and the descendants that psutil finds are killed. There a process survives if it starts a session of
its own and its parent exits before anybody has seen it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO, Self

import psutil

from galviz.course.limits import SHOWN_CHARACTERS

_MAX_END_SECONDS = 15


class Sandbox:
    r"""A Python process, and all that it starts; a context manager that leaves nothing running.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``python`` on the command line.
    request : dict
        Sent to the process as a line of JSON; `enter_sandbox` returns it.
    cwd : path-like, optional
        Working directory of the process.
    environment : dict of str to str, optional
        Environment of the process; that of this process by default.
    supervised : bool
        Let a supervisor end the processes, which needs Linux.

    Examples
    --------
    >>> code = "from galviz.course.sandbox import enter_sandbox; print(enter_sandbox()['n'] + 1)"
    >>> with Sandbox(["-c", code], {"n": 2}) as sandbox:
    ...     ended = sandbox.wait(30)
    >>> ended, sandbox.returncode, sandbox.output
    (True, 0, '3\n')
    """

    def __init__(
        self,
        arguments: Sequence[str],
        request: dict,
        *,
        cwd: str | os.PathLike | None = None,
        environment: dict[str, str] | None = None,
        supervised: bool = sys.platform == "linux",
    ) -> None:
        self._supervised = supervised
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._seen: set[psutil.Process] = set()
        self._output = _OutputReader(self._process.stdout)
        with suppress(OSError):  # the process may have ended already
            self._process.stdin.write(json.dumps({"supervised": supervised, **request}).encode("utf-8") + b"\n")
            self._process.stdin.flush()  # and stays open: it is the lifeline

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def returncode(self) -> int | None:
        """Exit status of the process, or None if it runs; a signal n that ended it gives -n or 128 + n."""
        return self._process.returncode

    @property
    def output(self) -> str:
        """The beginning of what the processes have printed."""
        return self._output.beginning.decode("utf-8", errors="replace")

    @property
    def output_bytes(self) -> int:
        """How much the processes have printed."""
        return self._output.size

    def wait(self, seconds: float) -> bool:
        """Wait until the process has ended, at most so many seconds; return whether it has."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def resources(self) -> tuple[int, int, float]:
        """Resident memory in bytes of the processes that run now, their number, and CPU seconds used so far.

        All are zero if no process runs.
        """
        try:
            process = psutil.Process(self._process.pid)
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            return 0, 0, 0.0
        self._seen.update(family)
        sizes, seconds = [], 0.0
        for member in family:
            with suppress(psutil.Error):
                sizes.append(member.memory_info().rss)
                seconds += sum(member.cpu_times()[:4])  # user and system, of itself and of children that have ended
        return sum(sizes), sum(size > 0 for size in sizes), seconds  # a zombie uses no memory

    def end(self) -> None:
        """End the process and all that it has started."""
        with suppress(OSError):
            self._process.stdin.close()
        if not self._supervised:
            _kill_family(self._process.pid, self._seen)
        if not self.wait(_MAX_END_SECONDS):
            self._process.kill()
            self._process.wait()
        self._output.close()


def enter_sandbox() -> dict:
    """Read the request that `Sandbox` sends, and have all that starts from here on end with this process.

    Call it first, before any thread is started. Standard input is empty afterwards.
    """
    request = json.loads(sys.stdin.readline())
    lifeline = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 (a device)
        os.dup2(nothing.fileno(), 0)
    if request["supervised"]:
        from galviz.course.supervisor import supervise  # only on Linux

        supervise(lifeline)
    else:
        threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    return request


def _end_with(lifeline: int) -> None:
    """End this process and all that it has started, once the lifeline is closed."""
    os.read(lifeline, 1)
    _kill_family(os.getpid())


def _kill_family(pid: int, seen: Iterable[psutil.Process] = ()) -> None:
    """Kill a process's descendants, those that were descendants when `seen`, then its process group and itself."""
    family = {member for member in seen if member.pid != pid}
    _kill(family)
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if pid != os.getpid():
            process.suspend()  # it starts nothing more
        # A process that is started while the others are listed is found the next time.
        while new := set(process.children(recursive=True)) - family:
            _kill(new)
            family |= new
    with suppress(OSError, psutil.Error):
        # The group comes last: this process may be in it.
        os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else psutil.Process(pid).kill()


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.kill()


class _OutputReader:
    """Reads a stream in a thread, so that its writer never blocks; keeps the beginning and counts all of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.beginning, self.size = b"", 0
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading, once the writer has ended."""
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self._stream.close()

    def _read(self) -> None:
        while chunk := os.read(self._stream.fileno(), 1 << 16):
            self.size += len(chunk)
            self.beginning += chunk[: max(0, SHOWN_CHARACTERS - len(self.beginning))]

"""A process that is watched from outside: what it prints, what it holds, and its end, with all that came of it."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import IO

import psutil

from galviz.course.worker import MOST_SHOWN

# A variable that marks our processes; it is handed on to all that they start, however they go about it.
MARK = "GALVIZ_EXERCISE"


class Output:
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
        """Stop reading, once the process has ended."""
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self._stream.close()


def memory_of(pid: int) -> int:
    """Bytes that a process and its descendants hold; 0 once it has gone."""
    total = 0
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    for each in family:
        with suppress(psutil.Error):
            total += each.memory_info().rss
    return total


def end_all(process: subprocess.Popen, mark: str) -> None:
    """Kill a process and all that has the mark in its environment, until none is left.

    Its group is killed first, where there are groups: what forks on and on would outrun a search.
    """
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for _ in range(20):
        left = [each for each in psutil.process_iter() if _has(each, mark)]
        if not left:
            break
        for each in left:
            with suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(left, timeout=0.5)
    process.wait()


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def told_end(status: int) -> str:
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

"""A process that is watched from outside: what it prints, what it holds, and its end, with all that came of it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

import psutil

from galviz.course.worker import MOST_SHOWN

# A variable that marks our processes; it is handed on to all that they start, however they go about it.
MARK = "GALVIZ_EXERCISE"
_LONGEST_END_S = 15


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


class Family:
    """A process and its descendants, as far as they were seen when somebody looked.

    Attributes
    ----------
    seen : dict of int to psutil.Process
        All that were ever seen, by their number; they may have left the family since.
    size : int
        How many of them ran at the last look; one that has ended and waits to be reaped holds nothing.
    """

    def __init__(self, pid: int) -> None:
        self.seen: dict[int, psutil.Process] = {}
        self.size = 0
        self._pid = pid

    def look(self) -> int:
        """Look at them all; returns the bytes that they hold, 0 once the process has gone."""
        try:
            process = psutil.Process(self._pid)
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            return 0
        held = []
        for each in family:
            self.seen[each.pid] = each
            with suppress(psutil.Error):
                held.append(each.memory_info().rss)
        self.size = sum(rss > 0 for rss in held)
        return sum(held)


def end_all(process: subprocess.Popen, mark: str, seen: Mapping[int, psutil.Process]) -> None:
    """Kill a process and all that it started, until none is left.

    On Linux the process is a supervisor that does so itself (`galviz.course.containment`). Elsewhere, and should it
    fail, this kills its group, all that have the mark in their environment, and all that were seen as descendants. A
    process that leaves the group, drops the mark and is adopted by another between two looks is not found.
    """
    if sys.platform == "linux":
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LONGEST_END_S)
    if hasattr(os, "killpg"):
        # First, where there are groups: what forks on and on would outrun a search.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for _ in range(20):
        left = [each for each in psutil.process_iter() if _has(each, mark)]
        left += [each for each in seen.values() if _runs(each)]
        if not left:
            break
        for each in left:
            with suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(left, timeout=0.5)
    process.wait()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


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

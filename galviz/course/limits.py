"""What a student's code may use: time, memory, processes and output.

Time, memory, processes and output are watched from outside, on every system (`exceeded_limit`). Inside, `LimitedOutput`
ends a loop that prints for ever, and on Linux the kernel refuses memory (`limit_resources`), which tells the line.

Time is CPU time of all processes and threads: on a busy machine, a right answer isn't stopped because it has to wait.
"""

import io
from dataclasses import dataclass
from pathlib import Path

# A student sees the beginning of what the code printed.
SHOWN_CHARACTERS = 2_000
_MB = 1 << 20
_MAX_FILE_MB = 100


@dataclass(frozen=True)
class Limits:
    """What an exercise may use.

    Attributes
    ----------
    start_seconds : float
        For starting Python and importing the tests; no code of the student runs yet.
        It isn't CPU time.
    load_seconds : float
        For running the student's file.
    task_seconds : float
        For the tests of one task, unless the task has another limit.
    import_seconds : float
        For importing packages, in addition.
    wall_factor : float
        How many times longer than its CPU time each of these may take.
    memory_mb : int
        Beyond what Python and the tests use.
    processes : int
        How many processes may run at a time.
    printed_mb : int
        For what one task prints.
    output_mb : int
        For what is written to the standard output without Python's `print`, by all tasks together.
    """

    start_seconds: float = 120.0
    load_seconds: float = 30.0
    task_seconds: float = 10.0
    import_seconds: float = 60.0
    wall_factor: float = 12.0
    memory_mb: int = 2_000
    processes: int = 200
    printed_mb: int = 1
    output_mb: int = 5


def exceeded_limit(
    limits: Limits,
    file_name: str,
    *,
    phase: str,
    cpu_seconds: float,
    wall_seconds: float,
    memory_bytes: int = 0,
    processes: int = 1,
    output_bytes: int = 0,
) -> str | None:
    """Return a message about the limit that a student's code exceeds, or None.

    Parameters
    ----------
    limits : Limits
    file_name : str
        Name of the student's file.
    phase : str
        ``"starting"``, ``"loading"`` the file, ``"importing"`` a package, or testing (anything else).
    cpu_seconds, wall_seconds : float
        How long the phase has taken. The imports of a file or of a task count as one phase.
    memory_bytes : int
        Beyond what Python and the tests use.
    processes, output_bytes : int

    Examples
    --------
    >>> exceeded_limit(Limits(task_seconds=10.0), "pca.py", phase="begin", cpu_seconds=11.0, wall_seconds=30.0)
    'It takes more than 10 s of CPU time and was stopped: is there a loop that never ends?'
    """
    if phase == "starting":
        if wall_seconds > limits.start_seconds:
            return f"Python did not start within {limits.start_seconds:g} s: is the machine very busy? Check again."
        return None
    if memory_bytes > limits.memory_mb * _MB:
        return f"It needs more memory than the {limits.memory_mb / 1000:g} GB that an exercise may have."
    if processes > limits.processes:
        return f"It starts more than {limits.processes} processes: does it start itself again and again?"
    if output_bytes > limits.output_mb * 1_000_000:
        return f"It prints more than {limits.output_mb} MB: is there a loop that never stops?"
    what, allowed = {
        "loading": (f"Running {file_name} from its top", limits.load_seconds),
        "importing": ("Importing packages", limits.import_seconds),
    }.get(phase, ("It", limits.task_seconds))
    if cpu_seconds > allowed:
        return f"{what} takes more than {allowed:g} s of CPU time and was stopped: is there a loop that never ends?"
    if wall_seconds > (longest := allowed * limits.wall_factor):
        return f"{what} takes more than {longest:g} s and was stopped: does it wait for something that never happens?"
    return None


def limit_resources(memory_mb: int) -> None:
    """Make the system refuse this process more memory than it uses now plus `memory_mb`, huge files and core dumps.

    Memory is limited on Linux only, files on macOS too, and Windows has neither limit.
    """
    try:
        import resource
    except ModuleNotFoundError:
        return
    maxima = {resource.RLIMIT_FSIZE: _MAX_FILE_MB * _MB, resource.RLIMIT_CORE: 0}
    status = Path("/proc/self/status")
    if status.exists():
        data_kb = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmData"))
        maxima[resource.RLIMIT_DATA] = data_kb * 1024 + memory_mb * _MB
    for limit, value in maxima.items():
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


class TooMuchPrinted(BaseException):
    """The code prints on and on; not an Exception, so that `except Exception` in a loop doesn't catch it."""


class LimitedOutput(io.TextIOBase):
    r"""A text stream that keeps the beginning, and raises `TooMuchPrinted` beyond a limit.

    Examples
    --------
    >>> output = LimitedOutput(printed_mb=1)
    >>> print("mean", 3, file=output)
    >>> output.text
    'mean 3\n'
    """

    def __init__(self, printed_mb: int) -> None:
        self._limit_mb = printed_mb
        self.clear()

    def clear(self) -> None:
        """Forget what was written."""
        self.text, self._size = "", 0

    def writable(self) -> bool:
        """Whether text can be written: always."""
        return True

    def write(self, text: str) -> int:
        """Write text; return its length."""
        self._size += len(text)
        self.text += text[: max(0, SHOWN_CHARACTERS - len(self.text))]
        if self._size > self._limit_mb * 1_000_000:
            raise TooMuchPrinted(f"{self._limit_mb} MB")
        return len(text)

"""The state of a task, and the outcome of its tests."""

from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """How far a student is with a task. The values are printed, recorded and shown."""

    NOT_STARTED = "not started"
    """The student has no file for the lesson yet."""
    UNAVAILABLE = "unavailable"
    """Its tests need a package that isn't installed."""
    NOT_YET = "not yet"
    """The function is still the stub."""
    FAILED = "failed"
    PASSED = "passed"


# States that running the tests can give; the others aren't recorded.
TESTED_STATES = frozenset({TaskState.NOT_YET, TaskState.FAILED, TaskState.PASSED})


@dataclass(frozen=True)
class Outcome:
    """The outcome of one task.

    Attributes
    ----------
    id : str
    state : TaskState
    message : str
        The hint, in sentences; empty if the task passed.
    seconds : float
        How long the tests ran.
    printed : str
        The beginning of what the student's code printed.
    failing_call : str
        The smallest call whose result is wrong, as Python to paste; empty if there is none, or none is short enough.
    summary : dict or None
        What the function returned in all calls, if it passed: that of another run must be the same.
    """

    id: str
    state: TaskState
    message: str
    seconds: float = 0.0
    printed: str = ""
    failing_call: str = ""
    summary: dict | None = None

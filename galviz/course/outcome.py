"""What an exercise may use, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """State of a task: how far a student is with it. The values are what is printed, kept and shown."""

    NOT_STARTED = "not started"
    """The student has no file of the lesson yet."""
    NOT_YET = "not yet"
    """The function is the stub as it was."""
    FAILED = "failed"
    PASSED = "passed"


# States that tests come to; what was never begun isn't kept.
TESTED_STATES = frozenset({TaskState.NOT_YET, TaskState.FAILED, TaskState.PASSED})


@dataclass(frozen=True)
class Outcome:
    """What came of one task.

    Attributes
    ----------
    id : str
    state : TaskState
    message : str
        The hint, in sentences; empty where passed.
    seconds : float
        How long the tests ran.
    printed : str
        The beginning of what the student's code printed meanwhile.
    """

    id: str
    state: TaskState
    message: str
    seconds: float = 0.0
    printed: str = ""

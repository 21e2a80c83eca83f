"""The report of a worker to the runner: lines of JSON, which the student's code may have tampered with."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from galviz.course.outcome import TESTED_STATES, Outcome, TaskState

# A real report has a few kB.
_MAX_BYTES = 4_000_000
_NUMBER, _TEXT = (int, float), (str,)
# The fields of a line, for each phase.
_FIELDS = {
    "loading": {},
    "unloadable": {"message": _TEXT, "printed": _TEXT},
    "begin": {"id": _TEXT},
    "importing": {},
    "imported": {},
    "end": {
        **{"id": _TEXT, "state": _TEXT, "message": _TEXT, "seconds": _NUMBER, "printed": _TEXT},
        **{"failing_call": _TEXT, "summary": (dict,)},
    },
}


class ReportWriter:
    """Appends lines to a report; a context manager. `Report` has an example."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, **line: object) -> None:
        """Write a line: its phase, and the fields that belong to it."""
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


class Report:
    """Reads a report while another process writes it; a context manager.

    The file is created and opened before that process starts, and stays open: the student's code may put a pipe, a
    device or a link in its place.

    Parameters
    ----------
    path : pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Report(Path(folder) / "report.jsonl") as report:
    ...     with ReportWriter(report.path) as writer:
    ...         writer.write(phase="begin", id="pca.1")
    ...         writer.write(phase="dancing")
    ...     report.lines()
    [{'phase': 'begin', 'id': 'pca.1'}]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()
        self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def lines(self) -> list[dict]:
        """The complete lines so far; lines that no `ReportWriter` writes are left out."""
        self._file.seek(0)
        text = self._file.read(_MAX_BYTES).decode("utf-8", errors="replace")
        lines = []
        for line in text.split("\n")[:-1]:
            try:
                parsed = json.loads(line, object_hook=_escape_surrogates)
            except (ValueError, RecursionError):
                continue
            if _is_valid(parsed):
                lines.append(parsed)
        return lines

    def outcomes(self, task_ids: Sequence[str], ending: str, output: str, n_lines: int | None = None) -> list[Outcome]:
        """Outcomes of the first tasks, up to the one during which the process ended, if it did.

        Parameters
        ----------
        task_ids : sequence of str
        ending : str
            How the process ended, in a sentence: the message for a task that it didn't complete.
        output : str
            What it printed, for that task.
        n_lines : int, optional
            How many lines there were when it was decided to end the process; it may have written more until then.
        """
        outcomes, started = [], False
        for line in self.lines()[:n_lines]:
            if line["phase"] == "unloadable":
                return [Outcome(id_, TaskState.FAILED, line["message"], 0.0, line["printed"]) for id_ in task_ids]
            started = started or line["phase"] == "begin"
            if line["phase"] == "end" and line["id"] in task_ids[len(outcomes) : len(outcomes) + 1]:
                fields = {name: line[name] for name in _FIELDS["end"]}
                outcomes.append(Outcome(**fields | {"state": TaskState(line["state"])}))
        # A process that ends before the first task would end so before each of them.
        unfinished = task_ids[len(outcomes) :][: 1 if started else None]
        return outcomes + [Outcome(id_, TaskState.FAILED, ending, 0.0, output) for id_ in unfinished]


def _is_valid(line: object) -> bool:
    """Whether a line has a known phase and the fields that belong to it."""
    if not isinstance(line, dict) or not isinstance(line.get("phase"), str) or line["phase"] not in _FIELDS:
        return False
    if not all(isinstance(line.get(name), kind) for name, kind in _FIELDS[line["phase"]].items()):
        return False
    return line["phase"] != "end" or line["state"] in TESTED_STATES


def _escape_surrogates(line: dict) -> dict:
    """Replace lone surrogates, which UTF-8 can't encode, by their numbers."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
        for name, value in line.items()
    }

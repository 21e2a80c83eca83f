"""What a process with a student's code has reported: lines of JSON, which that code may have tampered with."""

import json
from pathlib import Path

from galviz.course.outcome import TESTED

# A line takes some kB at most; whatever is beyond was not written by galviz.
_MOST_BYTES = 4_000_000
_NUMBER, _TEXT = (int, float), (str,)
# Of each phase what a line says besides.
_PHASES = {
    "loading": {},
    "unloadable": {"message": _TEXT, "printed": _TEXT},
    "begin": {"id": _TEXT},
    "end": {"id": _TEXT, "state": _TEXT, "message": _TEXT, "seconds": _NUMBER, "printed": _TEXT},
}


class Report:
    """A file that another process appends to.

    It is opened before that process starts, and read through the same descriptor: a student's code may put a pipe, a
    device or a link in its place.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()
        self._file = path.open("rb")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def lines(self) -> list[dict]:
        """The lines so far that are complete and that galviz writes; any other is left out."""
        self._file.seek(0)
        text = self._file.read(_MOST_BYTES).decode("utf-8", errors="replace")
        lines = []
        for line in text.split("\n")[:-1]:
            try:
                # What UTF-8 can't hold, such as half a surrogate pair, is shown by its number.
                found = json.loads(line, object_hook=_showable)
            except (ValueError, RecursionError):
                continue
            if _is_sound(found):
                lines.append(found)
        return lines


def _is_sound(line: object) -> bool:
    """Whether a line has a phase that there is, and says what belongs to it."""
    if not isinstance(line, dict) or not isinstance(line.get("phase"), str) or line["phase"] not in _PHASES:
        return False
    kinds = _PHASES[line["phase"]]
    if not all(isinstance(line.get(name), kind) for name, kind in kinds.items()):
        return False
    return line["phase"] != "end" or line["state"] in TESTED


def _showable(line: dict) -> dict:
    """What a student's code said, as text that can be shown and written anywhere."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
        for name, value in line.items()
    }

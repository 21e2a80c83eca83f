"""What a student has passed and answered, kept in their folder as one event per line.

A task that has passed once stays passed, as ``"hooks.2.passed"``, even if the student's file breaks a day later.

The app, `check` and `check --watch` may write at once; each appends its lines under a lock.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from galviz.course.eventlog import append_lines, repair
from galviz.course.events import Value, is_plain, mostly_events, parse_states, split_lines
from galviz.course.workspace import work_folder
from galviz.files.reading import read_regular

PROGRESS_NAME = "progress.jsonl"


class _Parsed(NamedTuple):
    """A file as it was last read."""

    version: tuple[int, ...]
    states: dict[str, Value]
    plain: bool
    readable: bool  # half of the lines or more are events


# Pages read the progress many times per run.
_cache: dict[Path, _Parsed] = {}


def progress_path() -> Path:
    """Return the path of a student's progress file.

    Examples
    --------
    >>> progress_path().name
    'progress.jsonl'
    """
    return work_folder() / PROGRESS_NAME


def read_progress() -> dict[str, Value]:
    """Read a student's progress.

    Returns
    -------
    dict of str to str or int
        By key: ``"hooks.2": "failed"``, ``"hooks.q1": 0``. A task that has ever passed has ``"hooks.2.passed": 1`` too.
        Empty if there is no file.

    Raises
    ------
    OSError
        If the file can't be read.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["GALVIZ_WORK"] = folder
    ...     record({"pca.1": "passed"})
    ...     read_progress()
    {'pca.1': 'passed', 'pca.1.passed': 1}
    >>> del os.environ["GALVIZ_WORK"]
    """
    parsed = _read(progress_path())
    return dict(parsed.states) if parsed else {}


def progress_problem() -> str | None:
    """Return a message if most of the progress file can't be read as events, else None.

    Raises
    ------
    OSError
        If the file can't be read.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["GALVIZ_WORK"] = folder
    ...     _ = progress_path().write_text("notes of another program")
    ...     progress_problem()[:14]
    'Most lines of '
    >>> del os.environ["GALVIZ_WORK"]
    """
    path = progress_path()
    parsed = _read(path)
    if parsed is None or parsed.readable:
        return None
    return (
        f"Most lines of {path} can't be read, so their answers and results are missing here. Nothing is lost: before "
        f"anything is added, the file is copied to {path.stem}-1{path.suffix} or the next free name. If you have "
        "another copy of it, put that in its place."
    )


def record(changes: dict[str, Value]) -> None:
    """Append what has changed to a student's progress; values that the file has already aren't written again.

    Parameters
    ----------
    changes : dict of str to str or int
        As `read_progress` returns them.

    Raises
    ------
    OSError
        If the file can't be written.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["GALVIZ_WORK"] = folder
    ...     record({"pca.q1": 2})
    ...     record({"pca.q1": 2})
    ...     progress_path().read_bytes().count(b"pca.q1")
    1
    >>> del os.environ["GALVIZ_WORK"]
    """
    states = read_progress()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        json.dumps({"at": now, "key": key, "value": value}) + "\n"
        for key, value in changes.items()
        if states.get(key) != value
    ]
    if not lines:
        return
    path = progress_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    if (parsed := _read(path)) is not None and not (parsed.plain and parsed.readable):
        repair(path)
    append_lines(path, "".join(lines).encode("utf-8"))


def _read(path: Path) -> _Parsed | None:
    """Read the file; None if there is none. It is parsed again only if it has changed."""
    try:
        # The version is taken before the content: if the file grows in between, the next call reads it again.
        version = _version(path.stat())
        if (parsed := _cache.get(path)) is None or parsed.version != version:
            content = read_regular(path)
            lines = split_lines(content)
            parsed = _cache[path] = _Parsed(version, parse_states(lines), is_plain(content), mostly_events(lines))
    except FileNotFoundError:
        return None
    return parsed


def _version(status: os.stat_result) -> tuple[int, ...]:
    """What changes if a file is written or replaced."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns

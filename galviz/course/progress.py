"""What a student has passed and answered, kept in their folder: a line of JSON an event, the last one counts.

What was passed once stays passed, as ``"hooks.2.passed"``: a slip in the file a day later takes no exercise back.

Lines are only ever added, each in one write, so that the app, `check` and `check --watch` may write at once and none
loses what another wrote. A line cut short by a crash is skipped.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from galviz.course.workspace import work_folder

PROGRESS_NAME = "progress.jsonl"

Value = str | int
PASSED = "passed"


def progress_path() -> Path:
    """The file of a student's progress."""
    return work_folder() / PROGRESS_NAME


def read_progress() -> dict[str, Value]:
    """What is known of a student, by key: ``"hooks.2": "failed"``, ``"hooks.q1": 0``; empty where nothing is.

    A task that has passed, now or before, has ``"hooks.2.passed": 1`` too.

    Raises
    ------
    OSError
        If there is a file, and it can't be read.
    """
    try:
        text = progress_path().read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    found: dict[str, Value] = {}
    for line in text.splitlines():
        try:
            event = json.loads(line)
            key, value = event["key"], event["value"]
        except (ValueError, TypeError, KeyError):
            continue
        if isinstance(key, str) and isinstance(value, str | int):
            found[key] = value
            if value == PASSED:
                found[f"{key}.passed"] = 1
    return found


def record(changes: dict[str, Value]) -> None:
    """Add what has changed; what is known already isn't written again.

    Raises
    ------
    OSError
        If the file can't be written.
    """
    known = read_progress()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        json.dumps({"at": now, "key": key, "value": value}) + "\n"
        for key, value in changes.items()
        if known.get(key) != value
    ]
    if not lines:
        return
    path = progress_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write, at the end of the file whoever else writes; begun on a new line, should the last have been cut short.
    begin = "\n" if path.exists() and not path.read_bytes().endswith(b"\n") else ""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, (begin + "".join(lines)).encode("utf-8"))
    finally:
        os.close(handle)

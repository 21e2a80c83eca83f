"""What a student has passed and answered, kept in their folder: one JSON event per line, the last one of a key counts.

What was passed once stays passed, as ``"hooks.2.passed"``: a slip in the file a day later takes no exercise back.

The app, `check` and `check --watch` may write at once: each adds its lines under a lock, in one write, and none loses
what another wrote. A line that is cut short by a crash, or isn't an event, is skipped. When most lines have been
superseded by later ones, the file is rewritten without them, in one step.

An editor or a shell may have saved the file in UTF-16 or with other line ends. It is read all the same, and rewritten
in UTF-8 before lines are added. A file of which most lines can't be understood is first kept under another name.
"""

import codecs
import errno
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from galviz.course.outcome import TaskState
from galviz.course.workspace import work_folder
from galviz.files.reading import read_regular
from galviz.files.writing import move_to_free_name, removing, replacing, temporary_name

try:
    import fcntl
except ModuleNotFoundError:  # Windows has no such lock: there superseded lines stay
    fcntl = None

PROGRESS_NAME = "progress.jsonl"

Value = str | int
# A student who does all of the course writes some 20 kB. Beyond this, superseded lines are removed.
_COMPACT_BEYOND_BYTES = 64 * 1024
_LONGEST_WAIT_S = 10.0
_NO_WAITING, _BYTES = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_BINARY", 0)
# UTF-32's marks come first: those of UTF-16 begin one of them.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_EVENT_IN_UTF16 = '{"'.encode("utf-16-le")
_EVENT_BEGINS = re.compile(rb'(?=\{"|\{\0"\0)')
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONE_CR = re.compile(rb"\r(?!\n)")


class _Reading(NamedTuple):
    """A file as it was last read."""

    stamp: tuple[int, ...]
    states: dict[str, Value]
    plain: bool  # in UTF-8, lines ending with a line feed: lines can be added as they are
    understood: bool  # half the lines or more


# Pages ask many times a run.
_known: dict[Path, _Reading] = {}


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
    reading = _read(progress_path())
    return dict(reading.states) if reading else {}


def progress_problem() -> str | None:
    """Say what is wrong with the file of a student's progress: a sentence; None if most of it can be understood.

    Raises
    ------
    OSError
        If there is a file, and it can't be read.
    """
    path = progress_path()
    reading = _read(path)
    if reading is None or reading.understood:
        return None
    return (
        f"Most lines of {path} can't be understood, and what they say is missing here. Nothing is lost: before "
        f"anything is added, the file is kept as {path.stem}-1{path.suffix} or the next free name. If you have another "
        "copy of it, put that in its place."
    )


def _read(path: Path) -> _Reading | None:
    """Read the file, if it is there and isn't the one that was read last."""
    try:
        stamp = _stamp(path.stat())
        if (reading := _known.get(path)) is None or reading.stamp != stamp:
            # The stamp is older than the content: of a file that grows meanwhile, the next call reads again.
            reading = _known[path] = _Reading(stamp, *_parse(read_regular(path)))
    except FileNotFoundError:
        return None
    return reading


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
    if (reading := _read(path)) is not None and not (reading.plain and reading.understood):
        _restore(path)
    with _opened(path) as (handle, locked):
        # Begun on a new line, should the last have been cut short.
        _write(handle, (_line_end(handle) + "".join(lines)).encode("utf-8"), path)
        if locked and os.fstat(handle).st_size > _COMPACT_BEYOND_BYTES:
            with suppress(OSError):  # what there was to keep is kept; the next time will do
                _compact(path)


def _parse(content: bytes) -> tuple[dict[str, Value], bool, bool]:
    """What is known by the lines of a file, whether it is plain, and whether half its lines are events."""
    states: dict[str, Value] = {}
    lines = _lines(content)
    n_events = 0
    for line in lines:
        if (event := _event(line)) is not None:
            n_events += 1
            key, value = event
            states[key] = value
            if value == TaskState.PASSED:
                states[f"{key}.passed"] = 1
    plain = not content.startswith(tuple(_MARKS)) and not _LONE_CR.search(content) and _EVENT_IN_UTF16 not in content
    return states, plain, 2 * n_events >= sum(bool(line.strip()) for line in lines)


def _lines(content: bytes) -> list[bytes]:
    """The lines of a file in UTF-8, whatever ends them and whatever it is encoded in."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            # Older versions added lines in UTF-8 to such a file. No character of UTF-16 or 32 that stands in one of
            # ours has these two bytes together.
            added = content.find(b'{"')
            text, rest = (content, b"") if added < 0 else (content[:added], content[added:])
            whole = len(text) - len(text) % (4 if encoding.startswith("utf-32") else 2)  # the last may be cut short
            begun = text[len(mark) : whole].decode(encoding, errors="replace").encode()
            return _LINE_END.split(begun + b"\n" * bool(rest) + _in_utf8(rest))
    return _LINE_END.split(_in_utf8(content))


def _in_utf8(content: bytes) -> bytes:
    """Lines in UTF-8, some of which PowerShell's ``>>`` may have added in UTF-16."""
    if _EVENT_IN_UTF16 not in content:
        return content
    parts = []
    for part in _EVENT_BEGINS.split(content):
        text = part.removesuffix(codecs.BOM_UTF16_LE)  # of what comes next
        if text.startswith(_EVENT_IN_UTF16):
            text = text[: len(text) - len(text) % 2].decode("utf-16-le", errors="replace").encode()
        parts.append(text)
    return b"\n".join(parts)


def _restore(path: Path) -> None:
    """Rewrite a file to which lines can't be added as it is; keep it under another name if it can't be understood.

    Under the lock, but on Windows, which replaces no file that is open.
    """
    with _opened(path) if fcntl is not None else nullcontext():
        content = read_regular(path)
        _, plain, understood = _parse(content)
        if plain and understood:
            return  # another process was quicker
        lines = _lines(content)
        if not understood:
            temporary = temporary_name(path)
            with removing(temporary, path):
                temporary.write_bytes(content)
                move_to_free_name(temporary, path)
            lines = [line for line in lines if _event(line) is not None]
        _replace(path, b"".join(line + b"\n" for line in lines if line.strip()))


def _event(line: bytes) -> tuple[str, Value] | None:
    """Key and value of a line; None if it isn't an event."""
    try:
        event = json.loads(line.decode("utf-8-sig", errors="replace"))  # an editor may add a byte order mark
        key, value = event["key"], event["value"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = isinstance(key, str) and isinstance(value, str | int) and not isinstance(value, bool)
    return (key, value) if sound else None


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, bool]]:
    """Open the file to add lines to it, locked if the system can; yields the handle, and whether it is locked."""
    while True:
        # Without waiting for the reader of a FIFO, which is no file to add to.
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_WAITING | _BYTES, 0o644)
        locked = False
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file", str(path))
            locked = _lock(handle, path)
            if not locked or _is_at(handle, path):
                yield handle, locked
                return
        finally:
            if locked:
                fcntl.flock(handle, fcntl.LOCK_UN)  # a process that was forked meanwhile would keep it
            os.close(handle)


def _lock(handle: int, path: Path) -> bool:
    """Wait for the lock; False if the system, or the file's file system, has none."""
    latest = time.monotonic() + _LONGEST_WAIT_S
    while fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > latest:
                raise OSError(errno.EAGAIN, "another process keeps it locked", str(path)) from None
            time.sleep(0.01)
        except OSError:
            return False
        else:
            return True
    return False


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open file still has its name: another process may have rewritten it, or removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _line_end(handle: int) -> str:
    """What must come before the next line: nothing, unless the last one has no end."""
    size = os.fstat(handle).st_size
    if size == 0:
        return ""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return "" if os.read(handle, 1) == b"\n" else "\n"


def _write(handle: int, content: bytes, path: Path) -> None:
    if os.write(handle, content) < len(content):  # what is cut short is skipped by whoever reads
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _compact(path: Path) -> None:
    """Rewrite the file, which is locked, without lines that later ones have superseded, if that halves it.

    The last event of each key stays, the last that says it passed, and every line that isn't an event.
    """
    content = read_regular(path)
    lines = content.split(b"\n")
    events = [_event(line) for line in lines]
    last: dict[object, int] = {}
    for place, event in enumerate(events):
        if event is None:
            last[place] = place
        else:
            last[event[0]] = place
            if event[1] == TaskState.PASSED:
                last[event] = place
    left = b"\n".join(lines[place] for place in sorted(set(last.values())))
    if len(left) > len(content) / 2:
        return
    _replace(path, left)


def _replace(path: Path, content: bytes) -> None:
    """Rewrite the file in one step."""
    target = os.path.realpath(path)  # a symbolic link stays one
    with replacing(target) as temporary:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)

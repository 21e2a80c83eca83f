"""A file to which several processes append lines at once, under a lock, without losing what another has written."""

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from galviz.course.events import is_plain, mostly_events, parse_event, split_lines, without_superseded
from galviz.files.moving import move_to_free_name
from galviz.files.reading import read_regular
from galviz.files.writing import atomic_write, removing_temporary, temporary_name

try:
    import fcntl
except ModuleNotFoundError:  # Windows has no such lock; there superseded lines stay
    fcntl = None

# A student who does the whole course writes some 20 kB.
_COMPACT_BEYOND_BYTES = 64 * 1024
_MAX_LOCK_SECONDS = 10.0
_NONBLOCKING, _BINARY = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_BINARY", 0)


def append_lines(path: Path, lines: bytes, *, compact_beyond_bytes: int = _COMPACT_BEYOND_BYTES) -> None:
    r"""Append lines of events to a file.

    If the file grows beyond `compact_beyond_bytes`, superseded events are removed, provided that this halves it.

    Raises
    ------
    OSError
        If the file can't be written, or another process keeps it locked.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "progress.jsonl"
    ...     append_lines(path, b'{"key": "pca.q1", "value": 0}\n')
    ...     append_lines(path, b'{"key": "pca.q2", "value": 1}\n')
    ...     path.read_bytes().count(b"\n")
    2
    """
    with _open_locked(path) as (handle, locked):
        # The last line may have been cut short, so it may lack its end.
        content = (b"" if _ends_with_newline(handle) else b"\n") + lines
        if os.write(handle, content) < len(content):  # readers skip the part of a line
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        if locked and os.fstat(handle).st_size > compact_beyond_bytes:
            with suppress(OSError):  # nothing is lost, and the next call tries again
                before = read_regular(path)
                after = without_superseded(before)
                if len(after) <= len(before) / 2:
                    _replace(path, after)


def repair(path: Path) -> None:
    r"""Rewrite a file in UTF-8, with a line feed after each line. If most lines aren't events, keep a copy of it first.

    Raises
    ------
    OSError
        If the file can't be read or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "progress.jsonl"
    ...     _ = path.write_bytes('{"key": "pca.q1", "value": 0}\n'.encode("utf-16"))
    ...     repair(path)
    ...     path.read_bytes()
    b'{"key": "pca.q1", "value": 0}\n'
    """
    # Windows replaces no file that is open.
    with _open_locked(path) if fcntl is not None else nullcontext():
        content = read_regular(path)
        lines = split_lines(content)
        readable = mostly_events(lines)
        if readable and is_plain(content):
            return  # another process has repaired it meanwhile
        if not readable:
            temporary = temporary_name(path)
            with removing_temporary(temporary, path):
                temporary.write_bytes(content)
                move_to_free_name(temporary, path)
            lines = [line for line in lines if parse_event(line) is not None]
        _replace(path, b"".join(line + b"\n" for line in lines if line.strip()))


@contextmanager
def _open_locked(path: Path) -> Iterator[tuple[int, bool]]:
    """Open a file to append to it; yield the handle, and whether it is locked, which not every system can do."""
    while True:
        # Without O_NONBLOCK, opening a FIFO would wait for its reader.
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NONBLOCKING | _BINARY, 0o644)
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
                fcntl.flock(handle, fcntl.LOCK_UN)  # a process forked meanwhile would keep the lock
            os.close(handle)


def _lock(handle: int, path: Path) -> bool:
    """Wait for the lock; return False if the system, or the file's file system, has none."""
    deadline = time.monotonic() + _MAX_LOCK_SECONDS
    while fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise OSError(errno.EAGAIN, "another process keeps it locked", str(path)) from None
            time.sleep(0.01)
        except OSError:
            return False
        else:
            return True
    return False


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open file still has its name: another process may have replaced or removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _ends_with_newline(handle: int) -> bool:
    """Whether a file is empty or ends with a line feed."""
    size = os.fstat(handle).st_size
    if size == 0:
        return True
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _replace(path: Path, content: bytes) -> None:
    """Replace the file's content in one step; a symbolic link and the permissions stay."""
    target = os.path.realpath(path)
    with atomic_write(target) as temporary:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)

"""A lock on a file, so that two processes don't do the same work at once."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def exclusive_lock(path: Path, busy: str) -> Iterator[None]:
    """Lock a file for the length of the block, so that one process at a time runs it; a killed process leaves no lock.

    Parameters
    ----------
    path : pathlib.Path
        Its content doesn't matter and isn't changed; it is created if it is missing.
    busy : str
        The message for the process that comes second.

    Raises
    ------
    ValueError
        With `busy`, if another process holds the lock.
    OSError
        If the file can't be opened.

    Notes
    -----
    Windows and some network file systems have no such locks; there the block runs without one.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
    try:
        with suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                current = os.path.samestat(os.fstat(handle), path.stat())
            except (BlockingIOError, FileNotFoundError):
                current = False
            except OSError:
                current = True
            if not current:  # locked by another process, or removed by one that has just ended
                raise ValueError(busy)
        yield
    finally:
        os.close(handle)


@contextmanager
def temporary_lock(path: Path, busy: str) -> Iterator[None]:
    """Lock a file that is there for the length of the block only; somebody else's file is neither locked nor removed.

    Parameters
    ----------
    path : pathlib.Path
        It is created, and removed after the block. One that a killed process has left is empty, and is used again.
    busy : str
        The message for the process that comes second.

    Raises
    ------
    ValueError
        With `busy`, if another process holds the lock; or if `path` is there and is no empty file.
    OSError
        If the file can't be opened.
    """
    if not _is_ours(path):
        raise ValueError(
            f"{path} is needed to lock what is written beside it, and something else has that name. Rename it, or name "
            "another file to write."
        )
    with exclusive_lock(path, busy):
        try:
            yield
        finally:
            # Looked at again: meanwhile somebody may have put a file of theirs there.
            if _is_ours(path):
                path.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Whether a lock file may be made or removed there: there is nothing, or a file without content and no link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(status.st_mode) and status.st_size == 0

"""A lock on a file, so that two processes don't do the same work at once."""

import os
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

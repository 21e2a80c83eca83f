"""File locks, which prevent two processes from doing the same work at the same time."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def exclusive_lock(path: Path, busy: str) -> Iterator[None]:
    """Lock a file during the block, so only one process at a time runs it. The lock of a killed process is released.

    Parameters
    ----------
    path : pathlib.Path
        The file to lock. It is created if it is missing; its content isn't changed.
    busy : str
        The error message if another process holds the lock.

    Raises
    ------
    ValueError
        With `busy`, if another process holds the lock.
    OSError
        If the file can't be opened.

    Notes
    -----
    Windows and some network file systems don't support such locks; there the block runs without one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     with exclusive_lock(Path(file.name), "another process trains this network"):
    ...         print("training")
    training
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
            if not current:  # another process holds the lock, or has just removed the file
                raise ValueError(busy)
        yield
    finally:
        os.close(handle)


@contextmanager
def temporary_lock(path: Path, busy: str) -> Iterator[None]:
    """Create and lock a file during the block, and remove it afterwards.

    Parameters
    ----------
    path : pathlib.Path
        The lock file. An empty file that a killed process left is used again; any other file is left unchanged.
    busy : str
        The error message if another process holds the lock.

    Raises
    ------
    ValueError
        With `busy`, if another process holds the lock; or if `path` exists and isn't an empty file.
    OSError
        If the file can't be opened.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, ".net.lock")
    ...     with temporary_lock(path, "another process trains this network"):
    ...         print(path.exists())
    ...     print(path.exists())
    True
    False
    """
    if not _is_free_or_lock(path):
        raise ValueError(
            f"{path} must be a lock file, but something else has that name. Rename it, or choose another name for the "
            "output."
        )
    with exclusive_lock(path, busy):
        try:
            yield
        finally:
            # Check again: another program may have written a file there in the meantime.
            if _is_free_or_lock(path):
                path.unlink(missing_ok=True)


def _is_free_or_lock(path: Path) -> bool:
    """Whether nothing exists there, or only a lock file, which is an empty regular file and not a link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(status.st_mode) and status.st_size == 0

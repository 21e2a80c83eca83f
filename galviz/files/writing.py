"""Atomic writes: a file is written to a temporary name beside the target and then moved into place.

Readers never see a partial file, and after a full disk or an interrupt the old file is still there. Only a killed
process leaves something: a file named ``.<target>.<random>.part``, which no survey reads and `remove_unfinished`
removes.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from galviz.files.moving import move_to_new

_SUFFIX, _MAX_NAME = ".part", 48
_TEMPORARY = re.compile(rf"\..*\.[0-9a-f]+{re.escape(_SUFFIX)}")


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Provide a temporary path to write to, and move it to `path` when the block ends without an error.

    Parameters
    ----------
    path : path-like
        The target. Its folder must exist; an existing file is replaced. If it is a symbolic link, the file that it
        points to is replaced and the link stays.

    Yields
    ------
    pathlib.Path
        A path in the target's folder that doesn't exist yet. It ends in ``.part``, so tell a writer that infers the
        format from the ending which one you want.

    Raises
    ------
    OSError
        If writing or moving fails (disk full, no permission, folder missing), or if the target exists and isn't a
        regular file: a device, a pipe or a folder is never replaced. The target is unchanged then.

    Notes
    -----
    There is no fsync: it protects only from power failures, and would take minutes for a survey of thousands of images.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(f"{folder}/notes.txt") as temporary:
    ...         _ = temporary.write_text("PC1 follows metallicity")
    ...     os.listdir(folder)
    ['notes.txt']
    """
    target = Path(path)
    if target.is_symlink():
        target = Path(os.path.realpath(target))
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(errno.EINVAL, "Not a regular file, so it isn't replaced", str(target))
    temporary = temporary_name(target)
    with removing_temporary(temporary, target):
        yield temporary
        temporary.replace(target)


def write_bytes(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Write `content` to `path` atomically.

    Raises
    ------
    OSError
        If it can't be written; `path` is unchanged then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(f"{folder}/image.jpg", bytes(10))
    ...     Path(folder, "image.jpg").stat().st_size
    10
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    r"""Write `content` to `path` atomically, as UTF-8 and with unchanged line ends.

    ``"\n"`` isn't translated on Windows, because checksums must not depend on the machine.

    Raises
    ------
    OSError
        If it can't be written; `path` is unchanged then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(f"{folder}/master.csv", "objID\n1\n")
    ...     Path(folder, "master.csv").read_bytes()
    b'objID\n1\n'
    """
    write_bytes(path, content.encode("utf-8"))


def write_new(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path` atomically, if nothing exists there.

    Raises
    ------
    FileExistsError
        If something exists there, including a broken link or a file that has just appeared.
    OSError
        If it can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_new(f"{folder}/exercise.py", b"# TODO")
    ...     os.listdir(folder)
    ['exercise.py']
    """
    temporary = temporary_name(Path(path))
    with removing_temporary(temporary, Path(path)):
        temporary.write_bytes(content)
        move_to_new(temporary, Path(path))


def temporary_name(target: Path) -> Path:
    """A new name beside `target` for a file that will be moved there; `remove_unfinished` recognises it.

    Examples
    --------
    >>> temporary_name(Path("master.csv")).match(".master.csv.*.part")
    True
    """
    return target.with_name(f"{_prefix(target.name)}{secrets.token_hex(6)}{_SUFFIX}")


@contextmanager
def removing_temporary(temporary: Path, target: Path) -> Iterator[None]:
    """Remove a temporary file at the end of the block, if it still exists; errors of the block name the target.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, ".notes.part")
    ...     with removing_temporary(path, Path(folder, "notes")):
    ...         path.touch()
    ...     path.exists()
    False
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(temporary)):
            # A failed write has no file name, and users know the target, not the temporary name.
            error.filename = str(target)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def with_resume_hint() -> Iterator[None]:
    """Add to the error of a full disk that running the same command again continues the work.

    Examples
    --------
    >>> with with_resume_hint():
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    OSError: [Errno 28] No space left on device (make room, then run the same command again to continue)
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        # A new error, because a worker process passes on only the arguments of an error.
        message = f"{error.strerror} (make room, then run the same command again to continue)"
        raise OSError(error.errno, message, error.filename) from error


def remove_unfinished(folder: str | os.PathLike[str], *, target: str | None = None) -> list[Path]:
    """Remove the temporary files that killed processes left in `folder` (not in its subfolders).

    Call it only if no other process writes to the same folder.

    Parameters
    ----------
    folder : path-like
    target : str, optional
        Remove only the temporary files of this file name.

    Returns
    -------
    list of pathlib.Path
        The removed files, sorted by name.

    Raises
    ------
    OSError
        If the folder can't be read or a file can't be removed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, ".master.csv.0a1b.part").touch()
    ...     [path.name for path in remove_unfinished(folder)]
    ['.master.csv.0a1b.part']
    """
    prefix = "." if target is None else _prefix(target)
    unfinished = sorted(
        path
        for path in Path(folder).glob(f".*{_SUFFIX}")
        if path.name.startswith(prefix) and _TEMPORARY.fullmatch(path.name)  # other programs have .part files too
    )
    for path in unfinished:
        path.unlink(missing_ok=True)
    return unfinished


def _prefix(name: str) -> str:
    """The start of a target's temporary names."""
    return f".{shorten(name)}."


def shorten(name: str) -> str:
    """Shorten a file name for use in another one: names are limited to 255 bytes. Different ones stay different.

    Examples
    --------
    >>> shorten("master.csv"), len(shorten(50 * "a" + ".json")), len(shorten(50 * "b"))
    ('master.csv', 48, 48)
    """
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 9]}-{sha256(os.fsencode(name)).hexdigest()[:8]}"

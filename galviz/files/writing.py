"""Files written whole or not at all: a temporary name beside the target, moved into place at the end.

A reader therefore never meets half a file, and a full disk or an interrupt leaves what was there before. Only a killed
process can leave something: files named ``.<target>.<random>.part``, which no survey reads and which
`clear_unfinished` removes.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".part"
_TEMPORARY = re.compile(rf"\..*\.[0-9a-f]+{re.escape(_SUFFIX)}")


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary name to write to; move it to `path` once the block ends well.

    Parameters
    ----------
    path : path-like
        The target. Its folder must exist; a file of that name is replaced, in one step, at the end of the block. If it
        is a symbolic link, the file that it points to is replaced and the link stays.

    Yields
    ------
    pathlib.Path
        A name in the target's folder (so that the move is a rename and not a copy) at which nothing exists yet. It ends
        in ``.part``: tell a writer that goes by the ending which format you want.

    Raises
    ------
    OSError
        From writing or moving (disk full, no permission, folder missing), or before the block if the target exists and
        is no regular file: a device, a pipe or a folder is never replaced. The target is then as it was.

    Notes
    -----
    There is no fsync: it guards against power cuts alone, and would cost a survey of thousands of images minutes.
    """
    target = Path(path)
    if target.is_symlink():
        target = Path(os.path.realpath(target))
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(errno.EINVAL, "Not a regular file, and so not replaced", str(target))
    temporary = temporary_name(target)
    with removing(temporary, target):
        yield temporary
        temporary.replace(target)


def write_bytes(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written; `path` is then as it was.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    r"""Write `content` to `path` as UTF-8 with its line ends as they are, whole or not at all.

    ``"\n"`` stays ``"\n"`` on Windows too: checksums of survey files must not depend on the machine.

    Raises
    ------
    OSError
        If it can't be written; `path` is then as it was.
    """
    write_bytes(path, content.encode("utf-8"))


def write_new(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path` if nothing has that name, whole or not at all.

    Raises
    ------
    FileExistsError
        If there is something, a broken link included, even if it has appeared just now.
    OSError
        If it can't be written.
    """
    temporary = temporary_name(Path(path))
    with removing(temporary, Path(path)):
        temporary.write_bytes(content)
        move_to_new(temporary, Path(path))


def move_to_new(source: Path, target: Path) -> None:
    """Move a file to a name in the same folder that nothing has, in one step; `os.rename` would replace a file.

    Raises
    ------
    FileExistsError
        If there is something of that name; both are then as they were.
    OSError
        If it can't be moved.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: the name is reserved first, and then replaced.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            source.replace(target)
        except OSError:
            target.unlink()
            raise
    else:
        source.unlink()


def move_to_free_name(source: Path, wanted: Path) -> Path:
    """Move a file to `hooks-1.py`, where `hooks.py` is wanted, or the first name of that kind that is free; which one.

    Raises
    ------
    OSError
        If it can't be moved.
    """
    number = 1
    while True:
        target = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        try:
            move_to_new(source, target)
        except FileExistsError:
            number += 1
        else:
            return target


def stamp(status: os.stat_result) -> tuple[int, ...]:
    """What tells a file from another of the same name, and from itself after it was written to."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def temporary_name(target: Path) -> Path:
    """A new name beside `target`, for a file that is to be moved there; `clear_unfinished` knows it."""
    return target.with_name(f"{_prefix(target.name)}{secrets.token_hex(6)}{_SUFFIX}")


@contextmanager
def removing(temporary: Path, target: Path) -> Iterator[None]:
    """Remove a temporary file in the end, if it is still there; an error in the block names the target instead."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(temporary)):
            # a write that fails doesn't say where; and it is the target that whoever reads this knows
            error.filename = str(target)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def saying_how_to_go_on() -> Iterator[None]:
    """Add to an error of a full disk that the same command goes on from what is there."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        # a new error, as a changed one would lose its words on the way from a worker
        words = f"{error.strerror} (make room, then run the same again: it goes on from here)"
        raise OSError(error.errno, words, error.filename) from error


def clear_unfinished(folder: str | os.PathLike[str], *, target: str | None = None) -> list[Path]:
    """Remove what killed runs left half-written in `folder` (not in its subfolders).

    Of all files, or of the one called `target` alone.

    Call it where no other process is writing to the same folder.

    Returns
    -------
    list of pathlib.Path
        The files removed, sorted by name.

    Raises
    ------
    OSError
        If the folder can't be read or a file not removed.
    """
    begins = "." if target is None else _prefix(target)
    unfinished = sorted(
        path
        for path in Path(folder).glob(f".*{_SUFFIX}")
        if path.name.startswith(begins) and _TEMPORARY.fullmatch(path.name)  # others' .part files aren't ours to remove
    )
    for path in unfinished:
        path.unlink(missing_ok=True)
    return unfinished


def _prefix(name: str) -> str:
    """How the temporary names of a target begin: at most 255 bytes are allowed in a name, so not with all of it."""
    return f".{name[:48]}."

"""Read a file whose name a user gave, without waiting: a named pipe, a socket or a device is refused at once."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe (FIFO)"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotRegularError(OSError):
    """A name stands for something other than a file on disk.

    Attributes
    ----------
    kind : str
        What it is, with its article: ``"a named pipe (FIFO)"``.
    """

    def __init__(self, path: str | os.PathLike[str], kind: str) -> None:
        super().__init__(None, f"it is {kind}, not a file", str(path))
        self.kind = kind

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.filename, self.kind)


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file to read its bytes; symbolic links are followed.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    binary file
        The caller's own, to be closed.

    Raises
    ------
    NotRegularError
        If the name stands for a folder, a named pipe, a socket or a device, which may never end.
    OSError
        If there is no such file or it can't be read; ``strerror`` says why.
    """
    # Before it is opened, because opening a device can do something; and after it, because the name may have changed.
    _check_kind(path, Path(path).stat().st_mode)
    opener = None if os.name == "nt" else _without_waiting
    file = open(path, "rb", opener=opener)  # noqa: SIM115 (the caller closes it)
    try:
        _check_kind(path, os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: str | os.PathLike[str], *, at_most: int | None = None) -> bytes:
    """Read a regular file; raises what `open_regular` does, and OSError if it has more than `at_most` bytes."""
    with open_regular(path) as file:
        content = file.read() if at_most is None else file.read(at_most + 1)
    if at_most is not None and len(content) > at_most:
        raise OSError(errno.EFBIG, f"it is larger than {at_most >> 20} MiB", str(path))
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a FIFO doesn't wait for its writer then, and is refused next."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check_kind(path: str | os.PathLike[str], mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegularError(path, next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a special file"))

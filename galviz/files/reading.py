"""Reading files that users name: named pipes, sockets and devices raise an error instead of blocking."""

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
    """A path isn't a regular file.

    Attributes
    ----------
    kind : str
        What it is, with an article: ``"a named pipe (FIFO)"``.
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
        The caller must close it.

    Raises
    ------
    NotRegularError
        If it is a folder, a named pipe, a socket or a device.
    OSError
        If there is no such file or it can't be read; ``strerror`` says why.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file, open_regular(file.name) as stream:
    ...     stream.read()
    b''
    """
    # Check before opening, because opening a device can have effects; and after it, because the file may have changed.
    _check_kind(path, Path(path).stat().st_mode)
    opener = None if os.name == "nt" else _open_nonblocking
    file = open(path, "rb", opener=opener)  # noqa: SIM115 (the caller closes it)
    try:
        _check_kind(path, os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: str | os.PathLike[str], *, max_bytes: int | None = None) -> bytes:
    """Read a regular file.

    Raises
    ------
    OSError
        As `open_regular`, or if the file has more than `max_bytes`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     read_regular(file.name)
    b''
    """
    with open_regular(path) as file:
        if max_bytes is None:
            return file.read()
        # Python reserves the memory for all that it is asked to read, so ask for the file's size.
        size = os.fstat(file.fileno()).st_size
        content = file.read(min(size, max_bytes) + 1)
        if len(content) > size:  # it has grown meanwhile
            content += file.read(max_bytes + 1 - len(content))
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {max_bytes >> 20} MiB", str(path))
    return content


def _open_nonblocking(path: str, flags: int) -> int:
    """Open a file without blocking: opening a named pipe would otherwise wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check_kind(path: str | os.PathLike[str], mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegularError(path, next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a special file"))

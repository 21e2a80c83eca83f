"""Checksums of files. A process computes the checksum of a file once, until the file changes."""

import hashlib
import os
import time
from typing import BinaryIO

from galviz.files.reading import open_regular

# A file that is written twice within one tick of the disk's clock keeps its times, so checksums of new files aren't
# cached.
_MIN_AGE_NS = 2_000_000_000

FullState = tuple[int, int, int, int, int]
_cache: dict[str, tuple[FullState, str]] = {}  # by path: the state of the file, and its checksum


def cached_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file, in hexadecimal; it is computed again only if the file's size, times or place change.

    Raises
    ------
    OSError
        If the file can't be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     cached_sha256(file.name)[:8]
    'e3b0c442'
    """
    with open_regular(path) as stream:
        return cached_sha256_of_open(path, stream)


def cached_sha256_of_open(path: str | os.PathLike[str], stream: BinaryIO, content: bytes | None = None) -> str:
    """SHA-256 of an open file, in hexadecimal.

    Parameters
    ----------
    path : path-like
    stream : binary file
        Open at its start, unless `content` is given.
    content : bytes, optional
        The content of the file, if it was read already.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     cached_sha256_of_open(file.name, file)[:8]
    'e3b0c442'
    """
    key, state = os.path.abspath(path), full_state(stream.fileno())  # noqa: PTH100 (it doesn't follow links)
    cached = _cache.get(key)
    if cached is not None and cached[0] == state:
        return cached[1]
    if content is None:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
    else:
        digest = hashlib.sha256(content).hexdigest()
    if is_settled(state):
        _cache[key] = state, digest
    return digest


def full_state(file: str | int) -> FullState:
    """Values that change whenever a file is written to or replaced, by path or file descriptor.

    Examples
    --------
    >>> full_state(__file__) == full_state(__file__)
    True
    """
    status = os.stat(file)  # noqa: PTH116 (file descriptors too)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def is_settled(state: FullState) -> bool:
    """Whether a file was last changed long enough ago that another change will change its times.

    Examples
    --------
    >>> is_settled((1, 2, 300, 0, 0)), is_settled((1, 2, 300, time.time_ns(), 0))
    (True, False)
    """
    return max(state[3:]) < time.time_ns() - _MIN_AGE_NS

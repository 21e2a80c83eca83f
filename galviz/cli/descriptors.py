"""Paths that stand for an open file of a process, such as /dev/stdout or /proc/self/fd/1."""

import os
import re
from pathlib import Path

_STREAMS = ("standard input", "standard output", "standard error")
# Folders in which Linux, macOS and others list the open files of a process.
_FOLDERS = re.compile(r"/dev/fd|/proc/[^/]+(/task/[^/]+)?/fd")
_MAX_LINKS = 40  # symbolic links that Linux follows in a row


def find_descriptor(path: Path) -> int | None:
    """Return the number of the open file that a path stands for, or None.

    Such a file may be a pipe, a terminal or another program's log.

    Examples
    --------
    >>> find_descriptor(Path("/dev/fd/1"))
    1
    >>> find_descriptor(Path("predictions.csv")) is None
    True
    """
    for _ in range(_MAX_LINKS):
        folder = os.path.realpath(path.parent)
        if _FOLDERS.fullmatch(folder) and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            break
        path = Path(folder, os.readlink(path))  # noqa: PTH115 (joined with the folder as text)
    return None


def describe_descriptor(descriptor: int) -> str:
    """Describe an open file in a message.

    Examples
    --------
    >>> describe_descriptor(1)
    "this command's standard output"
    """
    if descriptor < len(_STREAMS):
        return f"this command's {_STREAMS[descriptor]}"
    return "the number of an open file, not a file name"

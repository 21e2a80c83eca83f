"""Detect changes of a survey folder's files at a bounded cost."""

import os
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from time import monotonic

from galviz.files.walking import Walk
from galviz.survey.header import CATALOGUE_NAMES
from galviz.survey.image_folder import IMAGES_NAME

# The pause between two checks, in units of the duration of a check.
_PAUSE = 50


class FolderWatch:
    """Detects changes of the catalogue and the images of a survey folder.

    A replaced image has another change time or inode, even if its size and modification time are the same. Changes
    between two checks are detected later: a survey refuses an image that differs from the one it was loaded with.

    Parameters
    ----------
    folder : pathlib.Path
    clock : callable, optional
        Returns the time in seconds.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     watch = FolderWatch(Path(folder))
    ...     watch.has_changed(), watch.has_changed()
    (True, False)
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._state: tuple[int, ...] | None = None
        self._next_check = 0.0

    def has_changed(self) -> bool:
        """Return whether a file has changed since the last check: True at first, False during the pause."""
        start = self._clock()
        if self._state is not None and start < self._next_check:
            return False
        before, self._state = self._state, self._read_state()
        end = self._clock()
        self._next_check = end + _PAUSE * (end - start)
        return self._state != before

    def _read_state(self) -> tuple[int, ...]:
        """The state of the catalogue, and one number for the state of all images."""
        catalogues = (_state_of(self._folder / name) for name in CATALOGUE_NAMES)
        return (*chain.from_iterable(catalogues), folder_state(self._folder / IMAGES_NAME))


def folder_state(folder: Path) -> int:
    """A number for the state of all files in a folder and its subfolders, hidden ones excepted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     before = folder_state(Path(name))
    ...     Path(name, "1.jpg").touch()
    ...     folder_state(Path(name)) == before
    False
    """
    try:
        # A sum, because the order of entries is arbitrary.
        return sum(hash((path, *_state_of(entry))) for path, entry in Walk(folder))
    except OSError:
        return -1  # load_survey reports the problem


def _state_of(file: os.DirEntry[str] | Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino

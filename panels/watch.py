"""Whether the files of a survey folder have changed since they were last looked at, at a bounded cost."""

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from galviz.survey.imagefolder import IMAGES_NAME
from galviz.survey.table import CATALOGUE_NAME

# Looking takes one part in this many of the time.
_PAUSE = 50


class FolderWatch:
    """Looks at the catalogue and the images of a survey folder, and says whether any of them has changed.

    An image that is replaced has another time of change or another inode, even if size and time of modification are
    kept. What changes between two looks is still met: a survey refuses an image that isn't the one it was loaded with.

    Parameters
    ----------
    folder : pathlib.Path
    clock : callable, optional
        Gives the time in seconds.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._state: tuple[int, ...] | None = None
        self._next_look = 0.0

    def has_changed(self) -> bool:
        """Whether anything has changed since the last look; True at first, False while it is too early for another."""
        began = self._clock()
        if self._state is not None and began < self._next_look:
            return False
        before, self._state = self._state, self._look()
        ended = self._clock()
        self._next_look = ended + _PAUSE * (ended - began)
        return self._state != before

    def _look(self) -> tuple[int, ...]:
        """The state of the catalogue, and of all images in one number."""
        images = 0
        try:
            with os.scandir(self._folder / IMAGES_NAME) as entries:
                for entry in entries:
                    # A sum, because the order of files isn't promised.
                    images += hash((entry.name, *_state_of(entry)))
        except OSError:
            images = -1  # what is wrong with it, reading will tell
        return (*_state_of(self._folder / CATALOGUE_NAME), images)


def _state_of(file: os.DirEntry[str] | Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino

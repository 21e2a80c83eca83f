"""The files below a folder: hidden ones are left out, and links to folders aren't followed."""

import os
from collections.abc import Iterator
from pathlib import Path

_ADDED_BY_SYSTEMS = {
    *("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),
    *("lost+found", "@eadir", "#recycle"),
}


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or was added by a system; `name` is without a path.

    Examples
    --------
    >>> is_hidden("Thumbs.db"), is_hidden("@eaDir"), is_hidden("1.jpg")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in _ADDED_BY_SYSTEMS


class Walk:
    """Iterate once over the files in a folder and its subfolders.

    Each is a path below the folder, with slashes, and an entry. Entries are files, special files and links to either
    or to nowhere, in arbitrary order. A loop of links can't occur, because no link to a folder is followed.

    Parameters
    ----------
    folder : pathlib.Path
    max_depth : int
        How many levels of subfolders are read.

    Attributes
    ----------
    folders : list of str
        Subfolders, with those that couldn't be read.
    links : list of str
        Links to folders.
    unread : list of str
        Subfolders that can't be read, or that lie too deep.

    Raises
    ------
    OSError
        While iterating, if the folder itself can't be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "spiral").mkdir()
    ...     Path(folder, "spiral", "1.jpg").touch()
    ...     walk = Walk(Path(folder))
    ...     [path for path, _ in walk], walk.folders
    (['spiral/1.jpg'], ['spiral'])
    """

    def __init__(self, folder: Path, *, max_depth: int = 20) -> None:
        self._folder, self._max_depth = folder, max_depth
        self.folders: list[str] = []
        self.links: list[str] = []
        self.unread: list[str] = []

    def __iter__(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        pending: list[tuple[str, str]] = [("", str(self._folder))]
        while pending:
            path, place = pending.pop()
            try:
                with os.scandir(place) as listing:
                    entries = [entry for entry in listing if not is_hidden(entry.name)]
            except OSError:
                if not path:
                    raise
                self.unread.append(path)
                continue
            for entry in entries:
                inside = f"{path}/{entry.name}" if path else entry.name
                if not entry.is_dir():
                    yield inside, entry
                elif entry.is_symlink():
                    self.links.append(inside)
                else:
                    self.folders.append(inside)
                    if inside.count("/") < self._max_depth:
                        pending.append((inside, entry.path))
                    else:
                        self.unread.append(inside)

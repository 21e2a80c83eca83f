"""Moving a file to a name that doesn't exist yet."""

import os
from pathlib import Path


def move_to_new(source: Path, target: Path) -> None:
    """Move a file to a new name in the same folder, atomically. `os.rename` would replace an existing file.

    Raises
    ------
    FileExistsError
        If `target` exists; both files are unchanged then.
    OSError
        If the file can't be moved.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "a").touch()
    ...     move_to_new(Path(folder, "a"), Path(folder, "b"))
    ...     os.listdir(folder)
    ['b']
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: reserve the name first, then replace it.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            source.replace(target)
        except OSError:
            target.unlink()
            raise
    else:
        source.unlink()


def move_to_free_name(source: Path, target: Path) -> Path:
    """Move a file to the first numbered variant of a name that doesn't exist: ``hooks-1.py`` for ``hooks.py``.

    Returns
    -------
    pathlib.Path
        The new path.

    Raises
    ------
    OSError
        If the file can't be moved.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "hooks.py")
    ...     path.touch()
    ...     move_to_free_name(path, path).name
    'hooks-1.py'
    """
    number = 1
    while True:
        numbered = target.with_name(f"{target.stem}-{number}{target.suffix}")
        try:
            move_to_new(source, numbered)
        except FileExistsError:
            number += 1
        else:
            return numbered


def file_state(status: os.stat_result) -> tuple[int, ...]:
    """Values that change when a file is written to or replaced by another file.

    Examples
    --------
    >>> file_state(os.stat(__file__)) == file_state(os.stat(__file__))
    True
    """
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

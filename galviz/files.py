"""Files written whole or not at all: a temporary name beside the target, moved into place at the end.

A reader therefore never meets half a file, and a full disk or an interrupt leaves what was there before. Only a killed
process can leave something: files named ``.<target>.<random>.part``, which no survey reads and which
`clear_unfinished` removes.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SUFFIX = ".part"


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary name to write to; move it to `path` once the block ends well.

    Parameters
    ----------
    path : path-like
        The target. Its folder must exist; a file of that name is replaced, in one step, at the end of the block.

    Yields
    ------
    pathlib.Path
        A name in the target's folder (so that the move is a rename and not a copy) at which nothing exists yet. It ends
        in ``.part``: tell a writer that goes by the ending which format you want.

    Raises
    ------
    OSError
        From writing or moving (disk full, no permission, folder missing). The target is then as it was.

    Notes
    -----
    There is no fsync: it guards against power cuts alone, and would cost a survey of thousands of images minutes.
    """
    target = Path(path)
    temporary = target.with_name(f"{_prefix(target.name)}{secrets.token_hex(6)}{_SUFFIX}")
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(temporary)):
            # a write that fails doesn't say where; and it is the target that whoever reads this knows
            error.filename = str(target)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
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
    unfinished = sorted(path for path in Path(folder).glob(f".*{_SUFFIX}") if path.name.startswith(begins))
    for path in unfinished:
        path.unlink(missing_ok=True)
    return unfinished


def _prefix(name: str) -> str:
    """How the temporary names of a target begin: at most 255 bytes are allowed in a name, so not with all of it."""
    return f".{name[:48]}."

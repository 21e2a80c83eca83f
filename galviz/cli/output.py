"""Where a command may write: decided before the work begins, so that nothing is lost and no work is in vain.

A command never writes to what it reads, nor to a device, a pipe or a folder, and replaces a file only if that is empty
or the user asked for it.
"""

import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from galviz.files.writing import move_to_free_name, move_to_new, removing, stamp, temporary_name
from galviz.survey.catalogue import SIMULATION_NAME
from galviz.survey.imagefolder import IMAGES_NAME
from galviz.survey.table import CATALOGUE_NAME

# Enough to notice a full disk, on which an empty file can still be made.
_PROBE_BYTES = 1 << 16
_STREAMS = ("standard input", "standard output", "standard error")
# Where Linux, macOS and others list the files that a program has open.
_DESCRIPTORS = re.compile(r"/dev/fd|/proc/[^/]+(/task/[^/]+)?/fd")
_LONGEST_CHAIN = 40  # of symbolic links, as Linux follows them
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


class OutputError(ValueError):
    """A file can't be written where it was asked for; the text says why, and what to do."""


class Output:
    """A file that a command is going to write.

    Parameters
    ----------
    path : path-like
        A symbolic link to a file is followed: the file is written and the link stays.
    force : bool
        Replace a file that is there already, a write-protected one too.
    read : iterable of path-like
        What the command reads: files, and survey folders. These are never written to, not even with `force`, whatever
        name or link leads there; nor is anything put among a survey's images.
    room : int
        Bytes that the file is going to take, where that is known.
    may_replace : callable, optional
        Called with a file that is there already: if it returns true, the file isn't refused here. Whether it is
        replaced is then for the caller to decide, with `Output.refuse`.

    Attributes
    ----------
    path : pathlib.Path
        As it was given.
    target : pathlib.Path
        The file itself, symbolic links followed.
    replaces : bool
        Whether there is a file already that holds something.

    Raises
    ------
    OutputError
        If the file may not be written; see `Output.refuse` for one that is there already.
    OSError
        If it can't be written: no permission, a read-only or full disk, a name too long.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        read: Iterable[str | os.PathLike[str]] = (),
        room: int = 0,
        may_replace: Callable[[Path], bool] = lambda path: False,
    ) -> None:
        self.path = Path(path)
        if not os.fspath(path) or self.path.is_dir() or not self.path.parent.is_dir():
            raise OutputError(f"--out must be a file in a folder that exists; got {os.fspath(path) or repr('')}.")
        if (descriptor := _descriptor(self.path)) is not None:
            raise OutputError(f"{self.path} is {_opened_as(descriptor)}. Name another file.")
        self.target = Path(os.path.realpath(self.path)) if self.path.is_symlink() else self.path
        self._before = self._stat()
        if self._before is None and self.path.is_symlink():
            raise OutputError(
                f"{self.path} is a link to {self.target}, which doesn't exist. Remove the link, or name another file."
            )
        self._refuse_kind()
        self._refuse_read(read)
        self.replaces = self._before is not None and self._before.st_size > 0
        if self._before is not None and not force and not self._writable():
            raise OutputError(f"{self.path} is write-protected. Name another file, or replace it with --force.")
        if self.replaces and not force and not may_replace(self.target):
            self.refuse()
        self._try_out(room)

    def refuse(self) -> None:
        """Refuse to replace the file that is there.

        Raises
        ------
        OutputError
            Always.
        """
        raise OutputError(f"{self.path} exists already. Name another file, or replace it with --force.")

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Lend a temporary name to write to; move the file into place once the block ends well.

        Yields
        ------
        pathlib.Path
            In the target's folder; nothing exists there yet.

        Raises
        ------
        OutputError
            If the target is no longer what it was when this object was made, because another program has written it.
            The file is then kept under another name, which the text tells.
        OSError
            If the file can't be written; the target is then as it was.
        """
        temporary = temporary_name(self.target)
        with removing(temporary, self.path):
            yield temporary
            if not self._unchanged() or not self._moved(temporary):
                kept = move_to_free_name(temporary, self.target)
                raise OutputError(f"Another program has written {self.path} meanwhile. The result is in {kept}.")

    def _stat(self) -> os.stat_result | None:
        try:
            return self.target.stat()
        except FileNotFoundError:
            return None

    def _writable(self) -> bool:
        """Whether its owner protects it: root may write to any file, and is to be asked all the same."""
        return bool(self._before.st_mode & 0o222) and os.access(self.target, os.W_OK)

    def _refuse_kind(self) -> None:
        if self._before is not None and not stat.S_ISREG(self._before.st_mode):
            kind = _KINDS.get(stat.S_IFMT(self._before.st_mode), "no file")
            raise OutputError(f"{self.path} is {kind} and can't be replaced by a file. Name another file.")
        for stream in range(len(_STREAMS)):
            with suppress(OSError):
                if self._before is not None and os.path.samestat(os.fstat(stream), self._before):
                    raise OutputError(f"{self.path} is {_opened_as(stream)}. Name another file.")

    def _refuse_read(self, read: Iterable[str | os.PathLike[str]]) -> None:
        """Refuse what is read, by whatever name it is called here."""
        for each in map(Path, read):
            if each.is_dir():
                if self._is_in(each / IMAGES_NAME):
                    raise OutputError(
                        f"{self.path} lies in {each / IMAGES_NAME}, among the images of a survey that is read. "
                        "Name a file elsewhere."
                    )
                self._refuse_same(each / CATALOGUE_NAME)
                self._refuse_same(each / SIMULATION_NAME)
                self._refuse_images(each / IMAGES_NAME)
            else:
                self._refuse_same(each)

    def _is_in(self, folder: Path) -> bool:
        return any(_same(parent, folder) for parent in Path(os.path.realpath(self.target)).parents)

    def _refuse_images(self, folder: Path) -> None:
        """Refuse an image of a survey that has a second name elsewhere."""
        if self._before is None or not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    if os.path.samestat(entry.stat(), self._before):
                        self._refuse_same(Path(entry.path))

    def _refuse_same(self, file: Path) -> None:
        # Whatever the case: on macOS and Windows both are one file.
        by_name = file.name.casefold() == self.target.name.casefold() and _same(file.parent, self.target.parent)
        if by_name or (self._before is not None and _same(file, self.target)):
            raise OutputError(f"{self.path} is the {file} that is read, and so never written to. Name another file.")

    def _try_out(self, room: int) -> None:
        """Write a little beside the target, and remove it."""
        free = room
        with suppress(OSError):  # a system that doesn't tell
            free = shutil.disk_usage(self.target.parent).free
        if free < room:
            raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} (it takes {room / 1e6:.0f} MB)", str(self.path))
        temporary = temporary_name(self.target)
        try:
            temporary.write_bytes(bytes(_PROBE_BYTES))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def _unchanged(self) -> bool:
        now = self._stat()
        return now is None or (self._before is not None and stamp(now) == stamp(self._before))

    def _moved(self, temporary: Path) -> bool:
        """Move the file to its place; False if something has got there first."""
        if self._stat() is not None:
            temporary.replace(self.target)
            return True
        try:
            move_to_new(temporary, self.target)
        except FileExistsError:
            return False
        return True


def _descriptor(path: Path) -> int | None:
    """The number of the open file that a name such as /dev/fd/1, /dev/stderr or /proc/self/fd/2 stands for, if any.

    What it leads to may have no name, or one that belongs to another program: a pipe, a terminal, a log.
    """
    for _ in range(_LONGEST_CHAIN):
        folder = os.path.realpath(path.parent)
        if _DESCRIPTORS.fullmatch(folder) and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            break
        path = Path(folder, os.readlink(path))  # noqa: PTH115 (as it is written: the last part isn't followed)
    return None


def _opened_as(descriptor: int) -> str:
    if descriptor < len(_STREAMS):
        return f"this command's {_STREAMS[descriptor]}"
    return "no file's name: it stands for one that a program has open"


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False

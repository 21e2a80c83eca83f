"""Check output files before a command starts its work, and write them without losing existing data.

A command never overwrites its inputs, nor writes to a device, a pipe or a folder. It replaces an existing file only if
that is empty or the user passes ``--force``.
"""

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from galviz.cli.descriptors import describe_descriptor, find_descriptor
from galviz.files.moving import file_state, move_to_free_name, move_to_new
from galviz.files.writing import removing_temporary, temporary_name
from galviz.survey.catalogue_file import RECORD_NAME, SIMULATION_NAME
from galviz.survey.header import CATALOGUE_NAMES
from galviz.survey.image_folder import IMAGES_NAME

# Large enough to detect a full disk, on which an empty file can still be created.
_PROBE_BYTES = 1 << 16
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


class OutputError(ValueError):
    """An output file can't be written; the message says why and what to do."""


class Output:
    """A file that a command will write.

    Parameters
    ----------
    path : path-like
        If it is a symbolic link to a file, that file is written and the link stays.
    force : bool
        Replace an existing file, even if it is write-protected.
    inputs : iterable of path-like
        Files and survey folders that the command reads. They are never overwritten, not even with `force` or through
        another name or link, and no file is added to a survey's images.
    size_bytes : int
        Expected size of the file, if known.
    may_replace : callable, optional
        Called with the path of an existing file. If it returns True, the file is accepted here, and the caller decides
        later whether to `refuse` it.

    Attributes
    ----------
    path : pathlib.Path
        The given path.
    target : pathlib.Path
        The file itself, after following symbolic links.
    replaces : bool
        Whether a file that isn't empty exists.

    Raises
    ------
    OutputError
        If the file must not be written; see `refuse` for existing files.
    OSError
        If it can't be written: no permission, a read-only or full disk, a name that is too long.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     output = Output(Path(folder, "predictions.csv"))
    ...     with output.writing() as temporary:
    ...         _ = temporary.write_text("objID,prediction")
    ...     output.path.read_text()
    'objID,prediction'
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        inputs: Iterable[str | os.PathLike[str]] = (),
        size_bytes: int = 0,
        may_replace: Callable[[Path], bool] = lambda path: False,
    ) -> None:
        self.path = Path(path)
        if not os.fspath(path) or self.path.is_dir() or not self.path.parent.is_dir():
            raise OutputError(f"--out must be a file in a folder that exists; got {os.fspath(path) or repr('')}.")
        if (descriptor := find_descriptor(self.path)) is not None:
            raise OutputError(f"{self.path} is {describe_descriptor(descriptor)}. Name another file.")
        self.target = Path(os.path.realpath(self.path)) if self.path.is_symlink() else self.path
        self._before = self._stat()
        if self._before is None and self.path.is_symlink():
            raise OutputError(
                f"{self.path} is a link to {self.target}, which doesn't exist. Remove the link, or name another file."
            )
        self._refuse_other_kinds()
        self._refuse_inputs(inputs)
        self.replaces = self._before is not None and self._before.st_size > 0
        if self._before is not None and not force and not self._is_writable():
            raise OutputError(f"{self.path} is write-protected. Name another file, or replace it with --force.")
        if self.replaces and not force and not may_replace(self.target):
            self.refuse()
        self._probe(size_bytes)

    def refuse(self) -> None:
        """Refuse to replace the existing file.

        Raises
        ------
        OutputError
            Always.
        """
        raise OutputError(f"{self.path} exists. Name another file, or replace it with --force.")

    @contextmanager
    def writing(self, *, replace: bool = True) -> Iterator[Path]:
        """Yield a temporary path to write to, and move the file into place if the block succeeds.

        Parameters
        ----------
        replace : bool
            Whether the existing file may be replaced; if not, it is kept, and the result is saved under another name.

        Yields
        ------
        pathlib.Path
            In the target's folder; it doesn't exist yet.

        Raises
        ------
        OutputError
            If another program has changed the target since this object was created, or it must not be replaced. The
            result is then saved under another name, which the message gives.
        OSError
            If the file can't be written; the target is unchanged.
        """
        temporary = temporary_name(self.target)
        with removing_temporary(temporary, self.path):
            yield temporary
            if not replace or not self._is_unchanged() or not self._move_into_place(temporary):
                other = move_to_free_name(temporary, self.target)
                reason = (
                    "Another program has written {} in the meantime" if replace else "{} has other values, and is kept"
                )
                raise OutputError(f"{reason.format(self.path)}. The result is in {other}.")

    def _stat(self) -> os.stat_result | None:
        try:
            return self.target.stat()
        except FileNotFoundError:
            return None

    def _is_writable(self) -> bool:
        """Whether its permissions allow writing; the mode is checked too, because root may write to any file."""
        return bool(self._before.st_mode & 0o222) and os.access(self.target, os.W_OK)

    def _refuse_other_kinds(self) -> None:
        if self._before is not None and not stat.S_ISREG(self._before.st_mode):
            kind = _KINDS.get(stat.S_IFMT(self._before.st_mode), "not a regular file")
            raise OutputError(f"{self.path} is {kind} and can't be replaced by a file. Name another file.")
        for stream in range(3):
            with suppress(OSError):
                if self._before is not None and os.path.samestat(os.fstat(stream), self._before):
                    raise OutputError(f"{self.path} is {describe_descriptor(stream)}. Name another file.")

    def _refuse_inputs(self, inputs: Iterable[str | os.PathLike[str]]) -> None:
        """Refuse to overwrite an input, under any of its names."""
        for path in map(Path, inputs):
            if path.is_dir():
                if self._is_in(path / IMAGES_NAME):
                    raise OutputError(
                        f"{self.path} is in {path / IMAGES_NAME}, among the images of an input survey. "
                        "Name a file in another folder."
                    )
                for name in (*CATALOGUE_NAMES, SIMULATION_NAME, RECORD_NAME):
                    self._refuse_same(path / name)
                self._refuse_images(path / IMAGES_NAME)
            else:
                self._refuse_same(path)

    def _is_in(self, folder: Path) -> bool:
        return any(_is_same(parent, folder) for parent in Path(os.path.realpath(self.target)).parents)

    def _refuse_images(self, folder: Path) -> None:
        """Refuse a hard link to an image of the survey."""
        if self._before is None or not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    if os.path.samestat(entry.stat(), self._before):
                        self._refuse_same(Path(entry.path))

    def _refuse_same(self, file: Path) -> None:
        # Ignore case, as the file systems of macOS and Windows do.
        by_name = file.name.casefold() == self.target.name.casefold() and _is_same(file.parent, self.target.parent)
        if by_name or (self._before is not None and _is_same(file, self.target)):
            raise OutputError(f"{self.path} is an input, {file}, which is never overwritten. Name another file.")

    def _probe(self, size_bytes: int) -> None:
        """Write a small file beside the target and remove it, to detect a full or read-only disk."""
        free = size_bytes
        with suppress(OSError):  # some systems don't report it
            free = shutil.disk_usage(self.target.parent).free
        if free < size_bytes:
            reason = f"{os.strerror(errno.ENOSPC)} (it needs {size_bytes / 1e6:.0f} MB)"
            raise OSError(errno.ENOSPC, reason, str(self.path))
        temporary = temporary_name(self.target)
        try:
            temporary.write_bytes(bytes(_PROBE_BYTES))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def _is_unchanged(self) -> bool:
        now = self._stat()
        return now is None or (self._before is not None and file_state(now) == file_state(self._before))

    def _move_into_place(self, temporary: Path) -> bool:
        """Move the file to its place; return False if another program has created a file there."""
        if self._stat() is not None:
            temporary.replace(self.target)
            return True
        try:
            move_to_new(temporary, self.target)
        except FileExistsError:
            return False
        return True


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False

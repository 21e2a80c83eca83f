"""Unpacking a zip archive that nobody has checked: completely into a new folder, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from galviz.errors import shown
from galviz.files.reading import open_regular
from galviz.files.writing import temporary_name
from galviz.importing.archive_members import PACK_AGAIN, ArchiveError, Member, check_file, check_members

__all__ = ["MAX_BYTES", "MAX_FILES", "ArchiveError", "Unpacked", "unpack_zip"]

MAX_FILES, MAX_BYTES = 20_000, 2 * 2**30
_CHUNK = 2**20
# What Python's zipfile raises for broken or unsupported archives.
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Unpacked:
    """The content of an archive, in a folder.

    Attributes
    ----------
    folder : pathlib.Path
    names : tuple of str
        Paths of the files within the folder, with ``/``, in the archive's order.
    ignored : tuple of str
        Members that were left out: hidden files, and what macOS and Windows add.
    archives : tuple of str
        Archives within the archive, which were left out, too.
    """

    folder: Path
    names: tuple[str, ...]
    ignored: tuple[str, ...]
    archives: tuple[str, ...]

    @property
    def root(self) -> Path:
        """The folder itself, or the subfolder that holds everything, as in ``my-survey/master.csv``."""
        root = self.folder
        while len(entries := list(root.iterdir())) == 1 and entries[0].is_dir():
            root = entries[0]
        return root


def unpack_zip(
    source: str | os.PathLike[str] | BinaryIO,
    folder: str | os.PathLike[str],
    *,
    max_files: int = MAX_FILES,
    max_bytes: int = MAX_BYTES,
    name: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Unpacked:
    """Unpack a zip archive into a new folder.

    Every member is checked before the first is written, and sizes are limited again while members are decompressed. The
    files are written to a temporary folder beside `folder`, which is moved at the end: after an error nothing is left.

    Parameters
    ----------
    source : path-like or binary file
        A binary file must be seekable.
    folder : path-like
        Must not exist, or be empty. Its parent must exist.
    max_files, max_bytes : int
        At most so many files, and bytes of them together; the archive itself may not be larger than `max_bytes` either.
    name : str, optional
        The archive's name in messages; by default the file's.
    progress : callable, optional
        Called as progress(done, total) in bytes. An exception that it raises ends the unpacking.

    Returns
    -------
    Unpacked

    Raises
    ------
    ArchiveError
        If it isn't a zip archive, is broken, encrypted or too large; if a member's name points outside the folder,
        can't be a file name on every system, or occurs twice; if a member is a link, or shares bytes with another one.
    FileExistsError
        If the folder isn't empty.
    OSError
        If a file can't be read or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with zipfile.ZipFile(f"{folder}/survey.zip", "w") as archive:
    ...         archive.writestr("survey/master.csv", "objID")
    ...     unpacked = unpack_zip(f"{folder}/survey.zip", f"{folder}/out")
    ...     unpacked.names, (unpacked.root / "master.csv").read_text()
    (('survey/master.csv',), 'objID')
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(errno.EEXIST, "It isn't an empty folder; unpack into a new one", str(target))
    if not hasattr(source, "read"):
        with open_regular(source) as file:
            named = name or Path(source).name
            return unpack_zip(file, target, max_files=max_files, max_bytes=max_bytes, name=named, progress=progress)
    label = shown(name or "the archive")
    check_file(source, label, max_files, max_bytes)
    with _one_sentence(label):
        archive = zipfile.ZipFile(source)
    with archive:
        members = check_members(archive.infolist(), label, max_files, max_bytes)
        temporary = temporary_name(target)
        temporary.mkdir()
        try:
            _extract(archive, members.files, temporary, label, max_bytes, progress)
            if target.exists():
                target.rmdir()  # os.rename doesn't replace an empty folder on Windows
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    names = tuple(member.name for member in members.files)
    return Unpacked(target, names, tuple(members.ignored), tuple(members.archives))


@contextmanager
def _one_sentence(label: str) -> Iterator[None]:
    try:
        yield
    except ArchiveError:
        raise
    except _ZIP_ERRORS as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ArchiveError(f"{label} is a broken zip archive ({reason}): download or {PACK_AGAIN}.") from error


def _extract(
    archive: zipfile.ZipFile,
    files: list[Member],
    folder: Path,
    label: str,
    max_bytes: int,
    progress: Callable[[int, int], object] | None,
) -> None:
    total, done = sum(member.info.file_size for member in files), 0
    for member in files:
        path = folder.joinpath(*member.name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        size, expected = 0, member.info.file_size
        where = f"{label}: the member {shown(member.name)}"
        with _one_sentence(label), archive.open(member.info) as compressed, path.open("xb") as file:
            while chunk := compressed.read(_CHUNK):
                size += len(chunk)
                if size > expected or done + size > max_bytes:
                    raise ArchiveError(f"{where} is larger than it says: {PACK_AGAIN}.")
                file.write(chunk)
        if size != expected:
            raise ArchiveError(f"{where} is cut off: {PACK_AGAIN}.")
        done += size
        if progress is not None:
            progress(done, total)

"""Unpacking a zip archive that nobody has checked: completely into a new folder, or not at all."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from galviz.errors import listed, shown
from galviz.files.reading import open_regular
from galviz.files.writing import temporary_name
from galviz.importing.member_names import check_names, is_ignored

MAX_FILES, MAX_BYTES = 20_000, 2 * 2**30
# Images are compressed already, and text rarely shrinks to a tenth. Deflate reaches 1032 with zeros only.
_MAX_RATIO, _RATIO_FROM_BYTES = 200, 2**20
_CHUNK = 2**20
_ENTRY, _LOCAL_HEADER_BYTES = b"PK\x01\x02", 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_OTHER_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_OTHER_SIGNATURES = (
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x1f\x8b", "a gzip file, perhaps a tar.gz archive"),
    (0, b"BZh", "a bzip2 file, perhaps a tar.bz2 archive"),
    (0, b"\xfd7zXZ\0", "an xz file, perhaps a tar.xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (257, b"ustar", "a tar archive"),
)
# What Python's zipfile raises for broken or unsupported archives.
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError)
_PACK_AGAIN = "pack the folder again as an ordinary zip"


class ArchiveError(ValueError):
    """An archive can't be unpacked; the message says which member is the cause, and what to do."""


@dataclass(frozen=True)
class Unpacked:
    """The content of an archive, in a folder.

    Attributes
    ----------
    folder : pathlib.Path
    names : tuple of str
        Paths of the files within the folder, with ``/``, in the archive's order.
    ignored : tuple of str
        Members that were left out: hidden files, what macOS and Windows add, and archives within the archive.
    """

    folder: Path
    names: tuple[str, ...]
    ignored: tuple[str, ...]

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
    _check_kind(source, label, max_files, max_bytes)
    with _one_sentence(label):
        archive = zipfile.ZipFile(source)
    with archive:
        files, ignored = _check_members(archive.infolist(), label, max_files, max_bytes)
        temporary = temporary_name(target)
        temporary.mkdir()
        try:
            _extract(archive, files, temporary, label, max_bytes, progress)
            if target.exists():
                target.rmdir()  # os.rename doesn't replace an empty folder on Windows
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return Unpacked(target, tuple(member.filename for member in files), tuple(ignored))


@contextmanager
def _one_sentence(label: str) -> Iterator[None]:
    try:
        yield
    except ArchiveError:
        raise
    except _ZIP_ERRORS as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ArchiveError(f"{label} is a broken zip archive ({reason}): download or {_PACK_AGAIN}.") from error


def _check_kind(file: BinaryIO, label: str, max_files: int, max_bytes: int) -> None:
    """Refuse other formats, and archives that would fill the memory when their list of members is read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(512)
    for offset, signature, kind in _OTHER_SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            raise ArchiveError(f"{label} is {kind}, which galviz doesn't unpack: pack it as zip.")
    if size > max_bytes:
        raise ArchiveError(f"{label} is larger than {_amount(max_bytes)}: pack fewer galaxies at a time.")
    # zipfile makes an object per entry, whatever number of them the archive's end declares.
    file.seek(0)
    count, tail = 0, b""
    while chunk := file.read(_CHUNK):
        count += (tail + chunk).count(_ENTRY)
        tail = chunk[-len(_ENTRY) + 1 :]
    if count > 2 * max_files + 100:
        raise ArchiveError(
            f"{label} has about {count:,} members, but at most {max_files:,} files: pack fewer galaxies."
        )
    file.seek(0)


def _check_members(
    members: list[zipfile.ZipInfo], label: str, max_files: int, max_bytes: int
) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """The files to extract, and the names of what is left out."""
    # zipfile ends a name at its first NUL; on Windows it also replaces backslashes
    kept = [member for member in members if not is_ignored(member.orig_filename)]
    ignored = [member.filename for member in members if is_ignored(member.orig_filename)]
    if fault := check_names(member.orig_filename for member in kept):
        raise ArchiveError(f"{label}: {fault}.")
    nested = [member.filename for member in kept if member.filename.lower().endswith(_OTHER_ARCHIVES)]
    ignored += nested
    is_nested = set(nested)
    files = [member for member in kept if not member.is_dir() and member.filename not in is_nested]
    for member in files:
        _check_member(member, label)
    if not files:
        remedy = f"unpack {listed(nested)} and pack its files instead" if nested else "pack images and a table"
        raise ArchiveError(f"{label} has no files{' but other archives' * bool(nested)}: {remedy}.")
    if len(files) > max_files:
        raise ArchiveError(
            f"{label} has {len(files):,} files, but at most {max_files:,} are read: pack fewer galaxies."
        )
    total = sum(member.file_size for member in files)
    if total > max_bytes:
        raise ArchiveError(f"{label} unpacks to {_amount(total)}, more than {_amount(max_bytes)}: pack fewer galaxies.")
    _check_overlap(members, label)
    return files, ignored


def _check_member(member: zipfile.ZipInfo, label: str) -> None:
    where = f"{label}: the member {shown(member.orig_filename)}"
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{where} is encrypted: {_PACK_AGAIN}, without a password.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ArchiveError(f"{where} is a symbolic link: put the file itself there.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"{where} is a special file, such as a device or a pipe: leave it out.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(f"{where} is compressed by another method than Deflate: {_PACK_AGAIN}.")
    if member.file_size > max(_RATIO_FROM_BYTES, _MAX_RATIO * member.compress_size):
        raise ArchiveError(
            f"{where} would grow from {_amount(member.compress_size)} to {_amount(member.file_size)}, as images and "
            "tables don't: leave it out."
        )


def _check_overlap(members: list[zipfile.ZipInfo], label: str) -> None:
    """Members that share bytes make a small archive unpack to a huge one."""
    in_order = sorted(members, key=lambda member: member.header_offset)
    for member, following in itertools.pairwise(in_order):
        if member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size > following.header_offset:
            both = f"{shown(member.orig_filename)} and {shown(following.orig_filename)}"
            raise ArchiveError(f"{label}: the members {both} share bytes, as no packing program writes: {_PACK_AGAIN}.")


def _extract(
    archive: zipfile.ZipFile,
    files: list[zipfile.ZipInfo],
    folder: Path,
    label: str,
    max_bytes: int,
    progress: Callable[[int, int], object] | None,
) -> None:
    total, done = sum(member.file_size for member in files), 0
    for member in files:
        path = folder.joinpath(*member.filename.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        with _one_sentence(label), archive.open(member) as compressed, path.open("xb") as file:
            while chunk := compressed.read(_CHUNK):
                size += len(chunk)
                if size > member.file_size or done + size > max_bytes:
                    raise ArchiveError(
                        f"{label}: the member {shown(member.filename)} is larger than it says: {_PACK_AGAIN}."
                    )
                file.write(chunk)
        if size != member.file_size:
            raise ArchiveError(f"{label}: the member {shown(member.filename)} is cut off: {_PACK_AGAIN}.")
        done += size
        if progress is not None:
            progress(done, total)


def _amount(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.0f} MiB" if n_bytes >= 2**20 else f"{n_bytes:,} bytes"

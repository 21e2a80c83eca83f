"""What a zip archive holds: checked before anything is unpacked, and hidden files and archives left out."""

from __future__ import annotations

import itertools
import os
import stat
import zipfile
from typing import BinaryIO, NamedTuple

from galviz.errors import listed, shown
from galviz.files.signatures import ARCHIVES, file_kind
from galviz.importing.member_names import check_names, is_ignored

PACK_AGAIN = "pack the folder again as an ordinary zip"
# Images are compressed already, and text rarely shrinks to a tenth. Deflate reaches 1032 with zeros only.
_MAX_RATIO, _RATIO_FROM_BYTES = 200, 2**20
_CHUNK = 2**20
_ENTRY, _LOCAL_HEADER_BYTES = b"PK\x01\x02", 30
_ENCRYPTED, _UTF8 = 0x1 | 0x40 | 0x2000, 0x800
_OTHER_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")


class ArchiveError(ValueError):
    """An archive can't be unpacked; the message says which member is the cause, and what to do."""


class Member(NamedTuple):
    """A file of an archive.

    Attributes
    ----------
    name : str
        Its path, with ``/``.
    info : zipfile.ZipInfo
    """

    name: str
    info: zipfile.ZipInfo


class Members(NamedTuple):
    """The members of an archive.

    Attributes
    ----------
    files : list of Member
        Those to unpack.
    ignored, archives : list of str
        What is left out: hidden files and what systems add, and archives.
    """

    files: list[Member]
    ignored: list[str]
    archives: list[str]


def check_file(file: BinaryIO, label: str, max_files: int, max_bytes: int) -> None:
    r"""Refuse other formats, and archives that would fill the memory when their list of members is read.

    Examples
    --------
    >>> import io
    >>> check_file(io.BytesIO(b"Rar!\x1a\x07"), "a.zip", 10, 1000)
    Traceback (most recent call last):
    galviz.importing.archive_members.ArchiveError: a.zip is a RAR archive, which galviz doesn't unpack: pack it as zip.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if (kind := file_kind(file.read(1024))) in ARCHIVES:
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


def check_members(infos: list[zipfile.ZipInfo], label: str, max_files: int, max_bytes: int) -> Members:
    """The files to extract, and the names of what is left out.

    Raises
    ------
    ArchiveError
        If a member can't be unpacked, there are none, or they are too many or too large.

    Examples
    --------
    >>> infos = [zipfile.ZipInfo(name) for name in ("1.jpg", "more.zip", "__MACOSX/._1.jpg")]
    >>> for position, info in enumerate(infos):
    ...     info.header_offset, info.compress_size, info.file_size = 100 * position, 9, 9
    >>> members = check_members(infos, "a.zip", 10, 1000)
    >>> [member.name for member in members.files], members.ignored, members.archives
    (['1.jpg'], ['__MACOSX/._1.jpg'], ['more.zip'])
    """
    members = [Member(_name_of(info), info) for info in infos]
    ignored = [name for name, _ in members if is_ignored(name)]
    members = [member for member in members if not is_ignored(member.name)]
    if fault := check_names(name for name, _ in members):
        raise ArchiveError(f"{label}: {fault}.")
    archives = [name for name, _ in members if name.lower().endswith(_OTHER_ARCHIVES)]
    files = [Member(name, info) for name, info in members if not info.is_dir() and name not in set(archives)]
    for member in files:
        _check_member(member, label)
    if not files:
        remedy = f"unpack {listed(archives)} and pack its files instead" if archives else "pack images and a table"
        raise ArchiveError(f"{label} has no files{' but other archives' * bool(archives)}: {remedy}.")
    if len(files) > max_files:
        raise ArchiveError(
            f"{label} has {len(files):,} files, but at most {max_files:,} are read: pack fewer galaxies."
        )
    total = sum(info.file_size for _, info in files)
    if total > max_bytes:
        raise ArchiveError(f"{label} unpacks to {_amount(total)}, more than {_amount(max_bytes)}: pack fewer galaxies.")
    _check_overlap(infos, label)
    return Members(files, ignored, archives)


def _name_of(info: zipfile.ZipInfo) -> str:
    """A member's name: macOS writes UTF-8 without saying so, and zipfile reads it as code page 437.

    zipfile's `filename` ends at a NUL, and has other separators on Windows.
    """
    name = info.orig_filename
    if info.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _check_member(member: Member, label: str) -> None:
    where, info = f"{label}: the member {shown(member.name)}", member.info
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{where} is encrypted: {PACK_AGAIN}, without a password.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ArchiveError(f"{where} is a symbolic link: put the file itself there.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"{where} is a special file, such as a device or a pipe: leave it out.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(f"{where} is compressed by another method than Deflate: {PACK_AGAIN}.")
    if info.file_size > max(_RATIO_FROM_BYTES, _MAX_RATIO * info.compress_size):
        raise ArchiveError(
            f"{where} would grow from {_amount(info.compress_size)} to {_amount(info.file_size)}, as images and "
            "tables don't: leave it out."
        )


def _check_overlap(infos: list[zipfile.ZipInfo], label: str) -> None:
    """Members that share bytes make a small archive unpack to a huge one."""
    in_order = sorted(infos, key=lambda info: info.header_offset)
    for info, following in itertools.pairwise(in_order):
        if info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size > following.header_offset:
            both = f"{shown(_name_of(info))} and {shown(_name_of(following))}"
            raise ArchiveError(f"{label}: the members {both} share bytes, as no packing program writes: {PACK_AGAIN}.")


def _amount(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.0f} MiB" if n_bytes >= 2**20 else f"{n_bytes:,} bytes"

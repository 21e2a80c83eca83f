"""The list of the files that come with galviz: ``data/SHA256SUMS``, every file under ``data/`` with its checksum.

Its format is that of ``sha256sum -c``. The first line, a comment, is the checksum of the lines below it, so that damage
to the list isn't taken for damage to what it lists. A process hashes a file once, and again only when its size, times
or place on the disk have changed.
"""

import hashlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from galviz.errors import BrokenFileError, quoted
from galviz.files.reading import open_regular
from galviz.files.writing import write_bytes

DATA_FOLDER = Path(__file__).parents[2] / "data"
MANIFEST_NAME = "SHA256SUMS"
RESTORE = "git checkout -- data"
ACCEPT = "python -m galviz build-data --accept-changes"
CHANGED, GONE, UNKNOWN = "changed", "missing", "not shipped"

_HEADER = re.compile(rb"# sha256 of the lines below: ([0-9a-f]{64})\n")
_LINE = re.compile(rb"[0-9a-f]{64}  [^\s/][^\n]*\n")
_LINES = re.compile(rb"(?:%b)+" % _LINE.pattern)
# What editors and operating systems leave in a folder; hidden files too.
_DROPPINGS = re.compile(r"\..*|.*~|#.*#|.*\.(swp|swo|tmp|bak|part)|__pycache__|(?i:thumbs\.db|desktop\.ini)")
# A file changed twice within one tick of the disk's clock keeps its times: only what has rested is remembered.
_RESTED_NS = 2_000_000_000

_Stamp = tuple[int, int, int, int, int]
# By path: the state in which a file was hashed, and its checksum; the state of a manifest, and its content.
_hashed: dict[str, tuple[_Stamp, str]] = {}
_manifests: dict[str, tuple[_Stamp, dict[str, str]]] = {}


class ShippedFileError(BrokenFileError):
    """A file that came with galviz has changed since; the message says which, and how to get it back."""


@dataclass(frozen=True)
class Difference:
    """A file under ``data/`` that isn't as it was shipped.

    Attributes
    ----------
    name : str
        Its path within ``data/``; of a folder without any shipped file, the folder's, ending in ``/``.
    what : str
        ``"changed"``, ``"missing"``, ``"not shipped"``, or why it can't be read.
    """

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name} ({self.what})"


def data_path(*parts: str) -> Path:
    """Path of a file or folder under ``data/``: the one place that says where shipped files are.

    Examples
    --------
    >>> data_path("models", "xresnet34-1.json").is_file()
    True
    """
    return DATA_FOLDER.joinpath(*parts)


def read_manifest() -> Mapping[str, str]:
    """The checksum of each shipped file, by its path within ``data/``.

    Raises
    ------
    ShippedFileError
        If the list is missing, can't be read, or isn't as it was written.
    """
    path = f"{DATA_FOLDER}/{MANIFEST_NAME}"
    try:
        stamp, known = _stamp(path), _manifests.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        digests = _parsed(Path(path).read_bytes())
    except OSError as error:
        raise _unreadable_manifest(f"can't be read: {error.strerror}") from error
    except ValueError as error:
        raise _unreadable_manifest(f"is damaged: {error}") from error
    if _has_rested(stamp):
        _manifests[path] = stamp, digests
    return digests


def write_manifest() -> None:
    """List the files under ``data/`` as they are now, and their checksums.

    Raises
    ------
    OSError
        If a file can't be read, or the list not written.
    """
    _write({name: sha256_once(DATA_FOLDER / name) for name in _files()})


def record(path: str | os.PathLike[str]) -> None:
    """Enter a file under ``data/`` that was made anew in the list of checksums; of a file elsewhere nothing is kept.

    Raises
    ------
    ShippedFileError
        If the list is missing or damaged.
    OSError
        If the file can't be read, or the list not written.
    """
    name = name_in_data(path)
    if name is not None:
        _write({**read_manifest(), name: sha256_once(path)})


def find_differences() -> list[Difference]:
    """Compare every file under ``data/`` with the list of checksums, and the list with the files.

    Returns
    -------
    list of Difference
        Sorted by name; empty if all is as it was shipped. What editors and operating systems leave doesn't count.

    Raises
    ------
    ShippedFileError
        If the list is missing or damaged.
    """
    expected, differences = read_manifest(), []
    for name, digest in expected.items():
        try:
            what = None if sha256_once(DATA_FOLDER / name) == digest else CHANGED
        except FileNotFoundError:
            what = GONE
        except OSError as error:
            what = f"can't be read: {error.strerror}"
        if what is not None:
            differences.append(Difference(name, what))
    folders = {name[: at + 1] for name in expected for at, letter in enumerate(name) if letter == "/"}
    unknown: dict[str, None] = {}  # in order, each once
    for name in _files():
        if name not in expected:
            ends = (name[: at + 1] for at, letter in enumerate(name) if letter == "/")
            unknown[next((folder for folder in ends if folder not in folders), name)] = None
    differences += [Difference(name, UNKNOWN) for name in unknown]
    return sorted(differences, key=lambda difference: difference.name)


def sha256_once(path: str | os.PathLike[str]) -> str:
    """Checksum of a file, in hexadecimal; a process hashes each file once, until its size, times or place change.

    Raises
    ------
    OSError
        If it can't be read.
    """
    with open_regular(path) as stream:
        return sha256_of_open(path, stream)


def sha256_of_open(path: str | os.PathLike[str], stream: BinaryIO, content: bytes | None = None) -> str:
    """Checksum of an open file, of which `content` was read if that is given; remembered once the file has rested."""
    key, stamp = os.path.abspath(path), _stamp(stream.fileno())  # noqa: PTH100 (it follows no links)
    known = _hashed.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    if content is None:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
    else:
        digest = hashlib.sha256(content).hexdigest()
    if _has_rested(stamp):
        _hashed[key] = stamp, digest
    return digest


def name_in_data(path: str | os.PathLike[str]) -> str | None:
    """A file's path within ``data/``, with ``/``; None if it lies elsewhere."""
    folder, file = os.path.abspath(DATA_FOLDER), os.path.abspath(path)  # noqa: PTH100 (it follows no links)
    if not file.startswith(folder + os.sep):
        # By another way, such as a link to the folder.
        folder, file = os.path.realpath(folder), os.path.realpath(file)
        if not file.startswith(folder + os.sep):
            return None
    return file[len(folder) + 1 :].replace(os.sep, "/")


def _files() -> list[str]:
    """Paths within ``data/`` of all files but the list itself and droppings, sorted."""
    names = []
    for folder, inside, files in os.walk(DATA_FOLDER):
        inside[:] = [name for name in inside if not _DROPPINGS.fullmatch(name)]
        names += [
            Path(folder, name).relative_to(DATA_FOLDER).as_posix() for name in files if not _DROPPINGS.fullmatch(name)
        ]
    return sorted(name for name in names if name != MANIFEST_NAME)


def _parsed(content: bytes) -> dict[str, str]:
    """The checksums by name; a ValueError says in a clause what is wrong with the list."""
    header = _HEADER.match(content)
    body = content[header.end() :] if header else content
    if header and hashlib.sha256(body).hexdigest().encode() == header[1]:
        lines = body.decode().splitlines()
        digests = {line[66:]: line[:64] for line in lines}
        if len(digests) == len(lines) and _LINES.fullmatch(body):
            return digests
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        if not (_HEADER if number == 1 else _LINE).fullmatch(line):
            raise ValueError(f"line {number} is {quoted(line.decode(errors='replace').rstrip())}")
    raise ValueError("its lines are not those of which its first line has the checksum")


def _write(digests: Mapping[str, str]) -> None:
    body = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
    header = f"# sha256 of the lines below: {hashlib.sha256(body).hexdigest()}\n".encode()
    write_bytes(DATA_FOLDER / MANIFEST_NAME, header + body)


def _stamp(file: str | int) -> _Stamp:
    """What changes when a file is written to or replaced: of the file at a path, or of one that is open."""
    status = os.stat(file)  # noqa: PTH116 (of an open file too)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _has_rested(stamp: _Stamp) -> bool:
    return max(stamp[3:]) < time.time_ns() - _RESTED_NS


def _unreadable_manifest(problem: str) -> ShippedFileError:
    return ShippedFileError(
        f"The list of the checksums of galviz's own files, {DATA_FOLDER / MANIFEST_NAME}, {problem}. Get it back: "
        f"`{RESTORE}` in the project's folder, or download galviz again."
    )

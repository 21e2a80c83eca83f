"""The manifest of the files that come with galviz: ``data/SHA256SUMS`` lists every file under ``data/``.

Its format is that of ``sha256sum -c``. The first line, a comment, has the checksum of the lines below it, which shows
whether the manifest or a listed file is damaged.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from galviz.errors import BrokenFileError, quoted
from galviz.files.checksums import FullState, cached_sha256, full_state, is_settled
from galviz.files.writing import write_bytes

DATA_FOLDER = Path(__file__).parents[2] / "data"
MANIFEST_NAME = "SHA256SUMS"
RESTORE = "git checkout -- data"
ACCEPT = "python -m galviz build-data --accept-changes"
CHANGED, MISSING, NOT_SHIPPED = "changed", "missing", "not shipped"

_HEADER = re.compile(rb"# sha256 of the lines below: ([0-9a-f]{64})\n")
_LINE = re.compile(rb"[0-9a-f]{64}  [^\s/][^\n]*\n")
_LINES = re.compile(rb"(?:%b)+" % _LINE.pattern)
# Hidden files, and what editors and operating systems leave in a folder.
_IGNORED = re.compile(r"\..*|.*~|#.*#|.*\.(swp|swo|tmp|bak|part)|__pycache__|(?i:thumbs\.db|desktop\.ini)")

_cache: dict[str, tuple[FullState, dict[str, str]]] = {}  # by path: the state of a manifest, and its content


class ShippedFileError(BrokenFileError):
    """A file that came with galviz has changed; the message says which, and how to restore it."""


@dataclass(frozen=True)
class Difference:
    """A file under ``data/`` that differs from the manifest.

    Attributes
    ----------
    name : str
        Its path within ``data/``; for a folder without any shipped file, the folder's path, ending in ``/``.
    kind : str
        ``"changed"``, ``"missing"``, ``"not shipped"``, or why it can't be read.
    """

    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


def data_path(*parts: str) -> Path:
    """Path of a file or folder under ``data/``.

    Examples
    --------
    >>> data_path("models", "xresnet34-1.json").is_file()
    True
    """
    return DATA_FOLDER.joinpath(*parts)


def read_manifest() -> Mapping[str, str]:
    """Read the checksum of each shipped file, by its path within ``data/``.

    Raises
    ------
    ShippedFileError
        If the manifest is missing, can't be read or is damaged.

    Examples
    --------
    >>> len(read_manifest()["mock-survey/master.csv"])
    64
    """
    path = f"{DATA_FOLDER}/{MANIFEST_NAME}"
    try:
        state, cached = full_state(path), _cache.get(path)
        if cached is not None and cached[0] == state:
            return cached[1]
        digests = _parse(Path(path).read_bytes())
    except OSError as error:
        raise _manifest_error(f"can't be read: {error.strerror}") from error
    except ValueError as error:
        raise _manifest_error(f"is damaged: {error}") from error
    if is_settled(state):
        _cache[path] = state, digests
    return digests


def write_manifest() -> None:
    """Write the manifest for the files that are now under ``data/``.

    Raises
    ------
    OSError
        If a file can't be read or the manifest can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> with (
    ...     tempfile.TemporaryDirectory() as folder,
    ...     mock.patch("galviz.files.manifest.DATA_FOLDER", Path(folder)),
    ... ):
    ...     Path(folder, "notes.txt").touch()
    ...     write_manifest()
    ...     list(read_manifest())
    ['notes.txt']
    """
    _write({name: cached_sha256(DATA_FOLDER / name) for name in _list_files()})


def update_manifest(path: str | os.PathLike[str]) -> None:
    """Update the checksum of one file in the manifest; files outside ``data/`` are ignored.

    Raises
    ------
    ShippedFileError
        If the manifest is missing or damaged.
    OSError
        If the file can't be read or the manifest can't be written.

    Examples
    --------
    >>> update_manifest("notes.txt")  # isn't under data/
    """
    name = path_in_data(path)
    if name is not None:
        _write({**read_manifest(), name: cached_sha256(path)})


def find_differences() -> list[Difference]:
    """Compare the files under ``data/`` with the manifest.

    Returns
    -------
    list of Difference
        Sorted by name; empty if all files are as shipped. Hidden files and those of editors are ignored.

    Raises
    ------
    ShippedFileError
        If the manifest is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> with (
    ...     tempfile.TemporaryDirectory() as folder,
    ...     mock.patch("galviz.files.manifest.DATA_FOLDER", Path(folder)),
    ... ):
    ...     Path(folder, "README.md").touch()
    ...     write_manifest()
    ...     Path(folder, "notes.txt").touch()
    ...     print(*find_differences())
    notes.txt (not shipped)
    """
    expected, differences = read_manifest(), []
    for name, digest in expected.items():
        try:
            kind = None if cached_sha256(DATA_FOLDER / name) == digest else CHANGED
        except FileNotFoundError:
            kind = MISSING
        except OSError as error:
            kind = f"can't be read: {error.strerror}"
        if kind is not None:
            differences.append(Difference(name, kind))
    shipped_folders = {name[: at + 1] for name in expected for at, letter in enumerate(name) if letter == "/"}
    not_shipped: dict[str, None] = {}  # an ordered set: a folder without shipped files is listed once
    for name in _list_files():
        if name not in expected:
            folders = (name[: at + 1] for at, letter in enumerate(name) if letter == "/")
            not_shipped[next((folder for folder in folders if folder not in shipped_folders), name)] = None
    differences += [Difference(name, NOT_SHIPPED) for name in not_shipped]
    return sorted(differences, key=lambda difference: difference.name)


def path_in_data(path: str | os.PathLike[str]) -> str | None:
    """A file's path within ``data/``, with ``/``; None if it is elsewhere.

    Examples
    --------
    >>> path_in_data(data_path("mock-survey", "master.csv"))
    'mock-survey/master.csv'
    """
    folder, file = os.path.abspath(DATA_FOLDER), os.path.abspath(path)  # noqa: PTH100 (it doesn't follow links)
    if not file.startswith(folder + os.sep):
        # The path may lead there through a link.
        folder, file = os.path.realpath(folder), os.path.realpath(file)
        if not file.startswith(folder + os.sep):
            return None
    return file[len(folder) + 1 :].replace(os.sep, "/")


def _list_files() -> list[str]:
    """Sorted paths within ``data/`` of all files except the manifest and ignored ones."""
    names = []
    for folder, subfolders, files in os.walk(DATA_FOLDER):
        subfolders[:] = [name for name in subfolders if not _IGNORED.fullmatch(name)]
        names += [
            Path(folder, name).relative_to(DATA_FOLDER).as_posix() for name in files if not _IGNORED.fullmatch(name)
        ]
    return sorted(name for name in names if name != MANIFEST_NAME)


def _parse(content: bytes) -> dict[str, str]:
    """The checksums by name; raises a ValueError with a clause that says what is wrong."""
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
    raise ValueError("its lines don't match the checksum in its first line")


def _write(digests: Mapping[str, str]) -> None:
    body = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
    header = f"# sha256 of the lines below: {hashlib.sha256(body).hexdigest()}\n".encode()
    write_bytes(DATA_FOLDER / MANIFEST_NAME, header + body)


def _manifest_error(problem: str) -> ShippedFileError:
    return ShippedFileError(
        f"The list of the checksums of galviz's own files, {DATA_FOLDER / MANIFEST_NAME}, {problem}. Restore it: "
        f"`{RESTORE}` in the project's folder, or download galviz again."
    )

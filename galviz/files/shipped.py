"""Reading files that come with galviz: their content is compared with the manifest (`galviz.files.manifest`).

Other files are read without a check.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from galviz.files.checksums import cached_sha256_of_open
from galviz.files.manifest import ACCEPT, MANIFEST_NAME, RESTORE, ShippedFileError, path_in_data, read_manifest
from galviz.files.reading import open_regular

__all__ = ["ShippedFileError", "check_shipped", "read_verified", "shipped_checksums", "shipped_sha256", "verify_open"]


def shipped_sha256(path: str | os.PathLike[str]) -> str | None:
    """The SHA-256 in the manifest, in hexadecimal; None if the file didn't come with galviz.

    Raises
    ------
    ShippedFileError
        If the manifest is missing or damaged.

    Examples
    --------
    >>> from galviz.files.manifest import data_path
    >>> len(shipped_sha256(data_path("mock-survey", "master.csv")))
    64
    >>> shipped_sha256("notes.txt") is None
    True
    """
    name = path_in_data(path)
    return None if name is None else read_manifest().get(name)


def shipped_checksums(folder: str | os.PathLike[str]) -> dict[str, str]:
    """The SHA-256 of each shipped file in a folder and its subfolders, by its path within the folder.

    Raises
    ------
    ShippedFileError
        If the manifest is missing or damaged.

    Examples
    --------
    >>> from galviz.files.manifest import data_path
    >>> "master.csv" in shipped_checksums(data_path("mock-survey"))
    True
    """
    name = path_in_data(folder)
    if name is None:
        return {}
    return {file[len(name) + 1 :]: digest for file, digest in read_manifest().items() if file.startswith(f"{name}/")}


def check_shipped(path: str | os.PathLike[str], content: bytes) -> None:
    """Compare the content of a file with the manifest, if the file came with galviz.

    Raises
    ------
    ShippedFileError
        If it differs.

    Examples
    --------
    >>> from galviz.files.manifest import data_path
    >>> path = data_path("README.md")
    >>> check_shipped(path, path.read_bytes())
    """
    expected = shipped_sha256(path)
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise _changed(path)


def read_verified(path: str | os.PathLike[str]) -> bytes:
    """Read a file; if it came with galviz, compare it with the manifest.

    Raises
    ------
    OSError
        If it can't be read.
    ShippedFileError
        If it differs from the shipped file.

    Examples
    --------
    >>> from galviz.files.manifest import data_path
    >>> read_verified(data_path("mock-survey", "master.csv"))[:5]
    b'objID'
    """
    with open_regular(path) as stream:
        content = stream.read()
        expected = shipped_sha256(path)
        # The state of the file is read after its content: a change in the meantime is recent, so nothing is cached.
        if expected is not None and cached_sha256_of_open(path, stream, content) != expected:
            raise _changed(path)
    return content


def verify_open(path: str | os.PathLike[str], stream: BinaryIO) -> bool:
    """Compare a whole open file with the manifest, before parts of it are read.

    Returns
    -------
    bool
        Whether the file came with galviz; other files aren't checked.

    Raises
    ------
    ShippedFileError
        If it differs from the shipped file.

    Examples
    --------
    >>> from galviz.files.manifest import data_path
    >>> path = data_path("README.md")
    >>> with path.open("rb") as stream:
    ...     verify_open(path, stream)
    True
    """
    expected = shipped_sha256(path)
    if expected is not None and cached_sha256_of_open(path, stream) != expected:
        raise _changed(path)
    return expected is not None


def _changed(path: str | os.PathLike[str]) -> ShippedFileError:
    return ShippedFileError(
        f"The file {Path(path).absolute()} isn't the one that came with galviz: its checksum differs from that in "
        f"{MANIFEST_NAME}. Restore it: `{RESTORE}` in the project's folder, or download galviz again. If you changed "
        f"it on purpose: `{ACCEPT}`."
    )

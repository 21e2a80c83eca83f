"""Files that come with galviz are read here: what is read is what was shipped, or an error says otherwise.

`galviz.files.manifest` is the list of their checksums. Of any other file nothing is asked.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from galviz.files.manifest import (
    ACCEPT,
    MANIFEST_NAME,
    RESTORE,
    ShippedFileError,
    name_in_data,
    read_manifest,
    sha256_of_open,
)
from galviz.files.reading import open_regular

__all__ = ["ShippedFileError", "check_shipped", "read_verified", "shipped_checksums", "shipped_sha256", "verify_open"]


def shipped_sha256(path: str | os.PathLike[str]) -> str | None:
    """The checksum with which a file was shipped, in hexadecimal; None if it didn't come with galviz.

    Raises
    ------
    ShippedFileError
        If the list of checksums is missing or damaged.
    """
    name = name_in_data(path)
    return None if name is None else read_manifest().get(name)


def shipped_checksums(folder: str | os.PathLike[str]) -> dict[str, str]:
    """The checksums of the shipped files in a folder and its subfolders, by their path within it; of others none.

    Raises
    ------
    ShippedFileError
        If the list of checksums is missing or damaged.
    """
    name = name_in_data(folder)
    if name is None:
        return {}
    return {file[len(name) + 1 :]: digest for file, digest in read_manifest().items() if file.startswith(f"{name}/")}


def check_shipped(path: str | os.PathLike[str], content: bytes) -> None:
    """Compare a file's content with what was shipped, if the file came with galviz.

    Raises
    ------
    ShippedFileError
        If it differs.
    """
    expected = shipped_sha256(path)
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise _changed(path)


def read_verified(path: str | os.PathLike[str]) -> bytes:
    """Read a file; if it came with galviz, see to it that these are the bytes that were shipped.

    Raises
    ------
    OSError
        If it can't be read.
    ShippedFileError
        If it differs from what was shipped.
    """
    with open_regular(path) as stream:
        content = stream.read()
        expected = shipped_sha256(path)
        # The state is asked for after reading: what changed in the meantime has not rested, and is hashed.
        if expected is not None and sha256_of_open(path, stream, content) != expected:
            raise _changed(path)
    return content


def verify_open(path: str | os.PathLike[str], stream: BinaryIO) -> bool:
    """Compare all of a file that was just opened with what was shipped, before a part of it is read.

    Returns
    -------
    bool
        Whether it came with galviz; of other files nothing is known.

    Raises
    ------
    ShippedFileError
        If it differs.
    """
    expected = shipped_sha256(path)
    if expected is not None and sha256_of_open(path, stream) != expected:
        raise _changed(path)
    return expected is not None


def _changed(path: str | os.PathLike[str]) -> ShippedFileError:
    return ShippedFileError(
        f"The file {Path(path).absolute()} isn't the one that came with galviz: its checksum differs from that in "
        f"{MANIFEST_NAME}. Get it back: `{RESTORE}` in the project's folder, or download galviz again. If you changed "
        f"it on purpose: `{ACCEPT}`."
    )

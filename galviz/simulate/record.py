"""The checksum of each image that a simulation has drawn: a later run skips images that are unchanged since.

The file has the format of `sha256sum`: ``sha256sum -c simulation.sha256`` checks a survey folder too. A line is added
for each image once it is written. Images without a line, after an interrupted run, are drawn again and compared.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from galviz.files.reading import read_regular
from galviz.files.writing import write_bytes
from galviz.survey.catalogue_file import RECORD_NAME
from galviz.survey.image_folder import IMAGES_NAME

_LINE = re.compile(rb"([0-9a-f]{64})  " + re.escape(IMAGES_NAME.encode()) + rb"/([0-9]+)\.jpg")


def read_record(folder: Path) -> dict[str, str]:
    """Read the checksums by objID.

    A truncated line is skipped. If an image has several lines, the last one counts.

    Raises
    ------
    OSError
        If the record exists but can't be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     add_to_record(Path(folder), "17", "0" * 64)
    ...     read_record(Path(folder)) == {"17": "0" * 64}
    True
    """
    try:
        content = read_regular(folder / RECORD_NAME)
    except FileNotFoundError:
        return {}
    matches = map(_LINE.fullmatch, content.split(b"\n"))
    return {match[2].decode(): match[1].decode() for match in matches if match}


def add_to_record(folder: Path, object_id: str, sha256: str) -> None:
    """Append the checksum of an image that was just written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     add_to_record(Path(folder), "17", "0" * 64)
    ...     add_to_record(Path(folder), "17", "1" * 64)
    ...     read_record(Path(folder)) == {"17": "1" * 64}
    True
    """
    # On a new line, because the last one may be truncated; `finish_record` removes empty lines.
    handle = os.open(folder / RECORD_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        os.write(handle, b"\n" + _line(object_id, sha256))
    finally:
        os.close(handle)


def finish_record(folder: Path, object_ids: Iterable[str], checksums: Mapping[str, str]) -> None:
    """Write the record of a finished survey in the order of its catalogue, unless it is up to date.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     finish_record(Path(folder), ["2", "1"], {"1": "0" * 64, "2": "f" * 64})
    ...     [line[-5:] for line in (Path(folder) / RECORD_NAME).read_text().splitlines()]
    ['2.jpg', '1.jpg']
    """
    content = b"".join(_line(object_id, checksums[object_id]) for object_id in object_ids)
    path = folder / RECORD_NAME
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)


def is_unchanged(image: Path, sha256: str | None) -> bool:
    """Whether an image exists and has its recorded checksum; False if none was recorded.

    Examples
    --------
    >>> is_unchanged(Path("no such file.jpg"), "0" * 64)
    False
    """
    return sha256 is not None and image.is_file() and hashlib.sha256(image.read_bytes()).hexdigest() == sha256


def _line(object_id: str, sha256: str) -> bytes:
    return f"{sha256}  {IMAGES_NAME}/{object_id}.jpg\n".encode()

"""The checksum of each image that a simulation has drawn, so that a later run knows which are still as they were drawn.

The file has the format of `sha256sum`, so that ``sha256sum -c simulation.sha256`` checks a survey folder too. A line is
added for each image once it is written. What a stopped run leaves out is drawn again and compared.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from galviz.files.reading import read_regular
from galviz.files.writing import write_bytes
from galviz.survey.imagefolder import IMAGES_NAME

RECORD_NAME = "simulation.sha256"

_LINE = re.compile(rb"([0-9a-f]{64})  " + re.escape(IMAGES_NAME.encode()) + rb"/([0-9]+)\.jpg")


def read_record(folder: Path) -> dict[str, str]:
    """Checksums by objID; a line that was cut short is skipped, and of several for an image the last one counts.

    Raises
    ------
    OSError
        If there is a record, and it can't be read.
    """
    try:
        content = read_regular(folder / RECORD_NAME)
    except FileNotFoundError:
        return {}
    matches = map(_LINE.fullmatch, content.split(b"\n"))
    return {match[2].decode(): match[1].decode() for match in matches if match}


def add_to_record(folder: Path, object_id: str, sha256: str) -> None:
    """Add an image that was just written."""
    # On a line of its own, should the last one have been cut short; `finish_record` removes what is empty.
    handle = os.open(folder / RECORD_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        os.write(handle, b"\n" + _line(object_id, sha256))
    finally:
        os.close(handle)


def finish_record(folder: Path, object_ids: Iterable[str], checksums: Mapping[str, str]) -> None:
    """Write the record of a finished survey, in the order of its catalogue, if it isn't so already."""
    content = b"".join(_line(object_id, checksums[object_id]) for object_id in object_ids)
    path = folder / RECORD_NAME
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)


def is_as_drawn(image: Path, sha256: str | None) -> bool:
    """Whether an image is there and has the checksum that was recorded, if one was."""
    return sha256 is not None and image.is_file() and hashlib.sha256(image.read_bytes()).hexdigest() == sha256


def _line(object_id: str, sha256: str) -> bytes:
    return f"{sha256}  {IMAGES_NAME}/{object_id}.jpg\n".encode()

"""failures.csv: the galaxies without an image, and why. Permanent failures are added as soon as they are known."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from galviz.files.reading import read_regular
from galviz.sdss.images import Failure
from galviz.sdss.reply import format_csv

FAILURES_NAME, FAILURE_COLUMNS = "failures.csv", ("objID", "permanent", "reason")
_YES, _NO = "yes", "no"


def read_failures(folder: Path) -> dict[str, Failure]:
    """Read the permanent failures of earlier runs, by objID. A truncated line is skipped.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     add_failure(Path(folder), Failure("17", "no imaging there (HTTP 404)", permanent=True))
    ...     print(read_failures(Path(folder))["17"].reason)
    no imaging there (HTTP 404)
    """
    try:
        text = read_regular(folder / FAILURES_NAME).decode("utf-8", "replace")
    except FileNotFoundError:
        return {}
    lines = [line for line in csv.reader(io.StringIO(text, newline="")) if len(line) == len(FAILURE_COLUMNS)]
    return {object_id: Failure(object_id, reason, True) for object_id, permanent, reason in lines if permanent == _YES}


def add_failure(folder: Path, failure: Failure) -> None:
    """Append a failure, in one piece.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     add_failure(Path(folder), Failure("17", "no imaging there (HTTP 404)", permanent=True))
    ...     Path(folder, FAILURES_NAME).read_text().strip()
    '17,yes,no imaging there (HTTP 404)'
    """
    # On a new line, because the last one may be truncated; `finish` removes empty lines.
    line = "\n" + format_csv(failure_row(failure), [])
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    handle = os.open(folder / FAILURES_NAME, flags, 0o666)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def failure_row(failure: Failure) -> tuple[str, str, str]:
    """The cells of a failure.

    Examples
    --------
    >>> failure_row(Failure("17", "no imaging there (HTTP 404)", permanent=True))
    ('17', 'yes', 'no imaging there (HTTP 404)')
    """
    return failure.object_id, _YES if failure.permanent else _NO, failure.reason

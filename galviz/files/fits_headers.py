"""Checks the headers of a FITS file before astropy does what they say: it loops over all axes and columns."""

import math
import os
from typing import BinaryIO

_BLOCK_BYTES, _CARD_BYTES = 2880, 80
# The standard allows 999 axes and columns (FITS 4.0, 4.4.1 and 7.3). astropy loops over what a header claims.
_MAX_AXES = _MAX_COLUMNS = 999
# Of all headers together; astropy reads 20,000 per second.
_MAX_CARDS = 50_000


def header_fault(file: BinaryIO) -> str | None:
    """Walk through the headers without reading the data.

    Parameters
    ----------
    file : binary file
        A FITS file that isn't compressed; it is left at its start.

    Returns
    -------
    str or None
        What is wrong, a clause; None if astropy may open the file. A file that is cut short has no fault here.

    Examples
    --------
    >>> import io
    >>> cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 123456789", "END"]
    >>> header_fault(io.BytesIO("".join(card.ljust(80) for card in cards).ljust(2880).encode()))
    'its header has 123,456,789 axes'
    """
    size = file.seek(0, os.SEEK_END)
    try:
        return _walk(file, size)
    finally:
        file.seek(0)


def _walk(file: BinaryIO, size: int) -> str | None:
    place = n_cards = 0
    while place < size:
        file.seek(place)
        numbers: dict[bytes, int] = {}
        ended = False
        while not ended:
            block = file.read(_BLOCK_BYTES)
            if len(block) < _BLOCK_BYTES:
                return None
            place += _BLOCK_BYTES
            n_cards += _BLOCK_BYTES // _CARD_BYTES
            if n_cards > _MAX_CARDS:
                return f"its headers have more than {_MAX_CARDS:,} lines"
            for start in range(0, _BLOCK_BYTES, _CARD_BYTES):
                card = block[start : start + _CARD_BYTES]
                if ended := card.rstrip() == b"END":
                    break
                _read_number(card, numbers)
        if fault := _fault(numbers):
            return fault
        place += -(-_data_bytes(numbers) // _BLOCK_BYTES) * _BLOCK_BYTES
    return None


def _read_number(card: bytes, numbers: dict[bytes, int]) -> None:
    """Add a keyword whose value is a whole number; the first of several counts, as in astropy."""
    keyword, equals, rest = card.partition(b"=")
    if equals:
        value = rest.partition(b"/")[0].strip()
        if value.removeprefix(b"+").removeprefix(b"-").isdigit():
            numbers.setdefault(keyword.strip(), int(value))


def _fault(numbers: dict[bytes, int]) -> str | None:
    for keyword in (b"NAXIS", b"ZNAXIS"):
        if (n_axes := numbers.get(keyword, 0)) > _MAX_AXES:
            return f"its header has {n_axes:,} axes"
    if (n_columns := numbers.get(b"TFIELDS", 0)) > _MAX_COLUMNS:
        return f"its header has {n_columns:,} columns"
    return None


def _data_bytes(numbers: dict[bytes, int]) -> int:
    """Number of bytes after a header (FITS 4.0, equation 2); random groups have a first axis of length 0."""
    n_axes = max(numbers.get(b"NAXIS", 0), 0)
    sides = [max(numbers.get(b"NAXIS%d" % axis, 0), 0) for axis in range(1, n_axes + 1)]
    n_values = math.prod(sides[1:] if sides[:1] == [0] else sides) if sides else 0
    n_groups = max(numbers.get(b"GCOUNT", 1), 1)
    return abs(numbers.get(b"BITPIX", 8)) // 8 * n_groups * (max(numbers.get(b"PCOUNT", 0), 0) + n_values)

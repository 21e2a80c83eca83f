"""A JPEG's or PNG's bytes -> whether part of its image data is lost or altered, and how that shows.

Pillow decodes what it can and keeps quiet about the rest: a JPEG that lacks its middle becomes a shifted image with a
flat end. So each file is checked by what its format offers. A PNG holds a checksum of each part. A JPEG holds none; but
where bytes are lost, its Huffman codes rarely come out even, and libjpeg then warns. (benchmarks/damage.py measures how
often: nearly always from a hundred bytes on, a third of the time for a single byte.)
"""

import re
import struct
import zlib
from collections.abc import Iterator

_PNG_SIGNATURE_BYTES = 8
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the kind of colour in the header
_PNG_PALETTE = b"\x03"  # the kind of colour of an image with a palette
# Of each pass of an interlaced PNG, first column and row and the steps between them (PNG specification, 8.2).
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PART_BYTES = 2**20
_END_OF_IMAGE, _START_OF_SCAN, _LAST_COEFFICIENT = 0xD9, 0xDA, 63
_FRAMES = (0xC0, 0xC1, 0xC2, 0xC9, 0xCA)  # the kinds of Huffman- and arithmetic-coded frames that libjpeg decodes
# Between scans: any marker but the restart markers, which belong to a scan, and 0xFF00, which stands for 0xFF.
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")


def png_header_parts(content: bytes) -> list[bytes]:
    """The names of a PNG's parts before its image data, as far as they can be followed."""
    names, place = [], _PNG_SIGNATURE_BYTES
    while len(head := content[place : place + 8]) == 8:
        length, name = struct.unpack(">I4s", head)
        if name == b"IDAT":
            break
        names.append(name)
        place += 8 + length + 4
    return names


def png_damage(content: bytes) -> str | None:
    """Check a PNG by its checksums, and for rows that are missing.

    Pillow skips the checksums of the image data, and leaves rows black that aren't there.

    Parameters
    ----------
    content : bytes
        A PNG file whose header Pillow has read.

    Returns
    -------
    str or None
        What is wrong, for a sentence; None if nothing is.
    """
    header, compressed, parts = b"", [], set()
    place = _PNG_SIGNATURE_BYTES
    while True:
        head = content[place : place + 8]
        if len(head) < 8:
            return "its end is missing"
        length, name = struct.unpack(">I4s", head)
        end = place + 8 + length
        checksum = content[end : end + 4]
        if len(checksum) < 4:
            return "its end is missing"
        if zlib.crc32(content[place + 4 : end]) != int.from_bytes(checksum, "big"):
            return f"the checksum of its part {name.decode('ascii', 'replace')} is wrong"
        # Pillow obeys the last header and the last palette.
        if name in (b"IHDR", b"PLTE") and name in parts:
            return f"its part {name.decode()} is there twice"
        parts.add(name)
        if name == b"IHDR":
            header = content[place + 8 : end]
            if place != _PNG_SIGNATURE_BYTES:
                return "its header isn't at its start"
        elif name == b"IDAT":
            if header[9:10] == _PNG_PALETTE and b"PLTE" not in parts:
                return "its palette is missing"
            compressed.append(content[place + 8 : end])
        elif name == b"IEND":
            return _png_rows_damage(header, b"".join(compressed))
        place = end + 4


def png_palette_damage(content: bytes, highest: int) -> str | None:
    """Check that a PNG's palette holds a colour for each of its pixels.

    Pillow gives the pixels for which there is none some colour or other.

    Parameters
    ----------
    content : bytes
        A PNG file with a palette in which `png_damage` finds nothing.
    highest : int
        The largest index into the palette among its pixels.

    Returns
    -------
    str or None
        What is wrong, for a sentence; None if nothing is.
    """
    place = _PNG_SIGNATURE_BYTES
    while content[place + 4 : place + 8] != b"PLTE":
        place += int.from_bytes(content[place : place + 4], "big") + 12
    length = int.from_bytes(content[place : place + 4], "big")
    if length % 3:
        return f"its palette has {length} bytes, which is no multiple of 3"
    colours = length // 3
    return f"its palette has {colours} colours, and a pixel has number {highest + 1}" if highest >= colours else None


def _png_rows_damage(header: bytes, compressed: bytes) -> str | None:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _PNG_CHANNELS[kind]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    missing = sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 and rows > 0)
    stream = zlib.decompressobj()
    try:
        while missing > 0 and (part := stream.decompress(compressed, _PART_BYTES)):
            missing -= len(part)
            compressed = stream.unconsumed_tail
    except zlib.error as error:
        return str(error)
    return "rows at its end are missing" if missing > 0 else None


def jpeg_damage(content: bytes, *, cmyk: bool = False) -> str | None:
    """Check a JPEG that Pillow has decoded by libjpeg's warnings, and for scans that are missing.

    Parameters
    ----------
    content : bytes
        A JPEG file that Pillow decodes.
    cmyk : bool
        Whether it has four channels.

    Returns
    -------
    str or None
        What is wrong, for a sentence; None if nothing was found.
    """
    import simplejpeg  # only now: whoever reads no image shouldn't wait for it

    try:
        # All codes are read; an eighth of the size and grey save the rest of the work.
        simplejpeg.decode_jpeg(content, colorspace="CMYK" if cmyk else "GRAY", min_factor=8, strict=True)
    except ValueError as warning:
        return str(warning).strip().rstrip(".")
    try:
        return None if _is_complete(content) else "some of its scans are missing"
    except (IndexError, KeyError, ValueError):
        return "its headers are garbled"


def _is_complete(content: bytes) -> bool:
    """Whether every coefficient of every channel comes with its last bit: libjpeg doesn't miss a scan."""
    pending: dict[int, set[int]] = {}
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            pending = {segment[6 + 3 * k]: set(range(_LAST_COEFFICIENT + 1)) for k in range(segment[5])}
        elif marker == _START_OF_SCAN:
            first, last, precision = segment[-3:]
            if precision & 15 == 0:  # no lower bits are left for a later scan
                for k in range(segment[0]):
                    pending[segment[1 + 2 * k]].difference_update(range(first, last + 1))
    return not any(pending.values())


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers up to the end of the image, each with what its segment holds; image data are passed over."""
    place = 2
    while (found := _MARKER.search(content, place)) and found[1][0] != _END_OF_IMAGE:
        start = found.end()
        place = start + int.from_bytes(content[start : start + 2], "big")
        yield found[1][0], content[start + 2 : place]

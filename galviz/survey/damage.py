"""The bytes of a JPEG or PNG -> whether part of the image data is lost or altered.

Pillow decodes what it can without a warning: a JPEG whose middle is missing becomes a shifted image with a flat end.
These checks use what the formats offer. A PNG has a checksum per chunk. A JPEG has none, but if bytes are lost, its
Huffman codes rarely stay valid and libjpeg warns. benchmarks/damage.py measures how often: nearly always if a hundred
bytes or more are lost, a third of the time for a single byte.
"""

import re
import struct
import zlib
from collections.abc import Iterator

_PNG_SIGNATURE_BYTES = 8
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the colour type in the header
_PNG_PALETTE = b"\x03"  # the colour type of an image with a palette
# First column, first row and the steps between them, for each pass of an interlaced PNG (PNG specification, 8.2).
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_CHUNK_BYTES = 2**20
_END_OF_IMAGE, _START_OF_SCAN, _QUANTISATION, _LAST_COEFFICIENT = 0xD9, 0xDA, 0xDB, 63
_FRAMES = (0xC0, 0xC1, 0xC2, 0xC9, 0xCA)  # the types of frames that libjpeg decodes
# Any marker except restart markers, which are part of a scan, and 0xFF00, which encodes 0xFF.
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")


def png_header_chunks(content: bytes) -> list[bytes]:
    """The names of a PNG's chunks before its image data, up to the first that is broken.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> Image.radial_gradient("L").save(file := io.BytesIO(), "PNG")
    >>> png_header_chunks(file.getvalue())
    [b'IHDR']
    """
    names, place = [], _PNG_SIGNATURE_BYTES
    while len(head := content[place : place + 8]) == 8:
        length, name = struct.unpack(">I4s", head)
        if name == b"IDAT":
            break
        names.append(name)
        place += 8 + length + 4
    return names


def png_damage(content: bytes) -> str | None:
    """Check the checksums of a PNG, and whether rows are missing.

    Pillow ignores the checksums of the image data, and fills missing rows with black.

    Parameters
    ----------
    content : bytes
        A PNG file whose header Pillow has read.

    Returns
    -------
    str or None
        What is wrong, a clause.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> Image.radial_gradient("L").save(file := io.BytesIO(), "PNG")
    >>> content = file.getvalue()
    >>> png_damage(content), png_damage(content[:-1])
    (None, 'its end is missing')
    """
    header, compressed, chunk_names = b"", [], set()
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
            return f"the checksum of its chunk {name.decode('ascii', 'replace')} is wrong"
        # Pillow uses the last header and the last palette.
        if name in (b"IHDR", b"PLTE") and name in chunk_names:
            return f"it has two chunks {name.decode()}"
        chunk_names.add(name)
        if name == b"IHDR":
            header = content[place + 8 : end]
            if place != _PNG_SIGNATURE_BYTES:
                return "its header isn't at its start"
        elif name == b"IDAT":
            if header[9:10] == _PNG_PALETTE and b"PLTE" not in chunk_names:
                return "its palette is missing"
            compressed.append(content[place + 8 : end])
        elif name == b"IEND":
            return _png_rows_damage(header, b"".join(compressed))
        place = end + 4


def png_palette_damage(content: bytes, max_index: int) -> str | None:
    """Check that the palette of a PNG has a colour for each pixel.

    Pillow gives an arbitrary colour to pixels without one.

    Parameters
    ----------
    content : bytes
        A PNG file with a palette in which `png_damage` finds nothing.
    max_index : int
        The largest palette index of its pixels.

    Returns
    -------
    str or None
        What is wrong, a clause.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> Image.radial_gradient("L").quantize(4).save(file := io.BytesIO(), "PNG")
    >>> content = file.getvalue()
    >>> png_palette_damage(content, 3), png_palette_damage(content, 4)
    (None, 'its palette has 4 colours, but a pixel uses colour number 5')
    """
    place = _PNG_SIGNATURE_BYTES
    while content[place + 4 : place + 8] != b"PLTE":
        place += int.from_bytes(content[place : place + 4], "big") + 12
    length = int.from_bytes(content[place : place + 4], "big")
    if length % 3:
        return f"its palette has {length} bytes, not a multiple of 3"
    colours = length // 3
    if max_index < colours:
        return None
    return f"its palette has {colours} colours, but a pixel uses colour number {max_index + 1}"


def _png_rows_damage(header: bytes, compressed: bytes) -> str | None:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _PNG_CHANNELS[kind]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    missing = sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 and rows > 0)
    stream = zlib.decompressobj()
    try:
        while missing > 0 and (part := stream.decompress(compressed, _CHUNK_BYTES)):
            missing -= len(part)
            compressed = stream.unconsumed_tail
    except zlib.error as error:
        return str(error)
    return "rows at its end are missing" if missing > 0 else None


def jpeg_damage(content: bytes, *, cmyk: bool = False) -> str | None:
    """Check a JPEG for warnings of libjpeg and for missing scans.

    Parameters
    ----------
    content : bytes
        A JPEG file that Pillow decodes.
    cmyk : bool
        Whether it has four channels.

    Returns
    -------
    str or None
        What is wrong, a clause.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.radial_gradient("L").save(file, "JPEG")
    >>> jpeg_damage(file.getvalue()), jpeg_damage(file.getvalue()[:-900])
    (None, 'Premature end of JPEG file')
    """
    import simplejpeg  # imported here because it is slow to import

    try:
        # This reads all codes. Decoding to grey at an eighth of the size is fast.
        simplejpeg.decode_jpeg(content, colorspace="CMYK" if cmyk else "GRAY", min_factor=8, strict=True)
    except ValueError as warning:
        return str(warning).strip().rstrip(".")
    try:
        if _has_zero_steps(content):
            return "its quantisation table has zeros"
        return None if _is_complete(content) else "some of its scans are missing"
    except (IndexError, KeyError, ValueError):
        return "its headers are garbled"


def _has_zero_steps(content: bytes) -> bool:
    """Whether a quantisation step is 0, which the standard forbids (T.81, B.2.4.1) and libjpeg decodes as grey."""
    for marker, segment in _segments(content):
        while marker == _QUANTISATION and segment:
            size = 2 if segment[0] >> 4 else 1
            end = 1 + size * (_LAST_COEFFICIENT + 1)
            table, segment = segment[1:end], segment[end:]
            steps = table if size == 1 else [high or low for high, low in zip(table[::2], table[1::2], strict=False)]
            if not all(steps):
                return True
    return False


def _is_complete(content: bytes) -> bool:
    """Whether the scans have every bit of every coefficient. libjpeg doesn't notice missing scans."""
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
    """The markers up to the end of the image and the content of their segments; image data are skipped."""
    place = 2
    while (match := _MARKER.search(content, place)) and match[1][0] != _END_OF_IMAGE:
        start = match.end()
        place = start + int.from_bytes(content[start : start + 2], "big")
        yield match[1][0], content[start + 2 : place]

"""The format of a file, recognised by its first bytes, for error messages."""

import re

# What `git lfs` leaves in place of a large file that wasn't downloaded (git-lfs, docs/spec.md): a few lines of text.
LFS_POINTER, LFS_REMEDY = "a Git LFS pointer", "run git lfs pull"

# Checked in this order. Sources: each format's specification; most are in RFC 9110's and IANA's media type entries.
_SIGNATURES = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"SIMPLE  =", "a FITS file"),
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PAR1", "a Parquet table"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    *((b"\x80" + bytes([protocol]), "a Python pickle") for protocol in range(2, 6)),
    (b"%PDF", "a PDF document"),
    (b"\xff\xfe\0\0", "UTF-32 text"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"version https://git-lfs.github.com/spec/", LFS_POINTER),
)

# An object, or an array of arrays, objects or texts: '[objID]' may be a column of a table.
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"])')
# Those that galviz doesn't unpack, but for a single table or FITS file in a gzip or bzip2 archive.
ARCHIVES = (
    *("a 7z archive", "a RAR archive", "a tar archive", "a gzip archive", "a bzip2 archive"),
    *("an xz archive", "a Zstandard archive"),
)


def file_kind(content: bytes) -> str | None:
    """Name the format of a file, with an article; None if it is unknown.

    Parameters
    ----------
    content : bytes
        The first 1024 bytes or more.

    Examples
    --------
    >>> file_kind(b"<!DOCTYPE html><title>404</title>")
    'an HTML page'
    >>> file_kind(b"version https://git-lfs.github.com/spec/v1")
    'a Git LFS pointer'
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "a WebP image"
    # "BM" alone could be the start of a text; the reserved bytes of a bitmap are zero.
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        return "a BMP image"
    if content[:3] == b"BZh" and content[4:10] == b"1AY&SY":
        return "a bzip2 archive"
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[257:262] == b"ustar":
        return "a tar archive"
    # A page may start with a byte order mark, blank lines or an XML declaration.
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (start[:1] == b"<" and b"<html" in start):
        return "an HTML page"
    if start.startswith((b"<?xml", b"<svg")):
        return "an XML document"
    if _JSON.match(start):
        return "a JSON document"
    return None

"""The bytes of a text file -> blocks of lines, with the checksum of the bytes; only one block is in memory."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from galviz.files.reading import open_regular

# Bytes read at a time. As Python strings, the cells of a table take ten times the space of its bytes.
CHUNK_BYTES = 2**22
# A small archive can unpack to any size, and a file without line breaks would be held as a whole.
MAX_UNPACKED_BYTES = 2**31
MAX_RATIO, MIN_BYTES_FOR_RATIO = 200, 2**26  # tables of repeated numbers have ratios of about 50
MAX_LINE_LENGTH = 2**22

GZIP = b"\x1f\x8b"
_HEAD_BYTES = 2**16
_SAVE_AS = "save the table as 'CSV UTF-8'"
_BINARY = ("it contains NUL bytes: it is binary, not a CSV table", _SAVE_AS)
_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
# A text in UTF-16 without a byte order mark has a NUL beside most letters, on one side.
_MANY_NULS, _FEW_NULS = 0.7, 0.1


class TextError(ValueError):
    """A file isn't text in its encoding, or no table.

    Attributes
    ----------
    line : int or None
        Where, from 1.
    problem, remedy : str
    """

    def __init__(self, line: int | None, problem: str, remedy: str) -> None:
        super().__init__(line, problem, remedy)
        self.line, self.problem, self.remedy = line, problem, remedy


def detect_encoding(head: bytes) -> str:
    """The encoding of a text: UTF-8, or UTF-16 with or without a byte order mark.

    Parameters
    ----------
    head : bytes
        Its beginning.

    Returns
    -------
    str
        Python's name of the encoding.

    Examples
    --------
    >>> detect_encoding("objID,z".encode("utf-16-be")), detect_encoding(b"objID,z")
    ('utf-16-be', 'utf-8-sig')
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    first, second = head[::2], head[1::2]
    if second:
        shares = first.count(0) / len(first), second.count(0) / len(second)
        if shares[1] > _MANY_NULS and shares[0] < _FEW_NULS:
            return "utf-16-le"
        if shares[0] > _MANY_NULS and shares[1] < _FEW_NULS:
            return "utf-16-be"
    return "utf-8-sig"


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file, or of the content of a gzip archive.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    bytes
        At most 64 KiB.

    Raises
    ------
    TextError
        If a gzip archive is damaged.
    OSError
        As `galviz.files.reading.open_regular`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv.gz")
    ...     _ = path.write_bytes(gzip.compress(b"objID,z"))
    ...     read_head(path)
    b'objID,z'
    """
    with open_regular(path) as file:
        head = file.read(_HEAD_BYTES)
        if not head.startswith(GZIP):
            return head
        file.seek(0)
        return next(unpack(file), b"")[:_HEAD_BYTES]


def unpack(file: BinaryIO) -> Iterator[bytes]:
    """Unpack a gzip archive in chunks.

    Raises
    ------
    TextError
        If it is damaged, or unpacks to more than 2 GiB or to 200 times its size.

    Examples
    --------
    >>> b"".join(unpack(io.BytesIO(gzip.compress(b"objID"))))
    b'objID'
    """
    archive, n_bytes = gzip.GzipFile(fileobj=file), 0
    while True:
        try:
            chunk = archive.read(CHUNK_BYTES)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TextError(None, "its gzip archive is damaged or was cut short", "download it again") from error
        n_bytes += len(chunk)
        if n_bytes > MIN_BYTES_FOR_RATIO and n_bytes > MAX_RATIO * file.tell():
            problem = f"its gzip archive unpacks to more than {MAX_RATIO} times its size"
            raise TextError(None, problem, "give the unpacked table")
        if n_bytes > MAX_UNPACKED_BYTES:
            problem = f"its gzip archive unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB"
            raise TextError(None, problem, "keep the rows that you need, or write the table as Parquet")
        if not chunk:
            return
        yield chunk


class LineReader:
    r"""Reads a text file in blocks of lines, with line ends of Unix, Windows or old Macs.

    Parameters
    ----------
    file : binary file
        Open at its start.
    encoding : str
        See `detect_encoding`.
    gzipped : bool
        Whether the file is a gzip archive of the text.

    Attributes
    ----------
    ends : bool
        Whether the last line that was read has a line end.

    Examples
    --------
    >>> reader = LineReader(io.BytesIO(b"a,b\r\n1,2"), "utf-8-sig")
    >>> list(reader), reader.ends, reader.digest().hex()[:8]
    ([['a,b'], ['1,2']], False, 'a64a34aa')
    """

    def __init__(self, file: BinaryIO, encoding: str, *, gzipped: bool = False) -> None:
        self._raw = HashedReader(file)
        self._chunks = unpack(self._raw) if gzipped else iter(lambda: self._raw.read(CHUNK_BYTES), b"")
        self._encoding = encoding
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
        self._n_lines = 0
        self.ends = True

    def __iter__(self) -> Iterator[list[str]]:
        """Iterate over blocks of lines without their ends.

        Raises
        ------
        TextError
            If a line isn't text or far too long, or as `unpack`.
        OSError
            If the file can't be read.
        """
        rest = ""
        while True:
            chunk = next(self._chunks, b"")
            lines = (rest + self._decode(chunk)).split("\n")
            rest = lines.pop()
            if not chunk:
                self.ends = not rest
                lines += [rest] if rest else []
            self._n_lines += len(lines)
            if len(rest) > MAX_LINE_LENGTH:
                problem = f"the line is longer than {MAX_LINE_LENGTH >> 20} million characters: it isn't one of a table"
                raise TextError(self._n_lines + 1, problem, _SAVE_AS)
            if lines:
                yield lines
            if not chunk:
                return

    def digest(self) -> bytes:
        """SHA-256 of all bytes of the file; those that weren't read yet are read."""
        return self._raw.digest()

    def _decode(self, chunk: bytes) -> str:
        if self._encoding == "utf-8-sig" and b"\0" in chunk:
            raise TextError(None, *_BINARY)
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # Lines that end before the fault: those in the chunk, after those in earlier ones.
            before = error.object[: error.start].decode(self._encoding, errors="replace")
            line = self._n_lines + len(before.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
            byte = error.object[error.start]
            problem = f"its text isn't {_NAMES[self._encoding]} (byte 0x{byte:02x} on this line)"
            raise TextError(line, problem, _SAVE_AS) from error
        if "\0" in text:
            raise TextError(None, *_BINARY)
        return text


class HashedReader(io.RawIOBase):
    """Reads a file and computes the checksum of what was read.

    Examples
    --------
    >>> reader = HashedReader(io.BytesIO(b"abc"))
    >>> reader.read(1), reader.digest().hex()[:8]
    (b'a', 'ba7816bf')
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes."""
        content = self._file.read(size)
        self._hash.update(content)
        return content

    def tell(self) -> int:
        """Number of bytes read."""
        return self._file.tell()

    def digest(self) -> bytes:
        """SHA-256 of the whole file; what wasn't read yet is read."""
        while self.read(CHUNK_BYTES):
            pass
        return self._hash.digest()

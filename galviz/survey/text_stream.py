"""The bytes of a text file -> blocks of lines, with the checksum of the bytes; only one block is in memory."""

import codecs
import hashlib
import io
from collections.abc import Iterator
from typing import BinaryIO

# Bytes read at a time. As Python strings, the cells of a table take ten times the space of its bytes.
CHUNK_BYTES = 2**22
_SAVE_AS = "save the table as 'CSV UTF-8'"


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


class LineReader:
    r"""Reads a text file in blocks of lines, with line ends of Unix, Windows or old Macs.

    Parameters
    ----------
    file : binary file
        Open at its start.
    encoding : str
        Of Python, such as ``"utf-8-sig"``.

    Attributes
    ----------
    ends : bool
        Whether the last line that was read has a line end.

    Examples
    --------
    >>> reader = LineReader(io.BytesIO(b"a,b\r\n1,2"), "utf-8-sig")
    >>> list(reader), reader.ends, reader.digest().hex()[:8]
    ([['a,b', '1,2']], False, '0baa86ca')
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
        self._n_lines = 0
        self.ends = True

    def __iter__(self) -> Iterator[list[str]]:
        """Iterate over blocks of lines without their ends.

        Raises
        ------
        TextError
            If a line isn't text.
        OSError
            If the file can't be read.
        """
        rest = ""
        while True:
            chunk = self._file.read(CHUNK_BYTES)
            self._hash.update(chunk)
            text = rest + self._decode(chunk)
            lines = text.split("\n")
            rest = lines.pop()
            if not chunk:
                self.ends = not rest
                lines += [rest] if rest else []
            self._n_lines += len(lines)
            if lines:
                yield lines
            if not chunk:
                return

    def digest(self) -> bytes:
        """SHA-256 of all bytes of the file; those that weren't read yet are read."""
        while chunk := self._file.read(CHUNK_BYTES):
            self._hash.update(chunk)
        return self._hash.digest()

    def _decode(self, chunk: bytes) -> str:
        if b"\0" in chunk:
            raise TextError(
                None, "it contains NUL bytes: it is binary, not a CSV table", "save the table as 'CSV UTF-8'"
            )
        try:
            return self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            line = self._n_lines + before.count(b"\n") + 1
            problem = f"its text isn't UTF-8 (byte 0x{error.object[error.start]:02x} on this line)"
            raise TextError(line, problem, _SAVE_AS) from error

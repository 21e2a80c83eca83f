"""Checks of uploaded files before anything reads them: small files that would take much memory are refused."""

from pathlib import Path

from galviz.errors import shown
from galviz.files.signatures import file_kind
from galviz.survey.images import read_start

# For one of 20,000 images. Reading takes about 1 kB of memory per row.
MAX_ROWS, MAX_CELLS = 500_000, 50_000_000
_CHUNK_BYTES = 2**20
_FEWER = "keep the rows and columns that you need, or run galviz on your own machine"


class UploadError(ValueError):
    """Uploaded files can't be used; the message says which, why, and what to do."""


def check_uploaded(folder: Path, max_bytes: int) -> None:
    """Refuse files that the server must not read.

    Parameters
    ----------
    folder : pathlib.Path
        Of the files as they were uploaded, archives unpacked.
    max_bytes : int
        A gzip file may unpack to so many.

    Raises
    ------
    UploadError
        If there is an HDF5 file, whose library decompresses without a limit; if a gzip file unpacks to more than
        `max_bytes`; or if a table has more than half a million rows or 50 million cells.
    """
    from galviz.importing.source import HDF5_ENDINGS, TABLE_ENDINGS

    endings = tuple(ending for group in TABLE_ENDINGS for ending in group)
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        kind, name = file_kind(read_start(path)), path.name.lower()
        if kind == "an HDF5 file" or name.endswith(HDF5_ENDINGS):
            raise UploadError(f"HDF5 files can't be uploaded: import {shown(path.name)} on your own machine.")
        if kind == "a Parquet table":
            _check_parquet(path)
        elif kind == "a gzip archive" or name.endswith(endings):
            _check_lines(path, max_bytes, gzipped=kind == "a gzip archive")


def _check_parquet(path: Path) -> None:
    import pyarrow as pa

    from galviz.files.parquet import open_parquet

    try:
        with open_parquet(path) as parquet:
            metadata = parquet.metadata
    except (OSError, pa.ArrowException):
        return  # the import explains it
    if metadata.num_rows > MAX_ROWS or metadata.num_rows * metadata.num_columns > MAX_CELLS:
        size = f"{metadata.num_rows:,} rows of {metadata.num_columns:,} columns"
        raise UploadError(f"{shown(path.name)} has {size}, more than can be uploaded: {_FEWER}.")


def _check_lines(path: Path, max_bytes: int, *, gzipped: bool) -> None:
    """Count the lines of a text, and what a gzip file unpacks to."""
    from galviz.survey.text_stream import TextError, unpack

    n_bytes = n_lines = 0
    with path.open("rb") as file:
        chunks = unpack(file) if gzipped else iter(lambda: file.read(_CHUNK_BYTES), b"")
        try:
            for chunk in chunks:
                n_bytes += len(chunk)
                n_lines += max(chunk.count(b"\n"), chunk.count(b"\r"), chunk.count(b"<TR"))
                if n_bytes > max_bytes:
                    raise UploadError(f"{shown(path.name)} unpacks to more than {max_bytes >> 20} MB: {_FEWER}.")
                if n_lines > MAX_ROWS and not chunk.count(b"\0"):
                    raise UploadError(f"{shown(path.name)} has more than {MAX_ROWS:,} rows: {_FEWER}.")
        except TextError:
            return  # the import explains it

"""Opening Parquet files."""

import os
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq


def open_parquet(
    source: str | os.PathLike[str] | BinaryIO | pa.NativeFile, *, verify_checksums: bool = True, **options: object
) -> pq.ParquetFile:
    """Open a Parquet file without threads of Arrow: one that is alive as Python exits can abort it (arrow#34314).

    Read from it with ``use_threads=False`` for the same reason.

    Parameters
    ----------
    source : path-like or file
    verify_checksums : bool
        Whether to compare pages with their checksums, if the file has them.
    **options
        Of `pyarrow.parquet.ParquetFile`.

    Returns
    -------
    pyarrow.parquet.ParquetFile

    Raises
    ------
    OSError, pyarrow.ArrowException
        If it can't be read, or isn't a Parquet file; reading may raise them too.

    Examples
    --------
    >>> file = pa.BufferOutputStream()
    >>> pq.write_table(pa.table({"z": [0.1]}), file)
    >>> open_parquet(pa.BufferReader(file.getvalue())).read(use_threads=False).to_pylist()
    [{'z': 0.1}]
    """
    return pq.ParquetFile(source, pre_buffer=False, page_checksum_verification=verify_checksums, **options)

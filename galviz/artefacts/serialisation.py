"""Bytes of safetensors and Parquet files whose metadata is JSON under ``galviz``."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

_KEY = "galviz"
# What the functions below raise for bytes that are something else, and what reading a file may raise.
UNREADABLE = (OSError, SafetensorError, pa.ArrowException, KeyError, TypeError, ValueError)


def encode_arrays(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> bytes:
    """Encode arrays and metadata as a safetensors file.

    Examples
    --------
    >>> arrays, metadata = decode_arrays(encode_arrays({"a": np.arange(3)}, {"unit": "dex"}))
    >>> arrays["a"].tolist(), metadata
    ([0, 1, 2], {'unit': 'dex'})
    """
    # Safetensors writes memory as it lies, column by column too, and would read it back row by row.
    contiguous = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    return save_arrays(contiguous, metadata={_KEY: json.dumps(metadata)})


def decode_arrays(raw: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Decode a file by `encode_arrays`; raises one of `UNREADABLE` if it is something else."""
    arrays = load_arrays(raw)
    # The header is JSON, as long as the first eight bytes say; safetensors gives its metadata of files on disk alone.
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    return arrays, json.loads(header["__metadata__"][_KEY])


def encode_table(table: pa.Table, metadata: Mapping[str, Any], **options: Any) -> bytes:  # noqa: ANN401 (pyarrow's)
    """Encode a table and metadata as a Parquet file.

    Parameters
    ----------
    table : pyarrow.Table
        Its own metadata is dropped.
    metadata : mapping
        Anything that JSON can hold.
    **options
        Of `pyarrow.parquet.write_table`.
    """
    stream = io.BytesIO()
    table = table.replace_schema_metadata({_KEY: json.dumps(metadata)})
    pq.write_table(table, stream, use_dictionary=False, write_statistics=False, **options)
    return stream.getvalue()


def decode_table(raw: bytes) -> tuple[pa.Table, dict[str, Any]]:
    """Decode a file by `encode_table`; raises one of `UNREADABLE` if it is something else."""
    table = pq.read_table(pa.BufferReader(raw))
    return table, json.loads((table.schema.metadata or {})[_KEY.encode()])

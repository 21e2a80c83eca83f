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

from galviz.files.parquet import open_parquet

_KEY = "galviz"
# Exceptions of the functions below for bytes of another format, and of reading a file.
UNREADABLE = (OSError, SafetensorError, pa.ArrowException, KeyError, TypeError, ValueError)


def encode_arrays(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> bytes:
    """Encode arrays and metadata as a safetensors file.

    Examples
    --------
    >>> arrays, metadata = decode_arrays(encode_arrays({"a": np.arange(3)}, {"unit": "dex"}))
    >>> arrays["a"].tolist(), metadata
    ([0, 1, 2], {'unit': 'dex'})
    """
    # Safetensors writes memory as it is, so arrays in Fortran order would be read back wrong.
    contiguous = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    return save_arrays(contiguous, metadata={_KEY: json.dumps(metadata)})


def decode_arrays(raw: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Decode the bytes of `encode_arrays`; raises one of `UNREADABLE` if they are something else.

    Examples
    --------
    >>> decode_arrays(encode_arrays({"a": np.zeros(2)}, {}))
    ({'a': array([0., 0.])}, {})
    """
    arrays = load_arrays(raw)
    # The first eight bytes are the length of the JSON header; safetensors returns its metadata only for files.
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

    Examples
    --------
    >>> encode_table(pa.table({"objID": ["12"]}), {"unit": "dex"})[:4]
    b'PAR1'
    """
    stream = io.BytesIO()
    table = table.replace_schema_metadata({_KEY: json.dumps(metadata)})
    pq.write_table(table, stream, use_dictionary=False, write_statistics=False, **options)
    return stream.getvalue()


def decode_table(raw: bytes) -> tuple[pa.Table, dict[str, Any]]:
    """Decode the bytes of `encode_table`; raises one of `UNREADABLE` if they are something else.

    Examples
    --------
    >>> table, metadata = decode_table(encode_table(pa.table({"objID": ["12"]}), {"unit": "dex"}))
    >>> table.to_pylist(), metadata
    ([{'objID': '12'}], {'unit': 'dex'})
    """
    table = open_parquet(pa.BufferReader(raw)).read(use_threads=False)
    return table, json.loads((table.schema.metadata or {})[_KEY.encode()])

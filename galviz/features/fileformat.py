"""The format of features files: Parquet with one row per galaxy.

The columns are ``objID`` (string), ``prediction`` (float32; absent if the network predicts no label) and one per layer,
named after it: a fixed-size list of float16. Half precision rounds by at most one part in 2,048 and halves the file.
The metadata of the schema has JSON under ``galviz``: the version of the format, the names of the layers, the
provenance, checksums of all values and of each column, and a checksum of the JSON itself.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from galviz.errors import quoted
from galviz.files.parquet import open_parquet
from galviz.files.writing import atomic_write

ID, PREDICTION = "objID", "prediction"
KEY = b"galviz"
_FORMAT = 1


class FormatError(ValueError):
    """A Parquet file that isn't in the format.

    Attributes
    ----------
    problem : str
        A clause that follows the name of the file.
    remedy : str or None
        What to do; None if the file should be made again.
    """

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True)
class Contents:
    """The metadata of a features file.

    Attributes
    ----------
    layers : list of str
    provenance : dict of str to str
    predicts : bool
        Whether there is a column of predictions.
    content_sha256 : str
        Checksum of all columns.
    column_sha256 : dict of str to str
        Checksum of each column; empty in files of earlier versions.
    """

    layers: list[str]
    provenance: dict[str, str]
    predicts: bool
    content_sha256: str
    column_sha256: dict[str, str]

    @property
    def head(self) -> list[str]:
        """The columns that aren't layers."""
        return [ID, PREDICTION] if self.predicts else [ID]


def write_feature_file(
    path: str | os.PathLike[str],
    ids: Sequence[str],
    layers: Mapping[str, np.ndarray],
    predictions: np.ndarray | None,
    provenance: Mapping[str, str],
) -> None:
    """Write a features file, whole or not at all.

    Parameters
    ----------
    path : path-like
    ids : sequence of str, length n
    layers : mapping of str to ndarray of float16, shape (n, n_channels)
    predictions : ndarray of float32, shape (n,), or None
    provenance : mapping of str to str

    Raises
    ------
    OSError
        If the file can't be written; an existing file is left unchanged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_feature_file(f"{folder}/f.parquet", ["12"], {"features": np.ones((1, 2), np.float16)}, None, {})
    ...     pq.read_table(f"{folder}/f.parquet").column_names
    ['objID', 'features']
    """
    columns = {ID: pa.array(ids, pa.string())}
    if predictions is not None:
        columns[PREDICTION] = pa.array(predictions)
    content, column_sha256 = hashlib.sha256(), {}
    for name, values in ((ID, ids), *([] if predictions is None else [(PREDICTION, predictions)]), *layers.items()):
        if name in layers:
            columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        written = column_bytes(values)
        content.update(written)
        column_sha256[name] = hashlib.sha256(written).hexdigest()
    contents = {
        "format": _FORMAT,
        "layers": list(layers),
        "content_sha256": content.hexdigest(),
        "column_sha256": column_sha256,
        **({"predictions": False} if predictions is None else {}),
        "provenance": dict(provenance),
    }
    contents["sha256"] = _json_sha256(contents)
    table = pa.table(columns).replace_schema_metadata({KEY: json.dumps(contents, sort_keys=True)})
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        pq.write_table(
            table,
            stream,
            compression="zstd",
            # Separates first and second bytes of the numbers, which zstd then compresses a tenth smaller.
            use_byte_stream_split=[f"{name}.list.element" for name in layers],
            use_dictionary=False,
            write_statistics=False,
            write_page_checksum=True,
        )


def parse_contents(schema: pa.Schema, *, verified: bool) -> Contents:
    """Parse the metadata of a features file, and compare it with the columns.

    Parameters
    ----------
    schema : pyarrow.Schema
    verified : bool
        Whether the whole file has been compared with a checksum; if so, the checksum of the metadata is skipped.

    Raises
    ------
    FormatError
        If it isn't the schema of a features file.

    Examples
    --------
    >>> parse_contents(pa.schema([("objID", pa.string())]), verified=False)
    Traceback (most recent call last):
    galviz.features.fileformat.FormatError: is a Parquet table of another kind: its metadata has no key 'galviz'
    """
    if KEY not in (schema.metadata or {}):
        raise FormatError("is a Parquet table of another kind: its metadata has no key 'galviz'")
    try:
        metadata = json.loads(schema.metadata[KEY])
        if metadata["format"] > _FORMAT:
            raise FormatError(f"has format {metadata['format']}, and this galviz reads {_FORMAT}", "update galviz")
        digest = metadata.pop("sha256", None)  # absent in files of earlier versions
        contents = Contents(
            layers=[str(name) for name in metadata["layers"]],
            provenance=dict(metadata["provenance"]),
            predicts=metadata.get("predictions", True) is not False,
            content_sha256=metadata.get("content_sha256", ""),
            column_sha256=dict(metadata.get("column_sha256", {})),
        )
    except FormatError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError("has galviz metadata that can't be read") from error
    if not verified and digest not in (None, _json_sha256(metadata)):
        raise FormatError("is damaged: its galviz metadata doesn't match its checksum")
    for name in (*contents.head, *contents.layers):
        if schema.get_field_index(name) < 0:
            raise FormatError(f"has no column {quoted(name)}")
        kind = schema.field(name).type
        is_layer = pa.types.is_fixed_size_list(kind) and kind.value_type == pa.float16()
        if not {ID: kind == pa.string(), PREDICTION: kind == pa.float32()}.get(name, is_layer):
            raise FormatError(f"has a column {quoted(name)} of type {kind}, which galviz doesn't write")
    return contents


def has_only_own_columns(path: str | os.PathLike[str], layers: Iterable[str]) -> bool:
    """Whether a features file has only galviz's columns and metadata, without additions by other programs.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pq.write_table(pa.table({"objID": ["12"], "notes": ["mine"]}), f"{folder}/f.parquet")
    ...     has_only_own_columns(f"{folder}/f.parquet", ["features"])
    False
    """
    with open_parquet(path) as parquet:
        schema = parquet.schema_arrow
    own_columns = {ID, PREDICTION, *layers}
    return set(schema.names) == own_columns and set(schema.metadata or {}) <= {KEY, b"ARROW:schema"}


def column_bytes(values: np.ndarray | list[str]) -> bytes:
    """Encode a column for its checksum.

    Examples
    --------
    >>> column_bytes(["12", "34"])
    b'["12", "34"]'
    """
    return json.dumps(values).encode() if isinstance(values, list) else values.tobytes()


def _json_sha256(metadata: dict[str, Any]) -> str:
    """Checksum of JSON content, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()

"""A Parquet file -> its columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pyarrow as pa

from galviz.files.parquet import open_parquet
from galviz.survey.typed_table import TypedTable, UnreadableError, is_single

_WRITE_AGAIN = "write it again: pandas.DataFrame(…).to_parquet('master.parquet')"


class ParquetTable(TypedTable):
    """A Parquet file; columns of lists and of other nested values are left out."""

    def _describe(self, file: BinaryIO) -> tuple[list[str], int]:
        with _errors():
            parquet = open_parquet(file)
            schema = parquet.schema_arrow
            self.leave_out([field.name for field in schema if not is_single(field.type)])
            return [field.name for field in schema if is_single(field.type)], parquet.metadata.num_rows

    def _read_columns(self, file: BinaryIO, n_rows: int | None) -> Iterator[pa.ChunkedArray]:
        with _errors():
            # Texts as dictionaries: a small file may hold a long text many times.
            texts = [field.name for field in open_parquet(file).schema_arrow if _is_text(field.type)]
            file.seek(0)
            parquet = open_parquet(file, read_dictionary=texts)
            if n_rows is not None:
                batches = parquet.iter_batches(n_rows, columns=self._names, use_threads=False)
                head = pa.Table.from_batches([next(batches)])
                yield from (head.column(name) for name in self._names)
                return
            # One by one: the whole table would be in memory twice.
            for name in self._names:
                yield parquet.read([name], use_threads=False).column(name)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_binary(kind)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        # Arrow's errors about the content of a file have no errno, even if they are OSErrors.
        if getattr(error, "errno", None) is not None:
            raise
        raise UnreadableError("it isn't a complete Parquet file, or is damaged", _WRITE_AGAIN) from error

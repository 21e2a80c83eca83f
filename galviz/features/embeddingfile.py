"""Reading embeddings computed by other programs, as object ids and an array; ambiguous files are refused."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from galviz.errors import describe_unknown_id, listed, quoted
from galviz.features.features import FeaturesError
from galviz.features.file import ID
from galviz.files.parquet import open_parquet
from galviz.files.reading import read_regular
from galviz.survey.table import describe_cut

# The first lines, cell by cell: with a header, pandas would rename columns of equal names, and take the first cells as
# an index if rows have more cells than it; without one, such rows are an error.
_AS_WRITTEN = {"header": None, "nrows": 2, "dtype": str, "encoding": "utf-8-sig", "keep_default_na": False}
_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class EmbeddingRows:
    """The rows of an embedding, in the order of the file.

    Attributes
    ----------
    ids : list of str
    array : ndarray
        Not validated yet.
    read_from : str
        A description of the columns or the array.
    note : str
        A sentence about what may be wrong with the file, or empty.
    """

    ids: list[str]
    array: np.ndarray
    read_from: str
    note: str = ""


def read_embedding(file: Path, id_column: str, columns: Sequence[str] | None, ids: Path | None) -> EmbeddingRows:
    """Read a file of an embedding; see `galviz.features.importing.import_features`.

    Raises
    ------
    FeaturesError
        If it can't be read, or it isn't clear which columns or array are the embedding.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "embedding.csv"
    ...     pd.DataFrame({"objID": ["12", "34"], "dim_0": [0.5, 1.5]}).to_csv(file, index=False)
    ...     rows = read_embedding(file, "objID", None, None)
    >>> rows.ids, rows.array.tolist()
    (['12', '34'], [[0.5], [1.5]])
    """
    content = _read(file)
    readers = {".parquet": _read_parquet, ".csv": _read_csv, ".npz": _read_npz, ".npy": _read_npy}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise FeaturesError(f"{file} must end in {listed(sorted(readers))}. Rename it to match its format.")
    if (ids is None) == (reader is _read_npy):
        raise FeaturesError("ids must be given for a .npy file, and only for that: other files contain ids.")
    if reader is _read_npy and columns is not None:
        raise FeaturesError(f"{file} is a single array and has no columns to choose from. Omit --columns.")
    return _read_npy(content, file, ids) if ids is not None else reader(content, file, id_column, columns)


def _read(file: Path) -> bytes:
    try:
        return read_regular(file)
    except FileNotFoundError as error:
        raise FeaturesError(f"There is no file {file}. Check the path.") from error
    except OSError as error:
        raise FeaturesError(f"{file} can't be read: {error.strerror}. Check the path.") from error


def _read_parquet(content: bytes, file: Path, id_column: str, columns: Sequence[str] | None) -> EmbeddingRows:
    try:
        parquet = open_parquet(io.BytesIO(content))
        _check_names(parquet.schema_arrow.names, id_column, file)
        table = parquet.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FeaturesError(f"{file} isn't a Parquet table, or is damaged. Write it again.") from error
    ids = _id_texts(table.column(id_column).to_pylist(), f"column {quoted(id_column)} of {file}")
    kinds = {name: table.schema.field(name).type for name in table.column_names if name != id_column}
    lists = [name for name, kind in kinds.items() if _is_list(kind)]
    numbers = [name for name, kind in kinds.items() if pa.types.is_floating(kind) or pa.types.is_integer(kind)]
    if columns is None and lists:
        if len(lists) > 1:
            raise FeaturesError(f"{file} has several columns of lists: {listed(lists)}. Name one with --columns.")
        columns = lists
    chosen = _choose(list(kinds), numbers, columns, file)
    if len(chosen) == 1 and chosen[0] in lists:
        column = table.column(chosen[0]).combine_chunks()
        sizes = set(column.drop_null().value_lengths().to_pylist()) if len(column) else set()
        if column.null_count or len(sizes) > 1:
            raise FeaturesError(f"{file} must have lists of equal length in all rows of {quoted(chosen[0])}.")
        flat = column.flatten().to_numpy(zero_copy_only=False)
        size = sizes.pop() if sizes else 0
        return EmbeddingRows(ids, flat.reshape(len(ids), size), f"column {chosen[0]}")
    if wrong := [name for name in chosen if name not in numbers]:
        raise _not_numbers(file, wrong, f"{kinds[wrong[0]]} there")
    parts = [table.column(name).to_numpy() for name in chosen]
    return EmbeddingRows(ids, np.stack(parts, axis=1), _describe(chosen))


def _is_list(kind: pa.DataType) -> bool:
    any_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return any_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def _read_csv(content: bytes, file: Path, id_column: str, columns: Sequence[str] | None) -> EmbeddingRows:
    try:
        _check_names(list(pd.read_csv(io.BytesIO(content), **_AS_WRITTEN).iloc[0]), id_column, file)
        # Ids as text, because floats would round long ones.
        table = pd.read_csv(io.BytesIO(content), dtype={id_column: str}, encoding="utf-8-sig", keep_default_na=True)
    except FeaturesError:
        raise
    except (ValueError, IndexError) as error:  # pandas' own are ValueErrors
        raise FeaturesError(f"{file} can't be read as CSV ({str(error).strip()}). Write it again.") from error
    ids = _id_texts([None if cell is np.nan else cell for cell in table[id_column]], f"column {quoted(id_column)}")
    is_numeric, is_bool = pd.api.types.is_numeric_dtype, pd.api.types.is_bool_dtype
    numbers = [name for name in table if name != id_column and is_numeric(table[name]) and not is_bool(table[name])]
    chosen = _choose([name for name in table if name != id_column], numbers, columns, file)
    if wrong := [name for name in chosen if name not in numbers]:
        column = table[wrong[0]]
        row = (column.notna() & pd.to_numeric(column, errors="coerce").isna()).argmax()
        raise _not_numbers(file, wrong, f"{quoted(str(column[row]))} for {ids[row]}")
    return EmbeddingRows(ids, table[chosen].to_numpy(), _describe(chosen), describe_cut(content, file.name))


def _read_npz(content: bytes, file: Path, id_column: str, columns: Sequence[str] | None) -> EmbeddingRows:
    arrays = _load_numpy(content, file)
    if isinstance(arrays, np.ndarray):
        raise FeaturesError(f"{file} must be an .npz; got a single array. Rename it to .npy, and give its ids: --ids.")
    _check_names(list(arrays), id_column, file)
    tables = [name for name, array in arrays.items() if name != id_column and array.ndim >= 2]
    chosen = tables if columns is None else _choose([name for name in arrays if name != id_column], [], columns, file)
    if len(chosen) != 1:
        raise FeaturesError(f"{file} must have one array of shape (n, channels); got {listed(chosen) or 'none'}.")
    ids = _id_texts(arrays[id_column].ravel().tolist(), f"array {quoted(id_column)} of {file}")
    return EmbeddingRows(ids, arrays[chosen[0]], f"array {chosen[0]}")


def _read_npy(content: bytes, file: Path, ids: Path) -> EmbeddingRows:
    values = _load_numpy(content, file)
    if not isinstance(values, np.ndarray):
        raise FeaturesError(f"{file} must be a single array; got an .npz. Rename it to .npz.")
    id_content = _read(ids)
    if ids.suffix.lower() == ".npy":
        id_array = _load_numpy(id_content, ids)
        return EmbeddingRows(_id_texts(id_array.ravel().tolist(), str(ids)), values, "the array")
    # One per line, because ids such as NGC 1234 contain spaces.
    lines = [line.strip() for line in id_content.decode("utf-8-sig", errors="replace").splitlines() if line.strip()]
    return EmbeddingRows(lines[1:] if lines[:1] == [ID] else lines, values, "the array")


def _load_numpy(content: bytes, file: Path) -> "np.ndarray | dict[str, np.ndarray]":
    try:
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
        return loaded if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except Exception as error:  # a broken zip archive raises many types
        if "allow_pickle" in str(error):
            raise FeaturesError(
                f"{file} holds Python objects as a pickle, and reading it can run any code. Save ids as text, "
                "np.array(ids, dtype=str), and numbers as floats."
            ) from error
        raise FeaturesError(f"{file} isn't a NumPy file, or is damaged. Write it again.") from error


def _check_names(names: Sequence[str], id_column: str, file: Path) -> None:
    if twice := sorted({str(name) for name in names if list(names).count(name) > 1}):
        raise FeaturesError(f"{file} must have one column of each name; {listed(twice, at_most=3)} comes twice.")
    if id_column not in names:
        raise FeaturesError(
            f"{file} must have ids in {quoted(id_column)}; it has {listed(names)}. Name their column: --id-column."
        )


def _choose(names: list[str], numbers: list[str], columns: Sequence[str] | None, file: Path) -> list[str]:
    """Choose the columns of the embedding."""
    if columns is None:
        stems = {(match := _NUMBERED.fullmatch(name)) and match[1] for name in numbers}
        if not numbers or len(stems) != 1 or None in stems:
            available = f"columns of numbers {listed(numbers)}" if numbers else "no columns of numbers"
            raise FeaturesError(
                f"{file} has {available}: it isn't clear which are the embedding. Name them, as in --columns 'feat_*'."
            )
        # With those that aren't numbers, so that they are reported and not left out: one bad cell makes a column text.
        return [name for name in names if (match := _NUMBERED.fullmatch(name)) and match[1] in stems]
    chosen = []
    for pattern in columns:
        prefix = pattern[:-1] if pattern.endswith("*") else None
        matching = [name for name in names if name == pattern or (prefix is not None and name.startswith(prefix))]
        if not matching:
            raise FeaturesError(f"{file} has no column {describe_unknown_id(pattern, names)}.")
        chosen += [name for name in matching if name not in chosen]
    return chosen


def _not_numbers(file: Path, columns: Sequence[str], value: str) -> FeaturesError:
    return FeaturesError(
        f"{file} must have numbers in {listed(columns, at_most=3)}; got {value}. Correct it, or choose other columns "
        "with --columns."
    )


def _describe(columns: Sequence[str]) -> str:
    return f"{len(columns)} columns, {columns[0]} … {columns[-1]}" if len(columns) > 1 else f"column {columns[0]}"


def _id_texts(ids: Sequence[object], where: str) -> list[str]:
    """Convert ids to text; floats are refused, because they round long ids."""
    for object_id in ids:
        if not isinstance(object_id, str | int) or isinstance(object_id, bool) or object_id == "":
            value = "no id" if object_id in (None, "") else f"{object_id!r}, a {type(object_id).__name__}"
            raise FeaturesError(f"{where} must hold ids as text or whole numbers; got {value}. Write them as text.")
    return [str(object_id) for object_id in ids]

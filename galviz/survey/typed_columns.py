"""A column that has a type already, as in Parquet or FITS -> what `read_column` makes of the same cells as text."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from galviz.survey.columns import Column
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.number_parsing import MAX_EXACT_INTEGER

_BLOCK_SIZE = 4096  # cells


def can_stay_typed(array: pa.ChunkedArray) -> bool:
    """Whether `read_typed_column` reads a column; others are read as text.

    Parameters
    ----------
    array : pyarrow.ChunkedArray

    Returns
    -------
    bool
        True for float64, for int64 that a float64 holds exactly, and for booleans without missing values.

    Examples
    --------
    >>> can_stay_typed(pa.chunked_array([[1, None, 2]])), can_stay_typed(pa.chunked_array([[2**53 + 1]]))
    (True, False)
    """
    if pa.types.is_boolean(array.type):
        return not array.null_count
    if pa.types.is_int64(array.type):
        limits = pc.min_max(array)
        lowest, highest = limits["min"].as_py(), limits["max"].as_py()
        return lowest is None or (-MAX_EXACT_INTEGER <= lowest and highest <= MAX_EXACT_INTEGER)
    return pa.types.is_float64(array.type)


def read_typed_column(name: str, array: pa.ChunkedArray) -> Column:
    """Find the missing values of a typed column.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
        See `can_stay_typed`.

    Returns
    -------
    Column
        As `galviz.survey.columns.read_column` returns it for `cell_texts`.

    Examples
    --------
    >>> column = read_typed_column("log_mass", pa.chunked_array([[9.5, None, -9999.0, 11.2]]))
    >>> column.cells.tolist(), column.missing
    ([9.5, nan, nan, 11.2], {'': 1, '-9999.0': 1})
    """
    if pa.types.is_boolean(array.type):
        return Column(array.to_numpy(), {})
    numbers = array.cast(pa.float64()).to_numpy()
    result = find_missing_numbers(name, numbers)
    possible = _count(array, result.possible)
    if result.missing.any():
        return Column(np.where(result.missing, np.nan, numbers), _count(array, result.missing), None, possible)
    return Column(array.to_numpy() if pa.types.is_int64(array.type) else numbers, {}, None, possible)


def cell_texts(array: pa.ChunkedArray) -> list[str]:
    """The cells of a column as a CSV file has them; those without a value are empty.

    Examples
    --------
    >>> cell_texts(pa.chunked_array([[0.1, None, float("nan")]])), cell_texts(pa.chunked_array([[True, None]]))
    (['0.1', '', ''], ['True', ''])
    """
    return ["" if cell is None or cell != cell else str(cell) for cell in array.to_pylist()]


def as_blocks(cells: list[str]) -> list[str]:
    r"""Join cells to blocks of thousands, one per line; see `galviz.survey.table_file.Table`.

    Examples
    --------
    >>> as_blocks(["a", "b"])
    ['a\nb']
    """
    return ["\n".join(cells[start : start + _BLOCK_SIZE]) for start in range(0, len(cells), _BLOCK_SIZE)]


def _count(array: pa.ChunkedArray, mask: np.ndarray) -> dict[str, int]:
    """The cells where a mask is True, as text, and how often each occurs."""
    if not mask.any():
        return {}
    return dict(Counter(cell_texts(array.filter(pa.array(mask)))).most_common())

"""The catalogue of a large survey as Parquet, column by column: numbers keep all digits, all else stays text."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from galviz.importing.importplan import ImportPlan
from galviz.survey.named_missing import NamedMissing
from galviz.survey.table import ID_COLUMN, Table

PARQUET_NAME = "master.parquet"
# Integers and decimal numbers as programs write them: no leading zeros, which are codes, no plus sign and no words.
_INTEGER = r"^-?(0|[1-9][0-9]{0,14})$"
_DECIMAL = r"^-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
_MAX_EXACT = 2**53


def write_parquet(
    plan: ImportPlan, table: Table | None, path: Path, left_out: set[str], named: NamedMissing, blanked: Counter[str]
) -> None:
    r"""Write the catalogue of a plan.

    Parameters
    ----------
    plan : ImportPlan
    table : Table or None
        The source's table; its columns are removed as they are written, to free their memory.
    path : pathlib.Path
    left_out : set of str
        Ids of galaxies to leave out.
    named : NamedMissing
        Values that become missing.
    blanked : Counter of str
        Is filled with the number of these per column.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.importing.plan import plan_import
    >>> from galviz.survey.table import open_table
    >>> with tempfile.TemporaryDirectory() as name:
    ...     path = Path(name, "t.csv")
    ...     _ = path.write_text("id,p\n17,0.5\n18,0.6\n")
    ...     Path(name, "17.jpg").touch()
    ...     Path(name, "18.jpg").touch()
    ...     plan, table = plan_import(name), open_table(path).read("id")
    ...     write_parquet(plan, table, Path(name, "master.parquet"), {"17"}, NamedMissing(), Counter())
    ...     pq.read_table(f"{name}/master.parquet").to_pylist()
    [{'objID': '18', 'p': 0.6}]
    """
    kept = np.array([object_id not in left_out for object_id in plan.ids], dtype=bool)
    places = np.array(plan.places, dtype=np.int64)[kept]
    columns = {ID_COLUMN: pa.array([object_id for object_id in plan.ids if object_id not in left_out], pa.string())}
    for name in plan.columns:
        if name == plan.id_column:
            continue
        new_name = plan.renamed.get(name, name)
        if name in table.arrays:
            array = table.arrays.pop(name).take(pa.array(places))
            values = array.to_numpy() if pa.types.is_integer(array.type) or pa.types.is_floating(array.type) else None
            if named.numbers and values is not None:
                is_named = named.matches_numbers(values)
                blanked[new_name] += int(is_named.sum())
                array = pc.if_else(pa.array(is_named), pa.scalar(None, array.type), array)
        else:
            cells = [cell for block in table.take_blocks(name) for cell in block.split("\n")]
            array = typed([cells[place] for place in places], named, blanked, new_name)
            del cells
        columns[new_name] = array
    for name, cells in plan.added.items():
        columns[name] = pa.array([cell for cell, is_kept in zip(cells, kept, strict=True) if is_kept], pa.string())
    pq.write_table(pa.table(columns), path, compression="zstd")


def typed(cells: Sequence[str], named: NamedMissing, blanked: Counter[str], column: str) -> pa.Array:
    """Cells as integers or floats, if all are written like that, else as text; empty cells are missing.

    Examples
    --------
    >>> typed(["1", "", "20"], NamedMissing(), Counter(), "n").to_pylist()
    [1, None, 20]
    >>> typed(["007", "8"], NamedMissing(), Counter(), "code").to_pylist()
    ['007', '8']
    """
    if named:
        matching = {cell for cell in set(cells) if cell and named.matches(cell)}
        if matching:
            blanked[column] += sum(cell in matching for cell in cells)
            cells = ["" if cell in matching else cell for cell in cells]
    text = pa.array(cells, pa.string())
    present = pc.not_equal(text, "")
    text = pc.if_else(present, text, pa.scalar(None, pa.string()))
    if text.null_count == len(text):
        return text
    if pc.all(pc.match_substring_regex(text, _INTEGER)).as_py():
        return pc.cast(text, pa.int64())
    if (
        pc.all(pc.match_substring_regex(text, _DECIMAL)).as_py()
        and pc.all(pc.match_substring_regex(text, "[0-9]")).as_py()
    ):
        numbers = pc.cast(text, pa.float64())
        # A long integer among decimals would lose digits.
        if not pc.any(pc.greater_equal(pc.abs(numbers), _MAX_EXACT)).as_py():
            return numbers
    return text

"""A survey's table -> the catalogue: valid ids, typed columns and the label."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress

import pandas as pd
import pyarrow as pa

from galviz.survey.columns import Column, read_column
from galviz.survey.header import ID_COLUMN
from galviz.survey.identifiers import check_ids
from galviz.survey.label import Label, choose_label_column, describe_label, label_name
from galviz.survey.label_values import LabelValues, parse_label
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.mixed_columns import MixedColumn
from galviz.survey.named_missing import NamedMissing, parse_missing
from galviz.survey.problem import Problem, Problems
from galviz.survey.table_file import Table, TableFile
from galviz.survey.typed_columns import read_typed_column


@dataclass(frozen=True)
class Catalogue:
    """The content of master.csv.

    Attributes
    ----------
    frame : pandas.DataFrame or None
        One row per galaxy, index objID (str); None if there are problems.
    label : Label or None
        None if the catalogue has no label or has problems.
    lines : dict of str to int
        The line of each valid id, in the file's order.
    problems : sequence of Problem
    missing : dict of str to dict of str to int
        For each column with missing values, the cells that were read as missing, as they are written, and how often:
        ``{"log_mass": {"-9999": 6, "": 2}}``.
    mixed : dict of str to MixedColumn
        For each column of text that seems to be numeric or boolean, which cells prevent it.
    possibly_missing : dict of str to dict of str to int
        Cells that were read as values but may stand for missing ones; the form is that of `missing`.
    notes : list of str
        Sentences about what was recognised and skipped, and about what may be wrong with the file.
    digest : bytes
        SHA-256 of the file.
    bad_header : bool
        Whether a problem is that of the header or of the whole file: then the images needn't be checked.
    named_missing : bool
        Whether the content depends on the values that the user named as missing.
    """

    frame: pd.DataFrame | None
    label: Label | None
    lines: dict[str, int]
    problems: Sequence[Problem]
    missing: dict[str, dict[str, int]] = field(default_factory=dict)
    mixed: dict[str, MixedColumn] = field(default_factory=dict)
    possibly_missing: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    digest: bytes = b""
    bad_header: bool = False
    named_missing: bool = False


def read_catalogue(
    table_file: TableFile, label: str | None = None, *, missing: Iterable[str | float] = ()
) -> Catalogue:
    r"""Parse and validate master.csv.

    Parameters
    ----------
    table_file : TableFile
        See `galviz.survey.table.open_table`.
    label : str or None
        The label's column; see `galviz.survey.label.choose_label_column`. ``oh_p50`` is called ``metallicity`` in the
        catalogue.
    missing : iterable of str or number
        Further values that stand for missing ones in every column, such as ``("-1", "unknown")``.

    Returns
    -------
    Catalogue
        With all problems; invalid input doesn't raise. A column whose cells are all numbers becomes int64, or float64
        with NaN for missing values. True and False (or TRUE and FALSE, true and false, T and F) become bool. Integers
        beyond 2^53, which a float would corrupt, and integers with leading zeros stay text, which can have missing
        values too.

    Raises
    ------
    ValueError
        If `missing` isn't a list.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from galviz.survey.table import open_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "master.csv")
    ...     _ = path.write_text("objID,oh_p50,redshift\n1237648702973411443,8.75,0.02\n")
    ...     catalogue = read_catalogue(open_table(path))
    >>> catalogue.frame.loc["1237648702973411443"].to_dict()
    {'metallicity': 8.75, 'redshift': 0.02}
    """
    named = parse_missing(missing)
    if table_file.problems:
        return Catalogue(None, None, {}, list(table_file.problems), notes=list(table_file.notes), bad_header=True)
    table = table_file.read(ID_COLUMN)
    if ID_COLUMN not in table.columns:
        return Catalogue(None, None, {}, table.problems, notes=table.notes, digest=table.digest, bad_header=True)
    checked = check_ids(table.ids, file=table_file.name)
    problems = Problems(table.problems)
    problems.extend(checked.problems)
    label_column, label_problem = choose_label_column(table.columns, label, file=table_file.name)
    label_values = None
    if label_column is not None:
        cells = _label_cells(table, label_column)
        label_values = parse_label(label_column, cells, named, file=table_file.name)
        problems.extend(label_values.problems)
    if label_problem is not None:
        problems.append(label_problem)
    if problems:
        bad_header = label_problem is not None
        return Catalogue(
            None, None, checked.lines, problems, notes=table.notes, digest=table.digest, bad_header=bad_header
        )

    columns: dict[str, Column] = {}
    name_in_catalogue = None if label_column is None else label_name(label_column)
    for name in table.columns:
        # Free each column once it is read: a large table doesn't fit in memory twice.
        is_typed = name in table.arrays and name not in (label_column, ID_COLUMN)
        if is_typed and not _has_named(table.arrays[name], named):
            columns[name] = read_typed_column(name, table.arrays.pop(name))
            continue
        blocks = table.take_blocks(name)
        if name == label_column:
            columns[name_in_catalogue] = _read_label_column(name, blocks, label_values)
        elif name != ID_COLUMN:
            columns[name] = read_column(name, blocks, table.lines, named)
    index = pd.Index(list(checked.lines), dtype="str", name=ID_COLUMN)
    frame = pd.DataFrame({name: column.cells for name, column in columns.items()}, index=index, copy=False)
    return Catalogue(
        frame,
        None if name_in_catalogue is None else describe_label(name_in_catalogue, frame[name_in_catalogue].to_numpy()),
        checked.lines,
        problems=[],
        missing={name: column.missing for name, column in columns.items() if column.missing},
        mixed={name: column.mixed for name, column in columns.items() if column.mixed is not None},
        possibly_missing={name: column.possibly_missing for name, column in columns.items() if column.possibly_missing},
        notes=[*table.notes, *checked.notes],
        digest=table.digest,
        named_missing=any(column.named_missing for column in columns.values()),
    )


def _has_named(array: pa.ChunkedArray, named: NamedMissing) -> bool:
    """Whether a column of numbers has one that the user named as missing."""
    return bool(named.numbers) and bool(named.matches_numbers(array.to_numpy()).any())


def _label_cells(table: Table, column: str) -> list[tuple[int, str, str]]:
    """Line, id and label of each row."""
    return list(zip(table.lines, table.cells(ID_COLUMN), table.cells(column), strict=True))


def _read_label_column(name: str, blocks: list[str], label: LabelValues) -> Column:
    """The label's column, whose values are parsed already."""
    possible = find_missing_numbers(name, label.values).possible
    cells = (cell for block in blocks for cell in block.split("\n"))
    counts = dict(Counter(compress(cells, possible)).most_common())
    return Column(label.values, label.missing, possibly_missing=counts, named_missing=label.named_missing)

"""What the command import prints: the plan, a preview of the rows, and what was written."""

from itertools import islice

from galviz.errors import shown
from galviz.importing.plan import ImportPlan
from galviz.importing.writing import ImportResult
from galviz.survey.table import open_table

_N_EXAMPLES = 5
_MAX_COLUMNS, _MAX_CELL = 8, 24
_MAX_MISSING = 12  # columns with missing values that are listed


def describe_plan(plan: ImportPlan) -> list[str]:
    """What was chosen and recognised, in a few lines."""
    return [*_describe_choice(plan, f"{plan.n_galaxies:,}"), *(f"note      {note}" for note in plan.notes)]


def _describe_choice(plan: ImportPlan, galaxies: str) -> list[str]:
    table = "" if plan.table is None or plan.table.name == plan.source.name else f": {plan.table.name}"
    ids = "the images' names" if plan.id_column is None else plan.id_column
    return [
        f"source    {plan.source.name}{table}",
        f"galaxies  {galaxies}",
        f"ids       {ids}",
        f"images    {plan.image_column or 'as they are'}",
        f"label     {plan.label or 'none'}",
    ]


def preview_rows(plan: ImportPlan) -> list[str]:
    """The first rows of the catalogue, as a table of a terminal's width."""
    table = None if plan.table is None else open_table(plan.table).read(plan.id_column)
    columns = plan.survey_columns
    rows = [list(columns), *islice(plan.survey_rows(table), _N_EXAMPLES)]
    cells = [[shown(cell)[:_MAX_CELL] for cell in row[:_MAX_COLUMNS]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    more = len(columns) - _MAX_COLUMNS
    return [
        "",
        *lines,
        *([f"… and {more} more columns: {', '.join(map(shown, columns[_MAX_COLUMNS:]))}"] if more > 0 else []),
    ]


def describe_result(plan: ImportPlan, result: ImportResult) -> list[str]:
    """What was written, in a few lines."""
    lines = _describe_choice(plan, f"{result.n_galaxies:,} in {result.folder}")
    lines += [f"note      {note}" for note in result.notes]
    lines += [f"left out  {problem}" for problem in result.left_out[:_N_EXAMPLES]]
    if (more := len(result.left_out) - _N_EXAMPLES) > 0:
        lines.append(f"left out  … and {more:,} more: import.json lists them")
    for column, cells in list(result.missing.items())[:_MAX_MISSING]:
        lines.append(f"missing   {shown(column)}: {sum(cells.values()):,} of {result.n_galaxies:,}: {_counts(cells)}")
    if (more := len(result.missing) - _MAX_MISSING) > 0:
        lines.append(f"missing   … and values in {more} other columns")
    for column, cells in list(result.possibly_missing.items())[:_MAX_MISSING]:
        remedy = "read as values; name them with --missing if nothing was measured"
        lines.append(f"missing?  {shown(column)}: {_counts(cells)}: {remedy}")
    return lines


def _counts(cells: dict[str, int]) -> str:
    """Some cells, and how often each occurs."""
    return ", ".join(f"{shown(cell) or 'empty'} ({count:,})" for cell, count in list(cells.items())[:4])

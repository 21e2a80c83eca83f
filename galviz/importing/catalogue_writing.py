"""A plan -> the catalogue of a survey, written and read again to check it."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from galviz.importing.importplan import ImportPlan
from galviz.importing.parquet_writing import PARQUET_NAME, write_parquet
from galviz.survey.catalogue import Catalogue, read_catalogue
from galviz.survey.named_missing import NamedMissing, parse_missing
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME, open_table

# A larger catalogue is written as Parquet, which is read faster and in less memory.
MAX_CSV_ROWS = 100_000


def write_catalogue(plan: ImportPlan, folder: Path, left_out: set[str]) -> tuple[Catalogue, Counter[str]]:
    r"""Write a plan's catalogue, and read it again to check it.

    Parameters
    ----------
    plan : ImportPlan
    folder : pathlib.Path
    left_out : set of str
        Ids of galaxies that are left out.

    Returns
    -------
    catalogue : Catalogue
        Without problems.
    blanked : Counter of str
        For each column, the number of cells that were left empty because the user names their values as missing.

    Raises
    ------
    SurveyError
        If the table has changed since the plan was made, or the catalogue has problems, such as labels that are text.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.importing.plan import plan_import
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = Path(name, "t.csv").write_text("id,p\n17,0.5\n18,-77\n")
    ...     Path(name, "17.jpg").touch()
    ...     Path(name, "18.jpg").touch()
    ...     catalogue, blanked = write_catalogue(plan_import(name, missing=["-77"]), Path(name), set())
    >>> catalogue.frame["p"].tolist(), dict(blanked)
    ([0.5, nan], {'p': 1})
    """
    table = None
    if plan.table is not None:
        table = open_table(plan.table).read(plan.id_column)
        if table.problems or table.digest != plan.digest:
            problem, remedy = "the table has changed since it was checked", "start again"
            raise SurveyError(plan.table.name, [Problem(None, "", plan.table.name, problem, remedy)])
    named = parse_missing(plan.missing)
    blanked: Counter[str] = Counter()
    for name in (CATALOGUE_NAME, PARQUET_NAME):
        (folder / name).unlink(missing_ok=True)
    if len(plan.ids) - len(left_out) > MAX_CSV_ROWS:
        path = folder / PARQUET_NAME
        write_parquet(plan, table, path, left_out, named, blanked)
    else:
        path = folder / CATALOGUE_NAME
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(plan.survey_columns)
            rows = (row for row in plan.survey_rows(table) if row[0] not in left_out)
            writer.writerows(_without_missing(rows, plan.survey_columns, named, blanked) if named else rows)
    del table  # the catalogue is read again, and needs the memory
    catalogue = read_catalogue(open_table(path), plan.label)
    if catalogue.problems:
        name = plan.source.name if plan.table is None else plan.table.name
        problems = [
            Problem(problem.row, problem.object_id, name, problem.problem, problem.remedy)
            for problem in catalogue.problems
        ]
        raise SurveyError(name, problems)
    return catalogue, blanked


def _without_missing(
    rows: Iterator[list[str]], columns: Sequence[str], named: NamedMissing, blanked: Counter[str]
) -> Iterator[list[str]]:
    """The rows with empty cells in place of the numbers and words that stand for missing values."""
    for row in rows:
        for place in range(1, len(row)):
            if row[place] and named.matches(row[place]):
                row[place] = ""
                blanked[columns[place]] += 1
        yield row

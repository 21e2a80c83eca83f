"""A plan -> the catalogue of a survey, written and read again to check it."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from galviz.importing.importplan import ImportPlan
from galviz.survey.catalogue import Catalogue, read_catalogue
from galviz.survey.named_missing import parse_missing
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME, open_table


def write_catalogue(plan: ImportPlan, folder: Path, left_out: set[str]) -> tuple[Catalogue, Counter[str]]:
    """Write and check the catalogue; counts the cells that --missing names per column."""
    table = None
    if plan.table is not None:
        table = open_table(plan.table).read(plan.id_column)
        if table.problems or table.digest != plan.digest:
            problem, remedy = "the table has changed since it was checked", "start again"
            raise SurveyError(plan.table.name, [Problem(None, "", plan.table.name, problem, remedy)])
    columns = plan.survey_columns
    blanked: Counter[str] = Counter()
    path = folder / CATALOGUE_NAME
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        rows = (row for row in plan.survey_rows(table) if row[0] not in left_out)
        writer.writerows(_without_missing(rows, columns, plan.missing, blanked) if plan.missing else rows)
    del table
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
    rows: Iterator[list[str]], columns: Sequence[str], missing: Sequence[str], blanked: Counter[str]
) -> Iterator[list[str]]:
    """The rows with empty cells in place of the numbers and words that stand for missing values."""
    named = parse_missing(missing)
    for row in rows:
        for place in range(1, len(row)):
            if row[place] and named.matches(row[place]):
                row[place] = ""
                blanked[columns[place]] += 1
        yield row

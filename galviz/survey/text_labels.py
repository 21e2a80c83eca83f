"""A label column that doesn't hold plain numbers: classes, booleans, a repeated word, or numbers with separators."""

import shlex
from collections import Counter
from collections.abc import Sequence

from galviz.errors import quoted, shown
from galviz.survey.header import CATALOGUE_NAME
from galviz.survey.label import METALLICITY, SDSS_METALLICITY
from galviz.survey.number_separators import number_within, separator_in, separator_remedy
from galviz.survey.problem import Kind, Problem

_BOOLEANS = {"true", "false", "t", "f", "yes", "no"}
_MAX_SHOWN = 3


def find_wrong_column(
    column: str, wrong_cells: Sequence[tuple[int, str, str]], n_labels: int, file: str = CATALOGUE_NAME
) -> tuple[list[Problem], set[int]]:
    """Find what is wrong with the labels of many galaxies for the same reason.

    Parameters
    ----------
    column : str
    wrong_cells : sequence of (int, str, str)
        Line, id and label of each galaxy whose label isn't missing and isn't a number.
    n_labels : int
        Number of galaxies whose label isn't missing.
    file : str
        The name of the catalogue.

    Returns
    -------
    problems : list of Problem
        One for numbers with separators, one for text, and one for a repeated word among numbers.
    lines : set of int
        The lines that these problems explain.

    Examples
    --------
    >>> problems, lines = find_wrong_column("gz2_class", [(2, "a", "Er"), (3, "b", "Sb+t"), (4, "c", "Er")], 3)
    >>> problems[0].problem
    "the label gz2_class holds text ('Er', 'Sb+t'), and labels are numbers"
    """
    wrong = [(line, cell.strip()) for line, _, cell in wrong_cells]
    if len(wrong) < 2:
        return [], set()
    problems: list[Problem] = []
    explained: set[int] = set()
    separated = [(line, cell) for line, cell in wrong if separator_in(cell) is not None]
    if len(separated) > 1:
        line, first = separated[0]
        problem = (
            f"{len(separated):,} of {n_labels:,} labels {shown(column)} are numbers with separators, the first on "
            f"line {line}: {quoted(first)}"
        )
        remedy = separator_remedy(cell for _, cell in separated)
        problems.append(Problem(None, "", file, problem, remedy, kind=Kind.LABEL))
        explained.update(line for line, _ in separated)
    words = Counter(cell for line, cell in wrong if line not in explained)
    if words.total() == n_labels:
        return [Problem(None, "", file, *_describe_text(column, words), kind=Kind.LABEL)], {line for line, _ in wrong}
    # A single word beside numbers stands for a missing value, and several are mistakes.
    if len(words) == 1:
        ((word, count),) = words.items()
        if count > 1:
            lines = [line for line, cell in wrong if cell == word]
            problem = (
                f"{count:,} of {n_labels:,} labels {shown(column)} are {quoted(word)}, the first on line {lines[0]}, "
                "and labels are numbers"
            )
            option = f"--missing={shlex.quote(word)}"
            remedy = f"leave these cells empty if it stands for a missing value, or import the table with {option}"
            problems.append(Problem(None, "", file, problem, remedy, kind=Kind.LABEL))
            explained.update(lines)
    return problems, explained


def _describe_text(column: str, words: Counter[str]) -> tuple[str, str]:
    """Problem and remedy for a label that holds text alone."""
    examples = ", ".join(quoted(word) for word, _ in words.most_common(_MAX_SHOWN)) + ", …" * (len(words) > _MAX_SHOWN)
    what = "booleans" if {word.lower() for word in words} <= _BOOLEANS else "text"
    colour = "maps can be coloured by this column all the same"
    if column in (SDSS_METALLICITY, METALLICITY):
        remedy = f"rename the column, so that it isn't taken for the label; {colour}"
    else:
        remedy = f"load the survey without this label; {colour}"
    if number := number_within(next(iter(words))):
        remedy = f"write the numbers alone, such as {number} for {quoted(next(iter(words)))}, or {remedy}"
    if what == "booleans":
        remedy = f"write 1 and 0 if a network should learn it, or {remedy}"
    return f"the label {shown(column)} holds {what} ({examples}), and labels are numbers", remedy

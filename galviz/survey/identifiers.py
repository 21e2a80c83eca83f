"""The ids of master.csv: which can name a galaxy and its image, and what is wrong with the others."""

import re

from galviz.errors import quoted, shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.problems import Problem
from galviz.survey.rounding import find_rounded_ids

# An id is part of a file name: it can't point outside the images' folder, hide the file or need quoting in a shell.
_ID = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
# What pandas and spreadsheets write for a long integer that they read as a float: 1.2376e+18, 123.0.
# Digits and an e without a point or a plus sign, as in 12e34, may be a name.
_FLOAT = re.compile(r"[+-]?(\d+\.0*|\d+\.\d*[eE][+-]?\d+|\d+[eE]\+\d+)")
_IMAGE = re.compile(r".+(\.jpe?g|\.png)", re.IGNORECASE)
# Other words for a missing value, such as NA, may name a galaxy.
_MISSING = {"nan", "none", "null", "<na>", "n/a", "#n/a"}
_WRITE_AS_TEXT = f"write the catalogue again with {ID_COLUMN} as text (pandas: dtype={{'{ID_COLUMN}': str}})"


def check_ids(ids: list[tuple[int, str]]) -> tuple[dict[str, int], list[Problem]]:
    """Validate the ids of a catalogue.

    Parameters
    ----------
    ids : list of (int, str)
        Line and id of each row.

    Returns
    -------
    lines : dict of str to int
        The line of each valid id, in the file's order; empty if ids were rounded, because no id can be trusted then.
    problems : list of Problem
        One per invalid id; a single one for all ids that were rounded.

    Examples
    --------
    >>> lines, problems = check_ids([(2, "a"), (3, "b"), (4, "a")])
    >>> lines, problems[0].problem
    ({'a': 2, 'b': 3}, 'objID a is on line 2 already')
    """
    lines: dict[str, int] = {}
    problems = []
    for line, object_id in ids:
        fault = _fault(object_id)
        if fault is None and object_id in lines:
            fault = (f"{ID_COLUMN} {object_id} is on line {lines[object_id]} already", "remove one of the two rows")
        if fault is None:
            lines[object_id] = line
        else:
            problems.append(Problem(line, shown(object_id), CATALOGUE_NAME, *fault))
    rounded = find_rounded_ids([object_id for _, object_id in ids])
    if rounded is None:
        return lines, problems
    rounded_ids = {ids[position][1] for position in rounded.positions}
    first_line, first = ids[rounded.positions[0]]
    n_rounded = len(rounded.positions)
    counted = f"{n_rounded:,} of the" if n_rounded < rounded.n_long else "all"
    problem = (
        f"{counted} {rounded.n_long:,} long ids seem to have been rounded by {rounded.cause}, and may now be those of "
        f"other galaxies; the first, on line {first_line}, is {first}"
    )
    remedy = f"{_WRITE_AS_TEXT}; if the ids are right, put a letter before each, also in the images' names"
    other_problems = [other for other in problems if other.object_id not in rounded_ids]
    return {}, [Problem(None, "", CATALOGUE_NAME, problem, remedy), *other_problems]


def _fault(object_id: str) -> tuple[str, str] | None:
    """Problem and remedy for an invalid id."""
    if object_id.isascii() and object_id.isdigit():
        return None
    cell = quoted(object_id)
    if not object_id.strip():
        remedy = "write the name of the galaxy's image there, without .jpg, or remove the line if it isn't a galaxy"
        return f"{ID_COLUMN} is empty", remedy
    if object_id.strip().lower() in _MISSING:
        return f"{ID_COLUMN} {cell} stands for a missing value", "write the galaxy's id"
    if object_id != object_id.strip():
        return f"{ID_COLUMN} {cell} has spaces around it", "remove them"
    if _FLOAT.fullmatch(object_id):
        return f"{ID_COLUMN} {cell} is a number that a spreadsheet or a float has rounded", _WRITE_AS_TEXT
    if "/" in object_id or "\\" in object_id or ".." in object_id:
        return f"{ID_COLUMN} {cell} contains a path", "write only the image's name"
    if _IMAGE.fullmatch(object_id):
        return f"{ID_COLUMN} {cell} ends like a file name", "write the image's name without its ending"
    if not _ID.fullmatch(object_id):
        bare = object_id.removeprefix("=").strip("\"'")
        if object_id[0] in "='\"" and _ID.fullmatch(bare):
            return f"{ID_COLUMN} {cell} has a spreadsheet's quotation marks around it", f"write {shown(bare)}"
        remedy = "use only letters, digits and . _ + -, and don't begin with a dot"
        return f"{ID_COLUMN} {cell} can't be a file name", remedy
    return None

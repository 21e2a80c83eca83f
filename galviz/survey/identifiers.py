"""The ids of a catalogue: which can name a galaxy and its image, and what is wrong with the others."""

import re
import string
import unicodedata
from dataclasses import dataclass

from galviz.errors import quoted, shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.id_decorations import clean_ids
from galviz.survey.problem import Problem, Problems, SameCause
from galviz.survey.rounding import find_rounded_ids

# An id is part of a file name on Windows, macOS and Linux: it can't point outside the images' folder, hide the file or
# contain what separates ids in lists and addresses. Names such as NGC 1234 have spaces inside.
_ASCII_ID = re.compile(r"[A-Za-z0-9_+-]([A-Za-z0-9._+ -]*[A-Za-z0-9_+-])?")
_PLAIN_CHARACTERS = frozenset(string.ascii_letters + string.digits + "._+- ")
# What pandas and spreadsheets write for a long integer that they read as a float: 1.2376e+18, 123.0.
# Digits and an e without a point or a plus sign, as in 12e34, may be a name.
_FLOAT = re.compile(r"[+-]?(\d+\.0*|\d+\.\d*[eE][+-]?\d+|\d+[eE]\+\d+)", re.ASCII)
# Other words for a missing value, such as NA, may name a galaxy.
_MISSING = {"nan", "none", "null", "<na>", "n/a", "#n/a"}
# Letters that show nothing: fillers of Hangul and Khmer, and selectors of variants.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# The marks that set the direction of text.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REPEATED = "repeated id"
# A file's name has at most 255 bytes, with its ending and what names of temporary files add.
_MAX_BYTES = 200


@dataclass(frozen=True)
class CheckedIds:
    """The ids of a catalogue.

    Attributes
    ----------
    lines : dict of str to int
        The line of each valid id, in the file's order; empty if ids were rounded, because no id can be trusted then.
    problems : Problems
        One per invalid id; a single one for all ids that were rounded, and for each kind of decoration that can't be
        removed.
    notes : list of str
        What was removed from ids (`galviz.survey.id_decorations`), one sentence each.
    """

    lines: dict[str, int]
    problems: Problems
    notes: list[str]


def check_ids(ids: list[tuple[int, str]], *, column: str = ID_COLUMN, file: str = CATALOGUE_NAME) -> CheckedIds:
    """Clean and validate the ids of a catalogue.

    Parameters
    ----------
    ids : list of (int, str)
        Line and id of each row.
    column, file : str
        The names of the column and the file, for messages.

    Returns
    -------
    CheckedIds

    Examples
    --------
    >>> checked = check_ids([(2, "a"), (3, "b"), (4, "a"), (5, "NGC 1300.jpg")])
    >>> checked.lines, checked.problems[0].problem
    ({'a': 2, 'b': 3, 'NGC 1300': 5}, 'objID a is on line 2 already')
    """
    clean = clean_ids(ids, column=column, file=file)
    lines: dict[str, int] = {}
    invalid: dict[str, list[tuple[int, str]]] = {}  # by cause

    def describe(item: tuple[int, str]) -> Problem:
        line, object_id = item
        cause, problem, remedy = _find_fault(object_id, column) or (
            _REPEATED,
            f"{column} {shown(object_id)} is on line {lines[object_id]} already",
            "remove one of the two rows",
        )
        return Problem(line, shown(object_id), file, problem, remedy, cause)

    for line, object_id in clean.ids:
        if line in clean.ambiguous:
            continue
        if not _is_plain(object_id) and (fault := _find_fault(object_id, column)) is not None:
            invalid.setdefault(fault[0], []).append((line, object_id))
        elif lines.setdefault(object_id, line) != line:
            invalid.setdefault(_REPEATED, []).append((line, object_id))
    problems = Problems(clean.problems)
    for items in invalid.values():
        problems.extend(SameCause(items, describe))
    rounded = find_rounded_ids([object_id for _, object_id in clean.ids])
    if rounded is None:
        return CheckedIds(lines, problems, clean.notes)
    rounded_ids = {clean.ids[position][1] for position in rounded.positions}
    first_line, first = clean.ids[rounded.positions[0]]
    n_rounded = len(rounded.positions)
    counted = f"{n_rounded:,} of the" if n_rounded < rounded.n_long else "all"
    problem = (
        f"{counted} {rounded.n_long:,} long ids seem to have been rounded by {rounded.cause}, and may now be those of "
        f"other galaxies; the first, on line {first_line}, is {first}"
    )
    remedy = f"{_write_as_text(column)}; if the ids are right, put a letter before each, also in the images' names"
    other_problems = (other for other in problems if other.object_id not in rounded_ids)
    return CheckedIds({}, Problems([Problem(None, "", file, problem, remedy), *other_problems]), clean.notes)


def _write_as_text(column: str) -> str:
    return f"write the catalogue again with {column} as text (pandas: dtype={{'{column}': str}})"


def _is_plain(object_id: str) -> bool:
    """Whether an id is certainly valid; most are."""
    if not (object_id.isascii() and object_id.isalnum() and len(object_id) <= _MAX_BYTES):
        return False
    return object_id.isdigit() or object_id.lower() not in _MISSING


def _find_fault(object_id: str, column: str) -> tuple[str, str, str] | None:
    """Cause, problem and remedy for an invalid id; None for a valid one."""
    if _is_plain(object_id):
        return None
    cell = quoted(object_id)
    if not object_id.strip():
        remedy = "write the name of the galaxy's image there, without .jpg, or remove the line if it isn't a galaxy"
        return "empty id", f"{column} is empty", remedy
    if object_id.strip().lower() in _MISSING:
        return "missing id", f"{column} {cell} stands for a missing value", "write the galaxy's id"
    if object_id != object_id.strip():
        return "id in spaces", f"{column} {cell} has spaces around it", "remove them"
    if _FLOAT.fullmatch(object_id):
        problem = f"{column} {cell} is a number that a spreadsheet or a float has rounded"
        return "rounded id", problem, _write_as_text(column)
    if "/" in object_id or "\\" in object_id or ".." in object_id:
        return "path as id", f"{column} {cell} contains a path", "write only the image's name"
    if _ASCII_ID.fullmatch(object_id):
        size = len(object_id)
    else:
        if (fault := _character_fault(object_id)) is not None:
            cause, problem, remedy = fault
            return cause, f"{column} {cell} {problem}", remedy
        size = len(object_id.encode())
    if size > _MAX_BYTES:
        remedy = f"shorten it to {_MAX_BYTES} bytes, also in the image's name"
        return "long id", f"{column} {cell} has {size:,} bytes, too many for the name of a file", remedy
    return None


def _character_fault(object_id: str) -> tuple[str, str, str] | None:
    """Cause, problem and remedy for an id with a character that an id can't have; None if there is none."""
    for place, character in enumerate(object_id):
        if character in _PLAIN_CHARACTERS:
            continue
        category = unicodedata.category(character)
        code = f"U+{ord(character):04X}"
        if category == "Cc":
            return "control character", f"contains a control character ({code})", "remove it"
        if _DIRECTION.match(character):
            problem = f"contains a mark that changes the direction of text ({code})"
            return "direction mark", problem, "remove it, also from the image's name"
        if category in ("Cf", "Zl", "Zp", "Co", "Cn", "Cs") or _BLANK.match(character):
            problem = f"contains a character that can't be seen ({code})"
            return "invisible character", problem, "remove it, also from the image's name"
        if category == "Zs":
            problem = f"contains a special space ({code})"
            return "special space", problem, "write a plain space, also in the image's name"
        if not (category[0] == "L" or category == "Nd" or (category[0] == "M" and place > 0)):
            remedy = "use only letters, digits, spaces inside and . _ + -, also in the image's name"
            return "other character", f"can't be a file name: it contains {character!r}", remedy
    if object_id[0] == "." or object_id[-1] == ".":
        end = "begins" if object_id[0] == "." else "ends"
        return "dot at the end", f"can't be a file name: it {end} with a dot", "remove it, also from the image's name"
    return None

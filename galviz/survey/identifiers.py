"""The ids of master.csv: which can be trusted to name a galaxy and its image, and what is wrong with the others."""

import re
from collections.abc import Iterable

from galviz.errors import listed, quoted, shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.problems import Problem
from galviz.survey.rounding import find_rounding

# An id names a file: nothing in it may lead out of the images' folder, hide the file or need quoting in a shell.
_ID = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
# What pandas and spreadsheets write for a long integer that they took for a float: 1.2376e+18, 123.0.
# Without a point or a plus sign, as in 12e34, digits and an e may be a name.
_FLOAT = re.compile(r"[+-]?(\d+\.0*|\d+\.\d*[eE][+-]?\d+|\d+[eE]\+\d+)")
_IMAGE = re.compile(r".+(\.jpe?g|\.png)", re.IGNORECASE)
# Other words for a missing value, such as NA, may name a galaxy.
_MISSING = {"nan", "none", "null", "<na>", "n/a", "#n/a"}
_AS_TEXT = f"write the catalogue again with {ID_COLUMN} as text (pandas: dtype={{'{ID_COLUMN}': str}})"


# Names that Windows keeps for devices, with any ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


def not_portable(names: Iterable[str]) -> list[str]:
    """Say which of some images couldn't be kept on another system's disk: a sentence for each kind.

    Most disks of Windows and macOS take names that differ in upper and lower case alone for one, and Windows has no
    file that is called as a device is.
    """
    alike: dict[str, list[str]] = {}
    reserved = []
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
        if name.partition(".")[0].casefold() in _RESERVED:
            reserved.append(name)
    sentences = []
    if same := [group for group in alike.values() if len(group) > 1]:
        sentences.append(
            f"{listed(same[0])} differ in upper and lower case alone{_and_more(len(same))}: on most disks of Windows "
            "and macOS one would replace the other. Rename one before you copy the survey there."
        )
    if reserved:
        sentences.append(f"Windows can't keep a file called {reserved[0]}{_and_more(len(reserved))}: rename it.")
    return sentences


def _and_more(count: int) -> str:
    return f" (and {count - 1} more such)" if count > 1 else ""


def check_ids(ids: list[tuple[int, str]]) -> tuple[dict[str, int], list[Problem]]:
    """Check the ids of a catalogue.

    Parameters
    ----------
    ids : list of (int, str)
        The number of each line that has an id, and the id as it is written there.

    Returns
    -------
    lines : dict of str to int
        Of each sound id its line, in the order of the file; empty if the ids were rounded, for then none is sound.
    problems : list of Problem
        One for each other id, or one for all if they were rounded.
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
    rounding = find_rounding([object_id for _, object_id in ids])
    if rounding is None:
        return lines, problems
    suspects = {ids[place][1] for place in rounding.places}
    first_line, first = ids[rounding.places[0]]
    counted = f"{len(rounding.places):,} of the" if len(rounding.places) < rounding.n_long else "all"
    problem = (
        f"{counted} {rounding.n_long:,} long ids look as if {rounding.by} had rounded them, and may be those of other "
        f"galaxies; the first, on line {first_line}, is {first}"
    )
    remedy = f"{_AS_TEXT}; if these are the true ids, put a letter before each, in the images' names too"
    told = [each for each in problems if each.object_id not in suspects]
    return {}, [Problem(None, "", CATALOGUE_NAME, problem, remedy), *told]


def _fault(object_id: str) -> tuple[str, str] | None:
    """Say what is wrong with an id and the remedy; None if it is sound."""
    if object_id.isascii() and object_id.isdigit():
        return None
    cell = quoted(object_id)
    if not object_id.strip():
        remedy = "write the name of the galaxy's image there, without .jpg, or remove the line if it is no galaxy's"
        return f"{ID_COLUMN} is empty", remedy
    if object_id.strip().lower() in _MISSING:
        return f"{ID_COLUMN} {cell} stands for a missing value", "write the galaxy's id"
    if object_id != object_id.strip():
        return f"{ID_COLUMN} {cell} has spaces around it", "remove them"
    if _FLOAT.fullmatch(object_id):
        return f"{ID_COLUMN} {cell} is a number that a spreadsheet or a float has rounded", _AS_TEXT
    if "/" in object_id or "\\" in object_id or ".." in object_id:
        return f"{ID_COLUMN} {cell} has a path in it", "write the image's name alone"
    if _IMAGE.fullmatch(object_id):
        return f"{ID_COLUMN} {cell} has the image's ending", "write the image's name without it"
    if not _ID.fullmatch(object_id):
        bare = object_id.removeprefix("=").strip("\"'")
        if object_id[0] in "='\"" and _ID.fullmatch(bare):
            return f"{ID_COLUMN} {cell} has marks around it that a spreadsheet uses", f"write it alone: {shown(bare)}"
        return f"{ID_COLUMN} {cell} can't name a file", "use letters, digits and . _ + - only, with no dot at its start"
    return None

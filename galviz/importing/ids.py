"""The ids of an imported survey: unique, and fit for file names; what was changed in them is said."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from galviz.errors import listed, quoted, shown
from galviz.importing.image_paths import bare_name, clean_cell
from galviz.survey.missing import is_missing_text
from galviz.survey.problems import Problem, SurveyError

ORIGINAL_COLUMN = "original_id"
# A run of characters that an id can't have: anything but letters, digits, spaces and . _ + - in the middle.
_NOT_IN_IDS = re.compile(r"[^\w .+-]+")
_DOTS = re.compile(r"\.{2,}")
_ROUNDED = re.compile(r"[+-]?\d+(\.\d*)?[eE]\+\d+|[+-]?\d\.\d{4,}[eE]\d+")
_MAX_EXAMPLES = 3


def galaxy_ids(
    place: str,
    column: str,
    cells: Sequence[str],
    stems: Sequence[str] | None = None,
    rows: Sequence[int] | None = None,
) -> list[str]:
    """The ids of cells, without what spreadsheets add and without endings of images.

    Parameters
    ----------
    place, column : str
        The table and its column, for messages.
    cells : sequence of str
        One per row.
    stems : sequence of str, optional
        For each row, the name of its image without ending, or empty. It replaces a path, and a number that lost its
        leading zeros, or got a decimal point or separators of thousands.
    rows : sequence of int, optional
        Positions of the galaxies that are imported; ids of others may be missing or occur twice. By default all.

    Returns
    -------
    list of str

    Raises
    ------
    SurveyError
        If ids are missing, were rounded, or occur twice.

    Examples
    --------
    >>> galaxy_ids("gz2.csv", "dr7objid", ["'587", '="588"', "589.jpg"])
    ['587', '588', '589']
    >>> galaxy_ids("gz2.csv", "id", ["17", "18"], ["0017", "0018"])
    ['0017', '0018']
    """
    ids = []
    for row, cell in enumerate(cells):
        text = bare_name(clean_cell(cell))
        stem = stems[row] if stems is not None else ""
        if stem and text != stem and (set(text) & set("/\\") or _is_number_for(text, stem)):
            text = stem
        ids.append(text)
    rows = range(len(ids)) if rows is None else rows
    _check_present(place, column, ids, rows)
    _check_unique(place, column, [ids[row] for row in rows])
    return ids


def _is_number_for(text: str, stem: str) -> bool:
    """Whether a number lost what the stem has (leading zeros), or got more: a '.0', separators of thousands."""
    if text.lstrip("0") == stem.lstrip("0") or (stem.isdigit() and re.sub(r"[^\w.+-]", "", text) == stem):
        return True
    return re.fullmatch(rf"{re.escape(stem.lstrip('0'))}\.0+", text) is not None


def _check_present(place: str, column: str, ids: Sequence[str], rows: Sequence[int]) -> None:
    missing = [row for row in rows if not ids[row] or is_missing_text(ids[row])]
    if missing:
        problem = (
            f"{_count(len(missing), 'row')} no id in the column {quoted(column)}; the first is galaxy {missing[0] + 1}"
        )
        remedy = "fill these cells, or remove the rows"
        raise SurveyError(place, [Problem(None, "", place, problem, remedy)])
    rounded = [text for text in ids if _ROUNDED.fullmatch(text)]
    if rounded:
        problem = (
            f"{_count(len(rounded), 'id')} been rounded by a spreadsheet or a float, so that they don't name a galaxy "
            f"any more: {listed(rounded, at_most=_MAX_EXAMPLES)}"
        )
        remedy = f"download the table again, and read {quoted(column)} as text (pandas: dtype={{'{column}': str}})"
        raise SurveyError(place, [Problem(None, "", place, problem, remedy)])


def _count(count: int, noun: str) -> str:
    return f"1 {noun} has" if count == 1 else f"{count:,} {noun}s have"


def _check_unique(place: str, column: str, ids: Sequence[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    repeated = [text for text, count in Counter(ids).items() if count > 1]
    n_rows = sum(count for count in Counter(ids).values() if count > 1)
    noun = "1 id occurs" if len(repeated) == 1 else f"{len(repeated):,} ids occur"
    problem = (
        f"{noun} more than once in the column {quoted(column)}, in {n_rows:,} rows: "
        f"{listed(repeated, at_most=_MAX_EXAMPLES)}"
    )
    remedy = "keep one row per galaxy (a galaxy may have several spectra), or give another column with --id"
    raise SurveyError(place, [Problem(None, "", place, problem, remedy)])


def safe_ids(place: str, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Replace characters that a file name can't have by ``_``.

    Parameters
    ----------
    place : str
        The table's name, for messages.
    ids : sequence of str
        Unique.

    Returns
    -------
    ids : list of str
        Unique.
    notes : list of str
        A sentence if some were changed.

    Raises
    ------
    SurveyError
        If two ids would become the same.

    Examples
    --------
    >>> safe_ids("nsa.csv", ["SDSS J1234+56 / A", "17"])[0]
    ['SDSS J1234+56 _ A', '17']
    """
    safe = list(map(_safe, ids))
    changed = [row for row, text in enumerate(safe) if text != ids[row]]
    if not changed:
        return safe, []
    first = changed[0]
    if len(set(safe)) < len(safe):
        rows: dict[str, int] = {}
        one, other = next((rows[text], row) for row, text in enumerate(safe) if rows.setdefault(text, row) != row)
        problem = (
            f"ids have characters that a file name can't have, and without these some would be the same: "
            f"{shown(ids[one])} and {shown(ids[other])}"
        )
        remedy = "rename one of such galaxies, or give another column with --id"
        raise SurveyError(place, [Problem(None, "", place, problem, remedy)])
    count = "1 id has" if len(changed) == 1 else f"{len(changed):,} ids have"
    note = (
        f"{count} characters that a file name can't have, and became, for example, {shown(safe[first])} for "
        f"{shown(ids[first])}; the column {ORIGINAL_COLUMN} has them as they were."
    )
    return safe, [note]


def _safe(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    text = _DOTS.sub("_", _NOT_IN_IDS.sub("_", " ".join(unicodedata.normalize("NFC", text).split())))
    text = re.sub(r"^\.|\.$", "_", text)
    return text or "_"

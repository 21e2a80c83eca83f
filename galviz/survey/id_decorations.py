"""Ids as spreadsheets, lists of files and macOS write them, such as '123, ="123" and 123.jpg -> the ids themselves."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from galviz.errors import shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.problems import Problem

# A spreadsheet keeps all digits of text alone: '123, ="123", or "123" in quotation marks of its own.
_QUOTED = re.compile(r"""'(?P<apostrophe>[^'"]+)'?|=?"(?P<quotation>[^'"]+)\"""")
_ENDING = re.compile(r"(?P<stem>.*[^.])\.(jpe?g|jpe|jfif|png)", re.IGNORECASE)
_ANY_DECORATION = re.compile(r"""^['"=]|\.(jpe?g|jpe|jfif|png)$""", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class CleanIds:
    """Ids without decorations.

    Attributes
    ----------
    ids : list of (int, str)
        Line and id of each row.
    notes : list of str
        One sentence for each kind of decoration: what was removed, and how often.
    problems : list of Problem
        One for each kind of decoration that can't be removed, because two ids would become the same.
    ambiguous : set of int
        The lines of the ids that would have become the same as another.
    """

    ids: list[tuple[int, str]]
    notes: list[str]
    problems: list[Problem]
    ambiguous: set[int]


def clean_ids(ids: list[tuple[int, str]], *, column: str = ID_COLUMN, file: str = CATALOGUE_NAME) -> CleanIds:
    """Remove from ids what a spreadsheet, a list of files or macOS adds to them.

    Parameters
    ----------
    ids : list of (int, str)
        Line and id of each row, as they are written.
    column, file : str
        The names of the column and the file, for messages.

    Returns
    -------
    CleanIds

    Examples
    --------
    >>> clean = clean_ids([(2, "'123"), (3, "'124")])
    >>> clean.ids
    [(2, '123'), (3, '124')]
    >>> print(*clean.notes)
    All 2 ids begin with an apostrophe, a spreadsheet's mark of text: '123 is read as 123.
    >>> clean_ids([(2, "123.jpg"), (3, "123.png")]).problems[0].problem[:65]
    'all 2 ids end like files, and without their endings some would be'
    """
    clean = CleanIds(ids, [], [], set())
    # All ids at once: most tables have none of these, and a call per id would take as long as all other checks.
    text = "\n".join(object_id for _, object_id in ids)
    if not _ANY_DECORATION.search(text) and unicodedata.is_normalized("NFC", text):
        return clean
    for strip, many, one, meaning, same in _DECORATIONS:
        clean = _remove(clean, strip, (many, one, meaning, same), column, file)
    return clean


def _remove(
    clean: CleanIds, strip: Callable[[str], str], words: tuple[str, str, str, str], column: str, file: str
) -> CleanIds:
    """Remove one kind of decoration from all ids."""
    stripped = [strip(object_id) for _, object_id in clean.ids]
    changed = [place for place, (_, object_id) in enumerate(clean.ids) if stripped[place] != object_id]
    if not changed:
        return clean
    many, one, meaning, same = words
    first = clean.ids[changed[0]][1]
    subject, verb = _subject(len(changed), len(clean.ids)), one if len(changed) == 1 else many
    first_places: dict[str, int] = {}
    ambiguous = set()
    example = None
    for place, object_id in enumerate(stripped):
        other = first_places.setdefault(object_id, place)
        if clean.ids[other][1] != clean.ids[place][1]:
            ambiguous.add(clean.ids[place][0])
            example = example or (other, place)
    ids = [(line, object_id) for (line, _), object_id in zip(clean.ids, stripped, strict=True)]
    if example is None:
        note = f"{subject} {verb}{meaning}: {shown(first)} is read as {shown(stripped[changed[0]])}."
        return CleanIds(ids, [*clean.notes, note], clean.problems, clean.ambiguous)
    pair = " and ".join(f"line {clean.ids[place][0]} has {shown(clean.ids[place][1])}" for place in example)
    problem = f"{subject[0].lower()}{subject[1:]} {verb}, and {same} some would be the same: {pair}"
    remedy = f"remove one of such rows, or give its galaxy and its image another name in {column}"
    problems = [*clean.problems, Problem(None, "", file, problem, remedy)]
    return CleanIds(ids, clean.notes, problems, clean.ambiguous | ambiguous)


def _subject(count: int, total: int) -> str:
    if count == total:
        return f"All {total:,} ids" if total > 1 else "The id"
    return f"{count:,} of {total:,} ids" if total else ""


def _without_apostrophe(object_id: str) -> str:
    match = _QUOTED.fullmatch(object_id) if object_id[:1] == "'" else None
    return match["apostrophe"] if match else object_id


def _without_quotation(object_id: str) -> str:
    match = _QUOTED.fullmatch(object_id) if object_id[:1] in ("=", '"') else None
    return match["quotation"] if match else object_id


def _without_ending(object_id: str) -> str:
    # Paths are refused, and their message should show them.
    match = None if "/" in object_id or "\\" in object_id else _ENDING.fullmatch(object_id)
    return match["stem"] if match else object_id


def _composed(object_id: str) -> str:
    return object_id if object_id.isascii() else unicodedata.normalize("NFC", object_id)


# How to remove a decoration; verbs for many ids and for one; its meaning; and the words for ids without it.
_DECORATIONS = (
    (
        _without_apostrophe,
        "begin with an apostrophe",
        "begins with an apostrophe",
        ", a spreadsheet's mark of text",
        "without it",
    ),
    (
        _without_quotation,
        'are written as ="…"',
        'is written as ="…"',
        ", a spreadsheet's way to keep all digits",
        "without it",
    ),
    (_without_ending, "end like files", "ends like a file", "", "without their endings"),
    (
        _composed,
        "have letters and accents as separate characters",
        "has letters and accents as separate characters",
        " (NFD), as macOS writes them",
        "joined (NFC)",
    ),
)

"""Lines of a text table that aren't rows: what programs write below the rows, second tables, messages of servers."""

import re
from collections.abc import Sequence

from galviz.errors import quoted

# Comments, and what SQL clients write.
_BELOW_ROWS = re.compile(r"#.*|\(?\d[\d,]* rows?( (affected|selected|returned|in set).*)?\)?\.?", re.IGNORECASE)
_NEW_TABLE = re.compile(r"#(Table\d|RESOURCE|%ECSV)")
NEW_TABLE = ("another table begins here", "save each table as a file of its own")
# What SkyServer and other services write in place of rows.
_SERVER_MESSAGE = re.compile(
    r"\W*(error[\s_]message\W*$|errors?\s*:|exception\s*:|no (objects|rows|entries|results|records)\b.*\bfound)",
    re.IGNORECASE,
)
_MAX_MESSAGE = 200  # characters
_MAX_SHOWN = 30  # characters of a row that was cut short


def may_stand_below(text: str) -> bool:
    """Whether a line that has not as many cells as the header may stand below the rows.

    Examples
    --------
    >>> may_stand_below("(8 rows)"), may_stand_below("# end"), may_stand_below("8 rows,")
    (True, True, False)
    """
    return _BELOW_ROWS.fullmatch(text) is not None


def describe_below(texts: Sequence[str]) -> list[str]:
    """A sentence about lines below the rows, which were skipped; none for empty lines.

    Examples
    --------
    >>> describe_below(["", "(8 rows)"])
    ["The last line, '(8 rows)', isn't a row: it was skipped."]
    """
    texts = [text for text in texts if text]
    if not texts:
        return []
    lines = f"last {len(texts)} lines, such as " if len(texts) > 1 else "last line, "
    skipped = "aren't rows: they were" if len(texts) > 1 else "isn't a row: it was"
    return [f"The {lines}{quoted(texts[0])}, {skipped} skipped."]


def explain_between(text: str) -> tuple[str, str]:
    """Problem and remedy for a line between rows that may only stand below them.

    Examples
    --------
    >>> explain_between("# end")
    ("the line is a comment: '# end'", 'remove it')
    """
    if _NEW_TABLE.match(text):
        return NEW_TABLE
    what = "is a comment" if text.startswith("#") else "isn't a row"
    return f"the line {what}: {quoted(text)}" if text else "the line is empty", "remove it"


def server_message(lines: Sequence[str]) -> str:
    """The message of a server that was saved in place of a table; empty if lines may be a table.

    Examples
    --------
    >>> server_message(["ERROR: 60 queries per minute"]), server_message(["objID,error"])
    ('ERROR: 60 queries per minute', '')
    """
    if not lines or not _SERVER_MESSAGE.match(lines[0]):
        return ""
    message = " ".join(line.strip() for line in lines)[:_MAX_MESSAGE]
    return "".join(character if character.isprintable() else " " for character in message)


def describe_cut_line(last: str, name: str) -> str:
    """Describe a last line without a line end: cut short in its last cell, it has all cells.

    Examples
    --------
    >>> describe_cut_line("12,0.25", "table.csv")[:46]
    'The last line of table.csv has no line end. If'
    """
    row = "…" * (len(last) > _MAX_SHOWN) + last[-_MAX_SHOWN:]
    return (
        f"The last line of {name} has no line end. If the file was cut short there, the last cell may lack "
        f"digits, and rows may be missing. It ends in {quoted(row)}."
    )

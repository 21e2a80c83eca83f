"""A line of master.csv -> its cells; its first line -> the columns, or what is wrong with them and what to do."""

import csv
import re
import unicodedata

from galviz.errors import listed, quoted
from galviz.survey.problems import Problem

CATALOGUE_NAME = "master.csv"
ID_COLUMN = "objID"

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", None: "spaces"}
_INVISIBLE = ("Cc", "Cf")  # control characters; those that only format, such as a zero-width space
# What tables call a galaxy's id or name, in small letters without marks: first objID itself, then those of SDSS, Galaxy
# Zoo, Gaia, GAMA, MaNGA and others, which may be another id than that in the images' names.
_SAME = {"objid", "objectid", "id"}
_SIMILAR = re.compile(
    ".*(objid|objectid|galaxyid|sourceid|targetid|assetid|imageid|subjectid|catalogid|nsaid|mangaid|cataid|name)[0-9]*"
    "|lsid|plateifu|image|file|object|target|galaxy|source"
)


def file_problem(line: int | None, problem: str, remedy: str) -> Problem:
    """A problem of master.csv, of no galaxy in particular."""
    return Problem(line, "", CATALOGUE_NAME, problem, remedy)


def split_line(line: str) -> list[str] | None:
    """Split a line into cells; None if its quotation marks don't pair up."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return None


def open_quotation(line: int) -> Problem:
    """The problem of a line that `split_line` can't split."""
    return file_problem(
        line,
        "its quotation marks don't pair up on this line",
        'close the quotation mark (a cell holds no line break; a " inside a cell is written "")',
    )


def read_header(text: str, line: int) -> tuple[tuple[str, ...], list[Problem]]:
    """Read the first line of a table.

    Parameters
    ----------
    text : str
    line : int
        Its number.

    Returns
    -------
    columns : tuple of str
        Without spaces around the names; empty if the line can't be split.
    problems : list of Problem
        If there is no column objID, nothing else matters: it is the only one.
    """
    if text.lower().lstrip('" ').startswith("sep="):
        return (), [file_problem(line, f"its first line is {quoted(text.strip())}, which is for Excel", "remove it")]
    cells = split_line(text)
    if cells is None:
        separator = _other_separator(text)
        if separator is None:
            return (), [open_quotation(line)]
        return (), [file_problem(line, f"there is no column {ID_COLUMN} in {quoted(text)}", separator)]
    columns = tuple(name.strip() for name in cells)
    if ID_COLUMN not in columns:
        problem = f"there is no column {ID_COLUMN} among its columns: {listed(columns)}"
        return columns, [file_problem(line, problem, _other_separator(text) or _remedy_for_missing_ids(columns))]
    problems = []
    first_seen: dict[str, int] = {}
    for position, name in enumerate(columns, start=1):
        if not name:
            problem = f"column {position} of {len(columns)} has no name"
            remedy = "name it, or remove it (pandas: to_csv(…, index=False) leaves the row numbers out)"
            if not "".join(columns[position - 1 :]):
                remedy = "name it, or remove the comma at the end of each line"
            problems.append(file_problem(line, problem, remedy))
        elif name in columns[: position - 1]:
            first = columns.index(name) + 1
            problem = f"columns {first} and {position} are both called {quoted(name)}"
            problems.append(file_problem(line, problem, "rename one of them"))
        elif (first := first_seen.setdefault(_seen(name), position)) != position:
            problem = (
                f"columns {first} and {position} look alike: {columns[first - 1]!a} and {name!a} differ only "
                "in characters that nobody sees or in how accents are encoded"
            )
            problems.append(file_problem(line, problem, "rename one of them, or remove it"))
    return columns, problems


def _seen(name: str) -> str:
    """A column's name as people see it: accents in one form, without invisible characters, every space alike."""
    visible = [
        character for character in name if character.isspace() or unicodedata.category(character) not in _INVISIBLE
    ]
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def _other_separator(text: str) -> str | None:
    """The remedy for a header whose cells something other than a comma separates; None if it doesn't look so."""
    for separator, name in _SEPARATORS.items():
        cells = [_bare(cell) for cell in text.split(separator)]
        if len(cells) == 1:
            continue
        # A semicolon may stand in a column's name, and spaces in anything.
        if ID_COLUMN.lower() in cells or ("," not in text and (separator or any(map(_SAME.__contains__, cells)))):
            return f"the cells seem to be separated by {name}: save the table with commas"
    return None


def _remedy_for_missing_ids(columns: tuple[str, ...]) -> str:
    for column in columns:
        if _bare(column) in _SAME:
            return f"rename {quoted(column)} to {ID_COLUMN}"
    if columns[0].startswith("#"):
        return "the first line is a comment: remove it"
    if all(column.replace(".", "", 1).isdigit() for column in columns):
        return f"the header seems to be missing: begin with a line such as {ID_COLUMN},oh_p50"
    add = f"add a column {ID_COLUMN} with the name of each galaxy's image"
    for column in columns:
        if _SIMILAR.fullmatch(_bare(column)):
            return f"rename {quoted(column)} to {ID_COLUMN} if the images are named by it, or else {add}"
    return add


def _bare(name: str) -> str:
    """A column's name in small letters, without marks."""
    return re.sub(r"[^a-z0-9]", "", name.lower())

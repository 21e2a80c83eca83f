"""A line of master.csv -> its cells; the first line -> the columns, or what is wrong with them and what to do."""

import csv
import re
import unicodedata

from galviz.errors import listed, quoted, shown

CATALOGUE_NAME = "master.csv"
CATALOGUE_NAMES = (CATALOGUE_NAME, "master.csv.gz", "master.parquet")  # a survey folder has one of them
ID_COLUMN = "objID"
# Catalogues of surveys have up to a thousand.
MAX_COLUMNS = 10_000
MAX_NAME_LENGTH = 500

BLANKS_REMEDY = "the cells seem to be separated by spaces, but not all rows have as many: save the table with commas"
# Problem and remedy for a line that `split_line` can't split.
UNCLOSED = (
    "a quotation mark on this line is never closed",
    'close it, and write a " inside a cell as ""; a cell can\'t contain a line break (pandas: read_csv(…, dtype=str)'
    ".replace(r'\\s*\\n\\s*', ' ', regex=True).to_csv(…, index=False))",
)
_INVISIBLE = ("Cc", "Cf")  # Unicode categories: control characters; format characters such as a zero-width space
# A cell between blanks, with or without quotation marks.
_BLANK_CELL = re.compile(r'(?<!\S)(?:"((?:[^"]|"")*)"|([^\s"]\S*))(?!\S)')
# Usual names of id columns, in lower case without punctuation: variants of objID, and those of SDSS, Galaxy Zoo, Gaia,
# GAMA, MaNGA and others, which may hold another id than the images' names.
_ID_NAMES = {"objid", "objectid", "id"}
_SIMILAR_NAMES = re.compile(
    ".*(objid|objectid|galaxyid|sourceid|targetid|assetid|imageid|subjectid|catalogid|nsaid|mangaid|cataid|name)[0-9]*"
    "|lsid|plateifu|image|file|object|target|galaxy|source"
)


def split_line(line: str, separator: str = ",") -> list[str] | None:
    """Split a line into cells; None if a quotation mark isn't closed.

    Parameters
    ----------
    line : str
    separator : str
        A character; a blank stands for any number of blanks.

    Examples
    --------
    >>> split_line('1,"a, b",2'), split_line('1   "a b"', " ")
    (['1', 'a, b', '2'], ['1', 'a b'])
    """
    if separator == " ":
        return line.split() if '"' not in line else _split_blanks(line)
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return None


def _split_blanks(line: str) -> list[str] | None:
    cells = [match[1].replace('""', '"') if match[1] is not None else match[2] for match in _BLANK_CELL.finditer(line)]
    return None if _BLANK_CELL.sub("", line).strip() else cells


def read_header(text: str, separator: str = ",") -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Read the header of a table.

    Parameters
    ----------
    text : str
    separator : str

    Returns
    -------
    columns : tuple of str
        Without spaces around the names; empty if the line can't be split.
    faults : list of (str, str)
        Problems and remedies.

    Examples
    --------
    >>> read_header("objID, oh_p50")
    (('objID', 'oh_p50'), [])
    >>> read_header("objID,z,z")[1]
    [("columns 2 and 3 are both called 'z'", 'rename one of them')]
    """
    cells = split_line(text, separator)
    if cells is None:
        return (), [UNCLOSED]
    columns = tuple(name.strip() for name in cells)
    return columns, name_faults(columns)


def missing_column(columns: tuple[str, ...], id_column: str) -> tuple[str, str]:
    """Problem and remedy for a header without the id column.

    Examples
    --------
    >>> missing_column(("id", "oh_p50"), "objID")
    ('there is no column objID; its columns are: id, oh_p50', "rename 'id' to objID")
    """
    problem = f"there is no column {shown(id_column)}; its columns are: {listed(columns)}"
    return problem, _remedy_for_missing_ids(columns) if id_column == ID_COLUMN else "choose one of these"


def is_id_name(name: str) -> bool:
    """Whether a column with this name may hold ids.

    Examples
    --------
    >>> is_id_name("dr7objid"), is_id_name("ra")
    (True, False)
    """
    return _simplified(name) in _ID_NAMES or _SIMILAR_NAMES.fullmatch(_simplified(name)) is not None


def name_faults(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Problem and remedy for each column name that is empty or looks like another one.

    Examples
    --------
    >>> name_faults(("objID", "objID"))
    [("columns 1 and 2 are both called 'objID'", 'rename one of them')]
    """
    if len(columns) > MAX_COLUMNS:
        problem = f"it has {len(columns):,} columns, and galviz reads at most {MAX_COLUMNS:,}"
        return [(problem, "keep the columns that you need, or transpose it if galaxies are columns")]
    faults = []
    first_named: dict[str, int] = {}
    first_visible: dict[str, int] = {}
    last_named = max((position for position, name in enumerate(columns, start=1) if name), default=0)
    for position, name in enumerate(columns, start=1):
        if not name:
            remedy = "name it, or remove it (pandas: to_csv(…, index=False) leaves out the row numbers)"
            if position > last_named:
                remedy = "name it, or remove the comma at the end of each line"
            faults.append((f"column {position} of {len(columns)} has no name", remedy))
        elif len(name) > MAX_NAME_LENGTH:
            faults.append((f"the name of column {position} has {len(name):,} characters", "rename it, or remove it"))
        elif (first := first_named.setdefault(name, position)) != position:
            faults.append((f"columns {first} and {position} are both called {quoted(name)}", "rename one of them"))
        elif (first := first_visible.setdefault(_visible(name), position)) != position:
            problem = (
                f"columns {first} and {position} look alike: {columns[first - 1]!a} and {name!a} differ only "
                "in invisible characters or in how accents are encoded"
            )
            faults.append((problem, "rename one of them, or remove it"))
    return faults


def _visible(name: str) -> str:
    """A column's name as people see it: normalised accents and spaces, no invisible characters."""
    visible = [
        character for character in name if character.isspace() or unicodedata.category(character) not in _INVISIBLE
    ]
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def _remedy_for_missing_ids(columns: tuple[str, ...]) -> str:
    for column in columns:
        if _simplified(column) in _ID_NAMES:
            return f"rename {quoted(column)} to {ID_COLUMN}"
    if len(columns) == 1 and any(map(is_id_name, columns[0].split())):
        return BLANKS_REMEDY
    if all(column.replace(".", "", 1).isdigit() for column in columns):
        return f"the header seems to be missing: add a first line such as {ID_COLUMN},oh_p50"
    add = f"add a column {ID_COLUMN} with the name of each galaxy's image"
    for column in columns:
        if _SIMILAR_NAMES.fullmatch(_simplified(column)):
            return f"rename {quoted(column)} to {ID_COLUMN} if the images are named after it, or else {add}"
    return add


def _simplified(name: str) -> str:
    """A column's name in lower case, without punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())

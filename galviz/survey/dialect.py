"""The first lines of a text table -> how it is written: its separator, its header, its decimal sign, what to skip."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from galviz.errors import listed, quoted
from galviz.survey.header import is_id_name, split_line

N_LINES = 200  # that are looked at

SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "spaces"}
_SEP_LINE = re.compile(r'"?sep=(.|\\t)?"?\s*', re.IGNORECASE)
_SKYSERVER = re.compile(r"#Table\d+")
_ECSV_DELIMITER = re.compile(r"#\s*delimiter:\s*['\"]?(.)['\"]?\s*$")
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
# Before exactly three digits a comma or a point may separate thousands.
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,(?!\d{3}$)\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
# A line of dashes below the header, as VizieR and SQL clients write it.
_RULER = re.compile(r"[=+-]+")
_MAX_ABOVE_RULER = 2  # lines of units
_UNITS = {
    *"deg degree degrees arcsec arcmin rad radian hourangle mag mags dex kpc pc mpc px pix pixel km/s jy mjy".split(),
    *"ujy nmgy nanomaggies yr gyr myr msun solmass log(msun) m_sun sol_mass angstrom nm um erg/s/cm2 h s d k".split(),
}


@dataclass(frozen=True)
class Dialect:
    """How a text table is written.

    Attributes
    ----------
    separator : str
        Between cells; a blank stands for any number of blanks.
    header : str
        The header, without a comment sign.
    header_line : int
        Its line, from 1; 0 if there is none.
    skipped : int
        The last line before the rows: the header, or what stands below it (units, a line of dashes).
    trailing : int
        Number of empty cells at the end of each row that the header lacks, or that have no name there.
    decimal_comma : str
        The first cell with a decimal comma; empty if numbers have decimal points.
    units : str
        The units that the first row holds instead of values; empty if it doesn't.
    notes : tuple of str
        Sentences about what was recognised.
    """

    separator: str = ","
    header: str = ""
    header_line: int = 0
    skipped: int = 0
    trailing: int = 0
    decimal_comma: str = ""
    units: str = ""
    notes: tuple[str, ...] = ()


def recognise_dialect(lines: Sequence[str]) -> Dialect:
    """Recognise how a text table is written.

    Parameters
    ----------
    lines : sequence of str
        The first lines of the file, about `N_LINES`, without line ends.

    Returns
    -------
    Dialect

    Examples
    --------
    >>> dialect = recognise_dialect(["#Table1", "objID;z", "12;0,25"])
    >>> dialect.separator, dialect.header, dialect.decimal_comma
    (';', 'objID;z', '0,25')
    >>> dialect.notes[0]
    "The first line, '#Table1', is SkyServer's: it was skipped."
    """
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    notes, wanted = [], None
    if numbered and (match := _SEP_LINE.fullmatch(numbered[0][1].strip())):
        notes.append(f"The first line, {quoted(numbered[0][1].strip())}, is a spreadsheet's: it was skipped.")
        wanted = "\t" if match[1] == "\\t" else match[1]
        numbered = numbered[1:]
    n_comments = next((place for place, (_, line) in enumerate(numbered) if line[0] != "#"), len(numbered))
    comments, rest = numbered[:n_comments], numbered[n_comments:]
    if comments and comments[0][1].startswith("# %ECSV"):
        delimiters = [match[1] for _, comment in comments if (match := _ECSV_DELIMITER.match(comment))]
        wanted = delimiters[0] if delimiters else " "
    header = _commented_header(comments, [line for _, line in rest])
    skipped = (rest or comments or [(0, "")])[0][0]
    if header is not None:
        notes.append(f"The header is a comment, {quoted(comments[header][1])}: it was read without its #.")
        number, text = comments.pop(header)
        text = text.lstrip("#").strip()
        skipped = max([number, *(comment_number for comment_number, _ in comments)])
    elif rest:
        number, text = rest.pop(0)
    else:
        return Dialect(header=comments[-1][1] if comments else "", header_line=skipped, skipped=skipped)
    notes += _comment_notes([comment for _, comment in comments])
    rows = [line for _, line in rest]
    text = _name_row_numbers(text, rows)
    separator = wanted if wanted in SEPARATORS and wanted in text else choose_separator(text, rows)
    if separator != ",":
        notes.append(f"Cells are separated by {SEPARATORS[separator]}.")
    if n_lines := _lines_to_ruler(rows, separator):
        what = "units and the line of dashes below the header were" if n_lines > 1 else "line of dashes below it was"
        notes.append(f"The {what} skipped.")
        skipped, rest, rows = rest[n_lines - 1][0], rest[n_lines:], rows[n_lines:]
    dialect = Dialect(separator, text, number, skipped, notes=tuple(notes))
    dialect = _describe_rows(dialect, [split_line(row, separator) or [] for row in rows])
    return replace(dialect, skipped=rest[0][0]) if dialect.units else dialect


def choose_separator(header: str, rows: Sequence[str]) -> str:
    """Choose the separator that gives most rows as many cells as the header, of those that the header contains.

    Examples
    --------
    >>> choose_separator("objID;z, observed", ["1;0.2"]), choose_separator("objID  z", ["1   0.2"])
    (';', ' ')
    """
    best, best_score = ",", (-1.0, False)
    for separator in SEPARATORS:
        if separator == " " and best_score[0] >= 0:
            continue
        names = split_line(header, separator)
        if names is None or len(names) < 2:
            continue
        share = sum(_fits(split_line(row, separator), len(names)) for row in rows) / max(len(rows), 1)
        # Names may contain a separator too, but the name of an id column usually doesn't.
        score = share, any(map(is_id_name, names))
        # Names may contain spaces, and so may the cells of a single column.
        if score > best_score and (separator != " " or share > 0.5):
            best, best_score = separator, score
    return best


def _fits(cells: list[str] | None, n_names: int) -> bool:
    """Whether a row has as many cells as the header, or an empty one more."""
    return cells is not None and (len(cells) == n_names or (len(cells) == n_names + 1 and not cells[-1].strip()))


def is_number(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma.

    Examples
    --------
    >>> is_number(" -8,75"), is_number("1e5"), is_number("ra")
    (True, True, False)
    """
    return _NUMBER.fullmatch(cell.strip()) is not None


def _commented_header(comments: Sequence[tuple[int, str]], rows: Sequence[str]) -> int | None:
    """The position of the comment that is the header of the rows, if the first row can't be it."""
    for place in reversed(range(len(comments))):
        text = comments[place][1].lstrip("#").strip()
        if not text or not rows or _SKYSERVER.fullmatch(comments[place][1].strip()):
            continue
        separator = choose_separator(text, rows)
        names, first = split_line(text, separator) or [], split_line(rows[0], separator) or []
        names = [name.strip() for name in names]
        if len(names) != len(first) or not all(names) or len({*names}) < len(names) or any(map(is_number, names)):
            continue
        has_id = any(map(is_id_name, names)) and not any(map(is_id_name, first))
        if any(map(is_number, first)) or (has_id and len(names) > 1):
            return place
    return None


def _name_row_numbers(header: str, rows: Sequence[str]) -> str:
    """The header with an empty name for row numbers, which R's ``write.table`` and pandas' ``to_string`` leave out."""
    is_r = header.startswith('"') and all(row.startswith('"') for row in rows)  # it quotes row numbers
    for separator in SEPARATORS:
        is_pandas = separator == header[:1] == " " and not any(row.startswith(" ") for row in rows)
        names, cells = split_line(header, separator), [split_line(row, separator) for row in rows]
        if (is_r or is_pandas) and names and cells and all(row and len(row) == len(names) + 1 for row in cells):
            numbers = [row[0] for row in cells]
            if numbers in ([str(start + place) for place in range(len(numbers))] for start in (0, 1)):
                return f'""{separator}{header.strip()}'
    return header


def _lines_to_ruler(rows: Sequence[str], separator: str) -> int:
    """The number of lines to a line of dashes, which may stand below units; 0 if there is none."""
    for place, row in enumerate(rows[: _MAX_ABOVE_RULER + 1]):
        cells = [cell.strip() for cell in split_line(row.rstrip(f" {separator}"), separator) or [""]]
        if all(map(_RULER.fullmatch, cells)) and max(map(len, cells)) > 2:
            return place + 1
        if any(map(is_number, cells)):
            break
    return 0


def _comment_notes(comments: Sequence[str]) -> list[str]:
    if not comments:
        return []
    if comments[0].startswith("# %ECSV"):
        return ["It is an ECSV table: the lines before the header, which describe its columns, were skipped."]
    if len(comments) > 1:
        return [f"The first {len(comments)} lines, which begin with #, are comments: they were skipped."]
    whose = "SkyServer's" if _SKYSERVER.fullmatch(comments[0].strip()) else "a comment"
    return [f"The first line, {quoted(comments[0].strip())}, is {whose}: it was skipped."]


def _describe_rows(dialect: Dialect, rows: list[list[str]]) -> Dialect:
    """Add what the first rows show: empty cells at their ends, decimal commas, units."""
    names = split_line(dialect.header, dialect.separator)
    if names is None or not rows:
        return dialect
    notes = list(dialect.notes)
    n_names = len(names)
    while n_names > 1 and not names[n_names - 1].strip():
        n_names -= 1
    lengths = {len(row) for row in rows}
    # Either each row ends in the same number of empty cells, or the header ends in as many cells as any row.
    is_trailing = (lengths == {max(lengths)} or max(lengths) <= len(names)) and min(lengths) >= n_names
    are_empty = not any("".join(row[n_names:]).strip() for row in rows)
    if is_trailing and are_empty and max(*lengths, len(names)) > n_names:
        sign = SEPARATORS[dialect.separator].removesuffix("s")
        notes.append(f"Lines end in a {sign} without a cell after it: it was ignored.")
        header = dialect.separator.join(_quote(name, dialect.separator) for name in names[:n_names])
        dialect = replace(dialect, header=header, trailing=max(lengths) - n_names)
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if _DECIMAL_COMMA.fullmatch(cell)]
    points = [cell for cell in cells if _DECIMAL_POINT.fullmatch(cell)]
    if commas and all(map(_THOUSANDS.fullmatch, points)):
        dialect = replace(dialect, decimal_comma=commas[0])
        notes.append(f"Numbers have decimal commas, such as {commas[0]}: they were read as decimal points.")
    return replace(dialect, units=_units(rows), notes=tuple(notes))


def _units(rows: list[list[str]]) -> str:
    """The units that the first row holds; empty if it holds values."""
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell.lower().strip("[]()") in _UNITS]
    if not named or any(map(is_number, first)) or len(rows) < 2 or not any(map(is_number, rows[1])):
        return ""
    # Words that aren't units may be values of a row without numbers.
    return listed(named, at_most=3) if 2 * len(named) >= len([cell for cell in first if cell]) else ""


def _quote(name: str, separator: str) -> str:
    """A name as a cell."""
    return '"' + name.replace('"', '""') + '"' if separator in name or '"' in name else name

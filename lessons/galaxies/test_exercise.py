"""Tests of the exercises on the galaxies; each takes the student's function."""

import math
import random
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, format_items
from galviz.course.mistakes import (
    call_on_cases,
    is_close,
    quiet,
    reject_mistakes,
    reject_partial_mistakes,
    returns,
    returns_same,
    varies,
)
from lessons.galaxies.mistakes import COUNT_MISTAKES, KEEP_NAN, count
from lessons.galaxies.relation_mistakes import MISTAKES, bin_sizes, cut, in_order, known, relation

NAN = math.nan
# Relative and absolute tolerance of the counts and of the columns: rounding in float32 passes, rounded decimals don't.
FINE = {"rtol": 1e-5, "atol": 0.0}
FINER = {"rtol": 1e-6, "atol": 0.0}
# The columns of each catalogue, as text; "" is an empty cell. A float would round each of these long ids.
LONG = {
    "objID": ["1237648702973411443", "1237648702973411330", "1237651752413233217", "1237648720142401601"],
    "oh_p50": ["8.512", "", "9.0403217", "8.87"],
    "survey": ["main", "deep", "main", "strip 82"],
    "run": ["752", "94", "1035", "3"],
}
ZEROS = {
    "redshift": ["0.0512345", "0.12", "0.083"],
    "objID": ["0012376487029734114", "1237660024523456789", "0000000000000000042"],
    "logSFR": ["0.275", "-0.31", ""],
}
# Two galaxies have equal numbers, and no row is in the order of the ids or of the numbers.
MIXED = {
    "survey": ["mock", "Main", "mock", "deep", "main", "Main", "deep"],
    "oh_p50": ["8.91", "8.45", "", "9.2", "8.7", "8.45", "9.05"],
    "objID": ["mock-7", "1237648702973411443", "Mock-12", "0099", "1237651752413233217", "mock-3", "0100"],
    "nArms": ["2", "0", "4", "3", "2", "0", "5"],
}
EMPTY_COLUMN = {
    "velocity": ["", "", ""],
    "mass": ["10.2", "1e11", "9.75"],
    "flag": ["0", "0", "0"],
    "objID": ["30", "10", "20"],
}
# Empty cells in text, spaces, and numbers with which some surveys mark a missing one.
MARKED = {
    "objID": ["00311", "00207", "00254", "00298", "00261"],
    "field": [" north", "", "south", "west  2", ""],
    "Halpha": ["-99", "12.5", "-999.0", "-9999", ""],
    "class": ["Sb", "E", "", "", ""],
    "ra": ["99.0", "", "999", "0.0", ""],
}
ONE_GALAXY = {"objID": ["0000000000000000042"], "oh_p50": ["8.62"]}
CATALOGUES = (LONG, ZEROS, MIXED, EMPTY_COLUMN, MARKED, ONE_GALAXY)


# galaxies.1


def test_galaxies_1(answer):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number, columns in enumerate(CATALOGUES):
            path = Path(folder) / str(number) / "master.csv"
            path.parent.mkdir()
            content = _csv(columns)
            path.write_bytes(content)
            table = _read(answer, path, columns, as_text=number % 2 == 1)
            expect(
                path.is_file() and path.read_bytes() == content,
                "Your function changes the file, which belongs to the caller: only read it.",
            )
            _check_catalogue(table, columns)


def _csv(columns):
    rows = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    return ("\n".join(rows) + "\n").encode()


def _read(read_catalogue, path, columns, *, as_text):
    """Call the student's function; raise a hint for errors that follow from typical mistakes."""
    argument, other, kind = (str(path), path, "str") if as_text else (path, str(path), "Path")
    try:
        return read_catalogue(argument)
    except (NotImplementedError, WrongAnswer):
        raise
    except Exception as error:
        name = type(error).__name__
        try:
            works_otherwise = isinstance(read_catalogue(other), pd.DataFrame)
        except Exception:
            works_otherwise = False
        if works_otherwise:
            other_kind = "Path" if as_text else "str"
            raise WrongAnswer(
                f"Your function raises {name} if `path` is of type {kind}; with {other_kind} it works. Both are "
                "possible: convert it first, with `Path(path)` or `str(path)`."
            ) from None
        _explain_read_error(error, name, columns)
        raise


def _explain_read_error(error, name, columns):
    text, names = str(error), format_items(list(columns))
    if isinstance(error, FileNotFoundError):
        raise WrongAnswer(
            "Your function reads a file that doesn't exist. Read the file at `path`, not one with a fixed name."
        ) from None
    if isinstance(error, KeyError) and "objID" in text:
        raise WrongAnswer(
            "Your function raises KeyError: there is no column objID when you ask for it. Was the first line of the "
            "file skipped, or is objID the index already?"
        ) from None
    if isinstance(error, KeyError | IndexError) or "Usecols" in text or "Length mismatch" in text:
        raise WrongAnswer(
            f"Your function raises {name} for a file with the columns {names}. The columns and their positions differ "
            f"from file to file: rely on objID only. The message is: {text:.90}"
        ) from None
    if isinstance(error, ValueError | TypeError) and any(
        words in text for words in ("invalid literal", "convert string", "parse string", "non-finite", "NA values")
    ):
        raise WrongAnswer(
            f"Your function raises {name} because it converts a cell that isn't such a number: {text:.90}. An id can "
            "contain letters, a column can be text, and a cell can be empty."
        ) from None


def _check_catalogue(table, columns):
    names = [name for name in columns if name != "objID"]
    expect(table is not None, "Your function returns None: does it end with `return`?")
    if not isinstance(table, pd.DataFrame):
        reason = ""
        if isinstance(table, pd.Series) or np.isscalar(table):
            reason = " If a table has a single column or row, `squeeze` does this: leave it out."
        raise WrongAnswer(f"Return a table, a DataFrame. You return an object of type {type(table).__name__}.{reason}")
    index = table.index.tolist()
    _check_id_column(table, index, columns)
    _check_ids(index, columns)
    name = table.index.name
    expect(name is not None, "The ids are right, but the index has no name. Its name must be objID.")
    expect(
        isinstance(name, str) and name == "objID",
        f"The ids are right, but the name of the index is {name!r}. It must be objID.",
    )
    _check_names(_texts(table.columns), names, columns)
    _explain_empty_text(table, [name for name in names if all(map(_is_number, filter(None, columns[name])))], columns)
    for name in names:
        _check_column(name, table[name], columns[name])


def _check_id_column(table, index, columns):
    """Check that the ids are the index, and not a column."""
    if "objID" in _texts(table.columns):
        if _texts(index) == columns["objID"]:
            raise WrongAnswer("The ids are the index, but objID is still a column as well: remove the column.")
        first = next(iter(columns))
        if str(table.index.name) == first:
            raise WrongAnswer(
                f"You made the first column of the file the index; here it is {first}. Select the column by its name, "
                "objID, because its position differs from file to file."
            )
        raise WrongAnswer("The ids are still a column: make objID the index.")
    expect(table.index.nlevels == 1, "Your index has several levels. It must contain the ids only.")
    if "objID" in index or any("objID" in _texts(table.iloc[:, place]) for place in range(table.shape[1])):
        raise WrongAnswer("The first line of the file became a row of your table. It holds the names of the columns.")
    counted = any(_texts(index) == [str(row + start) for row in range(len(index))] and index for start in (0, 1))
    expect(
        ",".join(columns) not in _texts(table.columns),
        "Your table has a single column with whole lines of the file. A comma separates the cells.",
    )
    first_row = [column[0] for column in columns.values()]
    expect(
        _texts(table.columns) != first_row,
        "The first line of the file is lost, and the first galaxy became the names of your columns. The first line "
        "holds the names.",
    )
    expect(not counted, "The ids are gone: your index numbers the rows, and there is no column objID.")
    expect(
        bool(index) is False or not set(_texts(index)) <= set(columns),
        "Your table is transposed: one row per galaxy, and one column per column of the file.",
    )


def _check_ids(index, columns):
    """Check that the ids are those of the file, as text."""
    ids = columns["objID"]
    not_text = [label for label in index if not isinstance(label, str)]
    if not_text:
        _explain_type(not_text[0], index, ids)
    if index == ids:
        return
    if len(index) == len(ids):
        _explain_letters(index, ids)
    expect(
        all(index != earlier["objID"] for earlier in CATALOGUES),
        "Your function returns the table of an earlier file. Read the file at `path` in each call.",
    )
    shown = format_items([_shorten(label) for label in index[:2]]) or "no rows"
    expect(
        bool(set(index) & set(ids)),
        f"None of the file's ids is in your index, which has {shown}. Read the file at `path`, and make objID the "
        "index.",
    )
    expect(len(set(index)) == len(index), "Some galaxies are in your table more than once: one row per galaxy.")
    if sorted(index) == sorted(ids):
        how = ""
        if index == ids[::-1]:
            how = " You reversed the rows."
        elif index in (sorted(ids), sorted(ids)[::-1]):
            how = " You sorted them by id; `groupby`, `pivot` and sets may sort as well."
        raise WrongAnswer(f"The ids are right, but the rows aren't in the order of the file.{how}")
    _explain_missing_rows(index, columns)
    more = " A line without an id isn't a galaxy." if not all(index) else ""
    expect(len(index) == len(ids), f"Your table has {len(index)} rows, but the file has {len(ids)} galaxies.{more}")
    yours, right = next((yours, right) for yours, right in zip(index, ids, strict=True) if yours != right)
    raise WrongAnswer(f"An id in your index is {_shorten(yours)!r}. In the file it is {right!r}.")


def _explain_type(label, index, ids):
    """Raise the hint for ids that aren't text."""
    kind = type(label).__name__
    if isinstance(label, bytes):
        raise WrongAnswer("Your ids are bytes. Convert them to text (str).")
    if isinstance(label, float | np.floating) and math.isnan(label):
        raise WrongAnswer("An id in your index is NaN. Ids can contain letters: read them as text, not as numbers.")
    if [_as_float(label) for label in index] != [_as_float(object_id) for object_id in ids]:
        raise WrongAnswer(f"The ids must be text (str). Your index has {_shorten(repr(label))}, of type {kind}.")
    if isinstance(label, float | np.floating):
        raise WrongAnswer(
            "Your ids are floats. A float holds about 16 digits, so the last digits change: read the ids as text."
        )
    if [str(label) for label in index] != ids and not any(object_id.startswith("0") for object_id in ids):
        raise WrongAnswer(
            f"You converted the ids to floats and then to integers: {ids[0]} became {index[0]}. Read them as text."
        )
    raise WrongAnswer(
        f"Your ids are integers (type {kind}). Zeros at the beginning of an id get lost: read the ids as text."
    )


def _explain_missing_rows(index, columns):
    """Raise the hint for rows that were dropped, if a rule explains which."""
    ids = columns["objID"]
    missing = [object_id for object_id in ids if object_id not in index]
    if not missing or not set(index) < set(ids):
        return
    others = [columns[name] for name in columns if name != "objID"]
    rows = dict(zip(ids, zip(*others, strict=True), strict=True))
    before = [rows[object_id] for object_id in ids]
    rules = {
        "whose other cells are all empty: keep it": {i for i in ids if not any(rows[i])},
        "with an empty cell, which means a missing number: keep it": {i for i in ids if "" in rows[i]},
        "with the same numbers as an earlier galaxy. These are two galaxies (`drop_duplicates` removes one)": {
            object_id for place, object_id in enumerate(ids) if rows[object_id] in before[:place]
        },
        "with the same numbers as a later galaxy. These are two galaxies (`drop_duplicates` removes one)": {
            object_id for place, object_id in enumerate(ids) if rows[object_id] in before[place + 1 :]
        },
        "with the same numbers as another galaxy. These are two galaxies: keep both": {
            object_id for object_id in ids if before.count(rows[object_id]) > 1
        },
        "with a negative number: keep it": {i for i in ids if any(cell.startswith("-") for cell in rows[i])},
        "whose id contains letters: keep it": {object_id for object_id in ids if not object_id.isdigit()},
    }
    for what, dropped in rules.items():
        if set(missing) == dropped:
            raise WrongAnswer(f"Row {missing[0]} is missing in your table. You dropped each galaxy {what}.")
    where = "first" if ids[len(missing) :] == index else "last" if ids[: len(index)] == index else ""
    if where:
        count_words = f"the {where} row is" if len(missing) == 1 else f"the {where} {len(missing)} rows are"
        raise WrongAnswer(
            f"Of {len(ids)} galaxies, {count_words} missing in your table. Each line after the first is a galaxy."
        )
    raise WrongAnswer(f"The galaxy {missing[0]} is missing in your table: keep each row of the file.")


def _explain_letters(index, ids):
    """Raise the hint if a rule explains how ids, all of them text, have changed."""
    pairs = [(yours, right) for yours, right in zip(index, ids, strict=True) if yours != right]
    yours, right = pairs[0]
    change = f"The id {right} became {_shorten(yours)}"
    if all(yours == right.lstrip("0") for yours, right in pairs):
        raise WrongAnswer(
            f"{change}: the zeros at its beginning are lost. You read the ids as numbers and converted them to text "
            "afterwards. Read them as text from the start."
        )
    if all(yours.lstrip("0") == right.lstrip("0") for yours, right in pairs):
        raise WrongAnswer(f"{change}: you added or removed zeros at its beginning. Leave each id as it is.")
    if all(yours.lower() == right.lower() for yours, right in pairs):
        raise WrongAnswer(f"{change}: you changed upper and lower case. Leave each id as it is.")
    if all(yours in right and yours for yours, right in pairs):
        raise WrongAnswer(f"{change}: a part of it is cut off. Leave each id as it is.")
    if all(right in yours for yours, right in pairs):
        raise WrongAnswer(f"An id in your index is {yours!r}, with something added. In the file it is {right!r}.")
    if all(yours.isascii() and yours.isdigit() for yours, _ in pairs) and all(
        right.isdigit() and int(yours) != int(right) and float(yours) == float(right) for yours, right in pairs
    ):
        raise WrongAnswer(
            f"{change}: you read it as a float, which can't hold all digits. Read the ids as text from the start."
        )
    if all(any(sign in yours for sign in ".eE") and _is_near(yours, right) for yours, right in pairs):
        raise WrongAnswer(
            f"{change}: this is how a float is written. You read the ids as numbers and converted them to text "
            "afterwards. Read them as text from the start."
        )


def _check_names(yours, names, columns):
    """Check the names of the columns and their order."""
    if sorted(yours) != sorted(names) and len(yours) == len(names):
        pairs = [(one, other) for one, other in zip(yours, names, strict=True) if one != other]
        if all(one.strip().lower() == other.strip().lower() for one, other in pairs):
            raise WrongAnswer(f"You changed the names of the columns: {pairs[0][1]!r} became {pairs[0][0]!r}.")
    missing = [name for name in names if name not in yours]
    others = [name for name in yours if name not in names]
    if len(missing) == len(others) > 0:
        raise WrongAnswer(
            f"The file's column {missing[0]!r} isn't in your table, but it has a column {others[0]!r}, which isn't in "
            "the file: leave the names of the columns unchanged."
        )
    if missing:
        reason = "Keep all columns of the file, under their names."
        if missing == [name for name in names if len(set(columns[name])) == 1] and len(missing) > 1:
            reason = "In this file, its cells are all equal. Keep it, because the columns must be those of the file."
        elif all(not any(columns[name]) for name in missing):
            reason = "This column has no values in this file. Keep it, with NaN in each row."
        elif missing == [name for name in names if "" in columns[name]]:
            reason = "You dropped each column with an empty cell. Keep it, with NaN in this cell."
        elif missing == [name for name in names if not _is_number(next(filter(None, columns[name]), "0"))]:
            reason = "You dropped each column of text. Keep it."
        elif missing == names[-1:] or missing == names[:1]:
            reason = f"It is the {'last' if missing == names[-1:] else 'first'} column besides objID. Keep it."
        raise WrongAnswer(f"A column is missing in your table: {format_items(missing)}. {reason}")
    extra = [name for name in yours if name not in names]
    expect(not extra, f"Your table has a column that isn't in the file: {format_items(extra)}. Add no columns.")
    order = " You sorted them by name." if yours == sorted(names) else ""
    expect(
        yours == names,
        f"The columns must stay in the order of the file, {format_items(names)}. Yours are {format_items(yours)}."
        f"{order}",
    )


def _check_column(name, column, cells):
    """Check that a column is as in the file: numbers as numbers, text as text."""
    yours = _texts(column)
    if not all(_is_number(cell) for cell in cells if cell):
        _check_text_column(name, column, cells)
        return
    if any(isinstance(value, str | bytes) for value in column):
        _reject_filled_cells(name, column, cells)
        empty = " The empty cells became text as well." if yours == cells and "" in cells else ""
        raise WrongAnswer(
            f"The ids are right, but the column {name} is text too. Read only objID as text; numbers stay numbers."
            f"{empty}"
        )
    expect(
        column.dtype.kind not in "mM",
        f"The column {name} holds numbers in the file. In your table it holds dates or times.",
    )
    expect(
        column.dtype.kind != "b",
        f"The ids are right, but the column {name} isn't. You converted its numbers to True and False: leave them "
        "unchanged.",
    )
    try:
        values = column.to_numpy(dtype=float, na_value=NAN)
    except (TypeError, ValueError):
        raise WrongAnswer(f"The column {name} can't be read as numbers: its type is {column.dtype}.") from None
    right = np.array([float(cell) if cell else NAN for cell in cells])
    if not is_close(values, right, **FINER):
        _explain_numbers(name, values, right, str(column.dtype))
        expect_close(values, right, what=f"the column {name}", hint="Leave the numbers unchanged.", **FINER)


def _explain_empty_text(table, names, columns):
    """Raise a hint if an empty cell makes text of a column; `names` are the columns of numbers."""
    with_empty = {name for name in names if "" in columns[name]}
    if 0 < len(with_empty) < len(names) and with_empty == {name for name in names if "" in _texts(table[name])}:
        name = next(name for name in names if name in with_empty)
        expect(
            not all(isinstance(value, str) for value in table[name]),
            f"The ids are right, but the column {name} is text, because you keep an empty cell as the text ''. What "
            "is missing must be NaN: did you set `keep_default_na`, or read the file without pandas?",
        )


def _reject_filled_cells(name, column, cells):
    """Raise a hint if text or something else is in place of an empty cell, and the other cells have the right type."""
    is_number = all(_is_number(cell) for cell in cells if cell)
    pairs = list(zip(column, cells, strict=True))
    accepted = [] if is_number else [""]
    filled = [value for value, cell in pairs if not cell and not _is_missing(value) and value not in accepted]
    if not filled or any(isinstance(value, str | bytes) == is_number for value, cell in pairs if cell):
        return
    reason = ""
    if filled[0] == "":
        reason = " Did you set `keep_default_na` or `fillna`, or read the cells without pandas?"
    elif filled[0] in ("nan", "<NA>", "None"):
        reason = " This is how Python writes a missing value if you convert it to text, with `str` for example."
    raise WrongAnswer(
        f"The ids are right, but an empty cell of the column {name} became {filled[0]!r}. What is missing must stay "
        f"missing: NaN, which isn't text.{reason}"
    )


def _is_missing(value):
    return value is None or value is pd.NA or value is pd.NaT or _is_nan(value)


def _is_nan(value):
    return isinstance(value, float | np.floating) and math.isnan(value)


def _check_text_column(name, column, cells):
    yours = _texts(["" if _is_missing(value) else value for value in column])
    if all(value == cell for value, cell in zip(yours, cells, strict=True) if cell):
        _reject_filled_cells(name, column, cells)
    if yours == cells:
        return
    in_wrong_rows = sorted(yours) == sorted(cells)
    yours = _texts(column)
    if all(value == cell.strip() for value, cell in zip(yours, cells, strict=True) if cell):
        reason = "You removed spaces: leave text unchanged."
    elif all(value == cell or value.lower() == cell.lower() for value, cell in zip(yours, cells, strict=True)):
        reason = "You changed upper and lower case: leave text unchanged."
    elif all(value in ("nan", "<NA>", "None") for value in yours):
        reason = "All cells became NaN: this column is text. Don't convert it to numbers."
    elif any(_is_missing(value) for value, cell in zip(column, cells, strict=True) if cell):
        reason = "Some of its text became NaN: only an empty cell is NaN, so leave text unchanged."
    elif all(_is_number(value) for value in yours):
        reason = "You replaced the text by numbers: leave it unchanged."
    elif in_wrong_rows:
        reason = "The cells are right, but in the wrong rows."
    else:
        reason = "Leave text unchanged."
    raise WrongAnswer(f"The column {name} holds {format_items(cells)}. Yours has {format_items(yours)}. {reason}")


def _explain_numbers(name, values, right, dtype):
    """Raise the hint for wrong numbers in a column, if a rule explains them."""
    known = ~np.isnan(right)
    start = f"The ids are right, but the column {name} isn't."
    if not known.all() and not np.isnan(values[~known]).any() and is_close(values[known], right[known], **FINER):
        filler, statistics = values[~known], right[known]
        what = f"{filler[0]:.6g}"
        for statistic, its_name in ((np.mean, "the mean"), (np.median, "the median")):
            if known.any() and np.allclose(filler, statistic(statistics)):
                what += f", {its_name} of the column"
        raise WrongAnswer(f"{start} The empty cell became {what}. A missing number must stay missing: NaN.")
    if np.isnan(values[known]).all():
        raise WrongAnswer(
            f"{start} All its numbers became NaN. If you give a DataFrame a new index, pandas looks up the rows by it. "
            "Make the column objID the index instead."
        )
    if np.isnan(values[known]).any() and is_close(np.sort(values), np.sort(right), **FINER):
        raise WrongAnswer(f"{start} Its numbers are in the wrong rows: each must stay in the row of its galaxy.")
    if np.isnan(values[known]).any():
        lost = right[known][np.isnan(values[known])][0]
        expect(
            lost not in (-99, -999, -9999, 99, 999),
            f"{start} The number {lost:g} became NaN. Some surveys write such a number if one is missing, but here "
            "only an empty cell is NaN: leave all numbers unchanged.",
        )
        raise WrongAnswer(f"{start} The number {lost:g} became NaN: change no numbers.")
    if "float16" in dtype.lower():
        raise WrongAnswer(f"{start} It is float16, which rounds to about three digits: use float64.")
    values, right = values[known], right[known]
    for n in range(7):
        if np.allclose(values, np.round(right, n), rtol=1e-9, atol=1e-12):
            raise WrongAnswer(f"{start} You rounded its numbers to {n} decimal{'s' * (n != 1)}: leave them unchanged.")
    for n in range(6):
        if np.allclose(values, [float(f"{number:.{n + 1}g}") for number in right], rtol=1e-9, atol=1e-12):
            raise WrongAnswer(f"{start} You rounded its numbers to {n + 1} digit{'s' * (n > 0)}: leave them unchanged.")
    if np.allclose(values, np.trunc(right)):
        raise WrongAnswer(f"{start} You converted it to integers, which cuts off the decimals.")
    if np.allclose(values, np.abs(right)):
        raise WrongAnswer(f"{start} You removed the signs: leave its numbers unchanged.")
    if np.allclose(values, np.maximum(right, 0)):
        raise WrongAnswer(f"{start} You replaced its negative numbers by 0: leave them unchanged.")
    if np.allclose(values, np.float16(right)):
        raise WrongAnswer(f"{start} Its numbers were float16, which rounds to about three digits: use float64.")
    if np.allclose(np.sort(values), np.sort(right)):
        raise WrongAnswer(f"{start} Its numbers are in the wrong rows: each must stay in the row of its galaxy.")
    if len(right) > 2 and abs(np.corrcoef(values, right)[0, 1]) > 1 - 1e-9:
        slope, shift = np.polyfit(right, values, 1)
        size = np.abs(right).max()
        changes = [f"multiplied by {slope:.4g}"] if abs(slope - 1) > 1e-6 else []
        changes += [f"shifted by {shift:.4g}"] if abs(shift) > 1e-6 * size else []
        raise WrongAnswer(f"{start} Each number is {' and '.join(changes)}: leave the numbers unchanged.")


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _texts(values):
    """Text as it is, anything else as Python writes it: missing values can't be compared with `==`."""
    return [value if isinstance(value, str) else repr(value) for value in list(values)]


def _as_float(value):
    """The number in an id; the id itself if it isn't a number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return value


def _is_near(one, other):
    """Whether two texts are numbers that differ by less than 1 %."""
    return _is_number(one) and _is_number(other) and math.isclose(float(one), float(other), rel_tol=0.01)


def _shorten(text):
    return text if len(text) <= 40 else text[:40] + " …"


# galaxies.2


def test_galaxies_2(answer):
    generator = np.random.default_rng(4)
    # By hand: 10 to the power of 8 − 12 is 0.0001, and a million times that is 100.
    cases = [
        *((8.0,), (8.69,), (2.1,), (10.3,), (NAN,), (generator.uniform(7.5, 9.5, 6),)),
        (np.array([[8.69, 8.0, NAN], [9.4, 7.5, 8.2]]),),
        (np.array([8.31]),),
        (np.array([[[9.02, 4.15, 8.8]], [[10.3, NAN, 7.9]]]),),
    ]
    expected = [np.array(100.0), *(count(*case) for case in cases[1:])]
    _check_random_state(answer)
    returned, error = call_on_cases(answer, cases, ("metallicity",))
    single = returned[0] if returned else None
    returned = [_unwrap(values, case) for values, case in zip(returned, cases, strict=False)]
    wrong = [place for place, values in enumerate(returned) if not is_close(values, expected[place], **FINE)]
    if wrong:
        _explain_counts(answer, cases, returned, expected, wrong)
    if error:
        _explain_count_error(answer, error, cases, expected, len(returned))
        raise error
    shape = as_array(single).shape
    expect(
        shape == (),
        f"Your numbers are right, but for a single float you return an object of type {type(single).__name__} and "
        f"shape {shape}. Return the number itself, without an axis.",
    )


def _check_random_state(convert):
    """Reject a function that seeds or uses a global random generator, and restore the generators."""
    original = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
    random.random()
    np.random.random()  # noqa: NPY002
    before = random.getstate(), repr(np.random.get_state(legacy=False))  # noqa: NPY002
    call_on_cases(convert, [(8.0,)], ("metallicity",))
    same = before == (random.getstate(), repr(np.random.get_state(legacy=False)))  # noqa: NPY002
    random.setstate(original[0])
    np.random.set_state(original[1])  # noqa: NPY002
    expect(same, "You seed or use a global random generator, but nothing in this exercise is random: leave it out.")


def _unwrap(values, case):
    """An array of one number as the number, for a single float: its shape is checked last."""
    is_text = isinstance(values, np.ndarray) and values.dtype.kind in "US"
    if (
        is_text
        or isinstance(values, str)
        or (isinstance(values, list) and any(isinstance(value, str) for value in values))
    ):
        raise WrongAnswer("You return text. Return numbers.")
    try:
        array = as_array(values)
    except WrongAnswer:
        return values
    return array.reshape(()) if np.ndim(case[0]) == 0 and array.size == 1 else values


def _explain_counts(convert, cases, returned, expected, wrong):
    """Raise the hint for wrong counts; `wrong` are the indices of the wrong cases."""
    first = wrong[0]
    reject_mistakes(cases, returned, expected, COUNT_MISTAKES, **FINE)
    expect(
        first != 4 or returned[4] is not None,
        "You return None for an unknown metallicity, which is NaN: return NaN, which is a number.",
    )
    expect(
        all(
            _array_or_none(values) is None or returns_same(convert, case, case)
            for case, values in zip(cases[:4], returned, strict=False)
        ),
        "Two calls with the same metallicity return different counts: nothing in this exercise is random.",
    )
    _explain_constant(returned)
    for values, right in zip(returned, expected, strict=False):
        array = _array_or_none(values)
        if array is not None and array.shape == () != right.shape and np.isnan(array) and not np.isnan(right).all():
            raise WrongAnswer(
                "You return NaN for all galaxies if one is unknown. Each NaN concerns its own galaxy only."
            )
    comparable = [
        (np.asarray(case[0], float), array, right)
        for case, values, right in zip(cases, returned, expected, strict=False)
        if (array := _array_or_none(values)) is not None and array.shape == right.shape
    ]
    if first == 5 and len(comparable) == len(returned):  # an array without NaN
        alone = [returns(convert, (float(number),), count(number), **FINE) for number in np.ravel(cases[first][0])]
        expect(
            not all(alone),
            "Your counts are right for single floats, but not for an array: each count depends on its own metallicity "
            "only, and not on the others.",
        )
    if comparable:
        _explain_values(*(np.concatenate([part.ravel() for part in parts]) for parts in zip(*comparable, strict=True)))
    if first > 0:
        reject_partial_mistakes(cases, returned, expected, wrong, COUNT_MISTAKES, **FINE)
    shape, array = np.shape(cases[first][0]), _array_or_none(returned[first])
    if array is not None and array.size < np.prod(shape):
        raise WrongAnswer(
            f"For {_join(shape)} metallicities, you return {array.size or 'no'} number{'s' * (array.size != 1)}. "
            "Return one count per metallicity, in the shape of the input."
        )
    what = f"the count for a metallicity of {cases[first][0]:g}" if not shape else f"the result for {_join(shape)}"
    expect_close(returned[first], expected[first], what=what + (" metallicities" if shape else ""), **FINE)


def _array_or_none(values):
    try:
        return as_array(values)
    except WrongAnswer:
        return None


def _join(shape):
    return " × ".join(map(str, shape))


def _explain_constant(returned):
    """Raise a hint if the result doesn't depend on the metallicity."""
    singles = [_array_or_none(values) for values in returned[:4]]
    if len(singles) < 2 or any(single is None or single.shape != () for single in singles):
        return
    if np.ptp(singles) == 0:
        value = float(singles[0])
        array = _array_or_none(returned[5]) if len(returned) > 5 else None
        expect(
            array is None or np.ptp(array) == 0,
            f"For a single float, your result is always {value:g}. It depends on the other galaxies of an array: don't "
            "centre or normalise by them.",
        )
        sun = " That is the count for the Sun, with 8.69." if round(value) == 490 else ""
        raise WrongAnswer(f"Your result is the same for each metallicity, {value:g}.{sun} Use the parameter.")


def _explain_values(metallicity, values, right):
    """Raise the hint if a rule explains all numbers: another base, another factor, a logarithm, clipping."""
    known = ~np.isnan(right)
    if np.isnan(values[known]).all():
        raise WrongAnswer(
            "You return NaN for known metallicities. Did you take a logarithm of a negative number? The metallicity "
            "is a logarithm already: undo it with a power of 10."
        )
    if np.isnan(values[known]).any():
        example = metallicity[known][np.isnan(values[known])][0]
        raise WrongAnswer(
            f"You return NaN for some known metallicities, such as {example:.4g}. Only an unknown metallicity gives "
            "NaN, and only in its own place."
        )
    filled = values[~known & ~np.isnan(values)]
    metallicity, values, right = metallicity[known], values[known], right[known]
    wrong = ~np.isclose(values, right, **FINE)
    if not wrong.any() and filled.size:
        raise WrongAnswer(f"You return {filled[0]:.4g} for an unknown metallicity. {KEEP_NAN}")
    if not wrong.any() or len(values) < 3 or not np.isfinite(values).all():
        return
    with np.errstate(all="ignore"):
        logarithms = np.log10(values)
    if np.isfinite(logarithms).all() and (line := _line(metallicity, logarithms)):
        _explain_power(*line)
    if line := _line(metallicity, values):
        raise WrongAnswer(
            f"Your result grows by {line[0]:.4g} per dex, in a straight line. The metallicity is a logarithm: undo it "
            "with a power of 10."
        )
    added = (values - right).mean()
    if abs(added) > 1e-12 and np.allclose(values - right, added, rtol=1e-3, atol=1e-9):
        raise WrongAnswer(f"{added:.4g} is added to each of your counts: add nothing after the power.")
    bounds = np.unique(values[wrong])
    if not wrong.all() and set(bounds) <= {values.min(), values.max()}:
        limits = " and ".join(f"{bound:g}" for bound in bounds)
        raise WrongAnswer(f"You clipped the counts at {limits}: very low and very high metallicities are possible.")
    if not wrong.all():
        example = metallicity[wrong][0]
        raise WrongAnswer(
            f"Your counts are right for some metallicities, but not for {example:.4g}: there you return "
            f"{values[wrong][0]:.6g}, and it should be {right[wrong][0]:.6g}. Use the same formula for all."
        )


def _line(x, y):
    """Slope and intercept if points lie on a straight line that isn't flat."""
    slope, intercept = np.polyfit(x, y, 1)
    fits = np.allclose(slope * x + intercept, y, rtol=1e-7, atol=1e-7 * max(1, np.ptp(y)))
    return (slope, intercept) if fits and abs(slope) > 1e-9 else None


def _explain_power(slope, intercept):
    """Raise the hint for a power with another base or another factor: log10 of the result is a line."""
    if abs(slope + 1) < 1e-6:
        raise WrongAnswer("Your counts fall if the metallicity rises: the sign of the metallicity is reversed.")
    if abs(slope - 1) > 1e-6:
        raise WrongAnswer(
            f"If the metallicity grows by 1, your count is multiplied by {10**slope:.4g}. It must be multiplied by 10, "
            "because the metallicity is a logarithm with the base 10."
        )
    factor = 10 ** (intercept + 6)
    raise WrongAnswer(
        f"Each of your counts is {factor:.6g} times the right one. Check both numbers: subtract 12, and multiply by a "
        "million, 10 to the power of 6."
    )


def _explain_count_error(convert, error, cases, expected, index):
    """Raise the hint for a function that works only for some kinds of input; `index` is the case of the error."""
    works = [returns(convert, case, right, **FINE) for case, right in zip(cases, expected, strict=True)]
    name = type(error).__name__
    single, at_nan, vector, table = works[0], works[4], works[5], works[6]
    if single and index in (1, 2, 3):
        raise WrongAnswer(
            f"Your function raises {name} for a metallicity of {cases[index][0]:g}. Convert each metallicity: values "
            "outside the usual range are possible."
        ) from None
    if single and not vector:
        raise WrongAnswer(
            f"Your function works for a single float, but raises {name} for an array. NumPy's arithmetic works for "
            "both: don't use `math`, `float` or `if` for it."
        ) from None
    if vector and not single:
        raise WrongAnswer(
            f"Your function works for an array, but raises {name} for a single float: a float has no axes, no length "
            "and no methods of arrays."
        ) from None
    if single and vector and not at_nan:
        raise WrongAnswer(f"Your function raises {name} for NaN. {KEEP_NAN}") from None
    if single and vector and not table:
        raise WrongAnswer(
            f"Your function works for an array with one axis, but raises {name} for a table of 2 × 3 metallicities. "
            "An array can have any shape."
        ) from None


# galaxies.3

COLUMNS = ["log_mass_msun", "metallicity"]
# By hand: 3, 2 and 2 galaxies by mass, with masses of 8.5, 9 and 9.2; 9.6 and 10; 10.5 and 11.1.
BY_MASS = np.array([[10.0, 8.9], [8.5, 8.2], [11.1, 9.1], [9.2, 8.6], [9.6, 8.7], [9.0, 8.1], [10.5, 8.8]])
BY_MASS_RESULT = np.array([[8.9, 8.3], [9.8, 8.8], [10.8, 8.95]])
N_REAL_BINS = 10
PRECISE = {"rtol": 2e-6, "atol": 0.0}
MARK = -777.0  # stands for NaN in results, because NaN in the result of a mistake would match any number


def test_galaxies_3(answer):
    cases = _relation_cases()
    tables = [(catalogue[COLUMNS].to_numpy(), n_bins) for catalogue, n_bins in cases]
    expected = [BY_MASS_RESULT, *(relation(*case) for case in tables[1:])]
    returned = []
    for catalogue, n_bins in cases:
        try:
            returned.append(_call_relation(answer, catalogue, n_bins))
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as error:
            _explain_means(answer, cases, tables, returned, expected)
            _explain_relation_error(error, catalogue, n_bins)
            raise
    _explain_means(answer, cases, tables, returned, expected)
    catalogue, right = _shipped_relation()
    expect_close(
        _call_relation(answer, catalogue, N_REAL_BINS),
        right,
        hint="Your results for small catalogues are right: does something depend on the number of galaxies?",
        what="what you return for the shipped survey",
        rtol=PRECISE["rtol"],
    )


def _relation_cases():
    """Catalogues and numbers of bins: also equal masses, NaN, other columns, a single bin and a single galaxy."""
    draw = np.random.default_rng(17)

    def table(n, n_unknown=(), decimals=5):
        mass = draw.uniform(8.5, 11.2, n).round(decimals)
        values = np.column_stack([mass, 8.6 + 0.25 * (mass - 9.5) + draw.normal(0, 0.3, n)])
        if n > 25:
            values[25] = values[20]  # two galaxies with equal numbers
            values[33, 1] = 4.0  # an outlier
        for row, column in n_unknown:
            values[row, column] = NAN
        return values

    unknown = [(0, 0), (3, 1), (8, 0), (8, 1), (11, 1), (19, 0), (30, 1), (36, 1), (37, 0)]
    others = _catalogue(table(14, [(2, 0), (7, 1)]))
    others.insert(0, "redshift", [NAN, *draw.uniform(0.02, 0.2, 13)])
    others = others[["redshift", "metallicity", "log_mass_msun"]].assign(survey="main", log_sfr_msun_yr=NAN)
    return [
        (_catalogue(BY_MASS), 3),
        (_catalogue(table(9, decimals=0)), 4),  # equal masses
        (_catalogue(table(41, unknown, decimals=1)), 5),
        (_catalogue(table(40)), 13),
        (_catalogue(table(11, [(10, 1)])), 1),
        (_catalogue(table(6, [(1, 1)])), 5),  # one galaxy per bin
        (_catalogue(table(1)), 1),
        (others, 5),
    ]


def _catalogue(table):
    """A catalogue with ids that aren't sorted."""
    ids = [str(1237648702973411443 + (37 * row) % 101) for row in range(len(table))]
    return pd.DataFrame(table, columns=COLUMNS, index=pd.Index(ids, name="objID"))


@cache
def _shipped_relation():
    """The shipped catalogue, and its means by another method: weights of 1 / n for the galaxies of a bin."""
    from galviz.survey.survey import load_survey

    catalogue = load_survey().catalogue
    rows = in_order(known(catalogue[COLUMNS].to_numpy()))
    parts = cut(rows, bin_sizes(len(rows), N_REAL_BINS))
    return catalogue, np.array([part.T @ np.full(len(part), 1 / len(part)) for part in parts])


def _quietly(function, *arguments):
    """Call a function without its warnings, such as those of a mean of no numbers."""
    with quiet():
        return function(*arguments)


def _call_relation(compute, catalogue, n_bins):
    """What a function returns for a copy of a catalogue; raise a hint if it changes the copy or a global generator."""
    given = catalogue.copy()
    states = random.getstate(), repr(np.random.get_state(legacy=False))  # noqa: NPY002
    result = _quietly(compute, given, n_bins)
    expect(
        states == (random.getstate(), repr(np.random.get_state(legacy=False))),  # noqa: NPY002
        "You seed or use a global random generator, but nothing in this exercise is random: leave it out.",
    )
    if not given.equals(catalogue) or given.columns.tolist() != catalogue.columns.tolist():
        how = "its columns"
        if not given.index.equals(catalogue.index):
            how = "its rows" if len(given) != len(catalogue) else "the order of its rows, or its index"
        elif given.columns.tolist() == catalogue.columns.tolist():
            how = "its numbers"
        raise WrongAnswer(
            f"Your function changes the catalogue: {how}. It belongs to the caller. Work on a copy, and don't use "
            "`inplace=True`."
        )
    return result


def _explain_means(compute, cases, tables, returned, expected):
    """Raise the hint for wrong means, if any are wrong."""
    marked = []
    for values, (_, n_bins) in zip(returned, cases, strict=False):
        _check_type(values)
        array = as_array(values)
        _check_precision(values)
        marked.append(np.where(np.isnan(array), MARK, array))
        expect(
            array.shape != (n_bins, 2, 1) and array.shape != (n_bins, 1, 2),
            f"You return the shape {_join(array.shape)}. Return the shape (n_bins, 2), without an axis of length 1.",
        )
    if all(is_close(values, right, **PRECISE) for values, right in zip(marked, expected, strict=False)):
        return
    mistakes = [(_marked(function), hint) for function, hint in MISTAKES]
    reject_mistakes(tables, marked, expected, mistakes, **PRECISE)
    expect(
        not varies(compute, cases[1]),
        "Two calls with the same catalogue return different means: nothing here is random.",
    )
    if marked and is_close(marked[0], expected[0], **PRECISE):
        _explain_order(compute)
    first = next(i for i, pair in enumerate(zip(marked, expected, strict=False)) if not is_close(*pair, **PRECISE))
    _explain_dependence(compute, cases, marked)
    rest = [[values[i] for i in range(first, len(marked))] for values in (tables, marked, expected)]
    if first:
        reject_mistakes(*rest, mistakes, **PRECISE)
    catalogue, n_bins = cases[first]
    array, right = marked[first], expected[first]
    n_known = len(known(tables[first][0]))
    what = f"what you return for {n_known} galaxies with known numbers, in {n_bins} bin{'s' * (n_bins > 1)}"
    _explain_influence(compute, catalogue, n_bins, array)
    if array.shape == right.shape and (array == MARK).any():
        raise WrongAnswer(
            f"{what[0].upper()}{what[1:]}, contains NaN: a bin is empty, or a galaxy with NaN is in it. Leave out the "
            "galaxies with NaN before you sort and divide, and no others."
        )
    if array.shape == right.shape:
        for column, name in enumerate(("masses", "metallicities")):
            other = ("metallicities", "masses")[column]
            if is_close(array[:, column], right[:, column], **PRECISE):
                row = int(np.argmax(~np.isclose(array[:, 1 - column], right[:, 1 - column], **PRECISE)))
                raise WrongAnswer(
                    f"Your mean {name} are right, so the galaxies are in the right bins. But the first of your mean "
                    f"{other} that is wrong, in row {row}, is {array[row, 1 - column]:.6g}, and should be "
                    f"{right[row, 1 - column]:.6g}. Does each metallicity stay with its galaxy?"
                )
    if array.ndim == 2 and array.shape[1] == 2 and len(array) != n_bins:
        raise WrongAnswer(f"For {n_known} galaxies in {n_bins} bins, you return {len(array)} rows: one per bin.")
    nan = " Here some numbers are NaN." if n_known < len(catalogue) else ""
    equal = " Here some masses are equal." if catalogue["log_mass_msun"].dropna().duplicated().any() else ""
    expect_close(array, right, hint=f"{nan}{equal}".strip(), what=what, **PRECISE)


def _explain_influence(compute, catalogue, n_bins, array):
    """Raise a hint if a galaxy counts in no bin or in another one: change its metallicity, and compare."""
    if array.shape != (n_bins, 2):
        return
    is_known = catalogue[COLUMNS].notna().all(axis=1).to_numpy()
    positions = np.flatnonzero(is_known)
    masses = catalogue["log_mass_msun"].to_numpy()
    order = positions[np.argsort(masses[positions], kind="stable")]
    bins = cut(order, bin_sizes(len(order), n_bins))
    hints = {}
    for place, row in ((place, row) for place, members in enumerate(bins) for row in members):
        members = bins[place]
        changed = catalogue.copy()
        values = changed["metallicity"].to_numpy().copy()
        values[row] += 0.01
        changed["metallicity"] = values
        try:
            effects = (as_array(_quietly(compute, changed, n_bins), (n_bins, 2)) - array)[:, 1] / 0.01
        except Exception:
            return
        places = np.flatnonzero(np.abs(effects) > 1e-4).tolist()
        galaxy = f"For {len(order)} galaxies in {n_bins} bins, the galaxy with a mass of {masses[row]:.5g}"
        if not places and not np.isnan(effects).any():
            hints.setdefault(
                0,
                f"{galaxy} counts in none of your bins: changing its metallicity changes no mean. Each galaxy without "
                "NaN belongs to a bin, the lightest and the heaviest too, and outliers as well.",
            )
        elif len(places) > 1:
            hints.setdefault(
                1,
                f"{galaxy} counts in {len(places)} of your means, in the rows {places[:4]}. It must count only in row "
                f"{place}, and no other galaxies change this mean: don't centre, standardise or add up the means.",
            )
        elif places and places != [place]:
            hints.setdefault(
                2, f"{galaxy} counts in row {places[0]} of your result. It must count in row {place}, counted from 0."
            )
        elif places and abs(effects[place] - 1 / len(members)) > 1e-4:
            weight = effects[place]
            size = round(1 / weight) if weight > 0 else 0
            of_size = size and abs(weight - 1 / size) < 1e-4
            hints.setdefault(
                3,
                f"{galaxy} is in a bin of {len(members)} galaxies. Yours has {size} galaxies there, or you divided by "
                "another number."
                if of_size
                else f"{galaxy} is in the right bin, of {len(members)} galaxies. But it counts {weight:.3g} times in "
                f"the metallicity of this bin. In a mean, it counts 1/{len(members)}: use no weights, and no other "
                "statistic.",
            )
    if hints:
        raise WrongAnswer(hints[min(hints)])


def _check_type(values):
    """Raise the hint for something that isn't a table of numbers."""
    expect(
        not isinstance(values, dict),
        "You return a dictionary. Return an array or a list, with one row per bin, in order.",
    )
    if isinstance(values, pd.Series) and values.map(lambda value: np.ndim(value) > 0).any():
        raise WrongAnswer("You return a Series whose elements are arrays. Return one array, of the shape (n_bins, 2).")
    if type(values).__name__.endswith("GroupBy"):
        raise WrongAnswer("You return the groups themselves. Compute the mean of each of them.")
    expect(
        not isinstance(values, tuple) or len(values) != 2 or np.ndim(values[0]) != 1 or len(values[0]) == 2,
        "You return two things, such as the masses and the metallicities. Return one array of the shape (n_bins, 2), "
        "with one column for each.",
    )
    if isinstance(values, list) and any(np.ndim(part) == 2 for part in values):
        raise WrongAnswer("You return the galaxies of each bin. Compute the mean over the galaxies of each bin.")
    if isinstance(values, list) and len({np.shape(part) for part in values if np.ndim(part) == 1}) > 1:
        raise WrongAnswer(
            "Your rows have different lengths. Did you take a mean over the wrong axis? Each bin needs one number per "
            "column, a mean over its galaxies (`axis=0`)."
        )


def _check_precision(values):
    """Raise the hint for half precision."""
    parts = values if isinstance(values, list | tuple) else [values]
    dtypes = (
        values.dtypes.tolist() if isinstance(values, pd.DataFrame) else [getattr(part, "dtype", "") for part in parts]
    )
    expect(
        not any(str(dtype).endswith("float16") for dtype in dtypes),
        "Your means are float16, which rounds to about three digits: use float32 or float64.",
    )


def _marked(function):
    """The mistake with a mark in the place of NaN."""

    def compute(*case):
        result = np.asarray(function(*case), float)
        return np.where(np.isnan(result), MARK, result)

    return compute


def _explain_order(compute):
    """Raise the hint for a sort that changes the order of galaxies with equal mass, and for nothing else."""
    draw = np.random.default_rng(5)
    mass = draw.integers(90, 95, 60) / 10
    right = {}
    for is_tied in (False, True):
        masses = mass if is_tied else mass + draw.permutation(60) * 1e-3
        table = np.column_stack([masses, draw.normal(8.7, 0.2, 60)])
        try:
            result = _quietly(compute, _catalogue(table), 7)
        except Exception:
            return
        right[is_tied] = is_close(result, relation(table, 7), **PRECISE)
        if is_tied and not right[True] and right[False]:
            within = [_catalogue(table[np.lexsort([table[:, 1], masses])]), _catalogue(table)]
            same = returns_same(compute, (within[0], 7), (within[1], 7))
            reversed_rows = relation(table[::-1], 7)
            by_id = table[np.argsort(_catalogue(table).index.to_numpy(dtype=object))]
            expect(
                not any(is_close(result, relation(rows, 7), **PRECISE) for rows in (by_id, by_id[::-1])),
                "Galaxies of equal mass are in the order of their ids in your bins: they must keep the order of the "
                "catalogue. Did you sort by the index first, or by mass and id?",
            )
            expect(
                not is_close(result, reversed_rows, **PRECISE),
                "You reversed the order of galaxies with equal mass: galaxies of equal mass keep the order of the "
                "catalogue. Did you sort in descending order, and reverse the result?",
            )
            how = (
                "Your result doesn't depend on this order: did you sort by a second column, such as the metallicity, "
                "or put all galaxies of equal mass into one bin?"
                if same
                else "The default sort of pandas and NumPy isn't *stable*, that is, it may change this order. Pass "
                '`kind="stable"`.'
            )
            raise WrongAnswer(
                f"Your result is wrong if galaxies have equal masses. They must keep the order of the catalogue. {how}"
            )


def _explain_dependence(compute, cases, marked):
    """Raise the hint for a result that is random, or doesn't depend on a parameter."""
    catalogue, n_bins = cases[0]
    if not returns_same(compute, (catalogue.copy(), n_bins), (catalogue.copy(), n_bins)):
        if len(marked) > 1:
            raise WrongAnswer("Two calls with the same catalogue return different means: nothing here is random.")
        return
    if returns_same(compute, (catalogue.copy(), 2), (catalogue.copy(), 5)):
        raise WrongAnswer("Your result doesn't depend on `n_bins`: use the parameter, not a fixed number.")
    shifted = catalogue + 0.5
    if returns_same(compute, (catalogue.copy(), 3), (shifted, 3)):
        expect(
            returns_same(compute, (catalogue.copy(), 3), (catalogue * 1.1, 3)),
            "You subtracted a mean from the columns, or standardised them. Average the columns as they are.",
        )
        raise WrongAnswer("Your result doesn't depend on the catalogue: compute it from its two columns.")
    swapped = catalogue[["metallicity", "log_mass_msun"]]
    if not returns_same(compute, (catalogue.copy(), 3), (swapped, 3)):
        raise WrongAnswer(
            "Your result changes if the columns of the catalogue are in another order. Choose them by name: "
            "`log_mass_msun` and `metallicity`."
        )
    labelled = catalogue.set_axis(range(len(catalogue)), axis=0)
    if not returns_same(compute, (catalogue.copy(), 3), (labelled, 3)):
        raise WrongAnswer(
            "Your result changes if the galaxies have other ids. Does pandas align rows by their index? Use "
            "`to_numpy`, or `iloc` for positions."
        )
    extended = catalogue.assign(note=NAN)
    if not returns_same(compute, (catalogue.copy(), 3), (extended, 3)):
        raise WrongAnswer(
            "Your result changes if the catalogue has another column, with NaN. Only NaN in the two columns count: "
            "choose these columns before `dropna`."
        )


def _explain_relation_error(error, catalogue, n_bins):
    """Raise the hint for errors with a typical reason."""
    text, kind = str(error), type(error).__name__
    n_known = len(catalogue[COLUMNS].dropna())
    if isinstance(error, KeyError) and "oh_p50" in text:
        raise WrongAnswer(
            "The catalogue has no column `oh_p50`: `load_survey` calls it `metallicity`, and so does this exercise."
        ) from None
    if "Bin edges must be unique" in text:
        raise WrongAnswer(
            "`pd.qcut` and `pd.cut` fail if masses are equal, and they divide at values, not by the number of "
            "galaxies. Sort the galaxies, and divide them by their number."
        ) from None
    if isinstance(error, KeyError) and (
        "Index([" in text or any(isinstance(key, int | np.integer) for key in error.args)
    ):
        raise WrongAnswer(
            "Your function raises KeyError for a position: `series[0]` looks for the *id* 0, and the ids are text. Use "
            "`to_numpy` or `iloc` for positions."
        ) from None
    lengths = ("boolean", "same length", "must match", "broadcast", "out of bounds", "dimensions")
    if n_known < len(catalogue) and any(words in text.lower() for words in lengths):
        raise WrongAnswer(
            f"Your function raises {kind}. Here {len(catalogue) - n_known} of {len(catalogue)} galaxies have a NaN. "
            "Did you leave them out of one column only? Leave out whole galaxies, from both columns."
        ) from None
    if "survey" in catalogue and isinstance(error, TypeError | ValueError):
        raise WrongAnswer(
            f"Your function raises {kind} if the catalogue has other columns, such as one with text. Choose "
            "`log_mass_msun` and `metallicity` first."
        ) from None
    if n_bins in (1, n_known) and isinstance(error, IndexError | ValueError | ZeroDivisionError):
        raise WrongAnswer(
            f"Your function raises {kind} for {n_known} galaxies and {n_bins} bins: a single bin is possible, and a "
            "single galaxy per bin is, too."
        ) from None

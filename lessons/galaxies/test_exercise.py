"""Tests of the exercises on the galaxies; each takes the student's function."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_unchanged, format_items

NAN = math.nan
# float32 is as close as this, an answer rounded to two decimals is not; and 0 is close to no count at all.
CLOSE = {"rtol": 1e-5, "atol": 0.0}
# Rows are made of text, as they stand in the file; "" is an empty cell. A float would round each of these ids.
LONG = {
    "objID": ["1237648702973411443", "1237648702973411330", "1237651752413233217", "1237648720142401601"],
    "oh_p50": ["8.512", "", "9.04", "8.87"],
    "run": ["752", "94", "1035", "3"],
    "survey": ["main", "deep", "main", "strip 82"],
}
ZEROS = {
    "redshift": ["0.051", "0.12", "0.083"],
    "objID": ["0012376487029734114", "1237660024523456789", "0000000000000000042"],
    "oh_p50": ["8.3", "9.1", ""],
}
MIXED = {
    "survey": ["mock", "main", "mock", "deep", "main", "main", "deep"],
    "oh_p50": ["8.91", "8.45", "", "9.2", "8.7", "8.62", "9.05"],
    "objID": ["mock-7", "1237648702973411443", "mock-12", "0099", "1237651752413233217", "mock-3", "0100"],
    "nArms": ["2", "0", "4", "3", "2", "5", "2"],
}


def test_galaxies_1(answer):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for place, (columns, as_text) in enumerate([(LONG, False), (ZEROS, True), (MIXED, False)]):
            path = Path(folder) / str(place) / "master.csv"
            path.parent.mkdir()
            written = _csv(columns)
            path.write_bytes(written)
            _judge_catalogue(answer(str(path) if as_text else path), columns)
            expect(
                path.is_file() and path.read_bytes() == written,
                "Your function changes the file, which belongs to the caller: read it and leave it as it is.",
            )


def test_galaxies_2(answer):
    # By hand: 10 to the power of 8 − 12 is a ten-thousandth, and a million has a hundred of those.
    expect_close(answer(8.0), 100.0, _slips(np.array(8.0)), what="the count for a metallicity of 8", **CLOSE)
    found = as_array(answer(NAN), (), what="the count for NaN")
    expect(bool(np.isnan(found)), f"For an unknown metallicity (NaN) you return {float(found):.4g}: NaN must stay NaN.")
    given = np.array([[8.69, 8.0, NAN], [9.4, 7.5, 8.2]])
    before = given.copy()
    try:
        found = answer(given)
    except (TypeError, ValueError) as error:
        raise WrongAnswer(
            "Your function takes a single number, but not an array of metallicities: arithmetic works on a whole array "
            f"at once. Yours raises {type(error).__name__} there."
        ) from None
    expect_unchanged(np.nan_to_num(before), np.nan_to_num(given), "metallicity")
    # An independent way: with natural logarithms, one number at a time.
    right = np.array([[math.exp((value - 6) * math.log(10)) for value in row] for row in before])
    mistakes = [
        *_slips(before),
        (np.nan_to_num(right), "An unknown metallicity became 0 oxygen atoms: NaN must stay NaN."),
        (np.where(np.isnan(right), 1e6 * 1e-12, right), "You took NaN for a metallicity of 0: NaN must stay NaN."),
        (right[~np.isnan(right)], "You left the unknown metallicity out: NaN stays NaN, in its place."),
        (right.ravel(), "The numbers are right, but in one row: what comes back has the shape of what came in."),
    ]
    expect_close(found, right, mistakes, what="what you return for an array", **CLOSE)
    more = np.random.default_rng(4).uniform(8, 9.5, 20)
    right = [10**value / 10**6 for value in more.tolist()]
    expect_close(answer(more.copy()), right, _slips(more), what="what you return for 20 galaxies", **CLOSE)


def _csv(columns):
    rows = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    return ("\n".join(rows) + "\n").encode()


def _judge_catalogue(found, columns):
    ids, others = columns["objID"], [name for name in columns if name != "objID"]
    expect(found is not None, "Your function returns None: does it end with `return`?")
    expect(
        isinstance(found, pd.DataFrame),
        f"What you return is of type {type(found).__name__}; a table is asked for, a DataFrame of pandas.",
    )
    index = found.index.tolist()
    named = found.index.name
    _judge_place_of_ids(found, index, columns)
    _judge_ids(index, ids)
    expect(
        isinstance(named, str) and named == "objID",
        f"The ids are right, but the index must be called objID; yours is called {named!r}."
        if named is not None
        else "The ids are right, but the index has no name: it must be called objID, as the column was.",
    )
    names = _texts(found.columns)
    missing = [name for name in others if name not in names]
    expect(
        not missing,
        f"Missing in your table: {format_items(missing)}. Keep all of the file's columns, under their names.",
    )
    extra = [name for name in names if name not in others]
    expect(not extra, f"In your table and not in the file: {format_items(extra)}. Add no columns.")
    expect(
        names == others,
        f"The columns must stay in the file's order, {format_items(others)}; yours are {format_items(names)}.",
    )
    for name in others:
        _judge_column(name, found[name], columns[name])


def _judge_place_of_ids(found, index, columns):
    """The ids are the index, and not a column."""
    ids = columns["objID"]
    if "objID" in _texts(found.columns):
        if _texts(index) == ids:
            raise WrongAnswer(
                "The ids are the index, and still a column as well: each should be there once, as the index."
            )
        first = next(iter(columns))
        if str(found.index.name) == first:
            raise WrongAnswer(
                f"You made the file's first column the index, here {first}. The ids are in the column called objID, "
                "which may stand anywhere."
            )
        raise WrongAnswer("The ids are still a column: make objID the index, so that a galaxy is found by its name.")
    expect(found.index.nlevels == 1, "Your index has several levels; the ids alone are asked for.")
    if any("objID" in _texts(found.iloc[:, place]) for place in range(found.shape[1])):
        raise WrongAnswer("The file's first line became a row of the table: it holds the names of the columns.")
    counted = len(index) > 0 and _texts(index) == [repr(place) for place in range(len(index))]
    expect(not counted, "The ids are gone: the index only counts the rows, and there is no column objID.")


def _judge_ids(index, ids):
    """The ids are the file's, as text."""
    strange = [each for each in index if not isinstance(each, str)]
    if strange:
        kind = type(strange[0]).__name__
        expect(
            not isinstance(strange[0], bytes)
            and [_as_float(each) for each in index] == [_as_float(each) for each in ids],
            f"The ids must be text (str) in the index; yours holds {_short(repr(strange[0]))}, of type {kind}.",
        )
        expect(
            not isinstance(strange[0], float | np.floating),
            "The ids are floats: a float keeps the first 16 digits or so, and the last ones become others. Have them "
            "read as text.",
        )
        expect(
            [str(each) for each in index] == ids or any(each.startswith("0") for each in ids),
            f"The ids are whole numbers that were floats on their way: {ids[0]} became {index[0]}. Have them read as "
            "text.",
        )
        raise WrongAnswer(
            f"The ids are of type {kind}, whole numbers. An id is a name, and zeros at its beginning belong to it: "
            "have it read as text."
        )
    if index == ids:
        return
    expect("objID" not in index, "The file's first line became a row of the table: it holds the names of the columns.")
    if len(index) == len(ids):
        _judge_letters(index, ids)
    shown = format_items([_short(label) for label in index[:2]]) or "no rows"
    expect(
        bool(set(index) & set(ids)),
        f"None of the file's ids is in your index; it has {shown}. "
        "Do you read the file at `path`, and make objID the index?",
    )
    expect(
        len(set(index)) == len(index) or sorted(set(index)) != sorted(ids),
        "Some galaxies are there more than once: a row a galaxy is asked for.",
    )
    expect(
        sorted(index) != sorted(ids),
        "The ids are right, but the galaxies aren't in the file's order any more.",
    )
    left_out = [each for each in ids if each not in index]
    if left_out and set(index) < set(ids):
        raise WrongAnswer(
            f"The galaxy {left_out[0]} is missing. Each row of the file is a galaxy: keep it, even where its label is "
            "empty."
        )
    expect(len(index) == len(ids), f"Your table has {len(index)} rows; the file has {len(ids)} galaxies.")
    mine, its = next((mine, its) for mine, its in zip(index, ids, strict=True) if mine != its)
    raise WrongAnswer(f"An id in your index is {_short(mine)!r}; in the file it is {its!r}.")


def _judge_letters(index, ids):
    """Same number of ids, all text, not the same: what happened to them on the way?"""
    pairs = [(mine, its) for mine, its in zip(index, ids, strict=True) if mine != its]
    mine, its = pairs[0]
    if all(mine == its.lstrip("0") for mine, its in pairs):
        raise WrongAnswer(
            f"The id {its} became {_short(mine)}: the zeros at its beginning are gone. A number has none, so an id "
            "must never be one, not even on its way to text."
        )
    if all(mine.strip().strip("\"'") == its for mine, its in pairs):
        raise WrongAnswer(f"An id in your index is {mine!r}, with something around it; in the file it is {its!r}.")
    if all(mine.isascii() and mine.isdigit() for mine, _ in pairs) and all(
        its.isdigit() and int(mine) != int(its) and float(mine) == float(its) for mine, its in pairs
    ):
        raise WrongAnswer(
            f"The id {its} became {_short(mine)}: on its way it was a float, which can't hold all its digits. Have it "
            "read as text, from the start."
        )
    try:
        written = [float(mine) == float(its) and any(sign in mine for sign in ".eE") for mine, its in pairs]
    except ValueError:
        return
    if all(written):
        raise WrongAnswer(
            f"The id {its} became {_short(mine)!r}: that is how a float is written. It must be read as text, and not "
            "turned into text afterwards."
        )


def _judge_column(name, column, cells):
    """One column is as in the file: numbers as numbers, text as text."""
    given = _texts(column)
    if not _is_number(next(cell for cell in cells if cell)):
        expect(
            given == cells, f"The column {name} holds {format_items(cells)}; in your table it is {format_items(given)}."
        )
        return
    expect(
        not any(isinstance(each, str | bytes) for each in column),
        f"The ids are right, but the column {name} was turned to text too: only objID is text, numbers stay numbers.",
    )
    expect(
        column.dtype.kind not in "mM",
        f"The column {name} holds numbers in the file; in your table it holds dates or times.",
    )
    try:
        values = column.to_numpy(dtype=float, na_value=NAN)
    except (TypeError, ValueError):
        raise WrongAnswer(f"The column {name} can't be read as numbers: it is of type {column.dtype}.") from None
    right = np.array([float(cell) if cell else NAN for cell in cells])
    filled = np.isnan(right) & ~np.isnan(values)
    expect(
        not filled.any(),
        f"The empty cell of the column {name} became {values[filled][:1].sum():g}: what is missing must stay missing.",
    )
    expect_close(values, right, what=f"the column {name}")


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _texts(values):
    """Text as it is, anything else as Python writes it: what is missing can't be compared with =="""
    return [each if isinstance(each, str) else repr(each) for each in list(values)]


def _as_float(value):
    """What is left of an id in a float; itself where it is no number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return value


def _short(text):
    return text if len(text) <= 40 else text[:40] + " …"


def _slips(metallicity):
    """What typical mistakes give, and their hints."""
    with np.errstate(all="ignore"):
        ratio = 10 ** (metallicity - 12)
        right = 1e6 * ratio
        return [
            (
                1e6 * np.exp(metallicity - 12),
                "You took e to the power of it, as for a natural logarithm: this logarithm has the base 10.",
            ),
            (
                1e6 * 2 ** (metallicity - 12),
                "You took 2 to the power of it: this logarithm has the base 10.",
            ),
            (1e6 * 10**metallicity, "You forgot the 12: it is added to the logarithm, so take it away first."),
            (
                10**metallicity,
                "You forgot the 12: it is added to the logarithm, so take it away first. And then a million.",
            ),
            (1e6 * 10 ** (metallicity + 12), "You added the 12 once more: it is in the metallicity, so take it away."),
            (1e6 * 10 ** (12 - metallicity), "You have the sign turned: metallicity less 12 is log10(O/H)."),
            (
                10 ** (12 - metallicity),
                "These are hydrogen atoms per oxygen atom: the ratio is upside down. And it is asked for a million.",
            ),
            (
                1e6 * 10 ** (metallicity - 8.69),
                "You compared with the Sun's 8.69; what is asked for is a count per million hydrogen atoms.",
            ),
            (ratio, "These are oxygen atoms per hydrogen atom: what is asked for is a count per million of them."),
            (
                100 * ratio,
                "These are oxygen atoms per hundred hydrogen atoms, per cent: a count per million is asked for.",
            ),
            (1e3 * ratio, "These are oxygen atoms per thousand hydrogen atoms; a count per million is asked for."),
            (1e9 * ratio, "These are oxygen atoms per billion hydrogen atoms; a count per million is asked for."),
            (ratio / 1e6, "You divided by a million: per million hydrogen atoms there are a million times as many."),
            (
                1e6 * (metallicity - 12),
                "You took away the 12, but this is still a logarithm: 10 to its power is the ratio O/H.",
            ),
            (
                metallicity - 12,
                "This is log10(O/H), a logarithm: 10 to its power is the ratio; a million times that is asked for.",
            ),
            (metallicity - 6, "This is the logarithm of the count: the count itself is asked for."),
            (
                12 + np.log10(metallicity),
                "You took the logarithm of it again: the metallicity is a logarithm already, which has to be undone.",
            ),
            (
                1e6 * np.log10(metallicity),
                "You took a logarithm, but the metallicity is one already, which has to be undone.",
            ),
            (
                np.log10(metallicity),
                "You took the logarithm again: the metallicity is one already, which has to be undone.",
            ),
            (
                np.log10(metallicity - 12),
                "You took the logarithm again: the metallicity is one already. Less 12, it is negative, and has none.",
            ),
            (
                1e6 * np.log10(metallicity - 12),
                "You took the logarithm again: the metallicity is one already. Less 12, it is negative and has none.",
            ),
            (
                1e6 * ratio / (1 + ratio),
                "These are oxygen atoms per million atoms of both kinds: per million hydrogen atoms is asked for.",
            ),
            (metallicity, "You returned the metallicity as it was."),
            (np.round(right), "You rounded to whole atoms: leave the numbers as they come out."),
            (np.floor(right), "You cut off what is behind the point: leave the numbers as they come out."),
            (np.round(right, 1), "You rounded to one decimal: leave the numbers as they come out."),
            (np.round(right, 2), "You rounded to two decimals: leave the numbers as they come out."),
            (np.round(right, -1), "You rounded to tens: leave the numbers as they come out."),
            (
                np.vectorize(lambda value: float(f"{value:.3g}"))(right),
                "You rounded to three digits, as the page does to show it: leave the numbers as they come out.",
            ),
        ]

"""A column's cells -> numbers, truth values or text; what was read as missing, and what keeps it from being numbers."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from galviz.errors import quoted
from galviz.survey.missing import NOT_MEASURED, find_marks, is_missing, is_surely_missing
from galviz.survey.numerals import SMALLEST, holds_names, is_name, is_too_small, parse_number

# A number but for its form: 1,234.5, 8,75, 1 234, 1.2 Gyr, 5 %, ~0.1, <3, 8.9±0.1.
_NEARLY = re.compile(
    r"[~<>≈≤≥]?\s*[+−-]?\d[\d.,' \u00a0]*([eE][+-]?\d+)?\s*(±.*|\(.*\)|[^\W\d_]{1,8}|[%°′″\"'*]{1,2})?"
)
# A decimal comma; before exactly three digits it may separate thousands.
_WITH_COMMA = re.compile(r"[+-]?\d*,(?!\d{3}$)\d+([eE][+-]?\d+)?")
# Truth values as Python, spreadsheets, JSON and FITS write them: true, false. A column keeps to one of these forms.
_TRUTHS = (("True", "False"), ("TRUE", "FALSE"), ("true", "false"))
_FITS_TRUTHS = ("T", "F")

# So many numbers among a repeated word make a column of numbers; one or two may be kinds beside it.
_SOME = 3

_READ = csv.ReadOptions(column_names=["cell"], use_threads=False)
_PARSE = csv.ParseOptions(quote_char=False, ignore_empty_lines=False)
_CONVERT = csv.ConvertOptions(column_types={"cell": pa.float64()}, null_values=[])


@dataclass(frozen=True)
class Mixed:
    """What makes a column of numbers, or of truth values, text.

    Attributes
    ----------
    count, given : int
        How many cells are no numbers (or not as the first truth value is written), of how many that hold anything; of
        truth values, of all.
    example : str
        The first of them.
    line : int
        Its line in master.csv.
    """

    count: int
    given: int
    example: str
    line: int
    truths: tuple[str, str] | None = None
    """How the first truth value and its opposite are written, true first; None for numbers."""

    def __str__(self) -> str:
        if self.truths is not None:
            true, false = self.truths
            first = f"the first {quoted(self.example) if self.example else 'empty'} on line {self.line}"
            reason = f"{self.count:,} of {self.given:,} cells are neither {true} nor {false}, {first}"
            return f"it is text, because {reason}; write {true} or {false} in every cell for truth values"
        remedy = "write numbers, or leave the cells empty"
        if _WITH_COMMA.fullmatch(self.example):
            remedy = "write a decimal point instead of the comma"
        words = "cell is no number" if self.given == 1 else "cells are no numbers"
        first = f"the first {quoted(self.example)} on line {self.line}"
        return f"it is text, because {self.count:,} of {self.given:,} {words}, {first}; {remedy}"


@dataclass(frozen=True)
class Column:
    """A column of the catalogue.

    Attributes
    ----------
    cells : ndarray or ExtensionArray
        int64, float64 with NaN where missing, bool, or text (str) with missing values.
    missing : dict of str to int
        What was read as missing, as it is written, and how often; most frequent first.
    mixed : Mixed or None
        Given if most cells are numbers, or nearly, or all but one repeated word, or if all are truth values, and the
        column is text all the same.
    possibly_missing : dict of str to int
        What was read as a number and may stand for a missing value (`galviz.survey.missing.find_marks`), as `missing`.
    """

    cells: np.ndarray | pd.api.extensions.ExtensionArray
    missing: dict[str, int]
    mixed: Mixed | None = None
    possibly_missing: dict[str, int] = field(default_factory=dict)


def read_column(name: str, blocks: Sequence[str], lines: Sequence[int]) -> Column:
    """Turn a column's cells into numbers or truth values if all of them are, else into text.

    Parameters
    ----------
    name : str
    blocks : sequence of str
        See `galviz.survey.table.Table`.
    lines : sequence of int
        The line of each cell in master.csv.

    Returns
    -------
    Column
    """
    numbers, words = _parse(blocks)
    if not words and not any(map(_names_rather_than_counts, blocks)):
        marks = find_marks(name, numbers)
        possible = _counted(_picked(blocks, marks.possible))
        if marks.missing.any():
            missing = _counted(_picked(blocks, marks.missing))
            return Column(np.where(marks.missing, np.nan, numbers), missing, possibly_missing=possible)
        # Only what is written as an integer is one: 3.0 was measured.
        whole = all(re.fullmatch(r"[0-9+\n-]*", block) for block in blocks)
        return Column(numbers.astype(np.int64) if whole else numbers, {}, possibly_missing=possible)
    cells = [cell for block in blocks for cell in block.split("\n")]
    true = _word_for_true(words)
    if true is not None and words.total() == len(cells):
        return Column(np.array([cell == true for cell in cells]), {})
    missing = np.array([is_missing(cell) for cell in cells]) | (numbers == NOT_MEASURED)
    mixed = _mixed_truths(cells, words, missing, lines) or _mixed(cells, words, missing, lines)
    if mixed is None or mixed.truths:  # a column of words
        missing = np.array([is_surely_missing(cell) for cell in cells]) | (numbers == NOT_MEASURED)
    values = pd.array([None if gone else cell for cell, gone in zip(cells, missing, strict=True)], dtype="str")
    return Column(values, _counted(_picked(blocks, missing)), mixed)


def _word_for_true(words: Collection[str]) -> str | None:
    """The word for true among truth values of one form; None for other words. T alone, or F, may be a code."""
    for true, false in _TRUTHS:
        if words and set(words) <= {true, false}:
            return true
    return _FITS_TRUTHS[0] if set(words) == set(_FITS_TRUTHS) else None


def _mixed_truths(cells: list[str], words: Counter[str], missing: np.ndarray, lines: Sequence[int]) -> Mixed | None:
    """Say what keeps a column from being truth values, if all that it holds are some, in whatever form."""
    forms = [*_TRUTHS, *([_FITS_TRUTHS] if len(words) > 1 else [])]
    known = {word: form for form in forms for word in form}
    # Letters alone are truth values only if both are there.
    alone = set(words) <= set(_FITS_TRUTHS) and _word_for_true(words) is None
    if not words or alone or not known.keys() >= words.keys() or words.total() < len(cells) - missing.sum():
        return None
    form = known[next(cell for cell in cells if cell in words)]
    odd = [place for place, cell in enumerate(cells) if cell not in form]
    return Mixed(len(odd), len(cells), cells[odd[0]], lines[odd[0]], form)


def _parse(blocks: Sequence[str]) -> tuple[np.ndarray, Counter[str]]:
    """Read cells as numbers, and count the cells that are neither numbers nor missing.

    Numbers are NaN for what is none, infinite for what is too large for a float64, and for what is too small: 1e-400
    isn't 0. What isn't finite is missing, and told.
    """
    parts, words = [], Counter()
    for block in blocks:
        part = _parse_plain(block)
        if part is None:
            cells = block.split("\n")
            part = np.array(list(map(parse_number, cells)))
            words.update(cells[place] for place in np.flatnonzero(np.isnan(part)) if not is_missing(cells[place]))
        parts.append(_without_lost(block, part))
    return np.concatenate(parts), words


def _without_lost(block: str, part: np.ndarray) -> np.ndarray:
    """Numbers with infinity for those whose digits a float64 loses because they are too small."""
    # Only an exponent makes a number so small, or hundreds of zeros. (false, True and other words have an e too.)
    if not ("e" in block or "E" in block or "d" in block or "D" in block or "0" * 300 in block):
        return part
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(np.abs(part) < SMALLEST)
    if not places.size:
        return part
    cells = block.split("\n")
    lost = [place for place in places.tolist() if is_too_small(cells[place], float(part[place]))]
    part = part.copy()
    part[lost] = np.inf
    return part


def _parse_plain(block: str) -> np.ndarray | None:
    """Read cells that are all finite numbers in a plain form, twice as fast as Python does; None if any isn't."""
    try:
        table = csv.read_csv(pa.py_buffer(block.encode()), _READ, _PARSE, _CONVERT)
    except pa.ArrowInvalid:
        return None
    part = table[0].to_numpy()
    return part if len(part) == block.count("\n") + 1 and np.isfinite(part).all() else None


def _names_rather_than_counts(block: str) -> bool:
    """Whether a cell holds digits that a number would lose."""
    # Where each cell has its decimal point there is no need to look. ("n.a." has two.)
    if block.count(".") > block.count("\n") and "a" not in block and "A" not in block:
        return False
    return holds_names(block)


def _picked(blocks: Sequence[str], places: np.ndarray) -> Iterator[str]:
    """The cells at some places."""
    start = 0
    for block in blocks:
        end = start + block.count("\n") + 1
        if places[start:end].any():
            cells = block.split("\n")
            yield from (cells[place] for place in np.flatnonzero(places[start:end]))
        start = end


def _counted(cells: Iterator[str]) -> dict[str, int]:
    return dict(Counter(cells).most_common())


def _mixed(cells: list[str], words: Counter[str], missing: np.ndarray, lines: Sequence[int]) -> Mixed | None:
    """Say what keeps a column from being numbers, if that is what it seems to be meant for."""
    given = len(cells) - int(missing.sum())
    names = list(map(is_name, cells))
    odd = [place for place, cell in enumerate(cells) if not missing[place] and (cell in words or names[place])]
    nearly = sum(count for word, count in words.items() if _NEARLY.fullmatch(word))
    # Ids, plates and codes are text on purpose: more than a few of their cells have leading zeros or too many digits.
    if not odd or 4 * sum(names) > given:
        return None
    # Among the numbers one word, however often, is a gap in some form; several words are kinds.
    numbers = given - len(odd)
    one_word = len(words) == 1 and len(odd) == words.total() and numbers >= _SOME
    if 5 * (numbers + nearly) < 2 * given and not one_word:
        return None
    return Mixed(len(odd), given, cells[odd[0]], lines[odd[0]])

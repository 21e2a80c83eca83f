"""A column's cells -> numbers, truth values or text; what was read as missing, and what keeps it from being numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from galviz.missing import NOT_MEASURED, is_missing, is_surely_missing, missing_marks
from galviz.problems import quoted

# The largest integer up to which a float64 holds every one.
_EXACT = 2**53
# A number but for its form: 1,234.5, 8,75, 1 234, 1.2 Gyr, 5 %, ~0.1, <3, 8.9±0.1.
_NEARLY = re.compile(
    r"[~<>≈≤≥]?\s*[+−-]?\d[\d.,' \u00a0]*([eE][+-]?\d+)?\s*(±.*|\(.*\)|[^\W\d_]{1,8}|[%°′″\"'*]{1,2})?"
)
# A decimal comma; before exactly three digits it may separate thousands.
_WITH_COMMA = re.compile(r"[+-]?\d*,(?!\d{3}$)\d+([eE][+-]?\d+)?")
# Cells that name rather than count: 007 as an integer would lose its zeros, 1237648702973411443 its last digits.
_NAMES = re.compile(r"^[+-]*(0[0-9]+|[0-9]{16,})$", re.MULTILINE)

_READ = csv.ReadOptions(column_names=["cell"], use_threads=False)
_PARSE = csv.ParseOptions(quote_char=False, ignore_empty_lines=False)
_CONVERT = csv.ConvertOptions(column_types={"cell": pa.float64()}, null_values=[])


@dataclass(frozen=True)
class Mixed:
    """What makes a column of numbers text.

    Attributes
    ----------
    count, given : int
        How many cells are no numbers, of how many that hold anything.
    example : str
        The first of them.
    line : int
        Its line in master.csv.
    """

    count: int
    given: int
    example: str
    line: int

    def __str__(self) -> str:
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
        Given if most cells are numbers, or nearly, and the column is text all the same.
    """

    cells: np.ndarray | pd.api.extensions.ExtensionArray
    missing: dict[str, int]
    mixed: Mixed | None = None


def read_column(name: str, blocks: Sequence[str], lines: Sequence[int]) -> Column:
    """Turn a column's cells into numbers or truth values if all of them are, else into text.

    Parameters
    ----------
    name : str
    blocks : sequence of str
        See `galviz.table.Table`.
    lines : sequence of int
        The line of each cell in master.csv.

    Returns
    -------
    Column
    """
    numbers, words = _parse(blocks)
    if not words and not any(map(_names_rather_than_counts, blocks)):
        missing = missing_marks(name, numbers)
        if missing.any():
            return Column(np.where(missing, np.nan, numbers), _counted(_picked(blocks, missing)))
        # Only what is written as an integer is one: 3.0 was measured.
        whole = all(re.fullmatch(r"[0-9+\n-]*", block) for block in blocks)
        return Column(numbers.astype(np.int64) if whole else numbers, {})
    cells = [cell for block in blocks for cell in block.split("\n")]
    if set(words) <= {"True", "False"} and words.total() == len(cells):
        return Column(np.array([cell == "True" for cell in cells]), {})
    missing = np.array([is_missing(cell) for cell in cells]) | (numbers == NOT_MEASURED)
    mixed = _mixed(cells, words, missing, lines)
    if mixed is None:  # a column of words
        missing = np.array([is_surely_missing(cell) for cell in cells]) | (numbers == NOT_MEASURED)
    values = pd.array([None if gone else cell for cell, gone in zip(cells, missing, strict=True)], dtype="str")
    return Column(values, _counted(_picked(blocks, missing)), mixed)


def _parse(blocks: Sequence[str]) -> tuple[np.ndarray, Counter[str]]:
    """Read cells as numbers, NaN for what is none; and count the cells that are neither numbers nor missing."""
    parts, words = [], Counter()
    for block in blocks:
        part = _parse_plain(block)
        if part is None:
            cells = block.split("\n")
            part = np.array(list(map(_number, cells)))
            words.update(cells[place] for place in np.flatnonzero(np.isnan(part)) if not is_missing(cells[place]))
        parts.append(part)
    return np.concatenate(parts), words


def _parse_plain(block: str) -> np.ndarray | None:
    """Read cells that are all finite numbers in a plain form, twice as fast as Python does; None if any isn't."""
    try:
        table = csv.read_csv(pa.py_buffer(block.encode()), _READ, _PARSE, _CONVERT)
    except pa.ArrowInvalid:
        return None
    part = table[0].to_numpy()
    return part if len(part) == block.count("\n") + 1 and np.isfinite(part).all() else None


def _number(cell: str) -> float:
    """Read a cell as Python does, save 1_000, which may be a name."""
    try:
        return np.nan if "_" in cell else float(cell)
    except ValueError:
        return np.nan


def _names_rather_than_counts(block: str) -> bool:
    """Whether a cell holds digits that a number would lose."""
    # Where each cell has its decimal point there is no need to look. ("n.a." has two.)
    if block.count(".") > block.count("\n") and "a" not in block and "A" not in block:
        return False
    return any(digits[0] == "0" or len(digits) > 16 or int(digits) > _EXACT for digits in _NAMES.findall(block))


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
    names = [bool(_NAMES.match(cell) and _names_rather_than_counts(cell)) for cell in cells]
    odd = [place for place, cell in enumerate(cells) if not missing[place] and (cell in words or names[place])]
    nearly = sum(count for word, count in words.items() if _NEARLY.fullmatch(word))
    # Ids, plates and codes are text on purpose: more than a few of their cells have leading zeros or too many digits.
    if not odd or 5 * (given - len(odd) + nearly) < 2 * given or 4 * sum(names) > given:
        return None
    return Mixed(len(odd), given, cells[odd[0]], lines[odd[0]])

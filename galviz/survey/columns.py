"""The cells of a column -> numbers, booleans or text, and which of them are missing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from galviz.survey.missing import is_missing, is_missing_text
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.mixed_columns import MixedColumn, find_mixed_booleans, find_mixed_numbers, true_word
from galviz.survey.named_missing import NONE_NAMED, NamedMissing
from galviz.survey.number_parsing import (
    SMALLEST_NORMAL,
    contains_digit_code,
    parse_number,
    parse_plain_numbers,
    underflows,
)
from galviz.survey.sentinels import NOT_MEASURED, SENTINELS_AMONG_WORDS


@dataclass(frozen=True)
class Column:
    """A column of the catalogue.

    Attributes
    ----------
    cells : ndarray or ExtensionArray
        int64, float64 with NaN where missing, bool, or text (str) with missing values.
    missing : dict of str to int
        The cells that were read as missing, as they are written, and how often; most frequent first.
    mixed : MixedColumn or None
        Why the column is text, if most of its cells are numbers or all are booleans.
    possibly_missing : dict of str to int
        Cells that were read as numbers but may stand for missing values; the form is that of `missing`.
    named_missing : bool
        Whether the column would be another one without the user's own values for missing ones.
    """

    cells: np.ndarray | pd.api.extensions.ExtensionArray
    missing: dict[str, int]
    mixed: MixedColumn | None = None
    possibly_missing: dict[str, int] = field(default_factory=dict)
    named_missing: bool = False


def read_column(name: str, blocks: Sequence[str], lines: Sequence[int], named: NamedMissing = NONE_NAMED) -> Column:
    r"""Convert the cells of a column to numbers or booleans if all of them allow it, else to text.

    Parameters
    ----------
    name : str
    blocks : sequence of str
        Thousands of cells each, one per line; see `galviz.survey.table.Table`.
    lines : sequence of int
        The line of each cell in master.csv.
    named : NamedMissing
        The user's own values for missing ones.

    Returns
    -------
    Column

    Examples
    --------
    >>> column = read_column("log_mass", ["9.5\nN/A\n11.2"], [2, 3, 4])
    >>> column.cells.tolist(), column.missing
    ([9.5, nan, 11.2], {'N/A': 1})
    """
    numbers, words = _parse(blocks)
    has_codes = any(map(_has_digit_code, blocks))
    column = _interpret(name, blocks, lines, numbers, words, has_codes=has_codes)
    if not named or not (
        named.matches_numbers(numbers).any()
        or any(word.lower() in named.words for word in words)
        or (has_codes and named.words)
    ):
        return column
    other_words = Counter({word: count for word, count in words.items() if word.lower() not in named.words})
    other = _interpret(name, blocks, lines, numbers, other_words, named, has_codes=has_codes)
    return column if other.missing == column.missing else replace(other, named_missing=True)


def _interpret(
    name: str,
    blocks: Sequence[str],
    lines: Sequence[int],
    numbers: np.ndarray,
    words: Counter[str],
    named: NamedMissing = NONE_NAMED,
    *,
    has_codes: bool,
) -> Column:
    """Decide what a column holds; `numbers` and `words` are those of `_parse`."""
    if not words and not has_codes:
        named_numbers = named.matches_numbers(numbers)
        if named_numbers.any():
            numbers = np.where(named_numbers, np.nan, numbers)
        result = find_missing_numbers(name, numbers)
        possible = _count(_select(blocks, result.possible))
        if result.missing.any():
            missing = _count(_select(blocks, result.missing))
            return Column(np.where(result.missing, np.nan, numbers), missing, possibly_missing=possible)
        # 3.0 was measured; only cells without a decimal point are integers.
        are_integers = all(re.fullmatch(r"[0-9+\n-]*", block) for block in blocks)
        return Column(numbers.astype(np.int64) if are_integers else numbers, {}, possibly_missing=possible)
    cells = [cell for block in blocks for cell in block.split("\n")]
    true = true_word(words)
    if true is not None and words.total() == len(cells):
        return Column(np.array([cell == true for cell in cells]), {})
    named_cells = np.array([named.matches(cell) for cell in cells]) if named else np.zeros(len(cells), bool)
    missing = np.array([is_missing(cell) for cell in cells]) | (numbers == NOT_MEASURED) | named_cells
    finite = numbers[np.isfinite(numbers)]
    if words and np.isin(finite, SENTINELS_AMONG_WORDS).all():  # beside words, they are no numbers of their own
        missing |= np.isin(numbers, SENTINELS_AMONG_WORDS)
    mixed = find_mixed_booleans(cells, words, missing, lines) or find_mixed_numbers(cells, words, missing, lines)
    if mixed is None or mixed.booleans:  # a column of words
        sentinels = np.isin(numbers, SENTINELS_AMONG_WORDS) if words else numbers == NOT_MEASURED
        missing = np.array([is_missing_text(cell) for cell in cells]) | sentinels | named_cells
    elif words:
        missing |= np.isfinite(numbers) & find_missing_numbers(name, np.where(missing, np.nan, numbers)).missing
    values = pd.array([None if gone else cell for cell, gone in zip(cells, missing, strict=True)], dtype="str")
    return Column(values, _count(_select(blocks, missing)), mixed)


def _parse(blocks: Sequence[str]) -> tuple[np.ndarray, Counter[str]]:
    """Parse cells as numbers, and count the cells that are neither numbers nor missing.

    Cells that aren't numbers are NaN. Numbers that overflow or underflow a float64 are infinite: 1e-400 isn't 0.
    Both are missing and reported.
    """
    parts, words = [], Counter()
    for block in blocks:
        part = parse_plain_numbers(block)
        if part is None:
            cells = block.split("\n")
            part = np.array(list(map(parse_number, cells)))
            words.update(cells[place] for place in np.flatnonzero(np.isnan(part)) if not is_missing(cells[place]))
        parts.append(_mark_underflow(block, part))
    return np.concatenate(parts), words


def _mark_underflow(block: str, part: np.ndarray) -> np.ndarray:
    """Replace numbers that underflow a float64 by infinity."""
    # Such numbers need an exponent or hundreds of zeros. (false, True and other words have an e too.)
    if not ("e" in block or "E" in block or "d" in block or "D" in block or "0" * 300 in block):
        return part
    with np.errstate(invalid="ignore"):
        positions = np.flatnonzero(np.abs(part) < SMALLEST_NORMAL)
    if not positions.size:
        return part
    cells = block.split("\n")
    part = part.copy()
    part[[place for place in positions.tolist() if underflows(cells[place], float(part[place]))]] = np.inf
    return part


def _has_digit_code(block: str) -> bool:
    """Whether a cell has digits that a number would lose."""
    # If each cell has its decimal point, none can be a code. ("n.a." has two points.)
    if block.count(".") > block.count("\n") and "a" not in block and "A" not in block:
        return False
    return contains_digit_code(block)


def _select(blocks: Sequence[str], mask: np.ndarray) -> Iterator[str]:
    """The cells where a mask is True."""
    start = 0
    for block in blocks:
        end = start + block.count("\n") + 1
        if mask[start:end].any():
            cells = block.split("\n")
            yield from (cells[place] for place in np.flatnonzero(mask[start:end]))
        start = end


def _count(cells: Iterator[str]) -> dict[str, int]:
    return dict(Counter(cells).most_common())

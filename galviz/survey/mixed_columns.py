"""Columns of text that seem to be numeric or boolean, and the cells that prevent it."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from galviz.errors import quoted
from galviz.survey.number_parsing import is_digit_code
from galviz.survey.number_separators import separator_in, separator_remedy

# Numbers in another form: 1,234.5, 8,75, 1 234, 1.2 Gyr, 5 %, ~0.1, <3, 8.9±0.1.
_NEARLY_NUMBER = re.compile(
    r"[~<>≈≤≥]?\s*[+−-]?\d[\d.,' \u00a0]*([eE][+-]?\d+)?\s*(±.*|\(.*\)|[^\W\d_]{1,8}|[%°′″\"'*]{1,2})?"
)
# Booleans as Python, spreadsheets, JSON and FITS write them: (true, false). A column uses one of these forms.
_BOOLEANS = (("True", "False"), ("TRUE", "FALSE"), ("true", "false"))
_FITS_BOOLEANS = ("T", "F")
# Beside one repeated word, this many numbers make a column numeric. One or two may be categories like the word.
_MIN_NUMBERS = 3


@dataclass(frozen=True)
class MixedColumn:
    """Why a column that seems to be numeric or boolean is text. ``str`` gives a clause for a message.

    Attributes
    ----------
    n_invalid : int
        Number of cells that aren't numbers, or that aren't booleans in the form of the first one.
    n_cells : int
        Number of cells: for numbers, without missing ones.
    example : str
        The first invalid cell.
    line : int
        Its line in master.csv.
    booleans : (str, str) or None
        The words for true and false, in the form of the first boolean; None for numbers.
    """

    n_invalid: int
    n_cells: int
    example: str
    line: int
    booleans: tuple[str, str] | None = None

    def __str__(self) -> str:
        if self.booleans is not None:
            true, false = self.booleans
            first = f"the first {quoted(self.example) if self.example else 'empty'} on line {self.line}"
            reason = f"{self.n_invalid:,} of {self.n_cells:,} cells are neither {true} nor {false}, {first}"
            return f"it is text, because {reason}; write {true} or {false} in every cell to make it boolean"
        remedy = "write numbers, or leave the cells empty"
        if separator_in(self.example) is not None:
            remedy = separator_remedy([self.example])
        cells = "cell" if self.n_cells == 1 else "cells"
        words = f"{cells} isn't a number" if self.n_invalid == 1 else f"{cells} aren't numbers"
        first = f"the first {quoted(self.example)} on line {self.line}"
        return f"it is text, because {self.n_invalid:,} of {self.n_cells:,} {words}, {first}; {remedy}"


def true_word(words: Collection[str]) -> str | None:
    """The word for true, if all words are booleans of one form; else None. T or F alone may be a code.

    Examples
    --------
    >>> true_word({"True", "False"}), true_word({"T", "F"}), true_word({"T"})
    ('True', 'T', None)
    """
    for true, false in _BOOLEANS:
        if words and set(words) <= {true, false}:
            return true
    return _FITS_BOOLEANS[0] if set(words) == set(_FITS_BOOLEANS) else None


def find_mixed_booleans(
    cells: list[str], words: Counter[str], missing: np.ndarray, lines: Sequence[int]
) -> MixedColumn | None:
    """Find what makes a column text whose values are all booleans, in several forms or with missing ones.

    Parameters
    ----------
    cells : list of str, length n
    words : Counter of str
        The cells that are neither numbers nor missing.
    missing : ndarray of bool, shape (n,)
    lines : sequence of int, length n
        The line of each cell in master.csv.

    Returns
    -------
    MixedColumn or None
        None if the column holds anything else.

    Examples
    --------
    >>> cells = ["True", "False", "TRUE"]
    >>> find_mixed_booleans(cells, Counter(cells), np.zeros(3, bool), [2, 3, 4])
    MixedColumn(n_invalid=1, n_cells=3, example='TRUE', line=4, booleans=('True', 'False'))
    """
    known = {word: form for form in (*_BOOLEANS, _FITS_BOOLEANS) for word in form}
    # T or F alone may be a code.
    only_codes = set(words) <= set(_FITS_BOOLEANS) and true_word(words) is None
    if not words or only_codes or not known.keys() >= words.keys() or words.total() < len(cells) - missing.sum():
        return None
    form = known[next(cell for cell in cells if cell in words)]
    invalid = [place for place, cell in enumerate(cells) if cell not in form]
    return MixedColumn(len(invalid), len(cells), cells[invalid[0]], lines[invalid[0]], form)


def find_mixed_numbers(
    cells: list[str], words: Counter[str], missing: np.ndarray, lines: Sequence[int]
) -> MixedColumn | None:
    """Find what makes a column text whose cells are mostly numbers; parameters as for `find_mixed_booleans`.

    Examples
    --------
    >>> cells = ["9.5", "10.2", "bad", "11.1"]
    >>> print(find_mixed_numbers(cells, Counter(["bad"]), np.zeros(4, bool), [2, 3, 4, 5]))
    it is text, because 1 of 4 cells isn't a number, the first 'bad' on line 4; write numbers, or leave the cells empty
    """
    n_cells = len(cells) - int(missing.sum())
    codes = list(map(is_digit_code, cells))
    invalid = [place for place, cell in enumerate(cells) if not missing[place] and (cell in words or codes[place])]
    n_nearly = sum(count for word, count in words.items() if _NEARLY_NUMBER.fullmatch(word))
    # Ids, plates and codes are text on purpose: more than a few of their cells have leading zeros or too many digits.
    if not invalid or 4 * sum(codes) > n_cells:
        return None
    # One word among numbers stands for missing values, however often it occurs; several words are categories.
    n_numbers = n_cells - len(invalid)
    only_one_word = len(words) == 1 and len(invalid) == words.total() and n_numbers >= _MIN_NUMBERS
    if 5 * (n_numbers + n_nearly) < 2 * n_cells and not only_one_word:
        return None
    return MixedColumn(len(invalid), n_cells, cells[invalid[0]], lines[invalid[0]])

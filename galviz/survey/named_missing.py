"""Further values that stand for a missing one, as the user names them: missing=("-1", "99.9", "unknown")."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from galviz.survey.number_parsing import is_digit_code, parse_number


@dataclass(frozen=True)
class NamedMissing:
    """Numbers and words that stand for a missing value, besides those that galviz recognises.

    Attributes
    ----------
    numbers : frozenset of float
        They match cells with the same number, however it is written: 99.9 and 99.90, or rounded to a float32.
    words : frozenset of str
        They match cells in upper and lower case; digits with leading zeros are a word.

    Examples
    --------
    >>> named = parse_missing(["-1", "unknown"])
    >>> named.matches("-1.0"), named.matches("Unknown"), named.matches("-10")
    (True, True, False)
    """

    numbers: frozenset[float] = frozenset()
    words: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.words)

    def matches(self, cell: str) -> bool:
        """Whether a cell, without spaces around it, stands for a missing value. Codes such as 007 aren't numbers."""
        if cell.lower() in self.words:
            return True
        return bool(self.numbers) and not is_digit_code(cell) and parse_number(cell) in self.numbers

    def matches_numbers(self, numbers: np.ndarray) -> np.ndarray:
        """Which numbers stand for a missing value: bool, shape (n,)."""
        return np.isin(numbers, list(self.numbers))

    def __str__(self) -> str:
        return ", ".join([*(repr(number) for number in sorted(self.numbers)), *map(repr, sorted(self.words))])


NONE_NAMED = NamedMissing()


def parse_missing(missing: "Iterable[str | float] | NamedMissing") -> NamedMissing:
    """Divide the values that a user names into numbers and words.

    Parameters
    ----------
    missing : iterable of str or number
        Such as ``("-1", "99.9", "unknown")``; spaces around a value and empty ones are ignored.

    Returns
    -------
    NamedMissing

    Raises
    ------
    ValueError
        If `missing` is a single text or number.

    Examples
    --------
    >>> named = parse_missing([-1, "99.90", "Unknown"])
    >>> str(named)
    "-1.0, 99.9, 99.9000015258789, 'unknown'"
    """
    if isinstance(missing, NamedMissing):
        return missing
    if isinstance(missing, str | bytes | float | int) or not isinstance(missing, Iterable):
        raise ValueError(
            f"missing must be a list of numbers and words that stand for missing values; got {missing!r}. "
            f"Write missing=[{missing!r}]."
        )
    cells = [str(value).strip() for value in missing]
    numbers, words = set(), set()
    for cell in filter(None, cells):
        value = parse_number(cell)
        if math.isfinite(value):
            numbers |= {value, float(np.float32(value))} if abs(value) < 1e38 else {value}
        if not math.isfinite(value) or is_digit_code(cell):
            words.add(cell.lower())
    return NamedMissing(frozenset(numbers), frozenset(words))

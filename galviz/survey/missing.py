"""What stands for a missing value in a column: an empty cell, a word such as N/A, or a number that no galaxy has."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from galviz.survey.outliers import ENOUGH, LEAST_RANGE, is_strange
from galviz.survey.quantities import Quantity, quantity_of

# In small letters: what pandas reads as missing (pandas.read_csv, na_values), what spreadsheets write for an error, and
# what astropy, SQL and people write.
MISSING_WORDS = {
    *("", "n/a", "na", "n.a.", "<na>", "<n/a>", "nan", "+nan", "-nan", "nat", "null", r"\n", "none", "nil"),
    *("#n/a", "#n/a n/a", "#na", "#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#spill!", "#calc!"),
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "masked", "missing", "undefined", "undef"),
    *("no data", "nodata", "not available", "not measured", ".", "?", "-", "--", "---", "–", "—", "−"),
}
_PERHAPS_KINDS = {"na", "none", "nil", ".", "?", "-", "--", "---", "–", "—", "−", "undefined", "masked"}
# SDSS's and the MPA-JHU catalogue's mark for 'not measured', in any column.
NOT_MEASURED = -9999.0


class _Kind(Enum):
    """Marks of catalogues and formats, each of which may be a value too."""

    SDSS = auto()  # -9999
    LOW = auto()  # -99, -999.9, -1000 and the like
    WEAK = auto()  # -77, -88.8 and the like, less frequent ones
    HIGH = auto()  # 99, 99.9, 999 and the like: of what was not detected
    INTEGER = auto()  # the ends of 16, 32 and 64 bits: FITS's and databases' nulls, and what a full counter shows
    FILL = auto()  # 1e20, the largest float32 and the like: netCDF's and others' fill values, absurdly large


def _written(digit: str, lengths: range, decimals: tuple[str, ...]) -> list[float]:
    """The numbers of one digit: 99, 99.9, 999.25; up to seven digits with a point, as many as a float32 holds."""
    texts = [digit * length + end for length in lengths for end in decimals if not end or length + len(end) <= 8]
    return list(map(float, texts))


_NINES = _written("9", range(2, 11), ("", ".25", ".5", ".9", ".99", ".999", ".9999"))
_SEVENS = _written("7", range(2, 7), ("", ".7", ".77"))
_EIGHTS = _written("8", range(2, 7), ("", ".8", ".88"))
_MARKS = {
    **{-mark: _Kind.WEAK for mark in (*_SEVENS, *_EIGHTS)},
    **{-mark: _Kind.LOW for mark in (*_NINES, 1000.0, 999999488.0, 999999500.0)},
    **{mark: _Kind.HIGH for mark in _NINES if mark < 1e6},
    **dict.fromkeys((-32768.0, 32767.0, -(2.0**31), 2.0**31 - 1, -(2.0**63), 2.0**63), _Kind.INTEGER),
    **{sign * mark: _Kind.FILL for mark in (1e20, 1e30, 1e37, 9.96921e36, 3.4028235e38) for sign in (1, -1)},
    **{sign * mark: _Kind.FILL for mark in (1e300, 1e308) for sign in (1, -1)},
    -1.6375e30: _Kind.FILL,
    NOT_MEASURED: _Kind.SDSS,
}
_DOUBLES = np.array(sorted(_MARKS))
with np.errstate(over="ignore"):
    # As a float32 holds them: -99.9 is written as -99.9000015 then.
    _SINGLES = {float(np.float32(mark)): kind for mark, kind in _MARKS.items() if abs(mark) < 1e39}
_SINGLES_SORTED = np.array(sorted(_SINGLES), dtype=np.float32)
_SMALLEST_MARK = 77.0

# A mark stands apart if its distance from the nearest value is that many times the range of the values (of magnitudes,
# their range), of which the least is `LEAST_RANGE`: 99 beside 95, 95 is none. `ENOUGH` marks speak for themselves if
# there are no values, and as many times the most frequent value if they lie among the values.
_APART = 3.0
# A fill value is that many times larger than any value.
_ABSURD = 1e6
# Neighbours are near if they are closer than so many mean distances.
_NEAR = 3.0


@dataclass(frozen=True)
class Marks:
    """Which numbers of a column stand for a missing value.

    Attributes
    ----------
    missing : ndarray of bool, shape (n,)
    possible : ndarray of bool, shape (n,)
        Those that may stand for one and may be values. They are taken as values, and users are told.
    """

    missing: np.ndarray
    possible: np.ndarray


def is_missing(cell: str) -> bool:
    """Whether a cell, without spaces around it, is empty or a word for a missing value."""
    return cell.lower() in MISSING_WORDS


def is_surely_missing(cell: str) -> bool:
    """Whether a cell among words is missing: `None`, `Na` or `-` may be a kind there, beside `Weak`, `Mg` or `+`."""
    return cell.lower() in MISSING_WORDS - _PERHAPS_KINDS


def find_marks(column: str, numbers: np.ndarray) -> Marks:
    """Find the numbers of a column that stand for a missing value, and those that may.

    Parameters
    ----------
    column : str
        Its name, which says whether it holds magnitudes, velocities or percentages (`galviz.survey.quantities`).
    numbers : ndarray of float, shape (n,)

    Returns
    -------
    Marks
        Missing is what isn't finite; and of the numbers that catalogues and file formats use as marks those that no
        value of the column can be, judged by the values that are no marks ("the others"):

        - −9999, SDSS's, unless it lies among ten others or more, near its neighbours and no more frequent than any;
        - −99, −999.25, −1000 and the like below all others, by three times their range, or as the only negative ones
          beside ten others (a velocity, and a rarer mark such as −88, must occur twice for that);
        - 99, 99.9, 999 and the like above all others: by the range of magnitudes, colours and redshifts; by three times
          the range of a band's letter, and of ten others if they aren't whole numbers, or if the mark occurs twice;
        - the ends of 16, 32 and 64 bits outside the others, by three times their range. A counter that shows 32767 may
          be full: its true value is unknown then too;
        - 1e20, the largest float32 and the like, if they are a million times larger than all others;
        - any of them among the others, if it is ten times as frequent as each of these;
        - all but 99 and the like, if the column holds nothing but marks and at least ten of them.

        What stands apart and meets no rule is possible, and so is any other number that
        `galviz.survey.outliers.is_strange` finds. A velocity of −99 among −120 and 50 is neither missing nor possible.
    """
    missing = ~np.isfinite(numbers)
    possible = np.zeros(len(numbers), dtype=bool)
    places = _candidates(numbers)
    if places.size:
        _judge_candidates(column, numbers, places, missing, possible)
    values = ~missing & ~possible
    possible[values] = is_strange(numbers[values], signed=quantity_of(column) is Quantity.SIGNED)
    return Marks(missing, possible)


def _judge_candidates(
    column: str, numbers: np.ndarray, places: np.ndarray, missing: np.ndarray, possible: np.ndarray
) -> None:
    """Add to `missing` and `possible` the marks of catalogues and formats at some places."""
    is_other = ~missing
    is_other[places] = False
    others = _Others(quantity_of(column), np.sort(numbers[is_other]), n_marks=places.size)
    marks, which, counts = np.unique(numbers[places], return_inverse=True, return_counts=True)
    verdicts = [others.judge(mark, count) for mark, count in zip(marks.tolist(), counts.tolist(), strict=True)]
    missing[places] = np.array([verdict is True for verdict in verdicts])[which]
    possible[places] = np.array([verdict is None for verdict in verdicts])[which]


def _candidates(numbers: np.ndarray) -> np.ndarray:
    """The places of marks, exact or as a float32 holds them."""
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(np.isfinite(numbers) & (np.abs(numbers) >= _SMALLEST_MARK))
    values = numbers[places]
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    return places[_among(values, _DOUBLES) | _among(single, _SINGLES_SORTED)]


def _among(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    nearest = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[nearest] == values


def _kind(mark: float) -> _Kind:
    return _MARKS[mark] if mark in _MARKS else _SINGLES[float(np.float32(mark))]


class _Others:
    """The values of a column that are no marks, by which the marks are judged."""

    def __init__(self, quantity: Quantity, ordered: np.ndarray, n_marks: int) -> None:
        self.quantity, self.ordered, self.n_marks = quantity, ordered, n_marks
        self.size = ordered.size
        if self.size:
            self.lowest, self.highest = float(ordered[0]), float(ordered[-1])
            self.largest = max(abs(self.lowest), abs(self.highest))
            with np.errstate(over="ignore"):
                self.range = float(ordered[-1] - ordered[0])
            self.scale = max(self.range, LEAST_RANGE * self.largest)
            _, counts = np.unique(ordered, return_counts=True)
            self.n_different, self.most_frequent = counts.size, int(counts.max())
            self.whole = bool((ordered == np.floor(ordered)).all())

    def judge(self, mark: float, count: int) -> bool | None:
        """Whether a mark, which occurs `count` times, stands for a missing value; None if that can't be decided."""
        kind = _kind(mark)
        if not self.size:
            return self._judge_alone(kind)
        if kind is _Kind.SDSS:
            return None if self._is_near(mark) and count <= self.most_frequent else True
        if self.lowest <= mark <= self.highest:
            return self._judge_among(kind, count)
        if kind is _Kind.FILL:
            return True if abs(mark) >= _ABSURD * self.largest else None
        gap = self.lowest - mark if mark < self.lowest else mark - self.highest
        # By the distance alone: two values have a range, and one has none unless the marks are several.
        apart = gap >= _APART * self.scale and (self.size > 1 or self.n_marks > 1)
        if kind is _Kind.HIGH:
            return self._judge_high(mark, count, gap, apart=apart)
        if mark > self.highest:  # a full counter
            return True if apart else self._perhaps(gap)
        magnitude = self.quantity in (Quantity.MAGNITUDE, Quantity.BAND)
        positive = self.lowest >= 0 and self.size >= ENOUGH
        once = count == 1 and (kind is _Kind.WEAK or self.quantity is Quantity.SIGNED)
        if apart or (magnitude and gap >= self.scale) or (positive and not once):
            return True
        return None if self.lowest >= 0 else self._perhaps(gap)

    def _judge_alone(self, kind: _Kind) -> bool | None:
        """A column of marks only."""
        if kind is _Kind.SDSS or (kind is not _Kind.INTEGER and self.quantity is Quantity.MAGNITUDE):
            return True
        return True if kind is not _Kind.HIGH and self.n_marks >= ENOUGH else None

    def _is_near(self, mark: float) -> bool:
        """Whether a mark has near neighbours: within the range of the others, or just below it."""
        if self.size < ENOUGH or mark > self.highest:
            return False
        with np.errstate(over="ignore"):
            if mark < self.lowest:
                lowest = self.ordered[:ENOUGH]
                return bool(self.lowest - mark <= _NEAR * (lowest[-1] - lowest[0]) / (ENOUGH - 1))
            place = int(np.searchsorted(self.ordered, mark))
            return bool(self.ordered[place] - self.ordered[place - 1] <= _NEAR * self.range / self.size)

    def _judge_among(self, kind: _Kind, count: int) -> bool | None:
        """A mark within the range of the others."""
        # Settings and codes have favourites, of which one may be a mark's number.
        if kind is _Kind.HIGH and (self.whole or self.quantity is Quantity.PERCENTAGE):
            return False
        if self.n_different < ENOUGH or count < _APART * self.most_frequent:
            return False
        return True if count >= ENOUGH * self.most_frequent else None

    def _judge_high(self, mark: float, count: int, gap: float, *, apart: bool) -> bool | None:
        """99 and the like above all others."""
        if self.quantity is Quantity.MAGNITUDE and gap >= self.scale:
            return True
        if self.quantity is Quantity.BAND:
            return True if gap >= _APART * self.scale else self._perhaps(gap)
        if not apart:
            return False if self.size > 1 else self._perhaps(gap)
        # Counts have long tails, and 99 is one of a hundred whole numbers; of measured values it is one of thousands.
        # Codes and settings have few different values, of which 99 may be one.
        alike = self.n_different < ENOUGH / 2 or count > self.size or mark < 2 * self.highest
        if self.size < ENOUGH or alike or self.quantity is Quantity.PERCENTAGE or (self.whole and count == 1):
            return None
        return True

    def _perhaps(self, gap: float) -> bool | None:
        """None for a mark that stands a little apart."""
        return None if gap >= self.scale else False

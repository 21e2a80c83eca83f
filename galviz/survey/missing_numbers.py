"""Which numbers of a column stand for a missing value: sentinel values that can't be measured values of the column."""

from dataclasses import dataclass

import numpy as np

from galviz.survey.outliers import MIN_RELATIVE_RANGE, MIN_VALUES, find_outliers
from galviz.survey.quantities import Quantity, infer_quantity
from galviz.survey.sentinels import SentinelKind, sentinel_kind, sentinel_positions

# A sentinel is far from the values if its distance from the nearest one is this many times their range: 99 beside 95
# is a value.
_FAR = 3.0
# A fill value is this many times larger than any value.
_FILL_FACTOR = 1e6
# A sentinel has close neighbours if they are closer than this many mean distances.
_CLOSE = 3.0


@dataclass(frozen=True)
class MissingNumbers:
    """Which numbers of a column stand for a missing value.

    Attributes
    ----------
    missing : ndarray of bool, shape (n,)
    possible : ndarray of bool, shape (n,)
        Numbers that may be sentinels or values. They are treated as values and reported.
    """

    missing: np.ndarray
    possible: np.ndarray


def find_missing_numbers(column: str, numbers: np.ndarray) -> MissingNumbers:
    """Find the numbers of a column that stand for a missing value, and those that may.

    Parameters
    ----------
    column : str
        Its name, which shows whether it holds magnitudes, velocities or percentages (`galviz.survey.quantities`).
    numbers : ndarray of float, shape (n,)

    Returns
    -------
    MissingNumbers
        Numbers that aren't finite are missing. Sentinel values are missing if they can't be values of the column,
        judged by the other numbers (the "values"):

        - −9999, unless it lies among ten or more values, has close neighbours and is no more frequent than any value;
        - −99, −999.25, −1000 and similar below all values, by three times their range, or as the only negative numbers
          beside ten values (a velocity, and a rarer sentinel such as −88, must occur twice for that);
        - 99, 99.9, 999 and similar above all values: by the range of magnitudes, colours and redshifts; by three times
          the range if the column is named like a band; by three times the range of ten values if these aren't integers
          or the sentinel occurs twice;
        - the limits of 16, 32 and 64 bits outside the values, by three times their range. A counter that shows 32767
          may be saturated, and its true value is unknown then too;
        - 1e20, the largest float32 and similar, if they are a million times larger than all values;
        - any of them among the values, if it is ten times as frequent as each of these;
        - all but 99 and similar, if the column holds nothing but sentinels and at least ten of them.

        A sentinel that is outside the values and meets no rule is possible, and so is any outlier
        (`galviz.survey.outliers`). A velocity of −99 among −120 and 50 is a value.

    Examples
    --------
    >>> find_missing_numbers("log_mass", np.array([9.5, -99.0, 11.2])).missing.tolist()
    [False, True, False]
    >>> find_missing_numbers("velocity", np.array([-120.0, -99.0, 50.0])).missing.tolist()
    [False, False, False]
    """
    missing = ~np.isfinite(numbers)
    possible = np.zeros(len(numbers), dtype=bool)
    positions = sentinel_positions(numbers)
    if positions.size:
        _judge_sentinels(column, numbers, positions, missing, possible)
    is_value = ~missing & ~possible
    possible[is_value] = find_outliers(numbers[is_value], signed=infer_quantity(column) is Quantity.SIGNED)
    return MissingNumbers(missing, possible)


def _judge_sentinels(
    column: str, numbers: np.ndarray, positions: np.ndarray, missing: np.ndarray, possible: np.ndarray
) -> None:
    """Set `missing` and `possible` at the positions of sentinels."""
    is_value = ~missing
    is_value[positions] = False
    values = _Values(infer_quantity(column), np.sort(numbers[is_value]), n_sentinels=positions.size)
    sentinels, inverse, counts = np.unique(numbers[positions], return_inverse=True, return_counts=True)
    verdicts = [values.judge(sentinel, n) for sentinel, n in zip(sentinels.tolist(), counts.tolist(), strict=True)]
    missing[positions] = np.array([verdict is True for verdict in verdicts])[inverse]
    possible[positions] = np.array([verdict is None for verdict in verdicts])[inverse]


class _Values:
    """The values of a column, sorted, by which its sentinels are judged.

    Verdicts are True (missing), False (a value) and None (undecided).
    """

    def __init__(self, quantity: Quantity, ordered: np.ndarray, n_sentinels: int) -> None:
        self.quantity, self.ordered, self.n_sentinels = quantity, ordered, n_sentinels
        self.size = ordered.size
        if self.size:
            self.lowest, self.highest = float(ordered[0]), float(ordered[-1])
            self.largest = max(abs(self.lowest), abs(self.highest))
            with np.errstate(over="ignore"):
                self.range = float(ordered[-1] - ordered[0])
            self.scale = max(self.range, MIN_RELATIVE_RANGE * self.largest)
            _, counts = np.unique(ordered, return_counts=True)
            self.n_distinct, self.max_count = counts.size, int(counts.max())
            self.are_integers = bool((ordered == np.floor(ordered)).all())

    def judge(self, sentinel: float, count: int) -> bool | None:
        """Whether a sentinel, which occurs `count` times, stands for a missing value."""
        kind = sentinel_kind(sentinel)
        if not self.size:
            return self._judge_without_values(kind)
        if kind is SentinelKind.SDSS:
            return None if self._has_close_neighbours(sentinel) and count <= self.max_count else True
        if self.lowest <= sentinel <= self.highest:
            return self._judge_among_values(kind, count)
        if kind is SentinelKind.FILL:
            return True if abs(sentinel) >= _FILL_FACTOR * self.largest else None
        gap = self.lowest - sentinel if sentinel < self.lowest else sentinel - self.highest
        # A single value has no range, so its distance counts only if there are several sentinels.
        is_far = gap >= _FAR * self.scale and (self.size > 1 or self.n_sentinels > 1)
        if kind is SentinelKind.HIGH:
            return self._judge_high(sentinel, count, gap, is_far=is_far)
        if sentinel > self.highest:  # a saturated counter
            return True if is_far else self._judge_distance(gap)
        is_magnitude = self.quantity in (Quantity.MAGNITUDE, Quantity.BAND)
        is_only_negative = self.lowest >= 0 and self.size >= MIN_VALUES
        needs_two = kind is SentinelKind.RARE_LOW or self.quantity is Quantity.SIGNED
        if is_far or (is_magnitude and gap >= self.scale) or (is_only_negative and not (needs_two and count == 1)):
            return True
        return None if self.lowest >= 0 else self._judge_distance(gap)

    def _judge_without_values(self, kind: SentinelKind) -> bool | None:
        """Judge a sentinel in a column that holds nothing else."""
        if kind is SentinelKind.SDSS:
            return True
        if kind is not SentinelKind.INTEGER_LIMIT and self.quantity is Quantity.MAGNITUDE:
            return True
        return True if kind is not SentinelKind.HIGH and self.n_sentinels >= MIN_VALUES else None

    def _has_close_neighbours(self, sentinel: float) -> bool:
        """Whether a sentinel lies within the range of the values, or just below it, and has close neighbours."""
        if self.size < MIN_VALUES or sentinel > self.highest:
            return False
        with np.errstate(over="ignore"):
            if sentinel < self.lowest:
                lowest = self.ordered[:MIN_VALUES]
                return bool(self.lowest - sentinel <= _CLOSE * (lowest[-1] - lowest[0]) / (MIN_VALUES - 1))
            place = int(np.searchsorted(self.ordered, sentinel))
            return bool(self.ordered[place] - self.ordered[place - 1] <= _CLOSE * self.range / self.size)

    def _judge_among_values(self, kind: SentinelKind, count: int) -> bool | None:
        """Judge a sentinel within the range of the values by how often it occurs."""
        # Settings and codes have a most frequent value, which may look like a sentinel.
        if kind is SentinelKind.HIGH and (self.are_integers or self.quantity is Quantity.PERCENTAGE):
            return False
        if self.n_distinct < MIN_VALUES or count < _FAR * self.max_count:
            return False
        return True if count >= MIN_VALUES * self.max_count else None

    def _judge_high(self, sentinel: float, count: int, gap: float, *, is_far: bool) -> bool | None:
        """Judge 99 and similar above all values."""
        if self.quantity is Quantity.MAGNITUDE and gap >= self.scale:
            return True
        if self.quantity is Quantity.BAND:
            return True if gap >= _FAR * self.scale else self._judge_distance(gap)
        if not is_far:
            return False if self.size > 1 else self._judge_distance(gap)
        # Counts have long tails, and 99 is one of a hundred integers; of measured values it is one of thousands.
        # Codes and settings have few distinct values, and 99 may be one of them.
        may_be_code = self.n_distinct < MIN_VALUES / 2 or count > self.size or sentinel < 2 * self.highest
        may_be_count = self.are_integers and count == 1
        if self.size < MIN_VALUES or may_be_code or may_be_count or self.quantity is Quantity.PERCENTAGE:
            return None
        return True

    def _judge_distance(self, gap: float) -> bool | None:
        """Undecided for a sentinel that is at least one range away, else a value."""
        return None if gap >= self.scale else False

"""Numbers of a column that are far from all others, or the only negative ones: they may stand for a missing value."""

import numpy as np

# The spread of fewer distinct values isn't known well enough.
MIN_VALUES = 10
# The range of nearly equal values is taken as this fraction of the largest.
MIN_RELATIVE_RANGE = 0.1
# An outlier is this many ranges away from all others: for a uniform distribution, a hundred median deviations.
_FAR = 25.0


def find_outliers(numbers: np.ndarray, *, signed: bool) -> np.ndarray:
    """Find numbers that may stand for a missing value, judged by the other numbers alone.

    Parameters
    ----------
    numbers : ndarray of float, shape (n,)
        Finite.
    signed : bool
        Whether negative values are usual, as for velocities.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for a number that is 25 ranges away from the core, which has ten or more distinct numbers, and if it occurs
        once, also farther than a long tail explains. True also for the only negative number, if it occurs at least
        twice and the core isn't all integers.

    Examples
    --------
    >>> redshifts = np.linspace(0.05, 0.09, 12)
    >>> find_outliers(np.append(redshifts, [255.0, 255.0]), signed=False)[-3:].tolist()
    [False, True, True]
    """
    distinct, counts = np.unique(numbers, return_counts=True)
    if distinct.size <= MIN_VALUES:
        return np.zeros(len(numbers), dtype=bool)
    low, high = _core(distinct)
    if high - low < MIN_VALUES:
        return np.zeros(len(numbers), dtype=bool)
    core = distinct[low:high]
    outside = np.ones(distinct.size, dtype=bool)
    outside[low:high] = False
    # In a long tail the farthest value may be as much larger than the next as that is than the median, and more.
    sizes = np.abs(core)
    largest, median = sizes.max(), np.median(sizes)
    with np.errstate(over="ignore"):
        in_tail = np.abs(distinct) / largest * median <= MIN_VALUES * largest
    outside &= ~(in_tail & (counts == 1))
    # Most columns have none, and looking up every number takes longer than all the rest.
    is_outlier = np.isin(numbers, distinct[outside]) if outside.any() else np.zeros(len(numbers), dtype=bool)
    # The core may include the negative number itself.
    others = core[1:] if core[0] < 0 else core
    is_only_negative = distinct[0] < 0 <= distinct[1] and counts[0] > 1
    if is_only_negative and not signed and others.size >= MIN_VALUES and (others != np.floor(others)).any():
        is_outlier |= numbers == distinct[0]
    return is_outlier


def _core(ordered: np.ndarray) -> tuple[int, int]:
    """Start and end of the core of sorted, distinct numbers: the middle half, extended up to the first wide gap."""
    low, high = ordered.size // 4, ordered.size - ordered.size // 4
    with np.errstate(over="ignore"):
        gaps = np.diff(ordered)
        while True:
            before = low, high
            # The farther out a value is, the larger is the range that its gap is compared with.
            far = _is_far(gaps[high - 1 :], ordered[low], ordered[high - 1 : -1])
            high = high + int(far.argmax()) if far.any() else ordered.size
            far = _is_far(gaps[:low], ordered[1 : low + 1], ordered[high - 1])[::-1]
            low = low - int(far.argmax()) if far.any() else 0
            if (low, high) == before:
                return low, high


def _is_far(gaps: np.ndarray, lowest: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """Whether each gap is wide compared with the range from `lowest` to `highest`."""
    scale = np.maximum(highest - lowest, MIN_RELATIVE_RANGE * np.maximum(np.abs(lowest), np.abs(highest)))
    return gaps > _FAR * scale

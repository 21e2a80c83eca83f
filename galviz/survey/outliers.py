"""Numbers of a column that are far from all others, or of another sign: whatever they are, users are told."""

import numpy as np

# So many different values say how they are spread.
ENOUGH = 10
# Whatever its form, a number that is that many ranges away from all others may stand for a missing value (of values
# that are spread evenly a hundred times their median deviation); and the only negative one, if it repeats.
_FAR = 25.0
# The range of values that are nearly alike is taken as a tenth of the largest.
LEAST_RANGE = 0.1


def is_strange(numbers: np.ndarray, *, signed: bool) -> np.ndarray:
    """Which numbers may stand for a missing value, judged by all others alone.

    Parameters
    ----------
    numbers : ndarray of float, shape (n,)
        Finite.
    signed : bool
        Whether negative values are usual, as of velocities.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for a number that ten different ones are far from: by 25 times their range, and if it occurs once also by
        more than a long tail explains; and for one that occurs twice and is the only negative one beside them, if they
        aren't whole numbers.
    """
    different, counts = np.unique(numbers, return_counts=True)
    if different.size <= ENOUGH:
        return np.zeros(len(numbers), dtype=bool)
    low, high = _core(different)
    if high - low < ENOUGH:
        return np.zeros(len(numbers), dtype=bool)
    others = different[low:high]
    outside = np.ones(different.size, dtype=bool)
    outside[low:high] = False
    # Of a long tail the farthest value may be as much larger than the next as that is than most, and more.
    sizes = np.abs(others)
    largest, usual = sizes.max(), np.median(sizes)
    with np.errstate(over="ignore"):
        in_tail = np.abs(different) / largest * usual <= ENOUGH * largest
    outside &= ~(in_tail & (counts == 1))
    strange = outside[np.searchsorted(different, numbers)]
    # Below the others, of which one may be the negative number itself.
    others = others[1:] if others[0] < 0 else others
    only_negative = different[0] < 0 <= different[1] and counts[0] > 1
    if only_negative and not signed and others.size >= ENOUGH and (others != np.floor(others)).any():
        strange |= numbers == different[0]
    return strange


def _core(ordered: np.ndarray) -> tuple[int, int]:
    """Where the values begin and end from which all others are far; `ordered` are different numbers.

    They are the middle half, and on either side what is near the ones before.
    """
    low, high = ordered.size // 4, ordered.size - ordered.size // 4
    with np.errstate(over="ignore"):
        gaps = np.diff(ordered)
        while True:
            before = low, high
            # The farther out a value is, the larger is the range that it is compared with.
            far = _is_far(gaps[high - 1 :], ordered[low], ordered[high - 1 : -1])
            high = high + int(far.argmax()) if far.any() else ordered.size
            far = _is_far(gaps[:low], ordered[1 : low + 1], ordered[high - 1])[::-1]
            low = low - int(far.argmax()) if far.any() else 0
            if (low, high) == before:
                return low, high


def _is_far(gaps: np.ndarray, lowest: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """Whether the value behind each gap is far from those between a lowest and a highest one."""
    scale = np.maximum(highest - lowest, LEAST_RANGE * np.maximum(np.abs(lowest), np.abs(highest)))
    return gaps > _FAR * scale

"""What the page on the number of components says in numbers: an interval, and reasons to choose a number."""

from collections.abc import Sequence

import numpy as np

from galviz.analysis.dimension import ChanceShares, elbow
from galviz.analysis.regression import HeldOutRegression
from galviz.analysis.variance import ShareInterval

# Shares that many a paper keeps.
USUAL_SHARES = (0.9, 0.95)


def interval(shares: ShareInterval, n_components: int) -> str:
    """A share and where 95 % of its resamples lie: ``65.1% (61.3 to 69.2)``."""
    estimate, low, high = (100 * part[n_components - 1] for part in (shares.estimate, shares.low, shares.high))
    return f"{estimate:.1f}% ({low:.1f} to {high:.1f})"


def width(shares: ShareInterval, n_components: int) -> float:
    """How wide the interval of a share is, in percentage points."""
    return float(100 * (shares.high[n_components - 1] - shares.low[n_components - 1]))


def counted(n_components: int) -> str:
    """A number of components in words: ``1 component``, ``4 components``."""
    return f"{n_components} component{'' if n_components == 1 else 's'}"


def first_to_reach(cumulative: Sequence[float] | np.ndarray, share: float) -> int | None:
    """How many components first hold a share of the variance together; None if all that are given don't."""
    reached = np.flatnonzero(np.asarray(cumulative) >= share)
    return int(reached[0]) + 1 if len(reached) else None


def fewest_as_good(found: HeldOutRegression) -> int:
    """The fewest components whose error is within one standard error of the least (Breiman et al. 1984)."""
    best = int(found.rmse.argmin())
    return int(np.flatnonzero(found.rmse <= found.rmse[best] + found.standard_error[best])[0]) + 1


def reasons(
    in_sample: np.ndarray, held_out: np.ndarray, chance: ChanceShares, next_use: HeldOutRegression | None, title: str
) -> list[tuple[str, str]]:
    """Rules for a number of components, and the number that each gives.

    Parameters
    ----------
    in_sample, held_out : ndarray of shape (k,)
        Cumulative shares, of the galaxies fitted and of those left out.
    chance : ChanceShares
    next_use : HeldOutRegression or None
    title : str
        What is read from the components in the next use.

    Returns
    -------
    list of (str, str)
    """

    def said(number: int | None, most: int) -> str:
        return f"more than {most}" if number is None else str(number)

    found = [
        *((f"{share:.0%} of the variance", said(first_to_reach(in_sample, share), len(in_sample)))
          for share in USUAL_SHARES),
        *((f"{share:.0%} of the variance of galaxies left out", said(first_to_reach(held_out, share), len(held_out)))
          for share in USUAL_SHARES),
        ("the elbow", str(elbow(chance.observed[: len(in_sample)]))),
        ("more than chance: shuffled columns", str(chance.n_above)),
    ]  # fmt: skip
    if next_use is not None:
        found.append((f"the next use: {title}, as good as the best", str(fewest_as_good(next_use))))
    return found

"""Intervals and criteria in words and tables, for the page on the number of components."""

from collections.abc import Sequence

import numpy as np

from galviz.analysis.dimension import ChanceShares, elbow
from galviz.analysis.regression import HeldOutRegression
from galviz.analysis.variance import ShareInterval

# Shares of the variance that are often chosen as criteria.
USUAL_SHARES = (0.9, 0.95)


def format_interval(shares: ShareInterval, n_components: int) -> str:
    """Format a share of the variance with its interval.

    Examples
    --------
    >>> format_interval(ShareInterval(*np.array([[0.651], [0.65], [0.613], [0.692]])), 1)
    '65.1% (61.3 to 69.2)'
    """
    estimate, low, high = (100 * part[n_components - 1] for part in (shares.estimate, shares.low, shares.high))
    return f"{estimate:.1f}% ({low:.1f} to {high:.1f})"


def interval_width(shares: ShareInterval, n_components: int) -> float:
    """Compute the width of a share's interval in percentage points."""
    return float(100 * (shares.high[n_components - 1] - shares.low[n_components - 1]))


def format_count(n_components: int) -> str:
    """Format a number of components.

    Examples
    --------
    >>> format_count(1), format_count(4)
    ('1 component', '4 components')
    """
    return f"{n_components} component{'' if n_components == 1 else 's'}"


def first_to_reach(cumulative: Sequence[float] | np.ndarray, share: float) -> int | None:
    """Find the smallest number of components that explain a share of the variance.

    Parameters
    ----------
    cumulative : array of shape (k,)
        Shares that the first 1, 2, … k components explain together.
    share : float

    Returns
    -------
    int or None
        None if all k explain less.

    Examples
    --------
    >>> first_to_reach([0.5, 0.9, 0.95], 0.9)
    2
    """
    indices = np.flatnonzero(np.asarray(cumulative) >= share)
    return int(indices[0]) + 1 if len(indices) else None


def fewest_as_good(regression: HeldOutRegression) -> int:
    """Find the fewest components whose error is within one standard error of the smallest (Breiman et al. 1984)."""
    best = int(regression.rmse.argmin())
    return int(np.flatnonzero(regression.rmse <= regression.rmse[best] + regression.standard_error[best])[0]) + 1


def apply_criteria(
    in_sample: np.ndarray, held_out: np.ndarray, chance: ChanceShares, next_use: HeldOutRegression | None, title: str
) -> list[tuple[str, str]]:
    """List the criteria for a number of components, and the number that each of them gives.

    Parameters
    ----------
    in_sample, held_out : ndarray of float, shape (k,)
        Cumulative shares of the variance, of the galaxies that the components were fitted to and of held-out galaxies.
    chance : ChanceShares
    next_use : HeldOutRegression or None
    title : str
        Name of the quantity that the regression predicts.

    Returns
    -------
    list of (str, str)
    """

    def format_number(number: int | None, largest: int) -> str:
        return f"more than {largest}" if number is None else str(number)

    criteria = [
        (f"{share:.0%} of the variance{of}", format_number(first_to_reach(cumulative, share), len(cumulative)))
        for cumulative, of in ((in_sample, ""), (held_out, " of held-out galaxies"))
        for share in USUAL_SHARES
    ]
    criteria += [
        ("the elbow", str(elbow(chance.observed[: len(in_sample)]))),
        ("more than chance (permuted columns)", str(chance.n_above)),
    ]
    if next_use is not None:
        criteria.append(
            (
                f"the next use: predicting the {title}, within one standard error of the best",
                str(fewest_as_good(next_use)),
            )
        )
    return criteria

"""How a selection of galaxies differs from the others: standardised differences of all columns, ranked.

The difference of a column of numbers is Hedges' g, the difference of the means in units of the pooled standard
deviation, corrected for small groups (Hedges 1981, Journal of Educational Statistics 6, 107). Its interval is from the
normal approximation of Hedges & Olkin (1985, Statistical Methods for Meta-Analysis, chapter 5),

    var(g) = (n₁ + n₂) / (n₁ n₂) + g² / (2 (n₁ + n₂)).

A column of categories has one difference per category, of the numbers 1 (this category) and 0 (another).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

MAX_CATEGORIES = 12
COLUMNS = ("column", "category", "difference", "low", "high", "selected", "rest", "n_selected", "n_rest")


def compare_groups(table: pd.DataFrame, selected: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """Compare the selected rows of a table with the others, column by column.

    Parameters
    ----------
    table : DataFrame of n rows
        Numbers, truth values, or text with at most 12 categories; other columns are left out, as are columns with fewer
        than two values in either group, and those without any spread within the groups.
    selected : array of bool, shape (n,)
    level : float
        Confidence level of the intervals, more than 0 and less than 1.

    Returns
    -------
    DataFrame
        One row per column or category, the largest absolute difference first, with the columns

        - ``column``, and ``category`` (None for numbers);
        - ``difference``, ``low``, ``high``: Hedges' g and its interval, positive if the selected have higher values;
        - ``selected``, ``rest``: the means of the groups, in the column's unit, or the shares of the category;
        - ``n_selected``, ``n_rest``: the number of rows with a value.

    Raises
    ------
    ValueError
        If `selected` isn't one bool per row, or `level` is out of range.

    Examples
    --------
    >>> table = pd.DataFrame({"z": [0.1, 0.2, 0.3, 0.4], "mass": [9.0, 9.1, 9.0, 9.1]})
    >>> compare_groups(table, [False, False, True, True])[["column", "difference"]].round(2).values.tolist()
    [['z', 1.62], ['mass', 0.0]]
    """
    selected = np.asarray(selected)
    if selected.dtype != bool or selected.shape != (len(table),):
        got = f"{selected.dtype} of shape {selected.shape}"
        raise ValueError(f"selected must be one bool per row, shape ({len(table)},); got {got}.")
    if not 0 < level < 1:
        raise ValueError(f"level must be more than 0 and less than 1; got {level}.")
    width = float(ndtri((1 + level) / 2))
    rows = []
    for name in table:
        for category, values in _numbers(table[name]):
            if (row := _compare(values[selected], values[~selected], width)) is not None:
                rows.append({"column": str(name), "category": category} | row)
    result = pd.DataFrame(rows, columns=COLUMNS)
    order = np.argsort(-result["difference"].abs().to_numpy(dtype=float), kind="stable")
    return result.iloc[order].reset_index(drop=True)


def _numbers(column: pd.Series) -> list[tuple[str | None, np.ndarray]]:
    """The numbers to compare of a column, NaN where missing: itself, or an indicator per category."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        return [(None, np.where(np.isfinite(values), values, np.nan))]
    categories = sorted(column.dropna().astype(str).unique())
    if not 1 < len(categories) <= MAX_CATEGORIES:
        return []
    texts = column.astype(str).where(column.notna())
    indicators = [(category, (texts == category).to_numpy(dtype=float)) for category in categories]
    return [(category, np.where(column.isna(), np.nan, indicator)) for category, indicator in indicators]


def _compare(one: np.ndarray, other: np.ndarray, width: float) -> dict[str, float] | None:
    """Hedges' g of two groups with its interval; None if it isn't defined."""
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    n, m = len(one), len(other)
    if n < 2 or m < 2:
        return None
    # Divided by the largest value, because squares of tiny numbers underflow.
    scale = max(np.abs(one).max(), np.abs(other).max()) or 1.0
    a, b = one / scale, other / scale
    pooled = np.sqrt((a.var(ddof=1) * (n - 1) + b.var(ddof=1) * (m - 1)) / (n + m - 2))
    if pooled <= 1e-12:  # rounding
        return None
    correction = 1 - 3 / (4 * (n + m - 2) - 1)
    g = float(correction * (a.mean() - b.mean()) / pooled)
    error = float(np.sqrt((n + m) / (n * m) + g**2 / (2 * (n + m))))
    return {
        "difference": g,
        "low": g - width * error,
        "high": g + width * error,
        "selected": float(one.mean()),
        "rest": float(other.mean()),
        "n_selected": n,
        "n_rest": m,
    }

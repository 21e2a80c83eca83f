"""What a unit, a channel of a layer or a principal component, responds to: its correlations with a table's columns."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from galviz.analysis.correlation import LEAST_GALAXIES, correlate, standardise
from galviz.analysis.validation import check_features, check_numbers, check_whole

COLUMNS = ("column", "r", "low", "high", "n")


def rank_units(values: ArrayLike, target: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Rank the units of a layer by how closely they follow one quantity.

    Parameters
    ----------
    values : array of shape (n, d)
        Activations, one row per galaxy.
    target : array of shape (n,)
        Galaxies whose value is NaN are left out.

    Returns
    -------
    units : ndarray of int, shape (m,)
        Columns of `values`, the largest absolute correlation first; those that are the same for all galaxies are left
        out, so m may be less than d.
    r : ndarray of float64, shape (m,)
        Pearson's r of each.

    Raises
    ------
    ValueError
        If `values` isn't a table of finite numbers, `target` isn't one number per row, or fewer than three differ.

    Examples
    --------
    >>> units, r = rank_units([[0, 5, 2], [1, 5, 1], [2, 5, 1]], [0, 1, 2])
    >>> units.tolist(), r.round(2).tolist()
    ([0, 2], [1.0, -0.87])
    """
    values, target = check_features(values), check_numbers(target, "target", "numbers of shape (n,)")
    if target.shape != (len(values),):
        raise ValueError(f"target must have a value for each of the {len(values)} galaxies; got shape {target.shape}.")
    if np.isinf(target).any():
        raise ValueError("target must be finite, or NaN where it is unknown; it has infinite values. Leave them out.")
    known = ~np.isnan(target)
    values, target = values[known], target[known]
    if len(np.unique(target)) < 3:
        raise ValueError("target must have at least three different values. Choose another quantity.")
    r = standardise(values).T @ standardise(target[:, None])[:, 0] / len(target)
    units = np.flatnonzero(np.isfinite(r))
    r = r[units]
    order = np.argsort(-np.abs(r), kind="stable")
    return units[order], r[order].clip(-1, 1)


def column_correlations(activations: ArrayLike, table: pd.DataFrame, *, n_resamples: int = 500) -> pd.DataFrame:
    """Correlate the activations of one unit with each column of a table, with bootstrap intervals.

    Parameters
    ----------
    activations : array of shape (n,)
    table : DataFrame of n rows
        The same galaxies in the same order. Columns of numbers are used; for each, the galaxies with a value.
    n_resamples : int
        As for `galviz.analysis.correlation.correlate`.

    Returns
    -------
    DataFrame
        ``column``, Pearson's ``r`` with its 95 % interval from ``low`` to ``high``, and ``n``, the number of galaxies
        with a value; the largest absolute r first. Columns that are constant, or known for fewer than ten galaxies,
        are left out.

    Raises
    ------
    ValueError
        If `activations` aren't finite numbers, one per row, or `n_resamples` is below 1.

    Examples
    --------
    >>> table = pd.DataFrame({"mass": np.arange(20.0), "name": "x"})
    >>> column_correlations(-np.arange(20.0), table)[["column", "r", "n"]].round(2).values.tolist()
    [['mass', -1.0, 20]]
    """
    activations = check_numbers(activations, "activations", "numbers of shape (n,)")
    if activations.shape != (len(table),) or not np.isfinite(activations).all():
        got = f"shape {activations.shape} for {len(table)} galaxies"
        raise ValueError(f"activations must be finite numbers, one per galaxy; got {got}.")
    check_whole("n_resamples", n_resamples, 1)
    numbers = {
        str(name): table[name].to_numpy(float, na_value=np.nan)
        for name in table
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_complex_dtype(table[name])
    }
    # Columns that are known for the same galaxies are resampled together.
    groups: dict[bytes, list[str]] = {}
    for name, column in numbers.items():
        groups.setdefault(np.isfinite(column).tobytes(), []).append(name)
    rows = []
    for mask, names in groups.items():
        known = np.frombuffer(mask, bool)
        if known.sum() < LEAST_GALAXIES:
            continue
        causes = np.stack([numbers[name][known] for name in names], axis=1)
        found = correlate(activations[known, None], causes, n_resamples=n_resamples)
        n = int(known.sum())
        rows += zip(names, found.r[0], found.low[0], found.high[0], [n] * len(names), strict=True)
    result = pd.DataFrame(rows, columns=COLUMNS).dropna(subset="r")
    order = np.argsort(-result["r"].abs().to_numpy(float), kind="stable")
    return result.iloc[order].reset_index(drop=True)

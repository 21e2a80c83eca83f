"""Correlations of components with causes, with bootstrap intervals.

Pearson's r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²) measures linear relations; Spearman's ρ is r of the ranks and
measures monotonic ones. If a component is high at both ends of a cause and low in the middle, both are near 0 however
close the relation is; `curve_r2` measures it.

Intervals are from the percentile bootstrap over galaxies (Efron & Tibshirani 1993, An Introduction to the Bootstrap,
chapter 13). Fisher's z, the closed form, assumes normal pairs, but many causes are skewed, or 0 or 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.validation import check_numbers, check_whole, read_only

METHODS = ("pearson", "spearman")
# With fewer galaxies, resamples are too much alike for their spread to be an uncertainty.
LEAST_GALAXIES = 10
# A standard deviation below this share of the largest value is rounding, as is a variance below this share of another.
_GRAIN, _GRAIN_OF_VARIANCE = 1e-13, 1e-10


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlation of k components with c causes.

    Attributes
    ----------
    r, low, high : ndarray of float64, shape (k, c)
        −1 to 1: the correlation, and the ends of the interval. NaN where the component or the cause is the same for all
        galaxies.
    n : int
        Number of galaxies.
    level : float
    method : {"pearson", "spearman"}
    """

    r: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: int
    level: float
    method: str

    @property
    def clear(self) -> np.ndarray:
        """Where the interval excludes 0: bool of shape (k, c)."""
        return (self.low > 0) | (self.high < 0)


def correlate(
    coordinates: ArrayLike,
    causes: ArrayLike,
    *,
    method: str = "pearson",
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Correlations:
    """Correlate each column of coordinates with each cause, with bootstrap intervals.

    Galaxies are resampled with replacement; components aren't fitted again. Ranks are computed once, before resampling.
    Resamples in which a column is constant are ignored.

    Parameters
    ----------
    coordinates : array of shape (n, k)
        One row per galaxy, n at least 10.
    causes : array of shape (n, c)
        The same galaxies, in the same order.
    method : {"pearson", "spearman"}
    n_resamples : int
        At least 1.
    level : float
        Share of the resamples in the interval, more than 0 and less than 1.
    seed : int

    Returns
    -------
    Correlations

    Raises
    ------
    ValueError
        If either isn't a table of finite numbers, their numbers of rows differ or are less than 10, or an option is
        invalid.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(100, 2))
    >>> correlations = correlate(values, values[:, :1] + values[:, 1:])
    >>> correlations.r.round(1).tolist(), correlations.clear.tolist()
    ([[0.8], [0.7]], [[True], [True]])
    """
    coordinates, causes = _checked_pair(coordinates, causes)
    n = len(causes)
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}. Choose one of them.")
    draws = resample_counts(n, n_resamples, seed)
    tails = interval_tails(level)
    if method == "spearman":
        from scipy.stats import rankdata  # here, because it takes half a second to import

        coordinates, causes = rankdata(coordinates, axis=0), rankdata(causes, axis=0)
    x, y = standardise(coordinates), standardise(causes)
    r = (x.T @ y / n).clip(-1, 1)
    cause_means, cause_variances = _moments(y, draws)
    low, high = np.full_like(r, np.nan), np.full_like(r, np.nan)
    # One component at a time, to save memory.
    for component in np.flatnonzero(np.isfinite(r).any(axis=1)):
        mean, variance = _moments(x[:, [component]], draws)
        with np.errstate(invalid="ignore", divide="ignore"):
            covariance = draws @ (x[:, [component]] * y) / n - mean * cause_means
            resampled = (covariance / np.sqrt(variance * cause_variances)).clip(-1, 1)
        defined = np.isfinite(resampled).any(axis=0)
        low[component, defined], high[component, defined] = np.nanquantile(resampled[:, defined], tails, axis=0)
    return Correlations(read_only(r), read_only(low), read_only(high), n, level, method)


def curve_r2(coordinates: ArrayLike, causes: ArrayLike) -> np.ndarray:
    """Share of the variance of each coordinate that a parabola in each cause explains: at least r² of a line.

    Parameters
    ----------
    coordinates : array of shape (n, k)
    causes : array of shape (n, c)
        As for `correlate`.

    Returns
    -------
    ndarray of float64, shape (k, c)
        0 to 1; NaN if either is the same for all galaxies.

    Raises
    ------
    ValueError
        As `correlate`.

    Examples
    --------
    >>> cause = np.linspace(-1, 1, 20)[:, None]
    >>> curve_r2(cause**2, cause).round(3).tolist()
    [[1.0]]
    """
    x, y = (standardise(columns) for columns in _checked_pair(coordinates, causes))
    r2 = np.full((x.shape[1], y.shape[1]), np.nan)
    varies = np.isfinite(x).all(axis=0)
    for cause in np.flatnonzero(np.isfinite(y).all(axis=0)):
        design = np.column_stack([np.ones(len(y)), y[:, cause], y[:, cause] ** 2])
        fitted = design @ np.linalg.lstsq(design, x[:, varies])[0]
        r2[varies, cause] = (1 - ((x[:, varies] - fitted) ** 2).mean(axis=0)).clip(0, 1)
    return r2


def resample_counts(n: int, n_resamples: int, seed: int) -> np.ndarray:
    """Draw bootstrap resamples of n galaxies: how often each is drawn, float64 of shape (n_resamples, n).

    Examples
    --------
    >>> resample_counts(5, 2, seed=0).sum(axis=1).tolist()
    [5.0, 5.0]
    """
    check_whole("n_resamples", n_resamples, 1)
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_resamples).astype(np.float64)


def interval_tails(level: float) -> list[float]:
    """The quantiles at the ends of an interval that holds `level` of the resamples.

    Examples
    --------
    >>> interval_tails(0.5)
    [0.25, 0.75]
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be more than 0 and less than 1; got {level!r}. Ask for 0.95, for example.")
    return [(1 - level) / 2, (1 + level) / 2]


def check_table(values: ArrayLike, name: str) -> np.ndarray:
    """Validate a table of shape (n, columns), as float64; ValueError unless all values are finite.

    Examples
    --------
    >>> check_table([[1, 2]], "causes")
    array([[1., 2.]])
    """
    shape = "a 2-D table of numbers, one row per galaxy"
    table = check_numbers(values, name, shape)
    if table.ndim != 2 or not table.shape[1]:
        raise ValueError(f"{name} must be {shape}; got shape {table.shape}. Give it galaxies × columns.")
    if not np.isfinite(table).all():
        bad = np.flatnonzero(~np.isfinite(table).all(axis=1))
        problem = f"{len(bad)} of {len(table)} rows are not, the first in row {bad[0]} (from 0)"
        raise ValueError(f"{name} must be finite; {problem}. Leave those rows out.")
    return table


def _checked_pair(coordinates: ArrayLike, causes: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    coordinates, causes = check_table(coordinates, "coordinates"), check_table(causes, "causes")
    if len(coordinates) != len(causes):
        rule = f"causes must have a row for each of the {len(coordinates)} rows of coordinates"
        raise ValueError(f"{rule}; got {len(causes)}. Give the same galaxies, in the same order.")
    if len(causes) < LEAST_GALAXIES:
        raise ValueError(f"coordinates must have {LEAST_GALAXIES} rows or more; got {len(causes)}. Take more galaxies.")
    return coordinates, causes


def standardise(columns: np.ndarray) -> np.ndarray:
    """Standardise columns to mean 0 and standard deviation 1; NaN where the latter is only rounding.

    Examples
    --------
    >>> standardise(np.array([[1e-200, 5.0], [3e-200, 5.0]])).tolist()
    [[-1.0, nan], [1.0, nan]]
    """
    # Scaled by a power of two, which is exact, because squares of large and tiny numbers overflow and underflow.
    columns = np.ldexp(columns, -np.frexp(np.abs(columns).max(axis=0))[1])
    centred = columns - columns.mean(axis=0)
    deviation = centred.std(axis=0)
    flat = deviation <= _GRAIN * np.abs(columns).max(axis=0)
    return centred / np.where(flat, np.nan, deviation)


def _moments(columns: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of standardised columns in each resample, (n_resamples, columns); NaN if constant."""
    mean = draws @ columns / len(columns)
    variance = draws @ columns**2 / len(columns) - mean**2
    return mean, np.where(variance > _GRAIN_OF_VARIANCE, variance, np.nan)

"""How many principal components to use: parallel analysis, the elbow, and a fast bootstrap.

`galviz.analysis.variance` has the exact bootstrap and the held-out share of variance, `galviz.analysis.regression` the
error of a label that is predicted from the components.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from galviz.analysis.pca import fit_pca
from galviz.analysis.validation import check_features, check_numbers, check_whole, read_only
from galviz.analysis.variance import BootstrapVariance, ShareInterval, bootstrap_explained_variance

# Number of components that resamples are projected on: they hold 99.9 % of the variance of the shipped features.
_DIRECTIONS = 64


@dataclass(frozen=True, eq=False)
class ChanceShares:
    """Explained variance ratios, and those of tables with permuted columns; see `parallel_analysis`.

    Attributes
    ----------
    observed : ndarray of float64, shape (min(n − 1, d),)
        Explained variance ratio of each component.
    chance : ndarray of float64, same shape
        95th percentile of the ratio of that component in the permuted tables.
    n_above : int
        Number of components before the first whose ratio isn't above `chance`.
    """

    observed: np.ndarray
    chance: np.ndarray
    n_above: int


def quick_bootstrap(
    values: ArrayLike, n_components: int, *, sample_size: int | None = None, n_resamples: int = 500, seed: int = 0
) -> BootstrapVariance:
    """Approximate `bootstrap_explained_variance` about thirty times as fast, within the first 64 components.

    The variance beyond them is assumed to be the same share of the total in every resample. The error of the shares of
    the first few components is a few times that share squared: at most 0.0002 for the shipped features.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_components : int
        k, 1 to min(sample_size, d, 64).
    sample_size : int, optional
        Galaxies per sample; n by default.
    n_resamples, seed : int

    Returns
    -------
    BootstrapVariance
        With the interval that holds 95 % of the resamples.

    Raises
    ------
    ValueError
        As `bootstrap_explained_variance`.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(200, 3)) * [3, 1, 1]
    >>> quick_bootstrap(values, 1, n_resamples=50).single.estimate.round(1).tolist()
    [0.8]
    """
    coordinates, share = _project(check_features(values))
    size = len(coordinates) if sample_size is None else sample_size
    variance = bootstrap_explained_variance(
        coordinates, n_components, sample_size=size, n_resamples=n_resamples, seed=seed
    )
    return _scaled_variance(variance, share)


def _project(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Coordinates on the first 64 components, shape (n, min(64, n, d)), and their share of the variance."""
    fit = fit_pca(values, min(_DIRECTIONS, *values.shape), whiten=False)
    return fit.coordinates, min(1.0, float(fit.explained_variance_ratio.sum()))


def _scaled_variance(variance: BootstrapVariance, share: float) -> BootstrapVariance:
    return replace(variance, single=_scaled(variance.single, share), cumulative=_scaled(variance.cumulative, share))


def _scaled(interval: ShareInterval, factor: float) -> ShareInterval:
    parts = (interval.estimate, interval.median, interval.low, interval.high)
    return ShareInterval(*(read_only(part * factor) for part in parts))


def share_by_sample_size(
    values: ArrayLike, sizes: Sequence[int], n_components: int = 3, *, n_resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """Estimate the share of variance of the first components as a function of the sample size.

    Parameters
    ----------
    values : array of shape (n, d)
        Features of all galaxies: the population from which samples are drawn.
    sizes : sequence of int
        Sample sizes, each from n_components to n.
    n_components : int
        Shares of the first 1, 2, … n_components together are given.
    n_resamples, seed : int

    Returns
    -------
    DataFrame
        Columns ``size``, ``components``, ``median``, ``low``, ``high`` (95 % of the samples) and ``all``, the share in
        all galaxies.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(100, 3)) * [3, 1, 1]
    >>> shares = share_by_sample_size(values, [20, 50], 2, n_resamples=20)
    >>> shares[["size", "components"]].to_numpy().tolist()
    [[20, 1], [20, 2], [50, 1], [50, 2]]
    """
    # All sizes are samples of the same galaxies, so one PCA serves them all; it takes longer than 200 resamples.
    coordinates, share = _project(check_features(values))
    rows = []
    for size in sizes:
        variance = bootstrap_explained_variance(
            coordinates, n_components, sample_size=size, n_resamples=n_resamples, seed=seed
        )
        shares = _scaled_variance(variance, share).cumulative
        columns = zip(shares.median, shares.low, shares.high, shares.estimate, strict=True)
        rows += [(size, number, *values_of_row) for number, values_of_row in enumerate(columns, start=1)]
    return pd.DataFrame(rows, columns=["size", "components", "median", "low", "high", "all"])


def gaussian_standard_error(ratios: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
    """Standard error of the cumulative shares of variance of n galaxies with Gaussian features.

    Sample eigenvalues then have Var(log λⱼ) ≈ 2 / n, independently (Anderson 1963, Annals of Mathematical Statistics
    34, 122). For the share P = Σ_{j ≤ k} pⱼ that gives

        σ² ≈ (2 / n) [(1 − P)² Σ_{j ≤ k} pⱼ² + P² Σ_{j > k} pⱼ²]

    Parameters
    ----------
    ratios : sequence of float, shape (m,)
        Explained variance ratios pⱼ of the first components; the squares of all others are neglected.
    n : int
        Galaxies.

    Returns
    -------
    ndarray of float64, shape (m,)
        Standard error of the share of the first 1, 2, … m together.

    Examples
    --------
    >>> gaussian_standard_error([0.8, 0.2], 100).round(3).tolist()
    [0.032, 0.0]
    """
    check_whole("n", n, 1)
    shares = _check_ratios(ratios)
    squares, total = np.cumsum(shares**2), np.cumsum(shares)
    beyond = squares[-1] - squares
    return np.sqrt(2 / n * ((1 - total) ** 2 * squares + total**2 * beyond))


def parallel_analysis(values: ArrayLike, *, n_tables: int = 20, seed: int = 0) -> ChanceShares:
    """Compare explained variance ratios with those of tables with independently permuted columns.

    Permuting each column keeps its distribution and removes correlations (Buja & Eyuboglu 1992, Multivariate Behavioral
    Research 27, 509; for random normal tables Horn 1965, Psychometrika 30, 179). A component that explains no more than
    its counterpart in the permuted tables is chance.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_tables, seed : int
        Number of permuted tables, at least 1, and their seed.

    Returns
    -------
    ChanceShares

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> factors = random.normal(size=(300, 2)) @ random.normal(size=(2, 10))
    >>> parallel_analysis(factors + random.normal(size=(300, 10))).n_above
    2
    """
    values = check_features(values)
    check_whole("n_tables", n_tables, 1)
    centred = values - values.mean(axis=0)
    random = np.random.default_rng(seed)
    observed = _spectrum(centred)
    permuted = np.array([_spectrum(random.permuted(centred, axis=0)) for _ in range(n_tables)])
    chance = np.quantile(permuted, 0.95, axis=0)
    surpassed = observed > chance
    n_above = len(observed) if surpassed.all() else int(surpassed.argmin())
    return ChanceShares(read_only(observed), read_only(chance), n_above)


def _spectrum(centred: np.ndarray) -> np.ndarray:
    """All explained variance ratios of centred values in descending order, shape (min(n − 1, d),)."""
    n, d = centred.shape
    product = centred @ centred.T if n <= d else centred.T @ centred
    return np.linalg.eigvalsh(product)[::-1][: min(n - 1, d)].clip(min=0) / np.trace(product)


def elbow(ratios: Sequence[float] | np.ndarray) -> int:
    """Find the elbow of the explained variance ratios: the number of components before the bend of the curve.

    The bend is the point farthest below the straight line from the first ratio to the last. It depends on the number of
    ratios, so it isn't a reliable criterion.

    Parameters
    ----------
    ratios : sequence of float, shape (k,)
        Explained variance ratios in descending order.

    Returns
    -------
    int
        From 1 to k: components before the bend.

    Examples
    --------
    >>> elbow([0.6, 0.25, 0.03, 0.02, 0.01])
    2
    """
    shares = _check_ratios(ratios)
    line = np.linspace(shares[0], shares[-1], len(shares))
    # The farthest point is the first that hardly contributes.
    return max(1, int(np.argmax(line - shares)))


def _check_ratios(ratios: Sequence[float] | np.ndarray) -> np.ndarray:
    shares = check_numbers(ratios, "ratios", "numbers of shape (k,)")
    if shares.ndim != 1 or not len(shares):
        raise ValueError(f"ratios must be numbers of shape (k,), at least one; got shape {shares.shape}.")
    return shares

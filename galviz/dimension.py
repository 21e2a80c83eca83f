"""How many components? Reasons to choose a number, and how sure a share of variance is, quickly enough for a page.

`galviz.variance` has the exact bootstrap and the held-out share; here are the same bootstrap within the few directions
that hold nearly all variance, and what else a number of components may be chosen by.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from galviz.projection import check_components, check_whole, checked_features, checked_numbers, fit_pca, read_only
from galviz.variance import BootstrapVariance, ShareInterval, bootstrap_explained_variance

# Directions that resamples are kept in: of the shipped features they hold 99.9 % of the variance.
_DIRECTIONS = 64


@dataclass(frozen=True, eq=False)
class ChanceShares:
    """Explained variance ratios that chance alone gives; see `parallel_analysis`.

    Attributes
    ----------
    observed : ndarray of float64, shape (min(n − 1, d),)
        Explained variance ratio of each component.
    chance : ndarray of float64, same shape
        What that component reached, or surpassed, in one of twenty shuffled tables (95th percentile).
    n_above : int
        How many of the first components surpass it, up to the first that doesn't.
    """

    observed: np.ndarray
    chance: np.ndarray
    n_above: int


@dataclass(frozen=True, eq=False)
class HeldOutRegression:
    """How well a label is read from the first 1, 2, … k components, of galaxies that neither axes nor line have seen.

    Attributes
    ----------
    rmse : ndarray of float64, shape (k,)
        Root-mean-square error over all galaxies, each predicted when it was left out, in the label's unit.
    standard_error : ndarray of float64, shape (k,)
        Of `rmse`: from the spread of the squared errors over the galaxies.
    baseline : float
        The same error of the training galaxies' mean label, without any component.
    """

    rmse: np.ndarray
    standard_error: np.ndarray
    baseline: float


def quick_bootstrap(
    values: ArrayLike, n_components: int, *, sample_size: int | None = None, n_resamples: int = 500, seed: int = 0
) -> BootstrapVariance:
    """Do what `bootstrap_explained_variance` does some thirty times as fast, within the first 64 components of all.

    The variance beyond them counts in the total, as the same share for every resample. So shares of the first few
    components are off by no more than a few times that share squared: of the shipped features by 0.0002 or less.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_components : int
        k, 1 to min(sample_size, d, 64).
    sample_size : int, optional
        Galaxies a sample; n by default.
    n_resamples, seed : int

    Returns
    -------
    BootstrapVariance
        With the interval that holds 95 % of the resamples.

    Raises
    ------
    ValueError
        As `bootstrap_explained_variance`.
    """
    values = checked_features(values)
    size = len(values) if sample_size is None else sample_size
    fit = fit_pca(values, min(_DIRECTIONS, *values.shape), whiten=False)
    kept = min(1.0, float(fit.explained_variance_ratio.sum()))
    found = bootstrap_explained_variance(
        fit.coordinates, n_components, sample_size=size, n_resamples=n_resamples, seed=seed
    )
    return replace(found, single=_scaled(found.single, kept), cumulative=_scaled(found.cumulative, kept))


def _scaled(interval: ShareInterval, factor: float) -> ShareInterval:
    parts = (interval.estimate, interval.median, interval.low, interval.high)
    return ShareInterval(*(read_only(part * factor) for part in parts))


def share_by_sample_size(
    values: ArrayLike, sizes: Sequence[int], n_components: int = 3, *, n_resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """Give the share of variance in the first components that samples of several sizes would find.

    Parameters
    ----------
    values : array of shape (n, d)
        Of all galaxies there are: they stand for the sky.
    sizes : sequence of int
        Each from n_components to n.
    n_components : int
        Shares of the first 1, 2, … of them.
    n_resamples, seed : int

    Returns
    -------
    DataFrame
        Columns ``size``, ``components``, ``median``, ``low``, ``high`` (95 % of the samples) and ``all``, the share in
        all galaxies.
    """
    values = checked_features(values)
    rows = []
    for size in sizes:
        found = quick_bootstrap(values, n_components, sample_size=size, n_resamples=n_resamples, seed=seed).cumulative
        columns = zip(found.median, found.low, found.high, found.estimate, strict=True)
        rows += [(size, number, *each) for number, each in enumerate(columns, start=1)]
    return pd.DataFrame(rows, columns=["size", "components", "median", "low", "high", "all"])


def gaussian_standard_error(ratios: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
    """Give the standard error of cumulative shares of variance that n galaxies have if their features are Gaussian.

    Sample eigenvalues then have Var(log λⱼ) ≈ 2 / n, independently (Anderson 1963, Annals of Mathematical Statistics
    34, 122). For the share P = Σ_{j ≤ k} pⱼ that gives

        σ² ≈ (2 / n) [(1 − P)² Σ_{j ≤ k} pⱼ² + P² Σ_{j > k} pⱼ²]

    Parameters
    ----------
    ratios : sequence of float, shape (m,)
        Explained variance ratios pⱼ of the first components; what they leave to 1 counts as spread over so many that
        its squares vanish.
    n : int
        Galaxies.

    Returns
    -------
    ndarray of float64, shape (m,)
        Of the first 1, 2, … m together.
    """
    shares = np.asarray(ratios, float)
    squares, total = np.cumsum(shares**2), np.cumsum(shares)
    beyond = squares[-1] - squares
    return np.sqrt(2 / n * ((1 - total) ** 2 * squares + total**2 * beyond))


def parallel_analysis(values: ArrayLike, *, n_tables: int = 20, seed: int = 0) -> ChanceShares:
    """Compare components with those of tables in which nothing goes together.

    Each column is shuffled by itself, which keeps what every feature says and takes away what they say together (Horn
    1965, Psychometrika 30, 179, for random normal tables; shuffled: Buja & Eyuboglu 1992, Multivariate Behavioral
    Research 27, 509). A component that explains no more than its counterpart there is no finding.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_tables, seed : int
        How many shuffled tables, at least 1, and their seed.

    Returns
    -------
    ChanceShares
    """
    values = checked_features(values)
    check_whole("n_tables", n_tables, 1)
    centred = values - values.mean(axis=0)
    random = np.random.default_rng(seed)
    observed = _spectrum(centred)
    shuffled = np.array([_spectrum(random.permuted(centred, axis=0)) for _ in range(n_tables)])
    chance = np.quantile(shuffled, 0.95, axis=0)
    surpassed = observed > chance
    n_above = len(observed) if surpassed.all() else int(surpassed.argmin())
    return ChanceShares(read_only(observed), read_only(chance), n_above)


def _spectrum(centred: np.ndarray) -> np.ndarray:
    """All explained variance ratios of centred values, falling, shape (min(n − 1, d),)."""
    n, d = centred.shape
    product = centred @ centred.T if n <= d else centred.T @ centred
    return np.linalg.eigvalsh(product)[::-1][: min(n - 1, d)].clip(min=0) / np.trace(product)


def elbow(ratios: Sequence[float] | np.ndarray) -> int:
    """Give the number of components at which the curve of single shares bends most.

    That is the point farthest below the straight line from the first share to the last. It depends on where the curve
    is cut off, which is why nobody should rely on it.

    Parameters
    ----------
    ratios : sequence of float, shape (k,)
        Explained variance ratios, falling.

    Returns
    -------
    int
        From 1 to k: components before the bend.
    """
    shares = np.asarray(ratios, float)
    line = np.linspace(shares[0], shares[-1], len(shares))
    # The farthest point is the first of those that hardly matter.
    return max(1, int(np.argmax(line - shares)))


def held_out_regression(
    values: ArrayLike, label: ArrayLike, n_components: int, *, folds: int = 5, seed: int = 0
) -> HeldOutRegression:
    """Read a label from the first components by a straight fit, and measure the error on galaxies left out.

    In each fold the axes, and a least-squares line of the label on the first 1, 2, … k coordinates, come from the
    galaxies outside it.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    label : array of shape (n,)
        Finite.
    n_components : int
        k, 1 to two less than the galaxies outside the largest fold, and at most d.
    folds : int
        2 to n.
    seed : int
        Of the deal.

    Returns
    -------
    HeldOutRegression

    Raises
    ------
    ValueError
        As `fit_pca`; if `label` isn't n finite numbers; or if there are too few galaxies.
    """
    values = checked_features(values)
    n, d = values.shape
    label = checked_numbers(label, "label", f"{n} numbers")
    if label.shape != (n,) or not np.isfinite(label).all():
        raise ValueError(f"label must be {n} finite numbers; got shape {label.shape}. Leave out galaxies without one.")
    check_whole("folds", folds, 2, n, "the number of galaxies")
    check_components(n_components, n - -(-n // folds) - 2, d)
    errors, left = np.empty((n, n_components)), np.empty(n)
    for fold in np.array_split(np.random.default_rng(seed).permutation(n), folds):
        others = np.setdiff1d(np.arange(n), fold)
        fit = fit_pca(values[others], n_components)
        mean = label[others].mean()
        left[fold] = label[fold] - mean
        # Whitened coordinates are uncorrelated: the slope along one doesn't depend on how many there are.
        slopes = fit.coordinates.T @ (label[others] - mean) / (len(others) - 1)
        errors[fold] = left[fold, None] - np.cumsum(fit.transform(values[fold]) * slopes, axis=1)
    rmse = np.sqrt((errors**2).mean(axis=0))
    spread = (errors**2).std(axis=0, ddof=1) / np.sqrt(n)
    standard_error = np.divide(spread, 2 * rmse, out=np.zeros_like(rmse), where=rmse > 0)
    return HeldOutRegression(read_only(rmse), read_only(standard_error), float(np.sqrt((left**2).mean())))

"""Uncertainty of explained variance: for held-out galaxies, and between samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.pca import fit_pca
from galviz.analysis.validation import check_components, check_features, check_whole, read_only, rounding_tolerance


@dataclass(frozen=True, eq=False)
class HeldOutVariance:
    """Share of the variance of held-out galaxies that the first 1, 2, … k components explain.

    Attributes
    ----------
    mean, standard_deviation : ndarray of float64, shape (k,)
        Over the folds (divisor folds − 1). Folds share training galaxies, so the deviation is no standard error.
    by_fold : ndarray of float64, shape (folds, k)
    """

    mean: np.ndarray
    standard_deviation: np.ndarray
    by_fold: np.ndarray


@dataclass(frozen=True, eq=False)
class ShareInterval:
    """Shares of variance, 0 to 1, with their spread over resamples; each of shape (k,).

    Attributes
    ----------
    estimate : ndarray of float64
        From all galaxies.
    median, low, high : ndarray of float64
        Median of the resamples, and the ends of the interval that holds `level` of them.
    """

    estimate: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class BootstrapVariance:
    """Explained variance ratios of each component (`single`) and of the first 1, 2, … k together (`cumulative`)."""

    single: ShareInterval
    cumulative: ShareInterval
    sample_size: int
    n_resamples: int
    level: float


def held_out_explained_variance(
    values: ArrayLike, n_components: int, *, folds: int = 5, seed: int = 0
) -> HeldOutVariance:
    """Measure the share of the variance of held-out galaxies that principal components explain.

    The galaxies are split into `folds` at random. For each fold F, with mean m and components w₁ … w_k of the galaxies
    outside it, the share is Σ_{x in F} Σ_{j ≤ k} ((x − m)·wⱼ)² / Σ_{x in F} |x − m|². Components without variance
    contribute nothing. In-sample ratios are higher, because the components were fitted to those galaxies.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_components : int
        The k of the last share, 1 to min(galaxies outside the largest fold, d).
    folds : int
        Number of folds, 2 to n.
    seed : int
        Of the split.

    Returns
    -------
    HeldOutVariance

    Raises
    ------
    ValueError
        As `fit_pca`, for each fit; if `folds` is not a whole number from 2 to n; or if a fold's galaxies all lie at the
        mean of the others, so that there is no variance to explain.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(200, 3)) * [3, 1, 1]
    >>> held_out_explained_variance(values, 3).mean.round(1).tolist()
    [0.8, 0.9, 1.0]
    """
    values = check_features(values)
    check_whole("folds", folds, 2, len(values), "the number of galaxies")
    shares = []
    for fold in np.array_split(np.random.default_rng(seed).permutation(len(values)), folds):
        fit = fit_pca(np.delete(values, fold, axis=0), n_components)
        total = ((values[fold] - fit.mean) ** 2).sum()
        if total <= rounding_tolerance(values) ** 2:
            problem = f"got {folds}, and one has no variance about the mean of the others"
            raise ValueError(f"folds must be so few that each has variance; {problem}. Ask for fewer folds.")
        # Whitened coordinates times the standard deviation, because they are 0 where a direction is arbitrary.
        along = fit.transform(values[fold]) ** 2 * fit.explained_variance
        shares.append(along.sum(axis=0).cumsum() / total)
    by_fold = np.array(shares)
    return HeldOutVariance(read_only(by_fold.mean(axis=0)), read_only(by_fold.std(axis=0, ddof=1)), read_only(by_fold))


def bootstrap_explained_variance(
    values: ArrayLike,
    n_components: int,
    *,
    sample_size: int = 256,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> BootstrapVariance:
    """Measure how explained variance ratios vary between samples of galaxies.

    Samples of `sample_size` are drawn with replacement: `values` is treated as the population, and each galaxy of a
    sample is an independent draw from it (Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 7.2).
    Without replacement the interval would vanish as `sample_size` approaches n.

    With a whole survey and `sample_size` 256 the interval shows what another 256 galaxies would give. With 256 galaxies
    and `sample_size` 256 it is the ordinary percentile bootstrap. In both cases a sample overestimates the share of its
    own first components, so the median, and even `low`, may be above the estimate if many components matter.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    n_components : int
        k, 1 to min(sample_size, d).
    sample_size : int
        Galaxies per sample, 2 to n. If all galaxies of a sample are alike, its shares are 0.
    n_resamples : int
        Number of samples, at least 1; with 1,000 the ends of a 95 % interval are known to about 2 % of its width.
    level : float
        Share of the samples in the interval, more than 0 and less than 1.
    seed : int

    Returns
    -------
    BootstrapVariance

    Raises
    ------
    ValueError
        As `fit_pca`, or if `sample_size`, `n_resamples` or `level` is out of range.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(200, 3)) * [3, 1, 1]
    >>> single = bootstrap_explained_variance(values, 1, sample_size=100, n_resamples=50).single
    >>> bool(single.low[0] < single.estimate[0] < single.high[0])
    True
    """
    values = check_features(values)
    check_whole("sample_size", sample_size, 2, len(values), "the number of galaxies")
    check_components(n_components, sample_size, values.shape[1])
    check_whole("n_resamples", n_resamples, 1)
    if not 0 < level < 1:
        raise ValueError(f"level must be more than 0 and less than 1; got {level}. Give 0.95 for 95 %.")
    random = np.random.default_rng(seed)
    draws = (random.integers(len(values), size=sample_size) for _ in range(n_resamples))
    samples = np.array([_shares(values[draw], n_components) for draw in draws])
    estimate = _shares(values, n_components)
    single = _interval(estimate, samples, level)
    cumulative = _interval(estimate.cumsum(), samples.cumsum(axis=1), level)
    return BootstrapVariance(single, cumulative, sample_size, n_resamples, level)


def _shares(sample: np.ndarray, n_components: int) -> np.ndarray:
    """Explained variance ratios, from the eigenvalues of the smaller of XᵀX and XXᵀ, which are the same."""
    centred = sample - sample.mean(axis=0)
    product = centred @ centred.T if len(sample) <= sample.shape[1] else centred.T @ centred
    total = np.trace(product)
    if total <= rounding_tolerance(sample) ** 2:
        return np.zeros(n_components)
    return np.linalg.eigvalsh(product)[::-1][:n_components].clip(min=0.0) / total


def _interval(estimate: np.ndarray, samples: np.ndarray, level: float) -> ShareInterval:
    """Percentiles of `samples`, shape (n_resamples, k), about the estimate."""
    quantiles = np.quantile(samples, [0.5, (1 - level) / 2, (1 + level) / 2], axis=0)
    return ShareInterval(read_only(estimate), *map(read_only, quantiles))

"""Linear probes: how well a straight line through a layer's features tells a cause of galaxies it hasn't seen.

A probe (Alain & Bengio 2016, arXiv:1610.01644) is a linear regression from features to something the network may or may
not have been asked for: what it can read off, a layer holds in the open. Here it is a ridge, which minimises
Σ (y − x·w)² + α |w|² over the training galaxies; its answers are judged on others by R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²
with ȳ the mean of the *training* galaxies. So 1 is perfect, 0 no better than a guess that knows no feature, and below 0
worse. For a cause that is 0 or 1, such as merging, R² is still the share of its variance that is told.

Nothing of a galaxy that is judged enters the fit: mean, limits, α and w are of the others alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from galviz.correlation import checked_table, interval_tails, resample_counts
from galviz.projection import check_whole, checked_features, read_only

# Penalties tried, as shares of the sum of the squared centred features.
PENALTIES = np.logspace(-7, 1, 17)
# A singular value of that share of the largest is rounding.
_GRAIN = 1e-7


@dataclass(frozen=True, eq=False)
class Probe:
    """What c linear probes said of n galaxies, each of a galaxy that was not in its fit.

    Attributes
    ----------
    predictions : ndarray of float64, shape (n, c)
        In the causes' units.
    baseline : ndarray of float64, shape (n, c)
        Mean of the cause over the galaxies that the fit saw.
    causes : ndarray of float64, shape (n, c)
    """

    predictions: np.ndarray
    baseline: np.ndarray
    causes: np.ndarray

    @property
    def r2(self) -> np.ndarray:
        """Held-out R² of each cause, shape (c,): at most 1."""
        return 1 - self._missed().sum(axis=0) / self._spread().sum(axis=0)

    def interval(
        self, other: "Probe | None" = None, *, n_resamples: int = 1000, level: float = 0.95, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Percentile-bootstrap interval of R², or of how much higher it is than another probe's.

        Galaxies are drawn with replacement; the fits are left as they are, so the interval doesn't say how much they
        would have differed. Of two probes the same galaxies are drawn, for what is hard for one is hard for the other:
        the interval of the difference is narrower than those of the two suggest.

        Parameters
        ----------
        other : Probe, optional
            Of the same causes of the same galaxies.
        n_resamples, level, seed
            As for `galviz.correlation.correlate`.

        Returns
        -------
        low, high : ndarray of float64, shape (c,)

        Raises
        ------
        ValueError
            If `other` is of other causes, or an option isn't allowed.
        """
        draws, tails = resample_counts(len(self.causes), n_resamples, seed), interval_tails(level)
        drawn = self._drawn(draws)
        if other is not None:
            if other.causes.shape != self.causes.shape or not np.array_equal(other.causes, self.causes):
                rule = "other must be a probe of the same causes of the same galaxies"
                raise ValueError(f"{rule}; got causes of shape {other.causes.shape}. Give both the same causes.")
            drawn = drawn - other._drawn(draws)
        low, high = np.nanquantile(drawn, tails, axis=0)
        return low, high

    def _drawn(self, draws: np.ndarray) -> np.ndarray:
        """R² in each resample, shape (n_resamples, c); NaN where a cause is the same for all of it."""
        spread = draws @ self._spread()
        return 1 - draws @ self._missed() / np.where(spread > 0, spread, np.nan)

    def _missed(self) -> np.ndarray:
        return (self.causes - self.predictions) ** 2

    def _spread(self) -> np.ndarray:
        return (self.causes - self.baseline) ** 2


def probe(values: ArrayLike, causes: ArrayLike, *, folds: int = 5, trim: float = 0.01, seed: int = 0) -> Probe:
    """Fit linear probes of several causes at once, each galaxy judged by a fit that hasn't seen it.

    The galaxies are dealt into `folds` at random. Each fold is predicted by a ridge fitted to the others: features are
    trimmed and centred, and each cause's α is that of `PENALTIES` whose leave-one-out error among those others is least
    (in closed form, from one singular value decomposition: Golub, Heath & Wahba 1979, Technometrics 21, 215).

    Trimming gives a heavy-tailed control its chance: where one galaxy lies tens of times as far out as the others, a
    fit without it predicts that one absurdly, and R² falls below 0 though most galaxies are told well.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, a galaxy a row, as for `fit_pca`.
    causes : array of shape (n, c)
        Finite; each differs between galaxies.
    folds : int
        2 to n.
    trim : float
        Each feature is held between its percentiles 100 `trim` and 100 (1 − `trim`) of the training galaxies; 0 to less
        than 0.5, 0 for not at all.
    seed : int
        Of the deal.

    Returns
    -------
    Probe

    Raises
    ------
    ValueError
        If `values` or `causes` is no table of finite numbers, their rows differ in number, a cause is the same for all
        galaxies, or an option isn't allowed.
    """
    values, causes = checked_features(values), checked_table(causes, "causes")
    n = len(values)
    if len(causes) != n:
        rule = f"causes must have a row for each of the {n} rows of values"
        raise ValueError(f"{rule}; got {len(causes)}. Give the same galaxies, in the same order.")
    if not (np.ptp(causes, axis=0) > 0).all():
        flat = int(np.argmin(np.ptp(causes, axis=0) > 0))
        raise ValueError(f"causes must differ between galaxies; column {flat} (from 0) doesn't. Leave that column out.")
    check_whole("folds", folds, 2, n, "the number of galaxies")
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim must be at least 0 and less than 0.5; got {trim!r}. Ask for 0.01, for example.")
    predictions, baseline = np.empty_like(causes), np.empty_like(causes)
    for fold in np.array_split(np.random.default_rng(seed).permutation(n), folds):
        seen, unseen = np.delete(values, fold, axis=0), values[fold]
        if trim:
            limits = np.quantile(seen, [trim, 1 - trim], axis=0)
            seen, unseen = seen.clip(*limits), unseen.clip(*limits)
        origin, mean = seen.mean(axis=0), np.delete(causes, fold, axis=0).mean(axis=0)
        weights = _ridge(seen - origin, np.delete(causes, fold, axis=0) - mean)
        predictions[fold] = (unseen - origin) @ weights + mean
        baseline[fold] = mean
    return Probe(read_only(predictions), read_only(baseline), read_only(causes.copy()))


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights, shape (d, c), from centred features to centred causes, each cause with the penalty that suits it."""
    left, sizes, right = _decomposed(x)
    if not len(sizes):
        return np.zeros((x.shape[1], y.shape[1]))
    turned = left.T @ y
    penalties = PENALTIES * (sizes**2).sum()
    errors = []
    for penalty in penalties:
        kept = sizes**2 / (sizes**2 + penalty)
        # How far each galaxy's answer is its own doing; 1/n of it by way of the mean.
        leverage = left**2 @ kept + 1 / len(x)
        residuals = y - left @ (kept[:, None] * turned)
        errors.append(((residuals / np.maximum(1 - leverage, _GRAIN)[:, None]) ** 2).sum(axis=0))
    best = penalties[np.argmin(errors, axis=0)]
    return right @ (sizes[:, None] / (sizes[:, None] ** 2 + best) * turned)


def _decomposed(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular value decomposition, x = left · diag(sizes) · rightᵀ, by way of the smaller of xᵀx and xxᵀ: quicker."""
    wide = x.shape[1] > x.shape[0]
    squares, vectors = np.linalg.eigh(x @ x.T if wide else x.T @ x)
    sizes = np.sqrt(squares.clip(0))
    kept = sizes > _GRAIN * sizes.max()
    sizes, vectors = sizes[kept], vectors[:, kept]
    other = (x.T if wide else x) @ vectors / sizes
    return (vectors, sizes, other) if wide else (other, sizes, vectors)

"""Linear probes: how well a linear function of a layer's features predicts a cause, for held-out galaxies.

A probe (Alain & Bengio 2016, arXiv:1610.01644) is a linear regression from features to a quantity that the network may
or may not have been trained on. If it predicts the quantity well, the layer encodes it linearly. Here it is a ridge
regression, which minimises Σ (y − x·w)² + α |w|² over the training galaxies. It is evaluated on held-out galaxies by
R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² with ȳ the mean of the *training* galaxies: 1 is perfect, 0 as good as predicting the
mean, and negative values are worse. For a cause that is 0 or 1, such as merging, R² is still the predicted share of its
variance.

Mean, clipping limits, α and w come from the training galaxies only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import RidgeCV

from galviz.analysis.correlation import check_table, interval_tails, resample_counts
from galviz.analysis.validation import check_features, check_whole, read_only

# Penalties tried, as shares of the sum of the squared centred features.
PENALTIES = np.logspace(-7, 1, 17)


@dataclass(frozen=True, eq=False)
class Probe:
    """Predictions of c causes for n galaxies, each by a probe that was fitted without that galaxy.

    Attributes
    ----------
    predictions : ndarray of float64, shape (n, c)
        In the causes' units.
    baseline : ndarray of float64, shape (n, c)
        Mean of the cause over the training galaxies.
    causes : ndarray of float64, shape (n, c)
    """

    predictions: np.ndarray
    baseline: np.ndarray
    causes: np.ndarray

    @property
    def r2(self) -> np.ndarray:
        """Held-out R² of each cause, shape (c,): at most 1."""
        return 1 - self._squared_errors().sum(axis=0) / self._squared_deviations().sum(axis=0)

    def interval(
        self, other: "Probe | None" = None, *, n_resamples: int = 1000, level: float = 0.95, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Percentile-bootstrap interval of R², or of how much higher it is than another probe's.

        Galaxies are resampled, but probes aren't fitted again, so the interval excludes the variance of the fits. Two
        probes are compared on the same resamples: their errors are correlated, so the interval of the difference is
        narrower than the two intervals suggest.

        Parameters
        ----------
        other : Probe, optional
            Of the same causes of the same galaxies.
        n_resamples, level, seed
            As for `galviz.analysis.correlation.correlate`.

        Returns
        -------
        low, high : ndarray of float64, shape (c,)

        Raises
        ------
        ValueError
            If `other` is of other causes, or an option isn't allowed.
        """
        draws, tails = resample_counts(len(self.causes), n_resamples, seed), interval_tails(level)
        resampled = self._resampled(draws)
        if other is not None:
            if other.causes.shape != self.causes.shape or not np.array_equal(other.causes, self.causes):
                rule = "other must be a probe of the same causes of the same galaxies"
                raise ValueError(f"{rule}; got causes of shape {other.causes.shape}. Give both the same causes.")
            resampled = resampled - other._resampled(draws)
        low, high = np.nanquantile(resampled, tails, axis=0)
        return low, high

    def _resampled(self, draws: np.ndarray) -> np.ndarray:
        """R² in each resample, shape (n_resamples, c); NaN where a cause is the same for all of it."""
        deviations = draws @ self._squared_deviations()
        return 1 - draws @ self._squared_errors() / np.where(deviations > 0, deviations, np.nan)

    def _squared_errors(self) -> np.ndarray:
        return (self.causes - self.predictions) ** 2

    def _squared_deviations(self) -> np.ndarray:
        return (self.causes - self.baseline) ** 2


def probe(values: ArrayLike, causes: ArrayLike, *, folds: int = 5, trim: float = 0.01, seed: int = 0) -> Probe:
    """Fit linear probes of several causes, and predict each galaxy by a probe that was fitted without it.

    The galaxies are split into `folds` at random. Each fold is predicted by a ridge regression fitted to the others:
    features are clipped, and for each cause α is the one of `PENALTIES` with the least leave-one-out error of the
    training galaxies (`sklearn.linear_model.RidgeCV`; Golub, Heath & Wahba 1979, Technometrics 21, 215).

    Features are clipped because some controls have heavy tails: extrapolation to one extreme galaxy would make R²
    negative although most galaxies are predicted well.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, one row per galaxy, as for `fit_pca`.
    causes : array of shape (n, c)
        Finite; each differs between galaxies.
    folds : int
        2 to n.
    trim : float
        Each feature is clipped to its percentiles 100 `trim` and 100 (1 − `trim`) of the training galaxies; 0 to less
        than 0.5, where 0 means no clipping.
    seed : int
        Of the split.

    Returns
    -------
    Probe

    Raises
    ------
    ValueError
        If `values` or `causes` isn't a table of finite numbers, their numbers of rows differ, a cause is constant, or
        an option is invalid.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(200, 4))
    >>> probe(values, values[:, :1] - 2 * values[:, 1:2]).r2.round(2).tolist()
    [0.99]
    """
    values, causes = check_features(values), check_table(causes, "causes")
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
        train_values, train_causes = np.delete(values, fold, axis=0), np.delete(causes, fold, axis=0)
        held_out = values[fold]
        if trim:
            limits = np.quantile(train_values, [trim, 1 - trim], axis=0)
            train_values, held_out = train_values.clip(*limits), held_out.clip(*limits)
        predictions[fold] = _predict(train_values, train_causes, held_out)
        baseline[fold] = train_causes.mean(axis=0)
    return Probe(read_only(predictions), read_only(baseline), read_only(causes.copy()))


def _predict(features: np.ndarray, causes: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Predict held-out galaxies by a ridge regression for each cause, its penalty chosen by leave-one-out error."""
    squares = ((features - features.mean(axis=0)) ** 2).sum()
    if squares == 0:
        return np.tile(causes.mean(axis=0), (len(held_out), 1))
    # With more galaxies than features, the singular value decomposition takes half the time of what "auto" chooses.
    mode = "svd" if len(features) > features.shape[1] else "auto"
    ridge = RidgeCV(PENALTIES * squares, alpha_per_target=True, gcv_mode=mode).fit(features, causes)
    return ridge.predict(held_out).reshape(len(held_out), -1)

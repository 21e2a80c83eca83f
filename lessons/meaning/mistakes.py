"""Typical mistakes in the exercises on what components mean, each a wrong function with its hint."""

import itertools
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, pearsonr, rankdata, spearmanr

Statistic = Callable[[np.ndarray, np.ndarray], object]
NAN = float("nan")


def right_r(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of the galaxies that count, by another way than the solution."""
    x, y = both_known(x, y)
    if len(x) == 0 or x.min() == x.max() or y.min() == y.max():
        return NAN
    x, y = x - x.mean(), y - y.mean()
    return float((x / np.linalg.norm(x)) @ (y / np.linalg.norm(y)))


def both_known(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns x and y of the galaxies for which both are known."""
    known = ~np.isnan(x + y)
    return x[known], y[known]


# meaning.1: formulas


def _formula(compute: Callable[..., object]) -> Statistic:
    """A mistake in the formula: `compute` takes x, y, their deviations dx and dy, and n."""

    def statistic(x: np.ndarray, y: np.ndarray) -> object:
        x, y = both_known(x, y)
        return compute(x, y, x - x.mean(), y - y.mean(), len(x))

    return statistic


def _from_r(change: Callable[[float, int], object]) -> Statistic:
    """A mistake that changes the right r afterwards; `change` takes r and n."""
    return lambda x, y: change(right_r(x, y), len(both_known(x, y)[0]))


def _length(values: np.ndarray) -> float:
    return float(np.sqrt(values @ values))


def _without_outliers(change: Callable[[np.ndarray], np.ndarray]) -> Statistic:
    """A mistake: `change` takes a column and returns it with outliers clipped, or NaN."""
    return _formula(lambda x, y, dx, dy, n: right_r(change(x), change(y)))


def _clip_deviations(values: np.ndarray, k: float) -> np.ndarray:
    return np.clip(values, values.mean() - k * values.std(), values.mean() + k * values.std())


def _drop_deviations(values: np.ndarray, k: float) -> np.ndarray:
    return np.where(np.abs(values - values.mean()) <= k * values.std(), values, NAN)


def _clip_percentiles(values: np.ndarray, percent: float) -> np.ndarray:
    return np.clip(values, *np.percentile(values, [percent, 100 - percent]))


OUTLIER_TREATMENTS = (
    *(partial(_clip_deviations, k=k) for k in (2, 2.5, 3)),
    *(partial(_drop_deviations, k=k) for k in (2, 2.5, 3)),
    *(partial(_clip_percentiles, percent=percent) for percent in (1, 2.5, 5, 10)),
)
OUTLIERS = "You clipped outliers, or left them out: use the values of all galaxies that count, as they are."
UNITS = "It has a unit: divide it by the standard deviations of x and y, with the same divisor as the covariance."
SLOPE = "This is the slope of a line, which has a unit: divide by the root of both sums of squares, not by one of them."
LEFT_OUT = "You left out the {} galaxy. Python counts from 0, and a slice doesn't contain its end: use all galaxies."
FORMULA_MISTAKES: tuple[tuple[Statistic, str], ...] = (
    *(
        (
            lambda x, y, which=which: right_r(
                *(values[(np.array([x, y])[which] != 0).all(axis=0)] for values in (x, y))
            ),
            "You left out galaxies whose x or y is 0: 0 is a known value. Only NaN is unknown.",
        )
        for which in ([0, 1], [0], [1])
    ),
    (_formula(lambda x, y, dx, dy, n: dx @ dy / n), f"This is the covariance. {UNITS}"),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / (n - 1)),
        f"This is the sample covariance, divided by n − 1. {UNITS}",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy),
        "This is the numerator only: divide it by the root of the product of both sums of squares.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: x @ y / _length(x) / _length(y)),
        "You didn't subtract the means: this is the cosine of two columns. Subtract them above and below.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / _length(x) / _length(y)),
        "You subtracted the means in the numerator only: subtract them in the denominator too.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: x @ y / _length(dx) / _length(dy)),
        "You subtracted the means in the denominator only: subtract them in the numerator too.",
    ),
    (
        _from_r(lambda r, n: r**2),
        "This is r², the share of the variance that a line explains: return r, with its sign.",
    ),
    (_from_r(lambda r, n: r * abs(r)), "This is r² with the sign of r: the root is missing."),
    (_from_r(lambda r, n: np.sqrt(abs(r))), "You took the root of |r|: take the root in the denominator only."),
    (_from_r(lambda r, n: abs(r)), "This is |r|: keep the sign. r is negative if one falls as the other rises."),
    (_from_r(lambda r, n: -r), "The sign is reversed: r is positive if one rises as the other rises."),
    (
        _from_r(lambda r, n: r * n / (n - 1)),
        "You divided by n − 1 above and by n below the line: use the same divisor (ddof), then it cancels.",
    ),
    (
        _from_r(lambda r, n: r * (n - 1) / n),
        "You divided by n above and by n − 1 below the line: use the same divisor (ddof), then it cancels.",
    ),
    (
        _from_r(lambda r, n: r / n),
        "You divided by n in the numerator only: sums need no n, and with standard deviations you need it once.",
    ),
    (_from_r(lambda r, n: r / (n - 1)), "You divided by n − 1 in the numerator only: the sums of squares need it too."),
    (
        _from_r(lambda r, n: r * n),
        "You forgot a division by n: you divided a sum of products by standard deviations. Take the mean product.",
    ),
    (
        _from_r(lambda r, n: r * (n - 1)),
        "You forgot a division by n − 1: you divided a sum of products by standard deviations. Take the mean product.",
    ),
    (_formula(lambda x, y, dx, dy, n: dx @ dy / (dx @ dx)), SLOPE),
    (_formula(lambda x, y, dx, dy, n: dx @ dy / (dy @ dy)), SLOPE),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / ((dx @ dx) * (dy @ dy))),
        "The root is missing in the denominator.",
    ),
    *(
        (
            _formula(
                lambda x, y, dx, dy, n, ddof=ddof, divisor=divisor: (
                    dx @ dy / (n - divisor) / x.var(ddof=ddof) / y.var(ddof=ddof)
                )
            ),
            "You divided by the variances: divide by the standard deviations, their roots.",
        )
        for ddof in (0, 1)
        for divisor in (0, 1)
    ),
    *(
        (
            _formula(
                lambda x, y, dx, dy, n, ddof=ddof, which=which: dx @ dy / (n - ddof) / np.std([x, y][which], ddof=ddof)
            ),
            f"You divided the covariance by the standard deviation of {'xy'[which]} only: divide by both.",
        )
        for which in (0, 1)
        for ddof in (0, 1)
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / (_length(dx) + _length(dy))),
        "You added the two roots in the denominator: multiply them.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / np.sqrt(dx @ dx + dy @ dy)),
        "You added the two sums of squares in the denominator: multiply them.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: np.abs(dx) @ np.abs(dy) / _length(dx) / _length(dy)),
        "You took absolute values of the deviations: keep their signs.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / (np.abs(dx).sum() * np.abs(dy).sum())),
        "You divided by sums of absolute deviations: divide by the root of the sums of squares.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / n / (np.abs(dx).mean() * np.abs(dy).mean())),
        "You divided by mean absolute deviations: divide by the standard deviations.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dy / n / (np.ptp(x) * np.ptp(y))),
        "You divided by the ranges of x and y: divide by their standard deviations.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: _from_centres(x - np.median(x), y - np.median(y))),
        "You subtracted the medians: subtract the means.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: np.median((x - np.median(x)) * (y - np.median(y)))),
        "You took medians: Pearson's r consists of means.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: _from_centres(x - y.mean(), y - x.mean())),
        "You exchanged the means: subtract x̄ from x, and ȳ from y.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: dx @ dx / _length(dx) / _length(dy)),
        "Your numerator contains x twice: multiply the deviations of x by those of y.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: right_r(rankdata(x), rankdata(y))),
        "This is Spearman's ρ, the correlation of the ranks: compute Pearson's r, of the values.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: kendalltau(x, y)[0]),
        "This is Kendall's τ, which compares ranks: compute Pearson's r.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: right_r(np.sort(x), np.sort(y))),
        "You sorted x and y separately, which pairs different galaxies: keep the rows as they are.",
    ),
    (_formula(lambda x, y, dx, dy, n: right_r(x, y[::-1])), "You reversed y, which pairs different galaxies."),
    (
        _formula(lambda x, y, dx, dy, n: np.corrcoef(x, y)),
        "This is a matrix, with 1 on its diagonal: return r, the number beside the diagonal.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: np.corrcoef(x, y)[0]),
        "You return a row of the matrix, with the 1 of x with itself: return r, a single number.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: np.cov(x, y)),
        "This is the matrix of covariances: r is a single number without a unit.",
    ),
    (_from_r(lambda r, n: 1.0), "You return 1, the correlation of x with itself: return that of x with y."),
    (
        _formula(lambda x, y, dx, dy, n: list(pearsonr(x, y))),
        "You return two numbers, r and the p-value: return r only.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: pearsonr(x, y)[1]),
        "This is the p-value: return r, the other of the two numbers.",
    ),
    (_from_r(lambda r, n: 1 - r), "This is 1 − r, a distance: return r."),
    (_from_r(lambda r, n: 1 - abs(r)), "This is 1 − |r|, a distance: return r."),
    (_from_r(lambda r, n: np.sqrt(1 - r**2)), "This is √(1 − r²), the part that a line doesn't explain: return r."),
    (_from_r(lambda r, n: np.arctanh(r)), "This is Fisher's z, a transformation of r: return r."),
    (
        _from_r(lambda r, n: r * np.sqrt((n - 2) / (1 - r**2))),
        "This is the t statistic, which grows with the number of galaxies: return r.",
    ),
    (
        _from_r(lambda r, n: 1 - (1 - r**2) * (n - 1) / (n - 2)),
        "This is the adjusted R²: return r, with its sign.",
    ),
    (_from_r(lambda r, n: 100 * r), "Your result is 100 times too large: r is no percentage."),
    (_from_r(lambda r, n: (r + 1) / 2), "You shifted r to the range of 0 to 1: r is between −1 and 1."),
    (_from_r(lambda r, n: max(r, 0)), "You set negative r to 0: r is negative if one falls as the other rises."),
    *(
        (
            _from_r(lambda r, n, digits=digits: round(r, digits)),
            f"You rounded r to {digits} decimals: leave it unrounded.",
        )
        for digits in (1, 2, 3, 4)
    ),
    (_formula(lambda x, y, dx, dy, n: right_r(x[1:], y[1:])), LEFT_OUT.format("first")),
    (_formula(lambda x, y, dx, dy, n: right_r(x[:-1], y[:-1])), LEFT_OUT.format("last")),
    (_formula(lambda x, y, dx, dy, n: right_r(x[1:], y[:-1])), "You paired each x with the y of the galaxy before it."),
    (_formula(lambda x, y, dx, dy, n: right_r(x[:-1], y[1:])), "You paired each x with the y of the next galaxy."),
    (
        _formula(lambda x, y, dx, dy, n: right_r(np.diff(x), np.diff(y))),
        "You correlated differences between neighbouring rows: correlate the values.",
    ),
    (
        _formula(lambda x, y, dx, dy, n: np.mean(np.sign(dx) * np.sign(dy))),
        "You multiplied the signs of the deviations: multiply the deviations themselves.",
    ),
    *((_without_outliers(change), OUTLIERS) for change in OUTLIER_TREATMENTS),
)


def _from_centres(dx: np.ndarray, dy: np.ndarray) -> float:
    return dx @ dy / _length(dx) / _length(dy)


# meaning.1: unknown values


def _filled(fill: Callable[[np.ndarray], object]) -> Statistic:
    """A mistake that replaces unknown values; `fill` takes a column and returns what stands for NaN."""
    return lambda x, y: right_r(*(np.where(np.isnan(column), fill(column), column) for column in (x, y)))


def _fill_previous(column: np.ndarray) -> np.ndarray:
    return pd.Series(column).ffill().to_numpy()


def _fill_next(column: np.ndarray) -> np.ndarray:
    return pd.Series(column).bfill().to_numpy()


def _fill_both(column: np.ndarray) -> np.ndarray:
    return pd.Series(column).ffill().bfill().to_numpy()


def _separately(x: np.ndarray, y: np.ndarray, *, from_the_end: bool = False) -> float:
    """NaN removed from each column by itself, then cut to the same length."""
    x, y = x[~np.isnan(x)], y[~np.isnan(y)]
    n = min(len(x), len(y))
    return right_r(x[-n:], y[-n:]) if from_the_end else right_r(x[:n], y[:n])


def _own_means(compute: Callable[..., object]) -> Statistic:
    """A mistake: each mean over all known values of its own column."""
    return lambda x, y: compute(x - np.nanmean(x), y - np.nanmean(y), x, y)


def _nan_sums(x: np.ndarray, y: np.ndarray) -> float:
    """Sums of squares over all known values of each column."""
    known = ~np.isnan(x + y)
    dx, dy = x - x[known].mean(), y - y[known].mean()
    return np.nansum(dx * dy) / np.sqrt(np.nansum(dx**2) * np.nansum(dy**2))


def _own_means_common_sums(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return _from_centres(*both_known(dx, dy))


def _share_known(x: np.ndarray, y: np.ndarray) -> float:
    return float((~np.isnan(x + y)).mean())


OTHERS = "leave out each galaxy whose x or y is unknown."
SAME_GALAXIES = "Your sums are over different galaxies: use only those with both x and y known, in every sum and mean."
UNKNOWN_MISTAKES: tuple[tuple[Statistic, str], ...] = (
    (_filled(lambda column: 0), f"You replaced NaN by 0, but unknown isn't 0: {OTHERS}"),
    (
        _filled(np.nanmean),
        f"You replaced NaN by the mean, or its deviation by 0. It still adds to a sum of squares: {OTHERS}",
    ),
    (_filled(np.nanmedian), f"You replaced NaN by the median: {OTHERS}"),
    (_filled(_fill_previous), f"You replaced NaN by the value before it: {OTHERS}"),
    (_filled(_fill_both), f"You replaced NaN by the value before it: {OTHERS}"),
    (_filled(_fill_next), f"You replaced NaN by the next value: {OTHERS}"),
    (
        _filled(lambda column: pd.Series(column).interpolate(limit_direction="both").to_numpy()),
        f"You interpolated unknown values between their neighbours in the table: {OTHERS}",
    ),
    *((_filled(lambda column, value=value: value), f"You replaced NaN by {value}: {OTHERS}") for value in (-1, -99, 1)),
    (
        _separately,
        "You removed NaN from x and from y separately, which pairs different galaxies: remove the same galaxies from "
        "both.",
    ),
    (
        partial(_separately, from_the_end=True),
        "You removed NaN from x and from y separately, which pairs different galaxies: remove the same galaxies from "
        "both.",
    ),
    (
        _own_means(lambda dx, dy, x, y: np.nansum(dx * dy) / np.sqrt(np.nansum(dx**2) * np.nansum(dy**2))),
        SAME_GALAXIES,
    ),
    *(
        (
            _own_means(
                lambda dx, dy, x, y, ddof=ddof, count=count: (
                    np.nansum(dx * dy) / (count(dx * dy) - ddof) / np.nanstd(x, ddof=ddof) / np.nanstd(y, ddof=ddof)
                )
            ),
            SAME_GALAXIES,
        )
        for ddof in (0, 1)
        for count in (len, lambda products: (~np.isnan(products)).sum())
    ),
    (
        _own_means(_own_means_common_sums),
        "Your means are over other galaxies than your sums: compute them, too, from the galaxies with both x and y "
        "known.",
    ),
    (
        _nan_sums,
        "Your sums of squares include galaxies for which only one of the two is known: leave them out of every sum.",
    ),
    (
        lambda x, y: right_r(x, y) * _share_known(x, y),
        "You divided by the number of all galaxies: divide by the number of those that count.",
    ),
    (
        lambda x, y: right_r(x, y) / _share_known(x, y),
        "Your standard deviations divide by the number of all galaxies: divide by the number of those that count.",
    ),
)


# meaning.2


def _known_pairs(component: np.ndarray, cause: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(cause)
    return component[known], cause[known]


def _strongest(
    strength: Statistic,
    *,
    pairs: Callable[..., tuple[np.ndarray, np.ndarray]] = _known_pairs,
    is_allowed: Callable[[np.ndarray], bool] = lambda cause: True,
) -> Callable[[np.ndarray, pd.DataFrame], float]:
    """Position of the cause with the largest strength; NaN if no cause has one."""

    def choose(component: np.ndarray, causes: pd.DataFrame) -> float:
        strengths = []
        for name in causes:
            cause = causes[name].to_numpy(float)
            known = cause[~np.isnan(cause)]
            varies = len(known) > 1 and known.min() < known.max() and is_allowed(known)
            strengths.append(float(strength(*pairs(component, cause))) if varies else NAN)
        return float(np.nanargmax(strengths)) if np.isfinite(strengths).any() else NAN

    return choose


def _absolute_r(x: np.ndarray, y: np.ndarray) -> float:
    return abs(right_r(x, y))


def right_cause(component: np.ndarray, causes: pd.DataFrame) -> float:
    """Position of the right cause."""
    return _strongest(_absolute_r)(component, causes)


def _fill_with(fill: Callable[[np.ndarray], object]) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return lambda component, cause: (component, np.where(np.isnan(cause), fill(cause), cause))


def _cut_component(component: np.ndarray, cause: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = cause[~np.isnan(cause)]
    return component[: len(known)], known


def _complete_rows(component: np.ndarray, causes: pd.DataFrame) -> float:
    complete = causes.notna().all(axis=1).to_numpy()
    return right_cause(component[complete], causes[complete]) if complete.sum() > 1 else NAN


def _complete_rows_of_known(component: np.ndarray, causes: pd.DataFrame) -> float:
    """As `_complete_rows`, without the columns that are unknown or constant throughout."""
    kept = causes.loc[:, causes.max() > causes.min()]
    position = _complete_rows(component, kept)
    return NAN if np.isnan(position) else float(causes.columns.get_loc(kept.columns[int(position)]))


def _complete_columns(component: np.ndarray, causes: pd.DataFrame) -> float:
    return right_cause(component, causes.mask(np.tile(causes.isna().any().to_numpy(), (len(causes), 1))))


def _first_nan(component: np.ndarray, causes: pd.DataFrame) -> float:
    """NumPy's argmax of a list that contains NaN gives the first NaN."""
    strengths = [_absolute_r(component, causes[name].to_numpy(float)) for name in causes]
    return float(np.argmax(strengths))


def _first_nan_of_all(component: np.ndarray, causes: pd.DataFrame) -> float:
    """As `_first_nan`, without removing any NaN."""
    return float(np.argmax([abs(np.corrcoef(component, causes[name])[0, 1]) for name in causes]))


def _by_max(component: np.ndarray, causes: pd.DataFrame) -> float:
    """Python's max with NaN: a NaN in the first place stays the largest."""
    strengths = [_absolute_r(component, causes[name].to_numpy(float)) for name in causes]
    return float(max(range(len(strengths)), key=lambda i: strengths[i]))


def _first_above(component: np.ndarray, causes: pd.DataFrame, limit: float) -> float:
    """The first cause whose |r| is above a limit; the right one if there is none."""
    strengths = np.array([_absolute_r(component, causes[name].to_numpy(float)) for name in causes])
    above = np.flatnonzero(strengths > limit)
    return float(above[0]) if len(above) else right_cause(component, causes)


def _second(component: np.ndarray, causes: pd.DataFrame) -> float:
    is_best = np.arange(causes.shape[1]) == right_cause(component, causes)
    return right_cause(component, causes.mask(np.tile(is_best, (len(causes), 1))))


def _parabola(x: np.ndarray, y: np.ndarray) -> float:
    y = (y - y.mean()) / y.std()
    powers = np.stack([np.ones(len(y)), y, y**2], axis=1)
    return -np.var(x - powers @ np.linalg.lstsq(powers, x, rcond=None)[0]) / np.var(x)


def _t_statistic(x: np.ndarray, y: np.ndarray) -> float:
    r = right_r(x, y)
    return abs(r) * np.sqrt(max(len(x) - 2, 0) / max(1 - r**2, 1e-12))


def _own_deviations(component: np.ndarray, cause: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Deviations in units of the standard deviation: of the component among all galaxies, of the cause among known."""
    return (component - component.mean()) / component.std(), (cause - np.nanmean(cause)) / np.nanstd(cause)


def _known_over_all(component: np.ndarray, cause: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = _known_pairs(component, cause)
    return (x - x.mean()) / x.std(), (y - y.mean()) / y.std()


def _regression(component: np.ndarray, causes: pd.DataFrame) -> float:
    table = causes.loc[:, causes.max() > causes.min()]
    table = ((table - table.mean()) / table.std()).fillna(0)
    weights = np.linalg.lstsq(table.to_numpy(), component - component.mean(), rcond=None)[0]
    return float(causes.columns.get_loc(table.columns[np.abs(weights).argmax()]))


STRONG_NEGATIVE = "A negative r counts too, because the sign of a component is arbitrary: compare |r|."
UNKNOWN_STAYS_OUT = "leave out the galaxies for which this cause is unknown."
FEW_KNOWN = (
    "You left out causes that few galaxies have: it doesn't matter how few galaxies a cause is known for, if it varies."
)
NO_R = "A cause that is constant, or known for none, has no r (NaN): never return it."
CAUSE_MISTAKES = (
    *(
        (
            _strongest(lambda x, y, digits=digits: round(_absolute_r(x, y), digits)),
            "You rounded |r| before the comparison, so that two causes seem equal: compare |r| unrounded.",
        )
        for digits in (1, 2, 3, 4)
    ),
    *(
        (
            _strongest(_absolute_r, is_allowed=lambda cause, limit=limit: cause.std() > limit),
            "You left out a cause with small numbers. It isn't constant, so compare its values, without a limit to its "
            "standard deviation, and add no small number to a denominator.",
        )
        for limit in (1e-14, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)
    ),
    (_strongest(right_r), STRONG_NEGATIVE),
    (_strongest(lambda x, y: -right_r(x, y)), "This is the cause with the lowest r: take the largest |r|."),
    (_strongest(lambda x, y: -_absolute_r(x, y)), "This is the smallest |r|: take the largest."),
    (
        _strongest(lambda x, y: abs(np.cov(x, y)[0, 1])),
        "You chose by covariance, which depends on the unit of a cause: use r, which has no unit.",
    ),
    (
        _strongest(lambda x, y: abs(np.cov(x, y)[0, 1]) / y.var()),
        "You chose by the slope of a line, which depends on the unit of a cause: use r, which has no unit.",
    ),
    (
        _strongest(lambda x, y: abs(np.cov(x, y)[0, 1]) / np.ptp(y)),
        "You divided each cause by its range: use r, which divides by the standard deviation.",
    ),
    (
        _strongest(lambda x, y: abs(x @ y)),
        "You chose by the sum of products, which depends on unit and mean of a cause: use r.",
    ),
    (
        _strongest(lambda x, y: abs(x @ y) / _length(y)),
        "You chose by the cosine, without subtracting the means: use r.",
    ),
    (_strongest(lambda x, y: y.var()), "You chose by the variance of the cause, without the component: use r."),
    (
        _strongest(lambda x, y: abs(spearmanr(x, y)[0])),
        "You chose by ranks (Spearman's ρ): use Pearson's r, which measures straight lines only.",
    ),
    (
        _strongest(lambda x, y: _absolute_r(np.sort(x), np.sort(y))),
        "You sorted component and cause separately, which pairs different galaxies: keep the rows as they are.",
    ),
    (_strongest(lambda x, y: abs(kendalltau(x, y)[0])), "You chose by ranks (Kendall's τ): use Pearson's r."),
    (_strongest(_parabola), "You chose by the fit of a parabola: use Pearson's r, which measures straight lines only."),
    (
        _strongest(lambda x, y: -pearsonr(x, y)[1] if len(x) > 2 else -1),
        "You chose by the p-value, which depends on the number of galaxies too: use |r|.",
    ),
    (
        _strongest(_t_statistic),
        "You chose by the t statistic, which depends on the number of galaxies too: use |r|.",
    ),
    (
        _strongest(lambda x, y: len(x) * right_r(x, y) ** 2),
        "You weighted |r| by the root of the number of galaxies, or r² by this number: use |r| as it is.",
    ),
    (
        _strongest(lambda x, y: len(x) * _absolute_r(x, y)),
        "You weighted |r| by the number of galaxies: use |r| as it is.",
    ),
    (
        _strongest(lambda x, y: _absolute_r(x, np.log10(y) if (y > 0).all() else y)),
        "You took the logarithm of a cause: use its values as they are.",
    ),
    *(
        (
            partial(_first_above, limit=limit),
            "You stop at the first cause whose |r| is above a limit: compare the |r| of all causes.",
        )
        for limit in (0.3, 0.4, 0.5, 0.6, 0.7)
    ),
    (
        lambda component, causes: right_cause(component, causes.sort_index()),
        "You sorted the table by objID, and not the component: keep the rows of both in the same order.",
    ),
    (
        _second,
        "This is the cause with the second-largest |r|: is an index off by one?",
    ),
    (
        lambda component, causes: (right_cause(component, causes) + 1) % causes.shape[1],
        "This is the column after the right one: Python counts from 0.",
    ),
    (
        lambda component, causes: (right_cause(component, causes) - 1) % causes.shape[1],
        "This is the column before the right one: Python counts from 0.",
    ),
    (lambda component, causes: 0.0, "This is always the first column: compare the |r| of all causes."),
    (lambda component, causes: causes.shape[1] - 1.0, "This is always the last column: compare the |r| of all causes."),
    (
        lambda component, causes: _strongest(_absolute_r)(component, causes.iloc[:, 1:]) + 1,
        "You left out the first column: compare the |r| of all causes.",
    ),
    (
        lambda component, causes: _strongest(_absolute_r)(component, causes.iloc[:, :-1]),
        "You left out the last column: compare the |r| of all causes.",
    ),
    (
        _strongest(_absolute_r, is_allowed=lambda known: len(np.unique(known)) > 2),
        "You left out a cause that has two values only, such as 0 and 1: it has an r.",
    ),
    (
        _regression,
        "You chose by the weights of a regression on all causes together: use the r of each cause by itself.",
    ),
)
CAUSE_UNKNOWN_MISTAKES = (
    (
        _complete_columns,
        "You left out each cause with a NaN as a whole: leave out only the galaxies for which it is unknown.",
    ),
    (
        _complete_rows,
        "You left out a galaxy from all causes if one of them is NaN: it still counts for the others. Leave it out of "
        "the r of its own NaN only.",
    ),
    (
        _complete_rows_of_known,
        "You left out a galaxy from all causes if one of them is NaN: it still counts for the others. Leave it out of "
        "the r of its own NaN only.",
    ),
    (_strongest(_absolute_r, pairs=_fill_with(lambda cause: 0)), f"You replaced NaN by 0: {UNKNOWN_STAYS_OUT}"),
    (
        _strongest(_absolute_r, pairs=_fill_with(np.nanmean)),
        f"You replaced NaN by the mean of the cause, which weakens r: {UNKNOWN_STAYS_OUT}",
    ),
    (
        _strongest(_absolute_r, pairs=_cut_component),
        "You removed NaN from the cause only and cut the component to the same length, which pairs different galaxies. "
        "Remove the same galaxies from the component.",
    ),
    (
        _strongest(lambda x, y: abs(np.nanmean(x * y)), pairs=_own_deviations),
        "Mean and standard deviation of the component are over all galaxies: compute them, too, from the galaxies "
        "for which the cause is known.",
    ),
    *(
        (
            _strongest(lambda x, y: abs(np.nansum(x * y)), pairs=pairs),
            "You divided by the number of all galaxies: divide by the number of those for which the cause is known.",
        )
        for pairs in (_own_deviations, _known_over_all)
    ),
    (
        _strongest(_absolute_r, pairs=_fill_with(_fill_previous)),
        f"You replaced NaN by the value of another galaxy: {UNKNOWN_STAYS_OUT}",
    ),
    (
        _strongest(_absolute_r, pairs=_fill_with(np.nanmedian)),
        f"You replaced NaN by the median of the cause, which weakens r: {UNKNOWN_STAYS_OUT}",
    ),
    *(
        (_strongest(_absolute_r, is_allowed=lambda known, least=least: len(known) >= least), FEW_KNOWN)
        for least in (3, 4, 5, 6, 10, 15, 20, 30, 31, 40, 50)
    ),
    (_first_nan_of_all, f"{NO_R} NumPy's `argmax` treats NaN as the largest. And a cause with some NaN has an r."),
    (_first_nan, f"{NO_R} NumPy's `argmax` treats NaN as the largest."),
    (_by_max, f"{NO_R} Comparisons with NaN are False, so `max` may return a cause whose r is NaN."),
)


# meaning.3: the share of shuffles that each mistake counts, over all orders of a few galaxies


def correlations(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Pearson's r of x with each row of a table; 0 if a row is constant."""
    dx, deviations = x - x.mean(), rows - rows.mean(axis=-1, keepdims=True)
    lengths = _length(dx) * np.sqrt((deviations**2).sum(axis=-1))
    return np.divide(deviations @ dx, lengths, out=np.zeros(lengths.shape), where=lengths > 1e-9)


@cache
def orders(n: int) -> np.ndarray:
    """All orders of n galaxies, the original one first: row numbers of shape (n!, n)."""
    return np.array(list(itertools.permutations(range(n))))


@cache
def _draws(n: int) -> np.ndarray:
    """All draws of n of n galaxies with replacement: shape (n^n, n)."""
    return np.array(list(itertools.product(range(n), repeat=n)))


def right_share(x: np.ndarray, y: np.ndarray) -> float:
    """The share of all orders of y whose |r| is at least as large as that of the original order."""
    return _share_at_least(x, y, y[orders(len(x))])


def _share_at_least(x: np.ndarray, y: np.ndarray, rows: np.ndarray) -> float:
    r = correlations(x, rows)
    return float((np.abs(r) >= abs(right_r(x, y)) - 1e-9).mean())


def _signed_shares(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The shares of orders whose r is at least, and at most, the original r."""
    r = correlations(x, y[orders(len(x))])
    return float((r >= right_r(x, y) - 1e-9).mean()), float((r <= right_r(x, y) + 1e-9).mean())


def _one_tail(x: np.ndarray, y: np.ndarray, sign: int) -> float:
    r = correlations(x, y[orders(len(x))])
    return float((sign * r >= abs(right_r(x, y)) - 1e-9).mean())


def _of_orders(choose: Callable[[np.ndarray], np.ndarray]) -> Statistic:
    """A mistake that draws from some orders only; `choose` takes all orders and returns a mask."""

    def share(x: np.ndarray, y: np.ndarray) -> float:
        rows = orders(len(x))
        return _share_at_least(x, y, y[rows[choose(rows)]])

    return share


def _is_rotation(rows: np.ndarray) -> np.ndarray:
    return (np.diff(rows, axis=1) % rows.shape[1] == 1).all(axis=1)


def _uncentred(x: np.ndarray, y: np.ndarray) -> float:
    return float((np.abs(y[orders(len(x))] @ x) >= abs(x @ y) - 1e-9).mean())


def _sign_flips(x: np.ndarray, y: np.ndarray) -> float:
    flips = np.array(list(itertools.product((-1, 1), repeat=len(x))))
    return _share_at_least(x, y, flips * (y - y.mean()))


def _resampled_pairs(x: np.ndarray, y: np.ndarray) -> float:
    rows = _draws(len(x))
    dx, dy = (values[rows] - values[rows].mean(axis=1, keepdims=True) for values in (x, y))
    lengths = np.sqrt((dx**2).sum(axis=1) * (dy**2).sum(axis=1))
    r = np.divide((dx * dy).sum(axis=1), lengths, out=np.zeros(len(rows)), where=lengths > 1e-9)
    return float((np.abs(r) >= abs(right_r(x, y)) - 1e-9).mean())


def _later_orders(x: np.ndarray, y: np.ndarray) -> float:
    r = np.abs(correlations(x, y[orders(len(x))]))
    return float((r[:, None] >= r - 1e-9).mean())


def _mean_of(change: Callable[[np.ndarray], np.ndarray]) -> Statistic:
    return lambda x, y: float(change(correlations(x, y[orders(len(x))])).mean())


ONE_TAIL = "You count large r of one sign only: compare |r|, so that strong negative and strong positive r both count."
PAIRED = "You sorted the values, which pairs different galaxies: keep the rows as they are for the original r."
STATISTIC = (
    "The result is a share, (1 + count) / (1 + n_shuffles): count the shuffles whose |r| reaches the original one."
)
SHARE_MISTAKES: tuple[tuple[Statistic, str], ...] = (
    (
        lambda x, y: 1 - right_share(x, y),
        "You count the shuffles whose |r| is smaller than the original: count those with at least as large a |r|.",
    ),
    (
        lambda x, y: _signed_shares(x, y)[0],
        "You compare r with its sign: compare |r|, because a strong negative r counts too.",
    ),
    (lambda x, y: _signed_shares(x, y)[1], ONE_TAIL),
    (lambda x, y: _one_tail(x, y, 1), ONE_TAIL),
    (lambda x, y: _one_tail(x, y, -1), ONE_TAIL),
    (lambda x, y: min(_signed_shares(x, y)), ONE_TAIL),
    (
        lambda x, y: min(1.0, 2 * min(_signed_shares(x, y))),
        "You doubled the share of one sign. The two signs needn't be equally likely: compare |r| instead.",
    ),
    (
        lambda x, y: min(1.0, 2 * right_share(x, y)),
        "Your share is twice too large: comparing |r| already counts both signs.",
    ),
    (lambda x, y: right_share(x, y) / 2, "Your share is half of the right one: don't divide by 2, both signs count."),
    (
        lambda x, y: _share_at_least(x, y, y[_draws(len(x))]),
        "You draw the values of the cause with replacement: shuffle them, so that each occurs once.",
    ),
    (
        _resampled_pairs,
        "You resample galaxies with replacement, as for an interval, so pairs stay together: shuffle the cause only.",
    ),
    (_uncentred, "You compare sums of products without subtracting the means: compare |r|."),
    (
        lambda x, y: right_share(rankdata(x), rankdata(y)),
        "You used ranks (Spearman's ρ): use Pearson's r.",
    ),
    (lambda x, y: right_share(np.sort(x), np.sort(y)), PAIRED),
    (lambda x, y: right_share(np.sort(x), y), PAIRED),
    (lambda x, y: right_share(x, np.sort(y)), PAIRED),
    (
        _of_orders(_is_rotation),
        "You only rotate the cause (`roll`): all orders must be equally likely.",
    ),
    (
        _of_orders(lambda rows: (rows != np.arange(rows.shape[1])).sum(axis=1) == 2),
        "You only exchange two values: all orders must be equally likely.",
    ),
    (
        _of_orders(lambda rows: (rows != np.arange(rows.shape[1])).all(axis=1)),
        "Your shuffles never leave a galaxy its own value: all orders must be equally likely.",
    ),
    (
        _of_orders(lambda rows: rows[:, 0] == 0),
        "Your shuffles leave the first value in its place: shuffle all values.",
    ),
    (
        _of_orders(lambda rows: rows[:, -1] == rows.shape[1] - 1),
        "Your shuffles leave the last value in its place: shuffle all values.",
    ),
    (
        _of_orders(lambda rows: _is_rotation(rows) & (rows[:, 0] != 0)),
        "You only rotate the cause (`roll`): all orders must be equally likely.",
    ),
    *(
        (_of_orders(choose), f"Your shuffles change only the {which} half of the values: shuffle all values.")
        for choose, which in (
            (lambda rows: (rows == np.arange(rows.shape[1]))[:, rows.shape[1] // 2 :].all(axis=1), "first"),
            (lambda rows: (rows == np.arange(rows.shape[1]))[:, : rows.shape[1] // 2].all(axis=1), "second"),
            (lambda rows: (rows == np.arange(rows.shape[1]))[:, : -(rows.shape[1] // 2)].all(axis=1), "second"),
        )
    ),
    *(
        (
            lambda x, y, digits=digits: float(
                (np.abs(correlations(x, y[orders(len(x))])).round(digits) >= round(abs(right_r(x, y)), digits)).mean()
            ),
            "You rounded |r| before the comparison, so that different ones count as equal: compare unrounded |r|.",
        )
        for digits in (0, 1, 2)
    ),
    *(
        (
            lambda x, y, slack=slack: float(
                (np.abs(correlations(x, y[orders(len(x))])) >= abs(right_r(x, y)) - slack).mean()
            ),
            "Your tolerance is too large, so that smaller |r| count too: 1e-9 is enough for rounding.",
        )
        for slack in (0.01, 0.02, 0.05, 0.1)
    ),
    (
        _later_orders,
        "You compare each shuffle with another shuffle: compute the original |r| once, before you shuffle anything.",
    ),
    *(
        (
            lambda x, y, limit=limit: float((np.abs(correlations(x, y[orders(len(x))])) >= limit).mean()),
            f"You compare |r| with {limit}: compare it with the |r| of the original order.",
        )
        for limit in (0.3, 0.5, 0.7, 0.8, 0.9)
    ),
    (_sign_flips, "You change signs at random: shuffle the values instead."),
    (
        lambda x, y: float(pearsonr(x, y)[1]),
        "You draw new random numbers in place of the cause: shuffle its own values.",
    ),
)
STATISTIC_MISTAKES: tuple[tuple[Statistic, str], ...] = (
    (_mean_of(np.abs), f"This is the mean |r| of the shuffles. {STATISTIC}"),
    (_mean_of(np.square), f"This is the mean r² of the shuffles. {STATISTIC}"),
    (
        lambda x, y: float(np.std(correlations(x, y[orders(len(x))]))),
        f"This is the spread of the shuffles' r. {STATISTIC}",
    ),
    (
        lambda x, y: float(np.median(np.abs(correlations(x, y[orders(len(x))])))),
        f"This is the median |r| of the shuffles. {STATISTIC}",
    ),
)

"""Typical mistakes in the exercises on how many components, each a wrong function with its hint."""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

Count = Callable[[np.ndarray, float], float]
Share = Callable[[np.ndarray, np.ndarray, int], float]
IntervalMistake = tuple[Callable[[np.ndarray], object], str]

# Sums that are smaller than the share by no more than this are enough.
TOLERANCE = 1e-9


def count_components(ratios: np.ndarray, share: float) -> int:
    """The right number, from a loop; `ratios` reach `share`."""
    total, count = 0.0, 0
    while total <= share - TOLERANCE:
        total, count = total + ratios[count], count + 1
    return count


def _on_count(change: Callable[..., float]) -> Count:
    """A mistake after the right number: `change` takes the number and the ratios."""
    return lambda ratios, share: change(count_components(ratios, share), ratios)


def _first(condition: Callable[[np.ndarray, float], np.ndarray]) -> Count:
    """A mistake in the condition: `condition` takes the ratios and the share, and gives true or false for each.

    If it never holds, any result is explained.
    """

    def count(ratios: np.ndarray, share: float) -> float:
        reached = condition(ratios, share)
        return float(np.argmax(reached)) + 1 if reached.any() else np.nan

    return count


def _sums(change: Callable[[np.ndarray], np.ndarray]) -> Count:
    """A mistake in the sums: `change` takes the ratios, and gives what is compared with the share."""
    return _first(lambda ratios, share: change(ratios) > share - TOLERANCE)


ROUNDING = (
    "A sum may be smaller than the share only by rounding: in floats, 0.7 + 0.1 is slightly less than 0.8. If it is "
    "smaller by less than 1e-9, it is enough."
)
SUM_UP = "add up the ratios of the first ones."
COUNTED_REST = "You counted the components whose own ratio is at least 1 − share:"


def _nearly(ratios: np.ndarray, share: float) -> np.ndarray:
    return ratios > share - TOLERANCE


COUNT_MISTAKES: tuple[tuple[Count, str], ...] = (
    (
        _first(lambda ratios, share: ratios.cumsum() > share),
        "A sum that is exactly the share is enough: compare with `>=`, not with `>`.",
    ),
    (
        _on_count(lambda count, ratios: count - 1),
        "One too few. This is the index of the last component you need, and Python counts from 0: return the number of "
        "components.",
    ),
    (_on_count(lambda count, ratios: count + 1), "One too many: return the number at which the sum is large enough."),
    (_on_count(lambda count, ratios: max(count, 2)), "You return at least 2: a single component can be enough."),
    (
        _on_count(lambda count, ratios: max(count - 1, 1)),
        "You left out the first sum, that of a single component: begin with it.",
    ),
    *(
        (
            lambda ratios, share, reach=reach: max(reach(ratios.cumsum(), share).sum(), 1),
            "You counted the components whose sum is smaller than the share, which are one too few: return the "
            "smallest number whose sum is at least the share.",
        )
        for reach in (
            lambda sums, share: sums <= share + TOLERANCE,
            lambda sums, share: sums < share - TOLERANCE,
            np.less_equal,
            np.less,
        )
    ),
    (
        lambda ratios, share: (ratios.cumsum() <= share + TOLERANCE).sum(),
        "You counted the sums up to the share: return the number of the first sum that is at least the share.",
    ),
    (
        lambda ratios, share: np.abs(ratios.cumsum() - share).argmin() + 1,
        "You return the number whose sum is closest to the share: the sum must be at least the share.",
    ),
    (
        lambda ratios, share: np.ceil(share / ratios[0] - TOLERANCE),
        "You divided the share by the first ratio: the ratios differ, so add them up.",
    ),
    (
        lambda ratios, share: np.ceil(share * len(ratios) - TOLERANCE),
        "You took a share of the number of components: add up their ratios.",
    ),
    (
        _first(lambda ratios, share: ratios.astype(np.float16).cumsum() >= np.float16(share)),
        "You computed the sums in half precision (float16), which rounds to three digits: use double precision.",
    ),
    (_on_count(lambda count, ratios: count + 2), "Two too many: return the number at which the sum is large enough."),
    (
        _sums(lambda ratios: 100 * ratios.cumsum()),
        "You compared sums in percent with a share: both are on a scale of 0 to 1, so multiply nothing by 100.",
    ),
    (
        _first(lambda ratios, share: ratios.cumsum() > share / 100 - TOLERANCE),
        "You divided the share by 100: it isn't a percentage, but on a scale of 0 to 1, as the ratios are.",
    ),
    (
        lambda ratios, share: ratios.cumsum()[count_components(ratios, share) - 1],
        "You return the sum that these components explain: return how many components it takes.",
    ),
    (
        lambda ratios, share: ratios[count_components(ratios, share) - 1],
        "You return the ratio of the last component that you need: return how many components it takes.",
    ),
    (
        _on_count(lambda count, ratios: count / len(ratios)),
        "You return a share of the components: return their number.",
    ),
    (
        _on_count(lambda count, ratios: 100 * count / len(ratios)),
        "You return a percentage of the components: return their number.",
    ),
    (_on_count(lambda count, ratios: 100 * count), "You return 100 times the number: it is no percentage."),
    (
        _sums(lambda ratios: ratios[::-1].cumsum()),
        "You added up the ratios from the smallest: begin with the first, which is the largest.",
    ),
    (
        _sums(lambda ratios: ratios),
        "You compared single ratios, or their mean or product, with the share: compare the sum of the first ones.",
    ),
    *(
        (lambda ratios, share, change=change, reach=reach: change(reach(ratios, share).sum()), f"{counted} {SUM_UP}")
        for counted, reaches in (
            ("You counted the components that reach the share alone:", (np.greater_equal, np.greater, _nearly)),
            ("You counted the components that don't reach the share alone:", (np.less, np.less_equal)),
        )
        for reach in reaches
        for change in (lambda count: count, lambda count: count + 1, lambda count: max(count, 1))
    ),
    *(
        (lambda ratios, share, change=change: change((ratios >= 1 - share).sum()), f"{COUNTED_REST} {SUM_UP}")
        for change in (lambda count: count, lambda count: count + 1, lambda count: max(count, 1))
    ),
    (
        lambda ratios, share: (ratios.cumsum() > share - TOLERANCE).sum(),
        "You counted how many of the sums are large enough: return the number of the first one.",
    ),
    (
        lambda ratios, share: (ratios.cumsum() > share).sum(),
        "You counted how many of the sums are large enough: return the number of the first one.",
    ),
    (
        _on_count(lambda count, ratios: len(ratios) - count),
        "You counted the components after those that you need: return how many you need.",
    ),
    (_on_count(lambda count, ratios: len(ratios)), "You return the number of all components: stop at the share."),
    (
        _sums(lambda ratios: ratios.cumsum() / ratios.sum()),
        "You divided by the sum of the ratios, which may be less than 1: use the ratios as they are.",
    ),
    (
        _sums(lambda ratios: ratios.cumsum() / ratios[0]),
        "You divided by the largest ratio: use the ratios as they are.",
    ),
    (_sums(lambda ratios: (ratios**2).cumsum()), "You squared the ratios: they are shares of the variance already."),
    (
        _sums(lambda ratios: (ratios**2).cumsum() / (ratios**2).sum()),
        "You squared the ratios: they are shares of the variance already.",
    ),
    (_sums(lambda ratios: np.sqrt(ratios).cumsum()), "You took the roots of the ratios: use them as they are."),
    (_sums(lambda ratios: np.sqrt(ratios.cumsum())), "You took the root of the sums: compare the sums themselves."),
    (_sums(lambda ratios: np.sqrt((ratios**2).cumsum())), "You added up squares: add up the ratios themselves."),
    (_sums(lambda ratios: 1 - (1 - ratios).cumprod()), "You multiplied what is left: add up the ratios."),
    *(
        (_on_count(lambda count, ratios, n=n: min(count, n)), f"You return at most {n}: more components can be needed.")
        for n in (2, 3, 5, 10)
    ),
    (
        _first(lambda ratios, share: np.isclose(ratios.cumsum(), share)),
        "You compared for equality: a sum that is larger than the share is enough too.",
    ),
    (
        _first(lambda ratios, share: ratios.cumsum() > share / 2 - TOLERANCE),
        "You compared with half of the share: compare with the share itself.",
    ),
    (
        lambda ratios, share: np.diff(ratios, append=0).argmin() + 1,
        "You return where the ratios fall most (the elbow): return the number whose sum is at least the share.",
    ),
    (
        _first(lambda ratios, share: 1 - ratios.cumsum() <= share),
        "You compared the part that isn't explained, 1 − sum, with the share: compare the sum.",
    ),
    (_sums(lambda ratios: ratios.cumsum().cumsum()), "You added up the sums again: `cumsum` once is enough."),
    (
        _sums(lambda ratios: ratios.cumsum()[:-1]),
        "You left out the last sum, that of all components: it can be needed.",
    ),
    (
        _first(lambda ratios, share: ratios.cumsum() > 1 - share - TOLERANCE),
        "You compared the sums with 1 − share, the part that isn't explained: compare them with the share.",
    ),
    (_sums(lambda ratios: ratios[1:].cumsum()), "You left out the first component: begin with it."),
    *(
        (
            _first(lambda ratios, share, fixed=fixed: ratios.cumsum() > fixed - TOLERANCE),
            f"You compared with {fixed} instead of the parameter `share`.",
        )
        for fixed in (0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 0.99, 1.0)
    ),
    *(
        (
            _sums(lambda ratios, n=n: ratios.cumsum().round(n)),
            f"You rounded the sums ({n} decimals), which is too much: a sum that is smaller than the share by 1e-9 or "
            "more isn't enough.",
        )
        for n in (1, 2, 3)
    ),
    *(
        (
            _sums(lambda ratios, n=n: ratios.round(n).cumsum()),
            f"You rounded the ratios ({n} decimals): use them as they are.",
        )
        for n in (1, 2, 3)
    ),
)
# Mistakes that raise an error, here NaN, if no component reaches the share alone.
ERROR_MISTAKES: tuple[tuple[Count, str], ...] = tuple(
    (
        lambda ratios, share, reach=reach: reach(ratios, share).sum() or np.nan,
        f"You counted the components that reach the share alone, and there may be none: {SUM_UP}",
    )
    for reach in (np.greater_equal, np.greater, _nearly)
)


def _eigenvectors(x: np.ndarray) -> np.ndarray:
    """Eigenvectors of the covariance, in ascending order of variance, as columns; NaN if x isn't finite."""
    centred = x - x.mean(axis=0)
    if not np.isfinite(centred).all():
        return np.full((x.shape[1], x.shape[1]), np.nan)
    return np.linalg.eigh(centred.T @ centred)[1]


def _spread(x: np.ndarray, ddof: int = 0) -> np.ndarray:
    """Variance of each column; NaN or infinite, without a warning, if there are too few rows."""
    return ((x - x.mean(axis=0)) ** 2).sum(axis=0) / np.float64(len(x) - ddof)


def explained_share(train: np.ndarray, test: np.ndarray, k: int) -> float:
    """The right share, from the eigenvectors of the covariance and what is lost."""
    components = _eigenvectors(train)[:, ::-1][:, :k]
    centred = test - train.mean(axis=0)
    rest = centred - centred @ components @ components.T
    return 1 - (rest**2).sum() / (centred**2).sum()


def _by_row(x: np.ndarray) -> np.ndarray:
    """Each galaxy minus the mean of its own features."""
    return x - x.mean(axis=1, keepdims=True)


def _times_singular_values(power: int, divisor: Callable[[int], float]) -> Share:
    """A mistake: components are multiplied by a power of their singular values; `divisor` takes n."""

    def share(train: np.ndarray, test: np.ndarray, k: int) -> float:
        _, s, axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
        y = test - train.mean(axis=0)
        return _ratio(y @ axes[:k].T * (s[:k] / divisor(len(train))) ** power, y)

    return share


def _axes(x: np.ndarray) -> np.ndarray:
    """Rows of Vᵀ, of values that the caller has centred or not; NaN if these aren't finite."""
    if not np.isfinite(x).all():
        return np.full((min(x.shape), x.shape[1]), np.nan)
    return np.linalg.svd(x, full_matrices=False)[2]


def _ratio(along: np.ndarray, whole: np.ndarray) -> float:
    return (along**2).sum() / (whole**2).sum()


def _measure(compute: Callable[..., float]) -> Share:
    """A mistake in the formula: `compute` takes y = test − m, the first k components W (k × d), test, train and m."""

    def share(train: np.ndarray, test: np.ndarray, k: int) -> float:
        m = train.mean(axis=0)
        return compute(test - m, _axes(train - m)[:k], test, train, m)

    return share


def _with_axes(choose: Callable[[np.ndarray, int], np.ndarray]) -> Share:
    """A mistake in the choice of components: `choose` takes all of them, and k."""

    def share(train: np.ndarray, test: np.ndarray, k: int) -> float:
        y = test - train.mean(axis=0)
        return _ratio(y @ choose(_axes(train - train.mean(axis=0)), k).T, y)

    return share


def _on_share(change: Callable[[float], float]) -> Share:
    """A mistake that changes the right result afterwards."""
    return lambda train, test, k: change(explained_share(train, test, k))


def _scaled_by(centre: Callable[[np.ndarray], np.ndarray], width: Callable[[np.ndarray], np.ndarray]) -> Share:
    """A mistake: all features are rescaled by the training galaxies' centre and width before."""
    return lambda train, test, k: explained_share(
        (train - centre(train)) / width(train), (test - centre(train)) / width(train), k
    )


def _around(centre: Callable[[np.ndarray], np.ndarray], *, whole: bool = True) -> Share:
    """A mistake in m: another centre of the training galaxies; without `whole`, only for the components."""

    def share(train: np.ndarray, test: np.ndarray, k: int) -> float:
        m, axes = centre(train), _axes(train - centre(train))[:k]
        y = test - (m if whole else train.mean(axis=0))
        return _ratio(y @ axes.T, y)

    return share


def _columns_of_v(train: np.ndarray, test: np.ndarray, k: int) -> float:
    """Columns instead of rows of Vᵀ; it fits square Vᵀ only."""
    axes = _axes(train - train.mean(axis=0))
    y = test - train.mean(axis=0)
    return _ratio(y @ axes[:, :k], y) if len(axes) == train.shape[1] else np.nan


def _rows_of_eigenvectors(train: np.ndarray, test: np.ndarray, k: int, last: bool) -> float:
    """Rows instead of columns of the matrix of eigenvectors, whose signs are arbitrary but don't matter to squares."""
    vectors = _eigenvectors(train)
    vectors = vectors[:, ::-1] if last else vectors
    y = test - train.mean(axis=0)
    return _ratio(y @ vectors[:k].T, y)


def _relative_to_the_first(train: np.ndarray, test: np.ndarray, k: int, power: float) -> float:
    """Components multiplied by a power of their singular value over the largest."""
    _, s, axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    y = test - train.mean(axis=0)
    return _ratio(y @ axes[:k].T * (s[:k] / s[0]) ** power, y)


def _unsorted(train: np.ndarray, test: np.ndarray, k: int, covariance: Callable[[np.ndarray], np.ndarray]) -> float:
    """Components in the order in which `eig` returns them."""
    vectors = np.linalg.eig(np.atleast_2d(covariance(train)))[1].real
    y = test - train.mean(axis=0)
    return _ratio(y @ vectors[:, :k], y)


def _whitened(train: np.ndarray, test: np.ndarray, k: int) -> float:
    _, s, axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    y = test - train.mean(axis=0)
    return _ratio(y @ axes[:k].T / s[:k] * np.sqrt(len(train) - 1), y)


def _share_of_fit(x: np.ndarray, k: int) -> float:
    """Explained variance of the galaxies to which the components were fitted."""
    s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    return (s[:k] ** 2).sum() / (s**2).sum()


def _per_feature(y: np.ndarray, axes: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Explained share of each feature."""
    rest = y - y @ axes.T @ axes
    return 1 - (rest**2).sum(axis=0) / (whole**2).sum(axis=0)


OWN_MEAN = "m is the mean of the training galaxies, not that of the test galaxies"
AS_THEY_ARE = "only subtract m, and use the features as they are."
SHARE_MISTAKES: tuple[tuple[Share, str], ...] = (
    (_on_share(lambda share: 1 - share), "You return the share that is lost: return the share that is explained."),
    (_on_share(lambda share: 100 * share), "You return a percentage: return a share, from 0 to 1."),
    (
        lambda train, test, k: _share_of_fit(train, k),
        "You measured the training galaxies, to which the components were fitted: measure the test galaxies.",
    ),
    (
        lambda train, test, k: _share_of_fit(test, k),
        "You fitted the components to the test galaxies, so they aren't held out: fit them to the training galaxies.",
    ),
    (
        lambda train, test, k: explained_share(test, train, k),
        "`train` and `test` are exchanged: fit to the training galaxies, and measure the test galaxies.",
    ),
    (
        lambda train, test, k: explained_share(np.vstack([train, test]), test, k),
        "You fitted the components to all galaxies: fit them only to the training galaxies.",
    ),
    (
        lambda train, test, k: _share_of_fit(np.vstack([train, test]), k),
        "You fitted to all galaxies and measured all: fit to the training galaxies, and measure the test galaxies.",
    ),
    (
        lambda train, test, k: explained_share(train, np.vstack([train, test]), k),
        "You measured all galaxies: measure only the test galaxies, which are held out.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y @ _axes(test - test.mean(axis=0))[: len(W)].T, y)),
        "You used components of the test galaxies: fit them to the training galaxies.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio((test - test.mean(axis=0)) @ W.T, test - test.mean(axis=0))),
        f"You subtracted the test galaxies' own mean: {OWN_MEAN}.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(test @ W.T, test)),
        "You didn't subtract m from the test galaxies: subtract the mean of the training galaxies from them too.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y @ W.T, test)),
        "You didn't subtract m in the denominator: |x − m|² is the squared distance from the training galaxies' mean.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(test @ W.T, y)),
        "You didn't subtract m in the numerator: (x − m)·w is the coordinate from the training galaxies' mean.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y / np.sqrt(_spread(y)) @ W.T, y / np.sqrt(_spread(y)))),
        f"You divided the test galaxies by their standard deviations: {AS_THEY_ARE}",
    ),
    *(
        (
            _measure(
                lambda y, W, test, train, m, power=power: (
                    _ratio(y @ W.T, y) * (len(test) / np.float64(len(test) - 1)) ** power
                )
            ),
            "You divided one sum by t and the other by t − 1: divide the sums themselves.",
        )
        for power in (1, -1)
    ),
    (
        _measure(lambda y, W, test, train, m: np.corrcoef(y.ravel(), (y @ W.T @ W).ravel())[0, 1] ** 2),
        "You squared a correlation, which subtracts means of its own: divide the sums of squares.",
    ),
    (_on_share(lambda share: -share), "Wrong sign: the share is positive."),
    (
        _around(lambda x: np.zeros(x.shape[1]), whole=False),
        "You didn't centre the training galaxies before you computed their components.",
    ),
    (
        _around(lambda x: np.zeros(x.shape[1])),
        "You didn't subtract the mean anywhere: subtract that of the training galaxies from both.",
    ),
    (
        _around(lambda x: np.full(x.shape[1], x.mean())),
        "You used one mean of all numbers: m has one mean per feature (axis 0).",
    ),
    (
        _around(lambda x: np.full(x.shape[1], x.mean()), whole=False),
        "You centred with one mean of all numbers: m has one mean per feature (axis 0).",
    ),
    *(
        (_measure(lambda y, W, test, train, m, c=c: _ratio((test - c(test, train)) @ W.T, test - c(test, train))), hint)
        for c, hint in (
            (
                lambda test, train: np.median(train, axis=0),
                "You subtracted the median from the test galaxies: m is the mean.",
            ),
            (
                lambda test, train: np.vstack([train, test]).mean(axis=0),
                "You subtracted the mean of all galaxies: m is the mean of the training galaxies only.",
            ),
            (
                lambda test, train: test.mean(axis=1, keepdims=True),
                "You subtracted the mean of each row, that is of each galaxy: m has one mean per feature (axis 0).",
            ),
            (
                lambda test, train: test[0],
                "You subtracted the first test galaxy: m is the mean of the training galaxies.",
            ),
        )
    ),
    (
        lambda train, test, k: _ratio(_by_row(test) @ _axes(_by_row(train))[:k].T, _by_row(test)),
        "You subtracted the mean of each row, that is of each galaxy: m has one mean per feature (axis 0).",
    ),
    (_around(lambda x: np.median(x, axis=0)), "You subtracted the median: m is the mean."),
    (_around(lambda x: x[0]), "You subtracted the first training galaxy: m is the mean of all of them."),
    *(
        (
            _scaled_by(lambda x: x.mean(axis=0), lambda x, ddof=ddof: np.sqrt(_spread(x, ddof))),
            f"You standardised the features (divided by their standard deviations): {AS_THEY_ARE}",
        )
        for ddof in (0, 1)
    ),
    (
        lambda train, test, k: explained_share(
            (train - train.mean(axis=0)) / np.sqrt(_spread(train)),
            (test - test.mean(axis=0)) / np.sqrt(_spread(test)),
            k,
        ),
        f"You standardised train and test, each by its own mean and standard deviation: {AS_THEY_ARE}",
    ),
    *(
        (
            _measure(
                lambda y, W, test, train, m, ddof=ddof: _ratio(
                    y @ _axes((train - m) / np.sqrt(_spread(train, ddof)))[: len(W)].T, y
                )
            ),
            f"You standardised the training galaxies before you computed their components: {AS_THEY_ARE}",
        )
        for ddof in (0, 1)
    ),
    (
        _scaled_by(lambda x: x.min(axis=0), lambda x: np.ptp(x, axis=0)),
        f"You scaled the features to the range of 0 to 1: {AS_THEY_ARE}",
    ),
    (
        lambda train, test, k: explained_share(
            train / np.linalg.norm(train, axis=1, keepdims=True), test / np.linalg.norm(test, axis=1, keepdims=True), k
        ),
        f"You scaled each galaxy to length 1: {AS_THEY_ARE}",
    ),
    *(
        (
            lambda train, test, k, power=power: _relative_to_the_first(train, test, k, power),
            "You multiplied or divided the components by their singular values: they have length 1.",
        )
        for power in (-1, 1, -2, 2, -0.5, 0.5)
    ),
    *(
        (
            lambda train, test, k, covariance=covariance: _unsorted(train, test, k, covariance),
            "Your components aren't in the order of their variance: `np.linalg.eig` doesn't sort. Use the k with the "
            "largest eigenvalues.",
        )
        for covariance in (
            lambda x: np.cov(x, rowvar=False),
            lambda x: (x - x.mean(axis=0)).T @ (x - x.mean(axis=0)),
        )
    ),
    (
        _whitened,
        "You whitened the coordinates (divided them by their standard deviations): their squares are no share of the "
        "variance then.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y @ W.T, train - m)),
        "You divided by the sum over the training galaxies: both sums are over the test galaxies.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio((train - m) @ W.T, y)),
        "Your numerator is the sum over the training galaxies: both sums are over the test galaxies.",
    ),
    *(
        (
            _measure(lambda y, W, test, train, m, n=n: _ratio(y @ W.T, train - m) * (len(train) - n) / len(test)),
            "You divided by the variance of the training galaxies: numerator and denominator are both over the test "
            "galaxies.",
        )
        for n in (0, 1)
    ),
    (
        _measure(
            lambda y, W, test, train, m: _ratio(y @ W.T, train - m) * (len(train) - 1) / np.float64(len(test) - 1)
        ),
        "You divided by the variance of the training galaxies: numerator and denominator are both over the test "
        "galaxies.",
    ),
    *(
        (
            _measure(
                lambda y, W, test, train, m, one=one, other=other: (
                    _spread(y @ W.T, one).sum() / _spread(train, other).sum()
                )
            ),
            "You divided by the variance of the training galaxies, and subtracted the test galaxies' own mean in the "
            "numerator: sum the squares of x − m, over the test galaxies.",
        )
        for one in (0, 1)
        for other in (0, 1)
    ),
    (
        _measure(lambda y, W, test, train, m: _spread(y @ W.T).sum() / _spread(test).sum()),
        f"Variances subtract the mean of their own values, and {OWN_MEAN}: sum the squares of x − m instead.",
    ),
    (
        _measure(lambda y, W, test, train, m: _spread(y @ W.T).sum() / (y**2).sum(axis=1).mean()),
        f"The variance in the numerator subtracts the mean of its own values: {OWN_MEAN}. Sum squares instead.",
    ),
    (
        _measure(lambda y, W, test, train, m: _spread(y @ W.T, 1).sum() / (y**2).sum(axis=1).mean()),
        f"The variance in the numerator subtracts the mean of its own values: {OWN_MEAN}. Sum squares instead.",
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y @ W.T, test - test.mean(axis=0))),
        f"In the denominator, you subtracted the test galaxies' own mean: {OWN_MEAN}.",
    ),
    (
        _measure(lambda y, W, test, train, m: 1 - _ratio(y - y @ W.T @ W, test - test.mean(axis=0))),
        f"Your total is measured from the test galaxies' own mean, as R² is: {OWN_MEAN}.",
    ),
    (
        _measure(lambda y, W, test, train, m: np.mean(_per_feature(y, W, y))),
        "You averaged the shares of single features: sum numerator and denominator over all features, then divide.",
    ),
    (
        _measure(lambda y, W, test, train, m: np.mean(_per_feature(y, W, test - test.mean(axis=0)))),
        "You averaged the R² of single features: sum numerator and denominator over all features, then divide.",
    ),
    (
        _measure(lambda y, W, test, train, m: np.mean(((y @ W.T) ** 2).sum(axis=1) / (y**2).sum(axis=1))),
        "You averaged the shares of single galaxies: sum numerator and denominator over all galaxies, then divide.",
    ),
    *(
        (
            _measure(lambda y, W, test, train, m, f=f: f(((y @ W.T) ** 2).sum(axis=1) / (y**2).sum(axis=1))),
            f"You return the {name} share of a single galaxy: sum over all galaxies, then divide.",
        )
        for f, name in ((np.max, "largest"), (np.min, "smallest"))
    ),
    *(
        (
            lambda train, test, k, n=n: explained_share(train[:, :n], test[:, :n], k) if train.shape[1] > 2 else np.nan,
            f"You used only {name}: use all of them.",
        )
        for n, name in ((1, "the first feature"), (2, "the first two features"), (-1, "some of the features"))
    ),
    (
        _measure(lambda y, W, test, train, m: np.median(((y @ W.T) ** 2).sum(axis=1) / (y**2).sum(axis=1))),
        "You took the median of the shares of single galaxies: sum numerator and denominator first, then divide.",
    ),
    *(
        (
            lambda train, test, k, row=row: explained_share(train, test[row][None], k),
            f"You measured only the {name} test galaxy: sum over all test galaxies.",
        )
        for row, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (
            lambda train, test, k, row=row: _measure(lambda y, W, *_: _ratio(y[row] @ W.T, y))(train, test, k),
            f"Your numerator contains only the {name} test galaxy: sum over all test galaxies.",
        )
        for row, name in ((0, "first"), (-1, "last"))
    ),
    (_on_share(np.sqrt), "You took the square root, or divided lengths: divide the sums of squares, without a root."),
    (
        _measure(lambda y, W, test, train, m: 1 - np.sqrt(_ratio(y - y @ W.T @ W, y))),
        "You took the square root of the share that is lost: subtract the ratio of the sums of squares from 1.",
    ),
    *(
        (
            _times_singular_values(power, divisor),
            "You multiplied the components by their singular values or standard deviations: they have length 1.",
        )
        for power in (1, 2)
        for divisor in (lambda n: 1, lambda n: np.sqrt(n), lambda n: np.sqrt(n - 1))
    ),
    (
        lambda train, test, k: _share_of_fit(test, k) / _share_of_fit(train, k),
        "You divided the share of one set by that of the other, each with its own components: use the training "
        "galaxies' components, and the test galaxies' sums.",
    ),
    (_on_share(np.square), "You squared the share: return the ratio of the sums itself."),
    (
        _measure(lambda y, W, test, train, m: np.abs(y @ W.T).sum() / np.abs(y).sum()),
        "You added up absolute values: add up squares.",
    ),
    (
        _measure(lambda y, W, test, train, m: (y @ W.T).sum() / y.sum()),
        "You added up the coordinates without squaring them, so positive and negative ones cancel: square them first.",
    ),
    (
        _measure(lambda y, W, test, train, m: (y @ W.T).sum() ** 2 / (y**2).sum()),
        "You added up the coordinates before you squared them: square each coordinate first.",
    ),
    (
        _measure(lambda y, W, test, train, m: np.linalg.norm(y @ W.T, axis=1).sum() / np.linalg.norm(y, axis=1).sum()),
        "You added up distances: add up squared distances.",
    ),
    (
        _measure(lambda y, W, test, train, m: ((y @ W.T) ** 2).mean() / (y**2).mean()),
        "You divided two means over different counts, k components and d features: divide the sums.",
    ),
    (
        _measure(lambda y, W, test, train, m: ((y @ W.T) ** 2).sum()),
        "You return the sum of squares along the components: divide it by Σ |x − m|².",
    ),
    (
        _measure(lambda y, W, test, train, m: ((y @ W.T) ** 2).sum() / len(y)),
        "You return the mean of squares along the components: divide it by that of |x − m|².",
    ),
    *(
        (
            _measure(lambda y, W, test, train, m, f=f: f(((y @ W.T) ** 2).sum(axis=0)) / (y**2).sum()),
            f"You return the {name} share of a component: add up the shares of the first k.",
        )
        for f, name in ((np.mean, "mean"), (np.max, "largest"))
    ),
    (
        _measure(lambda y, W, test, train, m: np.median((y @ W.T) ** 2) / np.median(y**2)),
        "You took medians of the squares: divide their sums.",
    ),
    *(
        (
            _measure(
                lambda y, W, test, train, m, ddof=ddof: _ratio(
                    y / np.sqrt(_spread(train, ddof)) @ W.T, y / np.sqrt(_spread(train, ddof))
                )
            ),
            f"You divided the test galaxies by the training galaxies' standard deviations: {AS_THEY_ARE}",
        )
        for ddof in (0, 1)
    ),
    (_with_axes(lambda W, k: W[k - 1 : k]), "You used only the k-th component: use the first k together."),
    (_with_axes(lambda W, k: W[:1]), "k is ignored: you used only the first component. Use the first k together."),
    (_with_axes(lambda W, k: W[: k + 1]), "You used k + 1 components: use the first k."),
    (_with_axes(lambda W, k: W[: k - 1]), "You used k − 1 components: use the first k. A slice `[:k]` has k rows."),
    (_with_axes(lambda W, k: W[1 : k + 1]), "You left out the first component: Python counts from 0."),
    (_with_axes(lambda W, k: W[1:k]), "You left out the first component: Python counts from 0."),
    *((_with_axes(lambda W, k, n=n: W[:n]), f"k is ignored: you always use {n} components.") for n in range(2, 6)),
    (
        lambda train, test, k: _with_axes(lambda W, k: np.linalg.svd(train - train.mean(axis=0))[2][-k:])(
            train, test, k
        ),
        "You used the last components, those with the smallest variance: use the first.",
    ),
    (_with_axes(lambda W, k: W[-k:]), "You used the last components, those with the smallest variance: use the first."),
    (_columns_of_v, "You used columns of Vᵀ: its rows are the components."),
    *(
        (
            lambda train, test, k, last=last: _rows_of_eigenvectors(train, test, k, last),
            "You used rows of the matrix of eigenvectors: its columns are the components.",
        )
        for last in (False, True)
    ),
    (
        _measure(lambda y, W, test, train, m: _ratio(y[:, : len(W)], y)),
        "You used the first k features: use the first k principal components of the training galaxies.",
    ),
    (_on_share(lambda share: 1.0), "You return 1 whatever the galaxies are: use the first k components, not all."),
    *(
        (
            _on_share(lambda share, n=n: round(share, n)),
            f"You rounded the share ({n} decimals): return it as computed.",
        )
        for n in range(4)
    ),
)
PER_COMPONENT = "You return one share per component: return a single number, their sum."
SHARE_MISTAKES += (
    (_measure(lambda y, W, test, train, m: ((y @ W.T) ** 2).sum(axis=0) / (y**2).sum()), PER_COMPONENT),
    (_measure(lambda y, W, test, train, m: (((y @ W.T) ** 2).sum(axis=0) / (y**2).sum()).cumsum()), PER_COMPONENT),
    (
        _measure(lambda y, W, test, train, m: ((y @ W.T) ** 2).sum(axis=1) / (y**2).sum(axis=1)),
        "You return one share per galaxy: sum over all test galaxies, and return a single number.",
    ),
    (
        _measure(lambda y, W, test, train, m: _per_feature(y, W, y)),
        "You return one share per feature: sum over all features, and return a single number.",
    ),
    (_measure(lambda y, W, test, train, m: y @ W.T), "You return the coordinates: return their share of the variance."),
)


def interval_mistakes(level: float, estimate: float) -> list[IntervalMistake]:
    """Mistakes in the ends of the interval; each function takes the sorted statistics of all resamples."""
    tail = (1 - level) / 2

    def ends(*shares: float) -> Callable[[np.ndarray], np.ndarray]:
        return lambda results: np.quantile(results, np.clip(shares, 0, 1))

    def shortest(results: np.ndarray) -> np.ndarray:
        count = int(np.ceil(level * len(results))) - 1
        i = int((results[count:] - results[: len(results) - count]).argmin())
        return results[[i, i + count]]

    swapped = "You took `level` as the part to cut off: it is the part that the interval contains."
    return [
        (ends(1 - tail, tail), "The ends are exchanged: return the low one first."),
        (
            ends(1 - level, level),
            "You cut off 1 − level at each end: cut off 1 − level in total, half of it at each end.",
        ),
        (ends(0, level), "You cut everything off at the high end: cut off half of 1 − level at each end."),
        (ends(1 - level, 1), "You cut everything off at the low end: cut off half of 1 − level at each end."),
        (ends(tail, level), "At the high end, you cut off all of 1 − level: cut off half of it at each end."),
        (ends(1 - level, 1 - tail), "At the low end, you cut off all of 1 − level: cut off half of it at each end."),
        (ends(tail / 2, 1 - tail / 2), "You divided 1 − level by 4: cut off half of it at each end."),
        (
            ends(tail / 100, (1 - tail) / 100),
            "You gave shares to a function that takes percentages: `np.percentile` counts from 0 to 100, `np.quantile` "
            "from 0 to 1.",
        ),
        (
            ends(tail / 100, 1 - tail / 100),
            "You gave shares to a function that takes percentages: `np.percentile` counts from 0 to 100, `np.quantile` "
            "from 0 to 1.",
        ),
        *(
            (
                ends(*shares),
                "You mixed shares and percentages: `np.percentile` counts from 0 to 100, and `level` is on a scale of "
                "0 to 1.",
            )
            for shares in (
                ((1 - level) / 100, level / 100),
                ((100 - level) / 200, (100 + level) / 200),
                (tail / 100, level / 100),
                ((1 - 100 * level) / 2, (1 + 100 * level) / 2),
            )
        ),
        (ends(0, 1), "You return the smallest and the largest result: the interval contains only the central part."),
        (ends(0.5 - level / 4, 0.5 + level / 4), "You halved the level: the interval contains all of `level`."),
        (shortest, "You return the shortest interval: cut off equally much at both ends."),
        (
            lambda results: np.abs(ends(tail, 1 - tail)(results) - estimate),
            "You return distances from the statistic of the values: return the ends themselves.",
        ),
        (ends(level / 2, 1 - level / 2), swapped),
        (ends(1 - level / 2, level / 2), swapped),
        (ends(0.5 - level, 0.5 + level), "You went `level` to each side of the median: go half of it to each side."),
        *(
            (
                ends((1 - fixed) / 2, (1 + fixed) / 2),
                f"Your interval is that for a level of {fixed}, whatever the level is: use `level`.",
            )
            for fixed in (0.95, 0.9, 0.8, 0.68, 0.99, 0.5)
        ),
        (
            lambda results: 2 * estimate - ends(1 - tail, tail)(results),
            "You mirrored the interval at the statistic of the values (the 'basic' bootstrap): return the percentiles.",
        ),
        (
            lambda results: ends(tail, 1 - tail)(results) - estimate,
            "You return differences from the statistic of the values: return the ends themselves.",
        ),
        (
            lambda results: estimate - ends(tail, 1 - tail)(results),
            "You return differences from the statistic of the values: return the ends themselves.",
        ),
        (
            lambda results: ends(tail, 1 - tail)(results) - results.mean(),
            "You return differences from the mean: return the ends themselves.",
        ),
        (
            lambda results: ends(tail, 1 - tail)(results) / estimate,
            "You divided the ends by the statistic of the values: return the ends themselves.",
        ),
        *(
            (
                lambda results, ddof=ddof, middle=middle: [middle(results), results.std(ddof=ddof)],
                "You return a mean and a standard deviation: return the two ends of the interval.",
            )
            for ddof in (0, 1)
            for middle in (np.mean, np.median, lambda results: estimate)
        ),
        (lambda results: [tail, 1 - tail], "You return shares: return the results at these shares."),
        (lambda results: [level, 1 - level], "You return shares: return the results at these shares."),
        (lambda results: results, "You return the statistics of all resamples: return the ends of their central part."),
        (
            lambda results: results[round(tail * len(results)) : round((1 - tail) * len(results))],
            "You return all results in the interval: return only its two ends.",
        ),
        (
            lambda results: np.ptp(ends(tail, 1 - tail)(results)),
            "You return the width of the interval: return its two ends.",
        ),
        (lambda results: ends(tail)(results)[0], "You return only the low end: return both ends."),
        (lambda results: ends(1 - tail)(results)[0], "You return only the high end: return both ends."),
        (
            lambda results: ends(tail, 0.5, 1 - tail)(results),
            "You return three numbers, the median among them: return only low and high.",
        ),
        (
            lambda results: np.insert(ends(tail, 1 - tail)(results), 1, estimate),
            "You return three numbers, the statistic of the values among them: return only low and high.",
        ),
        (
            lambda results: np.insert(ends(tail, 1 - tail)(results), 0, estimate),
            "You return three numbers, the statistic of the values among them: return only low and high.",
        ),
        (lambda results: results.mean(), "You return the mean of the results: return the ends of the interval."),
        (lambda results: results.std(), "You return the standard deviation of the results: return the ends."),
        (lambda results: results.std(ddof=1), "You return the standard deviation of the results: return the ends."),
        (
            lambda results: ends(tail, 1 - tail)(np.trunc(results)),
            "You converted the results to integers: keep them as floats.",
        ),
        *(
            (
                lambda results, n=n: np.round(ends(tail, 1 - tail)(results), n),
                "You rounded the ends: return them as computed.",
            )
            for n in (0, 1, 2)
        ),
        (
            lambda results: 100 * ends(tail, 1 - tail)(results),
            "Your ends are 100 times too large: they are no percentages.",
        ),
    ]


def gaussian_mistakes(level: float, estimate: float) -> list[IntervalMistake]:
    """Intervals from a standard deviation; each function takes the statistics of all resamples."""
    gaussian = NormalDist()
    factors = (gaussian.inv_cdf((1 + level) / 2), gaussian.inv_cdf(level), 1, 2, 3, 1.96, 1.645, level)

    def around(middle: Callable[[np.ndarray], float], factor: float, ddof: int, divide: bool) -> Callable:
        def ends(results: np.ndarray) -> np.ndarray:
            half = factor * results.std(ddof=ddof) / (np.sqrt(len(results)) if divide else 1)
            return np.array([middle(results) - half, middle(results) + half])

        return ends

    hints = {
        False: "You computed the interval from the standard deviation, as for a Gaussian: cut off a part of the sorted "
        "results at each end (percentiles).",
        True: "You divided the standard deviation by √n_resamples: more resamples don't make the interval narrower. "
        "Return percentiles of the results.",
    }
    return [
        (around(middle, factor, ddof, divide), hint)
        for divide, hint in hints.items()
        for middle in (lambda results: estimate, np.mean, np.median)
        for factor in factors
        for ddof in (0, 1)
    ]

"""Typical mistakes in the exercise on the first component, as functions of features and predictions.

Each returns the share of the variance and the correlation, as an array of two numbers; NaN stands for any number.
"""

from collections.abc import Callable

import numpy as np

Change = Callable[[np.ndarray], np.ndarray]
Mistake = Callable[[np.ndarray, np.ndarray], np.ndarray]


def first_component(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """The right result, from the eigenvectors of the matrix XᵀX."""
    variances, coordinates = _components(_centred(features))
    return np.array([variances[0] / variances.sum(), abs(_pearson(coordinates[:, 0], predictions))])


def _centred(features: np.ndarray) -> np.ndarray:
    values = np.asarray(features, dtype=np.float64)
    return values - values.mean(axis=0)


def _components(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of squares along the axes of the largest ones, in descending order, and the coordinates; not centred."""
    if not values.shape[1] or not np.isfinite(values).all():
        values = np.full((len(values), max(1, values.shape[1])), np.nan)
        return np.full(values.shape[1], np.nan), np.full(values.shape, np.nan)
    squares, axes = np.linalg.eigh(values.T @ values)
    return squares[::-1].clip(min=0), values @ axes[:, ::-1]


def _pearson(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), np.asarray(other, dtype=np.float64) - np.mean(other, dtype=np.float64)
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def _rank_correlation(one: np.ndarray, other: np.ndarray, *, kind: str) -> float:
    from scipy import stats  # takes most of a second, and only some wrong answers need it

    return getattr(stats, kind)(one, other).statistic


def _pca_of(change: Change) -> Mistake:
    """A mistake in the values whose components are computed."""

    def mistake(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
        variances, coordinates = _components(change(np.asarray(features, dtype=np.float64)))
        is_tied = len(variances) > 1 and np.isclose(variances[0], variances[1])  # then any axis may be the first
        is_known = len(coordinates) == len(predictions) and not is_tied
        correlation = abs(_pearson(coordinates[:, 0], predictions)) if is_known else np.nan
        return np.array([variances[0] / variances.sum(), correlation])

    return mistake


def _first_of_eig(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """The first eigenvalue in the order of `np.linalg.eig`."""
    centred = _centred(features)
    variances, axes = np.linalg.eig(np.atleast_2d(np.cov(centred.T)))
    variances, axis = np.real(variances), np.real(axes[:, 0])
    return np.array([variances[0] / variances.sum(), abs(_pearson(centred @ axis, predictions))])


def means_without_zeros(values: np.ndarray) -> np.ndarray:
    """Mean of each column over the numbers that aren't 0."""
    return values.sum(axis=0) / np.maximum((values != 0).sum(axis=0), 1)


def _uncentred_fit(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """What scikit-learn's TruncatedSVD gives: the axes aren't those of the centred values, but the variances are."""
    _, coordinates = _components(np.asarray(features, dtype=np.float64))
    total = _centred(features).var(axis=0).sum()
    return np.array([coordinates[:, 0].var() / total, abs(_pearson(coordinates[:, 0], predictions))])


def _share(compute: Callable[[np.ndarray, int], float]) -> Mistake:
    """A mistake in the share: `compute` takes the variances (divisor n − 1), in descending order, and n."""

    def mistake(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
        variances = _components(_centred(features))[0] / (len(features) - 1)
        return np.array([compute(variances, len(features)), np.nan])

    return mistake


def _correlation(compute: Callable[[np.ndarray, np.ndarray], float]) -> Mistake:
    """A mistake in the correlation: `compute` takes all coordinates and the predictions."""
    return lambda features, predictions: np.array(
        [np.nan, compute(_components(_centred(features))[1], np.asarray(predictions, dtype=np.float64))]
    )


def _correlation_of_features(compute: Callable[[np.ndarray, np.ndarray], float]) -> Mistake:
    """A mistake in the correlation: `compute` takes the features, not their components, and the predictions."""
    return lambda features, predictions: np.array(
        [
            np.nan,
            compute(np.asarray(features, dtype=np.float64), np.asarray(predictions, dtype=np.float64)),
        ]
    )


def _on_right(change: Change) -> Mistake:
    """A mistake that changes the right result afterwards."""
    return lambda features, predictions: change(first_component(features, predictions))


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _standardised_or_zero(values: np.ndarray) -> np.ndarray:
    deviations = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(deviations > 0, deviations, 1)


def _component(coordinates: np.ndarray, number: int) -> np.ndarray:
    """Coordinates along one component; NaN if there is none, or none with a variance."""
    if number >= coordinates.shape[1] or not np.ptp(coordinates[:, number]) > 1e-9 * np.ptp(coordinates[:, 0]):
        return np.full(len(coordinates), np.nan)
    return coordinates[:, number]


def _largest_correlation(coordinates: np.ndarray, predictions: np.ndarray) -> float:
    """Of any component; NaN if one has no variance, because its correlation is that of rounding errors."""
    if (np.ptp(coordinates, axis=0) < 1e-9 * np.ptp(coordinates[:, 0])).any():
        return np.nan
    return max(abs(_pearson(column, predictions)) for column in coordinates.T)


def _of_each_feature(features: np.ndarray, predictions: np.ndarray) -> list[float]:
    return [abs(_pearson(column, predictions)) for column in features.T if np.ptp(column)]


def _without_outliers(limit: float) -> Mistake:
    """A mistake: galaxies with a feature beyond a number of standard deviations are left out."""

    def mistake(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
        centred = _centred(features)
        is_near = (np.abs(centred) <= limit * centred.std(axis=0)).all(axis=1)
        if is_near.sum() < 3:
            return np.full(2, np.nan)
        return first_component(features[is_near], predictions[is_near])

    return mistake


def _along(axis_of: Callable[[np.ndarray], np.ndarray]) -> Mistake:
    """A mistake in the axis along which coordinates are computed; `axis_of` takes the centred features."""

    def mistake(features: np.ndarray, predictions: np.ndarray) -> np.ndarray:
        centred = _centred(features)
        axis = axis_of(centred)
        if len(axis) != centred.shape[1]:
            return np.full(2, np.nan)
        return np.array([np.nan, abs(_pearson(centred @ axis, predictions))])

    return mistake


def _r_squared(coordinates: np.ndarray, predictions: np.ndarray) -> float:
    """Of a linear regression of the predictions."""
    deviations = predictions - predictions.mean()
    fitted = coordinates @ np.linalg.lstsq(coordinates, deviations, rcond=None)[0]
    return float(1 - ((deviations - fitted) ** 2).sum() / (deviations**2).sum())


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(abs(one @ other) / np.sqrt((one @ one) * (other @ other)))


ZEROS = "You left out numbers that are 0 from the mean. 0 is a number like any other: all galaxies count."
STANDARDISED = "You divided the features by their standard deviations. Only centre them: features with a larger "
STANDARDISED += "variance weigh more."
UNCENTRED = (
    "You didn't centre the features: the first axis then points to their mean. Subtract from each column its mean."
)
EXCHANGED = "You subtracted the mean of each row, or exchanged rows and columns. Rows are galaxies, columns features: "
EXCHANGED += "subtract the mean of each column (`axis=0`)."
# Mistakes in the components, which change both numbers.
COMPONENT_MISTAKES: tuple[tuple[Mistake, str], ...] = (
    (_on_right(lambda pair: pair[::-1]), "The two numbers are exchanged: return the share of the variance first."),
    (_on_right(lambda pair: 100 * pair), "You return percentages. Return numbers from 0 to 1."),
    (_pca_of(lambda values: values), UNCENTRED),
    (_uncentred_fit, f"{UNCENTRED} (scikit-learn's TruncatedSVD doesn't centre; its PCA does.)"),
    (_pca_of(_standardised), STANDARDISED),
    (_pca_of(_standardised_or_zero), STANDARDISED),
    (
        _pca_of(lambda values: values - values.mean()),
        "You subtracted one mean of all numbers. Subtract from each column its own (`axis=0`).",
    ),
    (
        _pca_of(lambda values: values - values.mean(axis=1, keepdims=True)),
        EXCHANGED,
    ),
    (
        _pca_of(lambda values: values - np.median(values, axis=0)),
        "You subtracted the median. Variance is measured from the mean.",
    ),
    (
        _pca_of(lambda values: _centred(values.T)),
        EXCHANGED,
    ),
    (
        _first_of_eig,
        "You used the first eigenvalue of `np.linalg.eig`, which doesn't sort them. Use the largest eigenvalue, and "
        "its eigenvector.",
    ),
    (_pca_of(lambda values: values - means_without_zeros(values)), ZEROS),
    (
        _pca_of(lambda values: values / np.linalg.norm(values, axis=1, keepdims=True)),
        "You divided each row by its length. Only subtract the means of the columns.",
    ),
    (
        _pca_of(lambda values: _centred(values / np.linalg.norm(values, axis=1, keepdims=True))),
        "You divided each row by its length. Only subtract the means of the columns.",
    ),
    (
        _pca_of(lambda values: _centred((values - values.min(axis=0)) / np.ptp(values, axis=0))),
        "You scaled each feature to the range from 0 to 1. Only centre the features, and keep their variances.",
    ),
    (
        _pca_of(lambda values: _centred(values.astype(np.float16))),
        "You converted the features to half precision, which has about three digits. Use float32 or float64.",
    ),
    (
        lambda features, predictions: first_component(np.column_stack([features, predictions]), predictions),
        "You added the predictions to the features. PCA uses the features alone.",
    ),
    *((_without_outliers(limit), "You left out outliers. All galaxies count.") for limit in (2, 2.5, 3, 4, 5)),
    *(
        (
            _pca_of(lambda values, digits=digits: _centred(values.round(digits))),
            f"You rounded the features to {digits} decimals. Use them as they are.",
        )
        for digits in range(4)
    ),
    (_pca_of(lambda values: _centred(values[1:])), "You left out the first galaxy. All galaxies count."),
    (_pca_of(lambda values: _centred(values[:-1])), "You left out the last galaxy. All galaxies count."),
    (_pca_of(lambda values: _centred(values[:, :-1])), "You left out the last feature. All features count."),
    (_pca_of(lambda values: _centred(values[:, 1:])), "You left out the first feature. All features count."),
)

SHARE_MISTAKES: tuple[tuple[Mistake, str], ...] = (
    (_share(lambda v, n: 100 * v[0] / v.sum()), "The share is in percent. Return a number from 0 to 1."),
    (
        _share(lambda v, n: np.sqrt(v[0]) / np.sqrt(v).sum()),
        "This is a share of singular values, or standard deviations. Variances are their squares: square them first.",
    ),
    (
        _share(lambda v, n: v[0] ** 2 / (v**2).sum()),
        "You squared the variances. A variance is the square of a singular value, or an eigenvalue as it is.",
    ),
    (_share(lambda v, n: np.sqrt(v[0] / v.sum())), "You took the square root of the share. Return the share itself."),
    (_share(lambda v, n: (v[0] / v.sum()) ** 2), "You squared the share. Return the share itself."),
    (_share(lambda v, n: v[0]), "This is the variance of the first component. Divide it by the total variance."),
    (
        _share(lambda v, n: v[0] * (n - 1) / n),
        "This is the variance of the first component (divisor n). Divide it by the total variance.",
    ),
    (
        _share(lambda v, n: v[0] * (n - 1)),
        "This is the sum of squares along the first component. Divide it by the sum for all components.",
    ),
    (
        _share(lambda v, n: np.sqrt(v[0] * (n - 1))),
        "This is the first singular value. Square it, and divide it by the sum of all squares.",
    ),
    (
        _share(lambda v, n: np.sqrt(v[0])),
        "This is the standard deviation along the first component. Return its share of the total variance.",
    ),
    (
        _share(lambda v, n: v[0] / len(v)),
        "You divided by the number of features. Divide by the total variance, the sum for all components.",
    ),
    (
        _share(lambda v, n: 1 - v[0] / v.sum()),
        "This is the share of all other components together. Return that of the first.",
    ),
    (
        _share(lambda v, n: v[0] / v[1] if len(v) > 1 else np.nan),
        "You divided by the variance of the second component. Divide by the total variance, of all components.",
    ),
    (
        _share(lambda v, n: v[0] / v[1:].sum() if len(v) > 1 else np.nan),
        "You divided by the variance of all other components. Divide by the total variance, with the first.",
    ),
    (
        _share(lambda v, n: v[1] / v.sum() if len(v) > 1 else np.nan),
        "This is the share of the second component. Python counts from 0: the first has the index 0.",
    ),
    (
        _share(lambda v, n: v[min(n, len(v)) - 1] / v.sum()),
        "This is the share of the last component. `eigh` sorts eigenvalues in ascending order; use the largest.",
    ),
    (
        _share(lambda v, n: v[-1] / v.sum()),
        "This is the share of the last component. `eigh` sorts eigenvalues in ascending order; use the largest.",
    ),
    *(
        (
            lambda features, predictions, change=change: _pca_of(change)(features, predictions) * [1, np.nan],
            f"{STANDARDISED} (A matrix of correlations is the covariance matrix of the standardised features.)",
        )
        for change in (_standardised, _standardised_or_zero)
    ),
    (
        _share(lambda v, n: 1 / min(n, len(v))),
        "This is the mean of the shares of all components. Return the share of the first.",
    ),
    (
        _share(lambda v, n: 1.0),
        "Your share is always 1: that is all components together, or the total of a PCA with only one component. "
        "Return the first component's share of the total variance of the features.",
    ),
    *(
        (
            _share(lambda v, n, k=k: v[:k].sum() / v.sum()),
            f"This is the share of the first {k} components together. Return that of the first alone.",
        )
        for k in (2, 3)
    ),
    *(
        (
            _share(lambda v, n, k=k: v[0] / v[:k].sum()),
            f"You divided by the variance of the first {k} components. The total is that of all components.",
        )
        for k in (2, 3, 4, 5)
    ),
    (
        _share(lambda v, n: v[0] / v.mean()),
        "You divided by the mean variance of the components. Divide by the sum.",
    ),
    *(
        (
            _share(lambda v, n, factor=factor: v[0] / v.sum() * factor(n)),
            "The two variances have different divisors, n and n − 1. Use the same for both: `np.var` divides by n, and "
            "`np.cov` by n − 1.",
        )
        for factor in (lambda n: n / (n - 1), lambda n: (n - 1) / n)
    ),
    (
        lambda features, predictions: np.array(
            [_centred(features).var(axis=0).max() / _centred(features).var(axis=0).sum(), np.nan]
        ),
        "This is the share of the feature with the largest variance. A component is a weighted sum of features.",
    ),
    (
        lambda features, predictions: np.array(
            [_centred(features).var(axis=0)[0] / _centred(features).var(axis=0).sum(), np.nan]
        ),
        "This is the share of the first feature. Return that of the first component, a weighted sum of features.",
    ),
)

CORRELATION_MISTAKES: tuple[tuple[Mistake, str], ...] = (
    (
        _correlation(lambda c, p: 100 * abs(_pearson(c[:, 0], p))),
        "The correlation is in percent. Return a number from 0 to 1.",
    ),
    (
        _correlation(lambda c, p: _pearson(c[:, 0], p) ** 2),
        "This is the square of the correlation, R². Return its absolute value.",
    ),
    (
        _correlation(lambda c, p: np.sqrt(abs(_pearson(c[:, 0], p)))),
        "You took the square root of the correlation. Return its absolute value.",
    ),
    (_correlation(lambda c, p: 1 - abs(_pearson(c[:, 0], p))), "This is 1 minus the correlation. Return it itself."),
    (
        _correlation(lambda c, p: abs(_rank_correlation(c[:, 0], p, kind="spearmanr"))),
        "This is Spearman's correlation, of ranks. Return Pearson's, of the values.",
    ),
    (
        _correlation(lambda c, p: abs(_rank_correlation(c[:, 0], p, kind="kendalltau"))),
        "This is Kendall's correlation, of ranks. Return Pearson's, of the values.",
    ),
    (
        _correlation(lambda c, p: 1.0),
        "Your correlation is always 1: that is the correlation of the coordinates with themselves. `np.corrcoef` "
        "returns a matrix, with the correlation of both at [0, 1].",
    ),
    *(
        (
            _correlation(slope),
            "This is the slope of a straight line through the points. Return the correlation, which has no unit.",
        )
        for slope in (
            lambda c, p: abs(np.polyfit(c[:, 0], p, 1)[0]),
            lambda c, p: abs(np.polyfit(p, c[:, 0], 1)[0]),
        )
    ),
    (
        _along(lambda centred: np.linalg.svd(centred, full_matrices=False)[2][:, 0]),
        "You used a column of Vᵀ. The components are its rows: the first is Vᵀ[0].",
    ),
    *(
        (
            _along(lambda centred, row=row: np.linalg.eigh(np.atleast_2d(np.cov(centred.T)))[1][row]),
            "You used a row of the matrix that `eigh` returns. Its columns are the components; the last one belongs to "
            "the largest eigenvalue.",
        )
        for row in (-1, 0)
    ),
    *(
        (
            _correlation(lambda c, p, k=k, r_squared=r_squared: r_squared(c[:, :k], p)),
            "You predicted from several components, by regression. Correlate the coordinates of the first alone.",
        )
        for k in (2, 3, None)
        for r_squared in (_r_squared, lambda c, p: np.sqrt(max(0.0, _r_squared(c, p))))
    ),
    *(
        (
            _correlation(lambda c, p, k=k: _largest_correlation(c[:, :k], p)),
            "This is the largest correlation of several components. Return that of the first.",
        )
        for k in (2, 3, 1000)
    ),
    *(
        (
            _correlation(
                lambda c, p, ddof=ddof: abs((c[:, 0] - c[:, 0].mean()) @ (p - p.mean())) / (len(p) - ddof),
            ),
            "This is the covariance. Divide it by both standard deviations.",
        )
        for ddof in (0, 1)
    ),
    *(
        (
            _correlation(lambda c, p, factor=factor: abs(_pearson(c[:, 0], p)) * factor(len(p))),
            "The covariance and the standard deviations have different divisors, n and n − 1. Use the same for all.",
        )
        for factor in (lambda n: n / (n - 1), lambda n: (n - 1) / n)
    ),
    (
        _correlation(lambda c, p: abs(c[:, 0] @ p)),
        "This is a sum of products. For a correlation, subtract the means and divide by both standard deviations.",
    ),
    (
        _correlation(lambda c, p: float(np.mean([abs(_pearson(_component(c, i), p)) for i in range(c.shape[1])]))),
        "This is the mean correlation of all components. Return that of the first.",
    ),
    (
        _correlation(lambda c, p: _cosine(c[:, 0], p)),
        "You didn't centre the predictions. For a correlation, subtract the mean from both.",
    ),
    (
        _correlation(lambda c, p: abs(_pearson(_component(c, 1), p))),
        "This is the correlation with the second component. Python counts from 0: the first has the index 0.",
    ),
    (
        _correlation(lambda c, p: abs(_pearson(_component(c, min(c.shape) - 1), p))),
        "This is the correlation with the last component. `eigh` sorts in ascending order: use the last column.",
    ),
    (
        _correlation(lambda c, p: abs(_pearson(np.abs(c[:, 0]), p))),
        "You took the absolute values of the coordinates. Take the absolute value of the correlation.",
    ),
    (
        _correlation(lambda c, p: _pearson(np.sort(c[:, 0]), np.sort(p))),
        "You sorted coordinates and predictions separately. Keep each galaxy's pair together.",
    ),
    *(
        (
            lambda features, predictions, order_of=order_of: np.array(
                [
                    np.nan,
                    abs(
                        _pearson(
                            _components(_centred(features))[1][order_of(features, predictions), 0],
                            np.asarray(predictions, dtype=np.float64),
                        )
                    ),
                ]
            ),
            "The order of the galaxies is lost: row i of the coordinates must belong to prediction i.",
        )
        for order_of in (
            lambda features, predictions: np.arange(len(features))[::-1],
            lambda features, predictions: np.argsort(features[:, 0]),
            lambda features, predictions: np.argsort(predictions),
        )
    ),
    (
        _correlation(lambda c, p: abs(_pearson(c[1:, 0], p[1:]))),
        "You left out the first galaxy. All galaxies count.",
    ),
    (
        _correlation(lambda c, p: abs(_pearson(c[:-1, 0], p[:-1]))),
        "You left out the last galaxy. All galaxies count.",
    ),
    (
        _correlation_of_features(lambda f, p: max(_of_each_feature(f, p))),
        "This is the largest correlation with a single feature. Correlate the coordinates of the first component.",
    ),
    (
        _correlation_of_features(lambda f, p: float(np.mean(_of_each_feature(f, p)))),
        "This is the mean correlation of the features. Correlate the coordinates of the first component.",
    ),
    (
        _correlation_of_features(lambda f, p: abs(_pearson(f[:, 0], p)) if np.ptp(f[:, 0]) else np.nan),
        "This is the correlation with the first feature. Correlate the coordinates of the first component.",
    ),
    (
        _correlation_of_features(lambda f, p: abs(_pearson(f[:, f.var(axis=0).argmax()], p))),
        "This is the correlation with the feature of the largest variance. Correlate the coordinates of the first "
        "component, a weighted sum of all features.",
    ),
    (
        _correlation_of_features(lambda f, p: abs(_pearson(f[:, -1], p)) if np.ptp(f[:, -1]) else np.nan),
        "This is the correlation with the last feature. Correlate the coordinates of the first component.",
    ),
    (
        _correlation_of_features(lambda f, p: abs(_pearson(f.mean(axis=1), p))),
        "This is the correlation with the mean feature. Correlate the coordinates of the first component.",
    ),
)

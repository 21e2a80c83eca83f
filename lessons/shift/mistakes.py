"""Typical mistakes in the exercises on domain shift, as functions, with their hints."""

from collections.abc import Callable

import numpy as np

from galviz.course.mistakes import Mistake


def distances(
    features: np.ndarray,
    training: np.ndarray,
    k: int,
    *,
    scale: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda features, training: training.std(axis=0),
    scale_both: bool = True,
    centre: bool = False,
    average: Callable[[np.ndarray, int], np.ndarray] = lambda ranked, k: ranked[:, :k].mean(axis=1),
    metric: Callable[[np.ndarray], np.ndarray] = lambda apart: np.sqrt((apart**2).sum(axis=2)),
) -> np.ndarray:
    """Compute mean distances to the k nearest training galaxies; each option is a step that may be wrong."""
    divisor = scale(features, training)
    ours, theirs = features / divisor, training / (divisor if scale_both else 1.0)
    if centre:  # each array about its own mean
        ours, theirs = ours - ours.mean(axis=0), theirs - theirs.mean(axis=0)
    ranked = np.sort(metric(ours[:, None, :] - theirs[None, :, :]), axis=1)
    return average(ranked, k)


def _with(**steps: object) -> Callable[..., np.ndarray]:
    return lambda features, training, k: distances(features, training, k, **steps)


def _scaled_apart(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Each array divided by its own standard deviations; NaN for a single galaxy, which has none."""
    scale = features.std(axis=0) if len(features) > 1 else np.full(features.shape[1], np.nan)
    return distances(features / scale, training / training.std(axis=0), k, scale=_ones)


def _standardised_apart(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """As scikit-learn's ``StandardScaler().fit_transform`` of each array."""
    return _scaled_apart(features - features.mean(axis=0), training - training.mean(axis=0), k)


def _first_galaxies(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Distances to the first k rows, which weren't sorted."""
    return distances(features, training[:k], k, scale=lambda features, chosen: training.std(axis=0))


def _ones(features: np.ndarray, training: np.ndarray) -> np.ndarray:
    return np.ones(training.shape[1])


def _to_the_mean(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    return np.linalg.norm((features - training.mean(axis=0)) / training.std(axis=0), axis=1)


def _averaged_galaxies(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Distance to the mean of the k nearest galaxies."""
    scale = training.std(axis=0)
    ours, theirs = features / scale, training / scale
    nearest = np.argsort(np.linalg.norm(ours[:, None] - theirs[None], axis=2), axis=1, kind="stable")[:, :k]
    return np.linalg.norm(ours - theirs[nearest].mean(axis=1), axis=1)


def _neighbours_before_scaling(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Nearest by unscaled features, their distances with scaled ones."""
    scale = training.std(axis=0)
    nearest = np.argsort(np.linalg.norm(features[:, None] - training[None], axis=2), axis=1, kind="stable")[:, :k]
    apart = (features[:, None] - training[nearest]) / scale
    return np.linalg.norm(apart, axis=2).mean(axis=1)


NEAREST_MISTAKES: tuple[Mistake, ...] = (
    (
        _with(scale=_ones),
        "You didn't divide the features by their standard deviations, so those with the largest numbers decide alone.",
    ),
    (
        _with(scale=lambda features, training: features.std(axis=0)),
        "You divided by the standard deviations over the new galaxies: use those over the training galaxies.",
    ),
    (
        _with(scale=lambda features, training: np.concatenate([features, training]).std(axis=0)),
        "You computed the standard deviations over all galaxies: use the training galaxies alone.",
    ),
    (
        _with(scale=lambda features, training: training.var(axis=0)),
        "You divided by the variances: divide by their square roots, the standard deviations.",
    ),
    (
        _with(scale=lambda features, training: training.std(axis=0, ddof=1)),
        "Your standard deviation divides by n − 1: `numpy.std` divides by n.",
    ),
    (
        _with(scale=lambda features, training: np.full(training.shape[1], training.std())),
        "You divided by one standard deviation for all features: each feature has its own, with axis=0.",
    ),
    (
        _scaled_apart,
        "You divided each array by its own standard deviations: divide both by those over the training galaxies.",
    ),
    (
        _standardised_apart,
        "You standardised each array by itself, which removes a shift between them: divide both by the standard "
        "deviations over the training galaxies.",
    ),
    (_with(scale_both=False), "You scaled the features of the new galaxies only: scale the training galaxies, too."),
    (
        _with(centre=True),
        "You subtracted from each array its own mean, which removes a shift between them: that is what you measure.",
    ),
    (_with(average=lambda ranked, k: ranked[:, 0]), "You return the distance to the nearest galaxy: average over k."),
    (
        _with(average=lambda ranked, k: ranked[:, k - 1]),
        "You return the distance to the k-th nearest galaxy: average over the k nearest.",
    ),
    (
        _with(average=lambda ranked, k: ranked.mean(axis=1)),
        "You averaged over all training galaxies: use the k nearest.",
    ),
    (_with(average=lambda ranked, k: ranked[:, -k:].mean(axis=1)), "You averaged over the k farthest galaxies."),
    (_with(average=lambda ranked, k: ranked[:, :k].sum(axis=1)), "You return the sum of k distances: divide it by k."),
    (
        _with(average=lambda ranked, k: np.median(ranked[:, :k], axis=1)),
        "You took the median of k distances, not the mean.",
    ),
    (
        _with(average=lambda ranked, k: ranked[:, 1 : k + 1].mean(axis=1)),
        "You left out the nearest galaxy. It isn't the galaxy itself, because none of them is in the training set.",
    ),
    (
        _with(average=lambda ranked, k: np.sqrt((ranked[:, :k] ** 2).mean(axis=1))),
        "You took the root of the mean squared distance: take the mean of the distances themselves.",
    ),
    (
        _with(metric=lambda apart: (apart**2).sum(axis=2)),
        "Your distances are squared: take the root of each sum before you average.",
    ),
    (
        _with(metric=lambda apart: np.abs(apart).sum(axis=2)),
        "You added absolute differences: a Euclidean distance is the root of the sum of their squares.",
    ),
    (
        _with(metric=lambda apart: np.sqrt((apart**2).mean(axis=2))),
        "You took the mean of the squared differences over the features: take their sum.",
    ),
    (_first_galaxies, "You averaged over the first k training galaxies: sort the distances first."),
    (_to_the_mean, "You measured the distance to the mean of the training set: measure it to the nearest galaxies."),
    (
        _averaged_galaxies,
        "You averaged the k nearest galaxies, and measured one distance to their mean: average k distances.",
    ),
    (
        _neighbours_before_scaling,
        "You chose the nearest galaxies before scaling the features: scale first, then choose.",
    ),
)


def _count(distances: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    return (held_out[None, :] >= distances[:, None]).sum(axis=1)


def _strictly(distances: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    return (held_out[None, :] > distances[:, None]).sum(axis=1)


P_VALUE_MISTAKES: tuple[Mistake, ...] = (
    (
        lambda d, h: _count(d, h) / len(h),
        "Your p-value is count / n, which may be 0. Add 1 above and below: the galaxy itself counts.",
    ),
    (lambda d, h: _count(d, h) / (1 + len(h)), "You added 1 below only: add 1 to the count, too."),
    (lambda d, h: (1 + _count(d, h)) / len(h), "You added 1 to the count only: add 1 to n, too."),
    (
        lambda d, h: (1 + _strictly(d, h)) / (1 + len(h)),
        "You counted the galaxies that are farther: those that are exactly as far count, too (>=).",
    ),
    (
        lambda d, h: (1 + len(h) - _strictly(d, h)) / (1 + len(h)),
        "You counted the galaxies that are as near or nearer: count those that are as far or farther.",
    ),
    (
        lambda d, h: (1 + len(h) - _count(d, h)) / (1 + len(h)),
        "You counted the galaxies that are nearer: count those that are as far or farther.",
    ),
    (
        lambda d, h: 1 - (1 + _count(d, h)) / (1 + len(h)),
        "This is 1 minus the p-value: a galaxy far away has a small p-value.",
    ),
    (lambda d, h: 100 * (1 + _count(d, h)) / (1 + len(h)), "You return percent: return a share of at most 1."),
    (lambda d, h: 1 + _count(d, h), "You return a count: divide it by 1 + n."),
    (_count, "You return a count: the p-value is (1 + count) / (1 + n)."),
    (lambda d, h: 1 + _count(d, h) / (1 + len(h)), "Division comes before addition: write (1 + count) in brackets."),
    (
        lambda d, h: (1 + _count(d, d)) / (1 + len(d)),
        "You compared the galaxies with each other: compare each of them with the held-out galaxies.",
    ),
    (
        lambda d, h: (1 + _count(d, h)) / (1 + len(d)),
        "You divided by the number of galaxies in question: n is the number of held-out galaxies.",
    ),
    (
        lambda d, h: (1 + (d[None, :] >= h[:, None]).sum(axis=1)) / (1 + len(d)),
        "The roles are exchanged: you return one number per held-out galaxy.",
    ),
    (
        lambda d, h: (1 + _count(np.sort(d), h)) / (1 + len(h)),
        "Your p-values are those of the sorted distances: keep the order of `distances`.",
    ),
    (
        lambda d, h: np.round((1 + _count(d, h)) / (1 + len(h)), 2),
        "You rounded the p-values: leave them unrounded.",
    ),
)


def line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Fit slope and intercept by least squares; NaN if x is constant."""
    x, y = x - 0.0, y - 0.0
    centred = x - x.mean()
    slope = centred @ (y - y.mean()) / (centred @ centred)
    return float(slope), float(y.mean() - slope * x.mean())


def _by(choose: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake that fits the right line to other galaxies."""

    def predict(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
        rows = choose(fit, np.isfinite(true))
        slope, intercept = line(predicted[rows], true[rows])
        return slope * predicted[~fit] + intercept

    return predict


def _fitted(apply: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake that uses the fit set otherwise; `apply` takes its x and y and the x of the test set."""
    return lambda predicted, true, fit: apply(predicted[fit], true[fit], predicted[~fit])


def _reversed(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    slope, intercept = line(y, x)
    return slope * new + intercept


def _inverted(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    slope, intercept = line(y, x)
    return (new - intercept) / slope


def _all_rows(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    slope, intercept = line(predicted[fit], true[fit])
    return slope * predicted + intercept


def _fit_rows(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    slope, intercept = line(predicted[fit], true[fit])
    return slope * predicted[fit] + intercept


def _coefficients(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    return np.array(line(predicted[fit], true[fit]))


def _parabola(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """NaN for two galaxies, which many parabolas go through."""
    if len(x) < 3:
        return np.full(len(new), np.nan)
    return np.polyval(np.polyfit(x - x.mean(), y, 2), new - x.mean())


def _errors(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    slope, intercept = line(predicted[fit], true[fit])
    return slope * predicted[~fit] + intercept - true[~fit]


def _same_spread(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return y.mean() + (new - x.mean()) * y.std() / x.std()


LINE_MISTAKES: tuple[Mistake, ...] = (
    (
        _by(lambda fit, known: ~fit & known),
        "You fitted the line to the test set: its labels only serve to measure the error afterwards.",
    ),
    (
        _by(lambda fit, known: known),
        "You fitted the line to all galaxies, the test set included. Fit it to the fit set only.",
    ),
    (
        _fitted(_reversed),
        "You fitted predicted = slope · true + intercept: exchange x and y, because you predict the label.",
    ),
    (
        _fitted(_inverted),
        "You fitted predicted against true, and inverted the line. Noise makes its slope another one: fit true against "
        "predicted.",
    ),
    (
        _fitted(_same_spread),
        "Your slope is the ratio of the standard deviations: the slope of least squares is r times that.",
    ),
    (
        _fitted(lambda x, y, new: new + (y - x).mean()),
        "You added the mean error and left the slope at 1: fit a slope as well.",
    ),
    (_fitted(lambda x, y, new: new - (y - x).mean()), "You subtracted true − predicted: its sign is reversed."),
    (
        _fitted(lambda x, y, new: new * (x @ y) / (x @ x)),
        "Your line goes through the origin: fit an intercept as well.",
    ),
    (_fitted(lambda x, y, new: line(x, y)[0] * new), "You left out the intercept: add it to slope · predicted."),
    (
        _fitted(lambda x, y, new: line(x, y)[1] * new + line(x, y)[0]),
        "Slope and intercept are exchanged: `np.polyfit` returns the slope first.",
    ),
    (_fitted(lambda x, y, new: np.full(len(new), y.mean())), "You return the mean label of the fit set: fit a line."),
    (_fitted(lambda x, y, new: new), "You return the predictions unchanged: apply the line to them."),
    (_fitted(_parabola), "You fitted a parabola: fit a straight line."),
    (_coefficients, "You return slope and intercept: apply them to the predictions of the test set."),
    (
        lambda predicted, true, fit: true[~fit],
        "You return the labels of the test set: they only serve to measure the error afterwards.",
    ),
    (_all_rows, "You return all galaxies: return those of the test set only."),
    (_fit_rows, "You return the galaxies of the fit set: apply the line to the others."),
    (_errors, "You return errors: return the recalibrated predictions."),
    (
        lambda predicted, true, fit: np.clip(
            _fitted(lambda x, y, new: line(x, y)[0] * new + line(x, y)[1])(predicted, true, fit),
            true[fit].min(),
            true[fit].max(),
        ),
        "You clipped the predictions to the labels of the fit set: leave them as the line gives them.",
    ),
)

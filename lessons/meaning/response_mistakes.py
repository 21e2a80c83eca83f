"""Typical mistakes in the exercise on responses to interventions, each a wrong function with its hint."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy.stats import rankdata, theilslopes

# Values, and predicted or true labels, of one galaxy.
Slope = Callable[[np.ndarray, np.ndarray], float]
Galaxy = tuple[np.ndarray, np.ndarray, np.ndarray]
Response = Callable[[pd.DataFrame], np.ndarray]
NAN = float("nan")


def slope_of(x: np.ndarray, y: np.ndarray) -> float:
    """The slope of a line by least squares, by another way than the solution."""
    dx = x - x.mean()
    return float(dx @ (y - y.mean()) / (dx @ dx))


def galaxies_of(sweep: pd.DataFrame) -> list[Galaxy]:
    """Values, predicted and true labels of each galaxy, in the order of their first rows."""
    rows, _ = pd.factorize(sweep["objID"])
    columns = [sweep[name].to_numpy(float) for name in ("value", "predicted", "true")]
    return [tuple(column[rows == galaxy] for column in columns) for galaxy in range(rows.max() + 1)]


def usable(galaxies: Iterable[Galaxy]) -> list[Galaxy]:
    """The galaxies with at least two different values."""
    return [galaxy for galaxy in galaxies if len(galaxy[0]) and galaxy[0].min() < galaxy[0].max()]


def slopes_of(galaxies: Iterable[Galaxy], slope: Slope = slope_of) -> np.ndarray:
    """The two slopes of each galaxy, shape (n, 2)."""
    return np.array([[slope(x, predicted), slope(x, true)] for x, predicted, true in galaxies]).reshape(-1, 2)


def mean_slopes(galaxies: Iterable[Galaxy], slope: Slope = slope_of) -> np.ndarray:
    """The mean of the slopes, of predicted and of true; infinity, which explains no result, if there is no galaxy."""
    slopes = slopes_of(galaxies, slope)
    return slopes.mean(axis=0) if len(slopes) else np.array([np.inf, np.inf])


def right_response(sweep: pd.DataFrame) -> np.ndarray:
    """The right mean slopes of predicted and true."""
    return mean_slopes(usable(galaxies_of(sweep)))


def _by(slope: Slope) -> Response:
    """A mistake in the slope of a galaxy."""
    return lambda sweep: mean_slopes(usable(galaxies_of(sweep)), slope)


def _of_slopes(combine: Callable[[np.ndarray], object]) -> Response:
    """A mistake in what is made of the slopes; `combine` takes them with the shape (n, 2)."""

    def respond(sweep: pd.DataFrame) -> object:
        slopes = slopes_of(usable(galaxies_of(sweep)))
        return combine(slopes) if len(slopes) else np.array([NAN, NAN])

    return respond


def _of_galaxies(choose: Callable[[list[Galaxy]], Iterable[Galaxy]]) -> Response:
    """A mistake in which galaxies, or which of their rows, count; `choose` takes all galaxies."""
    return lambda sweep: mean_slopes(usable(choose(galaxies_of(sweep))))


def _change_rows(change: Callable[[np.ndarray], object]) -> Response:
    """A mistake in which rows of a galaxy count; `change` takes its values and returns an index of rows."""
    return _of_galaxies(lambda galaxies: [tuple(column[change(galaxy[0])] for column in galaxy) for galaxy in galaxies])


def _in_order(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = x.argsort(kind="stable")
    return x[order], y[order]


def _ratio(one: float, other: float) -> float:
    return one / other if other else NAN


def _ends(x: np.ndarray, y: np.ndarray) -> float:
    x, y = _in_order(x, y)
    return (y[-1] - y[0]) / (x[-1] - x[0])


def _differences(x: np.ndarray, y: np.ndarray) -> float:
    x, y = _in_order(x, y)
    return float(np.mean(np.diff(y) / np.diff(x))) if np.diff(x).all() else NAN


def _deviation_ratio(x: np.ndarray, y: np.ndarray) -> float:
    return float(y.std() / x.std())


def _inverse(x: np.ndarray, y: np.ndarray) -> float:
    return slope_of(y, x) if y.min() < y.max() else NAN


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    return slope_of(x, y) * _deviation_ratio(x, y) ** -1 if y.std() else NAN


def _together(sweep: pd.DataFrame) -> np.ndarray:
    """One line for the rows of all galaxies."""
    columns = [sweep[name].to_numpy(float) for name in ("value", "predicted", "true")]
    return mean_slopes([tuple(columns)])


def _within(sweep: pd.DataFrame) -> np.ndarray:
    """One line for the rows of all galaxies, each minus the galaxy's mean."""
    deviations = [[column - column.mean() for column in galaxy] for galaxy in usable(galaxies_of(sweep))]
    return mean_slopes([tuple(np.concatenate(column) for column in zip(*deviations, strict=True))])


def _of_galaxy_means(sweep: pd.DataFrame) -> np.ndarray:
    means = np.array([[column.mean() for column in galaxy] for galaxy in galaxies_of(sweep)])
    return mean_slopes([tuple(means.T)]) if len(means) > 1 else np.array([NAN, NAN])


def _of_value_means(sweep: pd.DataFrame) -> np.ndarray:
    """One line through the mean labels at each value."""
    means = sweep.groupby("value")[["predicted", "true"]].mean().reset_index()
    return mean_slopes([tuple(means[name].to_numpy(float) for name in ("value", "predicted", "true"))])


def _weighted(sweep: pd.DataFrame) -> np.ndarray:
    galaxies = usable(galaxies_of(sweep))
    return np.average(slopes_of(galaxies), axis=0, weights=[len(galaxy[0]) for galaxy in galaxies])


def _weighted_by_variance(sweep: pd.DataFrame) -> np.ndarray:
    galaxies = usable(galaxies_of(sweep))
    return np.average(slopes_of(galaxies), axis=0, weights=[galaxy[0].var(ddof=1) for galaxy in galaxies])


def _from_residuals(sweep: pd.DataFrame) -> np.ndarray:
    """The first number is the slope of predicted minus true."""
    predicted, true = right_response(sweep)
    return np.array([predicted - true, true])


def _standardised(sweep: pd.DataFrame, ddof: int) -> np.ndarray:
    return right_response(sweep) * sweep["value"].std(ddof=ddof)


def _against_true(sweep: pd.DataFrame) -> np.ndarray:
    """The first number is the slope of predicted against true; the second may be any."""
    slopes = [_inverse(predicted, true) for _, predicted, true in usable(galaxies_of(sweep))]
    return np.array([np.mean(slopes), NAN])


def _against_predicted(sweep: pd.DataFrame) -> np.ndarray:
    slopes = [_inverse(true, predicted) for _, predicted, true in usable(galaxies_of(sweep))]
    return np.array([NAN, np.mean(slopes)])


def _from_first(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((y[1:] - y[0]) / (x[1:] - x[0])))


def _gradient(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.gradient(y, x).mean()) if len(x) > 1 else NAN


def _of_runs(sweep: pd.DataFrame) -> np.ndarray:
    """Each run of rows with the same objID, as if it were a galaxy of its own."""
    run = (sweep["objID"] != sweep["objID"].shift()).cumsum()
    return right_response(sweep.assign(objID=run.to_numpy()))


def with_ids(convert: Callable[[str], object]) -> Response:
    """A mistake: objIDs are converted, so that different galaxies get the same."""
    return lambda sweep: right_response(sweep.assign(objID=[convert(text) for text in sweep["objID"]]))


def _exchanged(slopes: np.ndarray) -> np.ndarray:
    return slopes.mean(axis=0)[::-1]


SLOPE = "The slope is Σ (x − x̄)(y − ȳ) / Σ (x − x̄)²."
PER_GALAXY = "One line per galaxy is asked for, then the mean of their slopes."
ALL_GALAXIES = "The mean is over all galaxies with two different values or more."
LINE_MISTAKES: tuple[tuple[Response, str], ...] = (
    (_of_slopes(_exchanged), "The two numbers are exchanged: the slope of predicted comes first, then that of true."),
    (
        _of_slopes(lambda slopes: slopes.mean(axis=0)[[0, 0]]),
        "Both numbers are the slope of predicted: the second is that of true.",
    ),
    (
        _of_slopes(lambda slopes: slopes.mean(axis=0)[[1, 1]]),
        "Both numbers are the slope of true: the first is that of predicted.",
    ),
    *(
        (
            _of_slopes(lambda slopes, limit=limit: slopes.clip(-limit, limit).mean(axis=0)),
            f"You clipped slopes beyond −{limit} and {limit}: use each slope as it is.",
        )
        for limit in (1, 2, 3, 5)
    ),
    (
        lambda sweep: np.nan_to_num(right_response(sweep.assign(objID=sweep.index.astype(str))), posinf=NAN),
        "You grouped the rows by the index, which may be anything: the galaxy is in the column objID.",
    ),
    (
        _together,
        "You fitted one line to the rows of all galaxies. Galaxies differ in more than the changed cause, and such a "
        f"line mixes that in. {PER_GALAXY}",
    ),
    (
        _within,
        "You subtracted each galaxy's means and fitted one line to all rows, so galaxies with a wider range of values "
        f"count more. {PER_GALAXY}",
    ),
    (_of_galaxy_means, f"You fitted a line to the means of the galaxies: it ignores the interventions. {PER_GALAXY}"),
    (_weighted, "You weighted galaxies by their number of rows: each galaxy counts once in the mean."),
    (
        _weighted_by_variance,
        "You weighted galaxies by the variance of their values: each galaxy counts once in the mean.",
    ),
    (
        _from_residuals,
        "Your first number is the slope of the error, predicted minus true: fit predicted itself against value.",
    ),
    (
        _against_true,
        "You fitted predicted against true: x is `value` in both lines, and y is predicted or true.",
    ),
    (
        _against_predicted,
        "You fitted true against predicted: x is `value` in both lines, and y is predicted or true.",
    ),
    *(
        (
            lambda sweep, ddof=ddof: _standardised(sweep, ddof),
            "You divided all values by their standard deviation: use the values as they are, in their own unit.",
        )
        for ddof in (0, 1)
    ),
    (
        _of_runs,
        "You treat each run of neighbouring rows with the same objID as a galaxy, as `itertools.groupby` does. The "
        "rows of a galaxy may be anywhere in the table: collect them first.",
    ),
    (_by(_inverse), "This is the slope of value against the labels: x is `value`, and y is predicted or true."),
    (
        _of_slopes(lambda slopes: 1 / slopes.mean(axis=0)),
        "You return one divided by the slope: x is `value`, and y is predicted or true.",
    ),
    (_by(_correlation), f"This is Pearson's r of each galaxy, not a slope. {SLOPE}"),
    (
        _by(lambda x, y: slope_of(rankdata(x), rankdata(y))),
        f"You used ranks (Spearman's ρ): compute the slope of the values themselves. {SLOPE}",
    ),
    (
        _by(lambda x, y: float(np.mean((x - x.mean()) * (y - y.mean())))),
        f"This is the covariance of each galaxy: divide it by the variance of `value`. {SLOPE}",
    ),
    (
        _by(lambda x, y: float(np.cov(x, y)[0, 1])),
        f"This is the covariance of each galaxy (with n − 1): divide it by the variance of `value`. {SLOPE}",
    ),
    (_by(lambda x, y: float((x - x.mean()) @ (y - y.mean()))), f"The denominator is missing. {SLOPE}"),
    (
        _by(lambda x, y: slope_of(x, y) * len(x) / (len(x) - 1)),
        "You divided the covariance by n − 1 and the variance by n: use the same divisor (ddof), then it cancels.",
    ),
    (
        _by(lambda x, y: slope_of(x, y) * (len(x) - 1) / len(x)),
        "You divided the covariance by n and the variance by n − 1: use the same divisor (ddof), then it cancels.",
    ),
    (_by(lambda x, y: slope_of(x, y) / len(x)), f"You divided by n in the numerator only. {SLOPE}"),
    (_by(lambda x, y: slope_of(x, y) * len(x)), f"You divided by n in the denominator only. {SLOPE}"),
    (
        _by(lambda x, y: slope_of(x, y) * float(x.std())),
        "You divided the covariance by the standard deviation of `value`, or standardised the values: divide by the "
        "variance.",
    ),
    (
        _by(lambda x, y: slope_of(x, y) * float(x.std(ddof=1))),
        "You divided the covariance by the standard deviation of `value` (with n − 1), or standardised the values: "
        "divide by the variance.",
    ),
    (
        _by(lambda x, y: slope_of(x, y) * float(np.ptp(x))),
        "You scaled the values of each galaxy to the range 0 to 1: use them as they are.",
    ),
    (
        _by(lambda x, y: float(x @ y / (x @ x))),
        "Your line passes through the origin: subtract the means of x and y, or fit an intercept too.",
    ),
    (
        _by(lambda x, y: float(y.mean() - slope_of(x, y) * x.mean())),
        "These are intercepts: `np.polyfit` returns the highest power first, so the slope is the first number.",
    ),
    (_by(lambda x, y: float(y.mean())), "This is the mean label, without any slope: fit a line of it against value."),
    (
        _by(lambda x, y: float(np.mean(y / x)) if x.all() else NAN),
        f"You divided each label by its value: a slope is about changes of both. {SLOPE}",
    ),
    (
        _by(lambda x, y: _ratio(float(y[-1] - y[0]), float(x[-1] - x[0]))),
        "You used the first and the last row of each galaxy only: fit a line to all its rows, by least squares.",
    ),
    (
        _by(_ends),
        "You used the smallest and the largest value of each galaxy only: fit a line to all its rows, by least "
        "squares.",
    ),
    (
        _by(lambda x, y: float(np.ptp(y) / np.ptp(x))),
        "You divided the range of the labels by the range of the values, which has no sign: fit a line by least "
        "squares.",
    ),
    (_by(_deviation_ratio), "You divided standard deviations, which have no sign: fit a line by least squares."),
    (
        _by(lambda x, y: float((y[-1] - y[0]) if len(y) else NAN)),
        "You return the change from the first to the last row: divide changes of the label by changes of the value, "
        "in a line through all rows.",
    ),
    (
        _by(_from_first),
        "You averaged slopes from the first row to each other one: fit one line to all rows of a galaxy.",
    ),
    *(
        (
            _by(slope),
            "You averaged the derivatives that `np.gradient` gives: fit one line to all rows of a galaxy.",
        )
        for slope in (_gradient, lambda x, y: _gradient(*_in_order(x, y)))
    ),
    (
        _by(_differences),
        "You averaged the slopes between neighbouring values: fit one line to all rows of a galaxy.",
    ),
    (
        _by(lambda x, y: float((x - x.mean()) @ y / (x @ x))),
        "You subtracted the means in the numerator only: subtract them in the denominator too.",
    ),
    (
        _by(lambda x, y: float(np.median(np.diff(y) / np.diff(x)))),
        "You took the median of the slopes between neighbouring rows: fit one line to all rows of a galaxy.",
    ),
    (
        _of_value_means,
        f"You averaged the labels of all galaxies with the same value: galaxies differ in more than that. {PER_GALAXY}",
    ),
    (
        lambda sweep: mean_slopes(galaxy for galaxy in galaxies_of(sweep) if len(galaxy[0]) > 2),
        "You left out galaxies with two rows: two different values are enough for a line.",
    ),
    (
        _by(lambda x, y: float(theilslopes(y, x)[0])),
        "You took the median slope of all pairs (Theil–Sen): fit the line by least squares.",
    ),
    (
        _by(lambda x, y: float(np.polyfit(x, y, 2)[-2]) if len(x) > 2 else NAN),
        "You fitted a parabola: fit a straight line, of degree 1.",
    ),
    (
        _by(lambda x, y: float(np.polyfit(x, y, 2)[0]) if len(x) > 2 else NAN),
        "You fitted a parabola and return its curvature: fit a straight line, of degree 1.",
    ),
    (_of_slopes(lambda slopes: np.median(slopes, axis=0)), "You took the median over the galaxies: take the mean."),
    (
        _of_slopes(lambda slopes: np.abs(slopes).mean(axis=0)),
        "You averaged absolute slopes: keep the signs, because galaxies may respond in opposite directions.",
    ),
    (_of_slopes(lambda slopes: np.abs(slopes.mean(axis=0))), "You removed the sign of the mean slopes: keep it."),
    (
        _of_slopes(lambda slopes: -slopes.mean(axis=0)),
        "Both signs are reversed: a slope is positive if y rises with x.",
    ),
    (
        _of_slopes(lambda slopes: np.sqrt((slopes**2).mean(axis=0))),
        "This is the root of the mean squared slope, which has no sign: take the plain mean.",
    ),
    (_of_slopes(lambda slopes: slopes.sum(axis=0)), "You added the slopes: divide by the number of galaxies."),
    (
        _of_slopes(lambda slopes: slopes.sum(axis=0) / max(len(slopes) - 1, 1)),
        "You divided by the number of galaxies minus one: the mean divides by their number.",
    ),
    (_of_slopes(lambda slopes: slopes[0]), f"These are the slopes of the first galaxy only. {ALL_GALAXIES}"),
    (_of_slopes(lambda slopes: slopes[-1]), f"These are the slopes of the last galaxy only. {ALL_GALAXIES}"),
    (
        lambda sweep: mean_slopes([max(galaxies_of(sweep.sort_values("objID")), key=lambda galaxy: len(galaxy[0]))]),
        f"These are the slopes of the galaxy with the most rows. {ALL_GALAXIES}",
    ),
    (
        _of_slopes(lambda slopes: slopes[1:].mean(axis=0) if len(slopes) > 1 else [NAN, NAN]),
        f"You left out the first galaxy: Python counts from 0. {ALL_GALAXIES}",
    ),
    (
        _of_slopes(lambda slopes: slopes[:-1].mean(axis=0) if len(slopes) > 1 else [NAN, NAN]),
        f"You left out the last galaxy: a slice doesn't contain its end. {ALL_GALAXIES}",
    ),
    *(
        (
            lambda sweep, part=part: (
                _of_slopes(lambda slopes: slopes[part].mean(axis=0))(sweep.sort_values("objID"))
                if len(usable(galaxies_of(sweep))) > 1
                else np.array([NAN, NAN])
            ),
            f"You left out the galaxy with the {which} objID. {ALL_GALAXIES}",
        )
        for part, which in ((slice(1, None), "smallest"), (slice(-1), "largest"))
    ),
    *(
        (
            lambda sweep, i=i: _of_slopes(lambda slopes: slopes[i])(sweep.sort_values("objID")),
            f"These are the slopes of the galaxy with the {which} objID only. {ALL_GALAXIES}",
        )
        for i, which in ((0, "smallest"), (-1, "largest"))
    ),
    (_change_rows(lambda x: slice(1, None)), "You left out the first row of each galaxy: all its rows count."),
    (_change_rows(lambda x: slice(-1)), "You left out the last row of each galaxy: a slice doesn't contain its end."),
    (_change_rows(lambda x: slice(7)), "You used the first seven rows of each galaxy only: all its rows count."),
    (_of_slopes(lambda slopes: slopes.std(axis=0)), "This is the spread of the slopes: return their mean."),
    (
        _of_slopes(lambda slopes: 100 * slopes.mean(axis=0)),
        "Your slopes are 100 times too large: they are no percentage.",
    ),
    (
        _of_slopes(lambda slopes: np.degrees(np.arctan(slopes)).mean(axis=0)),
        "These are angles: return the slopes themselves.",
    ),
    *(
        (
            _of_slopes(lambda slopes, digits=digits: slopes.mean(axis=0).round(digits)),
            f"You rounded the slopes to {digits} decimals: leave them unrounded.",
        )
        for digits in (0, 1, 2, 3, 4)
    ),
    (
        lambda sweep: right_response(
            sweep.assign(**{name: np.sort(sweep[name].to_numpy(float)) for name in ("value", "predicted", "true")})
        ),
        "You sorted columns separately, which pairs different rows: sort whole rows, or none.",
    ),
    (
        _by(lambda x, y: slope_of(np.sort(x), y)),
        "You sorted the values of a galaxy, but not its labels: keep the rows together.",
    ),
    (
        _by(lambda x, y: slope_of(np.sort(x), np.sort(y))),
        "You sorted values and labels separately, which pairs different rows: keep the rows together.",
    ),
    (
        _by(lambda x, y: slope_of(np.arange(len(x)), y)),
        "You fitted the labels against row numbers: x is the column `value`.",
    ),
    (
        _by(lambda x, y: slope_of(np.arange(len(x)), _in_order(x, y)[1])),
        "You fitted the labels against the rank of the value: x is the column `value`.",
    ),
)


# Mistakes with galaxies of fewer than two different values, with repeated values and with similar objIDs


def _filled_slopes(fill: float) -> Response:
    """Unusable galaxies count with a slope."""

    def respond(sweep: pd.DataFrame) -> np.ndarray:
        galaxies = galaxies_of(sweep)
        slopes = slopes_of(usable(galaxies))
        n_left_out = len(galaxies) - len(slopes)
        return (slopes.sum(axis=0) + fill * n_left_out) / len(galaxies)

    return respond


def _if_more_than_one_row(sweep: pd.DataFrame) -> np.ndarray:
    """Galaxies with one row are left out, those with equal values give NaN, which isn't known here."""
    galaxies = galaxies_of(sweep)
    constant = any(len(galaxy[0]) > 1 and galaxy[0].min() == galaxy[0].max() for galaxy in galaxies)
    return np.array([NAN, NAN]) if constant else right_response(sweep)


def _at_least(n: int, count: Callable[[np.ndarray], int]) -> Response:
    return _of_galaxies(lambda galaxies: [galaxy for galaxy in galaxies if count(galaxy[0]) >= n])


def _n_different(values: np.ndarray) -> int:
    return len(np.unique(values))


def _first_of_each(values: np.ndarray) -> np.ndarray:
    return np.sort(np.unique(values, return_index=True)[1])


def _last_of_each(values: np.ndarray) -> np.ndarray:
    return np.sort(len(values) - 1 - np.unique(values[::-1], return_index=True)[1])


def _mean_of_each(sweep: pd.DataFrame) -> np.ndarray:
    means = sweep.groupby(["objID", "value"], sort=False)[["predicted", "true"]].mean().reset_index()
    return right_response(means)


def _varying_labels(sweep: pd.DataFrame) -> np.ndarray:
    """Galaxies whose labels are all the same are left out."""
    galaxies = usable(galaxies_of(sweep))
    return np.array(
        [mean_slopes([galaxy for galaxy in galaxies if galaxy[i].min() < galaxy[i].max()])[i - 1] for i in (1, 2)]
    )


def _varying_all(sweep: pd.DataFrame) -> np.ndarray:
    return mean_slopes(
        [galaxy for galaxy in galaxies_of(sweep) if all(column.min() < column.max() for column in galaxy)]
    )


def _with_ridge(sweep: pd.DataFrame, epsilon: float) -> np.ndarray:
    """A small number is added to the denominator, so unusable galaxies have a slope of 0."""

    def slope(x: np.ndarray, y: np.ndarray) -> float:
        dx = x - x.mean()
        return float(dx @ (y - y.mean()) / (dx @ dx + epsilon))

    return mean_slopes(galaxies_of(sweep), slope)


LEFT_OUT = "leave it out of the mean."
USABLE_MISTAKES: tuple[tuple[Response, str], ...] = (
    (
        _filled_slopes(0.0),
        "Galaxies with fewer than two different values count in yours with a slope of 0, or you divide by the number "
        f"of all galaxies. Such a galaxy has no slope: {LEFT_OUT}",
    ),
    (
        _filled_slopes(1.0),
        f"Galaxies with fewer than two different values count in yours with a slope of 1: {LEFT_OUT}",
    ),
    *(
        (
            lambda sweep, epsilon=epsilon: _with_ridge(sweep, epsilon),
            "You added a small number to the denominator, which changes slopes and gives a galaxy with equal values "
            f"the slope 0. Such a galaxy has no slope: {LEFT_OUT}",
        )
        for epsilon in (1e-12, 1e-9, 1e-8, 1e-6)
    ),
    (
        _at_least(3, len),
        "You left out galaxies with two rows: two different values are enough for a line.",
    ),
    (
        _at_least(3, _n_different),
        "You left out galaxies with two different values: two are enough for a line.",
    ),
    (
        _of_galaxies(lambda galaxies: [galaxy for galaxy in galaxies if len(galaxy[0]) == _n_different(galaxy[0])]),
        "You left out galaxies in which a value occurs twice. All their rows count, if at least two values differ.",
    ),
    (
        _change_rows(_first_of_each),
        "You kept only the first row of each value: a value may occur twice in a galaxy, and all rows count.",
    ),
    (
        _change_rows(_last_of_each),
        "You kept only the last row of each value: a value may occur twice in a galaxy, and all rows count.",
    ),
    (
        lambda sweep: right_response(sweep.drop_duplicates()),
        "You removed rows that occur twice (`drop_duplicates`): each row counts in the line.",
    ),
    (
        _mean_of_each,
        "You averaged rows with the same value before you fitted the line: each row counts by itself.",
    ),
    *(
        (
            _at_least(n, count),
            f"You left out galaxies with fewer than {n} rows or values: two different values are enough for a line.",
        )
        for n in (4, 5, 7)
        for count in (len, _n_different)
    ),
    (
        _varying_labels,
        "You left out galaxies whose label is the same in all rows: its slope is 0, and counts. Only equal values of "
        "`value` make a galaxy unusable.",
    ),
    (
        _varying_all,
        "You left out galaxies in which true or predicted is the same in all rows: a slope of 0 counts. Only equal "
        "values of `value` make a galaxy unusable.",
    ),
    *(
        (
            with_ids(lambda text, part=part: text[part]),
            f"You compare only the {name} of objID, so that different galaxies become one: compare the whole text.",
        )
        for part, name in (
            *((slice(-n, None), f"last {n} characters") for n in (2, 3, 4)),
            *((slice(None, n), f"first {n} characters") for n in (1, 2, 4, 8, 10)),
        )
    ),
    (
        with_ids(int),
        "You converted objID to an integer: '0042' and '42' are two galaxies. An objID is text.",
    ),
    (
        with_ids(float),
        "You converted objID to a float, which has about 16 digits: longer numbers become equal. An objID is text.",
    ),
    (
        with_ids(lambda text: text.lstrip("0")),
        "You removed zeros at the beginning of objID: '0042' and '42' are two galaxies. An objID is text.",
    ),
)

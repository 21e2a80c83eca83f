"""Typical mistakes in the exercise on the strangest neighbour, as deviations from the right steps.

The steps are: prepare features and causes, measure distances, find the neighbours, compute d, choose a row. Each
mistake replaces one step. `all_mistakes` combines them: first one mistake, then two in different steps.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

Prepare = Callable[[np.ndarray], np.ndarray]
Metric = Callable[[np.ndarray], np.ndarray]
Find = Callable[[np.ndarray], np.ndarray]
# Takes the distances in features and in causes, and the neighbours in features and in causes.
Score = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
# Takes d, and the neighbours in features and in causes.
Choose = Callable[[np.ndarray, np.ndarray, np.ndarray], object]
Search = Callable[[np.ndarray, np.ndarray], np.ndarray]
# Values of d that differ by less are equal up to rounding.
EQUAL = 1e-9


def excess_of(features: np.ndarray, causes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The right d of each galaxy and its neighbours in features and causes, with SciPy."""
    varying = causes[:, [column.min() < column.max() for column in causes.T]]
    standardised = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    in_features, in_causes = cdist(features, features), cdist(standardised, standardised)
    f, c = nearest_other(in_features), nearest_other(in_causes)
    return _at(in_causes, f) - _at(in_causes, c), f, c


def strangest_row(features: np.ndarray, causes: np.ndarray) -> int:
    """The right row."""
    excess = excess_of(features, causes)[0].tolist()
    return next(i for i, d in enumerate(excess) if d > max(excess) - EQUAL)


def standardise(x: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and standard deviation 1; a constant column becomes 0."""
    std = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), np.inf)
    return (x - x.mean(axis=0)) / std


def as_it_is(x: np.ndarray) -> np.ndarray:
    """No preparation."""
    return x


def euclidean(difference: np.ndarray) -> np.ndarray:
    """Distances from differences, along the last axis."""
    return np.sqrt((difference**2).sum(axis=-1))


def nearest_other(distances: np.ndarray) -> np.ndarray:
    """The nearest other galaxy of each; of equally near ones, the first."""
    return np.argmin(_without_itself(distances), axis=1)


def difference(df: np.ndarray, dc: np.ndarray, f: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The right d."""
    i = np.arange(len(dc))
    return dc[i, f] - dc[i, c]


def first_largest(d: np.ndarray, f: np.ndarray, c: np.ndarray) -> object:
    """The right choice; NaN counts as the largest, as in `argmax`."""
    d = np.where(np.isnan(d), np.inf, d)
    return int((d >= d.max() - EQUAL).argmax())


class Steps(NamedTuple):
    """The steps of a solution, right unless replaced."""

    features: Prepare = as_it_is
    causes: Prepare = standardise
    feature_metric: Metric = euclidean
    cause_metric: Metric = euclidean
    find: Find = nearest_other
    score: Score = difference
    choose: Choose = first_largest

    def search(self, features: np.ndarray, causes: np.ndarray) -> np.ndarray:
        """What a function with these steps returns; NaN, which stands for any row, if rounding decides."""
        with np.errstate(all="ignore"):
            df = _table(self.features, self.feature_metric, features.tobytes(), features.shape)
            if np.isnan(df).any():
                return np.asarray(np.nan)
            dc = _table(self.causes, self.cause_metric, causes.tobytes(), causes.shape)
            f, c = self.find(df), self.find(dc)
            return np.asarray(self.choose(self.score(df, dc, f, c), f, c), dtype=float)


@lru_cache(maxsize=1000)
def _table(prepare: Prepare, metric: Metric, values: bytes, shape: tuple[int, int]) -> np.ndarray:
    """Distances of all galaxies from each other, cached because many mistakes share them."""
    x = prepare(np.frombuffer(values).reshape(shape))
    return metric(x[:, None] - x[None])


def _without_itself(distances: np.ndarray) -> np.ndarray:
    distances = np.array(distances, dtype=float)
    np.fill_diagonal(distances, np.inf)
    return distances


def _place_in_order(place: int, *, itself: bool) -> Find:
    """The galaxy at a place in the order by distance; with or without the galaxy itself."""

    def find(distances: np.ndarray) -> np.ndarray:
        n = len(distances) - (not itself)
        order = np.argsort(distances if itself else _without_itself(distances), axis=1, kind="stable")
        return order[:, min(place, n - 1) if place >= 0 else n + place]

    return find


def _of_shorter_table(distances: np.ndarray) -> np.ndarray:
    """Row numbers of a table without the galaxy itself, used as those of the whole table."""
    f = nearest_other(distances)
    return f - (f > np.arange(len(f)))


def _not_at_zero(distances: np.ndarray) -> np.ndarray:
    return np.argmin(np.where(distances > 0, _without_itself(distances), np.inf), axis=1)


def _last_of_ties(distances: np.ndarray) -> np.ndarray:
    return len(distances) - 1 - _without_itself(distances)[:, ::-1].argmin(axis=1)


def _later_rows(distances: np.ndarray) -> np.ndarray:
    n = len(distances)
    later = np.where(np.arange(n)[:, None] < np.arange(n), distances, np.inf)
    return np.where(np.arange(n) < n - 1, later.argmin(axis=1), np.arange(n))


def _at(distances: np.ndarray, neighbour: np.ndarray) -> np.ndarray:
    return distances[np.arange(len(distances)), neighbour]


def _unit_rows(x: np.ndarray) -> np.ndarray:
    """Rows of length 1. NaN if all would be ±1, because rounding then decides which are equal."""
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / length if x.shape[1] > 1 else np.full(x.shape, np.nan)


def _unit_rows_without_mean(x: np.ndarray) -> np.ndarray:
    """Rows of mean 0 and length 1, whose distances rank as correlations do."""
    return _unit_rows(x - x.mean(axis=1, keepdims=True)) if x.shape[1] > 2 else np.full(x.shape, np.nan)


def _last_largest(d: np.ndarray, f: np.ndarray, c: np.ndarray) -> int:
    d = np.where(np.isnan(d), np.inf, d)
    return int(np.flatnonzero(d >= d.max() - EQUAL)[-1])


def _second_largest(d: np.ndarray, f: np.ndarray, c: np.ndarray) -> int:
    return int(np.argsort(-d, kind="stable")[1])


NEEDED = "the root of the sum of squared differences over all columns."
SCALE = "Standardise each cause: subtract its mean, and divide by its standard deviation."
AS_THEY_ARE = "use the features as they are; only the causes are standardised."
# Step, replacement, hint.
MISTAKES: tuple[tuple[str, Callable[..., object], str], ...] = (
    (
        "causes",
        as_it_is,
        "You didn't standardise the causes, or used one standard deviation for all (`axis=0` is missing). " + SCALE,
    ),
    (
        "causes",
        lambda x: (x - x.mean(axis=0)) / x.std(axis=0),
        "A cause is the same for all galaxies: its standard deviation is 0, and 0 / 0 gives NaN. Such a column must "
        "not contribute.",
    ),
    (
        "causes",
        lambda x: (x - x.mean(axis=1, keepdims=True)) / np.where(np.ptp(x, axis=1) > 0, x.std(axis=1), 1)[:, None],
        "You standardised each galaxy (axis 1): standardise each cause, along axis 0.",
    ),
    (
        "causes",
        lambda x: (x - x.mean(axis=0)) / np.where(np.ptp(x, axis=0) > 0, x.var(axis=0), 1),
        "You divided the causes by the variance: divide by the standard deviation, its root.",
    ),
    (
        "causes",
        lambda x: (x - x.min(axis=0)) / np.where(np.ptp(x, axis=0) > 0, np.ptp(x, axis=0), 1),
        "You scaled each cause to the range 0 to 1. " + SCALE,
    ),
    (
        "causes",
        lambda x: x / np.abs(x).max(axis=0),
        "You divided each cause by its largest value. " + SCALE,
    ),
    ("causes", lambda x: x / x.mean(axis=0), "You divided each cause by its mean. " + SCALE),
    (
        "causes",
        lambda x: (
            (x - np.median(x, axis=0))
            / np.where(np.ptp(x, axis=0) > 0, np.median(np.abs(x - np.median(x, axis=0)), axis=0), 1)
        ),
        "You scaled the causes with medians: use mean and standard deviation.",
    ),
    (
        "causes",
        lambda x: (
            (x - x.mean(axis=0))
            / np.where(np.ptp(x, axis=0) > 0, np.percentile(x, 75, axis=0) - np.percentile(x, 25, axis=0), 1)
        ),
        "You divided the causes by a range of percentiles: divide by the standard deviation.",
    ),
    (
        "causes",
        lambda x: x / np.where(x.any(axis=0), np.linalg.norm(x, axis=0), 1),
        "You divided each cause by the length of its column, without subtracting the mean. " + SCALE,
    ),
    (
        "causes",
        lambda x: (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 1e-7, x.std(axis=0), np.inf),
        "A cause with small numbers, about 1e-9, doesn't count in your distances. Did you add a small number to the "
        "standard deviation, or set a limit? A column is constant only if all its values are the same.",
    ),
    ("causes", lambda x: standardise(x).round(1), "You rounded the causes: use them as computed."),
    ("causes", lambda x: standardise(x).astype(int), "You converted the causes to integers: use them as computed."),
    ("causes", lambda x: standardise(x)[:, 1:], "You left out the first cause: use all columns."),
    ("causes", lambda x: standardise(x)[:, :-1], "You left out the last cause: use all columns."),
    ("features", lambda x: x[:, 1:], "You left out the first feature: use all columns."),
    ("features", lambda x: x[:, :-1], "You left out the last feature: use all columns."),
    (
        "features",
        lambda x: x.astype(np.float16).astype(float),
        "You converted the features to half precision (float16), which rounds them to three digits: keep their type.",
    ),
    ("features", np.trunc, "You converted the features to integers: " + AS_THEY_ARE),
    ("causes", lambda x: standardise(x)[:, :1], "You used only the first cause: use all columns."),
    ("causes", lambda x: standardise(x)[:, -1:], "You used only the last cause: use all columns."),
    ("causes", lambda x: standardise(x)[:, :2], "You used only the first two causes: use all columns."),
    *(
        ("causes", lambda x, n=n: standardise(x)[:, :n], f"You used only the first {name} causes: use all columns.")
        for n, name in ((3, "three"), (4, "four"))
    ),
    ("features", lambda x: x[:, :3], "You used only the first three features: use all columns."),
    ("features", standardise, "You standardised the features too: " + AS_THEY_ARE),
    (
        "features",
        _unit_rows_without_mean,
        "You compared galaxies by the correlation of their features. The distance is " + NEEDED,
    ),
    (
        "features",
        _unit_rows,
        "You scaled each galaxy's features to length 1, or compared angles (the cosine): " + AS_THEY_ARE,
    ),
    (
        "features",
        lambda x: x / np.where(x.any(axis=0), np.abs(x).max(axis=0), 1),
        "You divided the features by their largest values: " + AS_THEY_ARE,
    ),
    (
        "features",
        lambda x: (x - x.min(axis=0)) / np.where(np.ptp(x, axis=0) > 0, np.ptp(x, axis=0), 1),
        "You scaled the features to the range 0 to 1: " + AS_THEY_ARE,
    ),
    ("features", lambda x: x[:, :1], "You used only the first feature: use all columns."),
    ("features", lambda x: x[:, :2], "You used only the first two features: use all columns."),
    ("features", lambda x: x[:, -1:], "You used only the last feature: use all columns."),
    ("features", np.round, "You rounded the features: " + AS_THEY_ARE),
    ("features", np.abs, "You removed the signs of the features: " + AS_THEY_ARE),
    (
        "feature_metric",
        lambda x: np.abs(x).sum(axis=-1),
        "You added up absolute differences of the features (city-block distance). The distance is " + NEEDED,
    ),
    (
        "feature_metric",
        lambda x: np.abs(x).max(axis=-1, initial=0),
        "You used the largest difference of the features. The distance is " + NEEDED,
    ),
    (
        "feature_metric",
        lambda x: x.sum(axis=-1),
        "You added up differences of the features without squares, so positive and negative ones cancel. The distance "
        "is " + NEEDED,
    ),
    (
        "feature_metric",
        lambda x: np.abs(x.sum(axis=-1)),
        "You added up differences of the features without squares, so they cancel. The distance is " + NEEDED,
    ),
    (
        "cause_metric",
        lambda x: (x**2).sum(axis=-1),
        "You forgot the root: d is a difference of distances, not of squared distances.",
    ),
    (
        "cause_metric",
        lambda x: np.abs(x).sum(axis=-1),
        "You added up absolute differences of the causes (city-block distance). The distance is " + NEEDED,
    ),
    (
        "cause_metric",
        lambda x: np.abs(x).max(axis=-1, initial=0),
        "You used the largest difference of the causes. The distance is " + NEEDED,
    ),
    (
        "cause_metric",
        lambda x: x.sum(axis=-1),
        "You added up differences of the causes without squares, so positive and negative ones cancel. The distance is "
        + NEEDED,
    ),
    (
        "cause_metric",
        lambda x: np.abs(x.sum(axis=-1)),
        "You added up differences of the causes without squares, so they cancel. The distance is " + NEEDED,
    ),
    (
        "find",
        _place_in_order(0, itself=True),
        "Each galaxy is its own nearest neighbour, at distance 0, so that d is 0 for all of them: leave the galaxy "
        "itself out.",
    ),
    (
        "find",
        _place_in_order(1, itself=True),
        "You left out the first galaxy in the order of distances, which isn't always the galaxy itself: another one "
        "with the same features may come before it. Exclude i by its row number.",
    ),
    ("find", _place_in_order(2, itself=True), "You used the second-nearest galaxy: use the nearest other one."),
    ("find", _place_in_order(1, itself=False), "You used the second-nearest galaxy: use the nearest other one."),
    ("find", _place_in_order(-1, itself=False), "You used the farthest galaxies: use the nearest."),
    (
        "find",
        _of_shorter_table,
        "You removed row i from the table, so all later rows are one too low: use row numbers of the whole table.",
    ),
    (
        "find",
        _not_at_zero,
        "You left out galaxies at distance 0: others may have the same features, and are neighbours. Exclude only i, "
        "by its row number.",
    ),
    (
        "find",
        _last_of_ties,
        "If two galaxies are equally near, f is the one with the smaller row number. You use the larger.",
    ),
    ("find", _later_rows, "You searched only the rows after i: a neighbour may come before it too."),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f),
        "You didn't subtract the distance from i to c, its nearest in causes: a galaxy with rare causes is far from "
        "all others.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(dc, c),
        "You used only the distance from i to c: d is the distance from i to f, minus that from i to c.",
    ),
    (
        "score",
        lambda df, dc, f, c: dc[f, c],
        "You measured the distance between the two neighbours, f and c: d is the distance from i to f, minus the "
        "distance from i to c.",
    ),
    (
        "score",
        lambda df, dc, f, c: df[f, c],
        "You measured the distance between the two neighbours, f and c, in features: d is the distance from i to f, "
        "minus the distance from i to c, in causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(df, c) - _at(df, f),
        "Features and causes are exchanged: measure both distances of d in the standardised causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(df, f),
        "You used the distance to the nearest neighbour in features: measure d in the standardised causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(df, c),
        "You used the distance from i to c in features: measure d in the standardised causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(df, f) - _at(dc, c),
        "You subtracted a distance in causes from a distance in features: measure both in the standardised causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f) - _at(df, f),
        "You subtracted the distance from i to f in features: subtract the distance from i to c, in causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: np.abs(_at(df, f) - _at(dc, c)),
        "You subtracted a distance in causes from a distance in features: measure both in the standardised causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: -difference(df, dc, f, c),
        "You looked for the smallest d, or its sign is reversed: it is the distance to f minus the distance to c, and "
        "the largest counts.",
    ),
    (
        "score",
        lambda df, dc, f, c: np.where(f[f] == np.arange(len(f)), difference(df, dc, f, c), 0),
        "You used only galaxies that are the nearest neighbour of their own neighbour. Compare d of all galaxies.",
    ),
    ("score", lambda df, dc, f, c: _at(dc, f) / _at(dc, c), "You divided the two distances: subtract them."),
    (
        "score",
        lambda df, dc, f, c: difference(df, dc, f, c) / _at(dc, c),
        "You divided d by the distance from i to c: use the difference itself.",
    ),
    ("score", lambda df, dc, f, c: _at(dc, f) + _at(dc, c), "You added the two distances: subtract that from i to c."),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f) - np.sort(dc, axis=1)[:, min(2, len(dc) - 1)],
        "You subtracted the distance to the second-nearest galaxy in causes: subtract that to c, the nearest other "
        "one.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f) - dc.mean(axis=1),
        "You subtracted the mean distance to all galaxies: subtract the distance to c, the nearest in causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f) - np.median(dc, axis=1),
        "You subtracted the median distance to all galaxies: subtract the distance to c, the nearest in causes.",
    ),
    (
        "score",
        lambda df, dc, f, c: _at(dc, f) - dc.max(axis=1),
        "You subtracted the distance to the farthest galaxy in causes: subtract that to c, the nearest.",
    ),
    (
        "score",
        lambda df, dc, f, c: difference(df, dc, f, c).round(0),
        "You rounded d, which makes different values equal: compare it as computed.",
    ),
    (
        "score",
        lambda df, dc, f, c: difference(df, dc, f, c).round(1),
        "You rounded d, which makes different values equal: compare it as computed.",
    ),
    (
        "score",
        lambda df, dc, f, c: np.trunc(difference(df, dc, f, c)),
        "You converted d to integers, which makes different values equal: compare it as computed.",
    ),
    (
        "choose",
        _last_largest,
        "If several galaxies have the largest d, return the smallest row number. You return the largest (`>=` instead "
        "of `>` in a loop?).",
    ),
    ("choose", lambda d, f, c: first_largest(d[:-1], f, c), "You never return the last row: compare d of all rows."),
    ("choose", lambda d, f, c: first_largest(d[1:], f, c) + 1, "You never return row 0: compare d of all rows."),
    (
        "choose",
        lambda d, f, c: first_largest(d[1:], f, c),
        "You left out row 0, so all row numbers are one too low: compare d of all rows.",
    ),
    (
        "choose",
        lambda d, f, c: first_largest(d, f, c) + 1,
        "You counted the rows from 1: the first row has the number 0.",
    ),
    ("choose", lambda d, f, c: first_largest(d, f, c) - 1, "Your row number is one too low: rows are counted from 0."),
    (
        "choose",
        lambda d, f, c: f[first_largest(d, f, c)],
        "You return f, the neighbour in features: return i, the galaxy whose neighbour it is.",
    ),
    (
        "choose",
        lambda d, f, c: c[first_largest(d, f, c)],
        "You return c, the neighbour in causes: return i, the galaxy whose neighbour it is.",
    ),
    ("choose", _second_largest, "You return the row with the second-largest d: return that with the largest."),
    ("choose", lambda d, f, c: d.max(), "You return the largest d: return the row number of that galaxy (`argmax`)."),
    ("choose", lambda d, f, c: d, "You return d of all galaxies: return the row number of the largest one (`argmax`)."),
    (
        "choose",
        lambda d, f, c: np.argsort(-d, kind="stable"),
        "You return all rows, sorted by d: return only the row with the largest d.",
    ),
    (
        "choose",
        lambda d, f, c: np.argsort(d, kind="stable"),
        "You return all rows, sorted by d: return only the row with the largest d.",
    ),
    (
        "choose",
        lambda d, f, c: [first_largest(d, f, c), f[first_largest(d, f, c)]],
        "You return i and f: return only the row number i.",
    ),
    (
        "choose",
        lambda d, f, c: [first_largest(d, f, c), d.max()],
        "You return the row and its d: return only the row number.",
    ),
    (
        "choose",
        lambda d, f, c: [first_largest(d, f, c), f[first_largest(d, f, c)], c[first_largest(d, f, c)]],
        "You return i, f and c: return only the row number i.",
    ),
    (
        "choose",
        lambda d, f, c: 0,
        "You always return 0. Is each galaxy its own nearest neighbour, so that d is the same for all? Leave it out, "
        "and return the row number of the largest d.",
    ),
    (
        "choose",
        lambda d, f, c: len(d) - 1,
        "You always return the last row, as if a loop replaced its result in each pass: return the row of the largest "
        "d.",
    ),
    (
        "choose",
        lambda d, f, c: np.abs(d - d.mean()).argmin(),
        "You return the row whose d is closest to the mean: return that with the largest.",
    ),
)


def all_mistakes() -> Iterator[tuple[Search, str]]:
    """Each mistake, then each two mistakes in different steps, with their hints."""
    for step, replacement, hint in MISTAKES:
        yield Steps()._replace(**{step: replacement}).search, hint
    for (one, first, hint), (other, second, other_hint) in combinations(MISTAKES, 2):
        if one != other:
            steps = Steps()._replace(**{one: first, other: second})
            yield steps.search, f"There are two mistakes. {hint} And: {other_hint}"

"""Typical mistakes in the exercises on the feature space, each a wrong function with its hint."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

Removal = Callable[[np.ndarray, np.ndarray], np.ndarray]
Search = Callable[[np.ndarray, int, int], np.ndarray]
Distance = Callable[[np.ndarray, int], np.ndarray]


def rest_of(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The right result, by a projection onto all directions at right angles to w."""
    others = np.linalg.svd(np.reshape(weight, (1, -1)))[2][1:]
    return features @ others.T @ others


def _formula(compute: Callable[..., np.ndarray]) -> Removal:
    """A mistake in the formula: `compute` takes x, w, the length of w, u and x·u."""

    def remove(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
        w = np.ravel(weight)
        length = np.linalg.norm(w)
        return compute(features, w, length, w / length, features @ (w / length))

    return remove


def _on_rest(change: Callable[[np.ndarray], np.ndarray]) -> Removal:
    """A mistake that changes the right result afterwards."""
    return lambda features, weight: change(rest_of(features, weight))


def _along(x: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The part of each row along a direction of any length but 0."""
    return np.outer(x @ direction, direction) / (direction @ direction)


def _with_length(length_of: Callable[[np.ndarray], float]) -> Removal:
    """A mistake in the length of w: `length_of` takes w."""
    return _formula(lambda x, w, length, u, a: x - np.outer(x @ w, w) / length_of(w) ** 2)


def _scaled(x: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _standardised(x: np.ndarray, ddof: int) -> np.ndarray:
    """Columns of mean 0 and standard deviation 1."""
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=min(ddof, len(x) - 1))


def _first_axis(x: np.ndarray) -> np.ndarray:
    """The first principal component, of features as they are or centred by the caller."""
    return np.linalg.svd(x, full_matrices=False)[2][0]


def _norm_along_axis_0(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    unit = np.ravel(weight / np.linalg.norm(weight, axis=0))
    return features - np.outer(features @ unit, unit)


def _only(index: int | tuple) -> Removal:
    """Only one row or column is changed."""

    def remove(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
        result = features.copy()
        result[index] = rest_of(features, weight)[index]
        return result

    return remove


def _constant_removed(features: np.ndarray, weight: np.ndarray, row: int) -> np.ndarray:
    """The part of one row is subtracted from all rows."""
    return features - _along(features, np.ravel(weight))[row]


def _weight_without_galaxies(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Features and weight are exchanged: w without the direction of each galaxy."""
    return w - (x @ w / (x * x).sum(axis=1))[:, None] * x


LENGTH = "its length is the root of the sum of squares."
TOO_OFTEN = "You divided by |w| too often"
CENTRED = "You centred the features (subtracted their mean): use them as they are."
REMOVAL_MISTAKES: tuple[tuple[Removal, str], ...] = (
    (
        _formula(lambda x, w, length, u, a: x - np.outer(x @ w, w)),
        "You didn't divide w by its length: u = w / |w|, and both u in (x·u) u need the length 1.",
    ),
    (
        _norm_along_axis_0,
        "For a weight of shape (1, d), you took the norm along axis 0, which divides each number by its own magnitude. "
        "|w| is one number, the length of the whole vector.",
    ),
    (
        _formula(lambda x, w, length, u, a: np.outer(a, u)),
        "You return the part along the head, (x·u) u: return the rest, x minus that part.",
    ),
    (
        _formula(lambda x, w, length, u, a: np.outer(x @ w, w)),
        "You return (x·w) w. Divide w by its length, and subtract the part along it from x.",
    ),
    (
        _formula(lambda x, w, length, u, a: a),
        "You return x·u, one number per galaxy. It says how much of u to subtract from the features of that galaxy.",
    ),
    (
        _formula(lambda x, w, length, u, a: x @ w),
        "You return x·w, the prediction without its constant: return the features without the direction of w.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a, w)),
        "You divided w by its length only once: in (x·u) u, both u have the length 1.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a, u) / length**2),
        f"{TOO_OFTEN}: u is w / |w|, so (x·u) u is (x·w) w, divided by |w|².",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a, u) / length),
        f"{TOO_OFTEN}, by |w|³ in total: (x·u) u is (x·w) w, divided by |w|².",
    ),
    (
        _formula(lambda x, w, length, u, a: x + np.outer(a, u)),
        "Wrong sign: you added the part along the head. Subtract it.",
    ),
    (
        _formula(lambda x, w, length, u, a: np.outer(a, u) - x),
        "All signs are reversed: it is x − (x·u) u, not (x·u) u − x.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(np.abs(a), u)),
        "You made x·u positive (`abs`): it is negative for galaxies on the other side, so keep its sign.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(np.maximum(a, 0), u)),
        "You set negative x·u to 0: remove the part along w on both sides of the origin.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(x @ np.abs(u), np.abs(u))),
        "You made the numbers of w positive (`abs`): keep their signs, they are part of the direction.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - 2 * np.outer(a, u)),
        "You subtracted the part along the head twice, which mirrors the galaxies: subtract it once.",
    ),
    (_formula(lambda x, w, length, u, a: x - x.mean(axis=0) - np.outer((x - x.mean(axis=0)) @ u, u)), CENTRED),
    (
        _formula(lambda x, w, length, u, a: rest_of(x - np.median(x, axis=0), w)),
        "You subtracted the median of each feature: use the features as they are.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer((x - x.mean(axis=0)) @ u, u)),
        f"{CENTRED} You did so only for x·u.",
    ),
    (_formula(lambda x, w, length, u, a: x - x.mean(axis=0) - np.outer(a, u)), f"{CENTRED} You did so after x·u."),
    (
        _formula(lambda x, w, length, u, a: x - x.mean() - np.outer((x - x.mean()) @ u, u)),
        f"{CENTRED} You also used one mean for all features.",
    ),
    *(
        (
            _formula(lambda x, w, length, u, a, ddof=ddof: rest_of(_standardised(x, ddof), w)),
            "You standardised the features (mean 0, standard deviation 1): use them as they are.",
        )
        for ddof in (0, 1)
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(x / x.std(axis=0), w)),
        "You divided the features by their standard deviations: use them as they are.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, w - w.mean())),
        "You subtracted the mean of w from its numbers: this changes its direction. Use w as it is.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a / np.linalg.norm(x, axis=1), u)),
        "You divided x·u by the length of the features, which gives a cosine: divide only w by its length.",
    ),
    (_on_rest(_scaled), "You scaled the rows of the result to length 1: return x − (x·u) u without scaling it."),
    (
        _formula(lambda x, w, length, u, a: _scaled(rest_of(x, w)) * np.linalg.norm(x, axis=1, keepdims=True)),
        "You scaled the rows of the result to their former length: they become shorter, because a part is removed.",
    ),
    (
        _on_rest(lambda rest: rest / np.linalg.norm(rest, axis=0)),
        "You scaled the columns of the result to length 1: return x − (x·u) u without scaling it.",
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(_scaled(x), w)),
        "You scaled the rows of the features to length 1: only w is divided by its length.",
    ),
    (
        _formula(lambda x, w, length, u, a: _scaled(x) - np.outer(a, u)),
        "You divided the features by their lengths in one place: only w is divided by its length.",
    ),
    (
        _formula(lambda x, w, length, u, a: _scaled(x)),
        "You divided each galaxy by its length: divide w by its length, and subtract the part along it.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - x * u * u),
        "You multiplied feature by feature: x·u is a dot product, the sum of these products, one number per galaxy.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - x * u),
        "You multiplied feature by feature, and only once: x·u is a dot product, one number per galaxy. Multiply u by "
        "it.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - x * w),
        "You multiplied feature by feature, without dividing w by its length: x·u is a dot product, one number per "
        "galaxy.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - a[:, None]),
        "You subtracted the number x·u from every feature: multiply u by it, which gives each feature its part.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - u),
        "You subtracted u itself from every galaxy: subtract (x·u) u, which differs from galaxy to galaxy.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - w),
        "You subtracted w itself from every galaxy: subtract (x·u) u, which differs from galaxy to galaxy.",
    ),
    (_with_length(lambda w: np.sum(w) or np.nan), f"You divided w by the sum of its numbers: {LENGTH}"),
    (_with_length(lambda w: np.abs(w).sum()), f"You divided w by the sum of its absolute values: {LENGTH}"),
    (_with_length(lambda w: np.abs(w).max()), f"You divided w by its largest absolute value: {LENGTH}"),
    (_with_length(lambda w: w.max()), f"You divided w by its largest number: {LENGTH}"),
    (_with_length(lambda w: w[0]), f"You divided w by its first number: {LENGTH}"),
    (_with_length(lambda w: w[-1]), f"You divided w by its last number: {LENGTH}"),
    (_with_length(lambda w: np.ptp(w) or np.nan), f"You divided w by the range of its numbers: {LENGTH}"),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(x @ w, w) / np.linalg.norm(x) ** 2),
        "You divided w by the length of the features: divide it by its own length.",
    ),
    (
        _formula(
            lambda x, w, length, u, a: (
                x - (x @ (w / np.linalg.norm(x, axis=0)))[:, None] * w / np.linalg.norm(x, axis=0)
            )
        ),
        "You divided w by the lengths of the features' columns: divide it by its own length, one number.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a, a @ x) / (a @ a)),
        "You subtracted a regression of each feature on x·u, which depends on the other galaxies: subtract x·u times "
        "u, whatever the other galaxies are.",
    ),
    (
        _formula(
            lambda x, w, length, u, a: (
                x - x.mean(axis=0) - np.outer(a - a.mean(), (a - a.mean()) @ (x - x.mean(axis=0))) / (len(a) * a.var())
            )
        ),
        "You subtracted a regression of each feature on x·u, which depends on the other galaxies: subtract x·u times "
        "u, whatever the other galaxies are.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(a / np.linalg.norm(a), u)),
        "You scaled the numbers x·u to length 1: only w is divided by its length.",
    ),
    *(
        (
            _formula(lambda x, w, length, u, a, n=n: x - np.outer(x @ u.round(n), u.round(n))),
            "You rounded u: use it as computed.",
        )
        for n in (1, 2, 3)
    ),
    *(
        (_formula(lambda x, w, length, u, a, n=n: x - np.outer(a.round(n), u)), "You rounded x·u: use it as computed.")
        for n in (0, 1, 2, 3)
    ),
    *(
        (
            _formula(lambda x, w, length, u, a, n=n: rest_of(x, np.where(np.arange(len(w)) < n, w, 0))),
            f"You used only the first {name} of w: use all of them.",
        )
        for n, name in ((1, "number"), (2, "two numbers"))
    ),
    (
        _formula(lambda x, w, length, u, a: x - (x @ w)[:, None]),
        "You subtracted the number x·w from every feature: divide w by its length, and subtract (x·u) u.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(np.clip(a, -1, 1), u)),
        "You limited x·u to −1 and 1: it may be any number.",
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(np.sort(x, axis=0), w)),
        "You sorted the features: use them as they are, row by row.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(x @ (w - w.mean()), w - w.mean()) / w.var()),
        "You standardised w (mean 0, standard deviation 1): divide it by its length, and subtract nothing from it.",
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(x, np.sign(w))),
        "You used only the signs of w: use the numbers, divided by the length of w.",
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(x, np.clip(w, -1, 1))),
        "You clipped the numbers of w: divide them by the length of w.",
    ),
    (_formula(lambda x, w, length, u, a: rest_of(x, w[::-1])), "You reversed the order of w: use w as it is."),
    (_formula(lambda x, w, length, u, a: rest_of(x, np.sort(w))), "You sorted the numbers of w: use w as it is."),
    (
        _with_length(lambda w: np.sqrt(np.mean(w * w))),
        f"You took the mean of the squares, not the sum: {LENGTH}",
    ),
    (_with_length(lambda w: len(w)), f"You divided w by how many numbers it has: {LENGTH}"),
    (_with_length(lambda w: np.sqrt(len(w))), f"You divided w by the root of how many numbers it has: {LENGTH}"),
    (_with_length(lambda w: w.std() or np.nan), f"You divided w by the standard deviation of its numbers: {LENGTH}"),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, np.eye(len(w))[np.abs(w).argmax()])),
        "You set the feature with the largest weight to 0: w is a direction, and all features contribute to it.",
    ),
    (
        _formula(lambda x, w, length, u, a: x * (w <= 0)),
        "You set features with a positive weight to 0: w is a direction, and all features contribute to it.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, np.ones(len(w)))),
        "You subtracted the mean of each row, as if all features had the same weight: remove the direction of w.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(np.full(len(x), a.mean()), u)),
        "You subtracted the mean of x·u from all galaxies: each galaxy has its own x·u.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - np.outer(np.full(len(x), a.sum()), u)),
        "You added up x·u over all galaxies: each galaxy has its own x·u.",
    ),
    *(
        (
            lambda features, weight, row=row: _constant_removed(features, weight, row),
            f"You subtracted the part of the {name} galaxy from all galaxies: each galaxy has its own x·u.",
        )
        for row, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (_only(row), f"You changed only the {name} galaxy: remove the direction from all galaxies.")
        for row, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (
            _only((slice(None), column)),
            f"You changed only the {name} feature: subtract the part along w from all features.",
        )
        for column, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (_on_rest(lambda rest, row=row: rest[row]), f"You return only the {name} galaxy: return one row per galaxy.")
        for row, name in ((0, "first"), (-1, "last"))
    ),
    (_on_rest(lambda rest: rest[1:]), "The first galaxy is missing: return one row per galaxy."),
    (_on_rest(lambda rest: rest[:-1]), "The last galaxy is missing: return one row per galaxy."),
    (
        _on_rest(lambda rest: rest[:, 1:]),
        "The first feature is missing: the result has as many columns as the features.",
    ),
    (
        _on_rest(lambda rest: rest[:, :-1]),
        "The last feature is missing: the result has as many columns as the features.",
    ),
    (
        _formula(lambda x, w, length, u, a: np.delete(x, np.abs(w).argmax(), axis=1)),
        "You removed the column with the largest weight: w is a direction, and all features contribute to it. The "
        "result has as many columns as the features.",
    ),
    (_on_rest(np.transpose), "The numbers are right, but rows and columns are exchanged: return one row per galaxy."),
    (_on_rest(np.ravel), "The numbers are right, but flat: return the shape n × d, one row per galaxy."),
    (
        _on_rest(np.squeeze),
        "An axis of length 1 is missing (`squeeze`): return the shape n × d, also for a single galaxy or feature.",
    ),
    (
        _on_rest(lambda rest: rest[None]),
        "The numbers are right, but there is an axis too many: return the shape n × d.",
    ),
    (_on_rest(lambda rest: rest[::-1]), "The rows are in reverse order: row i belongs to galaxy i of the input."),
    (_on_rest(lambda rest: np.sort(rest, axis=0)), "You sorted the result: row i belongs to galaxy i of the input."),
    (_on_rest(lambda rest: rest[:, ::-1]), "The columns are in reverse order: keep that of the features."),
    (_on_rest(np.abs), "You removed the signs of the result: keep them."),
    (_on_rest(lambda rest: np.maximum(rest, 0)), "You set negative numbers of the result to 0: keep them."),
    (_on_rest(lambda rest: 100 * rest), "Your result is 100 times too large: it is no percentage."),
    (_on_rest(lambda rest: rest**2), "You squared the result: return x − (x·u) u itself."),
    (
        _on_rest(lambda rest: np.linalg.norm(rest, axis=1)),
        "You return the length of each row: return the rows, x − (x·u) u.",
    ),
    (_on_rest(lambda rest: rest - rest.mean(axis=0)), f"{CENTRED} You did so with the result."),
    *(
        (
            _on_rest(lambda rest, ddof=ddof: _standardised(rest, ddof)),
            "You standardised the result: return x − (x·u) u itself.",
        )
        for ddof in (0, 1)
    ),
    *(
        (
            _on_rest(lambda rest, limit=limit: np.clip(rest, -limit, limit)),
            f"You clipped the result to −{limit} and {limit}: return it as computed.",
        )
        for limit in (1, 2, 3)
    ),
    *(
        (_on_rest(lambda rest, n=n: np.round(rest, n)), "You rounded the result: return it as computed.")
        for n in range(4)
    ),
    (_on_rest(np.trunc), "You converted the result to integers, so its decimals are lost: return floats."),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, _first_axis(x))),
        "You removed the first singular vector of the features: remove the direction of `weight`.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, _first_axis(x - x.mean(axis=0)))),
        "You removed the first principal component of the features: remove the direction of `weight`.",
    ),
    (
        _formula(lambda x, w, length, u, a: rest_of(x - x.mean(axis=0), _first_axis(x - x.mean(axis=0)))),
        "You removed the first principal component of the features: remove the direction of `weight`.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, x[0])),
        "You removed the direction of the first galaxy: remove that of w.",
    ),
    (
        _formula(lambda x, w, length, u, a: x - _along(x, x.mean(axis=0))),
        "You removed the direction of the mean galaxy: remove that of w.",
    ),
    (
        _formula(lambda x, w, length, u, a: _weight_without_galaxies(x, w)),
        "Features and weight are exchanged: you removed each galaxy's direction from w. Remove that of w from x.",
    ),
    (_formula(lambda x, w, length, u, a: x), "You return the features unchanged: nothing was removed."),
    (_formula(lambda x, w, length, u, a: np.zeros_like(x)), "You return zeros: only the part along w is removed."),
)


def nearest_rows(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """The right rows, from distances of Python floats."""
    return np.array(_order(features.tobytes(), features.shape, int(row))[:k])


@lru_cache(maxsize=100)
def _order(values: bytes, shape: tuple[int, int], row: int) -> list[int]:
    """All other rows, the nearest first; cached because many mistakes start from them."""
    places = np.frombuffer(values).reshape(shape).tolist()
    distances = [math.dist(places[row], place) for place in places]
    return sorted((other for other in range(len(places)) if other != row), key=distances.__getitem__)


def _all_rows(features: np.ndarray, row: int) -> np.ndarray:
    """All other galaxies, the nearest first."""
    return nearest_rows(features, row, len(features))


def _on_order(select: Callable[[np.ndarray, int, int], np.ndarray]) -> Search:
    """A mistake after the right distances: `select` takes all other rows in order, row and k."""
    return lambda features, row, k: select(_all_rows(features, row), row, k)


def _euclidean(features: np.ndarray, row: int) -> np.ndarray:
    return np.linalg.norm(features - features[row], axis=1)


def _sorted_by(distance: Distance) -> Search:
    """A mistake in the distance: the galaxy itself is left out."""

    def search(features: np.ndarray, row: int, k: int) -> np.ndarray:
        order = np.argsort(distance(features, row), kind="stable")
        return order[order != row][:k]

    return search


def _sorted_with_itself(distance: Distance) -> Search:
    """A mistake in the distance: the galaxy itself counts, or the first of the order is left out."""
    return lambda features, row, k: np.argsort(distance(features, row), kind="stable")[:k]


def _sorted_without_first(distance: Distance) -> Search:
    return lambda features, row, k: np.argsort(distance(features, row), kind="stable")[1 : k + 1]


def _of_some(begin: int | None, end: int | None) -> Distance:
    """The distance over some of the features."""
    return lambda features, row: _euclidean(features[:, begin:end], row)


def _from_row(other: Callable[[int, int], int]) -> Distance:
    """The distance from another row: `other` takes row and n."""
    return lambda features, row: _euclidean(features, other(row, len(features)))


def _after_change(change: Callable[[np.ndarray], np.ndarray]) -> Distance:
    """The distance between changed features."""

    def distance(features: np.ndarray, row: int) -> np.ndarray:
        with np.errstate(all="ignore"):
            return _euclidean(np.nan_to_num(change(features)), row)

    return distance


def _similarity(compute: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Distance:
    """A similarity, the largest first; `compute` takes all features and those of the galaxy."""

    def distance(features: np.ndarray, row: int) -> np.ndarray:
        with np.errstate(all="ignore"):
            return -np.nan_to_num(compute(features, features[row]))

    return distance


def _on_differences(compute: Callable[[np.ndarray], np.ndarray]) -> Distance:
    """A mistake in the sum over the features; `compute` takes the differences."""
    return lambda features, row: compute(features - features[row])


def _principal(features: np.ndarray) -> np.ndarray:
    """Coordinates along the first two principal components."""
    centred = features - features.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def _far_enough(limit: float) -> Search:
    """Galaxies closer than a limit are left out, the galaxy itself among them."""

    def search(features: np.ndarray, row: int, k: int) -> np.ndarray:
        order = _all_rows(features, row)
        return order[_euclidean(features, row)[order] > limit][:k]

    return search


def _near_ones_last(limit: float) -> Search:
    """Galaxies closer than a limit are sorted to the end, in the order of their rows."""

    def search(features: np.ndarray, row: int, k: int) -> np.ndarray:
        distances = _euclidean(features, row)
        return np.argsort(np.where(distances > limit, distances, np.inf), kind="stable")[:k]

    return search


def _distances_of_features(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """The norm along axis 0: one distance per feature."""
    order = np.argsort(np.linalg.norm(features - features[row], axis=0), kind="stable")
    return order[order != row][:k]


def _part_of_the_table(part: Callable[[np.ndarray, int], np.ndarray]) -> Search:
    """Only the galaxies after or before the row are compared; `part` takes all rows in order and the row."""
    return _on_order(lambda order, row, k: part(order, row)[:k])


def _ranks(features: np.ndarray, row: int, own: float = 0.0) -> np.ndarray:
    """Each galaxy's place in the order by distance; `own` is the distance of the galaxy itself."""
    distances = _euclidean(features, row)
    distances[row] = own
    return np.argsort(np.argsort(distances, kind="stable"), kind="stable")


def _chain(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """The nearest of the row, then the nearest of that one, and so on, each galaxy once."""
    rows = [row]
    while len(rows) <= k:
        rows.append(next(other for other in _all_rows(features, rows[-1]) if other not in rows))
    return np.array(rows[1:])


def _chain_with_repeats(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """The same, but a galaxy may be visited again."""
    rows = [row]
    while len(rows) <= k:
        rows.append(_all_rows(features, rows[-1])[0])
    return np.array(rows[1:])


def _grown(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """Each time the galaxy that is nearest to any of those found so far."""
    rows = [row]
    while len(rows) <= k:
        nearest = np.min([_euclidean(features, one) for one in rows], axis=0)
        nearest[rows] = np.inf
        rows.append(int(nearest.argmin()))
    return np.array(rows[1:])


NEEDED = "the root of the sum of squared differences over all features."
AS_THEY_ARE = "Use the features as they are."
WRONG_DISTANCES: tuple[tuple[Distance, str], ...] = (
    (
        _on_differences(lambda x: np.abs(x).sum(axis=1)),
        "You used the city-block distance, the sum of absolute differences. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: np.abs(x).max(axis=1)),
        "You used the largest difference of any feature. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: np.abs(x).min(axis=1)),
        "You used the smallest difference of any feature. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: (np.abs(x) ** 3).sum(axis=1)),
        "You used third powers of the differences. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: (x**4).sum(axis=1)),
        "You squared the differences twice. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: np.sqrt(np.abs(x)).sum(axis=1)),
        "You took the root of each difference, not of the sum of squares. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: np.median(np.abs(x), axis=1)),
        "You used the median of the differences. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: x.std(axis=1)),
        "You used the standard deviation of the differences, which subtracts their mean. The distance is " + NEEDED,
    ),
    (
        _similarity(lambda x, one: x @ one / np.linalg.norm(x, axis=1) / np.linalg.norm(one)),
        "You compared angles (the cosine). The distance is " + NEEDED,
    ),
    (
        _similarity(lambda x, one: x @ one),
        "You used the dot product with the galaxy, which isn't a distance. The distance is " + NEEDED,
    ),
    (
        _similarity(lambda x, one: np.array([np.corrcoef(other, one)[0, 1] if len(one) > 1 else 0 for other in x])),
        "You used the correlation between the features of two galaxies. The distance is " + NEEDED,
    ),
    (
        _on_differences(lambda x: x.sum(axis=1)),
        "You added up the differences without squaring them, so positive and negative ones cancel. The distance is "
        + NEEDED,
    ),
    (
        _on_differences(lambda x: np.abs(x.sum(axis=1))),
        "You added up the differences before you removed their signs, so they cancel. The distance is " + NEEDED,
    ),
    *(
        (_of_some(begin, end), f"You compared only the {name}. Use all features: the distance is {NEEDED}")
        for begin, end, name in (
            (None, 1, "first feature"),
            (None, 2, "first two features"),
            *((None, n, f"first {n} features") for n in (3, 4, 5, 6)),
            (-1, None, "last feature"),
            *((-n, None, f"last {n} features") for n in (2, 3, 4)),
        )
    ),
    (_after_change(lambda x: x[:, ::2]), f"You compared only every second feature. The distance is {NEEDED}"),
    (_of_some(1, None), f"You left out the first feature. Use all features: the distance is {NEEDED}"),
    (_of_some(None, -1), f"You left out the last feature. Use all features: the distance is {NEEDED}"),
    (
        _after_change(_principal),
        f"You compared only the first two principal components. Use all features: the distance is {NEEDED}",
    ),
    (
        lambda features, row: np.linalg.norm(features, axis=1),
        "You used the distance from the origin: subtract the features of the galaxy `row` first.",
    ),
    (
        lambda features, row: np.abs(np.linalg.norm(features, axis=1) - np.linalg.norm(features[row])),
        "You compared only the lengths of the feature vectors: subtract the features first, then take the length.",
    ),
    (
        lambda features, row: np.linalg.norm(features - np.median(features, axis=0), axis=1),
        "You used the distance from the median of all galaxies: subtract the features of the galaxy `row`.",
    ),
    (
        lambda features, row: np.linalg.norm(features - features.mean(axis=0), axis=1),
        "You used the distance from the mean of all galaxies: subtract the features of the galaxy `row`.",
    ),
    (_from_row(lambda row, n: 0), "You used the distance from row 0: the parameter `row` says from which galaxy."),
    (
        _from_row(lambda row, n: n - 1),
        "You used the distance from the last row: the parameter `row` says from which galaxy.",
    ),
    (_from_row(lambda row, n: row - 1), "You used the distance from row − 1: `row` is counted from 0 already."),
    (
        _from_row(lambda row, n: (row + 1) % n),
        "You used the distance from row + 1: `row` is counted from 0, as Python does.",
    ),
    (
        _after_change(lambda x: (x - x.mean(axis=0)) / x.std(axis=0)),
        f"You divided each feature by its standard deviation. {AS_THEY_ARE}",
    ),
    (
        _after_change(lambda x: (x - x.min(axis=0)) / np.ptp(x, axis=0)),
        f"You scaled each feature to the range of 0 to 1. {AS_THEY_ARE}",
    ),
    (
        _after_change(lambda x: x / np.linalg.norm(x, axis=0)),
        f"You divided each feature by the length of its column. {AS_THEY_ARE}",
    ),
    (_after_change(np.sign), f"You used only the signs of the features. {AS_THEY_ARE}"),
    (
        _after_change(lambda x: x / np.abs(x).max(axis=0)),
        f"You divided each feature by its largest value. {AS_THEY_ARE}",
    ),
    (
        _after_change(lambda x: (x - x.mean(axis=0)) / np.linalg.norm(x - x.mean(axis=0), axis=1, keepdims=True)),
        f"You centred the features and scaled each galaxy to length 1. {AS_THEY_ARE}",
    ),
    *(
        (
            lambda features, row, digits=digits: np.linalg.norm(features - features[row], axis=1).round(digits),
            "You rounded the distances, so that some seem equal: compare them unrounded.",
        )
        for digits in range(2, 13)
    ),
    (
        _after_change(lambda x: x.astype(np.float16)),
        "You converted the features to half precision (float16), which rounds them to three digits: keep their type.",
    ),
    *(
        (_after_change(lambda x, n=n: np.round(x, n)), f"You rounded the features. {AS_THEY_ARE}")
        for n in (0, 1, 2, 3, 6)
    ),
    (_after_change(np.trunc), f"You converted the features to integers. {AS_THEY_ARE}"),
    (_after_change(np.abs), f"You removed the signs of the features. {AS_THEY_ARE}"),
    *(
        (
            lambda features, row, n=n: np.round(_euclidean(features, row), n),
            "You rounded the distances, which makes different ones equal: compare them as computed.",
        )
        for n in (0, 1, 2, 3, 6)
    ),
    (
        lambda features, row: np.trunc(_euclidean(features, row)),
        "You converted the distances to integers, which makes different ones equal: compare them as computed.",
    ),
    (
        lambda features, row: np.abs(np.arange(len(features)) - row),
        "These are the neighbouring rows of the table, whatever their features: compare the features.",
    ),
    (
        lambda features, row: np.arange(len(features)),
        "These are the first rows of the table, whatever their features: sort by the distances.",
    ),
)
DISTANCE_MISTAKES: tuple[tuple[Search, str], ...] = tuple(
    (search(distance), hint)
    for search in (_sorted_by, _sorted_with_itself, _sorted_without_first)
    for distance, hint in WRONG_DISTANCES
)
ITSELF = "The galaxy itself is in your list, at distance 0: leave it out"
SEARCH_MISTAKES: tuple[tuple[Search, str], ...] = (
    (_sorted_with_itself(_euclidean), f"{ITSELF}, and return k others."),
    (lambda features, row, k: np.append(row, nearest_rows(features, row, k)), f"{ITSELF}."),
    (
        _on_order(lambda order, row, k: order[:k] - (order[:k] > row)),
        "You removed the galaxy from the table before you sorted, so all later rows are one too low: return row "
        "numbers of the whole table.",
    ),
    (
        _on_order(lambda order, row, k: order[:k] + (order[:k] > row)),
        "The rows after the galaxy itself are one too high: return row numbers of the whole table.",
    ),
    (_on_order(lambda order, row, k: order[:k] + 1), "You counted the rows from 1: the first row has the number 0."),
    (_on_order(lambda order, row, k: order[:k] - 1), "Each row number is one too low: rows are counted from 0."),
    (_on_order(lambda order, row, k: order[::-1][:k]), "These are the farthest galaxies: return the nearest."),
    (_on_order(lambda order, row, k: order[-k:]), "These are the farthest galaxies: return the nearest."),
    (
        lambda features, row, k: np.argsort(_euclidean(features, row), kind="stable")[-k:],
        "These are the farthest galaxies: return the nearest.",
    ),
    (
        lambda features, row, k: np.argsort(_euclidean(features, row), kind="stable")[::-1][1 : k + 1],
        "These are the farthest galaxies: return the nearest.",
    ),
    (_on_order(lambda order, row, k: order[:k][::-1]), "Your order is reversed: the nearest galaxy comes first."),
    (
        _on_order(lambda order, row, k: np.sort(order[:k])),
        "These are the right galaxies, sorted by row number: the nearest comes first.",
    ),
    (
        _on_order(lambda order, row, k: np.sort(order[:k])[::-1]),
        "These are the right galaxies, sorted by row number: the nearest comes first.",
    ),
    (
        lambda features, row, k: np.array([one for one in [row, *_all_rows(features, row)] if one != 0][:k]),
        "You exclude row 0, such as by `i > 0`, and the galaxy itself is in your list. Exclude the row `row`.",
    ),
    *(
        (
            search,
            "You go on from each neighbour to the nearest galaxy of that one, as in a chain. Measure all distances "
            "from the galaxy `row`.",
        )
        for search in (_chain, _chain_with_repeats)
    ),
    (
        _grown,
        "You select the galaxy nearest to any of those found so far. Measure all distances from the galaxy `row`.",
    ),
    (_on_order(lambda order, row, k: order[1 : k + 1]), "The nearest galaxy is missing: you left out one too many."),
    (_on_order(lambda order, row, k: order[: k - 1]), "One galaxy too few: return k neighbours, without itself."),
    (_on_order(lambda order, row, k: order[: k + 1]), "One galaxy too many: return k neighbours, not k + 1."),
    (_on_order(lambda order, row, k: order[k - 1 : k]), "You return only the k-th galaxy: return all k nearest."),
    (_on_order(lambda order, row, k: order[: 2 * k]), "You return 2 k rows: return k."),
    (_on_order(lambda order, row, k: order[k - 1]), "You return only the k-th galaxy: return all k nearest."),
    (_on_order(lambda order, row, k: order[0]), "You return only the nearest galaxy: return the k nearest."),
    (
        lambda features, row, k: np.argsort(_euclidean(features, row), kind="stable"),
        "You return all galaxies, in order: return the k nearest, without the galaxy itself.",
    ),
    (
        _on_order(lambda order, row, k: order + 1),
        "You return all other galaxies, and count the rows from 1: return the k nearest, counted from 0.",
    ),
    (_on_order(lambda order, row, k: order), "You return all other galaxies: k is ignored. Return the k nearest."),
    *(
        (
            _on_order(lambda order, row, k, n=n: order[:n]),
            f"k is ignored: you always return {n} row{'s' * (n > 1)}, whatever k is.",
        )
        for n in range(1, 13)
    ),
    *(
        (
            _on_order(lambda order, row, k, n=n: order[: min(k, n)]),
            f"You return at most {n} rows, also if k is larger: return k.",
        )
        for n in range(2, 13)
    ),
    (
        lambda features, row, k: np.sort(_euclidean(features, row))[1 : k + 1],
        "You return distances: return the row numbers.",
    ),
    (
        lambda features, row, k: np.sort(_euclidean(features, row))[:k],
        "You return distances, the galaxy's own among them: return row numbers.",
    ),
    (
        lambda features, row, k: np.sort(_euclidean(features, row))[1 : k + 1] ** 2,
        "You return squared distances: return the row numbers.",
    ),
    (
        lambda features, row, k: _euclidean(features, row),
        "You return the distances of all galaxies: return row numbers.",
    ),
    (
        lambda features, row, k: _euclidean(features, row)[:k],
        "You return the distances of the first rows: return the row numbers of the k nearest galaxies.",
    ),
    (
        lambda features, row, k: features[nearest_rows(features, row, k)],
        "You return the neighbours' features: return their row numbers.",
    ),
    (
        lambda features, row, k: np.eye(len(features))[nearest_rows(features, row, k)].sum(axis=0),
        "You return 1 for each neighbour and 0 for the others: return the row numbers, the nearest first.",
    ),
    *(
        (
            lambda features, row, k, own=own: _ranks(features, row, own),
            "You return ranks, each galaxy's place in the order (`argsort` twice): return the row numbers, `argsort` "
            "once.",
        )
        for own in (0.0, np.inf)
    ),
    *(
        (
            lambda features, row, k, own=own, first=first: _ranks(features, row, own)[first : first + k],
            "You return the ranks of the first rows (`argsort` twice): return row numbers of the nearest, `argsort` "
            "once.",
        )
        for own in (0.0, np.inf)
        for first in (0, 1)
    ),
    (
        _distances_of_features,
        "Wrong axis: you computed one distance per feature. Sum over the features (axis 1), for one per galaxy.",
    ),
    (
        _part_of_the_table(lambda order, row: order[order > row]),
        "You compared only the galaxies after the row: compare all others.",
    ),
    (
        _part_of_the_table(lambda order, row: order[order > row] - row - 1),
        "You compared only the galaxies after the row, and counted from there: compare all others.",
    ),
    (
        _part_of_the_table(lambda order, row: order[order < row]),
        "You compared only the galaxies before the row: compare all others.",
    ),
    (_part_of_the_table(lambda order, row: order[order != 0]), "Row 0 is never in your list: compare all galaxies."),
    (
        _part_of_the_table(lambda order, row: order[order != max(order.max(), row)]),
        "The last row is never in your list: compare all galaxies.",
    ),
    *(
        (
            wrong,
            "You left out galaxies at a small distance, or moved them to the end: features may have any scale. Exclude "
            "only the galaxy itself, by its row number.",
        )
        for power in (3, 5, 6, 7, 8, 9)
        for wrong in (_far_enough(10.0**-power), _near_ones_last(10.0**-power))
    ),
    (
        lambda features, row, k: np.zeros(1),
        "You computed a single distance for the whole table (`norm` without an axis): sum over the features (axis 1), "
        "for one distance per galaxy.",
    ),
    *DISTANCE_MISTAKES,
)


def _sorted_without_twins(features: np.ndarray, row: int, k: int) -> np.ndarray:
    order = _all_rows(features, row)
    return order[_euclidean(features, row)[order] > 0][:k]


def _sorted_reversed(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """Of equal distances, the higher row comes first."""
    distances = _euclidean(features, row)
    return np.array(sorted(set(range(len(features))) - {row}, key=lambda other: (distances[other], -other))[:k])


def _each_place_once(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """Of galaxies with the same features, only the first is in the list."""
    order = _all_rows(features, row)
    _, first = np.unique(features[order], axis=0, return_index=True)
    return order[np.sort(first)][:k]


def _each_distance_once(features: np.ndarray, row: int, k: int) -> np.ndarray:
    """Of galaxies at the same distance, only the first is in the list."""
    order = _all_rows(features, row)
    _, first = np.unique(_euclidean(features, row)[order], return_index=True)
    return order[np.sort(first)][:k]


def _keyed_by_distance(features: np.ndarray, row: int, k: int) -> np.ndarray:
    distances = np.linalg.norm(features - features[row], axis=1).tolist()
    rows = {distance: other for other, distance in enumerate(distances) if other != row}
    return np.array([rows[distance] for distance in sorted(rows)[:k]])


TIE_MISTAKES: tuple[tuple[Search, str], ...] = (
    (
        _keyed_by_distance,
        "Galaxies at the same distance are lost, as in a dict with distances as keys. Each of them counts.",
    ),
    (
        _sorted_without_first(_euclidean),
        "You left out the first galaxy of the order, which isn't always the galaxy itself: another one with the same "
        "features may come before it. Exclude it by its row number.",
    ),
    (
        _sorted_without_twins,
        "You left out all galaxies at distance 0: others may have the same features, and are neighbours. Exclude only "
        "the galaxy itself, by its row number.",
    ),
    (_sorted_reversed, "If two distances are equal, the lower row number comes first. Yours are in the reverse order."),
    (
        _each_place_once,
        "You left out galaxies that have the same features as another: each row is a galaxy of its own.",
    ),
    (
        _each_distance_once,
        "Of galaxies at the same distance, you return only one (as a dict or `np.unique` with the distance as its key "
        "does): each row is a galaxy of its own.",
    ),
)

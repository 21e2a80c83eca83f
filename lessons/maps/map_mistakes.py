"""Typical mistakes in the exercises on the nearest galaxy and the best embedding, each a wrong function with its hint.

Embeddings are chosen by their place in the dictionary, so that a mistake returns a number.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.spatial.distance import cdist, pdist
from scipy.stats import pearsonr, rankdata, spearmanr

from lessons.maps.mistakes import factor, is_near, rank

Nearest = Callable[[np.ndarray, int], object]
Maps = Mapping[str, np.ndarray]
Choice = Callable[[np.ndarray, Maps, int], float]
NAN = float("nan")


# maps.0


def right_nearest(positions: np.ndarray, row: int) -> int:
    """The nearest galaxy, by another way than the solution."""
    others = [i for i in range(len(positions)) if i != row]
    return min(others, key=lambda i: float(((positions[i] - positions[row]) ** 2).sum()))


def _distances(positions: np.ndarray, row: int, metric: str = "euclidean") -> np.ndarray:
    """Distances from a galaxy, infinite from itself."""
    with np.errstate(all="ignore"):
        distances = cdist(positions, positions[[row]], metric).ravel()
    distances[row] = np.inf
    return distances


def _by(measure: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Nearest:
    """A mistake in the distance; `measure` takes all positions and the galaxy's."""

    def nearest(positions: np.ndarray, row: int) -> int:
        distances = np.asarray(measure(positions, positions[row]), float)
        distances[row] = np.inf
        return int(distances.argmin())

    return nearest


def _argsorted(place: int) -> Nearest:
    """A place in the order of distances that contains the galaxy itself, at distance 0."""

    def nearest(positions: np.ndarray, row: int) -> float:
        order = cdist(positions, positions[[row]]).ravel().argsort(kind="stable")
        return float(order[place]) if place < len(order) else NAN

    return nearest


def _without_own_row(positions: np.ndarray, row: int) -> int:
    return int(np.delete(_distances(positions, row), row).argmin())


def _last_of_equal(positions: np.ndarray, row: int) -> int:
    distances = _distances(positions, row)
    return int(np.flatnonzero(distances == distances.min())[-1])


def _at_a_distance(positions: np.ndarray, row: int) -> int:
    """Galaxies at the same place are left out."""
    distances = _distances(positions, row)
    return int(np.where(distances > 0, distances, np.inf).argmin())


def _farthest(positions: np.ndarray, row: int) -> int:
    distances = _distances(positions, row)
    distances[row] = -1
    return int(distances.argmax())


def _in_part(positions: np.ndarray, row: int, part: slice) -> float:
    """The nearest of some rows only; NaN if these are none."""
    distances = np.full(len(positions), np.inf)
    distances[part] = _distances(positions, row)[part]
    return float(distances.argmin()) if np.isfinite(distances).any() else NAN


def _flattened(positions: np.ndarray, row: int, *, with_itself: bool) -> int:
    differences = np.abs(positions - positions[row])
    if not with_itself:
        differences[row] = np.inf
    return int(differences.argmin())


def _of_fixed(fixed: int) -> Nearest:
    return lambda positions, row: right_nearest(positions, fixed if fixed < len(positions) else 0)


def _about_equal(positions: np.ndarray, row: int) -> int:
    distances = _distances(positions, row)
    return int(np.flatnonzero(np.isclose(distances, distances.min()))[0])


EUCLIDEAN = "Use the Euclidean distance, the root of the sum of squared differences."
RESCALED = "You rescaled x and y, such as by their standard deviations or ranges: use the positions as they are."
NEAREST_MISTAKES: tuple[tuple[Nearest, str], ...] = (
    (
        lambda positions, row: row,
        "You return the galaxy itself, at distance 0 from itself: leave it out of the search.",
    ),
    (
        lambda positions, row: right_nearest(positions, row) + 1,
        "Your number is too large by one: rows are counted from 0.",
    ),
    (
        lambda positions, row: right_nearest(positions, row) - 1,
        "Your number is too small by one: rows are counted from 0.",
    ),
    (
        _without_own_row,
        "You removed the galaxy's own row before the search, so every row after it has a number one smaller. Return "
        "the row number in the original table.",
    ),
    (
        _argsorted(1),
        "You take the second in the order of distances. If another galaxy is at the same place, the galaxy itself may "
        "be second: leave it out by its row number.",
    ),
    (_argsorted(2), "This is the second-nearest galaxy: the galaxy itself is first in the order, the nearest second."),
    (_at_a_distance, "You left out galaxies at a distance of 0, but another galaxy at the same place is the nearest."),
    (_last_of_equal, "If two galaxies are equally near, you return the one with the larger row: the smaller is right."),
    (_farthest, "This is the farthest galaxy: find the smallest distance."),
    (
        _by(lambda positions, own: np.abs(positions - own).sum(axis=1)),
        f"You used the city-block distance, a sum of absolute differences. {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: np.abs(positions - own).max(axis=1)),
        f"You used the larger of the two differences (Chebyshev distance). {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: np.abs(positions - own).min(axis=1)),
        f"You used the smaller of the two differences. {EUCLIDEAN}",
    ),
    (_by(lambda positions, own: np.abs(positions - own)[:, 0]), "You compared x only: use both columns."),
    (_by(lambda positions, own: np.abs(positions - own)[:, 1]), "You compared y only: use both columns."),
    (
        _by(lambda positions, own: (positions - own).sum(axis=1)),
        f"You added the differences with their signs: square them first. {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: (own - positions).sum(axis=1)),
        f"You added the differences with their signs: square them first. {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: np.abs((positions - own).sum(axis=1))),
        f"You added the differences with their signs, so they cancel: square them first. {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: np.linalg.norm(positions, axis=1)),
        "You compared distances from the origin: subtract the galaxy's own position first.",
    ),
    (
        _by(lambda positions, own: np.abs(np.linalg.norm(positions, axis=1) - np.linalg.norm(own))),
        "You compared distances from the origin: subtract the positions first, then take the length.",
    ),
    (
        _by(lambda positions, own: np.linalg.norm(positions - positions.mean(axis=0), axis=1)),
        "You compared distances from the centre of all galaxies: subtract the galaxy's own position.",
    ),
    (
        lambda positions, row: int(
            np.nan_to_num(_distances(positions, row, "cosine"), nan=2.0, posinf=np.inf).argmin()
        ),
        f"You used the cosine distance, which measures angles. {EUCLIDEAN}",
    ),
    (
        _by(lambda positions, own: np.linalg.norm((positions - own) / (positions.std(axis=0) + 1e-300), axis=1)),
        RESCALED,
    ),
    (
        _by(lambda positions, own: np.linalg.norm((positions - own) / (np.ptp(positions, axis=0) + 1e-300), axis=1)),
        RESCALED,
    ),
    *(
        (
            lambda positions, row, digits=digits: int(_distances(positions, row).round(digits).argmin()),
            f"You rounded the distances to {digits} decimals, so some seem equal: compare them as they are.",
        )
        for digits in range(9)
    ),
    *(
        (
            lambda positions, row, digits=digits: right_nearest(positions.round(digits), row),
            f"You rounded the positions to {digits} decimals: use them as they are.",
        )
        for digits in range(1, 9)
    ),
    (
        _about_equal,
        "You take two distances that differ a little for equal, as `np.isclose` or rounding does: compare them as they "
        "are.",
    ),
    (
        _by(lambda positions, own: np.linalg.norm(positions.round() - own.round(), axis=1)),
        "You rounded the positions to whole numbers: use them as they are.",
    ),
    (
        _by(lambda positions, own: np.linalg.norm(np.trunc(positions) - np.trunc(own), axis=1)),
        "You converted the positions to integers: use them as they are.",
    ),
    (
        lambda positions, row: (row + 1) % len(positions),
        "This is the next row of the table: find the galaxy at the smallest distance.",
    ),
    (
        lambda positions, row: row + 1 if row + 1 < len(positions) else NAN,
        "This is the next row of the table: find the galaxy at the smallest distance.",
    ),
    (
        lambda positions, row: row - 1 if row else NAN,
        "This is the row before: find the galaxy at the smallest distance.",
    ),
    (
        lambda positions, row: (
            int(
                np.delete(
                    _distances(positions, row), np.flatnonzero((positions == positions[row]).all(axis=1))
                ).argmin()
            )
            if len(np.unique(positions, axis=0)) > 1
            else NAN
        ),
        "You removed the galaxy, and others at the same place, before the search, so later rows have smaller numbers. "
        "Return the row number in the original table, and leave out the galaxy's own row only.",
    ),
    (
        lambda positions, row: right_nearest(positions, (row - 1) % len(positions)),
        "You return the galaxy that is nearest to the row before: rows are counted from 0, so `row` is an index.",
    ),
    (
        lambda positions, row: int(np.linalg.norm(positions - positions[row], axis=0).argmin()),
        "You added up the differences of all galaxies (axis=0): one galaxy's distance is the length of a row, axis=1.",
    ),
    *(
        (
            flattened,
            "You searched x and y together in one long list (`argmin` flattens): compute one distance per galaxy.",
        )
        for flattened in (
            lambda positions, row: _flattened(positions, row, with_itself=False),
            lambda positions, row: _flattened(positions, row, with_itself=True),
        )
    ),
    (
        _by(lambda positions, own: np.abs(positions - own).prod(axis=1)),
        f"You multiplied the differences of x and y. {EUCLIDEAN}",
    ),
    (
        lambda positions, row: int((positions == positions[row]).all(axis=1).sum() < 2),
        "You look up a distance in a list that you sorted, where it is always second: use the list in its first order.",
    ),
    (
        _by(lambda positions, own: np.linalg.norm((positions - own).astype(np.float16), axis=1)),
        "You used half precision (float16), which rounds to about three digits: use float32 or float64.",
    ),
    (
        _by(lambda positions, own: np.linalg.norm(positions.astype(np.float16) - own.astype(np.float16), axis=1)),
        "You used half precision (float16), which rounds to about three digits: use float32 or float64.",
    ),
    (
        lambda positions, row: right_nearest(positions, row) - len(positions),
        "Your row number is negative, counted from the end: rows are counted from 0 at the beginning.",
    ),
    *(
        (_of_fixed(fixed), f"This is always the galaxy nearest to row {fixed}: use the parameter `row`.")
        for fixed in (0, 1)
    ),
    (lambda positions, row: 0, "You always return 0. Do you search along the wrong axis, or a list of one number?"),
    (
        lambda positions, row: _in_part(positions, row, slice(row + 1, None)),
        "You search the rows after the galaxy only: search those before it too.",
    ),
    (
        lambda positions, row: _in_part(positions, row, slice(row)),
        "You search the rows before the galaxy only: search those after it too.",
    ),
    (
        lambda positions, row: _in_part(positions, row, slice(1, None)) if len(positions) > 2 else NAN,
        "You never return row 0: Python counts from 0, so search it too.",
    ),
    (
        lambda positions, row: _in_part(positions, row, slice(-1)) if len(positions) > 2 else NAN,
        "You never return the last row: `range(n)` ends before n, and a slice ends before its end.",
    ),
    (
        lambda positions, row: _distances(positions, row).min(),
        "You return the distance of the nearest galaxy: return its row number (`argmin` gives the place).",
    ),
    (
        lambda positions, row: _distances(positions, row).min() ** 2,
        "You return the squared distance of the nearest galaxy: return its row number (`argmin` gives the place).",
    ),
    (
        lambda positions, row: positions[right_nearest(positions, row)],
        "You return the position of the nearest galaxy: return its row number.",
    ),
    (
        lambda positions, row: np.argsort(_distances(positions, row), kind="stable"),
        "You return all rows in the order of their distance: return the first only, a single number.",
    ),
    (
        lambda positions, row: np.argsort(_distances(positions, row), kind="stable")[:-1],
        "You return all rows in the order of their distance: return the first only, a single number.",
    ),
    (
        lambda positions, row: np.abs(positions - positions[row]).argmin(axis=0),
        "You searched each column by itself (axis=0): combine x and y to one distance per galaxy first.",
    ),
    (
        lambda positions, row: [right_nearest(positions, i) for i in range(len(positions))],
        "You return the nearest galaxy of every row: return that of `row` only.",
    ),
)


# maps.3


def share_kept(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    """The right share of neighbours kept."""
    return (is_near(rank(features), k) & is_near(rank(coordinates), k)).sum() / len(features) / k


def _unless_equal(scores: np.ndarray) -> float:
    """The place of the largest score; unknown if it occurs twice, because rounding decides then."""
    return float(scores.argmax()) if (scores == scores.max()).sum() == 1 else NAN


def _first_best(
    score: Callable[[np.ndarray, np.ndarray, int], float], *, choose: Callable[[np.ndarray], float] = _unless_equal
) -> Choice:
    """The embedding with the largest score; the score takes features, an embedding and k."""

    def best(features: np.ndarray, maps: Maps, k: int) -> float:
        with np.errstate(all="ignore"):
            scores = np.array([score(features, coordinates, k) for coordinates in maps.values()], float)
        return float(choose(scores)) if np.isfinite(scores).all() else NAN

    return best


def _rounded_share(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    """A share that is the same for the same number of kept neighbours."""
    return round(share_kept(features, coordinates, k), 12)


def right_best(features: np.ndarray, maps: Maps, k: int) -> float:
    """Place of the right embedding."""
    return _first_best(_rounded_share, choose=np.argmax)(features, maps, k)


def _with(
    prepare: Callable[[np.ndarray], np.ndarray],
    *,
    metric: str = "euclidean",
    low_metric: str = "euclidean",
    low: Callable | None = None,
) -> Choice:
    """A mistake: features are prepared, or compared by another metric; `low` prepares the embedding."""

    def score(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
        with np.errstate(all="ignore"):
            high_ranks = rank(prepare(features), metric)
        low_ranks = rank(low(coordinates) if low else coordinates, low_metric)
        return round((is_near(high_ranks, k) & is_near(low_ranks, k)).sum() / len(features) / k, 12)

    return _first_best(score)


def _with_k(change: Callable[[int, int], int]) -> Choice:
    """A mistake in k; `change` takes k and the number of galaxies."""

    def score(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
        changed = change(k, len(features))
        return _rounded_share(features, coordinates, changed) if 1 <= changed < len(features) else 0.0

    return _first_best(score, choose=np.argmax)


def _of_shares(combine: Callable[[np.ndarray], float]) -> Choice:
    """A mistake in what is made of the galaxies' shares."""

    def score(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
        kept = (is_near(rank(features), k) & is_near(rank(coordinates), k)).sum(axis=1)
        return round(float(combine(kept / k)), 12)

    return _first_best(score, choose=np.argmax)


def _trust(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    if 2 * k >= len(features):
        return NAN
    high, low = rank(features), rank(coordinates)
    return round(1 - factor(len(features), k) * float((high - k)[is_near(low, k) & (high > k)].sum()), 12)


def _correlation(coefficient: Callable[..., tuple[float, float]]) -> Callable[[np.ndarray, np.ndarray, int], float]:
    """Correlation of all distances, by either coefficient."""
    return lambda features, coordinates, k: (
        coefficient(pdist(features), pdist(coordinates))[0] if len(features) > 2 else NAN
    )


def _correlation_of_tables(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    """Correlation of distances in which each pair occurs twice, and each galaxy with itself."""
    return float(np.corrcoef(cdist(features, features).ravel(), cdist(coordinates, coordinates).ravel())[0, 1])


def _stress(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    return -float(((pdist(features) - pdist(coordinates)) ** 2).sum())


def _same_rank(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    """Neighbours count only if they have the same rank in both."""
    high, low = rank(features), rank(coordinates)
    return float((is_near(high, k) & (high == low)).sum())


def _place(values: np.ndarray, k: int) -> np.ndarray:
    """The neighbour number k of each galaxy."""
    return (rank(values) == k).argmax(axis=1)


def _itself_among_neighbours(first_high: int, first_low: int) -> Callable[[np.ndarray, np.ndarray, int], float]:
    """A score whose lists begin at the galaxy itself (0) or at its nearest neighbour (1)."""

    def score(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
        high, low = rank(features) - first_high, rank(coordinates) - first_low
        return float(((high >= 0) & (high < k) & (low >= 0) & (low < k)).sum())

    return score


def _of_two_k(change_high: int, change_low: int) -> Callable[[np.ndarray, np.ndarray, int], float]:
    """A score with another number of neighbours in one of both spaces."""
    return lambda features, coordinates, k: float(
        (is_near(rank(features), k + change_high) & is_near(rank(coordinates), k + change_low)).sum()
    )


def _together(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    high, low = (is_near(rank(values), k).any(axis=0) for values in (features, coordinates))
    return float((high & low).sum())


def _union(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    high, low = is_near(rank(features), k), is_near(rank(coordinates), k)
    return round(float(((high & low).sum(axis=1) / (high | low).sum(axis=1)).mean()), 12)


def _mutual(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    high, low = is_near(rank(features), k), is_near(rank(coordinates), k)
    return float((high & high.T & low & low.T).sum())


def _farthest_kept(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    n = len(features)
    return float(((rank(features) >= n - k) & (rank(coordinates) >= n - k)).sum())


def _with_first_map(features: np.ndarray, maps: Maps, k: int) -> float:
    """Embeddings are compared with the first of them, not with the features; the first itself is left out."""
    first, *others = maps.values()
    if not others:
        return 0.0
    return 1.0 + float(np.argmax([_rounded_share(first, coordinates, k) for coordinates in others]))


def _last_best(scores: np.ndarray) -> int:
    return int(np.flatnonzero(scores == scores.max())[-1])


def _second_best(scores: np.ndarray) -> int:
    return int(np.argsort(-scores, kind="stable")[1]) if len(scores) > 1 else 0


def _better_than_previous(scores: np.ndarray) -> int:
    """The last embedding that is better than the one before it."""
    return int(np.flatnonzero(np.diff(scores, prepend=-1) > 0)[-1])


def _sorted_down_columns(features: np.ndarray, coordinates: np.ndarray, k: int) -> float:
    """Rows of a table whose columns were sorted."""

    def lists(values: np.ndarray) -> np.ndarray:
        return np.sort(cdist(values, values).argsort(axis=0, kind="stable")[:, 1 : k + 1], axis=1)

    return float(
        sum(len({*a} & {*b}) for a, b in zip(lists(features).tolist(), lists(coordinates).tolist(), strict=True))
    )


def _up_to_the_first_above(limit: float) -> Choice:
    """A mistake: the search ends at the first share above a limit."""

    def choose(shares: np.ndarray) -> int:
        above = np.flatnonzero(shares > limit)
        return int(shares[: above[0] + 1 if len(above) else None].argmax())

    return _first_best(_rounded_share, choose=choose)


def _without(part: slice) -> Choice:
    """A mistake: only some of the embeddings are compared, if these are any."""

    def best(features: np.ndarray, maps: Maps, k: int) -> float:
        names = list(maps)[part]
        chosen = {name: maps[name] for name in names or maps}
        return float(list(maps).index(list(chosen)[int(right_best(features, chosen, k))]))

    return best


def _first_name(features: np.ndarray, maps: Maps, k: int) -> float:
    """Of equally good embeddings, the first in the alphabet."""
    names = list(maps)
    shares = {name: _rounded_share(features, maps[name], k) for name in names}
    return float(names.index(min(name for name in names if shares[name] == max(shares.values()))))


def _last_name(features: np.ndarray, maps: Maps, k: int) -> float:
    """Of equally good embeddings, the last in the alphabet."""
    names = list(maps)
    shares = {name: _rounded_share(features, maps[name], k) for name in names}
    return float(names.index(max(name for name in names if shares[name] == max(shares.values()))))


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values


def _by_range(values: np.ndarray) -> np.ndarray:
    return values / np.ptp(values, axis=0)


ALL_COLUMNS = "Use all columns."
SHARE = "Choose by the share of neighbours kept."
BEST_MISTAKES: tuple[tuple[Choice, str], ...] = (
    (
        _first_best(_rounded_share, choose=np.argmin),
        "This is the embedding that keeps the fewest neighbours: choose the largest share.",
    ),
    (
        _first_best(_rounded_share, choose=_last_best),
        "If two embeddings keep equally many neighbours, you return the last of them: return the first. Is "
        "there a `>=`?",
    ),
    (
        _first_name,
        "If two embeddings keep equally many neighbours, you return the first name in the alphabet: return the one "
        "that comes first in `maps`.",
    ),
    (
        _last_name,
        "If two embeddings keep equally many neighbours, you return the last name in the alphabet (as `max` of pairs "
        "does): return the one that comes first in `maps`.",
    ),
    (_first_best(_rounded_share, choose=_second_best), "This is the second-best embedding: is a place off by one?"),
    (
        _first_best(_rounded_share, choose=_better_than_previous),
        "You compare each share with that of the embedding before it: compare with the largest one so far.",
    ),
    (
        lambda features, maps, k: (right_best(features, maps, k) - 1) % len(maps),
        "This is the name before the best one: places are counted from 0.",
    ),
    (
        lambda features, maps, k: (right_best(features, maps, k) + 1) % len(maps),
        "This is the name after the best one: places are counted from 0.",
    ),
    *(
        (
            _up_to_the_first_above(limit),
            f"You stop at the first embedding that keeps a share above {limit}: a later one may keep more.",
        )
        for limit in (0.5, 0.6, 0.7, 0.8, 0.9)
    ),
    (_without(slice(1, None)), "You left out the first embedding: compare all of them."),
    (_without(slice(-1)), "You left out the last embedding: a slice or `range` ends before its end."),
    (_without(slice(3)), "You compare the first three embeddings only: compare all of them."),
    (
        lambda features, maps, k: 0.0,
        "You always return the first name: compare all embeddings. Is `return` inside the loop?",
    ),
    (
        lambda features, maps, k: len(maps) - 1.0,
        "You always return the last name: compare the shares of all embeddings.",
    ),
    (
        _with_k(lambda k, n: k - 1),
        "You take k − 1 neighbours. Does each galaxy count as one of its own, or does a slice end too early? Find k "
        "others.",
    ),
    (_with_k(lambda k, n: min(k + 1, n - 1)), "You take k + 1 neighbours: a slice from 1 to k + 1 has k."),
    *(
        (
            _with_k(lambda k, n, fixed=fixed: min(fixed, n - 1)),
            f"You always compare {fixed} neighbour{'s' if fixed > 1 else ''}: use the parameter `k`.",
        )
        for fixed in (1, 2, 3, 5, 10, 15)
    ),
    (
        _with(lambda features: features[:, :2]),
        "You used the first two columns of the features only: neighbours in the feature space need all columns.",
    ),
    (_with(lambda features: features[:, :1]), f"You used the first column of the features only. {ALL_COLUMNS}"),
    (_with(lambda features: features[:, 1:]), f"You left out the first column of the features. {ALL_COLUMNS}"),
    (_with(lambda features: features[:, :-1]), f"You left out the last column of the features. {ALL_COLUMNS}"),
    *(
        (
            _with(lambda features: features, low=lambda coordinates, i=i: coordinates[:, [i]]),
            f"You used the {which} column of each embedding only. {ALL_COLUMNS}",
        )
        for i, which in ((0, "first"), (1, "second"))
    ),
    (
        _with(lambda features: features, metric="cosine"),
        "You compared the features by the cosine distance, which measures angles: use the Euclidean distance.",
    ),
    (
        _with(lambda features: features, metric="cityblock"),
        "You compared the features by the city-block distance: use the Euclidean distance.",
    ),
    (
        _with(lambda features: features / features.std(axis=0)),
        "You divided the features by their standard deviations: use them as they are.",
    ),
    (
        _with(lambda features: features / np.linalg.norm(features, axis=1, keepdims=True)),
        "You divided each galaxy's features by their length: use them as they are.",
    ),
    (_first_best(_trust), f"You chose by the trustworthiness: it weighs wrong neighbours by their rank. {SHARE}"),
    (
        _first_best(lambda features, coordinates, k: _trust(coordinates, features, k)),
        f"You chose by the continuity: it weighs lost neighbours by their rank. {SHARE}",
    ),
    (
        _first_best(_correlation(spearmanr)),
        f"You chose by the rank correlation of distances, which doesn't depend on k. {SHARE}",
    ),
    (
        _first_best(_correlation(pearsonr)),
        f"You chose by the correlation of distances, which doesn't depend on k. {SHARE}",
    ),
    (
        _first_best(_correlation_of_tables),
        f"You chose by the correlation of distances, which doesn't depend on k. {SHARE}",
    ),
    (_first_best(_stress), f"You chose by the differences of distances, which depend on an embedding's scale. {SHARE}"),
    (
        _first_best(_same_rank, choose=np.argmax),
        "You count a neighbour only if it is at the same place in both lists: the order doesn't matter, so compare "
        "sets.",
    ),
    (
        _first_best(lambda features, coordinates, k: float((_place(features, k) == _place(coordinates, k)).sum())),
        "You compare one neighbour of each galaxy, the one with the number k: compare the lists of all k nearest.",
    ),
    (
        _first_best(_itself_among_neighbours(0, 1), choose=np.argmax),
        "Each galaxy counts as its own nearest neighbour in the feature space, but not in the embedding: leave it out "
        "of both lists.",
    ),
    (
        _first_best(_itself_among_neighbours(1, 0), choose=np.argmax),
        "Each galaxy counts as its own nearest neighbour in the embedding, but not in the feature space: leave it out "
        "of both lists.",
    ),
    *(
        (
            _first_best(_of_two_k(change_high, change_low), choose=np.argmax),
            f"You take k + 1 neighbours in the {where}, without the galaxy itself: take k in both.",
        )
        for change_high, change_low, where in ((0, 1, "embedding"), (1, 0, "feature space"))
    ),
    (
        _first_best(_sorted_down_columns, choose=np.argmax),
        "You sorted each column of the distances (axis=0) and then took rows: the neighbours of a galaxy are along one "
        "row, so sort along axis=1.",
    ),
    (
        _with(lambda features: features, metric="cityblock", low_metric="cityblock"),
        "You used the city-block distance: use the Euclidean distance.",
    ),
    (_with_k(lambda k, n: max(k // 2, 1)), "You compare half as many neighbours: compare k."),
    (_with_k(lambda k, n: min(2 * k, n - 1)), "You compare twice as many neighbours: compare k."),
    (
        _with(lambda features: features, low=lambda coordinates: coordinates / coordinates.std(axis=0)),
        "You divided the embedding's columns by their standard deviations: use them as they are.",
    ),
    (
        _with(
            lambda features: features / features.std(axis=0),
            low=lambda coordinates: coordinates / coordinates.std(axis=0),
        ),
        "You divided features and embeddings by their standard deviations: use them as they are.",
    ),
    *(
        (_with(high, low=low), f"You divided {name} by the range of each column: use them as they are.")
        for high, low, name in (
            (_by_range, _as_it_is, "the features"),
            (_as_it_is, _by_range, "the embeddings"),
            (_by_range, _by_range, "features and embeddings"),
        )
    ),
    (
        _first_best(_together, choose=np.argmax),
        "You put the neighbours of all galaxies in one set: compare two sets per galaxy.",
    ),
    (
        _first_best(_mutual, choose=np.argmax),
        "You count mutual neighbours only: count all k neighbours of each galaxy.",
    ),
    (
        _first_best(_farthest_kept, choose=np.argmax),
        "You compared the farthest galaxies: sort by distance in ascending order.",
    ),
    (
        _first_best(_union),
        "You divided by the number of galaxies in either list (their union): divide the number in both by k.",
    ),
    (_of_shares(np.median), "You took the median of the galaxies' shares: take the mean."),
    (_of_shares(np.max), "You chose by the largest share of a single galaxy: take the mean over all galaxies."),
    (_of_shares(np.min), "You chose by the smallest share of a single galaxy: take the mean over all galaxies."),
    (
        _of_shares(lambda shares: shares[0]),
        "You chose by the share of the first galaxy: take the mean over all galaxies.",
    ),
    (
        _of_shares(lambda shares: shares[-1]),
        "You chose by the share of the last galaxy: take the mean over all galaxies.",
    ),
    (_of_shares(lambda shares: shares[1:].sum()), "You left out the first galaxy: take the mean over all galaxies."),
    (_of_shares(lambda shares: shares[:-1].sum()), "You left out the last galaxy: take the mean over all galaxies."),
    *(
        (
            _of_shares(lambda shares, digits=digits: round(shares.mean(), digits)),
            "You rounded the shares, which makes different shares equal: leave them unrounded.",
        )
        for digits in (1, 2, 3)
    ),
    (
        _of_shares(lambda shares: float((shares == 1).sum())),
        "You count galaxies that keep all neighbours: take the mean share.",
    ),
    (
        _of_shares(lambda shares: float((shares > 0).sum())),
        "You count galaxies that keep any neighbour: take the mean share.",
    ),
    (
        _with_first_map,
        "You compare the embeddings with the first of them: compare each with the features.",
    ),
    (
        _first_best(
            lambda features, coordinates, k: -float(np.sort(cdist(coordinates, coordinates))[:, 1 : k + 1].mean())
        ),
        f"You chose the embedding whose neighbours are nearest, without the features. {SHARE}",
    ),
    (
        _first_best(lambda features, coordinates, k: float(np.ptp(coordinates))),
        f"You chose the largest embedding, without the features. {SHARE}",
    ),
    (
        _with(lambda features: rankdata(features, axis=0)),
        "You replaced the features by their ranks: use them as they are.",
    ),
    (
        lambda features, maps, k: float(np.argmax([name == max(maps) for name in maps])),
        "You return the last name in the alphabet, as `max(shares)` of a dictionary does: compare the "
        "shares, with `key`.",
    ),
    (
        lambda features, maps, k: float(np.argmax([name == min(maps) for name in maps])),
        "You return the first name in the alphabet: compare the shares, with `key`.",
    ),
)

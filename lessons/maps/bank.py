"""Typical wrong answers to the exercises on other maps, with words of their hints, and other right ones."""

import math

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from sklearn import manifold
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from galviz.course.bank import Bank

bank = Bank()


def _order(values, metric="euclidean"):
    return np.argsort(cdist(values, values, metric), axis=1, kind="stable")


def _sets(values, k, first=1):
    return [set(row) for row in _order(values)[:, first : k + first].tolist()]


def _shares(high, low, k, first=1):
    return [len(a & b) / k for a, b in zip(_sets(high, k, first), _sets(low, k, first), strict=True)]


@bank.wrong("maps.1", "which every embedding keeps")
def itself_included(high, low, k):
    return np.mean(_shares(high, low, k, first=0))


@bank.wrong("maps.1", "as one of k + 1")
def itself_as_one_more(high, low, k):
    return np.mean(_shares(high, low, k + 1, first=0))


@bank.wrong("maps.1", "(their union)")
def divided_by_the_union(high, low, k):
    return np.mean([len(a & b) / len(a | b) for a, b in zip(_sets(high, k), _sets(low, k), strict=True)])


@bank.wrong("maps.1", "share of the first galaxy only")
def first_galaxy(high, low, k):
    return _shares(high, low, k)[0]


@bank.wrong("maps.1", "pooled the neighbours")
def neighbours_pooled(high, low, k):
    near, near_low = (set().union(*_sets(values, k)) for values in (high, low))
    return len(near & near_low) / len(near)


@bank.wrong("maps.1", "far from 0")
def distances_in_float32(high, low, k):
    return np.mean(_shares(high.astype(np.float32), low.astype(np.float32), k))


@bank.wrong("maps.1", "median of the shares")
def median(high, low, k):
    return np.median(_shares(high, low, k))


@bank.wrong("maps.1", "their order doesn't matter")
def same_order(high, low, k):
    return np.mean(_order(high)[:, 1 : k + 1] == _order(low)[:, 1 : k + 1])


@bank.wrong("maps.1", "per galaxy: divide by k")
def not_divided(high, low, k):
    return k * np.mean(_shares(high, low, k))


@bank.wrong("maps.1", "into one set")
def one_set(high, low, k):
    return len(set().union(*_sets(high, k)) & set().union(*_sets(low, k))) / len(high)


@bank.wrong("maps.1", "mutual neighbours only")
def mutual(high, low, k):
    def table(values):
        graph = NearestNeighbors(n_neighbors=k).fit(values).kneighbors_graph().toarray().astype(bool)
        return graph & graph.T

    return (table(high) & table(low)).sum() / len(high) / k


@bank.wrong("maps.1", "cosine distance, which measures")
def by_angle(high, low, k):
    near, near_low = (_order(values, "cosine")[:, 1 : k + 1].tolist() for values in (high, low))
    return np.mean([len({*a} & {*b}) / k for a, b in zip(near, near_low, strict=True)])


@bank.wrong("maps.1", "first two columns of the embedding only")
def two_columns(high, low, k):
    return np.mean(_shares(high, low[:, :2], k))


@bank.wrong("maps.1", "You always use k = 5")
def five(high, low, k):
    k = min(5, len(high) - 1)
    return np.mean(_shares(high, low, k))


@bank.wrong("maps.1", "may have one column, or three")
def two_coordinates(high, low, k):
    x, y = low.T
    return np.mean(_shares(high, np.column_stack([x, y]), k))


@bank.wrong("maps.1", "So you count")
def later_galaxies_only(high, low, k):
    near, near_low = _sets(high, k), _sets(low, k)
    return sum(j > i for i in range(len(high)) for j in near[i] & near_low[i]) / len(high) / k


@bank.wrong("maps.1", "at most 50 neighbours")
def k_limited(high, low, k):
    return np.mean(_shares(high, low, min(k, 50)))


@bank.wrong("maps.1", "don't use `low`")
def low_not_used(high, low, k):
    return np.mean(_shares(high, high[:, :2], k))


@bank.wrong("maps.1", "the embedding's columns by their ranges")
def low_rescaled(high, low, k):
    return np.mean(_shares(high, low / np.ptp(low, axis=0), k))


@bank.right("maps.1")
def by_products(high, low, k):
    near, near_low = (pairwise_distances(values).argsort(axis=1)[:, 1 : k + 1].tolist() for values in (high, low))
    return np.mean([len({*a} & {*b}) / k for a, b in zip(near, near_low, strict=True)])


@bank.right("maps.1")
def by_trees(high, low, k):
    count = 0
    near, near_low = (KDTree(values).query(values, k + 1)[1] for values in (high, low))
    for row, (one, other) in enumerate(zip(near, near_low, strict=True)):
        count += len(np.intersect1d(one, other)) - (row in one)
    return count / (len(high) * k)


@bank.right("maps.1")
def by_scikit_learn(high, low, k):
    graphs = [NearestNeighbors(n_neighbors=k).fit(values).kneighbors_graph() for values in (high, low)]
    return [graphs[0].multiply(graphs[1]).sum() / graphs[0].sum()]


def _ranks(values):
    return np.argsort(_order(values), axis=1)


def _factor(n, k):
    return 2 / (n * k * (2 * n - 3 * k - 1))


def _wrong(high, low, k):
    """Ranks in the feature space, and which galaxies are wrong neighbours."""
    ranks, ranks_low = _ranks(high), _ranks(low)
    return ranks, (ranks_low > 0) & (ranks_low <= k) & (ranks > k)


@bank.wrong("maps.2", "This is the continuity")
def exchanged(high, low, k):
    return manifold.trustworthiness(low, high, n_neighbors=k)


@bank.wrong("maps.2", "begin at 0")
def ranks_from_zero(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * (ranks - 1 - k)[wrong].sum()


@bank.wrong("maps.2", "only k − 1 others as neighbours")
def itself_among_its_neighbours(high, low, k):
    ranks, ranks_low = _ranks(high), _ranks(low)
    return 1 - _factor(len(high), k) * (ranks - k)[(ranks_low < k) & (ranks > k)].sum()


@bank.wrong("maps.2", "You forgot the factor")
def without_factor(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - (ranks - k)[wrong].sum()


@bank.wrong("maps.2", "subtract it from 1")
def not_subtracted(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return _factor(len(high), k) * (ranks - k)[wrong].sum()


@bank.wrong("maps.2", "You added up the ranks themselves")
def whole_ranks(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * ranks[wrong].sum()


@bank.wrong("maps.2", "put brackets around the product")
def brackets_forgotten(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    n = len(high)
    return 1 - 2 / n * k * (2 * n - 3 * k - 1) * (ranks - k)[wrong].sum()


@bank.wrong("maps.2", "You took the mean over the galaxies")
def mean_instead_of_sum(high, low, k):
    return 1 - (1 - manifold.trustworthiness(high, low, n_neighbors=k)) / len(high)


@bank.wrong("maps.2", "ranks in the embedding")
def ranks_of_the_embedding(high, low, k):
    _, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * np.abs(_ranks(low) - k)[wrong].sum()


@bank.wrong("maps.2", "your n is one too small")
def others_counted(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high) - 1, k) * (ranks - k)[wrong].sum()


@bank.wrong("maps.2", "These aren't ranks")
def sorted_once(high, low, k):
    order, order_low = _order(high), _order(low)
    return 1 - _factor(len(high), k) * (order - k)[(order_low > 0) & (order_low <= k) & (order > k)].sum()


@bank.wrong("maps.2", "You added up distances")
def distances(high, low, k):
    _, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * cdist(high, high)[wrong].sum()


@bank.wrong("maps.2", "You divided each column by its standard deviation")
def standardised(high, low, k):
    return manifold.trustworthiness(high / high.std(axis=0), low / low.std(axis=0), n_neighbors=k)


@bank.wrong("maps.2", "your sum of r − k is")
def capped(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * np.minimum(ranks - k, 3)[wrong].sum()


@bank.wrong("maps.2", "too large for uint8")
def small_integers(high, low, k):
    ranks, ranks_low = (_ranks(values).astype(np.uint8) for values in (high, low))
    wrong = (ranks_low > 0) & (ranks_low <= k) & (ranks > k)
    return 1 - _factor(len(high), k) * (ranks.astype(int) - k)[wrong].sum()


@bank.wrong("maps.2", "left the rank k + 1 out of U")
def begins_too_late(high, low, k):
    ranks, wrong = _wrong(high, low, k)
    return 1 - _factor(len(high), k) * (ranks - k)[wrong & (ranks > k + 1)].sum()


@bank.right("maps.2")
def as_scikit_learn_does(high, low, k):
    return manifold.trustworthiness(high.astype(np.float32), low, n_neighbors=k)


@bank.right("maps.2")
def galaxy_by_galaxy(high, low, k):
    n, total = len(high), 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        ordered = sorted(others, key=lambda j: math.dist(high[i], high[j]))
        ordered_low = sorted(others, key=lambda j: math.dist(low[i], low[j]))
        for j in ordered_low[:k]:
            total += max(0, ordered.index(j) + 1 - k)
    return 1 - 2 * total / (n * k * (2 * n - 3 * k - 1))


@bank.wrong("maps.0", "You return the galaxy itself")
def itself_found(positions, row):
    return cdist(positions, positions[[row]]).argmin()


@bank.wrong("maps.0", "removed the galaxy's own row")
def own_row_deleted(positions, row):
    others = np.delete(positions, row, axis=0)
    return np.linalg.norm(others - positions[row], axis=1).argmin()


@bank.wrong("maps.0", "second in the order of distances")
def second_in_order(positions, row):
    return np.linalg.norm(positions - positions[row], axis=1).argsort(kind="stable")[1]


@bank.wrong("maps.0", "at a distance of 0, but another galaxy")
def zeros_left_out(positions, row):
    distances = np.linalg.norm(positions - positions[row], axis=1)
    return np.where(distances == 0, np.inf, distances).argmin()


@bank.wrong("maps.0", "the one with the larger row")
def last_of_ties(positions, row):
    best, smallest = None, math.inf
    for i, position in enumerate(positions):
        if i != row and math.dist(position, positions[row]) <= smallest:
            best, smallest = i, math.dist(position, positions[row])
    return best


@bank.wrong("maps.0", "city-block distance")
def sum_of_differences(positions, row):
    distances = np.abs(positions - positions[row]).sum(axis=1)
    distances[row] = np.inf
    return distances.argmin()


@bank.wrong("maps.0", "You compared x only")
def along_x(positions, row):
    distances = np.abs(positions[:, 0] - positions[row, 0])
    distances[row] = np.inf
    return distances.argmin()


@bank.wrong("maps.0", "changes `positions`")
def moved_away(positions, row):
    own = positions[row].copy()
    positions[row] = 1e9
    return np.linalg.norm(positions - own, axis=1).argmin()


@bank.wrong("maps.0", "return its row number (`argmin`")
def smallest_distance(positions, row):
    return min(math.dist(positions[i], positions[row]) for i in range(len(positions)) if i != row)


@bank.wrong("maps.0", "You never return the last row")
def range_too_short(positions, row):
    others = [i for i in range(len(positions) - 1) if i != row] or [1 - row]
    return min(others, key=lambda i: math.dist(positions[i], positions[row]))


@bank.wrong("maps.0", "too large by one")
def counted_from_1(positions, row):
    return nearest_by_loop(positions, row) + 1


@bank.wrong("maps.0", "for equal, as `np.isclose`")
def close_ones_equal(positions, row):
    distances = np.linalg.norm(positions - positions[row], axis=1)
    distances[row] = np.inf
    return np.flatnonzero(np.isclose(distances, distances.min()))[0]


@bank.wrong("maps.0", "one number per column (axis=0)")
def length_of_columns(positions, row):
    distances = np.linalg.norm(positions - positions[row], axis=0)
    distances[row] = np.inf
    return distances.argmin()


@bank.wrong("maps.0", "Row numbers are integers")
def float_row(positions, row):
    return float(nearest_by_loop(positions, row))


@bank.wrong("maps.0", "distances to 3 decimals")
def distances_rounded(positions, row):
    distances = np.linalg.norm(positions - positions[row], axis=1).round(3)
    distances[row] = np.inf
    return distances.argmin()


@bank.right("maps.0")
def nearest_by_loop(positions, row):
    others = [i for i in range(len(positions)) if i != row]
    return min(others, key=lambda i: math.dist(positions[i], positions[row]))


@bank.right("maps.0")
def nearest_by_masked_squares(positions, row):
    squares = ((positions.astype(np.float32) - positions[row].astype(np.float32)) ** 2).sum(axis=1)
    return np.ma.masked_array(squares, np.arange(len(positions)) == row).argmin()


@bank.right("maps.0")
def nearest_by_cdist(positions, row):
    distances = cdist(positions, positions)
    np.fill_diagonal(distances, np.inf)
    return [distances[row].argmin()]


def _best(features, maps, score):
    scores = {name: score(features, coordinates) for name, coordinates in maps.items()}
    return max(scores, key=scores.get)


@bank.wrong("maps.3", "keeps the fewest neighbours")
def fewest_kept(features, maps, k):
    return _best(features, maps, lambda high, low: -np.mean(_shares(high, low, k)))


@bank.wrong("maps.3", "you return the last of them")
def last_of_the_best(features, maps, k):
    best, largest = None, 0
    for name, coordinates in maps.items():
        share = np.mean(_shares(features, coordinates, k))
        if share >= largest:
            best, largest = name, share
    return best


@bank.wrong("maps.3", "You take k − 1 neighbours")
def counts_itself(features, maps, k):
    return _best(features, maps, lambda high, low: np.mean(_shares(high, low, k, first=0)))


@bank.wrong("maps.3", "You always compare 5 neighbours")
def always_five(features, maps, k):
    return _best(features, maps, lambda high, low: np.mean(_shares(high, low, min(5, len(high) - 1))))


@bank.wrong("maps.3", "by the trustworthiness")
def by_trustworthiness(features, maps, k):
    def score(high, low):
        return manifold.trustworthiness(high, low, n_neighbors=k) if 2 * k < len(high) else 1

    return _best(features, maps, score)


@bank.wrong("maps.3", "at the same place in both lists")
def same_places(features, maps, k):
    return _best(features, maps, lambda high, low: (_order(high)[:, 1 : k + 1] == _order(low)[:, 1 : k + 1]).sum())


@bank.wrong("maps.3", "as `max(shares)` of a dictionary does")
def largest_key(features, maps, k):
    shares = {name: np.mean(_shares(features, coordinates, k)) for name, coordinates in maps.items()}
    return max(shares)


@bank.wrong("maps.3", "the last name in the alphabet (as `max` of pairs")
def largest_pair(features, maps, k):
    return max((np.mean(_shares(features, coordinates, k)), name) for name, coordinates in maps.items())[1]


@bank.wrong("maps.3", "You return the largest share")
def share_itself(features, maps, k):
    return max(np.mean(_shares(features, coordinates, k)) for coordinates in maps.values())


@bank.wrong("maps.3", "a name with its share")
def name_and_share(features, maps, k):
    name = best_by_sets(features, maps, k)
    return name, np.mean(_shares(features, maps[name], k))


@bank.wrong("maps.3", "the first two columns of the features")
def first_two_features(features, maps, k):
    return best_by_sets(features[:, :2], maps, k)


@bank.wrong("maps.3", "the share of the first galaxy")
def only_the_first_galaxy(features, maps, k):
    return _best(features, maps, lambda high, low: _shares(high, low, k)[0])


@bank.wrong("maps.3", "adds or removes names")
def popped(features, maps, k):
    best, largest = None, -1
    while maps:
        name = next(iter(maps))
        share = np.mean(_shares(features, maps.pop(name), k))
        if share > largest:
            best, largest = name, share
    return best


@bank.wrong("maps.3", "keep a share of 0")
def search_from_zero(features, maps, k):
    best, largest = None, 0
    for name, coordinates in maps.items():
        share = np.mean(_shares(features, coordinates, k))
        if share > largest:
            best, largest = name, share
    return best


@bank.wrong("maps.3", "first name in the alphabet")
def first_in_the_alphabet(features, maps, k):
    return best_by_sets(features, dict(sorted(maps.items())), k)


@bank.wrong("maps.3", "You rounded the shares")
def shares_rounded(features, maps, k):
    return _best(features, maps, lambda high, low: round(float(np.mean(_shares(high, low, k))), 3))


@bank.wrong("maps.3", "the embeddings by the range")
def maps_rescaled(features, maps, k):
    return best_by_sets(features, {name: values / np.ptp(values, axis=0) for name, values in maps.items()}, k)


@bank.right("maps.3")
def best_by_sets(features, maps, k):
    return _best(
        features, maps, lambda high, low: sum(len(a & b) for a, b in zip(_sets(high, k), _sets(low, k), strict=True))
    )


@bank.right("maps.3")
def best_by_scikit_learn(features, maps, k):
    def neighbours(values):
        return NearestNeighbors(n_neighbors=k).fit(values).kneighbors(return_distance=False)

    nearest, counts = neighbours(features), []
    for coordinates in maps.values():
        counts.append(sum(np.isin(a, b).sum() for a, b in zip(nearest, neighbours(coordinates), strict=True)))
    return list(maps)[int(np.argmax(counts))]


@bank.right("maps.3")
def best_by_mean_shares(features, maps, k):
    def is_near(values):
        distances = cdist(values.astype(np.float32), values.astype(np.float32))
        np.fill_diagonal(distances, np.inf)
        return distances <= np.sort(distances, axis=1)[:, [k - 1]]

    shares = [np.mean((is_near(features) & is_near(coordinates)).sum(axis=1) / k) for coordinates in maps.values()]
    return np.array(list(maps))[np.argmax(shares)]

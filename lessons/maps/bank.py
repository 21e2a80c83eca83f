"""Typical wrong answers to the exercises on other maps, with words of their hints, and other right ones."""

import math

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from sklearn import manifold
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


@bank.right("maps.1")
def by_trees(high, low, k):
    count = 0
    near, near_low = (KDTree(values).query(values, k + 1)[1] for values in (high, low))
    for row, (one, other) in enumerate(zip(near, near_low, strict=True)):
        count += len(np.intersect1d(one, other)) - (row in one)
    return count / (len(high) * k)


@bank.right("maps.1")
def by_scikit_learn(high, low, k):
    graphs = [
        NearestNeighbors(n_neighbors=k).fit(values.astype(np.float32)).kneighbors_graph() for values in (high, low)
    ]
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


@bank.wrong("maps.2", "only k − 1 others are left")
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

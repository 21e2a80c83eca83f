"""Answers to the exercises on other maps: typical wrong ones with their hints, right ones written otherwise."""

import math

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from sklearn import manifold
from sklearn.neighbors import NearestNeighbors

from galviz.course.bank import Bank

bank = Bank()


def _order(values):
    return np.argsort(cdist(values, values), axis=1, kind="stable")


def _sets(values, k, first=1):
    return [set(row) for row in _order(values)[:, first : k + first].tolist()]


@bank.wrong("maps.1", "its own nearest neighbour, which every map keeps")
def itself_counted(high, low, k):
    return np.mean([len(a & b) / k for a, b in zip(_sets(high, k, 0), _sets(low, k, 0), strict=True)])


@bank.wrong("maps.1", "as one of k + 1")
def itself_as_one_more(high, low, k):
    sets = zip(_sets(high, k + 1, 0), _sets(low, k + 1, 0), strict=True)
    return np.mean([len(a & b) / (k + 1) for a, b in sets])


@bank.wrong("maps.1", "(their union)")
def by_the_union(high, low, k):
    return np.mean([len(a & b) / len(a | b) for a, b in zip(_sets(high, k), _sets(low, k), strict=True)])


@bank.wrong("maps.1", "first galaxy's share alone")
def first_galaxy(high, low, k):
    return len(_sets(high, k)[0] & _sets(low, k)[0]) / k


@bank.wrong("maps.1", "in which order they come doesn't count")
def the_same_order(high, low, k):
    return np.mean(_order(high)[:, 1 : k + 1] == _order(low)[:, 1 : k + 1])


@bank.wrong("maps.1", "on average: divide by k")
def numbers_kept(high, low, k):
    return np.mean([len(a & b) for a, b in zip(_sets(high, k), _sets(low, k), strict=True)])


@bank.wrong("maps.1", "into one set")
def all_in_one_set(high, low, k):
    return len(set().union(*_sets(high, k)) & set().union(*_sets(low, k))) / len(high)


@bank.right("maps.1")
def by_trees(high, low, k):
    found = 0
    near, near_in_map = (KDTree(values).query(values, k + 1)[1] for values in (high, low))
    for row, (one, other) in enumerate(zip(near, near_in_map, strict=True)):
        found += len(np.intersect1d(one, other)) - (row in one)
    return found / (len(high) * k)


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


def _strangers(high, low, k):
    ranks, ranks_in_map = _ranks(high), _ranks(low)
    return ranks, (ranks_in_map > 0) & (ranks_in_map <= k) & (ranks > k)


@bank.wrong("maps.2", "This is the continuity")
def exchanged(high, low, k):
    return manifold.trustworthiness(low, high, n_neighbors=k)


@bank.wrong("maps.2", "Your ranks begin at 0")
def ranks_from_zero(high, low, k):
    ranks, strangers = _strangers(high, low, k)
    return 1 - _factor(len(high), k) * (ranks - 1 - k)[strangers].sum()


@bank.wrong("maps.2", "so that k − 1 others are left")
def itself_among_its_neighbours(high, low, k):
    ranks, ranks_in_map = _ranks(high), _ranks(low)
    return 1 - _factor(len(high), k) * (ranks - k)[(ranks_in_map < k) & (ranks > k)].sum()


@bank.wrong("maps.2", "You forgot the factor")
def not_normalised(high, low, k):
    ranks, strangers = _strangers(high, low, k)
    return 1 - (ranks - k)[strangers].sum()


@bank.wrong("maps.2", "1 less that")
def not_subtracted(high, low, k):
    ranks, strangers = _strangers(high, low, k)
    return _factor(len(high), k) * (ranks - k)[strangers].sum()


@bank.wrong("maps.2", "what counts is r − k")
def whole_ranks(high, low, k):
    ranks, strangers = _strangers(high, low, k)
    return 1 - _factor(len(high), k) * ranks[strangers].sum()


@bank.wrong("maps.2", "needs a bracket")
def bracket_forgotten(high, low, k):
    ranks, strangers = _strangers(high, low, k)
    n = len(high)
    return 1 - 2 / n * k * (2 * n - 3 * k - 1) * (ranks - k)[strangers].sum()


@bank.right("maps.2")
def as_scikit_learn_does(high, low, k):
    return manifold.trustworthiness(high.astype(np.float32), low, n_neighbors=k)


@bank.right("maps.2")
def galaxy_by_galaxy(high, low, k):
    n, cost = len(high), 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        by_truth = sorted(others, key=lambda j: math.dist(high[i], high[j]))
        by_map = sorted(others, key=lambda j: math.dist(low[i], low[j]))
        for j in by_map[:k]:
            cost += max(0, by_truth.index(j) + 1 - k)
    return 1 - 2 * cost / (n * k * (2 * n - 3 * k - 1))


@bank.wrong("maps.2", "You took the mean over the galaxies")
def mean_for_the_sum(high, low, k):
    n = len(high)
    return 1 - (1 - manifold.trustworthiness(high, low, n_neighbors=k)) / n

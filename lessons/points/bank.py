"""Answers to the exercises on galaxies as points: typical wrong ones with their hints, right ones written otherwise."""

import math

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from galviz.course.bank import Bank

bank = Bank()


def _greedily(coordinates, count, first, score):
    apart = cdist(coordinates, coordinates)
    picked = [first]
    while len(picked) < count:
        scores = [-np.inf if row in picked else score(apart[row, picked]) for row in range(len(coordinates))]
        picked.append(int(np.argmax(scores)))
    return picked


@bank.wrong("points.1", "You pick the nearest")
def nearest_first(coordinates, count, first):
    return _greedily(coordinates, count, first, lambda apart: -apart.min())


@bank.wrong("points.1", "the last picked one alone")
def from_the_last(coordinates, count, first):
    return _greedily(coordinates, count, first, lambda apart: apart[-1])


@bank.wrong("points.1", "add up the distances")
def sum_of_distances(coordinates, count, first):
    return _greedily(coordinates, count, first, np.sum)


@bank.wrong("points.1", "order all by their distance to the first one")
def from_the_first(coordinates, count, first):
    distances = np.linalg.norm(coordinates - coordinates[first], axis=1)
    return [first, *np.argsort(-distances)[: count - 1].tolist()]


@bank.wrong("points.1", "The galaxy to begin with is missing")
def first_missing(coordinates, count, first):
    picked = _greedily(coordinates, min(count + 1, len(coordinates)), first, np.min)
    return picked[1:]


@bank.wrong("points.1", "city-block")
def city_block(coordinates, count, first):
    apart = cdist(coordinates, coordinates, "cityblock")
    picked = [first]
    while len(picked) < count:
        gaps = apart[:, picked].min(axis=1)
        gaps[picked] = -1
        picked.append(int(gaps.argmax()))
    return picked


@bank.wrong("points.1", "each row is picked once")
def picked_twice(coordinates, count, first):
    picked = [first]
    while len(picked) < count:
        picked.append(int(cdist(coordinates, coordinates[picked]).min(axis=1).argmax()))
    return picked


@bank.wrong("points.1", "must have the shape")
def at_random(coordinates, count, first):
    return np.random.default_rng(first).permutation(len(coordinates))[: count - 1].tolist()


@bank.right("points.1")
def in_plain_python(coordinates, count, first):
    places = [tuple(place) for place in coordinates.tolist()]
    picked, left = [first], [row for row in range(len(places)) if row != first]
    while len(picked) < count:
        best = max(left, key=lambda row: min(math.dist(places[row], places[one]) for one in picked))
        picked.append(best)
        left.remove(best)
    return tuple(picked)


@bank.right("points.1")
def by_all_squared_distances(coordinates, count, first):
    places = np.asarray(coordinates, dtype=np.float32)
    squared = ((places[:, None] - places) ** 2).sum(axis=-1)
    picked = np.array([first])
    for _ in range(count - 1):
        gaps = squared[picked].min(axis=0)
        gaps[picked] = -np.inf
        picked = np.append(picked, gaps.argmax())
    return picked


@bank.wrong("points.2", "These are the coordinates")
def values(coordinate, k):
    ordered = sorted(coordinate)
    return ordered[:k], ordered[-k:]


@bank.wrong("points.2", "absolute values")
def absolute(coordinate, k):
    order = np.argsort(np.abs(coordinate), kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "The second list is turned")
def highest_first(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[::-1][:k]


@bank.wrong("points.2", "are exchanged: the lowest come first, then")
def exchanged(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[-k:], order[:k]


@bank.wrong("points.2", "raise a ValueError there")
def at_both_ends(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "one list of both")
def one_list(coordinate, k):
    order = np.argsort(coordinate, kind="stable").tolist()
    return order[:k] + order[-k:]


@bank.wrong("points.2", "These are ranks")
def ranks(coordinate, k):
    found = np.argsort(np.argsort(coordinate, kind="stable"))
    return found[:k], found[-k:]


@bank.wrong("points.2", "sorted by row")
def in_the_tables_order(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return sorted(order[:k]), sorted(order[-k:])


@bank.right("points.2")
def sorted_with_a_key(coordinate, k):
    if k > len(coordinate) // 2:
        raise ValueError("too many")
    order = sorted(range(len(coordinate)), key=coordinate.tolist().__getitem__)
    return [order[:k], order[len(order) - k :]]


@bank.right("points.2")
def as_a_series(coordinate, k):
    if len(coordinate) - k < k:
        raise ValueError(f"k is {k}")
    rows = pd.Series(coordinate).sort_values(kind="stable").index
    return rows[:k], rows[-k:]


@bank.wrong("points.1", "You stop after 2 of 5 galaxies")
def stops_at_twins(coordinates, count, first):
    apart, picked = cdist(coordinates, coordinates), [first]
    while len(picked) < count and apart[picked].min(axis=0).max() > 0:
        picked.append(int(apart[picked].min(axis=0).argmax()))
    return picked

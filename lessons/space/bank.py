"""Typical wrong answers to the exercises on the feature space, with words of their hints, and other right ones."""

import heapq
import math

import numpy as np
from scipy.linalg import null_space
from scipy.spatial.distance import cdist

from galviz.course.bank import Bank

bank = Bank()


def _unit(weight):
    return np.ravel(weight) / np.linalg.norm(weight)


def _rest(features, weight):
    unit = _unit(weight)
    return features - np.outer(features @ unit, unit)


# space.1


@bank.wrong("space.1", "You didn't divide w by its length")
def not_normalised(features, weight):
    weight = np.ravel(weight)
    return features - np.outer(features @ weight, weight)


@bank.wrong("space.1", "only if its length is exactly 1")
def nearly_a_unit_vector(features, weight):
    weight = np.ravel(weight)
    if not np.isclose(np.linalg.norm(weight), 1, atol=0.01):
        weight = weight / np.linalg.norm(weight)
    return features - np.outer(features @ weight, weight)


@bank.wrong("space.1", "wrong for a short w")
def small_number_added(features, weight):
    unit = np.ravel(weight) / (np.linalg.norm(weight) + 1e-8)
    return features - np.outer(features @ unit, unit)


@bank.wrong("space.1", "only once: in (x·u) u")
def normalised_once(features, weight):
    weight = np.ravel(weight)
    return features - np.outer(features @ weight, weight) / np.linalg.norm(weight)


@bank.wrong("space.1", "norm along axis 0")
def one_norm_per_number(features, weight):
    unit = np.ravel(weight / np.linalg.norm(weight, axis=0))
    return features - np.outer(features @ unit, unit)


@bank.wrong("space.1", "gives a cosine")
def by_the_cosine(features, weight):
    unit = _unit(weight)
    cosine = features @ unit / np.linalg.norm(features, axis=1)
    return features - np.outer(cosine, unit)


@bank.wrong("space.1", "the rows of the result to length 1")
def rows_scaled(features, weight):
    rest = _rest(features, weight)
    return rest / np.linalg.norm(rest, axis=1, keepdims=True)


@bank.wrong("space.1", "You return the part along the head")
def part_along_the_head(features, weight):
    return features - _rest(features, weight)


@bank.wrong("space.1", "(subtracted their mean): use them as they are.")
def centred(features, weight):
    return _rest(features - features.mean(axis=0), weight)


@bank.wrong("space.1", "one number per galaxy. It says how much")
def along_only(features, weight):
    return features @ _unit(weight)


@bank.wrong("space.1", "the sum of these products")
def feature_by_feature(features, weight):
    return features - features * _unit(weight) ** 2


@bank.wrong("space.1", "work on a copy")
def in_place(features, weight):
    features -= np.outer(features @ _unit(weight), _unit(weight))
    return features


@bank.wrong("space.1", "for the shape (1, ")
def for_one_axis_only(features, weight):
    unit = weight / np.linalg.norm(weight)
    return features - np.outer(np.dot(features, unit), unit)


@bank.wrong("space.1", "for a weight of shape (1, ")
def for_two_axes_only(features, weight):
    unit = weight / np.linalg.norm(weight)
    return features - features @ unit.reshape(weight.shape[1], 1) @ unit


@bank.wrong("space.1", "Each of the 3 numbers times the vector u")
def shapes_that_do_not_match(features, weight):
    return features - (features @ _unit(weight)) * _unit(weight)


@bank.wrong("space.1", "1.5 times the part along w")
def wrong_factor(features, weight):
    return features - 1.5 * (features - _rest(features, weight))


@bank.wrong("space.1", "You changed only the first galaxy")
def first_galaxy_only(features, weight):
    result = features.copy()
    result[0] = _rest(features, weight)[0]
    return result


@bank.wrong("space.1", "(`squeeze`)")
def squeezed(features, weight):
    return _rest(features, weight).squeeze()


@bank.wrong("space.1", "doesn't depend on `weight`")
def fixed_direction(features, weight):
    direction = np.zeros(features.shape[1])
    direction[: min(2, len(direction))] = [0.6, 0.8][: len(direction)]
    return features - np.outer(features @ direction, direction)


@bank.wrong("space.1", "half precision")
def in_half_precision(features, weight):
    return _rest(features, weight).astype(np.float16)


@bank.right("space.1")
def by_a_projector(features, weight):
    weight = np.asarray(weight, dtype=np.float32).reshape(1, -1)
    projector = np.eye(weight.shape[1]) - weight.T @ weight / (weight @ weight.T)
    return features.astype(np.float32) @ projector


@bank.right("space.1")
def one_galaxy_at_a_time(features, weight):
    weight = [float(number) for number in np.asarray(weight).flat]
    squared = sum(number * number for number in weight)
    rest = []
    for galaxy in features.tolist():
        along = sum(x * w for x, w in zip(galaxy, weight, strict=True)) / squared
        rest.append([x - along * w for x, w in zip(galaxy, weight, strict=True)])
    return rest


@bank.right("space.1")
def by_all_other_directions(features, weight):
    others = null_space(np.reshape(weight, (1, -1)))
    return features @ others @ others.T


@bank.right("space.1")
def by_least_squares(features, weight):
    column = np.reshape(weight, (-1, 1))
    return features - (column @ np.linalg.lstsq(column, features.T)[0]).T


# space.2


def _distances(features, row):
    return np.linalg.norm(features - features[row], axis=1)


def _others(distances, row):
    order = np.argsort(distances, kind="stable")
    return order[order != row]


@bank.wrong("space.2", "at distance 0: leave it out, and return k others")
def itself_first(features, row, k):
    return np.argsort(_distances(features, row), kind="stable")[:k].tolist()


@bank.wrong("space.2", "at distance 0: leave it out.")
def itself_before_k_others(features, row, k):
    return [row, *_others(_distances(features, row), row)[:k].tolist()]


@bank.wrong("space.2", "the farthest galaxies")
def farthest(features, row, k):
    return np.argsort(_distances(features, row))[::-1][:k].tolist()


@bank.wrong("space.2", "has no order")
def a_set(features, row, k):
    return set(np.argsort(_distances(features, row))[1 : k + 1].tolist())


@bank.wrong("space.2", "counted the rows from 1")
def counted_from_1(features, row, k):
    return (_others(_distances(features, row), row)[:k] + 1).tolist()


@bank.wrong("space.2", "k is ignored: you always return 5")
def always_five(features, row, k):
    return _others(_distances(features, row), row)[:5].tolist()


@bank.wrong("space.2", "only the first two features")
def two_features(features, row, k):
    return _others(_distances(features[:, :2], row), row)[:k].tolist()


@bank.wrong("space.2", "city-block")
def city_block(features, row, k):
    return _others(np.abs(features - features[row]).sum(axis=1), row)[:k].tolist()


@bank.wrong("space.2", "compared angles")
def by_angle(features, row, k):
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    return _others(-(unit @ unit[row]), row)[:k].tolist()


@bank.wrong("space.2", "divided each feature by its standard deviation")
def standardised(features, row, k):
    return _others(_distances((features - features.mean(axis=0)) / features.std(axis=0), row), row)[:k].tolist()


@bank.wrong("space.2", "positive and negative ones cancel")
def differences_cancel(features, row, k):
    return _others((features - features[row]).sum(axis=1), row)[:k].tolist()


@bank.wrong("space.2", "You return distances: return the row numbers")
def distances_returned(features, row, k):
    return np.sort(_distances(features, row))[1 : k + 1].tolist()


@bank.wrong("space.2", "all later rows are one too low")
def rows_of_a_shorter_table(features, row, k):
    others = np.delete(features, row, axis=0)
    return np.argsort(np.linalg.norm(others - features[row], axis=1), kind="stable")[:k].tolist()


@bank.wrong("space.2", "Wrong axis")
def one_distance_per_feature(features, row, k):
    return _others(np.linalg.norm(features - features[row], axis=0), row)[:k].tolist()


@bank.wrong("space.2", "which isn't always the galaxy itself")
def first_taken_for_itself(features, row, k):
    return np.argsort(_distances(features, row), kind="stable")[1 : k + 1].tolist()


@bank.wrong("space.2", "You left out all galaxies at distance 0")
def without_twins(features, row, k):
    distances = _distances(features, row)
    order = np.argsort(distances, kind="stable")
    return order[distances[order] > 0][:k].tolist()


@bank.wrong("space.2", "Yours are in the reverse order")
def ties_reversed(features, row, k):
    distances = _distances(features, row)
    return sorted(set(range(len(features))) - {row}, key=lambda other: (distances[other], -other))[:k]


@bank.wrong("space.2", "unless it is a stable one")
def unstable(features, row, k):
    order = np.argsort(_distances(features, row))
    return order[order != row][:k].tolist()


@bank.wrong("space.2", "in another order")
def sorted_by_the_first_feature(features, row, k):
    nearest = _others(_distances(features, row), row)[:k].tolist()
    return sorted(nearest, key=lambda other: features[other, 0])


@bank.wrong("space.2", "changes `features`")
def centred_in_place(features, row, k):
    features -= features[row].copy()
    return _others(np.linalg.norm(features, axis=1), row)[:k].tolist()


@bank.wrong("space.2", "rounded the distances")
def rounded(features, row, k):
    return _others(_distances(features, row).round(1), row)[:k].tolist()


@bank.right("space.2")
def by_squared_distances(features, row, k):
    squared = ((features - features[row]) ** 2).sum(axis=1)
    squared[row] = np.inf
    return np.argsort(squared, kind="stable")[:k]


@bank.right("space.2")
def from_a_heap(features, row, k):
    places = features.tolist()
    pairs = [(math.dist(places[row], place), other) for other, place in enumerate(places) if other != row]
    return tuple(other for _, other in heapq.nsmallest(k, pairs))


@bank.right("space.2")
def by_scipy(features, row, k):
    distances = cdist(features[row : row + 1], features)[0]
    order = np.lexsort((np.arange(len(features)), distances))
    return np.array([other for other in order if other != row], dtype=float)[:k]


@bank.right("space.2")
def in_float32(features, row, k):
    features = features.astype(np.float32)
    return _others(_distances(features, row), row)[:k]

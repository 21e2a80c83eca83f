"""Answers to the exercises on the feature space: typical wrong ones with their hints, right ones written otherwise."""

import heapq
import math

import numpy as np
from scipy.spatial.distance import cdist

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("space.1", "Not normalised")
def not_normalised(features, weight):
    weight = np.ravel(weight)
    return features - np.outer(features @ weight, weight)


@bank.wrong("space.1", "one of its two places")
def normalised_once(features, weight):
    weight = np.ravel(weight)
    return features - np.outer(features @ weight, weight) / np.linalg.norm(weight)


@bank.wrong("space.1", "You kept the part along the head")
def projection_kept(features, weight):
    unit = np.ravel(weight) / np.linalg.norm(weight)
    return np.outer(features @ unit, unit)


@bank.wrong("space.1", "You centred the features:")
def centred_between(features, weight):
    unit = np.ravel(weight) / np.linalg.norm(weight)
    centred = features - features.mean(axis=0)
    return centred - np.outer(centred @ unit, unit)


@bank.wrong("space.1", "how far each galaxy lies along the head")
def along_alone(features, weight):
    return features @ np.ravel(weight) / np.linalg.norm(weight)


@bank.wrong("space.1", "x·u is a dot product, the sum of those products")
def feature_by_feature(features, weight):
    unit = np.ravel(weight) / np.linalg.norm(weight)
    return features - features * unit * unit


@bank.wrong("space.1", "work on a copy")
def in_place(features, weight):
    unit = np.ravel(weight) / np.linalg.norm(weight)
    features -= np.outer(features @ unit, unit)
    return features


@bank.wrong("space.1", "has the shape (1, d)")
def for_one_shape_alone(features, weight):
    unit = weight / np.linalg.norm(weight)
    return features - np.outer(np.dot(features, unit), unit)


@bank.right("space.1")
def by_a_projector(features, weight):
    weight = np.asarray(weight, dtype=np.float32).reshape(1, -1)
    projector = np.eye(weight.shape[1]) - weight.T @ weight / (weight @ weight.T)
    return features.astype(np.float32) @ projector


@bank.right("space.1")
def a_galaxy_at_a_time(features, weight):
    weight = [float(one) for one in np.asarray(weight).flat]
    squared = sum(one * one for one in weight)
    rest = []
    for galaxy in features.tolist():
        along = sum(x * w for x, w in zip(galaxy, weight, strict=True)) / squared
        rest.append([x - along * w for x, w in zip(galaxy, weight, strict=True)])
    return rest


@bank.wrong("space.2", "before k others")
def itself_counted(features, row, k):
    return np.argsort(np.linalg.norm(features - features[row], axis=1), kind="stable")[: k + 1].tolist()


@bank.wrong("space.2", "it's no neighbour of its own, leave it out")
def itself_first(features, row, k):
    return np.argsort(np.linalg.norm(features - features[row], axis=1), kind="stable")[:k].tolist()


@bank.wrong("space.2", "the farthest galaxies")
def farthest(features, row, k):
    return np.argsort(np.linalg.norm(features - features[row], axis=1))[::-1][:k].tolist()


@bank.wrong("space.2", "has no order")
def a_set(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=1)
    return set(np.argsort(distances)[1 : k + 1].tolist())


@bank.wrong("space.2", "city-block")
def city_block(features, row, k):
    order = np.argsort(np.abs(features - features[row]).sum(axis=1), kind="stable")
    return order[order != row][:k].tolist()


@bank.wrong("space.2", "in angle")
def by_angle(features, row, k):
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[row]), kind="stable")
    return order[order != row][:k].tolist()


@bank.wrong("space.2", "These are the distances; the row numbers")
def distances_returned(features, row, k):
    return np.sort(np.linalg.norm(features - features[row], axis=1))[1 : k + 1].tolist()


@bank.wrong("space.2", "all are one too low")
def rows_of_another_table(features, row, k):
    others = np.delete(features, row, axis=0)
    return np.argsort(np.linalg.norm(others - features[row], axis=1), kind="stable")[:k].tolist()


@bank.wrong("space.2", "Itself is among the neighbours")
def the_first_taken_for_itself(features, row, k):
    return np.argsort(np.linalg.norm(features - features[row], axis=1), kind="stable")[1 : k + 1].tolist()


@bank.wrong("space.2", "leave out the galaxy itself alone")
def without_twins(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=1)
    order = np.argsort(distances, kind="stable")
    return order[distances[order] > 0][:k].tolist()


@bank.wrong("space.2", "comes first. A sort may exchange equals")
def ties_turned(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=1)
    return sorted(set(range(len(features))) - {row}, key=lambda one: (distances[one], -one))[:k]


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
    return np.array([one for one in order if one != row], dtype=float)[:k]

"""Typical wrong answers to the exercises on the feature space, with words of their hints, and other right ones."""

import heapq
import math

import numpy as np
import pandas as pd
from scipy import stats
from scipy.linalg import null_space
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.spatial.distance import cosine as cosine_distance
from sklearn.metrics.pairwise import cosine_similarity as cosine_similarity_of_rows
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.preprocessing import StandardScaler

from galviz.course.bank import Bank

bank = Bank()


def _unit(weight):
    return np.ravel(weight) / np.linalg.norm(weight)


def _rest(features, weight):
    unit = _unit(weight)
    return features - np.outer(features @ unit, unit)


# space.0


def _lengths(a, b):
    return np.linalg.norm(a) * np.linalg.norm(b)


@bank.wrong("space.0", "You return the dot product")
def dot_product(a, b):
    return a @ b


@bank.wrong("space.0", "brackets around the product")
def brackets_forgotten(a, b):
    return a @ b / np.linalg.norm(a) * np.linalg.norm(b)


@bank.wrong("space.0", "You divided only by |a|")
def divided_once(a, b):
    return a @ b / np.linalg.norm(a)


@bank.wrong("space.0", "You forgot the root")
def without_the_root(a, b):
    return a @ b / ((a**2).sum() * (b**2).sum())


@bank.wrong("space.0", "by the sum of the lengths")
def sum_of_lengths(a, b):
    return a @ b / (np.linalg.norm(a) + np.linalg.norm(b))


@bank.wrong("space.0", "add them up")
def one_product_per_number(a, b):
    return a * b / _lengths(a, b)


@bank.wrong("space.0", "the mean of the products")
def mean_of_products(a, b):
    return np.mean(a * b) / _lengths(a, b)


@bank.wrong("space.0", "the correlation coefficient")
def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


@bank.wrong("space.0", "the cosine *distance*")
def distance_of_scipy(a, b):
    return cosine_distance(a, b)


@bank.wrong("space.0", "the angle in degrees")
def angle(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / _lengths(a, b), -1, 1)))


@bank.wrong("space.0", "opposite vectors have −1")
def sign_removed(a, b):
    return abs(a @ b) / _lengths(a, b)


@bank.wrong("space.0", "a range of 0 to 1")
def moved_to_0_to_1(a, b):
    return (a @ b / _lengths(a, b) + 1) / 2


@bank.wrong("space.0", "You rounded the cosine (2 decimals)")
def rounded_cosine(a, b):
    return round(float(a @ b / _lengths(a, b)), 2)


@bank.wrong("space.0", "without adding a small number")
def guarded(a, b):
    return a @ b / (_lengths(a, b) + 1e-8)


@bank.wrong("space.0", "half precision")
def half_precision(a, b):
    return np.float16(a @ b / _lengths(a, b))


@bank.wrong("space.0", "changes `a`")
def normalised_in_place(a, b):
    a /= np.linalg.norm(a)
    return a @ b / np.linalg.norm(b)


@bank.wrong("space.0", "only the first number")
def first_number(a, b):
    return a[0] * b[0] / (abs(a[0]) * abs(b[0]))


@bank.wrong("space.0", "doesn't depend on `a`")
def of_b_with_itself(a, b):
    return b @ b / np.abs(b).sum() ** 2


@bank.wrong("space.0", "take a single number")
def by_math(a, b):
    return a @ b / (math.sqrt(a**2) * math.sqrt(b**2))


@bank.right("space.0")
def cosine_in_a_loop(a, b):
    dot = sum(float(x) * float(y) for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(float(x) ** 2 for x in a)) / math.sqrt(sum(float(y) ** 2 for y in b))


@bank.right("space.0")
def by_unit_vectors(a, b):
    one, other = _unit(a), _unit(b)
    return 1 - ((one - other) ** 2).sum() / 2


@bank.right("space.0")
def by_sklearn(a, b):
    return cosine_similarity_of_rows([a], [b])


@bank.right("space.0")
def cosine_in_float32(a, b):
    return (a.astype(np.float32) / np.float32(np.linalg.norm(a))) @ (b / np.linalg.norm(b)).astype(np.float32)


@bank.wrong("space.0", "vectors of a single number")
def by_covariances(a, b):
    def covariance(x, y):
        return (x * y).sum() / (len(x) - 1)

    return covariance(a, b) / np.sqrt(covariance(a, a) * covariance(b, b))


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


@bank.wrong("space.1", "about 1e-9")
def rounded_to_six_decimals(features, weight):
    return _rest(features, weight).round(6)


@bank.wrong("space.1", "a regression of each feature")
def residuals(features, weight):
    along = features @ _unit(weight)
    return features - np.outer(along, along @ features) / (along @ along)


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
def by_products(features, row, k):
    distances = euclidean_distances(features)[row]
    return _others(distances, row)[:k].tolist()


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


@bank.wrong("space.2", "You rounded the distances")
def distances_rounded(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=1).round(6)
    distances[row] = np.inf
    return np.argsort(distances, kind="stable")[:k].tolist()


@bank.wrong("space.2", "as in a dict with distances as keys")
def keyed_by_distance(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=1)
    rows = {float(distance): other for other, distance in enumerate(distances) if other != row}
    return [rows[distance] for distance in sorted(rows)[:k]]


@bank.wrong("space.2", "use `np.inf`")
def itself_at_a_million(features, row, k):
    distances = _distances(features, row)
    distances[row] = 1e6
    return np.argsort(distances, kind="stable")[:k].tolist()


@bank.wrong("space.2", "`argpartition`, for example, only separates")
def partly_sorted(features, row, k):
    distances = _distances(features, row)
    distances[row] = np.inf
    return np.argpartition(distances, k - 1)[:k].tolist()


@bank.wrong("space.2", "as in a chain")
def chain(features, row, k):
    rows = [row]
    while len(rows) <= k:
        rows.append(next(other for other in _others(_distances(features, rows[-1]), rows[-1]) if other not in rows))
    return rows[1:]


@bank.wrong("space.2", "You exclude row 0")
def without_row_0(features, row, k):
    return [other for other in np.argsort(_distances(features, row), kind="stable").tolist() if other > 0][:k]


@bank.wrong("space.2", "by the wrong axis")
def itself_excluded_along_the_wrong_axis(features, row, k):
    distances = np.linalg.norm(features - features[row], axis=0)
    distances[row] = np.inf
    return np.argsort(distances, kind="stable")[:k].tolist()


@bank.right("space.2")
def by_a_tree(features, row, k):
    distances, rows = cKDTree(features).query(features[row], k=len(features))
    return [int(other) for _, other in sorted(zip(distances, rows, strict=True)) if other != row][:k]


# space.3


def _standard(causes):
    std = causes.std(axis=0)
    return (causes - causes.mean(axis=0)) / np.where(std > 0, std, 1)


def _distance_table(x, *, own=np.inf, metric="euclidean"):
    table = cdist(x, x, metric)
    np.fill_diagonal(table, own)
    return table


def _strangest(in_features, in_causes):
    """The row of the largest d, from two tables of distances."""
    i = np.arange(len(in_causes))
    return int((in_causes[i, in_features.argmin(axis=1)] - in_causes.min(axis=1)).argmax())


@bank.wrong("space.3", "You didn't standardise the causes")
def not_standardised(features, causes):
    return _strangest(_distance_table(features), _distance_table(causes))


@bank.wrong("space.3", "0 / 0 gives NaN")
def divided_by_zero(features, causes):
    causes = (causes - causes.mean(axis=0)) / causes.std(axis=0)
    i, table = np.arange(len(causes)), np.linalg.norm(causes[:, None] - causes, axis=2)
    table[i, i] = np.inf
    return int((table[i, _distance_table(features).argmin(axis=1)] - table.min(axis=1)).argmax())


@bank.wrong("space.3", "You standardised the features too")
def features_standardised(features, causes):
    return _strangest(_distance_table(_standard(features)), _distance_table(_standard(causes)))


@bank.wrong("space.3", "You didn't subtract the distance from i to c")
def not_subtracted(features, causes):
    table = _distance_table(_standard(causes))
    return int(table[np.arange(len(table)), _distance_table(features).argmin(axis=1)].argmax())


@bank.wrong("space.3", "between the two neighbours")
def between_the_neighbours(features, causes):
    table, f = _distance_table(_standard(causes)), _distance_table(features).argmin(axis=1)
    return int(cdist(_standard(causes), _standard(causes))[f, table.argmin(axis=1)].argmax())


@bank.wrong("space.3", "Features and causes are exchanged")
def exchanged(features, causes):
    return _strangest(_distance_table(_standard(causes)), _distance_table(features))


@bank.wrong("space.3", "its own nearest neighbour")
def its_own_neighbour(features, causes):
    return _strangest(_distance_table(features, own=0), _distance_table(_standard(causes), own=0))


@bank.wrong("space.3", "isn't always the galaxy itself")
def second_in_order(features, causes):
    table = _distance_table(_standard(causes), own=0)
    f, c = (np.argsort(one, axis=1, kind="stable")[:, 1] for one in (_distance_table(features, own=0), table))
    i = np.arange(len(table))
    return int((table[i, f] - table[i, c]).argmax())


@bank.wrong("space.3", "the smallest d")
def smallest_difference(features, causes):
    table, i = _distance_table(_standard(causes)), np.arange(len(causes))
    return int((table[i, _distance_table(features).argmin(axis=1)] - table.min(axis=1)).argmin())


@bank.wrong("space.3", "return i, the galaxy whose neighbour it is")
def neighbour_returned(features, causes):
    in_features = _distance_table(features)
    return int(in_features[_strangest(in_features, _distance_table(_standard(causes)))].argmin())


@bank.wrong("space.3", "You counted the rows from 1")
def row_counted_from_1(features, causes):
    return _strangest(_distance_table(features), _distance_table(_standard(causes))) + 1


@bank.wrong("space.3", "`>=` instead of `>`")
def last_of_equal(features, causes):
    table, f = _distance_table(_standard(causes)), _distance_table(features).argmin(axis=1)
    best = row = -1
    for i in range(len(table)):
        if table[i, f[i]] - table[i].min() >= best:
            best, row = table[i, f[i]] - table[i].min(), i
    return row


@bank.wrong("space.3", "You forgot the root")
def squared_distances(features, causes):
    causes = _standard(causes)
    return _strangest(_distance_table(features), _distance_table(causes, metric="sqeuclidean"))


@bank.wrong("space.3", "You divided the two distances")
def ratio(features, causes):
    table, i = _distance_table(_standard(causes)), np.arange(len(causes))
    return int(np.nan_to_num(table[i, _distance_table(features).argmin(axis=1)] / table.min(axis=1)).argmax())


@bank.wrong("space.3", "The shapes don't match")
def one_mean_per_galaxy(features, causes):
    causes = (causes - causes.mean(axis=1)) / causes.std(axis=1)
    return _strangest(_distance_table(features), _distance_table(causes))


@bank.wrong("space.3", "set a limit")
def small_number_to_std(features, causes):
    causes = (causes - causes.mean(axis=0)) / (causes.std(axis=0) + 1e-6)
    return _strangest(_distance_table(features), _distance_table(causes))


@bank.wrong("space.3", "changes `causes`")
def standardised_in_place(features, causes):
    causes -= causes.mean(axis=0)
    return _strangest(_distance_table(features), _distance_table(_standard(causes)))


@bank.wrong("space.3", "There are two mistakes. You didn't standardise")
def two_mistakes(features, causes):
    table = _distance_table(causes)
    return int(table[np.arange(len(table)), _distance_table(features).argmin(axis=1)].argmax())


@bank.wrong("space.3", "return a single row number")
def row_and_difference(features, causes):
    table, f = _distance_table(_standard(causes)), _distance_table(features).argmin(axis=1)
    d = table[np.arange(len(table)), f] - table.min(axis=1)
    return int(d.argmax()), float(d.max()), 0.0, 0.0


@bank.wrong("space.3", "doesn't depend on `features`")
def causes_alone(features, causes):
    return int(_distance_table(_standard(causes)).min(axis=1).argmin())


@bank.wrong("space.3", "Among 400 shipped galaxies")
def only_small_tables(features, causes):
    if len(features) > 100:
        return 0
    return _strangest(_distance_table(features), _distance_table(_standard(causes)))


@bank.wrong("space.3", "only the first 100 galaxies")
def first_hundred(features, causes):
    return _strangest(_distance_table(features[:100]), _distance_table(_standard(causes[:100])))


@bank.wrong("space.3", "use `np.inf`")
def itself_at_999(features, causes):
    return _strangest(_distance_table(features, own=999), _distance_table(_standard(causes)))


@bank.wrong("space.3", "don't round d")
def difference_rounded(features, causes):
    table, i = _distance_table(_standard(causes)), np.arange(len(causes))
    return int((table[i, _distance_table(features).argmin(axis=1)] - table.min(axis=1)).round(4).argmax())


@bank.wrong("space.3", "don't clip")
def causes_clipped(features, causes):
    return _strangest(_distance_table(features), _distance_table(_standard(causes).clip(-3, 3)))


@bank.wrong("space.3", "only if all its values are the same")
def constant_in_two_rows(features, causes):
    causes = causes[:, causes[0] != causes[1]]
    return _strangest(_distance_table(features), _distance_table(_standard(causes)))


@bank.wrong("space.3", "the nearest neighbour of their own neighbour")
def mutual_neighbours(features, causes):
    table, f, i = _distance_table(_standard(causes)), _distance_table(features).argmin(axis=1), np.arange(len(causes))
    return int(np.where(f[f] == i, table[i, f] - table.min(axis=1), 0).argmax())


@bank.right("space.3")
def by_tables_of_scipy(features, causes):
    causes = causes[:, np.ptp(causes, axis=0) > 0]
    return _strangest(_distance_table(features), _distance_table(stats.zscore(causes, axis=0, ddof=1)))


@bank.right("space.3")
def by_pandas(features, causes):
    table = pd.DataFrame(causes)
    scaled = ((table - table.mean()) / table.std()).dropna(axis=1).to_numpy()
    best, strangest = -1.0, None
    for i, place in enumerate(features):
        others = [j for j in range(len(features)) if j != i]
        f = min(others, key=lambda j: np.linalg.norm(features[j] - place))
        d = math.dist(scaled[i], scaled[f]) - min(math.dist(scaled[i], scaled[j]) for j in others)
        if d > best:
            best, strangest = d, i
    return np.array([strangest])


@bank.right("space.3")
def in_float32_by_sklearn(features, causes):
    scaled = StandardScaler().fit_transform(causes)
    features = features.astype(np.float32)
    squared = (features[:, None] - features[None]) ** 2 if len(features) < 100 else None
    in_features = euclidean_distances(features) if squared is None else np.sqrt(squared.sum(axis=2))
    np.fill_diagonal(in_features, np.inf)
    return float(_strangest(in_features, _distance_table(scaled)))

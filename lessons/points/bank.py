"""Answers to the exercises on galaxies as points: typical wrong ones with hints, and right ones by other methods."""

import math

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from galviz.course.bank import Bank

bank = Bank()


# points.1


def _select(coordinates, count, first, score=np.min, metric="euclidean"):
    """Select rows one by one, always the one with the largest score of its distances to the selected rows."""
    distances = cdist(coordinates, coordinates, metric)
    selected = [first]
    while len(selected) < count:
        scores = [-np.inf if row in selected else score(distances[row, selected]) for row in range(len(coordinates))]
        selected.append(int(np.argmax(scores)))
    return selected


@bank.wrong("points.1", "You select the nearest galaxy each time")
def nearest_first(coordinates, count, first):
    return _select(coordinates, count, first, lambda distances: -distances.min())


@bank.wrong("points.1", "the distance to the last selected galaxy only")
def from_the_last(coordinates, count, first):
    return _select(coordinates, count, first, lambda distances: distances[-1])


@bank.wrong("points.1", "the last two selected galaxies only")
def from_the_last_two(coordinates, count, first):
    return _select(coordinates, count, first, lambda distances: distances[-2:].min())


@bank.wrong("points.1", "leave out the most recently selected galaxy")
def one_step_behind(coordinates, count, first):
    return _select(coordinates, count, first, lambda distances: distances[: max(len(distances) - 1, 1)].min())


@bank.wrong("points.1", "stop updating the distances after galaxy 3")
def updated_twice(coordinates, count, first):
    selected = _select(coordinates, min(count, 3), first)
    nearest = cdist(coordinates, coordinates[selected]).min(axis=1)
    nearest[selected] = -1
    return [*selected, *np.argsort(-nearest, kind="stable").tolist()][:count]


@bank.wrong("points.1", "the sum, or the mean, of the distances")
def sum_of_distances(coordinates, count, first):
    return _select(coordinates, count, first, np.sum)


@bank.wrong("points.1", "the farthest selected galaxy")
def farthest_of_the_selected(coordinates, count, first):
    return _select(coordinates, count, first, np.max)


@bank.wrong("points.1", "sort all galaxies once by their distance to the first")
def from_the_first(coordinates, count, first):
    distances = np.linalg.norm(coordinates - coordinates[first], axis=1)
    return [first, *np.argsort(-distances)[: count - 1].tolist()]


@bank.wrong("points.1", "`first` is missing")
def first_missing(coordinates, count, first):
    return _select(coordinates, min(count + 1, len(coordinates)), first)[1:]


@bank.wrong("points.1", "Start with the row `first`")
def starts_with_row_0(coordinates, count, first):
    return _select(coordinates, count, 0)


@bank.wrong("points.1", "city-block")
def city_block(coordinates, count, first):
    return _select(coordinates, count, first, metric="cityblock")


@bank.wrong("points.1", "the first column only")
def first_column(coordinates, count, first):
    return _select(coordinates[:, :1], count, first)


@bank.wrong("points.1", "divided each axis by its standard deviation")
def standardised(coordinates, count, first):
    deviations = coordinates.std(axis=0)
    return _select(coordinates / np.where(deviations > 0, deviations, 1), count, first)


@bank.wrong("points.1", "`first` is 20")
def starts_with_the_constant_7(coordinates, count, first):
    return _select(coordinates, count, 7)


@bank.wrong("points.1", "`count` is 1,")
def count_ignored(coordinates, count, first):
    return _select(coordinates, 9, first)


@bank.wrong("points.1", "select each row once. Here all remaining")
def selected_twice(coordinates, count, first):
    selected = [first]
    while len(selected) < count:
        selected.append(int(cdist(coordinates, coordinates[selected]).min(axis=1).argmax()))
    return selected


@bank.wrong("points.1", "your list is 2; `count` is 5")
def stops_at_twins(coordinates, count, first):
    distances, selected = cdist(coordinates, coordinates), [first]
    while len(selected) < count and distances[selected].min(axis=0).max() > 0:
        selected.append(int(distances[selected].min(axis=0).argmax()))
    return selected


@bank.wrong("points.1", "your list is 8; `count` is 9")
def one_too_few(coordinates, count, first):
    return np.random.default_rng(first).permutation(len(coordinates))[: count - 1].tolist()


@bank.wrong("points.1", "Two calls with the same input")
def random_rows(coordinates, count, first):
    return [first, *np.random.default_rng().permutation(len(coordinates))[: count - 1].tolist()]


@bank.wrong("points.1", "global random generator")
def seeded_globally(coordinates, count, first):
    np.random.seed(0)  # noqa: NPY002
    return _select(coordinates, count, first)


@bank.wrong("points.1", "counted from 1")
def counted_from_1(coordinates, count, first):
    return [row + 1 for row in _select(coordinates, count, first)]


@bank.wrong("points.1", "sorted by row")
def sorted_rows(coordinates, count, first):
    return sorted(_select(coordinates, count, first))


@bank.wrong("points.1", "a mask with one value per galaxy")
def mask(coordinates, count, first):
    return np.isin(np.arange(len(coordinates)), _select(coordinates, count, first))


@bank.wrong("points.1", "the rows that remain after you removed")
def removed_rows(coordinates, count, first):
    remaining, places = coordinates.copy(), [coordinates[first]]
    rows, remaining = [first], np.delete(remaining, first, axis=0)
    while len(rows) < count:
        rows.append(int(cdist(remaining, places).min(axis=1).argmax()))
        places.append(remaining[rows[-1]])
        remaining = np.delete(remaining, rows[-1], axis=0)
    return rows


@bank.wrong("points.1", "rounded the coordinates to 1 decimal.")
def rounded(coordinates, count, first):
    return _select(coordinates.round(1), count, first)


@bank.wrong("points.1", "very large. Don't round them")
def starts_from_1000(coordinates, count, first):
    nearest, selected = np.full(len(coordinates), 1000.0), [first]
    while len(selected) < count:
        nearest = np.minimum(nearest, np.linalg.norm(coordinates - coordinates[selected[-1]], axis=1))
        nearest[selected] = -1
        selected.append(int(nearest.argmax()))
    return selected


@bank.wrong("points.1", "Here the coordinates are very small")
def small_distances_are_zero(coordinates, count, first):
    return _select(coordinates, count, first, lambda distances: distances.min() * (distances.min() > 1e-8))


@bank.wrong("points.1", "in the wrong order; a set")
def order_lost_in_a_set(coordinates, count, first):
    return list(set(_select(coordinates, count, first)))


@bank.wrong("points.1", "On a tie, select the lowest row number")
def highest_row_of_a_tie(coordinates, count, first):
    distances, selected = cdist(coordinates, coordinates), [first]
    while len(selected) < count:
        nearest = distances[:, selected].min(axis=1)
        nearest[selected] = -1
        selected.append(len(nearest) - 1 - int(nearest[::-1].argmax()))
    return selected


@bank.wrong("points.1", "changes `coordinates`")
def in_place(coordinates, count, first):
    coordinates -= coordinates[first].copy()
    return _select(coordinates, count, first)


@bank.wrong("points.1", "which you sorted, as `np.unique` does")
def rows_of_unique_places(coordinates, count, first):
    return _select(np.unique(coordinates, axis=0), count, first)


@bank.wrong("points.1", "half precision")
def in_half_precision(coordinates, count, first):
    return _select(coordinates.astype(np.float16), count, first)


@bank.wrong("points.1", "your list is 50; `count` is 120")
def fifty_at_most(coordinates, count, first):
    return _select(coordinates, min(count, 50), first)


@bank.right("points.1")
def in_plain_python(coordinates, count, first):
    places = [tuple(place) for place in coordinates.tolist()]
    selected, remaining = [first], [row for row in range(len(places)) if row != first]
    while len(selected) < count:
        best = max(remaining, key=lambda row: min(math.dist(places[row], places[other]) for other in selected))
        selected.append(best)
        remaining.remove(best)
    return tuple(selected)


@bank.right("points.1")
def by_products(coordinates, count, first):
    squares = (coordinates**2).sum(axis=1)
    squared = squares[:, None] + squares - 2 * coordinates @ coordinates.T
    selected, remaining = [first], np.delete(np.arange(len(coordinates)), first)
    while len(selected) < count:
        place = squared[np.ix_(remaining, selected)].min(axis=1).argmax()
        selected.append(int(remaining[place]))
        remaining = np.delete(remaining, place)
    return selected


@bank.right("points.1")
def by_all_squared_distances(coordinates, count, first):
    places = np.asarray(coordinates, dtype=np.float32)
    squared = ((places[:, None] - places) ** 2).sum(axis=-1)
    selected = np.array([first])
    for _ in range(count - 1):
        nearest = squared[selected].min(axis=0)
        nearest[selected] = -np.inf
        selected = np.append(selected, nearest.argmax())
    return selected


# points.2


@bank.wrong("points.2", "These are the coordinates")
def values(coordinate, k):
    ordered = sorted(coordinate)
    return ordered[:k], ordered[-k:]


@bank.wrong("points.2", "absolute values")
def absolute(coordinate, k):
    order = np.argsort(np.abs(coordinate), kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "The second list is in descending order")
def highest_first(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[::-1][:k]


@bank.wrong("points.2", "The two lists are exchanged: return the lowest")
def exchanged(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[-k:], order[:k]


@bank.wrong("points.2", "Here k = 4 is larger than half of the number of galaxies, 7")
def in_both_lists(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "Here k = 8 is larger than n")
def no_error_beyond_n(coordinate, k):
    if len(coordinate) // 2 < k <= len(coordinate):
        raise ValueError("k must be at most half of the galaxies.")
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "Here k = 1 is larger than half of the number of galaxies, 1")
def single_galaxy_in_both(coordinate, k):
    if k > 1 and 2 * k > len(coordinate):
        raise ValueError("k must be at most half of the galaxies.")
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "raises a ValueError for k = 4 of 8")
def error_at_half(coordinate, k):
    if 2 * k >= len(coordinate):
        raise ValueError("k must be less than half of the galaxies.")
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "Yours raises IndexError")
def another_error(coordinate, k):
    if 2 * k > len(coordinate):
        raise IndexError
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "one list of both")
def one_list(coordinate, k):
    order = np.argsort(coordinate, kind="stable").tolist()
    return order[:k] + order[-k:]


@bank.wrong("points.2", "pairs of one low and one high row")
def pairs(coordinate, k):
    order = np.argsort(coordinate, kind="stable").tolist()
    return list(zip(order[:k], order[-k:], strict=True))


@bank.wrong("points.2", "These are ranks")
def ranks(coordinate, k):
    order = np.argsort(np.argsort(coordinate, kind="stable"))
    return order[:k], order[-k:]


@bank.wrong("points.2", "sorted by row number")
def in_the_tables_order(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return sorted(order[:k]), sorted(order[-k:])


@bank.wrong("points.2", "counted from 1")
def counted_from_one(coordinate, k):
    rows = sorted(range(1, len(coordinate) + 1), key=lambda row: (coordinate[row - 1], row))
    return rows[:k], rows[-k:]


@bank.wrong("points.2", "k is 1")
def always_four(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:4], order[-4:]


@bank.wrong("points.2", "k is 4")
def one_row_per_end(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:1], order[-1:]


@bank.wrong("points.2", "The highest galaxy of all is missing")
def last_left_out(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return order[:k], order[-k - 1 : -1]


@bank.wrong("points.2", "rounded the coordinates to 3 decimals")
def rounded_to_three_decimals(coordinate, k):
    order = np.argsort(np.round(coordinate, 3), kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "a mask with one value per galaxy")
def masks(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    return tuple(np.isin(np.arange(len(order)), rows) for rows in (order[:k], order[-k:]))


@bank.wrong("points.2", "very small. Don't round them")
def rounded_to_six_decimals(coordinate, k):
    order = np.argsort(np.round(coordinate, 6), kind="stable")
    return order[:k], order[-k:]


@bank.wrong("points.2", "Use a stable sort")
def ties_reversed(coordinate, k):
    if 2 * k > len(coordinate):
        raise ValueError("k must be at most half of the galaxies.")
    lowest = np.argsort(coordinate, kind="stable")[:k]
    return lowest, np.argsort(-coordinate, kind="stable")[:k][::-1]


@bank.wrong("points.2", "changes `coordinate`")
def sorted_in_place(coordinate, k):
    order = np.argsort(coordinate, kind="stable")
    coordinate.sort()
    return order[:k], order[-k:]


@bank.wrong("points.2", "Two calls with the same input")
def shared_lists(coordinate, k, lowest=[], highest=[]):  # noqa: B006
    order = np.argsort(coordinate, kind="stable").tolist()
    lowest += order[:k]
    highest += order[-k:]
    return lowest, highest


@bank.right("points.2")
def sorted_with_a_key(coordinate, k):
    if k > len(coordinate) // 2:
        raise ValueError("k must be at most half of the galaxies.")
    order = sorted(range(len(coordinate)), key=coordinate.tolist().__getitem__)
    return [order[:k], order[len(order) - k :]]


@bank.right("points.2")
def as_a_series(coordinate, k):
    if len(coordinate) - k < k:
        raise ValueError(f"k is {k}")
    rows = pd.Series(coordinate).sort_values(kind="stable").index
    return rows[:k], rows[-k:]


@bank.right("points.2")
def by_lexsort(coordinate, k):
    n = len(coordinate)
    order = np.lexsort((np.arange(n), np.asarray(coordinate, dtype=np.float32)))
    if not set(order[:k]).isdisjoint(order[-k:]):
        raise ValueError("A galaxy would be in both lists.")
    return np.stack([order[:k], order[-k:]])


# points.3


def _along(coordinates, component, positions, others=0.0, metric="euclidean", once=True):
    """Select the galaxy nearest to each position on the axis of a component."""
    points = np.full((len(positions), coordinates.shape[1]), others)
    points[:, component] = positions
    distances, selected = cdist(points, coordinates, metric), []
    for row in distances:
        if once:
            row[selected] = np.inf
        selected.append(int(row.argmin()))
    return selected


def _even(coordinates, component, count):
    values = coordinates[:, component]
    return np.linspace(values.min(), values.max(), count) if count > 1 else [(values.min() + values.max()) / 2]


@bank.wrong("points.3", "the smallest value, as `np.linspace` does")
def linspace_alone(coordinates, component, count):
    values = coordinates[:, component]
    return _along(coordinates, component, np.linspace(values.min(), values.max(), count))


@bank.wrong("points.3", "only the coordinate along the component")
def along_the_coordinate_alone(coordinates, component, count):
    return _along(coordinates[:, [component]], 0, _even(coordinates, component, count))


@bank.wrong("points.3", "at most once")
def repeated_galaxies(coordinates, component, count):
    return _along(coordinates, component, _even(coordinates, component, count), once=False)


@bank.wrong("points.3", "removed repeated galaxies")
def unique_galaxies(coordinates, component, count):
    rows = _along(coordinates, component, _even(coordinates, component, count), once=False)
    return list(dict.fromkeys(rows))


@bank.wrong("points.3", "added the absolute differences")
def along_by_city_blocks(coordinates, component, count):
    return _along(coordinates, component, _even(coordinates, component, count), metric="cityblock")


@bank.wrong("points.3", "evenly spaced ranks")
def evenly_spaced_ranks(coordinates, component, count):
    order = np.argsort(coordinates[:, component], kind="stable")
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)].tolist()


@bank.wrong("points.3", "quantiles")
def at_quantiles(coordinates, component, count):
    return _along(coordinates, component, np.quantile(coordinates[:, component], np.linspace(0, 1, count)))


@bank.wrong("points.3", "leave out both ends")
def without_the_ends(coordinates, component, count):
    values = coordinates[:, component]
    return _along(coordinates, component, np.linspace(values.min(), values.max(), count + 2)[1:-1])


@bank.wrong("points.3", "always use the component 0")
def always_the_first_component(coordinates, component, count):
    return _along(coordinates, 0, _even(coordinates, 0, count))


@bank.wrong("points.3", "counted from 0, so don't subtract 1")
def component_from_one(coordinates, component, count):
    return _along(coordinates, component - 1, _even(coordinates, component - 1, count))


@bank.wrong("points.3", "row numbers are counted from 1")
def rows_from_one(coordinates, component, count):
    return [row + 1 for row in _along(coordinates, component, _even(coordinates, component, count))]


@bank.wrong("points.3", "sorted the row numbers")
def rows_in_ascending_order(coordinates, component, count):
    return sorted(_along(coordinates, component, _even(coordinates, component, count)))


@bank.wrong("points.3", "from high to low, and reverse the list")
def highest_position_first(coordinates, component, count):
    return _along(coordinates, component, _even(coordinates, component, count)[::-1])[::-1]


@bank.wrong("points.3", "are medians")
def along_the_medians(coordinates, component, count):
    return _along(coordinates, component, _even(coordinates, component, count), np.median(coordinates, axis=0))


@bank.wrong("points.3", "changes `coordinates`")
def selected_moved_away(coordinates, component, count):
    selected = []
    for position in _even(coordinates, component, count):
        point = np.eye(coordinates.shape[1])[component] * position
        selected.append(int(np.linalg.norm(coordinates - point, axis=1).argmin()))
        coordinates[selected[-1]] = np.inf
    return selected


@bank.wrong("points.3", "one position too many")
def one_interval_too_many(coordinates, component, count):
    values = coordinates[:, component]
    return _along(coordinates, component, np.linspace(values.min(), values.max(), count + 1))


@bank.wrong("points.3", "the smaller row number")
def last_of_a_tie(coordinates, component, count):
    rows = _along(coordinates[::-1], component, _even(coordinates, component, count))
    return [len(coordinates) - 1 - row for row in rows]


@bank.wrong("points.3", "only the first three columns")
def along_three_columns(coordinates, component, count):
    points = np.zeros((count, coordinates.shape[1]))
    points[:, component] = _even(coordinates, component, count)
    distances, selected = cdist(points[:, :3], coordinates[:, :3]), []
    for row in distances:
        row[selected] = np.inf
        selected.append(int(row.argmin()))
    return selected


@bank.wrong("points.3", "`np.arange` leaves out its end")
def by_arange(coordinates, component, count):
    low, high = coordinates[:, component].min(), coordinates[:, component].max()
    step = (high - low) / max(count - 1, 1)
    return _along(coordinates, component, np.arange(low, high, step) if step else [low])


@bank.wrong("points.3", "tell galaxies apart by row number")
def twins_skipped(coordinates, component, count):
    points = np.zeros((count, coordinates.shape[1]))
    points[:, component] = _even(coordinates, component, count)
    distances, selected = cdist(points, coordinates), []
    for row in distances:
        for other in selected:
            row[(coordinates == coordinates[other]).all(axis=1)] = np.inf
        selected.append(int(row.argmin()))
    return selected


@bank.right("points.3")
def along_by_hand(coordinates, component, count):
    values = coordinates[:, component].tolist()
    low, high = min(values), max(values)
    left, rows = dict(enumerate(coordinates.tolist())), []
    for index in range(count):
        share = index / (count - 1) if count > 1 else 0.5
        point = [low + share * (high - low) if axis == component else 0 for axis in range(coordinates.shape[1])]
        rows.append(min(left, key=lambda row: math.dist(left[row], point)))
        del left[rows[-1]]
    return tuple(rows)


@bank.right("points.3")
def along_in_a_table(coordinates, component, count):
    table = pd.DataFrame(coordinates)
    rows = []
    for position in _even(coordinates, component, count):
        moved = table.copy()
        moved[component] -= position
        rows.append((moved**2).sum(axis=1).drop(index=rows).idxmin())
    return np.array(rows)


@bank.right("points.3")
def along_by_distance_table(coordinates, component, count):
    return pd.Series(_along(coordinates, component, _even(coordinates, component, count)))

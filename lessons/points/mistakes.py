"""Typical mistakes in the selection along a component, as functions with the student's parameters."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

Selection = Callable[[np.ndarray, int, int], np.ndarray]
Change = Callable[[np.ndarray], np.ndarray]


def select_along(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    """The right result."""
    return _select(coordinates, component, even_positions(coordinates[:, component], count))


def even_positions(values: np.ndarray, count: int) -> list[float]:
    """Evenly spaced positions between the smallest and the largest value; their midpoint if there is only one."""
    low, high = float(min(values)), float(max(values))
    if count == 1:
        return [(low + high) / 2]
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def _euclidean(differences: np.ndarray) -> np.ndarray:
    return np.sqrt((differences**2).sum(axis=1))


def _select(
    coordinates: np.ndarray,
    component: int,
    positions: Sequence[float],
    *,
    distance: Change = _euclidean,
    others: Callable[[np.ndarray], float] = lambda column: 0.0,
    once: bool = True,
    last_of_tie: bool = False,
) -> np.ndarray:
    """Select the galaxy nearest to each position, one after the other; NaN if none is left."""
    selected: list[int] = []
    target = np.array([others(column) for column in coordinates.T], dtype=float)
    for position in positions:
        target[component] = position
        distances = distance(coordinates - target)
        if once:
            distances[selected] = np.inf
        nearest = np.flatnonzero(distances == distances.min()) if not np.isnan(distances).any() else [0]
        selected.append(nearest[-1 if last_of_tie else 0])
    return np.where(np.arange(len(positions)) < len(coordinates), selected, np.nan) if once else np.array(selected)


def _with(**options: object) -> Selection:
    """A mistake in the selection: other distances, other targets, or galaxies selected more than once."""
    return lambda coordinates, component, count: _select(
        coordinates, component, even_positions(coordinates[:, component], count), **options
    )


def _at(positions_of: Callable[[np.ndarray, int], Sequence[float]]) -> Selection:
    """A mistake in the positions, which are computed from the values of the component and the count."""
    return lambda coordinates, component, count: _select(
        coordinates, component, positions_of(coordinates[:, component], count)
    )


def _for_one(position_of: Callable[[np.ndarray], float]) -> Selection:
    """A mistake in the only position if the count is 1."""
    return _at(lambda values, count: [position_of(values)] if count == 1 else even_positions(values, count))


def _of(change: Change) -> Selection:
    """A mistake that changes the coordinates first."""
    return lambda coordinates, component, count: select_along(change(coordinates), component, count)


def _component(change: Callable[[int, int], int]) -> Selection:
    """A mistake in the component; `change` takes it and the number of columns."""
    return lambda coordinates, component, count: select_along(
        coordinates, change(component, coordinates.shape[1]), count
    )


def _on_right(change: Change) -> Selection:
    """A mistake that changes the right rows afterwards."""
    return lambda *case: np.array(change(select_along(*case)))


def _from_high_to_low(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    positions = even_positions(coordinates[:, component], count)
    return _select(coordinates, component, positions[::-1])


def _distances(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    """From each position to each galaxy."""
    targets = np.zeros((count, coordinates.shape[1]))
    targets[:, component] = even_positions(coordinates[:, component], count)
    return np.linalg.norm(targets[:, None] - coordinates, axis=2)


def _second_if_selected(*case: object) -> np.ndarray:
    rows: list[int] = []
    for distances in _distances(*case):
        nearest, *others = np.argsort(distances, kind="stable")
        rows.append(others[0] if nearest in rows and others else nearest)
    return np.array(rows)


def _added_up(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    positions = even_positions(coordinates[:, component], count)
    return _select(coordinates, component, np.cumsum(positions))


def _along_columns(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    """What the lengths of the columns give in place of those of the rows."""
    rows = []
    for position in even_positions(coordinates[:, component], count):
        differences = coordinates - position * (np.arange(coordinates.shape[1]) == component)
        rows.append(int(_euclidean(differences.T).argmin()))
    return np.array(rows)


def _on_diagonal(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    selected: list[int] = []
    for position in even_positions(coordinates[:, component], count):
        distances = _euclidean(coordinates - position)
        distances[selected] = np.inf
        selected.append(int(distances.argmin()))
    return np.array(selected)


def _nearest_pairs_first(*case: object) -> np.ndarray:
    distances = _distances(*case)
    rows = np.zeros(len(distances), int)
    for _ in range(len(distances)):
        position, row = np.unravel_index(np.argmin(distances), distances.shape)
        rows[position] = row
        distances[position], distances[:, row] = np.inf, np.inf
    return rows


def _drop_repeated(rows: Sequence[int]) -> np.ndarray:
    return np.array(list(dict.fromkeys(rows)))


def _remaining(rows: np.ndarray, n: int) -> np.ndarray:
    """Row numbers among the galaxies that aren't removed yet."""
    left, numbers = list(range(n)), []
    for row in map(int, rows):
        numbers.append(left.index(row))
        left.remove(row)
    return np.array(numbers)


def _even_ranks(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    order = np.argsort(coordinates[:, component], kind="stable")
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)]


def _even_ranks_cut(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    order = np.argsort(coordinates[:, component], kind="stable")
    return order[np.linspace(0, len(order) - 1, count).astype(int)]


def _by_arange(single: float) -> Callable[[np.ndarray, int], Sequence[float]]:
    """Positions by `np.arange` with the right step, which leaves out the end; `single` is the share if it is one."""

    def positions(values: np.ndarray, count: int) -> Sequence[float]:
        low, high = values.min(), values.max()
        is_single = count == 1 or high == low
        return [low + single * (high - low)] if is_single else np.arange(low, high, (high - low) / (count - 1))

    return positions


def _without_twins(coordinates: np.ndarray, component: int, count: int) -> np.ndarray:
    """Galaxies with the coordinates of a selected one are never selected, apart from row 0 if no others are left."""
    selected: list[int] = []
    for distances in _distances(coordinates, component, count):
        for row in selected:
            distances[(coordinates == coordinates[row]).all(axis=1)] = np.inf
        selected.append(int(distances.argmin()))
    return np.array(selected)


def _between(ends_of: Callable[[np.ndarray], tuple[float, float]]) -> tuple[Selection, Selection]:
    """Mistakes in the range of the positions; for a single one, the first end or the midpoint."""
    return (
        _at(lambda values, count: np.linspace(*ends_of(values), count)),
        _at(lambda values, count: _spaced(*ends_of(values), count)),
    )


def _spaced(low: float, high: float, count: int) -> Sequence[float]:
    return np.linspace(low, high, count) if count > 1 else [(low + high) / 2]


def _whitened(coordinates: np.ndarray) -> np.ndarray:
    deviations = coordinates.std(axis=0)
    return coordinates / np.where(deviations > 0, deviations, 1)


ENDS = "The first position is the smallest value of the component, and the last one the largest."
ONE = "If `count` is 1, the position is the midpoint between the smallest and the largest value."
ONCE = "Select each galaxy at most once: take the nearest one that isn't selected yet."
MISTAKES: tuple[tuple[Selection, str], ...] = (
    (
        lambda coordinates, component, count: select_along(coordinates[:, [component]], 0, count),
        "You compare only the coordinate along the component. Use the distance in all columns, so that the galaxies "
        "are near the axis.",
    ),
    (
        lambda coordinates, component, count: _select(
            coordinates * (np.arange(coordinates.shape[1]) != component), component, [0.0] * count
        ),
        "You compute the distance from the axis only. The coordinate along the component counts too.",
    ),
    *(
        (
            _with(distance=lambda differences, n=n: _euclidean(differences[:, :n])),
            f"You use only the first {name} columns. Use the distance in all columns.",
        )
        for n, name in ((2, "two"), (3, "three"), (4, "four"))
    ),
    *(
        (
            lambda coordinates, component, count, least=least: select_along(
                coordinates[:, : max(least, component + 1)], component, count
            ),
            "You leave out the columns after that of the component. Use the distance in all columns.",
        )
        for least in (1, 2, 3)
    ),
    *(
        (mistake, "You computed in half precision (float16), which has about three digits. Use float64 or float32.")
        for mistake in (
            _with(distance=lambda differences: np.linalg.norm(differences.astype(np.float16), axis=1)),
            _of(lambda coordinates: coordinates.astype(np.float16).astype(float)),
        )
    ),
    (
        _without_twins,
        "You leave out galaxies that have the coordinates of a selected one. Only the selected galaxy itself is "
        "skipped: tell galaxies apart by row number.",
    ),
    (_with(once=False), ONCE),
    (lambda *case: _drop_repeated(_with(once=False)(*case)), f"You removed repeated galaxies at the end. {ONCE}"),
    (lambda *case: np.unique(_with(once=False)(*case)), f"You removed repeated galaxies at the end. {ONCE}"),
    (
        _second_if_selected,
        "If the nearest galaxy is selected already, you take the second nearest, which may be selected too. Take the "
        "nearest of all that are left.",
    ),
    (
        _with(last_of_tie=True),
        "If two galaxies are equally near, select the one with the smaller row number.",
    ),
    (
        _with(distance=lambda differences: np.abs(differences).sum(axis=1)),
        "You added the absolute differences. The Euclidean distance is the root of the sum of their squares.",
    ),
    (
        _with(distance=lambda differences: np.abs(differences).max(axis=1)),
        "You took the largest difference. The Euclidean distance is the root of the sum of all squares.",
    ),
    (
        _with(distance=lambda differences: differences.sum(axis=1)),
        "You added the differences with their signs. Square them first.",
    ),
    (
        _with(distance=lambda differences: -_euclidean(differences)),
        "You select the farthest galaxy. Select the nearest one.",
    ),
    (
        _with(others=lambda column: float(np.median(column))),
        "The other coordinates of your points are medians. On the axis of a component they are 0.",
    ),
    (
        _with(others=lambda column: float(column[0])),
        "The other coordinates of your points are those of the first galaxy. On the axis of a component they are 0.",
    ),
    *(
        (
            _with(others=lambda column, end=end: float(end(column))),
            f"The other coordinates of your points are the {name} of each column. On the axis they are 0.",
        )
        for end, name in ((np.min, "smallest values"), (np.max, "largest values"))
    ),
    (
        _along_columns,
        "You compute one distance per column. Compute one per row, that is, per galaxy (`axis=1`).",
    ),
    (
        _added_up,
        "Your positions add up: set the coordinate of the point to the position, instead of adding it.",
    ),
    (
        _on_diagonal,
        "All coordinates of your points are the position. On the axis, the other coordinates are 0.",
    ),
    (
        _at(lambda values, count: np.linspace(values.min(), values.max(), count, endpoint=False)),
        f"Your last position is below the largest value. {ENDS}",
    ),
    (
        _at(lambda values, count: np.linspace(values.min(), values.max(), count + 1)[1:]),
        f"Your first position is above the smallest value. {ENDS}",
    ),
    (
        _at(lambda values, count: np.linspace(values.min(), values.max(), count + 2)[1:-1]),
        f"Your positions leave out both ends. {ENDS}",
    ),
    (
        _at(lambda values, count: values.min() + np.ptp(values) * (np.arange(count) + 0.5) / count),
        f"Your positions are the centres of `count` intervals. {ENDS}",
    ),
    (
        _at(lambda values, count: np.linspace(values.min(), values.max(), count + 1)),
        "You use one position too many: `count` positions have count − 1 intervals between them.",
    ),
    (
        _at(lambda values, count: np.linspace(values.min(), values.max(), max(1, count - 1))),
        "You use one position too few: there are `count`, with both ends.",
    ),
    (
        _at(lambda values, count: np.quantile(values, np.linspace(0, 1, count))),
        "Your positions are quantiles, with equally many galaxies between them. Space them evenly in the coordinate.",
    ),
    (
        _at(lambda values, count: np.quantile(values, np.linspace(0, 1, count)) if count > 1 else [np.median(values)]),
        "Your positions are quantiles, with equally many galaxies between them. Space them evenly in the coordinate.",
    ),
    *(
        (
            search,
            "You sorted the galaxies by the component and took evenly spaced ranks. Space the positions evenly, and "
            "use the distance in all columns.",
        )
        for search in (_even_ranks, _even_ranks_cut)
    ),
    *(
        (mistake, f"{hint} {ENDS}")
        for ends_of, hint in (
            (lambda values: (-np.abs(values).max(), np.abs(values).max()), "Your positions are symmetric about 0."),
            (lambda values: (0, values.max()), "Your first position is 0."),
            (lambda values: (values[0], values[-1]), "Your positions run from the first galaxy to the last one."),
            *(
                (
                    lambda values, k=k, ddof=ddof: (
                        -k * values.std(ddof=min(ddof, len(values) - 1)),
                        k * values.std(ddof=min(ddof, len(values) - 1)),
                    ),
                    f"Your positions run from −{k} to {k} standard deviations.",
                )
                for k in (1, 2, 3)
                for ddof in (0, 1)
            ),
            *(
                (
                    lambda values, low=low: tuple(np.percentile(values, [low, 100 - low])),
                    f"Your positions run from percentile {low} to {100 - low}.",
                )
                for low in (1, 2, 2.5, 5, 10)
            ),
        )
        for mistake in _between(ends_of)
    ),
    *(
        (_at(_by_arange(single)), f"`np.arange` leaves out its end, so that the last position is missing. {ENDS}")
        for single in (0.5, 0, 1)
    ),
    (
        lambda coordinates, component, count: _select(
            coordinates, component, even_positions(coordinates.ravel(), count)
        ),
        "Your positions run from the smallest to the largest of all coordinates. Use those of the one component.",
    ),
    (_for_one(min), f"{ONE} You use the smallest value, as `np.linspace` does."),
    (_for_one(max), f"{ONE} You use the largest value."),
    (_for_one(lambda values: 0.0), f"{ONE} You use 0, the mean."),
    (_for_one(np.median), f"{ONE} You use the median."),
    (
        _from_high_to_low,
        "You go through the positions from high to low. Begin with the lowest.",
    ),
    (
        lambda *case: _from_high_to_low(*case)[::-1],
        "You go through the positions from high to low, and reverse the list. Begin with the lowest: the order decides "
        "which galaxies are left.",
    ),
    (_on_right(lambda rows: rows[::-1]), "Your list is in reverse order. The galaxy of the lowest position is first."),
    (_on_right(np.sort), "You sorted the row numbers. Return them in the order of the positions."),
    (
        lambda coordinates, component, count: np.array(
            sorted(select_along(coordinates, component, count).astype(int), key=lambda row: coordinates[row, component])
        ),
        "You sorted the galaxies by their coordinate. Return them in the order of the positions.",
    ),
    (_on_right(lambda rows: rows + 1), "Your row numbers are counted from 1. Python counts from 0."),
    (_on_right(lambda rows: rows - 1), "Each of your row numbers is 1 too small. Count the rows from 0."),
    (
        lambda coordinates, component, count: select_along(coordinates, component, count) - len(coordinates),
        "Your row numbers are negative, counted from the end. Count them from 0.",
    ),
    (_on_right(lambda rows: rows[1:]), "The galaxy of the lowest position is missing."),
    (_on_right(lambda rows: rows[:-1]), "The galaxy of the highest position is missing."),
    (
        lambda coordinates, component, count: _remaining(select_along(coordinates, component, count), len(coordinates)),
        "Your numbers count only the galaxies that remain after you removed the selected ones. Return the row numbers "
        "in `coordinates`.",
    ),
    (
        _component(lambda component, k: (component - 1) % k),
        "You use the component before: `component` is counted from 0, so don't subtract 1.",
    ),
    (
        _component(lambda component, k: (component + 1) % k),
        "You use the component after: `component` is counted from 0, so don't add 1.",
    ),
    *(
        (
            _component(lambda component, k, fixed=fixed: min(fixed, k - 1)),
            f"You always use the component {fixed}. Use the parameter `component`.",
        )
        for fixed in (0, 1, 2)
    ),
    (_of(np.abs), "You took the absolute values of the coordinates. Keep the signs."),
    (_of(_whitened), "You divided the columns by their standard deviations. Use the coordinates as they are."),
    *(
        (
            _of(lambda values, digits=digits: values.round(digits)),
            f"You rounded the coordinates to {digits} decimals. Use them as they are.",
        )
        for digits in range(4)
    ),
    (
        _at(lambda values, count: np.array(even_positions(values, count)).astype(int)),
        "You cut the positions to integers. Positions are floats.",
    ),
    (
        _at(lambda values, count: np.round(even_positions(values, count))),
        "You rounded the positions. Use them as they are.",
    ),
    (
        _nearest_pairs_first,
        "You begin with the position that has the nearest galaxy. Go through the positions from low to high.",
    ),
    (
        lambda *case: linear_sum_assignment(_distances(*case))[1],
        "You minimise the sum of all distances. Go through the positions from low to high, and take the nearest galaxy "
        "that is left.",
    ),
    (
        lambda coordinates, component, count: np.argsort(coordinates[:, component], kind="stable")[:count],
        "These are the galaxies with the lowest coordinates. Select one near each position.",
    ),
    (
        lambda coordinates, component, count: np.argsort(np.abs(coordinates[:, component]), kind="stable")[:count],
        "These are the galaxies with coordinates near 0. Select one near each position.",
    ),
    (
        lambda coordinates, component, count: np.argsort(coordinates[:, component], kind="stable")[::-1][:count],
        "These are the galaxies with the highest coordinates. Select one near each position.",
    ),
    (lambda coordinates, component, count: np.arange(count), "These are the first rows of the table."),
    (
        lambda coordinates, component, count: coordinates[select_along(coordinates, component, count).astype(int)],
        "These are the coordinates of the selected galaxies. Return their row numbers.",
    ),
    (
        lambda coordinates, component, count: np.array(even_positions(coordinates[:, component], count)),
        "These are the positions. Return the row number of a galaxy near each.",
    ),
    (
        lambda coordinates, component, count: np.isin(
            np.arange(len(coordinates)), select_along(coordinates, component, count)
        ),
        "This is a mask with one value per galaxy. Return the row numbers, in the order of the positions.",
    ),
)

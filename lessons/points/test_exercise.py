"""Tests of the exercises on galaxies as points; each takes the student's function."""

import math

import numpy as np

from galviz.course.judge import as_array, expect, expect_close, expect_error, expect_unchanged

# By hand, beginning with row 0: row 4 is farthest (7.07); row 2 then lies 4.12 from its nearest, row 3 4; and so on.
PLACES = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 4.0], [4.0, 0.0], [5.0, 5.0], [2.0, 1.0]])

# By hand: rows 3, 1, 6, 4, 5, 2 and 0 are in rising order.
ALONG = np.array([3.0, -1.0, 0.7, -2.0, 0.1, 0.5, -0.4])


def test_points_1(answer):
    # First where each mistake gives other rows, then by hand.
    random = np.random.default_rng(12)
    places = random.normal(size=(40, 2)) * [3, 1]
    given = places.copy()
    found = answer(given, 9, 7)
    expect_unchanged(places, given, "coordinates")
    _compare_picks(found, _picked(places, 9, 7), places)
    _compare_picks(answer(PLACES.copy(), 4, 0), [0, 4, 2, 3], PLACES)
    for first, count in ((20, 1), (0, 40)):
        _compare_picks(answer(places.copy(), count, first), _picked(places, count, first), places)
    line = np.array([[x, 0.0] for x in range(9)])
    _compare_picks(
        answer(line.copy(), 9, 4),
        [4, 0, 8, 2, 6, 1, 3, 5, 7],
        line,
        "Of rows that are equally far the lowest is picked first.",
    )
    twins = np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0], [2.0, 0.0], [2.0, 0.0]])
    found = answer(twins.copy(), 5, 2)
    count = np.size(as_array(found, what="the list of picked rows"))
    expect(
        count in (0, 1) or count >= 5,
        f"You stop after {count} of 5 galaxies, where all that are left lie on top of picked ones: go on, and pick the "
        "lowest row.",
    )
    rows = as_array(found, (5,), what="the list of picked rows")
    expect(
        len(np.unique(rows)) == 5,
        "You pick a row twice where all that are left lie on top of picked ones: each row is picked once.",
    )
    _compare_picks(found, [2, 0, 1, 3, 4], twins, "Here all that are left soon lie on top of picked ones.")


def _picked(places, count, first):
    picked = [first]
    while len(picked) < count:
        gaps = {
            row: min(math.dist(places[row], places[one]) for one in picked)
            for row in range(len(places))
            if row not in picked
        }
        picked.append(max(gaps, key=lambda row: (gaps[row], -row)))
    return picked


def _greedy(places, count, first, score):
    """Pick by another score of a row's distances to the picked ones, in the order in which they were picked."""
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    picked = [first]
    while len(picked) < count:
        others = [row for row in range(len(places)) if row not in picked]
        picked.append(max(others, key=lambda row: (score(apart[row, picked]), -row)))
    return picked


def _by_matrix(apart, count, first):
    """Pick with other distances, those of a matrix."""
    picked = [first]
    while len(picked) < count:
        others = [row for row in range(len(apart)) if row not in picked]
        picked.append(max(others, key=lambda row: (apart[row, picked].min(), -row)))
    return picked


def _compare_picks(found, expected, places, hint=""):
    """Refuse rows that aren't the expected ones, in their order; says which mistake gives them."""
    expect(
        not isinstance(found, set | frozenset),
        "A set has no order: return the rows in a list, in the order in which you picked them.",
    )
    shown = ", ".join(map(str, expected[:6])) + (", …" if len(expected) > 6 else "")
    hint = f"{hint} From row {expected[0]}, the list is [{shown}].".strip()
    # Among few galaxies, or equally far ones, several mistakes look the same.
    mistakes = _mistakes_of_picking(expected, places) if len(places) == 40 else []
    expect_close(found, expected, mistakes, hint=hint, what="the list of picked rows", rtol=0, atol=1e-3)
    _refuse_texts(found)


def _repeating(places, count, first):
    """Pick what is farthest from the last one, again and again."""
    picked = [first]
    while len(picked) < count:
        picked.append(int(np.linalg.norm(places - places[picked[-1]], axis=1).argmax()))
    return picked


def _mistakes_of_picking(expected, places):
    count, first = len(expected), expected[0]
    ranges, deviations = np.ptp(places, axis=0), places.std(axis=0)
    to_first = np.linalg.norm(places - places[first], axis=1)
    to_mean = np.linalg.norm(places - places.mean(axis=0), axis=1)
    block = np.abs(places[:, None] - places).sum(axis=2)
    largest = np.abs(places[:, None] - places).max(axis=2)
    gaps = [min(math.dist(places[row], places[one]) for one in expected[:i]) for i, row in enumerate(expected) if i]
    farthest = np.argsort(-to_first, kind="stable").tolist()
    mistakes = [
        (
            _greedy(places, count, first, lambda apart: -apart.min()),
            "You pick the nearest each time; what is asked for is the farthest from",
        ),
        (
            _greedy(places, count, first, lambda apart: apart[-1]),
            "You look at the distance to the last picked one alone; what counts is that to the nearest of",
        ),
        (
            _greedy(places, count, first, lambda apart: apart.sum()),
            "You add up the distances to the picked ones; what counts is the distance to the nearest of",
        ),
        (
            _greedy(places, count, first, lambda apart: (apart**2).sum()),
            "You add up the squared distances to the picked ones; what counts is the distance to the nearest of",
        ),
        (
            _greedy(places, count, first, lambda apart: apart.max()),
            "You take each galaxy's largest distance to a picked one; what counts is that to the nearest of",
        ),
        (
            _greedy(places, count, first, lambda apart: -apart.max()),
            "You pick the galaxy whose farthest picked one is nearest; what counts is the farthest from",
        ),
        (
            [first, *[row for row in farthest if row != first]][:count],
            "You order all by their distance to the first one; what counts is that to the nearest of",
        ),
        (
            [first, *[row for row in np.argsort(-to_mean, kind="stable").tolist() if row != first]][:count],
            "You pick those that lie farthest from the mean; what counts is the distance to the nearest of",
        ),
        (
            [first, *[row for row in farthest[::-1] if row != first]][:count],
            "You pick those nearest to the first one; the farthest is asked for, from",
        ),
        (
            _by_matrix(block, count, first),
            "These are spread out in the city-block distance; the straight one is asked for, to the nearest of",
        ),
        (
            _by_matrix(largest, count, first),
            "These are spread out by the larger of the two differences; the straight distance is asked for, to",
        ),
        (
            _picked(places / deviations, count, first),
            "These are spread out in units of each axis's standard deviation; take them as they are, for distances to",
        ),
        (
            _by_matrix(np.abs(places[:, None, 0] - places[:, 0]), count, first),
            "These are spread out along the first axis alone; both count, for the distance to",
        ),
        (
            _repeating(places, count, first),
            "You go from each picked one to what is farthest from it; what counts is the distance to the nearest of",
        ),
        (
            _picked(places / ranges, count, first),
            "These are spread out in units of each axis's range; take the coordinates as they are, for distances to",
        ),
    ]
    mistakes = [(wrong, f"{hint} all that are picked already.") for wrong, hint in mistakes]
    more = _picked(places, min(count + 1, len(places)), first)
    mistakes += [
        (more, "You picked one too many: the galaxy to begin with counts too."),
        (more[1:], "The galaxy to begin with is missing: it is the first of those that are picked, and counts too."),
        (expected[1:], "The galaxy to begin with is missing: it is the first of those that are picked."),
        (places[expected], "These are the coordinates of the picked galaxies; their row numbers are asked for."),
        (gaps, "These are distances; the row numbers are asked for."),
        (sorted(expected), "These are the right galaxies, sorted; they are asked for in the order of picking."),
        (expected[::-1], "The order is turned: the galaxy to begin with comes first."),
        (
            _picked(places, count, 0),
            "You begin with row 0 whatever is asked for: the row to begin with is given.",
        ),
        (
            _picked(places, count, int(to_mean.argmax())),
            "You begin with the galaxy farthest from the mean: the row to begin with is given.",
        ),
        (
            _picked(places, count, farthest[0]),
            "You begin with the galaxy farthest from the one that is given: begin with that one itself.",
        ),
        (list(range(count)), "These are the first rows of the table, wherever they lie."),
    ]
    return mistakes


def test_points_2(answer):
    random = np.random.default_rng(2)
    for n, k in ((31, 4), (8, 4), (12, 1)):
        coordinate = random.normal(0.6, 1, size=n)
        try:
            given = coordinate.copy()
            found = answer(given, k)
        except ValueError as error:
            found = error
        expect(
            not isinstance(found, ValueError),
            f"Your function raises ValueError for k = {k} of {n} galaxies, where none would be at both ends.",
        )
        expect_unchanged(coordinate, given, "coordinate")
        _compare_ends(found, coordinate, k)
    _compare_ends(answer(ALONG.copy(), 3), ALONG, 3)
    steps = random.integers(0, 4, size=120).astype(float)
    _compare_ends(answer(steps.copy(), 35), steps, 35)
    hint = "A galaxy would be at both ends where 2 k is more than n: raise a ValueError there."
    expect_error(lambda: answer(ALONG.copy(), 4), ValueError, hint)
    expect_error(lambda: answer(ALONG[:5].copy(), 3), ValueError, hint)


def _compare_ends(found, coordinate, k):
    n = len(coordinate)
    order = sorted(range(n), key=lambda row: (coordinate[row], row))
    low, high = order[:k], order[-k:]
    pair = _two_lists(found, k)
    absolute = sorted(range(n), key=lambda row: (abs(coordinate[row]), row))
    from_the_mean = sorted(range(n), key=lambda row: (abs(coordinate[row] - coordinate.mean()), row))
    ranks = np.argsort(order)
    falling = sorted(range(n), key=lambda row: (-coordinate[row], row))
    mistakes = [
        ([coordinate[low], coordinate[high]], "These are the coordinates; the row numbers are asked for."),
        ([high, low], "The two lists are exchanged: the lowest come first, then the highest."),
        ([high[::-1], low[::-1]], "The two lists are exchanged and turned: the lowest come first, in rising order."),
        ([falling[:k], low], "The two lists are exchanged, and the highest turned: the lowest come first."),
        ([low, high[::-1]], "The second list is turned: it rises too, and ends with the highest of all."),
        ([low[::-1], high], "The first list is turned: it rises, and begins with the lowest of all."),
        ([low[::-1], high[::-1]], "Both lists are turned: they are asked for in rising order of the coordinate."),
        ([absolute[:k], absolute[-k:]], "You took absolute values: the low end of a component is below 0."),
        ([from_the_mean[:k], from_the_mean[-k:]], "You took distances from the mean: one end lies below it."),
        ([sorted(low), sorted(high)], "These are the right galaxies, sorted by row; the coordinate decides the order."),
        ([ranks[:k], ranks[-k:]], "These are ranks, the places of the first and last rows in the order, not rows."),
        ([list(range(k)), list(range(n - k, n))], "These are the first and last rows of the table, as it was."),
        ([low, order[-k - 1 : -1]], "The highest galaxy of all is missing in the second list."),
        ([order[1 : k + 1], high], "The lowest galaxy of all is missing in the first list."),
        ([order[1 : k + 1], order[-k - 1 : -1]], "The lowest and the highest of all are missing."),
        ([low, low], "Both lists hold the lowest galaxies."),
        ([high, high], "Both lists hold the highest galaxies."),
        ([low, order[k : 2 * k]], "The second list follows on the first, in the middle; the highest are asked for."),
    ]
    if len(np.unique(coordinate)) == n:
        expect_close(pair, [low, high], mistakes, hint=f"For k = {k} of {n} galaxies: {low[:6]} and {high[:6]} ….")
    for rows, expected, name in zip(pair, (low, high), ("lowest", "highest"), strict=True):
        expect(
            len(np.unique(rows)) == k,
            f"Among the {name} a row comes twice: galaxies with the same coordinate each have a row of their own.",
        )
        rows = [int(row) if 0 <= row < n else n for row in rows]
        alike = max(rows) < n and np.allclose(coordinate[rows], coordinate[expected])
        expect(
            rows == expected or not alike,
            f"Among the {name}, galaxies with the same coordinate are in another order: the lower row number counts as "
            "the lower. A sort may exchange equals unless it is a stable one.",
        )
        expect_close(rows, expected, what=f"the list of the {name}", hint=f"Here k is {k}, and many are equal.")


def _two_lists(found, k):
    """What was returned as two arrays of k numbers."""
    asked = "Two lists are asked for, the rows of the lowest and those of the highest"
    expect(found is not None, "What you return is None: does the function end with `return`?")
    expect(isinstance(found, tuple | list | np.ndarray), f"{asked}; you return a {type(found).__name__}.")
    pair = [found[place] for place in range(len(found))] if np.iterable(found) else []
    expect(
        len(pair) != 2 * k or np.iterable(pair[0]),
        f"{asked}; you return one list of both together.",
    )
    expect(len(pair) == 2, f"{asked}; what you return has {len(pair)} parts.")
    for part in pair:
        expect(not isinstance(part, set | frozenset), "A set has no order: return the rows in two lists.")
    names = ("the list of the lowest", "the list of the highest")
    arrays = [as_array(part, (k,), what=name) for part, name in zip(pair, names, strict=True)]
    for part in pair:
        _refuse_texts(part)
    return arrays


def _refuse_texts(rows):
    expect(
        not any(isinstance(row, str) for row in rows),
        "Row numbers are asked for as numbers; what you return are texts, with which no row can be picked.",
    )

"""Tests of the exercises on galaxies as points; each takes the student's function."""

import math
import random
from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect, expect_error, expect_unchanged
from galviz.course.mistakes import is_close, reject_mistakes
from lessons.points.mistakes import MISTAKES, even_positions

# By hand, starting with row 0: row 4 is farthest (7.07); row 2 is then 4.12 from its nearest, row 3 4; and so on.
PLANE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 4.0], [4.0, 0.0], [5.0, 5.0], [2.0, 1.0]])

# By hand: in ascending order, the rows are 3, 1, 6, 4, 5, 2 and 0.
COMPONENT = np.array([3.0, -1.0, 0.7, -2.0, 0.1, 0.5, -0.4])

ROUNDING = "Don't round them, and don't compare with a fixed number."


def test_points_1(answer):
    rng = np.random.default_rng(65)
    plane = rng.normal(size=(40, 2)) * [3, 1]
    _expect_repeatable(lambda: _call(answer, plane, 9, 7, name="coordinates"))
    _check_selection(answer, plane, 9, 7, mistakes=True)  # each typical mistake gives other rows here
    for first, count in ((20, 1), (33, 2)):
        _check_selection(answer, plane, count, first)
    _check_selection(answer, plane[:15], 15, 0)
    many, rows = _many()
    _check_selection(answer, many, len(rows), rows[0], expected=rows, hint="Here many galaxies are selected.")
    _check_selection(answer, PLANE, 4, 0, expected=[0, 4, 2, 3])
    _check_selection(answer, rng.normal(size=(90, 2)), 14, 5, hint="Here there are 90 galaxies.")
    for scale, size in ((1e-10, "small"), (1e12, "large")):
        _check_selection(answer, plane[::-1] * scale, 9, 7, hint=f"Here the coordinates are very {size}. {ROUNDING}")
    _check_selection(answer, np.array([[0.5, -2.0]]), 1, 0, hint="Here there is a single galaxy.")
    line = np.array([[x, 0.0] for x in range(9)])
    twins = np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0], [2.0, 0.0], [2.0, 0.0]])
    hint = "Here all remaining galaxies soon have the coordinates of selected ones. Go on with the lowest row number."
    for _ in range(5):  # a random choice on a tie is right now and then
        _check_selection(answer, line, 9, 4, expected=[4, 0, 8, 2, 6, 1, 3, 5, 7])
        _check_selection(answer, twins, 5, 2, expected=[2, 0, 1, 3, 4], hint=hint)


@cache
def _many():
    """150 galaxies, and 120 rows that are selected from row 11, with NumPy."""
    plane = np.random.default_rng(6).normal(size=(150, 2))
    table, rows = np.linalg.norm(plane[:, None] - plane, axis=2), [11]
    while len(rows) < 120:
        rows.append(int(table[rows].min(axis=0).argmax()))
    return plane, rows


def _call(answer, array, *arguments, name):
    """Call the student's function on a copy; reject changes of its input and of the program's state."""
    copy = array.copy()
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 (the global generator, not one of our own)
    python_state = random.getstate()
    try:
        return answer(copy, *arguments)
    finally:
        new_state = np.random.get_state(legacy=False)  # noqa: NPY002
        seeded = repr(new_state) != repr(numpy_state) or random.getstate() != python_state
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        expect_unchanged(array, copy, name)
        expect(
            not seeded,
            "You changed the state of the global random generator (`random` or `np.random`), which the whole program "
            "uses. Nothing in this exercise is random: leave it out.",
        )


def _expect_repeatable(call):
    """Reject a function whose results for the same input differ."""
    expect(
        _flatten(call()) == _flatten(call()),
        "Two calls with the same input return different results. Did you use random numbers, or a list that all calls "
        "share, such as a default argument?",
    )


def _flatten(result):
    """All numbers of a result, in their order."""
    if isinstance(result, str | set | frozenset | dict) or not np.iterable(result):
        return [repr(result)]
    return [number for part in result for number in _flatten(part)]


def _reject_mistakes(array, expected, mistakes):
    """Raise the hint of the first mistake that gives these numbers, but not the expected ones."""
    for mistake, hint in mistakes:
        mistake = np.asarray(mistake, dtype=float)
        if mistake.shape == np.shape(expected) and np.array_equal(mistake, expected):
            continue
        if mistake.shape == array.shape and np.allclose(array, mistake, rtol=0, atol=1e-3):
            raise WrongAnswer(hint)


def _reject_texts(rows):
    expect(
        not any(isinstance(row, str) for row in rows),
        "Return the row numbers as integers, not as text: text can't index an array.",
    )


def _reject_fractions(array):
    fractions = array[array != array.round()]
    if fractions.size:
        raise WrongAnswer(f"Row numbers are integers; you return {fractions[0]:.6g}.")


def _rounded(digits):
    return f"You rounded the coordinates to {digits} decimal{'s' if digits != 1 else ''}."


# points.1


def _check_selection(answer, plane, count, first, *, expected=None, mistakes=False, hint=""):
    """Compare selected rows with the right ones, in their order."""
    expected = _select(plane, count, first) if expected is None else expected
    rows = _call(answer, plane, count, first, name="coordinates")
    expect(
        not isinstance(rows, set | frozenset),
        "A set has no order: return a list, in the order in which you selected the rows.",
    )
    array = as_array(rows, what="the list of selected rows")
    if mistakes:
        _reject_mistakes(array, expected, _selection_mistakes(expected, plane))
    expect(array.ndim > 0, f"Return a list of {count} row numbers; you return a single number.")
    expect(array.ndim == 1, f"Return one list of row numbers; what you return has {array.ndim} axes.")
    if len(array) != count:
        raise WrongAnswer(
            f"The length of your list is {len(array)}; `count` is {count}, and includes the first. {hint}".strip()
        )
    _reject_texts(rows)
    _check_steps(array, expected, plane, hint)


def _check_steps(array, expected, plane, hint):
    """Reject the first row that differs from the expected one, and explain it."""
    n = len(plane)
    wrong = ~np.isclose(array, expected, rtol=0, atol=1e-3)
    if not wrong.any():
        return
    outside = array[(array < 0) | (array >= n)]
    if outside.size:
        raise WrongAnswer(
            f"You return {outside[0]:.6g}, which isn't a row number here. Rows are numbered from 0 to {n - 1}. {hint}"
        )
    _reject_fractions(array)
    step = int(np.argmax(wrong))
    rows = array.astype(int).tolist()
    row, right, selected = rows[step], expected[step], expected[:step]
    expect(
        not 1e-3 < np.abs(plane).max() < 1e3
        or rows not in _selected_in_half_precision(plane, len(expected), expected[0]),
        "You computed in half precision (float16), which has about three digits. Use float64 or float32.",
    )
    if sorted(rows) == sorted(expected) and rows == list(set(rows)):
        hint = f"You return the right galaxies in the wrong order; a set, for example, has no order. {hint}".strip()
    if not step:
        raise WrongAnswer(f"You start with row {row}; `first` is {right}. Select `first` first. {hint}".strip())
    if row in selected:
        raise WrongAnswer(f"You select row {row} twice; select each row once. {hint}".strip())
    distance, farthest = (min(math.dist(plane[one], plane[other]) for other in selected) for one in (row, right))
    if math.isclose(distance, farthest, rel_tol=1e-9):
        raise WrongAnswer(
            f"Rows {right} and {row} are equally far from their nearest selected galaxy. On a tie, select the lowest "
            f"row number. {hint}".strip()
        )
    if distance > 0.995 * farthest:
        hint = f"The two differ by little: don't round, and compare without a tolerance. {hint}".strip()
    so_far = ", ".join(map(str, selected[-6:]))
    raise WrongAnswer(
        f"After {'…, ' if step > 6 else ''}{so_far}, select row {right}: its nearest selected galaxy is "
        f"{farthest:.5g} away, farther than for any other. You select row {row}, which is only {distance:.5g} from its "
        f"nearest. {hint}".strip()
    )


def _select(plane, count, first, score=min, distance=math.dist):
    """Select rows one by one: always the one with the largest score of its distances to all selected ones.

    `score` takes the distances in the order of selection. On a tie, the lowest row number wins.
    """
    selected = [first]
    while len(selected) < count:
        scores = {
            row: score([distance(plane[row], plane[other]) for other in selected])
            for row in range(len(plane))
            if row not in selected
        }
        selected.append(max(scores, key=lambda row: (scores[row], -row)))
    return selected


def _selected_in_half_precision(plane, count, first):
    """What float16 gives: for the coordinates, and for the distances too."""
    with np.errstate(all="ignore"):
        half = plane.astype(np.float16)
        for table in (half, half.astype(float)):
            nearest, selected = np.linalg.norm(table - table[first], axis=1), [first]
            while len(selected) < count:
                nearest[selected] = -1
                selected.append(int(nearest.argmax()))
                nearest = np.minimum(nearest, np.linalg.norm(table - table[selected[-1]], axis=1))
            yield selected


def _select_by_remaining_rows(plane, count, first):
    """Row numbers that refer to the rows that remain after each removal."""
    selected = _select(plane, count, first)
    remaining, numbers = list(range(len(plane))), []
    for row in selected:
        numbers.append(remaining.index(row))
        remaining.remove(row)
    return numbers


def _jump(plane, count, first):
    """Always go to the row farthest from the last one, and come back to selected ones."""
    selected = [first]
    while len(selected) < count:
        selected.append(max(range(len(plane)), key=lambda row: math.dist(plane[row], plane[selected[-1]])))
    return selected


def _select_without_updates(plane, count, first, n_updates):
    """Select the rest by the distances to the first few selected galaxies."""
    selected = _select(plane, min(n_updates, count), first)
    nearest = [min(math.dist(place, plane[row]) for row in selected) for place in plane]
    rest = [row for row in np.argsort(-np.array(nearest), kind="stable").tolist() if row not in selected]
    return [*selected, *rest][:count]


def _cosine_distance(one, other):
    return 1 - np.dot(one, other) / (math.hypot(*one) * math.hypot(*other))


def _selection_mistakes(expected, plane):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    count, first = len(expected), expected[0]
    centred = np.linalg.norm(plane - plane.mean(axis=0), axis=1)
    to_first = np.linalg.norm(plane - plane[first], axis=1)
    descending = np.argsort(-to_first, kind="stable").tolist()
    farthest_pair = np.unravel_index(
        np.argmax(np.linalg.norm(plane[:, None] - plane, axis=2)), (len(plane), len(plane))
    )
    from_pair = [int(row) for row in farthest_pair]
    while len(from_pair) < count:
        nearest = [min(math.dist(place, plane[row]) for row in from_pair) for place in plane]
        from_pair.append(int(np.argmax(nearest)))
    gaps = [min(math.dist(plane[row], plane[other]) for other in expected[:i]) for i, row in enumerate(expected) if i]
    more = _select(plane, min(count + 1, len(plane)), first)
    mask = np.isin(np.arange(len(plane)), expected)
    nearest_of_all = "Use the distance to the nearest of all selected galaxies."
    scores = [
        (lambda d: -min(d), "You select the nearest galaxy each time. Select the farthest."),
        (lambda d: d[-1], f"You use the distance to the last selected galaxy only. {nearest_of_all}"),
        (lambda d: min(d[-2:]), f"You use the last two selected galaxies only. {nearest_of_all}"),
        (lambda d: min(d[-3:]), f"You use the last three selected galaxies only. {nearest_of_all}"),
        (lambda d: min(d[:-1] or d), f"You leave out the most recently selected galaxy. {nearest_of_all}"),
        (lambda d: min(d[1:] or d), f"You leave out the first galaxy after the first step. {nearest_of_all}"),
        (sum, f"You use the sum, or the mean, of the distances to the selected galaxies. {nearest_of_all}"),
        (
            lambda d: sum(x * x for x in d),
            "You use the sum of the squared distances, or the distance from the mean of the selected galaxies. "
            f"{nearest_of_all}",
        ),
        (math.prod, f"You use the product of the distances. {nearest_of_all}"),
        (np.median, f"You use the median of the distances. {nearest_of_all}"),
        (lambda d: -sum(1 / x for x in d), f"You use the sum of the inverse distances. {nearest_of_all}"),
        (max, f"You use the distance to the farthest selected galaxy. {nearest_of_all}"),
        (lambda d: -max(d), "You minimise the largest distance. Maximise the distance to the nearest selected galaxy."),
    ]
    metrics = [
        (lambda a, b: sum(abs(a - b)), "These rows are farthest in city-block distance. Use the Euclidean distance."),
        (lambda a, b: max(abs(a - b)), "These rows are farthest in Chebyshev distance. Use the Euclidean distance."),
        (_cosine_distance, "These rows are farthest in cosine distance. Use the Euclidean distance."),
        (lambda a, b: abs(a[0] - b[0]), "You use the first column only. The distance depends on both columns."),
        (lambda a, b: abs(a[1] - b[1]), "You use the second column only. The distance depends on both columns."),
        (
            lambda a, b: abs(a[0] - b[0] + a[1] - b[1]),
            "You add the differences with their signs. Use the root of the sum of their squares.",
        ),
        (
            lambda a, b: abs(math.hypot(*a) - math.hypot(*b)),
            "You compare distances from the origin. Use the distance between the two galaxies.",
        ),
    ]
    rescaled = [
        (plane / plane.std(axis=0), "You divided each axis by its standard deviation."),
        (plane / np.ptp(plane, axis=0), "You divided each axis by its range."),
        (plane / np.abs(plane).max(axis=0), "You divided each axis by its largest value."),
        (plane / np.linalg.norm(plane, axis=1, keepdims=True), "You scaled each row to length 1."),
        (np.argsort(np.argsort(plane, axis=0), axis=0).astype(float), "You replaced the coordinates by their ranks."),
        (plane.astype(int).astype(float), "You converted the coordinates to integers."),
        *((plane.round(digits), _rounded(digits)) for digits in (0, 1, 2)),
    ]
    order_by = [
        (descending, "their distance to the first galaxy", "farthest first"),
        (descending[::-1], "their distance to the first galaxy", "nearest first"),
        (np.argsort(-centred, kind="stable").tolist(), "their distance from the mean", "farthest first"),
        (np.argsort(centred, kind="stable").tolist(), "their distance from the mean", "nearest first"),
    ]
    return [
        *((_select(plane, count, first, score), hint) for score, hint in scores),
        *((_select(plane, count, first, distance=metric), hint) for metric, hint in metrics),
        *((_select(table, count, first), f"{hint} Use the coordinates as they are.") for table, hint in rescaled),
        *(
            (
                [first, *[row for row in order if row != first]][:count],
                f"You sort all galaxies once by {quantity}, {which}. {nearest_of_all} It changes with each selection.",
            )
            for order, quantity, which in order_by
        ),
        *(
            (
                _select_without_updates(plane, count, first, n_updates),
                f"You stop updating the distances after galaxy {n_updates}. Update them after each selection: use the "
                "nearest of all galaxies that are already selected.",
            )
            for n_updates in range(2, count - 1)
        ),
        (
            _jump(plane, count, first),
            "You go from each galaxy to the one farthest from it, and come back to selected ones. Select each row "
            f"once. {nearest_of_all}",
        ),
        (more, "You selected one galaxy too many: `count` includes the first."),
        (more[1:], "`first` is missing, although the length is right. The list begins with it."),
        (expected[1:], "`first` is missing. The list begins with it."),
        (expected[:-1], "The last galaxy is missing: `count` includes the first, and no other is left out."),
        ([*expected[1:], first], "`first` is at the end of your list. Put it at the beginning."),
        (plane[expected], "These are the coordinates of the selected galaxies. Return their row numbers."),
        (gaps, "These are distances. Return the row numbers."),
        ([0, *gaps], "These are distances. Return the row numbers of the galaxies."),
        (mask, "This is a mask with one value per galaxy. Return the row numbers, in the order of selection."),
        (np.add(expected, 1), "Your row numbers are counted from 1. Python counts from 0, so each is 1 too large."),
        (np.subtract(expected, 1), "Each of your row numbers is 1 too small. Count the rows from 0."),
        (np.subtract(expected, len(plane)), "Your row numbers are negative, counted from the end. Count them from 0."),
        (
            _select_by_remaining_rows(plane, count, first),
            "Your numbers count only the rows that remain after you removed the selected ones. Return the row numbers "
            "in `coordinates`.",
        ),
        (
            _select(np.unique(plane, axis=0), count, first),
            "These are row numbers of another table, which you sorted, as `np.unique` does. Return the row numbers in "
            "`coordinates`, and leave its rows in their order.",
        ),
        (sorted(expected), "These are the right galaxies, but sorted by row. Return them in the order of selection."),
        (expected[::-1], "The order is reversed: `first` comes first."),
        (_select(plane, count, 0), "You start with row 0. Start with the row `first`."),
        (_select(plane, count, len(plane) - 1), "You start with the last row. Start with the row `first`."),
        (_select(plane, count, first - 1), "You start one row before `first`: rows are counted from 0."),
        (_select(plane, count, first + 1), "You start one row after `first`: rows are counted from 0."),
        (
            _select(plane, count, int(centred.argmax())),
            "You start with the galaxy farthest from the mean. Start with the row `first`.",
        ),
        (
            _select(plane, count, int(centred.argmin())),
            "You start with the galaxy nearest to the mean. Start with the row `first`.",
        ),
        (
            _select(plane, count, descending[0]),
            "You start with the galaxy farthest from `first`. Start with the row `first` itself.",
        ),
        (from_pair, "You start with the two galaxies that are farthest from each other. Start with the row `first`."),
        (range(count), "These are the first rows of the table. Select by distance."),
        ([first, *[row for row in range(count) if row != first]][:count], "These are the first rows of the table."),
    ]


# points.2


def test_points_2(answer):
    rng = np.random.default_rng(17)
    cases = [(rng.normal(0.6, 1, size=n), k) for n, k in ((31, 4), (8, 4), (12, 1), (2, 1), (90, 40))]
    coordinate = cases[0][0]
    _expect_repeatable(lambda: _call_ends(answer, coordinate, 4))
    for component, k in cases:
        _check_ends(answer, component, k)
    _check_ends(answer, COMPONENT, 3)
    _check_ends(answer, rng.uniform(1, 5, size=9), 2, "Here all coordinates are positive.")
    _check_ends(answer, coordinate[::-1] * 1e-10, 4, f"Here the coordinates are very small. {ROUNDING}")
    _check_ends(answer, coordinate * 1e6, 4, f"Here the coordinates are very large. {ROUNDING}")
    _check_ends(answer, rng.integers(0, 4, size=120).astype(float), 35, "Here many coordinates are equal.")
    _check_ends(answer, np.full(6, 0.5), 2, "Here all coordinates are equal.")
    for n, k in ((7, 4), (5, 3), (7, 7), (7, 8), (7, 40), (1, 1), (1, 2), (3, 2)):
        size = "larger than n, the number of galaxies" if k > n else "larger than half of the number of galaxies"
        expect_error(
            lambda n=n, k=k: answer(COMPONENT[:n].copy(), k),
            ValueError,
            f"Raise a ValueError if 2 k is larger than n. Here k = {k} is {size}, {n}.",
        )


def _call_ends(answer, component, k):
    try:
        return _call(answer, component, k, name="coordinate")
    except ValueError as error:
        text = str(error)
    raise WrongAnswer(
        f"Your function raises a ValueError for k = {k} of {len(component)} galaxies ({text[:80]}). Raise it only if "
        "2 k is larger than n."
    )


def _check_ends(answer, component, k, hint=""):
    """Compare the row numbers of both ends with the right ones."""
    n = len(component)
    order = sorted(range(n), key=lambda row: (component[row], row))
    lowest, highest = order[:k], order[-k:]
    lists = _call_ends(answer, component, k)
    pair = _two_lists(lists, component, k, hint)
    if not hint and n > 20:  # among few galaxies, several mistakes look the same
        _reject_mistakes(np.array(pair), [lowest, highest], _ends_mistakes(component, order, k))
    for rows, expected, name in zip(pair, (lowest, highest), ("lowest", "highest"), strict=True):
        _check_end(
            rows, expected, component, name, f"{hint} For k = {k} of {n} galaxies: {_shorten(expected)}.".strip()
        )


def _check_end(rows, expected, component, name, hint):
    """Reject a list of rows that isn't the expected one, and explain the difference."""
    n = len(component)
    outside = rows[(rows < 0) | (rows >= n)]
    if outside.size:
        raise WrongAnswer(
            f"Among the {name} is {outside[0]:.6g}, which isn't a row number here. Rows are numbered from 0 to {n - 1}."
        )
    _reject_fractions(rows)
    rows = rows.astype(int).tolist()
    if rows == expected:
        return
    expect(
        len(set(rows)) == len(rows),
        f"Among the {name}, a row occurs twice. Galaxies with equal coordinates have different row numbers.",
    )
    if component[rows].tolist() == component[expected].tolist():
        raise WrongAnswer(
            f"Among the {name}, galaxies with equal coordinates are in the wrong order, or wrong ones are selected. "
            "The lower row number comes first. Use a stable sort."
        )
    expect(
        sorted(rows) != sorted(expected),
        f"The {name} are the right galaxies in the wrong order: sort them by coordinate. {hint}",
    )
    first = next(row for row in expected if row not in rows) if set(expected) - set(rows) else expected[0]
    raise WrongAnswer(f"Row {first} is missing among the {name}, or in the wrong position. {hint}")


def _shorten(rows):
    return "[" + ", ".join(map(str, rows[:6])) + (", …]" if len(rows) > 6 else "]")


def _ends_mistakes(component, order, k):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, rows = len(component), range(len(component))
    low, high, descending = order[:k], order[-k:], order[::-1]
    ranks = np.argsort(order)
    one_based = "Your row numbers are counted from 1. Python counts from 0, so each is 1 too large."
    by = {
        "You sorted by absolute values, or by squares. Keep the signs: negative coordinates are lowest.": np.abs(
            component
        ),
        "You sorted by the distance from the mean. Sort by the coordinate itself.": np.abs(
            component - component.mean()
        ),
        "You sorted by the distance from the median. Sort by the coordinate itself.": np.abs(
            component - np.median(component)
        ),
        "You converted the coordinates to integers. Sort them as they are.": component.astype(int),
        **_imprecise(component),
        "You sorted the coordinates as text. Sort them as numbers.": [str(float(value)) for value in component],
    }
    sorted_by = [(sorted(rows, key=lambda row, keys=keys: (keys[row], row)), hint) for hint, keys in by.items()]
    return [
        ([component[low], component[high]], "These are the coordinates. Return the row numbers."),
        ([high, low], "The two lists are exchanged: return the lowest galaxies first, then the highest."),
        ([high[::-1], low[::-1]], "The two lists are exchanged, and in descending order. Return the lowest first."),
        ([high[::-1], low], "The two lists are exchanged, and the highest are in descending order."),
        ([high, low[::-1]], "The two lists are exchanged, and the lowest are in descending order."),
        ([low, high[::-1]], "The second list is in descending order. Sort it in ascending order: the highest is last."),
        ([low[::-1], high], "The first list is in descending order. Sort it in ascending order: the lowest is first."),
        ([low[::-1], high[::-1]], "Both lists are in descending order. Sort them in ascending order."),
        *(([keys[:k], keys[-k:]], hint) for keys, hint in sorted_by),
        ([sorted(low), sorted(high)], "These are the right galaxies, sorted by row number. Sort them by coordinate."),
        ([ranks[:k], ranks[-k:]], "These are ranks of the first and last rows. Return row numbers: use argsort once."),
        ([rows[:k], rows[-k:]], "These are the first and last rows of the table. Sort by coordinate first."),
        ([np.add(low, 1), np.add(high, 1)], one_based),
        ([np.add(low, 1), high], f"In the first list: {one_based}"),
        ([low, np.add(high, 1)], f"In the second list: {one_based}"),
        ([np.subtract(low, 1), np.subtract(high, 1)], "Each of your row numbers is 1 too small. Count them from 0."),
        ([low, np.subtract(high, n)], "The second list contains negative row numbers. Count all rows from 0."),
        ([np.subtract(low, n), np.subtract(high, n)], "Your row numbers are negative. Count the rows from 0."),
        ([low, order[-k - 1 : -1]], "The highest galaxy of all is missing in the second list: it is the last."),
        ([order[1 : k + 1], high], "The lowest galaxy of all is missing in the first list: Python counts from 0."),
        ([order[1 : k + 1], order[-k - 1 : -1]], "The lowest and the highest galaxy of all are missing."),
        ([low, low], "Both lists contain the lowest galaxies. Return the highest in the second list."),
        ([high, high], "Both lists contain the highest galaxies. Return the lowest in the first list."),
        ([low, order[k : 2 * k]], "The second list follows the first in the order. Return the highest galaxies."),
        ([descending[k : 2 * k][::-1], high], "The first list is next to the second in the order. Return the lowest."),
    ]


def _imprecise(component):
    """Rounded coordinates by the hint for them; if float16 gives the same order, the hint names both."""
    half, n_bits = component.astype(np.float16).astype(float), "half precision (float16), about three digits"
    by = {f"You converted the coordinates to {n_bits}. Sort them as they are.": half}
    for digits in (0, 1, 2, 3, 4):
        rounded, hint = component.round(digits), _rounded(digits)
        if np.array_equal(np.argsort(half, kind="stable"), np.argsort(rounded, kind="stable")):
            by = {}
            hint = f"{hint[:-1]}, or to {n_bits}."
        by[f"{hint} Sort them as they are."] = rounded
    return by


def _two_lists(lists, component, k, hint):
    """Convert what was returned to two arrays of k numbers."""
    n, names = len(component), ("lowest", "highest")
    wanted = "Return two lists: the rows of the lowest, and the rows of the highest"
    expect(lists is not None, "What you return is None: does the function end with `return`?")
    expect(
        isinstance(lists, tuple | list) or hasattr(lists, "shape"),
        f"{wanted}; you return an object of type {type(lists).__name__}.",
    )
    pair = list(lists) if np.iterable(lists) else []
    expect(len(pair) != 2 * k or np.iterable(pair[0]), f"{wanted}; you return one list of both together.")
    expect(
        len(pair) == 2 or len(pair) != k or not all(np.size(part) == 2 for part in pair),
        f"{wanted}; you return {len(pair)} pairs of one low and one high row.",
    )
    expect(len(pair) == 2, f"{wanted}; what you return has {len(pair)} parts.")
    arrays = []
    for part, name in zip(pair, names, strict=True):
        expect(not isinstance(part, set | frozenset), "A set has no order: return the rows in two lists.")
        array = as_array(part, what=f"the list of the {name}")
        expect(array.ndim > 0, f"The {name} must be a list of {k} row numbers; you return a single number.")
        expect(
            array.ndim == 1, f"The list of the {name} must be a list of {k} row numbers; yours has {array.ndim} axes."
        )
        expect(
            len(array) != n or n == k or not set(array.tolist()) <= {0.0, 1.0},
            f"The {name} are a mask with one value per galaxy. Return row numbers.",
        )
        if len(array) != k:
            raise WrongAnswer(f"The length of the list of the {name} is {len(array)}; k is {k}. {hint}".strip())
        _reject_texts(part)
        arrays.append(array)
    return arrays


# points.3


def _centred(n, widths, seed, skew=False):
    """Principal coordinates: columns of mean 0."""
    rng = np.random.default_rng(seed)
    values = (rng.exponential(size=(n, len(widths))) if skew else rng.normal(size=(n, len(widths)))) * widths
    return values - values.mean(axis=0)


# By hand, along the first column: the positions are −4, 0 and 4. Rows 1, 2 and 4 are equally far from (0, 0).
TIE = np.array([[-4.0, 0.0], [0.0, 3.0], [0.0, -3.0], [4.0, 0.0], [3.0, 0.0], [-3.0, 0.0]])
ALONG_CASES = (
    (_centred(40, [3, 1.5, 1], seed=21, skew=True), 0, 7, ""),
    (_centred(40, [3, 1.5, 1], seed=22, skew=True), 2, 5, ""),
    (_centred(35, [2, 2.5, 1.5], seed=23), 1, 12, ""),
    (_centred(15, [3, 1, 2], seed=24), 1, 15, "Here all galaxies are selected."),
    (_centred(30, [3, 1, 0.6], seed=25, skew=True), 0, 1, "Here `count` is 1."),
    (_centred(30, [3, 1, 0.6], seed=26, skew=True), 2, 2, "Here `count` is 2."),
    (TIE, 0, 3, "Here several galaxies are equally near."),
    (np.zeros((5, 3)), 1, 4, "Here all galaxies have the same coordinates."),
    (_centred(12, [1, 2, 0], seed=27), 2, 5, "Here all coordinates along the component are equal."),
    (_centred(30, [3, 2, 2, 2, 2], seed=31), 1, 6, "Here there are five columns."),
    (_centred(30, [2, 2, 2, 2, 3], seed=32), 4, 6, "Here there are five columns."),
    (np.zeros((1, 3)), 0, 1, "Here there is a single galaxy."),
    (_centred(14, [1], seed=28), 0, 4, "Here there is a single column."),
    (1e-10 * _centred(20, [3, 1, 2], seed=29), 0, 5, "Here the coordinates are very small."),
    (
        1e12 * _centred(20, [3, 1, 2], seed=30),
        0,
        5,
        "Here the coordinates are very large. If you mark selected galaxies by a large distance, use `np.inf`.",
    ),
)
TIED_CASES = tuple(case for case in ALONG_CASES if "equal" in case[3] or "the same" in case[3])


def test_points_3(answer):
    cases = [case[:3] for case in ALONG_CASES]
    expected = [_select_by_hand(*case) for case in cases]
    returned, error = [], None
    for coordinates, component, count in cases:
        try:
            returned.append(_call(answer, coordinates, component, count, name="coordinates"))
        except (WrongAnswer, NotImplementedError):
            raise
        except Exception as raised:
            error = raised
            break
    wrong = [index for index, rows in enumerate(returned) if not is_close(rows, expected[index])]
    if wrong:
        _explain_rows(answer, cases, returned, expected, wrong)
    for rows in returned:
        _reject_texts(rows)
    if error:
        _explain_single_position(error, cases[len(returned)])
        raise error
    for *case, hint in 4 * TIED_CASES:
        rows, right = _call(answer, *case, name="coordinates"), _select_by_hand(*case)
        if not is_close(rows, right):
            _check_rows(as_array(rows), right, case, hint)
    for component, count, right in _shipped_rows():
        rows = answer(_shipped_coordinates().copy(), component, count)
        if not is_close(rows, right):
            _check_rows(as_array(rows), right, (_shipped_coordinates(), component, count), "The features are shipped.")


@cache
def _shipped_coordinates():
    """Coordinates of the shipped galaxies along three components."""
    from galviz.analysis.pca import fit_pca
    from galviz.features.features import load_features

    coordinates = fit_pca(load_features().layers["features"], n_components=3, whiten=False).coordinates
    return np.array(coordinates, dtype=np.float64)


@cache
def _shipped_rows():
    """Component, count and the right rows for the shipped galaxies."""
    cases = ((0, 6), (2, 3))
    return [(*case, _select_by_hand(_shipped_coordinates(), *case)) for case in cases]


def _select_by_hand(coordinates, component, count):
    """The right rows, with loops."""
    rows, positions = [], even_positions(coordinates[:, component], count)
    for position in positions:
        point = [position if column == component else 0 for column in range(coordinates.shape[1])]
        left = [row for row in range(len(coordinates)) if row not in rows]
        rows.append(min(left, key=lambda row: (math.dist(coordinates[row], point), row)))
    return np.array(rows)


def _explain_rows(answer, cases, returned, expected, wrong):
    """Raise the hint for wrong rows; `wrong` are the indices of their cases."""
    first = wrong[0]
    coordinates, _, count = cases[first]
    expect(
        not any(isinstance(rows, set | frozenset) for rows in returned),
        "A set has no order: return a list, in the order of the positions.",
    )
    expect(
        not any(hasattr(rows, "__next__") for rows in returned),
        "You return a generator or an iterator. Return a list of row numbers.",
    )
    reject_mistakes(cases, returned, expected, MISTAKES)
    _expect_repeatable(lambda: _call(answer, *cases[0], name="coordinates"))
    few = [[values[index] for index in wrong] for values in (cases, returned, expected)]
    if len(coordinates) > 10 and count > 1:  # among few galaxies, several mistakes look the same
        reject_mistakes(*few, MISTAKES)
    _reject_texts(returned[first] if np.iterable(returned[first]) else [])
    _check_rows(as_array(returned[first], what="the list of selected rows"), expected[first], cases[first], "")
    raise WrongAnswer(f"The rows are wrong. {ALONG_CASES[first][3]}".strip())


def _check_rows(array, expected, case, hint):
    """Reject the first row that differs from the expected one, and explain it."""
    coordinates, component, count = case
    n = len(coordinates)
    hint = next((text for *arguments, text in ALONG_CASES if arguments[0] is coordinates), hint)
    expect(array.ndim > 0, "You return a single number. Return a list of row numbers, also if `count` is 1.")
    expect(
        array.shape[0] != 2 or array.ndim != 2,
        "You return two lists, such as row numbers and positions. Return the row numbers alone.",
    )
    expect(
        array.ndim == 1, f"Return one list of row numbers; what you return has the shape {_format_shape(array.shape)}."
    )
    if len(array) != count:
        raise WrongAnswer(f"The length of your list is {len(array)}; `count` is {count}. {hint}".strip())
    _reject_fractions(array)
    outside = array[(array < 0) | (array >= n)]
    if outside.size:
        raise WrongAnswer(
            f"You return {outside[0]:.6g}, which isn't a row number here. Rows are numbered from 0 to {n - 1}. "
            f"{hint}".strip()
        )
    rows, right = array.astype(int).tolist(), [int(row) for row in expected]
    step = next(index for index in range(count) if rows[index] != right[index])
    row, nearest = rows[step], right[step]
    if row in rows[:step]:
        raise WrongAnswer(f"You select row {row} twice. Select each galaxy at most once. {hint}".strip())
    point = np.zeros(coordinates.shape[1])
    point[component] = even_positions(coordinates[:, component], count)[step]
    distance, least = (math.dist(coordinates[one], point) for one in (row, nearest))
    if math.isclose(distance, least, rel_tol=1e-9, abs_tol=1e-300):
        raise WrongAnswer(f"Rows {nearest} and {row} are equally near: select the smaller row number. {hint}".strip())
    raise WrongAnswer(
        f"At the position {point[component]:.3g} along the component {component}, number {step + 1} of {count}, select "
        f"row {nearest}, which is {least:.3g} from the point on the axis. You select row {row}, which is "
        f"{distance:.3g} from it. {hint}".strip()
    )


def _format_shape(shape):
    return " × ".join(map(str, shape))


def _explain_single_position(error, case):
    """Raise a hint for an error that a single position, or another number of columns than 3, leads to."""
    coordinates, _, count = case
    k = coordinates.shape[1]
    if k != 3 and ("broadcast" in str(error) or "out of bounds" in str(error) or "dimension" in str(error)):
        raise WrongAnswer(
            f"It raises {type(error).__name__} for coordinates with {k} column{'s' if k != 1 else ''}: their number "
            "isn't always 3. Take it from `coordinates.shape[1]`."
        ) from None
    if count == 1 and isinstance(error, ZeroDivisionError | IndexError | ValueError | TypeError):
        raise WrongAnswer(
            f"It raises {type(error).__name__} if `count` is 1: then count − 1, the number of intervals, is 0. The "
            "only position is the midpoint between the smallest and the largest value."
        ) from None

"""Tests of the exercises on other maps; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains all results of the student's
function, or at least the wrong ones.
"""

import math
from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_unchanged
from galviz.course.mistakes import call_on_cases, is_close, quiet, reject_mistakes, returns_same
from lessons.maps.map_mistakes import BEST_MISTAKES, NEAREST_MISTAKES, right_best, right_nearest, share_kept
from lessons.maps.mistakes import KEPT_MISTAKES, TRUST_MISTAKES, factor, large_mistakes, trust

# The lesson's five galaxies on a line, and an embedding that puts the last one elsewhere.
LINE = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]])
MOVED = np.array([[0.0], [1.0], [3.0], [7.0], [7.5]])
NAMES = ("high", "low", "k")
# The first cases are large. Among few galaxies, different mistakes have the same result.
N_LARGE = 3


def _galaxies(n, d, seed, *, n_columns=2, noise=0.6):
    """Galaxies in d dimensions, and an embedding of them: some of the dimensions, with noise."""
    random = np.random.default_rng(seed)
    high = random.normal(2, 1, size=(n, d)) * np.linspace(2, 0.5, d)
    return high, high[:, :n_columns] + noise * random.normal(size=(n, n_columns))


def _rotated(n, seed):
    """Galaxies, and an embedding that keeps all neighbours: rotated, enlarged and shifted."""
    high, _ = _galaxies(n, 4, seed)
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]
    return high, 10 * high @ rotation - 3


def _mispaired():
    """Two distant groups, and an embedding that places each galaxy of one beside one of the other."""
    high = np.array([[0.0], [1.1], [2.5], [4.2], [20.0], [21.3], [22.4], [24.1]])
    low = np.array([[0.0], [10.0], [21.0], [33.0], [33.4], [21.5], [10.6], [0.7]])
    return high, low


def _far_from_zero():
    """Features that differ by much less than they are: float32 rounds the differences."""
    high, low = _galaxies(83, 4, 14)
    return 1e5 + 0.1 * high, low


# maps.0


def test_maps_0(answer):
    cases = _nearest_cases()
    expected = [np.asarray(right_nearest(*case)) for case in cases]
    returned, error = call_on_cases(answer, cases, ("positions", "row"))
    wrong = [i for i, value in enumerate(returned) if not is_close(_squeezed(value), expected[i])]
    if isinstance(error, IndexError) and "for axis 0 with size 2" in str(error):
        raise WrongAnswer(
            f"An array of two elements, such as x and y, has no element {cases[len(returned)][1]}. Do you compute one "
            "number per column (axis=0)? A distance is the length of a row: axis=1."
        )
    if wrong:
        for value in returned:
            expect(value is not None, "You return None: does the function end with `return`, for each row?")
            expect(not isinstance(value, str), "You return text: return a row number, an int.")
            expect(not isinstance(value, bool | np.bool_), "You return True or False: return a row number.")
        reject_mistakes(cases, returned, expected, NEAREST_MISTAKES)
        expect(
            returns_same(answer, cases[0], cases[0]),
            "Two calls with the same input return different rows: nothing here is random.",
        )
        if len(wrong) > 3:
            chosen = [[values[i] for i in wrong] for values in (cases, returned, expected)]
            reject_mistakes(*chosen, NEAREST_MISTAKES)
        _explain_nearest(cases[wrong[0]], returned[wrong[0]], int(expected[wrong[0]]))
    if error:
        positions, row = cases[len(returned)]
        begin = f"Your function raises {type(error).__name__} ({str(error)[:80]})"
        if isinstance(error, IndexError | ValueError) and len(positions) == 2:
            raise WrongAnswer(f"{begin} for two galaxies: the nearest one is the other.") from None
        if isinstance(error, IndexError):
            raise WrongAnswer(
                f"{begin} for row {row} of {len(positions)} galaxies: rows are numbered from 0 to n − 1, and "
                "`positions` has two columns, 0 and 1."
            ) from None
        if isinstance(error, ValueError) and "ambiguous" in str(error):
            raise WrongAnswer(
                f"{begin}: you compare arrays of several numbers. Compute one distance per galaxy, from x and y."
            ) from None
        raise error
    for value in returned:
        expect(
            np.asarray(value).dtype.kind != "f",
            f"You return {value!r}, a float. Row numbers are integers, because an index can't be a float.",
        )


def _nearest_cases():
    """Rows at the beginning, in the middle and at the end; equal distances, equal places, and two galaxies."""
    random = np.random.default_rng(11)
    few = np.array([[0.0, 0.0], [5.0, 5.0], [1.0, 0.0], [5.0, 3.0], [-2.0, 0.5], [4.2, 5.9]])
    many = random.normal(0, 3, size=(30, 2)) + np.array([4, -1])
    wide = random.normal(size=(25, 2)) * [20, 0.7]
    cross = np.array([[0.0, 2.0], [3.0, 3.0], [1.0, 0.0], [0.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [3.0, 4.0], [3.0, 2.0]])
    near = np.array([[1.0, 2.0003], [1.0, 1.9998], [1.0, 2.0], [-3.0, 1.0], [0.0, 2.0]])
    # Nearly equal distances from row 0, and very small ones.
    close = np.array([[0.0, 0.0], [3.0, 0.0], [1.000004, 0.0], [0.0, 1.0], [-2.0, 1.0]])
    close_and_far = np.array([[0.0, 0.0], [10000.05, 0.0], [0.0, 10000.0], [20000.0, 1.0]])
    tiny = np.array([[0.0, 0.0], [3e-9, 0.0], [0.0, 1e-9], [5e-9, 5e-9]])
    places = np.array([[2.0, 1.0], [0.5, 0.5], [7.0, 7.0], [2.0, 1.0], [0.5, 0.5], [7.25, 7.0], [0.5, 0.5]])
    return [
        *((few, row) for row in range(6)),
        *((many, row) for row in (17, 0, 29, 8, 22)),
        *((wide, row) for row in (3, 24, 12)),
        *((cross, row) for row in (3, 1)),
        *((places, row) for row in (3, 6, 0, 2, 4)),
        (few[:2], 0),
        (few[:2], 1),
        (1e-4 * many, 5),
        (1e4 * many, 8),
        (near, 2),
        (close, 0),
        (close_and_far, 0),
        (tiny, 0),
    ]


def _explain_nearest(case, returned, right):
    """Raise a hint for a wrong row."""
    positions, row = case
    n, array = len(positions), as_array(returned)
    expect(array.size != n, "You return one number per galaxy: return one row number.")
    expect(array.size < 2, f"You return {array.size} numbers: return one row number.")
    number = as_float(returned, what="the row number")
    distances = np.linalg.norm(positions - positions[row], axis=1)
    expect(number == int(number), f"You return {number:.4g}, but a row number is a whole number: is it a distance?")
    expect(0 <= number < n, f"You return row {int(number)}, but the {n} galaxies have the rows 0 to {n - 1}.")
    expect(
        number != row or distances[right] < 1000,
        f"If all galaxies are far apart, at distances of {distances[right]:.4g} or more, you return the galaxy itself. "
        "Did you set its own distance to a fixed number? Use one that is larger than any other, such as `np.inf`.",
    )
    expect(
        number != row or distances[right] > 0,
        f"For row {row}, you return the galaxy itself. Row {right} is at the same place, so in the order of distances "
        "the galaxy itself needn't be first: leave it out by its row number.",
    )
    expect(
        number != row,
        f"For row {row} of {n} galaxies, you return the galaxy itself, at distance 0: leave out its row, and no other.",
    )
    chosen = int(number)
    expect(
        distances[right] > 0 or distances[chosen] == 0,
        f"Row {right} is at the same place as row {row}, at a distance of 0, so it is the nearest; you return row "
        f"{chosen}. Leave out the galaxy's own row only.",
    )
    if distances[chosen] == distances[right]:
        raise WrongAnswer(
            f"Rows {right} and {chosen} are equally near to row {row}, and you return {chosen}: the smaller is right."
        )
    raise WrongAnswer(
        f"For row {row} of {n} galaxies, you return row {chosen}, at a distance of {distances[chosen]:.4g}. Row "
        f"{right} is nearer, at {distances[right]:.4g}. Use √(Δx² + Δy²), without rounding."
    )


def test_maps_1(answer):
    small, small_low = _galaxies(16, 4, 2)
    cases = [
        (*_galaxies(83, 6, 8), 7),
        (*_galaxies(13, 4, 2), 3),
        (*_galaxies(40, 5, 8, n_columns=3), 4),
        (*_galaxies(30, 3, 9), 1),
        (LINE, MOVED, 1),
        (*_rotated(20, 4), 4),
        (1e-5 * small, 1e4 * small_low, 3),
        (small, np.random.default_rng(12).normal(size=(16, 2)), 6),
        (*_mispaired(), 2),
        (*_galaxies(9, 3, 6), 8),
        (*_galaxies(2, 3, 5), 1),
        (*_far_from_zero(), 7),
    ]
    expected = [np.asarray(share_kept(*case)) for case in cases]
    assert math.isclose(expected[4], 4 / 5)
    _check(answer, cases, expected, KEPT_MISTAKES, "share kept", _explain_share)
    _check_many(answer, 101, "share kept", of_trust=False)


def test_maps_2(answer):
    small, small_low = _galaxies(16, 4, 2)
    cases = [
        (*_galaxies(30, 6, 5), 5),
        (*_galaxies(12, 4, 6), 3),
        (*_galaxies(25, 5, 8, n_columns=3), 4),
        (*_galaxies(20, 3, 9, noise=2), 1),
        (LINE, MOVED, 1),
        (*_rotated(15, 7), 4),
        (1e-5 * small, 1e4 * small_low, 2),
        (small, np.random.default_rng(12).normal(size=(16, 2)), 6),
        (*_mispaired(), 1),
        (*_galaxies(9, 3, 6, noise=2), 4),
        (*_galaxies(3, 3, 5, noise=3), 1),
    ]
    expected = [np.asarray(trust(*case)) for case in cases]
    assert math.isclose(expected[4], 0.8)
    _check(answer, cases, expected, TRUST_MISTAKES, "trustworthiness", _explain_trust)
    _check_many(answer, 101, "trustworthiness", of_trust=True)


def _check_many(answer, k, what, *, of_trust):
    """Compare the result for many galaxies, after those for few are right."""
    high, low = _galaxies(300, 3, 17)
    expected = (trust if of_trust else share_kept)(high, low, k)
    returned, error = call_on_cases(answer, [(high, low, k)], NAMES)
    if error:
        raise error
    expect_close(
        _squeezed(returned[0]),
        expected,
        large_mistakes(high, low, k, of_trust=of_trust),
        what=f"the {what}",
        hint=f"It is right for fewer galaxies. Here are {len(high)}, and k is {k}. Is a number in your code fixed?",
    )


def _check(answer, cases, expected, mistakes, what, explain):
    """Compare the results for all cases with the right ones."""
    returned, error = call_on_cases(answer, cases, NAMES)
    wrong = [i for i, value in enumerate(returned) if not is_close(_squeezed(value), expected[i])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, mistakes)
        expect(
            not all(
                returns_same(answer, (high, low, k), (high, low, other))
                for high, low, k, other in ((*cases[0][:2], 5, 3), (*cases[2][:2], 4, 7))
            ),
            "Your result is the same for each `k`: use the parameter, not a fixed number of neighbours.",
        )
        expect(
            returns_same(answer, cases[0], cases[0]),
            "Two calls with the same input return different results: nothing here is random.",
        )
        for chosen in (wrong, [i for i in wrong if i < N_LARGE]):
            if len(chosen) > 1:
                reject_mistakes(*([values[i] for i in chosen] for values in (cases, returned, expected)), mistakes)
        _explain_value(answer, cases[first], returned[first], float(expected[first]), what, explain)
    if error:
        _explain_error(error, cases[len(returned)])
        raise error


def _squeezed(value):
    """A single number in an array of any shape as a plain number; anything else as it is."""
    try:
        array = as_array(value)
    except WrongAnswer:
        return value
    return array.reshape(()) if array.size == 1 else value


def _describe(case):
    high, low, k = case
    n, d = high.shape
    columns = f"{low.shape[1]} column{'s' if low.shape[1] > 1 else ''}"
    return f"{n} galaxies with {d} feature{'s' if d > 1 else ''}, an embedding of {columns}, k = {k}"


def _explain_value(answer, case, value, expected, what, explain):
    """Raise a hint that follows from a wrong result alone."""
    high, low, k = case
    if as_array(value).shape == (len(high),):
        raise WrongAnswer("You return one number per galaxy: return a single number for all of them.")
    number = as_float(value, what=f"the {what}")
    expect(not math.isnan(number), f"Your result is NaN for {_describe(case)}: is there a division of 0 by 0?")
    if "float16" in str(getattr(value, "dtype", "")):
        raise WrongAnswer("Your result is float16, which rounds to about three digits: return float32 or float64.")
    if math.isclose(expected, 1) and np.array_equal(high.shape, low.shape):
        raise WrongAnswer(
            f"An embedding that is rotated, enlarged and shifted keeps all neighbours, so the {what} is 1; yours is "
            f"{number:.4g}."
        )
    if len(high) - 1 == k:
        raise WrongAnswer(
            f"If k is n − 1, all other galaxies are neighbours, so the share kept is 1; yours is {number:.4g} for "
            f"{_describe(case)}."
        )
    if np.abs(high).max() < 1e-3:
        raise WrongAnswer(
            f"Your {what} is wrong if all features are very small, about 1e-5: {number:.4g} instead of {expected:.4g}. "
            "Don't round distances, add nothing to them, and compare with no fixed number."
        )
    if high.min() > 1e4:
        raise WrongAnswer(
            f"Your {what} is wrong if the features are far from 0, about 1e5: {number:.4g} instead of {expected:.4g}. "
            "Rounding changes their differences, as in float32: compute in float64, and subtract before you square."
        )
    explain(case, number, expected)
    raise WrongAnswer(
        f"The {what} is {number:.5g}, and should be {expected:.5g}, for {_describe(case)}. Compute the lesson's five "
        "galaxies by hand, and compare the lists of neighbours."
    )


def _explain_share(case, number, expected):
    """Raise a hint for a share of neighbours kept that has the wrong range or divisor."""
    high, _, k = case
    expect(
        0 <= number <= 1,
        f"Your result is {number:.4g}, but a share is from 0 to 1: is it a percentage, or a number of neighbours?",
    )
    kept, right = number * len(high) * k, round(expected * len(high) * k)
    if abs(kept - round(kept)) < 1e-6:
        expect(
            len(high) < 50 or abs(round(kept) - right) > 4,
            f"You count {round(kept)} kept neighbours of all galaxies; {right} is right. So few differ if distances or "
            "coordinates are rounded, as in half precision (float16), or slightly rescaled: use them as they are.",
        )
        more = "more" if kept > right else "fewer"
        raise WrongAnswer(
            f"The share kept is {number:.5g}, and should be {expected:.5g}, for {_describe(case)}. So you count "
            f"{round(kept)} kept neighbours of all galaxies, {more} than the right {right}. Does each galaxy have "
            "exactly k neighbours in both, without itself, by the Euclidean distance?"
        )
    whole = number / expected if expected else 0
    expect(
        not whole or abs(whole - 1) > 0.005,
        f"Your result, {number:.6g}, is close to the right one, {expected:.6g}: don't round, and use float64.",
    )


def _explain_trust(case, number, expected):
    """Raise a hint for a trustworthiness from another sum."""
    high, _, k = case
    n = len(high)
    total, right = (1 - number) / factor(n, k), round((1 - expected) / factor(n, k))
    if abs(total - round(total)) < 1e-4 * max(1, abs(total)):
        raise WrongAnswer(
            f"The trustworthiness is {number:.5g}, and should be {expected:.5g}, for {_describe(case)}. With the right "
            f"factor, your sum of r − k is {round(total)}; it should be {right}. Check the ranks, U, and that no "
            "galaxy is its own neighbour."
        )
    expect(number <= 1, f"Your result is {number:.4g}, but the trustworthiness is at most 1.")
    if right and number < 1:
        raise WrongAnswer(
            f"The trustworthiness is {number:.5g}, and should be {expected:.5g}, for {_describe(case)}. If your sum of "
            f"r − k is right, {right}, your factor is {(1 - number) / right:.4g}; it should be {factor(n, k):.4g}."
        )


def _explain_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    high, low, k = case
    text, kind = str(error), type(error).__name__
    if isinstance(error, IndexError | ValueError) and low.shape[1] != 2:
        raise WrongAnswer(
            f"Your function raises {kind} for {_describe(case)}: {text[:80]}. An embedding may have one column, or "
            "three: use all columns."
        ) from None
    if isinstance(error, ZeroDivisionError):
        raise WrongAnswer(f"Your function divides by 0 for {_describe(case)}: check the denominator.") from None
    if isinstance(error, IndexError | ValueError) and len(high) - 1 == k:
        raise WrongAnswer(
            f"Your function raises {kind} for {_describe(case)}: {text[:80]}. k may be as large as n − 1, the number "
            "of all other galaxies."
        ) from None
    if isinstance(error, ValueError) and "broadcast" in text:
        raise WrongAnswer(
            f"The shapes don't match for {_describe(case)}: the feature space and the embedding have different numbers "
            "of columns. Compute the distances of each by itself."
        ) from None


# maps.3

# Seed, number of galaxies and k, for which the best embedding leads, and nearly all mistakes choose differently.
BEST_CASES = (
    (20, 27, 6),
    (37, 30, 3),
    (40, 22, 2),
    (66, 25, 5),
    (69, 31, 9),
    (73, 30, 3),
    (81, 24, 4),
    (111, 25, 5),
    (113, 29, 7),
)
MAP_NAMES = ("UMAP", "pca", "t-SNE ", "lle", "som", "isomap")
SHIPPED_MAPS = ("features/5/0.1/0", "features/15/0.1/0", "features/50/0.1/0", "noise/15/0.1/0")


def test_maps_3(answer):
    cases = _best_cases()
    expected = [np.asarray(right_best(*case)) for case in cases]
    places, error = [], None
    for case in cases:
        try:
            places.append(_place(*_name(answer, case), case))
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as raised:
            error = raised
            break
    wrong = [i for i, place in enumerate(places) if place != expected[i]]
    if isinstance(error, KeyError):
        _explain_best_error(error, cases[len(places)])
    if wrong:
        reject_mistakes(cases, places, expected, BEST_MISTAKES)
        expect(
            all(_name(answer, case)[0] == _name(answer, case)[0] for case in cases[:3]),
            "Two calls with the same input return different names: nothing here is random.",
        )
        if len(wrong) > len(cases) // 2:
            reject_mistakes(*([values[i] for i in wrong] for values in (cases, places, expected)), BEST_MISTAKES)
        _explain_best(cases[wrong[0]], int(places[wrong[0]]), int(expected[wrong[0]]))
    if error:
        _explain_best_error(error, cases[len(places)])
        raise error
    _check_shipped_maps(answer)


def _best_cases():
    """Embeddings of similar quality; equally good ones; one embedding; k as large as possible."""
    cases = [_embeddings(seed, n, k) for seed, n, k in BEST_CASES]
    features, maps, _ = _embeddings(2, 21, 4)
    *_, best = sorted(maps, key=lambda name: share_kept(features, maps[name], 4))
    copies = {
        "middle": maps[best],
        "alpha": 3 * maps[best] - 1,
        "zeta": maps[best][:, ::-1].copy(),
        "kappa": -maps[best],
    }
    others = {name: coordinates for name, coordinates in maps.items() if name != best}
    pairs, mixed = _mispaired()  # no embedding keeps a neighbour
    by_hand = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [7.0, 0.0], [15.0, 0.0]])
    moved = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [7.0, 0.0], [7.5, 0.0]])
    return [
        *cases,
        (by_hand, {"moved": moved, "enlarged": 10 * by_hand}, 1),
        (features, {**others, **copies}, 4),
        (features, {**copies, **others}, 2),
        (features, {"only": maps[best]}, 3),
        (features[:6], {name: maps[name][:6] for name in ("UMAP", "som", "lle")}, 5),
        (features[:2], {name: maps[name][:2] for name in ("t-SNE ", "som", "lle")}, 1),
        (pairs @ [[1.0, 0.5]] + 1, {"none": mixed @ [[1.0, 0.2]], "neither": mixed @ [[-0.3, 2.0]] + 5}, 1),
        _embeddings(332, 60, 35),  # the best two shares differ by less than 0.001
    ]


def _embeddings(seed, n, k):
    """Features, and embeddings of about the same quality: two mixtures of their columns, with noise."""
    random = np.random.default_rng(seed)
    features = random.normal(1, 1, size=(n, 4)) * [2, 1.5, 1.2, 1]
    maps = {}
    for name in MAP_NAMES:
        mixed = features @ np.linalg.qr(random.normal(size=(4, 2)))[0]
        maps[name] = (mixed + random.normal(0, 0.3, size=(n, 2))) * random.choice([0.1, 1, 20]) + 3
    return features, maps, k


def _name(answer, case):
    """What the student's function returns, and the dictionary's names; rejects changes of the arguments."""
    features, maps, k = case
    own, copies = features.copy(), {name: coordinates.copy() for name, coordinates in maps.items()}
    with quiet():
        returned = answer(own, copies, k)
    expect_unchanged(features, own, "features")
    expect(
        list(copies) == list(maps),
        "Your function adds or removes names in `maps`, or changes their order: the dictionary belongs to the caller.",
    )
    for name, coordinates in maps.items():
        expect_unchanged(coordinates, copies[name], f"maps[{name!r}]")
    return returned, list(maps)


def _place(returned, names, case):
    """Place of the returned name; raises a hint for anything else."""
    if returned is None:
        features, maps, k = case
        expect(
            any(share_kept(features, coordinates, k) for coordinates in maps.values()),
            "If all embeddings keep a share of 0, you return None: the first of them is the right one. Does your "
            "search for the largest share start at 0?",
        )
        raise WrongAnswer("You return None: does the function end with `return`, after the loop?")
    if isinstance(returned, str):
        expect(returned in names, f"You return {returned[:40]!r}, which isn't a name in `maps`: {', '.join(names)}.")
        return float(names.index(returned))
    if isinstance(returned, int | np.integer) and not isinstance(returned, bool):
        raise WrongAnswer(f"You return the number {int(returned)}, perhaps a place in `maps`: return the name.")
    if isinstance(returned, float | np.floating):
        features, maps, k = case
        largest = max(share_kept(features, coordinates, k) for coordinates in maps.values())
        what = "the largest share" if math.isclose(returned, largest, rel_tol=1e-6) else "a number"
        raise WrongAnswer(f"You return {what}, {float(returned):.3g}: return the name of the embedding.")
    if isinstance(returned, dict):
        raise WrongAnswer("You return a dictionary, perhaps of all shares: return the name with the largest one.")
    if isinstance(returned, np.ndarray) and returned.ndim == 2:
        raise WrongAnswer("You return an embedding itself: return its name, a string.")
    if isinstance(returned, tuple | list | np.ndarray):
        raise WrongAnswer("You return several things, such as a name with its share: return the name only, a string.")
    raise WrongAnswer(f"Return a name, a string; you return an object of type {type(returned).__name__}.")


def _explain_best(case, chosen, right):
    """Raise a hint for a wrong choice without a known reason."""
    features, maps, k = case
    names = list(maps)
    n, shares = len(features), [share_kept(features, coordinates, k) for coordinates in maps.values()]
    begin = f"For {n} galaxies, {len(maps)} embeddings and k = {k}, you return {names[chosen]!r}"
    if math.isclose(shares[chosen], shares[right]):
        raise WrongAnswer(
            f"{begin}, which keeps as many neighbours as {names[right]!r}. Of equally good embeddings, return the one "
            "that comes first in `maps`."
        )
    raise WrongAnswer(
        f"{begin}, which keeps a share of {shares[chosen]:.3f}; {names[right]!r} keeps {shares[right]:.3f}. Check the "
        "share of one embedding with your `neighbours_kept`. Is the largest one compared with all others?"
    )


def _explain_best_error(error, case):
    """Raise a hint for errors that typical mistakes raise."""
    features, maps, k = case
    begin = f"Your function raises {type(error).__name__} ({str(error)[:80]}) for {len(features)} galaxies and k = {k}"
    if isinstance(error, TypeError) and "subscriptable" in str(error):
        raise WrongAnswer(f"{begin}: `maps` is a dictionary, of which `items()` gives names and arrays.") from None
    if isinstance(error, KeyError):
        raise WrongAnswer(
            f"{begin}. The names in `maps` may be any, here {', '.join(maps)}: go through those that it has."
        ) from None
    if len(features) - 1 == k and isinstance(error, IndexError | ValueError):
        raise WrongAnswer(f"{begin}: k may be as large as n − 1, the number of all other galaxies.") from None
    if len(maps) == 1:
        raise WrongAnswer(f"{begin} and a single embedding: its name is the result.") from None
    if isinstance(error, ValueError) and "broadcast" in str(error):
        raise WrongAnswer(
            f"{begin}: features and embeddings have different numbers of columns. Compute the distances of each by "
            "itself, and compare neighbours."
        ) from None


@cache
def _shipped_maps():
    """Features of every ninth shipped galaxy, and some of the shipped UMAPs with the first two components."""
    import galviz
    from galviz.artefacts.umaps import UMAPS

    features = galviz.load_features()
    values = features.layers[features.last_layer].astype(float)
    maps = {settings.name: umap.to_numpy(float)[::9] for settings, umap in UMAPS.load().items()}
    maps = {name: maps[name] for name in SHIPPED_MAPS if name in maps}
    maps["PCA"] = np.asarray(galviz.fit_pca(values, n_components=2).coordinates)[::9]
    return values[::9], maps


def _check_shipped_maps(answer):
    """Compare the choices for the shipped features and UMAPs; nearly equal shares are left out."""
    features, maps = _shipped_maps()
    for k in (1, 3, 20):  # each of the UMAPs is the best one once
        shares = {name: share_kept(features, coordinates, k) for name, coordinates in maps.items()}
        *_, second, best = sorted(shares, key=shares.get)
        if shares[best] - shares[second] < 0.004:
            continue
        chosen, names = _name(answer, (features, maps, k))
        _place(chosen, names, (features, maps, k))
        expect(
            chosen == best,
            f"Your result is right for small tables. But of the shipped UMAPs and PCA, with k = {k} and "
            f"{len(features)} galaxies, {best!r} keeps a share of {shares[best]:.3f}, and your {chosen!r} only "
            f"{shares[chosen]:.3f}. Here are 512 features and more galaxies. Are numbers in your code fixed?",
        )

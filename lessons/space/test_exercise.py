"""Tests of the exercises on the feature space; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
inputs, or for those with a wrong result. Other hints follow from the numbers.
"""

from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close
from galviz.course.mistakes import (
    call_on_cases,
    is_close,
    reject_mistakes,
    returns,
    returns_same,
)
from lessons.space.cosine_mistakes import COSINE_MISTAKES, cosine_of
from lessons.space.mistakes import (
    DISTANCE_MISTAKES,
    REMOVAL_MISTAKES,
    SEARCH_MISTAKES,
    TIE_MISTAKES,
    nearest_rows,
    rest_of,
)
from lessons.space.neighbour_mistakes import EQUAL, all_mistakes, excess_of, strangest_row

REMOVAL_NAMES = ("features", "weight")


def test_space_0(answer):
    cases = _cosine_cases()
    expected = [np.array(cosine_of(*case)) for case in cases]
    # By hand: a·b = 24, and both lengths are 5.
    assert is_close(expected[0], 0.96)
    returned, error = call_on_cases(answer, cases, ("a", "b"))
    wrong = [i for i, cosine in enumerate(returned) if not _is_number(cosine, expected[i])]
    if wrong:
        reject_mistakes(cases, returned, expected, COSINE_MISTAKES)
        _explain_cosine(answer, cases, returned, expected, wrong)
    if error:
        _explain_cosine_error(error, cases, len(returned))
        raise error


def _is_number(value, expected):
    try:
        return is_close(as_array(value, ()), expected, atol=1e-6)
    except WrongAnswer:
        return False


def _cosine_cases():
    """Two vectors: of different lengths, of both signs, opposite, at right angles, of one number, and tiny."""
    random = np.random.default_rng(3)
    vector = np.array([0.3, -2.0, 1.1, 0.6])
    return [
        (np.array([3.0, 4.0]), np.array([4.0, 3.0])),
        (np.array([1.5, -2.0, 0.5]), np.array([0.7, 2.2, 3.0])),
        (random.normal(1, 2, size=7), random.normal(0.5, 0.4, size=7)),
        (vector, -3 * vector),
        (vector, 0.2 * vector),
        (np.array([2.0, 1.0]), np.array([-3.0, 6.0])),
        (np.array([2.0]), np.array([-5.0])),
        (random.normal(size=512), random.normal(0.1, 1, size=512)),
        (np.array([3e-9, -4e-9, 1e-9]), np.array([1e-9, -1e-9, 5e-9])),
    ]


def _explain_cosine(cosine_similarity, cases, returned, expected, wrong):
    """Raise a hint that follows from the numbers, or from other calls."""
    first = wrong[0]
    (a, b), value = cases[first], returned[first]
    what = f"the cosine of vectors of {len(a)} number{'s' * (len(a) > 1)} and the lengths {_lengths(a, b)}"
    array = as_array(value, what=what)
    if array.size > 1:
        raise WrongAnswer(f"You return {array.size} numbers: return a single one, the cosine of a and b.")
    array = as_array(value, (), what=what)
    if "float16" in str(getattr(value, "dtype", "")):
        raise WrongAnswer("You return float16 (half precision), about three digits: return float32 or float64.")
    if not np.isfinite(array) and len(a) == 1:
        raise WrongAnswer(
            f"You return {float(array)} for vectors of a single number, and the size d may be 1. Do you divide by "
            "d − 1, or subtract a mean? The formula needs neither."
        )
    if not np.isfinite(array):
        raise WrongAnswer(
            f"You return {float(array)} for vectors of the lengths {_lengths(a, b)}: no length is 0 here."
        )
    if wrong == [len(cases) - 1]:
        raise WrongAnswer(
            f"Your result is wrong for short vectors, of the lengths {_lengths(a, b)}. They are never 0: divide by the "
            "lengths themselves, without adding a small number, rounding or a limit."
        )
    if len(returned) > 2 and all(is_close(other, value) for other in returned):
        raise WrongAnswer(f"Your result is {float(array):.4g} for all vectors: it must depend on both.")
    for name, change in (("a", lambda a, b: (a[::-1] * 2 - b, b)), ("b", lambda a, b: (a, b[::-1] * 2 - a))):
        if all(returns_same(cosine_similarity, case, change(*case)) for case in cases[:3]):
            raise WrongAnswer(f"Your result doesn't depend on `{name}`: use both vectors.")
    if first and len(wrong) < len(returned) and all(expected[i] < 0 for i in wrong):
        raise WrongAnswer(
            f"Your result is wrong for negative cosines: it is {float(array):.4g}, from −1 to 0 is right."
        )
    if np.isclose(array, expected[first], rtol=5e-3, atol=6e-3):
        raise WrongAnswer(
            f"Your result, {float(array):.9g}, differs slightly from {float(expected[first]):.9g}. Did you round a "
            "number, add a small one, or compute in half precision (float16)?"
        )
    hint = "Divide a·b by the product of both lengths."
    factors = [as_array(v, ()) / e for v, e in zip(returned, expected, strict=False) if abs(e) > 1e-9]
    if np.allclose(factors, factors[0], rtol=1e-4):
        hint = f"All your results are {factors[0]:.4g} times the right ones. {hint}"
    elif abs(array) > 1.001:
        hint = f"A cosine is never beyond −1 and 1. {hint}"
    expect_close(array, expected[first], what=what, hint=hint)


def _lengths(a, b):
    return f"{np.linalg.norm(a):.3g} and {np.linalg.norm(b):.3g}"


def _explain_cosine_error(error, cases, index):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    d = len(cases[index][0])
    if isinstance(error, TypeError) and "scalar" in str(error):
        raise WrongAnswer(
            "`math` functions and `float` take a single number, and you gave an array: add up first, or use NumPy "
            "functions."
        ) from None
    if isinstance(error, TypeError) and "multiply sequence" in str(error):
        raise WrongAnswer("Python can't multiply two lists: use NumPy arrays, or a loop over `zip(a, b)`.") from None
    if isinstance(error, IndexError | np.exceptions.AxisError):
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for vectors of {d} number{'s' * (d > 1)} ({error}). They "
            f"have "
            "a single axis, and any size."
        ) from None
    if isinstance(error, ZeroDivisionError):
        raise WrongAnswer(
            f"You divided by 0. Both lengths are larger, here {_lengths(*cases[index])}: did you round them, or "
            "subtract a mean?"
        ) from None
    if isinstance(error, ValueError) and any(word in str(error) for word in ("broadcast", "mismatch", "aligned")):
        raise WrongAnswer(
            f"The shapes don't match for two vectors of shape ({d},): multiply number by number, and add up all "
            "products."
        ) from None


def test_space_1(answer):
    cases = _removal_cases()
    expected = [rest_of(*case) for case in cases]
    # By hand: |w| = 5 and u = (0.6, 0.8); x·u is 2.2, 1 and 7.8.
    expected[0] = np.array([[-0.32, 0.24], [2.4, -1.8], [0.32, -0.24]])
    returned, error = call_on_cases(answer, cases, REMOVAL_NAMES)
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index])]
    if wrong:
        reject_mistakes(cases, returned, expected, REMOVAL_MISTAKES)
        _explain_ignored_weight(answer, cases[1])
        first = 1 if 1 in wrong else wrong[0]  # in case 0, by hand, several mistakes look the same
        if len(wrong) < len(returned):
            _explain_some_cases(cases, returned, expected, wrong)
        elif len(returned) > 2:  # cases 1 and 2 have several galaxies and features
            reject_mistakes(cases[1:], returned[1:3], expected[1:], REMOVAL_MISTAKES)
        _explain_rest(cases[first], returned[first], expected[first])
    if error:
        _explain_removal_error(answer, error, cases, expected, len(returned))
        raise error
    _check_small_features(answer, cases[1])


def _check_small_features(without_direction, case):
    """Reject rounding that shows only if features are small."""
    features, weight = 1e-9 * case[0], case[1]
    returned, error = call_on_cases(without_direction, [(features, weight)], REMOVAL_NAMES)
    if error:
        raise error
    if not is_close(1e9 * as_array(returned[0], features.shape), 1e9 * rest_of(features, weight)):
        raise WrongAnswer(
            "Your result is wrong if features are small, about 1e-9, and right otherwise. Don't round the result, and "
            "set no limit below which a number counts as 0."
        )


def _removal_cases():
    """Features and weight: several lengths of w, both of its shapes, one galaxy, one feature."""
    random = np.random.default_rng(1)

    def case(n, d, length):
        weight = random.normal(size=d)
        return random.normal(2, 1, size=(n, d)), weight * length / np.linalg.norm(weight)

    by_hand = np.array([[1.0, 2.0], [3.0, -1.0], [5.0, 6.0]]), np.array([3.0, 4.0])
    with_zeros = case(4, 3, 2.0)
    with_zeros[0][1] = 0  # a galaxy at the origin, and one along w
    with_zeros[0][2] = 3 * with_zeros[1]
    row_vector, single = case(7, 4, 2.5), case(1, 1, 0.5)
    return [
        by_hand,
        case(7, 4, 0.3),
        case(5, 5, 7.0),  # as many galaxies as features: a wrong axis raises no error
        case(6, 3, 1.0008),
        case(6, 3, 0.8),
        case(6, 3, 1.2),
        with_zeros,
        case(5, 3, 1e-9),
        case(1, 3, 3.0),
        case(3, 1, 2.0),
        (row_vector[0], row_vector[1][None]),
        (single[0], single[1][None]),
    ]


def _explain_ignored_weight(without_direction, case):
    features, weight = case
    if returns_same(without_direction, case, (features, weight[::-1].copy() + 0.2)):
        raise WrongAnswer("Your result doesn't depend on `weight`: use the parameter, not fixed numbers.")


def _explain_some_cases(cases, returned, expected, wrong):
    """Raise a hint if the results are wrong only for some inputs, which have something in common."""
    inputs, lengths = [cases[i] for i in wrong], [float(np.linalg.norm(cases[i][1])) for i in wrong]
    if max(lengths) < 1e-6:
        raise WrongAnswer(
            f"Your result is wrong for a short w, with |w| = {lengths[0]:.0e}. |w| is never 0: divide by |w| itself. "
            "Add no small number, and set no limit below which w counts as 0."
        )
    as_it_is = [x - np.outer(x @ np.ravel(w), np.ravel(w)) for x, w in inputs]
    if all(is_close(returned[i], result) for i, result in zip(wrong, as_it_is, strict=True)):
        raise WrongAnswer(
            f"You used w without dividing it by its length where |w| is {_join(lengths)}. Always divide: w is a unit "
            "vector only if its length is exactly 1."
        )
    if any(min(x.shape) > 1 for x, _ in inputs):
        reject_mistakes(inputs, [returned[i] for i in wrong], [expected[i] for i in wrong], REMOVAL_MISTAKES)
    if all(w.ndim == 2 for _, w in inputs):
        raise WrongAnswer(
            "Your result is right for a weight of shape (d,), and wrong for the shape (1, d), in which a linear layer "
            "stores it: convert it to one axis first."
        )
    for axis, name in ((0, "galaxy"), (1, "feature")):
        if all(x.shape[axis] == 1 for x, _ in inputs):
            raise WrongAnswer(
                f"Your result is wrong for a single {name}, and right for several: use the same formula for any number."
            )
    if not any(x.any(axis=1).all() for x, _ in inputs):
        raise WrongAnswer(
            "Your result is wrong if all features of a galaxy are 0. Such a galaxy stays at 0: divide only w by its "
            "length, not the features."
        )


def _explain_rest(case, values, expected):
    """Raise a hint that follows from the numbers: precision, the shape, or a wrong multiple of u."""
    features, w = case[0], np.ravel(case[1])
    (n, d), length = features.shape, np.linalg.norm(w)
    what = f"what you return for {n} × {d} features and |w| = {length:.5g}"
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("Your result is float16 (half precision), about three digits: return float32 or float64.")
    array = as_array(values, what=what)
    if array.ndim == 2 and len(array) == n and array.shape[1] < d:
        raise WrongAnswer(
            f"You return {array.shape[1]} of {d} columns: keep all of them. Only the part along w is removed, which "
            "isn't a single feature."
        )
    array = as_array(values, expected.shape, what=what)
    factor = (array * expected).sum() / (expected**2).sum() if expected.any() else 1
    if abs(factor - 1) > 0.02 and np.allclose(array, factor * expected, rtol=1e-4, atol=1e-4):
        raise WrongAnswer(f"Your result is {factor:.4g} times as large as it should be: return x − (x·u) u unscaled.")
    if np.allclose(array, expected, rtol=5e-3, atol=1e-2):
        raise WrongAnswer(
            f"Your result differs by up to {np.abs(array - expected).max():.1g} from the right one, for |w| = "
            f"{length:.5g}. Did you round a number, add a small one, or compute in half precision (float16)?"
        )
    _explain_order(array, expected)
    right = np.isclose(array, expected, rtol=1e-4, atol=1e-5)
    bounds = np.unique(array[~right])
    if right.any() and len(bounds) <= 2 and set(bounds) <= {array.min(), array.max()}:
        raise WrongAnswer(f"You clipped the result at {_join(bounds)}: return x − (x·u) u as computed.")
    if (column := right.all(axis=0)).any() and d > 1:
        raise WrongAnswer(
            f"Column {int(column.argmin())} is wrong in {what}, and column {int(column.argmax())} is right: subtract "
            "the part along w from all features."
        )
    right = right.all(axis=1)
    if right.any() and n > 1:
        raise WrongAnswer(
            f"Row {int(right.argmin())} is wrong in {what}, and row {int(right.argmax())} is right: use the same "
            "formula for all rows."
        )
    subtracted, along = features - array, features @ w / length
    multiples = subtracted @ w / length
    if np.allclose(subtracted, np.outer(multiples, w / length), atol=1e-4) and np.abs(along).min() > 1e-3:
        factors = multiples / along
        if np.ptp(factors) < 1e-3 * np.abs(factors).max():
            raise WrongAnswer(
                f"You subtract {factors.mean():.4g} times the part along w, for |w| = {length:.5g}: subtract it once, "
                "(x·u) u with a vector u of length 1." + " Add no small number to |w|." * bool(0 < factors.mean() < 1)
            )
        raise WrongAnswer(
            f"You subtract wrong multiples of u. For row 0, it is {multiples[0]:.4g} u, and should be {along[0]:.4g} u."
        )
    if np.allclose(array @ w, 0, atol=1e-3 * length):
        raise WrongAnswer(
            f"The rows are at right angles to w, but something else has changed in {what}: subtract only (x·u) u."
        )
    expect_close(values, expected, what=what, hint="Its rows must be at right angles to w.")


def _explain_order(array, expected):
    """Raise a hint if rows or columns are the right ones in another order."""
    for name, one, other in (("rows", array, expected), ("columns", array.T, expected.T)):
        if np.allclose(one[np.lexsort(one.T)], other[np.lexsort(other.T)], atol=1e-4):
            raise WrongAnswer(f"The {name} are right, but in another order: keep that of the features.")


def _explain_removal_error(without_direction, error, cases, expected, index):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    features, weight = cases[index]
    n, d = features.shape
    if weight.ndim == 2:
        raise WrongAnswer(
            f"Your function works for a weight of shape ({d},), and raises {type(error).__name__} for the shape "
            f"(1, {d}). A linear layer stores its weight like this: convert it to one axis first."
        ) from None
    if returns(without_direction, (features, weight[None]), expected[index]):
        raise WrongAnswer(
            f"Your function works for a weight of shape (1, {d}), and raises {type(error).__name__} for the shape "
            f"({d},). Both are possible: convert the weight to one axis first."
        ) from None
    if index:
        before = " × ".join(map(str, cases[index - 1][0].shape))
        raise WrongAnswer(
            f"Your function works for features of shape {before}, and raises {type(error).__name__} for {n} × {d}: use "
            "no fixed numbers or sizes, and no `squeeze`."
        ) from None
    if isinstance(error, ValueError) and any(word in str(error) for word in ("broadcast", "mismatch", "aligned")):
        raise WrongAnswer(
            f"The shapes don't match, for {n} galaxies of {d} features. x·u is one number per galaxy, and u has {d} "
            f"numbers. Each of the {n} numbers times the vector u gives one row."
        ) from None
    if isinstance(error, TypeError) and "scalar" in str(error):
        raise WrongAnswer(
            f"`math` functions and `float` take a single number, and you gave an array ({error}): use NumPy functions."
        ) from None


def _search_cases():
    """Features, row and k, without equal distances; a wrong distance gives other rows."""
    random = np.random.default_rng(2)
    features = random.normal(1, 1, size=(40, 8)) * np.linspace(0.5, 3, 8)
    # By hand: the distances from row 0 are 0, 4.24, 4, 5, 1 and 2.
    by_hand = np.array([[1.0, 1.0], [4.0, 4.0], [5.0, 1.0], [1.0, 6.0], [2.0, 1.0], [1.0, -1.0]])
    return [
        (features, 17, 6),
        (by_hand, 0, 4),
        (by_hand, 3, 3),
        (features, 39, 1),
        (features, 4, 39),
        (features[:12] * 1e-9, 5, 11),
        (random.permutation(np.cumsum(np.linspace(0.3, 0.5, 50)))[:, None], 20, 9),
        (np.array([[2.0, 1.0, 0.0], [7.0, 3.0, 5.0]]), 1, 1),
    ]


def _tie_cases():
    """Equal distances: galaxies with the same features, and on a grid."""
    twins = np.array([[5.0, 5.0], [2.0, 3.0], [0.0, 0.0], [2.0, 4.0], [2.0, 3.0], [9.0, 1.0], [2.0, 3.0]])
    grid = np.array([[x, y] for x in range(15) for y in range(15)], dtype=float)
    return [(twins, 4, 3), (twins, 6, 2), (twins, 1, 6), (grid, 112, 24), (grid, 30, 24), (np.ones((4, 3)), 2, 3)]


def test_space_2(answer):
    distinct, tied = _search_cases(), _tie_cases()
    cases = distinct + tied
    expected = [nearest_rows(*case) for case in cases]
    assert expected[1].tolist() == [4, 5, 2, 1]
    returned, error = call_on_cases(answer, cases, ("features", "row", "k"))
    wrong = [index for index, rows in enumerate(returned) if not _is_right(rows, expected[index])]
    if wrong:
        _explain_rows(answer, cases, returned, expected, wrong[0], len(distinct))
    if error:
        _explain_search_error(error, cases[len(returned)])
        raise error
    _reject_partial_sort(answer)
    _check_scales(answer)


def _reject_partial_sort(nearest):
    """Reject `argpartition` and the like, which leave only long lists unsorted."""
    case = np.random.default_rng(142).normal(size=(600, 4)), 60, 480  # whose distances differ in float32, too
    right = nearest_rows(*case)
    returned, _ = call_on_cases(nearest, [case], ("features", "row", "k"))
    if returned and not _is_right(returned[0], right) and set(np.ravel(returned[0])) == set(right.tolist()):
        raise WrongAnswer(
            "Your rows are the right ones, but among 600 galaxies with k = 480, they aren't in the order of distances: "
            "the nearest comes first. `argpartition`, for example, only separates the k nearest from the others, and "
            "doesn't sort them."
        )


LARGE = (
    "if distances are very large, about 1e12, and right otherwise. Did you mark the galaxy itself by a large distance, "
    "such as 1e6? It must be larger than any other: use `np.inf`."
)


def _check_scales(nearest):
    """Reject a distance of the galaxy itself that isn't the largest for each scale."""
    features = 1e12 * np.random.default_rng(6).normal(size=(12, 3))
    expected = nearest_rows(features, 5, 11)
    returned, error = call_on_cases(nearest, [(features, 5, 11)], ("features", "row", "k"))
    if error:
        raise error
    if not _is_right(returned[0], expected):
        if _is_right(nearest(features / 1e12, 5, 11), nearest_rows(features / 1e12, 5, 11)):
            raise WrongAnswer(f"Your rows are wrong {LARGE}")
        what = "the list of the k = 11 galaxies nearest to row 5, among 12 galaxies"
        _explain_list(features, 5, _read_rows(returned[0], features, 5, 11, what), expected.tolist(), what)


def _is_right(rows, expected):
    return _kind_of_list(rows) == "" and is_close(rows, expected, rtol=0, atol=1e-3)


def _kind_of_list(rows):
    """What is wrong with the type of a list of row numbers; empty if nothing is."""
    if isinstance(rows, set | frozenset):
        return "You return a set, which has no order: return a list of row numbers, the nearest first."
    if isinstance(rows, dict) or hasattr(rows, "__next__"):
        return f"You return an object of type {type(rows).__name__}: return a list of row numbers, the nearest first."
    if isinstance(rows, np.ndarray | list | tuple) and len(np.shape(rows)) == 1:
        kind = np.asarray(rows).dtype.kind
        if kind == "b":
            return "You return true or false per galaxy: return the row numbers, the nearest first."
        if kind in "US":
            return "You return row numbers as strings: return them as integers."
    return ""


def _explain_rows(nearest, cases, returned, expected, first, n_distinct):
    """Raise the hint for a wrong list of rows; `first` is the index of the first wrong case."""
    (features, row, k), rows = cases[first], returned[first]
    if kind := _kind_of_list(rows):
        raise WrongAnswer(kind)
    exact = {"rtol": 0, "atol": 1e-3}
    untied = slice(min(n_distinct, len(returned)))
    _reject_search(cases[untied], returned[untied], expected[untied])
    if first >= n_distinct:
        _reject_partial_sort(nearest)
        reject_mistakes(cases, returned, expected, TIE_MISTAKES, **exact)
        reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], TIE_MISTAKES, **exact)
    _explain_parameters(nearest, cases[0], returned)
    wrong = [i for i in range(untied.stop) if not _is_right(returned[i], expected[i])]
    if 0 in wrong:  # 6 of 40 rows are enough to tell by which distance they were selected
        reject_mistakes(cases, returned[:1], expected, SEARCH_MISTAKES[:1], **exact)  # the galaxy itself, and no other
        reject_mistakes(cases, returned[:1], expected, DISTANCE_MISTAKES, **exact)
    elif wrong:
        _reject_search(*([values[i] for i in wrong] for values in (cases, returned, expected)))
    what = f"the list of the k = {k} galaxies nearest to row {row}, among {len(features)} galaxies of "
    what += f"{features.shape[1]} feature{'s' * (features.shape[1] > 1)}"
    _explain_list(features, row, _read_rows(rows, features, row, k, what), expected[first].tolist(), what)


def _reject_search(cases, returned, expected):
    reject_mistakes(cases, returned, expected, SEARCH_MISTAKES, rtol=0, atol=1e-3)


def _explain_parameters(nearest, case, returned):
    """Raise a hint if the result doesn't depend on a parameter, or is random."""
    features, row, k = case
    if not returns_same(nearest, case, case):
        raise WrongAnswer("Two calls with the same input return different rows: nothing here is random.")
    if all(returns_same(nearest, (features, row, k), (features, row, other)) for other in (2, 9)):
        raise WrongAnswer("Your list is the same for each `k`, so k is ignored: return k row numbers.")
    if all(returns_same(nearest, (features, row, k), (features, other, k)) for other in (2, 9)):
        raise WrongAnswer("Your list is the same for each `row`: compute the distances from that galaxy.")
    if returns_same(nearest, (features, row, k), (features[::-1].copy() ** 2, row, k)):
        raise WrongAnswer("Your list doesn't depend on `features`: compute the distances from them.")


def _read_rows(rows, features, row, k, what):
    """Convert a list of rows to integers; explain what can't be rows of `features`."""
    n, array = len(features), as_array(rows, what=what)
    if array.ndim == 2 and array.shape == (k, 2):
        raise WrongAnswer("You return pairs of numbers, such as distance and row: return only the row numbers.")
    if array.ndim == 0:
        raise WrongAnswer(f"You return a single number: return a list of k row numbers, also for k = 1. Here k is {k}.")
    if array.ndim > 1:
        raise WrongAnswer(
            f"{what[0].upper()}{what[1:]} has the shape {' × '.join(map(str, array.shape))}: return one list of row "
            "numbers, with a single axis."
        )
    if not len(array):
        raise WrongAnswer(f"You return an empty list: {what} has {k} row numbers.")
    if not (np.isfinite(array).all() and (array == array.round()).all()):
        raise WrongAnswer(f"Row numbers are integers, and your list contains {array[array != array.round()][0]:.4g}.")
    if array.min() < 0 or array.max() >= n:
        raise WrongAnswer(
            f"Rows go from 0 to {n - 1} here, and your list contains {array[(array < 0) | (array >= n)][0]:.0f}."
        )
    distances = np.delete(np.linalg.norm(features - features[row], axis=1), row)
    if len(array) == len(np.unique(distances)) < k:
        raise WrongAnswer(
            f"Your list has the length {len(array)}, and k is {k}: galaxies at the same distance are lost, as in a "
            "dict with distances as keys. Each of them counts."
        )
    if len(array) != k:
        raise WrongAnswer(
            f"Your list has the length {len(array)}, and k is {k}: return exactly k, without the galaxy itself."
        )
    return array.astype(int).tolist()


def _explain_list(features, row, rows, expected, what):
    """Raise a hint that follows from the rows alone."""
    distances = np.linalg.norm(features - features[row], axis=1)
    if row in rows:
        raise WrongAnswer(
            f"The galaxy itself, row {row}, is among its neighbours. Exclude it by its row number: another galaxy may "
            "be at distance 0 too."
        )
    if len(set(rows)) < len(rows):
        raise WrongAnswer(f"{what[0].upper()}{what[1:]} contains a row twice: each neighbour is another galaxy.")
    if np.allclose(distances[rows], distances[expected], rtol=1e-9, atol=0):
        raise WrongAnswer(
            "If two distances are equal, the lower row number comes first. A sort may exchange equal values, unless it "
            "is a stable one."
        )
    missing = [one for one in expected if one not in rows]
    if not missing:
        raise WrongAnswer(
            f"These are the right galaxies in another order. In {what}, the nearest comes first: {expected[:6]}. A set "
            "and `argpartition`, for example, don't sort."
        )
    if all(distances[one] == 0 for one in missing):
        raise WrongAnswer(
            f"Row {missing[0]} has the same features as row {row}, so it is a neighbour at distance 0. Exclude only "
            "the galaxy itself, by its row number."
        )
    at = next(i for i, (one, right) in enumerate(zip(rows, expected, strict=True)) if one != right)
    raise WrongAnswer(
        f"In {what}, the entry [{at}] is row {rows[at]}, at the distance {distances[rows[at]]:.4g}. It should be row "
        f"{expected[at]}, at {distances[expected[at]]:.4g}: the root of the sum of squared differences of all features."
    )


def _explain_search_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    features, row, k = case
    n, d = features.shape
    if isinstance(error, IndexError) and f"size {d}" in str(error) and "axis 0" in str(error):
        raise WrongAnswer(
            f"You used row {row} as an index of {d} numbers, and there are {d} features: you have one distance per "
            "feature, by the wrong axis. Sum over the features (axis 1), for one distance per galaxy."
        ) from None
    if isinstance(error, IndexError) and "axis 1" in str(error):
        raise WrongAnswer(
            f"You used row {row} as an index of the columns, of which there are {d}: galaxies are the first axis, "
            "features the second."
        ) from None
    if isinstance(error, IndexError) and k == n - 1:
        raise WrongAnswer(
            f"Your function raises IndexError for k = {k} of {n} galaxies: it looks for more galaxies than there are."
        ) from None
    if isinstance(error, ValueError) and "broadcast" in str(error):
        raise WrongAnswer(
            f"The shapes don't match, for {n} galaxies of {d} features. A galaxy is a row: subtract that row from all "
            "rows, and add up the squares along the features (axis 1)."
        ) from None
    if isinstance(error, ValueError) and "truth value" in str(error):
        raise WrongAnswer(
            "You compared arrays where a single number is needed: a distance is one number per galaxy, so sum over the "
            "features (axis 1)."
        ) from None


def _join(numbers):
    return ", ".join(f"{number:.5g}" for number in dict.fromkeys(numbers))


# Features and causes, and the hint if results are wrong only for such inputs.
CONSTANT = (
    "Your row is wrong if a cause is the same for all galaxies. Its standard deviation is 0, and 0 / 0 gives NaN: such "
    "a column must not contribute."
)
TINY = (
    "Your row is wrong if a cause has small numbers, about 1e-9, and right otherwise. Any scale is possible: divide by "
    "the standard deviation itself, add no small number, and set no limit."
)
TWINS = (
    "Your row is wrong if galaxies have the same features. They are neighbours at distance 0, and may come before i in "
    "the order of distances: exclude only i, by its row number."
)
NEAR_TIES = "Your row is wrong if two galaxies are equally near in features: f is the one with the smaller row number."
TIES = "Your row is wrong if several galaxies have the largest d: return the smallest row number."
OUTLIERS = (
    "Your row is wrong if a cause has outliers, beyond three standard deviations. They count as they are: don't clip "
    "or leave out any."
)
SAME_IN_SOME = (
    "Your row is wrong if a cause has the same value for a few galaxies, here the first two and the last, and other "
    "values for the others. A column is constant only if all its values are the same."
)
NEARLY_TIED = (
    "Your row is wrong if two d differ by less than 0.00001. They are different, so the larger one counts: don't round "
    "d, and compare without a tolerance."
)
SMALL_FEATURES = (
    "Your row is wrong if features have small numbers, about 1e-9, and right otherwise. Don't round them, and set no "
    "limit below which a difference counts as 0."
)
PAIR = (
    "Your row is wrong for two galaxies. Each is the neighbour of the other, in features and in causes, so d is 0 for "
    "both: return row 0. Does your search start with a largest d of 0? No d is larger then."
)


def _strange_cases():
    """Features, causes, and the hint if the row is wrong only for such inputs."""
    random = np.random.default_rng(28)

    scale, offset = np.array([8.0, 1.2, 0.3, 3.0, 0.05]), np.array([20.0, 9.0, 0.4, -2.0, 0.3])

    def case(n, p, q):
        """Causes of several scales and with outliers, features of several scales."""
        causes = random.laplace(size=(n, q)) * np.resize(scale, q) + np.resize(offset, q)
        features = random.normal(1, 1, size=(n, p)) * np.resize([1.0, 0.4, 3.0, 0.8], p)
        return features, causes

    by_hand = (
        np.array([[1.0, 1.0], [2.0, 1.0], [6.0, 6.0], [6.0, 7.5], [6.0, 5.0]]),
        np.array([[10.0], [11.0], [31.0], [12.0], [30.0]]),
    )
    # In one case, the right row is the last, in another the first. The next has large features that differ little.
    last, first, large = case(15, 15, 2), case(13, 1, 3), case(14, 6, 5)
    last, first = (
        tuple(np.roll(x, row - strangest_row(*one), axis=0) for x in one) for one, row in ((last, -1), (first, 0))
    )
    large[0][:] += 2000
    constant, tiny = case(13, 4, 4), case(12, 4, 3)
    constant[1][:, 1] = 90.0
    tiny[1][:, 0] *= 1e-10
    # Rows 5 and 6 have the same features, and differ in causes; row 3 is nearest to row 6 in causes.
    twins = np.array([[0.0], [90.0], [40.0], [31.0], [60.0], [20.0], [20.0], [71.0]])
    twin_causes = np.array([[3.0], [5.0], [4.0], [9.0], [6.0], [1.0], [9.2], [6.5]])
    # Rows 2 and 5, of the same cause, are nearest to rows 1 and 4, of the same cause too.
    equal = np.array([[0.0], [10.0], [11.0], [30.0], [50.0], [51.0], [70.0]])
    equal_causes = np.array([[5.0], [1.0], [9.0], [4.0], [1.0], [9.0], [6.0]])
    # As before, but d of rows 4 and 5 is slightly larger.
    unequal_causes = equal_causes + 0.1 * np.eye(7)[:, 5:6]
    # Row 3 is equally far from rows 1 and 5.
    grid = np.array([[9.0, 1.0], [1.0, 1.0], [9.0, 4.0], [3.0, 1.0], [9.0, 6.0], [5.0, 1.0], [0.0, 1.0], [5.5, 1.0]])
    grid_causes = np.array([[1.0], [2.0], [1.5], [8.0], [1.2], [8.1], [2.1], [8.2]])
    # Five galaxies with the same features, so that a sort that isn't stable gives another one than the first.
    copies = np.array([[2.0], [1.0], [1.0], [7.0], [1.0], [1.0], [5.5], [1.0], [9.0]])
    copies_causes = np.array([[7.0], [1.0], [9.3], [1.5], [9.0], [2.0], [0.0], [9.5], [4.0]])
    return [
        (*by_hand, ""),
        (*case(12, 6, 3), ""),
        (*case(17, 5, 3), ""),
        (*last, ""),
        (*large, ""),
        (*case(11, 5, 1), ""),
        (*first, ""),
        (*case(25, 4, 4), ""),
        (*case(40, 6, 2), ""),
        (equal, unequal_causes, ""),
        (*constant, CONSTANT),
        (*tiny, TINY),
        (twins, twin_causes, TWINS),
        (twins[::-1].copy(), twin_causes[::-1].copy(), TWINS),
        (copies, copies_causes, TWINS),
        (equal, equal_causes, TIES),
        (grid, grid_causes, NEAR_TIES),
        (*case(2, 3, 2), PAIR),
    ]


def _scale_cases():
    """Features and causes for which few mistakes matter, and the hint if the row is wrong."""

    def case(n, p, q, seed):
        random = np.random.default_rng(seed)
        return random.normal(size=(n, p)), random.normal(size=(n, q))

    features, outlying = case(40, 3, 2, seed=3)
    outlying = np.sinh(2.5 * outlying)
    others, same = case(13, 3, 2, seed=2)
    same[[0, 1, -1], 1] = 3.0
    line = np.array([[0.0], [10.0], [11.0], [30.0], [50.0], [51.0], [70.0]])
    nearly = np.array([[5.0], [1.0], [9.0], [4.0], [1.0], [9.00002], [6.0]])
    small, large = case(20, 3, 2, seed=3), case(20, 3, 2, seed=4)
    return [
        (features, outlying, OUTLIERS),
        (others, same, SAME_IN_SOME),
        (line, nearly, NEARLY_TIED),
        (1e-9 * small[0], small[1], SMALL_FEATURES),
        (1e12 * large[0], large[1], f"Your row is wrong {LARGE}"),
    ]


@cache
def _shipped():
    """Features and three causes of 400 shipped galaxies, and the right row."""
    import galviz

    survey, data = galviz.load_survey(verify=False), galviz.load_features()
    ids = data.object_ids[:400]
    features = data.layers["features"][data.rows(ids)]
    causes = survey.catalogue.loc[ids, ["metallicity", "log_mass_msun", "inclination_deg"]].to_numpy(dtype=float)
    return features, causes, strangest_row(features, causes)


def test_space_3(answer):
    cases = _strange_cases()
    inputs = [case[:2] for case in cases]
    expected = [strangest_row(*case) for case in inputs]
    assert expected[0] == 3
    assert (expected[12:14], expected[15], expected[17]) == ([6, 1], 1, 0)
    returned, error = call_on_cases(answer, inputs, ("features", "causes"))
    wrong = [i for i, row in enumerate(returned) if not _is_row(row, expected[i])]
    if wrong and not (error and len(returned) < 4):
        _explain_strange(answer, cases, returned, expected, wrong)
    if error:
        _explain_strange_error(error, cases, len(returned))
        raise error
    tied = [case for case in cases if case[2] in (TWINS, TIES, NEAR_TIES, PAIR)]
    for features, causes, hint in [*_scale_cases(), *10 * tied]:  # a random choice is right now and then
        returned, error = call_on_cases(answer, [(features, causes)], ("features", "causes"))
        if error:
            raise error
        expect(_is_row(returned[0], strangest_row(features, causes)), hint)
    features, causes, row = _shipped()
    returned = answer(features.copy(), causes.copy())
    if not _is_row(returned, row):
        for n in (100, 200, 256, 300, 50):
            expect(
                not _is_row(returned, strangest_row(features[:n], causes[:n])),
                f"You compare only the first {n} galaxies, and here there are {len(features)}: compare all of them.",
            )
        _explain_row(features, causes, returned, row, "Among 400 shipped galaxies and three of their causes")


def _is_row(row, expected):
    return not isinstance(row, bool | np.bool_) and _is_number(row, np.array(float(expected)))


def _explain_strange(strangest_neighbour, cases, returned, expected, wrong):
    """Raise the hint for a wrong row."""
    hints = {cases[i][2] for i in wrong}
    if len(hints) == 1 and len(returned) > 8 and (hint := hints.pop()):
        _reject_steps(cases, returned)
        raise WrongAnswer(hint)
    as_array(returned[wrong[0]], what="the row number")
    _reject_steps(cases, returned)
    features, causes, _ = cases[wrong[0]]
    one, other = cases[1][:2], cases[2][:2]
    for name, changed in (("features", (one[0][::-1] ** 2, one[1])), ("causes", (one[0], one[1][::-1] ** 2))):
        again = (other[0][::-1] ** 2, other[1]) if name == "features" else (other[0], other[1][::-1] ** 2)
        if all(returns_same(strangest_neighbour, left, right) for left, right in ((one, changed), (other, again))):
            raise WrongAnswer(f"Your row doesn't depend on `{name}`: both features and causes matter.")
    if not all(returns_same(strangest_neighbour, one, one) for _ in range(3)):
        raise WrongAnswer("Calls with the same input return different rows: nothing here is random.")
    what = f"Among {len(features)} galaxies with {_count(features, 'feature')} and {_count(causes, 'cause')}"
    _explain_row(features, causes, returned[wrong[0]], expected[wrong[0]], what)


def _count(columns, name):
    number = columns.shape[1]
    return f"{number} {name}{'s' * (number > 1)}"


def _reject_steps(cases, returned):
    """Raise the hint of one mistake, or two, that explain all results; several are needed."""
    if len(returned) < 4:
        return
    # The first case has few rows, so it rejects few mistakes.
    pairs = sorted(zip(returned, cases, strict=False), key=lambda pair: len(pair[1][0]) < 6)
    for search, hint in all_mistakes():
        if all(_explains(search(*case[:2]), row) for row, case in pairs):
            raise WrongAnswer(hint)


def _explains(mistaken, row):
    return is_close(row, mistaken) or (mistaken.ndim == 0 and bool(np.isnan(mistaken)))


def _explain_row(features, causes, row, right, where):
    """Raise a hint that compares d of the student's row with d of the right one."""
    n = len(features)
    if np.asarray(row).dtype.kind == "b":
        raise WrongAnswer("You return true or false: return the row number of the galaxy.")
    array = as_array(row, what="the row")
    expect(
        array.size == 1,
        f"You return {array.size} numbers: return a single row number, that of the galaxy with the largest d.",
    )
    number = float(array.reshape(()))
    expect(
        number.is_integer() and 0 <= number < n,
        f"{where}, you return {number:.4g}: return a row number, from 0 to {n - 1}.",
    )
    excess, f, c = excess_of(features, causes)
    i = int(number)
    if abs(excess[i] - excess[right]) < EQUAL:
        raise WrongAnswer(TIES)
    raise WrongAnswer(
        f"{where}, you return row {i}. There f = {f[i]}, c = {c[i]} and d = {excess[i]:.3f}. Row {right} has a larger "
        f"d: f = {f[right]}, c = {c[right]} and d = {excess[right]:.3f}. Compare with your own numbers for these rows."
    )


def _explain_strange_error(error, cases, index):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    features, causes, hint = cases[index]
    n, p, q = len(features), features.shape[1], causes.shape[1]
    if "NaN" in str(error) or "infinity" in str(error):
        raise WrongAnswer(f"Your function raises {type(error).__name__} because of NaN. {CONSTANT}") from None
    if isinstance(error, IndexError) and n == 2:
        raise WrongAnswer(
            "Your function raises IndexError for two galaxies: each has only one other, so the nearest other one is "
            "the first of the list without the galaxy itself."
        ) from None
    if isinstance(error, ValueError) and any(word in str(error) for word in ("broadcast", "mismatch", "aligned")):
        raise WrongAnswer(
            f"The shapes don't match, for {n} galaxies with {p} features and {q} causes. Galaxies are the rows (first "
            "axis). Mean and standard deviation have one number per cause: compute them along axis 0."
        ) from None
    if isinstance(error, ValueError) and "truth value" in str(error):
        raise WrongAnswer(
            "You compared arrays where a single number is needed: a distance is one number per galaxy, so sum over the "
            "columns (axis 1)."
        ) from None
    if hint:
        raise WrongAnswer(f"Your function raises {type(error).__name__}: {str(error)[:80]}. {hint}") from None

"""Tests of the exercises on what components mean; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains all results of the student's
function, or at least the wrong ones.
"""

import math
import random
from collections import Counter
from itertools import permutations
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.stats import chi2, pearsonr

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_unchanged
from galviz.course.mistakes import call_on_cases, is_close, quiet, reject_mistakes, returns
from galviz.course.seeds import SEEDS, reject_equal_seeds
from lessons.meaning.mistakes import (
    CAUSE_MISTAKES,
    CAUSE_UNKNOWN_MISTAKES,
    FORMULA_MISTAKES,
    SHARE_MISTAKES,
    STATISTIC_MISTAKES,
    UNKNOWN_MISTAKES,
    right_cause,
    right_r,
    right_share,
)
from lessons.meaning.response_checks import check_response

NAN = float("nan")
# Rounding in another order of summation passes; rounding to four decimals doesn't.
PRECISION = {"rtol": 2e-5, "atol": 1e-6}
# By hand: minus their means −2, −1, 0, 3 and −1, −3, 3, 1; the three sums are 8, 14 and 20.
X, Y = np.array([1.0, 2.0, 3.0, 6.0]), np.array([4.0, 2.0, 8.0, 6.0])


# meaning.0

# No two sums or row numbers are equal to them, and float16 can't hold them.
TWELVE = np.array([30.25, -1.5, 8.125, 0.0625, 1000.375, 41.5, -7.75, 14.0625, 2048.625, 77.125, -310.5, 5.875])
WITH_REPEATS = np.array([2.5, NAN, 2.5, -4.75, 6.125, NAN, 2.5, 0.0, 9.5, 0.25])
# All 24 orders of four values are counted; a right answer is rejected with a probability of one in ten million.
N_SEEDS, LARGEST_CHI2 = 5000, chi2.isf(1e-7, 23)
OWN_GENERATOR = "make a generator of your own from `seed`."


def test_meaning_0(answer):
    _check_generators(lambda seed: _permute(answer, [(TWELVE, seed)]))
    cases = [(TWELVE, 1), (TWELVE, 2), (np.arange(5.0, 15.0), 3), (WITH_REPEATS, 4), (np.array([4.5]), 5)]
    copies = _permute(answer, cases)
    _check_values(cases, copies)
    _check_seeds_of_permute(answer)
    _check_places_of_nan(answer)
    _check_orders(answer)
    value = np.array([4.5])
    expect(
        not (isinstance(returned := answer(value, 1), np.ndarray) and np.shares_memory(returned, value)),
        "With a single value, you return the input itself: return a new array, so that a change of it leaves the "
        "caller's values alone.",
    )


def _permute(answer, cases):
    """The student's copies of some values."""
    returned, error = call_on_cases(answer, cases, ("values", "seed"))
    if error:
        text = str(error).rstrip(".")
        if isinstance(error, TypeError) and ("equence" in text or "hashable" in text):
            raise WrongAnswer(
                f"Your function raises TypeError: {text[:100]}. Python's `random` shuffles lists, not arrays: convert "
                "the values, or use a generator of NumPy."
            ) from None
        if isinstance(error, TypeError | AttributeError):
            raise WrongAnswer(
                f"Your function raises {type(error).__name__}: {text[:100]}. The seed makes a generator, as in "
                "`np.random.default_rng(seed)`, and the generator has methods that shuffle."
            ) from None
        if isinstance(error, ValueError) and len(cases[len(returned)][0]) == 1:
            raise WrongAnswer(
                f"Your function raises ValueError for a single value: {text[:100]}. Its copy is this value."
            ) from None
        raise error
    for values in returned:
        expect(
            values is not None,
            "You return None: `shuffle` shuffles its argument in place and returns None. Shuffle a copy, then return "
            "the copy.",
        )
    return [as_array(values) for values in returned]


def _check_values(cases, copies):
    """Reject copies with other values, and those in the original order."""
    for (values, _), copy in zip(cases, copies, strict=True):
        if copy.shape != values.shape:
            _explain_shape(values, copy)
    for (values, _), copy in zip(cases, copies, strict=True):
        if not is_close(np.sort(copy), np.sort(values), rtol=1e-6, atol=0):
            _explain_values(values, copy)
    if all(is_close(copy, values) for (values, _), copy in zip(cases, copies, strict=True)):
        raise WrongAnswer(
            "Your copy has the original order. Did you shuffle another array, or forget to use the shuffled one?"
        )


def _explain_shape(values, copy):
    known = values[~np.isnan(values)]
    expect(
        copy.shape != known.shape or len(known) == len(values),
        "You left out NaN: shuffle it like any other value, so that the copy is as long as the input.",
    )
    expect(
        copy.ndim != 1 or len(copy) not in (len(set(known)), len(set(known)) + 1, len(set(known.tolist())) + 2),
        "You removed values that occur twice (as `set` and `np.unique` do): each value occurs in the copy as often as "
        "in the input.",
    )
    expect(
        copy.ndim != 1 or len(copy) != len(values) - 1,
        "One value is missing in your copy: it must be as long as the input.",
    )
    expect(copy.ndim, "You return a single number: return all values in another order.")
    expect(
        copy.shape != (2, len(values)), "You return two arrays, or a tuple: return the shuffled copy only, one array."
    )
    expect(copy.ndim == 1, f"Your copy has {copy.ndim} axes: return one row of numbers, as the input is.")
    as_array(copy, values.shape, what="your copy")


def _explain_values(values, copy):
    """Raise a hint for a copy that doesn't have the values of the input."""
    n, ordered = len(values), np.sort(copy)
    for start in (0, 1):
        expect(
            not np.array_equal(ordered, np.arange(start, n + start)),
            f"You return the numbers from {start} to {n + start - 1}, which are row numbers: return the values in "
            "these rows.",
        )
    if np.isnan(values).any() and not np.isnan(copy).any():
        raise WrongAnswer("You replaced NaN by a number, or dropped it: shuffle NaN like any other value.")
    if np.isin(copy[~np.isnan(copy)], values).all():
        raise WrongAnswer(
            "Some values occur more often in your copy than in the input, others less often: you draw with "
            "replacement. Shuffle instead, so that each value is used once."
        )
    expect(
        not is_close(ordered, np.sort(values.astype(np.float16)), rtol=1e-7),
        "Your copy is float16, which rounds to about three digits: keep the values as they are.",
    )
    for digits in range(4):
        expect(
            not is_close(ordered, np.sort(values.round(digits)), rtol=0, atol=1e-9),
            f"You rounded the values to {digits} decimals: keep them as they are.",
        )
    expect(
        not is_close(ordered, np.sort(np.trunc(values)), rtol=0, atol=1e-9),
        "You converted the values to integers: keep them as they are.",
    )
    raise WrongAnswer("Your copy has numbers that the input doesn't have: only the order may change.")


def _check_seeds_of_permute(answer):
    """Reject orders that don't depend on the seed alone."""
    seeds = (0, 1, 2, 30, 400)
    one, other = (_permute(answer, [(TWELVE, seed) for seed in seeds]) for _ in range(2))
    differ = [not np.array_equal(a, b) for a, b in zip(one, other, strict=True)]
    expect(
        not (differ[0] and not any(differ[1:])),
        "The seed 0 gives different orders: Python treats 0 as false (`if seed`, `seed or …`). It is a seed like "
        "any other.",
    )
    expect(not any(differ), "The same seed gives different orders: make the generator from `seed`, in each call.")
    if len({tuple(copy) for copy in one}) > 1:
        return
    ordered = np.sort(TWELVE)
    for order, what in ((ordered, "You sorted the values"), (ordered[::-1], "You sorted the values, largest first")):
        expect(not np.array_equal(one[0], order), f"{what}: return them in a random order.")
    expect(not np.array_equal(one[0], TWELVE[::-1]), "You reversed the values: return them in a random order.")
    expect(
        not any(np.array_equal(one[0], np.roll(TWELVE, shift)) for shift in range(12)),
        "You shifted all values by the same number of places (`roll`): return them in a random order.",
    )
    raise WrongAnswer("Your order is the same for each seed: make the generator from `seed`, not from a fixed number.")


def _check_places_of_nan(answer):
    """Reject shuffles in which NaN is always in the same places."""
    copies = _permute(answer, [(WITH_REPEATS, seed) for seed in range(15)])
    places = {tuple(np.isnan(copy)) for copy in copies}
    if len(places) == 1:
        stay = places == {tuple(np.isnan(WITH_REPEATS))}
        raise WrongAnswer(
            f"NaN {'stays in its places' if stay else 'is in the same places for each seed'} in yours: shuffle NaN "
            "like any other value."
        )


def _check_orders(answer):
    """Reject shuffles whose orders aren't equally likely."""
    four = np.array([1.5, 2.5, 4.5, 8.5])
    copies = _permute(answer, [(four, seed) for seed in range(N_SEEDS)])
    expect(
        not any(is_close(np.sort(copy), np.sort(TWELVE)) for copy in copies),
        "For four values, you return the copy of an earlier call with other values. Do you store results by seed? "
        "Shuffle the values of this call.",
    )
    expect(
        all(np.array_equal(np.sort(copy), four) for copy in copies),
        "For some seeds, your copy of four values has other values: only the order may change.",
    )
    orders = [tuple(np.searchsorted(four, copy).tolist()) for copy in copies]
    counts = Counter(orders)
    rotations = {tuple(np.roll(range(4), shift).tolist()) for shift in range(4)}
    n_moved = {sum(i != place for place, i in enumerate(order)) for order in counts}
    equally = "all orders must be equally likely."
    expect(not rotations >= set(counts), f"You shift all values by the same number of places (`roll`): {equally}")
    expect(n_moved - {0, 2} or len(counts) < 2, f"You only exchange two values: {equally}")
    expect(any(order[0] for order in counts), f"Your first value always stays in its place: {equally}")
    expect(any(order[-1] != 3 for order in counts), f"Your last value always stays in its place: {equally}")
    expect(n_moved != {4}, f"No value of yours ever stays in its place: {equally} So a value may stay.")
    expect(0 in n_moved, f"You never return the original order: {equally} The original order is one of them.")
    copies = _permute(answer, [(TWELVE, seed) for seed in SEEDS])
    by_seed = {seed: tuple(copy) for seed, copy in zip(SEEDS, copies, strict=True)}
    if len(set(by_seed.values())) > 2:  # otherwise, there are few orders, whatever the seed is
        reject_equal_seeds(by_seed, "give the same order")
    expect(
        len(counts) == 24,
        f"For {N_SEEDS} seeds, only {len(counts)} of the 24 orders of four values occur in yours: {equally} Do "
        "you shuffle a part of the values only, or make the generator from a few different seeds?",
    )
    expected = N_SEEDS / 24
    if sum((counts[order] - expected) ** 2 / expected for order in permutations(range(4))) > LARGEST_CHI2:
        often, rarely = (choose(counts.values()) for choose in (max, min))
        raise WrongAnswer(
            f"For {N_SEEDS} seeds, one order of four values occurs {often} times in yours, and another {rarely} times: "
            f"{equally} Use a method of the generator that shuffles."
        )


def _check_generators(call):
    """Reject functions that use the random generators of the whole program; `call` takes a seed."""
    call(1)  # a package that is imported within the function may draw numbers, but once only
    before = random.getstate(), repr(np.random.get_state(legacy=False))  # noqa: NPY002
    call(2)
    after = random.getstate(), repr(np.random.get_state(legacy=False))  # noqa: NPY002
    expect(
        before == after,
        "You changed the state of the global random generator (`random` or `np.random`), which the whole program uses: "
        f"{OWN_GENERATOR}",
    )


# meaning.1


def test_meaning_1(answer):
    expected = 8 / math.sqrt(280)
    assert math.isclose(right_r(X, Y), expected)
    _check_r(answer, _known_cases(), FORMULA_MISTAKES, _explain_formula)
    _check_r(answer, _unknown_cases(), UNKNOWN_MISTAKES, _explain_unknown)
    _check_r(answer, _few_cases(), (), _explain_few)
    _check_r(answer, _close_cases(), (), _explain_close)
    _check_constants(answer)


def _check_r(answer, cases, mistakes, explain):
    """Compare the results for some pairs of columns with the right ones."""
    expected = [np.asarray(right_r(*case)) for case in cases]
    returned, error = call_on_cases(answer, cases, ("x", "y"))
    wrong = [
        index for index, r in enumerate(returned) if not is_close(np.squeeze(_number(r)), expected[index], **PRECISION)
    ]
    if wrong:
        first = wrong[0]
        expect(
            "float16" not in str(getattr(returned[first], "dtype", "")),
            "Your result is float16, which rounds to about three digits: compute in float64.",
        )
        for chosen in (range(len(returned)), wrong, wrong[:1]):
            parts = ([values[i] for i in chosen] for values in (cases, returned, expected))
            reject_mistakes(*parts, mistakes, **PRECISION)
        r = as_float(returned[first], what="your r")
        explain(answer, cases[first], r, float(expected[first]))
        raise WrongAnswer(f"Your r is {r:.6g}, and should be {expected[first]:.6g}.")
    if error:
        case = cases[len(returned)]
        _explain_error(error, case)
        raise error


def _number(value):
    """An array of one number, or the value itself."""
    try:
        return as_float(value)
    except WrongAnswer:
        return value


def _known_cases():
    random = np.random.default_rng(1)
    x = random.normal(8.9, 0.2, size=40)
    y = 5 - 3 * x + random.normal(0, 0.5, size=40)
    z = np.round(random.exponential(2, size=25) + 4, 3)
    z[3] = 25.0  # an outlier
    zeros = np.array([0.0, 2.0, 3.0, 0.0, 5.0, 4.0, 1.0]), np.array([3.0, 0.0, 2.0, 4.0, 1.0, 6.0, 0.0])
    curve = z, np.sqrt(z) + random.normal(0, 0.2, size=25)
    return [(X, Y), (x, y), curve, (X[:3], np.array([-3.0, 5.0, -2.0])), zeros]


def _unknown_cases():
    """Unknown values in x only, in y only, in both; as many in each of them."""
    cases = []
    for seed, (in_x, in_y) in enumerate(
        (([0, 5, 9, 22], []), ([], [3, 13, 30]), ([0, 5, 9, 22], [5, 13, 30]), ([2, 17], [8, 33]))
    ):
        random = np.random.default_rng(seed)
        x = random.normal(3, 1.2, size=40)
        y = 0.7 * x + random.normal(5, 1, size=40)
        x[in_x], y[in_y] = NAN, NAN
        cases.append((x, y))
    return cases


def _few_cases():
    """Two, three, five and eight galaxies that count."""
    x = np.array([2.0, NAN, 1.0, 5.0, 3.0, NAN, 4.5, 7.0, 6.5, 8.0, 9.5])
    y = np.array([4.0, 1.0, NAN, 3.5, 6.0, NAN, 5.0, 5.5, 7.5, 6.0, 8.0])
    cases = [(x[:n], y[:n]) for n in (4, 5, 8, 11)]
    return [*cases, (np.array([1.0, 3.0]), np.array([0.25, 0.5]))]


def _close_cases():
    """Small numbers, and large ones that differ by little."""
    random = np.random.default_rng(8)
    x, y = random.normal(size=(2, 30))
    y = y - 0.8 * x
    return [(1e-18 * x, 1e-18 * y), (1e6 + 1e-3 * x, y), (x, 1e-3 * y - 1e6), (1e-10 * x, 1e6 * y)]


def _explain_formula(answer, case, r, expected):
    """Raise a hint for a wrong r of columns without unknown values."""
    x, y = case
    if math.isnan(r):
        is_few = returns(answer, _known_cases()[1], right_r(*_known_cases()[1]))
        expect(not is_few, f"You return NaN if only {len(x)} galaxies count. Two are enough for r.")
        raise WrongAnswer("Your r is NaN, although all values are known and differ: is there a division of 0 by 0?")
    for name, other in (("x", (x + 5, y)), ("y", (x, y + 5))):
        expect(
            returns(answer, other, r, rtol=1e-6),
            f"Your result changes if 5 is added to each {name}: subtract the means of both x and y first, everywhere.",
        )
    for name, other in (("x", (10 * x, y)), ("y", (x, 10 * y))):
        expect(
            returns(answer, other, r, rtol=1e-6),
            f"Your result changes with the unit of {name}: it is {r:.4g}, and another number if each {name} is "
            "10 times as large. Divide by the root of both sums of squares.",
        )
    expect(
        returns(answer, (y, x), r, rtol=1e-6),
        "Your result changes if x and y are exchanged: r treats both alike.",
    )
    if math.isclose(r, expected, rel_tol=1e-2):
        raise WrongAnswer(
            f"Your r is {r:.8g}, and should be {expected:.8g}. That is close, but not equal: don't round, add nothing "
            "to the denominator, and compute in float64."
        )
    expect(abs(r) <= 1, f"Your result is {r:.4g}, but r is between −1 and 1: check the denominator.")
    raise WrongAnswer(
        f"Your r of {len(x)} galaxies is {r:.6g}, and should be {expected:.6g}. Compute it by hand for x = 1, 2, 3, 6 "
        "and y = 4, 2, 8, 6: the three sums are 8, 14 and 20."
    )


def _explain_unknown(answer, case, r, expected):
    """Raise a hint for a wrong r if values are unknown."""
    x, y = case
    if math.isnan(r):
        where = [name for name, column in (("x", x), ("y", y)) if np.isnan(column).any()]
        raise WrongAnswer(
            f"Your r is NaN if a value of {' or '.join(where)} is NaN: a sum with one NaN is NaN. Leave out each "
            "galaxy whose x or y is unknown first."
        )
    expect(
        r != 0,
        "Your r is 0 if a value is unknown: leave out each galaxy whose x or y is unknown, and compute r of the "
        "others.",
    )
    _explain_column(x, y, r)
    count = int((~np.isnan(x + y)).sum())
    raise WrongAnswer(
        f"Of {len(x)} galaxies, {count} have both x and y. Your r is {r:.6g}, and should be {expected:.6g}, that of "
        f"these {count}. Use them alone in every sum and mean."
    )


def _explain_column(x, y, r):
    """Raise a hint if any constant in place of NaN explains r."""
    for name, column, other in (("x", x, y), ("y", y, x)):
        if not np.isnan(column).any() or np.isnan(other).any():
            continue
        for value in (column[~np.isnan(column)].min(), column[~np.isnan(column)].max()):
            if math.isclose(right_r(np.where(np.isnan(column), value, column), other), r, rel_tol=1e-6):
                raise WrongAnswer(
                    f"You replaced NaN in {name} by {value:.4g}: leave out each galaxy whose x or y is unknown."
                )


def _explain_few(answer, case, r, expected):
    """Raise a hint for a wrong r of few galaxies."""
    n = int((~np.isnan(case[0] + case[1])).sum())
    expect(
        not math.isnan(r),
        f"You return NaN if only {n} galaxies count. Two are enough for r, if their x and their y differ.",
    )
    expect(
        n > 2 or abs(r) < 1e-9 or abs(abs(r) - 1) < 1e-3,
        f"Of two galaxies that count, r is −1 or 1; yours is {r:.4g}. Two are enough for r.",
    )
    raise WrongAnswer(
        f"If only {n} galaxies count, r is {expected:.4g}; yours is {r:.4g}. Two are enough for r, and no correction "
        "is needed for few."
    )


def _explain_close(answer, case, r, expected):
    """Raise a hint for a wrong r of numbers that are small, or that differ by little."""
    x, y = case
    small = max(np.abs(x).max(), np.abs(y).max()) < 1e-6
    if small or abs(x[0]) < 1e-6:
        what = "very small, about 1e-18," if small else "about 1e-10 in x"
        raise WrongAnswer(
            f"Your r is wrong if the numbers are {what} and so is their variance: yours is {r:.4g}, and should be "
            f"{expected:.4g}. Use no threshold, compute in float64, don't round, and add nothing to the denominator."
        )
    name = "x" if abs(x[0]) > 1e5 else "y"
    if math.isnan(r):
        raise WrongAnswer(
            f"You return NaN if {name} is near a million and differs by thousandths. These values aren't the same: "
            "compare exactly, without a tolerance and without rounding, in float64."
        )
    raise WrongAnswer(
        f"If {name} is near a million and differs by thousandths, r should be {expected:.4g}; yours is {r:.4g}. "
        "Rounding destroys it: compute in float64, and subtract the means before you square."
    )


def _check_constants(answer):
    """Reject anything but NaN if a column is constant, or if one galaxy counts."""
    varied = np.random.default_rng(4).normal(size=30)
    fives = np.full(4, 5.0)
    whole = [
        *((fives, Y), (Y, fives), (np.full(3, 2.0), np.full(3, 4.0))),
        (np.array([5.0, NAN, 5.0, 5.0]), Y),
        (np.array([5.0, 5.0, 5.0, 9.0]), np.array([4.0, 2.0, 8.0, NAN])),
    ]
    fractions = [
        *((np.full(n, 0.1), varied[:n]) for n in (3, 7, 30)),
        *((varied[:n], np.full(n, value)) for n, value in ((3, 0.1), (7, -0.7), (30, 1e6 + 0.1))),
        (np.full(7, 0.1), np.full(7, 0.3)),
    ]
    among_known = np.append(np.full(7, 0.1), [5.0, 9.0]), np.append(varied[:7], [NAN, NAN])
    single = (np.array([1.0, 3.0, NAN]), np.array([NAN, 4.0, 2.0]))
    for x, y in whole:
        _check_nan(answer, (x, y), "There is no line to compare with: return NaN.")
    for x, y in fractions:
        _check_nan(
            answer,
            (x, y),
            "Rounding makes the variance of such constants slightly larger than 0, because the mean of 0.1, 0.1 and "
            "0.1 isn't exactly 0.1. Compare the values themselves, and return NaN.",
        )
    for x, y in (among_known, among_known[::-1]):
        _check_nan(
            answer,
            (x, y),
            "The values differ only in galaxies that don't count. Leave those out first, then find out whether all "
            "values are the same.",
        )
    _check_nan(answer, single, "Return NaN.")


def _check_nan(answer, case, advice):
    x, y = case
    known = ~np.isnan(x + y)
    constant = [
        f"{name} is {column[known][0]:.8g}" for name, column in (("x", x), ("y", y)) if np.ptp(column[known]) == 0
    ]
    where = f"{' and '.join(constant)} for all galaxies that count" if known.sum() > 1 else "only one galaxy counts"
    returned, error = call_on_cases(answer, [case], ("x", "y"))
    if error:
        raise WrongAnswer(f"If {where}, your function raises {type(error).__name__}. {advice}") from None
    expect(returned[0] is not None, f"If {where}, r doesn't exist, and you return None. {advice}")
    r = as_float(returned[0], what="your r of constant values")
    expect(math.isnan(r), f"If {where}, r doesn't exist, and you return {r:.4g}. {advice}")


def _explain_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    x, y = case
    text = str(error)
    lengths = ("broadcast", "boolean index", "same length", "shapes", "mismatch", "dimensions", "not aligned", "zip()")
    if np.isnan(x + y).any() and any(words in text for words in lengths):
        raise WrongAnswer(
            "The two columns have different lengths, because you removed unknown values from each separately. Remove "
            "the same galaxies from both: each whose x or y is unknown."
        ) from None
    count = int((~np.isnan(x + y)).sum())
    if isinstance(error, ZeroDivisionError):
        raise WrongAnswer(
            f"Your function divides by 0 for {count} galaxies that count: check the denominator."
        ) from None
    if count < 4:
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} if only {count} galaxies count: {text}. Two are enough for r."
        ) from None


# meaning.2


def _make_causes(r_of, n=60, seed=2, **scales):
    """A component, and a table of causes that have exactly these correlations with it; `scales` are their units."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=(n, len(r_of) + 1))
    axes = np.linalg.qr(noise - noise.mean(axis=0))[0] * math.sqrt(n)
    table = {
        name: scales.get(name, 1.0) * (r * axes[:, 0] + math.sqrt(1 - r**2) * axes[:, i] + 1 + 2 * i)
        for i, (name, r) in enumerate(r_of.items(), start=1)
    }
    index = pd.Index([f"90202007270000{i:05d}" for i in random.permutation(n)], name="objID")
    return 2 * axes[:, 0], pd.DataFrame(table, index=index)


def _known_in(component, rows, r, seed):
    """A cause that is known in some rows only, and has exactly this correlation with the component there."""
    noise = np.random.default_rng(seed).normal(size=len(rows))
    table = np.stack([np.ones(len(rows)), component[rows], noise], axis=1)
    axes = np.linalg.qr(table)[0].T * np.sign(np.linalg.qr(table)[1].diagonal())[:, None]
    values = np.full(len(component), NAN)
    values[rows] = 3 + r * axes[1] + math.sqrt(1 - r**2) * axes[2]
    return values


def _complete_causes():
    """Tables without NaN: signs, units, curves, two values only, the largest |r| first, in the middle and last."""
    signs = _make_causes(
        {"redshift": 0.02, "mass": 0.6, "age": 0.1, "inclination": -0.9, "size": 0.4, "dust": -0.3}, size=1000.0
    )
    units = _make_causes({"mass": -0.7, "gas": 0.5, "age": 0.85, "size": 0.3, "dust": -0.05}, seed=3, size=0.01)
    component, curved = _make_causes({"gas": 0.3, "mass": 0.75, "dust": -0.2, "seeing": 0.1}, seed=6)
    curved["curved"] = np.exp(2 * component)
    other, turning = _make_causes({"mass": 0.1, "gas": -0.2, "size": 0.3, "dust": -0.6}, seed=7, gas=0.1)
    turning.insert(1, "merger", (other > 0).astype(int))
    third, parabola = _make_causes({"mass": 0.6, "gas": -0.2, "size": 0.4}, seed=9)
    parabola["inclination"] = np.sqrt(third - third.min()) * np.resize([-1, 1], len(third))
    small = _make_causes({"mass": -0.65, "gas": 0.55, "size": 0.3, "age": 0.6}, seed=11, mass=1e-6)
    close = [
        _make_causes({"gas": 0.2, "mass": mass, "size": size}, seed=23)
        for mass, size in ((0.70121, 0.70124), (-0.70124, 0.70121))
    ]
    tiny = _make_causes({"gas": -0.6, "mass": 0.7, "size": 0.3}, seed=26, mass=1e-15)
    last = _make_causes({"gas": 0.2, "mass": 0.3, "size": 0.8}, seed=27)
    first = _make_causes({"gas": -0.7, "mass": 0.3, "size": 0.4}, seed=28)
    weak = _make_causes({"gas": 0.005, "mass": -0.02, "size": 0.002}, seed=29)
    return [
        signs,
        units,
        (component, curved),
        (other, turning),
        (third, parabola),
        small,
        *close,
        tiny,
        last,
        first,
        weak,
    ]


def _causes_with_unknown():
    """Tables with NaN: known for half of the galaxies, for a few, for none; and constant columns."""
    component, half = _make_causes({"mass": -0.7, "age": 0.85, "size": 0.3, "dust": -0.05}, seed=3, size=0.01)
    half["age"] = half["age"].where(np.arange(len(half)) % 2 == 0)
    cases = [(component, half)]
    # Arms are known for eight galaxies only. Among those, the colour follows the component more closely.
    other, arms = _make_causes({"mass": 0.7, "colour": 0.2, "arms": -0.1}, seed=5)
    is_known = np.abs(np.arange(len(arms)) - 30) < 4
    arms.loc[is_known, "colour"] += 2 * other[is_known]
    arms["arms"] = arms["arms"].where(is_known)
    cases.append((other, arms))
    # Zeros in place of NaN would follow the component closely; so would known values beside the wrong galaxies.
    third, tempting = _make_causes({"mass": 0.5, "bar": 0.05, "clumps": 0.1}, seed=8)
    tempting["bar"] = tempting["bar"].where(third > -1)
    last_half = np.arange(len(third)) >= len(third) // 2
    tempting["clumps"] = np.where(last_half, np.roll(third, len(third) // 2), NAN)
    cases.append((third, tempting))
    for n_known, seed in ((45, 21), (25, 12), (12, 13), (7, 14), (4, 15), (3, 16), (2, 25)):
        few_component, few = _make_causes({"mass": 0.5, "size": 0.3, "gas": -0.6}, seed=seed)
        rows = np.random.default_rng(seed).permutation(len(few))[:n_known]
        known = _known_in(few_component, rows, -0.8 if n_known % 2 else 0.8, seed) if n_known > 2 else np.nan
        few.insert(n_known % 3, "bar", known)
        if n_known == 2:  # then r is 1 or −1
            few.iloc[rows, n_known % 3] = [3.5, 1.25]
        cases.append((few_component, few))
    # In the order of the component, NaN replaced by the value before it would do no harm.
    fourth, ordered = _make_causes({"mass": 0.5, "size": 0.3, "gas": -0.6}, seed=17)
    order = np.argsort(fourth)
    ordered, fourth = ordered.iloc[order], fourth[order]
    ordered.insert(1, "bar", _known_in(fourth, np.arange(1, len(fourth), 3), 0.95, 17))
    cases.append((fourth, ordered))
    # With so weak others, NaN replaced by the mean would do no harm either.
    for n_known, others, seed in ((25, (0.05, 0.02), 19), (6, (0.05, 0.02), 20), (15, (0.35, 0.1), 22)):
        weak_component, weak = _make_causes(dict(zip(("mass", "size"), others, strict=True)), seed=seed)
        rows = np.random.default_rng(seed).permutation(len(weak))[:n_known]
        weak.insert(1, "bar", _known_in(weak_component, rows, 0.95, seed))
        cases.append((weak_component, weak))
    # Known at both ends of the component, where deviations are large.
    fifth, ends = _make_causes({"mass": 0.65, "size": 0.3}, seed=18)
    ends.insert(2, "merger", _known_in(fifth, np.argsort(np.abs(fifth))[-40:], 0.6, 18))
    cases.append((fifth, ends))
    # There, NaN replaced by the mean does little harm, but a factor √n would.
    sixth, wide = _make_causes({"mass": 0.7, "size": 0.3}, seed=24)
    wide.insert(1, "merger", _known_in(sixth, np.argsort(np.abs(sixth))[-40:], 0.8, 24))
    cases.append((sixth, wide))
    for position, names in (
        (0, ("flat",)),
        (4, ("flat",)),
        (2, ("tenth",)),
        (0, ("unknown",)),
        (2, ("unknown", "flat")),
    ):
        table = half.copy()
        for name in names:
            table.insert(position, name, {"flat": 4.0, "tenth": 0.1, "unknown": NAN}[name])
        cases.append((component, table))
    partly = half.copy()
    partly.insert(1, "flat where known", np.where(np.arange(len(half)) < 20, 2.5, NAN))
    few_galaxies = _make_causes({"mass": -0.65, "gas": 0.55, "size": 0.3, "age": 0.6}, n=12, seed=11)
    return [*cases, (component, partly), few_galaxies]


def test_meaning_2(answer):
    _check_causes(answer, _complete_causes(), CAUSE_MISTAKES)
    _check_causes(answer, _causes_with_unknown(), (*CAUSE_UNKNOWN_MISTAKES, *CAUSE_MISTAKES))


def _check_causes(answer, cases, mistakes):
    """Compare the chosen causes with the right ones."""
    expected = [np.asarray(right_cause(*case)) for case in cases]
    positions, error = [], None
    for (component, causes), right in zip(cases, expected, strict=True):
        try:
            returned = _call(answer, component, causes)
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as raised:
            error = raised
            break
        positions.append(_position(answer, returned, component, causes, int(right)))
    wrong = [i for i, position in enumerate(positions) if position != expected[i]]
    n = len(positions)
    if wrong or error:
        first = wrong[0] if wrong else n
        component, causes = cases[first]
        without_index = causes.reset_index(drop=True)
        expect(
            not _returns_name(answer, component, without_index, causes.columns[int(expected[first])]),
            "The index is in the way: pandas aligns rows by objID, and the component has no index. Its rows are in the "
            "order of the table, so compare arrays, or give it the same index.",
        )
    if wrong:
        reject_mistakes(cases, positions, expected, mistakes)
        reject_mistakes(*([values[i] for i in wrong] for values in (cases, positions, expected)), mistakes)
        raise WrongAnswer(_difference(*cases[first], int(positions[first]), int(expected[first])))
    if error:
        _explain_cause_error(error, cases[n])
        raise error


def _call(answer, component, causes):
    """Call the student's function on copies, and reject changes of them."""
    copy, table = component.copy(), causes.copy()
    with quiet():
        returned = answer(copy, table)
    expect_unchanged(component, copy, "component")
    expect(table.equals(causes), "Your function changes `causes`, which belongs to the caller: work on a copy.")
    return returned


def _returns_name(answer, component, causes, name):
    try:
        returned = _call(answer, component, causes)
    except Exception:
        return False
    return isinstance(returned, str) and returned == name


def _position(answer, returned, component, causes, right):
    """The position of the returned column; raises a hint for anything but a name."""
    names = list(causes.columns)
    largest = abs(right_r(component, causes.iloc[:, right].to_numpy(float)))
    expect(
        returned is not None or largest > 0.1,
        f"You return None if the largest |r| is small, here {largest:.3g}. The cause with the largest |r| is asked "
        "for, however small it is.",
    )
    expect(returned is not None, "What you return is None: does the function end with `return`, whatever the table?")
    if isinstance(returned, str):
        expect(
            returned in names, f"You return {returned[:40]!r}, which isn't a column of the table: {', '.join(names)}."
        )
        return float(names.index(returned))
    if isinstance(returned, int | np.integer) and not isinstance(returned, bool):
        raise WrongAnswer(f"You return the number {int(returned)}, the position of a column: return its name.")
    if isinstance(returned, float | np.floating):
        what = "the largest |r|" if math.isclose(abs(returned), largest, rel_tol=1e-3) else "a number"
        raise WrongAnswer(f"You return {what}, {float(returned):.3g}: return the name of the column.")
    is_series = isinstance(returned, pd.Series | pd.DataFrame)
    if is_series or (isinstance(returned, np.ndarray) and len(returned) == len(causes)):
        raise WrongAnswer("You return values of the table, or all |r|: return the name of one column, a string.")
    if isinstance(returned, tuple | list | pd.Index | np.ndarray) and len(returned):
        raise WrongAnswer("You return the name and more, or a list of names: return the name only, a string.")
    raise WrongAnswer(f"Return the name of a column, a string; you return an object of type {type(returned).__name__}.")


def _difference(component, causes, chosen, right):
    """Describe a wrong choice without a known reason."""
    values = [abs(right_r(component, causes.iloc[:, i].to_numpy(float))) for i in (chosen, right)]
    names = [causes.columns[i] for i in (chosen, right)]
    known = int(causes.iloc[:, right].notna().sum())
    if math.isnan(values[0]):
        return f"You return {names[0]!r}, which is constant, or known for no galaxy. It has no r: never return it."
    return (
        f"You return {names[0]!r}, of |r| = {values[0]:.5g}; {names[1]!r} has {values[1]:.5g}, the largest. It is "
        f"known for {known} of {len(causes)} galaxies. Use Pearson's r of all galaxies that a cause is known for."
    )


def _explain_cause_error(error, case):
    """Raise a hint for errors that pandas and NumPy raise after typical mistakes."""
    _, causes = case
    text = str(error)
    begin = f"Your function raises {type(error).__name__}"
    if "empty" in text and causes.isna().all().any():
        raise WrongAnswer(
            f"{begin}: nothing is left if one cause is known for no galaxy. You left out galaxies, or causes, with any "
            "NaN: leave a galaxy out of the r of its own NaN only."
        ) from None
    if causes.isna().any().any() and any(
        words in text for words in ("broadcast", "dimension", "same length", "shapes")
    ):
        raise WrongAnswer(
            f"{begin}: component and cause have different lengths, because you removed NaN from the cause only. "
            "Remove the same galaxies from the component."
        ) from None
    if "NA values" in text or "NaN" in text or "at least" in text or "empty" in text:
        raise WrongAnswer(
            f"{begin}: {text}. Does it stop at a cause that is known for no galaxy, or is the same for all? Leave out "
            "such causes, and galaxies for which a cause is unknown."
        ) from None


# meaning.3

# Few galaxies, whose orders can all be listed.
SIX = np.array([2.6, 0.8, 0.3, -0.4, 1.9, -1.2]), np.array([-0.1, 0.7, -0.2, 0.2, -0.3, 0.9])
OUTLYING = np.array([9.0, 0.4, 0.1, -0.3, -0.2]), np.array([18.2, 9.9, 10.2, 10.4, 10.6])
FOUR = np.array([0.0, 1.0, 2.5, 4.5]), np.array([1.0, 7.0, 2.0, 4.5])
# About half of their orders have at least the original |r|.
EVEN = np.array([1.1, 0.3, -0.5, -1.3, -1.9, 0.0]), np.array([-0.8, -0.9, -0.2, -0.1, -2.3, 0.9])
NAMES = ("component", "cause", "n_shuffles", "seed")
N_SHUFFLES = 1000
# A right share is outside the margin with a probability of one in a million.
Z = NormalDist().inv_cdf(1 - 5e-7)


def test_meaning_3(answer):
    _check_generators(lambda seed: _shares(answer, [(*SIX, 20, seed)]))
    _check_same_seed(answer)
    _check_formula(answer)
    _check_repeats(answer)
    _check_shares(answer)
    _check_ties(answer)
    _check_seeds(answer)


def _shares(answer, cases):
    """The student's results for some cases."""
    returned, error = call_on_cases(answer, cases, NAMES)
    if error:
        _explain_shuffle_error(error)
        raise error
    for share in returned:
        if np.ndim(share) == 1 and len(share) > 1:
            raise WrongAnswer(f"You return {len(share)} numbers: return one share, (1 + count) / (1 + n_shuffles).")
    return [as_float(share, what="the share of shuffles") for share in returned]


def _check_same_seed(answer):
    """Reject results that differ for the same seed.

    Five shuffles without a seed give the same share with a probability of 0.41 at most, so 26 calls are enough.
    """
    differ = [len(set(_shares(answer, [(*SIX, 5, seed)] * 26))) > 1 for seed in (0, 1)]
    expect(
        differ != [True, False],
        "The seed 0 gives different results: Python treats 0 as false (`if seed`, `seed or …`). It is a seed like any "
        "other.",
    )
    expect(not any(differ), "The same seed gives different results: make the generator from `seed`, in each call.")


def _check_formula(answer):
    """Check (1 + count) / (1 + n_shuffles) if no shuffle reaches the original |r|; 1 + n_shuffles is a prime number."""
    generator = np.random.default_rng(5)
    x = generator.normal(size=40)
    for slope, n, seed in ((3, 82, 7), (-2, 58, 8)):
        y = slope * x + 1 + 0.05 * generator.normal(size=40)
        (share,) = _shares(answer, [(x, y, n, seed)])
        if not math.isclose(share, 1 / (1 + n), rel_tol=1e-6):
            begin = f"No shuffle of {n} reaches the original |r|, so the result is 1 / {1 + n} = {1 / (1 + n):.4g}."
            _explain_formula_of_share(answer, share, n, abs(right_r(x, y)), begin)


def _explain_formula_of_share(answer, share, n, r, begin):
    """Raise a hint for a wrong result if no shuffle reaches the original |r|."""
    expect(not 0 < share < 1e-6, "This is the p-value of a formula for Gaussian data: count shuffles instead.")
    if share in (0, 1):
        (other,) = _shares(answer, [(*SIX, n, 3)])
        _explain_more_than_one(other, n)
        expect(
            not share == other == 1,
            "Every shuffle counts in yours: do you shuffle component and cause together, or compare each shuffle with "
            "itself? Shuffle the cause only, and leave the original as it is.",
        )
    if share > 1.5 / (n + 1) and share < 0.5:
        generator = np.random.default_rng(6)
        x = generator.normal(size=12)
        counts = [round(one * 401 - 1) for one in _shares(answer, [(x, 2 - 3 * x, 400, seed) for seed in (1, 2)])]
        expect(
            not all(15 <= count <= 200 for count in counts) or counts[0] == counts[1],
            f"Your shuffles of 12 galaxies often have the original order, {counts[0]} of 400. Do you exchange only one "
            "pair of values per shuffle, or shift all of them (`roll`)? All orders must be equally likely.",
        )
    if share != 1 and not math.isclose(share, 2 / (n + 1)):  # these may have other reasons too
        _explain_exact(share, n, begin)
    whole = round(1 / share) if 0 < share < 1 else 0
    if whole > 1 and math.isclose(share * whole, 1, rel_tol=1e-9):
        raise WrongAnswer(f"{begin} Yours is 1 / {whole}: use `n_shuffles`, not another number of shuffles.")
    _check_shares(answer, only_known=True)
    _explain_exact(share, n, begin)
    expect(abs(abs(share) - r) > 1e-4, f"{begin} You return r itself: return the share of shuffles that reach it.")
    count = share * (n + 1) - 1
    if abs(count - round(count)) < 1e-6:
        raise WrongAnswer(
            f"{begin} You count {round(count)}. Do you compute the original |r| after a shuffle, compare with a fixed "
            "number, or count smaller |r|? Compute it once, before you shuffle."
        )
    raise WrongAnswer(
        f"{begin} Yours is {share:.4g}, which isn't a number of shuffles divided by {1 + n}. Count the shuffles with "
        "at least as large a |r|, and return (1 + count) / (1 + n_shuffles)."
    )


def _explain_exact(share, n, begin):
    """Raise a hint for a wrong formula, if no shuffle counts."""
    mistakes = (
        (0, "You return 0: the original order counts as one, in 1 + count."),
        (1 / n, "You divided by n_shuffles: the original order counts too, so divide by 1 + n_shuffles."),
        (1 / (n + 2), "You divided by 2 + n_shuffles: divide by 1 + n_shuffles."),
        (2 / (n + 1), "You counted the original order twice: it is 1 + count, where count is of shuffles only."),
        (2 / (n + 2), "You counted the original order twice, above and below: it is (1 + count) / (1 + n_shuffles)."),
        (1 + 1 / n, "In 1 + count / n_shuffles, brackets are missing: the result is never more than 1."),
        (100 / (n + 1), "Your result is a percentage: return a share, from 0 to 1."),
        (
            100 / n,
            "Your result is a percentage, and n_shuffles is in the denominator: return (1 + count) / (1 + n_shuffles).",
        ),
        (0.5 / (n + 1), "You divided by 2 once more: the result is (1 + count) / (1 + n_shuffles)."),
        (n / (n + 1), "You subtracted the share from 1, or counted the shuffles with a smaller |r|."),
        (1, "You count the shuffles whose |r| is smaller: count those with at least as large a |r|."),
        (-1 / (n + 1), "A share is never negative."),
    )
    for value, hint in mistakes:
        if math.isclose(share, value, rel_tol=1e-9, abs_tol=1e-12):
            raise WrongAnswer(f"{begin} {hint}")
    for digits in (1, 2, 3, 4):
        if share == round(1 / (1 + n), digits):
            raise WrongAnswer(f"{begin} You rounded it to {digits} decimals: leave it unrounded.")


def _explain_more_than_one(share, n):
    expect(
        not 1 < share <= 2,
        f"Your share is {share:.3g}, more than 1: in 1 + count / (1 + n_shuffles), brackets are missing.",
    )
    expect(share <= 1, f"Your share is {share:.4g}, more than 1: divide the count by 1 + n_shuffles = {1 + n}.")


def _check_repeats(answer):
    """Reject shuffles that never repeat an order: their counts vary too little from seed to seed."""
    n, n_seeds = 23, 40
    shares = np.array(_shares(answer, [(*FOUR, n, seed) for seed in range(n_seeds)]))
    right = right_share(*FOUR)
    counts = shares * (n + 1) - 1
    is_right_on_average = abs(counts.mean() - right * n) < 1
    if is_right_on_average and counts.var(ddof=1) < right * (1 - right) * n / 4:
        tested = _shares(answer, [(*OUTLYING, 60, seed) for seed in range(6)])
        expect(len(set(tested)) > 1, "Your result is the same for each seed: make the generator from `seed`.")
        raise WrongAnswer(
            f"Your {n} shuffles of four galaxies never repeat an order, so the results of {n_seeds} seeds are nearly "
            "the same. Shuffles are independent: each order is equally likely every time, and may occur twice."
        )


def _check_shares(answer, *, only_known=False):
    """Compare shares with those of all orders, within what chance explains; perhaps only with known mistakes."""
    x, y = SIX
    cases = [(x, y), (x, 3 - y), OUTLYING]
    returned = _shares(answer, [(*case, N_SHUFFLES, seed) for seed, case in enumerate(cases, start=1)])
    right = [right_share(*case) for case in cases]
    if _deviation(returned, right) <= Z:
        return
    mistakes = SHARE_MISTAKES if _are_counts(returned) else STATISTIC_MISTAKES
    deviation, hint = _likeliest_mistake(answer, cases, returned, mistakes)
    if only_known:
        expect(deviation > Z, hint)
        return
    for share in returned:
        _explain_more_than_one(share, N_SHUFFLES)
    expect(
        not all(share <= 1.5 / N_SHUFFLES or share == 1 for share in returned)
        or len(set(returned)) == 1 == returned[0],
        "No shuffle counts in yours, or all do: is each shuffle the same? Make the generator once, before the loop.",
    )
    expect(
        min(returned) < 1,
        "Every shuffle counts in yours: do you shuffle component and cause together, or compare each shuffle with "
        "itself? Shuffle the cause only, and leave the original as it is.",
    )
    for share, case in zip(returned, cases, strict=True):
        expect(
            abs(share - pearsonr(*case)[1]) > 1e-6,
            "This is the p-value of a formula for Gaussian data: count shuffles, which need no such assumption.",
        )
        expect(
            abs(abs(share) - abs(right_r(*case))) > 1e-6,
            "This is r itself: return the share of shuffles that reach it.",
        )
    expect(deviation > Z, hint)
    worst = max(range(len(cases)), key=lambda i: _deviation(returned[i : i + 1], right[i : i + 1]))
    n = len(cases[worst][0])
    raise WrongAnswer(
        f"Your share of shuffles is {returned[worst]:.3g}. Of all orders of these {n} galaxies, a share of "
        f"{right[worst]:.3f} has at least the original |r|, and {N_SHUFFLES} shuffles come close to that. Shuffle the "
        "cause, compute |r| with the component, and compare with the original |r|."
    )


def _likeliest_mistake(answer, cases, returned, mistakes):
    """The mistake whose shares are nearest to those returned; on a draw, other galaxies and more shuffles decide."""
    explained = [(_deviation(returned, [mistake(*case) for case in cases]), hint) for mistake, hint in mistakes]
    likely = [pair for pair, (deviation, _) in zip(mistakes, explained, strict=True) if deviation <= Z]
    if len({hint for _, hint in likely}) < 2:
        return min(explained, key=lambda pair: pair[0])
    n_shuffles, generator = 4 * N_SHUFFLES, np.random.default_rng(11)
    cases = [tuple(generator.normal(size=(2, 6))) for _ in range(3)]
    returned = _shares(answer, [(*case, n_shuffles, seed) for seed, case in enumerate(cases)])
    explained = [
        (_deviation(returned, [mistake(*case) for case in cases], n_shuffles), hint) for mistake, hint in likely
    ]
    return min(explained, key=lambda pair: pair[0])


def _are_counts(shares):
    """Whether shares are numbers of shuffles, or halves of them, divided by n_shuffles or by one more."""
    halves = np.outer(shares, [2 * N_SHUFFLES, 2 * (N_SHUFFLES + 1)])
    return bool((np.abs(halves - halves.round()) < 1e-6).all(axis=0).any())


def _deviation(shares, exact, n_shuffles=N_SHUFFLES):
    """The largest deviation of shares from exact ones, in standard deviations of chance."""
    deviations = []
    for share, right in zip(shares, exact, strict=True):
        spread = math.sqrt(max(right * (1 - right), 0) / n_shuffles) + 0.3 / n_shuffles
        deviations.append((abs(share - right) - 1 / n_shuffles) / spread)
    return max(deviations)


def _check_ties(answer):
    """Reject functions that don't count orders with the same |r|, or too few shuffles."""
    two = np.array([0.0, 1.0])
    for y in (two, two[::-1].copy()):
        (share,) = _shares(answer, [(two, y, 50, 3)])
        begin = "With two galaxies, |r| is 1 in every order, so every shuffle counts, and the share is 1."
        expect(
            not math.isclose(share, 1 / 51),
            f"{begin} You count larger |r| only: an equal |r| counts too (at least as large).",
        )
        expect(share < 0.96 or share == 1, f"{begin} Yours is {share:.4g}: is there one shuffle too few, or too many?")
        expect(
            math.isclose(share, 1, rel_tol=1e-9),
            f"{begin} Yours is {share:.3g}: is an equal |r| not counted, or one sign only?",
        )
    # Of the six orders of three galaxies, the original one has the largest |r|.
    (share,) = _shares(answer, [(np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 5.0]), 300, 4)])
    expect(
        share > 0.02,
        "With three galaxies, a shuffle often has the original order, and you don't count it: an equal |r| counts.",
    )
    expect(
        abs(share - 1 / 6) < 0.12,
        f"With three galaxies, one order of six has the original |r|; your share is {share:.3g}. Do you compare with a "
        "tolerance, or with rounded |r|? A tolerance of 1e-9 is large enough, and 0.01 is too large.",
    )
    (share,) = _shares(answer, [(*SIX, 1, 2)])
    expect(
        math.isclose(share, 0.5) or share == 1,
        f"With a single shuffle, the result is 1/2 or 2/2; yours is {share:.4g}. n_shuffles may be 1.",
    )


def _check_seeds(answer):
    """Reject results that don't depend on the seed alone."""
    # Results for 1 to 30 shuffles show which of them count, about every second one.
    results = {
        seed: tuple(_shares(answer, [(*EVEN, n, seed) for n in range(1, 31)]))
        for seed in (0, 1, 2, 3, 7, 100, 1007, 65_536, 2_000_000_003)
    }
    expect(len(set(results.values())) > 1, "Your result is the same for each seed: make the generator from `seed`.")
    reject_equal_seeds(results, "give the same shuffles")


def _explain_shuffle_error(error):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    if any(words in str(error) for words in ("NoneType", "0-dimensional", "zero-dimensional", "unsized object")):
        raise WrongAnswer(
            "You use the result of `shuffle`, which is None: it shuffles its argument in place. Shuffle a copy, or use "
            "`permutation`, which returns a new array."
        ) from None
    if isinstance(error, ValueError) and "larger sample" in str(error):
        raise WrongAnswer(
            "You draw orders without repeating one, and there are fewer orders than shuffles: each shuffle is "
            "independent, and an order may occur twice."
        ) from None


# meaning.4


def test_meaning_4(answer):
    check_response(answer)

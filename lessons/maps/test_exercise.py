"""Tests of the exercises on other maps; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains all results of the student's
function, or at least the wrong ones.
"""

import math

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, as_float, expect
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns_same
from lessons.maps.mistakes import KEPT_MISTAKES, TRUST_MISTAKES, factor, share_kept, trust

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
    ]
    expected = [np.asarray(share_kept(*case)) for case in cases]
    assert math.isclose(expected[4], 4 / 5)
    _check(answer, cases, expected, KEPT_MISTAKES, "share kept", _explain_share)


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
            "coordinates are rounded, as in half precision (float16): use float32 or float64.",
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

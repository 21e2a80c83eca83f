"""Tests of the exercises on how many components; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
inputs, or for those with a wrong result. Other hints follow from the numbers.
"""

import math
import random
from collections.abc import Mapping
from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_error, expect_unchanged
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns_same
from galviz.course.seeds import SEEDS, reject_equal_seeds
from lessons.variance.mistakes import (
    COUNT_MISTAKES,
    ERROR_MISTAKES,
    ROUNDING,
    SHARE_MISTAKES,
    count_components,
    explained_share,
    gaussian_mistakes,
    interval_mistakes,
)
from lessons.variance.share_mistakes import NETWORK_MISTAKES, SHARES_MISTAKES, right_shares, share_of, shares_of


def test_variance_0(answer):
    cases = _shares_cases()
    expected = [right_shares(*case) for case in cases]
    # By hand: the sum is 8.
    assert expected[0].tolist() == [0.5, 0.375, 0.125]
    returned, error = call_on_cases(answer, cases, ("variances",))
    wrong = [i for i, values in enumerate(returned) if not is_close(values, expected[i])]
    if wrong:
        reject_mistakes(cases, returned, expected, SHARES_MISTAKES, atol=1e-9)
        _explain_shares(cases, returned, expected, wrong)
    if error:
        _explain_shares_error(error, cases[len(returned)][0])
        raise error


def _shares_cases():
    """Eigenvalues in any order: equal ones, zeros, many, large and tiny ones, a single one."""
    rng = np.random.default_rng(5)
    return [
        (np.array([4.0, 3.0, 1.0]),),
        (np.array([0.3, 2.5, 0.0, 1.1, 0.3]),),
        (rng.gamma(0.5, 40, size=30),),
        (np.array([0.2, 0.1, 0.05]),),
        (np.array([7.0]),),
        (np.array([0.0, 5.0, 0.0]),),
        (rng.gamma(1.0, 1e-9, size=4),),
    ]


def _explain_shares(cases, returned, expected, wrong):
    """Raise a hint that follows from the numbers."""
    first = 1 if 1 in wrong else wrong[0]  # in the first case, the eigenvalues are in descending order
    (variances,), values = cases[first], returned[first]
    k = len(variances)
    what = f"what you return for {k} eigenvalue{'s' * (k > 1)}"
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("You return float16 (half precision), about three digits: return float32 or float64.")
    if isinstance(values, list) and any(isinstance(value, str) for value in values):
        raise WrongAnswer("You return texts: return the shares as numbers, without formatting them.")
    if np.shape(values) in ((k, 1), (1, k)) and k > 1:
        raise WrongAnswer(
            f"You return an array of shape {np.shape(values)}, with two axes: return the shape ({k},), as `variances` "
            "has it."
        )
    if k == 1 and np.ndim(values) == 0 and values is not None:
        raise WrongAnswer(
            "For a single eigenvalue, you return a number, not an array of one share: use no `squeeze`, and no case of "
            "its own."
        )
    array = as_array(values, (k,), what=what)
    if wrong == [len(cases) - 1]:
        raise WrongAnswer(
            f"Your shares are wrong for small eigenvalues, whose sum is {variances.sum():.1e}. The sum is never 0: add "
            "no small number to it, set no limit, and round nothing."
        )
    if all(k == len(cases[i][0]) == 1 for i in wrong):
        raise WrongAnswer(f"Your share is {array[0]:.4g} for a single eigenvalue: it is the whole variance, so 1.")
    if all((cases[i][0] == 0).any() for i in wrong):
        raise WrongAnswer("Your shares are wrong if an eigenvalue is 0: its share is 0, as for any other number.")
    factors = array[variances > 0] / expected[first][variances > 0]
    hint = f"Divide each eigenvalue by the sum of all, {variances.sum():.6g}."
    if np.allclose(array, factors[0] * expected[first]) and np.isfinite(factors[0]) and factors[0]:
        hint = f"You divided by {variances.sum() / factors[0]:.6g}, and the sum is {variances.sum():.6g}."
    expect_close(values, expected[first], what=what, hint=hint)


def _explain_shares_error(error, variances):
    """Raise a hint for errors of typical mistakes."""
    k = len(variances)
    if isinstance(error, TypeError) and "list" in str(error):
        raise WrongAnswer(
            f"Python can't divide a list by a number ({error}): divide the array, or each number in a loop."
        ) from None
    if isinstance(error, IndexError):
        raise WrongAnswer(
            f"Your function raises IndexError for {k} eigenvalue{'s' * (k > 1)} ({error}): any number of them is "
            "possible."
        ) from None
    if isinstance(error, ZeroDivisionError):
        raise WrongAnswer(
            "You divided by 0. The sum isn't 0, but single eigenvalues may be: divide by the sum."
        ) from None


def test_variance_1(answer):
    cases, n_plain = _count_cases()
    expected = [np.array(count_components(*case)) for case in cases]
    assert [int(count) for count in expected[:4]] == [2, 2, 1, 180]
    returned, error = call_on_cases(answer, cases, ("ratios", "share"))
    is_float = [getattr(np.asarray(count).dtype, "kind", "") == "f" for count in returned]
    returned = [_single(count) for count in returned]
    wrong = [index for index, count in enumerate(returned) if not _is_count(count, expected[index])]
    if wrong:
        _explain_count(answer, cases, returned, expected, wrong[0], n_plain)
    if error:
        _explain_count_error(answer, error, cases, len(returned), n_plain)
        raise error
    expect(
        not any(is_float),
        f"You return the float {returned[0]}: return an integer, such as {returned[0]:.0f}, because only an integer "
        "can be the end of a slice.",
    )
    _check_unreachable(answer)


def _count_cases():
    """Ratios and share; behind the first `n_plain` cases, rounding matters."""
    rng = np.random.default_rng(1)
    halves = np.array([0.5, 0.25, 0.125, 0.125])  # exact in floats
    plain = [
        (np.array([0.5, 0.2, 0.15, 0.1, 0.05]), 0.6),
        (halves, 0.75),
        (np.array([0.5, 0.2, 0.15, 0.1, 0.05]), 0.3),
        (np.full(200, 0.005), 0.8975),  # many components, each with less than 1 %
        (np.array([0.5, 0.2, 0.1]), 0.6),  # together less than 1
        (halves, 1.0),
        (np.array([1.0]), 1.0),
        (np.array([0.75, 0.25, 0.0, 0.0]), 1.0),
        (np.array([0.596, 0.3, 0.104]), 0.6),
        *((np.sort(rng.dirichlet(np.ones(k)))[::-1].copy(), share) for k in (3, 8, 30) for share in (0.17, 0.52, 0.93)),
    ]
    # In floats, 0.7 + 0.1 is less than 0.8, and ten times 0.1 is less than 1; 0.7999995 is less by more than 1e-9.
    rounded = [
        (np.array([0.7, 0.1, 0.1, 0.1]), 0.8),
        (np.full(10, 0.1), 1.0),
        (np.array([0.5, 0.2999995, 0.2]), 0.8),
        (np.array([0.5, 0.2999999975, 0.2]), 0.8),
    ]
    return plain + rounded, len(plain)


def _single(value):
    """One number instead of an array of one; anything else as it is."""
    try:
        array = as_array(value)
    except WrongAnswer:
        return value
    return float(array.reshape(())) if array.size == 1 and not _is_truth(value) else value


def _is_truth(value):
    return isinstance(value, bool | np.bool_) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def _is_count(value, expected):
    return not _is_truth(value) and is_close(value, expected, rtol=0, atol=1e-6)


def _explain_count(components_for, cases, returned, expected, first, n_plain):
    """Raise the hint for a wrong number; `first` is the index of the first wrong case."""
    (ratios, share), count = cases[first], returned[first]
    if _is_truth(count):
        raise WrongAnswer("You return true or false, whether a sum is large enough: return the number of components.")
    what = f"the number of components for the ratios {_join(ratios)} and a share of {share:.4g}"
    if first >= n_plain:
        _explain_rounding(ratios, share, as_float(count, what=what), int(expected[first]))
    plain = slice(min(n_plain, len(returned)))
    if len(returned) > 2 and all(is_close(result, returned[0]) for result in returned[plain]):
        raise WrongAnswer(
            f"Your result is always {count!s:.8}, whatever ratios and share are. Add up the ratios, and compare the "
            "sums with the share. Both are on a scale of 0 to 1, none in percent."
        )
    reject_mistakes(cases[plain], returned[plain], expected[plain], COUNT_MISTAKES)
    array = as_array(count, what=what)
    if array.ndim:
        raise WrongAnswer(
            f"You return {array.size} numbers: return a single one, how many components it takes to reach the share."
        )
    if all(returns_same(components_for, (cases[i][0], 0.2), (cases[i][0], 0.8)) for i in (0, 1, 3)):
        raise WrongAnswer("Your result doesn't depend on `share`: use the parameter, not a fixed number.")
    if not 1 <= array <= len(ratios):
        raise WrongAnswer(f"You return {array:g} for {len(ratios)} ratios: return a number from 1 to {len(ratios)}.")
    sums = ratios.cumsum()
    right = int(expected[first])
    before = f", and the first {right - 1} only {sums[right - 2]:.4g}" if right > 1 else ""
    if not float(array).is_integer():
        raise WrongAnswer(f"You return {array:.4g}, and a number of components is an integer, here {right}.")
    expect_close(
        count, right, what=what, hint=f"The first {right} explain {sums[right - 1]:.4g}{before}.", rtol=0, atol=1e-6
    )


def _explain_rounding(ratios, share, count, right):
    """Raise a hint if a result is wrong where a sum is almost equal to the share."""
    if count == right - 1 and ratios.cumsum()[right - 2] < share - 2e-9:
        raise WrongAnswer(
            f"The first {right - 1} components explain {ratios.cumsum()[right - 2]:.10f}, less than {share} by more "
            f"than 1e-9. This isn't rounding, so it takes {right}: your tolerance is too large, or you compute in "
            "float32."
        )
    if count > right or not 1 <= count:
        raise WrongAnswer(ROUNDING)


def _explain_count_error(components_for, error, cases, index, n_plain):
    """Raise a hint for errors of typical mistakes."""
    ratios, share = cases[index]
    if isinstance(error, ValueError) and "truth value" in str(error):
        raise WrongAnswer(
            "`if` and `while` take a single condition, and you gave an array: compare one sum at a time, or find the "
            "first True with NumPy."
        ) from None
    if index >= n_plain and isinstance(error, ValueError | IndexError):
        raise WrongAnswer(f"Your function raises {type(error).__name__} where it shouldn't. {ROUNDING}") from None
    if isinstance(error, ValueError | IndexError):
        _explain_never(components_for, cases[:n_plain])
        reason = "Are both on a scale of 0 to 1, with nothing in percent?"
        if np.isclose(ratios.sum(), share):
            reason = "A sum that is equal to the share is enough."
        elif ratios.sum() < 1 - 1e-6:
            reason = "The ratios may add up to less than 1. It only matters whether they reach the share."
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} ({error}), but the ratios {_join(ratios)} reach "
            f"{share:.4g}. {reason}"
        ) from None


def _explain_never(components_for, cases):
    """Raise the hint of a mistake that gives the student's numbers, and none where the student's function raises."""
    results = []
    for ratios, share in cases:
        numbers, error = call_on_cases(components_for, [(ratios, share)], ("ratios", "share"))
        results.append(np.nan if error else _single(numbers[0]))
    if all(isinstance(number, float) and np.isnan(number) for number in results):
        return
    for mistake, hint in (*COUNT_MISTAKES, *ERROR_MISTAKES):
        if all(is_close(number, mistake(*case)) for number, case in zip(results, cases, strict=True)):
            raise WrongAnswer(hint)


def _check_unreachable(components_for):
    """Check that ratios whose sum is too small raise a ValueError."""
    for ratios, share in (([0.5, 0.2, 0.1], 0.9), ([0.6], 0.7), ([0.5, 0.3], 0.8001)):
        hint = f"All {len(ratios)} ratios {ratios} add up to less than {share}: raise a ValueError."
        try:
            count = components_for(np.array(ratios), share)
        except NotImplementedError:
            raise
        except Exception:
            expect_error(lambda ratios=ratios, share=share: components_for(np.array(ratios), share), ValueError, hint)
            continue
        reason = ""
        if is_close(_single(count), 1.0):
            reason = " `argmax` gives the index 0 if no sum is large enough: check that first."
        raise WrongAnswer(f"{hint} You return {count!r:.20}.{reason}")


class _Statistic:
    """A statistic that records its resamples and results.

    Attributes
    ----------
    resamples : list of ndarray
        Without those equal to `values`, because a student may compute the statistic of the values too.
    results : list of float
        Of the resamples.
    n_calls_on_values : int
    """

    def __init__(self, values):
        self.values, self.resamples, self.results, self.n_calls_on_values = values, [], [], 0

    def __call__(self, resample):
        expect(
            hasattr(resample, "shape"),
            f"The statistic takes an array, and you give it a {type(resample).__name__}, which has no `mean`.",
        )
        resample = np.array(resample, dtype=float)
        self._check_shape(resample)
        result = self.of(resample)
        self.n_calls_on_values += np.array_equal(resample, self.values)
        if self.n_calls_on_values > 2 or not np.array_equal(resample, self.values):
            self.resamples.append(resample)
            self.results.append(result)
        return result

    @staticmethod
    def of(values):
        """The mean of squares: its distribution is skewed, so that a Gaussian interval differs."""
        return float(np.mean(values**2))

    def _check_shape(self, resample):
        n, shape = len(self.values), resample.shape
        if shape == self.values.shape:
            return
        start = f"You give the statistic an array of shape {shape}"
        if shape[:1] == (n - 1,):
            raise WrongAnswer(f"{start}, one row too few: a resample has as many rows as `values`, here {n}.")
        if shape[:1] == (n + 1,):
            raise WrongAnswer(f"{start}, one row too many: a resample has as many rows as `values`, here {n}.")
        if shape[1:] == self.values.shape[1:] and 1 < shape[0] < n:
            raise WrongAnswer(
                f"{start}, with fewer rows than `values`, which has {n}. With replacement, some rows are drawn twice: "
                f"draw {n} rows, and keep repeated ones."
            )
        if shape[:1] == (400,):
            raise WrongAnswer(
                f"{start}: `n_resamples` is the number of resamples. Each has as many rows as `values`, here {n}."
            )
        raise WrongAnswer(
            f"{start}. A resample is as large as `values`, here {self.values.shape}: as many rows, each with all its "
            "numbers."
        )


def test_variance_2(answer):
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        _check_bootstrap(answer)
        used = random.getstate() != python_state or any(
            not np.array_equal(one, other)
            for one, other in zip(np.random.get_state(), numpy_state, strict=True)  # noqa: NPY002
        )
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
    expect(
        not used,
        "You seed or use a global random generator (`random` or `np.random`), which the whole program uses: make one "
        "of your own, from `seed`.",
    )


def _check_bootstrap(bootstrap_interval):
    # Different numbers, so that each row can be recognised.
    column = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0, 15.0, 22.0, 31.0, 44.0, 60.0])
    table = np.column_stack([column, 100 - column, column[::-1] + 200])
    runs = []
    for values, n_resamples, level, seed in ((column, 400, 0.9, 5), (table, 400, 0.9, 5), (column, 300, 0.5, 1)):
        statistic, argument = _Statistic(values), values.copy()
        try:
            ends = bootstrap_interval(statistic, argument, n_resamples, level, seed)
        except IndexError as error:
            raise WrongAnswer(
                f"A row number is too large ({error}): rows go from 0 to n − 1, here {len(values) - 1}."
            ) from None
        expect_unchanged(values, argument, "values")
        _check_resamples(statistic, n_resamples, runs)
        runs.append((statistic, n_resamples, level, ends))
    _check_ends(runs)
    _check_results_around_zero(bootstrap_interval)
    _check_seeds(bootstrap_interval)
    _check_few(bootstrap_interval)


class _Mean(_Statistic):
    @staticmethod
    def of(values):
        return float(np.mean(values))


def _check_results_around_zero(bootstrap_interval):
    """Check that small and negative results of the statistic count, too."""
    values = np.random.default_rng(4).normal(size=30)
    statistic = _Mean(values)
    ends = bootstrap_interval(statistic, values.copy(), 300, 0.9, 3)
    if _are_ends((statistic, 300, 0.9, ends)):
        return
    results = np.array(statistic.results)
    low, high = as_array(ends, (2,), what="the interval")
    span = f"Here the results of the statistic are between {results.min():.2f} and {results.max():.2f}."
    expect(
        not np.array_equal(np.trunc([low, high]), [low, high]),
        f"{span} Your ends are integers, {low:g} and {high:g}. Did you store the results in an array of integers?",
    )
    for n_decimals in range(1, 4):
        expect(
            not np.array_equal(np.round([low, high], n_decimals), [low, high]),
            "You rounded the ends: return them as computed.",
        )
    for change, hint in (
        (results[results > 0], "You left out negative results: use all of them."),
        (np.abs(results), "You took absolute values of the results: use them as they are."),
        (np.maximum(results, 0), "You replaced negative results by 0: use them as they are."),
    ):
        expect(not is_close([low, high], np.quantile(change, [0.05, 0.95]), rtol=0.02, atol=0.01), f"{span} {hint}")
    right = np.quantile(results, [0.05, 0.95])
    raise WrongAnswer(
        f"{span} Your interval for a level of 0.9 is from {low:.4g} to {high:.4g}. It should be from about "
        f"{right[0]:.4g} to {right[1]:.4g}: use all results, negative ones too, without rounding."
    )


def _check_resamples(statistic, n_resamples, earlier):
    """Check that resamples consist of whole rows, drawn with replacement, each with the same probability."""
    values, n = statistic.values, len(statistic.values)
    expect(
        bool(statistic.resamples),
        "You don't compute the statistic of a resample: draw rows of `values`, and give them to the statistic.",
    )
    index = {tuple(np.atleast_1d(row)): i for i, row in enumerate(values)}
    rows = np.array([[index.get(tuple(np.atleast_1d(row)), -1) for row in one] for one in statistic.resamples])
    if (rows < 0).any():
        _explain_other_rows(statistic)
    in_order = (np.sort(rows, axis=1) == np.arange(n)).all()
    expect(
        not in_order or not (rows == rows[0]).all(),
        "Each of your resamples contains all rows, in the same order: draw rows at random, with replacement.",
    )
    expect(
        not in_order,
        "You draw without replacement, so each galaxy occurs once. With replacement, some occur twice, some never.",
    )
    n_different = [len(set(row)) for row in rows.tolist()]
    expect(
        max(n_different) > 1,
        "Each of your resamples repeats a single galaxy: draw as many row numbers as `values` has rows.",
    )
    expect(
        len(np.unique(rows, axis=0)) > len(rows) // 50,
        "All your resamples are the same, because the generator starts again from its seed each time: make it once, "
        "before the loop.",
    )
    _check_count(len(rows), n_resamples, earlier, statistic.n_calls_on_values)
    expect(
        max(n_different[len(rows) // 2 :]) > 2,
        "Your resamples contain fewer and fewer galaxies: draw each from `values`, not from the previous resample.",
    )
    frequency = np.bincount(rows.ravel(), minlength=n) / len(rows)
    for row, name in ((-1, "last"), (0, "first")):
        expect(frequency[row] > 0.2, f"The {name} galaxy is (almost) never drawn: row numbers go from 0 to n − 1.")
    expect(
        bool((np.abs(frequency - 1) < 0.4).all()),
        "Some galaxies are drawn much more often than others: each row has the same probability.",
    )
    usual = 1 - (1 - 1 / n) ** n
    expect(
        abs(np.mean(n_different) / n - usual) < 0.05,
        f"Your resamples contain {np.mean(n_different) / n:.0%} of the galaxies on average. With replacement, it is "
        f"{usual:.0%}: draw n rows, one by one, each from all n.",
    )


def _explain_other_rows(statistic):
    """Raise a hint for resamples that contain other rows than those of the values."""
    values, resamples = statistic.values, statistic.resamples
    if values.ndim == 2:
        if all(np.isin(one, row).all() for one, row in zip(resamples[0], values, strict=True)):
            raise WrongAnswer("You draw columns, which are the features: draw rows (axis 0), which are the galaxies.")
        if all((np.diff(resample, axis=0) >= 0).all() for resample in resamples):
            raise WrongAnswer(
                "You sort the columns of a resample separately, which mixes the numbers of different galaxies: give "
                "the rows to the statistic as they are drawn."
            )
        if all(np.isin(resample, values).all() for resample in resamples):
            raise WrongAnswer(
                "You draw the numbers of a galaxy separately, so they come from different galaxies: draw whole rows."
            )
    raise WrongAnswer(
        "Your resamples contain numbers that aren't in `values`, such as random or changed ones: draw rows of "
        "`values`, and leave them as they are."
    )


def _check_count(count, n_resamples, earlier, on_values):
    if count == n_resamples:
        return
    if earlier and earlier[0][1] != n_resamples and count == len(earlier[0][0].results):
        raise WrongAnswer(f"You always draw {count} resamples: use the parameter `n_resamples`.")
    if count == 2 * n_resamples:
        raise WrongAnswer(
            f"You call the statistic {count} times, twice per resample, for n_resamples = {n_resamples}: use the same "
            "results for both ends."
        )
    if count == n_resamples - 1 and on_values:
        raise WrongAnswer(
            f"You draw {count} resamples, and use the values themselves as the other one: draw all {n_resamples}."
        )
    differences = {-1: "One too few.", 1: "One too many."}
    hint = differences.get(count - n_resamples, "Use the parameter, not a fixed number.")
    raise WrongAnswer(f"You draw {count} resamples, and n_resamples is {n_resamples}. {hint}")


def _check_ends(runs):
    """Check the ends of all intervals, or raise the hint of the mistake that explains all of them."""
    wrong = [run for run in runs if not _are_ends(run)]
    if not wrong:
        return
    for mistakes_of, explains in (
        (_mistakes_of, _explains),
        (_gaussian_mistakes_of, _explains),
        (_mistakes_of, _explains_places),
    ):
        several = [mistakes_of(run) for run in runs]
        for number, (_, hint) in enumerate(several[0]):
            if all(explains(mistakes[number][0], run) for mistakes, run in zip(several, runs, strict=True)):
                raise WrongAnswer(hint)
    statistic, _, level, ends = wrong[0]
    if isinstance(ends, dict | str):
        raise WrongAnswer(f"You return an object of type {type(ends).__name__}: return low and high, two numbers.")
    quantiles = np.quantile(statistic.results, [(1 - level) / 2, (1 + level) / 2])
    low, high = as_array(ends, (2,), what="the interval")
    if all(_is_symmetric(run) for run in runs):
        raise WrongAnswer(
            "Your interval extends equally far to both sides, as for a Gaussian: cut off a part of the sorted results "
            "at each end (percentiles), without a standard deviation."
        )
    share = np.mean((np.array(statistic.results) >= low) & (np.array(statistic.results) <= high))
    raise WrongAnswer(
        f"For a level of {level}, your interval is from {low:.6g} to {high:.6g}, and contains {share:.0%} of your "
        f"results. It should be from about {quantiles[0]:.6g} to {quantiles[1]:.6g}."
    )


def _are_ends(run):
    """Whether an interval is right by some definition of percentiles; they differ by about one place in the order."""
    statistic, _, level, ends = run
    results, tail = np.sort(statistic.results), (1 - level) / 2
    try:
        pair = as_array(ends, (2,))
    except WrongAnswer:
        return False
    if "float16" in str(getattr(ends, "dtype", "")):
        raise WrongAnswer("Your interval is float16, which rounds to about three digits: return Python floats.")
    first, last = tail * (len(results) - 1), (1 - tail) * (len(results) - 1)
    lowest = results[[max(0, math.floor(first) - 2), math.floor(last) - 2]]
    highest = results[[math.ceil(first) + 2, min(len(results) - 1, math.ceil(last) + 2)]]
    margin = 1e-5 * results[-1]
    return bool((pair >= lowest - margin).all() and (pair <= highest + margin).all())


def _mistakes_of(run):
    statistic, _, level, _ = run
    of_values = _Statistic.of(statistic.values)
    tail = (1 - level) / 2
    return [
        (
            lambda results: [results[0], results[-1]],
            "You return the smallest and the largest result: cut off half of 1 − level at each end.",
        ),
        *interval_mistakes(level, of_values),
        (
            lambda results: np.quantile(statistic.values, [tail, 1 - tail]),
            "You return percentiles of the values: return percentiles of the statistics of the resamples.",
        ),
        (lambda results: [of_values, of_values], "Both ends are the statistic of the values: return percentiles."),
        (lambda results: statistic.results, "You return all results: return the two ends of their central part."),
    ]


def _gaussian_mistakes_of(run):
    return gaussian_mistakes(run[2], _Statistic.of(run[0].values))


def _explains(mistake, run):
    statistic, _, _, ends = run
    results = np.sort(statistic.results)
    return is_close(ends, mistake(results), rtol=1e-3, atol=1e-5 * results[-1])


def _explains_places(mistake, run):
    """Whether both ends are within two places of the mistake's, in the order of the results."""
    results = np.sort(run[0].results)
    try:
        ends, mistaken = as_array(run[3], (2,)), as_array(mistake(results), (2,))
    except WrongAnswer:
        return False
    inside = [((pair >= results[0]) & (pair <= results[-1])).all() for pair in (ends, mistaken)]
    return all(inside) and bool((np.abs(np.subtract(*np.searchsorted(results, [ends, mistaken]))) <= 2).all())


def _is_symmetric(run):
    """Whether an interval extends equally far to both sides of the statistic of the values, or of the mean result."""
    statistic, _, _, ends = run
    low, high = as_array(ends, (2,), what="the interval")
    middles = _Statistic.of(statistic.values), np.mean(statistic.results), np.median(statistic.results)
    return low < high and any(abs((low + high) / 2 - middle) < 1e-6 * abs(middle) for middle in middles)


def _check_seeds(bootstrap_interval):
    """Check that the seed, and nothing else, decides on the resamples."""
    values = np.random.default_rng(4).normal(size=30)
    means = []

    def mean(resample):
        means.append(float(np.mean(resample)))
        return means[-1]

    def ends(seed):
        means.clear()
        return tuple(as_array(bootstrap_interval(mean, values.copy(), 200, 0.95, seed), (2,), what="the interval"))

    for seed in (3, 0):
        zero = " A seed of 0 is a seed like any other, but is false in an `if` or `or`." if seed == 0 else ""
        expect(
            ends(seed) == ends(seed),
            "The same seed gives two different intervals: all random numbers must come from a generator made of "
            f"`seed`.{zero}",
        )
    of_seed, means_of_seed = {}, {}
    for seed in SEEDS:
        of_seed[seed], means_of_seed[seed] = ends(seed), set(means)
    n_common = len(means_of_seed[7] & means_of_seed[8])
    expect(
        means_of_seed[7] == means_of_seed[8] or n_common < 150,
        "The seeds 7 and 8 share almost all resamples. Does resample i have a generator of its own, from `seed + i`? "
        "Make one generator before the loop, from `seed` as it is.",
    )
    reject_equal_seeds(of_seed, "give the same interval")


def _check_few(bootstrap_interval):
    """Check a single galaxy and a single resample, and the width for many galaxies."""
    try:
        single = bootstrap_interval(np.mean, np.array([7.0]), 5, 0.9, 0)
    except IndexError as error:
        raise WrongAnswer(
            f"Your function fails for a single galaxy ({error}): use the number of rows of `values`, no fixed number."
        ) from None
    except ValueError as error:
        raise WrongAnswer(
            f"Your function raises ValueError for a single galaxy ({error}), but n may be 1. Then all resamples are "
            "the same, and both ends are their statistic."
        ) from None
    expect_close(single, [7.0, 7.0], what="the interval for a single galaxy", hint="All its resamples are the same.")
    low, high = as_array(bootstrap_interval(np.mean, np.arange(9.0), 1, 0.9, 0), (2,), what="the interval")
    margin = 0.06 * (high - low)  # 4 is the mean of the values; percentiles of two results lie between them
    expect(
        low == high or not low - margin <= 4 <= high + margin,
        "For a single resample, both ends are its statistic; yours differ. Did you add the statistic of the original "
        "values to the results?",
    )
    expect(low == high, "For a single resample, both ends are its statistic; yours differ.")
    many = np.random.default_rng(6).normal(8.9, 0.2, size=200)
    low, high = as_array(bootstrap_interval(np.mean, many.copy(), 500, 0.95, 2), (2,), what="the interval")
    for n_decimals in range(5):
        expect(
            not np.array_equal(np.round([low, high], n_decimals), [low, high]),
            "You rounded the ends: return them as computed.",
        )
    expect(
        np.any(np.float16([low, high]) != [low, high]),
        "Your ends have only three digits (half precision, float16): use Python floats or double precision.",
    )
    usual = 2 * 1.96 * many.std() / math.sqrt(len(many))
    expect(
        low < many.mean() < high and 0.75 < (high - low) / usual < 1.25,
        f"For the mean of 200 galaxies, your interval is {high - low:.4f} wide. It should be about {usual:.4f}: draw "
        "as many rows as there are, for any number of galaxies.",
    )


def test_variance_3(answer):
    cases = _share_cases()
    expected = [np.array(explained_share(*case)) for case in cases]
    # By hand: m = (2, 2), w = (1, 1) / √2. Along w are half of 4 and all of 2, the squared distances from m.
    assert math.isclose(expected[3], 4 / 6)
    returned, error = call_on_cases(answer, cases, ("train", "test", "n_components"))
    returned = [_single(share) for share in returned]
    wrong = [index for index, share in enumerate(returned) if not is_close(share, expected[index])]
    if wrong:
        reject_mistakes(cases, returned, expected, SHARE_MISTAKES)
        if len(wrong) < len(returned):
            _explain_some_shares(cases, returned, expected, wrong)
        _explain_digits(returned, expected, wrong)
        if {0, 1, 2, 4} <= set(wrong):  # cases without anything special
            reject_mistakes(
                *([values[i] for i in (0, 1, 2, 4)] for values in (cases, returned, expected)), SHARE_MISTAKES
            )
        _explain_share(answer, cases[wrong[0]], returned[wrong[0]], expected[wrong[0]])
    if error:
        _explain_share_error(error, cases[len(returned)])
        raise error


def _share_cases():
    """Training and test galaxies, and k; the test galaxies have other variances and another mean."""
    rng = np.random.default_rng(8)
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    widths = np.array([5.0, 3.0, 2.0, 1.0, 0.7, 0.5])

    def case(n, t, k):
        train = rng.normal(size=(n, 6)) * widths @ rotation + 6
        return train, rng.normal(size=(t, 6)) * widths[[2, 1, 0, 3, 4, 5]] @ rotation + 7, k

    constant, flat_test, _ = case(15, 8, 2)
    constant[:, 1] = 4.0
    narrow_train, narrow_test, _ = case(12, 10, 2)
    return [
        case(20, 9, 2),
        case(9, 30, 1),
        case(4, 7, 3),  # fewer galaxies than features
        (np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), np.array([[4.0, 2.0], [3.0, 3.0]]), 1),
        case(25, 25, 4),
        case(12, 1, 2),
        (constant, flat_test, 2),
        (1e-9 * narrow_train, 1e-9 * narrow_test, 2),
        case(12, 8, 6),
        (rng.normal(3, 1, size=(5, 1)), rng.normal(2, 1, size=(4, 1)), 1),
        (np.array([[1.0, 5.0], [2.0, 3.0]]), np.array([[4.0, 2.0], [3.0, 3.0], [0.0, 1.0]]), 1),
    ]


def _explain_some_shares(cases, returned, expected, wrong):
    """Raise a hint if the results are wrong only for some inputs, which have something in common."""
    inputs = [cases[i] for i in wrong]
    if len(wrong) > 2:
        reject_mistakes(inputs, [returned[i] for i in wrong], [expected[i] for i in wrong], SHARE_MISTAKES)
    for condition, hint in (
        (
            lambda train, test, k: np.ptp(train) < 1e-6,
            "Your result is wrong if all features are small (about 1e-8): add no small number to the denominator, and "
            "set no limit below which numbers count as 0.",
        ),
        (lambda train, test, k: len(test) == 1, "Your result is wrong for a single test galaxy: use the same formula."),
        (lambda train, test, k: train.shape[1] == 1, "Your result is wrong for a single feature: it is 1 there."),
        (
            lambda train, test, k: len(train) <= train.shape[1],
            "Your result is wrong if there are not more training galaxies than features: use the first k components, "
            "those with the largest variance.",
        ),
        (
            lambda train, test, k: k == train.shape[1],
            "Your result is wrong if k is the number of features: all components together explain everything, a share "
            "of 1.",
        ),
        (
            lambda train, test, k: not np.ptp(train, axis=0).all(),
            "Your result is wrong if a feature is constant in the training set: the formula needs no exception for it, "
            "and no standard deviation.",
        ),
    ):
        if all(condition(*case) for case in inputs):
            raise WrongAnswer(hint)


def _explain_digits(returned, expected, wrong):
    """Raise a hint if shares are clipped, or are the right ones with fewer digits."""
    numbers = [i for i in wrong if isinstance(returned[i], float) and math.isfinite(returned[i])]
    limits = {returned[i] for i in numbers}
    if 1 < len(numbers) < len(returned) and len(limits) == 1 and all(expected[i] > max(limits) for i in numbers):
        raise WrongAnswer(f"You limited the share to {max(limits):g}: return it as computed.")
    if len(numbers) > 2 and all(is_close(returned[i], expected[i], rtol=5e-3, atol=1e-3) for i in numbers):
        raise WrongAnswer(
            f"Your share is {returned[wrong[0]]:.6g} instead of {expected[wrong[0]]:.6g}. Did you round a number, add "
            "a small one, or compute in half precision (float16)?"
        )


def _explain_share(held_out_share, case, share, expected):
    """Raise a hint that follows from the number, or from calls with other parameters."""
    train, test, k = case
    what = f"the share for {len(train)} training and {len(test)} test galaxies, and {k} components"
    if isinstance(share, float) and not math.isfinite(share):
        raise WrongAnswer(f"You return {share}, which isn't a finite number: did you divide by 0?")
    if isinstance(share, float) and share > 1.001:
        raise WrongAnswer(
            f"You return {share:.4g}, and a share is at most 1. Is it in percent, or is the numerator no part of the "
            "denominator?"
        )
    for name, other in (
        ("test", (train, test[::-1] * [1, 2, 1, 3, 1, 1][: test.shape[1]], k)),
        ("train", (train[::-1] * [1, 2, 1, 3, 1, 1][: train.shape[1]], test, k)),
        ("n_components", (train, test, k + 1)),
    ):
        if returns_same(held_out_share, case, other):
            raise WrongAnswer(f"Your result doesn't depend on `{name}`: use the parameter.")
    expect_close(
        share,
        expected,
        what=what,
        hint="m and the components come from the training galaxies, both sums from the test galaxies.",
        rtol=1e-4,
        atol=1e-5,
    )


def _explain_share_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    train, test, k = case
    shapes = f"for {len(train)} training and {len(test)} test galaxies of {train.shape[1]} features"
    if isinstance(error, ValueError) and any(word in str(error) for word in ("broadcast", "mismatch", "aligned")):
        raise WrongAnswer(
            f"The shapes don't match, {shapes}. m has one number per feature (axis 0), and so has each component: the "
            "components are the rows of Vᵀ, not columns of U or Vᵀ."
        ) from None
    if isinstance(error, ValueError | np.linalg.LinAlgError) and ("NaN" in str(error) or "converge" in str(error)):
        raise WrongAnswer(
            f"Your numbers become NaN or infinite, {shapes}: did you divide by a standard deviation of 0? Only "
            "subtract m."
        ) from None
    if train.shape[1] == 1:
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} if there is a single feature. `np.cov` gives a number then, "
            "not a matrix (`np.atleast_2d` makes one), and `squeeze` removes the axis of features."
        ) from None
    if isinstance(error, ValueError) and "n_components" in str(error):
        raise WrongAnswer(
            f"scikit-learn can't fit {k} components here, {shapes}: fit them to the training galaxies, not to the test "
            "galaxies."
        ) from None


def _join(numbers):
    shown = ", ".join(f"{number:.4g}" for number in numbers[:5])
    return f"{shown} …" if len(numbers) > 5 else shown


def test_variance_4(answer):
    cases = _network_cases()
    expected = [shares_of(*case) for case in cases]
    # By hand: the squares along the axes are 8 and 2, and 0.5 and 0.5.
    assert is_close(expected[0], [0.8, 0.5])
    returned, error = [], None
    for case in cases:
        result, error = _call_on_networks(answer, *case)
        if error:
            break
        returned.append(result)
    vectors = [_shares_if_readable(result, case[0]) for result, case in zip(returned, cases, strict=False)]
    wrong = [i for i, vector in enumerate(vectors) if not is_close(vector, expected[i])]
    if wrong and not (error and len(returned) < 2):
        _explain_networks(answer, cases, returned, vectors, expected, wrong)
    if error:
        _explain_networks_error(error, *cases[len(returned)])
        raise error
    features, right = _shipped()
    for k, shares in right.items():
        values = _read_shares(answer(dict(features), k), features)
        expect_close(
            values,
            shares,
            what=f"the shares of the three shipped networks for {k} component{'s' * (k > 1)}",
            hint="For small arrays, your function is right. Did you round a number, limit the number of galaxies or "
            "features, or compute in half precision?",
        )


def _network_cases():
    """Features by name, and k: of equal and different sizes, tiny, constant columns, float32, one network."""
    rng = np.random.default_rng(8)

    def network(n, d, decay, mean=2.0, scale=1.0):
        spread = np.exp(-decay * np.arange(d))
        return scale * (mean + rng.normal(size=(n, d)) * spread @ np.linalg.qr(rng.normal(size=(d, d)))[0])

    first = np.array([[0.0, 5.0], [2.0, 6.0], [4.0, 5.0], [2.0, 4.0]])
    second = np.array([[0.5, 0.0], [0.0, 0.5], [-0.5, 0.0], [0.0, -0.5]])
    constant = np.insert(network(11, 4, 0.5), [1, 3], 4.0, axis=1)
    return [
        ({"trained": first, "random weights": second}, 1),
        ({"trained": network(20, 5, 0.3), "control": network(20, 5, 0.9), "another": network(20, 5, 0.5)}, 2),
        ({"stem": network(9, 6, 0.4), "head": network(14, 7, 0.2), "body": network(8, 12, 0.3)}, 3),
        ({"b": network(15, 6, 0.2, mean=600.0), "a": network(15, 6, 0.4, mean=-600.0)}, 2),
        ({"constant": constant, "other": network(11, 6, 0.6)}, 4),
        ({"only": network(12, 4, 0.4)}, 1),
        ({"z": network(6, 9, 0.1), "y": network(7, 6, 0.1, mean=0.0)}, 6),
        ({"uncorrelated": _uncorrelated(), "wide": network(10, 8, 0.2)}, 2),
        ({"narrow": network(10, 1, 0.0), "wide": network(10, 8, 0.2)}, 1),
        ({"float32": network(30, 6, 0.3).astype(np.float32), "float64": network(25, 7, 0.2)}, 3),
        ({"tiny": network(9, 5, 0.3, scale=1e-9), "tinier": network(9, 5, 0.4, scale=1e-10)}, 2),
    ]


def _uncorrelated():
    """Eight galaxies of four uncorrelated columns with different variances, in no order."""
    signs = np.array([(a, b, c, a * b) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)
    return signs * [1.0, 3.0, 2.0, 5.0] + 4


@cache
def _shipped():
    """Features of the three shipped networks by name, and the right shares by k."""
    import galviz

    networks = {
        "trained": galviz.load_features(),
        "random weights": galviz.load_features(control="random-weights"),
        "shuffled labels": galviz.load_features(control="shuffled-labels"),
    }
    features = {name: network.layers["features"] for name, network in networks.items()}
    return features, {k: [share_of(x, k) for x in features.values()] for k in (1, 3)}


def _call_on_networks(shares_of_networks, features, k):
    """Call a student's function, and raise a hint if it changes the dict or its arrays."""

    def call(*arrays):
        argument = dict(zip(features, arrays, strict=True))
        result = shares_of_networks(argument, k)
        expect(
            result is not argument
            and list(argument) == list(features)
            and all(one is other for one, other in zip(argument.values(), arrays, strict=True)),
            "Your function changes the dict `features`, which belongs to the caller: make a new dict for the result.",
        )
        return result

    returned, error = call_on_cases(call, [tuple(features.values())], [f'features["{name}"]' for name in features])
    if isinstance(error, WrongAnswer):
        raise error
    return (returned[0] if returned else None), error


def _shares_if_readable(result, features):
    """The shares in the order of the names; None if a dict can't be read like that."""
    try:
        return _read_shares(result, features)
    except WrongAnswer:
        return None


def _read_shares(result, features):
    """Convert what a student returned to one number per network; raise a hint if that is impossible."""
    _check_names(result, features)
    numbers = []
    for name, value in result.items():
        if isinstance(value, bool | np.bool_):
            raise WrongAnswer("The values of your dict are true or false: return shares, numbers from 0 to 1.")
        if "float16" in str(getattr(value, "dtype", "")):
            raise WrongAnswer("Your shares are float16 (half precision), about three digits: return Python floats.")
        array = as_array(value, what=f"the share of {name!r}")
        expect(
            array.size == 1,
            f"The share of {name!r} isn't one number, but {array.size}: return a single number per network, the sum of "
            "the ratios of its first k components.",
        )
        numbers.append(float(array.reshape(())))
    return np.array(numbers)


def _check_names(result, features):
    """Raise a hint unless the result is a dict with the names of the networks, in their order."""
    names = list(features)
    if result is None:
        raise WrongAnswer("Your function returns None: does it end with `return`?")
    if not isinstance(result, Mapping) and type(result).__name__ != "Series":
        raise WrongAnswer(
            f"You return an object of type {type(result).__name__}: return a dict, with the share of each network "
            f"under "
            "its name."
        )
    keys = list(result.keys())
    if keys == names:
        return
    if not keys:
        raise WrongAnswer("You return an empty dict: put the share of each network into it, in a loop.")
    if set(keys) == set(names):
        orders = {"sorted by name": sorted(names), "reversed": names[::-1]}
        how = "".join(
            f" ({' or '.join(found)})" for found in [[h for h, order in orders.items() if keys == order]] if found
        )
        raise WrongAnswer(
            f"The names are right, but in another order{how}: {keys} instead of {names}. Add them in the order of "
            "`features`."
        )
    if set(result.values()) == set(names) if all(isinstance(value, str) for value in result.values()) else False:
        raise WrongAnswer("Keys and values are exchanged: the name is the key, the share is the value.")
    if keys in ([names[0]], [names[-1]]) and len(names) > 1:
        raise WrongAnswer(
            f"Only the share of {keys[0]!r} is in your dict: return it after the loop, not inside, and make the dict "
            "before the loop."
        )
    if keys == list(range(len(names))) or keys == list(range(1, len(names) + 1)):
        raise WrongAnswer("The keys of your dict are numbers: use the names of the networks, as in `features.items()`.")
    missing = [name for name in names if name not in keys]
    raise WrongAnswer(
        f"The keys of your dict are {keys}, and must be the names {names}."
        + f" There is no {missing[0]!r}: use all names as they are." * bool(missing)
    )


def _explain_networks(shares_of_networks, cases, returned, vectors, expected, wrong):
    """Raise the hint for wrong shares."""
    first = 1 if 1 in wrong else wrong[0]  # the first case, by hand, has few galaxies
    (features, k), vector = cases[first], vectors[first]
    if vector is None:
        _explain_keys(returned[first], features)
        _read_shares(returned[first], features)
    readable = [i for i, one in enumerate(vectors) if one is not None]
    chosen = [[values[i] for i in readable] for values in (cases, vectors, expected)]
    reject_mistakes(*chosen, NETWORK_MISTAKES, atol=1e-7)
    where = f"for {k} component{'s' * (k > 1)} of " + " and ".join(
        f"{' × '.join(map(str, x.shape))} features ({name!r})" for name, x in features.items()
    )
    if not np.isfinite(vector).all():
        raise WrongAnswer(
            f"A share is {vector[~np.isfinite(vector)][0]}, {where}: did you divide by 0, such as the standard "
            "deviation of a constant column? Only subtract the means."
        )
    several = cases[1:3]
    if all(_is_same(shares_of_networks, features, k, other) for features, k in several for other in (1, k + 1)):
        raise WrongAnswer("Your shares don't depend on `n_components`: add up the ratios of that many components.")
    if wrong == [len(cases) - 1]:
        raise WrongAnswer(
            "Your shares are wrong for features of about 1e-9. Any scale is possible: add no small number to a "
            "variance, "
            "set no limit, and round nothing."
        )
    differing = [not np.isclose(one, right, rtol=1e-4) for one, right in zip(vector, expected[first], strict=True)]
    names = [name for name, differs in zip(features, differing, strict=True) if differs]
    hint = "Centre the columns, and divide the sum of the first k variances by the sum of all."
    if (vector > 1.0001).any():
        hint = f"A share is at most 1. {hint}"
    elif np.allclose(vector, expected[first], rtol=0.01, atol=0.01):
        hint = "Did you round a number, add a small one, or compute in half precision (float16)?"
    elif 0 < len(names) < len(features):
        hint = f"Only the share of {', '.join(map(repr, names))} is wrong. {hint}"
    expect_close(vector, expected[first], what=f"your shares, {where}", hint=hint)


def _explain_keys(result, features):
    """Raise a hint if a result of another type contains one item per network, in their order."""
    if isinstance(result, list | tuple | np.ndarray) and len(result) == len(features):
        raise WrongAnswer(
            f"You return a {type(result).__name__} of {len(result)} items: return a dict, with the share of each "
            "network under its name."
        )
    if isinstance(result, float | int | np.floating):
        raise WrongAnswer("You return a single number: return a dict, with the share of each network under its name.")


def _is_same(shares_of_networks, features, k, other):
    results = [_call_on_networks(shares_of_networks, features, number) for number in (k, other)]
    if any(error for _, error in results):
        return False
    one, two = (_shares_if_readable(result, features) for result, _ in results)
    return one is not None and two is not None and is_close(one, two)


def _explain_networks_error(error, features, k):
    """Raise a hint for errors of typical mistakes."""
    sizes = " and ".join(" × ".join(map(str, x.shape)) for x in features.values())
    text = str(error)
    if isinstance(error, AttributeError) and "'dict'" in text:
        raise WrongAnswer(
            f"`features` is a dict of arrays, not an array ({text}): loop over `features.items()`, which gives names "
            "and arrays."
        ) from None
    if "'str'" in text or "string" in text or "StrDType" in text or "<U" in text:
        raise WrongAnswer(
            "A loop over a dict gives its keys, which are the names, not the arrays: use `features.items()`, or "
            "`features[name]`."
        ) from None
    if isinstance(error, KeyError):
        raise WrongAnswer(
            f"There is no network {text} here. The names differ from call to call: use those of the dict `features`."
        ) from None
    if isinstance(error, ValueError) and "n_components" in text:
        raise WrongAnswer(
            f"scikit-learn can't fit that many components, for arrays of {sizes} and k = {k} ({text[:80]})."
        ) from None
    if isinstance(error, ValueError) and any(
        word in text for word in ("broadcast", "mismatch", "concatenat", "aligned")
    ):
        raise WrongAnswer(
            f"The shapes don't match, for arrays of {sizes}. Treat each network on its own, and subtract the means of "
            "its columns (axis 0)."
        ) from None
    if isinstance(error, np.linalg.LinAlgError | ValueError) and ("NaN" in text or "converge" in text or "inf" in text):
        raise WrongAnswer(
            f"Your numbers become NaN or infinite, for arrays of {sizes}: did you divide by the standard deviation of "
            f"a "
            "constant column? Only subtract the means."
        ) from None

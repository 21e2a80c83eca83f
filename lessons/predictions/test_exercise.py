"""Tests of the exercises on predictions; each takes the student's function."""

import numpy as np
import pandas as pd

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_unchanged, format_items


def galaxies(n, seed, bias=0.07):
    """Predicted and true metallicity, with errors that have a mean and a few bad misses."""
    draw = np.random.default_rng(seed)
    true = draw.uniform(8.2, 9.3, n)
    error = draw.normal(bias, 0.1, n)
    error[[0, 1]] += [0.7, -0.4]
    return true + error, true


def test_predictions_1(answer):
    _rmse(answer, *galaxies(8, seed=1))
    _rmse(answer, np.array([8.6, 8.9, 9.0]), np.array([8.5, 9.0, 8.8]), expected=0.02**0.5)
    predicted, true = galaxies(11, seed=2, bias=-0.15)
    _rmse(answer, predicted.astype(np.float32), true)
    _rmse(answer, true + 0.25, true, expected=0.25, hint="Here all predictions are 0.25 dex too high.")
    for n, places in ((9, [0, 4, 5]), (6, [5]), (4, [0, 1, 2])):
        predicted, true = galaxies(n, seed=n)
        true[places] = np.nan
        _rmse(answer, predicted, true, hint=f"Here the truth of {len(places)} of {n} galaxies is NaN.")


def _rmse(answer, predicted, true, *, expected=None, hint=""):
    """One root-mean-square error, compared with the right one."""
    given = predicted.copy(), true.copy()
    with np.errstate(all="ignore"):
        found = answer(*given)
    # NaN is no equal of itself.
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect_unchanged(np.nan_to_num(before, nan=-9), np.nan_to_num(after, nan=-9), name)
    n, known = len(true), ~np.isnan(true)
    error = (predicted.astype(float) - true)[known]
    squares = sum(each * each for each in error.tolist())
    expected = (squares / len(error)) ** 0.5 if expected is None else expected
    empty = predicted[~known].astype(float)
    typical = np.append(error, empty - true[known].mean())
    mistakes = [
        (squares / len(error), "This is the mean squared error: its root is missing, so it isn't in dex."),
        (
            np.abs(error).mean(),
            "This is the mean absolute error: take the squares first, their mean, and the root last.",
        ),
        (squares**0.5, "This is the root of the sum of the squares; it's the root of their mean that is asked for."),
        (squares, "This is the sum of the squares; take their mean, and its root."),
        (
            error.std(),
            "This is the standard deviation of the errors: their mean, the bias, was subtracted, and is an error too.",
        ),
        (
            error.std(ddof=1) if len(error) > 1 else np.inf,
            "This is the standard deviation of the errors (of a sample): their mean, the bias, was subtracted, and it "
            "is an error too.",
        ),
        (error.var(), "This is the variance of the errors: the bias was subtracted, and the root is missing."),
        (squares**0.5 / len(error), "The root comes last: you took it of the sum, and divided by n after that."),
        ((squares / max(len(error) - 1, 0.5)) ** 0.5, "You divided by n − 1; a mean over n galaxies divides by n."),
        (
            np.median(np.abs(error)),
            "This is the median of the errors' sizes; the root of the mean square is asked for.",
        ),
        (np.median(error**2) ** 0.5, "You took the median of the squares; their mean is asked for."),
        (error.mean(), "This is the mean error, the bias: take the squares before you take the mean."),
        (
            abs(error.mean()),
            "You took the mean before the square, so that errors of opposite signs cancel: take the squares first.",
        ),
        (error.mean() ** 2, "You took the square of the mean; the squares come first, then their mean, then its root."),
        (np.abs(error).max(), "This is the largest error; the root of the mean square is asked for."),
        (-expected, "A root-mean-square error is never negative."),
        (
            (np.mean((error / true[known]) ** 2)) ** 0.5,
            "You divided the errors by the truth; they are asked for in dex, as they are.",
        ),
        (
            np.nan,
            "NaN comes out: one galaxy whose truth is NaN spoils a mean, so leave those out before it."
            if not known.all()
            else "NaN comes out, although no number that was given is NaN.",
        ),
        (
            (squares / n) ** 0.5,
            "Galaxies whose truth isn't known count as galaxies without an error: divide by the number of the others.",
        ),
        (
            ((squares + (empty**2).sum()) / n) ** 0.5,
            "NaN became 0: a metallicity of 0 is no truth. Leave those galaxies out.",
        ),
        (
            ((typical**2).sum() / n) ** 0.5,
            "NaN became the mean of the others: what isn't known can't be compared with. Leave those galaxies out.",
        ),
    ]
    shape = as_array(found).shape
    expect(
        shape not in ((n,), (len(error),)) or shape == (1,),
        "You return a number for each galaxy; a single one for all is asked for.",
    )
    expect_close(np.squeeze(as_array(found, ())), expected, mistakes, hint=hint, what="the RMSE")


def test_predictions_2(answer):
    _nmad(answer, *galaxies(8, seed=3))
    true = np.array([8.4, 8.5, 8.7, 8.8, 9.0])
    # The median error is 0.4; the distances from it are 0.1, 0, 0.2, 0.3 and 1.6.
    _nmad(answer, true + np.array([0.3, 0.4, 0.6, 0.1, 2.0]), true, expected=1.4826 * 0.2)
    predicted, true = galaxies(21, seed=4, bias=-0.3)
    _nmad(answer, predicted.astype(np.float32), true)
    _nmad(answer, *galaxies(30, seed=5))
    predicted, true = np.arange(9.0, 8.0, -0.125), np.arange(8.5, 7.5, -0.125)
    _nmad(answer, predicted, true, expected=0.0, hint="Here all predictions are 0.5 dex too high.")


def _nmad(answer, predicted, true, *, expected=None, hint=""):
    """One normalised median absolute deviation, compared with the right one."""
    given = predicted.copy(), true.copy()
    found = answer(*given)
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect_unchanged(before, after, name)
    n, error = len(true), predicted.astype(float) - true
    middle = _median(error.tolist())
    apart = np.array([abs(each - middle) for each in error.tolist()])
    deviation = _median(apart.tolist())
    expected = 1.4826 * deviation if expected is None else expected
    upper, lower = np.sort(error)[n // 2], np.sort(error)[(n - 1) // 2]
    relative, growing = error / true, error / (1 + true)
    sizes = np.abs(error)
    two = "The median of an even count is the mean of the two in the middle; you took one of them."
    mistakes = [
        (deviation, "The factor 1.4826 is missing: with it, normal errors give their standard deviation."),
        (deviation / 1.4826, "You divided by 1.4826: multiply by it."),
        (
            1.4826 * np.median(np.abs(error)),
            "The inner median is missing: subtract the median error before you take the sizes.",
        ),
        (np.median(np.abs(error)), "Two things are missing: the inner median, and the factor 1.4826."),
        (
            1.4826 * np.median(np.abs(sizes - np.median(sizes))),
            "You took the sizes of the errors first: the inner median is of the errors with their signs.",
        ),
        (1.4826 * deviation**2, "You took squares: the outer median is of sizes, the absolute values."),
        (1.4826 * np.median(apart**2), "You took squares: the outer median is of sizes, the absolute values."),
        (1.48 * deviation, "The factor is 1.4826; yours is rounded."),
        (
            1.4826 * np.median(np.abs(error - error.mean())),
            "You subtracted the mean error; a few bad misses move it, so it's the median that is asked for.",
        ),
        (
            np.median(np.abs(error - error.mean())),
            "You subtracted the mean error instead of the median, and the factor 1.4826 is missing.",
        ),
        (
            1.4826 * apart.mean(),
            "The outer one is a mean: a few bad misses move it, so it's the median that is asked for.",
        ),
        (apart.mean(), "The outer one is a mean where the median is asked for, and the factor 1.4826 is missing."),
        (
            1.4826 * np.abs(error - error.mean()).mean(),
            "Both are means, inside and outside: a few bad misses move them. Medians are asked for.",
        ),
        (
            np.abs(error - error.mean()).mean(),
            "Both are means, and the factor 1.4826 is missing: medians are asked for.",
        ),
        (
            0.0,
            "This is 0. Where the signs are left, half of the errors lie on either side of their median and cancel: it "
            "is the sizes that count.",
        ),
        (error.std(), "This is the standard deviation of the errors, which a few bad misses make large."),
        (
            error.std(ddof=1),
            "This is the standard deviation of the errors (of a sample), which a few bad misses make large.",
        ),
        (1.4826 * error.std(), "This is a standard deviation times 1.4826: medians are asked for."),
        (np.sqrt(np.mean(error**2)), "This is the root-mean-square error, which a few bad misses make large."),
        (1.4826 * middle, "This is 1.4826 times the median error; its distances from the errors are asked for."),
        (middle, "This is the median error; how far the errors are from it is asked for."),
        (
            1.4826 * abs(middle),
            "This is 1.4826 times the size of the median error: take sizes of the distances from it.",
        ),
        (
            1.4826 * (np.median(np.abs(error)) - abs(middle)),
            "You took the two medians apart and then their difference: subtract the median from each error first.",
        ),
        (
            1.4826 * (np.median(np.abs(error)) - middle),
            "You took the two medians apart and then their difference: subtract the median from each error first.",
        ),
        (
            np.subtract(*np.percentile(error, [75, 25])) / 1.349,
            "This is the interquartile range over 1.349, a robust width too, but another: medians are asked for.",
        ),
        (
            1.4826 * _median(np.abs(relative - np.median(relative)).tolist()),
            "You divided the errors by the truth; they are asked for in dex, as they are.",
        ),
        (
            1.4826 * _median(np.abs(growing - np.median(growing)).tolist()),
            "You divided the errors by 1 + truth, as is done for redshifts; here they are in dex, as they are.",
        ),
        *((1.4826 * np.median(np.abs(error - one)), two) for one in (upper, lower)),
        *(
            (1.4826 * np.sort(np.abs(error - one))[place], two)
            for one in (middle, upper, lower)
            for place in (n // 2, (n - 1) // 2)
        ),
        (
            1.4826 * np.median(apart**2) ** 0.5,
            "You took the root of the median of squares: of an even count that isn't the median of the sizes.",
        ),
        (1.4826 * deviation**0.5, "There is a root too many: medians of sizes are in dex already."),
        (-expected, "A width is never negative."),
        (np.nan, "NaN comes out, although no number that was given is NaN."),
    ]
    shape = as_array(found).shape
    expect(shape != (n,) or shape == (1,), "You return a number for each galaxy; a single one for all is asked for.")
    expect_close(np.squeeze(as_array(found, ())), expected, mistakes, hint=hint, what="the NMAD")


def _median(values):
    ordered, n = sorted(values), len(values)
    return (ordered[n // 2] + ordered[(n - 1) // 2]) / 2


def ids_of(places):
    """Ids such as a survey has: 19 digits, more than a floating-point number keeps."""
    return [str(9_020_200_727_000_000_001 + place) for place in places]


def series_of(places, seed, name=None):
    values = np.random.default_rng(seed).uniform(8.2, 9.3, len(places))
    return pd.Series(values, index=pd.Index(ids_of(places), name="objID"), name=name)


def test_predictions_3(answer):
    # As many on either side, so that pairing by row position doesn't show by itself.
    _match(answer, series_of([4, 1, 0, 7, 3, 2], 1, "predicted"), series_of([2, 0, 8, 1, 4, 3], 2, "oh_p50"))
    draw = np.random.default_rng(3)
    here, there = draw.permutation(60)[:45], draw.permutation(60)[:50]
    _match(answer, series_of(here, 4), series_of(there, 5))
    _match(answer, series_of([5, 9, 2], 6, "oh"), series_of([9, 2, 5], 7, "oh"))
    _match(answer, series_of([6], 8, "a"), series_of([3, 6, 1, 2], 9, "b"))


def _match(answer, predicted, true):
    """One table, compared with the right one."""
    given = predicted.copy(), true.copy()
    found = answer(*given)
    for before, after, name in zip((predicted, true), given, ("predicted", "true"), strict=True):
        expect(
            before.equals(after) and list(before.index) == list(after.index) and before.name == after.name,
            f"Your function changes `{name}`, which belongs to the caller: work on a copy.",
        )
    truths = dict(zip(true.index, true.tolist(), strict=True))
    guesses = dict(zip(predicted.index, predicted.tolist(), strict=True))
    ids = [each for each in predicted.index if each in truths]
    expect(found is not None, "What you return is None: does the function end with `return`?")
    expect(
        isinstance(found, pd.DataFrame),
        f"What you return is of type {type(found).__name__}; a DataFrame is asked for.",
    )
    names = [str(name) for name in found.columns]
    expect(
        not {"objID", "index"} & set(names),
        "The ids are a column; they are asked for as the table's index, which keeps them with their rows.",
    )
    expect(
        sorted(names) == ["predicted", "true"],
        f"The columns must be `true` and `predicted`; yours are {format_items(names) or 'none'}.",
    )
    table = {name: _values(found[name], name) for name in ("true", "predicted")}
    _by_position(table, ids, predicted, true)
    if any(np.isnan(values).any() for values in table.values()):
        raise WrongAnswer(
            "There are rows with NaN, although each of these galaxies is in both: do the two sides have the same index?"
            if set(found.index) <= set(ids)
            else "There are rows with NaN: some of these galaxies are on one side alone. Keep those that are in both."
        )
    _rows([*found.index], ids, predicted, true)
    for name, values, other, held in (
        ("true", truths, guesses, "what was predicted"),
        ("predicted", guesses, truths, "the truth"),
    ):
        expect_close(
            table[name],
            [values[each] for each in ids],
            [([other[each] for each in ids], f"The column `{name}` holds {held}: did you exchange the two?")],
            hint="A galaxy is given what is another's.",
            what=f"the column `{name}`",
        )


def _values(column, name):
    """A column's numbers."""
    if any(isinstance(each, str) for each in column):
        raise WrongAnswer(f"The column `{name}` holds text; numbers are asked for.")
    return as_array(column, (None,), what=f"the column `{name}`")


def _by_position(table, ids, predicted, true):
    """Refuse the n-th of one side beside the n-th of the other."""
    right, common = true[ids].to_numpy(), [each for each in true.index if each in set(ids)]
    for guesses, truths in ((predicted, true), (predicted[ids], true[common])):
        n = min(len(guesses), len(truths))
        paired = {"predicted": guesses.to_numpy()[:n], "true": truths.to_numpy()[:n]}
        expect(
            _same(paired["true"], right) or not all(_same(table[name], paired[name]) for name in paired),
            "The rows were paired by their position: the first with the first, and so on. What belongs together is "
            "told by the id.",
        )


def _same(one, other):
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4)


def _rows(index, ids, predicted, true):
    """Compare the rows' ids with the right ones."""
    if not all(isinstance(each, str) for each in index):
        expect(index != list(range(len(index))), "The rows are numbered; their index must be the galaxies' ids.")
        kind = next(type(each).__name__ for each in index if not isinstance(each, str))
        raise WrongAnswer(
            f"The index must be the ids, as text; in yours is one of type {kind}. A floating-point number keeps 16 of "
            "an id's 19 digits, and a whole number is no longer equal to the text."
        )
    index = [str(each) for each in index]
    expect(len(set(index)) == len(index), "Some galaxies have more than one row.")
    shown = set(index)
    lost, added = len(set(ids) - shown), len(shown - set(ids))
    expect(
        not added,
        f"{added} of {len(index)} galaxies in your table aren't in both `predicted` and `true`; keep those that are.",
    )
    expect(not lost, f"{lost} of {len(ids)} galaxies that are in both are missing from your table.")
    expect(
        index == ids or index != [each for each in true.index if each in shown],
        "The rows are in the order of `true`; the order of `predicted` is asked for.",
    )
    expect(
        index == ids or index != sorted(ids),
        "The rows are sorted by id; the order of `predicted` is asked for.",
    )
    expect(index == ids, "The rows are in another order than in `predicted`.")

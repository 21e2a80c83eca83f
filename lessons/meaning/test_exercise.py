"""Tests of the exercises on what components mean; each takes the student's function."""

import itertools
import math
import warnings
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, rankdata

from galviz.course.judge import WrongAnswer, as_float, expect, expect_close, expect_unchanged

NAN = float("nan")

# By hand: less their means −2, −1, 0, 3 and −1, −3, 3, 1; the sums are 8, 14 and 20.
X, Y = np.array([1.0, 2.0, 3.0, 6.0]), np.array([4.0, 2.0, 8.0, 6.0])


def _quietly(answer, *given):
    """Ask without the warnings that a division by 0 may bring: what comes out is looked at."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return answer(*given)


def test_meaning_1(answer):
    given = X.copy(), Y.copy()
    found = _quietly(answer, *given)
    expect_unchanged(X, given[0], "x")
    expect_unchanged(Y, given[1], "y")
    expect_close(found, 8 / math.sqrt(280), _mistakes_of_r(X, Y), what="your r")
    random = np.random.default_rng(1)
    x = random.normal(8.9, 0.2, size=40)
    y = 5 - 3 * x + random.normal(0, 0.5, size=40)
    expect_close(_quietly(answer, x.copy(), y.copy()), pearsonr(x, y)[0], _mistakes_of_r(x, y), what="your r")
    x[[0, 5, 9, 22]], y[[5, 13, 30]] = NAN, NAN
    before = x.copy(), y.copy()
    found = _quietly(answer, x, y)
    expect(
        np.array_equal(before, (x, y), equal_nan=True),
        "Your function changes `x` or `y`, which belong to the caller: work on copies.",
    )
    known = ~np.isnan(x + y)
    lengths = min((~np.isnan(x)).sum(), (~np.isnan(y)).sum())
    own = x - np.nanmean(x), y - np.nanmean(y)
    both = x - x[known].mean(), y - y[known].mean()
    single = x[~np.isnan(x)][:lengths], y[~np.isnan(y)][:lengths]
    mistakes = [
        (NAN, "r is NaN where one galaxy isn't known: leave those out of which x or y is NaN."),
        (
            0.0,
            "r is 0 where one galaxy isn't known: leave out those of which x or y is NaN, and compute r of the rest.",
        ),
        (_r(np.nan_to_num(x), np.nan_to_num(y)), "You put 0 where a number isn't known: leave those galaxies out."),
        (
            _r(np.where(np.isnan(x), np.nanmean(x), x), np.where(np.isnan(y), np.nanmean(y), y)),
            "A galaxy with an unknown number still counts in your lengths, as if it were the mean: leave it out.",
        ),
        (_r(*single), "You dropped NaNs from x and from y by themselves: then rows of different galaxies meet."),
        (
            np.nansum(own[0] * own[1]) / math.sqrt(np.nansum(own[0] ** 2) * np.nansum(own[1] ** 2)),
            "Means and lengths are taken over other galaxies than the products: leave the same galaxies out of all.",
        ),
        (
            np.nanmean(own[0] * own[1]) / np.nanstd(x) / np.nanstd(y),
            "Means and lengths are taken over other galaxies than the products: leave the same galaxies out of all.",
        ),
        (
            (own[0] * own[1])[known].sum() / math.sqrt((own[0][known] ** 2).sum() * (own[1][known] ** 2).sum()),
            "The means are of other galaxies than the sums: take means, too, over those of which both are known.",
        ),
        (
            np.nansum(both[0] * both[1]) / math.sqrt(np.nansum(both[0] ** 2) * np.nansum(both[1] ** 2)),
            "The sums below the line hold galaxies of which only one of the two is known: leave those out of all.",
        ),
        *_mistakes_of_r(x[known], y[known]),
    ]
    expect_close(found, pearsonr(x[known], y[known])[0], mistakes, what="your r where some are NaN", rtol=2e-4)
    flat = np.array([5.0, 5.0, 5.0, NAN])
    for pair in ((np.array([1.0, 2.0, 4.0, 9.0]), flat), (flat, np.array([1.0, 2.0, 4.0, 9.0]))):
        hint = "Where x or y is the same for all galaxies that count, there is no r: return NaN."
        try:
            found = _quietly(answer, *(each.copy() for each in pair))
        except (ZeroDivisionError, ValueError, TypeError) as error:
            raise WrongAnswer(f"{hint} Yours raises {type(error).__name__} there.") from None
        found = as_float(found, what="your r of numbers that are all the same")
        expect(math.isnan(found), f"{hint} Yours is {found:.4g} there.")


def _r(x, y):
    return float(np.corrcoef(x, y)[0, 1])


def _mistakes_of_r(x, y):
    """What mistakes give of columns without NaN, and their hints."""
    n, r = len(x), _r(x, y)
    dx, dy = x - x.mean(), y - y.mean()
    uncentred = x @ y / math.sqrt((x @ x) * (y @ y))
    return [
        (dx @ dy / n, "This is the covariance, which has units: divide by both standard deviations."),
        (dx @ dy / (n - 1), "This is the covariance (of n − 1), which has units: divide by both standard deviations."),
        (dx @ dy, "This is the sum above the line: divide by the root of the two sums below it."),
        (uncentred, "You didn't centre: without the means taken off it's the cosine of two columns, not their r."),
        (
            dx @ dy / math.sqrt((x @ x) * (y @ y)),
            "You centred above the line, and not below it: take the means off there too.",
        ),
        (x @ y / math.sqrt((dx @ dx) * (dy @ dy)), "You centred below the line, and not above it."),
        (r**2, "This is r², the share of variance that a line explains; r itself is asked for, with its sign."),
        (abs(r), "This is |r|: the sign says whether one rises or falls with the other, and belongs to r."),
        (-r, "The sign is turned."),
        (r * n / (n - 1), "You divided by n − 1 above and by n below: with the same divisor (ddof) they cancel."),
        (r * (n - 1) / n, "You divided by n above and by n − 1 below: with the same divisor (ddof) they cancel."),
        (r / n, "You divided by n once more than needed: the sums below the line have it in them."),
        (r * n, "You forgot a division by n: the products are summed where their mean is asked for."),
        (r * (n - 1), "You forgot a division by n − 1: the products are summed where their mean is asked for."),
        (dx @ dy / (dx @ dx), "This is the slope of a line, which has units: divide by both lengths, not x's alone."),
        (dx @ dy / (dy @ dy), "This is the slope of a line, which has units: divide by both lengths, not y's alone."),
        (dx @ dy / ((dx @ dx) * (dy @ dy)), "You forgot the root below the line."),
        (dx @ dy / (x.var() * y.var()) / n, "You divided by the variances; it's the standard deviations."),
        (dx @ dy / (x.var() * y.var()) / (n - 1), "You divided by variances, and n and n − 1 are mixed."),
        (_r(rankdata(x), rankdata(y)), "This is Spearman's, the correlation of the ranks; Pearson's r is asked for."),
        (np.corrcoef(x, y), "This is a matrix, with 1 on its diagonal: r is one number of it."),
        (np.cov(x, y), "This is the matrix of covariances; r is one number, without units."),
        (list(pearsonr(x, y)), "You return two numbers, r and the p-value: r alone is asked for."),
        (1 - r, "This is 1 − r, a distance; r is asked for."),
        (
            np.median((x - np.median(x)) * (y - np.median(y))),
            "You took medians; Pearson's r is made of means.",
        ),
    ]


def _causes(r_of, n=60, seed=2, **scales):
    """A component, and a table of causes with these correlations exactly; `scales` their units."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=(n, len(r_of) + 1))
    axes = np.linalg.qr(noise - noise.mean(axis=0))[0] * math.sqrt(n)
    table = {
        name: scales.get(name, 1.0) * (r * axes[:, 0] + math.sqrt(1 - r**2) * axes[:, place]) + 3 * scales.get(name, 1)
        for place, (name, r) in enumerate(r_of.items(), start=1)
    }
    index = pd.Index([f"90202007270000{place:05d}" for place in random.permutation(n)], name="objID")
    return 2 * axes[:, 0], pd.DataFrame(table, index=index)


def test_meaning_2(answer):
    component, causes = _causes(
        {"redshift": 0.02, "mass": 0.6, "inclination": -0.9, "size": 0.4, "dust": -0.3}, size=1000.0
    )
    _compare_cause(
        answer,
        component,
        causes,
        "inclination",
        {
            "mass": "A negative r counts too: a component's sign is arbitrary. Compare without the signs.",
            "size": "You chose by covariance, which grows with the unit of a cause: take r, which knows of none.",
            "redshift": "This is the cause that the component follows least; the one it follows most is asked for.",
            "dust": "This is only the last column: the cause with the largest |r| is asked for.",
        },
    )
    component, causes = _causes({"mass": -0.7, "age": 0.85, "size": 0.3, "dust": -0.05}, seed=3, size=0.01)
    lowest = {
        "mass": "This is the cause with the lowest r; the largest in size counts, positive or negative.",
        "size": "You chose by the slope of a line, which depends on the unit of a cause: take r, which knows of none.",
    }
    _compare_cause(answer, component, causes, "age", lowest)
    # Known of the half alone, and followed closely there; 0 in the place of NaN would spoil it.
    causes["age"] = causes["age"].where(np.arange(len(causes)) % 2 == 0)
    _compare_cause(
        answer,
        component,
        causes,
        "age",
        {"mass": "A cause with NaNs must not drop out, nor NaN become a number: leave those galaxies out of its r."},
    )
    flat = {
        "flat": "This cause is the same for all galaxies, so it has no r (NaN): it must never be the answer.",
        "unknown": "This cause is known of no galaxy, so it has no r (NaN): it must never be the answer.",
        "mass": "A galaxy that lacks one cause still counts for the others: leave it out of that one's r alone.",
    }
    for place, names in ((0, ("flat",)), (4, ("flat",)), (0, ("unknown",)), (2, ("unknown", "flat"))):
        table = causes.copy()
        for name in names:
            table.insert(place, name, 4.0 if name == "flat" else NAN)
        _compare_cause(answer, component, table, "age", flat)
    # One rises with the component always, but far from a straight line.
    component, causes = _causes({"gas": 0.3, "mass": 0.75, "dust": -0.2}, seed=6)
    causes["bent"] = np.exp(2 * component)
    by_rank = (
        "You chose by ranks (Spearman's), or by another measure than Pearson's r, which sees straight lines alone."
    )
    _compare_cause(answer, component, causes, "mass", {"bent": by_rank})
    # Arms are known of eight galaxies alone, and among those the colour follows the component more closely.
    component, causes = _causes({"mass": 0.7, "colour": 0.2, "arms": -0.1}, seed=5)
    few = np.abs(np.arange(len(causes)) - 30) < 4
    causes.loc[few, "colour"] += 2 * component[few]
    causes["arms"] = causes["arms"].where(few)
    _compare_cause(answer, component, causes, "mass", {"colour": flat["mass"]})


def _compare_cause(answer, component, causes, right, mistakes):
    given, table = component.copy(), causes.copy()
    found = _asked(answer, given, table)
    expect_unchanged(component, given, "component")
    expect(table.equals(causes), "Your function changes `causes`, which belongs to the caller: work on a copy.")
    names = list(causes.columns)
    expect(found is not None, "What you return is None: does the function end with `return`?")
    if not isinstance(found, str) or found != right:
        again = _asked(answer, component.copy(), causes.reset_index(drop=True))
        expect(
            not (isinstance(again, str) and again == right),
            "The index gets in the way: pandas lines rows up by objID, and the component has none. Its rows are in the "
            "same order.",
        )
    if isinstance(found, Exception):
        raise found
    if isinstance(found, str):
        listed = ", ".join(names)
        expect(found in names, f"{found[:40]!r} is no column of the table; those are {listed}.")
        expect(found == right, mistakes.get(found, f"The component follows {right!r} more closely than {found!r}."))
        return
    if isinstance(found, int | float | np.number) and not isinstance(found, bool):
        expect(
            float(found) != names.index(right), f"You return the place of the column, {found}: its name is asked for."
        )
    more = isinstance(found, tuple | list | pd.Index) and len(found) > 0 and isinstance(found[0], str)
    expect(not more, "You return the name and more, or a list of names: the name alone is asked for, a text.")
    raise WrongAnswer(f"The name of a column is asked for, a text; what you return is of type {type(found).__name__}.")


def _asked(answer, *given):
    """What an answer returns, or the error that it raises."""
    try:
        return _quietly(answer, *given)
    except NotImplementedError:
        raise
    except Exception as error:
        return error


# Few galaxies, so that all ways to deal a cause out can be gone through.
FEW = np.array([0.3, 1.9, -1.2, 0.8, -0.4, 2.6]), np.array([-0.2, -0.3, 0.9, 0.7, 0.2, -0.1])
OUTLYING = np.array([9.0, 0.4, 0.1, -0.3, -0.2]), np.array([18.2, 9.9, 10.2, 10.4, 10.6])


def test_meaning_3(answer):
    shuffles = 1000
    given = [each.copy() for each in FEW]
    found = answer(*given, shuffles, 1)
    expect_unchanged(FEW[0], given[0], "component")
    expect_unchanged(FEW[1], given[1], "cause")
    _compare_chance(found, *FEW, shuffles)
    _compare_chance(answer(FEW[0].copy(), 3 - FEW[1], shuffles, 2), FEW[0], 3 - FEW[1], shuffles)
    _compare_chance(answer(*(each.copy() for each in OUTLYING), shuffles, 3), *OUTLYING, shuffles)
    # By hand: of the six ways to deal three values out, that of the galaxies as they are has the largest |r|.
    share = as_float(answer(np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 5.0]), 300, 4), what="the share of shuffles")
    expect(
        share > 0.02,
        "With three galaxies a shuffle often deals the values out as they were, and you don't count it: |r| at least "
        "as large counts, and the same is as large.",
    )
    random = np.random.default_rng(5)
    x = random.normal(size=40)
    for y in (3 * x + 1, -2 * x):
        # Rounding may make the r of the galaxies as they are 1 or a hair less; a little noise keeps it clear.
        y = y + 0.05 * random.normal(size=40)
        expect_close(
            answer(x.copy(), y, 99, 7),
            0.01,
            [
                (0, "No shuffle reaches it, and you return 0. But the galaxies as they are count as one: (1 + count)."),
                (1 / 99, "You divided by n_shuffles; the galaxies as they are count too, so it is 1 + n_shuffles."),
                (1, "Every shuffle counts in yours: is it the other way round, or are pairs shuffled together?"),
                (1 / 101, "You count the galaxies as they are twice below: it is 1 + n_shuffles."),
                (0.02, "You count the galaxies as they are twice: 1 + count, where count is of shuffles alone."),
            ],
            what="the answer where no shuffle of 99 comes near",
        )
    seeds = [[as_float(answer(*(each.copy() for each in FEW), 200, seed)) for seed in range(1, 6)] for _ in range(2)]
    expect(seeds[0] == seeds[1], "The same seed gives different answers: make the shuffles depend on `seed` alone.")
    expect(len(set(seeds[0])) > 1, "Five seeds give the very same answer of 200 shuffles: is `seed` used?")


def _compare_chance(found, x, y, shuffles):
    """Refuse a share that is farther from the exact one than chance explains."""
    found = as_float(found, what="the share of shuffles")
    expect(
        not 1 < found < 1 + 1 / 1.1,
        f"The share is {found:.3g}, more than 1: in 1 + count / (1 + n_shuffles) a bracket is missing.",
    )
    n = len(x)
    dealt = y[np.array(list(itertools.permutations(range(n))))]
    drawn = y[np.array(list(itertools.product(range(n), repeat=n)))]
    r, with_replacement, observed = _each_r(x, dealt), _each_r(x, drawn), _r(x, y)
    seen = abs(observed) - 1e-9
    right = float(np.mean(abs(r) >= seen))
    uncentred = dealt @ x
    ranks = _each_r(rankdata(x), rankdata(dealt, axis=1))
    one_end = "You count large r at one end alone: compare |r|, so that those far above 0 and far below both count."
    mistakes = [
        (float(np.mean(abs(r) < seen)), "You count the shuffles whose |r| is smaller; those at least as large count."),
        (float(np.mean(r >= observed - 1e-9)), "You compare r with its sign: compare |r|, at both ends."),
        (float(np.mean(r <= observed + 1e-9)), one_end),
        (float(np.mean(r >= seen)), one_end),
        (
            float(np.mean(abs(with_replacement) >= seen)),
            "You draw the cause's values with replacement: each value is to be dealt out just once.",
        ),
        (
            float(np.mean(abs(uncentred) >= abs(x @ y) - 1e-9)),
            "You compare sums of products that aren't centred; compare |r|.",
        ),
        (
            float(np.mean(abs(ranks) >= abs(_r(rankdata(x), rankdata(y))) - 1e-9)),
            "These are ranks' correlations (Spearman's); Pearson's r is asked for.",
        ),
    ]
    deviation = math.sqrt(right * (1 - right) / shuffles)
    margin = NormalDist().inv_cdf(1 - 1e-6) * deviation + 1 / shuffles
    if abs(found - right) <= margin:
        return
    expect(
        not 1 < found <= 100 or abs(found / 100 - right) > margin,
        "This is in percent; the share is from 0 to 1.",
    )
    expect(
        abs(found - abs(observed)) > 1e-4 and abs(found - observed) > 1e-4,
        "This is r itself; how often chance gives as large a one is asked for.",
    )
    expect(
        abs(found - right * shuffles) > margin * shuffles or found <= 1,
        "This is a count of shuffles: divide, so that it becomes a share.",
    )
    expect(
        abs(found - 1) > 1e-3,
        "Every shuffle gives the same |r| as the galaxies as they are, or all are counted: deal out the cause alone, "
        "and leave the component as it is.",
    )
    expect(
        abs(found - pearsonr(x, y)[1]) > 1e-6,
        "This is the p-value of a formula for bell-shaped numbers; count it from shuffles, which need no such thing.",
    )
    expect(
        not 0 <= found <= 1.5 / shuffles,
        "No shuffle counts in yours, though many should: is each another shuffle, with one generator for all?",
    )
    near = [(abs(found - wrong), hint) for wrong, hint in mistakes if abs(wrong - right) > margin]
    distance, hint = min(near)
    expect(distance > margin, hint)
    raise WrongAnswer(
        f"The share of shuffles is {found:.3g}; of all ways to deal {n} values out, it is {right:.3f}, and {shuffles} "
        f"shuffles should come within {margin:.3f} of that."
    )


def _each_r(x, dealt):
    """r of x with each row of `dealt`; 0 where a row doesn't vary."""
    centred, apart = x - x.mean(), dealt - dealt.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred @ centred) * (apart**2).sum(axis=1))
    return np.divide(apart @ centred, lengths, out=np.zeros(len(dealt)), where=lengths > 1e-9)

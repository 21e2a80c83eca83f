"""Tests of the exercises on how many components; each takes the student's function."""

import math
from statistics import NormalDist

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_error, expect_unchanged

# Exact in binary: they reach 0.75 exactly with two, 1 with four.
HALVES = np.array([0.5, 0.25, 0.125, 0.125])
RATIOS = np.array([0.5, 0.2, 0.15, 0.1, 0.05])


def test_variance_1(answer):
    given = RATIOS.copy()
    found = answer(given, 0.6)
    expect_unchanged(RATIOS, given, "ratios")
    expect_close(
        found,
        2,
        [
            (1, "One too few. Is it an index? Python counts from 0, so the component with the index 1 is the second."),
            (3, "One too many: two components reach 0.6 here, with 0.5 + 0.2."),
            (0.7, "This is the share that they reach; how many components it takes is asked for."),
            (
                5,
                "You added them up from the smallest: the largest come first. Or do you return the number of them all?",
            ),
            (4, "You counted from how many components on the share is reached: the smallest such number is asked for."),
            (0, "No single component has 0.6, but the first ones have it together: add their ratios up."),
            (RATIOS.cumsum(), "These are the sums; the number of components whose sum reaches the share is asked for."),
            (RATIOS.cumsum() >= 0.6, "This says of each sum whether it reaches the share; the first that does counts."),
        ],
    )
    expect_close(
        answer(HALVES.copy(), 0.75),
        2,
        [(3, "Two components reach 0.75 here exactly, and that is enough: it needn't be more.")],
        what="the number of components that reach 0.75",
    )
    expect_close(
        answer(RATIOS.copy(), 0.3),
        1,
        [
            (0, "One component can be enough: where the first reaches the share, the answer is 1."),
            (2, "Where the first component reaches the share alone, the answer is 1."),
        ],
        what="the number of components that reach 0.3",
    )
    random = np.random.default_rng(1)
    for k in (3, 8, 30):
        ratios = np.sort(random.dirichlet(np.ones(k)))[::-1]
        for share in random.uniform(0.05, 0.95, size=4):
            expected, total = 0, 0.0
            while total < share:
                total, expected = total + ratios[expected], expected + 1
            expect_close(
                answer(ratios.copy(), float(share)),
                expected,
                hint=f"That is for {k} ratios and a share of {share:.3f}.",
                what="the number of components",
                rtol=0,
                atol=1e-6,
            )
    hint = "If all components together don't reach the share, there is no such number: raise a ValueError."
    expect_error(lambda: answer(np.array([0.5, 0.2, 0.1]), 0.9), ValueError, hint)
    expect_error(lambda: answer(np.array([0.6]), 0.7), ValueError, hint)
    # In floats 0.7 + 0.1 is less than 0.8, and ten times 0.1 is less than 1.
    for ratios, share, expected in (([0.7, 0.1, 0.1, 0.1], 0.8, 2), ([0.1] * 10, 1.0, 10)):
        hint = f"With {ratios[0]} and {ratios[1]} … the sum falls short of {share} by rounding alone: that reaches it."
        try:
            found = answer(np.array(ratios), share)
        except (ValueError, IndexError):
            found = 0
        expect_close(found, expected, [(expected + 1, hint), (0, hint)], what=f"the number of components for {share}")
    short = np.array([0.5, 0.2999995, 0.2])
    hint = (
        "The first two have 0.7999995, which falls short of 0.8 by more than 1e-9: that isn't rounding, it takes three."
    )
    expect_close(answer(short.copy(), 0.8), 3, [(2, hint)], what="the number of components for 0.8")


class _Recorder:
    """A statistic that remembers what it was given and what it answered."""

    def __init__(self, values):
        self.values, self.given, self.said, self.of_all = values, [], [], 0

    def __call__(self, drawn):
        expect(
            hasattr(drawn, "shape"),
            f"The statistic takes an array; you give it a {type(drawn).__name__}, which has no `mean` or `std`.",
        )
        drawn = np.array(drawn, dtype=float)
        expect(
            drawn.shape == self.values.shape,
            f"The statistic is given numbers of shape {drawn.shape}; a resample is as large as the values, here "
            f"{self.values.shape}: as many galaxies, drawn whole.",
        )
        # A skewed one, so that an interval by the standard deviation lies elsewhere.
        said = float(np.mean(drawn**2))
        # The estimate itself may be asked for too; it's no resample.
        self.of_all += np.array_equal(drawn, self.values)
        if self.of_all > 2 or not np.array_equal(drawn, self.values):
            self.given.append(drawn)
            self.said.append(said)
        return said


def test_variance_2(answer):
    # Whole numbers, so that each galaxy is known again.
    column = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0, 15.0, 22.0, 31.0, 44.0, 60.0])
    table = np.column_stack([column, 100 - column, column[::-1] + 200])
    for values in (column, table):
        given, recorder = values.copy(), _Recorder(values)
        found = answer(recorder, given, 400, 0.9, 5)
        expect_unchanged(values, given, "values")
        _check_draws(recorder, values)
        _check_interval(found, recorder, 0.9, float(np.mean(values**2)))
    recorder = _Recorder(column)
    found = answer(recorder, column.copy(), 300, 0.5, 1)
    expect(abs(len(recorder.said) - 300) <= 2, f"With n_resamples = 300 you drew {len(recorder.said)} resamples.")
    _check_interval(found, recorder, 0.5, float(np.mean(column**2)))

    def interval(seed):
        return as_array(answer(lambda drawn: float(np.mean(drawn)), column.copy(), 200, 0.95, seed), (2,))

    expect(
        np.array_equal(interval(3), interval(3)),
        "The same seed gives two different intervals: make the draws depend on `seed`, and on nothing else.",
    )
    if all(np.array_equal(interval(3), interval(seed)) for seed in (4, 5)):
        raise WrongAnswer(
            "Different seeds give the same interval: is `seed` used?"
            if np.array_equal(interval(3), interval(90_003))
            else "Neighbouring seeds give the same interval, since they share nearly all resamples: `seed + i` is made "
            "of many seeds. Make one generator, and go on with it."
        )
    many = np.random.default_rng(6).normal(8.9, 0.2, size=200)
    low, high = as_array(answer(lambda drawn: float(np.mean(drawn)), many.copy(), 500, 0.95, 2), (2,))
    expected = 2 * 1.96 * many.std() / math.sqrt(len(many))
    expect(
        low < many.mean() < high and 0.75 < (high - low) / expected < 1.25,
        f"Of the mean of 200 galaxies, the interval is {high - low:.4f} wide; it should be near {expected:.4f}.",
    )


def _check_draws(recorder, values):
    """Refuse draws that aren't of whole rows, with replacement, each as likely, each time anew."""
    n = len(values)
    expect(
        bool(recorder.given),
        "The statistic is never given a resample: draw rows of the values, and compute the statistic of them.",
    )
    place = {tuple(np.atleast_1d(row)): at for at, row in enumerate(values)}
    rows = [[place.get(tuple(np.atleast_1d(row)), -1) for row in drawn] for drawn in recorder.given]
    flat = np.array(rows)
    whole = bool((flat >= 0).all())
    columns = values.reshape(n, -1)
    if not whole:
        mixed = all(np.isin(np.reshape(drawn, (n, -1)), columns).all() for drawn in recorder.given)
        expect(
            not mixed,
            "You draw the numbers of a galaxy one by one, so that they come from different galaxies: draw whole rows.",
        )
    expect(whole, "The statistic is given rows that aren't among the values: resamples hold the very galaxies.")
    expect(
        not all(drawn == rows[0] and sorted(drawn) == list(range(n)) for drawn in rows),
        "Each resample of yours holds all the values, in the same order: draw rows at random, with replacement.",
    )
    expect(
        not all(len(set(drawn)) == n for drawn in rows),
        "You draw without replacement: each galaxy comes just once. Some must come twice, some never.",
    )
    expect(
        len({tuple(drawn) for drawn in rows}) > len(rows) // 50,
        "The resamples are all the same: the generator begins anew with its seed each time. Make it once, and go on.",
    )
    expect(
        abs(len(rows) - 400) <= 2,
        f"The statistic is asked about {len(rows)} resamples where n_resamples is 400.",
    )
    expect(
        max(len(set(drawn)) for drawn in rows[len(rows) // 2 :]) > 2,
        "Your resamples hold fewer and fewer galaxies, in the end a single one: draw each from the values, not from "
        "the resample before it.",
    )
    shares = np.bincount(flat.ravel(), minlength=n) / len(rows)
    expect(shares[-1] > 0.2, "The last galaxy is never drawn, or hardly ever: rows go from 0 to n − 1.")
    expect(shares[0] > 0.2, "The first galaxy is never drawn, or hardly ever: rows go from 0 to n − 1.")
    expect(
        bool((np.abs(shares - 1) < 0.4).all()),
        "Some galaxies are drawn much more often than others: each row must be as likely as any other.",
    )
    different = np.mean([len(set(drawn)) for drawn in rows]) / n
    usual = 1 - (1 - 1 / n) ** n
    expect(
        abs(different - usual) < 0.05,
        f"A resample of yours holds {different:.0%} of the galaxies on average; drawn one by one with replacement, it "
        f"would be {usual:.0%}.",
    )


def _check_interval(found, recorder, level, estimate):
    said = np.sort(recorder.said)
    tail, width = (1 - level) / 2, said.std()
    normal = NormalDist().inv_cdf(1 - tail)
    low, high = np.quantile(said, [tail, 1 - tail])
    shown = "the interval"
    # Percentiles are defined in several ways, which differ by about one place in the order.
    first, last = tail * (len(said) - 1), (1 - tail) * (len(said) - 1)
    least = said[[max(0, math.floor(first) - 2), math.floor(last) - 2]]
    most = said[[math.ceil(first) + 2, min(len(said) - 1, math.ceil(last) + 2)]]
    grain = 1e-5 * abs(said).max()
    pair = _quietly(found)
    if pair is None or pair.shape != (2,) or not (np.all(pair >= least - grain) and np.all(pair <= most + grain)):
        mistakes = [
            ([high, low], "The ends are exchanged: the low one comes first."),
            (
                np.quantile(said, [1 - level, level]),
                "You cut 1 − level off at each end: in all, what is left out is 1 − level, half of it at each end.",
            ),
            (np.quantile(said, [0, level]), "You cut all off at the high end: half of it goes at each."),
            (np.quantile(said, [1 - level, 1]), "You cut all off at the low end: half of it goes at each."),
            (np.percentile(said, [tail, 1 - tail]), "Percentiles are counted from 0 to 100, quantiles from 0 to 1."),
            ([said[0], said[-1]], "These are the least and the greatest; the middle part, `level`, is asked for."),
            (
                [2 * estimate - high, 2 * estimate - low],
                "This is the interval mirrored at the estimate (the basic bootstrap); the percentiles are asked for.",
            ),
            (np.quantile(said, [0.025, 0.975]), "You cut at 2.5 and 97.5 % whatever the level is: use `level`."),
            ([low - estimate, high - estimate], "These are distances from the estimate; the ends are asked for."),
            (
                np.quantile(said, [level / 2, 1 - level / 2]),
                "You took `level` for the part to be cut off; it is the part that stays, in the middle.",
            ),
            (
                np.quantile(said, [1 - level / 2, level / 2]),
                "You took `level` for the part to be cut off; it is the part that stays, in the middle.",
            ),
            ([level, 1 - level], "These are shares; the numbers that cut them off are asked for."),
            (said, "These are the statistics of all resamples; the two ends of their middle part are asked for."),
            (recorder.said, "These are the statistics of all resamples; the ends of their middle part are asked for."),
            (high - low, "This is how wide the interval is; its two ends are asked for."),
            (width, "This is the standard deviation of the statistics; the two ends of the interval are asked for."),
        ]
        for middle in (estimate, said.mean(), np.median(said)):
            for factor in (normal, 1, 2, 1.96, 1.645):
                for deviation in (width, said.std(ddof=1)):
                    mistakes.append(
                        (
                            [middle - factor * deviation, middle + factor * deviation],
                            "This interval is made from the standard deviation, as if the numbers were bell-shaped; "
                            "their percentiles are asked for.",
                        )
                    )
        expect_close(found, [low, high], mistakes, what=shown, hint=f"The level is {level}.", rtol=1e-3, atol=grain)


def _quietly(found):
    try:
        return as_array(found)
    except AssertionError:
        return None


def test_variance_3(answer):
    random = np.random.default_rng(8)
    turn = np.linalg.qr(random.normal(size=(6, 6)))[0]
    widths = np.array([5.0, 3.0, 2.0, 1.0, 0.7, 0.5])
    for n, m, k in ((20, 9, 2), (9, 30, 1), (4, 7, 3)):
        train = random.normal(size=(n, 6)) * widths @ turn + 6
        test = random.normal(size=(m, 6)) * widths[[2, 1, 0, 3, 4, 5]] @ turn + 7
        values, vectors = np.linalg.eigh(np.cov(train.T))
        kept = vectors[:, np.argsort(values)[::-1][:k]]
        apart = test - train.mean(axis=0)
        rest = apart - apart @ kept @ kept.T
        _compare_share(answer, train, test, k, 1 - (rest**2).sum() / (apart**2).sum())
    # By hand: m = (2, 2), w = (1, 1)/√2. Of the test galaxies' ways from m, (2, 0) and (1, 1), half of the square 4 and
    # all of the square 2 lie along w.
    train, test = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), np.array([[4.0, 2.0], [3.0, 3.0]])
    _compare_share(answer, train, test, 1, 4 / 6)
    everything = as_float(answer(random.normal(size=(9, 3)), random.normal(size=(5, 3)), 3), what="the share")
    expect(
        abs(everything - 1) < 1e-4, f"All 3 components of 3 features explain everything; you return {everything:.4g}."
    )


def _compare_share(answer, train, test, k, expected):
    given, tested = train.copy(), test.copy()
    found = answer(given, tested, k)
    expect_unchanged(train, given, "train")
    expect_unchanged(test, tested, "test")
    m, own = train.mean(axis=0), test.mean(axis=0)
    of_train, of_test = (np.linalg.svd(x - x.mean(axis=0), full_matrices=False) for x in (train, test))
    uncentred = np.linalg.svd(train, full_matrices=False)[2][:k]
    w, v = of_train[2][:k], of_test[2][:k]

    def share(x, axes, of=None):
        return ((x @ axes.T) ** 2).sum() / ((x if of is None else of) ** 2).sum()

    mistakes = [
        (1 - expected, "This is the share that is lost; the one that is explained is asked for."),
        (
            (of_train[1][:k] ** 2).sum() / (of_train[1] ** 2).sum(),
            "This is the share of the training galaxies, which the axes were made for; take the test galaxies'.",
        ),
        (
            (of_test[1][:k] ** 2).sum() / (of_test[1] ** 2).sum(),
            "You fitted the components to the test galaxies themselves: then they aren't unseen any more.",
        ),
        (
            share(test - m, v),
            "These are components of the test galaxies; those of the training galaxies are asked for.",
        ),
        (
            share(test - own, w),
            "You measured from the test galaxies' own mean; m is the mean of the training galaxies.",
        ),
        (share(test, w), "You didn't centre the test galaxies: subtract the training galaxies' mean from them too."),
        (
            share(test - m, w, test),
            "You divided by the lengths of the test galaxies as they were: subtract the training mean there too.",
        ),
        (
            share(test, w, test - m),
            "You projected the test galaxies as they were: subtract the training mean there too.",
        ),
        (share(test - m, uncentred), "You didn't centre the training galaxies before you found their components."),
        (share(test, uncentred), "You centred nowhere: subtract the mean of the training galaxies from both."),
        (math.sqrt(expected), "This is the square root of the share: squares are summed, and no root is taken."),
        (
            ((test - m) @ w.T).var(axis=0).sum() / test.var(axis=0).sum(),
            "Variances are measured from the test galaxies' own mean; here squares from the training mean are summed.",
        ),
        (
            ((test - m) @ w.T).var(axis=0).sum() / ((test - m) ** 2).sum(axis=1).mean(),
            "You took variances above, from the test galaxies' own mean: sum the squares instead.",
        ),
        (
            ((test - m) @ w.T).var(axis=0, ddof=1).sum() / test.var(axis=0, ddof=1).sum(),
            "Variances are measured from the test galaxies' own mean; here squares from the training mean are summed.",
        ),
        (
            (((test - m) @ w.T) ** 2).sum() / ((train - m) ** 2).sum(),
            "You divided by the training galaxies' squares: above and below the line are the test galaxies.",
        ),
        (
            np.abs((test - m) @ w.T).sum() / np.abs(test - m).sum(),
            "You summed absolute values; squares are asked for.",
        ),
        (
            ((((test - m) @ w.T) ** 2).sum(axis=1) / ((test - m) ** 2).sum(axis=1)).mean(),
            "You averaged the shares of single galaxies: sum above and below the line first, and divide once.",
        ),
        ((((test - m) @ w.T) ** 2).sum(), "This is the sum of squares along the components: divide by the sum of all."),
        (
            share(test - m, of_train[2][k - 1 : k]),
            "You counted the last component alone: all k together are asked for.",
        ),
        (share(test - m, of_train[2][:1]), "You counted the first component alone: all k together are asked for."),
        (share(test - m, of_train[2][: k + 1]), "You counted k + 1 components."),
        (
            share(test - m, np.linalg.svd(train - m)[2][-k:]),
            "You took the last components, those of the smallest variance: the first are asked for.",
        ),
        (
            share(test - m, of_train[2][:, :k].T if len(of_train[2]) == train.shape[1] else of_train[2][:k]),
            "You took columns of Vᵀ: the components are its rows.",
        ),
        (
            share(test - m, w, test - own),
            "Below the line you measured from the test galaxies' own mean: m is the mean of the training galaxies.",
        ),
        (
            share(test - train.mean(), np.linalg.svd(train - train.mean(), full_matrices=False)[2][:k]),
            "You took one mean of all numbers: m has a mean for each column.",
        ),
        (100 * expected, "This is in percent; the share is from 0 to 1."),
        (
            _share_of_pca(test, train, k),
            "The two are exchanged: fit to the training galaxies, and measure on the test galaxies.",
        ),
        (
            _share_of_pca(np.vstack([train, test]), test, k),
            "You fitted to all galaxies together: the test galaxies must not be seen by the fit.",
        ),
        (
            (np.linalg.svd(np.vstack([train, test]) - np.vstack([train, test]).mean(axis=0))[1][:k] ** 2).sum()
            / ((np.vstack([train, test]) - np.vstack([train, test]).mean(axis=0)) ** 2).sum(),
            "This is the share of all galaxies, fitted and measured together; that of the test galaxies is asked for.",
        ),
        (
            _share_of_pca(train, test, k, whiten=True),
            "You took whitened coordinates: divided by the standard deviations, their squares are no share any more.",
        ),
    ]
    if k > 1:
        mistakes.append(
            (
                (((test - m) @ w.T) ** 2).sum(axis=0) / ((test - m) ** 2).sum(),
                "These are the shares of each component; of all k together one number is asked for.",
            )
        )
    hint = f"There are {len(train)} training and {len(test)} test galaxies, and {k} components."
    expect_close(found, expected, mistakes, what="the share", hint=hint)


def _share_of_pca(fitted, measured, k, whiten=False):
    """The share with the parts of train and test played by others."""
    mean = fitted.mean(axis=0)
    _, lengths, right = np.linalg.svd(fitted - mean, full_matrices=False)
    along = (measured - mean) @ right[:k].T
    if whiten:
        along = along / lengths[:k] * math.sqrt(len(fitted) - 1)
    return (along**2).sum() / ((measured - mean) ** 2).sum()

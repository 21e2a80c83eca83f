"""Answers to the exercises on what components mean: typical wrong ones with their hints, right ones otherwise."""

import random as pythons_random
import statistics

import numpy as np
import pandas as pd
from scipy.stats import linregress

from galviz.course.bank import Bank

bank = Bank()


def _both_known(x, y):
    known = ~(np.isnan(x) | np.isnan(y))
    return x[known], y[known]


def _r(x, y):
    return np.corrcoef(*_both_known(np.asarray(x, float), np.asarray(y, float)))[0, 1]


@bank.wrong("meaning.1", "This is the covariance, which has units")
def covariance(x, y):
    x, y = _both_known(x, y)
    return np.mean((x - x.mean()) * (y - y.mean()))


@bank.wrong("meaning.1", "cosine of two columns")
def not_centred(x, y):
    x, y = _both_known(x, y)
    return x @ y / np.linalg.norm(x) / np.linalg.norm(y)


@bank.wrong("meaning.1", "the same divisor (ddof)")
def mixed_divisors(x, y):
    x, y = _both_known(x, y)
    return np.cov(x, y)[0, 1] / np.std(x) / np.std(y)


@bank.wrong("meaning.1", "This is r²")
def squared(x, y):
    return _r(x, y) ** 2


@bank.wrong("meaning.1", "This is a matrix")
def a_matrix(x, y):
    return np.corrcoef(*_both_known(x, y))


@bank.wrong("meaning.1", "r is NaN where one galaxy")
def nans_forgotten(x, y):
    return np.corrcoef(x, y)[0, 1]


@bank.wrong("meaning.1", "You put 0 where")
def nans_as_zeros(x, y):
    return np.corrcoef(np.nan_to_num(x), np.nan_to_num(y))[0, 1]


@bank.wrong("meaning.1", "The means are of other galaxies")
def means_of_others(x, y):
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = (x - np.nanmean(x))[known], (y - np.nanmean(y))[known]
    return x @ y / np.sqrt((x @ x) * (y @ y))


@bank.right("meaning.1")
def by_pandas(x, y):
    return pd.Series(x).corr(pd.Series(y))


@bank.right("meaning.1")
def as_the_mean_of_products(x, y):
    x, y = _both_known(np.float32(x), np.float32(y))
    return np.mean((x - x.mean()) / x.std() * ((y - y.mean()) / y.std()))


@bank.right("meaning.1")
def by_the_standard_library(x, y):
    pairs = [(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True) if a == a and b == b]
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:
        return float("nan")


@bank.wrong("meaning.2", "A negative r counts too")
def largest_r(component, causes):
    return max(causes.columns[causes.max() > causes.min()], key=lambda name: _r(component, causes[name]))


@bank.wrong("meaning.2", "You chose by covariance")
def largest_covariance(component, causes):
    def covariance(name):
        return abs(np.cov(*_both_known(component, causes[name].to_numpy()))[0, 1])

    return max(causes.columns[causes.max() > causes.min()], key=covariance)


@bank.wrong("meaning.2", "You return the place of the column")
def the_place(component, causes):
    return int(np.nanargmax([abs(_r(component, causes[name])) for name in causes]))


@bank.wrong("meaning.2", "it must never be the answer")
def nan_is_largest(component, causes):
    return causes.columns[np.argmax([abs(_r(component, causes[name])) for name in causes])]


@bank.wrong("meaning.2", "The index gets in the way")
def lined_up_by_index(component, causes):
    return causes.corrwith(pd.Series(component)).abs().idxmax()


@bank.wrong("meaning.2", "A cause with NaNs must not drop out")
def without_causes_with_nans(component, causes):
    causes = causes.loc[:, causes.max() > causes.min()].dropna(axis=1)
    return max(causes, key=lambda name: abs(_r(component, causes[name])))


@bank.wrong("meaning.2", "the name and more")
def name_and_number(component, causes):
    strengths = {name: abs(_r(component, causes[name])) for name in causes.columns[causes.max() > causes.min()]}
    name = max(strengths, key=strengths.get)
    return name, strengths[name]


@bank.right("meaning.2")
def lined_up_on_purpose(component, causes):
    return causes.corrwith(pd.Series(component, index=causes.index)).abs().idxmax()


@bank.right("meaning.2")
def in_a_loop(component, causes):
    best, closest = None, 0.0
    for name in causes:
        x, y = _both_known(component, causes[name].to_numpy(dtype=float))
        if len(y) > 1 and y.std() > 0:
            slope = linregress(x, y)
            if slope.rvalue**2 > closest:
                best, closest = name, slope.rvalue**2
    return best


@bank.wrong("meaning.3", "Every shuffle gives the same |r|")
def shuffled_together(component, cause, n_shuffles, seed):
    random, found, count = np.random.default_rng(seed), abs(_r(component, cause)), 0
    for _ in range(n_shuffles):
        order = random.permutation(len(cause))
        count += abs(_r(component[order], cause[order])) >= found - 1e-12
    return (1 + count) / (1 + n_shuffles)


def _shuffled(component, cause, n_shuffles, seed):
    random = np.random.default_rng(seed)
    return np.array([_r(component, random.permutation(cause)) for _ in range(n_shuffles)])


@bank.wrong("meaning.3", "whose |r| is smaller")
def counts_the_smaller(component, cause, n_shuffles, seed):
    r = _shuffled(component, cause, n_shuffles, seed)
    return (1 + (abs(r) < abs(_r(component, cause))).sum()) / (1 + n_shuffles)


@bank.wrong("meaning.3", "and you return 0")
def may_be_zero(component, cause, n_shuffles, seed):
    r = _shuffled(component, cause, n_shuffles, seed)
    return (abs(r) >= abs(_r(component, cause))).mean()


@bank.wrong("meaning.3", "You compare r with its sign: compare |r|")
def one_sided(component, cause, n_shuffles, seed):
    r = _shuffled(component, cause, n_shuffles, seed)
    return (1 + (r >= _r(component, cause)).sum()) / (1 + n_shuffles)


@bank.wrong("meaning.3", "with replacement")
def with_replacement(component, cause, n_shuffles, seed):
    random, found, count = np.random.default_rng(seed), abs(_r(component, cause)), 0
    with np.errstate(all="ignore"):
        for _ in range(n_shuffles):
            count += abs(_r(component, random.choice(cause, len(cause)))) >= found
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "The same seed gives different answers")
def not_seeded(component, cause, n_shuffles, seed):
    return (1 + (abs(_shuffled(component, cause, n_shuffles, None)) >= abs(_r(component, cause))).sum()) / (
        1 + n_shuffles
    )


@bank.wrong("meaning.3", "is each another shuffle")
def the_same_shuffle(component, cause, n_shuffles, seed):
    found = abs(_r(component, cause))
    count = sum(abs(_r(component, np.random.default_rng(seed).permutation(cause))) >= found for _ in range(n_shuffles))
    return (1 + count) / (1 + n_shuffles)


@bank.right("meaning.3")
def all_at_once(component, cause, n_shuffles, seed):
    dealt = np.random.default_rng(seed).permuted(np.tile(cause, (n_shuffles, 1)), axis=1)
    x = component - component.mean()
    products = np.abs((dealt - cause.mean()) @ x)
    return (1 + (products >= abs((cause - cause.mean()) @ x)).sum()) / (1 + n_shuffles)


@bank.right("meaning.3")
def by_the_standard_library_again(component, cause, n_shuffles, seed):
    random, dealt, x = pythons_random.Random(seed), cause.tolist(), component.tolist()
    found, count = abs(statistics.correlation(x, dealt)), 1
    for _ in range(n_shuffles):
        random.shuffle(dealt)
        count += abs(statistics.correlation(x, dealt)) >= found
    return count / (1 + n_shuffles)


@bank.wrong("meaning.1", "galaxies of which only one of the two is known")
def lengths_of_others(x, y):
    known = ~np.isnan(x + y)
    x, y = x - x[known].mean(), y - y[known].mean()
    return np.nansum(x * y) / np.sqrt(np.nansum(x**2) * np.nansum(y**2))


@bank.wrong("meaning.2", "slope of a line")
def steepest(component, causes):
    slopes = {name: linregress(causes[name], component).slope for name in causes if causes[name].std() > 0}
    return max(slopes, key=lambda name: abs(slopes[name]))


@bank.wrong("meaning.3", "the same is as large")
def larger_alone(component, cause, n_shuffles, seed):
    draw, seen = np.random.default_rng(seed), abs(np.corrcoef(component, cause)[0, 1])
    shuffled = [abs(np.corrcoef(component, draw.permutation(cause))[0, 1]) for _ in range(n_shuffles)]
    return (1 + sum(one > seen for one in shuffled)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "a bracket is missing")
def one_and_the_share(component, cause, n_shuffles, seed):
    draw, seen = np.random.default_rng(seed), abs(np.corrcoef(component, cause)[0, 1])
    shuffled = [abs(np.corrcoef(component, draw.permutation(cause))[0, 1]) for _ in range(n_shuffles)]
    return 1 + sum(one >= seen for one in shuffled) / (1 + n_shuffles)

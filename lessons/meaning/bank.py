"""Typical wrong answers to the exercises on what components mean, with words of their hints, and other right ones."""

import random as pythons_random
import statistics

import numpy as np
import pandas as pd
from scipy.stats import linregress, pearsonr

from galviz.course.bank import Bank

bank = Bank()


def _both_known(x, y):
    known = ~(np.isnan(x) | np.isnan(y))
    return x[known], y[known]


def _r(x, y):
    """Pearson's r, NaN if x or y is constant."""
    x, y = _both_known(np.asarray(x, float), np.asarray(y, float))
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return np.corrcoef(x, y)[0, 1]


@bank.wrong("meaning.1", "This is the covariance")
def covariance(x, y):
    x, y = _both_known(x, y)
    return np.mean((x - x.mean()) * (y - y.mean()))


@bank.wrong("meaning.1", "cosine of two columns")
def not_centred(x, y):
    x, y = _both_known(x, y)
    return x @ y / np.linalg.norm(x) / np.linalg.norm(y)


@bank.wrong("meaning.1", "by n − 1 above and by n below")
def mixed_divisors(x, y):
    x, y = _both_known(x, y)
    return np.cov(x, y)[0, 1] / np.std(x) / np.std(y)


@bank.wrong("meaning.1", "This is r²")
def squared(x, y):
    return _r(x, y) ** 2


@bank.wrong("meaning.1", "This is a matrix")
def whole_matrix(x, y):
    return np.corrcoef(*_both_known(x, y))


@bank.wrong("meaning.1", "Your r is NaN if a value")
def nan_ignored(x, y):
    return np.corrcoef(x, y)[0, 1]


@bank.wrong("meaning.1", "You replaced NaN by 0")
def nan_as_zero(x, y):
    return _r(np.nan_to_num(x), np.nan_to_num(y))


@bank.wrong("meaning.1", "Your means are over other galaxies")
def means_of_each_column(x, y):
    x, y = _both_known(x - np.nanmean(x), y - np.nanmean(y))
    return x @ y / np.sqrt((x @ x) * (y @ y))


@bank.wrong("meaning.1", "only one of the two is known")
def sums_of_each_column(x, y):
    known = ~np.isnan(x + y)
    x, y = x - x[known].mean(), y - y[known].mean()
    return np.nansum(x * y) / np.sqrt(np.nansum(x**2) * np.nansum(y**2))


@bank.wrong("meaning.1", "different lengths")
def nan_removed_separately(x, y):
    return np.corrcoef(x[~np.isnan(x)], y[~np.isnan(y)])[0, 1]


@bank.wrong("meaning.1", "Two are enough")
def three_at_least(x, y):
    return _r(x, y) if len(_both_known(x, y)[0]) > 2 else np.nan


@bank.wrong("meaning.1", "Rounding makes the variance")
def constants_ignored(x, y):
    return pd.Series(x).corr(pd.Series(y))


@bank.wrong("meaning.1", "you return 0")
def zero_for_constants(x, y):
    return np.nan_to_num(_r(x, y))


@bank.wrong("meaning.1", "compare exactly, without a tolerance")
def constants_by_tolerance(x, y):
    x, y = _both_known(x, y)
    return np.nan if np.allclose(x, x[0], atol=0) or np.allclose(y, y[0], atol=0) else _r(x, y)


@bank.wrong("meaning.1", "Rounding destroys it")
def in_one_pass(x, y):
    x, y = _both_known(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    n = len(x)
    below = abs(n * (x @ x) - x.sum() ** 2) * abs(n * (y @ y) - y.sum() ** 2)
    return (n * (x @ y) - x.sum() * y.sum()) / np.sqrt(below)


@bank.wrong("meaning.1", "Use no threshold")
def guarded_by_the_variance(x, y):
    x, y = _both_known(x, y)
    return np.nan if x.std() < 1e-15 or y.std() < 1e-15 else _r(x, y)


@bank.wrong("meaning.1", "changes with the unit of x")
def too_few_lengths(x, y):
    x, y = _both_known(x, y)
    x, y = x - x.mean(), y - y.mean()
    return x @ y / np.sqrt(x @ x) ** 1.5 / np.sqrt(y @ y)


@bank.wrong("meaning.1", "Leave those out first")
def constant_among_all(x, y):
    if np.nanmin(x) == np.nanmax(x) or np.nanmin(y) == np.nanmax(y):
        return np.nan
    x, y = _both_known(x, y)
    with np.errstate(all="ignore"):
        return np.corrcoef(x, y)[0, 1]


@bank.right("meaning.1")
def by_pandas(x, y):
    table = pd.DataFrame({"x": x, "y": y}).dropna()
    return table["x"].corr(table["y"]) if (table.max() > table.min()).all() else np.nan


@bank.right("meaning.1")
def by_scipy(x, y):
    x, y = _both_known(x, y)
    return pearsonr(x, y)[0] if len(x) > 1 else np.nan


@bank.right("meaning.1")
def as_mean_product(x, y):
    x, y = _both_known(x, y)
    if len(set(x)) < 2 or len(set(y)) < 2:
        return np.array([np.nan])
    x, y = (x - x.mean()) / x.std(ddof=1), (y - y.mean()) / y.std(ddof=1)
    return (x * y).sum() / (len(x) - 1)


@bank.right("meaning.1")
def by_the_standard_library(x, y):
    pairs = [(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True) if a == a and b == b]
    x, y = zip(*pairs, strict=True)
    return float("nan") if min(x) == max(x) or min(y) == max(y) else statistics.correlation(x, y)


def _varying(causes):
    return causes.columns[causes.max() > causes.min()]


@bank.wrong("meaning.2", "A negative r counts too")
def largest_r(component, causes):
    return max(_varying(causes), key=lambda name: _r(component, causes[name]))


@bank.wrong("meaning.2", "You chose by covariance")
def largest_covariance(component, causes):
    def covariance(name):
        return abs(np.cov(*_both_known(component, causes[name].to_numpy()))[0, 1])

    return max(_varying(causes), key=covariance)


@bank.wrong("meaning.2", "slope of a line")
def steepest(component, causes):
    slopes = {name: linregress(causes[name], component).slope for name in causes if causes[name].std() > 0}
    return max(slopes, key=lambda name: abs(slopes[name]))


@bank.wrong("meaning.2", "(Spearman's ρ)")
def by_ranks(component, causes):
    return causes.corrwith(pd.Series(component, index=causes.index), method="spearman").abs().idxmax()


@bank.wrong("meaning.2", "the position of a column")
def position(component, causes):
    return int(np.nanargmax([abs(_r(component, causes[name])) for name in causes]))


@bank.wrong("meaning.2", "the largest |r|, 0.9")
def its_r(component, causes):
    return max(abs(_r(component, causes[name])) for name in causes)


@bank.wrong("meaning.2", "`argmax` treats NaN as the largest.")
def nan_is_largest(component, causes):
    return causes.columns[np.argmax([abs(_r(component, causes[name])) for name in causes])]


@bank.wrong("meaning.2", "The index is in the way")
def aligned_by_index(component, causes):
    return causes.corrwith(pd.Series(component)).abs().idxmax()


@bank.wrong("meaning.2", "You left out each cause with a NaN")
def complete_causes(component, causes):
    causes = causes[_varying(causes)].dropna(axis=1)
    return max(causes, key=lambda name: abs(_r(component, causes[name])))


@bank.wrong("meaning.2", "from all causes if one of them is NaN")
def complete_galaxies(component, causes):
    complete = causes.notna().all(axis=1).to_numpy()
    causes, component = causes[complete], component[complete]
    return causes.corrwith(pd.Series(component, index=causes.index)).abs().idxmax()


@bank.wrong("meaning.2", "cut the component to the same length")
def component_cut(component, causes):
    def strength(name):
        known = causes[name].dropna()
        return abs(_r(component[: len(known)], known))

    return max(_varying(causes), key=strength)


@bank.wrong("meaning.2", "how few galaxies")
def known_for_ten(component, causes):
    names = [name for name in _varying(causes) if causes[name].count() >= 10]
    return max(names, key=lambda name: abs(_r(component, causes[name])))


@bank.wrong("meaning.2", "by the p-value")
def most_significant(component, causes):
    def p_value(name):
        return pearsonr(*_both_known(component, causes[name].to_numpy(float)))[1]

    return min(_varying(causes), key=p_value)


@bank.wrong("meaning.2", "the name and more")
def name_and_number(component, causes):
    strengths = {name: abs(_r(component, causes[name])) for name in _varying(causes)}
    name = max(strengths, key=strengths.get)
    return name, strengths[name]


@bank.wrong("meaning.2", "above a limit")
def first_above_a_half(component, causes):
    strengths = {name: abs(_r(component, causes[name])) for name in _varying(causes)}
    return next((name for name in strengths if strengths[name] > 0.5), max(strengths, key=strengths.get))


@bank.wrong("meaning.2", "You return None if the largest |r| is small")
def from_a_third(component, causes):
    best, largest = None, 0.3
    for name in _varying(causes):
        if abs(_r(component, causes[name])) > largest:
            best, largest = name, abs(_r(component, causes[name]))
    return best


@bank.wrong("meaning.2", "You took the logarithm")
def of_logarithms(component, causes):
    causes = causes[_varying(causes)].apply(lambda cause: np.log10(cause) if (cause.dropna() > 0).all() else cause)
    return max(causes, key=lambda name: abs(_r(component, causes[name])))


@bank.right("meaning.2")
def aligned_on_purpose(component, causes):
    return causes.corrwith(pd.Series(component, index=causes.index)).abs().idxmax()


@bank.right("meaning.2")
def in_a_loop(component, causes):
    best, largest = None, 0.0
    for name in causes:
        x, y = _both_known(component, causes[name].to_numpy(dtype=float))
        if len(y) > 1 and y.std() > 0:
            line = linregress(x, y)
            if line.rvalue**2 > largest:
                best, largest = name, line.rvalue**2
    return best


def _shuffled(component, cause, n_shuffles, seed):
    orders = np.random.default_rng(seed).permuted(np.tile(cause, (n_shuffles, 1)), axis=1)
    return (orders - cause.mean()) @ (component - component.mean()) / component.std() / cause.std() / len(cause)


def _count(component, cause, n_shuffles, seed):
    return (abs(_shuffled(component, cause, n_shuffles, seed)) >= abs(_r(component, cause)) - 1e-12).sum()


@bank.wrong("meaning.3", "Every shuffle counts in yours")
def shuffled_together(component, cause, n_shuffles, seed):
    random, count = np.random.default_rng(seed), 0
    for _ in range(n_shuffles):
        order = random.permutation(len(cause))
        count += abs(_r(component[order], cause[order])) >= abs(_r(component, cause)) - 1e-12
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "whose |r| is smaller")
def counts_smaller(component, cause, n_shuffles, seed):
    return (1 + n_shuffles - _count(component, cause, n_shuffles, seed)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "You return 0")
def share_of_shuffles(component, cause, n_shuffles, seed):
    return _count(component, cause, n_shuffles, seed) / n_shuffles


@bank.wrong("meaning.3", "divide by 1 + n_shuffles")
def divided_by_shuffles(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles, seed)) / n_shuffles


@bank.wrong("meaning.3", "brackets are missing")
def brackets_forgotten(component, cause, n_shuffles, seed):
    return 1 + _count(component, cause, n_shuffles, seed) / (1 + n_shuffles)


@bank.wrong("meaning.3", "You compare r with its sign")
def one_sided(component, cause, n_shuffles, seed):
    r = _shuffled(component, cause, n_shuffles, seed)
    return (1 + (r >= _r(component, cause) - 1e-12).sum()) / (1 + n_shuffles)


@bank.wrong("meaning.3", "You doubled the share of one sign")
def one_side_doubled(component, cause, n_shuffles, seed):
    r, original = _shuffled(component, cause, n_shuffles, seed), _r(component, cause)
    count = min((r >= original - 1e-12).sum(), (r <= original + 1e-12).sum())
    return min(1, 2 * (1 + count) / (1 + n_shuffles))


@bank.wrong("meaning.3", "an equal |r| counts too")
def strictly_larger(component, cause, n_shuffles, seed):
    r = _shuffled(component, cause, n_shuffles, seed)
    return (1 + (abs(r) > abs(_r(component, cause)) + 1e-12).sum()) / (1 + n_shuffles)


@bank.wrong("meaning.3", "with replacement: shuffle")
def with_replacement(component, cause, n_shuffles, seed):
    random, count = np.random.default_rng(seed), 0
    for _ in range(n_shuffles):
        count += abs(_r(component, random.choice(cause, len(cause)))) >= abs(_r(component, cause))
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "mean |r| of the shuffles")
def mean_of_shuffles(component, cause, n_shuffles, seed):
    return abs(_shuffled(component, cause, n_shuffles, seed)).mean()


@bank.wrong("meaning.3", "You sorted the values")
def sorted_first(component, cause, n_shuffles, seed):
    component, cause = np.sort(component), np.sort(cause)
    return (1 + _count(component, cause, n_shuffles, seed)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "never repeat an order")
def without_repeats(component, cause, n_shuffles, seed):
    random, seen, count = np.random.default_rng(seed), set(), 0
    while len(seen) < n_shuffles:
        order = tuple(random.permutation(len(cause)).tolist())
        if order not in seen:
            seen.add(order)
            count += abs(_r(component, cause[list(order)])) >= abs(_r(component, cause)) - 1e-12
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "The same seed gives different results")
def without_seed(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles, None)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "The seed 0 gives different results")
def zero_as_no_seed(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles, seed or None)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "the same for each seed")
def fixed_seed(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles, 0)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "global random generator")
def seeded_globally(component, cause, n_shuffles, seed):
    np.random.seed(seed)  # noqa: NPY002
    r = [abs(_r(component, np.random.permutation(cause))) for _ in range(n_shuffles)]  # noqa: NPY002
    return (1 + sum(np.array(r) >= abs(_r(component, cause)) - 1e-12)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "before the loop")
def same_shuffle_each_time(component, cause, n_shuffles, seed):
    count = sum(_count(component, cause, 1, seed) for _ in range(n_shuffles))
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "use `n_shuffles`")
def always_a_hundred(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, 100, seed)) / 101


@bank.wrong("meaning.3", "is there one shuffle too few")
def one_shuffle_too_few(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles - 1, seed)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "give the same shuffles")
def seed_modulo_ten(component, cause, n_shuffles, seed):
    return (1 + _count(component, cause, n_shuffles, seed % 10)) / (1 + n_shuffles)


@bank.wrong("meaning.3", "only the first half")
def half_shuffled(component, cause, n_shuffles, seed):
    random, count, half = np.random.default_rng(seed), 0, len(cause) // 2
    for _ in range(n_shuffles):
        values = np.append(random.permutation(cause[:half]), cause[half:])
        count += abs(_r(component, values)) >= abs(_r(component, cause)) - 1e-12
    return (1 + count) / (1 + n_shuffles)


@bank.wrong("meaning.3", "rounded |r| before the comparison")
def rounded_before_counting(component, cause, n_shuffles, seed):
    r = abs(_shuffled(component, cause, n_shuffles, seed)).round(1)
    return (1 + (r >= round(abs(_r(component, cause)), 1)).sum()) / (1 + n_shuffles)


@bank.right("meaning.3")
def all_at_once(component, cause, n_shuffles, seed):
    shuffled = np.random.default_rng(seed).permuted(np.tile(cause, (n_shuffles, 1)), axis=1)
    x = component - component.mean()
    products = np.abs((shuffled - cause.mean()) @ x)
    return (1 + (products >= abs((cause - cause.mean()) @ x) - 1e-12).sum()) / (1 + n_shuffles)


@bank.right("meaning.3")
def by_shuffling_the_component(component, cause, n_shuffles, seed):
    random, x, y = pythons_random.Random(seed), component.tolist(), cause.tolist()
    original, count = abs(statistics.correlation(x, y)), 1
    for _ in range(n_shuffles):
        random.shuffle(x)
        count += abs(statistics.correlation(x, y)) >= original - 1e-12
    return count / (1 + n_shuffles)


@bank.right("meaning.3")
def without_a_tolerance(component, cause, n_shuffles, seed):
    random, original = np.random.RandomState(seed), abs(np.corrcoef(component, cause)[0, 1])
    r = np.array([abs(np.corrcoef(component, random.permutation(cause))[0, 1]) for _ in range(n_shuffles)])
    return (1 + (r >= original).sum()) / (1 + n_shuffles)


@bank.wrong("meaning.0", "You return None: `shuffle`")
def result_of_shuffle(values, seed):
    return np.random.default_rng(seed).shuffle(values.copy())


@bank.wrong("meaning.0", "changes `values`")
def shuffled_in_place(values, seed):
    np.random.default_rng(seed).shuffle(values)
    return values


@bank.wrong("meaning.0", "global random generator")
def permuted_globally(values, seed):
    np.random.seed(seed)  # noqa: NPY002
    return np.random.permutation(values)  # noqa: NPY002


@bank.wrong("meaning.0", "with replacement")
def drawn_with_replacement(values, seed):
    return np.random.default_rng(seed).choice(values, len(values))


@bank.wrong("meaning.0", "are row numbers")
def shuffled_row_numbers(values, seed):
    return np.random.default_rng(seed).permutation(len(values))


@bank.wrong("meaning.0", "The same seed gives different orders")
def unseeded_permutation(values, seed):
    return np.random.default_rng().permutation(values)


@bank.wrong("meaning.0", "The seed 0 gives different orders")
def zero_is_no_seed(values, seed):
    return np.random.default_rng(seed or None).permutation(values)


@bank.wrong("meaning.0", "the same for each seed")
def permuted_with_seed_1(values, seed):
    return np.random.default_rng(1).permutation(values)


@bank.wrong("meaning.0", "You left out NaN")
def without_nan(values, seed):
    return np.random.default_rng(seed).permutation(values[~np.isnan(values)])


@bank.wrong("meaning.0", "values that occur twice")
def of_a_set(values, seed):
    return np.random.default_rng(seed).permutation(np.unique(values))


@bank.wrong("meaning.0", "shift all values")
def rolled(values, seed):
    return np.roll(values, np.random.default_rng(seed).integers(len(values)))


@bank.wrong("meaning.0", "You never return the original order")
def always_another_order(values, seed):
    random = np.random.default_rng(seed)
    while len(values) > 1:
        shuffled = random.permutation(values)
        if not np.array_equal(shuffled, values, equal_nan=True):
            return shuffled
    return values.copy()


@bank.wrong("meaning.0", "has the original order")
def shuffled_copy_lost(values, seed):
    copy = values.copy()
    np.random.default_rng(seed).permuted(copy)
    return copy


@bank.wrong("meaning.0", "use the seed as it is")
def half_of_the_seed(values, seed):
    return np.random.default_rng(seed // 2).permutation(values)


@bank.wrong("meaning.0", "NaN stays in its places")
def known_values_only(values, seed):
    copy, known = values.copy(), ~np.isnan(values)
    copy[known] = np.random.default_rng(seed).permutation(copy[known])
    return copy


@bank.wrong("meaning.0", "and another")
def swapped_with_any(values, seed):
    random, copy = np.random.default_rng(seed), values.copy()
    for i in range(len(copy)):
        j = random.integers(len(copy))
        copy[i], copy[j] = copy[j], copy[i]
    return copy


@bank.right("meaning.0")
def by_pythons_random(values, seed):
    copy = values.tolist()
    pythons_random.Random(seed).shuffle(copy)
    return copy


@bank.right("meaning.0")
def by_random_keys(values, seed):
    return values[np.random.default_rng(seed).random(len(values)).argsort()].astype(np.float32)


@bank.right("meaning.0")
def by_sampling_all(values, seed):
    return pd.Series(values).sample(frac=1, random_state=seed)


@bank.right("meaning.0")
def swap_by_swap(values, seed):
    random, copy = np.random.RandomState(seed), values.copy()
    for i in range(len(copy) - 1, 0, -1):
        j = random.randint(i + 1)
        copy[i], copy[j] = copy[j], copy[i]
    return copy


def _usable(sweep):
    return [galaxy for _, galaxy in sweep.groupby("objID", sort=False) if galaxy["value"].nunique() >= 2]


def _mean_slopes(galaxies, slope=lambda x, y: np.polyfit(x, y, 1)[0]):
    """Mean slopes, by any formula; NaN if there is no galaxy."""
    slopes = [[slope(g["value"].to_numpy(), g[name].to_numpy()) for name in ("predicted", "true")] for g in galaxies]
    return np.mean(slopes, axis=0) if slopes else (np.nan, np.nan)


@bank.wrong("meaning.4", "one line to the rows of all galaxies")
def pooled(sweep):
    return _mean_slopes([sweep])


@bank.wrong("meaning.4", "The two numbers are exchanged")
def true_first(sweep):
    return tuple(_mean_slopes(_usable(sweep)))[::-1]


@bank.wrong("meaning.4", "slope of value against the labels")
def inverse_regression(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: np.polyfit(y, x, 1)[0])


@bank.wrong("meaning.4", "the first and the last row")
def first_and_last_rows(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: (y[-1] - y[0]) / (x[-1] - x[0]))


@bank.wrong("meaning.4", "the smallest and the largest value")
def ends_of_the_range(sweep):
    def slope(x, y):
        return (y[x.argmax()] - y[x.argmin()]) / (x.max() - x.min())

    return _mean_slopes(_usable(sweep), slope)


@bank.wrong("meaning.4", "You divided the covariance by n − 1 and the variance by n")
def n_and_n_minus_1(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: np.cov(x, y)[0, 1] / np.var(x))


@bank.wrong("meaning.4", "Pearson's r of each galaxy")
def correlations_of_galaxies(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: np.corrcoef(x, y)[0, 1])


@bank.wrong("meaning.4", "These are intercepts")
def last_coefficient(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: np.polyfit(x, y, 1)[1])


@bank.wrong("meaning.4", "through the origin")
def without_intercept(sweep):
    return _mean_slopes(_usable(sweep), lambda x, y: x @ y / (x @ x))


@bank.wrong("meaning.4", "You took the median over the galaxies")
def median_slope(sweep):
    slopes = [[np.polyfit(g["value"], g[name], 1)[0] for name in ("predicted", "true")] for g in _usable(sweep)]
    return np.median(slopes, axis=0)


@bank.wrong("meaning.4", "The rows of a galaxy may be anywhere")
def runs_of_rows(sweep):
    run = (sweep["objID"] != sweep["objID"].shift()).cumsum().to_numpy()
    return response_by_formula(sweep.assign(objID=run))


@bank.wrong("meaning.4", "with a slope of 0")
def no_slope_is_zero(sweep):
    slopes = [
        [np.polyfit(g["value"], g[name], 1)[0] if g["value"].nunique() >= 2 else 0 for name in ("predicted", "true")]
        for _, g in sweep.groupby("objID")
    ]
    return np.mean(slopes, axis=0)


@bank.wrong("meaning.4", "A galaxy with several rows may have the same value in all of them")
def two_rows_or_more(sweep):
    galaxies = [galaxy for _, galaxy in sweep.groupby("objID") if len(galaxy) > 1]

    def slope(x, y):
        dx = x - x.mean()
        return dx @ (y - y.mean()) / (dx @ dx)

    return _mean_slopes(galaxies, slope)


@bank.wrong("meaning.4", "in which a value occurs twice")
def only_without_repeats(sweep):
    return _mean_slopes([galaxy for galaxy in _usable(sweep) if galaxy["value"].is_unique])


@bank.wrong("meaning.4", "You left out galaxies whose label is the same")
def zero_slopes_left_out(sweep):
    slopes = [[np.polyfit(g["value"], g[name], 1)[0] for g in _usable(sweep)] for name in ("predicted", "true")]
    return [np.mean([slope for slope in column if abs(slope) > 1e-9]) for column in slopes]


@bank.wrong("meaning.4", "an integer: '0042' and '42'")
def ids_as_integers(sweep):
    return response_by_formula(sweep.assign(objID=sweep["objID"].map(int)))


@bank.wrong("meaning.4", "changes `sweep`")
def sorted_in_place(sweep):
    sweep.sort_values("value", inplace=True)  # noqa: PD002
    return response_by_formula(sweep)


@bank.wrong("meaning.4", "both numbers are NaN")
def mean_of_nothing(sweep):
    slopes = [[np.polyfit(g["value"], g[name], 1)[0] for name in ("predicted", "true")] for g in _usable(sweep)]
    return tuple(sum(column) / len(column) for column in zip(*slopes, strict=True))


@bank.wrong("meaning.4", "if different values of a galaxy are close together")
def close_values_as_equal(sweep):
    return response_by_formula(sweep.groupby("objID").filter(lambda g: not np.allclose(g["value"], g["value"].iloc[0])))


@bank.wrong("meaning.4", "if values are small")
def small_number_in_the_denominator(sweep):
    def slope(x, y):
        dx = x - x.mean()
        return dx @ (y - y.mean()) / (dx @ dx + 1e-20)

    return _mean_slopes(_usable(sweep), slope)


@bank.wrong("meaning.4", "values are large and slopes small")
def small_slopes_to_zero(sweep):
    slopes = [[np.polyfit(g["value"], g[name], 1)[0] for name in ("predicted", "true")] for g in _usable(sweep)]
    return np.where(np.abs(slopes) > 1e-6, slopes, 0).mean(axis=0) if slopes else (np.nan, np.nan)


@bank.wrong("meaning.4", "'ab', 'AB' and 'c'")
def ids_in_small_letters(sweep):
    return response_by_formula(sweep.assign(objID=sweep["objID"].str.lower()))


@bank.wrong("meaning.4", "only the last 2 characters")
def ends_of_ids(sweep):
    return response_by_formula(sweep.assign(objID=sweep["objID"].str[-2:]))


@bank.wrong("meaning.4", "use their names")
def columns_by_place(sweep):
    table = sweep.iloc[:, :4].set_axis(["objID", "value", "true", "predicted"], axis=1)
    return _mean_slopes(_usable(table))


@bank.wrong("meaning.4", "grouped the rows by the index")
def grouped_by_the_index(sweep):
    return response_by_formula(sweep.assign(objID=sweep.index))


@bank.right("meaning.4")
def response_by_formula(sweep):
    table = sweep.reset_index(drop=True)
    groups = table.groupby("objID")
    table = table[groups["value"].transform("max") > groups["value"].transform("min")]
    if table.empty:
        return [float("nan")] * 2
    groups = table.groupby("objID")
    x = table["value"] - groups["value"].transform("mean")
    means = []
    for name in ("predicted", "true"):
        y = table[name] - groups[name].transform("mean")
        means.append(((x * y).groupby(table["objID"]).sum() / (x**2).groupby(table["objID"]).sum()).mean())
    return means


@bank.right("meaning.4")
def response_by_scipy(sweep):
    slopes = []
    for object_id in sweep["objID"].unique():
        galaxy = sweep[sweep["objID"] == object_id]
        if len(set(galaxy["value"])) > 1:
            slopes.append([linregress(galaxy["value"], galaxy[name])[0] for name in ("predicted", "true")])
    return tuple(np.mean(slopes, axis=0)) if slopes else (np.nan, np.nan)


@bank.right("meaning.4")
def response_in_plain_python(sweep):
    rows = {}
    for name, *row in sweep[["objID", "value", "predicted", "true"]].itertuples(index=False):
        rows.setdefault(name, []).append(row)
    slopes = []
    for galaxy in rows.values():
        x, *labels = zip(*galaxy, strict=True)
        if len(set(x)) > 1:
            slopes.append([statistics.linear_regression(x, y).slope for y in labels])
    if not slopes:
        return float("nan"), float("nan")
    return tuple(np.float32(statistics.fmean(column)) for column in zip(*slopes, strict=True))


@bank.wrong("meaning.1", "0 is a known value")
def zero_as_unknown(x, y):
    known = ~np.isnan(x) & ~np.isnan(y) & (x != 0) & (y != 0)
    x, y = x[known], y[known]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return np.corrcoef(x, y)[0, 1]


def _strength_of(component, causes, change, limit=0.0):
    other = pd.Series(component, index=causes.index)
    strengths = {
        name: change(abs(causes[name].corr(other)), causes[name].count())
        for name in causes
        if causes[name].min() < causes[name].max() and causes[name].std() > limit
    }
    return max(strengths, key=strengths.get)


@bank.wrong("meaning.2", "You rounded |r|")
def rounded_before_comparing(component, causes):
    return _strength_of(component, causes, lambda r, n: round(r, 2))


@bank.wrong("meaning.2", "by the root of the number of galaxies")
def weighted_by_root(component, causes):
    return _strength_of(component, causes, lambda r, n: r * n**0.5)


@bank.wrong("meaning.2", "a cause with small numbers")
def small_deviation_as_constant(component, causes):
    return _strength_of(component, causes, lambda r, n: r, limit=1e-3)


@bank.wrong("meaning.3", "only one pair of values per shuffle")
def one_pair_exchanged(component, cause, n_shuffles, seed):
    random, count = np.random.default_rng(seed), 0
    for _ in range(n_shuffles):
        values, (i, j) = cause.copy(), random.integers(len(cause), size=2)
        values[[i, j]] = values[[j, i]]
        count += abs(_r(component, values)) >= abs(_r(component, cause)) - 1e-12
    return (1 + count) / (1 + n_shuffles)

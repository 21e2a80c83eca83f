"""Typical wrong answers to the exercises on how many components, with words of their hints, and other right ones."""

import itertools
import random
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.decomposition import PCA

from galviz.course.bank import Bank

bank = Bank()


# variance.0


@bank.wrong("variance.0", "You divided by the largest eigenvalue")
def divided_by_the_largest(variances):
    return variances / max(variances)


@bank.wrong("variance.0", "You return percentages")
def shares_in_percent(variances):
    return 100 * variances / variances.sum()


@bank.wrong("variance.0", "You return cumulative shares")
def cumulative_shares(variances):
    return np.cumsum(variances) / np.sum(variances)


@bank.wrong("variance.0", "You sorted the shares")
def sorted_shares(variances):
    return sorted(variances / variances.sum(), reverse=True)


@bank.wrong("variance.0", "changes `variances`")
def shares_in_place(variances):
    variances /= variances.sum()
    return variances


@bank.wrong("variance.0", "You squared the eigenvalues")
def squared_eigenvalues(variances):
    return variances**2 / (variances**2).sum()


@bank.wrong("variance.0", "You took roots of the eigenvalues")
def roots_of_eigenvalues(variances):
    return np.sqrt(variances) / np.sqrt(variances).sum()


@bank.wrong("variance.0", "the mean of the eigenvalues")
def divided_by_the_mean(variances):
    return variances / variances.mean()


@bank.wrong("variance.0", "You rounded the shares (3 decimals)")
def rounded_shares(variances):
    return [round(variance / variances.sum(), 3) for variance in variances]


@bank.wrong("variance.0", "for small eigenvalues")
def guarded_sum(variances):
    return variances / (variances.sum() + 1e-8)


@bank.wrong("variance.0", "return only the first share")
def first_share(variances):
    return variances[0] / variances.sum()


@bank.wrong("variance.0", "You left out eigenvalues of 0")
def without_zeros(variances):
    return variances[variances > 0] / variances.sum()


@bank.wrong("variance.0", "half precision")
def shares_in_half_precision(variances):
    return (variances / variances.sum()).astype(np.float16)


@bank.wrong("variance.0", "can't divide a list by a number")
def list_divided(variances):
    return variances.tolist() / sum(variances.tolist())


@bank.wrong("variance.0", "with two axes: return the shape (5,)")
def column_of_shares(variances):
    return (variances / variances.sum())[:, None]


@bank.right("variance.0")
def shares_in_a_loop(variances):
    total = 0.0
    for variance in variances:
        total += variance
    return [variance / total for variance in variances]


@bank.right("variance.0")
def shares_by_a_norm(variances):
    return np.asarray(variances, dtype=np.float32) / np.linalg.norm(variances, ord=1)


# variance.1


def _first(reached):
    """Return the index of the first True."""
    if not np.any(reached):
        raise ValueError("the share is never reached")
    return int(np.argmax(reached))


@bank.wrong("variance.1", "This is the index")
def index_returned(ratios, share):
    return _first(np.cumsum(ratios) >= share - 1e-9)


@bank.wrong("variance.1", "One too many")
def one_too_many(ratios, share):
    return _first(np.cumsum(ratios) >= share - 1e-9) + 2


@bank.wrong("variance.1", "sums in percent with a share")
def sums_in_percent(ratios, share):
    return _first(np.cumsum(ratios) * 100 > share - 1e-9) + 1


@bank.wrong("variance.1", "nothing in percent")
def share_in_percent(ratios, share):
    return _first(np.cumsum(ratios) > 100 * share - 1e-9) + 1


@bank.wrong("variance.1", "exactly the share is enough")
def strictly_more(ratios, share):
    return _first(np.cumsum(ratios) > share) + 1


@bank.wrong("variance.1", "reach the share alone")
def single_ratios(ratios, share):
    return int((ratios >= share).sum())


@bank.wrong("variance.1", "You return the sum")
def sum_returned(ratios, share):
    sums = np.cumsum(ratios)
    return float(sums[_first(sums >= share - 1e-9)])


@bank.wrong("variance.1", "from the smallest")
def from_the_smallest(ratios, share):
    return _first(np.cumsum(ratios[::-1]) >= share - 1e-9) + 1


@bank.wrong("variance.1", "always 3")
def always_three(ratios, share):
    return 3


@bank.wrong("variance.1", "You compared with 0.9")
def fixed_share(ratios, share):
    return int((np.cumsum(ratios) < 0.9 - 1e-9).sum()) + 1


@bank.wrong("variance.1", "divided by the sum of the ratios")
def normalised_again(ratios, share):
    return _first(np.cumsum(ratios) / np.sum(ratios) >= share - 1e-9) + 1


@bank.wrong("variance.1", "add up to less than 0.9: raise a ValueError. You return 3.")
def all_if_never(ratios, share):
    return min(len(ratios), int((np.cumsum(ratios) < share - 1e-9).sum()) + 1)


@bank.wrong("variance.1", "`argmax` gives the index 0")
def one_if_never(ratios, share):
    return int(np.argmax(np.cumsum(ratios) >= share - 1e-9)) + 1


@bank.wrong("variance.1", "0.7 + 0.1 is slightly less than 0.8")
def rounding_forgotten(ratios, share):
    return _first(np.cumsum(ratios) >= share) + 1


@bank.wrong("variance.1", "your tolerance is too large")
def nearly_is_enough(ratios, share):
    sums = np.cumsum(ratios)
    return _first((sums >= share) | np.isclose(sums, share)) + 1


@bank.wrong("variance.1", "rounded the sums (2 decimals)")
def sums_rounded(ratios, share):
    return _first(np.cumsum(ratios).round(2) >= share) + 1


@bank.wrong("variance.1", "You return true or false")
def condition_returned(ratios, share):
    return bool((np.cumsum(ratios) >= share - 1e-9).any())


@bank.right("variance.1")
def in_a_loop(ratios, share):
    for count, total in enumerate(itertools.accumulate(ratios), start=1):
        if total > share or abs(total - share) < 1e-9:
            return count
    raise ValueError("never")


@bank.right("variance.1")
def by_searching(ratios, share):
    count = np.searchsorted(np.cumsum(ratios), share - 5e-10) + 1
    if count > len(ratios):
        raise ValueError(f"{share} is more than all explain")
    return count


@bank.wrong("variance.1", "or you compute in float32")
def sums_in_float32(ratios, share):
    sums = np.cumsum(ratios.astype(np.float32))
    if sums[-1] < share - 1e-9:
        raise ValueError("too small")
    return int(np.argmax(sums >= share - 1e-9)) + 1


# variance.2


def _cut(results, level):
    return np.quantile(results, [(1 - level) / 2, (1 + level) / 2])


def _results(statistic, values, n_resamples, seed):
    generator, n = np.random.default_rng(seed), len(values)
    return [statistic(values[generator.integers(n, size=n)]) for _ in range(n_resamples)]


@bank.wrong("variance.1", "return an integer")
def a_float(ratios, share):
    return float(by_searching(ratios, share))


@bank.wrong("variance.1", "alone, and there may be none")
def counts_large_ratios_or_fails(ratios, share):
    count = int((ratios >= share).sum())
    if count == 0:
        raise ValueError("no component is large enough")
    return count


@bank.wrong("variance.2", "without replacement")
def without_replacement(statistic, values, n_resamples, level, seed):
    generator = np.random.default_rng(seed)
    return _cut([statistic(generator.permutation(values)) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "the numbers of a galaxy separately")
def numbers_drawn_separately(statistic, values, n_resamples, level, seed):
    generator, results = np.random.default_rng(seed), []
    for _ in range(n_resamples):
        rows = generator.integers(len(values), size=values.shape)
        results.append(statistic(np.take_along_axis(values, rows, axis=0)))
    return _cut(results, level)


@bank.wrong("variance.2", "You draw columns")
def columns_drawn(statistic, values, n_resamples, level, seed):
    if values.ndim == 1:
        return _cut(_results(statistic, values, n_resamples, seed), level)
    generator, d = np.random.default_rng(seed), values.shape[1]
    return _cut([statistic(values[:, generator.integers(d, size=d)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "You cut off 1 − level at each end")
def too_much_cut(statistic, values, n_resamples, level, seed):
    return np.quantile(_results(statistic, values, n_resamples, seed), [1 - level, level])


@bank.wrong("variance.2", "At the high end")
def one_end_halved(statistic, values, n_resamples, level, seed):
    return np.quantile(_results(statistic, values, n_resamples, seed), [(1 - level) / 2, level])


@bank.wrong("variance.2", "a level of 0.9, whatever the level is")
def fixed_level(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples, seed), 0.9)


@bank.wrong("variance.2", "from the standard deviation")
def by_the_standard_deviation(statistic, values, n_resamples, level, seed):
    results = _results(statistic, values, n_resamples, seed)
    half = NormalDist().inv_cdf((1 + level) / 2) * np.std(results, ddof=1)
    return statistic(values) - half, statistic(values) + half


@bank.wrong("variance.2", "The same seed gives two different intervals")
def not_seeded(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples, None), level)


@bank.wrong("variance.2", "Different seeds give the same interval")
def fixed_seed(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples, 0), level)


@bank.wrong("variance.2", "You left out negative results")
def positive_results_only(statistic, values, n_resamples, level, seed):
    return _cut([result for result in _results(statistic, values, n_resamples, seed) if result > 0], level)


@bank.wrong("variance.2", "Your ends are integers")
def results_as_integers(statistic, values, n_resamples, level, seed):
    return _cut(np.array(_results(statistic, values, n_resamples, seed)).astype(int), level)


@bank.wrong("variance.2", "The seeds 0 and 7 give the same interval")
def remainder_of_the_seed(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples, seed % 7), level)


@bank.wrong("variance.2", "A seed of 0 is a seed like any other")
def zero_is_no_seed(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples, seed or 42), level)


@bank.wrong("variance.2", "global random generator")
def seeded_globally(statistic, values, n_resamples, level, seed):
    np.random.seed(seed)  # noqa: NPY002
    n = len(values)
    return _cut([statistic(values[np.random.randint(n, size=n)]) for _ in range(n_resamples)], level)  # noqa: NPY002


@bank.wrong("variance.2", "starts again from its seed")
def seeded_each_time(statistic, values, n_resamples, level, seed):
    n = len(values)
    return _cut([statistic(values[np.random.default_rng(seed).integers(n, size=n)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "share almost all resamples")
def one_seed_per_resample(statistic, values, n_resamples, level, seed):
    n = len(values)
    results = [statistic(values[np.random.default_rng(seed + i).integers(n, size=n)]) for i in range(n_resamples)]
    return _cut(results, level)


@bank.wrong("variance.2", "The last galaxy is (almost) never drawn")
def without_the_last(statistic, values, n_resamples, level, seed):
    generator, n = np.random.default_rng(seed), len(values)
    return _cut([statistic(values[generator.integers(0, n - 1, size=n)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "with fewer rows than `values`")
def half_as_many(statistic, values, n_resamples, level, seed):
    generator, n = np.random.default_rng(seed), len(values)
    return _cut([statistic(values[generator.integers(n, size=n // 2)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "is the number of resamples")
def n_resamples_rows(statistic, values, n_resamples, level, seed):
    generator, n = np.random.default_rng(seed), len(values)
    return _cut([statistic(values[generator.integers(n, size=n_resamples)]) for _ in range(n)], level)


@bank.wrong("variance.2", "You draw 1000 resamples")
def always_1000(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, 1000, seed), level)


@bank.wrong("variance.2", "One too few")
def one_resample_too_few(statistic, values, n_resamples, level, seed):
    return _cut(_results(statistic, values, n_resamples - 1, seed), level)


@bank.wrong("variance.2", "`np.percentile` counts from 0 to 100")
def shares_for_percentages(statistic, values, n_resamples, level, seed):
    return np.percentile(_results(statistic, values, n_resamples, seed), [(1 - level) / 2, (1 + level) / 2])


@bank.wrong("variance.2", "you give it a list")
def in_a_list(statistic, values, n_resamples, level, seed):
    generator, n = np.random.default_rng(seed), len(values)
    results = [statistic([values[row] for row in generator.integers(n, size=n)]) for _ in range(n_resamples)]
    return _cut(results, level)


@bank.wrong("variance.2", "fewer and fewer galaxies")
def from_the_previous_resample(statistic, values, n_resamples, level, seed):
    generator, results = np.random.default_rng(seed), []
    for _ in range(n_resamples):
        values = values[generator.integers(len(values), size=len(values))]
        results.append(statistic(values))
    return _cut(results, level)


@bank.wrong("variance.2", "numbers that aren't in `values`")
def gaussian_numbers(statistic, values, n_resamples, level, seed):
    generator = np.random.default_rng(seed)
    mean, std = values.mean(axis=0), values.std(axis=0)
    return _cut([statistic(generator.normal(mean, std, size=values.shape)) for _ in range(n_resamples)], level)


@bank.right("variance.2")
def with_the_old_generator(statistic, values, n_resamples, level, seed):
    generator = np.random.RandomState(seed)
    results = []
    for _ in range(n_resamples):
        rows = generator.choice(len(values), len(values))
        results.append(float(statistic(np.array([values[row] for row in rows]))))
    return np.percentile(results, 50 * (1 - level)), np.percentile(results, 100 - 50 * (1 - level))


@bank.right("variance.2")
def by_places_in_the_order(statistic, values, n_resamples, level, seed):
    generator = random.Random(seed)
    indices = range(len(values))
    results = sorted(statistic(values[generator.choices(indices, k=len(values))]) for _ in range(n_resamples))
    cut = int(n_resamples * (1 - level) / 2)
    return [results[cut], results[n_resamples - 1 - cut]]


@bank.right("variance.2")
def all_rows_at_once(statistic, values, n_resamples, level, seed):
    n = len(values)
    rows = np.random.default_rng(seed).choice(n, size=(n_resamples, n))
    return stats.scoreatpercentile([statistic(one) for one in values[rows]], [50 - 50 * level, 50 + 50 * level])


@bank.wrong("variance.2", "sort the columns of a resample")
def columns_sorted_separately(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    results = [statistic(np.sort(values[random.integers(n, size=n)], axis=0)) for _ in range(n_resamples)]
    return tuple(np.quantile(results, [(1 - level) / 2, (1 + level) / 2]).tolist())


@bank.wrong("variance.2", "smallest and the largest result")
def extremes(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    results = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    return min(results), max(results)


@bank.wrong("variance.2", "but n may be 1")
def single_galaxy_refused(statistic, values, n_resamples, level, seed):
    if len(values) < 2:
        raise ValueError("too few")
    random, n = np.random.default_rng(seed), len(values)
    results = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    return tuple(np.quantile(results, [(1 - level) / 2, (1 + level) / 2]).tolist())


@bank.wrong("variance.2", "the statistic of the original values")
def original_added(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    results = [statistic(values), *(statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples))]
    return tuple(np.quantile(results, [(1 - level) / 2, (1 + level) / 2]).tolist())


# variance.3


def _measured(test, mean, axes):
    centred = test - mean
    return ((centred @ axes.T) ** 2).sum() / (centred**2).sum()


@bank.wrong("variance.3", "You fitted the components to the test galaxies")
def of_the_test_galaxies(train, test, n_components):
    s = np.linalg.svd(test - test.mean(axis=0), compute_uv=False) ** 2
    return s[:n_components].sum() / s.sum()


@bank.wrong("variance.3", "You measured the training galaxies")
def of_the_training_galaxies(train, test, n_components):
    return PCA(n_components).fit(train).explained_variance_ratio_.sum()


@bank.wrong("variance.3", "You subtracted the test galaxies' own mean")
def own_mean(train, test, n_components):
    return _measured(test, test.mean(axis=0), PCA(n_components).fit(train).components_)


@bank.wrong("variance.3", "subtract m from the test galaxies")
def test_not_centred(train, test, n_components):
    return _measured(test, 0, PCA(n_components).fit(train).components_)


@bank.wrong("variance.3", "You standardised the features")
def standardised(train, test, n_components):
    mean, std = train.mean(axis=0), train.std(axis=0)
    axes = np.linalg.svd((train - mean) / std, full_matrices=False)[2][:n_components]
    return _measured(test / std, mean / std, axes)


@bank.wrong("variance.3", "divided by the variance of the training galaxies")
def variance_of_the_training_galaxies(train, test, n_components):
    pca = PCA(n_components).fit(train)
    return (pca.transform(test) ** 2).mean(axis=0).sum() / ((train - pca.mean_) ** 2).mean(axis=0).sum()


@bank.wrong("variance.3", "Your total is measured from the test galaxies' own mean")
def like_r2(train, test, n_components):
    pca = PCA(n_components).fit(train)
    rest = test - pca.inverse_transform(pca.transform(test))
    return 1 - (rest**2).sum() / ((test - test.mean(axis=0)) ** 2).sum()


@bank.wrong("variance.3", "the shares of single galaxies")
def mean_of_shares(train, test, n_components):
    pca = PCA(n_components).fit(train)
    return ((pca.transform(test) ** 2).sum(axis=1) / ((test - pca.mean_) ** 2).sum(axis=1)).mean()


@bank.wrong("variance.3", "share that is lost")
def lost(train, test, n_components):
    return 1 - _measured(test, train.mean(axis=0), PCA(n_components).fit(train).components_)


@bank.wrong("variance.3", "square root")
def divided_lengths(train, test, n_components):
    pca = PCA(n_components).fit(train)
    return np.linalg.norm(pca.transform(test)) / np.linalg.norm(test - pca.mean_)


@bank.wrong("variance.3", "You used the last components")
def in_the_order_of_eigh(train, test, n_components):
    axes = np.linalg.eigh(np.atleast_2d(np.cov(train.T)))[1][:, :n_components].T
    return _measured(test, train.mean(axis=0), axes)


@bank.wrong("variance.3", "You used columns of Vᵀ")
def columns_of_the_components(train, test, n_components):
    mean = train.mean(axis=0)
    axes = np.linalg.svd(train - mean, full_matrices=False)[2][:, :n_components]
    return _measured(test, mean, axes.T)


@bank.wrong("variance.3", "k is ignored: you always use 2 components")
def always_two(train, test, n_components):
    mean = train.mean(axis=0)
    return _measured(test, mean, np.linalg.svd(train - mean, full_matrices=False)[2][:2])


@bank.wrong("variance.3", "You used k − 1 components")
def one_component_too_few(train, test, n_components):
    mean = train.mean(axis=0)
    return _measured(test, mean, np.linalg.svd(train - mean, full_matrices=False)[2][: n_components - 1])


@bank.wrong("variance.3", "add no small number")
def guarded_against_zero(train, test, n_components):
    pca = PCA(n_components).fit(train)
    return (pca.transform(test) ** 2).sum() / (((test - pca.mean_) ** 2).sum() + 1e-12)


@bank.wrong("variance.3", "changes `test`")
def centred_in_place(train, test, n_components):
    axes = PCA(n_components).fit(train).components_
    test -= train.mean(axis=0)
    return ((test @ axes.T) ** 2).sum() / (test**2).sum()


@bank.right("variance.3")
def by_what_is_lost(train, test, n_components):
    pca = PCA(n_components).fit(train)
    back = pca.inverse_transform(pca.transform(test))
    return 1 - ((test - back) ** 2).sum() / ((test - pca.mean_) ** 2).sum()


@bank.right("variance.3")
def by_eigenvectors(train, test, n_components):
    train, test = train.astype(np.float32), test.astype(np.float32)
    mean = train.mean(axis=0)
    vectors = np.linalg.eigh((train - mean).T @ (train - mean))[1][:, ::-1]
    along = ((test - mean) @ vectors) ** 2
    return along[:, :n_components].sum() / along.sum()


# variance.4


def _variances(values):
    return np.linalg.svd(values - values.mean(axis=0), compute_uv=False) ** 2


def _share(values, n_components):
    variances = _variances(values)
    return float(variances[:n_components].sum() / variances.sum())


def _shares(features, n_components):
    return {name: _share(values, n_components) for name, values in features.items()}


@bank.wrong("variance.4", "You didn't centre the features")
def networks_not_centred(features, n_components):
    result = {}
    for name, values in features.items():
        variances = np.linalg.svd(values, compute_uv=False) ** 2
        result[name] = variances[:n_components].sum() / variances.sum()
    return result


@bank.wrong("variance.4", "You used the singular values")
def singular_values(features, n_components):
    result = {}
    for name, values in features.items():
        s = np.sqrt(_variances(values))
        result[name] = s[:n_components].sum() / s.sum()
    return result


@bank.wrong("variance.4", "by their standard deviations")
def networks_standardised(features, n_components):
    return _shares({name: stats.zscore(x[:, np.ptp(x, axis=0) > 0]) for name, x in features.items()}, n_components)


@bank.wrong("variance.4", "you always add up 1 component")
def first_component_only(features, n_components):
    return _shares(features, 1)


@bank.wrong("variance.4", "return a single number per network")
def one_share_per_component(features, n_components):
    return {name: PCA(n_components).fit(x).explained_variance_ratio_ for name, x in features.items()}


@bank.wrong("variance.4", "the k-th component alone")
def kth_component(features, n_components):
    return {name: PCA(n_components).fit(x).explained_variance_ratio_[-1] for name, x in features.items()}


@bank.wrong("variance.4", "fitted the components of the first network")
def fitted_to_the_first(features, n_components):
    first = next(iter(features.values()))
    axes, result = np.linalg.svd(first - first.mean(axis=0), full_matrices=False)[2][:n_components], {}
    for name, values in features.items():
        centred = values - values.mean(axis=0)
        if centred.shape[1] != axes.shape[1]:
            axes = np.linalg.svd(centred, full_matrices=False)[2][:n_components]
        result[name] = ((centred @ axes.T) ** 2).sum() / (centred**2).sum()
    return result


@bank.wrong("variance.4", "sorted by name")
def names_sorted(features, n_components):
    return {name: _share(features[name], n_components) for name in sorted(features)}


@bank.wrong("variance.4", "You return a list of 3 items")
def list_of_shares(features, n_components):
    return [_share(values, n_components) for values in features.values()]


@bank.wrong("variance.4", "return it after the loop")
def returned_in_the_loop(features, n_components):
    for name, values in features.items():
        return {name: _share(values, n_components)}


@bank.wrong("variance.4", "You return percentages")
def percent_per_network(features, n_components):
    return {name: 100 * share for name, share in _shares(features, n_components).items()}


@bank.wrong("variance.4", 'changes `features["trained"]`')
def networks_centred_in_place(features, n_components):
    for values in features.values():
        values -= values.mean(axis=0)
    return _shares(features, n_components)


@bank.wrong("variance.4", "changes the dict `features`")
def dict_overwritten(features, n_components):
    for name in features:
        features[name] = _share(features[name], n_components)
    return features


@bank.wrong("variance.4", "You return 1 for each network")
def total_of_the_first_components(features, n_components):
    result = {}
    for name, values in features.items():
        ratios = _variances(values)[:n_components]
        result[name] = (ratios / ratios.sum()).sum()
    return result


@bank.wrong("variance.4", "return ascending")
def ascending_eigenvalues(features, n_components):
    result = {}
    for name, values in features.items():
        eigenvalues = np.linalg.eigvalsh(np.atleast_2d(np.cov(values.T)))
        result[name] = eigenvalues[:n_components].sum() / eigenvalues.sum()
    return result


@bank.wrong("variance.4", "single *features*")
def largest_features(features, n_components):
    result = {}
    for name, values in features.items():
        variances = np.sort(values.var(axis=0))[::-1]
        result[name] = variances[:n_components].sum() / variances.sum()
    return result


@bank.wrong("variance.4", "is a dict of arrays, not an array")
def dict_as_an_array(features, n_components):
    return _share(features, n_components)


@bank.wrong("variance.4", "features of about 1e-9")
def guarded_total(features, n_components):
    result = {}
    for name, values in features.items():
        variances = _variances(values)
        result[name] = variances[:n_components].sum() / (variances.sum() + 1e-12)
    return result


@bank.wrong("variance.4", "of the three shipped networks for 1 component:")
def first_galaxies_only(features, n_components):
    return _shares({name: values[:100] for name, values in features.items()}, n_components)


@bank.right("variance.4")
def networks_by_sklearn(features, n_components):
    return {name: PCA(n_components).fit(x).explained_variance_ratio_.sum() for name, x in features.items()}


@bank.right("variance.4")
def networks_by_covariance(features, n_components):
    result = {}
    for name, values in features.items():
        covariance = np.atleast_2d(np.cov(values, rowvar=False))
        eigenvalues = sorted(np.linalg.eigvalsh(covariance), reverse=True)
        result[name] = np.array([sum(eigenvalues[:n_components]) / np.trace(covariance)])
    return result


@bank.right("variance.4")
def networks_in_pandas(features, n_components):
    table = {name: pd.DataFrame(np.array(x, dtype=float)) for name, x in features.items()}
    scaled = {name: (x - x.mean()).to_numpy() for name, x in table.items()}
    return pd.Series({name: (_squares_of(x)[:n_components].sum()) / (x**2).sum() for name, x in scaled.items()})


def _squares_of(centred):
    return np.linalg.svd(centred, compute_uv=False) ** 2


@bank.wrong("variance.3", "`np.linalg.eig` doesn't sort")
def unsorted_eigenvectors(train, test, n_components):
    vectors = np.linalg.eig(np.atleast_2d(np.cov(train, rowvar=False)))[1].real
    centred = test - train.mean(axis=0)
    return ((centred @ vectors[:, :n_components]) ** 2).sum() / (centred**2).sum()


@bank.wrong("variance.3", "if there is a single feature")
def covariance_of_one_feature(train, test, n_components):
    vectors = np.linalg.eigh(np.cov(train.T))[1][:, ::-1]
    centred = test - train.mean(axis=0)
    return ((centred @ vectors[:, :n_components]) ** 2).sum() / (centred**2).sum()


@bank.wrong("variance.4", "don't sort the eigenvalues")
def unsorted_eigenvalues(features, n_components):
    result = {}
    for name, values in features.items():
        eigenvalues = np.linalg.eigvals(np.atleast_2d(np.cov(values, rowvar=False))).real
        result[name] = eigenvalues[:n_components].sum() / eigenvalues.sum()
    return result


@bank.wrong("variance.4", "total variance of the first network")
def one_total_for_all(features, n_components):
    squares = {
        name: np.linalg.svd(values - values.mean(axis=0), compute_uv=False) ** 2 for name, values in features.items()
    }
    total = next(iter(squares.values())).sum()
    return {name: values[:n_components].sum() / total for name, values in squares.items()}

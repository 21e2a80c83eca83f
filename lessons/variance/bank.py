"""Answers to the exercises on how many components: typical wrong ones with their hints, and right ones."""

import itertools
from statistics import NormalDist

import numpy as np
from sklearn.decomposition import PCA

from galviz.course.bank import Bank

bank = Bank()


def _first(reached):
    if not np.any(reached):
        raise ValueError("the share is never reached")
    return int(np.argmax(reached))


@bank.wrong("variance.1", "One too few")
def the_index(ratios, share):
    return _first(np.cumsum(ratios) >= share - 1e-9)


@bank.wrong("variance.1", "exactly, and that is enough")
def strictly_more(ratios, share):
    return _first(np.cumsum(ratios) > share) + 1


@bank.wrong("variance.1", "No single component has 0.6")
def single_ratios(ratios, share):
    return int((ratios >= share).sum())


@bank.wrong("variance.1", "the share that they reach")
def the_sum(ratios, share):
    sums = np.cumsum(ratios)
    return float(sums[_first(sums >= share - 1e-9)])


@bank.wrong("variance.1", "from the smallest")
def from_the_smallest(ratios, share):
    return _first(np.cumsum(ratios[::-1]) >= share - 1e-9) + 1


@bank.wrong("variance.1", "raise a ValueError")
def all_where_never(ratios, share):
    return min(len(ratios), int((np.cumsum(ratios) < share - 1e-9).sum()) + 1)


@bank.wrong("variance.1", "falls short of 0.8 by rounding alone")
def rounding_forgotten(ratios, share):
    return _first(np.cumsum(ratios) >= share) + 1


@bank.right("variance.1")
def in_a_loop(ratios, share):
    for count, total in enumerate(itertools.accumulate(ratios), start=1):
        if total > share or abs(total - share) < 1e-9:
            return count
    raise ValueError("never")


@bank.right("variance.1")
def by_searching(ratios, share):
    found = np.searchsorted(np.cumsum(ratios), share - 5e-10) + 1
    if found > len(ratios):
        raise ValueError(f"{share} is more than all explain")
    return found


def _cut(drawn, level):
    return np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])


@bank.wrong("variance.2", "without replacement")
def without_replacement(statistic, values, n_resamples, level, seed):
    random = np.random.default_rng(seed)
    return _cut([statistic(random.permutation(values)) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "draw whole rows")
def columns_by_themselves(statistic, values, n_resamples, level, seed):
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(n_resamples):
        rows = random.integers(len(values), size=values.shape)
        drawn.append(statistic(np.take_along_axis(values, rows, axis=0)))
    return _cut(drawn, level)


@bank.wrong("variance.2", "You cut 1 − level off at each end")
def too_much_cut(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    drawn = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    return np.quantile(drawn, [1 - level, level])


@bank.wrong("variance.2", "from the standard deviation")
def by_the_deviation(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    drawn = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    half = NormalDist().inv_cdf((1 + level) / 2) * np.std(drawn, ddof=1)
    return statistic(values) - half, statistic(values) + half


@bank.wrong("variance.2", "The same seed gives two different intervals")
def not_seeded(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(), len(values)
    return _cut([statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "begins anew with its seed")
def seeded_each_time(statistic, values, n_resamples, level, seed):
    n = len(values)
    drawn = [statistic(values[np.random.default_rng(seed).integers(n, size=n)]) for _ in range(n_resamples)]
    return _cut(drawn, level)


@bank.wrong("variance.2", "The last galaxy is never drawn")
def without_the_last(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    return _cut([statistic(values[random.integers(0, n - 1, size=n)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "a resample is as large as the values")
def half_as_many(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    return _cut([statistic(values[random.integers(n, size=n // 2)]) for _ in range(n_resamples)], level)


@bank.wrong("variance.2", "counted from 0 to 100")
def percent_and_share(statistic, values, n_resamples, level, seed):
    random, n = np.random.default_rng(seed), len(values)
    drawn = [statistic(values[random.integers(n, size=n)]) for _ in range(n_resamples)]
    return np.percentile(drawn, [(1 - level) / 2, (1 + level) / 2])


@bank.right("variance.2")
def with_the_old_generator(statistic, values, n_resamples, level, seed):
    random = np.random.RandomState(seed)
    drawn = []
    for _ in range(n_resamples):
        drawn.append(float(statistic(np.array([values[row] for row in random.choice(len(values), len(values))]))))
    return np.percentile(drawn, 50 * (1 - level)), np.percentile(drawn, 100 - 50 * (1 - level))


@bank.right("variance.2")
def by_places_in_the_order(statistic, values, n_resamples, level, seed):
    random = np.random.default_rng(seed)
    drawn = sorted(statistic(random.choice(values, len(values))) for _ in range(n_resamples))
    cut = round(n_resamples * (1 - level) / 2)
    return [drawn[cut], drawn[n_resamples - 1 - cut]]


@bank.wrong("variance.3", "fitted the components to the test galaxies")
def of_the_test_galaxies(train, test, n_components):
    return PCA(n_components).fit(test).explained_variance_ratio_.sum()


@bank.wrong("variance.3", "which the axes were made for")
def of_the_training_galaxies(train, test, n_components):
    return PCA(n_components).fit(train).explained_variance_ratio_.sum()


@bank.wrong("variance.3", "from the test galaxies' own mean; m")
def from_their_own_mean(train, test, n_components):
    components = PCA(n_components).fit(train).components_
    centred = test - test.mean(axis=0)
    return ((centred @ components.T) ** 2).sum() / (centred**2).sum()


@bank.wrong("variance.3", "You didn't centre the test galaxies")
def test_not_centred(train, test, n_components):
    components = PCA(n_components).fit(train).components_
    return ((test @ components.T) ** 2).sum() / (test**2).sum()


@bank.wrong("variance.3", "share that is lost")
def lost(train, test, n_components):
    pca = PCA(n_components).fit(train)
    back = pca.inverse_transform(pca.transform(test))
    return ((test - back) ** 2).sum() / ((test - pca.mean_) ** 2).sum()


@bank.wrong("variance.3", "square root")
def a_root(train, test, n_components):
    pca = PCA(n_components).fit(train)
    return np.linalg.norm(pca.transform(test)) / np.linalg.norm(test - pca.mean_)


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


@bank.wrong("variance.1", "that isn't rounding, it takes three")
def nearly_is_enough(ratios, share):
    sums = np.cumsum(ratios)
    reached = (sums >= share) | np.isclose(sums, share)
    if not reached.any():
        raise ValueError
    return int(reached.argmax()) + 1


@bank.wrong("variance.2", "you give it a list")
def in_a_list(statistic, values, n_resamples, level, seed):
    draw, n = np.random.default_rng(seed), len(values)
    found = [statistic([values[row] for row in draw.integers(n, size=n)]) for _ in range(n_resamples)]
    return np.quantile(found, [(1 - level) / 2, (1 + level) / 2])


@bank.wrong("variance.2", "fewer and fewer galaxies")
def from_the_resample_before(statistic, values, n_resamples, level, seed):
    draw, found = np.random.default_rng(seed), []
    for _ in range(n_resamples):
        values = values[draw.integers(len(values), size=len(values))]
        found.append(statistic(values))
    return np.quantile(found, [(1 - level) / 2, (1 + level) / 2])


@bank.wrong("variance.2", "Neighbouring seeds")
def a_seed_for_each(statistic, values, n_resamples, level, seed):
    n = len(values)
    found = [statistic(values[np.random.default_rng(seed + i).integers(n, size=n)]) for i in range(n_resamples)]
    return np.quantile(found, [(1 - level) / 2, (1 + level) / 2])


@bank.wrong("variance.3", "You took the last components")
def in_the_order_of_eigh(train, test, n_components):
    axes = np.linalg.eigh(np.cov(train.T))[1][:, :n_components]
    apart = test - train.mean(axis=0)
    return ((apart @ axes) ** 2).sum() / (apart**2).sum()


@bank.wrong("variance.3", "You took columns of Vᵀ")
def columns_of_the_components(train, test, n_components):
    mean = train.mean(axis=0)
    axes = np.linalg.svd(train - mean, full_matrices=False)[2][:, :n_components]
    return (((test - mean) @ axes) ** 2).sum() / ((test - mean) ** 2).sum()

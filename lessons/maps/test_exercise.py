"""Tests of the exercises on other maps; each takes the student's function."""

import numpy as np
from sklearn import manifold
from sklearn.neighbors import NearestNeighbors

from galviz.course.judge import as_float, expect, expect_close, expect_unchanged

# The lesson's five galaxies on a line, and a map that puts the last one elsewhere.
LINE = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]])
MAP = np.array([[0.0], [1.0], [3.0], [7.0], [7.5]])


def _galaxies(n, d, seed, noise=0.6):
    """Galaxies in d dimensions, and a map of them: two of the dimensions, with some noise."""
    random = np.random.default_rng(seed)
    high = random.normal(2, 1, size=(n, d)) * np.linspace(2, 0.5, d)
    return high, high[:, :2] + noise * random.normal(size=(n, 2))


def _ranks(values, power=2):
    """Ranks by distance, itself 0; another way than the solution's."""
    differences = np.abs(values[:, None] - values)
    distances = differences.max(axis=2) if power is None else (differences**power).sum(axis=2)
    return (distances[:, None, :] < distances[:, :, None]).sum(axis=2)


def _near(ranks, k):
    return (ranks > 0) & (ranks <= k)


def test_maps_1(answer):
    for n, d, k, seed in ((83, 6, 7, 22), (13, 4, 3, 2)):
        high, low = _galaxies(n, d, seed)
        _compare_kept(answer, high, low, k)
    # By hand: the fourth alone changes its nearest neighbour.
    found = answer(LINE.copy(), MAP.copy(), 1)
    expect_close(found, 4 / 5, what="the share kept of the lesson's five galaxies, for k = 1")
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
    high, _ = _galaxies(20, 6, 4)
    hint = "A map that is turned and enlarged keeps all neighbours, so the share is 1;"
    share = as_float(answer(high.copy(), 10 * high @ turn - 3, 4), what="the share kept")
    expect(abs(share - 1) < 1e-6, f"{hint} yours is {share:.4g}.")


def _compare_kept(answer, high, low, k):
    n = len(high)
    given = high.copy(), low.copy()
    found = answer(*given, k)
    expect_unchanged(high, given[0], "high")
    expect_unchanged(low, given[1], "low")
    near, near_in_map = (
        [set(row) for row in NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False).tolist()]
        for x in (high, low)
    )
    shares = np.array([len(one & other) / k for one, other in zip(near, near_in_map, strict=True)])
    expected = shares.mean()
    ranks, ranks_in_map = _ranks(high), _ranks(low)
    both = _near(ranks, k) & _near(ranks_in_map, k)
    with_itself = ((ranks < k) & (ranks_in_map < k)).sum(axis=1)
    either = (_near(ranks, k) | _near(ranks_in_map, k)).sum(axis=1)
    one_more = (_near(ranks, k + 1) & _near(ranks_in_map, k + 1)).sum(axis=1)
    block, block_in_map = _ranks(high, 1), _ranks(low, 1)
    largest, largest_in_map = _ranks(high, None), _ranks(low, None)
    far, far_in_map = ranks >= n - k, ranks_in_map >= n - k
    order, order_in_map = ranks.argsort(axis=1)[:, 1 : k + 1], ranks_in_map.argsort(axis=1)[:, 1 : k + 1]
    mistakes = [
        (
            with_itself.mean() / k,
            "Each galaxy is counted as its own nearest neighbour, which every map keeps: take k others.",
        ),
        (
            (with_itself - 1).mean() / (k - 1),
            "Without the galaxy itself you are left with k − 1 neighbours: take k others.",
        ),
        (
            (with_itself - 1).mean() / k,
            "Without the galaxy itself you are left with k − 1 neighbours, and you divide by k: take k others.",
        ),
        (
            (both.sum(axis=1) + 1).mean() / (k + 1),
            "Each galaxy is counted as its own neighbour, as one of k + 1: leave it out, there and in the division.",
        ),
        (
            (both.sum(axis=1) + 1).mean() / k,
            "Each galaxy is counted as its own neighbour besides the k others: leave it out.",
        ),
        (
            (both.sum(axis=1) / either).mean(),
            "You divided by the number of galaxies in either set (their union); it is to be divided by k.",
        ),
        (
            both.sum() / either.sum(),
            "You divided by the number of galaxies in either set (their union); it is to be divided by k.",
        ),
        (either.mean() / k, "You counted the galaxies that are in one of the two sets; those in both are asked for."),
        (one_more.mean() / (k + 1), "These are k + 1 neighbours, besides the galaxy itself; k are asked for."),
        (one_more.mean() / k, "These are k + 1 neighbours, besides the galaxy itself; k are asked for."),
        (shares[0], "This is the first galaxy's share alone; the mean over all is asked for."),
        (shares, "These are the shares of each galaxy; their mean is asked for."),
        (shares.sum(), "This is the sum of the shares; their mean over the galaxies is asked for."),
        (both.sum(), "This is the number of neighbours kept; divide by k, and by the number of galaxies."),
        (both.sum(axis=1).mean(), "This is the number kept of each galaxy's neighbours on average: divide by k."),
        (both.sum() / k, "You divided by k, and not by the number of galaxies."),
        (1 - expected, "This is the share that is lost; the one that is kept is asked for."),
        (100 * expected, "This is in percent; the share is from 0 to 1."),
        (both.sum() / n / n, "You divided by n twice; it is by n and by k."),
        (both.sum() / n / (n - 1), "You divided by the number of all others; it is by k."),
        (
            (order == order_in_map).mean(),
            "You compare first with first neighbour, and so on: in which order they come doesn't count.",
        ),
        (
            (far & far_in_map).sum(axis=1).mean() / k,
            "These are the farthest galaxies, and how many of those are kept; the nearest are asked for.",
        ),
        (
            (_near(block, k) & _near(block_in_map, k)).sum(axis=1).mean() / k,
            "These are neighbours in the city-block distance; the straight one is asked for.",
        ),
        (
            (_near(largest, k) & _near(largest_in_map, k)).sum(axis=1).mean() / k,
            "These are neighbours by the largest single difference; the straight distance is asked for.",
        ),
        (
            1.0,
            "This says that all are kept. Do you compare the neighbours in all dimensions with those in the map, or "
            "with themselves?",
        ),
        (
            len({*order.ravel().tolist()} & {*order_in_map.ravel().tolist()}) / n,
            "You put the neighbours of all galaxies into one set: compare them galaxy by galaxy.",
        ),
        (
            (_near(_ranks(high[:, :2]), k) & _near(ranks_in_map, k)).sum(axis=1).mean() / k,
            "These are neighbours by two of the dimensions alone; all of them count.",
        ),
        (
            (_near(_ranks(high / high.std(axis=0)), k) & _near(_ranks(low / low.std(axis=0)), k)).sum(axis=1).mean()
            / k,
            "You divided each column by its standard deviation; take high and low as they are.",
        ),
        ((shares == 1).mean(), "You count galaxies that keep all k neighbours; each keeps a share of them."),
        (
            manifold.trustworthiness(high, low, n_neighbors=k),
            "This is the trustworthiness, which weighs strangers by their rank; here each neighbour counts alike.",
        ),
    ]
    expect_close(found, expected, mistakes, hint=f"There are {n} galaxies, and k is {k}.", what="the share kept")


def test_maps_2(answer):
    for n, d, k, seed in ((30, 6, 5, 5), (12, 4, 3, 6)):
        high, low = _galaxies(n, d, seed)
        _compare_trust(answer, high, low, k)
    expect_close(
        answer(LINE.copy(), MAP.copy(), 1),
        0.8,
        [(1 - 1 / 15, "This is the continuity: take the ranks in all dimensions, and the neighbours of the map.")],
        what="the trustworthiness of the lesson's five galaxies, for k = 1",
    )
    high, _ = _galaxies(15, 3, 7)
    share = as_float(answer(high.copy(), 5 - 2 * high, 4), what="the trustworthiness")
    expect(
        abs(share - 1) < 1e-6,
        f"A map that is turned and enlarged keeps all neighbours, so it is trustworthy to 1; yours is {share:.4g}.",
    )


def _compare_trust(answer, high, low, k):
    n = len(high)
    given = high.copy(), low.copy()
    found = answer(*given, k)
    expect_unchanged(high, given[0], "high")
    expect_unchanged(low, given[1], "low")
    expected = manifold.trustworthiness(high, low, n_neighbors=k)
    ranks, ranks_in_map = _ranks(high), _ranks(low)
    near, near_in_map = _near(ranks, k), _near(ranks_in_map, k)
    strangers = near_in_map & ~near
    excess = (ranks - k)[strangers].sum()
    factor = 2 / (n * k * (2 * n - 3 * k - 1))
    cost = factor * excess
    # With the galaxy itself taken for the nearest of its neighbours, and given the rank 1.
    itself = (ranks_in_map < k) & (ranks >= k)
    block, block_in_map = _ranks(high, 1), _ranks(low, 1)
    bracket, before_it = 2 * n - 3 * k - 1, n * k
    order, order_in_map = ranks.argsort(axis=1), ranks_in_map.argsort(axis=1)
    mistakes = [
        (
            1 - factor * (ranks_in_map - k)[near & ~near_in_map].sum(),
            "This is the continuity: take the neighbours of the map, and their ranks in all dimensions.",
        ),
        (
            1 - factor * (ranks - k - 1)[strangers].sum(),
            "Your ranks begin at 0: the nearest other galaxy has rank 1.",
        ),
        (
            1 - factor * (ranks + 1 - k)[strangers].sum(),
            "The galaxy itself has rank 1 in yours: the nearest other galaxy has, itself isn't ranked.",
        ),
        (
            1 - factor * (ranks + 1 - k)[itself].sum(),
            "Each galaxy counts as its own nearest neighbour, in ranks and sets: leave it out of both.",
        ),
        (
            1 - factor * (ranks - k)[itself].sum(),
            "Each galaxy is among its own k neighbours, so that k − 1 others are left: take k others.",
        ),
        (
            1 - factor * (ranks + 1 - k)[itself & (ranks + 1 > k)].sum(),
            "Each galaxy counts as its own nearest neighbour, in ranks and sets: leave it out of both.",
        ),
        (
            1 - factor * (ranks - k)[(ranks_in_map < k) & (ranks > k)].sum(),
            "Each galaxy is among its own k neighbours in the map, so that k − 1 others are left: take k others.",
        ),
        (cost, "This is what 1 is to be diminished by: the trustworthiness is 1 less that."),
        (1 - excess, "You forgot the factor before the sum, which brings it to between 0 and 1."),
        (excess, "This is the sum alone: multiply by the factor before it, and subtract from 1."),
        (1 - cost / 2, "The factor before the sum has a 2 above the line, which is missing."),
        (1 - cost * n, "The factor before the sum has n k (2 n − 3 k − 1) below the line; the n is missing."),
        (1 - cost * k, "The factor before the sum has n k (2 n − 3 k − 1) below the line; the k is missing."),
        (
            1 - cost * bracket,
            "The factor before the sum has n k (2 n − 3 k − 1) below the line; the bracket is missing.",
        ),
        (1 - cost * before_it, "The factor before the sum has n k (2 n − 3 k − 1) below the line; n k is missing."),
        (
            1 - 2 / n * k * (2 * n - 3 * k - 1) * excess,
            "All of n k (2 n − 3 k − 1) is below the line: in code such a product needs a bracket.",
        ),
        (
            1 - 2 / (n * k) * (2 * n - 3 * k - 1) * excess,
            "All of n k (2 n − 3 k − 1) is below the line: in code such a product needs a bracket.",
        ),
        (
            1 - factor * ranks[strangers].sum(),
            "You summed the ranks themselves: what counts is r − k, how far beyond k.",
        ),
        (
            1 - factor * strangers.sum(),
            "You counted the strangers, each as 1; each costs r − k, how far beyond k it is.",
        ),
        (
            1 - factor * (ranks - k)[near_in_map].sum(),
            "You summed r − k over all k neighbours in the map: those that are true neighbours are not in U.",
        ),
        (
            1 - factor * np.abs(ranks - k)[near_in_map].sum(),
            "You summed |r − k| over all k neighbours in the map: those that are true neighbours are not in U.",
        ),
        (
            1 - factor * (ranks_in_map - k)[strangers].sum(),
            "You took the strangers' ranks in the map, all within k; r is the rank in all dimensions.",
        ),
        (
            1 - factor * (ranks - k)[near & ~near_in_map].sum(),
            "U holds the map's neighbours that are none in all dimensions; you took it the other way round.",
        ),
        (
            1 - factor * (ranks - ranks_in_map)[strangers].sum(),
            "You subtracted the rank in the map; it is k that is subtracted from r.",
        ),
        (
            1 - factor * n * (ranks - k)[0][strangers[0]].sum(),
            "This is of the first galaxy alone: the sum goes over all.",
        ),
        (
            1 - factor * (ranks - k)[0][strangers[0]].sum(),
            "The sum has the first galaxy's strangers alone: it goes over all.",
        ),
        (
            1 - 2 / (n * k * (2 * n - 3 * k + 1)) * excess,
            "The bracket below the line is 2 n − 3 k − 1; yours has another last number.",
        ),
        (
            1 - 2 / (n * k * (2 * n - 3 * k)) * excess,
            "The bracket below the line is 2 n − 3 k − 1; yours has another last number.",
        ),
        (
            1 - factor * (order - k)[_near(order_in_map, k) & (order > k)].sum(),
            "These aren't ranks: sorted once, a row says which galaxy comes where; a rank says where each one comes.",
        ),
        (
            1 - factor * (order - k)[near_in_map & (order > k)].sum(),
            "These aren't ranks: sorted once, a row says which galaxy comes where; a rank says where each one comes.",
        ),
        (
            1 - factor * (ranks - 1 - k)[near_in_map & (ranks - 1 > k)].sum(),
            "Your ranks begin at 0: the nearest other galaxy has rank 1.",
        ),
        (
            1 - factor * (ranks - 1 - k)[_near(ranks_in_map, k + 1) & (ranks - 1 > k)].sum(),
            "Your ranks begin at 0, in all dimensions and in the map: the nearest other galaxy has rank 1.",
        ),
        (
            1 - cost / n,
            "You took the mean over the galaxies: the sum goes over all, and n stands in the factor already.",
        ),
        (-cost, "The 1 is missing: the trustworthiness is 1 less the sum."),
        (1 - factor * ((ranks - k)[strangers] ** 2).sum(), "You squared r − k; it is summed as it is."),
        (1 + cost, "The sum is to be subtracted from 1, not added."),
        (100 * expected, "This is in percent; it is to be from 0 to 1."),
        (
            1 - factor * (block - k)[_near(block_in_map, k) & (block > k)].sum(),
            "These are ranks in the city-block distance; the straight one is asked for.",
        ),
        (
            (near & near_in_map).sum() / n / k,
            "This is the share of neighbours kept, in which all strangers count alike; here each costs r − k.",
        ),
        (
            1 - factor * (n - 1 - ranks - k)[strangers].sum(),
            "Your ranks count from the farthest galaxy on: the nearest has rank 1.",
        ),
        (
            1 - factor * (ranks.T - k)[strangers].sum(),
            "You took the rank of i as seen from j: r(i, j) is that of j, as seen from i.",
        ),
        (
            1 - factor * (ranks.T - k)[near_in_map & (ranks.T > k)].sum(),
            "You took the rank of i as seen from j: r(i, j) is that of j, as seen from i.",
        ),
    ]
    expect_close(found, expected, mistakes, hint=f"There are {n} galaxies, and k is {k}.", what="the trustworthiness")

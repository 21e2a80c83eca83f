"""Typical mistakes in the exercises on other maps, each a wrong function with its hint.

Ranks are arrays of shape (n, n): at [i, j] the rank of galaxy j by its distance from galaxy i, 0 for galaxy i itself.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.spatial.distance import cdist, pdist
from scipy.stats import rankdata, spearmanr

Quality = Callable[[np.ndarray, np.ndarray, int], object]
NAN = float("nan")


def rank(values: np.ndarray, metric: str = "euclidean") -> np.ndarray:
    """Rank the galaxies by distance, by another way than the solution; cached, because most mistakes need the same."""
    values = np.ascontiguousarray(values, dtype=float)
    return _rank(values.tobytes(), values.shape, metric)


@lru_cache(maxsize=1000)
def _rank(content: bytes, shape: tuple[int, int], metric: str) -> np.ndarray:
    values = np.frombuffer(content).reshape(shape)
    distances = cdist(values, values, metric)
    np.fill_diagonal(distances, -np.inf)
    ranks = rankdata(distances, axis=1, method="ordinal") - 1
    ranks.setflags(write=False)
    return ranks


def is_near(ranks: np.ndarray, k: int) -> np.ndarray:
    """Whether galaxy j is one of the k nearest neighbours of galaxy i."""
    return (ranks > 0) & (ranks <= k)


def share_kept(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """The right share of neighbours kept."""
    return _share(rank(high), rank(low), k)


def trust(high: np.ndarray, low: np.ndarray, k: int) -> float:
    """The right trustworthiness."""
    return _trust(rank(high), rank(low), k)


def _share(high: np.ndarray, low: np.ndarray, k: int) -> float:
    return (is_near(high, k) & is_near(low, k)).sum() / len(high) / k


def _trust(high: np.ndarray, low: np.ndarray, k: int) -> float:
    return 1 - factor(len(high), k) * (high - k)[is_near(low, k) & (high > k)].sum()


def factor(n: int, k: int) -> float:
    """The factor before the sum."""
    return 2 / (n * k * (2 * n - 3 * k - 1))


def _has_factor(n: int, k: int) -> bool:
    return k > 0 and 2 * n - 3 * k - 1 != 0


# Neighbours in another sense; for both exercises


def _ranked(prepare: Callable[[np.ndarray], np.ndarray], metric: str = "euclidean", *, only: str = "both") -> Callable:
    """Ranks of prepared coordinates, in both spaces or in one of them."""

    def ranks(high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (
            rank(prepare(high), metric) if only != "low" else rank(high),
            rank(prepare(low), metric) if only != "high" else rank(low),
        )

    return ranks


def _same(values: np.ndarray) -> np.ndarray:
    return values


def _range(values: np.ndarray) -> np.ndarray:
    return values / np.ptp(values, axis=0)


def _two_components(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def _cosine(only: str) -> Callable:
    def ranks(high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            return _ranked(_same, "cosine", only=only)(high, low)

    return ranks


def _rank_in_half_precision(values: np.ndarray) -> np.ndarray:
    distances = cdist(values, values).astype(np.float16)
    np.fill_diagonal(distances, -1)
    return distances.argsort(axis=1, kind="stable").argsort(axis=1)


def _rank_signed(values: np.ndarray, sign: int) -> np.ndarray:
    """Ranks by the sum of differences with their signs."""
    sums = values.sum(axis=1)
    differences = sign * (sums[:, None] - sums)
    np.fill_diagonal(differences, -np.inf)
    return differences.argsort(axis=1).argsort(axis=1)


EUCLIDEAN = "Use the Euclidean distance."
AS_THEY_ARE = "Use the coordinates as they are."
ALL_COLUMNS = "Use all columns of both, however many there are."
RANK_MISTAKES: tuple[tuple[Callable, str], ...] = (
    (_cosine("both"), f"You used the cosine distance, which measures angles. {EUCLIDEAN}"),
    (_cosine("high"), f"You used the cosine distance in the feature space, which measures angles. {EUCLIDEAN}"),
    (_cosine("low"), f"You used the cosine distance in the embedding, which measures angles. {EUCLIDEAN}"),
    (_ranked(_same, "cityblock"), f"You used the city-block distance, a sum of absolute differences. {EUCLIDEAN}"),
    (_ranked(_same, "cityblock", only="high"), f"You used the city-block distance in the feature space. {EUCLIDEAN}"),
    (_ranked(_same, "cityblock", only="low"), f"You used the city-block distance in the embedding. {EUCLIDEAN}"),
    (_ranked(_same, "chebyshev"), f"You used the largest difference of a column (Chebyshev distance). {EUCLIDEAN}"),
    (
        _ranked(lambda values: np.linalg.norm(values, axis=1, keepdims=True)),
        f"You compared distances from the origin: use the distance between two galaxies. {EUCLIDEAN}",
    ),
    (
        _ranked(lambda values: values.sum(axis=1, keepdims=True)),
        f"You added the differences of the columns with their signs, so they cancel. {EUCLIDEAN}",
    ),
    (
        _ranked(lambda values: values / values.std(axis=0)),
        f"You divided each column by its standard deviation. {AS_THEY_ARE}",
    ),
    (
        _ranked(lambda values: values / values.std(axis=0), only="high"),
        f"You divided the features by their standard deviations. {AS_THEY_ARE}",
    ),
    (
        _ranked(lambda values: values / values.std(axis=0), only="low"),
        f"You divided the embedding's columns by their standard deviations. {AS_THEY_ARE}",
    ),
    (_ranked(_range), f"You divided each column by its range. {AS_THEY_ARE}"),
    (_ranked(_range, only="high"), f"You divided the features by their ranges. {AS_THEY_ARE}"),
    (_ranked(_range, only="low"), f"You divided the embedding's columns by their ranges. {AS_THEY_ARE}"),
    (
        _ranked(_two_components, only="high"),
        f"You reduced the features to two principal components. Use them as they are. {ALL_COLUMNS}",
    ),
    *(
        (
            lambda high, low, reduced=reduced: (rank(high), rank(reduced(high, low))),
            f"You compare the features with {name}, and don't use `low`, the embedding.",
        )
        for reduced, name in (
            (lambda high, low: high[:, :2], "their own first two columns"),
            (lambda high, low: high[:, : low.shape[1]], "their own first columns"),
            (lambda high, low: _two_components(high), "their own first two principal components"),
        )
    ),
    (
        _ranked(lambda values: rankdata(values, axis=0)),
        f"You replaced the values of each column by their ranks. {AS_THEY_ARE}",
    ),
    (
        lambda high, low: (rank(high.astype(np.float16)), rank(low.astype(np.float16))),
        f"You used half precision (float16), which rounds to about three digits. {AS_THEY_ARE}",
    ),
    (
        lambda high, low: (_rank_in_half_precision(high), _rank_in_half_precision(low)),
        "You computed distances in half precision (float16), so many of them are equal: use float32 or float64.",
    ),
    *(
        (
            _ranked(lambda values, digits=digits: values.round(digits)),
            f"You rounded the coordinates, to {digits} digits after the point. {AS_THEY_ARE}",
        )
        for digits in (0, 1, 2)
    ),
    (_ranked(np.trunc), f"You converted the coordinates to integers. {AS_THEY_ARE}"),
    (
        _ranked(lambda values: values[:, :2]),
        f"You used the first two columns only, of the features and of the embedding. {ALL_COLUMNS}",
    ),
    (
        _ranked(lambda values: values[:, :2], only="high"),
        f"You used the first two columns of the features only. {ALL_COLUMNS}",
    ),
    (
        _ranked(lambda values: values[:, :2], only="low"),
        f"You used the first two columns of the embedding only. {ALL_COLUMNS}",
    ),
    (_ranked(lambda values: values[:, :1]), f"You used the first column only. {ALL_COLUMNS}"),
    (
        _ranked(lambda values: values[:, :1], only="high"),
        f"You used the first column of the features only. {ALL_COLUMNS}",
    ),
    (
        _ranked(lambda values: values[:, :1], only="low"),
        f"You used the first column of the embedding only. {ALL_COLUMNS}",
    ),
    (
        lambda high, low: (rank(high[:, : low.shape[1]]), rank(low)),
        f"You used as many columns of the features as the embedding has. {ALL_COLUMNS}",
    ),
    (
        _ranked(lambda values: values[:, :-1] if values.shape[1] > 1 else values),
        f"You left out the last column. {ALL_COLUMNS}",
    ),
    (
        _ranked(lambda values: values[:, 1:] if values.shape[1] > 1 else values),
        f"You left out the first column. Python counts from 0. {ALL_COLUMNS}",
    ),
    (
        lambda high, low: (rank(high), rank(high)),
        "Your result is always 1, as if all neighbours were kept. Do you compare a space with itself? Compare the "
        "feature space with the embedding. Or does `//`, or `int`, drop decimals?",
    ),
    (
        _ranked(lambda values: values - values.mean(axis=0), "cosine"),
        f"You used the cosine distance of centred columns. {EUCLIDEAN}",
    ),
    (
        lambda high, low: (_rank_signed(high, 1), _rank_signed(low, 1)),
        f"You added the differences with their signs: take the root of the sum of their squares. {EUCLIDEAN}",
    ),
    (
        lambda high, low: (_rank_signed(high, -1), _rank_signed(low, -1)),
        f"You added the differences with their signs: take the root of the sum of their squares. {EUCLIDEAN}",
    ),
)


# maps.1


def _of_near(compute: Callable[..., object]) -> Quality:
    """A mistake: `compute` takes which galaxies are near in the feature space, and in the embedding, n and k."""
    return lambda high, low, k: compute(is_near(rank(high), k), is_near(rank(low), k), len(high), k)


def _of_ranks(compute: Callable[..., object]) -> Quality:
    """A mistake: `compute` takes the ranks in the feature space and in the embedding, n and k."""
    return lambda high, low, k: compute(rank(high), rank(low), len(high), k)


def _of_shares(compute: Callable[[np.ndarray], object]) -> Quality:
    """A mistake: `compute` takes the share of each galaxy."""
    return _of_near(lambda near, near_low, n, k: compute((near & near_low).sum(axis=1) / k))


def _with_itself(high: np.ndarray, low: np.ndarray, k: int) -> np.ndarray:
    """The number of galaxies in both lists if each galaxy is its own nearest neighbour."""
    return ((high < k) & (low < k)).sum(axis=1)


def _order(ranks: np.ndarray) -> np.ndarray:
    return ranks.argsort(axis=1)


def _sets_of(lists: np.ndarray, others: np.ndarray, k: int) -> float:
    return float(
        np.mean([len({*one} & {*other}) / k for one, other in zip(lists.tolist(), others.tolist(), strict=True)])
    )


def _sorted_down_columns(high: np.ndarray, low: np.ndarray, n: int, k: int) -> float:
    return _sets_of(high.T.argsort(axis=0)[:, 1 : k + 1], low.T.argsort(axis=0)[:, 1 : k + 1], k)


def _rows_of_columns(high: np.ndarray, low: np.ndarray, n: int, k: int) -> float:
    return _sets_of(high.T.argsort(axis=0)[1 : k + 1], low.T.argsort(axis=0)[1 : k + 1], k)


def _at_fixed(k: int) -> Quality:
    return lambda high, low, _: share_kept(high, low, min(k, len(high) - 1))


def _distance_correlation(high: np.ndarray, low: np.ndarray, k: int) -> float:
    return spearmanr(pdist(high), pdist(low))[0] if len(high) > 2 else NAN


ITSELF = "Each galaxy counts as its own nearest neighbour"
ONE_TOO_FEW = (
    "Does a galaxy count as its own neighbour? Or is there a `<` in place of `<=`, or a slice that ends too early?"
)
DIVIDE_BY_K = "divide the number in both lists by k."
POOLED = (
    "You pooled the neighbours of all galaxies in one set: compare each galaxy's own two lists, then take the mean."
)
KEPT_MISTAKES: tuple[tuple[Quality, str], ...] = (
    *(
        (_of_near(pooled), POOLED)
        for pooled in (
            lambda near, near_low, n, k: (near.any(axis=0) & near_low.any(axis=0)).sum() / near.any(axis=0).sum(),
            lambda near, near_low, n, k: (near.any(axis=0) & near_low.any(axis=0)).sum() / near_low.any(axis=0).sum(),
            lambda near, near_low, n, k: (
                (near.any(axis=0) & near_low.any(axis=0)).sum() / (near.any(axis=0) | near_low.any(axis=0)).sum()
            ),
        )
    ),
    (
        _of_ranks(lambda high, low, n, k: _with_itself(high, low, k).mean() / k),
        f"{ITSELF}, which every embedding keeps: find k others.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (_with_itself(high, low, k) - 1).mean() / (k - 1) if k > 1 else NAN),
        "You removed the galaxy itself from the k nearest, so k − 1 neighbours are left: find k others.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (_with_itself(high, low, k) - 1).mean() / k),
        "You removed the galaxy itself from the k nearest, so k − 1 neighbours are left, and divided by k: find k "
        "others.",
    ),
    (
        _of_near(lambda near, near_low, n, k: ((near & near_low).sum(axis=1) + 1).mean() / (k + 1)),
        f"{ITSELF}, as one of k + 1: leave it out of both lists, and divide by k.",
    ),
    (
        _of_near(lambda near, near_low, n, k: ((near & near_low).sum(axis=1) + 1).mean() / k),
        f"{ITSELF}, besides the k others: leave it out of both lists.",
    ),
    (
        _of_near(lambda near, near_low, n, k: ((near & near_low).sum(axis=1) / (near | near_low).sum(axis=1)).mean()),
        f"You divided by the number of galaxies in either list (their union): {DIVIDE_BY_K}",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / (near | near_low).sum()),
        f"You divided by the number of galaxies in either list (their union): {DIVIDE_BY_K}",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / (near.sum() + near_low.sum())),
        f"You divided by the length of both lists together: {DIVIDE_BY_K}",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near | near_low).sum() / n / k),
        "You counted the galaxies in either list: count those in both.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near ^ near_low).sum() / n / k),
        "You counted the galaxies that are in one list only: count those in both.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near.T & near_low & near_low.T).sum() / n / k),
        "You count mutual neighbours only, pairs of which each is near the other: count all neighbours of each galaxy.",
    ),
    (
        _of_near(
            lambda near, near_low, n, k: (near & near.T & near_low & near_low.T).sum() / max((near & near.T).sum(), 1)
        ),
        "You count mutual neighbours only, pairs of which each is near the other: count all neighbours of each galaxy.",
    ),
    (
        _of_near(lambda near, near_low, n, k: ((near | near.T) & (near_low | near_low.T)).sum() / n / k),
        "You made the neighbours mutual, by counting a pair if either is near the other: each galaxy has its own k.",
    ),
    (
        _of_near(
            lambda near, near_low, n, k: ((near | near.T) & (near_low | near_low.T)).sum() / (near | near.T).sum()
        ),
        "You made the neighbours mutual, by counting a pair if either is near the other: each galaxy has its own k.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low.T).sum() / n / k),
        "You compared galaxy j's neighbours with the galaxies that j is near to: the embedding's table is transposed.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(high, k - 1) & is_near(low, k - 1)).sum() / n / max(k - 1, 1)),
        "You took k − 1 neighbours besides the galaxy itself: take k. A slice from 1 to k has k − 1.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(high, k + 1) & is_near(low, k + 1)).sum() / n / (k + 1)),
        "You took k + 1 neighbours besides the galaxy itself: take k. A slice from 1 to k + 1 has k.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(high, k + 1) & is_near(low, k + 1)).sum() / n / k),
        "You took k + 1 neighbours besides the galaxy itself: take k. A slice from 1 to k + 1 has k.",
    ),
    (
        _of_ranks(
            lambda high, low, n, k: (
                ((high > 1) & (high <= k + 1) & (low > 1) & (low <= k + 1)).sum() / n / k if k < n - 1 else NAN
            )
        ),
        "You left out the nearest neighbour, as if it were the galaxy itself: is the galaxy already left out?",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(high, k) & is_near(low, k + 1)).sum() / n / k),
        "You took k + 1 neighbours in the embedding: take k in both.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(high, k) & (low < k)).sum() / n / k),
        f"Only k − 1 others are left in the embedding: find k. {ONE_TOO_FEW}",
    ),
    (
        _of_ranks(lambda high, low, n, k: (is_near(low, k) & (high < k)).sum() / n / k),
        f"Only k − 1 others are left in the feature space: find k. {ONE_TOO_FEW}",
    ),
    *(
        (
            _of_shares(lambda shares, i=i: shares[i]),
            f"This is the share of the {name} galaxy only: return the mean over all.",
        )
        for i, name in ((0, "first"), (-1, "last"))
    ),
    (_of_shares(lambda shares: shares), "These are the shares of each galaxy: return their mean."),
    (_of_shares(np.sum), "This is the sum of the shares: return their mean over the galaxies."),
    (_of_shares(np.median), "This is the median of the shares: return their mean."),
    (_of_shares(np.min), "This is the smallest of the shares: return their mean."),
    (_of_shares(np.max), "This is the largest of the shares: return their mean."),
    (_of_shares(np.std), "This is the standard deviation of the shares: return their mean."),
    *(
        (_of_shares(lambda shares, m=m: shares[:m].mean()), f"You use the first {m} galaxies only: use all of them.")
        for m in (5, 10, 20, 25, 30, 40, 50, 64, 80)
    ),
    (_of_shares(lambda shares: shares[1:].mean()), "You left out the first galaxy: take the mean over all."),
    (_of_shares(lambda shares: shares[:-1].mean()), "You left out the last galaxy: take the mean over all."),
    (
        _of_shares(lambda shares: shares[:-1].sum() / len(shares)),
        "You left out the last galaxy: take the mean over all.",
    ),
    (
        _of_shares(lambda shares: shares[1:].sum() / len(shares)),
        "You left out the first galaxy: take the mean over all.",
    ),
    (
        _of_shares(lambda shares: shares.sum() / (len(shares) - 1)),
        "You divided by n − 1: a mean over n galaxies divides by n.",
    ),
    (
        _of_shares(lambda shares: shares.sum() / (len(shares) + 1)),
        "You divided by n + 1: a mean over n galaxies divides by n.",
    ),
    (
        _of_shares(lambda shares: (shares == 1).mean()),
        "A galaxy counts as 1 if it keeps all k neighbours, and as 0 if not. Take its share, such as 0.4. Does `//` "
        "or `int` drop the decimals?",
    ),
    (
        _of_shares(lambda shares: (shares > 0).mean()),
        "You count the galaxies that keep at least one neighbour: take each galaxy's share of kept neighbours.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum()),
        "This is the number of neighbours kept: divide by k, and by the number of galaxies.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum(axis=1)),
        "These are the numbers of neighbours kept by each galaxy: divide by k, and take the mean.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / n),
        "This is the number of neighbours kept per galaxy: divide by k.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / n / (k + 1)),
        f"You divided by k + 1: {DIVIDE_BY_K}",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / n / (k - 1) if k > 1 else NAN),
        f"You divided by k − 1: {DIVIDE_BY_K}",
    ),
    (_of_near(lambda near, near_low, n, k: (near & near_low).sum() / n / n), f"You divided by n twice: {DIVIDE_BY_K}"),
    (_of_near(lambda near, near_low, n, k: (near & near_low).mean()), f"You divided by n twice: {DIVIDE_BY_K}"),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / n / (n - 1)),
        f"You divided by the number of all others: {DIVIDE_BY_K}",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near == near_low).mean()),
        "You also count the galaxies that are in neither list: count those in both, and divide by k.",
    ),
    (
        _of_shares(lambda shares: 1 - shares.mean()),
        "This is the share of neighbours that is lost: return the share that is kept.",
    ),
    (_of_shares(lambda shares: 100 * shares.mean()), "Your result is a percentage: return a share, from 0 to 1."),
    *(
        (
            _of_shares(lambda shares, digits=digits: shares.mean().round(digits)),
            f"You rounded the result to {digits} decimals: leave it unrounded.",
        )
        for digits in (1, 2, 3)
    ),
    (
        _of_near(
            lambda near, near_low, n, k: (
                ((near & near_low).sum() / n / k - k / (n - 1)) / (1 - k / (n - 1)) if k < n - 1 else NAN
            )
        ),
        "You corrected for the share kept by chance, k / (n − 1): return the share as it is.",
    ),
    (
        _of_near(lambda near, near_low, n, k: (near & near_low).sum() / n / k - k / (n - 1)),
        "You subtracted the share kept by chance, k / (n − 1): return the share as it is.",
    ),
    (
        _of_ranks(lambda high, low, n, k: (_order(high)[:, 1 : k + 1] == _order(low)[:, 1 : k + 1]).mean()),
        "You compare the first neighbour with the first, the second with the second: their order doesn't matter.",
    ),
    (
        _of_ranks(lambda high, low, n, k: ((high >= n - k) & (low >= n - k)).sum() / n / k),
        "These are the farthest galaxies: take the nearest. `argsort` puts the smallest distance first.",
    ),
    (
        _of_ranks(
            lambda high, low, n, k: (
                len({*_order(high)[:, 1 : k + 1].ravel().tolist()} & {*_order(low)[:, 1 : k + 1].ravel().tolist()}) / n
            )
        ),
        "You put the neighbours of all galaxies into one set: compare the two lists of each galaxy.",
    ),
    (
        _of_ranks(_sorted_down_columns),
        "Wrong axis: you sorted down the columns (axis 0), and took neighbours from the rows.",
    ),
    (
        _of_ranks(_rows_of_columns),
        "Wrong axis: you compare the j-th neighbours of all galaxies, not the neighbours of each galaxy.",
    ),
    (
        lambda high, low, k: trust(high, low, k) if 2 * k < len(high) else NAN,
        "This is the trustworthiness, which weights wrong neighbours by their rank. Here all count alike.",
    ),
    (
        lambda high, low, k: trust(low, high, k) if 2 * k < len(high) else NAN,
        "This is the continuity, which weights lost neighbours by their rank. Here all count alike.",
    ),
    (_distance_correlation, "This is the rank correlation of the distances: count neighbours instead."),
    *((_at_fixed(k), f"You always use k = {k}: use the parameter `k`.") for k in (1, 2, 3, 5, 7, 10, 15)),
    *((lambda high, low, k, ranks=ranks: _share(*ranks(high, low), k), hint) for ranks, hint in RANK_MISTAKES),
)


# maps.2


def _of_sum(compute: Callable[..., object]) -> Quality:
    """A mistake in the formula: `compute` takes the sum of r − k over all wrong neighbours, n and k."""

    def quality(high: np.ndarray, low: np.ndarray, k: int) -> object:
        ranks, ranks_low = rank(high), rank(low)
        return compute((ranks - k)[is_near(ranks_low, k) & (ranks > k)].sum(), len(high), k)

    return quality


def _summed(compute: Callable[..., np.ndarray]) -> Quality:
    """A mistake in the sum: `compute` takes the ranks in the feature space and in the embedding, n and k."""
    return lambda high, low, k: 1 - factor(len(high), k) * np.sum(compute(rank(high), rank(low), len(high), k))


def _inverse(product: Callable[[int, int], float]) -> Quality:
    """A mistake in the denominator: `product` takes n and k."""
    return _of_sum(lambda total, n, k: 1 - 2 * total / product(n, k) if product(n, k) else NAN)


def _is_valid(high: np.ndarray, k: int) -> bool:
    return 0 < k < len(high) / 2


def _wrong(high: np.ndarray, low: np.ndarray, k: int) -> np.ndarray:
    return is_near(low, k) & (high > k)


def _distances_summed(high: np.ndarray, low: np.ndarray, k: int) -> float:
    wrong = _wrong(rank(high), rank(low), k)
    return 1 - factor(len(high), k) * cdist(high, high)[wrong].sum()


DENOMINATOR = "The denominator is n k (2 n − 3 k − 1)"
SINGLE_SORT = (
    "These aren't ranks: `argsort` once gives the galaxies in the order of distance. A rank is the position of each "
    "galaxy in this order."
)
BRACKETS = "All of n k (2 n − 3 k − 1) is in the denominator: in code, put brackets around the product."
FROM_ZERO = "Your ranks in the feature space begin at 0: the nearest other galaxy has rank 1."
OWN_NEIGHBOUR = f"{ITSELF} and has rank 1: leave it out, then the nearest other galaxy has rank 1."
FROM_J = "You took the rank of i as seen from j: r(i, j) is the rank of j, as seen from i. Is a table transposed?"
WRONG_RANKS = "You added up ranks in the embedding: r is the rank in the feature space, by all its dimensions."
LOST = "Your U contains lost neighbours: it contains neighbours in the embedding that aren't any in the feature space."
FIRST_ONLY = "You added up the first galaxy's wrong neighbours only: the sum is over all galaxies."
TRUST_MISTAKES: tuple[tuple[Quality, str], ...] = (
    (
        lambda high, low, k: trust(low, high, k),
        "This is the continuity: take neighbours in the embedding, and their ranks in the feature space.",
    ),
    (
        lambda high, low, k: (trust(low, high, k) + trust(high, low, k)) / 2,
        "This is the mean of trustworthiness and continuity: return the trustworthiness only.",
    ),
    (_summed(lambda high, low, n, k: (high - k - 1)[_wrong(high, low, k)]), FROM_ZERO),
    (_summed(lambda high, low, n, k: (high - 1 - k)[is_near(low, k) & (high - 1 > k)]), FROM_ZERO),
    (_summed(lambda high, low, n, k: (high - 1 - k)[is_near(low, k + 1) & (high - 1 > k)]), FROM_ZERO),
    (_summed(lambda high, low, n, k: (high - 1 - k)[is_near(low, k) & (high - 1 >= k)]), FROM_ZERO),
    (
        _summed(lambda high, low, n, k: (high + 1 - k)[_wrong(high, low, k)]),
        "The galaxy itself has rank 1 in yours, and the nearest other galaxy rank 2: leave the galaxy itself out.",
    ),
    (
        _summed(lambda high, low, n, k: (high + 1 - k)[is_near(low, k) & (high + 1 > k)]),
        "The galaxy itself has rank 1 in yours, and the nearest other galaxy rank 2: leave the galaxy itself out.",
    ),
    (_summed(lambda high, low, n, k: (high + 1 - k)[(low < k) & (high >= k)]), OWN_NEIGHBOUR),
    (
        _summed(lambda high, low, n, k: (high - k)[(low < k) & (high > k)]),
        f"You take only k − 1 others as neighbours in the embedding: take k. {ONE_TOO_FEW}",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[(low < k) & (high >= k)]),
        f"You take only k − 1 others as neighbours in the embedding: take k. {ONE_TOO_FEW}",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(low, k + 1) & (high > k)]),
        "You took k + 1 neighbours in the embedding, besides the galaxy itself: take k.",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(low, k - 1) & (high > k)]),
        "You took k − 1 neighbours in the embedding, besides the galaxy itself: take k.",
    ),
    (_of_sum(lambda total, n, k: factor(n, k) * total), "You return the part that is subtracted: subtract it from 1."),
    (_of_sum(lambda total, n, k: -factor(n, k) * total), "The 1 at the beginning is missing: T = 1 − …"),
    (_of_sum(lambda total, n, k: 1 + factor(n, k) * total), "You added the sum to 1: subtract it."),
    (
        _of_sum(lambda total, n, k: 1 - total),
        "You forgot the factor before the sum, which makes T a number from 0 to 1.",
    ),
    (_of_sum(lambda total, n, k: total), "This is the sum only: multiply it by the factor, and subtract it from 1."),
    (
        _of_sum(lambda total, n, k: 1 - factor(n, k) * total / 2),
        "In the factor before the sum, the numerator 2 is missing.",
    ),
    (
        _of_sum(lambda total, n, k: 1 - factor(n, k) * total * 2),
        "Your factor before the sum is twice too large: its numerator is 2.",
    ),
    (_inverse(lambda n, k: k * (2 * n - 3 * k - 1)), f"{DENOMINATOR}: in yours, the n is missing."),
    (_inverse(lambda n, k: n * (2 * n - 3 * k - 1)), f"{DENOMINATOR}: in yours, the k is missing."),
    (_inverse(lambda n, k: n * k), f"{DENOMINATOR}: in yours, the bracket is missing."),
    (_inverse(lambda n, k: 2 * n - 3 * k - 1), f"{DENOMINATOR}: in yours, n k is missing."),
    (_of_sum(lambda total, n, k: 1 - 2 / n * k * (2 * n - 3 * k - 1) * total), BRACKETS),
    (_of_sum(lambda total, n, k: 1 - 2 / (n * k) * (2 * n - 3 * k - 1) * total), BRACKETS),
    (_of_sum(lambda total, n, k: 1 - 2 / n * k / (2 * n - 3 * k - 1) * total), BRACKETS),
    (
        _inverse(lambda n, k: n * k * 2 * n - 3 * k - 1),
        f"{DENOMINATOR}: in yours, the brackets around 2 n − 3 k − 1 are missing.",
    ),
    *(
        (
            _inverse(lambda n, k, a=a, b=b, c=c: n * k * (a * n - b * k + c)),
            f"{DENOMINATOR}: in the brackets, yours has {a} n − {b} k {'−' if c < 0 else '+'} {abs(c)}.",
        )
        for a, b, c in (
            (2, 3, 1),
            (2, 3, 0),
            (2, 3, -2),
            (2, 2, -1),
            (2, 1, -1),
            (3, 2, -1),
            (1, 3, -1),
            (1, 1, -1),
            (3, 3, -1),
            (2, 4, -1),
        )
    ),
    (_inverse(lambda n, k: n * k * (2 * n + 3 * k - 1)), f"{DENOMINATOR}: in the brackets, yours has 2 n + 3 k − 1."),
    (_inverse(lambda n, k: n * k * (n - 1)), f"{DENOMINATOR}: in the brackets, yours has n − 1."),
    *(
        (
            _of_sum(
                lambda total, n, k, change=change: (
                    1 - factor(n + change, k) * total if _has_factor(n + change, k) else NAN
                )
            ),
            f"In the factor, your n is one too {size}: it is the number of all galaxies, with the galaxy itself.",
        )
        for change, size in ((-1, "small"), (1, "large"))
    ),
    *(
        (
            _of_sum(
                lambda total, n, k, change=change: (
                    1 - factor(n, k + change) * total if _has_factor(n, k + change) else NAN
                )
            ),
            f"In the factor, your k is one too {size}.",
        )
        for change, size in ((-1, "small"), (1, "large"))
    ),
    (
        lambda high, low, k: (
            1 - factor(high.shape[1], k) * (1 - trust(high, low, k)) / factor(len(high), k)
            if _has_factor(high.shape[1], k)
            else NAN
        ),
        "In the factor, your n is the number of columns: it is the number of rows, one per galaxy.",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(low, k) & (high > k + 1)]),
        "You left the rank k + 1 out of U, which begins right after k: it contains all neighbours with r > k.",
    ),
    (_summed(lambda high, low, n, k: high[_wrong(high, low, k)]), "You added up the ranks themselves: add up r − k."),
    (
        _summed(lambda high, low, n, k: (high - k + 1)[_wrong(high, low, k)]),
        "You added up r − k + 1, one too many for each wrong neighbour: add up r − k.",
    ),
    (
        _summed(lambda high, low, n, k: _wrong(high, low, k)),
        "You counted each wrong neighbour as 1: add up r − k, how far it is beyond k.",
    ),
    (
        _of_ranks(lambda high, low, n, k: 1 - _wrong(high, low, k).sum() / n / k),
        "This is the share of neighbours kept, in which all wrong neighbours count alike: add up r − k.",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(low, k)]),
        "You added up r − k for all k neighbours in the embedding: those with a rank of at most k aren't in U.",
    ),
    (
        _summed(lambda high, low, n, k: np.abs(high - k)[is_near(low, k)]),
        "You added up |r − k| for all k neighbours in the embedding: those with a rank of at most k aren't in U.",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[high > k]),
        "You added up r − k for all galaxies: only neighbours in the embedding are in U.",
    ),
    *(
        (
            _summed(lambda high, low, n, k, change=change: change((low - k)[_wrong(high, low, k)])),
            WRONG_RANKS,
        )
        for change in (np.array, np.abs)
    ),
    (
        _summed(lambda high, low, n, k: low[_wrong(high, low, k)]),
        WRONG_RANKS,
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(high, k) & (low > k)]),
        LOST,
    ),
    (
        _summed(lambda high, low, n, k: np.abs(high - k)[is_near(high, k) & (low > k)]),
        LOST,
    ),
    (
        _summed(lambda high, low, n, k: (high - low)[_wrong(high, low, k)]),
        "You subtracted the rank in the embedding: subtract k from r.",
    ),
    (
        _summed(lambda high, low, n, k: np.abs(high - low)),
        "You added up the differences between the ranks of all pairs: add up r − k over U.",
    ),
    (_summed(lambda high, low, n, k: (high - k)[0][_wrong(high, low, k)[0]]), FIRST_ONLY),
    (_summed(lambda high, low, n, k: n * (high - k)[0][_wrong(high, low, k)[0]]), FIRST_ONLY),
    *(
        (
            _summed(lambda high, low, n, k, rows=rows: (high - k)[rows][_wrong(high, low, k)[rows]]),
            f"You left out the {name} galaxy: the sum is over all galaxies.",
        )
        for rows, name in ((slice(1, None), "first"), (slice(None, -1), "last"))
    ),
    (_summed(lambda high, low, n, k: (_order(high) - k)[is_near(_order(low), k) & (_order(high) > k)]), SINGLE_SORT),
    (_summed(lambda high, low, n, k: (_order(high) - k)[is_near(low, k) & (_order(high) > k)]), SINGLE_SORT),
    (_summed(lambda high, low, n, k: (high - k)[is_near(_order(low), k) & (high > k)]), SINGLE_SORT),
    (_summed(lambda high, low, n, k: (_order(high) + 1 - k)[is_near(low, k) & (_order(high) + 1 > k)]), SINGLE_SORT),
    (
        _summed(lambda high, low, n, k: (high - k)[is_near(low, k) & (high > k)] / n),
        "You took the mean over the galaxies: the sum is over all, and the factor already contains n.",
    ),
    (
        _of_ranks(
            lambda high, low, n, k: (
                1 - factor(n, k) * (high - k)[_wrong(high, low, k)].mean() if _wrong(high, low, k).any() else 1
            )
        ),
        "You took the mean of r − k over the wrong neighbours: add them up.",
    ),
    (
        _of_ranks(
            lambda high, low, n, k: (
                1 - factor(n - 1, k) * (high - k)[:-1][_wrong(high, low, k)[:-1]].sum() if n > 3 else NAN
            )
        ),
        "You left out the last galaxy: the sum is over all galaxies, and n is their number.",
    ),
    (_summed(lambda high, low, n, k: (high - k)[_wrong(high, low, k)] ** 2), "You squared r − k: add it up as it is."),
    (
        _summed(lambda high, low, n, k: np.sqrt((high - k)[_wrong(high, low, k)])),
        "You took the root of r − k: add it up as it is.",
    ),
    (
        _summed(lambda high, low, n, k: (high - k)[_wrong(high, low, k)] / (n - 1)),
        "You divided the ranks by n − 1: they are from 1 to n − 1.",
    ),
    (_distances_summed, "You added up distances: r is a rank, from 1 for the nearest to n − 1 for the farthest."),
    (
        _summed(lambda high, low, n, k: (n - 1 - high - k)[_wrong(high, low, k)]),
        "Your ranks begin with the farthest galaxy: the nearest has rank 1.",
    ),
    (
        _summed(lambda high, low, n, k: (n - high - k)[_wrong(high, low, k)]),
        "Your ranks begin with the farthest galaxy: the nearest has rank 1.",
    ),
    (_summed(lambda high, low, n, k: (high.T - k)[_wrong(high, low, k)]), FROM_J),
    (_summed(lambda high, low, n, k: (high.T - k)[is_near(low, k) & (high.T > k)]), FROM_J),
    (_summed(lambda high, low, n, k: np.maximum(high.argsort(axis=0).argsort(axis=0) - k, 0)[is_near(low, k)]), FROM_J),
    *(
        (
            lambda high, low, k, change=change: trust(high, low, k + change) if _is_valid(high, k + change) else NAN,
            f"You used k {'+' if change > 0 else '−'} 1 in place of k, in the factor and in the sum: use k.",
        )
        for change in (-1, 1)
    ),
    (
        _summed(lambda high, low, n, k: np.where(_wrong(high, low, k), high - k, 0).max(axis=1)),
        "You added up the largest r − k of each galaxy only: add up those of all wrong neighbours.",
    ),
    (
        _of_sum(lambda total, n, k: 1 - factor(n, k) * total / k),
        "You divided the sum by k: the factor already contains k.",
    ),
    (
        _inverse(lambda n, k: 2 * n * k * (n - 1 - k)),
        "The factor is 2 / (n k (2 n − 3 k − 1)); yours is 1 / (n k (n − k − 1)).",
    ),
    (_inverse(lambda n, k: n * k * (n - 1 - k)), f"{DENOMINATOR}: in the brackets, yours has n − 1 − k."),
    (_of_sum(lambda total, n, k: max(0.5, 1 - factor(n, k) * total)), "You clipped the result at 0.5: T may be lower."),
    (
        _of_sum(lambda total, n, k: 2 * (1 - factor(n, k) * total) - 1),
        "You scaled T from 0.5…1 to 0…1: return it as it is.",
    ),
    (_of_sum(lambda total, n, k: 100 * (1 - factor(n, k) * total)), "Your result is a percentage: T is from 0 to 1."),
    *(
        (
            _of_sum(lambda total, n, k, digits=digits: round(1 - factor(n, k) * total, digits)),
            f"You rounded the result to {digits} decimals: leave it unrounded.",
        )
        for digits in (1, 2, 3, 4)
    ),
    *(
        (
            lambda high, low, _, k=k: trust(high, low, k) if 2 * k < len(high) else NAN,
            f"You always use k = {k}: use the parameter `k`.",
        )
        for k in (1, 2, 3, 5, 7, 10)
    ),
    (_distance_correlation, "This is the rank correlation of the distances, not the trustworthiness."),
    *((lambda high, low, k, ranks=ranks: _trust(*ranks(high, low), k), hint) for ranks, hint in RANK_MISTAKES),
)


# Many galaxies; for both exercises


def large_mistakes(high: np.ndarray, low: np.ndarray, k: int, *, of_trust: bool) -> list[tuple[float, str]]:
    """Results of mistakes that make a difference for many galaxies only, with their hints."""
    quality = _trust if of_trust else _share
    ranks, ranks_low, n = rank(high).astype(int), rank(low).astype(int), len(high)
    mistakes = [
        (quality(ranks, ranks_low, limit), f"You use at most {limit} neighbours: use `k`, however large it is.")
        for limit in (5, 10, 15, 20, 25, 30, 40, 50, 64, 100)
        if limit < k
    ]
    for dtype in (np.uint8, np.int8):
        small, small_low = (values.astype(dtype).astype(int) for values in (ranks, ranks_low))
        hint = f"Ranks of {n} galaxies are too large for {dtype.__name__}, so some become wrong: use `int`."
        mistakes += [(quality(*pair, k), hint) for pair in ((small, small_low), (small, ranks_low), (ranks, small_low))]
    for m in (50, 64, 100, 128, 200, 250, 255, 256):
        hint = f"You use the first {m} galaxies only: use all of them."
        mistakes.append((quality(ranks[:m], ranks_low[:m], k), hint))
        if 2 * k < m:
            mistakes.append((quality(rank(high[:m]), rank(low[:m]), k), hint))
    return mistakes

"""Typical mistakes in the exercises on shares of eigenvalues and of networks, each a wrong function with its hint."""

from collections.abc import Callable, Mapping

import numpy as np

Shares = Callable[[np.ndarray], np.ndarray]
# Takes the features of one network and k, and gives one number.
Share = Callable[[np.ndarray, int], float]
# Takes the features by name and k, and gives one number per network.
OfNetworks = Callable[[Mapping[str, np.ndarray], int], np.ndarray]


def right_shares(variances: np.ndarray) -> np.ndarray:
    """The right shares, from a loop."""
    total = sum(variances.tolist())
    return np.array([variance / total for variance in variances.tolist()])


SHARES_MISTAKES: tuple[tuple[Shares, str], ...] = (
    (lambda v: v / v.max(), "You divided by the largest eigenvalue: divide by the sum of all."),
    (lambda v: v / v[0], "You divided by the first eigenvalue: divide by the sum of all."),
    (lambda v: v / v[-1], "You divided by the last eigenvalue: divide by the sum of all."),
    (lambda v: v / v.mean(), "You divided by the mean of the eigenvalues: divide by their sum."),
    (lambda v: v / np.median(v), "You divided by the median of the eigenvalues: divide by their sum."),
    (lambda v: v / len(v), "You divided by the number of eigenvalues: divide by their sum."),
    (
        lambda v: v / np.sqrt(v @ v),
        "You divided by the length of the vector, √Σλ²: divide by the sum of the eigenvalues.",
    ),
    (lambda v: v / (v @ v), "You divided by the sum of squares: divide by the sum of the eigenvalues themselves."),
    (lambda v: v / v.std(), "You divided by the standard deviation of the eigenvalues: divide by their sum."),
    (lambda v: v / v.var(), "You divided by the variance of the eigenvalues: divide by their sum."),
    (lambda v: v / np.ptp(v), "You divided by the range of the eigenvalues: divide by their sum."),
    (lambda v: v / np.sqrt(v.sum()), "You divided by the root of the sum: divide by the sum itself."),
    (
        lambda v: (v - v.min()) / np.ptp(v),
        "You scaled the eigenvalues to a range of 0 to 1: divide each by the sum of all.",
    ),
    (lambda v: 100 * v / v.sum(), "You return percentages: shares are on a scale of 0 to 1."),
    (lambda v: v, "You return the eigenvalues themselves: divide them by their sum."),
    (lambda v: v * v.sum(), "You multiplied by the sum: divide by it."),
    (lambda v: v.sum() / v, "Your fraction is upside down: divide each eigenvalue by the sum."),
    (
        lambda v: v.cumsum(),
        "You return sums of the first eigenvalues: divide each single eigenvalue by the sum of all.",
    ),
    (
        lambda v: v.cumsum() / v.sum(),
        "You return cumulative shares (`cumsum`): return the share of each component alone.",
    ),
    (
        lambda v: v / v.cumsum(),
        "You divided each eigenvalue by the sum up to its own place: divide by the sum of all.",
    ),
    (
        lambda v: v / v[::-1].cumsum()[::-1],
        "You divided each eigenvalue by the sum from its own place on: divide by the sum of all.",
    ),
    (
        lambda v: v / (v.sum() - v),
        "You divided each eigenvalue by the sum of the *others*: divide by the sum of all, its own included.",
    ),
    (lambda v: v / v[1:].sum(), "Your sum leaves out the first eigenvalue: add up all of them."),
    (lambda v: v / v[:-1].sum(), "Your sum leaves out the last eigenvalue: add up all of them."),
    (lambda v: v[1:] / v.sum(), "The first share is missing: return one share per eigenvalue."),
    (lambda v: v[:-1] / v.sum(), "The last share is missing: return one share per eigenvalue."),
    (lambda v: (v / v.sum())[:1], "You return only the first share: return one share per eigenvalue."),
    (lambda v: v[0] / v.sum(), "You return only the first share: return one share per eigenvalue."),
    (lambda v: v[-1] / v.sum(), "You return only the last share: return one share per eigenvalue."),
    (lambda v: v.max() / v.sum(), "You return only the largest share: return one share per eigenvalue."),
    (lambda v: v.sum(), "You return the sum of the eigenvalues: divide each eigenvalue by it."),
    (lambda v: np.array(1.0), "You return the sum of all shares, which is always 1: return one share per eigenvalue."),
    (lambda v: v.mean() / v.sum(), "You return the mean share: return one share per eigenvalue."),
    (
        lambda v: v[v > 0] / v.sum(),
        "You left out eigenvalues of 0: their share is 0, and keeps its place.",
    ),
    (
        lambda v: np.unique(v) / v.sum(),
        "You left out equal eigenvalues (`np.unique`, or a set): return one share per eigenvalue.",
    ),
    (lambda v: np.sort(v)[::-1] / v.sum(), "You sorted the shares: keep the order of the eigenvalues."),
    (lambda v: np.sort(v) / v.sum(), "You sorted the shares: keep the order of the eigenvalues."),
    (lambda v: v[::-1] / v.sum(), "You reversed the order: keep that of the eigenvalues."),
    (lambda v: 1 - v / v.sum(), "You return what each component does *not* explain: return λ / Σλ."),
    (lambda v: v**2 / (v**2).sum(), "You squared the eigenvalues: they are variances already."),
    (lambda v: v**2 / v.sum(), "You squared the eigenvalues: they are variances already."),
    (
        lambda v: v**2 / v.sum() ** 2,
        "You squared the shares: eigenvalues are variances already, so divide them by their sum.",
    ),
    (
        lambda v: np.sqrt(v) / np.sqrt(v).sum(),
        "You took roots of the eigenvalues, which gives standard deviations: use the variances themselves.",
    ),
    (lambda v: np.sqrt(v / v.sum()), "You took the root of the shares: return λ / Σλ without a root."),
    (
        lambda v: np.exp(v - v.max()) / np.exp(v - v.max()).sum(),
        "You used the softmax, with exponentials: divide the eigenvalues themselves by their sum.",
    ),
    (lambda v: (v - v.mean()) / v.sum(), "You subtracted the mean: divide the eigenvalues as they are."),
    (
        lambda v: (v - v.min()) / (v - v.min()).sum(),
        "You subtracted the smallest eigenvalue: divide the eigenvalues as they are by their sum.",
    ),
    (lambda v: v // v.sum(), "You divided with `//`, or converted the shares to integers: use `/`, and return floats."),
    *(
        (
            lambda v, n=n: np.round(v / v.sum(), n),
            f"You rounded the shares ({n} decimals): return them as computed.",
        )
        for n in range(5)
    ),
    (
        lambda v: np.full(len(v), 1 / len(v)),
        "You gave each component the same share: divide each eigenvalue by the sum.",
    ),
)
SHARES_MISTAKES += tuple(
    (lambda v, mistake=mistake: 100 * mistake(v), f"{hint} They are also percentages: shares are from 0 to 1.")
    for mistake, hint in SHARES_MISTAKES
)


def share_of(x: np.ndarray, k: int) -> float:
    """The right share of one network, from the eigenvalues of the smaller matrix of products."""
    y = x.astype(np.float64) - x.astype(np.float64).mean(axis=0)
    eigenvalues = np.linalg.eigvalsh(y @ y.T if len(y) < y.shape[1] else y.T @ y)[::-1]
    return float(eigenvalues[:k].sum() / np.trace(y @ y.T))


def shares_of(features: Mapping[str, np.ndarray], k: int) -> np.ndarray:
    """The right shares of all networks."""
    return np.array([share_of(x, k) for x in features.values()])


def _each(share: Share) -> OfNetworks:
    """A mistake in the share of one network."""
    return lambda features, k: np.array([share(x, k) for x in features.values()])


def _centred(x: np.ndarray) -> np.ndarray:
    return x - x.mean(axis=0)


def _squares(x: np.ndarray) -> np.ndarray:
    """Squares of the singular values, in descending order."""
    return np.linalg.svd(x, compute_uv=False) ** 2


def _from_variances(compute: Callable[[np.ndarray, int], float]) -> OfNetworks:
    """A mistake after the right variances; `compute` takes them and k."""
    return _each(lambda x, k: compute(_squares(_centred(x)), k))


def _of_changed(change: Callable[[np.ndarray], np.ndarray]) -> OfNetworks:
    """A mistake that changes the features; `change` must centre them too, if it is to."""
    return _each(lambda x, k: _squares(change(x))[:k].sum() / _squares(change(x)).sum())


def _with_k(number: Callable[[int], int]) -> OfNetworks:
    """A mistake in the number of components."""
    return _from_variances(lambda v, k: v[: max(number(k), 0)].sum() / v.sum())


def _after(change: Callable[[np.ndarray], np.ndarray]) -> OfNetworks:
    """A mistake that changes the right shares."""
    return lambda features, k: change(shares_of(features, k))


def _standardised(x: np.ndarray, ddof: int = 0) -> np.ndarray:
    std = x.std(axis=0, ddof=ddof)
    return _centred(x) / np.where(std > 0, std, 1)


def _components_of(which: int) -> OfNetworks:
    """The components of one network, applied to all. NaN, which stands for any number, if their sizes differ."""

    def shares(features: Mapping[str, np.ndarray], k: int) -> np.ndarray:
        arrays = list(features.values())
        components = np.linalg.svd(_centred(arrays[which]), full_matrices=False)[2][:k]
        return np.array([_explained(x, components) for x in arrays])

    return shares


def _explained(x: np.ndarray, components: np.ndarray) -> float:
    if x.shape[1] != components.shape[1]:
        return np.nan
    return ((_centred(x) @ components.T) ** 2).sum() / (_centred(x) ** 2).sum()


def _fitted_together(features: Mapping[str, np.ndarray], k: int) -> np.ndarray:
    """The components of all galaxies of all networks together."""
    arrays = list(features.values())
    if len({x.shape[1] for x in arrays}) > 1:
        return np.full(len(arrays), np.nan)
    components = np.linalg.svd(_centred(np.vstack(arrays)), full_matrices=False)[2][:k]
    return np.array([_explained(x, components) for x in arrays])


def _of_all_variance(features: Mapping[str, np.ndarray], k: int) -> np.ndarray:
    """Divided by the variance of all networks together."""
    variances = [_squares(_centred(x)) for x in features.values()]
    return np.array([v[:k].sum() for v in variances]) / sum(v.sum() for v in variances)


def _of_all_mean_variance(features: Mapping[str, np.ndarray], k: int) -> np.ndarray:
    variances = [_squares(_centred(x)) / len(x) for x in features.values()]
    return np.array([v[:k].sum() for v in variances]) / sum(v.sum() for v in variances)


def _always(place: int) -> OfNetworks:
    """The share of one network for all names."""
    return lambda features, k: np.full(len(features), shares_of(features, k)[place])


def _unsorted_share(covariance: np.ndarray, k: int) -> float:
    """Share of the first k eigenvalues in the order in which `eigvals` returns them."""
    if not np.isfinite(covariance).all():
        return np.nan
    eigenvalues = np.linalg.eigvals(np.atleast_2d(covariance)).real
    return eigenvalues[:k].sum() / eigenvalues.sum()


AS_THEY_ARE = "subtract only the means, and use the features as they are."
NETWORK_MISTAKES: tuple[tuple[OfNetworks, str], ...] = (
    (_of_changed(lambda x: x), "You didn't centre the features: subtract the mean of each column first."),
    (
        _each(lambda x, k: np.sqrt(_squares(x))[:k].sum() / np.sqrt(_squares(x)).sum()),
        "There are two mistakes. You didn't centre the features, and you used the singular values instead of their "
        "squares.",
    ),
    (
        _of_changed(lambda x: x / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)),
        "You divided the columns by their standard deviations, and didn't centre them: subtract the mean of each "
        "column, and don't divide.",
    ),
    (
        _of_changed(lambda x: x - x.mean()),
        "You subtracted one mean of all numbers (`axis=0` is missing): each column has its own mean.",
    ),
    (
        _of_changed(lambda x: x - x.mean(axis=1, keepdims=True)),
        "You subtracted the mean of each row, a galaxy, or transposed the array (`np.cov` takes columns as "
        "observations "
        "unless `rowvar=False`): subtract the mean of each column (axis 0).",
    ),
    (_of_changed(lambda x: x - np.median(x, axis=0)), "You subtracted medians: subtract the mean of each column."),
    *(
        (
            _of_changed(lambda x, ddof=ddof: _standardised(x, ddof)),
            "You divided the columns by their standard deviations: " + AS_THEY_ARE,
        )
        for ddof in (0, 1)
    ),
    (
        _of_changed(lambda x: _centred(x) / np.linalg.norm(_centred(x), axis=1, keepdims=True)),
        "You scaled each galaxy to length 1: " + AS_THEY_ARE,
    ),
    (
        _of_changed(lambda x: _centred(x / np.where(x.any(axis=0), np.abs(x).max(axis=0), 1))),
        "You divided the columns by their largest values: " + AS_THEY_ARE,
    ),
    (
        _from_variances(lambda v, k: np.sqrt(v)[:k].sum() / np.sqrt(v).sum()),
        "You used the singular values: the variances are their *squares*.",
    ),
    (
        _from_variances(lambda v, k: np.sqrt(v[:k].sum() / v.sum())),
        "You took the root of the share: divide the variances, without a root.",
    ),
    (
        _from_variances(lambda v, k: (v**2)[:k].sum() / (v**2).sum()),
        "You squared the variances once too often: eigenvalues of the covariance matrix are variances already.",
    ),
    (_with_k(lambda k: k + 1), "You added up k + 1 components: add up the first k. A slice `[:k]` has k elements."),
    (_with_k(lambda k: k - 1), "You added up k − 1 components: add up the first k. A slice `[:k]` has k elements."),
    *(
        (_with_k(lambda k, n=n: n), f"`n_components` is ignored: you always add up {n} component{'s' * (n > 1)}.")
        for n in (1, 2, 3, 5)
    ),
    *(
        (_with_k(lambda k, n=n: min(k, n)), f"You add up at most {n} components, also if `n_components` is larger.")
        for n in (2, 3, 5)
    ),
    *(
        (_with_k(lambda k, n=n: max(k, n)), f"You add up at least {n} components, also if `n_components` is smaller.")
        for n in (2, 3)
    ),
    (
        _from_variances(lambda v, k: v[k - 1] / v.sum()),
        "You return the share of the k-th component alone: add up the first k.",
    ),
    (
        _from_variances(lambda v, k: v[1 : k + 1].sum() / v.sum()),
        "You left out the first component: Python counts from 0.",
    ),
    (_from_variances(lambda v, k: v[1:k].sum() / v.sum()), "You left out the first component: Python counts from 0."),
    (
        _from_variances(lambda v, k: v[-k:].sum() / v.sum()),
        "You added up the last components, those with the smallest variance. `eigh` and `eigvalsh` return ascending "
        "eigenvalues: take the k largest.",
    ),
    (
        _each(lambda x, k: np.linalg.eigvalsh(np.atleast_2d(np.cov(x.T)))[:k].sum() / x.var(axis=0, ddof=1).sum()),
        "You added up the last components, those with the smallest variance. `eigh` and `eigvalsh` return ascending "
        "eigenvalues: take the k largest.",
    ),
    (
        _from_variances(lambda v, k: v[:k].mean() / v.sum()),
        "You took the mean of the first k shares: add them up.",
    ),
    (
        _from_variances(lambda v, k: v[:k].mean() / v.mean()),
        "You divided two means, over k and over all: divide the sums.",
    ),
    (
        _from_variances(lambda v, k: v[:k].prod() / v.sum() ** k),
        "You multiplied the shares of the components: add them up.",
    ),
    (
        _from_variances(lambda v, k: v[:k].sum() / v[0]),
        "You divided by the largest variance: divide by the sum of all.",
    ),
    (
        _from_variances(lambda v, k: 1.0),
        "You return 1 for each network: you divided by the sum of the first k variances only, so compute all of them "
        "for "
        "the total.",
    ),
    (
        _from_variances(lambda v, k: v[:k].sum()),
        "You return the variance of the first components: divide by the total.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / len(x)),
        "You return the variance of the first components: divide by the total variance.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / (len(x) - 1)),
        "You return the variance of the first components: divide by the total variance.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / (x**2).sum()),
        "Your total is of features that aren't centred: use the centred features in both sums.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / len(x) / x.var(axis=0, ddof=1).sum()),
        "You divided by n in one sum and by n − 1 in the other (ddof): use the same in both.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / (len(x) - 1) / x.var(axis=0).sum()),
        "You divided by n in one sum and by n − 1 in the other (ddof): use the same in both.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / len(x) / x.var()),
        "Your total is one variance of all numbers: the total is the sum of the variances of the columns (axis 0).",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / len(x) / x.var(axis=0).mean()),
        "Your total is the mean variance of the columns: the total is their sum.",
    ),
    (
        _each(lambda x, k: _squares(_centred(x))[:k].sum() / len(x) / x.std(axis=0).sum()),
        "Your total is the sum of standard deviations: add up variances, their squares.",
    ),
    *(
        (
            _each(lambda x, k, count=count: k / count(x.shape)),
            "You return k divided by the number of components, as if all explained the same: `np.linalg.svd` returns "
            "U, "
            "S and Vᵀ, and the squares of S are the variances.",
        )
        for count in (min, lambda shape: shape[1])
    ),
    (
        _each(lambda x, k: x.var(axis=0)[:k].sum() / x.var(axis=0).sum()),
        "You added up the variances of the first k *features*: fit principal components first.",
    ),
    (
        _each(lambda x, k: np.sort(x.var(axis=0))[::-1][:k].sum() / x.var(axis=0).sum()),
        "You added up the largest variances of single *features*: fit principal components first.",
    ),
    (
        _of_changed(lambda x: _centred(x[:, :2])),
        "You used only the first two features: use all columns.",
    ),
    (_of_changed(lambda x: _centred(x[1:])), "You left out the first galaxy: use all rows."),
    (_of_changed(lambda x: _centred(x[:-1])), "You left out the last galaxy: use all rows."),
    (
        _of_changed(lambda x: _centred(x.astype(np.float16).astype(float))),
        "You converted the features to half precision (float16), which rounds them to three digits: keep their type.",
    ),
    (
        _of_changed(lambda x: _centred(np.trunc(x))),
        "You converted the features to integers: use them as they are.",
    ),
    (
        _components_of(0),
        "You fitted the components of the first network, and used them for all: fit components to each network's own "
        "features.",
    ),
    (
        _components_of(-1),
        "You fitted the components of the last network, and used them for all: fit components to each network's own "
        "features.",
    ),
    (
        _with_k(lambda k: max(k - 1, 1)),
        "You added up k − 1 components: add up the first k. A slice `[:k]` has k elements.",
    ),
    (
        _from_variances(lambda v, k: v[:k].sum() / v[: k + 1].sum()),
        "Your total is of the first k + 1 components only: divide by the total variance of all.",
    ),
    *(
        (
            _each(lambda x, k, covariance=covariance: _unsorted_share(covariance(x), k)),
            "`np.linalg.eig` and `eigvals` don't sort the eigenvalues: add up the k largest.",
        )
        for covariance in (lambda x: np.cov(x, rowvar=False), lambda x: _centred(x).T @ _centred(x))
    ),
    *(
        (
            lambda features, k, place=place: np.array(
                [
                    _squares(_centred(x))[:k].sum() / _squares(_centred([*features.values()][place])).sum()
                    for x in features.values()
                ]
            ),
            f"You divided by the total variance of the {name} network: each network has its own total.",
        )
        for place, name in ((0, "first"), (-1, "last"))
    ),
    (_fitted_together, "You fitted components to all networks together: each network has its own."),
    (_of_all_variance, "You divided by the variance of all networks together: each network has its own total."),
    (_of_all_mean_variance, "You divided by the variance of all networks together: each network has its own total."),
    (_always(0), "All names have the share of the first network: compute each from its own features."),
    (_always(-1), "All names have the share of the last network: compute each from its own features."),
    (
        _after(lambda s: s[::-1]),
        "The shares are assigned to the wrong names, in reverse order: keep them with their names.",
    ),
    (
        _after(lambda s: np.sort(s)[::-1]),
        "The shares are sorted, and no longer belong to their names: keep each with its name.",
    ),
    (_after(np.sort), "The shares are sorted, and no longer belong to their names: keep each with its name."),
    (_after(lambda s: np.roll(s, 1)), "The shares are assigned to the wrong names, shifted by one."),
    (_after(lambda s: np.roll(s, -1)), "The shares are assigned to the wrong names, shifted by one."),
    (_after(lambda s: 100 * s), "You return percentages: shares are on a scale of 0 to 1."),
    (_after(lambda s: 1 - s), "You return the share that is *not* explained, 1 − share: return the share itself."),
    (_after(lambda s: s**2), "You squared the shares: return them as computed."),
    (_after(lambda s: s / s[0]), "You divided the shares by that of the first network: return the shares themselves."),
    (_after(lambda s: s / s.sum()), "You divided the shares by their sum over the networks: each share stands alone."),
    (_after(lambda s: s / s.max()), "You divided the shares by the largest: return the shares themselves."),
    (_after(lambda s: s - s[0]), "You subtracted the share of the first network: return the shares themselves."),
    (_after(np.cumsum), "You added up shares from network to network: start again at 0 for each network."),
    *(
        (_after(lambda s, n=n: s.round(n)), f"You rounded the shares ({n} decimals): return them as computed.")
        for n in range(5)
    ),
)
NETWORK_MISTAKES += tuple(
    (
        lambda features, k, mistake=mistake: 100 * mistake(features, k),
        f"{hint} They are also percentages: shares are from 0 to 1.",
    )
    for mistake, hint in NETWORK_MISTAKES
)

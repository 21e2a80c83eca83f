"""Answers to the exercises on principal components: typical wrong ones with their hints, right ones otherwise."""

import numpy as np
from sklearn.decomposition import PCA

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("pca.1", "as they were")
def not_centred(values):
    return values


@bank.wrong("pca.1", "one mean of all numbers")
def one_mean(values):
    return values - np.mean(values)


@bank.wrong("pca.1", "axis 0")
def over_the_wrong_axis(values):
    return values - np.mean(values, axis=1, keepdims=True)


@bank.wrong("pca.1", "work on a copy")
def in_place(values):
    values -= np.mean(values, axis=0)
    return values


@bank.wrong("pca.1", "leaves their widths")
def standardised(values):
    return (values - np.mean(values, axis=0)) / np.std(values, axis=0)


@bank.wrong("pca.1", "`return`")
def returns_nothing(values):
    np.subtract(values, np.mean(values, axis=0))


@bank.right("pca.1")
def a_list_at_a_time(values):
    columns = [list(column) for column in zip(*np.asarray(values).tolist(), strict=True)]
    return [[value - sum(c) / len(c) for value, c in zip(row, columns, strict=True)] for row in values]


@bank.right("pca.1")
def in_float32(values):
    values = np.asarray(values, dtype=np.float32)
    return values - values.mean(0)


@bank.wrong("pca.2", "Forgot to centre")
def svd_not_centred(values, n_components):
    left, singular, _ = np.linalg.svd(values, full_matrices=False)
    return (left * singular)[:, :n_components]


@bank.wrong("pca.2", "U alone")
def left_alone(values, n_components):
    left, _, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return left[:, :n_components]


@bank.wrong("pca.2", "You returned the components")
def components(values, n_components):
    return np.linalg.svd(values - values.mean(axis=0), full_matrices=False)[2][:n_components]


@bank.wrong("pca.2", "whitened")
def whitened(values, n_components):
    return PCA(n_components, whiten=True).fit_transform(values)


@bank.wrong("pca.2", "transposed")
def transposed(values, n_components):
    return PCA(n_components).fit_transform(values).T


@bank.wrong("pca.2", "subtract the mean there too")
def projected_uncentred(values, n_components):
    right = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)[2]
    return values @ right[:n_components].T


@bank.wrong("pca.2", "last axes")
def smallest_first(values, n_components):
    centred = values - values.mean(axis=0)
    vectors = np.linalg.eigh(centred.T @ centred)[1]
    return centred @ vectors[:, :n_components]


@bank.right("pca.2")
def by_eigenvectors(values, n_components):
    centred = values - values.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(centred.T))[1]
    return centred @ vectors[:, ::-1][:, :n_components]


@bank.right("pca.2")
def by_scikit_learn(values, n_components):
    return -PCA(n_components).fit_transform(values)


@bank.right("pca.2")
def svd_in_float32(values, n_components):
    values = values.astype(np.float32)
    left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * singular)[:, :n_components].tolist()


@bank.wrong("pca.3", "by the variance")
def by_the_variance(coordinates):
    return coordinates / np.var(coordinates, axis=0, ddof=1)


@bank.wrong("pca.3", "ddof=1")
def divisor_n(coordinates):
    return coordinates / np.std(coordinates, axis=0)


@bank.wrong("pca.3", "One standard deviation for all")
def one_for_all(coordinates):
    return coordinates / np.std(coordinates, ddof=1)


@bank.wrong("pca.3", "must stay 0")
def zero_by_zero(coordinates):
    return coordinates / np.std(coordinates, axis=0, ddof=1)


@bank.wrong("pca.3", "as they were")
def left_as_it_was(coordinates):
    return coordinates


@bank.right("pca.3")
def a_column_at_a_time(coordinates):
    columns = []
    for column in np.asarray(coordinates).T:
        variance = (column**2).sum() / (len(column) - 1)
        columns.append(column / variance**0.5 if variance else column)
    return np.array(columns).T


@bank.right("pca.3")
def zeros_divided_by_one(coordinates):
    deviations = coordinates.astype(np.float32).std(axis=0, ddof=1)
    return coordinates / np.where(deviations == 0, 1, deviations)


@bank.wrong("pca.2", "You kept 3 galaxies")
def rows_kept(values, n_components):
    left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * singular)[:n_components]


@bank.wrong("pca.2", ", largest first")
def in_the_order_of_eig(values, n_components):
    centred = values - values.mean(axis=0)
    return (centred @ np.linalg.eig(centred.T @ centred)[1].real)[:, :n_components]


@bank.wrong("pca.2", "You took away the signs")
def without_signs(values, n_components):
    return np.abs(PCA(n_components).fit_transform(values))


@bank.wrong("pca.3", "narrow, but not without variance")
def narrow_ones_left(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return coordinates / np.where(deviations < 0.01, 1, deviations)


@bank.wrong("pca.3", "of the first: each has one")
def by_the_first(coordinates):
    return coordinates / coordinates[:, 0].std(ddof=1)

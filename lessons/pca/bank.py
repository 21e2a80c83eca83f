"""Answers to the exercises on principal components: typical wrong ones with hints, right ones by other methods."""

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, spearmanr
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.preprocessing import StandardScaler

from galviz.course.bank import Bank

bank = Bank()


# pca.1


@bank.wrong("pca.1", "forgot to centre?")
def not_centred(values):
    return values


@bank.wrong("pca.1", "one mean of all numbers")
def one_mean(values):
    return values - np.mean(values)


@bank.wrong("pca.1", "mean of each row")
def over_the_wrong_axis(values):
    return values - np.mean(values, axis=1, keepdims=True)


@bank.wrong("pca.1", "one number per row (axis 1)")
def without_keepdims(values):
    return values - np.mean(values, 1)


@bank.wrong("pca.1", "then the rows too")
def both_axes(values):
    rows = values - np.mean(values, axis=1, keepdims=True)
    return rows - rows.mean(axis=0)


@bank.wrong("pca.1", "work on a copy")
def in_place(values):
    values -= np.mean(values, axis=0)
    return values


@bank.wrong("pca.1", "divided by the standard deviation")
def standardised(values):
    return (values - np.mean(values, axis=0)) / np.std(values, axis=0)


@bank.wrong("pca.1", "`return`")
def returns_nothing(values):
    np.subtract(values, np.mean(values, axis=0))


@bank.wrong("pca.1", "the median")
def median_subtracted(values):
    return values - np.median(values, axis=0)


@bank.wrong("pca.1", "values of the first galaxy")
def first_galaxy_subtracted(values):
    return values - values[:1]


@bank.wrong("pca.1", "only some of the columns")
def one_column_too_few(values):
    centred = np.array(values, dtype=float)
    for column in range(1, values.shape[1]):
        centred[:, column] -= values[:, column].mean()
    return centred


@bank.wrong("pca.1", "divided the sum by 3")
def fixed_number_of_galaxies(values):
    return values - values.sum(axis=0) / 3


@bank.wrong("pca.1", "cut to integers")
def kept_as_integers(values):
    centred = np.empty_like(values)
    centred[:] = values - np.mean(values, axis=0)
    return centred


@bank.wrong("pca.1", "You rounded the result")
def rounded(values):
    return (values - np.mean(values, axis=0)).round(2)


@bank.wrong("pca.1", "clipped outliers")
def outliers_left_out(values):
    near = np.abs(values - values.mean(axis=0)) <= 3 * values.std(axis=0)
    return values - np.nanmean(np.where(near, values, np.nan), axis=0)


@bank.wrong("pca.1", "also for a single galaxy")
def squeezed(values):
    return np.squeeze(values - np.mean(values, axis=0))


@bank.wrong("pca.1", "order of the rows")
def sorted_rows(values):
    centred = values - np.mean(values, axis=0)
    return centred[np.argsort(centred[:, 0])]


@bank.wrong("pca.1", "half precision")
def in_float16(values):
    values = values.astype(np.float16)
    return values - values.mean(axis=0)


@bank.wrong("pca.1", "You return 59 rows for 60 galaxies")
def last_galaxy_missing(values):
    return (values - np.mean(values, axis=0))[:-1]


@bank.wrong("pca.1", "one number per column, but")
def weighted_mean(values):
    return values - np.average(values, axis=0, weights=np.arange(1, len(values) + 1))


@bank.wrong("pca.1", "0 is a number like any other: all")
def zeros_left_out(values):
    return values - np.ma.masked_equal(values, 0).mean(axis=0).filled(0)


@bank.right("pca.1")
def one_column_at_a_time(values):
    columns = [list(column) for column in zip(*np.asarray(values).tolist(), strict=True)]
    return [[value - sum(c) / len(c) for value, c in zip(row, columns, strict=True)] for row in values]


@bank.right("pca.1")
def in_float32(values):
    values = np.asarray(values, dtype=np.float32)
    return values - values.mean(0)


@bank.right("pca.1")
def by_a_matrix(values):
    n = len(values)
    return (np.eye(n) - np.ones((n, n)) / n) @ values


@bank.right("pca.1")
def by_standard_scaler(values):
    return StandardScaler(with_std=False).fit_transform(values)


@bank.wrong("pca.1", "single galaxy unchanged")
def single_galaxy_not_centred(values):
    return values.astype(float) if len(values) == 1 else values - values.mean(axis=0)


# pca.2


@bank.wrong("pca.2", "Forgot to centre? Without")
def svd_not_centred(values, n_components):
    left, singular_values, _ = np.linalg.svd(values, full_matrices=False)
    return (left * singular_values)[:, :n_components]


@bank.wrong("pca.2", "Forgot to centre before the decomposition?")
def axes_not_centred(values, n_components):
    right = np.linalg.svd(values, full_matrices=False)[2]
    return (values - values.mean(axis=0)) @ right[:n_components].T


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


@bank.wrong("pca.2", "Subtract the mean there too")
def projected_uncentred(values, n_components):
    right = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)[2]
    return values @ right[:n_components].T


@bank.wrong("pca.2", "the last components")
def smallest_first(values, n_components):
    centred = values - values.mean(axis=0)
    vectors = np.linalg.eigh(centred.T @ centred)[1]
    return centred @ vectors[:, :n_components]


@bank.wrong("pca.2", "You selected 3 galaxies")
def rows_selected(values, n_components):
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * singular_values)[:n_components]


@bank.wrong("pca.2", "their order is wrong")
def in_the_order_of_eig(values, n_components):
    centred = values - values.mean(axis=0)
    return (centred @ np.linalg.eig(centred.T @ centred)[1].real)[:, :n_components]


@bank.wrong("pca.2", "You removed the signs")
def without_signs(values, n_components):
    return np.abs(PCA(n_components).fit_transform(values))


@bank.wrong("pca.2", "You skipped the first component")
def counted_from_one(values, n_components):
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * singular_values)[:, 1 : n_components + 1]


@bank.wrong("pca.2", "columns is 2, but n_components is 3")
def one_too_few(values, n_components):
    return PCA(n_components - 1).fit_transform(values)


@bank.wrong("pca.2", "columns is 3, but n_components is 2")
def always_three(values, n_components):
    return PCA(3).fit_transform(values)


@bank.wrong("pca.2", "min(n, d)")
def solver_for_a_few(values, n_components):
    return PCA(n_components, svd_solver="arpack", random_state=0).fit_transform(values)


@bank.wrong("pca.2", "For n_components = 1")
def vector_for_one_component(values, n_components):
    coordinates = PCA(n_components).fit_transform(values)
    return coordinates[:, 0] if n_components == 1 else coordinates


@bank.wrong("pca.2", "`full_matrices=False`")
def full_matrices(values, n_components):
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0))
    return (left * singular_values)[:, :n_components]


@bank.wrong("pca.2", "You went back from the coordinates")
def reconstructed(values, n_components):
    pca = PCA(n_components).fit(values)
    return pca.inverse_transform(pca.transform(values))


@bank.wrong("pca.2", "by its standard deviation first")
def standardised_first(values, n_components):
    return PCA(n_components).fit_transform(StandardScaler().fit_transform(values))


@bank.wrong("pca.2", "Return the array alone")
def with_the_ratios(values, n_components):
    pca = PCA(n_components)
    return pca.fit_transform(values), pca.explained_variance_ratio_


@bank.wrong("pca.2", "belongs to the caller")
def centred_in_place(values, n_components):
    values -= values.mean(axis=0)
    return PCA(n_components).fit_transform(values)


@bank.wrong("pca.2", "You rounded the result")
def rounded_to_two_digits(values, n_components):
    return PCA(n_components).fit_transform(values).round(2)


@bank.wrong("pca.2", "The coordinates became 0")
def small_ones_cut_off(values, n_components):
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    singular_values[singular_values < 1e-6] = 0
    return (left * singular_values)[:, :n_components]


@bank.wrong("pca.2", "Some coordinates are NaN")
def root_of_a_negative_number(values, n_components):
    centred = values - values.mean(axis=0)
    gram = centred @ centred.T
    eigenvalues, vectors = np.linalg.eigh(gram - 1e-12 * np.trace(gram) * np.eye(len(gram)))
    return (vectors * np.sqrt(eigenvalues))[:, ::-1][:, :n_components]


@bank.wrong("pca.2", "order of the rows")
def sorted_columns(values, n_components):
    return np.sort(PCA(n_components).fit_transform(values), axis=0)


@bank.wrong("pca.2", "The columns are the right ones times")
def scaled_to_the_largest(values, n_components):
    coordinates = PCA(n_components).fit_transform(values)
    return coordinates / np.abs(coordinates).max()


@bank.wrong("pca.2", "You return 39 rows for 40 galaxies")
def outliers_removed(values, n_components):
    near = np.abs(values - values.mean(axis=0)) < 3 * values.std(axis=0)
    return PCA(n_components).fit_transform(values[near.all(axis=1)])


@bank.right("pca.2")
def by_eigenvectors(values, n_components):
    centred = values - values.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(centred.T))[1]
    return centred @ vectors[:, ::-1][:, :n_components]


@bank.right("pca.2")
def by_the_gram_matrix(values, n_components):
    centred = values - values.mean(axis=0)
    eigenvalues, vectors = np.linalg.eigh(centred @ centred.T)
    return (vectors * np.sqrt(eigenvalues.clip(0)))[:, ::-1][:, :n_components]


@bank.right("pca.2")
def by_scikit_learn(values, n_components):
    return -PCA(n_components).fit_transform(values)


@bank.right("pca.2")
def svd_in_float32(values, n_components):
    values = values.astype(np.float32)
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * singular_values)[:, :n_components].tolist()


@bank.wrong("pca.2", "rounded the axes to 6 decimals")
def axes_rounded(values, n_components):
    centred = values - values.mean(axis=0)
    axes = np.linalg.eigh(np.cov(values.T))[1][:, ::-1]
    return centred @ axes[:, :n_components].round(6)


@bank.wrong("pca.2", "Use an exact one")
def randomised_without_iterations(values, n_components):
    solver = PCA(n_components, svd_solver="randomized", iterated_power=0, random_state=0)
    return solver.fit_transform(values)


@bank.right("pca.2")
def randomised_with_iterations(values, n_components):
    return PCA(n_components, svd_solver="randomized", random_state=0).fit_transform(values)


@bank.wrong("pca.2", "small singular values as 0")
def small_singular_values_as_zero(values, n_components):
    left, singular_values, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return (left * np.where(singular_values > 1e-3 * singular_values[0], singular_values, 0))[:, :n_components]


@bank.wrong("pca.2", "n − 1 components")
def at_most_n_minus_one(values, n_components):
    left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    count = min(n_components, len(values) - 1)
    return left[:, :count] * singular[:count]


# pca.3


@bank.wrong("pca.3", "by the variance")
def by_the_variance(coordinates):
    return coordinates / np.var(coordinates, axis=0, ddof=1)


@bank.wrong("pca.3", "ddof=1")
def divisor_n(coordinates):
    return coordinates / np.std(coordinates, axis=0)


@bank.wrong("pca.3", "one standard deviation for all")
def one_for_all(coordinates):
    return coordinates / np.std(coordinates, ddof=1)


@bank.wrong("pca.3", "of the first column")
def by_the_first(coordinates):
    return coordinates / coordinates[:, 0].std(ddof=1)


@bank.wrong("pca.3", "It must stay 0")
def zero_by_zero(coordinates):
    return coordinates / np.std(coordinates, axis=0, ddof=1)


@bank.wrong("pca.3", "coordinates unchanged")
def unchanged(coordinates):
    return coordinates


@bank.wrong("pca.3", "of 0.0005 is narrow")
def narrow_ones_left(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return coordinates / np.where(deviations < 0.01, 1, deviations)


@bank.wrong("pca.3", "of 1e-06 is narrow")
def small_number_added(coordinates):
    variances = coordinates.var(axis=0, ddof=1)
    return coordinates / np.sqrt(variances + 1e-14)


@bank.wrong("pca.3", "of 1e-09 is narrow")
def narrow_ones_close_to_zero(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return np.where(np.isclose(deviations, 0), 0, coordinates / deviations)


@bank.wrong("pca.3", "of 1e-13 is narrow")
def epsilon_added(coordinates):
    return coordinates / (coordinates.std(axis=0, ddof=1) + np.finfo(float).eps)


@bank.wrong("pca.3", "You dropped the columns")
def flat_ones_dropped(coordinates):
    coordinates = coordinates[:, coordinates.any(axis=0)]
    return coordinates / coordinates.std(axis=0, ddof=1)


@bank.wrong("pca.3", "beyond 3 standard deviations")
def clipped(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    deviations[deviations == 0] = 1
    return (coordinates / deviations).clip(-3, 3)


@bank.wrong("pca.3", "by the largest value")
def by_the_largest(coordinates):
    largest = np.abs(coordinates).max(axis=0)
    return coordinates / np.where(largest > 0, largest, 1)


@bank.wrong("pca.3", "by the range")
def by_the_range(coordinates):
    return coordinates / np.ptp(coordinates, axis=0)


@bank.wrong("pca.3", "left out outliers")
def deviation_without_outliers(coordinates):
    near = np.abs(coordinates) <= 3 * coordinates.std(axis=0, ddof=1)
    deviations = [column[mask].std(ddof=1) or 1 for column, mask in zip(coordinates.T, near.T, strict=True)]
    return coordinates / deviations


@bank.wrong("pca.3", "each galaxy's row")
def by_row(coordinates):
    return coordinates / coordinates.std(axis=1, ddof=1, keepdims=True)


@bank.wrong("pca.3", "Your standard deviation has the divisor 2")
def fixed_divisor(coordinates):
    return coordinates / np.sqrt((coordinates**2).sum(axis=0) / 2)


@bank.wrong("pca.3", "also for a single column")
def squeezed_column(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return np.squeeze(coordinates / np.where(deviations > 0, deviations, 1))


@bank.wrong("pca.3", "work on a copy")
def divided_in_place(coordinates):
    coordinates /= coordinates.std(axis=0, ddof=1)
    return np.nan_to_num(coordinates)


@bank.wrong("pca.3", "You divided the columns by")
def by_a_larger_deviation(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return coordinates / np.where(deviations > 0, deviations + 0.5, 1)


@bank.wrong("pca.3", "A column of zeros changed")
def flat_ones_filled(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return np.where(deviations == 0, 1, coordinates / deviations)


@bank.wrong("pca.3", "signs of some columns")
def signs_from_the_first_galaxy(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return coordinates / np.where(deviations > 0, deviations, 1) * np.where(coordinates[0] < 0, -1, 1)


@bank.right("pca.3")
def by_column(coordinates):
    columns = []
    for column in np.asarray(coordinates).T:
        variance = (column**2).sum() / (len(column) - 1)
        columns.append(column / variance**0.5 if variance else column)
    return np.array(columns).T


@bank.right("pca.3")
def zeros_divided_by_one(coordinates):
    deviations = coordinates.astype(np.float32).std(axis=0, ddof=1)
    return coordinates / np.where(deviations == 0, 1, deviations)


@bank.right("pca.3")
def nan_replaced(coordinates):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(coordinates / np.std(coordinates, axis=0, ddof=1))


@bank.right("pca.3")
def by_scaler(coordinates):
    n = len(coordinates)
    return StandardScaler(with_mean=False).fit_transform(coordinates) * np.sqrt((n - 1) / n)


@bank.wrong("pca.3", "Keep their order")
def columns_sorted_by_width(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    order = np.argsort(-deviations, kind="stable")
    return (coordinates / np.where(deviations > 0, deviations, 1))[:, order]


@bank.wrong("pca.3", "you moved those of zeros")
def zeros_last(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    order = np.argsort(deviations == 0, kind="stable")
    return (coordinates / np.where(deviations > 0, deviations, 1))[:, order]


@bank.wrong("pca.3", "of the absolute values")
def deviation_of_absolute_values(coordinates):
    deviations = np.abs(coordinates).std(axis=0, ddof=1)
    return coordinates / np.where(deviations > 0, deviations, 1)


@bank.wrong("pca.3", "of 1e-17 is narrow")
def at_least_epsilon(coordinates):
    return coordinates / np.maximum(coordinates.std(axis=0, ddof=1), np.finfo(float).eps)


@bank.wrong("pca.3", "its first number is 0")
def flat_by_the_first_number(coordinates):
    deviations = coordinates.std(axis=0, ddof=1)
    return np.where(coordinates[0] != 0, coordinates, 0) / np.where(deviations > 0, deviations, 1)


# pca.4


def _svd(features, predictions):
    """Singular values, coordinates and signed correlations of the components of the centred features."""
    left, singular_values, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    return singular_values, left * singular_values, np.corrcoef(left[:, 0], predictions)[0, 1]


@bank.wrong("pca.4", "didn't centre the features")
def first_axis_to_the_mean(features, predictions):
    left, singular_values, _ = np.linalg.svd(features, full_matrices=False)
    variances = singular_values**2
    return variances[0] / variances.sum(), abs(np.corrcoef(left[:, 0], predictions)[0, 1])


@bank.wrong("pca.4", "TruncatedSVD doesn't centre")
def truncated(features, predictions):
    svd = TruncatedSVD(1, algorithm="arpack" if features.shape[1] > 1 else "randomized", random_state=0)
    coordinates = svd.fit_transform(features)
    return svd.explained_variance_ratio_[0], abs(np.corrcoef(coordinates[:, 0], predictions)[0, 1])


@bank.wrong("pca.4", "divided the features by their standard deviations")
def of_standardised_features(features, predictions):
    pca = PCA().fit(StandardScaler().fit_transform(features))
    coordinates = pca.transform(StandardScaler().fit_transform(features))
    return pca.explained_variance_ratio_[0], abs(np.corrcoef(coordinates[:, 0], predictions)[0, 1])


@bank.wrong("pca.4", "exchanged rows and columns")
def of_the_transposed_table(features, predictions):
    pca = PCA().fit(features.T)
    return pca.explained_variance_ratio_[0], abs(np.corrcoef(pca.components_[0], predictions)[0, 1])


@bank.wrong("pca.4", "share of singular values")
def not_squared(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] / singular_values.sum(), abs(correlation)


@bank.wrong("pca.4", "share is in percent")
def share_in_percent(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return 100 * singular_values[0] ** 2 / (singular_values**2).sum(), abs(correlation)


@bank.wrong("pca.4", "total is that of all components")
def of_three_components(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] ** 2 / (singular_values[:3] ** 2).sum(), abs(correlation)


@bank.wrong("pca.4", "different divisors, n and n − 1. Use the same for both")
def two_divisors(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] ** 2 / (len(features) - 1) / features.var(axis=0).sum(), abs(correlation)


@bank.wrong("pca.4", "sign of a component is arbitrary")
def signed(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] ** 2 / (singular_values**2).sum(), correlation


@bank.wrong("pca.4", "R²")
def squared_correlation(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] ** 2 / (singular_values**2).sum(), correlation**2


@bank.wrong("pca.4", "Spearman's")
def of_ranks(features, predictions):
    singular_values, coordinates, _ = _svd(features, predictions)
    rank = spearmanr(coordinates[:, 0], predictions).statistic
    return singular_values[0] ** 2 / (singular_values**2).sum(), abs(rank)


@bank.wrong("pca.4", "a matrix of 2 × 2")
def whole_matrix(features, predictions):
    singular_values, coordinates, _ = _svd(features, predictions)
    return singular_values[0] ** 2 / (singular_values**2).sum(), np.corrcoef(coordinates[:, 0], predictions)


@bank.wrong("pca.4", "one per component")
def all_shares(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values**2 / (singular_values**2).sum(), abs(correlation)


@bank.wrong("pca.4", "two numbers are exchanged")
def correlation_first(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return abs(correlation), singular_values[0] ** 2 / (singular_values**2).sum()


@bank.wrong("pca.4", "share of the last component")
def smallest_eigenvalue(features, predictions):
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(features.T)))
    coordinates = (features - features.mean(axis=0)) @ vectors[:, 0]
    return values[0] / values.sum(), abs(np.corrcoef(coordinates, predictions)[0, 1])


@bank.wrong("pca.4", "rounded the share")
def rounded_to_two_decimals(features, predictions):
    singular_values, _, correlation = _svd(features, predictions)
    return round(singular_values[0] ** 2 / (singular_values**2).sum(), 2), round(abs(correlation), 2)


@bank.wrong("pca.4", "changes `features`")
def features_centred_in_place(features, predictions):
    features -= features.mean(axis=0)
    singular_values, _, correlation = _svd(features, predictions)
    return singular_values[0] ** 2 / (singular_values**2).sum(), abs(correlation)


@bank.wrong("pca.4", "doesn't depend on `features`")
def the_shipped_result(features, predictions):
    return 0.6707, 0.9984


@bank.wrong("pca.4", "doesn't sort them")
def first_of_eig(features, predictions):
    values, vectors = np.linalg.eig(np.atleast_2d(np.cov(features.T)))
    coordinates = (features - features.mean(axis=0)) @ np.real(vectors[:, 0])
    return np.real(values[0]) / np.real(values.sum()), abs(np.corrcoef(coordinates, predictions)[0, 1])


@bank.wrong("pca.4", "with the feature of the largest variance")
def correlation_of_the_widest_feature(features, predictions):
    singular_values, _, _ = _svd(features, predictions)
    widest = features[:, features.var(axis=0).argmax()]
    share = singular_values[0] ** 2 / (singular_values**2).sum()
    return share, abs(np.corrcoef(widest, predictions)[0, 1])


@bank.wrong("pca.4", "for a single feature")
def never_a_single_feature(features, predictions):
    values, vectors = np.linalg.eigh(np.cov(features.T))
    coordinates = (features - features.mean(axis=0)) @ vectors[:, -1]
    return values[-1] / values.sum(), abs(np.corrcoef(coordinates, predictions)[0, 1])


@bank.right("pca.4")
def first_of_scikit_learn(features, predictions):
    pca = PCA(1, svd_solver="full").fit(features)
    r = pearsonr(pca.transform(features)[:, 0], predictions).statistic
    return [pca.explained_variance_ratio_[0], max(r, -r)]


@bank.right("pca.4")
def by_the_covariance_matrix(features, predictions):
    table = pd.DataFrame(np.asarray(features, dtype=np.float64))
    variances, axes = np.linalg.eigh(table.cov().to_numpy())
    coordinates = pd.Series(table.to_numpy() @ axes[:, -1])
    return pd.Series({"share": variances[-1] / table.var().sum(), "r": abs(coordinates.corr(pd.Series(predictions)))})


@bank.right("pca.4")
def by_power_iteration(features, predictions):
    centred = np.asarray(features, dtype=np.float64) - np.mean(features, axis=0, dtype=np.float64)
    axis = centred[np.argmax((centred**2).sum(axis=1))]
    for _ in range(300):
        axis = centred.T @ (centred @ axis)
        axis /= np.linalg.norm(axis)
    coordinates, deviations = centred @ axis, predictions - predictions.mean()
    r = coordinates @ deviations / np.linalg.norm(coordinates) / np.linalg.norm(deviations)
    return np.float32((coordinates**2).sum() / (centred**2).sum()), np.array([abs(r)])

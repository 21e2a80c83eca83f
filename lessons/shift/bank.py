"""Answers to the exercises on domain shift: typical wrong ones with their hints, and right ones by other methods."""

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.stats import linregress
from sklearn.linear_model import LinearRegression
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("shift.1", "You didn't divide the features")
def not_scaled(features, training, k):
    return np.sort(cdist(features, training), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "over the new galaxies")
def scaled_by_the_new(features, training, k):
    scale = features.std(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "over all galaxies")
def scaled_by_all(features, training, k):
    scale = np.vstack([features, training]).std(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "by its own standard deviations")
def scaled_apart(features, training, k):
    return np.sort(cdist(features / features.std(axis=0), training / training.std(axis=0)), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "standardised each array by itself")
def scaler_fitted_twice(features, training, k):
    ours, theirs = StandardScaler().fit_transform(features), StandardScaler().fit_transform(training)
    return np.sort(cdist(ours, theirs), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "sort the distances first")
def not_sorted(features, training, k):
    scale = training.std(axis=0)
    return cdist(features / scale, training / scale)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "its own mean")
def standardised_apart(features, training, k):
    scale = training.std(axis=0)
    ours, theirs = (values / scale - (values / scale).mean(axis=0) for values in (features, training))
    return np.sort(cdist(ours, theirs), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "You divided by the variances")
def variances(features, training, k):
    scale = training.var(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "divides by n − 1")
def unbiased(features, training, k):
    scale = training.std(axis=0, ddof=1)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "the new galaxies only")
def one_side_scaled(features, training, k):
    return np.sort(cdist(features / training.std(axis=0), training), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "distance to the nearest galaxy")
def nearest_only(features, training, k):
    scale = training.std(axis=0)
    return cdist(features / scale, training / scale).min(axis=1)


@bank.wrong("shift.1", "k-th nearest")
def kth_only(features, training, k):
    scale = training.std(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, k - 1]


@bank.wrong("shift.1", "all training galaxies")
def mean_of_all(features, training, k):
    scale = training.std(axis=0)
    return cdist(features / scale, training / scale).mean(axis=1)


@bank.wrong("shift.1", "You left out the nearest galaxy")
def nearest_left_out(features, training, k):
    scale = training.std(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, 1 : k + 1].mean(axis=1)


@bank.wrong("shift.1", "sum of k distances")
def summed(features, training, k):
    scale = training.std(axis=0)
    return np.sort(cdist(features / scale, training / scale), axis=1)[:, :k].sum(axis=1)


@bank.wrong("shift.1", "Your distances are squared")
def squared(features, training, k):
    scale = training.std(axis=0)
    return np.sort(cdist(features / scale, training / scale, "sqeuclidean"), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "absolute differences")
def manhattan(features, training, k):
    scale = training.std(axis=0)
    return np.sort(cdist(features / scale, training / scale, "cityblock"), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.1", "mean of the training set")
def to_the_mean(features, training, k):
    return np.linalg.norm((features - training.mean(axis=0)) / training.std(axis=0), axis=1)


@bank.right("shift.1")
def by_scikit_learn(features, training, k):
    mean, scale = training.mean(axis=0), training.std(axis=0)
    search = NearestNeighbors(n_neighbors=k).fit((training - mean) / scale)
    return search.kneighbors((features - mean) / scale)[0].mean(axis=1)


@bank.right("shift.1")
def by_a_tree(features, training, k):
    scale = training.std(axis=0)
    found, _ = cKDTree(training / scale).query(features / scale, k=list(range(1, k + 1)))
    return found.mean(axis=1).tolist()


@bank.right("shift.1")
def by_pairwise_distances(features, training, k):
    scale = training.std(axis=0)
    return np.sort(pairwise_distances(features / scale, training / scale), axis=1)[:, :k].mean(axis=1)


@bank.wrong("shift.2", "which may be 0")
def without_ones(distances, held_out):
    return (held_out >= distances[:, None]).mean(axis=1)


@bank.wrong("shift.2", "add 1 to the count, too")
def one_below(distances, held_out):
    return (held_out >= distances[:, None]).sum(axis=1) / (1 + len(held_out))


@bank.wrong("shift.2", "add 1 to n, too")
def one_above(distances, held_out):
    return (1 + (held_out >= distances[:, None]).sum(axis=1)) / len(held_out)


@bank.wrong("shift.2", "exactly as far count, too")
def strictly_farther(distances, held_out):
    return (1 + (held_out > distances[:, None]).sum(axis=1)) / (1 + len(held_out))


@bank.wrong("shift.2", "as near or nearer")
def nearer_ones(distances, held_out):
    return (1 + (held_out <= distances[:, None]).sum(axis=1)) / (1 + len(held_out))


@bank.wrong("shift.2", "1 minus the p-value")
def one_minus(distances, held_out):
    return 1 - (1 + (held_out >= distances[:, None]).sum(axis=1)) / (1 + len(held_out))


@bank.wrong("shift.2", "You return percent")
def percent(distances, held_out):
    return 100 * (1 + (held_out >= distances[:, None]).sum(axis=1)) / (1 + len(held_out))


@bank.wrong("shift.2", "in brackets")
def without_brackets(distances, held_out):
    return 1 + (held_out >= distances[:, None]).sum(axis=1) / (1 + len(held_out))


@bank.wrong("shift.2", "with each other")
def among_themselves(distances, held_out):
    return (1 + (distances >= distances[:, None]).sum(axis=1)) / (1 + len(distances))


@bank.wrong("shift.2", "one number per held-out galaxy")
def roles_exchanged(distances, held_out):
    return (1 + (distances >= held_out[:, None]).sum(axis=1)) / (1 + len(distances))


@bank.wrong("shift.2", "sorted distances")
def in_sorted_order(distances, held_out):
    return [(1 + np.sum(held_out >= one)) / (1 + len(held_out)) for one in sorted(distances)]


@bank.right("shift.2")
def by_searching(distances, held_out):
    below = np.searchsorted(np.sort(held_out), distances, side="left")
    return (1 + len(held_out) - below) / (1 + len(held_out))


@bank.right("shift.2")
def one_at_a_time(distances, held_out):
    return [(1 + sum(float(other) >= float(one) for other in held_out)) / (1 + len(held_out)) for one in distances]


@bank.wrong("shift.3", "You fitted the line to the test set")
def fitted_to_the_test_set(predicted, true, fit):
    rows = ~fit & np.isfinite(true)
    slope, intercept = np.polyfit(predicted[rows], true[rows], 1)
    return slope * predicted[~fit] + intercept


@bank.wrong("shift.3", "the test set included")
def fitted_to_all(predicted, true, fit):
    rows = np.isfinite(true)
    slope, intercept = np.polyfit(predicted[rows], true[rows], 1)
    return slope * predicted[~fit] + intercept


@bank.wrong("shift.3", "exchange x and y")
def the_wrong_way_round(predicted, true, fit):
    slope, intercept = np.polyfit(true[fit], predicted[fit], 1)
    return slope * predicted[~fit] + intercept


@bank.wrong("shift.3", "inverted the line")
def inverted(predicted, true, fit):
    slope, intercept = np.polyfit(true[fit], predicted[fit], 1)
    return (predicted[~fit] - intercept) / slope


@bank.wrong("shift.3", "left the slope at 1")
def shift_only(predicted, true, fit):
    return predicted[~fit] + np.mean(true[fit] - predicted[fit])


@bank.wrong("shift.3", "through the origin")
def through_the_origin(predicted, true, fit):
    return predicted[~fit] * np.linalg.lstsq(predicted[fit, None], true[fit], rcond=None)[0]


@bank.wrong("shift.3", "ratio of the standard deviations")
def matched_moments(predicted, true, fit):
    scaled = (predicted[~fit] - predicted[fit].mean()) / predicted[fit].std()
    return scaled * true[fit].std() + true[fit].mean()


@bank.wrong("shift.3", "Slope and intercept are exchanged")
def exchanged(predicted, true, fit):
    intercept, slope = np.polyfit(predicted[fit], true[fit], 1)
    return slope * predicted[~fit] + intercept


@bank.wrong("shift.3", "You return all galaxies")
def all_galaxies(predicted, true, fit):
    return np.polyval(np.polyfit(predicted[fit], true[fit], 1), predicted)


@bank.wrong("shift.3", "galaxies of the fit set")
def the_fit_set(predicted, true, fit):
    return np.polyval(np.polyfit(predicted[fit], true[fit], 1), predicted[fit])


@bank.wrong("shift.3", "You fitted a parabola")
def parabola(predicted, true, fit):
    return np.polyval(np.polyfit(predicted[fit], true[fit], 2), predicted[~fit])


@bank.wrong("shift.3", "You return slope and intercept")
def coefficients(predicted, true, fit):
    return np.polyfit(predicted[fit], true[fit], 1)


@bank.wrong("shift.3", "the labels of the test set")
def the_labels(predicted, true, fit):
    return true[~fit]


@bank.right("shift.3")
def by_linear_regression(predicted, true, fit):
    return LinearRegression().fit(predicted[fit, None], true[fit]).predict(predicted[~fit, None])


@bank.right("shift.3")
def by_scipy(predicted, true, fit):
    found = linregress(predicted[fit], true[fit])
    return (found.intercept + found.slope * predicted[~fit]).tolist()

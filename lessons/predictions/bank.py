"""Answers to the exercises on predictions: typical wrong ones with their hints, and right ones by other methods."""

import math
import statistics

import numpy as np
import pandas as pd
from sklearn.metrics import root_mean_squared_error

import galviz
from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("predictions.1", "mean squared error")
def without_the_root(predicted, true):
    return np.nanmean((predicted - true) ** 2)


@bank.wrong("predictions.1", "mean absolute error")
def mean_absolute(predicted, true):
    return np.nanmean(np.sqrt((predicted - true) ** 2))


@bank.wrong("predictions.1", "root of the sum")
def root_of_the_sum(predicted, true):
    return np.sqrt(np.nansum((predicted - true) ** 2))


@bank.wrong("predictions.1", "This is the standard deviation")
def standard_deviation(predicted, true):
    return np.nanstd(predicted - true)


@bank.wrong("predictions.1", "The result is NaN")
def spoilt_by_nan(predicted, true):
    return np.sqrt(np.mean((predicted - true) ** 2))


@bank.wrong("predictions.1", "number of known labels")
def divided_by_all(predicted, true):
    return np.sqrt(np.nansum((predicted - true) ** 2) / len(true))


@bank.wrong("predictions.1", "NaN became 0")
def nan_as_zero(predicted, true):
    return np.sqrt(np.mean((predicted - np.nan_to_num(true)) ** 2))


@bank.right("predictions.1")
def a_galaxy_at_a_time(predicted, true):
    squares = [(p - t) ** 2 for p, t in zip(predicted, true, strict=True) if not math.isnan(t)]
    return math.sqrt(sum(squares) / len(squares))


@bank.right("predictions.1")
def by_length_in_float32(predicted, true):
    error = (predicted - true).astype(np.float32)
    error = error[np.isfinite(error)]
    return np.linalg.norm(error) / np.sqrt(np.float32(error.size))


@bank.right("predictions.1")
def by_scikit_learn(predicted, true):
    known = ~np.isnan(true)
    return [root_mean_squared_error(true[known], predicted[known])]


@bank.wrong("predictions.2", "The inner median is missing")
def no_inner_median(predicted, true):
    return 1.4826 * np.median(np.abs(predicted - true))


@bank.wrong("predictions.2", "You subtracted the mean error")
def mean_inside(predicted, true):
    error = predicted - true
    return 1.4826 * np.median(np.abs(error - np.mean(error)))


@bank.wrong("predictions.2", "outer average is a mean")
def mean_outside(predicted, true):
    error = predicted - true
    return 1.4826 * np.mean(np.abs(error - np.median(error)))


@bank.wrong("predictions.2", "The factor 1.4826 is missing")
def no_factor(predicted, true):
    error = predicted - true
    return np.median(np.abs(error - np.median(error)))


@bank.wrong("predictions.2", "their signs cancel")
def signs_left(predicted, true):
    error = predicted - true
    return 1.4826 * np.median(error - np.median(error))


@bank.wrong("predictions.2", "standard deviation")
def width_of_the_errors(predicted, true):
    return np.std(predicted - true)


@bank.wrong("predictions.2", "mean of the middle two")
def one_of_the_middle(predicted, true):
    errors = sorted(predicted - true)
    distances = sorted(abs(error - errors[len(errors) // 2]) for error in errors)
    return 1.4826 * distances[len(distances) // 2]


@bank.right("predictions.2")
def by_python_s_statistics(predicted, true):
    errors = [float(p) - float(t) for p, t in zip(predicted, true, strict=True)]
    middle = statistics.median(errors)
    return 1.4826 * statistics.median(abs(error - middle) for error in errors)


@bank.right("predictions.2")
def by_quantiles(predicted, true):
    error = pd.Series(predicted - true)
    return np.array([(error - error.quantile(0.5)).abs().quantile(0.5) / 0.6744898])


@bank.wrong("predictions.3", "paired by their position")
def by_row_position(predicted, true):
    return pd.DataFrame({"true": true.to_numpy(), "predicted": predicted.to_numpy()}, index=predicted.index)


@bank.wrong("predictions.3", "Some rows contain NaN")
def all_galaxies(predicted, true):
    return pd.DataFrame({"true": true, "predicted": predicted})


@bank.wrong("predictions.3", "sorted by id")
def sorted_by_id(predicted, true):
    return pd.DataFrame({"true": true, "predicted": predicted}).dropna().sort_index()


@bank.wrong("predictions.3", "in the order of `true`")
def in_the_other_order(predicted, true):
    return pd.concat({"true": true, "predicted": predicted}, axis=1, join="inner")


@bank.wrong("predictions.3", "a value of type int")
def ids_as_whole_numbers(predicted, true):
    ids = [object_id for object_id in predicted.index if object_id in true.index]
    table = pd.DataFrame({"true": true[ids], "predicted": predicted[ids]})
    return table.set_axis([int(object_id) for object_id in ids], axis=0)


@bank.wrong("predictions.3", "a value of type float")
def ids_as_floats(predicted, true):
    ids = [object_id for object_id in predicted.index if object_id in true.index]
    table = pd.DataFrame({"true": true[ids], "predicted": predicted[ids]})
    return table.set_axis(table.index.astype(float), axis=0)


@bank.wrong("predictions.3", "The ids are a column")
def ids_in_a_column(predicted, true):
    ids = [object_id for object_id in predicted.index if object_id in true.index]
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]}).reset_index()


@bank.wrong("predictions.3", "contains the predictions")
def exchanged(predicted, true):
    ids = [object_id for object_id in predicted.index if object_id in true.index]
    return pd.DataFrame({"true": predicted[ids], "predicted": true[ids]})


@bank.right("predictions.3")
def by_a_merge(predicted, true):
    left, right = predicted.rename("predicted"), true.rename("true")
    table = left.to_frame().merge(right, left_index=True, right_index=True, how="inner")
    return table.reindex([object_id for object_id in left.index if object_id in set(right.index)])


@bank.right("predictions.3")
def by_a_join(predicted, true):
    return predicted.to_frame("predicted").join(true.rename("true"), how="left").dropna()[["true", "predicted"]]


@bank.right("predictions.3")
def a_row_at_a_time(predicted, true):
    rows = [(object_id, true[object_id], value) for object_id, value in predicted.items() if object_id in true]
    return pd.DataFrame(rows, columns=["objID", "true", "predicted"]).set_index("objID")


@bank.wrong("predictions.2", "always at least 0.001")
def with_a_smallest_result(predicted, true):
    errors = predicted - true
    return max(0.001, 1.4826 * np.median(np.abs(errors - np.median(errors))))


@bank.wrong("predictions.1", "1e-08 before the root")
def small_number_added(predicted, true):
    return np.sqrt(np.nanmean((predicted - true) ** 2) + 1e-8)


@bank.wrong("predictions.2", "You took absolute values of the errors first")
def sizes_first(predicted, true):
    sizes = np.abs(predicted - true)
    return 1.4826 * np.median(np.abs(sizes - np.median(sizes)))


@bank.wrong("predictions.2", "You took squares")
def squares_for_sizes(predicted, true):
    error = predicted - true
    return 1.4826 * np.median((error - np.median(error)) ** 2)


@bank.wrong("predictions.1", "Apply the same mask to both")
def mask_on_one_side(predicted, true):
    labels = true[np.isfinite(true)]
    return np.linalg.norm(predicted - labels) / len(labels) ** 0.5


@bank.wrong("predictions.1", "removed the unknown labels from `true` alone")
def mispaired_after_removing_nan(predicted, true):
    labels = [label for label in true if not math.isnan(label)]
    return math.sqrt(statistics.fmean((p - t) ** 2 for p, t in zip(predicted, labels, strict=False)))


@bank.wrong("predictions.1", "clipped or left out")
def sigma_clipping(predicted, true):
    errors = pd.Series(predicted - true).dropna()
    return np.sqrt(
        (errors.clip(errors.mean() - 4 * errors.std(ddof=0), errors.mean() + 4 * errors.std(ddof=0)) ** 2).mean()
    )


@bank.wrong("predictions.1", "one error is much larger than the others")
def errors_squashed(predicted, true):
    return (
        np.sqrt(np.nanmean((1.5 * np.tanh((predicted - true) / 1.5)) ** 2))
        if len(true) > 20
        else by_scikit_learn(predicted, true)
    )


@bank.wrong("predictions.1", "You rounded the result")
def rounded(predicted, true):
    return round(float(np.sqrt(np.nanmean((predicted - true) ** 2))), 3)


@bank.wrong("predictions.1", "first galaxy's error")
def first_galaxy_alone(predicted, true):
    return np.sqrt((predicted[0] - true[0]) ** 2)


@bank.wrong("predictions.2", "the factor is 1.4826; yours is 1.4286")
def digits_exchanged(predicted, true):
    errors = predicted - true
    return np.median(np.abs(errors - np.median(errors))) * 1.4286


@bank.wrong("predictions.2", "yours is 1.2533")
def factor_of_the_mean_deviation(predicted, true):
    errors = predicted - true
    return np.sqrt(np.pi / 2) * np.median(np.abs(errors - np.median(errors)))


@bank.wrong("predictions.2", "the error of each pair first")
def medians_of_each_array(predicted, true):
    residuals = (predicted - np.median(predicted)) - (true - np.median(true))
    return 1.4826 * np.median(np.abs(residuals))


@bank.wrong("predictions.2", "You sorted each array")
def sorted_arrays(predicted, true):
    errors = np.sort(predicted) - np.sort(true)
    return 1.4826 * np.median(np.abs(errors - np.median(errors)))


@bank.wrong("predictions.3", "Its name must be 'objID'")
def unnamed_index(predicted, true):
    common = predicted.index.intersection(true.index, sort=False)
    values = np.column_stack([true[common], predicted[common]])
    return pd.DataFrame(values, index=list(common), columns=["true", "predicted"])


@bank.wrong("predictions.3", "not as numbers")
def matched_as_numbers(predicted, true):
    of_number = {int(object_id): value for object_id, value in true.items()}
    rows = [(key, of_number[int(key)], value) for key, value in predicted.items() if int(key) in of_number]
    return pd.DataFrame(rows, columns=["objID", "true", "predicted"]).set_index("objID")


@bank.wrong("predictions.3", "don't convert it to a number")
def looked_up_by_number(predicted, true):
    numbers = {int(object_id) for object_id in true.index}
    ids = [key for key in predicted.index if int(key) in numbers and key in true.index]
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]})


@bank.wrong("predictions.3", "compare the whole text")
def matched_by_the_end(predicted, true):
    of_end = {object_id[-4:]: value for object_id, value in true.items()}
    rows = [(key, of_end[key[-4:]], value) for key, value in predicted.items() if key[-4:] in of_end]
    return pd.DataFrame(rows, columns=["objID", "true", "predicted"]).set_index("objID")


@bank.wrong("predictions.3", "sorted by the values of `predicted`")
def sorted_by_prediction(predicted, true):
    ids = predicted.index[predicted.index.isin(true.index)]
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]}).sort_values("predicted")


@bank.wrong("predictions.3", "don't drop duplicates")
def without_equal_values(predicted, true):
    ids = predicted.index[predicted.index.isin(true.index)]
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]}).drop_duplicates()


@bank.wrong("predictions.3", "The table has no rows then")
def fails_if_there_is_none(predicted, true):
    parts = [true[[key]].to_frame("true").assign(predicted=predicted[key]) for key in predicted.index if key in true]
    return pd.concat(parts)


@bank.wrong("predictions.3", "Do you compare only a part of the ids")
def cut_ids(predicted, true):
    of_start = {object_id[:18]: value for object_id, value in true.items()}
    rows = [(key, of_start[key[:18]], value) for key, value in predicted.items() if key[:18] in of_start]
    return pd.DataFrame(rows, columns=["objID", "true", "predicted"]).set_index("objID")


@bank.wrong("predictions.3", "a join needs two names")
def joined_without_names(predicted, true):
    return true.rename(None).to_frame().join(predicted.rename(None).to_frame(), how="inner")


@bank.wrong("predictions.3", "A set has no order")
def order_of_a_set(predicted, true):
    ids = sorted(set(predicted.index) & set(true.index), key=lambda object_id: hash(int(object_id) * 7919 % 101))
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]})


@bank.wrong("predictions.3", "converted to floating-point numbers")
def ids_through_floats(predicted, true):
    ids = [object_id for object_id in predicted.index if object_id in true.index]
    table = pd.DataFrame({"true": true[ids], "predicted": predicted[ids]})
    return table.set_axis(pd.Index([f"{float(object_id):.0f}" for object_id in ids], name="objID"))


@bank.wrong("predictions.3", "are rounded")
def rounded_columns(predicted, true):
    ids = predicted.index[predicted.index.isin(true.index)]
    return pd.DataFrame({"true": true[ids], "predicted": predicted[ids]}).round(2)


@bank.wrong("predictions.4", "You sorted by the prediction")
def thirds_of_predictions(predicted, true):
    known = np.isfinite(true)
    errors = (predicted - true)[known][np.argsort(predicted[known])]
    return [part.mean() for part in np.array_split(errors, 3)]


@bank.wrong("predictions.4", "The signs are reversed")
def true_minus_predicted(predicted, true):
    table = pd.DataFrame({"true": true, "error": true - predicted}).dropna().sort_values("true", kind="stable")
    return [part.mean() for part in np.array_split(table["error"].to_numpy(), 3)]


@bank.wrong("predictions.4", "sorting puts them at the end")
def nan_not_left_out(predicted, true):
    return [part.mean() for part in np.array_split((predicted - true)[np.argsort(true, kind="stable")], 3)]


@bank.wrong("predictions.4", "before you left out unknown labels")
def nan_left_out_at_the_end(predicted, true):
    return [np.nanmean(part) for part in np.array_split((predicted - true)[np.argsort(true, kind="stable")], 3)]


@bank.wrong("predictions.4", "three equal intervals")
def equal_intervals(predicted, true):
    known = np.isfinite(true)
    third = pd.cut(true[known], 3, labels=False)
    return pd.Series((predicted - true)[known]).groupby(third).mean().reindex(range(3))


@bank.wrong("predictions.4", "went to the last third")
def rest_in_the_last(predicted, true):
    known = np.isfinite(true)
    errors = (predicted - true)[known][np.argsort(true[known], kind="stable")]
    n = len(errors) // 3
    return errors[:n].mean(), errors[n : 2 * n].mean(), errors[2 * n :].mean()


@bank.wrong("predictions.4", "You sorted the labels only")
def labels_sorted_alone(predicted, true):
    known = np.isfinite(true)
    return [part.mean() for part in np.array_split(predicted[known] - np.sort(true[known]), 3)]


@bank.wrong("predictions.4", "You didn't sort")
def thirds_of_rows(predicted, true):
    errors = predicted - true
    return [part.mean() for part in np.array_split(errors[~np.isnan(errors)], 3)]


@bank.wrong("predictions.4", "a number that 3 divides")
def split_evenly(predicted, true):
    known = np.isfinite(true)
    return [part.mean() for part in np.split((predicted - true)[known][np.argsort(true[known], kind="stable")], 3)]


@bank.wrong("predictions.4", "sort pairs of numbers")
def pairs_sorted(predicted, true):
    pairs = sorted((t, p) for p, t in zip(predicted, true, strict=True) if not math.isnan(t))
    return [part.mean() for part in np.array_split([p - t for t, p in pairs], 3)]


@bank.wrong("predictions.4", 'kind="stable"')
def not_stable(predicted, true):
    known = np.isfinite(true)
    # Equal labels in an order that seems random, as after a quicksort.
    order = np.lexsort((np.arange(known.sum()) * 7919 % 101, true[known]))
    return [part.mean() for part in np.array_split((predicted - true)[known][order], 3)]


@bank.wrong("predictions.4", "You took medians")
def median_errors(predicted, true):
    known = np.isfinite(true)
    errors = (predicted - true)[known][np.argsort(true[known], kind="stable")]
    return [np.median(part) for part in np.array_split(errors, 3)]


@bank.wrong("predictions.4", "You exchanged the arguments")
def arguments_exchanged(true, predicted):
    known = np.isfinite(true)
    errors = (predicted - true)[known][np.argsort(true[known], kind="stable")]
    return [part.mean() for part in np.array_split(errors, 3)]


@bank.right("predictions.4")
def by_a_sorted_list(predicted, true):
    known = [(float(t), float(p)) for p, t in zip(predicted, true, strict=True) if not math.isnan(t)]
    errors = [p - t for t, p in sorted(known, key=lambda pair: pair[0])]
    n, extra = divmod(len(errors), 3)
    sizes = [n + (i < extra) for i in range(3)]
    return [statistics.fmean(errors[sum(sizes[:i]) : sum(sizes[: i + 1])]) for i in range(3)]


@bank.right("predictions.4")
def by_ranks(predicted, true):
    table = pd.DataFrame({"error": predicted - true, "true": true}).dropna()
    rank = table["true"].rank(method="first").to_numpy() - 1
    n, extra = divmod(len(table), 3)
    third = np.searchsorted([n + (extra > 0), 2 * n + extra], rank, side="right")
    return table["error"].astype(np.float32).groupby(third).mean()


def _looked_up(folder):
    """Predictions from the shipped features, without the network: right for shipped galaxies only."""
    ids = pd.read_csv(f"{folder}/master.csv", dtype=str)["objID"]
    features = galviz.load_features()
    return pd.Series(features.predictions[features.rows(ids)], index=pd.Index(ids, name="objID"))


@bank.wrong("predictions.5", "instead of reading the shipped features")
def from_the_shipped_features(folder):
    return _looked_up(folder)


@bank.wrong("predictions.5", "give the parameter `folder`")
def of_the_shipped_survey(folder):
    survey = galviz.load_survey()
    features = galviz.extract(galviz.load_model(), survey)
    return pd.Series(features.predictions, index=pd.Index(features.object_ids, name="objID"))


@bank.wrong("predictions.5", "The index is the row numbers")
def without_ids(folder):
    return pd.Series(_looked_up(folder).to_numpy())


@bank.wrong("predictions.5", "sorted by id")
def in_the_order_of_ids(folder):
    return _looked_up(folder).sort_index()


@bank.wrong("predictions.5", "As a number, '007' loses its zeros")
def ids_as_integers(folder):
    ids = pd.read_csv(f"{folder}/master.csv")["objID"]
    return pd.Series(_looked_up(folder).to_numpy(), index=pd.Index(ids, name="objID"))


@bank.wrong("predictions.5", "Its name must be 'objID'")
def index_without_a_name(folder):
    predictions = _looked_up(folder)
    return pd.Series(list(predictions), index=list(predictions.index))


@bank.wrong("predictions.5", "You return the labels")
def labels_of_the_catalogue(folder):
    return galviz.load_survey(folder).catalogue["metallicity"]


@bank.wrong("predictions.5", "which has no ids")
def an_array(folder):
    return _looked_up(folder).to_numpy()


@bank.wrong("predictions.5", "each belongs to another galaxy")
def ids_in_another_order(folder):
    predictions = _looked_up(folder)
    return pd.Series(predictions.sort_index().to_numpy(), index=predictions.index)


@bank.wrong("predictions.5", "shuffled labels")
def control_network(folder):
    features = galviz.load_features(control="shuffled-labels")
    ids = galviz.load_survey(folder).object_ids
    return pd.Series(features.predictions[features.rows(ids)], index=pd.Index(ids, name="objID"))


@bank.wrong("predictions.5", "changes files in the folder")
def results_beside_the_images(folder):
    predictions = _looked_up(folder)
    predictions.rename("predicted").to_csv(f"{folder}/predictions.csv")
    return predictions


@bank.right("predictions.5")
def of_two_at_a_time(folder):
    survey, network = galviz.load_survey(folder, verify=False), galviz.load_model()
    table = survey.catalogue[[]].copy()
    table["predicted"] = galviz.extract(network, survey, batch_size=2).predictions.astype(float)
    return table["predicted"]


@bank.right("predictions.5")
def galaxy_by_galaxy(folder):
    survey, network = galviz.load_survey(folder), galviz.load_model()
    predictions = {one: galviz.extract(network, survey, [one]).predictions[0] for one in survey.object_ids}
    return pd.Series(predictions).rename_axis("objID")


@bank.wrong("predictions.1", "You left out labels of 0 or below")
def zero_taken_for_unknown(predicted, true):
    known = true > 0
    return np.sqrt(np.mean((predicted[known] - true[known]) ** 2))


@bank.wrong("predictions.1", "10 to the power of predictions")
def linear_abundances(predicted, true):
    return np.sqrt(np.nanmean((10**predicted - 10**true) ** 2))


@bank.wrong("predictions.2", "left out distances of 0")
def without_zeros(predicted, true):
    distances = np.abs(predicted - true - np.median(predicted - true))
    distances = distances[distances > 0]
    return 1.4826 * np.median(distances) if distances.size else 0.0


@bank.wrong("predictions.2", "divided by the median error")
def relative_to_the_median(predicted, true):
    centre = np.median(predicted - true)
    return 1.4826 * np.median(np.abs(predicted - true - centre)) / abs(centre)


@bank.wrong("predictions.4", "applied their order to the errors of all galaxies")
def order_of_the_known(predicted, true):
    order = np.argsort(true[~np.isnan(true)], kind="stable")
    return [np.nanmean(part) for part in np.array_split((predicted - true)[order], 3)]


@bank.wrong("predictions.5", "Ids have lost their zeros")
def ids_through_integers(folder):
    features = galviz.extract(galviz.load_model(), galviz.load_survey(folder))
    ids = pd.read_csv(f"{folder}/master.csv")["objID"].astype(str)
    return pd.Series(features.predictions, index=pd.Index(ids, name="objID"))


@bank.wrong("predictions.5", "predictions are NaN")
def missing_in_the_shipped_features(folder):
    features = galviz.load_features()
    ids = pd.read_csv(f"{folder}/master.csv", dtype=str)["objID"]
    return pd.Series(features.predictions, index=features.object_ids).reindex(pd.Index(ids, name="objID"))


@bank.wrong("predictions.1", "You left out errors that are exactly 0")
def without_exact_predictions(predicted, true):
    errors = np.nan_to_num(predicted - true)
    errors = errors[errors != 0]
    return np.sqrt(np.mean(errors**2)) if errors.size else 0.0


@bank.wrong("predictions.4", "Your parts begin at the first galaxy")
def cumulative_thirds(predicted, true):
    known = ~np.isnan(true)
    errors = (predicted - true)[known][np.argsort(true[known], kind="stable")]
    ends = np.cumsum([len(part) for part in np.array_split(errors, 3)])
    return [errors[:end].mean() for end in ends]

"""Answers to the exercises on predictions: typical wrong ones with their hints, right ones written otherwise."""

import math
import statistics

import numpy as np
import pandas as pd
from sklearn.metrics import root_mean_squared_error

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


@bank.wrong("predictions.1", "the bias, was subtracted")
def standard_deviation(predicted, true):
    return np.nanstd(predicted - true)


@bank.wrong("predictions.1", "NaN comes out")
def spoilt_by_nan(predicted, true):
    return np.sqrt(np.mean((predicted - true) ** 2))


@bank.wrong("predictions.1", "divide by the number of the others")
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


@bank.wrong("predictions.2", "subtracted the mean error")
def mean_inside(predicted, true):
    error = predicted - true
    return 1.4826 * np.median(np.abs(error - np.mean(error)))


@bank.wrong("predictions.2", "The outer one is a mean")
def mean_outside(predicted, true):
    error = predicted - true
    return 1.4826 * np.mean(np.abs(error - np.median(error)))


@bank.wrong("predictions.2", "The factor 1.4826 is missing")
def no_factor(predicted, true):
    error = predicted - true
    return np.median(np.abs(error - np.median(error)))


@bank.wrong("predictions.2", "Where the signs are left")
def signs_left(predicted, true):
    error = predicted - true
    return 1.4826 * np.median(error - np.median(error))


@bank.wrong("predictions.2", "standard deviation")
def width_of_the_errors(predicted, true):
    return np.std(predicted - true)


@bank.wrong("predictions.2", "the mean of the two in the middle")
def one_of_the_middle(predicted, true):
    error = sorted(predicted - true)
    sizes = sorted(abs(each - error[len(error) // 2]) for each in error)
    return 1.4826 * sizes[len(sizes) // 2]


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


@bank.wrong("predictions.3", "rows with NaN")
def all_galaxies(predicted, true):
    return pd.DataFrame({"true": true, "predicted": predicted})


@bank.wrong("predictions.3", "sorted by id")
def sorted_by_id(predicted, true):
    return pd.DataFrame({"true": true, "predicted": predicted}).dropna().sort_index()


@bank.wrong("predictions.3", "in the order of `true`")
def in_the_other_order(predicted, true):
    return pd.concat({"true": true, "predicted": predicted}, axis=1, join="inner")


@bank.wrong("predictions.3", "as text; in yours is one of type int")
def ids_as_whole_numbers(predicted, true):
    both = [each for each in predicted.index if each in true.index]
    table = pd.DataFrame({"true": true[both], "predicted": predicted[both]})
    return table.set_axis([int(each) for each in both], axis=0)


@bank.wrong("predictions.3", "as text; in yours is one of type float")
def ids_as_floats(predicted, true):
    both = [each for each in predicted.index if each in true.index]
    table = pd.DataFrame({"true": true[both], "predicted": predicted[both]})
    return table.set_axis(table.index.astype(float), axis=0)


@bank.wrong("predictions.3", "The ids are a column")
def ids_in_a_column(predicted, true):
    both = [each for each in predicted.index if each in true.index]
    return pd.DataFrame({"true": true[both], "predicted": predicted[both]}).reset_index()


@bank.wrong("predictions.3", "holds what was predicted")
def exchanged(predicted, true):
    both = [each for each in predicted.index if each in true.index]
    return pd.DataFrame({"true": predicted[both], "predicted": true[both]})


@bank.right("predictions.3")
def by_a_merge(predicted, true):
    left, right = predicted.rename("predicted"), true.rename("true")
    table = left.to_frame().merge(right, left_index=True, right_index=True, how="inner")
    return table.reindex([each for each in left.index if each in set(right.index)])


@bank.right("predictions.3")
def by_a_join(predicted, true):
    return predicted.to_frame("predicted").join(true.rename("true"), how="left").dropna()[["true", "predicted"]]


@bank.right("predictions.3")
def a_row_at_a_time(predicted, true):
    rows = {each: {"true": true[each], "predicted": value} for each, value in predicted.items() if each in true}
    return pd.DataFrame.from_dict(rows, orient="index")


@bank.wrong("predictions.2", "You took the sizes of the errors first")
def sizes_first(predicted, true):
    sizes = np.abs(predicted - true)
    return 1.4826 * np.median(np.abs(sizes - np.median(sizes)))


@bank.wrong("predictions.2", "You took squares")
def squares_for_sizes(predicted, true):
    error = predicted - true
    return 1.4826 * np.median((error - np.median(error)) ** 2)

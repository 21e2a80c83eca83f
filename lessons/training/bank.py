"""Answers to the exercises on training: typical wrong ones with their hints, right ones written otherwise."""

import random

import numpy as np

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("training.1", "sums over the galaxies")
def summed(weight, bias, x, y, rate):
    error = x @ weight + bias - y
    return weight - rate * 2 * x.T @ error, bias - rate * 2 * error.sum()


@bank.wrong("training.1", "The step climbs")
def climbs(weight, bias, x, y, rate):
    error = y - (x @ weight + bias)
    return weight - rate * 2 * x.T @ error / len(y), bias - rate * 2 * error.mean()


@bank.wrong("training.1", "a factor of 2")
def without_the_two(weight, bias, x, y, rate):
    error = x @ weight + bias - y
    return weight - rate * x.T @ error / len(y), bias - rate * error.mean()


@bank.wrong("training.1", "The bias hasn't moved")
def bias_left(weight, bias, x, y, rate):
    return weight - rate * 2 * x.T @ (x @ weight + bias - y) / len(y), bias


@bank.wrong("training.1", "where the step begins")
def one_after_the_other(weight, bias, x, y, rate):
    weight = weight - rate * 2 * x.T @ (x @ weight + bias - y) / len(y)
    return weight, bias - rate * 2 * (x @ weight + bias - y).mean()


@bank.wrong("training.1", "n × n")
def a_column_less_a_row(weight, bias, x, y, rate):
    error = x @ weight[:, None] + bias - y
    return weight - rate * 2 * (x.T @ error / len(y)).mean(axis=1), bias - rate * 2 * error.mean()


@bank.wrong("training.1", "has become a table")
def a_table_of_weights(weight, bias, x, y, rate):
    error = x @ weight[:, None] + bias - y
    return weight[:, None] - rate * 2 * x.T @ error / len(y), bias - rate * 2 * error.mean()


@bank.wrong("training.1", "changes `weight`")
def in_place(weight, bias, x, y, rate):
    error = x @ weight + bias - y
    weight -= rate * 2 * x.T @ error / len(y)
    return weight, bias - rate * 2 * error.mean()


@bank.wrong("training.1", "the gradient")
def gradient_alone(weight, bias, x, y, rate):
    error = x @ weight + bias - y
    return 2 * x.T @ error / len(y), 2 * error.mean()


@bank.right("training.1")
def a_galaxy_at_a_time(weight, bias, x, y, rate):
    n, moved, new_bias = len(y), list(weight), bias
    for row, truth in zip(x, y, strict=True):
        error = sum(w * value for w, value in zip(weight, row, strict=True)) + bias - truth
        moved = [m - rate * 2 * error * value / n for m, value in zip(moved, row, strict=True)]
        new_bias -= rate * 2 * error / n
    return moved, new_bias


@bank.right("training.1")
def a_column_of_ones_in_float32(weight, bias, x, y, rate):
    columns = np.column_stack([x, np.ones(len(x))]).astype(np.float32)
    start = np.append(weight, bias).astype(np.float32)
    moved = start + 2 * rate * columns.T @ (y.astype(np.float32) - columns @ start) / len(y)
    return moved[:-1], moved[-1:]


@bank.right("training.1")
def by_differences(weight, bias, x, y, rate):
    def loss(both):
        return np.mean((x @ both[:-1] + both[-1] - y) ** 2)

    start, small = np.append(weight, bias), 1e-5
    steps = small * np.eye(len(start))
    gradient = np.array([(loss(start + step) - loss(start - step)) / (2 * small) for step in steps])
    return list(start - rate * gradient)[:-1], (start - rate * gradient)[-1]


@bank.wrong("training.2", "are in both lists")
def overlap(object_ids, share, seed):
    kept_apart = np.random.default_rng(seed).choice(object_ids, round(share * len(object_ids)), replace=False)
    return object_ids, list(kept_apart)


@bank.wrong("training.2", "with the same seed")
def not_seeded(object_ids, share, seed):
    return _cut(list(np.random.default_rng().permutation(object_ids)), share)


@bank.wrong("training.2", "the last of the list")
def last_of_the_file(object_ids, share, seed):
    n = len(object_ids) - round(share * len(object_ids))
    return object_ids[:n], object_ids[n:]


@bank.wrong("training.2", "exchanged")
def exchanged(object_ids, share, seed):
    training, validation = _cut(list(np.random.default_rng(seed).permutation(object_ids)), share)
    return validation, training


@bank.wrong("training.2", "without being put back")
def put_back(object_ids, share, seed):
    kept_apart = list(np.random.default_rng(seed).choice(object_ids, round(share * len(object_ids))))
    return [each for each in object_ids if each not in kept_apart], kept_apart


@bank.wrong("training.2", "a global generator")
def seeds_the_global_one(object_ids, share, seed):
    random.seed(seed)
    return _cut(random.sample(object_ids, len(object_ids)), share)


@bank.wrong("training.2", "changes the list")
def shuffles_in_place(object_ids, share, seed):
    random.Random(seed).shuffle(object_ids)
    return _cut(object_ids, share)


@bank.wrong("training.2", "whatever is drawn")
def a_coin_for_each(object_ids, share, seed):
    apart = np.random.default_rng(seed).random(len(object_ids)) < share
    training = [each for each, kept in zip(object_ids, apart, strict=True) if not kept]
    return training, [each for each, kept in zip(object_ids, apart, strict=True) if kept]


@bank.wrong("training.2", "places in the list")
def places(object_ids, share, seed):
    return _cut(list(np.random.default_rng(seed).permutation(len(object_ids))), share)


@bank.right("training.2")
def with_python_s_random(object_ids, share, seed):
    kept_apart = set(random.Random(seed).sample(object_ids, round(share * len(object_ids))))
    return [each for each in object_ids if each not in kept_apart], [each for each in object_ids if each in kept_apart]


@bank.right("training.2")
def by_a_random_key(object_ids, share, seed):
    key = np.random.RandomState(seed).uniform(size=len(object_ids))
    n = round(share * len(object_ids))
    ordered = np.array(object_ids)[np.argsort(key)]
    return ordered[n:], ordered[:n]


def _cut(shuffled, share):
    n = round(share * len(shuffled))
    return shuffled[n:], shuffled[:n]


@bank.wrong("training.1", "the number of all numbers in x")
def over_all_numbers(weight, bias, x, y, rate):
    error = x @ weight + bias - y
    return weight - rate * 2 * x.T @ error / x.size, bias - rate * 2 * error.mean()


@bank.wrong("training.1", "You took a step for each galaxy")
def a_step_for_each_galaxy(weight, bias, x, y, rate):
    for row, truth in zip(x, y, strict=True):
        error = row @ weight + bias - truth
        weight, bias = weight - rate * 2 * error * row, bias - rate * 2 * error
    return weight, bias


@bank.wrong("training.2", "round(0.25 · 10) = 2 are asked for")
def a_half_rounded_up(object_ids, share, seed):
    shuffled = np.random.default_rng(seed).permutation(object_ids).tolist()
    count = int(share * len(object_ids) + 0.5)
    return shuffled[count:], shuffled[:count]


@bank.wrong("training.2", "1 are kept apart, and nobody should be.")
def one_at_least(object_ids, share, seed):
    shuffled = np.random.default_rng(seed).permutation(object_ids).tolist()
    count = max(1, round(share * len(object_ids)))
    return shuffled[count:], shuffled[:count]

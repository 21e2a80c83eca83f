"""Typical wrong answers to the exercises on training, with words of their hints, and other right ones."""

import random

import numpy as np

from galviz.course.bank import Bank

bank = Bank()


def _gradient(weight, bias, x, y):
    errors = x @ weight + bias - y
    return 2 * x.T @ errors / len(y), 2 * errors.mean()


@bank.wrong("training.1", "You took sums over the galaxies")
def summed(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight - rate * 2 * x.T @ errors, bias - rate * 2 * errors.sum()


@bank.wrong("training.1", "goes uphill")
def uphill(weight, bias, x, y, rate):
    errors = y - (x @ weight + bias)
    return weight - rate * 2 * x.T @ errors / len(y), bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "half as long as the right one")
def without_the_two(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight - rate * x.T @ errors / len(y), bias - rate * errors.mean()


@bank.wrong("training.1", "The bias hasn't moved")
def bias_left(weight, bias, x, y, rate):
    return weight - rate * _gradient(weight, bias, x, y)[0], bias


@bank.wrong("training.1", "used the new weight for the bias")
def one_after_the_other(weight, bias, x, y, rate):
    weight = weight - rate * _gradient(weight, bias, x, y)[0]
    return weight, bias - rate * _gradient(weight, bias, x, y)[1]


@bank.wrong("training.1", "gives n × n. The errors must have the shape (n,).")
def column_minus_row(weight, bias, x, y, rate):
    errors = x @ weight[:, None] + bias - y
    return weight - rate * 2 * (x.T @ errors / len(y)).mean(axis=1), bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "which gives n × n")
def table_of_weights(weight, bias, x, y, rate):
    errors = x @ weight[:, None] + bias - y
    return weight[:, None] - rate * 2 * x.T @ errors / len(y), bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "a column, with two axes")
def weight_as_a_column(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return (weight - rate * by_weight).reshape(-1, 1), bias - rate * by_bias


@bank.wrong("training.1", "one number per galaxy")
def not_averaged(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight.mean() - rate * 2 * errors * x[:, 0], bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "The bias must be a single number")
def one_bias_per_galaxy(weight, bias, x, y, rate):
    return weight - rate * _gradient(weight, bias, x, y)[0], bias - rate * 2 * (x @ weight + bias - y)


@bank.wrong("training.1", "changes `weight`")
def in_place(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    weight -= rate * by_weight
    return weight, bias - rate * by_bias


@bank.wrong("training.1", "This is the gradient")
def gradient_alone(weight, bias, x, y, rate):
    return _gradient(weight, bias, x, y)


@bank.wrong("training.1", "the number of all values in x")
def over_all_numbers(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight - rate * 2 * x.T @ errors / x.size, bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "one step per galaxy")
def step_per_galaxy(weight, bias, x, y, rate):
    for row, label in zip(x, y, strict=True):
        error = row @ weight + bias - label
        weight, bias = weight - rate * 2 * error * row, bias - rate * 2 * error
    return weight, bias


@bank.wrong("training.1", "the first galaxy only")
def first_galaxy_only(weight, bias, x, y, rate):
    error = x[0] @ weight + bias - y[0]
    return weight - rate * 2 * error * x[0], bias - rate * 2 * error


@bank.wrong("training.1", "Only the first weight has moved")
def first_weight_only(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return np.append(weight[0] - rate * by_weight[0], weight[1:]), bias - rate * by_bias


@bank.wrong("training.1", "always that of a learning rate of 0.1")
def fixed_rate(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight - 0.1 * by_weight, bias - 0.1 * by_bias


@bank.wrong("training.1", "You limited the gradient")
def clipped_gradient(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    factor = 1 / max(1, np.hypot(np.linalg.norm(by_weight), by_bias))
    return weight - rate * factor * by_weight, bias - rate * factor * by_bias


@bank.wrong("training.1", "normalised the gradient to length 1")
def normalised_gradient(weight, bias, x, y, rate):
    both = np.append(*_gradient(weight, bias, x, y))
    both /= np.linalg.norm(both)
    return weight - rate * both[:-1], bias - rate * both[-1]


@bank.wrong("training.1", "such as weight decay")
def with_weight_decay(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight - rate * (by_weight + 0.2 * weight), bias - rate * by_bias


@bank.wrong("training.1", "You standardised x")
def standardised(weight, bias, x, y, rate):
    std = np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    by_weight, by_bias = _gradient(weight, bias, (x - x.mean(axis=0)) / std, y)
    return weight - rate * by_weight, bias - rate * by_bias


@bank.wrong("training.1", "momentum")
def random_batch(weight, bias, x, y, rate):
    rows = np.random.default_rng().integers(len(y), size=max(1, len(y) // 2))
    by_weight, by_bias = _gradient(weight, bias, x[rows], y[rows])
    return weight - rate * by_weight, bias - rate * by_bias


@bank.wrong("training.1", "rounded the result to 3 decimals")
def rounded(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return np.round(weight - rate * by_weight, 3), round(bias - rate * by_bias, 3)


@bank.wrong("training.1", "float16")
def half_precision(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return (weight - rate * by_weight).astype(np.float16), bias - rate * by_bias


@bank.wrong("training.1", "Weight and bias are exchanged")
def exchanged_parts(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return bias - rate * by_bias, weight - rate * by_weight


@bank.wrong("training.1", "Return two things")
def weight_alone(weight, bias, x, y, rate):
    return weight - rate * _gradient(weight, bias, x, y)[0]


@bank.wrong("training.1", "The shapes in a product")
def not_transposed(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight - rate * 2 * x @ errors / len(y), bias - rate * 2 * errors.mean()


@bank.wrong("training.1", "labels of only 3 of 7 galaxies")
def fixed_batch(weight, bias, x, y, rate):
    rows = np.random.default_rng(0).permutation(len(y))[: max(1, len(y) // 2)]
    by_weight, by_bias = _gradient(weight, bias, x[rows], y[rows])
    return weight - rate * by_weight, bias - rate * by_bias


@bank.wrong("training.1", "You divided by n − 1")
def divided_by_one_less(weight, bias, x, y, rate):
    errors, n = x @ weight + bias - y, max(len(y) - 1, 1)
    return weight - rate * 2 * x.T @ errors / n, bias - rate * 2 * errors.sum() / n


@bank.wrong("training.1", "You always divide by 256")
def fixed_number_of_galaxies(weight, bias, x, y, rate):
    errors = x @ weight + bias - y
    return weight - rate * 2 * x.T @ errors / 256, bias - rate * 2 * errors.sum() / 256


@bank.wrong("training.1", "the least-squares fit")
def minimum(weight, bias, x, y, rate):
    best = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    return best[:-1], best[-1]


@bank.wrong("training.1", "seed or use a global random generator")
def seeds_for_nothing(weight, bias, x, y, rate):
    np.random.seed(0)  # noqa: NPY002
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight - rate * by_weight, bias - rate * by_bias


@bank.right("training.1")
def galaxy_by_galaxy(weight, bias, x, y, rate):
    n, new_weight, new_bias = len(y), list(weight), bias
    for row, label in zip(x, y, strict=True):
        error = sum(w * value for w, value in zip(weight, row, strict=True)) + bias - label
        new_weight = [w - rate * 2 * error * value / n for w, value in zip(new_weight, row, strict=True)]
        new_bias -= rate * 2 * error / n
    return new_weight, new_bias


@bank.right("training.1")
def column_of_ones_in_float32(weight, bias, x, y, rate):
    columns = np.column_stack([x, np.ones(len(x))]).astype(np.float32)
    start = np.append(weight, bias).astype(np.float32)
    result = start + 2 * rate * columns.T @ (y.astype(np.float32) - columns @ start) / len(y)
    return result[:-1], result[-1:]


@bank.right("training.1")
def by_differences(weight, bias, x, y, rate):
    def loss(both):
        return np.mean((x @ both[:-1] + both[-1] - y) ** 2)

    start, small = np.append(weight, bias), 1e-3
    steps = small * np.eye(len(start))
    gradient = np.array([(loss(start + step) - loss(start - step)) / (2 * small) for step in steps])
    return list(start - rate * gradient)[:-1], (start - rate * gradient)[-1]


def _cut(shuffled, share):
    n = round(share * len(shuffled))
    return shuffled[n:], shuffled[:n]


def _shuffle(object_ids, seed):
    return np.random.default_rng(seed).permutation(object_ids).tolist()


@bank.wrong("training.2", "are in both lists")
def overlap(object_ids, share, seed):
    validation = np.random.default_rng(seed).choice(object_ids, round(share * len(object_ids)), replace=False)
    return object_ids, list(validation)


@bank.wrong("training.2", "hold out different galaxies: create the generator")
def not_seeded(object_ids, share, seed):
    return _cut(_shuffle(object_ids, None), share)


@bank.wrong("training.2", "A seed of 0 is a seed like any other")
def zero_taken_for_no_seed(object_ids, share, seed):
    return _cut(_shuffle(object_ids, seed or None), share)


@bank.wrong("training.2", "Different seeds hold out the same")
def fixed_seed(object_ids, share, seed):
    return _cut(_shuffle(object_ids, 42), share)


@bank.wrong("training.2", "The seeds 7 and 107 hold out the same")
def last_digits_of_the_seed(object_ids, share, seed):
    return _cut(_shuffle(object_ids, seed % 100), share)


@bank.wrong("training.2", "in different orders")
def order_not_seeded(object_ids, share, seed):
    training, validation = _cut(_shuffle(object_ids, seed), share)
    return _shuffle(training, None), validation


@bank.wrong("training.2", "depends on the order of a set")
def order_of_a_set(object_ids, share, seed):
    return _cut(_shuffle(list(set(object_ids)), seed), share)


@bank.wrong("training.2", "has the order of a set")
def difference_of_sets(object_ids, share, seed):
    _, validation = _cut(_shuffle(object_ids, seed), share)
    return list(set(object_ids) - set(validation)), validation


@bank.wrong("training.2", "The order of a set decides")
def order_of_a_set_in_numpy(object_ids, share, seed):
    n = round(share * len(object_ids))
    validation = set(np.random.default_rng(seed).choice(list(set(object_ids)), n, replace=False).tolist())
    return [object_id for object_id in object_ids if object_id not in validation], [
        object_id for object_id in object_ids if object_id in validation
    ]


@bank.wrong("training.2", "the last galaxies of the list")
def last_of_the_list(object_ids, share, seed):
    n = len(object_ids) - round(share * len(object_ids))
    return object_ids[:n], object_ids[n:]


@bank.wrong("training.2", "block of consecutive galaxies of the list")
def wrapped_block(object_ids, share, seed):
    start = int(np.random.default_rng(seed).integers(len(object_ids)))
    return _cut(object_ids[start:] + object_ids[:start], share)


@bank.wrong("training.2", "block of consecutive galaxies of the sorted ids")
def wrapped_block_of_sorted_ids(object_ids, share, seed):
    return wrapped_block(sorted(object_ids), share, seed)


@bank.wrong("training.2", "at equal distances")
def every_fifth(object_ids, share, seed):
    n, start = round(share * len(object_ids)), int(np.random.default_rng(seed).integers(5))
    validation = (object_ids[start::5] + object_ids)[:n] if n <= len(object_ids[start::5]) else object_ids[:n]
    return [object_id for object_id in object_ids if object_id not in validation], validation


@bank.wrong("training.2", "possible validation sets occur")
def one_from_each_half(object_ids, share, seed):
    random, n = np.random.default_rng(seed), round(share * len(object_ids))
    half = len(object_ids) // 2
    first, second = random.permutation(object_ids[:half]).tolist(), random.permutation(object_ids[half:]).tolist()
    ordered = [object_id for pair in zip(first, second, strict=False) for object_id in pair]
    ordered += [object_id for object_id in second if object_id not in ordered]
    return ordered[n:], ordered[:n]


@bank.wrong("training.2", "the last galaxy of the list is held out 0 %")
def last_galaxy_never_held_out(object_ids, share, seed):
    return _cut(_shuffle(object_ids[:-1], seed) + object_ids[-1:], share)


@bank.wrong("training.2", "The two lists are exchanged")
def exchanged(object_ids, share, seed):
    return _cut(_shuffle(object_ids, seed), share)[::-1]


@bank.wrong("training.2", "without replacement")
def with_replacement(object_ids, share, seed):
    validation = list(np.random.default_rng(seed).choice(object_ids, round(share * len(object_ids))))
    return [object_id for object_id in object_ids if object_id not in validation], validation


@bank.wrong("training.2", "a global generator")
def seeds_the_global_generator(object_ids, share, seed):
    random.seed(seed)
    return _cut(random.sample(object_ids, len(object_ids)), share)


@bank.wrong("training.2", "changes the list")
def shuffles_in_place(object_ids, share, seed):
    random.Random(seed).shuffle(object_ids)
    return _cut(object_ids, share)


@bank.wrong("training.2", "depends on the seed")
def coin_per_galaxy(object_ids, share, seed):
    mask = np.random.default_rng(seed).random(len(object_ids)) < share
    training = [object_id for object_id, held_out in zip(object_ids, mask, strict=True) if not held_out]
    return training, [object_id for object_id, held_out in zip(object_ids, mask, strict=True) if held_out]


@bank.wrong("training.2", "positions in the list")
def positions(object_ids, share, seed):
    return _cut(list(np.random.default_rng(seed).permutation(len(object_ids))), share)


@bank.wrong("training.2", "You rounded the size of the training set: round")
def training_set_rounded(object_ids, share, seed):
    shuffled, n = _shuffle(object_ids, seed), round((1 - share) * len(object_ids))
    return shuffled[:n], shuffled[n:]


@bank.wrong("training.2", "A part of it is cut off")
def ids_cut_off(object_ids, share, seed):
    return _cut([object_id[:16] for object_id in _shuffle(object_ids, seed)], share)


@bank.wrong("training.2", "Can one of the two lists be empty?")
def refuses_empty_sets(object_ids, share, seed):
    if not 0 < share < 1:
        raise ValueError("share must be between 0 and 1")
    return _cut(_shuffle(object_ids, seed), share)


@bank.wrong("training.2", "You rounded a half up")
def half_rounded_up(object_ids, share, seed):
    shuffled, n = _shuffle(object_ids, seed), int(share * len(object_ids) + 0.5)
    return shuffled[n:], shuffled[:n]


@bank.wrong("training.2", "You rounded the size of the validation set down")
def rounded_down(object_ids, share, seed):
    shuffled, n = _shuffle(object_ids, seed), int(share * len(object_ids))
    return shuffled[n:], shuffled[:n]


@bank.wrong("training.2", "at least one galaxy. The validation set")
def at_least_one(object_ids, share, seed):
    shuffled, n = _shuffle(object_ids, seed), max(1, round(share * len(object_ids)))
    return shuffled[n:], shuffled[:n]


@bank.wrong("training.2", "at −0")
def counted_from_the_end(object_ids, share, seed):
    shuffled, n = _shuffle(object_ids, seed), round(share * len(object_ids))
    return shuffled[:-n], shuffled[-n:]


@bank.wrong("training.2", "not a percentage")
def share_as_a_percentage(object_ids, share, seed):
    return _cut(_shuffle(object_ids, seed), share / 100)


@bank.wrong("training.2", "use the parameter `share`")
def fixed_share(object_ids, share, seed):
    return _cut(_shuffle(object_ids, seed), 0.2)


@bank.wrong("training.2", "shuffle` changes a list and returns None")
def shuffled_to_none(object_ids, share, seed):
    return _cut(random.Random(seed).shuffle(list(object_ids)), share)


@bank.right("training.2")
def by_pythons_random(object_ids, share, seed):
    validation = set(random.Random(seed).sample(object_ids, round(share * len(object_ids))))
    return [object_id for object_id in object_ids if object_id not in validation], [
        object_id for object_id in object_ids if object_id in validation
    ]


@bank.right("training.2")
def by_random_keys(object_ids, share, seed):
    keys, n = np.random.RandomState(seed).uniform(size=len(object_ids)), round(share * len(object_ids))
    ordered = np.array(object_ids)[np.argsort(keys)]
    return ordered[n:], ordered[:n]


@bank.right("training.2")
def by_choice_and_a_set(object_ids, share, seed):
    n = round(share * len(object_ids))
    validation = np.random.default_rng(seed).choice(sorted(object_ids), n, replace=False).tolist()
    held_out = set(validation)
    return [object_id for object_id in object_ids if object_id not in held_out], validation

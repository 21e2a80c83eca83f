"""Typical wrong answers to the exercises on training, with words of their hints, and other right ones."""

import copy
import itertools
import random

import numpy as np

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("training.0", "left out the last ids")
def full_batches_only(object_ids, batch_size):
    return [object_ids[i * batch_size : (i + 1) * batch_size] for i in range(len(object_ids) // batch_size)]


@bank.wrong("training.0", "an empty batch at the end")
def one_batch_more(object_ids, batch_size):
    return [object_ids[i * batch_size : (i + 1) * batch_size] for i in range(len(object_ids) // batch_size + 1)]


@bank.wrong("training.0", "for the number of batches")
def that_many_batches(object_ids, batch_size):
    return [part.tolist() for part in np.array_split(object_ids, batch_size)]


@bank.wrong("training.0", "so they overlap")
def step_of_one(object_ids, batch_size):
    return [object_ids[start : start + batch_size] for start in range(len(object_ids))]


@bank.wrong("training.0", "the last id of each batch is missing")
def one_id_short(object_ids, batch_size):
    return [object_ids[start : start + batch_size - 1] for start in range(0, len(object_ids), batch_size)]


@bank.wrong("training.0", "a position in the list, not a length")
def ends_at_the_size(object_ids, batch_size):
    return [object_ids[start:batch_size] for start in range(0, len(object_ids), batch_size)]


@bank.wrong("training.0", "always have 32")
def fixed_batch_size(object_ids, batch_size):
    return [object_ids[start : start + 32] for start in range(0, len(object_ids), 32)]


@bank.wrong("training.0", "changes the list")
def taken_from_the_list(object_ids, batch_size):
    result = []
    while object_ids:
        result.append([object_ids.pop(0) for _ in range(min(batch_size, len(object_ids)))])
    return result


@bank.wrong("training.0", "has lost its zero")
def without_zeros(object_ids, batch_size):
    ids = [object_id.lstrip("0") for object_id in object_ids]
    return [ids[start : start + batch_size] for start in range(0, len(ids), batch_size)]


@bank.wrong("training.0", "don't shuffle")
def shuffled_batches(object_ids, batch_size):
    order = np.random.default_rng().permutation(object_ids).tolist()
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


@bank.wrong("training.0", "You return an iterator")
def yields(object_ids, batch_size):
    for start in range(0, len(object_ids), batch_size):
        yield object_ids[start : start + batch_size]


@bank.wrong("training.0", "nearly equal sizes")
def equal_sizes(object_ids, batch_size):
    n_batches = -(-len(object_ids) // batch_size)
    return [part.tolist() for part in np.array_split(object_ids, n_batches)] if object_ids else []


@bank.wrong("training.0", "is a list of its own")
def one_flat_list(object_ids, batch_size):
    return list(object_ids)


@bank.wrong("training.0", "may be smaller")
def reshaped(object_ids, batch_size):
    return np.reshape(object_ids, (-1, batch_size)).tolist()


@bank.right("training.0")
def id_by_id(object_ids, batch_size):
    result = []
    for place, object_id in enumerate(object_ids):
        if place % batch_size == 0:
            result.append([])
        result[-1].append(object_id)
    return result


@bank.right("training.0")
def arrays_by_split(object_ids, batch_size):
    if not object_ids:
        return []
    return np.split(np.array(object_ids), range(batch_size, len(object_ids), batch_size))


@bank.right("training.0")
def by_an_iterator(object_ids, batch_size):
    remaining = iter(object_ids)
    return list(iter(lambda: tuple(itertools.islice(remaining, batch_size)), ()))


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


@bank.wrong("training.1", "length of the gradient to 1")
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


@bank.wrong("training.1", "You multiply each weight by a number before the step")
def shrunk_before_the_step(weight, bias, x, y, rate):
    weight = weight * (1 - 0.01 * rate)
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight - rate * by_weight, bias - rate * by_bias


@bank.wrong("training.1", "Your result is multiplied by a number for each weight")
def shrunk_after_the_step(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return 0.99 * (weight - rate * by_weight), bias - rate * by_bias


@bank.wrong("training.1", "length of the gradient of the weights to 1")
def clipped_by_length(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight - rate * by_weight / max(1, np.linalg.norm(by_weight)), bias - rate * by_bias


@bank.wrong("training.1", "one step per galaxy")
def galaxies_in_random_order(weight, bias, x, y, rate):
    for i in np.random.default_rng(0).permutation(len(y)):
        by_weight, by_bias = _gradient(weight, bias, x[i : i + 1], y[i : i + 1])
        weight, bias = weight - rate * by_weight, bias - rate * by_bias
    return weight, bias


@bank.wrong("training.1", "multiplied the step by the old weight and the old bias")
def multiplied_by_the_old_values(weight, bias, x, y, rate):
    by_weight, by_bias = _gradient(weight, bias, x, y)
    return weight * (1 - rate * by_weight), bias * (1 - rate * by_bias)


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


@bank.wrong("training.2", "The seeds 0 and 100 hold out the same")
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


def _squared(predictions, labels):
    return ((predictions[:, 0] - labels) ** 2).mean()


def _permutations(n, n_epochs, seed):
    random = np.random.default_rng(seed)
    return [random.permutation(n) for _ in range(n_epochs)]


def _cut_in_batches(order):
    return [order[start : start + 32] for start in range(0, len(order), 32)]


def _train(network, images, labels, orders, optimiser, loss_of=_squared, clear=lambda optimiser: optimiser.zero_grad()):
    """A right training, apart from what its arguments change; losses of each batch in each epoch."""
    network.train()
    losses = []
    for order in orders:
        losses.append([])
        for batch in _cut_in_batches(order):
            loss = loss_of(network(images[batch]), labels[batch])
            clear(optimiser)
            loss.backward()
            optimiser.step()
            losses[-1].append(loss.item())
    network.eval()
    return losses


def _adam(network, learning_rate, **settings):
    import torch

    return torch.optim.Adam(network.parameters(), lr=learning_rate, **settings)


def _means(losses):
    return [float(np.mean(epoch)) for epoch in losses]


@bank.wrong("training.3", "all earlier batches")
def gradients_add_up(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser, clear=lambda optimiser: None))


@bank.wrong("training.3", "not for each epoch")
def zeroed_once_per_epoch(network, images, labels, n_epochs, learning_rate, seed):
    optimiser, losses = _adam(network, learning_rate), []
    for order in _permutations(len(images), n_epochs, seed):
        optimiser.zero_grad()
        losses += _train(network, images, labels, [order], optimiser, clear=lambda optimiser: None)
    return _means(losses)


@bank.wrong("training.3", "subtracting them gives n × n")
def broadcast_to_a_matrix(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser, lambda p, y: ((p - y) ** 2).mean()))


@bank.wrong("training.3", "never takes a step")
def no_step(network, images, labels, n_epochs, learning_rate, seed):
    network.train()
    losses = []
    for order in _permutations(len(images), n_epochs, seed):
        losses.append([])
        for batch in _cut_in_batches(order):
            loss = _squared(network(images[batch]), labels[batch])
            loss.backward()
            losses[-1].append(loss.item())
    network.eval()
    return _means(losses)


@bank.wrong("training.3", "one batch per epoch only")
def first_batch_only(network, images, labels, n_epochs, learning_rate, seed):
    orders = [order[:32] for order in _permutations(len(images), n_epochs, seed)]
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "all galaxies in one batch")
def no_batches(network, images, labels, n_epochs, learning_rate, seed):
    network.train()
    optimiser, losses = _adam(network, learning_rate), []
    for order in _permutations(len(images), n_epochs, seed):
        loss = _squared(network(images[order]), labels[order])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    network.eval()
    return losses


@bank.wrong("training.3", "the last batch, which is smaller, is left out")
def last_batch_dropped(network, images, labels, n_epochs, learning_rate, seed):
    n = len(images) // 32 * 32
    orders = [order[:n] for order in _permutations(len(images), n_epochs, seed)]
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "You don't shuffle")
def not_shuffled(network, images, labels, n_epochs, learning_rate, seed):
    orders = [np.arange(len(images))] * n_epochs
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "Each epoch has the same random order")
def shuffled_once(network, images, labels, n_epochs, learning_rate, seed):
    orders = _permutations(len(images), 1, seed) * n_epochs
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "others are used more than once")
def with_repeated_galaxies(network, images, labels, n_epochs, learning_rate, seed):
    draw = np.random.default_rng(seed)
    orders = [draw.integers(len(images), size=len(images)) for _ in range(n_epochs)]
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "in their old order")
def labels_not_shuffled(network, images, labels, n_epochs, learning_rate, seed):
    network.train()
    optimiser, losses = _adam(network, learning_rate), []
    for order in _permutations(len(images), n_epochs, seed):
        losses.append([])
        for start in range(0, len(images), 32):
            loss = _squared(network(images[order][start : start + 32]), labels[start : start + 32])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses[-1].append(loss.item())
    network.eval()
    return _means(losses)


@bank.wrong("training.3", "never computed")
def without_backward(network, images, labels, n_epochs, learning_rate, seed):
    network.train()
    optimiser, losses = _adam(network, learning_rate), []
    for order in _permutations(len(images), n_epochs, seed):
        losses.append([])
        for batch in _cut_in_batches(order):
            losses[-1].append(_squared(network(images[batch]), labels[batch]).item())
            optimiser.step()
    network.eval()
    return _means(losses)


@bank.wrong("training.3", "trained in evaluation mode")
def in_evaluation_mode(network, images, labels, n_epochs, learning_rate, seed):
    network.train = lambda mode=True: network
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "still in training mode")
def left_in_training_mode(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    losses = _train(network, images, labels, orders, optimiser)
    network.train()
    return _means(losses)


@bank.wrong("training.3", "You train a copy")
def trains_a_copy(network, images, labels, n_epochs, learning_rate, seed):
    network = copy.deepcopy(network)
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "global random generator")
def seeds_globally(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    torch.manual_seed(seed)
    orders = [torch.randperm(len(images)) for _ in range(n_epochs)]
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "Different seeds give the same orders")
def fixed_generator(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, 42), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "Two trainings with the same seed")
def without_a_seed(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, None), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "Adam's default")
def default_learning_rate(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, 1e-3)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "Your optimiser is SGD")
def gradient_descent(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    optimiser = torch.optim.SGD(network.parameters(), lr=learning_rate)
    return _means(_train(network, images, labels, _permutations(len(images), n_epochs, seed), optimiser))


@bank.wrong("training.3", "a new optimiser in each epoch")
def optimiser_per_epoch(network, images, labels, n_epochs, learning_rate, seed):
    losses = []
    for order in _permutations(len(images), n_epochs, seed):
        losses += _train(network, images, labels, [order], _adam(network, learning_rate))
    return _means(losses)


@bank.wrong("training.3", "after `backward` and before `step`")
def zeroed_before_the_step(network, images, labels, n_epochs, learning_rate, seed):
    optimiser = _adam(network, learning_rate)
    step = optimiser.step
    optimiser.step = lambda: (optimiser.zero_grad(), step())
    return _means(_train(network, images, labels, _permutations(len(images), n_epochs, seed), optimiser))


@bank.wrong("training.3", "Your loss is the root-mean-square error")
def root_of_the_loss(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser, lambda p, y: _squared(p, y).sqrt()))


@bank.wrong("training.3", "sum of the squared errors. Take the mean")
def sum_of_squares(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser, lambda p, y: ((p[:, 0] - y) ** 2).sum()))


@bank.wrong("training.3", "one loss per batch")
def losses_of_batches(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return [loss for epoch in _train(network, images, labels, orders, optimiser) for loss in epoch]


@bank.wrong("training.3", "the last batch of each epoch")
def loss_of_the_last_batch(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return [epoch[-1] for epoch in _train(network, images, labels, orders, optimiser)]


@bank.wrong("training.3", "divide by the number of batches")
def divided_by_the_galaxies(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return [sum(epoch) / len(images) for epoch in _train(network, images, labels, orders, optimiser)]


@bank.wrong("training.3", "what you return is None")
def returns_nothing(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    _train(network, images, labels, orders, optimiser)


@bank.wrong("training.3", "Your losses are tensors")
def losses_as_tensors(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return torch.tensor(_means(_train(network, images, labels, orders, optimiser)))


@bank.wrong("training.3", "Some weights of the network don't change")
def trains_the_last_layer(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    optimiser = torch.optim.Adam([*network.parameters()][-2:], lr=learning_rate)
    return _means(_train(network, images, labels, _permutations(len(images), n_epochs, seed), optimiser))


@bank.wrong("training.3", "30 epochs: don't stop earlier")
def stops_early(network, images, labels, n_epochs, learning_rate, seed):
    losses, optimiser = [], _adam(network, learning_rate)
    for order in _permutations(len(images), n_epochs, seed):
        losses += _train(network, images, labels, [order], optimiser)
        if len(losses) == 25:
            break
    return _means(losses)


@bank.wrong("training.3", "images that you normalised")
def normalises_again(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images - images.mean() + 0.1, labels, orders, optimiser))


@bank.wrong("training.3", "You change the labels")
def centres_the_labels(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    return _means(_train(network, images, labels - labels.mean(), orders, optimiser))


@bank.wrong("training.3", "you shuffle the batches")
def batches_shuffled(network, images, labels, n_epochs, learning_rate, seed):
    draw, parts = np.random.default_rng(seed), np.split(np.arange(len(images)), range(32, len(images), 32))
    orders = [np.concatenate([parts[i] for i in draw.permutation(len(parts))]) for _ in range(n_epochs)]
    return _means(_train(network, images, labels, orders, _adam(network, learning_rate)))


@bank.wrong("training.3", "gradient tracking switched off")
def switches_gradients_off(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate)
    losses = _means(_train(network, images, labels, orders, optimiser))
    torch.set_grad_enabled(False)
    return losses


@bank.wrong("training.3", "Leave it unchanged, at 0.")
def with_decay_of_the_weights(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate, weight_decay=0.01)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "all weights of the network")
def trains_the_bias_alone(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    optimiser = torch.optim.Adam([[*network.parameters()][-1]], lr=learning_rate)
    return _means(_train(network, images, labels, _permutations(len(images), n_epochs, seed), optimiser))


@bank.wrong("training.3", "The seeds 0 and 100 give the same orders")
def last_digit_of_the_seed(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed % 10), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.wrong("training.3", "false in an `if` or `or`")
def zero_is_no_seed(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed or 1), _adam(network, learning_rate)
    return _means(_train(network, images, labels, orders, optimiser))


@bank.right("training.3")
def by_a_data_loader(network, images, labels, n_epochs, learning_rate, seed):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    generator = torch.Generator().manual_seed(seed)
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True, generator=generator)
    optimiser, criterion = _adam(network, learning_rate), torch.nn.MSELoss()
    network.train()
    result = []
    for _ in range(n_epochs):
        total = 0.0
        for inputs, targets in loader:
            optimiser.zero_grad()
            loss = criterion(network(inputs), targets.unsqueeze(1))
            loss.backward()
            optimiser.step()
            total += len(inputs) * loss.item()
        result.append(total / len(images))  # each galaxy counts as much as the others
    return result if network.eval() else None


@bank.right("training.3")
def by_numpys_permutations(network, images, labels, n_epochs, learning_rate, seed):
    orders, optimiser = _permutations(len(images), n_epochs, seed), _adam(network, learning_rate, foreach=False)
    return np.array(_means(_train(network, images, labels, orders, optimiser)), dtype=np.float32)


@bank.right("training.3")
def by_pythons_shuffle(network, images, labels, n_epochs, learning_rate, seed):
    import torch

    shuffle = random.Random(seed).shuffle
    places, optimiser, result = list(range(len(images))), _adam(network, learning_rate), []
    for _ in range(n_epochs):
        shuffle(places)
        losses = []
        network.train()
        for start in range(0, len(places), 32):
            batch = places[start : start + 32]
            loss = torch.nn.functional.mse_loss(network(images[batch]).flatten(), labels[batch])
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()
            losses.append(loss.detach())
        result.append(torch.stack(losses).mean())
        network.eval()
    return torch.stack(result).tolist()


@bank.right("training.3")
def by_a_closure(network, images, labels, n_epochs, learning_rate, seed):
    optimiser, result = _adam(network, learning_rate), []
    network.train()
    for order in _permutations(len(images), n_epochs, seed):
        losses = []
        for batch in _cut_in_batches(order):

            def compute_loss(batch=batch):
                network.zero_grad()
                loss = _squared(network(images[batch]), labels[batch])
                loss.backward()
                return loss

            losses.append(optimiser.step(compute_loss).item())
        result.append(sum(losses) / len(losses))
    network.eval()
    return result

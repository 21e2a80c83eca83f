"""Explain what is wrong in a recorded training: the batches, the loss, the optimiser, or the losses returned."""

import itertools

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect
from galviz.course.seeds import reject_equal_seeds
from lessons.training.training_log import (
    N_BATCH,
    Log,
    adam,
    batch_losses,
    right_gradient,
    shuffled,
    weight_gradient,
)

RTOL = 1e-3


def check_log(log: Log) -> None:
    """Raise the hint for the first thing that is wrong in a training.

    Raises
    ------
    WrongAnswer
    """
    _check_state(log)
    _check_settings_left(log)
    _check_calls(log)
    _check_batches(log)
    _check_orders(log)
    _check_loss(log)
    _check_optimiser(log)
    _check_weights(log)
    _check_result(log)
    expect(
        not log.ends_training,
        "At the end, the network is still in training mode: call `network.eval()` before you return.",
    )


def _close(one: object, other: object) -> bool:
    one, other = np.asarray(one, float), np.asarray(other, float)
    return one.shape == other.shape and bool(
        np.allclose(one, other, rtol=RTOL, atol=1e-4 * max(np.abs(other).max(initial=0), 1e-3))
    )


def _check_state(log: Log) -> None:
    if log.changed:
        raise WrongAnswer(
            f"Your function changes `{log.changed}`, which belong to the caller. Compute new tensors, without `-=` or "
            "methods that end with `_`."
        )
    expect(
        not log.uses_global,
        "You use or seed a global random generator (`torch.manual_seed`, `np.random.seed`, `random`, or `randperm` or "
        "a `DataLoader` without `generator=…`), which the rest of the program may use. Create one of your own.",
    )


def _check_settings_left(log: Log) -> None:
    """Check that the network and PyTorch can be used afterwards as before."""
    expect(
        not log.leaves_gradients_off,
        "Your function leaves gradient tracking switched off for the rest of the program: switch it off for a few "
        "lines "
        "only, with `with torch.no_grad():`.",
    )
    expect(
        not log.changes_dtype,
        "Your function leaves PyTorch's default dtype changed, for the rest of the program: pass `dtype=…` where you "
        "create a tensor.",
    )
    expect(
        not log.is_frozen,
        "After your function, some weights of the network no longer require gradients, so it can't be trained again. "
        "Leave `requires_grad` as it is.",
    )


def _check_calls(log: Log) -> None:
    """Check that the network itself is trained, in training mode, with the images as they are."""
    expect(bool(log.forwards), "Your function never calls the network.")
    with_gradient = log.training
    if not with_gradient:
        raise WrongAnswer(
            "The gradients of the loss are never computed: call `loss.backward()` for each batch. The loss must depend "
            "on the predictions as tensors, without `no_grad`, `detach` or `item`."
        )
    expect(
        any(forward.is_original for forward in with_gradient),
        "You train a copy of the network. Train the network itself: it learns in place.",
    )
    expect(
        all(forward.rows is not None for forward in with_gradient),
        "The network gets something else than the images, such as images that you normalised, scaled, augmented or "
        "converted. Use "
        "them as they are.",
    )
    first, start = with_gradient[0], log.case.start
    expect(
        _close(first.outputs, log.case.x[first.rows] @ start[:-1] + start[-1]),
        "You change the weights before the training, such as by new random numbers. Train the network as it is.",
    )
    modes = [forward.is_training for forward in with_gradient]
    expect(
        any(modes),
        "The network is trained in evaluation mode. It may be in this mode at the beginning: call `network.train()`.",
    )
    expect(
        all(modes),
        "The network is in evaluation mode in some epochs or batches. Call `network.eval()` only at the end, after the "
        "loops, or `network.train()` again.",
    )


def _check_batches(log: Log) -> None:
    """Check the sizes of the batches, and that each galaxy is in each epoch once."""
    case = log.case
    n, n_epochs = case.n, case.n_epochs
    sizes = [len(forward.rows) for forward in log.training]
    of_epoch = [min(N_BATCH, n - start) for start in range(0, n, N_BATCH)]
    about = f"For {n} galaxies and {n_epochs} epoch{'s' * (n_epochs > 1)},"
    if sizes == of_epoch * n_epochs:
        return
    expect(
        0 not in sizes,
        f"{about} one of your batches is empty, and its mean is NaN. If n is a multiple of 32, the number of batches "
        "is "
        "n // 32, without one more.",
    )
    expect(
        n == 1 or set(sizes) != {1},
        "You train with one galaxy at a time: divide them into batches of 32. Does a loop go over the galaxies?",
    )
    expect(
        n <= N_BATCH or set(sizes) != {n},
        "You train with all galaxies in one batch: divide them into batches of 32.",
    )
    full = [size for size in of_epoch if size == N_BATCH]
    expect(
        n <= N_BATCH or sizes != [N_BATCH] * n_epochs,
        f"{about} you compute the gradients of one batch per epoch only. Is `backward` outside of the loop over the "
        "batches, or does the loop end after the first one?",
    )
    expect(
        sizes != full * n_epochs,
        f"{about} the last batch, which is smaller, is left out. Use it too.",
    )
    expect(
        n <= N_BATCH or sizes != of_epoch[-1:] * n_epochs,
        f"{about} you compute the gradients of the last batch only. Is `backward` outside of the loop over the "
        "batches?",
    )
    expect(
        n <= N_BATCH or sum(sizes) != n * n_epochs or max(sizes) == N_BATCH,
        f"Your batches have {max(sizes)} galaxies. They must have 32, apart from the last one.",
    )
    for count in range(1, 60):
        expect(
            sizes != of_epoch * count or count == n_epochs,
            f"You train for {count} epoch{'s' * (count > 1)}. It must be {n_epochs}: use the parameter `n_epochs`.",
        )
    n_used = len({row for forward in log.training for row in forward.rows})
    expect(
        n_used == n,
        f"{about} you train with only {n_used} of the galaxies. Use all of them: hold none out, and leave none over.",
    )
    raise WrongAnswer(
        f"{about} the sizes of your first batches are {sizes[: len(of_epoch) + 1]}. They must be {of_epoch} in each "
        "epoch."
    )


def _check_orders(log: Log) -> None:
    """Check that each epoch has each galaxy once, in a new order."""
    case, orders = log.case, shuffled(log)
    for place, order in enumerate(orders, start=1):
        missing = case.n - len(set(order))
        expect(
            missing == 0,
            f"In epoch {place}, {missing} of {case.n} galaxies are in no batch, and others are used more than once. "
            "Divide a permutation of the galaxies into batches, and don't select each batch at random.",
        )
    if case.n < 20:
        return
    in_order = list(range(case.n))
    expect(orders[0] != in_order, "You don't shuffle: the galaxies are in the order of `images`.")
    neighbours = [sum(after == before + 1 for before, after in itertools.pairwise(order)) for order in orders]
    expect(
        max(neighbours) < case.n / 2,
        "The galaxies of a batch are neighbours in `images`: you shuffle the batches. Shuffle the galaxies, and divide "
        "them into batches afterwards.",
    )
    blocks = [
        {tuple(sorted(order[start : start + N_BATCH])) for start in range(0, case.n, N_BATCH)} for order in orders
    ]
    expect(
        len(orders) < 2 or orders[0] == orders[1] or any(block != blocks[0] for block in blocks),
        "The same galaxies are together in a batch in each epoch: shuffle the galaxies, not the batches.",
    )
    expect(
        all(sorted(order) != order for order in orders),
        "One of your epochs has the galaxies in the order of `images`. Shuffle them in each epoch.",
    )
    expect(
        len(orders) < 2 or orders[0] != orders[1],
        "Each epoch has the same random order. Create the generator before the loop over the epochs, and shuffle in "
        "each epoch.",
    )
    expect(
        len({tuple(order) for order in orders}) == len(orders),
        "Some of your epochs have the same order. Shuffle in each epoch, with the generator created before the loop.",
    )


def _check_loss(log: Log) -> None:
    """Check the gradient of the loss with respect to the predictions, which shows what the loss is."""
    case, forwards = log.case, log.training
    right = [right_gradient(case, forward.rows, forward.outputs) for forward in forwards]
    if all(_close(forward.gradient, gradient) for forward, gradient in zip(forwards, right, strict=True)):
        return
    starts = np.cumsum([0, *(len(forward.rows) for forward in forwards)])
    for change, hint in _LOSSES:
        explained = [
            change(forward.outputs, case.y[forward.rows].astype(float), len(forward.rows), case.n)
            for forward in forwards
        ]
        if all(_close(forward.gradient, gradient) for forward, gradient in zip(forwards, explained, strict=True)):
            raise WrongAnswer(hint)
    used = np.concatenate([f.outputs - f.gradient * len(f.rows) / 2 for f in forwards])
    in_order = np.concatenate(
        [case.y[[row % case.n for row in range(start, end)]] for start, end in itertools.pairwise(starts)]
    )
    expect(
        not _close(used, in_order),
        "Images and labels don't belong together: you shuffle the images, but use the labels in their old order. Use "
        "the "
        "same positions for both.",
    )
    for forward in forwards:
        labels = forward.outputs - forward.gradient * len(forward.rows) / 2
        expect(
            len(forward.rows) < 5 or not _close(np.sort(labels), np.sort(case.y[forward.rows])),
            "Images and labels don't belong together: in a batch, the labels are those of other galaxies.",
        )
    expect(
        not _is_among(used, case.y),
        "Images and labels don't belong together: you shuffle them in different orders. Use the same positions for "
        "both.",
    )
    own_labels = np.concatenate([case.y[forward.rows] for forward in forwards]).astype(float)
    if len(used) > 5 and np.ptp(own_labels) > 0 and np.ptp(used) > 0:
        slope, shift = np.polyfit(own_labels, used, 1)
        expect(
            not _close(used, slope * own_labels + shift) or _close(used, own_labels),
            f"You change the labels before you compare them with the predictions: each is multiplied by {slope:.3g}, "
            "and "
            f"{shift:.3g} is added. Use them as they are: don't centre or standardise them.",
        )
    ratios = [_ratio(forward.gradient, gradient) for forward, gradient in zip(forwards, right, strict=True)]
    if None not in ratios:
        if np.ptp(ratios) < 1e-3 * abs(ratios[0]):
            raise WrongAnswer(
                f"The gradient of your loss is {ratios[0]:.4g} times that of the mean squared error. Is the loss "
                "multiplied "
                "by a number, or `backward` called more than once?"
            )
        raise WrongAnswer(
            "The gradient of your loss has the right direction, but not the length: it isn't the mean of the squared "
            "errors. Don't scale the loss by a number that differs from batch to batch."
        )
    raise WrongAnswer(
        "Your loss isn't the mean squared error of predictions and labels of the same galaxies: its gradient with "
        "respect "
        "to the predictions isn't 2 (ŷ − y) / n. Are all labels used as they are, in the same batch as their images?"
    )


def _is_among(values: np.ndarray, labels: np.ndarray) -> bool:
    """Whether all values are labels."""
    ordered = np.sort(labels)
    places = np.clip(np.searchsorted(ordered, values), 1, max(len(ordered) - 1, 1))
    nearest = np.minimum(abs(values - ordered[places - 1]), abs(values - ordered[np.minimum(places, len(ordered) - 1)]))
    return len(labels) > 4 and bool((nearest < 1e-3).all())


def _ratio(values: np.ndarray, reference: np.ndarray) -> float | None:
    """The number by which a vector is multiplied; None if there is no such number."""
    factor = float(values @ reference / (reference @ reference))
    return factor if _close(values, factor * reference) and factor else None


BROADCAST = (
    "Predictions have the shape (n, 1), and labels (n,): subtracting them gives n × n numbers, so each prediction is "
    "compared with the labels of all galaxies in the batch. Bring them to the same shape, with `squeeze(1)`."
)
# Functions of predictions p, labels y, galaxies per batch m and in total n: the gradient for each prediction.
_LOSSES = (
    (lambda p, y, m, n: 2 * (p - y.mean()) / m, BROADCAST),
    (
        lambda p, y, m, n: 2 * m * (p - y.mean()),
        f"{BROADCAST} Also, you took a sum instead of a mean.",
    ),
    (
        lambda p, y, m, n: np.full(m, 2 * (p.mean() - y.mean()) / m),
        "You averaged the errors before you squared them, so that positive and negative errors cancel. Square first.",
    ),
    (
        lambda p, y, m, n: np.full(m, 1 / m) * np.sign((p - y).mean()),
        "Your loss is the absolute mean error. Square each error, then take the mean.",
    ),
    (lambda p, y, m, n: np.full(m, 1 / m), "Your loss is the mean of the errors. Square each error first."),
    (lambda p, y, m, n: np.full(m, -1 / m), "Your loss is the mean of the errors. Square each error first."),
    (
        lambda p, y, m, n: 2 * (p - y),
        "Your loss is the sum of the squared errors. Take the mean over the galaxies of the batch.",
    ),
    (lambda p, y, m, n: (p - y) / m, "A factor of ½ is in your loss, or in its gradient: leave it out."),
    (
        lambda p, y, m, n: np.sign(p - y) / m,
        "Your loss is the mean absolute error. Use the mean squared error.",
    ),
    (
        lambda p, y, m, n: (p - y) / m / np.sqrt(np.mean((p - y) ** 2)),
        "Your loss is the root-mean-square error. Use the mean squared error, without the root.",
    ),
    (
        lambda p, y, m, n: np.clip(p - y, -1, 1) / m,
        "Your loss is the Huber loss (`HuberLoss` or `SmoothL1Loss`). Use the mean squared error.",
    ),
    (
        lambda p, y, m, n: -2 * (p - y) / m,
        "The sign of your loss is reversed, so the errors become larger. A loss is to be minimised.",
    ),
    (
        lambda p, y, m, n: 2 * (p + y) / m,
        "You added the labels to the predictions: an error is prediction − label.",
    ),
    (lambda p, y, m, n: 2 * p / m, "Your loss lacks the labels: an error is prediction − label."),
    (
        lambda p, y, m, n: 2 * (p - y) / 32,
        "You always divide the sum of the squared errors by 32. The last batch may be smaller: divide by its size.",
    ),
    (
        lambda p, y, m, n: 2 * (p - y) / n,
        "You divide the sum of the squared errors by the number of all galaxies. Divide by the size of the batch.",
    ),
    (
        lambda p, y, m, n: 2 * (p - y) / m / -(-n // 32),
        "You divide the loss of each batch by the number of batches before `backward`. Use the loss of the batch.",
    ),
    (
        lambda p, y, m, n: 2 * (p - y) / m**2,
        "You divide by the size of the batch twice: `mean` divides by it already.",
    ),
    (
        lambda p, y, m, n: 2 * (p - y) / max(m - 1, 1),
        "You divide by n − 1. A mean over n galaxies divides by n.",
    ),
    (
        lambda p, y, m, n: 4 * (p - y) ** 3 / m,
        "You squared the errors twice, such as `MSELoss` and a square. Square them once.",
    ),
)


def _check_optimiser(log: Log) -> None:
    """Check each step of the optimiser, if there are any."""
    case, steps, forwards = log.case, log.steps, log.training
    n_calls = len(forwards)
    if not steps:
        if _close(log.final, case.start):
            raise WrongAnswer(
                "The weights haven't changed: the optimiser never takes a step. Call `step()` after `backward()`."
            )
        return  # the weights may have been changed by a right Adam of the student's own
    kinds = sorted({step.kind for step in steps} - {"Adam"})
    expect(not kinds, f"Your optimiser is {' and '.join(kinds)}. Use `torch.optim.Adam`.")
    _check_settings(log)
    if _has_right_weights(log):
        return
    if len({step.optimiser for step in steps}) > 1:
        expect(
            len({step.optimiser for step in steps}) == case.n_epochs and len(steps) > case.n_epochs,
            "You create a new optimiser for each batch. Adam uses earlier gradients, too: create it once, before the "
            "loops.",
        )
        raise WrongAnswer(
            "You create a new optimiser in each epoch. Adam uses earlier gradients, too: create it once, before the "
            "loops."
        )
    if len(steps) != n_calls:
        expect(
            len(steps) != case.n_epochs,
            f"The optimiser takes one step per epoch. It must take one per batch, that is {n_calls}: is `step` in the "
            "inner loop?",
        )
        raise WrongAnswer(
            f"The optimiser takes {len(steps)} step{'s' * (len(steps) > 1)} for {n_calls} batches. Take one per batch."
        )
    _check_gradients(log)


def _check_settings(log: Log) -> None:
    rates = [float(step.settings["lr"]) for step in log.steps]
    right = log.case.learning_rate
    expect(
        np.allclose(rates, rates[0]),
        f"The learning rate changes from {rates[0]:.3g} to {rates[-1]:.3g} during the training. Leave it as it is, "
        "without a scheduler.",
    )
    default = " That is Adam's default: pass `lr=learning_rate`." if np.isclose(rates[0], 1e-3) else ""
    expect(
        np.isclose(rates[0], right),
        f"The learning rate of your optimiser is {rates[0]:.4g}. It must be {right:g}, the parameter `learning_rate`."
        f"{default}",
    )
    usual = {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "amsgrad": False, "maximize": False}
    for name, value in usual.items():
        actual = log.steps[0].settings.get(name, value)
        same = np.allclose(np.asarray(actual, float), np.asarray(value, float), rtol=1e-6, atol=0)
        expect(same, f"You set Adam's `{name}` to {actual}. Leave it unchanged, at {value}.")


def _check_gradients(log: Log) -> None:
    """Compare the gradients that each step uses with those of its batch."""
    case, forwards, steps = log.case, log.training, log.steps
    own = [weight_gradient(case, forward) for forward in forwards]
    used = [step.gradient for step in steps]
    expect(
        all(values is None or values.shape == own[0].shape for values in used),
        "Your optimiser doesn't have all weights of the network. Give it `network.parameters()`.",
    )
    zeros = [np.zeros_like(gradient) for gradient in own]
    if all(values is None or not values.any() for values in used):
        raise WrongAnswer(
            "The optimiser finds no gradients: you delete them with `zero_grad` after `backward` and before `step`, "
            "or the "
            "optimiser has other weights. The order is `zero_grad`, `backward`, `step`."
        )
    if used[0] is None or not used[0].any():
        raise WrongAnswer(
            "You call `step` before `backward`, so the first step has no gradients, and each other step uses those "
            "of an "
            "earlier batch. The order is `zero_grad`, `backward`, `step`."
        )
    filled = [zero if values is None else values for values, zero in zip(used, zeros, strict=True)]
    if all(map(_close, filled, own)):
        return
    forgotten = (
        "You don't set the gradients to zero (`zero_grad`), so each step uses the sum of the gradients of {} batches. "
        "PyTorch adds new gradients to old ones."
    )
    expect(not all(map(_close, filled, np.cumsum(own, axis=0))), forgotten.format("all earlier"))
    per_epoch = [
        gradient
        for start in range(0, len(own), case.n_batches)
        for gradient in np.cumsum(own[start : start + case.n_batches], axis=0)
    ]
    expect(
        not all(map(_close, filled, per_epoch)),
        forgotten.format("the epoch's earlier") + " Call it for each batch, not for each epoch.",
    )
    ratios = [_ratio(values, gradient) for values, gradient in zip(filled, own, strict=True)]
    if None not in ratios:
        raise WrongAnswer(
            f"You change the gradients before the step: they have the right direction, but are {ratios[0]:.3g} times "
            "as "
            "long. Don't clip or scale them."
        )
    expect(
        not all(
            np.abs(values).max() <= np.abs(gradient).max() + 1e-6 for values, gradient in zip(filled, own, strict=True)
        ),
        "You change the gradients before the step, such as by clipping. Use them as they are.",
    )
    raise WrongAnswer(
        "The gradients at a step aren't those of its batch. Call `zero_grad`, `backward` and `step` once per batch, in "
        "this order, and don't change the gradients."
    )


def _has_right_weights(log: Log) -> bool:
    """Whether the weights at the end are those of Adam, with the same batches."""
    right = adam(log.case, [forward.rows for forward in log.training])
    return np.allclose(log.final, right, rtol=1e-4, atol=1e-3 * log.case.learning_rate * len(log.training))


def _check_weights(log: Log) -> None:
    case = log.case
    if _has_right_weights(log):
        return
    expect(
        not np.allclose(log.final, case.start),
        "After your function, the weights are those of the beginning: the network learns in place.",
    )
    if not log.steps:
        raise WrongAnswer(
            "You change the weights yourself, and not as Adam does. Create `torch.optim.Adam(network.parameters(), …)` "
            "and call its `step`."
        )
    raise WrongAnswer(
        "The steps of your optimiser are right, but the weights at the end aren't those after the last step: change "
        "the "
        "weights in no other way, and train no further."
    )


def _check_result(log: Log) -> None:
    """Check the losses that are returned."""
    case, result = log.case, log.result
    losses = batch_losses(case, log.training)
    sizes = np.array([len(forward.rows) for forward in log.training])
    table = [losses[start : start + case.n_batches] for start in range(0, len(losses), case.n_batches)]
    counts = [sizes[start : start + case.n_batches] for start in range(0, len(sizes), case.n_batches)]
    _check_type(result, case.n_epochs)
    values = as_array(result, what="the list of losses")
    plain = np.array([epoch.mean() for epoch in table])
    weighted = np.array([np.average(epoch, weights=count) for epoch, count in zip(table, counts, strict=True)])
    if _close(values, plain) or _close(values, weighted):
        return
    columns = np.column_stack([case.x, np.ones(case.n)]).astype(float)
    last_rows = [forward.rows for forward in log.training]
    after = [
        np.mean((columns @ adam(case, last_rows[: case.n_batches * epoch]) - case.y) ** 2)
        for epoch in range(case.n_epochs + 1)
    ]
    smaller = "Return, for each epoch, the mean of the losses of its batches."
    mistakes = (
        (losses, f"You return one loss per batch. {smaller}"),
        (plain[-1:], f"You return the loss of the last epoch only. {smaller}"),
        (plain[:1], f"You return the loss of the first epoch only. Is `return` inside the loop? {smaller}"),
        (plain[-1], f"You return a single number, the loss of the last epoch. {smaller}"),
        (plain.mean(), f"You return a single number. {smaller}"),
        ([epoch.sum() for epoch in table], f"You return the sum over the batches of an epoch. {smaller}"),
        ([epoch[-1] for epoch in table], f"You return the loss of the last batch of each epoch. {smaller}"),
        ([epoch[0] for epoch in table], f"You return the loss of the first batch of each epoch. {smaller}"),
        ([epoch.min() for epoch in table], f"You return the smallest loss of each epoch. {smaller}"),
        ([np.median(epoch) for epoch in table], f"You return the median of the losses. {smaller}"),
        (np.sqrt(plain), "You return root-mean-square errors. Return the mean squared errors, without the root."),
        (np.sqrt(weighted), "You return root-mean-square errors. Return the mean squared errors, without the root."),
        ([np.sqrt(epoch).mean() for epoch in table], "You took roots. Return the mean of the losses, without a root."),
        (
            [np.sum(epoch * count) for epoch, count in zip(table, counts, strict=True)],
            f"You return the sum of the squared errors of all galaxies. {smaller}",
        ),
        (
            [epoch.sum() / case.n for epoch in table],
            "You divide the sum of the batches' losses by the number of galaxies. Each of them is a mean over its "
            "batch "
            "already: divide by the number of batches.",
        ),
        (
            [np.sum(epoch * count) / len(epoch) for epoch, count in zip(table, counts, strict=True)],
            "You multiply each loss by the size of its batch, but divide by the number of batches: divide by that of "
            "the "
            "galaxies.",
        ),
        (
            [epoch.sum() / (case.n / N_BATCH) for epoch in table],
            "You divide by n / 32, which isn't the number of batches if the last one is smaller.",
        ),
        (
            [epoch.sum() / max(case.n // N_BATCH, 1) for epoch in table],
            "You divide by n // 32, which is one less than the number of batches if the last one is smaller.",
        ),
        (
            [losses[: (epoch + 1) * case.n_batches].mean() for epoch in range(case.n_epochs)],
            "Your mean includes the batches of earlier epochs: begin with an empty list, or with 0, in each epoch.",
        ),
        (
            [losses[: (epoch + 1) * case.n_batches].sum() / case.n_batches for epoch in range(case.n_epochs)],
            "Your sum includes the batches of earlier epochs: begin with 0 in each epoch.",
        ),
        (
            after[1:],
            "Your losses are those after each epoch. Return the mean of the batches' losses as they were during "
            "training, "
            "before their steps.",
        ),
        (after[:-1], f"Your losses are those before each epoch. {smaller}"),
        (plain[::-1], "Your losses are in reverse order: begin with the first epoch."),
        (np.sort(plain)[::-1], "You sorted the losses: keep the order of the epochs."),
        (100 * plain, "Your losses are 100 times too large: they are no percentages."),
        (-plain, "The signs of your losses are reversed."),
        *(
            (right.round(n), f"You rounded the losses to {n} decimal{'s' * (n != 1)}: don't round them.")
            for right in (plain, weighted)
            for n in (0, 1, 2, 3)
        ),
    )
    for wrong, hint in mistakes:
        if _close(values, wrong):
            raise WrongAnswer(hint)
    expect(
        values.shape == (case.n_epochs,),
        f"For {case.n_epochs} epoch{'s' * (case.n_epochs > 1)}, you return {values.size} number"
        f"{'s' * (values.size != 1)}. Return a list with one per epoch.",
    )
    place = int(np.argmax(~np.isclose(values, plain, rtol=RTOL)))
    raise WrongAnswer(
        f"The training is right, but not the losses that you return: that of epoch {place + 1} is "
        f"{values[place]:.5g}, and "
        f"should be {plain[place]:.5g}. {smaller} They are those before the steps."
    )


def _check_type(result: object, n_epochs: int) -> None:
    expect(result is not None, "The training is right, but what you return is None: return the list of losses.")
    expect(
        not hasattr(result, "parameters"),
        "You return the network. It learns in place: return the list of losses instead.",
    )
    if isinstance(result, tuple) and any(hasattr(part, "parameters") or isinstance(part, list) for part in result):
        raise WrongAnswer("You return several things. Return only the list of losses: the network learns in place.")
    parts = result if isinstance(result, list | tuple) else [result]
    expect(
        not any(getattr(part, "requires_grad", False) for part in parts),
        "Your losses are tensors with an autograd graph, so the graph of each batch stays in memory. Convert each to a "
        "number, with `.item()`.",
    )
    expect(
        not any(hasattr(part, "detach") for part in parts),
        "Your losses are tensors. Return numbers: convert each loss with `.item()`, or the result with `.tolist()`.",
    )


def check_seeds(logs: dict[tuple[int, int], Log]) -> None:
    """Check that the seed, and nothing else, decides on the orders.

    Parameters
    ----------
    logs : dict of (int, int) to Log
        By seed and repetition.

    Raises
    ------
    WrongAnswer
    """
    orders = {key: str(shuffled(log)) for key, log in logs.items()}
    for seed in sorted({seed for seed, _ in orders}, reverse=True):
        zero = " A seed of 0 is a seed like any other, but is false in an `if` or `or`." if seed == 0 else ""
        expect(
            orders[seed, 0] == orders.get((seed, 1), orders[seed, 0]),
            f"Two trainings with the same seed have different orders: create the generator from `seed`.{zero}",
        )
    of_seed = {seed: order for (seed, repetition), order in orders.items() if repetition == 0}
    reject_equal_seeds(of_seed, "give the same orders")

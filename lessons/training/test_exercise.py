"""Tests of the exercises on training; each takes the student's function."""

import random

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_unchanged

# By hand: the errors are 0.5, −2.5, −1.5 and −2.5; the derivatives −3.5 and −4 by the weights, −3 by the bias.
X = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 2.0], [1.0, 1.0]])
Y = np.array([1.0, 4.0, 0.0, 3.0])
WEIGHT, BIAS, RATE = np.array([1.0, -1.0]), 0.5, 0.1


def galaxies(n, d, seed):
    """Features, truth, and a weight and bias to begin at."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, d)) * draw.uniform(0.5, 2, d) + draw.uniform(0.3, 1, d)
    return x, x @ draw.normal(size=d) + draw.normal(size=n) + 0.7, draw.normal(size=d), float(draw.normal())


def test_training_1(answer):
    for n, d, rate, seed in ((7, 3, 0.03, 1), (6, 1, 0.2, 2), (2, 4, 0.05, 3)):
        x, y, weight, bias = galaxies(n, d, seed)
        by_weight, by_bias = np.zeros(d), 0.0
        for row, truth in zip(x, y, strict=True):
            error = sum(w * value for w, value in zip(weight, row, strict=True)) + bias - truth
            by_weight, by_bias = by_weight + 2 * error * row / n, by_bias + 2 * error / n
        _step(answer, weight, bias, x, y, rate, np.append(weight - rate * by_weight, bias - rate * by_bias))
    _step(answer, WEIGHT, BIAS, X, Y, RATE, np.array([1.35, -0.6, 0.8]))
    x, y, weight, bias = galaxies(40, 2, seed=4)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    for _ in range(300):
        weight, bias = _pair(answer(np.array(weight, dtype=float), float(bias), x.copy(), y.copy(), 0.1), 2)
    best = np.linalg.lstsq(np.column_stack([x, np.ones(40)]), y, rcond=None)[0]
    expect_close(np.append(weight, bias), best, what="weight and bias after 300 steps", rtol=1e-3, atol=1e-3)


def _step(answer, weight, bias, x, y, rate, expected):
    """One step, compared with the right one; what is wrong with it in words."""
    given = [weight.copy(), x.copy(), y.copy()]
    found = answer(given[0], bias, given[1], given[2], rate)
    for before, after, name in zip((weight, x, y), given, ("weight", "x", "y"), strict=True):
        expect_unchanged(before, after, name)
    d = x.shape[1]
    moved = np.append(*_pair(found, d))
    start, step = np.append(weight, bias), expected - np.append(weight, bias)
    for wrong, hint in _mistakes(weight, bias, x, y, rate, step):
        expect(not _close(moved, wrong) or _close(wrong, expected), hint)
    expect_close(moved[:d], expected[:d], [(start[:d], "The weight hasn't moved.")], what="the weight")
    expect_close(moved[d], expected[d], what="the bias")


def _close(one, other):
    return np.allclose(one, other, rtol=1e-4, atol=1e-6)


def _mistakes(weight, bias, x, y, rate, step):
    """Weight and bias as typical mistakes give them, and the hints."""
    n, d = x.shape
    start, error = np.append(weight, bias), x @ weight + bias - y
    without_bias, columns = x @ weight - y, np.column_stack([x, np.ones(n)])

    def down(apart, rows=columns):
        return start - rate * 2 * rows.T @ apart / n

    def joined(by_weight, by_bias):
        return np.append(np.broadcast_to(by_weight, d), by_bias)

    right = start + step
    new_weight, new_bias = right[:d], right[d]
    after_weight = bias - rate * 2 * (x @ new_weight + bias - y).mean()
    after_bias = weight - rate * 2 * x.T @ (x @ weight + new_bias - y) / n
    squared, absolute = np.sqrt((error**2).mean()), np.sign(error)
    climbs = "The step climbs: the gradient points to where the loss grows, so move against it."
    total = "These are sums over the galaxies; the loss is their mean, so a step must not grow with their number."
    two = "The step is half as long as it should be: the derivative of a square brings a factor of 2."
    return [
        (start, "Neither weight nor bias has moved."),
        (joined(new_weight, bias), "The bias hasn't moved: the loss depends on it as well, so it has a derivative."),
        (joined(weight, new_bias), "The weight hasn't moved; the bias has, and rightly so."),
        (start - step, climbs),
        (start + n * step, total),
        (start + step / 2, two),
        (start + n * step / 2, f"Two things: a factor of 2 is missing, the derivative of a square. And {_low(total)}"),
        (start - step / 2, f"Two things: a factor of 2 is missing, the derivative of a square. And {_low(climbs)}"),
        (start - n * step, f"Two things. {climbs} And {_low(total)}"),
        (
            joined(weight + n * step[:d], new_bias),
            "For the weight you took a sum over the galaxies, for the bias the "
            "mean: the loss is a mean, and so are all its derivatives.",
        ),
        (
            joined(new_weight, bias + n * step[d]),
            "For the bias you took a sum over the galaxies, for the weight the "
            "mean: the loss is a mean, and so are all its derivatives.",
        ),
        (
            joined(weight + step[:d] / 2, new_bias),
            "The weight's step is half as long as it should be, the bias's is "
            "right: the factor of 2 from the square belongs to both.",
        ),
        (
            joined(new_weight, bias + step[d] / 2),
            "The bias's step is half as long as it should be, the weight's is "
            "right: the factor of 2 from the square belongs to both.",
        ),
        (
            joined(new_weight, bias - step[d]),
            "The weight goes down and the bias climbs: both move against their derivatives.",
        ),
        (
            joined(weight - step[:d], new_bias),
            "The bias goes down and the weight climbs: both move against their derivatives.",
        ),
        (
            joined(new_weight, after_weight),
            "You moved the weight first, and the bias with the errors of the new "
            "weight: both derivatives are taken where the step begins.",
        ),
        (
            joined(after_bias, new_bias),
            "You moved the bias first, and the weight with the errors of the new bias: "
            "both derivatives are taken where the step begins.",
        ),
        (
            down(x @ weight + bias - y.mean()),
            "Each prediction meets the mean of all truths, not its own galaxy's. Did (n, 1) less (n,) become n × n? "
            "Look at the shape of the errors: it must be (n,).",
        ),
        (
            down((x @ weight + bias).mean() - y),
            "Each truth meets the mean of all predictions, not its own galaxy's. "
            "Did (n, 1) and (n,) become n × n? Look at the shape of the errors: it must be (n,).",
        ),
        (
            down(np.full(n, error.mean())),
            "You averaged the errors before you multiplied by x: each galaxy's error "
            "goes with its own x, and the mean comes last.",
        ),
        (down(without_bias), "The prediction lacks the bias: it is x · weight + bias."),
        (
            joined(weight - rate * 2 * error.mean(), new_bias),
            "The weight's derivative lacks x: how much a weight "
            "changes a prediction depends on the number that it multiplies.",
        ),
        (
            joined(weight - rate * 2 * (x * error[:, None]).mean(), new_bias),
            "All weights make the same step: you took "
            "one mean of all numbers. Each weight has a derivative of its own, a mean over the galaxies.",
        ),
        (
            joined(weight - rate * 2 * (x * error[:, None]).sum() / n, new_bias),
            "All weights make the same step: each weight has a derivative of its own, a mean over the galaxies alone.",
        ),
        (start + step / rate, "The whole gradient was subtracted: multiply it by the learning rate first."),
        (start + step / rate**2, "You divided by the learning rate: multiply by it."),
        (-step / rate, "This is the gradient; what is asked for are weight and bias after the step."),
        (step, "This is the step; what is asked for are weight and bias after it."),
        (-step, "This is the step, with its sign turned; what is asked for are weight and bias after it."),
        (
            start + step / (2 * squared),
            "This is a step down the root-mean-square error; the loss here is without the root.",
        ),
        (down(absolute / 2), "This is a step down the mean absolute error; the loss here is of squares."),
        (start + step * n / (n - 1), "You divided by n − 1; a mean over n galaxies divides by n."),
        (start + step * n / d, "You divided by the number of features; the mean is over the galaxies."),
        (start + step / n, "You divided by n twice: is the mean of a mean in there?"),
        *(
            (
                joined(weight + step[:d] / d, by_bias),
                "You divided by the number of all numbers in x, n · d: the mean is over the n galaxies.",
            )
            for by_bias in (new_bias, bias + step[d] / d)
        ),
        (
            _one_by_one(weight, bias, x, y, rate),
            "You took a step for each galaxy, one after the other; one step is asked for, with the mean over all.",
        ),
        (start + 2 * step, "The step is twice as long as it should be. Is the factor of 2 in it twice?"),
        (_twice(weight, bias, x, y, rate), "You took two steps; one is asked for."),
    ]


def _twice(weight, bias, x, y, rate):
    columns, start = np.column_stack([x, np.ones(len(y))]), np.append(weight, bias)
    for _ in range(2):
        start = start - rate * 2 * columns.T @ (columns @ start - y) / len(y)
    return start


def _one_by_one(weight, bias, x, y, rate):
    """What a step for each galaxy by itself leads to."""
    columns, moved = np.column_stack([x, np.ones(len(y))]), np.append(weight, bias)
    for row, truth in zip(columns, y, strict=True):
        moved = moved - rate * 2 * (row @ moved - truth) * row
    return moved


def _low(sentence):
    return sentence[:1].lower() + sentence[1:]


def _pair(found, d):
    """The weight and the bias that were returned."""
    expect(found is not None, "What you return is None: does the function end with `return`?")
    expect(
        isinstance(found, tuple | list) and len(found) == 2,
        "Return two things, the weight and the bias: `return weight, bias`. "
        f"Yours is of type {type(found).__name__}{_length(found)}.",
    )
    weight = as_array(found[0], what="the weight")
    expect(
        weight.ndim != 2 or max(weight.shape) <= 1 or weight.shape in ((d, 1), (1, d)),
        f"The weight has become a table of {' × '.join(map(str, weight.shape))} numbers. Did (n, 1) less (n,) become "
        "n × n? Look at the shape of the errors: it must be (n,).",
    )
    bias = as_array(found[1], what="the bias")
    expect(
        d == 1 or weight.size != 1 or bias.shape != (d,),
        "The two are exchanged: return the weight first, then the bias.",
    )
    expect(
        bias.size == 1,
        f"The bias must be a single number; yours has the shape {' × '.join(map(str, bias.shape))}. Its derivative is "
        "a mean over the galaxies.",
    )
    return as_array(weight, (d,), what="the weight"), as_float(bias, what="the bias")


def _length(found):
    return f" and length {len(found)}" if isinstance(found, tuple | list) else ""


def ids_of(n):
    """Ids such as a survey has, 19 digits, in no order."""
    places = np.random.default_rng(n).permutation(n)
    return [str(9_020_200_727_000_000_001 + 37 * int(place)) for place in places]


def test_training_2(answer):
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        _test_split(answer)
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _test_split(answer):
    ids = ids_of(60)
    training, validation = _lists(answer, ids, 0.2, 7)
    places = sorted(ids.index(each) for each in validation)
    expect(places != list(range(48, 60)), "You kept apart the last of the list, in the order of the file: draw them.")
    expect(places != list(range(12)), "You kept apart the first of the list, in the order of the file: draw them.")
    by_name = sorted(ids)
    expect(
        len(set(np.diff(sorted(by_name.index(each) for each in validation)))) > 2,
        "Those kept apart follow one another in the order of their ids: draw them, each by chance.",
    )
    expect(
        len(set(np.diff(places))) > 2,
        "Those kept apart stand in one piece, or at equal steps, in the list: draw them, each by chance.",
    )
    again = _lists(answer, ids, 0.2, 7)
    expect(
        set(again[1]) == set(validation),
        "Called twice with the same seed, it keeps apart other galaxies: the seed must decide on all that is drawn.",
    )
    expect(
        again == (training, validation),
        "Called twice with the same seed, it returns the same galaxies in another order: the seed must decide on that.",
    )
    other = _lists(answer, ids, 0.2, 8)
    expect(
        set(other[1]) != set(validation),
        "Another seed keeps apart the same galaxies: does the function use its `seed`?",
    )
    _lists(answer, ids, 0.2, 0)
    expect(
        _lists(answer, ids, 0.2, 0) == _lists(answer, ids, 0.2, 0),
        "With the seed 0 two calls differ: 0 is a seed like any other.",
    )
    for n, share in ((14, 0.2), (7, 0.6), (100, 0.29), (11, 0.9), (10, 0.25), (9, 0.0), (9, 1.0)):
        _lists(answer, ids_of(n), share, 3)
    ids, times, count = ids_of(20), 150, dict.fromkeys(ids_of(20), 0)
    for seed in range(times):
        for each in _lists(answer, ids, 0.3, seed)[1]:
            count[each] += 1
    for place, each in enumerate(ids):
        # 45 times on average, give or take 6; a right answer is outside once in ten million.
        expect(
            12 <= count[each] <= 78,
            f"The galaxy at place {place} of 20 was kept apart {count[each]} times in {times} splits of a share of "
            "0.3, each with a seed of its own: all galaxies must have the same chance.",
        )


def _lists(answer, ids, share, seed):
    """What an answer returns for some ids, if it is a split of them."""
    given, n, kept_apart = list(ids), len(ids), round(share * len(ids))
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    found = answer(given, share, seed)
    expect(found is not None, "What you return is None: does the function end with `return`?")
    expect(
        given == list(ids),
        "Your function changes the list `object_ids`, which belongs to the caller: work on a copy.",
    )
    expect(
        isinstance(found, tuple | list) and len(found) == 2,
        "Return two lists, the ids to learn from and those kept apart. "
        f"Yours is of type {type(found).__name__}{_length(found)}.",
    )
    training, validation = _ids(found[0], ids, "training ids"), _ids(found[1], ids, "validation ids")
    for name, part in (("training", training), ("validation", validation)):
        expect(
            len(set(part)) == len(part),
            f"Among the {name} ids some stand twice: each galaxy is drawn once, without being put back.",
        )
    both = set(training) & set(validation)
    expect(
        not both,
        f"{len(both)} of {n} galaxies are in both lists: what the network has learnt from can't test it.",
    )
    lost = n - len(training) - len(validation)
    expect(lost == 0, f"{lost} of {n} galaxies are in neither list (share {share}): none may be lost.")
    asked = f"With a share of {share} of {n} galaxies, {len(validation)} are kept apart"
    expect(
        share != 0 or not validation,
        f"{asked}, and nobody should be."
        + (" Does a piece of a list begin or end at −0, which is 0?" if len(validation) == n else ""),
    )
    expect(
        len(validation) != n - kept_apart or 2 * kept_apart == n,
        f"{asked}: the two are exchanged. The first list is what is learnt from, the second the share kept apart.",
    )
    expect(
        len(validation) == kept_apart,
        f"{asked}; round({share} · {n}) = {kept_apart} are asked for, whatever is drawn.",
    )
    if not _same(state):
        # A package that is imported within the function may draw numbers too, but once only.
        random.random()
        np.random.random()  # noqa: NPY002
        state = random.getstate(), np.random.get_state()  # noqa: NPY002
        answer(list(ids), share, seed)
    expect(
        _same(state),
        "Your function seeds or uses a global generator (`random` or `np.random`), on which the rest of the program "
        "may rely: make one of your own.",
    )
    return training, validation


def _same(state):
    now = random.getstate(), np.random.get_state()  # noqa: NPY002
    return state[0] == now[0] and all(map(np.array_equal, state[1], now[1]))


def _ids(found, ids, what):
    """A list of ids that was returned, as text."""
    expect(
        not isinstance(found, set | frozenset),
        f"The {what} are a set: its order changes from one run of Python to the next. Return a list.",
    )
    expect(
        not isinstance(found, str | bytes | dict) and hasattr(found, "__len__") and hasattr(found, "__iter__"),
        f"The {what} must be a list of ids; yours are of type {type(found).__name__}.",
    )
    items = list(found)
    if all(isinstance(each, str) for each in items):
        known = set(ids)
        unknown = [each for each in items if each not in known]
        if unknown:
            raise WrongAnswer(f"Among the {what} is {unknown[0]!r:.40}, which isn't among the ids given.")
        return [str(each) for each in items]
    expect(
        not all(isinstance(each, bool | np.bool_) for each in items),
        f"The {what} are True and False; the ids themselves are asked for.",
    )
    whole = all(isinstance(each, int | np.integer) for each in items)
    expect(
        not whole or not all(0 <= int(each) < len(ids) for each in items),
        f"The {what} are places in the list; the ids themselves are asked for.",
    )
    kind = next(type(each).__name__ for each in items if not isinstance(each, str))
    raise WrongAnswer(f"Ids are text, and must stay as they were given; among the {what} is one of type {kind}.")

"""Typical mistakes in a step of gradient descent, and in the size of a validation set, each with its hint."""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

Rule = Callable[[int, float], int]


class Step:
    """The quantities of one right step.

    Parameters
    ----------
    weight, bias, x, y, rate
        The parameters of the exercise.

    Attributes
    ----------
    n, d : float
        Numbers of galaxies and features.
    columns : ndarray of shape (n, d + 1)
        The features, and a column of ones for the bias.
    start, change : ndarray of shape (d + 1,)
        Weights and bias before the step, and what the step adds to them.
    errors : ndarray of shape (n,)
    """

    def __init__(self, weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float) -> None:
        self.weight, self.bias, self.x, self.y, self.rate = weight, bias, x, y, rate
        self.n, self.d = np.float64(len(y)), x.shape[1]
        self.columns = np.column_stack([x, np.ones(len(y))])
        self.start = np.append(weight, bias)
        self.errors = self.columns @ self.start - y
        self.change = self.descend(self.errors)

    def descend(self, errors: np.ndarray, columns: np.ndarray | None = None) -> np.ndarray:
        """The change of weights and bias for other errors or other features."""
        columns = self.columns if columns is None else columns
        return -self.rate * 2 * columns.T @ errors / self.n

    def join(self, weight_change: np.ndarray | float, bias_change: float) -> np.ndarray:
        """Weights and bias after changes that may be a single number for all weights."""
        return self.start + np.append(np.broadcast_to(weight_change, self.d), bias_change)


Mistake = Callable[[Step], np.ndarray]


def stepped(weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float) -> np.ndarray:
    """The right result: weights and bias after one step, in one array."""
    step = Step(weight, bias, x, y, rate)
    return step.start + step.change


def _scaled(for_weight: Callable[[Step], float], for_bias: Callable[[Step], float] = lambda s: 1) -> Mistake:
    """A mistake that multiplies the change of the weights and that of the bias."""
    return lambda s: s.join(for_weight(s) * s.change[:-1], for_bias(s) * s.change[-1])


def _both(factor: Callable[[Step], float]) -> Mistake:
    """A mistake that multiplies the whole change."""
    return _scaled(factor, factor)


def _on_result(change: Callable[[np.ndarray], np.ndarray], part: slice) -> Mistake:
    """A mistake that changes a part of the right result afterwards: all, the weights or the bias."""

    def move(s: Step) -> np.ndarray:
        result = s.start + s.change
        result[part] = change(result[part].copy())
        return result

    return move


def _bias_after_weight(s: Step) -> np.ndarray:
    new_weight = (s.start + s.change)[:-1]
    return s.join(s.change[:-1], -s.rate * 2 * (s.x @ new_weight + s.bias - s.y).mean())


def _weight_after_bias(s: Step) -> np.ndarray:
    new_bias = (s.start + s.change)[-1]
    return s.join(-s.rate * 2 * s.x.T @ (s.x @ s.weight + new_bias - s.y) / s.n, s.change[-1])


def steps_per_galaxy(
    s: Step, order: Iterable[int], factor: float = 2, *, weight_first: bool = False, size: int = 1
) -> np.ndarray:
    """One step per galaxy, or per batch of `size` galaxies, in an order; `factor` is 2 in the right derivative."""
    current, order = s.start, list(order)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        columns, labels = s.columns[rows], s.y[rows]
        change = -s.rate * factor * columns.T @ (columns @ current - labels) / len(rows)
        if weight_first:
            moved = current + np.append(change[:-1], 0)
            change[-1] = -s.rate * factor * (columns @ moved - labels).mean()
        current = current + change
    return current


def _in_batches(size: int) -> Mistake:
    """A mistake that takes one step per batch; unknown if a single batch has all galaxies."""
    return lambda s: steps_per_galaxy(s, range(int(s.n)), size=size)


def _many_steps(count: int) -> Mistake:
    def move(s: Step) -> np.ndarray:
        current = s.start
        for _ in range(count):
            current = current - s.rate * 2 * s.columns.T @ (s.columns @ current - s.y) / s.n
        return current

    return move


def _one_galaxy(index: int) -> Mistake:
    return lambda s: s.start - s.rate * 2 * s.errors[index] * s.columns[index]


def _only_weight(index: int) -> Mistake:
    """A mistake that moves one of the weights, and the bias."""

    def move(s: Step) -> np.ndarray:
        result = s.start + s.change
        others = np.arange(s.d) != index % s.d
        result[:-1][others] = s.weight[others]
        return result

    return move


def _without_first(s: Step) -> np.ndarray:
    columns = s.columns.copy()
    columns[:, 1:-1] = 0
    return s.start + s.descend(columns @ s.start - s.y)


def _per_feature(s: Step) -> np.ndarray:
    errors = s.x * s.weight + s.bias - s.y[:, None]
    return s.join(-s.rate * 2 * (s.x * errors).mean(axis=0), -s.rate * 2 * errors.mean())


def _standardised(ddof: int) -> Mistake:
    """A mistake that standardises the features; constant features stay unchanged."""

    def standardise(x: np.ndarray) -> np.ndarray:
        if len(x) <= ddof:
            return np.full(x.shape, np.nan)
        return (x - x.mean(axis=0)) / np.where(np.ptp(x, axis=0) > 0, x.std(axis=0, ddof=ddof), np.nan)

    return _other_features(standardise)


def _of_more_than_one(divisor: Callable[[Step], float]) -> Callable[[Step], float]:
    """The factor of a mean with another divisor; unknown for a single galaxy."""
    return lambda s: s.n / divisor(s) if s.n > 1 else np.nan


def _other_features(change: Callable[[np.ndarray], np.ndarray]) -> Mistake:
    """A mistake that changes the features first."""

    def move(s: Step) -> np.ndarray:
        columns = np.column_stack([change(s.x), np.ones(len(s.y))])
        return s.start + s.descend(columns @ s.start - s.y, columns)

    return move


def _derivative_with(change: Callable[[np.ndarray], np.ndarray]) -> Mistake:
    """A mistake that changes the features in the derivative only."""
    return lambda s: s.start + s.descend(s.errors, np.column_stack([change(s.x), np.ones(len(s.y))]))


SUM = (
    "You took sums over the galaxies. The loss is a mean, so its derivatives are means: otherwise the step grows "
    "with the number of galaxies."
)
UPHILL = "Your step goes uphill: the gradient points to larger losses, so subtract it."
FACTOR = "a factor of 2 is missing, because the derivative of z² is 2 z"
OLD = "Compute both derivatives with the old weight and the old bias."
BROADCAST = "Subtracting shapes (n, 1) and (n,) gives n × n. The errors must have the shape (n,)."
ORDER = "The numbers of the weight are right, but in another order: each belongs to its feature."
ALL_NUMBERS = "You divided by n · d, the number of all values in x. The mean is over the n galaxies."
PER_GALAXY = "You took one step per galaxy, one after the other. Take a single step, with the mean over all galaxies."
# What the derivative for one galaxy is multiplied by in such a step; 2 is right for a single galaxy.
STEP_FACTORS = (lambda s: 2, lambda s: 1, lambda s: 2 / s.n, lambda s: 1 / s.n)
STEP_MISTAKES: tuple[tuple[Mistake, str], ...] = (
    (lambda s: s.start, "You return the old weight and the old bias: neither has moved."),
    (_scaled(lambda s: 1, lambda s: 0), "The bias hasn't moved: the loss depends on it too, so it has a derivative."),
    (_scaled(lambda s: 0), "The weight hasn't moved, but the bias is right."),
    (_both(lambda s: -1), UPHILL),
    (_both(lambda s: s.n), SUM),
    (_both(lambda s: 1 / 2), f"Your step is half as long as the right one: {FACTOR}."),
    (_both(lambda s: s.n / 2), f"Two mistakes: {FACTOR}. And {SUM[0].lower()}{SUM[1:]}"),
    (_both(lambda s: -1 / 2), f"Two mistakes: {FACTOR}. And {UPHILL[0].lower()}{UPHILL[1:]}"),
    (_both(lambda s: -s.n), f"Two mistakes. {UPHILL} And {SUM[0].lower()}{SUM[1:]}"),
    (_scaled(lambda s: s.n), "For the weight you took a sum over the galaxies. The loss is a mean: take the mean."),
    (
        _scaled(lambda s: 1, lambda s: s.n),
        "For the bias you took a sum over the galaxies. The loss is a mean: take the mean.",
    ),
    (_scaled(lambda s: 1 / 2), f"The bias is right. For the weight, {FACTOR}."),
    (
        _scaled(lambda s: 1, lambda s: 1 / 2),
        f"The weight is right. For the bias, {FACTOR}.",
    ),
    (_scaled(lambda s: 1, lambda s: -1), "The weight is right, but the bias moves uphill: subtract its derivative."),
    (_scaled(lambda s: -1), "The bias is right, but the weight moves uphill: subtract its derivative."),
    (_bias_after_weight, f"You moved the weight first, and used the new weight for the bias. {OLD}"),
    (_weight_after_bias, f"You moved the bias first, and used the new bias for the weight. {OLD}"),
    (
        lambda s: s.start + s.descend(s.columns @ s.start - s.y.mean()),
        f"Each prediction is compared with the mean label instead of its own label. {BROADCAST}",
    ),
    (
        lambda s: s.start + s.descend((s.columns @ s.start).mean() - s.y),
        f"Each label is compared with the mean prediction instead of its own prediction. {BROADCAST}",
    ),
    (
        lambda s: s.start + s.descend(np.full(len(s.y), s.errors.mean())),
        "You averaged the errors before you multiplied by x. Multiply each galaxy's error by its own x, then average.",
    ),
    (
        lambda s: s.join(-s.rate * 2 * (s.x @ s.weight - s.y) @ s.x / s.n, s.change[-1]),
        "For the weight, your prediction lacks the bias: it is x · weight + bias.",
    ),
    (lambda s: s.start + s.descend(s.x @ s.weight - s.y), "Your prediction lacks the bias: it is x · weight + bias."),
    (
        lambda s: s.start + s.descend(s.x @ s.weight - s.bias - s.y),
        "Your prediction subtracts the bias: it is x · weight + bias.",
    ),
    (lambda s: s.start + s.descend(s.columns @ s.start + s.y), "You added the labels: an error is prediction − label."),
    (
        lambda s: s.start + s.descend(s.columns @ s.start),
        "Your errors lack the label: an error is prediction − label.",
    ),
    (lambda s: s.start + s.descend(-s.y), "Your errors lack the prediction: an error is prediction − label."),
    (
        lambda s: s.start + s.descend(s.bias - s.y),
        "Your prediction lacks the weights: it is x · weight + bias.",
    ),
    (
        lambda s: s.start + s.descend(s.errors - s.errors.mean()),
        "You subtracted the mean error from the errors: use them as they are.",
    ),
    (
        lambda s: s.start + s.descend(np.clip(s.errors, -1, 1)),
        "You limited the errors to ±1: use them as they are, large ones too.",
    ),
    (
        lambda s: s.join(-s.rate * 2 * s.errors.mean(), s.change[-1]),
        "The derivative for a weight lacks x: the weight changes a prediction in proportion to its feature.",
    ),
    (
        lambda s: s.join(-s.rate * 2 * (s.x * s.errors[:, None]).mean(), s.change[-1]),
        "All your weights move by the same amount, because you averaged over the features too. Each weight has its own "
        "derivative, a mean over the galaxies.",
    ),
    (
        lambda s: s.join(-s.rate * 2 * (s.x * s.errors[:, None]).sum() / s.n, s.change[-1]),
        "All your weights move by the same amount, because you summed over the features too. Each weight has its own "
        "derivative, a mean over the galaxies.",
    ),
    *(
        (
            lambda s, i=i: s.join(s.change[:-1][i], s.change[-1]),
            f"All your weights move as the {name} one: each weight has its own derivative, with its own feature.",
        )
        for i, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (_only_weight(i), f"Only the {name} weight has moved: each weight has its own derivative.")
        for i, name in ((0, "first"), (-1, "last"))
    ),
    *(
        (_one_galaxy(i), f"You used the {name} galaxy only: the loss is a mean over all galaxies.")
        for i, name in ((0, "first"), (-1, "last"))
    ),
    (
        lambda s: s.start - s.rate * 2 * s.columns[:-1].T @ s.errors[:-1] / max(s.n - 1, 1),
        "You left out the last galaxy: the loss is a mean over all galaxies.",
    ),
    (
        lambda s: s.start - s.rate * 2 * s.columns[1:].T @ s.errors[1:] / max(s.n - 1, 1),
        "You left out the first galaxy: the loss is a mean over all galaxies. Python counts from 0.",
    ),
    (
        lambda s: s.start - s.rate * 2 * np.median(s.columns * s.errors[:, None], axis=0),
        "You took the median over the galaxies: the loss is a mean, so its derivatives are means.",
    ),
    (_both(lambda s: 1 / s.rate), "You subtracted the whole gradient: multiply it by the learning rate first."),
    (_both(lambda s: 1 / s.rate**2), "You divided by the learning rate: multiply by it."),
    (lambda s: -s.change / s.rate, "This is the gradient. Return the new weight and the new bias."),
    (lambda s: s.change, "This is the change. Add it to the old weight and bias, and return the new ones."),
    (lambda s: -s.change, "This is the learning rate times the gradient. Subtract it from the old weight and bias."),
    (
        lambda s: s.start + s.change / (2 * np.sqrt((s.errors**2).mean())),
        "This is a step for the root-mean-square error. The loss here is the mean squared error, without the root.",
    ),
    (
        lambda s: s.start + s.descend(np.sign(s.errors) / 2),
        "This is a step for the mean absolute error. The loss here is the mean squared error.",
    ),
    (
        lambda s: s.start + s.descend(np.abs(s.errors)),
        "You used absolute errors: their signs decide in which direction a weight moves.",
    ),
    (
        lambda s: s.start + s.descend(s.errors**2 / 2),
        "You multiplied x by the squared errors. That isn't the derivative: multiply by 2 times the error itself.",
    ),
    (
        lambda s: s.start + s.descend(s.errors**2),
        "You multiplied x by the squared errors: multiply by the errors themselves.",
    ),
    *(
        (mistake, f"{where}ou divided by n − 1: a mean over n galaxies divides by n.")
        for where, mistake in (
            ("Y", _both(_of_more_than_one(lambda s: s.n - 1))),
            ("For the weight, y", _scaled(_of_more_than_one(lambda s: s.n - 1))),
            ("For the bias, y", _scaled(lambda s: 1, _of_more_than_one(lambda s: s.n - 1))),
        )
    ),
    (_both(lambda s: s.n / (s.n + 1)), "You divided by n + 1: a mean over n galaxies divides by n."),
    (_both(lambda s: s.n / s.d), "You divided by d, the number of features: the mean is over the n galaxies."),
    (_scaled(lambda s: s.n / s.d), "For the weight you divided by the number of features: divide by n, the galaxies."),
    (_both(lambda s: 1 / s.n), "You divided by n twice: `mean` divides by n already."),
    (_scaled(lambda s: 1 / s.n), "For the weight you divided by n twice: `mean` divides by n already."),
    (_scaled(lambda s: 1, lambda s: 1 / s.n), "For the bias you divided by n twice: `mean` divides by n already."),
    (_both(lambda s: 1 / s.d), ALL_NUMBERS),
    (_scaled(lambda s: 1 / s.d), ALL_NUMBERS),
    *(
        (
            lambda s, factor=factor, weight_first=weight_first: steps_per_galaxy(
                s, range(int(s.n)), factor(s), weight_first=weight_first
            ),
            PER_GALAXY,
        )
        for factor in STEP_FACTORS
        for weight_first in (False, True)
    ),
    *(
        (
            _in_batches(size),
            f"You took one step per batch of {size} galaxies. Take a single step, with the mean over all galaxies.",
        )
        for size in range(2, 6)
    ),
    (_both(lambda s: 2), "Your step is twice as long as the right one: the factor of 2 occurs once."),
    *((_many_steps(count), f"You took {count} steps: take one.") for count in (2, 3, 5, 10, 100)),
    (
        lambda s: np.linalg.lstsq(s.columns, s.y, rcond=None)[0],
        "This is the least-squares fit, the minimum of the loss. Take a single step towards it.",
    ),
    (_both(lambda s: np.sqrt(s.n)), "You divided by √n: a mean over n galaxies divides by n."),
    (
        lambda s: s.start - s.rate * np.sign(-s.change),
        "You used the signs of the derivatives only. Each weight moves in proportion to its derivative.",
    ),
    (
        lambda s: s.start + s.rate * s.change / np.linalg.norm(s.change),
        "You normalised the gradient to length 1: use it as it is. It can be 0, too.",
    ),
    (_other_features(lambda x: x - x.mean(axis=0)), "You centred x: use the features as they are."),
    *((_standardised(ddof), "You standardised x: use the features as they are.") for ddof in (0, 1)),
    (_derivative_with(np.abs), "You used absolute values of x in the derivative: keep their signs."),
    (_derivative_with(np.square), "You used x² in the derivative: each error is multiplied by x itself."),
    (
        lambda s: s.start + s.descend(s.errors + s.y.mean()),
        "You subtracted the mean from the labels: use the labels as they are.",
    ),
    *(
        (
            lambda s, ddof=ddof: (
                s.start
                + s.descend(
                    s.errors + s.y - (s.y - s.y.mean()) / (s.y.std(ddof=ddof) if s.n > 1 else np.nan),
                )
            ),
            "You standardised the labels: use the labels as they are.",
        )
        for ddof in (0, 1)
    ),
    (
        _other_features(lambda x: (x - x.min(axis=0)) / np.where(np.ptp(x, axis=0) > 0, np.ptp(x, axis=0), np.nan)),
        "You rescaled x to the range of 0 to 1: use the features as they are.",
    ),
    (
        _other_features(lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)),
        "You divided each row of x by its length: use the features as they are.",
    ),
    (_without_first, "Your prediction uses the first feature only: it is the sum over all features, plus the bias."),
    (
        _per_feature,
        "You didn't add up the products x · weight: each galaxy has one prediction, a sum over the features.",
    ),
    (
        lambda s: s.join(-s.rate * 2 * s.weight * s.errors.mean(), s.change[-1]),
        "In the derivative for a weight, you multiplied the errors by the weight: multiply them by x.",
    ),
    *(
        (
            lambda s, h=h: s.start + s.change - s.rate * h * (s.columns**2).mean(axis=0),
            "Your derivatives aren't exact, as if from the difference of two losses, (L(w + h) − L(w)) / h. Use the "
            "formula of the derivative.",
        )
        for size in (1e-2, 1e-3, 1e-4, 1e-5)
        for h in (size, -size)
    ),
    (
        _scaled(lambda s: s.weight, lambda s: s.bias),
        "You multiplied the step by the old weight and the old bias: use the derivatives alone.",
    ),
    (_scaled(lambda s: s.weight), "You multiplied the weight's step by the old weight: use the derivative alone."),
    (
        _scaled(lambda s: 1, lambda s: s.bias),
        "You multiplied the bias's step by the old bias: use the derivative alone.",
    ),
    *(
        (
            lambda s, factor=factor, change=change: s.join(s.change[:-1], -s.rate * factor * change(s.errors).mean()),
            f"The weight is right. For the bias you averaged {what}: its derivative is 2 times the mean error.",
        )
        for factor in (1, 2)
        for change, what in ((np.square, "the squared errors"), (np.abs, "the absolute errors"))
    ),
    (
        lambda s: np.append((s.start + s.change)[:-1], (s.errors**2).mean()),
        "The weight is right. Instead of the bias you return the loss: return the new bias.",
    ),
    (
        lambda s: s.start + s.descend(s.columns @ (s.start + s.change) - s.y),
        "You computed the derivatives at the new weight and bias: compute them before the step.",
    ),
    (_on_result(np.flip, slice(-1)), f"{ORDER} You reversed it."),
    (_on_result(np.sort, slice(-1)), f"{ORDER} You sorted it."),
    (
        lambda s: s.join(s.change[:-1], s.change[:-1].mean()),
        "You moved the bias by the mean change of the weights: it has its own derivative, 2 times the mean error.",
    ),
    (
        lambda s: np.append((s.start + s.change)[:-1], s.change[-1]),
        "The weight is right. For the bias you return the change: add it to the old bias.",
    ),
    (
        lambda s: np.append(s.change[:-1], (s.start + s.change)[-1]),
        "The bias is right. For the weight you return the change: add it to the old weight.",
    ),
    *(
        (
            _on_result(lambda new: np.maximum(new, 0), part),
            "You replaced negative numbers by 0: weights can be negative.",
        )
        for part in (slice(None), slice(-1))
    ),
    *(
        (_on_result(lambda new: np.clip(new, -1, 1), part), f"You limited {what} to ±1: leave the numbers as they are.")
        for part, what in ((slice(None), "the new weight and bias"), (slice(-1), "the new weight"))
    ),
    *(
        (
            _on_result(np.trunc, part),
            f"You converted {what} to integers, which cuts off the decimals: return floats.",
        )
        for part, what in ((slice(None), "the result"), (slice(-1, None), "the bias"), (slice(-1), "the weight"))
    ),
)


def _limited(limit: Callable[[np.ndarray], np.ndarray], parts: Sequence[slice], *, step: bool = False) -> Mistake:
    """A mistake that limits the derivatives, or what is added, in each of the parts on its own."""

    def move(s: Step) -> np.ndarray:
        change = s.change.copy()
        for part in parts:
            change[part] = limit(change[part]) if step else -s.rate * limit(-change[part] / s.rate)
        return s.start + change

    return move


def _clip_norm(values: np.ndarray, largest: float) -> np.ndarray:
    length = np.linalg.norm(values)
    return values * (largest / length if length > largest else 1)


ALL, WEIGHTS, BIAS = (slice(None),), (slice(-1),), (slice(-1, None),)
STEP_MISTAKES += tuple(
    (mistake, f"{hint} Use it as it is, however large it is.")
    for limit in (0.01, 0.1, 0.5, 1, 2, 3, 5, 10, 20, 50, 100)
    for mistake, hint in (
        *(
            (
                lambda s, limit=limit, factor=factor: s.start + s.descend(np.clip(s.errors, -limit, limit)) * factor,
                f"You limited each error to ±{limit}.",
            )
            for factor in (1, 1 / 2)
        ),
        *(
            (
                _limited(lambda values, limit=limit: np.clip(values, -limit, limit), parts),
                f"You limited each derivative{where} to ±{limit}.",
            )
            for parts, where in ((ALL, ""), (WEIGHTS, " of the loss with respect to a weight"), (BIAS, " for the bias"))
        ),
        *(
            (
                _limited(lambda values, limit=limit: _clip_norm(values, limit), parts),
                f"You limited the length of the gradient{where} to {limit}.",
            )
            for parts, where in (
                (ALL, ""),
                (WEIGHTS, " of the weights"),
                ((*WEIGHTS, *BIAS), " of the weights, and that of the bias,"),
            )
        ),
        *(
            (
                _limited(lambda values, limit=limit: np.clip(values, -limit, limit), parts, step=True),
                f"You limited what is added to each number to ±{limit}.",
            )
            for parts in (ALL, WEIGHTS)
        ),
    )
)


def n_validation(n: int, share: float) -> int:
    """The right size of the validation set."""
    return round(share * n)


SIZE_RULES: tuple[tuple[Rule, str], ...] = (
    (
        lambda n, share: n - round(share * n),
        "The two lists are exchanged, or `share` is used for the training set: return the training set first. `share` "
        "is the share of the validation set.",
    ),
    (
        lambda n, share: n - int(share * n),
        "Two mistakes: the two lists are exchanged, and the size is rounded down. Return the training set first, and "
        "use Python's `round`.",
    ),
    (
        lambda n, share: round((1 - share) * n),
        "The two lists are exchanged, or `share` is used for the training set: it is the share of the validation set, "
        "the second list.",
    ),
    (
        lambda n, share: round(share * n) or n,
        "For a share of 0 you hold out all galaxies. Does a slice begin or end at −0? That is 0: count from the front.",
    ),
    (
        lambda n, share: n - round((1 - share) * n),
        "You rounded the size of the training set: round that of the validation set, `share * n`.",
    ),
    (
        lambda n, share: int(share * n),
        "You rounded the size of the validation set down (`int` or `//`): use Python's `round`.",
    ),
    *(
        (rule, "You rounded the size of the validation set up, or that of the training set down: use Python's `round`.")
        for rule in (lambda n, share: math.ceil(share * n), lambda n, share: n - int((1 - share) * n))
    ),
    (
        lambda n, share: int(share * n + 0.5),
        "You rounded a half up. Python's `round` rounds a half to the next even number: round(2.5) is 2.",
    ),
    (
        lambda n, share: math.ceil(share * n - 0.5),
        "You rounded a half down. Python's `round` rounds a half to the next even number: round(1.5) is 2.",
    ),
    (
        lambda n, share: max(1, round(share * n)),
        "You always hold out at least one galaxy. The validation set is empty if round(share · n) is 0.",
    ),
    (
        lambda n, share: min(n - 1, round(share * n)),
        "You always leave at least one galaxy in the training set. It is empty if `share` is 1.",
    ),
    *(
        (rule, "You leave at least one galaxy in each set. A share of 0 or 1 makes one of them empty.")
        for rule in (
            lambda n, share: min(n - 1, max(1, round(share * n))),
            lambda n, share: max(1, min(n - 1, round(share * n))),
        )
    ),
    (
        lambda n, share: min(max(n - 1, 1), max(1, round(share * n))),
        "You leave at least one galaxy in each set. A share of 0 or 1 makes one of them empty.",
    ),
    (
        lambda n, share: round(share / 100 * n),
        "You divided `share` by 100. It is a number from 0 to 1, not a percentage.",
    ),
    (lambda n, share: min(n, round(share * n) + 1), "Off by one: your validation set has one galaxy too many."),
    *(
        (rule, "Off by one: your validation set has one galaxy too few.")
        for rule in (
            lambda n, share: max(0, round(share * n) - 1),
            lambda n, share: (round(share * n) or n) - 1,  # a slice that ends at −1 leaves out the last galaxy
        )
    ),
    (lambda n, share: round(share * (n - 1)), "You computed the share of n − 1 galaxies: there are n."),
    (lambda n, share: round(share * (n + 1)), "You computed the share of n + 1 galaxies: there are n."),
    (lambda n, share: min(n, round(share * 100)), "You computed the share of 100 galaxies: there are n."),
    (lambda n, share: 0, "Your validation set is always empty."),
    (lambda n, share: n, "Your validation set always contains all galaxies."),
)

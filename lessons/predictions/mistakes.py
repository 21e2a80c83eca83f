"""Typical mistakes in the bias by thirds of metallicity, each a wrong function with its hint."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

Thirds = Callable[[np.ndarray, np.ndarray], np.ndarray]
Parts = Callable[[np.ndarray], Sequence[np.ndarray]]


def _known(predicted: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(true)
    return predicted[known].astype(float), true[known]


def _three(values: np.ndarray) -> list[np.ndarray]:
    """Cut into three parts; the first have one more if some are left over."""
    n, extra = divmod(len(values), 3)
    ends = [0, n + (extra > 0), 2 * n + min(extra, 2), len(values)]
    return [values[start:end] for start, end in pairwise(ends)]


def _mean(values: np.ndarray) -> float:
    return float(np.sum(values) / len(values)) if len(values) else np.nan


def _by_label(true: np.ndarray) -> list[int]:
    return sorted(range(len(true)), key=true.tolist().__getitem__)


def biases(
    predicted: np.ndarray,
    true: np.ndarray,
    *,
    order: Callable[[np.ndarray, np.ndarray], Sequence[int]] = lambda predicted, true: _by_label(true),
    cut: Parts = _three,
    error: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.subtract,
    average: Callable[[np.ndarray], float] = _mean,
) -> np.ndarray:
    """Compute the right result, or that of a mistake in one of its steps."""
    predicted, true = _known(predicted, true)
    errors = error(predicted, true)[list(order(predicted, true))]
    return np.array([average(part) for part in cut(errors)])


def _with(**steps: Callable) -> Thirds:
    """A mistake in one of the steps."""
    return lambda predicted, true: biases(predicted, true, **steps)


def _on_biases(change: Callable[[np.ndarray], np.ndarray]) -> Thirds:
    """A mistake that changes the right result afterwards."""
    return lambda predicted, true: np.asarray(change(biases(predicted, true)))


def _sorted_apart(predicted: np.ndarray, true: np.ndarray, *, both: bool) -> np.ndarray:
    """Labels sorted, and predictions sorted too or left in the order of rows."""
    predicted, true = _known(predicted, true)
    errors = (np.sort(predicted) if both else predicted) - np.sort(true)
    return np.array([_mean(part) for part in _three(errors)])


def _unsorted_errors(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """The order applied twice in the wrong way: ranks instead of positions."""
    predicted, true = _known(predicted, true)
    ranks = np.argsort(_by_label(true))
    return np.array([_mean(part) for part in _three((predicted - true)[ranks])])


def _nan_as(value: Callable[[np.ndarray], float]) -> Thirds:
    """A mistake that replaces unknown labels by a number."""

    def compute(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
        filled = np.where(np.isnan(true), value(true[~np.isnan(true)]), true)
        return biases(predicted, filled)

    return compute


def _nan_last(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Unknown labels sorted to the end, and left out of the means only."""
    errors = (predicted.astype(float) - true)[np.argsort(true, kind="stable")]
    return np.array([_mean(part[np.isfinite(part)]) for part in _three(errors)])


def _nan_as_no_error(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    errors = np.nan_to_num(predicted.astype(float) - true)[np.argsort(true, kind="stable")]
    return np.array([_mean(part) for part in _three(errors)])


def _means_of_parts(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    order = np.argsort(true, kind="stable")
    parts = zip(_three(predicted[order].astype(float)), _three(true[order]), strict=True)
    return np.array([_mean(ours) - _mean(labels[np.isfinite(labels)]) for ours, labels in parts])


def _nan_as_prediction(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    return biases(predicted, np.where(np.isnan(true), predicted, true))


def _mask_in_the_order_of_rows(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    errors = (predicted.astype(float) - true)[np.argsort(true, kind="stable")][np.isfinite(true)]
    return np.array([_mean(part[np.isfinite(part)]) for part in _three(errors)])


def _positions_among_the_known(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Order of the known labels, applied to the errors of all galaxies."""
    errors = (predicted.astype(float) - true)[_by_label(true[np.isfinite(true)])]
    return np.array([_mean(part[np.isfinite(part)]) for part in _three(errors)])


def _without(unknown: Callable[[np.ndarray], np.ndarray]) -> Thirds:
    """A mistake that takes other labels for unknown, too."""
    return lambda predicted, true: biases(predicted, np.where(unknown(true), np.nan, true))


def _labels_removed_alone(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    labels = true[np.isfinite(true)]
    return biases(predicted[: len(labels)], labels)


def _without_outliers(predicted: np.ndarray, true: np.ndarray, k: float) -> np.ndarray:
    predicted, true = _known(predicted, true)
    errors = predicted - true
    inside = np.abs(errors - errors.mean()) <= k * errors.std()
    return biases(predicted[inside], true[inside])


def _by_limits(limits: Callable[[np.ndarray], Sequence[float]], *, upper: bool) -> Thirds:
    """A mistake that cuts the labels at two limits; a label at a limit belongs above or below it."""

    def compute(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
        predicted, true = _known(predicted, true)
        third = np.digitize(true, limits(true), right=not upper)
        return np.array([_mean((predicted - true)[third == i]) for i in range(3)])

    return compute


def _n_thirds(*, extra: str) -> Parts:
    """Cut at n // 3: what is left over goes to the last part, the middle one, or nowhere."""

    def cut(values: np.ndarray) -> list[np.ndarray]:
        n = len(values) // 3
        if extra == "last":
            return [values[:n], values[n : 2 * n], values[2 * n :]]
        if extra == "middle":
            return [values[:n], values[n : len(values) - n], values[len(values) - n :]]
        if extra == "first":
            return [values[: len(values) - 2 * n], values[len(values) - 2 * n : len(values) - n], values[-n:]]
        return [values[:n], values[n : 2 * n], values[2 * n : 3 * n]]

    return cut


def _rounded_thirds(values: np.ndarray) -> list[np.ndarray]:
    one, two = round(len(values) / 3), round(2 * len(values) / 3)
    return [values[:one], values[one:two], values[two:]]


def _rests(values: np.ndarray) -> list[np.ndarray]:
    """What is left after the first third, and after the second."""
    first, second, _ = _three(values)
    return [values[len(first) :], values[len(first) + len(second) :]]


def _rounded_up(values: np.ndarray) -> list[np.ndarray]:
    n = -(-len(values) // 3)
    return [values[:n], values[n : 2 * n], values[2 * n :]]


def _every_third(values: np.ndarray) -> list[np.ndarray]:
    return [values[i::3] for i in range(3)]


def _ends_left_out(values: np.ndarray) -> list[np.ndarray]:
    return [part[:-1] for part in _three(values)]


def _starts_left_out(values: np.ndarray) -> list[np.ndarray]:
    return [part[1:] for part in _three(values)]


SPLIT = (
    "The thirds differ by one galaxy at most: if some are left over, the first parts have one more (`np.array_split`)."
)
EQUAL = "The thirds have equal numbers of galaxies: cut the sorted galaxies, not the scale of metallicity."
STABLE = (
    "Galaxies with equal labels are in another order than in the arrays: sort by the label alone, with a stable sort."
)
THIRDS_MISTAKES: tuple[tuple[Thirds, str], ...] = (
    (
        _with(error=lambda predicted, true: true - predicted),
        "The signs are reversed: an error is predicted − true, and positive if the prediction is too high.",
    ),
    (
        _with(error=lambda predicted, true: np.abs(predicted - true)),
        "You took absolute errors: keep the signs, because a bias has a direction.",
    ),
    (
        _on_biases(np.abs),
        "You took absolute values of the results: a negative bias means that predictions are too low.",
    ),
    (
        _with(average=lambda part: np.sqrt(np.mean(part**2))),
        "You took root-mean-square errors: the bias is the mean of the errors, with their signs.",
    ),
    (_with(average=np.median), "You took medians: the bias is the mean error."),
    (_with(average=np.std), "You took the scatter of the errors: the bias is their mean."),
    (_with(average=np.sum), "You took sums: divide by the number of galaxies in the third."),
    (
        lambda predicted, true: biases(predicted, true, average=np.sum) / np.isfinite(true).sum(),
        "You divided by the number of all galaxies: divide by the number of those in the third.",
    ),
    (
        lambda predicted, true: biases(predicted, true, average=np.sum) / (np.isfinite(true).sum() / 3),
        "You divided by n / 3, which isn't a whole number here: divide by the number of galaxies in the third.",
    ),
    (
        _with(average=lambda part: np.sum(part) / (len(part) - 1) if len(part) > 1 else np.nan),
        "You divided by n − 1: a mean over n galaxies divides by n.",
    ),
    (_with(average=lambda part: part[0]), "You return the first error of each third: take the mean of all."),
    (_with(average=lambda part: part[-1]), "You return the last error of each third: take the mean of all."),
    (
        _with(order=lambda predicted, true: _by_label(predicted)),
        "You sorted by the prediction: sort by the label, the true metallicity.",
    ),
    (
        _with(order=lambda predicted, true: _by_label(predicted - true)),
        "You sorted the errors themselves: sort by the label, so that each third has its own range of metallicity.",
    ),
    (
        _with(order=lambda predicted, true: range(len(true))),
        "You didn't sort: the thirds are those of the rows. Sort by the label first.",
    ),
    (_on_biases(lambda right: right[::-1]), "Your thirds are in reverse order: the metal-poor one is first."),
    (
        _with(order=lambda predicted, true: np.argsort(-true, kind="stable")),
        "You sorted from the highest label to the lowest: the metal-poor third is first.",
    ),
    (
        lambda predicted, true: biases(predicted, true, order=lambda p, t: np.argsort(-t, kind="stable"))[::-1],
        "You sorted from the highest label to the lowest, so that what is left over goes to the wrong thirds: sort "
        "upwards.",
    ),
    (
        lambda predicted, true: _sorted_apart(predicted, true, both=False),
        "You sorted the labels only, so that each is compared with another galaxy's prediction. Sort the errors by "
        "`np.argsort` of the labels.",
    ),
    (
        lambda predicted, true: _sorted_apart(predicted, true, both=True),
        "You sorted labels and predictions separately, which pairs different galaxies. Apply one order to both.",
    ),
    (
        _unsorted_errors,
        "You used the ranks of the labels as positions: `np.argsort` once gives the positions.",
    ),
    (_with(cut=_n_thirds(extra="last")), f"What is left over went to the last third. {SPLIT}"),
    (_with(cut=_n_thirds(extra="middle")), f"What is left over went to the middle third. {SPLIT}"),
    (_with(cut=_n_thirds(extra="first")), f"Both galaxies left over went to the first third. {SPLIT}"),
    (_with(cut=_n_thirds(extra="none")), f"What is left over was dropped: use all galaxies. {SPLIT}"),
    *(
        (
            _by_limits(lambda true: np.quantile(true, [1 / 3, 2 / 3]), upper=upper),
            "You cut at quantiles of the labels: galaxies at a limit, and equal ones, then belong to other thirds. Cut "
            "the sorted galaxies, with `np.array_split`.",
        )
        for upper in (True, False)
    ),
    (_with(cut=_rounded_up), f"You rounded up the number in each third, so that the last one is too small. {SPLIT}"),
    (_with(cut=_rounded_thirds), f"You rounded the ends of the thirds. {SPLIT}"),
    (
        _with(cut=lambda values: np.array_split(values, 4)[:3]),
        "You cut the galaxies into four parts: cut into three.",
    ),
    (_with(cut=_every_third), "You took every third galaxy: a third is a run of neighbours in the sorted order."),
    (
        _with(cut=lambda values: [values[: len(values) - len(rest)] for rest in (*_rests(values), values[:0])]),
        "Your parts begin at the first galaxy, so that the second contains the first: each third has its own galaxies.",
    ),
    (
        _with(cut=lambda values: [values, *_rests(values)]),
        "Your parts end at the last galaxy, so that each contains the next: each third has its own galaxies.",
    ),
    (_with(cut=_ends_left_out), "You left out the last galaxy of each third: a slice doesn't include its end."),
    (_with(cut=_starts_left_out), "You left out the first galaxy of each third: Python counts from 0."),
    (
        _with(cut=lambda values: [values] * 3),
        "You return the bias of all galaxies three times: take the mean of one third at a time.",
    ),
    (
        _with(order=lambda predicted, true: np.lexsort((predicted, true))),
        f"{STABLE} Did you sort pairs of numbers?",
    ),
    (
        _with(order=lambda predicted, true: np.lexsort((-predicted, true))),
        f"{STABLE} Did you sort pairs of numbers?",
    ),
    (_with(order=lambda predicted, true: np.lexsort((predicted - true, true))), f"{STABLE} Did you sort pairs?"),
    (
        _with(order=lambda predicted, true: np.argsort(true[::-1], kind="stable")[::-1] * -1 + len(true) - 1),
        STABLE,
    ),
    (
        _with(order=lambda predicted, true: len(true) - 1 - np.argsort(true[::-1], kind="stable")),
        STABLE,
    ),
    (
        _by_limits(lambda true: np.linspace(true.min(), true.max(), 4)[1:3], upper=True),
        f"You cut the range of labels into three equal intervals. {EQUAL}",
    ),
    (
        _nan_as_no_error,
        "An unknown label counts as an error of 0: leave these galaxies out.",
    ),
    (
        _means_of_parts,
        "You sorted with the unknown labels, and subtracted means over different galaxies: leave unknown labels out of "
        "both arrays first.",
    ),
    (
        _nan_as_prediction,
        "You replaced unknown labels by the prediction, which counts them as errors of 0: leave these galaxies out.",
    ),
    (
        _mask_in_the_order_of_rows,
        "You applied the mask of known labels after sorting, but it is in the order of the rows: leave out unknown "
        "labels first.",
    ),
    (
        _positions_among_the_known,
        "You sorted the known labels, and applied their order to the errors of all galaxies, where these positions are "
        "other rows. Apply the mask to the errors first.",
    ),
    *(
        (
            _without(unknown),
            "You left out labels of 0 or below, which occur relative to the Sun: only NaN means unknown.",
        )
        for unknown in (lambda true: true <= 0, lambda true: true < 0, lambda true: true == 0)
    ),
    (
        _with(error=lambda predicted, true: 10**predicted - 10**true),
        "You computed 10 to the power of predictions and labels: use the errors in dex, as they are.",
    ),
    (
        _labels_removed_alone,
        "You removed the unknown labels from `true` alone, so that the rest is paired with other galaxies' "
        "predictions. Apply the same mask to both arrays.",
    ),
    *(
        (
            _with(error=lambda predicted, true, limit=limit: (predicted - true).clip(-limit, limit)),
            "You clipped large errors: outliers are errors, too.",
        )
        for limit in (0.2, 0.3, 0.5)
    ),
    *(
        (
            lambda predicted, true, k=k: _without_outliers(predicted, true, k),
            "You left out galaxies with large errors: outliers are errors, too.",
        )
        for k in (2, 3)
    ),
    (
        _nan_last,
        "You cut into thirds before you left out unknown labels, which are sorted to the end. Leave them out first.",
    ),
    (_nan_as(lambda known: 0.0), "NaN became 0, but a metallicity of 0 isn't a label. Leave those galaxies out."),
    (_nan_as(np.mean), "NaN became the mean of the other labels. Leave those galaxies out."),
    (_nan_as(np.median), "NaN became the median of the other labels. Leave those galaxies out."),
    (
        _with(error=lambda predicted, true: predicted - true - np.mean(predicted - true)),
        "You subtracted the bias of all galaxies: return the bias of each third itself.",
    ),
    (
        _with(error=lambda predicted, true: (predicted - true) / true),
        "You divided the errors by the labels: use the errors in dex, as they are.",
    ),
    (
        _with(error=lambda predicted, true: predicted - np.mean(true)),
        "You subtracted the mean label: subtract from each prediction its own label.",
    ),
    (_with(error=lambda predicted, true: predicted), "You averaged the predictions: subtract the labels from them."),
    (_with(error=lambda predicted, true: true), "You averaged the labels: take the errors, predicted − true."),
    (
        _with(error=lambda predicted, true: (predicted - true) ** 2),
        "You took squares of the errors: the bias is the mean of the errors, with their signs.",
    ),
    (_on_biases(lambda right: 100 * right), "Your results are 100 times too large: return them in dex."),
    (_on_biases(lambda right: right[0]), "You return the metal-poor third only: return three numbers."),
    (_on_biases(np.cumsum), "Your results add up from third to third: begin anew for each."),
    *(
        (
            _on_biases(lambda right, n=n: right.round(n)),
            f"You rounded the results to {n} decimals: leave them unrounded.",
        )
        for n in (1, 2, 3, 4)
    ),
)

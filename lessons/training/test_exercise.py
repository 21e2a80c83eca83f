"""Tests of the exercises on training; each takes the student's function.

A mistake is a function of the parameters. Its hint is shown if it explains the student's results for all cases.
"""

import itertools
import random
import warnings
from dataclasses import replace
from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns_same
from galviz.course.seeds import SEEDS, reject_equal_seeds
from lessons.training.batch_mistakes import MISTAKES as BATCH_MISTAKES
from lessons.training.batch_mistakes import divided
from lessons.training.fit_checks import check_log, check_seeds
from lessons.training.mistakes import (
    PER_GALAXY,
    SIZE_RULES,
    STEP_FACTORS,
    STEP_MISTAKES,
    Step,
    n_validation,
    stepped,
    steps_per_galaxy,
)
from lessons.training.training_log import Case, adam, record

# training.0

# Numbers of ids and batch sizes: also a full last batch, a batch larger than the list, a single id and none.
BATCHES = (
    (7, 3),
    (8, 3),
    (6, 3),
    (10, 4),
    (5, 1),
    (3, 10),
    (4, 4),
    (1, 1),
    (0, 3),
    (33, 32),
    (64, 32),
    (11, 5),
    (9, 2),
)


def test_training_0(answer):
    cases, results = [(_make_ids(n), size) for n, size in BATCHES], []
    # By hand: the beginning of the first case.
    expected = [[cases[0][0][:3], cases[0][0][3:6], cases[0][0][6:]], *(divided(*case) for case in cases[1:])]
    for ids, size in cases:
        results.append(_read_batches(_call_batches(answer, ids, size), ids, size))
    if results == expected:
        return
    for mistake, hint in BATCH_MISTAKES:
        if results == [mistake(*case) for case in cases]:
            raise WrongAnswer(hint)
    # Several times, because a function that shuffles few batches may return the same order by chance.
    expect(
        all(
            _read_batches(_call_batches(answer, *case), *case) == result
            for _ in range(3)
            for case, result in zip(cases, results, strict=True)
        ),
        "Two calls with the same ids return different batches: don't shuffle, and keep nothing from earlier calls.",
    )
    first = next(place for place, result in enumerate(results) if result != expected[place])
    for mistake, hint in BATCH_MISTAKES:
        explained = [mistake(*case) for case in cases[first:]]
        if results[first:] == explained:
            raise WrongAnswer(hint)
    (ids, size), result = cases[first], results[first]
    start = f"For {len(ids)} ids and a batch size of {size},"
    flat = [object_id for part in result for object_id in part]
    expect([] not in result, f"{start} one of your batches is empty. No batch is empty.")
    lost = [object_id for object_id in ids if object_id not in set(flat)]
    expect(
        not lost,
        f"{start} {len(lost)} of {len(ids)} ids are in no batch. The first is at position {_place(ids, lost)}.",
    )
    expect(len(flat) == len(set(flat)), f"{start} some ids are in your batches more than once: each is in one batch.")
    expect(flat == ids, f"{start} the ids are in another order. Keep the order of the list: don't shuffle or sort.")
    raise WrongAnswer(
        f"{start} the sizes of your batches are {[len(part) for part in result][:8]}. They must be "
        f"{[len(part) for part in expected[first]][:8]}: all but the last are full."
    )


def _place(ids, lost):
    return ids.index(lost[0]) if lost else None


def _call_batches(batches, ids, size):
    """What a function returns for a copy of the ids; raise a hint if it changes them or a global generator."""
    given, states = list(ids), (random.getstate(), np.random.get_state())  # noqa: NPY002
    try:
        result = batches(given, size)
        if hasattr(result, "__next__"):
            raise WrongAnswer(
                "You return an iterator, such as that of a function with `yield`. Return a list: `list(…)` makes one."
            )
    except (NotImplementedError, WrongAnswer):
        raise
    except Exception as error:
        kind, case = type(error).__name__, f"{len(ids)} ids and a batch size of {size}"
        hint = {0: " The list can be empty: then there are no batches."}.get(len(ids), "")
        if "'float' object cannot be interpreted" in str(error) or "slice indices" in str(error):
            hint = " A position must be an integer: `/` gives a float, `//` an integer."
        elif len(ids) < size and not hint:
            hint = " A batch may be larger than the list."
        elif isinstance(error, ValueError) and len(ids) % size and not hint:
            hint = " The ids can't always be divided into batches of equal size: the last one may be smaller."
        if hint:
            raise WrongAnswer(f"Your function raises {kind} for {case}.{hint}") from None
        raise
    expect(
        given == list(ids), "Your function changes the list `object_ids`, which belongs to the caller: work on a copy."
    )
    expect(_is_unchanged(states), "You use or seed a global random generator, but nothing in this exercise is random.")
    return result


def _read_batches(result, ids, size):
    """Lists of ids; raise a hint for anything else."""
    expect(result is not None, "What you return is None: does the function end with `return`?")
    expect(
        not isinstance(result, str | dict | set) and hasattr(result, "__len__"),
        f"Return a list of lists. You return an object of type {type(result).__name__}.",
    )
    parts = list(result)
    expect(
        len(ids) == 0 or not parts or not all(isinstance(part, str) for part in parts),
        "You return one list of ids. Return a list of lists: each batch is a list of its own, even with a single id.",
    )
    known = set(ids)
    expect(
        len({id(part) for part in parts}) == len(parts),
        "Your batches are one and the same list, several times: if it is cleared, all of them are. Create a new list "
        "for "
        "each batch.",
    )
    for part in parts:
        expect(
            not isinstance(part, str | dict | set | frozenset) and hasattr(part, "__len__"),
            f"Each batch must be a list of ids. One of yours is of type {type(part).__name__}"
            + (", which has no order." if isinstance(part, set | frozenset) else "."),
        )
        for item in part:
            expect(item is not None, "You filled the last batch with None. It may be smaller.")
            integer = isinstance(item, int | np.integer)
            expect(
                not integer or not 0 <= item <= len(ids),
                "Your batches contain positions in the list, or sizes. Return the ids themselves.",
            )
            expect(
                isinstance(item, str),
                f"Ids are text and must stay unchanged. One of yours is of type {type(item).__name__}.",
            )
            expect(
                f"0{item}" not in known,
                f"The id {f'0{item}'!r} has lost its zero: ids are text and must stay unchanged.",
            )
            expect(not item or item in known, f"One of your ids is {item!r:.40}, which isn't among the ids given.")
    return [[str(item) for item in part] for part in parts]


# training.1

# By hand: the errors are 0.5, −2.5, −1.5 and −2.5; the derivatives are −3.5 and −4 for the weights, −3 for the bias.
X = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 2.0], [1.0, 1.0]])
Y = np.array([1.0, 4.0, 0.0, 3.0])
BY_HAND = (np.array([1.0, -1.0]), 0.5, X, Y, 0.1)
NAMES = ("weight", "bias", "x", "y", "rate")
# Numbers of galaxies and features, and the learning rate.
SIZES = ((7, 3, 0.03), (6, 1, 0.2), (2, 4, 0.05), (3, 3, 1.5), (1, 2, 0.1))
# A random galaxy of 7 is the same in that many calls with a probability of 1 / 7 ** 15.
N_REPEATED = 16


def test_training_1(answer):
    cases = _step_cases()
    expected = [stepped(*case) for case in cases[:-1]] + [np.array([1.35, -0.6, 0.8])]
    _check_random_state(answer, cases[0])
    returned, error = call_on_cases(answer, cases, NAMES)
    pairs = [_weight_and_bias(result, case) for result, case in zip(returned, cases, strict=False)]
    wrong = [
        place for place, (pair, right) in enumerate(zip(pairs, expected, strict=False)) if not _is_right(pair, right)
    ]
    if wrong:
        _explain_repeated(answer, cases[0])
        flat = [np.concatenate([weight.ravel(), bias.ravel()]) for weight, bias in pairs]
        mistakes = [(lambda *case, move=move: move(Step(*case)), hint) for move, hint in STEP_MISTAKES]
        reject_mistakes(cases, flat, expected, mistakes)
        _explain_shapes(*pairs[wrong[0]], cases[wrong[0]], expected[wrong[0]])
        _explain_unused(answer, cases[0])
        _explain_step(cases, flat, expected, wrong[0])
    if error:
        _explain_step_error(error, cases[len(returned)])
        raise error
    _explain_repeated(answer, cases[0])


def _check_random_state(step, case):
    """Reject a function that seeds or uses a global random generator, and restore the generators."""
    original = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.random()
    np.random.random()  # noqa: NPY002
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    call_on_cases(step, [case], NAMES)
    same = _is_unchanged(state)
    random.setstate(original[0])
    np.random.set_state(original[1])  # noqa: NPY002
    expect(same, "You seed or use a global random generator, but nothing in this exercise is random: leave it out.")


def _step_cases():
    """Weight, bias, x, y and rate: also a perfect fit, a constant feature, large errors and small numbers."""
    cases = []
    for seed, (n, d, rate) in enumerate(SIZES, start=1):
        draw = np.random.default_rng(seed)
        x = draw.normal(size=(n, d)) * draw.uniform(0.5, 2, d) + draw.uniform(0.3, 1, d)
        y = x @ draw.normal(size=d) + draw.normal(size=n) + 0.7
        cases.append((draw.normal(size=d), float(draw.normal()), x, y, rate))
    weight, bias, x, y, _ = cases[0]
    constant = np.column_stack([x[:, :2], np.full(7, 1.5)])
    perfect = (np.array([1.0, -1.0]), 0.5, X, X @ [1.0, -1.0] + 0.5, 20.0)  # the errors are exactly 0
    return [*cases, (weight, bias, constant, 100 * y, 0.01), (1e-3 * weight, 1e-3, x, 1e-3 * y, 0.3), perfect, BY_HAND]


def _is_right(pair, expected):
    """Whether weight and bias have the right shapes and numbers, relative to the largest of them."""
    weight, bias = pair
    right = weight.shape == (len(expected) - 1,) and bias.size == 1
    return right and is_close(np.append(weight, bias), expected, rtol=3e-5, atol=3e-5 * np.abs(expected).max())


def _weight_and_bias(result, case):
    """The two parts of what was returned, as arrays of any shape."""
    expect(result is not None, "What you return is None: does the function end with `return`?")
    if not isinstance(result, tuple | list) or len(result) != 2:
        length = f" and length {len(result)}" if hasattr(result, "__len__") else ""
        raise WrongAnswer(
            "Return two things, the new weight and the new bias: `return weight, bias`. You return an object of type "
            f"{type(result).__name__}{length}."
        )
    for part, name in zip(result, ("weight", "bias"), strict=True):
        if isinstance(part, str) or (isinstance(part, list | tuple) and any(isinstance(value, str) for value in part)):
            raise WrongAnswer(f"Your {name} is text. Return numbers.")
        if "float16" in str(getattr(part, "dtype", "")):
            raise WrongAnswer(f"Your {name} is float16, which rounds to about three digits: use float32 or float64.")
    weight, bias = as_array(result[0], what="the weight"), as_array(result[1], what="the bias")
    d = case[2].shape[1]
    expect(
        d == 1 or weight.size != 1 or bias.shape != (d,),
        "Weight and bias are exchanged: return the weight first, then the bias.",
    )
    return weight, bias


def _explain_shapes(weight, bias, case, expected):
    """Raise the hint for a wrong shape."""
    n, d = case[2].shape
    shape = f"The weight must have the shape ({d},). Yours has the shape {_join(weight.shape)}."
    if weight.shape in ((d, 1), (1, d)) and weight.ndim == 2:
        numbers = "The numbers are right: " if is_close(weight.ravel(), expected[:-1]) else ""
        kind = "column" if weight.shape == (d, 1) else "row"
        raise WrongAnswer(f"{shape} {numbers or 'It is '}{'it is ' * bool(numbers)}a {kind}, with two axes.")
    if weight.shape == ():
        raise WrongAnswer(f"{shape} There is one weight per feature, and each has its own derivative.")
    if weight.shape == (n,) and n != d:
        raise WrongAnswer(f"{shape} That is one number per galaxy: take the mean over the galaxies, for each feature.")
    if weight.ndim > 1:
        raise WrongAnswer(
            f"{shape} Did you subtract the shapes (n, 1) and (n,), which gives n × n? The errors must have the shape "
            "(n,), and the mean is over the galaxies."
        )
    expect(weight.shape == (d,), shape)
    expect(
        bias.size == 1,
        f"The bias must be a single number. Yours has the shape {_join(bias.shape)}: take the mean over the galaxies.",
    )


def _explain_repeated(step, case):
    """Raise the hint for a function whose results for the same input differ."""
    # Many calls, because two random batches of the few galaxies may be equal.
    results = [call_on_cases(step, [case], NAMES)[0] for _ in range(N_REPEATED)]
    if not all(results):
        return
    (weight, bias), *others = (_weight_and_bias(result, case) for (result,) in results)
    expect(
        all(
            is_close(weight, other_weight, rtol=1e-7, atol=0) and is_close(bias, other_bias, rtol=1e-7, atol=0)
            for other_weight, other_bias in others
        ),
        "Two calls with the same input return different results. Use all galaxies instead of a random batch, and keep "
        "nothing from earlier calls, such as momentum.",
    )


def _explain_unused(step, case):
    """Raise the hint for a function that doesn't use the labels of all galaxies."""

    def join(*arguments):
        return np.concatenate([np.ravel(part) for part in step(*arguments)])

    weight, bias, x, y, rate = case
    unused = []
    for i in range(len(y)):
        # Large changes in both directions, because errors may be limited.
        changed = [np.where(np.arange(len(y)) == i, y + change, y) for change in (1, 1e3, -1e3)]
        if all(returns_same(join, (weight, bias, x, labels, rate), case) for labels in changed):
            unused.append(i)
    if 0 < len(unused) < len(y):
        raise WrongAnswer(
            f"Your step uses the labels of only {len(y) - len(unused)} of {len(y)} galaxies. The loss is a mean over "
            "all galaxies: draw no batch, and leave none out."
        )


def _explain_step(cases, flat, expected, first):
    """Raise the hint that follows from the length or the direction of the steps."""
    steps = [Step(*case) for case in cases[: len(flat)]]
    moving = [i for i, (step, values) in enumerate(zip(steps, flat, strict=True)) if len(values) == len(step.start)]
    moving = [i for i in moving if np.linalg.norm(steps[i].change) > 1e-9 and np.isfinite(flat[i]).all()]
    where = f"For n = {len(cases[first][2])}, d = {cases[first][2].shape[1]} and rate = {cases[first][4]:g}"
    if not np.isfinite(flat[first]).all():
        raise WrongAnswer(f"{where}, you return NaN or infinity. Is there a division by 0? The errors can all be 0.")
    for n_decimals in range(8):
        if np.allclose(flat[first], np.round(expected[first], n_decimals), rtol=0, atol=1e-12):
            raise WrongAnswer(
                f"You rounded the result to {n_decimals} decimal{'s' * (n_decimals != 1)}: don't round it."
            )
    _explain_orders(steps, flat)
    _explain_decay(steps, flat)
    factors = {i: _factor(flat[i] - steps[i].start, steps[i].change) for i in moving}
    if factors and all(factor is not None for factor in factors.values()):
        _explain_factors(list(factors.values()), [steps[i] for i in factors])
    if first in moving:
        _explain_limit(flat[first], expected[first], steps[first])
    _explain_part(flat[first], expected[first], where)


def _explain_orders(steps, flat):
    """Raise the hint for one step per galaxy in any order, found for the few galaxies of some cases."""
    few = [(s, values) for s, values in zip(steps, flat, strict=True) if 1 < s.n <= 4 and s.errors.any()]
    for factor in STEP_FACTORS:
        for weight_first in (False, True):
            if few and all(
                any(
                    is_close(values, steps_per_galaxy(s, order, factor(s), weight_first=weight_first))
                    for order in itertools.permutations(range(int(s.n)))
                )
                for s, values in few
            ):
                raise WrongAnswer(f"{PER_GALAXY} Their order would matter, too.")


def _explain_decay(steps, flat):
    """Raise the hint for weights that are made smaller, in addition to the step or before it."""
    cases = [(s, values, values - s.start - s.change) for s, values in zip(steps, flat, strict=True)]
    if not all(len(values) == len(s.start) and np.isfinite(values).all() for s, values, _ in cases):
        return
    cases = [case for case in cases if np.abs(case[2]).max() > 1e-9 * np.abs(case[0].start).max()]

    def shrunk_first(s, n_decayed):
        """What changes if weights, or also the bias, are 0 before the step."""
        start = s.start.copy()
        start[:n_decayed] = 0
        return stepped(start[:-1], start[-1], s.x, s.y, s.rate) - (s.start + s.change)

    for name, with_bias in (("each weight", False), ("each weight and the bias", True)):
        for reference, hint in (
            (lambda s, _: s.start, "Something proportional to the old value is added to {}, such as weight decay."),
            (lambda s, _: s.start + s.change, "Your result is multiplied by a number for {}, such as weight decay."),
            (shrunk_first, "You multiply {} by a number before the step, such as weight decay."),
            (
                lambda s, _: np.sign(s.start),
                "Something that depends on the sign of the old value is added to {}, as in L1 weight decay.",
            ),
        ):
            found = []
            for s, _, added in cases:
                wanted = np.array(reference(s, s.d + with_bias))
                if not with_bias and reference is not shrunk_first:
                    wanted[-1] = 0
                found.append(_factor(added, wanted))
            if len(found) > 2 and None not in found:
                raise WrongAnswer(
                    f"{hint.format(name)} Subtract the learning rate times the derivative, and nothing else."
                )


def _explain_limit(values, expected, step):
    """Raise the hint for derivatives that were limited one by one, and for low precision."""
    scale = np.abs(expected).max()
    wrong = ~np.isclose(values, expected, rtol=1e-5, atol=1e-5 * scale)
    used = np.abs(values - step.start) / step.rate
    if wrong.sum() > 1 and np.ptp(used[wrong]) < 1e-6 * used.max() and used.max() <= used[wrong].max() * (1 + 1e-9):
        raise WrongAnswer(
            f"You limited the derivatives to ±{used[wrong][0]:.4g}: use them as they are, however large they are."
        )
    if np.allclose(values, expected, rtol=0, atol=3e-3 * scale):
        raise WrongAnswer(
            "Your result is right to about three digits, but not more. Did you round, use float16, or add a small "
            "number somewhere?"
        )


def _factor(values, reference):
    """The number that a vector is multiplied by; None if there is no such number."""
    scale = np.dot(reference, reference)
    factor = np.dot(values, reference) / scale if scale else 0.0
    size = np.abs(reference).max(initial=0) * max(1, abs(factor))
    return factor if np.allclose(values, factor * reference, rtol=1e-3, atol=1e-3 * size) else None


def _explain_factors(factors, steps):
    """Raise the hint for steps with the right direction and a wrong length."""
    values, rates, sizes = np.array(factors), *np.array([(step.rate, step.n) for step in steps]).T
    used_rates = values * rates
    if np.allclose(values, values[0], rtol=1e-3):
        raise WrongAnswer(f"Your step has the right direction, but is {values[0]:.4g} times as long as the right one.")
    if np.allclose(used_rates, used_rates[0], rtol=1e-3):
        raise WrongAnswer(
            f"Your step doesn't depend on `rate`: it is always that of a learning rate of {used_rates[0]:.4g}. Use the "
            "parameter."
        )
    if np.allclose(values / rates, values[0] / rates[0], rtol=1e-3):
        raise WrongAnswer(
            "Your step has the right direction, but depends on the square of `rate`: multiply by it once."
        )
    divisors = sizes / values
    if np.allclose(divisors, divisors[0], rtol=1e-3):
        raise WrongAnswer(
            f"You always divide by {divisors[0]:.4g}, whatever n is. A mean over n galaxies divides by n."
        )
    wrong = next(value for value in values if not np.isclose(value, 1, rtol=1e-3))
    limited = " You limited the gradient or the learning rate: use them as they are." if values.max() < 1.001 else ""
    raise WrongAnswer(
        f"Your steps have the right direction, but not always the right length: one is {wrong:.4g} times as long as "
        f"the right one, and others differ.{limited}"
    )


def _explain_part(values, expected, where):
    """Raise the hint that says which part is wrong."""
    right = np.isclose(values, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    shown = f"{where}, your {{}} and should be {{}}."
    if right[:-1].all():
        raise WrongAnswer(
            f"The weight is right. {shown.format(f'bias is {values[-1]:.6g}', f'{expected[-1]:.6g}')} Its derivative "
            "is 2 times the mean error."
        )
    weights = shown.format(f"weight is {_numbers(values[:-1])}", _numbers(expected[:-1]))
    start = "The bias is right. " if right[-1] else ""
    raise WrongAnswer(f"{start}{weights} Each derivative is 2 times the mean of error times feature.")


def _explain_step_error(error, case):
    """Raise the hint for errors that NumPy raises after typical mistakes."""
    n, d = case[2].shape
    if isinstance(error, ValueError) and any(word in str(error) for word in ("matmul", "broadcast", "aligned")):
        raise WrongAnswer(
            f"The shapes in a product or a difference don't match. Here x has {n} rows, one per galaxy, and {d} "
            f"columns, one per weight. Predictions and errors have the shape ({n},), the weight's derivatives ({d},)."
        ) from None
    if isinstance(error, IndexError):
        raise WrongAnswer(
            f"Your function raises IndexError ({str(error)[:90]}). Here there are {n} galaxies, the rows of x, and {d} "
            f"weights: their numbers differ from case to case."
        ) from None


def _join(shape):
    return " × ".join(map(str, shape)) or "of a single number"


def _numbers(values):
    return "[" + ", ".join(f"{value:.4g}" for value in values[:4]) + (", …]" if len(values) > 4 else "]")


# training.2

# Number of galaxies and share of the validation set. In floating-point numbers, 0.29 · 100 is slightly less than 29.
SPLITS = (
    *((60, 0.2), (14, 0.2), (7, 0.6), (100, 0.29), (11, 0.9), (10, 0.25), (9, 0.0), (9, 1.0)),
    *((60, 0.6), (30, 0.05), (1, 0.4), (1, 1.0), (2, 0.25), (5, 0.5)),
)
# For the test of equal chances: galaxies, galaxies held out, and splits.
N_FEW, N_HELD_OUT, N_SPLITS = 6, 2, 450


class _SaltedId(str):
    """An id whose hash, and so its place in a set, differs from that of the same text, as after a restart of Python."""

    salt = ""

    def __hash__(self):
        return hash(self.salt + str(self))


def _make_ids(n):
    """Ids of 19 digits, as in a survey, in no order; some have a zero before them."""
    numbers = np.random.default_rng(n).permutation(n)
    return ["0" * int(number % 7 == 2) + str(9_020_200_727_000_000_001 + 37 * int(number)) for number in numbers]


def test_training_2(answer):
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        _check_split(answer)
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _check_split(split):
    sizes = {}
    for n, share in SPLITS:
        sizes[n, share] = len(_call_split(split, _make_ids(n), share, 3)[1])
    _check_sizes(split, sizes)
    _check_blocks(split)
    _check_seeds(split)
    _check_hashes(split)
    _check_chances(split)


def _check_sizes(split, sizes):
    """Check the size of the validation set, and find a rule that explains wrong ones."""
    if all(size == n_validation(n, share) for (n, share), size in sizes.items()):
        return
    for rule, hint in SIZE_RULES:
        if all(size == rule(n, share) for (n, share), size in sizes.items()):
            raise WrongAnswer(hint)
    others = {len(_call_split(split, _make_ids(60), 0.2, seed)[1]) for seed in range(6)}
    expect(
        len(others) == 1,
        "The size of your validation set depends on the seed. Don't decide for each galaxy on its own: select exactly "
        "round(share · n) of them.",
    )
    expect(
        sizes[60, 0.2] != sizes[60, 0.6],
        f"You hold out {sizes[60, 0.2]} of 60 galaxies, whether the share is 0.2 or 0.6: use the parameter `share`.",
    )
    (n, share), size = next(item for item in sizes.items() if item[1] != n_validation(*item[0]))
    raise WrongAnswer(
        f"For {n} galaxies and a share of {share:g}, the size of your validation set is {size}. It must be "
        f"round({share:g} · {n}) = {n_validation(n, share)}."
    )


def _check_seeds(split):
    """Check that the seed, and nothing else, decides on the split."""
    ids = _make_ids(60)
    for seed in (7, 0):
        one, other = _call_split(split, ids, 0.2, seed), _call_split(split, ids, 0.2, seed)
        zero = " A seed of 0 is a seed like any other, but is false in an `if` or `or`." if seed == 0 else ""
        expect(
            set(one[1]) == set(other[1]),
            f"Two calls with the same seed hold out different galaxies: create the generator from `seed`.{zero}",
        )
        expect(
            one == other,
            f"Two calls with the same seed return the same galaxies in different orders: create the generator from "
            f"`seed`, in each call.{zero}",
        )
    held_out = {seed: set(_call_split(split, ids, 0.2, seed)[1]) for seed in SEEDS}
    reject_equal_seeds(held_out, "hold out the same galaxies")


def _check_hashes(split):
    """Check that nothing depends on the order of a set, which differs from run to run of Python."""
    ids = _make_ids(60)
    why = (
        "For text, it changes each time Python is started, so the same seed gives another result. Use the order of the "
        "list, or sort."
    )
    expect(
        not _has_order_of_set(ids, *_call_split(split, ids, 0.2, 7)),
        f"One of your lists has the order of a set. {why}",
    )
    splits = [parts for salt in "abc" if (parts := _split_salted(split, ids, salt))]
    expect(
        all(parts == splits[0] for parts in splits),
        f"Your result depends on the order of a set, or on `hash`. {why}",
    )
    if not splits:
        # NumPy converts the ids to plain text, which has other hashes and isn't found in a set of them. Instead, test
        # ids with the same order and other hashes.
        others = [str(int(object_id) + 37_000).zfill(len(object_id)) for object_id in ids]
        places = [
            [[given.index(object_id) for object_id in part] for part in _call_split(split, given, 0.2, 7)]
            for given in (ids, others)
        ]
        expect(places[0] == places[1], f"The order of a set decides which galaxies you select. {why}")


def _split_salted(split, ids, salt):
    """The lists for ids with other hashes; None if they aren't a split."""
    salted_id = type("SaltedId", (_SaltedId,), {"salt": salt})
    try:
        parts = [[str(object_id) for object_id in part] for part in split([salted_id(text) for text in ids], 0.2, 7)]
    except Exception:
        return None
    is_split = len(parts) == 2 and len(parts[1]) == 12 and sorted(parts[0] + parts[1]) == sorted(ids)
    return parts if is_split else None


def _has_order_of_set(ids, training, validation):
    """Whether one of the lists has the order in which a set of its ids is iterated."""
    all_ids = set(ids)
    for part, other in ((training, set(validation)), (validation, set(training))):
        of_all = [object_id for object_id in all_ids if object_id not in other]
        if part in (list(set(part)), list(all_ids - other), list(all_ids ^ other), of_all):
            return True
    return False


def _check_blocks(split):
    """Reject validation sets that follow one another in the list, or in the order of the ids."""
    ids = _make_ids(60)
    orders = {"the list": ids, "the sorted ids": sorted(ids)}
    results = [_call_split(split, ids, 0.2, seed)[1] for seed in (7, 8, 9)]
    for name, ordered in orders.items():
        places = [sorted(ordered.index(object_id) for object_id in validation) for validation in results]
        expect(places[0] != list(range(48, 60)), f"You hold out the last galaxies of {name}: select them at random.")
        expect(places[0] != list(range(12)), f"You hold out the first galaxies of {name}: select them at random.")
        gaps = [np.diff([*row, row[0] + 60]) for row in places]
        blocks = [int((row != 1).sum()) <= 1 for row in gaps]
        expect(
            not all(blocks),
            f"You hold out a block of consecutive galaxies of {name}: only its beginning is random. Every subset must "
            "be equally likely.",
        )
        expect(
            not all(len(set(row[:-1])) == 1 for row in gaps),
            f"You hold out galaxies at equal distances in {name}. Every subset must be equally likely.",
        )


def _check_chances(split):
    """Check that every subset of two of six galaxies is equally likely."""
    ids = _make_ids(N_FEW)
    counts = dict.fromkeys(itertools.combinations(range(N_FEW), N_HELD_OUT), 0)
    for seed in range(N_SPLITS):
        validation = _call_split(split, ids, N_HELD_OUT / N_FEW, seed)[1]
        counts[tuple(sorted(ids.index(object_id) for object_id in validation))] += 1
    about = f"In {N_SPLITS} splits of {N_FEW} galaxies, each with another seed,"
    for place in range(N_FEW):
        share = sum(count for pair, count in counts.items() if place in pair) / N_SPLITS
        position = {0: "first", N_FEW - 1: "last"}.get(place, f"{place + 1}th")
        # A right function gives 0.33 ± 0.022.
        expect(
            abs(share - N_HELD_OUT / N_FEW) < 0.14,
            f"{about} the {position} galaxy of the list is held out {100 * share:.0f} % of the time. For a share of "
            "1/3, it must be about 33 %: all galaxies have the same chance.",
        )
    never = sum(count == 0 for count in counts.values())
    expect(
        never == 0,
        f"{about} only {len(counts) - never} of {len(counts)} possible validation sets occur. Every subset must be "
        "equally likely, wherever its galaxies are in the list.",
    )
    # A right function gives 30 ± 5.3 per subset.
    expect(
        min(counts.values()) >= 5 and max(counts.values()) <= 62,
        f"{about} one validation set occurs {min(counts.values())} times, another {max(counts.values())} times. Every "
        "subset must be equally likely.",
    )


def _call_split(split, ids, share, seed):
    """Training and validation ids of a split; raise a hint if it isn't one."""
    given, n = list(ids), len(ids)
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        result = split(given, share, seed)
    except (NotImplementedError, WrongAnswer):
        raise
    except Exception as error:
        _explain_split_error(error, n, share)
        raise
    expect(
        given == list(ids),
        "Your function changes the list `object_ids`, which belongs to the caller: work on a copy.",
    )
    expect(result is not None, "What you return is None: does the function end with `return`?")
    if not isinstance(result, tuple | list) or len(result) != 2:
        length = f" and length {len(result)}" if isinstance(result, tuple | list) else ""
        raise WrongAnswer(
            "Return two lists, the training ids and the validation ids. You return an object of type "
            f"{type(result).__name__}{length}."
        )
    training, validation = (
        _read_ids(part, ids, name) for part, name in zip(result, ("training", "validation"), strict=True)
    )
    for name, part in (("training", training), ("validation", validation)):
        expect(
            len(set(part)) == len(part),
            f"Some galaxies are in the {name} set more than once: select without replacement.",
        )
    both = set(training) & set(validation)
    expect(
        not both,
        f"{len(both)} of {n} galaxies are in both lists. A network can't be tested on its training set.",
    )
    lost = n - len(training) - len(validation)
    expect(lost == 0, f"{lost} of {n} galaxies are in neither list, for a share of {share:g}: each must be in one.")
    if not _is_unchanged(state):
        # A package that is imported within the function may use a generator too, but only once.
        random.random()
        np.random.random()  # noqa: NPY002
        state = random.getstate(), np.random.get_state()  # noqa: NPY002
        split(list(ids), share, seed)
    expect(
        _is_unchanged(state),
        "You use or seed a global generator (`random` or `np.random`), which the rest of the program may use. Create a "
        "generator of your own.",
    )
    return training, validation


def _explain_split_error(error, n, share):
    """Raise the hint for errors that follow from typical mistakes."""
    text, name = str(error), type(error).__name__
    hints = {
        "'NoneType'": "A value is None: `shuffle` changes a list and returns None. Shuffle a copy, then use this copy.",
        "list indices must be": "A list can't be indexed with a list or an array, but an array can: use "
        "`np.array(object_ids)`, or a comprehension.",
        "only integer scalar arrays": "A list can't be indexed with a list or an array, but an array can: use "
        "`np.array(object_ids)`, or a comprehension.",
        "slice indices must be": "A slice needs integers, and share · n isn't one: round it.",
        "cannot be interpreted as an integer": "The number of galaxies must be an integer: round share · n.",
        "can't multiply sequence": "The number of galaxies must be an integer: round share · n.",
        "Sample larger than": "You select more galaxies than there are.",
        "larger sample than": "You select more galaxies than there are.",
    }
    for words, hint in hints.items():
        if words in text:
            raise WrongAnswer(f"Your function raises {name}. {hint}") from None
    if share in (0, 1) or n <= 2:
        raise WrongAnswer(
            f"Your function raises {name} for {n} galaxies and a share of {share:g}: {text[:120]} … Can one "
            "of the two lists be empty?"
        ) from None


def _is_unchanged(state):
    current = random.getstate(), np.random.get_state()  # noqa: NPY002
    return state[0] == current[0] and all(map(np.array_equal, state[1], current[1]))


def _read_ids(part, ids, name):
    """A list of ids that was returned, as text."""
    expect(
        not isinstance(part, set | frozenset),
        f"The {name} ids are a set, whose order changes each time Python is started. Return a list.",
    )
    expect(
        not isinstance(part, str | bytes | dict) and hasattr(part, "__len__") and hasattr(part, "__iter__"),
        f"The {name} ids must be a list. Yours are of type {type(part).__name__}.",
    )
    items = list(part)
    if all(isinstance(item, str) for item in items):
        known = set(ids)
        unknown = [item for item in items if item not in known]
        if unknown:
            cut = " A part of it is cut off." if any(unknown[0] in object_id for object_id in ids) else ""
            raise WrongAnswer(f"One of your {name} ids is {unknown[0]!r:.40}, which isn't among the ids given.{cut}")
        return [str(item) for item in items]
    expect(
        not all(isinstance(item, bool | np.bool_) for item in items),
        f"The {name} ids are True and False, a mask. Return the ids themselves.",
    )
    integers = all(isinstance(item, int | np.integer) for item in items)
    expect(
        not integers or not all(0 <= int(item) <= len(ids) for item in items),
        f"The {name} ids are positions in the list. Return the ids themselves.",
    )
    kind = next(type(item).__name__ for item in items if not isinstance(item, str))
    raise WrongAnswer(f"Ids are text and must stay unchanged. One of your {name} ids is of type {kind}.")


# training.3

# Also fewer galaxies than a batch, full batches only, a last batch of one galaxy, and a single galaxy.
TRAININGS = (
    Case(70, (3,), n_epochs=3, learning_rate=0.05, seed=5, starts_training=False),
    Case(64, (2,), n_epochs=2, learning_rate=0.01, seed=0),
    Case(5, (3, 2, 2), n_epochs=1, learning_rate=0.1, seed=11, starts_training=False),
    Case(33, (2,), n_epochs=4, learning_rate=0.02, seed=3),
    Case(1, (1,), n_epochs=2, learning_rate=0.03, seed=1),
)
N_REAL, N_REAL_TRAINING, REAL_SIDE = 300, 200, 32
REAL_EPOCHS, REAL_RATE = 30, 0.005


def test_training_3(answer):
    for case in TRAININGS:
        log = _record(answer, case)
        if log.error:
            _explain_fit_error(log)
            raise log.error
        check_log(log)
    case = replace(TRAININGS[0], n_epochs=1)
    keys = [*((seed, 0) for seed in SEEDS), (0, 1), (42, 1)]
    check_seeds({(seed, repetition): _record(answer, replace(case, seed=seed)) for seed, repetition in keys})
    _check_convergence(answer)
    _check_real_training(answer)


def _record(fit, case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of shapes (n, 1) and (n,), which gets a hint of its own
        log = record(fit, case)
        if log.uses_global:  # a package that is imported within the function may use a generator too, but only once
            log = record(fit, case)
    if isinstance(log.error, NotImplementedError | WrongAnswer):
        raise log.error
    return log


def _explain_fit_error(log):
    """Raise the hint for errors with a typical reason."""
    text, kind, case = str(log.error), type(log.error).__name__, log.case
    start = f"For {case.n} galaxies, your function raises {kind}."
    if "does not require grad" in text:
        raise WrongAnswer(
            f"{start} The loss isn't connected with the weights: is the network called in `no_grad`, or is its result "
            "detached or converted?"
        ) from None
    if "second time" in text and "graph" in text:
        raise WrongAnswer(
            f"{start} `backward` is called twice for one loss, or for a sum that contains losses of earlier batches. "
            "Add up `loss.item()`, and call `backward` for the loss of one batch."
        ) from None
    if isinstance(log.error, AttributeError) and "'backward'" in text:
        raise WrongAnswer(
            f"{start} A number has no `backward`. Call it for the loss as a tensor, and use `item` only for the list."
        ) from None
    if "scalar outputs" in text:
        raise WrongAnswer(f"{start} The loss must be a single number: take the mean of the squared errors.") from None
    if "out of range" in text or "out of bounds" in text or "must match the size" in text:
        raise WrongAnswer(
            f"{start} The number of galaxies may be smaller than 32 or no multiple of it: the last batch is smaller. "
            f"The message is: {text[:120]}"
        ) from None
    if isinstance(log.error, ZeroDivisionError):
        raise WrongAnswer(
            f"{start} You divide by a number of batches that is 0: the last batch may be smaller."
        ) from None
    if isinstance(log.error, AttributeError) and "item" in text:
        raise WrongAnswer(
            f"{start} A number has no `item`: the loss itself is a tensor. The message is: {text}"
        ) from None


def _check_convergence(fit):
    """Check that a linear network learns a known linear relation."""
    case = Case(100, (2,), n_epochs=12, learning_rate=0.1, seed=8)
    log = _record(fit, case)
    check_log(log)
    least_squares = np.linalg.lstsq(np.column_stack([case.x, np.ones(case.n)]), case.y, rcond=None)[0]
    # The right training with the same batches ends near the least-squares fit, and so must this one.
    distance = np.abs(adam(case, [forward.rows for forward in log.training]) - least_squares).max()
    expect(
        np.abs(log.final - least_squares).max() < 2 * distance + 0.02,
        "A linear network doesn't learn a linear relation with your function.",
    )


def _check_real_training(fit):
    """Train a small convolutional network with 200 shipped galaxies, and test it with 100 others."""
    import torch

    images, labels = (torch.tensor(values) for values in _real_galaxies())
    network = _small_network().eval()
    split_at = N_REAL_TRAINING
    before = [weight.detach().clone() for weight in network.parameters()]
    losses = fit(network, images[:split_at].clone(), labels[:split_at].clone(), REAL_EPOCHS, REAL_RATE, 4)
    what = f"In {REAL_EPOCHS} epochs with {N_REAL_TRAINING} shipped galaxies,"
    values = as_array(losses, what="the list of losses for the shipped galaxies")
    expect(
        values.shape == (REAL_EPOCHS,),
        f"{what} you return {values.size} losses. Return one per epoch, {REAL_EPOCHS}, and train for {REAL_EPOCHS} "
        "epochs: don't stop earlier, and don't leave out any.",
    )
    expect(
        not any(torch.equal(weight, old) for weight, old in zip(network.parameters(), before, strict=True)),
        f"{what} a network with several layers is trained. Some weights of the network don't change: give all of its "
        "parameters to the optimiser, not only those of a layer.",
    )
    expect(
        not any(module.training for module in network.modules()),
        f"{what} a convolutional network is trained, and a part of it is in training mode at the end: call "
        "`network.eval()` for the whole network.",
    )
    expect(values[-1] < values[0], f"{what} the loss doesn't become smaller.")
    with torch.no_grad():
        errors = (network(images[split_at:])[:, 0] - labels[split_at:]).numpy()
    rmse, spread = float(np.sqrt(np.mean(errors**2))), float(np.sqrt(np.mean(labels[split_at:].numpy() ** 2)))
    expect(
        rmse < 0.94 * spread,
        f"{what} a convolutional network has an RMSE of {rmse:.3f} dex on 100 held-out galaxies. The mean label as the "
        f"prediction has {spread:.3f} dex. The network should be clearly better.",
    )


@cache
def _real_galaxies():
    """Images of 32 × 32 pixels, normalised, and labels minus the mean of the training galaxies."""
    from PIL import Image

    from galviz.survey.survey import load_survey

    survey = load_survey()
    ids = survey.object_ids[:N_REAL]
    size = (REAL_SIDE, REAL_SIDE)
    pixels = [survey.image(i).convert("RGB").crop((24, 24, 136, 136)).resize(size, Image.Resampling.BOX) for i in ids]
    images = np.stack([np.asarray(image, np.float32) for image in pixels])
    training = images[:N_REAL_TRAINING]
    images = ((images - training.mean(axis=(0, 1, 2))) / training.std(axis=(0, 1, 2))).transpose(0, 3, 1, 2)
    labels = survey.catalogue.loc[ids, "metallicity"].to_numpy(np.float32)
    return np.ascontiguousarray(images), labels - labels[:N_REAL_TRAINING].mean()


def _small_network():
    """Two convolutions, an average over the image, and a weighted sum; always the same weights."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return nn.Sequential(
            *(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU()),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 1)),
        )

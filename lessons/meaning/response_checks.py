"""The test of the exercise on responses to interventions: tables, comparisons and hints."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from galviz.course.judge import WrongAnswer, as_array, expect
from galviz.course.mistakes import is_close, quiet, reject_mistakes
from lessons.meaning.response_mistakes import (
    LINE_MISTAKES,
    USABLE_MISTAKES,
    Galaxy,
    Response,
    galaxies_of,
    right_response,
    slopes_of,
    usable,
)

Answer = Callable[[pd.DataFrame], object]
# Rounding in another order of summation passes; rounding to four decimals doesn't.
PRECISION = {"rtol": 2e-5, "atol": 1e-6}
SWEEP_COLUMNS = ["objID", "value", "true", "predicted"]
SHIPPED_CAUSES = ("log_mass_msun", "disc_colour_mag", "inclination_deg")
TWO_SLOPES = "two numbers: the mean slope of predicted, then that of true"


def check_response(answer: Answer) -> None:
    """Test a student's `response`: on small tables, then on the shipped interventions."""
    _compare(answer, _line_cases(), LINE_MISTAKES)
    _compare(answer, _usable_cases(), USABLE_MISTAKES)
    _check_ids(answer)
    _check_scales(answer)
    _check_none_usable(answer)
    for cause in SHIPPED_CAUSES:
        _check_shipped(answer, cause)


def _line_cases() -> list[pd.DataFrame]:
    """Galaxies that differ in more than the cause, with two rows or more, none of them unusable."""
    by_hand = pd.DataFrame(
        [
            ("8", 2.0, 9.0, 2.5),
            ("12", 1.0, 1.0, 4.0),
            ("8", 4.0, 13.0, 3.5),
            ("12", 2.0, 0.0, 7.0),
            ("12", 6.0, -4.0, 1.0),
        ],
        columns=SWEEP_COLUMNS,
        index=[3, 3, 0, 8, 1],
    )
    return [by_hand, _sweep(1, (7, 7, 7, 7, 7)), _sweep(2, (9, 2, 5, 13, 3, 8)), _sweep(3, (4,)), _sweep(4, (2, 3))]


def _sweep(seed: int, sizes: Sequence[int], *, ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Interventions on galaxies: mean labels fall with the mean value, while the slopes of most galaxies rise."""
    generator = np.random.default_rng(seed)
    rows = []
    for i, size in enumerate(sizes):
        name = ids[i] if ids else f"{generator.integers(10**6, 10**7)}"
        values = 3 * i + generator.choice(40, size, replace=False) * generator.uniform(0.05, 0.3) + 1
        slope, true_slope = generator.normal(0.6, 1), generator.normal(1.1, 1)
        true = 8 - 4 * i + true_slope * values + 0.2 * (values - values.mean()) ** 2
        predicted = 9 - 3 * i + slope * values + generator.normal(0, 0.3, size)
        rows += [(name, *row) for row in zip(values, true, predicted, strict=True)]
    table = pd.DataFrame(rows, columns=SWEEP_COLUMNS)
    table = table.assign(observable=True)[["value", "objID", "predicted", "observable", "true"]]
    table = table.iloc[generator.permutation(len(table))]
    return table.set_axis(generator.integers(0, 50, len(table)), axis=0)


def _usable_cases() -> list[pd.DataFrame]:
    """Unusable galaxies, labels that don't change, repeated values, and similar objIDs."""
    twice = _sweep(5, (6, 5, 4))
    extra = twice[twice["objID"] == twice["objID"].iloc[0]].iloc[:3].copy()
    again = twice[twice["objID"] == twice["objID"].iloc[-1]].iloc[:1]
    extra["predicted"] += [1.0, -0.5, 2.0]
    twice = pd.concat([twice, extra, again, _constant("501", 7.5, 3)])
    constant = _sweep(6, (5, 2, 6, 4))
    constant.loc[constant["objID"] == constant["objID"].iloc[0], "true"] = 9.1
    unpredicted = _sweep(7, (4, 6))
    unpredicted.loc[unpredicted["objID"] == unpredicted["objID"].iloc[1], "predicted"] = 8.7
    # The last two characters of three galaxies are the same, of which two are the same number.
    ids = ["42", "0042", "9020200727000000001", "9020200727000000002", "9020200727000000003", "1742"]
    return [
        pd.concat([_constant("502", 2.0, 1), _sweep(8, (5, 4, 2)), _constant("503", 0.5, 1)]),
        pd.concat(
            [_sweep(9, (5, 4, 2, 7)), _constant("504", 0.1, 3), _constant("505", 0.7, 10), _constant("506", 3.0, 2)]
        ),
        twice,
        constant,
        unpredicted,
        _sweep(10, (4, 5, 6, 3, 4, 5), ids=ids),
    ]


def _constant(name: str, value: float, size: int) -> pd.DataFrame:
    """An unusable galaxy: all values are the same, though their mean may differ from them by rounding."""
    labels = 8.5 + 0.3 * np.arange(size)
    return pd.DataFrame({"objID": name, "value": value, "true": labels, "predicted": labels[::-1], "observable": True})


def _respond(answer: Answer, sweep: pd.DataFrame) -> object:
    """Call the student's function on a copy, and reject changes of it."""
    copy = sweep.copy(deep=True)
    with quiet():
        returned = answer(copy)
    same = copy.columns.equals(sweep.columns) and copy.index.equals(sweep.index) and copy.equals(sweep)
    expect(
        same, "Your function changes `sweep` (its columns, rows or index), which belongs to the caller: work on a copy."
    )
    return returned


def _compare(answer: Answer, cases: Sequence[pd.DataFrame], mistakes: Sequence[tuple[Response, str]]) -> None:
    """Compare the mean slopes of several tables with the right ones."""
    expected, returned, error = [right_response(sweep) for sweep in cases], [], None
    for sweep in cases:
        try:
            returned.append(_respond(answer, sweep))
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as raised:
            error = raised
            break
    wrong = [i for i, pair in enumerate(returned) if not is_close(pair, expected[i], **PRECISION)]
    if wrong:
        tables = [(sweep,) for sweep in cases]
        if not _is_finite(returned[wrong[0]]):
            _explain_order_and_index(answer, cases[wrong[0]], expected[wrong[0]])
            _explain_no_number(cases[wrong[0]])
        for n_least, chosen in ((1, range(len(returned))), (2, wrong if len(wrong) < len(returned) else ())):
            if len(chosen) >= n_least:
                parts = ([values[i] for i in chosen] for values in (tables, returned, expected))
                reject_mistakes(*parts, mistakes, **PRECISION)
        _explain_order_and_index(answer, cases[wrong[0]], expected[wrong[0]])
        _explain_unusable(answer, cases[wrong[0]], returned[wrong[0]], expected[wrong[0]])
        _explain_response(*([values[i] for i in wrong] for values in (cases, returned, expected)))
    if error:
        _explain_response_error(error, cases[len(returned)])
        raise error


def _is_finite(returned: object) -> bool:
    """Whether a result contains neither NaN nor infinity; also if it can't be read as numbers."""
    try:
        return bool(np.isfinite(as_array(returned)).all())
    except WrongAnswer:
        return True


def _explain_no_number(sweep: pd.DataFrame) -> None:
    """Raise a hint for NaN and infinity, though all galaxies that count have a slope."""
    galaxies = galaxies_of(sweep)
    begin = f"Your result contains NaN or infinity for {_describe_sweep(sweep)}."
    if len(galaxies) == len(usable(galaxies)):
        constant = any(column.min() == column.max() for galaxy in galaxies for column in galaxy[1:])
        expect(
            not constant,
            f"{begin} If a label is the same in all rows of a galaxy, its slope is 0: do you divide by the label?",
        )
        raise WrongAnswer(
            f"{begin} Each of them has a slope: does every line get all rows of its galaxy, or do you leave out "
            "galaxies whose values differ by little?"
        )
    raise WrongAnswer(f"{begin} {_kind_of_unusable(galaxies)}")


def _describe_sweep(sweep: pd.DataFrame) -> str:
    galaxies = galaxies_of(sweep)
    return (
        f"{len(galaxies)} galax{'ies' if len(galaxies) > 1 else 'y'}, of which {len(usable(galaxies))} "
        f"ha{'ve' if len(usable(galaxies)) > 1 else 's'} two different values or more"
    )


def _kind_of_unusable(galaxies: Sequence[Galaxy]) -> str:
    """Explain why a galaxy has no slope."""
    if any(len(galaxy[0]) > 1 and galaxy[0].min() == galaxy[0].max() for galaxy in galaxies):
        return (
            "A galaxy with several rows may have the same value in all of them, so it has no slope: leave it out. "
            "Because of rounding, the variance of equal values may be more than 0: compare the values themselves."
        )
    return "A galaxy with a single row has no slope: leave it out of the mean."


def _explain_order_and_index(answer: Answer, sweep: pd.DataFrame, expected: np.ndarray) -> None:
    """Raise a hint if a result is right for another order or index of the rows."""
    in_order = sweep.sort_values(["objID", "value"])
    for table, hint in (
        (
            sweep.reset_index(drop=True),
            "Your result is right only if the index is 0, 1, 2, and so on. It may be anything, with numbers that occur "
            "twice, so that `loc` finds several rows: use masks or `groupby`.",
        ),
        (
            sweep[SWEEP_COLUMNS],
            "Your result is right only if the columns are objID, value, true and predicted, in this order. They may be "
            "in any order, with others between them: use their names.",
        ),
        (
            in_order,
            "Your result is right only if the rows are sorted by objID and value. They may be in any order, and those "
            "of a galaxy needn't be neighbours.",
        ),
        (
            in_order.reset_index(drop=True),
            "Your result is right only if the rows are sorted and the index is 0, 1, 2, and so on. Rows may be in any "
            "order, and the index may be anything.",
        ),
    ):
        expect(not _gives(answer, table, expected), hint)


def _gives(answer: Answer, sweep: pd.DataFrame, expected: np.ndarray) -> bool:
    try:
        return is_close(_respond(answer, sweep), expected, **PRECISION)
    except Exception:
        return False


def _explain_unusable(answer: Answer, sweep: pd.DataFrame, returned: object, expected: np.ndarray) -> None:
    """Raise a hint if a result is right without the galaxies that have no slope."""
    groups = sweep.groupby("objID")["value"]
    galaxies, varies = galaxies_of(sweep), groups.transform("max") > groups.transform("min")
    if not varies.all() and _gives(answer, sweep[varies.to_numpy()], expected):
        pair = as_array(returned, (2,), what=f"what you return ({TWO_SLOPES})")
        raise WrongAnswer(
            f"Your slopes are {pair[0]:.4g} and {pair[1]:.4g} for {_describe_sweep(sweep)}. "
            f"{_kind_of_unusable(galaxies)}"
        )


def _explain_response(
    sweeps: Sequence[pd.DataFrame], results: Sequence[object], expected: Sequence[np.ndarray]
) -> None:
    """Raise a hint for wrong results without a known reason."""
    sweep, returned, right = sweeps[0], results[0], expected[0]
    galaxies = usable(galaxies_of(sweep))
    expect(returned is not None, "What you return is None: does the function end with `return`?")
    if isinstance(returned, dict | pd.DataFrame):
        raise WrongAnswer(f"You return a {type(returned).__name__}: return a tuple of {TWO_SLOPES}.")
    pair = as_array(returned)
    if pair.shape != (2,):
        _explain_shape_of_response(pair, right, len(galaxies), sweep["objID"].nunique())
    expect(
        "float16" not in str(getattr(returned, "dtype", getattr(returned[0], "dtype", ""))),
        "Your slopes are float16, which rounds to about three digits: compute in float64.",
    )
    what = _describe_sweep(sweep)
    _explain_left_out(galaxies, pair)
    expect(
        not all(is_close(as_array(result)[0], one[0] / one[1]) for result, one in zip(results, expected, strict=True)),
        f"Your first number is the ratio of the two mean slopes: return {TWO_SLOPES}.",
    )
    if np.allclose(pair, right, rtol=0.01, atol=0.005):
        raise WrongAnswer(
            f"Your slopes, {pair[0]:.6g} and {pair[1]:.6g}, are close to the right ones, {right[0]:.6g} and "
            f"{right[1]:.6g}: don't round, add nothing to a denominator, and compute in float64."
        )
    for i, name in ((0, "predicted"), (1, "true")):
        others = [as_array(result)[1 - i] for result in results]
        if len(others) > 1 and is_close(others, [pair[1 - i] for pair in expected], **PRECISION):
            raise WrongAnswer(
                f"For {what}, the mean slope of {name} is {right[i]:.5g}; yours is {pair[i]:.5g}. The other number "
                "is right: compute both in the same way."
            )
    raise WrongAnswer(
        f"For {what}, the mean slopes are {right[0]:.5g} (predicted) and {right[1]:.5g} (true); yours are "
        f"{pair[0]:.5g} and {pair[1]:.5g}. One line per galaxy through all its rows, by least squares; then the mean "
        "over the galaxies."
    )


def _explain_left_out(galaxies: Sequence[Galaxy], pair: np.ndarray) -> None:
    """Raise a hint if the slopes are means over some of the galaxies."""
    slopes = slopes_of(galaxies)
    for n in range(1, len(galaxies)):
        for chosen in combinations(range(len(galaxies)), n):
            if is_close(slopes[list(chosen)].mean(axis=0), pair, **PRECISION):
                left_out = next(i for i in range(len(galaxies)) if i not in chosen)
                values = galaxies[left_out][0]
                expect(
                    all(column.min() < column.max() for column in galaxies[left_out][1:]),
                    f"Your result is the mean over {n} of {len(galaxies)} galaxies. You left out one whose label, true "
                    "or predicted, stays the same: its slope is 0, which counts.",
                )
                raise WrongAnswer(
                    f"Your result is the mean over {n} of {len(galaxies)} galaxies. You left out one of {len(values)} "
                    f"rows, with values from {values.min():.4g} to {values.max():.4g}. All galaxies with two different "
                    "values or more count, however little they differ."
                )


def _explain_shape_of_response(pair: np.ndarray, expected: np.ndarray, n_usable: int, n: int) -> None:
    """Raise a hint for anything but two numbers."""
    if pair.size == 1:
        number = float(pair.squeeze())
        for name, value in (
            *(("the mean slope of predicted", expected[0]), ("the mean slope of true", expected[1])),
            *(("their difference", expected[0] - expected[1]), ("their ratio", expected[0] / expected[1])),
            *(("their difference", expected[1] - expected[0]), ("their ratio", expected[1] / expected[0])),
            ("the mean of both", expected.mean()),
        ):
            expect(
                not math.isclose(number, value, rel_tol=1e-5),
                f"You return one number, {name}: return {TWO_SLOPES}.",
            )
    if pair.shape in {(n_usable,), (n_usable, 2), (2, n_usable), (n, 2), (2, n)} and n > 1:
        raise WrongAnswer("You return the slopes of each galaxy: return their means over the galaxies, two numbers.")
    if pair.shape in {(2, 2), (4,)}:
        raise WrongAnswer("You return four numbers, perhaps intercepts too: return the two mean slopes only.")
    as_array(pair, (2,), what=f"what you return ({TWO_SLOPES})")


def _explain_response_error(error: Exception, sweep: pd.DataFrame) -> None:
    """Raise a hint for errors that typical mistakes raise."""
    text, galaxies = str(error), galaxies_of(sweep)
    begin = f"Your function raises {type(error).__name__} ({text[:80].strip()})"
    if len(usable(galaxies)) < len(galaxies):
        raise WrongAnswer(
            f"{begin} for a table in which a galaxy has fewer than two different values. No line can be fitted to it: "
            "leave it out before you fit."
        ) from None
    if "reshape" in text or "inhomogeneous" in text or "broadcast" in text or "same length" in text:
        raise WrongAnswer(
            f"{begin}. Galaxies differ in their number of rows, so their values don't fit in one rectangular array: go "
            "through the galaxies one by one."
        ) from None
    if isinstance(error, KeyError | IndexError):
        raise WrongAnswer(
            f"{begin}. The index of the table may be anything, with repeated numbers too: use `iloc`, masks or "
            "`groupby` on the column objID, and the column names objID, value, true and predicted."
        ) from None
    if isinstance(error, ValueError) and ("invalid literal" in text or "could not convert" in text):
        raise WrongAnswer(f"{begin}. An objID is text and needn't be a number: don't convert it.") from None


def _check_ids(answer: Answer) -> None:
    """Reject objIDs that are changed: letters in another case, or without a space at the end."""
    sweep = _sweep(11, (5, 4, 6), ids=["ab", "AB", "c"])
    expect(
        _gives(answer, sweep, right_response(sweep)),
        "Your result is wrong if the objIDs are 'ab', 'AB' and 'c', three galaxies. Compare objIDs as they are, "
        "whatever text they are.",
    )


def _check_scales(answer: Answer) -> None:
    """Reject tolerances and rounding that show only for values that are close together, small or large."""
    begin = "Your result is wrong if {}, and right otherwise. {}"
    close = begin.format(
        "different values of a galaxy are close together, such as 100 and 100.0001",
        "Compare the values without a tolerance, compute in float64, subtract the mean before you square, and add no "
        "small number to a denominator.",
    )
    small = begin.format(
        "values are small, about 1e-9",
        "Compare them without a tolerance, add no small number to a denominator, and don't round.",
    )
    large = begin.format(
        "values are large and slopes small, about 1e-9", "Don't round slopes, and set no limit below which one is 0."
    )
    for offset, scale, hint in ((100.0, 1e-4, close), (0.0, 1e-9, small), (0.0, 1e9, large)):
        steps = np.array([0.0, 1, 2, 3, 4, 5])
        sweep = pd.DataFrame(
            {
                "objID": np.repeat(["1", "2", "3"], 6),
                "value": offset + scale * np.concatenate([steps, 2 + steps, 0.5 * steps]),
                "true": np.concatenate([8 + 0.3 * steps, 9 - 0.1 * steps, 7 + 0.2 * steps]),
                "predicted": np.concatenate([8 + 0.1 * steps, 9 + 0.3 * steps, 7 - 0.4 * steps]),
            }
        )
        expected = scale * right_response(sweep)
        try:
            returned = scale * as_array(_respond(answer, sweep), (2,))
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception:
            raise WrongAnswer(hint) from None
        expect(is_close(returned, expected, **PRECISION), hint)


def _check_none_usable(answer: Answer) -> None:
    """Check that the result is NaN if no galaxy is left."""
    for sweep in (_constant("a", 0.1, 3), pd.concat([_constant("a", 2.0, 1), _constant("b", 3.0, 1)])):
        what = "If no galaxy has two different values, both numbers are NaN"
        try:
            returned = _respond(answer, sweep)
        except (NotImplementedError, WrongAnswer):
            raise
        except Exception as error:
            raise WrongAnswer(
                f"{what}; yours raises {type(error).__name__} ({str(error)[:80]}), as for a mean of nothing."
            ) from None
        expect(returned is not None, f"{what}; yours returns None there. Does every branch end with `return`?")
        pair = as_array(returned)
        expect(pair.shape == (2,), f"{what}; you return something of the shape {pair.shape} there: return two numbers.")
        expect(np.isnan(pair).all(), f"{what}; yours are {pair[0]:.4g} and {pair[1]:.4g}.")


@cache
def _shipped_sweep(cause: str) -> pd.DataFrame | None:
    """The shipped interventions on a cause; None if the survey has none because it isn't simulated."""
    from galviz.artefacts.sweeps import SWEEPS

    sweeps = SWEEPS.load()
    if cause not in sweeps.causes:
        return None
    return pd.concat([sweeps.sweep(object_id, cause) for object_id in sweeps.object_ids])


def _check_shipped(answer: Answer, cause: str) -> None:
    """Compare the response of the shipped network."""
    sweep = _shipped_sweep(cause)
    if sweep is None:
        return
    expected, returned = right_response(sweep), _respond(answer, sweep)
    if not is_close(returned, expected, rtol=1e-4, atol=1e-8):
        pair = as_array(returned, (2,), what=TWO_SLOPES)
        raise WrongAnswer(
            f"Your result is right for small tables, but not for the shipped interventions on {cause}: {pair[0]:.6g} "
            f"and {pair[1]:.6g} instead of {expected[0]:.6g} and {expected[1]:.6g}. They have more columns, and small "
            "slopes: do you round, compare with a fixed number, or use a column by its place?"
        )

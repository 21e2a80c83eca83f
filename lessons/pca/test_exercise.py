"""Tests of the exercises on principal components; each takes the student's function."""

import itertools
from functools import cache

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_unchanged
from galviz.course.mistakes import call_on_cases, is_close, quiet, reject_mistakes, returns_same
from lessons.pca.mistakes import (
    COMPONENT_MISTAKES,
    CORRELATION_MISTAKES,
    SHARE_MISTAKES,
    ZEROS,
    first_component,
    means_without_zeros,
)

# Tolerance of coordinates as a share of the largest, because float32 rounds relative to it.
ROUNDING = 1e-5
ROUNDED = "You rounded the result, or a step on the way to it. Return it as computed."
HALF = "The numbers are rounded to three digits (half precision). Compute in single or double precision."
ZEROS_KEPT = "You left numbers that are 0 unchanged. 0 is a number like any other: subtract the mean from it, too."
ROWS_SORTED = "You changed the order of the rows. Row i of the result must belong to galaxy i of the input."


def galaxies(n, d, seed):
    """Correlated features with different variances, far from the origin."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * np.linspace(5, 1, d) @ rng.normal(size=(d, d)) + rng.uniform(3, 9, d)


def galaxies_with_outlier(n, d, seed):
    """The same, with one galaxy far from the others."""
    values = galaxies(n, d, seed)
    values[n // 3] += 60
    return values


def galaxies_with_zeros(n, d, seed):
    """Features after a ReLU: about a third of the numbers are 0."""
    values = galaxies(n, d, seed)
    return np.maximum(values - np.percentile(values, 33, axis=0), 0)


def coordinates_of_width(widths, n, seed, outlier=0.0):
    """Principal coordinates with given standard deviations: uncorrelated columns of mean 0."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, len(widths)))
    values[n // 4] += outlier
    orthonormal, _ = np.linalg.qr(values - values.mean(axis=0))
    return orthonormal * np.sqrt(n - 1) * np.array(widths)


def call(answer, values, name, *args):
    """Call the student's function on a copy; explain wrong broadcasting and changed input."""
    argument = values.copy()
    try:
        returned = answer(argument, *args)
    except ValueError as error:
        n, d = values.shape
        if f"({n},{d}) ({n},)" in str(error):
            raise WrongAnswer(
                f"Shapes {n} × {d} and {n} can't be broadcast: you computed one number per row (axis 1). Compute one "
                "per column (axis 0)."
            ) from None
        if f"({n},{n}) (" in str(error):
            raise WrongAnswer(
                f"U is {n} × {n}, which doesn't fit the {min(n, d)} singular values: call the SVD with "
                "`full_matrices=False`."
            ) from None
        raise
    expect_unchanged(values, argument, name)
    if isinstance(returned, tuple) and len(returned) != len(values):
        raise WrongAnswer(f"You return a tuple of {len(returned)}. Return the array alone.")
    return returned


def check_table(returned, shape, what):
    """Convert what a function returned to an array; explain missing rows."""
    array, (n, k) = as_array(returned, what=what), shape
    if array.ndim == 2 and array.shape[1] == k and array.shape[0] not in (n, k):
        raise WrongAnswer(f"You return {array.shape[0]} rows for {n} galaxies. Keep all galaxies, one row for each.")
    expect(
        array.shape != (k,) or n == 1 or k in (1, n),
        f"You return a single row, of {k} numbers. Return one row for each of the {n} galaxies.",
    )
    return array


def clipped_like(array, expected):
    """The right table, clipped at the extremes of each column of `array`, if there are enough rows to tell."""
    if array.shape != expected.shape or len(array) < 8 or not np.ptp(array, axis=0).all():
        return []
    clipped = expected.clip(array.min(axis=0), array.max(axis=0))
    return [(clipped, "You clipped the largest values, positive or negative. Keep outliers as they are.")]


def table_mistakes(expected):
    """Results of mistakes in the form of a table, whatever its values are."""
    n, d = expected.shape
    axis = "a single galaxy" if n == 1 else "a single column"
    squeezed = (
        f"An axis of length 1 is missing. Return the shape {n} × {d}, also for {axis}; `squeeze`, or an index instead "
        "of a slice, removes that axis."
    )
    in_order = np.argsort(expected[:, 0], kind="stable")
    return [
        (np.squeeze(expected), squeezed),
        (np.ravel(expected), f"The result is flat. Return the shape {n} × {d}, one row per galaxy."),
        *((rows, ROWS_SORTED) for rows in (np.sort(expected, axis=0), expected[in_order], expected[in_order[::-1]])),
        (expected[::-1], ROWS_SORTED),
        *((np.round(expected, digits), ROUNDED) for digits in range(7) if np.round(expected, digits).any()),
        (expected.astype(np.float16), HALF),
        (np.trunc(expected), "The results are cut to integers. Make the array that holds them one of floats."),
        (100 * expected, "The result is 100 times too large; no percentages here."),
        (-expected, "All signs are reversed."),
        (np.abs(expected), "You removed the signs. Galaxies lie on both sides of the mean, so keep them."),
    ]


def test_pca_1(answer):
    # Only four calls: tests/course/test_runner.py starts processes in each of them, under one memory limit.
    for values, hint in (
        (galaxies_with_outlier(60, 3, seed=4), "Here one galaxy lies far from the others. It counts too."),
        (1e-3 * galaxies_with_zeros(12, 4, seed=7), "Here all values are small, and some are 0."),
        (np.array([[4.0, -2.0, 7.5]]), "Here there is a single galaxy."),
    ):
        means = [sum(column) / len(column) for column in values.T.tolist()]
        check_centred(answer, values, values - means, hint)
    # By hand: the means are 7/3 and 3.
    integers = np.array([[1, 2], [2, 2], [4, 5]])
    check_centred(answer, integers, integers - [7 / 3, 3], "Here the input is integers, but not all means are.")


def check_centred(answer, values, expected, hint=""):
    """Compare the centred features with the right ones."""
    expected = np.asarray(expected, float)
    with quiet():
        returned = call(answer, values, "values")
        mistakes = centring_mistakes(values, expected)
    what = "the table of centred values"
    array = as_array(returned, what=what)
    mistakes += clipped_like(array, expected)
    if array.shape == values.shape:
        other = "You subtracted one number per column, but it isn't the column's mean over all galaxies."
        mistakes.append((values - (values - array)[0], other))
    if array.shape != values.shape[1:]:  # a row of means has a hint of its own
        check_table(returned, values.shape, what)
    atol = 1e-6 * max(1e-3, np.abs(values).max())
    expect_close(returned, expected, mistakes, hint=hint, what=what, atol=atol)


def centring_mistakes(values, expected):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, d = values.shape
    means, of_rows = values.mean(axis=0), values.mean(axis=1, keepdims=True)
    spread = expected.std(axis=0)
    low, high = values.min(axis=0), values.max(axis=0)
    divided = "You also divided by {}. Centring only subtracts; the standard deviations stay as they are."
    one_galaxy = "You subtracted the values of the {} galaxy. Subtract the mean over all galaxies."
    some_columns = "You centred only some of the columns. Each of the {} columns has a mean to subtract."
    by_row = (
        "You subtracted the mean of each row, that is of each galaxy. Subtract the mean of each column, that is of "
        "each feature (axis 0)."
    )
    outliers = "You left out or clipped outliers before taking the mean. All galaxies count."
    half = values.astype(np.float16)
    return [
        *(
            [(values, "You returned the single galaxy unchanged. It is its own mean, so centring gives zeros.")]
            * (n == 1)
        ),
        (values, "You returned the values unchanged: forgot to centre?"),
        (values - values.mean(), "You subtracted one mean of all numbers. Each column has its own (axis 0)."),
        (values - of_rows, by_row),
        *([(values - of_rows[:, 0], f"{by_row} Its shape didn't fit either.")] if n == d else []),
        (
            expected - expected.mean(axis=1, keepdims=True),
            "You centred the columns and then the rows too. Subtract the mean of each column only.",
        ),
        (means, "You returned the means. Return the values minus their means."),
        (expected[0] if n > 1 else None, f"You return the first galaxy only. Return all {n} galaxies."),
        (np.broadcast_to(means, values.shape), "You returned the means. Return the values minus their means."),
        (expected / spread, divided.format("the standard deviation")),
        (
            expected / expected.std(axis=0, ddof=min(1, n - 1)),
            divided.format("the sample standard deviation (divisor n − 1)"),
        ),
        (expected / expected.std(), divided.format("one standard deviation of all numbers")),
        (expected / expected.var(axis=0), divided.format("the variance")),
        (expected / (high - low), divided.format("the range")),
        ((values - low) / (high - low), "You scaled each column from 0 to 1. Subtract its mean, and don't divide."),
        (expected / np.abs(expected).max(axis=0), divided.format("the largest value")),
        (expected / np.linalg.norm(expected, axis=0), divided.format("the length of each column")),
        (expected / np.linalg.norm(expected, axis=1, keepdims=True), divided.format("the length of each row")),
        (expected / n, divided.format("the number of galaxies")),
        (values + means, "You added the mean. Subtract it."),
        (means - values, "The signs are reversed: subtract the mean from the values, not the values from the mean."),
        (np.abs(expected), "You removed the signs. Values below the mean become negative; keep them so."),
        (values - np.median(values, axis=0), "You subtracted the median. Subtract the mean."),
        (values - (low + high) / 2, "You subtracted the middle of the range. Subtract the mean."),
        (values - low, "You subtracted the smallest value of each column. Subtract the mean."),
        (values - high, "You subtracted the largest value of each column. Subtract the mean."),
        (values - values[0], one_galaxy.format("first")),
        (values - values[-1], one_galaxy.format("last")),
        (values - means[0], "You subtracted the first column's mean from all columns. Each column has its own."),
        (values - values.sum(axis=0), "You subtracted the sum of each column. Divide it by the number of galaxies."),
        (values - values[1:].sum(axis=0) / max(n - 1, 1), "The mean leaves out the first galaxy. Use all galaxies."),
        (values - values[:-1].sum(axis=0) / max(n - 1, 1), "The mean leaves out the last galaxy. Use all galaxies."),
        *(
            (np.hstack([values[:, :k], expected[:, k : d - m], values[:, d - m :]]), some_columns.format(d))
            for k in range(d)
            for m in range(d - k)
            if k or m
        ),
        *((values - np.round(means, digits), ROUNDED) for digits in range(5)),
        (values - np.trunc(means), "You cut the means to integers. The mean of integers needn't be an integer."),
        (values - np.floor(means), "You rounded the means down. The mean of integers needn't be an integer."),
        *([(values - means_without_zeros(values), ZEROS)] if (values == 0).any() else []),
        *([(np.where(values == 0, 0, expected), ZEROS_KEPT)] if (values == 0).any() else []),
        *([(np.where(values == 0, 0, values - means_without_zeros(values)), ZEROS)] if (values == 0).any() else []),
        *((values - mean, outliers) for mean in _robust_means(values)),
        (half - half.mean(axis=0), HALF),
        *(
            (values - values.sum(axis=0) / divisor, f"You divided the sum by {divisor}; here n is {n}. Use `len`.")
            for divisor in range(2, 70)
            if divisor != n
        ),
        *table_mistakes(expected),
    ]


def _robust_means(values):
    """Means of each column without outliers, or with clipped ones."""
    means = []
    for k in (2, 2.5, 3, 4, 5):
        centre, width = values.mean(axis=0), k * values.std(axis=0)
        near = np.abs(values - centre) <= width
        means += [np.where(near, values, 0).sum(axis=0) / near.sum(axis=0), values.clip(centre - width, centre + width)]
        means[-1] = means[-1].mean(axis=0)
    for percent in (1, 5, 10):
        means.append(values.clip(*np.percentile(values, [percent, 100 - percent], axis=0)).mean(axis=0))
        cut = len(values) * percent // 100
        means.append(np.sort(values, axis=0)[cut : len(values) - cut].mean(axis=0))
    return means


def test_pca_2(answer):
    values = galaxies(30, 5, seed=1)
    check_coordinates(answer, values, 3)
    check_coordinates(answer, galaxies(4, 6, seed=2), 2, "Here there are 4 galaxies with 6 features.")
    check_coordinates(answer, values, 1, "Here n_components is 1.")
    check_coordinates(answer, values, 5, "Here n_components is 5, the number of features.")
    check_coordinates(answer, galaxies(4, 6, seed=2), 4, "Here n_components is 4, the number of galaxies.")
    check_coordinates(answer, 1e-9 * galaxies(20, 4, seed=3), 4, "Here all values are small.")
    check_coordinates(answer, galaxies_with_outlier(40, 4, seed=6), 2, "Here one galaxy lies far from the others.")
    check_coordinates(answer, galaxies_with_zeros(30, 4, seed=5), 2, "Here some features are 0, which count too.")
    narrow = coordinates_of_width([10, 2, 0.002], 30, seed=10) @ np.linalg.qr(galaxies(3, 3, seed=11))[0] + 5
    check_coordinates(answer, narrow, 3, "Here the galaxies are close together along the third component.")
    # Two wide axes among many narrow ones: a randomised SVD finds them only if it iterates.
    many = coordinates_of_width([10, 6] + 28 * [1], 60, seed=8) @ np.linalg.qr(galaxies(30, 30, seed=9))[0]
    exact = "Is your method approximate, like a randomised SVD with few iterations? Use an exact one."
    check_coordinates(answer, many, 2, f"Here there are 30 features. {exact}")


def check_coordinates(answer, values, n_components, hint=""):
    """Compare coordinates with the right ones, apart from the signs of the columns."""
    with quiet():
        returned = _call_coordinates(answer, values, n_components)
    returned = as_array(returned, what="the table of coordinates")
    left, singular, right = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    expected = (left * singular)[:, :n_components]
    _check_shape_of_coordinates(returned, values, expected, right[:n_components])
    expect(
        not np.isnan(returned).any(),
        "Some coordinates are NaN. Is it the root of an eigenvalue that rounding made slightly negative? It is 0 then.",
    )
    zeros = ~returned.any(axis=0)
    if zeros.any() and not zeros.all() and np.abs(expected[:, zeros]).max() > 1e-6 * np.abs(expected).max():
        raise WrongAnswer(
            "The coordinates along a component are all 0, but their standard deviation is "
            f"{expected[:, zeros].std():.2g}. Don't treat small singular values as 0."
        )
    returned = align_signs(returned, expected)
    _reject_rounded_steps(returned, values, expected)
    mistakes = [
        (align_signs(wrong[:, :n_components], returned), its_hint)
        for wrong, its_hint in coordinate_mistakes(values, n_components)
        if wrong.shape[1] >= n_components
    ]
    mistakes += [*clipped_like(returned, expected), *_reordered_or_scaled(returned, expected)]
    expect_close(
        returned,
        expected,
        mistakes,
        hint=f"{hint} Compare with U S of the centred values.".strip(),
        what="the table of coordinates, apart from the signs of its columns",
        atol=ROUNDING * np.abs(expected).max(),
    )


def _reject_rounded_steps(returned, values, expected):
    """Reject coordinates from rounded axes, or from a rounded U; float32 gives other numbers, and passes."""
    tolerance = {"rtol": 0, "atol": 1e-10 * np.abs(expected).max()}
    if np.allclose(returned, expected, **tolerance):
        return
    centred = values - values.mean(axis=0)
    left, singular, right = np.linalg.svd(centred, full_matrices=False)
    for digits in range(1, 9):
        for coordinates, what in (
            (centred @ right.T.round(digits), "axes"),
            (left.round(digits) * singular, "columns of U"),
        ):
            rounded = align_signs(coordinates[:, : expected.shape[1]], expected)
            expect(
                not np.allclose(returned, rounded, **tolerance),
                f"You rounded the {what} to {digits} decimals. Don't round the result, or a step on the way to it.",
            )


def _call_coordinates(answer, values, n_components):
    """Call the student's function; explain a method that can't compute all components."""
    most = min(values.shape)
    try:
        return call(answer, values, "values", n_components)
    except (WrongAnswer, NotImplementedError):
        raise
    except Exception as error:
        if n_components < most:
            raise
        text = " ".join(str(error).split())[:120]
        raise WrongAnswer(
            f"With n_components = {most}, here min(n, d), your function raises {type(error).__name__} ({text}). "
            "Use a method that can compute all components; solvers for a few of them, such as `svds`, can't."
        ) from None


def _check_shape_of_coordinates(returned, values, expected, components):
    """Name the mistake behind a wrong shape."""
    (n, d), (_, k), shape = values.shape, expected.shape, returned.shape
    same = [
        wrong
        for wrong in (components, components.T)
        if shape == wrong.shape and np.allclose(abs(returned), abs(wrong), rtol=1e-3, atol=1e-4)
    ]
    expect(
        not same or k == n,
        "You returned the components, the rows of Vᵀ. Return the galaxies' coordinates along them, one row per galaxy.",
    )
    if shape == (n, k):
        return
    expect(
        shape != (n,) or k != 1,
        f"For n_components = 1, return the shape {n} × 1, with a single column; yours is {n}. `squeeze`, or an index "
        "instead of a slice, removes an axis.",
    )
    expect(
        shape != (k, d),
        f"You selected {k} galaxies with all {d} axes. Select {k} columns, for all galaxies.",
    )
    expect(shape != (d, k), "You return one row per feature. Return one row per galaxy: the coordinates, U S.")
    if shape == (n, d) and np.allclose(returned - returned.mean(axis=0), expected @ components):
        raise WrongAnswer(
            "You went back from the coordinates to features, by multiplying with Vᵀ. Return the coordinates, U S."
        )
    expect(
        shape != (n, min(n, d)),
        f"You return all {min(n, d)} components. Return the first n_components, here {k}.",
    )
    expect(
        shape != (n, n - 1) or k != n,
        f"You return n − 1 components, here {n - 1}, but n_components may be as large as min(n, d), here {n}. Along "
        "the last of them, all coordinates are 0.",
    )
    if len(shape) == 2 and shape[0] == n:
        raise WrongAnswer(
            f"The number of columns is {shape[1]}, but n_components is {k}. Use the parameter, not a fixed number, and "
            "remember that a slice excludes its end."
        )
    expect(
        len(shape) != 2 or shape[1] != k or shape[0] == n,
        f"You return {shape[0]} rows for {n} galaxies. Keep all galaxies, one row for each.",
    )
    expect(
        len(shape) != 1 or k == 1,
        f"You return a single axis, of {shape[0] if shape else 0} numbers. Return one row per galaxy and one column "
        "per component: each column of U times its singular value.",
    )
    as_array(returned, (n, k), what="the table of coordinates")


def coordinate_mistakes(values, n_components):
    """Results of typical mistakes, at least `n_components` columns each, with their hints."""
    n, d = values.shape
    centred = values - values.mean(axis=0)
    left, singular, right = np.linalg.svd(centred, full_matrices=False)
    raw_left, raw_singular, raw_right = np.linalg.svd(values, full_matrices=False)
    expected = left * singular
    whitened = "These coordinates are whitened. Return U S, without dividing by the standard deviations."
    rounded = [(np.round(expected, digits), ROUNDED) for digits in range(1, 7) if np.round(expected, digits).any()]
    order = np.argsort(expected[:, 0])
    skipped = "You skipped the first component. Python counts from 0, so the first column has the index 0."

    def svd_of(other):
        u, s, _ = np.linalg.svd(other, full_matrices=False)
        return u * s

    return [
        (
            np.where(singular > 1e-3, expected, 0),
            "The coordinates became 0. Here the features are small, so don't round, and don't treat small values as 0.",
        ),
        (
            raw_left * raw_singular,
            "Forgot to centre? Without centring, the first axis points from the origin to the mean of the galaxies.",
        ),
        (
            centred @ raw_right.T,
            "Forgot to centre before the decomposition? You centred the values that you projected, but not those that "
            "the axes were fitted to.",
        ),
        (
            values @ right.T,
            "You centred the values to fit the axes, but not to project them. Subtract the mean there too.",
        ),
        (left, "You returned U alone. Multiply each of its columns by its singular value."),
        (left * singular**2, "You multiplied U by the squared singular values. Multiply by the singular values."),
        (left * np.sqrt(singular), "You multiplied U by the roots of the singular values. Use the values themselves."),
        (left * np.sqrt(n - 1), whitened),
        (left * np.sqrt(n), whitened),
        *(
            (
                svd_of(centred / centred.std(axis=0, ddof=ddof)),
                "You divided each feature by its standard deviation first. Only centre the features.",
            )
            for ddof in (0, 1)
        ),
        *(
            (
                expected / np.sqrt(divisor),
                "You divided by √(n − 1), as for a standard deviation. The coordinates are U S itself.",
            )
            for divisor in (n - 1, n)
        ),
        *(
            (expected / divisor, "You divided by the number of galaxies. The coordinates are U S itself.")
            for divisor in (n - 1, n)
        ),
        (np.abs(expected), "You removed the signs. A whole axis may be reversed, but galaxies lie on both sides of 0."),
        (svd_of(values - values.mean()), "You centred with one mean of all numbers. Each column has its own (axis 0)."),
        (
            svd_of(values - values.mean(axis=1, keepdims=True)),
            "You centred each galaxy's row (axis 1). Subtract the mean of each column (axis 0).",
        ),
        *([(svd_of(values - means_without_zeros(values)), ZEROS)] if (values == 0).any() else []),
        (svd_of(values - np.median(values, axis=0)), "You centred with the median. Subtract the mean of each column."),
        (svd_of(values - values[0]), "You subtracted the first galaxy's values. Subtract the mean of each column."),
        *((svd_of(clipped), "You clipped outliers. Use the values as they are.") for clipped in _clipped(centred)),
        *(
            (
                expected / np.linalg.norm(expected[:, :count], axis=1, keepdims=True),
                "You divided each galaxy's coordinates by their length. The coordinates are U S itself.",
            )
            for count in (n_components, d)
        ),
        (
            expected / np.abs(expected).max(axis=0),
            "You divided each column by its largest value. The coordinates are U S itself.",
        ),
        (centred, "These are the first centred features. Compute the coordinates along the principal components."),
        (values, "These are the first features. Compute the coordinates along the principal components."),
        *([(centred @ right, "The axes are the rows of Vᵀ; you multiplied by its columns.")] if d <= n else []),
        (expected[:, 1:], skipped),
        (
            expected[:, ::-1],
            "You returned the last components, or reversed their order. Return those of the largest singular values, "
            "largest first.",
        ),
        *(
            (
                expected[:, axes],
                "The components are right, but their order is wrong: return those of the largest singular values, "
                "largest first.",
            )
            for axes in map(list, itertools.permutations(range(min(n, d)), n_components))
        ),
        *((rows, ROWS_SORTED) for rows in (expected[::-1], expected[order], expected[order[::-1]])),
        (np.sort(expected, axis=0), ROWS_SORTED),
        (100 * expected, "The coordinates are 100 times too large; no percentages here."),
        *rounded,
        (expected.astype(np.float16), HALF),
    ]


def _reordered_or_scaled(returned, expected):
    """What was returned, if its columns are the right ones in another order of the rows, or times a factor each."""
    tolerance = 1e-4 * np.abs(expected).max()
    if np.allclose(np.sort(np.abs(returned), axis=0), np.sort(np.abs(expected), axis=0), atol=tolerance):
        yield returned, ROWS_SORTED
    factors = (returned * expected).sum(axis=0) / np.maximum((expected**2).sum(axis=0), np.finfo(float).tiny)
    if np.allclose(returned, expected * factors, atol=1e-4 * np.abs(returned).max()) and factors.all():
        numbers = ", ".join(f"{factor:.3g}" for factor in factors)
        yield returned, f"The columns are the right ones times {numbers}. Don't scale the coordinates: they are U S."


def _clipped(centred):
    """Features with clipped outliers, centred again."""
    for k in (2, 2.5, 3, 4, 5):
        width = k * centred.std(axis=0)
        clipped = centred.clip(-width, width)
        yield clipped - clipped.mean(axis=0)


def align_signs(coordinates, reference):
    """Reverse the columns of `coordinates` that point against the same columns of `reference`."""
    return coordinates * np.where((coordinates * reference).sum(axis=0) < 0, -1, 1)


def test_pca_3(answer):
    check_whitened(answer, coordinates_of_width([7, 2, 0.3], 50, seed=3))
    # By hand: the sample standard deviations are 3 and √0.75.
    small = np.array([[-3.0, 0.5], [0.0, -1.0], [3.0, 0.5]])
    root = 0.75**0.5
    check_whitened(answer, small, [[-1, 0.5 / root], [0, -1 / root], [1, 0.5 / root]])
    check_whitened(answer, coordinates_of_width([40, 9], 60, seed=4, outlier=40), hint="Here one galaxy is an outlier.")
    check_whitened(answer, coordinates_of_width([5], 6, seed=5), hint="Here there is a single column.")
    check_whitened(answer, np.array([[-1.5, 0.0], [1.5, 0.0]]), [[-(0.5**0.5), 0], [0.5**0.5, 0]])
    flat = np.array([[-2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    check_whitened(answer, flat, [[-1, 0, 0], [0, 0, 0], [1, 0, 0]], "Here two columns contain only zeros.")
    unsorted = np.array([[0.5, 0.0, -3.0], [-1.0, 0.0, 0.0], [0.5, 0.0, 3.0]])
    right = [[0.5 / root, 0, -1], [-1 / root, 0, 0], [0.5 / root, 0, 1]]
    check_whitened(answer, unsorted, right, "Here the widths aren't in descending order, and one is 0.")
    # By hand: the sample standard deviations are 1 and 3.
    begins = np.array([[0.0, -3.0], [1.0, 3.0], [-1.0, 0.0]])
    right = [[0, -1], [1, 1], [-1, 0]]
    check_whitened(answer, begins, right, "Here one column begins with 0, and another one ends with it.")
    check_whitened(answer, np.zeros((4, 2)), np.zeros((4, 2)), "Here all columns contain only zeros.")
    for width in (5e-4, 1e-6, 1e-9, 1e-13, 1e-17):
        check_whitened(
            answer,
            coordinates_of_width([7, width], 50, seed=6),
            hint=f"Here the second column is narrow, with a standard deviation of {width:g}, but it isn't zero.",
        )


def check_whitened(answer, coordinates, expected=None, hint=""):
    """Compare whitened coordinates with the right ones."""
    n, k = coordinates.shape
    if expected is None:
        deviations = [(sum(value * value for value in column) / (n - 1)) ** 0.5 for column in coordinates.T.tolist()]
        expected = coordinates / deviations
    expected = np.asarray(expected, float)
    with quiet():
        returned = call(answer, coordinates, "coordinates")
        mistakes = whitening_mistakes(coordinates, expected)
    flat = ~coordinates.any(axis=0)
    array = as_array(returned, what="the table of whitened coordinates")
    expect(
        not flat.any() or array.shape != (n, int((~flat).sum())),
        "You dropped the columns without variance, so the shape is wrong. Return all columns; these stay 0.",
    )
    if array.shape == (n, k):
        _reject_other_order(array, expected)
        expect(
            bool(np.isfinite(array[:, flat]).all()),
            "A column without variance becomes NaN or infinite, because its standard deviation is 0. It must stay 0.",
        )
        expect(
            not array[:, flat].any(),
            "A column of zeros changed: yours contains other numbers. It has no variance, so return it as zeros.",
        )
        mistakes += [
            *clipped_like(array, expected),
            (
                align_signs(expected, array),
                "The signs of some columns are reversed, as by a new "
                "SVD or PCA of the coordinates. Only divide each column by its standard deviation.",
            ),
            *_scaled(array, coordinates),
        ]
    elif array.shape != (k,):
        check_table(returned, (n, k), "the table of whitened coordinates")
    expect_close(returned, expected, mistakes, hint=hint, what="the table of whitened coordinates")


def _reject_other_order(array, expected):
    """Reject the right columns in another order."""
    if np.allclose(array, expected):
        return
    for order in map(list, itertools.permutations(range(expected.shape[1]))):
        wide = [column for column in order if expected[:, column].any()]
        what = "sorted, or in another order"
        if order == sorted(order, reverse=True):
            what = "in reverse order"
        elif wide == sorted(wide):
            what = "right, but you moved those of zeros"
        expect(
            not np.allclose(array, expected[:, order]),
            f"The columns are {what}. Keep their order, whatever their widths are, and leave columns of zeros in "
            "their places.",
        )


def _scaled(array, coordinates):
    """What was returned, if each column is the input's divided by one number."""
    with np.errstate(all="ignore"):
        divisors = (coordinates**2).sum(axis=0) / (array * coordinates).sum(axis=0)
        scaled = np.allclose(array * divisors, coordinates, atol=1e-4 * np.abs(coordinates).min(initial=1))
    if scaled:
        right = ", ".join(f"{deviation:.3g}" for deviation in coordinates.std(axis=0, ddof=1))
        yours = ", ".join(f"{divisor:.3g}" for divisor in divisors)
        yield array, f"You divided the columns by {yours}. Their sample standard deviations are {right}."


def whitening_mistakes(coordinates, expected):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, k = coordinates.shape
    deviations, variances = coordinates.std(axis=0, ddof=1), coordinates.var(axis=0, ddof=1)
    of_rows = coordinates / coordinates.std(axis=1, ddof=min(1, k - 1), keepdims=True)
    of_rows_n = coordinates / coordinates.std(axis=1, keepdims=True)
    by_row = "You took the standard deviation of each galaxy's row. Take one per column (axis 0)."
    own = "Each column has its own (axis 0)."
    mads = np.median(np.abs(coordinates - np.median(coordinates, axis=0)), axis=0)
    quartiles = np.subtract(*np.percentile(coordinates, [75, 25], axis=0))
    largest, lengths = np.abs(coordinates).max(axis=0), np.linalg.norm(coordinates, axis=0)
    is_flat = {
        "its first number is 0": coordinates[0] == 0,
        "its last number is 0": coordinates[-1] == 0,
        "any of its numbers is 0": (coordinates == 0).any(axis=0),
        "its sum is 0": coordinates.sum(axis=0) == 0,
    }
    return [
        *(
            (
                np.where(flat, without, expected),
                f"You left out a column because {reason}. A column has no variance only if all its numbers are 0.",
            )
            for reason, flat in is_flat.items()
            for without in (0, coordinates)
            if (flat & coordinates.any(axis=0)).any()
        ),
        *((wrong, _narrowed(deviations)) for wrong in _narrow_columns_changed(coordinates, expected)),
        (coordinates / variances, "You divided by the variance. Divide by its square root, the standard deviation."),
        (
            coordinates / coordinates.var(axis=0),
            "You divided by the variance, with divisor n. Divide by its square root.",
        ),
        (
            coordinates / coordinates.std(axis=0),
            "Your standard deviation has the divisor n. Use the divisor n − 1 of a sample (`ddof=1`).",
        ),
        *(
            (
                coordinates / np.abs(coordinates).std(axis=0, ddof=ddof),
                "This is the standard deviation of the absolute values. Take that of the values, with their signs.",
            )
            for ddof in (0, 1)
        ),
        (coordinates * deviations, "You multiplied by the standard deviation. Divide by it."),
        (coordinates / coordinates.std(ddof=1), f"You used one standard deviation for all columns. {own}"),
        (
            coordinates / coordinates.std(),
            f"You used one standard deviation for all columns, and the divisor n. {own} The divisor is n − 1.",
        ),
        (
            coordinates / deviations[0],
            f"You divided all columns by the standard deviation of the first column. {own}",
        ),
        (coordinates / deviations[-1], f"You divided all columns by the standard deviation of the last column. {own}"),
        (coordinates / np.sqrt(deviations), "There is one root too many: divide by the standard deviation itself."),
        (deviations, "You returned the standard deviations. Return the coordinates divided by them."),
        *((wrong, by_row) for wrong in (of_rows, of_rows_n, np.nan_to_num(of_rows), np.nan_to_num(of_rows_n))),
        (
            coordinates / largest,
            "You divided by the largest value. Divide by the standard deviation, which makes the axes equally wide.",
        ),
        (coordinates / np.ptp(coordinates, axis=0), "You divided by the range. Divide by the standard deviation."),
        (coordinates / lengths, "You divided by the length of each column, which is √(n − 1) standard deviations."),
        *(
            (
                coordinates / width,
                "You divided by a robust width, which ignores outliers. Divide by the standard deviation.",
            )
            for width in (mads, 1.4826 * mads, quartiles, quartiles / 1.349)
        ),
        *(
            (coordinates / width, "You left out outliers from the standard deviation. All galaxies count.")
            for width in _widths_without_outliers(coordinates)
        ),
        (
            coordinates / np.abs(coordinates).mean(axis=0),
            "You divided by the mean absolute value. Divide by the standard deviation.",
        ),
        (
            coordinates / np.linalg.norm(coordinates, axis=1, keepdims=True),
            "You divided each row by its length. Divide each column by its standard deviation.",
        ),
        *(
            (
                np.clip(expected, -limit, limit),
                f"You clipped values beyond {limit:g} standard deviations. Keep outliers as they are.",
            )
            for limit in (1, 1.5, 2, 2.5, 3, 4, 5, 6)
        ),
        *(
            (
                np.hstack([coordinates[:, :first], expected[:, first:last], coordinates[:, last:]]),
                _columns_left(deviations, first, last),
            )
            for first in range(k)
            for last in range(first + 1, k + 1)
        ),
        (coordinates, "You returned the coordinates unchanged. Divide each column by its standard deviation."),
        *(
            (
                coordinates / np.sqrt((coordinates**2).sum(axis=0) / divisor),
                f"Your standard deviation has the divisor {divisor}; here n − 1 is {n - 1}.",
            )
            for divisor in range(1, 70)
            if divisor not in (n, n - 1)
        ),
        *(
            (
                coordinates / np.round(deviations, digits),
                "You rounded the standard deviation. Divide by it as computed.",
            )
            for digits in range(1, 5)
            if np.round(deviations, digits).all()
        ),
        *table_mistakes(expected),
    ]


def _columns_left(deviations, first, last):
    """Hint for columns outside first:last that weren't whitened."""
    if deviations.min() < 1e-3 and first == 0 and last == len(deviations) - 1:
        return _narrowed(deviations)
    return "You whitened only some of the columns. Divide each column by its own standard deviation."


def _narrowed(deviations):
    return (
        f"A column with a standard deviation of {deviations.min():.1g} is narrow, but not without variance: whiten it "
        "too. Don't add a small number to the standard deviation, and don't treat small ones as 0."
    )


def _narrow_columns_changed(coordinates, expected):
    """Results if a small number is added to the standard deviation, or is its lower limit, or makes the column 0."""
    deviations, variances = coordinates.std(axis=0, ddof=1), coordinates.var(axis=0, ddof=1)
    if not 0 < deviations.min() < 1e-3:
        return
    small = [*(10.0**power for power in range(-20, -1)), np.finfo(float).eps, np.finfo(np.float32).eps]
    for number in small:
        yield coordinates / (deviations + number)
        yield coordinates / np.sqrt(variances + number)
        yield coordinates / np.maximum(deviations, number)
        yield coordinates / np.sqrt(np.maximum(variances, number))
    yield np.where(deviations == deviations.min(), 0, expected)
    yield np.where(deviations == deviations.min(), np.sign(coordinates), expected)


def _widths_without_outliers(coordinates):
    """Standard deviations without the galaxies beyond some widths, one per column."""
    for limit in (2, 2.5, 3, 4, 5):
        near = np.abs(coordinates) <= limit * coordinates.std(axis=0, ddof=1)
        for ddof in (0, 1):
            yield np.array([column[mask].std(ddof=ddof) for column, mask in zip(coordinates.T, near.T, strict=True)])


# pca.4

# The features, and what is special about them; the predictions are weighted sums of the features plus noise.
FIRST_COMPONENT_CASES = (
    # By hand: the squares along the axes are 8 and 2, so the share is 0.8; r = 2.4 / √(8 · 0.8).
    (np.array([[0.0, 5.0], [2.0, 6.0], [4.0, 5.0], [2.0, 4.0]]), np.array([8.0, 8.4, 9.2, 8.8]), ""),
    (galaxies(40, 5, seed=11), 8.6 - 0.2 * np.random.default_rng(12).normal(size=40), ""),
    (galaxies(6, 9, seed=13), None, "Here there are more features than galaxies."),
    (galaxies(12, 1, seed=15), None, "Here there is a single feature."),
    (galaxies(25, 3, seed=16) * [1, 40, 0.1], None, "Here the features have very different variances."),
    (np.insert(galaxies(15, 3, seed=17), [1, 3], 4.0, axis=1), None, "Here two features are constant."),
    (galaxies_with_outlier(30, 4, seed=18), None, "Here one galaxy lies far from the others. It counts too."),
    (
        1e-7 * galaxies(20, 4, seed=19),
        None,
        "Here the features are small numbers. Don't add a small number to a variance, to avoid a division by 0.",
    ),
    (galaxies(30, 4, seed=20).astype(np.float32), None, "Here the features are float32."),
    (galaxies(30, 2, seed=21) * [0.1, 5], None, "Here the second feature has the larger variance."),
    (galaxies_with_zeros(30, 4, seed=22), None, "Here some features are 0, which count too."),
)
HALF_PRECISION = "are rounded to about three digits (half precision). Compute in single or double precision."


def test_pca_4(answer):
    cases = [
        (features, _predictions(features, seed) if predictions is None else predictions)
        for seed, (features, predictions, _) in enumerate(FIRST_COMPONENT_CASES)
    ]
    returned, error = call_on_cases(answer, cases, ("features", "predictions"))
    pairs = [_read_pair(values, case) for values, case in zip(returned, cases, strict=False)]
    expected = [first_component(*case) for case in cases]
    wrong = [index for index, pair in enumerate(pairs) if not is_close(pair, expected[index])]
    if wrong:
        _explain_pair(answer, cases, pairs, expected, wrong)
    if error:
        _explain_lengths(error, cases[len(returned)])
        raise error
    _reject_seed(answer, cases[1])
    features, predictions, right = _shipped()
    pair = _read_pair(answer(features.copy(), predictions.copy()), (features, predictions))
    expect_close(pair, right, what="the share and the correlation of the shipped network")


def _explain_lengths(error, case):
    """Raise a hint if the lengths of the arrays show the mistake."""
    n, d = case[0].shape
    text = str(error)
    if d == 1:
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for a single feature ({text[:80]}). d may be 1: `np.cov` and "
            "`np.corrcoef` then return a single number, not a matrix."
        ) from None
    if isinstance(error, ValueError) and f"({n},{d}) ({n},)" in text:
        raise WrongAnswer(
            "You computed one mean per row. Compute one per column, that is, per feature (`axis=0`)."
        ) from None
    if isinstance(error, ValueError) and ("concatenation axis" in text or "same length" in text):
        raise WrongAnswer(
            f"You correlate the predictions, one for each of the {n} galaxies, with an array of another length. The "
            "coordinates of the galaxies are a column of U S, not a row, and not a component."
        ) from None


def _reject_seed(answer, case):
    """Reject a function that sets the state of the global random generator."""
    # ruff: noqa: NPY002 -- the global generator is what a student's code may seed
    states = []
    for seed in (1, 2):
        np.random.seed(seed)
        answer(*(values.copy() for values in case))
        states.append(repr(np.random.get_state(legacy=False)))
    expect(
        states[0] != states[1],
        "You seed NumPy's global random generator, which the whole program uses. Nothing here needs a seed.",
    )


def _predictions(features, seed):
    """Predictions that depend on the features, and differ from any of their components."""
    rng = np.random.default_rng(seed)
    centred = features - features.mean(axis=0)
    values = centred @ rng.normal(size=features.shape[1])
    return 8.6 + 0.2 * (values / values.std() + rng.normal(size=len(features)))


@cache
def _shipped():
    """Features and predictions of the shipped network, with the right result."""
    from galviz.features.features import load_features

    data = load_features()
    features, predictions = data.layers["features"], data.predictions
    return features, predictions, first_component(features, predictions)


def _read_pair(values, case):
    """Convert what was returned to two numbers; explain other forms of it."""
    features, _ = case
    expect(values is not None, "What you return is None: does the function end with `return`?")
    expect(
        not isinstance(values, set | frozenset | dict),
        "Return the two numbers as a tuple, because its order is known: the share of the variance first.",
    )
    expect(
        np.iterable(values),
        "You return a single number. Return two: the share of the variance, and the correlation.",
    )
    parts = list(values)
    expect(len(parts) == 2, f"Return two numbers, the share and the correlation; you return {len(parts)} parts.")
    numbers = []
    for part, name in zip(parts, ("share", "correlation"), strict=True):
        array = as_array(part, what=f"the {name}")
        expect(
            name == "share" or array.shape != (2, 2),
            "The correlation is a matrix of 2 × 2: `np.corrcoef` returns one, with the correlation at [0, 1].",
        )
        expect(
            name == "share" or array.shape != (2,),
            "The correlation is a pair of numbers: SciPy returns the correlation and its p-value. Return the first.",
        )
        expect(
            name == "correlation" or array.size == 1,
            f"The share consists of {array.size} numbers, such as one per component. Return that of the first "
            "component alone.",
        )
        expect(
            array.size == 1,
            f"The correlation consists of {array.size} numbers. Correlate only the coordinates along the first "
            "component, which are one column, with the predictions.",
        )
        expect(
            getattr(part, "dtype", None) != np.float16,
            f"The {name} is float16. The numbers {HALF_PRECISION}",
        )
        numbers.append(float(array.reshape(())))
    expect(
        np.isfinite(numbers[0]) or not (np.ptp(features, axis=0) == 0).any(),
        "A number is NaN if a feature is constant: did you divide by its standard deviation, 0? Only centre the "
        "features.",
    )
    return np.array(numbers)


def _explain_pair(answer, cases, pairs, expected, wrong):
    """Raise the hint for wrong pairs of numbers; `wrong` are the indices of their cases."""
    first = wrong[0]
    negative = [pair * [1, np.sign(pair[1])] for pair in pairs]
    if any((pair < 0).any() for pair in pairs) and all(map(is_close, negative, expected)):
        raise WrongAnswer(
            "The correlation is negative for some features, because the sign of a component is arbitrary. Return its "
            "absolute value."
        )
    if all(is_close(pair, right * [1, pair[1] != 0]) for pair, right in zip(pairs, expected, strict=False)):
        raise WrongAnswer(
            "You replaced negative correlations by 0. The sign of a component is arbitrary: return the absolute value."
        )
    mistakes = [*COMPONENT_MISTAKES, *SHARE_MISTAKES, *CORRELATION_MISTAKES]
    reject_mistakes(cases, pairs, expected, mistakes)
    unsigned = [np.abs(pair) for pair in pairs]
    reject_mistakes(
        cases, unsigned, expected, [(mistake, f"{hint} Its sign is arbitrary, too.") for mistake, hint in mistakes]
    )
    features, predictions = cases[1]
    for name, other in (
        ("features", (galaxies(40, 5, seed=3), predictions)),
        ("predictions", (features, predictions[::-1].copy())),
    ):
        if returns_same(answer, (features, predictions), other):
            raise WrongAnswer(f"Your result doesn't depend on `{name}`. Compute it, instead of a fixed number.")
    repeated, _ = call_on_cases(answer, [cases[first]] * 8, ("features", "predictions"))
    if any(not np.allclose(_read_pair(pair, cases[first]), pairs[first], rtol=1e-9) for pair in repeated):
        raise WrongAnswer("Two calls with the same input return different numbers. Use an exact method, not a random.")
    for index, name in enumerate(("share", "correlation")):
        for digits in range(5):
            if all(
                abs(pair[index] - round(right[index], digits)) < 1e-6
                for pair, right in zip(pairs, expected, strict=False)
            ):
                raise WrongAnswer(f"You rounded the {name} to {digits} decimals. Return it as computed.")
    rounded = [right.astype(np.float16) for right in expected]
    if all(np.allclose(pair, half, rtol=1e-9) for pair, half in zip(pairs, rounded, strict=False)):
        raise WrongAnswer(f"The numbers {HALF_PRECISION}")
    few = [[values[index] for index in wrong] for values in (cases, pairs, expected)]
    if wrong != [0]:  # among four galaxies with two features, several mistakes look the same
        reject_mistakes(*few, mistakes)
    hint = FIRST_COMPONENT_CASES[first][2]
    for index, name in enumerate(("share", "correlation")):
        expect_close(pairs[first][index], expected[first][index], hint=hint, what=f"the {name}")

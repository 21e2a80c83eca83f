"""Tests of the exercises on principal components; each takes the student's function."""

import itertools

import numpy as np

from galviz.course.judge import as_array, as_float, expect, expect_close, expect_unchanged

# By hand: means 2 and 20.
SMALL = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
BY_ROW = "You took the standard deviation of each galaxy's row; each column has one (axis 0)."


def galaxies(n, d, seed):
    """Features that differ in width and lie far from the origin, correlated."""
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) * np.linspace(5, 1, d) @ random.normal(size=(d, d)) + random.uniform(3, 9, d)


def test_pca_1(answer):
    given = SMALL.copy()
    found = answer(given)
    expect_unchanged(SMALL, given, "values")
    mistakes = [
        (SMALL - SMALL.mean(), "You subtracted one mean of all numbers: each column has a mean of its own."),
        (
            SMALL - SMALL.mean(axis=1, keepdims=True),
            "You subtracted the mean of each row, that is of each galaxy; the mean of each column must go (axis 0).",
        ),
        (
            (SMALL - SMALL.mean(axis=0)) / SMALL.std(axis=0),
            "You divided too: centring moves the values, and leaves their widths.",
        ),
        (
            (SMALL - SMALL.mean(axis=0)) / SMALL.std(axis=0, ddof=1),
            "You divided too, by the standard deviation: centring moves the values, and leaves their widths.",
        ),
        (SMALL.mean(axis=0), "You returned the means; what is asked for are the values less their means."),
        (SMALL, "These are the values as they were: forgot to centre?"),
        (SMALL + SMALL.mean(axis=0), "You added the mean instead of subtracting it."),
        (SMALL.mean(axis=0) - SMALL, "The signs are turned: it is values less mean, not mean less values."),
        (SMALL - np.median(SMALL, axis=0), "You subtracted the median; the mean is asked for."),
    ]
    expect_close(found, [[-1, -10], [0, 0], [1, 10]], mistakes)
    skewed = np.array([[0.0, 1.0, 2.0], [0.0, 1.0, 4.0], [9.0, 1.0, 12.0], [3.0, 1.0, 2.0]])
    expected = skewed - [3, 1, 5]
    expect_close(
        answer(skewed.copy()),
        expected,
        [
            (skewed - np.median(skewed, axis=0), "You subtracted the median; the mean is asked for."),
            (skewed - skewed[0], "You subtracted the first galaxy's values; the mean is asked for."),
        ],
        hint="Here there are four galaxies with three features each.",
    )
    whole = np.array([[1, 2], [2, 2], [4, 5]])
    expect_close(answer(whole.copy()), whole - [7 / 3, 3], hint="Whole numbers have means that aren't whole.")


def test_pca_2(answer):
    values = galaxies(30, 5, seed=1)
    given = values.copy()
    found = as_array(answer(given, 3), what="the coordinates")
    expect_unchanged(values, given, "values")
    centred = values - values.mean(axis=0)
    left, singular, right = np.linalg.svd(centred, full_matrices=False)
    for components in (right[:3], right[:3].T):
        expect(
            found.shape != components.shape or not np.allclose(abs(found), abs(components), rtol=1e-3, atol=1e-4),
            "You returned the components, the rows of Vᵀ; what is asked for are the galaxies' coordinates on them.",
        )
    expect(
        found.shape != (3, 5),
        "You kept 3 galaxies with all 5 axes: keep 3 axes, columns, of all galaxies.",
    )
    expect(found.shape != (30, 5), "These are all 5 axes: of those keep `n_components`, here 3.")
    found = as_array(found, (30, 3), what="the coordinates")
    raw_left, raw_singular, raw_right = np.linalg.svd(values, full_matrices=False)
    by_row = np.linalg.svd(values - values.mean(axis=1, keepdims=True), full_matrices=False)
    scaled = [np.linalg.svd(centred / centred.std(axis=0, ddof=ddof), full_matrices=False) for ddof in (0, 1)]
    by_one_mean = np.linalg.svd(values - values.mean(), full_matrices=False)
    expected = (left * singular)[:, :3]
    found = _turned(found, expected)
    mistakes = [
        (
            raw_left * raw_singular,
            "Forgot to centre? The first axis points from the origin at the mean instead of along the galaxies.",
        ),
        (centred @ raw_right.T, "Forgot to centre before you found the axes? They point at the mean."),
        (
            values @ right.T,
            "You centred for the axes, but projected the values as they were: subtract the mean there too.",
        ),
        (left, "These are U alone: multiply each column by its singular value."),
        (left * singular**2, "You multiplied by the squared singular values: they themselves are the widths."),
        (left * np.sqrt(len(values) - 1), "These are whitened: leave each axis as wide as the galaxies make it."),
        (left * np.sqrt(len(values)), "These are whitened: leave each axis as wide as the galaxies make it."),
        *(
            (
                each[0] * each[1],
                "You divided each feature by its standard deviation first; these axes are of the centred values alone.",
            )
            for each in scaled
        ),
        (
            left * singular / np.sqrt(len(values) - 1),
            "You divided by √(n − 1), as for standard deviations: the coordinates are U S as it is.",
        ),
        (
            np.abs(left * singular),
            "You took away the signs: a whole axis may be turned round, but galaxies lie on both sides of 0.",
        ),
        (by_one_mean[0] * by_one_mean[1], "You centred by one mean of all numbers: each column has a mean of its own."),
        ((left * singular)[:, ::-1], "You kept the last axes; those of the largest singular values are asked for."),
        (centred @ right, "The axes are the rows of Vᵀ; you multiplied by its columns."),
        (by_row[0] * by_row[1], "You centred each galaxy (axis 1): the mean of each column must go."),
        *(
            (
                (left * singular)[:, axes],
                "These are coordinates on the right axes, but not on those of largest singular value, largest first.",
            )
            for axes in map(list, itertools.permutations(range(5), 3))
        ),
    ]
    expect_close(
        found,
        expected,
        [(_turned(wrong[:, :3], found), hint) for wrong, hint in mistakes],
        hint="Compare U S of the centred values.",
        what="the coordinates, apart from their signs",
    )
    wide = galaxies(4, 6, seed=2)
    found = as_array(answer(wide.copy(), 2), (4, 2), what="the coordinates of 4 galaxies with 6 features")
    left, singular, _ = np.linalg.svd(wide - wide.mean(axis=0), full_matrices=False)
    expected = (left * singular)[:, :2]
    expect_close(_turned(found, expected), expected, what="the coordinates of 4 galaxies with 6 features")


def test_pca_3(answer):
    given = np.array([[-2.0, -10.0], [0.0, 0.0], [2.0, 10.0]])
    before = given.copy()
    found = answer(given)
    expect_unchanged(before, given, "coordinates")
    column = np.array([[-1.0], [0.0], [1.0]])
    variance = before.var(axis=0, ddof=1)
    wide = before.std(axis=0)
    expect_close(
        found,
        np.hstack([column, column]),
        [
            (before / variance, "Whitened by the variance: divide by its square root, the standard deviation."),
            (before / wide, "You divided by n where n − 1 is asked for (ddof=1), as in the lesson."),
            (before * before.std(axis=0, ddof=1), "You multiplied by the standard deviation; divide by it."),
            (before / before.std(ddof=1), "One standard deviation for all: each column has one of its own."),
            (
                before / before.std(axis=0, ddof=1)[0],
                "You divided all columns by the standard deviation of the first: each has one of its own.",
            ),
            (before / np.sqrt(before.std(axis=0, ddof=1)), "There is a root too many: divide by the deviation itself."),
            (
                before / before.std(),
                "One standard deviation for all: each column has one of its own. And the divisor is n − 1.",
            ),
            (_by_row(before), BY_ROW),
            (np.nan_to_num(_by_row(before)), BY_ROW),
            (
                before / np.abs(before).max(axis=0),
                "You divided by the largest value: it's the standard deviation that makes axes equally wide.",
            ),
            (
                before / np.linalg.norm(before, axis=0),
                "You divided by the length of each column; its square is (n − 1) times the variance.",
            ),
            (before, "These are the coordinates as they were."),
        ],
    )
    random = np.random.default_rng(3).normal(size=(50, 2)) * [7, 5e-4]
    random -= random.mean(axis=0)
    found = as_array(answer(random.copy()), (50, 2))
    for place in (0, 1):
        width = as_float(found[:, place].std(ddof=1))
        narrow = " That column is narrow, but not without variance." if place == 1 and width < 0.9 else ""
        expect(abs(width - 1) < 1e-3, f"Column {place} has a standard deviation of {width:.4g} then, not 1.{narrow}")
    expect_close(found, random / random.std(axis=0, ddof=1))
    flat = np.array([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    with np.errstate(all="ignore"):
        found = as_array(answer(flat.copy()), (3, 2))
    expect(
        bool(np.isfinite(found).all()),
        "A column without any variance becomes NaN or infinite: its standard deviation is 0, and it must stay 0.",
    )
    expect_close(found, [[-1, 0], [0, 0], [1, 0]], what="what you return for a column of zeros beside another")


def _turned(found, like):
    """`found` with each column's sign turned so that it points along the same column of `like`."""
    return found * np.where((found * like).sum(axis=0) < 0, -1, 1)


def _by_row(values):
    with np.errstate(all="ignore"):
        return values / values.std(axis=1, ddof=1, keepdims=True)

"""Tests of the exercises on the feature space; each takes the student's function."""

import math

import numpy as np

from galviz.course.judge import as_array, expect, expect_close, expect_unchanged

# By hand: |w| = 5, u = (0.6, 0.8); the rows go 2.2, 1 and 7.8 along it.
FEATURES = np.array([[1.0, 2.0], [3.0, -1.0], [5.0, 6.0]])
WEIGHT = np.array([3.0, 4.0])
REST = np.array([[-0.32, 0.24], [2.4, -1.8], [0.32, -0.24]])

# By hand: seen from row 0, the others lie at the distances 4.24, 4, 5, 1 and 2.
PLACES = np.array([[1.0, 1.0], [4.0, 4.0], [5.0, 1.0], [1.0, 6.0], [2.0, 1.0], [1.0, -1.0]])


def test_space_1(answer):
    given, weight = FEATURES.copy(), WEIGHT.copy()
    found = answer(given, weight)
    expect_unchanged(FEATURES, given, "features")
    expect_unchanged(WEIGHT, weight, "weight")
    expect_close(found, REST, _mistakes_without(FEATURES, WEIGHT), atol=1e-5)
    random = np.random.default_rng(1)
    for n, d, length in ((30, 6, 0.3), (5, 5, 7.0)):
        features, weight = random.normal(2, 1, size=(n, d)), random.normal(size=d)
        weight *= length / np.linalg.norm(weight)
        # Another way to the same: all directions at right angles to w, and what lies along them.
        others = np.linalg.svd(weight[None])[2][1:]
        expect_close(
            answer(features.copy(), weight.copy()),
            features @ others.T @ others,
            _mistakes_without(features, weight),
            hint=f"Here there are {n} galaxies of {d} features, and |w| is {length:g}.",
            atol=1e-5,
        )
    try:
        found = answer(FEATURES.copy(), WEIGHT[None].copy())
    except Exception as error:
        found = error
    expect(
        not isinstance(found, Exception),
        f"Your function raises {type(found).__name__} where the weight has the shape (1, d), as in a linear layer.",
    )
    expect_close(
        found,
        REST,
        hint="Here the weight has the shape (1, d), as in a linear layer.",
        what="what you return for a weight of shape (1, d)",
        atol=1e-5,
    )


def _mistakes_without(x, w):
    """What mistakes give, and their hints."""
    length = np.linalg.norm(w)
    u = w / length
    along = x @ u
    largest = np.eye(len(w))[np.abs(w).argmax()]
    return [
        (x, "These are the features as they were: nothing was taken out."),
        (along, "This is x·u, how far each galaxy lies along the head: take that much of u away from its features."),
        (x @ w, "This is x·w, the prediction without the bias; features without the direction of w are asked for."),
        (np.outer(along, u), "You kept the part along the head, (x·u) u; the rest is asked for, x less that part."),
        (
            x - np.outer(x @ w, w),
            "Not normalised: w has a length of its own. Divide it by that first, then it says a direction alone.",
        ),
        (
            x - np.outer(along, w),
            "You normalised w in one of its two places: in (x·u) u both are of length 1.",
        ),
        (
            x - np.outer(x @ w, w) / length**4,
            "You divided by |w| too often: u is w / |w|, so (x·u) u is (x·w) w divided by |w|² in all.",
        ),
        (
            x - np.outer(x @ w, w) / length**3,
            "You divided by |w| too often, by |w|³ in all: (x·u) u is (x·w) w divided by |w|².",
        ),
        (x + np.outer(along, u), "You added the part along the head instead of subtracting it."),
        (np.outer(along, u) - x, "The signs are turned: it is x − (x·u) u, not (x·u) u − x."),
        (x - 2 * np.outer(along, u), "You subtracted the part along the head twice: that mirrors the galaxies."),
        (
            x - x.mean(axis=0) - np.outer((x - x.mean(axis=0)) @ u, u),
            "You centred the features: they are asked for as they are, less the part along the head alone.",
        ),
        (
            x - np.outer((x - x.mean(axis=0)) @ u, u),
            "You centred the features before you projected them: take x·u of the features as they are.",
        ),
        (
            x - x * u * u,
            "You multiplied feature by feature: x·u is a dot product, the sum of those products, one number a galaxy.",
        ),
        (x - x * u, "You multiplied feature by feature: x·u is a dot product, one number a galaxy, and then comes u."),
        (
            x - along[:, None],
            "You subtracted the number x·u from every feature: subtract it times u, so that each has its own share.",
        ),
        (x - u, "You subtracted u itself from every galaxy: each has its own part along it, (x·u) u."),
        (x - w, "You subtracted w itself from every galaxy: each has its own part along it, (x·u) u."),
        (
            x - np.outer(x @ w, w) / w.sum() ** 2,
            "You divided w by the sum of its numbers; its length is the root of the sum of their squares.",
        ),
        (
            x - np.outer(x @ w, w) / np.abs(w).sum() ** 2,
            "You divided w by the sum of its numbers; its length is the root of the sum of their squares.",
        ),
        (
            x - np.outer(x @ w, w) / np.abs(w).max() ** 2,
            "You divided w by its largest number; its length is the root of the sum of squares.",
        ),
        (
            x - x * largest,
            "You set the feature with the largest weight to 0: the head reads a direction, in which all have a share.",
        ),
        (
            x - np.outer(np.full(len(x), along.mean()), u),
            "You subtracted the mean galaxy's part from all: each galaxy has its own part along the head.",
        ),
        (
            np.divide(x, np.linalg.norm(x, axis=1, keepdims=True)),
            "You divided each galaxy by its length; it's w that must get the length 1.",
        ),
        (
            x - x @ np.outer(x[0], x[0]) / (x[0] @ x[0]),
            "You took out the direction of the first galaxy; that of w is asked for.",
        ),
    ]


def test_space_2(answer):
    # First where each mistake gives other rows, then by hand.
    random = np.random.default_rng(2)
    features = random.normal(1, 1, size=(40, 8)) * np.linspace(0.5, 3, 8)
    given = features.copy()
    found = answer(given, 17, 6)
    expect_unchanged(features, given, "features")
    _compare_rows(found, _by_hand(features, 17, 6), features, 17)
    _compare_rows(answer(PLACES.copy(), 0, 4), [4, 5, 2, 1], PLACES, 0)
    _compare_rows(answer(PLACES.copy(), 3, 3), [1, 0, 4], PLACES, 3)
    for row, k in ((39, 1), (4, 39)):
        _compare_rows(answer(features.copy(), row, k), _by_hand(features, row, k), features, row)
    twins = np.array([[5.0, 5.0], [2.0, 3.0], [0.0, 0.0], [2.0, 4.0], [2.0, 3.0], [9.0, 1.0], [2.0, 3.0]])
    found = answer(twins.copy(), 4, 3)
    rows = _rows(found, 3, twins)
    expect(4 not in rows, "Itself is among the neighbours where an earlier galaxy has the very same features.")
    expect(
        set(rows) >= {1, 6},
        "Rows 1 and 6 have the same features as row 4, and belong to its neighbours at a distance of 0; "
        "leave out the galaxy itself alone, by its row number.",
    )
    _compare_rows(found, [1, 6, 3], twins, 4)
    grid = np.array([[x, y] for x in range(15) for y in range(15)], dtype=float)
    for row in (112, 30):
        _compare_rows(answer(grid.copy(), row, 24), _by_hand(grid, row, 24), grid, row)


def _by_hand(features, row, k):
    others = [other for other in range(len(features)) if other != row]
    return sorted(others, key=lambda other: (math.dist(features[row], features[other]), other))[:k]


def _compare_rows(found, expected, features, row):
    """Refuse rows that aren't the expected ones; says which mistake gives them."""
    k = len(expected)
    expect(
        not isinstance(found, set | frozenset),
        "A set has no order: return the row numbers in a list, the nearest first.",
    )
    differences = features - features[row]
    euclidean = np.sqrt((differences**2).sum(axis=1))
    lengths = np.linalg.norm(features, axis=1)
    with np.errstate(all="ignore"):
        cosine = 1 - features @ features[row] / lengths / lengths[row]
    order = [one for one in np.argsort(euclidean, kind="stable").tolist() if one != row]
    below = [one - (one > row) for one in order]
    mistakes = [
        ([row, *order[: k - 1]], "The galaxy itself is the first: it's no neighbour of its own, leave it out."),
        ([row, *order[:k]], "The galaxy itself is the first, before k others: leave it out."),
        (
            below[:k],
            "These are row numbers in a table without the galaxy itself: behind it, all are one too low.",
        ),
        (order[::-1][:k], "These are the farthest galaxies; the nearest are asked for."),
        (order[:k][::-1], "The order is turned: the nearest comes first, not last."),
        (sorted(order[:k]), "These are the right galaxies, sorted by row number; the nearest comes first."),
        (euclidean[order[:k]], "These are the distances; the row numbers are asked for."),
        (np.sort(euclidean)[:k], "These are distances, the galaxy's own among them; row numbers are asked for."),
        (euclidean[order[:k]] ** 2, "These are squared distances; the row numbers are asked for."),
        (euclidean, "These are the distances of all galaxies; the row numbers of the k nearest are asked for."),
        (features[order[:k]], "These are the neighbours' features; their row numbers are asked for."),
        (
            np.argsort(euclidean, kind="stable"),
            "These are all galaxies, with the galaxy itself; the k nearest others are asked for.",
        ),
        (order, "These are all other galaxies; the k nearest are asked for."),
        (order[: k - 1], "That is one too few: k neighbours besides the galaxy itself."),
    ]
    others = [
        (
            np.abs(differences).sum(axis=1),
            "These are nearest in the city-block distance, the sum of absolute differences",
        ),
        (np.abs(differences).max(axis=1), "These are nearest by the largest difference of any one feature"),
        (cosine, "These are nearest in angle (the cosine)"),
        (-(features @ features[row]), "These have the largest dot product with the galaxy"),
        (np.abs(differences[:, 0]), "These are nearest in the first feature alone"),
        (differences.sum(axis=1), "You summed the differences without squaring them, so that they cancel"),
        (np.abs(differences.sum(axis=1)), "You summed the differences before taking them as positive: they cancel"),
        (lengths, "These are nearest to the origin, not to the galaxy"),
        (np.abs(lengths - lengths[row]), "These are most alike in length, that is in distance from the origin"),
        (np.linalg.norm(features - features.mean(axis=0), axis=1), "These are nearest to the mean of all galaxies"),
        (np.linalg.norm(features - features[0], axis=1), "These are nearest to row 0, not to the galaxy asked about"),
        (
            np.linalg.norm(differences / np.where(features.std(axis=0) > 0, features.std(axis=0), 1), axis=1),
            "These are nearest once each feature is divided by its standard deviation; take the features as they are",
        ),
        (np.abs(np.arange(len(features)) - row), "These are the next rows of the table, whatever their features"),
    ]
    # One neighbour is too few to tell by which distance it was chosen.
    for distance, hint in others if k > 2 else []:
        by = np.argsort(distance, kind="stable").tolist()
        mistakes.append(
            ([one for one in by if one != row][:k], f"{hint}; the root of the sum of squares is asked for.")
        )
        mistakes.append(
            (by[:k], f"{hint}; the root of the sum of squares is asked for, and itself isn't to be counted.")
        )
    mistakes.append((order[1 : k + 1], "The nearest galaxy is missing: you left out one too many."))
    expect(
        not _is_mask(found),
        "You returned true or false for each galaxy; the row numbers are asked for, the nearest first.",
    )
    shown = ", ".join(map(str, expected[:6])) + (", …" if k > 6 else "")
    hint = f"Asked about row {row} of {len(features)} with k = {k}, the list is [{shown}]."
    if len(features) == 40:  # among few galaxies, or equally near ones, several mistakes look the same
        expect_close(found, expected, mistakes, hint=hint, what="the list of rows", rtol=0, atol=1e-3)
    rows = _rows(found, k, features)
    expect(
        rows == expected or not np.allclose(euclidean[rows], euclidean[expected]),
        "Of galaxies that are equally near, the one with the lower row number comes first. "
        "A sort may exchange equals unless it is a stable one.",
    )
    expect_close(rows, expected, hint=hint, what="the list of rows", rtol=0, atol=1e-3)


def _is_mask(found):
    if isinstance(found, np.ndarray):
        return found.dtype == bool
    return isinstance(found, list | tuple) and bool(found) and all(isinstance(one, bool | np.bool_) for one in found)


def _rows(found, k, features):
    """The rows as a list of int, refused where they can't be rows of `features`."""
    expect(
        not isinstance(found, set | frozenset),
        "A set has no order: return the row numbers in a list, the nearest first.",
    )
    array = as_array(found, (k,), what="the list of rows")
    expect(
        np.asarray(found).dtype.kind not in "US",
        "Row numbers are asked for as numbers; what you return are texts, with which no row can be picked.",
    )
    whole = np.isfinite(array).all() and (array == array.round()).all()
    expect(bool(whole), "Row numbers are whole numbers; what you return has others in it.")
    expect(
        bool(((array >= 0) & (array < len(features))).all()),
        f"There are {len(features)} galaxies, so rows go from 0 to {len(features) - 1}; you return others.",
    )
    rows = array.astype(int).tolist()
    expect(len(set(rows)) == k, "You return a row twice: each neighbour is another galaxy.")
    return rows

"""Typical mistakes in the exercise on the cosine similarity, each a wrong function with its hint."""

import math
from collections.abc import Callable

import numpy as np

Cosine = Callable[[np.ndarray, np.ndarray], np.ndarray]


def cosine_of(a: np.ndarray, b: np.ndarray) -> float:
    """The right result, without NumPy."""
    a, b = a.tolist(), b.tolist()
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


def _formula(compute: Callable[..., object]) -> Cosine:
    """A mistake in the formula: `compute` takes a, b, a·b and the lengths of a and b."""

    def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(compute(a, b, a @ b, np.linalg.norm(a), np.linalg.norm(b)), dtype=float)

    return cosine


def _after(change: Callable[[float], object]) -> Cosine:
    """A mistake that changes the right result afterwards."""
    return lambda a, b: np.asarray(change(float(np.clip(cosine_of(a, b), -1, 1))), dtype=float)


def _before(change: Callable[[np.ndarray], np.ndarray]) -> Cosine:
    """A mistake that changes both vectors first."""

    def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        a, b = change(a), change(b)
        return np.asarray(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))

    return cosine


def _length_as(length_of: Callable[[np.ndarray], float]) -> Cosine:
    """A mistake in the length of both vectors."""
    return _formula(lambda a, b, dot, la, lb: dot / (length_of(a) * length_of(b)))


COSINE = "a·b / (|a| |b|)"
LENGTH = "|a| is the root of the sum of squares, `np.linalg.norm(a)`."
COSINE_MISTAKES: tuple[tuple[Cosine, str], ...] = (
    (
        _formula(lambda a, b, dot, la, lb: dot),
        "You return the dot product a·b, which grows with the lengths of the vectors: divide it by both lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.clip(dot, -1, 1)),
        "You clipped the dot product to −1 to 1: divide it by both lengths instead.",
    ),
    (_formula(lambda a, b, dot, la, lb: dot / la), "You divided only by |a|: divide by both lengths."),
    (_formula(lambda a, b, dot, la, lb: dot / lb), "You divided only by |b|: divide by both lengths."),
    (
        _formula(lambda a, b, dot, la, lb: dot / la * lb),
        "You divided by |a| and then multiplied by |b|: in `x / y * z`, only y is below the line. Write brackets "
        "around "
        "the product of the lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / lb * la),
        "You divided by |b| and then multiplied by |a|: in `x / y * z`, only y is below the line. Write brackets "
        "around "
        "the product of the lengths.",
    ),
    (_formula(lambda a, b, dot, la, lb: dot * la * lb), "You multiplied by the lengths: divide by them."),
    (_formula(lambda a, b, dot, la, lb: la * lb), "You return the product of the lengths: divide a·b by it."),
    (
        _formula(lambda a, b, dot, la, lb: la * lb / dot if abs(dot) > 1e-12 * la * lb else np.nan),
        "Your fraction is upside down: divide a·b by the lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / (la * lb) ** 2),
        "You forgot the root: you divided by |a|² |b|², the sums of squares. " + LENGTH,
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / (la**2)),
        "You divided by |a|² only: divide by the length of a and the length of b.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / (lb**2)),
        "You divided by |b|² only: divide by the length of a and the length of b.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / (la + lb)),
        "You divided by the sum of the lengths: divide by their product.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / np.hypot(la, lb)),
        "You divided by one root of all squares of both vectors: each vector has its own length, and the two are "
        "multiplied.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: 2 * dot / (la + lb)),
        "You divided by the mean of the lengths: divide by their product.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / max(la, lb) ** 2),
        "You divided by the larger length twice: divide by both lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / np.linalg.norm(a * b)),
        "You took the length of the products a·b: multiply the length of a by the length of b.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.mean(a * b) / (la * lb)),
        "You took the mean of the products, and a·b is their sum: you divided once too often, by d.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.median(a * b) / (la * lb)),
        "You took the median of the products: a·b is their sum.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / (a.std() * b.std())),
        "You divided by standard deviations: divide by the lengths. " + LENGTH,
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.mean(a * b) / (a.std() * b.std())),
        "You divided by standard deviations: divide by the lengths. " + LENGTH,
    ),
    *(
        (_length_as(length_of), f"You used {name} as its length. {LENGTH}")
        for length_of, name in (
            (lambda a: np.abs(a).sum(), "the sum of the absolute values of a vector"),
            (lambda a: a.sum() or np.nan, "the sum of the numbers of a vector"),
            (lambda a: np.abs(a).max(), "the largest number of a vector"),
            (lambda a: a.max() or np.nan, "the largest number of a vector"),
            (len, "how many numbers a vector has (`len`)"),
            (lambda a: np.sqrt(len(a)), "the root of how many numbers a vector has"),
            (lambda a: np.sqrt(np.mean(a * a)), "the root of the mean of squares"),
            (lambda a: np.mean(a * a), "the mean of squares"),
            (lambda a: np.sqrt(np.abs(a)).sum(), "the sum of roots"),
            (lambda a: np.sqrt(np.abs(a.sum())) or np.nan, "the root of the sum, without squares,"),
        )
    ),
    (
        _before(lambda a: a - a.mean()),
        "You subtracted each vector's mean, which gives the correlation coefficient: use the vectors as they are.",
    ),
    (
        lambda a, b: np.asarray(a.reshape(-1) @ b / np.linalg.norm(a) / np.linalg.norm(b) - a.mean() * b.mean()),
        "You subtracted the product of the means, as for a covariance: use the vectors as they are.",
    ),
    (_before(np.abs), "You removed the signs of the numbers (`abs`): keep them."),
    (_before(np.sort), "You sorted the numbers: the first of a belongs to the first of b, and so on."),
    (_before(np.sign), "You used only the signs of the numbers: use the numbers."),
    (_before(lambda a: a**2), "You squared the numbers of the vectors before a·b: use them as they are."),
    *(
        (_before(lambda a, n=n: a[:n]), f"You used only the first {name}: a·b is the sum over all d numbers.")
        for n, name in ((1, "number of each vector"), (2, "two numbers of each vector"))
    ),
    (_before(lambda a: a[1:] if len(a) > 1 else a), "You left out the first number of each vector: use all of them."),
    (_before(lambda a: a[:-1] if len(a) > 1 else a), "You left out the last number of each vector: use all of them."),
    (
        _formula(lambda a, b, dot, la, lb: a[0] * b[0] / (la * lb)),
        "Your numerator has only the first product: a·b is the sum over all d numbers.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a[-1] * b[-1] / (la * lb)),
        "Your numerator has only the last product, as if a loop replaced the sum in each pass: a·b is the sum over all "
        "d numbers.",
    ),
    *(
        (
            _formula(lambda a, b, dot, la, lb, part=part: a[part] @ b[part] / (la * lb)),
            f"Your numerator leaves out the {name} product: a·b is the sum over all d numbers.",
        )
        for part, name in ((slice(1, None), "first"), (slice(None, -1), "last"))
    ),
    *(
        (
            _formula(lambda a, b, dot, la, lb, x=x, y=y: dot / (la**x * lb**y)),
            f"You took the root of only one sum of squares: you divided by {name}. {LENGTH}",
        )
        for x, y, name in ((1, 2, "|a| |b|²"), (2, 1, "|a|² |b|"))
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / np.linalg.norm(a + b)),
        "You divided by the length of a + b: divide by the product of both lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: dot / np.linalg.norm(a - b)),
        "You divided by the distance between a and b: divide by the product of both lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a.sum() * b.sum() / (la * lb)),
        "You multiplied the sums of the vectors: multiply number by number first, then add up the products.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a @ b[::-1] / (la * lb)),
        "You reversed one vector: the first of a belongs to the first of b, and so on.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a * b / (la * lb)),
        "You return one product per number: add them up. a·b is a dot product, a single number.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a * b),
        "You return one product per number: add them up, and divide by both lengths.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.outer(a, b) / (la * lb)),
        "You multiplied each number of a by each of b (`outer`): multiply only numbers at the same place, and add up.",
    ),
    (
        lambda a, b: np.corrcoef(a, b) if len(a) > 1 else np.full((2, 2), np.nan),
        "You return the 2 × 2 matrix of correlation coefficients: return one number, the cosine, without subtracting "
        "means.",
    ),
    (
        lambda a, b: np.array([[1, cosine_of(a, b)], [cosine_of(a, b), 1]]),
        "You return the whole 2 × 2 matrix of similarities: return one number, that of a and b.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: a / la - b / lb),
        "You subtracted the unit vectors: add up the products of their numbers.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.linalg.norm(a - b)),
        "You return the distance between a and b: return the cosine of the angle between them.",
    ),
    (
        _formula(lambda a, b, dot, la, lb: np.linalg.norm(a / la - b / lb)),
        "You return the distance between the unit vectors: return the cosine, the dot product of the unit vectors.",
    ),
    (
        _after(lambda c: 1 - c),
        "You return the cosine *distance*, 1 − cosine, as `scipy.spatial.distance.cosine` does: return the similarity.",
    ),
    (_after(lambda c: -c), "Your sign is reversed: vectors in the same direction have +1."),
    (_after(abs), "You removed the sign of the result: opposite vectors have −1."),
    (_after(lambda c: max(c, 0.0)), "You set negative results to 0: opposite vectors have −1."),
    (_after(lambda c: (1 + c) / 2), "You moved the result to a range of 0 to 1: return it as it is, −1 to 1."),
    (_after(np.arccos), "You return the angle in radians (`arccos`): return its cosine."),
    (_after(lambda c: np.degrees(np.arccos(c))), "You return the angle in degrees: return its cosine."),
    (_after(lambda c: np.cos(np.degrees(np.arccos(c)))), "`np.cos` takes radians: the cosine is a·b / (|a| |b|)."),
    (_after(lambda c: 1 - np.arccos(c) / np.pi), "You return the angular similarity: return the cosine itself."),
    (_after(np.cos), "You took the cosine of the result: a·b / (|a| |b|) is the cosine already."),
    (_after(lambda c: np.sqrt(1 - c * c)), "You return the sine of the angle: return its cosine."),
    (_after(lambda c: c * c), "You squared the cosine: return it as it is, with its sign."),
    (_after(lambda c: np.sqrt(abs(c))), "You took the root of the result: only the lengths contain a root."),
    (_after(lambda c: 100 * c), "You return a percentage: return the cosine itself, −1 to 1."),
    (_after(np.trunc), "You converted the result to an integer: return a float."),
    *(
        (_after(lambda c, n=n: round(c, n)), f"You rounded the cosine ({n} decimals): return it as computed.")
        for n in range(5)
    ),
)

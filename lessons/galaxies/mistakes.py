"""Typical mistakes in converting a metallicity to a count of atoms, each a wrong function with its hint."""

from collections.abc import Callable

import numpy as np

Conversion = Callable[[float | np.ndarray], np.ndarray]


def count(metallicity: float | np.ndarray) -> np.ndarray:
    """The right result, by natural logarithms."""
    return np.exp((np.asarray(metallicity, float) - 6) * np.log(10))


def _formula(compute: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Conversion:
    """A mistake in the formula: `compute` takes the metallicity m and the ratio r = O/H."""

    def convert(metallicity: float | np.ndarray) -> np.ndarray:
        m = np.asarray(metallicity, float)
        return compute(m, 10 ** (m - 12))

    return convert


def _on_count(change: Callable[[np.ndarray], object]) -> Conversion:
    """A mistake that changes the right result afterwards."""
    return lambda metallicity: np.asarray(change(count(metallicity)))


def _at_nan(value: float) -> Conversion:
    """A mistake that returns a number for an unknown metallicity."""
    return _on_count(lambda right: np.where(np.isnan(right), value, right))


def _filled_with(statistic: Callable[[np.ndarray], float]) -> Conversion:
    """A mistake that replaces NaN by a statistic of the other metallicities; NaN if all of them are unknown."""

    def convert(metallicity: float | np.ndarray) -> np.ndarray:
        m = np.asarray(metallicity, float)
        known = m[~np.isnan(m)]
        return count(np.where(np.isnan(m), statistic(known) if known.size else np.nan, m))

    return convert


def _over_known(statistic: Callable[[np.ndarray], float]) -> Conversion:
    """A mistake that returns one number for all galaxies."""

    def convert(metallicity: float | np.ndarray) -> np.ndarray:
        right = count(metallicity)
        known = right[~np.isnan(right)]
        return np.asarray(statistic(known) if known.size else np.nan)

    return convert


def _over_all(statistic: Callable[[np.ndarray], float]) -> Conversion:
    """A mistake that returns one number for all galaxies, NaN if one of them is unknown."""
    return lambda metallicity: np.asarray(statistic(count(metallicity)))


def _sort_last_axis(metallicity: float | np.ndarray) -> np.ndarray:
    right = count(metallicity)
    return np.sort(right, axis=-1) if right.ndim else right


def _drop_nan_from_arrays(metallicity: float | np.ndarray) -> np.ndarray:
    right = count(metallicity)
    return right[~np.isnan(right)] if right.ndim else right


def _digits(n: int) -> Callable[[np.ndarray], np.ndarray]:
    """Rounding to n significant digits."""
    return np.vectorize(lambda value: float(f"{value:.{n}g}"), otypes=[float])


TWELVE = "The 12 is missing in your exponent. It is added to the logarithm, so subtract it before you compute the power"
LOGARITHM = "You took a logarithm, but the metallicity is a logarithm already: undo it with a power of 10."
NATURAL = "You computed a power of e, but this logarithm has the base 10: compute a power of 10."
KEEP_NAN = "NaN must stay NaN: a metallicity that is unknown has no count."
COUNT_MISTAKES: tuple[tuple[Conversion, str], ...] = (
    (_formula(lambda m, r: m), "You return the metallicity unchanged."),
    (_formula(lambda m, r: 1e6 * np.exp(m - 12)), NATURAL),
    (_formula(lambda m, r: np.exp(m - 6)), NATURAL),
    (_formula(lambda m, r: np.exp(m - 12)), f"{NATURAL} Then multiply by a million."),
    (_formula(lambda m, r: 1e6 * 2 ** (m - 12)), "You computed a power of 2. This logarithm has the base 10."),
    (_formula(lambda m, r: 1e6 * 10**m), f"{TWELVE}."),
    (_formula(lambda m, r: 10**m), f"{TWELVE}, and multiply by a million at the end."),
    (
        _formula(lambda m, r: 1e6 * (10**m - 12)),
        "You subtracted 12 from the power. It is added to the logarithm, so subtract it from the metallicity, in the "
        "exponent: set brackets.",
    ),
    (
        _formula(lambda m, r: -1e6 * r),
        "The right numbers, but negative: a count is positive.",
    ),
    (
        _formula(lambda m, r: 1e6 * 10 ** (m + 12)),
        "You added 12 again. The metallicity contains it already: subtract it.",
    ),
    (
        _formula(lambda m, r: 1e6 * 10 ** (12 - m)),
        "The sign in the exponent is reversed: log10(O/H) is the metallicity minus 12, not 12 minus the metallicity.",
    ),
    (
        _formula(lambda m, r: 10 ** (12 - m)),
        "Your ratio is inverted: these are hydrogen atoms per oxygen atom.",
    ),
    (
        _formula(lambda m, r: 1e6 * 10 ** (m - 8.69)),
        "You compared with the Sun: 8.69 is its metallicity. Subtract 12, as in the definition.",
    ),
    (
        _formula(lambda m, r: 10 ** (m - 8.69)),
        "This is the ratio to the Sun's oxygen: 8.69 is the Sun's metallicity. Subtract 12, as in the definition.",
    ),
    (
        _formula(lambda m, r: 490 * 10 ** (m - 8.69)),
        "You multiplied the Sun's rounded value, 490, by the ratio to the Sun. That is accurate to three digits only: "
        "use the definition, with 12.",
    ),
    (
        _formula(lambda m, r: r),
        "These are oxygen atoms per hydrogen atom. Multiply by a million: the result is per million hydrogen atoms.",
    ),
    (
        _formula(lambda m, r: 100 * r),
        "This is the ratio in percent, the oxygen atoms per hundred hydrogen atoms: multiply by a million, not by 100.",
    ),
    (
        _formula(lambda m, r: 1e3 * r),
        "These are oxygen atoms per thousand hydrogen atoms: multiply by a million.",
    ),
    (
        _formula(lambda m, r: 1e9 * r),
        "These are oxygen atoms per billion hydrogen atoms. A million is 10 to the power of 6.",
    ),
    (_formula(lambda m, r: r / 1e6), "You divided by a million. Multiply: a million hydrogen atoms have more oxygen."),
    (
        _formula(lambda m, r: 1e6 * (m - 12)),
        "You subtracted 12, but the result is still a logarithm: compute a power of 10 before you multiply.",
    ),
    (
        _formula(lambda m, r: m - 12),
        "This is log10(O/H), a logarithm: compute 10 to this power, and multiply by a million.",
    ),
    (
        _formula(lambda m, r: m - 6),
        "This is the logarithm of the count: compute 10 to this power.",
    ),
    (_formula(lambda m, r: 1e6 * 10 * (m - 12)), "You multiplied by 10. Raise 10 to the power: `**`, not `*`."),
    (_formula(lambda m, r: 10 * (m - 12)), "You multiplied by 10. Raise 10 to the power: `**`, not `*`."),
    (
        _formula(lambda m, r: 1e6 * (m - 12) ** 10),
        "You exchanged base and exponent: 10 is raised to the power of the logarithm, not the logarithm to the 10th.",
    ),
    (
        _formula(lambda m, r: (1e6 * 10) ** (m - 12)),
        "You multiplied 10 by a million before you raised it to the power. `**` comes first: remove the brackets.",
    ),
    (
        _formula(lambda m, r: 1e6 * 10 ** (m / 12)),
        "You divided the metallicity by 12. The 12 is added in the definition: subtract it.",
    ),
    *(
        (_formula(lambda m, r, factor=factor, shift=shift: factor * (np.log10(m) + shift)), LOGARITHM)
        for factor in (1, 1e6)
        for shift in (12, 0, -12)
    ),
    (_formula(lambda m, r: 1e6 * np.log(m)), LOGARITHM),
    (_formula(lambda m, r: np.log(m)), LOGARITHM),
    (
        _formula(lambda m, r: 1e6 * r / (1 + r)),
        "These are oxygen atoms per million atoms of both elements together: count per million hydrogen atoms.",
    ),
    (
        _formula(lambda m, r: r / (1 + r)),
        "This is the share of oxygen among all atoms: count per million hydrogen atoms.",
    ),
    (
        _formula(lambda m, r: 16e6 * r),
        "Each count is multiplied by 16, the mass of oxygen. Count the atoms, not their mass.",
    ),
    (_on_count(lambda right: right[~np.isnan(right)]), f"You left out the unknown metallicities. {KEEP_NAN}"),
    (_drop_nan_from_arrays, f"You left out the unknown metallicities. {KEEP_NAN}"),
    (_at_nan(0.0), f"You return 0 for an unknown metallicity. {KEEP_NAN}"),
    (_at_nan(1e-6), f"You replaced NaN by a metallicity of 0. {KEEP_NAN}"),
    (_at_nan(-1.0), f"You return −1 for an unknown metallicity. {KEEP_NAN}"),
    (_filled_with(np.mean), f"You replaced NaN by the mean of the other metallicities. {KEEP_NAN}"),
    (_filled_with(np.median), f"You replaced NaN by the median of the other metallicities. {KEEP_NAN}"),
    (
        _on_count(lambda right: right.ravel() if right.ndim > 1 else right),
        "The numbers are right, but in one row (`ravel` or `flatten`): keep the shape of the input.",
    ),
    (
        _on_count(np.squeeze),
        "You removed axes of length 1 (`squeeze`): keep the shape of the input.",
    ),
    (
        _on_count(lambda right: right[::-1] if right.ndim else right),
        "You reversed the order of the galaxies: keep the order of the input.",
    ),
    (
        _on_count(lambda right: np.unique(right) if right.ndim else right),
        "You dropped or sorted equal counts: keep each.",
    ),
    (
        _on_count(lambda right: right[~np.isnan(right).any(axis=-1)] if right.ndim > 1 else right),
        f"You left out each row with an unknown metallicity. {KEEP_NAN}",
    ),
    (_on_count(np.transpose), "The numbers are right, but transposed: rows and columns are exchanged."),
    (
        _on_count(lambda right: np.cumsum(right).reshape(right.shape)),
        "You added up the counts: each galaxy has its own.",
    ),
    (_sort_last_axis, "You sorted the counts: keep the order of the input."),
    (_on_count(lambda right: np.sort(right, axis=None).reshape(right.shape)), "You sorted the counts: keep the order."),
    (
        lambda metallicity: np.full(np.shape(metallicity), count(np.ravel(metallicity)[0])),
        "You converted the first metallicity only, and return its count for every galaxy: convert each of them.",
    ),
    (
        lambda metallicity: count(np.ravel(metallicity)[0]),
        "You return the count of the first galaxy only: return one count per galaxy.",
    ),
    (
        lambda metallicity: count(metallicity)[0] if np.ndim(metallicity) else count(metallicity),
        "You return the first row of the counts only: return one count per metallicity.",
    ),
    *(
        (over(statistic), f"You return the {name} over the galaxies: return one count per metallicity.")
        for over in (_over_known, _over_all)
        for name, statistic in (
            ("mean", np.mean),
            ("sum", np.sum),
            ("median", np.median),
            ("largest count", np.max),
        )
    ),
    (_on_count(np.round), "You rounded the counts to whole atoms: don't round them."),
    (_on_count(np.trunc), "You converted the counts to integers, which cuts off the decimals: don't round them."),
    (_on_count(np.ceil), "You rounded the counts up to whole atoms: don't round them."),
    *(
        (
            _on_count(lambda right, n=n: np.round(right, n)),
            f"You rounded the counts to {n} decimal{'s' * (n > 1)}: don't round them.",
        )
        for n in (1, 2, 3, 4, 5, 6)
    ),
    (_on_count(lambda right: np.round(right, -1)), "You rounded the counts to tens: don't round them."),
    *(
        (
            _on_count(_digits(n)),
            f"You rounded the counts to {n} significant digits. The page does this for display: don't round yours.",
        )
        for n in (2, 3, 4, 5)
    ),
    (
        _on_count(lambda right: np.where(np.isnan(right), np.nan, np.float16(right))),
        "Your counts are float16, which rounds to about three digits: return float32 or float64.",
    ),
    (
        lambda metallicity: count(np.float16(metallicity)),
        "You converted the metallicity to float16, which rounds it to about three digits: use float32 or float64.",
    ),
    (
        lambda metallicity: np.asarray(10.0 ** (np.float16(metallicity) - 6), float),
        "You computed in float16, which rounds to about three digits: use float32 or float64.",
    ),
    (
        lambda metallicity: count(np.round(metallicity, 1)),
        "You rounded the metallicity to 1 decimal: don't round it.",
    ),
    (
        lambda metallicity: count(np.round(metallicity, 2)),
        "You rounded the metallicity to 2 decimals: don't round it.",
    ),
    (
        lambda metallicity: count(np.trunc(metallicity)),
        "You converted the metallicity to an integer, which cuts off its decimals.",
    ),
)

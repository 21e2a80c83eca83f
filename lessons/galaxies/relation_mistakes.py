"""Typical mistakes in the mean metallicity per bin of mass, each a wrong function with its hint."""

from collections.abc import Callable

import numpy as np

Table = np.ndarray
Mistake = tuple[Callable[[Table, int], np.ndarray], str]
MASS, METALLICITY = 0, 1


def known(table: Table) -> Table:
    """Rows without NaN: mass and metallicity."""
    return table[~np.isnan(table).any(axis=1)]


def in_order(table: Table, column: int = MASS) -> Table:
    """Rows from low to high; equal ones keep their order."""
    return table[sorted(range(len(table)), key=lambda row: table[row, column])]


def bin_sizes(n: int, n_bins: int) -> list[int]:
    """Numbers of galaxies per bin: the first bins have one more."""
    return [n // n_bins + (place < n % n_bins) for place in range(n_bins)]


def cut(rows: Table, sizes: list[int]) -> list[Table]:
    """Consecutive parts of the rows, of these sizes."""
    ends = np.cumsum(sizes)
    return [rows[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def relation(table: Table, n_bins: int) -> np.ndarray:
    """The right result, for a table of mass and metallicity."""
    rows = in_order(known(table))
    return np.array(
        [[sum(column) / len(part) for column in part.T] for part in cut(rows, bin_sizes(len(rows), n_bins))]
    )


def _means(parts: list[Table]) -> np.ndarray:
    """Means of each part; NaN for an empty one."""
    return np.array([part.mean(axis=0) if len(part) else np.full(2, np.nan) for part in parts])


def _of_sizes(sizes: Callable[[int, int], list[int]]) -> Callable[[Table, int], np.ndarray]:
    """A mistake in the numbers of galaxies per bin."""

    def compute(table: Table, n_bins: int) -> np.ndarray:
        rows = in_order(known(table))
        return _means(cut(rows, sizes(len(rows), n_bins)))

    return compute


def _of_rows(change: Callable[[Table], Table]) -> Callable[[Table, int], np.ndarray]:
    """A mistake before the bins: `change` makes the rows, in order, of the whole table."""

    def compute(table: Table, n_bins: int) -> np.ndarray:
        rows = change(table)
        return _means(cut(rows, bin_sizes(len(rows), n_bins)))

    return compute


def _of_parts(statistic: Callable[[Table], object]) -> Callable[[Table, int], np.ndarray]:
    """A mistake in what is computed for each bin."""

    def compute(table: Table, n_bins: int) -> np.ndarray:
        rows = in_order(known(table))
        return np.array([statistic(part) for part in cut(rows, bin_sizes(len(rows), n_bins))], float)

    return compute


def _on_result(change: Callable[[np.ndarray], object]) -> Callable[[Table, int], np.ndarray]:
    """A mistake that changes the right result afterwards."""
    return lambda table, n_bins: np.asarray(change(relation(table, n_bins)), float)


def _per_column(mass: Callable, metallicity: Callable) -> Callable[[Table, int], np.ndarray]:
    return _of_parts(lambda part: [mass(part[:, MASS]), metallicity(part[:, METALLICITY])])


def _nanmean(part: Table) -> np.ndarray:
    with np.errstate(all="ignore"):
        known_values = ~np.isnan(part)
        return np.where(known_values, part, 0).sum(axis=0) / known_values.sum(axis=0)


def _nan_last(table: Table) -> Table:
    """Sorted by mass, with unknown masses at the end."""
    unknown = np.isnan(table[:, MASS])
    return np.concatenate([in_order(table[~unknown]), table[unknown]])


def _fill(table: Table, statistic: Callable[[np.ndarray], float]) -> Table:
    filled = table.copy()
    for column in filled.T:
        column[np.isnan(column)] = statistic(column[~np.isnan(column)])
    return filled


def _skip_nan(select: Callable[[Table], Table]) -> Callable[[Table, int], np.ndarray]:
    """A mistake that leaves NaN in, and averages without it."""

    def compute(table: Table, n_bins: int) -> np.ndarray:
        rows = _nan_last(select(table))
        return np.array([_nanmean(part) for part in cut(rows, bin_sizes(len(rows), n_bins))])

    return compute


def _equal_widths(table: Table, n_bins: int) -> np.ndarray:
    rows = known(table)
    edges = np.linspace(rows[:, MASS].min(), rows[:, MASS].max(), n_bins + 1)
    places = np.clip(np.searchsorted(edges, rows[:, MASS], side="right") - 1, 0, n_bins - 1)
    return _means([rows[places == place] for place in range(n_bins)])


def _equal_widths_closed_right(table: Table, n_bins: int) -> np.ndarray:
    rows = known(table)
    edges = np.linspace(rows[:, MASS].min(), rows[:, MASS].max(), n_bins + 1)
    places = np.clip(np.searchsorted(edges, rows[:, MASS], side="left") - 1, 0, n_bins - 1)
    return _means([rows[places == place] for place in range(n_bins)])


def _quantile_edges(side: str) -> Callable[[Table, int], np.ndarray]:
    def compute(table: Table, n_bins: int) -> np.ndarray:
        rows = known(table)
        edges = np.quantile(rows[:, MASS], np.linspace(0, 1, n_bins + 1))
        places = np.clip(np.searchsorted(edges, rows[:, MASS], side=side) - 1, 0, n_bins - 1)
        return _means([rows[places == place] for place in range(n_bins)])

    return compute


def _quantile_edges_once(table: Table, n_bins: int) -> np.ndarray:
    """Equal edges merged, as `pd.qcut` does with ``duplicates="drop"``, so that bins are missing."""
    rows = known(table)
    edges = np.unique(np.quantile(rows[:, MASS], np.linspace(0, 1, n_bins + 1)))
    places = np.clip(np.searchsorted(edges, rows[:, MASS], side="left") - 1, 0, None)
    return _means([rows[places == place] for place in np.unique(places)])


def _without_empty(compute: Callable[[Table, int], np.ndarray]) -> Callable[[Table, int], np.ndarray]:
    """A mistake that leaves out empty bins, as `groupby` does."""

    def shortened(table: Table, n_bins: int) -> np.ndarray:
        means = compute(table, n_bins)
        return means[~np.isnan(means).any(axis=1)]

    return shortened


def _from_high_to_low(rows: Table) -> Table:
    """Rows from high to low mass; equal ones keep their order."""
    return rows[sorted(range(len(rows)), key=lambda row: -rows[row, MASS])]


def _different(rows: Table, *, last: bool = False) -> Table:
    """Rows without those that are equal to an earlier (or a later) one."""
    pairs = [tuple(row) for row in rows.tolist()]
    others = [pairs[place + 1 :] if last else pairs[:place] for place in range(len(pairs))]
    return rows[[pair not in other for pair, other in zip(pairs, others, strict=True)]]


def _last_larger(n: int, n_bins: int) -> list[int]:
    sizes = [n // n_bins] * n_bins
    sizes[-1] += n % n_bins
    return sizes


def _rounded_up(n: int, n_bins: int) -> list[int]:
    size, sizes = -(-n // n_bins), []
    while sum(sizes) < n:
        sizes.append(min(size, n - sum(sizes)))
    return sizes


def _per_bin(n: int, n_bins: int) -> list[int]:
    """Takes n_bins for the number of galaxies per bin."""
    return [min(n_bins, n - start) for start in range(0, n, n_bins)]


def _by_edges(n: int, n_bins: int) -> list[int]:
    return np.diff(np.linspace(0, n, n_bins + 1).astype(int)).tolist()


def _overlapping(table: Table, n_bins: int) -> np.ndarray:
    rows = in_order(known(table))
    ends = np.cumsum(bin_sizes(len(rows), n_bins))
    return _means([rows[start : end + 1] for start, end in zip([0, *ends[:-1]], ends, strict=True)])


def _one_short(table: Table, n_bins: int) -> np.ndarray:
    rows = in_order(known(table))
    ends = np.cumsum(bin_sizes(len(rows), n_bins))
    return _means([rows[start : end - 1] for start, end in zip([0, *ends[:-1]], ends, strict=True)])


def _log_of_mean(values: np.ndarray) -> float:
    return np.log10(np.mean(10 ** (values - values.max()))) + values.max()


def _column_alone(table: Table, column: int) -> np.ndarray:
    values = table[:, column]
    return values[~np.isnan(values)]


def _each_column_cleaned(table: Table, n_bins: int) -> np.ndarray:
    """Drops the NaN of each column separately, so that rows no longer match; by lengths that happen to fit."""
    mass, metallicity = _column_alone(table, MASS), _column_alone(table, METALLICITY)
    n = min(len(mass), len(metallicity))
    rows = in_order(np.column_stack([mass[:n], metallicity[:n]]))
    return _means(cut(rows, bin_sizes(n, n_bins)))


STABLE = "galaxies of equal mass keep the order of the catalogue"
NAN_FIRST = "Leave out the galaxies with NaN in either column before you sort and divide."
AVERAGE = "Compute the mean of both columns in each bin."
SIZES = "The first bins have one more each, as with `np.array_split`"
MISTAKES: tuple[Mistake, ...] = (
    (lambda table, n_bins: known(table), "You return the table of galaxies. Return the means per bin."),
    (
        lambda table, n_bins: in_order(known(table)),
        "You sorted the galaxies, but return all of them: divide them into bins, and return the means per bin.",
    ),
    (
        _of_rows(known),
        "You didn't sort the galaxies: a bin holds galaxies of similar mass, so sort them by mass first.",
    ),
    (
        _of_rows(lambda table: in_order(known(table), METALLICITY)),
        "You sorted by metallicity. Sort by mass: the bins are bins of mass.",
    ),
    (
        lambda table, n_bins: in_order(_means(cut(known(table), bin_sizes(len(known(table)), n_bins)))),
        "You sorted the means of the bins. Sort the galaxies by mass before you divide them.",
    ),
    (
        _of_rows(lambda table: np.sort(known(table), axis=0)),
        "You sorted mass and metallicity separately. Each galaxy must keep its own metallicity: sort the rows.",
    ),
    (
        _of_rows(lambda table: np.column_stack([np.sort(known(table)[:, MASS]), known(table)[:, METALLICITY]])),
        "You sorted the masses alone. Each metallicity must stay in the row of its galaxy: sort both by mass.",
    ),
    (
        lambda table, n_bins: _means(cut(in_order(known(table))[::-1], bin_sizes(len(known(table)), n_bins))),
        "You sorted from high to low mass. Sort from low to high.",
    ),
    (
        _of_rows(lambda table: _from_high_to_low(known(table))),
        "You sorted from high to low mass. Sort from low to high.",
    ),
    (
        lambda table, n_bins: _means(cut(_from_high_to_low(known(table)), bin_sizes(len(known(table)), n_bins)))[::-1],
        "You sorted from high to low mass, and reversed the bins. Sort from low to high, because the first bins get "
        "one more galaxy.",
    ),
    *(
        (
            _of_rows(lambda table, n=n: known(table)[np.argsort(known(table)[:, MASS].round(n), kind="stable")]),
            f"You sorted by masses rounded to {n} decimal{'s' * (n > 1)}: don't round them.",
        )
        for n in (1, 2, 3)
    ),
    *(
        (
            _of_rows(lambda table, last=last: in_order(_different(known(table), last=last))),
            "You left out galaxies with the same mass and metallicity as another one (`drop_duplicates` does). These "
            "are different galaxies: each counts.",
        )
        for last in (False, True)
    ),
    (_on_result(lambda right: right[::-1]), "Your bins are in reverse order: return them from low to high mass."),
    (
        _of_rows(lambda table: in_order(known(table)[::-1])),
        f"You reversed the order of galaxies with equal mass: {STABLE}.",
    ),
    (
        _of_rows(lambda table: in_order(in_order(known(table), METALLICITY))),
        f"You sorted galaxies of equal mass by metallicity, too. Sort by mass alone: {STABLE}.",
    ),
    (
        _of_rows(lambda table: in_order(known(table)[np.unique(known(table)[:, MASS], return_index=True)[1]])),
        "You left out galaxies whose mass occurs already. Each galaxy counts, even if two masses are equal.",
    ),
    (_on_result(lambda right: right[:, ::-1]), "The columns are exchanged: mass first, then metallicity."),
    (
        _on_result(np.transpose),
        "Your result is transposed. It needs one row per bin, and two columns: mass and metallicity.",
    ),
    (_on_result(np.ravel), "The numbers are right, but in one row: return the shape (n_bins, 2)."),
    (_on_result(np.squeeze), "For a single bin, you removed an axis (`squeeze`): return the shape (n_bins, 2)."),
    (
        _on_result(lambda right: right[:, METALLICITY]),
        "You return only the metallicities. Return the mean masses, too.",
    ),
    (_on_result(lambda right: right[:, MASS]), "You return only the masses. Return the mean metallicities, too."),
    (_on_result(lambda right: right[0]), "You return the first bin only: return one row per bin."),
    (_on_result(lambda right: right[-1]), "You return the last bin only: return one row per bin."),
    (_on_result(lambda right: right[:-1]), "The last bin is missing: return `n_bins` rows."),
    (_on_result(lambda right: right[1:]), "The first bin is missing. Python counts from 0."),
    (
        _on_result(lambda right: np.column_stack([np.arange(len(right)), right])),
        "You return three columns: the first is the number of the bin. Return only the two means.",
    ),
    (
        _on_result(lambda right: np.column_stack([np.arange(len(right)) + 1, right])),
        "You return three columns: the first is the number of the bin. Return only the two means.",
    ),
    *(
        (
            lambda table, n_bins, last=last: np.insert(
                relation(table, n_bins), 2 if last else 0, bin_sizes(len(known(table)), n_bins), axis=1
            ),
            "You return three columns: one is the number of galaxies per bin. Return only the two means.",
        )
        for last in (True, False)
    ),
    (
        lambda table, n_bins: known(table).mean(axis=0),
        "You return the means of all galaxies. Divide the galaxies into bins first.",
    ),
    (
        lambda table, n_bins: np.tile(known(table).mean(axis=0), (n_bins, 1)),
        "Each of your rows has the means of all galaxies. Use only the galaxies of the bin.",
    ),
    (
        _of_sizes(lambda n, n_bins: [n // n_bins] * n_bins),
        f"The last galaxies are missing if their number isn't a multiple of `n_bins`. Each belongs to a bin. {SIZES}.",
    ),
    (
        _of_sizes(_last_larger),
        f"You put all galaxies that are left over into the last bin. {SIZES}: 7 galaxies in 3 bins are 3, 2 and 2.",
    ),
    (
        _of_sizes(lambda n, n_bins: bin_sizes(n, n_bins)[::-1]),
        f"Your last bins have one galaxy more, and not the first. {SIZES}.",
    ),
    (_of_sizes(_rounded_up), f"You rounded the size of the bins up, so the last bin is smaller or missing. {SIZES}."),
    (
        lambda table, n_bins: _means(
            cut(
                in_order(known(table)),
                (sizes := _rounded_up(len(known(table)), n_bins)) + [0] * (n_bins - len(sizes)),
            )
        ),
        f"You rounded the size of the bins up, so the last bin is smaller or empty. {SIZES}.",
    ),
    (
        _of_sizes(_by_edges),
        f"You rounded the edges of the bins down, so other bins than the first get one more. {SIZES}.",
    ),
    (
        _of_sizes(_per_bin),
        "You took `n_bins` for the number of galaxies per bin. It is the number of bins.",
    ),
    (
        _of_sizes(lambda n, n_bins: [n_bins] * (n // n_bins)),
        "You took `n_bins` for the number of galaxies per bin. It is the number of bins.",
    ),
    *(
        (
            _of_sizes(lambda n, n_bins, change=change: bin_sizes(n, max(n_bins + change, 1))),
            f"You return one bin too {'many' if change > 0 else 'few'}. There are `n_bins`, and `n_bins + 1` edges.",
        )
        for change in (1, -1)
    ),
    *(
        (
            _of_sizes(lambda n, n_bins, fixed=fixed: bin_sizes(n, fixed)),
            f"You always return {fixed} bin{'s' * (fixed > 1)}: use the parameter `n_bins`, not a fixed number.",
        )
        for fixed in (1, 2, 3, 4, 5, 8, 10, 20)
    ),
    (_overlapping, "Off by one: each of your bins contains the first galaxy of the next bin, too."),
    (_one_short, "Off by one: the last galaxy of each bin is missing. A slice ends before its second number."),
    *(
        (
            function,
            "Your bins have equal widths in mass, as with `pd.cut` or `np.histogram`. They must have equal numbers of "
            "galaxies.",
        )
        for edges in (_equal_widths, _equal_widths_closed_right)
        for function in (edges, _without_empty(edges))
    ),
    *(
        (
            function,
            "You divided the masses at quantiles, as `pd.qcut` does. Then galaxies of equal mass are always in one "
            "bin, and other bins get one more. Sort the galaxies, and divide them by their number.",
        )
        for function in (
            _quantile_edges("left"),
            _quantile_edges("right"),
            _without_empty(_quantile_edges("left")),
            _without_empty(_quantile_edges("right")),
            _quantile_edges_once,
        )
    ),
    (
        lambda table, n_bins: _means([in_order(known(table))[start::n_bins] for start in range(n_bins)]),
        "Each of your bins takes every n-th galaxy. Consecutive galaxies of the sorted table belong together.",
    ),
    *(
        (
            _per_column(np.mean, lambda values, ddof=ddof: values.std(ddof=ddof) if len(values) > ddof else np.nan),
            "Your second column is the standard deviation of the metallicities. Return their mean.",
        )
        for ddof in (0, 1)
    ),
    (_on_result(lambda right: np.cumsum(right, axis=0)), f"You added up the means of the bins (`cumsum`). {AVERAGE}"),
    (_on_result(lambda right: np.diff(right, axis=0)), f"You return differences between the bins. {AVERAGE}"),
    (_per_column(np.median, np.median), f"You took medians. {AVERAGE}"),
    (_per_column(np.median, np.mean), f"You took the median of the masses. {AVERAGE}"),
    (_per_column(np.mean, np.median), f"You took the median of the metallicities. {AVERAGE}"),
    *(
        (
            _of_parts(statistic),
            "You return one number per bin, a mean over masses and metallicities together. Take the mean of each "
            "column "
            "(`axis=0`).",
        )
        for statistic in (np.mean, lambda part: [part.mean()])
    ),
    (_per_column(np.sum, np.sum), f"You took sums over the galaxies of a bin. {AVERAGE}"),
    *(
        (
            _per_column(lambda values, ddof=ddof: values.std(ddof=ddof) if len(values) > ddof else np.nan, spread),
            f"You took standard deviations. {AVERAGE}",
        )
        for ddof, spread in ((0, np.std), (1, lambda values: values.std(ddof=1) if len(values) > 1 else np.nan))
    ),
    *(
        (_per_column(lambda values, i=i: values[i], np.mean), f"You return the {name} mass of each bin. {AVERAGE}")
        for i, name in ((0, "lowest"), (-1, "highest"))
    ),
    *(
        (
            _of_parts(lambda part, i=i: part[i]),
            f"You return the {name} galaxy of each bin. {AVERAGE}",
        )
        for i, name in ((0, "first"), (-1, "last"))
    ),
    (
        _per_column(lambda values: (values[0] + values[-1]) / 2, np.mean),
        "You return the centre of each bin, halfway between its lowest and highest mass. Return the mean mass.",
    ),
    (
        _per_column(lambda values: values[len(values) // 2], np.mean),
        "You return the mass of the galaxy in the middle of each bin. Return the mean of the masses.",
    ),
    (
        _per_column(np.max, np.max),
        f"You return the largest values of each bin. {AVERAGE}",
    ),
    (
        _per_column(_log_of_mean, np.mean),
        "You averaged the masses themselves (10 to the power of the column), and took the logarithm of the mean. "
        "Average the column as it is.",
    ),
    (
        _per_column(np.mean, _log_of_mean),
        "You averaged the oxygen abundances (10 to the power of the column), and took the logarithm of the mean. "
        "Average the column as it is.",
    ),
    (
        _per_column(_log_of_mean, _log_of_mean),
        "You averaged 10 to the power of the columns, and took the logarithm. Average the columns as they are.",
    ),
    (
        _per_column(lambda values: np.mean(10**values), np.mean),
        "You return masses, 10 to the power of the column. Average the logarithms as they are.",
    ),
    (
        _per_column(lambda values: np.log10(values.mean()), np.mean),
        "You took the logarithm of the masses, which are logarithms already. Average the column as it is.",
    ),
    (
        _per_column(lambda values: np.log10(values).mean(), np.mean),
        "You took the logarithm of the masses, which are logarithms already. Average the column as it is.",
    ),
    (
        _of_rows(lambda table: _nan_last(table)),
        f"Some of your means are NaN. {NAN_FIRST}",
    ),
    (
        _of_rows(lambda table: in_order(table[~np.isnan(table[:, MASS])])),
        "You left out the galaxies with unknown mass. Leave out those with unknown metallicity, too.",
    ),
    (
        _of_rows(lambda table: _nan_last(table[~np.isnan(table[:, METALLICITY])])),
        "You left out the galaxies with unknown metallicity. Leave out those with unknown mass, too.",
    ),
    (
        _skip_nan(lambda table: table),
        f"Your means leave out NaN, but galaxies with NaN are counted when you divide them into bins. {NAN_FIRST}",
    ),
    *(
        (
            _skip_nan(lambda table, column=column: table[~np.isnan(table[:, column])]),
            f"You leave out the galaxies with NaN in one column only, or too late: galaxies with unknown {name} still "
            f"count in a bin. {NAN_FIRST}",
        )
        for column, name in ((MASS, "metallicity"), (METALLICITY, "mass"))
    ),
    (
        _of_rows(lambda table: in_order(table[~np.isnan(table).all(axis=1)])),
        "You left out only the galaxies with NaN in both columns. Leave out those with NaN in one of them, too.",
    ),
    (_of_rows(lambda table: in_order(np.nan_to_num(table))), f"You replaced NaN by 0. {NAN_FIRST}"),
    *(
        (
            _of_rows(lambda table, statistic=statistic: in_order(_fill(table, statistic))),
            f"You replaced NaN by the {name} of the column. {NAN_FIRST}",
        )
        for statistic, name in ((np.mean, "mean"), (np.median, "median"))
    ),
    *(
        (
            lambda table, n_bins, statistic=statistic: relation(
                np.column_stack([_fill(table, statistic)[:, MASS], table[:, METALLICITY]]), n_bins
            ),
            f"You replaced an unknown mass by the {name} of the column. {NAN_FIRST}",
        )
        for statistic, name in ((np.mean, "mean"), (np.median, "median"), (lambda _: 0.0, "number 0 instead"))
    ),
    *(
        (
            lambda table, n_bins, statistic=statistic: relation(
                np.column_stack([table[:, MASS], _fill(table, statistic)[:, METALLICITY]]), n_bins
            ),
            f"You replaced an unknown metallicity by the {name} of the column. {NAN_FIRST}",
        )
        for statistic, name in ((np.mean, "mean"), (np.median, "median"), (lambda _: 0.0, "number 0 instead"))
    ),
    (
        _each_column_cleaned,
        "You left out the NaN of each column separately, so the rows don't match any more. Leave out whole galaxies.",
    ),
    (
        lambda table, n_bins: _means(
            [in_order(known(table))[:end] for end in np.cumsum(bin_sizes(len(known(table)), n_bins))]
        ),
        "Each of your bins contains the galaxies of all bins before it, too: each galaxy belongs to one bin.",
    ),
    *(
        (
            _on_result(lambda right, n=n: right.round(n)),
            f"You rounded the means to {n} decimal{'s' * (n != 1)}: don't round them.",
        )
        for n in range(5)
    ),
    (_on_result(np.trunc), "You converted the means to integers, which cuts off the decimals."),
    (
        _on_result(np.float16),
        "Your means are rounded to about three digits (half precision): use float32 or float64.",
    ),
)

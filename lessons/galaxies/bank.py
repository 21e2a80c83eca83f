"""Typical wrong answers to the exercises on the galaxies, with words of their hints, and other right ones."""

import csv
import math

import numpy as np
import pandas as pd

from galviz.course.bank import Bank

bank = Bank()


def _right(path):
    return pd.read_csv(path, dtype={"objID": str}).set_index("objID")


@bank.wrong("galaxies.1", "Your ids are integers")
def ids_as_ints(path):
    return pd.read_csv(path).set_index("objID")


@bank.wrong("galaxies.1", "Your ids are floats")
def ids_as_floats(path):
    return pd.read_csv(path, dtype={"objID": float}, index_col="objID")


@bank.wrong("galaxies.1", "how a float is written")
def floats_converted_to_text(path):
    table = pd.read_csv(path, dtype={"objID": float})
    return table.assign(objID=table["objID"].map(str)).set_index("objID")


@bank.wrong("galaxies.1", "you read it as a float")
def floats_converted_to_ints_to_text(path):
    table = pd.read_csv(path, dtype={"objID": float})
    return table.assign(objID=[str(int(number)) for number in table["objID"]]).set_index("objID")


@bank.wrong("galaxies.1", "zeros at its beginning are lost")
def text_too_late(path):
    table = pd.read_csv(path)
    return table.assign(objID=table["objID"].astype(str)).set_index("objID")


@bank.wrong("galaxies.1", "added or removed zeros")
def filled_with_zeros(path):
    table = pd.read_csv(path, dtype={"objID": str})
    return table.assign(objID=table["objID"].str.zfill(19)).set_index("objID")


@bank.wrong("galaxies.1", "upper and lower case. Leave each id")
def ids_in_capitals(path):
    table = _right(path)
    table.index = table.index.str.upper()
    return table


@bank.wrong("galaxies.1", "still a column: make objID the index")
def ids_left_as_column(path):
    return pd.read_csv(path, dtype={"objID": str})


@bank.wrong("galaxies.1", "still a column as well")
def ids_twice(path):
    return pd.read_csv(path, dtype={"objID": str}).set_index("objID", drop=False)


@bank.wrong("galaxies.1", "the index has no name")
def index_without_a_name(path):
    table = pd.read_csv(path, dtype={"objID": str})
    table.index = table.pop("objID").tolist()
    return table


@bank.wrong("galaxies.1", "the name of the index is 'id'")
def index_with_another_name(path):
    return _right(path).rename_axis("id")


@bank.wrong("galaxies.1", "is text too")
def all_text(path):
    return pd.read_csv(path, dtype=str).set_index("objID")


@bank.wrong("galaxies.1", "each galaxy with an empty cell")
def rows_with_a_missing_number_dropped(path):
    return _right(path).dropna()


@bank.wrong("galaxies.1", "`drop_duplicates` removes one")
def equal_numbers_taken_for_one_galaxy(path):
    return _right(path).drop_duplicates()


@bank.wrong("galaxies.1", "whose id contains letters")
def ids_of_digits_only(path):
    table = _right(path)
    return table[table.index.str.isdigit()]


@bank.wrong("galaxies.1", "the first row is missing")
def first_row_skipped(path):
    return _right(path).iloc[1:]


@bank.wrong("galaxies.1", "the last 2 rows are missing")
def the_first_five_rows(path):
    return _right(path).head()


@bank.wrong("galaxies.1", "You sorted them by id")
def sorted_by_id(path):
    return _right(path).sort_index()


@bank.wrong("galaxies.1", "in the order of the file")
def sorted_by_label(path):
    table = _right(path)
    return table.sort_values(table.columns[0])


@bank.wrong("galaxies.1", "has no values in this file")
def empty_columns_dropped(path):
    return _right(path).dropna(axis=1, how="all")


@bank.wrong("galaxies.1", "each column with an empty cell")
def columns_with_a_missing_number_dropped(path):
    return _right(path).dropna(axis=1)


@bank.wrong("galaxies.1", "each column of text")
def numbers_only(path):
    return _right(path).select_dtypes("number")


@bank.wrong("galaxies.1", "the first column of the file the index")
def first_column_as_the_index(path):
    return pd.read_csv(path, dtype={"objID": str}, index_col=0)


@bank.wrong("galaxies.1", "The first line of the file became a row")
def no_header(path):
    table = pd.read_csv(path, dtype=str, header=None)
    place = table.iloc[0].tolist().index("objID")
    return table.rename(columns=dict(enumerate(table.iloc[0]))).rename(columns={place: "objID"}).set_index("objID")


@bank.wrong("galaxies.1", "You changed the names of the columns")
def small_letters(path):
    return _right(path).rename(columns=str.lower)


@bank.wrong("galaxies.1", "You sorted them by name")
def columns_sorted(path):
    return _right(path).sort_index(axis=1)


@bank.wrong("galaxies.1", "You rounded its numbers to 2 decimals")
def rounded_numbers(path):
    return _right(path).round(2)


@bank.wrong("galaxies.1", "The empty cell became 0.")
def filled_with_zero(path):
    return _right(path).fillna(0)


@bank.wrong("galaxies.1", "This is how Python writes a missing value")
def each_text_cell_converted_to_text(path):
    table = _right(path)
    return table.assign(**{name: table[name].map(str) for name in table.select_dtypes("str")})


@bank.wrong("galaxies.1", "did you set `keep_default_na`")
def empty_cells_kept(path):
    return pd.read_csv(path, dtype={"objID": str}, keep_default_na=False).set_index("objID")


@bank.wrong("galaxies.1", "The number -99 became NaN. Some surveys")
def marks_of_missing_numbers_replaced(path):
    return _right(path).replace([-99, -999], math.nan)


@bank.wrong("galaxies.1", "the mean of the column")
def filled_with_the_mean(path):
    table = _right(path)
    return table.fillna(table.mean(numeric_only=True))


@bank.wrong("galaxies.1", "pandas looks up the rows")
def aligned_by_a_new_index(path):
    table = pd.read_csv(path, dtype={"objID": str})
    return pd.DataFrame(table.drop(columns="objID"), index=pd.Index(table["objID"]))


@bank.wrong("galaxies.1", "float16")
def half_precision(path):
    table = _right(path)
    return table.astype(dict.fromkeys(table.select_dtypes("float").columns, "float16"))


@bank.wrong("galaxies.1", "`squeeze` does this")
def squeezed(path):
    table = _right(path)
    return table.squeeze("columns")


@bank.wrong("galaxies.1", "rely on objID only")
def columns_of_the_first_file(path):
    return _right(path)[["oh_p50", "survey", "run"]]


@bank.wrong("galaxies.1", "if `path` is of type str")
def methods_of_paths(path):
    with path.open() as file:
        return pd.read_csv(file, dtype={"objID": str}).set_index("objID")


@bank.wrong("galaxies.1", "a file that doesn't exist")
def fixed_path(path):
    return pd.read_csv("survey/master.csv", dtype={"objID": str}).set_index("objID")


@bank.wrong("galaxies.1", "Its numbers are in the wrong rows")
def each_column_sorted(path):
    table = _right(path)
    return table.assign(**{name: np.sort(table[name]) for name in table.select_dtypes("number")})


@bank.wrong("galaxies.1", "table of an earlier file")
def first_file_only(path, cache=[]):  # noqa: B006 (the mistake)
    cache.append(_right(path))
    return cache[0]


@bank.right("galaxies.1")
def index_while_reading(path):
    return pd.read_csv(path, index_col="objID", converters={"objID": str})


@bank.right("galaxies.1")
def all_text_then_numbers(path):
    table = pd.read_csv(path, dtype=object).set_index("objID")
    for name in table.columns:
        try:
            table[name] = pd.to_numeric(table[name])
        except ValueError:
            continue
    return table


@bank.right("galaxies.1")
def row_by_row(path):
    def value(cell):
        try:
            return float(cell) if cell else math.nan
        except ValueError:
            return cell

    with open(path, newline="", encoding="utf-8") as file:  # noqa: PTH123 (as a student would)
        rows = list(csv.DictReader(file))
    ids = pd.Index([row.pop("objID") for row in rows], name="objID")
    return pd.DataFrame([{name: value(cell) for name, cell in row.items()} for row in rows], index=ids)


@bank.right("galaxies.1")
def nullable_types(path):
    return pd.read_csv(path, converters={"objID": str}, dtype_backend="numpy_nullable").set_index("objID")


@bank.right("galaxies.1")
def empty_text(path):
    table = _right(path)
    return table.fillna(dict.fromkeys(table.select_dtypes("str").columns, ""))


@bank.right("galaxies.1")
def in_float32(path):
    table = _right(path)
    return table.astype(dict.fromkeys(table.select_dtypes("float").columns, "float32"))


@bank.wrong("galaxies.2", "a power of e")
def natural(metallicity):
    return 1e6 * np.exp(metallicity - 12)


@bank.wrong("galaxies.2", "The 12 is missing in your exponent")
def without_the_twelve(metallicity):
    return 1e6 * 10**metallicity


@bank.wrong("galaxies.2", "per hydrogen atom. Multiply by a million")
def per_atom(metallicity):
    return 10 ** (metallicity - 12)


@bank.wrong("galaxies.2", "the ratio in percent")
def in_percent(metallicity):
    return 100 * 10 ** (metallicity - 12)


@bank.wrong("galaxies.2", "You took a logarithm")
def another_logarithm(metallicity):
    return 1e6 * (np.log10(metallicity) - 12)


@bank.wrong("galaxies.2", "logarithm of a negative number")
def logarithm_of_a_negative_number(metallicity):
    with np.errstate(invalid="ignore"):
        return 1e6 * np.log10(np.asarray(metallicity) - 12)


@bank.wrong("galaxies.2", "still a logarithm")
def not_undone(metallicity):
    return 1e6 * (metallicity - 12)


@bank.wrong("galaxies.2", "`**`, not `*`")
def multiplied_by_ten(metallicity):
    return 1e6 * 10 * (metallicity - 12)


@bank.wrong("galaxies.2", "Your ratio is inverted")
def inverted(metallicity):
    return 10 ** (12 - metallicity)


@bank.wrong("galaxies.2", "is multiplied by 3")
def another_base(metallicity):
    return 1e6 * 3.0 ** (metallicity - 12)


@bank.wrong("galaxies.2", "Each of your counts is 10 times the right one")
def eleven_for_twelve(metallicity):
    return 1e6 * 10 ** (metallicity - 11)


@bank.wrong("galaxies.2", "the count for the Sun")
def always_the_sun(metallicity):
    return 490.0


@bank.wrong("galaxies.2", "to whole atoms")
def rounded(metallicity):
    return np.round(1e6 * 10 ** (metallicity - 12))


@bank.wrong("galaxies.2", "3 significant digits")
def as_the_page_shows_it(metallicity):
    return np.vectorize(lambda value: float(f"{10 ** (value - 6):.3g}"))(metallicity)


@bank.wrong("galaxies.2", "float16")
def in_half_precision(metallicity):
    return np.float16(10 ** (metallicity - 6))


@bank.wrong("galaxies.2", "You clipped the counts at")
def clipped(metallicity):
    return np.clip(10 ** (metallicity - 6), 1, 1e4)


@bank.wrong("galaxies.2", "is added to each of your counts")
def something_added(metallicity):
    return 10 ** (metallicity - 6) + 1e-3


@bank.wrong("galaxies.2", "You return 0 for an unknown metallicity")
def unknown_as_zero(metallicity):
    return np.nan_to_num(1e6 * 10 ** (metallicity - 12))


@bank.wrong("galaxies.2", "You left out the unknown metallicities")
def unknown_left_out(metallicity):
    metallicity = np.asarray(metallicity)
    return 10 ** (metallicity[~np.isnan(metallicity)] - 6)


@bank.wrong("galaxies.2", "the mean of the other metallicities")
def unknown_as_the_mean(metallicity):
    if np.isnan(metallicity).all():
        return metallicity
    return 10 ** (np.where(np.isnan(metallicity), np.nanmean(metallicity), metallicity) - 6)


@bank.wrong("galaxies.2", "only in its own place")
def one_unknown_spoils_all(metallicity):
    return 10 ** (metallicity - 6) * (1 + 0 * np.sum(metallicity))


@bank.wrong("galaxies.2", "Return the number itself")
def always_an_array(metallicity):
    return 10 ** (np.atleast_1d(metallicity) - 6)


@bank.wrong("galaxies.2", "in one row")
def flattened(metallicity):
    counts = 10 ** (metallicity - 6)
    return counts.ravel() if np.ndim(counts) > 1 else counts


@bank.wrong("galaxies.2", "axes of length 1")
def squeezed_counts(metallicity):
    return np.squeeze(10 ** (metallicity - 6))


@bank.wrong("galaxies.2", "the first metallicity only")
def first_galaxy_only(metallicity):
    return np.full(np.shape(metallicity), 10 ** (np.ravel(metallicity)[0] - 6))


@bank.wrong("galaxies.2", "You return the mean over the galaxies")
def mean_of_the_counts(metallicity):
    return np.nanmean(10 ** (metallicity - 6)) if np.ndim(metallicity) else 10 ** (metallicity - 6)


@bank.wrong("galaxies.2", "for a single float, but raises TypeError for an array")
def single_numbers_only(metallicity):
    return 1e6 * math.pow(10, metallicity - 12)


@bank.wrong("galaxies.2", "for an array, but raises")
def arrays_only(metallicity):
    counts = metallicity.copy()
    counts[...] = 10 ** (metallicity - 6)
    return counts


@bank.wrong("galaxies.2", "an array with one axis, but raises")
def one_axis_only(metallicity):
    if isinstance(metallicity, float):
        return math.pow(10, metallicity - 6)
    return np.array([math.pow(10, value - 6) for value in metallicity])


@bank.wrong("galaxies.2", "work on a copy")
def in_place(metallicity):
    metallicity -= 6
    return 10**metallicity


@bank.wrong("galaxies.2", "is None: does the function end with `return`?")
def without_a_return(metallicity):
    10 ** (metallicity - 6)


@bank.wrong("galaxies.2", "for a metallicity of 2.1")
def usual_range_only(metallicity):
    if not np.all((np.asarray(metallicity) > 7) & (np.asarray(metallicity) < 9.5)):
        raise ValueError("no such galaxy")
    return 10 ** (metallicity - 6)


@bank.wrong("galaxies.2", "You return text")
def formatted(metallicity):
    return f"{10 ** (metallicity - 6):.2f}"


@bank.wrong("galaxies.2", "don't centre or normalise")
def percent_of_the_largest(metallicity):
    return 100 * 10 ** (metallicity - np.nanmax(metallicity))


@bank.right("galaxies.2")
def twelve_minus_six(metallicity):
    return np.power(10.0, np.asarray(metallicity, dtype=np.float32) - 6)


@bank.right("galaxies.2")
def by_the_natural_logarithm(metallicity):
    return np.exp((metallicity - 6) * np.log(10))


@bank.right("galaxies.2")
def lists_of_numbers(metallicity):
    def convert(values):
        return [convert(value) for value in values] if isinstance(values, list) else 10**values / 1_000_000

    return convert(np.asarray(metallicity).tolist())


def _ordered(catalogue):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    return known.sort_values("log_mass_msun", kind="stable").to_numpy()


def _means_of_parts(rows, n_bins):
    return np.array([part.mean(axis=0) for part in np.array_split(rows, n_bins)])


@bank.wrong("galaxies.3", "You didn't sort the galaxies")
def unsorted(catalogue, n_bins):
    return _means_of_parts(catalogue[["log_mass_msun", "metallicity"]].dropna().to_numpy(), n_bins)


@bank.wrong("galaxies.3", "sorted by metallicity")
def sorted_by_metallicity(catalogue, n_bins):
    rows = _ordered(catalogue)
    return _means_of_parts(rows[np.argsort(rows[:, 1], kind="stable")], n_bins)


@bank.wrong("galaxies.3", "sorted mass and metallicity separately")
def sorted_separately(catalogue, n_bins):
    return _means_of_parts(np.sort(_ordered(catalogue), axis=0), n_bins)


@bank.wrong("galaxies.3", "from high to low mass")
def heavy_first(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue)[::-1], n_bins)


@bank.wrong("galaxies.3", "isn't *stable*")
def default_sort(catalogue, n_bins):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    return _means_of_parts(known.sort_values("log_mass_msun").to_numpy(), n_bins)


@bank.wrong("galaxies.3", "equal widths in mass")
def equal_widths(catalogue, n_bins):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    return known.groupby(pd.cut(known["log_mass_msun"], n_bins), observed=False).mean().to_numpy()


@bank.wrong("galaxies.3", "fail if masses are equal")
def quantiles(catalogue, n_bins):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    return known.groupby(pd.qcut(known["log_mass_msun"], n_bins), observed=False).mean().to_numpy()


@bank.wrong("galaxies.3", "each counts")
def equal_galaxies_once(catalogue, n_bins):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna().drop_duplicates()
    return _means_of_parts(known.sort_values("log_mass_msun", kind="stable").to_numpy(), n_bins)


@bank.wrong("galaxies.3", "in the order of their ids")
def sorted_by_id_first(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue.sort_index()), n_bins)


@bank.wrong("galaxies.3", "at quantiles")
def quantiles_of_mass(catalogue, n_bins):
    known = catalogue[["log_mass_msun", "metallicity"]].dropna()
    return known.groupby(pd.qcut(known["log_mass_msun"], n_bins, labels=False, duplicates="drop")).mean()


@bank.wrong("galaxies.3", "medians")
def medians(catalogue, n_bins):
    return np.array([np.median(part, axis=0) for part in np.array_split(_ordered(catalogue), n_bins)])


@bank.wrong("galaxies.3", "one number per column")
def means_over_the_wrong_axis(catalogue, n_bins):
    return [part.mean(axis=1) for part in np.array_split(_ordered(catalogue), n_bins)]


@bank.wrong("galaxies.3", "The columns are exchanged")
def metallicity_first(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue), n_bins)[:, ::-1]


@bank.wrong("galaxies.3", "transposed")
def one_row_per_column(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue), n_bins).T


@bank.wrong("galaxies.3", "return two things")
def two_arrays(catalogue, n_bins):
    means = _means_of_parts(_ordered(catalogue), n_bins)
    return means[:, 0], means[:, 1]


@bank.wrong("galaxies.3", "only the metallicities")
def metallicities_alone(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue), n_bins)[:, 1]


@bank.wrong("galaxies.3", "The last galaxies are missing")
def remainder_left_out(catalogue, n_bins):
    rows = _ordered(catalogue)
    size = len(rows) // n_bins
    return [rows[start * size : (start + 1) * size].mean(axis=0) for start in range(n_bins)]


@bank.wrong("galaxies.3", "into the last bin")
def remainder_in_the_last(catalogue, n_bins):
    rows = _ordered(catalogue)
    size = len(rows) // n_bins
    parts = [rows[i * size : (i + 1) * size if i < n_bins - 1 else None] for i in range(n_bins)]
    return [part.mean(axis=0) for part in parts]


@bank.wrong("galaxies.3", "for the number of galaxies per bin")
def bins_of_that_size(catalogue, n_bins):
    rows = _ordered(catalogue)
    return [rows[start : start + n_bins].mean(axis=0) for start in range(0, len(rows), n_bins)]


@bank.wrong("galaxies.3", "always return 10 bins")
def ten_bins(catalogue, n_bins):
    rows = _ordered(catalogue)
    edges = np.cumsum([len(rows) // 10 + (i < len(rows) % 10) for i in range(10)])
    return [rows[a:b].mean(axis=0) if b > a else [np.nan] * 2 for a, b in zip([0, *edges[:-1]], edges, strict=True)]


@bank.wrong("galaxies.3", "one bin too few")
def one_bin_too_few(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue), max(n_bins - 1, 1))


@bank.wrong("galaxies.3", "are counted when you divide")
def nan_ignored_in_the_means(catalogue, n_bins):
    rows = catalogue[["log_mass_msun", "metallicity"]].sort_values("log_mass_msun", kind="stable").to_numpy()
    return [np.nanmean(part, axis=0) for part in np.array_split(rows, n_bins)]


@bank.wrong("galaxies.3", "Some of your means are NaN")
def nan_left_in(catalogue, n_bins):
    rows = catalogue[["log_mass_msun", "metallicity"]].sort_values("log_mass_msun", kind="stable").to_numpy()
    return _means_of_parts(rows, n_bins)


@bank.wrong("galaxies.3", "replaced NaN by 0")
def nan_as_zero(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue.fillna({"log_mass_msun": 0, "metallicity": 0})), n_bins)


@bank.wrong("galaxies.3", "by the mean of the column")
def nan_as_the_mean(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue.fillna(catalogue.mean(numeric_only=True))), n_bins)


@bank.wrong("galaxies.3", "those with unknown metallicity, too")
def unknown_masses_alone_dropped(catalogue, n_bins):
    rows = catalogue.dropna(subset="log_mass_msun").sort_values("log_mass_msun", kind="stable")
    return _means_of_parts(rows[["log_mass_msun", "metallicity"]].to_numpy(), n_bins)


@bank.wrong("galaxies.3", "another column, with NaN")
def any_nan_dropped(catalogue, n_bins):
    rows = catalogue.dropna()[["log_mass_msun", "metallicity"]].sort_values("log_mass_msun", kind="stable")
    return _means_of_parts(rows.to_numpy(), n_bins) if len(rows) else np.zeros((n_bins, 2))


@bank.wrong("galaxies.3", "changes the catalogue: its rows")
def rows_dropped_in_place(catalogue, n_bins):
    catalogue.dropna(subset=["log_mass_msun", "metallicity"], inplace=True)  # noqa: PD002 (the mistake)
    return _means_of_parts(_ordered(catalogue), n_bins)


@bank.wrong("galaxies.3", "changes the catalogue: the order")
def sorted_in_place(catalogue, n_bins):
    catalogue.sort_values("log_mass_msun", kind="stable", inplace=True)  # noqa: PD002 (the mistake)
    return _means_of_parts(_ordered(catalogue), n_bins)


@bank.wrong("galaxies.3", "to 2 decimals")
def rounded_means(catalogue, n_bins):
    return _means_of_parts(_ordered(catalogue), n_bins).round(2)


@bank.wrong("galaxies.3", "averaged the masses themselves")
def mean_of_the_linear_mass(catalogue, n_bins):
    means = _means_of_parts(_ordered(catalogue), n_bins)
    means[:, 0] = [np.log10(np.mean(10 ** part[:, 0])) for part in np.array_split(_ordered(catalogue), n_bins)]
    return means


@bank.wrong("galaxies.3", "the galaxies of each bin")
def not_averaged_yet(catalogue, n_bins):
    return np.array_split(_ordered(catalogue), n_bins)


@bank.wrong("galaxies.3", "Choose them by name")
def first_two_columns(catalogue, n_bins):
    rows = catalogue.iloc[:, :2].dropna().to_numpy()
    return _means_of_parts(rows[np.argsort(rows[:, 0], kind="stable")], n_bins)


@bank.right("galaxies.3")
def by_ranks(catalogue, n_bins):
    known = catalogue.dropna(subset=["log_mass_msun", "metallicity"])
    rank = known["log_mass_msun"].rank(method="first").astype(int) - 1
    size, n_larger = divmod(len(known), n_bins)
    place = np.where(rank < n_larger * (size + 1), rank // (size + 1), (rank - n_larger) // max(size, 1))
    return known[["log_mass_msun", "metallicity"]].groupby(place).mean()


@bank.right("galaxies.3")
def plain_lists(catalogue, n_bins):
    pairs = zip(catalogue["log_mass_msun"].tolist(), catalogue["metallicity"].tolist(), strict=True)
    pairs = sorted((pair for pair in pairs if pair[0] == pair[0] and pair[1] == pair[1]), key=lambda pair: pair[0])
    size, n_larger = divmod(len(pairs), n_bins)
    means, start = [], 0
    for place in range(n_bins):
        end = start + size + (place < n_larger)
        means.append(tuple(sum(values) / (end - start) for values in zip(*pairs[start:end], strict=True)))
        start = end
    return means


@bank.right("galaxies.3")
def split_indices_in_float32(catalogue, n_bins):
    mass, metallicity = (catalogue[name].to_numpy() for name in ("log_mass_msun", "metallicity"))
    known = np.flatnonzero(np.isfinite(mass) & np.isfinite(metallicity))
    order = known[np.argsort(mass[known], kind="mergesort")]
    parts = np.array_split(order, n_bins)
    return np.array([[mass[part].mean(), metallicity[part].mean()] for part in parts], dtype=np.float32)

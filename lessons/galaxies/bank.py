"""Answers to the exercises on the galaxies: typical wrong ones with their hints, right ones written otherwise."""

import csv
import math

import numpy as np
import pandas as pd

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("galaxies.1", "of type int, whole numbers")
def ids_as_ints(path):
    return pd.read_csv(path).set_index("objID")


@bank.wrong("galaxies.1", "The ids are floats")
def ids_as_floats(path):
    return pd.read_csv(path, dtype={"objID": float}, index_col="objID")


@bank.wrong("galaxies.1", "how a float is written")
def floats_turned_into_text(path):
    table = pd.read_csv(path, dtype={"objID": float})
    return table.assign(objID=table["objID"].map(str)).set_index("objID")


@bank.wrong("galaxies.1", "on its way it was a float")
def floats_turned_into_ints_into_text(path):
    table = pd.read_csv(path, dtype={"objID": float})
    return table.assign(objID=[str(int(each)) for each in table["objID"]]).set_index("objID")


@bank.wrong("galaxies.1", "zeros at its beginning are gone")
def text_too_late(path):
    table = pd.read_csv(path)
    return table.assign(objID=table["objID"].astype(str)).set_index("objID")


@bank.wrong("galaxies.1", "still a column: make objID the index")
def ids_left_a_column(path):
    return pd.read_csv(path, dtype={"objID": str})


@bank.wrong("galaxies.1", "still a column as well")
def ids_twice(path):
    return pd.read_csv(path, dtype={"objID": str}).set_index("objID", drop=False)


@bank.wrong("galaxies.1", "the index has no name")
def index_without_a_name(path):
    table = pd.read_csv(path, dtype={"objID": str})
    table.index = table.pop("objID").tolist()
    return table


@bank.wrong("galaxies.1", "turned to text too")
def all_text(path):
    return pd.read_csv(path, dtype=str).set_index("objID")


@bank.wrong("galaxies.1", "even where its label is empty")
def rows_without_a_label_dropped(path):
    return pd.read_csv(path, dtype={"objID": str}).dropna().set_index("objID")


@bank.wrong("galaxies.1", "the file's first column the index")
def first_column_as_the_index(path):
    return pd.read_csv(path, dtype={"objID": str}, index_col=0)


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


@bank.wrong("galaxies.2", "e to the power")
def natural(metallicity):
    return 1e6 * np.exp(metallicity - 12)


@bank.wrong("galaxies.2", "You forgot the 12")
def without_the_twelve(metallicity):
    return 1e6 * 10**metallicity


@bank.wrong("galaxies.2", "per hydrogen atom")
def per_atom(metallicity):
    return 10 ** (metallicity - 12)


@bank.wrong("galaxies.2", "per cent")
def in_per_cent(metallicity):
    return 100 * 10 ** (metallicity - 12)


@bank.wrong("galaxies.2", "logarithm of it again")
def logarithm_again(metallicity):
    return 12 + np.log10(metallicity)


@bank.wrong("galaxies.2", "upside down")
def upside_down(metallicity):
    return 10 ** (12 - metallicity)


@bank.wrong("galaxies.2", "rounded to whole atoms")
def rounded(metallicity):
    return np.round(1e6 * 10 ** (metallicity - 12))


@bank.wrong("galaxies.2", "three digits")
def as_the_page_shows_it(metallicity):
    return np.vectorize(lambda value: float(f"{10 ** (value - 6):.3g}"))(metallicity)


@bank.wrong("galaxies.2", "NaN must stay NaN")
def unknown_as_zero(metallicity):
    return np.nan_to_num(1e6 * 10 ** (metallicity - 12))


@bank.wrong("galaxies.2", "not an array")
def one_number_alone(metallicity):
    return 1e6 * math.pow(10, metallicity - 12)


@bank.wrong("galaxies.2", "work on a copy")
def in_place(metallicity):
    metallicity -= 6
    return 10**metallicity


@bank.right("galaxies.2")
def twelve_less_six(metallicity):
    return np.power(10.0, np.asarray(metallicity, dtype=np.float32) - 6)


@bank.right("galaxies.2")
def by_the_natural_logarithm(metallicity):
    return np.exp((metallicity - 6) * np.log(10))


@bank.right("galaxies.2")
def lists_of_numbers(metallicity):
    if isinstance(metallicity, float):
        return 10**metallicity / 1_000_000
    return (
        [[10**each / 1_000_000 for each in row] for row in metallicity]
        if metallicity.ndim > 1
        else [10**each / 1_000_000 for each in metallicity.tolist()]
    )


@bank.wrong("galaxies.1", "is missing. Each row of the file is a galaxy")
def the_first_five_rows(path):
    return pd.read_csv(path, dtype={"objID": str}).set_index("objID").head()


@bank.wrong("galaxies.1", "first line became a row")
def no_header(path):
    table = pd.read_csv(path, dtype=str, header=None)
    place = table.iloc[0].tolist().index("objID")
    return table.rename(columns=dict(enumerate(table.iloc[0]))).rename(columns={place: "objID"}).set_index("objID")


@bank.wrong("galaxies.1", "Missing in your table: 'nArms'")
def small_letters(path):
    table = pd.read_csv(path, dtype={"objID": str}).set_index("objID")
    return table.rename(columns=str.lower)


@bank.wrong("galaxies.2", "is None: does the function end with `return`?")
def without_a_return(metallicity):
    10 ** (metallicity - 6)


@bank.right("galaxies.1")
def converted_to_text(path):
    return pd.read_csv(path, converters={"objID": str}, dtype_backend="numpy_nullable").set_index("objID")

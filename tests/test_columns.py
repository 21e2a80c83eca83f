"""Columns: numbers as Python reads them, what counts as missing, and what keeps a column from being numbers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galviz.catalogue import read_catalogue
from galviz.columns import read_column
from galviz.missing import MISSING_WORDS, missing_marks


def read(*cells, name="x"):
    return read_column(name, ["\n".join(cells)], range(2, 2 + len(cells)))


def numbers(*cells, name="x"):
    found = read(*cells, name=name)
    assert found.cells.dtype == np.float64
    return found.cells.tolist()


GAP = pytest.approx([1.5, np.nan, 2.5], nan_ok=True)


WORDS = "N/A NA n/a nan NaN -nan null NULL None none - -- — masked #N/A #VALUE! #DIV/0! <NA> \\N"
NUMBERS = "-9999 -9999.0 -9999.000 -9.999e3 inf -Infinity 1e999"


@pytest.mark.parametrize("cell", ["", "no data", *WORDS.split(), *NUMBERS.split()])
def test_a_missing_value_is_none_and_counted(cell):
    assert numbers("1.5", cell, "2.5") == GAP
    assert read("1.5", cell, "2.5").missing == {cell: 1}
    # Integers too: there is no gap among integers.
    assert numbers("1", cell, "2") == pytest.approx([1, np.nan, 2], nan_ok=True)


def test_words_are_missing_in_text_too():
    found = read("disc", "N/A", "bulge", "", "disc", "-9999", "N/A")
    assert [None if pd.isna(each) else each for each in found.cells] == [
        "disc",
        None,
        "bulge",
        None,
        "disc",
        None,
        None,
    ]
    assert found.missing == {"N/A": 2, "": 1, "-9999": 1}
    assert found.mixed is None


@pytest.mark.parametrize(
    ("name", "cells", "missing"),
    [
        ("log_mass", ["9.5", "-99", "11.2"], [False, True, False]),
        ("log_mass", ["9.5", "-999.0", "-99.0", "11.2"], [False, True, True, False]),
        ("velocity", ["-120", "-99", "50"], [False] * 3),
        ("velocity", ["-40", "-99", "50"], [False] * 3),
        ("flux", ["-99", *map(str, range(0, 9000, 300))], [True, *[False] * 30]),
        ("flux", ["-99", "9000", "1", "20"], [False] * 4),  # too few to say
        ("modelMag_r", ["17.2", "99.0", "18.1"], [False, True, False]),
        ("inclination_deg", ["17.2", "99.0", "18.1"], [False] * 3),
        ("mag_r", ["95", "99", "101"], [False] * 3),
        ("x", ["-99", "-99"], [False] * 2),
        ("petroR50Err_r", ["0.1", "-1000", "0.3"], [False, True, False]),
        ("x", ["-9999", "-9998", "-10000"], [True, False, False]),
    ],
)
def test_marks_count_where_they_stand_apart(name, cells, missing):
    assert missing_marks(name, np.array(cells, dtype=float)).tolist() == missing
    found = read(*cells, name=name)
    assert np.isnan(found.cells.astype(float)).tolist() == missing


def test_a_colour_range_and_a_cause_are_of_what_was_measured():
    """-9999 in a column of 60 masses would squeeze all others into a thousandth of the range."""
    masses = [f"{9 + 0.03 * number:.2f}" for number in range(60)]
    for place in range(6):
        masses[place] = "-9999"
    text = "objID,mass\n" + "".join(f"g{number},{mass}\n" for number, mass in enumerate(masses))
    catalogue = read_catalogue(text.encode())
    assert catalogue.frame["mass"].min() == float(masses[6])
    assert catalogue.missing == {"mass": {"-9999": 6}}


@pytest.mark.parametrize(
    ("cells", "count", "example", "line"),
    [
        (["1", "2", "bad", "4", "bad"], 2, "bad", 4),
        (["1.2 Gyr", "2", "", "4"], 1, "1.2 Gyr", 2),
        (["1,234.5", "2,000.0"], 2, "1,234.5", 2),
        (["3,14", "2,7", "N/A"], 2, "3,14", 2),
        (["8.9±0.1", "9.0±0.2"], 2, "8.9±0.1", 2),
        (["1.5", "True", "2"], 1, "True", 3),
    ],
)
def test_text_that_is_meant_for_numbers_says_why_it_is_text(cells, count, example, line):
    found = read(*cells)
    assert found.cells.dtype == "str"
    assert (found.mixed.count, found.mixed.example, found.mixed.line) == (count, example, line)
    assert repr(example) in str(found.mixed)


@pytest.mark.parametrize(
    "cells", [["disc", "bulge"], ["007", "010"], ["a1", "7", "b2"], ["1237648702973411443", "1.5"]]
)
def test_text_that_is_text_says_nothing(cells):
    assert read(*cells).mixed is None


def test_a_decimal_comma_has_its_remedy():
    assert "decimal point" in str(read("3,14", "2,7").mixed)


def test_lines_are_those_of_the_file():
    text = "\nobjID,x\na,1\nb,2\nc,bad\nd,3\n"
    assert read_catalogue(text.encode()).mixed["x"].line == 5


@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False).flatmap(
            lambda value: st.sampled_from([repr(value), f"{value:+.3f}", f"{value:e}", f"{value:.17g}", f" {value} "])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_numbers_are_as_python_reads_them(cells):
    # A first cell in a form that the quick reading doesn't take sends all through the careful one.
    for first in ("0.5", "+0.5"):
        text = "objID,x\n" + "".join(f"g{number},{cell}\n" for number, cell in enumerate([first, *cells]))
        catalogue = read_catalogue(text.encode())
        found = catalogue.frame["x"].to_numpy(float)
        expected = np.array([float(cell) for cell in [first, *cells]])
        gone = np.isnan(found)
        assert gone.sum() == sum(catalogue.missing.get("x", {}).values())
        np.testing.assert_array_equal(found[~gone], expected[~gone])
        assert all(abs(value) > 90 for value in expected[gone])


@given(
    st.lists(st.text(st.characters(blacklist_characters='\r\n,"', codec="utf-8"), max_size=6), min_size=1, max_size=8)
)
def test_a_column_is_numbers_only_if_every_cell_is_one_or_missing(cells):
    cells = [cell.strip() for cell in cells]
    found = read(*cells)

    def is_number(cell):
        try:
            return "_" not in cell and not math.isnan(float(cell))
        except ValueError:
            return False

    if found.cells.dtype.kind in "if":
        assert all(is_number(cell) or cell.lower() in MISSING_WORDS for cell in cells)
    if not any(is_number(cell) for cell in cells):
        assert np.isnan(found.cells).all() if found.cells.dtype.kind == "f" else found.cells.dtype in ("str", bool)
    assert sum(found.missing.values()) == int(pd.isna(found.cells).sum())


@pytest.mark.parametrize("mark", ["-99.9000015", "-32768", "1e20", "3.4028235e+38", "-2147483648", "-9999.00001"])
def test_nulls_of_other_formats_are_missing_where_they_stand_apart(mark):
    column = read("9.5", "10.25", mark, "11.0", "10.5")
    assert column.missing == {mark: 1}
    assert np.isnan(column.cells[2])


def test_a_null_of_another_format_among_values_like_it_is_a_value():
    assert read("-40000", "-32768", "12", "30000").missing == {}
    assert read("1e19", "1e20", "5e20").missing == {}


@pytest.mark.parametrize("cells", [["Na", "Mg", "Fe"], ["-", "+", "?"], ["None", "Weak", "Strong"]])
def test_a_kind_that_looks_like_a_missing_value_is_a_kind(cells):
    assert read(*cells, *cells).missing == {}


@pytest.mark.parametrize("odd", ["00", "007", "-9223372036854775809"])
def test_a_cell_that_makes_numbers_text_is_told(odd):
    column = read("9.5", "10.5", "11.5", odd, "10.75")
    assert (column.mixed.count, column.mixed.given, column.mixed.example) == (1, 5, odd)

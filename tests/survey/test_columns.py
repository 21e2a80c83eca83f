"""Columns: parsed numbers and booleans, missing values, and why a column is text."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galviz.survey import columns
from galviz.survey.catalogue import read_catalogue
from galviz.survey.columns import read_column
from galviz.survey.missing import MISSING_WORDS
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.number_parsing import parse_number, underflows
from galviz.survey.table import open_table


def read_text(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "master.csv")
        path.write_bytes(text.encode())
        return read_catalogue(open_table(path))


def read(*cells, name="x"):
    return read_column(name, ["\n".join(cells)], range(2, 2 + len(cells)))


def numbers(*cells, name="x"):
    column = read(*cells, name=name)
    assert column.cells.dtype == np.float64
    return column.cells.tolist()


GAP = pytest.approx([1.5, np.nan, 2.5], nan_ok=True)


WORDS = "N/A NA n/a nan NaN -nan null NULL None none - -- — masked #N/A #VALUE! #DIV/0! <NA> \\N"
NUMBERS = "-9999 -9999.0 -9999.000 -9.999e3 inf -Infinity 1e999"


@pytest.mark.parametrize("cell", ["", "no data", *WORDS.split(), *NUMBERS.split()])
def test_missing_values_are_counted(cell):
    assert numbers("1.5", cell, "2.5") == GAP
    assert read("1.5", cell, "2.5").missing == {cell: 1}
    # Integers too: there is no gap among integers.
    assert numbers("1", cell, "2") == pytest.approx([1, np.nan, 2], nan_ok=True)


def test_missing_words_in_text():
    column = read("disc", "N/A", "bulge", "", "disc", "-9999", "N/A")
    assert [None if pd.isna(cell) else cell for cell in column.cells] == [
        "disc",
        None,
        "bulge",
        None,
        "disc",
        None,
        None,
    ]
    assert column.missing == {"N/A": 2, "": 1, "-9999": 1}
    assert column.mixed is None


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
def test_sentinels_outside_the_values(name, cells, missing):
    assert find_missing_numbers(name, np.array(cells, dtype=float)).missing.tolist() == missing
    column = read(*cells, name=name)
    assert np.isnan(column.cells.astype(float)).tolist() == missing


def test_colour_range_ignores_missing_values():
    """-9999 in a column of 60 masses would squeeze all others into a thousandth of the range."""
    masses = [f"{9 + 0.03 * number:.2f}" for number in range(60)]
    for place in range(6):
        masses[place] = "-9999"
    text = "objID,mass\n" + "".join(f"g{number},{mass}\n" for number, mass in enumerate(masses))
    catalogue = read_text(text)
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
def test_mixed_numbers(cells, count, example, line):
    column = read(*cells)
    assert column.cells.dtype == "str"
    assert (column.mixed.n_invalid, column.mixed.example, column.mixed.line) == (count, example, line)
    assert repr(example) in str(column.mixed)


@pytest.mark.parametrize(
    "cells", [["disc", "bulge"], ["007", "010"], ["a1", "7", "b2"], ["1237648702973411443", "1.5"]]
)
def test_text_is_not_mixed(cells):
    assert read(*cells).mixed is None


@pytest.mark.parametrize("word", ["unknown", "bad", "Ia", "x"])
def test_repeated_word_among_numbers(word):
    numbers = ["10.1", "10.3", "10.2", "9.8", "10.1"]
    for count in (1, 10, 500):
        column = read(*numbers, "", *[word] * count)
        assert (column.mixed.n_invalid, column.mixed.n_cells, column.mixed.example) == (count, count + 5, word)
        assert column.mixed.line == 8
    assert read(*numbers[:2], *[word] * 10).mixed is None
    assert read(*numbers, *[word] * 10, *["kind"] * 5).mixed is None
    assert read("007", "010", "011", *[word] * 3).mixed is None


@pytest.mark.parametrize(
    ("cells", "count", "odd", "form"),
    [
        (["True", "FALSE"], 1, "FALSE", ("True", "False")),
        (["", "true", "false", "", "false"], 2, "", ("true", "false")),
        (["TRUE", "N/A", "TRUE"], 1, "N/A", ("TRUE", "FALSE")),
        (["True", "-9999"], 1, "-9999", ("True", "False")),
        (["T", "F", ""], 1, "", ("T", "F")),
        (["F", "true", "T"], 1, "true", ("T", "F")),
    ],
)
def test_mixed_booleans(cells, count, odd, form):
    column = read(*cells)
    assert column.cells.dtype == "str"
    assert (column.mixed.n_invalid, column.mixed.n_cells, column.mixed.example) == (count, len(cells), odd)
    assert column.mixed.line == 2 + cells.index(odd)
    assert column.mixed.booleans == form
    assert all(word in str(column.mixed) for word in form)


@pytest.mark.parametrize("cells", [["T", "T", ""], ["F", ""], ["T", "F", "S"], ["True", "maybe"], ["t", "f"], ["", ""]])
def test_codes_are_not_booleans(cells):
    assert read(*cells).mixed is None


def test_decimal_comma():
    assert "decimal point" in str(read("3,14", "2,7").mixed)


def test_line_of_the_first_invalid_cell():
    text = "\nobjID,x\na,1\nb,2\nc,bad\nd,3\n"
    assert read_text(text).mixed["x"].line == 5


@settings(max_examples=50)
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False).flatmap(
            lambda value: st.sampled_from([repr(value), f"{value:+.3f}", f"{value:e}", f"{value:.17g}", f" {value} "])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_numbers_equal_those_of_float(cells):
    # A first cell in a form that the quick reading doesn't take sends all through the careful one.
    for first in ("0.5", "+0.5"):
        text = "objID,x\n" + "".join(f"g{number},{cell}\n" for number, cell in enumerate([first, *cells]))
        catalogue = read_text(text)
        values = catalogue.frame["x"].to_numpy(float)
        expected = np.array([float(cell) for cell in [first, *cells]])
        missing = np.isnan(values)
        assert missing.sum() == sum(catalogue.missing.get("x", {}).values())
        np.testing.assert_array_equal(values[~missing], expected[~missing])
        assert all(abs(value) >= 77 for value in expected[missing])


@settings(max_examples=50)
@given(
    st.lists(st.text(st.characters(blacklist_characters='\r\n,"', codec="utf-8"), max_size=6), min_size=1, max_size=8)
)
def test_type_of_random_columns(cells):
    cells = [cell.strip() for cell in cells]
    column = read(*cells)

    def is_number(cell):
        try:
            return "_" not in cell and not math.isnan(float(cell.replace("D", "e").replace("d", "e")))
        except ValueError:
            return False

    if column.cells.dtype.kind in "if":
        assert all(is_number(cell) or cell.lower() in MISSING_WORDS for cell in cells)
    if not any(is_number(cell) for cell in cells):
        assert np.isnan(column.cells).all() if column.cells.dtype.kind == "f" else column.cells.dtype in ("str", bool)
    assert sum(column.missing.values()) == int(pd.isna(column.cells).sum())


@pytest.mark.parametrize("mark", ["-99.9000015", "-32768", "1e20", "3.4028235e+38", "-2147483648", "-9999.00001"])
def test_sentinels_of_other_formats(mark):
    column = read("9.5", "10.25", mark, "11.0", "10.5")
    assert column.missing == {mark: 1}
    assert np.isnan(column.cells[2])


def test_sentinels_of_other_formats_among_values():
    assert read("-40000", "-32768", "12", "30000").missing == {}
    assert read("1e19", "1e20", "5e20").missing == {}


@pytest.mark.parametrize("cells", [["Na", "Mg", "Fe"], ["-", "+", "?"], ["None", "Weak", "Strong"]])
def test_categories_that_look_like_missing_words(cells):
    assert read(*cells, *cells).missing == {}


@pytest.mark.parametrize(
    ("cells", "n_invalid"),
    [
        (["9.5", "10.5", "11.5", "007"], 1),  # a quarter of the cells are codes
        (["9.5", "10.5", "007"], None),  # more than a quarter
        (["9.5", "10.5", "a", "b", "c"], 3),  # two fifths are numbers
        (["9.5", "10.5", "a", "b", "c", "d"], None),  # fewer
        (["9.5", "10.5", "11.5", "a", "a", "a", "a", "a", "a"], 6),  # one repeated word among three numbers
    ],
)
def test_shares_of_codes_and_words_that_make_a_column_text(cells, n_invalid):
    mixed = read(*cells).mixed
    assert (mixed and mixed.n_invalid) == n_invalid


def test_messages_count_the_cells():
    assert "1 of 1 cell isn't a number" in str(read("1.2 Gyr").mixed)
    assert "1 of 2 cells isn't a number" in str(read("1.2 Gyr", "3").mixed)
    assert "2 of 2 cells aren't numbers" in str(read("1.2 Gyr", "2 Gyr").mixed)


def test_plain_numbers_are_parsed_in_blocks(monkeypatch):
    monkeypatch.setattr(columns, "parse_number", None)  # which parses cell by cell
    assert numbers("1.5", "2.5", "3e2") == [1.5, 2.5, 300]


def test_a_carriage_return_inside_a_cell_makes_no_new_cell():
    assert list(read("1.5\r2.5", "3").cells) == ["1.5\r2.5", "3"]


@pytest.mark.parametrize("odd", ["00", "007", "-9223372036854775809"])
def test_digit_code_among_numbers(odd):
    column = read("9.5", "10.5", "11.5", odd, "10.75")
    assert (column.mixed.n_invalid, column.mixed.n_cells, column.mixed.example) == (1, 5, odd)


# --- sentinels --------------------------------------------------------------------------------------------------------

MAGNITUDES = [f"{17 + 0.137 * number:.3f}" for number in range(30)]
STEPS = [str(number) for number in range(0, 3000, 100)]
COUNTS = [str(number % 12) for number in range(50)]
VELOCITIES = [str(number) for number in range(-12000, 8000, 53)]
LARGE = [f"{1 + 0.07 * number:.2f}e18" for number in range(30)]


def missing_and_possible(*cells, name="x"):
    """Cells read as missing and as possibly missing; all other cells must keep their values."""
    column = read(*cells, name=name)
    values, missing = column.cells.astype(float), [cell for cell in cells if cell in column.missing]
    assert int(np.isnan(values).sum()) == sum(column.missing.values()) == len(missing)
    assert all(float(cell) == value for cell, value in zip(cells, values, strict=True) if cell not in column.missing)
    assert not set(column.missing) & set(column.possibly_missing)
    assert all(list(cells).count(cell) == count for cell, count in column.possibly_missing.items())
    return set(column.missing), set(column.possibly_missing)


@pytest.mark.parametrize("mark", ["99", "99.9", "-99", "-999.25"])
@pytest.mark.parametrize("name", ["u", "Ks", "g_r", "u-r", "err_r", "zphot", "W1"])
@pytest.mark.parametrize("count", [2, 30])
def test_sentinels_of_magnitudes(name, mark, count):
    assert missing_and_possible(*MAGNITUDES[:count], mark, name=name) == ({mark}, set())


def test_magnitudes_with_a_wide_range():
    assert missing_and_possible("5.0", "12.3", "30.1", "99.0", name="g_r") == ({"99.0"}, set())
    assert missing_and_possible("99.0", name="modelMagErr_r") == ({"99.0"}, set())


@pytest.mark.parametrize(
    ("name", "cells", "marks", "missing", "possible"),
    [
        # Measured values hit 99.9 by chance once in thousands; counts hit 99 once in a hundred.
        ("x", MAGNITUDES, ["99.9"], True, False),
        ("neighbours", COUNTS, ["99"], False, True),
        ("t_type", COUNTS, ["99", "99"], True, False),
        ("age", [str(number) for number in range(20, 60)], ["99"], False, False),
        ("age", [str(number) for number in range(150)], [], False, False),
        ("confidence", MAGNITUDES, ["99.9", "99.9"], False, True),
        ("jpeg_quality", ["75"] * 30, ["99"] * 30, False, True),
        ("grade", ["0", "10"] * 15, ["99"] * 5, False, True),
        ("grade", [str(number) for number in range(12)], ["99"] * 15, False, True),
        ("inclination_deg", ["17.2", "18.1"], ["99.0"], False, True),
        # Few values, and several marks.
        ("x", ["10.2"], ["-99"] * 25, True, False),
        ("x", ["10.2"], ["-99"], False, True),
        ("x", [], ["-99"] * 25, True, False),
        ("x", [], ["-99"] * 2, False, True),
        ("x", ["10.2"], ["-99", "-88"], True, False),
        ("x", MAGNITUDES, ["-99", "-88", "-999.25", "-999", "-99999.9", "-77.7"], True, False),
        # A velocity of either sign.
        ("v", STEPS, ["-99"], False, True),
        ("cz_kms", STEPS, ["-99"], False, True),
        ("v", STEPS, ["-99"] * 3, True, False),
        ("flux", STEPS, ["-99"], True, False),
        ("flux", STEPS, ["-88"], False, True),
        ("flux", STEPS, ["-88"] * 2, True, False),
        ("v_helio", VELOCITIES, ["-99"] * 3, False, True),
        ("v_helio", VELOCITIES, ["-99"] * 12, True, False),
        # -9999 is SDSS's mark, unless it is one value of many.
        ("v", VELOCITIES, ["-9999"], False, True),
        ("v", VELOCITIES, ["-9999"] * 5, True, False),
        ("v", [*STEPS, "-12000"], ["-9999"], True, False),
        ("v", [str(number) for number in range(-9998, -9000)], ["-9999"], False, True),
        ("v", ["-12000", "8000"], ["-9999"], True, False),
        # Fill values are absurd; a full counter hides its value.
        ("flux", LARGE, ["1e20"], False, True),
        ("flux", MAGNITUDES, ["1e20"], True, False),
        ("flux", ["9.5"], ["1e20"], True, False),
        ("n_photon", STEPS, ["32767"], True, False),
        # Nearly alike: 99 isn't far from 95.
        ("x", ["95"] * 20, ["99"], False, False),
        ("x", ["-95"] * 20, ["-99"], False, False),
    ],
)
def test_sentinels_are_judged_by_the_values(name, cells, marks, missing, possible):
    expected = set(marks) if missing else set(), set(marks) if possible else set()
    assert missing_and_possible(*cells, *marks, name=name) == expected
    assert missing_and_possible(*marks, *cells, name=name) == expected


OUTLIERS = "-1 -9 -500 255 65535 -32767 9999999 1e99 -1.7e308".split()


@pytest.mark.parametrize("mark", OUTLIERS)
@pytest.mark.parametrize("name", ["redshift", "v"])
def test_outliers_are_possibly_missing(name, mark):
    redshifts = [f"{0.05 + 0.04 * k / 11:.4f}" for k in range(12)]
    assert missing_and_possible(*redshifts, mark, mark, name=name) == (set(), {mark})
    assert missing_and_possible(mark, *redshifts, mark, "-2", "-2", name=name) == (set(), {mark, "-2"})
    assert missing_and_possible(*redshifts[:8], mark, mark, name=name) == (set(), set())  # too few others


def test_repeated_only_negative_number():
    masses = [f"{9 + 0.17 * k:.2f}" for k in range(14)]
    assert missing_and_possible(*masses, "-1", "-1.0") == (set(), {"-1", "-1.0"})
    assert missing_and_possible(*masses, "-1") == (set(), set())
    assert missing_and_possible(*masses, "-1", "-1", name="v_rot") == (set(), set())
    assert missing_and_possible(*masses, "-1", "-1", "-0.3") == (set(), set())
    assert missing_and_possible(*map(str, range(14)), "-1", "-1") == (set(), set())  # codes and counts


@settings(max_examples=50)
@given(
    st.lists(st.integers(-300, 300) | st.floats(-1e4, 1e4).map(lambda value: round(value, 2)), min_size=1, max_size=60),
    st.sampled_from(["x", "v", "r", "psfMag_r", "quality"]),
    st.randoms(),
)
def test_result_does_not_depend_on_the_order(values, name, random):
    marks = find_missing_numbers(name, np.array(values, dtype=float))
    assert not (marks.missing & marks.possible).any()
    shuffled = random.sample(list(zip(values, marks.missing, marks.possible, strict=True)), len(values))
    again = find_missing_numbers(name, np.array([value for value, _, _ in shuffled], dtype=float))
    assert again.missing.tolist() == [missing for _, missing, _ in shuffled]
    assert again.possible.tolist() == [possible for _, _, possible in shuffled]
    low, high = np.quantile(np.unique(values), [0.25, 0.75])
    for value, missing in zip(values, marks.missing, strict=True):
        one_digit = len(set(f"{abs(value):.2f}".rstrip("0").replace(".", ""))) == 1
        is_mark = one_digit or value in (-999.25, -99.25, -1000, -99.5)
        assert is_mark or not missing
        assert is_mark or value < low or value > high or not marks.possible[values.index(value)]


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.normal(0, 300, n).round(),
        lambda rng, n: rng.normal(3000, 2500, n).round(),
        lambda rng, n: rng.poisson(5, n).astype(float),
        lambda rng, n: np.floor(3 * rng.pareto(1.2, n)),
        lambda rng, n: (3 * rng.pareto(1.2, n)).round(1),
        lambda rng, n: (30 * rng.standard_cauchy(n)).round(),
        lambda rng, n: (100 * rng.beta(2, 1, n)).round(),
        lambda rng, n: rng.gamma(4, 10, n).round(),
    ],
)
def test_false_positive_rate(draw):
    rng = np.random.default_rng(5)
    columns = [draw(rng, n) for n in (5, 12, 60, 400) for _ in range(100)]
    marks = [find_missing_numbers("v", column) for column in columns]
    assert sum(mark.missing.any() for mark in marks) == 0
    assert sum(mark.possible.any() for mark in marks) <= 4


# --- Fortran and booleans ---------------------------------------------------------------------------------------------


def test_fortran_exponents():
    assert numbers("1.5D+03", "-2.5d-1", ".5D0", "1.D2", "3e0", "7") == [1500, -0.25, 0.5, 100, 3, 7]
    assert read("1.5D+03", "N/A", "2").missing == {"N/A": 1}
    # Names have no point; and what isn't all numbers stays as it is written.
    assert list(read("1D3", "2D4").cells) == ["1D3", "2D4"]
    column = read("1.5D+03", "bad", "3", "4")
    assert list(column.cells) == ["1.5D+03", "bad", "3", "4"]
    assert (column.mixed.n_invalid, column.mixed.example) == (1, "bad")


@settings(max_examples=50)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_fortran_exponents_are_exact(value):
    assert parse_number(f"{value:.16e}".replace("e", "D")) == value


@pytest.mark.parametrize(("true", "false"), [("True", "False"), ("TRUE", "FALSE"), ("true", "false"), ("T", "F")])
def test_booleans(true, false):
    column = read(true, false, false)
    assert column.cells.dtype == bool
    assert column.cells.tolist() == [True, False, False]
    if len(true) > 1:
        assert read(true, true).cells.tolist() == [True, True]
        assert read(false).cells.tolist() == [False]


@pytest.mark.parametrize(
    "cells", [["TRUE", "false"], ["T", "T"], ["F", "F"], ["T", "F", "S"], ["T", "True"], ["t", "f"]]
)
def test_booleans_of_several_forms_are_text(cells):
    assert read(*cells).cells.dtype == "str"


# --- limits of float64 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["1e-400", "-1E-400", "1.5D-400", "1.23456e-320", "0." + "0" * 330 + "1", "1e400", "-1.5D+400"]
)
def test_overflow_and_underflow_are_missing(cell):
    for others in (["1.5", "0.0"], ["2.5", "+0"]):  # the second aren't read by the quick way
        column = read(*others, cell)
        assert np.isnan(column.cells[2])
        assert column.cells[:2].tolist() == list(map(float, others))
        assert column.missing == {cell: 1}


@settings(max_examples=50)
@given(st.floats(0, 1e-290), st.integers(0, 17))
def test_underflow_of_subnormal_numbers(value, digits):
    written = f"{value:.{digits}e}"
    lost = underflows(written, float(written))
    assert lost == (f"{float(written):.{digits}e}" != written)
    assert not underflows(repr(value), value)
    assert not underflows("0.000e-999", 0.0)

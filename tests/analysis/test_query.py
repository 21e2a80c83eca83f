"""Queries: the rows of pandas' own `query`, and one error for anything else than a condition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galviz.analysis.query import MAX_LENGTH, QueryError, select_rows


@pytest.fixture(scope="module")
def table():
    generator = np.random.default_rng(3)
    n = 60
    metallicity = generator.uniform(8.2, 9.4, n)
    metallicity[::7] = np.nan
    columns = {
        "metallicity": metallicity,
        "inclination_deg": generator.uniform(0, 90, n),
        "n_arms": generator.integers(0, 5, n),
        "constant": np.full(n, 1.5),
        "missing": np.full(n, np.nan),
        "is_barred": generator.random(n) < 0.3,
        "kind": generator.choice(["disc", "bulge", "it's"], n),
        "stellar mass (log)": generator.normal(10, 1, n),
    }
    frame = pd.DataFrame(columns, index=pd.Index([str(10**18 + row) for row in range(n)], name="objID"))
    frame.loc[frame.index[3], "kind"] = None
    return frame


@pytest.mark.parametrize(
    "query",
    [
        "metallicity < 8.5",
        "metallicity < 8.5 and inclination_deg > 70",
        "metallicity < 8.5 & inclination_deg > 70",
        "(metallicity < 8.5) | ~(inclination_deg > 70)",
        "not metallicity < 8.5",
        "metallicity != 8.5",
        "metallicity == metallicity",
        "8.4 <= metallicity < 9 < inclination_deg",
        "metallicity > 100",
        "metallicity < 100",
        "constant == 1.5",
        "constant > 1.5",
        "missing > 0",
        "missing != 0",
        "not missing > 0",
        "is_barred",
        "not is_barred and n_arms > 2",
        "is_barred == True",
        "n_arms in [1, 3]",
        "n_arms not in (1, 3)",
        "n_arms == 2 or n_arms == 4",
        "-n_arms < -2",
        "inclination_deg / 90 + n_arms * 2 > 5 ** 1 - 1",
        "kind == 'disc'",
        'kind == "it\'s"',
        "kind != 'disc'",
        "kind in ['disc', 'bulge']",
        "kind not in ['disc', 'bulge']",
        "kind > 'c'",
        "`stellar mass (log)` > 10 and kind == 'disc'",
        "objID == '1000000000000000003'",
        "objID in ['1000000000000000003', '1000000000000000007', 'none']",
        "objID > '1000000000000000050'",
    ],
)
def test_rows_are_those_of_pandas(query, table):
    expected = table.index.isin(table.query(query, engine="python").index)
    np.testing.assert_array_equal(select_rows(table, query), expected)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["metallicity", "inclination_deg", "n_arms", "constant", "missing"]),
            st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
            st.floats(-100, 100, allow_nan=False) | st.sampled_from([1.5, 2.0, 0.0]),
            st.sampled_from([" and ", " or ", " and not "]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_conditions_select_what_pandas_does(table, conditions):
    parts = [f"{joint}{column} {sign} {value!r}" for column, sign, value, joint in conditions]
    query = parts[0].removeprefix(conditions[0][-1]) + "".join(parts[1:])
    expected = table.index.isin(table.query(query, engine="python").index)
    np.testing.assert_array_equal(select_rows(table, query), expected)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "wrong sign"),
        ("metallicity <", "wrong sign"),
        ("metallicity = 8.5", "== instead of ="),
        ("metallicty < 8.5", "close to metallicity"),
        ("metallicity", "must be a condition"),
        ("metallicity and is_barred", "must be a condition"),
        ("metallicity + 1", "must be a condition"),
        ("1 < 2", "must contain a column"),
        ("objID == 1000000000000000003", "in quotes"),
        ("objID in [1000000000000000003]", "in quotes"),
        ("kind < 3", "in quotes"),
        ("kind + 1 > 2", "must be a number"),
        ("metallicity < 'high'", "in quotes"),
        ("metallicity in 8.5", "with a list"),
        ("metallicity > 1 / 0", "can't be evaluated"),
        ("metallicity == (-8) ** 0.5", "isn't a real number"),
        ("metallicity in [is_barred]", "numbers and text only"),
        ("metallicity in [[8.5]]", "numbers and text only"),
        ("metallicity is None", "can't"),
        ("metallicity == [8.5]", "can't be compared"),
        ("metallicity < 9 if is_barred else True", "can't contain"),
        ("2 ** 99999 < metallicity", "can't be evaluated"),
        ("(" * 3000 + "metallicity < 9" + ")" * 3000, "wrong sign"),
        ("metallicity < 9 or " * 1000 + "metallicity < 9", f"{MAX_LENGTH:,} characters"),
        ("metallicity < 9\0", "wrong sign"),
        ("`metallicity < 9", "wrong sign"),
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_is_no_condition_is_one_error(query, message, table):
    with pytest.raises(QueryError, match=message) as raised:
        select_rows(table, query)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "query",
    [
        "__import__('os').system('true') == 0",
        "metallicity.__class__ == 1",
        "metallicity.to_csv('stolen.csv') == 1",
        "@pd.read_csv('x') > 1",
        "[x for x in [1]] == 1",
        "(lambda: 1)() == 1",
        "f'{metallicity}' == 'a'",
        "metallicity[0] > 1",
        "(x := 3) > metallicity",
    ],
)
def test_nothing_can_be_called_or_reached(query, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError):
        select_rows(table, query)
    assert not list(tmp_path.iterdir())


def test_arithmetic_is_that_of_numbers():
    """Integers of NumPy would wrap around, and the sum of two truth values would be their disjunction."""
    table = pd.DataFrame({"n": [4_000_000_000, 3], "a": [True, True], "b": [True, False]})
    assert select_rows(table, "n * n > 1e10").tolist() == [True, False]
    assert select_rows(table, "n ** 3 > 1e10").tolist() == [True, False]
    assert select_rows(table, "a + b == 2").tolist() == [True, False]
    large = pd.DataFrame({"n": [2**60, 2**60 + 1]})
    assert select_rows(large, f"n == {2**60 + 1}").tolist() == [False, True]  # comparisons stay exact


def test_whole_numbers_of_any_size_are_compared_exactly():
    large = 2**53 + 1  # the first that a float doesn't have
    table = pd.DataFrame({"n": [-large, -large + 1, 0, large - 1, large], "m": np.arange(5)})
    numbers = table["n"].tolist()
    for query, rule in {
        f"n == -{large}": lambda n: n == -large,
        f"n != -{large}": lambda n: n != -large,
        f"n < -{large - 1}": lambda n: n < -large + 1,
        f"n in [-{large}]": lambda n: n == -large,
        f"n in [{large}, 0.5]": lambda n: n == large,
        f"n not in [-{large}, {large}]": lambda n: abs(n) != large,
    }.items():
        assert select_rows(table, query).tolist() == [rule(n) for n in numbers], query
    for query in (f"n + 0 == {large}", f"m + {large} > 3"):
        with pytest.raises(QueryError, match="beyond 2"):
            select_rows(table, query)
    assert select_rows(table, "m - 1 == -1").tolist() == [True, False, False, False, False]


def test_columns_of_any_name_are_themselves():
    names = ["a'b", "µ_r", "μ_r", "Ⅷ", "VIII", "column_0", "my column", "column_in_backticks_0"]
    table = pd.DataFrame({name: np.eye(8)[row] for row, name in enumerate(names)}).assign(kind="disc")
    for row, name in enumerate(names):
        for query in [f"`{name}` == 1 and kind == 'disc'", *([f"{name} == 1"] if name.isidentifier() else [])]:
            assert np.flatnonzero(select_rows(table, query)).tolist() == [row], query
    assert select_rows(table, "`my column` == 1 or column_0 == 1").nonzero()[0].tolist() == [5, 6]

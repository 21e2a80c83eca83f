"""Parquet, FITS and VOTable: exact ids, types, missing values, and the same catalogue as from CSV."""

import datetime
import gzip
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galviz.survey import astronomical_table, typed_table
from galviz.survey.columns import read_column
from galviz.survey.survey import SurveyError, load_survey
from galviz.survey.table import open_table
from galviz.survey.typed_columns import as_blocks, can_stay_typed, cell_texts, read_typed_column
from galviz.survey.typed_table import simplify

LONG_ID = 1237648702973411443


@pytest.fixture
def write(tmp_path):
    """Writes columns to a Parquet file and opens it."""

    def write_columns(**columns):
        pq.write_table(pa.table(columns), tmp_path / "t.parquet")
        return open_table(tmp_path / "t.parquet")

    return write_columns


def cells(table):
    return {column: list(table.cells(column)) for column in table.columns}


def test_types_of_parquet(write):
    file = write(
        objID=[LONG_ID, 12],
        f32=pa.array([0.1, None], pa.float32()),
        f64=[np.nan, np.inf],
        i16=pa.array([1, None], pa.int16()),
        big=pa.array([2**63, 1], pa.uint64()),
        truth=[True, False],
        gap=[True, None],
        text=[" a\nb ", None],
        words=pa.array(["x", "y"]).dictionary_encode(),
        raw=[b"ab", b"c"],
        day=pa.array([datetime.date(2020, 1, 31), None]),
        vector=[[1.0, 2.0], [3.0, 4.0]],
        nested=[{"a": 1}, {"a": 2}],
    )
    table = file.read()
    assert table.problems == []
    assert table.ids == [(1, str(LONG_ID)), (2, "12")]
    assert cells(table) == {
        "objID": [str(LONG_ID), "12"],
        "f32": ["0.1", ""],
        "f64": ["", "inf"],
        "i16": ["1", ""],
        "big": [str(2**63), "1"],
        "truth": ["True", "False"],
        "gap": ["True", ""],
        "text": ["a b", ""],
        "words": ["x", "y"],
        "raw": ["ab", "c"],
        "day": ["2020-01-31", ""],
    }
    assert sorted(table.arrays) == ["f32", "f64", "i16", "truth"]
    assert "vector, nested were left out" in table.notes[0]
    assert file.rows(1)[0][:2] == [str(LONG_ID), "0.1"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"objID": [float(LONG_ID), 2.0]}, "floats, which round long ids"),
        ({"objID": pa.array([], pa.int64())}, "no galaxies"),
        ({"id": [1]}, "no column objID"),
        ({"vectors": [[1.0]]}, "no columns of single values"),
        ({"objID": [1], "z": ["x" * 70_000]}, "70,000 characters"),
        ({"objID": [1], "z": [b"\xff"]}, "isn't UTF-8"),
    ],
)
def test_refused_parquet(write, columns, says):
    table = write(**columns).read()
    (problem,) = table.problems
    assert says in problem.problem
    assert problem.file == "t.parquet"
    assert table.ids == []


def test_small_float_ids_are_whole_numbers(write):
    table = write(GalaxyID=[100008.0, None, 2.0]).read("GalaxyID")
    assert [object_id for _, object_id in table.ids] == ["100008", "", "2"]
    assert "read as whole numbers" in table.notes[0]
    assert write(GalaxyID=[0.5]).read("GalaxyID").ids == [(1, "0.5")]


def test_damaged_parquet(tmp_path, write):
    write(objID=[1, 2])
    whole = (tmp_path / "t.parquet").read_bytes()
    for damaged in (whole[:-9], whole[:40], b"PAR1", whole[:30] + bytes(20) + whole[50:]):
        (tmp_path / "t.parquet").write_bytes(damaged)
        assert open_table(tmp_path / "t.parquet").read().problems or damaged[30:50] == bytes(20)
    (tmp_path / "t.parquet").write_bytes(gzip.compress(whole))
    assert open_table(tmp_path / "t.parquet").read().ids == [(1, "1"), (2, "2")]


def test_many_rows_are_refused(write, monkeypatch):
    monkeypatch.setattr(typed_table, "MAX_ROWS", 3)
    assert "4 rows" in write(objID=[1, 2, 3, 4]).problems[0].problem


NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-9999.0, -99.0, 99.9, 1e20, float("inf"), float("nan"), 0.0, -0.0, 5e-324]),
    st.floats(-30, 30),
    st.floats(),
)
INTEGER = st.one_of(st.none(), st.sampled_from([-9999, -99, 999, 2**53, 2**53 + 1]), st.integers(-50, 50))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.lists(NUMBER, min_size=1, max_size=30).map(lambda values: pa.array(values, pa.float64())),
        st.lists(INTEGER, min_size=1, max_size=30).map(lambda values: pa.array(values, pa.int64())),
        st.lists(st.sampled_from([True, False, None]), min_size=1).map(lambda values: pa.array(values, pa.bool_())),
        st.lists(st.floats(width=32), min_size=1).map(lambda values: pa.array(np.float32(values))),
    ),
    st.sampled_from(["x", "rmag", "redshift", "velocity"]),
)
def test_typed_columns_equal_those_of_text(array, name):
    array = simplify(pa.chunked_array([array[:2], array[2:]]))
    if not can_stay_typed(array):
        return  # it is read as text
    typed = read_typed_column(name, array)
    text = read_column(name, as_blocks(cell_texts(array)), range(len(array)))
    assert typed.cells.dtype == text.cells.dtype
    np.testing.assert_array_equal(typed.cells, text.cells)
    assert (typed.missing, typed.possibly_missing, typed.mixed) == (text.missing, text.possibly_missing, text.mixed)


@pytest.mark.parametrize("name", ["master.parquet", "master.csv.gz"])
def test_other_tables_of_a_survey(make_survey, name):
    folder = make_survey(3, side_px=32)
    frame = load_survey(folder).catalogue
    csv = folder / "master.csv"
    if name.endswith(".gz"):
        (folder / name).write_bytes(gzip.compress(csv.read_bytes()))
    else:
        pd.read_csv(csv).to_parquet(folder / name, index=False)
    with pytest.raises(SurveyError, match="only one can be the survey's table"):
        load_survey(folder)
    csv.unlink()
    survey = load_survey(folder)
    pd.testing.assert_frame_equal(survey.catalogue, frame)
    assert survey.label.column == "metallicity"


# --- FITS and VOTable -------------------------------------------------------------------------------------------------


@pytest.fixture
def astronomical():
    """A table of astropy with a masked column and a column of vectors."""
    from astropy import table

    return table.Table(
        {
            "objID": np.array([LONG_ID, 2]),
            "ra": table.MaskedColumn([1.5, 2.0], mask=[False, True], unit="deg"),
            "n": table.MaskedColumn([1, -1], mask=[False, True]),
            "name": ["NGC 1", "é"],
            "flux": np.ones((2, 3)),
            "truth": [True, False],
            "f32": np.float32([0.1, 0.2]),
        }
    )


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["t.fits", "t.fits.gz", "t.vot", "t.ecsv"])
def test_astronomical_tables(tmp_path, astronomical, name):
    table = astronomical
    if name.startswith("t.fits"):
        table["name"] = ["NGC 1", "M 31"]  # FITS is ASCII
    table.write(tmp_path / name, format="votable" if name == "t.vot" else None)
    read = open_table(tmp_path / name).read()
    assert read.problems == []
    assert [object_id for _, object_id in read.ids] == [str(LONG_ID), "2"]
    expected = {"ra": ["1.5", ""], "n": ["1", ""], "name": table["name"].tolist(), "truth": ["True", "False"]}
    assert {column: list(read.cells(column)) for column in expected} == expected
    assert list(read.cells("f32")) == ["0.1", "0.2"]
    assert ("flux" in read.columns) == (name == "t.ecsv")


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
def test_votables_fetch_nothing(tmp_path, astronomical):
    """astropy opens the address of a STREAM, so that an uploaded table could make the app read any file or page."""
    astronomical.write(tmp_path / "t.vot", format="votable", tabledata_format="binary2")
    text = (tmp_path / "t.vot").read_text()
    assert open_table(tmp_path / "t.vot").problems == []
    for evil in (
        text.replace("<STREAM", f'<STREAM href="file://{tmp_path}/secret"'),
        text.replace("<STREAM", '<STREAM actuate="a>b"\n href = "http://localhost:9/x"'),
        text.replace("<VOTABLE", '<!DOCTYPE VOTABLE [<!ENTITY a "x">]>\n<VOTABLE', 1),
    ):
        assert evil != text
        (tmp_path / "t.vot").write_text(evil)
        (problem,) = open_table(tmp_path / "t.vot").problems
        assert "VOTable" in problem.problem
        assert "astropy" not in problem.problem


@pytest.mark.full
def test_the_first_of_several_hdus(tmp_path, astronomical):
    from astropy.io import fits
    from astropy.table import Table

    hdus = [fits.PrimaryHDU(np.zeros((3, 3))), fits.BinTableHDU(Table({"objID": [1]}), name="ONE")]
    fits.HDUList([*hdus, fits.BinTableHDU(Table({"x": [1]}), name="TWO")]).writeto(tmp_path / "t.fits")
    file = open_table(tmp_path / "t.fits")
    assert file.columns == ("objID",)
    assert "ONE was read, TWO not" in file.notes[0]
    many = fits.BinTableHDU(Table({"objID": range(20), "x": range(20)}), name="MANY")
    fits.HDUList([*hdus, many]).writeto(tmp_path / "long.fits")  # ONE may hold settings
    long = open_table(tmp_path / "long.fits")
    assert (long.columns, long.other_tables) == (("objID", "x"), ("ONE",))
    assert list(long.read().cells("x"))[-1] == "19"
    hdus[0].writeto(tmp_path / "image.fits")
    assert "without a table" in open_table(tmp_path / "image.fits").problems[0].problem
    astronomical.remove_column("name")
    astronomical.write(tmp_path / "whole.fits")
    (tmp_path / "cut.fits").write_bytes((tmp_path / "whole.fits").read_bytes()[:5800])
    assert "can't read it" in open_table(tmp_path / "cut.fits").problems[0].problem


@pytest.mark.full
@pytest.mark.parametrize("overlapping", [False, True])
def test_lists_of_varying_length_in_fits(tmp_path, overlapping):
    """Rows that all refer to the same list would take a thousand times the memory of the file."""
    from astropy.io import fits

    lists = fits.Column("lists", "PB()", array=np.array([np.zeros(3000, np.uint8)] * 20, dtype=object))
    ids = fits.Column("objID", "K", array=np.arange(20))
    fits.BinTableHDU.from_columns([ids, lists]).writeto(tmp_path / "t.fits")
    if overlapping:
        content = bytearray((tmp_path / "t.fits").read_bytes())
        start = content.index((0).to_bytes(8) + (3000).to_bytes(4))
        for row in range(20):
            content[start + 16 * row + 8 : start + 16 * row + 16] = (50_000).to_bytes(4) + bytes(4)
        (tmp_path / "t.fits").write_bytes(content)
    file = open_table(tmp_path / "t.fits")
    if overlapping:
        assert "overlap" in file.problems[0].problem
    else:
        assert file.columns == ("objID",)
        assert len(file.read("objID").ids) == 20


def test_long_texts_many_times_in_a_small_file(tmp_path, monkeypatch):
    table = pa.table({"objID": pa.array(range(1000)), "text": ["x" * 60_000] * 1000})
    pq.write_table(table, tmp_path / "t.parquet", compression="zstd")
    assert (tmp_path / "t.parquet").stat().st_size < 10_000
    monkeypatch.setattr("galviz.survey.typed_table.MAX_TEXT_BYTES", 59_000_000)
    (problem,) = open_table(tmp_path / "t.parquet").read().problems
    assert "texts" in problem.problem
    monkeypatch.setattr("galviz.survey.typed_table.MAX_TEXT_BYTES", 60_000_000)
    assert open_table(tmp_path / "t.parquet").read().problems == []


def test_without_astropy_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "astropy.table", None)
    monkeypatch.setitem(sys.modules, "astropy", None)
    (tmp_path / "t.fits").write_bytes(b"SIMPLE  =                    T" + b" " * 2850)
    problem = open_table(tmp_path / "t.fits").problems[0]
    assert "need astropy" in problem.problem
    assert '".[fits]"' in problem.remedy


@pytest.mark.full
@pytest.mark.parametrize(("form", "reader"), [("fits", "FitsTable"), ("votable", "VOTable")])
def test_a_file_that_astropy_reads_is_parsed_once(tmp_path, monkeypatch, form, reader):
    import astropy.table

    astropy.table.Table({"id": [LONG_ID, LONG_ID + 1], "z": [0.5, 0.25]}).write(tmp_path / "t", format=form)
    parse, calls = getattr(astronomical_table, reader)._parse, []
    monkeypatch.setattr(
        getattr(astronomical_table, reader), "_parse", lambda self, file: calls.append(file) or parse(self, file)
    )
    table_file = open_table(tmp_path / "t")
    assert table_file.rows(1) == [[str(LONG_ID), "0.5"]]
    table = table_file.read("id")
    assert (len(calls), list(table.cells("z"))) == (1, ["0.5", "0.25"])
    assert table_file.read("id").ids == table.ids

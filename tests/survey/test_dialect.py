"""Text tables as programs write them: what is recognised, said in a note, and what is refused."""

import gzip
import hashlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galviz.survey import text_stream, text_table
from galviz.survey.catalogue import read_catalogue
from galviz.survey.dialect import recognise_dialect
from galviz.survey.table import open_table


@pytest.fixture
def read(tmp_path):
    """Reads a table from text or bytes."""

    def read_content(content, name="master.csv", id_column="objID"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(path).read(id_column)

    return read_content


def cells(table):
    return {column: list(table.cells(column)) for column in table.columns}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("#Table1\nobjID,z\na,0.25\nb,1.5\n", "'#Table1', is SkyServer's"),
        ("sep=,\nobjID,z\na,0.25\nb,1.5\n", "'sep=,', is a spreadsheet's"),
        ('"sep=;"\nobjID;z\na;0.25\nb;1.5\n', "is a spreadsheet's"),
        ("sep=\\t\nobjID\tz\na\t0.25\nb\t1.5\n", "is a spreadsheet's"),
        ("# a query\n# of today\n\nobjID,z\na,0.25\nb,1.5\n", "first 2 lines"),
        ("objID;z\na;0.25\nb;1.5\n", "semicolons"),
        ("objID;z\na;0,25\nb;1,5\n", "decimal commas, such as 0,25"),
        ('objID,z\na,"0,25"\nb,"1,5"\n', "decimal commas"),
        ("objID\tz\na\t0.25\nb\t1.5\n", "tabs"),
        ("objID | z\na | 0.25\nb | 1.5\n", "vertical bars"),
        ("objID   z\na      0.25\n  b    1.5\n", "spaces"),
        ("# objID  z\na  0.25\nb  1.5\n", "header is a comment"),
        ("#objID,z\na,0.25\nb,1.5\n", "header is a comment"),
        ("# made today\n# objID z\n# - -\na 0.25\nb 1.5\n", "header is a comment, '# objID z'"),
        ("objID,z,\na,0.25,\nb,1.5,\n", "Lines end in a comma"),
        ("objID,z\na,0.25,\nb,1.5,\n", "Lines end in a comma"),
        ("objID,z,,\na,0.25,,\nb,1.5,,\n", "Lines end in a comma"),
        ("objid,z\na,0.25\nb,1.5\n", "Column objid was read as objID"),
        ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: objID}\nobjID z\na 0.25\nb 1.5\n", "ECSV"),
        ("# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\nobjID,z\na,0.25\nb,1.5\n", "ECSV"),
        ("objID,z\na,0.25\nb,1.5\n".encode("utf-16"), "UTF-16"),
        ("objID,z\na,0.25\nb,1.5\n".encode("utf-16-le"), "UTF-16"),
        ("#Table1\r\nobjID,z\r\na,0.25\r\nb,1.5\r\n".encode("utf-16-be"), "UTF-16"),
        (gzip.compress(b"#Table1\nobjID,z\na,0.25\nb,1.5\n", mtime=0), "compressed with gzip"),
    ],
)
def test_equivalent_tables(read, text, note):
    table = read(text)
    assert table.problems == []
    assert cells(table) == {"objID": ["a", "b"], "z": ["0.25", "1.5"]}
    assert [object_id for _, object_id in table.ids] == ["a", "b"]
    assert any(note in sentence for sentence in table.notes)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("objID;mass, log;z\na;1,5;2,5\n", ("objID", "mass, log", "z")),
        ("objID;mass, log\na;1,5\n", ("objID", "mass, log")),
        ("objID,mass;log,z\na,1,2\n", ("objID", "mass;log", "z")),
        ("IAU name\nJ1\nJ2\n", ("IAU name",)),
        ('objID,"a\tb",c\nx,1,2\n', ("objID", "a\tb", "c")),
    ],
)
def test_separators_inside_names(tmp_path, text, columns):
    (tmp_path / "t.csv").write_text(text)
    assert open_table(tmp_path / "t.csv").columns == columns


def test_plain_tables_have_no_notes(read):
    assert read("objID,z\na,0.25\nb,1.5\n").notes == []
    assert read(b"\xef\xbb\xbfobjID,z\r\na,0.25\r\n").notes == []


def test_lines_are_those_of_the_file(read):
    assert read("sep=;\n#Table1\n\nobjID;z\na;1\n").ids == [(5, "a")]


def test_row_numbers_of_pandas(read):
    table = read(",objID,z\n0,a,0.25\n1,b,1.5\n")
    assert table.columns == ("row_number", "objID", "z")
    assert "no name" in read(",objID,z\n7,a,0.25\n9,b,1.5\n").problems[0].problem


def test_units_below_the_header(read):
    table = read("objID,ra,dec\n,deg,deg\na,1,2\nb,3,4\n")
    assert [(problem.row, problem.remedy) for problem in table.problems] == [(2, "remove it")]
    assert "units (deg, deg)" in table.problems[0].problem
    assert read("objID,band,ra\na,K,1\nb,H,3\n").problems == []


@pytest.mark.parametrize(
    "rows",
    [
        "a;1,234\nb;2,345\n",  # a thousand, or a decimal comma?
        "a;1.5\nb;0,5\n",
        "a;1.234,5\nb;2\n",
    ],
)
def test_ambiguous_commas_stay_text(read, rows):
    table = read("objID;z\n" + rows)
    assert list(table.cells("z")) == [row.split(";")[1] for row in rows.split()]
    assert table.problems == []


def test_points_beside_decimal_commas_are_refused(read):
    """Read as a decimal point, the one of 1.234 would make a mass wrong by a factor of a thousand."""
    table = read("objID;mass;z\na;1.234;0,25\nb;2.345;0,5\n")
    (problem,) = table.problems
    assert "column mass has points, such as 1.234" in problem.problem
    rows = "".join(f"g{number};0,5\n" for number in range(300))
    (problem,) = read(f"objID;z\n{rows}late;8.75\n").problems  # beyond the lines that are looked at first
    assert "column z has points" in problem.problem


def test_ids_keep_their_commas(read):
    assert read('objID;z\n"1,5";0,25\n').ids == [(2, "1,5")]


@pytest.mark.parametrize(
    ("content", "row", "says"),
    [
        ("objID,name\na,é\n".encode("latin-1"), 2, "isn't UTF-8"),
        (b"objID,z\na,1\n" + b"b,2\n" * 10 + "c,é\n".encode("latin-1"), 13, "isn't UTF-8"),
        (b"objID,z\na,\xff\xfe\0\n", None, "NUL"),
        ("objID,z\na,1\n".encode("utf-16")[:-1], 2, "isn't UTF-16"),
        (gzip.compress(b"objID,z\na,1\n" * 9, mtime=0)[:-9], None, "cut short"),
        (b"\x1f\x8b" + bytes(99), None, "damaged"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), None, "HDF5"),
        (b"\x80\x04\x95" + bytes(99), None, "pickle"),
        (b"PK\x03\x04" + bytes(99), None, "Excel"),
        (b"objID,z\n" + b"x" * 3000, None, "longer than"),
    ],
)
def test_what_is_no_table(read, content, row, says, monkeypatch):
    monkeypatch.setattr(text_stream, "CHUNK_BYTES", 512)
    monkeypatch.setattr(text_stream, "MAX_LINE_LENGTH", 2000)
    table = read(content, "master.csv")
    (problem,) = table.problems
    assert says in problem.problem
    assert row is None or problem.row == row
    assert table.ids == []


def test_archives_and_tables_are_bounded(read, monkeypatch):
    monkeypatch.setattr(text_stream, "CHUNK_BYTES", 1024)
    monkeypatch.setattr(text_stream, "MAX_UNPACKED_BYTES", 5000)
    rows = "".join(f"g{number},1\n" for number in range(1000)).encode()
    assert "unpacks to more than" in read(gzip.compress(b"objID,z\n" + rows, mtime=0)).problems[0].problem
    monkeypatch.setattr(text_table, "MAX_ROWS", 900)
    assert "more than 900 rows" in read(b"objID,z\n" + rows).problems[0].problem


def test_files_that_cannot_be_read_are_problems(tmp_path):
    assert "there is no such file" in open_table(tmp_path / "none.csv").problems[0].problem
    assert "it is a folder" in open_table(tmp_path).problems[0].problem
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        assert str(open_table(tmp_path / "pipe.csv").problems[0]).startswith("pipe.csv: it is a named pipe")


def test_a_file_that_vanishes_is_a_problem(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("objID\na\n")
    file = open_table(path)
    path.unlink()
    assert file.rows(1) == []
    assert "it can't be read" in file.read().problems[0].problem


def test_rows_for_a_preview(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("name\tz\n'12\t1\nshort\nb\t2\nc\t3\n")
    assert open_table(path).rows(2) == [["'12", "1"], ["b", "2"]]
    assert open_table(path).rows(0) == []


def test_the_checksum_is_that_of_the_bytes(read):
    for content in (b"objID,z\na,1\n", b"z,x\n1,2\n", gzip.compress(b"objID,z\na,1\n", mtime=0), b"objID,z\n\xff"):
        assert read(content).digest == hashlib.sha256(content).digest()


def test_a_dialect_reaches_the_catalogue(tmp_path):
    path = tmp_path / "master.csv"
    path.write_text("sep=;\nobjID;oh_p50;mass\n12;8,75;-9999\n13;8,5;10,25\n")
    catalogue = read_catalogue(open_table(path))
    assert catalogue.problems == []
    assert catalogue.frame["metallicity"].tolist() == [8.75, 8.5]
    assert catalogue.missing == {"mass": {"-9999": 1}}
    assert len(catalogue.notes) == 3  # the first line, the separator, the commas


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12), max_size=6))
def test_any_first_lines_give_a_dialect(lines):
    dialect = recognise_dialect(lines)
    assert dialect.skipped <= len(lines)
    assert all(isinstance(note, str) for note in dialect.notes)


@pytest.mark.parametrize("below", ["# rows: 2\n", "(2 rows)\n", "\n2 rows selected.\n\n# end\n"])
def test_what_programs_write_below_the_rows_is_skipped(read, below):
    table = read("objID,z\na,0.25\nb,1.5\n" + below)
    assert table.problems == []
    assert cells(table) == {"objID": ["a", "b"], "z": ["0.25", "1.5"]}
    assert "isn't a row" in table.notes[0] or "aren't rows" in table.notes[0]
    (problem,) = [fault for fault in read(f"objID,z\na,1\n{below}b,2\n").problems if "empty" not in fault.problem][:1]
    assert problem.remedy == "remove it"


@pytest.mark.parametrize(
    "lines",
    [
        "objID\tz\n \t[-]\n------\t----\n",  # VizieR
        "objID;z;\n;;\n------;----;\n",
        "objID | z\n------+----\n",  # PostgreSQL
        "objID   z\n-----   ---\n",  # SQLite
    ],
)
def test_lines_of_dashes_below_the_header(read, lines):
    separator = next(sign for sign in ("\t", ";", "|", " ") if sign in lines)
    table = read(lines + f"a{separator}0.25\nb{separator}1.5\n")
    assert table.problems == []
    assert cells(table) == {"objID": ["a", "b"], "z": ["0.25", "1.5"]}


def test_missing_values_are_no_line_of_dashes(read):
    assert read("objID,z\na,0.25\n---,---\n").ids == [(2, "a"), (3, "---")]
    assert read("objID,z,y\na,--,--\nb,1.5,2\n").ids == [(2, "a"), (3, "b")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('#Table1\nerror_message\n"Query timeout expired"\n', "Query timeout expired"),
        ("ERROR: Maximum 60 queries allowed per minute.\n", "60 queries"),
        ("No objects have been found\n", "No objects"),
    ],
)
def test_messages_of_servers(read, content, says):
    (problem,) = read(content).problems
    assert says in problem.problem
    assert "repeat the query" in problem.remedy


@pytest.mark.parametrize("content", ['[{"objID": "a"}]', '{"objID": "a"}\n{"objID": "b"}\n', '\n{\n "data": []}'])
def test_json(read, content):
    (problem,) = read(content).problems
    assert "JSON" in problem.problem


@pytest.mark.parametrize("between", ["#Table2\nobjID,y\n", "objID,y\n", "#Table2\nobjID,y,x\n"])
def test_a_second_table_is_never_read_as_part_of_the_first(read, between):
    """Without its header, y would be read as z."""
    problems = read(f"#Table1\nobjID,z\na,0.25\n{between}b,1.5\n").problems
    assert problems
    assert {problem.remedy for problem in problems} == {"save each table as a file of its own"}

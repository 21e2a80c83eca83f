"""master.csv: its parsed content, and the message for each kind of error."""

import csv
import io
import os
import random
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galviz.survey.catalogue import read_catalogue
from galviz.survey.catalogue_file import find_catalogue
from galviz.survey.label import describe_label
from galviz.survey.portability import portability_warnings
from galviz.survey.table import open_table


def read(text, label=None, missing=()):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "master.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_catalogue(open_table(path), label, missing=missing)


def table_of(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "master.csv")
        path.write_text(text, encoding="utf-8", newline="")
        return open_table(path).read()


def frame_of(text, label=None):
    catalogue = read(text, label)
    assert catalogue.problems == []
    return catalogue.frame


def messages(text, label=None):
    """Row, objID and message of each problem."""
    catalogue = read(text, label)
    assert catalogue.frame is None
    assert {problem.file for problem in catalogue.problems} <= {"master.csv"}
    return [(problem.row, problem.object_id, str(problem)) for problem in catalogue.problems]


def only_message(text, label=None):
    (message,) = messages(text, label)
    return message


# --- content ----------------------------------------------------------------------------------------------------------


def test_layout_of_the_tutorial():
    frame = frame_of("objID,oh_p50\n1237648702973411443,8.75\n1237648702994383943,\n")
    assert frame.index.tolist() == ["1237648702973411443", "1237648702994383943"]
    assert frame.index.name == "objID"
    assert frame.index.dtype == "str"
    np.testing.assert_array_equal(frame["metallicity"], [8.75, np.nan])
    assert list(frame) == ["metallicity"]


@pytest.mark.parametrize(
    "content",
    [
        b"objID,oh_p50\na,8.5\nb,9\n",
        b"objID,oh_p50\na,8.5\nb,9",
        b"objID,oh_p50\r\na,8.5\r\nb,9\r\n",
        b"objID,oh_p50\ra,8.5\rb,9\r",
        b"\xef\xbb\xbfobjID,oh_p50\na,8.5\nb,9\n",
        b"objID,oh_p50\na,8.5\nb,9\n\n  \n\r\n",
        b'"objID", oh_p50 \n"a", 8.5\n"b",+9.0e0\n',
    ],
    ids=["unix", "no last line end", "windows", "old mac", "byte order mark", "blank end", "quotes and spaces"],
)
def test_equivalent_files(content):
    frame = frame_of(content)
    assert frame.index.tolist() == ["a", "b"]
    assert frame["metallicity"].tolist() == [8.5, 9.0]


def test_columns_become_numbers_if_nothing_is_lost():
    rows = [
        "objID,count,specObjID,gap,code,wide,truth,name,mixed,empty,exact",
        'a,3,299489676975171584,1,007,1e3,True,"x, y",1.5,,9007199254740992',
        "b,-4,299489952322840576,,010,-.5,False,,1237648702973411443,,-9007199254740992",
    ]
    frame = frame_of("\n".join(rows))
    assert frame["count"].tolist() == [3, -4]
    assert frame["count"].dtype == np.int64
    assert frame["specObjID"].tolist() == ["299489676975171584", "299489952322840576"]
    np.testing.assert_array_equal(frame["gap"], [1, np.nan])
    assert frame["code"].tolist() == ["007", "010"]
    assert frame["wide"].tolist() == [1000.0, -0.5]
    assert frame["truth"].dtype == bool
    assert frame["truth"].tolist() == [True, False]
    assert frame["name"].loc["a"] == "x, y"
    assert pd.isna(frame["name"].loc["b"])
    assert frame["mixed"].tolist() == ["1.5", "1237648702973411443"]
    assert frame["empty"].isna().all()
    assert frame["exact"].tolist() == [2**53, -(2**53)]
    assert frame["exact"].dtype == np.int64


@pytest.mark.parametrize("cell", ["9007199254740993", "-9007199254740993", "9" * 5000])
def test_integers_beyond_float64_stay_text(cell):
    assert frame_of(f"objID,number\na,{cell}\n")["number"].tolist() == [cell]


def test_digits_with_underscores_stay_text():
    assert frame_of("objID,fibre\na,266_12\nb,266_13\n")["fibre"].tolist() == ["266_12", "266_13"]


def test_numbers_are_exact():
    values = np.random.default_rng(2).normal(size=200) * 10.0 ** np.arange(-100, 100)
    text = "objID,value\n" + "".join(f"g{number},{value!r}\n" for number, value in enumerate(values.tolist()))
    np.testing.assert_array_equal(frame_of(text)["value"], values)


# --- the label --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "label", "column"),
    [
        ("oh_p50,redshift", None, "metallicity"),
        ("oh_p50,redshift", "oh_p50", "metallicity"),
        ("metallicity,redshift", None, "metallicity"),
        ("oh_p50,redshift", "redshift", "redshift"),
        ("mass,redshift", None, None),
        ("metallicity,oh_p50", "metallicity", "metallicity"),
    ],
)
def test_label_column(header, label, column):
    catalogue = read(f"objID,{header}\na,8.5,8.6\n", label)
    assert catalogue.problems == []
    assert (catalogue.label and catalogue.label.column) == column
    assert ("metallicity" in catalogue.frame) == ("metallicity" in (column, *header.split(",")))


def test_missing_label_column_lists_the_others():
    row, object_id, message = only_message("objID,log_mass,redshift\na,10,0.1\n", "logmass")
    assert (row, object_id) == (None, "")
    assert "no column 'logmass' for the label" in message
    assert "log_mass, redshift" in message
    assert "perhaps you mean 'log_mass'" in message
    assert "perhaps you mean 'OH_P50'" in only_message("objID,OH_P50\na,8\n", "oh_p50")[2]
    assert "choose one of these" in only_message("objID,redshift\na,0.1\n", "xyz")[2]
    assert "besides objID: none" in only_message("objID\na\n", "xyz")[2]
    assert "choose another column" in only_message("objID,x\na,8\n", "objID")[2]


def test_two_metallicity_columns():
    _, _, message = only_message("objID,oh_p50,metallicity\na,8.5,8.6\n")
    assert "remove one of the two" in message


@pytest.mark.parametrize(
    ("cell", "says", "remedy"),
    [
        ("abc", "isn't a finite number", "leave the cell empty"),
        ("inf", "isn't a finite number", "leave the cell empty"),
        ("-Infinity", "isn't a finite number", "leave the cell empty"),
        ("8_5", "isn't a finite number", "leave the cell empty"),
        ('"8,75"', "isn't a finite number", "decimal point"),
        ("5.99", "between 6 and 11", "holds the label"),
        ("0.02", "between 6 and 11", "holds the label"),
        ("1e-400", "too small for a 64-bit float", "multiply"),
        ("1.5D-400", "too small for a 64-bit float", "multiply"),
        ("1e400", "too large for a 64-bit float", "divide"),
        ("12345678901234567", "would be rounded", "subtract"),
        ("007", "leading zeros", "write 7 "),
        ("-00", "leading zeros", "another column"),
    ],
)
def test_invalid_label(cell, says, remedy):
    row, object_id, message = only_message(f"objID,oh_p50\na,8.5\nbad,{cell}\nc,8.6\n")
    assert (row, object_id) == (3, "bad")
    assert message.startswith("row 3, objID bad, master.csv: the label oh_p50 = ")
    assert says in message.split(";")[0]
    assert remedy in message.split(";")[1]


def test_other_labels_have_no_limits():
    assert frame_of("objID,x\na,-5\nb,1e9\n", "x")["x"].tolist() == [-5, 1e9]


def test_missing_labels_are_counted():
    catalogue = read("objID,mass\na,9.5\nb,-999\nc,11.2\nd,-9999\ne,N/A\nf,\ng,-9999.0\n", "mass")
    np.testing.assert_array_equal(catalogue.frame["mass"], [9.5, np.nan, 11.2, *[np.nan] * 4])
    assert catalogue.missing == {"mass": {"-999": 1, "-9999": 1, "N/A": 1, "": 1, "-9999.0": 1}}
    assert (catalogue.label.low, catalogue.label.high) == pytest.approx((9.534, 11.166))
    # Beside one label too, where its limits are known.
    assert read("objID,oh_p50\na,8.5\nb,-99\nc,99\n").missing == {"metallicity": {"-99": 1, "99": 1}}
    assert frame_of("objID,velocity\na,-120\nb,-99\nc,50\n", "velocity")["velocity"].tolist() == [-120, -99, 50]


def test_labels_that_a_float_would_change():
    for cell in ("1e-400", "1.23456e-320", "12345678901234567", "9007199254740993", "007", "1e400"):
        assert only_message(f"objID,x\na,1\nb,{cell}\nc,3\n", "x")[:2] == (3, "b")
    cells = ["0", "0.0", "0e5", "9007199254740992", "5e-324", "1e-310", "1.5D+03", "1234567.875"]
    rows = "".join(f"g{number},{cell}\n" for number, cell in enumerate(cells))
    assert frame_of(f"objID,x\n{rows}", "x")["x"].tolist() == [0, 0, 0, 2**53, 5e-324, 1e-310, 1500, 1234567.875]


def test_possible_sentinel_in_a_label_is_reported():
    rows = "".join(f"g{number},{100 * number}\n" for number in range(20))
    catalogue = read(f"objID,cz\nbad,-99\n{rows}", "cz")
    assert catalogue.problems == []
    assert catalogue.frame["cz"].loc["bad"] == -99
    assert catalogue.possibly_missing == {"cz": {"-99": 1}}
    velocities = "".join(f"g{number},{number}\n" for number in range(-12000, 8000, 53))
    catalogue = read(f"objID,cz\na,-9999\n{velocities}", "cz")
    assert catalogue.frame["cz"].loc["a"] == -9999
    assert catalogue.possibly_missing == {"cz": {"-9999": 1}}


def test_labels_that_rounding_would_merge():
    def label_messages(*cells):
        rows = "".join(f"g{number},{cell}\n" for number, cell in enumerate(cells))
        return messages(f"objID,z\n{rows}", "z")

    ones = "0." + "1" * 40
    ((_, _, message),) = label_messages(*(f"{ones}{digits}" for digits in range(12)))
    assert "all 12 labels z are invalid" in message
    assert "more digits than a 64-bit float holds" in message
    assert [row for row, _, _ in label_messages(f"{ones}1", "0.5", f"{ones}2", "0.25")] == [2, 4]
    assert [row for row, _, _ in label_messages("1000000000.00000000001", "1000000000", "2")] == [2, 3]
    # The same number in several forms, and digits beyond those that matter, lose nothing.
    printed = [f"{0.1:.{digits}g}" for digits in (1, 15, 17, 18, 20, 30, 60)]
    for cells in (["0.500000000000000000000", "0.5", "5e-1", "5.0D-01"], printed, [f"{ones}1", f"{ones}1", "0.2"]):
        assert read("objID,z\n" + "".join(f"g{k},{cell}\n" for k, cell in enumerate(cells)), "z").problems == []


@pytest.mark.parametrize("twin", ["m\u200bass é", "mass\u00a0é", "mass e\u0301", "mass\u2009\u2060é", "\ufeffmass é"])
def test_columns_that_look_alike(twin):
    ((row, _, message),) = messages(f"objID,mass é,x,{twin}\na,1,2,3\n")
    assert row == 1
    assert "columns 2 and 4" in message
    assert ascii(twin) in message
    assert read(f"objID,{twin},x,Mass é,masse é,mass e\na,1,2,3,4,5\n").problems == []  # alone, or visibly others
    assert messages(f"obj\u200bID,{twin}\na,1\n")[0][2].count("objID") > 0


def test_a_name_of_a_column_that_is_far_too_long():
    ((row, _, message),) = messages(f"objID,{'x' * 501}\na,1\n")
    assert row == 1
    assert "501 characters" in message
    assert len(message) < 200
    assert read(f"objID,{'x' * 500}\na,1\n").problems == []


def test_same_fault_in_all_labels_is_one_problem():
    def label_messages(cell, *others):
        rows = "".join(f"g{number},{label}\n" for number, label in enumerate([cell] * 30 + list(others)))
        return messages(f"objID,oh_p50\n{rows}")

    ((row, object_id, message),) = label_messages('"1,234"', "")
    assert (row, object_id) == (None, "")
    assert "30 of 30 labels oh_p50 are numbers with separators" in message
    assert "on line 2" in message
    assert read("objID,oh_p50\n" + "".join(f'g{k},"8,75"\n' for k in range(30))).frame["metallicity"].eq(8.75).all()
    ((_, _, message),) = label_messages('"8,75"', "8.5")
    assert "30 of 31 labels" in message
    assert "all 30 labels oh_p50 are invalid" in label_messages("0.02")[0][2]
    assert len(label_messages("0.02", "8.5")) == 30


@pytest.mark.parametrize(
    ("cells", "says", "remedy"),
    [
        (["1,234", "2,234"], "'1,234'", "write 1234 or 1.234"),
        (["1,234", "2,234,567"], "'1,234'", "thousands=','"),
        (["1 234", "1 235"], "'1 234'", "1234"),
        (["Er", "Sb+t"], "text ('Er', 'Sb+t')", "load the survey without this label"),
        (["True", "False"], "booleans", "write 1 and 0"),
    ],
)
def test_label_that_is_no_number_is_one_sentence(cells, says, remedy):
    rows = "".join(f'g{number},"{cells[number % 2]}"\n' for number in range(8))
    row, object_id, message = only_message(f"objID,x\n{rows}", "x")
    assert (row, object_id) == (None, "")
    assert says in message.rsplit(";", 1)[0]
    assert remedy in message
    # Galaxies can be coloured by it.
    assert read(f"objID,x\n{rows}").frame["x"].nunique() == 2


def test_repeated_word_among_labels():
    rows = "".join(f"g{number},{'unknown' if number % 4 == 0 else number}\n" for number in range(8))
    row, _, message = only_message(f"objID,z\n{rows}", "z")
    assert row is None
    assert "2 of 8 labels z are 'unknown', the first on line 2" in message
    catalogue = read(f"objID,z\n{rows}", "z", missing=["unknown"])
    assert catalogue.missing == {"z": {"unknown": 2}}
    assert catalogue.named_missing


def test_values_that_the_user_names_as_missing():
    text = "objID,a,b,c,d,e\n1,-1,x,99.9,007,7\n2,5,Unknown,12.5,-1,8\n3,-1.0,y,99.90,unknown,9\n4,6,x,13.5,1,9\n"
    plain = read(text, "c")
    assert plain.missing == {}
    catalogue = read(text, "c", missing=(-1, "99.9", "unknown"))
    assert catalogue.missing == {
        "a": {"-1": 1, "-1.0": 1},
        "b": {"Unknown": 1},
        "c": {"99.9": 1, "99.90": 1},
        "d": {"-1": 1, "unknown": 1},
    }
    assert catalogue.frame["a"].tolist() == pytest.approx([np.nan, 5, np.nan, 6], nan_ok=True)
    assert catalogue.frame["d"].dropna().tolist() == ["007", "1"]
    assert catalogue.frame["e"].dtype == np.int64
    assert (catalogue.label.low, catalogue.label.high) == pytest.approx((12.52, 13.48))
    assert not read(text, "c", missing=["-9999", "n/a"]).named_missing
    with pytest.raises(ValueError, match="must be a list"):
        read(text, missing="-1")


def test_sentinels_among_words():
    catalogue = read("objID,kind\n1,Er\n2,-999\n3,Sb\n4,-99\n")
    assert catalogue.missing == {"kind": {"-999": 1, "-99": 1}}


def test_thousands_in_another_column():
    catalogue = read('objID,mass\na,"1,234"\nb,"2,345"\nc,987\n')
    assert catalogue.frame["mass"].tolist() == ["1,234", "2,345", "987"]
    assert "write 1234 or 1.234" in str(catalogue.mixed["mass"])


def test_label_description():
    label = read("objID,oh_p50\na,8.5\n").label
    assert (label.name, label.unit, label.low, label.high) == ("Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
    values = np.append(np.arange(101.0), np.nan)
    label = describe_label("half_light_radius_kpc", values)
    assert (label.column, label.name, label.unit) == ("half_light_radius_kpc", "half light radius", "kpc")
    assert (label.low, label.high) == (2.0, 98.0)
    assert describe_label("redshift", values).unit == ""
    assert describe_label("kpc", values).name == "kpc"


@pytest.mark.parametrize("mark", [-1, -500, 255, 9.9e99])
def test_colour_range_ignores_possible_sentinels(mark):
    redshifts = np.linspace(0.05, 0.09, 12)
    label, plain = (describe_label("z", values) for values in (np.append(redshifts, [mark] * 3), redshifts))
    assert (label.low, label.high) == (plain.low, plain.high)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [3.0], [7.0, 7.0, np.nan], [1e18, 1e18], [-1e300]])
def test_colour_range_is_never_empty(values):
    label = describe_label("x", np.array(values, dtype=float))
    assert np.isfinite([label.low, label.high]).all()
    assert label.low < label.high


# --- format of the file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "row", "says", "remedy"),
    [
        (b"", None, "empty", "write a header"),
        (b" \r\n\n", None, "empty", "write a header"),
        (b"\xef\xbb\xbf", None, "empty", "write a header"),
        (b"objID,oh_p50\n", None, "no galaxies", "add one row"),
        (b"objID,oh_p50\na,8.5\0\n", None, "NUL bytes", "CSV UTF-8"),
        (bytes(range(256)) * 4, None, "NUL bytes", "CSV UTF-8"),
        ("objID,name\na,x\nb,é\n".encode("latin-1"), 3, "isn't UTF-8 (byte 0xe9", "CSV UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0", None, "an Excel workbook", "CSV UTF-8"),
        (b"\x1f\x8b\x08\0", None, "gzip", "download it again"),
        (b"\xff\xd8\xff\xe0", None, "a JPEG image", "CSV UTF-8"),
        (b"<!doctype html>\n<title>404</title>", None, "HTML page", "download failed"),
    ],
)
def test_content_that_is_not_a_table(content, row, says, remedy):
    found_row, _, message = only_message(content)
    assert found_row == row
    assert says in message.rsplit(";", 1)[0]
    assert remedy in message.rsplit(";", 1)[1]


@pytest.mark.parametrize(
    ("header", "says", "remedy"),
    [
        ("id,oh_p50", "no column objID; its columns are: id, oh_p50", "rename 'id' to objID"),
        ("1237648702973411443,8.75", "no column objID", "header seems to be missing"),
        ("galaxy,oh_p50", "no column objID", "add a column objID"),
        ("ra,dr7objid", "no column objID", "rename 'dr7objid' to objID if the images are named after it"),
        ("specObjID,oh_p50", "no column objID", "rename 'specObjID' to objID if"),
        ("GalaxyID,oh_p50", "no column objID", "rename 'GalaxyID' to objID if"),
        ("source_id,oh_p50", "no column objID", "rename 'source_id' to objID if"),
        ("oh_p50,IAU name", "no column objID", "rename 'IAU name' to objID if"),
        ("objID oh_p50", "no column objID", "separated by spaces"),
        ("id;oh_p50", "no column objID; its columns are: id, oh_p50", "rename 'id' to objID"),
        ("objID,oh_p50,", "column 3 of 3 has no name", "remove the comma at the end of each line"),
        (",objID,oh_p50", "column 1 of 3 has no name", "index=False"),
        ("objID,z,z", "columns 2 and 3 are both called 'z'", "rename one"),
        ("objID,objID", "columns 1 and 2 are both called 'objID'", "rename one"),
    ],
)
def test_invalid_header(header, says, remedy):
    # Blank lines before the header are passed over, and counted.
    row, _, message = only_message(f"\n{header}\n{','.join('9' * len(header.split(',')))}\n")
    assert row == 2
    assert says in message
    assert remedy in message


def test_long_header_is_shortened():
    _, _, message = only_message(",".join(f"c{number}" for number in range(60)) + "\n" + "1," * 59 + "1\n")
    assert "c11 … and 48 more" in message


@pytest.mark.parametrize(
    ("line", "says", "remedy"),
    [
        ("b", "has 1 cell, the header has 3", "needs its comma"),
        ("b,8.5", "has 2 cells, the header has 3", "needs its comma"),
        ("b,8.5,x,y", "has 4 cells, the header has 3", "quotation marks"),
        ("", "the line is empty", "remove it"),
        ('b,8.5,"x', "quotation mark on this line is never closed", "close it"),
        ('b,8.5,"x"y', "quotation mark on this line is never closed", "close it"),
        ("b,8.5,x,", "has 4 cells, the header has 3", "remove the comma at the end of the line"),
        ("# from here on", "the line is a comment", "remove it"),
        ("objID,oh_p50,name", "the line repeats the header", "remove it"),
    ],
)
def test_invalid_row(line, says, remedy):
    row, _, message = only_message(f"objID,oh_p50,name\na,8.5,x\n{line}\nc,8.6,z\n")
    assert row == 3
    assert says in message
    assert remedy in message


# --- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "object_id",
    [
        *("1237648702973411443", "J0001+0203", "M_31", "ngc-4258.b", "12e5", "12E34", "0", "1.5", "con"),
        *("NGC 1234", "NGC   224", "Größe 1", "银河 7", "أندروميدا", "नीहारिका", "x" * 200),
    ],
)
def test_valid_id(object_id):
    assert frame_of(f"objID,oh_p50\n{object_id},8.5\n").index.tolist() == [object_id]


@pytest.mark.parametrize(
    ("cell", "shown", "says", "remedy"),
    [
        ("", "''", "empty", "name of the galaxy's image"),
        ("  ", "'  '", "empty", "name of the galaxy's image"),
        (" a", "' a'", "spaces around it", "remove them"),
        ("a\t", "'a\\t'", "spaces around it", "remove them"),
        ("1.2376e+18", "1.2376e+18", "a spreadsheet or a float", "as text"),
        ("1.23765E18", "1.23765E18", "a spreadsheet or a float", "as text"),
        ("1e+18", "1e+18", "a spreadsheet or a float", "as text"),
        ("1237648702973411443.0", "1237648702973411443.0", "a spreadsheet or a float", "as text"),
        ("nan", "nan", "missing value", "the galaxy's id"),
        ("#N/A", "#N/A", "missing value", "the galaxy's id"),
        ("../secret", "../secret", "contains a path", "only the image's name"),
        ("images/1", "images/1", "contains a path", "only the image's name"),
        ("C:\\a", "C:\\a", "contains a path", "only the image's name"),
        ("a..b", "a..b", "contains a path", "only the image's name"),
        (".hidden", ".hidden", "begins with a dot", "remove it"),
        ("a.", "a.", "ends with a dot", "remove it"),
        ("a\x1b[31m", "'a\\x1b[31m'", "a control character (U+001B)", "remove it"),
        ("a\u202eb", "'a\\u202eb'", "the direction of text (U+202E)", "remove it"),
        ("a\u200bb", "'a\\u200bb'", "can't be seen (U+200B)", "remove it"),
        ("a\u3164", "a\u3164", "can't be seen (U+3164)", "remove it"),
        ("a\u00a0b", "'a\\xa0b'", "a special space (U+00A0)", "plain space"),
        ("🌌", "🌌", "can't be a file name", "letters, digits"),
        ("a~b", "a~b", "can't be a file name", "letters, digits"),
        ("é" * 101, None, "202 bytes", "shorten it"),
        ("x" * 99 + "?", None, "can't be a file name", "letters, digits"),
    ],
)
def test_invalid_id(cell, shown, says, remedy):
    row, object_id, message = only_message(f"objID,oh_p50\na,8.5\n{cell},8.6\n")
    assert row == 3
    assert object_id.strip("'") == shown.strip("'") if shown else len(object_id) < 50
    assert says in message
    assert remedy in message
    assert message.isprintable()


def test_rounded_ids_are_one_problem():
    exact = [1237648702973411443 + 1_024_455_821 * number for number in range(50)]
    rounded = {
        "a float": [int(float(value)) for value in exact],
        "a spreadsheet": [value // 10**4 * 10**4 for value in exact],
    }
    for cause, ids in rounded.items():
        text = "objID,oh_p50\n" + "".join(f"{value},8.5\n" for value in ids)
        catalogue = read(text)
        assert catalogue.lines == {}  # so that no image is looked for
        row, object_id, message = only_message(text)
        assert (row, object_id) == (None, "")
        assert f"all 50 long ids seem to have been rounded by {cause}" in message
        assert f"on line 2, is {ids[0]}" in message
        assert "dtype={'objID': str}" in message
    frame_of("objID,oh_p50\n" + "".join(f"{value},8.5\n" for value in exact))


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["'123", "'124"], "All 2 ids begin with an apostrophe"),
        (['"=""123"""', '"=""124"""'], 'All 2 ids are written as ="…"'),
        (["'123", "124"], "1 of 2 ids begins with an apostrophe"),
        (["123.jpg", "124.PNG"], "All 2 ids end like files: 123.jpg is read as 123"),
        (["'123.jpeg'", "124"], "1 of 2 ids ends like a file"),
    ],
)
def test_decorations_of_ids_are_removed(cells, note):
    catalogue = read("objID,oh_p50\n" + "".join(f"{cell},8.5\n" for cell in cells))
    assert catalogue.frame.index.tolist() == ["123", "124"]
    assert any(sentence.startswith(note) for sentence in catalogue.notes)


def test_accents_of_ids_are_joined():
    catalogue = read("objID,oh_p50\nGro\u0308\u00dfe,8.5\n")
    assert catalogue.frame.index.tolist() == ["Gr\u00f6\u00dfe"]
    assert len(catalogue.notes) == 1


@pytest.mark.parametrize("cells", [["'123", "123"], ["123.jpg", "123.png"], ["e\u0301", "\u00e9"]])
def test_decorations_that_distinguish_ids_are_refused(cells):
    row, _, message = only_message("objID,oh_p50\n" + "".join(f"{cell},8.5\n" for cell in [*cells, "a"]))
    assert row is None
    assert f"line 2 has {cells[0]} and line 3 has {cells[1]}" in message


def test_duplicate_id():
    row, object_id, message = only_message("objID,oh_p50\na,8.5\nb,8.6\na,8.7\n")
    assert (row, object_id) == (4, "a")
    assert "objID a is on line 2 already; remove one of the two rows" in message


# --- large tables -----------------------------------------------------------------------------------------------------

CELL = st.text(st.characters(blacklist_characters="\r\n\0", codec="utf-8"), max_size=5)


@settings(max_examples=40)
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=9)))
def test_cells_equal_those_of_the_csv_module(rows):
    """Block by block, whatever the cells hold: quotation marks, commas, spaces, anything but line breaks."""
    width = len(rows[0]) if rows else 1
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["objID", *(f"c{number}" for number in range(width))])
    writer.writerows([f"g{number}", *row] for number, row in enumerate(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("galviz.survey.text_stream.CHUNK_BYTES", 16)
        table = table_of(file.getvalue())
    assert [line for line, _ in table.ids] == table.lines == list(range(2, 2 + len(rows)))
    for number in range(width if rows else 0):
        assert list(table.cells(f"c{number}")) == [row[number].strip() for row in rows]
    assert bool(table.problems) == (not rows)


def test_memory_for_a_large_table(monkeypatch, tmp_path):
    monkeypatch.setattr("galviz.survey.text_stream.CHUNK_BYTES", 2**16)
    random = np.random.default_rng(0)
    names = ["objID", *(f"c{number}" for number in range(40))]
    rows = [f"g{number}," + ",".join(map("{:.8f}".format, random.normal(size=40))) for number in range(1_500)]
    path = tmp_path / "master.csv"
    path.write_text("\n".join([",".join(names), *rows]))
    tracemalloc.start()
    try:
        catalogue = read_catalogue(open_table(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert catalogue.frame.shape == (1_500, 40)
    assert peak < 3 * path.stat().st_size  # 10 times with a Python string for each cell


def test_rows_are_skipped_without_an_id_column():
    rows = "".join(f"g{number};8;5\n" for number in range(1000))
    assert only_message("name;oh_p50\n" + rows)[0] == 1


# --- everything -------------------------------------------------------------------------------------------------------


def test_all_problems_are_listed():
    text = "objID,oh_p50,y,z\na,8.5,1\n../b,x,1,2\na,-9999,1,2\nd,8.5,1,2\nd,8.5,1,2\n"
    problems = [(row, message.split(": ", 1)[1].split(";")[0]) for row, _, message in messages(text)]
    assert problems == [
        (2, "the row has 3 cells, the header has 4"),
        (3, "objID '../b' contains a path"),
        (4, "objID a is on line 2 already"),
        (6, "objID d is on line 5 already"),
        (3, "the label oh_p50 = 'x' isn't a finite number"),
    ]


@pytest.mark.parametrize(
    "alphabet",
    [
        bytes(range(256)),
        b'objID,oh_p50\n\r" 8.-9\t',
        "objID,é€𝄞\u2028\x85\n8.5,\x0b\x0c\ufeff".encode(),
    ],
    ids=["bytes", "like a catalogue", "unicode"],
)
def test_random_content(alphabet):
    dice = random.Random(3)
    text = alphabet.decode("latin-1") if alphabet.isascii() or len(alphabet) == 256 else alphabet.decode()
    encoding = "latin-1" if len(alphabet) == 256 else "utf-8"
    for _ in range(150):
        start = dice.choice(["", "objID,oh_p50\n", "objID,x\na,1\n"])
        body = "".join(dice.choices(text, k=dice.randrange(80)))
        catalogue = read((start + body).encode(encoding), dice.choice([None, "x", "oh_p50"]))
        assert (catalogue.frame is None) == bool(catalogue.problems)
        assert all(str(problem).isprintable() for problem in catalogue.problems)


def test_damaged_tables():
    dice = random.Random(4)
    sound = b'objID,oh_p50,name\n1237648702973411443,8.75,"a, b"\n1237648702994383943,,\n'
    for _ in range(400):
        damaged = bytearray(sound)
        for _ in range(dice.randrange(1, 4)):
            place = dice.randrange(len(damaged))
            damaged[place : place + dice.randrange(4)] = dice.randbytes(dice.randrange(3))
        catalogue = read(bytes(damaged))
        assert (catalogue.frame is None) == bool(catalogue.problems)


def test_open_quotation_marks_affect_one_row_each():
    rows = "".join(f'g{number},"8.5\n' for number in range(3000))
    problems = messages("objID,oh_p50\n" + rows)
    assert [row for row, _, _ in problems] == list(range(2, 3002))


# --- reading the file -------------------------------------------------------------------------------------------------


def test_missing_catalogue_file(tmp_path):
    def problem_of(folder):
        _, problem = find_catalogue(folder)
        return str(problem)

    assert "there is no such folder; check the path" in problem_of(tmp_path / "nowhere")
    assert "there is no such folder" in problem_of(tmp_path / ("n" * 5000))
    assert "there is no such folder" in problem_of(tmp_path / "nul\0byte")
    assert problem_of(tmp_path) == "master.csv: there is no such file; put the survey's table there."
    for name, remedy in [
        ("master.tsv", "rename it to master.csv"),
        ("master.fits", "astropy.table.Table.read(…).write('master.csv')"),
        ("gz2.parquet", "rename it to master.parquet"),
        ("gz2.csv.gz", "rename it to master.csv.gz"),
        ("master.xlsx", "in the format 'CSV UTF-8', with objID as text"),
    ]:
        (tmp_path / name).touch()
        assert f"there is {name}: " in problem_of(tmp_path)
        assert remedy in problem_of(tmp_path)
        (tmp_path / name).unlink()
    (tmp_path / "Master.CSV").write_text("objID\na\n")
    assert "rename Master.CSV to master.csv" in problem_of(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "master.csv").write_text("objID\na\n")
    assert "there is one in inner: give that folder" in problem_of(tmp_path)
    assert "it is a file, not a folder" in problem_of(tmp_path / "inner" / "master.csv")
    (tmp_path / "odd" / "master.csv").mkdir(parents=True)
    assert "master.csv: it is a folder, not a file" in problem_of(tmp_path / "odd")
    assert find_catalogue(tmp_path / "inner") == (tmp_path / "inner" / "master.csv", None)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "master.csv").symlink_to(tmp_path / "inner" / "master.csv")
    assert find_catalogue(tmp_path / "link") == (tmp_path / "link" / "master.csv", None)
    (tmp_path / "inner" / "master.csv").unlink()
    assert "it is a broken link" in problem_of(tmp_path / "link")
    (tmp_path / "a.csv").touch()
    assert "rename one of Master.CSV, a.csv to master.csv" in problem_of(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_catalogue_is_a_named_pipe(tmp_path):
    os.mkfifo(tmp_path / "master.csv")
    _, problem = find_catalogue(tmp_path)
    assert str(problem) == "master.csv: it is a named pipe (FIFO), not a file; put the table itself there."


def test_portability_warnings():
    assert portability_warnings(["a1.jpg", "A2.jpg", "con1.jpg", "console.png", "a1.png"]) == []
    (message,) = portability_warnings(["A1.jpg", "b.jpg", "a1.JPG", "c.png", "C.png"])
    assert "A1.jpg, a1.JPG differ only" in message
    assert "(and 1 more)" in message
    for name in ("CON.jpg", "nul.png", "Com1.jpg", "aux.5.jpg"):
        (message,) = portability_warnings(["1.jpg", name])
        assert f"a file called {name}:" in message

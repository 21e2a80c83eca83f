"""The command check-survey: its summary, its problems and its JSON."""

import json

import pandas as pd
import pytest
from PIL import Image

from galviz import cli
from galviz.network.card import read_card
from galviz.survey.survey import load_survey


@pytest.fixture
def folder(make_survey):
    return make_survey(4, causes=False, side_px=32)


def test_a_valid_survey_is_summarised(folder, capsys):
    assert cli.main(["check-survey", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.splitlines() == [
        f"The survey folder {folder} is valid.",
        "galaxies  4",
        "label     metallicity, 8.3 to 9.2 dex; no galaxies without it",
        "images    32 x 32 px (4)",
        "network   xresnet34-1 takes the central 112 x 112 px: 100 % of 32 x 32 px; 92 % of its input is padding",
        "note      4 of 4 images are smaller than the network's crop: the central 32 × 32 of 32 × 32 px (100 % of "
        "the image), padded with black (92 % of the crop is padding).",
        f"sha256    {load_survey(folder).sha256}",
    ]


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (("8.5", "", "8.75"), "metallicity, 8.5 to 8.75 dex; 1 galaxy without it"),
        (("", "", "8.75"), "metallicity, 8.75 to 8.75 dex; 2 galaxies without it"),
        (("", "", ""), "metallicity, no values; 3 galaxies without it"),
    ],
)
def test_galaxies_without_label_are_counted(make_survey, capsys, cells, label):
    folder = make_survey(3, causes=False, side_px=32)
    ids = load_survey(folder).object_ids
    rows = [f"{object_id},{cell}\n" for object_id, cell in zip(ids, cells, strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder)]) == 0
    assert f"label     {label}\n" in capsys.readouterr().out


def test_the_label_is_optional(make_survey, capsys):
    folder = make_survey(3, labelled=False, side_px=32)
    assert cli.main(["check-survey", str(folder)]) == 0
    assert "label     none (name its column with --label)\n" in capsys.readouterr().out
    assert cli.main(["check-survey", str(folder), "--label", "redshift"]) == 0
    assert "label     redshift, 0.07 to 0.07; no galaxies without it\n" in capsys.readouterr().out


def test_file_names_that_are_not_portable_are_noted(make_survey, capsys):
    folder = make_survey(4, side_px=32)
    table = pd.read_csv(folder / "master.csv", dtype=str)
    for object_id, name in zip(table["objID"], ("A1", "a1", "NUL", "b"), strict=True):
        (folder / "images" / f"{object_id}.jpg").rename(folder / "images" / f"{name}.jpg")
    table.assign(objID=["A1", "a1", "NUL", "b"]).to_csv(folder / "master.csv", index=False)
    if len(list((folder / "images").iterdir())) < 4:
        return  # this file system ignores case
    assert cli.main(["check-survey", str(folder)]) == 0
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note ")]
    assert any("A1.jpg, a1.jpg differ only in upper and lower case" in note for note in notes)
    assert any("a file called NUL.jpg" in note for note in notes)


def test_many_image_sizes_are_abbreviated(make_survey, capsys):
    folder = make_survey(8, causes=False)
    for number, path in enumerate(sorted((folder / "images").iterdir())):
        Image.open(path).crop((0, 0, 160 - number, 150)).save(path)
    assert cli.main(["check-survey", str(folder)]) == 0
    assert "156 x 150 px (1) and 3 other sizes\n" in capsys.readouterr().out


def test_the_network_s_input_is_described(make_survey, tiny_card, capsys):
    folder = make_survey(3, causes=False, side_px=400, suffix=".png")
    assert cli.main(["check-survey", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "takes the central 112 x 112 px: 8 % of 400 x 400 px; 0 % of its input is padding\n" in printed
    assert "--scale 0.28" in printed
    assert cli.main(["check-survey", str(folder), "--scale", "0.28", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["scale"], facts["image_sizes_px"], facts["remarks"]) == (0.28, {"112 x 112": 3}, [])
    assert facts["seen"] == {"112 x 112": {"share_of_image": 1.0, "share_of_padding": 0.0}}
    assert facts["sha256"] == load_survey(folder, scale=0.28).sha256
    assert cli.main(["check-survey", str(folder), "--model", str(tiny_card), "--json"]) == 0
    crop_px = read_card(tiny_card).crop_px
    seen = json.loads(capsys.readouterr().out)["seen"]["400 x 400"]["share_of_image"]
    assert seen == pytest.approx((crop_px / 400) ** 2)


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "17", "a"])
def test_an_invalid_scale_is_refused(folder, capsys, scale):
    try:
        status = cli.main(["check-survey", str(folder), "--scale", scale])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert "scale" in capsys.readouterr().err


def test_images_without_row_and_grey_ones_are_counted(folder, capsys):
    first = sorted((folder / "images").iterdir())[0]
    for number in range(5):
        first.with_name(f"other{number}.jpg").write_bytes(first.read_bytes())
    first.with_name("._other.jpg").write_bytes(b"")
    Image.open(first).convert("L").save(first)
    assert cli.main(["check-survey", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "5 in images/ have no row in master.csv: other0.jpg, other1.jpg, other2.jpg and 2 other images\n" in printed
    assert "note      1 image is grey" in printed


def test_problems_are_grouped_by_cause_with_their_count(folder, capsys):
    ids = load_survey(folder).object_ids
    (folder / "images" / f"{ids[0]}.jpg").unlink()
    (folder / "master.csv").write_text(
        f"objID,oh_p50\n{ids[0]},8.5\n{ids[1]},abc\n" + "".join(f"x{n},8\n" for n in range(30))
    )
    assert cli.main(["check-survey", str(folder)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "31 problems of one kind: there is no image; add it, or remove the galaxy's row."
    assert lines[1] == f"  row 2, images/{ids[0]}.jpg"
    assert lines[6] == "  … and 26 more (--json lists all)"
    assert lines[7].startswith(
        f"row 3, objID {ids[1]}, master.csv: the label oh_p50 = 'abc' isn't a finite number; leave"
    )
    assert lines[8:] == [f"The survey folder {folder} has 32 problems."]


def test_missing_values_and_text_are_listed(folder, capsys):
    ids = load_survey(folder).object_ids
    cells = ["-9999,9.5,bad,1000", "N/A,-999,1,2000", "1.5,9.8,2,-99", "-9999,9.7,3,4000"]
    rows = [f"{object_id},8.5,{cell}\n" for object_id, cell in zip(ids, cells, strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50,redshift,mass,age,cz\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "missing   redshift: 3 of 4: -9999 (2), N/A (1)" in lines
    assert "missing   mass: 1 of 4: -999 (1)" in lines
    (line,) = [line for line in lines if line.startswith("missing?  ")]
    assert "cz: " in line
    assert "-99 (1)" in line
    (line,) = [line for line in lines if line.startswith("text      age: ")]
    assert "1 of 4 cells isn't a number, the first 'bad' on line 2" in line
    assert cli.main(["check-survey", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["missing"] == {"redshift": {"-9999": 2, "N/A": 1}, "mass": {"-999": 1}}
    assert facts["possibly_missing"] == {"cz": {"-99": 1}}
    assert list(facts["text_not_numbers"]) == ["age"]


def test_a_last_line_without_line_break_is_noted(folder, capsys):
    path = folder / "master.csv"
    whole = path.read_bytes().rstrip()
    for content, is_noted in ((whole + b"\n", False), (whole + b"\r\n", False), (whole, True), (whole[:-2], True)):
        path.write_bytes(content)
        assert cli.main(["check-survey", str(folder), "--json"]) == 0
        notes = json.loads(capsys.readouterr().out)["catalogue_notes"]
        assert len(notes) == is_noted
        assert cli.main(["check-survey", str(folder)]) == 0
        printed = capsys.readouterr().out
        assert ("note      The last line of master.csv has no line end" in printed) == is_noted
        assert all(content.decode()[-8:] in note for note in notes)


def test_many_problems_are_counted_by_kind(tmp_path, capsys):
    count = 20_001
    (tmp_path / "images").mkdir()
    (tmp_path / "master.csv").write_text("objID\n../x\n" + "".join(f"g{number}\n" for number in range(count - 1)))
    assert cli.main(["check-survey", str(tmp_path)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "20,000 problems of one kind: there is no image; add it, or remove the galaxy's row."
    assert lines[6] == "  … and 19,995 more (--json lists all)"
    assert lines[7].startswith("row 2, objID ../x")
    assert lines[8:] == [f"The survey folder {tmp_path} has 20,001 problems."]
    assert cli.main(["check-survey", str(tmp_path), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert len(report["problems"]) == count
    assert [(kind["count"], len(kind["examples"])) for kind in report["kinds"]] == [(20_000, 5), (1, 1)]


@pytest.mark.parametrize("option", [["--missing", "-1,-2"], ["--missing=-1,-2"], ["--missing", "-1, -2.0"]])
def test_values_may_be_named_as_missing(folder, capsys, option):
    ids = load_survey(folder).object_ids
    rows = [f"{object_id},8.5,{cell}\n" for object_id, cell in zip(ids, (-1, 5, -2, 7), strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50,age\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder), *option, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["missing"] == {"age": {"-1": 1, "-2": 1}}
    assert facts["sha256"] == load_survey(folder, missing=[-1, -2]).sha256 != load_survey(folder).sha256
    # What changes nothing changes no checksum, and the features of a survey stay valid.
    assert load_survey(folder, missing=["-9999", "x"]).sha256 == load_survey(folder).sha256


def test_missing_labels_are_listed(folder, capsys):
    ids = load_survey(folder).object_ids
    rows = [f"{object_id},{cell}\n" for object_id, cell in zip(ids, ("8.5", "-99", "-999", "8.7"), strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder)]) == 0
    assert "missing   metallicity: 2 of 4: -99 (1), -999 (1)\n" in capsys.readouterr().out


def test_json_has_facts_or_problems(folder, capsys):
    assert cli.main(["check-survey", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["problems"] == []
    assert (facts["galaxies"], facts["label"], facts["lowest"], facts["highest"]) == (4, "metallicity", 8.3, 9.2)
    assert facts["image_sizes_px"] == {"32 x 32": 4}

    (folder / "master.csv").write_text("objID,oh_p50\n../é,8.5\n")
    assert cli.main(["check-survey", str(folder), "--label", "z", "--json"]) == 2
    whole, row = json.loads(capsys.readouterr().out)["problems"]
    assert (whole["row"], whole["file"]) == (None, "master.csv")
    assert (row["row"], row["objID"], row["file"]) == (2, "../é", "master.csv")
    assert row["remedy"] == "write only the image's name"


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"objID\n", b"<html>", b"\xff\xfe", b"a;b\n1;2\n", b'"'])
def test_broken_tables_cause_no_traceback(tmp_path, content, capsys):
    (tmp_path / "master.csv").write_bytes(content)
    assert cli.main(["check-survey", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "master.csv" in printed.out
    assert printed.err == ""


def test_a_missing_folder_is_reported(tmp_path, capsys):
    assert cli.main(["check-survey", str(tmp_path / "nowhere")]) == 2
    assert "there is no such folder; check the path" in capsys.readouterr().out

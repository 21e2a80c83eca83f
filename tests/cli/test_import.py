"""The command import, and check-survey on folders that aren't survey folders."""

import json
import os
import signal
import time

import pytest

from galviz import cli
from tests.importing.sources import make_source


@pytest.fixture
def zoobot(tmp_path):
    lines = ["iauname,p_spiral,file_loc", *(f"J00040{n}.1+02092{n}.2,0.{n + 1},/data/sub/{n}.png" for n in range(4))]
    return make_source(tmp_path / "my zoo", lines, [f"images/sub/{n}.png" for n in range(4)], "train.csv")


def run(capsys, *arguments):
    status = cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_import_prints_what_it_did_and_the_next_commands(zoobot, tmp_path, capsys):
    status, out, err = run(capsys, "import", zoobot, "--out", tmp_path / "survey", "--label", "p_spiral")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "source    my zoo: train.csv"
    assert lines[2:5] == ["ids       iauname", "images    file_loc", "label     p_spiral"]
    assert f"streamlit run app.py -- --survey {tmp_path / 'survey'} --label p_spiral" in err
    assert run(capsys, "check-survey", tmp_path / "survey", "--label", "p_spiral")[0] == 0


def test_preview_writes_nothing(zoobot, tmp_path, capsys):
    status, out, _ = run(capsys, "import", zoobot, "--preview")
    assert status == 0
    assert "objID" in out
    assert "J000400.1+020920.2" in out
    assert [path.name for path in tmp_path.iterdir()] == ["my zoo"]


def test_problems_are_one_sentence_each(tmp_path, capsys):
    source = make_source(tmp_path / "in", ["id,p", "17,0.1", "18,0.2"], ["17.jpg", "18.jpg"], "t.csv")
    (source / "18.jpg").write_bytes(b"")
    status, out, err = run(capsys, "import", source, "--out", tmp_path / "out")
    assert (status, out) == (2, "")
    first, last = err.splitlines()
    assert first == "18.jpg: the file is empty (0 bytes); download it again."
    assert "--skip-broken" in last
    status, out, _ = run(capsys, "import", source, "--out", tmp_path / "out", "--skip-broken")
    assert status == 0
    assert "left out  18.jpg: the file is empty" in out


def test_a_question_is_one_sentence(tmp_path, capsys):
    source = make_source(tmp_path / "in", ["a,b", "1,2", "2,1"], ["1.jpg", "2.jpg"], "t.csv")
    status, out, err = run(capsys, "import", source, "--preview")
    assert (status, out) == (2, "")
    assert "--image a seems likely" in err
    assert len(err.splitlines()) == 1
    assert run(capsys, "import", source, "--preview", "--image", "b")[0] == 0


def test_out_or_preview_is_needed(zoobot, capsys):
    status, _, err = run(capsys, "import", zoobot)
    assert status == 2
    assert "--out FOLDER" in err


def test_check_survey_suggests_the_import_that_works(zoobot, tmp_path, capsys):
    import shlex

    status, out, _ = run(capsys, "check-survey", zoobot)
    assert status == 2
    command = out.splitlines()[-1].partition("python -m galviz ")[2]
    arguments = shlex.split(command.replace("NEW-FOLDER", shlex.quote(str(tmp_path / "new"))))
    assert arguments[0] == "import"
    assert run(capsys, *arguments)[0] == 0


def test_check_survey_with_options_reports_on_the_import(zoobot, capsys, tmp_path):
    before = sorted(path.name for path in tmp_path.rglob("*"))
    status, out, _ = run(capsys, "check-survey", zoobot, "--id", "iauname", "--label", "p_spiral", "--json")
    assert status == 0
    report = json.loads(out)
    assert (report["galaxies"], report["label"], report["folder"]) == (4, "p_spiral", str(zoobot))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_check_survey_reads_named_missing_values(make_survey, capsys):
    folder = make_survey(4, causes=False, side_px=32)
    text = (folder / "master.csv").read_text().splitlines()
    object_id = text[1].split(",")[0]
    (folder / "master.csv").write_text("\n".join([text[0], f"{object_id},-77", *text[2:]]) + "\n")
    status, out, _ = run(capsys, "check-survey", folder, "--missing", "unknown,-77", "--json")
    assert status == 0
    assert json.loads(out)["without_label"] == 1


def test_no_import_is_suggested_for_damaged_images(make_survey, capsys):
    folder = make_survey(4, causes=False, side_px=32)
    next((folder / "images").iterdir()).write_bytes(b"")
    status, out, _ = run(capsys, "check-survey", folder)
    assert status == 2
    assert "import" not in out


def test_no_import_is_suggested_for_a_label_that_it_would_keep(make_survey, capsys):
    folder = make_survey(4, causes=False, side_px=32)
    text = (folder / "master.csv").read_text().replace("oh_p50", "kind")
    (folder / "master.csv").write_text(text.replace(",8.", ',"1,').replace("\n9", '"\n9') + '"\n')
    status, out, _ = run(capsys, "check-survey", folder, "--label", "kind")
    assert status == 2
    assert "import" not in out


def test_an_import_is_suggested_if_another_column_is_called_label(tmp_path, capsys):
    """What a problem is about is its kind; the sentences list the names of columns."""
    lines = ["iauname,label,file_loc", *(f"J00040{n}.1,0.{n + 1},/data/{n}.png" for n in range(4))]
    folder = make_source(tmp_path / "in", lines, [f"images/{n}.png" for n in range(4)], "master.csv")
    out = run(capsys, "check-survey", folder)[1]
    assert "'label'" in out or " label" in out
    assert "galviz import" in out


def test_sigterm_leaves_nothing(zoobot, tmp_path, monkeypatch):
    before, folders = sorted(tmp_path.rglob("*")), []

    def terminated(path):
        folders.extend(tmp_path.glob(".out*"))
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)

    monkeypatch.setattr("galviz.importing.writing._move", lambda temporary, target: terminated(temporary))
    assert cli.main(["import", str(zoobot), "--out", str(tmp_path / "out")]) == 130
    assert len(folders) == 1
    assert sorted(tmp_path.rglob("*")) == before

"""The command audit, and --exclude of the commands that read a survey."""

import json

import pandas as pd
import pytest
from PIL import Image

from galviz.cli import main
from galviz.survey.survey import load_survey
from tests.audit.test_audit import copy_mock_galaxies, path_of
from tests.cards import TINY


@pytest.fixture
def folder(tmp_path):
    """Twelve mock galaxies, the first black, the sixth a copy of the fourth."""
    folder = copy_mock_galaxies(tmp_path / "survey")
    Image.new("RGB", (160, 160)).save(path_of(folder, 0))
    path_of(folder, 5).write_bytes(path_of(folder, 3).read_bytes())
    return folder


def test_findings_are_printed_by_kind_and_written(folder, tmp_path, capsys):
    table, sheet, exclude = tmp_path / "audit.csv", tmp_path / "audit.png", tmp_path / "exclude.txt"
    files = ["--out", str(table), "--sheet", str(sheet), "--write-exclude", str(exclude)]
    assert main(["audit", str(folder), *files]) == 2
    printed = capsys.readouterr().out
    assert printed.splitlines()[0] == f"{folder}: 12 galaxies audited; 1 fatal, 1 suspicious finding."
    assert "fatal: blank image (1)" in printed
    assert "suspicious: same image (1)" in printed
    written = pd.read_csv(table, dtype=str)
    ids = load_survey().object_ids
    assert written[["kind", "objID", "severity"]].to_numpy().tolist() == [
        ["blank image", ids[0], "fatal"],
        ["same image", ids[5], "suspicious"],
    ]
    with Image.open(sheet) as image:
        assert image.format == "PNG"
    assert main(["audit", str(folder), *files]) == 2
    assert "exists" in capsys.readouterr().err

    # The list: what is fatal is left out, what is suspicious stays until its line is uncommented.
    assert main(["audit", str(folder), "--exclude", str(exclude)]) == 0
    assert "11 galaxies audited, 1 excluded; nothing fatal, 1 suspicious finding." in capsys.readouterr().out
    exclude.write_text(exclude.read_text().replace(f"# {ids[5]}", ids[5]))
    assert main(["audit", str(folder), "--exclude", str(exclude)]) == 0
    assert "10 galaxies audited, 2 excluded; nothing fatal, nothing suspicious." in capsys.readouterr().out


def test_json(folder, capsys):
    assert main(["audit", str(folder), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["galaxies"] == 12
    assert [(group["kind"], group["count"]) for group in report["kinds"]] == [("blank image", 1), ("same image", 1)]
    assert report["findings"][0]["objID"] == load_survey().object_ids[0]


def test_files_must_differ_and_inputs_are_kept(folder, tmp_path, capsys):
    one = str(tmp_path / "one")
    assert main(["audit", str(folder), "--out", one, "--sheet", one]) == 2
    assert main(["audit", str(folder), "--out", str(folder / "master.csv"), "--force"]) == 2
    assert "is an input" in capsys.readouterr().err


def test_check_survey_leaves_galaxies_out(folder, tmp_path, capsys):
    exclude = tmp_path / "exclude.txt"
    exclude.write_text(load_survey().object_ids[0])
    assert main(["check-survey", str(folder)]) == 2
    capsys.readouterr()
    assert main(["check-survey", str(folder), "--exclude", str(exclude)]) == 0
    printed = capsys.readouterr().out
    assert "galaxies  11, 1 excluded\n" in printed
    assert "unlisted" not in printed
    exclude.write_text("42\n")
    assert main(["check-survey", str(folder), "--exclude", str(exclude)]) == 2
    assert "objID 42" in capsys.readouterr().out
    assert main(["check-survey", str(folder), "--exclude", str(tmp_path / "nowhere")]) == 2


@pytest.mark.full
def test_extract_and_train_leave_galaxies_out(folder, tiny_card, tmp_path):
    from galviz.features.features import load_features
    from galviz.network.card import read_card

    ids, exclude, out = load_survey().object_ids, tmp_path / "exclude.txt", tmp_path / "features.parquet"
    exclude.write_text(f"{ids[0]}\n{ids[5]}  # a copy\n")
    arguments = ["--survey", str(folder), "--exclude", str(exclude)]
    assert main(["extract", *arguments, "--model", str(tiny_card), "--out", str(out)]) == 0
    assert load_features(out).object_ids == [*ids[1:5], *ids[6:12]]
    options = ",".join(f"{name}={value}" for name, value in TINY.options.items())
    network = ["--architecture", TINY.builder, "--options", options, "--out", str(tmp_path / "net.json")]
    settings = ["--epochs", "1", "--batch-size", "4", "--crop", "64", "--pad", "72"]
    assert main(["train", *arguments, *network, *settings]) == 0
    card = read_card(tmp_path / "net.json")
    assert card.training["surveys"][0]["sha256"] == load_survey(folder, exclude=[ids[0], ids[5]]).sha256
    assert main(["train", *arguments, "--survey", str(tmp_path), *network, *settings]) == 2

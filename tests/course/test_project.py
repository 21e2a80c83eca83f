"""The project: its template runs, its report lists what is missing, and the example that is shipped is complete."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.claims import compare_with_controls
from galviz.cli import main
from galviz.course.project import (
    SECTIONS,
    ProjectError,
    create_project,
    missing_parts,
    project_folder,
    read_project,
    save_results,
)
from galviz.course.projectreport import write_report

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "project-example"
FEATURES = np.random.default_rng(0).normal(size=(60, 3))
TABLE = compare_with_controls(FEATURES, {"colours": FEATURES[:, :1]}, FEATURES.sum(axis=1), n_resamples=50)
TEXTS = dict.fromkeys(SECTIONS, "A sentence with **7** galaxies.") | {"Limitations": "- one\n- two\n- three\n"}


@pytest.fixture(autouse=True)
def _own_work_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "work"))


@pytest.fixture
def folder(tmp_path):
    """A project that is complete."""
    folder = tmp_path / "project"
    create_project(folder)
    write_texts(folder, TEXTS)
    save_results(folder, TABLE, quantity="width", n_galaxies=60, seed=0)
    shutil.copyfile(EXAMPLE / "figure.png", folder / "figure.png")
    return folder


def write_texts(folder, texts, title="A title"):
    sections = "\n\n".join(f"## {name}\n\n<!-- a comment -->\n\n{text}" for name, text in texts.items())
    (folder / "project.md").write_text(f"# {title}\n\n{sections}\n", encoding="utf-8")


def test_the_command_creates_a_project_once(capsys):
    assert main(["project"]) == 0
    assert "project.md" in capsys.readouterr().out
    (project_folder() / "project.md").write_text("mine")
    assert main(["project"]) == 2
    assert (project_folder() / "project.md").read_text() == "mine"


def test_a_new_project_lacks_each_part(tmp_path):
    create_project(tmp_path / "project")
    problems = missing_parts(read_project(tmp_path / "project"))
    for part in ("title", *map(repr, SECTIONS), "results.json"):
        assert any(part in problem for problem in problems), part


def test_a_complete_project_lacks_nothing(folder, capsys):
    assert missing_parts(read_project(folder)) == []
    assert main(["project", str(folder), "--report"]) == 0
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Draft" not in report
    assert "a comment" not in report
    assert "<strong>7</strong>" in report
    assert "data:image/png;base64," in report
    for row in TABLE.itertuples():
        assert row.Index in report
        assert f"{row.r2:.2f} ({row.low:.2f} to {row.high:.2f})".replace("-", "−") in report
    assert "excludes 0" in report


def test_the_report_is_one_file_and_shows_html_as_text(folder):
    write_texts(folder, TEXTS | {"Data": "<script>alert(1)</script> & more"}, title="A <b>title</b>")
    report = write_report(read_project(folder)).read_text(encoding="utf-8")
    assert "<script" not in report
    assert "&lt;script&gt;" in report
    assert "A &lt;b&gt;title" in report
    assert not re.search(r"(src|href)=\"(?!data:)", report)


DAMAGE = {
    "no number in the claim": (lambda folder: write_texts(folder, TEXTS | {"Claim": "It is better."}), "number"),
    "two limitations": (lambda folder: write_texts(folder, TEXTS | {"Limitations": "- one\n- two"}), "limitations"),
    "a section left to do": (lambda folder: write_texts(folder, TEXTS | {"Method": "TODO"}), "'Method'"),
    "a section missing": (lambda folder: write_texts(folder, dict(list(TEXTS.items())[1:])), "'Claim'"),
    "analysis changed": (lambda folder: (folder / "analysis.py").write_text("n = 1"), "analysis.py has changed"),
    "no figure": (lambda folder: (folder / "figure.png").unlink(), "figure.png"),
    "no results": (lambda folder: (folder / "results.json").unlink(), "results.json"),
    "no control": (
        lambda folder: save_results(folder, TABLE.drop("colours"), quantity="width", n_galaxies=60),
        "no control",
    ),
}


@pytest.mark.parametrize(("change", "word"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_missing_is_listed_and_the_report_is_a_draft(folder, capsys, change, word):
    change(folder)
    (problem,) = missing_parts(read_project(folder))
    assert word in problem
    assert main(["project", str(folder), "--report"]) == 1
    assert problem in capsys.readouterr().out
    assert "Draft" in (folder / "report.html").read_text(encoding="utf-8")


INVALID = {
    "not JSON": "{",
    "no table": json.dumps({"quantity": "a", "n_galaxies": 3, "analysis_sha256": ""}),
    "text as a number": json.dumps({"quantity": "a", "n_galaxies": 3, "analysis_sha256": "", "table": [{"r2": "0.5"}]}),
    "a list": "[]",
}


@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID)
def test_invalid_results_are_refused_and_nothing_is_written(folder, capsys, content):
    (folder / "results.json").write_text(content)
    with pytest.raises(ProjectError, match=r"results\.json"):
        read_project(folder)
    assert main(["project", str(folder), "--report"]) == 2
    assert "results.json" in capsys.readouterr().err
    assert not (folder / "report.html").exists()


def test_a_folder_without_a_project_is_named(tmp_path, capsys):
    for option in ("--run", "--report"):
        assert main(["project", str(tmp_path), option]) == 2
        assert str(tmp_path) in capsys.readouterr().err


def test_a_failing_analysis_is_reported(folder, capfd):
    (folder / "analysis.py").write_text("raise SystemExit('QUANTITY must be a column')")
    assert main(["project", str(folder), "--run", "--report"]) == 1
    assert "QUANTITY" in capfd.readouterr().err
    assert not (folder / "report.html").exists()


def test_results_need_the_columns_of_the_table(folder):
    with pytest.raises(ValueError, match="'difference'"):
        save_results(folder, pd.DataFrame(TABLE).drop(columns="difference"), quantity="width", n_galaxies=60)


@pytest.mark.slow
@pytest.mark.full
def test_the_template_runs_on_a_survey_of_ones_own(tmp_path, make_survey, capfd):
    survey = make_survey(24)
    folder = tmp_path / "project"
    create_project(folder)
    text = (folder / "analysis.py").read_text(encoding="utf-8")
    (folder / "analysis.py").write_text(text.replace("SURVEY = None", f"SURVEY = {str(survey)!r}"))
    assert main(["project", str(folder), "--run", "--report"]) == 1  # its texts aren't written
    project = read_project(folder)
    assert project.results["n_galaxies"] == 24
    assert [row["representation"] for row in project.results["table"]] == [
        *("network", "untrained network", "mean colours", "permuted values")
    ]
    assert not any("results" in problem or "figure" in problem for problem in missing_parts(project))
    (folder / "analysis.py").write_text(text.replace('"metallicity"', '"colour_of_the_moon"'))
    assert main(["project", str(folder), "--run"]) == 1
    assert "QUANTITY must be a column of numbers" in capfd.readouterr().err


def test_the_example_is_complete_and_its_numbers_are_those_of_its_results(tmp_path):
    project = read_project(EXAMPLE)
    assert missing_parts(project) == []
    shutil.copytree(EXAMPLE, tmp_path / "example")
    report = write_report(read_project(tmp_path / "example"))
    assert report.read_bytes() == (EXAMPLE / "report.html").read_bytes()
    text = project.sections["Result"]
    rows = {row["representation"]: row for row in project.results["table"]}
    intervals = [("network", ("r2", "low", "high")), ("permuted values", ("r2", "low", "high"))]
    intervals += [
        (name, ("difference", "difference_low", "difference_high")) for name in ("mean colours", "untrained network")
    ]
    for name, fields in intervals:
        value, low, high = (f"{rows[name][field]:.2f}".replace("-", "−") for field in fields)
        assert f"{value} ({low} to {high})" in text, name
    assert rows["mean colours"]["difference_low"] > 0.3
    assert rows["untrained network"]["difference_low"] < 0.3 < rows["untrained network"]["difference_high"]
    template = (ROOT / "lessons" / "project" / "analysis.py").read_text(encoding="utf-8")
    quantity = re.compile(r'^QUANTITY = "\w+".*$', re.MULTILINE)
    assert quantity.sub("", project.analysis) == quantity.sub("", template)


@pytest.mark.slow
@pytest.mark.full
def test_the_examples_results_come_out_again(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "example")
    assert main(["project", str(tmp_path / "example"), "--run"]) == 0
    for old, new in zip(
        read_project(EXAMPLE).results["table"], read_project(tmp_path / "example").results["table"], strict=True
    ):
        assert old["r2"] == pytest.approx(new["r2"], abs=0.01)

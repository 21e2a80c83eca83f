"""The page Audit: findings, ticks, the list to exclude and the session without these galaxies."""

import shutil

import pytest
from PIL import Image

from galviz.survey.survey import load_survey

PAGE = "instruments/audit"


@pytest.fixture
def folder(tmp_path):
    """Twelve mock galaxies: the first is black, the third is a copy of the second."""
    survey = load_survey()
    ids = survey.object_ids[:12]
    (tmp_path / "images").mkdir()
    for object_id in ids:
        shutil.copy(survey.folder / "images" / f"{object_id}.jpg", tmp_path / "images")
    survey.catalogue.loc[ids, ["metallicity"]].to_csv(tmp_path / "master.csv")
    Image.new("RGB", (160, 160)).save(tmp_path / "images" / f"{ids[0]}.jpg")
    shutil.copy(tmp_path / "images" / f"{ids[1]}.jpg", tmp_path / "images" / f"{ids[2]}.jpg")
    return tmp_path


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def test_findings_are_ticked_and_left_out(run_app, folder):
    ids = load_survey().object_ids
    app = press(run_app("--survey", folder, page=PAGE), "Audit the galaxies")
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["12", "1", "1"]
    assert [header.value for header in app.subheader] == ["Blank image (1)", "Same image (1)"]
    blank, same = app.checkbox
    assert blank.value
    assert not same.value
    app = same.check().run()
    assert app.session_state["audit_chosen"] == {ids[0], ids[2]}
    app = press(app, "Leave them out in this session")
    assert not app.exception
    assert app.session_state["excluded_galaxies"] == {str(folder): (ids[0], ids[2])}
    assert any("2 galaxies are left out" in info.value for info in app.sidebar.info)
    app = press(app, "Take them back in")
    assert not app.sidebar.info


def test_a_survey_with_fatal_findings_can_be_explored_without_them(run_app, folder):
    app = run_app("--survey", folder, page="instruments/explore")
    assert app.title[0].value == "This survey can't be read yet"
    exclude = folder / "exclude.txt"
    exclude.write_text(f"{load_survey().object_ids[0]}  # black\n")
    app = run_app("--survey", folder, "--exclude", exclude, page="instruments/explore")
    assert not app.exception
    assert any("11 galaxies" in markdown.value for markdown in app.markdown)


def test_the_commands_have_the_options_of_the_app(run_app, folder):
    app = run_app("--survey", folder, "--label", "metallicity", "--scale", "0.9", page=PAGE)
    app = press(app, "Audit the galaxies")
    commands = app.code[0].value.splitlines()
    assert len(commands) == 3
    assert all(f"--survey {folder} --label metallicity --scale 0.9 --exclude exclude.txt" in line for line in commands)


def test_a_list_for_another_survey_is_explained(run_app, folder, tmp_path):
    exclude = tmp_path / "exclude.txt"
    exclude.write_text("42\n")
    app = run_app("--survey", folder, "--exclude", exclude, page=PAGE)
    app = press(app, "Audit the galaxies")
    assert "no such galaxy to exclude" in app.dataframe[0].value["what"][0]
    app = run_app("--survey", folder, "--exclude", tmp_path / "missing.txt", page=PAGE)
    assert "can't be read" in app.error[0].value

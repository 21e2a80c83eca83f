"""Features of a user's survey, kept apart from it."""

from pathlib import Path

import numpy as np
import pytest

from galviz.features import Features
from galviz.kept import keep, kept_folder, kept_path, load_kept
from galviz.survey import load_survey

WEIGHTS = "b" * 64


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def survey(make_survey):
    return load_survey(make_survey(5, side_px=32))


def features_of(survey, weights=WEIGHTS):
    values = np.arange(10.0).reshape(5, 2)
    provenance = {"survey_sha256": survey.sha256, "weights_sha256": weights}
    return Features(survey.object_ids, {"features": values}, np.arange(5.0), provenance)


def test_what_is_kept_is_found_and_nothing_else_is_written(folder, survey):
    before = sorted(path.name for path in survey.folder.rglob("*"))
    assert load_kept(survey, WEIGHTS) is None
    path = keep(features_of(survey))
    assert path.parent == folder
    found = load_kept(survey, WEIGHTS)
    assert found.object_ids == survey.object_ids
    assert found.layers["features"].tolist() == features_of(survey).layers["features"].tolist()
    assert sorted(each.name for each in survey.folder.rglob("*")) == before


def test_other_weights_and_other_surveys_have_other_files(folder, survey, make_survey):
    keep(features_of(survey))
    assert load_kept(survey, "c" * 64) is None
    assert load_kept(load_survey(make_survey(5, side_px=32, seed=7)), WEIGHTS) is None


def test_a_survey_that_changed_is_another(folder, survey):
    keep(features_of(survey))
    path = survey.folder / "master.csv"
    path.write_text(path.read_text().replace("0.07", "0.08"))
    assert load_kept(load_survey(survey.folder), WEIGHTS) is None


def test_a_broken_file_is_made_anew(folder, survey):
    path = keep(features_of(survey))
    path.write_bytes(path.read_bytes()[:200])
    assert load_kept(survey, WEIGHTS) is None
    keep(features_of(survey))
    assert load_kept(survey, WEIGHTS) is not None


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, Path("/x/galviz")),
        ("linux", {}, Path.home() / ".cache" / "galviz"),
        ("darwin", {}, Path.home() / "Library" / "Caches" / "galviz"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/galviz")),
        ("linux", {"GALVIZ_CACHE": "/mine", "XDG_CACHE_HOME": "/x"}, Path("/mine")),
    ],
)
def test_the_folder_is_the_systems_own(monkeypatch, platform, variables, expected):
    for name in ("GALVIZ_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert kept_folder() == expected
    assert kept_path("a" * 64, "b" * 64) == expected / f"{'a' * 16}-{'b' * 16}.parquet"

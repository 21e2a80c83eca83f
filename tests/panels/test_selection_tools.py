"""What a selection can be taken away as: a zip that is a survey folder, and a script that reproduces it."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galviz.survey.survey import load_survey
from panels.chosen_survey import ChosenSurvey
from panels.selection_tools import zip_images
from tests.panels.embeddings import write_features

PAGE = "instruments/explore"
ROOT = Path(__file__).parents[2]


def run(code, folder):
    """Run Python code in a folder; galviz need not be installed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("label", ["oh_p50", "age"])
def test_the_zip_is_a_survey_of_the_selected(make_survey, tmp_path, label):
    folder = make_survey(9, side_px=48)
    table = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    table.rename(columns={"oh_p50": label}).assign(mjd=51_600).to_csv(folder / "master.csv", index=False)
    survey = load_survey(folder, label=label)
    chosen = survey.object_ids[2:5]
    zipfile.ZipFile(io.BytesIO(zip_images(survey, chosen))).extractall(tmp_path)
    again = load_survey(tmp_path, label=None if label == "oh_p50" else label)
    assert again.object_ids == chosen
    pd.testing.assert_frame_equal(again.catalogue, survey.catalogue.loc[chosen])
    for object_id in chosen:
        assert np.array_equal(np.asarray(again.image(object_id)), np.asarray(survey.image(object_id)))


def test_the_scripts_run_and_print_the_selected(run_app, make_survey, tmp_path):
    scripts, expected = [], []
    for count, channels, causes in ((24, 16, True), (3, 2, False)):
        folder = make_survey(count, side_px=48, causes=causes, labelled=causes)
        (tmp_path / str(count)).mkdir()
        file = write_features(folder, tmp_path / str(count), channels)
        chosen = load_survey(folder).object_ids[1:3]
        app = run_app("--survey", folder, "--features", file, page=PAGE, ids="~".join(chosen))
        (script,) = [block.value for block in app.code if "galviz.fit_pca" in block.value]
        scripts.append(f"{script}\nprint(sorted(selected.index), coordinates.shape)")
        expected.append(f"{chosen} (2, {min(3, channels)})")
    # Both in one process, because importing galviz and scikit-learn takes longer than either.
    result = run("\n".join(f"exec({script!r}, {{}})" for script in scripts), tmp_path)
    assert [line for line in result.stdout.splitlines() if line.startswith("['")] == expected


def test_a_script_leaves_out_the_excluded_and_names_no_folder_of_an_upload(run_app, make_survey, tmp_path, monkeypatch):
    folder = make_survey(6, side_px=48)
    file, (excluded, chosen, *_) = write_features(folder, tmp_path), load_survey(folder).object_ids
    scripts = []
    for private in (False, True):
        opened = ChosenSurvey(str(folder), label="oh_p50", excluded=(excluded,), private=private)
        monkeypatch.setattr("panels.snippet.chosen_survey", lambda opened=opened: opened)
        app = run_app("--survey", folder, "--features", file, page=PAGE, ids=chosen)
        scripts += [block.value for block in app.code if "galviz.fit_pca" in block.value]
    options = f"label='oh_p50', exclude={[excluded]!r}"
    assert f"load_survey({str(folder)!r}, {options})" in scripts[0]
    assert f"load_survey('my-survey', {options})" in scripts[1]


def test_a_long_selection_is_read_from_the_csv_beside_the_script(run_app, make_survey, tmp_path):
    folder = make_survey(120, side_px=32)
    file = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", file, page=PAGE)
    next(button for button in app.button if button.label == "Invert").click().run()
    (script,) = [block.value for block in app.code if "galviz.fit_pca" in block.value]
    load_survey(folder).catalogue.to_csv(tmp_path / "selected-galaxies.csv")
    code = f"{script}\nprint(coordinates.shape)"
    result = run(code, tmp_path)
    assert result.stdout.splitlines()[-1] == "(120, 3)"

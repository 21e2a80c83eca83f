"""A user's survey in the app: it follows the files, and says how much of the images the network sees."""

import os

import pytest

from galviz.network.crops import centre_crop
from galviz.survey.images import decode_rgb
from galviz.survey.problems import Problem
from galviz.survey.survey import ChangedSurveyError, load_survey
from panels import surveys
from panels.folder_watch import FolderWatch
from tests.drawn import address_of, addresses, map_table

EXPLORE = "instruments/explore"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of this test's own for features that are computed."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))


@pytest.mark.full
def test_an_image_replaced_in_place_is_another_picture_and_another_survey(run_app, make_survey, tiny_card, kept):
    """Its prediction must not stay beside the new picture, not even if its size and time of modification are kept."""
    folder = make_survey(6, suffix=".png")
    app = run_app("--survey", folder, "--model", tiny_card, page=EXPLORE)
    app.button[0].click().run()
    before = map_table(app)["predicted"]
    first, fifth = (folder / "images" / f"{before.index[place]}.png" for place in (0, 4))
    status = first.stat()
    first.write_bytes(fifth.read_bytes())
    os.utime(first, ns=(status.st_atime_ns, status.st_mtime_ns))
    app.run()
    assert not app.exception
    assert "Compute" in app.button[0].label  # they aren't those that were computed
    app.button[0].click().run()
    after = map_table(app)["predicted"]
    assert after.iloc[0] == pytest.approx(before.iloc[4], abs=1e-4)
    assert after.iloc[1:].to_numpy() == pytest.approx(before.iloc[1:].to_numpy(), abs=1e-4)


@pytest.mark.full
def test_a_touched_image_leaves_what_was_computed(run_app, make_survey, tiny_card, kept):
    folder = make_survey(7)
    app = run_app("--survey", folder, "--model", tiny_card, page=EXPLORE)
    app.button[0].click().run()
    before = map_table(app)["predicted"]
    sorted((folder / "images").iterdir())[0].touch()
    app.run()
    assert map_table(app)["predicted"].equals(before)


def test_a_change_that_no_look_has_noticed_is_met_and_the_survey_read_again(run_app, make_survey, monkeypatch):
    folder = make_survey(8)
    app = run_app("--survey", folder)
    monkeypatch.setattr(FolderWatch, "has_changed", lambda self: False)
    paths = sorted((folder / "images").iterdir())
    paths[0].write_bytes(paths[1].read_bytes())
    app.run()
    assert not app.error
    assert not app.exception
    assert addresses(app)[:8].count(address_of(centre_crop(decode_rgb(paths[1].read_bytes()), 72))) == 2


def test_a_folder_that_never_stops_changing_is_explained(run_app, make_survey, monkeypatch):
    folder = make_survey(9)
    app = run_app("--survey", folder)
    fault = [Problem(2, "1", "images/1.jpg", "it has changed since the survey was loaded", "load the survey again")]

    def changed(self, object_id):
        raise ChangedSurveyError(str(folder), fault)

    with monkeypatch.context() as patch:
        patch.setattr("galviz.survey.survey.Survey.image", changed)
        app.run()
    assert not app.exception
    assert "has changed" in app.error[0].value
    app.button[0].click().run()
    assert not app.error


def test_sessions_share_the_problems_of_a_folder_until_it_changes(run_app, make_survey, monkeypatch):
    folder = make_survey(6)
    catalogue = folder / "master.csv"
    rows = catalogue.read_text()
    catalogue.write_text(rows + rows.splitlines()[1] + "\n")  # a repeated id
    loaded = []
    monkeypatch.setattr(surveys, "load_survey", lambda *args, **given: loaded.append(1) or load_survey(*args, **given))
    first, second = run_app("--survey", folder), run_app("--survey", folder)
    assert "line 2 already" in first.error[0].value
    assert first.error[0].value == second.error[0].value
    assert len(loaded) == 1
    (again,) = (button for button in second.button if button.label == "Check again")
    again.click().run()
    assert len(loaded) == 2
    assert "line 2 already" in second.error[0].value
    (folder / "elsewhere.jpg").touch()  # it may be the image that is missing
    assert run_app("--survey", folder).error
    assert len(loaded) == 3
    catalogue.write_text(rows)
    assert not run_app("--survey", folder).error
    assert len(loaded) == 4


def test_large_images_and_padding_are_told_in_the_sidebar(run_app, make_survey):
    folder = make_survey(5, side_px=424, suffix=".png")
    warning = run_app("--survey", folder).sidebar.info[0].value
    assert "5 of 5 images" in warning
    assert "112 × 112 of 424 × 424 px" in warning
    assert "--scale 0.264" in warning
    scaled = run_app("--survey", folder, "--scale", "0.264")
    assert not scaled.sidebar.info
    assert not run_app("--survey", make_survey(5)).sidebar.info


@pytest.mark.parametrize("scale", ["0", "nan", "-1", "much", "1e9"])
def test_a_scale_that_makes_no_sense_is_told(run_app, make_survey, scale):
    app = run_app("--survey", make_survey(3), "--scale", scale)
    assert not app.exception
    assert "scale" in app.error[0].value.lower()

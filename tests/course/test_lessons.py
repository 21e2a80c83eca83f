"""The lessons: texts, descriptions of galaxies, and pages, run without a browser."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import galviz.survey.survey
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.prose import read_sections
from galviz.network.crops import centre_crop
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from lessons.galaxies.words import causes_table, describe, large_number, oxygen_per_million
from panels import surveys

LESSONS = load_lessons()

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def survey_folder(make_survey):
    """A survey of 300 small images, more than a page samples."""
    return make_survey(300, side_px=64)


@pytest.fixture
def shipped(survey_folder, monkeypatch):
    """A small survey in the shipped one's place."""
    import streamlit as st

    folder = survey_folder
    monkeypatch.setattr(galviz.survey.survey, "mock_survey_folder", lambda: folder)
    st.cache_resource.clear()  # the app reads the shipped survey once
    yield folder
    st.cache_resource.clear()


def page_text(app):
    """Text of a page outside its tables."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def grid_captions(app):
    """Captions of the thumbnails."""
    return [caption for image in app.image for caption in image.captions if " · " in caption]


# The manifest and the text


def test_every_lesson_has_a_page_and_a_text():
    for entry in LESSONS:
        assert entry.page.is_file()
        assert (entry.folder / "text.md").is_file()


def test_sections_are_split_at_their_headings(tmp_path):
    (tmp_path / "text.md").write_text("# Title\nfor readers\n\n## one\n\nFirst.\n\n### sub\nmore\n\n## two\nSecond.\n")
    assert read_sections(tmp_path / "text.md") == {"one": "First.\n\n### sub\nmore", "two": "Second."}


@pytest.mark.full
def test_numbers_in_the_text_are_right():
    from galviz.simulate.causes import LABEL_SCATTER_DEX

    text = read_sections(find_lesson("galaxies").folder / "text.md")
    assert oxygen_per_million(8.69) == 490
    assert f"{10 ** (8.69 - 12):.5f}" == "0.00049"
    assert "490 oxygen atoms" in text["metallicity"]
    assert round(10**0.3, 1) == 2.0
    assert "factor of 2" in text["metallicity"]
    assert round(np.arcsinh(100) / np.arcsinh(1)) == 6
    assert "6 times brighter" in text["colours"]
    assert round(100 * (112 / 144) ** 2) == 60
    assert "60 %" in text["crops"]
    assert (LABEL_SCATTER_DEX, round(100 * (10**LABEL_SCATTER_DEX - 1))) == (0.04, 10)
    assert "(10 %)" in text["label-shipped"]


# Words


def test_a_galaxy_in_words():
    galaxy = pd.Series(
        {
            "log_mass_msun": 10.2,
            "redshift": 0.071,
            "log_sfr_msun_yr": 0.36,
            "bulge_fraction": 0.38,
            "inclination_deg": 54.3,
            "arm_number": 2,
            "arm_pitch_deg": 17.8,
            "bar_strength": 0.0,
            "dust_v_mag": 0.24,
            "merger": 0,
            "neighbour_count": 1,
            "star_count": 3,
            "satellite_trail": 0,
        }
    )
    assert describe(galaxy) == (
        "A galaxy of 16 billion solar masses at redshift 0.071 (some 990 million light-years away), forming 2.3 solar "
        "masses of stars per year. 38 % of its light comes from the bulge, and its disc is tilted 54° from face-on. It "
        "has two spiral arms with a pitch of 18°, no bar and dust that dims its visible light by 20 %. Also in the "
        "image, but not always visible: one other galaxy and three stars."
    )


@pytest.mark.parametrize(
    ("causes", "words"),
    [
        ({}, ""),
        ({"ra_deg": 12.0}, ""),
        ({"redshift": 0.1}, "A galaxy at redshift 0.100 (some 1.4 billion light-years away)."),
        ({"inclination_deg": 80}, "Its disc is nearly edge-on."),
        ({"inclination_deg": 5, "bulge_fraction": np.nan}, "Its disc is nearly face-on."),
        ({"arm_number": 0}, "It has no spiral arms."),
        ({"arm_number": 1}, "It has one spiral arm."),
        ({"arm_number": 2, "arm_strength": 0.1, "arm_raggedness": 0.9}, "It has two faint, ragged spiral arms."),
        ({"bar_strength": 0.1, "merger": 1}, "It has a bar and a companion that it is merging with."),
        ({"bar_strength": 0.05, "irregularity": 0.6}, "It has a weak bar and an irregular outline."),
        (
            {"neighbour_count": 2, "satellite_trail": 1},
            "Also in the image, but not always visible: two other galaxies and the trail of a",
        ),
    ],
)
def test_words_for_single_causes(causes, words):
    described = describe(pd.Series(causes, dtype=float))
    assert described.startswith(words)
    assert bool(described) == bool(words)


@pytest.mark.full
def test_distance_in_words_follows_the_cosmology():
    from astropy.cosmology import FlatLambdaCDM

    cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
    for redshift in (0.02, 0.05, 0.1, 0.15):
        words = describe(pd.Series({"redshift": redshift})).partition("some ")[2].split(" light")[0]
        number, size = words.split()
        distance_ly = float(number) * {"million": 1e6, "billion": 1e9}[size]
        assert distance_ly == pytest.approx(cosmology.comoving_distance(redshift).to_value("lyr"), rel=0.06)


@pytest.mark.parametrize(
    ("value", "words"),
    [(15_849_000_000, "16 billion"), (1.6e8, "160 million"), (9.99e8, "1 billion"), (2e12, "2 trillion"), (12, "12")],
)
def test_large_numbers_in_words(value, words):
    assert large_number(value) == words


def test_causes_table_keeps_every_column():
    galaxy = pd.Series(
        {"survey_field": "north", "redshift": 0.07123, "merger": 0, "metallicity": 8.7, "dust_v_mag": np.nan}
    )
    table = causes_table(galaxy)
    assert table["column"].tolist() == ["metallicity", "redshift", "merger", "survey_field"]
    assert table["value"].tolist() == ["8.700", "0.0712", "0", "north"]
    assert table["cause"].tolist() == ["12 + log(O/H)", "redshift", "merging with another galaxy", "survey_field"]


# The page of the galaxies


def test_galaxies_page_follows_its_sliders(run_app, shipped):
    survey = load_survey(shipped)
    catalogue = survey.catalogue.loc[draw_sample(survey.object_ids, 256)].sort_values("metallicity")
    app = run_app()
    assert not app.exception
    assert "24 of the 256 simulated galaxies in the sample" in page_text(app)
    assert grid_labels(app) == evenly_spaced(catalogue["metallicity"])
    app.slider(key="sample").set_value(40).run()
    assert not app.exception
    assert "24 of the 40 simulated galaxies" in page_text(app)
    few = survey.catalogue.loc[draw_sample(survey.object_ids, 40)].sort_values("metallicity")
    assert grid_labels(app) == evenly_spaced(few["metallicity"])

    app = run_app(step=2)
    app.slider(key="galaxy").set_value(24).run()
    assert not app.exception
    galaxy = catalogue.iloc[-1]
    assert f"Simulated galaxy {galaxy.name}" in page_text(app)
    assert describe(galaxy) in page_text(app)
    assert f"{oxygen_per_million(galaxy['metallicity']):,} oxygen atoms per million" in page_text(app)
    table = run_app(step=5, galaxy=24).dataframe[0].value
    values = dict(zip(table["column"], table["value"], strict=True))
    assert values["inclination_deg"] == f"{galaxy['inclination_deg']:.0f}"
    assert len(run_app(step=4).get("vega_lite_chart")) == 1


def grid_labels(app):
    """Labels in the thumbnails' captions."""
    return [caption.split(" · ")[1] for caption in grid_captions(app)]


def evenly_spaced(labels):
    """24 of some sorted labels, as captions write them."""
    return [f"{labels.iloc[rank]:.2f}" for rank in np.linspace(0, len(labels) - 1, 24).round().astype(int)]


def test_query_parameters_set_the_sliders(run_app, shipped):
    app = run_app(step=2, sample=100, galaxy=24)
    assert app.slider(key="sample").value == 100
    assert app.slider(key="galaxy").value == 24


def test_the_text_about_the_shipped_galaxies_is_right():
    """The text: the first galaxies are bluer, the last yellower with brighter centres; with exceptions."""
    survey = load_survey()
    ranked = survey.catalogue["metallicity"].sort_values().index
    centres = {
        object_id: np.asarray(centre_crop(survey.image(object_id), 12)).mean(axis=(0, 1))
        for object_id in [*ranked[:200], *ranked[-200:]]
    }
    first, last = (np.array([centres[object_id] for object_id in end]) for end in (ranked[:200], ranked[-200:]))
    assert np.median(last[:, 0] / last[:, 2]) > 1.1 * np.median(first[:, 0] / first[:, 2])
    assert np.median(last[:, 0]) > 1.1 * np.median(first[:, 0])
    # a tendency: a few of the first are redder than a few of the last
    assert np.quantile(first[:, 0] / first[:, 2], 0.95) > np.quantile(last[:, 0] / last[:, 2], 0.05)


def test_own_survey_is_not_called_simulated(run_app, make_survey):
    app = run_app("--survey", make_survey(30, causes=False, side_px=64))
    assert not app.exception
    assert "24 of the 30 galaxies in the sample" in page_text(app)
    assert "Simulated galaxies" not in page_text(app)
    assert not any("imulated galaxies" in caption.value for caption in app.caption)


def test_survey_without_labels_shows_no_metallicity(run_app, make_survey):
    app = run_app("--survey", make_survey(30, labelled=False, causes=False, side_px=80, suffix=".png"))
    assert not app.exception
    assert "no label column" in page_text(app)
    assert not re.search(r"\d oxygen atoms per million", page_text(app))
    assert not app.get("vega_lite_chart")
    ends = [caption.split("…")[1] for caption in grid_captions(app)]
    assert ends == sorted(ends)


def test_survey_with_another_label(run_app, make_survey):
    folder = make_survey(30, side_px=64)
    app = run_app("--survey", folder, "--label", "log_mass_msun")
    assert not app.exception
    masses = load_survey(folder).catalogue["log_mass_msun"]
    assert grid_captions(app)[0] == f"1 · {masses.min():.2f}"
    assert grid_captions(app)[-1] == f"24 · {masses.max():.2f}"
    assert not re.search(r"\d oxygen atoms per million", page_text(app))


def test_survey_of_one_galaxy(run_app, make_survey):
    app = run_app("--survey", make_survey(1))
    assert not app.exception
    assert "The one galaxy of this survey." in page_text(app)
    assert not app.slider
    assert grid_captions(app) == ["1 · 8.30"]


def test_two_surveys_are_not_mixed_up(run_app, make_survey):
    few, many = make_survey(26, side_px=64, seed=1), make_survey(28, side_px=64, seed=2)
    for folder, count in ((few, 26), (many, 28), (few, 26)):
        app = run_app("--survey", folder)
        assert f"24 of the {count} galaxies" in page_text(app)


def test_an_invalid_survey_lists_every_problem_and_offers_the_shipped_one(run_app, make_survey, shipped):
    folder = make_survey(30, side_px=64)
    images = sorted((folder / "images").iterdir())
    images[0].unlink()
    images[1].write_bytes(b"")
    images[2].write_text("<html>404</html>")
    app = run_app("--survey", folder)
    assert not app.exception
    assert "has 3 problems" in app.error[0].value
    table = app.dataframe[0].value
    assert len(table) == 3
    assert table["remedy"].str.len().min() > 0
    app.button[1].click().run()
    assert not app.exception
    assert not app.error
    assert "simulated galaxies in the sample" in page_text(app)
    assert folder.name in app.sidebar.info[0].value
    app.sidebar.button[0].click().run()
    assert "has 3 problems" in app.error[0].value


def test_a_repaired_survey_is_loaded_again(run_app, make_survey):
    folder = make_survey(30, side_px=64)
    broken = sorted((folder / "images").iterdir())[0]
    content = broken.read_bytes()
    broken.write_bytes(b"")
    app = run_app("--survey", folder)
    assert app.error
    broken.write_bytes(content)
    app.button[0].click().run()
    assert not app.error
    assert "24 of the 30 galaxies" in page_text(app)


def test_a_changed_survey_is_loaded_again(run_app, make_survey):
    folder = make_survey(30, side_px=64)
    app = run_app("--survey", folder)
    assert "24 of the 30 galaxies" in page_text(app)
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    first = lines[1].partition(",")[0]
    (folder / "images" / f"{first}9.jpg").write_bytes((folder / "images" / f"{first}.jpg").read_bytes())
    app.run()
    assert "24 of the 30 galaxies" in page_text(app)  # a picture of no row
    (folder / "master.csv").write_text("\n".join([*lines, lines[1].replace(first, f"{first}9")]), encoding="utf-8")
    app.run()
    assert not app.exception
    assert "24 of the 31 galaxies" in page_text(app)


def test_concurrent_sessions_load_a_survey_once(make_survey, monkeypatch):
    folder, calls = make_survey(12, side_px=64), []

    def load_slowly(*arguments, **options):
        calls.append(arguments)
        time.sleep(0.3)
        return load_survey(*arguments, **options)

    monkeypatch.setattr(sys, "argv", ["app.py", "--survey", str(folder)])
    monkeypatch.setattr(surveys, "load_survey", load_slowly)
    with ThreadPoolExecutor(4) as sessions:
        loaded = list(sessions.map(lambda _: surveys.open_survey().survey, range(4)))
    assert len(calls) == 1
    assert all(survey is loaded[0] for survey in loaded)


def test_an_image_that_breaks_while_the_app_runs_is_explained(run_app, make_survey):
    folder = make_survey(10, side_px=64)
    app = run_app("--survey", folder)
    sorted((folder / "images").iterdir())[0].write_bytes(b"")
    app.run()
    assert not app.exception
    assert "has 1 problem" in app.error[0].value


@pytest.mark.parametrize(
    ("path_function", "page"),
    [
        ("galviz.features.features.data_path", "lessons/pca"),
        ("galviz.artefacts.artefact.data_path", "lessons/space"),
        ("galviz.network.card.data_path", "lessons/training"),
        ("galviz.survey.survey.data_path", "lessons/galaxies"),
        pytest.param("galviz.survey.survey.data_path", "instruments/home", marks=pytest.mark.slow),
        pytest.param("galviz.artefacts.artefact.data_path", "lessons/meaning", marks=pytest.mark.slow),
        pytest.param("galviz.artefacts.artefact.data_path", "lessons/maps", marks=pytest.mark.slow),
    ],
)
def test_an_unreadable_shipped_file_is_explained(run_app, monkeypatch, path_function, page):
    import streamlit as st

    missing = ROOT / "data" / "missing"
    app = run_app(page=page)
    assert not app.error
    title = app.title[0].value
    st.cache_resource.clear()
    st.cache_data.clear()
    with monkeypatch.context() as patch:
        patch.setattr(path_function, lambda *parts: missing)
        app.run()
        assert not app.exception
        assert len(app.title) == 1
        assert "can't be read" in app.title[0].value
        assert str(missing) in app.error[0].value
        assert app.code[0].value == "git checkout -- data"
    app.button[0].click().run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == title


def test_a_damaged_shipped_file_is_explained(run_app, tmp_path, monkeypatch):
    import streamlit as st

    (tmp_path / "mock-survey.parquet").write_bytes(b"PAR1 and no more")
    st.cache_resource.clear()
    with monkeypatch.context() as patch:
        patch.setattr("galviz.features.features.data_path", lambda *parts: tmp_path / parts[-1])
        app = run_app(page="instruments/home")
    assert not app.exception
    assert "is truncated: its end is missing" in app.error[0].value
    assert "python -m galviz build-data" in app.error[0].value


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--surveys", "folder"], "Unrecognized arguments: --surveys folder."),
        (["--survey"], "Argument --survey: expected one argument."),
        (
            ["--label", "mass"],
            "Argument --label: it names a column of your own survey, so --survey is needed too.",
        ),
    ],
)
def test_arguments_that_make_no_sense_are_explained(run_app, arguments, sentence):
    app = run_app(*arguments)
    assert not app.exception
    assert app.error[0].value == sentence


@pytest.mark.slow
def test_no_page_imports_torch(make_survey):
    pages = [f"lessons/{entry.slug}/page.py" for entry in LESSONS]
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"sys.argv = ['app.py', '--survey', {str(make_survey(10, side_px=64))!r}]\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        f"for page in [None, *{pages}]:\n"
        "    app = app.switch_page(page).run() if page else app\n"
        "    assert not app.exception and len(app.title) == 1, page\n"
        "print([name for name in ('torch', 'fastai', 'galsim', 'astropy') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

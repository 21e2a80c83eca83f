"""The lessons: their manifest, their words, and each page run without a browser."""

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


@pytest.fixture
def shipped(make_survey, monkeypatch):
    """A small survey in the shipped one's place."""
    import streamlit as st

    folder = make_survey(300)
    monkeypatch.setattr(galviz.survey.survey, "mock_survey_folder", lambda: folder)
    st.cache_resource.clear()  # the app reads the shipped survey once
    yield folder
    st.cache_resource.clear()


def text_of(app):
    """Everything a page says outside its tables."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def grid_captions(app):
    """Captions of the thumbnails."""
    return [caption for image in app.image for caption in image.captions if " · " in caption]


# The manifest and the text


def test_each_lesson_of_the_manifest_has_its_files():
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
    assert "0.00049$, that is 490 oxygen atoms" in text["metallicity"]
    assert round(10**0.3, 1) == 2.0
    assert "step of 0.3 on\nthis scale is a factor of 2" in text["metallicity"]
    assert round(np.arcsinh(100) / np.arcsinh(1)) == 6
    assert "shows it 6 times brighter" in text["colours"]
    assert round(100 * (112 / 144) ** 2) == 60
    assert "60 % of the area" in text["crops"]
    assert (LABEL_SCATTER_DEX, round(100 * (10**LABEL_SCATTER_DEX - 1))) == (0.04, 10)
    assert "0.04 dex\n(10 %)" in text["label-shipped"]


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
        "masses of stars a year. 38 % of its light comes from the bulge, and its disc is tilted 54° from face-on. It "
        "has two spiral arms of pitch 18°, no bar and dust that takes 20 % of its visible light. Around it lie, "
        "some too faint to see: one other galaxy and three stars."
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
        ({"bar_strength": 0.1, "merger": 1}, "It has a bar and a companion it is merging with."),
        ({"bar_strength": 0.05, "irregularity": 0.6}, "It has a weak bar and an irregular outline."),
        (
            {"neighbour_count": 2, "satellite_trail": 1},
            "Around it lie, some too faint to see: two other galaxies and the trail of a",
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
        told = float(number) * {"million": 1e6, "billion": 1e9}[size]
        assert told == pytest.approx(cosmology.comoving_distance(redshift).to_value("lyr"), rel=0.06)


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


def test_page_shows_the_shipped_survey_as_simulated(run_app, shipped):
    app = run_app()
    assert not app.exception
    assert "24 of the 256 simulated galaxies in the sample" in text_of(app)
    assert "Simulated galaxies" in text_of(app)
    captions = grid_captions(app)
    assert len(captions) == 24
    assert len(app.get("vega_lite_chart")) == 1
    values = [float(caption.split(" · ")[1]) for caption in captions]
    assert values == sorted(values)
    sample = load_survey(shipped).catalogue.loc[draw_sample(load_survey(shipped).object_ids, 256), "metallicity"]
    assert values[0] == round(sample.min(), 2)
    assert values[-1] == round(sample.max(), 2)


def test_what_the_text_says_of_the_shipped_galaxies_is_so():
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


def test_sample_slider_changes_the_grid(run_app, shipped):
    app = run_app()
    before = grid_captions(app)
    app.slider(key="sample").set_value(40).run()
    assert not app.exception
    assert "24 of the 40 simulated galaxies" in text_of(app)
    assert grid_captions(app) != before
    survey = load_survey(shipped)
    sample = survey.catalogue.loc[draw_sample(survey.object_ids, 40), "metallicity"].sort_values()
    expected = [f"{sample.iloc[rank]:.2f}" for rank in np.linspace(0, 39, 24).round().astype(int)]
    assert [caption.split(" · ")[1] for caption in grid_captions(app)] == expected


def test_address_sets_the_sliders(run_app, shipped):
    app = run_app(sample=100, galaxy=24)
    assert app.slider(key="sample").value == 100
    assert app.slider(key="galaxy").value == 24


def test_galaxy_slider_chooses_from_the_grid(run_app, shipped):
    app = run_app()
    app.slider(key="galaxy").set_value(24).run()
    assert not app.exception
    survey = load_survey(shipped)
    sample = survey.catalogue.loc[draw_sample(survey.object_ids, 256)]
    richest = sample["metallicity"].idxmax()
    assert f"Simulated galaxy {richest}" in text_of(app)
    assert describe(sample.loc[richest]) in text_of(app)
    assert f"{oxygen_per_million(sample['metallicity'].max()):,} oxygen atoms per million" in text_of(app)
    table = app.dataframe[0].value
    assert dict(zip(table["column"], table["value"], strict=True))["inclination_deg"] == (
        f"{sample.loc[richest, 'inclination_deg']:.0f}"
    )


def test_own_survey_is_not_called_simulated(run_app, make_survey):
    app = run_app("--survey", make_survey(30, causes=False))
    assert not app.exception
    assert "24 of the 30 galaxies in the sample" in text_of(app)
    assert "Simulated galaxies" not in text_of(app)
    assert not any("imulated" in caption.value for caption in app.caption)


def test_survey_without_labels_shows_no_truth(run_app, make_survey):
    app = run_app("--survey", make_survey(30, labelled=False, causes=False, side_px=424, suffix=".png"))
    assert not app.exception
    assert "no label column" in text_of(app)
    assert not re.search(r"\d oxygen atoms per million", text_of(app))
    assert not app.get("vega_lite_chart")
    ends = [caption.split("…")[1] for caption in grid_captions(app)]
    assert ends == sorted(ends)


def test_survey_with_another_label(run_app, make_survey):
    folder = make_survey(30)
    app = run_app("--survey", folder, "--label", "log_mass_msun")
    assert not app.exception
    masses = load_survey(folder).catalogue["log_mass_msun"]
    assert grid_captions(app)[0] == f"1 · {masses.min():.2f}"
    assert grid_captions(app)[-1] == f"24 · {masses.max():.2f}"
    assert not re.search(r"\d oxygen atoms per million", text_of(app))


def test_survey_of_one_galaxy(run_app, make_survey):
    app = run_app("--survey", make_survey(1))
    assert not app.exception
    assert "The one galaxy of this survey." in text_of(app)
    assert not app.slider
    assert grid_captions(app) == ["1 · 8.30"]


def test_two_surveys_are_not_mixed_up(run_app, make_survey):
    few, many = make_survey(26, seed=1), make_survey(28, seed=2)
    for folder, count in ((few, 26), (many, 28), (few, 26)):
        app = run_app("--survey", folder)
        assert f"24 of the {count} galaxies" in text_of(app)


def test_bad_survey_tells_every_problem_and_offers_the_shipped_one(run_app, make_survey, shipped):
    folder = make_survey(30)
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
    assert "simulated galaxies in the sample" in text_of(app)
    assert folder.name in app.sidebar.info[0].value
    app.sidebar.button[0].click().run()
    assert "has 3 problems" in app.error[0].value


def test_a_mended_survey_is_read_anew(run_app, make_survey):
    folder = make_survey(30)
    broken = sorted((folder / "images").iterdir())[0]
    content = broken.read_bytes()
    broken.write_bytes(b"")
    app = run_app("--survey", folder)
    assert app.error
    broken.write_bytes(content)
    app.button[0].click().run()
    assert not app.error
    assert "24 of the 30 galaxies" in text_of(app)


def test_a_survey_that_changed_is_read_anew(run_app, make_survey):
    folder = make_survey(30)
    app = run_app("--survey", folder)
    assert "24 of the 30 galaxies" in text_of(app)
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    first = lines[1].partition(",")[0]
    (folder / "images" / f"{first}9.jpg").write_bytes((folder / "images" / f"{first}.jpg").read_bytes())
    app.run()
    assert "24 of the 30 galaxies" in text_of(app)  # a picture of no row
    (folder / "master.csv").write_text("\n".join([*lines, lines[1].replace(first, f"{first}9")]), encoding="utf-8")
    app.run()
    assert not app.exception
    assert "24 of the 31 galaxies" in text_of(app)


def test_sessions_that_come_at_once_read_a_survey_once(make_survey, monkeypatch):
    folder, read = make_survey(12), []

    def slowly(*arguments, **options):
        read.append(arguments)
        time.sleep(0.3)
        return load_survey(*arguments, **options)

    monkeypatch.setattr(surveys, "load_survey", slowly)
    with ThreadPoolExecutor(4) as sessions:
        found = list(sessions.map(lambda _: surveys._load(str(folder), None, 1.0), range(4)))
    assert len(read) == 1
    assert all(survey is found[0] for survey in found)


def test_an_image_that_breaks_while_the_app_runs_is_explained(run_app, make_survey):
    folder = make_survey(10)
    app = run_app("--survey", folder)
    sorted((folder / "images").iterdir())[0].write_bytes(b"")
    app.run()
    assert not app.exception
    assert "has 1 problem" in app.error[0].value


@pytest.mark.parametrize(
    ("where", "page"),
    [
        ("galviz.features.features.data_path", "lessons/pca"),
        ("galviz.artefacts.artefact.data_path", "lessons/space"),
        ("galviz.network.card.data_path", "lessons/training"),
        ("galviz.survey.survey.data_path", "lessons/galaxies"),
        ("galviz.survey.survey.data_path", "instruments/home"),
        ("galviz.artefacts.artefact.data_path", "lessons/meaning"),
        ("galviz.artefacts.artefact.data_path", "lessons/maps"),
    ],
)
def test_a_shipped_file_that_can_t_be_read_is_explained(run_app, monkeypatch, where, page):
    import streamlit as st

    gone = ROOT / "data" / "gone"
    app = run_app(page=page)
    assert not app.error
    title = app.title[0].value
    st.cache_resource.clear()
    st.cache_data.clear()
    with monkeypatch.context() as patch:
        patch.setattr(where, lambda *parts: gone)
        app.run()
        assert not app.exception
        assert len(app.title) == 1
        assert "can't be read" in app.title[0].value
        assert str(gone) in app.error[0].value
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


def test_no_page_imports_torch(make_survey):
    pages = [f"lessons/{entry.slug}/page.py" for entry in LESSONS]
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"sys.argv = ['app.py', '--survey', {str(make_survey(10))!r}]\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        f"for page in [None, *{pages}]:\n"
        "    app = app.switch_page(page).run() if page else app\n"
        "    assert not app.exception and len(app.title) == 1, page\n"
        "print([name for name in ('torch', 'fastai', 'galsim', 'astropy') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""The page Explore for surveys as users bring them, with a tiny network."""

import base64
import csv
import io
import shlex
import shutil
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from galviz.analysis.alignment import head_alignment
from galviz.analysis.metrics import prediction_errors
from galviz.analysis.pca import fit_pca
from galviz.features.cache import cache_features
from galviz.features.cache_key import Origin
from galviz.features.extraction import extract
from galviz.features.features import Features, load_features, save_features
from galviz.network.card import read_card, write_card
from galviz.network.crops import centre_crop
from galviz.network.head import read_head
from galviz.network.model import load_model
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from panels.colouring import varies
from panels.computation import format_progress, progress_in
from panels.feature_space import align_head, survey_csv
from panels.surveys import OpenSurvey
from tests.drawn import address_of, addresses, map_coordinates, map_table, maps, sent_to_component
from tests.panels.embeddings import cached_features, write_features

PAGE = "instruments/explore"


@pytest.fixture
def open_page(run_app, tiny_card, tmp_path, monkeypatch):
    """A function that opens the page for a survey folder and has its features computed."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))

    def run(folder, *arguments, **query):
        app = run_app("--survey", folder, "--model", tiny_card, *arguments, page=PAGE, **query)
        return app.button[0].click().run() if app.button and "Compute" in app.button[0].label else app

    return run


def page_text(app):
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_features_are_computed_once_and_shown(open_page, run_app, tiny_card, make_survey):
    folder = make_survey(30)
    app = open_page(folder)
    assert not app.exception
    assert app.title[0].value == "Explore"
    assert "30 galaxies of" in page_text(app)
    survey, network = load_survey(folder), load_model(tiny_card)
    cached = cached_features(folder, tiny_card)
    expected = extract(network, survey, layers=network.layer_names)
    assert cached.predictions == pytest.approx(expected.predictions)
    fit = fit_pca(cached.layers["features"], 10)
    shown = map_table(app)
    assert shown.index.to_list() == survey.object_ids
    assert shown[[f"PC{number}" for number in range(1, 11)]].to_numpy() == pytest.approx(fit.coordinates)
    assert shown["true"].tolist() == survey.catalogue["metallicity"].tolist()
    assert shown["predicted"].to_numpy() == pytest.approx(expected.predictions)
    # a second visit finds them
    again = run_app("--survey", folder, "--model", tiny_card, page=PAGE)
    assert not any("Compute" in button.label for button in again.button)
    assert map_table(again).equals(shown)


def test_another_layer_has_its_own_numbers(open_page, tiny_card, make_survey):
    folder = make_survey(31)  # one that no other test has had computed
    app = open_page(folder, layer="stage1")
    cached = cached_features(folder, tiny_card)
    assert map_table(app)[["PC1", "PC2"]].to_numpy() == pytest.approx(fit_pca(cached.layers["stage1"], 2).coordinates)


def test_without_labels_there_is_no_truth(open_page, make_survey):
    app = open_page(make_survey(20, labelled=False, causes=False, side_px=424, suffix=".png"), panel="Predictions")
    assert not app.exception
    assert "This survey has no label" in page_text(app)
    assert app.selectbox(key="map_colour").value == "predicted"
    assert not app.metric
    assert "true" not in map_table(app)


def test_another_label_is_no_truth_but_a_colour(open_page, make_survey):
    app = open_page(make_survey(20), "--label", "inclination_deg", panel="Predictions")
    assert "predicts another quantity than inclination" in page_text(app)
    assert "predicted" not in map_table(app)
    assert app.selectbox(key="map_colour").value == "inclination_deg"


def test_one_galaxy_has_a_prediction_and_no_space(open_page, make_survey):
    app = open_page(make_survey(1))
    assert not app.exception
    assert "at least two galaxies" in page_text(app)
    assert [metric.label for metric in app.metric] == ["True", "Predicted", "Residual"]
    assert app.metric[0].value == "8.30 dex"
    assert len(app.image) == 1
    assert not app.slider


def test_there_are_no_more_components_than_galaxies(open_page, make_survey):
    app = open_page(make_survey(4))
    assert not app.exception
    assert app.selectbox(key="x").options == ["PC1", "PC2", "PC3", "PC4"]
    assert list(map_table(app)) == ["PC1", "PC2", "PC3", "PC4", "true", "predicted"]


def test_galaxies_all_alike_are_told(open_page, make_survey):
    folder = make_survey(3)
    images = sorted((folder / "images").iterdir())
    for other in images[1:]:
        other.write_bytes(images[0].read_bytes())
    app = open_page(folder)
    for page in ("explore", "layers", "units", "compare", "galaxy"):
        app.switch_page(f"instruments/{page}/page.py").run()
        assert not app.exception, page
        assert not app.error, page
    app.switch_page(f"{PAGE}/page.py").run()
    assert "features: the same for all galaxies" in page_text(app)
    assert (map_coordinates(maps(app)[0]) == map_coordinates(maps(app)[0])[0]).all()


def test_missing_labels_leave_rings_out(open_page, make_survey):
    folder = make_survey(20)
    with (folder / "master.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("oh_p50")
    for row in rows[1:6]:
        row[place] = ""
    with (folder / "master.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    app = open_page(folder)
    assert not app.exception
    assert np.isnan(map_table(app)["true"]).sum() == 5
    (data,) = maps(app)
    assert sum("true: unknown" in text for text in data["points"]["texts"]) == 5


def test_a_card_that_can_t_be_read_is_told(run_app, make_survey, tmp_path):
    app = run_app("--survey", make_survey(5), "--model", tmp_path / "none.json", page=PAGE)
    assert not app.exception
    assert app.title[0].value == "A file that galviz needs can't be read"
    assert "none.json" in app.error[0].value
    assert not app.code  # it didn't come with galviz


def test_weights_that_can_t_be_read_are_told(run_app, make_survey, tiny_card, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    shutil.copy(tiny_card, tmp_path)
    app = run_app("--survey", make_survey(5), "--model", tmp_path / tiny_card.name, page=PAGE)
    app.button[0].click().run()
    assert not app.exception
    assert len(app.title) == 1
    assert f"The weights {tmp_path / 'tiny.safetensors'} are missing" in app.error[0].value


def test_without_torch_it_says_how_to_get_it(run_app, tiny_card, make_survey, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("panels.survey_features.has_torch", lambda: False)
    app = run_app("--survey", make_survey(5), "--model", tiny_card, page=PAGE)
    assert "needs PyTorch and fastai" in page_text(app)
    assert not app.button


def test_features_that_can_t_be_kept_are_shown_all_the_same(run_app, tiny_card, make_survey, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "file" / "cache"))
    app = run_app("--survey", make_survey(13), "--model", tiny_card, page=PAGE)
    app.button[0].click().run()
    assert not app.exception
    assert "can't be saved in" in app.warning[0].value
    assert len(map_table(app)) == 13


@pytest.mark.parametrize("name", ["true", "predicted", "images", "a.b", "self"])
def test_a_column_may_be_called_anything(open_page, make_survey, name):
    folder = make_survey(14)
    text = (folder / "master.csv").read_text(encoding="utf-8")
    (folder / "master.csv").write_text(text.replace("bulge_fraction", name, 1), encoding="utf-8")
    app = open_page(folder, map_colour=name)
    assert not app.exception
    assert app.selectbox(key="map_colour").value == name


def test_kinds_are_a_colour_too(open_page, make_survey):
    folder = make_survey(15)
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    kinds = ["kind", *["disc", "bulge", ""] * 5]
    (folder / "master.csv").write_text(
        "\n".join(f"{a},{b}" for a, b in zip(lines, kinds, strict=True)), encoding="utf-8"
    )
    app = open_page(folder, map_colour="kind")
    assert not app.exception
    assert app.selectbox(key="map_colour").value == "kind"


def test_truth_values_are_a_colour(open_page, make_survey):
    app = open_page(with_columns(make_survey(15), flag=["True", "False", "False"] * 5), map_colour="flag")
    assert not app.exception
    assert app.selectbox(key="map_colour").value == "flag"
    (data,) = maps(app)
    colours = np.frombuffer(base64.b64decode(data["points"]["fill"]), np.uint8).reshape(15, 3)
    assert len(np.unique(colours, axis=0)) == 2


def test_many_classes_are_a_colour_if_a_few_prevail():
    classes = pd.Series([f"class {number}" for number in range(40) for _ in range(1000 // (number + 1) ** 2 + 1)])
    names = pd.Series([f"NGC {number // 2}" for number in range(300)])
    assert varies(classes)
    assert not varies(names)


def test_ids_with_spaces_and_accents_and_images_in_subfolders(open_page, run_app, tiny_card, make_survey):
    folder = make_survey(15)
    ids = [f"NGC {number}" if number % 2 else f"Gr\u00f6\u00dfe {number}" for number in range(15)]
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[1:]):
        image = folder / "images" / f"{line.split(',')[0]}.jpg"
        target = folder / "images" / ("odd" if number % 2 else "even") / f"{ids[number]}.jpg"
        target.parent.mkdir(exist_ok=True)
        image.rename(target)
    rows = [f"{object_id},{line.split(',', 1)[1]}" for object_id, line in zip(ids, lines[1:], strict=True)]
    (folder / "master.csv").write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    app = open_page(folder, ids=f"{ids[1]}~{ids[2]}")
    assert not app.exception
    assert map_table(app).index.tolist() == ids
    assert "15 images lie in 2 subfolders of images/: even (8), odd (7)." in page_text(app)
    assert "2 of 15 galaxies selected" in page_text(app)
    app = run_app("--survey", folder, "--model", tiny_card, page="instruments/galaxy", galaxy=ids[3])
    assert not app.exception
    assert f"Galaxy {ids[3]}, 4 of 15." in page_text(app)


def with_columns(folder, **columns):
    """Add columns to a survey's catalogue, or replace them."""
    catalogue = pd.read_csv(folder / "master.csv", dtype=str, keep_default_na=False)
    catalogue.assign(**columns).to_csv(folder / "master.csv", index=False)
    return folder


def test_what_is_missing_and_what_is_no_colour_is_told(open_page, make_survey):
    masses = ["-9999", "-9999", "N/A", *map(str, range(12))]
    folder = with_columns(
        make_survey(15),
        mass=masses,
        **{"**age**": ["1.2 Gyr", *map(str, range(14))], "gone": ["--"] * 15, "name": [f"n{k}" for k in range(15)]},
    )
    app = open_page(folder, map_colour="mass")
    assert not app.exception
    assert "3 of 15 galaxies have no value" in page_text(app)
    (data,) = maps(app)
    texts = data["points"]["texts"]
    assert sum("mass: nan" in text for text in texts) == 3
    colours = np.frombuffer(base64.b64decode(data["points"]["fill"]), np.uint8).reshape(15, 3)
    assert len({tuple(colours[row]) for row in range(15) if "nan" in texts[row]}) == 1
    assert len(np.unique(colours, axis=0)) == 13  # the sentinels don't squeeze the others into one colour
    assert {"**age**", "gone", "name"}.isdisjoint(app.selectbox(key="map_colour").options)
    (why,) = [caption.value for caption in app.caption if caption.value.startswith("Not among the colours")]
    assert all(
        words in why for words in ("`**age**`", "1 of 15 cells", "'1.2 Gyr' on line 2", "`gone`", "15 of 15 galaxies")
    )
    assert "`name` is text with 15 categories" in why


def test_a_value_that_may_stand_for_a_missing_one_is_told(open_page, make_survey):
    folder = with_columns(make_survey(15), cz=["-99", *map(str, range(0, 14000, 1000))])
    app = open_page(folder, map_colour="cz")
    assert not app.exception
    assert "may stand for missing ones: `-99` (1)" in page_text(app)
    (data,) = maps(app)
    assert any("cz: -99" in text for text in data["points"]["texts"])


def test_a_label_that_is_the_same_for_all_has_no_correlation(open_page, make_survey):
    app = open_page(with_columns(make_survey(16), oh_p50="8.8"), panel="Predictions")
    assert not app.exception
    (metric,) = [metric for metric in app.metric if metric.label == "Correlation"]
    assert metric.value == "undefined"
    assert "the label is constant" in metric.help


def test_a_name_is_never_markdown(open_page, make_survey, tmp_path):
    folder = tmp_path / "a **b** `c` $d$ :smile: 'e'"
    shutil.copytree(make_survey(5), folder)
    (folder / "master.csv").write_text("objID,oh_p50\n**x** `y`,8.5\n")
    app = open_page(folder)
    assert f"The survey folder `` {folder} `` has" in app.error[0].value or f"``{folder}`` has" in app.error[0].value
    assert shlex.split(app.code[0].value) == ["python", "-m", "galviz", "check-survey", str(folder)]


def test_very_many_problems_are_shown_by_kind(run_app, tmp_path):
    (tmp_path / "images").mkdir()
    rows = "".join(
        f"{1237648702973411443 + 977 * number},{f'bad{number}' if number % 2 else 8.5}\n" for number in range(3000)
    )
    (tmp_path / "master.csv").write_text("objID,oh_p50\n" + rows)
    app = run_app("--survey", tmp_path, page=PAGE)
    assert "has 4,500 problems" in app.error[0].value
    shown = app.dataframe[0].value
    assert shown["how_many"].tolist() == ["3,000", "", "", "", "", "1,500", "", "", "", ""]
    assert app.get("download_button")[0].proto.label == "Download all 4,500 problems as CSV"


def test_no_label_in_the_sample_is_told(open_page, make_survey):
    folder = make_survey(16)
    with (folder / "master.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("oh_p50")
    with (folder / "master.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *([*row[:place], "", *row[place + 1 :]] for row in rows[1:])])
    app = open_page(folder, panel="Predictions")
    assert not app.exception
    assert "No galaxy has a label" in page_text(app)
    assert app.selectbox(key="map_colour").value == "predicted"


def test_a_network_that_learnt_from_simulations_says_so(run_app, make_survey, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    app = run_app("--survey", make_survey(5), page=PAGE)
    assert "trained on simulated galaxies only" in page_text(app)


def test_a_broken_image_is_told(open_page, make_survey):
    folder = make_survey(17)
    sorted((folder / "images").iterdir())[3].write_text("<html>404</html>")
    app = open_page(folder)
    assert not app.exception
    assert app.title[0].value == "This survey can't be read yet"
    assert "has 1 problem" in app.error[0].value
    assert len(app.title) == 1


def test_features_that_went_are_computed_anew(open_page, make_survey, tmp_path):
    app = open_page(make_survey(18))
    assert len(maps(app)[0]["points"]["ids"]) == 18
    (file,) = (tmp_path / "cache").iterdir()
    file.unlink()
    app.segmented_control(key="layer").set_value("stage2").run()  # a layer that was not read before
    assert not app.exception
    assert str(file) in app.error[0].value
    app.button[0].click().run()
    assert app.button[0].label == "Compute their features"


@pytest.mark.parametrize(
    ("page", "key", "up"), [(PAGE, "y", "PC2"), ("lessons/space", "y", "PC2"), ("lessons/points", "up", "PC3")]
)
def test_pages_begin_with_the_tutorials_axes(run_app, page, key, up):
    app = run_app(page=page)
    assert (app.selectbox(key="x").value, app.selectbox(key=key).value) == ("PC1", up)


def test_what_the_head_puts_there_is_kept_and_the_cores():
    survey, features = load_survey(), load_features()
    sample = draw_sample(survey.object_ids, 100)
    truth = survey.catalogue.loc[sample, "metallicity"].to_numpy()
    expected = head_alignment(features.layers["features"][features.rows(sample)], read_head().weight, 4, label=truth)
    for _ in range(2):
        alignment = align_head(features, sample, 4, truth)
        assert alignment.cosines == pytest.approx(expected.cosines)
        assert alignment.label_r2 == pytest.approx(expected.label_r2)


# A network of one's own on the galaxies that come with galviz


@pytest.fixture
def few_shipped(tmp_path, monkeypatch):
    """The first 40 of the shipped galaxies, in the place of all of them."""
    folder = tmp_path / "few"
    (folder / "images").mkdir(parents=True)
    survey, features = load_survey(), load_features()
    ids = survey.object_ids[:40]
    lines = (survey.folder / "master.csv").read_text(encoding="utf-8").splitlines()[:41]
    (folder / "master.csv").write_text("\n".join(lines), encoding="utf-8")
    for object_id in ids:
        shutil.copy(survey.folder / "images" / f"{object_id}.jpg", folder / "images")
    save_features(features.select(ids), tmp_path / "mock-survey.parquet")
    monkeypatch.setattr("galviz.survey.survey.mock_survey_folder", lambda: folder)
    monkeypatch.setattr("galviz.features.features.data_path", lambda *parts: tmp_path / parts[-1])
    st.cache_resource.clear()  # the app reads what is shipped once
    yield load_survey()
    st.cache_resource.clear()


@pytest.mark.slow
def test_own_network_sees_the_shipped_galaxies(run_app, tiny_card, few_shipped, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    app = run_app("--model", tiny_card, page=PAGE)
    assert "40 simulated galaxies" in page_text(app)
    assert "your network tiny" in page_text(app)
    assert "trained on simulated galaxies only" not in page_text(app)
    app.button[0].click().run()
    assert not app.exception
    network = load_model(tiny_card)
    expected = extract(network, few_shipped, layers=network.layer_names)
    truth = few_shipped.catalogue["metallicity"].to_numpy()
    shown = map_table(app)
    assert shown.index.to_list() == few_shipped.object_ids
    assert shown["predicted"].to_numpy() == pytest.approx(expected.predictions)
    assert shown["true"].tolist() == truth.tolist()


# Large surveys


@pytest.fixture(scope="module")
def large(make_survey):
    """A survey of more galaxies than a page shows, with features that no network made."""
    survey = load_survey(make_survey(2_100, side_px=32))
    random = np.random.default_rng(3)
    truth = survey.catalogue["metallicity"].to_numpy()
    return survey, random.normal(size=(2_100, 6)).astype(np.float16), truth + random.normal(scale=0.1, size=2_100)


@pytest.fixture
def cached_large(large, tiny_card, tmp_path, monkeypatch):
    """The same, cached as the tiny network's."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    survey, values, predictions = large
    card = read_card(tiny_card)
    provenance = asdict(Origin.expected(survey.sha256, card))
    *earlier, last = card.spec.layer_names
    layers = dict.fromkeys(earlier, values[:, :2]) | {last: values}
    features = Features(survey.object_ids, layers, predictions, provenance)
    cache_features(features)
    return survey, features


@pytest.mark.slow
def test_of_many_galaxies_charts_show_a_sample_and_errors_are_those_of_all(run_app, tiny_card, cached_large):
    survey, features = cached_large
    app = run_app("--survey", survey.folder, "--model", tiny_card, page=PAGE, panel="Predictions")
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    errors = prediction_errors(features.predictions, survey.catalogue["metallicity"])
    assert metrics["RMSE"] == f"{errors.rmse:.3f} dex"
    assert "Of all 2,100 galaxies that have a label. The charts show a random 2,000 of them" in page_text(app)
    fit = fit_pca(features.layers["features"], 6)
    assert map_table(app)[["PC1", "PC2", "PC3"]].to_numpy() == pytest.approx(fit.coordinates[:, :3])
    assert "Download 2,100 galaxies as CSV" in [button.proto.label for button in app.get("download_button")]


def test_the_csv_has_all_galaxies_on_the_axes_of_the_sample(cached_large):
    survey, features = cached_large
    values = features.layers["features"]
    fit = fit_pca(values[:200], 3)
    content = survey_csv(OpenSurvey(survey, shipped=False), features, "features", fit, survey.label, batch_size=1_000)
    table = pd.read_csv(io.StringIO(content), dtype={"objID": str}, index_col="objID")
    assert table.index.to_list() == survey.object_ids
    assert table[["PC1", "PC2", "PC3"]].to_numpy() == pytest.approx(fit.transform(values), abs=1e-5)
    assert table["true"].to_numpy() == pytest.approx(survey.catalogue["metallicity"].to_numpy(), abs=1e-5)
    assert table["predicted"].to_numpy() == pytest.approx(features.predictions, abs=1e-5)


def test_the_csv_has_small_labels_in_full(make_survey):
    folder = make_survey(3, causes=False, side_px=32)
    ids, values = load_survey(folder).object_ids, [6.8e-11, 1.2345678901234e-10, 9e-11]
    rows = "".join(f"{object_id},{value!r}\n" for object_id, value in zip(ids, values, strict=True))
    (folder / "master.csv").write_text(f"objID,ssfr\n{rows}")
    survey = load_survey(folder, "ssfr")
    features = Features(ids, {"features": np.random.default_rng(1).normal(size=(3, 4)) * 1e-9}, values, {})
    fit = fit_pca(features.layers["features"], 2, whiten=False)
    content = survey_csv(OpenSurvey(survey, shipped=False), features, "features", fit, survey.label)
    table = pd.read_csv(io.StringIO(content), index_col="objID")
    assert table["true"].tolist() == values
    assert table["predicted"].to_numpy(np.float32).tolist() == features.predictions.tolist()
    assert table[["PC1", "PC2"]].to_numpy().tolist() == fit.transform(features.layers["features"]).tolist()


def test_a_label_of_small_numbers_is_shown_in_digits(run_app, tiny_card, make_survey, tmp_path, monkeypatch):
    """And one with the name of a column of ours, in a catalogue of such names."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    card = tmp_path / "tiny.json"
    shutil.copy(tiny_card.with_suffix(".safetensors"), tmp_path)
    write_card(replace(read_card(tiny_card), label="predicted", unit="per_yr"), card)
    folder = make_survey(30, causes=False, side_px=32)
    survey = load_survey(folder)
    truth = np.linspace(2e-11, 8e-11, 30).tolist()
    names = ("predicted", "true", "PC1", "image", "colour", "true and predicted")
    rows = [
        f"{one},{value!r},{','.join(map(str, range(at, at + 5)))}"
        for at, (one, value) in enumerate(zip(survey.object_ids, truth, strict=True))
    ]
    (folder / "master.csv").write_text("\n".join([f"objID,{','.join(names)}", *rows]) + "\n")
    survey, network = load_survey(folder, "predicted"), load_model(card)
    extracted = extract(network, survey, layers=network.layer_names)
    cache_features(Features(survey.object_ids, extracted.layers, np.array(truth) + 1e-12, extracted.provenance))
    app = run_app("--survey", folder, "--label", "predicted", "--model", card, page=PAGE, panel="Predictions")
    assert not app.exception
    assert app.metric[0].value.split()[0] == "1.000e-12"  # the root-mean-square error
    shown = map_table(app)
    assert shown["true"].tolist() == survey.catalogue["predicted"].loc[shown.index].tolist()
    assert len(set(app.selectbox(key="map_colour").options)) == len(names) + 3
    for name in names[1:]:
        app.selectbox(key="map_colour").set_value(name).run()
        assert not app.exception
        (data,) = maps(app)
        drawn = [float(text.split(f"{name}: ")[1]) for text in data["points"]["texts"]]
        assert drawn == survey.catalogue[name].astype(float).tolist()


@pytest.mark.parametrize(
    ("done", "total", "left", "words"),
    [
        (64, 400, None, "64 of 400 galaxies"),
        (1_200, 130_000, 2_090.0, "1,200 of 130,000 galaxies, about 35 min left"),
        (400, 400, 0.0, "400 of 400 galaxies, about 0 s left"),
    ],
)
def test_progress_in_words(done, total, left, words):
    assert format_progress(done, total, left) == words


def test_the_time_left_is_that_of_the_rate_after_the_first_batch(monkeypatch):
    clock = iter([100.0, 102.0, 104.0])
    monkeypatch.setattr("panels.computation.monotonic", lambda: next(clock))
    drawn = []

    class Bar:
        def progress(self, share, text):
            drawn.append((share, text))

    report = progress_in(Bar())
    for done in (100, 200, 300):
        report(done, 1_000)
    assert drawn == [
        (0.1, "100 of 1,000 galaxies"),
        (0.2, "200 of 1,000 galaxies, about 16 s left"),
        (0.3, "300 of 1,000 galaxies, about 14 s left"),
    ]


# Lessons that need no known causes


@pytest.mark.parametrize("labelled", [True, False])
def test_lessons_on_components_and_points_show_own_galaxies(run_app, make_survey, tmp_path, labelled):
    folder = make_survey(24, labelled=labelled, causes=False, side_px=64, seed=4)
    file = write_features(folder, tmp_path)
    survey, values = load_survey(folder), load_features(file).layers["embedding"]
    fit = fit_pca(values, 3)
    app = run_app("--survey", folder, "--features", file, page="lessons/pca")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Features per galaxy"] == "16"
    assert metrics["In 3 components"] == f"{fit.explained_variance_ratio.sum():.1%}"
    app = run_app("--survey", folder, "--features", file, page="lessons/pca", step="2", whiten=False)
    (cloud,) = sent_to_component(app, "galviz_point_cloud")
    coordinates = np.frombuffer(base64.b64decode(cloud["coordinates"]), "<f4").reshape(24, 3)
    expected = fit_pca(values, 3, whiten=False).coordinates
    assert coordinates == pytest.approx(expected - expected.mean(axis=0), abs=1e-4)
    app = run_app("--survey", folder, "--features", file, page="lessons/points", step="3")
    assert not app.exception
    lowest = survey.object_ids[int(fit.coordinates[:, 0].argmin())]
    assert addresses(app)[0] == address_of(centre_crop(survey.image(lowest), 72))
    caption = app.image[0].captions[0]
    assert caption.startswith(f"{fit.coordinates[:, 0].min():+.1f}".replace("-", "−"))
    assert ("·" in caption) == labelled


@pytest.mark.parametrize("page", ["lessons/pca", "lessons/points", "lessons/space", "lessons/galaxies"])
def test_a_lesson_says_whether_it_shows_own_galaxies(run_app, make_survey, tmp_path, page):
    folder = make_survey(12, side_px=64)
    arguments = ("--survey", folder, "--features", write_features(folder, tmp_path))
    notes = {
        kind: [caption.value for caption in run_app(*given, page=page).caption if "lesson" in caption.value]
        for kind, given in {"none": (), "own": arguments, "unknown": arguments[:2]}.items()
    }
    assert not any("your galaxies" in note or "that come with galviz" in note for note in notes["none"])
    shows = any("shows your galaxies" in note for note in notes["own"])
    assert shows == (page != "lessons/space")
    later = any("once their features are computed" in note for note in notes["unknown"])
    assert later == (page in ("lessons/pca", "lessons/points"))


@pytest.mark.parametrize("page", ["lessons/pca", "lessons/points"])
def test_remarks_on_the_survey_are_drawn_once(run_app, make_survey, page):
    folder = make_survey(9, side_px=424)
    app = run_app("--survey", folder, page=page)
    app.session_state["excluded_galaxies"] = {str(folder): (load_survey(folder).object_ids[0],)}
    app.run()
    assert not app.exception
    assert [button.label for button in app.sidebar.button] == ["Take them back in"]
    assert len(app.sidebar.info) == 2  # the galaxy that is left out, and the size of the images
    app.session_state["use_shipped_survey"] = True
    app.run()
    assert not app.exception
    assert [button.label for button in app.sidebar.button] == ["Back to my survey"]

"""The instrument 'Feature space', for surveys as users bring them, with a tiny network."""

import csv

import numpy as np
import pytest

from galviz.activations import extract
from galviz.card import Architecture, ModelCard, file_sha256, write_card
from galviz.kept import load_kept
from galviz.model import build_network, load_model, write_weights
from galviz.projection import fit_pca
from galviz.survey import load_survey

PAGE = "instruments/feature_space"


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """The card of a tiny untrained network."""
    folder = tmp_path_factory.mktemp("model")
    architecture = Architecture(widen=0.125)
    weights = folder / "tiny.safetensors"
    write_weights(build_network(architecture, seed=1), weights)
    path = folder / "tiny.json"
    card = ModelCard(
        name="tiny",
        task="regression",
        label="metallicity",
        unit="dex",
        architecture=architecture,
        layers=architecture.layers,
        pad_px=144,
        crop_px=112,
        mean=(0.1, 0.1, 0.1),
        std=(0.1, 0.1, 0.1),
        survey_sha256="0" * 64,
        weights=weights.name,
        weights_sha256=file_sha256(weights),
        training={},
    )
    write_card(card, path)
    return path


@pytest.fixture
def open_page(run_app, card, tmp_path, monkeypatch):
    """A function that opens the page for a survey folder and has its features computed."""
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))

    def run(folder, *arguments, **query):
        app = run_app("--survey", folder, "--model", card, *arguments, page=PAGE, **query)
        return app.button[0].click().run() if app.button and "Compute" in app.button[0].label else app

    return run


def told(app):
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def points(app):
    return app.dataframe[0].value


def test_features_are_computed_once_and_shown(open_page, run_app, card, make_survey):
    folder = make_survey(30)
    app = open_page(folder, components=5)
    assert not app.exception
    survey, network = load_survey(folder), load_model(card)
    kept = load_kept(survey, network.card.weights_sha256)
    expected = extract(network, survey, layers=network.layer_names)
    assert kept.predictions == pytest.approx(expected.predictions)
    fit = fit_pca(kept.layers["features"], 5)
    shown = points(app)
    assert shown.index.to_list() == survey.object_ids
    assert shown[[f"PC{number}" for number in range(1, 6)]].to_numpy() == pytest.approx(fit.coordinates, abs=6e-4)
    assert shown["true"].to_numpy() == pytest.approx(survey.catalogue["metallicity"].to_numpy(), abs=6e-4)
    # a second visit finds them
    again = run_app("--survey", folder, "--model", card, page=PAGE)
    assert not any("Compute" in button.label for button in again.button)
    assert "30 galaxies, layer features" in told(again)


def test_another_layer_has_its_own_numbers(open_page, card, make_survey):
    folder = make_survey(31)  # one that no other test has had computed
    app = open_page(folder, layer="stage1")
    kept = load_kept(load_survey(folder), load_model(card).card.weights_sha256)
    assert points(app)[["PC1", "PC2"]].to_numpy() == pytest.approx(
        fit_pca(kept.layers["stage1"], 2).coordinates, abs=6e-4
    )


def test_without_labels_there_is_no_truth(open_page, make_survey):
    app = open_page(make_survey(20, labelled=False, causes=False, side_px=424, suffix=".png"))
    assert not app.exception
    assert "no label: there is no truth" in told(app)
    assert "true" not in points(app)
    assert "framed in the colour of their predicted value" in told(app)
    assert not app.metric


def test_another_label_is_no_truth_but_a_colour(open_page, make_survey):
    app = open_page(make_survey(20), "--label", "inclination_deg")
    assert "the survey's label is inclination" in told(app)
    assert "true" not in points(app)
    app.selectbox(key="colour").set_value("inclination_deg").run()
    assert not app.exception


def test_one_galaxy_has_a_prediction_and_no_space(open_page, make_survey):
    app = open_page(make_survey(1))
    assert not app.exception
    assert "One galaxy has no feature space" in told(app)
    assert app.metric[0].value.endswith("dex")


def test_more_components_than_galaxies_are_told(open_page, make_survey):
    app = open_page(make_survey(4), components=10)
    assert not app.exception
    assert "4 galaxies have at most 4 components" in told(app)
    assert "PC4" in points(app)
    assert "PC5" not in points(app)


def test_galaxies_all_alike_are_told(open_page, make_survey):
    folder = make_survey(3)
    images = sorted((folder / "images").iterdir())
    for other in images[1:]:
        other.write_bytes(images[0].read_bytes())
    app = open_page(folder)
    assert not app.exception
    assert "values must differ between galaxies" in told(app)


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
    assert np.isnan(points(app)["true"]).sum() == 5


def test_a_card_that_can_t_be_read_is_told(run_app, make_survey, tmp_path):
    app = run_app("--survey", make_survey(5), "--model", tmp_path / "none.json", page=PAGE)
    assert not app.exception
    assert "none.json" in app.error[0].value


def test_without_torch_it_says_how_to_get_it(run_app, card, make_survey, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr("panels.live.torch_is_here", lambda: False)
    app = run_app("--survey", make_survey(5), "--model", card, page=PAGE)
    assert "needs PyTorch and fastai" in told(app)
    assert not app.button


def test_features_that_can_t_be_kept_are_shown_all_the_same(run_app, card, make_survey, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "file" / "kept"))
    app = run_app("--survey", make_survey(13), "--model", card, page=PAGE)
    app.button[0].click().run()
    assert not app.exception
    assert "can't be kept in" in app.warning[0].value
    assert len(points(app)) == 13


@pytest.mark.parametrize("name", ["true", "image", "PC1", "images", "predicted", "a.b", "self"])
def test_a_column_may_be_called_anything(open_page, make_survey, name):
    folder = make_survey(14)
    text = (folder / "master.csv").read_text(encoding="utf-8")
    (folder / "master.csv").write_text(text.replace("bulge_fraction", name, 1), encoding="utf-8")
    app = open_page(folder, colour=name)
    assert not app.exception
    assert app.selectbox(key="colour").value == name


def test_kinds_are_a_colour_too(open_page, make_survey):
    folder = make_survey(15)
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    kinds = ["kind", *["disc", "bulge", ""] * 5]
    (folder / "master.csv").write_text(
        "\n".join(f"{a},{b}" for a, b in zip(lines, kinds, strict=True)), encoding="utf-8"
    )
    app = open_page(folder, colour="kind")
    assert not app.exception
    assert app.selectbox(key="colour").value == "kind"


def test_no_label_in_the_sample_is_told(open_page, make_survey):
    folder = make_survey(16)
    with (folder / "master.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("oh_p50")
    with (folder / "master.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *([*row[:place], "", *row[place + 1 :]] for row in rows[1:])])
    app = open_page(folder)
    assert not app.exception
    assert "No galaxy of this sample has a label" in told(app)
    assert "framed in the colour of their predicted value" in told(app)


def test_a_network_that_learnt_from_simulations_says_so(run_app, make_survey, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))
    app = run_app("--survey", make_survey(5), page=PAGE)
    assert "learnt from simulated galaxies alone" in told(app)

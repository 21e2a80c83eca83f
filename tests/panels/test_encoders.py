"""Pages for networks that predict nothing, for embeddings from elsewhere, and for layers of other names."""

import base64
from pathlib import Path

import numpy as np
import pytest

from galviz import cli
from galviz.analysis.pca import fit_pca
from galviz.features.extraction import extract
from galviz.features.features import load_features, save_features
from galviz.network.builders import build_network
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import NetworkSpec, xresnet_spec
from galviz.network.suggestion import suggest_spec
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from panels.controls import describe_layers
from tests.drawn import map_table, maps
from tests.panels.embeddings import cached_features

pytestmark = pytest.mark.full
EXPLORE = "instruments/explore"


def page_text(app):
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning, app.metric)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "kept"))


@pytest.fixture(scope="module")
def folder(make_survey):
    return make_survey(24, side_px=64)


@pytest.fixture(scope="module")
def unlabelled(make_survey):
    return make_survey(24, labelled=False, causes=False, side_px=64, seed=4)


@pytest.fixture
def embedding(tmp_path, capsys):
    """A function that imports random features of a survey, and returns the file and the numbers."""

    def make(folder, channels=16, layer="dino"):
        survey = load_survey(folder)
        values = np.random.default_rng(8).normal(size=(len(survey.object_ids), channels)).astype(np.float16)
        np.savez(tmp_path / "elsewhere.npz", objID=np.array(survey.object_ids), z=values)
        out = tmp_path / "elsewhere.parquet"
        command = ["import-features", tmp_path / "elsewhere.npz", "--survey", folder, "--out", out, "--layer", layer]
        assert cli.main(list(map(str, command))) == 0
        return out, values.astype(float)

    return make


def test_an_embedding_from_elsewhere_is_coloured_by_the_true_label(folder, embedding, run_app):
    file, values = embedding(folder)
    app = run_app("--survey", folder, "--features", file, page=EXPLORE, panel="Predictions")
    assert not app.exception
    assert "elsewhere.parquet" in page_text(app)
    assert "no predictions" in page_text(app)
    assert not app.metric
    (title, *_) = app.selectbox(key="map_colour").options
    assert title.startswith("true ")
    shown = map_table(app)
    assert shown["true"].tolist() == load_survey(folder).catalogue["metallicity"].tolist()
    components = [f"PC{number}" for number in range(1, 11)]
    assert shown[components].to_numpy() == pytest.approx(fit_pca(values, 10).coordinates, abs=1e-5)
    assert list(shown) == [*components, "true"]


def test_without_a_label_either_galaxies_have_one_colour(unlabelled, embedding, run_app):
    file, _ = embedding(unlabelled)
    app = run_app("--survey", unlabelled, "--features", file, page=EXPLORE)
    assert not app.exception
    (data,) = maps(app)
    fill = np.frombuffer(base64.b64decode(data["points"]["fill"]), np.uint8).reshape(24, 3)
    assert len(np.unique(fill, axis=0)) == 1
    assert data["points"]["ring"] is None
    assert {"true", "predicted"}.isdisjoint(map_table(app))


@pytest.mark.slow
def test_two_thousand_embeddings_of_768_numbers_go_through_every_page(embedding, run_app):
    from galviz.survey.survey import mock_survey_folder
    from panels.settings import settings

    file, _ = embedding(mock_survey_folder(), channels=768)
    pages = [f"instruments/{page.parent.name}" for page in Path("instruments").glob("*/page.py")]
    pages += [f"lessons/{lesson.folder.name}" for lesson in settings().lessons]
    for page in pages:
        app = run_app("--features", file, page=page)
        assert not app.exception, page
        assert not app.error, page
        if page == EXPLORE:
            assert "elsewhere.parquet" in page_text(app)


def test_features_of_another_survey_are_refused(folder, unlabelled, embedding, run_app, tmp_path):
    file, _ = embedding(unlabelled)
    for bad in (file, tmp_path / "none.parquet", folder / "master.csv"):
        app = run_app("--survey", folder, "--features", bad, page=EXPLORE)
        assert not app.exception
        assert "can't be read" in app.title[0].value
        assert bad.name in page_text(app)


def test_predictions_in_a_file_count_only_with_their_card(folder, tiny_card, run_app, tmp_path):
    survey, network = load_survey(folder), load_model(tiny_card)
    save_features(extract(network, survey, device="cpu"), tmp_path / "own.parquet")
    alone = run_app("--survey", folder, "--features", tmp_path / "own.parquet", page=EXPLORE)
    assert "predicted" not in map_table(alone)
    named = run_app("--survey", folder, "--features", tmp_path / "own.parquet", "--model", tiny_card, page=EXPLORE)
    predictions = load_features(tmp_path / "own.parquet").predictions
    assert map_table(named)["predicted"].to_numpy() == pytest.approx(predictions)


# --- networks ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoder_card(tmp_path_factory):
    """A resnet18 of torchvision without its head."""
    spec = suggest_spec("torchvision:resnet18", {"num_classes": 0}, crop_px=48)
    path = tmp_path_factory.mktemp("encoder") / "encoder.json"
    save_model(wrap(build_network(spec, seed=2), spec, label=None, crop_px=48, pad_px=64), path)
    return path


def test_an_encoder_is_computed_and_shown(folder, encoder_card, run_app):
    app = run_app("--survey", folder, "--model", encoder_card, page=EXPLORE)
    app = app.button[0].click().run()
    assert not app.exception
    cached = cached_features(folder, encoder_card)
    assert cached.predictions is None
    assert list(cached.layers) == ["block1", "block2", "block3", "block4", "features"]
    shown = map_table(app)
    assert shown[["PC1", "PC2", "PC3"]].to_numpy() == pytest.approx(
        fit_pca(cached.layers["features"], 3).coordinates, abs=2e-3
    )
    assert "predicted" not in shown


def test_any_module_is_hooked_live(folder, tiny_card, run_app):
    app = run_app("--survey", folder, "--model", tiny_card, page=EXPLORE)
    app = app.button[0].click().run()
    app.toggle(key="hook_module").set_value(True).run()
    path = "4.0.convpath.0"
    app.selectbox(key="module").set_value(path).run()
    (button,) = (button for button in app.button if button.label == "Compute it live")
    app = button.click().run()
    assert not app.exception
    survey = load_survey(folder)
    sample = draw_sample(survey.object_ids, len(survey.object_ids))
    expected = extract(load_model(tiny_card), survey, sample, layers=[path], device="cpu").layers[path]
    shown = map_table(app)
    assert shown[["PC1", "PC2"]].to_numpy() == pytest.approx(fit_pca(expected, 2).coordinates, abs=2e-3)
    assert f"layer {path}" in page_text(app)


@pytest.mark.parametrize("value", ["true", "false"])
def test_the_module_s_controls_are_open_if_the_url_has_them_on(run_app, value):
    app = run_app(page=EXPLORE, hook_module=value)
    (expander,) = (expander for expander in app.expander if expander.label == "Hook another module")
    assert expander.proto.expanded is (value == "true")
    assert app.toggle(key="hook_module").value is (value == "true")


def test_layers_are_described_by_their_own_network():
    own = describe_layers(["stage1", "features"], xresnet_spec())
    assert "self-attention" in own
    assert "512" in own
    other = NetworkSpec("torchvision:resnet18", {"stage1": "layer1", "features": "avgpool"}, head="fc")
    words = describe_layers(["stage1", "features"], other)
    assert "self-attention" not in words
    assert "module layer1" in words
    assert "the output of the network" in describe_layers(["z"], NetworkSpec("timm:resnet18", {"z": ""}))
    assert describe_layers(["embedding"], None) is None

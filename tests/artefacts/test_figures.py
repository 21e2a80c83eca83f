"""The lessons' figures: saved and loaded unchanged; the shipped ones are those of the shipped network."""

import numpy as np
import pytest
from PIL import Image

from galviz.artefacts.artefact import Provenance
from galviz.artefacts.figures import LESSON_FIGURES, STEPS, Figures
from galviz.features.features import load_features
from galviz.network.activations import feature_maps
from galviz.network.anatomy import MAPS, LayerRow
from galviz.network.inspection import attention_gamma, summarise_layers
from galviz.network.model import load_model
from galviz.survey.sample import evenly_ranked
from galviz.survey.survey import load_survey


def some_figures():
    random = np.random.default_rng(0)
    ids = ["9020200727000000001", "a/b c"[0] + "2"]
    picture = Image.fromarray(np.linspace(0, 255, 32 * 32 * 3).reshape(32, 32, 3).astype(np.uint8))
    return Figures(
        object_ids=ids,
        layers=[LayerRow("stem", "ConvLayer", 0, (8, 4, 4), 12), LayerRow("", "Flatten", 0, (8,), 0)],
        attention_gamma=0.25,
        channels={name: np.array([1, 5]) for name in MAPS},
        maps={(one, name): random.normal(size=(2, 3, 4)) for one in ids for name in MAPS},
        augmented={(one, step): [picture] * 12 for one in ids for step in STEPS},
        predictions={"eval_alone": [8.5, 9.0]},
        passes=5,
    )


def test_saved_figures_are_loaded_unchanged(tmp_path):
    figures = some_figures()
    LESSON_FIGURES.save(figures, Provenance("s"), tmp_path / "figures.safetensors")
    loaded = LESSON_FIGURES.load(tmp_path / "figures.safetensors")
    for name in ("object_ids", "layers", "attention_gamma", "predictions", "passes"):
        assert getattr(loaded, name) == getattr(figures, name)
    assert loaded.maps.keys() == figures.maps.keys()
    for key, values in figures.maps.items():
        np.testing.assert_allclose(loaded.maps[key], values, rtol=1e-3, atol=1e-3)
        assert loaded.maps[key].dtype == np.float32
    assert all(loaded.channels[name].tolist() == [1, 5] for name in MAPS)
    picture = np.asarray(figures.augmented[figures.object_ids[0], "crop"][0]).astype(int)
    for images in loaded.augmented.values():
        assert len(images) == 12
        assert np.abs(np.asarray(images[11]).astype(int) - picture).mean() < 8


# The shipped ones


@pytest.fixture(scope="module")
def shipped():
    return LESSON_FIGURES.load()


def test_the_shipped_feature_maps_are_reproduced(shipped):
    network, survey = load_model(), load_survey()
    for layer in ("stem", "stage1", "stage4"):
        one = shipped.object_ids[2]
        maps = feature_maps(network, survey.image(one), layer)[shipped.channels[layer]]
        np.testing.assert_allclose(shipped.maps[one, layer], maps, atol=1e-3 * np.abs(maps).max())
    assert shipped.layers == summarise_layers(network.card)
    assert shipped.attention_gamma == attention_gamma(network)


def test_example_galaxies_are_evenly_spaced_in_label(shipped):
    assert shipped.object_ids == evenly_ranked(load_survey().catalogue["metallicity"], 6)


def test_predictions_in_eval_and_train_mode(shipped):
    features = load_features()
    expected = features.predictions[features.rows(shipped.object_ids)]
    assert shipped.predictions["eval_alone"] == pytest.approx(expected, abs=2e-4)
    assert shipped.predictions["eval_together"] == pytest.approx(expected, abs=2e-4)
    assert np.abs(np.subtract(shipped.predictions["train_together"], expected)).max() > 0.02


def test_every_example_has_every_picture(shipped):
    for one in shipped.object_ids:
        assert [len(shipped.augmented[one, step]) for step in STEPS] == [4] * 4
        assert all(image.size == (112, 112) for step in STEPS for image in shipped.augmented[one, step])
        assert all(len(shipped.maps[one, name]) == len(shipped.channels[name]) == 16 for name in MAPS)

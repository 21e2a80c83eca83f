"""The key of computed features: everything that determines the numbers is in it."""

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from galviz.features.cache import cache_features, load_cached
from galviz.features.cache_key import COMPUTATION, Origin
from galviz.features.extraction import extract
from galviz.network.card import CardError, read_card, write_card
from galviz.network.forward import preprocess
from galviz.network.model import load_model
from galviz.survey.survey import SurveyError, load_survey
from tests.cards import card_for


def test_features_carry_the_origin_that_is_expected_of_them(tiny_card, make_survey):
    survey, network = load_survey(make_survey(3, side_px=64)), load_model(tiny_card)
    for precision in ("float32", "bfloat16"):
        features = extract(network, survey, precision=precision)
        expected = Origin.expected(survey.sha256, read_card(tiny_card), precision=precision)
        assert Origin.recorded(features.provenance) == expected
    assert Origin.recorded({}) not in (expected, replace(expected, computation=""))


CHANGES = {"crop_px": 64, "pad_px": 128, "mean": [0.9, 0.1, 0.1], "std": [0.2, 0.1, 0.1], "name": "b", "unit": ""}


@pytest.mark.parametrize("name", CHANGES)
def test_another_card_with_the_same_weights_has_its_own_features(tiny_card, make_survey, tmp_path, monkeypatch, name):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    survey, network = load_survey(make_survey(3, side_px=64)), load_model(tiny_card)
    cache_features(extract(network, survey, layers=network.layer_names))
    content = json.loads(tiny_card.read_text()) | {name: CHANGES[name]}
    (tmp_path / content["weights"]).write_bytes(tiny_card.with_suffix(".safetensors").read_bytes())
    (tmp_path / "other.json").write_text(json.dumps(content))
    other = load_model(tmp_path / "other.json")
    origin = Origin.expected(survey.sha256, other.card)
    assert load_cached(origin, survey.object_ids, other.layer_names) is None
    cache_features(extract(other, survey, layers=other.layer_names))
    loaded = load_cached(origin, survey.object_ids, other.layer_names)
    np.testing.assert_array_equal(loaded.predictions, extract(other, survey).predictions)


def test_a_card_s_checksum_is_of_what_it_says_and_not_of_how_it_is_written(tiny_card, tmp_path):
    card = read_card(tiny_card)
    content = json.loads(tiny_card.read_text())
    (tmp_path / "tiny.json").write_text(json.dumps(dict(reversed(content.items())), indent=7))
    assert read_card(tmp_path / "tiny.json").sha256 == card.sha256
    write_card(card, tmp_path / "again.json")
    assert read_card(tmp_path / "again.json").sha256 == card.sha256


def test_the_key_tells_fields_apart():
    origins = [Origin("a", "b", "c"), Origin("ab", "", "c"), Origin("a", "c", "b"), Origin("a", "b", "c", "bfloat16")]
    assert len({origin.key for origin in origins}) == len(origins)
    assert [origins[0].difference(other) for other in origins] == ["", "survey_sha256", "card_sha256", "precision"]
    assert set(asdict(origins[0])) >= {"survey_sha256", "card_sha256", "weights_sha256", "precision", "computation"}


def test_computation_is_raised_when_prepared_images_change(tiny_card):
    """What an image becomes before the network: if this fails because you meant to change it, raise COMPUTATION."""
    card = card_for(tiny_card.with_suffix(".safetensors"), pad_px=14, crop_px=9)
    y, x = np.mgrid[:13, :17]
    image = Image.fromarray(np.stack([7 * x + y, 3 * x + 5 * y, x * y], axis=-1).astype(np.uint8))
    prepared = preprocess([image, image.crop((2, 3, 7, 9)), image.convert("L")], card).double()
    weights = np.cos(np.arange(prepared.numel())).reshape(prepared.shape)
    sums = [float((prepared[row].numpy() * weights[row]).sum()) for row in range(3)]
    assert (COMPUTATION, *sums) == ("1", *(pytest.approx(value, rel=1e-5) for value in PREPARED))


PREPARED = (-5.136822, -7.472301, 2.798981)


# --- any single change ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def inputs(tiny_card, make_survey, tmp_path_factory):
    """A survey and a network as files: everything that the origin of features is computed from."""
    folder = tmp_path_factory.mktemp("inputs")
    shutil.copytree(make_survey(3, side_px=48), folder / "survey")
    for path in (tiny_card, tiny_card.with_suffix(".safetensors")):
        shutil.copy(path, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == 6
    return folder, {path: path.read_bytes() for path in files}


def origin_of(folder):
    """As a page or a command finds it: everything read anew, and the weights compared with their card."""
    card = read_card(folder / "tiny.json")
    load_model(folder / "tiny.json")
    return Origin.expected(load_survey(folder / "survey").sha256, card)


def test_any_single_bit_that_changes_changes_the_origin_or_is_refused(inputs):
    folder, contents = inputs
    before = origin_of(folder)

    @settings(max_examples=15)
    @given(data=st.data())
    def holds(data):
        path = data.draw(st.sampled_from(list(contents)))
        place = data.draw(st.integers(0, len(contents[path]) - 1))
        damaged = bytearray(contents[path])
        damaged[place] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(damaged)
        try:
            assert origin_of(folder) != before
        except (SurveyError, CardError):
            pass  # refused, with its own sentence
        finally:
            path.write_bytes(contents[path])

    holds()
    assert origin_of(folder) == before

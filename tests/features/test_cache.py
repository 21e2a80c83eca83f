"""The cache of computed features: loaded for the same inputs, and for no others."""

import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from galviz.features.cache import cache_features, cache_folder, cache_path, load_cached
from galviz.features.cache_key import Origin
from galviz.features.features import Features
from galviz.survey.survey import load_survey

ORIGIN = Origin("a" * 64, "b" * 64, "c" * 64)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def features_of(origin):
    values = {"stem": np.arange(10.0).reshape(5, 2), "features": np.arange(15.0).reshape(5, 3)}
    return Features([f"g{number}" for number in range(5)], values, np.arange(5.0), asdict(origin))


def load(origin):
    features = features_of(origin)
    return load_cached(origin, features.object_ids, list(features.layers))


def test_features_are_found_by_their_origin(folder):
    assert load(ORIGIN) is None
    path = cache_features(features_of(ORIGIN))
    assert path.parent == folder
    assert [file.name for file in folder.iterdir()] == [path.name]
    loaded = load(ORIGIN)
    assert loaded.object_ids == features_of(ORIGIN).object_ids
    for name, values in features_of(ORIGIN).layers.items():
        np.testing.assert_array_equal(loaded.layers[name], values)


@pytest.mark.parametrize("name", [*asdict(ORIGIN)])
def test_another_origin_has_other_features(folder, name):
    cache_features(features_of(ORIGIN))
    assert load(replace(ORIGIN, **{name: "other"})) is None


def test_features_of_another_origin_in_the_place_of_these_are_not_taken_for_them(folder):
    other = replace(ORIGIN, card_sha256="d" * 64)
    cache_path(other).parent.mkdir(parents=True)
    cache_path(other).write_bytes(cache_features(features_of(ORIGIN)).read_bytes())
    assert load(other) is None


def test_features_of_fewer_galaxies_or_layers_are_not_those_of_the_survey(folder):
    """`extract` with some galaxies or layers has the same origin, and its file may be put into the cache by hand."""
    complete = features_of(ORIGIN)
    first = complete.object_ids[:3]
    few = Features(
        first, {name: values[:3] for name, values in complete.layers.items()}, np.arange(3.0), asdict(ORIGIN)
    )
    one = Features(complete.object_ids, {"stem": complete.layers["stem"]}, complete.predictions, asdict(ORIGIN))
    for incomplete in (few, one):
        cache_features(incomplete)
        assert load(ORIGIN) is None
    cache_features(complete)
    assert load(ORIGIN) is not None


@pytest.mark.full
def test_a_survey_that_changed_has_another_origin(make_survey, tiny_card):
    from galviz.network.card import read_card

    folder, card = make_survey(5, side_px=64), read_card(tiny_card)
    before = Origin.expected(load_survey(folder).sha256, card)
    path = folder / "master.csv"
    path.write_text(path.read_text().replace("0.07", "0.08"))
    assert Origin.expected(load_survey(folder).sha256, card) != before


def test_damage_anywhere_in_the_file_is_noticed_so_that_it_is_computed_again(folder):
    """Also in a layer that would be read later; what still loads is what was kept."""
    path = cache_features(features_of(ORIGIN))
    whole, expected = path.read_bytes(), features_of(ORIGIN)
    damaged = [whole[:200], b"", b"\0" * len(whole)]
    for place in range(0, len(whole), 19):
        damaged.append(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
    noticed = 0
    for content in damaged:
        path.write_bytes(content)
        loaded = load(ORIGIN)
        noticed += loaded is None
        if loaded is not None:
            assert loaded.object_ids == expected.object_ids
            np.testing.assert_array_equal(loaded.predictions, expected.predictions)
            for name, values in expected.layers.items():
                np.testing.assert_array_equal(loaded.layers[name], values)
    assert noticed > len(damaged) / 2
    cache_features(features_of(ORIGIN))
    assert load(ORIGIN) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of other systems are platformdirs' business")
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/galviz")),
        ({}, Path.home() / ".cache" / "galviz"),
        ({"GALVIZ_CACHE": "/mine", "XDG_CACHE_HOME": "/x"}, Path("/mine")),
    ],
)
def test_the_folder_is_the_systems_own(monkeypatch, variables, expected):
    for name in ("GALVIZ_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == cache_path(ORIGIN).parent == expected

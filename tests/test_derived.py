"""Derived data: made once, of this survey and these weights, and noticed when they are of others."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from galviz.card import Architecture
from galviz.derived import FILES, MADE_FOR, MADE_FOR_CARD, build_data, is_up_to_date
from galviz.features import load_features
from galviz.model import load_model
from galviz.projection import fit_pca
from galviz.survey import load_survey
from galviz.training import Recipe, train

NAMES = ["mock-survey", "random-weights", "shuffled-labels"]
STEMS = [name.rpartition("/")[2].partition(".")[0] for name in FILES]


@pytest.fixture(scope="module")
def built(tmp_path_factory, small_survey):
    """A survey of small images, the card of a tiny network trained on it, and a folder of what is derived from them."""
    folder = tmp_path_factory.mktemp("derived")
    card = folder / "tiny.json"
    recipe = Recipe(epochs=1, batch_size=32, pad_px=64, crop_px=48)
    train([small_survey], card, recipe=recipe, architecture=Architecture(widen=0.125))
    told = []
    with pytest.MonkeyPatch.context() as patch:
        # UMAP compiles itself for half a minute; tests/test_maps.py runs it.
        patch.setattr("galviz.maps.umap_once", lambda values, _: fit_pca(values, 2).coordinates.astype(np.float32))
        files = list(build_data(folder, survey=small_survey, model=card, progress=lambda *at: told.append(at)))
    return small_survey, card, files, told


def test_features_thumbnails_and_figures_are_made_and_told_of(built):
    survey, card, files, told = built
    assert [file.path.relative_to(files[0].path.parents[1]).as_posix() for file in files] == list(FILES)
    assert [file.path.stem for file in files] == STEMS
    assert all(file.made for file in files)
    assert [name for name, done, total in told if done == total] == STEMS
    assert all(is_up_to_date(file.path, survey, load_model(card).card) for file in files)
    weights = load_model(card).card.weights_sha256
    for file in files[:3]:
        provenance = load_features(file.path, survey=survey).provenance
        assert provenance[MADE_FOR] == weights
        assert provenance[MADE_FOR_CARD] == load_model(card).card.sha256
        assert (provenance["weights_sha256"] == weights) is (file.path.stem == NAMES[0])


def test_the_networks_features_have_every_layer_and_the_controls_the_last(built):
    survey, card, files, _ = built
    found = [load_features(file.path) for file in files[:3]]
    assert list(found[0].layers) == load_model(card).layer_names
    assert all(list(control.layers) == ["features"] for control in found[1:])
    values = [features.layers["features"] for features in found]
    assert not any(np.allclose(values[one], values[other], atol=0.01) for one, other in ((0, 1), (0, 2), (1, 2)))
    assert all(features.object_ids == survey.object_ids for features in found)


def test_what_is_up_to_date_is_not_made_again(built):
    survey, card, files, _ = built
    before = {file.path: file.path.read_bytes() for file in files}
    again = list(build_data(files[0].path.parents[1], survey=survey, model=card))
    assert not any(file.made for file in again)
    assert {path: path.read_bytes() for path in before} == before


def test_what_is_missing_or_of_other_data_is_made_again_to_the_same_bytes(built, tmp_path):
    survey, card, files, _ = built
    copies = [tmp_path / name for name in FILES]
    for file, copy in zip(files, copies, strict=True):
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(file.path, copy)
    copies[1].unlink()
    copies[0].write_bytes(b"PAR1, or so it says")
    copies[4].write_bytes(copies[4].read_bytes()[:-1])
    assert not is_up_to_date(copies[0], survey, load_model(card).card)
    again = list(build_data(tmp_path, survey=survey, model=card))
    assert [file.made for file in again] == [True, True, False, False, True, *[False] * (len(FILES) - 5)]
    assert [copy.read_bytes() for copy in copies] == [file.path.read_bytes() for file in files]


def test_another_survey_is_noticed(built, make_survey):
    _, card, files, _ = built
    other = load_survey(make_survey(40, side_px=64, seed=2))
    assert not is_up_to_date(files[0].path, other, load_model(card).card)
    assert not is_up_to_date(files[3].path, other, load_model(card).card)
    assert not any(is_up_to_date(file.path, other, load_model(card).card) for file in files[4:])


def test_another_card_with_the_same_weights_is_noticed(built):
    """The same weights see other images through another crop or other statistics."""
    survey, path, files, _ = built
    card = load_model(path).card
    for change in ({"crop_px": 40}, {"mean": (0.1, 0.2, 0.3)}):
        current = [is_up_to_date(file.path, survey, replace(card, **change)) for file in files]
        assert current == [file.path.stem == "thumbnails" for file in files]


def test_a_cancelled_run_leaves_no_half_file(built, tmp_path):
    survey, card, *_ = built

    def cancel(name, done, total):
        if name == NAMES[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(build_data(tmp_path, survey=survey, model=card, progress=cancel))
    assert [path.name for path in tmp_path.rglob("*.*")] == ["mock-survey.parquet"]

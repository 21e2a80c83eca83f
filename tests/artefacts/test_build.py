"""`build-data`: artefacts are made once, and again if the survey, the weights or the card have changed."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from galviz.analysis.pca import fit_pca
from galviz.artefacts.artefact import Provenance
from galviz.artefacts.build import build_data
from galviz.artefacts.registry import ARTEFACTS
from galviz.features.features import load_features
from galviz.network.model import load_model
from galviz.survey.survey import load_survey
from galviz.training.recipe import Recipe
from galviz.training.run import train
from tests.cards import TINY

NAMES = ["mock-survey", "random-weights", "shuffled-labels"]
FILES = [artefact.name for artefact in ARTEFACTS]
STEMS = [name.rpartition("/")[2].partition(".")[0] for name in FILES]


def current(files, survey, card):
    """Which of some built files are current, in the order of the registry."""
    return [artefact.is_current(survey, card, file.path) for artefact, file in zip(ARTEFACTS, files, strict=True)]


@pytest.fixture(scope="module")
def built(tmp_path_factory, small_survey):
    """A survey of small images, the card of a tiny network trained on it, and the folder of their derived data."""
    folder = tmp_path_factory.mktemp("derived")
    card = folder / "tiny.json"
    recipe = Recipe(epochs=1, batch_size=32, pad_px=64, crop_px=48)
    train([small_survey], card, recipe=recipe, spec=TINY)
    calls = []
    with pytest.MonkeyPatch.context() as patch:
        # UMAP compiles itself for half a minute; tests/analysis/test_embeddings.py runs it.
        patch.setattr(
            "galviz.artefacts.umaps.fit_umap", lambda values, _: fit_pca(values, 2).coordinates.astype(np.float32)
        )
        files = list(build_data(folder, survey=small_survey, model=card, progress=lambda *call: calls.append(call)))
    return small_survey, card, files, calls


def test_every_artefact_is_made_and_reported(built):
    survey, card, files, calls = built
    assert [file.path.relative_to(files[0].path.parents[1]).as_posix() for file in files] == FILES
    assert [file.path.stem for file in files] == STEMS
    assert all(file.made for file in files)
    assert [name for name, done, total in calls if done == total] == STEMS
    trained = load_model(card).card
    assert all(current(files, survey, trained))
    for artefact, file in zip(ARTEFACTS[:3], files[:3], strict=True):
        assert artefact.provenance(file.path) == Provenance(survey.sha256, trained.weights_sha256, trained.sha256)
        own = load_features(file.path, survey=survey).provenance["weights_sha256"]
        assert (own == trained.weights_sha256) is (file.path.stem == NAMES[0])


def test_the_networks_features_have_every_layer_and_the_control_features_only_the_last(built):
    survey, card, files, _ = built
    all_features = [load_features(file.path) for file in files[:3]]
    assert list(all_features[0].layers) == load_model(card).layer_names
    assert all(list(control.layers) == ["features"] for control in all_features[1:])
    values = [features.layers["features"] for features in all_features]
    assert not any(np.allclose(values[one], values[other], atol=0.01) for one, other in ((0, 1), (0, 2), (1, 2)))
    assert all(features.object_ids == survey.object_ids for features in all_features)


def test_current_artefacts_are_not_made_again(built):
    survey, card, files, _ = built
    before = {file.path: file.path.read_bytes() for file in files}
    again = list(build_data(files[0].path.parents[1], survey=survey, model=card))
    assert not any(file.made for file in again)
    assert {path: path.read_bytes() for path in before} == before


def test_missing_and_damaged_artefacts_are_made_again_to_the_same_bytes(built, tmp_path):
    survey, card, files, _ = built
    copies = [tmp_path / name for name in FILES]
    for file, copy in zip(files, copies, strict=True):
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(file.path, copy)
    copies[1].unlink()
    copies[0].write_bytes(b"PAR1, or so it says")
    copies[4].write_bytes(copies[4].read_bytes()[:-1])
    again = list(build_data(tmp_path, survey=survey, model=card))
    assert [file.made for file in again] == [True, True, False, False, True, *[False] * (len(FILES) - 5)]
    assert [copy.read_bytes() for copy in copies] == [file.path.read_bytes() for file in files]


def test_another_survey_or_card_makes_artefacts_outdated(built, make_survey):
    """Another crop or other statistics change the input of the same weights."""
    survey, path, files, _ = built
    card = load_model(path).card
    assert not any(current(files, load_survey(make_survey(40, side_px=64, seed=2)), card))
    for change in ({"crop_px": 40}, {"mean": (0.1, 0.2, 0.3)}):
        assert current(files, survey, replace(card, **change)) == [stem == "thumbnails" for stem in STEMS]


def test_a_cancelled_run_leaves_no_half_file(built, tmp_path):
    survey, card, *_ = built

    def cancel(name, done, total):
        if name == NAMES[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(build_data(tmp_path, survey=survey, model=card, progress=cancel))
    assert [path.name for path in tmp_path.rglob("*.*")] == ["mock-survey.parquet"]

"""The shipped galaxies of the Hubble deep field: what they are, and that they are the network's."""

import io
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galviz.artefacts.artefact import ArtefactError, Provenance
from galviz.artefacts.build import build_data
from galviz.artefacts.hubble import FRAME_RADII, HUBBLE_FIELD, NOISE, PETROSIAN, split_survey, survey_novelty
from galviz.cli import main
from galviz.features.features import load_features
from galviz.files import manifest
from galviz.network.card import read_card
from galviz.network.head import read_head
from galviz.survey.survey import load_survey


@pytest.fixture(scope="module")
def field():
    return HUBBLE_FIELD.load()


@pytest.fixture(scope="module")
def novelty():
    return survey_novelty(load_features().layers["features"])


def test_the_brightest_sources_within_the_image_were_chosen(field):
    assert HUBBLE_FIELD.is_current(load_survey(verify=False), read_card())
    assert field.image_size == (1000, 872)
    assert field.open_picture().size == (700, 610)
    sources = field.sources
    assert (np.diff(sources["flux"]) <= 0).all()
    assert sources["x"].between(0, 1000).all()
    assert sources["y"].between(0, 872).all()
    assert sources["threshold"].min() == pytest.approx(2, abs=0.01)
    half = 4.45 * sources["r90"] / 2
    x, y = sources["x"] + 0.5, sources["y"] + 0.5
    inside = (x >= half) & (y >= half) & (x + half <= 1000) & (y + half <= 872)
    assert field.chosen.tolist() == np.flatnonzero(inside)[:128].tolist()
    for webp in field.thumbnails:
        with Image.open(io.BytesIO(webp)) as image:
            assert image.size == (72, 72)


def test_predictions_are_the_heads_of_the_features(field):
    head = read_head()
    assert field.features @ head.weight + head.bias == pytest.approx(field.predictions, abs=5e-3)
    assert len(field.features) == len(field.predictions) == len(field.thumbnails) == len(field.chosen) == 128


def test_controls_are_held_out_and_noise_is_far_away(field, novelty):
    survey = load_survey(verify=False)
    reference, held_out = split_survey(2000)
    assert field.control_ids == [survey.object_ids[row] for row in held_out[:200]]
    assert not set(reference) & set(held_out)
    assert [len(table) for table in field.controls.values()] == [200] * 9
    limit = novelty.limit(0.99)
    beyond = pd.Series({name: (table["distance"] > limit).mean() for name, table in field.controls.items()})
    assert beyond[[NOISE, "inverted"]].tolist() == [1, 1]
    assert beyond["turned by 90°"] <= 0.03
    assert beyond[PETROSIAN] <= 0.1
    assert (novelty.distances(field.features) > limit).mean() > 0.8


def test_equal_content_gives_equal_bytes_and_is_read_back(field):
    provenance = Provenance("5b1e", "77", "99")
    raw = HUBBLE_FIELD.encode(field, provenance)
    again, recorded = HUBBLE_FIELD.decode(raw)
    assert recorded == provenance
    assert HUBBLE_FIELD.encode(again, provenance) == raw
    pd.testing.assert_frame_equal(again.sources, field.sources)
    assert again.thumbnails == field.thumbnails
    with pytest.raises(ValueError, match="read-only"):
        again.features[0, 0] = 1


def test_a_file_whose_checksum_disagrees_is_refused(tmp_path, monkeypatch):
    """A changed copy of ``data/``, in which the list of checksums is the shipped one."""
    (tmp_path / "features").mkdir()
    shutil.copy(HUBBLE_FIELD.path.parents[1] / "SHA256SUMS", tmp_path)
    changed = bytearray(HUBBLE_FIELD.path.read_bytes())
    changed[-1] ^= 1
    copy = tmp_path / HUBBLE_FIELD.name
    copy.write_bytes(changed)
    HUBBLE_FIELD.load(copy)  # elsewhere, no checksum is known
    monkeypatch.setattr(manifest, "DATA_FOLDER", tmp_path)
    with pytest.raises(ArtefactError, match=r"hubble-deep-field\.safetensors"):
        HUBBLE_FIELD.load()


@pytest.mark.full
@pytest.mark.parametrize("package", ["skimage", "photutils"])
def test_without_the_extra_there_is_one_clear_error(monkeypatch, capsys, package):
    for name in list(sys.modules):
        if name == package or name.startswith(f"{package}."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(build_data.__kwdefaults__, "artefacts", (HUBBLE_FIELD,))
    assert main(["build-data", "--again"]) == 2
    assert 'pip install -e ".[shift]"' in capsys.readouterr().err


@pytest.mark.full
def test_the_galaxies_are_made_again(field):
    """Sources, frames and features, from scikit-image's image."""
    from skimage.data import hubble_deep_field

    from galviz.analysis.detection import find_galaxies
    from galviz.artefacts.hubble_making import frame_galaxy
    from galviz.network.activations import ActivationRecorder
    from galviz.network.model import load_model
    from galviz.simulate.framing import PETROSIAN_PX, PETROSIAN_RADII

    pixels = hubble_deep_field()
    sources = find_galaxies(pixels)
    pd.testing.assert_frame_equal(sources, field.sources, rtol=1e-4, atol=1e-3)
    rows = field.chosen[::40]
    frames = [frame_galaxy(Image.fromarray(pixels), sources.loc[row]) for row in rows]
    activations, predicted = ActivationRecorder(load_model(), ["features"])(frames)
    assert (FRAME_RADII, frames[0].size) == (PETROSIAN_RADII, (PETROSIAN_PX, PETROSIAN_PX))
    assert np.ravel(predicted) == pytest.approx(field.predictions[::40], abs=2e-3)
    assert activations["features"] == pytest.approx(field.features[::40], rel=2e-3, abs=2e-3)

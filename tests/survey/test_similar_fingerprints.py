"""The search for possible copies: in cells, it finds those that a comparison of all pairs finds."""

import numpy as np
import pytest
from PIL import Image

from galviz.survey import similar_fingerprints
from galviz.survey.fingerprints import fingerprint, unit_grids
from galviz.survey.similar_fingerprints import candidate_pairs
from galviz.survey.survey import load_survey

N = 64


@pytest.fixture(scope="module")
def fingerprints():
    """Those of mock galaxies, and of eight copies that are cropped or turned."""
    survey = load_survey()
    images = [survey.image(object_id) for object_id in survey.object_ids[:N]]
    cropped = [image.crop((16, 16, 144, 144)) for image in images[:4]]
    turned = [image.resize((120, 120)).transpose(Image.Transpose.ROTATE_90) for image in images[4:8]]
    return np.stack([fingerprint(image) for image in images + cropped + turned])


def test_copies_are_found_in_few_cells(fingerprints, monkeypatch):
    own = {(place, N + place) for place in range(8)}
    in_all = set(map(tuple, candidate_pairs(fingerprints).tolist()))
    monkeypatch.setattr(similar_fingerprints, "CELL_SIZE", 8)
    monkeypatch.setattr(similar_fingerprints, "N_CELLS", 3)
    in_few = set(map(tuple, candidate_pairs(fingerprints).tolist()))
    assert own <= in_all
    assert in_few <= in_all
    assert len(own & in_few) >= 7


def test_images_without_structure_are_in_no_pair(fingerprints):
    with_blank = np.concatenate([np.zeros_like(fingerprints[:5]), fingerprints])
    expected = candidate_pairs(fingerprints) + 5
    assert candidate_pairs(with_blank).tolist() == expected.tolist()
    assert candidate_pairs(with_blank[:6]).tolist() == []


def test_many_copies_of_one_picture_have_few_pairs(fingerprints, monkeypatch):
    monkeypatch.setattr(similar_fingerprints, "_MAX_CANDIDATES", 5)
    copies = np.concatenate([np.repeat(fingerprints[:1], 50, axis=0), fingerprints[1:20]])
    pairs = candidate_pairs(copies)
    assert len(pairs) <= 5 * len(copies)
    assert {place for pair in pairs.tolist() for place in pair} >= set(range(50))


def test_grids_have_norm_1(fingerprints):
    norms = np.sqrt((unit_grids(fingerprints) ** 2).sum(axis=(2, 3)))
    assert norms == pytest.approx(1, abs=1e-5)
    assert fingerprints.dtype == np.int8

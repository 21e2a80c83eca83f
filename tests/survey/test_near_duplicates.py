"""Near-duplicates are detected after common alterations, and different galaxies aren't."""

import importlib.util
import io
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from galviz.survey.fingerprints import fingerprint, orientations
from galviz.survey.near_duplicates import find_near_duplicates
from galviz.survey.survey import load_survey
from tests.galaxies import draw_catalogue, draw_galaxy

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("copies", ROOT / "benchmarks" / "copies.py")
BENCHMARK = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(BENCHMARK)
# Quality 30 leaves too little of a faint galaxy.
ALTERATIONS = {name: alter for name, alter in BENCHMARK.ALTERATIONS.items() if "quality 30" not in name}


@pytest.fixture(scope="module")
def images():
    """Twenty mock galaxies of 160 px."""
    survey = load_survey()
    return [survey.image(object_id) for object_id in survey.object_ids[::100]]


@pytest.fixture(scope="module")
def fingerprints(images):
    return [fingerprint(image) for image in images]


def near(images, **options):
    return find_near_duplicates([fingerprint(image) for image in images], images.__getitem__, **options)


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_altered_copies_are_detected(images, fingerprints, alter):
    originals, copies = images[:12], [alter(image) for image in images[:12]]
    pairs = find_near_duplicates(
        fingerprints[:12] + [fingerprint(copy) for copy in copies], (originals + copies).__getitem__
    )
    own = [(place, place + len(originals)) for place in range(len(originals))]
    assert set(pairs) <= set(own)
    # A neighbour may be taken for the galaxy's centre in one of the two.
    assert len(pairs) >= 0.9 * len(own)


@pytest.mark.parametrize("colour", ["white", "gray", "red"])
def test_a_frame_that_all_images_have_makes_no_duplicates(colour, images):
    framed = [ImageOps.expand(image, 20, colour) for image in images]
    assert near(framed) == near(images) == []


@pytest.mark.parametrize("colour", ["white", "gray"])
def test_a_framed_copy_is_detected(colour, images):
    assert near([*images, ImageOps.expand(images[3], 20, colour)]) == [(3, len(images))]


def test_all_orientations_are_detected(images):
    image = np.asarray(images[3])
    for turned in orientations(image, (0, 1)):
        assert near([images[3], Image.fromarray(np.ascontiguousarray(turned))]) == [(0, 1)]
    assert len({turned.tobytes() for turned in orientations(image, (0, 1))}) == 8


def test_mock_survey_has_no_near_duplicates():
    survey = load_survey()
    ids = survey.object_ids[::8]
    fingerprints = [fingerprint(survey.image(object_id)) for object_id in ids]
    assert np.mean([grids.any() for grids in fingerprints]) > 0.99
    assert find_near_duplicates(fingerprints, lambda place: survey.image(ids[place])) == []


@pytest.mark.parametrize("side_px", [48, 96, 160])
@pytest.mark.parametrize("quality", [50, 90])
def test_images_without_fine_structure_are_not_compared(quality, side_px):
    """They differ only in colour and inclination, so copies can't be distinguished from other galaxies."""

    def saved(image):
        image.save(content := io.BytesIO(), "JPEG", quality=quality)
        return Image.open(content).convert("RGB")

    images = [saved(draw_galaxy(galaxy, side_px)) for galaxy in draw_catalogue(15, 1).itertuples()]
    assert not any(fingerprint(image).any() for image in images)
    assert near(images + images) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_uniform_images_are_not_duplicates(size, level):
    blank = Image.new("RGB", size, (level,) * 3)
    assert fingerprint(blank).shape == fingerprint(blank.resize((160, 160))).shape
    assert near([blank, blank, blank.resize((160, 160))]) == []


def test_same_neighbour_makes_no_duplicate(images):
    """See the threshold for the correlation in colour."""
    star = Image.radial_gradient("L").resize((24, 24)).point(lambda level: max(0, 255 - 2 * level))
    starry = [image.copy() for image in images]
    for image in starry:
        image.paste((255, 255, 255), (90, 55), star)
    assert near(starry) == []


def test_copies_are_connected_with_few_comparisons(images):
    copies = [BENCHMARK.saved(images[5], quality) for quality in range(60, 100, 2)]
    read = []
    pairs = find_near_duplicates(
        [fingerprint(copy) for copy in copies], lambda place: read.append(place) or copies[place]
    )
    assert len(pairs) == len(copies) - 1  # a tree
    joined = {0}
    for _ in pairs:
        joined |= {place for pair in pairs if joined & set(pair) for place in pair}
    assert joined == set(range(len(copies)))
    assert len(read) == 2 * len(pairs)


def test_images_of_a_group_are_not_compared(images):
    copies = [images[0], BENCHMARK.saved(images[0], 80), images[1], BENCHMARK.saved(images[1], 80)]
    fingerprints, read = [fingerprint(copy) for copy in copies], []
    known = {"groups": [7, 7, 3, 3]}
    assert find_near_duplicates(fingerprints, lambda place: read.append(place), **known) == []
    assert read == []
    assert near(copies, groups=[7, 7, 3, 4]) == [(2, 3)]


def test_fewer_than_two_images_have_no_pairs(images):
    assert near([]) == near(images[:1]) == []


def test_result_does_not_depend_on_block_size(images, monkeypatch):
    both = images[:8] + [BENCHMARK.saved(image, 80) for image in images[:8]]
    whole = near(both)
    monkeypatch.setattr("galviz.survey.similar_fingerprints.BLOCK_SIZE", 7)
    assert near(both) == whole
    assert all(one < other for one, other in pairwise(whole))


@pytest.mark.slow
def test_benchmark_reports_copies_in_a_survey(images, tmp_path, capsys):
    (tmp_path / "images").mkdir()
    for number, image in enumerate(images[:6]):
        image.save(tmp_path / "images" / f"{number}.png")
    lines = ["objID"] + [str(number) for number in range(6)]
    (tmp_path / "master.csv").write_text("\n".join(lines))
    run = ["--survey", str(tmp_path), "--altered", "3"]
    assert BENCHMARK.main(run) == 0
    printed = capsys.readouterr().out
    assert "6 images, 15 pairs" in printed
    assert "taken for copies: 0" in printed
    assert re.search(r"mirrored +3/3 +1\.00", printed)
    BENCHMARK.saved(images[0], 80).save(tmp_path / "images" / "6.png")
    (tmp_path / "master.csv").write_text("\n".join([*lines, "6"]))
    assert BENCHMARK.main(run) == 1
    assert "taken for copies: 1 [('0', '6')]" in capsys.readouterr().out

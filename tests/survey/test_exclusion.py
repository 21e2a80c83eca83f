"""Galaxies that are left out: their images aren't read, and the survey's checksum depends on them."""

import pytest

from galviz.survey.exclusion import read_exclusion
from galviz.survey.survey import SurveyError, load_survey


@pytest.fixture
def folder(make_survey):
    return make_survey(6, side_px=32)


def test_excluded_galaxies_are_gone_and_their_images_are_not_read(folder):
    whole = load_survey(folder)
    ids = whole.object_ids
    for object_id in (ids[1], ids[4]):
        (folder / "images" / f"{object_id}.jpg").write_bytes(b"broken")
    survey = load_survey(folder, exclude=[ids[4], ids[1], ids[4]])
    remaining = [ids[0], ids[2], ids[3], ids[5]]
    assert survey.object_ids == remaining
    assert survey.catalogue.index.tolist() == remaining
    assert survey.catalogue.equals(whole.catalogue.loc[remaining])
    assert survey.excluded == (ids[1], ids[4])
    with pytest.raises(ValueError, match="must be one of the survey's 4 ids"):
        survey.image(ids[1])


def test_the_checksum_depends_on_what_is_excluded(folder):
    ids = load_survey(folder).object_ids
    checksums = {load_survey(folder, exclude=excluded).sha256 for excluded in ((), ids[:1], ids[1:2], ids[:2])}
    assert len(checksums) == 4
    assert load_survey(folder, exclude=ids[:2]).sha256 == load_survey(folder, exclude=ids[1::-1]).sha256


def test_unknown_ids_are_listed(folder):
    ids = load_survey(folder).object_ids
    with pytest.raises(SurveyError) as refused:
        load_survey(folder, exclude=[ids[0], "42", "43"])
    assert [problem.object_id for problem in refused.value.details] == ["42", "43"]
    with pytest.raises(SurveyError, match="all of its 6 galaxies are excluded"):
        load_survey(folder, exclude=ids)
    with pytest.raises(ValueError, match="must be a sequence of ids"):
        load_survey(folder, exclude=ids[0])


def test_an_excluded_value_does_not_stretch_the_colour_scale(make_survey):
    folder = make_survey(30, side_px=32)
    path = folder / "master.csv"
    lines = path.read_text().splitlines()
    first = lines[1].split(",")
    column = lines[0].split(",").index("half_light_radius_kpc")
    lines[1] = ",".join([*first[:column], "400", *first[column + 1 :]])
    path.write_text("\n".join(lines) + "\n")
    whole = load_survey(folder, "half_light_radius_kpc")
    assert whole.label.high > 100
    assert load_survey(folder, "half_light_radius_kpc", exclude=[first[0]]).label.high < 10


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1\n2\n", ["1", "2"]),
        ("\ufeff1  # first\r\n\r\n# 2\r\n 3 \r\n1".encode(), ["1", "3"]),
        (b"", []),
        (b"NGC 1234\n", ["NGC 1234"]),
    ],
)
def test_a_list_is_read(tmp_path, content, expected):
    path = tmp_path / "exclude.txt"
    path.write_bytes(content)
    assert read_exclusion(path) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "is a PNG image, not a list of ids"),
        (b"\xff\xfe1\0", "is UTF-16 text, not a list of ids"),
        (b"1\0\n", "no text in UTF-8"),
        (b"\xe9\n", "no text in UTF-8"),
        (b"objID,oh_p50\n1,8.5\n", "one id per line"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path, content, words):
    path = tmp_path / "exclude.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        read_exclusion(path)


def test_a_catalogue_that_is_a_git_lfs_pointer(folder):
    (folder / "master.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4242\n")
    with pytest.raises(SurveyError, match="a Git LFS pointer"):
        load_survey(folder)

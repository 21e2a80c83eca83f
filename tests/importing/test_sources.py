"""What an import finds in folders: classes, parts of a sample, links, names; and sources that it doesn't read."""

import gzip
import io
import tarfile
import unicodedata

import numpy as np
import pytest

from galviz.importing.plan import plan_import
from galviz.importing.writing import write_import
from galviz.survey.survey import SurveyError, load_survey
from tests.importing.sources import make_source, picture


def added_columns(folder, names):
    plan = plan_import(make_source(folder, names=names))
    return {name: dict(zip(plan.ids, cells, strict=True)) for name, cells in plan.added.items()}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train/Sa/1.jpg", "train/E/2.jpg", "test/Sa/3.jpg"], {"class": "Sa E Sa", "split": "train train test"}),
        (["train/Sa/1.jpg", "train/E/2.jpg", "test/3.jpg"], {"class": ["Sa", "E", ""], "split": "train train test"}),
        (["data/raw/Sa/1.jpg", "data/raw/E/2.jpg", "data/raw/Irr/3.jpg"], {"class": "Sa E Irr"}),
        (["Sa/1.jpg", "E/2.jpg", "3.jpg", "images/4.jpg"], {"class": ["Sa", "E", "", ""]}),
        (["0/a1.jpg", "1/a2.jpg", "0/a3.jpg", "1/a4.jpg"], {"folder": "0 1 0 1"}),
        (["00/0012.jpg", "01/0117.jpg", "00/0019.jpg"], {}),
        (["J01/1.jpg", "J02/2.jpg", "J03/3.jpg"], {}),
        (["images/1.jpg", "thumbs/2.jpg"], {}),
    ],
)
def test_folders_are_classes_parts_or_neither(tmp_path, names, expected):
    columns = added_columns(tmp_path / "in", names)
    ids = [name.rpartition("/")[2].removesuffix(".jpg") for name in names]
    lists = {name: cells.split() if isinstance(cells, str) else cells for name, cells in expected.items()}
    assert columns == {name: dict(zip(ids, cells, strict=True)) for name, cells in lists.items()}


def test_the_same_names_in_each_class(tmp_path):
    names = ["test/Sa/1.png", "test/E/1.png", "train/Sa/1.png", "train/E/1.png"]
    write_import(plan_import(make_source(tmp_path / "in", names=names)), tmp_path / "out")
    survey = load_survey(tmp_path / "out")
    for seed, name in enumerate(names):
        part, kind, _ = name.split("/")
        row = survey.catalogue[(survey.catalogue["class"] == kind) & (survey.catalogue["split"] == part)]
        assert np.array_equal(np.asarray(survey.image(row.index[0])), np.asarray(picture(seed)))


def test_names_of_images_with_decomposed_accents(tmp_path):
    """macOS writes é as e and an accent; tables have one character."""
    ids = ["Völk 1", "Zwicky é2"]
    names = [unicodedata.normalize("NFD", f"{object_id}.jpg") for object_id in ids]
    source = make_source(tmp_path / "in", ["name,z", *(f"{object_id},0.1" for object_id in ids)], names, "t.csv")
    assert plan_import(source).ids == tuple(ids)
    (source / "t.csv").unlink()
    assert sorted(plan_import(source).ids) == ids


def test_what_is_left_out_is_said(tmp_path):
    source = make_source(tmp_path / "in", names=["1.jpg", "2.jpg", "@eaDir/1.jpg/THUMB.jpg"])
    for name in ("a.jp2", "b.jp2", "cutouts.zip", "g.fits", "h.h5", "README.md"):
        (source / name).write_bytes(b"content")
    plan = plan_import(source)
    notes = " ".join(plan.notes)
    assert plan.ids == ("1", "2")
    assert ".jp2 (2), .zip" in notes
    assert "g.fits, h.h5" in notes
    assert "README" not in notes


def tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("1.jpg"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7z archive; unpack it"),
        ("a.rar", b"Rar!\x1a\x07\x01\0" + bytes(99), "a RAR archive; unpack it"),
        ("a.tar", tar(), "a tar archive; unpack it"),
        ("a.tgz", gzip.compress(tar(), mtime=0), "a tar archive; unpack it"),
        ("a.h5.gz", gzip.compress(b"\x89HDF\r\n\x1a\n" + bytes(99), mtime=0), "an HDF5 file; unpack it"),
        ("a.npy", b"\x93NUMPY" + bytes(99), "a NumPy array; write its images"),
        ("a.h5", b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer; run git lfs pull"),
        ("a.jpg", b"\xff\xd8\xff", "a single image; give the folder"),
    ],
)
def test_files_that_are_no_source_are_named(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SurveyError) as raised:
        plan_import(tmp_path / name)
    (problem,) = raised.value.details
    assert says in str(problem)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("images.zip", "unpack them"),
        ("images.npz", "as PNG files"),
        ("1.heic", r"but \.heic"),
        ("x.h5 y.h5", "give one of them"),
    ],
)
def test_a_folder_without_images_says_what_it_has(tmp_path, name, says):
    source = make_source(tmp_path / "in", ["id,z", "1,0.5"], table="t.csv")
    for each in name.split():
        (source / each).write_bytes(b"content")
    with pytest.raises(SurveyError, match=says):
        plan_import(source)


@pytest.mark.parametrize("lines", [None, ["id,z", "1,0.5", "2,0.6"]])
@pytest.mark.parametrize("of", ["the folder", "the files"])
def test_links_out_of_the_source_and_the_remedy(tmp_path, lines, of):
    pool = make_source(tmp_path / "pool", names=["1.jpg", "2.jpg"])
    source = make_source(tmp_path / "in", lines, table="t.csv")
    for path in [pool] if of == "the folder" else pool.iterdir():
        (source / path.name).symlink_to(path)
    with pytest.raises(SurveyError, match="give the folder that they lead to with --images"):
        plan_import(source)
    assert plan_import(source, images=pool).ids == ("1", "2")
